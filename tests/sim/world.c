#include "tests/sim/world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "node/net_outbox.h"

/* What lies with the library and in the kernel on both sides. */
enum { LOST_PERMILLE = 15, SOCKETS_SIZE = 8 * 1024 * 1024 };

struct waiting_frame {
    uint32_t times; /* of the link, when it was sent */
    size_t next_free;
    struct sim_frame frame;
};

struct arrival {
    uint64_t at_us, order;
    size_t place;
};

uint64_t world_mix(uint64_t value)
{
    value += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

uint64_t world_draw(uint64_t *random, uint64_t below)
{
    const uint64_t drawn = world_mix(*random);

    *random += UINT64_C(0x9e3779b97f4a7c15);
    return drawn % below;
}

void world_init(struct world *world)
{
    memset(world, 0, sizeof *world);
}

void world_deinit(struct world *world)
{
    for (size_t i = 0; i < world->count; i++) {
        free(world->waiting[world->heap[i].place].frame.heads);
    }
    free(world->heap);
    free(world->waiting);
    free(world->taken.heads);
}

uint64_t world_now_ms(const struct world *world)
{
    return world->now_us / WORLD_US_A_MS;
}

void world_note(struct world *world, uint64_t value)
{
    world->digest = world_mix(world->digest ^ value);
}

/* ---- the frames under way: a heap ---- */

static bool is_before(const struct arrival *a, const struct arrival *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

static void grow(struct world *world)
{
    const size_t capacity = 2 * world->capacity + 64;

    world->heap = realloc(world->heap, capacity * sizeof *world->heap);
    world->waiting = realloc(world->waiting, capacity * sizeof *world->waiting);
    assert(world->heap != NULL && world->waiting != NULL);
    for (; world->capacity < capacity; world->capacity++) {
        world->waiting[world->capacity].next_free = world->free;
        world->free = world->capacity + 1;
    }
}

static void heap_push(struct world *world, uint64_t at_us, const struct waiting_frame *waiting)
{
    if (world->free == 0) {
        grow(world);
    }
    const struct arrival arrival = {.at_us = at_us, .order = world->order++, .place = world->free - 1};
    size_t at = world->count++;

    world->free = world->waiting[arrival.place].next_free;
    world->waiting[arrival.place] = *waiting;
    for (; at > 0 && is_before(&arrival, &world->heap[(at - 1) / 2]); at = (at - 1) / 2) {
        world->heap[at] = world->heap[(at - 1) / 2];
    }
    world->heap[at] = arrival;
}

static struct arrival heap_pop(struct world *world)
{
    const struct arrival top = world->heap[0], last = world->heap[--world->count];
    size_t at = 0;

    for (size_t child = 1; child < world->count; child = 2 * at + 1) {
        child += child + 1 < world->count && is_before(&world->heap[child + 1], &world->heap[child]);
        if (!is_before(&world->heap[child], &last)) {
            break;
        }
        world->heap[at] = world->heap[child];
        at = child;
    }
    world->heap[at] = last;
    return top;
}

/* ---- links ---- */

void world_set_link(struct world *world, uint32_t a, uint32_t b, uint64_t seed, uint64_t latency_us,
                    uint64_t bytes_per_s, bool lossy)
{
    world->links[a][b] = (struct link){
        .latency_us = latency_us, .bytes_per_s = bytes_per_s, .lossy = lossy, .random = world_mix(seed)};
    world->links[b][a] = world->links[a][b];
    world->links[b][a].random = world_mix(seed + 1);
}

static void set_up(struct link *link, bool up)
{
    link->up = up;
    link->times += up;
    link->unread_bytes = 0;
    link->free_us = link->arrives_us = 0;
}

void world_connect(struct world *world, uint32_t a, uint32_t b)
{
    set_up(&world->links[a][b], true);
    set_up(&world->links[b][a], true);
}

void world_disconnect(struct world *world, uint32_t a, uint32_t b)
{
    set_up(&world->links[a][b], false);
    set_up(&world->links[b][a], false);
}

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* When a frame that is sent now arrives: behind what is sent already, at the link's rate. */
static uint64_t arrival_us(struct link *link, size_t size, uint64_t now_us)
{
    link->free_us = later(link->free_us, now_us) + (uint64_t)size * 1000000 / link->bytes_per_s;
    link->arrives_us = later(link->arrives_us, link->free_us + link->latency_us +
                                                   world_draw(&link->random, link->latency_us / 8 + 1));
    return link->arrives_us;
}

static struct head *copy_heads(const struct head *heads, size_t count)
{
    struct head *copy = count == 0 ? NULL : malloc(count * sizeof *copy);

    if (count > 0) {
        assert(copy != NULL);
        memcpy(copy, heads, count * sizeof *copy);
    }
    return copy;
}

/* What has not left yet. */
static uint64_t queued(const struct link *link, uint64_t now_us)
{
    const uint64_t wait_us = link->free_us > now_us ? link->free_us - now_us : 0;

    return link->unread ? link->unread_bytes : wait_us * link->bytes_per_s / 1000000;
}

bool world_send(struct world *world, const struct sim_frame *frame)
{
    struct link *link = &world->links[frame->from][frame->to];
    struct waiting_frame waiting = {.times = link->times, .frame = *frame};

    if (!link->up) {
        return true;
    }
    if (queued(link, world->now_us) + frame->size > NET_OUTBOX_SIZE_MAX + SOCKETS_SIZE) {
        return false;
    }
    if (link->unread) {
        link->unread_bytes += frame->size;
        return true;
    }
    waiting.frame.heads = copy_heads(frame->heads, frame->head_count);
    heap_push(world, arrival_us(link, frame->size, world->now_us), &waiting);
    return true;
}

uint64_t world_next_us(const struct world *world)
{
    return world->count == 0 ? UINT64_MAX : world->heap[0].at_us;
}

static bool is_lost(struct link *link)
{
    return link->lossy && world_draw(&link->random, 1000) < LOST_PERMILLE;
}

const struct sim_frame *world_take(struct world *world)
{
    const struct arrival arrival = heap_pop(world);
    struct waiting_frame *waiting = &world->waiting[arrival.place];
    const uint32_t times = waiting->times;

    free(world->taken.heads);
    world->taken = waiting->frame;
    world->now_us = arrival.at_us;
    waiting->next_free = world->free;
    world->free = arrival.place + 1;

    struct link *link = &world->links[world->taken.from][world->taken.to];

    if (!link->up || link->times != times || is_lost(link)) {
        return NULL;
    }
    world->frames++;
    world_note(world, arrival.at_us << 8 | world->taken.kind);
    world_note(world, (uint64_t)world->taken.from << 32 | world->taken.to);
    return &world->taken;
}
