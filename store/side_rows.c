#include "store/branches.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/erased.h"
#include "store/generation.h"
#include "store/side.h"

/* Rows of the blocks beside the chain: where each stands, and which keys are in force after it. */

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
    enum store_error error = side_is_on_chain(txn, number, seq, hash, &on_chain);

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
                              const struct block *block, uint64_t now_s)
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
        error = rotation_row_put(txn, number, block, now_s);
    }
    if (error == STORE_OK && row.rotation) {
        error = rotations_trim(txn, number, header->epoch);
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
        error = side_row_put(txn, network, row.number, block, now_s);
    }
    if (error == STORE_OK && block_is_rotation(block)) {
        error = rotations_freeze(txn, &row, block->header.epoch);
    }
    if (error == STORE_OK && block->header.epoch < row.epoch) {
        error = generation_raise(txn); /* a cut may name it, and keep what is below it */
    }
    row.blocks++;
    row.bytes += block->encoded.size;
    row.beside = true;
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

    if (walk->value.size != sizeof row || walk->key.size != SIDES_KEY_SIZE) {
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
    error = walk_open_after(&walk, txn, TABLE_SIDES, &prefix, &from);
    if (error == STORE_OK) {
        error = side_of_row(&walk, out);
    }
    if (walk.cursor) {
        walk_close(&walk);
    }
    return error;
}

enum store_error store_has_sides(struct store_txn *txn, const struct actor_id *author, bool *has)
{
    struct disk_author row;
    enum store_error error = author_read(txn, author, &row);

    *has = error == STORE_OK && row.beside;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
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

enum store_error store_each_side_down(struct store_txn *txn, const struct actor_id *author, uint64_t to,
                                      bool (*visit)(void *context, const struct side_block *side),
                                      void *context)
{
    uint32_t number = 0;
    struct walk walk;
    struct key prefix, behind;
    enum store_error error = store_author_number(txn, author, &number);

    if (error != STORE_OK) {
        return error;
    }
    prefix = author_key(number);
    behind = author_seq_key(number, UINT64_MAX);
    error = walk_open(&walk, txn, TABLE_SIDES);
    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek_back(&walk, &behind);
    while (error == STORE_OK && walk_under(&walk, &prefix)) {
        struct side_block side;

        error = side_of_row(&walk, &side);
        if (error != STORE_OK || side.seq < to || !visit(context, &side)) {
            break;
        }
        error = walk_previous(&walk);
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

        error = side_is_on_chain(txn, number, setter.keys_seq, &setter.keys_hash, &on_chain);
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
