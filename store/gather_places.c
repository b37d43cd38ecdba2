#include <string.h>

#include "store/erased.h"
#include "store/gather.h"

static enum store_error damaged(struct gather *gather)
{
    return txn_fail(gather->txn, STORE_DAMAGED);
}

/* Whether block seq of log is void, as far as known by then. */
static enum store_error is_void(struct gather *gather, size_t log, uint64_t seq, bool *voided)
{
    struct disk_record record;
    enum store_error error = record_read(gather->txn, gather->rows[log].number, seq, &record);

    if (error == STORE_OK) {
        *voided =
            record.standing == STANDING_VOID && dossier_log_reaches(&gather->out->logs[log], record.void_seq);
    }
    return error;
}

static enum store_error fill_events(struct gather *gather, struct dossier_place *place)
{
    struct standing_row row;
    struct history_event *events;
    bool *voided;
    enum store_error error =
        standing_read(gather->txn, gather->rows[place->log].number, place->seq, place->index, &row);

    if (error != STORE_OK || row.event_count == 0) {
        return error;
    }
    events = arena_take(gather->arena, row.event_count * sizeof *events);
    voided = arena_take(gather->arena, row.event_count * sizeof *voided);
    if (!events || !voided) {
        return STORE_NO_MEMORY;
    }
    memcpy(events, row.events, row.event_count * sizeof *events);
    for (size_t i = 0; i < row.event_count && error == STORE_OK; i++) {
        error = event_complete(gather->txn, gather->rows[place->log].number, &events[i], gather->arena);
        if (error == STORE_OK) {
            error = is_void(gather, place->log, events[i].setter_seq, &voided[i]);
        }
    }
    place->event_count = row.event_count;
    place->events = events;
    place->event_voided = voided;
    return error;
}

/* The element as a view, and all of the place that the record and the block say. */
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
        error = stored_block_leaf(gather->txn, &stored, place->index, view, &place->leaf);
    }
    if (error != STORE_OK) {
        return error;
    }
    error = element_hide(gather->txn, &(struct entry_at){number, place->seq, place->index}, &record, view);
    if (error != STORE_OK) {
        return error;
    }
    place->time_s = record.time_s;
    place->arrived_s = stored.arrived_s;
    place->block_hash = record.hash;
    place->erased = element_is_erased(*view);
    place->voided = record.standing == STANDING_VOID;
    place->void_seq = record.void_seq;
    *touched = (record.flags & RECORD_TOUCHED) != 0;
    return STORE_OK;
}

enum store_error gather_view(struct gather *gather, size_t log, uint64_t seq, uint64_t index,
                             struct dossier_place *place, struct bytes *view)
{
    bool touched;
    enum store_error error;

    *place = (struct dossier_place){.log = log, .seq = seq, .index = index};
    error = fill_place(gather, place, view, &touched);
    return error == STORE_OK && touched ? fill_events(gather, place) : error;
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
