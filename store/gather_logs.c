#include <string.h>

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

/* How complete what is known of its branches is. */
static enum store_error fill_branches(struct gather *gather, struct dossier_log *log)
{
    struct epoch_sides sides;
    struct branch_switch way;
    enum store_error error = store_epoch_sides(gather->txn, &log->author, log->epoch, &sides);

    if (error == STORE_OK) {
        error = store_switch(gather->txn, &log->author, &way);
    }
    if (error != STORE_OK) {
        return error;
    }
    log->branches_cut = sides.cut;
    log->body_missing = sides.missed > 0;
    log->switching = way.active;
    return STORE_OK;
}

/* STORE_NOT_FOUND: no proof of that epoch is held. */
static enum store_error disputed_seq(struct gather *gather, const struct actor_id *author, uint64_t epoch,
                                     uint64_t *seq)
{
    struct arena *arena = gather->arena;
    size_t mark = arena_mark(arena);
    struct fork_proof proof;
    struct fork_point point;
    struct bytes encoded;
    enum store_error error = store_fork_proof(gather->txn, author, epoch, FORK_PROOF_LOWEST, &encoded, arena);

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
    if (error == STORE_OK) {
        error = fill_branches(gather, log);
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
    gather->rows =
        gather_grow(gather->arena, gather->rows, out->log_count, &gather->row_capacity, sizeof *gather->rows);
    if (!out->logs || !gather->rows) {
        return STORE_NO_MEMORY;
    }
    *log = out->log_count++;
    out->logs[*log] = (struct dossier_log){.author = *author};
    gather->rows[*log] = (struct gathered_log){.number = row ? row->number : NUMBER_NONE};
    if (!row || !row->has_log) {
        return STORE_OK;
    }
    enum store_error error = fill_log(gather, row, &out->logs[*log]);
    return error == STORE_OK ? gather_sides(gather, *log) : error;
}

bool gather_find_number(const struct gather *gather, uint32_t number, size_t *log)
{
    for (size_t i = 0; i < gather->out->log_count; i++) {
        if (gather->rows[i].number == number) {
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
    struct disk_author row;
    enum store_error error;

    if (gather_find_number(gather, number, log)) {
        return STORE_OK;
    }
    error = author_name(gather->txn, number, &author);
    if (error == STORE_OK) {
        error = author_read(gather->txn, &author, &row);
    }
    return error == STORE_OK ? add_log(gather, &author, &row, log) : error;
}

enum store_error gather_reserve_logs(struct gather *gather, size_t count)
{
    struct dossier *out = gather->out;
    size_t wanted = out->log_count + count < DOSSIER_LOGS_MAX ? out->log_count + count : DOSSIER_LOGS_MAX;
    struct dossier_log *logs;
    struct gathered_log *rows;

    if (wanted <= gather->log_capacity && wanted <= gather->row_capacity) {
        return STORE_OK;
    }
    logs = arena_take(gather->arena, wanted * sizeof *logs);
    rows = arena_take(gather->arena, wanted * sizeof *rows);
    if (!logs || !rows) {
        return STORE_NO_MEMORY;
    }
    if (out->log_count > 0) {
        memcpy(logs, out->logs, out->log_count * sizeof *logs);
        memcpy(rows, gather->rows, out->log_count * sizeof *rows);
    }
    out->logs = logs;
    gather->rows = rows;
    gather->log_capacity = gather->row_capacity = wanted;
    return STORE_OK;
}

enum store_error gather_number(struct gather *gather, const struct actor_id *actor, uint32_t *number)
{
    struct disk_author row;
    enum store_error error = author_read_log(gather->txn, actor, &row);

    *number = error == STORE_OK ? row.number : NUMBER_NONE;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error gather_ask(struct gather *gather, size_t log)
{
    if (gather->rows[log].asked) {
        return STORE_OK;
    }
    gather->issuers = gather_grow(gather->arena, gather->issuers, gather->issuer_count,
                                  &gather->issuer_capacity, sizeof *gather->issuers);
    if (!gather->issuers) {
        return STORE_NO_MEMORY;
    }
    gather->rows[log].asked = true;
    gather->issuers[gather->issuer_count++] = log;
    return STORE_OK;
}
