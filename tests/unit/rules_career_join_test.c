#include "protocol/rules/career.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/support/career_builder.h"

/* She passed A5 and B1, and as far as is known nothing else. A school that may speak of every code, and of
 * whom nothing was heard lately, is asked for what is denied alone. */

enum { AT = 1000 };
#define DAY_S UINT64_C(86400)

static struct career_case given;

static const char rules[] = "title Clean: A5 and not tested A6\n"
                            "title Marked: A6\n"
                            "title Unmarked: not ase:\"Marked\"\n"
                            "title Cleaned: for life (ase:\"Clean\")\n"
                            "prerequisite B1: A8\n"
                            "prerequisite B4: A8\n"
                            "condition B2: not tested A6\n"
                            "condition B3: tested A6\n"
                            "condition B4: not tested A6\n";

/* What the parts of a requirement amount to. */
static enum answer all_of(const struct verdict *verdict)
{
    enum answer all = ANSWER_YES;
    for (size_t i = 0; i < verdict->part_count; i++) {
        enum answer answer = verdict->parts[i].answer;
        all = answer == ANSWER_NO || all == ANSWER_NO ? ANSWER_NO : answer == ANSWER_YES ? all : answer;
    }
    return all;
}

static void begin(bool silent)
{
    static const struct earned rows[] = {
        {"ase/A5", BASIS_EXAM, 900, 900, DAY_NONE}, {"ase/B1", BASIS_EXAM, 900, 900, DAY_NONE},
        {"ase/B2", BASIS_EXAM, 900, 900, DAY_NONE}, {"ase/B3", BASIS_EXAM, 900, 900, DAY_NONE},
        {"ase/B4", BASIS_EXAM, 900, 900, DAY_NONE}, {NULL, BASIS_EXAM, 0, 0, 0},
    };
    struct dossier_log *school = &given.built.logs[CAREER_SHOP];
    career_case_begin(&given);
    career_case_pack(&given, "ase", 1, 100, "A5 A6 A8 B1 B2 B3 B4", rules);
    career_case_earn(&given, rows);
    build_accreditation(&given.built, CAREER_ASE, 5, CAREER_SHOP, "ase/*", 0);
    school->for_denials = true;
    school->checkpoint_time_s = given.question.now_s - (silent ? 60 * DAY_S : 0);
}

/* What is denied along the way: once, and the school is asked; twice, and it is not. */
static void what_is_denied_asks_everybody_and_nothing_else_does(void **state)
{
    static const struct row {
        const char *required;
        enum answer heard, silent;
    } table[] = {
        {"ase/A5", ANSWER_YES, ANSWER_YES},
        {"ase/A6", ANSWER_NO, ANSWER_NO},
        {"not tested ase/A6", ANSWER_YES, ANSWER_UNKNOWN},
        {"not tested ase/A5", ANSWER_NO, ANSWER_NO},
        {"not not tested ase/A6", ANSWER_NO, ANSWER_NO},
        {"not not not tested ase/A6", ANSWER_YES, ANSWER_UNKNOWN},
        {"ase/A5 and not tested ase/A6", ANSWER_YES, ANSWER_UNKNOWN},
        {"ase/A6 and not tested ase/A6", ANSWER_NO, ANSWER_NO},
        {"any 1 of (ase/A6, not trained ase/A8)", ANSWER_YES, ANSWER_UNKNOWN},
        {"any 2 of (ase/A5, ase/A6, not ase/A8)", ANSWER_YES, ANSWER_UNKNOWN},
        {"not experience 1 year in ase/*", ANSWER_YES, ANSWER_UNKNOWN},
        {"for life (not tested ase/A6)", ANSWER_YES, ANSWER_UNKNOWN},
        {"not for life (tested ase/A6)", ANSWER_YES, ANSWER_UNKNOWN},
        /* titles */
        {"ase:\"Clean\"", ANSWER_YES, ANSWER_UNKNOWN},
        {"ase:\"Marked\"", ANSWER_NO, ANSWER_NO},
        {"not ase:\"Marked\"", ANSWER_YES, ANSWER_UNKNOWN},
        {"ase:\"Unmarked\"", ANSWER_YES, ANSWER_UNKNOWN},
        {"not ase:\"Unmarked\"", ANSWER_NO, ANSWER_NO},
        {"ase:\"Cleaned\"", ANSWER_YES, ANSWER_UNKNOWN},
        {"not ase:\"Clean\"", ANSWER_NO, ANSWER_NO},
        /* codes: what certification needs beforehand, and conditions */
        {"ase/B1", ANSWER_NO, ANSWER_NO},
        {"not ase/B1", ANSWER_YES, ANSWER_UNKNOWN},
        {"not tested ase/B1", ANSWER_NO, ANSWER_NO},
        {"ase/B2", ANSWER_YES, ANSWER_UNKNOWN},
        {"not ase/B2", ANSWER_NO, ANSWER_NO},
        {"ase/B3", ANSWER_NO, ANSWER_NO},
        {"not ase/B3", ANSWER_YES, ANSWER_UNKNOWN},
        {NULL, ANSWER_NO, ANSWER_NO},
    };
    (void)state;
    for (const struct row *row = table; row->required != NULL; row++) {
        for (int silent = 0; silent < 2; silent++) {
            begin(silent == 1);
            enum answer wanted = silent == 1 ? row->silent : row->heard;
            struct day_truth days = career_case_days(&given, row->required, AT);
            enum answer on_day = day_truth_on(&days, AT);
            struct verdict verdict = career_case_conclude(&given, row->required, AT);
            if (on_day != wanted || verdict.requirement != wanted || all_of(&verdict) != wanted) {
                fail_msg("%s, with a school that is %s: %d and %d", row->required,
                         silent == 1 ? "silent" : "not", (int)on_day, (int)verdict.requirement);
            }
        }
    }
}

static void the_contrary_is_asked_the_other_way_round(void **state)
{
    static const char *const names[] = {"ase/A6", "not tested ase/A6"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct day_truth days;
        begin(true);
        struct verdict verdict = career_case_conclude(&given, names[i], AT);
        const struct expression *asked = verdict.parts[0].expression;
        assert_true(career_denied_days(&days, given.career, asked));
        assert_int_equal(day_truth_on(&days, AT), i == 0 ? ANSWER_UNKNOWN : ANSWER_YES);
    }
}

static enum overall overall_of(const char *code)
{
    for (size_t i = 0; i < given.credentials.count; i++) {
        if (bytes_equal_string(given.built.dossier.credentials[i].attestation.code, code)) {
            return given.credentials.verdicts[i].overall;
        }
    }
    return OVERALL_VALID;
}

static void certificates_hang_on_it_as_their_codes_do(void **state)
{
    (void)state;
    for (int silent = 0; silent < 2; silent++) {
        begin(silent == 1);
        struct verdict verdict = career_case_conclude(&given, NULL, AT);
        assert_int_equal(overall_of("ase/A5"), OVERALL_VALID);
        assert_int_equal(overall_of("ase/B2"), silent == 1 ? OVERALL_UNDETERMINED : OVERALL_VALID);
        assert_int_equal(overall_of("ase/B3"), OVERALL_INVALID);
        for (size_t i = 0; i < verdict.code_count; i++) {
            const struct code_verdict *code = &verdict.codes[i];
            bool unsure = silent == 1 && (bytes_equal_string(code->code, "ase/B2") ||
                                          bytes_equal_string(code->code, "ase/B4"));
            assert_int_equal(code->tested == ANSWER_UNKNOWN, unsure);
            assert_int_equal(code->missing_count > 0,
                             code->tested == ANSWER_YES && code->certified != ANSWER_YES);
        }
    }
}

/* Of what may be lacking for denials alone nobody is told where nothing is denied. */
static void who_is_lacking_is_told_of_both(void **state)
{
    (void)state;
    begin(true);
    struct verdict verdict = career_case_conclude(&given, NULL, AT);
    assert_null(verdict.rules[0].lacking);
    assert_non_null(verdict.rules[0].denied_lacking);
    begin(false);
    verdict = career_case_conclude(&given, NULL, AT);
    assert_null(verdict.rules[0].denied_lacking);
}

static void a_limit_of_the_silent_is_one_of_denials(void **state)
{
    (void)state;
    begin(false);
    given.built.dossier.cuts.silent = true;
    assert_int_equal(career_case_conclude(&given, "ase/A6", AT).requirement, ANSWER_NO);
    assert_int_equal(career_case_conclude(&given, "ase/A5", AT).requirement, ANSWER_YES);
    assert_int_equal(career_case_conclude(&given, "not tested ase/A6", AT).requirement, ANSWER_UNKNOWN);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_denied_asks_everybody_and_nothing_else_does),
        cmocka_unit_test(the_contrary_is_asked_the_other_way_round),
        cmocka_unit_test(certificates_hang_on_it_as_their_codes_do),
        cmocka_unit_test(who_is_lacking_is_told_of_both),
        cmocka_unit_test(a_limit_of_the_silent_is_one_of_denials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
