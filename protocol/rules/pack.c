#include "protocol/rules/pack.h"

#include <string.h>

#include "protocol/base/text.h"
#include "protocol/rules/weight.h"

bool pack_is_disputed(const struct dossier *dossier, const struct dossier_pack *pack)
{
    return place_weigh(dossier, &pack->place, STANCE_FOR).weight != WEIGHT_FULL;
}

/* Where a pack's author stands among the owners, NAMESPACE_OWNERS_MAX when the pack does not speak on that
 * day. */
static size_t standing_of(const struct dossier *dossier, const struct namespace_owners *owners,
                          const struct dossier_pack *pack, uint32_t day)
{
    size_t at = namespace_owner_index(owners, &dossier_log_at(dossier, &pack->place)->author);
    if (at == NAMESPACE_OWNERS_MAX || owners->owners[at].doubt != REASON_NONE ||
        namespace_owner_spoke(&owners->owners[at], &pack->place) != ANSWER_YES ||
        !dossier_place_arrived(dossier, &pack->place) ||
        place_weigh(dossier, &pack->place, STANCE_FOR).weight == WEIGHT_NOTHING ||
        pack->pack.in_force_from > day) {
        return NAMESPACE_OWNERS_MAX;
    }
    return at;
}

/* Whether a goes before b, both by one owner. */
static bool goes_before(const struct dossier_pack *a, const struct dossier_pack *b)
{
    if (a->pack.version != b->pack.version) {
        return a->pack.version > b->pack.version;
    }
    return place_precedes(&b->place, &a->place);
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
    const struct dossier_pack *best = NULL;
    size_t best_owner = 0;
    for (size_t i = 0; i < dossier->pack_count; i++) {
        const struct dossier_pack *pack = &dossier->packs[i];
        if (!bytes_equal(pack->pack.name_space, name_space)) {
            continue;
        }
        size_t owner = standing_of(dossier, owners, pack, day);
        if (owner == NAMESPACE_OWNERS_MAX) {
            continue;
        }
        if (best == NULL || owner > best_owner || (owner == best_owner && goes_before(pack, best))) {
            best = pack;
            best_owner = owner;
        }
    }
    return best;
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

uint32_t pack_last_day(const struct pack_code *code, uint32_t valid_from)
{
    return code->lifetime_months == 0 ? DAY_NONE
                                      : day_add_months(valid_from, (uint32_t)code->lifetime_months);
}
