#include "protocol/rules/lacking.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "protocol/rules/accreditation_end.h"
#include "tests/support/career_builder.h"
#include "tests/support/verdict_case.h"

/* What is asked of codes where somebody who may speak of them was not heard for long. She passed A5 and, as
 * far as is held, not A6. */

#define DAY_S UINT64_C(86400)

static struct verdict_case given;

static void was_heard_days_ago(size_t actor, uint64_t days)
{
    given.built.logs[actor].checkpoint_time_s = given.question.now_s - days * DAY_S;
}

static void everybody_was_heard_today(void) {}

static void the_owner_was_heard_a_day_ago(void)
{
    was_heard_days_ago(CASE_ASE, 1);
}

static void the_owner_is_silent(void)
{
    was_heard_days_ago(CASE_ASE, 2);
}

static void the_owner_never_signed_a_checkpoint(void)
{
    given.built.logs[CASE_ASE].has_checkpoint = false;
}

static void the_owner_is_behind_its_own_word(void)
{
    given.built.logs[CASE_ASE].checkpoint_seq = BUILT_HEAD_SEQ + 1;
}

static void the_owner_may_be_silent_for_long(void)
{
    was_heard_days_ago(CASE_ASE, 80);
    given.built.trust.owners[0].fresh_days = 90;
}

static void the_owner_speaks_rarely(void)
{
    was_heard_days_ago(CASE_ASE, 80);
    given.built.logs[CASE_ASE].rhythm_days = 90;
}

static void nothing_of_the_owners_had_come_by_then(void)
{
    given.built.logs[CASE_ASE].nothing_by_then = true;
}

static struct dossier_accreditation *a_school_is_silent(void)
{
    was_heard_days_ago(CASE_SCHOOL, 2);
    return build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/A*", 0);
}

static void the_school_is_silent(void)
{
    a_school_is_silent();
}

static void it_was_accredited_later_than_is_asked(void)
{
    the_school_is_silent();
    given.built.logs[CASE_ASE].known_by_seq = 4;
    given.built.logs[CASE_ASE].checkpoint_seq = 4;
}

static void a_stranger_is_silent(void)
{
    was_heard_days_ago(CASE_OTHER, 2);
}

static void the_shop_is_silent(uint64_t days)
{
    was_heard_days_ago(CASE_SCHOOL, days);
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/work", 0);
}

static void a_shop_is_silent_for_14_days(void)
{
    the_shop_is_silent(14);
}

static void a_shop_is_silent_for_15_days(void)
{
    the_shop_is_silent(15);
}

/* ---- who may say nothing more ---- */

static struct dossier_withdrawal *withdrawn(void)
{
    the_school_is_silent();
    return build_withdrawal(&given.built, CASE_ASE, 20, CASE_SCHOOL, 30);
}

static void it_was_withdrawn(void)
{
    withdrawn();
}

static void it_was_withdrawn_at_a_dropped_block(void)
{
    withdrawn()->cut.found = CUT_ON_SIDE;
}

static void it_was_withdrawn_at_a_block_that_is_not_here(void)
{
    withdrawn()->cut.found = CUT_NOT_HELD;
}

/* ---- who may have said anything on a branch that is not here, however often it is heard ---- */

static void heard_and_withdrawn_by(size_t accreditor, enum cut_found found)
{
    build_accreditation(&given.built, accreditor, 5, CASE_SCHOOL, "ase/A*", 0);
    build_withdrawal(&given.built, accreditor, 20, CASE_SCHOOL, 30)->cut.found = found;
}

static void heard_and_withdrawn_at_a_block_that_is_here(void)
{
    heard_and_withdrawn_by(CASE_ASE, CUT_ON_SIDE);
}

static void heard_and_withdrawn_at_a_block_that_is_not_here(void)
{
    heard_and_withdrawn_by(CASE_ASE, CUT_NOT_HELD);
}

static void heard_and_withdrawn_at_a_block_too_far_down(void)
{
    heard_and_withdrawn_by(CASE_ASE, CUT_TOO_LONG);
}

static void heard_and_withdrawn_there_in_doubt(void)
{
    heard_and_withdrawn_at_a_block_that_is_not_here();
    given.built.withdrawals[0].place.voided = true;
    given.built.withdrawals[0].place.void_seq = 25;
}

static void heard_and_withdrawn_by_a_stranger(void)
{
    heard_and_withdrawn_by(CASE_OTHER, CUT_NOT_HELD);
}

static void heard_and_withdrawn_by_who_may_accredit(uint64_t depth)
{
    build_accreditation(&given.built, CASE_ASE, 5, CASE_OTHER, "ase/*", depth);
    heard_and_withdrawn_by(CASE_OTHER, CUT_NOT_HELD);
}

static void heard_and_withdrawn_by_a_delegate(void)
{
    heard_and_withdrawn_by_who_may_accredit(1);
}

static void heard_and_withdrawn_by_who_may_let_nobody_speak(void)
{
    heard_and_withdrawn_by_who_may_accredit(0);
}

static void heard_and_withdrawn_there_in_dispute(void)
{
    heard_and_withdrawn_at_a_block_that_is_not_here();
    verdict_case_fork(&given, CASE_ASE, 20);
}

static void heard_and_withdrawn_there_beside_the_chain(void)
{
    heard_and_withdrawn_at_a_block_that_is_not_here();
    given.built.withdrawals[0].place.block = BUILT_SIDE;
}

static void heard_and_withdrawn_there_where_that_was_dropped(void)
{
    heard_and_withdrawn_at_a_block_that_is_not_here();
    given.built.withdrawals[0].place.block = BUILT_DROPPED(0);
}

static void heard_and_withdrawn_there_beyond_a_cut(void)
{
    heard_and_withdrawn_by_a_delegate();
    build_withdrawal(&given.built, CASE_ASE, 20, CASE_OTHER, 10);
}

static void heard_and_withdrawn_by_an_heir(void)
{
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/A*", 0);
    build_succession(&given.built, CASE_ASE, 60, "ase", CASE_OTHER, 50);
    build_withdrawal(&given.built, CASE_OTHER, 20, CASE_SCHOOL, 30)->cut.found = CUT_NOT_HELD;
}

static void whoever_withdrew_it_is_withdrawn_by_a_stranger(void)
{
    heard_and_withdrawn_by_a_delegate();
    build_withdrawal(&given.built, CASE_SUBJECT, 3, CASE_OTHER, 30)->cut.found = CUT_NOT_HELD;
}

static void heard_and_withdrawn_there_later_than_is_asked(void)
{
    heard_and_withdrawn_at_a_block_that_is_not_here();
    given.built.logs[CASE_ASE].known_by_seq = given.built.logs[CASE_ASE].checkpoint_seq = 19;
}

static void whom_the_owner_accredited_a_stranger_withdrew(void)
{
    heard_and_withdrawn_at_a_block_that_is_not_here();
    given.built.withdrawals[0].place.log = CASE_OTHER;
}

static void whom_a_delegate_accredited_the_owner_withdrew(void)
{
    heard_and_withdrawn_by_a_delegate();
    given.built.withdrawals[0].place.log = CASE_ASE;
}

static void heard_and_handed_on_at_a_block_that_is_not_here(void)
{
    build_succession(&given.built, CASE_ASE, 60, "ase", CASE_OTHER, 50)->cut.found = CUT_NOT_HELD;
}

static void heard_and_handed_on_there_in_doubt(void)
{
    heard_and_handed_on_at_a_block_that_is_not_here();
    verdict_case_fork(&given, CASE_ASE, 60);
}

static void heard_and_handed_on_there_and_back(void)
{
    heard_and_handed_on_at_a_block_that_is_not_here();
    build_succession(&given.built, CASE_OTHER, 60, "ase", CASE_ASE, 50);
}

static void heard_and_cut_by_the_owner_at_a_block_that_is_here_too(void)
{
    heard_and_withdrawn_at_a_block_that_is_not_here();
    build_withdrawal(&given.built, CASE_ASE, 21, CASE_SCHOOL, 30);
}

/* Whoever withdrew it was withdrawn before, with a cut that is found so. */
static void withdrawn_by_who_was(enum cut_found found)
{
    build_accreditation(&given.built, CASE_ASE, 5, CASE_OTHER, "ase/*", 1);
    build_accreditation(&given.built, CASE_OTHER, 5, CASE_SCHOOL, "ase/A*", 0);
    struct dossier_withdrawal *before = build_withdrawal(&given.built, CASE_ASE, 20, CASE_OTHER, 20);
    before->withdrawal.closed = true;
    before->cut.found = found;
    build_withdrawal(&given.built, CASE_OTHER, 40, CASE_SCHOOL, 30);
    was_heard_days_ago(CASE_SCHOOL, 2);
}

static void it_was_withdrawn_beyond_a_cut(void)
{
    withdrawn_by_who_was(CUT_ON_CHAIN);
}

static void it_was_withdrawn_within_a_cut(void)
{
    it_was_withdrawn_beyond_a_cut();
    given.built.withdrawals[0].cut.seq = 40;
}

static void it_was_withdrawn_beyond_a_cut_in_doubt(void)
{
    it_was_withdrawn_beyond_a_cut();
    verdict_case_fork(&given, CASE_ASE, 20);
}

static void it_was_withdrawn_within_a_cut_but_for_that(void)
{
    it_was_withdrawn_within_a_cut();
    build_exception(&given.built, &given.built.withdrawals[0], 40, 0);
}

static void it_was_withdrawn_by_who_perhaps_may_no_longer(void)
{
    it_was_withdrawn_within_a_cut_but_for_that();
    given.built.withdrawals[0].withdrawal =
        (struct withdrawal){.delegate = built_actor_of(CASE_OTHER), .has_accreditation = true};
    given.built.withdrawals[0].withdrawal.accreditation.seq = 5;
    verdict_case_fork(&given, CASE_ASE, 20);
}

static void it_was_withdrawn_beyond_the_cut_of_an_heir(void)
{
    it_was_withdrawn_beyond_a_cut();
    build_succession(&given.built, CASE_ASE, 60, "ase", CASE_SUBJECT, 50);
    given.built.withdrawals[0].place.log = CASE_SUBJECT;
}

/* Whom the owner let accredit for sure by another one, up to a cut, and perhaps for good itself. */
static void it_was_withdrawn_by_who_is_accredited_again_in_doubt(void)
{
    it_was_withdrawn_beyond_a_cut();
    build_accreditation(&given.built, CASE_ASE, 4, CASE_SUBJECT, "ase/*", 2);
    given.built.withdrawals[0].place.log = given.built.accreditations[0].place.log = CASE_SUBJECT;
    struct dossier_accreditation *again =
        build_accreditation(&given.built, CASE_ASE, 60, CASE_OTHER, "ase/*", 1);
    again->place.voided = true;
    again->place.void_seq = 61;
}

static void it_was_withdrawn_by_whom_one_named_perhaps_beyond_a_cut(void)
{
    build_accreditation(&given.built, CASE_ASE, 5, CASE_OTHER, "ase/*", 2);
    build_accreditation(&given.built, CASE_OTHER, 15, CASE_SUBJECT, "ase/*", 1);
    build_accreditation(&given.built, CASE_SUBJECT, 5, CASE_SCHOOL, "ase/A*", 0);
    build_withdrawal(&given.built, CASE_ASE, 20, CASE_OTHER, 20)->cut.found = CUT_NOT_HELD;
    given.built.withdrawals[0].cut.found = CUT_ON_SIDE;
    build_withdrawal(&given.built, CASE_SUBJECT, 40, CASE_SCHOOL, 30);
    was_heard_days_ago(CASE_SCHOOL, 2);
}

static void it_was_withdrawn_by_who_dropped_its_cut(void)
{
    withdrawn_by_who_was(CUT_ON_SIDE);
}

static void it_was_withdrawn_by_who_was_cut_nobody_knows_where(void)
{
    withdrawn_by_who_was(CUT_NOT_HELD);
}

static struct dossier_accreditation *accredited_by_who_hands_on(void)
{
    the_school_is_silent();
    build_succession(&given.built, CASE_ASE, 60, "ase", CASE_OTHER, 55);
    return &given.built.accreditations[0];
}

static void it_was_withdrawn_by_who_had_handed_it_on(void)
{
    accredited_by_who_hands_on();
    build_withdrawal(&given.built, CASE_ASE, 70, CASE_SCHOOL, 30);
}

static void it_was_withdrawn_by_who_handed_it_on_later(void)
{
    accredited_by_who_hands_on();
    build_withdrawal(&given.built, CASE_ASE, 50, CASE_SCHOOL, 30);
}

static void it_was_withdrawn_by_who_handed_it_on_at_a_block_that_it_dropped(void)
{
    it_was_withdrawn_by_who_handed_it_on_later();
    given.built.successions[0].cut.found = CUT_ON_SIDE;
}

static void it_was_withdrawn_by_who_has_it_back(void)
{
    accredited_by_who_hands_on();
    build_succession(&given.built, CASE_OTHER, 60, "ase", CASE_ASE, 50);
    build_withdrawal(&given.built, CASE_ASE, 70, CASE_SCHOOL, 30);
}

static void it_was_withdrawn_by_an_heir_of_who_accredited_it(void)
{
    accredited_by_who_hands_on();
    verdict_case_fork(&given, CASE_ASE, 60);
    build_withdrawal(&given.built, CASE_OTHER, 20, CASE_SCHOOL, 30);
}

static void it_was_withdrawn_by_an_heir_in_doubt(void)
{
    the_school_is_silent();
    given.built.accreditations[0].place.log = CASE_OTHER;
    build_succession(&given.built, CASE_ASE, 60, "ase", CASE_OTHER, 55);
    verdict_case_fork(&given, CASE_ASE, 60);
    build_withdrawal(&given.built, CASE_OTHER, 50, CASE_SCHOOL, 30);
}

static void it_was_accredited_again(void)
{
    withdrawn();
    build_accreditation(&given.built, CASE_ASE, 21, CASE_SCHOOL, "ase/A*", 0);
}

static void it_was_accredited_again_after_a_dropped_block(void)
{
    it_was_withdrawn_at_a_dropped_block();
    build_accreditation(&given.built, CASE_ASE, 21, CASE_SCHOOL, "ase/A*", 0);
}

/* On the day before, after which it was heard `days` later, and has been silent since. */
static void its_accreditation_ended(uint32_t days)
{
    struct dossier_accreditation *found = a_school_is_silent();
    uint32_t end = day_of_time(given.question.now_s) - 400;
    found->accreditation.has_until = true;
    found->accreditation.until = end;
    given.built.logs[CASE_SCHOOL].checkpoint_time_s = time_of_day(end + 1 + days);
}

static void its_accreditation_ended_and_it_was_heard_in_time(void)
{
    its_accreditation_ended(ACCREDITATION_GRACE_DAYS);
}

static void its_accreditation_ended_and_it_was_not_heard_in_time(void)
{
    its_accreditation_ended(ACCREDITATION_GRACE_DAYS);
    given.built.logs[CASE_SCHOOL].checkpoint_time_s--;
}

static void it_was_heard_in_time_of_what_is_not_here(void)
{
    its_accreditation_ended(ACCREDITATION_GRACE_DAYS);
    given.built.logs[CASE_SCHOOL].checkpoint_seq = BUILT_HEAD_SEQ + 1;
}

static void another_of_its_accreditations_goes_on(void)
{
    its_accreditation_ended(ACCREDITATION_GRACE_DAYS);
    build_accreditation(&given.built, CASE_ASE, 6, CASE_SCHOOL, "ase/A*", 0);
}

static void who_accredited_it_had_come_to_its_end(void)
{
    its_accreditation_ended(ACCREDITATION_GRACE_DAYS);
    given.built.accreditations[0].accreditation.depth = 1;
    build_accreditation(&given.built, CASE_SCHOOL, 6, CASE_OTHER, "ase/A*", 0);
    given.built.logs[CASE_OTHER].checkpoint_time_s = given.built.logs[CASE_SCHOOL].checkpoint_time_s;
}

static struct dossier_succession *the_owner_handed_it_on(void)
{
    the_owner_is_silent();
    return build_succession(&given.built, CASE_ASE, 60, "ase", CASE_OTHER, 50);
}

static void the_heir_is_heard(void)
{
    the_owner_handed_it_on();
}

static void the_heir_is_silent(void)
{
    the_owner_handed_it_on();
    was_heard_days_ago(CASE_OTHER, 2);
    was_heard_days_ago(CASE_ASE, 0);
}

static void the_owner_handed_it_on_at_a_block_that_is_not_here(void)
{
    the_owner_handed_it_on()->cut.found = CUT_NOT_HELD;
}

static void it_came_back(void)
{
    the_owner_handed_it_on();
    build_succession(&given.built, CASE_OTHER, 60, "ase", CASE_ASE, 50);
}

static void it_was_handed_on_for_sure_at_a_block_that_is_not_here(void)
{
    struct dossier_succession *doubtful = the_owner_handed_it_on();
    doubtful->place.voided = true;
    doubtful->place.void_seq = 61;
    build_succession(&given.built, CASE_ASE, 62, "ase", CASE_OTHER, 50)->cut.found = CUT_NOT_HELD;
}

static void the_owner_handed_it_on_in_doubt(void)
{
    the_owner_handed_it_on();
    verdict_case_fork(&given, CASE_ASE, 60);
}

static const struct {
    const char *sentence;
    void (*silent)(void);
    const char *required;
    enum answer answer;
} rows[] = {
    {"what is not there was never passed", everybody_was_heard_today, "not tested ase/A6", ANSWER_YES},
    {"and is not held", everybody_was_heard_today, "ase/A6", ANSWER_NO},
    {"so too within the issuers' budget", the_owner_was_heard_a_day_ago, "not tested ase/A6", ANSWER_YES},
    {"beyond it the owner may have said it since", the_owner_is_silent, "not tested ase/A6", ANSWER_UNKNOWN},
    {"and it may be held", the_owner_is_silent, "ase/A6", ANSWER_UNKNOWN},
    {"or trained", the_owner_is_silent, "trained ase/A6", ANSWER_UNKNOWN},
    {"as where it was never heard of at all", the_owner_never_signed_a_checkpoint, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"or says that there is more", the_owner_is_behind_its_own_word, "not tested ase/A6", ANSWER_UNKNOWN},
    {"unless the trust file lets it be silent", the_owner_may_be_silent_for_long, "not tested ase/A6",
     ANSWER_YES},
    {"or its own rhythm", the_owner_speaks_rarely, "not tested ase/A6", ANSWER_YES},
    {"before anything came nothing is known", nothing_of_the_owners_had_come_by_then, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"and nothing missing", nothing_of_the_owners_had_come_by_then, "ase/A6", ANSWER_UNKNOWN},
    {"nor which titles there are", nothing_of_the_owners_had_come_by_then, "not ase:\"Both\"",
     ANSWER_UNKNOWN},
    {"whom the owner accredited may have said it", the_school_is_silent, "not tested ase/A6", ANSWER_UNKNOWN},
    {"and that it may be held", the_school_is_silent, "ase/A6", ANSWER_UNKNOWN},
    {"not of other codes", the_school_is_silent, "not tested ase/L1", ANSWER_YES},
    {"nor before it was accredited", it_was_accredited_later_than_is_asked, "not tested ase/A6", ANSWER_YES},
    {"a stranger may be silent", a_stranger_is_silent, "not tested ase/A6", ANSWER_YES},
    {"who documents work has the shops' budget", a_shop_is_silent_for_14_days,
     "not experience 1 year in ase/work", ANSWER_YES},
    {"and no longer one", a_shop_is_silent_for_15_days, "not experience 1 year in ase/work", ANSWER_UNKNOWN},
    {"tests have the issuers' whoever says them", a_shop_is_silent_for_14_days, "not tested ase/work",
     ANSWER_UNKNOWN},
    {"who was withdrawn has said all that counts", it_was_withdrawn, "not tested ase/A6", ANSWER_YES},
    {"though it dropped that since", it_was_withdrawn_at_a_dropped_block, "not tested ase/A6", ANSWER_YES},
    {"unless nobody can say what that is", it_was_withdrawn_at_a_block_that_is_not_here, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"or who says so was withdrawn before", it_was_withdrawn_beyond_a_cut, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"at a block that it dropped", it_was_withdrawn_by_who_dropped_its_cut, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"or that is not here", it_was_withdrawn_by_who_was_cut_nobody_knows_where, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"or had handed the namespace on", it_was_withdrawn_by_who_had_handed_it_on, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"not where it handed it on later", it_was_withdrawn_by_who_handed_it_on_later, "not tested ase/A6",
     ANSWER_YES},
    {"or has it back", it_was_withdrawn_by_who_has_it_back, "not tested ase/A6", ANSWER_YES},
    {"not where it is perhaps an heir", it_was_withdrawn_by_an_heir_of_who_accredited_it, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"but where it dropped that", it_was_withdrawn_by_who_handed_it_on_at_a_block_that_it_dropped,
     "not tested ase/A6", ANSWER_UNKNOWN},
    {"or has the namespace in doubt", it_was_withdrawn_by_an_heir_in_doubt, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"within its cut it may withdraw", it_was_withdrawn_within_a_cut, "not tested ase/A6", ANSWER_YES},
    {"unless that is excepted", it_was_withdrawn_within_a_cut_but_for_that, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"beyond one in doubt nobody knows", it_was_withdrawn_beyond_a_cut_in_doubt, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"nor where all was taken back from it in doubt", it_was_withdrawn_by_who_perhaps_may_no_longer,
     "not tested ase/A6", ANSWER_UNKNOWN},
    {"nor beyond the cut of an heir", it_was_withdrawn_beyond_the_cut_of_an_heir, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"nor where it is accredited again in doubt", it_was_withdrawn_by_who_is_accredited_again_in_doubt,
     "not tested ase/A6", ANSWER_UNKNOWN},
    {"nor where who accredited it had perhaps been withdrawn",
     it_was_withdrawn_by_whom_one_named_perhaps_beyond_a_cut, "not tested ase/A6", ANSWER_UNKNOWN},
    {"or it was accredited again", it_was_accredited_again, "not tested ase/A6", ANSWER_UNKNOWN},
    {"then as well", it_was_accredited_again_after_a_dropped_block, "not tested ase/A6", ANSWER_UNKNOWN},
    {"what a cut keeps is here", heard_and_withdrawn_at_a_block_that_is_here, "not tested ase/A6",
     ANSWER_YES},
    {"and where it is not it may be anything", heard_and_withdrawn_at_a_block_that_is_not_here,
     "not tested ase/A6", ANSWER_UNKNOWN},
    {"that she holds, too", heard_and_withdrawn_at_a_block_that_is_not_here, "ase/A6", ANSWER_UNKNOWN},
    {"but not for other codes", heard_and_withdrawn_at_a_block_that_is_not_here, "not tested ase/L1",
     ANSWER_YES},
    {"so too where nobody looked so far", heard_and_withdrawn_at_a_block_too_far_down, "ase/A6",
     ANSWER_UNKNOWN},
    {"and where it is not sure that it was withdrawn", heard_and_withdrawn_there_in_doubt, "ase/A6",
     ANSWER_UNKNOWN},
    {"or it is disputed", heard_and_withdrawn_there_in_dispute, "not tested ase/A6", ANSWER_UNKNOWN},
    {"or said on another branch", heard_and_withdrawn_there_beside_the_chain, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"not on one that nobody followed", heard_and_withdrawn_there_where_that_was_dropped, "not tested ase/A6",
     ANSWER_YES},
    {"or beyond a cut", heard_and_withdrawn_there_beyond_a_cut, "not tested ase/A6", ANSWER_UNKNOWN},
    {"or by an heir of who accredited it", heard_and_withdrawn_by_an_heir, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"not later than is asked", heard_and_withdrawn_there_later_than_is_asked, "not tested ase/A6",
     ANSWER_YES},
    {"nor by a stranger", whom_the_owner_accredited_a_stranger_withdrew, "not tested ase/A6", ANSWER_YES},
    {"nor by who did not accredit it", whom_a_delegate_accredited_the_owner_withdrew, "not tested ase/A6",
     ANSWER_YES},
    {"whatever a stranger says of who withdrew it", whoever_withdrew_it_is_withdrawn_by_a_stranger,
     "not tested ase/A6", ANSWER_UNKNOWN},
    {"what an owner said up to a block that is not here may be anything",
     heard_and_handed_on_at_a_block_that_is_not_here, "not tested ase/A6", ANSWER_UNKNOWN},
    {"and a title", heard_and_handed_on_at_a_block_that_is_not_here, "not ase:\"Both\"", ANSWER_UNKNOWN},
    {"so too where it is in doubt", heard_and_handed_on_there_in_doubt, "not tested ase/A6", ANSWER_UNKNOWN},
    {"or it came back", heard_and_handed_on_there_and_back, "not tested ase/A6", ANSWER_UNKNOWN},
    {"nor are its rules known then", heard_and_handed_on_there_and_back, "not ase:\"Both\"", ANSWER_UNKNOWN},
    {"a stranger keeps nothing", heard_and_withdrawn_by_a_stranger, "ase/A6", ANSWER_NO},
    {"a delegate does", heard_and_withdrawn_by_a_delegate, "ase/A6", ANSWER_UNKNOWN},
    {"and none that may let nobody speak", heard_and_withdrawn_by_who_may_let_nobody_speak, "ase/A6",
     ANSWER_NO},
    {"nothing counts that another cut does not keep", heard_and_cut_by_the_owner_at_a_block_that_is_here_too,
     "ase/A6", ANSWER_NO},
    {"whose accreditation ended comes too late in the end", its_accreditation_ended_and_it_was_heard_in_time,
     "not tested ase/A6", ANSWER_YES},
    {"and before that not", its_accreditation_ended_and_it_was_not_heard_in_time, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"nor where what it said is not here", it_was_heard_in_time_of_what_is_not_here, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"nor where it is accredited still", another_of_its_accreditations_goes_on, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"nor does whom one let speak that comes too late itself", who_accredited_it_had_come_to_its_end,
     "not tested ase/A6", ANSWER_YES},
    {"an owner that handed it on has said all", the_heir_is_heard, "not tested ase/A6", ANSWER_YES},
    {"and the heir has not", the_heir_is_silent, "not tested ase/A6", ANSWER_UNKNOWN},
    {"unless nobody can say what the owner said", the_owner_handed_it_on_at_a_block_that_is_not_here,
     "not tested ase/A6", ANSWER_UNKNOWN},
    {"whatever it handed on in doubt", it_was_handed_on_for_sure_at_a_block_that_is_not_here,
     "not tested ase/A6", ANSWER_UNKNOWN},
    {"or it came back", it_came_back, "not tested ase/A6", ANSWER_UNKNOWN},
    {"or whether it handed it on", the_owner_handed_it_on_in_doubt, "not tested ase/A6", ANSWER_UNKNOWN},
    {"of codes that nobody owns nobody can say anything", everybody_was_heard_today, "not tested zz/A6",
     ANSWER_UNKNOWN},
    {"nor that they are missing", everybody_was_heard_today, "zz/A6", ANSWER_UNKNOWN},
    {"nor of titles", everybody_was_heard_today, "not zz:\"Both\"", ANSWER_UNKNOWN},
    {"what was passed was passed, whoever else is silent", the_school_is_silent, "tested ase/A5", ANSWER_YES},
};

static void who_is_silent_may_have_said_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        verdict_case_begin(&given);
        rows[i].silent();
        enum answer answer = verdict_case_ask(&given, rows[i].required);
        if (answer != rows[i].answer) {
            fail_msg("%s: %d", rows[i].sentence, answer);
        }
    }
}

/* A certificate is as fresh as what it rests on: another issuer's silence turns no rule about it. */
static void what_is_there_is_asked_by_its_own_freshness(void **state)
{
    static struct career_case career;
    (void)state;
    for (int what = 0; what < 3; what++) {
        career_case_begin(&career);
        career_case_pack(&career, "ase", 1, 0, "A1", "prerequisite A1: 30 days apart from exam");
        career_case_earn(&career,
                         (struct earned[]){{"ase/A1", BASIS_EXAM, 1200, 1200, 1700}, {NULL, 0, 0, 0, 0}});
        build_accreditation(&career.built, CAREER_ASE, 5, CAREER_SHOP, "ase/*", 0);
        career.built.logs[CAREER_SHOP].checkpoint_time_s -= 2 * DAY_S;
        career.built.logs[CAREER_SHOP].known = what != 1;
        career.built.logs[CAREER_SHOP].incomplete = what == 2; /* it said more, and that may be it */
        struct day_truth days = career_case_days(&career, "tested ase/A1", 1500);
        assert_int_equal(day_truth_on(&days, 1500), what == 2 ? ANSWER_UNKNOWN : ANSWER_YES);
    }
}

/* Who reads of titles need not be told of all that she has nothing to do with. */
static void what_nothing_is_known_of_is_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        verdict_case_begin(&given);
        the_owner_is_silent();
        assert_int_equal(verdict_case_ask(&given, i == 0 ? "ase/A6" : "ase/A5"), ANSWER_UNKNOWN);
        const struct verdict verdict = verdict_case_decide(&given);
        assert_int_equal(verdict.parts[0].missing_count, 1);
        assert_int_equal(verdict.parts[0].missing[0].absent, i == 0);
    }
}

static void who_may_have_said_it_is_named(void **state)
{
    (void)state;
    verdict_case_begin(&given);
    assert_null(verdict_case_decide(&given).rules[0].lacking);
    the_school_is_silent();
    const struct lacking *lacking = verdict_case_decide(&given).rules[0].lacking;
    assert_non_null(lacking);
    assert_true(bytes_equal(lacking->worst_of, bytes_of_string("ase/A*")));
    assert_true(actor_id_equal(&lacking->worst.author, &given.built.logs[CASE_SCHOOL].author));
    assert_int_equal(lacking->worst.answer.reason, REASON_STALE);
    assert_int_equal(lacking->worst.age_s, 2 * DAY_S);
    given.built.logs[CASE_SCHOOL].has_checkpoint = false;
    the_owner_is_silent();
    lacking = verdict_case_decide(&given).rules[0].lacking;
    assert_true(bytes_equal(lacking->worst_of, bytes_of_string("ase/*"))); /* too old goes before unknown */
    was_heard_days_ago(CASE_ASE, 0);
    given.built.logs[CASE_SCHOOL].has_checkpoint = true;
    was_heard_days_ago(CASE_SCHOOL, 0);
    given.built.logs[CASE_SCHOOL].left_out = true;
    assert_int_equal(verdict_case_decide(&given).rules[0].lacking->worst.answer.reason, REASON_LIMIT);
    given.built.logs[CASE_SCHOOL].left_out = false;
    given.built.logs[CASE_SCHOOL].upgrade_needed = true;
    assert_int_equal(verdict_case_decide(&given).rules[0].lacking->worst.answer.reason, REASON_UPGRADE);
}

static uint64_t heard_since(const char *required, uint64_t known_by_s)
{
    given.question.known_by_s = known_by_s;
    verdict_case_ask(&given, required);
    struct dossier_reach reach = lacking_reach(&given.question);
    assert_int_equal(reach.known_by_s, known_by_s);
    assert_int_equal(reach.now_s, given.question.now_s);
    assert_ptr_equal(reach.requirement, given.question.requirement);
    return reach.heard_since_s;
}

static void a_question_reaches_all_who_may_have_said_what_is_denied(void **state)
{
    (void)state;
    verdict_case_begin(&given);
    uint64_t now_s = given.question.now_s;
    assert_int_equal(heard_since("ase/A5", UINT64_MAX), now_s - DAY_S);
    assert_int_equal(heard_since("not ase/A5", UINT64_MAX), now_s - DAY_S);
    assert_int_equal(heard_since("not ase/A5", now_s - 10), now_s - 10 - DAY_S);
    given.question.known_alone = true;
    assert_int_equal(heard_since("not ase/A5", UINT64_MAX), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_silent_may_have_said_it),
        cmocka_unit_test(what_is_there_is_asked_by_its_own_freshness),
        cmocka_unit_test(what_nothing_is_known_of_is_told_apart),
        cmocka_unit_test(who_may_have_said_it_is_named),
        cmocka_unit_test(a_question_reaches_all_who_may_have_said_what_is_denied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
