#include "protocol/log/checkpoint.h"

#include <assert.h>

enum { CHECKPOINT_SIZE_MAX = 4096 };

static void checkpoint_hash(struct hash *out, const struct network *network,
                            const struct checkpoint *checkpoint)
{
    uint8_t memory[CHECKPOINT_SIZE_MAX];
    struct bytes encoded;
    bool fits = schema_encode(&checkpoint_schema, checkpoint, memory, sizeof memory, &encoded);

    assert(fits);
    hash_bytes(out, label_domain(network, LABEL_CHECKPOINT), encoded.data, encoded.size);
}

void checkpoint_sign(struct signed_checkpoint *out, const struct checkpoint *checkpoint,
                     const struct network *network, uint64_t key_index, const struct sign_secret_key *secret)
{
    struct hash hash;

    checkpoint_hash(&hash, network, checkpoint);
    *out = (struct signed_checkpoint){.checkpoint = *checkpoint, .signature.key_index = key_index};
    sign_hash(&out->signature.signature, secret, &hash);
}

uint64_t checkpoint_next_time_s(uint64_t now_s, uint64_t last_s)
{
    return last_s > now_s && last_s - now_s <= CHECKPOINT_AHEAD_S ? last_s : now_s;
}

static enum reason check_order(const struct checkpoint *now, const struct checkpoint *before)
{
    /* A rotation may rewind what a thief wrote. No time goes back: earlier ones show what came late. */
    bool goes_back = now->epoch == before->epoch && now->seq < before->seq;
    if (now->epoch < before->epoch || goes_back || now->time_s < before->time_s) {
        return REASON_STALE_CHECKPOINT;
    }
    if (now->epoch > before->epoch) {
        return REASON_NONE;
    }
    if (now->seq == before->seq && now->time_s == before->time_s) {
        return REASON_KNOWN;
    }
    return REASON_NONE;
}

enum reason checkpoint_check(const struct signed_checkpoint *checkpoint, const struct network *network,
                             const struct key_set *keys, const struct signed_checkpoint *previous)
{
    const struct indexed_signature *signature = &checkpoint->signature;
    struct hash hash;
    enum reason reason = REASON_NONE;

    if (previous != NULL) {
        reason = check_order(&checkpoint->checkpoint, &previous->checkpoint);
    }
    if (reason != REASON_NONE) {
        return reason;
    }
    if (signature->key_index >= keys->key_count || keys->keys[signature->key_index].role != ROLE_CHECKPOINT) {
        return REASON_SIGNER_ROLE;
    }
    checkpoint_hash(&hash, network, &checkpoint->checkpoint);
    return sign_verify(&signature->signature, &keys->keys[signature->key_index].key, &hash)
               ? REASON_NONE
               : REASON_BAD_SIGNATURE;
}
