#include "protocol/rules/authority.h"

#include <assert.h>
#include <string.h>

#include "protocol/base/text.h"
#include "protocol/rules/weight.h"

/* What a search overlooks, each also what those before it do: the first one that finds a chain names what
 * stands in its way. */
enum lenience {
    LENIENCE_NONE,
    LENIENCE_DISPUTED,
    LENIENCE_UPGRADE,
    LENIENCE_VOIDED,
    LENIENCE_REWOUND,
    LENIENCE_WITHDRAWN,
    LENIENCE_OUT_OF_FORCE,
    LENIENCE_DEPTH,
    LENIENCE_CODE,
    LENIENCE_COUNT
};

static const enum reason lenience_reason[LENIENCE_COUNT] = {
    [LENIENCE_NONE] = REASON_NONE,
    [LENIENCE_DISPUTED] = REASON_DISPUTED,
    [LENIENCE_UPGRADE] = REASON_UPGRADE,
    [LENIENCE_VOIDED] = REASON_VOIDED,
    [LENIENCE_REWOUND] = REASON_REWOUND,
    [LENIENCE_WITHDRAWN] = REASON_WITHDRAWN,
    [LENIENCE_OUT_OF_FORCE] = REASON_ACCREDITATION_EXPIRED,
    [LENIENCE_DEPTH] = REASON_CHAIN_TOO_DEEP,
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
    uint64_t seq;
    uint64_t index;
};

struct search {
    const struct dossier *dossier;
    const struct trust *trust;
    const struct authority_question *question;
    const struct namespace_owners *owners;
    enum lenience lenience;
    size_t steps_left;
    /* For each accreditation: links from it down to the issuer, itself counted, by the shortest way; 0: none
     * found. */
    uint8_t links[DOSSIER_GRANTS_MAX];
    uint16_t below[DOSSIER_GRANTS_MAX]; /* the next one on that way */
};

static const struct actor_id *author_of(const struct search *search, const struct dossier_place *place)
{
    return &dossier_log_at(search->dossier, place)->author;
}

static struct speaker speaker_of(const struct search *search, size_t link)
{
    const struct dossier_place *place = &search->dossier->accreditations[link].place;
    return (struct speaker){.actor = author_of(search, place), .seq = place->seq, .index = place->index};
}

static struct speaker issuer_of(const struct search *search)
{
    const struct authority_question *question = search->question;
    return (struct speaker){.actor = &question->issuer, .seq = question->seq, .index = question->index};
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

static bool is_owner(const struct search *search, const struct speaker *speaker)
{
    size_t at = namespace_owner_index(search->owners, speaker->actor);
    if (at == NAMESPACE_OWNERS_MAX) {
        return search->lenience >= LENIENCE_CODE && owns_anything(search->trust, speaker->actor);
    }
    const struct namespace_owner *owner = &search->owners->owners[at];
    bool within = speaker->seq <= owner->read_to || search->lenience >= LENIENCE_WITHDRAWN;
    return within && search->lenience >= lenience_of_doubt(owner->doubt);
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

/* Whether a withdrawal in place may take back what accreditor said in earlier: its own later word, or the
 * word of an owner that succeeded it. */
static bool may_take_back(const struct search *search, const struct dossier_place *place,
                          const struct dossier_place *earlier)
{
    const struct namespace_owners *owners = search->owners;
    size_t speaker = namespace_owner_index(owners, author_of(search, place));
    if (speaker < NAMESPACE_OWNERS_MAX && place->seq > owners->owners[speaker].read_to) {
        return false;
    }
    if (place->log == earlier->log) {
        return place_precedes(earlier, place);
    }
    size_t accreditor = namespace_owner_index(owners, author_of(search, earlier));
    return speaker < NAMESPACE_OWNERS_MAX && accreditor < speaker &&
           owners->owners[speaker].doubt == REASON_NONE;
}

/* Until what lenience a withdrawal counts; LENIENCE_NONE: it does not. */
static enum lenience lenience_against(const struct search *search, const struct dossier_place *place)
{
    struct weighed weighed = place_weigh(search->dossier, place, STANCE_AGAINST);
    switch (weighed.weight) {
    case WEIGHT_FULL:
        return LENIENCE_WITHDRAWN;
    case WEIGHT_DOUBTFUL:
        return lenience_of_doubt(weighed.reason);
    case WEIGHT_NOTHING:
        break;
    }
    return LENIENCE_NONE;
}

/* The withdrawal that takes accreditation back from what its delegate says as speaker, or NULL. */
static const struct dossier_withdrawal *withdrawal_of(struct search *search,
                                                      const struct dossier_accreditation *accreditation,
                                                      const struct speaker *speaker)
{
    for (size_t i = 0; i < search->dossier->withdrawal_count && search->steps_left > 0;
         i++, search->steps_left--) {
        const struct dossier_withdrawal *found = &search->dossier->withdrawals[i];
        const struct withdrawal *withdrawal = &found->withdrawal;
        if (!withdrawal->has_cut || !actor_id_equal(&withdrawal->delegate, speaker->actor) ||
            !may_take_back(search, &found->place, &accreditation->place) ||
            !dossier_place_arrived(search->dossier, &found->place) ||
            search->lenience >= lenience_against(search, &found->place)) {
            continue;
        }
        if (speaker->seq > withdrawal->cut_seq ||
            lists_position(&withdrawal->exceptions, speaker->seq, speaker->index)) {
            return found;
        }
    }
    return NULL;
}

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

static bool in_force(const struct accreditation *accreditation, uint32_t day)
{
    return accreditation->from <= day && (!accreditation->has_until || day <= accreditation->until);
}

/* Until what lenience an accreditation is overlooked. One on a dropped branch, which nobody ever has to
 * withdraw, is none at all. */
static bool is_certain(const struct search *search, const struct dossier_place *place)
{
    const struct dossier_log *log = dossier_log_at(search->dossier, place);
    struct weighed weighed = place_weigh(search->dossier, place, STANCE_FOR);
    if (search->lenience < LENIENCE_UPGRADE && log->upgrade_needed &&
        dossier_log_reaches(log, log->upgrade_seq)) {
        return false;
    }
    return weighed.reason != REASON_DROPPED && search->lenience >= lenience_of_doubt(weighed.reason);
}

/* Whether link authorises what its delegate says as speaker, with so many links below it. */
static bool holds(struct search *search, size_t link, const struct speaker *speaker, size_t links_below)
{
    const struct dossier_accreditation *found = &search->dossier->accreditations[link];
    const struct accreditation *accreditation = &found->accreditation;
    enum lenience lenience = search->lenience;
    if (!actor_id_equal(&accreditation->delegate, speaker->actor) ||
        !dossier_place_arrived(search->dossier, &found->place) || !is_certain(search, &found->place)) {
        return false;
    }
    if (lenience < LENIENCE_CODE && !names_code(accreditation, search->question->code)) {
        return false;
    }
    if (lenience < LENIENCE_DEPTH && accreditation->depth < links_below) {
        return false;
    }
    if (lenience < LENIENCE_OUT_OF_FORCE && !in_force(accreditation, search->question->day)) {
        return false;
    }
    return lenience >= LENIENCE_WITHDRAWN || withdrawal_of(search, found, speaker) == NULL;
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
        if (search->links[i] != 0 || !holds(search, i, speaker, links_below)) {
            continue;
        }
        search->links[i] = (uint8_t)(links_below + 1);
        search->below[i] = below;
        struct speaker accreditor = speaker_of(search, i);
        if (is_owner(search, &accreditor)) {
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

static void write_chain(struct authority_answer *out, const struct search *search, size_t top)
{
    size_t links = top == NO_LINK ? 0 : search->links[top];
    out->has_chain = links <= CHAIN_DEPTH_MAX;
    if (!out->has_chain) {
        return;
    }
    out->chain_size = links;
    size_t at = 0;
    for (size_t link = top; link != NO_LINK; link = search->below[link]) {
        out->chain[at++] = *speaker_of(search, link).actor;
    }
    out->chain[at] = search->question->issuer;
}

/* Who withdrew the chain: whoever took back its uppermost link that was, or the owner that handed the
 * namespace on. */
static void write_withdrawer(struct authority_answer *out, struct search *search, size_t top)
{
    out->withdrawn = true;
    out->withdrawn_by = top == NO_LINK ? search->question->issuer : *speaker_of(search, top).actor;
    search->lenience = LENIENCE_REWOUND;
    for (size_t link = top; link != NO_LINK; link = search->below[link]) {
        size_t below = search->below[link];
        struct speaker speaker = below == NO_LINK ? issuer_of(search) : speaker_of(search, below);
        const struct dossier_withdrawal *found =
            withdrawal_of(search, &search->dossier->accreditations[link], &speaker);
        if (found != NULL) {
            out->withdrawn_by = *author_of(search, &found->place);
            return;
        }
    }
}

void authority_of(struct authority_answer *out, const struct dossier *dossier, const struct trust *trust,
                  const struct authority_question *question)
{
    struct namespace_owners owners;
    namespace_owners_of(&owners, dossier, trust, code_namespace(question->code));
    authority_under(out, dossier, trust, &owners, question);
}

void authority_under(struct authority_answer *out, const struct dossier *dossier, const struct trust *trust,
                     const struct namespace_owners *owners, const struct authority_question *question)
{
    assert(dossier->accreditation_count <= DOSSIER_GRANTS_MAX);
    struct search search;
    search.dossier = dossier;
    search.trust = trust;
    search.question = question;
    search.steps_left = STEPS_MAX;
    *out = (struct authority_answer){.reason = REASON_UNTRUSTED};
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
            }
            return;
        }
        if (search.steps_left == 0) {
            out->reason = REASON_TOO_MANY;
            return;
        }
    }
}
