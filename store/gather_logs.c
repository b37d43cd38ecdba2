#include <string.h>

#include "protocol/base/sort.h"
#include "protocol/log/fork.h"
#include "store/gather.h"

void *gather_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t item_size)
{
    enum { CAPACITY_FIRST = 16 };
    size_t wanted = *capacity > 0 ? 2 * *capacity : CAPACITY_FIRST;
    void *grown;

    if (count < *capacity) {
        return items;
    }
    grown = arena_take(arena, wanted * item_size);
    if (!grown) {
        return NULL;
    }
    if (count > 0) {
        memcpy(grown, items, count * item_size);
    }
    *capacity = wanted;
    return grown;
}

/* ---- what had arrived ---- */

/* Latest arrivals never fall along a chain, so the last block known by then is found by halving. */
static enum store_error find_known_by(struct gather *gather, uint32_t number, struct dossier_log *log)
{
    uint64_t low = 0;
    uint64_t high = log->head_seq + 1;

    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        struct disk_record record;
        enum store_error error = record_read(gather->txn, number, middle, &record);

        if (error != STORE_OK) {
            return error;
        }
        if (record.settled_s <= gather->known_by_s) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    log->nothing_by_then = low == 0;
    log->known_by_seq = low > 0 ? low - 1 : 0;
    return STORE_OK;
}

static enum store_error fill_known_by(struct gather *gather, uint32_t number, struct dossier_log *log)
{
    struct disk_record head;
    enum store_error error;

    log->known_by_seq = log->head_seq;
    if (gather->known_by_s == UINT64_MAX) {
        return STORE_OK;
    }
    error = record_read(gather->txn, number, log->head_seq, &head);
    if (error != STORE_OK || head.settled_s <= gather->known_by_s) {
        return error;
    }
    return find_known_by(gather, number, log);
}

/* ---- evidence ---- */

/* STORE_NOT_FOUND: no proof of that epoch is held. */
static enum store_error disputed_seq(struct gather *gather, const struct actor_id *author, uint64_t epoch,
                                     uint64_t *seq)
{
    struct arena *arena = gather->arena;
    size_t mark = arena_mark(arena);
    struct fork_proof proof;
    struct fork_point point;
    struct bytes encoded;
    enum store_error error = store_fork_proof(gather->txn, author, epoch, &encoded, arena);

    if (error == STORE_OK && (schema_decode(&fork_proof_schema, &proof, encoded, arena) != REASON_NONE ||
                              fork_proof_point(&point, &proof, arena) != REASON_NONE)) {
        error = txn_fail(gather->txn, STORE_NOT_A_STORE);
    }
    arena_rewind(arena, mark);
    if (error == STORE_OK) {
        *seq = point.seq;
    }
    return error;
}

/* A frozen log ends at one of two rotations of the epoch before. */
static enum store_error fill_forks(struct gather *gather, struct dossier_log *log)
{
    uint64_t seq = 0;
    enum store_error error = disputed_seq(gather, &log->author, log->epoch, &seq);

    if (error == STORE_OK) {
        log->forked = true;
        log->fork_seq = seq;
    } else if (error != STORE_NOT_FOUND) {
        return error;
    }
    if (!log->frozen) {
        return STORE_OK;
    }
    if (!log->forked || log->epoch_first_seq < log->fork_seq) {
        log->fork_seq = log->epoch_first_seq;
    }
    if (log->epoch == 0) {
        return STORE_OK;
    }
    error = disputed_seq(gather, &log->author, log->epoch - 1, &seq);
    if (error == STORE_OK && seq < log->fork_seq) {
        log->fork_seq = seq;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* A checkpoint counts only when the block that it names is on the chain. */
static enum store_error fill_checkpoint(struct gather *gather, uint32_t number, struct dossier_log *log)
{
    struct disk_checkpoint checkpoint;
    struct disk_record record;
    enum store_error error =
        checkpoint_read_by(gather->txn, &log->author, number, gather->known_by_s, &checkpoint);

    if (error == STORE_OK) {
        error = checkpoint.seq <= log->head_seq ? record_read(gather->txn, number, checkpoint.seq, &record)
                                                : STORE_NOT_FOUND;
    }
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    if (!hash_equal(&record.hash, &checkpoint.head)) {
        return STORE_OK;
    }
    log->has_checkpoint = true;
    log->checkpoint_seq = checkpoint.seq;
    log->checkpoint_time_s = checkpoint.time_s;
    return STORE_OK;
}

/* ---- logs ---- */

static enum store_error fill_log(struct gather *gather, const struct disk_author *row,
                                 struct dossier_log *log)
{
    enum store_error error;

    log->known = true;
    log->epoch = row->epoch;
    log->epoch_first_seq = row->epoch_first_seq;
    log->head_seq = row->seq;
    log->head = row->head;
    log->upgrade_needed = row->upgrade_needed;
    log->upgrade_seq = row->upgrade_seq;
    log->frozen = row->frozen;
    error = fill_known_by(gather, row->number, log);
    if (error == STORE_OK) {
        error = fill_forks(gather, log);
    }
    return error == STORE_OK ? fill_checkpoint(gather, row->number, log) : error;
}

static enum store_error add_log(struct gather *gather, const struct actor_id *author,
                                const struct disk_author *row, size_t *log)
{
    struct dossier *out = gather->out;

    if (out->log_count == DOSSIER_LOGS_MAX) {
        return STORE_NOT_FOUND;
    }
    out->logs =
        gather_grow(gather->arena, out->logs, out->log_count, &gather->log_capacity, sizeof *out->logs);
    gather->numbers = gather_grow(gather->arena, gather->numbers, out->log_count, &gather->number_capacity,
                                  sizeof *gather->numbers);
    if (!out->logs || !gather->numbers) {
        return STORE_NO_MEMORY;
    }
    *log = out->log_count++;
    out->logs[*log] = (struct dossier_log){.author = *author};
    gather->numbers[*log] = row ? row->number : NUMBER_NONE;
    return row && row->has_log ? fill_log(gather, row, &out->logs[*log]) : STORE_OK;
}

static bool find_number(const struct gather *gather, uint32_t number, size_t *log)
{
    for (size_t i = 0; i < gather->out->log_count; i++) {
        if (gather->numbers[i] == number) {
            *log = i;
            return true;
        }
    }
    return false;
}

enum store_error gather_log(struct gather *gather, const struct actor_id *author, size_t *log)
{
    struct disk_author row;
    enum store_error error;

    for (size_t i = 0; i < gather->out->log_count; i++) {
        if (actor_id_equal(&gather->out->logs[i].author, author)) {
            *log = i;
            return STORE_OK;
        }
    }
    error = author_read(gather->txn, author, &row);
    if (error == STORE_NOT_FOUND) {
        return add_log(gather, author, NULL, log);
    }
    return error == STORE_OK ? add_log(gather, author, &row, log) : error;
}

enum store_error gather_log_of_number(struct gather *gather, uint32_t number, size_t *log)
{
    struct actor_id author;
    enum store_error error;

    if (find_number(gather, number, log)) {
        return STORE_OK;
    }
    error = author_name(gather->txn, number, &author);
    return error == STORE_OK ? gather_log(gather, &author, log) : error;
}

/* ---- order ---- */

struct ranked {
    struct dossier_log log;
    size_t was;
};

static int order_logs(const void *a, const void *b)
{
    const struct ranked *left = a;
    const struct ranked *right = b;

    return hash_compare(&left->log.author.hash, &right->log.author.hash);
}

static int order_credentials(const void *a, const void *b)
{
    const struct dossier_place *left = &((const struct dossier_credential *)a)->place;
    const struct dossier_place *right = &((const struct dossier_credential *)b)->place;

    if (left->log != right->log) {
        return left->log < right->log ? -1 : 1;
    }
    if (left->seq != right->seq) {
        return left->seq < right->seq ? -1 : 1;
    }
    return (left->index > right->index) - (left->index < right->index);
}

static void renumber(struct dossier *out, const size_t *now)
{
    for (size_t i = 0; i < out->credential_count; i++) {
        out->credentials[i].place.log = now[out->credentials[i].place.log];
    }
    for (size_t i = 0; i < out->accreditation_count; i++) {
        out->accreditations[i].place.log = now[out->accreditations[i].place.log];
    }
    for (size_t i = 0; i < out->withdrawal_count; i++) {
        out->withdrawals[i].place.log = now[out->withdrawals[i].place.log];
    }
    for (size_t i = 0; i < out->succession_count; i++) {
        out->successions[i].place.log = now[out->successions[i].place.log];
    }
    for (size_t i = 0; i < out->pack_count; i++) {
        out->packs[i].place.log = now[out->packs[i].place.log];
    }
}

static enum store_error put_in_order(struct gather *gather)
{
    struct dossier *out = gather->out;
    struct ranked *ranked = arena_take(gather->arena, out->log_count * sizeof *ranked);
    size_t *now = arena_take(gather->arena, out->log_count * sizeof *now);

    if (!ranked || !now) {
        return STORE_NO_MEMORY;
    }
    for (size_t i = 0; i < out->log_count; i++) {
        ranked[i] = (struct ranked){.log = out->logs[i], .was = i};
    }
    sort_items(ranked, out->log_count, sizeof *ranked, order_logs);
    for (size_t i = 0; i < out->log_count; i++) {
        out->logs[i] = ranked[i].log;
        now[ranked[i].was] = i;
    }
    renumber(out, now);
    sort_items(out->credentials, out->credential_count, sizeof *out->credentials, order_credentials);
    return STORE_OK;
}

enum store_error gather_finish(struct gather *gather)
{
    enum store_error error = gather_issuers(gather);

    if (error == STORE_OK) {
        error = gather_namespaces(gather);
    }
    return error == STORE_OK ? put_in_order(gather) : error;
}
