#include "protocol/rules/freshness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/verdict_case.h"

/* A branch issued it, which a school let do so, which ASE let do so; or ASE itself did. */

static struct verdict_case given;

enum { CASE_BRANCH = CASE_OTHER, DAY_S = 86400 };

static struct dossier_log *log_of(size_t actor)
{
    return &given.built.logs[actor];
}

/* The branch spoke 40 seconds ago, the others so many days. */
static void aged(size_t actor, uint64_t days)
{
    log_of(actor)->checkpoint_time_s = given.question.now_s - days * DAY_S;
}

static void chain_of_three(void)
{
    given.certificate->place.log = CASE_BRANCH;
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 1);
    build_accreditation(&given.built, CASE_SCHOOL, 5, CASE_BRANCH, "ase/*", 0);
}

static void all_fresh(void)
{
    chain_of_three();
}

static void accreditor_as_old_as_its_budget(void)
{
    chain_of_three();
    aged(CASE_SCHOOL, 30);
}

static void accreditor_a_second_older(void)
{
    accreditor_as_old_as_its_budget();
    log_of(CASE_SCHOOL)->checkpoint_time_s--;
}

static void accreditor_300_days_old(void)
{
    chain_of_three();
    aged(CASE_SCHOOL, 300);
}

static void accreditor_without_a_checkpoint(void)
{
    chain_of_three();
    log_of(CASE_SCHOOL)->has_checkpoint = false;
}

static void accreditor_seven_blocks_behind(void)
{
    chain_of_three();
    log_of(CASE_SCHOOL)->checkpoint_seq = BUILT_HEAD_SEQ + 7;
}

static void accreditor_ahead_of_the_clock(void)
{
    chain_of_three();
    log_of(CASE_SCHOOL)->checkpoint_time_s = given.question.now_s + 61;
}

static void owner_a_day_old(void)
{
    chain_of_three();
    aged(CASE_ASE, 1);
}

static void owner_31_days_old(void)
{
    chain_of_three();
    aged(CASE_ASE, 31);
}

static void accreditor_on_its_way(void)
{
    chain_of_three();
    log_of(CASE_SCHOOL)->switching = true;
}

static void accreditor_whose_status_is_not_here(void)
{
    chain_of_three();
    log_of(CASE_SCHOOL)->body_missing = true;
}

static void accreditor_with_more_branches_than_are_kept(void)
{
    chain_of_three();
    log_of(CASE_SCHOOL)->branches_cut = true;
}

static void accreditor_with_gaps(void)
{
    chain_of_three();
    log_of(CASE_SCHOOL)->incomplete = true;
}

/* A second school let the branch issue as well; in the dossier it comes first or last, as the order of
 * authors would have it. */
static void second_school(bool first)
{
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SUBJECT, "ase/*", 1);
    build_accreditation(&given.built, CASE_SUBJECT, 5, CASE_BRANCH, "ase/*", 0);
    for (size_t i = 0; first && i < 2; i++) {
        struct dossier_accreditation moved = given.built.accreditations[i];
        given.built.accreditations[i] = given.built.accreditations[i + 2];
        given.built.accreditations[i + 2] = moved;
    }
}

static void second_school_fresh(void)
{
    accreditor_300_days_old();
    second_school(false);
}

static void second_school_fresh_and_first(void)
{
    accreditor_300_days_old();
    second_school(true);
}

static void second_school_old(void)
{
    chain_of_three();
    second_school(true);
    aged(CASE_SUBJECT, 300);
}

static void both_schools_old(void)
{
    accreditor_300_days_old();
    second_school(false);
    aged(CASE_SUBJECT, 40);
}

static void both_schools_old_the_other_way_round(void)
{
    accreditor_300_days_old();
    second_school(true);
    aged(CASE_SUBJECT, 40);
}

static void owner_seven_blocks_behind(void)
{
    chain_of_three();
    log_of(CASE_ASE)->checkpoint_seq = BUILT_HEAD_SEQ + 7;
}

static void issuer_two_days_old(void)
{
    chain_of_three();
    aged(CASE_BRANCH, 2);
}

static void all_old_the_school_most(void)
{
    chain_of_three();
    aged(CASE_BRANCH, 2);
    aged(CASE_SCHOOL, 60);
    aged(CASE_ASE, 40);
}

static void all_old_alike(void)
{
    chain_of_three();
    aged(CASE_BRANCH, 40);
    aged(CASE_SCHOOL, 40);
    aged(CASE_ASE, 40);
}

static void issuer_unknown_and_owner_old(void)
{
    owner_31_days_old();
    log_of(CASE_BRANCH)->has_checkpoint = false;
}

static void owner_unknown_and_accreditor_incomplete(void)
{
    accreditor_seven_blocks_behind();
    log_of(CASE_ASE)->has_checkpoint = false;
}

static void accreditor_incomplete_and_issuer_ahead(void)
{
    accreditor_seven_blocks_behind();
    log_of(CASE_BRANCH)->checkpoint_time_s = given.question.now_s + 61;
}

static void owner_by_itself(void) {}

static void owner_by_itself_two_days_old(void)
{
    aged(CASE_ASE, 2);
}

static void handed_on(void)
{
    build_succession(&given.built, CASE_ASE, 60, "ase", CASE_SCHOOL, 50);
}

static void former_owner_that_issued_it_old(void)
{
    handed_on();
    aged(CASE_ASE, 2);
}

static void heir_old(void)
{
    handed_on();
    aged(CASE_SCHOOL, 31);
}

static void heir_in_doubt_old(void)
{
    given.certificate->place.seq = CASE_ISSUED_IN;
    heir_old();
    verdict_case_fork(&given, CASE_ASE, 60);
}

static void heir_disowned_old(void)
{
    heir_old();
    given.built.successions[0].place.voided = true;
    given.built.successions[0].place.void_seq = 61;
}

static void former_owner_that_accredited_old(void)
{
    handed_on();
    given.certificate->place.log = CASE_BRANCH;
    build_accreditation(&given.built, CASE_ASE, 5, CASE_BRANCH, "ase/*", 0);
    aged(CASE_ASE, 400);
}

static void heir_of_an_accreditor_old(void)
{
    former_owner_that_accredited_old();
    aged(CASE_SCHOOL, 31);
}

static void stranger_s_chain_old(void)
{
    given.certificate->place.log = CASE_BRANCH;
    build_accreditation(&given.built, CASE_SCHOOL, 5, CASE_BRANCH, "ase/*", 0);
    aged(CASE_SCHOOL, 300);
}

/* ---- budgets of their own ---- */

static void rhythm(size_t actor, uint32_t days)
{
    log_of(actor)->rhythm_days = days;
}

static void rhythm_of_an_accreditor(void)
{
    chain_of_three();
    rhythm(CASE_SCHOOL, 190);
    aged(CASE_SCHOOL, 190);
}

static void rhythm_of_an_accreditor_missed(void)
{
    rhythm_of_an_accreditor();
    aged(CASE_SCHOOL, 191);
}

static void rhythm_of_an_issuer(void)
{
    chain_of_three();
    rhythm(CASE_BRANCH, 7);
    aged(CASE_BRANCH, 7);
}

static void rhythm_faster_than_usual(void)
{
    chain_of_three();
    rhythm(CASE_ASE, 2);
    aged(CASE_ASE, 3);
}

static void trust_line(uint32_t days)
{
    chain_of_three();
    given.built.trust.owners[0].fresh_days = days;
}

static void trusted_for_longer(void)
{
    trust_line(90);
    aged(CASE_ASE, 90);
}

static void trusted_for_longer_and_older(void)
{
    trust_line(90);
    aged(CASE_ASE, 91);
}

static void trusted_for_less_than_its_rhythm(void)
{
    trust_line(10);
    rhythm(CASE_ASE, 190);
    aged(CASE_ASE, 11);
}

static void trusted_for_less_in_one_of_its_namespaces(void)
{
    trust_line(90);
    build_owner(&given.built, "aye", CASE_ASE);
    given.built.trust.owners[1].fresh_days = 20;
    aged(CASE_ASE, 21);
}

static void shop_that_documents_experience(void)
{
    chain_of_three();
    given.certificate->attestation.basis = BASIS_EXPERIENCE;
    aged(CASE_BRANCH, 14);
}

static void shop_that_documents_experience_older(void)
{
    shop_that_documents_experience();
    aged(CASE_BRANCH, 15);
}

#define FRESH ANSWER_YES, REASON_NONE
#define STALE ANSWER_NO, REASON_STALE
#define UNKNOWN(reason) ANSWER_UNKNOWN, REASON_##reason

static const struct {
    const char *sentence;
    void (*say)(void);
    enum answer answer;
    enum reason reason;
    int of;
    enum evidence_role role;
} rows[] = {
    {"where all are fresh the issuer speaks", all_fresh, FRESH, CASE_BRANCH, EVIDENCE_ISSUER},
    {"an accreditor has 30 days", accreditor_as_old_as_its_budget, FRESH, CASE_BRANCH, EVIDENCE_ISSUER},
    {"and not a second more", accreditor_a_second_older, STALE, CASE_SCHOOL, EVIDENCE_ACCREDITOR},
    {"an accreditor 300 days old", accreditor_300_days_old, STALE, CASE_SCHOOL, EVIDENCE_ACCREDITOR},
    {"an accreditor without a checkpoint", accreditor_without_a_checkpoint, UNKNOWN(NO_CHECKPOINT),
     CASE_SCHOOL, EVIDENCE_ACCREDITOR},
    {"an accreditor of whose log the last seven blocks are kept back", accreditor_seven_blocks_behind,
     UNKNOWN(INCOMPLETE), CASE_SCHOOL, EVIDENCE_ACCREDITOR},
    {"an accreditor ahead of the clock", accreditor_ahead_of_the_clock, UNKNOWN(CLOCK), CASE_SCHOOL,
     EVIDENCE_ACCREDITOR},
    {"an owner need not speak each day", owner_a_day_old, FRESH, CASE_BRANCH, EVIDENCE_ISSUER},
    {"but once in 30", owner_31_days_old, STALE, CASE_ASE, EVIDENCE_OWNER},
    {"an accreditor on its way to another branch", accreditor_on_its_way, UNKNOWN(INCOMPLETE), CASE_SCHOOL,
     EVIDENCE_ACCREDITOR},
    {"a proof shows a status block of an accreditor that is not here", accreditor_whose_status_is_not_here,
     UNKNOWN(INCOMPLETE), CASE_SCHOOL, EVIDENCE_ACCREDITOR},
    {"an accreditor has more branches than are kept", accreditor_with_more_branches_than_are_kept,
     UNKNOWN(LIMIT), CASE_SCHOOL, EVIDENCE_ACCREDITOR},
    {"an accreditor's log lacks entries that nobody erased", accreditor_with_gaps, UNKNOWN(INCOMPLETE),
     CASE_SCHOOL, EVIDENCE_ACCREDITOR},
    {"of two chains that hold the fresh one speaks", second_school_fresh, FRESH, CASE_BRANCH,
     EVIDENCE_ISSUER},
    {"in whatever order they come", second_school_fresh_and_first, FRESH, CASE_BRANCH, EVIDENCE_ISSUER},
    {"and whichever is old", second_school_old, FRESH, CASE_BRANCH, EVIDENCE_ISSUER},
    {"of two that are stale the better one", both_schools_old, STALE, CASE_SUBJECT, EVIDENCE_ACCREDITOR},
    {"in either order", both_schools_old_the_other_way_round, STALE, CASE_SUBJECT, EVIDENCE_ACCREDITOR},
    {"an owner's log that is not all here", owner_seven_blocks_behind, UNKNOWN(INCOMPLETE), CASE_ASE,
     EVIDENCE_OWNER},
    {"an issuer has a day", issuer_two_days_old, STALE, CASE_BRANCH, EVIDENCE_ISSUER},
    {"of several that are stale the oldest is named", all_old_the_school_most, STALE, CASE_SCHOOL,
     EVIDENCE_ACCREDITOR},
    {"of those as old the nearest", all_old_alike, STALE, CASE_BRANCH, EVIDENCE_ISSUER},
    {"what is stale goes before what is unknown", issuer_unknown_and_owner_old, STALE, CASE_ASE,
     EVIDENCE_OWNER},
    {"no checkpoint before a part of the log", owner_unknown_and_accreditor_incomplete,
     UNKNOWN(NO_CHECKPOINT), CASE_ASE, EVIDENCE_OWNER},
    {"a clock before a part of the log", accreditor_incomplete_and_issuer_ahead, UNKNOWN(CLOCK), CASE_BRANCH,
     EVIDENCE_ISSUER},
    {"an owner that issues is an issuer", owner_by_itself, FRESH, CASE_ASE, EVIDENCE_ISSUER},
    {"with an issuer's day", owner_by_itself_two_days_old, STALE, CASE_ASE, EVIDENCE_ISSUER},
    {"who may be its heir is asked", heir_in_doubt_old, STALE, CASE_SCHOOL, EVIDENCE_OWNER},
    {"but not whom a void disowns", heir_disowned_old, FRESH, CASE_ASE, EVIDENCE_ISSUER},
    {"also when it handed its namespace on", former_owner_that_issued_it_old, STALE, CASE_ASE,
     EVIDENCE_ISSUER},
    {"whose heir is asked too", heir_old, STALE, CASE_SCHOOL, EVIDENCE_OWNER},
    {"a former owner is not asked about whom it accredited", former_owner_that_accredited_old, FRESH,
     CASE_BRANCH, EVIDENCE_ISSUER},
    {"its heir is", heir_of_an_accreditor_old, STALE, CASE_SCHOOL, EVIDENCE_OWNER},
    {"strangers above a stranger say nothing", stranger_s_chain_old, FRESH, CASE_BRANCH, EVIDENCE_ISSUER},
    {"an accreditor may state a rhythm", rhythm_of_an_accreditor, FRESH, CASE_BRANCH, EVIDENCE_ISSUER},
    {"and must keep it", rhythm_of_an_accreditor_missed, STALE, CASE_SCHOOL, EVIDENCE_ACCREDITOR},
    {"an issuer too", rhythm_of_an_issuer, FRESH, CASE_BRANCH, EVIDENCE_ISSUER},
    {"a rhythm may be faster than is usual", rhythm_faster_than_usual, STALE, CASE_ASE, EVIDENCE_OWNER},
    {"a trust line may give longer", trusted_for_longer, FRESH, CASE_BRANCH, EVIDENCE_ISSUER},
    {"and no longer", trusted_for_longer_and_older, STALE, CASE_ASE, EVIDENCE_OWNER},
    {"a trust line goes before a rhythm", trusted_for_less_than_its_rhythm, STALE, CASE_ASE, EVIDENCE_OWNER},
    {"of two lines the stricter counts", trusted_for_less_in_one_of_its_namespaces, STALE, CASE_ASE,
     EVIDENCE_OWNER},
    {"a shop has 14 days for what it documents", shop_that_documents_experience, FRESH, CASE_BRANCH,
     EVIDENCE_SHOP},
    {"and no more", shop_that_documents_experience_older, STALE, CASE_BRANCH, EVIDENCE_SHOP},
};

static void the_worst_of_the_whole_chain_decides(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        verdict_case_begin(&given);
        rows[i].say();
        struct verdict verdict = verdict_case_decide(&given);
        const struct credential_verdict *found = &verdict.credentials[0];
        const struct axis_answer *fresh = &found->axes[AXIS_FRESHNESS];
        if (fresh->answer != rows[i].answer || fresh->reason != rows[i].reason ||
            found->evidence_log != (size_t)rows[i].of || found->evidence_role != rows[i].role) {
            fail_msg("%s: %d %s of %zu as %d", rows[i].sentence, fresh->answer, reason_word(fresh->reason),
                     found->evidence_log, found->evidence_role);
        }
        if (fresh->answer != ANSWER_YES && found->overall == OVERALL_VALID) {
            fail_msg("%s: valid", rows[i].sentence);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worst_of_the_whole_chain_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
