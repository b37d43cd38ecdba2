#ifndef NODE_PEER_ADDRESS_H
#define NODE_PEER_ADDRESS_H

/* Where to dial a peer. Its name is looked up by a process of its own, since that may take long and reads
 * what strangers send; net processes know numbers alone. While the peer is not connected its name is looked
 * up again and again, as it may have moved. */

#include "node/starter.h"
#include "protocol/base/bytes.h"

enum {
    PEER_HOST_SIZE_MAX = 255,
    PEER_PORT_SIZE_MAX = 5,
    PEER_WAIT_MS_MIN = 2000, /* from one look-up to the next, doubling */
    PEER_WAIT_MS_MAX = 60 * 1000,
    PEER_LOOK_UP_MS_MAX = 30 * 1000,
};

struct peer_address {
    char host[PEER_HOST_SIZE_MAX + 1];
    char port[PEER_PORT_SIZE_MAX + 1];
    char endpoint[32]; /* tcp://127.0.0.1:7001; empty: not known yet */
    pid_t pid;         /* which looks the name up; 0: none */
    int answer;        /* the end of its pipe; -1 */
    uint64_t until_ms; /* when it is ended */
    uint64_t due_ms;   /* when to look it up next; UINT64_MAX: not planned */
    uint64_t wait_ms;
    bool not_found; /* has been logged */
};

/* Read HOST:PORT, a name or an IPv4 address. Returns: false when it is no such thing. */
bool peer_address_read(struct peer_address *address, struct bytes text);
/* Look the name up when that is due, take the answer. Logs a name that isn't found, once. Returns: whether
 * the endpoint is another than before: it is to be dialled. */
bool peer_address_step(struct peer_address *address, struct starter *starter, uint64_t now_ms);
/* It is connected, or no longer. */
void peer_address_on_up(struct peer_address *address);
void peer_address_on_down(struct peer_address *address, uint64_t now_ms);
/* Close what is open. What still looks a name up ends with the starter. */
void peer_address_stop(struct peer_address *address);
uint64_t peer_address_deadline_ms(const struct peer_address *address);

#endif
