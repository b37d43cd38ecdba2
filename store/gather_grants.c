#include <string.h>

#include "protocol/base/text.h"
#include "store/gather.h"

/* ---- accreditations ---- */

static enum store_error add_accreditation(struct gather *gather, const struct grant *grant, size_t *by)
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

static enum store_error add_withdrawal(struct gather *gather, const struct grant *grant)
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
    struct grant *grants;
    size_t count;
    enum store_error error;

    grant_key_add_author(&key, gather->numbers[by]);
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

/* Accreditors of one actor: they come after the logs met so far, which makes the next layer of the search.
 * Grants of one accreditor stand together, so its withdrawals are looked up once. */
static enum store_error gather_accreditors(struct gather *gather, size_t log)
{
    const struct actor_id actor = gather->out->logs[log].author;
    const struct key key = grant_key_of_actor(GRANT_ACCREDITATION, &actor);
    struct grant *grants;
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
        last = by;
    }
    return error;
}

enum store_error gather_issuers(struct gather *gather)
{
    size_t layer = 0;
    enum store_error error = STORE_OK;

    for (unsigned depth = 0; depth <= CHAIN_DEPTH_MAX && layer < gather->out->log_count; depth++) {
        size_t end = gather->out->log_count;

        for (; layer < end && error == STORE_OK; layer++) {
            error = gather_accreditors(gather, layer);
        }
    }
    return error;
}

/* ---- packs and successions ---- */

static enum store_error add_pack(struct gather *gather, const struct grant *grant)
{
    struct dossier *out = gather->out;
    struct dossier_pack *row;
    enum store_error error;

    out->packs =
        gather_grow(gather->arena, out->packs, out->pack_count, &gather->pack_capacity, sizeof *out->packs);
    if (!out->packs) {
        return STORE_NO_MEMORY;
    }
    row = &out->packs[out->pack_count];
    error = gather_grant(gather, grant, ENTRY_RULE_PACK, &row->place, &row->pack);
    if (error == STORE_OK) {
        out->pack_count++;
    }
    return error;
}

static enum store_error gather_packs(struct gather *gather, struct bytes name_space, uint32_t number)
{
    struct key key = grant_key_of_namespace(GRANT_PACK, name_space);
    struct grant *grants;
    size_t count;
    enum store_error error;

    grant_key_add_author(&key, number);
    error = grants_find(gather->txn, &key, DOSSIER_PACKS_MAX - gather->out->pack_count, &grants, &count,
                        gather->arena);
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = add_pack(gather, &grants[i]);
        if (error == STORE_NOT_FOUND) {
            error = STORE_OK;
        }
    }
    return error;
}

/* Whether the successor's governing keys of its inception signed. */
static enum store_error check_succession(struct gather *gather, struct dossier_succession *row,
                                         size_t successor)
{
    struct succession unsigned_terms = row->succession;
    const struct indexed_signature *signatures = row->succession.signatures.items;
    uint8_t memory[ENTRY_SIZE_MAX];
    struct key_set keys;
    struct bytes encoded;
    struct hash hash;
    uint64_t epoch;
    enum store_error error;

    if (!gather->out->logs[successor].known) {
        return STORE_OK;
    }
    error = keys_read(gather->txn, gather->numbers[successor], 0, &keys, &epoch);
    if (error != STORE_OK) {
        return error;
    }
    unsigned_terms.signatures = (struct list){0};
    if (!schema_encode(&succession_schema, &unsigned_terms, memory, sizeof memory, &encoded)) {
        return STORE_OK;
    }
    hash_bytes(&hash, label_domain(gather->network, LABEL_SUCCESSION), encoded.data, encoded.size);
    row->signature_valid =
        key_set_check(&keys, ROLE_GOVERN, &hash, signatures, row->succession.signatures.count) == REASON_NONE;
    return STORE_OK;
}

static enum store_error add_succession(struct gather *gather, const struct grant *grant, size_t *successor)
{
    struct dossier *out = gather->out;
    struct dossier_succession *row;
    enum store_error error;

    out->successions = gather_grow(gather->arena, out->successions, out->succession_count,
                                   &gather->succession_capacity, sizeof *out->successions);
    if (!out->successions) {
        return STORE_NO_MEMORY;
    }
    row = &out->successions[out->succession_count];
    error = gather_grant(gather, grant, ENTRY_SUCCESSION, &row->place, &row->succession);
    if (error == STORE_OK) {
        error = gather_log(gather, &row->succession.successor, successor);
    }
    if (error != STORE_OK) {
        return error;
    }
    out->succession_count++;
    return check_succession(gather, row, *successor);
}

/* The owner of a namespace and those it was handed to, in turn. */
struct owners {
    size_t count;
    size_t logs[CHAIN_DEPTH_MAX + 1];
};

static void add_owner(struct owners *owners, size_t log)
{
    for (size_t i = 0; i < owners->count; i++) {
        if (owners->logs[i] == log) {
            return;
        }
    }
    if (owners->count < sizeof owners->logs / sizeof owners->logs[0]) {
        owners->logs[owners->count++] = log;
    }
}

static enum store_error gather_successors(struct gather *gather, struct bytes name_space, uint32_t number,
                                          struct owners *owners)
{
    struct key key = grant_key_of_namespace(GRANT_SUCCESSION, name_space);
    struct grant *grants;
    size_t count;
    enum store_error error;

    grant_key_add_author(&key, number);
    error = grants_find(gather->txn, &key, DOSSIER_GRANTS_MAX - gather->out->succession_count, &grants,
                        &count, gather->arena);
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        size_t successor;

        error = add_succession(gather, &grants[i], &successor);
        if (error == STORE_OK) {
            add_owner(owners, successor);
        } else if (error == STORE_NOT_FOUND) {
            error = STORE_OK;
        }
    }
    return error;
}

static enum store_error gather_namespace(struct gather *gather, struct bytes name_space)
{
    const struct trust_owner *owner = trust_owner_of(gather->trust, name_space);
    struct owners owners = {0};
    size_t log;
    enum store_error error;

    if (!owner) {
        return STORE_OK;
    }
    error = gather_log(gather, &owner->actor, &log);
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    add_owner(&owners, log);
    for (size_t i = 0; i < owners.count && error == STORE_OK; i++) {
        if (!gather->out->logs[owners.logs[i]].known) {
            continue;
        }
        error = gather_packs(gather, name_space, gather->numbers[owners.logs[i]]);
        if (error == STORE_OK) {
            error = gather_successors(gather, name_space, gather->numbers[owners.logs[i]], &owners);
        }
    }
    return error;
}

static bool named_before(const struct dossier *out, size_t credential, struct bytes name_space)
{
    for (size_t i = 0; i < credential; i++) {
        if (!out->credentials[i].place.erased &&
            bytes_equal(code_namespace(out->credentials[i].attestation.code), name_space)) {
            return true;
        }
    }
    return false;
}

enum store_error gather_namespaces(struct gather *gather)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < gather->out->credential_count && error == STORE_OK; i++) {
        struct bytes name_space;

        if (gather->out->credentials[i].place.erased) {
            continue;
        }
        name_space = code_namespace(gather->out->credentials[i].attestation.code);
        if (!named_before(gather->out, i, name_space)) {
            error = gather_namespace(gather, name_space);
        }
    }
    return error;
}
