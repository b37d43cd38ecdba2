#include "protocol/rules/owner.h"

#include "protocol/rules/weight.h"

size_t namespace_owner_index(const struct namespace_owners *owners, const struct actor_id *actor)
{
    for (size_t i = 0; i < owners->count; i++) {
        if (actor_id_equal(&owners->owners[i].actor, actor)) {
            return i;
        }
    }
    return NAMESPACE_OWNERS_MAX;
}

/* ---- doubts ---- */

static int rank_of(enum reason doubt)
{
    switch ((int)doubt) {
    case REASON_NONE:
        return 0;
    case REASON_DISPUTED:
        return 1;
    case REASON_VOIDED:
        return 2;
    case REASON_REWOUND:
        return 3;
    default:
        return 4;
    }
}

static enum reason worse_of(enum reason a, enum reason b)
{
    return rank_of(a) < rank_of(b) ? b : a;
}

static struct owner_standing in_doubt(enum reason doubt)
{
    return (struct owner_standing){doubt == REASON_NONE ? ANSWER_YES : ANSWER_UNKNOWN, doubt};
}

/* ---- how an owner stands ---- */

static struct owner_standing stood_under(const struct namespace_handing *handing,
                                         const struct dossier_place *place)
{
    switch (cut_covers(handing->cut, place)) {
    case ANSWER_YES:
        return in_doubt(REASON_NONE);
    case ANSWER_NO:
        return handing->doubt == REASON_NONE ? (struct owner_standing){ANSWER_NO, REASON_NONE}
                                             : in_doubt(handing->doubt);
    case ANSWER_UNKNOWN:
        break;
    }
    return in_doubt(worse_of(handing->doubt, cut_doubt(handing->cut)));
}

/* Whether something was said before the end of a tenure, begun or not. */
static struct owner_standing stood_before_end(const struct namespace_owners *owners, size_t tenure,
                                              const struct dossier_place *place)
{
    struct owner_standing worst = in_doubt(REASON_NONE);
    for (size_t i = 0; i < owners->handing_count; i++) {
        const struct namespace_handing *handing = &owners->handings[i];
        struct owner_standing one = handing->tenure == tenure ? stood_under(handing, place) : worst;
        if (one.answer == ANSWER_NO) {
            return one;
        }
        worst = in_doubt(worse_of(worst.doubt, one.doubt));
    }
    return worst;
}

static struct owner_standing better_of(struct owner_standing a, struct owner_standing b)
{
    if (a.answer == ANSWER_NO || b.answer == ANSWER_NO) {
        return a.answer == ANSWER_NO ? b : a;
    }
    return rank_of(b.doubt) < rank_of(a.doubt) ? b : a;
}

struct owner_standing namespace_owner_stood(const struct namespace_owners *owners, size_t at,
                                            const struct dossier_place *place)
{
    struct owner_standing best = {ANSWER_NO, REASON_NONE};
    for (size_t i = 0; i < owners->tenure_count; i++) {
        if (owners->tenures[i].owner != at) {
            continue;
        }
        struct owner_standing one = stood_before_end(owners, i, place);
        if (one.answer != ANSWER_NO) {
            one = in_doubt(worse_of(one.doubt, owners->tenures[i].doubt));
        }
        best = better_of(best, one);
    }
    return best;
}

/* Whether something ends a tenure, or only what is certain does. */
static bool has_end(const struct namespace_owners *owners, size_t tenure, bool for_certain)
{
    for (size_t i = 0; i < owners->handing_count; i++) {
        const struct namespace_handing *handing = &owners->handings[i];
        if (handing->tenure == tenure && (!for_certain || handing->doubt == REASON_NONE)) {
            return true;
        }
    }
    return false;
}

bool namespace_owner_is_cut(const struct namespace_owners *owners, size_t at)
{
    for (size_t i = 0; i < owners->tenure_count; i++) {
        const struct namespace_tenure *tenure = &owners->tenures[i];
        if (tenure->owner == at && tenure->doubt == REASON_NONE && !has_end(owners, i, false)) {
            return false;
        }
    }
    return true;
}

bool namespace_owner_is_former(const struct namespace_owners *owners, size_t at)
{
    for (size_t i = 0; i < owners->tenure_count; i++) {
        if (owners->tenures[i].owner == at && !has_end(owners, i, true)) {
            return false;
        }
    }
    return true;
}

bool namespace_owner_recorded(const struct namespace_owners *owners, size_t at,
                              const struct dossier_place *place)
{
    for (size_t i = 0; i < owners->handing_count; i++) {
        const struct namespace_handing *handing = &owners->handings[i];
        if (owners->tenures[handing->tenure].owner == at && handing->doubt == REASON_NONE &&
            cut_covers(handing->cut, place) == ANSWER_YES) {
            return true;
        }
    }
    return false;
}

struct tenure_range namespace_tenures_at(const struct namespace_owners *owners, size_t at,
                                         const struct dossier_place *place)
{
    struct tenure_range range = {.first = NAMESPACE_TENURES_MAX};
    for (size_t i = 0; i < owners->tenure_count; i++) {
        if (owners->tenures[i].owner != at) {
            continue;
        }
        const struct owner_standing stood = stood_before_end(owners, i, place);
        range.last = i;
        if (stood.answer != ANSWER_NO && range.first == NAMESPACE_TENURES_MAX) {
            range.first = i;
        }
        if (stood.answer == ANSWER_YES) {
            break;
        }
    }
    range.first = range.first < range.last ? range.first : range.last;
    return range;
}

static bool is_after(const struct namespace_owners *owners, size_t tenure, size_t earlier)
{
    while (tenure > earlier) {
        tenure = owners->tenures[tenure].from;
    }
    return tenure == earlier;
}

enum answer namespace_owner_came_after(const struct namespace_owners *owners, size_t at,
                                       const struct dossier_place *place, size_t former,
                                       const struct dossier_place *earlier)
{
    const struct tenure_range later = namespace_tenures_at(owners, at, place);
    const struct tenure_range before = namespace_tenures_at(owners, former, earlier);
    bool all = true;
    bool any = false;
    for (size_t i = later.first; i <= later.last; i++) {
        for (size_t k = before.first; k <= before.last; k++) {
            any = any || is_after(owners, i, k);
            all = all && is_after(owners, i, k);
        }
    }
    return all ? ANSWER_YES : any ? ANSWER_UNKNOWN : ANSWER_NO;
}

/* ---- successions ---- */

/* By what it is to the owner: a dropped branch's word of it stays known. */
static struct weighed weight_of(const struct dossier *dossier, const struct dossier_succession *succession)
{
    return place_weigh(dossier, &succession->place, stance_of_entry(ENTRY_SUCCESSION, NULL, PARTY_OWNER));
}

static bool hands_on(const struct dossier *dossier, const struct dossier_succession *succession,
                     const struct actor_id *owner, struct bytes name_space)
{
    const struct dossier_log *log = dossier_log_at(dossier, &succession->place);
    return succession->signature_valid && actor_id_equal(&log->author, owner) &&
           dossier_place_arrived(dossier, &succession->place) &&
           weight_of(dossier, succession).weight != WEIGHT_NOTHING &&
           bytes_equal(succession->succession.name_space, name_space);
}

/* Whether a tenure that begins after `from` is that of the actor. */
static bool is_followed_by(const struct namespace_owners *out, size_t from, const struct actor_id *actor)
{
    for (size_t i = from + 1; i < out->tenure_count; i++) {
        if (out->tenures[i].from == from &&
            actor_id_equal(&out->owners[out->tenures[i].owner].actor, actor)) {
            return true;
        }
    }
    return false;
}

/* Whether it ended a tenure, or says again what did: to the same one by the same cut. */
static bool is_handing(const struct namespace_owners *out, const struct actor_id *owner,
                       const struct dossier_succession *succession)
{
    for (size_t i = 0; i < out->handing_count; i++) {
        const struct namespace_handing *handing = &out->handings[i];
        const struct namespace_tenure *tenure = &out->tenures[handing->tenure];
        bool again = actor_id_equal(&out->owners[tenure->owner].actor, owner) &&
                     handing->cut->seq == succession->cut.seq &&
                     hash_equal(&handing->cut->head, &succession->cut.head) &&
                     is_followed_by(out, handing->tenure, &succession->succession.successor);
        if (handing->cut == &succession->cut || again) {
            return true;
        }
    }
    return false;
}

/* Returns: NAMESPACE_OWNERS_MAX when there is no room. */
static size_t add_owner(struct namespace_owners *out, const struct actor_id *actor, enum reason doubt)
{
    size_t at = namespace_owner_index(out, actor);
    if (at == NAMESPACE_OWNERS_MAX && out->count < NAMESPACE_OWNERS_MAX) {
        at = out->count++;
        out->owners[at] = (struct namespace_owner){.actor = *actor, .doubt = doubt};
    }
    return at;
}

/* Of several that are in doubt, by which one owner gives the namespace to another, one tenure begins. */
static void add_tenure(struct namespace_owners *out, size_t from, const struct actor_id *actor,
                       enum reason doubt)
{
    size_t owner = add_owner(out, actor, doubt);
    for (size_t i = from + 1; i < out->tenure_count; i++) {
        const struct namespace_tenure *known = &out->tenures[i];
        if (known->owner == owner && known->from == from) {
            return;
        }
    }
    if (owner == NAMESPACE_OWNERS_MAX || out->tenure_count == NAMESPACE_TENURES_MAX) {
        out->left_out = true;
        return;
    }
    out->tenures[out->tenure_count++] =
        (struct namespace_tenure){.owner = owner, .from = from, .doubt = doubt};
}

/* End a tenure by a succession that ends none by now. of_heir: why it cannot be said that the next one
 * begins. */
static void hand(struct namespace_owners *out, size_t from, const struct dossier_succession *succession,
                 enum reason doubt, enum reason of_heir)
{
    if (out->handing_count == NAMESPACE_HANDINGS_MAX) {
        out->left_out = true;
        return;
    }
    out->handings[out->handing_count++] =
        (struct namespace_handing){.tenure = from, .cut = &succession->cut, .doubt = doubt};
    out->left_out |= succession->left_out;
    add_tenure(out, from, &succession->succession.successor, worse_of(of_heir, out->tenures[from].doubt));
}

/* The successions of an owner, of which each ends one tenure at most. */
struct handing_search {
    struct namespace_owners *out;
    const struct dossier *dossier;
    struct bytes name_space;
    struct actor_id owner;
};

static bool is_to_itself(const struct handing_search *search, const struct dossier_succession *found)
{
    return actor_id_equal(&found->succession.successor, &search->owner);
}

static bool may_end(const struct handing_search *search, const struct dossier_succession *found)
{
    return hands_on(search->dossier, found, &search->owner, search->name_space) &&
           !is_to_itself(search, found) && !is_handing(search->out, &search->owner, found);
}

static bool is_certain(const struct handing_search *search, const struct dossier_succession *found)
{
    return hands_on(search->dossier, found, &search->owner, search->name_space) &&
           weight_of(search->dossier, found).weight == WEIGHT_FULL;
}

/* The first of those that are certain and may end a tenure; *last: the last that is certain at all. Either
 * NULL: there is none. */
static const struct dossier_succession *certain_by(const struct handing_search *search,
                                                   const struct dossier_succession **last)
{
    const struct dossier_succession *first = NULL;
    *last = NULL;
    for (size_t i = 0; i < search->dossier->succession_count; i++) {
        const struct dossier_succession *found = &search->dossier->successions[i];
        if (!is_certain(search, found)) {
            continue;
        }
        if (*last == NULL || place_precedes(&(*last)->place, &found->place)) {
            *last = found;
        }
        if (may_end(search, found) && (first == NULL || place_precedes(&found->place, &first->place))) {
            first = found;
        }
    }
    return first;
}

/* What is certain of the owner may be in doubt of its successor: a void on a dropped branch leaves in doubt
 * what is for somebody alone. The surest of all that say the same counts. */
static enum reason doubt_of_heir(const struct handing_search *search,
                                 const struct dossier_succession *certain)
{
    const enum stance stance = stance_of_entry(ENTRY_SUCCESSION, NULL, PARTY_SUCCESSOR);
    enum reason surest = place_weigh(search->dossier, &certain->place, stance).reason;
    for (size_t i = 0; i < search->dossier->succession_count && surest != REASON_NONE; i++) {
        const struct dossier_succession *found = &search->dossier->successions[i];
        if (is_certain(search, found) &&
            actor_id_equal(&found->succession.successor, &certain->succession.successor)) {
            enum reason doubt = place_weigh(search->dossier, &found->place, stance).reason;
            surest = rank_of(doubt) < rank_of(surest) ? doubt : surest;
        }
    }
    return surest;
}

/* By the first that is certain, or where none is, by all those in doubt that it did not answer since. */
static void hand_on(struct namespace_owners *out, const struct dossier *dossier, size_t tenure,
                    struct bytes name_space)
{
    const struct handing_search search = {.out = out,
                                          .dossier = dossier,
                                          .name_space = name_space,
                                          .owner = out->owners[out->tenures[tenure].owner].actor};
    const struct dossier_succession *last;
    const struct dossier_succession *certain = certain_by(&search, &last);
    if (certain != NULL) {
        hand(out, tenure, certain, REASON_NONE, doubt_of_heir(&search, certain));
        return;
    }
    for (size_t i = 0; i < dossier->succession_count && !out->left_out; i++) {
        const struct dossier_succession *found = &dossier->successions[i];
        if (may_end(&search, found) && (last == NULL || place_precedes(&last->place, &found->place))) {
            enum reason doubt = weight_of(dossier, found).reason;
            hand(out, tenure, found, doubt, doubt);
        }
    }
}

static void begin(struct namespace_owners *out)
{
    out->count = 0;
    out->tenure_count = 0;
    out->handing_count = 0;
    out->left_out = false;
}

void namespace_owners_of(struct namespace_owners *out, const struct dossier *dossier,
                         const struct trust *trust, struct bytes name_space)
{
    const struct trust_owner *named = trust_owner_of(trust, name_space);
    if (named != NULL) {
        namespace_owners_from(out, dossier, named, name_space);
    } else {
        begin(out);
    }
}

void namespace_owners_from(struct namespace_owners *out, const struct dossier *dossier,
                           const struct trust_owner *named, struct bytes name_space)
{
    begin(out);
    add_tenure(out, 0, &named->actor, REASON_NONE);
    for (size_t i = 0; i < out->tenure_count; i++) {
        hand_on(out, dossier, i, name_space);
    }
}

/* ---- suppositions ---- */

/* Add what ends a tenure: what comes next is certain, what comes after the last one is not. */
static void suppose_end(struct namespace_owners *out, const struct namespace_owners *owners, size_t tenure,
                        bool is_last)
{
    for (size_t i = 0; i < owners->handing_count; i++) {
        const struct namespace_handing *handing = &owners->handings[i];
        if (handing->tenure == tenure) {
            out->handings[out->handing_count++] =
                (struct namespace_handing){.tenure = out->tenure_count - 1,
                                           .cut = handing->cut,
                                           .doubt = is_last ? handing->doubt : REASON_NONE};
        }
    }
}

void namespace_owners_supposing(struct namespace_owners *out, const struct namespace_owners *owners,
                                size_t tenure)
{
    size_t way[NAMESPACE_TENURES_MAX];
    size_t count = 0;
    for (size_t at = tenure; at > 0; at = owners->tenures[at].from) {
        way[count++] = at;
    }
    way[count++] = 0;
    begin(out);
    for (size_t i = count; i > 0; i--) {
        const struct namespace_tenure *began = &owners->tenures[way[i - 1]];
        add_tenure(out, out->tenure_count == 0 ? 0 : out->tenure_count - 1,
                   &owners->owners[began->owner].actor, REASON_NONE);
        suppose_end(out, owners, way[i - 1], i == 1);
    }
}
