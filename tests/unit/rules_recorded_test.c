#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/rules/credential.h"
#include "protocol/rules/weight.h"
#include "tests/support/dossier_builder.h"

/* Of a school whose accreditation ended what it signed 300 days later counts only where who accredited it
 * recorded it, while that might say so itself. And who may say nothing more takes nothing from others. */

enum { OWNER = 1, SCHOOL, DELEGATE, FRIEND, THIRD, SEVERAL = 10 };
enum { TODAY = 45821, END = TODAY - 800 };

static struct dossier_builder built;
static uint8_t memory[4 << 20];
static struct dossier_credential *certificate;

static void signed_on(struct dossier_place *place, uint32_t day)
{
    place->time_s = time_of_day(day) + 40000;
    place->arrived_s = place->time_s + 100;
    place->below_s = place->time_s - 3600;
}

static struct dossier_accreditation *accredit(size_t by, uint64_t seq, size_t whom, uint32_t until,
                                              uint64_t depth, uint32_t day)
{
    struct dossier_accreditation *found = build_accreditation(&built, by, seq, whom, "ase/*", depth);
    found->accreditation.from = END - 1000;
    found->accreditation.has_until = until != 0;
    found->accreditation.until = until;
    signed_on(&found->place, day);
    return found;
}

static struct dossier_withdrawal *record(size_t by, uint64_t seq, size_t whom, uint64_t cut_seq, uint32_t day)
{
    struct dossier_withdrawal *found = build_withdrawal(&built, by, seq, whom, cut_seq);
    signed_on(&found->place, day);
    return found;
}

static void delegate_until(uint32_t until)
{
    accredit(OWNER, 3, DELEGATE, until, 1, END - 1000);
    accredit(DELEGATE, 4, SCHOOL, END, 0, END - 900);
}

static void nobody_records_it(void)
{
    delegate_until(END);
}

static void the_owner_records_it(void)
{
    accredit(OWNER, 2, SCHOOL, END, 0, END - 1000);
    record(OWNER, 6, SCHOOL, 40, END + 311);
}

static void who_has_ended_records_it(void)
{
    delegate_until(END);
    record(DELEGATE, 6, SCHOOL, 40, END + 311);
}

static void who_has_not_ended_records_it(void)
{
    delegate_until(0);
    record(DELEGATE, 6, SCHOOL, 40, END + 311);
}

static void who_ended_90_days_before_records_it(void)
{
    delegate_until(END + 221);
    record(DELEGATE, 6, SCHOOL, 40, END + 311);
}

static void who_ended_91_days_before_records_it(void)
{
    delegate_until(END + 220);
    record(DELEGATE, 6, SCHOOL, 40, END + 311);
}

static void who_is_authorised_again_records_it(void)
{
    who_has_ended_records_it();
    accredit(OWNER, 5, DELEGATE, 0, 1, END + 200)->accreditation.from = END + 200;
}

static void who_has_another_chain_records_it(void)
{
    who_has_ended_records_it();
    accredit(OWNER, 5, THIRD, 0, 2, END - 1000);
    accredit(THIRD, 6, DELEGATE, 0, 1, END - 900);
}

static void who_was_let_too_late_records_it(void)
{
    who_has_ended_records_it();
    accredit(OWNER, 5, THIRD, END, 2, END - 1000);
    accredit(THIRD, 6, DELEGATE, 0, 1, END + 305);
}

static void who_has_ended_records_it_as_arrives_today(void)
{
    struct dossier_place *place;
    delegate_until(END);
    place = &record(DELEGATE, 6, SCHOOL, 40, END)->place;
    place->arrived_s = time_of_day(TODAY);
    place->below_s = 0;
}

static void who_has_ended_dates_its_record_back(void)
{
    struct dossier_place *place;
    delegate_until(END);
    place = &record(DELEGATE, 6, SCHOOL, 40, END + 311)->place;
    place->time_s = time_of_day(END);
}

static void who_has_ended_is_recorded_itself(void)
{
    who_has_ended_records_it();
    record(OWNER, 9, DELEGATE, 50, END + 320);
}

static void who_has_ended_is_recorded_before(void)
{
    who_has_ended_records_it();
    record(OWNER, 9, DELEGATE, 5, END + 320);
}

static void who_accredits_it_too_late_records_it(void)
{
    accredit(OWNER, 2, SCHOOL, END, 0, END - 1000);
    accredit(OWNER, 3, FRIEND, END, 1, END - 1000);
    accredit(FRIEND, 5, SCHOOL, 0, 0, END + 310);
    record(FRIEND, 6, SCHOOL, 40, END + 311);
}

/* By then it may say so again, but not of what it let happen when it might not. */
static void who_accredited_it_too_late_records_it_in_time(void)
{
    who_accredits_it_too_late_records_it();
    accredit(OWNER, 4, FRIEND, 0, 1, END + 311)->accreditation.from = END + 311;
}

static void the_owner_records_it_too(void)
{
    who_accredits_it_too_late_records_it();
    record(OWNER, 7, SCHOOL, 40, END + 311);
}

/* The owner's word stands behind many that came too late. */
static void the_owner_records_it_behind_many(void)
{
    who_accredits_it_too_late_records_it();
    for (uint64_t i = 0; i < 100; i++) {
        record(FRIEND, 8 + i / 2, SCHOOL, 40, END + 312 + (uint32_t)i)->place.index = 1 + i;
    }
    record(OWNER, 7, SCHOOL, 40, END + 311);
}

/* ---- replacements ---- */

static void replaces_what_came_in_time(void)
{
    struct dossier_credential *old = build_credential(&built, SCHOOL, 5, "ase/A1", END - 20, DAY_NONE);
    signed_on(&old->place, END - 10);
    old->about = ABOUT_BESIDE;
    build_event(&built, old, STATUS_REPLACED, END - 20, 31, false);
    old->has_replacement = true;
    old->replacement = (struct entry_name){.author = built_actor_of(SCHOOL), .seq = 30};
}

static void replaced_under_a_late_cut(void)
{
    who_has_ended_records_it();
    replaces_what_came_in_time();
}

static void replaced_though_excepted(void)
{
    replaced_under_a_late_cut();
    build_exception(&built, &built.withdrawals[0], 5, 0);
}

/* ---- on a branch that was dropped ---- */

/* There nothing shows that it dates back. */
static void dropped(void)
{
    certificate->place.time_s = time_of_day(END - 10);
    certificate->place.block = BUILT_DROPPED(FOLLOWED_MIN_S);
    certificate->place.block_hash.bytes[0] = 77;
    certificate->place.block.hash.bytes[0] = 77;
    certificate->place.below_s = 0;
}

static void cut_on_branch(struct dossier_withdrawal *found)
{
    static struct hash side;
    side.bytes[0] = 77;
    found->cut.found = CUT_ON_SIDE;
    found->cut.head = side;
    found->cut.chain_seq = 10;
    found->cut.side_count = 1;
    found->cut.side = &side;
}

static void the_owner_keeps_what_was_dropped(void)
{
    the_owner_records_it();
    dropped();
    cut_on_branch(&built.withdrawals[0]);
}

static void who_has_ended_keeps_what_was_dropped(void)
{
    who_has_ended_records_it();
    dropped();
    cut_on_branch(&built.withdrawals[0]);
}

static void a_stranger_to_its_end_keeps_what_was_dropped(void)
{
    who_has_ended_records_it();
    accredit(OWNER, 2, SCHOOL, 0, 0, END - 1000);
    dropped();
    cut_on_branch(&built.withdrawals[0]);
}

/* ---- what was said about it on such a branch ---- */

static void reinstated_on_a_dropped_branch(void)
{
    struct dossier_block block = BUILT_DROPPED(FOLLOWED_MIN_S);
    block.hash.bytes[0] = 77;
    block.base_seq = 32;
    signed_on(&certificate->place, END - 10);
    build_event(&built, certificate, STATUS_SUSPENDED, END - 5, 31, false);
    build_event(&built, certificate, STATUS_REINSTATED, END - 4, 33, false);
    build_event_block(&built, certificate, block);
    cut_on_branch(&built.withdrawals[0]);
    built.withdrawals[0].cut.chain_seq = 32;
}

static void the_owner_keeps_a_reinstatement(void)
{
    the_owner_records_it();
    reinstated_on_a_dropped_branch();
}

static void who_has_ended_keeps_a_reinstatement(void)
{
    who_has_ended_records_it();
    reinstated_on_a_dropped_branch();
}

/* ---- others ---- */

/* Signed in time, by a chain that is sound. Where there are several of its length the first by its places is
 * found first, so that it is said last. */
static void issued_in_time(void)
{
    signed_on(&certificate->place, END - 10);
    accredit(OWNER, 3, THIRD, 0, 1, END - 1000);
    accredit(THIRD, 5, SCHOOL, 0, 0, END - 900);
}

static void many_that_are_late(void)
{
    accredit(OWNER, 2, DELEGATE, END, 1, END - 1000);
    for (uint32_t i = 0; i < 100; i++) {
        accredit(DELEGATE, 5 + i, SCHOOL, 0, 0, END + 200 + i);
    }
}

static void beside_many_that_are_late(void)
{
    many_that_are_late();
    issued_in_time();
}

/* What it needs may be as late, but that its author is authorised. */
static void beside_many_and_by_one_that_came_late(void)
{
    beside_many_that_are_late();
    signed_on(&built.accreditations[built.dossier.accreditation_count - 1].place, END + 150);
}

/* By several whose own ended, each of whom says so too late. */
static void beside_several_that_are_late(void)
{
    for (uint32_t i = 0; i < SEVERAL; i++) {
        accredit(OWNER, 10 + i, THIRD + 1 + i, END, 1, END - 1000);
        accredit(THIRD + 1 + i, 5, SCHOOL, 0, 0, END + 200 + i);
        accredit(THIRD + 1 + i, 6, SCHOOL, 0, 0, END + 300 + i);
    }
    issued_in_time();
}

static void beside_several_and_by_one_that_came_late(void)
{
    beside_several_that_are_late();
    signed_on(&built.accreditations[built.dossier.accreditation_count - 1].place, END + 150);
}

/* When one of them ends takes too long to tell: it may be let again on many days by one that might accredit
 * before them, and might after them but that this was withdrawn. */
static void beside_one_whose_end_takes_long_to_tell(void)
{
    accredit(OWNER, 2, DELEGATE, END, 1, END - 1000);
    accredit(OWNER, 3, FRIEND, END + 1, 2, END - 1000);
    accredit(OWNER, 4, FRIEND, 0, 2, END - 1000)->accreditation.from = END + 89;
    struct dossier_withdrawal *found = record(OWNER, 9, FRIEND, 0, END - 900);
    found->withdrawal.has_cut = false;
    found->withdrawal.has_accreditation = true;
    found->withdrawal.accreditation.seq = 4;
    for (uint32_t i = 2; i < 80; i++) {
        accredit(FRIEND, 5 + i, DELEGATE, END + i, 1, END - 900)->accreditation.from = END + i;
    }
    accredit(DELEGATE, 5, SCHOOL, 0, 0, END + 200);
    issued_in_time();
}

/* Issued after the end, and all that let it issue too late. */
static void by_many_that_are_late(void)
{
    many_that_are_late();
}

static const struct {
    const char *sentence;
    void (*say)(void);
    enum overall overall;
    enum reason reason; /* of authority, else of status */
} rows[] = {
    {"what nobody records is signed after the end", nobody_records_it, OVERALL_UNDETERMINED,
     REASON_SIGNED_AFTER_END},
    {"an owner records always", the_owner_records_it, OVERALL_VALID, REASON_NONE},
    {"who has ended records nothing", who_has_ended_records_it, OVERALL_UNDETERMINED,
     REASON_SIGNED_AFTER_END},
    {"who has not ended does", who_has_not_ended_records_it, OVERALL_VALID, REASON_NONE},
    {"for 90 days more", who_ended_90_days_before_records_it, OVERALL_VALID, REASON_NONE},
    {"and not one longer", who_ended_91_days_before_records_it, OVERALL_UNDETERMINED,
     REASON_SIGNED_AFTER_END},
    {"who is authorised again does", who_is_authorised_again_records_it, OVERALL_VALID, REASON_NONE},
    {"any chain of its will do", who_has_another_chain_records_it, OVERALL_VALID, REASON_NONE},
    {"that was signed in time", who_was_let_too_late_records_it, OVERALL_UNDETERMINED,
     REASON_SIGNED_AFTER_END},
    {"a fresh node condemns no record", who_has_ended_records_it_as_arrives_today, OVERALL_VALID,
     REASON_NONE},
    {"one that dates it back is shown to", who_has_ended_dates_its_record_back, OVERALL_UNDETERMINED,
     REASON_SIGNED_AFTER_END},
    {"who is recorded itself records", who_has_ended_is_recorded_itself, OVERALL_VALID, REASON_NONE},
    {"what comes behind that it doesn't", who_has_ended_is_recorded_before, OVERALL_UNDETERMINED,
     REASON_SIGNED_AFTER_END},
    {"what came too late records nothing", who_accredits_it_too_late_records_it, OVERALL_UNDETERMINED,
     REASON_SIGNED_AFTER_END},
    {"nor what belongs to an accreditation that did", who_accredited_it_too_late_records_it_in_time,
     OVERALL_UNDETERMINED, REASON_SIGNED_AFTER_END},
    {"nor does it take away what is recorded", the_owner_records_it_too, OVERALL_VALID, REASON_NONE},
    {"however often it is said", the_owner_records_it_behind_many, OVERALL_VALID, REASON_NONE},
    {"a replacement needs no record", replaced_under_a_late_cut, OVERALL_VALID, REASON_NONE},
    {"of what still counts", replaced_though_excepted, OVERALL_UNDETERMINED, REASON_SIGNED_AFTER_END},
    {"an owner keeps what was dropped", the_owner_keeps_what_was_dropped, OVERALL_VALID, REASON_NONE},
    {"who has ended keeps nothing", who_has_ended_keeps_what_was_dropped, OVERALL_UNDETERMINED,
     REASON_REWOUND},
    {"of one that has not ended neither", a_stranger_to_its_end_keeps_what_was_dropped, OVERALL_UNDETERMINED,
     REASON_REWOUND},
    {"an owner keeps what was said on a dropped branch", the_owner_keeps_a_reinstatement, OVERALL_VALID,
     REASON_NONE},
    {"who has ended keeps nothing of that", who_has_ended_keeps_a_reinstatement, OVERALL_INVALID,
     REASON_SUSPENDED},
    {"what came in time is in time", issued_in_time, OVERALL_VALID, REASON_NONE},
    {"many accreditations that came too late take nothing from it", beside_many_that_are_late, OVERALL_VALID,
     REASON_NONE},
    {"nor do those of several authors", beside_several_that_are_late, OVERALL_VALID, REASON_NONE},
    {"where its own came as late, from who may say so", beside_many_and_by_one_that_came_late, OVERALL_VALID,
     REASON_NONE},
    {"beside several too", beside_several_and_by_one_that_came_late, OVERALL_VALID, REASON_NONE},
    {"nor who takes too long to tell about", beside_one_whose_end_takes_long_to_tell, OVERALL_VALID,
     REASON_NONE},
    {"they let nobody issue", by_many_that_are_late, OVERALL_UNDETERMINED, REASON_SIGNED_AFTER_END},
};

static struct credential_verdict decide(void)
{
    static struct credentials out;
    struct arena arena;
    const struct question question = {.network = &built.network,
                                      .at_day = TODAY,
                                      .now_s = BUILT_TIME_S,
                                      .known_by_s = UINT64_MAX,
                                      .budget = FRESHNESS_DEFAULT};
    arena_init(&arena, memory, sizeof memory);
    assert_true(credentials_decide(&out, &built.dossier, &built.trust, &question, &arena));
    return out.verdicts[0];
}

static void begin(void)
{
    dossier_builder_init(&built, THIRD + 1 + SEVERAL);
    memset(&built.trust, 0, sizeof built.trust);
    build_owner(&built, "ase", OWNER);
    build_pack_code(&built, build_pack(&built, OWNER, 1, "ase", 1, 0), "A1", 0);
    certificate = build_credential(&built, SCHOOL, 30, "ase/A1", END - 20, DAY_NONE);
    signed_on(&certificate->place, END + 300);
}

static void who_may_record(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin();
        rows[i].say();
        const struct credential_verdict verdict = decide();
        enum reason of_authority = verdict.axes[AXIS_AUTHORITY].reason;
        enum reason reason = of_authority != REASON_NONE ? of_authority : verdict.axes[AXIS_STATUS].reason;
        if (verdict.overall != rows[i].overall || reason != rows[i].reason) {
            fail_msg("%s: %d %s", rows[i].sentence, (int)verdict.overall, reason_word(reason));
        }
    }
}

/* By several that are late, and of whom it takes some searches each to tell. */
static void the_chain_that_is_shown_is_sound(void **state)
{
    const struct actor_id third = built_actor_of(THIRD);
    (void)state;
    begin();
    for (size_t i = 0; i < SEVERAL; i++) {
        for (uint32_t k = 1; k < 6; k++) {
            accredit(OWNER, 10 + i, THIRD + 1 + i, END + 10 * k, 1, END - 1000)->accreditation.from =
                END + 10 * k - 5;
        }
    }
    beside_several_that_are_late();
    const struct credential_verdict verdict = decide();
    assert_int_equal(verdict.overall, OVERALL_VALID);
    assert_int_equal(verdict.authority->chain_size, 2);
    assert_true(actor_id_equal(&verdict.authority->chain[1], &third));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(who_may_record),
                                              cmocka_unit_test(the_chain_that_is_shown_is_sound)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
