#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/history_node.h"
#include "tests/support/log_random.h"

/* What nodes answer about certificates, whatever their issuers sign and in whatever order it comes, against a
 * plain model that knows ids alone (tests/support/naive_history.h): exhaustively for small histories of one
 * issuer, at random for larger ones of several authors.
 *
 * HISTORY_STEPS, HISTORY_SAMPLES and HISTORY_SEEDS say how many of each kind; HISTORY_SEED=17 runs one seed
 * again.
 */

enum {
    SAMPLE_STEPS = 5,
    SAMPLES = 500,
    SAMPLE_ORDERS = 4,
    STEPS = 3,         /* of every exhaustive history, beside what it begins with */
    SEEDS = 10000,     /* of random histories… */
    BLOCKS_MAX = 20,   /* …of so many blocks */
    DURABLE_EACH = 10, /* one seed in so many commits as it goes */
    BASE_COUNT = 3,    /* inception, rules, one certificate */
    CERTIFICATE = 2,   /* that one */
    NODES = 2,
    PROOFS_MAX = 2, /* of one history */
};
#define NOW_S (time_of_day(HISTORY_DAY) + UINT64_C(43200))

static struct history_world world;
static struct history_node node;

/* ---- each signature is checked once ---- */

/* The linker lets every call come here (tests/CMakeLists.txt). */
bool __real_sign_verify(const struct signature *signature, const struct sign_public_key *key,
                        const struct hash *hash);
bool __wrap_sign_verify(const struct signature *signature, const struct sign_public_key *key,
                        const struct hash *hash);

struct verified {
    struct signature signature;
    struct sign_public_key key;
    struct hash hash;
    bool known, good;
};

bool __wrap_sign_verify(const struct signature *signature, const struct sign_public_key *key,
                        const struct hash *hash)
{
    enum { SLOTS = 1 << 14 };
    static struct verified slots[SLOTS];
    uint32_t at;
    memcpy(&at, hash->bytes, sizeof at);
    struct verified *slot = &slots[(at ^ signature->bytes[0]) % SLOTS];
    if (!slot->known || memcmp(&slot->signature, signature, sizeof *signature) != 0 ||
        memcmp(&slot->key, key, sizeof *key) != 0 || !hash_equal(&slot->hash, hash)) {
        *slot = (struct verified){*signature, *key, *hash, true, __real_sign_verify(signature, key, hash)};
    }
    return slot->good;
}

static uint64_t running; /* the seed */
static size_t histories, orders, answers_valid, answers_invalid;

/* ---- printing a history ---- */

static const char *const kind_words[] = {"inception", "rules", "attest", "revoke", "suspend",  "reinstate",
                                         "erase",     "void",  "name",   "rotate", "accredit", "withdraw"};

static void print_history(const struct history *history)
{
    for (size_t i = 0; i < history->count; i++) {
        const struct told *told = &history->blocks[i];
        print_error("  %zu: author %d after %d: %s", i, told->author, told->parent, kind_words[told->kind]);
        if (told->about >= 0 && told->kind != TOLD_INCEPTION && told->kind != TOLD_RULES) {
            print_error(" about %d", told->about);
        }
        if (told->kind == TOLD_ACCREDIT || told->kind == TOLD_WITHDRAW) {
            print_error(" author %d%s", told->whom, told->closed ? ", closed" : "");
        }
        for (size_t j = 0; j < told->named_count; j++) {
            print_error(" branch of %d", told->named[j]);
        }
        print_error("\n");
    }
}

static void fail_history(const char *what, int certificate, const char *because)
{
    print_error("certificate %d: %s (%s)\n", certificate, what, because != NULL ? because : "nothing");
    print_history(&world.history);
    for (size_t i = 0; i < world.history.count; i++) {
        print_error("  block %zu%s%s%s%s, followed %d h\n", i, node.known[i].held ? " held" : "",
                    node.known[i].noted ? " noted" : "", node.known[i].proven ? " proven" : "",
                    node.known[i].blank ? " blank" : "", (int)(node.known[i].followed_s / 3600));
    }
    fail();
}

/* ---- against the model ---- */

static void check_answer(const struct history_answer *answer, int certificate)
{
    struct allowed allowed = naive_history_allows(&world.history, node.known, certificate);
    if (answer->overall == OVERALL_VALID && !allowed.valid) {
        fail_history("VALID", certificate, allowed.because);
    }
    if (answer->overall == OVERALL_INVALID && !allowed.invalid) {
        fail_history("INVALID", certificate, "without a statement that says so");
    }
    if (answer->overall != OVERALL_VALID && allowed.valid_due && answer->heard) {
        fail_history(answer->overall == OVERALL_INVALID ? "INVALID" : "UNDETERMINED", certificate,
                     "though nothing stands against it");
    }
    if (answer->not_tested == OVERALL_VALID && !allowed.not_tested) {
        fail_history("\"not tested\" is met", certificate, "though it may hold");
    }
    answers_valid += answer->overall == OVERALL_VALID;
    answers_invalid += answer->overall == OVERALL_INVALID;
}

static void check_answers(struct history_answer answers[TOLD_MAX], uint64_t now_s)
{
    history_node_answer(answers, &node, now_s);
    if (node.fault != NULL) {
        fail_history("no answer", -1, node.fault);
    }
    for (size_t i = 0; i < world.history.count; i++) {
        if (world.history.blocks[i].kind == TOLD_ATTEST) {
            check_answer(&answers[i], (int)i);
        }
    }
}

/* Fork proofs that come among the blocks of an order. */
struct proof_at {
    int a, b;
    size_t at; /* before this block of the order */
};

static struct proof_at proofs[PROOFS_MAX];
static size_t proof_count;

static void draw_proofs(struct dice *dice)
{
    proof_count = 0;
    for (size_t tries = 0; tries < 20 && proof_count < PROOFS_MAX; tries++) {
        int a = (int)dice_roll(dice, world.history.count), b = (int)dice_roll(dice, world.history.count);
        if (told_contradict(&world.history, a, b)) {
            proofs[proof_count++] = (struct proof_at){.a = a, .b = b};
        }
    }
}

static void offer_proofs(size_t at, uint64_t now_s)
{
    for (size_t i = 0; i < proof_count; i++) {
        if (proofs[i].at == at) {
            history_node_offer_proof(&node, proofs[i].a, proofs[i].b, now_s);
        }
        if (node.fault != NULL) {
            fail_history("a proof is refused", proofs[i].a, node.fault);
        }
    }
}

/* Offer blocks in an order, again and again while that brings any in, as gossip does. */
static void offer_all(const int *order, size_t count, uint64_t now_s)
{
    for (bool more = true, last = false; more || !last;) {
        last = !more;
        more = false;
        for (size_t i = 0; i < count; i++) {
            offer_proofs(i, now_s);
            if (!node.known[order[i]].held) {
                more = history_node_offer(&node, order[i], false, now_s) || more;
            }
            if (node.fault != NULL) {
                fail_history("refused", order[i], node.fault);
            }
        }
    }
}

/* ---- every small history ---- */

struct in_order {
    bool held[TOLD_MAX], noted[TOLD_MAX], proven[TOLD_MAX];
    struct history_answer answers[TOLD_MAX];
};

static bool is_held_alike(const struct in_order *first)
{
    for (size_t i = 0; i < world.history.count; i++) {
        if (first->held[i] != node.known[i].held || first->noted[i] != node.known[i].noted ||
            first->proven[i] != node.known[i].proven) {
            return false;
        }
    }
    return true;
}

/* Equal evidence, equal verdicts. */
static void compare_with(const struct in_order *first, const struct history_answer answers[TOLD_MAX])
{
    if (!is_held_alike(first)) {
        return;
    }
    for (size_t i = 0; i < world.history.count; i++) {
        if (world.history.blocks[i].kind == TOLD_ATTEST &&
            (answers[i].overall != first->answers[i].overall ||
             answers[i].not_tested != first->answers[i].not_tested)) {
            fail_history("another verdict than in order", (int)i, "with the same blocks");
        }
    }
}

static void try_order(struct in_order *first, const int *order, size_t count)
{
    struct history_answer answers[TOLD_MAX];
    bool is_first = orders == 0;
    memset(answers, 0, sizeof answers);
    history_node_begin(&node, &world, false);
    offer_all(order, count, NOW_S);
    check_answers(answers, NOW_S);
    if (is_first) {
        memcpy(first->answers, answers, sizeof answers);
        for (size_t i = 0; i < world.history.count; i++) {
            first->held[i] = node.known[i].held;
            first->noted[i] = node.known[i].noted;
            first->proven[i] = node.known[i].proven;
        }
    } else {
        compare_with(first, answers);
    }
    history_node_end(&node);
    orders++;
}

static void try_permutations(struct in_order *first, int *order, size_t at, size_t count)
{
    if (at == count) {
        try_order(first, order, count);
        return;
    }
    for (size_t i = at; i < count; i++) {
        int taken = order[i];
        memmove(&order[at + 1], &order[at], (i - at) * sizeof order[0]);
        order[at] = taken;
        try_permutations(first, order, at + 1, count);
        memmove(&order[at], &order[at + 1], (i - at) * sizeof order[0]);
        order[i] = taken;
    }
}

/* All blocks as they were told, but for one, -1 for none. Returns: how many. */
static size_t order_without(int order[TOLD_MAX], int withheld)
{
    size_t count = 0;
    for (size_t i = 0; i < world.history.count; i++) {
        if ((int)i != withheld) {
            order[count++] = (int)i;
        }
    }
    return count;
}

static bool is_below_a_rotation(int block)
{
    for (size_t i = (size_t)block + 1; i < world.history.count; i++) {
        if (world.history.blocks[i].kind == TOLD_ROTATE && told_descends(&world.history, (int)i, block)) {
            return true;
        }
    }
    return false;
}

/* Once with all blocks, and once without each that a rotation needs to be placed. */
static void try_history(void)
{
    static struct in_order first;
    int order[TOLD_MAX];
    histories++;
    for (int withheld = BASE_COUNT - 1; withheld < (int)world.history.count; withheld++) {
        if (withheld < BASE_COUNT || is_below_a_rotation(withheld)) {
            size_t count = order_without(order, withheld < BASE_COUNT ? -1 : withheld);
            orders = 0;
            try_permutations(&first, order, BASE_COUNT, count);
        }
    }
}

/* What one step of a history does. */
enum step {
    STEP_ATTEST,
    STEP_REVOKE,
    STEP_REINSTATE,
    STEP_ERASE,
    STEP_VOID,
    STEP_ROTATE,
    STEP_ROTATE_NAMING,
    STEP_COUNT
};

static bool may_be_void(enum told_kind kind)
{
    return kind == TOLD_ATTEST || kind == TOLD_REVOKE || kind == TOLD_REINSTATE || kind == TOLD_ERASE;
}

static int tell(enum told_kind kind, int author, int parent, int about)
{
    const struct told told = {.kind = kind, .author = author, .parent = parent, .about = about};
    return history_world_tell(&world, &told);
}

/* Name each branch that a rotation leaves. Returns: false when there is none. */
static bool tell_names(int rotation)
{
    const struct history *history = &world.history;
    struct told told = {
        .kind = TOLD_NAME, .author = history->blocks[rotation].author, .parent = rotation, .about = -1};
    int epoch = told_epoch(history, rotation) - 1;
    for (size_t i = 0; i < history->count && told.named_count < TOLD_NAMED_MAX; i++) {
        const struct told *first = &history->blocks[i];
        if (first->author == told.author && first->kind != TOLD_ROTATE && first->parent >= 0 &&
            told_epoch(history, (int)i) == epoch && told_descends(history, rotation, first->parent) &&
            !told_descends(history, rotation, (int)i)) {
            told.named[told.named_count++] = (int)i;
        }
    }
    return told.named_count > 0 && history_world_tell(&world, &told) >= 0;
}

static bool take_step(enum step step, int parent)
{
    int rotation;
    switch (step) {
    case STEP_ATTEST:
        return tell(TOLD_ATTEST, 0, parent, -1) >= 0;
    case STEP_REVOKE:
        return tell(TOLD_REVOKE, 0, parent, CERTIFICATE) >= 0;
    case STEP_REINSTATE:
        return tell(TOLD_REINSTATE, 0, parent, CERTIFICATE) >= 0;
    case STEP_ERASE:
        return tell(TOLD_ERASE, 0, parent, CERTIFICATE) >= 0;
    case STEP_VOID:
        return tell(TOLD_VOID, 0, parent,
                    may_be_void(world.history.blocks[parent].kind) ? parent : CERTIFICATE) >= 0;
    case STEP_ROTATE:
        return tell(TOLD_ROTATE, 0, parent, -1) >= 0;
    case STEP_ROTATE_NAMING:
        rotation = tell(TOLD_ROTATE, 0, parent, -1);
        return rotation >= 0 && tell_names(rotation);
    case STEP_COUNT:
        break;
    }
    return false;
}

static void try_all(size_t steps_left)
{
    size_t count = world.history.count;
    try_history();
    if (steps_left == 0) {
        return;
    }
    for (size_t parent = CERTIFICATE; parent < count; parent++) {
        for (enum step step = 0; step < STEP_COUNT; step++) {
            if (take_step(step, (int)parent)) {
                try_all(steps_left - 1);
            }
            history_world_forget(&world, count);
        }
    }
}

static void begin_owner(void)
{
    tell(TOLD_INCEPTION, 0, -1, -1);
    tell(TOLD_RULES, 0, 0, -1);
    assert_int_equal(tell(TOLD_ATTEST, 0, 1, -1), CERTIFICATE);
}

static void shuffle(int *order, size_t count, struct dice *dice)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = dice_roll(dice, i);
        int taken = order[i - 1];
        order[i - 1] = order[other];
        order[other] = taken;
    }
}

/* One history of so many steps, in order and in some others; every other one lacks a block. */
static void sample(struct dice *dice)
{
    static struct in_order first;
    int order[TOLD_MAX];
    int withheld = -1;
    for (size_t taken = 0, tries = 0; taken < SAMPLE_STEPS && tries < 100; tries++) {
        size_t count = world.history.count;
        size_t parent = CERTIFICATE + dice_roll(dice, count - CERTIFICATE);
        if (take_step((enum step)dice_roll(dice, STEP_COUNT), (int)parent)) {
            taken++;
        } else {
            history_world_forget(&world, count);
        }
    }
    if (dice_roll(dice, 2) == 0) {
        withheld = (int)(BASE_COUNT + dice_roll(dice, world.history.count - BASE_COUNT));
    }
    size_t count = order_without(order, withheld);
    draw_proofs(dice);
    for (orders = 0; orders < SAMPLE_ORDERS;) {
        for (size_t i = 0; i < proof_count; i++) {
            proofs[i].at = dice_roll(dice, count);
        }
        try_order(&first, order, count);
        shuffle(order + BASE_COUNT, count - BASE_COUNT, dice);
    }
    proof_count = 0;
}

static size_t number_of(const char *name, size_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? strtoul(text, NULL, 10) : otherwise;
}

static void test_every_small_history_in_every_order(void **state)
{
    (void)state;
    histories = answers_valid = answers_invalid = 0;
    begin_owner();
    try_all(number_of("HISTORY_STEPS", STEPS));
    print_message("%zu histories; answers: %zu valid, %zu invalid\n", histories, answers_valid,
                  answers_invalid);
    assert_true(answers_valid > 0 && answers_invalid > 0);
    history_world_forget(&world, 0);
}

static void test_samples_of_longer_histories(void **state)
{
    size_t samples = number_of("HISTORY_SAMPLES", SAMPLES);
    (void)state;
    begin_owner();
    for (running = 0; running < samples; running++) {
        struct dice dice = {.state = running};
        sample(&dice);
        history_world_forget(&world, BASE_COUNT);
    }
    history_world_forget(&world, 0);
}

/* ---- random histories ---- */

enum { OWNER, SCHOOL, COLLEGE, SYBIL, AUTHORS };

/* A block of the author that the next one may follow: mostly the last one. */
static int draw_parent(struct dice *dice, int author)
{
    int found[TOLD_MAX];
    size_t count = 0;
    for (size_t i = 0; i < world.history.count; i++) {
        if (world.history.blocks[i].author == author && world.history.blocks[i].kind != TOLD_RULES) {
            found[count++] = (int)i;
        }
    }
    if (author == OWNER && count == 1) {
        return 1;
    }
    size_t at = dice_roll(dice, 4) == 0 ? dice_roll(dice, count) : count - 1;
    return author == OWNER && at == 0 ? 1 : found[at];
}

/* A block of a kind on the way to `tip`, -1 where there is none. */
static int draw_below(struct dice *dice, int tip, bool (*is)(enum told_kind kind))
{
    int found[TOLD_MAX];
    size_t count = 0;
    for (int at = tip; at >= 0; at = world.history.blocks[at].parent) {
        if (is(world.history.blocks[at].kind)) {
            found[count++] = at;
        }
    }
    return count == 0 ? -1 : found[dice_roll(dice, count)];
}

static bool is_certificate(enum told_kind kind)
{
    return kind == TOLD_ATTEST;
}

static int draw_any(struct dice *dice, int author)
{
    int found[TOLD_MAX];
    size_t count = 0;
    for (size_t i = 0; i < world.history.count; i++) {
        if (world.history.blocks[i].author == author) {
            found[count++] = (int)i;
        }
    }
    return found[dice_roll(dice, count)];
}

static void draw_govern(struct dice *dice, int parent)
{
    int delegate = (int)(SCHOOL + dice_roll(dice, 2));
    struct told told = {
        .kind = TOLD_ACCREDIT, .author = OWNER, .parent = parent, .about = -1, .whom = delegate};
    if (dice_roll(dice, 2) == 0) {
        told.kind = TOLD_WITHDRAW;
        told.about = draw_any(dice, delegate);
        told.closed = dice_roll(dice, 3) == 0;
    }
    history_world_tell(&world, &told);
}

static void draw_about(struct dice *dice, int author, int parent)
{
    static const enum told_kind kinds[] = {TOLD_REVOKE, TOLD_SUSPEND, TOLD_REINSTATE, TOLD_ERASE};
    int about = draw_below(dice, parent, is_certificate);
    if (about >= 0) {
        tell(kinds[dice_roll(dice, 4)], author, parent, about);
    }
}

static void draw_block(struct dice *dice)
{
    int author = (int)dice_roll(dice, AUTHORS);
    int parent = draw_parent(dice, author);
    uint64_t roll = dice_roll(dice, 100);
    int about;
    if (roll < 25) {
        tell(TOLD_ATTEST, author, parent, -1);
    } else if (roll < 65) {
        draw_about(dice, author, parent);
    } else if (roll < 75 && author == OWNER) {
        draw_govern(dice, parent);
    } else if (roll < 85) {
        about = draw_below(dice, parent, may_be_void);
        if (about >= 0) {
            tell(TOLD_VOID, author, parent, about);
        }
    } else {
        int rotation = tell(TOLD_ROTATE, author, parent, -1);
        if (rotation >= 0 && dice_roll(dice, 2) == 0 && world.history.count < BLOCKS_MAX) {
            tell_names(rotation);
        }
    }
}

static void draw_history(struct dice *dice)
{
    size_t count = 6 + dice_roll(dice, BLOCKS_MAX - 6 + 1);
    tell(TOLD_INCEPTION, OWNER, -1, -1);
    tell(TOLD_RULES, OWNER, 0, -1);
    tell(TOLD_INCEPTION, SCHOOL, -1, -1);
    tell(TOLD_INCEPTION, COLLEGE, -1, -1);
    tell(TOLD_INCEPTION, SYBIL, -1, -1);
    history_world_tell(
        &world,
        &(struct told){.kind = TOLD_ACCREDIT, .author = OWNER, .parent = 1, .about = -1, .whom = SCHOOL});
    for (size_t tries = 0; world.history.count < count && tries < 100; tries++) {
        draw_block(dice);
    }
}

/* One node: blocks in random order, at random hours, some blanked at first, some never coming, fork proofs
 * among them; questions in between.
 */
static void run_node(struct dice *dice, bool durable)
{
    static const uint64_t waits_s[] = {0, 0, 0, 3600, 43200, 23 * 3600, 24 * 3600, 26 * 3600};
    struct history_answer answers[TOLD_MAX];
    uint64_t now_s = NOW_S;
    int order[TOLD_MAX];
    size_t count = world.history.count;
    for (size_t i = 0; i < count; i++) {
        order[i] = (int)i;
    }
    if (dice_roll(dice, 3) > 0) {
        shuffle(order, count, dice);
    }
    history_node_begin(&node, &world, durable);
    draw_proofs(dice);
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < proof_count; i++) {
            proofs[i].at = dice_roll(dice, 2 * count); /* if at all */
        }
        for (size_t i = 0; i < count; i++) {
            offer_proofs(i, now_s);
            bool blanked = round < 2 && dice_roll(dice, 8) == 0;
            if (dice_roll(dice, 10) == 0) {
                continue;
            }
            now_s += waits_s[dice_roll(dice, sizeof waits_s / sizeof waits_s[0])];
            history_node_offer(&node, order[i], blanked, now_s);
            if (node.fault != NULL) {
                fail_history("refused", order[i], node.fault);
            }
        }
        memset(answers, 0, sizeof answers);
        now_s += 60; /* each author's checkpoint is newer than the last one */
        check_answers(answers, now_s);
    }
    proof_count = 0;
    history_node_end(&node);
}

static void run_seed(uint64_t seed)
{
    struct dice dice = {.state = seed};
    world.builder.salt = 0; /* the same blocks whatever came before */
    draw_history(&dice);
    for (size_t i = 0; i < NODES; i++) {
        run_node(&dice, i == 0 && seed % DURABLE_EACH == 0);
    }
    history_world_forget(&world, 0);
}

static void test_random_histories(void **state)
{
    const char *only = getenv("HISTORY_SEED");
    size_t seeds = number_of("HISTORY_SEEDS", SEEDS);
    (void)state;
    answers_valid = answers_invalid = 0;
    if (only != NULL) {
        running = number_of("HISTORY_SEED", 0);
        run_seed(running);
        print_history(&world.history);
        return;
    }
    for (running = 0; running < seeds; running++) {
        run_seed(running);
    }
    print_message("%zu seeds; answers: %zu valid, %zu invalid\n", seeds, answers_valid, answers_invalid);
    assert_true(answers_valid > 0 && answers_invalid > 0);
}

static void print_seed(void)
{
    if (world.history.count > 0) {
        print_message("HISTORY_SEED=%llu failed\n", (unsigned long long)running);
    }
}

static int begin(void **state)
{
    (void)state;
    history_world_init(&world);
    history_node_init(&node);
    return 0;
}

static int end(void **state)
{
    (void)state;
    print_seed();
    history_node_deinit(&node);
    history_world_deinit(&world);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_small_history_in_every_order, begin, end),
        cmocka_unit_test_setup_teardown(test_samples_of_longer_histories, begin, end),
        cmocka_unit_test_setup_teardown(test_random_histories, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
