#include "protocol/rules/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/support/verdict_case.h"

static struct verdict_case given;

static void known_up_to(size_t actor, uint64_t seq)
{
    given.built.logs[actor].known_by_seq = seq;
}

static void voided_in(struct dossier_place *place, uint64_t seq)
{
    place->voided = true;
    place->void_seq = seq;
}

static void nothing(void) {}

static void for_life(void)
{
    given.certificate->attestation.has_last_day = false;
    given.certificate->attestation.code = bytes_of_string("ase/L1");
    given.question.at_day = DAY_MAX;
}

static void for_life_of_a_code_with_a_lifetime(void)
{
    given.certificate->attestation.has_last_day = false;
    given.question.at_day = DAY_MAX;
}

static void suspended_beyond_its_lifetime(void)
{
    for_life_of_a_code_with_a_lifetime();
    build_event(&given.built, given.certificate, STATUS_SUSPENDED, CASE_FIRST, 50, false);
}

static void revoked_beyond_its_lifetime(void)
{
    for_life_of_a_code_with_a_lifetime();
    build_event(&given.built, given.certificate, STATUS_REVOKED, CASE_FIRST, 50, false);
}

static void proven_by_path(void)
{
    given.certificate->source = SOURCE_PATH;
    given.certificate->place.seq = BUILT_HEAD_SEQ + 5;
}

static void path_to_an_unwitnessed_head(void)
{
    given.certificate->source = SOURCE_UNWITNESSED;
}

static void not_in_the_log_replayed(void)
{
    given.certificate->source = SOURCE_MISMATCH;
}

static void issuer_not_held(void)
{
    given.certificate->source = SOURCE_UNKNOWN_ISSUER;
    given.built.logs[CASE_ASE].known = false;
}

static void not_arrived_by_then(void)
{
    known_up_to(CASE_ASE, CASE_ISSUED_IN - 1);
}

static void path_not_arrived_by_then(void)
{
    proven_by_path();
    given.certificate->place.arrived_s = 5000;
    given.question.known_by_s = 4999;
}

static void path_arrived_by_then(void)
{
    path_not_arrived_by_then();
    given.question.known_by_s++;
}

static void erased(void)
{
    given.certificate->place.erased = true;
}

static void erased_and_revoked(void)
{
    erased();
    build_event(&given.built, given.certificate, STATUS_REVOKED, 1400, 20, false);
}

static void issuer_not_understood(void)
{
    given.built.logs[CASE_ASE].upgrade_needed = true;
    given.built.logs[CASE_ASE].upgrade_seq = 90;
}

static void issuer_understood_as_far_as_known(void)
{
    issuer_not_understood();
    known_up_to(CASE_ASE, 89);
}

static void school_issues(void)
{
    given.certificate->place.log = CASE_SCHOOL;
}

static void school_accredited(void)
{
    school_issues();
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 0);
}

static void school_accredited_for_other_codes(void)
{
    school_issues();
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/B*", 0);
}

static void school_accredited_later_than_earned(void)
{
    school_issues();
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 0)->accreditation.from =
        CASE_FIRST + 1;
}

static void school_accredited_until_it_was_earned(void)
{
    school_issues();
    struct accreditation *accreditation =
        &build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 0)->accreditation;
    accreditation->has_until = true;
    accreditation->until = CASE_FIRST;
}

static void school_withdrawn_before_it_issued(void)
{
    school_accredited();
    build_withdrawal(&given.built, CASE_ASE, 60, CASE_SCHOOL, CASE_ISSUED_IN - 1);
}

static void school_withdrawn_after_it_issued(void)
{
    school_accredited();
    build_withdrawal(&given.built, CASE_ASE, 60, CASE_SCHOOL, CASE_ISSUED_IN);
}

static void school_withdrawn_but_for_this_entry(void)
{
    school_accredited();
    build_exception(&given.built, build_withdrawal(&given.built, CASE_ASE, 60, CASE_SCHOOL, CASE_ISSUED_IN),
                    CASE_ISSUED_IN, 0);
}

static void school_withdrawn_and_accredited_again(void)
{
    school_withdrawn_before_it_issued();
    build_accreditation(&given.built, CASE_ASE, 70, CASE_SCHOOL, "ase/*", 0);
}

static void school_withdrawn_later_than_known(void)
{
    school_withdrawn_before_it_issued();
    known_up_to(CASE_ASE, 59);
    given.built.logs[CASE_ASE].checkpoint_seq = 59;
}

static void school_accreditation_voided(void)
{
    school_accredited();
    voided_in(&given.built.accreditations[0].place, 50);
}

static void school_accreditation_disputed(void)
{
    school_accredited();
    verdict_case_fork(&given, CASE_ASE, 5);
}

static void nobody_owns_the_namespace(void)
{
    trust_remove_owner(&given.built.trust, bytes_of_string("ase"));
}

static void handed_on_to_the_school(void)
{
    school_issues();
    build_succession(&given.built, CASE_ASE, 5, "ase", CASE_SCHOOL, 4);
}

static void no_pack(void)
{
    given.built.dossier.pack_count = 0;
}

static void pack_in_force_later_than_earned(void)
{
    given.built.packs[0].pack.in_force_from = CASE_FIRST + 1;
}

static void pack_in_force_the_day_it_was_earned(void)
{
    given.built.packs[0].pack.in_force_from = CASE_FIRST;
}

static void code_not_in_the_pack(void)
{
    given.certificate->attestation.code = bytes_of_string("ase/A7");
}

static void code_offered_later(void)
{
    given.built.pack_codes[0][0].has_first_day = true;
    given.built.pack_codes[0][0].first_day = CASE_FIRST + 1;
}

static void code_offered_from_that_day_to_that_day(void)
{
    given.built.pack_codes[0][0].has_first_day = given.built.pack_codes[0][0].has_last_day = true;
    given.built.pack_codes[0][0].first_day = given.built.pack_codes[0][0].last_day = CASE_FIRST;
}

static void code_no_longer_offered(void)
{
    given.built.pack_codes[0][0].has_last_day = true;
    given.built.pack_codes[0][0].last_day = CASE_FIRST - 1;
}

static void pack_disputed(void)
{
    given.built.packs[0].place.seq = 50;
    verdict_case_fork(&given, CASE_ASE, 50);
}

static void school_in_doubt_and_no_such_code(void)
{
    school_accreditation_voided();
    code_not_in_the_pack();
}

static void in_a_void_block(void)
{
    voided_in(&given.certificate->place, 50);
}

static void in_a_void_block_later_than_known(void)
{
    in_a_void_block();
    known_up_to(CASE_ASE, 49);
}

static void in_a_void_block_by_a_disputed_word(void)
{
    in_a_void_block();
    verdict_case_fork(&given, CASE_ASE, 50);
}

static void above_a_fork(void)
{
    verdict_case_fork(&given, CASE_ASE, CASE_ISSUED_IN);
}

static void below_a_fork(void)
{
    verdict_case_fork(&given, CASE_ASE, CASE_ISSUED_IN + 1);
}

static void by_a_frozen_issuer(void)
{
    given.built.logs[CASE_ASE].frozen = true;
    given.built.logs[CASE_ASE].fork_seq = CASE_ISSUED_IN;
}

static void revoked_above_a_fork(void)
{
    below_a_fork();
    build_event(&given.built, given.certificate, STATUS_REVOKED, 1400, 20, false);
}

static void appealed_above_a_fork(void)
{
    below_a_fork();
    build_event(&given.built, given.certificate, STATUS_APPEALED, 1400, 20, false);
}

static void above_a_fork_and_expired(void)
{
    above_a_fork();
    given.question.at_day = CASE_LAST + 1;
}

static void revoked_later_than_known(void)
{
    build_event(&given.built, given.certificate, STATUS_REVOKED, 1400, 60, false);
    known_up_to(CASE_ASE, 59);
}

static void revoked_when_known(void)
{
    build_event(&given.built, given.certificate, STATUS_REVOKED, 1400, 60, false);
    known_up_to(CASE_ASE, 60);
}

static void revoked_beyond_the_head_by_path(void)
{
    proven_by_path();
    build_event(&given.built, given.certificate, STATUS_REVOKED, 1400, BUILT_HEAD_SEQ + 9, false);
}

static void revoked_in_a_head_not_known_by_then(void)
{
    build_event(&given.built, given.certificate, STATUS_REVOKED, 1400, BUILT_HEAD_SEQ, false);
    known_up_to(CASE_ASE, BUILT_HEAD_SEQ - 1);
}

static void bound_to(size_t actor)
{
    build_held_by(&given.built, given.certificate, actor, 1400, 20);
}

static void bound_to_another(void)
{
    bound_to(CASE_OTHER);
}

static void bound_to_the_subject(void)
{
    bound_to(CASE_SUBJECT);
}

static void bound_to_on(size_t actor, uint32_t day, uint64_t seq)
{
    build_held_by(&given.built, given.certificate, actor, day, seq);
}

static void another_s(void)
{
    given.certificate->attestation.subject =
        subject_of_actor(&(struct actor_id){built_actor_of(CASE_OTHER).hash});
}

static void another_s_and_given_to_her(void)
{
    another_s();
    bound_to_on(CASE_SUBJECT, given.question.at_day, 20);
}

static void another_s_and_given_to_her_tomorrow(void)
{
    another_s();
    bound_to_on(CASE_SUBJECT, given.question.at_day + 1, 20);
}

static void and_suspended_today(void)
{
    another_s_and_given_to_her_tomorrow();
    build_event(&given.built, given.certificate, STATUS_SUSPENDED, given.question.at_day, 30, false);
}

static void and_that_is_disputed(void)
{
    another_s_and_given_to_her_tomorrow();
    given.built.logs[CASE_ASE].forked = true;
    given.built.logs[CASE_ASE].fork_seq = 20;
}

static void given_to_her_in_dispute(void)
{
    another_s_and_given_to_her();
    given.built.logs[CASE_ASE].forked = true;
    given.built.logs[CASE_ASE].fork_seq = 20;
}

static void another_s_and_not_given_by_then(void)
{
    another_s_and_given_to_her();
    known_up_to(CASE_ASE, 19);
}

static void blinded_and_hers(void)
{
    given.certificate->attestation.subject.kind = SUBJECT_BLINDED;
}

static void blinded_and_given_to_her_tomorrow(void)
{
    blinded_and_hers();
    bound_to_on(CASE_SUBJECT, given.question.at_day + 1, 20);
}

static void bound_to_another_tomorrow(void)
{
    bound_to_on(CASE_OTHER, given.question.at_day + 1, 20);
}

static void bound_to_another_and_back_tomorrow(void)
{
    bound_to_another();
    bound_to_on(CASE_SUBJECT, given.question.at_day + 1, 30);
}

static void bound_to_another_and_back_today(void)
{
    bound_to_another();
    bound_to_on(CASE_SUBJECT, given.question.at_day, 30);
}

static void while_affiliated(void)
{
    given.certificate->attestation.has_network = true;
    given.certificate->attestation.network_code = bytes_of_string("ase/network");
}

static void while_affiliated_and_revoked(void)
{
    while_affiliated();
    build_event(&given.built, given.certificate, STATUS_REVOKED, 1400, 20, false);
}

static void no_checkpoint(void)
{
    given.built.logs[CASE_ASE].has_checkpoint = false;
}

static void as_old_as_the_budget(void)
{
    given.question.now_s = BUILT_TIME_S + given.question.budget.issuer_s;
}

static void older_than_the_budget(void)
{
    given.question.now_s = BUILT_TIME_S + given.question.budget.issuer_s + 1;
}

static void shop_within_its_budget(void)
{
    given.certificate->attestation.basis = BASIS_EXPERIENCE;
    given.question.now_s = BUILT_TIME_S + given.question.budget.shop_s;
}

static void shop_beyond_its_budget(void)
{
    shop_within_its_budget();
    given.question.now_s++;
}

static void clock_a_minute_behind(void)
{
    given.question.now_s = BUILT_TIME_S - 60;
}

static void clock_more_than_a_minute_behind(void)
{
    given.question.now_s = BUILT_TIME_S - 61;
}

static void checkpoint_ahead_of_the_head(void)
{
    given.built.logs[CASE_ASE].checkpoint_seq = BUILT_HEAD_SEQ + 1;
}

static void checkpoint_ahead_of_what_was_known(void)
{
    known_up_to(CASE_ASE, BUILT_HEAD_SEQ - 1);
}

static void entries_missing(void)
{
    given.built.logs[CASE_ASE].incomplete = true;
}

static void old_and_ahead_of_the_head(void)
{
    older_than_the_budget();
    checkpoint_ahead_of_the_head();
}

static void known_by_a_past_day(void)
{
    given.question.now_s = BUILT_TIME_S + 10 * given.question.budget.issuer_s;
    given.question.known_by_s = BUILT_TIME_S + given.question.budget.issuer_s;
}

static void known_by_a_past_day_but_old_then(void)
{
    known_by_a_past_day();
    given.question.known_by_s++;
}

static void known_by_a_time_to_come(void)
{
    given.question.known_by_s = given.question.now_s + 1000;
}

static void checkpoint_later_than_known(void)
{
    given.question.known_by_s = BUILT_TIME_S - 1;
}

static void checkpoint_as_it_was_known(void)
{
    given.question.known_by_s = BUILT_TIME_S;
}

#define VALID_BUT(axis, reason) AXIS_##axis, ANSWER_YES, REASON_##reason, OVERALL_VALID
#define VALID(axis) VALID_BUT(axis, NONE)
#define INVALID(axis, reason) AXIS_##axis, ANSWER_NO, REASON_##reason, OVERALL_INVALID
/* Invalid, and it does not decide. */
#define BY_STRANGER(reason) AXIS_AUTHORITY, ANSWER_NO, REASON_##reason, OVERALL_INVALID
#define UNDETERMINED(axis, reason) AXIS_##axis, ANSWER_UNKNOWN, REASON_##reason, OVERALL_UNDETERMINED
#define YES_IN_DOUBT(axis) AXIS_##axis, ANSWER_YES, REASON_NONE, OVERALL_UNDETERMINED /* for another axis */
#define STALE AXIS_FRESHNESS, ANSWER_NO, REASON_STALE, OVERALL_UNDETERMINED

static const struct {
    const char *why;
    void (*say)(void);
    enum axis axis;
    enum answer answer;
    enum reason reason;
    enum overall overall;
} axis_rows[] = {
    {"an entry of a log that was replayed", nothing, VALID(INTEGRITY)},
    {"an entry with a path to a witnessed head", proven_by_path, VALID(INTEGRITY)},
    {"a path to a head that nobody known replayed", path_to_an_unwitnessed_head,
     UNDETERMINED(INTEGRITY, UNWITNESSED)},
    {"an entry that is not where it says", not_in_the_log_replayed, INVALID(INTEGRITY, PATH_MISMATCH)},
    {"an issuer whose log is not here", issuer_not_held, UNDETERMINED(INTEGRITY, UNKNOWN_ISSUER)},
    {"an entry that had not arrived by then", not_arrived_by_then, UNDETERMINED(INTEGRITY, NOT_FOUND)},
    {"a path that had not arrived by then", path_not_arrived_by_then, UNDETERMINED(INTEGRITY, NOT_FOUND)},
    {"a path that had just arrived by then", path_arrived_by_then, UNDETERMINED(FRESHNESS, NO_CHECKPOINT)},
    {"is what it says", path_arrived_by_then, YES_IN_DOUBT(INTEGRITY)},
    {"an entry whose bytes are gone", erased, UNDETERMINED(INTEGRITY, ERASED)},
    {"nobody knows what it was about", erased, UNDETERMINED(AUTHORITY, ERASED)},
    {"nor until when it held", erased, UNDETERMINED(STATUS, ERASED)},
    {"but its standing stays", erased_and_revoked, INVALID(STATUS, REVOKED)},
    {"an issuer who says what is not understood", issuer_not_understood, UNDETERMINED(INTEGRITY, UPGRADE)},
    {"understood as far as known by then", issuer_understood_as_far_as_known, YES_IN_DOUBT(INTEGRITY)},

    {"the owner may say so", nothing, VALID(AUTHORITY)},
    {"nobody in the trust file owns that namespace", nobody_owns_the_namespace,
     BY_STRANGER(NAMESPACE_UNOWNED)},
    {"an issuer that nobody accredits", school_issues, BY_STRANGER(UNTRUSTED)},
    {"an accredited issuer", school_accredited, VALID(AUTHORITY)},
    {"an issuer accredited for other codes", school_accredited_for_other_codes, BY_STRANGER(NOT_ACCREDITED)},
    {"an issuer accredited after the exam", school_accredited_later_than_earned,
     INVALID(AUTHORITY, ACCREDITATION_EXPIRED)},
    {"the day of the exam counts, not the one asked about", school_accredited_until_it_was_earned,
     VALID(AUTHORITY)},
    {"an issuer withdrawn before it issued", school_withdrawn_before_it_issued,
     INVALID(AUTHORITY, WITHDRAWN)},
    {"an issuer withdrawn after it issued", school_withdrawn_after_it_issued, VALID(AUTHORITY)},
    {"an issuer withdrawn with this entry excepted", school_withdrawn_but_for_this_entry,
     INVALID(AUTHORITY, WITHDRAWN)},
    {"an issuer accredited again", school_withdrawn_and_accredited_again, VALID(AUTHORITY)},
    {"a withdrawal that had not arrived by then", school_withdrawn_later_than_known, VALID(AUTHORITY)},
    {"a voided accreditation", school_accreditation_voided, UNDETERMINED(AUTHORITY, VOIDED)},
    {"a disputed accreditation", school_accreditation_disputed, UNDETERMINED(AUTHORITY, DISPUTED)},
    {"an heir has the forerunner's packs", handed_on_to_the_school, VALID(AUTHORITY)},
    {"no rule pack", no_pack, UNDETERMINED(AUTHORITY, NO_RULE_PACK)},
    {"none in force on the day it was earned", pack_in_force_later_than_earned,
     UNDETERMINED(AUTHORITY, NO_RULE_PACK)},
    {"one in force from that day on", pack_in_force_the_day_it_was_earned, VALID(AUTHORITY)},
    {"a code that the pack has not", code_not_in_the_pack, INVALID(AUTHORITY, UNKNOWN_CODE)},
    {"a code offered later", code_offered_later, INVALID(AUTHORITY, CODE_NOT_OFFERED)},
    {"a code no longer offered", code_no_longer_offered, INVALID(AUTHORITY, CODE_NOT_OFFERED)},
    {"a code offered on that day only", code_offered_from_that_day_to_that_day, VALID(AUTHORITY)},
    {"a disputed rule pack", pack_disputed, UNDETERMINED(AUTHORITY, DISPUTED)},
    {"a certain no goes before a doubt", school_in_doubt_and_no_such_code, INVALID(AUTHORITY, UNKNOWN_CODE)},

    {"a certificate for life", for_life, VALID(STATUS)},
    {"for life where its code has a lifetime", for_life_of_a_code_with_a_lifetime, INVALID(STATUS, EXPIRED)},
    {"suspended, and its lifetime is over", suspended_beyond_its_lifetime, INVALID(STATUS, EXPIRED)},
    {"revoked, and its lifetime is over", revoked_beyond_its_lifetime, INVALID(STATUS, REVOKED)},
    {"a thief's certificate", in_a_void_block, INVALID(STATUS, VOIDED)},
    {"held for good as far as known by then", in_a_void_block_later_than_known, YES_IN_DOUBT(STATUS)},
    {"voided in a disputed block", in_a_void_block_by_a_disputed_word, UNDETERMINED(STATUS, DISPUTED)},
    {"a certificate at a fork", above_a_fork, UNDETERMINED(STATUS, DISPUTED)},
    {"a certificate below a fork", below_a_fork, VALID(STATUS)},
    {"a certificate of a frozen issuer", by_a_frozen_issuer, UNDETERMINED(STATUS, DISPUTED)},
    {"a disputed revocation", revoked_above_a_fork, UNDETERMINED(STATUS, DISPUTED)},
    {"a disputed appeal changes no answer", appealed_above_a_fork, VALID_BUT(STATUS, UNDER_APPEAL)},
    {"expired on every branch", above_a_fork_and_expired, INVALID(STATUS, EXPIRED)},
    {"a revocation that had not arrived by then", revoked_later_than_known, YES_IN_DOUBT(STATUS)},
    {"a revocation in a head that had not arrived by then", revoked_in_a_head_not_known_by_then,
     YES_IN_DOUBT(STATUS)},
    {"a revocation that just had", revoked_when_known, INVALID(STATUS, REVOKED)},
    {"a revocation that a path brings along", revoked_beyond_the_head_by_path, INVALID(STATUS, REVOKED)},
    {"now another's", bound_to_another, INVALID(STATUS, REBOUND)},
    {"now the subject's own", bound_to_the_subject, VALID(STATUS)},
    {"another's from tomorrow on", bound_to_another_tomorrow, VALID(STATUS)},
    {"another's, given to the subject from today on", another_s_and_given_to_her, VALID(STATUS)},
    {"given to the subject from tomorrow on, another's today", another_s_and_given_to_her_tomorrow,
     INVALID(STATUS, REBOUND)},
    {"and, suspended today, another's no less", and_suspended_today, INVALID(STATUS, REBOUND)},
    {"and another's today though tomorrow is disputed", and_that_is_disputed, INVALID(STATUS, REBOUND)},
    {"given to the subject in dispute", given_to_her_in_dispute, UNDETERMINED(STATUS, DISPUTED)},
    {"not given to the subject by then", another_s_and_not_given_by_then, INVALID(STATUS, REBOUND)},
    {"blinded and shown to be the subject's", blinded_and_hers, VALID(STATUS)},
    {"blinded and given to the subject from tomorrow on", blinded_and_given_to_her_tomorrow,
     UNDETERMINED(STATUS, NOT_THE_HOLDER)},
    {"another's until it comes back tomorrow", bound_to_another_and_back_tomorrow, INVALID(STATUS, REBOUND)},
    {"back today", bound_to_another_and_back_today, VALID(STATUS)},
    {"good while affiliated, and no shop of hers is known", while_affiliated,
     UNDETERMINED(STATUS, CONDITION)},
    {"revoked whatever the affiliation", while_affiliated_and_revoked, INVALID(STATUS, REVOKED)},

    {"evidence of 40 seconds ago", nothing, VALID(FRESHNESS)},
    {"no evidence of age", no_checkpoint, UNDETERMINED(FRESHNESS, NO_CHECKPOINT)},
    {"as old as may be", as_old_as_the_budget, VALID(FRESHNESS)},
    {"stale is not invalid", older_than_the_budget, STALE},
    {"shops have a budget of their own", shop_within_its_budget, VALID(FRESHNESS)},
    {"beyond which they are stale", shop_beyond_its_budget, STALE},
    {"our clock a minute behind", clock_a_minute_behind, VALID(FRESHNESS)},
    {"our clock further behind", clock_more_than_a_minute_behind, UNDETERMINED(FRESHNESS, CLOCK)},
    {"blocks are missing up to the checkpoint", checkpoint_ahead_of_the_head,
     UNDETERMINED(FRESHNESS, INCOMPLETE)},
    {"entries are missing that nobody erased", entries_missing, UNDETERMINED(FRESHNESS, INCOMPLETE)},
    {"they were missing by then", checkpoint_ahead_of_what_was_known, UNDETERMINED(FRESHNESS, INCOMPLETE)},
    {"stale goes before that blocks are missing", old_and_ahead_of_the_head, STALE},
    {"as old as it was by then", known_by_a_past_day, VALID(FRESHNESS)},
    {"stale by then", known_by_a_past_day_but_old_then, STALE},
    {"a time to come is now", known_by_a_time_to_come, VALID(FRESHNESS)},
    {"a checkpoint of later does not count", checkpoint_later_than_known,
     UNDETERMINED(FRESHNESS, NO_CHECKPOINT)},
    {"a checkpoint of that very second does", checkpoint_as_it_was_known, VALID(FRESHNESS)},
};

static void each_axis_answers_with_its_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof axis_rows / sizeof axis_rows[0]; i++) {
        verdict_case_begin(&given);
        axis_rows[i].say();
        const struct verdict verdict = verdict_case_decide(&given);
        struct axis_answer found = verdict.credentials[0].axes[axis_rows[i].axis];
        bool decides = !credential_is_by_stranger(&verdict.credentials[0]);
        if (found.answer != axis_rows[i].answer || found.reason != axis_rows[i].reason ||
            verdict.credentials[0].overall != axis_rows[i].overall ||
            verdict.overall != (decides ? axis_rows[i].overall : OVERALL_UNDETERMINED)) {
            fail_msg("%s: %d %s, overall %d", axis_rows[i].why, (int)found.answer, reason_word(found.reason),
                     (int)verdict.overall);
        }
    }
}

/* ---- strangers ---- */

static void school_accredited_without_depth(void)
{
    given.certificate->place.log = CASE_OTHER;
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 0);
    build_accreditation(&given.built, CASE_SCHOOL, 5, CASE_OTHER, "ase/*", 0);
}

static void another_says_the_same(void)
{
    build_credential(&given.built, CASE_OTHER, 3, "ase/A5", CASE_FIRST, DAY_NONE);
}

static void another_says_more(void)
{
    build_credential(&given.built, CASE_OTHER, 3, "ase/L1", CASE_FIRST, CASE_LAST);
}

static void another_says_more_in_his_own_namespace(void)
{
    build_credential(&given.built, CASE_OTHER, 3, "junk/X", CASE_FIRST, CASE_LAST);
}

static void another_documents_work(void)
{
    build_credential(&given.built, CASE_OTHER, 3, "ase/experience", CASE_FIRST, CASE_LAST)
        ->attestation.basis = BASIS_EXPERIENCE;
}

static void expired_and_another_says_the_same(void)
{
    another_says_the_same();
    given.question.at_day = CASE_LAST + 1;
}

static void revoked_and_another_says_the_same_first(void)
{
    given.certificate->place.log = CASE_OTHER;
    build_event(&given.built, build_credential(&given.built, CASE_ASE, 20, "ase/A5", CASE_FIRST, CASE_LAST),
                STATUS_REVOKED, CASE_FIRST, 60, false);
}

static void declare_void(struct dossier_credential *credential)
{
    credential->place.voided = true;
    credential->place.void_seq = 70;
}

static void the_certificate_is_void(void)
{
    declare_void(given.certificate);
}

static void another_code_is_void(void)
{
    declare_void(build_credential(&given.built, CASE_ASE, 20, "ase/L1", CASE_FIRST, CASE_LAST));
}

static void it_is_revoked_and_another_code_void(void)
{
    another_code_is_void();
    build_event(&given.built, given.certificate, STATUS_REVOKED, CASE_FIRST, 60, false);
}

static void the_school_says_more(uint64_t cut_seq, bool closed)
{
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 1);
    build_withdrawal(&given.built, CASE_ASE, 60, CASE_SCHOOL, cut_seq)->withdrawal.closed = closed;
    build_credential(&given.built, CASE_SCHOOL, 20, "ase/L1", CASE_FIRST, CASE_LAST);
}

static void the_school_says_more_beyond_a_closed_cut(void)
{
    the_school_says_more(10, true);
}

static void the_school_says_more_beyond_a_cut(void)
{
    the_school_says_more(10, false);
}

static void the_code_is_required_of_a_stranger(void)
{
    school_issues();
    verdict_case_require(&given, "ase/A5");
}

static void the_code_is_required_and_another_says_more(void)
{
    another_says_more();
    verdict_case_require(&given, "ase/A5");
}

static void strangers_decide_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        void (*say)(void);
        enum overall looked_up, presented;
    } rows[] = {
        {"nothing but a stranger's word", school_issues, OVERALL_UNDETERMINED, OVERALL_INVALID},
        {"a stranger's word of another code beside a valid one", another_says_more, OVERALL_VALID,
         OVERALL_INVALID},
        {"in a namespace that nobody owns", another_says_more_in_his_own_namespace, OVERALL_VALID,
         OVERALL_INVALID},
        {"work that a stranger documents", another_documents_work, OVERALL_VALID, OVERALL_INVALID},
        {"a stranger's word of the code that is valid", another_says_the_same, OVERALL_VALID, OVERALL_VALID},
        {"a stranger's word doesn't hide that it has expired", expired_and_another_says_the_same,
         OVERALL_INVALID, OVERALL_INVALID},
        {"nor, said first, that it was revoked", revoked_and_another_says_the_same_first, OVERALL_INVALID,
         OVERALL_INVALID},
        {"a delegate's delegate without depth is a stranger", school_accredited_without_depth,
         OVERALL_UNDETERMINED, OVERALL_INVALID},
        {"one accredited for other codes is a stranger", school_accredited_for_other_codes,
         OVERALL_UNDETERMINED, OVERALL_INVALID},
        {"one withdrawn is none", school_withdrawn_before_it_issued, OVERALL_INVALID, OVERALL_INVALID},
        {"nor one accredited for other days", school_accredited_later_than_earned, OVERALL_INVALID,
         OVERALL_INVALID},
        {"what its issuer declared void decides nothing beside a valid one", another_code_is_void,
         OVERALL_VALID, OVERALL_INVALID},
        {"and hides no revocation", it_is_revoked_and_another_code_void, OVERALL_INVALID, OVERALL_INVALID},
        {"alone it is invalid", the_certificate_is_void, OVERALL_INVALID, OVERALL_INVALID},
        {"nor does what a delegate says beyond a closed cut", the_school_says_more_beyond_a_closed_cut,
         OVERALL_VALID, OVERALL_INVALID},
        {"beyond one that is not closed it does", the_school_says_more_beyond_a_cut, OVERALL_INVALID,
         OVERALL_INVALID},
        {"what a stranger says meets no requirement", the_code_is_required_of_a_stranger, OVERALL_INVALID,
         OVERALL_INVALID},
        {"and hinders none", the_code_is_required_and_another_says_more, OVERALL_VALID, OVERALL_VALID},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int presented = 0; presented < 2; presented++) {
            verdict_case_begin(&given);
            rows[i].say();
            given.question.presented = presented == 1;
            enum overall wanted = presented == 1 ? rows[i].presented : rows[i].looked_up;
            const struct verdict verdict = verdict_case_decide(&given);
            if (verdict.overall != wanted) {
                fail_msg("%s, %s: overall %d", rows[i].why, presented == 1 ? "presented" : "looked up",
                         (int)verdict.overall);
            }
        }
    }
}

/* ---- what else a verdict says ---- */

static void a_valid_certificate_has_its_figures(void **state)
{
    (void)state;
    verdict_case_begin(&given);
    const struct verdict verdict = verdict_case_decide(&given);
    const struct credential_verdict *found = &verdict.credentials[0];
    assert_int_equal(found->credential, 0);
    assert_int_equal(found->evidence_age_s, 40);
    assert_ptr_equal(found->pack_code, &given.built.pack_codes[0][0]);
    assert_int_equal(found->authority->reason, REASON_NONE);
    assert_int_equal(found->authority->chain_size, 0);
    assert_int_equal(verdict.next_lapse_day, CASE_LAST);
    assert_true(bytes_equal_string(verdict.next_lapse, "ase/A5"));
    assert_int_equal(verdict.requirement, ANSWER_YES);
}

static void evidence_that_does_not_count_has_no_age(void **state)
{
    (void)state;
    verdict_case_begin(&given);
    no_checkpoint();
    assert_true(verdict_case_decide(&given).credentials[0].evidence_age_s == UINT64_MAX);
    verdict_case_begin(&given);
    clock_more_than_a_minute_behind();
    assert_true(verdict_case_decide(&given).credentials[0].evidence_age_s == UINT64_MAX);
    verdict_case_begin(&given);
    clock_a_minute_behind();
    assert_true(verdict_case_decide(&given).credentials[0].evidence_age_s == 0);
    verdict_case_begin(&given);
    older_than_the_budget();
    assert_true(verdict_case_decide(&given).credentials[0].evidence_age_s ==
                given.question.budget.issuer_s + 1);
}

static void each_namespace_has_its_own_owner(void **state)
{
    (void)state;
    static const struct {
        size_t issuer;
        const char *code;
        enum reason reason;
    } rows[] = {
        {CASE_ASE, "ase/A6", REASON_NONE},
        {CASE_OTHER, "ford/brakes", REASON_NONE},
        {CASE_ASE, "ford/brakes", REASON_NOT_ACCREDITED},
        {CASE_OTHER, "ase/A6", REASON_NOT_ACCREDITED},
        {CASE_ASE, "gm/brakes", REASON_NAMESPACE_UNOWNED},
        {CASE_ASE, "ase/A5", REASON_NONE},
    };
    enum { ROWS = sizeof rows / sizeof rows[0] };
    verdict_case_begin(&given);
    given.built.dossier.credential_count = 0;
    build_owner(&given.built, "ford", CASE_OTHER);
    build_pack_code(&given.built, build_pack(&given.built, CASE_OTHER, 1, "ford", 1, 0), "brakes", 60);
    for (size_t i = 0; i < ROWS; i++) {
        build_credential(&given.built, rows[i].issuer, 10 + i, rows[i].code, CASE_FIRST, CASE_LAST);
    }
    const struct verdict verdict = verdict_case_decide(&given);
    for (size_t i = 0; i < ROWS; i++) {
        assert_int_equal(verdict.credentials[i].axes[AXIS_AUTHORITY].reason, rows[i].reason);
    }
}

static void what_another_holds_is_his_since_a_day(void **state)
{
    (void)state;
    verdict_case_begin(&given);
    bound_to_another();
    assert_int_equal(verdict_case_decide(&given).credentials[0].effective_day, 1400);
}

static void what_was_given_is_held_since_a_day(void **state)
{
    (void)state;
    verdict_case_begin(&given);
    another_s_and_given_to_her();
    assert_int_equal(verdict_case_decide(&given).credentials[0].since_day, given.question.at_day);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_axis_answers_with_its_reason),
        cmocka_unit_test(strangers_decide_nothing),
        cmocka_unit_test(a_valid_certificate_has_its_figures),
        cmocka_unit_test(evidence_that_does_not_count_has_no_age),
        cmocka_unit_test(each_namespace_has_its_own_owner),
        cmocka_unit_test(what_another_holds_is_his_since_a_day),
        cmocka_unit_test(what_was_given_is_held_since_a_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
