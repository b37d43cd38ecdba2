#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/erase_rows.h"
#include "store/erased.h"
#include "store/grants.h"
#include "store/own.h"

/* What blocks held lack. */

enum { GAP_KEY_SIZE = 4 + 8 + HASH_SIZE, GAPS_LOOKED_AT_MAX = 4096, SIBLINGS_LOOKED_AT_MAX = 256 };

/* ---- one block ---- */

/* Whether an `erase` of the affiliation, whose bytes are not here, leaves nothing to ask for. */
enum affiliation_lack { LACK_NOTHING, LACK_MISSING, LACK_UNREAD };

static enum store_error lack_of(struct store_txn *txn, uint32_t number, const struct entry *entry,
                                enum affiliation_lack *out)
{
    struct disk_gone gone;
    struct hash leaf;
    bool readable = false;
    enum store_error error;

    *out = LACK_UNREAD;
    entry_leaf_of(&leaf, &txn->store->network, entry);
    error = own_gone(txn, number, &leaf, &gone);
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    *out = LACK_NOTHING;
    if (gone.event == AFFILIATION_LEFT) {
        error = is_joined_readable(txn, &gone.id, &readable);
        *out = readable ? LACK_MISSING : LACK_NOTHING;
    }
    return error;
}

static enum store_error count_lacks(struct store_txn *txn, uint32_t number, uint64_t seq,
                                    const struct entry *entries, size_t count, struct disk_gap *gap)
{
    bool covered[BLOCK_ENTRIES_MAX] = {false};
    uint64_t last_setter = 0;
    enum store_error error = erasers_read(txn, number, seq, ERASING_ACCOUNTS, covered, &last_setter);

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        enum affiliation_lack lack = covered[i] ? LACK_NOTHING : LACK_MISSING;

        if (!entries[i].erased) {
            continue;
        }
        if (covered[i] && entries[i].kind == ENTRY_REVIEW) {
            lack = LACK_MISSING; /* whoever had it has it still */
        } else if (covered[i] && entries[i].kind == ENTRY_AFFILIATION) {
            error = lack_of(txn, number, &entries[i], &lack);
        }
        gap->missing = (uint16_t)(gap->missing + (lack == LACK_MISSING));
        gap->unread = (uint16_t)(gap->unread + (lack == LACK_UNREAD));
    }
    gap->last_eraser = gap->unread > 0 ? (uint32_t)last_setter : 0;
    return error;
}

static enum store_error look_at(struct store_txn *txn, uint32_t number, uint64_t seq, const struct hash *hash,
                                struct disk_gap *gap)
{
    enum { LOOK_SIZE = BLOCK_ENTRIES_MAX * sizeof(struct entry) + BLOCK_SIZE_MAX + HEADER_SIZE_MAX };
    struct stored_block stored;
    struct block_parts parts;
    struct header header;
    struct entry *entries;
    struct arena arena;
    size_t count = 0;
    void *memory;
    enum store_error error = stored_block_read(txn, number, seq, hash, &stored);

    *gap = (struct disk_gap){0};
    if (error != STORE_OK || stored.erased_count == 0) {
        return error;
    }
    memory = malloc(LOOK_SIZE);
    if (!memory) {
        return STORE_NO_MEMORY;
    }
    arena_init(&arena, memory, LOOK_SIZE);
    if (stored_block_parts(&stored, &parts) && header_decode(&header, parts.header, &arena) == REASON_NONE &&
        stored_block_entries(&stored, &entries, &count, &arena)) {
        gap->epoch = (uint32_t)header.epoch;
        error = count_lacks(txn, number, seq, entries, count, gap);
    } else {
        error = txn_fail(txn, STORE_DAMAGED);
    }
    free(memory);
    return error;
}

static enum store_error update_one(struct store_txn *txn, struct disk_author *author, uint64_t seq,
                                   const struct hash *hash)
{
    struct key key = block_key(author->number, seq, hash);
    struct disk_gap gap, before;
    bool had = false, has = false;
    enum store_error error = look_at(txn, author->number, seq, hash, &gap);

    if (error == STORE_OK) {
        error = table_get_exact(txn, TABLE_GAPS, &key, &before, sizeof before);
        had = error == STORE_OK;
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    if (error != STORE_OK) {
        return error;
    }
    has = gap.missing + gap.unread > 0;
    author->gap_blocks += has;
    author->gap_blocks -= had;
    if (has) {
        return table_put(txn, TABLE_GAPS, &key, &gap, sizeof gap);
    }
    return had ? table_delete(txn, TABLE_GAPS, &key) : STORE_OK;
}

/* ---- after something changed ---- */

enum store_error gaps_update(struct store_txn *txn, struct disk_author *author, uint64_t seq)
{
    struct key prefix = author_seq_key(author->number, seq);
    struct hash hashes[SIBLINGS_LOOKED_AT_MAX];
    struct walk walk;
    size_t count = 0;
    enum store_error error = walk_open(&walk, txn, TABLE_BLOCKS);

    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, &prefix);
    for (; error == STORE_OK && walk_under(&walk, &prefix) && count < SIBLINGS_LOOKED_AT_MAX;
         error = walk_next(&walk)) {
        if (walk.key.size != prefix.size + HASH_SIZE) {
            error = txn_fail(txn, STORE_DAMAGED);
            break;
        }
        memcpy(hashes[count++].bytes, walk.key.data + prefix.size, HASH_SIZE);
    }
    walk_close(&walk);
    error = error == STORE_NOT_FOUND ? STORE_OK : error;
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = update_one(txn, author, seq, &hashes[i]);
    }
    return error;
}

static enum store_error update_targets(struct store_txn *txn, struct disk_author *author,
                                       const struct stored_block *stored, struct arena *arena)
{
    struct reach_entries *said = arena_take(arena, ERASE_ENTRIES_MAX * sizeof *said);
    struct block block;
    struct bytes copy;
    size_t count = 0;
    enum store_error error = STORE_OK;

    if (!said || !arena_copy(arena, stored->encoded, &copy)) {
        return STORE_NO_MEMORY;
    }
    if (block_decode(&block, &txn->store->network, copy, arena) != REASON_NONE) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    count = erase_collect(&block, said, arena);
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        if (i == 0 || said[i].seq != said[i - 1].seq) {
            error = gaps_update(txn, author, said[i].seq);
        }
    }
    return error;
}

enum store_error gaps_on_standing(struct store_txn *txn, struct disk_author *author, uint64_t seq)
{
    enum {
        TARGETS_SIZE = ERASE_ENTRIES_MAX * sizeof(struct reach_entries) + BLOCK_SIZE_MAX + BLOCK_ARENA_SIZE +
                       RECORD_ARENA_SIZE
    };
    struct stored_block stored;
    struct disk_record record;
    struct arena arena;
    void *memory;
    enum store_error error;

    if (!author->erases) {
        return STORE_OK;
    }
    error = record_find(txn, author->number, seq, &record);
    if (error == STORE_OK && record.block_class == CLASS_STATUS) {
        error = stored_block_read(txn, author->number, seq, &record.hash, &stored);
    }
    if (error != STORE_OK || record.block_class != CLASS_STATUS) {
        return error;
    }
    memory = malloc(TARGETS_SIZE);
    if (!memory) {
        return STORE_NO_MEMORY;
    }
    arena_init(&arena, memory, TARGETS_SIZE);
    error = update_targets(txn, author, &stored, &arena);
    free(memory);
    return error;
}

/* ---- which gaps matter ---- */

/* One gap, and where its block stands. */
struct gap_row {
    uint64_t seq;
    struct hash hash;
    struct disk_gap gap;
    bool counts;
};

/* What a void block lacks would have no effect; what is held beside the chain counts in the open epoch. */
static enum store_error gap_of(const struct walk *walk, const struct disk_author *author,
                               const struct dossier_log *log, struct gap_row *out)
{
    struct disk_record record;
    enum store_error error;

    if (walk->key.size != GAP_KEY_SIZE || walk->value.size != sizeof out->gap) {
        return txn_fail(walk->txn, STORE_DAMAGED);
    }
    out->seq = number_at(walk->key.data, 4, 8);
    memcpy(out->hash.bytes, walk->key.data + 12, HASH_SIZE);
    memcpy(&out->gap, walk->value.data, sizeof out->gap);
    error = record_find(walk->txn, author->number, out->seq, &record);
    if (error == STORE_OK && hash_equal(&record.hash, &out->hash)) {
        bool voided = record.standing == STANDING_VOID && dossier_log_reaches(log, record.void_seq);

        out->counts = !voided && dossier_log_reaches(log, out->seq);
        return STORE_OK;
    }
    out->counts = out->gap.epoch == author->epoch;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static void add_to_log(struct dossier_log *log, const struct gap_row *row)
{
    if (!row->counts) {
        return;
    }
    log->incomplete |= row->gap.missing > 0;
    if (row->gap.unread > 0 && row->gap.last_eraser >= log->unread_seq) {
        log->has_unread = true;
        log->unread_seq = row->gap.last_eraser;
    }
}

enum store_error gaps_fill_log(struct store_txn *txn, const struct disk_author *author,
                               struct dossier_log *log)
{
    struct key prefix = author_key(author->number);
    struct gap_row row;
    struct walk walk;
    size_t looked_at = 0;
    enum store_error error;

    if (author->gap_blocks == 0) {
        return STORE_OK;
    }
    error = walk_open(&walk, txn, TABLE_GAPS);
    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, &prefix);
    for (; error == STORE_OK && walk_under(&walk, &prefix); error = walk_next(&walk)) {
        if (++looked_at > GAPS_LOOKED_AT_MAX) {
            log->incomplete = true;
            break;
        }
        error = gap_of(&walk, author, log, &row);
        if (error != STORE_OK) {
            break;
        }
        add_to_log(log, &row);
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- for whoever asks others ---- */

static enum store_error collect(struct walk *walk, const struct disk_author *author, uint64_t from,
                                struct locator_point *out, size_t max, size_t *count)
{
    const struct dossier_log log = {.known_by_seq = author->seq};
    struct key prefix = author_key(author->number);
    struct key first = author_seq_key(author->number, from);
    struct gap_row row;
    size_t looked_at = 0;
    enum store_error error = walk_seek(walk, &first);

    for (; error == STORE_OK && walk_under(walk, &prefix) && *count < max && looked_at < GAPS_LOOKED_AT_MAX;
         error = walk_next(walk), looked_at++) {
        error = gap_of(walk, author, &log, &row);
        if (error != STORE_OK) {
            break;
        }
        if (row.counts) {
            out[(*count)++] = (struct locator_point){.seq = row.seq, .hash = row.hash};
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error store_gaps(struct store_txn *txn, const struct actor_id *author, uint64_t from,
                            struct locator_point *out, size_t max, size_t *count)
{
    struct disk_author row;
    struct walk walk;
    enum store_error error = author_read_log(txn, author, &row);

    *count = 0;
    if (error != STORE_OK || row.gap_blocks == 0) {
        return error;
    }
    error = walk_open(&walk, txn, TABLE_GAPS);
    if (error != STORE_OK) {
        return error;
    }
    error = collect(&walk, &row, from, out, max, count);
    if (error == STORE_OK && *count == 0 && from > 0) {
        error = collect(&walk, &row, 0, out, max, count);
    }
    walk_close(&walk);
    return error;
}
