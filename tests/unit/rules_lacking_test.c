#include "protocol/rules/lacking.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/support/career_builder.h"
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

static void a_shop_that_documents_experience_lacks(void)
{
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/experience", 1);
    lacks(CASE_SCHOOL);
}

static void who_was_let_more_than_its_accreditor_might_lacks(void)
{
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/A*", 1);
    build_accreditation(&given.built, CASE_SCHOOL, 5, CASE_OTHER, "ase/*", 0);
    lacks(CASE_OTHER);
}

static void whom_a_void_block_accredited_lacks(void)
{
    struct dossier_accreditation *found =
        build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 1);
    found->place.voided = true;
    found->place.void_seq = 6;
    lacks(CASE_SCHOOL);
}

static void and_it_is_withdrawn(void)
{
    whom_a_void_block_accredited_lacks();
    const struct dossier_accreditation *found =
        &given.built.accreditations[given.built.dossier.accreditation_count - 1];
    struct dossier_withdrawal *withdrawn =
        build_withdrawal(&given.built, CASE_ASE, found->place.seq + 10, CASE_OTHER, 0);
    withdrawn->withdrawal.delegate = found->accreditation.delegate;
    withdrawn->withdrawal.has_cut = false;
    withdrawn->withdrawal.has_accreditation = true;
    withdrawn->withdrawal.accreditation =
        (struct entry_position){.seq = found->place.seq, .index = found->place.index};
}

/* Below which block of its log the school was withdrawn from, and from where on something is not here. */
enum { CUT = 30 };

static struct dossier_withdrawal *withdrawn_and_lacks_from(uint64_t seq)
{
    the_school_lacks();
    given.built.dossier.logs[CASE_SCHOOL].incomplete_from = seq;
    return build_withdrawal(&given.built, CASE_ASE, 20, CASE_SCHOOL, CUT);
}

static void lacks_within_its_cut(void)
{
    withdrawn_and_lacks_from(CUT);
}

static void lacks_beyond_its_cut(void)
{
    withdrawn_and_lacks_from(CUT + 1);
}

static void lacks_what_was_excepted(void)
{
    build_exception(&given.built, withdrawn_and_lacks_from(CUT + 1), CUT + 1, 0);
}

static void lacks_beyond_a_cut_that_is_not_held(void)
{
    withdrawn_and_lacks_from(CUT + 1)->cut.found = CUT_NOT_HELD;
}

static void lacks_beyond_a_disputed_cut(void)
{
    withdrawn_and_lacks_from(CUT + 1);
    verdict_case_fork(&given, CASE_ASE, 20);
}

static void lacks_beyond_the_cut_of_a_stranger(void)
{
    withdrawn_and_lacks_from(CUT + 1)->place.log = CASE_OTHER;
}

static void lacks_and_was_accredited_again(void)
{
    lacks_beyond_its_cut();
    build_accreditation(&given.built, CASE_ASE, 21, CASE_SCHOOL, "ase/*", 1);
}

static void its_accreditation_was_withdrawn_whole(void)
{
    struct dossier_withdrawal *found = withdrawn_and_lacks_from(1);
    found->withdrawal.has_cut = false;
    found->withdrawal.has_accreditation = true;
    found->withdrawal.accreditation.seq = 5;
}

static void another_of_its_accreditations_was(void)
{
    its_accreditation_was_withdrawn_whole();
    given.built.withdrawals[0].withdrawal.accreditation.seq = 4;
}

static void accredited_by_who_was_withdrawn(uint64_t seq)
{
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 1);
    build_accreditation(&given.built, CASE_SCHOOL, seq, CASE_OTHER, "ase/*", 0);
    build_withdrawal(&given.built, CASE_ASE, 20, CASE_SCHOOL, CUT);
    lacks(CASE_OTHER);
}

static void whom_the_school_let_within_its_cut_lacks(void)
{
    accredited_by_who_was_withdrawn(CUT);
}

static void whom_the_school_let_beyond_its_cut_lacks(void)
{
    accredited_by_who_was_withdrawn(CUT + 1);
}

/* Nothing is lacking of what the school says, nor of what its delegate does, but for the branch that the
 * school withdrew it at. */
static void withdrew_its_delegate_at_a_block_that_has_not_come(void)
{
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 1);
    build_accreditation(&given.built, CASE_SCHOOL, 5, CASE_OTHER, "ase/*", 0);
    build_withdrawal(&given.built, CASE_SCHOOL, 20, CASE_OTHER, CUT)->cut.found = CUT_NOT_HELD;
}

static void and_a_stranger_withdraws_the_school(void)
{
    withdrew_its_delegate_at_a_block_that_has_not_come();
    build_withdrawal(&given.built, CASE_SUBJECT, 20, CASE_SCHOOL, CUT)->cut.found = CUT_NOT_HELD;
}

static void and_the_owner_withdraws_the_school(void)
{
    withdrew_its_delegate_at_a_block_that_has_not_come();
    build_withdrawal(&given.built, CASE_ASE, 20, CASE_SCHOOL, CUT)->cut.found = CUT_NOT_HELD;
}

static void its_withdrawn_delegate_lacks_what_is_beyond(void)
{
    withdrew_its_delegate_at_a_block_that_has_not_come();
    given.built.withdrawals[0].cut.found = CUT_ON_CHAIN;
    lacks(CASE_OTHER);
    given.built.logs[CASE_OTHER].incomplete_from = CUT + 1;
}

static void and_a_stranger_withdraws_the_school_at_an_unknown_block(void)
{
    its_withdrawn_delegate_lacks_what_is_beyond();
    build_withdrawal(&given.built, CASE_SUBJECT, 20, CASE_SCHOOL, CUT)->cut.found = CUT_NOT_HELD;
}

static void and_the_owner_withdraws_the_school_at_an_unknown_block(void)
{
    its_withdrawn_delegate_lacks_what_is_beyond();
    build_withdrawal(&given.built, CASE_ASE, 20, CASE_SCHOOL, CUT)->cut.found = CUT_NOT_HELD;
}

static void and_the_heir_does(void)
{
    its_withdrawn_delegate_lacks_what_is_beyond();
    build_succession(&given.built, CASE_ASE, 40, "ase", CASE_SUBJECT, CUT);
    build_withdrawal(&given.built, CASE_SUBJECT, 20, CASE_SCHOOL, CUT)->cut.found = CUT_NOT_HELD;
}

static void the_owner_handed_on_at_a_block_that_has_not_come(void)
{
    build_succession(&given.built, CASE_ASE, 40, "ase", CASE_OTHER, CUT)->cut.found = CUT_NOT_HELD;
}

static void and_whether_it_did_is_disputed(void)
{
    the_owner_handed_on_at_a_block_that_has_not_come();
    verdict_case_fork(&given, CASE_ASE, 40);
}

static void leaves_out(size_t actor)
{
    given.built.dossier.logs[actor].left_out = true;
}

static void the_school_says_more_than_fits(void)
{
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 1);
    leaves_out(CASE_SCHOOL);
}

static void the_school_says_more_of_others_than_fits(void)
{
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/L*", 1);
    leaves_out(CASE_SCHOOL);
}

static void the_owner_says_more_than_fits(void)
{
    leaves_out(CASE_ASE);
}

static void the_owner_is_on_its_way(void)
{
    given.built.logs[CASE_ASE].switching = true;
}

static void a_body_of_the_owners_is_missing(void)
{
    given.built.logs[CASE_ASE].body_missing = true;
}

static void branches_of_the_owners_found_no_room(void)
{
    given.built.logs[CASE_ASE].branches_cut = true;
}

static void the_school_was_never_heard_of(void)
{
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/A*", 1);
    given.built.logs[CASE_SCHOOL].known = false;
}

static void a_stranger_was_never_heard_of(void)
{
    given.built.logs[CASE_OTHER].known = false;
}

static struct dossier_succession *the_heir_was_never_heard_of(void)
{
    struct dossier_succession *found = build_succession(&given.built, CASE_ASE, 60, "ase", CASE_OTHER, 50);
    given.built.logs[CASE_OTHER].known = false;
    return found;
}

static void the_heir_is_unheard(void)
{
    the_heir_was_never_heard_of();
}

static void the_heir_is_unheard_and_disowned(void)
{
    struct dossier_succession *found = the_heir_was_never_heard_of();
    found->place.voided = true;
    found->place.void_seq = 61;
}

static void is_not_understood(size_t actor, uint64_t seq)
{
    given.built.logs[actor].upgrade_needed = true;
    given.built.logs[actor].upgrade_seq = seq;
}

static void the_owner_is_not_understood(void)
{
    is_not_understood(CASE_ASE, 40);
}

static void the_school_is_not_understood(void)
{
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 0);
    is_not_understood(CASE_SCHOOL, CUT + 1);
}

static void the_school_is_not_understood_beyond_its_cut(void)
{
    the_school_is_not_understood();
    build_withdrawal(&given.built, CASE_ASE, 20, CASE_SCHOOL, CUT);
}

static void the_school_is_not_understood_later(void)
{
    the_school_is_not_understood();
    given.built.logs[CASE_SCHOOL].known_by_seq = given.built.logs[CASE_SCHOOL].checkpoint_seq = CUT;
}

static void there_are_more_owners_than_fit(void)
{
    the_heir_was_never_heard_of()->left_out = true;
    given.built.logs[CASE_OTHER].known = true;
}

static void what_was_not_asked_does_not_fit(void)
{
    given.built.dossier.cuts.unasked = true;
}

/* ---- what was erased and may be given back ---- */

static struct dossier_sealed *the_owner_erased(const char *code)
{
    return build_sealed(&given.built, CASE_ASE, 30, code);
}

static struct dossier_sealed *the_school_erased(const char *patterns, uint64_t seq)
{
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, patterns, 1);
    return build_sealed(&given.built, CASE_SCHOOL, seq, "ase/A6");
}

static void the_owner_erased_a6(void)
{
    the_owner_erased("ase/A6");
}

static void the_owner_erased_a5(void)
{
    the_owner_erased("ase/A5");
}

static void the_school_erased_a6(void)
{
    the_school_erased("ase/*", 10);
}

static void the_school_erased_what_it_may_not_say(void)
{
    the_school_erased("ase/L*", 10);
}

static void a_stranger_erased_a6(void)
{
    build_sealed(&given.built, CASE_OTHER, 10, "ase/A6");
}

static void the_school_erased_a6_and_was_withdrawn(uint64_t seq)
{
    the_school_erased("ase/*", seq);
    build_withdrawal(&given.built, CASE_ASE, 20, CASE_SCHOOL, CUT);
}

static void the_school_erased_a6_within_its_cut(void)
{
    the_school_erased_a6_and_was_withdrawn(CUT);
}

static void the_school_erased_a6_beyond_its_cut(void)
{
    the_school_erased_a6_and_was_withdrawn(CUT + 1);
}

static void what_the_owner_erased_was_void(void)
{
    struct dossier_sealed *sealed = the_owner_erased("ase/A6");
    sealed->place.voided = true;
    sealed->place.void_seq = 40;
}

static void what_the_owner_erased_was_perhaps_void(void)
{
    what_the_owner_erased_was_void();
    verdict_case_fork(&given, CASE_ASE, 40);
}

static void the_school_voided_it_perhaps_beyond_its_cut(void)
{
    struct dossier_sealed *sealed = the_school_erased("ase/*", 10);
    sealed->place.voided = true;
    sealed->place.void_seq = CUT + 1;
    build_withdrawal(&given.built, CASE_ASE, 20, CASE_SCHOOL, CUT);
    verdict_case_fork(&given, CASE_ASE, 20);
}

static void what_the_owner_erased_came_later_than_is_asked(void)
{
    the_owner_erased_a6();
    given.built.logs[CASE_ASE].known_by_seq = given.built.logs[CASE_ASE].checkpoint_seq = 29;
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
    {"who may attest no code but another says nothing of this one", a_shop_that_documents_experience_lacks,
     "not tested ase/A6", ANSWER_YES},
    {"of that one it may have said anything", a_shop_that_documents_experience_lacks,
     "not experience 1 year in ase/experience", ANSWER_UNKNOWN},
    {"nobody says more than all above it might", who_was_let_more_than_its_accreditor_might_lacks,
     "not tested ase/L1", ANSWER_YES},
    {"nor less", who_was_let_more_than_its_accreditor_might_lacks, "not tested ase/A6", ANSWER_UNKNOWN},
    {"what is asked of many codes is asked of each", who_was_let_more_than_its_accreditor_might_lacks,
     "not tested ase/L* or not tested ase/*", ANSWER_YES},
    {"a void accreditation perhaps lets somebody speak", whom_a_void_block_accredited_lacks,
     "not tested ase/A6", ANSWER_UNKNOWN},
    {"until it is withdrawn", and_it_is_withdrawn, "not tested ase/A6", ANSWER_YES},
    {"who was withdrawn may have said it within the cut", lacks_within_its_cut, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"and not beyond it", lacks_beyond_its_cut, "not tested ase/A6", ANSWER_YES},
    {"be it excepted as well", lacks_what_was_excepted, "not tested ase/A6", ANSWER_YES},
    {"unless nobody can say where the cut lies", lacks_beyond_a_cut_that_is_not_held, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"or whether it stands", lacks_beyond_a_disputed_cut, "not tested ase/A6", ANSWER_UNKNOWN},
    {"a stranger's cut is none", lacks_beyond_the_cut_of_a_stranger, "not tested ase/A6", ANSWER_UNKNOWN},
    {"who was accredited again speaks again", lacks_and_was_accredited_again, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"an accreditation that was withdrawn whole lets nobody speak", its_accreditation_was_withdrawn_whole,
     "not tested ase/A6", ANSWER_YES},
    {"another one does", another_of_its_accreditations_was, "not tested ase/A6", ANSWER_UNKNOWN},
    {"whom it let speak within its cut may have", whom_the_school_let_within_its_cut_lacks,
     "not tested ase/A6", ANSWER_UNKNOWN},
    {"and not beyond it", whom_the_school_let_beyond_its_cut_lacks, "not tested ase/A6", ANSWER_YES},
    {"who was withdrawn at a block that has not come may have said it there",
     withdrew_its_delegate_at_a_block_that_has_not_come, "not tested ase/A6", ANSWER_UNKNOWN},
    {"whomever a stranger withdraws", and_a_stranger_withdraws_the_school, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"and whoever withdraws that one", and_the_owner_withdraws_the_school, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"at one that is here it did not say it beyond", its_withdrawn_delegate_lacks_what_is_beyond,
     "not tested ase/A6", ANSWER_YES},
    {"whatever a stranger withdraws", and_a_stranger_withdraws_the_school_at_an_unknown_block,
     "not tested ase/A6", ANSWER_YES},
    {"unless who withdrew it might not", and_the_owner_withdraws_the_school_at_an_unknown_block,
     "not tested ase/A6", ANSWER_UNKNOWN},
    {"or so the heir says", and_the_heir_does, "not tested ase/A6", ANSWER_UNKNOWN},
    {"an owner that handed on at a block that has not come may have said it there",
     the_owner_handed_on_at_a_block_that_has_not_come, "not tested ase/A6", ANSWER_UNKNOWN},
    {"which no fork makes certain", and_whether_it_did_is_disputed, "not tested ase/A6", ANSWER_UNKNOWN},
    {"what one said beyond what fits may be anything", the_school_says_more_than_fits, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"and a pass", the_school_says_more_than_fits, "ase/A6", ANSWER_UNKNOWN},
    {"not of codes that it may not attest", the_school_says_more_of_others_than_fits, "not tested ase/A6",
     ANSWER_YES},
    {"of which all is here", the_school_says_more_of_others_than_fits, "ase/A6", ANSWER_NO},
    {"an owner whose log is not the chosen one yet may have said anything", the_owner_is_on_its_way,
     "not tested ase/A6", ANSWER_UNKNOWN},
    {"or of whom a block is known that is not here", a_body_of_the_owners_is_missing, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"or whose branches found no room", branches_of_the_owners_found_no_room, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"or whom nobody heard of whom it accredited", the_school_was_never_heard_of, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"of the codes for which it did", the_school_was_never_heard_of, "not tested ase/L1", ANSWER_YES},
    {"strangers need not be heard of", a_stranger_was_never_heard_of, "not tested ase/A6", ANSWER_YES},
    {"an heir has to be", the_heir_is_unheard, "not tested ase/A6", ANSWER_UNKNOWN},
    {"though it was disowned: it may be one", the_heir_is_unheard_and_disowned, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"and state rules", the_heir_is_unheard_and_disowned, "not ase:\"Both\"", ANSWER_UNKNOWN},
    {"what this version can't read of an owner's log may be anything", the_owner_is_not_understood,
     "not tested ase/A6", ANSWER_UNKNOWN},
    {"and rules", the_owner_is_not_understood, "not ase:\"Both\"", ANSWER_UNKNOWN},
    {"or of one that it accredited", the_school_is_not_understood, "not tested ase/A6", ANSWER_UNKNOWN},
    {"unless that is beyond its cut", the_school_is_not_understood_beyond_its_cut, "not tested ase/A6",
     ANSWER_YES},
    {"or came later than is asked", the_school_is_not_understood_later, "not tested ase/A6", ANSWER_YES},
    {"more heirs than are looked at may say anything", there_are_more_owners_than_fit, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"where all is here there is no such title", nothing_lacks, "not ase:\"Both\"", ANSWER_YES},
    {"where the owner was never heard of there may be", the_owner_was_never_heard_of, "not ase:\"Both\"",
     ANSWER_UNKNOWN},
    {"and be held", the_owner_was_never_heard_of, "ase:\"Both\"", ANSWER_UNKNOWN},
    {"or its log has gaps", the_owner_lacks, "not ase:\"Both\"", ANSWER_UNKNOWN},
    {"or its heir was never heard of", the_heir_is_unheard, "not ase:\"Both\"", ANSWER_UNKNOWN},
    {"a delegate states no rules", the_school_lacks, "not ase:\"Both\"", ANSWER_YES},
    {"nor does what an owner says of her", the_owner_says_more_than_fits, "not ase:\"Both\"", ANSWER_YES},
    {"but of those that it may", the_school_says_more_of_others_than_fits, "not tested ase/L1",
     ANSWER_UNKNOWN},
    {"nobody knows who else may speak where what they say did not fit", what_was_not_asked_does_not_fit,
     "not tested ase/A6", ANSWER_UNKNOWN},
    {"what she passed she did", what_was_not_asked_does_not_fit, "tested ase/A5", ANSWER_YES},
    {"what its issuer erased may have been given to her", the_owner_erased_a6, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"and may be given back", the_owner_erased_a6, "tested ase/A6", ANSWER_UNKNOWN},
    {"be it asked whether it is certified", the_owner_erased_a6, "ase/A6", ANSWER_UNKNOWN},
    {"or documented", the_owner_erased_a6, "not experience 1 year in ase/A6", ANSWER_UNKNOWN},
    {"or asked of many codes", the_owner_erased_a6, "not trained ase/A*", ANSWER_UNKNOWN},
    {"unless she has one of them", the_owner_erased_a6, "not tested ase/A*", ANSWER_NO},
    {"of other codes that says nothing", the_owner_erased_a6, "not tested ase/L1", ANSWER_YES},
    {"nor of who has another one", the_owner_erased_a5, "tested ase/A5", ANSWER_YES},
    {"whom the owner accredited may have said it too", the_school_erased_a6, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"not what it was not accredited for", the_school_erased_what_it_may_not_say, "not tested ase/A6",
     ANSWER_YES},
    {"nor a stranger", a_stranger_erased_a6, "not tested ase/A6", ANSWER_YES},
    {"within a cut it counted", the_school_erased_a6_within_its_cut, "not tested ase/A6", ANSWER_UNKNOWN},
    {"beyond it not", the_school_erased_a6_beyond_its_cut, "not tested ase/A6", ANSWER_YES},
    {"nor in a void block", what_the_owner_erased_was_void, "not tested ase/A6", ANSWER_YES},
    {"unless that is disputed", what_the_owner_erased_was_perhaps_void, "not tested ase/A6", ANSWER_UNKNOWN},
    {"or said beyond a cut", the_school_voided_it_perhaps_beyond_its_cut, "not tested ase/A6",
     ANSWER_UNKNOWN},
    {"nor before it was said", what_the_owner_erased_came_later_than_is_asked, "not tested ase/A6",
     ANSWER_YES},
};

static void what_is_not_here_may_be_anything(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        verdict_case_begin(&given);
        rows[i].lacks();
        enum answer answer = verdict_case_ask(&given, rows[i].required);
        if (answer != rows[i].answer) {
            fail_msg("%s: %d", rows[i].sentence, answer);
        }
    }
}

/* Who may give it back is named, and of what it may speak; not what it erased. */
static void who_erased_something_is_named_without_what_it_was(void **state)
{
    (void)state;
    for (int silent = 0; silent < 2; silent++) {
        const struct lacking *lacking = NULL;
        verdict_case_begin(&given);
        given.built.logs[CASE_SCHOOL].has_checkpoint = silent == 0;
        the_school_erased_a6();
        struct verdict verdict = verdict_case_decide(&given);
        for (size_t i = 0; i < verdict.rules_count; i++) {
            lacking = verdict.rules[i].lacking != NULL ? verdict.rules[i].lacking : lacking;
        }
        assert_non_null(lacking);
        assert_int_equal(lacking->worst.log, CASE_SCHOOL);
        assert_int_equal(lacking->worst.answer.reason, silent == 0 ? REASON_ERASED : REASON_NO_CHECKPOINT);
        assert_true(bytes_equal(lacking->worst_of, bytes_of_string("ase/*")));
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

/* ---- rules about one attestation ---- */

static struct career_case career;

/* A1 was tested before and renewed, or tested again, under such a rule; who says so may have said more. */
static void another_attestation_may_turn_a_rule(void **state)
{
    static const struct {
        const char *sentence, *rules;
        struct earned rows[3];
        enum answer whole, lacking;
    } rows_of[] = {
        {"it may follow one in time",
         "renewal A1: in time",
         {{"ase/A1", BASIS_RENEWAL, 1200, 1200, 1700}},
         ANSWER_NO,
         ANSWER_UNKNOWN},
        {"it may add to one",
         "renewal A1: adds at most 12 months",
         {{"ase/A1", BASIS_RENEWAL, 1200, 1200, 1700}},
         ANSWER_NO,
         ANSWER_UNKNOWN},
        {"it may have come too soon after one",
         "prerequisite A1: 30 days apart from exam",
         {{"ase/A1", BASIS_EXAM, 1200, 1200, 1700}},
         ANSWER_YES,
         ANSWER_UNKNOWN},
        {"what follows one in time does",
         "renewal A1: in time",
         {{"ase/A1", BASIS_EXAM, 1000, 1000, 1300}, {"ase/A1", BASIS_RENEWAL, 1200, 1200, 1700}},
         ANSWER_YES,
         ANSWER_YES},
        {"a basis is a basis",
         "prerequisite A1: basis exam",
         {{"ase/A1", BASIS_EXAM, 1200, 1200, 1700}},
         ANSWER_YES,
         ANSWER_YES},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows_of / sizeof rows_of[0]; i++) {
        for (int lacking = 0; lacking < 2; lacking++) {
            career_case_begin(&career);
            career_case_pack(&career, "ase", 1, 0, "A1", rows_of[i].rules);
            career_case_earn(&career, rows_of[i].rows);
            build_accreditation(&career.built, CAREER_ASE, 5, CAREER_SHOP, "ase/*", 0);
            career.built.dossier.logs[CAREER_SHOP].incomplete = lacking == 1;
            struct day_truth days = career_case_days(&career, "tested ase/A1", 1500);
            enum answer wanted = lacking == 1 ? rows_of[i].lacking : rows_of[i].whole;
            if (day_truth_on(&days, 1500) != wanted) {
                fail_msg("%s: %d: %d", rows_of[i].sentence, lacking, day_truth_on(&days, 1500));
            }
        }
    }
}

/* A1 was tested or renewed on day 1200; what was erased beside it may be given back. */
static void what_was_erased_doubts_what_hangs_on_it(void **state)
{
    static const char apart[] = "prerequisite A1: 30 days apart from exam";
    static const char in_time[] = "renewal A1: in time";
    static const char adds[] = "renewal A1: adds at most 12 months";
    static const struct earned once[3] = {{"ase/A1", BASIS_EXAM, 1200, 1200, 1700}};
    static const struct earned renewed[3] = {{"ase/A1", BASIS_RENEWAL, 1200, 1200, 1700}};
    static const struct {
        const char *sentence, *rules;
        const struct earned *rows;
        const char *code;
        enum basis basis;
        uint32_t earned_on;
        size_t by;
        enum answer answer;
    } rows_of[] = {
        {"an exam so soon after it", apart, once, "ase/A1", BASIS_EXAM, 1171, CAREER_ASE, ANSWER_UNKNOWN},
        {"none that is far enough", apart, once, "ase/A1", BASIS_EXAM, 1170, CAREER_ASE, ANSWER_YES},
        {"one of the day before", apart, once, "ase/A1", BASIS_EXAM, 1199, CAREER_ASE, ANSWER_UNKNOWN},
        {"none of the same day", apart, once, "ase/A1", BASIS_EXAM, 1200, CAREER_ASE, ANSWER_YES},
        {"nor what was earned before it", apart, once, "ase/A1", BASIS_EXAM, 1201, CAREER_ASE, ANSWER_YES},
        {"nor after another basis", apart, once, "ase/A1", BASIS_TRAINING, 1199, CAREER_ASE, ANSWER_YES},
        {"nor after another code", apart, once, "ase/A2", BASIS_EXAM, 1199, CAREER_ASE, ANSWER_YES},
        {"nor after what a stranger erased", apart, once, "ase/A1", BASIS_EXAM, 1199, CAREER_EPA, ANSWER_YES},
        {"what it may follow in time", in_time, renewed, "ase/A1", BASIS_EXAM, 1199, CAREER_ASE,
         ANSWER_UNKNOWN},
        {"however early", in_time, renewed, "ase/A1", BASIS_EXAM, 1, CAREER_ASE, ANSWER_UNKNOWN},
        {"but not what was earned later", in_time, renewed, "ase/A1", BASIS_EXAM, 1201, CAREER_ASE,
         ANSWER_NO},
        {"what it may add to", adds, renewed, "ase/A1", BASIS_EXAM, 1199, CAREER_ASE, ANSWER_UNKNOWN},
        {"nor to what was earned later", adds, renewed, "ase/A1", BASIS_EXAM, 1200, CAREER_ASE, ANSWER_NO},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows_of / sizeof rows_of[0]; i++) {
        career_case_begin(&career);
        career_case_pack(&career, "ase", 1, 0, "A1", rows_of[i].rules);
        career_case_earn(&career, rows_of[i].rows);
        struct dossier_sealed *sealed = build_sealed(&career.built, rows_of[i].by, 30, rows_of[i].code);
        sealed->basis = rows_of[i].basis;
        sealed->earned_on = rows_of[i].earned_on;
        build_sealed(&career.built, CAREER_ASE, 31, "ase/A9");
        career_case_settle(&career, 1500);
        enum answer answer = day_truth_on(&career.credentials.verdicts[0].days, 1500);
        enum reason reason = career.credentials.verdicts[0].axes[AXIS_AUTHORITY].reason;
        if (answer != rows_of[i].answer || (answer == ANSWER_UNKNOWN) != (reason == REASON_ERASED)) {
            fail_msg("%s: %d, %d", rows_of[i].sentence, answer, (int)reason);
        }
    }
}

/* ---- networks ---- */

/* The brand let the shop be a member until day 2000, where she works until day 300. */
static void brand_and_shop(void)
{
    build_membership(&career.built, CAREER_EPA, 20, CAREER_SHOP, "epa/net", 0, 2000);
    build_left(&career.built, CAREER_SHOP, 25,
               build_joined(&career.built, CAREER_SHOP, 21, CAREER_SUBJECT, 100), 300);
}

static void brand_lacks(void)
{
    career.built.logs[CAREER_EPA].incomplete = true;
}

static void brand_was_never_heard_of(void)
{
    career.built.logs[CAREER_EPA].known = false;
}

static void shop_lacks(void)
{
    career.built.logs[CAREER_SHOP].incomplete = true;
}

static void stranger_lacks(void)
{
    career.built.logs[CAREER_ASE].incomplete = true;
}

static void more_is_known_than_fits(void)
{
    career.built.dossier.cuts.credentials = true;
}

static void more_may_speak_than_fits(void)
{
    career.built.dossier.cuts.unasked = true;
}

static const struct {
    const char *sentence;
    void (*lacks)(void);
    enum answer by_day[2]; /* not in network on days 1600 and 2100 */
} network_rows[] = {
    {"who left is in the network no more", nothing_lacks, {ANSWER_YES, ANSWER_YES}},
    {"unless the brand may have let another shop in", brand_lacks, {ANSWER_UNKNOWN, ANSWER_UNKNOWN}},
    {"or was never heard of", brand_was_never_heard_of, {ANSWER_UNKNOWN, ANSWER_UNKNOWN}},
    {"or the shop may have taken her back while a member", shop_lacks, {ANSWER_UNKNOWN, ANSWER_YES}},
    {"or what others say did not fit", more_is_known_than_fits, {ANSWER_UNKNOWN, ANSWER_UNKNOWN}},
    {"or who else may speak did not", more_may_speak_than_fits, {ANSWER_UNKNOWN, ANSWER_UNKNOWN}},
    {"others' gaps are nothing to it", stranger_lacks, {ANSWER_YES, ANSWER_YES}},
};

static void she_may_have_come_into_a_network(void **state)
{
    static const uint32_t days[] = {1600, 2100};
    (void)state;
    for (size_t i = 0; i < 2 * sizeof network_rows / sizeof network_rows[0]; i++) {
        career_case_begin(&career);
        brand_and_shop();
        network_rows[i / 2].lacks();
        const struct verdict verdict = career_case_conclude(&career, "not in network epa/net", days[i % 2]);
        if (verdict.requirement != network_rows[i / 2].by_day[i % 2]) {
            fail_msg("%s, day %u: %d", network_rows[i / 2].sentence, days[i % 2], verdict.requirement);
        }
    }
}

static void of_a_network_that_nobody_owns_nothing_is_known(void **state)
{
    (void)state;
    career_case_begin(&career);
    brand_and_shop();
    assert_int_equal(career_case_conclude(&career, "not in network zz/net", 1600).requirement,
                     ANSWER_UNKNOWN);
}

/* What is conditional on a network is not ended by it for certain then. */
static void what_asks_for_a_network_may_hold(void **state)
{
    (void)state;
    for (int lacking = 0; lacking < 2; lacking++) {
        career_case_begin(&career);
        career_case_pack(&career, "ase", 1, 0, "A1", "condition A1: in network epa/net");
        career_case_earn(&career,
                         (struct earned[]){{"ase/A1", BASIS_EXAM, 200, 200, 2500}, {NULL, 0, 0, 0, 0}});
        brand_and_shop();
        if (lacking == 1) {
            brand_lacks();
        }
        const struct verdict verdict = career_case_conclude(&career, "A1", 1600);
        assert_int_equal(verdict.requirement, lacking == 1 ? ANSWER_UNKNOWN : ANSWER_NO);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_here_may_be_anything),
        cmocka_unit_test(who_erased_something_is_named_without_what_it_was),
        cmocka_unit_test(what_has_ended_may_have_been_renewed),
        cmocka_unit_test(another_attestation_may_turn_a_rule),
        cmocka_unit_test(what_was_erased_doubts_what_hangs_on_it),
        cmocka_unit_test(she_may_have_come_into_a_network),
        cmocka_unit_test(of_a_network_that_nobody_owns_nothing_is_known),
        cmocka_unit_test(what_asks_for_a_network_may_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
