#include "node/watch_changes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "node/watch_words.h"

enum { SOON = 2000, LATE = 3000, NO_CHANGE = -1 };

static max_align_t memory[64 * 1024 / sizeof(max_align_t)];
static struct arena arena;

/* One side of a row; without a why it is not on its list. */
struct side {
    enum watch_state state;
    uint32_t until;
    const char *why;
};
#define ABSENT                                                                                               \
    {                                                                                                        \
        WATCH_NOT_HELD, DAY_NONE, NULL                                                                       \
    }

static struct watch_fact fact_of(enum watch_kind kind, const char *what, const struct side *side)
{
    struct watch_fact fact = {.kind = kind, .state = side->state, .until_day = side->until};
    snprintf(fact.what, sizeof(fact.what), "%s", what);
    snprintf(fact.why, sizeof(fact.why), "%s", side->why);
    return fact;
}

/* Compare lists of one fact or none. */
static struct watch_changes compare(enum watch_kind kind, const struct side *was, const struct side *is)
{
    const char *what = kind == WATCH_CODE ? "ase/A5" : "ase:Blue Seal";
    struct watch_fact old = fact_of(kind, what, was), new = fact_of(kind, what, is);
    const struct watch_facts before = {.count = was->why != NULL, .items = &old};
    const struct watch_facts now = {.count = is->why != NULL, .items = &new};
    struct watch_changes changes;
    arena_init(&arena, memory, sizeof(memory));
    assert_true(watch_changes_of(&changes, &before, &now, &arena));
    return changes;
}

static void what_is_news_and_which(void **state)
{
    static const struct {
        const char *sentence;
        enum watch_kind kind;
        struct side was, is;
        int change;
    } rows[] = {
        {"nothing differs", WATCH_CODE, {WATCH_HELD, SOON, ""}, {WATCH_HELD, SOON, ""}, NO_CHANGE},
        {"a new certificate", WATCH_CODE, ABSENT, {WATCH_HELD, SOON, ""}, WATCH_BEGAN},
        {"passed, experience to come", WATCH_CODE, ABSENT, {WATCH_TESTED, SOON, "experience"}, WATCH_BEGAN},
        {"experience has come",
         WATCH_CODE,
         {WATCH_TESTED, SOON, "experience"},
         {WATCH_HELD, SOON, ""},
         WATCH_BEGAN},
        {"retested after it expired",
         WATCH_CODE,
         {WATCH_NOT_HELD, DAY_NONE, "expired"},
         {WATCH_HELD, SOON, ""},
         WATCH_BEGAN},
        {"an old one that is heard of late is none",
         WATCH_CODE,
         ABSENT,
         {WATCH_NOT_HELD, DAY_NONE, "expired"},
         NO_CHANGE},
        {"revoked", WATCH_CODE, {WATCH_HELD, SOON, ""}, {WATCH_NOT_HELD, DAY_NONE, "revoked"}, WATCH_ENDED},
        {"a tested one expires",
         WATCH_CODE,
         {WATCH_TESTED, SOON, "experience"},
         {WATCH_NOT_HELD, DAY_NONE, "expired"},
         WATCH_ENDED},
        {"the experience behind it was revoked",
         WATCH_CODE,
         {WATCH_HELD, SOON, ""},
         {WATCH_TESTED, SOON, "experience"},
         WATCH_ENDED},
        {"its bytes were erased", WATCH_CODE, {WATCH_HELD, SOON, ""}, ABSENT, WATCH_ENDED},
        {"a title is not held any more", WATCH_TITLE, {WATCH_HELD, SOON, ""}, ABSENT, WATCH_ENDED},
        {"it lapses sooner", WATCH_CODE, {WATCH_HELD, LATE, ""}, {WATCH_HELD, SOON, ""}, WATCH_SOONER},
        {"it was for life", WATCH_CODE, {WATCH_HELD, DAY_NONE, ""}, {WATCH_HELD, LATE, ""}, WATCH_SOONER},
        {"it was renewed", WATCH_CODE, {WATCH_HELD, SOON, ""}, {WATCH_HELD, LATE, ""}, WATCH_LATER},
        {"it is for life now", WATCH_TITLE, {WATCH_HELD, LATE, ""}, {WATCH_HELD, DAY_NONE, ""}, WATCH_LATER},
        {"its evidence is too old",
         WATCH_CODE,
         {WATCH_HELD, SOON, ""},
         {WATCH_UNKNOWN, DAY_NONE, "stale"},
         WATCH_LOST},
        {"one that never was can't be determined",
         WATCH_TITLE,
         ABSENT,
         {WATCH_UNKNOWN, DAY_NONE, ""},
         WATCH_LOST},
        {"fresh again", WATCH_CODE, {WATCH_UNKNOWN, DAY_NONE, "stale"}, {WATCH_HELD, SOON, ""}, WATCH_BACK},
        {"fresh again, and revoked",
         WATCH_CODE,
         {WATCH_UNKNOWN, DAY_NONE, "stale"},
         {WATCH_NOT_HELD, DAY_NONE, "revoked"},
         WATCH_BACK},
        {"for certain no title", WATCH_TITLE, {WATCH_UNKNOWN, DAY_NONE, ""}, ABSENT, WATCH_BACK},
        {"still unknown, for another reason",
         WATCH_CODE,
         {WATCH_UNKNOWN, DAY_NONE, "stale"},
         {WATCH_UNKNOWN, DAY_NONE, "disputed"},
         WATCH_OTHER_REASON},
        {"under appeal",
         WATCH_CODE,
         {WATCH_HELD, SOON, ""},
         {WATCH_HELD, SOON, "under-appeal"},
         WATCH_OTHER_REASON},
        {"suspended, then revoked",
         WATCH_CODE,
         {WATCH_NOT_HELD, DAY_NONE, "suspended"},
         {WATCH_NOT_HELD, DAY_NONE, "revoked"},
         WATCH_OTHER_REASON},
        {"one that was not held is no longer spoken of",
         WATCH_CODE,
         {WATCH_NOT_HELD, DAY_NONE, "expired"},
         ABSENT,
         NO_CHANGE},
        {"a shop's award holds",
         WATCH_AWARD,
         {WATCH_NOT_HELD, DAY_NONE, "share"},
         {WATCH_HELD, SOON, ""},
         WATCH_BEGAN},
        {"a shop's award ends",
         WATCH_AWARD,
         {WATCH_HELD, SOON, ""},
         {WATCH_NOT_HELD, DAY_NONE, "area"},
         WATCH_ENDED},
        {"a shop lacks something else for an award that it does not hold",
         WATCH_AWARD,
         {WATCH_NOT_HELD, DAY_NONE, "area"},
         {WATCH_NOT_HELD, DAY_NONE, "share"},
         NO_CHANGE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct watch_changes changes = compare(rows[i].kind, &rows[i].was, &rows[i].is);
        bool as_expected = rows[i].change == NO_CHANGE
                               ? changes.count == 0
                               : changes.count == 1 && (int)changes.items[0].kind == rows[i].change;
        if (!as_expected) {
            fail_msg("%s", rows[i].sentence);
        }
    }
}

static void each_fact_is_compared_with_its_own(void **state)
{
    static const struct side held = {WATCH_HELD, SOON, ""}, gone = {WATCH_NOT_HELD, DAY_NONE, "revoked"};
    const struct watch_fact was[] = {
        fact_of(WATCH_AWARD, "ase:Seal", &held),
        fact_of(WATCH_CODE, "ase/A1", &held),
        fact_of(WATCH_CODE, "ase/A5", &held),
    };
    const struct watch_fact is[] = {
        fact_of(WATCH_TITLE, "ase:Master", &held),
        fact_of(WATCH_CODE, "ase/A1", &held),
        fact_of(WATCH_CODE, "ase/A5", &gone),
        fact_of(WATCH_CODE, "ase/A6", &held),
    };
    const struct watch_facts before = {.count = 3, .items = was}, now = {.count = 4, .items = is};
    struct watch_changes changes;
    (void)state;
    arena_init(&arena, memory, sizeof(memory));
    assert_true(watch_changes_of(&changes, &before, &now, &arena));
    assert_int_equal(changes.count, 4);
    assert_string_equal(changes.items[0].was.what, "ase:Seal");
    assert_int_equal(changes.items[0].kind, WATCH_ENDED);
    assert_string_equal(changes.items[1].is.what, "ase:Master");
    assert_int_equal(changes.items[1].kind, WATCH_BEGAN);
    assert_string_equal(changes.items[2].is.what, "ase/A5");
    assert_int_equal(changes.items[2].kind, WATCH_ENDED);
    assert_string_equal(changes.items[3].is.what, "ase/A6");
}

static void memory_that_is_full_is_told(void **state)
{
    static const struct side held = {WATCH_HELD, SOON, ""};
    const struct watch_fact fact = fact_of(WATCH_CODE, "ase/A1", &held);
    const struct watch_facts one = {.count = 1, .items = &fact}, none = {0};
    struct watch_changes changes;
    (void)state;
    arena_init(&arena, memory, 16);
    assert_false(watch_changes_of(&changes, &none, &one, &arena));
    assert_int_equal(changes.count, 0);
    assert_true(watch_changes_of(&changes, &none, &none, &arena));
}

static void facts_in_words(void **state)
{
    static const struct {
        enum watch_kind kind;
        const char *what;
        struct side side;
        const char *what_words, *words;
    } rows[] = {
        {WATCH_CODE, "ase/A5", {WATCH_HELD, 0, ""}, "ase/A5", "held until 1900-01-01"},
        {WATCH_CODE,
         "ase/A5",
         {WATCH_HELD, DAY_NONE, "under-appeal"},
         "ase/A5",
         "held for life (under appeal)"},
        {WATCH_CODE,
         "ase/A5",
         {WATCH_TESTED, 0, "experience"},
         "ase/A5",
         "tested until 1900-01-01, not certified (experience)"},
        {WATCH_TITLE,
         "ase:Master: a title",
         {WATCH_UNKNOWN, DAY_NONE, ""},
         "Master: a title (ase)",
         "could not be determined"},
        {WATCH_CODE,
         "ase/A5",
         {WATCH_UNKNOWN, DAY_NONE, "stale"},
         "ase/A5",
         "could not be determined (too old)"},
        {WATCH_AWARD,
         "ase:Seal",
         {WATCH_NOT_HELD, DAY_NONE, "no-profile"},
         "Seal (ase)",
         "not held (no profile)"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct watch_fact fact = fact_of(rows[i].kind, rows[i].what, &rows[i].side);
        char words[WATCH_WORDS_SIZE];
        watch_what_words(words, &fact);
        assert_string_equal(words, rows[i].what_words);
        watch_fact_words(words, &fact);
        assert_string_equal(words, rows[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_news_and_which),
        cmocka_unit_test(each_fact_is_compared_with_its_own),
        cmocka_unit_test(memory_that_is_full_is_told),
        cmocka_unit_test(facts_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
