#include "cmd/publish.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/own_branches.h"
#include "node/control.h"
#include "protocol/log/checkpoint.h"
#include "protocol/rules/bearing.h"
#include "protocol/wire/block.h"

enum {
    GROW_TRIES_MAX = 3,  /* a write transaction that found the map full is done over: its begin grows it */
    HEAD_TRIES_MAX = 16, /* a block of a command that was killed may still be on its way into the log */
    CHECKPOINT_SIZE_MAX = 1024,
};

static const struct session_options *options_of(const struct publisher *publisher)
{
    return &publisher->session->options;
}

static const struct network *network_of(const struct publisher *publisher)
{
    return &publisher->session->home.network;
}

/* ---- handing over ---- */

/* Whether the own log holds the block. */
static enum store_error find_in_log(struct publisher *publisher, const struct block *block, bool *stands)
{
    struct block_record record;
    struct store_txn *txn;
    uint64_t arrived_s;
    enum store_error error = store_read_begin(&txn, publisher->session->store);

    *stands = false;
    if (error != STORE_OK) {
        return error;
    }
    error = store_block_record(txn, &publisher->session->actor, block->header.seq, &record, &arrived_s);
    *stands = error == STORE_OK && hash_equal(&record.hash, &block->hash);
    store_end(txn);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static int fail_unanswered(const struct publisher *publisher, enum control_error error, uint64_t seq)
{
    char next[160];

    snprintf(next, sizeof next,
             "Look with tradeproof log whether block %" PRIu64 " stands before you run the command again.",
             seq);
    return error == CONTROL_SILENT ? session_fail_silent(options_of(publisher), next)
                                   : session_fail(options_of(publisher), EXIT_SYSTEM, "daemon-gone",
                                                  "The daemon went away before it answered. %s", next);
}

/* What it took before it went away is durable: signed again, it would be there twice. */
static int look_whether_it_stands(struct publisher *publisher, enum control_error error, struct bytes encoded)
{
    struct block block;
    bool stands = false;
    enum reason reason = REASON_NONE;

    if (error == CONTROL_REFUSES) {
        return session_fail_refused(publisher->session);
    }
    reason = block_decode_header(&block, network_of(publisher), encoded, &publisher->arena);
    if (reason != REASON_NONE) {
        return session_fail_reason(options_of(publisher), reason);
    }
    if (find_in_log(publisher, &block, &stands) != STORE_OK || !stands) {
        return fail_unanswered(publisher, error, block.header.seq);
    }
    fprintf(stderr, "The daemon did not answer, but block %" PRIu64 " stands in your log.\n",
            block.header.seq);
    return EXIT_YES;
}

static int call_daemon(struct publisher *publisher, enum control_op op, struct bytes request)
{
    enum control_result result = CONTROL_FAILED;
    size_t size = 0;
    uint32_t number;
    enum control_error error;
    struct bytes reply;

    error = control_call(&publisher->session->home, publisher->session->control_fd, op, request, &result,
                         publisher->reply, &size);
    if (error == CONTROL_OK && result != CONTROL_DONE && size != 4) {
        error = CONTROL_BROKEN;
    }
    if (error != CONTROL_OK) {
        return look_whether_it_stands(publisher, error, request);
    }
    reply = bytes_of(publisher->reply, size);
    if (result == CONTROL_DONE) {
        return EXIT_YES;
    }
    number = (uint32_t)reply.data[0] << 24 | (uint32_t)reply.data[1] << 16 | (uint32_t)reply.data[2] << 8 |
             reply.data[3];
    if (result == CONTROL_FAILED) {
        return session_fail_store(options_of(publisher), (enum store_error)number);
    }
    if (number == REASON_KNOWN) {
        return EXIT_YES;
    }
    publisher->head_moved =
        op == CONTROL_SUBMIT && number == REASON_WRONG_PREVIOUS && publisher->tries_left > 0;
    if (publisher->head_moved) {
        return EXIT_SYSTEM;
    }
    return session_fail_reason(options_of(publisher), (enum reason)number);
}

/* What one write transaction does. */
struct local_work {
    enum control_op op;
    struct bytes encoded;
};

static enum store_error work_locally(struct ingest *ingest, struct store_txn *txn,
                                     const struct local_work *work, enum reason *reason)
{
    struct ingest_result result;
    struct actor_id author;
    enum store_error error = STORE_OK;

    if (work->op == CONTROL_CHECKPOINT) {
        *reason = ingest_checkpoint(ingest, txn, work->encoded, session_now_s(), &author, &error);
        return error;
    }
    ingest_block(ingest, txn, work->op == CONTROL_SUBMIT ? INGEST_LOCAL : INGEST_PEER, work->encoded,
                 session_now_s(), &result);
    if (result.outcome == INGEST_FAILED) {
        return result.error;
    }
    *reason = result.outcome == INGEST_REFUSED && !result.filled ? result.reason : REASON_NONE;
    return STORE_OK;
}

static enum store_error try_locally(struct session *session, const struct local_work *work,
                                    enum reason *reason)
{
    struct store_txn *txn;
    enum store_error error = store_write_begin(&txn, session->store);

    if (error != STORE_OK) {
        return error;
    }
    error = work_locally(&session->ingest, txn, work, reason);
    if (error != STORE_OK || *reason != REASON_NONE) {
        store_end(txn);
        return error;
    }
    return store_commit(txn);
}

static int do_locally(struct publisher *publisher, const struct local_work *work)
{
    enum store_error error = STORE_MAP_FULL;
    enum reason reason = REASON_NONE;

    for (int i = 0; i < GROW_TRIES_MAX && error == STORE_MAP_FULL; i++) {
        error = try_locally(publisher->session, work, &reason);
    }
    if (error != STORE_OK) {
        return session_fail_store(options_of(publisher), error);
    }
    if (reason == REASON_NONE || reason == REASON_KNOWN) {
        return EXIT_YES;
    }
    /* The clock was set back a little since the last one, which stays good. */
    if (reason == REASON_STALE_CHECKPOINT && work->op == CONTROL_CHECKPOINT) {
        return EXIT_YES;
    }
    return session_fail_reason(options_of(publisher), reason);
}

static int hand_over(struct publisher *publisher, enum control_op op, struct bytes encoded)
{
    struct local_work work = {.op = op, .encoded = encoded};

    if (publisher->session->control_fd >= 0) {
        return call_daemon(publisher, op, encoded);
    }
    return do_locally(publisher, &work);
}

int publisher_import(struct publisher *publisher, struct bytes encoded)
{
    int code = hand_over(publisher, CONTROL_IMPORT, encoded);

    if (code == EXIT_YES) {
        publisher->checkpoint_due = publisher->session->control_fd < 0;
    }
    return code;
}

/* ---- the head ---- */

static enum store_error read_head(struct publisher *publisher, struct store_txn *txn)
{
    enum store_error error = store_log_state(txn, &publisher->session->actor, &publisher->state);

    arena_rewind(&publisher->arena, 0);
    return error;
}

/* ---- the clock ---- */

/* *time_s zero: the author has said nothing. */
static enum store_error read_checkpoint_time(struct publisher *publisher, struct store_txn *txn,
                                             const struct actor_id *author, uint64_t *time_s)
{
    struct signed_checkpoint checkpoint;
    struct bytes encoded;
    enum reason reason;
    enum store_error error;

    *time_s = 0;
    arena_rewind(&publisher->arena, 0);
    error = store_checkpoint(txn, author, &encoded, &publisher->arena);
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    reason = schema_decode(&signed_checkpoint_schema, &checkpoint, encoded, &publisher->arena);
    if (reason != REASON_NONE) {
        return store_error_of_decode(reason, &publisher->arena);
    }
    *time_s = checkpoint.checkpoint.time_s;
    return STORE_OK;
}

static int order_times(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return left < right ? -1 : left > right;
}

/* The lower median of what the owners in the trust file last said, so that one wrong clock among several
 * stops nobody. */
static enum store_error read_evidence_time(struct publisher *publisher, struct store_txn *txn,
                                           uint64_t *time_s)
{
    const struct trust *trust = publisher->session->trust;
    uint64_t times[TRUST_OWNERS_MAX];
    size_t count = 0;
    enum store_error error = STORE_OK;

    *time_s = 0;
    for (size_t i = 0; i < trust->owner_count && error == STORE_OK; i++) {
        const struct actor_id *owner = &trust->owners[i].actor;
        uint64_t said_s = 0;

        if (!actor_id_equal(owner, &publisher->session->actor)) {
            error = read_checkpoint_time(publisher, txn, owner, &said_s);
        }
        if (said_s > 0) {
            times[count++] = said_s;
        }
    }
    if (error == STORE_OK && count > 0) {
        qsort(times, count, sizeof times[0], order_times);
        *time_s = times[(count - 1) / 2];
    }
    return error;
}

/* Nothing asks of a block that its date be after that of the one before: a block dated ahead, by a wrong
 * clock or a thief's, stops nobody. */
static enum store_error warn_of_own_date(struct publisher *publisher, struct store_txn *txn)
{
    char text[TIME_TEXT_SIZE];
    struct block block;
    struct bytes encoded;
    enum reason reason;
    enum store_error error =
        store_block_bytes(txn, &publisher->state.author, publisher->state.seq, &encoded, &publisher->arena);

    if (error != STORE_OK) {
        return error;
    }
    reason = block_decode_header(&block, network_of(publisher), encoded, &publisher->arena);
    if (reason != REASON_NONE) {
        return store_error_of_decode(reason, &publisher->arena);
    }
    if (block.header.time_s > session_now_s() + PUBLISH_CLOCK_SKEW_S_MAX) {
        time_to_text(text, block.header.time_s);
        fprintf(
            stderr,
            "Warning: the last block of your log (%llu) is dated %s, ahead of this machine's clock. If the "
            "clock is behind, set it right. If the date is wrong, it hinders nothing: what you sign now "
            "is dated by the clock. If the block isn't yours, take new keys: tradeproof key rotate\n",
            (unsigned long long)block.header.seq, text);
    }
    return STORE_OK;
}

static enum store_error check_evidence(struct publisher *publisher, struct store_txn *txn)
{
    uint64_t time_s = 0;
    enum store_error error = read_evidence_time(publisher, txn, &time_s);

    publisher->clock_is_behind = time_s > session_now_s() + PUBLISH_CLOCK_SKEW_S_MAX;
    return error;
}

static bool is_against(const struct entry *entry, struct arena *arena)
{
    union {
        struct status status;
        struct affiliation affiliation;
    } record;
    bool is_read = entry->kind == ENTRY_STATUS || entry->kind == ENTRY_AFFILIATION;

    if (is_read && entry_payload_decode(&record, entry, arena) != REASON_NONE) {
        return false;
    }
    return bearing_is_against(bearing_of_entry(entry->kind, &record));
}

/* What is against somebody, and new keys, can't wait for a clock. */
static bool waits_for_clock(const struct block *preview, struct arena *arena)
{
    bool waits = preview->header.block_class != CLASS_KEYS;

    for (size_t i = 0; waits && i < preview->entry_count; i++) {
        waits = !is_against(&preview->entries[i], arena);
    }
    return waits;
}

/* ---- opening ---- */

static int publish_inception(struct publisher *publisher)
{
    struct bytes encoded;
    struct writer writer;
    enum reason reason;

    arena_rewind(&publisher->arena, 0);
    writer_init(&writer, publisher->block, BLOCK_SIZE_MAX);
    reason =
        block_of_inception(&writer, network_of(publisher), publisher->session->inception, &publisher->arena);
    if (reason != REASON_NONE || !writer_end(&writer, &encoded)) {
        return session_fail(options_of(publisher), EXIT_BAD_INPUT, "bad-actor-file",
                            "%s/actor.public is damaged: restore it from a backup.",
                            publisher->session->home.path);
    }
    return hand_over(publisher, CONTROL_SUBMIT, encoded);
}

static int read_start(struct publisher *publisher, bool *is_new)
{
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, publisher->session->store);

    if (error != STORE_OK) {
        return session_fail_store(options_of(publisher), error);
    }
    error = read_head(publisher, txn);
    *is_new = error == STORE_NOT_FOUND;
    if (error == STORE_OK) {
        error = warn_of_own_date(publisher, txn);
    }
    if (error == STORE_OK) {
        error = check_evidence(publisher, txn);
    }
    store_end(txn);
    return error == STORE_OK || *is_new ? EXIT_YES : session_fail_store(options_of(publisher), error);
}

static int open_parts(struct publisher *publisher)
{
    void *memory = malloc(PUBLISH_ARENA_SIZE);
    bool is_new = false;
    enum home_error error;
    int code;

    if (memory) {
        arena_init(&publisher->arena, memory, PUBLISH_ARENA_SIZE);
    }
    publisher->body = malloc(BLOCK_BODY_SIZE_MAX);
    publisher->block = malloc(BLOCK_SIZE_MAX);
    publisher->reply = malloc(CONTROL_REPLY_MAX);
    if (!memory || !publisher->body || !publisher->block || !publisher->reply) {
        return session_fail_store(options_of(publisher), STORE_NO_MEMORY);
    }
    error = home_lock(&publisher->session->home, "sign.lock", true, &publisher->sign_lock_fd);
    if (error != HOME_OK) {
        return session_fail_home(options_of(publisher), error);
    }
    code = read_start(publisher, &is_new);
    if (code != EXIT_YES || !is_new) {
        return code;
    }
    code = publish_inception(publisher);
    if (code == EXIT_YES) {
        code = read_start(publisher, &is_new);
    }
    assert(code != EXIT_YES || !is_new);
    return code;
}

static void close_parts(struct publisher *publisher)
{
    if (publisher->sign_lock_fd >= 0) {
        close(publisher->sign_lock_fd);
    }
    free(publisher->arena.memory);
    free(publisher->body);
    free(publisher->block);
    free(publisher->reply);
    *publisher = (struct publisher){.sign_lock_fd = -1};
}

int publisher_open(struct publisher *publisher, struct session *session, const struct keyring *keyring)
{
    int code;

    assert(session->has_actor && (session->control_fd >= 0 || session->lock_fd >= 0));
    *publisher = (struct publisher){.session = session, .keyring = keyring, .sign_lock_fd = -1};
    code = open_parts(publisher);
    if (code != EXIT_YES) {
        close_parts(publisher);
    }
    return code;
}

void publisher_close(struct publisher *publisher)
{
    if (publisher->checkpoint_due) {
        publisher_checkpoint(publisher);
    }
    close_parts(publisher);
}

/* ---- drafts ---- */

void publisher_draft(struct publisher *publisher, struct draft *draft, enum block_class block_class)
{
    draft_init(draft, block_class, publisher->body, BLOCK_BODY_SIZE_MAX);
}

void publisher_salt(uint8_t salt[ENTRY_SALT_SIZE])
{
    randombytes_buf(salt, ENTRY_SALT_SIZE);
}

/* Read what signing needs in one transaction: the head, the draft as it would follow it, what that reaches
 * back to. */
struct prepared {
    struct block preview;
    struct log_past past;
};

/* The head of a contested log may be somebody else's block. */
static int read_own_head(struct publisher *publisher, struct store_txn *txn)
{
    const struct log_state *state = &publisher->state;
    struct branch_switch way = {0};
    bool contested = false;
    enum store_error error = read_head(publisher, txn);

    if (error == STORE_OK) {
        error = store_switch(txn, &state->author, &way);
    }
    if (error == STORE_OK) {
        error = own_log_is_contested(txn, &state->author, state->epoch, &publisher->arena, &contested);
    }
    if (error != STORE_OK) {
        return session_fail_store(options_of(publisher), error);
    }
    if (way.active) {
        return session_fail_reason(options_of(publisher), REASON_SWITCHING);
    }
    if (contested) {
        return session_fail(options_of(publisher), EXIT_BAD_INPUT, reason_word(REASON_FORK),
                            "Somebody else signed with your keys, so nothing was signed. First say which "
                            "blocks are yours, and take new keys: tradeproof key rotate");
    }
    return EXIT_YES;
}

static int prepare(struct publisher *publisher, struct store_txn *txn, const struct draft *draft,
                   struct prepared *out)
{
    struct log_reach reach;
    enum reason reason;
    enum store_error error;
    uint64_t time_s = publisher->time_s > 0 ? publisher->time_s : session_now_s();
    int code = read_own_head(publisher, txn);

    if (code != EXIT_YES) {
        return code;
    }
    if (publisher->is_bound && !hash_equal(&publisher->state.head, &publisher->bound_head)) {
        return session_fail(options_of(publisher), EXIT_BUSY, "log-moved",
                            "A block of a command that had ended came into your log meanwhile, so nothing "
                            "more was signed. Run it again: what stands is not said twice.");
    }
    reason = draft_preview(&out->preview, draft, &publisher->state, network_of(publisher), time_s,
                           &publisher->arena);
    if (reason == REASON_NONE) {
        reason = log_reach_of(&reach, &out->preview, &publisher->arena);
    }
    if (reason != REASON_NONE) {
        return session_fail_reason(options_of(publisher), reason);
    }
    if (publisher->clock_is_behind && waits_for_clock(&out->preview, &publisher->arena)) {
        return session_fail(
            options_of(publisher), EXIT_CLOCK, "clock-behind-evidence",
            "This machine's clock is behind what others signed. Set it right, then run the command "
            "again; nothing was signed.");
    }
    error = store_gather_past(txn, network_of(publisher), &publisher->state, &reach, &out->past,
                              &publisher->arena);
    return error == STORE_OK ? EXIT_YES : session_fail_store(options_of(publisher), error);
}

static int prepare_in_txn(struct publisher *publisher, const struct draft *draft, struct prepared *out)
{
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, publisher->session->store);
    int code;

    if (error != STORE_OK) {
        return session_fail_store(options_of(publisher), error);
    }
    code = prepare(publisher, txn, draft, out);
    store_end(txn);
    return code;
}

static int fail_signer(const struct publisher *publisher)
{
    return session_fail(
        options_of(publisher), EXIT_BAD_INPUT, "keys-not-in-force",
        "The keys in this home are not the ones that this actor's log names. If the keys were "
        "rotated on another computer, use that one, or copy its data folder.");
}

static int sign_and_hand_over(struct publisher *publisher, struct prepared *prepared,
                              const struct block_signer *signer, struct published *out)
{
    struct writer writer;
    struct block signed_block;
    enum reason reason;
    int code;

    writer_init(&writer, publisher->block, BLOCK_SIZE_MAX);
    reason = draft_sign(&writer, &prepared->preview, &publisher->state, network_of(publisher),
                        &prepared->past, signer, 1, &publisher->arena);
    if (reason == REASON_NONE && !writer_end(&writer, &out->encoded)) {
        reason = REASON_TOO_LARGE;
    }
    if (reason == REASON_NONE) {
        reason = block_decode_header(&signed_block, network_of(publisher), out->encoded, &publisher->arena);
    }
    if (reason != REASON_NONE) {
        return session_fail_reason(options_of(publisher), reason);
    }
    out->seq = signed_block.header.seq;
    out->hash = signed_block.hash;
    code = hand_over(publisher, CONTROL_SUBMIT, out->encoded);
    if (code == EXIT_YES) {
        publisher->checkpoint_due = publisher->session->control_fd < 0;
    }
    return code;
}

static int publish_at_head(struct publisher *publisher, const struct draft *draft, struct published *out)
{
    struct sign_secret_key secret;
    struct block_signer signer = {.secret = &secret};
    struct prepared prepared;
    int code = prepare_in_txn(publisher, draft, &prepared);

    if (code != EXIT_YES) {
        return code;
    }
    if (!keyring_signer(publisher->keyring, &publisher->state.keys, class_role(draft->block_class), &secret,
                        &signer.key_index)) {
        return fail_signer(publisher);
    }
    code = sign_and_hand_over(publisher, &prepared, &signer, out);
    sodium_memzero(&secret, sizeof secret);
    return code;
}

static void note_durable(struct session_durable *durable, const struct published *published)
{
    durable->first_seq = durable->block_count == 0 ? published->seq : durable->first_seq;
    durable->block_count++;
}

void publisher_bind(struct publisher *publisher)
{
    publisher->is_bound = true;
    publisher->bound_head = publisher->state.head;
}

int publisher_publish(struct publisher *publisher, const struct draft *draft, struct published *out)
{
    int code;

    publisher->tries_left = HEAD_TRIES_MAX;
    do {
        publisher->tries_left--;
        publisher->head_moved = false;
        code = publish_at_head(publisher, draft, out);
    } while (publisher->head_moved);
    if (code == EXIT_YES) {
        note_durable(&publisher->session->options.durable, out);
        publisher->bound_head = out->hash;
    }
    return code;
}

/* The keys that a rotation sets, which also number its signer. */
static bool key_set_of_draft(struct key_set *set, const struct block *preview, struct arena *arena)
{
    struct keys keys;

    if (entry_payload_decode(&keys, &preview->entries[0], arena) != REASON_NONE) {
        return false;
    }
    key_set_open(set, &keys);
    return true;
}

static int rotate_at_head(struct publisher *publisher, const struct draft *draft, const struct keyring *next,
                          struct published *out)
{
    struct sign_secret_key secret;
    struct block_signer signer = {.secret = &secret};
    struct prepared prepared;
    struct key_set set;
    int code = prepare_in_txn(publisher, draft, &prepared);

    assert(draft->block_class == CLASS_KEYS);
    if (code != EXIT_YES) {
        return code;
    }
    if (!key_set_of_draft(&set, &prepared.preview, &publisher->arena) ||
        !keyring_signer(next, &set, ROLE_GOVERN, &secret, &signer.key_index)) {
        return fail_signer(publisher);
    }
    code = sign_and_hand_over(publisher, &prepared, &signer, out);
    sodium_memzero(&secret, sizeof secret);
    if (code == EXIT_YES) {
        publisher->keyring = next;
    }
    return code;
}

int publisher_rotate(struct publisher *publisher, const struct draft *draft, const struct keyring *next,
                     struct published *out)
{
    int code;

    publisher->tries_left = HEAD_TRIES_MAX;
    do {
        publisher->tries_left--;
        publisher->head_moved = false;
        code = rotate_at_head(publisher, draft, next, out);
    } while (publisher->head_moved);
    return code;
}

/* ---- checkpoints ---- */

static int read_state(struct publisher *publisher)
{
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, publisher->session->store);

    if (error == STORE_OK) {
        error = read_head(publisher, txn);
        store_end(txn);
    }
    return error == STORE_OK ? EXIT_YES : session_fail_store(options_of(publisher), error);
}

/* When the next checkpoint is to be dated. */
static int read_next_time(struct publisher *publisher, uint64_t *time_s)
{
    struct store_txn *txn;
    uint64_t last_s = 0;
    enum store_error error = store_read_begin(&txn, publisher->session->store);

    if (error == STORE_OK) {
        error = read_checkpoint_time(publisher, txn, &publisher->session->actor, &last_s);
        store_end(txn);
    }
    *time_s = checkpoint_next_time_s(session_now_s(), last_s);
    return error == STORE_OK ? EXIT_YES : session_fail_store(options_of(publisher), error);
}

int publisher_checkpoint(struct publisher *publisher)
{
    const struct log_state *state = &publisher->state;
    uint8_t memory[CHECKPOINT_SIZE_MAX];
    struct sign_secret_key secret;
    struct signed_checkpoint signed_checkpoint;
    struct checkpoint checkpoint;
    struct bytes encoded;
    uint64_t key_index = 0, time_s = 0;
    bool fits;
    int code;

    publisher->checkpoint_due = false;
    if (publisher->session->control_fd >= 0) {
        return EXIT_YES;
    }
    code = read_state(publisher);
    if (code == EXIT_YES) {
        code = read_next_time(publisher, &time_s);
    }
    if (code != EXIT_YES ||
        !keyring_signer(publisher->keyring, &state->keys, ROLE_CHECKPOINT, &secret, &key_index)) {
        return code;
    }
    checkpoint = (struct checkpoint){.author = state->author,
                                     .epoch = state->epoch,
                                     .seq = state->seq,
                                     .head = state->head,
                                     .time_s = time_s};
    checkpoint_sign(&signed_checkpoint, &checkpoint, network_of(publisher), key_index, &secret);
    sodium_memzero(&secret, sizeof secret);
    fits = schema_encode(&signed_checkpoint_schema, &signed_checkpoint, memory, sizeof memory, &encoded);
    assert(fits);
    return hand_over(publisher, CONTROL_CHECKPOINT, encoded);
}
