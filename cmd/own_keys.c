#include "cmd/own_keys.h"

#include <string.h>

/* Blocks 1, 2, … of the own log for as long as they are of class keys. */
static enum store_error read_blocks(struct own_keys *out, struct session *session, struct store_txn *txn)
{
    struct key_block *blocks = arena_take(&session->arena, PRESENTATION_KEY_BLOCKS_MAX * sizeof(*blocks));
    size_t count = 0;
    if (blocks == NULL) {
        return STORE_NO_MEMORY;
    }
    while (count < PRESENTATION_KEY_BLOCKS_MAX && count < out->state.seq) {
        struct block_record record;
        uint64_t arrived_s;
        enum store_error error = store_block_record(txn, &session->actor, count + 1, &record, &arrived_s);
        if (error == STORE_OK && record.block_class != CLASS_KEYS) {
            break;
        }
        if (error == STORE_OK) {
            error = store_block_bytes(txn, &session->actor, count + 1, &blocks[count].block, &session->arena);
        }
        if (error != STORE_OK) {
            return error;
        }
        count++;
    }
    out->blocks = (struct list){.items = blocks, .count = count};
    return STORE_OK;
}

static enum store_error read_log(struct own_keys *out, struct session *session, bool *is_published)
{
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);
    if (error != STORE_OK) {
        return error;
    }
    error = store_log_state(txn, &session->actor, &out->state);
    *is_published = error == STORE_OK;
    if (error == STORE_OK) {
        error = read_blocks(out, session, txn);
    }
    store_end(txn);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

int own_keys_read(struct own_keys *out, struct session *session)
{
    bool is_published = false;
    *out = (struct own_keys){0};
    enum store_error error = read_log(out, session, &is_published);
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    enum reason reason = holder_keys_replay(&out->carried, &session->home.network, &session->actor,
                                            session->inception, &out->blocks, &session->arena);
    if (reason != REASON_NONE) {
        return session_fail_reason(&session->options, reason);
    }
    if (!is_published) {
        out->state = out->carried;
    }
    return EXIT_YES;
}

static bool find_signer(const struct own_keys *keys, enum own_keys_use use, const struct keyring *keyring,
                        struct sign_secret_key *secret, uint64_t *key_index)
{
    if (use == OWN_KEYS_PRESENTATION &&
        keyring_signer(keyring, &keys->carried.keys, ROLE_PRESENT, secret, key_index) &&
        key_set_has(&keys->state.keys, ROLE_PRESENT, &keys->carried.keys.keys[*key_index].key)) {
        return true;
    }
    return keyring_signer(keyring, &keys->state.keys, ROLE_PRESENT, secret, key_index);
}

int own_keys_sign(struct indexed_signature *out, const struct own_keys *keys, enum own_keys_use use,
                  const struct session *session, const struct hash *hash)
{
    struct keyring *keyring = NULL;
    struct sign_secret_key secret;
    int code = keyring_open(&keyring, session);
    if (code != EXIT_YES) {
        return code;
    }
    if (find_signer(keys, use, keyring, &secret, &out->key_index)) {
        sign_hash(&out->signature, &secret, hash);
    } else {
        code = session_fail(
            &session->options, EXIT_BAD_INPUT, "keys-not-in-force",
            "The keys in this home are not the ones that this actor's log names. If the keys were "
            "rotated on another computer, use that one.");
    }
    sodium_memzero(&secret, sizeof(secret));
    keyring_wipe(keyring);
    return code;
}

int own_keys_sign_by_key(struct keyed_signature *out, const struct own_keys *keys,
                         const struct session *session, const struct hash *hash)
{
    struct indexed_signature signature;
    int code = own_keys_sign(&signature, keys, OWN_KEYS_CHALLENGE, session, hash);
    if (code == EXIT_YES) {
        *out = (struct keyed_signature){.key = keys->state.keys.keys[signature.key_index].key,
                                        .signature = signature.signature};
    }
    return code;
}
