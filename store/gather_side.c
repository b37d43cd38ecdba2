#include <string.h>

#include "store/gather.h"
#include "store/side.h"

/* What side blocks say about what is gathered. Those that this node holds count as long as their epoch is
 * open; of a closed one those that were here before the rotation that closed it. */

enum {
    SIDE_ROWS_MAX = 16384,    /* statuses about one block that are looked through */
    SIDE_VOIDS_MAX = 64,      /* of one author */
    SIDE_UPGRADES_MAX = 4096, /* blocks of one author: where there are more, the next one asks for it */
    NAMED_MAX = 64,           /* dropped branches of one author that a void names */
};

/* A dropped branch that a void on the chain names. */
struct named_branch {
    struct hash first;
    uint64_t epoch;
    uint64_t void_seq;
    uint64_t reason;
};

struct gathered_sides {
    size_t named_count;
    struct named_branch named[NAMED_MAX];
};

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
    const struct dossier_log *row = &gather->out->logs[log];
    struct stored_block stored;
    struct disk_record record;
    uint64_t seq;
    enum store_error error;

    *dropped_s = 0;
    /* Two rotations of one epoch leave it open which branch was dropped. */
    if (row->frozen && epoch + 1 >= row->epoch) {
        return STORE_OK;
    }
    error = find_rotation(gather, log, epoch, &record, &seq);
    if (error == STORE_OK) {
        error = stored_block_read(gather->txn, gather->rows[log].number, seq, &record.hash, &stored);
    }
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    *dropped_s = stored.arrived_s <= gather->known_by_s ? stored.arrived_s : 0;
    return STORE_OK;
}

/* The block of the chain above which rotation's branch leaves it. Where that is not known it may be the first
 * of the epoch that the rotation closed. */
static enum store_error base_of_rotation(struct gather *gather, size_t log,
                                         const struct known_rotation *rotation, uint64_t *base_seq)
{
    const uint64_t epoch = gather->out->logs[log].epoch;
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
    return epoch < 2 ? STORE_OK : find_rotation(gather, log, epoch - 2, &record, base_seq);
}

enum store_error gather_freeze(struct gather *gather, size_t log)
{
    struct dossier_log *row = &gather->out->logs[log];
    struct known_rotation rotation;
    struct hash after;
    const struct hash *from = NULL;
    enum store_error error;

    for (;;) {
        uint64_t base_seq = row->fork_seq;

        error = store_next_rotation(gather->txn, &row->author, row->epoch, from, &rotation);
        if (error != STORE_OK) {
            return error == STORE_NOT_FOUND ? STORE_OK : error;
        }
        if (!rotation.unreachable) {
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

/* ---- named branches ---- */

static enum store_error read_named(struct gather *gather, const struct entry_at *at,
                                   struct gathered_sides *sides)
{
    struct named_branch *named = &sides->named[sides->named_count];
    size_t mark = arena_mark(gather->arena);
    struct void_record voids;
    struct disk_record record;
    struct entry entry;
    struct bytes element;
    enum store_error error = record_read(gather->txn, at->author, at->seq, &record);

    if (error == STORE_OK && record.standing == STANDING_VOID) {
        return STORE_OK;
    }
    error = error == STORE_OK ? element_read(gather->txn, at, &element) : error;
    if (error != STORE_OK) {
        return error;
    }
    if (entry_decode(&entry, element) != REASON_NONE || entry.kind != ENTRY_VOID ||
        entry_payload_decode(&voids, &entry, gather->arena) != REASON_NONE || !voids.has_branch) {
        return txn_fail(gather->txn, STORE_DAMAGED);
    }
    *named = (struct named_branch){.first = voids.branch.first,
                                   .epoch = voids.branch.epoch,
                                   .void_seq = at->seq,
                                   .reason = voids.reason};
    sides->named_count++;
    arena_rewind(gather->arena, mark);
    return STORE_OK;
}

static enum store_error gather_named_branches(struct gather *gather, size_t log, struct gathered_sides *sides)
{
    struct key key = grant_key_of_number(GRANT_VOIDED_BRANCH, gather->rows[log].number, 0);
    struct entry_at *grants;
    size_t count;
    enum grants_cut cut;
    enum store_error error = grants_find(gather->txn, &key, NAMED_MAX, &grants, &count, &cut, gather->arena);

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = read_named(gather, &grants[i], sides);
    }
    return error;
}

bool gather_names_branch(const struct gather *gather, size_t log, const struct hash *first)
{
    const struct gathered_sides *sides = gather->rows[log].sides;

    for (size_t i = 0; sides && i < sides->named_count; i++) {
        if (hash_equal(&sides->named[i].first, first)) {
            return true;
        }
    }
    return false;
}

/* Whether a void names the branch that the block stands on. */
static enum store_error find_named(struct gather *gather, const struct side_at *at, size_t log,
                                   uint64_t epoch, const struct named_branch **out)
{
    const struct gathered_sides *sides = gather->rows[log].sides;
    size_t mark = arena_mark(gather->arena);
    struct side_line line;
    enum store_error error;

    *out = NULL;
    if (sides->named_count == 0) {
        return STORE_OK;
    }
    error = side_line_of(gather->txn, gather->network, at->author, at->seq, &at->hash, &line, gather->arena);
    for (size_t i = 0; i < sides->named_count && error == STORE_OK; i++) {
        for (size_t k = 0; k < line.size && sides->named[i].epoch == epoch && !*out; k++) {
            *out = hash_equal(&line.hashes[k], &sides->named[i].first) ? &sides->named[i] : NULL;
        }
    }
    arena_rewind(gather->arena, mark);
    return error;
}

/* ---- blocks ---- */

uint32_t gather_void_day(struct gather *gather, size_t log, uint64_t void_seq)
{
    struct disk_record record;

    return record_read(gather->txn, gather->rows[log].number, void_seq, &record) == STORE_OK
               ? day_of_time(record.time_s)
               : DAY_NONE;
}

static enum store_error fill_dropped(struct gather *gather, const struct side_at *at,
                                     struct dossier_place *place)
{
    struct dossier_block *block = &place->block;
    const struct named_branch *named = NULL;
    enum store_error error = read_followed(gather, place->log, at->seq, &at->hash, &block->followed_s);

    if (error == STORE_OK) {
        error = find_named(gather, at, place->log, block->epoch, &named);
    }
    if (named && dossier_log_reaches(&gather->out->logs[place->log], named->void_seq)) {
        place->voided = true;
        place->void_seq = named->void_seq;
        block->void_reason = (enum status_reason)named->reason;
        block->void_day = gather_void_day(gather, place->log, named->void_seq);
    }
    return error;
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
    place->block.late = stored->arrived_s > place->block.dropped_s;
    return fill_dropped(gather, at, place);
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
    if (!stored_block_entry(&stored, at->index, view) || !entry_leaf(&place->leaf, gather->network, *view)) {
        return txn_fail(gather->txn, STORE_DAMAGED);
    }
    place->erased = element_is_erased(*view);
    return fill_block(gather, at, &stored, place);
}

enum store_error gather_late_side_entry(struct gather *gather, const struct side_at *at, enum entry_kind kind,
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
    if (entry.erased || entry.kind != kind ||
        schema_decode_known(entry_schema(kind), record, entry.payload, gather->arena) != REASON_NONE) {
        return STORE_NOT_FOUND;
    }
    return STORE_OK;
}

enum store_error gather_side_entry(struct gather *gather, const struct side_at *at, enum entry_kind kind,
                                   struct dossier_place *place, void *record)
{
    enum store_error error = gather_late_side_entry(gather, at, kind, place, record);

    return error == STORE_OK && place->block.late ? STORE_NOT_FOUND : error;
}

enum store_error gather_found(struct gather *gather, const struct found_grant *found, enum entry_kind kind,
                              struct dossier_place *place, void *record)
{
    return found->side ? gather_late_side_entry(gather, found->side, kind, place, record)
                       : gather_grant(gather, found->grant, kind, place, record);
}

/* ---- events ---- */

static bool lists_index(const struct status *status, uint64_t index)
{
    const struct index_range *ranges = status->entries.items;

    for (size_t i = 0; i < status->entries.count; i++) {
        if (ranges[i].first <= index && index <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

/* STORE_NOT_FOUND: it is not about the entry, or does not count. */
static enum store_error read_event(struct gather *gather, const struct dossier_place *about,
                                   const struct side_at *at, struct side_event *out)
{
    bool same = hash_is_zero(&at->target) || hash_equal(&at->target, &about->block_hash);
    size_t mark = arena_mark(gather->arena);
    struct dossier_place place;
    struct status status;
    enum store_error error;

    if (!same || about->index < at->first || about->index > at->last) {
        return STORE_NOT_FOUND;
    }
    error = gather_late_side_entry(gather, at, ENTRY_STATUS, &place, &status);
    if (error == STORE_OK && !lists_index(&status, about->index)) {
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
            .voided = place.voided,
            .block = place.block,
        };
        out->block.reason = status.reason;
    }
    arena_rewind(gather->arena, mark);
    return error;
}

enum store_error gather_side_events(struct gather *gather, const struct dossier_place *about,
                                    struct side_event events[SIDE_EVENTS_MAX], size_t *count, bool *cut)
{
    const uint32_t number = gather->rows[about->log].number;
    struct key key = grant_key_of_number(GRANT_STATUS, number, about->seq);
    size_t mark = arena_mark(gather->arena);
    struct side_at *rows;
    size_t row_count;
    enum store_error error;

    *count = 0;
    *cut = false;
    if (!gather->rows[about->log].sides) {
        return STORE_OK;
    }
    grant_key_add_author(&key, number);
    error = side_find(gather->txn, &key, SIDE_ROWS_MAX, &rows, &row_count, cut, gather->arena);
    for (size_t i = 0; i < row_count && error == STORE_OK; i++) {
        struct side_event event;

        error = read_event(gather, about, &rows[i], &event);
        if (error == STORE_OK && *count == SIDE_EVENTS_MAX) {
            *cut = true;
        } else if (error == STORE_OK) {
            events[(*count)++] = event;
        }
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    arena_rewind(gather->arena, mark);
    return error;
}

/* ---- voids ---- */

static enum store_error add_void(struct gather *gather, const struct side_at *at)
{
    struct dossier *out = gather->out;
    struct dossier_void *row;
    struct void_record record;
    struct side_line line;
    size_t mark;
    enum store_error error;

    out->voids =
        gather_grow(gather->arena, out->voids, out->void_count, &gather->void_capacity, sizeof *out->voids);
    if (!out->voids) {
        return STORE_NO_MEMORY;
    }
    row = &out->voids[out->void_count];
    mark = arena_mark(gather->arena);
    error = gather_late_side_entry(gather, at, ENTRY_VOID, &row->place, &record);
    if (error == STORE_OK) {
        error =
            side_line_of(gather->txn, gather->network, at->author, at->seq, &at->hash, &line, gather->arena);
    }
    arena_rewind(gather->arena, mark);
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    row->place.block.base_seq = line.known ? line.base_seq : UINT64_MAX;
    row->range = record.range;
    out->void_count++;
    return STORE_OK;
}

static enum store_error gather_voids(struct gather *gather, size_t log)
{
    struct key key = grant_key_of_number(GRANT_VOID, gather->rows[log].number, 0);
    struct side_at *rows;
    size_t count;
    bool cut;
    enum store_error error = side_find(gather->txn, &key, SIDE_VOIDS_MAX, &rows, &count, &cut, gather->arena);

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = add_void(gather, &rows[i]);
    }
    gather->out->logs[log].branches_cut |= cut && gather->out->logs[log].forked;
    return error;
}

enum store_error gather_sides(struct gather *gather, size_t log)
{
    struct gathered_sides *sides;
    bool any;
    enum store_error error = side_any(gather->txn, gather->rows[log].number, &any);

    if (error != STORE_OK || !any) {
        return error;
    }
    sides = arena_take(gather->arena, sizeof *sides);
    if (!sides) {
        return STORE_NO_MEMORY;
    }
    sides->named_count = 0;
    gather->rows[log].sides = sides;
    error = gather_named_branches(gather, log, sides);
    return error == STORE_OK ? gather_voids(gather, log) : error;
}

/* ---- what this version does not understand ---- */

enum store_error gather_side_upgrade(struct gather *gather, size_t log, bool *needed)
{
    struct key key = grant_key_of_number(GRANT_UPGRADE, gather->rows[log].number, 0);
    size_t mark = arena_mark(gather->arena);
    struct side_at *rows;
    size_t count;
    enum store_error error =
        side_find(gather->txn, &key, SIDE_UPGRADES_MAX, &rows, &count, needed, gather->arena);

    for (size_t i = 0; error == STORE_OK && i < count && !*needed; i++) {
        struct dossier_place place;
        struct bytes view;

        error = read_side(gather, log, &rows[i], &place, &view);
        *needed = error == STORE_OK && place.block.dropped_s == 0;
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    arena_rewind(gather->arena, mark);
    return error;
}
