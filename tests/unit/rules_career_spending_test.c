#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/career_builder.h"
#include "tests/support/hostile_pack.h"
#include "tests/support/verdict_alike.h"

/* Rules of one namespace that cost much, beside those of another. */

enum { DAY = 1500, FIRST = 1000, LAST = 2000, WHOLE_SIZE = 32 * 1024 * 1024, PACK_SIZE = 2 * 1024 * 1024 };

static struct career_case given;
static uint8_t whole[WHOLE_SIZE], other[WHOLE_SIZE];
static uint8_t pack_memory[BUILT_PACKS_MAX][PACK_SIZE];

static const struct earned earned[] = {{"ase/A1", BASIS_EXAM, FIRST, FIRST, LAST},
                                       {"ase/A2", BASIS_EXAM, FIRST, FIRST, LAST},
                                       {"epa/c000", BASIS_EXAM, FIRST, FIRST, LAST},
                                       {"epa/c001", BASIS_EXAM, FIRST, FIRST, LAST},
                                       {0}};

static void begin(void)
{
    career_case_begin(&given);
    career_case_pack(&given, "ase", 1, 0, "A1 A2", "title Master: A1 and A2\ntitle One: A1 or \"Master\"");
    career_case_earn(&given, earned);
    given.question.at_day = DAY;
}

/* As many versions as fit. */
static void add_hostile(enum hostile_rules kind)
{
    const struct rule_pack victim = given.built.packs[0].pack;
    for (uint32_t i = 1; i < BUILT_PACKS_MAX; i++) {
        struct dossier_pack *row = build_pack(&given.built, CAREER_EPA, given.next_seq++, "epa", i, i);
        struct arena arena;
        arena_init(&arena, pack_memory[i], sizeof pack_memory[i]);
        hostile_pack(&row->pack, kind, "epa", i, i, &victim, &arena);
    }
}

static bool decide_in(struct verdict *out, uint8_t *memory, size_t size)
{
    struct arena arena;
    arena_init(&arena, memory, size);
    return verdict_of(out, &given.built.dossier, &given.built.trust, &given.question, &arena);
}

static void what_others_are_sure_of_stays_as_it_is(void **state)
{
    (void)state;
    for (enum hostile_rules kind = HOSTILE_GARBAGE; kind <= HOSTILE_AREAS; kind++) {
        struct verdict before, after;
        begin();
        assert_true(decide_in(&before, whole, sizeof whole));
        assert_int_equal(before.titles[0].answer, ANSWER_YES);
        add_hostile(kind);
        assert_true(decide_in(&after, other, sizeof other));
        if (!verdicts_alike_in(&before, &after, bytes_of_string("ase"))) {
            fail_msg("rules of kind %d change others", (int)kind);
        }
    }
}

/* How much memory there is decides whether there is an answer, and not which. */
static void in_less_memory_it_is_the_same_or_does_not_fit(void **state)
{
    enum { STEP = 512 * 1024, SIZE_MIN = 16 * 1024, SIZE_END = 4 * CAREER_SPACE_SIZE_MAX };
    (void)state;
    for (enum hostile_rules kind = HOSTILE_GARBAGE; kind <= HOSTILE_AREAS; kind++) {
        struct verdict all, some;
        bool fits = false;
        begin();
        add_hostile(kind);
        assert_true(decide_in(&all, whole, sizeof whole));
        for (size_t size = SIZE_MIN; size < SIZE_END; size += STEP) {
            bool fitted = fits;
            fits = decide_in(&some, other, size);
            assert_true(fits || !fitted);
            if (fits && !verdicts_alike(&some, &all)) {
                fail_msg("rules of kind %d in %zu bytes", (int)kind, size);
            }
        }
        assert_true(fits);
    }
}

/* Of a title that was unknown because it was asked for from too deep nobody else would learn more. */
static void how_deep_others_ask_does_not_count(void **state)
{
    (void)state;
    begin();
    career_case_pack(&given, "epa", 1, 0, "c000 c001",
                     "prerequisite c000: \"T1\"\n"
                     "title T1: \"T2\"\ntitle T2: \"T3\"\ntitle T3: \"T4\"\ntitle T4: \"T5\"\n"
                     "title T5: \"T6\"\ntitle T6: \"T7\"\ntitle T7: ase:\"One\" and ase:\"Master\"");
    struct verdict verdict;
    assert_true(decide_in(&verdict, whole, sizeof whole));
    assert_int_equal(verdict.titles[0].answer, ANSWER_YES);
    assert_int_equal(verdict.titles[1].answer, ANSWER_YES);
    for (size_t i = 2; i < verdict.title_count; i++) {
        assert_int_equal(verdict.titles[i].answer, ANSWER_YES);
    }
    assert_int_equal(verdict.codes[2].certified, ANSWER_YES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_others_are_sure_of_stays_as_it_is),
        cmocka_unit_test(in_less_memory_it_is_the_same_or_does_not_fit),
        cmocka_unit_test(how_deep_others_ask_does_not_count),
    };
    return cmocka_run_group_tests_name("what rules may take", tests, NULL, NULL);
}
