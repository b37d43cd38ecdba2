#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "protocol/rules/weight.h"
#include "tests/support/verdict_case.h"

/* Whether a cut may lie between a certificate and what its issuer says about it: a question of places, which
 * nothing else that is in doubt answers. A school issues in block 10, which ase let it do, and speaks of that
 * in block 15; of the block at which ase ended that nothing is held here. */

static struct verdict_case given;

enum { SAID = 15, CUT = 20, WITHDRAWN = 30 };

static const struct hash cut_head = {{7}};

static struct dossier_cut not_held(uint64_t seq)
{
    return (struct dossier_cut){.found = CUT_NOT_HELD, .seq = seq, .head = cut_head};
}

static void say(enum status_action action, uint64_t seq)
{
    build_event(&given.built, given.certificate, action, CASE_FIRST + 10, seq, false);
}

static void withdraw(size_t by, uint64_t cut)
{
    struct dossier_withdrawal *found = build_withdrawal(&given.built, by, WITHDRAWN, CASE_SCHOOL, cut);
    found->withdrawal.closed = true;
    found->cut = not_held(cut);
}

static void accredited(void)
{
    given.certificate->place.log = CASE_SCHOOL;
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 0);
}

static void withdrawn(void)
{
    accredited();
    withdraw(CASE_ASE, CUT);
}

/* ---- what strikes both alike ---- */

static void all_is_disputed(void)
{
    verdict_case_fork(&given, CASE_ASE, 3);
}

static void ase_is_not_understood(void)
{
    given.built.logs[CASE_ASE].upgrade_needed = true;
    given.built.logs[CASE_ASE].upgrade_seq = 50;
}

static void accreditations_are_left_out(void)
{
    given.built.dossier.cuts.accreditations = true;
}

static void withdrawals_are_left_out(void)
{
    given.built.dossier.cuts.withdrawals = true;
}

static void of_the_school_s_some_are(void)
{
    given.built.dossier.cuts.delegates = true;
    given.built.logs[CASE_SCHOOL].withdrawals_cut = true;
}

/* ---- what is said ---- */

static void revoked(void)
{
    withdrawn();
    say(STATUS_REVOKED, SAID);
}

static void revoked_in_its_own_block(void)
{
    withdrawn();
    say(STATUS_REVOKED, CASE_ISSUED_IN);
}

static void revoked_in_its_own_block_and_that_excepted(void)
{
    revoked_in_its_own_block();
    given.built.events[0][0].setter_index = 1;
    build_exception(&given.built, &given.built.withdrawals[0], CASE_ISSUED_IN, 1);
}

static void revoked_in_the_last_block(void)
{
    withdrawn();
    given.certificate->place.seq = CUT;
    given.certificate->place.block_hash = cut_head;
    say(STATUS_REVOKED, CUT);
}

static void revoked_and_all_of_it_beyond(void)
{
    accredited();
    withdraw(CASE_ASE, CASE_ISSUED_IN - 1);
    say(STATUS_REVOKED, SAID);
}

static void revoked_and_itself_excepted(void)
{
    revoked();
    build_exception(&given.built, &given.built.withdrawals[0], CASE_ISSUED_IN, 0);
}

static void revoked_and_another_accreditation_withdrawn(void)
{
    revoked();
    struct withdrawal *withdrawal = &given.built.withdrawals[0].withdrawal;
    withdrawal->has_cut = false;
    withdrawal->has_accreditation = true;
    withdrawal->accreditation.seq = 4;
    build_withdrawal(&given.built, CASE_ASE, WITHDRAWN, CASE_SCHOOL, SAID);
}

static void revoked_and_accredited_after_that_alone(void)
{
    revoked();
    given.built.accreditations[0].place.seq = WITHDRAWN + 1;
}

static void revoked_and_never_withdrawn(void)
{
    accredited();
    say(STATUS_REVOKED, SAID);
}

static void revoked_at_once_and_never_withdrawn(void)
{
    accredited();
    say(STATUS_REVOKED, CASE_ISSUED_IN);
}

static void voided(void)
{
    withdrawn();
    given.certificate->place.voided = true;
    given.certificate->place.void_seq = SAID;
}

/* The owner itself issues, and hands its namespace on. */
static void revoked_by_an_owner(void)
{
    build_succession(&given.built, CASE_ASE, 40, "ase", CASE_OTHER, CUT)->cut = not_held(CUT);
    say(STATUS_REVOKED, SAID);
}

static void revoked_by_an_owner_that_handed_on_disputably(void)
{
    build_succession(&given.built, CASE_ASE, 40, "ase", CASE_OTHER, CUT);
    verdict_case_fork(&given, CASE_ASE, 40);
    say(STATUS_REVOKED, SAID);
}

static void revoked_by_an_owner_that_perhaps_handed_on_before(void)
{
    build_succession(&given.built, CASE_ASE, 40, "ase", CASE_SCHOOL, CASE_ISSUED_IN - 1);
    verdict_case_fork(&given, CASE_ASE, 40);
    say(STATUS_REVOKED, SAID);
}

static void a_stranger_withdraws_the_owner(void)
{
    build_withdrawal(&given.built, CASE_OTHER, WITHDRAWN, CASE_ASE, CUT)->cut = not_held(CUT);
}

static void what_its_heir_says_is_left_out(void)
{
    given.built.successions[0].left_out = true;
}

/* ---- an accreditation again, in doubt ---- */

static void revoked_beyond_and_accredited_again_disputably(void)
{
    accredited();
    build_withdrawal(&given.built, CASE_ASE, WITHDRAWN, CASE_SCHOOL, CASE_ISSUED_IN + 2);
    build_accreditation(&given.built, CASE_ASE, 40, CASE_SCHOOL, "ase/*", 0);
    verdict_case_fork(&given, CASE_ASE, 40);
    say(STATUS_REVOKED, SAID);
}

/* ---- by whom it was withdrawn ---- */

/* Whether ase's accreditations count hangs on a cut that is not held, for both places alike. */
static void revoked_by_a_delegate_of_who_handed_on(void)
{
    accredited();
    build_succession(&given.built, CASE_ASE, 40, "ase", CASE_SUBJECT, 39)->cut = not_held(39);
    say(STATUS_REVOKED, SAID);
}

static void a_stranger_withdraws_somebody(void)
{
    build_withdrawal(&given.built, CASE_SCHOOL, 3, CASE_OTHER, 12);
}

static void a_stranger_withdraws_the_school(void)
{
    withdraw(CASE_OTHER, CUT);
}

static void a_stranger_accredits_and_withdraws_it(void)
{
    build_accreditation(&given.built, CASE_OTHER, 5, CASE_SCHOOL, "ase/*", 0);
    withdraw(CASE_OTHER, CUT);
}

static void who_may_do_so_for_another_code(void)
{
    build_accreditation(&given.built, CASE_ASE, 4, CASE_OTHER, "ase/L*", 1);
    a_stranger_accredits_and_withdraws_it();
}

static void who_may_have_accredited_it(void)
{
    build_accreditation(&given.built, CASE_ASE, 4, CASE_OTHER, "ase/*", 1);
    a_stranger_accredits_and_withdraws_it();
}

static void revoked_where_ase_is_not_understood(void)
{
    accredited();
    say(STATUS_REVOKED, SAID);
    ase_is_not_understood();
}

static void who_was_closed_before_that(void)
{
    who_may_have_accredited_it();
    build_withdrawal(&given.built, CASE_ASE, 20, CASE_OTHER, WITHDRAWN - 1)->withdrawal.closed = true;
}

static void other_let_it_issue_and_that_is_not_here(void)
{
    given.certificate->place.log = CASE_SCHOOL;
    withdraw(CASE_OTHER, CUT);
    say(STATUS_REVOKED, SAID);
}

static void nothing(void) {}

#define UNKNOWN(reason) OVERALL_UNDETERMINED, REASON_##reason
#define INVALID(reason) OVERALL_INVALID, REASON_##reason

static const struct row {
    const char *sentence;
    void (*make)(void);
    void (*besides)(void);
    enum overall overall;
    enum reason status;
} rows[] = {
    {"what is perhaps beyond a cut is in doubt", revoked, nothing, UNKNOWN(CUT_NOT_HELD)},
    {"no less where a fork disputes all of that", revoked, all_is_disputed, UNKNOWN(DISPUTED)},
    {"where its accreditor says what is not understood", revoked, ase_is_not_understood,
     UNKNOWN(CUT_NOT_HELD)},
    {"where accreditations were left out", revoked, accreditations_are_left_out, UNKNOWN(LIMIT)},
    {"or withdrawals", revoked, withdrawals_are_left_out, UNKNOWN(CUT_NOT_HELD)},
    {"a void is too", voided, nothing, UNKNOWN(CUT_NOT_HELD)},
    {"no less where a fork disputes all of that", voided, all_is_disputed, UNKNOWN(DISPUTED)},
    {"what an owner says as well", revoked_by_an_owner, nothing, UNKNOWN(CUT_NOT_HELD)},
    {"no less where something was left out", revoked_by_an_owner, accreditations_are_left_out,
     UNKNOWN(LIMIT)},
    {"in one block with its entry it is in none", revoked_in_its_own_block, all_is_disputed,
     INVALID(REVOKED)},
    {"be it the last one", revoked_in_the_last_block, nothing, INVALID(REVOKED)},
    {"unless that alone is excepted", revoked_in_its_own_block_and_that_excepted, all_is_disputed,
     UNKNOWN(DISPUTED)},
    {"nor where both are beyond", revoked_and_all_of_it_beyond, all_is_disputed, INVALID(REVOKED)},
    {"whatever was left out of who let it speak", revoked_and_all_of_it_beyond, accreditations_are_left_out,
     INVALID(REVOKED)},
    {"nor where its entry is excepted", revoked_and_itself_excepted, all_is_disputed, INVALID(REVOKED)},
    {"nor by a withdrawal without a cut", revoked_and_another_accreditation_withdrawn, ase_is_not_understood,
     INVALID(REVOKED)},
    {"nor by one before which nobody had let it issue", revoked_and_accredited_after_that_alone,
     ase_is_not_understood, INVALID(REVOKED)},
    {"what is beyond but for an accreditation in doubt is in doubt",
     revoked_beyond_and_accredited_again_disputably, nothing, UNKNOWN(DISPUTED)},
    {"no less where its author says what is not understood", revoked_beyond_and_accredited_again_disputably,
     ase_is_not_understood, UNKNOWN(UPGRADE)},
    {"or withdrawals were left out", revoked_beyond_and_accredited_again_disputably, withdrawals_are_left_out,
     UNKNOWN(DISPUTED)},
    {"a withdrawal that was left out may lie anywhere", revoked_and_never_withdrawn, withdrawals_are_left_out,
     UNKNOWN(LIMIT)},
    {"be it left out of those from the school alone", revoked_and_never_withdrawn, of_the_school_s_some_are,
     UNKNOWN(LIMIT)},
    {"but not in one block", revoked_at_once_and_never_withdrawn, withdrawals_are_left_out, INVALID(REVOKED)},
    {"a delegate of who handed on revokes", revoked_by_a_delegate_of_who_handed_on, nothing,
     INVALID(REVOKED)},
    {"whomever a stranger withdraws", revoked_by_a_delegate_of_who_handed_on, a_stranger_withdraws_somebody,
     INVALID(REVOKED)},
    {"be it the delegate", revoked_by_a_delegate_of_who_handed_on, a_stranger_withdraws_the_school,
     INVALID(REVOKED)},
    {"that the stranger accredited", revoked_by_a_delegate_of_who_handed_on,
     a_stranger_accredits_and_withdraws_it, INVALID(REVOKED)},
    {"or might, for another code", revoked_by_a_delegate_of_who_handed_on, who_may_do_so_for_another_code,
     INVALID(REVOKED)},
    {"but who may do so for this one leaves a doubt", revoked_by_a_delegate_of_who_handed_on,
     who_may_have_accredited_it, UNKNOWN(CUT_NOT_HELD)},
    {"whatever else is in doubt", revoked_where_ase_is_not_understood, who_may_have_accredited_it,
     UNKNOWN(UPGRADE)},
    {"and who was closed before it says so none", revoked_where_ase_is_not_understood,
     who_was_closed_before_that, INVALID(REVOKED)},
    {"anybody may have let it issue where accreditations were left out",
     other_let_it_issue_and_that_is_not_here, accreditations_are_left_out, UNKNOWN(LIMIT)},
    {"within the cut of a succession an owner revokes", revoked_by_an_owner_that_handed_on_disputably,
     nothing, INVALID(REVOKED)},
    {"beyond it no less than it issues", revoked_by_an_owner_that_perhaps_handed_on_before, nothing,
     INVALID(REVOKED)},
    {"whatever a stranger withdraws", revoked_by_an_owner_that_perhaps_handed_on_before,
     a_stranger_withdraws_the_owner, INVALID(REVOKED)},
    {"perhaps, where what it or its heirs say was left out", revoked_by_an_owner_that_handed_on_disputably,
     what_its_heir_says_is_left_out, UNKNOWN(LIMIT)},
    {"a delegate too", revoked_by_a_delegate_of_who_handed_on, what_its_heir_says_is_left_out,
     UNKNOWN(LIMIT)},
};

static void it_is_so(void **state)
{
    size_t failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        verdict_case_begin(&given);
        rows[i].make();
        rows[i].besides();
        const struct verdict found = verdict_case_decide(&given);
        const struct axis_answer status = found.credentials[0].axes[AXIS_STATUS];
        if (found.overall != rows[i].overall || status.reason != rows[i].status) {
            print_error("%s: %d, %s\n", rows[i].sentence, found.overall, reason_word(status.reason));
            failed++;
        }
    }
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_is_so)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
