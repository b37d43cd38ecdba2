#ifndef CMD_PUBLISH_H
#define CMD_PUBLISH_H

/* Writing this actor's log from the command line: entries in, a durable block out. Holds home/sign.lock from
 * reading the head to the acknowledgement, so that two commands never fork the log; hands the block to the
 * daemon, or applies it here when none runs. */

#include "cmd/json_output.h"
#include "cmd/keyring.h"
#include "cmd/session.h"

struct publisher {
    struct session *session;
    const struct keyring *keyring; /* borrowed */
    int sign_lock_fd;
    struct log_state state; /* at the head */
    uint64_t time_s;        /* for the headers of blocks; 0: by the clock */
    bool checkpoint_due;    /* published since the last checkpoint */
    bool clock_is_behind;   /* what the owners in the trust file say, as of opening */
    bool head_moved;        /* the daemon refused a block, as one of a killed command came before it */
    int tries_left;         /* to sign it again at the new head */
    bool is_bound;          /* publisher_bind */
    struct hash bound_head;
    uint8_t *body;  /* draft memory */
    uint8_t *block; /* encoded block memory */
    uint8_t *reply; /* the daemon's */
    struct arena arena;
};

enum { PUBLISH_ARENA_SIZE = 64 * 1024 * 1024, PUBLISH_CLOCK_SKEW_S_MAX = 60 };

struct published {
    uint64_t seq;
    struct hash hash;
    struct bytes encoded; /* view of the publisher's memory until its next call */
};

/* A block of this actor. */
struct block_place {
    uint64_t seq;
    struct hash hash;
};

/* Take the lock and read the head; publishes block 0 first when the log is new. Warns when
 * the head is dated ahead of this machine's clock. Returns: an exit code after it said
 * why not; then there is nothing to close. */
int publisher_open(struct publisher *publisher, struct session *session, const struct keyring *keyring);
/* Start a draft of a class in the publisher's memory. */
void publisher_draft(struct publisher *publisher, struct draft *draft, enum block_class block_class);
/* What is published from now on is decided by what the log holds up to the present head and by what this
 * publishes itself: where a block of a command that was killed comes in between, nothing more is signed. */
void publisher_bind(struct publisher *publisher);
/* Sign the draft with the class's role and publish it. Refuses while somebody else's blocks are known to
 * stand in the log's open epoch: what this node follows there may be theirs; and while this machine's clock
 * is behind what the owners in the trust file say, what is neither against somebody nor new keys. Returns:
 * EXIT_YES when it is durable, or the exit code after it said why not. */
int publisher_publish(struct publisher *publisher, const struct draft *draft, struct published *out);
/* The same for a rotation signed by next, whose keys record is in the draft. */
int publisher_rotate(struct publisher *publisher, const struct draft *draft, const struct keyring *next,
                     struct published *out);
/* The same, but behind a block of the open epoch, on the chain or beside it, instead of the head, also while
 * the log is contested: what else follows that block, or does not lead to it, is dropped. At worst replays
 * the log up to it. time_s goes into the header: when this is tried again with the same one, the same block
 * comes out, so that a lost answer never ends in two rotations of one epoch, which would freeze the log. */
int publisher_rotate_at(struct publisher *publisher, const struct draft *draft, const struct keyring *next,
                        const struct block_place *behind, uint64_t time_s, struct published *out);
/* Hand an encoded block of this actor over that need not extend the head. */
int publisher_import(struct publisher *publisher, struct bytes encoded);
/* Also makes the checkpoint that is due when no daemon does it. */
void publisher_close(struct publisher *publisher);

/* Sign and hand over a checkpoint of the present head, if this keyring has a checkpoint key and no daemon
 * does it. */
int publisher_checkpoint(struct publisher *publisher);

/* All of it for a command that says one thing: open session's keyring, publish a block with that one entry,
 * close. Its encoded bytes are gone afterwards. Returns: an exit code after it said why not. */
int publish_one(struct session *session, enum entry_kind kind, const void *record, struct published *out);
/* Tell what was published: the block, as sentence or JSON. */
int publish_report(const struct session *session, const struct published *published, const char *sentence);
/* That JSON, for who has more to tell. */
json_t *json_of_published(const struct session *session, const struct published *published);

/* Fill ENTRY_SALT_SIZE random bytes. */
void publisher_salt(uint8_t salt[ENTRY_SALT_SIZE]);

#endif
