#include "store/gather.h"

/* ---- accreditations ---- */

static enum store_error add_accreditation(struct gather *gather, const struct entry_at *grant, size_t *by)
{
    struct dossier *out = gather->out;
    struct dossier_accreditation *row;
    enum store_error error;

    out->accreditations = gather_grow(gather->arena, out->accreditations, out->accreditation_count,
                                      &gather->accreditation_capacity, sizeof *out->accreditations);
    if (!out->accreditations) {
        return STORE_NO_MEMORY;
    }
    row = &out->accreditations[out->accreditation_count];
    error = gather_grant(gather, grant, ENTRY_ACCREDITATION, &row->place, &row->accreditation);
    if (error != STORE_OK) {
        return error;
    }
    out->accreditation_count++;
    *by = row->place.log;
    return STORE_OK;
}

static enum store_error add_withdrawal(struct gather *gather, const struct entry_at *grant)
{
    struct dossier *out = gather->out;
    struct dossier_withdrawal *row;
    enum store_error error;

    out->withdrawals = gather_grow(gather->arena, out->withdrawals, out->withdrawal_count,
                                   &gather->withdrawal_capacity, sizeof *out->withdrawals);
    if (!out->withdrawals) {
        return STORE_NO_MEMORY;
    }
    row = &out->withdrawals[out->withdrawal_count];
    error = gather_grant(gather, grant, ENTRY_WITHDRAWAL, &row->place, &row->withdrawal);
    if (error == STORE_OK) {
        out->withdrawal_count++;
    }
    return error;
}

/* What accreditor by took back from the actor. */
static enum store_error gather_withdrawals(struct gather *gather, const struct actor_id *actor, size_t by)
{
    struct key key = grant_key_of_actor(GRANT_WITHDRAWAL, actor);
    struct entry_at *grants;
    size_t count;
    enum store_error error;

    grant_key_add_author(&key, gather->rows[by].number);
    error = grants_find(gather->txn, &key, DOSSIER_GRANTS_MAX - gather->out->withdrawal_count, &grants,
                        &count, gather->arena);
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = add_withdrawal(gather, &grants[i]);
        if (error == STORE_NOT_FOUND) {
            error = STORE_OK;
        }
    }
    return error;
}

/* Accreditors of one actor: they come after those asked about so far, which makes the next layer of the
 * search. Grants of one accreditor stand together, so its withdrawals are looked up once. */
static enum store_error gather_accreditors(struct gather *gather, size_t log)
{
    const struct actor_id actor = gather->out->logs[log].author;
    const struct key key = grant_key_of_actor(GRANT_ACCREDITATION, &actor);
    struct entry_at *grants;
    size_t count;
    size_t last = SIZE_MAX;
    enum store_error error =
        grants_find(gather->txn, &key, DOSSIER_GRANTS_MAX - gather->out->accreditation_count, &grants, &count,
                    gather->arena);

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        size_t by = SIZE_MAX;

        error = add_accreditation(gather, &grants[i], &by);
        if (error == STORE_NOT_FOUND) {
            error = STORE_OK;
            continue;
        }
        if (error == STORE_OK && by != last) {
            error = gather_withdrawals(gather, &actor, by);
        }
        if (error == STORE_OK && by != last) {
            error = gather_ask(gather, by);
        }
        last = by;
    }
    return error;
}

enum store_error gather_issuers(struct gather *gather)
{
    size_t layer = 0;
    enum store_error error = STORE_OK;

    for (unsigned depth = 0; depth <= CHAIN_DEPTH_MAX && layer < gather->issuer_count; depth++) {
        size_t end = gather->issuer_count;

        for (; layer < end && error == STORE_OK; layer++) {
            error = gather_accreditors(gather, gather->issuers[layer]);
        }
    }
    return error;
}
