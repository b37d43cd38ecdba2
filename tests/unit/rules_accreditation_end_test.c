#include "protocol/rules/accreditation_end.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/verdict_case.h"

/* ASE accredited a school until the end of March 2026; its certificate says that it was earned in February.
 */

static struct verdict_case given;
static uint32_t earned;

static uint32_t day_of(const char *text)
{
    uint32_t day;
    assert_true(day_from_text(&day, bytes_of_string(text)));
    return day;
}

static uint64_t time_on(const char *text)
{
    return ((uint64_t)day_of(text) - day_of("1970-01-01")) * 86400 + 43200;
}

static struct dossier_accreditation *accredit(const char *from, const char *until)
{
    struct dossier_accreditation *found =
        build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 1);
    found->accreditation.from = day_of(from);
    found->accreditation.has_until = until != NULL;
    found->accreditation.until = until != NULL ? day_of(until) : 0;
    return found;
}

/* Signed by the header's word, arrived here, and not there yet by the newest checkpoint below it. */
static void signed_on(struct dossier_credential *credential, const char *header, const char *arrived,
                      const char *below)
{
    credential->place.time_s = time_on(header);
    credential->place.arrived_s = time_on(arrived);
    credential->place.below_s = below != NULL ? time_on(below) : 0;
}

static void certificate(const char *header, const char *arrived, const char *below)
{
    signed_on(given.certificate, header, arrived, below);
}

static void issued_in_february(void)
{
    certificate("2026-02-20", "2026-02-20", NULL);
}

static void backdated_in_november(void)
{
    certificate("2026-02-20", "2026-11-02", "2026-11-01");
}

static void signed_in_november_and_says_so(void)
{
    certificate("2026-11-02", "2026-11-02", NULL);
}

static void signed_on_the_last_day_of_grace(void)
{
    certificate("2026-06-29", "2026-06-29", "2026-06-28");
}

static void signed_the_day_after_grace(void)
{
    certificate("2026-06-30", "2026-06-30", "2026-06-30");
}

static void fresh_node_to_which_all_arrives_today(void)
{
    certificate("2026-02-20", "2026-11-29", NULL);
}

static void below_in_march_and_arrived_in_november(void)
{
    certificate("2026-02-20", "2026-11-29", "2026-03-01");
}

/* ---- statements above it ---- */

/* What arrived in November was there when a statement above it came. */
static void above_on(const char *above)
{
    given.certificate->place.above_s = time_on(above);
}

static void backdated_and_named_on_the_last_day_of_grace(void)
{
    backdated_in_november();
    above_on("2026-06-29");
}

static void backdated_and_named_the_day_after_grace(void)
{
    backdated_in_november();
    above_on("2026-06-30");
}

static void named_while_authorised_again(void)
{
    fresh_node_to_which_all_arrives_today();
    above_on("2026-10-15");
    accredit("2026-09-01", "2026-10-31");
}

static void named_in_a_gap_and_arrived_after_it(void)
{
    fresh_node_to_which_all_arrives_today();
    above_on("2026-07-15");
    accredit("2026-09-01", "2027-03-31");
}

static void named_in_a_gap_and_dated_after_it(void)
{
    certificate("2026-11-02", "2026-11-02", "2026-06-30");
    above_on("2026-07-15");
    accredit("2026-09-01", "2027-03-31");
}

static struct dossier_withdrawal *cut_at(uint64_t seq)
{
    return build_withdrawal(&given.built, CASE_ASE, 60, CASE_SCHOOL, seq);
}

static void backdated_under_a_cut(void)
{
    backdated_in_november();
    cut_at(CASE_ISSUED_IN);
}

static void backdated_under_a_disputed_cut(void)
{
    backdated_under_a_cut();
    verdict_case_fork(&given, CASE_ASE, 60);
}

static void backdated_and_another_accreditation_ended(void)
{
    backdated_in_november();
    struct dossier_withdrawal *found = cut_at(CASE_ISSUED_IN);
    found->withdrawal.has_cut = false;
    found->withdrawal.has_accreditation = true;
    found->withdrawal.accreditation.seq = 99;
}

static void backdated_and_accredited_without_a_gap(void)
{
    backdated_in_november();
    accredit("2026-04-01", "2027-03-31");
}

static void backdated_and_accredited_within_90_days(void)
{
    backdated_in_november();
    accredit("2026-06-29", "2027-03-31");
}

static void backdated_and_accredited_after_91_days(void)
{
    backdated_in_november();
    accredit("2026-06-30", "2027-03-31");
}

static void backdated_in_a_gap(void)
{
    certificate("2026-02-20", "2026-07-01", "2026-06-30");
    accredit("2026-07-02", "2027-03-31");
}

static void signed_after_a_gap_while_authorised_again(void)
{
    certificate("2026-11-02", "2026-11-02", "2026-11-01");
    accredit("2026-09-01", "2027-03-31");
}

static void backdated_after_a_gap_while_authorised_again(void)
{
    certificate("2026-02-20", "2026-11-02", "2026-11-01");
    accredit("2026-09-01", "2027-03-31");
}

static void dated_ahead_of_its_arrival_into_the_next(void)
{
    certificate("2026-12-10", "2026-11-02", "2026-11-01");
    accredit("2026-12-01", "2027-03-31");
}

static void backdated_and_accredited_again_for_other_codes(void)
{
    backdated_in_november();
    struct dossier_accreditation *other = accredit("2026-04-01", NULL);
    given.built.patterns[other - given.built.accreditations] = bytes_of_string("ase/B*");
}

static void backdated_and_accredited_by_a_stranger(void)
{
    backdated_in_november();
    accredit("2026-04-01", NULL)->place.log = CASE_OTHER;
}

static void by_three_that_follow_each_other(void)
{
    backdated_in_november();
    accredit("2026-05-01", "2026-05-31");
    accredit("2026-06-15", "2026-06-30");
    accredit("2026-08-01", "2026-12-31");
}

static void accreditor_of_the_school_ended(void)
{
    backdated_in_november();
    given.built.accreditations[0].place.log = CASE_OTHER;
    given.built.accreditations[0].accreditation.has_until = false;
    struct dossier_accreditation *above = accredit("2020-01-01", "2026-03-31");
    above->accreditation.delegate = built_actor_of(CASE_OTHER);
    above->accreditation.depth = 2;
}

static void by_the_owner_itself(void)
{
    backdated_in_november();
    given.certificate->place.log = CASE_ASE;
}

/* ---- accreditations that came too late ---- */

/* The school accredited somebody "from 2020", who issued in time by all that shows. */
static struct dossier_accreditation *let_another(const char *header, const char *arrived, const char *below)
{
    issued_in_february();
    given.certificate->place.log = CASE_OTHER;
    struct dossier_accreditation *found =
        build_accreditation(&given.built, CASE_SCHOOL, 40, CASE_OTHER, "ase/*", 0);
    found->accreditation.from = day_of("2020-01-01");
    found->place.time_s = time_on(header);
    found->place.arrived_s = time_on(arrived);
    found->place.below_s = below != NULL ? time_on(below) : 0;
    return found;
}

static void let_in_time(void)
{
    let_another("2026-01-10", "2026-01-10", NULL);
}

static void let_in_november(void)
{
    let_another("2026-01-10", "2026-11-02", "2026-11-01");
}

static void let_in_november_as_it_says(void)
{
    let_another("2026-11-02", "2026-11-02", NULL);
}

static void let_as_arrives_today(void)
{
    let_another("2026-01-10", "2026-11-29", NULL);
}

static void let_in_november_under_a_cut(void)
{
    let_in_november();
    cut_at(40);
}

static void let_in_november_and_in_time(void)
{
    let_in_november();
    let_in_time();
}

static void let_in_november_by_who_carries_on(void)
{
    let_in_november();
    accredit("2026-04-01", "2027-03-31");
}

static void let_in_november_by_one_without_end(void)
{
    let_in_november();
    given.built.accreditations[0].accreditation.has_until = false;
}

/* Its accreditor, whose own ended in June, says in November that the school might have gone on until then. */
static void carried_on_in_november_by_another(void)
{
    backdated_in_november();
    given.built.accreditations[0].accreditation.depth = 0;
    accredit("2020-01-01", "2026-06-30")->accreditation.delegate = built_actor_of(CASE_OTHER);
    struct dossier_accreditation *again = accredit("2026-04-01", NULL);
    again->place.log = CASE_OTHER;
    again->place.time_s = time_on("2026-03-01");
    again->place.arrived_s = time_on("2026-11-02");
    again->place.below_s = time_on("2026-11-01");
}

/* ---- more beginnings than are looked at ---- */

enum { BEGINNINGS = 79 };

/* On each day of grace from the 11th of April on. */
static void begins_again(size_t by, bool for_one_day)
{
    for (uint32_t i = 0; i < BEGINNINGS; i++) {
        struct dossier_accreditation *found = accredit("2026-04-11", NULL);
        found->place.log = by;
        found->accreditation.from += i;
        found->accreditation.has_until = for_one_day;
        found->accreditation.until = found->accreditation.from;
    }
}

static struct dossier_accreditation *accredit_another(const char *from, const char *until, uint64_t depth)
{
    struct dossier_accreditation *found = accredit(from, until);
    found->accreditation.delegate = built_actor_of(CASE_OTHER);
    found->accreditation.depth = depth;
    return found;
}

/* Who says so might accredit until the 10th of April, and might go on had that not been withdrawn. */
static void begins_again_perhaps(void)
{
    accredit_another("2020-01-01", "2026-04-10", 1);
    accredit_another("2026-04-11", NULL, 1)->place.seq = 6;
    struct dossier_withdrawal *found = build_withdrawal(&given.built, CASE_ASE, 60, CASE_OTHER, 0);
    found->withdrawal.has_cut = false;
    found->withdrawal.has_accreditation = true;
    found->withdrawal.accreditation.seq = 6;
    begins_again(CASE_OTHER, true);
}

static void says_itself_that_it_begins_again(void)
{
    backdated_in_november();
    begins_again(CASE_SCHOOL, false);
}

static void strangers_say_that_it_begins_again(void)
{
    backdated_in_november();
    begins_again(CASE_OTHER, false);
}

static void a_delegate_without_depth_says_that_it_begins_again(void)
{
    strangers_say_that_it_begins_again();
    accredit_another("2020-01-01", NULL, 0);
}

static void a_delegate_that_ended_before_says_that_it_begins_again(void)
{
    strangers_say_that_it_begins_again();
    accredit_another("2020-01-01", "2026-04-10", 1);
}

static void a_withdrawn_delegate_says_that_it_begins_again(void)
{
    strangers_say_that_it_begins_again();
    accredit_another("2020-01-01", NULL, 1);
    build_withdrawal(&given.built, CASE_ASE, 60, CASE_OTHER, 1);
}

static void a_late_delegate_says_that_it_begins_again(void)
{
    strangers_say_that_it_begins_again();
    for (size_t i = 1; i < given.built.dossier.accreditation_count; i++) {
        struct dossier_place *place = &given.built.accreditations[i].place;
        place->time_s = time_on("2026-03-01");
        place->arrived_s = time_on("2026-11-02");
        place->below_s = time_on("2026-11-01");
    }
    accredit_another("2020-01-01", "2026-06-29", 1)->place.time_s = time_on("2020-01-01");
}

/* Within the days that others crowd, it truly does. */
static void begins_again_behind_a_crowd(void)
{
    begins_again_perhaps();
    accredit("2026-06-29", "2027-03-31");
    backdated_in_november();
}

static void signed_while_authorised_again_behind_a_crowd(void)
{
    begins_again_perhaps();
    signed_after_a_gap_while_authorised_again();
}

/* Who says so might accredit until the 10th of April, and on the last day of grace speak itself. */
static void who_may_accredit_on_other_days_says_that_it_begins_again(void)
{
    accredit_another("2020-01-01", "2026-04-10", 1);
    accredit_another("2026-06-29", NULL, 0);
    begins_again(CASE_OTHER, true);
    backdated_in_november();
}

static void in_february_and_others_say_that_it_begins_again(void)
{
    issued_in_february();
    begins_again_perhaps();
}

/* ---- replacements ---- */

static struct dossier_credential *replaced_one(const char *header, const char *arrived, const char *below)
{
    struct dossier_credential *old = build_credential(&given.built, CASE_SCHOOL, 4, "ase/A5", earned,
                                                      given.certificate->attestation.last_day);
    signed_on(old, header, arrived, below);
    build_event(&given.built, old, STATUS_REPLACED, earned, CASE_ISSUED_IN + 1, false);
    old->about = ABOUT_BESIDE;
    old->has_replacement = true;
    old->replacement = (struct entry_name){.author = built_actor_of(CASE_SCHOOL), .seq = CASE_ISSUED_IN};
    return old;
}

static void replaces_what_came_in_time(void)
{
    backdated_in_november();
    replaced_one("2026-02-20", "2026-02-20", NULL);
}

static void replaces_what_was_late_too(void)
{
    backdated_in_november();
    replaced_one("2026-02-20", "2026-11-02", "2026-11-01");
}

static void replaces_with_a_later_end(void)
{
    backdated_in_november();
    replaced_one("2026-02-20", "2026-02-20", NULL)->attestation.last_day--;
}

static void replaces_another_code(void)
{
    backdated_in_november();
    replaced_one("2026-02-20", "2026-02-20", NULL)->attestation.code = bytes_of_string("ase/A6");
}

static void replaces_an_earlier_day(void)
{
    backdated_in_november();
    replaced_one("2026-02-20", "2026-02-20", NULL)->attestation.earned_on--;
}

static void another_entry_is_replaced(void)
{
    backdated_in_november();
    replaced_one("2026-02-20", "2026-02-20", NULL)->replacement.index = 1;
}

/* ---- and what does not hand down its day ---- */

static struct dossier_credential *replaced_in_time(void)
{
    backdated_in_november();
    return replaced_one("2026-02-20", "2026-02-20", NULL);
}

/* Said of the old one before it was replaced. */
static void said_before(struct dossier_credential *old, enum status_action action)
{
    struct history_event *events = given.built.events[old - given.built.credentials];
    events[1] = events[0];
    old->place.event_count = 0;
    build_event(&given.built, old, action, earned, 6, false);
    old->place.event_count = 2;
}

static void replaces_what_was_revoked(void)
{
    said_before(replaced_in_time(), STATUS_REVOKED);
}

static void replaces_what_was_suspended(void)
{
    said_before(replaced_in_time(), STATUS_SUSPENDED);
}

static void replaces_what_another_holds(void)
{
    said_before(replaced_in_time(), STATUS_HELD_BY);
}

static void replaces_what_another_replaced(void)
{
    said_before(replaced_in_time(), STATUS_REPLACED);
}

static void replaces_what_was_under_appeal(void)
{
    said_before(replaced_in_time(), STATUS_APPEALED);
}

static void replaces_what_was_revoked_in_a_void_block(void)
{
    replaces_what_was_revoked();
    given.built.event_voided[1][0] = true;
}

static void replaces_what_is_revoked_since(void)
{
    struct dossier_credential *old = replaced_in_time();
    build_event(&given.built, old, STATUS_REVOKED, earned, 50, false);
}

static void replaces_what_was_revoked_and_reinstated_too_late(void)
{
    struct dossier_credential *old = replaced_in_time();
    said_before(old, STATUS_REVOKED);
    build_event(&given.built, old, STATUS_REINSTATED, earned, 51, false);
}

static void replaces_what_is_on_a_side_branch(void)
{
    replaced_in_time()->place.block.side = true;
}

static void replaces_what_says_more_than_was_looked_at(void)
{
    replaced_in_time()->place.events_cut = true;
}

static void replaces_in_a_void_block(void)
{
    given.built.event_voided[replaced_in_time() - given.built.credentials][0] = true;
}

static void replaces_in_a_disputed_block(void)
{
    replaced_in_time();
    verdict_case_fork(&given, CASE_SCHOOL, CASE_ISSUED_IN + 1);
}

static void replaces_what_claims_something_else(void)
{
    struct attestation *old = &replaced_in_time()->attestation;
    old->has_claims = given.certificate->attestation.has_claims = true;
    old->claims_root.bytes[0] = 1;
}

static void replaces_what_seals_something_else(void)
{
    struct attestation *old = &replaced_in_time()->attestation;
    old->has_claims = given.certificate->attestation.has_claims = true;
    old->sealed_hash.bytes[0] = 1;
}

static void replaces_what_claims_the_same(void)
{
    struct attestation *old = &replaced_in_time()->attestation;
    old->has_claims = given.certificate->attestation.has_claims = true;
    old->claims_root.bytes[0] = given.certificate->attestation.claims_root.bytes[0] = 1;
}

static void replaces_what_claims_nothing(void)
{
    replaced_in_time();
    given.certificate->attestation.has_claims = true;
}

static void replaces_what_has_an_extension(void)
{
    replaced_in_time()->attestation.extensions.count = 1;
}

static void replaces_what_nothing_proves(void)
{
    replaced_in_time()->source = SOURCE_MISMATCH;
}

/* What the certificate replaces, late itself, replaced one that was in time. */
static struct dossier_credential *replaces_a_chain(void)
{
    replaces_what_was_late_too();
    struct dossier_credential *oldest = replaced_one("2026-02-20", "2026-02-20", NULL);
    oldest->place.seq = 3;
    oldest->replacement.seq = 4;
    return oldest;
}

static void replaces_a_chain_that_stood(void)
{
    replaces_a_chain();
}

static void replaces_a_chain_that_was_revoked(void)
{
    said_before(replaces_a_chain(), STATUS_REVOKED);
}

static void replaces_a_chain_whose_middle_was_revoked(void)
{
    replaces_a_chain();
    said_before(&given.built.credentials[1], STATUS_REVOKED);
}

static const struct {
    const char *sentence;
    void (*say)(void);
    enum lateness lateness;
    const char *end; /* NULL: none */
} rows[] = {
    {"what came in time stands", issued_in_february, LATE_NO, "2026-03-31"},
    {"accreditation ended in March, issued in November with a day in February", backdated_in_november,
     LATE_YES, "2026-03-31"},
    {"so where its own header says so", signed_in_november_and_says_so, LATE_YES, "2026-03-31"},
    {"90 days are given", signed_on_the_last_day_of_grace, LATE_NO, "2026-03-31"},
    {"and not one more", signed_the_day_after_grace, LATE_YES, "2026-03-31"},
    {"a fresh node condemns nothing", fresh_node_to_which_all_arrives_today, LATE_NOT_KNOWN, "2026-03-31"},
    {"nor one that held the log below it in time", below_in_march_and_arrived_in_november, LATE_NOT_KNOWN,
     "2026-03-31"},
    {"a statement above it that came in time shows it to be", backdated_and_named_on_the_last_day_of_grace,
     LATE_NO, "2026-03-31"},
    {"one that came the day after does not", backdated_and_named_the_day_after_grace, LATE_YES, "2026-03-31"},
    {"one that came while its issuer was authorised again does", named_while_authorised_again, LATE_NO,
     "2026-03-31"},
    {"what one names was not signed after that, when its issuer was", named_in_a_gap_and_arrived_after_it,
     LATE_NOT_KNOWN, "2026-03-31"},
    {"whatever its header says", named_in_a_gap_and_dated_after_it, LATE_YES, "2026-03-31"},
    {"what the accreditor recorded is in time", backdated_under_a_cut, LATE_NO, NULL},
    {"not by a disputed record", backdated_under_a_disputed_cut, LATE_YES, "2026-03-31"},
    {"nor by the end of another accreditation", backdated_and_another_accreditation_ended, LATE_YES,
     "2026-03-31"},
    {"an accreditation that follows carries on", backdated_and_accredited_without_a_gap, LATE_NO,
     "2027-03-31"},
    {"one within 90 days too", backdated_and_accredited_within_90_days, LATE_NO, "2027-03-31"},
    {"one after 91 days does not", backdated_and_accredited_after_91_days, LATE_NO, "2026-03-31"},
    {"what is signed in between is late", backdated_in_a_gap, LATE_YES, "2026-03-31"},
    {"what is signed while authorised again is never late", signed_after_a_gap_while_authorised_again,
     LATE_NO, "2026-03-31"},
    {"whatever its header says", backdated_after_a_gap_while_authorised_again, LATE_NO, "2026-03-31"},
    {"nor is a header that is dated ahead of its arrival believed", dated_ahead_of_its_arrival_into_the_next,
     LATE_YES, "2026-03-31"},
    {"other codes don't carry on", backdated_and_accredited_again_for_other_codes, LATE_YES, "2026-03-31"},
    {"nor do strangers", backdated_and_accredited_by_a_stranger, LATE_YES, "2026-03-31"},
    {"three that follow each other carry on", by_three_that_follow_each_other, LATE_NO, "2026-12-31"},
    {"the end of who accredited it is its end", accreditor_of_the_school_ended, LATE_YES, "2026-03-31"},
    {"an owner's has none", by_the_owner_itself, LATE_NO, NULL},
    {"whom an accreditor let issue in time may", let_in_time, LATE_NO, "2026-03-31"},
    {"whom it let long after its own end may not", let_in_november, LATE_YES, "2026-03-31"},
    {"so where its own header says so", let_in_november_as_it_says, LATE_YES, "2026-03-31"},
    {"a fresh node condemns no accreditor", let_as_arrives_today, LATE_NO, "2026-03-31"},
    {"what is recorded of an accreditor is in time", let_in_november_under_a_cut, LATE_NO, "2026-03-31"},
    {"one in time beside it does", let_in_november_and_in_time, LATE_NO, "2026-03-31"},
    {"an accreditor that carries on may", let_in_november_by_who_carries_on, LATE_NO, "2027-03-31"},
    {"and one whose own does not end", let_in_november_by_one_without_end, LATE_NO, NULL},
    {"who signs too late carries nobody on", carried_on_in_november_by_another, LATE_YES, "2026-03-31"},
    {"nobody's own beginnings carry it on", says_itself_that_it_begins_again, LATE_YES, "2026-03-31"},
    {"nor do those of strangers", strangers_say_that_it_begins_again, LATE_YES, "2026-03-31"},
    {"of a delegate without depth", a_delegate_without_depth_says_that_it_begins_again, LATE_YES,
     "2026-03-31"},
    {"of one whose own ended before them", a_delegate_that_ended_before_says_that_it_begins_again, LATE_YES,
     "2026-03-31"},
    {"of one that was withdrawn", a_withdrawn_delegate_says_that_it_begins_again, LATE_YES, "2026-03-31"},
    {"of one that says so too late", a_late_delegate_says_that_it_begins_again, LATE_YES, "2026-03-31"},
    {"what begins behind a crowd is found", begins_again_behind_a_crowd, LATE_NO, "2027-03-31"},
    {"it begins on no day on which who says so may not",
     who_may_accredit_on_other_days_says_that_it_begins_again, LATE_YES, "2026-03-31"},
    {"what is in time needs no end", in_february_and_others_say_that_it_begins_again, LATE_NO, NULL},
    {"nor what is signed while authorised again", signed_while_authorised_again_behind_a_crowd, LATE_NO,
     NULL},
    {"a replacement is in time where the old one was", replaces_what_came_in_time, LATE_NO, "2026-03-31"},
    {"and late where it was late", replaces_what_was_late_too, LATE_YES, "2026-03-31"},
    {"a later last day is new", replaces_with_a_later_end, LATE_YES, "2026-03-31"},
    {"another code is new", replaces_another_code, LATE_YES, "2026-03-31"},
    {"another day is new", replaces_an_earlier_day, LATE_YES, "2026-03-31"},
    {"what another entry replaced says nothing", another_entry_is_replaced, LATE_YES, "2026-03-31"},
    {"what was revoked is not brought back by being replaced", replaces_what_was_revoked, LATE_YES,
     "2026-03-31"},
    {"nor what was suspended", replaces_what_was_suspended, LATE_YES, "2026-03-31"},
    {"nor what another holds", replaces_what_another_holds, LATE_YES, "2026-03-31"},
    {"nor what another replaced already", replaces_what_another_replaced, LATE_YES, "2026-03-31"},
    {"an appeal takes nothing from it", replaces_what_was_under_appeal, LATE_NO, "2026-03-31"},
    {"nor what was revoked in a void block", replaces_what_was_revoked_in_a_void_block, LATE_YES,
     "2026-03-31"},
    {"nor what is revoked since", replaces_what_is_revoked_since, LATE_YES, "2026-03-31"},
    {"nor what was reinstated too late", replaces_what_was_revoked_and_reinstated_too_late, LATE_YES,
     "2026-03-31"},
    {"nor what is on a side branch", replaces_what_is_on_a_side_branch, LATE_YES, "2026-03-31"},
    {"nor what more is said about than was looked at", replaces_what_says_more_than_was_looked_at, LATE_YES,
     "2026-03-31"},
    {"nor by a void word", replaces_in_a_void_block, LATE_YES, "2026-03-31"},
    {"nor by a disputed one", replaces_in_a_disputed_block, LATE_YES, "2026-03-31"},
    {"other claims are new", replaces_what_claims_something_else, LATE_YES, "2026-03-31"},
    {"other sealed claims are", replaces_what_seals_something_else, LATE_YES, "2026-03-31"},
    {"the same claims are not", replaces_what_claims_the_same, LATE_NO, "2026-03-31"},
    {"claims where there were none are", replaces_what_claims_nothing, LATE_YES, "2026-03-31"},
    {"so is what another version knows to be else", replaces_what_has_an_extension, LATE_YES, "2026-03-31"},
    {"what nothing proves hands down nothing", replaces_what_nothing_proves, LATE_YES, "2026-03-31"},
    {"a chain of replacements hands down its day", replaces_a_chain_that_stood, LATE_NO, "2026-03-31"},
    {"unless its first was revoked", replaces_a_chain_that_was_revoked, LATE_YES, "2026-03-31"},
    {"or any between", replaces_a_chain_whose_middle_was_revoked, LATE_YES, "2026-03-31"},
};

static void begin(void)
{
    verdict_case_begin(&given);
    earned = day_of("2026-02-15");
    given.certificate->place.log = CASE_SCHOOL;
    given.certificate->attestation.earned_on = earned;
    given.certificate->attestation.valid_from = earned;
    given.certificate->attestation.last_day = day_of("2030-02-14");
    given.question.at_day = day_of("2026-12-01");
    given.question.now_s = time_of_day(given.question.at_day);
    accredit("2020-01-01", "2026-03-31");
}

static void each_entry_is_in_time_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin();
        rows[i].say();
        struct verdict verdict = verdict_case_decide(&given);
        const struct credential_verdict *found = &verdict.credentials[0];
        uint32_t day = rows[i].end != NULL ? day_of(rows[i].end) : DAY_NONE;
        if (found->end.lateness != rows[i].lateness || found->end.day != day || found->end.limited) {
            fail_msg("%s: %d, %u", rows[i].sentence, found->end.lateness, found->end.day);
        }
        const struct axis_answer *authority = &found->axes[AXIS_AUTHORITY];
        bool late = authority->answer == ANSWER_UNKNOWN && authority->reason == REASON_SIGNED_AFTER_END;
        if (late != (rows[i].lateness == LATE_YES)) {
            fail_msg("%s: %d %s", rows[i].sentence, authority->answer, reason_word(authority->reason));
        }
    }
}

/* More beginnings than are looked at leave what looks late unknown, and neither good nor bad. */
static void too_many_beginnings_are_a_limit(void **state)
{
    (void)state;
    begin();
    backdated_in_november();
    begins_again_perhaps();
    struct verdict verdict = verdict_case_decide(&given);
    assert_true(verdict.credentials[0].end.limited);
    assert_int_equal(verdict.credentials[0].axes[AXIS_AUTHORITY].answer, ANSWER_UNKNOWN);
    assert_int_equal(verdict.credentials[0].axes[AXIS_AUTHORITY].reason, REASON_LIMIT);
}

/* ---- what is said about an entry ---- */

static struct dossier_signing signings[STATUS_EVENTS_MAX];

/* Said in the next block by its header's word, as signed_on has it. */
static void say(enum status_action action, const char *header, const char *arrived, const char *below)
{
    struct dossier_place *place = &given.certificate->place;
    size_t at = place->event_count;
    place->event_signings = signings;
    signings[at] = (struct dossier_signing){.time_s = time_on(header),
                                            .arrived_s = time_on(arrived),
                                            .below_s = below != NULL ? time_on(below) : 0};
    build_event(&given.built, given.certificate, action, day_of(header), CASE_ISSUED_IN + 1 + at, false);
    given.built.events[0][at].stated_day = day_of(header);
}

static void suspended_in_march(void)
{
    issued_in_february();
    say(STATUS_SUSPENDED, "2026-03-01", "2026-03-01", NULL);
}

static void reinstated_in_march(void)
{
    suspended_in_march();
    say(STATUS_REINSTATED, "2026-03-20", "2026-03-20", NULL);
}

static void reinstated_within_grace(void)
{
    suspended_in_march();
    say(STATUS_REINSTATED, "2026-06-29", "2026-06-29", "2026-06-28");
}

static void reinstated_the_day_after_grace(void)
{
    suspended_in_march();
    say(STATUS_REINSTATED, "2026-06-30", "2026-06-30", "2026-06-30");
}

static void reinstatement_backdated(void)
{
    suspended_in_march();
    say(STATUS_REINSTATED, "2026-03-20", "2026-11-02", "2026-11-01");
}

static void reinstatement_backdated_and_named_in_time(void)
{
    reinstatement_backdated();
    signings[1].above_s = time_on("2026-06-29");
}

static void reinstated_in_november_and_says_so(void)
{
    suspended_in_march();
    say(STATUS_REINSTATED, "2026-11-02", "2026-11-02", NULL);
}

static void reinstated_as_arrives_today(void)
{
    suspended_in_march();
    say(STATUS_REINSTATED, "2026-03-20", "2026-11-29", NULL);
}

static void reinstatement_backdated_under_a_cut(void)
{
    reinstatement_backdated();
    cut_at(CASE_ISSUED_IN + 2);
}

static void reinstated_while_authorised_again(void)
{
    reinstatement_backdated();
    accredit("2026-09-01", "2027-03-31");
}

/* In August, beyond the cut by which the first accreditation was ended, under one that ends in that month. */
static void reinstated_under_another(const char *arrived, const char *below)
{
    suspended_in_march();
    build_withdrawal(&given.built, CASE_ASE, 40, CASE_SCHOOL, CASE_ISSUED_IN + 1);
    accredit("2026-08-01", "2026-08-31")->place.seq = 50;
    say(STATUS_REINSTATED, "2026-08-20", arrived, below);
}

static void reinstated_under_another_in_time(void)
{
    reinstated_under_another("2026-11-29", "2026-11-29");
}

static void reinstated_under_another_backdated(void)
{
    reinstated_under_another("2026-12-01", "2026-11-30");
}

static void revocation_reinstated_backdated(void)
{
    issued_in_february();
    say(STATUS_REVOKED, "2026-03-01", "2026-03-01", NULL);
    say(STATUS_REINSTATED, "2026-03-20", "2026-11-02", "2026-11-01");
}

static void revocation_backdated(void)
{
    issued_in_february();
    say(STATUS_REVOKED, "2026-03-01", "2026-11-02", "2026-11-01");
}

static void reinstated_in_time_and_again_backdated(void)
{
    reinstated_in_march();
    say(STATUS_REINSTATED, "2026-03-21", "2026-11-02", "2026-11-01");
}

static void reinstated_by_the_owner_itself(void)
{
    reinstatement_backdated();
    given.certificate->place.log = CASE_ASE;
}

static void reinstated_among_too_many_beginnings(void)
{
    reinstatement_backdated();
    begins_again_perhaps();
}

/* Let it be held by an actor from March on. */
static void held_by(size_t holder, const char *arrived, const char *below)
{
    size_t at = given.certificate->place.event_count;
    say(STATUS_HELD_BY, "2026-03-20", arrived, below);
    const struct actor_id actor = built_actor_of(holder);
    given.built.events[0][at].has_holder = true;
    given.built.events[0][at].holder = subject_of_actor(&actor);
}

static void about_another(void)
{
    const struct actor_id other = built_actor_of(CASE_OTHER);
    issued_in_february();
    given.certificate->attestation.subject = subject_of_actor(&other);
}

static void bound_to_her_in_march(void)
{
    about_another();
    held_by(CASE_SUBJECT, "2026-03-20", NULL);
}

static void bound_to_her_backdated(void)
{
    about_another();
    held_by(CASE_SUBJECT, "2026-11-02", "2026-11-01");
}

static void taken_from_her_backdated(void)
{
    issued_in_february();
    held_by(CASE_OTHER, "2026-11-02", "2026-11-01");
}

static const struct {
    const char *sentence;
    void (*say)(void);
    enum answer answer;
    enum reason reason;
} said_rows[] = {
    {"what is suspended is not valid", suspended_in_march, ANSWER_NO, REASON_SUSPENDED},
    {"until it is reinstated", reinstated_in_march, ANSWER_YES, REASON_NONE},
    {"for which 90 days are given", reinstated_within_grace, ANSWER_YES, REASON_NONE},
    {"and not one more", reinstated_the_day_after_grace, ANSWER_UNKNOWN, REASON_SIGNED_AFTER_END},
    {"a reinstatement that is shown to be backdated leaves it in doubt", reinstatement_backdated,
     ANSWER_UNKNOWN, REASON_SIGNED_AFTER_END},
    {"not where a statement above it came in time", reinstatement_backdated_and_named_in_time, ANSWER_YES,
     REASON_NONE},
    {"so does one whose own header says so", reinstated_in_november_and_says_so, ANSWER_UNKNOWN,
     REASON_SIGNED_AFTER_END},
    {"a fresh node condemns none", reinstated_as_arrives_today, ANSWER_YES, REASON_NONE},
    {"what the accreditor recorded is in time", reinstatement_backdated_under_a_cut, ANSWER_YES, REASON_NONE},
    {"and what is said while authorised again", reinstated_while_authorised_again, ANSWER_YES, REASON_NONE},
    {"beyond a cut too", reinstated_under_another_in_time, ANSWER_YES, REASON_NONE},
    {"of whose end it is late as well", reinstated_under_another_backdated, ANSWER_UNKNOWN,
     REASON_SIGNED_AFTER_END},
    {"a revocation is ended no more than a suspension", revocation_reinstated_backdated, ANSWER_UNKNOWN,
     REASON_SIGNED_AFTER_END},
    {"what is against somebody is never late", revocation_backdated, ANSWER_NO, REASON_REVOKED},
    {"what was ended in time stays so", reinstated_in_time_and_again_backdated, ANSWER_YES, REASON_NONE},
    {"an owner's accreditation has no end", reinstated_by_the_owner_itself, ANSWER_YES, REASON_NONE},
    {"what takes too long to tell is a limit", reinstated_among_too_many_beginnings, ANSWER_UNKNOWN,
     REASON_LIMIT},
    {"who got it by a `held by` in time holds it", bound_to_her_in_march, ANSWER_YES, REASON_NONE},
    {"who got it too late does not for certain", bound_to_her_backdated, ANSWER_UNKNOWN,
     REASON_SIGNED_AFTER_END},
    {"whom it was taken from has it no more", taken_from_her_backdated, ANSWER_NO, REASON_REBOUND},
};

static void what_is_said_for_somebody_is_in_time_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof said_rows / sizeof said_rows[0]; i++) {
        begin();
        said_rows[i].say();
        struct verdict verdict = verdict_case_decide(&given);
        const struct axis_answer *status = &verdict.credentials[0].axes[AXIS_STATUS];
        if (status->answer != said_rows[i].answer || status->reason != said_rows[i].reason) {
            fail_msg("%s: %d %s", said_rows[i].sentence, status->answer, reason_word(status->reason));
        }
    }
}

static void what_was_said_too_late_is_listed_so(void **state)
{
    (void)state;
    begin();
    reinstatement_backdated();
    struct verdict verdict = verdict_case_decide(&given);
    assert_int_equal(verdict.credentials[0].said[0], SAID_STANDS);
    assert_int_equal(verdict.credentials[0].said[1], SAID_AFTER_END);
    begin();
    reinstated_among_too_many_beginnings();
    verdict = verdict_case_decide(&given);
    assert_int_equal(verdict.credentials[0].said[1], SAID_CUT_UNKNOWN);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_for_somebody_is_in_time_or_not),
        cmocka_unit_test(what_was_said_too_late_is_listed_so),
        cmocka_unit_test(each_entry_is_in_time_or_not),
        cmocka_unit_test(too_many_beginnings_are_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
