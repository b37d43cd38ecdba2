#ifndef NODE_PEERS_H
#define NODE_PEERS_H

/* The table of connections: which net process holds them, who stands at the other end, and the hello that
 * binds its node key to the transport key that the connection was authenticated with. Two nodes that dial
 * each other have two connections, which are two peers here. */

#include "node/answers.h"
#include "node/bans.h"
#include "node/daemon.h"
#include "node/inbox.h"
#include "node/lane.h"
#include "node/node_keys.h"
#include "node/pieces.h"
#include "node/supervisor.h"
#include "protocol/sync/hearing.h"
#include "protocol/sync/sync.h"
#include "protocol/wire/frame.h"
#include "store/store.h"

enum {
    PEERS_MAX = SYNC_PEERS_MAX,
    PEER_HELLO_TIMEOUT_MS = 10000,
    /* What a peer is sent unasked: so many bytes at once, then so many a second. The rest it is told of, and
     * asks for at its own pace, so that a slow one is never sent more than its net process keeps for it. */
    PEER_UNASKED_BYTES_MAX = 1024 * 1024,
    PEER_UNASKED_BYTES_PER_S = 1024 * 1024,
    /* What is on its way to a peer before it is sent more in bulk: enough to keep a fast one busy. */
    PEER_SENDING_BYTES_MAX = 256 * 1024,
    /* Introductions that a peer is asked for, and that it is answered, in one second. */
    PEER_INTRODUCTIONS_PER_S = 64,
    PEER_INTRODUCTIONS_DUE_MAX = 256, /* that are still read after the last question */
};

/* How often something was done in the second that began at begun_ms. */
struct peer_turns {
    uint64_t begun_ms;
    uint32_t count;
};

/* How far a peer was told what changed here. */
struct telling {
    bool active;         /* there is more to tell… */
    uint64_t at;         /* …behind this change */
    uint64_t ever;       /* the highest that it was told of on this connection */
    uint32_t again_left; /* pages of what it was told before */
    bool sides;          /* there may be side blocks… */
    uint64_t sides_at;   /* …of authors that changed behind this one */
    uint64_t next_ms;    /* it may not ask again before */
};

struct peer {
    uint32_t id; /* never used again */
    enum net_role role;
    uint32_t number; /* what its net process calls it */
    struct transport_key transport;
    bool greeted; /* its hello was checked */
    bool kicked;  /* to be gone soon; what it still sends is dropped */
    struct node_id node;
    uint64_t up_since_ms;
    uint64_t frames_in, frames_out;
    uint64_t bytes_out;     /* of the frames that went out */
    uint64_t unasked_bytes; /* left to send unasked at unasked_ms */
    uint64_t unasked_ms;
    uint64_t sending_bytes;          /* of frames that its net process has, and has not passed on yet */
    struct actor_id bulk_author;     /* of whom a block was pushed in bulk last */
    struct answers *answers;         /* owned; NULL as long as none had to wait */
    struct peer_turns asking, asked; /* for introductions, by us and by it */
    uint32_t introductions_due;      /* that it may still send as answers to us */
    struct pieces *pieces;           /* owned: of the frame that is coming from it */
    uint64_t dropped;                /* peers_dropped, when it was asked what changed last */
    struct inbox *inbox;             /* owned: what it sent and nobody has looked at yet */
    struct undecided *undecided;     /* owned; NULL as long as there are none */
    struct hearing hearing;          /* what its store told… */
    struct stored_node met; /* …as far as that was noted in the store, with what it is to this node */
    bool met_again;         /* and that it was met again is to be noted */
    struct telling telling; /* what it is told */
};

struct peers {
    const struct network *network;
    const struct node_keys *keys;
    const struct daemon_options *options;
    struct supervised *processes; /* NET_ROLE_COUNT, by role */
    struct inboxes inboxes;
    struct all_pieces pieces;
    struct bans bans;
    uint32_t next_id;
    size_t count;
    struct peer entries[PEERS_MAX]; /* sorted by id */
    uint8_t *sending;               /* 1 + FRAME_SIZE_MAX, owned: the lane and the frame being sent */
};

/* Returns: false when out of memory. Borrows everything for as long as *peers is used. */
bool peers_init(struct peers *peers, const struct network *network, const struct node_keys *keys,
                const struct daemon_options *options, struct supervised *processes);
void peers_deinit(struct peers *peers);

/* Whether a connection that came up is let in. */
enum peers_door { PEERS_OPEN, PEERS_FULL, PEERS_SHUT_OUT, PEERS_NOT_GIVEN, PEERS_OTHER_KEY };

enum peers_door peers_door(const struct peers *peers, enum net_role role, uint32_t number,
                           const struct transport_key *transport, uint64_t now_ms);
/* For the log. */
const char *peers_door_word(enum peers_door door);

/* A connection came up: greet it. Returns: NULL when it is not let in, and was kicked. */
struct peer *peers_add(struct peers *peers, enum net_role role, uint32_t number,
                       const struct transport_key *transport, uint64_t now_ms);
void peers_remove(struct peers *peers, struct peer *peer);
/* NULL when there is none. */
struct peer *peers_find(struct peers *peers, enum net_role role, uint32_t number);
struct peer *peers_by_id(struct peers *peers, uint32_t id);
/* The next peer of role from place *at on, advancing *at; NULL behind the last. */
struct peer *peers_next(struct peers *peers, enum net_role role, size_t *at);

enum peers_welcome { PEERS_WELCOME, PEERS_MYSELF, PEERS_BANNED, PEERS_BAD_HELLO };

/* Check the hello that is peer's first frame. Returns: PEERS_WELCOME, and peer is greeted; or why it is to be
 * kicked, with *reason what is wrong with a bad hello. */
enum peers_welcome peers_greet(struct peers *peers, struct peer *peer, const struct hello *hello,
                               uint64_t now_ms, enum reason *reason);

/* Queue one frame on a lane; one of more than LANE_PIECE_MAX goes in bulk in any case. Returns: false when
 * peer has gone or its net process has no room. */
bool peers_send(struct peers *peers, uint32_t id, enum lane lane, enum frame_kind kind, struct bytes payload);
/* Whether it may be sent more in bulk now: it has read most of what it was sent. */
bool peers_takes_bulk(const struct peer *peer);
/* Whether answers to it wait. */
bool peers_is_answering(const struct peer *peer);
/* Let the questions of those wait that have not read their answers. */
void peers_hold_questions(struct peers *peers);
/* How many of its frames found no room. */
uint64_t peers_dropped(const struct peer *peer);
/* Its net process has passed on so many bytes of frames. */
void peers_on_sent(struct peer *peer, uint64_t size);
/* Whether size bytes may go to peer unasked now; then they are counted. */
bool peers_may_send_unasked(struct peers *peers, uint32_t id, size_t size, uint64_t now_ms);
/* Whether any more may go to peer unasked now. */
bool peers_takes_unasked(struct peers *peers, uint32_t id, uint64_t now_ms);
/* Whether an introduction may be asked for, or told, once more now; then it is counted. */
bool peers_may_introduce(struct peer_turns *turns, uint64_t now_ms);
/* When it may be asked for next, at the earliest now. */
uint64_t peers_introduce_ms(const struct peer_turns *turns, uint64_t now_ms);
/* Ask the net process to close the connection; peer stays in the table until that is done. */
void peers_kick(struct peers *peers, struct peer *peer);
/* The same, and it is not let in again for a while (bans.h). Requires: it was greeted. Returns: until when;
 * now: it is let in at once. */
uint64_t peers_ban(struct peers *peers, struct peer *peer, uint64_t now_ms);

/* A greeting overdue at now_ms, or NULL. */
struct peer *peers_overdue(struct peers *peers, uint64_t now_ms);
/* When that, or pieces_check, is to be looked at. */
uint64_t peers_deadline_ms(const struct peers *peers);
size_t peers_greeted_count(const struct peers *peers);

#endif
