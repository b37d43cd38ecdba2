#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

/* Virtual time, and the links between nodes: each direction has a latency, a rate, a queue and its own chance
 * to lose what goes over it. A function of its seed: nothing here asks a clock or an address of memory, and
 * each link draws for itself, so that what one carries changes no other's luck. */

#include "protocol/wire/frame.h"
#include "protocol/wire/records.h"

enum { WORLD_NODES_MAX = 64, WORLD_US_A_MS = 1000 };

/* What travels. head: a block's, or of a want its author. heads: of FRAME_HEADS what is announced, of
 * FRAME_WANT the locator's points. */
struct sim_frame {
    uint8_t kind; /* enum frame_kind, or what no node knows */
    uint32_t from, to;
    size_t size;
    struct head head;
    size_t head_count;
    struct head *heads; /* borrowed by world_send, the receiver's until the next call */
};

enum { FRAME_OF_NOBODY = 250 };

/* One direction of a connection. */
struct link {
    bool up, lossy, unread; /* unread: who stands at its end never takes anything off it */
    uint32_t times;         /* that it came up: what was on its way before is lost */
    uint64_t latency_us, bytes_per_s, random;
    uint64_t free_us, arrives_us; /* frames keep their order */
    uint64_t unread_bytes;
};

struct world {
    uint64_t now_us, digest, frames, order;
    struct link links[WORLD_NODES_MAX][WORLD_NODES_MAX];
    size_t count, capacity;
    struct arrival *heap; /* by (time, order): where in waiting */
    struct waiting_frame *waiting;
    size_t free;            /* the first place in waiting that is, + 1; 0: none */
    struct sim_frame taken; /* what world_take gave out last */
};

/* splitmix64: the next of a sequence, and one value mixed. */
uint64_t world_draw(uint64_t *random, uint64_t below);
uint64_t world_mix(uint64_t value);

void world_init(struct world *world);
void world_deinit(struct world *world);
uint64_t world_now_ms(const struct world *world);
/* What happens goes into the digest: same seed, same digest. */
void world_note(struct world *world, uint64_t value);

/* Both directions. What they are like stays the same when the connection is made again. */
void world_set_link(struct world *world, uint32_t a, uint32_t b, uint64_t seed, uint64_t latency_us,
                    uint64_t bytes_per_s, bool lossy);
void world_connect(struct world *world, uint32_t a, uint32_t b);
void world_disconnect(struct world *world, uint32_t a, uint32_t b);

/* Returns: false when the queue has no room (NET_OUTBOX_SIZE_MAX): nothing was sent, and a node drops the
 * connection then. */
bool world_send(struct world *world, const struct sim_frame *frame);
/* When the next frame arrives, UINT64_MAX: none is on its way. */
uint64_t world_next_us(const struct world *world);
/* The next frame, which time comes to. Returns: NULL when it was lost. */
const struct sim_frame *world_take(struct world *world);

#endif
