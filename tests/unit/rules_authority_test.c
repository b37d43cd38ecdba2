#include "protocol/rules/authority.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "protocol/rules/weight.h"
#include "tests/support/dossier_builder.h"

enum { SUBJECT, ASE, SCHOOL, BRANCH, HEIR, FORD, STRANGER, ACTORS };
enum { NOBODY = -1, DAY = 1000, SPEAKS_IN = 50 };

static struct dossier_builder built;
static struct dossier_place speaks_at; /* where the issuer asked about says what it says */
static const char *asked_in;           /* the state */

static struct dossier_accreditation *accredit_school(void)
{
    return build_accreditation(&built, ASE, 10, SCHOOL, "ase/*", 1);
}

static void nothing(void) {}

static void school(void)
{
    accredit_school();
}

static void school_for_one_code(void)
{
    build_accreditation(&built, ASE, 10, SCHOOL, "ase/A5", 0);
}

static void school_for_other_codes(void)
{
    build_accreditation(&built, ASE, 10, SCHOOL, "ase/B*", 0);
}

static void school_by_ford(void)
{
    build_accreditation(&built, FORD, 10, SCHOOL, "ford/*", 0);
}

static void school_by_stranger(void)
{
    build_accreditation(&built, STRANGER, 10, SCHOOL, "ase/*", 0);
}

static void school_from_the_day_on(void)
{
    accredit_school()->accreditation.from = DAY;
}

static void school_from_the_day_after(void)
{
    accredit_school()->accreditation.from = DAY + 1;
}

static void until(struct dossier_accreditation *accreditation, uint32_t day)
{
    accreditation->accreditation.has_until = true;
    accreditation->accreditation.until = day;
}

static void school_until_the_day(void)
{
    until(accredit_school(), DAY);
}

static void school_until_the_day_before(void)
{
    until(accredit_school(), DAY - 1);
}

static void school_until_then_and_again(void)
{
    until(accredit_school(), DAY - 1);
    build_accreditation(&built, ASE, 20, SCHOOL, "ase/*", 0)->accreditation.from = DAY;
}

static void branch_of_school(void)
{
    accredit_school();
    build_accreditation(&built, SCHOOL, 20, BRANCH, "ase/A*", 0);
}

static void branch_also_for_other_codes(void)
{
    branch_of_school();
    build_accreditation(&built, FORD, 20, BRANCH, "ase/B*", 8);
}

static void branch_of_school_without_depth(void)
{
    accredit_school()->accreditation.depth = 0;
    build_accreditation(&built, SCHOOL, 20, BRANCH, "ase/A*", 8);
}

static void branch_in_a_circle(void)
{
    accredit_school()->accreditation.delegate = built_actor_of(STRANGER);
    build_accreditation(&built, SCHOOL, 20, BRANCH, "ase/*", 8);
    build_accreditation(&built, BRANCH, 20, SCHOOL, "ase/*", 8);
}

static void branch_two_ways(void)
{
    branch_of_school();
    build_accreditation(&built, ASE, 30, BRANCH, "ase/*", 0);
}

static void school_unknown_by_then(void)
{
    accredit_school()->place.seq = BUILT_HEAD_SEQ + 1;
}

static void owner_unheard_of_by_then(void)
{
    accredit_school();
    built.logs[ASE].known_by_seq = 0;
    built.logs[ASE].nothing_by_then = true;
}

/* ---- withdrawals ---- */

static void withdrawn_from_the_block_on(void)
{
    accredit_school();
    build_withdrawal(&built, ASE, 60, SCHOOL, SPEAKS_IN - 1);
}

static void withdrawn_after_the_block(void)
{
    accredit_school();
    build_withdrawal(&built, ASE, 60, SCHOOL, SPEAKS_IN);
}

static void withdrawn_twice_lower_first(void)
{
    withdrawn_from_the_block_on();
    build_withdrawal(&built, ASE, 61, SCHOOL, 90);
}

static void withdrawn_twice_lower_last(void)
{
    accredit_school();
    build_withdrawal(&built, ASE, 60, SCHOOL, 90);
    build_withdrawal(&built, ASE, 61, SCHOOL, SPEAKS_IN - 1);
}

static void withdrawn_but_for_the_entry(void)
{
    accredit_school();
    build_exception(&built, build_withdrawal(&built, ASE, 60, SCHOOL, 90), SPEAKS_IN, 0);
}

static void withdrawn_but_for_its_neighbour(void)
{
    accredit_school();
    build_exception(&built, build_withdrawal(&built, ASE, 60, SCHOOL, 90), SPEAKS_IN, 1);
}

static void exceptions_in_two_withdrawals(void)
{
    accredit_school();
    build_exception(&built, build_withdrawal(&built, ASE, 60, SCHOOL, 90), SPEAKS_IN, 0);
    build_exception(&built, build_withdrawal(&built, ASE, 61, SCHOOL, 90), SPEAKS_IN, 1);
}

static void withdrawn_and_accredited_again(void)
{
    withdrawn_from_the_block_on();
    build_accreditation(&built, ASE, 70, SCHOOL, "ase/*", 0);
}

static void withdrawn_in_the_same_block_before(void)
{
    accredit_school()->place.index = 1;
    build_withdrawal(&built, ASE, 10, SCHOOL, 0);
}

static void withdrawn_in_the_same_block_after(void)
{
    accredit_school();
    build_withdrawal(&built, ASE, 10, SCHOOL, 0)->place.index = 1;
}

static void withdrawn_later_than_known(void)
{
    withdrawn_from_the_block_on();
    built.logs[ASE].known_by_seq = 59;
}

static void withdrawn_by_a_stranger(void)
{
    accredit_school();
    build_withdrawal(&built, STRANGER, 60, SCHOOL, 0);
}

static void other_delegate_withdrawn(void)
{
    accredit_school();
    build_withdrawal(&built, ASE, 60, BRANCH, 0);
}

static void school_withdrawn_before_it_named_branch(void)
{
    branch_of_school();
    build_withdrawal(&built, ASE, 60, SCHOOL, 19);
}

static void school_withdrawn_after_it_named_branch(void)
{
    branch_of_school();
    build_withdrawal(&built, ASE, 60, SCHOOL, 20);
}

static void school_withdrawn_between_two_namings_of_branch(void)
{
    accredit_school();
    build_accreditation(&built, SCHOOL, 30, BRANCH, "ase/*", 0);
    build_accreditation(&built, SCHOOL, 20, BRANCH, "ase/*", 0);
    build_withdrawal(&built, ASE, 60, SCHOOL, 20);
}

static void branch_withdrawn_by_school(void)
{
    branch_of_school();
    build_withdrawal(&built, SCHOOL, 60, BRANCH, 0);
}

static void withdrawn_in_a_void_block(void)
{
    accredit_school();
    struct dossier_withdrawal *withdrawal = build_withdrawal(&built, ASE, 60, SCHOOL, 0);
    withdrawal->place.voided = true;
    withdrawal->place.void_seq = 61;
}

/* What the school said before the cut by which it was withdrawn, and declares void beyond it. */
static struct dossier_withdrawal *withdraw_school_at_30(void)
{
    branch_of_school();
    return build_withdrawal(&built, ASE, 60, SCHOOL, 30);
}

static void branch_voided_in(uint64_t seq, bool closed)
{
    withdraw_school_at_30()->withdrawal.closed = closed;
    built.accreditations[1].place.voided = true;
    built.accreditations[1].place.void_seq = seq;
}

static void branch_voided_beyond_a_closed_cut(void)
{
    branch_voided_in(40, true);
}

static void branch_voided_beyond_a_closed_cut_in_a_disputed_block(void)
{
    branch_voided_beyond_a_closed_cut();
    built.logs[SCHOOL].forked = true;
    built.logs[SCHOOL].fork_seq = 40;
}

static void branch_voided_beyond_a_cut(void)
{
    branch_voided_in(40, false);
}

static void branch_voided_within_a_closed_cut(void)
{
    branch_voided_in(25, true);
}

static void branch_voided_beyond_a_closed_cut_by_school_accredited_again(void)
{
    branch_voided_beyond_a_closed_cut();
    build_accreditation(&built, ASE, 70, SCHOOL, "ase/*", 1);
}

static void branch_withdrawn_and_that_voided_in(uint64_t seq, bool closed)
{
    withdraw_school_at_30()->withdrawal.closed = closed;
    struct dossier_withdrawal *found = build_withdrawal(&built, SCHOOL, 28, BRANCH, 0);
    found->place.voided = true;
    found->place.void_seq = seq;
}

static void branch_withdrawn_and_that_voided_beyond_a_closed_cut(void)
{
    branch_withdrawn_and_that_voided_in(40, true);
}

static void branch_withdrawn_and_that_voided_beyond_a_cut(void)
{
    branch_withdrawn_and_that_voided_in(40, false);
}

static void branch_withdrawn_and_that_voided_within_a_cut(void)
{
    branch_withdrawn_and_that_voided_in(29, false);
}

static void school_withdrawn_and_that_voided_in(uint64_t seq)
{
    accredit_school();
    build_succession(&built, ASE, 71, "ase", HEIR, 70);
    struct dossier_withdrawal *found = build_withdrawal(&built, ASE, 60, SCHOOL, 0);
    found->place.voided = true;
    found->place.void_seq = seq;
}

static void school_withdrawn_and_that_voided_by_the_former_owner(void)
{
    school_withdrawn_and_that_voided_in(80);
}

static void school_withdrawn_and_that_voided_by_the_owner_before(void)
{
    school_withdrawn_and_that_voided_in(65);
}

static void withdrawn_in_a_void_block_and_again(void)
{
    withdrawn_in_a_void_block();
    build_withdrawal(&built, ASE, 62, SCHOOL, 0);
}

static void withdrawn_in_a_disputed_block(void)
{
    withdrawn_from_the_block_on();
    built.logs[ASE].forked = true;
    built.logs[ASE].fork_seq = 60;
}

static void withdrawn_in_its_own_block(void)
{
    accredit_school();
    build_withdrawal(&built, ASE, 60, SCHOOL, SPEAKS_IN)->cut.head.bytes[0] = 7;
    speaks_at.block_hash.bytes[0] = 7;
}

static void withdrawn_in_another_block_of_its_number(void)
{
    withdrawn_in_its_own_block();
    speaks_at.block_hash.bytes[0] = 8;
}

/* What it has meanwhile rewound: the cut lies on the branch that its blocks 31 to 60 were on. */
static const struct hash graduates[] = {{{31}}, {{50}}, {{60}}};

static void rotated_behind_the_cut(void)
{
    accredit_school();
    build_withdrawal(&built, ASE, 60, SCHOOL, 60)->cut = (struct dossier_cut){
        .found = CUT_ON_SIDE, .seq = 60, .chain_seq = 30, .side_count = 3, .side = graduates};
    speaks_at.block_hash.bytes[0] = 99;
}

static void rotated_far_behind_the_cut(void)
{
    rotated_behind_the_cut();
    built.withdrawals[0].cut.chain_seq = SPEAKS_IN - 1;
}

static void rotated_after_the_block(void)
{
    rotated_behind_the_cut();
    built.withdrawals[0].cut.chain_seq = SPEAKS_IN;
}

static void dropped_below_the_cut(void)
{
    rotated_behind_the_cut();
    speaks_at.block.side = true;
    speaks_at.block_hash = graduates[1];
}

static void dropped_on_another_branch(void)
{
    rotated_behind_the_cut();
    speaks_at.block.side = true;
}

static void drop(struct dossier_place *place)
{
    place->block = (struct dossier_block){.side = true, .hash = graduates[1], .dropped_s = 1};
    place->block_hash = graduates[1];
}

static struct dossier_accreditation *drop_branch(void)
{
    struct dossier_accreditation *dropped = build_accreditation(&built, SCHOOL, 50, BRANCH, "ase/*", 0);
    drop(&dropped->place);
    return dropped;
}

static void branch_named_and_dropped(void)
{
    rotated_behind_the_cut();
    drop_branch();
}

static void dispute_the_cut(void)
{
    built.logs[ASE].forked = true;
    built.logs[ASE].fork_seq = 60;
}

static void branch_dropped_and_the_cut_disputed(void)
{
    branch_named_and_dropped();
    dispute_the_cut();
}

static void branch_dropped_and_the_cut_not_held(void)
{
    branch_named_and_dropped();
    built.withdrawals[0].cut.found = CUT_NOT_HELD;
}

static void branch_dropped_and_the_cut_void(void)
{
    branch_named_and_dropped();
    built.withdrawals[0].place.voided = true;
    built.withdrawals[0].place.void_seq = 70;
}

static void branch_dropped_and_its_branch_void(void)
{
    branch_named_and_dropped();
    built.accreditations[1].place.voided = true;
    built.accreditations[1].place.void_seq = 40;
}

static void branch_dropped_with_a_void_of_it(void)
{
    branch_named_and_dropped();
    struct dossier_void *voids = build_side_void(&built, SCHOOL, 59, 30, 50, 50);
    voids->place.block = (struct dossier_block){.side = true, .hash = graduates[2], .dropped_s = 1};
    voids->place.block_hash = graduates[2];
}

/* Whoever else accredits the school and names the block. */
static void branch_dropped_and_kept_by_a_stranger(void)
{
    branch_named_and_dropped();
    built.withdrawals[0].place.log = STRANGER;
    build_accreditation(&built, STRANGER, 10, SCHOOL, "ase/*", 1);
}

static void owners_word_dropped_and_kept_by_a_stranger(void)
{
    drop(&accredit_school()->place);
    build_accreditation(&built, STRANGER, 10, ASE, "ase/*", 1);
    build_withdrawal(&built, STRANGER, 60, ASE, 60)->cut = (struct dossier_cut){
        .found = CUT_ON_SIDE, .seq = 60, .chain_seq = 30, .side_count = 3, .side = graduates};
}

/* Where it accredited the school, and hands its namespace on from that branch. */
static void owners_word_dropped_and_kept_by_handing_on(void)
{
    drop(&accredit_school()->place);
    build_succession(&built, ASE, 70, "ase", HEIR, 60)->cut = (struct dossier_cut){
        .found = CUT_ON_SIDE, .seq = 60, .chain_seq = 30, .side_count = 3, .side = graduates};
}

static void owners_word_dropped_and_its_cut_not_held(void)
{
    owners_word_dropped_and_kept_by_handing_on();
    built.successions[0].cut.found = CUT_NOT_HELD;
}

static void owners_word_dropped_and_handing_on_disputed(void)
{
    owners_word_dropped_and_kept_by_handing_on();
    built.logs[ASE].forked = true;
    built.logs[ASE].fork_seq = 70;
}

static void branch_withdrawn_and_that_dropped(void)
{
    rotated_behind_the_cut();
    build_accreditation(&built, SCHOOL, 20, BRANCH, "ase/*", 0);
    drop(&build_withdrawal(&built, SCHOOL, 50, BRANCH, 0)->place);
}

static void branch_withdrawn_and_the_cut_disputed(void)
{
    branch_withdrawn_and_that_dropped();
    dispute_the_cut();
}

static void branch_withdrawn_and_kept_by_a_stranger(void)
{
    branch_withdrawn_and_that_dropped();
    built.withdrawals[0].place.log = STRANGER;
    build_accreditation(&built, STRANGER, 10, SCHOOL, "ase/*", 1);
}

static void branch_withdrawn_but_not_what_it_says_here(void)
{
    branch_withdrawn_and_that_dropped();
    built.withdrawals[1].cut.seq = built.withdrawals[1].cut.chain_seq = SPEAKS_IN + 1;
}

/* Each dropped the withdrawal by whose cut the other's is kept: nothing on a chain keeps either. */
static void two_keep_each_other_alone(void)
{
    accredit_school();
    build_accreditation(&built, SCHOOL, 20, BRANCH, "ase/*", 1);
    build_accreditation(&built, BRANCH, 20, SCHOOL, "ase/*", 1);
    for (size_t i = 0; i < 2; i++) {
        struct dossier_withdrawal *found =
            build_withdrawal(&built, i == 0 ? SCHOOL : BRANCH, 50, i == 0 ? BRANCH : SCHOOL, 60);

        found->cut = (struct dossier_cut){
            .found = CUT_ON_SIDE, .seq = 60, .chain_seq = 30, .side_count = 3, .side = graduates};
        drop(&found->place);
    }
    drop(&speaks_at);
}

static void dropped_with_the_cut_on_the_chain(void)
{
    accredit_school();
    build_withdrawal(&built, ASE, 60, SCHOOL, 90);
    speaks_at.block.side = true;
    speaks_at.block_hash = graduates[1];
}

static void cut_not_held(void)
{
    accredit_school();
    struct dossier_cut *cut = &build_withdrawal(&built, ASE, 60, SCHOOL, 90)->cut;
    cut->found = CUT_NOT_HELD;
    cut->head.bytes[0] = 7;
}

static void cut_not_held_below_the_block(void)
{
    cut_not_held();
    built.withdrawals[0].cut.seq = SPEAKS_IN - 1;
}

static void cut_not_held_but_proven(void)
{
    cut_not_held();
    built.withdrawals[0].cut.seq = SPEAKS_IN;
    speaks_at.block_hash.bytes[0] = 7;
}

static void cut_too_far_away(void)
{
    cut_not_held();
    built.withdrawals[0].cut.found = CUT_TOO_LONG;
}

/* The school lets the branch speak for other codes, as far as is here. */
static void branch_for_other_codes(enum cut_found found)
{
    cut_not_held();
    built.withdrawals[0].cut.found = found;
    build_accreditation(&built, SCHOOL, 20, BRANCH, "ase/L*", 0);
}

static void branch_for_others_and_the_cut_not_held(void)
{
    branch_for_other_codes(CUT_NOT_HELD);
}

static void branch_for_others_and_the_cut_too_far_away(void)
{
    branch_for_other_codes(CUT_TOO_LONG);
}

static void branch_for_others_and_the_cut_held(void)
{
    branch_for_other_codes(CUT_ON_CHAIN);
}

static void branch_for_others_and_the_cut_in_doubt(void)
{
    branch_for_other_codes(CUT_NOT_HELD);
    built.withdrawals[0].place.voided = true;
    built.withdrawals[0].place.void_seq = 61;
}

/* It was let do so again, and what the cut keeps it said as one that may not. */
static void branch_for_others_and_the_cut_of_others(void)
{
    branch_for_other_codes(CUT_NOT_HELD);
    built.patterns[0] = bytes_of_string("ase/L*");
    build_accreditation(&built, ASE, 61, SCHOOL, "ase/*", 1);
}

static void branch_for_others_and_the_cut_of_one_without_depth(void)
{
    branch_for_other_codes(CUT_NOT_HELD);
    built.accreditations[0].accreditation.depth = 0;
    build_accreditation(&built, ASE, 61, SCHOOL, "ase/*", 1);
}

static void branch_for_others_by_a_school_without_depth(void)
{
    branch_for_other_codes(CUT_NOT_HELD);
    built.accreditations[0].accreditation.depth = 0;
}

/* The school is another's delegate too, which withdraws it at a block that is not here. */
static void branch_for_others_and_the_cut_of_another(uint64_t depth)
{
    branch_for_other_codes(CUT_ON_CHAIN);
    if (depth > 0) {
        build_accreditation(&built, ASE, 11, STRANGER, "ase/*", depth);
    }
    build_accreditation(&built, STRANGER, 12, SCHOOL, "ase/*", 1);
    build_withdrawal(&built, STRANGER, 60, SCHOOL, 90)->cut.found = CUT_NOT_HELD;
}

static void branch_for_others_and_the_cut_of_a_stranger(void)
{
    branch_for_others_and_the_cut_of_another(0);
}

static void branch_for_others_and_the_cut_of_who_may_let_nobody_accredit(void)
{
    branch_for_others_and_the_cut_of_another(1);
}

static void branch_for_others_and_the_cut_of_a_delegate(void)
{
    branch_for_others_and_the_cut_of_another(2);
}

static void cut_not_held_and_one_below(void)
{
    cut_not_held();
    build_withdrawal(&built, ASE, 61, SCHOOL, SPEAKS_IN - 1);
}

static struct dossier_withdrawal *end_accreditation(uint64_t seq, uint64_t index)
{
    struct dossier_withdrawal *found = build_withdrawal(&built, ASE, 60, SCHOOL, 0);
    found->withdrawal.has_cut = false;
    found->withdrawal.has_accreditation = true;
    found->withdrawal.accreditation = (struct entry_position){.seq = seq, .index = index};
    return found;
}

static void accreditation_ended_whole(void)
{
    accredit_school();
    end_accreditation(10, 0);
}

static void accreditation_ended_whole_and_another_stays(void)
{
    accreditation_ended_whole();
    build_accreditation(&built, ASE, 11, SCHOOL, "ase/*", 1);
}

static void accreditation_of_another_block_ended(void)
{
    accredit_school();
    end_accreditation(11, 0);
}

static void accreditation_beside_it_ended(void)
{
    accredit_school();
    end_accreditation(10, 1);
}

static void accreditation_ended_by_the_heir(void)
{
    accredit_school();
    build_succession(&built, ASE, 40, "ase", HEIR, 39);
    end_accreditation(10, 0)->place.log = HEIR;
}

static void branch_withdrawn_by_school_beyond_its_cut(void)
{
    branch_of_school();
    build_withdrawal(&built, ASE, 30, SCHOOL, 40);
    build_withdrawal(&built, SCHOOL, 60, BRANCH, 0);
}

static void branch_withdrawn_by_school_within_its_cut(void)
{
    branch_of_school();
    build_withdrawal(&built, ASE, 30, SCHOOL, 60);
    build_withdrawal(&built, SCHOOL, 60, BRANCH, 0);
}

static void branch_withdrawn_by_school_beyond_a_closed_cut(void)
{
    branch_withdrawn_by_school_beyond_its_cut();
    built.withdrawals[0].withdrawal.closed = true;
}

static void branch_withdrawn_by_school_with_its_cut_not_held(void)
{
    branch_withdrawn_by_school_beyond_its_cut();
    built.withdrawals[0].cut = (struct dossier_cut){.seq = 70};
    built.accreditations[1].place.seq = 5; /* named under a cut that is held */
    build_accreditation(&built, ASE, 31, SCHOOL, "ase/*", 1)->accreditation.from = 0;
}

static void branch_withdrawn_by_school_accredited_again(void)
{
    branch_withdrawn_by_school_beyond_its_cut();
    build_accreditation(&built, ASE, 70, SCHOOL, "ase/*", 1);
}

static void school_let_by_another_namespace(void)
{
    branch_withdrawn_by_school_beyond_a_closed_cut();
    build_accreditation(&built, FORD, 10, SCHOOL, "ford/*", 1);
}

static void school_let_for_other_codes(void)
{
    branch_withdrawn_by_school_beyond_a_closed_cut();
    build_accreditation(&built, ASE, 70, SCHOOL, "ase/B*", 1);
}

static void school_let_by_itself(void)
{
    branch_withdrawn_by_school_beyond_a_closed_cut();
    build_accreditation(&built, SCHOOL, 15, SCHOOL, "ase/*", 1);
}

static void school_let_by_its_own_delegate(void)
{
    branch_withdrawn_by_school_beyond_a_closed_cut();
    build_accreditation(&built, BRANCH, 25, SCHOOL, "ase/*", 1);
}

static void school_let_by_a_stranger(void)
{
    branch_withdrawn_by_school_beyond_a_closed_cut();
    build_accreditation(&built, STRANGER, 10, SCHOOL, "ase/*", 1);
}

static void school_let_by_another_delegate(void)
{
    branch_withdrawn_by_school_beyond_a_closed_cut();
    build_accreditation(&built, ASE, 10, STRANGER, "ase/*", 2);
    build_accreditation(&built, STRANGER, 10, SCHOOL, "ase/*", 1);
}

static void school_let_by_another_that_was_closed_before(void)
{
    school_let_by_another_delegate();
    build_withdrawal(&built, ASE, 60, STRANGER, 9)->withdrawal.closed = true;
}

/* The school's accreditor closes it beyond a cut of its own. */
static void school_closed_by_who_was_withdrawn(void)
{
    build_accreditation(&built, ASE, 10, STRANGER, "ase/*", 2);
    build_accreditation(&built, STRANGER, 10, SCHOOL, "ase/*", 1);
    build_accreditation(&built, SCHOOL, 20, BRANCH, "ase/A*", 0);
    build_withdrawal(&built, ASE, 60, STRANGER, 40);
    build_withdrawal(&built, STRANGER, 60, SCHOOL, 40)->withdrawal.closed = true;
    build_withdrawal(&built, SCHOOL, 60, BRANCH, 0);
}

static void school_closed_by_its_accreditor(void)
{
    school_closed_by_who_was_withdrawn();
    built.withdrawals[0].withdrawal.cut_seq = 60;
    built.withdrawals[0].cut.seq = 60;
}

static void withdrawn_closed_and_not(void)
{
    accredit_school();
    build_withdrawal(&built, ASE, 60, SCHOOL, SPEAKS_IN - 1)->withdrawal.closed = true;
    build_accreditation(&built, ASE, 10, BRANCH, "ase/*", 1);
    build_accreditation(&built, BRANCH, 10, SCHOOL, "ase/*", 1);
    build_withdrawal(&built, BRANCH, 60, SCHOOL, SPEAKS_IN - 1);
}

/* ---- circles ---- */

static void school_withdrawn_that_accredited_itself(void)
{
    withdrawn_from_the_block_on();
    build_accreditation(&built, SCHOOL, 20, SCHOOL, "ase/*", 0);
}

static void school_withdrawn_that_its_delegate_accredited(void)
{
    withdrawn_from_the_block_on();
    built.accreditations[0].accreditation.depth = 2;
    build_accreditation(&built, SCHOOL, 20, BRANCH, "ase/*", 1);
    build_accreditation(&built, BRANCH, 20, SCHOOL, "ase/*", 0);
}

/* ---- states ---- */

/* In JSON: {"in_state": ["OH", "TX"]}. */
static const uint8_t in_state[] = {0x92, 12, 0x92, 0xa2, 'O', 'H', 0xa2, 'T', 'X'};
static const uint8_t strange[] = {0x92, 0xcd, 0x10, 0x00, 0x01};
static struct pack_rule condition;
static const struct bytes ohio[] = {{(const uint8_t *)"OH", 2}};

static void bind_code(const char *code)
{
    struct dossier_pack *pack = build_pack(&built, ASE, 5, "ase", 1, 0);
    condition = (struct pack_rule){.kind = PACK_RULE_CONDITION,
                                   .name = bytes_of_string(code),
                                   .expression = bytes_of(in_state, sizeof in_state)};
    build_pack_code(&built, pack, "A5", 0);
    pack->pack.rules = (struct list){.items = &condition, .count = 1};
}

static void school_in_ohio(void)
{
    accredit_school()->accreditation.states = (struct list){.items = ohio, .count = 1};
}

static void bound_code_asked_in_ohio(void)
{
    bind_code("A5");
    school_in_ohio();
    asked_in = "OH";
}

static void bound_pattern_asked_in_ohio(void)
{
    bind_code("A*");
    school_in_ohio();
    asked_in = "OH";
}

static void bound_code_asked_in_texas(void)
{
    bind_code("A5");
    school_in_ohio();
    asked_in = "TX";
}

static void bound_code_asked_nowhere(void)
{
    bind_code("A5");
    school_in_ohio();
}

static void free_code_asked_in_ohio(void)
{
    bind_code("B2");
    school_in_ohio();
    asked_in = "OH";
}

static void strange_condition_asked_in_ohio(void)
{
    bound_code_asked_in_ohio();
    condition.expression = bytes_of(strange, sizeof strange);
}

static void states_without_a_pack(void)
{
    school_in_ohio();
    asked_in = "OH";
}

static void free_code_and_again_without_states(void)
{
    free_code_asked_in_ohio();
    build_accreditation(&built, ASE, 20, SCHOOL, "ase/*", 0);
}

static void bound_code_and_an_heir_in_doubt(const char *code)
{
    bound_code_asked_in_ohio();
    struct dossier_pack *pack = build_pack(&built, HEIR, 5, "ase", 2, 0);
    build_pack_code(&built, pack, code, 0);
    pack->pack.rules = (struct list){.items = &condition, .count = 1};
    struct dossier_succession *handed = build_succession(&built, ASE, 40, "ase", HEIR, 39);
    handed->place.voided = true;
    handed->place.void_seq = 45;
}

static void bound_code_and_an_heir_in_doubt_who_binds_it(void)
{
    bound_code_and_an_heir_in_doubt("A5");
}

static void bound_code_and_an_heir_in_doubt_who_does_not(void)
{
    bound_code_and_an_heir_in_doubt("A5");
    built.packs[1].pack.rules.count = 0;
}

/* ---- doubts ---- */

static void school_voided(void)
{
    struct dossier_accreditation *accreditation = accredit_school();
    accreditation->place.voided = true;
    accreditation->place.void_seq = 80;
}

static void school_voided_later_than_known(void)
{
    school_voided();
    built.logs[ASE].known_by_seq = 79;
}

static void school_voided_and_again(void)
{
    school_voided();
    build_accreditation(&built, ASE, 90, SCHOOL, "ase/*", 0);
}

static void school_disputed(void)
{
    accredit_school();
    built.logs[ASE].forked = true;
    built.logs[ASE].fork_seq = 10;
}

static void school_below_the_fork(void)
{
    accredit_school();
    built.logs[ASE].forked = true;
    built.logs[ASE].fork_seq = 11;
}

static void school_by_a_frozen_owner(void)
{
    accredit_school();
    built.logs[ASE].frozen = true;
    built.logs[ASE].fork_seq = 5;
}

static void owner_says_what_is_not_understood(void)
{
    accredit_school();
    built.logs[ASE].upgrade_needed = true;
    built.logs[ASE].upgrade_seq = 90;
}

static void owner_said_it_later_than_known(void)
{
    owner_says_what_is_not_understood();
    built.logs[ASE].known_by_seq = 89;
}

/* ---- successions ---- */

static struct dossier_succession *hand_on(void)
{
    return build_succession(&built, ASE, 40, "ase", HEIR, 39);
}

static void handed_on(void)
{
    hand_on();
}

static void handed_on_without_signature(void)
{
    hand_on()->signature_valid = false;
}

static void another_namespace_handed_on(void)
{
    build_succession(&built, ASE, 40, "epa", HEIR, 39);
}

static void handed_on_after_the_block(void)
{
    build_succession(&built, ASE, 60, "ase", HEIR, SPEAKS_IN);
}

static void handed_on_twice_in_a_row(void)
{
    hand_on();
    build_succession(&built, HEIR, 40, "ase", STRANGER, 39);
}

static void handed_on_to_two(void)
{
    hand_on();
    build_succession(&built, ASE, 45, "ase", STRANGER, 44);
}

static void handed_on_to_two_the_later_told_first(void)
{
    build_succession(&built, ASE, 45, "ase", STRANGER, 44);
    hand_on();
}

static void handed_on_to_two_in_one_block(void)
{
    build_succession(&built, ASE, 40, "ase", STRANGER, 39)->place.index = 1;
    hand_on();
}

static void handed_on_after_a_voided_word(void)
{
    struct dossier_succession *succession = build_succession(&built, ASE, 30, "ase", STRANGER, 29);
    succession->place.voided = true;
    succession->place.void_seq = 35;
    hand_on();
}

static void handed_on_to_itself(void)
{
    build_succession(&built, ASE, 40, "ase", ASE, 39);
}

static void withdrawn_in_the_block_of_the_cut(void)
{
    accredit_school();
    build_withdrawal(&built, ASE, 39, SCHOOL, 0);
    hand_on();
}

static void handed_on_and_back(void)
{
    hand_on();
    build_succession(&built, HEIR, 40, "ase", ASE, 39);
}

static void handed_on_and_back_in_doubt(void)
{
    handed_on_and_back();
    built.logs[HEIR].forked = true;
    built.logs[HEIR].fork_seq = 40;
}

static void handed_on_and_back_and_to_another(void)
{
    handed_on_and_back();
    build_succession(&built, ASE, 45, "ase", STRANGER, 44);
}

static void handed_on_as_said_twice_and_back(void)
{
    handed_on_and_back();
    build_succession(&built, ASE, built.successions[0].place.seq + 1, "ase", HEIR,
                     built.successions[0].cut.seq);
}

static void handed_on_to_another_before_it_came_back(void)
{
    build_succession(&built, HEIR, 40, "ase", ASE, 39);
    handed_on_to_two();
}

static void and_voided_since(void)
{
    handed_on_to_another_before_it_came_back();
    built.successions[built.dossier.succession_count - 1].place.voided = true;
    built.successions[built.dossier.succession_count - 1].place.void_seq = 61;
}

static void and_kept_since(void)
{
    and_voided_since();
    build_succession(&built, ASE, 62, "ase", ASE, 61);
}

static void handed_on_and_back_and_on_after_the_block(void)
{
    handed_on_and_back();
    build_succession(&built, ASE, 60, "ase", STRANGER, SPEAKS_IN);
}

static void handed_on_and_back_and_on_with_a_lower_cut(void)
{
    handed_on_and_back();
    built.successions[0].cut.seq = built.successions[0].cut.chain_seq = SPEAKS_IN;
    build_succession(&built, ASE, 60, "ase", STRANGER, 30);
}

static void handed_on_and_back_twice_and_on(void)
{
    handed_on_and_back();
    build_succession(&built, ASE, 42, "ase", HEIR, 41);
    build_succession(&built, HEIR, 42, "ase", ASE, 41);
    build_succession(&built, ASE, 44, "ase", STRANGER, 43);
}

static void handed_on_and_back_in_doubt_and_on(void)
{
    handed_on_and_back_in_doubt();
    build_succession(&built, ASE, 45, "ase", STRANGER, 44);
}

static void handed_on_in_doubt_and_back(void)
{
    handed_on_and_back();
    built.successions[0].place.voided = true;
    built.successions[0].place.void_seq = 45;
}

static void kept_and_handed_on(void)
{
    build_succession(&built, ASE, 30, "ase", ASE, 29);
    hand_on();
}

static void kept_and_handed_on_in_doubt(void)
{
    kept_and_handed_on();
    built.logs[ASE].forked = true;
    built.logs[ASE].fork_seq = 40;
}

static void kept_in_doubt(void)
{
    struct dossier_succession *kept = build_succession(&built, ASE, 30, "ase", ASE, 29);
    kept->place.voided = true;
    kept->place.void_seq = 35;
}

static void kept_very_often(void)
{
    for (size_t i = 0; i < BUILT_SUCCESSIONS_MAX - 1; i++) {
        build_succession(&built, ASE, 11 + i, "ase", ASE, 10);
    }
    hand_on();
}

static void handed_on_at_a_block_that_is_not_held_and_back(void)
{
    handed_on_and_back();
    built.successions[0].cut = (struct dossier_cut){.found = CUT_NOT_HELD, .seq = 60};
}

static void school_named_by_the_heir_that_gave_it_back(void)
{
    handed_on_and_back();
    build_accreditation(&built, HEIR, 10, SCHOOL, "ase/*", 0);
}

static void school_of_the_heir_withdrawn_by_the_owner_again(void)
{
    school_named_by_the_heir_that_gave_it_back();
    build_withdrawal(&built, ASE, 60, SCHOOL, 0);
}

static void school_of_the_heir_withdrawn_by_the_owner_before(void)
{
    school_named_by_the_heir_that_gave_it_back();
    build_withdrawal(&built, ASE, 39, SCHOOL, 0);
}

static void school_of_the_heir_withdrawn_by_an_owner_perhaps_again(void)
{
    school_of_the_heir_withdrawn_by_the_owner_again();
    built.logs[HEIR].forked = true;
    built.logs[HEIR].fork_seq = 40;
}

static void school_withdrawn_by_the_heir_that_gave_it_back(void)
{
    handed_on_and_back();
    accredit_school();
    build_withdrawal(&built, HEIR, 10, SCHOOL, 0);
}

static void school_named_again_by_the_owner_again(void)
{
    school_withdrawn_by_the_heir_that_gave_it_back();
    build_accreditation(&built, ASE, 50, SCHOOL, "ase/*", 0);
}

static void school_named_by_the_owner_again_withdrawn_by_who_gave_it_back(void)
{
    handed_on_and_back();
    build_accreditation(&built, ASE, 50, SCHOOL, "ase/*", 0);
    build_withdrawal(&built, HEIR, 60, SCHOOL, 0);
}

static void school_named_by_the_owner_nobody_knows_when(void)
{
    handed_on_and_back();
    built.successions[0].cut = (struct dossier_cut){.found = CUT_NOT_HELD, .seq = 60};
    accredit_school();
    build_withdrawal(&built, HEIR, 10, SCHOOL, 0);
}

static void handing_on_voided(void)
{
    struct dossier_succession *succession = hand_on();
    succession->place.voided = true;
    succession->place.void_seq = 45;
}

static void handing_on_voided_after_the_block(void)
{
    handing_on_voided();
    built.successions[0].cut.seq = SPEAKS_IN;
}

static void handing_on_voided_and_kept(void)
{
    handing_on_voided();
    build_succession(&built, ASE, 46, "ase", ASE, 45);
}

static void handing_on_voided_and_again(void)
{
    handing_on_voided();
    build_succession(&built, ASE, 46, "ase", HEIR, 45);
}

static void handing_on_disputed(void)
{
    hand_on();
    built.logs[ASE].forked = true;
    built.logs[ASE].fork_seq = 40;
}

static void handing_on_rewound(void)
{
    hand_on()->place.block = BUILT_DROPPED(FOLLOWED_MIN_S);
}

/* By a void on a branch that was followed for a while. */
static void handing_on_voided_on_a_dropped_branch(void)
{
    hand_on();
    build_side_void(&built, ASE, 45, 40, 40, 40)->place.block = BUILT_DROPPED(FOLLOWED_MIN_S);
    built.voids[0].place.block.base_seq = 40;
}

static void and_again(void)
{
    handing_on_voided_on_a_dropped_branch();
    build_succession(&built, ASE, 46, "ase", HEIR, 39);
}

static void and_again_to_another(void)
{
    handing_on_voided_on_a_dropped_branch();
    build_succession(&built, ASE, 46, "ase", STRANGER, 39);
}

static void handed_on_in_doubt_to_two(void)
{
    handing_on_voided();
    built.successions[0].cut.seq = SPEAKS_IN;
    struct dossier_succession *other = build_succession(&built, ASE, 41, "ase", STRANGER, 30);
    other->place.voided = true;
    other->place.void_seq = 45;
}

static void handed_on_in_doubt_twice_to_one_who_handed_it_on(void)
{
    handing_on_voided();
    struct dossier_succession *again = build_succession(&built, ASE, 41, "ase", HEIR, 30);
    again->place.voided = true;
    again->place.void_seq = 45;
    build_succession(&built, HEIR, 40, "ase", STRANGER, 39);
}

static void handed_on_by_an_heir_in_doubt(void)
{
    handing_on_disputed();
    build_succession(&built, HEIR, 40, "ase", STRANGER, 39);
}

static void school_named_before_the_handing_on(void)
{
    accredit_school();
    hand_on();
}

static void school_named_after_the_handing_on(void)
{
    accredit_school()->place.seq = 41;
    hand_on();
}

static void school_named_by_the_heir(void)
{
    hand_on();
    build_accreditation(&built, HEIR, 10, SCHOOL, "ase/*", 0);
}

/* The owner handed on up to a block of a branch that it dropped since, on which it named the school. */
static void school_named_and_dropped_by_the_former_owner(void)
{
    handed_on();
    built.successions[0].cut = (struct dossier_cut){
        .found = CUT_ON_SIDE, .seq = 60, .chain_seq = 5, .side_count = 3, .side = graduates};
    drop(&accredit_school()->place);
}

static void school_withdrawn_and_that_dropped_by_the_former_owner(void)
{
    school_named_and_dropped_by_the_former_owner();
    drop(&build_withdrawal(&built, ASE, 50, SCHOOL, 0)->place);
    built.withdrawals[0].place.seq = 51;
}

static void school_named_and_dropped_under_a_disputed_cut(void)
{
    school_named_and_dropped_by_the_former_owner();
    built.logs[ASE].forked = true;
    built.logs[ASE].fork_seq = 40;
}

static void school_withdrawn_and_that_dropped_under_a_disputed_cut(void)
{
    school_withdrawn_and_that_dropped_by_the_former_owner();
    built.logs[ASE].forked = true;
    built.logs[ASE].fork_seq = 40;
}

static void school_named_and_dropped_beyond_the_cut(void)
{
    school_named_and_dropped_by_the_former_owner();
    built.successions[0].cut.side_count = 1;
}

static void school_withdrawn_by_the_heir(void)
{
    school_named_before_the_handing_on();
    build_withdrawal(&built, HEIR, 60, SCHOOL, 0);
}

static void school_withdrawn_by_the_former_owner(void)
{
    school_named_before_the_handing_on();
    build_withdrawal(&built, ASE, 60, SCHOOL, 0);
}

static void school_named_after_a_rewound_handing_on(void)
{
    accredit_school()->place.seq = 41;
    handing_on_rewound();
}

static void school_withdrawn_by_an_heir_in_doubt(void)
{
    school_withdrawn_by_the_heir();
    built.logs[ASE].forked = true;
    built.logs[ASE].fork_seq = 40;
}

static void school_withdrawn_beyond_a_cut_in_doubt(void)
{
    accredit_school();
    handing_on_rewound();
    build_withdrawal(&built, ASE, 60, SCHOOL, 0);
}

static void branch_withdrawn_by_school_that_an_heir_in_doubt_closed(void)
{
    branch_of_school();
    handing_on_disputed();
    build_withdrawal(&built, HEIR, 30, SCHOOL, 40)->withdrawal.closed = true;
    build_withdrawal(&built, SCHOOL, 60, BRANCH, 0);
}

/* Outcomes: so many links, and what stands in the way of the chain. */
#define HOLDS(links) REASON_NONE, links, NOBODY
#define BUT_FOR(links, reason) REASON_##reason, links, NOBODY
#define WITHDRAWN(links, by) REASON_WITHDRAWN, links, by
#define NO_CHAIN(reason) REASON_##reason, NOBODY, NOBODY

static const struct {
    const char *why;
    void (*say)(void);
    size_t issuer;
    enum reason reason;
    int chain_size; /* NOBODY: no chain */
    int withdrawn_by;
} rows[] = {
    {"the owner may attest its codes", nothing, ASE, HOLDS(0)},
    {"a stranger may not", nothing, STRANGER, NO_CHAIN(UNTRUSTED)},
    {"another namespace's owner is trusted, but not for this code", nothing, FORD,
     BUT_FOR(0, NOT_ACCREDITED)},
    {"a delegate may", school, SCHOOL, HOLDS(1)},
    {"what names a delegate does not name others", school, STRANGER, NO_CHAIN(UNTRUSTED)},
    {"a delegate for this very code may", school_for_one_code, SCHOOL, HOLDS(1)},
    {"a delegate for other codes may not", school_for_other_codes, SCHOOL, BUT_FOR(1, NOT_ACCREDITED)},
    {"a delegate of another namespace may not", school_by_ford, SCHOOL, BUT_FOR(1, NOT_ACCREDITED)},
    {"a stranger's delegate may not", school_by_stranger, SCHOOL, NO_CHAIN(UNTRUSTED)},
    {"from its first day on", school_from_the_day_on, SCHOOL, HOLDS(1)},
    {"not before it", school_from_the_day_after, SCHOOL, BUT_FOR(1, ACCREDITATION_EXPIRED)},
    {"until its last day", school_until_the_day, SCHOOL, HOLDS(1)},
    {"not after it", school_until_the_day_before, SCHOOL, BUT_FOR(1, ACCREDITATION_EXPIRED)},
    {"accredited anew counts for its days", school_until_then_and_again, SCHOOL, HOLDS(1)},
    {"a delegate's delegate may", branch_of_school, BRANCH, HOLDS(2)},
    {"not where nothing may be passed on", branch_of_school_without_depth, BRANCH,
     BUT_FOR(2, CHAIN_TOO_DEEP)},
    {"a circle leads nowhere", branch_in_a_circle, BRANCH, NO_CHAIN(UNTRUSTED)},
    {"the shortest chain is the one shown", branch_two_ways, BRANCH, HOLDS(1)},
    {"what had not arrived by then does not count", school_unknown_by_then, SCHOOL, NO_CHAIN(UNTRUSTED)},
    {"nor where nothing had", owner_unheard_of_by_then, SCHOOL, NO_CHAIN(UNTRUSTED)},

    {"withdrawn below the block", withdrawn_from_the_block_on, SCHOOL, WITHDRAWN(1, ASE)},
    {"withdrawn with the block as the last", withdrawn_after_the_block, SCHOOL, HOLDS(1)},
    {"of two withdrawals the lower cut counts", withdrawn_twice_lower_first, SCHOOL, WITHDRAWN(1, ASE)},
    {"in either order", withdrawn_twice_lower_last, SCHOOL, WITHDRAWN(1, ASE)},
    {"an exception loses it", withdrawn_but_for_the_entry, SCHOOL, WITHDRAWN(1, ASE)},
    {"its neighbour does not", withdrawn_but_for_its_neighbour, SCHOOL, HOLDS(1)},
    {"exceptions add up", exceptions_in_two_withdrawals, SCHOOL, WITHDRAWN(1, ASE)},
    {"accredited again after it was withdrawn", withdrawn_and_accredited_again, SCHOOL, HOLDS(1)},
    {"a withdrawal is about what was said before it", withdrawn_in_the_same_block_before, SCHOOL, HOLDS(1)},
    {"in the same block too", withdrawn_in_the_same_block_after, SCHOOL, WITHDRAWN(1, ASE)},
    {"a withdrawal that had not arrived by then", withdrawn_later_than_known, SCHOOL, HOLDS(1)},
    {"a stranger's withdrawal is nothing", withdrawn_by_a_stranger, SCHOOL, HOLDS(1)},
    {"another's withdrawal is nothing to it", other_delegate_withdrawn, SCHOOL, HOLDS(1)},
    {"withdrawn above takes what it named later", school_withdrawn_before_it_named_branch, BRANCH,
     WITHDRAWN(2, ASE)},
    {"but not what it named before", school_withdrawn_after_it_named_branch, BRANCH, HOLDS(2)},
    {"a cut keeps whom a school named, though it drops that", branch_named_and_dropped, BRANCH, HOLDS(2)},
    {"in doubt where the cut is", branch_dropped_and_the_cut_disputed, BRANCH, BUT_FOR(2, REWOUND)},
    {"or has not come", branch_dropped_and_the_cut_not_held, BRANCH, BUT_FOR(2, CUT_NOT_HELD)},
    {"or void", branch_dropped_and_the_cut_void, BRANCH, BUT_FOR(2, REWOUND)},
    {"or where a void names the branch", branch_dropped_and_its_branch_void, BRANCH, BUT_FOR(2, REWOUND)},
    {"or one was kept with it", branch_dropped_with_a_void_of_it, BRANCH, BUT_FOR(2, REWOUND)},
    {"a stranger's cut keeps nobody", branch_dropped_and_kept_by_a_stranger, BRANCH, NO_CHAIN(UNTRUSTED)},
    {"nor what the owner dropped", owners_word_dropped_and_kept_by_a_stranger, SCHOOL, NO_CHAIN(UNTRUSTED)},
    {"its own cut does, where it hands on", owners_word_dropped_and_kept_by_handing_on, SCHOOL, HOLDS(1)},
    {"perhaps, where the block has not come", owners_word_dropped_and_its_cut_not_held, SCHOOL,
     BUT_FOR(1, CUT_NOT_HELD)},
    {"or that is disputed", owners_word_dropped_and_handing_on_disputed, SCHOOL, BUT_FOR(1, REWOUND)},
    {"a cut keeps whom a school withdrew", branch_withdrawn_and_that_dropped, BRANCH, WITHDRAWN(2, SCHOOL)},
    {"in doubt where the cut is", branch_withdrawn_and_the_cut_disputed, BRANCH, BUT_FOR(2, REWOUND)},
    {"a stranger's does not", branch_withdrawn_and_kept_by_a_stranger, BRANCH, HOLDS(2)},
    {"what it left stays", branch_withdrawn_but_not_what_it_says_here, BRANCH, HOLDS(2)},
    {"what it named before and again later stays", school_withdrawn_between_two_namings_of_branch, BRANCH,
     HOLDS(2)},
    {"withdrawn in the middle", branch_withdrawn_by_school, BRANCH, WITHDRAWN(2, SCHOOL)},
    {"a voided withdrawal is neither yes nor no", withdrawn_in_a_void_block, SCHOOL, BUT_FOR(1, VOIDED)},
    {"said again it counts", withdrawn_in_a_void_block_and_again, SCHOOL, WITHDRAWN(1, ASE)},
    {"a void beyond a closed cut takes no accreditation", branch_voided_beyond_a_closed_cut, BRANCH,
     HOLDS(2)},
    {"nor in a disputed block", branch_voided_beyond_a_closed_cut_in_a_disputed_block, BRANCH, HOLDS(2)},
    {"beyond another it leaves it in doubt", branch_voided_beyond_a_cut, BRANCH, BUT_FOR(2, VOIDED)},
    {"as within it does", branch_voided_within_a_closed_cut, BRANCH, BUT_FOR(2, VOIDED)},
    {"and since it was accredited again", branch_voided_beyond_a_closed_cut_by_school_accredited_again,
     BRANCH, BUT_FOR(2, VOIDED)},
    {"a void beyond a closed cut takes no withdrawal", branch_withdrawn_and_that_voided_beyond_a_closed_cut,
     BRANCH, WITHDRAWN(2, SCHOOL)},
    {"nor beyond another", branch_withdrawn_and_that_voided_beyond_a_cut, BRANCH, WITHDRAWN(2, SCHOOL)},
    {"within it leaves a doubt", branch_withdrawn_and_that_voided_within_a_cut, BRANCH, BUT_FOR(2, VOIDED)},
    {"an owner that handed on takes no withdrawal back", school_withdrawn_and_that_voided_by_the_former_owner,
     SCHOOL, WITHDRAWN(1, ASE)},
    {"what it took back before is in doubt", school_withdrawn_and_that_voided_by_the_owner_before, SCHOOL,
     BUT_FOR(1, VOIDED)},
    {"a disputed withdrawal is neither yes nor no", withdrawn_in_a_disputed_block, SCHOOL,
     BUT_FOR(1, DISPUTED)},

    {"a block that is the cut counts", withdrawn_in_its_own_block, SCHOOL, HOLDS(1)},
    {"another block of that number does not", withdrawn_in_another_block_of_its_number, SCHOOL,
     WITHDRAWN(1, ASE)},
    {"a delegate that rotates behind its cut can say nothing below its number", rotated_far_behind_the_cut,
     SCHOOL, WITHDRAWN(1, ASE)},
    {"not above the rotation either", rotated_behind_the_cut, SCHOOL, WITHDRAWN(1, ASE)},
    {"what it left as it was stays", rotated_after_the_block, SCHOOL, HOLDS(1)},
    {"a closing school can't delete its graduates", dropped_below_the_cut, SCHOOL, HOLDS(1)},
    {"a branch that the cut is not on says nothing", dropped_on_another_branch, SCHOOL, WITHDRAWN(1, ASE)},
    {"nor one beside a chain that it is on", dropped_with_the_cut_on_the_chain, SCHOOL, WITHDRAWN(1, ASE)},
    {"a cut whose block has not come here", cut_not_held, SCHOOL, BUT_FOR(1, CUT_NOT_HELD)},
    {"leaves nothing above its number", cut_not_held_below_the_block, SCHOOL, WITHDRAWN(1, ASE)},
    {"and itself", cut_not_held_but_proven, SCHOOL, HOLDS(1)},
    {"what it let speak for other codes it may let speak there", branch_for_others_and_the_cut_not_held,
     BRANCH, BUT_FOR(2, CUT_NOT_HELD)},
    {"too far up a branch as well", branch_for_others_and_the_cut_too_far_away, BRANCH, BUT_FOR(2, TOO_MANY)},
    {"not one that may let it speak for other codes alone", branch_for_others_and_the_cut_of_others, BRANCH,
     BUT_FOR(2, NOT_ACCREDITED)},
    {"nor one that may let nobody speak", branch_for_others_and_the_cut_of_one_without_depth, BRANCH,
     BUT_FOR(2, NOT_ACCREDITED)},
    {"where the cut is here it does not", branch_for_others_and_the_cut_held, BRANCH,
     BUT_FOR(2, NOT_ACCREDITED)},
    {"nor where it is in doubt", branch_for_others_and_the_cut_in_doubt, BRANCH, BUT_FOR(2, NOT_ACCREDITED)},
    {"nor a school that may accredit nobody", branch_for_others_by_a_school_without_depth, BRANCH,
     BUT_FOR(2, NOT_ACCREDITED)},
    {"nor whom it never named", branch_for_others_and_the_cut_not_held, STRANGER, NO_CHAIN(UNTRUSTED)},
    {"a stranger's cut keeps nothing", branch_for_others_and_the_cut_of_a_stranger, BRANCH,
     BUT_FOR(2, NOT_ACCREDITED)},
    {"nor that of who may let nobody accredit", branch_for_others_and_the_cut_of_who_may_let_nobody_accredit,
     BRANCH, BUT_FOR(2, NOT_ACCREDITED)},
    {"that of a delegate does", branch_for_others_and_the_cut_of_a_delegate, BRANCH,
     BUT_FOR(2, CUT_NOT_HELD)},
    {"a cut too far up a branch", cut_too_far_away, SCHOOL, BUT_FOR(1, TOO_MANY)},
    {"one that is held decides", cut_not_held_and_one_below, SCHOOL, WITHDRAWN(1, ASE)},
    {"an accreditation ends whole", accreditation_ended_whole, SCHOOL, WITHDRAWN(1, ASE)},
    {"and that one alone", accreditation_ended_whole_and_another_stays, SCHOOL, HOLDS(1)},
    {"one of another block is another", accreditation_of_another_block_ended, SCHOOL, HOLDS(1)},
    {"one beside it too", accreditation_beside_it_ended, SCHOOL, HOLDS(1)},
    {"places are those of the log that says so", accreditation_ended_by_the_heir, SCHOOL, HOLDS(1)},
    {"withdrawn by a school that was itself withdrawn", branch_withdrawn_by_school_beyond_its_cut, BRANCH,
     BUT_FOR(2, BEYOND_CUT)},
    {"withdrawn by it while it might", branch_withdrawn_by_school_within_its_cut, BRANCH,
     WITHDRAWN(2, SCHOOL)},
    {"a closed school withdraws nothing", branch_withdrawn_by_school_beyond_a_closed_cut, BRANCH, HOLDS(2)},
    {"a school whose cut has not come here", branch_withdrawn_by_school_with_its_cut_not_held, BRANCH,
     WITHDRAWN(2, SCHOOL)},
    {"a school accredited again may", branch_withdrawn_by_school_accredited_again, BRANCH,
     WITHDRAWN(2, SCHOOL)},

    {"what another namespace lets it do is nothing to it", school_let_by_another_namespace, BRANCH, HOLDS(2)},
    {"nor what it may do for other codes", school_let_for_other_codes, BRANCH, HOLDS(2)},
    {"nor what it lets itself do", school_let_by_itself, BRANCH, HOLDS(2)},
    {"nor what its own delegates do", school_let_by_its_own_delegate, BRANCH, HOLDS(2)},
    {"nor strangers", school_let_by_a_stranger, BRANCH, HOLDS(2)},
    {"what another delegate lets it do is", school_let_by_another_delegate, BRANCH, WITHDRAWN(2, SCHOOL)},
    {"unless that one was closed before it did", school_let_by_another_that_was_closed_before, BRANCH,
     HOLDS(2)},
    {"who was withdrawn itself closes nothing", school_closed_by_who_was_withdrawn, BRANCH,
     BUT_FOR(3, BEYOND_CUT)},
    {"an accreditor does", school_closed_by_its_accreditor, BRANCH, HOLDS(3)},
    {"nobody lives on by its own word", school_withdrawn_that_accredited_itself, SCHOOL, WITHDRAWN(1, ASE)},
    {"nor by that of its delegates", school_withdrawn_that_its_delegate_accredited, SCHOOL,
     WITHDRAWN(1, ASE)},

    {"accredited for a state asked about", bound_code_asked_in_ohio, SCHOOL, HOLDS(1)},
    {"by a condition for a pattern too", bound_pattern_asked_in_ohio, SCHOOL, HOLDS(1)},
    {"not for another state", bound_code_asked_in_texas, SCHOOL, BUT_FOR(1, ACCREDITED_ELSEWHERE)},
    {"neither where none is asked about", bound_code_asked_nowhere, SCHOOL, BUT_FOR(1, STATE_NOT_ASKED)},
    {"states bind no code that holds everywhere", free_code_asked_in_ohio, SCHOOL,
     BUT_FOR(1, STATES_UNBOUND)},
    {"nor one whose condition is not understood", strange_condition_asked_in_ohio, SCHOOL,
     BUT_FOR(1, STATES_UNBOUND)},
    {"nor without a pack", states_without_a_pack, SCHOOL, BUT_FOR(1, STATES_UNBOUND)},
    {"nor where it is in doubt whether it is bound, as who has the namespace is",
     bound_code_and_an_heir_in_doubt_who_does_not, SCHOOL, BUT_FOR(1, STATES_UNBOUND)},
    {"which matters to no code that is bound by either", bound_code_and_an_heir_in_doubt_who_binds_it, SCHOOL,
     HOLDS(1)},
    {"said again without them it counts", free_code_and_again_without_states, SCHOOL, HOLDS(1)},

    {"a voided accreditation leaves it in doubt", school_voided, SCHOOL, BUT_FOR(1, VOIDED)},
    {"not as long as that was not known", school_voided_later_than_known, SCHOOL, HOLDS(1)},
    {"nor when it was said again", school_voided_and_again, SCHOOL, HOLDS(1)},
    {"an accreditation at the fork is disputed", school_disputed, SCHOOL, BUT_FOR(1, DISPUTED)},
    {"below the fork it is not", school_below_the_fork, SCHOOL, HOLDS(1)},
    {"a frozen accreditor is disputed", school_by_a_frozen_owner, SCHOOL, BUT_FOR(1, DISPUTED)},
    {"an accreditor not wholly understood", owner_says_what_is_not_understood, SCHOOL, BUT_FOR(1, UPGRADE)},
    {"understood as far as known by then", owner_said_it_later_than_known, SCHOOL, HOLDS(1)},

    {"the heir of a namespace may attest its codes", handed_on, HEIR, HOLDS(0)},
    {"its former owner no longer", handed_on, ASE, WITHDRAWN(0, ASE)},
    {"but for what it said up to the cut", handed_on_after_the_block, ASE, HOLDS(0)},
    {"nobody is made heir against its will", handed_on_without_signature, HEIR, NO_CHAIN(UNTRUSTED)},
    {"an owner stays one until the heir agrees", handed_on_without_signature, ASE, HOLDS(0)},
    {"each namespace is handed on by itself", another_namespace_handed_on, HEIR, NO_CHAIN(UNTRUSTED)},
    {"an heir may hand it on", handed_on_twice_in_a_row, STRANGER, HOLDS(0)},
    {"and is then no owner any more", handed_on_twice_in_a_row, HEIR, WITHDRAWN(0, HEIR)},
    {"what was handed on once cannot be handed to another", handed_on_to_two, STRANGER, NO_CHAIN(UNTRUSTED)},
    {"the first one named is the heir", handed_on_to_two, HEIR, HOLDS(0)},
    {"in whatever order they are told", handed_on_to_two_the_later_told_first, HEIR, HOLDS(0)},
    {"in one block too", handed_on_to_two_in_one_block, HEIR, HOLDS(0)},
    {"a voided word does not stand in its way", handed_on_after_a_voided_word, HEIR, HOLDS(0)},
    {"handed on to itself", handed_on_to_itself, ASE, HOLDS(0)},
    {"a namespace may come back", handed_on_and_back, ASE, HOLDS(0)},
    {"from who is then no owner any more", handed_on_and_back, HEIR, WITHDRAWN(0, HEIR)},
    {"one that came back may be handed on again", handed_on_and_back_and_to_another, STRANGER, HOLDS(0)},
    {"and has left its owner then", handed_on_and_back_and_to_another, ASE, WITHDRAWN(0, ASE)},
    {"who said twice that it handed it on did so once", handed_on_as_said_twice_and_back, ASE, HOLDS(0)},
    {"as what was said up to that cut has not", handed_on_and_back_and_on_after_the_block, ASE, HOLDS(0)},
    {"nor what an earlier cut covers", handed_on_and_back_and_on_with_a_lower_cut, ASE, HOLDS(0)},
    {"whatever the logs say of when", handed_on_to_another_before_it_came_back, STRANGER, HOLDS(0)},
    {"unless it voids that", and_voided_since, STRANGER, BUT_FOR(0, VOIDED)},
    {"and says that it keeps it", and_kept_since, STRANGER, NO_CHAIN(UNTRUSTED)},
    {"as it then does", and_kept_since, ASE, HOLDS(0)},
    {"as often as it comes back", handed_on_and_back_twice_and_on, STRANGER, HOLDS(0)},
    {"and leaves", handed_on_and_back_twice_and_on, ASE, WITHDRAWN(0, ASE)},
    {"with everybody", handed_on_and_back_twice_and_on, HEIR, WITHDRAWN(0, HEIR)},
    {"where it may have come back the next one is in doubt", handed_on_and_back_in_doubt_and_on, STRANGER,
     BUT_FOR(0, DISPUTED)},
    {"and beyond that cut the owner has nothing in either case", handed_on_and_back_in_doubt_and_on, ASE,
     WITHDRAWN(0, ASE)},
    {"what may have left may have come back", handed_on_in_doubt_and_back, ASE, BUT_FOR(0, VOIDED)},
    {"one that was kept may be handed on later", kept_and_handed_on, HEIR, HOLDS(0)},
    {"and is its owner's no longer then", kept_and_handed_on, ASE, WITHDRAWN(0, ASE)},
    {"and may be, where that is disputed", kept_and_handed_on_in_doubt, HEIR, BUT_FOR(0, DISPUTED)},
    {"and may not be", kept_and_handed_on_in_doubt, ASE, BUT_FOR(0, DISPUTED)},
    {"what is kept by a void word is kept", kept_in_doubt, ASE, HOLDS(0)},
    {"and what is kept often is not handed on more often", kept_very_often, HEIR, HOLDS(0)},
    {"where it left is nothing to who has it again", handed_on_at_a_block_that_is_not_held_and_back, ASE,
     HOLDS(0)},
    {"whom an heir named stays when the namespace goes back", school_named_by_the_heir_that_gave_it_back,
     SCHOOL, HOLDS(1)},
    {"until the owner withdraws it that has it again", school_of_the_heir_withdrawn_by_the_owner_again,
     SCHOOL, WITHDRAWN(1, ASE)},
    {"not before it had it again", school_of_the_heir_withdrawn_by_the_owner_before, SCHOOL, HOLDS(1)},
    {"nor for sure where it may not have it again", school_of_the_heir_withdrawn_by_an_owner_perhaps_again,
     SCHOOL, BUT_FOR(1, DISPUTED)},
    {"whom an heir withdrew stays withdrawn when it goes back",
     school_withdrawn_by_the_heir_that_gave_it_back, SCHOOL, WITHDRAWN(1, HEIR)},
    {"until the owner names it again that has it again", school_named_again_by_the_owner_again, SCHOOL,
     HOLDS(1)},
    {"which who gave it back does not undo", school_named_by_the_owner_again_withdrawn_by_who_gave_it_back,
     SCHOOL, HOLDS(1)},
    {"of which nothing is known where the cut is not held", school_named_by_the_owner_nobody_knows_when,
     SCHOOL, BUT_FOR(1, CUT_NOT_HELD)},
    {"a voided handing on leaves the heir in doubt", handing_on_voided, HEIR, BUT_FOR(0, VOIDED)},
    {"and the owner beyond the cut", handing_on_voided, ASE, BUT_FOR(0, VOIDED)},
    {"but not what it said within", handing_on_voided_after_the_block, ASE, HOLDS(0)},
    {"until it says that it keeps the namespace", handing_on_voided_and_kept, ASE, HOLDS(0)},
    {"which leaves the heir nothing", handing_on_voided_and_kept, HEIR, NO_CHAIN(UNTRUSTED)},
    {"or hands it on again", handing_on_voided_and_again, HEIR, HOLDS(0)},
    {"a disputed handing on leaves the owner in doubt beyond the cut", handing_on_disputed, ASE,
     BUT_FOR(0, DISPUTED)},
    {"one on a dropped branch that was followed does", handing_on_rewound, ASE, BUT_FOR(0, REWOUND)},
    {"one that a void on such a branch is about leaves the heir in doubt",
     handing_on_voided_on_a_dropped_branch, HEIR, BUT_FOR(0, REWOUND)},
    {"and the owner in none: that is against nobody", handing_on_voided_on_a_dropped_branch, ASE,
     WITHDRAWN(0, ASE)},
    {"until it hands it on again", and_again, HEIR, HOLDS(0)},
    {"not to another one", and_again_to_another, HEIR, BUT_FOR(0, REWOUND)},
    {"of several in doubt the earliest cut counts too", handed_on_in_doubt_to_two, ASE, BUT_FOR(0, VOIDED)},
    {"and each may be heir", handed_on_in_doubt_to_two, STRANGER, BUT_FOR(0, VOIDED)},
    {"who may have it twice by one of two words hands it on once",
     handed_on_in_doubt_twice_to_one_who_handed_it_on, HEIR, WITHDRAWN(0, HEIR)},
    {"an heir's heir shares its doubt", handed_on_by_an_heir_in_doubt, STRANGER, BUT_FOR(0, DISPUTED)},
    {"a namespace may have come back", handed_on_and_back_in_doubt, ASE, BUT_FOR(0, DISPUTED)},
    {"delegates named beyond a cut in doubt are in doubt", school_named_after_a_rewound_handing_on, SCHOOL,
     BUT_FOR(1, REWOUND)},
    {"an heir in doubt may have withdrawn a delegate", school_withdrawn_by_an_heir_in_doubt, SCHOOL,
     BUT_FOR(1, DISPUTED)},
    {"and so may an owner beyond such a cut", school_withdrawn_beyond_a_cut_in_doubt, SCHOOL,
     BUT_FOR(1, REWOUND)},
    {"none closes what a delegate withdrew", branch_withdrawn_by_school_that_an_heir_in_doubt_closed, BRANCH,
     BUT_FOR(2, BEYOND_CUT)},
    {"a disputed handing on leaves the heir in doubt", handing_on_disputed, HEIR, BUT_FOR(0, DISPUTED)},
    {"delegates named up to the cut stay", school_named_before_the_handing_on, SCHOOL, HOLDS(1)},
    {"those named after it do not count", school_named_after_the_handing_on, SCHOOL, WITHDRAWN(1, ASE)},
    {"the heir names delegates", school_named_by_the_heir, SCHOOL, HOLDS(1)},
    {"also where it dropped that", school_named_and_dropped_by_the_former_owner, SCHOOL, HOLDS(1)},
    {"unless it withdrew them there", school_withdrawn_and_that_dropped_by_the_former_owner, SCHOOL,
     WITHDRAWN(1, ASE)},
    {"of which nothing is known where it is disputed that it handed on",
     school_named_and_dropped_under_a_disputed_cut, SCHOOL, BUT_FOR(1, REWOUND)},
    {"nor of what it withdrew there", school_withdrawn_and_that_dropped_under_a_disputed_cut, SCHOOL,
     BUT_FOR(1, REWOUND)},
    {"or it lies beyond the cut", school_named_and_dropped_beyond_the_cut, SCHOOL, NO_CHAIN(UNTRUSTED)},
    {"the heir may withdraw its forerunner's", school_withdrawn_by_the_heir, SCHOOL, WITHDRAWN(1, HEIR)},
    {"the former owner leaves but a doubt", school_withdrawn_by_the_former_owner, SCHOOL,
     BUT_FOR(1, BEYOND_CUT)},
    {"but it counts up to the cut", withdrawn_in_the_block_of_the_cut, SCHOOL, WITHDRAWN(1, ASE)},
};

static void begin(void)
{
    dossier_builder_init(&built, ACTORS);
    speaks_at = (struct dossier_place){.seq = SPEAKS_IN};
    asked_in = "";
    build_owner(&built, "ase", ASE);
    build_owner(&built, "ford", FORD);
}

static struct authority_answer ask(size_t issuer, const char *code)
{
    const struct authority_question question = {
        .issuer = built_actor_of(issuer),
        .code = bytes_of_string(code),
        .place = &speaks_at,
        .day = DAY,
        .state = bytes_of_string(asked_in),
    };
    struct authority_answer answer;
    authority_of(&answer, &built.dossier, &built.trust, &question);
    return answer;
}

static bool is_actor(const struct actor_id *id, size_t actor)
{
    const struct actor_id expected = built_actor_of(actor);
    return actor_id_equal(id, &expected);
}

static void each_case_is_as_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin();
        rows[i].say();
        struct authority_answer answer = ask(rows[i].issuer, "ase/A5");
        int chain_size = answer.has_chain ? (int)answer.chain_size : NOBODY;
        if (answer.reason != rows[i].reason || chain_size != rows[i].chain_size) {
            fail_msg("%s: %s, %d links", rows[i].why, reason_word(answer.reason), chain_size);
        }
        if (answer.has_chain && !is_actor(&answer.chain[answer.chain_size], rows[i].issuer)) {
            fail_msg("%s: the chain ends elsewhere", rows[i].why);
        }
        bool withdrawn = rows[i].withdrawn_by != NOBODY;
        if ((answer.reason == REASON_WITHDRAWN) != withdrawn ||
            (withdrawn && !is_actor(&answer.withdrawn_by, (size_t)rows[i].withdrawn_by))) {
            fail_msg("%s: withdrawn by someone else", rows[i].why);
        }
    }
}

static void a_namespace_nobody_owns_has_no_authority(void **state)
{
    (void)state;
    begin();
    assert_int_equal(ask(ASE, "epa/609").reason, REASON_NAMESPACE_UNOWNED);
    assert_int_equal(ask(FORD, "ford/fact-brakes").reason, REASON_NONE);
}

/* What a limit left out of what was taken back from one author, or by it, leaves whomever it lets speak. */
static void withdrawals_that_were_left_out_are_those_of_who_let_the_issuer_speak(void **state)
{
    static const struct {
        const char *sentence;
        void (*say)(void);
        size_t left_out, issuer;
        enum reason reason;
    } cases[] = {
        {"from the issuer", branch_of_school, BRANCH, BRANCH, REASON_LIMIT},
        {"from who accredited it", branch_of_school, SCHOOL, BRANCH, REASON_LIMIT},
        {"by the owner", branch_of_school, ASE, BRANCH, REASON_LIMIT},
        {"from one that it accredited", branch_of_school, BRANCH, SCHOOL, REASON_NONE},
        {"from a stranger", branch_of_school, STRANGER, BRANCH, REASON_NONE},
        {"from who accredits it for other codes", branch_also_for_other_codes, FORD, BRANCH, REASON_NONE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin();
        cases[i].say();
        built.dossier.cuts.delegates = true;
        built.logs[cases[i].left_out].withdrawals_cut = true;
        const enum reason reason = ask(cases[i].issuer, "ase/A5").reason;
        if (reason != cases[i].reason) {
            fail_msg("%s: %s", cases[i].sentence, reason_word(reason));
        }
    }
}

/* The same of everybody, and what a limit left out of who accredited whom. */
static void what_was_left_out_of_all_may_say_otherwise(void **state)
{
    static const struct {
        const char *sentence;
        void (*say)(void);
        bool withdrawals;
        enum reason reason;
    } cases[] = {
        {"who is authorised may be so no longer", school, true, REASON_LIMIT},
        {"who is not is not so by withdrawals", nothing, true, REASON_UNTRUSTED},
        {"who is not may be so", nothing, false, REASON_LIMIT},
        {"who is stays so", school, false, REASON_NONE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin();
        cases[i].say();
        built.dossier.cuts.withdrawals = cases[i].withdrawals;
        built.dossier.cuts.accreditations = !cases[i].withdrawals;
        const enum reason reason = ask(SCHOOL, "ase/A5").reason;
        if (reason != cases[i].reason) {
            fail_msg("%s: %s", cases[i].sentence, reason_word(reason));
        }
    }
}

static void a_chain_ends_with_the_first_of_its_links(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 2; i++) {
        begin();
        until(accredit_school(), DAY + 5 + i);
        until(build_accreditation(&built, SCHOOL, 10, BRANCH, "ase/*", 0), DAY + 6 - i);
        assert_int_equal(ask(BRANCH, "ase/A5").until, DAY + 5);
    }
}

/* Whoever follows from cut to cut comes round again, and stops. */
static void what_keeps_itself_is_kept_by_nobody_for_certain(void **state)
{
    (void)state;
    begin();
    two_keep_each_other_alone();
    struct authority_answer answer = ask(BRANCH, "ase/A5");
    assert_int_equal(answer.reason, REASON_NONE);
    assert_int_equal(answer.recorded, ANSWER_UNKNOWN);
}

/* ASE accredits actor 2, that one actor 3, and so on; said so that each may be passed on just far enough. */
static void chain_of(size_t links, uint64_t depth_of_last)
{
    dossier_builder_init(&built, BUILT_ACTORS_MAX);
    speaks_at = (struct dossier_place){.seq = SPEAKS_IN};
    asked_in = "";
    build_owner(&built, "ase", ASE);
    for (size_t i = 0; i < links; i++) {
        build_accreditation(&built, ASE + i, 10, ASE + i + 1, "ase/*", links - 1 - i + depth_of_last);
    }
}

static void chains_hold_up_to_the_deepest(void **state)
{
    (void)state;
    for (size_t links = 0; links <= CHAIN_DEPTH_MAX + 1; links++) {
        chain_of(links, 0);
        struct authority_answer answer = ask(ASE + links, "ase/A5");
        bool holds = links <= CHAIN_DEPTH_MAX;
        assert_int_equal(answer.reason, holds ? REASON_NONE : REASON_CHAIN_TOO_DEEP);
        assert_int_equal(answer.has_chain, holds);
        for (size_t i = 0; holds && i <= links; i++) {
            assert_true(is_actor(&answer.chain[i], ASE + i));
        }
        assert_int_equal(answer.chain_size, holds ? links : 0);
        assert_int_equal(ask(ASE + links + 1, "ase/A5").reason, REASON_UNTRUSTED);
    }
}

static void each_link_must_leave_room_for_those_below(void **state)
{
    (void)state;
    for (size_t links = 2; links <= CHAIN_DEPTH_MAX; links++) {
        for (size_t i = 0; i + 1 < links; i++) {
            chain_of(links, 0);
            built.accreditations[i].accreditation.depth--;
            assert_int_equal(ask(ASE + links, "ase/A5").reason, REASON_CHAIN_TOO_DEEP);
        }
    }
}

static void each_link_must_hold_by_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < CHAIN_DEPTH_MAX; i++) {
        chain_of(CHAIN_DEPTH_MAX, 0);
        built.accreditations[i].accreditation.from = DAY + 1;
        assert_int_equal(ask(ASE + CHAIN_DEPTH_MAX, "ase/A5").reason, REASON_ACCREDITATION_EXPIRED);
        chain_of(CHAIN_DEPTH_MAX, 0);
        built.patterns[i] = bytes_of_string("ase/B*");
        assert_int_equal(ask(ASE + CHAIN_DEPTH_MAX, "ase/A5").reason, REASON_NOT_ACCREDITED);
        chain_of(CHAIN_DEPTH_MAX, 0);
        size_t delegate = ASE + i + 1;
        build_withdrawal(&built, ASE + i, 20, delegate, 9);
        struct authority_answer answer = ask(ASE + CHAIN_DEPTH_MAX, "ase/A5");
        assert_int_equal(answer.reason, REASON_WITHDRAWN);
        assert_true(is_actor(&answer.withdrawn_by, ASE + i));
    }
}

static void hand_on_times(size_t times)
{
    dossier_builder_init(&built, BUILT_ACTORS_MAX);
    speaks_at = (struct dossier_place){.seq = SPEAKS_IN};
    asked_in = "";
    build_owner(&built, "ase", 1);
    for (size_t i = 1; i <= times; i++) {
        build_succession(&built, i, 40, "ase", i + 1, 39);
    }
}

/* A namespace goes from hand to hand as often as a chain has links; who has it after that is not known. */
static void hands_are_counted(void **state)
{
    (void)state;
    hand_on_times(CHAIN_DEPTH_MAX);
    for (size_t i = 1; i <= CHAIN_DEPTH_MAX + 2; i++) {
        enum reason expected = i <= CHAIN_DEPTH_MAX ? REASON_WITHDRAWN : REASON_UNTRUSTED;
        assert_int_equal(ask(i, "ase/A5").reason, i == CHAIN_DEPTH_MAX + 1 ? REASON_NONE : expected);
    }
    hand_on_times(CHAIN_DEPTH_MAX + 1);
    for (size_t i = 1; i <= CHAIN_DEPTH_MAX + 2; i++) {
        assert_int_equal(ask(i, "ase/A5").reason, REASON_LIMIT);
    }
}

/* The same of a namespace that goes to and fro. */
static void returns_are_counted(void **state)
{
    (void)state;
    begin();
    for (size_t i = 0; i < NAMESPACE_TENURES_MAX / 2 - 1; i++) {
        build_succession(&built, ASE, 20 + i, "ase", HEIR, 19 + i);
        build_succession(&built, HEIR, 20 + i, "ase", ASE, 19 + i);
        assert_int_equal(ask(ASE, "ase/A5").reason, REASON_NONE);
        assert_int_equal(ask(HEIR, "ase/A5").reason, REASON_WITHDRAWN);
    }
    build_succession(&built, ASE, 40, "ase", HEIR, 39);
    assert_int_equal(ask(HEIR, "ase/A5").reason, REASON_NONE);
    build_succession(&built, HEIR, 40, "ase", ASE, 39);
    assert_int_equal(ask(HEIR, "ase/A5").reason, REASON_LIMIT);
    assert_int_equal(ask(ASE, "ase/A5").reason, REASON_LIMIT);
}

/* So is what more successions in doubt say than are looked at, until one is certain. */
static void successions_in_doubt_are_counted(void **state)
{
    (void)state;
    begin();
    for (size_t i = 0; i < BUILT_SUCCESSIONS_MAX - 1; i++) {
        struct dossier_succession *found = build_succession(&built, ASE, 40 + i, "ase", HEIR, 39);
        found->succession.successor.hash.bytes[1] = (uint8_t)i;
        found->place.voided = true;
        found->place.void_seq = 70;
    }
    assert_int_equal(ask(ASE, "ase/A5").reason, REASON_VOIDED);
    assert_int_equal(ask(STRANGER, "ase/A5").reason, REASON_LIMIT);
    speaks_at.seq = 39;
    assert_int_equal(ask(ASE, "ase/A5").reason, REASON_LIMIT);
    build_succession(&built, ASE, 71, "ase", ASE, 70);
    assert_int_equal(ask(ASE, "ase/A5").reason, REASON_NONE);
    assert_int_equal(ask(STRANGER, "ase/A5").reason, REASON_UNTRUSTED);
}

/* What counts is whether all that let it speak was closed. */
static void closed_is_what_nothing_else_leaves_open(void **state)
{
    (void)state;
    begin();
    withdrawn_from_the_block_on();
    assert_false(ask(SCHOOL, "ase/A5").closed);
    built.withdrawals[0].withdrawal.closed = true;
    assert_true(ask(SCHOOL, "ase/A5").closed);
    begin();
    withdrawn_closed_and_not();
    struct authority_answer answer = ask(SCHOOL, "ase/A5");
    assert_int_equal(answer.reason, REASON_WITHDRAWN);
    assert_false(answer.closed);
}

/* STRANGER names and BRANCH names and withdraws without end. */
static void crowd_in(void)
{
    while (built.dossier.accreditation_count < BUILT_GRANTS_MAX) {
        build_accreditation(&built, STRANGER, 10, BRANCH, "ase/*", 8);
        if (built.dossier.accreditation_count < BUILT_GRANTS_MAX) {
            build_accreditation(&built, BRANCH, 10, SCHOOL, "ase/*", 8);
        }
    }
    for (size_t i = 0; i < BUILT_WITHDRAWALS_MAX; i++) {
        build_withdrawal(&built, BRANCH, 20, SCHOOL, 90);
    }
}

static void a_crowd_takes_no_steps_from_those_who_count(void **state)
{
    static const struct {
        const char *sentence;
        const char *stranger, *school; /* what the owner accredits them for; NULL: nothing */
        enum reason reason;
    } crowds[] = {
        {"nobody knows any of them", NULL, NULL, REASON_UNTRUSTED},
        {"one may speak of something else", "ase/B*", NULL, REASON_NOT_ACCREDITED},
        {"the one who is asked about is authorised besides", NULL, "ase/*", REASON_NONE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof crowds / sizeof crowds[0]; i++) {
        begin();
        if (crowds[i].stranger != NULL) {
            build_accreditation(&built, ASE, 5, STRANGER, crowds[i].stranger, 8);
        }
        crowd_in();
        if (crowds[i].school != NULL) {
            built.dossier.accreditation_count--;
            build_accreditation(&built, ASE, 5, SCHOOL, crowds[i].school, 0);
        }
        print_message("%s\n", crowds[i].sentence);
        assert_int_equal(ask(SCHOOL, "ase/A5").reason, crowds[i].reason);
    }
}

/* Someone accredited, if not to pass it on, who names and withdraws without end, takes no steps either. */
static void who_may_accredit_nobody_takes_no_steps(void **state)
{
    (void)state;
    begin();
    build_accreditation(&built, ASE, 5, STRANGER, "ase/*", 0);
    crowd_in();
    assert_int_equal(ask(SCHOOL, "ase/A5").reason, REASON_CHAIN_TOO_DEEP);
}

enum { MAKER = 1, HONEST, VICTIM, FIRST_MADE, MADE_MAX = 12, EACH = 63 };

/* MAKER, whom the owner let pass it on, accredits others, of whom each accredits the victim over and over and
 * takes it back as often. HONEST accredits the victim once. */
static void make_meddlers(uint64_t depth)
{
    dossier_builder_init(&built, BUILT_ACTORS_MAX);
    built.trust.owner_count = 0;
    build_owner(&built, "ase", 0);
    speaks_at = (struct dossier_place){.seq = SPEAKS_IN};
    build_accreditation(&built, 0, 4, MAKER, "ase/*", depth + 1);
    build_accreditation(&built, 0, 5, HONEST, "ase/*", 1);
    for (size_t i = 0; i < MADE_MAX; i++) {
        build_accreditation(&built, MAKER, 5 + i, FIRST_MADE + i, "ase/*", depth);
        for (size_t k = 0; k < EACH; k++) {
            build_accreditation(&built, FIRST_MADE + i, 10, VICTIM, "ase/*", depth);
            build_withdrawal(&built, FIRST_MADE + i, 20, VICTIM, 0)->withdrawal.closed = true;
        }
    }
}

static void those_who_meddle_take_nobody_s_steps(void **state)
{
    (void)state;
    for (uint64_t depth = 0; depth < 3; depth++) {
        make_meddlers(depth);
        assert_int_equal(ask(VICTIM, "ase/A5").reason, depth == 0 ? REASON_CHAIN_TOO_DEEP : REASON_WITHDRAWN);
        build_accreditation(&built, HONEST, 10, VICTIM, "ase/*", 0);
        assert_int_equal(ask(VICTIM, "ase/A5").reason, REASON_NONE);
    }
}

/* What one whom many let speak uses up is its own: a chain that doesn't go through it is found. MAKER is
 * accredited and withdrawn without end, and accredits the victim as often. */
static void steps_are_used_up_by_each_for_itself(void **state)
{
    enum { MANY = 300 };
    (void)state;
    for (int honest = 0; honest < 2; honest++) {
        dossier_builder_init(&built, BUILT_ACTORS_MAX);
        built.trust.owner_count = 0;
        build_owner(&built, "ase", 0);
        speaks_at = (struct dossier_place){.seq = SPEAKS_IN};
        for (size_t i = 0; i < MANY; i++) {
            build_accreditation(&built, 0, 10, MAKER, "ase/*", 1);
            build_withdrawal(&built, 0, 11, MAKER, 90); /* keeps all of it… */
            build_accreditation(&built, MAKER, 20, VICTIM, "ase/*", 0);
        }
        build_withdrawal(&built, 0, 12, MAKER, 1); /* …and this nothing */
        build_accreditation(&built, 0, 13, FIRST_MADE, "ase/*", 2);
        build_accreditation(&built, FIRST_MADE, 13, HONEST, "ase/*", 1);
        if (honest == 1) {
            build_accreditation(&built, HONEST, 10, VICTIM, "ase/*", 0);
        }
        assert_int_equal(ask(VICTIM, "ase/A5").reason, honest == 1 ? REASON_NONE : REASON_LIMIT);
    }
}

/* A crowd accredits VICTIM, who accredits LAST over and over, and whom MAKER has withdrawn, which had no say:
 * so each place where VICTIM speaks is looked at. */
static void what_leads_nowhere_takes_nobody_s_steps(void **state)
{
    enum { LAST = FIRST_MADE + MADE_MAX, PLACES = 12, SAID = 70 };
    static const struct {
        const char *sentence;
        const char *maker, *crowd; /* for what they are accredited, and accredit */
        uint64_t depth;            /* of what the crowd says, */
        uint32_t from;             /* and since when */
        bool withdrawn;            /* the owner withdraws MAKER */
        enum reason reason;        /* where nobody else accredits VICTIM */
    } crowds[] = {
        {"of other codes", "ase/B*", "ase/B5", 8, 0, false, REASON_NOT_ACCREDITED},
        {"of codes that are not theirs", "ase/B*", "ase/A5", 8, 0, false, REASON_NOT_ACCREDITED},
        {"of other days", "ase/*", "ase/A5", 8, DAY + 1, false, REASON_ACCREDITATION_EXPIRED},
        {"by who may not pass it on", "ase/*", "ase/A5", 0, 0, false, REASON_CHAIN_TOO_DEEP},
        {"by whom was withdrawn", "ase/*", "ase/A5", 8, 0, true, REASON_WITHDRAWN},
    };
    (void)state;
    for (size_t i = 0; i < 2 * sizeof crowds / sizeof crowds[0]; i++) {
        bool honest = i % 2 == 1;
        dossier_builder_init(&built, BUILT_ACTORS_MAX);
        built.trust.owner_count = 0;
        build_owner(&built, "ase", 0);
        speaks_at = (struct dossier_place){.seq = SPEAKS_IN};
        build_accreditation(&built, 0, 4, MAKER, crowds[i / 2].maker, 8);
        for (size_t k = 0; k < MADE_MAX; k++) {
            build_accreditation(&built, MAKER, 5, FIRST_MADE + k, crowds[i / 2].maker, 8);
            for (size_t times = 0; times < SAID; times++) {
                build_accreditation(&built, FIRST_MADE + k, 6, VICTIM, crowds[i / 2].crowd,
                                    crowds[i / 2].depth)
                    ->accreditation.from = crowds[i / 2].from;
            }
        }
        build_withdrawal(&built, MAKER, 20, VICTIM, 90);
        if (crowds[i / 2].withdrawn) {
            build_withdrawal(&built, 0, 20, MAKER, 0);
        }
        for (size_t times = 0; times < PLACES; times++) {
            build_accreditation(&built, VICTIM, 10 + times, LAST, "ase/A5", 0);
        }
        if (honest) {
            build_accreditation(&built, 0, 5, HONEST, "ase/A5", 2);
            build_accreditation(&built, HONEST, 5, VICTIM, "ase/A5", 1);
        }
        enum reason reason = ask(LAST, "ase/A5").reason;
        if (reason != (honest ? REASON_NONE : crowds[i / 2].reason)) {
            fail_msg("%s, %s: %s", crowds[i / 2].sentence, honest ? "honest" : "alone", reason_word(reason));
        }
    }
}

/* The leniences that only say why it is no: where there is too much to look at it stays no. MAKER, of whom it
 * hangs on the place what lets it speak, and who says much, lacks depth but for what is not to be looked at.
 */
static void where_it_is_no_the_reason_alone_has_a_limit(void **state)
{
    enum { MANY = 100 };
    static const bool deep[BUILT_GRANTS_MAX] = {true};
    static const struct {
        uint32_t from;
        enum reason reason;
    } said[] = {{0, REASON_LIMIT}, {DAY + 1, REASON_ACCREDITATION_EXPIRED}};
    const struct authority_avoided avoided = {.links = deep};
    (void)state;
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        struct authority_question question = {.issuer = built_actor_of(VICTIM),
                                              .code = bytes_of_string("ase/A5"),
                                              .place = &speaks_at,
                                              .day = DAY,
                                              .avoided = &avoided};
        struct authority_answer answer;
        dossier_builder_init(&built, BUILT_ACTORS_MAX);
        built.trust.owner_count = 0;
        build_owner(&built, "ase", 0);
        speaks_at = (struct dossier_place){.seq = SPEAKS_IN};
        for (size_t k = 0; k < MANY; k++) {
            build_accreditation(&built, 0, 4, MAKER, "ase/A5", k == 0 ? 8 : 1)->accreditation.from =
                said[i].from;
        }
        for (size_t k = 0; k < MANY; k++) {
            build_accreditation(&built, MAKER, 5, HONEST, "ase/A5", 8);
        }
        build_accreditation(&built, HONEST, 5, VICTIM, "ase/A5", 8);
        build_withdrawal(&built, 0, 20, MAKER, 90);
        authority_of(&answer, &built.dossier, &built.trust, &question);
        assert_int_equal(answer.reason, said[i].reason);
    }
}

/* The owner takes SCHOOL back with a cut that keeps that it accredited BRANCH; STRANGER, two links below,
 * accredits SCHOOL anew. What SCHOOL says then is said in a circle, and comes first of all that STRANGER
 * says.
 */
static void an_accreditation_in_a_circle_takes_no_chain_away(void **state)
{
    enum { FOURTH = FORD, FIFTH = SUBJECT };
    (void)state;
    for (int more = 0; more < 2; more++) {
        begin();
        build_accreditation(&built, ASE, 10, SCHOOL, "ase/*", 6);
        build_accreditation(&built, SCHOOL, 20, BRANCH, "ase/*", 6);
        build_withdrawal(&built, ASE, 20, SCHOOL, 20);
        build_accreditation(&built, BRANCH, 20, STRANGER, "ase/*", 6);
        build_accreditation(&built, STRANGER, 20, SCHOOL, "ase/*", 6);
        build_accreditation(&built, STRANGER, 21, FOURTH, "ase/*", 6);
        build_accreditation(&built, FOURTH, 20, FIFTH, "ase/*", 6);
        if (more == 1) {
            build_accreditation(&built, SCHOOL, 30, FIFTH, "ase/*", 6);
        }
        struct authority_answer answer = ask(FIFTH, "ase/A5");
        assert_int_equal(answer.reason, REASON_NONE);
        assert_int_equal(answer.chain_size, 5);
    }
}

/* The owner closes a school, which names a branch all the same, over and over, and withdraws others without
 * end. Wherever the search is when it runs out of steps, it never says yes: the withdrawal that counts is the
 * last one it comes to. */
static void a_search_that_ends_early_never_says_yes(void **state)
{
    enum { NAMINGS = BUILT_GRANTS_MAX - 1, FEW = 100, APART = 9 };
    size_t limited = 0;
    (void)state;
    for (size_t others = FEW; others < BUILT_WITHDRAWALS_MAX; others += APART) {
        begin();
        accredit_school();
        for (size_t i = 0; i < NAMINGS; i++) {
            build_accreditation(&built, SCHOOL, 50, BRANCH, "ase/*", 0);
        }
        for (size_t i = 0; i < others; i++) {
            build_withdrawal(&built, SCHOOL, 60, STRANGER, 0);
        }
        build_withdrawal(&built, ASE, 60, SCHOOL, 40)->withdrawal.closed = true;
        enum reason reason = ask(BRANCH, "ase/A5").reason;
        if (reason != REASON_LIMIT && reason != REASON_WITHDRAWN) {
            fail_msg("%zu others: %s", others, reason_word(reason));
        }
        limited += reason == REASON_LIMIT;
    }
    assert_true(limited > 0);
}

/* What others say of an issuer, however much, costs it nothing that an owner says of it. */
static void an_owner_s_word_is_found_first(void **state)
{
    (void)state;
    begin();
    for (size_t i = 0; i < BUILT_GRANTS_MAX - 1; i++) {
        build_accreditation(&built, BRANCH, 10, SCHOOL, "ase/*", 8);
    }
    accredit_school();
    for (size_t i = 0; i < BUILT_WITHDRAWALS_MAX; i++) {
        build_withdrawal(&built, BRANCH, 60, STRANGER, 0);
    }
    assert_int_equal(ask(SCHOOL, "ase/A5").reason, REASON_NONE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_is_as_said),
        cmocka_unit_test(what_keeps_itself_is_kept_by_nobody_for_certain),
        cmocka_unit_test(a_namespace_nobody_owns_has_no_authority),
        cmocka_unit_test(withdrawals_that_were_left_out_are_those_of_who_let_the_issuer_speak),
        cmocka_unit_test(what_was_left_out_of_all_may_say_otherwise),
        cmocka_unit_test(a_chain_ends_with_the_first_of_its_links),
        cmocka_unit_test(chains_hold_up_to_the_deepest),
        cmocka_unit_test(each_link_must_leave_room_for_those_below),
        cmocka_unit_test(each_link_must_hold_by_itself),
        cmocka_unit_test(hands_are_counted),
        cmocka_unit_test(returns_are_counted),
        cmocka_unit_test(a_crowd_takes_no_steps_from_those_who_count),
        cmocka_unit_test(who_may_accredit_nobody_takes_no_steps),
        cmocka_unit_test(those_who_meddle_take_nobody_s_steps),
        cmocka_unit_test(steps_are_used_up_by_each_for_itself),
        cmocka_unit_test(what_leads_nowhere_takes_nobody_s_steps),
        cmocka_unit_test(where_it_is_no_the_reason_alone_has_a_limit),
        cmocka_unit_test(an_accreditation_in_a_circle_takes_no_chain_away),
        cmocka_unit_test(successions_in_doubt_are_counted),
        cmocka_unit_test(closed_is_what_nothing_else_leaves_open),
        cmocka_unit_test(a_search_that_ends_early_never_says_yes),
        cmocka_unit_test(an_owner_s_word_is_found_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
