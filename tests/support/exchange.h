#ifndef TESTS_SUPPORT_EXCHANGE_H
#define TESTS_SUPPORT_EXCHANGE_H

/* Nodes with stores, relays and sync cores of their own, whose net processes are the test: what one sends the
 * other receives, until nothing moves. One world of them at a time. What can't be made aborts. */

#include "node/relay.h"
#include "node/supervisor.h"

enum { EXCHANGE_ENDS_MAX = 4, EXCHANGE_MESSAGES_MAX = 400 };

struct exchange_end {
    struct store *store;
    struct ingest ingest;
    struct relay relay;
    struct sync *sync;
    struct peers peers;
    struct node_keys keys;
    struct daemon_options options;
    struct supervised processes[NET_ROLE_COUNT];
    struct netlink wire;                  /* the other end of what its net process holds */
    struct peer *peer[EXCHANGE_ENDS_MAX]; /* by end; NULL: not connected */
    char *folder;
    uint64_t look_ms; /* when it looks next for what it lacks */
};

/* Counts may be set to zero by the test. */
struct exchange {
    const struct network *network;
    const struct trust *trust;
    size_t count;
    struct exchange_end ends[EXCHANGE_ENDS_MAX];
    uint64_t now_ms;
    uint64_t now_s;   /* of what is taken in */
    size_t messages;  /* that went until nothing moved, hellos apart; not more than EXCHANGE_MESSAGES_MAX */
    size_t blocks;    /* that went at any time */
    size_t cut_wants; /* the same, that ask for what cuts keep */
};

extern struct exchange exchange;

/* Borrows: network, trust. */
void exchange_begin(const struct network *network, const struct trust *trust, size_t count, uint64_t now_s);
void exchange_close(void);

/* Offer a block as from a peer. Returns: the reason of a refusal, else REASON_NONE. */
enum reason exchange_take_in(size_t end, struct bytes encoded, struct ingest_result *result);
/* The same, which must be held then. */
void exchange_give(size_t end, struct bytes encoded);

/* Connect two, and let what they have to say go until nothing moves. */
void exchange_meet(size_t a, size_t b);
/* End a node, and begin it again with the store that it had; nobody is connected to it then. */
void exchange_restart(size_t end);
/* Let time pass, and what it brings about. */
void exchange_pass(uint64_t ms);

#endif
