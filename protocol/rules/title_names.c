#include "protocol/rules/title_names.h"

#include "protocol/base/text.h"
#include "protocol/rules/pack.h"

static bool gives(const struct rule_pack *pack, struct bytes title)
{
    const struct pack_rule *rules = pack->rules.items;
    for (size_t i = 0; i < pack->rules.count; i++) {
        if (rules[i].kind == PACK_RULE_TITLE && bytes_equal(rules[i].name, title)) {
            return true;
        }
    }
    return false;
}

static bool is_given_in(const struct title_names *names, struct bytes name_space, struct bytes title)
{
    const struct dossier *dossier = names->dossier;
    struct namespace_owners owners;
    namespace_owners_of(&owners, dossier, names->trust, name_space);
    for (size_t i = 0; i < dossier->pack_count; i++) {
        const struct dossier_pack *pack = &dossier->packs[i];
        if (bytes_equal(pack->pack.name_space, name_space) && gives(&pack->pack, title) &&
            pack_standing_of(dossier, &owners, pack, DAY_NONE).pack != NULL) {
            return true;
        }
    }
    return false;
}

size_t title_names_find(const struct title_names *names, struct bytes title, struct bytes *out,
                        size_t capacity)
{
    size_t count = 0;
    for (size_t i = 0; i < names->trust->owner_count; i++) {
        struct bytes name_space = bytes_of_string(names->trust->owners[i].name_space);
        if (!is_given_in(names, name_space, title)) {
            continue;
        }
        if (count < capacity) {
            out[count] = name_space;
        }
        count++;
    }
    return count;
}

static bool knows(const struct rule_pack *pack, struct bytes pattern)
{
    size_t before = pack->name_space.size + 1;
    const struct bytes local = bytes_of(pattern.data + before, pattern.size - before);
    const struct pack_code *codes = pack->codes.items;
    for (size_t i = 0; i < pack->codes.count; i++) {
        if (code_matches(codes[i].code, local)) {
            return true;
        }
    }
    return false;
}

bool title_names_may_know(const struct title_names *names, struct bytes pattern)
{
    const struct dossier *dossier = names->dossier;
    struct namespace_owners owners;
    bool held = false;
    namespace_owners_of(&owners, dossier, names->trust, code_namespace(pattern));
    for (size_t i = 0; i < dossier->pack_count; i++) {
        const struct dossier_pack *pack = &dossier->packs[i];
        if (bytes_equal(pack->pack.name_space, code_namespace(pattern)) &&
            pack_standing_of(dossier, &owners, pack, DAY_NONE).pack != NULL) {
            held = true;
            if (knows(&pack->pack, pattern)) {
                return true;
            }
        }
    }
    return !held || dossier->cuts.packs;
}
