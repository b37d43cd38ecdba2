#ifndef NODE_RELAY_H
#define NODE_RELAY_H

/* What the sync core decided, done: its actions read the store and become frames to peers. Also how a peer's
 * head compares with the store. Reads only what is committed. */

#include "node/ingest.h"
#include "node/peers.h"

/* Side blocks of an author that went to a peer. Which ones, is remembered by their hashes: what comes to be
 * chosen later makes none go twice, nor wait for long. */
struct relayed_sides {
    uint32_t peer; /* 0: none */
    struct actor_id author;
    uint64_t salt;             /* of what is remembered: another one forgets all */
    uint64_t done;             /* the version of the author's blocks of which all went; 0: none */
    bool fed;                  /* the peer was sent blocks of the chain since, so that it may place more */
    uint64_t asked, forgot_ms; /* what it said that it holds when all was forgotten last, and when */
};

/* The choice that was made last (side_push.h). */
struct side_choice {
    struct actor_id author;
    uint64_t version; /* of the author's blocks; 0: none */
    size_t count;
    struct locator_point *points; /* SIDE_PUSH_BLOCKS_MAX, owned */
};

enum {
    RELAYED_SIDES_MAX = 512,
    /* Side blocks that are remembered, over all peers and authors; forgetting one costs a duplicate. */
    RELAYED_BLOCKS_MAX = 1024 * 1024,
};

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
    struct side_choice choice;
    uint32_t *relayed;      /* RELAYED_BLOCKS_MAX, owned: what went to whom, by buckets; 0: none */
    size_t relayed_at;      /* of a bucket, what is forgotten next */
    uint64_t secret, salts; /* nobody knows beforehand what shares a place */
};

/* Returns: false when out of memory. Borrows: ingest, peers. */
bool relay_init(struct relay *relay, struct ingest *ingest, struct peers *peers);
void relay_deinit(struct relay *relay);

/* How the head that a peer announced compares with what the store holds, and the seq behind our own head, 0
 * when nothing of the author is held. dialled: this node dialled the peer, so that it may learn whom the
 * owner follows. */
enum store_error relay_compare(struct relay *relay, struct store_txn *txn, const struct head *head,
                               bool dialled, enum sync_ours *out, uint64_t *ours_next);
/* Whether blocks of the author lack entries here (store_gaps); false when nothing of it is held. */
enum store_error relay_has_gaps(struct store_txn *txn, const struct actor_id *author, bool *gaps);
/* Whether something is not here that cuts keep of the author (store_cut_lacks). */
enum store_error relay_lacks_cuts(struct relay *relay, struct store_txn *txn, const struct actor_id *author,
                                  bool *lacks);

/* The peer says up to where it heard all of this store: begin to tell it what changed since, unless that is
 * under way, or it asked a moment ago. */
enum store_error relay_on_heard(struct relay *relay, struct peer *peer, const struct store_point *heard,
                                uint64_t now_ms);
/* Whether there is something left to tell it. */
bool relay_is_telling(const struct peer *peer);
/* Tell some of that, as far as it takes what it did not ask for: what changed, by pages, then side blocks. */
enum store_error relay_tell(struct relay *relay, struct peer *peer, uint64_t now_ms);

/* Go on with answers that waited for their peers to read. */
enum store_error relay_go_on_answering(struct relay *relay, uint64_t now_ms);

/* Ask peer who introduces shop. */
void relay_ask_introduction(struct relay *relay, uint32_t peer, const struct actor_id *shop);
/* Tell peer who introduces shop: up to INTRODUCTIONS_TOLD_MAX consents that its log holds. draw: any number,
 * another one each time. */
enum { INTRODUCTIONS_TOLD_MAX = 4 };
enum store_error relay_tell_introductions(struct relay *relay, uint32_t peer, const struct actor_id *shop,
                                          uint64_t draw);

/* Perform actions in order, in one read transaction. want: the one being answered by SYNC_SEND_BLOCKS; NULL
 * where no action is one. Frames that find no room in a queue are dropped: timers make up for them. */
enum store_error relay_perform(struct relay *relay, const struct sync_actions *actions,
                               const struct want *want, uint64_t now_ms);

#endif
