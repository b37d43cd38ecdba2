#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/branches.h"
#include "store/checksum.h"
#include "store/erased.h"

/* A block row is a head, its marks, and the bytes as they came. Marks make any entry of a block of 4096 a few
 * steps away, and beside each are checks of the entries up to the next: whoever reads one sees whether it is
 * what was stored. The key holds the whole header hash: a prefix of it could be ground to replace one block
 * by another. */

enum { MARK_STRIDE = 8, OFFSET_SIZE = 4, CHECK_SIZE = 4, MARK_SIZE = OFFSET_SIZE + MARK_STRIDE * CHECK_SIZE };

struct disk_block {
    uint64_t arrived_s;
    uint16_t mark_count;
    uint16_t erased_count; /* entries of which only the leaf hash is here */
    uint32_t check;        /* of the head without it, and of a keys record */
    uint32_t is_inception; /* a keys record follows */
    uint32_t zero;
};
static_assert(sizeof(struct disk_block) == 24, "no padding");

static uint32_t check_of(const struct disk_block *head, struct bytes keys_record)
{
    struct disk_block unchecked = *head;
    struct checksum sum;

    unchecked.check = 0;
    checksum_begin(&sum, TABLE_BLOCKS);
    checksum_add(&sum, &unchecked, sizeof unchecked);
    if (head->is_inception) {
        checksum_add(&sum, keys_record.data, keys_record.size);
    }
    return checksum_end(&sum);
}

struct key block_key(uint32_t number, uint64_t seq, const struct hash *hash)
{
    struct key key = author_seq_key(number, seq);

    key_add(&key, hash->bytes, HASH_SIZE);
    return key;
}

/* ---- reading ---- */

/* Build block 0 of keys_record in memory of INCEPTION_SIZE_MAX bytes. */
static bool build_inception(const struct store *store, struct bytes keys_record, uint8_t *memory,
                            struct bytes *encoded)
{
    struct writer writer;

    writer_init(&writer, memory, INCEPTION_SIZE_MAX);
    return block_of_known_inception(&writer, &store->network, keys_record) && writer_end(&writer, encoded);
}

static uint32_t check_of_entry(struct bytes element)
{
    return checksum_of(TABLE_BLOCKS, element.data, element.size);
}

/* The only entry of block 0 was checked with its row. */
static void fill_mark(struct store_txn *txn, const struct stored_block *stored, struct bytes body)
{
    const uint32_t offset = (uint32_t)(body.data + 1 - stored->encoded.data);
    const uint32_t check = check_of_entry(bytes_of(body.data + 1, body.size - 1));

    static_assert(sizeof txn->inception->mark >= OFFSET_SIZE + CHECK_SIZE, "room for one entry's");
    memcpy(txn->inception->mark, &offset, OFFSET_SIZE);
    memcpy(txn->inception->mark + OFFSET_SIZE, &check, CHECK_SIZE);
}

static enum store_error rebuild_inception(struct store_txn *txn, struct bytes keys_record,
                                          struct stored_block *stored)
{
    struct block_parts parts;

    if (!txn->inception) {
        txn->inception = malloc(sizeof *txn->inception);
    }
    if (!txn->inception) {
        return STORE_NO_MEMORY;
    }
    if (!build_inception(txn->store, keys_record, txn->inception->bytes, &stored->encoded) ||
        !stored_block_parts(stored, &parts) || parts.body.size < 2) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    fill_mark(txn, stored, parts.body);
    stored->erased_count = 0;
    stored->mark_count = 1;
    stored->marks = txn->inception->mark;
    return STORE_OK;
}

/* Split a row into its head and what follows it. */
static enum store_error split_row(struct store_txn *txn, struct bytes value, struct disk_block *head,
                                  struct bytes *rest)
{
    if (value.size < sizeof *head) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    memcpy(head, value.data, sizeof *head);
    *rest = bytes_of(value.data + sizeof *head, value.size - sizeof *head);
    return check_of(head, *rest) == head->check ? STORE_OK : txn_fail(txn, STORE_DAMAGED);
}

enum store_error stored_block_of(struct store_txn *txn, struct bytes value, struct stored_block *stored)
{
    struct disk_block head;
    struct bytes rest = {0};
    size_t marks_size;
    enum store_error error = split_row(txn, value, &head, &rest);

    if (error != STORE_OK) {
        return error;
    }
    stored->arrived_s = head.arrived_s;
    if (head.is_inception) {
        return rebuild_inception(txn, rest, stored);
    }
    marks_size = (size_t)head.mark_count * MARK_SIZE;
    if (marks_size > rest.size) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    stored->erased_count = head.erased_count;
    stored->mark_count = head.mark_count;
    stored->marks = rest.data;
    stored->encoded = bytes_of(rest.data + marks_size, rest.size - marks_size);
    return STORE_OK;
}

enum store_error stored_block_read(struct store_txn *txn, uint32_t number, uint64_t seq,
                                   const struct hash *hash, struct stored_block *stored)
{
    struct key key = block_key(number, seq, hash);
    struct bytes value;
    enum store_error error = table_get(txn, TABLE_BLOCKS, &key, &value);

    return error == STORE_OK ? stored_block_of(txn, value, stored) : error;
}

enum store_error inception_read(struct store_txn *txn, uint32_t number, struct bytes *keys_record)
{
    struct disk_record record;
    struct disk_block head;
    struct bytes value;
    struct key key;
    enum store_error error = record_read(txn, number, 0, &record);

    if (error != STORE_OK) {
        return error;
    }
    key = block_key(number, 0, &record.hash);
    error = table_get(txn, TABLE_BLOCKS, &key, &value);
    if (error == STORE_OK) {
        error = split_row(txn, value, &head, keys_record);
    }
    return error == STORE_OK && !head.is_inception ? txn_fail(txn, STORE_DAMAGED) : error;
}

bool stored_block_parts(const struct stored_block *stored, struct block_parts *parts)
{
    struct reader reader;

    reader_init(&reader, stored->encoded);
    reader_array(&reader, 3, 3);
    parts->header = reader_bin(&reader, 1, HEADER_SIZE_MAX);
    reader_skip(&reader, 2);
    parts->body = reader_bin(&reader, 0, BLOCK_BODY_SIZE_MAX);
    return reader_end(&reader) == REASON_NONE;
}

static size_t mark_at(const struct stored_block *stored, size_t i)
{
    uint32_t mark;

    memcpy(&mark, stored->marks + i * MARK_SIZE, sizeof mark);
    return mark;
}

bool stored_block_entry(const struct stored_block *stored, uint64_t index, struct bytes *element)
{
    struct reader reader;
    size_t mark;

    if (index / MARK_STRIDE >= stored->mark_count) {
        return false;
    }
    mark = mark_at(stored, index / MARK_STRIDE);
    if (mark > stored->encoded.size) {
        return false;
    }
    reader_init(&reader, bytes_of(stored->encoded.data + mark, stored->encoded.size - mark));
    for (uint64_t i = 0; i < index % MARK_STRIDE; i++) {
        reader_skip(&reader, 1);
    }
    *element = reader_skip(&reader, 1);
    return reader.error == REASON_NONE;
}

bool stored_block_has(const struct stored_block *stored, uint64_t index, struct bytes element)
{
    const uint8_t *mark = stored->marks + index / MARK_STRIDE * MARK_SIZE;
    const uint32_t check = check_of_entry(element);

    return index / MARK_STRIDE < stored->mark_count &&
           memcmp(mark + OFFSET_SIZE + index % MARK_STRIDE * CHECK_SIZE, &check, CHECK_SIZE) == 0;
}

enum store_error stored_block_element(struct store_txn *txn, const struct stored_block *stored,
                                      uint64_t index, struct bytes *element)
{
    if (!stored_block_entry(stored, index, element) || !stored_block_has(stored, index, *element)) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    return STORE_OK;
}

enum store_error stored_block_leaf(struct store_txn *txn, const struct stored_block *stored, uint64_t index,
                                   struct bytes *element, struct hash *leaf)
{
    enum store_error error = stored_block_element(txn, stored, index, element);

    if (error == STORE_OK && !entry_leaf(leaf, &txn->store->network, *element)) {
        error = txn_fail(txn, STORE_DAMAGED);
    }
    return error;
}

bool stored_block_entries(const struct stored_block *stored, struct entry **entries, size_t *count,
                          struct arena *arena)
{
    struct block_parts parts;
    struct reader reader;

    if (!stored_block_parts(stored, &parts)) {
        return false;
    }
    reader_init(&reader, parts.body);
    *count = reader_array(&reader, 1, BLOCK_ENTRIES_MAX);
    *entries = arena_take(arena, *count * sizeof **entries);
    if (!*entries) {
        return false;
    }
    for (size_t i = 0; i < *count; i++) {
        if (entry_decode(&(*entries)[i], reader_skip(&reader, 1)) != REASON_NONE) {
            return false;
        }
    }
    return reader_end(&reader) == REASON_NONE;
}

enum store_error store_block_bytes(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                                   struct bytes *out, struct arena *arena)
{
    struct disk_author row;
    struct disk_record record;
    struct stored_block stored;
    enum store_error error = author_read_log(txn, author, &row);

    if (error == STORE_OK) {
        error = seq <= row.seq ? record_read(txn, row.number, seq, &record) : STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = stored_block_read(txn, row.number, seq, &record.hash, &stored);
        error = error == STORE_NOT_FOUND ? txn_fail(txn, STORE_DAMAGED) : error; /* the chain leads there */
    }
    return error == STORE_OK ? block_hide(txn, row.number, seq, &record.hash, &stored, out, arena) : error;
}

enum store_error store_block_by_hash(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                                     const struct hash *hash, struct bytes *out, struct arena *arena)
{
    struct disk_author row;
    struct stored_block stored;
    enum store_error error = author_read(txn, author, &row);

    if (error == STORE_OK) {
        error = stored_block_read(txn, row.number, seq, hash, &stored);
    }
    return error == STORE_OK ? block_hide(txn, row.number, seq, hash, &stored, out, arena) : error;
}

enum store_error store_is_block_held(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                                     const struct hash *hash, bool *held)
{
    struct disk_author row;
    struct stored_block stored;
    enum store_error error = author_read(txn, author, &row);

    if (error == STORE_OK) {
        error = stored_block_read(txn, row.number, seq, hash, &stored);
    }
    *held = error == STORE_OK;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- branches ---- */

static enum store_error branch_of(struct walk *walk, const struct network *network,
                                  struct branch_block *branch, struct arena *arena)
{
    size_t mark = arena_mark(arena);
    struct stored_block stored;
    struct block block;
    enum reason reason;
    enum store_error error = stored_block_of(walk->txn, walk->value, &stored);

    if (error != STORE_OK) {
        return error;
    }
    reason = block_decode_header(&block, network, stored.encoded, arena);
    if (reason != REASON_NONE) {
        return txn_fail_decode(walk->txn, reason, arena);
    }
    arena_rewind(arena, mark);
    *branch = (struct branch_block){
        .hash = block.hash,
        .previous = block.header.previous,
        .seq = block.header.seq,
        .epoch = block.header.epoch,
    };
    return STORE_OK;
}

static enum store_error count_rows(struct walk *walk, const struct key *from, const struct key *prefix,
                                   size_t *count)
{
    enum store_error error = walk_seek(walk, from);

    *count = 0;
    for (; error == STORE_OK && walk_under(walk, prefix); error = walk_next(walk)) {
        (*count)++;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error fill_branches(struct walk *walk, const struct network *network,
                                      const struct key *from, struct branch_block *branches, size_t count,
                                      struct arena *arena)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = i == 0 ? walk_seek(walk, from) : walk_next(walk);
        if (error == STORE_OK) {
            error = branch_of(walk, network, &branches[i], arena);
        }
    }
    return error;
}

enum store_error store_branch_blocks(struct store_txn *txn, const struct network *network,
                                     const struct actor_id *author, uint64_t from, struct branch_block **out,
                                     size_t *count, struct arena *arena)
{
    struct disk_author row;
    struct key first, prefix;
    struct walk walk;
    enum store_error error = author_read(txn, author, &row);

    if (error != STORE_OK) {
        return error;
    }
    first = author_seq_key(row.number, from);
    prefix = author_key(row.number);
    error = walk_open(&walk, txn, TABLE_BLOCKS);
    if (error != STORE_OK) {
        return error;
    }
    error = count_rows(&walk, &first, &prefix, count);
    if (error == STORE_OK) {
        *out = arena_take(arena, *count * sizeof **out);
        error = *out ? fill_branches(&walk, network, &first, *out, *count, arena) : STORE_NO_MEMORY;
    }
    walk_close(&walk);
    return error;
}

/* ---- writing ---- */

/* An accepted block 0 is, byte for byte, what its keys record gives (log_begin). */
static enum store_error write_inception(struct store_txn *txn, const struct key *key,
                                        struct bytes keys_record, uint64_t arrived_s)
{
    struct disk_block head = {.arrived_s = arrived_s, .is_inception = 1};
    uint8_t *row;
    enum store_error error = table_reserve(txn, TABLE_BLOCKS, key, sizeof head + keys_record.size, &row);

    if (error != STORE_OK) {
        return error;
    }
    head.check = check_of(&head, keys_record);
    memcpy(row, &head, sizeof head);
    memcpy(row + sizeof head, keys_record.data, keys_record.size);
    return STORE_OK;
}

static size_t count_erased(const struct block *block)
{
    size_t count = 0;

    for (size_t i = 0; i < block->entry_count; i++) {
        count += block->entries[i].erased;
    }
    return count;
}

bool block_has_erased(const struct block *block)
{
    return count_erased(block) > 0;
}

/* Of the entries from first on. */
static void write_mark(uint8_t *mark, const struct block *block, size_t first)
{
    const uint32_t offset = (uint32_t)(block->entries[first].encoded.data - block->encoded.data);

    memcpy(mark, &offset, OFFSET_SIZE);
    mark += OFFSET_SIZE;
    memset(mark, 0, MARK_SIZE - OFFSET_SIZE);
    for (size_t i = first; i < block->entry_count && i < first + MARK_STRIDE; i++, mark += CHECK_SIZE) {
        const uint32_t check = check_of_entry(block->entries[i].encoded);

        memcpy(mark, &check, CHECK_SIZE);
    }
}

enum store_error stored_block_write(struct store_txn *txn, uint32_t number, const struct block *block,
                                    uint64_t arrived_s)
{
    struct key key = block_key(number, block->header.seq, &block->hash);
    size_t mark_count = (block->entry_count + MARK_STRIDE - 1) / MARK_STRIDE;
    struct disk_block head = {.arrived_s = arrived_s,
                              .mark_count = (uint16_t)mark_count,
                              .erased_count = (uint16_t)count_erased(block)};
    size_t size = sizeof head + mark_count * MARK_SIZE + block->encoded.size;
    uint8_t *row;
    enum store_error error;

    if (block_class_speaks(block->header.block_class)) {
        error = arrival_held(txn, number, &block->hash);
        if (error != STORE_OK) {
            return error;
        }
    }
    if (block->header.seq == 0) {
        assert(block->entry_count == 1);
        assert(block->entries[0].kind == ENTRY_KEYS);
        return write_inception(txn, &key, block->entries[0].payload, arrived_s);
    }
    error = table_reserve(txn, TABLE_BLOCKS, &key, size, &row);
    if (error != STORE_OK) {
        return error;
    }
    head.check = check_of(&head, (struct bytes){0});
    memcpy(row, &head, sizeof head);
    row += sizeof head;
    for (size_t i = 0; i < mark_count; i++, row += MARK_SIZE) {
        write_mark(row, block, i * MARK_STRIDE);
    }
    memcpy(row, block->encoded.data, block->encoded.size);
    return STORE_OK;
}

static enum store_error row_arrived_by(struct store_txn *txn, const struct key *key, struct bytes value,
                                       uint64_t by_s)
{
    struct disk_block head;
    struct bytes rest;
    uint8_t *copy, *row;
    enum store_error error = split_row(txn, value, &head, &rest);

    if (error != STORE_OK || head.arrived_s <= by_s) {
        return error;
    }
    head.arrived_s = by_s;
    head.check = check_of(&head, rest);
    copy = malloc(value.size);
    if (!copy) {
        return STORE_NO_MEMORY;
    }
    memcpy(copy, &head, sizeof head);
    memcpy(copy + sizeof head, rest.data, rest.size);
    error = table_reserve(txn, TABLE_BLOCKS, key, value.size, &row);
    if (error == STORE_OK) {
        memcpy(row, copy, value.size);
    }
    free(copy);
    return error;
}

enum store_error stored_block_arrived_by(struct store_txn *txn, uint32_t number, uint64_t seq,
                                         const struct hash *hash, uint64_t by_s)
{
    const struct key key = block_key(number, seq, hash);
    struct bytes value;
    enum store_error error = table_get(txn, TABLE_BLOCKS, &key, &value);

    return error == STORE_OK ? row_arrived_by(txn, &key, value, by_s) : error;
}
