#include "node/waiting_checkpoints.h"

#include <string.h>

#include "protocol/base/limits.h"

/* Keep the two newest, of two authors. */
static void add_reached(struct dated_author reached[2], const struct dated_author *dated)
{
    for (size_t i = 0; i < 2; i++) {
        if (actor_id_equal(&reached[i].author, &dated->author)) {
            reached[i].time_s = dated->time_s > reached[i].time_s ? dated->time_s : reached[i].time_s;
            return;
        }
    }
    size_t older = reached[0].time_s <= reached[1].time_s ? 0 : 1;
    if (dated->time_s > reached[older].time_s) {
        reached[older] = *dated;
    }
}

uint64_t waiting_evidence_time_s(const struct waiting_checkpoints *waiting, uint64_t now_s)
{
    struct dated_author reached[2] = {waiting->reached[0], waiting->reached[1]};
    for (size_t i = 0; i < waiting->count; i++) {
        if (waiting->items[i].trusted) {
            add_reached(reached, &waiting->items[i].dated);
        }
    }
    uint64_t both_s = reached[0].time_s < reached[1].time_s ? reached[0].time_s : reached[1].time_s;
    return both_s > now_s ? both_s : now_s;
}

bool waiting_is_ahead(const struct waiting_checkpoints *waiting, uint64_t time_s, uint64_t now_s)
{
    uint64_t evidence_s = waiting_evidence_time_s(waiting, now_s);
    return time_s > evidence_s && time_s - evidence_s > CHECKPOINT_AHEAD_S;
}

/* Where one of author waits, else a free place, else that of the one furthest ahead if dated is nearer. */
static struct waiting_checkpoint *place_for(struct waiting_checkpoints *waiting,
                                            const struct dated_author *dated)
{
    struct waiting_checkpoint *furthest = &waiting->items[0];
    for (size_t i = 0; i < waiting->count; i++) {
        struct waiting_checkpoint *item = &waiting->items[i];
        if (actor_id_equal(&item->dated.author, &dated->author)) {
            return dated->time_s < item->dated.time_s ? item : NULL;
        }
        furthest = item->dated.time_s > furthest->dated.time_s ? item : furthest;
    }
    if (waiting->count < WAITING_CHECKPOINTS_MAX) {
        return &waiting->items[waiting->count++];
    }
    return dated->time_s < furthest->dated.time_s ? furthest : NULL;
}

void waiting_put(struct waiting_checkpoints *waiting, const struct dated_author *dated, bool trusted,
                 struct bytes encoded)
{
    if (encoded.size > WAITING_SIZE_MAX) {
        return;
    }
    struct waiting_checkpoint *place = place_for(waiting, dated);
    if (place == NULL) {
        return;
    }
    *place = (struct waiting_checkpoint){.dated = *dated, .trusted = trusted, .size = (uint16_t)encoded.size};
    memcpy(place->bytes, encoded.data, encoded.size);
}

void waiting_reach(struct waiting_checkpoints *waiting, const struct dated_author *dated)
{
    add_reached(waiting->reached, dated);
}

bool waiting_take_due(struct waiting_checkpoints *waiting, uint64_t now_s, uint8_t *memory,
                      struct bytes *encoded)
{
    uint64_t evidence_s = waiting->count > 0 ? waiting_evidence_time_s(waiting, now_s) : 0;
    for (size_t i = 0; i < waiting->count; i++) {
        struct waiting_checkpoint *item = &waiting->items[i];
        if (item->dated.time_s > evidence_s && item->dated.time_s - evidence_s > CHECKPOINT_AHEAD_S) {
            continue;
        }
        /* Its signature was checked when it was put: what it reaches stays reached while it is looked at
         * again. */
        if (item->trusted) {
            add_reached(waiting->reached, &item->dated);
        }
        memcpy(memory, item->bytes, item->size);
        *encoded = bytes_of(memory, item->size);
        *item = waiting->items[--waiting->count];
        return true;
    }
    return false;
}
