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

enum answer namespace_owner_spoke(const struct namespace_owner *owner, const struct dossier_place *place)
{
    return owner->cut == NULL ? ANSWER_YES : cut_covers(owner->cut, place);
}

/* A succession is for the successor and against the owner that it replaces: it counts when it is certain, and
 * what a dropped branch says of it stays known. */
static struct weighed weight_of(const struct dossier *dossier, const struct dossier_place *place)
{
    return place_weigh(dossier, place, STANCE_AGAINST);
}

/* Whether a stands before b: what is certain before what is not, then in the order said. */
static bool goes_before(const struct dossier *dossier, const struct dossier_place *a,
                        const struct dossier_place *b)
{
    bool a_certain = weight_of(dossier, a).weight == WEIGHT_FULL;
    bool b_certain = weight_of(dossier, b).weight == WEIGHT_FULL;
    if (a_certain != b_certain) {
        return a_certain;
    }
    return place_precedes(a, b);
}

static bool hands_on(const struct dossier *dossier, const struct dossier_succession *succession,
                     const struct actor_id *owner, struct bytes name_space)
{
    const struct dossier_log *log = dossier_log_at(dossier, &succession->place);
    return succession->signature_valid && actor_id_equal(&log->author, owner) &&
           dossier_place_arrived(dossier, &succession->place) &&
           weight_of(dossier, &succession->place).weight != WEIGHT_NOTHING &&
           bytes_equal(succession->succession.name_space, name_space);
}

/* The succession by which owner hands name_space on, or NULL. */
static const struct dossier_succession *succession_by(const struct dossier *dossier,
                                                      const struct actor_id *owner, struct bytes name_space)
{
    const struct dossier_succession *first = NULL;
    for (size_t i = 0; i < dossier->succession_count; i++) {
        const struct dossier_succession *succession = &dossier->successions[i];
        if (hands_on(dossier, succession, owner, name_space) &&
            (first == NULL || goes_before(dossier, &succession->place, &first->place))) {
            first = succession;
        }
    }
    return first;
}

void namespace_owners_of(struct namespace_owners *out, const struct dossier *dossier,
                         const struct trust *trust, struct bytes name_space)
{
    const struct trust_owner *named = trust_owner_of(trust, name_space);
    out->count = 0;
    if (named == NULL) {
        return;
    }
    out->owners[out->count++] = (struct namespace_owner){.actor = named->actor};
    while (out->count < NAMESPACE_OWNERS_MAX) {
        struct namespace_owner *last = &out->owners[out->count - 1];
        const struct dossier_succession *handed = succession_by(dossier, &last->actor, name_space);
        if (last->doubt != REASON_NONE || handed == NULL) {
            return;
        }
        enum reason doubt = weight_of(dossier, &handed->place).reason;
        size_t earlier = namespace_owner_index(out, &handed->succession.successor);
        if (doubt == REASON_NONE) {
            last->cut = &handed->cut;
        }
        if (earlier < NAMESPACE_OWNERS_MAX) {
            out->owners[earlier].cut = doubt == REASON_NONE ? NULL : out->owners[earlier].cut;
            return;
        }
        out->owners[out->count++] =
            (struct namespace_owner){.actor = handed->succession.successor, .doubt = doubt};
    }
}
