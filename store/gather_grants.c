#include "store/gather.h"

enum { SIDE_GRANTS_MAX = 256 }; /* of one delegate, by all side blocks */

/* ---- accreditations ---- */

static enum store_error add_accreditation(struct gather *gather, const struct found_grant *found, size_t *by)
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
    error = gather_found(gather, found, ENTRY_ACCREDITATION, &row->place, &row->accreditation);
    if (error != STORE_OK) {
        return error;
    }
    out->accreditation_count++;
    *by = row->place.log;
    return STORE_OK;
}

static enum store_error add_withdrawal(struct gather *gather, size_t delegate,
                                       const struct found_grant *found)
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
    error = gather_found(gather, found, ENTRY_WITHDRAWAL, &row->place, &row->withdrawal);
    if (error != STORE_OK) {
        return error;
    }
    out->withdrawal_count++;
    row->cut = (struct dossier_cut){0};
    return row->withdrawal.has_cut
               ? gather_cut(gather, delegate, row->withdrawal.cut_seq, &row->withdrawal.cut_head, &row->cut)
               : STORE_OK;
}

/* Withdrawals from the author of log by side blocks of one accreditor, whom key names. */
static enum store_error gather_side_withdrawals(struct gather *gather, size_t log, const struct key *key)
{
    struct side_at *rows;
    size_t count;
    bool cut;
    enum store_error error = side_find(gather->txn, key, GRANTS_EACH_MAX, &rows, &count, &cut, gather->arena);

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        if (gather->out->withdrawal_count < DOSSIER_GRANTS_MAX) {
            error = add_withdrawal(gather, log, &(struct found_grant){.side = &rows[i]});
            error = error == STORE_NOT_FOUND ? STORE_OK : error;
        }
    }
    return error;
}

/* What accreditor by took back from the author of log. */
static enum store_error gather_withdrawals(struct gather *gather, size_t log, size_t by)
{
    const struct actor_id actor = gather->out->logs[log].author;
    struct key key = grant_key_of_actor(GRANT_WITHDRAWAL, &actor);
    struct entry_at *grants;
    size_t count;
    enum store_error error;

    grant_key_add_author(&key, gather->rows[by].number);
    error = grants_find(gather->txn, &key, DOSSIER_GRANTS_MAX - gather->out->withdrawal_count, &grants,
                        &count, gather->arena);
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = add_withdrawal(gather, log, &(struct found_grant){.grant = &grants[i]});
        if (error == STORE_NOT_FOUND) {
            error = STORE_OK;
        }
    }
    return error == STORE_OK && gather->rows[by].sides ? gather_side_withdrawals(gather, log, &key) : error;
}

/* ---- heirs ---- */

static bool is_among(const struct entry_at *grants, size_t count, uint32_t author)
{
    for (size_t i = 0; i < count; i++) {
        if (grants[i].author == author) {
            return true;
        }
    }
    return false;
}

static bool is_named_before(const struct dossier *dossier, size_t succession)
{
    for (size_t i = 0; i < succession; i++) {
        if (actor_id_equal(&dossier->successions[i].succession.successor,
                           &dossier->successions[succession].succession.successor)) {
            return true;
        }
    }
    return false;
}

/* What those took back who came after an accreditor, but never accredited the author of log themselves. */
static enum store_error gather_withdrawals_of_heirs(struct gather *gather, size_t log,
                                                    const struct entry_at *accreditations, size_t count)
{
    const struct dossier *out = gather->out;
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < out->succession_count && count > 0 && error == STORE_OK; i++) {
        size_t heir;

        if (is_named_before(out, i)) {
            continue;
        }
        error = gather_log(gather, &out->successions[i].succession.successor, &heir);
        if (error == STORE_OK && out->logs[heir].known &&
            !is_among(accreditations, count, gather->rows[heir].number)) {
            error = gather_withdrawals(gather, log, heir);
        }
    }
    return error;
}

/* Who accredited the author of log on side branches. */
static enum store_error gather_side_accreditors(struct gather *gather, size_t log)
{
    const struct actor_id actor = gather->out->logs[log].author;
    const struct key key = grant_key_of_actor(GRANT_ACCREDITATION, &actor);
    struct side_at *rows;
    size_t count;
    bool cut;
    enum store_error error =
        side_find(gather->txn, &key, SIDE_GRANTS_MAX, &rows, &count, &cut, gather->arena);

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        size_t by = SIZE_MAX;

        if (gather->out->accreditation_count == DOSSIER_GRANTS_MAX) {
            return STORE_OK;
        }
        error = add_accreditation(gather, &(struct found_grant){.side = &rows[i]}, &by);
        if (error == STORE_OK) {
            error = gather_ask(gather, by);
        }
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
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

        error = add_accreditation(gather, &(struct found_grant){.grant = &grants[i]}, &by);
        if (error == STORE_NOT_FOUND) {
            error = STORE_OK;
            continue;
        }
        if (error == STORE_OK && by != last) {
            error = gather_withdrawals(gather, log, by);
        }
        if (error == STORE_OK && by != last) {
            error = gather_ask(gather, by);
        }
        last = by;
    }
    if (error == STORE_OK) {
        error = gather_side_accreditors(gather, log);
    }
    return error == STORE_OK ? gather_withdrawals_of_heirs(gather, log, grants, count) : error;
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
