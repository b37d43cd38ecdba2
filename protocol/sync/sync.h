#ifndef PROTOCOL_SYNC_SYNC_H
#define PROTOCOL_SYNC_SYNC_H

/* Which heads to tell whom, which blocks to ask for, what to push: events in, actions out (DESIGN section 6).
 * No socket, store or clock: the node tells what happened and what it holds, and performs the actions in
 * order. Timers are monotonic milliseconds.
 *
 * How two nodes meet: on connect, and every 30 s (jittered), each says up to which of the other's changes it
 * heard all (hearing.h), and is told the heads that changed since. Whoever lacks something
 * sends a want with a locator; the other answers with a batch of blocks and then its head of that author,
 * which makes the first ask again until nothing is missing. A block newly accepted is pushed to every peer
 * not known to have it. A want that gets no answer in 2 s goes to another peer that announced the same; where
 * there is none it is repeated, after twice as long each time, up to 64 s.
 *
 * A head says whether its sender lacks entries of the log. What this node lacks itself is asked of every peer
 * that has the log up to the same head at least, one after the other, until it is there: first of those that
 * lack nothing, then of those that may lack something else. What comes goes on at once to those that lack
 * entries and had nothing to bring. What the cut of a withdrawal or a succession keeps is asked of every peer
 * that has no more of the chain: no head says who holds what its author dropped. Heads are not repeated, so
 * that the node says from time to time what it lacks, and each peer is then one more that may have it. */

#include "protocol/wire/records.h"

enum {
    SYNC_PEERS_MAX = 128,
    SYNC_ACTIONS_MAX = 2048, /* of one step */
    SYNC_HEADS_INTERVAL_MS = 30000,
    SYNC_STALL_MS_MIN = 2000,
    SYNC_STALL_MS_MAX = 64000,
    SYNC_FILL_STALL_MS = 4000,
    /* What is in flight at one peer, by what it says of its logs' sizes: under what a net process keeps for a
     * slow peer. An answer has at most 8 blocks, or more where they are small. */
    SYNC_ASKS_PER_PEER_MAX = 4096,
    SYNC_ASKED_BYTES_PER_PEER_MAX = 8 * 1024 * 1024,
    SYNC_BATCH_BLOCKS_MAX = 8,
    SYNC_BATCH_BYTES_MAX = 3 * 1024 * 1024,
    SYNC_BATCH_SMALL_BLOCKS_MAX = 256,
    SYNC_BATCH_SMALL_BYTES_MAX = 384 * 1024, /* in all */
};

enum sync_event_kind {
    SYNC_PEER_UP, /* authenticated and its hello checked; dialled: by this node */
    SYNC_PEER_DOWN,
    SYNC_PEER_HEAD, /* it announced one head; ours says how it compares */
    SYNC_PEER_WANT, /* it asks for blocks */
    SYNC_LACKING,   /* this node lacks something of head's author (ours_gaps, ours_cuts): peer may have it */
    SYNC_BLOCK_IN,  /* it sent a block that was accepted or known already; after its BLOCK_NEW if it gave one
                     */
    SYNC_BLOCK_FILLED, /* it sent a known block that had entries which this node lacked */
    SYNC_BLOCK_ON_WAY, /* it sent a block that can't be held yet, and that shows which one to ask for */
    SYNC_BLOCK_ORPHAN, /* it sent a block whose previous one is missing */
    SYNC_BLOCK_NEW, /* our log of author has a new head, from peer or (peer SYNC_LOCAL) from this machine */
    SYNC_EVIDENCE_NEW, /* a checkpoint or fork proof was kept; peer as above */
    SYNC_TICK,
};

enum { SYNC_LOCAL = UINT32_MAX };

/* How an announced head compares with the log that this node holds. */
enum sync_ours {
    SYNC_OURS_SAME,
    SYNC_OURS_MISSING, /* not held, or behind the announced seq, or another block at that seq; admitted */
    SYNC_OURS_AHEAD,   /* the announced block is on our chain and we have more */
    SYNC_OURS_NOT_ADMITTED,
};

struct sync_event {
    enum sync_event_kind kind;
    uint32_t peer;
    struct head head;       /* PEER_HEAD, BLOCK_*: author, epoch, seq, hash; of PEER_HEAD also gaps */
    enum sync_ours ours;    /* PEER_HEAD */
    bool ours_gaps;         /* PEER_HEAD, LACKING, BLOCK_FILLED: this node lacks entries of the log */
    bool ours_cuts;         /* PEER_HEAD, LACKING: this node lacks what cuts keep of the log */
    uint64_t ours_next;     /* PEER_HEAD, MISSING: the seq behind our head, 0 when nothing is held */
    struct actor_id author; /* PEER_WANT, EVIDENCE_NEW */
    bool fork_proof;        /* EVIDENCE_NEW: else a checkpoint */
    bool dialled;           /* PEER_UP */
    bool delivers;          /* PEER_UP: it kept what it promised when it was met last (sync_delivers) */
    size_t size;            /* BLOCK_IN: its bytes */
};

enum sync_action_kind {
    SYNC_SEND_HEARD,  /* to peer up to where its store told all (hearing_ask) */
    SYNC_SEND_HEAD,   /* ours of author, to peer */
    SYNC_SEND_WANT,   /* for author with our locator, to peer. head: the highest block that came from peer;
                         it may lie on a side branch, and belongs into the locator; zero hash: none */
    SYNC_SEND_GAPS,   /* ask peer for blocks of author that lack entries here, from head.seq on */
    SYNC_SEND_CUTS,   /* ask peer for what cuts keep of author. head: the highest block that came from peer in
                         answer, as for SYNC_SEND_WANT */
    SYNC_SEND_BLOCKS, /* answer peer's want for author from its locator, then our head of author */
    SYNC_PUSH_BLOCK,  /* the block of head, to peer */
    SYNC_PUSH_EVIDENCE, /* the checkpoint or fork proof of author, to peer */
};

struct sync_action {
    enum sync_action_kind kind;
    uint32_t peer;
    struct actor_id author;
    struct head head;
    bool fork_proof; /* PUSH_EVIDENCE */
    bool claims;     /* SEND_HEARD: something is asked of peer, or waits to be… */
    bool gave_up;    /* …and something was, in vain, and is not any more */
};

struct sync_actions {
    size_t count;
    struct sync_action items[SYNC_ACTIONS_MAX];
};

struct wants;

/* What a clock of tests makes shorter; as a rule SYNC_WAITS. */
struct sync_waits {
    uint64_t heads_interval_ms; /* between two times that a peer is asked what changed, at least 2 */
    uint32_t stall_ms_max;      /* for an answer to a want, at least SYNC_STALL_MS_MIN */
    uint64_t fill_stall_ms;     /* for what no want brings */
};

#define SYNC_WAITS                                                                                           \
    ((struct sync_waits){.heads_interval_ms = SYNC_HEADS_INTERVAL_MS,                                        \
                         .stall_ms_max = SYNC_STALL_MS_MAX,                                                  \
                         .fill_stall_ms = SYNC_FILL_STALL_MS})

struct sync; /* opaque; memory from the caller */

size_t sync_size(void);
/* seed makes the jitter: same seed and events, same actions. */
void sync_init(struct sync *sync, uint64_t seed, struct sync_waits waits);
/* Handle one event. Writes: actions from empty, in the order to perform. Fork proofs and keys go first. */
void sync_step(struct sync *sync, const struct sync_event *event, uint64_t now_ms,
               struct sync_actions *actions);
/* Whether what a peer announces of author finds room among its claims. */
bool sync_may_claim(struct sync *sync, uint32_t peer, const struct actor_id *author);
/* Whether the last of what a peer promised came. */
bool sync_delivers(struct sync *sync, uint32_t peer);
/* When the next SYNC_TICK is due. */
uint64_t sync_deadline_ms(const struct sync *sync);
/* What it wants of whom (wants.h), to look at. */
struct wants *sync_wants(struct sync *sync);

#endif
