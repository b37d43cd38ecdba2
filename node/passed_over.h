#ifndef NODE_PASSED_OVER_H
#define NODE_PASSED_OVER_H

/* Heads of authors that were not admitted when peers announced them. Each accepted block may admit more
 * authors: asking again then spares the wait for the next exchange of heads, which would cost 30 s for every
 * link of a chain of accreditations. Bounded for each peer; what finds no place is announced again anyway. */

#include "protocol/wire/records.h"

enum { PASSED_OVER_MAX = 4096, PASSED_OVER_PER_PEER_MAX = 512 };

struct passed_over_head {
    uint32_t peer;
    struct head head;
};

struct passed_over {
    size_t count;
    struct passed_over_head heads[PASSED_OVER_MAX]; /* sorted by (peer, author) */
};

/* Remember head, in place of an earlier one of the same peer and author. */
void passed_over_add(struct passed_over *passed, uint32_t peer, const struct head *head);
/* Forget head i. */
void passed_over_remove(struct passed_over *passed, size_t i);
/* Forget all that peer announced. */
void passed_over_forget(struct passed_over *passed, uint32_t peer);

#endif
