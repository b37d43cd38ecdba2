#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/rules/bearing.h"
#include "store/erase_rows.h"
#include "store/erased.h"
#include "store/grants.h"
#include "store/own.h"

/* What blocks held lack. */

enum { GAP_KEY_SIZE = 4 + 1 + 4 + 8 + HASH_SIZE, GAPS_LOOKED_AT_MAX = 4096, SIBLINGS_LOOKED_AT_MAX = 256 };

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
    if (gone.event != 0 && stance_of_affiliation((enum affiliation_event)gone.event) == STANCE_AGAINST) {
        error = is_joined_readable(txn, &gone.id, &readable);
        *out = readable ? LACK_MISSING : LACK_NOTHING;
    }
    return error;
}

/* What erasers say of all blocks of one number. */
struct accounts {
    bool are_read;
    bool covered[BLOCK_ENTRIES_MAX], beside[BLOCK_ENTRIES_MAX];
    uint64_t last_setter, epoch;
};

static enum store_error read_accounts(struct store_txn *txn, uint32_t number, uint64_t seq,
                                      struct accounts *accounts)
{
    enum store_error error;

    if (accounts->are_read) {
        return STORE_OK;
    }
    error = erasers_read(txn, number, seq, ERASING_ACCOUNTS, accounts->covered, &accounts->last_setter);
    if (error == STORE_OK) {
        error =
            erasers_read_beside(txn, number, seq, accounts->beside, &accounts->epoch, &accounts->last_setter);
    }
    accounts->are_read = error == STORE_OK;
    return error;
}

static enum store_error count_lacks(struct store_txn *txn, uint32_t number, uint64_t seq,
                                    struct accounts *accounts, const struct entry *entries, size_t count,
                                    struct disk_gap *gap)
{
    const bool *covered = accounts->covered;
    enum store_error error = read_accounts(txn, number, seq, accounts);

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        bool explained = covered[i] || accounts->beside[i];
        enum affiliation_lack lack = explained ? LACK_NOTHING : LACK_MISSING;

        if (!entries[i].erased) {
            continue;
        }
        if (explained && entries[i].kind == ENTRY_AFFILIATION) {
            error = lack_of(txn, number, &entries[i], &lack);
        } else if (explained && bearing_is_against(bearing_of_entry(entries[i].kind, NULL))) {
            lack = LACK_MISSING; /* whoever had it has it still */
        }
        gap->beside += lack != LACK_MISSING && !covered[i];
        gap->missing = (uint16_t)(gap->missing + (lack == LACK_MISSING));
        gap->unread = (uint16_t)(gap->unread + (lack == LACK_UNREAD));
    }
    gap->last_eraser = gap->unread > 0 ? (uint32_t)accounts->last_setter : 0;
    gap->epoch = (uint32_t)accounts->epoch;
    return error;
}

/* ---- rows ---- */

/* Where a block stands that lacks something. What counts is found without a look at what does not. */
enum gap_place {
    GAP_ON_CHAIN,
    GAP_VOID, /* on the chain, and void: what it lacks would have no effect */
    GAP_SIDE, /* counts while its epoch is open */
    GAP_PLACES
};

/* One block that is held. */
struct gap_block {
    struct store_txn *txn;
    uint32_t number;
    uint64_t seq;
    uint64_t epoch;
    struct hash hash;
};

static struct key place_key(uint32_t number, enum gap_place place, uint64_t epoch)
{
    struct key key = author_key(number);

    key_add_number(&key, place, 1);
    key_add_number(&key, place == GAP_SIDE ? epoch : 0, 4);
    return key;
}

static struct key gap_key(const struct gap_block *block, enum gap_place place)
{
    struct key key = place_key(block->number, place, block->epoch);

    key_add_number(&key, block->seq, 8);
    key_add(&key, block->hash.bytes, HASH_SIZE);
    return key;
}

/* Its row, wherever the block stood when that was written. STORE_NOT_FOUND: there is none. */
static enum store_error find_gap(const struct gap_block *block, struct key *key, struct disk_gap *gap)
{
    enum store_error error = STORE_NOT_FOUND;

    for (size_t place = 0; place < GAP_PLACES && error == STORE_NOT_FOUND; place++) {
        *key = gap_key(block, (enum gap_place)place);
        error = table_get_exact(block->txn, TABLE_GAPS, key, gap, sizeof *gap);
    }
    return error;
}

static enum store_error find_place(const struct gap_block *block, enum gap_place *place)
{
    struct disk_record record;
    enum store_error error = record_find(block->txn, block->number, block->seq, &record);

    *place = GAP_SIDE;
    if (error == STORE_OK && hash_equal(&record.hash, &block->hash)) {
        *place = record.standing == STANDING_VOID ? GAP_VOID : GAP_ON_CHAIN;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error put_gap(const struct gap_block *block, const struct disk_gap *gap)
{
    enum gap_place place = GAP_SIDE;
    enum store_error error = find_place(block, &place);
    struct key key = gap_key(block, place);

    return error == STORE_OK ? table_put(block->txn, TABLE_GAPS, &key, gap, sizeof *gap) : error;
}

enum store_error gaps_moved(struct store_txn *txn, const struct disk_author *author, uint64_t seq,
                            uint64_t epoch, const struct hash *hash)
{
    const struct gap_block block = {txn, author->number, seq, epoch, *hash};
    struct disk_gap gap;
    struct key key;
    enum store_error error;

    if (author->gap_blocks == 0) {
        return STORE_OK;
    }
    error = find_gap(&block, &key, &gap);
    if (error == STORE_OK) {
        error = table_delete(txn, TABLE_GAPS, &key);
    }
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    return put_gap(&block, &gap);
}

enum store_error gaps_any(struct store_txn *txn, const struct disk_author *author, uint64_t seq,
                          uint64_t epoch, const struct hash *hash, bool *any)
{
    const struct gap_block block = {txn, author->number, seq, epoch, *hash};
    struct disk_gap gap;
    struct key key;
    enum store_error error = author->gap_blocks > 0 ? find_gap(&block, &key, &gap) : STORE_NOT_FOUND;

    *any = error == STORE_OK;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- looking again ---- */

static enum store_error look_into(struct gap_block *block, const struct stored_block *stored,
                                  struct accounts *accounts, struct disk_gap *gap, struct arena *arena)
{
    struct block_parts parts;
    struct header header;
    struct entry *entries;
    size_t count = 0;

    if (!stored_block_parts(stored, &parts) || header_decode(&header, parts.header, arena) != REASON_NONE) {
        return txn_fail(block->txn, STORE_DAMAGED);
    }
    block->epoch = header.epoch;
    if (stored->erased_count == 0) {
        return STORE_OK;
    }
    return stored_block_entries(stored, &entries, &count, arena)
               ? count_lacks(block->txn, block->number, block->seq, accounts, entries, count, gap)
               : txn_fail(block->txn, STORE_DAMAGED);
}

static enum store_error look_at(struct gap_block *block, const struct stored_block *stored,
                                struct accounts *accounts, struct disk_gap *gap)
{
    enum { LOOK_SIZE = BLOCK_ENTRIES_MAX * sizeof(struct entry) + BLOCK_SIZE_MAX + HEADER_SIZE_MAX };
    struct arena arena;
    void *memory = malloc(LOOK_SIZE);
    enum store_error error = STORE_NO_MEMORY;

    *gap = (struct disk_gap){0};
    if (memory) {
        arena_init(&arena, memory, LOOK_SIZE);
        error = look_into(block, stored, accounts, gap, &arena);
    }
    free(memory);
    return error;
}

static enum store_error update_block(struct store_txn *txn, struct disk_author *author, uint64_t seq,
                                     const struct hash *hash, struct accounts *accounts)
{
    struct gap_block block = {.txn = txn, .number = author->number, .seq = seq, .hash = *hash};
    struct stored_block stored;
    struct disk_gap gap, before;
    struct key key;
    bool had = false;
    enum store_error error = stored_block_read(txn, author->number, seq, hash, &stored);

    if (error != STORE_OK || (stored.erased_count == 0 && author->gap_blocks == 0)) {
        return error;
    }
    error = look_at(&block, &stored, accounts, &gap);
    if (error == STORE_OK) {
        error = find_gap(&block, &key, &before);
        had = error == STORE_OK;
    }
    if (had) {
        author->gap_blocks--;
        error = table_delete(txn, TABLE_GAPS, &key);
    }
    if ((error != STORE_OK && error != STORE_NOT_FOUND) || gap.missing + gap.unread + gap.beside == 0) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    author->gap_blocks++;
    return put_gap(&block, &gap);
}

enum store_error gaps_update_block(struct store_txn *txn, struct disk_author *author, uint64_t seq,
                                   const struct hash *hash)
{
    struct accounts accounts = {.are_read = false};

    return update_block(txn, author, seq, hash, &accounts);
}

/* ---- after something changed ---- */

/* Siblings of one block. */
struct siblings {
    size_t count;
    struct hash hashes[SIBLINGS_LOOKED_AT_MAX];
};

/* Those of the open epoch, or the others. */
static enum store_error add_siblings(struct siblings *siblings, struct walk *walk, const struct key *prefix,
                                     const struct disk_author *author, bool open)
{
    enum store_error error = walk_seek(walk, prefix);

    for (; error == STORE_OK && walk_under(walk, prefix) && siblings->count < SIBLINGS_LOOKED_AT_MAX;
         error = walk_next(walk)) {
        struct disk_side side;

        if (walk->key.size != prefix->size + (size_t)2 * HASH_SIZE || walk->value.size != sizeof side) {
            return txn_fail(walk->txn, STORE_DAMAGED);
        }
        memcpy(&side, walk->value.data, sizeof side);
        if ((side.epoch == author->epoch) == open) {
            memcpy(siblings->hashes[siblings->count++].bytes, walk->key.data + prefix->size + HASH_SIZE,
                   HASH_SIZE);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* The chain's own block first, and what counts before what does not: none of them is held up by how many
 * others there are. */
static enum store_error find_siblings(struct siblings *siblings, struct store_txn *txn,
                                      const struct disk_author *author, uint64_t seq)
{
    struct key prefix = author_seq_key(author->number, seq);
    struct disk_record record;
    struct walk walk;
    enum store_error error = record_find(txn, author->number, seq, &record);

    siblings->count = 0;
    if (error == STORE_OK) {
        siblings->hashes[siblings->count++] = record.hash;
    } else if (error != STORE_NOT_FOUND) {
        return error;
    }
    error = walk_open(&walk, txn, TABLE_SIDES);
    if (error != STORE_OK) {
        return error;
    }
    error = add_siblings(siblings, &walk, &prefix, author, true);
    if (error == STORE_OK) {
        error = add_siblings(siblings, &walk, &prefix, author, false);
    }
    walk_close(&walk);
    return error;
}

enum store_error gaps_update(struct store_txn *txn, struct disk_author *author, uint64_t seq,
                             size_t *looked_at)
{
    struct accounts accounts = {.are_read = false};
    struct siblings siblings;
    enum store_error error = find_siblings(&siblings, txn, author, seq);

    for (size_t i = 0; i < siblings.count && error == STORE_OK; i++) {
        error = update_block(txn, author, seq, &siblings.hashes[i], &accounts);
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    *looked_at = siblings.count;
    return error;
}

/* ---- which gaps matter ---- */

/* Rows of one place, as long as there are any. */
struct gap_walk {
    struct walk walk;
    struct key prefix;
    enum store_error error; /* STORE_NOT_FOUND: at the end */
    uint64_t seq;
    struct hash hash;
    struct disk_gap gap;
};

static void read_gap(struct gap_walk *gaps)
{
    const struct walk *walk = &gaps->walk;

    if (gaps->error == STORE_OK && !walk_under(walk, &gaps->prefix)) {
        gaps->error = STORE_NOT_FOUND;
    }
    if (gaps->error != STORE_OK) {
        return;
    }
    if (walk->key.size != GAP_KEY_SIZE || walk->value.size != sizeof gaps->gap) {
        gaps->error = txn_fail(walk->txn, STORE_DAMAGED);
        return;
    }
    gaps->seq = number_at(walk->key.data, gaps->prefix.size, 8);
    memcpy(gaps->hash.bytes, walk->key.data + gaps->prefix.size + 8, HASH_SIZE);
    memcpy(&gaps->gap, walk->value.data, sizeof gaps->gap);
}

static enum store_error open_gaps(struct gap_walk *gaps, struct store_txn *txn,
                                  const struct disk_author *author, enum gap_place place, uint64_t from)
{
    struct key first;
    enum store_error error = walk_open(&gaps->walk, txn, TABLE_GAPS);

    if (error != STORE_OK) {
        return error;
    }
    first = gaps->prefix = place_key(author->number, place, author->epoch);
    key_add_number(&first, from, 8);
    gaps->error = walk_seek(&gaps->walk, &first);
    read_gap(gaps);
    return STORE_OK;
}

static void next_gap(struct gap_walk *gaps)
{
    gaps->error = walk_next(&gaps->walk);
    read_gap(gaps);
}

/* Of a void block only what was not void by then counts, or what a block above voids_to voids. */
static enum store_error is_counted(const struct gap_walk *gaps, const struct disk_author *author,
                                   enum gap_place place, uint64_t voids_to, const struct dossier_log *log,
                                   bool *counted)
{
    struct disk_record record;
    enum store_error error = STORE_OK;

    *counted = place == GAP_SIDE || dossier_log_reaches(log, gaps->seq);
    if (place == GAP_VOID && *counted) {
        error = record_read(gaps->walk.txn, author->number, gaps->seq, &record);
        *counted =
            error == STORE_OK && (record.void_seq > voids_to || !dossier_log_reaches(log, record.void_seq));
    }
    return error;
}

/* Whether entries are missing that no `erase` accounts for, now that this epoch is open. */
static bool is_missing(const struct disk_gap *gap, const struct disk_author *author)
{
    return gap->missing > 0 || (gap->beside > 0 && gap->epoch < author->epoch);
}

static void lack_from(struct dossier_log *log, uint64_t seq)
{
    log->incomplete_from = !log->incomplete || seq < log->incomplete_from ? seq : log->incomplete_from;
    log->incomplete = true;
}

static void add_to_log(struct dossier_log *log, const struct disk_author *author, const struct gap_walk *gaps)
{
    const struct disk_gap *gap = &gaps->gap;

    if (is_missing(gap, author)) {
        lack_from(log, gaps->seq);
    }
    if (gap->unread > 0 && gap->last_eraser >= log->unread_seq) {
        log->has_unread = true;
        log->unread_seq = gap->last_eraser;
    }
}

static enum store_error fill_from(struct store_txn *txn, const struct disk_author *author,
                                  enum gap_place place, uint64_t voids_to, struct dossier_log *log)
{
    struct gap_walk gaps;
    size_t looked_at = 0;
    enum store_error error = open_gaps(&gaps, txn, author, place, 0);

    if (error != STORE_OK) {
        return error;
    }
    for (; gaps.error == STORE_OK && error == STORE_OK; next_gap(&gaps)) {
        bool counted = false;

        if (++looked_at > GAPS_LOOKED_AT_MAX) {
            lack_from(log, 0);
            break;
        }
        error = is_counted(&gaps, author, place, voids_to, log, &counted);
        if (error == STORE_OK && counted) {
            add_to_log(log, author, &gaps);
        }
    }
    walk_close(&gaps.walk);
    return error != STORE_OK || gaps.error == STORE_NOT_FOUND ? error : gaps.error;
}

enum store_error gaps_fill_log(struct store_txn *txn, const struct disk_author *author,
                               struct dossier_log *log)
{
    enum store_error error;

    if (author->gaps_due) { /* as long as nobody knows */
        lack_from(log, 0);
    }
    if (author->gap_blocks == 0) {
        return STORE_OK;
    }
    error = fill_from(txn, author, GAP_ON_CHAIN, UINT64_MAX, log);
    if (error == STORE_OK && !dossier_log_reaches(log, author->seq)) {
        error = fill_from(txn, author, GAP_VOID, UINT64_MAX, log);
    }
    return error == STORE_OK ? fill_from(txn, author, GAP_SIDE, UINT64_MAX, log) : error;
}

enum store_error gaps_fill_void(struct store_txn *txn, const struct disk_author *author, uint64_t voids_to,
                                struct dossier_log *log)
{
    return author->gap_blocks > 0 ? fill_from(txn, author, GAP_VOID, voids_to, log) : STORE_OK;
}

enum store_error gaps_next_author(struct store_txn *txn, uint32_t from, uint32_t *number)
{
    const struct key first = author_key(from);
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_GAPS);

    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, &first);
    if (error == STORE_OK && walk.key.size != GAP_KEY_SIZE) {
        error = txn_fail(txn, STORE_DAMAGED);
    }
    if (error == STORE_OK) {
        *number = (uint32_t)number_at(walk.key.data, 0, 4);
    }
    walk_close(&walk);
    return error;
}

/* ---- for whoever asks others ---- */

static bool precedes(const struct gap_walk *a, const struct gap_walk *b)
{
    if (a->error != STORE_OK || b->error != STORE_OK) {
        return a->error == STORE_OK;
    }
    return a->seq < b->seq || (a->seq == b->seq && hash_compare(&a->hash, &b->hash) < 0);
}

static bool asks_for(const struct disk_gap *gap, const struct disk_author *author)
{
    return is_missing(gap, author) || gap->unread > 0;
}

enum store_error gaps_asks(struct store_txn *txn, const struct disk_author *author, uint64_t seq,
                           uint64_t epoch, const struct hash *hash, bool *asks)
{
    const struct gap_block block = {txn, author->number, seq, epoch, *hash};
    struct disk_gap gap;
    struct key key;
    enum store_error error = find_gap(&block, &key, &gap);

    *asks = error == STORE_OK && asks_for(&gap, author);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error gaps_closed(struct store_txn *txn, const struct disk_author *author, bool *any)
{
    struct key prefix = author_key(author->number);
    struct walk walk;
    enum store_error error;

    *any = false;
    if (author->gap_blocks == 0) {
        return STORE_OK;
    }
    error = walk_open(&walk, txn, TABLE_GAPS);
    if (error != STORE_OK) {
        return error;
    }
    key_add_number(&prefix, GAP_SIDE, 1);
    error = walk_seek(&walk, &prefix);
    if (error == STORE_OK && walk_under(&walk, &prefix)) {
        *any = number_at(walk.key.data, prefix.size, 4) < author->epoch;
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* In order of seq and hash. What an `erase` beside the chain accounts for is not asked for. */
static enum store_error merge(struct gap_walk *chain, struct gap_walk *sides,
                              const struct disk_author *author, struct locator_point *out, size_t max,
                              size_t *count)
{
    size_t looked_at = 0;

    while (*count < max && looked_at++ < GAPS_LOOKED_AT_MAX &&
           (chain->error == STORE_OK || sides->error == STORE_OK)) {
        struct gap_walk *first = precedes(chain, sides) ? chain : sides;

        if (asks_for(&first->gap, author)) {
            out[(*count)++] = (struct locator_point){.seq = first->seq, .hash = first->hash};
        }
        next_gap(first);
    }
    if (chain->error == STORE_OK || sides->error == STORE_OK) {
        return STORE_OK;
    }
    if (chain->error != STORE_OK && chain->error != STORE_NOT_FOUND) {
        return chain->error;
    }
    return sides->error == STORE_NOT_FOUND ? STORE_OK : sides->error;
}

static enum store_error collect(struct store_txn *txn, const struct disk_author *author, uint64_t from,
                                struct locator_point *out, size_t max, size_t *count)
{
    struct gap_walk chain, sides;
    enum store_error error = open_gaps(&chain, txn, author, GAP_ON_CHAIN, from);

    if (error != STORE_OK) {
        return error;
    }
    error = open_gaps(&sides, txn, author, GAP_SIDE, from);
    if (error == STORE_OK) {
        error = merge(&chain, &sides, author, out, max, count);
        walk_close(&sides.walk);
    }
    walk_close(&chain.walk);
    return error;
}

/* Of void blocks, where somebody withdrew from the author: beyond the cut it may void nothing. */
static enum store_error collect_void(struct store_txn *txn, const struct disk_author *author,
                                     const struct actor_id *actor, struct locator_point *out, size_t max,
                                     size_t *count)
{
    const struct key key = grant_key_of_actor(GRANT_WITHDRAWAL, actor);
    struct gap_walk voids, none = {.error = STORE_NOT_FOUND};
    struct entry_at first;
    enum store_error error = grant_next(txn, &key, NULL, &first);

    if (error == STORE_OK) {
        error = open_gaps(&voids, txn, author, GAP_VOID, 0);
    }
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    error = merge(&voids, &none, author, out, max, count);
    walk_close(&voids.walk);
    return error;
}

enum store_error store_gaps(struct store_txn *txn, const struct actor_id *author, uint64_t from,
                            struct locator_point *out, size_t max, size_t *count)
{
    struct disk_author row;
    enum store_error error = author_read_log(txn, author, &row);

    *count = 0;
    if (error != STORE_OK || row.gap_blocks == 0) {
        return error;
    }
    error = collect(txn, &row, from, out, max, count);
    if (error == STORE_OK && *count == 0 && from > 0) {
        error = collect(txn, &row, 0, out, max, count);
    }
    return error == STORE_OK && *count == 0 ? collect_void(txn, &row, author, out, max, count) : error;
}
