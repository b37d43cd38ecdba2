#include "store/gather_base.h"

#include <stdlib.h>
#include <string.h>

#include "store/generation.h"

/* What a gatherer has once the base is gathered. Pointers in here lead into the run of the arena that was
 * taken meanwhile. */
struct base_lists {
    struct dossier dossier;
    struct gathered_log *rows;
    size_t log_capacity, row_capacity, pack_capacity, succession_capacity;
};

struct cached_base {
    uint64_t generation;
    struct kept_owners owners;
    struct base_lists lists;
    const uint8_t *was; /* where the run lay */
    size_t size;
    uint8_t run[];
};

/* ---- moving a run ---- */

struct move {
    const uint8_t *from;
    size_t size;
    uint8_t *to;
};

/* Where what pointer leads to is now. Pointers of empty runs of bytes may lead anywhere, and stay. */
static const void *moved(const struct move *move, const void *pointer)
{
    uintptr_t offset = (uintptr_t)pointer - (uintptr_t)move->from;

    return pointer && offset <= move->size ? move->to + offset : pointer;
}

static void move_bytes(const struct move *move, struct bytes *bytes)
{
    bytes->data = moved(move, bytes->data);
}

static void move_record(const struct move *move, const struct schema *schema, uint8_t *record);

/* The list, and what its elements point to: records of the schema, or texts where there is none. */
static void move_list(const struct move *move, struct list *list, const struct schema *schema)
{
    uint8_t *items;

    list->items = moved(move, list->items);
    items = (uint8_t *)(uintptr_t)list->items;
    for (size_t i = 0; i < list->count; i++) {
        if (schema) {
            move_record(move, schema, items + i * schema->size);
        } else {
            move_bytes(move, (struct bytes *)(void *)items + i);
        }
    }
}

static void move_extensions(const struct move *move, struct list *list)
{
    struct extension *items;

    list->items = moved(move, list->items);
    items = (struct extension *)(uintptr_t)list->items;
    for (size_t i = 0; i < list->count; i++) {
        move_bytes(move, &items[i].value);
    }
}

static void move_record(const struct move *move, const struct schema *schema, uint8_t *record)
{
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct field *field = &schema->fields[i];
        void *member = record + field->offset;

        switch (field->type) {
        case FIELD_TYPE_BIN:
        case FIELD_TYPE_TEXT:
            move_bytes(move, member);
            break;
        case FIELD_TYPE_RECORD:
            move_record(move, field->nested, member);
            break;
        case FIELD_TYPE_LIST:
            move_list(move, member, field->nested);
            break;
        case FIELD_TYPE_UINT:
        case FIELD_TYPE_ENUM:
        case FIELD_TYPE_BOOL:
        case FIELD_TYPE_DAY:
        case FIELD_TYPE_FIXED:
            break;
        }
    }
    if (schema->extensible) {
        move_extensions(move, (struct list *)(void *)(record + schema->extensions_offset));
    }
}

/* Nothing is ever said about govern entries: no place among them has events. */
static void move_lists(const struct move *move, struct base_lists *lists)
{
    struct dossier *dossier = &lists->dossier;

    dossier->logs = (struct dossier_log *)(uintptr_t)moved(move, dossier->logs);
    dossier->packs = (struct dossier_pack *)(uintptr_t)moved(move, dossier->packs);
    dossier->successions = (struct dossier_succession *)(uintptr_t)moved(move, dossier->successions);
    lists->rows = (struct gathered_log *)(uintptr_t)moved(move, lists->rows);
    for (size_t i = 0; i < dossier->pack_count; i++) {
        move_record(move, &rule_pack_schema, (uint8_t *)&dossier->packs[i].pack);
    }
    for (size_t i = 0; i < dossier->succession_count; i++) {
        move_record(move, &succession_schema, (uint8_t *)&dossier->successions[i].succession);
    }
}

/* ---- to the cache and back ---- */

static struct base_lists lists_of(const struct gather *gather)
{
    return (struct base_lists){
        .dossier = *gather->out,
        .rows = gather->rows,
        .log_capacity = gather->log_capacity,
        .row_capacity = gather->row_capacity,
        .pack_capacity = gather->pack_capacity,
        .succession_capacity = gather->succession_capacity,
    };
}

static void take_lists(struct gather *gather, const struct base_lists *lists)
{
    const struct subject subject = gather->out->subject;

    *gather->out = lists->dossier;
    gather->out->subject = subject;
    gather->rows = lists->rows;
    gather->log_capacity = lists->log_capacity;
    gather->row_capacity = lists->row_capacity;
    gather->pack_capacity = lists->pack_capacity;
    gather->succession_capacity = lists->succession_capacity;
}

/* Heads, checkpoints and what a cut names go on under the same generation. */
static enum store_error refresh(struct gather *gather)
{
    struct dossier *out = gather->out;
    enum store_error error = gather_refresh_logs(gather);

    for (size_t i = 0; i < out->pack_count && error == STORE_OK; i++) {
        struct dossier_pack *row = &out->packs[i];

        row->place.below_s = 0;
        error = gather_below(gather, &row->place, row->pack.in_force_from);
    }
    for (size_t i = 0; i < out->succession_count && error == STORE_OK; i++) {
        struct dossier_succession *row = &out->successions[i];

        error =
            gather_cut(gather, row->place.log, row->succession.cut_seq, &row->succession.cut_head, &row->cut);
    }
    return error;
}

static enum store_error copy_base(struct gather *gather, const struct cached_base *base)
{
    struct base_lists lists = base->lists;
    struct move move = {.from = base->was, .size = base->size};
    struct bytes copy;

    /* Aligned, and not zeroed first: there is much of it. */
    if (!arena_take(gather->arena, 0) || !arena_copy(gather->arena, bytes_of(base->run, base->size), &copy)) {
        return STORE_NO_MEMORY;
    }
    move.to = (uint8_t *)(uintptr_t)copy.data;
    move_lists(&move, &lists);
    take_lists(gather, &lists);
    return refresh(gather);
}

/* Without memory for it there is none. */
static struct cached_base *make_base(const struct gather *gather, uint64_t generation, const uint8_t *run,
                                     size_t size)
{
    struct cached_base *base = malloc(sizeof *base + size);

    if (!base) {
        return NULL;
    }
    base->generation = generation;
    kept_owners_set(&base->owners, gather->trust);
    base->lists = lists_of(gather);
    base->was = run;
    base->size = size;
    memcpy(base->run, run, size);
    return base;
}

/* Gather it, and keep it for the next time. */
static enum store_error renew_base(struct gather *gather, uint64_t generation, struct base_cache *cache)
{
    struct arena *arena = gather->arena;
    const uint8_t *run = arena_take(arena, 0);
    enum store_error error = run ? gather_packs(gather) : STORE_NO_MEMORY;

    if (error != STORE_OK) {
        return error;
    }
    free(cache->base);
    cache->gathered++;
    cache->base = make_base(gather, generation, run, (size_t)(arena->memory + arena->used - run));
    return STORE_OK;
}

/* A write transaction that has raised the generation sees what nobody else does, and so does whoever asks
 * what was known by some time. */
enum store_error gather_base(struct gather *gather)
{
    struct base_cache *cache = &gather->txn->store->base_cache;
    uint64_t generation;
    bool kept;
    enum store_error error = generation_read(gather->txn, &generation, &kept);

    if (error != STORE_OK || !kept || gather->known_by_s != UINT64_MAX) {
        return error == STORE_OK ? gather_packs(gather) : error;
    }
    pthread_mutex_lock(&cache->lock);
    if (cache->base && cache->base->generation == generation &&
        kept_owners_are(&cache->base->owners, gather->trust)) {
        error = copy_base(gather, cache->base);
    } else {
        error = renew_base(gather, generation, cache);
    }
    pthread_mutex_unlock(&cache->lock);
    return error;
}
