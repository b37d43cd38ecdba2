#include "protocol/log/keys_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/builders.h"

/* Key sets by themselves; what blocks do with them is log_accept_test's. */

enum { PER_ROLE = 3, THRESHOLD = 2, ALL = PER_ROLE * ROLE_COUNT };

static struct network network;
static struct built_actor actor;
static struct key_set keys;
static struct hash hash;

static int make_actor(void **state)
{
    (void)state;
    if (!network_init(&network, "test")) {
        return -1;
    }
    build_actor(&actor, &network, 1, PER_ROLE, THRESHOLD);
    key_set_open(&keys, &actor.keys);
    memset(&hash, 0x5a, sizeof hash);
    return 0;
}

static void test_a_record_opens_a_set(void **state)
{
    (void)state;
    assert_int_equal(keys.key_count, ALL);
    for (size_t i = 0; i < ALL; i++) {
        assert_memory_equal(&keys.keys[i].key, &actor.built[i].key.key, sizeof keys.keys[i].key);
        assert_int_equal(keys.keys[i].role, 1 + i / PER_ROLE);
    }
    assert_int_equal(keys.thresholds.govern, THRESHOLD);
    assert_int_equal(keys.next_count, PER_ROLE);
    assert_int_equal(keys.next_threshold, THRESHOLD);
    assert_int_equal(keys.seal_key_count, 1);
    assert_int_equal(keys.seal_keys[0].number, 1);
}

static void test_commitments_are_to_the_next_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < PER_ROLE; i++) {
        struct hash committed;
        size_t found = 0;

        next_key_hash(&committed, &network, &actor.next[i].key);
        for (size_t j = 0; j < keys.next_count; j++) {
            found += hash_equal(&committed, &keys.next[j]);
        }
        assert_int_equal(found, 1);
    }
}

static void test_every_class_has_a_role(void **state)
{
    (void)state;
    assert_int_equal(class_role(CLASS_KEYS), ROLE_GOVERN);
    assert_int_equal(class_role(CLASS_GOVERN), ROLE_GOVERN);
    assert_int_equal(class_role(CLASS_STATUS), ROLE_ISSUE);
    assert_int_equal(class_role(CLASS_CONTENT), ROLE_ISSUE);
}

/* ---- signatures ---- */

static const struct {
    const char *why;
    enum role role;
    size_t count;
    uint64_t indexes[3];
    enum reason reason;
} checks[] = {
    {"threshold many of the role", ROLE_ISSUE, 2, {3, 4}, REASON_NONE},
    {"any of them", ROLE_ISSUE, 2, {3, 5}, REASON_NONE},
    {"of another role", ROLE_PRESENT, 2, {9, 11}, REASON_NONE},
    {"none", ROLE_ISSUE, 0, {0}, REASON_SIGNATURE_COUNT},
    {"too few", ROLE_ISSUE, 1, {3}, REASON_SIGNATURE_COUNT},
    {"too many", ROLE_ISSUE, 3, {3, 4, 5}, REASON_SIGNATURE_COUNT},
    {"one twice", ROLE_ISSUE, 2, {4, 4}, REASON_NOT_SORTED},
    {"in the wrong order", ROLE_ISSUE, 2, {5, 3}, REASON_NOT_SORTED},
    {"a governing key for an issuing one", ROLE_ISSUE, 2, {2, 3}, REASON_SIGNER_ROLE},
    {"a checkpoint key for an issuing one", ROLE_ISSUE, 2, {5, 6}, REASON_SIGNER_ROLE},
    {"no key at all", ROLE_PRESENT, 2, {11, 12}, REASON_SIGNER_ROLE},
    {"an index beyond all", ROLE_PRESENT, 2, {11, UINT64_MAX}, REASON_SIGNER_ROLE},
};

/* Indexes without a key sign by the first one's. */
static void sign_by(struct indexed_signature *out, const uint64_t *indexes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        out[i].key_index = indexes[i];
        sign_hash(&out[i].signature, &actor.built[indexes[i] < ALL ? indexes[i] : 0].secret, &hash);
    }
}

static void test_who_signs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        struct indexed_signature signatures[3];
        enum reason reason = REASON_NONE;

        sign_by(signatures, checks[i].indexes, checks[i].count);
        reason = key_set_check(&keys, checks[i].role, &hash, signatures, checks[i].count);
        if (reason != checks[i].reason) {
            fail_msg("%s: %s, not %s", checks[i].why, reason_word(reason), reason_word(checks[i].reason));
        }
    }
}

static void test_a_signature_is_of_one_hash(void **state)
{
    struct indexed_signature signatures[2];
    struct hash other = hash;

    (void)state;
    sign_by(signatures, checks[0].indexes, 2);
    other.bytes[0] ^= 1;
    assert_int_equal(key_set_check(&keys, ROLE_ISSUE, &other, signatures, 2), REASON_BAD_SIGNATURE);
    signatures[1].signature.bytes[63] ^= 1;
    assert_int_equal(key_set_check(&keys, ROLE_ISSUE, &hash, signatures, 2), REASON_BAD_SIGNATURE);
}

/* What may differ of signatures that were found valid just before, and of the set that they were checked by.
 */
static void spoil_threshold(struct key_set *set, struct indexed_signature signatures[2])
{
    (void)signatures;
    set->thresholds.issue = 1;
}

static void spoil_role(struct key_set *set, struct indexed_signature signatures[2])
{
    (void)signatures;
    set->keys[4].role = ROLE_PRESENT;
}

static void spoil_key(struct key_set *set, struct indexed_signature signatures[2])
{
    (void)signatures;
    set->keys[4].key.bytes[0] ^= 1;
}

static void exchange_keys(struct key_set *set, struct indexed_signature signatures[2])
{
    const struct signing_key key = set->keys[3];

    (void)signatures;
    set->keys[3] = set->keys[4];
    set->keys[4] = key;
}

static void exchange_signatures(struct key_set *set, struct indexed_signature signatures[2])
{
    const struct indexed_signature first = signatures[0];

    (void)set;
    signatures[0] = signatures[1];
    signatures[1] = first;
}

static void exchange_indexes(struct key_set *set, struct indexed_signature signatures[2])
{
    const struct signature first = signatures[0].signature;

    (void)set;
    signatures[0].signature = signatures[1].signature;
    signatures[1].signature = first;
}

static void repeat_signature(struct key_set *set, struct indexed_signature signatures[2])
{
    (void)set;
    signatures[1] = signatures[0];
}

static void test_what_was_valid_is_so_for_its_set_alone(void **state)
{
    static const struct {
        const char *what;
        void (*spoil)(struct key_set *set, struct indexed_signature signatures[2]);
        enum reason reason;
    } rows[] = {
        {"another threshold", spoil_threshold, REASON_SIGNATURE_COUNT},
        {"a key of another role", spoil_role, REASON_SIGNER_ROLE},
        {"another key", spoil_key, REASON_BAD_SIGNATURE},
        {"keys in another order", exchange_keys, REASON_BAD_SIGNATURE},
        {"signatures in another order", exchange_signatures, REASON_NOT_SORTED},
        {"signatures of each other's key", exchange_indexes, REASON_BAD_SIGNATURE},
        {"one for two", repeat_signature, REASON_NOT_SORTED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct indexed_signature signatures[2];
        struct key_set set = keys;
        enum reason reason = REASON_NONE;

        sign_by(signatures, checks[0].indexes, 2);
        assert_int_equal(key_set_check(&set, ROLE_ISSUE, &hash, signatures, 2), REASON_NONE);
        rows[i].spoil(&set, signatures);
        reason = key_set_check(&set, ROLE_ISSUE, &hash, signatures, 2);
        if (reason != rows[i].reason) {
            fail_msg("%s: %s, not %s", rows[i].what, reason_word(reason), reason_word(rows[i].reason));
        }
    }
}

static void test_a_role_without_keys_signs_nothing(void **state)
{
    const struct keys_update none = {.thresholds = {0}};
    struct key_set set = keys;

    (void)state;
    assert_int_equal(key_set_update(&set, &none), REASON_NONE);
    assert_int_equal(key_set_check(&set, ROLE_ISSUE, &hash, NULL, 0), REASON_SIGNER_ROLE);
}

/* ---- updates ---- */

static void test_an_update_leaves_governing_keys_alone(void **state)
{
    struct signing_key issuer = actor.signing_keys[PER_ROLE + 1];
    const struct seal_key seal = {.number = 9, .algorithm = SEAL_X25519};
    const struct keys_update update = {
        .signing_keys = {&issuer, 1}, .thresholds = {.issue = 1}, .seal_keys = {&seal, 1}};
    struct key_set set = keys;

    (void)state;
    assert_int_equal(key_set_update(&set, &update), REASON_NONE);
    assert_int_equal(set.key_count, PER_ROLE + 1);
    assert_memory_equal(set.keys, keys.keys, PER_ROLE * sizeof set.keys[0]);
    assert_memory_equal(&set.keys[PER_ROLE].key, &issuer.key, sizeof issuer.key);
    assert_int_equal(set.thresholds.govern, THRESHOLD);
    assert_int_equal(set.thresholds.issue, 1);
    assert_int_equal(set.thresholds.checkpoint, 0);
    assert_int_equal(set.thresholds.present, 0);
    assert_int_equal(set.next_count, keys.next_count);
    assert_int_equal(set.next_threshold, keys.next_threshold);
    assert_int_equal(set.seal_key_count, 1);
    assert_int_equal(set.seal_keys[0].number, 9);
    /* Two sets that say the same are the same bytes: nothing of the former keys lingers. */
    for (size_t i = PER_ROLE + 1; i < KEYS_MAX; i++) {
        const struct signing_key none = {0};

        assert_memory_equal(&set.keys[i], &none, sizeof none);
    }
}

static void test_a_refused_update_changes_nothing(void **state)
{
    struct signing_key many[KEYS_MAX] = {0};
    struct signing_key governing = actor.signing_keys[PER_ROLE - 1];
    struct keys_update update = {.signing_keys = {many, KEYS_MAX - PER_ROLE + 1}, .thresholds = {.issue = 1}};
    struct key_set set = keys;

    (void)state;
    assert_int_equal(key_set_update(&set, &update), REASON_TOO_MANY);
    assert_memory_equal(&set, &keys, sizeof set);
    governing.role = ROLE_ISSUE;
    update.signing_keys = (struct list){&governing, 1};
    assert_int_equal(key_set_update(&set, &update), REASON_NOT_SORTED);
    assert_memory_equal(&set, &keys, sizeof set);
}

/* ---- rotations ---- */

/* The set that the committed keys govern, with the threshold given. */
static struct key_set next_set(uint64_t threshold)
{
    struct key_set next = {.key_count = PER_ROLE + 1, .thresholds = {.govern = threshold, .issue = 1}};

    for (size_t i = 0; i < PER_ROLE; i++) {
        next.keys[i] = actor.next[i].key;
    }
    next.keys[PER_ROLE] = actor.signing_keys[PER_ROLE];
    return next;
}

static const struct {
    const char *why;
    uint64_t threshold;
    size_t count;
    uint64_t indexes[4];
    enum reason reason;
} rotations[] = {
    {"committed and new threshold met", 2, 2, {0, 2}, REASON_NONE},
    {"a lower new threshold asks for the committed one", 1, 2, {0, 1}, REASON_NONE},
    {"and has no less", 1, 1, {0}, REASON_SIGNATURE_COUNT},
    {"a higher new threshold asks for itself", 3, 3, {0, 1, 2}, REASON_NONE},
    {"and has no less", 3, 2, {0, 1}, REASON_SIGNATURE_COUNT},
    {"one more than asked for", 2, 3, {0, 1, 2}, REASON_SIGNATURE_COUNT},
    {"nobody", 2, 0, {0}, REASON_SIGNATURE_COUNT},
    {"one twice", 2, 2, {1, 1}, REASON_NOT_SORTED},
    {"a key that was not committed", 2, 2, {0, PER_ROLE}, REASON_NOT_PRECOMMITTED},
    {"no key at all", 2, 2, {0, PER_ROLE + 1}, REASON_SIGNER_ROLE},
};

static void test_who_rotates(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rotations / sizeof rotations[0]; i++) {
        const struct key_set next = next_set(rotations[i].threshold);
        struct indexed_signature signatures[4];
        enum reason reason = REASON_NONE;

        for (size_t j = 0; j < rotations[i].count; j++) {
            uint64_t index = rotations[i].indexes[j];

            signatures[j].key_index = index;
            sign_hash(&signatures[j].signature, &actor.next[index < PER_ROLE ? index : 0].secret, &hash);
        }
        reason = key_set_check_rotation(&keys, &next, &network, &hash, signatures, rotations[i].count);
        if (reason != rotations[i].reason) {
            fail_msg("%s: %s, not %s", rotations[i].why, reason_word(reason),
                     reason_word(rotations[i].reason));
        }
    }
}

/* A pre-committed key governs in the new set, or its signature does not count. */
static void test_a_committed_key_in_another_role_does_not_rotate(void **state)
{
    struct indexed_signature signatures[2];
    struct key_set next = next_set(1);

    (void)state;
    next.keys[1].role = ROLE_ISSUE;
    for (size_t i = 0; i < 2; i++) {
        signatures[i].key_index = i;
        sign_hash(&signatures[i].signature, &actor.next[i].secret, &hash);
    }
    assert_int_equal(key_set_check_rotation(&keys, &next, &network, &hash, signatures, 2),
                     REASON_SIGNER_ROLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_record_opens_a_set),
        cmocka_unit_test(test_commitments_are_to_the_next_keys),
        cmocka_unit_test(test_every_class_has_a_role),
        cmocka_unit_test(test_who_signs),
        cmocka_unit_test(test_a_signature_is_of_one_hash),
        cmocka_unit_test(test_what_was_valid_is_so_for_its_set_alone),
        cmocka_unit_test(test_a_role_without_keys_signs_nothing),
        cmocka_unit_test(test_an_update_leaves_governing_keys_alone),
        cmocka_unit_test(test_a_refused_update_changes_nothing),
        cmocka_unit_test(test_who_rotates),
        cmocka_unit_test(test_a_committed_key_in_another_role_does_not_rotate),
    };

    return cmocka_run_group_tests(tests, make_actor, NULL);
}
