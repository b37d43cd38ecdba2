#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/rules/expression_text.h"
#include "protocol/rules/verdict.h"
#include "store/chains.h"
#include "store/grants.h"
#include "store/index.h"
#include "store/tables.h"
#include "tests/support/shop_world.h"
#include "tests/support/side_branch.h"

/* What a search gives up on that looks at too much: what hangs on the rest is unknown, and by which limit is
 * said. ase owns a namespace, and accredits the school; what a test writes is never committed. */

enum {
    HER = 7,
    EARLY_S = 1000,
    ROTATED_S = 2000,
    DAY = 40500,
    /* store/gather_cut.c and store/chains.c: what may be climbed down from all cuts of a question, in
     * branches as long as they are looked at */
    BRANCHES_DOWN_MAX = 8,
    /* store/gather_lacking.c */
    LACKING_MAX = 1024,
    LACKING_LOOKED_AT_MAX = 16 * LACKING_MAX,
    SIDE_SPEAKERS_MANY = 4096, /* store/gather_about.c */
};

static struct store_world world;
static struct world_author ase, school, issuer;
static struct trust trust;
static struct hash root; /* of the school's log */

/* A branch that leaves the school's chain behind her certificate, a block longer than is looked at. */
static struct {
    uint64_t first;
    struct hash hashes[CUT_SIDE_MAX + 1];
} deep;

/* ---- making it ---- */

static void draft_one(struct draft *draft, enum block_class block_class, enum entry_kind kind,
                      const void *record)
{
    world_draft(&world, draft, block_class);
    world_add(draft, kind, record);
}

static struct accreditation accreditation_of(const struct actor_id *delegate, uint64_t depth,
                                             const struct bytes *pattern)
{
    return (struct accreditation){
        .delegate = *delegate, .patterns = {.items = pattern, .count = 1}, .from = 30000, .depth = depth};
}

static void accredit_for_all(struct store_txn *txn, const struct world_author *delegate)
{
    const struct bytes pattern = bytes_of_string("ase/*");
    const struct accreditation record = accreditation_of(&delegate->actor.id, 1, &pattern);
    struct draft draft;

    draft_one(&draft, CLASS_GOVERN, ENTRY_ACCREDITATION, &record);
    world_publish(&world, txn, &ase, &draft, EARLY_S);
}

static void publish_pack(struct store_txn *txn)
{
    const struct pack_code code = {.code = bytes_of_string("A5"), .title = bytes_of_string("Brakes")};
    const struct rule_pack pack = {.name_space = bytes_of_string("ase"),
                                   .version = 1,
                                   .in_force_from = 30000,
                                   .codes = {.items = &code, .count = 1}};
    struct draft draft;

    draft_one(&draft, CLASS_GOVERN, ENTRY_RULE_PACK, &pack);
    world_publish(&world, txn, &ase, &draft, EARLY_S);
}

static int setup(void **state)
{
    const struct subject her = world_subject(HER);
    const struct rhythm rhythm = {.days = 30};
    struct trust_owner owner = {.name_space = "ase"};
    struct store_txn *txn;
    struct block like;
    struct draft draft;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, EARLY_S);
    world_begin_log(&world, txn, &school, 2, EARLY_S);
    world_begin_log(&world, txn, &issuer, 3, EARLY_S);
    publish_pack(txn);
    accredit_for_all(txn, &school);
    root = school.state.head;
    world_attest(&world, txn, &school, &her, 1, "ase/A5", EARLY_S);
    draft_one(&draft, CLASS_GOVERN, ENTRY_RHYTHM, &rhythm);
    branch_sign(&like, &world, txn, &school, &draft, EARLY_S);
    deep.first = like.header.seq;
    branch_put(&world, txn,
               &(struct branch){.like = &like,
                                .first = deep.first,
                                .previous = school.state.head,
                                .count = CUT_SIDE_MAX + 1,
                                .arrived_s = EARLY_S},
               deep.hashes);
    world_commit(txn);
    owner.actor = ase.actor.id;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

/* ---- how far down from cuts ---- */

struct named {
    uint64_t seq;
    struct hash head;
};

/* Put what the draft says beside the author's chain, which rotates. */
static struct named drop(struct store_txn *txn, struct world_author *author, const struct draft *draft)
{
    struct block block;

    branch_sign(&block, &world, txn, author, draft, EARLY_S);
    assert_int_equal(store_put_side_block(txn, &world.network, &block, EARLY_S), STORE_OK);
    world_rotate(&world, txn, author, ROTATED_S);
    return (struct named){.seq = block.header.seq, .head = block.hash};
}

static void draft_withdrawal(struct draft *draft, const struct world_author *delegate,
                             const struct named *cut)
{
    const struct withdrawal record = {
        .delegate = delegate->actor.id, .has_cut = true, .cut_seq = cut->seq, .cut_head = cut->head};

    draft_one(draft, CLASS_GOVERN, ENTRY_WITHDRAWAL, &record);
}

static struct named nth_of_branch(size_t n)
{
    return (struct named){.seq = deep.first + n - 1, .head = deep.hashes[n - 1]};
}

static void add_withdrawals(struct draft *draft, const struct named *cut, size_t count)
{
    const struct withdrawal record = {
        .delegate = school.actor.id, .has_cut = true, .cut_seq = cut->seq, .cut_head = cut->head};

    for (size_t i = 0; i < count; i++) {
        world_add(draft, ENTRY_WITHDRAWAL, &record);
    }
}

/* So often with the cut at the end of the branch, or with cuts that lie one behind the other up to there, and
 * then once with another one. */
static void withdraw(struct store_txn *txn, size_t often, bool apart, const struct named *then)
{
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    for (size_t i = often; i > 0; i--) {
        const struct named end = nth_of_branch(CUT_SIDE_MAX + 1 - (apart ? i : 1));

        add_withdrawals(&draft, &end, 1);
    }
    add_withdrawals(&draft, then, 1);
    world_publish(&world, txn, &ase, &draft, EARLY_S);
}

static struct question question_of_now(void)
{
    return (struct question){.network = &world.network,
                             .at_day = DAY,
                             .now_s = ROTATED_S,
                             .known_by_s = UINT64_MAX,
                             .budget = {UINT64_MAX, UINT64_MAX, UINT64_MAX}};
}

static struct axis_answer authority_of_her_certificate(struct store_txn *txn)
{
    const struct subject her = world_subject(HER);
    const struct question question = question_of_now();
    struct dossier dossier;
    struct verdict verdict;

    assert_int_equal(
        store_dossier(txn, &world.network, &trust, &her, DOSSIER_REACH_ALL, &dossier, &world.arena),
        STORE_OK);
    assert_true(verdict_of(&verdict, &dossier, &trust, &question, &world.arena));
    assert_int_equal(verdict.credential_count, 1);
    return verdict.credentials[0].axes[AXIS_AUTHORITY];
}

static void a_cut_too_far_down_is_unknown(void **state)
{
    const struct named rootless = {.seq = 0, .head = root};
    const struct {
        const char *sentence;
        size_t often;
        bool apart;
        struct named then;
        enum answer answer;
        enum reason reason;
    } rows[] = {
        {"a cut below her certificate takes it", 0, false, rootless, ANSWER_NO, REASON_WITHDRAWN},
        {"one on a branch above it does not", 0, false, nth_of_branch(1), ANSWER_YES, REASON_NONE},
        {"as far above as is looked at", 0, false, nth_of_branch(CUT_SIDE_MAX), ANSWER_YES, REASON_NONE},
        {"further above nobody knows", 0, false, nth_of_branch(CUT_SIDE_MAX + 1), ANSWER_UNKNOWN,
         REASON_TOO_MANY},
        {"as many as are looked at", BRANCHES_DOWN_MAX, true, nth_of_branch(1), ANSWER_YES, REASON_NONE},
        {"one more is unknown", BRANCHES_DOWN_MAX + 1, true, nth_of_branch(1), ANSWER_UNKNOWN,
         REASON_TOO_MANY},
        {"the same one again is looked for once", BRANCHES_DOWN_MAX + 1, false, nth_of_branch(1), ANSWER_YES,
         REASON_NONE},
        {"but on the chain", BRANCHES_DOWN_MAX + 1, true, rootless, ANSWER_NO, REASON_WITHDRAWN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct log_state before = ase.state;
        const size_t mark = arena_mark(&world.arena);
        struct store_txn *txn = world_write(&world);
        struct axis_answer answer;

        withdraw(txn, rows[i].often, rows[i].apart, &rows[i].then);
        answer = authority_of_her_certificate(txn);
        if (answer.answer != rows[i].answer || answer.reason != rows[i].reason) {
            fail_msg("%s: %s", rows[i].sentence, reason_word(answer.reason));
        }
        store_end(txn);
        arena_rewind(&world.arena, mark);
        ase.state = before;
    }
}

/* Another owner, who accredited nobody, hands its namespace on, with more cuts further down than are
 * looked at. */
static struct dossier_cuts cuts_of_another_owner(bool is_asked_about)
{
    static struct hash hashes[CUT_SIDE_MAX + 1];
    static const struct indexed_signature signature = {.key_index = 0};
    const struct log_state before = issuer.state, of_school = school.state;
    const struct trust asked = trust;
    const struct rhythm rhythm = {.days = 30};
    const struct subject her = world_subject(HER);
    struct trust_owner owner = {.name_space = "other", .actor = issuer.actor.id};
    struct store_txn *txn = world_write(&world);
    struct succession record = {.name_space = bytes_of_string("other"),
                                .successor = school.actor.id,
                                .signatures = {.items = &signature, .count = 1}};
    struct dossier dossier;
    struct block like;
    struct draft draft;

    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    draft_one(&draft, CLASS_GOVERN, ENTRY_RHYTHM, &rhythm);
    branch_sign(&like, &world, txn, &issuer, &draft, EARLY_S);
    branch_put(&world, txn,
               &(struct branch){.like = &like,
                                .first = like.header.seq,
                                .previous = issuer.state.head,
                                .count = CUT_SIDE_MAX + 1,
                                .arrived_s = EARLY_S},
               hashes);
    if (is_asked_about) {
        world_attest(&world, txn, &school, &her, 1, "other/B1", EARLY_S);
    }
    record.cut_seq = like.header.seq + CUT_SIDE_MAX;
    record.cut_head = hashes[CUT_SIDE_MAX];
    world_draft(&world, &draft, CLASS_GOVERN);
    for (size_t i = 0; i <= BRANCHES_DOWN_MAX; i++) {
        world_add(&draft, ENTRY_SUCCESSION, &record);
    }
    world_publish(&world, txn, &issuer, &draft, EARLY_S);
    assert_int_equal(
        store_dossier(txn, &world.network, &trust, &her, DOSSIER_REACH_ALL, &dossier, &world.arena),
        STORE_OK);
    assert_int_equal(dossier.succession_count, BRANCHES_DOWN_MAX + 1);
    store_end(txn);
    issuer.state = before;
    school.state = of_school;
    trust = asked;
    return dossier.cuts;
}

static void cuts_of_successions_are_a_limit_where_their_namespace_is_asked_about(void **state)
{
    const struct dossier_cuts passed_by = cuts_of_another_owner(false), met = cuts_of_another_owner(true);

    (void)state;
    assert_false(passed_by.credentials);
    assert_false(passed_by.accreditations);
    assert_true(met.credentials);
    assert_true(met.accreditations);
}

/* One that came here after the school, and comes before it wherever the order is the same at every node, says
 * the same on such a branch. */
static void keep_what_another_says(struct store_txn *txn, const struct accreditation *said)
{
    static struct world_author another;
    uint64_t seed = 100;
    struct draft draft;
    struct named kept;

    do {
        build_actor(&another.actor, &world.network, ++seed, 1, 1);
    } while (hash_compare(&another.actor.id.hash, &school.actor.id.hash) > 0);
    world_begin_log(&world, txn, &another, seed, EARLY_S);
    draft_one(&draft, CLASS_GOVERN, ENTRY_ACCREDITATION, said);
    kept = drop(txn, &another, &draft);
    draft_withdrawal(&draft, &another, &kept);
    world_publish(&world, txn, &ase, &draft, EARLY_S);
    accredit_for_all(txn, &another);
}

/* The school let the issuer speak on a branch that it dropped and a cut keeps: the last cut. */
static void a_chain_below_too_many_cuts_is_unknown(void **state)
{
    static const struct {
        size_t often;
        bool another;
        enum chain chain;
    } rows[] = {{0, false, CHAIN_STANDS},
                {BRANCHES_DOWN_MAX - 1, false, CHAIN_STANDS},
                {BRANCHES_DOWN_MAX, false, CHAIN_UNKNOWN},
                {BRANCHES_DOWN_MAX, true, CHAIN_STANDS}};
    const struct bytes pattern = bytes_of_string("ase/*");
    const struct accreditation record = accreditation_of(&issuer.actor.id, 0, &pattern);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct log_state before = ase.state, of_school = school.state;
        const size_t mark = arena_mark(&world.arena);
        struct named kept = {.seq = deep.first};
        struct store_txn *txn = world_write(&world);
        struct built_actor keys = school.actor;
        struct block block;
        struct draft draft;
        enum chain chain;

        draft_one(&draft, CLASS_GOVERN, ENTRY_ACCREDITATION, &record);
        branch_sign(&block, &world, txn, &school, &draft, EARLY_S);
        kept.head = block.hash;
        assert_int_equal(store_put_side_block(txn, &world.network, &block, EARLY_S), STORE_OK);
        world_rotate(&world, txn, &school, ROTATED_S);
        withdraw(txn, rows[i].often, false, &kept);
        if (rows[i].another) {
            keep_what_another_says(txn, &record);
        }
        assert_int_equal(chain_find(txn, &trust, &issuer.actor.id, &chain), STORE_OK);
        assert_int_equal(chain, rows[i].chain);
        store_end(txn);
        arena_rewind(&world.arena, mark);
        ase.state = before;
        school.state = of_school;
        school.actor.built[0] = keys.built[0];
        school.actor.signing_keys[0] = keys.signing_keys[0];
    }
}

/* ---- who lacks something ---- */

/* Authors of whom nothing is held but that something is missing; the first one is a stranger. */
static struct actor_id nth_lacking(size_t n)
{
    return (struct actor_id){world_subject(1000 + n).id};
}

static void note_gap(struct store_txn *txn, uint32_t number)
{
    enum { GAP_KEY_SIZE = 4 + 1 + 4 + 8 + HASH_SIZE };
    struct key key = {0};

    key_add_number(&key, number, 4);
    key.size = GAP_KEY_SIZE;
    assert_int_equal(table_put(txn, TABLE_GAPS, &key, NULL, 0), STORE_OK);
}

/* One stranger under many numbers: a search for the chain of each would take long. */
static void note_strangers(struct store_txn *txn, size_t count)
{
    const struct actor_id stranger = nth_lacking(0);
    struct disk_author row;

    assert_int_equal(author_intern(txn, &stranger, &row), STORE_OK);
    for (size_t i = 0; i < count; i++) {
        const uint32_t number = row.number + (uint32_t)i;
        const struct key key = author_key(number);

        assert_int_equal(table_put(txn, TABLE_NAMES, &key, &stranger, sizeof stranger), STORE_OK);
        note_gap(txn, number);
    }
}

static void note_authorised(struct store_txn *txn, size_t count)
{
    for (size_t i = 1; i <= count; i++) {
        const struct actor_id author = nth_lacking(i);
        struct disk_author row;

        assert_int_equal(author_intern(txn, &author, &row), STORE_OK);
        assert_int_equal(author_write(txn, &author, &row), STORE_OK);
        note_gap(txn, row.number);
    }
}

static void accredit_lacking(struct store_txn *txn)
{
    const struct bytes pattern = bytes_of_string("ase/*");
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    for (size_t i = 1; i <= LACKING_MAX + 1; i++) {
        const struct actor_id author = nth_lacking(i);
        const struct accreditation record = accreditation_of(&author, 0, &pattern);

        world_add(&draft, ENTRY_ACCREDITATION, &record);
    }
    world_publish(&world, txn, &ase, &draft, EARLY_S);
}

/* Anybody may have said something about her: of too many no node hears some, by numbers that are its own. */
static void more_who_lack_than_are_looked_at_are_a_limit(void **state)
{
    static const struct {
        const char *sentence;
        size_t strangers, authorised;
        bool cut;
    } rows[] = {
        {"as many that may be authorised as are looked at", 0, LACKING_MAX, false},
        {"one more", 0, LACKING_MAX + 1, true},
        {"one behind as many strangers as are looked at", LACKING_LOOKED_AT_MAX - 1, 1, false},
        {"and one more", LACKING_LOOKED_AT_MAX, 1, true},
    };
    const struct subject her = world_subject(HER);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct actor_id first = nth_lacking(1), last = nth_lacking(rows[i].authorised);
        const size_t mark = arena_mark(&world.arena);
        struct store_txn *txn = world_write(&world);
        struct dossier dossier;

        note_strangers(txn, rows[i].strangers);
        note_authorised(txn, rows[i].authorised);
        assert_int_equal(
            store_dossier(txn, &world.network, &trust, &her, DOSSIER_REACH_ALL, &dossier, &world.arena),
            STORE_OK);
        store_end(txn);
        if (dossier.cuts.credentials != rows[i].cut ||
            (dossier_log_of(&dossier, &first) == NULL) != rows[i].cut ||
            (dossier_log_of(&dossier, &last) == NULL) != rows[i].cut) {
            fail_msg("%s", rows[i].sentence);
        }
        arena_rewind(&world.arena, mark);
    }
}

/* ---- what cuts keep that cuts keep ---- */

enum { LINKS_LONG = 24, LINKS_SHORT = CHAIN_DEPTH_MAX - 1 };

static struct world_author line[LINKS_LONG + 1];

static void accredit_next(struct store_txn *txn, struct world_author *by, size_t delegate)
{
    const struct bytes pattern = bytes_of_string("ase/*");
    const uint64_t depth = delegate < CHAIN_DEPTH_MAX ? delegate : CHAIN_DEPTH_MAX;
    const struct accreditation record = accreditation_of(&line[delegate].actor.id, depth, &pattern);
    struct draft draft;

    draft_one(&draft, CLASS_GOVERN, ENTRY_ACCREDITATION, &record);
    world_publish(&world, txn, by, &draft, EARLY_S);
}

/* Her certificate is in a block that its author dropped, kept by a cut that its own author dropped, and so
 * on: the last one is the owner's, who accredited them all. Whoever is accredited comes before its
 * accreditor.
 */
static void keep_in_line(struct store_txn *txn, size_t links)
{
    struct attestation attestation = build_attestation(&ase.actor.id, "ase/A5", 40000, 42000);
    struct named cut;
    struct draft draft;

    attestation.subject = world_subject(HER);
    for (size_t i = 0; i <= links; i++) {
        world_begin_log(&world, txn, &line[i], 10 + i, EARLY_S);
        if (i > 0) {
            accredit_next(txn, &line[i], i - 1);
        }
        accredit_next(txn, &ase, i);
    }
    draft_one(&draft, CLASS_CONTENT, ENTRY_ATTESTATION, &attestation);
    cut = drop(txn, &line[0], &draft);
    for (size_t i = 1; i <= links; i++) {
        draft_withdrawal(&draft, &line[i - 1], &cut);
        cut = drop(txn, &line[i], &draft);
    }
    draft_withdrawal(&draft, &line[links], &cut);
    world_publish(&world, txn, &ase, &draft, EARLY_S);
}

/* The owner's log alone. */
static int setup_owner(void **state)
{
    struct trust_owner owner = {.name_space = "ase"};
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, EARLY_S);
    publish_pack(txn);
    accredit_lacking(txn);
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    owner.actor = ase.actor.id;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    return 0;
}

static struct axis_answer has_never_passed(const struct dossier *dossier)
{
    struct question question = question_of_now();
    struct expression_error error;
    struct expression required;
    struct verdict verdict;

    assert_true(expression_parse(&required, &error, SCOPE_REQUIREMENT, bytes_of_string("not tested ase/A5"),
                                 (struct bytes){0}, &world.arena));
    question.requirement = &required;
    assert_true(verdict_of(&verdict, dossier, &trust, &question, &world.arena));
    return (struct axis_answer){.answer = verdict.requirement, .reason = verdict.reason};
}

static void what_cuts_keep_that_cuts_keep_is_followed_so_far(void **state)
{
    static const struct {
        size_t links, kept;
        bool cut;
        enum reason reason;
    } rows[] = {{LINKS_SHORT, 1, false, REASON_NONE}, {LINKS_LONG, 0, true, REASON_LIMIT}};
    const struct subject her = world_subject(HER);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct log_state before = ase.state;
        const size_t mark = arena_mark(&world.arena);
        struct store_txn *txn = world_write(&world);
        struct axis_answer answer;
        struct dossier dossier;

        keep_in_line(txn, rows[i].links);
        assert_int_equal(
            store_dossier(txn, &world.network, &trust, &her, DOSSIER_REACH_ALL, &dossier, &world.arena),
            STORE_OK);
        answer = has_never_passed(&dossier);
        assert_int_equal(dossier.credential_count, rows[i].kept);
        assert_int_equal(dossier.cuts.credentials, rows[i].cut);
        assert_int_equal(dossier.cuts.accreditations, rows[i].cut);
        assert_int_equal(dossier.cuts.delegates, rows[i].cut);
        assert_false(dossier.cuts.withdrawals);
        assert_int_equal(answer.reason, rows[i].reason);
        assert_true(!rows[i].cut || answer.answer == ANSWER_UNKNOWN);
        store_end(txn);
        arena_rewind(&world.arena, mark);
        ase.state = before;
    }
}

/* ---- who says something beside the chains ---- */

/* One stranger under many numbers says something of her, as far as the index knows. */
static void speak_beside(struct store_txn *txn, const struct subject *her, size_t count)
{
    enum { SIDE_KEY_TAIL = 8 + 2 };
    const struct actor_id stranger = nth_lacking(0);
    struct disk_author row;

    assert_int_equal(author_intern(txn, &stranger, &row), STORE_OK);
    for (size_t i = 0; i < count; i++) {
        const uint32_t number = row.number + (uint32_t)i;
        const struct key name = author_key(number);
        struct key key = grant_key_of_affiliation(GRANT_ATTESTED, &her->id);

        assert_int_equal(table_put(txn, TABLE_NAMES, &name, &stranger, sizeof stranger), STORE_OK);
        grant_key_add_author(&key, number);
        key.size += SIDE_KEY_TAIL;
        memset(key.bytes + key.size - SIDE_KEY_TAIL, 0, SIDE_KEY_TAIL);
        assert_int_equal(table_put(txn, TABLE_SIDE_ENTRIES, &key, NULL, 0), STORE_OK);
    }
}

static void attest_beside(struct store_txn *txn, const struct subject *her)
{
    struct attestation record = build_attestation(&ase.actor.id, "ase/A5", 40000, 40010);
    struct block block;
    struct draft draft;

    record.subject = *her;
    accredit_for_all(txn, &issuer);
    draft_one(&draft, CLASS_CONTENT, ENTRY_ATTESTATION, &record);
    branch_sign(&block, &world, txn, &issuer, &draft, EARLY_S);
    assert_int_equal(store_put_side_block(txn, &world.network, &block, EARLY_S), STORE_OK);
}

/* Numbers that authors have here follow the order in which they are met: nothing hangs on it. */
static void who_of_many_is_heard_beside_the_chains_is_the_same_at_every_node(void **state)
{
    static const struct {
        size_t strangers, credentials;
    } rows[] = {{SIDE_SPEAKERS_MANY, 1}, {ACCREDITORS_NAMED_MAX, 0}};
    const struct subject her = world_subject(HER);

    (void)state;
    for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) {
        const size_t strangers = rows[i / 2].strangers, credentials = rows[i / 2].credentials;
        const struct log_state before = ase.state;
        const size_t mark = arena_mark(&world.arena);
        struct store_txn *txn = world_write(&world);
        struct dossier dossier;

        if (i % 2 == 0) {
            speak_beside(txn, &her, strangers);
        }
        world_begin_log(&world, txn, &issuer, 3, EARLY_S);
        if (i % 2 != 0) {
            speak_beside(txn, &her, strangers);
        }
        attest_beside(txn, &her);
        assert_int_equal(
            store_dossier(txn, &world.network, &trust, &her, DOSSIER_REACH_ALL, &dossier, &world.arena),
            STORE_OK);
        if (dossier.credential_count != credentials || dossier.cuts.credentials != (credentials == 0) ||
            !dossier.cuts.listed) {
            fail_msg("%zu strangers, met %s", strangers, i % 2 == 0 ? "first" : "last");
        }
        store_end(txn);
        arena_rewind(&world.arena, mark);
        ase.state = before;
    }
}

/* ---- how much is said of her ---- */

static uint32_t number_of_stranger(struct store_txn *txn, size_t n)
{
    const struct actor_id stranger = nth_lacking(n);
    struct disk_author row;

    assert_int_equal(author_intern(txn, &stranger, &row), STORE_OK);
    assert_int_equal(author_write(txn, &stranger, &row), STORE_OK);
    return row.number;
}

static void post(struct store_txn *txn, const struct subject *her, uint32_t author, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint64_t place = place_of(author, i / BLOCK_ENTRIES_MAX, i % BLOCK_ENTRIES_MAX);

        assert_int_equal(index_add(txn, her, place), STORE_OK);
    }
}

/* Those of one stranger that lead nowhere are passed by, as many as that many are; then each counts, whoever
 * it is of. */
static void post_in_vain(struct store_txn *txn, const struct subject *her, size_t count)
{
    post(txn, her, number_of_stranger(txn, 0), POSTINGS_PASSED_BY_MAX);
    for (size_t n = 1; count > 0; n++) {
        const size_t of_one = count < POSTINGS_EACH_MAX ? count : POSTINGS_EACH_MAX;

        post(txn, her, number_of_stranger(txn, n), of_one);
        count -= of_one;
    }
}

static void more_postings_than_a_search_returns_are_a_limit(void **state)
{
    static const struct {
        size_t count;
        bool cut;
    } rows[] = {{POSTINGS_FOUND_MAX - 1, false}, {POSTINGS_FOUND_MAX, true}};
    const struct subject her = world_subject(HER);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const size_t mark = arena_mark(&world.arena);
        struct store_txn *txn = world_write(&world);
        struct dossier dossier;

        post_in_vain(txn, &her, rows[i].count);
        assert_int_equal(
            store_dossier(txn, &world.network, &trust, &her, DOSSIER_REACH_ALL, &dossier, &world.arena),
            STORE_OK);
        assert_int_equal(dossier.credential_count, 0);
        assert_int_equal(dossier.cuts.credentials, rows[i].cut);
        assert_int_equal(dossier.cuts.listed, rows[i].cut);
        store_end(txn);
        arena_rewind(&world.arena, mark);
    }
}

/* In a block that the issuer dropped and a cut keeps. */
static void more_that_a_cut_keeps_than_is_taken_of_one_author_is_a_limit(void **state)
{
    static const struct {
        size_t count;
        bool cut;
    } rows[] = {{DOSSIER_CREDENTIALS_EACH_MAX, false}, {DOSSIER_CREDENTIALS_EACH_MAX + 1, true}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct subject her = world_subject(HER);
        const struct log_state before = ase.state;
        const size_t mark = arena_mark(&world.arena);
        struct attestation attestation = build_attestation(&ase.actor.id, "ase/A5", 40000, 42000);
        struct store_txn *txn = world_write(&world);
        struct dossier dossier;
        struct draft draft;
        struct named kept;

        attestation.subject = her;
        world_begin_log(&world, txn, &issuer, 3, EARLY_S);
        accredit_for_all(txn, &issuer);
        world_draft(&world, &draft, CLASS_CONTENT);
        for (size_t j = 0; j < rows[i].count; j++) {
            world_add(&draft, ENTRY_ATTESTATION, &attestation);
        }
        kept = drop(txn, &issuer, &draft);
        draft_withdrawal(&draft, &issuer, &kept);
        world_publish(&world, txn, &ase, &draft, EARLY_S);
        assert_int_equal(
            store_dossier(txn, &world.network, &trust, &her, DOSSIER_REACH_ALL, &dossier, &world.arena),
            STORE_OK);
        assert_int_equal(dossier.credential_count, DOSSIER_CREDENTIALS_EACH_MAX);
        assert_int_equal(dossier.cuts.credentials, rows[i].cut);
        store_end(txn);
        arena_rewind(&world.arena, mark);
        ase.state = before;
    }
}

/* ---- which shops say that she joined ---- */

static struct world_author maria, garage, rival;

/* Of strangers, each of whom says something under a key, as far as the index knows. */
static void crowd_speaks(struct store_txn *txn, const struct key *about, size_t count, bool beside)
{
    enum { SIDE_KEY_TAIL = 8 + 2 };

    for (size_t i = 0; i < count; i++) {
        const struct actor_id stranger = nth_lacking(i);
        struct disk_author row;
        struct key key = *about;

        assert_int_equal(author_intern(txn, &stranger, &row), STORE_OK);
        assert_int_equal(author_write(txn, &stranger, &row), STORE_OK);
        if (!beside) {
            assert_int_equal(grant_put(txn, about, &(struct entry_at){row.number, 1, 0}), STORE_OK);
            continue;
        }
        grant_key_add_author(&key, row.number);
        key.size += SIDE_KEY_TAIL;
        memset(key.bytes + key.size - SIDE_KEY_TAIL, 0, SIDE_KEY_TAIL);
        assert_int_equal(table_put(txn, TABLE_SIDE_ENTRIES, &key, NULL, 0), STORE_OK);
    }
}

/* The garage by a key of hers, the rival by one that nobody knows for hers. */
static void join(struct store_txn *txn, struct world_author *shop, uint64_t seed, bool beside)
{
    struct built_key made_up;
    struct affiliation joined;

    build_key(&made_up, ROLE_PRESENT, 77, 0);
    world_begin_log(&world, txn, shop, seed, EARLY_S);
    joined = world_joined(&world, &maria.actor.id, &shop->actor.id, 0,
                          shop == &garage ? &maria.actor.built[WORLD_PRESENT_KEY] : &made_up);
    if (beside) {
        struct block block;
        struct draft draft;

        draft_one(&draft, CLASS_CONTENT, ENTRY_AFFILIATION, &joined);
        branch_sign(&block, &world, txn, shop, &draft, EARLY_S);
        assert_int_equal(store_put_side_block(txn, &world.network, &block, EARLY_S), STORE_OK);
    } else {
        world_publish_one(&world, txn, shop, CLASS_CONTENT, ENTRY_AFFILIATION, &joined, EARLY_S);
    }
}

/* Those that are left are the same at every node: those that she surely joined, on their chains. */
static void of_a_crowd_of_shops_the_same_are_heard_at_every_node(void **state)
{
    static const struct {
        bool beside;
        size_t crowd;
        size_t heard;
        bool cut;
    } rows[] = {
        {false, DOSSIER_AFFILIATIONS_MAX - 2, 2, false},
        {false, DOSSIER_AFFILIATIONS_MAX - 1, 1, true},
        {true, SIDE_SPEAKERS_MANY - 2, 2, false},
        {true, SIDE_SPEAKERS_MANY - 1, 0, true},
    };

    (void)state;
    for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) {
        const bool beside = rows[i / 2].beside, crowd_first = i % 2 == 0;
        const size_t mark = arena_mark(&world.arena);
        struct store_txn *txn = world_write(&world);
        struct subject her;
        struct dossier dossier;
        struct key key;

        world_begin_log(&world, txn, &maria, 4, EARLY_S);
        her = subject_of_actor(&maria.actor.id);
        key = grant_key_of_actor(GRANT_JOINED, &maria.actor.id);
        if (crowd_first) {
            crowd_speaks(txn, &key, rows[i / 2].crowd, beside);
        }
        join(txn, &rival, 5, beside);
        join(txn, &garage, 6, beside);
        if (!crowd_first) {
            crowd_speaks(txn, &key, rows[i / 2].crowd, beside);
        }
        assert_int_equal(
            store_dossier(txn, &world.network, &trust, &her, DOSSIER_REACH_ALL, &dossier, &world.arena),
            STORE_OK);
        store_end(txn);
        if (dossier.affiliation_count != rows[i / 2].heard || dossier.cuts.affiliations != rows[i / 2].cut ||
            (dossier.affiliation_count == 1 && dossier.affiliations[0].signature != REASON_NONE)) {
            fail_msg("%zu shops %s, met %s: %zu", rows[i / 2].crowd, beside ? "beside" : "on chains",
                     crowd_first ? "first" : "last", dossier.affiliation_count);
        }
        arena_rewind(&world.arena, mark);
    }
}

/* ---- few accreditors each of many ---- */

enum { FEW = 8, EACH = 16, ISSUERS = DOSSIER_GRANTS_MAX / FEW / EACH + 2 };

/* Nobody knows any of them: few accredit each issuer, and say little of it. */
static void few_accreditors_each_of_many_take_no_more_than_there_is_room_for(void **state)
{
    const struct bytes pattern = bytes_of_string("ase/*");
    const struct subject her = world_subject(HER);
    static struct world_author issuers[ISSUERS], by;
    struct store_txn *txn = world_write(&world);
    struct dossier dossier;

    (void)state;
    for (uint64_t i = 0; i < ISSUERS; i++) {
        world_begin_log(&world, txn, &issuers[i], 1000 + i, EARLY_S);
        world_attest(&world, txn, &issuers[i], &her, 1, "ase/A5", EARLY_S);
    }
    for (uint64_t i = 0; i < FEW; i++) {
        const size_t mark = arena_mark(&world.arena);
        struct draft draft;

        world_begin_log(&world, txn, &by, 2000 + i, EARLY_S);
        world_draft(&world, &draft, CLASS_GOVERN);
        for (size_t k = 0; k < ISSUERS * EACH; k++) {
            const struct accreditation record = accreditation_of(&issuers[k / EACH].actor.id, 1, &pattern);

            world_add(&draft, ENTRY_ACCREDITATION, &record);
        }
        world_publish(&world, txn, &by, &draft, EARLY_S);
        arena_rewind(&world.arena, mark);
    }
    assert_int_equal(
        store_dossier(txn, &world.network, &trust, &her, DOSSIER_REACH_ALL, &dossier, &world.arena),
        STORE_OK);
    assert_in_range(dossier.accreditation_count, 1, DOSSIER_GRANTS_MAX);
    store_end(txn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_too_far_down_is_unknown),
        cmocka_unit_test(a_chain_below_too_many_cuts_is_unknown),
        cmocka_unit_test(cuts_of_successions_are_a_limit_where_their_namespace_is_asked_about),
    };

    const struct CMUnitTest tests_of_many[] = {
        cmocka_unit_test(more_who_lack_than_are_looked_at_are_a_limit),
        cmocka_unit_test(what_cuts_keep_that_cuts_keep_is_followed_so_far),
        cmocka_unit_test(who_of_many_is_heard_beside_the_chains_is_the_same_at_every_node),
        cmocka_unit_test(more_postings_than_a_search_returns_are_a_limit),
        cmocka_unit_test(more_that_a_cut_keeps_than_is_taken_of_one_author_is_a_limit),
        cmocka_unit_test(of_a_crowd_of_shops_the_same_are_heard_at_every_node),
        cmocka_unit_test(few_accreditors_each_of_many_take_no_more_than_there_is_room_for),
    };
    const int failed = cmocka_run_group_tests_name("store limits below cuts", tests, setup, teardown);

    return failed + cmocka_run_group_tests_name("store limits of many", tests_of_many, setup_owner, teardown);
}
