#include "node/waiting_checkpoints.h"

#include <string.h>

#include "protocol/base/limits.h"

static bool is_ahead_of(uint64_t time_s, uint64_t by_s)
{
    return time_s > by_s && time_s - by_s > CHECKPOINT_AHEAD_S;
}

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
        if (waiting->items[i].trusted && !waiting->items[i].disowned) {
            add_reached(reached, &waiting->items[i].dated);
        }
    }
    uint64_t both_s = reached[0].time_s < reached[1].time_s ? reached[0].time_s : reached[1].time_s;
    return both_s > now_s ? both_s : now_s;
}

static bool is_disowned(const struct waiting_checkpoints *waiting, const struct actor_id *author)
{
    for (size_t i = 0; i < waiting->count; i++) {
        if (actor_id_equal(&waiting->items[i].dated.author, author)) {
            return waiting->items[i].disowned;
        }
    }
    return false;
}

bool waiting_is_ahead(const struct waiting_checkpoints *waiting, const struct dated_author *dated,
                      uint64_t now_s)
{
    if (!is_ahead_of(dated->time_s, now_s)) {
        return false;
    }
    return is_disowned(waiting, &dated->author) ||
           is_ahead_of(dated->time_s, waiting_evidence_time_s(waiting, now_s));
}

bool waiting_clock_may_be_behind(const struct waiting_checkpoints *waiting, uint64_t now_s)
{
    for (size_t i = 0; i < waiting->count; i++) {
        const struct waiting_checkpoint *item = &waiting->items[i];
        if (item->trusted && is_ahead_of(item->dated.time_s, now_s)) {
            return true;
        }
    }
    return is_ahead_of(waiting->reached[0].time_s, now_s) || is_ahead_of(waiting->reached[1].time_s, now_s);
}

/* Where one of author waits, else a free place, else that of the one furthest ahead. */
static struct waiting_checkpoint *place_for(struct waiting_checkpoints *waiting,
                                            const struct actor_id *author)
{
    struct waiting_checkpoint *furthest = &waiting->items[0];
    for (size_t i = 0; i < waiting->count; i++) {
        struct waiting_checkpoint *item = &waiting->items[i];
        if (actor_id_equal(&item->dated.author, author)) {
            return item;
        }
        furthest = item->dated.time_s > furthest->dated.time_s ? item : furthest;
    }
    if (waiting->count < WAITING_CHECKPOINTS_MAX) {
        furthest = &waiting->items[waiting->count++];
        *furthest = (struct waiting_checkpoint){.dated = {.time_s = UINT64_MAX}};
    }
    return furthest;
}

/* What an author disowned once is not the word of its next one. */
static void fill_place(struct waiting_checkpoint *place, const struct dated_author *dated, bool trusted,
                       struct bytes encoded)
{
    const bool disowned = place->disowned && actor_id_equal(&place->dated.author, &dated->author);

    *place = (struct waiting_checkpoint){
        .dated = *dated, .trusted = trusted, .disowned = disowned, .size = (uint16_t)encoded.size};
    memcpy(place->bytes, encoded.data, encoded.size);
}

void waiting_put(struct waiting_checkpoints *waiting, const struct dated_author *dated, bool trusted,
                 struct bytes encoded)
{
    if (encoded.size > WAITING_SIZE_MAX) {
        return;
    }
    struct waiting_checkpoint *place = place_for(waiting, &dated->author);
    if (dated->time_s < place->dated.time_s) {
        fill_place(place, dated, trusted, encoded);
    }
}

void waiting_disown(struct waiting_checkpoints *waiting, const struct dated_author *dated,
                    struct bytes encoded)
{
    if (encoded.size > WAITING_SIZE_MAX) {
        return;
    }
    struct waiting_checkpoint *place = place_for(waiting, &dated->author);
    if (dated->time_s < place->dated.time_s || !actor_id_equal(&place->dated.author, &dated->author)) {
        fill_place(place, dated, false, encoded);
    }
    place->disowned = true;
}

void waiting_reach(struct waiting_checkpoints *waiting, const struct dated_author *dated)
{
    add_reached(waiting->reached, dated);
}

bool waiting_take_due(struct waiting_checkpoints *waiting, uint64_t now_s, uint8_t *memory,
                      struct bytes *encoded)
{
    const uint64_t evidence_s = waiting->count > 0 ? waiting_evidence_time_s(waiting, now_s) : 0;
    for (size_t i = 0; i < waiting->count; i++) {
        struct waiting_checkpoint *item = &waiting->items[i];
        if (is_ahead_of(item->dated.time_s, item->disowned ? now_s : evidence_s)) {
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
