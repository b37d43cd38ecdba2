#include "node/ingest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "node/follow.h"
#include "protocol/log/fork.h"
#include "tests/support/log_random.h"
#include "tests/support/sanitized.h"

/* The same set of an author's blocks gives the same log in whatever order it comes (DESIGN section 4,
 * acceptance and forks). Families of blocks are drawn at random: chains, branches, rotations, two of one
 * epoch, bodies that acceptance refuses under good signatures, bad signatures. A plain model says from the
 * whole family what must come of it. */

enum {
    SEEDS = SANITIZED ? 100 : 200,
    ORDERS = 6,
    FAMILY_MAX = 24,
    EPOCHS_MAX = FAMILY_MAX,
    ARENA_SIZE = 16 * 1024 * 1024,
    NONE = -1,
};

/* A block of the family and what the model knows about it. */
struct member {
    int parent;
    struct bytes encoded;
    struct header header;
    struct bytes header_bytes;
    struct hash hash;
    bool rotation;
    bool signed_well;      /* it alone */
    bool held;             /* it and its ancestors are signed as they should be */
    bool refused;          /* acceptance refuses it */
    struct memory_log log; /* after it; where it or an ancestor is refused only its state is true */
};

struct family {
    size_t count;
    struct member members[FAMILY_MAX];
};

struct bench {
    struct network network;
    struct trust trust;
    struct built_actor actor;
    struct log_builder builder;
    struct arena scratch;
    struct family family;
    struct store *store;
    struct ingest ingest;
    struct store_txn *txn; /* open while an order is tried */
    uint64_t seed;
    size_t order;
    char folder[64];
    uint8_t arena_memory[ARENA_SIZE];
    uint8_t *scratch_memory;
};

static struct bench *bench;

/* ---- drawing a family ---- */

static void change_state_root(struct forgery *forgery)
{
    forgery->header.state_root.bytes[0] ^= 1;
}

static void break_signature(struct forgery *forgery)
{
    forgery->break_signature = true;
}

/* What may follow a refused block reaches back to nothing, because no state stands behind it. */
static void draw_draft(const struct member *parent, struct dice *dice)
{
    struct log_builder *builder = &bench->builder;
    uint64_t roll = dice_roll(dice, 100);

    if (roll < 15) {
        log_random_rotation(builder, &parent->log, dice);
    } else if (roll < 25) {
        log_random_update(builder, dice);
    } else if (parent->refused) {
        log_random_content(builder, &parent->log, dice);
    } else {
        log_random_draft(builder, &parent->log, dice);
    }
}

/* Make the drawn draft a block after parent. Returns: false when the model would have it twice. */
static bool add_member(struct family *family, int parent_index, struct dice *dice)
{
    const struct member *parent = &family->members[parent_index];
    struct member *member = &family->members[family->count];
    uint64_t roll = dice_roll(dice, 100);
    struct block block;
    enum reason reason = REASON_STATE_ROOT;

    *member =
        (struct member){.parent = parent_index, .signed_well = roll >= 5, .held = parent->held && roll >= 5};
    if (!parent->refused && roll >= 15) {
        reason = log_builder_sign(&member->encoded, &bench->builder, &parent->log);
    }
    if (reason != REASON_NONE) {
        member->refused = true;
        member->encoded = log_builder_forge(&bench->builder, &parent->log,
                                            roll < 5    ? break_signature
                                            : roll < 15 ? change_state_root
                                                        : NULL);
    }
    assert_int_equal(block_decode(&block, &bench->network, member->encoded, &bench->builder.arena),
                     REASON_NONE);
    member->header = block.header;
    member->header_bytes = block.header_bytes;
    member->hash = block.hash;
    member->rotation = block.entries[0].kind == ENTRY_KEYS;
    for (size_t i = 0; i < family->count; i++) {
        if (hash_equal(&family->members[i].hash, &member->hash)) {
            return false;
        }
    }
    memory_log_copy(&member->log, &parent->log);
    if (!member->refused) {
        assert_int_equal(memory_log_accept_block(&member->log, &block), REASON_NONE);
    } else {
        struct log_state *state = &member->log.state;

        assert_int_equal(log_advance_keys(&state->keys, &state->epoch, &block, &bench->builder.arena),
                         REASON_NONE);
        state->seq = block.header.seq;
        state->head = block.hash;
    }
    family->count++;
    return true;
}

static void draw_inception(struct family *family, uint64_t seed)
{
    struct member *first = &family->members[0];
    struct block block;

    build_actor(&bench->actor, &bench->network, seed, 1, 1);
    *first = (struct member){.parent = NONE, .signed_well = true, .held = true};
    memory_log_init(&first->log, &bench->network, &bench->scratch);
    log_builder_inception(&bench->builder, &first->log, &bench->actor);
    first->encoded = memory_log_block(&first->log, 0);
    assert_int_equal(block_decode(&block, &bench->network, first->encoded, &bench->builder.arena),
                     REASON_NONE);
    first->header = block.header;
    first->header_bytes = block.header_bytes;
    first->hash = block.hash;
    family->count = 1;
}

static void draw_family(struct family *family, uint64_t seed)
{
    struct dice dice = {.state = seed};
    size_t wanted = 6 + dice_roll(&dice, FAMILY_MAX - 6);

    log_builder_init(&bench->builder, bench->arena_memory, sizeof bench->arena_memory);
    draw_inception(family, seed);
    while (family->count < wanted) {
        bool goes_on = dice_roll(&dice, 100) < 65;
        int parent = (int)(goes_on ? family->count - 1 : dice_roll(&dice, family->count));

        draw_draft(&family->members[parent], &dice);
        add_member(family, parent, &dice);
    }
}

static void drop_family(struct family *family)
{
    for (size_t i = 0; i < family->count; i++) {
        memory_log_deinit(&family->members[i].log);
    }
    family->count = 0;
}

/* ---- the model ---- */

static bool is_reached(const struct family *family, int from, int to)
{
    for (; to != from; to = family->members[to].parent) {
        if (to == NONE || family->members[to].refused || !family->members[to].held) {
            return false;
        }
    }
    return true;
}

static size_t count_rotations_into(const struct family *family, uint64_t epoch)
{
    size_t count = 0;

    for (size_t i = 0; i < family->count; i++) {
        const struct member *member = &family->members[i];

        count += member->held && member->rotation && member->header.seq > 0 && member->header.epoch == epoch;
    }
    return count;
}

static bool is_lower(const struct family *family, int a, int b)
{
    return b == NONE || hash_compare(&family->members[a].hash, &family->members[b].hash) < 0;
}

/* The last block of the log, given that the log goes through at. */
static int model_tip(const struct family *family, int at)
{
    uint64_t epoch = family->members[at].header.epoch;
    int rotation = NONE, child = NONE;

    if (count_rotations_into(family, epoch) > 1) {
        return at;
    }
    for (int i = 0; i < (int)family->count; i++) {
        const struct member *member = &family->members[i];

        if (i != at && member->rotation && member->header.epoch == epoch + 1 && is_reached(family, at, i) &&
            is_lower(family, i, rotation)) {
            rotation = i;
        }
        if (member->parent == at && is_reached(family, at, i) && is_lower(family, i, child)) {
            child = i;
        }
    }
    if (rotation != NONE) {
        for (child = rotation; family->members[child].parent != at;) {
            child = family->members[child].parent;
        }
    }
    return child == NONE ? at : model_tip(family, child);
}

/* Whether a rotation can never be placed, since a block below it is not held, and shows itself all the same:
 * the keys that made it are those of the log. */
static bool waits(const struct family *family, const struct member *member)
{
    int opener = member->parent, at = model_tip(family, 0);

    if (member->held || !member->signed_well || !member->rotation) {
        return false;
    }
    while (family->members[opener].parent != NONE &&
           family->members[family->members[opener].parent].header.epoch + 1 == member->header.epoch) {
        opener = family->members[opener].parent;
    }
    while (at != opener && at != NONE) {
        at = family->members[at].parent;
    }
    return at == opener;
}

static size_t count_waiting_into(const struct family *family, uint64_t epoch)
{
    size_t count = 0;

    for (size_t i = 0; i < family->count; i++) {
        count += family->members[i].header.epoch == epoch && waits(family, &family->members[i]);
    }
    return count;
}

static bool model_frozen(const struct family *family)
{
    for (uint64_t epoch = 1; epoch < EPOCHS_MAX; epoch++) {
        if (count_rotations_into(family, epoch) + count_waiting_into(family, epoch) > 1) {
            return true;
        }
    }
    return false;
}

/* What two contradicting blocks prove, and where. */
struct model_proof {
    bool found;
    bool rotations;
    uint64_t seq;
    struct bytes lower, higher;
};

/* Of rotations that wait nothing is kept that would prove them beside one another alone. */
static bool contradict(const struct family *family, const struct member *a, const struct member *b,
                       uint64_t *epoch)
{
    if (a->header.seq == 0 || b->header.seq == 0) {
        return false;
    }
    if (a->rotation && b->rotation && a->header.epoch == b->header.epoch) {
        *epoch = a->header.epoch - 1;
        return (a->held && b->held) || (a->held && waits(family, b)) || (b->held && waits(family, a));
    }
    if (!a->held || !b->held) {
        return false;
    }
    *epoch = a->header.epoch < b->header.epoch ? a->header.epoch : b->header.epoch;
    return a->parent == b->parent;
}

/* Two rotations come first. */
static bool is_lower_proof(const struct model_proof *a, const struct model_proof *b)
{
    if (b->found && a->rotations != b->rotations) {
        return a->rotations;
    }
    if (!b->found || a->seq != b->seq) {
        return !b->found || a->seq < b->seq;
    }
    if (!bytes_equal(a->lower, b->lower)) {
        return bytes_compare(a->lower, b->lower) < 0;
    }
    return bytes_compare(a->higher, b->higher) < 0;
}

static struct model_proof model_proof_in(const struct family *family, uint64_t epoch)
{
    struct model_proof lowest = {0};

    for (size_t i = 0; i < family->count; i++) {
        for (size_t j = 0; j < i; j++) {
            const struct member *a = &family->members[i], *b = &family->members[j];
            uint64_t disputed = 0;
            struct model_proof proof = {
                .found = true,
                .rotations = a->rotation && b->rotation && a->header.epoch == b->header.epoch,
                .seq = a->header.seq < b->header.seq ? a->header.seq : b->header.seq,
                .lower = a->header_bytes,
                .higher = b->header_bytes,
            };

            if (bytes_compare(proof.lower, proof.higher) > 0) {
                proof.lower = b->header_bytes;
                proof.higher = a->header_bytes;
            }
            if (contradict(family, a, b, &disputed) && disputed == epoch && is_lower_proof(&proof, &lowest)) {
                lowest = proof;
            }
        }
    }
    return lowest;
}

/* ---- what the store holds ---- */

static void assert_log_state(struct store_txn *txn, const struct log_state *expected)
{
    struct log_state state;

    assert_int_equal(store_log_state(txn, &bench->actor.id, &state), STORE_OK);
    assert_int_equal(state.seq, expected->seq);
    assert_memory_equal(&state.head, &expected->head, sizeof state.head);
    assert_int_equal(state.epoch, expected->epoch);
    assert_int_equal(state.epoch_first_seq, expected->epoch_first_seq);
    assert_int_equal(state.upgrade_blocks, expected->upgrade_blocks);
    assert_memory_equal(&state.keys, &expected->keys, sizeof state.keys);
}

static void assert_records(struct store_txn *txn, const struct memory_log *log)
{
    for (size_t seq = 0; seq <= log->block_count; seq++) {
        struct block_record record;
        uint64_t arrived_s = 0;
        enum store_error error = store_block_record(txn, &bench->actor.id, seq, &record, &arrived_s);

        assert_int_equal(error, seq < log->block_count ? STORE_OK : STORE_NOT_FOUND);
        if (seq < log->block_count) {
            const struct block_record *expected = &log->blocks[seq].record;

            assert_memory_equal(&record.hash, &expected->hash, sizeof record.hash);
            assert_memory_equal(&record.live_root, &expected->live_root, sizeof record.live_root);
            assert_int_equal(record.epoch, expected->epoch);
            assert_int_equal(record.entry_count, expected->entry_count);
            assert_int_equal(record.block_class, expected->block_class);
            assert_int_equal(record.standing, expected->standing);
            assert_int_equal(record.void_seq, expected->void_seq);
            assert_int_equal(record.void_index, expected->void_index);
            assert_int_equal(record.void_reason, expected->void_reason);
        }
    }
}

/* Whether one rotation has closed the member's epoch, and the log does not go through it: what arrives of
 * such is not kept. */
static bool is_closed(const struct family *family, const struct member *member)
{
    const struct memory_log *log = &family->members[model_tip(family, 0)].log;
    uint64_t seq = member->header.seq;

    if (seq < log->block_count && hash_equal(&log->blocks[seq].record.hash, &member->hash)) {
        return false;
    }
    return member->header.epoch < log->state.epoch;
}

static void assert_held(struct store_txn *txn, const struct family *family)
{
    for (size_t i = 0; i < family->count; i++) {
        const struct member *member = &family->members[i];
        size_t mark = arena_mark(&bench->scratch);
        struct bytes encoded;
        enum store_error error = store_block_by_hash(txn, &bench->actor.id, member->header.seq, &member->hash,
                                                     &encoded, &bench->scratch);

        if (!member->held || !is_closed(family, member)) {
            assert_int_equal(error, member->held ? STORE_OK : STORE_NOT_FOUND);
        }
        arena_rewind(&bench->scratch, mark);
    }
}

static void assert_proofs(struct store_txn *txn, const struct family *family)
{
    const struct member *tip = &family->members[model_tip(family, 0)];

    for (uint64_t epoch = 0; epoch < EPOCHS_MAX; epoch++) {
        const struct model_proof expected = model_proof_in(family, epoch);
        size_t mark = arena_mark(&bench->scratch);
        struct fork_proof proof;
        struct bytes encoded;

        /* What one rotation has closed disputes nothing: proofs of it are those that were met before. */
        if (epoch < tip->log.state.epoch && !expected.rotations) {
            continue;
        }
        assert_int_equal(
            store_fork_proof(txn, &bench->actor.id, epoch, FORK_PROOF_LOWEST, &encoded, &bench->scratch),
            expected.found ? STORE_OK : STORE_NOT_FOUND);
        if (expected.found) {
            assert_int_equal(schema_decode(&fork_proof_schema, &proof, encoded, &bench->scratch),
                             REASON_NONE);
            assert_true(bytes_equal(proof.header_a, expected.lower));
            assert_true(bytes_equal(proof.header_b, expected.higher));
        }
        arena_rewind(&bench->scratch, mark);
    }
}

static void assert_outcome(struct store_txn *txn, const struct family *family)
{
    const struct member *tip = &family->members[model_tip(family, 0)];
    bool frozen = false;

    assert_held(txn, family);
    assert_log_state(txn, &tip->log.state);
    assert_records(txn, &tip->log);
    assert_int_equal(store_is_frozen(txn, &bench->actor.id, &frozen), STORE_OK);
    assert_int_equal(frozen, model_frozen(family));
    assert_proofs(txn, family);
}

/* ---- orders ---- */

/* The bytes of a member as one peer or another has them: one that has the whole log holds less of what was
 * erased since.
 */
static struct bytes copy_of(const struct family *family, int index, struct dice *dice)
{
    const struct member *member = &family->members[index];
    const struct memory_log *log = &family->members[model_tip(family, 0)].log;
    uint64_t seq = member->header.seq;

    if (dice_roll(dice, 2) == 0 && seq < log->block_count &&
        hash_equal(&log->blocks[seq].record.hash, &member->hash)) {
        return memory_log_block(log, seq);
    }
    return member->encoded;
}

/* Go on with the author where it is on its way. */
static enum store_error go_on(struct store_txn *txn)
{
    struct log_state state;
    enum store_error error = store_log_state(txn, &bench->actor.id, &state);

    return error == STORE_OK ? follow_go_on(&bench->ingest, txn, &bench->actor.id, 1000)
                             : (error == STORE_NOT_FOUND ? STORE_OK : error);
}

/* Offer the pending blocks in turn; those that wait for another stay. Returns: whether any went. */
static bool offer_round(struct store_txn *txn, const struct family *family, int *pending, size_t *count,
                        struct dice *dice)
{
    size_t kept = 0;

    for (size_t i = 0; i < *count; i++) {
        struct ingest_result result;

        ingest_block(&bench->ingest, txn, INGEST_PEER, copy_of(family, pending[i], dice), 1000 + i, &result);
        assert_int_not_equal(result.outcome, INGEST_FAILED);
        assert_int_not_equal(result.reason, REASON_KNOWN);
        if (dice_roll(dice, 4) == 0) {
            bench->ingest.turn_left_ms = 1;
            assert_int_equal(go_on(txn), STORE_OK);
        }
        /* Peers offer again what waits for another block, and what another rotation may ask for. */
        if (result.outcome == INGEST_REFUSED &&
            (result.reason == REASON_ORPHAN || result.reason == REASON_EPOCH_CLOSED)) {
            pending[kept++] = pending[i];
        }
    }
    if (kept == *count) {
        return false;
    }
    *count = kept;
    return true;
}

/* Once every block was offered whole, those of the log lack what the log erased and nothing else. */
static void assert_filled(struct store_txn *txn, const struct family *family)
{
    const struct memory_log *log = &family->members[model_tip(family, 0)].log;

    for (size_t i = 0; i < family->count; i++) {
        struct ingest_result result;

        ingest_block(&bench->ingest, txn, INGEST_PEER, family->members[i].encoded, 2000, &result);
        assert_int_equal(result.outcome, INGEST_REFUSED);
        assert_true(result.reason == REASON_KNOWN || !family->members[i].held ||
                    is_closed(family, &family->members[i]));
    }
    for (uint64_t seq = 0; seq < log->block_count; seq++) {
        size_t mark = arena_mark(&bench->scratch);
        struct bytes encoded;

        assert_int_equal(store_block_bytes(txn, &bench->actor.id, seq, &encoded, &bench->scratch), STORE_OK);
        assert_true(bytes_equal(encoded, memory_log_block(log, seq)));
        arena_rewind(&bench->scratch, mark);
    }
}

static void try_order(const struct family *family, struct dice *dice)
{
    int pending[FAMILY_MAX];
    size_t count = family->count;

    for (size_t i = 0; i < count; i++) {
        size_t other = dice_roll(dice, i + 1);

        pending[i] = pending[other];
        pending[other] = (int)i;
    }
    assert_int_equal(store_write_begin(&bench->txn, bench->store), STORE_OK);
    /* In every other order nothing is followed but now and then, for a moment. */
    bench->ingest.turn_ms = bench->order % 2;
    bench->ingest.turn_left_ms = 0;
    /* A rotation that waits for its ancestors opens its epoch for them, which the next round offers again. */
    for (int idle = 0; idle < 2;) {
        idle = offer_round(bench->txn, family, pending, &count, dice) ? 0 : idle + 1;
        bench->ingest.turn_left_ms = 1000;
        assert_int_equal(go_on(bench->txn), STORE_OK);
        bench->ingest.turn_left_ms = 0;
    }
    bench->ingest.turn_ms = 0;
    assert_outcome(bench->txn, family);
    assert_filled(bench->txn, family);
    assert_outcome(bench->txn, family);
    store_end(bench->txn);
    bench->txn = NULL;
}

static void try_family(uint64_t seed)
{
    struct dice dice = {.state = ~seed};

    draw_family(&bench->family, seed);
    bench->ingest.self = bench->actor.id;
    bench->seed = seed;
    for (bench->order = 0; bench->order < ORDERS; bench->order++) {
        try_order(&bench->family, &dice);
    }
    drop_family(&bench->family);
}

static void test_every_order_gives_the_same_log(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        try_family(seed);
    }
}

static int make_bench(void **state)
{
    (void)state;
    bench = calloc(1, sizeof *bench);
    if (bench == NULL || !network_init(&bench->network, "test")) {
        return -1;
    }
    bench->scratch_memory = malloc(MEMORY_LOG_SCRATCH_SIZE);
    snprintf(bench->folder, sizeof bench->folder, "/tmp/tradeproof-ingest-XXXXXX");
    if (bench->scratch_memory == NULL || mkdtemp(bench->folder) == NULL) {
        return -1;
    }
    arena_init(&bench->scratch, bench->scratch_memory, MEMORY_LOG_SCRATCH_SIZE);
    const struct store_options options = {.folder = bench->folder, .network_tag = "test"};
    if (store_open(&bench->store, &options) != STORE_OK) {
        return -1;
    }
    return ingest_init(&bench->ingest, bench->store, &bench->network, &bench->trust, &bench->actor.id) ? 0
                                                                                                       : -1;
}

static int drop_bench(void **state)
{
    static const char *const names[] = {"data.mdb", "lock.mdb"};
    char path[128];

    (void)state;
    if (bench->txn != NULL) {
        print_error("failed with seed %u in order %u\n", (unsigned)bench->seed, (unsigned)bench->order);
        store_end(bench->txn);
    }
    ingest_deinit(&bench->ingest);
    store_close(bench->store);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", bench->folder, names[i]);
        unlink(path);
    }
    rmdir(bench->folder);
    free(bench->scratch_memory);
    free(bench);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_order_gives_the_same_log, make_bench, drop_bench),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
