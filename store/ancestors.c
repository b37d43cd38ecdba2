#include "store/side.h"

/* What a block stands on, for whoever sends it to others. */

struct ancestry {
    struct store_txn *txn;
    uint32_t number;
    const struct locator_point *held;
    size_t held_count;
    size_t max;
    struct locator_point *ring; /* of the blocks beside the chain the lowest max, from the block downward */
    size_t side_count;          /* that were ever written to it */
    bool to_chain;              /* from there on down the chain, from… */
    uint64_t base_seq;          /* …this block of it */
};

static bool is_shown(const struct ancestry *ancestry, const struct locator_point *block)
{
    for (size_t i = 0; i < ancestry->held_count; i++) {
        if (ancestry->held[i].seq == block->seq && hash_equal(&ancestry->held[i].hash, &block->hash)) {
            return true;
        }
    }
    return false;
}

/* STORE_NOT_FOUND: it is not held, or stands too deep. */
static enum store_error descend(struct ancestry *ancestry, struct locator_point at, size_t *steps,
                                struct arena *arena)
{
    for (; !is_shown(ancestry, &at); at.seq--) {
        const struct locator_point block = at;
        uint64_t epoch = 0;
        enum store_error error =
            side_is_on_chain(ancestry->txn, ancestry->number, at.seq, &at.hash, &ancestry->to_chain);

        if (error != STORE_OK || ancestry->to_chain) {
            ancestry->base_seq = at.seq;
            return error;
        }
        if (at.seq == 0 || *steps == 0) {
            return STORE_NOT_FOUND;
        }
        --*steps;
        error = side_previous(ancestry->txn, &ancestry->txn->store->network, ancestry->number, at.seq,
                              &block.hash, &at.hash, &epoch, arena);
        if (error != STORE_OK) {
            return error;
        }
        ancestry->ring[ancestry->side_count++ % ancestry->max] = block;
    }
    return STORE_OK;
}

/* The lowest block of the chain that is not shown to be held. */
static enum store_error first_of_chain(const struct ancestry *ancestry, uint64_t *first)
{
    enum store_error error = STORE_OK;

    *first = 0;
    for (size_t i = 0; i < ancestry->held_count && error == STORE_OK; i++) {
        const struct locator_point *point = &ancestry->held[i];
        bool on_chain = false;

        error = side_is_on_chain(ancestry->txn, ancestry->number, point->seq, &point->hash, &on_chain);
        if (on_chain && point->seq >= *first) {
            *first = point->seq + 1;
        }
    }
    return error;
}

static enum store_error add_chain(const struct ancestry *ancestry, struct locator_point *out, size_t *count)
{
    uint64_t seq = 0;
    enum store_error error = first_of_chain(ancestry, &seq);

    for (; error == STORE_OK && seq <= ancestry->base_seq && *count < ancestry->max; seq++) {
        struct disk_record record;

        error = record_read(ancestry->txn, ancestry->number, seq, &record);
        if (error == STORE_OK) {
            out[(*count)++] = (struct locator_point){.seq = seq, .hash = record.hash};
        }
    }
    return error;
}

static void add_sides(const struct ancestry *ancestry, struct locator_point *out, size_t *count)
{
    for (size_t i = 0; i < ancestry->side_count && i < ancestry->max && *count < ancestry->max; i++) {
        out[(*count)++] = ancestry->ring[(ancestry->side_count - 1 - i) % ancestry->max];
    }
}

enum store_error store_ancestors(struct store_txn *txn, const struct actor_id *author,
                                 const struct locator_point *block, const struct locator_point *held,
                                 size_t held_count, size_t *steps, struct locator_point *out, size_t max,
                                 size_t *count, struct arena *arena)
{
    const size_t mark = arena_mark(arena);
    struct ancestry ancestry = {.txn = txn, .held = held, .held_count = held_count, .max = max};
    enum store_error error = store_author_number(txn, author, &ancestry.number);

    *count = 0;
    ancestry.ring = arena_take(arena, max * sizeof *ancestry.ring);
    if (!ancestry.ring) {
        return STORE_NO_MEMORY;
    }
    if (error == STORE_OK) {
        error = descend(&ancestry, *block, steps, arena);
    }
    if (error == STORE_OK && ancestry.to_chain) {
        error = add_chain(&ancestry, out, count);
    }
    if (error == STORE_OK) {
        add_sides(&ancestry, out, count);
    }
    arena_rewind(arena, mark);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}
