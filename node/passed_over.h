#ifndef NODE_PASSED_OVER_H
#define NODE_PASSED_OVER_H

/* Heads of authors that were not admitted when peers announced them. Each accepted block may admit more
 * authors: asking again then spares the wait for the next exchange of heads, which would cost 30 s for every
 * link of a chain of accreditations. Bounded for each peer; what finds no place is announced again anyway. */

#include "protocol/wire/records.h"

enum { PASSED_OVER_MAX = 4096, PASSED_OVER_PER_PEER_MAX = 512 };

/* Who introduces such an author, the peer is asked at once, then after 1 s, 2 s and so on. */
enum { INTRODUCTION_ASK_MS_MIN = 1000, INTRODUCTION_ASK_MS_MAX = 30000 };

struct passed_over_head {
    uint32_t peer;
    struct head head;
    uint64_t ask_ms;  /* when to ask for an introduction next; 0: at once */
    uint64_t wait_ms; /* between the last two times */
};

struct passed_over {
    size_t count;
    struct passed_over_head heads[PASSED_OVER_MAX]; /* sorted by (peer, author) */
};

/* Remember head, in place of an earlier one of the same peer and author. Returns: where, until the next call;
 * NULL: it found no place. */
struct passed_over_head *passed_over_add(struct passed_over *passed, uint32_t peer, const struct head *head);
/* Whether the peer is to be asked who introduces the author; then it is noted that it was. */
bool passed_over_ask(struct passed_over_head *at, uint64_t now_ms);
/* Forget head i. */
void passed_over_remove(struct passed_over *passed, size_t i);
/* Forget all that peer announced. */
void passed_over_forget(struct passed_over *passed, uint32_t peer);

#endif
