#ifndef NODE_PROCESSES_H
#define NODE_PROCESSES_H

/* The daemon's net processes, told what to do each time they start: where to listen, whom to dial. Names are
 * looked up here. */

#include <poll.h>

#include "node/peers.h"

enum { ENDPOINT_SIZE_MAX = 255, REDIAL_MS = 60000 };

struct processes {
    const struct daemon_options *options;
    const struct node_keys *keys;
    bool wanted[NET_ROLE_COUNT];
    struct supervised net[NET_ROLE_COUNT];
    char bound[ENDPOINT_SIZE_MAX + 1]; /* where the listener listens, kept over its restarts; empty before */
    struct starter *starter;
    struct peer_address addresses[DAEMON_PEERS_MAX];
    uint64_t redial_ms[DAEMON_PEERS_MAX]; /* when to dial one again that was kicked; 0: not planned */
};

/* Nothing runs yet. Borrows: options, keys, starter, for as long as *processes is used. */
void processes_init(struct processes *processes, const struct daemon_options *options,
                    const struct node_keys *keys, struct starter *starter, uint64_t now_ms);
/* Start what is due, look names up, dial. Logs each start. */
void processes_start(struct processes *processes, uint64_t now_ms);
/* Dial peer number of the options again, after a while: its process forgot it with the kick. */
void processes_redial_later(struct processes *processes, uint32_t number, uint64_t now_ms);
/* Peer number of the options is connected, or no longer. */
void processes_on_up(struct processes *processes, uint32_t number);
void processes_on_down(struct processes *processes, uint32_t number, uint64_t now_ms);
/* The listener is ready at endpoint. Returns: false when that is no endpoint. */
bool processes_set_bound(struct processes *processes, struct bytes endpoint);
/* Poll entries of those that run. Returns: how many, at most NET_ROLE_COUNT. */
size_t processes_polls(const struct processes *processes, struct pollfd *fds);
/* Write what the sockets take. */
void processes_flush(struct processes *processes);
/* Stop all, within a second each. */
void processes_stop(struct processes *processes);
uint64_t processes_deadline_ms(const struct processes *processes);
uint64_t processes_restarts(const struct processes *processes);

/* "listen" or "dial", for logs. */
const char *net_role_name(enum net_role role);

#endif
