#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "protocol/rules/pack.h"
#include "protocol/rules/weight.h"
#include "tests/support/verdict_case.h"

/* What is said beyond a cut: a school that ASE withdrew as of block 40 of its log, and an owner that handed
 * its namespace on as of that block, still speak about what they issued in block 10. */

static struct verdict_case given;

enum { CUT = 40, WITHIN = 30, BEYOND = 50, DAY = 1500 };

static struct dossier_withdrawal *withdraw_school(void)
{
    given.certificate->place.log = CASE_SCHOOL;
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 0);
    return build_withdrawal(&given.built, CASE_ASE, 60, CASE_SCHOOL, CUT);
}

static void say(enum status_action action, uint64_t seq)
{
    build_event(&given.built, given.certificate, action, 1400, seq, false);
}

static void nothing_said(void)
{
    withdraw_school();
}

static void revoked_within(void)
{
    withdraw_school();
    say(STATUS_REVOKED, WITHIN);
}

static void revoked_in_the_block_of_the_cut(void)
{
    withdraw_school();
    say(STATUS_REVOKED, CUT);
}

static void reinstated_beyond(void)
{
    revoked_within();
    say(STATUS_REINSTATED, BEYOND);
}

static void reinstated_within(void)
{
    revoked_within();
    say(STATUS_REINSTATED, WITHIN + 1);
}

static void suspended_and_reinstated_beyond(void)
{
    withdraw_school();
    say(STATUS_SUSPENDED, WITHIN);
    say(STATUS_REINSTATED, BEYOND);
}

static void revoked_beyond(void)
{
    withdraw_school();
    say(STATUS_REVOKED, BEYOND);
}

static void revoked_beyond_and_reinstated_there(void)
{
    revoked_beyond();
    say(STATUS_REINSTATED, BEYOND + 1);
}

static void suspended_beyond(void)
{
    withdraw_school();
    say(STATUS_SUSPENDED, BEYOND);
}

static void replaced_beyond(void)
{
    withdraw_school();
    say(STATUS_REPLACED, BEYOND);
}

static void given_away_beyond(void)
{
    withdraw_school();
    say(STATUS_HELD_BY, BEYOND);
}

/* It went to somebody else while the school might say so, and comes back. */
static void taken_away_within(void)
{
    withdraw_school();
    build_held_by(&given.built, given.certificate, CASE_OTHER, 1400, WITHIN);
}

static void given_back_within(void)
{
    taken_away_within();
    build_held_by(&given.built, given.certificate, CASE_SUBJECT, 1400, WITHIN + 1);
}

static void given_back_beyond(void)
{
    taken_away_within();
    build_held_by(&given.built, given.certificate, CASE_SUBJECT, 1400, BEYOND);
}

static void given_to_another_beyond(void)
{
    withdraw_school();
    build_held_by(&given.built, given.certificate, CASE_OTHER, 1400, BEYOND);
}

static void appealed_beyond(void)
{
    withdraw_school();
    say(STATUS_APPEALED, BEYOND);
}

static void voided_at(uint64_t seq)
{
    given.certificate->place.voided = true;
    given.certificate->place.void_seq = seq;
}

static void voided_within(void)
{
    withdraw_school();
    voided_at(WITHIN);
}

static void voided_beyond(void)
{
    withdraw_school();
    voided_at(BEYOND);
}

/* The school voids what it said within the cut. */
static void said_and_voided_in(enum status_action action, uint64_t seq)
{
    withdraw_school();
    build_event(&given.built, given.certificate, action, 1400, WITHIN, true);
    build_event_block(&given.built, given.certificate, (struct dossier_block){.void_seq = seq});
}

static void revoked_and_voided_within(void)
{
    said_and_voided_in(STATUS_REVOKED, WITHIN + 1);
}

static void revoked_and_voided_beyond(void)
{
    said_and_voided_in(STATUS_REVOKED, BEYOND);
}

static void replaced_and_voided_beyond(void)
{
    said_and_voided_in(STATUS_REPLACED, BEYOND);
}

/* The school voided the certificate on a branch that it dropped, and says later that it holds. */
static void left_and_reinstated_in(uint64_t seq)
{
    withdraw_school();
    struct dossier_void *voids = build_side_void(&given.built, CASE_SCHOOL, WITHIN - 1, CASE_ISSUED_IN,
                                                 CASE_ISSUED_IN, CASE_ISSUED_IN);
    voids->place.block.dropped_s = 1;
    voids->place.voided = true;
    say(STATUS_REINSTATED, seq);
    build_event_block(&given.built, given.certificate, (struct dossier_block){.epoch = 1});
}

static void left_and_reinstated_within(void)
{
    left_and_reinstated_in(WITHIN);
}

static void left_and_reinstated_beyond(void)
{
    left_and_reinstated_in(BEYOND);
}

static void close_school(void)
{
    given.built.withdrawals[0].withdrawal.closed = true;
}

static void revoked_beyond_a_closed_cut(void)
{
    revoked_beyond();
    close_school();
}

static void voided_beyond_a_closed_cut(void)
{
    voided_beyond();
    close_school();
}

static void voided_in_a_disputed_block_beyond_a_closed_cut(void)
{
    voided_beyond_a_closed_cut();
    verdict_case_fork(&given, CASE_SCHOOL, BEYOND);
}

static void given_back_beyond_a_closed_cut(void)
{
    given_back_beyond();
    close_school();
}

static void given_to_another_beyond_a_closed_cut(void)
{
    given_to_another_beyond();
    close_school();
}

static void reinstated_beyond_a_closed_cut(void)
{
    reinstated_beyond();
    close_school();
}

static void revoked_within_a_closed_cut(void)
{
    revoked_within();
    close_school();
}

static void cut_not_held(void)
{
    withdraw_school();
    given.built.withdrawals[0].cut = (struct dossier_cut){.seq = CUT, .head = {{7}}};
    given.certificate->place.seq = CUT;
    given.certificate->place.block_hash.bytes[0] = 7;
}

static void revoked_where_the_cut_is_not_held(void)
{
    cut_not_held();
    given.certificate->place.seq = CUT;
    say(STATUS_REVOKED, CUT - 1);
}

static void reinstated_where_the_cut_is_not_held(void)
{
    cut_not_held();
    say(STATUS_REVOKED, CUT - 2);
    say(STATUS_REINSTATED, CUT - 1);
}

/* It may be that the cut covers the certificate and nothing of what was said about it. */
static void revoked_where_nobody_knows_what_the_cut_covers(void)
{
    cut_not_held();
    given.certificate->place.seq = CASE_ISSUED_IN;
    say(STATUS_REVOKED, WITHIN);
    given.built.withdrawals[0].withdrawal.closed = true;
}

static void revoked_in_its_own_block_there(void)
{
    revoked_where_nobody_knows_what_the_cut_covers();
    given.built.events[0][0].setter_seq = CASE_ISSUED_IN;
}

static void an_entry_of_its_excepted(void)
{
    build_exception(&given.built, &given.built.withdrawals[0], WITHIN + 1, 0);
}

static void a_reinstatement_excepted(void)
{
    reinstated_within();
    an_entry_of_its_excepted();
}

static void accredited_again(void)
{
    build_accreditation(&given.built, CASE_ASE, 70, CASE_SCHOOL, "ase/*", 0);
}

static void revoked_beyond_and_accredited_again(void)
{
    revoked_beyond();
    accredited_again();
}

static void reinstated_beyond_and_accredited_again(void)
{
    reinstated_beyond();
    accredited_again();
}

/* For some days, what it says here being said on day 1400. */
static struct dossier_accreditation *accredited_again_from(uint32_t from)
{
    struct dossier_accreditation *found =
        build_accreditation(&given.built, CASE_ASE, 70, CASE_SCHOOL, "ase/*", 0);
    found->accreditation.from = from;
    return found;
}

enum { AGAIN = 1400 };

static void revoked_beyond_a_closed_cut_and_accredited_from_then(void)
{
    revoked_beyond_a_closed_cut();
    accredited_again_from(AGAIN);
}

static void revoked_for_days_before_that(void)
{
    revoked_beyond_a_closed_cut_and_accredited_from_then();
    given.built.events[given.certificate - given.built.credentials][0].effective_day = AGAIN - 100;
}

static void revoked_beyond_and_accredited_from_then(void)
{
    revoked_beyond();
    accredited_again_from(AGAIN);
}

static void reinstated_beyond_and_accredited_from_then(void)
{
    reinstated_beyond();
    accredited_again_from(AGAIN);
}

static void revoked_beyond_a_closed_cut_and_accredited_after_that(void)
{
    revoked_beyond_a_closed_cut();
    accredited_again_from(AGAIN + 1);
}

static void revoked_beyond_and_accredited_after_that(void)
{
    revoked_beyond();
    accredited_again_from(AGAIN + 1);
}

static void reinstated_beyond_and_accredited_after_that(void)
{
    reinstated_beyond();
    accredited_again_from(AGAIN + 1);
}

static void reinstated_beyond_and_accredited_until_before(void)
{
    reinstated_beyond();
    struct dossier_accreditation *found = accredited_again_from(AGAIN - 50);
    found->accreditation.has_until = true;
    found->accreditation.until = AGAIN - 1;
}

static void revoked_beyond_a_closed_cut_and_perhaps_accredited_from_then(void)
{
    revoked_beyond_a_closed_cut_and_accredited_from_then();
    verdict_case_fork(&given, CASE_ASE, 70);
}

static void revoked_before_what_it_says_in_its_days(void)
{
    withdraw_school()->withdrawal.closed = true;
    build_event(&given.built, given.certificate, STATUS_REVOKED, AGAIN - 100, BEYOND, false);
    build_event(&given.built, given.certificate, STATUS_APPEALED, AGAIN, BEYOND + 1, false);
    given.certificate->place.event_blocks = NULL;
    accredited_again_from(AGAIN);
}

static void voided_beyond_a_closed_cut_and_accredited_from_then(void)
{
    withdraw_school()->withdrawal.closed = true;
    given.certificate->place.voided = true;
    given.certificate->place.void_seq = BEYOND;
    accredited_again_from(AGAIN);
}

/* The withdrawal itself is in doubt: in a disputed block, in a void one, on a dropped branch. */
static void reinstated_beyond_the_cut_of_one_beyond_a_cut(void)
{
    withdraw_school();
    given.built.accreditations[0].accreditation.delegate = built_actor_of(CASE_OTHER);
    given.built.accreditations[0].accreditation.depth = 1;
    given.built.withdrawals[0].withdrawal.delegate = built_actor_of(CASE_OTHER);
    build_accreditation(&given.built, CASE_OTHER, 5, CASE_SCHOOL, "ase/*", 0);
    build_withdrawal(&given.built, CASE_OTHER, BEYOND, CASE_SCHOOL, CUT);
    say(STATUS_REVOKED, WITHIN);
    say(STATUS_REINSTATED, BEYOND);
}

static void dispute_the_withdrawal(void)
{
    verdict_case_fork(&given, CASE_ASE, 60);
}

static void void_the_withdrawal(void)
{
    given.built.withdrawals[0].place.voided = true;
    given.built.withdrawals[0].place.void_seq = 61;
}

static void rewind_the_withdrawal(void)
{
    given.built.withdrawals[0].place.block = BUILT_DROPPED(FOLLOWED_MIN_S);
}

static void reinstated_beyond_a_disputed_cut(void)
{
    reinstated_beyond();
    dispute_the_withdrawal();
}

static void reinstated_beyond_a_void_cut(void)
{
    reinstated_beyond();
    void_the_withdrawal();
}

static void reinstated_beyond_a_rewound_cut(void)
{
    reinstated_beyond();
    rewind_the_withdrawal();
}

static void given_back_beyond_a_disputed_cut(void)
{
    given_back_beyond();
    dispute_the_withdrawal();
}

static void revoked_beyond_a_disputed_closed_cut(void)
{
    revoked_beyond_a_closed_cut();
    dispute_the_withdrawal();
}

static void voided_beyond_a_rewound_cut(void)
{
    voided_beyond();
    rewind_the_withdrawal();
}

static void revoked_within_a_disputed_cut(void)
{
    revoked_within();
    dispute_the_withdrawal();
}

static void revoked_where_all_is_as_disputed(void)
{
    withdraw_school();
    given.certificate->place.seq = CUT + 1;
    say(STATUS_REVOKED, BEYOND);
    dispute_the_withdrawal();
}

/* The withdrawal, and the accreditation too. */
static void dispute_all_of_the_accreditor(void)
{
    verdict_case_fork(&given, CASE_ASE, 3);
}

static void revoked_beyond_a_closed_cut_and_all_is_disputed(void)
{
    revoked_beyond_a_closed_cut();
    dispute_all_of_the_accreditor();
}

static void reinstated_beyond_a_closed_cut_and_all_is_disputed(void)
{
    reinstated_beyond_a_closed_cut();
    dispute_all_of_the_accreditor();
}

static void revoked_within_and_all_is_disputed(void)
{
    revoked_within();
    dispute_all_of_the_accreditor();
}

static void and_a_stranger_closes_the_school(void)
{
    revoked_within_and_all_is_disputed();
    build_withdrawal(&given.built, CASE_OTHER, 60, CASE_SCHOOL, WITHIN - 1)->withdrawal.closed = true;
}

/* The owner itself issued it, and has handed its namespace on. */
static void hand_on(void)
{
    build_succession(&given.built, CASE_ASE, CUT + 1, "ase", CASE_OTHER, CUT);
}

static void revoked_by_the_owner_within(void)
{
    hand_on();
    say(STATUS_REVOKED, WITHIN);
}

static void reinstated_by_the_former_owner(void)
{
    revoked_by_the_owner_within();
    say(STATUS_REINSTATED, BEYOND);
}

static void revoked_by_the_former_owner(void)
{
    hand_on();
    say(STATUS_REVOKED, BEYOND);
}

/* Blocks of the former owner's log that the cut names and that it dropped since. */
static const struct hash dropped[] = {{{30}}, {{40}}};

static void hand_on_what_was_dropped(void)
{
    hand_on();
    given.built.successions[0].cut = (struct dossier_cut){.found = CUT_ON_SIDE,
                                                          .seq = CUT,
                                                          .head = dropped[1],
                                                          .chain_seq = CASE_ISSUED_IN + 1,
                                                          .side_count = 2,
                                                          .side = dropped};
}

static struct dossier_block dropped_block(void)
{
    return (struct dossier_block){
        .side = true, .hash = dropped[0], .dropped_s = 1, .base_seq = CASE_ISSUED_IN + 1};
}

static void revoked_by_the_owner_and_dropped(void)
{
    hand_on_what_was_dropped();
    say(STATUS_REVOKED, WITHIN);
    build_event_block(&given.built, given.certificate, dropped_block());
}

/* A school whose blocks above its certificate were dropped, as soon as they came: old keys signed them. */
static void cut_by(size_t accreditor)
{
    given.certificate->place.log = CASE_SCHOOL;
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 0);
    if (accreditor != CASE_ASE) {
        build_accreditation(&given.built, accreditor, 5, CASE_SCHOOL, "ase/*", 0);
    }
    build_withdrawal(&given.built, accreditor, 60, CASE_SCHOOL, CUT)->cut =
        (struct dossier_cut){.found = CUT_ON_SIDE,
                             .seq = CUT,
                             .head = dropped[1],
                             .chain_seq = CASE_ISSUED_IN + 1,
                             .side_count = 2,
                             .side = dropped};
}

static void revoked_and_dropped(void)
{
    say(STATUS_REVOKED, WITHIN);
    build_event_block(&given.built, given.certificate, dropped_block());
}

static void void_and_dropped(void)
{
    struct dossier_void *voids = build_side_void(&given.built, CASE_SCHOOL, WITHIN, CASE_ISSUED_IN + 1,
                                                 CASE_ISSUED_IN, CASE_ISSUED_IN);
    voids->place.block = dropped_block();
    voids->place.block_hash = dropped[0];
}

static void revoked_and_dropped_under_the_owners_cut(void)
{
    cut_by(CASE_ASE);
    revoked_and_dropped();
}

static void revoked_and_dropped_under_a_strangers_cut(void)
{
    cut_by(CASE_OTHER);
    revoked_and_dropped();
}

static void voided_and_dropped_under_a_strangers_cut(void)
{
    cut_by(CASE_OTHER);
    void_and_dropped();
}

static void voided_and_dropped_under_the_owners_cut(void)
{
    cut_by(CASE_ASE);
    void_and_dropped();
}

static void cut_is_not_held(void)
{
    given.built.withdrawals[0].cut =
        (struct dossier_cut){.found = CUT_NOT_HELD, .seq = CUT, .head = dropped[1]};
}

static void revoked_and_dropped_under_a_cut_that_is_not_held(void)
{
    revoked_and_dropped_under_the_owners_cut();
    cut_is_not_held();
    accredited_again();
}

static void revoked_and_dropped_under_a_strangers_cut_that_is_not_held(void)
{
    revoked_and_dropped_under_a_strangers_cut();
    cut_is_not_held();
}

static void issued_and_dropped_by(size_t issuer)
{
    given.certificate->place.log = issuer;
    given.certificate->place.seq = WITHIN;
    given.certificate->place.block = dropped_block();
    given.certificate->place.block_hash = dropped[0];
}

static void issued_and_dropped_under_the_owners_cut(void)
{
    cut_by(CASE_ASE);
    issued_and_dropped_by(CASE_SCHOOL);
}

/* Its epoch is open: nothing says yet which branch is its log, though the cut names one. */
static void revoked_beside_an_open_chain_under_the_owners_cut(void)
{
    struct dossier_block block = dropped_block();
    cut_by(CASE_ASE);
    block.dropped_s = 0;
    say(STATUS_REVOKED, WITHIN);
    build_event_block(&given.built, given.certificate, block);
}

static void issued_beside_an_open_chain_under_the_owners_cut(void)
{
    issued_and_dropped_under_the_owners_cut();
    given.certificate->place.block.dropped_s = 0;
}

static void issued_and_dropped_under_a_cut_that_is_not_held(void)
{
    issued_and_dropped_under_the_owners_cut();
    cut_is_not_held();
}

static void issued_and_dropped_under_a_strangers_cut(void)
{
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 0);
    issued_and_dropped_by(CASE_SCHOOL);
    build_withdrawal(&given.built, CASE_OTHER, 60, CASE_SCHOOL, CUT)->cut = (struct dossier_cut){
        .found = CUT_ON_SIDE, .seq = CUT, .head = dropped[1], .side_count = 2, .side = dropped};
}

static void issued_and_dropped_under_a_strangers_cut_that_is_not_held(void)
{
    issued_and_dropped_under_a_strangers_cut();
    cut_is_not_held();
}

static void issued_in_doubt_and_dropped_under_a_strangers_cut(void)
{
    issued_and_dropped_under_a_strangers_cut();
    dispute_all_of_the_accreditor();
}

static void issued_and_dropped_by_an_owner_whose_cut_is_not_held(void)
{
    hand_on();
    given.built.successions[0].cut =
        (struct dossier_cut){.found = CUT_NOT_HELD, .seq = CUT, .head = dropped[1]};
    issued_and_dropped_by(CASE_ASE);
}

/* An owner that says where it keeps its namespace names a block as well. */
static void revoked_and_dropped_where_the_owner_keeps_its_namespace(void)
{
    revoked_by_the_owner_and_dropped();
    given.built.successions[0].succession.successor = built_actor_of(CASE_ASE);
}

static void and_a_stranger_withdraws_another(void)
{
    revoked_and_dropped_where_the_owner_keeps_its_namespace();
    build_withdrawal(&given.built, CASE_SCHOOL, 3, CASE_OTHER, 12);
}

/* It is unknown whether the school might issue it. */
static void reinstated_and_dropped_under_a_strangers_cut(void)
{
    cut_by(CASE_OTHER);
    say(STATUS_REVOKED, CASE_ISSUED_IN + 1);
    say(STATUS_REINSTATED, WITHIN);
    build_event_block(&given.built, given.certificate, dropped_block());
    dispute_all_of_the_accreditor();
}

static void revoked_and_dropped_under_a_disputed_cut(void)
{
    revoked_and_dropped_under_the_owners_cut();
    dispute_the_withdrawal();
    build_accreditation(&given.built, CASE_ASE, 70, CASE_SCHOOL, "ase/*", 0);
}

/* What the school said on the branch that the cut names, and in block 20 of its chain, beside that. */
enum { BESIDE = CASE_ISSUED_IN + 10 };

static void say_on_the_branch(enum status_action action, uint64_t seq)
{
    struct dossier_block block = dropped_block();
    block.hash = dropped[seq == CUT];
    say(action, seq);
    build_event_block(&given.built, given.certificate, block);
}

static void reinstated_below_on_the_branch(void)
{
    cut_by(CASE_ASE);
    say(STATUS_REVOKED, CASE_ISSUED_IN + 1);
    say_on_the_branch(STATUS_REINSTATED, WITHIN);
}

static void revoked_and_reinstated_on_the_branch(void)
{
    cut_by(CASE_ASE);
    say_on_the_branch(STATUS_REVOKED, WITHIN);
    say_on_the_branch(STATUS_REINSTATED, CUT);
}

static void revoked_on_another_branch(void)
{
    cut_by(CASE_ASE);
    say(STATUS_REVOKED, BESIDE);
    build_event_block(&given.built, given.certificate,
                      (struct dossier_block){.side = true,
                                             .hash = {{50}},
                                             .dropped_s = 1,
                                             .followed_s = FOLLOWED_MIN_S,
                                             .base_seq = CASE_ISSUED_IN + 1});
    say_on_the_branch(STATUS_REINSTATED, WITHIN);
}

static void revoked_on_another_branch_before(void)
{
    revoked_on_another_branch();
    struct dossier_block block = dropped_block();
    block.epoch = 1;
    build_event_block(&given.built, given.certificate, block);
}

static void revoked_beside_the_branch(void)
{
    cut_by(CASE_ASE);
    say(STATUS_REVOKED, BESIDE);
    say_on_the_branch(STATUS_REINSTATED, WITHIN);
}

static void suspended_beside_the_branch(void)
{
    cut_by(CASE_ASE);
    say(STATUS_SUSPENDED, BESIDE);
    say_on_the_branch(STATUS_REINSTATED, WITHIN);
}

static void revoked_beside_the_branch_and_accredited_again(void)
{
    revoked_beside_the_branch();
    accredited_again();
}

static void revoked_before_and_beside_the_branch_and_accredited_again(void)
{
    cut_by(CASE_ASE);
    say(STATUS_REVOKED, CASE_ISSUED_IN + 1);
    say(STATUS_REVOKED, BESIDE);
    say_on_the_branch(STATUS_REINSTATED, WITHIN);
    accredited_again();
}

static void revoked_and_reinstated_beside_the_branch_and_accredited_again(void)
{
    cut_by(CASE_ASE);
    say(STATUS_REVOKED, BESIDE);
    say(STATUS_REINSTATED, BESIDE + 1);
    say_on_the_branch(STATUS_REINSTATED, WITHIN);
    accredited_again();
}

static void reinstated_beside_what_the_branch_revoked_and_accredited_again(void)
{
    cut_by(CASE_ASE);
    say(STATUS_REINSTATED, BESIDE);
    say_on_the_branch(STATUS_REVOKED, WITHIN);
    say_on_the_branch(STATUS_APPEAL_DECIDED, CUT);
    accredited_again();
}

static void suspended_on_the_branch_until_later(void)
{
    cut_by(CASE_ASE);
    say(STATUS_REINSTATED, BESIDE);
    say_on_the_branch(STATUS_SUSPENDED, WITHIN);
    say_on_the_branch(STATUS_REINSTATED, CUT);
    given.built.events[given.certificate - given.built.credentials][2].effective_day = DAY + 1;
    accredited_again();
}

static void appealed_below_and_decided_on_the_branch(void)
{
    cut_by(CASE_ASE);
    say(STATUS_APPEALED, CASE_ISSUED_IN + 1);
    say_on_the_branch(STATUS_APPEAL_DECIDED, WITHIN);
}

static void appealed_beside_and_decided_on_the_branch(void)
{
    cut_by(CASE_ASE);
    say(STATUS_APPEALED, BESIDE);
    say_on_the_branch(STATUS_APPEAL_DECIDED, WITHIN);
    accredited_again();
}

static void given_back_on_the_branch(uint64_t taken_in)
{
    cut_by(CASE_ASE);
    build_held_by(&given.built, given.certificate, CASE_OTHER, 1400, taken_in);
    build_held_by(&given.built, given.certificate, CASE_SUBJECT, 1400, WITHIN);
    build_event_block(&given.built, given.certificate, dropped_block());
}

static void given_back_below_on_the_branch(void)
{
    given_back_on_the_branch(CASE_ISSUED_IN + 1);
}

static void given_away_beside_the_branch(void)
{
    given_back_on_the_branch(BESIDE);
}

static void given_away_beside_the_branch_and_accredited_again(void)
{
    given_back_on_the_branch(BESIDE);
    accredited_again();
}

/* On a branch of the open epoch that leaves the chain below the cut. */
static void voided_on_an_open_branch(bool closed)
{
    withdraw_school()->withdrawal.closed = closed;
    build_side_void(&given.built, CASE_SCHOOL, WITHIN, CASE_ISSUED_IN + 1, CASE_ISSUED_IN, CASE_ISSUED_IN);
}

static void voided_on_an_open_branch_by_a_closed_school(void)
{
    voided_on_an_open_branch(true);
}

static void voided_on_an_open_branch_by_a_withdrawn_school(void)
{
    voided_on_an_open_branch(false);
}

/* Keys that were rotated away keep nothing by what they sign about themselves. */
static void revoked_and_handed_on_and_both_dropped(void)
{
    revoked_by_the_owner_and_dropped();
    given.built.successions[0].place.block = dropped_block();
}

static void revoked_and_handed_on_by_a_void_word(void)
{
    revoked_by_the_owner_and_dropped();
    given.built.successions[0].place.voided = true;
    given.built.successions[0].place.void_seq = 80;
}

static void revoked_and_handed_on_without_signature(void)
{
    revoked_by_the_owner_and_dropped();
    given.built.successions[0].signature_valid = false;
}

static void issued_by_the_owner_and_dropped(void)
{
    hand_on_what_was_dropped();
    given.certificate->place.seq = WITHIN;
    given.certificate->place.block = dropped_block();
    given.certificate->place.block_hash = dropped[0];
}

static void voided_by_the_owner_and_dropped(void)
{
    hand_on_what_was_dropped();
    struct dossier_void *voids =
        build_side_void(&given.built, CASE_ASE, WITHIN, 0, CASE_ISSUED_IN, CASE_ISSUED_IN);
    voids->place.block = dropped_block();
    voids->place.block_hash = dropped[0];
}

static void reinstated_by_an_owner_that_rewound_its_succession(void)
{
    reinstated_by_the_former_owner();
    given.built.successions[0].place.block = BUILT_DROPPED(FOLLOWED_MIN_S);
}

static void revoked_by_an_owner_that_voided_its_succession(void)
{
    revoked_by_the_former_owner();
    given.built.successions[0].place.voided = true;
    given.built.successions[0].place.void_seq = CUT + 2;
}

static void issued_since_a_rewound_succession(void)
{
    given.certificate->place.seq = BEYOND;
    hand_on();
    given.built.successions[0].place.block = BUILT_DROPPED(FOLLOWED_MIN_S);
}

static void pack_since_a_rewound_succession(void)
{
    hand_on();
    given.built.successions[0].place.block = BUILT_DROPPED(FOLLOWED_MIN_S);
    build_pack_code(&given.built, build_pack(&given.built, CASE_ASE, BEYOND, "ase", 2, 0), "A5", 60);
}

static void revoked_by_an_owner_that_may_have_it_back(void)
{
    revoked_by_the_former_owner();
    build_succession(&given.built, CASE_OTHER, 40, "ase", CASE_ASE, 39);
    verdict_case_fork(&given, CASE_OTHER, 40);
}

/* Rules of whom the namespace may have been handed to. */
static struct dossier_pack *heir_publishes(void)
{
    hand_on();
    return build_pack(&given.built, CASE_OTHER, 10, "ase", 2, 0);
}

static void code_dropped_by_the_heir(void)
{
    build_pack_code(&given.built, heir_publishes(), "A6", 60);
}

static void code_dropped_by_an_heir_by_a_voided_word(void)
{
    code_dropped_by_the_heir();
    given.built.successions[0].place.voided = true;
    given.built.successions[0].place.void_seq = CUT + 2;
}

static void code_dropped_by_an_heir_by_a_dropped_word(void)
{
    code_dropped_by_the_heir();
    given.built.successions[0].place.block = BUILT_DROPPED(FOLLOWED_MIN_S);
}

static void code_dropped_by_an_heir_by_a_disputed_word(void)
{
    code_dropped_by_the_heir();
    verdict_case_fork(&given, CASE_ASE, CUT + 1);
}

static void code_dropped_by_an_heir_s_heir_in_doubt(void)
{
    code_dropped_by_an_heir_by_a_disputed_word();
    given.built.packs[1].place.log = CASE_SCHOOL;
    build_succession(&given.built, CASE_OTHER, 20, "ase", CASE_SCHOOL, 19);
}

static void code_dropped_by_an_heir_that_may_have_handed_it_on(void)
{
    code_dropped_by_an_heir_by_a_voided_word();
    struct dossier_succession *next = build_succession(&given.built, CASE_OTHER, 7, "ase", CASE_SCHOOL, 6);
    next->place.voided = true;
    next->place.void_seq = 8;
}

static void lifetime_shortened_by_the_heir(void)
{
    build_pack_code(&given.built, heir_publishes(), "A5", 1);
}

static void lifetime_shortened_by_an_heir_in_doubt(void)
{
    lifetime_shortened_by_the_heir();
    verdict_case_fork(&given, CASE_ASE, CUT + 1);
}

static void code_kept_by_an_heir_in_doubt(void)
{
    struct dossier_pack *pack = heir_publishes();
    build_pack_code(&given.built, pack, "A5", 60);
    build_pack_code(&given.built, pack, "A7", 12);
    verdict_case_fork(&given, CASE_ASE, CUT + 1);
}

/* The school, which the owner named, issues what the owner's rules do not know. */
static void code_added_by_the_heir(void)
{
    struct dossier_pack *pack = heir_publishes();
    build_pack_code(&given.built, pack, "A5", 60);
    build_pack_code(&given.built, pack, "A7", 60);
    given.certificate->place.log = CASE_SCHOOL;
    given.certificate->attestation.code = bytes_of_string("ase/A7");
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 0);
}

static void code_added_by_an_heir_in_doubt(void)
{
    code_added_by_the_heir();
    verdict_case_fork(&given, CASE_ASE, CUT + 1);
}

static void pack_voided_by_the_owner(uint64_t seq)
{
    hand_on();
    given.built.packs[0].place.voided = true;
    given.built.packs[0].place.void_seq = seq;
}

static void pack_voided_by_the_former_owner(void)
{
    pack_voided_by_the_owner(BEYOND);
}

static void pack_voided_within(void)
{
    pack_voided_by_the_owner(WITHIN);
}

#define VALID OVERALL_VALID, AXIS_STATUS, ANSWER_YES, REASON_NONE
#define INVALID(reason) OVERALL_INVALID, AXIS_STATUS, ANSWER_NO, REASON_##reason
#define UNKNOWN(reason) OVERALL_UNDETERMINED, AXIS_STATUS, ANSWER_UNKNOWN, REASON_##reason

static const struct {
    const char *sentence;
    void (*say)(void);
    enum overall overall;
    enum axis axis;
    enum answer answer;
    enum reason reason;
} rows[] = {
    {"what a withdrawn school issued within its cut stays good", nothing_said, VALID},
    {"what it revoked within stays revoked", revoked_within, INVALID(REVOKED)},
    {"in the last block too", revoked_in_the_block_of_the_cut, INVALID(REVOKED)},
    {"a withdrawn school reinstates nothing", reinstated_beyond, INVALID(REVOKED)},
    {"of what it had suspended neither", suspended_and_reinstated_beyond, INVALID(SUSPENDED)},
    {"what it reinstated while it might stays so", reinstated_within, VALID},
    {"its spiteful revocation leaves a doubt", revoked_beyond, UNKNOWN(BEYOND_CUT)},
    {"which it can't end", revoked_beyond_and_reinstated_there, UNKNOWN(BEYOND_CUT)},
    {"so does its suspension", suspended_beyond, UNKNOWN(BEYOND_CUT)},
    {"and a replacement", replaced_beyond, UNKNOWN(BEYOND_CUT)},
    {"and giving it to somebody else", given_away_beyond, UNKNOWN(BEYOND_CUT)},
    {"to somebody whom it names too", given_to_another_beyond, UNKNOWN(BEYOND_CUT)},
    {"what it gave away while it might is another's", taken_away_within, INVALID(REBOUND)},
    {"and hers again when it gave it back while it might", given_back_within, VALID},
    {"but not since", given_back_beyond, INVALID(REBOUND)},
    {"be the school closed", given_back_beyond_a_closed_cut, INVALID(REBOUND)},
    {"which gives to nobody what is hers", given_to_another_beyond_a_closed_cut, VALID},
    {"beyond a cut in doubt it is in doubt whether it came back", given_back_beyond_a_disputed_cut,
     UNKNOWN(DISPUTED)},
    {"an appeal stands wherever it is said", appealed_beyond, OVERALL_VALID, AXIS_STATUS, ANSWER_YES,
     REASON_UNDER_APPEAL},
    {"what it voided while it might is void", voided_within, INVALID(VOIDED)},
    {"a void beyond leaves a doubt", voided_beyond, UNKNOWN(BEYOND_CUT)},
    {"of a revocation too, while it might", revoked_and_voided_within, UNKNOWN(VOIDED)},
    {"but not since: that is for her", revoked_and_voided_beyond, INVALID(REVOKED)},
    {"a replacement is for whom the new one is about: its void leaves a doubt", replaced_and_voided_beyond,
     UNKNOWN(VOIDED)},
    {"a void that it left, and reinstated while it might", left_and_reinstated_within, VALID},
    {"but not since", left_and_reinstated_beyond, UNKNOWN(VOIDED)},
    {"a closed school revokes nothing", revoked_beyond_a_closed_cut, VALID},
    {"nor voids", voided_beyond_a_closed_cut, VALID},
    {"nor in a disputed block", voided_in_a_disputed_block_beyond_a_closed_cut, VALID},
    {"nor reinstates", reinstated_beyond_a_closed_cut, INVALID(REVOKED)},
    {"what it revoked before stays", revoked_within_a_closed_cut, INVALID(REVOKED)},
    {"a revocation at a cut that has not come here", revoked_where_the_cut_is_not_held,
     UNKNOWN(CUT_NOT_HELD)},
    {"and a reinstatement", reinstated_where_the_cut_is_not_held, UNKNOWN(CUT_NOT_HELD)},
    {"nobody knows what such a cut covers", revoked_where_nobody_knows_what_the_cut_covers,
     UNKNOWN(CUT_NOT_HELD)},
    {"but for what is in one block", revoked_in_its_own_block_there, INVALID(REVOKED)},
    {"a reinstatement can be excepted", a_reinstatement_excepted, INVALID(REVOKED)},
    {"of which nobody knows where a fork disputes all of it", revoked_beyond_a_closed_cut_and_all_is_disputed,
     UNKNOWN(DISPUTED)},
    {"of what it reinstates neither", reinstated_beyond_a_closed_cut_and_all_is_disputed, UNKNOWN(DISPUTED)},
    {"what it revoked before stays all the same", revoked_within_and_all_is_disputed, INVALID(REVOKED)},
    {"whatever a stranger closes", and_a_stranger_closes_the_school, INVALID(REVOKED)},
    {"who is accredited again revokes what it issued before",
     revoked_beyond_a_closed_cut_and_accredited_from_then, INVALID(REVOKED)},
    {"for earlier days too", revoked_for_days_before_that, INVALID(REVOKED)},
    {"also where it was not closed", revoked_beyond_and_accredited_from_then, INVALID(REVOKED)},
    {"and reinstates it", reinstated_beyond_and_accredited_from_then, VALID},
    {"not by what it says before its days", revoked_beyond_a_closed_cut_and_accredited_after_that, VALID},
    {"beyond a cut that is not closed it is in doubt", revoked_beyond_and_accredited_after_that,
     UNKNOWN(BEYOND_CUT)},
    {"and reinstates nothing", reinstated_beyond_and_accredited_after_that, INVALID(REVOKED)},
    {"nor after them", reinstated_beyond_and_accredited_until_before, INVALID(REVOKED)},
    {"nobody knows where a fork disputes that", revoked_beyond_a_closed_cut_and_perhaps_accredited_from_then,
     UNKNOWN(DISPUTED)},
    {"nor on which day a void was said", voided_beyond_a_closed_cut_and_accredited_from_then,
     UNKNOWN(BEYOND_CUT)},
    {"what it says in its days makes good nothing of before", revoked_before_what_it_says_in_its_days,
     OVERALL_VALID, AXIS_STATUS, ANSWER_YES, REASON_UNDER_APPEAL},
    {"a school accredited again may revoke", revoked_beyond_and_accredited_again, INVALID(REVOKED)},
    {"and reinstate", reinstated_beyond_and_accredited_again, VALID},
    {"beyond a cut in doubt a reinstatement is in doubt", reinstated_beyond_a_disputed_cut,
     UNKNOWN(DISPUTED)},
    {"be the withdrawal void", reinstated_beyond_a_void_cut, UNKNOWN(VOIDED)},
    {"or rewound", reinstated_beyond_a_rewound_cut, UNKNOWN(REWOUND)},
    {"or by somebody beyond one himself", reinstated_beyond_the_cut_of_one_beyond_a_cut, UNKNOWN(BEYOND_CUT)},
    {"and so is a revocation", revoked_beyond_a_disputed_closed_cut, UNKNOWN(DISPUTED)},
    {"and a void", voided_beyond_a_rewound_cut, UNKNOWN(REWOUND)},
    {"what was revoked within it stays so", revoked_within_a_disputed_cut, INVALID(REVOKED)},
    {"an issuer as doubtful as its entry may revoke it", revoked_where_all_is_as_disputed, INVALID(REVOKED)},
    {"an owner that handed its namespace on reinstates nothing", reinstated_by_the_former_owner,
     INVALID(REVOKED)},
    {"and revokes in doubt", revoked_by_the_former_owner, UNKNOWN(BEYOND_CUT)},
    {"what it revoked before stays revoked", revoked_by_the_owner_within, INVALID(REVOKED)},
    {"also where it dropped that", revoked_by_the_owner_and_dropped, INVALID(REVOKED)},
    {"and what a school revoked before its cut", revoked_and_dropped_under_the_owners_cut, INVALID(REVOKED)},
    {"or voided", voided_and_dropped_under_the_owners_cut, INVALID(VOIDED)},
    {"a stranger's cut keeps nothing", revoked_and_dropped_under_a_strangers_cut, VALID},
    {"no void either", voided_and_dropped_under_a_strangers_cut, VALID},
    {"nor what it was issued in", issued_and_dropped_under_a_strangers_cut, INVALID(DROPPED)},
    {"nor where its block has not come", issued_and_dropped_under_a_strangers_cut_that_is_not_held,
     INVALID(DROPPED)},
    {"nor where its accreditor is in doubt", issued_in_doubt_and_dropped_under_a_strangers_cut,
     INVALID(DROPPED)},
    {"nor a reinstatement, whoever might issue it", reinstated_and_dropped_under_a_strangers_cut,
     INVALID(REVOKED)},
    {"a closing school deletes no graduates", issued_and_dropped_under_the_owners_cut, VALID},
    {"while its epoch is open what it issued on the branch that the cut names is disputed",
     issued_beside_an_open_chain_under_the_owners_cut, UNKNOWN(DISPUTED)},
    {"and what it revoked there", revoked_beside_an_open_chain_under_the_owners_cut, UNKNOWN(DISPUTED)},
    {"perhaps not, where the block of its cut has not come", issued_and_dropped_under_a_cut_that_is_not_held,
     UNKNOWN(CUT_NOT_HELD)},
    {"nor does an owner", issued_and_dropped_by_an_owner_whose_cut_is_not_held, UNKNOWN(CUT_NOT_HELD)},
    {"and perhaps it revoked something there", revoked_and_dropped_under_a_cut_that_is_not_held,
     UNKNOWN(CUT_NOT_HELD)},
    {"a stranger's does not say so", revoked_and_dropped_under_a_strangers_cut_that_is_not_held, VALID},
    {"where an owner keeps its namespace what it dropped is in doubt",
     revoked_and_dropped_where_the_owner_keeps_its_namespace, UNKNOWN(REWOUND)},
    {"whomever a stranger withdraws", and_a_stranger_withdraws_another, UNKNOWN(REWOUND)},
    {"one in doubt leaves a doubt", revoked_and_dropped_under_a_disputed_cut, UNKNOWN(REWOUND)},
    {"what it reinstated on the branch that its cut names is so", reinstated_below_on_the_branch, VALID},
    {"and what it revoked there before", revoked_and_reinstated_on_the_branch, VALID},
    {"not what it says on another branch", revoked_on_another_branch, UNKNOWN(REWOUND)},
    {"unless that was of an earlier epoch", revoked_on_another_branch_before, VALID},
    {"nor on its chain, beyond the cut", revoked_beside_the_branch, UNKNOWN(BEYOND_CUT)},
    {"be it a suspension", suspended_beside_the_branch, UNKNOWN(BEYOND_CUT)},
    {"which counts where it is accredited again", revoked_beside_the_branch_and_accredited_again,
     INVALID(REVOKED)},
    {"also where it had revoked it before", revoked_before_and_beside_the_branch_and_accredited_again,
     INVALID(REVOKED)},
    {"unless it took that back there", revoked_and_reinstated_beside_the_branch_and_accredited_again, VALID},
    {"which takes nothing back of the branch", reinstated_beside_what_the_branch_revoked_and_accredited_again,
     INVALID(REVOKED)},
    {"nor before the branch does so itself", suspended_on_the_branch_until_later, INVALID(SUSPENDED)},
    {"it decides an appeal on the branch", appealed_below_and_decided_on_the_branch, VALID},
    {"not one beside it", appealed_beside_and_decided_on_the_branch, OVERALL_VALID, AXIS_STATUS, ANSWER_YES,
     REASON_UNDER_APPEAL},
    {"it gives back there what it took", given_back_below_on_the_branch, VALID},
    {"not what it takes on its chain", given_away_beside_the_branch, UNKNOWN(BEYOND_CUT)},
    {"be it accredited again", given_away_beside_the_branch_and_accredited_again, INVALID(REBOUND)},
    {"beside the cut a void leaves a doubt", voided_on_an_open_branch_by_a_withdrawn_school,
     UNKNOWN(DISPUTED)},
    {"where the school is closed none", voided_on_an_open_branch_by_a_closed_school, VALID},
    {"not by a succession that it dropped too", revoked_and_handed_on_and_both_dropped, VALID},
    {"nor by a void one", revoked_and_handed_on_by_a_void_word, VALID},
    {"nor by one that the heir did not sign", revoked_and_handed_on_without_signature, VALID},
    {"what it issued before stays, though it drops it", issued_by_the_owner_and_dropped, VALID},
    {"and what it voided", voided_by_the_owner_and_dropped, INVALID(VOIDED)},
    {"whether it did is in doubt, then what it reinstates is",
     reinstated_by_an_owner_that_rewound_its_succession, UNKNOWN(REWOUND)},
    {"and what it revokes", revoked_by_an_owner_that_voided_its_succession, UNKNOWN(VOIDED)},
    {"whether it has it again is in doubt, then what it revokes is",
     revoked_by_an_owner_that_may_have_it_back, UNKNOWN(DISPUTED)},
    {"and what it issues", issued_since_a_rewound_succession, OVERALL_UNDETERMINED, AXIS_AUTHORITY,
     ANSWER_UNKNOWN, REASON_REWOUND},
    {"and its rules", pack_since_a_rewound_succession, OVERALL_UNDETERMINED, AXIS_AUTHORITY, ANSWER_UNKNOWN,
     REASON_DISPUTED},
    {"the rules of its heir may have the code no more", code_dropped_by_the_heir, OVERALL_INVALID,
     AXIS_AUTHORITY, ANSWER_NO, REASON_UNKNOWN_CODE},
    {"which is as unknown as whether it is the heir, by a void word",
     code_dropped_by_an_heir_by_a_voided_word, OVERALL_UNDETERMINED, AXIS_AUTHORITY, ANSWER_UNKNOWN,
     REASON_VOIDED},
    {"by one that was followed and dropped", code_dropped_by_an_heir_by_a_dropped_word, OVERALL_UNDETERMINED,
     AXIS_AUTHORITY, ANSWER_UNKNOWN, REASON_REWOUND},
    {"by one that a fork disputes", code_dropped_by_an_heir_by_a_disputed_word, OVERALL_UNDETERMINED,
     AXIS_AUTHORITY, ANSWER_UNKNOWN, REASON_DISPUTED},
    {"or by another that has it from there", code_dropped_by_an_heir_s_heir_in_doubt, OVERALL_UNDETERMINED,
     AXIS_AUTHORITY, ANSWER_UNKNOWN, REASON_DISPUTED},
    {"who may have handed it on itself", code_dropped_by_an_heir_that_may_have_handed_it_on,
     OVERALL_UNDETERMINED, AXIS_AUTHORITY, ANSWER_UNKNOWN, REASON_VOIDED},
    {"they may let it end", lifetime_shortened_by_the_heir, OVERALL_INVALID, AXIS_STATUS, ANSWER_NO,
     REASON_EXPIRED},
    {"of which a fork makes nothing known either", lifetime_shortened_by_an_heir_in_doubt, UNKNOWN(DISPUTED)},
    {"or know one more", code_added_by_the_heir, VALID},
    {"which a fork takes from nobody", code_added_by_an_heir_in_doubt, OVERALL_UNDETERMINED, AXIS_AUTHORITY,
     ANSWER_UNKNOWN, REASON_DISPUTED},
    {"what they would not change stays", code_kept_by_an_heir_in_doubt, VALID},
    {"a pack that it voids in spite is in doubt", pack_voided_by_the_former_owner, OVERALL_UNDETERMINED,
     AXIS_AUTHORITY, ANSWER_UNKNOWN, REASON_DISPUTED},
    {"one that it voided before is none", pack_voided_within, OVERALL_UNDETERMINED, AXIS_AUTHORITY,
     ANSWER_UNKNOWN, REASON_NO_RULE_PACK},
};

static void what_is_said_beyond_a_cut_counts_as_the_rows_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        verdict_case_begin(&given);
        given.question.at_day = DAY;
        rows[i].say();
        struct verdict verdict = verdict_case_decide(&given);
        struct axis_answer found = verdict.credentials[0].axes[rows[i].axis];
        if (verdict.overall != rows[i].overall || found.answer != rows[i].answer ||
            found.reason != rows[i].reason) {
            fail_msg("%s: %d, %d %s", rows[i].sentence, verdict.overall, found.answer,
                     reason_word(found.reason));
        }
    }
}

/* An entry that came to its holder by what was said beyond the cut, or on a branch that was dropped. */
static void what_was_given_beyond_a_cut_is_not_surely_held(void **state)
{
    const struct actor_id old = built_actor_of(CASE_OTHER);
    static const struct {
        uint64_t seq;
        bool closed, dropped;
        enum overall overall;
        enum reason reason;
    } given_in[] = {{WITHIN, false, false, OVERALL_VALID, REASON_NONE},
                    {BEYOND, false, false, OVERALL_UNDETERMINED, REASON_BEYOND_CUT},
                    {BEYOND, true, false, OVERALL_UNDETERMINED, REASON_BEYOND_CUT},
                    {WITHIN, false, true, OVERALL_UNDETERMINED, REASON_REWOUND}};
    (void)state;
    for (size_t i = 0; i < sizeof given_in / sizeof given_in[0]; i++) {
        verdict_case_begin(&given);
        build_held_by(&given.built, given.certificate, CASE_SUBJECT, 1400, given_in[i].seq);
        if (given_in[i].dropped) {
            build_event_block(&given.built, given.certificate, BUILT_DROPPED(0));
        } else {
            withdraw_school()->withdrawal.closed = given_in[i].closed;
        }
        given.certificate->attestation.subject = subject_of_actor(&old);
        struct verdict verdict = verdict_case_decide(&given);
        assert_int_equal(verdict.credentials[0].overall, given_in[i].overall);
        assert_int_equal(verdict.credentials[0].axes[AXIS_STATUS].reason, given_in[i].reason);
    }
}

static void each_statement_says_that_it_came_beyond(void **state)
{
    (void)state;
    verdict_case_begin(&given);
    reinstated_beyond();
    struct verdict verdict = verdict_case_decide(&given);
    assert_int_equal(verdict.credentials[0].said[0], SAID_STANDS);
    assert_int_equal(verdict.credentials[0].said[1], SAID_BEYOND_CUT);
    verdict_case_begin(&given);
    revoked_where_the_cut_is_not_held();
    verdict = verdict_case_decide(&given);
    assert_int_equal(verdict.credentials[0].said[0], SAID_CUT_UNKNOWN);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_beyond_a_cut_counts_as_the_rows_say),
        cmocka_unit_test(what_was_given_beyond_a_cut_is_not_surely_held),
        cmocka_unit_test(each_statement_says_that_it_came_beyond),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
