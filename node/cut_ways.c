#include "node/cut_ways.h"

#include <sodium.h>
#include <string.h>

void cut_ways_init(struct cut_ways *ways)
{
    memset(ways, 0, sizeof *ways);
    randombytes_buf(&ways->secret, sizeof ways->secret);
}

/* ---- logs without room ---- */

bool cut_ways_is_full(const struct cut_ways *ways, const struct actor_id *author)
{
    for (size_t i = 0; i < CUT_WAY_LOGS_MAX; i++) {
        if (actor_id_equal(&ways->full[i], author)) {
            return true;
        }
    }
    return false;
}

void cut_ways_note_full(struct cut_ways *ways, const struct actor_id *author)
{
    if (!cut_ways_is_full(ways, author)) {
        ways->full[ways->next_log] = *author;
        ways->next_log = (ways->next_log + 1) % CUT_WAY_LOGS_MAX;
    }
}

/* ---- blocks ---- */

/* The first of those among which the block has its place. */
static size_t bucket_of(const struct cut_ways *ways, const struct hash *block)
{
    uint64_t first = 0;

    memcpy(&first, block->bytes, sizeof first);
    first = (first ^ ways->secret) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(first >> 32) % (CUT_WAY_BLOCKS_MAX / CUT_WAY_BUCKET) * CUT_WAY_BUCKET;
}

static const struct way_block *find(const struct cut_ways *ways, const struct hash *block)
{
    const struct way_block *bucket = &ways->blocks[bucket_of(ways, block)];

    for (size_t i = 0; i < CUT_WAY_BUCKET; i++) {
        if (hash_equal(&bucket[i].hash, block)) {
            return &bucket[i];
        }
    }
    return NULL;
}

/* Its place, which another one gives up where none is free. */
static struct way_block *place_of(struct cut_ways *ways, const struct hash *block)
{
    struct way_block *bucket = &ways->blocks[bucket_of(ways, block)];
    struct way_block *place = &bucket[ways->next++ % CUT_WAY_BUCKET];

    for (size_t i = 0; i < CUT_WAY_BUCKET; i++) {
        if (hash_equal(&bucket[i].hash, block)) {
            return &bucket[i];
        }
        if (hash_is_zero(&bucket[i].hash)) {
            place = &bucket[i];
        }
    }
    *place = (struct way_block){.hash = *block};
    return place;
}

bool cut_ways_meet(struct cut_ways *ways, const struct hash *block, const struct hash *previous)
{
    struct way_block *place = place_of(ways, block);

    if (place->met) {
        return false;
    }
    place->met = true;
    place->previous = *previous;
    (void)place_of(ways, previous);
    return true;
}

bool cut_ways_has(const struct cut_ways *ways, const struct hash *block)
{
    return find(ways, block) != NULL;
}

bool cut_ways_previous(const struct cut_ways *ways, const struct hash *block, struct hash *previous)
{
    const struct way_block *found = find(ways, block);

    if (found == NULL || !found->met) {
        return false;
    }
    *previous = found->previous;
    return true;
}
