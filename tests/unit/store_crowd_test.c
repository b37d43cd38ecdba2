#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/log/checkpoint.h"
#include "protocol/rules/expression_text.h"
#include "protocol/rules/verdict.h"
#include "store/grants.h"
#include "tests/support/log_builder.h"
#include "tests/support/store_world.h"

/* Many speak about one person, or accredit whoever does, so that what counts is among more than a dossier
 * holds. Each world is made twice: with the honest authors first, and last, so that local numbers differ. */

enum { SYBIL_COUNT = 12, HER = 7, NOW_S = 1000, DAY = 40500 };

struct crowd {
    struct store_world world;
    struct world_author owner, issuer, sybils[SYBIL_COUNT];
    struct trust trust;
};

static struct crowd crowds[2];

static struct bytes any_code;

static void begin(struct crowd *crowd, struct store_txn *txn, bool honest)
{
    if (honest) {
        world_begin_log(&crowd->world, txn, &crowd->owner, 1, NOW_S);
        world_begin_log(&crowd->world, txn, &crowd->issuer, 2, NOW_S);
        return;
    }
    for (size_t i = 0; i < SYBIL_COUNT; i++) {
        world_begin_log(&crowd->world, txn, &crowd->sybils[i], 10 + i, NOW_S);
    }
}

static void add_accreditation(struct draft *draft, const struct world_author *delegate, uint64_t depth,
                              uint32_t from)
{
    const struct accreditation record = {.delegate = delegate->actor.id,
                                         .patterns = {.items = &any_code, .count = 1},
                                         .from = from,
                                         .depth = depth};

    world_add(draft, ENTRY_ACCREDITATION, &record);
}

/* The same accreditation over and over, of days that never end. */
static void accredit(struct crowd *crowd, struct store_txn *txn, struct world_author *by,
                     const struct world_author *delegate, uint64_t depth, size_t times)
{
    struct draft draft;

    world_draft(&crowd->world, &draft, CLASS_GOVERN);
    for (size_t i = 0; i < times; i++) {
        add_accreditation(&draft, delegate, depth, 30000 + (uint32_t)i);
    }
    world_publish(&crowd->world, txn, by, &draft, NOW_S);
}

static void attest(struct crowd *crowd, struct store_txn *txn, struct world_author *by, size_t times)
{
    static struct subject subjects[BLOCK_ENTRIES_MAX];

    for (size_t i = 0; i < times; i++) {
        subjects[i] = world_subject(HER);
    }
    world_attest(&crowd->world, txn, by, subjects, times, "ase/A5", NOW_S);
}

static void publish_pack(struct crowd *crowd, struct store_txn *txn)
{
    const struct pack_code codes[] = {{.code = bytes_of_string("A5"), .title = bytes_of_string("Brakes")},
                                      {.code = bytes_of_string("B9"), .title = bytes_of_string("Paint")}};
    const struct rule_pack pack = {.name_space = bytes_of_string("ase"),
                                   .version = 1,
                                   .in_force_from = 30000,
                                   .codes = {.items = codes, .count = 2}};
    struct draft draft;

    world_draft(&crowd->world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_RULE_PACK, &pack);
    world_publish(&crowd->world, txn, &crowd->owner, &draft, NOW_S);
}

static void make(struct crowd *crowd, bool honest_first)
{
    struct trust_owner owner = {.name_space = "ase"};
    struct store_txn *txn;

    any_code = bytes_of_string("ase/*");
    world_init(&crowd->world);
    memset(&crowd->trust, 0, sizeof crowd->trust);
    txn = world_write(&crowd->world);
    begin(crowd, txn, honest_first);
    begin(crowd, txn, !honest_first);
    publish_pack(crowd, txn);
    world_commit(txn);
    owner.actor = crowd->owner.actor.id;
    assert_int_equal(trust_add_owner(&crowd->trust, &owner), TRUST_OK);
}

static int setup(void **state)
{
    (void)state;
    make(&crowds[0], true);
    make(&crowds[1], false);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&crowds[0].world);
    world_deinit(&crowds[1].world);
    return 0;
}

/* How far its log goes: without it nobody's evidence is fresh. */
static void sign_checkpoint(struct crowd *crowd, struct store_txn *txn, struct world_author *author)
{
    enum { CHECKPOINT_KEY = 2 };
    const struct checkpoint record = {.author = author->actor.id,
                                      .epoch = author->state.epoch,
                                      .seq = author->state.seq,
                                      .head = author->state.head,
                                      .time_s = NOW_S};
    struct signed_checkpoint signed_record;
    uint8_t memory[1024];
    struct bytes encoded;

    checkpoint_sign(&signed_record, &record, &crowd->world.network, CHECKPOINT_KEY,
                    &author->actor.built[CHECKPOINT_KEY].secret);
    assert_true(schema_encode(&signed_checkpoint_schema, &signed_record, memory, sizeof memory, &encoded));
    assert_int_equal(store_put_checkpoint(txn, &author->actor.id, encoded), STORE_OK);
}

static void sign_checkpoints(struct crowd *crowd, struct store_txn *txn)
{
    sign_checkpoint(crowd, txn, &crowd->owner);
    sign_checkpoint(crowd, txn, &crowd->issuer);
    for (size_t i = 0; i < SYBIL_COUNT; i++) {
        sign_checkpoint(crowd, txn, &crowd->sybils[i]);
    }
}

/* ---- what comes out ---- */

/* required "": nothing is. */
static void decide(struct crowd *crowd, const char *required, struct dossier *dossier,
                   struct verdict *verdict)
{
    const struct subject subject = world_subject(HER);
    struct question question = {.network = &crowd->world.network,
                                .at_day = DAY,
                                .now_s = NOW_S,
                                .known_by_s = UINT64_MAX,
                                .budget = {UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    struct arena *arena = &crowd->world.arena;
    struct expression expression;
    struct expression_error error;
    struct store_txn *txn = world_read(&crowd->world);

    assert_int_equal(
        store_dossier(txn, &crowd->world.network, &crowd->trust, &subject, DOSSIER_REACH_ALL, dossier, arena),
        STORE_OK);
    store_end(txn);
    if (required[0] != '\0') {
        assert_true(expression_parse(&expression, &error, SCOPE_REQUIREMENT, bytes_of_string(required),
                                     (struct bytes){0}, arena));
        question.requirement = &expression;
    }
    assert_true(verdict_of(verdict, dossier, &crowd->trust, &question, arena));
}

static const struct credential_verdict *honest_one(const struct crowd *crowd, const struct dossier *dossier,
                                                   const struct verdict *verdict)
{
    for (size_t i = 0; i < dossier->credential_count; i++) {
        const struct dossier_log *log = dossier_log_at(dossier, &dossier->credentials[i].place);

        if (actor_id_equal(&log->author, &crowd->issuer.actor.id)) {
            return &verdict->credentials[i];
        }
    }
    return NULL;
}

/* Her certificate is there, and its issuer authorised, whoever has which number. */
static void check_authorised(const char *sentence)
{
    struct dossier dossiers[2];
    struct verdict verdicts[2];

    for (size_t i = 0; i < 2; i++) {
        const struct credential_verdict *verdict;

        decide(&crowds[i], "", &dossiers[i], &verdicts[i]);
        verdict = honest_one(&crowds[i], &dossiers[i], &verdicts[i]);
        if (!verdict) {
            fail_msg("%s: her certificate is gone", sentence);
            return;
        }
        if (verdict->axes[AXIS_AUTHORITY].answer != ANSWER_YES) {
            fail_msg("%s: %s", sentence, reason_word(verdict->axes[AXIS_AUTHORITY].reason));
        }
    }
    assert_int_equal(dossiers[0].credential_count, dossiers[1].credential_count);
    assert_int_equal(dossiers[0].accreditation_count, dossiers[1].accreditation_count);
    for (size_t i = 0; i < dossiers[0].credential_count; i++) {
        assert_memory_equal(&dossiers[0].credentials[i].place.leaf, &dossiers[1].credentials[i].place.leaf,
                            HASH_SIZE);
    }
}

/* ---- cases ---- */

static void four_strangers_with_256_attestations_each(void **state)
{
    struct dossier dossier;
    struct verdict verdict;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct store_txn *txn = world_write(&crowds[i].world);

        accredit(&crowds[i], txn, &crowds[i].owner, &crowds[i].issuer, 0, 1);
        for (size_t j = 0; j < 4; j++) {
            attest(&crowds[i], txn, &crowds[i].sybils[j], 256);
        }
        attest(&crowds[i], txn, &crowds[i].issuer, 1);
        sign_checkpoint(&crowds[i], txn, &crowds[i].owner);
        sign_checkpoint(&crowds[i], txn, &crowds[i].issuer);
        world_commit(txn);
    }
    check_authorised("four strangers");
    decide(&crowds[0], "not tested ase/B9", &dossier, &verdict);
    assert_int_equal(verdict.requirement, ANSWER_YES); /* no stranger makes it doubtful */
    assert_int_equal(verdict.reason, REASON_NONE);
}

static void strangers_whose_accreditors_fill_the_dossier(void **state)
{
    enum { STRANGERS_HEARD_MAX = 64 + 4 };
    struct dossier dossier;
    struct verdict verdict;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct store_txn *txn = world_write(&crowds[i].world);

        accredit(&crowds[i], txn, &crowds[i].owner, &crowds[i].issuer, 0, 1);
        attest(&crowds[i], txn, &crowds[i].issuer, 1);
        for (size_t j = 0; j < SYBIL_COUNT; j++) {
            attest(&crowds[i], txn, &crowds[i].sybils[j], 1);
            for (size_t k = 0; k < SYBIL_COUNT; k++) {
                accredit(&crowds[i], txn, &crowds[i].sybils[k], &crowds[i].sybils[j], 8, GRANTS_EACH_MAX);
            }
        }
        world_commit(txn);
    }
    check_authorised("64 accreditations of a junk issuer each");
    decide(&crowds[0], "", &dossier, &verdict);
    assert_true(dossier.accreditation_count <= 1 + STRANGERS_HEARD_MAX);
}

static void strangers_who_accredit_the_honest_one_12_x_64_times(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct store_txn *txn = world_write(&crowds[i].world);

        for (size_t j = 0; j < SYBIL_COUNT; j++) {
            accredit(&crowds[i], txn, &crowds[i].sybils[j], &crowds[i].issuer, 8, GRANTS_EACH_MAX);
        }
        accredit(&crowds[i], txn, &crowds[i].owner, &crowds[i].issuer, 0, 1);
        attest(&crowds[i], txn, &crowds[i].issuer, 1);
        world_commit(txn);
    }
    check_authorised("12 x 64 accreditations of the honest one");
}

/* A no stays one: a crowd makes nobody's end doubtful. */
static void strangers_make_no_no_doubtful(void **state)
{
    struct dossier dossier;
    struct verdict verdict;
    struct store_txn *txn = world_write(&crowds[0].world);

    (void)state;
    for (size_t j = 0; j < SYBIL_COUNT; j++) {
        accredit(&crowds[0], txn, &crowds[0].sybils[j], &crowds[0].issuer, 8, GRANTS_EACH_MAX);
    }
    attest(&crowds[0], txn, &crowds[0].issuer, 1);
    world_commit(txn);
    decide(&crowds[0], "", &dossier, &verdict);
    assert_int_equal(verdict.credentials[0].axes[AXIS_AUTHORITY].answer, ANSWER_NO);
    assert_int_equal(verdict.credentials[0].axes[AXIS_AUTHORITY].reason, REASON_UNTRUSTED);
}

static void take_back(struct crowd *crowd, struct store_txn *txn, struct world_author *by, size_t times)
{
    const struct withdrawal record = {
        .delegate = crowd->issuer.actor.id, .has_accreditation = true, .accreditation = {.seq = 1}};
    struct draft draft;

    world_draft(&crowd->world, &draft, CLASS_GOVERN);
    for (size_t i = 0; i < times; i++) {
        world_add(&draft, ENTRY_WITHDRAWAL, &record);
    }
    world_publish(&crowd->world, txn, by, &draft, NOW_S);
}

/* Of one alone nobody asks how it stands, unless it says more than is looked at. */
static void what_one_stranger_says_too_much_of_is_no_limit(void **state)
{
    static const struct {
        const char *sentence;
        size_t accreditations, withdrawals;
        size_t gathered;
    } rows[] = {
        {"one of each", 1, 1, 1},
        {"as many accreditations as of one are looked at", GRANTS_EACH_MAX, 0, 4},
        {"one more", GRANTS_EACH_MAX + 1, 0, 4},
        {"one more withdrawal", 1, GRANTS_EACH_MAX + 1, 1},
    };
    struct crowd *crowd = &crowds[0];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct dossier dossier;
        struct verdict verdict;
        struct store_txn *txn;

        teardown(state);
        setup(state);
        txn = world_write(&crowd->world);
        attest(crowd, txn, &crowd->issuer, 1);
        accredit(crowd, txn, &crowd->sybils[0], &crowd->issuer, 8, rows[i].accreditations);
        if (rows[i].withdrawals > 0) {
            take_back(crowd, txn, &crowd->sybils[0], rows[i].withdrawals);
        }
        world_commit(txn);
        decide(crowd, "", &dossier, &verdict);
        if (dossier.cuts.accreditations || dossier.cuts.withdrawals ||
            dossier.accreditation_count != rows[i].gathered ||
            verdict.credentials[0].axes[AXIS_AUTHORITY].reason != REASON_UNTRUSTED) {
            fail_msg("%s", rows[i].sentence);
        }
    }
}

/* Those who may speak, and of whom more is there than is looked at: what is left out might be anything. */
static void a_list_that_was_cut_makes_absence_unknown(void **state)
{
    static const struct {
        const char *required, *sentence;
        enum answer wanted;
    } rows[] = {
        {"tested ase/A5", "what is there is there", ANSWER_YES},
        {"ase/A5", "also where it must be certified", ANSWER_YES},
        {"tested ase/B9", "what is not may have been left out", ANSWER_UNKNOWN},
        {"not tested ase/B9", "nor is it certain that there is none", ANSWER_UNKNOWN},
        {"tested ase/A5 and not tested ase/B9", "nor both", ANSWER_UNKNOWN},
        {"tested ase/A5 or tested ase/B9", "either is enough", ANSWER_YES},
        {"experience 1 year in ase/A5", "experience may have been left out too", ANSWER_UNKNOWN},
        {"not tested ase/A5", "the contrary of what is there is no", ANSWER_NO},
    };
    struct dossier dossier;
    struct verdict verdict;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct store_txn *txn = world_write(&crowds[i].world);

        for (size_t j = 0; j < 4; j++) {
            accredit(&crowds[i], txn, &crowds[i].owner, &crowds[i].sybils[j], 0, 1);
            attest(&crowds[i], txn, &crowds[i].sybils[j], 300);
        }
        accredit(&crowds[i], txn, &crowds[i].owner, &crowds[i].issuer, 0, 1);
        attest(&crowds[i], txn, &crowds[i].issuer, 1);
        sign_checkpoints(&crowds[i], txn);
        world_commit(txn);
    }
    check_authorised("each speaker once, before anybody twice");
    decide(&crowds[0], "", &dossier, &verdict);
    assert_true(dossier.cuts.listed);
    assert_int_equal(verdict.overall, OVERALL_UNDETERMINED);
    assert_int_equal(verdict.reason, REASON_LIMIT);
    assert_int_equal(honest_one(&crowds[0], &dossier, &verdict)->overall, OVERALL_VALID);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        decide(&crowds[0], rows[i].required, &dossier, &verdict);
        if (verdict.requirement != rows[i].wanted) {
            fail_msg("%s: %s: %d", rows[i].required, rows[i].sentence, (int)verdict.requirement);
        }
    }
}

/* One that may attest paint alone says more about her than there is room for. */
static void who_may_not_attest_a_code_leaves_it_in_no_doubt(void **state)
{
    static const struct {
        const char *required, *sentence;
        enum answer wanted;
    } rows[] = {
        {"ase/A5", "what another certified is certified", ANSWER_YES},
        {"tested ase/A7", "what nobody else tested was not", ANSWER_NO},
        {"not tested ase/A7", "for certain", ANSWER_YES},
        {"not experience 1 year in ase/A5", "nor documented", ANSWER_YES},
        {"tested ase/B9", "what it tested was", ANSWER_YES},
        {"tested ase/B8", "what it may have tested is not known", ANSWER_UNKNOWN},
        {"not tested ase/B8", "either way", ANSWER_UNKNOWN},
        {"tested ase/*", "what holds of some code holds", ANSWER_YES},
    };
    struct subject subjects[250];
    struct crowd *crowd = &crowds[0];
    struct store_txn *txn = world_write(&crowd->world);
    struct dossier dossier;
    struct verdict verdict;

    (void)state;
    accredit(crowd, txn, &crowd->owner, &crowd->issuer, 0, 1);
    attest(crowd, txn, &crowd->issuer, 1);
    any_code = bytes_of_string("ase/B*");
    accredit(crowd, txn, &crowd->owner, &crowd->sybils[0], 0, 1);
    for (size_t i = 0; i < 250; i++) {
        subjects[i] = world_subject(HER);
    }
    for (size_t i = 0; i < 4; i++) {
        world_attest(&crowd->world, txn, &crowd->sybils[0], subjects, 250, "ase/B9", NOW_S);
    }
    sign_checkpoints(crowd, txn);
    world_commit(txn);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        decide(crowd, rows[i].required, &dossier, &verdict);
        if (verdict.requirement != rows[i].wanted) {
            fail_msg("%s: %s: %d", rows[i].required, rows[i].sentence, (int)verdict.requirement);
        }
        assert_int_equal(verdict.reason, REASON_LIMIT);
    }
    decide(crowd, "", &dossier, &verdict);
    assert_int_equal(verdict.overall, OVERALL_UNDETERMINED); /* not all that she was given is listed */
    assert_int_equal(honest_one(crowd, &dossier, &verdict)->overall, OVERALL_VALID);
}

static void say_void(struct crowd *crowd, struct store_txn *txn, struct world_author *by, uint64_t first,
                     uint64_t last)
{
    const struct void_record voids = build_void(first, last, STATUS_REASON_KEY_COMPROMISE);
    struct draft draft;

    world_draft(&crowd->world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_VOID, &voids);
    world_publish(&crowd->world, txn, by, &draft, NOW_S);
}

static void withdraw(struct crowd *crowd, struct store_txn *txn, struct world_author *by,
                     const struct world_author *delegate, uint64_t seq, const struct hash *head, bool closed)
{
    const struct withdrawal withdrawal = {
        .delegate = delegate->actor.id, .has_cut = true, .cut_seq = seq, .cut_head = *head, .closed = closed};
    struct draft draft;

    world_draft(&crowd->world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_WITHDRAWAL, &withdrawal);
    world_publish(&crowd->world, txn, by, &draft, NOW_S);
}

/* What a thief of an issuer's key wrote about her in blocks of `each`, which is void now, or behind a cut, or
 * was left behind by a rotation. */
enum junk { JUNK_STANDS, JUNK_VOID, JUNK_DROPPED, JUNK_BEYOND, JUNK_VOID_AND_CUT };

static void write_junk(struct crowd *crowd, struct store_txn *txn, enum junk junk, size_t blocks, size_t each)
{
    struct world_author *issuer = &crowd->issuer;
    const uint64_t seq = issuer->state.seq;
    const struct hash head = issuer->state.head;

    for (size_t i = 0; i < blocks; i++) {
        attest(crowd, txn, issuer, each);
    }
    if (junk == JUNK_VOID || junk == JUNK_VOID_AND_CUT) {
        say_void(crowd, txn, issuer, seq + 1, seq + blocks);
    }
    if (junk == JUNK_DROPPED) {
        assert_int_equal(store_unwind_to(txn, &crowd->world.network, &issuer->actor.id, seq, NOW_S),
                         STORE_OK);
        assert_int_equal(store_log_state(txn, &issuer->actor.id, &issuer->state), STORE_OK);
        world_rotate(&crowd->world, txn, issuer, NOW_S);
    }
    if (junk == JUNK_BEYOND || junk == JUNK_VOID_AND_CUT) {
        withdraw(crowd, txn, &crowd->owner, issuer, seq, &head, false);
    }
}

/* Whether what the issuer says about her in that block is there. */
static bool has_block(const struct crowd *crowd, const struct dossier *dossier, uint64_t seq)
{
    for (size_t i = 0; i < dossier->credential_count; i++) {
        const struct dossier_place *place = &dossier->credentials[i].place;

        if (place->seq == seq &&
            actor_id_equal(&dossier_log_at(dossier, place)->author, &crowd->issuer.actor.id)) {
            return true;
        }
    }
    return false;
}

static void what_cannot_count_takes_no_room(void **state)
{
    static const struct {
        const char *sentence;
        enum junk junk;
        size_t blocks, each;
        bool there, limit;
    } rows[] = {
        {"what stands takes all the room that its author has", JUNK_STANDS, 2, 300, false, true},
        {"what is void takes none", JUNK_VOID, 1, 300, true, false},
        {"however many blocks it is, also of those that the index has in order", JUNK_VOID, 5, 1200, true,
         false},
        {"what a rotation dropped takes none", JUNK_DROPPED, 1, 300, true, false},
        {"however much that was", JUNK_DROPPED, 5, 1200, true, false},
        {"what stands beyond a cut may count against somebody", JUNK_BEYOND, 2, 300, false, true},
        {"who was cut may be beyond it where it voids", JUNK_VOID_AND_CUT, 2, 300, true, true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct crowd *crowd = &crowds[0];
        struct store_txn *txn;
        struct dossier dossier;
        struct verdict verdict;
        bool there;

        if (i > 0) {
            teardown(state);
            setup(state);
        }
        txn = world_write(&crowd->world);
        accredit(crowd, txn, &crowd->owner, &crowd->issuer, 0, 1);
        attest(crowd, txn, &crowd->issuer, 1);
        write_junk(crowd, txn, rows[i].junk, rows[i].blocks, rows[i].each);
        attest(crowd, txn, &crowd->issuer, 1);
        world_commit(txn);
        decide(crowd, "", &dossier, &verdict);
        there = has_block(crowd, &dossier, 1);
        if (there != rows[i].there || dossier.cuts.listed != rows[i].limit) {
            fail_msg("%s: there %d, limit %d", rows[i].sentence, (int)there, (int)dossier.cuts.listed);
        }
        if (!has_block(crowd, &dossier, crowd->issuer.state.seq)) {
            fail_msg("%s: the newest is gone", rows[i].sentence);
        }
    }
}

/* A delegate that was withdrawn fills what it likes. Its accreditor is one of the owner's. */
static void what_a_closed_delegate_says_sets_no_limit(void **state)
{
    static const struct {
        const char *sentence;
        size_t within; /* that it says about her before the cut */
        bool closed, accreditor_cut, limit;
    } rows[] = {
        {"it said nothing before it was closed", 0, true, false, false},
        {"beyond a cut that isn't closed it may count against somebody", 0, false, false, true},
        {"what it said before may have been left out", 1, true, false, true},
        {"who closed it was beyond a cut itself", 0, true, true, true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct crowd *crowd = &crowds[0];
        struct world_author *accreditor = &crowd->sybils[1];
        struct world_author *delegate = &crowd->sybils[0];
        struct dossier dossier;
        struct verdict verdict;
        struct store_txn *txn;
        struct hash head;

        if (i > 0) {
            teardown(state);
            setup(state);
        }
        txn = world_write(&crowd->world);
        accredit(crowd, txn, &crowd->owner, &crowd->issuer, 0, 1);
        accredit(crowd, txn, &crowd->owner, accreditor, 1, 1);
        accredit(crowd, txn, accreditor, delegate, 0, 1);
        attest(crowd, txn, &crowd->issuer, 1);
        if (rows[i].within > 0) {
            attest(crowd, txn, delegate, rows[i].within);
        }
        head = accreditor->state.head;
        withdraw(crowd, txn, accreditor, delegate, delegate->state.seq, &delegate->state.head,
                 rows[i].closed);
        if (rows[i].accreditor_cut) {
            withdraw(crowd, txn, &crowd->owner, accreditor, 1, &head, false);
        }
        attest(crowd, txn, delegate, 900);
        world_commit(txn);
        decide(crowd, "", &dossier, &verdict);
        assert_non_null(honest_one(crowd, &dossier, &verdict));
        if (dossier.cuts.listed != rows[i].limit) {
            fail_msg("%s: limit %d", rows[i].sentence, (int)dossier.cuts.listed);
        }
    }
}

/* An accreditor that says more of one delegate than is looked at may have said what counts. */
static void accreditations_that_were_cut_make_no_unknown(void **state)
{
    struct dossier dossier;
    struct verdict verdict;
    struct store_txn *txn = world_write(&crowds[0].world);
    const struct accreditation late = {
        .delegate = crowds[0].issuer.actor.id, .patterns = {.items = &any_code, .count = 1}, .from = 45000};
    struct draft draft;

    (void)state;
    accredit(&crowds[0], txn, &crowds[0].owner, &crowds[0].issuer, 0, 1);
    attest(&crowds[0], txn, &crowds[0].issuer, 1);
    world_draft(&crowds[0].world, &draft, CLASS_GOVERN);
    for (size_t i = 0; i < GRANTS_EACH_MAX - 1; i++) {
        world_add(&draft, ENTRY_ACCREDITATION, &late);
    }
    world_publish(&crowds[0].world, txn, &crowds[0].owner, &draft, NOW_S);
    world_commit(txn);
    decide(&crowds[0], "", &dossier, &verdict);
    assert_int_equal(verdict.credentials[0].axes[AXIS_AUTHORITY].answer, ANSWER_YES);
    txn = world_write(&crowds[0].world);
    world_draft(&crowds[0].world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_ACCREDITATION, &late);
    world_publish(&crowds[0].world, txn, &crowds[0].owner, &draft, NOW_S);
    world_commit(txn);
    decide(&crowds[0], "", &dossier, &verdict);
    assert_int_equal(verdict.credentials[0].axes[AXIS_AUTHORITY].answer, ANSWER_UNKNOWN);
    assert_int_equal(verdict.credentials[0].axes[AXIS_AUTHORITY].reason, REASON_LIMIT);
}

/* ---- memory ---- */

/* Whatever the arena holds, the dossier is the ample one or the answer is that there is not enough memory:
 * nothing is damaged, and nothing is left out in silence. */
static void a_small_arena_is_said_to_be_small(void **state)
{
    const struct subject subject = world_subject(HER);
    struct crowd *crowd = &crowds[0];
    struct store_txn *txn = world_write(&crowd->world);
    struct dossier dossier;
    size_t fitted = 0;

    (void)state;
    accredit(crowd, txn, &crowd->owner, &crowd->issuer, 0, 3);
    attest(crowd, txn, &crowd->issuer, 3);
    world_commit(txn);
    for (size_t capacity = 0; capacity < 128 * 1024; capacity += 64) {
        struct arena arena;
        enum store_error error;

        arena_init(&arena, crowd->world.memory + crowd->world.arena.capacity / 2, capacity);
        txn = world_read(&crowd->world);
        error = store_dossier(txn, &crowd->world.network, &crowd->trust, &subject, DOSSIER_REACH_ALL,
                              &dossier, &arena);
        store_end(txn);
        if (error == STORE_NO_MEMORY) {
            continue;
        }
        assert_int_equal(error, STORE_OK);
        assert_int_equal(dossier.credential_count, 3);
        assert_int_equal(dossier.accreditation_count, 3);
        assert_int_equal(dossier.pack_count, 1);
        fitted++;
    }
    assert_true(fitted > 0);
}

/* ---- those who may speak ---- */

enum { MEDDLERS = 70, EACH = 63 };

struct meddling {
    const char *sentence;
    uint64_t depth;          /* of the meddlers */
    size_t times, withdrawn; /* that each accredits the issuer, and takes it back again */
    size_t made;             /* that each is accredited itself */
};

/* The owner lets MAKER accredit others, and those accredit the issuer over and over; and one more, who does
 * so once. */
static void meddle(struct crowd *crowd, const struct meddling *meddling, bool honest_first)
{
    static struct world_author maker, honest, meddlers[MEDDLERS];
    struct store_txn *txn = world_write(&crowd->world);

    if (honest_first) {
        world_begin_log(&crowd->world, txn, &honest, 99, NOW_S);
    }
    world_begin_log(&crowd->world, txn, &maker, 98, NOW_S);
    accredit(crowd, txn, &crowd->owner, &maker, meddling->depth + 1, 1);
    for (size_t i = 0; i < MEDDLERS; i++) {
        world_begin_log(&crowd->world, txn, &meddlers[i], (uint32_t)(100 + i), NOW_S);
        accredit(crowd, txn, &maker, &meddlers[i], meddling->depth, meddling->made);
        accredit(crowd, txn, &meddlers[i], &crowd->issuer, meddling->depth, meddling->times);
        if (meddling->withdrawn > 0) {
            take_back(crowd, txn, &meddlers[i], meddling->withdrawn);
        }
    }
    if (!honest_first) {
        world_begin_log(&crowd->world, txn, &honest, 99, NOW_S);
    }
    accredit(crowd, txn, &crowd->owner, &honest, 1, 1);
    accredit(crowd, txn, &honest, &crowd->issuer, 0, 1);
    attest(crowd, txn, &crowd->issuer, 1);
    world_commit(txn);
}

static void those_who_may_accredit_take_no_room_of_others(void **state)
{
    static const struct meddling rows[] = {
        {"they may accredit nobody", 0, EACH, 0, 1},
        {"nor take back whom they did", 0, EACH, EACH, 1},
        {"they may", 1, EACH, 0, 1},
        {"and take all of it back", 1, EACH, EACH, 1},
        {"more than is looked at", 1, 1, GRANTS_EACH_MAX + 1, 1},
        {"and were accredited as often themselves", 1, EACH, 0, EACH},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        teardown(state);
        setup(state);
        for (size_t k = 0; k < 2; k++) {
            struct dossier dossier;
            struct verdict verdict;

            meddle(&crowds[k], &rows[i], k == 0);
            decide(&crowds[k], "", &dossier, &verdict);
            if (verdict.credentials[0].axes[AXIS_AUTHORITY].answer != ANSWER_YES) {
                fail_msg("%s, in world %zu: %s", rows[i].sentence, k,
                         reason_word(verdict.credentials[0].axes[AXIS_AUTHORITY].reason));
            }
        }
    }
}

#define IN_CROWD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_CROWD(four_strangers_with_256_attestations_each),
        IN_CROWD(strangers_whose_accreditors_fill_the_dossier),
        IN_CROWD(those_who_may_accredit_take_no_room_of_others),
        IN_CROWD(strangers_who_accredit_the_honest_one_12_x_64_times),
        IN_CROWD(strangers_make_no_no_doubtful),
        IN_CROWD(what_one_stranger_says_too_much_of_is_no_limit),
        IN_CROWD(a_list_that_was_cut_makes_absence_unknown),
        IN_CROWD(who_may_not_attest_a_code_leaves_it_in_no_doubt),
        IN_CROWD(what_cannot_count_takes_no_room),
        IN_CROWD(what_a_closed_delegate_says_sets_no_limit),
        IN_CROWD(accreditations_that_were_cut_make_no_unknown),
        IN_CROWD(a_small_arena_is_said_to_be_small),
    };

    return cmocka_run_group_tests_name("store crowd", tests, NULL, NULL);
}
