#include "store/gaps_again.h"

#include <stdlib.h>
#include <string.h>

#include "store/erase_rows.h"
#include "store/erased.h"

enum {
    LOOKED_AT_MAX = 4096,               /* blocks, and erasers of them, that a transaction looks at */
    SETTER_BYTES_MAX = 2 * 1024 * 1024, /* of status blocks that it reads for that */
};

/* ---- which blocks ---- */

static uint64_t higher(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

void gap_setters_add(struct gap_setters *setters, uint64_t seq)
{
    if (setters->count < GAP_SETTERS_MAX) {
        setters->seqs[setters->count++] = seq;
    } else {
        setters->rest = higher(setters->rest, seq);
    }
}

static void add_target(struct gap_targets *targets, uint64_t seq)
{
    size_t at = targets->count;

    while (at > 0 && targets->seqs[at - 1] > seq) {
        at--;
    }
    if (at > 0 && targets->seqs[at - 1] == seq) {
        return;
    }
    if (targets->count == GAP_TARGETS_MAX) {
        targets->rest = higher(targets->rest, seq);
        return;
    }
    memmove(targets->seqs + at + 1, targets->seqs + at, (targets->count - at) * sizeof targets->seqs[0]);
    targets->seqs[at] = seq;
    targets->count++;
}

void gap_targets_add(struct gap_targets *targets, const struct reach_entries *said, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || said[i].seq != said[i - 1].seq) {
            add_target(targets, said[i].seq);
        }
    }
}

/* ---- what is due ---- */

static struct key due_key(uint32_t number, uint64_t first)
{
    return author_seq_key(number, first);
}

static enum store_error due_put(struct store_txn *txn, struct disk_author *author, uint64_t first,
                                uint64_t last)
{
    const struct key key = due_key(author->number, first);
    uint64_t before = 0;
    enum store_error error = table_get_exact(txn, TABLE_GAPS_DUE, &key, &before, sizeof before);

    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    last = higher(last, before);
    author->gaps_due = true;
    return table_put(txn, TABLE_GAPS_DUE, &key, &last, sizeof last);
}

/* Look at every block held at seq. Takes what that costs from *left. */
static enum store_error look_at(struct store_txn *txn, struct disk_author *author, uint64_t seq, size_t *left)
{
    const struct key key = author_seq_key(author->number, seq);
    uint32_t erasers = 0;
    size_t cost = 0;
    enum store_error error = gaps_update(txn, author, seq, &cost);

    if (error == STORE_OK) {
        error = table_get_exact(txn, TABLE_ERASER_COUNTS, &key, &erasers, sizeof erasers);
    }
    cost += erasers + 1;
    *left -= cost < *left ? cost : *left;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error gaps_look_again(struct store_txn *txn, struct disk_author *author,
                                 const struct gap_targets *targets)
{
    size_t left = LOOKED_AT_MAX, i = 0;
    enum store_error error = STORE_OK;

    for (; i < targets->count && error == STORE_OK && left > 0; i++) {
        error = look_at(txn, author, targets->seqs[i], &left);
    }
    if (error == STORE_OK && i < targets->count) {
        error = due_put(txn, author, targets->seqs[i], targets->seqs[targets->count - 1]);
    }
    if (error == STORE_OK && targets->rest > 0) {
        error = due_put(txn, author, 0, targets->rest);
    }
    return error;
}

/* ---- what status blocks say ---- */

/* Status blocks, read one after the other. */
struct reading {
    struct store_txn *txn;
    struct disk_author *author;
    struct arena arena;
    size_t bytes_left;
    struct gap_targets targets;
};

static enum store_error add_said(struct reading *reading, uint64_t seq, const struct hash *hash,
                                 const struct stored_block *stored)
{
    struct arena *arena = &reading->arena;
    struct reach_entries *said = arena_take(arena, ERASE_ENTRIES_MAX * sizeof *said);
    struct block block;
    struct bytes copy;
    size_t count;

    if (!said || !arena_copy(arena, stored->encoded, &copy)) {
        return STORE_NO_MEMORY;
    }
    if (block_decode(&block, &reading->txn->store->network, copy, arena) != REASON_NONE) {
        return txn_fail(reading->txn, STORE_DAMAGED);
    }
    count = erase_collect(&block, said, arena);
    gap_targets_add(&reading->targets, said, count);
    return erasers_count_again(reading->txn, reading->author, seq, hash, said, count);
}

/* What is no longer read says to erase something of blocks below it at most. */
static enum store_error add_setter(struct reading *reading, uint64_t seq, const struct hash *hash)
{
    struct stored_block stored;
    enum store_error error = stored_block_read(reading->txn, reading->author->number, seq, hash, &stored);

    if (error != STORE_OK) {
        return error;
    }
    if (stored.encoded.size > reading->bytes_left) {
        reading->targets.rest = higher(reading->targets.rest, seq - 1);
        return STORE_OK;
    }
    reading->bytes_left -= stored.encoded.size;
    error = add_said(reading, seq, hash, &stored);
    arena_rewind(&reading->arena, 0);
    return error;
}

static enum store_error reading_begin(struct reading **out, struct store_txn *txn, struct disk_author *author)
{
    enum {
        SAID_SIZE = ERASE_ENTRIES_MAX * sizeof(struct reach_entries) + BLOCK_SIZE_MAX + BLOCK_ARENA_SIZE +
                    RECORD_ARENA_SIZE
    };
    struct reading *reading = malloc(sizeof *reading + SAID_SIZE);

    *out = reading;
    if (!reading) {
        return STORE_NO_MEMORY;
    }
    *reading = (struct reading){.txn = txn, .author = author, .bytes_left = SETTER_BYTES_MAX};
    arena_init(&reading->arena, reading + 1, SAID_SIZE);
    return STORE_OK;
}

static enum store_error reading_end(struct reading *reading, enum store_error error)
{
    if (error == STORE_OK) {
        error = gaps_look_again(reading->txn, reading->author, &reading->targets);
    }
    free(reading);
    return error;
}

enum store_error gaps_on_setters(struct store_txn *txn, struct disk_author *author,
                                 const struct gap_setters *setters)
{
    struct reading *reading;
    enum store_error error;

    if (!author->erases || setters->count == 0) {
        return STORE_OK;
    }
    error = reading_begin(&reading, txn, author);
    if (error == STORE_OK && setters->rest > 0) {
        reading->targets.rest = setters->rest - 1;
    }
    for (size_t i = 0; i < setters->count && error == STORE_OK; i++) {
        struct disk_record record;

        error = record_read(txn, author->number, setters->seqs[i], &record);
        if (error == STORE_OK) {
            error = add_setter(reading, setters->seqs[i], &record.hash);
        }
    }
    return reading_end(reading, error);
}

enum store_error gaps_on_block(struct store_txn *txn, struct disk_author *author, uint64_t seq,
                               const struct hash *hash)
{
    struct reading *reading;
    enum store_error error;

    if (!author->erases) {
        return STORE_OK;
    }
    error = reading_begin(&reading, txn, author);
    if (error == STORE_OK) {
        error = add_setter(reading, seq, hash);
    }
    return reading_end(reading, error);
}

/* ---- working off ---- */

/* Blocks of one author of which something is due. */
struct due {
    uint32_t number;
    uint64_t first, last;
};

/* The first of all, or the first of an author. STORE_NOT_FOUND: nothing is due. */
static enum store_error due_find(struct store_txn *txn, const struct key *prefix, struct due *out)
{
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_GAPS_DUE);

    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, prefix);
    if (error == STORE_OK && (walk.key.size != 4 + 8 || walk.value.size != sizeof out->last)) {
        error = txn_fail(txn, STORE_DAMAGED);
    }
    if (error == STORE_OK) {
        out->number = (uint32_t)number_at(walk.key.data, 0, 4);
        out->first = number_at(walk.key.data, 4, 8);
        memcpy(&out->last, walk.value.data, sizeof out->last);
    }
    walk_close(&walk);
    return error;
}

enum store_error gaps_any_due(struct store_txn *txn, bool *due)
{
    const struct key all = author_key(0);
    struct due first;
    enum store_error error = due_find(txn, &all, &first);

    *due = error == STORE_OK;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* The first block at seq or above, up to last, that erasers speak of. STORE_NOT_FOUND: there is none. */
static enum store_error next_target(struct store_txn *txn, uint32_t number, uint64_t seq, uint64_t last,
                                    uint64_t *out)
{
    const struct key prefix = author_key(number), from = author_seq_key(number, seq);
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_ERASER_COUNTS);

    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, &from);
    if (error == STORE_OK && !walk_under(&walk, &prefix)) {
        error = STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        *out = number_at(walk.key.data, 4, 8);
        error = *out <= last ? STORE_OK : STORE_NOT_FOUND;
    }
    walk_close(&walk);
    return error;
}

/* Look at some of them. Writes: due->first, the first that was not looked at; beyond due->last when all were.
 */
static enum store_error look_at_some(struct store_txn *txn, struct disk_author *author, struct due *due)
{
    size_t left = LOOKED_AT_MAX;
    enum store_error error = STORE_OK;

    while (error == STORE_OK && left > 0) {
        uint64_t seq = 0;

        error = next_target(txn, due->number, due->first, due->last, &seq);
        if (error == STORE_OK) {
            error = look_at(txn, author, seq, &left);
            due->first = seq + 1;
        }
    }
    if (error == STORE_NOT_FOUND) {
        due->first = due->last + 1;
        error = STORE_OK;
    }
    return error;
}

/* Whether anything of the author is due still. */
static enum store_error note_due(struct store_txn *txn, struct disk_author *author)
{
    const struct key prefix = author_key(author->number);
    struct due other;
    enum store_error error = due_find(txn, &prefix, &other);

    author->gaps_due = error == STORE_OK && other.number == author->number;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error gaps_work_off(struct store_txn *txn)
{
    const struct key all = author_key(0);
    struct disk_author author;
    struct actor_id actor;
    struct due due;
    struct key row;
    enum store_error error = due_find(txn, &all, &due);

    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    row = due_key(due.number, due.first);
    error = author_name(txn, due.number, &actor);
    if (error == STORE_OK) {
        error = author_read(txn, &actor, &author);
    }
    if (error == STORE_OK) {
        error = look_at_some(txn, &author, &due);
    }
    if (error == STORE_OK) {
        error = table_delete(txn, TABLE_GAPS_DUE, &row);
    }
    if (error == STORE_OK && due.first <= due.last) {
        error = due_put(txn, &author, due.first, due.last);
    }
    if (error == STORE_OK) {
        error = note_due(txn, &author);
    }
    return error == STORE_OK ? author_write(txn, &actor, &author) : error;
}
