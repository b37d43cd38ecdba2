#include <string.h>

#include "store/gather.h"
#include "store/own.h"

/* What an actor says of itself, the newest where there is too much: a shop's profiles, and statements beside
 * entries of the dossier. */

/* ---- profiles ---- */

static enum store_error gather_profiles(struct gather *gather, uint32_t number)
{
    struct dossier *out = gather->out;
    struct entry_at *found;
    size_t count;
    enum store_error error =
        own_find(gather->txn, OWN_PROFILE, number, DOSSIER_PROFILES_MAX, &found, &count, gather->arena);

    if (error != STORE_OK || count == 0) {
        return error;
    }
    out->profiles = arena_take(gather->arena, count * sizeof *out->profiles);
    if (!out->profiles) {
        return STORE_NO_MEMORY;
    }
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        struct dossier_profile *row = &out->profiles[out->profile_count];

        error = gather_content(gather, &found[i], ENTRY_SHOP, &row->place, &row->shop);
        out->profile_count += error == STORE_OK;
        if (error == STORE_NOT_FOUND) {
            error = STORE_OK;
        }
    }
    return error;
}

/* ---- statements ---- */

/* Whether a list's places, size apart, hold the entry that name names in log. */
static bool names_one_of(const void *items, size_t count, size_t size, const struct entry_name *name,
                         size_t log)
{
    const uint8_t *bytes = items;

    for (size_t i = 0; i < count; i++) {
        const struct dossier_place *place = (const void *)(bytes + i * size);

        if (place->log == log && place->seq == name->seq && place->index == name->index &&
            memcmp(place->leaf.bytes, name->prefix, sizeof name->prefix) == 0) {
            return true;
        }
    }
    return false;
}

static enum store_error is_about_gathered(struct gather *gather, const struct entry_name *name, bool *about)
{
    const struct dossier *out = gather->out;
    uint32_t number;
    size_t log;
    enum store_error error = gather_number(gather, &name->author, &number);

    *about = false;
    if (error != STORE_OK || number == NUMBER_NONE || !gather_find_number(gather, number, &log)) {
        return error;
    }
    *about = names_one_of(out->credentials, out->credential_count, sizeof *out->credentials, name, log) ||
             names_one_of(out->affiliations, out->affiliation_count, sizeof *out->affiliations, name, log) ||
             names_one_of(out->reviews, out->review_count, sizeof *out->reviews, name, log);
    return STORE_OK;
}

static enum store_error add_statement(struct gather *gather, const struct entry_at *at)
{
    struct dossier *out = gather->out;
    struct dossier_statement *row = &out->statements[out->statement_count];
    size_t mark = arena_mark(gather->arena);
    bool about = false;
    enum store_error error = gather_content(gather, at, ENTRY_STATEMENT, &row->place, &row->statement);

    if (error == STORE_OK) {
        error = is_about_gathered(gather, &row->statement.about, &about);
    }
    if (about) {
        out->statement_count++;
    } else {
        arena_rewind(gather->arena, mark);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* By which statements name them: what is gathered of the chain alone has none yet. */
static enum store_error fill_leaves(struct gather *gather)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < gather->out->affiliation_count && error == STORE_OK; i++) {
        error = gather_leaf(gather, &gather->out->affiliations[i].place);
    }
    return error;
}

static enum store_error gather_statements(struct gather *gather, uint32_t number)
{
    enum { LOOKED_AT_MAX = DOSSIER_CREDENTIALS_MAX };
    struct dossier *out = gather->out;
    struct entry_at *found;
    size_t count;
    enum store_error error =
        own_find(gather->txn, OWN_STATEMENT, number, LOOKED_AT_MAX, &found, &count, gather->arena);

    if (error != STORE_OK || count == 0) {
        return error;
    }
    out->statements = arena_take(gather->arena, DOSSIER_STATEMENTS_MAX * sizeof *out->statements);
    if (!out->statements) {
        return STORE_NO_MEMORY;
    }
    error = fill_leaves(gather);
    for (size_t i = count; i > 0 && error == STORE_OK && out->statement_count < DOSSIER_STATEMENTS_MAX; i--) {
        error = add_statement(gather, &found[i - 1]);
    }
    return error;
}

enum store_error gather_own(struct gather *gather, const struct actor_id *actor)
{
    uint32_t number;
    size_t log;
    enum store_error error = gather_number(gather, actor, &number);

    if (error != STORE_OK || number == NUMBER_NONE) {
        return error;
    }
    error = gather_log_of_number(gather, number, &log);
    if (error == STORE_OK) {
        error = gather_profiles(gather, number);
    }
    return error == STORE_OK ? gather_statements(gather, number) : error;
}
