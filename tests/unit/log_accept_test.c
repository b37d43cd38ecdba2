#include "protocol/log/accept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/log_bench.h"

/* Who may sign what, a sentence a row. Entries are log_accept_entries_test's. */

/* ---- the header ---- */

static const struct sign_secret_key *secret_of(enum role role)
{
    return &bench->actor.built[(role - 1) * BENCH_KEYS_PER_ROLE].secret;
}

static void change_author(struct forgery *forgery)
{
    forgery->header.author.hash.bytes[31] ^= 1;
}
static void raise_seq(struct forgery *forgery)
{
    forgery->header.seq++;
}
static void lower_seq(struct forgery *forgery)
{
    forgery->header.seq--;
}
static void change_previous(struct forgery *forgery)
{
    forgery->header.previous.bytes[0] ^= 1;
}
static void raise_epoch(struct forgery *forgery)
{
    forgery->header.epoch++;
}
static void make_it_status(struct forgery *forgery)
{
    forgery->header.block_class = CLASS_STATUS;
}
static void raise_entry_count(struct forgery *forgery)
{
    forgery->header.entry_count++;
}
static void change_entries_root(struct forgery *forgery)
{
    forgery->header.entries_root.bytes[0] ^= 1;
}
static void change_state_root(struct forgery *forgery)
{
    forgery->header.state_root.bytes[0] ^= 1;
}
static void say_long_ago(struct forgery *forgery)
{
    forgery->header.time_s = 0;
}
static void say_far_ahead(struct forgery *forgery)
{
    forgery->header.time_s = TIME_S_MAX;
}
static void drop_signer(struct forgery *forgery)
{
    forgery->signer_count--;
}
static void add_signer(struct forgery *forgery)
{
    forgery->signers[forgery->signer_count] = forgery->signers[forgery->signer_count - 1];
    forgery->signers[forgery->signer_count++].key_index++;
}
static void other_pair_of_signers(struct forgery *forgery)
{
    for (size_t i = 0; i < 2; i++) {
        forgery->signers[i].key_index = BENCH_KEYS_PER_ROLE + 1 + i;
        forgery->signers[i].secret = &bench->actor.built[BENCH_KEYS_PER_ROLE + 1 + i].secret;
    }
}
static void sign_by_governing_key(struct forgery *forgery)
{
    forgery->signers[0] = (struct block_signer){0, secret_of(ROLE_GOVERN)};
}
static void sign_by_present_key(struct forgery *forgery)
{
    forgery->signers[1] = (struct block_signer){3 * BENCH_KEYS_PER_ROLE, secret_of(ROLE_PRESENT)};
}
static void sign_by_no_key(struct forgery *forgery)
{
    forgery->signers[1].key_index = 4 * BENCH_KEYS_PER_ROLE;
}
static void sign_by_huge_index(struct forgery *forgery)
{
    forgery->signers[1].key_index = KEYS_MAX - 1;
}
static void sign_by_wrong_secret(struct forgery *forgery)
{
    forgery->signers[1].secret = secret_of(ROLE_PRESENT);
}
static void sign_twice_by_one(struct forgery *forgery)
{
    forgery->signers[1] = forgery->signers[0];
}
static void sign_in_wrong_order(struct forgery *forgery)
{
    struct block_signer first = forgery->signers[0];

    forgery->signers[0] = forgery->signers[1];
    forgery->signers[1] = first;
}
static void break_signature(struct forgery *forgery)
{
    forgery->break_signature = true;
}

static const struct {
    const char *why;
    void (*tamper)(struct forgery *forgery);
    enum reason reason;
} header_rows[] = {
    {"an honest block is taken", NULL, REASON_NONE},
    {"a block of another log is not this one's", change_author, REASON_WRONG_AUTHOR},
    {"a seq may not be skipped", raise_seq, REASON_WRONG_SEQ},
    {"nor said again", lower_seq, REASON_WRONG_SEQ},
    {"the previous block must be the head", change_previous, REASON_WRONG_PREVIOUS},
    {"only a rotation opens an epoch", raise_epoch, REASON_WRONG_EPOCH},
    {"an entry belongs to its class", make_it_status, REASON_ENTRY_CLASS},
    {"the header counts the entries", raise_entry_count, REASON_INCONSISTENT},
    {"the header commits to the entries", change_entries_root, REASON_ENTRIES_ROOT},
    {"the header commits to the state", change_state_root, REASON_STATE_ROOT},
    {"a signer's clock is never read, late", say_far_ahead, REASON_NONE},
    {"nor early", say_long_ago, REASON_NONE},
    {"one signature short of the threshold", drop_signer, REASON_SIGNATURE_COUNT},
    {"one above it", add_signer, REASON_SIGNATURE_COUNT},
    {"any threshold many keys of the role will do", other_pair_of_signers, REASON_NONE},
    {"a governing key signs no content", sign_by_governing_key, REASON_SIGNER_ROLE},
    {"nor does a present key", sign_by_present_key, REASON_SIGNER_ROLE},
    {"an index behind the last key names none", sign_by_no_key, REASON_SIGNER_ROLE},
    {"however far behind", sign_by_huge_index, REASON_SIGNER_ROLE},
    {"a signature by another key than the one named", sign_by_wrong_secret, REASON_BAD_SIGNATURE},
    {"one key does not count twice", sign_twice_by_one, REASON_NOT_SORTED},
    {"signatures are ordered by index", sign_in_wrong_order, REASON_NOT_SORTED},
    {"a signature with one bit changed", break_signature, REASON_BAD_SIGNATURE},
};

static void test_headers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof header_rows / sizeof header_rows[0]; i++) {
        draft_content();
        bench_check(header_rows[i].why, bench_forge(header_rows[i].tamper), header_rows[i].reason);
    }
}

/* ---- keys ---- */

static struct built_keys built;

static void open_keys_draft(enum entry_kind kind, const void *record)
{
    log_builder_begin(&bench->builder, CLASS_KEYS);
    log_builder_add(&bench->builder, kind, record);
}

static void begin_rotation(void)
{
    build_rotation(&built, &bench->builder.ring, &bench->log.state.keys, &bench->network, 5, 2);
    built.keys.thresholds.govern = BENCH_THRESHOLD;
}

static void rotate(void)
{
    begin_rotation();
    open_keys_draft(ENTRY_KEYS, &built.keys);
}
/* Three signatures are wanted and made. */
static void rotate_to_higher_threshold(void)
{
    begin_rotation();
    built.keys.thresholds.govern = BENCH_THRESHOLD + 1;
    open_keys_draft(ENTRY_KEYS, &built.keys);
}
static void rotate_to_threshold_of_one(void)
{
    begin_rotation();
    built.keys.thresholds.govern = 1;
    open_keys_draft(ENTRY_KEYS, &built.keys);
}
/* The governing keys of the new set are replaced by keys that nobody committed to, from the given one on. */
static void replace_governing(size_t from)
{
    struct list *keys = &built.keys.signing_keys;
    struct signing_key others[KEYS_MAX];
    size_t count = 0;

    memcpy(others, keys->items, keys->count * sizeof others[0]);
    keys->count = 0;
    for (size_t i = 0; i < BENCH_KEYS_PER_ROLE + 3; i++) {
        struct signing_key key = others[i];
        size_t at = keys->count;

        if (key.role == ROLE_GOVERN && count++ >= from) {
            key = key_ring_make(&bench->builder.ring, ROLE_GOVERN, 666, i);
        }
        for (; at > 0 && built.signing_keys[at - 1].role == key.role &&
               memcmp(&built.signing_keys[at - 1].key, &key.key, sizeof key.key) > 0;
             at--) {
            built.signing_keys[at] = built.signing_keys[at - 1];
        }
        built.signing_keys[at] = key;
        keys->count++;
    }
}
static void rotate_to_thiefs_keys(void)
{
    begin_rotation();
    replace_governing(0);
    open_keys_draft(ENTRY_KEYS, &built.keys);
}
static void rotate_with_two_thiefs_keys(void)
{
    begin_rotation();
    replace_governing(1);
    open_keys_draft(ENTRY_KEYS, &built.keys);
}
/* The thief has today's governing keys and lets them govern on. */
static void rotate_to_todays_keys(void)
{
    begin_rotation();
    memcpy(built.signing_keys, bench->actor.signing_keys, BENCH_KEYS_PER_ROLE * sizeof built.signing_keys[0]);
    open_keys_draft(ENTRY_KEYS, &built.keys);
}
static void update(void)
{
    build_update(&built, &bench->builder.ring, 9);
    open_keys_draft(ENTRY_KEYS_UPDATE, &built.update);
}
static void update_to_no_keys(void)
{
    const struct keys_update none = {.thresholds = {0}};

    open_keys_draft(ENTRY_KEYS_UPDATE, &none);
}
static void update_with_keys(size_t count)
{
    memset(&built, 0, sizeof built);
    for (size_t i = 0; i < count; i++) {
        struct signing_key key = key_ring_make(&bench->builder.ring, ROLE_ISSUE, 77, i);
        size_t at = i;

        for (; at > 0 && memcmp(&built.signing_keys[at - 1].key, &key.key, sizeof key.key) > 0; at--) {
            built.signing_keys[at] = built.signing_keys[at - 1];
        }
        built.signing_keys[at] = key;
    }
    built.update.signing_keys = (struct list){built.signing_keys, count};
    built.update.thresholds.issue = count;
    open_keys_draft(ENTRY_KEYS_UPDATE, &built.update);
}
static void update_to_as_many_as_fit(void)
{
    update_with_keys(KEYS_MAX - BENCH_KEYS_PER_ROLE);
}
static void update_to_one_too_many(void)
{
    update_with_keys(KEYS_MAX - BENCH_KEYS_PER_ROLE + 1);
}
static void update_gives_governing_key_a_second_role(void)
{
    memset(&built, 0, sizeof built);
    built.signing_keys[0] = bench->actor.signing_keys[0];
    built.signing_keys[0].role = ROLE_ISSUE;
    built.update.signing_keys = (struct list){built.signing_keys, 1};
    built.update.thresholds.issue = 1;
    open_keys_draft(ENTRY_KEYS_UPDATE, &built.update);
}
static void malformed_update(void)
{
    const uint8_t empty_array[] = {0x90};

    log_builder_begin(&bench->builder, CLASS_KEYS);
    log_builder_add_payload(&bench->builder, ENTRY_KEYS_UPDATE, false,
                            bytes_of(empty_array, sizeof empty_array));
}
static void malformed_rotation(void)
{
    const uint8_t empty_array[] = {0x90};

    log_builder_begin(&bench->builder, CLASS_KEYS);
    log_builder_add_payload(&bench->builder, ENTRY_KEYS, false, bytes_of(empty_array, sizeof empty_array));
}

static void lower_epoch(struct forgery *forgery)
{
    forgery->header.epoch--;
}
static void sign_update_by_issuers(struct forgery *forgery)
{
    for (size_t i = 0; i < BENCH_THRESHOLD; i++) {
        forgery->signers[i].key_index = BENCH_KEYS_PER_ROLE + i;
        forgery->signers[i].secret = &bench->actor.built[BENCH_KEYS_PER_ROLE + i].secret;
    }
}
/* The keys after the governing ones are issue, checkpoint and present. */
static void sign_rotation_by_new_issuer(struct forgery *forgery)
{
    forgery->signers[1] = (struct block_signer){BENCH_KEYS_PER_ROLE, secret_of(ROLE_ISSUE)};
}
static void sign_rotation_by_no_key(struct forgery *forgery)
{
    forgery->signers[1].key_index = KEYS_MAX - 1;
}
static void sign_rotation_by_one(struct forgery *forgery)
{
    forgery->signer_count = 1;
}

static const struct {
    const char *why;
    void (*draft)(void);
    void (*tamper)(struct forgery *forgery);
    enum reason reason;
} keys_rows[] = {
    {"the pre-committed keys rotate", rotate, NULL, REASON_NONE},
    {"also to a higher threshold, which they meet", rotate_to_higher_threshold, NULL, REASON_NONE},
    {"a rotation meets the committed threshold", rotate, drop_signer, REASON_SIGNATURE_COUNT},
    {"and has no signature beyond", rotate, add_signer, REASON_SIGNATURE_COUNT},
    {"and meets the new threshold, where that is higher", rotate_to_higher_threshold, drop_signer,
     REASON_SIGNATURE_COUNT},
    {"a lower new threshold does not count", rotate_to_threshold_of_one, sign_rotation_by_one,
     REASON_SIGNATURE_COUNT},
    {"but the committed one does", rotate_to_threshold_of_one, NULL, REASON_NONE},
    {"a thief's keys were not pre-committed", rotate_to_thiefs_keys, NULL, REASON_NOT_PRECOMMITTED},
    {"also beside one that was", rotate_with_two_thiefs_keys, NULL, REASON_NOT_PRECOMMITTED},
    {"today's governing keys don't rotate", rotate_to_todays_keys, NULL, REASON_NOT_PRECOMMITTED},
    {"a new issuing key does not rotate", rotate, sign_rotation_by_new_issuer, REASON_NOT_PRECOMMITTED},
    {"an index behind the new keys names none", rotate, sign_rotation_by_no_key, REASON_SIGNER_ROLE},
    {"a signature of a rotation with one bit changed", rotate, break_signature, REASON_BAD_SIGNATURE},
    {"a rotation opens the next epoch", rotate, lower_epoch, REASON_WRONG_EPOCH},
    {"and no later one", rotate, raise_epoch, REASON_WRONG_EPOCH},
    {"governing keys update the others", update, NULL, REASON_NONE},
    {"also away", update_to_no_keys, NULL, REASON_NONE},
    {"issuers don't update", update, sign_update_by_issuers, REASON_SIGNER_ROLE},
    {"an update stays in the epoch", update, raise_epoch, REASON_WRONG_EPOCH},
    {"16 keys fit", update_to_as_many_as_fit, NULL, REASON_NONE},
    {"a 17th does not", update_to_one_too_many, NULL, REASON_TOO_MANY},
    {"a governing key has no second role", update_gives_governing_key_a_second_role, NULL, REASON_NOT_SORTED},
    {"a malformed update is refused", malformed_update, NULL, REASON_OUT_OF_RANGE},
    {"and a malformed rotation", malformed_rotation, NULL, REASON_OUT_OF_RANGE},
};

static void test_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof keys_rows / sizeof keys_rows[0]; i++) {
        keys_rows[i].draft();
        bench_check(keys_rows[i].why, bench_forge(keys_rows[i].tamper), keys_rows[i].reason);
    }
}

static void test_a_rotation_changes_who_signs(void **state)
{
    struct memory_log after;
    struct bytes before_rotation;

    (void)state;
    draft_content();
    before_rotation = bench_forge(NULL);
    rotate();
    assert_int_equal(bench_offer(&after, bench_forge(NULL)), REASON_NONE);
    assert_int_equal(after.state.epoch, 1);
    assert_int_equal(after.state.epoch_first_seq, AT_NEXT);
    assert_int_equal(after.state.keys.thresholds.issue, 1);
    assert_int_equal(after.state.keys.key_count, BENCH_KEYS_PER_ROLE + 3);
    assert_int_equal(memory_log_accept(&after, before_rotation), REASON_WRONG_SEQ);
    log_builder_content(&bench->builder, &after, 1);
    assert_int_equal(after.state.epoch, 1);
    assert_int_equal(after.state.epoch_first_seq, AT_NEXT);
    assert_naive_root(&after);
    memory_log_deinit(&after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_headers, bench_make, bench_drop),
        cmocka_unit_test_setup_teardown(test_keys, bench_make, bench_drop),
        cmocka_unit_test_setup_teardown(test_a_rotation_changes_who_signs, bench_make, bench_drop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
