#ifndef NODE_RELAY_H
#define NODE_RELAY_H

/* What the sync core decided, done: its actions read the store and become frames to peers. Also how a peer's
 * head compares with the store. Reads only what is committed. */

#include "node/ingest.h"
#include "node/peers.h"

/* How far the side blocks of an author went to a peer. A choice that has not changed since does not go
 * again. */
struct relayed_sides {
    uint32_t peer; /* 0: none */
    struct actor_id author;
    struct hash choice;
    size_t sent;
};

enum { RELAYED_SIDES_MAX = 512 };

struct relay {
    struct ingest *ingest;
    const struct network *network;
    struct peers *peers;
    uint8_t *payload;   /* FRAME_SIZE_MAX, owned: the record being sent */
    struct head *heads; /* HEADS_MAX, owned */
    uint8_t *memory;    /* owned: what the store copies out */
    struct arena arena;
    uint64_t now_ms;
    size_t next_sides; /* whose place is taken next */
    struct relayed_sides sides[RELAYED_SIDES_MAX];
};

/* Returns: false when out of memory. Borrows: ingest, peers. */
bool relay_init(struct relay *relay, struct ingest *ingest, struct peers *peers);
void relay_deinit(struct relay *relay);

/* How the head that a peer announced compares with what the store holds, and the seq behind our own head, 0
 * when nothing of the author is held. */
enum store_error relay_compare(struct relay *relay, struct store_txn *txn, const struct head *head,
                               enum sync_ours *out, uint64_t *ours_next);

/* Perform actions in order, in one read transaction. want: the one being answered by SYNC_SEND_BLOCKS; NULL
 * where no action is one. Frames that find no room in a queue are dropped: timers make up for them. */
enum store_error relay_perform(struct relay *relay, const struct sync_actions *actions,
                               const struct want *want, uint64_t now_ms);

#endif
