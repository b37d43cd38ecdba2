#include "protocol/rules/lacking.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "protocol/rules/expression_text.h"
#include "tests/support/verdict_case.h"

/* What is asked of codes where somebody said what is not here. She passed A5 and, as far as is held, not A6.
 */

static struct verdict_case given;

static void lacks(size_t actor)
{
    given.built.dossier.logs[actor].incomplete = true;
}

static void nothing_lacks(void) {}

static void the_owner_lacks(void)
{
    lacks(CASE_ASE);
}

static void the_owner_was_never_heard_of(void)
{
    given.built.dossier.logs[CASE_ASE].known = false;
}

static void the_school_lacks(void)
{
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 1);
    lacks(CASE_SCHOOL);
}

static void the_school_lacks_for_others(void)
{
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "epa/*", 1);
    lacks(CASE_SCHOOL);
}

static void a_delegate_of_the_school_lacks(void)
{
    build_accreditation(&given.built, CASE_SCHOOL, 5, CASE_OTHER, "ase/A*", 0);
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 1);
    lacks(CASE_OTHER);
}

static void a_stranger_lacks(void)
{
    lacks(CASE_OTHER);
}

static void whom_a_stranger_accredited_lacks(void)
{
    build_accreditation(&given.built, CASE_OTHER, 5, CASE_SCHOOL, "ase/*", 1);
    lacks(CASE_SCHOOL);
}

static const struct {
    const char *sentence;
    void (*lacks)(void);
    const char *required;
    enum answer answer;
} rows[] = {
    {"where all is here what is not there was never passed", nothing_lacks, "not tested ase/A6", ANSWER_YES},
    {"where the owner's log has gaps it may have been", the_owner_lacks, "not tested ase/A6", ANSWER_UNKNOWN},
    {"and where the owner was never heard of", the_owner_was_never_heard_of, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"or the log of whom it accredited", the_school_lacks, "not tested ase/A6", ANSWER_UNKNOWN},
    {"or of whom that one did", a_delegate_of_the_school_lacks, "not tested ase/A6", ANSWER_UNKNOWN},
    {"not where it was accredited for other codes", the_school_lacks_for_others, "not tested ase/A6",
     ANSWER_YES},
    {"a stranger's gaps are nobody's", a_stranger_lacks, "not tested ase/A6", ANSWER_YES},
    {"nor whom a stranger accredited", whom_a_stranger_accredited_lacks, "not tested ase/A6", ANSWER_YES},
    {"it may have been passed then", the_school_lacks, "tested ase/A6", ANSWER_UNKNOWN},
    {"be it asked whether it is certified", the_school_lacks, "ase/A6", ANSWER_UNKNOWN},
    {"or trained", the_school_lacks, "trained ase/A6", ANSWER_UNKNOWN},
    {"or documented", the_school_lacks, "not experience 1 year in ase/A6", ANSWER_UNKNOWN},
    {"what is known to be passed is", the_school_lacks, "tested ase/A5", ANSWER_YES},
    {"and not never", the_school_lacks, "not tested ase/A5", ANSWER_NO},
};

static enum answer ask(const char *required)
{
    static uint8_t memory[CASE_ARENA_SIZE];
    static struct expression expression;
    struct expression_error error;
    struct arena arena;
    arena_init(&arena, memory, sizeof memory);
    assert_true(expression_parse(&expression, &error, SCOPE_REQUIREMENT, bytes_of_string(required),
                                 (struct bytes){0}, &arena));
    given.question.requirement = &expression;
    return verdict_case_decide(&given).requirement;
}

static void what_is_not_here_may_be_anything(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        verdict_case_begin(&given);
        rows[i].lacks();
        enum answer answer = ask(rows[i].required);
        if (answer != rows[i].answer) {
            fail_msg("%s: %d", rows[i].sentence, answer);
        }
    }
}

/* Of a code that was held once the same is shown without being asked for. */
static void what_has_ended_may_have_been_renewed(void **state)
{
    (void)state;
    for (int lacking = 0; lacking < 2; lacking++) {
        verdict_case_begin(&given);
        given.question.at_day = CASE_LAST + 1;
        if (lacking == 1) {
            the_school_lacks();
        }
        struct verdict verdict = verdict_case_decide(&given);
        assert_int_equal(verdict.code_count, 1);
        assert_int_equal(verdict.codes[0].certified, lacking == 1 ? ANSWER_UNKNOWN : ANSWER_NO);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_here_may_be_anything),
        cmocka_unit_test(what_has_ended_may_have_been_renewed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
