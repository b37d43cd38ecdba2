#ifndef CMD_OWN_BRANCHES_H
#define CMD_OWN_BRANCHES_H

/* The blocks of this actor's own log in its open epoch, when somebody else may have signed with its keys: a
 * tree whose leaves are what different signers made of the log. Which of them a node follows says nothing
 * about whose they are: that only the actor knows. */

#include "cmd/own_sayings.h"

enum { OWN_BLOCK_NONE = -1, OWN_BLOCK_DIGITS_MIN = 8 };

struct own_block {
    struct hash hash;
    uint64_t seq;
    int64_t parent;         /* index of the block before it; OWN_BLOCK_NONE: it opened the epoch */
    size_t child_count;     /* 0: the tip of a branch */
    bool followed;          /* on the chain */
    bool held;              /* false: only its header is known, from a proof */
    uint64_t proven_time_s; /* that the header claims, when not held */
    bool speaks;            /* not held, and of a class that may be against somebody */
};

struct own_branches {
    uint64_t epoch;
    uint64_t fork_seq; /* the last block that all branches have in common */
    size_t tip_count;
    size_t block_count;
    struct own_block *blocks; /* in the session's arena; sorted by (seq, hash) */
};

/* Whether a fork proof stands against the open epoch of author, whose keys then sign nothing but the rotation
 * that ends it. A log that two rotations froze is not contested but over. Uses arena for the call. */
enum store_error own_log_is_contested(struct store_txn *txn, const struct actor_id *author, uint64_t epoch,
                                      struct arena *arena, bool *contested);

/* Read all blocks known of the epoch that state is in. */
enum store_error own_branches_read(struct own_branches *out, struct session *session, struct store_txn *txn,
                                   const struct log_state *state);

/* The block whose hash starts with the digits of text, at least OWN_BLOCK_DIGITS_MIN of them. Returns: its
 * index, OWN_BLOCK_NONE when there is none, or more than one. */
int64_t own_branches_find(const struct own_branches *branches, const char *text);
/* Block seq of the chain. Returns as own_branches_find. */
int64_t own_branches_at(const struct own_branches *branches, uint64_t seq);

/* A branch that a rotation behind some block leaves out, as `void --branch` names it. */
struct own_dropped {
    size_t parent; /* index of the last block that it shares with what is kept */
    size_t first;  /* the one after it */
    size_t tip;
};

/* What a rotation behind blocks[kept] leaves out. Writes: *out, in the session's arena. */
enum store_error own_branches_dropped(struct own_dropped **out, size_t *count, struct session *session,
                                      const struct own_branches *branches, size_t kept);

/* ---- for people ---- */

/* What stands in the blocks above block base_seq up to and with blocks[tip]. Requires: blocks[tip] has no
 * child, and lies above base_seq. */
enum store_error own_branches_facts(struct own_sayings *out, struct session *session, struct store_txn *txn,
                                    const struct own_branches *branches, size_t tip, uint64_t base_seq);

/* Ask which branch is the actor's, as the refusal of a rotation that does not say. next_path: what --next
 * said, to be said again; or NULL. Returns: EXIT_BAD_INPUT, or another exit code after it said why not. */
int own_branches_ask(struct session *session, struct store_txn *txn, const struct own_branches *branches,
                     const char *next_path);

#endif
