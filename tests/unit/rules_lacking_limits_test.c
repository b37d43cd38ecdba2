#include "protocol/rules/lacking.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/support/dossier_builder.h"

/* Where more may speak, or of more codes, than is looked at, anything may be lacking: whoever asks for
 * the absence of something hears neither yes nor no. */

enum { SUBJECT, ASE, SCHOOL, OTHER, ACTORS };
enum {
    VOICES_MAX = 1024, /* protocol/rules/lacking.c */
    ARENA_SIZE = 1024 * 1024,
    PATTERN_SIZE = 32,
};

static struct dossier_builder built;
static char patterns[BUILT_GRANTS_MAX][PATTERN_SIZE];
static uint8_t memory[ARENA_SIZE];

static void accredit_for_each(size_t delegate, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        snprintf(patterns[i], PATTERN_SIZE, "ase/A%zu", i);
        build_accreditation(&built, ASE, 5, delegate, patterns[i], 0);
    }
}

/* The owner, and the school as often; somebody whose log has gaps last. */
static void voices(size_t count)
{
    accredit_for_each(SCHOOL, count - 2);
    build_accreditation(&built, ASE, 6, OTHER, "ase/L1", 0);
    built.dossier.logs[OTHER].incomplete = true;
}

/* Codes of which somebody whose log has gaps may speak. */
static void codes(size_t count)
{
    accredit_for_each(SCHOOL, count);
    built.dossier.logs[SCHOOL].incomplete = true;
}

static const struct {
    const char *sentence;
    void (*build)(size_t count);
    size_t count;
    const char *lacking, *beside; /* patterns */
    bool all, rules;
} rows[] = {
    {"as many voices as are heard", voices, VOICES_MAX, "ase/L1", "ase/L2", false, false},
    {"one more may say anything", voices, VOICES_MAX + 1, "ase/L1", "ase/L2", true, true},
    {"as many codes as are listed", codes, LACKING_PATTERNS_MAX, "ase/A63", "ase/A64", false, false},
    {"one more is any", codes, LACKING_PATTERNS_MAX + 1, "ase/A64", "ase/A65", true, false},
};

static void what_is_beyond_the_limits_may_be_anything(void **state)
{
    const struct question question = {
        .now_s = BUILT_TIME_S, .known_by_s = UINT64_MAX, .budget = FRESHNESS_DEFAULT};
    const struct lacking_question asked = {
        .dossier = &built.dossier, .trust = &built.trust, .question = &question};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct lacking *lacking = NULL;
        struct arena arena;

        dossier_builder_init(&built, ACTORS);
        build_owner(&built, "ase", ASE);
        rows[i].build(rows[i].count);
        arena_init(&arena, memory, sizeof memory);
        if (!lacking_of(&lacking, &asked, &built.trust.owners[0], &arena) || lacking == NULL ||
            lacking->codes[LACKING_AT_ALL].all != rows[i].all || lacking->rules != rows[i].rules) {
            fail_msg("%s", rows[i].sentence);
            return;
        }
        assert_true(lacking_meets(lacking, bytes_of_string(rows[i].lacking), LACKING_AT_ALL));
        assert_int_equal(lacking_meets(lacking, bytes_of_string(rows[i].beside), LACKING_FOR_TESTS),
                         rows[i].all);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_beyond_the_limits_may_be_anything),
    };

    return cmocka_run_group_tests_name("rules lacking limits", tests, NULL, NULL);
}
