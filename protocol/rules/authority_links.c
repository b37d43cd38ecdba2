#include "protocol/rules/authority_links.h"

#include "protocol/base/text.h"
#include "protocol/rules/authority_withdrawals.h"
#include "protocol/rules/pack_states.h"
#include "protocol/rules/weight.h"

bool accreditation_names_code(const struct accreditation *accreditation, struct bytes code)
{
    const struct bytes *patterns = accreditation->patterns.items;
    for (size_t i = 0; i < accreditation->patterns.count; i++) {
        if (code_matches(code, patterns[i])) {
            return true;
        }
    }
    return false;
}

static enum answer state_bound_under(const struct authority_search *search,
                                     const struct namespace_owners *owners)
{
    const struct authority_question *question = search->question;
    const struct dossier_pack *pack =
        pack_under(search->dossier, owners, code_namespace(question->code), question->day);
    if (pack == NULL || pack_is_disputed(search->dossier, owners, pack)) {
        return ANSWER_UNKNOWN;
    }
    return pack_binds_state(&pack->pack, question->code);
}

/* Whether the code hangs on a state, by the pack of the day asked about, whoever has the namespace. */
static enum answer state_bound(const struct authority_search *search)
{
    const struct namespace_owners *owners = search->owners;
    enum answer bound = state_bound_under(search, owners);
    for (size_t i = 0; i < owners->tenure_count && bound != ANSWER_UNKNOWN; i++) {
        struct namespace_owners supposed;
        if (owners->tenures[i].doubt != REASON_NONE) {
            namespace_owners_supposing(&supposed, owners, i);
            bound = state_bound_under(search, &supposed) == bound ? bound : ANSWER_UNKNOWN;
        }
    }
    return bound;
}

/* How much must be overlooked for the states of an accreditation not to stand in the way. */
static enum authority_lenience lenience_of_states(struct authority_search *search,
                                                  const struct accreditation *accreditation)
{
    const struct bytes *states = accreditation->states.items;
    if (accreditation->states.count == 0) {
        return LENIENCE_NONE;
    }
    if (!search->knows_bound) {
        search->bound = state_bound(search);
        search->knows_bound = true;
    }
    if (search->bound != ANSWER_YES) {
        return LENIENCE_STATES_UNBOUND;
    }
    if (search->question->state.size == 0) {
        return LENIENCE_STATE_NOT_ASKED;
    }
    for (size_t i = 0; i < accreditation->states.count; i++) {
        if (bytes_equal(states[i], search->question->state)) {
            return LENIENCE_NONE;
        }
    }
    return LENIENCE_STATE;
}

static bool in_force(const struct accreditation *accreditation, const struct authority_question *question)
{
    return accreditation->from <= question->day + question->days_after &&
           (!accreditation->has_until || question->day <= accreditation->until);
}

/* Whether what lets the speaker of an accreditation speak also keeps a withdrawal of it that the speaker
 * dropped. */
static bool keeps_withdrawal(struct authority_search *search, size_t above,
                             const struct authority_speaker *speaker, bool for_certain)
{
    const struct dossier_accreditation *accreditation = &search->dossier->accreditations[speaker->link];
    const struct authority_speaker delegate = authority_speaker_under(search, speaker->link);
    for (size_t i = authority_first_withdrawal(search, &accreditation->place);
         i != NO_LINK && authority_take_step(search); i = search->next_withdrawal[i]) {
        const struct dossier_withdrawal *found = &search->dossier->withdrawals[i];
        enum authority_lenience counts = found->withdrawal.closed ? LENIENCE_CLOSED : LENIENCE_WITHDRAWN;
        if (search->lenience < counts && authority_hangs_on_cut(search, &found->place) &&
            found->place.log == accreditation->place.log &&
            authority_concerns(search, found, accreditation) &&
            authority_leaves(search, found, accreditation, delegate.place) == ANSWER_NO &&
            authority_keeps(search, above, &found->place, for_certain)) {
            return true;
        }
    }
    return false;
}

bool authority_lets_speak(struct authority_search *search, size_t above,
                          const struct authority_speaker *speaker)
{
    bool for_certain = search->lenience < LENIENCE_REWOUND;
    if (speaker->link == NO_LINK) {
        return true;
    }
    if (authority_hangs_on_cut(search, speaker->place) &&
        !authority_keeps(search, above, speaker->place, for_certain)) {
        return false;
    }
    return search->lenience >= LENIENCE_CLOSED || !keeps_withdrawal(search, above, speaker, !for_certain);
}

/* Of one on a branch that was dropped and under a cut authority_lets_speak decides. */
static bool is_certain(struct authority_search *search, const struct dossier_accreditation *found)
{
    const struct dossier_log *log = dossier_log_at(search->dossier, &found->place);
    struct weighed weighed = authority_weigh_accreditation(search, found);
    if (search->lenience < LENIENCE_UPGRADE && log->upgrade_needed &&
        dossier_log_reaches(log, log->upgrade_seq)) {
        return false;
    }
    return authority_hangs_on_cut(search, &found->place) ||
           (weighed.reason != REASON_DROPPED &&
            search->lenience >= authority_lenience_of_doubt(weighed.reason));
}

/* Whether an accreditation for other codes may have been given for the one asked about as well, on a branch
 * of its author's that a cut keeps and that is not here: a doubt, and no certain no. */
static bool may_name_code(const struct authority_search *search, const struct dossier_accreditation *found)
{
    return search->lenience >= LENIENCE_CUT && search->lenience < LENIENCE_WITHDRAWN && search->any_missing &&
           search->authors[found->place.log].missed;
}

bool authority_stands(struct authority_search *search, const struct dossier_accreditation *found)
{
    const struct accreditation *accreditation = &found->accreditation;
    enum authority_lenience lenience = search->lenience;
    if (lenience < LENIENCE_OUT_OF_FORCE && !in_force(accreditation, search->question)) {
        return false; /* first, as what is most often so, and takes least to tell */
    }
    if (!dossier_place_arrived(search->dossier, &found->place) || !is_certain(search, found)) {
        return false;
    }
    if (lenience < LENIENCE_CODE && !accreditation_names_code(accreditation, search->question->code) &&
        !may_name_code(search, found)) {
        return false;
    }
    return lenience >= lenience_of_states(search, accreditation);
}

bool authority_holds(struct authority_search *search, size_t link, const struct authority_speaker *speaker,
                     size_t links_below)
{
    const struct dossier_accreditation *found = &search->dossier->accreditations[link];
    const struct accreditation *accreditation = &found->accreditation;
    enum authority_lenience lenience = search->lenience;
    if (!authority_stands(search, found) || !authority_lets_speak(search, link, speaker)) {
        return false;
    }
    if (lenience < LENIENCE_DEPTH && accreditation->depth < links_below) {
        return false;
    }
    return lenience >= LENIENCE_CLOSED || authority_withdrawal_of(search, found, speaker) == NULL;
}
