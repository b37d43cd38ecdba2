#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/log/fork.h"
#include "tests/support/builders.h"
#include "tests/support/history_node.h"
#include "tests/support/sanitized.h"

/* What two rotations of one epoch leave in doubt while one of them lacks the blocks before it, whenever which
 * of them comes. Told as histories (naive_history.h). */

enum { OWNER, SCHOOL, NONE = -1, ORDER_MAX = 7 };

static struct history_world world;
static struct history_node node;
static int begun;               /* the school's block 0, which every case begins with */
static int certificate, beside; /* of the epoch that is closed twice, on two branches… */
static int closing, rival;      /* …that these close */
static uint64_t now_s;          /* each checkpoint is newer than the last one */

static int tell(enum told_kind kind, int parent, int about)
{
    const struct told told = {.kind = kind, .author = SCHOOL, .parent = parent, .about = about};
    int block = history_world_tell(&world, &told);
    assert_true(block >= 0);
    return block;
}

/* The certificate is not below the rival, or both rotations are above it. */
static void tell_rivals(bool below_both)
{
    certificate = tell(TOLD_ATTEST, begun, NONE);
    closing = tell(TOLD_ROTATE, certificate, NONE);
    beside = tell(TOLD_ATTEST, below_both ? certificate : begun, NONE);
    rival = tell(TOLD_ROTATE, beside, NONE);
}

static void offer(int block)
{
    history_node_offer(&node, block, false, now_s);
    assert_null(node.fault);
}

/* A node that holds what every case begins with. */
static void begin_node(bool durable)
{
    history_node_begin(&node, &world, durable);
    for (int i = 0; i <= begun; i++) {
        offer(i);
    }
}

static enum overall answer(int about)
{
    static struct history_answer answers[TOLD_MAX];
    memset(answers, 0, sizeof answers);
    now_s += 60;
    history_node_answer(answers, &node, now_s);
    assert_null(node.fault);
    return answers[about].overall;
}

static enum overall answer_after(const int *order, size_t count, int about)
{
    begin_node(false);
    for (size_t i = 0; i < 2 * count; i++) { /* what came too early comes again */
        offer(order[i % count]);
    }
    enum overall overall = answer(about);
    history_node_end(&node);
    return overall;
}

/* Swap two of the places after `at` in turn, and so on: every order. */
static void assert_unknown_in_every_order(int *order, size_t at, size_t count, int about)
{
    if (at == count) {
        assert_int_equal(answer_after(order, count, about), OVERALL_UNDETERMINED);
        return;
    }
    for (size_t i = at; i < count; i++) {
        int taken = order[i];
        order[i] = order[at];
        order[at] = taken;
        assert_unknown_in_every_order(order, at + 1, count, about);
        order[at] = order[i];
        order[i] = taken;
    }
}

static void what_a_rival_may_not_extend_is_unknown_whatever_comes_first(void **state)
{
    int order[ORDER_MAX];
    (void)state;
    for (int below_both = 0; below_both < 2; below_both++) {
        size_t count = world.history.count;
        tell_rivals(below_both == 1);
        int revoked = tell(TOLD_REVOKE, closing, certificate);
        memcpy(order, (int[]){certificate, closing, rival}, 3 * sizeof order[0]);
        assert_unknown_in_every_order(order, 0, 3, certificate);
        order[3] = revoked; /* said behind one of the two, it is none for certain */
        assert_unknown_in_every_order(order, 0, 4, certificate);
        history_world_forget(&world, count);
    }
}

static void what_follows_one_of_two_is_unknown_whatever_follows(void **state)
{
    int order[ORDER_MAX];
    (void)state;
    tell_rivals(false);
    int after = tell(TOLD_ATTEST, closing, NONE);
    int later = tell(TOLD_ROTATE, after, NONE);
    int last = tell(TOLD_ATTEST, later, NONE);
    int aside = tell(TOLD_ATTEST, begun, NONE); /* the one has dropped it, the other may not have */
    memcpy(order, (int[]){aside, certificate, closing, rival, after, later}, 6 * sizeof order[0]);
    assert_int_equal(answer_after(order, 6, aside), OVERALL_UNDETERMINED);
    memcpy(order, (int[]){certificate, closing, rival, after, later, last}, 6 * sizeof order[0]);
    assert_unknown_in_every_order(order, 0, 5, after);
    assert_int_equal(answer_after(order, 6, last), OVERALL_UNDETERMINED);
    assert_int_equal(answer_after(order, 6, certificate), OVERALL_UNDETERMINED);
}

static void a_void_of_the_rivals_branch_ends_nothing(void **state)
{
    int order[ORDER_MAX];
    (void)state;
    tell_rivals(false);
    const struct told told = {.kind = TOLD_NAME,
                              .author = SCHOOL,
                              .parent = closing,
                              .about = NONE,
                              .named_count = 1,
                              .named = {beside}};
    int named = history_world_tell(&world, &told);
    memcpy(order, (int[]){certificate, closing, rival, named}, 4 * sizeof order[0]);
    assert_unknown_in_every_order(order, 0, 4, certificate);
    order[4] = beside;
    assert_int_equal(answer_after(order, 5, certificate), OVERALL_UNDETERMINED);
}

/* Also where the missing block comes last. */
static void what_both_extend_stands_once_that_is_seen(void **state)
{
    int order[ORDER_MAX];
    (void)state;
    tell_rivals(true);
    int after = tell(TOLD_ATTEST, closing, NONE);
    memcpy(order, (int[]){certificate, closing, after, rival, beside}, 5 * sizeof order[0]);
    assert_int_equal(answer_after(order, 4, certificate), OVERALL_UNDETERMINED);
    assert_int_equal(answer_after(order, 5, certificate), OVERALL_VALID);
    assert_int_equal(answer_after(order, 5, beside), OVERALL_UNDETERMINED);
    assert_int_equal(answer_after(order, 5, after), OVERALL_UNDETERMINED);
}

static void a_rotation_that_waits_without_a_rival_disputes_nothing(void **state)
{
    (void)state;
    tell_rivals(false);
    assert_int_equal(answer_after((int[]){certificate, rival}, 2, certificate), OVERALL_VALID);
    assert_int_equal(answer_after((int[]){certificate, closing}, 2, certificate), OVERALL_VALID);
}

/* Nobody but who holds the keys that the chain committed to makes a rival of its rotation. */
static void a_rotation_with_other_keys_disputes_nothing(void **state)
{
    int order[ORDER_MAX];
    (void)state;
    tell_rivals(false);
    int later = tell(TOLD_ROTATE, closing, NONE);
    int elsewhere = tell(TOLD_ROTATE, rival, NONE);
    memcpy(order, (int[]){certificate, closing, later, elsewhere}, 4 * sizeof order[0]);
    assert_int_equal(answer_after(order, 4, certificate), OVERALL_VALID);
}

/* Whatever became of that one afterwards. */
static void what_a_closed_epoch_said_before_stands_unless_the_disputed_one_speaks_against_it(void **state)
{
    (void)state;
    certificate = tell(TOLD_ATTEST, begun, NONE);
    int first = tell(TOLD_ROTATE, certificate, NONE);
    int kept = tell(TOLD_ATTEST, first, NONE);
    closing = tell(TOLD_ROTATE, kept, NONE);
    beside = tell(TOLD_ATTEST, first, NONE);
    rival = tell(TOLD_ROTATE, beside, NONE);
    int later = tell(TOLD_ROTATE, closing, NONE);
    int revoked = tell(TOLD_REVOKE, first, certificate);
    const int order[ORDER_MAX] = {certificate, first, kept, closing, rival, later, revoked};
    assert_int_equal(answer_after(order, 6, certificate), OVERALL_VALID);
    assert_int_equal(answer_after(order, 7, certificate), OVERALL_UNDETERMINED);
}

static void two_that_wait_leave_all_of_their_epoch_unknown(void **state)
{
    int order[ORDER_MAX];
    (void)state;
    tell_rivals(false);
    int second = tell(TOLD_ATTEST, begun, NONE);
    int last = tell(TOLD_ROTATE, second, NONE);
    memcpy(order, (int[]){certificate, rival, last}, 3 * sizeof order[0]);
    assert_unknown_in_every_order(order, 0, 3, certificate);
}

static void a_rival_is_remembered_over_a_restart(void **state)
{
    (void)state;
    tell_rivals(false);
    for (int first = 0; first < 2; first++) {
        begin_node(true);
        offer(certificate);
        offer(first == 0 ? rival : closing);
        history_node_restart(&node);
        assert_int_equal(answer(certificate), OVERALL_VALID);
        offer(first == 0 ? closing : rival);
        assert_int_equal(answer(certificate), OVERALL_UNDETERMINED);
        history_node_restart(&node);
        assert_int_equal(answer(certificate), OVERALL_UNDETERMINED);
        history_node_end(&node);
    }
}

/* The headers alone, as a proof has them, tell no more of what lies below than a block does that waits. */
static void a_proof_of_two_leaves_unknown_what_it_does_not_show(void **state)
{
    struct arena *arena = &world.builder.arena;
    uint8_t *memory = arena_take(arena, 8192);
    struct block blocks[2];
    struct fork_proof proof;
    struct bytes encoded = {0};
    struct actor_id author;
    enum store_error error = STORE_OK;
    (void)state;
    tell_rivals(true);
    assert_int_equal(block_decode(&blocks[0], &world.network, world.blocks[closing].encoded, arena),
                     REASON_NONE);
    assert_int_equal(block_decode(&blocks[1], &world.network, world.blocks[rival].encoded, arena),
                     REASON_NONE);
    assert_true(fork_proof_of(&proof, &blocks[0], &blocks[1], arena));
    assert_true(schema_encode(&fork_proof_schema, &proof, memory, 8192, &encoded));
    for (int held = 0; held < 2; held++) { /* one of the two, or none */
        begin_node(false);
        offer(certificate);
        if (held == 1) {
            offer(closing);
        }
        assert_int_equal(answer(certificate), OVERALL_VALID);
        assert_int_equal(ingest_fork_proof(&node.ingest, node.txn, encoded, now_s, &author, &error),
                         REASON_NONE);
        assert_int_equal(error, STORE_OK);
        assert_int_equal(answer(certificate), OVERALL_UNDETERMINED);
        offer(closing);
        assert_int_equal(answer(certificate), OVERALL_UNDETERMINED);
        offer(beside);
        offer(rival);
        assert_int_equal(answer(certificate), OVERALL_VALID); /* both extend it */
        assert_int_equal(ingest_fork_proof(&node.ingest, node.txn, encoded, now_s, &author, &error),
                         REASON_KNOWN);
        assert_int_equal(answer(certificate), OVERALL_VALID);
        history_node_end(&node);
    }
}

/* Of many that are held the lowest stay: one that would give way to them when it is placed doesn't count
 * before either. */
static void a_rival_above_those_that_stay_known_disputes_nothing(void **state)
{
    int lower = 0;
    (void)state;
    tell_rivals(false);
    begin_node(false);
    offer(certificate);
    offer(rival);
    while (lower < STORE_ROTATIONS_MAX) {
        int block = tell(TOLD_ROTATE, certificate, NONE);
        if (hash_compare(&world.blocks[block].hash, &world.blocks[rival].hash) < 0) {
            offer(block);
            assert_int_equal(answer(certificate),
                             ++lower < STORE_ROTATIONS_MAX ? OVERALL_UNDETERMINED : OVERALL_VALID);
        }
    }
    history_node_end(&node);
}

/* ---- rivals that a proof shows ---- */

enum { ITEMS_MAX = 6, SALTS = SANITIZED ? 1 : 2, ROWS_MAX = 16, ORDERS_APART = SANITIZED ? 5 : 1 };

/* What a node is offered: a block, or the proof that two make. */
struct item {
    int block; /* NONE: the proof */
    int a, b;
};

/* What a case asserts in every order. */
struct outcome {
    int about;
    enum overall overall;
};

static const char *evidence_of; /* for messages */
static bool durable;

static struct item block_item(int block)
{
    return (struct item){.block = block};
}

static struct item proof_item(int a, int b)
{
    return (struct item){.block = NONE, .a = a, .b = b};
}

static void offer_item(const struct item *item)
{
    if (item->block != NONE) {
        offer(item->block);
        return;
    }
    history_node_offer_proof(&node, item->a, item->b, now_s);
    assert_null(node.fault);
}

static size_t count_held(void)
{
    size_t count = 0;
    for (size_t i = 0; i < world.history.count; i++) {
        count += node.known[i].held;
    }
    return count;
}

/* What came too early comes again and again; the second time after a restart, where the node is durable. */
static void offer_items(const struct item *items, size_t count)
{
    size_t before = 0;
    for (size_t round = 0; round < 2 || before < count_held(); round++) {
        if (durable && round == 1) {
            history_node_restart(&node);
        }
        before = count_held();
        for (size_t i = 0; i < count; i++) {
            offer_item(&items[i]);
        }
    }
}

static void assert_outcomes(const struct outcome *outcomes, size_t count)
{
    static struct history_answer answers[TOLD_MAX];
    memset(answers, 0, sizeof answers);
    now_s += 60;
    history_node_answer(answers, &node, now_s);
    assert_null(node.fault);
    for (size_t i = 0; i < count; i++) {
        assert_true(answers[outcomes[i].about].listed);
        if (answers[outcomes[i].about].overall != outcomes[i].overall) {
            fail_msg("%s: block %d is answered %d, not %d", evidence_of, outcomes[i].about,
                     (int)answers[outcomes[i].about].overall, (int)outcomes[i].overall);
        }
    }
}

static void swap(struct item *one, struct item *other)
{
    struct item taken = *one;
    *one = *other;
    *other = taken;
}

/* Do so with every order of the items from `at` on; under a sanitizer with some. */
static void each_order(struct item *items, size_t at, size_t count,
                       void (*visit)(const struct item *items, size_t count))
{
    static size_t orders;
    if (at == count) {
        if (orders++ % ORDERS_APART == 0) {
            visit(items, count);
        }
        return;
    }
    for (size_t i = at; i < count; i++) {
        swap(&items[at], &items[i]);
        each_order(items, at + 1, count, visit);
        swap(&items[at], &items[i]);
    }
}

/* One case: what comes, and what follows from it. */
struct evidence {
    int held; /* the last block that the node has before; NONE: none */
    size_t item_count, outcome_count;
    struct item items[ITEMS_MAX];
    struct outcome outcomes[3];
};

static struct evidence evidence;
static void begin_with(int last)
{
    history_node_begin(&node, &world, durable);
    for (int i = 0; i <= last; i++) {
        offer(i);
    }
}

static void assert_outcomes_in_order(const struct item *items, size_t count)
{
    begin_with(evidence.held);
    offer_items(items, count);
    assert_outcomes(evidence.outcomes, evidence.outcome_count);
    history_node_end(&node);
}

/* A block on the chain, the rotation that closes its epoch above it, what that says, and a rotation that
 * leaves the block, which nobody has but in a proof. */
static void tell_closing(void)
{
    certificate = tell(TOLD_ATTEST, begun, NONE);
    closing = tell(TOLD_ROTATE, certificate, NONE);
    rival = tell(TOLD_ROTATE, begun, NONE);
    evidence = (struct evidence){.held = begun,
                                 .item_count = 4,
                                 .items = {block_item(certificate), block_item(closing),
                                           block_item(tell(TOLD_ATTEST, closing, NONE)),
                                           proof_item(certificate, rival)}};
    evidence.outcomes[0] = (struct outcome){certificate, OVERALL_UNDETERMINED};
    evidence.outcomes[1] = (struct outcome){evidence.items[2].block, OVERALL_UNDETERMINED};
    evidence.outcome_count = 2;
}

static void beside_a_block_of_the_chain(void)
{
    tell_closing();
}

static void beside_a_block_that_is_not_held(void)
{
    tell_closing();
    evidence.items[3] = proof_item(tell(TOLD_ATTEST, begun, NONE), rival);
}

static void beside_a_block_that_comes_too(void)
{
    tell_closing();
    int other = tell(TOLD_ATTEST, begun, NONE);
    evidence.items[3] = proof_item(other, rival);
    evidence.items[evidence.item_count++] = block_item(other);
}

/* The chain follows the one branch or the other, by their hashes, until it is closed. */
static void above_a_block_beside_the_chain(void)
{
    tell_closing();
    int below = tell(TOLD_ATTEST, begun, NONE);
    int left = tell(TOLD_ATTEST, below, NONE);
    rival = tell(TOLD_ROTATE, below, NONE);
    evidence.items[3] = proof_item(left, rival);
    evidence.items[evidence.item_count++] = block_item(below);
}

static void above_a_block_that_never_comes(void)
{
    above_a_block_beside_the_chain();
    evidence.item_count--;
}

static void to_a_node_that_has_no_log_of_its_author(void)
{
    tell_closing();
    evidence.held = begun - 1;
    evidence.items[evidence.item_count++] = block_item(begun);
}

static void beside_the_rotation_that_the_chain_follows(void)
{
    tell_closing();
    evidence.items[3] = proof_item(closing, tell(TOLD_ROTATE, certificate, NONE));
}

/* Neither proof has the certificate at its fork: what leaves it unknown is that two rotations are known. */
static void tell_two(void)
{
    certificate = tell(TOLD_ATTEST, begun, NONE);
    beside = tell(TOLD_ATTEST, begun, NONE);
    rival = tell(TOLD_ROTATE, beside, NONE);
    int above = tell(TOLD_ATTEST, certificate, NONE);
    evidence = (struct evidence){.held = begun,
                                 .item_count = 3,
                                 .items = {block_item(certificate), block_item(above),
                                           proof_item(above, tell(TOLD_ROTATE, certificate, NONE))},
                                 .outcome_count = 1,
                                 .outcomes = {{certificate, OVERALL_UNDETERMINED}}};
}

static void with_another_one_in_another_proof(void)
{
    tell_two();
    evidence.items[evidence.item_count++] = proof_item(tell(TOLD_ATTEST, beside, NONE), rival);
}

static void with_another_one_that_waits(void)
{
    tell_two();
    evidence.items[evidence.item_count++] = block_item(rival);
}

static void without_another_one(void)
{
    tell_two();
    evidence.outcomes[0].overall = OVERALL_VALID;
}

static void after_the_epoch_that_follows_was_closed_too(void)
{
    tell_closing();
    int after = evidence.items[2].block;
    evidence.items[evidence.item_count++] = block_item(tell(TOLD_ROTATE, after, NONE));
}

/* Proofs of other forks of the epoch are lower, and later. */
static void among_other_proofs(void)
{
    int base = tell(TOLD_ATTEST, begun, NONE);
    int other = tell(TOLD_ATTEST, begun, NONE);
    certificate = tell(TOLD_ATTEST, base, NONE);
    rival = tell(TOLD_ROTATE, base, NONE);
    int above = tell(TOLD_ATTEST, certificate, NONE);
    closing = tell(TOLD_ROTATE, certificate, NONE);
    evidence =
        (struct evidence){.held = base,
                          .item_count = 5,
                          .items = {block_item(certificate), block_item(closing), proof_item(base, other),
                                    proof_item(certificate, rival), proof_item(above, closing)},
                          .outcome_count = 2,
                          .outcomes = {{base, OVERALL_UNDETERMINED}, {certificate, OVERALL_UNDETERMINED}}};
}

/* It shows a fork, and what lies below that is not in doubt. */
static void alone(void)
{
    int below = tell(TOLD_ATTEST, begun, NONE);
    certificate = tell(TOLD_ATTEST, below, NONE);
    rival = tell(TOLD_ROTATE, below, NONE);
    evidence = (struct evidence){
        .held = begun,
        .item_count = 3,
        .items = {block_item(below), block_item(certificate), proof_item(certificate, rival)},
        .outcome_count = 2,
        .outcomes = {{below, OVERALL_VALID}, {certificate, OVERALL_UNDETERMINED}}};
}

/* Of keys that the chain never committed to, beside one that it did. */
static void by_other_keys(void)
{
    after_the_epoch_that_follows_was_closed_too();
    int above = tell(TOLD_ATTEST, rival, NONE);
    evidence.held = certificate;
    evidence.items[0] = evidence.items[--evidence.item_count];
    evidence.items[3] = proof_item(above, tell(TOLD_ROTATE, rival, NONE));
    evidence.outcomes[0].overall = evidence.outcomes[1].overall = OVERALL_VALID;
}

static struct shown {
    const char *sentence;
    void (*tell)(void);
} shown[] = {
    {"beside a block of the chain", beside_a_block_of_the_chain},
    {"beside a block that is not held", beside_a_block_that_is_not_held},
    {"beside a block that comes too", beside_a_block_that_comes_too},
    {"above a block beside the chain", above_a_block_beside_the_chain},
    {"above a block that never comes", above_a_block_that_never_comes},
    {"to a node that has no log of its author", to_a_node_that_has_no_log_of_its_author},
    {"beside the rotation that the chain follows", beside_the_rotation_that_the_chain_follows},
    {"with another one in another proof", with_another_one_in_another_proof},
    {"with another one that waits", with_another_one_that_waits},
    {"after the epoch that follows was closed too", after_the_epoch_that_follows_was_closed_too},
    {"among other proofs", among_other_proofs},
    {"alone", alone},
    {"without another one", without_another_one},
    {"by other keys", by_other_keys},
};

/* Other hashes with each salt: which branch is the lower one is no matter. */
static void a_rotation_in_a_proof_is_a_rival_whenever_the_proof_comes(void **state)
{
    const struct shown *row = *state;
    const size_t count = world.history.count;
    evidence_of = row->sentence;
    for (uint64_t salt = 100; salt < 100 + SALTS; salt++) {
        world.builder.salt = salt;
        row->tell();
        durable = salt == 100; /* slow */
        each_order(evidence.items, 0, evidence.item_count, assert_outcomes_in_order);
        history_world_forget(&world, count);
    }
    durable = false;
}

/* ---- at a second node, to which the proofs travel ---- */

enum { PROOFS_MAX = 4, PROOF_SIZE_MAX = 8192 };

static struct {
    size_t count;
    struct bytes encoded[PROOFS_MAX];
    uint8_t memory[PROOFS_MAX][PROOF_SIZE_MAX];
} sent;

static bool send(void *context, const struct actor_id *author, uint64_t epoch, struct bytes encoded)
{
    (void)context;
    (void)author;
    (void)epoch;
    assert_true(sent.count < PROOFS_MAX && encoded.size <= PROOF_SIZE_MAX);
    memcpy(sent.memory[sent.count], encoded.data, encoded.size);
    sent.encoded[sent.count] = bytes_of(sent.memory[sent.count], encoded.size);
    sent.count++;
    return true;
}

static void offer_sent(void)
{
    for (size_t i = 0; i < sent.count; i++) {
        struct actor_id author;
        enum store_error error;
        (void)ingest_fork_proof(&node.ingest, node.txn, sent.encoded[i], now_s, &author, &error);
        assert_int_equal(error, STORE_OK);
    }
}

/* The first node holds no block that closes the epoch, the second none but the chain's. */
static void assert_travels(const struct item *items, size_t count)
{
    begin_with(evidence.held);
    offer_items(items, count);
    sent.count = 0;
    assert_int_equal(store_each_fork_proof(node.txn, send, NULL), STORE_OK);
    history_node_end(&node);
    for (size_t first = 0; first < 3; first++) { /* when they come */
        const int chain[] = {certificate, closing};
        begin_with(evidence.held);
        for (size_t i = 0; i < 2; i++) {
            if (first == i) {
                offer_sent();
            }
            offer(chain[i]);
        }
        offer_sent(); /* with each exchange */
        assert_outcomes(evidence.outcomes, evidence.outcome_count);
        history_node_end(&node);
    }
}

/* The newest proof shows the one rotation, whatever else comes later. */
static void below_later_proofs(void)
{
    among_other_proofs();
    int above = tell(TOLD_ATTEST, certificate, NONE);
    evidence.items[1] = block_item(above);
    evidence.items[4] = proof_item(above, tell(TOLD_ATTEST, certificate, NONE));
}

/* Only one of the two can be the newest, and none is the lowest: what each shows is held against the other.
 */
static void in_two_proofs_above_a_lower_one(void)
{
    among_other_proofs();
    evidence.items[1] = evidence.items[4];
    evidence.item_count = 4;
}

static struct shown sent_on[] = {
    {"below later proofs", below_later_proofs},
    {"in two proofs above a lower one", in_two_proofs_above_a_lower_one},
};

static void a_rotation_in_a_proof_is_a_rival_wherever_proofs_travel(void **state)
{
    const struct shown *row = *state;
    const size_t count = world.history.count;
    evidence_of = row->sentence;
    row->tell();
    each_order(evidence.items, 0, evidence.item_count, assert_travels);
    history_world_forget(&world, count);
}

/* A proof of the last item's blocks with a flipped bit in a signature, or another rotation's keys. */
static enum reason offer_forged(bool keys)
{
    struct arena *arena = &world.builder.arena;
    const struct item *item = &evidence.items[3];
    struct actor_id author;
    enum store_error error;
    struct block blocks[2];
    struct fork_proof proof;
    assert_int_equal(block_decode(&blocks[0], &world.network, world.blocks[item->a].encoded, arena),
                     REASON_NONE);
    assert_int_equal(block_decode(&blocks[1], &world.network, world.blocks[item->b].encoded, arena),
                     REASON_NONE);
    if (!keys) {
        blocks[1].signatures[0].signature.bytes[0] ^= 1;
    }
    assert_true(fork_proof_of(&proof, &blocks[0], &blocks[1], arena));
    if (keys) {
        assert_int_equal(block_decode(&blocks[1], &world.network, world.blocks[closing].encoded, arena),
                         REASON_NONE);
        *(proof.entry_a.size > 0 ? &proof.entry_a : &proof.entry_b) = blocks[1].entries[0].encoded;
    }
    enum reason reason = ingest_fork_proof(
        &node.ingest, node.txn, build_record(&fork_proof_schema, &proof, arena), now_s, &author, &error);
    assert_int_equal(error, STORE_OK);
    return reason;
}

/* Where the proof's parent is not held nothing else tells whether the rotation is one. */
static void a_rotation_in_a_proof_that_nobody_signed_is_none(void **state)
{
    static const struct {
        void (*tell)(void);
        enum reason signature, keys;
    } rows[] = {
        {above_a_block_that_never_comes, REASON_ORPHAN, REASON_ORPHAN},
        {beside_a_block_of_the_chain, REASON_BAD_SIGNATURE, REASON_ENTRIES_ROOT},
    };
    const size_t count = world.history.count;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rows[i].tell();
        begin_with(begun);
        offer(certificate);
        offer(closing);
        assert_int_equal(offer_forged(false), rows[i].signature);
        assert_int_equal(offer_forged(true), rows[i].keys);
        assert_int_equal(answer(certificate), OVERALL_VALID);
        history_node_end(&node);
        history_world_forget(&world, count);
    }
}

static void rotations_in_proofs_are_bounded(void **state)
{
    struct known_rotation rotation;
    size_t known = 0;
    (void)state;
    certificate = tell(TOLD_ATTEST, begun, NONE);
    begin_node(false);
    offer(certificate);
    for (size_t i = 0; i < STORE_ROTATIONS_MAX + 4; i++) {
        const struct item item = proof_item(certificate, tell(TOLD_ROTATE, begun, NONE));
        offer_item(&item);
    }
    const struct actor_id *author = &world.actors[SCHOOL].id;
    enum store_error error = store_next_rotation(node.txn, author, 1, NULL, &rotation);
    for (; error == STORE_OK; known++) {
        const struct hash last = rotation.hash;
        error = store_next_rotation(node.txn, author, 1, &last, &rotation);
    }
    assert_int_equal(error, STORE_NOT_FOUND);
    assert_int_equal(known, STORE_ROTATIONS_MAX);
    assert_int_equal(answer(certificate), OVERALL_UNDETERMINED);
    history_node_end(&node);
}

static int begin(void **state)
{
    (void)state;
    now_s = time_of_day(HISTORY_DAY) + 43200;
    history_world_init(&world);
    history_node_init(&node);
    const struct told told[] = {
        {.kind = TOLD_INCEPTION, .author = OWNER, .parent = NONE, .about = NONE},
        {.kind = TOLD_RULES, .author = OWNER, .parent = 0, .about = NONE},
        {.kind = TOLD_ACCREDIT, .author = OWNER, .parent = 1, .about = NONE, .whom = SCHOOL},
        {.kind = TOLD_INCEPTION, .author = SCHOOL, .parent = NONE, .about = NONE},
    };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        begun = history_world_tell(&world, &told[i]);
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    history_node_deinit(&node);
    history_world_deinit(&world);
    return 0;
}

/* Each row with a result of its own. Returns: how many failed. */
static int run_rows(const char *name, struct shown *shown_rows, size_t count, CMUnitTestFunction test)
{
    struct CMUnitTest rows[ROWS_MAX];
    assert_true(count <= ROWS_MAX);
    for (size_t i = 0; i < count; i++) {
        rows[i] = (struct CMUnitTest){.name = shown_rows[i].sentence,
                                      .test_func = test,
                                      .setup_func = begin,
                                      .teardown_func = end,
                                      .initial_state = &shown_rows[i]};
    }
    return _cmocka_run_group_tests(name, rows, count, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_a_rival_may_not_extend_is_unknown_whatever_comes_first, begin,
                                        end),
        cmocka_unit_test_setup_teardown(what_follows_one_of_two_is_unknown_whatever_follows, begin, end),
        cmocka_unit_test_setup_teardown(a_void_of_the_rivals_branch_ends_nothing, begin, end),
        cmocka_unit_test_setup_teardown(what_both_extend_stands_once_that_is_seen, begin, end),
        cmocka_unit_test_setup_teardown(a_rotation_that_waits_without_a_rival_disputes_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_rotation_with_other_keys_disputes_nothing, begin, end),
        cmocka_unit_test_setup_teardown(
            what_a_closed_epoch_said_before_stands_unless_the_disputed_one_speaks_against_it, begin, end),
        cmocka_unit_test_setup_teardown(two_that_wait_leave_all_of_their_epoch_unknown, begin, end),
        cmocka_unit_test_setup_teardown(a_rival_is_remembered_over_a_restart, begin, end),
        cmocka_unit_test_setup_teardown(a_proof_of_two_leaves_unknown_what_it_does_not_show, begin, end),
        cmocka_unit_test_setup_teardown(a_rival_above_those_that_stay_known_disputes_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_rotation_in_a_proof_that_nobody_signed_is_none, begin, end),
        cmocka_unit_test_setup_teardown(rotations_in_proofs_are_bounded, begin, end),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    failed += run_rows("a rotation in a proof is a rival", shown, sizeof shown / sizeof shown[0],
                       a_rotation_in_a_proof_is_a_rival_whenever_the_proof_comes);
    return failed + run_rows("a rotation in a proof is a rival at a second node", sent_on,
                             sizeof sent_on / sizeof sent_on[0],
                             a_rotation_in_a_proof_is_a_rival_wherever_proofs_travel);
}
