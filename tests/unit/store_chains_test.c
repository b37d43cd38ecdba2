#include "store/chains.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "store/grants.h"
#include "tests/support/store_world.h"

/* Whom the trust file reaches: ase owns a namespace, and what it and others accredit leads to issuers. */

static struct store_world world;
static struct trust trust;

enum who { ASE, EPA, SCHOOL, BRANCH, ISSUER, WHO_COUNT };
enum { NOW = 1000, LINKS_MAX = 4 };
static struct world_author authors[WHO_COUNT];

static void own(const char *name_space, enum who who)
{
    struct trust_owner owner = {.actor = authors[who].actor.id};

    strcpy(owner.name_space, name_space);
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
}

static int setup(void **state)
{
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    for (enum who who = ASE; who < WHO_COUNT; who++) {
        world_begin_log(&world, txn, &authors[who], 1 + who, NOW);
    }
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    own("ase", ASE);
    own("epa", EPA);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

/* ---- what is said ---- */

struct link {
    enum who by, delegate;
    uint64_t depth;
    const char *pattern;
    uint32_t from, until; /* until 0: for ever */
};

static void add_link(struct draft *draft, const struct link *link)
{
    const struct bytes pattern = bytes_of_string(link->pattern);
    const struct accreditation record = {.delegate = authors[link->delegate].actor.id,
                                         .patterns = {.items = &pattern, .count = 1},
                                         .from = link->from,
                                         .has_until = link->until > 0,
                                         .until = link->until,
                                         .depth = link->depth};

    world_add(draft, ENTRY_ACCREDITATION, &record);
}

static void say(struct store_txn *txn, const struct link *link)
{
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    add_link(&draft, link);
    world_publish(&world, txn, &authors[link->by], &draft, NOW);
}

static void hand_over(struct store_txn *txn, enum who by, enum who to, const char *name_space)
{
    const struct indexed_signature signature = {.key_index = 0};
    const struct succession record = {.name_space = bytes_of_string(name_space),
                                      .successor = authors[to].actor.id,
                                      .signatures = {.items = &signature, .count = 1}};
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_SUCCESSION, &record);
    world_publish(&world, txn, &authors[by], &draft, NOW);
}

/* In its next epoch, so that it may void what it governed in this one. */
static void take_back(struct store_txn *txn, enum who by, uint64_t seq)
{
    const struct void_record record = {.has_range = true, .range = {.first = seq, .last = seq}};
    struct draft draft;

    world_rotate(&world, txn, &authors[by], NOW);
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_VOID, &record);
    world_publish(&world, txn, &authors[by], &draft, NOW);
}

static enum chain chain_to(struct store_txn *txn, enum who who)
{
    enum chain chain = CHAIN_UNKNOWN;

    assert_int_equal(chain_find(txn, &trust, &authors[who].actor.id, &chain), STORE_OK);
    return chain;
}

/* ---- one chain ---- */

static void what_a_chain_needs(void **state)
{
    static const struct {
        const char *sentence;
        struct link links[LINKS_MAX]; /* until one without a pattern */
        enum who about;
        enum chain wanted;
    } rows[] = {
        {"an owner needs none", {{0}}, ASE, CHAIN_STANDS},
        {"a stranger has none", {{0}}, ISSUER, CHAIN_NONE},
        {"one link of depth 0 is enough", {{ASE, ISSUER, 0, "ase/*", 10, 0}}, ISSUER, CHAIN_STANDS},
        {"nobody accredits itself", {{ISSUER, ISSUER, 8, "ase/*", 10, 0}}, ISSUER, CHAIN_NONE},
        {"a delegate of depth 0 admits nobody",
         {{ASE, SCHOOL, 0, "ase/*", 10, 0}, {SCHOOL, ISSUER, 8, "ase/*", 10, 0}},
         ISSUER,
         CHAIN_NONE},
        {"of depth 1 it does",
         {{ASE, SCHOOL, 1, "ase/*", 10, 0}, {SCHOOL, ISSUER, 0, "ase/*", 10, 0}},
         ISSUER,
         CHAIN_STANDS},
        {"depth counts from the top: 1 is not enough for two more",
         {{ASE, SCHOOL, 1, "ase/*", 10, 0},
          {SCHOOL, BRANCH, 8, "ase/*", 10, 0},
          {BRANCH, ISSUER, 0, "ase/*", 10, 0}},
         ISSUER,
         CHAIN_NONE},
        {"2 is",
         {{ASE, SCHOOL, 2, "ase/*", 10, 0},
          {SCHOOL, BRANCH, 1, "ase/*", 10, 0},
          {BRANCH, ISSUER, 0, "ase/*", 10, 0}},
         ISSUER,
         CHAIN_STANDS},
        {"ase/* and ase/A* have codes in common",
         {{ASE, SCHOOL, 1, "ase/*", 10, 0}, {SCHOOL, ISSUER, 0, "ase/A*", 10, 0}},
         ISSUER,
         CHAIN_STANDS},
        {"ase/A* and ase/* too",
         {{ASE, SCHOOL, 1, "ase/A*", 10, 0}, {SCHOOL, ISSUER, 0, "ase/*", 10, 0}},
         ISSUER,
         CHAIN_STANDS},
        {"ase/A5 and ase/B* don't",
         {{ASE, SCHOOL, 1, "ase/A5", 10, 0}, {SCHOOL, ISSUER, 0, "ase/B*", 10, 0}},
         ISSUER,
         CHAIN_NONE},
        {"the first and the last link must agree too, not only neighbours",
         {{ASE, SCHOOL, 2, "ase/A*", 10, 0},
          {SCHOOL, BRANCH, 1, "ase/*", 10, 0},
          {BRANCH, ISSUER, 0, "ase/B*", 10, 0}},
         ISSUER,
         CHAIN_NONE},
        {"an owner accredits in its own namespace alone",
         {{ASE, ISSUER, 0, "epa/*", 10, 0}},
         ISSUER,
         CHAIN_NONE},
        {"periods touch on one day",
         {{ASE, SCHOOL, 1, "ase/*", 10, 20}, {SCHOOL, ISSUER, 0, "ase/*", 20, 30}},
         ISSUER,
         CHAIN_STANDS},
        {"periods without a common day",
         {{ASE, SCHOOL, 1, "ase/*", 10, 20}, {SCHOOL, ISSUER, 0, "ase/*", 21, 30}},
         ISSUER,
         CHAIN_NONE},
        {"a period long past is no less of one", {{ASE, ISSUER, 0, "ase/*", 10, 11}}, ISSUER, CHAIN_STANDS},
        {"of two ways up one is enough",
         {{ASE, SCHOOL, 0, "ase/*", 10, 0},
          {EPA, SCHOOL, 1, "epa/6*", 10, 0},
          {SCHOOL, ISSUER, 0, "epa/609", 10, 0}},
         ISSUER,
         CHAIN_STANDS},
        {"a circle leads nowhere",
         {{SCHOOL, BRANCH, 8, "ase/*", 10, 0},
          {BRANCH, SCHOOL, 8, "ase/*", 10, 0},
          {BRANCH, ISSUER, 8, "ase/*", 10, 0}},
         ISSUER,
         CHAIN_NONE},
        {"a wider accreditation beside a narrower one",
         {{ASE, SCHOOL, 1, "ase/A5", 10, 0},
          {ASE, SCHOOL, 1, "ase/*", 10, 0},
          {SCHOOL, ISSUER, 0, "ase/B*", 10, 0}},
         ISSUER,
         CHAIN_STANDS},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct store_txn *txn;
        enum chain chain;

        assert_int_equal(setup(state), 0);
        txn = world_write(&world);
        for (size_t j = 0; j < LINKS_MAX && rows[i].links[j].pattern; j++) {
            say(txn, &rows[i].links[j]);
        }
        chain = chain_to(txn, rows[i].about);
        world_commit(txn);
        teardown(state);
        if (chain != rows[i].wanted) {
            fail_msg("%s: %d", rows[i].sentence, (int)chain);
        }
    }
}

static void whoever_was_handed_a_namespace_accredits_in_it(void **state)
{
    const struct link ase = {BRANCH, ISSUER, 0, "ase/*", 10, 0}, epa = {BRANCH, SCHOOL, 0, "epa/*", 10, 0};
    struct store_txn *txn = world_write(&world);

    (void)state;
    hand_over(txn, ASE, EPA, "ase");
    hand_over(txn, EPA, BRANCH, "ase");
    say(txn, &ase);
    say(txn, &epa);
    assert_int_equal(chain_to(txn, BRANCH), CHAIN_STANDS);
    assert_int_equal(chain_to(txn, ISSUER), CHAIN_STANDS);
    assert_int_equal(chain_to(txn, SCHOOL), CHAIN_NONE);
    world_commit(txn);
}

/* A delegate for one code is a stranger where another is asked, and so is whom it accredited. */
static void a_chain_is_asked_of_a_code(void **state)
{
    static const struct {
        enum who who;
        unsigned links;
        const char *code;
        enum chain wanted;
    } rows[] = {
        {SCHOOL, 0, "", CHAIN_STANDS},      {SCHOOL, 0, "ase/A5", CHAIN_STANDS},
        {SCHOOL, 0, "ase/Z9", CHAIN_NONE},  {SCHOOL, 1, "ase/A5", CHAIN_STANDS},
        {SCHOOL, 1, "ase/Z9", CHAIN_NONE},  {ISSUER, 0, "ase/A5", CHAIN_STANDS},
        {ISSUER, 0, "ase/A6", CHAIN_NONE},  {ISSUER, 1, "ase/A5", CHAIN_NONE},
        {ISSUER, 0, "ase/*", CHAIN_STANDS}, {ISSUER, 0, "ase/B*", CHAIN_NONE},
        {ASE, 1, "ase/Z9", CHAIN_STANDS},   {ASE, 1, "epa/608-universal", CHAIN_NONE},
    };
    const struct link above = {ASE, SCHOOL, 1, "ase/A*", 10, 0}, below = {SCHOOL, ISSUER, 0, "ase/A5", 10, 0};
    struct store_txn *txn = world_write(&world);

    (void)state;
    say(txn, &above);
    say(txn, &below);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum chain chain;

        assert_int_equal(chain_find_above(txn, &trust, &authors[rows[i].who].actor.id, rows[i].links,
                                          bytes_of_string(rows[i].code), &chain),
                         STORE_OK);
        if (chain != rows[i].wanted) {
            fail_msg("row %zu: %d", i, (int)chain);
        }
    }
    world_commit(txn);
}

static bool is_accredited(struct store_txn *txn, const struct actor_id *actor)
{
    bool accredited = false;

    assert_int_equal(store_is_accredited(txn, &trust, actor, &accredited), STORE_OK);
    return accredited;
}

/* A log that is held may yet hold a revocation. */
static void a_void_link_admits_nobody_new_and_loses_nobody(void **state)
{
    const struct actor_id newcomer = {world_subject(1).id};
    const struct link old = {ASE, ISSUER, 0, "ase/*", 10, 0};
    const struct bytes pattern = bytes_of_string("ase/*");
    const struct accreditation record = {
        .delegate = newcomer, .patterns = {.items = &pattern, .count = 1}, .from = 10};
    struct store_txn *txn = world_write(&world);
    struct draft draft;

    (void)state;
    world_draft(&world, &draft, CLASS_GOVERN);
    add_link(&draft, &old);
    world_add(&draft, ENTRY_ACCREDITATION, &record);
    world_publish(&world, txn, &authors[ASE], &draft, NOW);
    assert_true(is_accredited(txn, &newcomer));
    take_back(txn, ASE, 1);
    assert_int_equal(chain_to(txn, ISSUER), CHAIN_VOID);
    assert_true(is_accredited(txn, &authors[ISSUER].actor.id));
    assert_false(is_accredited(txn, &newcomer));
    world_commit(txn);
}

/* ---- beside the chain ---- */

static void draft_hand_over(struct draft *draft, enum who to, const struct block *cut)
{
    const struct indexed_signature signature = {.key_index = 0};
    struct succession record = {.name_space = bytes_of_string("ase"),
                                .successor = authors[to].actor.id,
                                .signatures = {.items = &signature, .count = 1}};

    if (cut) {
        record.cut_seq = cut->header.seq;
        record.cut_head = cut->hash;
    }
    world_draft(&world, draft, CLASS_GOVERN);
    world_add(draft, ENTRY_SUCCESSION, &record);
}

/* Hold the draft's block beside what its author publishes next. */
static struct block put_beside(struct store_txn *txn, enum who by, const struct draft *draft)
{
    struct bytes encoded = world_sign(&world, txn, &authors[by], draft, NOW);
    struct block block;

    assert_int_equal(block_decode(&block, &world.network, encoded, &world.arena), REASON_NONE);
    assert_int_equal(store_put_side_block(txn, &world.network, &block, NOW), STORE_OK);
    return block;
}

static void what_stands_beside_the_chain_counts_while_its_epoch_is_open(void **state)
{
    const struct link link = {ASE, ISSUER, 0, "ase/*", 10, 0}, by_heir = {EPA, SCHOOL, 0, "ase/*", 10, 0};
    struct store_txn *txn = world_write(&world);
    struct draft draft;

    (void)state;
    world_draft(&world, &draft, CLASS_GOVERN);
    add_link(&draft, &link);
    put_beside(txn, ASE, &draft);
    draft_hand_over(&draft, EPA, NULL);
    put_beside(txn, ASE, &draft);
    say(txn, &by_heir);
    assert_int_equal(chain_to(txn, ISSUER), CHAIN_STANDS);
    assert_int_equal(chain_to(txn, SCHOOL), CHAIN_STANDS);
    assert_int_equal(chain_to(txn, BRANCH), CHAIN_NONE);
    world_rotate(&world, txn, &authors[ASE], NOW);
    assert_int_equal(chain_to(txn, ISSUER), CHAIN_NONE);
    assert_int_equal(chain_to(txn, SCHOOL), CHAIN_NONE);
    world_commit(txn);
}

/* What whoever hands its namespace on names as the last of its log stays, wherever it stands. */
static void the_cut_of_a_succession_keeps_what_it_names(void **state)
{
    const struct link link = {ASE, ISSUER, 0, "ase/*", 10, 0}, other = {ASE, BRANCH, 0, "ase/*", 10, 0};
    struct store_txn *txn = world_write(&world);
    struct draft draft;
    struct block kept;

    (void)state;
    world_draft(&world, &draft, CLASS_GOVERN);
    add_link(&draft, &link);
    kept = put_beside(txn, ASE, &draft);
    world_draft(&world, &draft, CLASS_GOVERN);
    add_link(&draft, &other);
    put_beside(txn, ASE, &draft);
    world_rotate(&world, txn, &authors[ASE], NOW);
    draft_hand_over(&draft, EPA, &kept);
    world_publish(&world, txn, &authors[ASE], &draft, NOW);
    assert_int_equal(chain_to(txn, ISSUER), CHAIN_STANDS);
    assert_int_equal(chain_to(txn, BRANCH), CHAIN_NONE);
    world_commit(txn);
}

/* A reader keeps what it found until something changes it. */
static void what_comes_beside_the_chain_is_found_by_the_next_reader(void **state)
{
    const struct link link = {ASE, ISSUER, 0, "ase/*", 10, 0};
    struct store_txn *txn = world_read(&world);
    struct draft draft;

    (void)state;
    assert_int_equal(chain_to(txn, ISSUER), CHAIN_NONE);
    store_end(txn);
    txn = world_write(&world);
    world_draft(&world, &draft, CLASS_GOVERN);
    add_link(&draft, &link);
    put_beside(txn, ASE, &draft);
    world_commit(txn);
    txn = world_read(&world);
    assert_int_equal(chain_to(txn, ISSUER), CHAIN_STANDS);
    store_end(txn);
    txn = world_write(&world);
    world_rotate(&world, txn, &authors[ASE], NOW);
    world_commit(txn);
    txn = world_read(&world);
    assert_int_equal(chain_to(txn, ISSUER), CHAIN_NONE);
    store_end(txn);
}

/* ---- too much of it ---- */

enum { SAID = 65, FIRST_DAY = 10 }; /* one more than is read of an author */

/* One accreditation a day. */
static void draft_days(struct draft *draft, enum who by, enum who whom, uint32_t from, uint32_t count)
{
    struct link link = {by, whom, 8, "ase/*", 0, 0};

    world_draft(&world, draft, CLASS_GOVERN);
    for (uint32_t i = 0; i < count; i++) {
        link.from = link.until = from + i;
        add_link(draft, &link);
    }
}

/* Of an author who may speak on the day of the oldest alone. */
static void too_much_to_try_is_unknown(void **state)
{
    const struct link school = {ASE, SCHOOL, 1, "ase/*", FIRST_DAY, FIRST_DAY},
                      issuer = {ASE, ISSUER, 0, "ase/*", 10, 0};
    struct store_txn *txn = world_write(&world);
    struct draft draft;

    (void)state;
    say(txn, &school);
    draft_days(&draft, SCHOOL, ISSUER, FIRST_DAY, SAID);
    world_publish(&world, txn, &authors[SCHOOL], &draft, NOW);
    assert_int_equal(chain_to(txn, ISSUER), CHAIN_UNKNOWN);
    say(txn, &issuer);
    assert_int_equal(chain_to(txn, ISSUER), CHAIN_STANDS);
    world_commit(txn);
}

static void too_much_beside_the_chain_is_unknown(void **state)
{
    const struct link school = {ASE, SCHOOL, 1, "ase/*", FIRST_DAY, FIRST_DAY},
                      issuer = {ASE, ISSUER, 0, "ase/*", 10, 0};
    struct store_txn *txn = world_write(&world);
    struct draft draft;

    (void)state;
    say(txn, &school);
    draft_days(&draft, SCHOOL, ISSUER, FIRST_DAY + 1, SAID - 1);
    put_beside(txn, SCHOOL, &draft);
    assert_int_equal(chain_to(txn, ISSUER), CHAIN_NONE);
    draft_days(&draft, SCHOOL, ISSUER, FIRST_DAY + 1, 1);
    put_beside(txn, SCHOOL, &draft);
    assert_int_equal(chain_to(txn, ISSUER), CHAIN_UNKNOWN);
    say(txn, &issuer);
    assert_int_equal(chain_to(txn, ISSUER), CHAIN_STANDS);
    world_commit(txn);
}

/* However much those say of somebody whom nobody lets speak of it: nothing is unknown for that. */
static void who_leads_nowhere_takes_nobody_s_place(void **state)
{
    static const struct {
        const char *sentence;
        struct link school; /* what it may speak of */
        uint32_t said;      /* by it of the issuer */
    } rows[] = {
        {"it is nobody's delegate", {EPA, SCHOOL, 8, "ase/*", 10, 0}, SAID},
        {"of depth 0", {ASE, SCHOOL, 0, "ase/*", 10, 0}, SAID},
        {"on other days", {ASE, SCHOOL, 8, "ase/*", 1, 9}, SAID - 1},
        {"of other codes", {EPA, SCHOOL, 8, "epa/*", 10, 0}, SAID - 1},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct link branch = {ASE, BRANCH, 1, "ase/*", 10, 0},
                          issuer = {BRANCH, ISSUER, 0, "ase/*", 10, 0};
        struct store_txn *txn;
        struct draft draft;
        enum chain before, after;

        assert_int_equal(setup(state), 0);
        txn = world_write(&world);
        say(txn, &rows[i].school);
        draft_days(&draft, SCHOOL, ISSUER, FIRST_DAY, rows[i].said);
        world_publish(&world, txn, &authors[SCHOOL], &draft, NOW);
        put_beside(txn, SCHOOL, &draft);
        before = chain_to(txn, ISSUER);
        say(txn, &branch);
        say(txn, &issuer);
        after = chain_to(txn, ISSUER);
        world_commit(txn);
        teardown(state);
        if (before != CHAIN_NONE || after != CHAIN_STANDS) {
            fail_msg("%s: %d, then %d", rows[i].sentence, (int)before, (int)after);
        }
    }
}

enum { MEDDLERS = 20 };

static void add_one(struct draft *draft, const struct actor_id *whom, const char *code)
{
    const struct bytes pattern = bytes_of_string(code);
    const struct accreditation record = {.delegate = *whom, .patterns = {.items = &pattern, .count = 1}};

    world_add(draft, ENTRY_ACCREDITATION, &record);
}

static void accredit_for(struct store_txn *txn, struct world_author *by, const struct actor_id *whom,
                         const char *code)
{
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    add_one(&draft, whom, code);
    world_publish(&world, txn, by, &draft, NOW);
}

static void accredit(struct store_txn *txn, struct world_author *by, const struct actor_id *whom,
                     uint32_t from, uint64_t depth)
{
    const struct bytes pattern = bytes_of_string("ase/*");
    const struct accreditation record = {
        .delegate = *whom, .patterns = {.items = &pattern, .count = 1}, .from = from, .depth = depth};
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_ACCREDITATION, &record);
    world_publish(&world, txn, by, &draft, NOW);
}

/* SCHOOL, until day 9, accredits so many others, of whom each accredits the issuer on 64 days of its own
 * since. One whom this node met last does so once. */
static enum chain chain_among_meddlers(void **state, uint64_t depth)
{
    static struct world_author made[MEDDLERS + 1];
    const struct link school = {ASE, SCHOOL, 1 + depth, "ase/*", 1, FIRST_DAY - 1};
    struct world_author *honest = &made[MEDDLERS];
    struct store_txn *txn;
    struct draft draft;
    enum chain chain;

    assert_int_equal(setup(state), 0);
    txn = world_write(&world);
    say(txn, &school);
    for (size_t i = 0; i <= MEDDLERS; i++) {
        world_begin_log(&world, txn, &made[i], (uint32_t)(100 + i), NOW);
    }
    for (size_t i = 0; i < MEDDLERS; i++) {
        accredit(txn, &authors[SCHOOL], &made[i].actor.id, 1, depth);
        draft_days(&draft, SCHOOL, ISSUER, FIRST_DAY + (uint32_t)i * SAID, SAID - 1);
        world_publish(&world, txn, &made[i], &draft, NOW);
    }
    accredit(txn, &authors[ASE], &honest->actor.id, 1, 1);
    accredit(txn, honest, &authors[ISSUER].actor.id, 1, 0);
    chain = chain_to(txn, ISSUER);
    world_commit(txn);
    teardown(state);
    return chain;
}

static void a_crowd_keeps_nobody_out(void **state)
{
    for (uint64_t depth = 0; depth < 3; depth++) {
        assert_int_equal(chain_among_meddlers(state, depth), CHAIN_STANDS);
    }
}

/* ---- a crowd by one delegate's hands ---- */

enum { CROWD = 300 };

/* What SCHOOL, whom ase lets accredit others for Z9, says of each of a crowd, and each of them of the issuer;
 * on how many days, one after the other. */
struct crowd {
    const char *sentence;
    uint32_t given, given_days;
    uint32_t says, says_days;
    const char *of;
};

static void add_days(struct draft *draft, const struct actor_id *whom, uint64_t depth, const char *code,
                     uint32_t from, uint32_t count)
{
    const struct bytes pattern = bytes_of_string(code);

    world_draft(&world, draft, CLASS_GOVERN);
    for (uint32_t i = 0; i < count; i++) {
        const struct accreditation record = {.delegate = *whom,
                                             .patterns = {.items = &pattern, .count = 1},
                                             .from = from + 2 * i,
                                             .has_until = true,
                                             .until = from + 2 * i,
                                             .depth = depth};
        world_add(draft, ENTRY_ACCREDITATION, &record);
    }
}

static void gather_crowd(struct store_txn *txn, const struct crowd *crowd)
{
    static struct world_author one;

    for (uint32_t i = 0; i < CROWD; i++) {
        const size_t mark = arena_mark(&world.arena);
        struct draft draft;

        world_begin_log(&world, txn, &one, 1000 + i, NOW);
        add_days(&draft, &one.actor.id, 1, "ase/Z9", crowd->given, crowd->given_days);
        world_publish(&world, txn, &authors[SCHOOL], &draft, NOW);
        add_days(&draft, &authors[ISSUER].actor.id, 0, crowd->of, crowd->says, crowd->says_days);
        world_publish(&world, txn, &one, &draft, NOW);
        arena_rewind(&world.arena, mark);
    }
}

/* One that comes behind nearly everybody where nothing else orders them. Returns: its seed, above the last.
 */
static uint64_t begin_behind(struct store_txn *txn, struct world_author *author, uint64_t last)
{
    uint64_t seed = last;

    do {
        build_actor(&author->actor, &world.network, ++seed, 1, 1);
    } while (author->actor.id.hash.bytes[0] < 0xfc);
    world_begin_log(&world, txn, author, seed, NOW);
    return seed;
}

/* Of one that this node met first, and one that it met last. */
static enum chain chain_in_a_crowd(void **state, const struct crowd *crowd, bool met_last)
{
    const struct link school = {ASE, SCHOOL, 2, "ase/Z9", 1, 0}, branch = {ASE, BRANCH, 2, "ase/A5", 1, 0};
    static struct world_author honest;
    struct store_txn *txn;
    enum chain chain;

    assert_int_equal(setup(state), 0);
    txn = world_write(&world);
    if (!met_last) {
        begin_behind(txn, &honest, 5000);
    }
    say(txn, &school);
    gather_crowd(txn, crowd);
    if (met_last) {
        begin_behind(txn, &honest, 5000);
    }
    say(txn, &branch);
    accredit(txn, &authors[BRANCH], &honest.actor.id, 1, 0);
    chain = chain_to(txn, ISSUER);
    assert_int_not_equal(chain, CHAIN_STANDS);
    accredit(txn, &authors[BRANCH], &honest.actor.id, 1, 1);
    accredit(txn, &honest, &authors[ISSUER].actor.id, 1, 0);
    chain = chain_to(txn, ISSUER);
    store_end(txn);
    teardown(state);
    return chain;
}

static void one_delegate_s_crowd_takes_no_room_of_others(void **state)
{
    static const struct crowd rows[] = {
        {"who is accredited so often that not all of it is read", 1, 64, 1, 1, "ase/Y1"},
        {"who speaks often between the days on which it may", 1, 40, 2, 64, "ase/Z9"},
    };

    for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) {
        enum chain chain = chain_in_a_crowd(state, &rows[i / 2], i % 2 == 1);

        if (chain != CHAIN_STANDS) {
            fail_msg("%s, %zu: %d", rows[i / 2].sentence, i % 2, (int)chain);
        }
    }
}

/* However often SCHOOL accredits a crowd, what others were given is known: BRANCH nothing to hand on. */
static void a_crowd_hides_nobody_who_leads_nowhere(void **state)
{
    const struct crowd crowd = {.given = 1, .given_days = 64, .says = 1, .says_days = 1, .of = "ase/Y1"};
    const struct link school = {ASE, SCHOOL, 2, "ase/Z9", 1, 0}, branch = {ASE, BRANCH, 0, "ase/*", 1, 0};
    struct store_txn *txn = world_write(&world);
    struct draft draft;

    (void)state;
    say(txn, &school);
    gather_crowd(txn, &crowd);
    say(txn, &branch);
    draft_days(&draft, BRANCH, ISSUER, FIRST_DAY, SAID);
    world_publish(&world, txn, &authors[BRANCH], &draft, NOW);
    assert_int_equal(chain_to(txn, ISSUER), CHAIN_NONE);
    store_end(txn);
}

/* ---- more accreditors than are heard of one ---- */

enum {
    MANY = ACCREDITORS_HEARD_MAX + 64,
    UNKNOWN_NUMBER = 1 << 20,
    GRANTS_KEY_TAIL = 8 + 2, /* store/grants.c: a place, behind the author's number */
};

/* Each accredits one actor, and comes behind the crowd. */
enum honest { OWNER_ITSELF, OWNER_S_DELEGATE, DELEGATE_S_DELEGATE, HONEST_COUNT };
static struct world_author honest[HONEST_COUNT];

static struct actor_id issuer_of(enum honest which)
{
    return (struct actor_id){world_subject(100 + which).id};
}

static void begin_honest(struct store_txn *txn)
{
    uint64_t seed = 5000;

    for (enum honest i = 0; i < HONEST_COUNT; i++) {
        seed = begin_behind(txn, &honest[i], seed);
    }
}

/* By SCHOOL's hands, whom ase lets let others speak for Z9: for another code. */
static void begin_many(struct store_txn *txn)
{
    static struct world_author one;

    for (uint32_t i = 0; i < MANY; i++) {
        const size_t mark = arena_mark(&world.arena);
        struct draft draft;

        world_begin_log(&world, txn, &one, 1000 + i, NOW);
        add_days(&draft, &one.actor.id, 1, "ase/Z9", 1, 1);
        world_publish(&world, txn, &authors[SCHOOL], &draft, NOW);
        world_draft(&world, &draft, CLASS_GOVERN);
        for (enum honest of = 0; of < HONEST_COUNT; of++) {
            const struct actor_id issuer = issuer_of(of);

            add_one(&draft, &issuer, "ase/Y1");
        }
        world_publish(&world, txn, &one, &draft, NOW);
        arena_rewind(&world.arena, mark);
    }
}

/* More than are named, of whom nothing else is here; or beside whose chains something is said. */
static void be_too_many(struct store_txn *txn, const struct actor_id *whom, enum table table)
{
    for (uint32_t i = 0; i < ACCREDITORS_NAMED_MAX; i++) {
        struct key key = grant_key_of_actor(GRANT_ACCREDITATION, whom);

        grant_key_add_author(&key, UNKNOWN_NUMBER + i);
        key_add_number(&key, 1, GRANTS_KEY_TAIL - 2);
        key_add_number(&key, 0, 2);
        assert_int_equal(table_put(txn, table, &key, NULL, 0), STORE_OK);
    }
}

/* Numbers that authors have here follow the order in which they are met: nothing hangs on it. */
static void which_of_many_are_heard_is_the_same_at_every_node(void **state)
{
    static const enum chain wanted[HONEST_COUNT] = {CHAIN_STANDS, CHAIN_STANDS, CHAIN_UNKNOWN};
    const struct link school = {ASE, SCHOOL, 2, "ase/Z9", 1, 0}, branch = {ASE, BRANCH, 2, "ase/*", 1, 0};

    for (int honest_first = 0; honest_first < 2; honest_first++) {
        struct store_txn *txn;
        struct trust_owner owner = {.name_space = "own"};

        assert_int_equal(setup(state), 0);
        txn = world_write(&world);
        say(txn, &school);
        say(txn, &branch);
        if (honest_first) {
            begin_honest(txn);
        }
        begin_many(txn);
        if (!honest_first) {
            begin_honest(txn);
        }
        owner.actor = honest[OWNER_ITSELF].actor.id;
        assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
        accredit(txn, &authors[ASE], &honest[OWNER_S_DELEGATE].actor.id, 1, 1);
        accredit(txn, &authors[BRANCH], &honest[DELEGATE_S_DELEGATE].actor.id, 1, 1);
        for (enum honest i = 0; i < HONEST_COUNT; i++) {
            const struct actor_id issuer = issuer_of(i);
            enum chain chain;

            accredit_for(txn, &honest[i], &issuer, i == OWNER_ITSELF ? "own/*" : "ase/*");
            assert_int_equal(chain_find(txn, &trust, &issuer, &chain), STORE_OK);
            if (chain != wanted[i]) {
                fail_msg("%d, honest %s: %d", (int)i, honest_first ? "first" : "last", (int)chain);
            }
        }
        store_end(txn);
        teardown(state);
    }
}

/* Whoever has a lower number than all others here is none of them either. */
static void of_more_than_are_named_nobody_is_heard(void **state)
{
    static const enum table tables[] = {TABLE_GRANTS, TABLE_SIDE_ENTRIES};
    const struct link issuer = {ASE, ISSUER, 0, "ase/*", 1, 0};

    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        struct store_txn *txn;
        struct draft draft;

        assert_int_equal(setup(state), 0);
        txn = world_write(&world);
        world_draft(&world, &draft, CLASS_GOVERN);
        add_link(&draft, &issuer);
        if (tables[i] == TABLE_GRANTS) {
            world_publish(&world, txn, &authors[ASE], &draft, NOW);
        } else {
            put_beside(txn, ASE, &draft);
        }
        assert_int_equal(chain_to(txn, ISSUER), CHAIN_STANDS);
        be_too_many(txn, &authors[ISSUER].actor.id, tables[i]);
        assert_int_equal(chain_to(txn, ISSUER), CHAIN_UNKNOWN);
        store_end(txn);
        teardown(state);
    }
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_chain_needs),
        cmocka_unit_test(who_leads_nowhere_takes_nobody_s_place),
        cmocka_unit_test(a_crowd_keeps_nobody_out),
        cmocka_unit_test(which_of_many_are_heard_is_the_same_at_every_node),
        cmocka_unit_test(of_more_than_are_named_nobody_is_heard),
        cmocka_unit_test(one_delegate_s_crowd_takes_no_room_of_others),
        IN_WORLD(a_chain_is_asked_of_a_code),
        IN_WORLD(a_crowd_hides_nobody_who_leads_nowhere),
        IN_WORLD(whoever_was_handed_a_namespace_accredits_in_it),
        IN_WORLD(a_void_link_admits_nobody_new_and_loses_nobody),
        IN_WORLD(what_stands_beside_the_chain_counts_while_its_epoch_is_open),
        IN_WORLD(the_cut_of_a_succession_keeps_what_it_names),
        IN_WORLD(what_comes_beside_the_chain_is_found_by_the_next_reader),
        IN_WORLD(too_much_to_try_is_unknown),
        IN_WORLD(too_much_beside_the_chain_is_unknown),
    };

    return cmocka_run_group_tests_name("store chains", tests, NULL, NULL);
}
