#include "protocol/log/keys_state.h"

#include <assert.h>
#include <string.h>

bool key_set_has(const struct key_set *set, enum role role, const struct sign_public_key *key)
{
    for (size_t i = 0; i < set->key_count; i++) {
        if (set->keys[i].role == role && memcmp(set->keys[i].key.bytes, key->bytes, sizeof key->bytes) == 0) {
            return true;
        }
    }
    return false;
}

void key_set_open(struct key_set *set, const struct keys *keys)
{
    const struct next_key *next = keys->next_keys.items;

    memset(set, 0, sizeof *set);
    set->key_count = keys->signing_keys.count;
    memcpy(set->keys, keys->signing_keys.items, set->key_count * sizeof set->keys[0]);
    set->thresholds = keys->thresholds;
    set->next_count = keys->next_keys.count;
    for (size_t i = 0; i < set->next_count; i++) {
        set->next[i] = next[i].hash;
    }
    set->next_threshold = keys->next_threshold;
    set->seal_key_count = keys->seal_keys.count;
    if (set->seal_key_count > 0) {
        memcpy(set->seal_keys, keys->seal_keys.items, set->seal_key_count * sizeof set->seal_keys[0]);
    }
}

/* Governing keys stand first, because keys are sorted by role and theirs is the lowest. */
static size_t governing_count(const struct key_set *set)
{
    size_t count = 0;

    while (count < set->key_count && set->keys[count].role == ROLE_GOVERN) {
        count++;
    }
    return count;
}

/* Whether a key of the update governs already: a key has one role. The update's own keys are distinct. */
static bool repeats_governing_key(const struct key_set *set, size_t governing,
                                  const struct keys_update *update)
{
    const struct signing_key *keys = update->signing_keys.items;

    for (size_t i = 0; i < update->signing_keys.count; i++) {
        for (size_t j = 0; j < governing; j++) {
            if (memcmp(&keys[i].key, &set->keys[j].key, sizeof keys[i].key) == 0) {
                return true;
            }
        }
    }
    return false;
}

enum reason key_set_update(struct key_set *set, const struct keys_update *update)
{
    size_t governing = governing_count(set);
    size_t added = update->signing_keys.count;

    if (added > KEYS_MAX - governing) {
        return REASON_TOO_MANY;
    }
    if (repeats_governing_key(set, governing, update)) {
        return REASON_NOT_SORTED;
    }
    memset(&set->keys[governing], 0, (KEYS_MAX - governing) * sizeof set->keys[0]);
    if (added > 0) {
        memcpy(&set->keys[governing], update->signing_keys.items, added * sizeof set->keys[0]);
    }
    set->key_count = governing + added;
    set->thresholds.issue = update->thresholds.issue;
    set->thresholds.checkpoint = update->thresholds.checkpoint;
    set->thresholds.present = update->thresholds.present;
    memset(set->seal_keys, 0, sizeof set->seal_keys);
    set->seal_key_count = update->seal_keys.count;
    if (set->seal_key_count > 0) {
        memcpy(set->seal_keys, update->seal_keys.items, set->seal_key_count * sizeof set->seal_keys[0]);
    }
    return REASON_NONE;
}

void next_key_hash(struct hash *out, const struct network *network, const struct signing_key *key)
{
    const uint8_t algorithm = (uint8_t)key->algorithm;
    struct hash_stream stream;

    hash_stream_init(&stream, label_domain(network, LABEL_NEXT_KEY));
    hash_stream_add(&stream, &algorithm, sizeof algorithm);
    hash_stream_add(&stream, key->key.bytes, sizeof key->key.bytes);
    hash_stream_end(&stream, out);
}

static uint64_t role_threshold(const struct thresholds *thresholds, enum role role)
{
    switch (role) {
    case ROLE_GOVERN:
        return thresholds->govern;
    case ROLE_ISSUE:
        return thresholds->issue;
    case ROLE_CHECKPOINT:
        return thresholds->checkpoint;
    case ROLE_PRESENT:
        return thresholds->present;
    }
    return 0;
}

/* Whether count signatures, ascending by key index, are by keys of role and valid. */
static enum reason check_signatures(const struct key_set *set, enum role role, const struct hash *hash,
                                    const struct indexed_signature *signatures, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t index = signatures[i].key_index;

        if (i > 0 && index <= signatures[i - 1].key_index) {
            return REASON_NOT_SORTED;
        }
        if (index >= set->key_count || set->keys[index].role != role) {
            return REASON_SIGNER_ROLE;
        }
    }
    /* Signatures cost most, so they come last. */
    for (size_t i = 0; i < count; i++) {
        const struct signing_key *key = &set->keys[signatures[i].key_index];

        if (!sign_verify(&signatures[i].signature, &key->key, hash)) {
            return REASON_BAD_SIGNATURE;
        }
    }
    return REASON_NONE;
}

enum reason key_set_check(const struct key_set *set, enum role role, const struct hash *hash,
                          const struct indexed_signature *signatures, size_t count)
{
    uint64_t threshold = role_threshold(&set->thresholds, role);

    if (threshold == 0) {
        return REASON_SIGNER_ROLE;
    }
    if (count != threshold) {
        return REASON_SIGNATURE_COUNT;
    }
    return check_signatures(set, role, hash, signatures, count);
}

static bool is_precommitted(const struct key_set *set, const struct network *network,
                            const struct signing_key *key)
{
    struct hash hash;

    next_key_hash(&hash, network, key);
    for (size_t i = 0; i < set->next_count; i++) {
        if (hash_equal(&hash, &set->next[i])) {
            return true;
        }
    }
    return false;
}

enum reason key_set_check_rotation(const struct key_set *set, const struct key_set *next,
                                   const struct network *network, const struct hash *hash,
                                   const struct indexed_signature *signatures, size_t count)
{
    uint64_t committed = set->next_threshold;
    uint64_t wanted = committed > next->thresholds.govern ? committed : next->thresholds.govern;

    if (count != wanted) {
        return REASON_SIGNATURE_COUNT;
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t index = signatures[i].key_index;

        if (index >= next->key_count) {
            return REASON_SIGNER_ROLE;
        }
        if (!is_precommitted(set, network, &next->keys[index])) {
            return REASON_NOT_PRECOMMITTED;
        }
    }
    return check_signatures(next, ROLE_GOVERN, hash, signatures, count);
}

enum role class_role(enum block_class block_class)
{
    switch (block_class) {
    case CLASS_KEYS:
    case CLASS_GOVERN:
        return ROLE_GOVERN;
    case CLASS_STATUS:
    case CLASS_CONTENT:
        return ROLE_ISSUE;
    }
    return ROLE_GOVERN;
}
