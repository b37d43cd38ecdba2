#ifndef NODE_ANSWERS_H
#define NODE_ANSWERS_H

/* Answers to one peer's wants that wait until it has read more: blocks of a chain from a place on, then its
 * head. They are sent one after the other, and no further question of that peer is taken while any waits, so
 * that whoever asks and does not read costs what is written here and no more. */

#include "protocol/wire/records.h"

struct want_answer {
    struct actor_id author;
    uint64_t next_seq;
    size_t count, size; /* of what was sent of it */
    uint64_t asked;     /* what the peer holds by its want (relay.c) */
};

enum { ANSWERS_MAX = 512 /* as many wants as one turn of the loop takes in (intake.h) */ };

/* Zeroed: none. */
struct answers {
    size_t first, count;
    struct want_answer entries[ANSWERS_MAX];
};

/* Behind those that wait. Returns: false when there are ANSWERS_MAX. */
bool answers_put(struct answers *answers, const struct want_answer *answer);
/* The one to go on with, NULL when there is none. */
struct want_answer *answers_first(struct answers *answers);
void answers_drop_first(struct answers *answers);

#endif
