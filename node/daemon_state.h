#ifndef NODE_DAEMON_STATE_H
#define NODE_DAEMON_STATE_H

/* What the parts of the daemon share: the daemon itself, which only composes them. Not for use outside
 * node/daemon and its parts (arrivals, settle, requests, report). */

#include "node/checkpoints.h"
#include "node/consent_checks.h"
#include "node/control_server.h"
#include "node/intake.h"
#include "node/lacks.h"
#include "node/processes.h"
#include "node/relay.h"
#include "node/watch.h"

enum { NO_ROOM_LOG_INTERVAL_MS = 60000 };

struct daemon {
    const struct daemon_options *options;
    struct starter starter;
    struct home home;
    int lock, signals; /* descriptors */
    struct trust trust;
    struct followed followed;
    struct node_keys keys;
    struct store *store;
    struct ingest ingest; /* knows whether there is an own actor, and which */
    struct checkpoints checkpoints;
    struct intake intake;
    struct processes processes;
    struct peers peers;
    struct relay relay;
    struct control_server control;
    struct watch watch;
    struct consent_checks consent_checks;
    struct sync *sync; /* sync_size() bytes, owned */
    struct sync_actions actions;
    uint8_t *record_memory; /* RECORD_ARENA_SIZE, owned: the record being looked at */

    uint64_t now_ms; /* of this turn of the loop */
    uint64_t started_ms;
    uint64_t follow_ms; /* when to go on with authors on their way to another branch; UINT64_MAX: none is */
    uint64_t tell_ms;   /* when to tell peers more of what changed; UINT64_MAX: all know it */
    uint64_t note_ms;   /* when to note what was heard */
    struct lacks lacks;
    uint64_t endpoint_ms;     /* when to write the endpoint file again; UINT64_MAX: that waits for nothing */
    uint64_t erasing_ms;      /* when to drop bytes of erased entries */
    uint64_t readers_ms;      /* when to clear stale readers */
    uint64_t no_room_ms;      /* before then, another full disk is not logged */
    size_t recheck_at;        /* the peer whose undecided heads were looked at last */
    enum net_role first_role; /* whose messages are taken first this turn */
    bool unread;              /* messages wait in a link's buffer, where poll does not see them */
    bool stopping;
    bool listen_failed; /* the listener could not start at all */
};

#endif
