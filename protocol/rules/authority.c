#include "protocol/rules/authority.h"

#include <assert.h>
#include <string.h>

#include "protocol/base/text.h"
#include "protocol/rules/authority_reach.h"
#include "protocol/rules/authority_search.h"
#include "protocol/rules/authority_withdrawals.h"
#include "protocol/rules/cut.h"

enum {
    STEPS_MAX = 1 << 21, /* records looked at for one answer */
    LITTLE_LOGS_MAX = 128,
};

static const enum reason lenience_reason[LENIENCE_COUNT] = {
    [LENIENCE_NONE] = REASON_NONE,
    [LENIENCE_DISPUTED] = REASON_DISPUTED,
    [LENIENCE_UPGRADE] = REASON_UPGRADE,
    [LENIENCE_VOIDED] = REASON_VOIDED,
    [LENIENCE_REWOUND] = REASON_REWOUND,
    [LENIENCE_CUT] = REASON_CUT_NOT_HELD,
    [LENIENCE_BEYOND] = REASON_BEYOND_CUT,
    [LENIENCE_STATE_NOT_ASKED] = REASON_STATE_NOT_ASKED,
    [LENIENCE_STATES_UNBOUND] = REASON_STATES_UNBOUND,
    [LENIENCE_WITHDRAWN] = REASON_WITHDRAWN,
    [LENIENCE_CLOSED] = REASON_WITHDRAWN,
    [LENIENCE_OUT_OF_FORCE] = REASON_ACCREDITATION_EXPIRED,
    [LENIENCE_DEPTH] = REASON_CHAIN_TOO_DEEP,
    [LENIENCE_STATE] = REASON_ACCREDITED_ELSEWHERE,
    [LENIENCE_CODE] = REASON_NOT_ACCREDITED,
};

/* Add to those that are reached who accredited them for a code. Returns: whether that is one more. */
static bool reach_accreditors(bool *reached, const struct dossier *dossier, struct bytes code)
{
    bool more = false;
    for (size_t i = 0; i < dossier->accreditation_count; i++) {
        const struct dossier_accreditation *row = &dossier->accreditations[i];
        const struct dossier_log *delegate = dossier_log_of(dossier, &row->accreditation.delegate);
        if (!reached[row->place.log] && delegate != NULL && reached[delegate - dossier->logs] &&
            accreditation_names_code(&row->accreditation, code)) {
            reached[row->place.log] = more = true;
        }
    }
    return more;
}

/* Whether what was left out may have been taken back from the issuer, or from whoever let it speak for the
 * code, and so on. */
static __attribute__((noinline)) bool is_above_cut(const struct dossier *dossier,
                                                   const struct authority_question *question)
{
    bool reached[DOSSIER_LOGS_MAX] = {false};
    const struct dossier_log *issuer = dossier_log_of(dossier, &question->issuer);
    bool found = issuer == NULL;
    if (issuer != NULL) {
        reached[issuer - dossier->logs] = true;
    }
    while (!found && reach_accreditors(reached, dossier, question->code)) {
    }
    for (size_t i = 0; i < dossier->log_count && !found; i++) {
        found = reached[i] && dossier->logs[i].withdrawals_cut;
    }
    return found;
}

static bool lacks_withdrawals(const struct dossier *dossier, const struct authority_question *question)
{
    return dossier->cuts.withdrawals || (dossier->cuts.delegates && is_above_cut(dossier, question));
}

/* Whether an owner's succession covers what speaks, or any chain that holds begins with a recorded link,
 * whichever the one is that was found. Of what is said on a side branch it is
 * unknown where it may be so, but for a doubt. */
static enum answer finds_recorded(struct authority_search *search)
{
    size_t top;
    struct authority_speaker issuer = authority_issuer_of(search);
    if (authority_is_owner(search, &issuer) && authority_is_handed_on(search, search->question->place)) {
        return ANSWER_YES;
    }
    if (any_cut_of(search->dossier, &search->question->issuer)) {
        search->only_recorded = true;
        search->for_certain = true;
        if (authority_find_chain(search, &top)) {
            return ANSWER_YES;
        }
        search->for_certain = false;
        search->lenience = LENIENCE_STATES_UNBOUND;
        if (search->question->place->block.side && authority_find_chain(search, &top)) {
            return ANSWER_UNKNOWN;
        }
    }
    return search->cut || authority_may_be_handed_on(search, search->question->place) ? ANSWER_UNKNOWN
                                                                                      : ANSWER_NO;
}

static void write_chain(struct authority_answer *out, struct authority_search *search, size_t top)
{
    size_t links = top == NO_LINK ? 0 : search->links[top];
    out->has_chain = links <= CHAIN_DEPTH_MAX;
    if (!out->has_chain) {
        return;
    }
    out->chain_size = links;
    size_t at = 0;
    for (size_t link = top; link != NO_LINK; link = search->below[link]) {
        const struct accreditation *accreditation = &search->dossier->accreditations[link].accreditation;
        out->links[at] = link;
        out->chain[at++] = *authority_speaker_of(search, link).actor;
        if (accreditation->has_until && accreditation->until < out->until) {
            out->until = accreditation->until;
        }
    }
    out->chain[at] = search->question->issuer;
}

/* Who withdrew the chain: whoever took back its uppermost link that was, or the owner that handed the
 * namespace on. */
static void write_withdrawer(struct authority_answer *out, struct authority_search *search, size_t top)
{
    out->withdrawn_by = top == NO_LINK ? search->question->issuer : *authority_speaker_of(search, top).actor;
    search->lenience = LENIENCE_STATES_UNBOUND;
    search->steps_left = search->all_left;
    search->knows_above = true;
    search->above = NO_LINK;
    for (size_t link = top; link != NO_LINK; search->above = link, link = search->below[link]) {
        const struct dossier_accreditation *accreditation = &search->dossier->accreditations[link];
        struct authority_speaker speaker = authority_speaker_under(search, link);
        const struct dossier_withdrawal *found = authority_withdrawal_of(search, accreditation, &speaker);
        if (found != NULL) {
            out->withdrawn_by = *authority_author_of(search, &found->place);
            return;
        }
    }
}

/* What is in doubt about a chain that hangs on a cut. */
static enum reason cut_doubt_of(const struct authority_answer *answer, const struct dossier *dossier)
{
    for (size_t i = 0; i < dossier->withdrawal_count; i++) {
        const struct dossier_withdrawal *found = &dossier->withdrawals[i];
        for (size_t k = 0; answer->has_chain && k <= answer->chain_size; k++) {
            if (found->withdrawal.has_cut && cut_doubt(&found->cut) == REASON_TOO_MANY &&
                actor_id_equal(&found->withdrawal.delegate, &answer->chain[k])) {
                return REASON_TOO_MANY;
            }
        }
    }
    return REASON_CUT_NOT_HELD;
}

bool authority_is_unknown(enum reason reason)
{
    return reason == REASON_DISPUTED || reason == REASON_UPGRADE || reason == REASON_VOIDED ||
           reason == REASON_REWOUND || reason == REASON_CUT_NOT_HELD || reason == REASON_BEYOND_CUT ||
           reason == REASON_STATE_NOT_ASKED || reason == REASON_STATES_UNBOUND || reason == REASON_TOO_MANY ||
           reason == REASON_LIMIT;
}

void authority_of(struct authority_answer *out, const struct dossier *dossier, const struct trust *trust,
                  const struct authority_question *question)
{
    struct namespace_owners owners;
    namespace_owners_of(&owners, dossier, trust, code_namespace(question->code));
    authority_under(out, dossier, trust, &owners, question);
}

static void write_found(struct authority_answer *out, struct authority_search *search, size_t top)
{
    out->reason = lenience_reason[search->lenience];
    out->closed = search->lenience == LENIENCE_CLOSED;
    write_chain(out, search, top);
    if (search->only_recorded) {
        out->recorded = ANSWER_YES;
    } else if (out->reason == REASON_NONE) {
        out->recorded = finds_recorded(search);
    } else if (search->question->place->block.side && authority_is_unknown(out->reason)) {
        out->recorded = finds_recorded(search) == ANSWER_NO ? ANSWER_NO : ANSWER_UNKNOWN;
    } else if (out->reason == REASON_WITHDRAWN) {
        write_withdrawer(out, search, top);
    }
    if (out->reason == REASON_CUT_NOT_HELD) {
        out->reason = cut_doubt_of(out, search->dossier);
    }
}

/* The reason where not all was looked at. The last leniences only say why it is no: there it is one that is
 * so whatever was not looked at, and none that a stranger has whom an owner may have accredited for the code.
 */
static enum reason reason_of_limit(const struct authority_search *search)
{
    if (search->lenience < LENIENCE_OUT_OF_FORCE) {
        return REASON_LIMIT;
    }
    if (search->lenience == LENIENCE_OUT_OF_FORCE) {
        return REASON_ACCREDITATION_EXPIRED;
    }
    return search->question->state.size > 0 ? REASON_ACCREDITED_ELSEWHERE : REASON_NOT_ACCREDITED;
}

/* Whether it matters why nobody lets the issuer speak: see hangs_on_cuts. */
static bool asks_why(const struct authority_search *search)
{
    const struct authority_question *question = search->question;
    bool hangs = search->dossier->cuts.accreditations || search->owners->left_out;
    return !question->recorded_only && question->parted_from == NULL && (!question->only_whether || hangs);
}

/* Requires: search has room for its notes. */
static void find_authority(struct authority_answer *out, struct authority_search *search,
                           const struct dossier *dossier, const struct trust *trust,
                           const struct namespace_owners *owners, const struct authority_question *question)
{
    search->dossier = dossier;
    search->trust = trust;
    search->question = question;
    search->owners = owners;
    search->steps_left = 0;
    search->all_left = STEPS_MAX;
    search->cut = false;
    search->only_recorded = question->recorded_only;
    search->for_certain = true;
    search->knows_bound = false;
    search->knows_above = false;
    search->cuts_above = 0;
    search->has_accreditations = false;
    memset(search->against, 0, dossier->withdrawal_count);
    memset(search->voids, 0, dossier->accreditation_count);
    search->any_missing = false;
    if (!authority_is_small(dossier)) {
        authority_list_withdrawals(search);
        authority_mark_missing(search);
    }
    const enum authority_lenience first =
        question->parted_from != NULL ? LENIENCE_STATES_UNBOUND : LENIENCE_NONE;
    const enum authority_lenience last = asks_why(search) ? LENIENCE_COUNT - 1 : first;
    for (enum authority_lenience lenience = first; lenience <= last && !search->cut; lenience++) {
        size_t top;
        search->lenience = lenience;
        if (authority_find_chain(search, &top) && (lenience == LENIENCE_NONE || !search->cut)) {
            write_found(out, search, top);
            return;
        }
    }
    if (search->cut) {
        out->reason = reason_of_limit(search);
    }
}

static bool is_little(const struct dossier *dossier)
{
    return authority_is_small(dossier) && dossier->log_count <= LITTLE_LOGS_MAX;
}

/* Most questions find little, and to touch the room for much takes longer than to search it: so the two have
 * frames of their own. */
static __attribute__((noinline)) void find_in_little(struct authority_answer *out,
                                                     const struct dossier *dossier, const struct trust *trust,
                                                     const struct namespace_owners *owners,
                                                     const struct authority_question *question)
{
    uint8_t links[CLIMBED_ALL_MAX], voids[CLIMBED_ALL_MAX], against[1];
    uint16_t below[CLIMBED_ALL_MAX];
    struct authority_dead_end dead_ends[CLIMBED_ALL_MAX];
    struct authority_notes authors[LITTLE_LOGS_MAX];
    struct authority_search search;
    search.links = links;
    search.below = below;
    search.dead_ends = dead_ends;
    search.against = against;
    search.voids = voids;
    search.authors = authors;
    search.first = NULL;
    search.next_accreditation = search.next_link = search.next_withdrawal = NULL;
    search.missing = NULL;
    find_authority(out, &search, dossier, trust, owners, question);
}

static __attribute__((noinline)) void find_in_much(struct authority_answer *out,
                                                   const struct dossier *dossier, const struct trust *trust,
                                                   const struct namespace_owners *owners,
                                                   const struct authority_question *question)
{
    assert(dossier->accreditation_count <= DOSSIER_GRANTS_MAX);
    assert(dossier->withdrawal_count <= DOSSIER_GRANTS_MAX);
    uint8_t links[DOSSIER_GRANTS_MAX], voids[DOSSIER_GRANTS_MAX], against[DOSSIER_GRANTS_MAX];
    uint16_t below[DOSSIER_GRANTS_MAX];
    struct authority_dead_end dead_ends[DOSSIER_GRANTS_MAX];
    struct authority_notes authors[DOSSIER_LOGS_MAX];
    struct authority_lists first[DOSSIER_LOGS_MAX];
    uint16_t next_accreditation[DOSSIER_GRANTS_MAX], next_link[DOSSIER_GRANTS_MAX];
    uint16_t next_withdrawal[DOSSIER_GRANTS_MAX];
    bool missing[DOSSIER_GRANTS_MAX];
    struct authority_search search;
    search.links = links;
    search.below = below;
    search.dead_ends = dead_ends;
    search.against = against;
    search.voids = voids;
    search.authors = authors;
    search.first = first;
    search.next_accreditation = next_accreditation;
    search.next_link = next_link;
    search.next_withdrawal = next_withdrawal;
    search.missing = missing;
    find_authority(out, &search, dossier, trust, owners, question);
}

static bool is_open(enum reason reason)
{
    return reason == REASON_DISPUTED || reason == REASON_UPGRADE || reason == REASON_VOIDED ||
           reason == REASON_TOO_MANY || reason == REASON_LIMIT;
}

/* Whether what was left out of the dossier, or of its successions, could make the answer another one. */
static bool hangs_on_cuts(const struct dossier *dossier, const struct authority_question *question,
                          bool owners_left_out, enum reason reason)
{
    if (reason == REASON_NONE) {
        return owners_left_out || lacks_withdrawals(dossier, question);
    }
    return (dossier->cuts.accreditations || owners_left_out) && reason != REASON_NAMESPACE_UNOWNED &&
           !is_open(reason);
}

void authority_under(struct authority_answer *out, const struct dossier *dossier, const struct trust *trust,
                     const struct namespace_owners *owners, const struct authority_question *question)
{
    *out = (struct authority_answer){.reason = REASON_UNTRUSTED, .until = DAY_NONE};
    if (owners->count == 0) {
        out->reason = REASON_NAMESPACE_UNOWNED;
    } else if (is_little(dossier)) {
        find_in_little(out, dossier, trust, owners, question);
    } else {
        find_in_much(out, dossier, trust, owners, question);
    }
    if (hangs_on_cuts(dossier, question, owners->left_out, out->reason)) {
        out->reason = REASON_LIMIT;
    }
}

/* ---- cuts between two places ---- */

static bool may_be_handed_on_between(const struct namespace_owners *owners,
                                     const struct authority_question *question,
                                     const struct dossier_place *later)
{
    size_t at = namespace_owner_index(owners, &question->issuer);
    for (size_t i = 0; i < owners->handing_count; i++) {
        if (owners->tenures[owners->handings[i].tenure].owner == at &&
            cut_may_part(owners->handings[i].cut, question->place, later)) {
            return true;
        }
    }
    return false;
}

static bool may_be_withdrawn_between(const struct dossier *dossier, const struct authority_question *question,
                                     const struct dossier_place *later)
{
    for (size_t i = 0; i < dossier->withdrawal_count; i++) {
        const struct dossier_withdrawal *found = &dossier->withdrawals[i];
        if (actor_id_equal(&found->withdrawal.delegate, &question->issuer) &&
            withdrawal_may_part(found, question->place, later)) {
            return true;
        }
    }
    return false;
}

bool authority_may_part(const struct dossier *dossier, const struct trust *trust,
                        const struct namespace_owners *owners, const struct authority_question *question,
                        const struct dossier_place *later)
{
    struct authority_question parted = *question;
    struct authority_answer answer;
    if (owners->left_out || lacks_withdrawals(dossier, question)) {
        return question->place->seq != later->seq;
    }
    if (may_be_handed_on_between(owners, question, later)) {
        return true;
    }
    if (!may_be_withdrawn_between(dossier, question, later)) {
        return false;
    }
    parted.parted_from = later;
    authority_under(&answer, dossier, trust, owners, &parted);
    return answer.reason != REASON_UNTRUSTED;
}
