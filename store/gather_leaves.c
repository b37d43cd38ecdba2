#include <stdlib.h>
#include <string.h>

#include "protocol/base/sort.h"
#include "store/gather.h"

/* Who left. Anybody can write that an affiliation has ended, and only its two sides count: each is looked up
 * by itself, so that nobody else's word is even read. */

/* What one side says, the newest last. */
enum { LEAVES_EACH_MAX = 4 };

struct side {
    size_t count;
    struct entry_at newest[LEAVES_EACH_MAX];
};

/* An affiliation that somebody left. */
struct leaving {
    const struct dossier_affiliation *affiliation;
    struct side sides[2]; /* the shop, the technician */
};

struct leavings {
    size_t count;
    struct leaving *items; /* in memory of its own: a shop's are many, and go when the leaves are read */
};

static const struct hash *id_of(const struct leaving *leaving)
{
    return &leaving->affiliation->affiliation.id;
}

static int order_ids(const void *a, const void *b)
{
    return hash_compare(id_of(a), id_of(b));
}

/* A repeated `joined` is the same affiliation. */
static void keep_each_once(struct leavings *leavings)
{
    size_t kept = 0;

    sort_items(leavings->items, leavings->count, sizeof *leavings->items, order_ids);
    for (size_t i = 0; i < leavings->count; i++) {
        if (kept == 0 || order_ids(&leavings->items[kept - 1], &leavings->items[i]) != 0) {
            leavings->items[kept++] = leavings->items[i];
        }
    }
    leavings->count = kept;
}

/* Of most affiliations nobody said so. */
static enum store_error find_leavings(struct gather *gather, struct leavings *leavings)
{
    const struct dossier *dossier = gather->out;

    for (size_t i = 0; i < dossier->affiliation_count; i++) {
        const struct dossier_affiliation *row = &dossier->affiliations[i];
        const struct key key = grant_key_of_affiliation(GRANT_LEFT, &row->affiliation.id);
        struct entry_at any;
        enum store_error error = grant_next(gather->txn, &key, NULL, &any);

        if (error == STORE_OK) {
            leavings->items[leavings->count++] = (struct leaving){.affiliation = row};
        } else if (error != STORE_NOT_FOUND) {
            return error;
        }
    }
    keep_each_once(leavings);
    return STORE_OK;
}

/* ---- what each side says ---- */

/* The newest that had arrived. */
static void choose_newest(const struct dossier_log *log, const struct entry_at *said, size_t count,
                          struct side *side)
{
    size_t first;

    while (count > 0 && !dossier_log_reaches(log, said[count - 1].seq)) {
        count--;
    }
    first = count > LEAVES_EACH_MAX ? count - LEAVES_EACH_MAX : 0;
    side->count = count - first;
    memcpy(side->newest, said + first, side->count * sizeof *said);
}

static enum store_error find_side(struct gather *gather, const struct hash *id, uint32_t author,
                                  struct side *side)
{
    struct key key = grant_key_of_affiliation(GRANT_LEFT, id);
    struct entry_at said[GRANTS_EACH_MAX];
    struct entry_at *found;
    size_t count, log;
    enum grants_cut cut; /* the newest are what counts */
    size_t mark = arena_mark(gather->arena);
    enum store_error error;

    if (author == NUMBER_NONE) {
        return STORE_OK;
    }
    grant_key_add_author(&key, author);
    error = grants_find(gather->txn, &key, GRANTS_EACH_MAX, &found, &count, &cut, gather->arena);
    if (error != STORE_OK || count == 0) {
        return error;
    }
    memcpy(said, found, count * sizeof *said);
    arena_rewind(gather->arena, mark);
    error = gather_log_of_number(gather, author, &log);
    if (error == STORE_OK) {
        choose_newest(&gather->out->logs[log], said, count, side);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error find_sides(struct gather *gather, struct leaving *leaving)
{
    uint32_t shop = gather->rows[leaving->affiliation->place.log].number;
    uint32_t technician;
    enum store_error error =
        gather_number(gather, &leaving->affiliation->affiliation.consent.technician, &technician);

    if (error == STORE_OK) {
        error = find_side(gather, id_of(leaving), shop, &leaving->sides[0]);
    }
    if (error == STORE_OK && technician != shop) {
        error = find_side(gather, id_of(leaving), technician, &leaving->sides[1]);
    }
    return error;
}

/* ---- the leaves ---- */

static size_t count_leaves(const struct leavings *leavings)
{
    size_t count = 0;

    for (size_t i = 0; i < leavings->count; i++) {
        count += leavings->items[i].sides[0].count + leavings->items[i].sides[1].count;
    }
    return count < DOSSIER_LEAVES_MAX ? count : DOSSIER_LEAVES_MAX;
}

/* The bytes of a `left` need not stay: it holds no pointers that mean anything. */
static enum store_error read_leave(struct gather *gather, const struct entry_at *at)
{
    struct dossier_leave *row = &gather->out->leaves[gather->out->leave_count];
    size_t mark = arena_mark(gather->arena);
    struct affiliation affiliation;
    enum store_error error = gather_affiliation(gather, at, &row->place, &affiliation);

    if (error != STORE_OK || row->place.erased) {
        arena_rewind(gather->arena, mark);
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    row->id = affiliation.id;
    row->day = affiliation.day;
    gather->out->leave_count++;
    return STORE_OK;
}

/* Each side's newest first, so that one that says much of an affiliation crowds out no other. */
static enum store_error read_leaves(struct gather *gather, const struct leavings *leavings)
{
    struct dossier *out = gather->out;
    size_t max = count_leaves(leavings);

    out->leaves = arena_take(gather->arena, max * sizeof *out->leaves);
    if (!out->leaves) {
        return STORE_NO_MEMORY;
    }
    for (size_t depth = 0; depth < LEAVES_EACH_MAX; depth++) {
        for (size_t i = 0; i < 2 * leavings->count; i++) {
            const struct side *side = &leavings->items[i / 2].sides[i % 2];
            enum store_error error;

            if (depth >= side->count || out->leave_count == max) {
                continue;
            }
            error = read_leave(gather, &side->newest[side->count - 1 - depth]);
            if (error != STORE_OK) {
                return error;
            }
        }
    }
    return STORE_OK;
}

static enum store_error gather_into(struct gather *gather, struct leavings *leavings)
{
    enum store_error error = find_leavings(gather, leavings);

    if (error != STORE_OK || leavings->count == 0) {
        return error;
    }
    error = gather_reserve_logs(gather, leavings->count);
    for (size_t i = 0; i < leavings->count && error == STORE_OK; i++) {
        error = find_sides(gather, &leavings->items[i]);
    }
    return error == STORE_OK ? read_leaves(gather, leavings) : error;
}

/* ---- side blocks ---- */

static enum store_error add_side_leave(struct gather *gather, const struct side_at *at)
{
    struct dossier *out = gather->out;
    struct dossier_leave *leaves = gather_grow(gather->arena, out->leaves, out->leave_count,
                                               &gather->leave_capacity, sizeof *out->leaves);
    struct affiliation affiliation;
    enum store_error error;

    if (!leaves) {
        return STORE_NO_MEMORY;
    }
    out->leaves = leaves;
    error = gather_side_entry(gather, at, ENTRY_AFFILIATION, &leaves[out->leave_count].place, &affiliation);
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    leaves[out->leave_count].id = affiliation.id;
    leaves[out->leave_count].day = affiliation.day;
    out->leave_count++;
    return STORE_OK;
}

/* Of what either side says of an affiliation on its side branches. */
static enum store_error gather_side_leave(struct gather *gather, const struct hash *id, uint32_t author)
{
    const struct key key = grant_key_of_affiliation(GRANT_LEFT, id);
    struct side_at *rows;
    size_t count, log;
    bool any = false, cut;
    enum store_error error = author == NUMBER_NONE ? STORE_OK : side_any(gather->txn, author, &any);

    if (error == STORE_OK && any) {
        error = gather_log_of_number(gather, author, &log);
    }
    if (error != STORE_OK || !any) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    error = gather_side_rows(gather, log, &key, SIDE_OPEN | SIDE_SPEAKING | SIDE_KEPT, GRANTS_EACH_MAX, &rows,
                             &count, &cut);
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        if (gather->out->leave_count < DOSSIER_LEAVES_MAX) {
            error = add_side_leave(gather, &rows[i]);
        } else {
            cut = true;
        }
    }
    gather->out->cuts.affiliations |= cut;
    return error;
}

static enum store_error gather_side_leaves(struct gather *gather)
{
    struct key kind = {0};
    bool any;
    enum store_error error;

    key_add_number(&kind, GRANT_LEFT, 1);
    error = side_has(gather->txn, &kind, &any);
    if (error != STORE_OK || !any) {
        return error;
    }
    gather->leave_capacity = gather->out->leave_count;
    for (size_t i = 0; i < gather->out->affiliation_count && error == STORE_OK; i++) {
        const struct dossier_affiliation *row = &gather->out->affiliations[i];
        const struct hash id = row->affiliation.id;
        uint32_t shop = gather->rows[row->place.log].number;
        uint32_t technician;

        error = gather_number(gather, &row->affiliation.consent.technician, &technician);
        if (error == STORE_OK) {
            error = gather_side_leave(gather, &id, shop);
        }
        if (error == STORE_OK && technician != shop) {
            error = gather_side_leave(gather, &id, technician);
        }
    }
    return error;
}

enum store_error gather_leaves(struct gather *gather)
{
    struct leavings leavings = {0};
    enum store_error error;

    if (gather->out->affiliation_count == 0) {
        return STORE_OK;
    }
    leavings.items = malloc(gather->out->affiliation_count * sizeof *leavings.items);
    if (!leavings.items) {
        return STORE_NO_MEMORY;
    }
    error = gather_into(gather, &leavings);
    free(leavings.items);
    return error == STORE_OK ? gather_side_leaves(gather) : error;
}
