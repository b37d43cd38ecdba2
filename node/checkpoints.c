#include "node/checkpoints.h"

#include <assert.h>
#include <string.h>

#include "node/clock.h"
#include "node/node_keys.h"
#include "protocol/log/checkpoint.h"

enum home_error checkpoints_init(struct checkpoints *checkpoints, const struct home *home, uint64_t now_ms)
{
    struct sign_seed seed;
    enum home_error error = node_secret_read(home, CHECKPOINT_KEYS_FILE, seed.bytes, sizeof seed.bytes);

    *checkpoints = (struct checkpoints){.due_ms = UINT64_MAX};
    if (error == HOME_NOT_FOUND) {
        return HOME_OK;
    }
    if (error != HOME_OK) {
        return error;
    }
    sign_key_pair(&checkpoints->key, &checkpoints->secret, &seed);
    sodium_memzero(&seed, sizeof seed);
    checkpoints->has_key = true;
    checkpoints->due_ms = now_ms;
    return HOME_OK;
}

void checkpoints_deinit(struct checkpoints *checkpoints)
{
    sodium_memzero(&checkpoints->secret, sizeof checkpoints->secret);
    checkpoints->has_key = false;
}

void checkpoints_on_head(struct checkpoints *checkpoints, uint64_t now_ms)
{
    uint64_t soon_ms = now_ms + clock_rhythm_ms(CHECKPOINT_DELAY_MS);

    if (checkpoints->has_key && checkpoints->due_ms > soon_ms) {
        checkpoints->due_ms = soon_ms;
    }
}

/* Where the key stands in the key set, among those with the checkpoint role. */
static bool find_key(const struct key_set *keys, const struct sign_public_key *key, uint64_t *index)
{
    for (size_t i = 0; i < keys->key_count; i++) {
        if (keys->keys[i].role == ROLE_CHECKPOINT &&
            sodium_memcmp(keys->keys[i].key.bytes, key->bytes, sizeof key->bytes) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

/* Of the last one that the store has; 0: there is none. */
static uint64_t last_time_s(struct store_txn *txn, const struct actor_id *self)
{
    uint8_t memory[2 * CHECKPOINT_SIZE_MAX];
    struct signed_checkpoint last;
    struct bytes encoded;
    struct arena arena;

    arena_init(&arena, memory, sizeof memory);
    if (store_checkpoint(txn, self, &encoded, &arena) != STORE_OK ||
        schema_decode(&signed_checkpoint_schema, &last, encoded, &arena) != REASON_NONE) {
        return 0;
    }
    return last.checkpoint.time_s;
}

enum checkpoint_result checkpoints_sign(struct checkpoints *checkpoints, struct store_txn *txn,
                                        const struct network *network, const struct actor_id *self,
                                        uint64_t now_ms, uint64_t now_s, uint8_t *memory, struct bytes *out)
{
    struct signed_checkpoint statement;
    struct checkpoint checkpoint;
    struct log_state state;
    enum store_error error = store_log_state(txn, self, &state);
    uint64_t key_index = 0;
    bool fits = false;

    assert(checkpoints->has_key);
    checkpoints->due_ms = now_ms + clock_rhythm_ms(CHECKPOINT_INTERVAL_MS);
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? CHECKPOINT_NO_LOG : CHECKPOINT_STORE_FAILED;
    }
    if (!find_key(&state.keys, &checkpoints->key, &key_index)) {
        return CHECKPOINT_NO_KEY;
    }
    memset(&checkpoint, 0, sizeof checkpoint);
    checkpoint.author = *self;
    checkpoint.epoch = state.epoch;
    checkpoint.seq = state.seq;
    checkpoint.head = state.head;
    checkpoint.time_s = checkpoint_next_time_s(now_s, last_time_s(txn, self));
    checkpoint.time_s = checkpoint.time_s < TIME_S_MAX ? checkpoint.time_s : TIME_S_MAX;
    checkpoint_sign(&statement, &checkpoint, network, key_index, &checkpoints->secret);
    fits = schema_encode(&signed_checkpoint_schema, &statement, memory, CHECKPOINT_SIZE_MAX, out);
    assert(fits);
    return CHECKPOINT_SIGNED;
}
