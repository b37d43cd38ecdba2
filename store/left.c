#include "store/gather.h"

/* What a void leaves without an answer: statuses in the blocks that it voids, and on the branch that it
 * names, and what the voids on that branch are about. */

enum { LEFT_ROWS_MAX = 65536 };

struct leaving {
    struct gather gather;
    size_t log;
    uint64_t void_seq;
    const struct left_visit *visit;
};

static enum store_error visit_block(struct leaving *leaving, uint64_t seq, const struct disk_record *record)
{
    struct gather *gather = &leaving->gather;
    enum store_error error = STORE_OK;

    for (uint64_t i = 0; i < record->entry_count && error == STORE_OK; i++) {
        const struct entry_at at = {gather->rows[leaving->log].number, seq, i};
        size_t mark = arena_mark(gather->arena);
        struct dossier_place place;
        struct status status;

        error = gather_grant(gather, &at, ENTRY_STATUS, &place, &status);
        if (error == STORE_OK) {
            leaving->visit->status(leaving->visit->context, &status);
        }
        arena_rewind(gather->arena, mark);
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    return error;
}

static enum store_error visit_chain(struct leaving *leaving)
{
    struct gather *gather = &leaving->gather;
    enum store_error error = STORE_OK;

    for (uint64_t seq = 0; seq < leaving->void_seq && error == STORE_OK; seq++) {
        struct disk_record record;

        error = record_read(gather->txn, gather->rows[leaving->log].number, seq, &record);
        if (error == STORE_OK && record.block_class == CLASS_STATUS && record.standing == STANDING_VOID &&
            record.void_seq == leaving->void_seq) {
            error = visit_block(leaving, seq, &record);
        }
    }
    return error;
}

/* Statuses about blocks that the chain does not have are nobody's. */
static enum store_error visit_side(struct leaving *leaving, const struct side_at *at)
{
    struct gather *gather = &leaving->gather;
    size_t mark = arena_mark(gather->arena);
    struct disk_record record = {0};
    struct dossier_place place;
    struct status status;
    enum store_error error = gather_side_entry(gather, at, ENTRY_STATUS, &place, &status);

    if (error == STORE_OK && place.voided && !place.block.late && place.void_seq == leaving->void_seq) {
        error = record_find(gather->txn, at->author, status.seq, &record);
    }
    if (error == STORE_OK && hash_equal(&record.hash, &at->target)) {
        leaving->visit->status(leaving->visit->context, &status);
    }
    arena_rewind(gather->arena, mark);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error visit_sides(struct leaving *leaving)
{
    struct gather *gather = &leaving->gather;
    struct key key = {0};
    struct side_at *rows;
    size_t count;
    bool cut;
    enum store_error error;

    key_add_number(&key, GRANT_STATUS, 1);
    key_add_number(&key, gather->rows[leaving->log].number, 4);
    error = side_find(gather->txn, &key, LEFT_ROWS_MAX, &rows, &count, &cut, gather->arena);
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = visit_side(leaving, &rows[i]);
    }
    return error;
}

/* The blocks of the chain that a void on the branch is about. */
static enum store_error visit_range(struct leaving *leaving, const struct dossier_void *voids)
{
    struct gather *gather = &leaving->gather;
    const struct dossier_log *log = &gather->out->logs[leaving->log];
    uint64_t last = voids->range.last;
    enum store_error error = STORE_OK;

    last = last < voids->place.block.base_seq ? last : voids->place.block.base_seq;
    last = last < log->head_seq ? last : log->head_seq;
    for (uint64_t seq = voids->range.first; seq <= last && error == STORE_OK; seq++) {
        struct disk_record record;

        error = record_read(gather->txn, gather->rows[leaving->log].number, seq, &record);
        if (error == STORE_OK && record.block_class == CLASS_CONTENT && record.standing != STANDING_VOID) {
            leaving->visit->block(leaving->visit->context, seq);
        }
    }
    return error;
}

static enum store_error visit_voids(struct leaving *leaving)
{
    const struct dossier *dossier = leaving->gather.out;
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < dossier->void_count && error == STORE_OK; i++) {
        const struct dossier_place *place = &dossier->voids[i].place;

        if (place->voided && place->void_seq == leaving->void_seq && !place->block.late) {
            error = visit_range(leaving, &dossier->voids[i]);
        }
    }
    return error;
}

enum store_error store_each_left(struct store_txn *txn, const struct network *network,
                                 const struct actor_id *author, uint64_t void_seq,
                                 const struct left_visit *visit, struct arena *arena)
{
    size_t mark = arena_mark(arena);
    struct dossier dossier = {0};
    struct leaving leaving = {
        .gather = {.txn = txn, .network = network, .known_by_s = UINT64_MAX, .out = &dossier, .arena = arena},
        .void_seq = void_seq,
        .visit = visit,
    };
    enum store_error error = gather_log(&leaving.gather, author, &leaving.log);

    if (error == STORE_OK &&
        (!dossier.logs[leaving.log].known || void_seq > dossier.logs[leaving.log].head_seq)) {
        error = STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = visit_chain(&leaving);
    }
    if (error == STORE_OK) {
        error = visit_sides(&leaving);
    }
    if (error == STORE_OK) {
        error = visit_voids(&leaving);
    }
    arena_rewind(arena, mark);
    return error;
}
