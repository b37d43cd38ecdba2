#include "protocol/sync/wants.h"

#include <assert.h>
#include <string.h>

void wants_init(struct wants *wants)
{
    memset(wants, 0, sizeof *wants);
    for (size_t i = 0; i < WANTS_KEPT_MAX; i++) {
        wants->next_free[i] = i + 1 < WANTS_KEPT_MAX ? (uint16_t)(i + 1) : (uint16_t)WANT_NO_SLOT;
    }
}

struct want_entry *wants_at(struct wants *wants, size_t i)
{
    assert(i < wants->count);
    return &wants->slots[wants->order[i]];
}

/* Place of author in the order, or where it belongs. */
static size_t place_of(const struct wants *wants, const struct actor_id *author)
{
    size_t low = 0, high = wants->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (hash_compare(&wants->slots[wants->order[middle]].author.hash, &author->hash) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct want_entry *wants_find(struct wants *wants, const struct actor_id *author)
{
    size_t place = place_of(wants, author);

    if (place == wants->count || !actor_id_equal(&wants_at(wants, place)->author, author)) {
        return NULL;
    }
    return wants_at(wants, place);
}

struct want_entry *wants_add(struct wants *wants, const struct actor_id *author)
{
    size_t place = place_of(wants, author);
    uint16_t slot = wants->first_free;
    struct want_entry *want = NULL;

    if (wants->count == WANTS_KEPT_MAX) {
        return NULL;
    }
    assert(slot != WANT_NO_SLOT);
    wants->first_free = wants->next_free[slot];
    memmove(wants->order + place + 1, wants->order + place, (wants->count - place) * sizeof *wants->order);
    wants->order[place] = slot;
    wants->count++;
    want = &wants->slots[slot];
    memset(want, 0, sizeof *want);
    want->author = *author;
    want->stall_ms = SYNC_STALL_MS_MIN;
    want->blocks = SYNC_BATCH_BLOCKS_MAX;
    want->turn = wants->next_turn++;
    return want;
}

/* ---- load ---- */

static size_t load_at(const struct wants *wants, uint32_t peer)
{
    size_t i = 0;

    while (i < wants->load_count && wants->loads[i].peer < peer) {
        i++;
    }
    return i;
}

static bool has_room(const struct wants *wants, uint32_t peer, uint32_t blocks)
{
    size_t i = load_at(wants, peer);
    const struct want_load *load = &wants->loads[i];

    if (i == wants->load_count || load->peer != peer) {
        return wants->load_count < SYNC_PEERS_MAX;
    }
    return load->wants < SYNC_WANTS_PER_PEER_MAX && load->blocks + blocks <= SYNC_BLOCKS_PER_PEER_MAX;
}

static void load_add(struct wants *wants, const struct want_entry *want)
{
    size_t i = load_at(wants, want->asked);
    struct want_load *load = &wants->loads[i];

    if (i == wants->load_count || load->peer != want->asked) {
        assert(wants->load_count < SYNC_PEERS_MAX);
        memmove(load + 1, load, (wants->load_count - i) * sizeof *load);
        wants->load_count++;
        *load = (struct want_load){.peer = want->asked};
    }
    load->wants++;
    load->blocks += want->blocks;
}

static void load_drop(struct wants *wants, const struct want_entry *want)
{
    size_t i = load_at(wants, want->asked);
    struct want_load *load = &wants->loads[i];

    assert(i < wants->load_count);
    assert(load->peer == want->asked);
    assert(load->blocks >= want->blocks);
    load->wants--;
    load->blocks -= want->blocks;
    if (load->wants > 0) {
        return;
    }
    memmove(load, load + 1, (wants->load_count - i - 1) * sizeof *load);
    wants->load_count--;
}

/* ---- in flight ---- */

static void land(struct wants *wants, struct want_entry *want)
{
    if (!want->in_flight) {
        return;
    }
    want->in_flight = false;
    load_drop(wants, want);
    wants->in_flight_count--;
    wants->freed = true;
}

void wants_remove(struct wants *wants, struct want_entry *want)
{
    uint16_t slot = (uint16_t)(want - wants->slots);
    size_t place = place_of(wants, &want->author);

    assert(wants->order[place] == slot);
    land(wants, want);
    memmove(wants->order + place, wants->order + place + 1,
            (wants->count - place - 1) * sizeof *wants->order);
    wants->count--;
    wants->next_free[slot] = wants->first_free;
    wants->first_free = slot;
}

void want_add_source(struct want_entry *want, uint32_t peer)
{
    for (size_t i = 0; i < want->source_count; i++) {
        if (want->sources[i] == peer) {
            return;
        }
    }
    if (want->source_count < WANT_SOURCES_MAX) {
        want->sources[want->source_count++] = peer;
    }
}

static bool take_source(struct want_entry *want, uint32_t peer)
{
    for (size_t i = 0; i < want->source_count; i++) {
        if (want->sources[i] != peer) {
            continue;
        }
        memmove(want->sources + i, want->sources + i + 1,
                (want->source_count - i - 1) * sizeof *want->sources);
        want->source_count--;
        return true;
    }
    return false;
}

void wants_drop_source(struct wants *wants, struct want_entry *want, uint32_t peer)
{
    if (want->in_flight && want->asked == peer) {
        land(wants, want);
    }
    (void)take_source(want, peer);
}

void wants_stop(struct wants *wants, struct want_entry *want)
{
    uint32_t peer = want->asked;

    land(wants, want);
    /* What one peer sent need not lie on another's chain. */
    memset(&want->reached, 0, sizeof want->reached);
    if (take_source(want, peer)) {
        want_add_source(want, peer);
    }
}

void wants_yield(struct wants *wants, struct want_entry *want)
{
    land(wants, want);
    want->turn = wants->next_turn++;
}

static bool may_start(const struct wants *wants, const struct want_entry *want)
{
    bool room = false;

    if (want->in_flight || wants->in_flight_count == SYNC_WANTS_MAX) {
        return false;
    }
    for (size_t i = 0; i < want->source_count; i++) {
        room |= has_room(wants, want->sources[i], want->blocks);
    }
    return room;
}

bool wants_start(struct wants *wants, struct want_entry *want)
{
    if (want->in_flight || wants->in_flight_count == SYNC_WANTS_MAX) {
        return false;
    }
    for (size_t i = 0; i < want->source_count; i++) {
        if (!has_room(wants, want->sources[i], want->blocks)) {
            continue;
        }
        want->in_flight = true;
        want->asked = want->sources[i];
        load_add(wants, want);
        wants->in_flight_count++;
        return true;
    }
    return false;
}

struct want_entry *wants_start_next(struct wants *wants)
{
    struct want_entry *next = NULL;

    if (!wants->freed) {
        return NULL;
    }
    for (size_t i = 0; i < wants->count; i++) {
        struct want_entry *want = wants_at(wants, i);

        if ((next == NULL || want->turn < next->turn) && may_start(wants, want)) {
            next = want;
        }
    }
    if (next != NULL && wants_start(wants, next)) {
        return next;
    }
    wants->freed = false;
    return NULL;
}

uint64_t wants_deadline_ms(const struct wants *wants)
{
    uint64_t deadline_ms = UINT64_MAX;

    for (size_t i = 0; i < wants->count; i++) {
        const struct want_entry *want = &wants->slots[wants->order[i]];

        if (want->in_flight && want->deadline_ms < deadline_ms) {
            deadline_ms = want->deadline_ms;
        }
    }
    return deadline_ms;
}
