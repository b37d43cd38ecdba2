#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/branches.h"
#include "store/consents.h"
#include "store/content.h"
#include "store/erased.h"
#include "store/gaps_again.h"
#include "store/generation.h"
#include "store/grants.h"
#include "store/own.h"
#include "store/pages.h"
#include "store/undo.h"

/* Un-applying the head of a chain. What it changed of earlier blocks is put back from its undo record; what
 * it brought goes with it; the state tree and consents are worked out again where that touches them. Blocks
 * and arrivals stay. Postings stay too: they are hints. */

struct unwinding {
    struct store_txn *txn;
    const struct network *network;
    struct actor_id author;
    struct disk_author row;
    struct disk_record record; /* of the head that is un-applied */
    struct block block;
    struct seq_range *touched; /* earlier blocks whose records are put back, and the new head */
    size_t touched_count;
    struct gap_setters setters; /* of those, which are good again */
    uint64_t now_s;
    struct arena *arena;
};

static enum store_error damaged(struct unwinding *unwinding)
{
    return txn_fail(unwinding->txn, STORE_DAMAGED);
}

static enum store_error read_head(struct unwinding *unwinding)
{
    struct stored_block stored;
    struct bytes copy;
    enum store_error error =
        record_read(unwinding->txn, unwinding->row.number, unwinding->row.seq, &unwinding->record);

    if (error == STORE_OK) {
        error = stored_block_read(unwinding->txn, unwinding->row.number, unwinding->row.seq,
                                  &unwinding->record.hash, &stored);
    }
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? damaged(unwinding) : error;
    }
    if (!arena_copy(unwinding->arena, stored.encoded, &copy)) {
        return STORE_NO_MEMORY;
    }
    return block_decode(&unwinding->block, unwinding->network, copy, unwinding->arena) == REASON_NONE
               ? STORE_OK
               : damaged(unwinding);
}

/* ---- what it brought ---- */

static enum store_error forget_entries(struct unwinding *unwinding)
{
    const struct block *block = &unwinding->block;
    enum store_error error = STORE_OK;

    if (block->header.block_class == CLASS_GOVERN) {
        return grants_delete(unwinding->txn, unwinding->row.number, block->header.seq, block->entries,
                             block->entry_count, unwinding->arena);
    }
    if (block->header.block_class != CLASS_CONTENT) {
        return STORE_OK;
    }
    for (size_t i = 0; i < block->entry_count && error == STORE_OK; i++) {
        const struct entry_at at = {unwinding->row.number, block->header.seq, i};
        error = content_forget(unwinding->txn, &at, &block->entries[i]);
    }
    return error;
}

static enum store_error forget_keys(struct unwinding *unwinding)
{
    if (unwinding->block.header.block_class != CLASS_KEYS) {
        return STORE_OK;
    }
    return consents_drop_keys(unwinding->txn, unwinding->row.number, unwinding->row.seq);
}

/* A row of a block above the head would lead to a record that is not there. */
static enum store_error forget_upgrade(struct unwinding *unwinding)
{
    const struct entry_at at = {unwinding->row.number, unwinding->row.seq, 0};

    return (unwinding->record.flags & RECORD_UNKNOWN_CRITICAL) != 0
               ? own_delete(unwinding->txn, OWN_UPGRADE, &at)
               : STORE_OK;
}

static enum store_error forget_record(struct unwinding *unwinding)
{
    struct key key = author_seq_key(unwinding->row.number, unwinding->row.seq);

    return table_delete(unwinding->txn, TABLE_RECORDS, &key);
}

/* ---- what it changed ---- */

static bool is_asking_for_upgrade(const struct disk_record *record)
{
    return record->standing != STANDING_VOID && (record->flags & RECORD_UNKNOWN_CRITICAL) != 0;
}

static enum store_error put_back(struct unwinding *unwinding)
{
    return undo_put_back(unwinding->txn, unwinding->row.number, unwinding->row.seq, &unwinding->touched,
                         &unwinding->touched_count, unwinding->arena);
}

/* A block that is good again asks again for what it asked for, and what it says to erase counts again. A
 * govern block changes nothing of earlier ones but voids them. */
static enum store_error make_good(struct unwinding *unwinding, uint64_t seq)
{
    struct disk_record record;
    enum store_error error = record_read(unwinding->txn, unwinding->row.number, seq, &record);

    if (error == STORE_OK) {
        error = erasers_mark(unwinding->txn, &unwinding->row, seq);
    }
    if (error != STORE_OK || unwinding->block.header.block_class != CLASS_GOVERN) {
        return error;
    }
    unwinding->row.upgrade_blocks += is_asking_for_upgrade(&record);
    if (record.block_class == CLASS_STATUS) {
        gap_setters_add(&unwinding->setters, seq);
    }
    return gaps_moved(unwinding->txn, &unwinding->row, seq, record.epoch, &record.hash);
}

/* Requires: records are put back. */
static enum store_error make_all_good(struct unwinding *unwinding)
{
    enum store_error error = STORE_OK;

    unwinding->setters = (struct gap_setters){.count = 0};
    for (size_t i = 0; i < unwinding->touched_count && error == STORE_OK; i++) {
        const struct seq_range *range = &unwinding->touched[i];

        for (uint64_t seq = range->first; seq <= range->last && error == STORE_OK; seq++) {
            error = make_good(unwinding, seq);
        }
    }
    return error == STORE_OK ? gaps_on_setters(unwinding->txn, &unwinding->row, &unwinding->setters) : error;
}

static enum store_error set_leaf(struct unwinding *unwinding, struct merkle_pages *pages, uint64_t seq)
{
    struct block_state state = {.seq = seq};
    struct disk_record record;
    struct hash leaf;
    enum store_error error = record_read(unwinding->txn, unwinding->row.number, seq, &record);

    if (error == STORE_OK) {
        error = previous_hash_read(unwinding->txn, unwinding->row.number, seq, &state.previous);
    }
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? damaged(unwinding) : error;
    }
    state.epoch = record.epoch;
    state.entry_count = record.entry_count;
    state.standing = (enum standing)record.standing;
    state.live_root = record.live_root;
    block_state_leaf(&leaf, unwinding->network, &state);
    return merkle_pages_set(pages, seq, &leaf) ? STORE_OK : damaged(unwinding);
}

static enum store_error set_leaves(struct unwinding *unwinding, struct merkle_pages *pages)
{
    enum store_error error = set_leaf(unwinding, pages, unwinding->row.seq - 1);

    for (size_t i = 0; i < unwinding->touched_count; i++) {
        const struct seq_range *range = &unwinding->touched[i];

        for (uint64_t seq = range->first; seq <= range->last && error == STORE_OK; seq++) {
            error = set_leaf(unwinding, pages, seq);
        }
    }
    return error;
}

/* The tree loses its last leaf; what lies on the way from it and from the touched ones is worked out again.
 */
static enum store_error shrink_tree(struct unwinding *unwinding)
{
    uint32_t number = unwinding->row.number;
    uint64_t count = unwinding->row.seq;
    struct merkle_pages pages;
    struct hash root;
    enum store_error error = state_pages_gather(unwinding->txn, number, count, unwinding->touched,
                                                unwinding->touched_count, &pages, unwinding->arena);

    if (error == STORE_OK) {
        error = set_leaves(unwinding, &pages);
    }
    if (error != STORE_OK) {
        return error;
    }
    if (!merkle_pages_root(&root, &pages, label_domain(unwinding->network, LABEL_STATE_NODE), count)) {
        return damaged(unwinding);
    }
    for (size_t i = 0; i < pages.count && error == STORE_OK; i++) {
        if (pages.pages[i].changed) {
            error = state_page_write(unwinding->txn, number, count, &pages.pages[i]);
        }
    }
    return error == STORE_OK ? state_pages_shrink(unwinding->txn, number, count) : error;
}

/* ---- the author's row ---- */

/* The first block of the epoch that the chain is back in. Epochs never fall along a chain. */
static enum store_error find_epoch_first(struct unwinding *unwinding, uint64_t head, uint64_t epoch,
                                         uint64_t *first)
{
    uint64_t low = 0;
    uint64_t high = head;

    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        struct disk_record record;
        enum store_error error = record_read(unwinding->txn, unwinding->row.number, middle, &record);

        if (error != STORE_OK) {
            return error;
        }
        if (record.epoch < epoch) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *first = low;
    return STORE_OK;
}

/* A block that joined the chain before the one above it did so no later: where it seems so, this clock was
 * ahead then, and was put right before the other one came. */
static enum store_error note_clock_ahead(struct unwinding *unwinding, struct disk_record *before)
{
    if (before->followed_s <= unwinding->record.followed_s) {
        return STORE_OK;
    }
    before->followed_s = unwinding->record.followed_s;
    before->flags |= RECORD_CLOCK_AHEAD;
    return record_write(unwinding->txn, unwinding->row.number, unwinding->row.seq - 1, before);
}

static enum store_error move_head_back(struct unwinding *unwinding)
{
    struct disk_author *row = &unwinding->row;
    uint64_t first = row->epoch_first_seq;
    struct disk_record record;
    enum store_error error = record_read(unwinding->txn, row->number, row->seq - 1, &record);

    if (error == STORE_OK) {
        error = note_clock_ahead(unwinding, &record);
    }
    if (error == STORE_OK && row->epoch_first_seq == row->seq) {
        error = find_epoch_first(unwinding, row->seq - 1, record.epoch, &first);
    }
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? damaged(unwinding) : error;
    }
    row->upgrade_blocks -= is_asking_for_upgrade(&unwinding->record);
    row->seq--;
    row->head = record.hash;
    row->epoch = record.epoch;
    row->epoch_first_seq = (uint32_t)first;
    row->beside = true;
    return author_write(unwinding->txn, &unwinding->author, row);
}

static enum store_error put_beside(struct unwinding *unwinding)
{
    uint32_t number = unwinding->row.number;
    bool ahead = (unwinding->record.flags & RECORD_CLOCK_AHEAD) != 0;
    enum store_error error =
        followed_put(unwinding->txn, number, unwinding->block.header.epoch, &unwinding->block.hash,
                     ahead ? FOLLOWED_EVER : unwinding->record.followed_s, unwinding->now_s);

    if (error == STORE_OK) {
        error = side_row_put(unwinding->txn, unwinding->network, number, &unwinding->block, unwinding->now_s);
    }
    return error == STORE_OK ? gaps_moved(unwinding->txn, &unwinding->row, unwinding->block.header.seq,
                                          unwinding->block.header.epoch, &unwinding->block.hash)
                             : error;
}

/* What it says to erase is accounted for by a block beside the chain from now on. */
static enum store_error move_erasers(struct unwinding *unwinding)
{
    const struct block *block = &unwinding->block;
    enum store_error error = STORE_OK;

    if (block->header.block_class != CLASS_STATUS || !unwinding->row.erases) {
        return STORE_OK;
    }
    error = gaps_on_block(unwinding->txn, &unwinding->row, block->header.seq, &block->hash);
    return error == STORE_OK ? author_write(unwinding->txn, &unwinding->author, &unwinding->row) : error;
}

static enum store_error note_change(struct unwinding *unwinding)
{
    return generation_raise(unwinding->txn);
}

/* ---- all of it ---- */

static enum store_error unapply_head(struct unwinding *unwinding)
{
    static enum store_error (*const steps[])(struct unwinding * unwinding) = {
        read_head,     forget_entries, forget_keys,    put_back,   make_all_good, forget_upgrade,
        forget_record, shrink_tree,    move_head_back, put_beside, move_erasers,  note_change,
    };
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && error == STORE_OK; i++) {
        error = steps[i](unwinding);
    }
    return error;
}

enum store_error store_unwind_to(struct store_txn *txn, const struct network *network,
                                 const struct actor_id *author, uint64_t seq, uint64_t now_s)
{
    /* A void of as many blocks as there may be puts back as many records, and pages above them. */
    enum { UNWIND_ARENA_SIZE = 64 * 1024 * 1024 };
    struct unwinding unwinding = {.txn = txn, .network = network, .author = *author, .now_s = now_s};
    struct arena arena;
    void *memory = malloc(UNWIND_ARENA_SIZE);
    enum store_error error = memory ? author_read_log(txn, author, &unwinding.row) : STORE_NO_MEMORY;

    assert(txn->writes);
    arena_init(&arena, memory, UNWIND_ARENA_SIZE);
    unwinding.arena = &arena;
    while (error == STORE_OK && unwinding.row.seq > seq) {
        error = unapply_head(&unwinding);
        arena_rewind(&arena, 0);
    }
    free(memory);
    return txn_fail(txn, error);
}
