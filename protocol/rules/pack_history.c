#include "protocol/rules/pack_history.h"

#include <assert.h>

#include "protocol/base/text.h"
#include "protocol/rules/lateness.h"

bool pack_is_late(const struct dossier_pack *pack, uint32_t day)
{
    return lateness_of(&pack->place, day, PACK_LATE_DAYS) == LATE_YES;
}

uint32_t pack_late_until(const struct dossier_pack *pack)
{
    return lateness_ends(&pack->place, PACK_LATE_DAYS);
}

/* ---- of a day ---- */

/* Put a pack where it stands, oldest first, behind the one in force. */
static void add_voice(struct pack_voices *out, struct pack_standing *standings,
                      const struct pack_standing *standing)
{
    size_t at = out->count;
    while (at > 1 && pack_precedes(&standings[at - 1], standing)) {
        standings[at] = standings[at - 1];
        out->packs[at] = out->packs[at - 1];
        at--;
    }
    standings[at] = *standing;
    out->packs[at] = standing->pack;
    out->count++;
}

void pack_voices_on(struct pack_voices *out, const struct dossier *dossier,
                    const struct namespace_owners *owners, struct bytes name_space, uint32_t day)
{
    struct pack_standing standings[DOSSIER_PACKS_MAX];
    const struct dossier_pack *in_force = pack_under(dossier, owners, name_space, day);
    assert(dossier->pack_count <= DOSSIER_PACKS_MAX);
    out->count = 0;
    if (in_force == NULL) {
        return;
    }
    standings[0] = pack_standing_of(dossier, owners, in_force, day);
    out->packs[out->count++] = in_force;
    for (size_t i = 0; i < dossier->pack_count; i++) {
        if (dossier->packs[i].place.below_s == 0 ||
            !bytes_equal(dossier->packs[i].pack.name_space, name_space)) {
            continue; /* it is late for no day */
        }
        struct pack_standing standing = pack_standing_of(dossier, owners, &dossier->packs[i], day);
        if (standing.pack != NULL && pack_precedes(&standing, &standings[0])) {
            add_voice(out, standings, &standing);
        }
    }
}

/* ---- of a code ---- */

static bool knows(const struct dossier_pack *pack, struct bytes code)
{
    return pack_code_of(&pack->pack, code) != NULL;
}

void pack_voices_for(struct pack_voices *out, const struct dossier *dossier,
                     const struct namespace_owners *owners, struct bytes code, uint32_t day)
{
    struct pack_voices all;
    pack_voices_on(&all, dossier, owners, code_namespace(code), day);
    out->count = 0;
    for (size_t i = 0; i < all.count; i++) {
        if (i == 0 || knows(all.packs[i], code)) {
            out->packs[out->count++] = all.packs[i];
        }
    }
    if (out->count > 1 && !knows(all.packs[0], code)) {
        out->count--;
        for (size_t i = 0; i < out->count; i++) {
            out->packs[i] = out->packs[i + 1];
        }
    }
}
