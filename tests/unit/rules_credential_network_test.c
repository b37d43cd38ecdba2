#include "protocol/rules/credential.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/support/network_case.h"

enum { NEVER = -1 }; /* in rows: DAY_NONE */

static struct network_case given;

static int day_in_row(uint32_t day)
{
    return day == DAY_NONE ? NEVER : (int)day;
}

static void in_the_network(void)
{
    network_case_member(&given);
}

static void joined(void)
{
    network_case_joined(&given);
}

static void left(void)
{
    network_case_left(&given);
}

static void returned(void)
{
    network_case_returned(&given);
}

static void joined_before_it_was_earned(void)
{
    in_the_network();
    build_joined(&given.built, NETWORK_SHOP, 10, NETWORK_SUBJECT, NETWORK_FIRST - 500);
}

static void left_before_it_was_earned(void)
{
    joined_before_it_was_earned();
    build_left(&given.built, NETWORK_SHOP, 20, &given.built.affiliations[0], NETWORK_FIRST - 100);
}

/* By a school that the brand withdrew as of block 20 of its log. */
static struct dossier_credential *member_by_a_withdrawn_school(bool closed)
{
    build_accreditation(&given.built, NETWORK_FORD, 5, NETWORK_SCHOOL, "ford/*", 0);
    struct dossier_credential *member =
        build_membership(&given.built, NETWORK_SCHOOL, 10, NETWORK_SHOP, "ford/network-shop", 0, DAY_NONE);
    build_withdrawal(&given.built, NETWORK_FORD, 60, NETWORK_SCHOOL, 20)->withdrawal.closed = closed;
    return member;
}

static void membership_moved_in(uint64_t seq, bool closed, size_t joined)
{
    build_joined(&given.built, joined, 10, NETWORK_SUBJECT, NETWORK_JOINED);
    build_held_by(&given.built, member_by_a_withdrawn_school(closed), NETWORK_OTHER_SHOP, 0, seq);
}

static void membership_moved_beyond_a_closed_cut(void)
{
    membership_moved_in(30, true, NETWORK_SHOP);
}

static void membership_moved_beyond_a_closed_cut_to_hers(void)
{
    membership_moved_in(30, true, NETWORK_OTHER_SHOP);
}

static void membership_moved_beyond_a_cut(void)
{
    membership_moved_in(30, false, NETWORK_SHOP);
}

static void membership_moved_beyond_a_cut_to_hers(void)
{
    membership_moved_in(30, false, NETWORK_OTHER_SHOP);
}

static void membership_moved_within_a_cut(void)
{
    membership_moved_in(15, true, NETWORK_SHOP);
}

static void membership_moved_within_a_cut_to_hers(void)
{
    membership_moved_in(15, true, NETWORK_OTHER_SHOP);
}

static void membership_moved_to_hers_in_dispute(void)
{
    membership_moved_within_a_cut_to_hers();
    given.built.logs[NETWORK_SCHOOL].forked = true;
    given.built.logs[NETWORK_SCHOOL].fork_seq = 15;
}

static void and_on_in_dispute(void)
{
    membership_moved_within_a_cut_to_hers();
    given.built.logs[NETWORK_SCHOOL].forked = true;
    given.built.logs[NETWORK_SCHOOL].fork_seq = 16;
    build_held_by(&given.built, &given.built.credentials[1], NETWORK_SHOP, 0, 16);
}

static void shop_is_no_member(void)
{
    build_joined(&given.built, NETWORK_SHOP, 10, NETWORK_SUBJECT, NETWORK_JOINED);
}

static void shop_is_member_until(void)
{
    joined();
    given.built.credentials[1].attestation.has_last_day = true;
    given.built.credentials[1].attestation.last_day = NETWORK_LEFT - 1;
}

static void shop_is_member_from(void)
{
    joined();
    given.built.credentials[1].attestation.valid_from = NETWORK_RETURNED;
}

static void shop_is_revoked(void)
{
    joined();
    build_event(&given.built, &given.built.credentials[1], STATUS_REVOKED, NETWORK_LEFT, 30, false);
}

static void shop_is_suspended_for_a_while(void)
{
    joined();
    build_event(&given.built, &given.built.credentials[1], STATUS_SUSPENDED, NETWORK_LEFT, 30, false);
    build_event(&given.built, &given.built.credentials[1], STATUS_REINSTATED, NETWORK_RETURNED, 31, false);
}

static void shop_is_perhaps_revoked(void)
{
    joined();
    build_event(&given.built, &given.built.credentials[1], STATUS_REVOKED, NETWORK_LEFT, 30, true);
}

static void shop_says_so_itself(void)
{
    shop_is_no_member();
    build_membership(&given.built, NETWORK_SHOP, 20, NETWORK_SHOP, "ford/network-shop", 0, DAY_NONE);
}

static void a_school_says_so(void)
{
    shop_is_no_member();
    build_membership(&given.built, NETWORK_SCHOOL, 20, NETWORK_SHOP, "ford/network-shop", 0, DAY_NONE);
}

static void a_delegate_says_so(void)
{
    a_school_says_so();
    build_accreditation(&given.built, NETWORK_FORD, 5, NETWORK_SCHOOL, "ford/network-shop", 0);
}

static void shop_is_in_another_network(void)
{
    shop_is_no_member();
    build_pack_code(&given.built, &given.built.packs[0], "truck-shop", 0);
    build_membership(&given.built, NETWORK_FORD, 20, NETWORK_SHOP, "ford/truck-shop", 0, DAY_NONE);
}

static void shop_is_not_the_one(void)
{
    shop_is_no_member();
    build_membership(&given.built, NETWORK_FORD, 20, NETWORK_OTHER_SHOP, "ford/network-shop", 0, DAY_NONE);
}

static void membership_has_a_condition(void)
{
    joined();
    given.built.credentials[1].attestation.has_network = true;
    given.built.credentials[1].attestation.network_code = bytes_of_string("ford/network-shop");
}

static void membership_documents_experience(void)
{
    joined();
    given.built.credentials[1].attestation.basis = BASIS_EXPERIENCE;
}

static void membership_came_to_the_shop(void)
{
    joined();
    build_held_by(&given.built, &given.built.credentials[1], NETWORK_SHOP, 0, 30);
    given.built.credentials[1].attestation.subject.kind = SUBJECT_CLAIM;
}

static void membership_went_to_another(void)
{
    joined();
    build_held_by(&given.built, &given.built.credentials[1], NETWORK_OTHER_SHOP, 0, 30);
}

static void membership_is_stale(void)
{
    joined();
    given.built.credentials[1].place.log = NETWORK_SCHOOL;
    build_accreditation(&given.built, NETWORK_FORD, 5, NETWORK_SCHOOL, "ford/*", 0);
    given.built.logs[NETWORK_SCHOOL].has_checkpoint = false;
}

static void someone_else_joined(void)
{
    in_the_network();
    build_joined(&given.built, NETWORK_SHOP, 10, NETWORK_SCHOOL, NETWORK_JOINED);
}

static void two_shops_that_overlap(void)
{
    left();
    build_membership(&given.built, NETWORK_FORD, 21, NETWORK_OTHER_SHOP, "ford/network-shop", 0, DAY_NONE);
    build_joined(&given.built, NETWORK_OTHER_SHOP, 10, NETWORK_SUBJECT, NETWORK_LEFT - 100);
}

static void two_shops_with_a_gap(void)
{
    left();
    build_membership(&given.built, NETWORK_FORD, 21, NETWORK_OTHER_SHOP, "ford/network-shop", 0, DAY_NONE);
    build_joined(&given.built, NETWORK_OTHER_SHOP, 10, NETWORK_SUBJECT, NETWORK_RETURNED);
}

static void her_keys_are_not_here(void)
{
    joined();
    given.built.affiliations[0].signature = REASON_UNKNOWN_ISSUER;
}

static void her_keys_are_not_here_and_the_shop_is_outside(void)
{
    shop_is_no_member();
    given.built.affiliations[0].signature = REASON_UNKNOWN_ISSUER;
}

static void the_shop_outside_is_stale(void)
{
    shop_is_no_member();
    given.built.logs[NETWORK_SHOP].has_checkpoint = false;
}

static void left_in_a_void_block(void)
{
    left();
    given.built.leaves[0].place.voided = true;
    given.built.leaves[0].place.void_seq = 50;
}

static void revoked_itself(void)
{
    joined();
    build_event(&given.built, given.certificate, STATUS_REVOKED, NETWORK_LEFT, 30, false);
}

static void revoked_after_she_left(void)
{
    left();
    build_event(&given.built, given.certificate, STATUS_REVOKED, NETWORK_RETURNED, 30, false);
}

static void disputed_and_outside(void)
{
    shop_is_no_member();
    given.built.logs[NETWORK_FORD].forked = true;
    given.built.logs[NETWORK_FORD].fork_seq = 10;
}

#define HOLDS(since, until) ANSWER_YES, REASON_NONE, since, until, NEVER
#define SILENT(since) ANSWER_NO, REASON_OUTSIDE_NETWORK, NEVER, NEVER, since
#define PERHAPS ANSWER_UNKNOWN, REASON_CONDITION, NEVER, NEVER, NEVER
#define NOT(reason, effective_day) ANSWER_NO, REASON_##reason, NEVER, NEVER, effective_day

static void it_holds_while_its_holder_is_in_the_network(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        void (*say)(void);
        uint32_t at_day;
        enum answer answer;
        enum reason reason;
        int since, until;
        int effective_day;
    } rows[] = {
        {"the day before she joins", joined, NETWORK_JOINED - 1, SILENT(NEVER)},
        {"the day she joins", joined, NETWORK_JOINED, HOLDS(NETWORK_JOINED, NETWORK_LAST)},
        {"its last day", joined, NETWORK_LAST, HOLDS(NETWORK_JOINED, NETWORK_LAST)},
        {"it expires all the same", joined, NETWORK_LAST + 1, NOT(EXPIRED, NETWORK_LAST)},
        {"before its first day it is not yet valid", joined_before_it_was_earned, NETWORK_FIRST - 1,
         NOT(NOT_YET_VALID, NETWORK_FIRST)},
        {"she was there before: from its first day", joined_before_it_was_earned, NETWORK_FIRST,
         HOLDS(NETWORK_FIRST, NETWORK_LAST)},
        {"the day before she leaves", left, NETWORK_LEFT - 1, HOLDS(NETWORK_JOINED, NETWORK_LEFT - 1)},
        {"the day she leaves", left, NETWORK_LEFT, SILENT(NETWORK_LEFT)},
        {"the day after", left, NETWORK_LEFT + 1, SILENT(NETWORK_LEFT)},
        {"in its last days", left, NETWORK_LAST, SILENT(NETWORK_LEFT)},
        {"she left before she earned it", left_before_it_was_earned, NETWORK_FIRST,
         SILENT(NETWORK_FIRST - 100)},
        {"the day before she returns", returned, NETWORK_RETURNED - 1, SILENT(NETWORK_LEFT)},
        {"the day she returns it speaks again", returned, NETWORK_RETURNED,
         HOLDS(NETWORK_RETURNED, NETWORK_LAST)},
        {"as it did before", returned, NETWORK_LEFT - 1, HOLDS(NETWORK_JOINED, NETWORK_LEFT - 1)},
        {"a shop that is no member", shop_is_no_member, NETWORK_JOINED, SILENT(NEVER)},
        {"the shop's last day as a member", shop_is_member_until, NETWORK_LEFT - 1,
         HOLDS(NETWORK_JOINED, NETWORK_LEFT - 1)},
        {"the day after, though she stays", shop_is_member_until, NETWORK_LEFT, SILENT(NETWORK_LEFT)},
        {"the day before the shop becomes one", shop_is_member_from, NETWORK_RETURNED - 1, SILENT(NEVER)},
        {"the day that it does", shop_is_member_from, NETWORK_RETURNED,
         HOLDS(NETWORK_RETURNED, NETWORK_LAST)},
        {"the day before the shop's revocation", shop_is_revoked, NETWORK_LEFT - 1,
         HOLDS(NETWORK_JOINED, NETWORK_LEFT - 1)},
        {"the day of it", shop_is_revoked, NETWORK_LEFT, SILENT(NETWORK_LEFT)},
        {"the shop is suspended", shop_is_suspended_for_a_while, NETWORK_RETURNED - 1, SILENT(NETWORK_LEFT)},
        {"and reinstated", shop_is_suspended_for_a_while, NETWORK_RETURNED,
         HOLDS(NETWORK_RETURNED, NETWORK_LAST)},
        {"nobody knows whether the shop is revoked", shop_is_perhaps_revoked, NETWORK_LEFT, PERHAPS},
        {"it was a member before", shop_is_perhaps_revoked, NETWORK_LEFT - 1,
         HOLDS(NETWORK_JOINED, NETWORK_LEFT - 1)},
        {"a shop that declares itself part of the brand", shop_says_so_itself, NETWORK_JOINED, SILENT(NEVER)},
        {"so declared by a school", a_school_says_so, NETWORK_JOINED, SILENT(NEVER)},
        {"by whom the brand accredits for it", a_delegate_says_so, NETWORK_JOINED,
         HOLDS(NETWORK_JOINED, NETWORK_LAST)},
        {"member of another network", shop_is_in_another_network, NETWORK_JOINED, SILENT(NEVER)},
        {"another shop is a member", shop_is_not_the_one, NETWORK_JOINED, SILENT(NEVER)},
        {"a membership that itself has a condition is not followed", membership_has_a_condition,
         NETWORK_JOINED, PERHAPS},
        {"documented work is no membership", membership_documents_experience, NETWORK_JOINED, SILENT(NEVER)},
        {"a membership by claim that the shop now holds", membership_came_to_the_shop, NETWORK_JOINED,
         HOLDS(NETWORK_JOINED, NETWORK_LAST)},
        {"a membership that another shop now holds", membership_went_to_another, NETWORK_JOINED,
         SILENT(NEVER)},
        {"one moved beyond a closed cut stays where it was", membership_moved_beyond_a_closed_cut,
         NETWORK_JOINED, HOLDS(NETWORK_JOINED, NETWORK_LAST)},
        {"and comes to nobody", membership_moved_beyond_a_closed_cut_to_hers, NETWORK_JOINED, SILENT(NEVER)},
        {"beyond another cut it is in doubt", membership_moved_beyond_a_cut, NETWORK_JOINED, PERHAPS},
        {"and comes to nobody either", membership_moved_beyond_a_cut_to_hers, NETWORK_JOINED, SILENT(NEVER)},
        {"within it goes", membership_moved_within_a_cut, NETWORK_JOINED, SILENT(NEVER)},
        {"and comes", membership_moved_within_a_cut_to_hers, NETWORK_JOINED,
         HOLDS(NETWORK_JOINED, NETWORK_LAST)},
        {"perhaps, where that is disputed", membership_moved_to_hers_in_dispute, NETWORK_JOINED, PERHAPS},
        {"and perhaps goes", and_on_in_dispute, NETWORK_JOINED, PERHAPS},
        {"old evidence of the shop's membership", membership_is_stale, NETWORK_JOINED, PERHAPS},
        {"nor that no other shop of hers was one before", membership_is_stale, NETWORK_JOINED - 1, PERHAPS},
        {"someone else's affiliation: no shop of hers is known", someone_else_joined, NETWORK_JOINED,
         PERHAPS},
        {"two shops: the first one's last day is in between", two_shops_that_overlap, NETWORK_LEFT - 1,
         HOLDS(NETWORK_JOINED, NETWORK_LAST)},
        {"two shops: on without a break", two_shops_that_overlap, NETWORK_LEFT,
         HOLDS(NETWORK_JOINED, NETWORK_LAST)},
        {"two shops with a gap: in it", two_shops_with_a_gap, NETWORK_RETURNED - 1, SILENT(NETWORK_LEFT)},
        {"two shops with a gap: after it", two_shops_with_a_gap, NETWORK_RETURNED,
         HOLDS(NETWORK_RETURNED, NETWORK_LAST)},
        {"her consent cannot be checked", her_keys_are_not_here, NETWORK_JOINED, PERHAPS},
        {"nor where she was if she had not joined", her_keys_are_not_here, NETWORK_JOINED - 1, PERHAPS},
        {"nor where she is if she did not join one outside", her_keys_are_not_here_and_the_shop_is_outside,
         NETWORK_JOINED, PERHAPS},
        {"one outside that was not heard for long had her", the_shop_outside_is_stale, NETWORK_JOINED,
         SILENT(NEVER)},
        {"nobody knows whether she left", left_in_a_void_block, NETWORK_LEFT, PERHAPS},
        {"she was there until then", left_in_a_void_block, NETWORK_LEFT - 1,
         HOLDS(NETWORK_JOINED, NETWORK_LEFT - 1)},
        {"revoked goes before silent", revoked_after_she_left, NETWORK_RETURNED,
         NOT(REVOKED, NETWORK_RETURNED)},
        {"silent until then", revoked_after_she_left, NETWORK_RETURNED - 1, SILENT(NETWORK_LEFT)},
        {"it holds until it is revoked", revoked_itself, NETWORK_LEFT - 1,
         HOLDS(NETWORK_JOINED, NETWORK_LEFT - 1)},
        {"a certain silence goes before a doubt", disputed_and_outside, NETWORK_JOINED, SILENT(NEVER)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        network_case_begin(&given);
        rows[i].say();
        const struct credential_verdict *verdict = network_case_decide(&given, rows[i].at_day);
        struct axis_answer status = verdict->axes[AXIS_STATUS];
        if (status.answer != rows[i].answer || status.reason != rows[i].reason) {
            fail_msg("%s: %d %s", rows[i].why, (int)status.answer, reason_word(status.reason));
        }
        if (day_in_row(verdict->since_day) != rows[i].since ||
            day_in_row(verdict->until_day) != rows[i].until ||
            day_in_row(verdict->effective_day) != rows[i].effective_day) {
            fail_msg("%s: since %d until %d, effective %d", rows[i].why, day_in_row(verdict->since_day),
                     day_in_row(verdict->until_day), day_in_row(verdict->effective_day));
        }
        static const enum overall overall[] = {[ANSWER_YES] = OVERALL_VALID,
                                               [ANSWER_NO] = OVERALL_INVALID,
                                               [ANSWER_UNKNOWN] = OVERALL_UNDETERMINED};
        if (verdict->overall != overall[rows[i].answer] ||
            day_truth_on(&verdict->days, rows[i].at_day) != rows[i].answer) {
            fail_msg("%s: overall %d", rows[i].why, (int)verdict->overall);
        }
    }
}

/* A membership that goes to another shop on the day NETWORK_LEFT. */
static void move_membership(size_t joined_shop)
{
    network_case_begin(&given);
    struct dossier_credential *member =
        build_membership(&given.built, NETWORK_FORD, 20, NETWORK_SHOP, "ford/network-shop", 0, DAY_NONE);
    build_joined(&given.built, joined_shop, 10, NETWORK_SUBJECT, NETWORK_JOINED);
    build_held_by(&given.built, member, NETWORK_OTHER_SHOP, NETWORK_LEFT, 30);
}

static void in_dispute(void)
{
    given.built.logs[NETWORK_FORD].forked = true;
    given.built.logs[NETWORK_FORD].fork_seq = 30;
}

static void a_membership_that_moves_later_is_still_where_it_was(void **state)
{
    (void)state;
    move_membership(NETWORK_SHOP);
    assert_int_equal(network_case_decide(&given, NETWORK_LEFT - 1)->overall, OVERALL_VALID);
    assert_int_equal(network_case_decide(&given, NETWORK_LEFT)->overall, OVERALL_INVALID);
}

static void and_not_yet_where_it_goes(void **state)
{
    (void)state;
    move_membership(NETWORK_OTHER_SHOP);
    assert_int_equal(network_case_decide(&given, NETWORK_LEFT)->overall, OVERALL_VALID);
    assert_int_equal(network_case_decide(&given, NETWORK_LEFT - 1)->overall, OVERALL_INVALID);
}

static void nor_perhaps_where_that_is_disputed(void **state)
{
    (void)state;
    move_membership(NETWORK_OTHER_SHOP);
    in_dispute();
    assert_int_equal(network_case_decide(&given, NETWORK_LEFT)->axes[AXIS_STATUS].answer, ANSWER_UNKNOWN);
    assert_int_equal(network_case_decide(&given, NETWORK_LEFT - 1)->axes[AXIS_STATUS].answer, ANSWER_NO);
}

static void a_membership_that_comes_back_is_elsewhere_meanwhile(void **state)
{
    (void)state;
    move_membership(NETWORK_SHOP);
    build_held_by(&given.built, &given.built.credentials[1], NETWORK_SHOP, NETWORK_RETURNED, 40);
    assert_int_equal(network_case_decide(&given, NETWORK_LEFT - 1)->overall, OVERALL_VALID);
    assert_int_equal(network_case_decide(&given, NETWORK_LEFT)->overall, OVERALL_INVALID);
    assert_int_equal(network_case_decide(&given, NETWORK_RETURNED)->overall, OVERALL_VALID);
}

/* She left a shop of the network for one outside. */
static void left_for_one_outside(void)
{
    network_case_left(&given);
    build_joined(&given.built, NETWORK_OTHER_SHOP, 10, NETWORK_SUBJECT, NETWORK_LEFT);
}

static struct dossier_log *shop_of_the_network(void)
{
    return &given.built.logs[NETWORK_SHOP];
}

static void nothing(void) {}

static void without_checkpoint(void)
{
    shop_of_the_network()->has_checkpoint = false;
}

static void of_so_many_days(uint32_t days)
{
    shop_of_the_network()->checkpoint_time_s = given.question.now_s - (uint64_t)days * 86400;
}

static void young(void)
{
    of_so_many_days((uint32_t)(given.question.budget.shop_s / 86400));
}

static void old(void)
{
    of_so_many_days((uint32_t)(given.question.budget.shop_s / 86400) + 1);
}

static void with_gaps(void)
{
    shop_of_the_network()->incomplete = true;
}

static void without_a_body(void)
{
    shop_of_the_network()->body_missing = true;
}

static void not_understood(void)
{
    shop_of_the_network()->upgrade_needed = true;
    shop_of_the_network()->upgrade_seq = 50;
}

static void not_understood_since_then(void)
{
    not_understood();
    shop_of_the_network()->known_by_seq = 49;
    shop_of_the_network()->checkpoint_seq = 49;
}

static void without_branches(void)
{
    shop_of_the_network()->branches_cut = true;
}

static void erased_unread(void)
{
    shop_of_the_network()->has_unread = true;
    shop_of_the_network()->unread_seq = 5;
}

static void void_and_old(void)
{
    given.built.affiliations[0].place.voided = true;
    given.built.affiliations[0].place.void_seq = 40;
    old();
}

static void forged_and_old(void)
{
    given.built.affiliations[0].signature = REASON_BAD_SIGNATURE;
    old();
}

static void left_at_once_and_old(void)
{
    given.built.leaves[0].day = NETWORK_JOINED;
    old();
}

static void the_shop_outside_is_old(void)
{
    given.built.logs[NETWORK_OTHER_SHOP].checkpoint_time_s -= 300 * UINT64_C(86400);
}

static void a_shop_of_the_network_may_have_back_whom_it_had(void **state)
{
    (void)state;
    static const struct {
        const char *sentence;
        void (*make)(void);
        enum overall overall;
    } rows[] = {
        {"all is here that the shop says, and it was heard of lately", nothing, OVERALL_INVALID},
        {"as long ago as it may be", young, OVERALL_INVALID},
        {"longer ago", old, OVERALL_UNDETERMINED},
        {"nothing says how old what is here of it is", without_checkpoint, OVERALL_UNDETERMINED},
        {"entries of it are not here", with_gaps, OVERALL_UNDETERMINED},
        {"a block of it has no body", without_a_body, OVERALL_UNDETERMINED},
        {"there was no room for all of its branches", without_branches, OVERALL_UNDETERMINED},
        {"it says what is not understood", not_understood, OVERALL_UNDETERMINED},
        {"but had not by then", not_understood_since_then, OVERALL_INVALID},
        {"it erased what nobody here had read", erased_unread, OVERALL_UNDETERMINED},
        {"what it said of her is void", void_and_old, OVERALL_INVALID},
        {"it forged her consent", forged_and_old, OVERALL_INVALID},
        {"she was there on no day", left_at_once_and_old, OVERALL_INVALID},
        {"the shop outside may be silent", the_shop_outside_is_old, OVERALL_INVALID},
    };
    static const uint32_t days[] = {NETWORK_JOINED - 1, NETWORK_LEFT + 10};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t j = 0; j < sizeof days / sizeof days[0]; j++) {
            network_case_begin(&given);
            left_for_one_outside();
            rows[i].make();
            const struct credential_verdict *found = network_case_decide(&given, days[j]);
            if (found->overall != rows[i].overall) {
                fail_msg("%s: on %u it is %d", rows[i].sentence, (unsigned)days[j], (int)found->overall);
            }
        }
    }
}

static void nobody_hears_of_the_shop(void)
{
    given.built.logs[NETWORK_SHOP].has_checkpoint = false;
}

static void her_shop_is_silent(void)
{
    joined();
    nobody_hears_of_the_shop();
}

static void the_shop_that_she_left_is_silent(void)
{
    left();
    nobody_hears_of_the_shop();
}

static void somebody_elses_shop_is_silent(void)
{
    someone_else_joined();
    nobody_hears_of_the_shop();
}

/* The worst, whichever comes first. */
static void both_of_her_shops_are_old(void)
{
    her_shop_is_silent();
    build_joined(&given.built, NETWORK_OTHER_SHOP, 10, NETWORK_SUBJECT, NETWORK_JOINED);
    given.built.logs[NETWORK_OTHER_SHOP].checkpoint_time_s -= 15 * 86400;
}

static void and_the_other_way_round(void)
{
    joined();
    given.built.logs[NETWORK_SHOP].checkpoint_time_s -= 15 * 86400;
    build_joined(&given.built, NETWORK_OTHER_SHOP, 10, NETWORK_SUBJECT, NETWORK_JOINED);
    given.built.logs[NETWORK_OTHER_SHOP].has_checkpoint = false;
}

static void the_shop_that_leaves_open_where_she_works_is_known(void **state)
{
    static const struct {
        const char *sentence;
        void (*say)(void);
        enum reason reason;
        size_t shop;
    } rows[] = {
        {"one that is heard of", joined, REASON_NONE, 0},
        {"one that is not", her_shop_is_silent, REASON_NO_CHECKPOINT, NETWORK_SHOP},
        {"one that she had left", the_shop_that_she_left_is_silent, REASON_NONE, 0},
        {"where somebody else works", somebody_elses_shop_is_silent, REASON_NONE, 0},
        {"of two the one that is too old", both_of_her_shops_are_old, REASON_STALE, NETWORK_OTHER_SHOP},
        {"whichever comes first", and_the_other_way_round, REASON_STALE, NETWORK_SHOP},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        network_case_begin(&given);
        rows[i].say();
        network_case_decide(&given, NETWORK_LEFT);
        const struct freshness *workplace = &given.found.workplace;
        if (workplace->answer.reason != rows[i].reason ||
            (rows[i].reason != REASON_NONE &&
             !actor_id_equal(&workplace->author, &given.built.logs[rows[i].shop].author))) {
            fail_msg("%s: %d", rows[i].sentence, (int)workplace->answer.reason);
        }
    }
}

static void someone_without_keys_is_in_no_network(void **state)
{
    (void)state;
    network_case_begin(&given);
    joined();
    given.built.dossier.subject.kind = SUBJECT_CLAIM;
    given.certificate->attestation.subject.kind = SUBJECT_CLAIM;
    assert_int_equal(network_case_decide(&given, NETWORK_JOINED)->axes[AXIS_STATUS].reason,
                     REASON_OUTSIDE_NETWORK);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_holds_while_its_holder_is_in_the_network),
        cmocka_unit_test(a_shop_of_the_network_may_have_back_whom_it_had),
        cmocka_unit_test(someone_without_keys_is_in_no_network),
        cmocka_unit_test(the_shop_that_leaves_open_where_she_works_is_known),
        cmocka_unit_test(a_membership_that_moves_later_is_still_where_it_was),
        cmocka_unit_test(and_not_yet_where_it_goes),
        cmocka_unit_test(nor_perhaps_where_that_is_disputed),
        cmocka_unit_test(a_membership_that_comes_back_is_elsewhere_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
