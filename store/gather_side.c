#include "protocol/base/sort.h"
#include "protocol/rules/cut.h"
#include "store/branches.h"
#include "store/gather.h"
#include "store/side.h"

/* What side blocks say about what is gathered. Those that this node holds count as long as their epoch is
 * open; of a closed one those that were here before the rotation that closed it. */

enum { SIDE_VOIDS_MAX = 1024 }; /* of one author, that take different blocks or in another way */

/* ---- closed epochs ---- */

/* The first block of the chain of a later epoch, which is the rotation that closed this one. STORE_NOT_FOUND:
 * it is open. */
static enum store_error find_rotation(struct gather *gather, size_t log, uint64_t epoch,
                                      struct disk_record *record, uint64_t *seq)
{
    uint64_t low = 0;
    uint64_t high = gather->out->logs[log].head_seq + 1;
    const uint64_t end = high;

    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        enum store_error error = record_read(gather->txn, gather->rows[log].number, middle, record);

        if (error != STORE_OK) {
            return error;
        }
        if (record->epoch > epoch) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    *seq = low;
    return low == end ? STORE_NOT_FOUND : record_read(gather->txn, gather->rows[log].number, low, record);
}

enum store_error gather_dropped(struct gather *gather, size_t log, uint64_t epoch, uint64_t *dropped_s)
{
    const uint64_t frozen_from = gather->rows[log].frozen_from;
    struct stored_block stored;
    struct disk_record record;
    uint64_t seq;
    enum store_error error;

    *dropped_s = 0;
    /* Two rotations of one epoch leave it open which branch was dropped. */
    if (frozen_from != 0 && epoch + 1 >= frozen_from) {
        return STORE_OK;
    }
    error = find_rotation(gather, log, epoch, &record, &seq);
    if (error == STORE_OK) {
        error = stored_block_read(gather->txn, gather->rows[log].number, seq, &record.hash, &stored);
    }
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    *dropped_s = gather_arrival(gather, stored.arrived_s);
    *dropped_s = *dropped_s <= gather->known_by_s ? *dropped_s : 0;
    return STORE_OK;
}

/* The block of the chain above which rotation's branch leaves it. Where that is not known it may be the first
 * of the epoch that the rotation closed. */
static enum store_error base_of_rotation(struct gather *gather, size_t log,
                                         const struct known_rotation *rotation, uint64_t *base_seq)
{
    const uint64_t epoch = gather->rows[log].frozen_from;
    size_t mark = arena_mark(gather->arena);
    struct disk_record record;
    struct side_line line = {0};
    enum store_error error = STORE_OK;

    if (rotation->held) {
        error = side_line_of(gather->txn, gather->network, gather->rows[log].number, rotation->seq,
                             &rotation->hash, &line, gather->arena);
        arena_rewind(gather->arena, mark);
    }
    if (error != STORE_OK || line.known) {
        *base_seq = line.base_seq;
        return error;
    }
    *base_seq = 0;
    error = epoch < 2 ? STORE_OK : find_rotation(gather, log, epoch - 2, &record, base_seq);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* The chain may lead on above one of the rotations, as long as the others can't be placed. */
static enum store_error dispute_from_rotation(struct gather *gather, size_t log)
{
    struct dossier_log *row = &gather->out->logs[log];
    struct disk_record record;
    uint64_t seq = 0;
    enum store_error error = find_rotation(gather, log, gather->rows[log].frozen_from - 1, &record, &seq);

    if (error == STORE_OK && seq < row->fork_seq) {
        row->fork_seq = seq;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error gather_freeze(struct gather *gather, size_t log)
{
    struct dossier_log *row = &gather->out->logs[log];
    struct known_rotation rotation;
    struct hash after;
    const struct hash *from = NULL;
    size_t held = 0;
    enum store_error error = dispute_from_rotation(gather, log);

    while (error == STORE_OK) {
        uint64_t base_seq = row->fork_seq;

        error =
            store_next_rotation(gather->txn, &row->author, gather->rows[log].frozen_from, from, &rotation);
        if (error != STORE_OK) {
            return error == STORE_NOT_FOUND ? STORE_OK : error;
        }
        held += rotation.held;
        /* One that would not be kept when it is placed changes nothing before. */
        if (!rotation.unreachable && (rotation.held || held < STORE_ROTATIONS_MAX)) {
            error = base_of_rotation(gather, log, &rotation, &base_seq);
        }
        if (error != STORE_OK) {
            return error;
        }
        if (base_seq < row->fork_seq) {
            row->fork_seq = base_seq + 1;
        }
        after = rotation.hash;
        from = &after;
    }
    return error;
}

enum store_error gather_is_late(struct gather *gather, uint32_t number, const struct hash *hash,
                                uint64_t arrived_s, uint64_t dropped_s, bool *late)
{
    uint64_t from_s = 0, until_s = 0;
    enum store_error error = STORE_OK;

    *late = gather_arrival(gather, arrived_s) > dropped_s;
    if (*late) {
        error = followed_time_read(gather->txn, number, hash, &from_s, &until_s);
        *late = until_s != FOLLOWED_EVER;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error read_followed(struct gather *gather, size_t log, uint64_t seq,
                                      const struct hash *hash, uint64_t *followed_s)
{
    uint64_t from_s, until_s;
    enum store_error error =
        store_followed(gather->txn, &gather->out->logs[log].author, seq, hash, &from_s, &until_s);

    *followed_s = error == STORE_OK && until_s > from_s ? until_s - from_s : 0;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- blocks ---- */

enum store_error gather_void_day(struct gather *gather, size_t log, uint64_t void_seq, uint32_t *day)
{
    struct disk_record record;
    enum store_error error = record_read(gather->txn, gather->rows[log].number, void_seq, &record);

    if (error == STORE_OK) {
        *day = day_of_time(record.time_s);
    }
    return error;
}

static enum store_error fill_dropped(struct gather *gather, const struct side_at *at,
                                     struct dossier_place *place)
{
    struct dossier_block *block = &place->block;
    struct branch_line line = {0};
    enum store_error error = read_followed(gather, place->log, at->seq, &at->hash, &block->followed_s);

    if (error == STORE_OK) {
        error = gather_naming(gather, place->log, at->seq, &at->hash, &line);
    }
    if (error != STORE_OK || !line.named) {
        return error;
    }
    place->voided = true;
    place->void_seq = line.void_seq;
    block->void_reason = line.void_reason;
    block->void_seq = line.void_seq;
    return gather_void_day(gather, place->log, line.void_seq, &block->void_day);
}

static enum store_error fill_block(struct gather *gather, const struct side_at *at,
                                   const struct stored_block *stored, struct dossier_place *place)
{
    size_t mark = arena_mark(gather->arena);
    struct block_parts parts;
    struct header header;
    enum store_error error;

    if (!stored_block_parts(stored, &parts) ||
        schema_decode_known(&header_schema, &header, parts.header, gather->arena) != REASON_NONE) {
        return txn_fail(gather->txn, STORE_DAMAGED);
    }
    arena_rewind(gather->arena, mark);
    place->time_s = header.time_s;
    place->arrived_s = stored->arrived_s;
    place->block_hash = at->hash;
    place->block =
        (struct dossier_block){.side = true, .epoch = header.epoch, .hash = at->hash, .void_day = DAY_NONE};
    error = gather_dropped(gather, place->log, header.epoch, &place->block.dropped_s);
    if (error != STORE_OK || place->block.dropped_s == 0) {
        return error;
    }
    error = gather_is_late(gather, at->author, &at->hash, stored->arrived_s, place->block.dropped_s,
                           &place->block.late);
    return error == STORE_OK ? fill_dropped(gather, at, place) : error;
}

/* STORE_NOT_FOUND: the block was not here by then. Requires: log is gathered. */
static enum store_error read_side(struct gather *gather, size_t log, const struct side_at *at,
                                  struct dossier_place *place, struct bytes *view)
{
    struct stored_block stored;
    enum store_error error = stored_block_read(gather->txn, at->author, at->seq, &at->hash, &stored);

    *place = (struct dossier_place){.log = log, .seq = at->seq, .index = at->index};
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? txn_fail(gather->txn, STORE_DAMAGED) : error;
    }
    if (stored.arrived_s > gather->known_by_s || !gather->out->logs[log].known) {
        return STORE_NOT_FOUND;
    }
    error = stored_block_leaf(gather->txn, &stored, at->index, view, &place->leaf);
    if (error != STORE_OK) {
        return error;
    }
    place->erased = entry_is_erased(*view);
    return fill_block(gather, at, &stored, place);
}

enum store_error gather_side_entry(struct gather *gather, const struct side_at *at, enum entry_kind kind,
                                   struct dossier_place *place, void *record)
{
    struct entry entry;
    struct bytes view, element;
    size_t log;
    enum store_error error = gather_log_of_number(gather, at->author, &log);

    if (error == STORE_OK) {
        error = read_side(gather, log, at, place, &view);
    }
    if (error != STORE_OK) {
        return error;
    }
    if (!arena_copy(gather->arena, view, &element)) {
        return STORE_NO_MEMORY;
    }
    if (entry_decode(&entry, element) != REASON_NONE) {
        return txn_fail(gather->txn, STORE_DAMAGED);
    }
    /* Acceptance read none of what stands beside the chain. */
    if (entry.kind != kind || entry_payload_decode(record, &entry, gather->arena) != REASON_NONE) {
        return STORE_NOT_FOUND;
    }
    return STORE_OK;
}

enum store_error gather_found(struct gather *gather, const struct found_grant *found, enum entry_kind kind,
                              struct dossier_place *place, void *record)
{
    return found->side ? gather_side_entry(gather, found->side, kind, place, record)
                       : gather_grant(gather, found->grant, kind, place, record);
}

/* ---- events ---- */

static bool lists_index(const struct list *entries, uint64_t index)
{
    const struct index_range *ranges = entries->items;

    for (size_t i = 0; i < entries->count; i++) {
        if (ranges[i].first <= index && index <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

static bool is_about(const struct side_at *row, const struct dossier_place *about)
{
    return (hash_is_zero(&row->target) || hash_equal(&row->target, &about->block_hash)) &&
           row->first <= about->index && about->index <= row->last;
}

/* STORE_NOT_FOUND: it is not about the entry, or does not count. */
static enum store_error read_event(struct gather *gather, const struct dossier_place *about,
                                   const struct side_at *at, struct side_event *out)
{
    size_t mark = arena_mark(gather->arena);
    struct dossier_place place;
    struct status status;
    enum store_error error = gather_side_entry(gather, at, ENTRY_STATUS, &place, &status);

    if (error == STORE_OK && !lists_index(&status.entries, about->index)) {
        error = STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        *out = (struct side_event){
            .event = {.action = status.action,
                      .effective_day = status.effective_day,
                      .stated_day = day_of_time(place.time_s),
                      .setter_seq = at->seq,
                      .setter_index = at->index,
                      .has_replacement = status.has_replacement,
                      .has_holder = status.has_holder,
                      .replacement = status.replacement,
                      .holder = status.holder},
            .voided = dossier_place_is_void(gather->out, &place),
            .block = place.block,
        };
        out->block.reason = status.reason;
    }
    arena_rewind(gather->arena, mark);
    return error;
}

struct side_events {
    struct gather *gather;
    const struct dossier_place *about;
    struct side_event *events; /* SIDE_EVENTS_MAX */
    size_t count;
    bool cut;
};

static bool is_under_cut(const struct gather *gather, size_t log, const struct side_event *event)
{
    const struct dossier_place place = {
        .log = log, .seq = event->event.setter_seq, .block_hash = event->block.hash, .block = {.side = true}};

    return any_cut_covers(gather->out, &gather->out->logs[log].author, &place);
}

/* Both make the same doubtful, from their effective days on: of a closed epoch, where a branch that is named
 * may repeat itself without end. Under a cut each counts for itself. */
static bool doubt_alike(const struct gather *gather, const struct dossier_place *about,
                        const struct side_event *a, const struct side_event *b)
{
    return a->block.dropped_s != 0 && b->block.dropped_s != 0 && a->block.epoch == b->block.epoch &&
           a->event.action == b->event.action && a->voided == b->voided && a->block.late == b->block.late &&
           !a->event.has_holder && !a->event.has_replacement && !b->event.has_holder &&
           !b->event.has_replacement && !is_under_cut(gather, about->log, a);
}

/* Put an event for which there is no room in the place of one that says the same. Returns: false when there
 * is none. */
static bool unite(struct side_events *found, const struct side_event *event)
{
    for (size_t i = 0; i < found->count; i++) {
        struct side_event *there = &found->events[i];

        if (doubt_alike(found->gather, found->about, event, there) &&
            doubt_alike(found->gather, found->about, there, event)) {
            if (event->event.effective_day < there->event.effective_day) {
                *there = *event;
            }
            return true;
        }
    }
    return false;
}

static enum store_error add_event(void *context, const struct side_at *row)
{
    struct side_events *found = context;
    struct side_event event;
    enum store_error error = STORE_NOT_FOUND;

    if (is_about(row, found->about)) {
        error = read_event(found->gather, found->about, row, &event);
    }
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    if (found->count < SIDE_EVENTS_MAX) {
        found->events[found->count++] = event;
        return STORE_OK;
    }
    found->cut = !unite(found, &event);
    return found->cut ? STORE_NOT_FOUND : STORE_OK;
}

static enum store_error show_event(void *context, const struct side_at *row)
{
    struct side_events *found = context;

    return found->count < SIDE_EVENTS_MAX ? add_event(context, row) : STORE_NOT_FOUND;
}

/* By epoch, and there by block number. */
static int order_events(const void *a, const void *b)
{
    const struct side_event *left = a;
    const struct side_event *right = b;

    if (left->block.epoch != right->block.epoch) {
        return left->block.epoch < right->block.epoch ? -1 : 1;
    }
    if (left->event.setter_seq != right->event.setter_seq) {
        return left->event.setter_seq < right->event.setter_seq ? -1 : 1;
    }
    if (!hash_equal(&left->block.hash, &right->block.hash)) {
        return hash_compare(&left->block.hash, &right->block.hash);
    }
    return (left->event.setter_index > right->event.setter_index) -
           (left->event.setter_index < right->event.setter_index);
}

/* Where its branch begins: what is on the chain up to there it may take back. Where that is not known it
 * takes nothing back. */
static enum store_error fill_base(struct gather *gather, size_t log, struct side_event *event)
{
    struct branch_line line;
    enum store_error error = gather_line(gather, log, event->event.setter_seq, &event->block.hash, &line);

    event->block.base_seq = error == STORE_OK && line.known ? line.base_seq : 0;
    return error;
}

/* Only what a cut keeps takes back anything for certain. */
static enum store_error fill_bases(struct gather *gather, size_t log, struct side_event *events, size_t count)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        if (is_under_cut(gather, log, &events[i])) {
            error = fill_base(gather, log, &events[i]);
        }
    }
    return error;
}

/* What may count first: what is only shown takes what room is left, and makes nothing doubtful. */
enum store_error gather_side_events(struct gather *gather, const struct dossier_place *about,
                                    struct side_event events[SIDE_EVENTS_MAX], size_t *count, bool *cut)
{
    const uint32_t number = gather->rows[about->log].number;
    const struct key key = grant_key_of_number(GRANT_STATUS, number, about->seq);
    struct side_events found = {.gather = gather, .about = about, .events = events};
    enum store_error error =
        gather_each_side(gather, about->log, &key, SIDE_OPEN | SIDE_SPEAKING | SIDE_KEPT, add_event, &found);

    *cut = found.cut;
    if (error == STORE_OK && found.count < SIDE_EVENTS_MAX) {
        error = gather_each_side(gather, about->log, &key, SIDE_SHOWN, show_event, &found);
    }
    if (error == STORE_OK) {
        error = fill_bases(gather, about->log, events, found.count);
    }
    sort_items(events, found.count, sizeof *events, order_events);
    *count = found.count;
    return error;
}

/* ---- erasing ---- */

struct erasing {
    struct gather *gather;
    const struct dossier_place *about;
    bool any;
};

/* One is enough. */
static enum store_error ask_erase(void *context, const struct side_at *row)
{
    struct erasing *erasing = context;
    size_t mark = arena_mark(erasing->gather->arena);
    struct dossier_place place;
    struct erase erase;
    enum store_error error = STORE_NOT_FOUND;

    if (is_about(row, erasing->about)) {
        error = gather_side_entry(erasing->gather, row, ENTRY_ERASE, &place, &erase);
    }
    if (error == STORE_OK) {
        erasing->any = lists_index(&erase.entries, erasing->about->index);
    }
    arena_rewind(erasing->gather->arena, mark);
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    return erasing->any ? STORE_NOT_FOUND : STORE_OK;
}

enum store_error gather_side_erase(struct gather *gather, const struct dossier_place *about, bool *any)
{
    const struct key key = grant_key_of_number(GRANT_ERASE, gather->rows[about->log].number, about->seq);
    struct erasing erasing = {.gather = gather, .about = about};
    enum store_error error = gather_each_side(gather, about->log, &key, SIDE_OPEN, ask_erase, &erasing);

    *any = erasing.any;
    return error;
}

/* ---- voids ---- */

struct voiding {
    struct gather *gather;
    bool each; /* also what one that is there takes as well: a cut covers some blocks and not others */
    size_t count;
    bool cut;
};

/* Whether one that is there takes all that this one takes, in the same way: a branch that this node follows
 * no longer, or that is named, may be full of them. */
static bool is_taken(const struct dossier *out, const struct dossier_void *row, bool each)
{
    const struct dossier_block *block = &row->place.block;

    for (size_t i = 0; i < out->void_count; i++) {
        const struct dossier_void *there = &out->voids[i];
        const struct dossier_block *other = &there->place.block;

        if (there->place.log != row->place.log) {
            continue;
        }
        if (there->place.index == row->place.index && hash_equal(&other->hash, &block->hash)) {
            return true;
        }
        if (!each && there->place.seq >= row->place.seq && there->range.first <= row->range.first &&
            row->range.last <= there->range.last && other->base_seq >= block->base_seq &&
            other->epoch == block->epoch && (other->dropped_s != 0) == (block->dropped_s != 0) &&
            there->place.voided == row->place.voided && other->followed_s >= block->followed_s &&
            other->late == block->late) {
            return true;
        }
    }
    return false;
}

/* One that came after its branch was dropped takes nothing, unless a cut covers it. */
static enum store_error read_void(struct gather *gather, const struct side_at *at, struct dossier_void *row)
{
    struct void_record record;
    struct branch_line line;
    size_t mark = arena_mark(gather->arena);
    enum store_error error = gather_side_entry(gather, at, ENTRY_VOID, &row->place, &record);

    arena_rewind(gather->arena, mark);
    if (error == STORE_OK) {
        error = gather_line(gather, row->place.log, at->seq, &at->hash, &line);
    }
    if (error == STORE_OK) {
        row->place.block.base_seq = line.known ? line.base_seq : UINT64_MAX;
        row->range = record.range;
    }
    return error;
}

static enum store_error add_void(void *context, const struct side_at *at)
{
    struct voiding *voiding = context;
    struct gather *gather = voiding->gather;
    struct dossier *out = gather->out;
    struct dossier_void row;
    enum store_error error = read_void(gather, at, &row);

    if (error != STORE_OK || is_taken(out, &row, voiding->each)) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    if (voiding->count++ == SIDE_VOIDS_MAX) {
        voiding->cut = true;
        return STORE_NOT_FOUND;
    }
    out->voids =
        gather_grow(gather->arena, out->voids, out->void_count, &gather->void_capacity, sizeof *out->voids);
    if (!out->voids) {
        return STORE_NO_MEMORY;
    }
    out->voids[out->void_count++] = row;
    return STORE_OK;
}

enum store_error gather_voids(struct gather *gather, size_t log, unsigned parts)
{
    const struct key key = grant_key_of_number(GRANT_VOID, gather->rows[log].number, 0);
    struct voiding voiding = {.gather = gather, .each = parts == SIDE_KEPT};
    enum store_error error = gather_each_side(gather, log, &key, parts, add_void, &voiding);

    gather->out->logs[log].branches_cut |= voiding.cut;
    return error;
}

/* ---- what this version does not understand ---- */

struct asking_upgrade {
    struct gather *gather;
    size_t log;
    bool needed;
};

/* The first block that was here by then is enough. */
static enum store_error ask_upgrade(void *context, const struct side_at *at)
{
    struct asking_upgrade *asking = context;
    struct dossier_place place;
    struct bytes view;
    enum store_error error = read_side(asking->gather, asking->log, at, &place, &view);

    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    asking->needed = true;
    return STORE_NOT_FOUND;
}

enum store_error gather_side_upgrade(struct gather *gather, size_t log, bool *needed)
{
    const struct key key = grant_key_of_number(GRANT_UPGRADE, gather->rows[log].number, 0);
    struct asking_upgrade asking = {.gather = gather, .log = log};
    size_t mark = arena_mark(gather->arena);
    enum store_error error = gather_each_side(gather, log, &key, SIDE_OPEN, ask_upgrade, &asking);

    *needed = asking.needed;
    arena_rewind(gather->arena, mark);
    return error;
}
