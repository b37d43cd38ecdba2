#ifndef NODE_HOME_H
#define NODE_HOME_H

/* The home folder of one node or person: $TRADEPROOF_HOME, else the XDG data folder (DESIGN section 8).
 *
 *     network          the network's tag, one line
 *     trust            the trust file (protocol/rules/trust.h)
 *     contacts         names for ids: "tpa1… Maria Lopez", one a line
 *     watch            whom the owner watches: "tpa1… Maria Lopez", one a line (node/watch_file.h)
 *     follow           whose logs are asked for though nobody introduces them, as in watch (node/followed.h)
 *     follow.lock      held while a command changes that list
 *     watch.seen       what the daemon last saw of them, and news still to be told (node/watch_seen.h)
 *     watch.reported   what `watch report` last said of them
 *     watch.log        what changed for them, one a line
 *     watch.lock       held while a command changes the list, or reports
 *     actor.keys       this actor's signing and seal secrets, under a passphrase
 *     next.keys        its next governing secrets, under the same; best moved to a place apart
 *     actor.public     its inception record, in the clear
 *     checkpoint.keys  the checkpoint key alone, which a daemon holds unattended
 *     node.keys        the node's Ed25519 key and its CURVE key
 *     store/           the LMDB environment
 *     challenges/      challenges that this node sent and that may still be answered
 *     lock             held by whoever writes the store: a daemon, or a command while none runs
 *     sign.lock        held while a block of this actor is signed, so that two commands never fork the log
 *     control.sock     the daemon's control socket
 *     control.token    what a command shows there: that it may read this folder
 */

#include "protocol/base/labels.h"
#include "protocol/rules/trust.h"

enum { HOME_PATH_MAX = 3072 };

enum home_error {
    HOME_OK,
    HOME_NO_FOLDER,       /* neither variable nor $HOME is set, or the path is too long */
    HOME_NOT_INITIALISED, /* no network file: run `tradeproof init` */
    HOME_BAD_NETWORK,
    HOME_PERMISSION,
    HOME_NO_ROOM,
    HOME_TOO_LARGE, /* a file exceeds its limit */
    HOME_NOT_FOUND, /* that file is not there */
    HOME_EXISTS,
    HOME_LOCKED,        /* another process holds the lock */
    HOME_NO_DESCRIPTOR, /* this process, or the system, has too many files open */
    HOME_IO,
};

struct home {
    char path[HOME_PATH_MAX + 1];
    struct network network;
};

/* Find the folder: option (may be NULL), else the environment. Does not look into it. */
enum home_error home_find(struct home *home, const char *option);
/* home_find and read the network file. */
enum home_error home_open(struct home *home, const char *option);
/* Make the folder (mode 0700), its subfolders and the network file. HOME_EXISTS when it is initialised
 * already. */
enum home_error home_create(struct home *home, const char *option, const char *network_tag);

/* path/name in out. Requires: out has HOME_PATH_MAX + 64 bytes. */
void home_file(const struct home *home, const char *name, char *out);

/* Read a file of at most capacity bytes. *size is set on HOME_OK. */
enum home_error home_read(const struct home *home, const char *name, void *out, size_t capacity,
                          size_t *size);
/* Write a file whole with mode, or not at all: a temporary file beside it, synced, then renamed. */
enum home_error home_write(const struct home *home, const char *name, const void *data, size_t size,
                           unsigned int mode);

/* Take a lock file; *fd is to be closed to release it. wait: block until it is free, else HOME_LOCKED. */
enum home_error home_lock(const struct home *home, const char *name, bool wait, int *fd);

/* Read and parse the trust file; an absent one is empty. *line and *id as trust_parse; *result tells a bad
 * one. */
enum home_error home_trust(const struct home *home, struct trust *trust, enum trust_result *result,
                           size_t *line, enum id_result *id);

/* What errno means here. */
enum home_error home_error_of(int number);
/* What the user is told: one clear sentence with what to do next. */
const char *home_error_sentence(enum home_error error);

#endif
