#include <string.h>

#include "protocol/base/sort.h"
#include "protocol/log/fork.h"
#include "store/erased.h"
#include "store/gather.h"
#include "store/own.h"

void *gather_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t item_size)
{
    enum { CAPACITY_FIRST = 8 };
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
    enum reason reason = REASON_NONE;
    enum store_error error = store_fork_proof(gather->txn, author, epoch, FORK_PROOF_LOWEST, &encoded, arena);

    if (error == STORE_OK) {
        reason = schema_decode(&fork_proof_schema, &proof, encoded, arena);
    }
    if (error == STORE_OK && reason == REASON_NONE) {
        reason = fork_proof_point(&point, &proof, arena);
    }
    if (error == STORE_OK && reason != REASON_NONE) {
        error = txn_fail_decode(gather->txn, reason, arena);
    }
    arena_rewind(arena, mark);
    if (error == STORE_OK) {
        *seq = point.seq;
    }
    return error;
}

/* The epoch that was open by then. */
static enum store_error open_epoch(struct gather *gather, uint32_t number, const struct dossier_log *log,
                                   uint64_t *epoch)
{
    struct disk_record record;
    enum store_error error;

    *epoch = log->epoch;
    if (log->known_by_seq == log->head_seq) {
        return STORE_OK;
    }
    error = record_read(gather->txn, number, log->known_by_seq, &record);
    if (error == STORE_OK) {
        *epoch = record.epoch;
    }
    return error;
}

/* What two rotations leave disputed begins where gather_freeze says, at the latest behind the head. */
static enum store_error fill_forks(struct gather *gather, const struct disk_author *row,
                                   struct dossier_log *log)
{
    uint64_t seq = 0, epoch = 0;
    enum store_error error = open_epoch(gather, row->number, log, &epoch);

    if (error == STORE_OK) {
        error = disputed_seq(gather, &log->author, epoch, &seq);
    }
    if (error == STORE_OK) {
        log->forked = true;
        log->fork_seq = seq;
    } else if (error != STORE_NOT_FOUND) {
        return error;
    }
    if (row->frozen_from == 0) {
        return STORE_OK;
    }
    log->frozen = true;
    if (!log->forked) {
        log->fork_seq = log->head_seq + 1;
    }
    return STORE_OK;
}

/* The hash of the chain's block at seq. That of the head, which most checkpoints name, is at hand. */
static enum store_error hash_at(struct gather *gather, uint32_t number, const struct dossier_log *log,
                                uint64_t seq, struct hash *out)
{
    struct disk_record record;
    enum store_error error;

    if (seq == log->head_seq && gather->known_by_s == UINT64_MAX) {
        *out = log->head;
        return STORE_OK;
    }
    error = seq <= log->head_seq ? record_read(gather->txn, number, seq, &record) : STORE_NOT_FOUND;
    if (error == STORE_OK) {
        *out = record.hash;
    }
    return error;
}

/* A checkpoint counts only when the block that it names is on the chain. */
static enum store_error fill_checkpoint(struct gather *gather, uint32_t number, struct dossier_log *log)
{
    struct disk_checkpoint checkpoint;
    struct hash hash;
    enum store_error error =
        checkpoint_read_by(gather->txn, &log->author, number, log->head_seq, gather->known_by_s, &checkpoint);

    if (error == STORE_OK) {
        error = hash_at(gather, number, log, checkpoint.seq, &hash);
    }
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    if (!hash_equal(&hash, &checkpoint.head)) {
        return STORE_OK;
    }
    log->has_checkpoint = true;
    log->checkpoint_seq = checkpoint.seq;
    log->checkpoint_time_s = checkpoint.time_s;
    return STORE_OK;
}

/* ---- what this version does not understand ---- */

/* Whether a block that may hold an unknown critical kind does, on the chain, and was not void by then. */
static enum store_error asks_for_upgrade(struct gather *gather, uint32_t number, uint64_t seq,
                                         const struct dossier_log *log, bool *asks)
{
    struct disk_record record;
    enum store_error error = record_read(gather->txn, number, seq, &record);

    *asks = error == STORE_OK && (record.flags & RECORD_UNKNOWN_CRITICAL) != 0 &&
            !(record.standing == STANDING_VOID && dossier_log_reaches(log, record.void_seq));
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* The first block that asks for an upgrade. Where more are void than are looked at, the next one does. */
static enum store_error fill_upgrade(struct gather *gather, uint32_t number, struct dossier_log *log)
{
    enum { UPGRADES_LOOKED_AT_MAX = 4096 };
    struct entry_at at = {0};
    uint64_t from = 0;
    enum store_error error = STORE_OK;

    for (size_t i = 0; error == STORE_OK && !log->upgrade_needed; i++, from = at.seq + 1) {
        error = own_next(gather->txn, OWN_UPGRADE, number, from, &at);
        if (error == STORE_OK) {
            error = asks_for_upgrade(gather, number, at.seq, log, &log->upgrade_needed);
        }
        log->upgrade_needed |= error == STORE_OK && i == UPGRADES_LOOKED_AT_MAX;
        log->upgrade_seq = at.seq;
    }
    if (!log->upgrade_needed) {
        log->upgrade_seq = 0;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- rhythm ---- */

/* Whether block seq says it beyond doubt, as far as known by then. */
static enum store_error stands(struct gather *gather, uint32_t number, const struct dossier_log *log,
                               uint64_t seq, bool *out)
{
    struct disk_record record;
    enum store_error error = record_read(gather->txn, number, seq, &record);

    if (error == STORE_OK) {
        bool voided = record.standing == STANDING_VOID && dossier_log_reaches(log, record.void_seq);

        *out = !voided && dossier_log_reaches(log, seq) && !dossier_log_disputes(log, seq);
    }
    return error;
}

static enum store_error read_rhythm(struct gather *gather, const struct entry_at *at, struct rhythm *rhythm)
{
    struct bytes element;
    struct entry entry;
    enum reason reason;
    enum store_error error = element_read(gather->txn, at, &element);

    if (error != STORE_OK) {
        return error;
    }
    if (entry_decode(&entry, element) != REASON_NONE || entry.kind != ENTRY_RHYTHM) {
        return txn_fail(gather->txn, STORE_DAMAGED);
    }
    reason = schema_decode_known(&rhythm_schema, rhythm, entry.payload, gather->arena);
    return reason == REASON_NONE ? STORE_OK : txn_fail_decode(gather->txn, reason, gather->arena);
}

/* The last one that stands. */
static enum store_error fill_rhythm(struct gather *gather, uint32_t number, struct dossier_log *log)
{
    struct key key = grant_key_of_namespace(GRANT_RHYTHM, bytes_of_string(""));
    size_t mark = arena_mark(gather->arena);
    struct rhythm rhythm = {0};
    struct entry_at *grants;
    size_t count;
    enum grants_cut cut; /* the newest are there */
    bool found = false;
    enum store_error error;

    grant_key_add_author(&key, number);
    error = grants_find(gather->txn, &key, GRANTS_EACH_MAX, &grants, &count, &cut, gather->arena);
    for (size_t i = error == STORE_OK ? count : 0; i > 0 && error == STORE_OK && !found; i--) {
        error = stands(gather, number, log, grants[i - 1].seq, &found);
        if (error == STORE_OK && found) {
            error = read_rhythm(gather, &grants[i - 1], &rhythm);
        }
    }
    log->rhythm_days = (uint32_t)rhythm.days;
    arena_rewind(gather->arena, mark);
    return error;
}

/* ---- logs ---- */

static enum store_error fill_log(struct gather *gather, const struct disk_author *row, size_t at)
{
    struct dossier_log *log = &gather->out->logs[at];
    enum store_error error;

    log->known = true;
    log->epoch = row->epoch;
    log->epoch_first_seq = row->epoch_first_seq;
    log->head_seq = row->seq;
    log->head = row->head;
    gather->rows[at].frozen_from = row->frozen_from;
    gather->rows[at].has_gaps = row->gap_blocks > 0;
    error = fill_known_by(gather, row->number, log);
    if (error == STORE_OK && row->upgrade_seen) {
        error = fill_upgrade(gather, row->number, log);
    }
    if (error == STORE_OK) {
        error = gaps_fill_log(gather->txn, row, log);
    }
    if (error == STORE_OK) {
        error = fill_forks(gather, row, log);
    }
    if (error == STORE_OK && log->frozen) {
        error = gather_freeze(gather, at);
    }
    if (error == STORE_OK && row->beside) {
        error = fill_branches(gather, log);
    }
    if (error == STORE_OK && row->has_rhythm) {
        error = fill_rhythm(gather, row->number, log);
    }
    return error == STORE_OK ? fill_checkpoint(gather, row->number, log) : error;
}

/* What a side block of an open epoch asks for is asked for whichever branch is followed; that of a dropped
 * one is nothing any more. */
static enum store_error fill_side_upgrade(struct gather *gather, size_t log)
{
    bool needed = false;
    enum store_error error = gather->rows[log].sides ? gather_side_upgrade(gather, log, &needed) : STORE_OK;

    if (error == STORE_OK && needed) {
        gather->out->logs[log].upgrade_needed = true;
        gather->out->logs[log].upgrade_seq = 0;
    }
    return error;
}

static enum store_error fill_known(struct gather *gather, const struct disk_author *row, size_t log)
{
    enum store_error error = fill_log(gather, row, log);

    if (error == STORE_OK && row->beside) {
        error = gather_sides(gather, log);
    }
    return error == STORE_OK ? fill_side_upgrade(gather, log) : error;
}

void gather_say_cut(struct gather *gather, bool *cut)
{
    *(gather->rest ? &gather->out->cuts.unasked : cut) = true;
}

void gather_say_withdrawals_cut(struct gather *gather, size_t log)
{
    gather_say_cut(gather, &gather->out->cuts.delegates);
    gather_say_cut(gather, &gather->out->logs[log].withdrawals_cut);
}

static void say_no_log(struct gather *gather)
{
    struct dossier_cuts *cuts = &gather->out->cuts;

    gather_say_cut(gather, &cuts->listed);
    gather_say_cut(gather, &cuts->credentials);
    gather_say_cut(gather, &cuts->accreditations);
    gather_say_cut(gather, &cuts->withdrawals);
    gather_say_cut(gather, &cuts->affiliations);
}

static enum store_error add_log(struct gather *gather, const struct actor_id *author,
                                const struct disk_author *row, size_t *log)
{
    struct dossier *out = gather->out;

    if (out->log_count == DOSSIER_LOGS_MAX) {
        say_no_log(gather);
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
    return fill_known(gather, row, *log);
}

enum store_error gather_refresh_logs(struct gather *gather)
{
    struct dossier *out = gather->out;
    enum store_error error = STORE_OK;

    out->voids = NULL;
    out->void_count = gather->void_capacity = 0;
    for (size_t i = 0; i < out->log_count && error == STORE_OK; i++) {
        const struct actor_id author = out->logs[i].author;
        struct disk_author row;

        out->logs[i] = (struct dossier_log){.author = author};
        gather->rows[i] = (struct gathered_log){.number = NUMBER_NONE};
        error = author_read(gather->txn, &author, &row);
        if (error == STORE_OK) {
            gather->rows[i].number = row.number;
            error = row.has_log ? fill_known(gather, &row, i) : STORE_OK;
        } else if (error == STORE_NOT_FOUND) {
            error = STORE_OK;
        }
    }
    return error;
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
    if (error == STORE_NOT_FOUND || (error == STORE_OK && row.number != number)) {
        return txn_fail(gather->txn, STORE_DAMAGED); /* whoever has a number has a row */
    }
    return error == STORE_OK ? add_log(gather, &author, &row, log) : error;
}

enum rank rank_of_chain(enum chain chain)
{
    return chain == CHAIN_STANDS ? RANK_AUTHORISED : chain == CHAIN_NONE ? RANK_STRANGER : RANK_DOUBTFUL;
}

enum store_error gather_rank(struct gather *gather, size_t log, enum rank *rank)
{
    struct gathered_log *row = &gather->rows[log];
    enum chain chain;
    enum store_error error;

    *rank = row->rank;
    if (row->has_rank) {
        return STORE_OK;
    }
    error = chain_find(gather->txn, gather->trust, &gather->out->logs[log].author, &chain);
    if (error != STORE_OK) {
        return error;
    }
    *rank = row->rank = rank_of_chain(chain);
    row->has_rank = true;
    return STORE_OK;
}

enum store_error gather_is_stranger(struct gather *gather, uint32_t number, bool *out)
{
    struct actor_id author;
    enum chain chain = CHAIN_NONE;
    enum store_error error = author_name(gather->txn, number, &author);

    if (error == STORE_OK) {
        error = chain_find(gather->txn, gather->trust, &author, &chain);
    }
    *out = chain == CHAIN_NONE;
    return error == STORE_NOT_FOUND ? txn_fail(gather->txn, STORE_DAMAGED) : error;
}

enum store_error gather_take_turn(struct gather *gather, size_t log, struct gather_turn *turn)
{
    turn->log = log;
    turn->author = gather->out->logs[log].author;
    return gather_rank(gather, log, &turn->rank);
}

static int order_turns(const void *a, const void *b)
{
    const struct gather_turn *left = a;
    const struct gather_turn *right = b;

    if (left->rank != right->rank) {
        return left->rank < right->rank ? -1 : 1;
    }
    return hash_compare(&left->author.hash, &right->author.hash);
}

void gather_sort_turns(struct gather_turn *turns, size_t count)
{
    sort_items(turns, count, sizeof *turns, order_turns);
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
    enum store_error error = STORE_OK;

    if (!gather->knows_number || !actor_id_equal(&gather->numbered, actor)) {
        error = author_read_log(gather->txn, actor, &row);
        gather->number = error == STORE_OK ? row.number : NUMBER_NONE;
        gather->numbered = *actor;
        gather->knows_number = error == STORE_OK || error == STORE_NOT_FOUND;
    }
    *number = gather->number;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}
