#include <string.h>

#include "store/erase_rows.h"
#include "store/erased.h"
#include "store/gather.h"

static enum store_error damaged(struct gather *gather)
{
    return txn_fail(gather->txn, STORE_DAMAGED);
}

/* ---- events ---- */

/* What was said about an entry, in the order in which it counts. */
struct events {
    size_t count;
    struct history_event *said;
    bool *voided;
    struct dossier_block *blocks;
};

static bool take_events(struct events *events, size_t count, struct arena *arena)
{
    *events = (struct events){
        .said = arena_take(arena, count * sizeof *events->said),
        .voided = arena_take(arena, count * sizeof *events->voided),
        .blocks = arena_take(arena, count * sizeof *events->blocks),
    };
    return events->said && events->voided && events->blocks;
}

static void add_event(struct events *events, const struct history_event *said, bool voided,
                      struct dossier_block block)
{
    events->said[events->count] = *said;
    events->voided[events->count] = voided;
    events->blocks[events->count++] = block;
}

static enum store_error block_of(struct gather *gather, size_t log, const struct disk_record *record,
                                 struct dossier_block *out)
{
    *out = (struct dossier_block){.epoch = record->epoch, .void_day = DAY_NONE};
    if (record->standing != STANDING_VOID) {
        return STORE_OK;
    }
    out->void_reason = (enum status_reason)record->void_reason;
    out->void_seq = record->void_seq;
    return gather_void_day(gather, log, record->void_seq, &out->void_day);
}

/* Add the next event of the chain, and before it those of side branches of earlier epochs. */
static enum store_error add_of_chain(struct gather *gather, struct events *events, size_t log,
                                     const struct history_event *event, const struct side_event *sides,
                                     size_t side_count, size_t *next)
{
    const uint32_t number = gather->rows[log].number;
    struct history_event complete = *event;
    struct dossier_block block;
    struct disk_record record;
    enum store_error error = record_read(gather->txn, number, event->setter_seq, &record);

    if (error == STORE_OK) {
        error = event_complete(gather->txn, number, &complete, gather->arena);
    }
    if (error == STORE_OK) {
        error = block_of(gather, log, &record, &block);
    }
    if (error != STORE_OK) {
        return error;
    }
    for (; *next < side_count && sides[*next].block.epoch < record.epoch; (*next)++) {
        add_event(events, &sides[*next].event, sides[*next].voided, sides[*next].block);
    }
    add_event(events, &complete,
              record.standing == STANDING_VOID &&
                  dossier_log_reaches(&gather->out->logs[log], record.void_seq),
              block);
    return STORE_OK;
}

static enum store_error merge_events(struct gather *gather, struct dossier_place *place,
                                     const struct standing_row *row, struct side_event *sides,
                                     size_t side_count)
{
    struct events events;
    size_t next = 0;
    enum store_error error = STORE_OK;

    if (!take_events(&events, row->event_count + side_count, gather->arena)) {
        return STORE_NO_MEMORY;
    }
    for (size_t i = 0; i < row->event_count && error == STORE_OK; i++) {
        error = add_of_chain(gather, &events, place->log, &row->events[i], sides, side_count, &next);
    }
    for (; next < side_count; next++) {
        add_event(&events, &sides[next].event, sides[next].voided, sides[next].block);
    }
    place->event_count = events.count;
    place->events = events.said;
    place->event_voided = events.voided;
    place->event_blocks = events.blocks;
    return error;
}

/* An entry on a side branch has no standing of the chain's. */
static enum store_error fill_events(struct gather *gather, struct dossier_place *place)
{
    struct standing_row row = {.event_count = 0};
    struct side_event sides[SIDE_EVENTS_MAX];
    size_t side_count = 0;
    enum store_error error = STORE_OK;

    if (!place->block.side) {
        error = standing_read(gather->txn, gather->rows[place->log].number, place->seq, place->index, &row);
    }
    if (error == STORE_OK) {
        error = gather_side_events(gather, place, sides, &side_count, &place->events_cut);
    }
    if (error != STORE_OK || row.event_count + side_count == 0) {
        return error;
    }
    return merge_events(gather, place, &row, sides, side_count);
}

enum store_error gather_events(struct gather *gather, struct dossier_place *place)
{
    place->event_count = 0;
    return fill_events(gather, place);
}

/* ---- places ---- */

/* Whether an `erase` that names the entry stands on a side branch of an open epoch, or stands but for a void
 * that is disputed. Most logs have neither, and are asked no further. */
static enum store_error names_to_erase(struct gather *gather, const struct dossier_place *place,
                                       const struct disk_record *record, bool *any)
{
    const struct entry_at at = {gather->rows[place->log].number, place->seq, place->index};
    const struct dossier_log *log = &gather->out->logs[place->log];
    enum store_error error = STORE_OK;

    *any = false;
    if ((record->flags & RECORD_HAS_ERASERS) != 0 && dossier_log_disputes(log, log->head_seq)) {
        error = erasers_cover(gather->txn, &at, log->fork_seq, any);
    }
    return error == STORE_OK && !*any && gather_has_erases(gather, place->log)
               ? gather_side_erase(gather, place, any)
               : error;
}

/* Requires: view is the element, not erased. */
static enum store_error fill_erase(struct gather *gather, struct dossier_place *place,
                                   const struct disk_record *record, struct bytes view)
{
    struct entry entry;
    bool any = false, kept = false;
    enum store_error error = names_to_erase(gather, place, record, &any);

    if (error != STORE_OK || !any) {
        return error;
    }
    if (entry_decode(&entry, view) != REASON_NONE) {
        return damaged(gather);
    }
    error = is_kept(gather->txn, &entry, &kept);
    place->erase_disputed = !kept;
    return error;
}

/* The element as a view, and all of the place that the record and the block say: a tree of one leaf is that
 * leaf, and nothing is ever said about govern entries, so that a rule pack of 64 KiB is mostly not hashed. */
static enum store_error fill_place(struct gather *gather, struct dossier_place *place, struct bytes *view,
                                   bool *touched)
{
    uint32_t number = gather->rows[place->log].number;
    struct disk_record record;
    struct stored_block stored;
    enum store_error error;

    if (!gather->out->logs[place->log].known || place->seq > gather->out->logs[place->log].head_seq) {
        return STORE_NOT_FOUND;
    }
    error = record_read(gather->txn, number, place->seq, &record);
    if (error == STORE_OK && place->index >= record.entry_count) {
        return STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = stored_block_read(gather->txn, number, place->seq, &record.hash, &stored);
        error = error == STORE_NOT_FOUND ? damaged(gather) : error;
    }
    if (error == STORE_OK) {
        error = stored_block_element(gather->txn, &stored, place->index, view);
    }
    if (error != STORE_OK) {
        return error;
    }
    error = element_hide(gather->txn, &(struct entry_at){number, place->seq, place->index}, &record, view);
    if (error != STORE_OK) {
        return error;
    }
    if (record.block_class == CLASS_GOVERN && record.entry_count == 1) {
        place->leaf = record.live_root;
    }
    place->time_s = record.time_s;
    place->arrived_s = stored.arrived_s;
    place->block_hash = record.hash;
    place->erased = entry_is_erased(*view);
    place->voided = record.standing == STANDING_VOID;
    place->void_seq = record.void_seq;
    *touched = (record.flags & RECORD_TOUCHED) != 0;
    error = block_of(gather, place->log, &record, &place->block);
    return error == STORE_OK && !place->erased ? fill_erase(gather, place, &record, *view) : error;
}

enum store_error gather_view(struct gather *gather, size_t log, uint64_t seq, uint64_t index,
                             struct dossier_place *place, struct bytes *view)
{
    bool touched;
    enum store_error error;

    *place = (struct dossier_place){.log = log, .seq = seq, .index = index};
    error = fill_place(gather, place, view, &touched);
    return error == STORE_OK && (touched || gather->rows[log].sides) ? fill_events(gather, place) : error;
}

enum store_error gather_side_place(struct gather *gather, const struct side_at *at, enum entry_kind kind,
                                   struct dossier_place *place, void *record)
{
    enum store_error error = gather_side_entry(gather, at, kind, place, record);

    return error == STORE_OK ? fill_events(gather, place) : error;
}

enum store_error gather_place(struct gather *gather, size_t log, uint64_t seq, uint64_t index,
                              struct dossier_place *place, struct bytes *element)
{
    struct bytes view;
    enum store_error error = gather_view(gather, log, seq, index, place, &view);

    if (error != STORE_OK) {
        return error;
    }
    return arena_copy(gather->arena, view, element) ? STORE_OK : STORE_NO_MEMORY;
}

enum store_error gather_leaf(struct gather *gather, struct dossier_place *place)
{
    const struct entry_at at = {gather->rows[place->log].number, place->seq, place->index};
    struct bytes element;
    enum store_error error;

    if (!hash_is_zero(&place->leaf)) {
        return STORE_OK;
    }
    error = element_read(gather->txn, &at, &element);
    if (error == STORE_OK && !entry_leaf(&place->leaf, gather->network, element)) {
        error = damaged(gather);
    }
    return error;
}

enum store_error gather_grant(struct gather *gather, const struct entry_at *grant, enum entry_kind kind,
                              struct dossier_place *place, void *record)
{
    struct entry entry;
    struct bytes element;
    size_t log;
    enum reason reason;
    enum store_error error = gather_log_of_number(gather, grant->author, &log);

    if (error == STORE_OK) {
        error = gather_place(gather, log, grant->seq, grant->index, place, &element);
    }
    if (error != STORE_OK) {
        return error;
    }
    if (entry_decode(&entry, element) != REASON_NONE || entry.erased || entry.kind != kind) {
        return STORE_NOT_FOUND;
    }
    reason = schema_decode_known(entry_schema(kind), record, entry.payload, gather->arena);
    return reason == REASON_NONE ? STORE_OK : txn_fail_decode(gather->txn, reason, gather->arena);
}

enum store_error gather_content(struct gather *gather, const struct entry_at *at, enum entry_kind kind,
                                struct dossier_place *place, void *record)
{
    size_t log;
    enum store_error error = gather_log_of_number(gather, at->author, &log);

    if (error == STORE_OK && !dossier_log_reaches(&gather->out->logs[log], at->seq)) {
        return STORE_NOT_FOUND;
    }
    return error == STORE_OK ? gather_grant(gather, at, kind, place, record) : error;
}
