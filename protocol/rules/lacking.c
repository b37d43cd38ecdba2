#include "protocol/rules/lacking.h"

#include <string.h>

#include "protocol/base/text.h"
#include "protocol/rules/owner.h"

static bool any_is_incomplete(const struct dossier *dossier)
{
    for (size_t i = 0; i < dossier->log_count; i++) {
        if (dossier->logs[i].incomplete) {
            return true;
        }
    }
    return false;
}

static bool is_for(const struct accreditation *accreditation, struct bytes name_space)
{
    const struct bytes *patterns = accreditation->patterns.items;
    for (size_t i = 0; i < accreditation->patterns.count; i++) {
        if (bytes_equal(code_namespace(patterns[i]), name_space)) {
            return true;
        }
    }
    return false;
}

/* Let whom those who may speak have accredited speak too. */
static void add_delegates(bool *speaks, const struct dossier *dossier, struct bytes name_space)
{
    for (size_t i = 0; i < dossier->accreditation_count; i++) {
        const struct dossier_accreditation *row = &dossier->accreditations[i];
        const struct dossier_log *log = dossier_log_of(dossier, &row->accreditation.delegate);
        if (speaks[row->place.log] && log != NULL && is_for(&row->accreditation, name_space)) {
            speaks[log - dossier->logs] = true;
        }
    }
}

static void add_owners(bool *speaks, const struct dossier *dossier, const struct trust *trust,
                       struct bytes name_space)
{
    struct namespace_owners owners;
    namespace_owners_of(&owners, dossier, trust, name_space);
    for (size_t i = 0; i < owners.count; i++) {
        const struct dossier_log *log = dossier_log_of(dossier, &owners.owners[i].actor);
        if (log != NULL) {
            speaks[log - dossier->logs] = true;
        }
    }
}

/* Whoever owns it and never was heard of may have said anything. */
static bool is_unheard(const struct dossier *dossier, const struct actor_id *owner)
{
    const struct dossier_log *log = dossier_log_of(dossier, owner);
    return log == NULL || !log->known;
}

bool lacking_of(bool *out, const struct dossier *dossier, const struct trust *trust,
                const struct trust_owner *owner, struct arena *arena)
{
    *out = is_unheard(dossier, &owner->actor);
    if (*out || !any_is_incomplete(dossier)) {
        return true;
    }
    const struct bytes name_space = bytes_of_string(owner->name_space);
    size_t mark = arena_mark(arena);
    bool *speaks = arena_take(arena, dossier->log_count * sizeof speaks[0]);
    if (speaks == NULL) {
        return false;
    }
    memset(speaks, 0, dossier->log_count * sizeof speaks[0]);
    add_owners(speaks, dossier, trust, name_space);
    for (unsigned depth = 0; depth < CHAIN_DEPTH_MAX; depth++) {
        add_delegates(speaks, dossier, name_space);
    }
    for (size_t i = 0; i < dossier->log_count; i++) {
        *out = *out || (speaks[i] && dossier->logs[i].incomplete);
    }
    arena_rewind(arena, mark);
    return true;
}
