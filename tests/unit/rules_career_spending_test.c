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

/* ---- a share that runs out ---- */

/* Both namespaces have the same text in many of their rules: what the first one could not finish within its
 * share must not be what the other one finds. */
#define COPIED_AS(codes)                                                                                     \
    "title Half: any 3 of (ase/A1, ase/A2, epa/c000, epa/c001, experience 1 year in ase/work)\n"             \
    "title Long: for life (any 2 of (ase/A1, ase/A2, epa/c000, epa/c001) and experience 90 days in "         \
    "ase/work)\n"                                                                                            \
    "experience " codes ": experience 90 days in ase/work or experience 1 year in ase/work\n"                \
    "prerequisite " codes ": experience 1 day in ase/work and 30 days apart from exam\n"                     \
    "renewal " codes ": tested ase/school and in time\n"                                                     \
    "condition " codes ": any 1 of (experience 90 days in ase/work, not trained ase/school)\n"

static const struct earned of_both[] = {{"ase/A1", BASIS_EXAM, FIRST, FIRST, LAST},
                                        {"ase/A2", BASIS_EXAM, FIRST + 20, FIRST + 20, LAST},
                                        {"ase/school", BASIS_TRAINING, FIRST + 40, FIRST + 40, DAY + 100},
                                        {"ase/A2", BASIS_RENEWAL, FIRST + 90, FIRST + 90, LAST + 9},
                                        {"epa/c000", BASIS_EXAM, FIRST + 1, FIRST + 1, LAST},
                                        {"epa/c001", BASIS_EXAM, FIRST + 2, FIRST + 2, LAST},
                                        {"ase/work", BASIS_EXPERIENCE, FIRST - 300, FIRST - 300, FIRST - 100},
                                        {"ase/work", BASIS_EXPERIENCE, FIRST - 200, FIRST - 50, FIRST + 60},
                                        {0}};

static void begin_alike(void)
{
    career_case_begin(&given);
    career_case_pack(&given, "ase", 1, 0, "A1 A2 school work",
                     COPIED_AS("A*") "title Master: \"Half\" and \"Long\"\n");
    career_case_pack(&given, "ase", 2, FIRST + 100, "A1 A2 school work",
                     COPIED_AS("A*") "title Master: \"Half\"\n");
    career_case_pack(&given, "epa", 1, 0, "c000 c001", COPIED_AS("c*"));
    career_case_earn(&given, of_both);
    given.question.at_day = DAY;
}

/* Of a verdict all that rules are asked for, with a share of its own for one namespace. Returns: false where
 * the arena is full. */
static bool conclude_within(struct verdict *out, uint8_t *memory, size_t size, const char *name_space,
                            size_t share)
{
    static struct credentials credentials;
    struct arena arena;
    arena_init(&arena, memory, size);
    if (!credentials_decide(&credentials, &given.built.dossier, &given.built.trust, &given.question,
                            &arena)) {
        return false;
    }
    struct career *career =
        career_begin(&given.built.dossier, &given.built.trust, &given.question, &credentials, &arena);
    if (career == NULL) {
        return false;
    }
    career_give_share(career, bytes_of_string(name_space), share);
    *out = (struct verdict){.credential_count = credentials.count, .credentials = credentials.verdicts};
    return career_settle(career) && career_conclude(out, career);
}

static bool is_same_or_unknown(enum answer some, enum answer all)
{
    return some == all || some == ANSWER_UNKNOWN;
}

/* Whether some says nothing else than all does, though perhaps less. */
static bool says_no_other(const struct verdict *some, const struct verdict *all)
{
    bool alike = some->code_count == all->code_count && some->title_count == all->title_count;
    for (size_t i = 0; i < some->code_count && alike; i++) {
        alike = is_same_or_unknown(some->codes[i].tested, all->codes[i].tested) &&
                is_same_or_unknown(some->codes[i].certified, all->codes[i].certified);
    }
    for (size_t i = 0; i < some->title_count && alike; i++) {
        alike = bytes_equal(some->titles[i].name, all->titles[i].name) &&
                is_same_or_unknown(some->titles[i].answer, all->titles[i].answer);
    }
    for (size_t i = 0; i < some->credential_count && alike; i++) {
        alike = some->credentials[i].overall == all->credentials[i].overall ||
                some->credentials[i].overall == OVERALL_UNDETERMINED;
    }
    return alike;
}

enum { SHARE_STEP = 8, SHARE_END = 24 * 1024 };

/* What one namespace names of the other is unknown where that one's share is spent; all else is not. */
static void no_share_changes_another_s_answer(void **state)
{
    (void)state;
    static const char *const name_spaces[] = {"ase", "epa"};
    for (size_t i = 0; i < 2; i++) {
        struct verdict all, some;
        begin_alike();
        assert_true(conclude_within(&all, whole, sizeof whole, name_spaces[i], CAREER_SPACE_SIZE_MAX));
        assert_int_equal(all.codes[1].certified, ANSWER_YES);
        assert_int_equal(all.titles[2].answer, ANSWER_YES);
        for (size_t share = 0; share < SHARE_END; share += SHARE_STEP) {
            assert_true(conclude_within(&some, other, sizeof other, name_spaces[i], share));
            if (!says_no_other(&some, &all)) {
                fail_msg("%s has %zu bytes", name_spaces[i], share);
            }
        }
        assert_true(verdicts_alike(&some, &all));
    }
}

/* The same where nothing of one namespace rests on the other: only the text is the same. */
static void a_text_in_common_is_nothing_in_common(void **state)
{
    (void)state;
#define OF_EPA                                                                                               \
    "title Half: any 2 of (epa/c000, epa/c001, not epa/c002)\n"                                              \
    "title Long: for life (epa/c000 and epa/c001) and experience 90 days in epa/work\n"
    static const char *const name_spaces[] = {"ase", "epa"};
    for (size_t i = 0; i < 2; i++) {
        struct verdict all, some;
        career_case_begin(&given);
        career_case_pack(&given, "ase", 1, 0, "A1 A2", OF_EPA);
        career_case_pack(&given, "epa", 1, 0, "c000 c001 c002 work", OF_EPA);
        career_case_earn(&given, earned);
        given.question.at_day = DAY;
        assert_true(conclude_within(&all, whole, sizeof whole, name_spaces[i], CAREER_SPACE_SIZE_MAX));
        for (size_t share = 0; share < SHARE_END; share += SHARE_STEP) {
            assert_true(conclude_within(&some, other, sizeof other, name_spaces[i], share));
            bool is_alike =
                i == 0 ? verdicts_alike_in(&some, &all, bytes_of_string("epa")) : says_no_other(&some, &all);
            if (!is_alike || !says_no_other(&some, &all)) {
                fail_msg("%s has %zu bytes", name_spaces[i], share);
            }
        }
        assert_true(verdicts_alike(&some, &all));
    }
}

/* Rules of ase for a code that nobody else names: they find out all that rules of epa ask for, or more than
 * is remembered, or take an odd number of bytes. */
static const char *const beside_rules[] = {
    "condition Z1: any 1 of (not experience 90 days in ase/work, experience 1 year in ase/work)\n",
    "condition Z1: any 1 of (experience 2 days in ase/work, experience 3 days in ase/work, experience 4 days "
    "in ase/work, experience 5 days in ase/work, experience 6 days in ase/work, experience 7 days in "
    "ase/work, experience 8 days in ase/work, experience 9 days in ase/work, experience 10 days in ase/work, "
    "experience 11 days in ase/work, experience 12 days in ase/work, experience 13 days in ase/work, "
    "experience 14 days in ase/work, experience 15 days in ase/work, experience 16 days in ase/work, "
    "experience 17 days in ase/work, experience 18 days in ase/work)\n",
    "condition Z1: not trained ase/school\n",
};

static void begin_beside(const char *rules)
{
    static const struct earned one_more[] = {{"ase/Z1", BASIS_EXAM, FIRST, FIRST, LAST}, {0}};
    career_case_begin(&given);
    career_case_pack(&given, "ase", 1, 0, "A1 A2 Z1 school work", rules);
    career_case_pack(&given, "epa", 1, 0, "c000 c001", COPIED_AS("c*"));
    career_case_earn(&given, of_both);
    career_case_earn(&given, one_more);
    given.question.at_day = DAY;
}

/* A share is counted alike whatever the other namespaces worked out before. */
static void what_others_found_out_costs_and_saves_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof beside_rules / sizeof beside_rules[0]; i++) {
        begin_beside(beside_rules[i]);
        struct list *rules = &given.built.packs[0].pack.rules;
        for (size_t share = 0; share < SHARE_END; share += SHARE_STEP) {
            struct verdict alone, beside;
            rules->count = 0;
            assert_true(conclude_within(&alone, whole, sizeof whole, "epa", share));
            rules->count = 1;
            assert_true(conclude_within(&beside, other, sizeof other, "epa", share));
            if (!verdicts_alike_in(&alone, &beside, bytes_of_string("epa"))) {
                fail_msg("epa has %zu bytes beside %s", share, beside_rules[i]);
            }
        }
    }
}

static void in_less_memory_all_of_it_is_the_same_or_does_not_fit(void **state)
{
    (void)state;
    struct verdict all, some;
    bool fits = false;
    begin_alike();
    assert_true(decide_in(&all, whole, sizeof whole));
    for (size_t size = 0; size < 2 * (size_t)SHARE_END; size += SHARE_STEP) {
        bool fitted = fits;
        fits = decide_in(&some, other, size);
        assert_true(fits || !fitted);
        if (fits && !verdicts_alike(&some, &all)) {
            fail_msg("in %zu bytes", size);
        }
    }
    assert_true(fits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_others_are_sure_of_stays_as_it_is),
        cmocka_unit_test(in_less_memory_it_is_the_same_or_does_not_fit),
        cmocka_unit_test(how_deep_others_ask_does_not_count),
        cmocka_unit_test(no_share_changes_another_s_answer),
        cmocka_unit_test(a_text_in_common_is_nothing_in_common),
        cmocka_unit_test(what_others_found_out_costs_and_saves_nothing),
        cmocka_unit_test(in_less_memory_all_of_it_is_the_same_or_does_not_fit),
    };
    return cmocka_run_group_tests_name("what rules may take", tests, NULL, NULL);
}
