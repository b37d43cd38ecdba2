#include "protocol/rules/pack.h"

#include <string.h>

#include "protocol/base/text.h"
#include "protocol/rules/pack_history.h"
#include "protocol/rules/weight.h"

/* What an owner dropped counts on where the cut of its succession covers it, unless something says that it is
 * void. */
static struct weighed weigh_pack(const struct dossier *dossier, const struct namespace_owners *owners,
                                 size_t owner, const struct dossier_place *place)
{
    bool kept = place->block.dropped_s != 0 && owner < NAMESPACE_OWNERS_MAX &&
                namespace_owner_recorded(owners, owner, place) && !dossier_place_is_void(dossier, place);
    return kept ? kept_weigh(dossier, place, (struct spoken_of){.events = NULL})
                : place_weigh(dossier, place, stance_of_entry(ENTRY_RULE_PACK, NULL, PARTY_HOLDER));
}

static bool is_same_text(const struct dossier_pack *a, const struct dossier_pack *b)
{
    return hash_equal(&a->place.leaf, &b->place.leaf) && !hash_is_zero(&a->place.leaf);
}

/* Whether one precedes the other whichever tenures of their author they are of: what it said later is of no
 * earlier one. */
static bool is_said_in_order(const struct dossier_pack *a, const struct dossier_pack *b)
{
    return a->place.log == b->place.log &&
           (place_precedes(&a->place, &b->place) ? a->pack.version <= b->pack.version
                                                 : b->pack.version <= a->pack.version);
}

/* Whether a pack precedes some other one or not, depending on in which tenure it was published. */
static bool hangs_on_tenure(const struct dossier *dossier, const struct namespace_owners *owners,
                            const struct dossier_pack *pack, struct tenure_range said_in)
{
    for (size_t i = 0; i < dossier->pack_count && said_in.first != said_in.last; i++) {
        const struct dossier_pack *other = &dossier->packs[i];
        size_t at = namespace_owner_index(owners, &dossier_log_at(dossier, &other->place)->author);
        if (at == NAMESPACE_OWNERS_MAX || !bytes_equal(other->pack.name_space, pack->pack.name_space) ||
            is_same_text(other, pack)) {
            continue;
        }
        const struct tenure_range others = namespace_tenures_at(owners, at, &other->place);
        bool is_apart = others.last < said_in.first || others.first > said_in.last;
        if (!is_apart && !is_said_in_order(other, pack)) {
            return true;
        }
    }
    return false;
}

bool pack_is_disputed(const struct dossier *dossier, const struct namespace_owners *owners,
                      const struct dossier_pack *pack)
{
    size_t at = namespace_owner_index(owners, &dossier_log_at(dossier, &pack->place)->author);
    if (owners->left_out || weigh_pack(dossier, owners, at, &pack->place).weight != WEIGHT_FULL) {
        return true;
    }
    if (at == NAMESPACE_OWNERS_MAX) {
        return false;
    }
    return hangs_on_tenure(dossier, owners, pack, namespace_tenures_at(owners, at, &pack->place)) ||
           namespace_owner_stood(owners, at, &pack->place).answer != ANSWER_YES;
}

/* An owner that handed its namespace on voids nothing beyond the cut: what it tries to leaves a doubt. */
static bool is_for_nothing(const struct dossier *dossier, const struct namespace_owners *owners, size_t owner,
                           const struct dossier_place *place)
{
    struct weighed weighed = weigh_pack(dossier, owners, owner, place);
    if (weighed.weight != WEIGHT_NOTHING || weighed.reason != REASON_VOIDED) {
        return weighed.weight == WEIGHT_NOTHING;
    }
    const struct dossier_place voids = {.log = place->log, .seq = place->void_seq};
    return namespace_owner_stood(owners, owner, &voids).answer == ANSWER_YES;
}

struct pack_standing pack_standing_of(const struct dossier *dossier, const struct namespace_owners *owners,
                                      const struct dossier_pack *pack, uint32_t day)
{
    size_t at = namespace_owner_index(owners, &dossier_log_at(dossier, &pack->place)->author);
    if (at == NAMESPACE_OWNERS_MAX || owners->owners[at].doubt != REASON_NONE ||
        pack->pack.in_force_from > day ||
        namespace_owner_stood(owners, at, &pack->place).answer == ANSWER_NO ||
        !dossier_place_arrived(dossier, &pack->place) || is_for_nothing(dossier, owners, at, &pack->place)) {
        return (struct pack_standing){.pack = NULL};
    }
    return (struct pack_standing){.pack = pack,
                                  .tenure = namespace_tenures_at(owners, at, &pack->place).last};
}

bool pack_precedes(const struct pack_standing *a, const struct pack_standing *b)
{
    const struct dossier_place *of_a = &a->pack->place;
    const struct dossier_place *of_b = &b->pack->place;
    if (a->tenure != b->tenure) {
        return a->tenure > b->tenure;
    }
    if (a->pack->pack.version != b->pack->pack.version) {
        return a->pack->pack.version > b->pack->pack.version;
    }
    return place_precedes(of_b, of_a);
}

const struct dossier_pack *pack_on_day(const struct dossier *dossier, const struct trust *trust,
                                       struct bytes name_space, uint32_t day)
{
    struct namespace_owners owners;
    namespace_owners_of(&owners, dossier, trust, name_space);
    return pack_under(dossier, &owners, name_space, day);
}

const struct dossier_pack *pack_under(const struct dossier *dossier, const struct namespace_owners *owners,
                                      struct bytes name_space, uint32_t day)
{
    struct pack_standing newest = {.pack = NULL};     /* of those in time */
    struct pack_standing first_late = {.pack = NULL}; /* of the others, where none was in time */
    for (size_t i = 0; i < dossier->pack_count; i++) {
        const struct dossier_pack *pack = &dossier->packs[i];
        if (!bytes_equal(pack->pack.name_space, name_space)) {
            continue;
        }
        struct pack_standing standing = pack_standing_of(dossier, owners, pack, day);
        if (standing.pack == NULL) {
            continue;
        }
        if (pack->place.below_s != 0 && pack_is_late(pack, day)) {
            bool is_first = first_late.pack == NULL || pack_precedes(&first_late, &standing);
            first_late = is_first ? standing : first_late;
        } else if (newest.pack == NULL || pack_precedes(&standing, &newest)) {
            newest = standing;
        }
    }
    return newest.pack != NULL ? newest.pack : first_late.pack;
}

const struct pack_code *pack_code_of(const struct rule_pack *pack, struct bytes code)
{
    struct bytes name_space = code_namespace(code);
    if (name_space.size == code.size || !bytes_equal(name_space, pack->name_space)) {
        return NULL;
    }
    struct bytes local = bytes_of(code.data + name_space.size + 1, code.size - name_space.size - 1);
    const struct pack_code *codes = pack->codes.items;
    size_t low = 0;
    size_t high = pack->codes.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = bytes_compare(codes[middle].code, local);
        if (order == 0) {
            return &codes[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

bool pack_code_is_offered(const struct pack_code *code, uint32_t day)
{
    return (!code->has_first_day || code->first_day <= day) && (!code->has_last_day || day <= code->last_day);
}

uint32_t pack_last_day(const struct pack_code *code, uint32_t valid_from)
{
    return code->lifetime_months == 0 ? DAY_NONE
                                      : day_add_months(valid_from, (uint32_t)code->lifetime_months);
}
