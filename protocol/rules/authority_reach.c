#include "protocol/rules/authority_reach.h"

#include <string.h>

#include "protocol/rules/authority_links.h"
#include "protocol/rules/authority_withdrawals.h"

enum { STEPS_MISSING_MAX = 1 << 16 /* records looked at for what cuts keep that is not here */ };
_Static_assert(CLIMBED_ALL_MAX *(CLIMBED_ALL_MAX + 1) < (int)STEPS_EACH_MAX,
               "every one of few can be climbed from every one");

/* ---- room below ---- */

/* Returns: whether there was less. */
static bool raise_room(struct authority_search *search, const struct actor_id *author, size_t room)
{
    size_t log = authority_log_of(search, author);
    if (log == SIZE_MAX || search->authors[log].room >= room) {
        return false;
    }
    search->authors[log].room = (uint8_t)room;
    return true;
}

static void give_owners_room(struct authority_search *search, size_t links_max)
{
    for (size_t i = 0; i < search->owners->count; i++) {
        raise_room(search, &search->owners->owners[i].actor, links_max);
    }
    for (size_t i = 0; search->lenience >= LENIENCE_CODE && i < search->trust->owner_count; i++) {
        raise_room(search, &search->trust->owners[i].actor, links_max);
    }
}

/* How many links an accreditation may have below it. */
static size_t room_under(const struct authority_search *search, const struct dossier_accreditation *found)
{
    size_t room = search->authors[found->place.log].room;
    if (room == 0) {
        return 0;
    }
    bool any_depth = search->lenience >= LENIENCE_DEPTH || found->accreditation.depth >= room;
    return any_depth ? room - 1 : (size_t)found->accreditation.depth;
}

/* ---- what cuts keep that is not here ---- */

static bool is_missing(const struct dossier_cut *cut)
{
    return cut->found == CUT_NOT_HELD || cut->found == CUT_TOO_LONG;
}

/* Whether its author took an accreditation that lets others speak for the code back for certain, but for what
 * is on a branch that is not here. Where that takes too long it may have. */
static bool keeps_missing(struct authority_search *search, size_t accreditation, size_t *steps)
{
    const struct dossier_accreditation *found = &search->dossier->accreditations[accreditation];
    bool missing = false;
    if (found->accreditation.depth == 0 ||
        !accreditation_names_code(&found->accreditation, search->question->code)) {
        return false;
    }
    for (size_t i = authority_first_withdrawal(search, &found->place); i != NO_LINK && !missing;
         i = search->next_withdrawal[i]) {
        if (++*steps > STEPS_MISSING_MAX) {
            return true;
        }
        const struct dossier_withdrawal *by = &search->dossier->withdrawals[i];
        missing = by->withdrawal.has_cut && is_missing(&by->cut) && authority_concerns(search, by, found) &&
                  !authority_is_in_doubt(search, &by->place);
    }
    return missing;
}

void authority_mark_missing(struct authority_search *search)
{
    size_t steps = 0;
    bool any = false;
    for (size_t i = 0; i < search->dossier->withdrawal_count && !any; i++) {
        const struct dossier_withdrawal *found = &search->dossier->withdrawals[i];
        any = found->withdrawal.has_cut && is_missing(&found->cut);
    }
    for (size_t i = 0; i < search->dossier->accreditation_count && any; i++) {
        search->missing[i] = keeps_missing(search, i, &steps);
        search->any_missing = search->any_missing || search->missing[i];
    }
}

/* Find out whose branches these are, as far as an owner lets who took back have two links below it. Returns:
 * whether one is found that was not known. */
static bool mark_missed(struct authority_search *search)
{
    bool more = false;
    for (size_t i = 0; i < search->dossier->accreditation_count && search->any_missing; i++) {
        const struct dossier_accreditation *found = &search->dossier->accreditations[i];
        size_t log = authority_log_of(search, &found->accreditation.delegate);
        if (search->missing[i] && log != SIZE_MAX && !search->authors[log].missed &&
            search->authors[found->place.log].room >= 2) {
            search->authors[log].missed = more = true;
        }
    }
    return more;
}

/* Find out of each author how many links an owner lets it have below it, by accreditations that lead down to
 * it in at most links_max links, cuts aside. No chain goes through others: however many accreditations a
 * crowd signs whom nobody lets accredit anybody, none of them is climbed. */
static void mark_room(struct authority_search *search, size_t links_max)
{
    const struct dossier *dossier = search->dossier;
    bool more = true;
    give_owners_room(search, links_max);
    for (size_t links = 0; more && links < links_max; links++) {
        more = false;
        for (size_t i = 0; i < dossier->accreditation_count; i++) {
            const struct dossier_accreditation *found = &dossier->accreditations[i];
            size_t room = room_under(search, found);
            if (room > 0 && authority_stands(search, found)) {
                more |= raise_room(search, &found->accreditation.delegate, room);
            }
        }
        more = mark_missed(search) || more;
    }
}

static void mark_places(struct authority_search *search)
{
    const struct dossier *dossier = search->dossier;
    for (size_t i = 0; i < dossier->withdrawal_count; i++) {
        size_t log = authority_log_of(search, &dossier->withdrawals[i].withdrawal.delegate);
        if (log != SIZE_MAX) {
            search->authors[log].places_differ = true;
        }
    }
    for (size_t i = 0; i < dossier->accreditation_count; i++) {
        const struct dossier_place *place = &dossier->accreditations[i].place;
        search->authors[place->log].places_differ |= place->block.side;
        search->authors[place->log].on_branches |= place->block.side;
    }
}

bool authority_is_small(const struct dossier *dossier)
{
    return dossier->accreditation_count <= CLIMBED_ALL_MAX && dossier->withdrawal_count == 0;
}

bool authority_is_avoided(const struct authority_search *search, size_t link)
{
    const struct authority_avoided *avoided = search->question->avoided;
    size_t log = search->dossier->accreditations[link].place.log;
    if (avoided != NULL && avoided->links != NULL && avoided->links[link]) {
        return true;
    }
    return avoided != NULL && avoided->logs != NULL && avoided->logs[log];
}

/* Whether some chain that is looked for may have a link with others below it. */
static bool may_lead_on(struct authority_search *search, size_t link)
{
    const struct dossier_accreditation *found = &search->dossier->accreditations[link];
    bool deep = search->lenience >= LENIENCE_DEPTH || found->accreditation.depth > 0;
    return deep && search->authors[found->place.log].room > 1 && authority_stands(search, found) &&
           !authority_is_avoided(search, link);
}

void authority_list_links(struct authority_search *search)
{
    const struct dossier *dossier = search->dossier;
    for (size_t i = 0; i < dossier->log_count; i++) {
        search->first[i].links[false] = search->first[i].links[true] = NO_LINK;
    }
    for (size_t i = dossier->accreditation_count; i > 0; i--) {
        const struct dossier_accreditation *found = &dossier->accreditations[i - 1];
        size_t log =
            may_lead_on(search, i - 1) ? authority_log_of(search, &found->accreditation.delegate) : SIZE_MAX;
        if (log != SIZE_MAX) {
            uint16_t *first =
                &search->first[log]
                     .links[authority_may_own(search, authority_author_of(search, &found->place))];
            search->next_link[i - 1] = *first;
            *first = (uint16_t)(i - 1);
        }
    }
}

void authority_mark_authors(struct authority_search *search, size_t links_max)
{
    memset(search->authors, 0, search->dossier->log_count * sizeof search->authors[0]);
    if (!authority_is_small(search->dossier)) {
        mark_room(search, links_max);
        mark_places(search);
        authority_list_links(search);
    }
}
