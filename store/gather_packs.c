#include "protocol/rules/denials.h"
#include "protocol/rules/pack_history.h"
#include "store/gather_base.h"

/* Rule packs and successions of every namespace in the trust file. */

/* ---- successions ---- */

/* Whether the successor's governing keys of its inception signed. An owner that keeps the namespace says so
 * by its own signature of the block. */
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

    if (successor == row->place.log) {
        row->signature_valid = true;
        return STORE_OK;
    }
    if (!gather->out->logs[successor].known) {
        return STORE_OK;
    }
    error = keys_read(gather->txn, gather->rows[successor].number, 0, &keys, &epoch);
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

static enum store_error add_succession(struct gather *gather, const struct found_grant *found,
                                       size_t *successor)
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
    error = gather_found(gather, found, ENTRY_SUCCESSION, &row->place, &row->succession);
    if (error == STORE_OK) {
        error = gather_log(gather, &row->succession.successor, successor);
    }
    if (error != STORE_OK) {
        return error;
    }
    out->succession_count++;
    error = gather_succession_cut(gather, out->succession_count - 1);
    if (error != STORE_OK) {
        return error;
    }
    return check_succession(gather, row, *successor);
}

/* The owner of a namespace and those it was handed to, in turn. */
struct owners {
    size_t count;
    size_t logs[CHAIN_DEPTH_MAX + 1];
};

/* Returns: false when there is no room for it. */
static bool add_owner(struct owners *owners, size_t log)
{
    for (size_t i = 0; i < owners->count; i++) {
        if (owners->logs[i] == log) {
            return true;
        }
    }
    if (owners->count == sizeof owners->logs / sizeof owners->logs[0]) {
        return false;
    }
    owners->logs[owners->count++] = log;
    return true;
}

static enum store_error gather_successor(struct gather *gather, const struct found_grant *found,
                                         struct owners *owners)
{
    size_t successor;
    enum store_error error = add_succession(gather, found, &successor);

    if (error == STORE_OK) {
        struct dossier_succession *row = &gather->out->successions[gather->out->succession_count - 1];

        /* One that did not agree takes nobody's place. */
        row->left_out = row->signature_valid && !add_owner(owners, successor);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error gather_successors(struct gather *gather, struct bytes name_space, size_t log,
                                          struct owners *owners)
{
    struct key key = grant_key_of_namespace(GRANT_SUCCESSION, name_space);
    struct entry_at *grants;
    const struct key about = key;
    struct side_at *rows = NULL;
    size_t count;
    enum grants_cut cut;
    bool side_cut = false;
    enum store_error error;

    grant_key_add_author(&key, gather->rows[log].number);
    error = grants_find(gather->txn, &key, DOSSIER_GRANTS_MAX - gather->out->succession_count, &grants,
                        &count, &cut, gather->arena);
    gather->out->cuts.accreditations |= cut != GRANTS_CUT_NONE;
    gather->out->cuts.withdrawals |= cut != GRANTS_CUT_NONE;
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = gather_successor(gather, &(struct found_grant){.grant = &grants[i]}, owners);
    }
    if (error == STORE_OK) {
        error = gather_side_rows(gather, log, &about, SIDE_OPEN | SIDE_SPEAKING, GRANTS_EACH_MAX, &rows,
                                 &count, &side_cut);
    }
    gather->out->cuts.accreditations |= side_cut;
    gather->out->cuts.withdrawals |= side_cut;
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = gather_successor(gather, &(struct found_grant){.side = &rows[i]}, owners);
    }
    return error;
}

/* ---- packs ---- */

enum { SIDE_PACKS_MAX = 8 }; /* of one namespace by one owner's side blocks */

/* Packs of one namespace by one of its owners, the newest last. */
struct pack_list {
    size_t count;
    struct entry_at *grants;
};

struct pack_lists {
    size_t count, capacity;
    struct pack_list *items;
};

static enum store_error list_packs(struct gather *gather, struct bytes name_space, uint32_t number,
                                   struct pack_lists *lists)
{
    struct key key = grant_key_of_namespace(GRANT_PACK, name_space);
    struct pack_list *list;
    enum grants_cut cut;
    enum store_error error;

    lists->items =
        gather_grow(gather->arena, lists->items, lists->count, &lists->capacity, sizeof *lists->items);
    if (!lists->items) {
        return STORE_NO_MEMORY;
    }
    list = &lists->items[lists->count];
    grant_key_add_author(&key, number);
    error =
        grants_find(gather->txn, &key, DOSSIER_PACKS_MAX, &list->grants, &list->count, &cut, gather->arena);
    gather->out->cuts.packs |= cut != GRANTS_CUT_NONE;
    lists->count += error == STORE_OK && list->count > 0;
    return error;
}

static enum store_error note_denials(struct gather *gather, const struct rule_pack *pack)
{
    bool denies = true;

    if (!gather->denies && !denials_in_pack(&denies, pack, gather->arena)) {
        return STORE_NO_MEMORY;
    }
    gather->denies = denies;
    return STORE_OK;
}

static enum store_error add_pack(struct gather *gather, const struct found_grant *found)
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
    error = gather_found(gather, found, ENTRY_RULE_PACK, &row->place, &row->pack);
    if (error == STORE_OK) {
        error = gather_leaf(gather, &row->place);
    }
    if (error == STORE_OK) {
        error = gather_below(gather, &row->place, row->pack.in_force_from, PACK_LATE_DAYS);
    }
    if (error == STORE_OK) {
        error = note_denials(gather, &row->pack);
        out->pack_count += error == STORE_OK;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* The newest pack of every list, then the next one of each, so that no namespace crowds out another. */
static enum store_error add_packs(struct gather *gather, const struct pack_lists *lists)
{
    const size_t before = arena_mark(gather->arena);
    enum store_error error = STORE_OK;

    for (size_t depth = 0; depth < GRANTS_EACH_MAX; depth++) {
        for (size_t i = 0; i < lists->count; i++) {
            const struct pack_list *list = &lists->items[i];

            if (depth >= list->count) {
                continue;
            }
            if (gather->out->pack_count == DOSSIER_PACKS_MAX ||
                arena_mark(gather->arena) - before > DOSSIER_PACKS_SIZE_MAX) {
                gather->out->cuts.packs = true;
                return STORE_OK;
            }
            error = add_pack(gather, &(struct found_grant){.grant = &list->grants[list->count - 1 - depth]});
            if (error != STORE_OK) {
                return error;
            }
        }
    }
    return error;
}

/* Packs of one namespace by side blocks of one of its owners, of these parts. */
static enum store_error add_side_packs(struct gather *gather, struct bytes name_space, size_t log,
                                       unsigned parts)
{
    const struct key key = grant_key_of_namespace(GRANT_PACK, name_space);
    struct side_at *rows;
    size_t count;
    bool cut;
    enum store_error error = gather_side_rows(gather, log, &key, parts, SIDE_PACKS_MAX, &rows, &count, &cut);

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        if (gather->out->pack_count < DOSSIER_PACKS_MAX) {
            error = add_pack(gather, &(struct found_grant){.side = &rows[i]});
        } else {
            cut = true;
        }
    }
    gather->out->cuts.packs |= cut;
    return error;
}

/* ---- namespaces ---- */

static enum store_error gather_namespace(struct gather *gather, const struct trust_owner *owner,
                                         struct pack_lists *lists)
{
    const struct bytes name_space = bytes_of_string(owner->name_space);
    struct owners owners = {0};
    size_t log;
    enum store_error error = gather_log(gather, &owner->actor, &log);

    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    (void)add_owner(&owners, log);
    for (size_t i = 0; i < owners.count && error == STORE_OK; i++) {
        const size_t at = owners.logs[i];

        if (!gather->out->logs[at].known) {
            continue;
        }
        error = list_packs(gather, name_space, gather->rows[at].number, lists);
        if (error == STORE_OK) {
            error = add_side_packs(gather, name_space, at, SIDE_OPEN);
        }
        if (error == STORE_OK) {
            error = gather_successors(gather, name_space, at, &owners);
        }
    }
    return error;
}

enum store_error gather_packs(struct gather *gather)
{
    const struct trust *trust = gather->trust;
    struct pack_lists lists = {0};
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < trust->owner_count && error == STORE_OK; i++) {
        error = gather_namespace(gather, &trust->owners[i], &lists);
    }
    return error == STORE_OK ? add_packs(gather, &lists) : error;
}

/* ---- what cuts keep ---- */

/* Whether an earlier succession by the same owner hands the same namespace on. */
static bool is_repeated(const struct dossier *dossier, size_t succession)
{
    const struct dossier_succession *row = &dossier->successions[succession];

    for (size_t i = 0; i < succession; i++) {
        const struct dossier_succession *before = &dossier->successions[i];

        if (before->place.log == row->place.log &&
            bytes_equal(before->succession.name_space, row->succession.name_space)) {
            return true;
        }
    }
    return false;
}

enum store_error gather_kept_packs(struct gather *gather, size_t log)
{
    struct dossier *out = gather->out;
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < out->succession_count && error == STORE_OK; i++) {
        const struct dossier_succession *row = &out->successions[i];

        if (row->place.log == log && !is_repeated(out, i)) {
            error = add_side_packs(gather, row->succession.name_space, log, SIDE_KEPT);
        }
    }
    return error;
}
