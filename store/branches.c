#include "store/branches.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/erased.h"
#include "store/generation.h"
#include "store/side.h"

static_assert(sizeof(struct epoch_sides) == 40, "no padding");
static_assert(sizeof(struct branch_switch) == 96, "no padding");

/* ---- side rows ---- */

static struct key children_key(uint32_t number, uint64_t seq, const struct hash *previous)
{
    struct key key = author_seq_key(number, seq);

    key_add(&key, previous->bytes, HASH_SIZE);
    return key;
}

static struct key side_key(uint32_t number, uint64_t seq, const struct hash *previous,
                           const struct hash *hash)
{
    struct key key = children_key(number, seq, previous);

    key_add(&key, hash->bytes, HASH_SIZE);
    return key;
}

/* Header of a block that is held, wherever it stands. */
static enum store_error header_read(struct store_txn *txn, const struct network *network, uint32_t number,
                                    uint64_t seq, const struct hash *hash, struct header *header)
{
    enum { HEADER_ARENA_SIZE = 16 * 1024 };
    uint8_t memory[HEADER_ARENA_SIZE];
    struct arena arena;
    struct stored_block stored;
    struct block block;
    enum store_error error = stored_block_read(txn, number, seq, hash, &stored);

    if (error != STORE_OK) {
        return error;
    }
    arena_init(&arena, memory, sizeof memory);
    if (block_decode_header(&block, network, stored.encoded, &arena) != REASON_NONE) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    *header = block.header;
    header->extensions = (struct list){0};
    return STORE_OK;
}

static enum store_error is_on_chain(struct store_txn *txn, uint32_t number, uint64_t seq,
                                    const struct hash *hash, bool *out)
{
    struct disk_record record;
    enum store_error error = record_find(txn, number, seq, &record);

    *out = error == STORE_OK && hash_equal(&record.hash, hash);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* The last block at or below block seq of the chain that set keys. */
static enum store_error keys_seq_on_chain(struct store_txn *txn, uint32_t number, uint64_t seq,
                                          struct disk_side *side)
{
    struct disk_record record;
    uint64_t keys_seq = 0;
    enum store_error error = keys_last_seq(txn, number, seq, &keys_seq);

    if (error == STORE_OK) {
        error = record_find(txn, number, keys_seq, &record);
    }
    side->keys_seq = (uint32_t)keys_seq;
    side->keys_hash = record.hash;
    return error;
}

/* Which block set the keys that are in force after (seq, hash). */
static enum store_error keys_setter(struct store_txn *txn, const struct network *network, uint32_t number,
                                    uint64_t seq, const struct hash *hash, struct disk_side *out)
{
    struct header header;
    struct key key;
    bool on_chain = false;
    enum store_error error = is_on_chain(txn, number, seq, hash, &on_chain);

    if (error == STORE_OK && on_chain) {
        return keys_seq_on_chain(txn, number, seq, out);
    }
    if (error == STORE_OK) {
        error = header_read(txn, network, number, seq, hash, &header);
    }
    if (error != STORE_OK) {
        return error;
    }
    key = side_key(number, seq, &header.previous, hash);
    return table_get_exact(txn, TABLE_SIDES, &key, out, sizeof *out);
}

enum store_error side_row_put(struct store_txn *txn, const struct network *network, uint32_t number,
                              const struct block *block)
{
    const struct header *header = &block->header;
    struct key key = side_key(number, header->seq, &header->previous, &block->hash);
    struct disk_side row = {.keys_seq = (uint32_t)header->seq, .keys_hash = block->hash};
    enum store_error error = STORE_OK;

    assert(header->seq > 0);
    if (header->block_class != CLASS_KEYS) {
        struct disk_side parent;

        error = keys_setter(txn, network, number, header->seq - 1, &header->previous, &parent);
        row.keys_seq = parent.keys_seq;
        row.keys_hash = parent.keys_hash;
    }
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? txn_fail(txn, STORE_DAMAGED) : error;
    }
    row.epoch = (uint32_t)header->epoch;
    row.bytes = (uint32_t)block->encoded.size;
    row.block_class = (uint8_t)header->block_class;
    row.rotation = block_is_rotation(block);
    error = table_put(txn, TABLE_SIDES, &key, &row, sizeof row);
    if (error == STORE_OK && row.rotation) {
        error = rotation_row_put(txn, number, block);
    }
    if (error == STORE_OK && row.block_class == CLASS_GOVERN) {
        error = generation_raise(txn);
    }
    return error == STORE_OK ? side_put(txn, network, number, block) : error;
}

/* Take the block out of the index as it is held: the copy at hand may lack what that one has. */
static enum store_error delete_entries(struct store_txn *txn, const struct network *network, uint32_t number,
                                       const struct block *block)
{
    enum { HELD_SIZE = BLOCK_ARENA_SIZE + BLOCK_SIZE_MAX };
    struct stored_block stored;
    struct block held;
    struct bytes copy;
    struct arena arena;
    void *memory = malloc(HELD_SIZE);
    enum store_error error =
        memory ? stored_block_read(txn, number, block->header.seq, &block->hash, &stored) : STORE_NO_MEMORY;

    arena_init(&arena, memory, memory ? HELD_SIZE : 0);
    if (error == STORE_OK && (!arena_copy(&arena, stored.encoded, &copy) ||
                              block_decode(&held, network, copy, &arena) != REASON_NONE)) {
        error = STORE_DAMAGED;
    }
    if (error == STORE_OK) {
        error = side_delete(txn, network, number, &held);
    }
    free(memory);
    return error == STORE_NOT_FOUND ? STORE_DAMAGED : error;
}

enum store_error side_row_delete(struct store_txn *txn, const struct network *network, uint32_t number,
                                 const struct block *block)
{
    struct key key = side_key(number, block->header.seq, &block->header.previous, &block->hash);
    struct disk_side row;
    enum store_error error = table_get_exact(txn, TABLE_SIDES, &key, &row, sizeof row);

    if (error == STORE_OK) {
        error = txn_fail(txn, delete_entries(txn, network, number, block));
    }
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    return table_delete(txn, TABLE_SIDES, &key);
}

/* ---- side blocks ---- */

static enum store_error put_side_block(struct store_txn *txn, const struct network *network,
                                       const struct block *block, uint64_t now_s)
{
    struct disk_author row;
    struct stored_block stored;
    uint64_t arrived_s = now_s;
    enum store_error error = author_intern(txn, &block->header.author, &row);

    if (error == STORE_OK) {
        error = stored_block_read(txn, row.number, block->header.seq, &block->hash, &stored);
    }
    if (error != STORE_NOT_FOUND) {
        return error;
    }
    error = arrival_first(txn, row.number, &block->hash, now_s, &arrived_s);
    if (error == STORE_OK) {
        error = stored_block_write(txn, row.number, block, arrived_s);
    }
    if (error == STORE_OK) {
        error = side_row_put(txn, network, row.number, block);
    }
    row.blocks++;
    row.bytes += block->encoded.size;
    if (error == STORE_OK) {
        error = erasers_put(txn, &row, block, now_s);
    }
    if (error == STORE_OK && block_has_erased(block)) {
        error = gaps_update_block(txn, &row, block->header.seq, &block->hash);
    }
    return error == STORE_OK ? author_write(txn, &block->header.author, &row) : error;
}

enum store_error store_put_side_block(struct store_txn *txn, const struct network *network,
                                      const struct block *block, uint64_t now_s)
{
    return txn_fail(txn, put_side_block(txn, network, block, now_s));
}

static enum store_error side_of_row(struct walk *walk, struct side_block *out)
{
    struct disk_side row;

    if (walk->value.size != sizeof row || walk->key.size != 4 + 8 + 2 * HASH_SIZE) {
        return txn_fail(walk->txn, STORE_DAMAGED);
    }
    memcpy(&row, walk->value.data, sizeof row);
    *out = (struct side_block){.seq = number_at(walk->key.data, 4, 8),
                               .epoch = row.epoch,
                               .block_class = (enum block_class)row.block_class,
                               .rotation = row.rotation,
                               .refused = row.refused,
                               .way = row.way};
    memcpy(out->previous.bytes, walk->key.data + 12, HASH_SIZE);
    memcpy(out->hash.bytes, walk->key.data + 12 + HASH_SIZE, HASH_SIZE);
    return STORE_OK;
}

/* The first row under prefix at or behind *from, which is left out. */
static enum store_error first_behind(struct store_txn *txn, enum table table, const struct key *prefix,
                                     const struct key *from, struct walk *walk)
{
    enum store_error error = walk_open(walk, txn, table);

    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(walk, from);
    if (error == STORE_OK && from->size > prefix->size &&
        bytes_equal(walk->key, bytes_of(from->bytes, from->size))) {
        error = walk_next(walk);
    }
    return error == STORE_OK && !walk_under(walk, prefix) ? STORE_NOT_FOUND : error;
}

enum store_error store_next_child(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                                  const struct hash *hash, const struct hash *after, struct side_block *out)
{
    uint32_t number = 0;
    struct walk walk = {0};
    struct key prefix, from;
    enum store_error error = store_author_number(txn, author, &number);

    if (error != STORE_OK) {
        return error;
    }
    prefix = from = children_key(number, seq + 1, hash);
    if (after) {
        key_add(&from, after->bytes, HASH_SIZE);
    }
    error = first_behind(txn, TABLE_SIDES, &prefix, &from, &walk);
    if (error == STORE_OK) {
        error = side_of_row(&walk, out);
    }
    if (walk.cursor) {
        walk_close(&walk);
    }
    return error;
}

enum store_error store_each_side(struct store_txn *txn, const struct actor_id *author, uint64_t from,
                                 bool (*visit)(void *context, const struct side_block *side), void *context)
{
    uint32_t number = 0;
    struct walk walk;
    struct key prefix, first;
    enum store_error error = store_author_number(txn, author, &number);

    if (error != STORE_OK) {
        return error;
    }
    prefix = author_key(number);
    first = author_seq_key(number, from);
    error = walk_open(&walk, txn, TABLE_SIDES);
    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, &first);
    while (error == STORE_OK && walk_under(&walk, &prefix)) {
        struct side_block side;

        error = side_of_row(&walk, &side);
        if (error != STORE_OK || !visit(context, &side)) {
            break;
        }
        error = walk_next(&walk);
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Find the row of a block whose parent is not known. */
static enum store_error side_row_read(struct store_txn *txn, const struct network *network, uint32_t number,
                                      uint64_t seq, const struct hash *hash, struct key *key,
                                      struct header *header, struct disk_side *row)
{
    enum store_error error = header_read(txn, network, number, seq, hash, header);

    if (error != STORE_OK) {
        return error;
    }
    *key = side_key(number, seq, &header->previous, hash);
    return table_get_exact(txn, TABLE_SIDES, key, row, sizeof *row);
}

enum store_error store_side_block(struct store_txn *txn, const struct network *network,
                                  const struct actor_id *author, uint64_t seq, const struct hash *hash,
                                  struct side_block *out)
{
    uint32_t number = 0;
    struct header header;
    struct disk_side row;
    struct key key;
    enum store_error error = store_author_number(txn, author, &number);

    if (error == STORE_OK) {
        error = side_row_read(txn, network, number, seq, hash, &key, &header, &row);
    }
    if (error != STORE_OK) {
        return error;
    }
    *out = (struct side_block){.seq = seq,
                               .previous = header.previous,
                               .hash = *hash,
                               .epoch = row.epoch,
                               .block_class = (enum block_class)row.block_class,
                               .rotation = row.rotation,
                               .refused = row.refused,
                               .way = row.way};
    return STORE_OK;
}

static enum store_error change_side(struct store_txn *txn, const struct actor_id *author,
                                    const struct side_block *side, bool refused, uint64_t way)
{
    uint32_t number = 0;
    struct disk_side row;
    struct key key;
    enum store_error error = store_author_number(txn, author, &number);

    if (error != STORE_OK) {
        return txn_fail(txn, error);
    }
    key = side_key(number, side->seq, &side->previous, &side->hash);
    error = table_get_exact(txn, TABLE_SIDES, &key, &row, sizeof row);
    if (error != STORE_OK) {
        return txn_fail(txn, error);
    }
    row.refused = refused;
    row.way = way;
    return table_put(txn, TABLE_SIDES, &key, &row, sizeof row);
}

enum store_error store_refuse_side(struct store_txn *txn, const struct actor_id *author,
                                   const struct side_block *side)
{
    return change_side(txn, author, side, true, side->way);
}

enum store_error store_mark_way(struct store_txn *txn, const struct actor_id *author,
                                const struct side_block *side, uint64_t way)
{
    return change_side(txn, author, side, side->refused, way);
}

/* ---- keys ---- */

enum { KEY_CHANGES_MAX = 256 }; /* on the way from a block to the chain: of one epoch, and of those above */

struct key_change {
    uint64_t seq;
    struct hash hash;
};

/* Blocks beside the chain that changed keys, from (seq, hash) downward, and the one on the chain below. */
static enum store_error gather_key_changes(struct store_txn *txn, const struct network *network,
                                           uint32_t number, uint64_t seq, const struct hash *hash,
                                           struct key_change *changes, size_t *count, uint64_t *chain_seq)
{
    struct disk_side setter;
    bool on_chain = false;
    enum store_error error = keys_setter(txn, network, number, seq, hash, &setter);

    for (*count = 0; error == STORE_OK; ++*count) {
        struct header header;

        error = is_on_chain(txn, number, setter.keys_seq, &setter.keys_hash, &on_chain);
        if (error == STORE_OK && on_chain) {
            *chain_seq = setter.keys_seq;
            return STORE_OK;
        }
        if (error != STORE_OK || *count == KEY_CHANGES_MAX) {
            return error != STORE_OK ? error : STORE_NOT_FOUND;
        }
        changes[*count] = (struct key_change){setter.keys_seq, setter.keys_hash};
        error = header_read(txn, network, number, setter.keys_seq, &setter.keys_hash, &header);
        if (error == STORE_OK) {
            error = keys_setter(txn, network, number, header.seq - 1, &header.previous, &setter);
        }
    }
    return error;
}

static enum store_error advance(struct store_txn *txn, const struct network *network, uint32_t number,
                                const struct key_change *change, struct key_set *keys, uint64_t *epoch)
{
    enum { KEYS_ARENA_SIZE = 64 * 1024 };
    uint8_t memory[KEYS_ARENA_SIZE];
    struct arena arena;
    struct stored_block stored;
    struct block block;
    enum store_error error = stored_block_read(txn, number, change->seq, &change->hash, &stored);

    if (error != STORE_OK) {
        return error;
    }
    arena_init(&arena, memory, sizeof memory);
    /* After a block whose keys do not fit nothing can be valid. */
    return block_decode(&block, network, stored.encoded, &arena) == REASON_NONE &&
                   log_advance_keys(keys, epoch, &block, &arena) == REASON_NONE
               ? STORE_OK
               : STORE_NOT_FOUND;
}

enum store_error store_keys_after(struct store_txn *txn, const struct network *network,
                                  const struct actor_id *author, uint64_t seq, const struct hash *hash,
                                  struct key_set *keys, uint64_t *epoch)
{
    struct key_change changes[KEY_CHANGES_MAX];
    size_t count = 0;
    uint32_t number = 0;
    uint64_t chain_seq = 0;
    enum store_error error = store_author_number(txn, author, &number);

    if (error == STORE_OK) {
        error = gather_key_changes(txn, network, number, seq, hash, changes, &count, &chain_seq);
    }
    if (error == STORE_OK) {
        error = keys_read(txn, number, chain_seq, keys, epoch);
    }
    for (size_t i = count; i > 0 && error == STORE_OK; i--) {
        error = advance(txn, network, number, &changes[i - 1], keys, epoch);
    }
    return error;
}

/* ---- rotations ---- */

static struct key rotation_key(uint32_t number, uint64_t epoch)
{
    struct key key = author_key(number);

    key_add_number(&key, epoch, 4);
    return key;
}

static enum store_error rotation_write(struct store_txn *txn, uint32_t number, uint64_t epoch,
                                       const struct known_rotation *rotation)
{
    struct key key = rotation_key(number, epoch);
    const struct disk_rotation row = {
        .seq = (uint32_t)rotation->seq, .held = rotation->held, .unreachable = rotation->unreachable};

    key_add(&key, rotation->hash.bytes, HASH_SIZE);
    return table_put(txn, TABLE_ROTATIONS, &key, &row, sizeof row);
}

enum store_error rotation_row_put(struct store_txn *txn, uint32_t number, const struct block *block)
{
    const struct known_rotation rotation = {.seq = block->header.seq, .hash = block->hash, .held = true};
    struct key key = rotation_key(number, block->header.epoch);
    struct disk_rotation row;
    enum store_error error;

    key_add(&key, block->hash.bytes, HASH_SIZE);
    error = table_get_exact(txn, TABLE_ROTATIONS, &key, &row, sizeof row);
    if (error == STORE_NOT_FOUND || (error == STORE_OK && !row.held)) {
        return rotation_write(txn, number, block->header.epoch, &rotation);
    }
    return error;
}

enum store_error store_put_rotation(struct store_txn *txn, const struct actor_id *author, uint64_t epoch,
                                    const struct known_rotation *rotation)
{
    uint32_t number = 0;
    enum store_error error = store_author_number(txn, author, &number);

    return txn_fail(txn, error == STORE_OK ? rotation_write(txn, number, epoch, rotation) : error);
}

static enum store_error rotation_of_row(struct walk *walk, struct known_rotation *out)
{
    struct disk_rotation row;

    if (walk->value.size != sizeof row || walk->key.size != 4 + 4 + HASH_SIZE) {
        return txn_fail(walk->txn, STORE_DAMAGED);
    }
    memcpy(&row, walk->value.data, sizeof row);
    *out = (struct known_rotation){.seq = row.seq, .held = row.held, .unreachable = row.unreachable};
    memcpy(out->hash.bytes, walk->key.data + 8, HASH_SIZE);
    return STORE_OK;
}

enum store_error store_next_rotation(struct store_txn *txn, const struct actor_id *author, uint64_t epoch,
                                     const struct hash *after, struct known_rotation *out)
{
    uint32_t number = 0;
    struct walk walk = {0};
    struct key prefix, from;
    enum store_error error = store_author_number(txn, author, &number);

    if (error != STORE_OK) {
        return error;
    }
    prefix = from = rotation_key(number, epoch);
    if (after) {
        key_add(&from, after->bytes, HASH_SIZE);
    }
    error = first_behind(txn, TABLE_ROTATIONS, &prefix, &from, &walk);
    if (error == STORE_OK) {
        error = rotation_of_row(&walk, out);
    }
    if (walk.cursor) {
        walk_close(&walk);
    }
    return error;
}

/* ---- epochs ---- */

enum store_error store_epoch_sides(struct store_txn *txn, const struct actor_id *author, uint64_t epoch,
                                   struct epoch_sides *out)
{
    uint32_t number = 0;
    enum store_error error = store_author_number(txn, author, &number);

    *out = (struct epoch_sides){0};
    if (error == STORE_OK) {
        struct key key = rotation_key(number, epoch);

        error = table_get_exact(txn, TABLE_EPOCHS, &key, out, sizeof *out);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error store_set_epoch_sides(struct store_txn *txn, const struct actor_id *author, uint64_t epoch,
                                       const struct epoch_sides *sides)
{
    uint32_t number = 0;
    enum store_error error = store_author_number(txn, author, &number);
    struct key key = rotation_key(number, epoch);

    return error == STORE_OK ? table_put(txn, TABLE_EPOCHS, &key, sides, sizeof *sides)
                             : txn_fail(txn, error);
}

/* ---- switches ---- */

enum store_error store_switch(struct store_txn *txn, const struct actor_id *author, struct branch_switch *out)
{
    uint32_t number = 0;
    enum store_error error = store_author_number(txn, author, &number);

    *out = (struct branch_switch){.unwind_to = SWITCH_NONE};
    if (error == STORE_OK) {
        struct key key = author_key(number);

        error = table_get_exact(txn, TABLE_SWITCHES, &key, out, sizeof *out);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error store_set_switch(struct store_txn *txn, const struct actor_id *author,
                                  const struct branch_switch *to)
{
    uint32_t number = 0;
    enum store_error error = store_author_number(txn, author, &number);
    struct key key = author_key(number);

    return error == STORE_OK ? table_put(txn, TABLE_SWITCHES, &key, to, sizeof *to) : txn_fail(txn, error);
}

static enum store_error next_active(struct walk *walk, const struct key *from, uint32_t *number)
{
    enum store_error error = walk_seek(walk, from);

    for (; error == STORE_OK; error = walk_next(walk)) {
        struct branch_switch row;

        if (walk->key.size != 4 || walk->value.size != sizeof row) {
            return txn_fail(walk->txn, STORE_DAMAGED);
        }
        memcpy(&row, walk->value.data, sizeof row);
        *number = (uint32_t)number_at(walk->key.data, 0, 4);
        if (row.active) {
            return STORE_OK;
        }
    }
    return error;
}

enum store_error store_next_switching(struct store_txn *txn, const struct actor_id *after,
                                      struct actor_id *author)
{
    uint32_t number = 0;
    struct walk walk;
    struct key from;
    enum store_error error = after ? store_author_number(txn, after, &number) : STORE_OK;

    if (error != STORE_OK) {
        return error;
    }
    from = author_key(after ? number + 1 : 0);
    error = walk_open(&walk, txn, TABLE_SWITCHES);
    if (error != STORE_OK) {
        return error;
    }
    error = next_active(&walk, &from, &number);
    walk_close(&walk);
    return error == STORE_OK ? author_name(txn, number, author) : error;
}

/* ---- arrivals, and what was followed ---- */

static struct key hash_key(uint32_t number, const struct hash *hash)
{
    struct key key = author_key(number);

    key_add(&key, hash->bytes, HASH_SIZE);
    return key;
}

enum store_error store_note_arrival(struct store_txn *txn, const struct actor_id *author,
                                    const struct hash *hash, uint64_t epoch, uint64_t arrived_s, bool missed,
                                    bool *added)
{
    const struct disk_arrival now = {.arrived_s = arrived_s, .epoch = (uint32_t)epoch, .missed = missed};
    uint32_t number = 0;
    struct key key;
    struct bytes row;
    enum store_error error = store_author_number(txn, author, &number);

    *added = false;
    if (error != STORE_OK) {
        return error;
    }
    key = hash_key(number, hash);
    error = table_get(txn, TABLE_ARRIVALS, &key, &row);
    if (error != STORE_NOT_FOUND) {
        return error;
    }
    *added = true;
    return table_put(txn, TABLE_ARRIVALS, &key, &now, sizeof now);
}

enum store_error arrival_first(struct store_txn *txn, uint32_t number, const struct hash *hash,
                               uint64_t now_s, uint64_t *first_s)
{
    struct key key = hash_key(number, hash);
    struct disk_arrival row;
    enum store_error error = table_get_exact(txn, TABLE_ARRIVALS, &key, &row, sizeof row);

    *first_s = error == STORE_OK && row.arrived_s < now_s ? row.arrived_s : now_s;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error arrival_held(struct store_txn *txn, uint32_t number, const struct hash *hash)
{
    struct key key = hash_key(number, hash), epoch_key;
    struct disk_arrival row;
    struct epoch_sides sides;
    enum store_error error = table_get_exact(txn, TABLE_ARRIVALS, &key, &row, sizeof row);

    if (error != STORE_OK || !row.missed) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    row.missed = 0;
    error = table_put(txn, TABLE_ARRIVALS, &key, &row, sizeof row);
    epoch_key = rotation_key(number, row.epoch);
    if (error == STORE_OK) {
        error = table_get_exact(txn, TABLE_EPOCHS, &epoch_key, &sides, sizeof sides);
    }
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? txn_fail(txn, STORE_DAMAGED) : error;
    }
    sides.missed--;
    return table_put(txn, TABLE_EPOCHS, &epoch_key, &sides, sizeof sides);
}

/* STORE_NOT_FOUND: it was never met. */
static enum store_error first_met(struct store_txn *txn, uint32_t number, uint64_t seq,
                                  const struct hash *hash, uint64_t *first_s)
{
    struct stored_block stored;
    enum store_error error = arrival_first(txn, number, hash, UINT64_MAX, first_s);

    if (error == STORE_OK) {
        error = stored_block_read(txn, number, seq, hash, &stored);
    }
    if (error == STORE_OK && stored.arrived_s < *first_s) {
        *first_s = stored.arrived_s;
    }
    return error == STORE_NOT_FOUND && *first_s != UINT64_MAX ? STORE_OK : error;
}

enum store_error store_first_arrival(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                                     const struct hash *hash, uint64_t *first_s)
{
    uint32_t number = 0;
    enum store_error error = store_author_number(txn, author, &number);

    return error == STORE_OK ? first_met(txn, number, seq, hash, first_s) : error;
}

/* When the first rotation out of an epoch came; UINT64_MAX: none that leads anywhere has. */
static enum store_error rotation_came(struct store_txn *txn, uint32_t number, uint64_t epoch,
                                      uint64_t *came_s)
{
    const struct key prefix = rotation_key(number, epoch + 1);
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_ROTATIONS);

    *came_s = UINT64_MAX;
    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, &prefix);
    for (; error == STORE_OK && walk_under(&walk, &prefix); error = walk_next(&walk)) {
        struct known_rotation rotation;
        uint64_t first_s = UINT64_MAX;

        error = rotation_of_row(&walk, &rotation);
        if (error == STORE_OK && !rotation.unreachable) {
            error = first_met(txn, number, rotation.seq, &rotation.hash, &first_s);
            error = error == STORE_NOT_FOUND ? STORE_OK : error;
        }
        if (error != STORE_OK) {
            break;
        }
        *came_s = first_s < *came_s ? first_s : *came_s;
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* What is followed after a rotation came, since its ancestors or the time for it are missing, is not counted:
 * the rotation would have ended it. */
enum store_error followed_put(struct store_txn *txn, uint32_t number, uint64_t epoch, const struct hash *hash,
                              uint64_t from_s, uint64_t until_s)
{
    struct key key = hash_key(number, hash);
    struct disk_followed before, now = {.from_s = from_s};
    uint64_t came_s = UINT64_MAX;
    enum store_error error = rotation_came(txn, number, epoch, &came_s);

    if (error != STORE_OK) {
        return error;
    }
    now.until_s = until_s < came_s ? until_s : came_s;
    now.until_s = now.until_s > from_s ? now.until_s : from_s;
    error = table_get_exact(txn, TABLE_FOLLOWED, &key, &before, sizeof before);
    if (error == STORE_OK && before.until_s - before.from_s >= now.until_s - now.from_s) {
        return STORE_OK;
    }
    return error == STORE_OK || error == STORE_NOT_FOUND
               ? table_put(txn, TABLE_FOLLOWED, &key, &now, sizeof now)
               : error;
}

enum store_error store_followed(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                                const struct hash *hash, uint64_t *from_s, uint64_t *until_s)
{
    uint32_t number = 0;
    struct disk_record record;
    struct disk_followed row;
    struct key key;
    enum store_error error = store_author_number(txn, author, &number);

    if (error != STORE_OK) {
        return error;
    }
    error = record_find(txn, number, seq, &record);
    if (error == STORE_OK && hash_equal(&record.hash, hash)) {
        *from_s = record.followed_s;
        *until_s = 0;
        return STORE_OK;
    }
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    key = hash_key(number, hash);
    error = table_get_exact(txn, TABLE_FOLLOWED, &key, &row, sizeof row);
    if (error == STORE_OK) {
        *from_s = row.from_s;
        *until_s = row.until_s;
    }
    return error;
}
