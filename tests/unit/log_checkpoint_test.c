#include "protocol/log/checkpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/builders.h"

enum { PER_ROLE = 2, CHECKPOINT_KEY = 2 * PER_ROLE };
#define TIME_S UINT64_C(1750000000)

static struct network network;
static struct built_actor actor;
static struct key_set keys;

static int make_actor(void **state)
{
    (void)state;
    if (!network_init(&network, "test")) {
        return -1;
    }
    build_actor(&actor, &network, 1, PER_ROLE, PER_ROLE);
    key_set_open(&keys, &actor.keys);
    return 0;
}

static struct signed_checkpoint sign(uint64_t epoch, uint64_t seq, uint64_t time_s, uint64_t key_index)
{
    struct signed_checkpoint out;
    const struct checkpoint checkpoint = {
        .author = actor.id, .epoch = epoch, .seq = seq, .head = actor.id.hash, .time_s = time_s};

    checkpoint_sign(&out, &checkpoint, &network, key_index, &actor.built[key_index].secret);
    return out;
}

static const struct {
    const char *why;
    uint64_t epoch, seq, time_s;
    enum reason reason;
} moves[] = {
    {"a later seq at a later time", 3, 8, TIME_S + 1, REASON_NONE},
    {"the same head, later", 3, 7, TIME_S + 1, REASON_NONE},
    {"a later head at the same time", 3, 8, TIME_S, REASON_NONE},
    {"nothing moved", 3, 7, TIME_S, REASON_KNOWN},
    {"a lower seq in the same epoch goes back", 3, 6, TIME_S + 1, REASON_STALE_CHECKPOINT},
    {"an earlier time goes back", 3, 8, TIME_S - 1, REASON_STALE_CHECKPOINT},
    {"both go back", 3, 6, TIME_S - 1, REASON_STALE_CHECKPOINT},
    {"an earlier epoch goes back, whatever else", 2, 9, TIME_S + 9, REASON_STALE_CHECKPOINT},
    {"a later epoch may have rewound blocks", 4, 5, TIME_S + 1, REASON_NONE},
    {"but takes back no time: earlier ones show what came late", 4, 9, TIME_S - 9, REASON_STALE_CHECKPOINT},
};

static void test_checkpoints_never_go_back(void **state)
{
    const struct signed_checkpoint before = sign(3, 7, TIME_S, CHECKPOINT_KEY);

    (void)state;
    assert_int_equal(checkpoint_check(&before, &network, &keys, NULL), REASON_NONE);
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        struct signed_checkpoint now = sign(moves[i].epoch, moves[i].seq, moves[i].time_s, CHECKPOINT_KEY);
        enum reason reason = checkpoint_check(&now, &network, &keys, &before);

        if (reason != moves[i].reason) {
            fail_msg("%s: %s, not %s", moves[i].why, reason_word(reason), reason_word(moves[i].reason));
        }
    }
}

static void test_any_checkpoint_key_signs_and_no_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < keys.key_count; i++) {
        struct signed_checkpoint checkpoint = sign(0, 1, TIME_S, i);

        assert_int_equal(checkpoint_check(&checkpoint, &network, &keys, NULL),
                         keys.keys[i].role == ROLE_CHECKPOINT ? REASON_NONE : REASON_SIGNER_ROLE);
    }
}

static void test_a_key_that_is_none_signs_nothing(void **state)
{
    struct signed_checkpoint checkpoint = sign(0, 1, TIME_S, CHECKPOINT_KEY);

    (void)state;
    checkpoint.signature.key_index = keys.key_count;
    assert_int_equal(checkpoint_check(&checkpoint, &network, &keys, NULL), REASON_SIGNER_ROLE);
    checkpoint.signature.key_index = UINT64_MAX;
    assert_int_equal(checkpoint_check(&checkpoint, &network, &keys, NULL), REASON_SIGNER_ROLE);
}

static void change_author(struct signed_checkpoint *checkpoint)
{
    checkpoint->checkpoint.author.hash.bytes[0] ^= 1;
}
static void change_epoch(struct signed_checkpoint *checkpoint)
{
    checkpoint->checkpoint.epoch++;
}
static void change_seq(struct signed_checkpoint *checkpoint)
{
    checkpoint->checkpoint.seq++;
}
static void change_head(struct signed_checkpoint *checkpoint)
{
    checkpoint->checkpoint.head.bytes[31] ^= 1;
}
static void change_time(struct signed_checkpoint *checkpoint)
{
    checkpoint->checkpoint.time_s++;
}
static void change_signature(struct signed_checkpoint *checkpoint)
{
    checkpoint->signature.signature.bytes[40] ^= 1;
}
static void name_other_key(struct signed_checkpoint *checkpoint)
{
    checkpoint->signature.key_index++;
}

static void test_every_field_is_signed(void **state)
{
    static void (*const changes[])(struct signed_checkpoint *) = {
        change_author, change_epoch, change_seq, change_head, change_time, change_signature, name_other_key,
    };

    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct signed_checkpoint checkpoint = sign(0, 1, TIME_S, CHECKPOINT_KEY);

        changes[i](&checkpoint);
        assert_int_equal(checkpoint_check(&checkpoint, &network, &keys, NULL), REASON_BAD_SIGNATURE);
    }
}

static void test_a_checkpoint_is_of_one_network(void **state)
{
    const struct signed_checkpoint checkpoint = sign(0, 1, TIME_S, CHECKPOINT_KEY);
    struct network other;

    (void)state;
    assert_true(network_init(&other, "main"));
    assert_int_equal(checkpoint_check(&checkpoint, &other, &keys, NULL), REASON_BAD_SIGNATURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_checkpoints_never_go_back),
        cmocka_unit_test(test_any_checkpoint_key_signs_and_no_other),
        cmocka_unit_test(test_a_key_that_is_none_signs_nothing),
        cmocka_unit_test(test_every_field_is_signed),
        cmocka_unit_test(test_a_checkpoint_is_of_one_network),
    };

    return cmocka_run_group_tests(tests, make_actor, NULL);
}
