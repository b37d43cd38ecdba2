#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/history_node.h"
#include "tests/support/log_random.h"

/* What nodes answer about certificates, whatever their issuers sign and in whatever order it comes, against a
 * plain model that knows ids and days alone (tests/support/naive_history.h): exhaustively for small histories
 * of one issuer, where all was said long ago, at random for larger ones of several authors, with days and
 * with clocks that are wrong.
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
    ALONE_EACH = 3,    /* one in so many is of one issuer… */
    ALONE_STEPS = 7,   /* …and so many steps */
    BASE_COUNT = 3,    /* inception, rules, one certificate */
    CERTIFICATE = 2,   /* that one */
    NODES = 2,
    PROOFS_MAX = 2,  /* of one history */
    DAYS_AROUND = 3, /* today: what days are drawn */
    DAY_S = 24 * 3600,
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
static size_t histories, orders, twins, answers_valid, answers_invalid;

/* ---- printing a history ---- */

static const char *const kind_words[] = {"inception", "rules", "attest", "revoke", "suspend",  "reinstate",
                                         "erase",     "void",  "name",   "rotate", "accredit", "withdraw"};

static const char *const overall_words[] = {
    [OVERALL_VALID] = "VALID", [OVERALL_INVALID] = "INVALID", [OVERALL_UNDETERMINED] = "UNDETERMINED"};

static int hours_from_now(uint64_t time_s)
{
    return (int)(time_s / 3600) - (int)(NOW_S / 3600);
}

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
        if (told->last_day != 0) {
            print_error(" until day %d", (int)told->last_day - HISTORY_DAY);
        }
        if (told->from_day != 0) {
            print_error(" from day %d", (int)told->from_day - HISTORY_DAY);
        }
        if (told->signed_s != 0) {
            print_error(", signed %+d h", hours_from_now(told->signed_s));
        }
        print_error("\n");
    }
}

static uint32_t asked_day;

static void fail_history(const char *what, int certificate, const char *because)
{
    print_error("certificate %d on day %d: %s (%s)\n", certificate, (int)asked_day - HISTORY_DAY, what,
                because != NULL ? because : "nothing");
    print_history(&world.history);
    for (size_t i = 0; i < world.history.count; i++) {
        print_error("  block %zu%s%s%s%s, met at %+d h, truly %+d h, followed %d to %d h\n", i,
                    node.known[i].held ? " held" : "", node.known[i].noted ? " noted" : "",
                    node.known[i].proven ? " proven" : "", node.known[i].blank ? " blank" : "",
                    hours_from_now(node.met[i].shown_s), hours_from_now(node.met[i].true_s),
                    (int)(node.known[i].followed_least_s / 3600), (int)(node.known[i].followed_s / 3600));
    }
    fail();
}

/* ---- against the model ---- */

static void check_answer(const struct history_answer *answer, int certificate, uint32_t day)
{
    struct allowed allowed = naive_history_allows(&world.history, node.known, certificate, day);
    if (answer->overall == OVERALL_VALID && !allowed.valid) {
        fail_history("VALID", certificate, allowed.because);
    }
    if (answer->overall == OVERALL_VALID && answer->stale) {
        fail_history("VALID", certificate, "though nobody heard lately that nothing was said since");
    }
    if (answer->overall == OVERALL_INVALID && !allowed.invalid) {
        print_error("INVALID: %s\n", answer->reason);
        fail_history("INVALID", certificate, "without a statement that says so");
    }
    if (answer->overall != OVERALL_VALID && allowed.valid_due && answer->heard) {
        print_error("%s: %s\n", overall_words[answer->overall], answer->reason);
        fail_history("not VALID", certificate, "though nothing stands against it");
    }
    if (answer->not_tested == OVERALL_VALID && !allowed.not_tested) {
        fail_history("\"not tested\" is met", certificate, "though it may hold");
    }
    answers_valid += answer->overall == OVERALL_VALID;
    answers_invalid += answer->overall == OVERALL_INVALID;
}

/* Ask about all certificates on some days. */
static void check_answers(struct history_answer answers[][TOLD_MAX], const uint32_t *days, size_t day_count,
                          uint64_t now_s)
{
    memset(answers, 0, day_count * sizeof answers[0]);
    history_node_ask(answers, &node, days, day_count, now_s);
    if (node.fault != NULL) {
        fail_history("no answer", -1, node.fault);
    }
    for (size_t i = 0; i < day_count; i++) {
        asked_day = days[i];
        for (size_t j = 0; j < world.history.count; j++) {
            if (world.history.blocks[j].kind == TOLD_ATTEST) {
                check_answer(&answers[i][j], (int)j, days[i]);
            }
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
    struct history_answer answers[HISTORY_DAYS_MAX][TOLD_MAX];
};

/* The days that each order is asked about. */
static uint32_t days[HISTORY_DAYS_MAX];
static size_t day_count;

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
static void compare_answers(const struct history_answer answers[TOLD_MAX],
                            const struct history_answer other[TOLD_MAX], uint32_t day)
{
    asked_day = day;
    for (size_t i = 0; i < world.history.count; i++) {
        if (world.history.blocks[i].kind == TOLD_ATTEST &&
            (answers[i].overall != other[i].overall || answers[i].not_tested != other[i].not_tested)) {
            print_error("%s and %s, not tested: %s and %s\n", overall_words[answers[i].overall],
                        overall_words[other[i].overall], overall_words[answers[i].not_tested],
                        overall_words[other[i].not_tested]);
            fail_history("another verdict than in another order", (int)i, "with the same evidence");
        }
    }
}

static void try_order(struct in_order *first, const int *order, size_t count)
{
    const uint64_t said_s[TOLD_AUTHORS_MAX] = {NOW_S}; /* the owner's: there is nobody else */
    struct history_answer answers[HISTORY_DAYS_MAX][TOLD_MAX];
    history_node_begin(&node, &world, false);
    offer_all(order, count, NOW_S);
    history_node_hear(&node, said_s, NOW_S);
    check_answers(answers, days, day_count, NOW_S);
    if (orders == 0) {
        memcpy(first->answers, answers, sizeof answers);
        for (size_t i = 0; i < world.history.count; i++) {
            first->held[i] = node.known[i].held;
            first->noted[i] = node.known[i].noted;
            first->proven[i] = node.known[i].proven;
        }
    } else if (is_held_alike(first)) {
        for (size_t i = 0; i < day_count; i++) {
            compare_answers(answers[i], first->answers[i], days[i]);
        }
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

static uint32_t draw_day(struct dice *dice)
{
    return (uint32_t)(HISTORY_DAY - DAYS_AROUND + dice_roll(dice, 2 * DAYS_AROUND + 1));
}

static struct dice *dating; /* draws days; NULL: all was said long ago, and for life */

/* Some say of themselves that they were signed later than they come. */
static void date(struct told *told)
{
    static const int later_s[] = {-3 * DAY_S, -DAY_S, -40, 40, 3600, 2 * DAY_S};
    if (dating == NULL) {
        return;
    }
    if (dice_roll(dating, 2) == 0) {
        told->signed_s = NOW_S + (uint64_t)later_s[dice_roll(dating, sizeof later_s / sizeof later_s[0])];
    }
    if (told->kind == TOLD_ATTEST && dice_roll(dating, 3) == 0) {
        told->last_day = draw_day(dating);
    }
    bool is_status = told->kind == TOLD_REVOKE || told->kind == TOLD_SUSPEND || told->kind == TOLD_REINSTATE;
    if (is_status && dice_roll(dating, 2) == 0) {
        told->from_day = draw_day(dating);
    }
}

static int tell(enum told_kind kind, int author, int parent, int about)
{
    struct told told = {.kind = kind, .author = author, .parent = parent, .about = about};
    date(&told);
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

static void take_steps(struct dice *dice, size_t steps)
{
    for (size_t taken = 0, tries = 0; taken < steps && tries < 100; tries++) {
        size_t count = world.history.count;
        size_t parent = CERTIFICATE + dice_roll(dice, count - CERTIFICATE);
        if (take_step((enum step)dice_roll(dice, STEP_COUNT), (int)parent)) {
            taken++;
        } else {
            history_world_forget(&world, count);
        }
    }
}

/* One history of so many steps, in order and in some others; every other one lacks a block. */
static void sample(struct dice *dice)
{
    static struct in_order first;
    int order[TOLD_MAX];
    int withheld = -1;
    dating = dice;
    take_steps(dice, SAMPLE_STEPS);
    if (dice_roll(dice, 2) == 0) {
        withheld = (int)(BASE_COUNT + dice_roll(dice, world.history.count - BASE_COUNT));
    }
    dating = NULL;
    size_t count = order_without(order, withheld);
    draw_proofs(dice);
    days[1] = draw_day(dice);
    day_count = HISTORY_DAYS_MAX;
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
    days[0] = HISTORY_DAY;
    day_count = 1;
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
    date(&told);
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

/* How far a clock that is not always right is ahead. */
static int64_t draw_ahead(struct dice *dice)
{
    static const int64_t ahead_s[] = {0, 0, 40, 3600, 2 * DAY_S, -7200, -3 * DAY_S};
    return ahead_s[dice_roll(dice, sizeof ahead_s / sizeof ahead_s[0])];
}

/* The true time, and how far ahead the clocks of those who say that their heads are theirs are. */
struct clocks {
    uint64_t true_s;
    bool wrong; /* the node's may be */
    uint64_t ahead_s[TOLD_AUTHORS_MAX];
};

static void draw_clocks(struct clocks *out, struct dice *dice)
{
    static const uint64_t ahead_s[] = {0, 0, 0, 0, 30, 3600};
    out->true_s = NOW_S;
    out->wrong = dice_roll(dice, 2) == 0;
    for (size_t i = 0; i < TOLD_AUTHORS_MAX; i++) {
        out->ahead_s[i] = ahead_s[dice_roll(dice, sizeof ahead_s / sizeof ahead_s[0])];
    }
}

static uint64_t shown_by(const struct clocks *clocks)
{
    return clocks->true_s + (uint64_t)node.ahead_s;
}

/* What a node knew in the end and answered. */
struct ended {
    struct clocks clocks;
    int64_t ahead_s;
    struct history_evidence evidence;
    uint32_t days[HISTORY_DAYS_MAX];
    struct history_answer answers[HISTORY_DAYS_MAX][TOLD_MAX];
};

/* About today, and about another day. */
static void ask_about_days(struct ended *out, const struct clocks *clocks)
{
    uint64_t said_s[TOLD_AUTHORS_MAX];
    for (size_t i = 0; i < TOLD_AUTHORS_MAX; i++) {
        said_s[i] = clocks->true_s + clocks->ahead_s[i];
    }
    history_node_hear(&node, said_s, shown_by(clocks));
    check_answers(out->answers, out->days, HISTORY_DAYS_MAX, shown_by(clocks));
    out->clocks = *clocks;
    out->ahead_s = node.ahead_s;
}

static void offer_round(struct dice *dice, struct clocks *clocks, const int *order, size_t count, bool whole)
{
    static const uint64_t waits_s[] = {0, 0, 0, 3600, 43200, 23 * 3600, 24 * 3600, 26 * 3600};
    for (size_t i = 0; i < count; i++) {
        offer_proofs(i, shown_by(clocks));
        bool blanked = !whole && dice_roll(dice, 8) == 0;
        if (dice_roll(dice, 10) == 0) {
            continue;
        }
        clocks->true_s += waits_s[dice_roll(dice, sizeof waits_s / sizeof waits_s[0])];
        if (clocks->wrong && dice_roll(dice, 40) == 0) {
            history_node_set_clock(&node, draw_ahead(dice));
        }
        history_node_offer(&node, order[i], blanked, shown_by(clocks));
        if (node.fault != NULL) {
            fail_history("refused", order[i], node.fault);
        }
    }
}

/* One node: blocks in random order, at random hours, by a clock that may be wrong and is set between, some
 * blanked at first, some never coming, fork proofs among them; questions in between. */
static void run_node(struct ended *out, struct dice *dice, bool durable)
{
    struct clocks clocks;
    int order[TOLD_MAX];
    size_t count = world.history.count;
    for (size_t i = 0; i < count; i++) {
        order[i] = (int)i;
    }
    if (dice_roll(dice, 3) > 0) {
        shuffle(order, count, dice);
    }
    history_node_begin(&node, &world, durable);
    draw_clocks(&clocks, dice);
    if (clocks.wrong) {
        history_node_set_clock(&node, draw_ahead(dice));
    }
    draw_proofs(dice);
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < proof_count; i++) {
            proofs[i].at = dice_roll(dice, 2 * count); /* if at all */
        }
        offer_round(dice, &clocks, order, count, round == 2);
        clocks.true_s += 60; /* each author's checkpoint is newer than the last one */
        out->days[0] = HISTORY_DAY;
        out->days[1] = draw_day(dice);
        ask_about_days(out, &clocks);
    }
    history_node_evidence(&out->evidence, &node);
    proof_count = 0;
    history_node_end(&node);
}

/* Let the node take a block at the time, by its clock, at which the other one met it. */
static bool offer_as_met(const struct ended *other, int block)
{
    uint64_t met_s = other->evidence.arrived_s[block];
    if (met_s == 0 || node.known[block].held) {
        return false;
    }
    history_node_set_clock(&node, (int64_t)(met_s - other->clocks.true_s));
    return history_node_offer(&node, block, other->evidence.known[block].blank, met_s);
}

/* A node that met everything when the other one did, by a clock that goes to and fro: what was first offered
 * last. With the same evidence it answers the same. */
static void run_twin(const struct ended *other, struct dice *dice)
{
    static struct ended ended;
    int order[TOLD_MAX];
    size_t count = order_without(order, -1);
    shuffle(order, count, dice);
    history_node_begin(&node, &world, false);
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < count; i++) {
            more = offer_as_met(other, order[i]) || more;
            if (node.fault != NULL) {
                fail_history("refused", order[i], node.fault);
            }
        }
    }
    history_node_set_clock(&node, other->ahead_s);
    memcpy(ended.days, other->days, sizeof ended.days);
    ask_about_days(&ended, &other->clocks);
    history_node_evidence(&ended.evidence, &node);
    if (memcmp(&ended.evidence, &other->evidence, sizeof ended.evidence) == 0) {
        twins++;
        for (size_t i = 0; i < HISTORY_DAYS_MAX; i++) {
            compare_answers(ended.answers[i], other->answers[i], other->days[i]);
        }
    }
    history_node_end(&node);
}

static void run_seed(uint64_t seed)
{
    static struct ended ended;
    struct dice dice = {.state = seed};
    world.builder.salt = 0; /* the same blocks whatever came before */
    dating = &dice;
    if (seed % ALONE_EACH == 0) {
        begin_owner();
        take_steps(&dice, ALONE_STEPS);
    } else {
        draw_history(&dice);
    }
    dating = NULL;
    for (size_t i = 0; i < NODES; i++) {
        run_node(&ended, &dice, i == 0 && seed % DURABLE_EACH == 0);
    }
    run_twin(&ended, &dice);
    history_world_forget(&world, 0);
}

static void test_random_histories(void **state)
{
    const char *only = getenv("HISTORY_SEED");
    size_t seeds = number_of("HISTORY_SEEDS", SEEDS);
    (void)state;
    twins = answers_valid = answers_invalid = 0;
    if (only != NULL) {
        running = number_of("HISTORY_SEED", 0);
        run_seed(running);
        print_history(&world.history);
        return;
    }
    const uint64_t first = number_of("HISTORY_FIRST", 0);
    for (running = first; running < first + seeds; running++) {
        run_seed(running);
    }
    print_message("%zu seeds; answers: %zu valid, %zu invalid; %zu compared\n", seeds, answers_valid,
                  answers_invalid, twins);
    assert_true(answers_valid > 0 && answers_invalid > 0 && twins > 0);
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
