#include "store/gather_base.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/rules/pack_history.h"
#include "store/generation.h"

/* What a gatherer has once the base is gathered. Pointers in here lead into the run of the arena that was
 * taken meanwhile. */
struct base_lists {
    struct dossier dossier;
    bool denies;
    struct gathered_log *rows;
    size_t log_capacity, row_capacity, pack_capacity, succession_capacity;
};

struct cached_base {
    uint64_t generation;
    struct kept_owners owners;
    struct base_lists lists;
    const uint8_t *was; /* where the run lay */
    size_t size;
    const uint8_t *run;
    bool noted; /* whether the next two are there */
    size_t pointer_count;
    uint32_t pointers[]; /* where in the run those lie that lead into it */
};

/* ---- the pointers of a run ---- */

static void move_pointer(const struct cached_base *base, uint8_t *copy, size_t offset)
{
    uintptr_t pointer;

    memcpy(&pointer, copy + offset, sizeof pointer);
    pointer += (uintptr_t)copy - (uintptr_t)base->was;
    memcpy(copy + offset, &pointer, sizeof pointer);
}

/* The first copy of a run, whose pointers lead where the run was until they are found. */
struct first_copy {
    struct cached_base *base;
    uint8_t *copy;
};

/* Note where a pointer lies that led into the run, and let it lead into the copy. Those of empty runs of
 * bytes may lead anywhere, and stay. */
static void note(const struct first_copy *first, const void *place)
{
    struct cached_base *base = first->base;
    const size_t offset = (size_t)((const uint8_t *)place - first->copy);
    uintptr_t pointer;

    memcpy(&pointer, place, sizeof pointer);
    if (pointer != 0 && pointer - (uintptr_t)base->was <= base->size) {
        base->pointers[base->pointer_count++] = (uint32_t)offset;
        move_pointer(base, first->copy, offset);
    }
}

static void note_bytes(const struct first_copy *first, const struct bytes *bytes)
{
    note(first, &bytes->data);
}

static void note_record(const struct first_copy *first, const struct schema *schema, const uint8_t *record);

/* The list, and what its elements point to: records of the schema, or texts where there is none. */
static void note_list(const struct first_copy *first, const struct list *list, const struct schema *schema)
{
    note(first, &list->items);
    for (size_t i = 0; i < list->count; i++) {
        if (schema) {
            note_record(first, schema, (const uint8_t *)list->items + i * schema->size);
        } else {
            note_bytes(first, (const struct bytes *)list->items + i);
        }
    }
}

static void note_extensions(const struct first_copy *first, const struct list *list)
{
    note(first, &list->items);
    for (size_t i = 0; i < list->count; i++) {
        note_bytes(first, &((const struct extension *)list->items)[i].value);
    }
}

static void note_record(const struct first_copy *first, const struct schema *schema, const uint8_t *record)
{
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct field *field = &schema->fields[i];
        const void *member = record + field->offset;

        switch (field->type) {
        case FIELD_TYPE_BIN:
        case FIELD_TYPE_TEXT:
            note_bytes(first, member);
            break;
        case FIELD_TYPE_RECORD:
            note_record(first, field->nested, member);
            break;
        case FIELD_TYPE_LIST:
            note_list(first, member, field->nested);
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
        note_extensions(first, (const struct list *)(const void *)(record + schema->extensions_offset));
    }
}

/* Nothing is ever said about govern entries: no place among them has events. */
static void note_lists(const struct first_copy *first, const struct dossier *dossier)
{
    for (size_t i = 0; i < dossier->pack_count; i++) {
        note_record(first, &rule_pack_schema, (const uint8_t *)&dossier->packs[i].pack);
    }
    for (size_t i = 0; i < dossier->succession_count; i++) {
        note_record(first, &succession_schema, (const uint8_t *)&dossier->successions[i].succession);
    }
}

/* ---- moving a run ---- */

/* Let what led into the run where it was lead to the same in its copy. They are looked for once somebody asks
 * for the second time: most processes ask once. */
static void move_pointers(struct cached_base *base, const struct dossier *dossier, uint8_t *copy)
{
    if (!base->noted) {
        base->noted = true;
        note_lists(&(struct first_copy){.base = base, .copy = copy}, dossier);
        return;
    }
    for (size_t i = 0; i < base->pointer_count; i++) {
        move_pointer(base, copy, base->pointers[i]);
    }
}

static void *moved(const struct cached_base *base, const void *pointer, uint8_t *copy)
{
    return pointer ? copy + ((uintptr_t)pointer - (uintptr_t)base->was) : NULL;
}

static void move_lists(const struct cached_base *base, struct base_lists *lists, uint8_t *copy)
{
    struct dossier *dossier = &lists->dossier;

    dossier->logs = moved(base, dossier->logs, copy);
    dossier->packs = moved(base, dossier->packs, copy);
    dossier->successions = moved(base, dossier->successions, copy);
    lists->rows = moved(base, lists->rows, copy);
}

/* ---- to the cache and back ---- */

static struct base_lists lists_of(const struct gather *gather)
{
    return (struct base_lists){
        .dossier = *gather->out,
        .denies = gather->denies,
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
    gather->denies = lists->denies;
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

        row->place.above_s = 0;
        row->place.below_s = 0;
        error = gather_below(gather, &row->place, row->pack.in_force_from, PACK_LATE_DAYS);
    }
    for (size_t i = 0; i < out->succession_count && error == STORE_OK; i++) {
        error = gather_succession_cut(gather, i);
    }
    return error;
}

static enum store_error copy_base(struct gather *gather, struct cached_base *base)
{
    struct base_lists lists = base->lists;
    struct bytes copied;
    uint8_t *copy;

    /* Aligned, and not zeroed first: there is much of it. */
    if (!arena_take(gather->arena, 0) ||
        !arena_copy(gather->arena, bytes_of(base->run, base->size), &copied)) {
        return STORE_NO_MEMORY;
    }
    copy = (uint8_t *)(uintptr_t)copied.data;
    move_lists(base, &lists, copy);
    move_pointers(base, &lists.dossier, copy);
    take_lists(gather, &lists);
    return refresh(gather);
}

/* Without memory for it there is none. */
static struct cached_base *make_base(const struct gather *gather, uint64_t generation, const uint8_t *run,
                                     size_t size)
{
    const size_t pointers_max = size / sizeof(void *);
    struct cached_base *base = malloc(sizeof *base + pointers_max * sizeof base->pointers[0] + size);
    uint8_t *copy;

    if (!base) {
        return NULL;
    }
    base->generation = generation;
    kept_owners_set(&base->owners, gather->trust);
    base->lists = lists_of(gather);
    base->was = run;
    base->size = size;
    base->noted = false;
    base->pointer_count = 0;
    copy = (uint8_t *)&base->pointers[pointers_max];
    memcpy(copy, run, size);
    base->run = copy;
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
