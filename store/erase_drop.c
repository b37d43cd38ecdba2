#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/content.h"
#include "store/erase_rows.h"
#include "store/erased.h"
#include "store/gaps_again.h"
#include "store/own.h"

/* Dropping the bytes of erased entries, once nothing can give them back any more. */

enum { DROP_KEY_SIZE = 8 + ERASER_KEY_SIZE };

/* ---- when what is looked at ---- */

static struct key drop_key(uint32_t number, const struct eraser *eraser)
{
    struct key eraser_row = eraser_key(number, eraser->seq, eraser->setter_seq, &eraser->setter);
    struct key key = {0};

    key_add_number(&key, eraser->row.due_s, 8);
    key_add(&key, eraser_row.bytes, eraser_row.size);
    return key;
}

static enum store_error drop_delete(struct store_txn *txn, uint32_t number, const struct eraser *eraser)
{
    const struct key key = drop_key(number, eraser);

    return eraser->row.due_s > 0 ? table_delete(txn, TABLE_DROPS, &key) : STORE_OK;
}

enum store_error drop_move(struct store_txn *txn, uint64_t due_s, uint32_t number, struct eraser *eraser)
{
    struct key key;
    enum store_error error = drop_delete(txn, number, eraser);

    eraser->row.due_s = due_s;
    if (error == STORE_OK) {
        error = eraser_write(txn, number, eraser);
    }
    if (error != STORE_OK || due_s == 0) {
        return error;
    }
    key = drop_key(number, eraser);
    return table_put(txn, TABLE_DROPS, &key, NULL, 0);
}

enum store_error eraser_delete(struct store_txn *txn, uint32_t number, const struct eraser *eraser)
{
    const struct key key = eraser_key(number, eraser->seq, eraser->setter_seq, &eraser->setter);
    enum store_error error = drop_delete(txn, number, eraser);

    return error == STORE_OK ? table_delete(txn, TABLE_ERASERS, &key) : error;
}

enum store_error drops_delay(struct store_txn *txn, uint64_t due_s, uint32_t number, uint64_t seq)
{
    struct key prefix = author_seq_key(number, seq);
    struct eraser eraser;
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_ERASERS);

    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, &prefix);
    for (; error == STORE_OK && walk_under(&walk, &prefix); error = walk_next(&walk)) {
        error = eraser_of(txn, walk.key, walk.value, &eraser);
        if (error == STORE_OK && !eraser.row.waits && eraser.row.due_s < due_s) {
            error = drop_move(txn, due_s, number, &eraser);
        }
        if (error != STORE_OK) {
            break;
        }
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- one eraser ---- */

struct dropping {
    struct store_txn *txn;
    const struct actor_id *self; /* NULL: none */
    uint64_t now_s;
    struct actor_id actor;
    struct disk_author author;
    struct eraser eraser;
    bool covered[BLOCK_ENTRIES_MAX];
    bool kept; /* something whose `erase` has no effect, for now */
};

static enum store_error is_fork_open(struct dropping *dropping, bool *open)
{
    enum { PROOF_ARENA_SIZE = 32 * 1024 };
    uint8_t memory[PROOF_ARENA_SIZE];
    struct arena arena;
    struct bytes encoded;
    enum store_error error;

    arena_init(&arena, memory, sizeof memory);
    error = store_fork_proof(dropping->txn, &dropping->actor, dropping->author.epoch, FORK_PROOF_LOWEST,
                             &encoded, &arena);
    *open = error == STORE_OK || dropping->author.frozen_from != 0;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* By when a rotation had come. What arrived in the future is here now, and that is kept. */
static uint64_t rotated_by(struct dropping *dropping, uint64_t arrived_s)
{
    struct disk_eraser *row = &dropping->eraser.row;

    if (arrived_s <= dropping->now_s) {
        return arrived_s;
    }
    if (row->rotated_s == 0 || row->rotated_s > dropping->now_s) {
        row->rotated_s = dropping->now_s;
    }
    return row->rotated_s;
}

/* When the own bytes may go: seven days after the first rotation that came after the `erase`. *after_s is 0
 * when none has come. */
static enum store_error find_rotation(struct dropping *dropping, uint64_t *after_s)
{
    uint32_t number = dropping->author.number;
    uint64_t seq = dropping->eraser.setter_seq;
    struct disk_record setter, record;
    enum store_error error = record_find(dropping->txn, number, seq, &setter);

    *after_s = 0;
    while (error == STORE_OK && *after_s == 0) {
        error = keys_next_seq(dropping->txn, number, seq, &seq);
        if (error == STORE_OK) {
            error = record_find(dropping->txn, number, seq, &record);
        }
        if (error == STORE_OK && record.epoch > setter.epoch) {
            *after_s = rotated_by(dropping, record.settled_s) + ERASED_KEPT_S;
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Write: *due_s, when to look again because the bytes have to stay; 0 when they may go. */
static enum store_error find_due(struct dropping *dropping, uint64_t *due_s)
{
    enum eraser_place place = ERASER_BESIDE;
    bool fork_open = false;
    uint64_t sealed_until_s = 0;
    bool own = dropping->self && actor_id_equal(dropping->self, &dropping->actor);
    enum store_error error = eraser_place(dropping->txn, dropping->author.number, &dropping->eraser, &place);

    *due_s = dropping->now_s + ERASED_KEPT_S;
    if (error != STORE_OK || place != ERASER_STANDS) {
        return error;
    }
    error = is_fork_open(dropping, &fork_open);
    if (error == STORE_OK && own) {
        error = find_rotation(dropping, &sealed_until_s);
    }
    if (fork_open || (own && sealed_until_s == 0)) {
        *due_s = dropping->now_s + SECONDS_A_DAY;
    } else {
        *due_s = own && sealed_until_s > dropping->now_s ? sealed_until_s : 0;
    }
    return error;
}

/* ---- the bytes ---- */

static enum store_error forget(struct dropping *dropping, const struct block *before)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < before->entry_count && error == STORE_OK; i++) {
        const struct entry_at at = {dropping->author.number, dropping->eraser.seq, i};

        if (dropping->covered[i]) {
            error = content_drop(dropping->txn, &at, &before->entries[i]);
        }
    }
    return error;
}

static enum store_error keep_some(struct dropping *dropping, const struct block *block)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < block->entry_count && error == STORE_OK; i++) {
        bool kept = false;

        if (!dropping->covered[i] || block->entries[i].erased) {
            continue;
        }
        error = is_kept(dropping->txn, &block->entries[i], &kept);
        dropping->covered[i] = !kept;
        dropping->kept |= kept;
    }
    return error;
}

static enum store_error cut(struct dropping *dropping, const struct block *before, uint64_t arrived_s,
                            struct arena *arena)
{
    struct bytes encoded;
    struct block after;
    enum store_error error = keep_some(dropping, before);

    if (error == STORE_OK) {
        error = block_cut(dropping->txn, before, dropping->covered, &encoded, arena);
    }
    if (error != STORE_OK) {
        return error;
    }
    if (block_decode(&after, &dropping->txn->store->network, encoded, arena) != REASON_NONE) {
        return txn_fail(dropping->txn, STORE_DAMAGED);
    }
    assert(hash_equal(&after.hash, &before->hash));
    error = forget(dropping, before);
    if (error == STORE_OK) {
        error = stored_block_write(dropping->txn, dropping->author.number, &after, arrived_s);
    }
    dropping->author.bytes += after.encoded.size;
    dropping->author.bytes -= before->encoded.size;
    return error;
}

static enum store_error drop_in(struct dropping *dropping, struct arena *arena)
{
    struct disk_record record;
    struct stored_block stored;
    struct bytes copy;
    struct block before;
    enum store_error error =
        record_find(dropping->txn, dropping->author.number, dropping->eraser.seq, &record);

    if (error == STORE_OK) {
        error = stored_block_read(dropping->txn, dropping->author.number, dropping->eraser.seq, &record.hash,
                                  &stored);
    }
    if (error != STORE_OK) {
        return error;
    }
    if (!arena_copy(arena, stored.encoded, &copy)) {
        return STORE_NO_MEMORY;
    }
    if (block_decode(&before, &dropping->txn->store->network, copy, arena) != REASON_NONE) {
        return txn_fail(dropping->txn, STORE_DAMAGED);
    }
    return cut(dropping, &before, stored.arrived_s, arena);
}

static enum store_error drop_bytes(struct dropping *dropping)
{
    enum { DROP_SIZE = 2 * BLOCK_ARENA_SIZE + 3 * BLOCK_SIZE_MAX };
    const struct eraser *eraser = &dropping->eraser;
    struct arena arena;
    void *memory = malloc(DROP_SIZE);
    size_t looked_at = 0;
    enum store_error error;

    if (!memory) {
        return STORE_NO_MEMORY;
    }
    for (size_t i = 0; i < eraser->range_count; i++) {
        const struct disk_range *range = &eraser->ranges[i];

        memset(dropping->covered + range->first, true, (size_t)(range->last - range->first) + 1);
    }
    arena_init(&arena, memory, DROP_SIZE);
    error = drop_in(dropping, &arena);
    free(memory);
    if (error == STORE_OK) {
        error = gaps_update(dropping->txn, &dropping->author, eraser->seq, &looked_at);
    }
    return error == STORE_OK ? author_write(dropping->txn, &dropping->actor, &dropping->author) : error;
}

/* ---- what is due ---- */

/* Where there is room for it on this day it takes effect now, and the seven days begin. What no longer stands
 * takes no room. */
static enum store_error take_turn(struct dropping *dropping, uint64_t *due_s)
{
    enum eraser_place place = ERASER_BESIDE;
    enum store_error error = eraser_place(dropping->txn, dropping->author.number, &dropping->eraser, &place);

    *due_s = eraser_next_day_s(dropping->now_s);
    if (error != STORE_OK || place != ERASER_STANDS ||
        !eraser_take_turn(&dropping->author, &dropping->eraser, dropping->now_s)) {
        return error;
    }
    *due_s = dropping->now_s + ERASED_KEPT_S;
    return author_write(dropping->txn, &dropping->actor, &dropping->author);
}

static enum store_error drop_or_wait(struct dropping *dropping, uint64_t *due_s)
{
    enum store_error error;

    if (dropping->eraser.row.waits) {
        return take_turn(dropping, due_s);
    }
    error = find_due(dropping, due_s);
    if (error != STORE_OK || *due_s > 0) {
        return error;
    }
    error = drop_bytes(dropping);
    *due_s = dropping->kept ? dropping->now_s + ERASED_KEPT_S : 0;
    return error;
}

static enum store_error read_eraser(struct dropping *dropping, const struct key *row)
{
    struct key key = key_of(row->bytes + 8, ERASER_KEY_SIZE);
    struct bytes value;
    enum store_error error = table_get(dropping->txn, TABLE_ERASERS, &key, &value);

    if (error == STORE_OK) {
        error = eraser_of(dropping->txn, bytes_of(key.bytes, key.size), value, &dropping->eraser);
    }
    if (error == STORE_OK) {
        error = author_name(dropping->txn, (uint32_t)number_at(key.bytes, 0, 4), &dropping->actor);
    }
    return error == STORE_OK ? author_read(dropping->txn, &dropping->actor, &dropping->author) : error;
}

static enum store_error work_off(struct dropping *dropping, const struct key *row)
{
    uint64_t due_s = 0;
    enum store_error error = read_eraser(dropping, row);

    dropping->kept = false;
    memset(dropping->covered, 0, sizeof dropping->covered);
    if (error == STORE_NOT_FOUND) {
        return txn_fail(dropping->txn, STORE_DAMAGED);
    }
    if (error == STORE_OK && dropping->eraser.row.due_s != number_at(row->bytes, 0, 8)) {
        error = txn_fail(dropping->txn, STORE_DAMAGED);
    }
    if (error == STORE_OK) {
        error = drop_or_wait(dropping, &due_s);
    }
    return error == STORE_OK ? drop_move(dropping->txn, due_s, dropping->author.number, &dropping->eraser)
                             : error;
}

/* The first rows that are due, at most max. */
static enum store_error find_rows(struct store_txn *txn, uint64_t now_s, struct key *rows, size_t max,
                                  size_t *count)
{
    struct key first = {0};
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_DROPS);

    *count = 0;
    if (error != STORE_OK) {
        return error;
    }
    key_add_number(&first, 0, 8);
    error = walk_seek(&walk, &first);
    for (; error == STORE_OK && *count < max; error = walk_next(&walk)) {
        if (walk.key.size != DROP_KEY_SIZE) {
            error = txn_fail(txn, STORE_DAMAGED);
            break;
        }
        if (number_at(walk.key.data, 0, 8) > now_s) {
            break;
        }
        rows[(*count)++] = key_of(walk.key.data, walk.key.size);
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* The rows that are due later than any is, so that the clock by which they were put was ahead. */
static enum store_error find_ahead(struct store_txn *txn, uint64_t now_s, struct key *rows, size_t max,
                                   size_t *count)
{
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_DROPS);

    *count = 0;
    if (error != STORE_OK) {
        return error;
    }
    for (error = walk_last(&walk); error == STORE_OK && *count < max; error = walk_previous(&walk)) {
        if (walk.key.size != DROP_KEY_SIZE) {
            error = txn_fail(txn, STORE_DAMAGED);
            break;
        }
        if (number_at(walk.key.data, 0, 8) <= now_s + ERASED_KEPT_S) {
            break;
        }
        rows[(*count)++] = key_of(walk.key.data, walk.key.size);
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* As if it had come now: what waited is asked today. */
static enum store_error bring_back(struct dropping *dropping, const struct key *row)
{
    uint64_t due_s = dropping->now_s;
    enum store_error error = read_eraser(dropping, row);

    due_s += error == STORE_OK && dropping->eraser.row.waits ? 0 : ERASED_KEPT_S;
    if (error == STORE_NOT_FOUND) {
        return txn_fail(dropping->txn, STORE_DAMAGED);
    }
    return error == STORE_OK ? drop_move(dropping->txn, due_s, dropping->author.number, &dropping->eraser)
                             : error;
}

enum store_error store_erased_is_due(struct store_txn *txn, uint64_t now_s, bool *due)
{
    struct key row;
    size_t count = 0;
    enum store_error error = find_rows(txn, now_s, &row, 1, &count);

    if (error == STORE_OK && count == 0) {
        error = find_ahead(txn, now_s, &row, 1, &count);
    }
    *due = count > 0;
    if (error == STORE_OK && !*due) {
        error = gaps_any_due(txn, due);
    }
    return error;
}

enum store_error store_drop_erased(struct store_txn *txn, const struct actor_id *self, uint64_t now_s,
                                   size_t blocks_max)
{
    struct dropping *dropping = malloc(sizeof *dropping);
    struct key *rows = malloc(blocks_max * sizeof *rows);
    size_t count = 0;
    enum store_error error = dropping && rows ? STORE_OK : STORE_NO_MEMORY;

    assert(txn->writes);
    if (error == STORE_OK) {
        *dropping = (struct dropping){.txn = txn, .self = self, .now_s = now_s};
        error = find_ahead(txn, now_s, rows, blocks_max, &count);
    }
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = bring_back(dropping, &rows[i]);
    }
    if (error == STORE_OK) {
        error = find_rows(txn, now_s, rows, blocks_max, &count);
    }
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = work_off(dropping, &rows[i]);
    }
    if (error == STORE_OK) {
        error = gaps_work_off(txn);
    }
    free(rows);
    free(dropping);
    return txn_fail(txn, error);
}
