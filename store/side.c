#include "store/side.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/rules/affiliation.h"
#include "protocol/rules/weight.h"
#include "store/branches.h"

/* A key: about whom or what (as in the grants table), author number, whether the block was followed long (0)
 * or not (1), epoch, seq, header hash, index. So what may count stands apart from what can't: of a closed
 * epoch only what was followed. Under an author number alone, with the kind that no grant has, stands how
 * many rows it has. */

enum {
    FOLLOWED_AT = GRANT_ABOUT_SIZE + 4,
    EPOCH_AT = FOLLOWED_AT + 1,
    SEQ_AT = EPOCH_AT + 4,
    HASH_AT = SEQ_AT + 4,
    INDEX_AT = HASH_AT + HASH_SIZE,
    SIDE_KEY_SIZE = INDEX_AT + 2,
    COUNT_KIND = 0
};
static_assert((int)SIDE_KEY_SIZE <= (int)KEY_SIZE_MAX, "a key has room for it");
static_assert(BLOCK_SEQ_MAX <= UINT32_MAX, "a block's number fits");

struct disk_side_entry {
    struct hash target;
    uint32_t first, last;
};
static_assert(sizeof(struct disk_side_entry) == 40, "no padding");

/* ---- keys ---- */

static struct key count_key(uint32_t number)
{
    struct key key = {0};

    key_add_number(&key, COUNT_KIND, 1);
    key_add_number(&key, number, 4);
    return key;
}

void side_key_add_followed(struct key *key, bool followed)
{
    key_add_number(key, followed ? 0 : 1, 1);
}

void side_key_add_block(struct key *key, uint64_t epoch, uint64_t seq, const struct hash *hash)
{
    key_add_number(key, epoch, 4);
    key_add_number(key, seq, 4);
    key_add(key, hash->bytes, HASH_SIZE);
}

/* ---- lines ---- */

enum store_error side_previous(struct store_txn *txn, const struct network *network, uint32_t number,
                               uint64_t seq, const struct hash *hash, struct hash *previous, uint64_t *epoch,
                               struct arena *arena)
{
    size_t mark = arena_mark(arena);
    struct stored_block stored;
    struct block block;
    enum reason reason;
    enum store_error error = stored_block_read(txn, number, seq, hash, &stored);

    if (error != STORE_OK) {
        return error;
    }
    reason = block_decode_header(&block, network, stored.encoded, arena);
    if (reason != REASON_NONE) {
        return txn_fail_decode(txn, reason, arena);
    }
    *previous = block.header.previous;
    *epoch = block.header.epoch;
    arena_rewind(arena, mark);
    return STORE_OK;
}

enum store_error side_is_on_chain(struct store_txn *txn, uint32_t number, uint64_t seq,
                                  const struct hash *hash, bool *out)
{
    struct disk_record record;
    enum store_error error = record_find(txn, number, seq, &record);

    *out = error == STORE_OK && hash_equal(&record.hash, hash);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Follow parents from (seq, hash) down to the chain. */
static enum store_error follow_line(struct store_txn *txn, const struct network *network, uint32_t number,
                                    uint64_t seq, struct hash hash, struct side_line *line,
                                    struct arena *arena)
{
    for (;; seq--) {
        bool on_chain = false;
        uint64_t epoch;
        enum store_error error = side_is_on_chain(txn, number, seq, &hash, &on_chain);

        if (error != STORE_OK || on_chain) {
            line->known = on_chain;
            line->base_seq = seq;
            return error;
        }
        if (seq == 0 || line->size == SIDE_DEPTH_MAX) {
            return STORE_OK;
        }
        line->hashes[line->size++] = hash;
        error = side_previous(txn, network, number, seq, &hash, &hash, &epoch, arena);
        if (error != STORE_OK) {
            return error == STORE_NOT_FOUND ? STORE_OK : error;
        }
    }
}

enum store_error side_line_of(struct store_txn *txn, const struct network *network, uint32_t number,
                              uint64_t seq, const struct hash *hash, struct side_line *out,
                              struct arena *arena)
{
    enum store_error error;

    *out = (struct side_line){.hashes = arena_take(arena, SIDE_DEPTH_MAX * sizeof *out->hashes)};
    if (!out->hashes) {
        return STORE_NO_MEMORY;
    }
    error = follow_line(txn, network, number, seq, *hash, out, arena);
    if (!out->known) {
        *out = (struct side_line){0};
    }
    return error;
}

const struct hash *side_line_at(const struct side_line *line, uint64_t seq)
{
    uint64_t above = seq - line->base_seq;

    return line->known && seq > line->base_seq && above <= line->size ? &line->hashes[line->size - above]
                                                                      : NULL;
}

/* ---- writing ---- */

struct siding {
    struct store_txn *txn;
    const struct network *network;
    const struct block *block;
    uint32_t number;
    bool remove;
    bool followed;         /* for long: it never changes while a block stands beside the chain */
    int64_t rows;          /* more than before */
    struct side_line line; /* of the block's parent, once it is asked for */
    bool has_line;
    struct arena *arena; /* for the line */
    struct arena *scratch;
};

static enum store_error change_row(struct siding *siding, const struct key *about, uint64_t index,
                                   const struct disk_side_entry *row)
{
    struct key key = *about;
    struct bytes held;
    enum store_error error;

    key_add_number(&key, siding->number, 4);
    side_key_add_followed(&key, siding->followed);
    side_key_add_block(&key, siding->block->header.epoch, siding->block->header.seq, &siding->block->hash);
    key_add_number(&key, index, 2);
    error = table_get(siding->txn, TABLE_SIDE_ENTRIES, &key, &held);
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    if ((error == STORE_OK) != siding->remove) {
        return STORE_OK;
    }
    siding->rows += siding->remove ? -1 : 1;
    return siding->remove ? table_delete(siding->txn, TABLE_SIDE_ENTRIES, &key)
                          : table_put(siding->txn, TABLE_SIDE_ENTRIES, &key, row, sizeof *row);
}

/* The block at seq that this block descends from; zero when it lies too far down. */
static enum store_error find_ancestor(struct siding *siding, uint64_t seq, struct hash *out)
{
    const struct header *header = &siding->block->header;
    const struct hash *aside;
    struct disk_record record;
    enum store_error error = STORE_OK;

    *out = (struct hash){0};
    if (!siding->has_line) {
        error = side_line_of(siding->txn, siding->network, siding->number, header->seq - 1, &header->previous,
                             &siding->line, siding->arena);
        siding->has_line = true;
    }
    if (error != STORE_OK || !siding->line.known) {
        return error;
    }
    aside = side_line_at(&siding->line, seq);
    if (aside) {
        *out = *aside;
        return STORE_OK;
    }
    error = record_find(siding->txn, siding->number, seq, &record);
    *out = record.hash;
    return error == STORE_NOT_FOUND ? txn_fail(siding->txn, STORE_DAMAGED) : error;
}

/* Of an entry about entries of an earlier block. */
static enum store_error target_of(struct siding *siding, uint64_t seq, const struct list *entries,
                                  struct disk_side_entry *row)
{
    const struct index_range *ranges = entries->items;

    *row = (struct disk_side_entry){0};
    if (seq >= siding->block->header.seq || entries->count == 0) {
        return STORE_NOT_FOUND;
    }
    row->first = (uint32_t)ranges[0].first;
    row->last = (uint32_t)ranges[entries->count - 1].last;
    return siding->remove ? STORE_OK : find_ancestor(siding, seq, &row->target);
}

static enum store_error change_status(struct siding *siding, const struct status *status, uint64_t index)
{
    const struct key about = grant_key_of_number(GRANT_STATUS, siding->number, status->seq);
    struct disk_side_entry row;
    enum store_error error = target_of(siding, status->seq, &status->entries, &row);

    if (error == STORE_OK) {
        error = change_row(siding, &about, index, &row);
    }
    if (error == STORE_OK && status->action == STATUS_HELD_BY && status->has_holder) {
        const struct key holder = grant_key_of_affiliation(GRANT_HELD_BY, &status->holder.id);
        error = change_row(siding, &holder, index, &row);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error change_erase(struct siding *siding, const struct erase *erase, uint64_t index)
{
    const struct key about = grant_key_of_number(GRANT_ERASE, siding->number, erase->seq);
    struct disk_side_entry row;
    enum store_error error = target_of(siding, erase->seq, &erase->entries, &row);

    if (error == STORE_OK) {
        error = change_row(siding, &about, index, &row);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* A void that names a dropped branch voids nothing of the chain. */
static enum store_error change_void(struct siding *siding, const struct void_record *voids, uint64_t index)
{
    const struct key about = grant_key_of_number(GRANT_VOID, siding->number, 0);
    struct disk_side_entry row = {0};
    enum store_error error;

    if (!voids->has_range || voids->range.last >= siding->block->header.seq) {
        return STORE_OK;
    }
    row.first = (uint32_t)voids->range.first;
    row.last = (uint32_t)voids->range.last;
    error = siding->remove ? STORE_OK : find_ancestor(siding, voids->range.last, &row.target);
    return error == STORE_OK ? change_row(siding, &about, index, &row) : error;
}

static enum store_error change_affiliation(struct siding *siding, const struct affiliation *affiliation,
                                           uint64_t index)
{
    const struct disk_side_entry row = {0};
    struct key about = grant_key_of_affiliation(GRANT_LEFT, &affiliation->id);
    enum store_error error;

    if (affiliation->event == AFFILIATION_LEFT) {
        return change_row(siding, &about, index, &row);
    }
    if (!affiliation_is_stated(affiliation, siding->network, &siding->block->header.author)) {
        return STORE_OK;
    }
    about = grant_key_of_actor(GRANT_JOINED, &affiliation->consent.technician);
    error = change_row(siding, &about, index, &row);
    about = grant_key_of_actor(GRANT_ROSTER, &affiliation->consent.shop);
    return error == STORE_OK ? change_row(siding, &about, index, &row) : error;
}

static enum store_error change_govern(struct siding *siding, const struct entry *entry, uint64_t index)
{
    const struct disk_side_entry row = {0};
    struct key keys[GRANT_KEYS_MAX];
    size_t count = grant_keys_of(keys, entry, siding->scratch);
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = change_row(siding, &keys[i], index, &row);
    }
    if (error == STORE_OK && count > 0 && entry->kind == ENTRY_ACCREDITATION) {
        const struct key about = grant_key_of_number(GRANT_ACCREDITOR, siding->number, 0);
        error = change_row(siding, &about, index, &row);
    }
    return error;
}

static enum store_error change_entry(struct siding *siding, const struct entry *entry, uint64_t index)
{
    const struct disk_side_entry row = {0};
    union {
        struct status status;
        struct void_record voids;
        struct erase erase;
        struct attestation attestation;
        struct affiliation affiliation;
    } record;
    struct key about;

    switch (entry->kind) {
    case ENTRY_STATUS:
    case ENTRY_VOID:
    case ENTRY_ERASE:
    case ENTRY_ATTESTATION:
    case ENTRY_AFFILIATION:
        break;
    default: /* what governs has keys; nothing else stands for or against anybody by itself */
        return change_govern(siding, entry, index);
    }
    if (entry->erased || entry_payload_decode(&record, entry, siding->scratch) != REASON_NONE) {
        return STORE_OK;
    }
    if (entry->kind == ENTRY_STATUS) {
        return change_status(siding, &record.status, index);
    }
    if (entry->kind == ENTRY_VOID) {
        return change_void(siding, &record.voids, index);
    }
    if (entry->kind == ENTRY_ERASE) {
        return change_erase(siding, &record.erase, index);
    }
    if (entry->kind == ENTRY_AFFILIATION) {
        return change_affiliation(siding, &record.affiliation, index);
    }
    about = grant_key_of_affiliation(GRANT_ATTESTED, &record.attestation.subject.id);
    return change_row(siding, &about, index, &row);
}

/* As of the chain content alone may be of a kind that this version does not know. */
static enum store_error change_upgrade(struct siding *siding)
{
    const struct key about = grant_key_of_number(GRANT_UPGRADE, siding->number, 0);
    const struct disk_side_entry row = {0};
    const struct block *block = siding->block;

    for (size_t i = 0; i < block->entry_count && block->header.block_class == CLASS_CONTENT; i++) {
        if (block->entries[i].critical && entry_schema(block->entries[i].kind) == NULL) {
            return change_row(siding, &about, i, &row);
        }
    }
    return STORE_OK;
}

static enum store_error change_count(const struct siding *siding)
{
    const struct key key = count_key(siding->number);
    uint64_t count = 0;
    enum store_error error = table_get_exact(siding->txn, TABLE_SIDE_ENTRIES, &key, &count, sizeof count);

    if ((error != STORE_OK && error != STORE_NOT_FOUND) || siding->rows == 0) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    count += (uint64_t)siding->rows;
    return count == 0 ? table_delete(siding->txn, TABLE_SIDE_ENTRIES, &key)
                      : table_put(siding->txn, TABLE_SIDE_ENTRIES, &key, &count, sizeof count);
}

static enum store_error find_followed(struct siding *siding)
{
    uint64_t from_s, until_s;
    enum store_error error =
        followed_time_read(siding->txn, siding->number, &siding->block->hash, &from_s, &until_s);

    siding->followed = error == STORE_OK && until_s - from_s >= FOLLOWED_MIN_S;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error change_block(struct store_txn *txn, const struct network *network, uint32_t number,
                                     const struct block *block, bool remove)
{
    enum {
        LINE_SIZE = SIDE_DEPTH_MAX * HASH_SIZE + HEADER_SIZE_MAX * 16,
        SIDING_SIZE = RECORD_ARENA_SIZE + LINE_SIZE,
    };
    struct arena line, scratch;
    struct siding siding = {.txn = txn,
                            .network = network,
                            .block = block,
                            .number = number,
                            .remove = remove,
                            .arena = &line,
                            .scratch = &scratch};
    uint8_t *memory = malloc(SIDING_SIZE);
    enum store_error error = memory ? STORE_OK : STORE_NO_MEMORY;

    if (error == STORE_OK) {
        error = find_followed(&siding);
    }
    arena_init(&scratch, memory, RECORD_ARENA_SIZE);
    arena_init(&line, memory ? memory + RECORD_ARENA_SIZE : NULL, LINE_SIZE);
    for (size_t i = 0; i < block->entry_count && error == STORE_OK; i++) {
        error = change_entry(&siding, &block->entries[i], i);
        arena_rewind(&scratch, 0);
    }
    error = error == STORE_OK ? change_upgrade(&siding) : error;
    free(memory);
    return error == STORE_OK ? change_count(&siding) : error;
}

enum store_error side_put(struct store_txn *txn, const struct network *network, uint32_t number,
                          const struct block *block)
{
    return txn_fail(txn, change_block(txn, network, number, block, false));
}

enum store_error side_delete(struct store_txn *txn, const struct network *network, uint32_t number,
                             const struct block *block)
{
    return txn_fail(txn, change_block(txn, network, number, block, true));
}

/* ---- reading ---- */

enum store_error side_any(struct store_txn *txn, uint32_t number, bool *any)
{
    const struct key key = count_key(number);
    struct bytes value;
    enum store_error error = table_get(txn, TABLE_SIDE_ENTRIES, &key, &value);

    *any = error == STORE_OK;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error read_row(const struct walk *walk, struct side_at *out)
{
    const uint8_t *key = walk->key.data;
    struct disk_side_entry row;

    if (walk->key.size != SIDE_KEY_SIZE || walk->value.size != sizeof row) {
        return txn_fail(walk->txn, STORE_DAMAGED);
    }
    memcpy(&row, walk->value.data, sizeof row);
    *out = (struct side_at){
        .author = (uint32_t)number_at(key, GRANT_ABOUT_SIZE, 4),
        .followed = key[FOLLOWED_AT] == 0,
        .epoch = number_at(key, EPOCH_AT, 4),
        .seq = number_at(key, SEQ_AT, 4),
        .index = number_at(key, INDEX_AT, 2),
        .target = row.target,
        .first = row.first,
        .last = row.last,
    };
    memcpy(out->hash.bytes, key + HASH_AT, HASH_SIZE);
    return STORE_OK;
}

/* The last row under key that was followed long, or that was not. */
static enum store_error seek_last(struct walk *walk, const struct key *key, bool followed)
{
    struct key last = *key;

    key_add_number(&last, followed ? 0 : 1, 1);
    key_add_number(&last, UINT64_MAX, 8);
    return walk_seek_back(walk, &last);
}

static bool is_walked(const struct side_at *row, const struct side_reach *reach)
{
    return row->epoch >= reach->open_epoch || reach->closed == SIDE_CLOSED_ALL ||
           (reach->closed == SIDE_CLOSED_FOLLOWED && row->followed);
}

static enum store_error visit_rows(struct walk *walk, const struct key *key, const struct side_reach *reach,
                                   enum store_error (*visit)(void *context, const struct side_at *row),
                                   void *context)
{
    enum store_error error = seek_last(walk, key, false);

    while (error == STORE_OK && walk_under(walk, key)) {
        struct side_at row;

        error = read_row(walk, &row);
        if (error != STORE_OK) {
            return error;
        }
        if (is_walked(&row, reach)) {
            error = visit(context, &row);
            error = error == STORE_OK ? walk_previous(walk) : error;
        } else {
            /* All before it that were not followed either are of closed epochs too. */
            error = row.followed ? STORE_NOT_FOUND : seek_last(walk, key, true);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error side_each(struct store_txn *txn, const struct key *key, const struct side_reach *reach,
                           enum store_error (*visit)(void *context, const struct side_at *row), void *context)
{
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_SIDE_ENTRIES);

    if (error != STORE_OK) {
        return error;
    }
    error = visit_rows(&walk, key, reach, visit, context);
    walk_close(&walk);
    return error;
}

enum store_error side_has(struct store_txn *txn, const struct key *key, bool *has)
{
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_SIDE_ENTRIES);

    *has = false;
    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, key);
    *has = error == STORE_OK && walk_under(&walk, key);
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error read_rows(struct walk *walk, const struct key *key, size_t max, struct side_at *out,
                                  size_t *count, bool *cut)
{
    enum store_error error = walk_seek(walk, key);

    *count = 0;
    *cut = false;
    for (; error == STORE_OK && walk_under(walk, key); error = walk_next(walk)) {
        if (*count == max) {
            *cut = true;
            return STORE_OK;
        }
        error = out ? read_row(walk, &out[*count]) : STORE_OK;
        if (error != STORE_OK) {
            return error;
        }
        (*count)++;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error side_find(struct store_txn *txn, const struct key *key, size_t max, struct side_at **out,
                           size_t *count, bool *cut, struct arena *arena)
{
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_SIDE_ENTRIES);

    if (error != STORE_OK) {
        return error;
    }
    *out = NULL;
    error = read_rows(&walk, key, max, NULL, count, cut);
    if (error == STORE_OK && *count > 0) {
        *out = arena_take(arena, *count * sizeof **out);
        error = *out ? read_rows(&walk, key, max, *out, count, cut) : STORE_NO_MEMORY;
    }
    walk_close(&walk);
    return error;
}
