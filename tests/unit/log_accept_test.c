#include "protocol/log/accept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/log_random.h"
#include "tests/support/naive_log.h"

/* What acceptance takes and refuses, a sentence a row, and that what it takes leads to the state root that
 * the words of DESIGN section 4 give. */

enum { KEYS_PER_ROLE = 3, THRESHOLD = 2, ARENA_SIZE = 8 * 1024 * 1024 };

struct bench {
    struct network network;
    struct built_actor actor;
    struct log_builder builder;
    struct arena scratch;
    struct memory_log log; /* the one that rows are tried on, see build_log */
    uint8_t arena_memory[ARENA_SIZE];
    uint8_t *scratch_memory;
};

static struct bench *bench;

/* Blocks of the log that rows speak about. */
enum {
    AT_INCEPTION,
    AT_CONTENT, /* three entries */
    AT_GOVERN,
    AT_WIDE, /* 70 entries, so two pages */
    AT_STATUS,
    AT_VOIDED, /* content, voided by the next */
    AT_VOID,
    AT_ERASED, /* content whose only entry is erased by the next */
    AT_ERASE,
    AT_NEXT, /* where the row's block goes */
};

static void add_void(uint64_t first, uint64_t last)
{
    const struct void_record voids = build_void(first, last, STATUS_REASON_KEY_COMPROMISE);

    log_builder_begin(&bench->builder, CLASS_GOVERN);
    log_builder_add(&bench->builder, ENTRY_VOID, &voids);
}

static void add_status(uint64_t seq, uint64_t first, uint64_t last)
{
    struct index_range range;
    const struct status status = build_status(seq, &range, first, last, STATUS_REVOKED, 45100);

    log_builder_begin(&bench->builder, CLASS_STATUS);
    log_builder_add(&bench->builder, ENTRY_STATUS, &status);
}

static void add_erase(uint64_t seq, uint64_t first, uint64_t last)
{
    struct index_range range;
    const struct erase erase = build_erase(seq, &range, first, last);

    log_builder_begin(&bench->builder, CLASS_STATUS);
    log_builder_add(&bench->builder, ENTRY_ERASE, &erase);
}

static void add_accreditation(void)
{
    const struct bytes patterns[] = {bytes_of_string("ase/*")};
    const struct accreditation accreditation = {
        .delegate = bench->actor.id, .patterns = {patterns, 1}, .from = 45000};

    log_builder_begin(&bench->builder, CLASS_GOVERN);
    log_builder_add(&bench->builder, ENTRY_ACCREDITATION, &accreditation);
}

static void add_content(void)
{
    const struct attestation attestation = build_attestation(&bench->actor.id, "ase/A6", 45000, 46000);

    log_builder_begin(&bench->builder, CLASS_CONTENT);
    log_builder_add(&bench->builder, ENTRY_ATTESTATION, &attestation);
}

static void append(void)
{
    log_builder_append(&bench->builder, &bench->log);
}

static void build_log(void)
{
    log_builder_inception(&bench->builder, &bench->log, &bench->actor);
    log_builder_content(&bench->builder, &bench->log, 3);
    add_accreditation();
    append();
    log_builder_content(&bench->builder, &bench->log, 70);
    add_status(AT_CONTENT, 1, 1);
    append();
    log_builder_content(&bench->builder, &bench->log, 1);
    add_void(AT_VOIDED, AT_VOIDED);
    append();
    log_builder_content(&bench->builder, &bench->log, 1);
    add_erase(AT_ERASED, 0, 0);
    append();
    assert_int_equal(bench->log.block_count, AT_NEXT);
}

static int make_bench(void **state)
{
    (void)state;
    bench = calloc(1, sizeof *bench);
    if (bench == NULL || !network_init(&bench->network, "test")) {
        return -1;
    }
    bench->scratch_memory = malloc(MEMORY_LOG_SCRATCH_SIZE);
    if (bench->scratch_memory == NULL) {
        return -1;
    }
    arena_init(&bench->scratch, bench->scratch_memory, MEMORY_LOG_SCRATCH_SIZE);
    build_actor(&bench->actor, &bench->network, 1, KEYS_PER_ROLE, THRESHOLD);
    log_builder_init(&bench->builder, bench->arena_memory, sizeof bench->arena_memory);
    memory_log_init(&bench->log, &bench->network, &bench->scratch);
    return 0;
}

static int make_log(void **state)
{
    int failed = make_bench(state);

    if (failed == 0) {
        build_log();
    }
    return failed;
}

static int drop_bench(void **state)
{
    (void)state;
    memory_log_deinit(&bench->log);
    free(bench->scratch_memory);
    free(bench);
    return 0;
}

/* The root that the head says, and the one that the log's blocks give. */
static void assert_naive_root(const struct memory_log *log)
{
    struct bytes *blocks = malloc(log->block_count * sizeof *blocks);
    size_t mark = arena_mark(log->scratch);
    struct hash root;
    struct block head;

    assert_non_null(blocks);
    for (size_t i = 0; i < log->block_count; i++) {
        blocks[i] = memory_log_block(log, i);
    }
    assert_int_equal(block_decode(&head, log->network, blocks[log->block_count - 1], log->scratch),
                     REASON_NONE);
    naive_state_root(&root, log->network, blocks, log->block_count);
    assert_memory_equal(&root, &head.header.state_root, sizeof root);
    arena_rewind(log->scratch, mark);
    free(blocks);
}

/* Offer encoded to a copy of the log. Returns: what it says; on REASON_NONE the copy is left in *after. */
static enum reason offer(struct memory_log *after, struct bytes encoded)
{
    struct memory_log copy;
    enum reason reason = REASON_NONE;

    memory_log_copy(&copy, &bench->log);
    reason = memory_log_accept(&copy, encoded);
    if (reason == REASON_NONE) {
        assert_int_equal(copy.block_count, bench->log.block_count + 1);
        assert_int_equal(copy.state.seq, bench->log.state.seq + 1);
        assert_naive_root(&copy);
    } else {
        assert_int_equal(copy.block_count, bench->log.block_count);
        assert_memory_equal(&copy.state, &bench->log.state, sizeof copy.state);
    }
    if (reason == REASON_NONE && after != NULL) {
        *after = copy;
    } else {
        memory_log_deinit(&copy);
    }
    return reason;
}

static void check(const char *why, struct bytes encoded, enum reason expected)
{
    enum reason reason = offer(NULL, encoded);

    if (reason != expected) {
        print_error("%s: %s, not %s\n", why, reason_word(reason), reason_word(expected));
    }
    assert_int_equal(reason, expected);
}

/* ---- the header ---- */

static const struct sign_secret_key *secret_of(enum role role)
{
    return &bench->actor.built[(role - 1) * KEYS_PER_ROLE].secret;
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
        forgery->signers[i].key_index = KEYS_PER_ROLE + 1 + i;
        forgery->signers[i].secret = &bench->actor.built[KEYS_PER_ROLE + 1 + i].secret;
    }
}
static void sign_by_governing_key(struct forgery *forgery)
{
    forgery->signers[0] = (struct block_signer){0, secret_of(ROLE_GOVERN)};
}
static void sign_by_present_key(struct forgery *forgery)
{
    forgery->signers[1] = (struct block_signer){3 * KEYS_PER_ROLE, secret_of(ROLE_PRESENT)};
}
static void sign_by_no_key(struct forgery *forgery)
{
    forgery->signers[1].key_index = 4 * KEYS_PER_ROLE;
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
        add_content();
        check(header_rows[i].why, log_builder_forge(&bench->builder, &bench->log, header_rows[i].tamper),
              header_rows[i].reason);
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
    built.keys.thresholds.govern = THRESHOLD;
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
    built.keys.thresholds.govern = THRESHOLD + 1;
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
    for (size_t i = 0; i < KEYS_PER_ROLE + 3; i++) {
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
    memcpy(built.signing_keys, bench->actor.signing_keys, KEYS_PER_ROLE * sizeof built.signing_keys[0]);
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
    update_with_keys(KEYS_MAX - KEYS_PER_ROLE);
}
static void update_to_one_too_many(void)
{
    update_with_keys(KEYS_MAX - KEYS_PER_ROLE + 1);
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
    for (size_t i = 0; i < THRESHOLD; i++) {
        forgery->signers[i].key_index = KEYS_PER_ROLE + i;
        forgery->signers[i].secret = &bench->actor.built[KEYS_PER_ROLE + i].secret;
    }
}
/* The keys after the governing ones are issue, checkpoint and present. */
static void sign_rotation_by_new_issuer(struct forgery *forgery)
{
    forgery->signers[1] = (struct block_signer){KEYS_PER_ROLE, secret_of(ROLE_ISSUE)};
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
        check(keys_rows[i].why, log_builder_forge(&bench->builder, &bench->log, keys_rows[i].tamper),
              keys_rows[i].reason);
    }
}

static void test_a_rotation_changes_who_signs(void **state)
{
    struct memory_log after;
    struct bytes before_rotation;

    (void)state;
    add_content();
    before_rotation = log_builder_forge(&bench->builder, &bench->log, NULL);
    rotate();
    assert_int_equal(offer(&after, log_builder_forge(&bench->builder, &bench->log, NULL)), REASON_NONE);
    assert_int_equal(after.state.epoch, 1);
    assert_int_equal(after.state.epoch_first_seq, AT_NEXT);
    assert_int_equal(after.state.keys.thresholds.issue, 1);
    assert_int_equal(after.state.keys.key_count, KEYS_PER_ROLE + 3);
    assert_int_equal(memory_log_accept(&after, before_rotation), REASON_WRONG_SEQ);
    log_builder_content(&bench->builder, &after, 1);
    assert_int_equal(after.state.epoch, 1);
    assert_int_equal(after.state.epoch_first_seq, AT_NEXT);
    assert_naive_root(&after);
    memory_log_deinit(&after);
}

/* ---- entries ---- */

static void status_on_content(void)
{
    add_status(AT_CONTENT, 0, 2);
}
static void status_on_wide(void)
{
    add_status(AT_WIDE, 63, 64);
}
static void status_on_voided(void)
{
    add_status(AT_VOIDED, 0, 0);
}
static void status_on_erased(void)
{
    add_status(AT_ERASED, 0, 0);
}
static void status_on_inception(void)
{
    add_status(AT_INCEPTION, 0, 0);
}
static void status_on_govern(void)
{
    add_status(AT_GOVERN, 0, 0);
}
static void status_on_status(void)
{
    add_status(AT_STATUS, 0, 0);
}
static void status_on_itself(void)
{
    add_status(AT_NEXT, 0, 0);
}
static void status_on_later(void)
{
    add_status(AT_NEXT + 1, 0, 0);
}
static void status_beyond_last(void)
{
    add_status(AT_CONTENT, 3, 3);
}
static void status_partly_beyond_last(void)
{
    add_status(AT_CONTENT, 0, 3);
}
static void status_beyond_last_of_inception(void)
{
    add_status(AT_INCEPTION, 1, 1);
}
static void malformed_status(void)
{
    const uint8_t empty_array[] = {0x90};

    log_builder_begin(&bench->builder, CLASS_STATUS);
    log_builder_add_payload(&bench->builder, ENTRY_STATUS, false, bytes_of(empty_array, sizeof empty_array));
}
static void erase_content(void)
{
    add_erase(AT_WIDE, 60, 69);
}
static void erase_once_more(void)
{
    add_erase(AT_ERASED, 0, 0);
}
static void erase_keys(void)
{
    add_erase(AT_INCEPTION, 0, 0);
}
static void erase_govern(void)
{
    add_erase(AT_GOVERN, 0, 0);
}
static void erase_status(void)
{
    add_erase(AT_STATUS, 0, 0);
}
static void erase_itself(void)
{
    add_erase(AT_NEXT, 0, 0);
}
static void erase_beyond_last(void)
{
    add_erase(AT_CONTENT, 2, 3);
}
static void erase_and_revoke_at_once(void)
{
    struct index_range range;
    const struct erase erase = build_erase(AT_WIDE, &range, 0, 63);

    add_status(AT_WIDE, 0, 69);
    log_builder_add(&bench->builder, ENTRY_ERASE, &erase);
}
static void revoke_twice_at_once(void)
{
    struct index_range range;
    const struct status status = build_status(AT_WIDE, &range, 10, 69, STATUS_REINSTATED, 45200);

    add_status(AT_WIDE, 0, 65);
    log_builder_add(&bench->builder, ENTRY_STATUS, &status);
}
static void void_content(void)
{
    add_void(AT_CONTENT, AT_CONTENT);
}
static void void_status(void)
{
    add_void(AT_STATUS, AT_STATUS);
}
static void void_inception(void)
{
    add_void(AT_INCEPTION, AT_INCEPTION);
}
static void void_again(void)
{
    add_void(AT_VOIDED, AT_VOIDED);
}
static void void_govern(void)
{
    add_void(AT_GOVERN, AT_GOVERN);
}
static void void_range_with_govern(void)
{
    add_void(AT_CONTENT, AT_WIDE);
}
static void void_void(void)
{
    add_void(AT_VOID, AT_VOID);
}
static void void_itself(void)
{
    add_void(AT_NEXT, AT_NEXT);
}
static void void_up_to_itself(void)
{
    add_void(AT_ERASED, AT_NEXT);
}
static void void_later(void)
{
    add_void(AT_NEXT + 5, BLOCK_SEQ_MAX);
}
static void void_branch(void)
{
    const struct void_record voids = {.has_branch = true, .reason = STATUS_REASON_KEY_COMPROMISE};

    log_builder_begin(&bench->builder, CLASS_GOVERN);
    log_builder_add(&bench->builder, ENTRY_VOID, &voids);
}
static void malformed_void(void)
{
    const uint8_t empty_array[] = {0x90};

    log_builder_begin(&bench->builder, CLASS_GOVERN);
    log_builder_add_payload(&bench->builder, ENTRY_VOID, false, bytes_of(empty_array, sizeof empty_array));
}
static void malformed_accreditation(void)
{
    const uint8_t never_used[] = {0xc1};

    add_accreditation();
    log_builder_add_payload(&bench->builder, ENTRY_ACCREDITATION, false,
                            bytes_of(never_used, sizeof never_used));
}
static void malformed_content(void)
{
    const uint8_t never_used[] = {0xc1};

    add_content();
    log_builder_add_payload(&bench->builder, ENTRY_ATTESTATION, true,
                            bytes_of(never_used, sizeof never_used));
}
static void unknown_content(void)
{
    add_content();
    log_builder_add_payload(&bench->builder, 500, false, bytes_of("x", 1));
}

static const struct {
    const char *why;
    void (*draft)(void);
    enum reason reason;
} entry_rows[] = {
    {"a status speaks about content", status_on_content, REASON_NONE},
    {"across pages", status_on_wide, REASON_NONE},
    {"also void content: standing changes no acceptance", status_on_voided, REASON_NONE},
    {"also erased content", status_on_erased, REASON_NONE},
    {"not about keys", status_on_inception, REASON_NOT_CONTENT},
    {"nor govern entries", status_on_govern, REASON_NOT_CONTENT},
    {"nor statuses", status_on_status, REASON_NOT_CONTENT},
    {"nor its own block", status_on_itself, REASON_NO_SUCH_ENTRY},
    {"nor a later one", status_on_later, REASON_NO_SUCH_ENTRY},
    {"nor entries that a block does not have", status_beyond_last, REASON_NO_SUCH_ENTRY},
    {"not even partly", status_partly_beyond_last, REASON_NO_SUCH_ENTRY},
    {"which is said before what class it has", status_beyond_last_of_inception, REASON_NO_SUCH_ENTRY},
    {"a malformed status is refused", malformed_status, REASON_OUT_OF_RANGE},
    {"content may be erased", erase_content, REASON_NONE},
    {"also again", erase_once_more, REASON_NONE},
    {"keys may not", erase_keys, REASON_NOT_CONTENT},
    {"nor govern entries", erase_govern, REASON_NOT_CONTENT},
    {"nor statuses", erase_status, REASON_NOT_CONTENT},
    {"nor the own block", erase_itself, REASON_NO_SUCH_ENTRY},
    {"nor entries that a block does not have", erase_beyond_last, REASON_NO_SUCH_ENTRY},
    {"one block may erase and revoke the same entry", erase_and_revoke_at_once, REASON_NONE},
    {"and say two things of it", revoke_twice_at_once, REASON_NONE},
    {"content may be voided", void_content, REASON_NONE},
    {"and statuses", void_status, REASON_NONE},
    {"and keys, which changes none", void_inception, REASON_NONE},
    {"and what is void", void_again, REASON_NONE},
    {"govern entries only from a later epoch", void_govern, REASON_VOID_GOVERN},
    {"also in a range", void_range_with_govern, REASON_VOID_GOVERN},
    {"also a void", void_void, REASON_VOID_GOVERN},
    {"not the void's own block", void_itself, REASON_VOID_RANGE},
    {"not in a range either", void_up_to_itself, REASON_VOID_RANGE},
    {"nor what is not there yet", void_later, REASON_VOID_RANGE},
    {"naming a dropped branch voids no block", void_branch, REASON_NONE},
    {"a malformed void is refused", malformed_void, REASON_OUT_OF_RANGE},
    {"and any malformed govern entry", malformed_accreditation, REASON_WRONG_TYPE},
    {"malformed content is kept", malformed_content, REASON_NONE},
    {"and content of an unknown kind", unknown_content, REASON_NONE},
};

static void test_entries(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof entry_rows / sizeof entry_rows[0]; i++) {
        entry_rows[i].draft();
        check(entry_rows[i].why, log_builder_forge(&bench->builder, &bench->log, NULL), entry_rows[i].reason);
    }
}

static struct memory_log after_draft(void (*draft)(void))
{
    struct memory_log after;

    draft();
    assert_int_equal(offer(&after, log_builder_forge(&bench->builder, &bench->log, NULL)), REASON_NONE);
    return after;
}

static void test_what_a_void_changes(void **state)
{
    struct memory_log after = after_draft(void_again);
    const struct block_record *first = &bench->log.blocks[AT_VOIDED].record;
    const struct block_record *now = &after.blocks[AT_VOIDED].record;

    (void)state;
    assert_int_equal(first->standing, STANDING_VOID);
    assert_int_equal(first->void_seq, AT_VOID);
    assert_int_equal(first->void_reason, STATUS_REASON_KEY_COMPROMISE);
    assert_int_equal(now->void_seq, AT_VOID); /* the first void of a block counts */
    memory_log_deinit(&after);

    after = after_draft(void_status);
    assert_int_equal(after.blocks[AT_STATUS].record.standing, STANDING_VOID);
    /* The leaves that a voided block set stay. */
    assert_memory_equal(&after.blocks[AT_CONTENT].record.live_root,
                        &bench->log.blocks[AT_CONTENT].record.live_root, sizeof(struct hash));
    memory_log_deinit(&after);

    after = after_draft(void_inception);
    assert_int_equal(after.blocks[AT_INCEPTION].record.standing, STANDING_VOID);
    assert_memory_equal(&after.state.keys, &bench->log.state.keys, sizeof after.state.keys);
    memory_log_deinit(&after);
}

static void test_govern_entries_are_voided_from_a_later_epoch(void **state)
{
    static void (*const drafts[])(void) = {void_govern, void_void, void_range_with_govern};
    size_t mark = 0;

    (void)state;
    rotate();
    append();
    mark = arena_mark(&bench->builder.arena);
    for (size_t i = 0; i < sizeof drafts / sizeof drafts[0]; i++) {
        drafts[i]();
        check("govern entries of a closed epoch can be voided",
              log_builder_forge(&bench->builder, &bench->log, NULL), REASON_NONE);
        arena_rewind(&bench->builder.arena, mark);
    }
    add_accreditation();
    append();
    add_void(bench->log.state.seq, bench->log.state.seq);
    check("those of this epoch can't", log_builder_forge(&bench->builder, &bench->log, NULL),
          REASON_VOID_GOVERN);
}

static void test_unknown_critical_kinds_ask_for_an_upgrade(void **state)
{
    struct memory_log after = after_draft(unknown_content);

    (void)state;
    assert_false(after.state.upgrade_needed);
    memory_log_deinit(&after);
    /* A known kind needs no upgrade, whatever its bit and its bytes. */
    after = after_draft(malformed_content);
    assert_false(after.state.upgrade_needed);

    log_builder_begin(&bench->builder, CLASS_CONTENT);
    log_builder_add_payload(&bench->builder, 500, true, bytes_of("x", 1));
    log_builder_append(&bench->builder, &after);
    assert_true(after.state.upgrade_needed);
    assert_int_equal(after.state.upgrade_seq, AT_NEXT + 1);
    log_builder_begin(&bench->builder, CLASS_CONTENT);
    log_builder_add_payload(&bench->builder, 501, true, bytes_of("x", 1));
    log_builder_append(&bench->builder, &after);
    assert_int_equal(after.state.upgrade_seq, AT_NEXT + 1); /* the first one is told */
    assert_naive_root(&after);
    memory_log_deinit(&after);
}

static void test_erasing_keeps_hash_and_standing(void **state)
{
    struct memory_log after = after_draft(erase_content);
    size_t mark = arena_mark(&bench->scratch);
    struct block block;

    (void)state;
    assert_memory_equal(&after.blocks[AT_WIDE].record, &bench->log.blocks[AT_WIDE].record,
                        sizeof(struct block_record));
    assert_int_equal(
        block_decode(&block, &bench->network, memory_log_block(&after, AT_WIDE), &bench->scratch),
        REASON_NONE);
    assert_false(block.entries[59].erased);
    assert_true(block.entries[60].erased);
    arena_rewind(&bench->scratch, mark);
    memory_log_deinit(&after);
}

/* ---- limits ---- */

static void test_an_entry_has_32_things_said_about_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < HISTORY_EVENTS_MAX; i++) {
        add_status(AT_WIDE, 69, 69);
        append();
    }
    add_status(AT_WIDE, 69, 69);
    check("a 33rd is refused", log_builder_forge(&bench->builder, &bench->log, NULL), REASON_HISTORY_FULL);
    add_status(AT_WIDE, 0, 69);
    check("also in a range", log_builder_forge(&bench->builder, &bench->log, NULL), REASON_HISTORY_FULL);
    add_status(AT_WIDE, 0, 68);
    check("its neighbours have room", log_builder_forge(&bench->builder, &bench->log, NULL), REASON_NONE);
}

static void test_all_32_may_come_in_one_block(void **state)
{
    struct index_range range;
    const struct status status = build_status(AT_WIDE, &range, 5, 5, STATUS_SUSPENDED, 45200);

    (void)state;
    add_status(AT_WIDE, 5, 5);
    for (size_t i = 1; i < HISTORY_EVENTS_MAX; i++) {
        log_builder_add(&bench->builder, ENTRY_STATUS, &status);
    }
    check("32 fit", log_builder_forge(&bench->builder, &bench->log, NULL), REASON_NONE);
    log_builder_add(&bench->builder, ENTRY_STATUS, &status);
    check("33 don't", log_builder_forge(&bench->builder, &bench->log, NULL), REASON_HISTORY_FULL);
}

static void add_statuses_on_blocks(uint64_t first, uint64_t count)
{
    add_status(first, 0, 0);
    for (uint64_t i = 1; i < count; i++) {
        struct index_range range;
        const struct status status = build_status(first + i, &range, 0, 0, STATUS_REVOKED, 45100);

        log_builder_add(&bench->builder, ENTRY_STATUS, &status);
    }
}

static void test_a_status_block_touches_256_blocks(void **state)
{
    (void)state;
    for (size_t i = 0; i <= STATUS_BLOCKS_MAX; i++) {
        log_builder_content(&bench->builder, &bench->log, 1);
    }
    add_statuses_on_blocks(AT_NEXT, STATUS_BLOCKS_MAX);
    check("256 blocks", log_builder_forge(&bench->builder, &bench->log, NULL), REASON_NONE);
    add_statuses_on_blocks(AT_NEXT, STATUS_BLOCKS_MAX + 1);
    check("a 257th", log_builder_forge(&bench->builder, &bench->log, NULL), REASON_TOUCHES_TOO_MANY);
    add_void(AT_NEXT, AT_NEXT + STATUS_BLOCKS_MAX);
    check("a void touches more", log_builder_forge(&bench->builder, &bench->log, NULL), REASON_NONE);
}

static void add_wide_statuses(uint64_t seq, size_t count)
{
    add_status(seq, 0, BLOCK_ENTRIES_MAX - 1);
    for (size_t i = 1; i < count; i++) {
        struct index_range range;
        const struct status status =
            build_status(seq, &range, 0, BLOCK_ENTRIES_MAX - 1, STATUS_REINSTATED, 45100);

        log_builder_add(&bench->builder, ENTRY_STATUS, &status);
    }
}

static void test_a_status_block_says_16384_things(void **state)
{
    uint64_t seq = log_builder_content(&bench->builder, &bench->log, BLOCK_ENTRIES_MAX);
    struct index_range range;
    const struct status one_more = build_status(AT_CONTENT, &range, 0, 0, STATUS_REVOKED, 45100);

    (void)state;
    add_wide_statuses(seq, STATUS_ENTRIES_MAX / BLOCK_ENTRIES_MAX);
    check("16384 things", log_builder_forge(&bench->builder, &bench->log, NULL), REASON_NONE);
    log_builder_add(&bench->builder, ENTRY_STATUS, &one_more);
    check("one more", log_builder_forge(&bench->builder, &bench->log, NULL), REASON_TOUCHES_TOO_MANY);
}

/* ---- the state root ---- */

/* Refused drafts are drawn anew: what is refused has a test above. */
static void grow(struct dice *dice)
{
    struct bytes encoded;

    do {
        log_random_draft(&bench->builder, &bench->log, dice);
    } while (log_builder_sign(&encoded, &bench->builder, &bench->log) != REASON_NONE);
    assert_int_equal(memory_log_accept(&bench->log, encoded), REASON_NONE);
    arena_rewind(&bench->builder.arena, 0);
}

static void test_every_root_up_to_200_blocks(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 4; seed++) {
        struct dice dice = {.state = seed};

        memory_log_deinit(&bench->log);
        bench->builder.ring.count = 0;
        build_actor(&bench->actor, &bench->network, 100 + seed, 1, 1);
        log_builder_inception(&bench->builder, &bench->log, &bench->actor);
        assert_naive_root(&bench->log);
        while (bench->log.block_count < 200) {
            grow(&dice);
            assert_naive_root(&bench->log);
        }
    }
}

/* A third level of pages opens at 4097 blocks. */
static void test_roots_across_the_second_level(void **state)
{
    struct dice dice = {.state = 9};

    (void)state;
    memory_log_deinit(&bench->log);
    bench->builder.ring.count = 0;
    build_actor(&bench->actor, &bench->network, 9, 1, 1);
    log_builder_inception(&bench->builder, &bench->log, &bench->actor);
    while (bench->log.block_count < 4094) {
        log_builder_content(&bench->builder, &bench->log, 1);
    }
    while (bench->log.block_count < 4100) {
        grow(&dice);
        assert_naive_root(&bench->log);
    }
    add_status(1, 0, 0);
    append();
    assert_naive_root(&bench->log);
    add_void(4030, 4099);
    if (offer(NULL, log_builder_forge(&bench->builder, &bench->log, NULL)) != REASON_VOID_GOVERN) {
        append();
        assert_naive_root(&bench->log);
    }
    while (bench->log.block_count < 4163) {
        log_builder_content(&bench->builder, &bench->log, 1);
    }
    assert_naive_root(&bench->log);
}

/* ---- inception ---- */

static enum reason begin_with(struct bytes encoded)
{
    struct memory_log log;
    enum reason reason = REASON_NONE;

    memory_log_init(&log, &bench->network, &bench->scratch);
    reason = memory_log_accept(&log, encoded);
    memory_log_deinit(&log);
    return reason;
}

static void test_a_log_begins_with_its_inception_alone(void **state)
{
    struct bytes inception = memory_log_block(&bench->log, AT_INCEPTION);
    struct bytes second = memory_log_block(&bench->log, AT_CONTENT);
    uint8_t changed[KEYS_SIZE_MAX];

    (void)state;
    assert_int_equal(begin_with(inception), REASON_NONE);
    assert_int_equal(begin_with(second), REASON_BAD_INCEPTION);
    assert_int_equal(memory_log_accept(&bench->log, inception), REASON_WRONG_SEQ);
    /* No bit of it can be another. */
    for (size_t i = 0; i < inception.size; i++) {
        memcpy(changed, inception.data, inception.size);
        changed[i] ^= 1;
        assert_int_not_equal(begin_with(bytes_of(changed, inception.size)), REASON_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_headers, make_log, drop_bench),
        cmocka_unit_test_setup_teardown(test_keys, make_log, drop_bench),
        cmocka_unit_test_setup_teardown(test_a_rotation_changes_who_signs, make_log, drop_bench),
        cmocka_unit_test_setup_teardown(test_entries, make_log, drop_bench),
        cmocka_unit_test_setup_teardown(test_what_a_void_changes, make_log, drop_bench),
        cmocka_unit_test_setup_teardown(test_govern_entries_are_voided_from_a_later_epoch, make_log,
                                        drop_bench),
        cmocka_unit_test_setup_teardown(test_unknown_critical_kinds_ask_for_an_upgrade, make_log, drop_bench),
        cmocka_unit_test_setup_teardown(test_erasing_keeps_hash_and_standing, make_log, drop_bench),
        cmocka_unit_test_setup_teardown(test_an_entry_has_32_things_said_about_it, make_log, drop_bench),
        cmocka_unit_test_setup_teardown(test_all_32_may_come_in_one_block, make_log, drop_bench),
        cmocka_unit_test_setup_teardown(test_a_status_block_touches_256_blocks, make_log, drop_bench),
        cmocka_unit_test_setup_teardown(test_a_status_block_says_16384_things, make_log, drop_bench),
        cmocka_unit_test_setup_teardown(test_every_root_up_to_200_blocks, make_bench, drop_bench),
        cmocka_unit_test_setup_teardown(test_roots_across_the_second_level, make_bench, drop_bench),
        cmocka_unit_test_setup_teardown(test_a_log_begins_with_its_inception_alone, make_log, drop_bench),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
