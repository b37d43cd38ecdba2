#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cmd/award_words.h"

static const char *name_of(const void *names, const struct hash *id)
{
    (void)id;
    return names;
}

static const struct award_verdict with_share = {
    .has_share = true, .certified = 3, .technicians = 5, .percent_wanted = 75};
static const struct award_verdict without_share = {.has_share = false};
static const struct award_verdict by_old_rules = {
    .freshness = {.answer = {ANSWER_NO, REASON_STALE}, .age_s = UINT64_C(41) * 86400}};
static const struct award_verdict by_part_of_them = {
    .freshness = {.answer = {ANSWER_UNKNOWN, REASON_INCOMPLETE}, .age_s = 40}};
static const struct award_verdict by_silent_owner = {
    .freshness = {.answer = {ANSWER_UNKNOWN, REASON_NO_CHECKPOINT}, .age_s = UINT64_MAX}};
static const struct award_verdict by_owner_ahead = {
    .freshness = {.answer = {ANSWER_UNKNOWN, REASON_CLOCK}, .age_s = 0}};

static void lacks_are_told(void **state)
{
    (void)state;
    const struct bytes brakes = bytes_of_string("brakes");
    const struct {
        const char *sentence;
        const struct award_verdict *award;
        struct award_event event;
        const char *expected;
    } rows[] = {
        {"nothing in particular", &with_share, {.cause = AWARD_NOTHING}, "nothing in particular is missing"},
        {"a share",
         &with_share,
         {.cause = AWARD_SHARE},
         "3 of 5 technicians count as certified; 75 % are needed"},
        {"a share that was not counted",
         &without_share,
         {.cause = AWARD_SHARE},
         "too small a share of the technicians is certified"},
        {"a number",
         &without_share,
         {.cause = AWARD_TECHNICIANS},
         "too few technicians are certified for it"},
        {"an area", &with_share, {.cause = AWARD_AREA, .area = brakes}, "nobody certified covers brakes"},
        {"an area that somebody covered",
         &with_share,
         {.cause = AWARD_AREA, .area = brakes, .has_technician = true},
         "nobody certified covers brakes any more: it was Maria Lopez"},
        {"a recognition",
         &with_share,
         {.cause = AWARD_RECOGNITION, .code = bytes_of_string("ase/seal")},
         "the shop's recognition ase/seal is not there"},
        {"a profile",
         &with_share,
         {.cause = AWARD_NO_PROFILE},
         "the shop has not published what it does (tradeproof shop publish)"},
        {"a rule",
         &with_share,
         {.cause = AWARD_RULE},
         "the rules say something that this version does not understand"},
        {"rules that are old",
         &by_old_rules,
         {.cause = AWARD_NEWER_RULES},
         "to know whether its rules have changed: what is known of Maria Lopez, whose rules these are, is "
         "41 days old"},
        {"rules whose log is not all here",
         &by_part_of_them,
         {.cause = AWARD_NEWER_RULES},
         "to know whether its rules have changed: part of the log of Maria Lopez, whose rules these are, has "
         "not arrived here yet"},
        {"rules of somebody who was not heard of",
         &by_silent_owner,
         {.cause = AWARD_NEWER_RULES},
         "to know whether its rules have changed: Maria Lopez, whose rules these are, has not yet said how "
         "far the log goes"},
        {"rules ahead of the clock",
         &by_owner_ahead,
         {.cause = AWARD_NEWER_RULES},
         "to know whether its rules have changed: this machine's clock is behind the evidence"},
    };
    const struct award_names names = {.name_of = name_of, .names = "Maria Lopez"};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char words[AWARD_WORDS_SIZE];
        award_lack_words(words, rows[i].award, &rows[i].event, &names);
        assert_string_equal(words, rows[i].expected);
    }
}

static void every_cause_has_a_word_of_its_own(void **state)
{
    (void)state;
    for (int i = AWARD_NOTHING; i <= AWARD_NEWER_RULES; i++) {
        assert_non_null(award_cause_word((enum award_cause)i));
        for (int j = AWARD_NOTHING; j < i; j++) {
            assert_string_not_equal(award_cause_word((enum award_cause)i),
                                    award_cause_word((enum award_cause)j));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lacks_are_told),
        cmocka_unit_test(every_cause_has_a_word_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
