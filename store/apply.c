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
#include "store/index.h"
#include "store/own.h"
#include "store/pages.h"
#include "store/undo.h"

/* Writing what an accepted block changes. Any failure leaves the transaction fit only to be dropped. */

struct applying {
    struct store_txn *txn;
    const struct network *network;
    const struct block *block;
    const struct log_change *change;
    const struct log_past *past;
    struct disk_author author;
    uint64_t arrived_s;
    uint64_t now_s;
    bool lacks; /* entries, as it is held */
    struct gap_setters setters;
};

/* ---- the block itself ---- */

/* A block keeps its first arrival, whether it was held or not. */
static enum store_error put_block(struct applying *applying)
{
    struct disk_author *author = &applying->author;
    struct stored_block stored;
    enum store_error error = stored_block_read(applying->txn, author->number, applying->block->header.seq,
                                               &applying->block->hash, &stored);

    if (error == STORE_OK) {
        applying->arrived_s = stored.arrived_s;
        applying->lacks = stored.erased_count > 0;
        return STORE_OK;
    }
    if (error == STORE_NOT_FOUND) {
        error = arrival_first(applying->txn, author->number, &applying->block->hash, applying->now_s,
                              &applying->arrived_s);
    }
    if (error != STORE_OK) {
        return error;
    }
    author->blocks++;
    author->bytes += applying->block->encoded.size;
    applying->lacks = block_has_erased(applying->block);
    return stored_block_write(applying->txn, author->number, applying->block, applying->arrived_s);
}

static enum store_error put_record(struct applying *applying)
{
    uint64_t seq = applying->block->header.seq;
    uint64_t settled_s = applying->arrived_s;
    struct disk_record row;
    bool has_erasers = false;

    if (seq > 0) {
        enum store_error error = record_read(applying->txn, applying->author.number, seq - 1, &row);
        if (error != STORE_OK) {
            return error;
        }
        if (row.settled_s > settled_s) {
            settled_s = row.settled_s;
        }
    }
    if (applying->change->record.unknown_critical) {
        const struct entry_at at = {applying->author.number, seq, 0};
        enum store_error error = own_put(applying->txn, OWN_UPGRADE, &at, NULL);

        applying->author.upgrade_seen = true;
        if (error != STORE_OK) {
            return error;
        }
    }
    if (applying->block->header.block_class == CLASS_CONTENT) {
        enum store_error error = erasers_exist(applying->txn, &applying->author, seq, &has_erasers);

        if (error != STORE_OK) {
            return error;
        }
    }
    row = disk_record_of(&applying->change->record);
    row.flags |= has_erasers ? RECORD_HAS_ERASERS : 0;
    row.time_s = applying->block->header.time_s;
    row.settled_s = settled_s;
    row.followed_s = applying->now_s;
    return record_add(applying->txn, applying->author.number, seq, &row);
}

static enum store_error put_state(struct applying *applying)
{
    const struct log_state *state = &applying->change->state;
    struct disk_author *author = &applying->author;

    author->head = state->head;
    author->seq = (uint32_t)state->seq;
    author->epoch = (uint32_t)state->epoch;
    author->epoch_first_seq = (uint32_t)state->epoch_first_seq;
    author->upgrade_blocks = (uint32_t)state->upgrade_blocks;
    author->has_log = true;
    return author_write(applying->txn, &state->author, author);
}

static enum store_error put_keys(struct applying *applying)
{
    const struct log_state *state = &applying->change->state;

    enum store_error error = STORE_OK;

    if (!applying->change->keys_changed) {
        return STORE_OK;
    }
    if (state->seq > 0) {
        error = keys_write(applying->txn, applying->author.number, state->seq, &state->keys, state->epoch);
    }
    if (error != STORE_OK) {
        return error;
    }
    return consents_on_keys(applying->txn, applying->author.number, state->seq, &state->keys);
}

/* ---- what it says of earlier blocks ---- */

static enum store_error put_past_block(struct applying *applying, const struct past_block *past)
{
    uint32_t number = applying->author.number;
    struct disk_record old, row;
    enum store_error error = record_read(applying->txn, number, past->seq, &old);

    if (error != STORE_OK) {
        return error;
    }
    row = disk_record_of(&past->record);
    row.time_s = old.time_s;
    row.settled_s = old.settled_s;
    row.flags |= old.flags | (past->live.count > 0 ? RECORD_TOUCHED : 0);
    row.followed_s = old.followed_s;
    if (memcmp(&row, &old, sizeof row) != 0) {
        error = record_write(applying->txn, number, past->seq, &row);
    }
    if (row.standing != old.standing && row.block_class == CLASS_STATUS) {
        gap_setters_add(&applying->setters, past->seq);
    }
    if (error == STORE_OK && row.standing != old.standing) {
        error = gaps_moved(applying->txn, &applying->author, past->seq, row.epoch, &row.hash);
    }
    if (error != STORE_OK) {
        return error;
    }
    return live_pages_write(applying->txn, number, past->seq, past->record.entry_count, &past->live);
}

static enum store_error put_past(struct applying *applying)
{
    const struct log_past *past = applying->past;
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < past->block_count && error == STORE_OK; i++) {
        error = put_past_block(applying, &past->blocks[i]);
    }
    if (error == STORE_OK) {
        error = gaps_on_setters(applying->txn, &applying->author, &applying->setters);
    }
    for (size_t i = 0; i < past->state.count && error == STORE_OK; i++) {
        if (past->state.pages[i].changed) {
            error = state_page_write(applying->txn, applying->author.number, applying->change->state.seq + 1,
                                     &past->state.pages[i]);
        }
    }
    return error;
}

/* A certificate that is now held by another subject is found under that one too. */
static enum store_error index_holder(struct applying *applying, const struct entry_event *event)
{
    enum { HOLDER_ARENA_SIZE = 16 * 1024 };
    uint8_t memory[HOLDER_ARENA_SIZE];
    struct arena arena;
    struct status status;
    uint64_t index = event->event.setter_index;

    arena_init(&arena, memory, sizeof memory);
    if (index >= applying->block->entry_count || applying->block->entries[index].kind != ENTRY_STATUS ||
        entry_payload_decode(&status, &applying->block->entries[index], &arena) != REASON_NONE ||
        !status.has_holder) {
        return STORE_OK;
    }
    return index_add(applying->txn, &status.holder,
                     place_of(applying->author.number, event->seq, event->index));
}

static enum store_error put_event(struct applying *applying, const struct entry_event *event)
{
    uint32_t number = applying->author.number;
    struct standing_row row;
    enum store_error error = standing_read(applying->txn, number, event->seq, event->index, &row);

    if (error != STORE_OK) {
        return error;
    }
    assert(row.event_count < HISTORY_EVENTS_MAX);
    row.events[row.event_count++] = event->event;
    row.history = event->history;
    error = standing_write(applying->txn, number, event->seq, event->index, &row);
    if (error == STORE_OK && event->event.action == STATUS_HELD_BY) {
        error = index_holder(applying, event);
    }
    return error;
}

static enum store_error put_events(struct applying *applying)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < applying->change->event_count && error == STORE_OK; i++) {
        error = put_event(applying, &applying->change->events[i]);
    }
    return error;
}

/* ---- indexes ---- */

static enum store_error index_content(struct applying *applying)
{
    const struct block *block = applying->block;
    const struct content content = {applying->txn, applying->network, applying->author.number,
                                    &block->header};
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < block->entry_count && error == STORE_OK; i++) {
        error = content_put(&content, &block->entries[i], i);
    }
    return error;
}

static bool states_rhythm(const struct block *block)
{
    for (size_t i = 0; i < block->entry_count; i++) {
        if (block->entries[i].kind == ENTRY_RHYTHM) {
            return true;
        }
    }
    return false;
}

static enum store_error index_govern(struct applying *applying)
{
    struct arena arena;
    void *memory = malloc(RECORD_ARENA_SIZE);
    enum store_error error;

    if (!memory) {
        return STORE_NO_MEMORY;
    }
    arena_init(&arena, memory, RECORD_ARENA_SIZE);
    error = grants_put(applying->txn, applying->author.number, applying->block->header.seq,
                       applying->block->entries, applying->block->entry_count, &arena);
    free(memory);
    applying->author.has_rhythm |= states_rhythm(applying->block);
    return error;
}

static enum store_error put_indexes(struct applying *applying)
{
    switch (applying->block->header.block_class) {
    case CLASS_CONTENT:
        return index_content(applying);
    case CLASS_GOVERN:
        return index_govern(applying);
    case CLASS_KEYS:
    case CLASS_STATUS:
        break;
    }
    return STORE_OK;
}

/* ---- all of it ---- */

static enum store_error put_erasers(struct applying *applying)
{
    return erasers_put(applying->txn, &applying->author, applying->block, applying->now_s);
}

static enum store_error put_gaps(struct applying *applying)
{
    return applying->lacks ? gaps_update_block(applying->txn, &applying->author, applying->block->header.seq,
                                               &applying->block->hash)
                           : STORE_OK;
}

/* Keys and govern blocks change who is authorised and what the rules are; nothing else does. */
static enum store_error note_change(struct applying *applying)
{
    const enum block_class block_class = applying->block->header.block_class;

    if (block_class == CLASS_KEYS || block_class == CLASS_GOVERN) {
        return generation_raise(applying->txn);
    }
    return STORE_OK;
}

/* What it says of earlier blocks can be put back. */
static enum store_error change_earlier(struct applying *applying)
{
    struct undo undo;
    enum store_error kept, error;

    undo_begin(applying->txn, &undo, applying->author.number);
    error = put_past(applying);
    if (error == STORE_OK) {
        error = put_events(applying);
    }
    kept = undo_keep(applying->txn, &undo, applying->block->header.seq);
    return error == STORE_OK ? kept : error;
}

static enum store_error leave_side(struct applying *applying)
{
    return side_row_delete(applying->txn, applying->network, applying->author.number, applying->block);
}

static enum store_error note_rotation(struct applying *applying)
{
    if (applying->block->header.seq == 0 || !block_is_rotation(applying->block)) {
        return STORE_OK;
    }
    return rotation_row_put(applying->txn, applying->author.number, applying->block, applying->now_s);
}

static enum store_error apply(struct applying *applying)
{
    static enum store_error (*const steps[])(struct applying * applying) = {
        leave_side,     note_change, put_block,   put_record, put_keys,  note_rotation,
        change_earlier, put_erasers, put_indexes, put_gaps,   put_state,
    };
    enum store_error error = author_intern(applying->txn, &applying->change->state.author, &applying->author);

    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && error == STORE_OK; i++) {
        error = steps[i](applying);
    }
    return error;
}

enum store_error store_apply(struct store_txn *txn, const struct network *network, const struct block *block,
                             const struct log_change *change, const struct log_past *past, uint64_t arrived_s)
{
    struct applying applying = {.txn = txn,
                                .network = network,
                                .block = block,
                                .change = change,
                                .past = past,
                                .arrived_s = arrived_s,
                                .now_s = arrived_s};

    assert(txn->writes);
    return txn_fail(txn, apply(&applying));
}
