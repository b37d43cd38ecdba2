#ifndef TESTS_SIM_HOSTILE_H
#define TESTS_SIM_HOSTILE_H

/* A node that attacks those that it is connected to, in one way. It knows every block that was published. */

#include "tests/sim/authors.h"
#include "tests/sim/world.h"

enum hostile_kind {
    HOSTILE_MADE_UP_HEADS,  /* heads of ids that logs name, and of which nobody has a log */
    HOSTILE_FALSE_CLAIMS,   /* the heads that honest ones have, at once, and none of the blocks */
    HOSTILE_LONGER_CLAIMS,  /* the same, a little longer than they are */
    HOSTILE_DRIP,           /* the same, and one true block each 1.6 s */
    HOSTILE_PORTIONS,       /* the same, and of each answer one true block after 0.7 s, and its head behind */
    HOSTILE_ORPHANS,        /* newest blocks, unasked, to those that lack the ones before */
    HOSTILE_INVENTED_HEADS, /* heads of ids that nobody knows, without end */
    HOSTILE_REPLAY,         /* a block of 400 KB that is held already, without end */
    HOSTILE_UNKNOWN_FRAMES, /* frames of a kind that nobody knows, without end */
    HOSTILE_NEVER_READS,    /* asks for everything, and reads nothing */
    HOSTILE_PAGES,          /* false pages of what changed: heads left out, back, without end, of any store */
    HOSTILE_HEARD,          /* asks what changed behind any number, without end */
    HOSTILE_KIND_COUNT
};

struct hostile {
    uint32_t node;
    enum hostile_kind kind;
    struct world *world;
    const struct authors *authors;
    uint64_t random, wake_us;
    uint64_t page_number; /* HOSTILE_PAGES: what it told last */
    bool many;            /* it says much at a time */
    bool linked[WORLD_NODES_MAX];
    uint32_t asked_from[WORLD_NODES_MAX][AUTHORS_MAX]; /* seq + 1 of what is sent next; 0: none */
};

/* Borrows: world, authors. */
void hostile_init(struct hostile *hostile, uint32_t node, enum hostile_kind kind, struct world *world,
                  const struct authors *authors, uint64_t seed);
void hostile_on_up(struct hostile *hostile, uint32_t core);
void hostile_on_down(struct hostile *hostile, uint32_t core);
void hostile_on_frame(struct hostile *hostile, const struct sim_frame *frame);
/* When wake_us has come. */
void hostile_on_time(struct hostile *hostile);
const char *hostile_name(enum hostile_kind kind);

#endif
