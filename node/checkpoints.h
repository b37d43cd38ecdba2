#ifndef NODE_CHECKPOINTS_H
#define NODE_CHECKPOINTS_H

/* Signing this actor's checkpoints with the one key that a daemon holds unattended: at start, right after the
 * own head changes and every 10 minutes. That key can do nothing else. */

#include "node/home.h"
#include "store/store.h"

#define CHECKPOINT_KEYS_FILE "checkpoint.keys"

enum { CHECKPOINT_INTERVAL_MS = 10 * 60 * 1000, CHECKPOINT_DELAY_MS = 100, CHECKPOINT_SIZE_MAX = 4096 };

struct checkpoints {
    bool has_key;
    struct sign_public_key key;
    struct sign_secret_key secret;
    uint64_t due_ms;     /* UINT64_MAX: never */
    bool warned_of_keys; /* that the key has no role any more */
};

enum checkpoint_result {
    CHECKPOINT_SIGNED,
    CHECKPOINT_NO_LOG, /* nothing of the own log is held */
    CHECKPOINT_NO_KEY, /* the key is not among the log's checkpoint keys: rotated away, or of another actor */
    CHECKPOINT_STORE_FAILED,
};

/* Read home/checkpoint.keys; an absent one means never to sign. The first checkpoint is due at once. */
enum home_error checkpoints_init(struct checkpoints *checkpoints, const struct home *home, uint64_t now_ms);
/* Wipe the key. */
void checkpoints_deinit(struct checkpoints *checkpoints);

/* The own head changed: one is due in a moment, so that many blocks in a row share it. */
void checkpoints_on_head(struct checkpoints *checkpoints, uint64_t now_ms);
/* Sign self's head at now_s into memory (CHECKPOINT_SIZE_MAX bytes), and plan the next one. Requires:
 * has_key. */
enum checkpoint_result checkpoints_sign(struct checkpoints *checkpoints, struct store_txn *txn,
                                        const struct network *network, const struct actor_id *self,
                                        uint64_t now_ms, uint64_t now_s, uint8_t *memory, struct bytes *out);

#endif
