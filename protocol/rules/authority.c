#include "protocol/rules/authority.h"

#include <assert.h>
#include <string.h>

#include "protocol/base/text.h"
#include "protocol/rules/cut.h"
#include "protocol/rules/pack_states.h"
#include "protocol/rules/weight.h"

/* What a search overlooks, each also what those before it do: the first one that finds a chain names what
 * stands in its way. */
enum lenience {
    LENIENCE_NONE,
    LENIENCE_DISPUTED,
    LENIENCE_UPGRADE,
    LENIENCE_VOIDED,
    LENIENCE_REWOUND,
    LENIENCE_CUT,
    LENIENCE_BEYOND,
    LENIENCE_STATE_NOT_ASKED,
    LENIENCE_STATES_UNBOUND,
    LENIENCE_WITHDRAWN,
    LENIENCE_OUT_OF_FORCE,
    LENIENCE_DEPTH,
    LENIENCE_STATE,
    LENIENCE_CODE,
    LENIENCE_COUNT
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
    [LENIENCE_OUT_OF_FORCE] = REASON_ACCREDITATION_EXPIRED,
    [LENIENCE_DEPTH] = REASON_CHAIN_TOO_DEEP,
    [LENIENCE_STATE] = REASON_ACCREDITED_ELSEWHERE,
    [LENIENCE_CODE] = REASON_NOT_ACCREDITED,
};

enum {
    STEPS_MAX = 1 << 18,  /* records looked at for one answer */
    LINKS_TRIED_MAX = 64, /* when depth is overlooked */
    NO_LINK = UINT16_MAX, /* in below: the link leads to the issuer itself */
};
_Static_assert((int)DOSSIER_GRANTS_MAX < (int)NO_LINK, "links are numbered in 16 bits");

/* A statement whose speaker must be authorised. */
struct speaker {
    const struct actor_id *actor;
    const struct dossier_place *place;
    size_t link; /* the accreditation that it is; NO_LINK: what the question is about */
};

struct search {
    const struct dossier *dossier;
    const struct trust *trust;
    const struct authority_question *question;
    const struct namespace_owners *owners;
    enum lenience lenience;
    size_t steps_left;
    bool knows_bound; /* whether the next is known by now */
    enum answer bound;
    bool knows_above; /* whether the next is: what lets the author of a link speak, NO_LINK for an owner */
    size_t above;
    /* For each accreditation: links from it down to the issuer, itself counted, by the shortest way; 0: none
     * found. */
    uint8_t links[DOSSIER_GRANTS_MAX];
    uint16_t below[DOSSIER_GRANTS_MAX]; /* the next one on that way */
    struct {
        bool reached; /* an owner's accreditations may lead to it: see mark_reached */
        bool taken_back;
        bool climbed;
    } authors[DOSSIER_LOGS_MAX]; /* of each log */
};

static const struct actor_id *author_of(const struct search *search, const struct dossier_place *place)
{
    return &dossier_log_at(search->dossier, place)->author;
}

static struct speaker speaker_of(const struct search *search, size_t link)
{
    const struct dossier_place *place = &search->dossier->accreditations[link].place;
    return (struct speaker){.actor = author_of(search, place), .place = place, .link = link};
}

static struct speaker issuer_of(const struct search *search)
{
    const struct authority_question *question = search->question;
    return (struct speaker){.actor = &question->issuer, .place = question->place, .link = NO_LINK};
}

static struct speaker speaker_under(const struct search *search, size_t link)
{
    size_t below = search->below[link];
    return below == NO_LINK ? issuer_of(search) : speaker_of(search, below);
}

static bool owns_anything(const struct trust *trust, const struct actor_id *actor)
{
    for (size_t i = 0; i < trust->owner_count; i++) {
        if (actor_id_equal(&trust->owners[i].actor, actor)) {
            return true;
        }
    }
    return false;
}

/* How much must be overlooked for a statement in such a block to count. */
static enum lenience lenience_of_doubt(enum reason doubt)
{
    switch ((int)doubt) {
    case REASON_NONE:
        return LENIENCE_NONE;
    case REASON_VOIDED:
        return LENIENCE_VOIDED;
    case REASON_REWOUND:
        return LENIENCE_REWOUND;
    default:
        return LENIENCE_DISPUTED;
    }
}

/* The same for one of which a cut covers so much. */
static enum lenience lenience_of_cover(enum answer covered)
{
    switch (covered) {
    case ANSWER_YES:
        return LENIENCE_NONE;
    case ANSWER_NO:
        return LENIENCE_WITHDRAWN;
    case ANSWER_UNKNOWN:
        break;
    }
    return LENIENCE_CUT;
}

static bool is_owner(const struct search *search, const struct speaker *speaker)
{
    size_t at = namespace_owner_index(search->owners, speaker->actor);
    if (at == NAMESPACE_OWNERS_MAX) {
        return search->lenience >= LENIENCE_CODE && owns_anything(search->trust, speaker->actor);
    }
    const struct namespace_owner *owner = &search->owners->owners[at];
    return search->lenience >= lenience_of_cover(namespace_owner_spoke(owner, speaker->place)) &&
           search->lenience >= lenience_of_doubt(owner->doubt);
}

static bool lists_position(const struct list *positions, uint64_t seq, uint64_t index)
{
    const struct entry_position *items = positions->items;
    for (size_t i = 0; i < positions->count; i++) {
        if (items[i].seq == seq && items[i].index == index) {
            return true;
        }
    }
    return false;
}

/* ---- withdrawals ---- */

/* Whether a withdrawal in place is about what was said in earlier: its author's own statement before it, or
 * that of an owner which its author succeeded. */
static bool is_about(const struct search *search, const struct dossier_place *place,
                     const struct dossier_place *earlier)
{
    const struct namespace_owners *owners = search->owners;
    if (place->log == earlier->log) {
        return place_precedes(earlier, place);
    }
    size_t speaker = namespace_owner_index(owners, author_of(search, place));
    size_t accreditor = namespace_owner_index(owners, author_of(search, earlier));
    return speaker < NAMESPACE_OWNERS_MAX && accreditor < speaker &&
           owners->owners[speaker].doubt == REASON_NONE;
}

/* Whether a withdrawal that is about accreditation leaves what its delegate said in place. */
static enum answer leaves(const struct dossier_withdrawal *found,
                          const struct dossier_accreditation *accreditation,
                          const struct dossier_place *place)
{
    const struct withdrawal *withdrawal = &found->withdrawal;
    if (withdrawal->has_accreditation) {
        bool named = found->place.log == accreditation->place.log &&
                     withdrawal->accreditation.seq == accreditation->place.seq &&
                     withdrawal->accreditation.index == accreditation->place.index;
        return named ? ANSWER_NO : ANSWER_YES;
    }
    if (lists_position(&withdrawal->exceptions, place->seq, place->index)) {
        return ANSWER_NO;
    }
    return cut_covers(&found->cut, place);
}

static bool has_arrived(const struct search *search, const struct dossier_place *place)
{
    return dossier_place_arrived(search->dossier, place) &&
           place_weigh(search->dossier, place, STANCE_AGAINST).weight != WEIGHT_NOTHING;
}

static bool is_in_doubt(const struct search *search, const struct dossier_place *place)
{
    return place_weigh(search->dossier, place, STANCE_AGAINST).weight != WEIGHT_FULL;
}

static bool concerns(const struct search *search, const struct dossier_withdrawal *found,
                     const struct dossier_accreditation *accreditation)
{
    return actor_id_equal(&found->withdrawal.delegate, &accreditation->accreditation.delegate) &&
           is_about(search, &found->place, &accreditation->place) && has_arrived(search, &found->place);
}

/* Where the author of a withdrawal stood when it said so. */
enum standpoint {
    WITHIN, /* or nothing was ever taken back from it */
    IN_DOUBT,
    BEYOND,        /* all that let it speak had been taken back from what it says there, */
    BEYOND_CLOSED, /* by somebody who lets nothing of it count */
};

/* What is left of one accreditation for what its delegate says in place. Withdrawals count here wherever
 * their own authors stood: what comes of it is a doubt in either case. */
static enum standpoint standpoint_under(struct search *search,
                                        const struct dossier_accreditation *accreditation,
                                        const struct dossier_place *place)
{
    enum standpoint worst = WITHIN;
    for (size_t i = 0; i < search->dossier->withdrawal_count && search->steps_left > 0;
         i++, search->steps_left--) {
        const struct dossier_withdrawal *found = &search->dossier->withdrawals[i];
        enum answer left =
            concerns(search, found, accreditation) ? leaves(found, accreditation, place) : ANSWER_YES;
        if (left == ANSWER_YES) {
            continue;
        }
        bool sure = left == ANSWER_NO && !is_in_doubt(search, &found->place);
        enum standpoint one = found->withdrawal.closed ? BEYOND_CLOSED : BEYOND;
        one = sure ? one : IN_DOUBT;
        worst = one > worst ? one : worst;
    }
    return worst;
}

static enum standpoint standpoint_of_owner(const struct namespace_owner *owner,
                                           const struct dossier_place *place)
{
    switch (namespace_owner_spoke(owner, place)) {
    case ANSWER_YES:
        return WITHIN;
    case ANSWER_NO:
        return BEYOND;
    case ANSWER_UNKNOWN:
        break;
    }
    return IN_DOUBT;
}

static enum standpoint standpoint_of(struct search *search, const struct dossier_place *place)
{
    const struct actor_id *author = author_of(search, place);
    size_t owner = namespace_owner_index(search->owners, author);
    enum standpoint best = BEYOND_CLOSED;
    bool any = false;
    if (owner < NAMESPACE_OWNERS_MAX) {
        return standpoint_of_owner(&search->owners->owners[owner], place);
    }
    if (search->dossier->withdrawal_count == 1) {
        return WITHIN; /* nobody withdraws from itself */
    }
    for (size_t i = 0; i < search->dossier->accreditation_count && search->steps_left > 0;
         i++, search->steps_left--) {
        const struct dossier_accreditation *found = &search->dossier->accreditations[i];
        if (!actor_id_equal(&found->accreditation.delegate, author) || !has_arrived(search, &found->place)) {
            continue;
        }
        enum standpoint one = standpoint_under(search, found, place);
        best = one < best ? one : best;
        any = true;
    }
    return any ? best : WITHIN;
}

/* ---- what a cut keeps of a branch that was dropped ---- */

/* Whether place is on a branch that was dropped, and only what lets its author speak can say that it counts.
 */
static bool hangs_on_cut(const struct search *search, const struct dossier_place *place)
{
    return place->block.side && place->block.dropped_s != 0 &&
           any_cut_covers(search->dossier, author_of(search, place), place);
}

/* Whether the cut of a withdrawal that is about accreditation, and that counts (for certain), covers what its
 * delegate said in place: it was there when that was recorded. */
static bool is_recorded(struct search *search, const struct dossier_accreditation *accreditation,
                        const struct dossier_place *place, bool for_certain)
{
    for (size_t i = 0; i < search->dossier->withdrawal_count && search->steps_left > 0;
         i++, search->steps_left--) {
        const struct dossier_withdrawal *found = &search->dossier->withdrawals[i];
        bool counts = found->withdrawal.has_cut && concerns(search, found, accreditation);
        if (counts && for_certain) {
            counts = !is_in_doubt(search, &found->place) && standpoint_of(search, &found->place) == WITHIN;
        }
        if (counts && leaves(found, accreditation, place) == ANSWER_YES) {
            return true;
        }
    }
    return false;
}

/* Whether the succession of an owner has a cut that covers what it said in place. */
static bool is_handed_on(const struct search *search, const struct dossier_place *place)
{
    size_t at = namespace_owner_index(search->owners, author_of(search, place));
    const struct namespace_owner *owner = at < NAMESPACE_OWNERS_MAX ? &search->owners->owners[at] : NULL;
    return owner != NULL && owner->cut != NULL && cut_covers(owner->cut, place) == ANSWER_YES;
}

/* Whether what is said in place stays (for certain) although its author dropped it, the accreditation `above`
 * (NO_LINK: it is an owner) letting that author speak. Where something says that place is void it does not.
 */
static bool keeps(struct search *search, size_t above, const struct dossier_place *place, bool for_certain)
{
    bool voided = dossier_place_is_void(search->dossier, place) ||
                  kept_weigh(search->dossier, place).weight != WEIGHT_FULL;
    if (for_certain && voided) {
        return false;
    }
    return above == NO_LINK
               ? is_handed_on(search, place)
               : is_recorded(search, &search->dossier->accreditations[above], place, for_certain);
}

/* From what lenience on a withdrawal in place is overlooked. */
static enum lenience lenience_against(struct search *search, const struct dossier_place *place)
{
    bool hangs = hangs_on_cut(search, place);
    bool kept = hangs && search->knows_above && keeps(search, search->above, place, true);
    struct weighed weighed =
        hangs ? dropped_weigh(search->dossier, place) : place_weigh(search->dossier, place, STANCE_AGAINST);
    if (weighed.weight == WEIGHT_NOTHING && !kept) {
        return LENIENCE_NONE; /* what is above its author decides: lets_speak */
    }
    if (weighed.weight == WEIGHT_DOUBTFUL && !kept) {
        return lenience_of_doubt(weighed.reason);
    }
    switch (standpoint_of(search, place)) {
    case WITHIN:
        return LENIENCE_WITHDRAWN;
    case IN_DOUBT:
    case BEYOND:
        return LENIENCE_BEYOND;
    case BEYOND_CLOSED:
        break;
    }
    return LENIENCE_NONE;
}

/* The first withdrawal from index *at on that takes accreditation back from what its delegate says as
 * speaker, or NULL. *at: behind it. */
static const struct dossier_withdrawal *next_withdrawal(struct search *search, size_t *at,
                                                        const struct dossier_accreditation *accreditation,
                                                        const struct speaker *speaker)
{
    while (*at < search->dossier->withdrawal_count && search->steps_left > 0) {
        const struct dossier_withdrawal *found = &search->dossier->withdrawals[(*at)++];
        search->steps_left--;
        if (!concerns(search, found, accreditation)) {
            continue;
        }
        enum answer left = leaves(found, accreditation, speaker->place);
        if (left == ANSWER_YES || (left == ANSWER_UNKNOWN && search->lenience >= LENIENCE_CUT) ||
            search->lenience >= lenience_against(search, &found->place)) {
            continue;
        }
        return found;
    }
    return NULL;
}

/* The withdrawal that takes accreditation back from what its delegate says as speaker, or NULL. */
static const struct dossier_withdrawal *withdrawal_of(struct search *search,
                                                      const struct dossier_accreditation *accreditation,
                                                      const struct speaker *speaker)
{
    size_t at = 0;
    return next_withdrawal(search, &at, accreditation, speaker);
}

/* ---- accreditations ---- */

static bool names_code(const struct accreditation *accreditation, struct bytes code)
{
    const struct bytes *patterns = accreditation->patterns.items;
    for (size_t i = 0; i < accreditation->patterns.count; i++) {
        if (code_matches(code, patterns[i])) {
            return true;
        }
    }
    return false;
}

/* Whether the code hangs on a state, by the pack of the day asked about. */
static enum answer state_bound(const struct search *search)
{
    const struct authority_question *question = search->question;
    const struct dossier_pack *pack =
        pack_under(search->dossier, search->owners, code_namespace(question->code), question->day);
    if (pack == NULL || pack_is_disputed(search->dossier, pack)) {
        return ANSWER_UNKNOWN;
    }
    return pack_binds_state(&pack->pack, question->code);
}

/* How much must be overlooked for the states of an accreditation not to stand in the way. */
static enum lenience lenience_of_states(struct search *search, const struct accreditation *accreditation)
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

static bool in_force(const struct accreditation *accreditation, uint32_t day)
{
    return accreditation->from <= day && (!accreditation->has_until || day <= accreditation->until);
}

/* Whether what lets the speaker of an accreditation speak also keeps a withdrawal of it that the speaker
 * dropped. */
static bool keeps_withdrawal(struct search *search, size_t above, const struct speaker *speaker,
                             bool for_certain)
{
    const struct dossier_accreditation *accreditation = &search->dossier->accreditations[speaker->link];
    const struct speaker delegate = speaker_under(search, speaker->link);
    for (size_t i = 0; i < search->dossier->withdrawal_count && search->steps_left > 0;
         i++, search->steps_left--) {
        const struct dossier_withdrawal *found = &search->dossier->withdrawals[i];
        if (hangs_on_cut(search, &found->place) && found->place.log == accreditation->place.log &&
            concerns(search, found, accreditation) &&
            leaves(found, accreditation, delegate.place) == ANSWER_NO &&
            keeps(search, above, &found->place, for_certain)) {
            return true;
        }
    }
    return false;
}

/* Whether what is above a speaker lets it speak, although its author may have dropped that: where a cut keeps
 * it, and where none keeps that it was withdrawn. Of either a doubt can be overlooked. */
static bool lets_speak(struct search *search, size_t above, const struct speaker *speaker)
{
    bool for_certain = search->lenience < LENIENCE_REWOUND;
    if (speaker->link == NO_LINK) {
        return true;
    }
    if (hangs_on_cut(search, speaker->place) && !keeps(search, above, speaker->place, for_certain)) {
        return false;
    }
    return search->lenience >= LENIENCE_WITHDRAWN || !keeps_withdrawal(search, above, speaker, !for_certain);
}

/* Of one on a branch that was dropped and under a cut lets_speak decides. */
static bool is_certain(const struct search *search, const struct dossier_place *place)
{
    const struct dossier_log *log = dossier_log_at(search->dossier, place);
    struct weighed weighed = place_weigh(search->dossier, place, STANCE_FOR);
    if (search->lenience < LENIENCE_UPGRADE && log->upgrade_needed &&
        dossier_log_reaches(log, log->upgrade_seq)) {
        return false;
    }
    return hangs_on_cut(search, place) ||
           (weighed.reason != REASON_DROPPED && search->lenience >= lenience_of_doubt(weighed.reason));
}

/* Whether an accreditation stands, whatever is said by whom on the strength of it. */
static bool stands(struct search *search, const struct dossier_accreditation *found)
{
    const struct accreditation *accreditation = &found->accreditation;
    enum lenience lenience = search->lenience;
    if (!dossier_place_arrived(search->dossier, &found->place) || !is_certain(search, &found->place)) {
        return false;
    }
    if (lenience < LENIENCE_CODE && !names_code(accreditation, search->question->code)) {
        return false;
    }
    if (lenience < lenience_of_states(search, accreditation)) {
        return false;
    }
    return lenience >= LENIENCE_OUT_OF_FORCE || in_force(accreditation, search->question->day);
}

/* Whether link authorises what its delegate says as speaker, with so many links below it. */
static bool holds(struct search *search, size_t link, const struct speaker *speaker, size_t links_below)
{
    const struct dossier_accreditation *found = &search->dossier->accreditations[link];
    const struct accreditation *accreditation = &found->accreditation;
    enum lenience lenience = search->lenience;
    if (!actor_id_equal(&accreditation->delegate, speaker->actor) || !stands(search, found) ||
        !lets_speak(search, link, speaker)) {
        return false;
    }
    if (lenience < LENIENCE_DEPTH && accreditation->depth < links_below) {
        return false;
    }
    return lenience >= LENIENCE_WITHDRAWN || withdrawal_of(search, found, speaker) == NULL;
}

/* ---- whom owners reach ---- */

/* The log of an author; SIZE_MAX: none is known. */
static size_t log_of(const struct search *search, const struct actor_id *author)
{
    const struct dossier_log *log = dossier_log_of(search->dossier, author);
    return log != NULL ? (size_t)(log - search->dossier->logs) : SIZE_MAX;
}

/* Returns: whether it was not marked before. */
static bool mark_one(struct search *search, const struct actor_id *author)
{
    size_t log = log_of(search, author);
    if (log == SIZE_MAX || search->authors[log].reached) {
        return false;
    }
    search->authors[log].reached = true;
    return true;
}

static void mark_owners(struct search *search)
{
    for (size_t i = 0; i < search->owners->count; i++) {
        mark_one(search, &search->owners->owners[i].actor);
    }
    for (size_t i = 0; search->lenience >= LENIENCE_CODE && i < search->trust->owner_count; i++) {
        mark_one(search, &search->trust->owners[i].actor);
    }
}

/* Mark the authors to whom accreditations lead down from an owner in at most links_max links, depths and cuts
 * aside. No chain goes through others: however many accreditations a crowd signs whom nobody authorised, none
 * of them is climbed, and no steps are left wanting for it. */
static void mark_reached(struct search *search, size_t links_max)
{
    const struct dossier *dossier = search->dossier;
    bool more = true;
    mark_owners(search);
    for (size_t links = 0; more && links < links_max; links++) {
        more = false;
        for (size_t i = 0; i < dossier->accreditation_count; i++) {
            const struct dossier_accreditation *found = &dossier->accreditations[i];
            if (search->authors[found->place.log].reached && stands(search, found)) {
                more |= mark_one(search, &found->accreditation.delegate);
            }
        }
    }
}

static void mark_taken_back(struct search *search)
{
    for (size_t i = 0; i < search->dossier->withdrawal_count; i++) {
        size_t log = log_of(search, &search->dossier->withdrawals[i].withdrawal.delegate);
        if (log != SIZE_MAX) {
            search->authors[log].taken_back = true;
        }
    }
}

static void mark_authors(struct search *search, size_t links_max)
{
    memset(search->authors, 0, search->dossier->log_count * sizeof search->authors[0]);
    mark_reached(search, links_max);
    mark_taken_back(search);
}

/* Whether climbing from one more place of a log finds nothing new: nothing was taken back from its author, so
 * that all its places are alike. */
static bool is_climbed(const struct search *search, size_t log)
{
    return search->authors[log].climbed && !search->authors[log].taken_back;
}

/* Try every accreditation not reached so far above speaker. Returns: whether one by an owner was found, *top.
 */
static bool climb(struct search *search, const struct speaker *speaker, uint16_t below, size_t links_below,
                  size_t *top)
{
    for (size_t i = 0; i < search->dossier->accreditation_count; i++) {
        if (search->steps_left == 0) {
            return false;
        }
        search->steps_left--;
        if (search->links[i] != 0 || !search->authors[search->dossier->accreditations[i].place.log].reached ||
            !holds(search, i, speaker, links_below)) {
            continue;
        }
        search->links[i] = (uint8_t)(links_below + 1);
        search->below[i] = below;
        struct speaker accreditor = speaker_of(search, i);
        if (is_owner(search, &accreditor) && lets_speak(search, NO_LINK, &accreditor)) {
            *top = i;
            return true;
        }
    }
    return false;
}

/* Shortest chain from the issuer upward, link by link: a link with fewer links below it is never worse, so
 * each needs to be reached once only. Returns: whether an owner was reached; *top is the owner's link,
 * NO_LINK for the issuer. */
static bool find_chain(struct search *search, size_t *top)
{
    size_t count = search->dossier->accreditation_count;
    size_t links_max = search->lenience >= LENIENCE_DEPTH ? LINKS_TRIED_MAX : CHAIN_DEPTH_MAX;
    struct speaker issuer = issuer_of(search);
    *top = NO_LINK;
    if (is_owner(search, &issuer)) {
        return true;
    }
    memset(search->links, 0, count);
    mark_authors(search, links_max);
    if (climb(search, &issuer, NO_LINK, 0, top)) {
        return true;
    }
    for (size_t links = 1; links < links_max; links++) {
        bool any = false;
        for (size_t i = 0; i < count; i++) {
            if (search->links[i] != links) {
                continue;
            }
            any = true;
            size_t log = search->dossier->accreditations[i].place.log;
            if (is_climbed(search, log)) {
                continue;
            }
            search->authors[log].climbed = true;
            struct speaker speaker = speaker_of(search, i);
            if (climb(search, &speaker, (uint16_t)i, links, top)) {
                return true;
            }
        }
        if (!any) {
            return false;
        }
    }
    return false;
}

static void write_chain(struct authority_answer *out, struct search *search, size_t top)
{
    size_t links = top == NO_LINK ? 0 : search->links[top];
    out->has_chain = links <= CHAIN_DEPTH_MAX;
    out->recorded = top == NO_LINK && is_handed_on(search, search->question->place);
    if (!out->has_chain) {
        return;
    }
    out->chain_size = links;
    size_t at = 0;
    for (size_t link = top; link != NO_LINK; link = search->below[link]) {
        const struct accreditation *accreditation = &search->dossier->accreditations[link].accreditation;
        out->chain[at++] = *speaker_of(search, link).actor;
        if (accreditation->has_until && (out->until == DAY_NONE || accreditation->until < out->until)) {
            out->until = accreditation->until;
        }
        out->recorded =
            search->below[link] == NO_LINK &&
            is_recorded(search, &search->dossier->accreditations[link], search->question->place, true);
    }
    out->chain[at] = search->question->issuer;
}

/* Who withdrew the chain: whoever took back its uppermost link that was, or the owner that handed the
 * namespace on. */
static void write_withdrawer(struct authority_answer *out, struct search *search, size_t top)
{
    out->withdrawn_by = top == NO_LINK ? search->question->issuer : *speaker_of(search, top).actor;
    search->lenience = LENIENCE_STATES_UNBOUND;
    search->knows_above = true;
    search->above = NO_LINK;
    for (size_t link = top; link != NO_LINK; search->above = link, link = search->below[link]) {
        const struct dossier_accreditation *accreditation = &search->dossier->accreditations[link];
        struct speaker speaker = speaker_under(search, link);
        const struct dossier_withdrawal *found;
        size_t next = 0;
        while ((found = next_withdrawal(search, &next, accreditation, &speaker)) != NULL) {
            if (!out->withdrawn) {
                out->withdrawn_by = *author_of(search, &found->place);
            }
            out->withdrawn = true;
            out->closed = out->closed || found->withdrawal.closed;
        }
    }
    out->withdrawn = true;
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

static void find_authority(struct authority_answer *out, const struct dossier *dossier,
                           const struct trust *trust, const struct namespace_owners *owners,
                           const struct authority_question *question)
{
    assert(dossier->accreditation_count <= DOSSIER_GRANTS_MAX);
    struct search search;
    search.dossier = dossier;
    search.trust = trust;
    search.question = question;
    search.steps_left = STEPS_MAX;
    search.knows_bound = false;
    search.knows_above = false;
    *out = (struct authority_answer){.reason = REASON_UNTRUSTED, .until = DAY_NONE};
    search.owners = owners;
    if (owners->count == 0) {
        out->reason = REASON_NAMESPACE_UNOWNED;
        return;
    }
    for (enum lenience lenience = LENIENCE_NONE; lenience < LENIENCE_COUNT; lenience++) {
        size_t top;
        search.lenience = lenience;
        if (find_chain(&search, &top)) {
            out->reason = lenience_reason[lenience];
            write_chain(out, &search, top);
            if (lenience == LENIENCE_WITHDRAWN) {
                write_withdrawer(out, &search, top);
            } else if (lenience == LENIENCE_CUT) {
                out->reason = cut_doubt_of(out, dossier);
            }
            return;
        }
        if (search.steps_left == 0) {
            out->reason = REASON_TOO_MANY;
            return;
        }
    }
}

static bool is_open(enum reason reason)
{
    return reason == REASON_DISPUTED || reason == REASON_UPGRADE || reason == REASON_VOIDED ||
           reason == REASON_TOO_MANY;
}

/* Whether what was left out of the dossier could make the answer another one. */
static bool hangs_on_cuts(const struct dossier_cuts *cuts, enum reason reason)
{
    if (reason == REASON_NONE) {
        return cuts->withdrawals;
    }
    return cuts->accreditations && reason != REASON_NAMESPACE_UNOWNED && !is_open(reason);
}

void authority_under(struct authority_answer *out, const struct dossier *dossier, const struct trust *trust,
                     const struct namespace_owners *owners, const struct authority_question *question)
{
    find_authority(out, dossier, trust, owners, question);
    if (hangs_on_cuts(&dossier->cuts, out->reason)) {
        out->reason = REASON_LIMIT;
    }
}
