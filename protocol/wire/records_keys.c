#include "protocol/wire/tables.h"

/* ---- parts ---- */

/* The random bytes become the seed of a key that can sign. */
static void arrange_signing_key(void *record)
{
    struct signing_key *key = record;
    struct sign_secret_key secret;
    struct sign_seed seed;

    _Static_assert(sizeof seed == sizeof key->key, "a seed is as long as a key");
    memcpy(&seed, &key->key, sizeof seed);
    sign_key_pair(&key->key, &secret, &seed);
}

static const struct field signing_key_fields[] = {
    {REQUIRED(signing_key, algorithm), ENUM(KEY_ED25519, KEY_ED25519), MEANS("1 Ed25519")},
    {REQUIRED(signing_key, role), ENUM(ROLE_GOVERN, ROLE_PRESENT),
     MEANS("1 govern, 2 issue, 3 checkpoint, 4 present")},
    {REQUIRED(signing_key, key), FIXED(sizeof(struct sign_public_key)),
     MEANS("never signs unless it is a canonical point on the main subgroup, not of small order")},
};

static const struct schema signing_key_schema = {
    SCHEMA(signing_key),
    .meaning = "A key and the one thing that it may sign.",
    .arrange = arrange_signing_key,
};

static const struct field seal_key_fields[] = {
    {REQUIRED(seal_key, number), UINT(0, UINT32_MAX),
     MEANS("which seal key of this actor; never used again")},
    {REQUIRED(seal_key, algorithm), ENUM(SEAL_X25519, SEAL_X25519), MEANS("1 X25519")},
    {REQUIRED(seal_key, key), FIXED(sizeof(struct seal_public_key)), MEANS("what is sealed to")},
};

static const struct schema seal_key_schema = {
    SCHEMA(seal_key),
    .meaning = "A key that claims are sealed to.",
};

static const struct field next_key_fields[] = {
    {REQUIRED(next_key, hash), FIXED(HASH_SIZE), MEANS("tp.next.key over algorithm byte and key")},
};

static const struct schema next_key_schema = {
    SCHEMA(next_key),
    .meaning = "Pre-commitment to one governing key of the next epoch.",
};

static const struct field thresholds_fields[] = {
    {REQUIRED(thresholds, govern), UINT(0, KEYS_MAX), MEANS("signatures that a keys or govern block needs")},
    {REQUIRED(thresholds, issue), UINT(0, KEYS_MAX),
     MEANS("signatures that a status or content block needs")},
    {REQUIRED(thresholds, checkpoint), UINT(0, KEYS_MAX),
     MEANS("of checkpoint keys; a checkpoint itself has one signature")},
    {REQUIRED(thresholds, present), UINT(0, KEYS_MAX),
     MEANS("of present keys; a presentation itself has one signature")},
};

static const struct schema thresholds_schema = {
    SCHEMA(thresholds),
    .meaning = "Signatures needed per role: 1 to the count of its keys; 0 where it has no key.",
};

static int order_signing_keys(const void *a, const void *b)
{
    const struct signing_key *left = a, *right = b;

    if (left->role != right->role) {
        return left->role < right->role ? -1 : 1;
    }
    return memcmp(&left->key, &right->key, sizeof left->key);
}

static int order_seal_keys(const void *a, const void *b)
{
    const struct seal_key *left = a, *right = b;

    return order_numbers(left->number, right->number);
}

static int order_next_keys(const void *a, const void *b)
{
    const struct next_key *left = a, *right = b;

    return hash_compare(&left->hash, &right->hash);
}

/* ---- rules ---- */

static uint64_t *threshold_of_role(struct thresholds *thresholds, enum role role)
{
    switch (role) {
    case ROLE_GOVERN:
        return &thresholds->govern;
    case ROLE_ISSUE:
        return &thresholds->issue;
    case ROLE_CHECKPOINT:
        return &thresholds->checkpoint;
    case ROLE_PRESENT:
        break;
    }
    return &thresholds->present;
}

static size_t role_count(const struct list *keys, enum role role)
{
    const struct signing_key *items = keys->items;
    size_t count = 0;

    for (size_t i = 0; i < keys->count; i++) {
        count += items[i].role == role;
    }
    return count;
}

/* The list is sorted by role first, so one key in two roles has to be looked for. */
static bool keys_are_distinct(const struct list *keys)
{
    const struct signing_key *items = keys->items;

    for (size_t i = 0; i < keys->count; i++) {
        for (size_t j = i + 1; j < keys->count; j++) {
            if (memcmp(&items[i].key, &items[j].key, sizeof items[i].key) == 0) {
                return false;
            }
        }
    }
    return true;
}

static enum reason check_roles(const struct list *keys, struct thresholds thresholds)
{
    for (enum role role = ROLE_GOVERN; role <= ROLE_PRESENT; role++) {
        uint64_t threshold = *threshold_of_role(&thresholds, role);
        size_t count = role_count(keys, role);

        if (threshold > count || (threshold == 0 && count > 0)) {
            return REASON_INCONSISTENT;
        }
    }
    return keys_are_distinct(keys) ? REASON_NONE : REASON_NOT_SORTED;
}

static void arrange_thresholds(struct thresholds *thresholds, const struct list *keys)
{
    for (enum role role = ROLE_GOVERN; role <= ROLE_PRESENT; role++) {
        uint64_t *threshold = threshold_of_role(thresholds, role);
        size_t count = role_count(keys, role);

        *threshold = count > 0 ? 1 + *threshold % count : 0;
    }
}

/* ---- keys ---- */

static enum reason check_keys(const void *record)
{
    const struct keys *keys = record;

    if (keys->thresholds.govern == 0 || keys->next_threshold > keys->next_keys.count) {
        return REASON_INCONSISTENT;
    }
    return check_roles(&keys->signing_keys, keys->thresholds);
}

static void arrange_keys(void *record)
{
    struct keys *keys = record;
    struct signing_key *first = (struct signing_key *)keys->signing_keys.items;

    first->role = ROLE_GOVERN;
    arrange_thresholds(&keys->thresholds, &keys->signing_keys);
    keys->next_threshold = 1 + keys->next_threshold % keys->next_keys.count;
}

static const struct field keys_fields[] = {
    {REQUIRED(keys, signing_keys), LIST(signing_key, 1, KEYS_MAX), SORTED(order_signing_keys),
     MEANS("distinct, sorted by role, then key; at least one governs")},
    {REQUIRED(keys, thresholds), RECORD(thresholds), MEANS("govern at least 1")},
    {REQUIRED(keys, next_keys), LIST(next_key, 1, KEYS_MAX), SORTED(order_next_keys),
     MEANS("sorted: the governing keys that may open the next epoch")},
    {REQUIRED(keys, next_threshold), UINT(1, KEYS_MAX), MEANS("how many of them must; at most their count")},
    {REQUIRED(keys, seal_keys), LIST(seal_key, 0, SEAL_KEYS_MAX), SORTED(order_seal_keys),
     MEANS("numbers ascending")},
};

const struct schema keys_schema = {
    SCHEMA(keys),
    EXTENSIBLE(keys),
    .meaning = "Inception (seq 0), or a rotation, which opens the next epoch. A signature names its key by "
               "its index "
               "in signing_keys.",
    .check = check_keys,
    .arrange = arrange_keys,
};

/* ---- keys_update ---- */

static enum reason check_keys_update(const void *record)
{
    const struct keys_update *update = record;

    if (role_count(&update->signing_keys, ROLE_GOVERN) > 0) {
        return REASON_INCONSISTENT;
    }
    return check_roles(&update->signing_keys, update->thresholds);
}

/* The governing keys are the first of the list. */
static void arrange_keys_update(void *record)
{
    struct keys_update *update = record;
    size_t skipped = role_count(&update->signing_keys, ROLE_GOVERN);
    const struct signing_key *keys = update->signing_keys.items;

    if (skipped > 0) {
        update->signing_keys = (struct list){keys + skipped, update->signing_keys.count - skipped};
    }
    arrange_thresholds(&update->thresholds, &update->signing_keys);
}

static const struct field keys_update_fields[] = {
    {REQUIRED(keys_update, signing_keys), LIST(signing_key, 0, KEYS_MAX - 1), SORTED(order_signing_keys),
     MEANS("distinct, sorted by role, then key; none governs")},
    {REQUIRED(keys_update, thresholds), RECORD(thresholds), MEANS("govern 0: it stays as it is")},
    {REQUIRED(keys_update, seal_keys), LIST(seal_key, 0, SEAL_KEYS_MAX), SORTED(order_seal_keys),
     MEANS("numbers ascending")},
};

const struct schema keys_update_schema = {
    SCHEMA(keys_update),
    EXTENSIBLE(keys_update),
    .meaning = "Replaces all keys that don't govern, and the seal keys, within the epoch.",
    .check = check_keys_update,
    .arrange = arrange_keys_update,
};
