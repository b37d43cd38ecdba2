#ifndef NODE_LACKS_H
#define NODE_LACKS_H

/* Whose logs lack something here that no want brings: entries of blocks, or what cuts keep. Looked for from
 * time to time, a part of all logs in a turn of the loop, and told the sync core once for each peer: no head
 * that a peer tells, each but once, says who has it. */

#include "protocol/sync/fills.h"

enum { LACKS_LOGS_PER_TURN = 256 };

struct lacks {
    uint64_t look_ms;
    struct actor_id next; /* whose log is looked at next */
    size_t count;
    struct lack {
        struct actor_id author;
        bool gaps, cuts;
    } items[FILLS_MAX];
};

struct daemon;

/* Look on, if it is time to. */
void lacks_look(struct daemon *daemon);

#endif
