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

static bool is_back(const struct namespace_owner *owner)
{
    return owner->came_back && owner->came_back_doubt == REASON_NONE;
}

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

/* By what it handed on itself. */
static struct owner_standing stood_by_handings(const struct namespace_owners *owners, size_t at,
                                               const struct dossier_place *place)
{
    struct owner_standing worst = in_doubt(REASON_NONE);
    for (size_t i = 0; i < owners->handing_count; i++) {
        const struct namespace_handing *handing = &owners->handings[i];
        struct owner_standing one = handing->from == at ? stood_under(handing, place) : worst;
        if (one.answer == ANSWER_NO) {
            return one;
        }
        worst = in_doubt(worse_of(worst.doubt, one.doubt));
    }
    return worst;
}

struct owner_standing namespace_owner_stood(const struct namespace_owners *owners, size_t at,
                                            const struct dossier_place *place)
{
    const struct namespace_owner *owner = &owners->owners[at];
    if (is_back(owner)) {
        return in_doubt(owner->doubt);
    }
    struct owner_standing stood = stood_by_handings(owners, at, place);
    if (stood.answer == ANSWER_NO) {
        return owner->came_back ? in_doubt(owner->came_back_doubt) : stood;
    }
    return in_doubt(worse_of(stood.doubt, owner->doubt));
}

bool namespace_owner_is_cut(const struct namespace_owners *owners, size_t at)
{
    for (size_t i = 0; i < owners->handing_count; i++) {
        if (owners->handings[i].from == at) {
            return !is_back(&owners->owners[at]);
        }
    }
    return owners->owners[at].doubt != REASON_NONE;
}

bool namespace_owner_is_former(const struct namespace_owners *owners, size_t at)
{
    for (size_t i = 0; i < owners->handing_count; i++) {
        const struct namespace_handing *handing = &owners->handings[i];
        if (handing->from == at && handing->doubt == REASON_NONE) {
            return !owners->owners[at].came_back;
        }
    }
    return false;
}

bool namespace_owner_recorded(const struct namespace_owners *owners, size_t at,
                              const struct dossier_place *place)
{
    for (size_t i = 0; i < owners->handing_count; i++) {
        const struct namespace_handing *handing = &owners->handings[i];
        if (handing->from == at && handing->doubt == REASON_NONE &&
            cut_covers(handing->cut, place) == ANSWER_YES) {
            return true;
        }
    }
    return false;
}

bool namespace_owner_succeeds(const struct namespace_owners *owners, size_t at, size_t from)
{
    while (at > from) {
        at = owners->owners[at].from;
    }
    return at == from;
}

/* ---- successions ---- */

/* A dropped branch's word of a succession stays known: it is against the owner too. */
static struct weighed weight_of(const struct dossier *dossier, const struct dossier_succession *succession)
{
    return place_weigh(dossier, &succession->place, STANCE_AGAINST);
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

static void add_handing(struct namespace_owners *out, size_t from, const struct dossier_cut *cut,
                        enum reason doubt)
{
    if (out->handing_count == NAMESPACE_HANDINGS_MAX) {
        out->left_out = true;
        return;
    }
    out->handings[out->handing_count++] =
        (struct namespace_handing){.from = from, .cut = cut, .doubt = doubt};
}

/* A namespace that one owner gives to another by this succession, the first of its that is certain, or one of
 * those that are not where none is. */
static void hand(struct namespace_owners *out, size_t from, const struct dossier_succession *succession,
                 enum reason doubt)
{
    enum reason of_heir = worse_of(doubt, out->owners[from].doubt);
    size_t heir = namespace_owner_index(out, &succession->succession.successor);
    if (heir == from) {
        return;
    }
    add_handing(out, from, &succession->cut, doubt);
    out->left_out |= succession->left_out;
    if (heir < NAMESPACE_OWNERS_MAX) {
        struct namespace_owner *earlier = &out->owners[heir];
        if (!earlier->came_back || rank_of(of_heir) < rank_of(earlier->came_back_doubt)) {
            earlier->came_back_doubt = of_heir;
        }
        earlier->came_back = true;
        return;
    }
    if (out->count == NAMESPACE_OWNERS_MAX) {
        out->left_out = true;
        return;
    }
    out->owners[out->count++] =
        (struct namespace_owner){.actor = succession->succession.successor, .from = from, .doubt = of_heir};
}

/* The first of an owner's successions that is certain, or NULL. */
static const struct dossier_succession *certain_by(const struct dossier *dossier,
                                                   const struct actor_id *owner, struct bytes name_space)
{
    const struct dossier_succession *first = NULL;
    for (size_t i = 0; i < dossier->succession_count; i++) {
        const struct dossier_succession *found = &dossier->successions[i];
        if (hands_on(dossier, found, owner, name_space) && weight_of(dossier, found).weight == WEIGHT_FULL &&
            (first == NULL || place_precedes(&found->place, &first->place))) {
            first = found;
        }
    }
    return first;
}

static void hand_on_in_doubt(struct namespace_owners *out, const struct dossier *dossier, size_t from,
                             struct bytes name_space)
{
    const struct actor_id owner = out->owners[from].actor;
    for (size_t i = 0; i < dossier->succession_count && !out->left_out; i++) {
        const struct dossier_succession *found = &dossier->successions[i];
        if (hands_on(dossier, found, &owner, name_space)) {
            hand(out, from, found, weight_of(dossier, found).reason);
        }
    }
}

void namespace_owners_of(struct namespace_owners *out, const struct dossier *dossier,
                         const struct trust *trust, struct bytes name_space)
{
    const struct trust_owner *named = trust_owner_of(trust, name_space);
    if (named != NULL) {
        namespace_owners_from(out, dossier, named, name_space);
        return;
    }
    out->count = 0;
    out->handing_count = 0;
    out->left_out = false;
}

void namespace_owners_from(struct namespace_owners *out, const struct dossier *dossier,
                           const struct trust_owner *named, struct bytes name_space)
{
    out->count = 0;
    out->handing_count = 0;
    out->left_out = false;
    out->owners[out->count++] = (struct namespace_owner){.actor = named->actor};
    for (size_t i = 0; i < out->count; i++) {
        const struct dossier_succession *certain = certain_by(dossier, &out->owners[i].actor, name_space);
        if (certain != NULL) {
            hand(out, i, certain, REASON_NONE);
        } else {
            hand_on_in_doubt(out, dossier, i, name_space);
        }
    }
}
