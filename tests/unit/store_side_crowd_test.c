#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/log/checkpoint.h"
#include "protocol/rules/verdict.h"
#include "store/grants.h"
#include "tests/support/store_world.h"

/* Much is said on side branches, by those who may speak and with keys that were rotated away: what counts is
 * found among it, and what can't count makes nothing doubtful. Each world is made twice, so that local author
 * numbers differ: with the rival's log first, and last. */

enum {
    HER = 7,
    ANOTHER = 8,
    EARLY_S = 1000,
    ROTATED_S = 2000,
    LATER_S = 3000,
    DAY = 40500,
    MANY = 70,
    SAYABLE = 30
};

struct crowd {
    struct store_world world;
    struct world_author owner, school, rival;
    struct trust trust;
};

/* Blocks of a branch, the lowest first. */
struct branch {
    size_t count;
    struct block blocks[8];
};

static struct crowd crowds[2];
static struct bytes any_code;

/* ---- making it ---- */

static void accredit(struct crowd *crowd, struct store_txn *txn, const struct world_author *delegate)
{
    const struct accreditation record = {
        .delegate = delegate->actor.id, .patterns = {.items = &any_code, .count = 1}, .from = 30000};
    struct draft draft;

    world_draft(&crowd->world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_ACCREDITATION, &record);
    world_publish(&crowd->world, txn, &crowd->owner, &draft, EARLY_S);
}

static void publish_pack(struct crowd *crowd, struct store_txn *txn)
{
    const struct pack_code code = {.code = bytes_of_string("A5"), .title = bytes_of_string("Brakes")};
    const struct rule_pack pack = {.name_space = bytes_of_string("ase"),
                                   .version = 1,
                                   .in_force_from = 30000,
                                   .codes = {.items = &code, .count = 1}};
    struct draft draft;

    world_draft(&crowd->world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_RULE_PACK, &pack);
    world_publish(&crowd->world, txn, &crowd->owner, &draft, EARLY_S);
}

static void make(struct crowd *crowd, bool rival_first)
{
    struct trust_owner owner = {.name_space = "ase"};
    struct store_txn *txn;

    any_code = bytes_of_string("ase/*");
    world_init(&crowd->world);
    memset(&crowd->trust, 0, sizeof crowd->trust);
    txn = world_write(&crowd->world);
    if (rival_first) {
        world_begin_log(&crowd->world, txn, &crowd->rival, 3, EARLY_S);
    }
    world_begin_log(&crowd->world, txn, &crowd->owner, 1, EARLY_S);
    world_begin_log(&crowd->world, txn, &crowd->school, 2, EARLY_S);
    if (!rival_first) {
        world_begin_log(&crowd->world, txn, &crowd->rival, 3, EARLY_S);
    }
    publish_pack(crowd, txn);
    accredit(crowd, txn, &crowd->school);
    accredit(crowd, txn, &crowd->rival);
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

static void attest(struct crowd *crowd, struct store_txn *txn, struct world_author *by, uint64_t whom,
                   size_t times)
{
    static struct subject subjects[BLOCK_ENTRIES_MAX];

    for (size_t i = 0; i < times; i++) {
        subjects[i] = world_subject(whom);
    }
    world_attest(&crowd->world, txn, by, subjects, times, "ase/A5", EARLY_S);
}

/* The same statement of days that never end, over and over in one block. */
static void say(struct crowd *crowd, struct store_txn *txn, struct world_author *by, struct status status,
                size_t times)
{
    static uint32_t day = 39000;
    const struct index_range first = {0, 0};
    struct draft draft;

    status.entries = (struct list){.items = &first, .count = 1};
    world_draft(&crowd->world, &draft, CLASS_STATUS);
    for (size_t i = 0; i < times; i++) {
        status.effective_day = day++;
        world_add(&draft, ENTRY_STATUS, &status);
    }
    world_publish(&crowd->world, txn, by, &draft, EARLY_S);
}

static void make_void(struct crowd *crowd, struct store_txn *txn, struct world_author *by, uint64_t first,
                      uint64_t last, size_t times)
{
    const struct void_record record = {
        .has_range = true, .range = {first, last}, .reason = STATUS_REASON_KEY_COMPROMISE};
    struct draft draft;

    world_draft(&crowd->world, &draft, CLASS_GOVERN);
    for (size_t i = 0; i < times; i++) {
        world_add(&draft, ENTRY_VOID, &record);
    }
    world_publish(&crowd->world, txn, by, &draft, EARLY_S);
}

static void withdraw(struct crowd *crowd, struct store_txn *txn, const struct withdrawal *record,
                     size_t times)
{
    struct draft draft;

    world_draft(&crowd->world, &draft, CLASS_GOVERN);
    for (size_t i = 0; i < times; i++) {
        world_add(&draft, ENTRY_WITHDRAWAL, record);
    }
    world_publish(&crowd->world, txn, &crowd->owner, &draft, EARLY_S);
}

static void name_branches(struct crowd *crowd, struct store_txn *txn, struct world_author *by,
                          const struct block *firsts, size_t count)
{
    struct draft draft;

    world_draft(&crowd->world, &draft, CLASS_GOVERN);
    for (size_t i = 0; i < count; i++) {
        const struct void_record record = {.has_branch = true,
                                           .branch = {.epoch = firsts[i].header.epoch,
                                                      .fork_parent = firsts[i].header.previous,
                                                      .first = firsts[i].hash},
                                           .reason = STATUS_REASON_KEY_COMPROMISE};
        world_add(&draft, ENTRY_VOID, &record);
    }
    world_publish(&crowd->world, txn, by, &draft, LATER_S);
}

/* What is published between the two stands on a branch: taken out of the store again, and kept beside. */
static struct log_state branch_off(const struct world_author *author)
{
    return author->state;
}

static void end_branch(struct crowd *crowd, struct store_txn *txn, struct world_author *author,
                       const struct log_state *from, struct branch *branch)
{
    struct store_world *world = &crowd->world;

    branch->count = 0;
    for (uint64_t seq = from->seq + 1; seq <= author->state.seq; seq++) {
        struct bytes encoded;

        assert_int_equal(store_block_bytes(txn, &author->actor.id, seq, &encoded, &world->arena), STORE_OK);
        assert_int_equal(
            block_decode(&branch->blocks[branch->count++], &world->network, encoded, &world->arena),
            REASON_NONE);
    }
    store_end(txn);
    author->state = *from;
}

static void keep_aside(struct crowd *crowd, struct store_txn *txn, const struct branch *branch,
                       uint64_t arrived_s)
{
    for (size_t i = 0; i < branch->count; i++) {
        assert_int_equal(store_put_side_block(txn, &crowd->world.network, &branch->blocks[i], arrived_s),
                         STORE_OK);
    }
}

static void sign_checkpoint(struct crowd *crowd, struct store_txn *txn, struct world_author *author)
{
    enum { CHECKPOINT_KEY = 2 };
    const struct checkpoint record = {.author = author->actor.id,
                                      .epoch = author->state.epoch,
                                      .seq = author->state.seq,
                                      .head = author->state.head,
                                      .time_s = LATER_S};
    struct signed_checkpoint signed_record;
    uint8_t memory[1024];
    struct bytes encoded;

    checkpoint_sign(&signed_record, &record, &crowd->world.network, CHECKPOINT_KEY,
                    &author->actor.built[CHECKPOINT_KEY].secret);
    assert_true(schema_encode(&signed_checkpoint_schema, &signed_record, memory, sizeof memory, &encoded));
    assert_int_equal(store_put_checkpoint(txn, &author->actor.id, encoded), STORE_OK);
}

/* ---- asking ---- */

static struct dossier dossier;
static struct verdict verdict;

static void decide(struct crowd *crowd, const struct entry_name *name)
{
    const struct subject subject = world_subject(HER);
    const struct question question = {.network = &crowd->world.network,
                                      .at_day = DAY,
                                      .now_s = LATER_S,
                                      .known_by_s = UINT64_MAX,
                                      .budget = {UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    struct store_world *world = &crowd->world;
    struct store_txn *txn = world_write(world);

    sign_checkpoint(crowd, txn, &crowd->owner);
    sign_checkpoint(crowd, txn, &crowd->school);
    sign_checkpoint(crowd, txn, &crowd->rival);
    assert_int_equal(name ? store_dossier_of_entries(txn, &world->network, &crowd->trust, name, 1, &subject,
                                                     DOSSIER_REACH_ALL, &dossier, &world->arena)
                          : store_dossier(txn, &world->network, &crowd->trust, &subject, DOSSIER_REACH_ALL,
                                          &dossier, &world->arena),
                     STORE_OK);
    store_end(txn);
    assert_true(verdict_of(&verdict, &dossier, &crowd->trust, &question, &world->arena));
}

static const struct credential_verdict *of_school(const struct crowd *crowd)
{
    for (size_t i = 0; i < dossier.credential_count; i++) {
        if (actor_id_equal(&dossier_log_at(&dossier, &dossier.credentials[i].place)->author,
                           &crowd->school.actor.id)) {
            return &verdict.credentials[i];
        }
    }
    fail_msg("her certificate is gone");
    return NULL;
}

/* reason: why some axis is not yes; REASON_NONE when all are. */
static void expect(const char *sentence, const struct crowd *crowd, enum overall overall, enum reason reason)
{
    const struct credential_verdict *found = of_school(crowd);
    bool given = reason == REASON_NONE;

    for (size_t i = 0; i < AXIS_COUNT; i++) {
        given |= found->axes[i].answer != ANSWER_YES && found->axes[i].reason == reason;
    }
    if (found->overall == overall && given) {
        return;
    }
    for (size_t i = 0; i < AXIS_COUNT; i++) {
        print_message("axis %zu: %d %s\n", i, (int)found->axes[i].answer, reason_word(found->axes[i].reason));
    }
    fail_msg("%s: %d", sentence, (int)found->overall);
}

/* ---- nobody is crowded out ---- */

/* The school certifies her in a block that its rotation drops and that the owner's cut keeps. */
static void graduate(struct crowd *crowd, struct branch *kept)
{
    const struct log_state from = branch_off(&crowd->school);
    struct withdrawal record = {.delegate = crowd->school.actor.id, .has_cut = true, .closed = true};
    struct store_txn *txn = world_write(&crowd->world);

    attest(crowd, txn, &crowd->school, HER, 1);
    end_branch(crowd, txn, &crowd->school, &from, kept);
    txn = world_write(&crowd->world);
    keep_aside(crowd, txn, kept, EARLY_S);
    world_rotate(&crowd->world, txn, &crowd->school, ROTATED_S);
    record.cut_seq = kept->blocks[kept->count - 1].header.seq;
    record.cut_head = kept->blocks[kept->count - 1].hash;
    withdraw(crowd, txn, &record, 1);
    world_commit(txn);
}

/* So many attestations about her on a side branch of another delegate. */
static void flood(struct crowd *crowd, size_t blocks, size_t each)
{
    const struct log_state from = branch_off(&crowd->rival);
    struct branch branch;
    struct store_txn *txn = world_write(&crowd->world);

    for (size_t i = 0; i < blocks; i++) {
        attest(crowd, txn, &crowd->rival, HER, each);
    }
    end_branch(crowd, txn, &crowd->rival, &from, &branch);
    txn = world_write(&crowd->world);
    keep_aside(crowd, txn, &branch, EARLY_S);
    world_commit(txn);
}

static void a_rival_crowds_out_no_graduate_that_a_cut_keeps(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct branch kept;

        graduate(&crowds[i], &kept);
        flood(&crowds[i], 5, 240);
        decide(&crowds[i], NULL);
        expect("whoever has the lower number", &crowds[i], OVERALL_VALID, REASON_NONE);
        assert_true(dossier.cuts.listed); /* what the rival says is not all there */
        assert_int_equal(verdict.reason, REASON_LIMIT);
    }
}

static void a_rival_crowds_out_nobody_whose_branch_is_open(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct crowd *crowd = &crowds[i];
        const struct log_state from = branch_off(&crowd->school);
        struct store_txn *txn = world_write(&crowd->world);
        struct branch branch;

        attest(crowd, txn, &crowd->school, HER, 1);
        end_branch(crowd, txn, &crowd->school, &from, &branch);
        txn = world_write(&crowd->world);
        keep_aside(crowd, txn, &branch, EARLY_S);
        world_commit(txn);
        flood(crowd, 5, 240);
        decide(crowd, NULL);
        expect("whoever has the lower number", crowd, OVERALL_UNDETERMINED, REASON_DISPUTED);
    }
}

static void junk_on_a_dropped_branch_takes_no_room(void **state)
{
    struct crowd *crowd = &crowds[0];
    struct branch kept;
    struct store_txn *txn;

    (void)state;
    graduate(crowd, &kept);
    flood(crowd, 5, 240);
    txn = world_write(&crowd->world);
    world_rotate(&crowd->world, txn, &crowd->rival, ROTATED_S);
    world_commit(txn);
    decide(crowd, NULL);
    expect("the rival has rotated its branch away", crowd, OVERALL_VALID, REASON_NONE);
    assert_false(dossier.cuts.listed);
    assert_int_equal(dossier.credential_count, 1);
}

/* ---- what is presented, and given ---- */

static void a_presented_certificate_is_found_where_a_cut_keeps_it(void **state)
{
    struct crowd *crowd = &crowds[0];
    struct entry_name name = {.author = crowd->school.actor.id, .seq = 1, .index = 0};
    struct branch kept;

    (void)state;
    graduate(crowd, &kept);
    decide(crowd, NULL);
    memcpy(name.prefix, dossier.credentials[0].place.leaf.bytes, sizeof name.prefix);
    decide(crowd, &name);
    assert_int_equal(dossier.credential_count, 1);
    assert_int_equal(dossier.credentials[0].about, ABOUT_SUBJECT);
    expect("it is the one that is presented", crowd, OVERALL_VALID, REASON_NONE);
    name.prefix[0] ^= 1;
    decide(crowd, &name);
    assert_int_equal(dossier.credential_count, 1);
    assert_int_equal(dossier.credentials[0].about, ABOUT_BESIDE);
}

static void a_presented_certificate_is_found_on_an_open_branch(void **state)
{
    struct crowd *crowd = &crowds[0];
    struct entry_name name = {.author = crowd->school.actor.id, .seq = 1, .index = 0};
    const struct log_state from = branch_off(&crowd->school);
    struct store_txn *txn = world_write(&crowd->world);
    struct branch branch;

    (void)state;
    attest(crowd, txn, &crowd->school, HER, 1);
    end_branch(crowd, txn, &crowd->school, &from, &branch);
    txn = world_write(&crowd->world);
    keep_aside(crowd, txn, &branch, EARLY_S);
    world_commit(txn);
    decide(crowd, NULL);
    memcpy(name.prefix, dossier.credentials[0].place.leaf.bytes, sizeof name.prefix);
    decide(crowd, &name);
    assert_int_equal(dossier.credential_count, 1);
    assert_int_equal(dossier.credentials[0].about, ABOUT_SUBJECT);
    expect("it is disputed", crowd, OVERALL_UNDETERMINED, REASON_DISPUTED);
}

/* Put other bytes in the place of those of an encoded draft, which hold them once. */
static void replace_in(const struct draft *draft, const char *bytes, const char *others, size_t size)
{
    uint8_t *found = memmem(draft->body.data, draft->body.size, bytes, size);

    assert_non_null(found);
    memcpy(found, others, size);
}

/* Nobody accepts what stands beside a chain. */
static void no_malformed_certificate_is_found_beside_a_chain(void **state)
{
    static const struct {
        const char *sentence, *bytes, *others;
        size_t size, found;
    } rows[] = {
        {"well formed", "ase/A5", "ase/A5", 6, 1},
        {"its code holds a control character", "ase/A5", "ase/A\x1b", 6, 0},
        {"its last day is before its first", "\xcd\x77\x77", "\xcd\x11\x11", 3, 0},
    };
    struct crowd *crowd = &crowds[0];
    const struct attestation attestation = {.subject = world_subject(HER),
                                            .code = bytes_of_string("ase/A5"),
                                            .basis = BASIS_EXAM,
                                            .earned_on = 0x6666,
                                            .valid_from = 0x6666,
                                            .has_last_day = true,
                                            .last_day = 0x7777};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct entry_name name = {.author = crowd->school.actor.id, .seq = crowd->school.state.seq + 1};
        struct store_world *world = &crowd->world;
        struct store_txn *txn = world_write(world);
        struct branch branch = {.count = 1};
        struct draft draft;

        world_draft(world, &draft, CLASS_CONTENT);
        world_add(&draft, ENTRY_ATTESTATION, &attestation);
        replace_in(&draft, rows[i].bytes, rows[i].others, rows[i].size);
        assert_int_equal(block_decode(&branch.blocks[0], &world->network,
                                      world_sign(world, txn, &crowd->school, &draft, EARLY_S + i),
                                      &world->arena),
                         REASON_NONE);
        keep_aside(crowd, txn, &branch, EARLY_S);
        world_commit(txn);
        memcpy(name.prefix, branch.blocks[0].leaves[0].bytes, sizeof name.prefix);
        decide(crowd, &name);
        if (dossier.credential_count != 1 ||
            (dossier.credentials[0].about == ABOUT_SUBJECT) != rows[i].found) {
            fail_msg("%s", rows[i].sentence);
        }
    }
}

/* `held by` in a block that the rotation drops and the cut keeps: of what is below it on the chain, and on
 * the branch itself. */
static void what_a_kept_block_gives_to_her_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct crowd *crowd = &crowds[i];
        struct status given = {.seq = 1,
                               .action = STATUS_HELD_BY,
                               .has_holder = true,
                               .holder = world_subject(HER),
                               .effective_day = 40000};
        struct withdrawal record = {.delegate = crowd->school.actor.id, .has_cut = true, .closed = true};
        struct store_txn *txn = world_write(&crowd->world);
        struct log_state from = branch_off(&crowd->school);
        struct branch kept;

        if (i == 1) {
            attest(crowd, txn, &crowd->school, ANOTHER, 1);
            world_commit(txn);
            txn = world_write(&crowd->world);
            from = branch_off(&crowd->school);
        } else {
            attest(crowd, txn, &crowd->school, ANOTHER, 1);
        }
        say(crowd, txn, &crowd->school, given, 1);
        end_branch(crowd, txn, &crowd->school, &from, &kept);
        txn = world_write(&crowd->world);
        keep_aside(crowd, txn, &kept, EARLY_S);
        world_rotate(&crowd->world, txn, &crowd->school, ROTATED_S);
        record.cut_seq = kept.blocks[kept.count - 1].header.seq;
        record.cut_head = kept.blocks[kept.count - 1].hash;
        withdraw(crowd, txn, &record, 1);
        world_commit(txn);
        decide(crowd, NULL);
        expect(i == 1 ? "given of the chain" : "given of the branch", crowd, OVERALL_VALID, REASON_NONE);
    }
}

/* ---- what many hide ---- */

/* Her certificate in block 1 of the school, and branches of one block each that leave after it. */
static void certify(struct crowd *crowd)
{
    struct store_txn *txn = world_write(&crowd->world);

    attest(crowd, txn, &crowd->school, HER, 1);
    attest(crowd, txn, &crowd->school, ANOTHER, 1);
    world_commit(txn);
}

/* The rotation that drops what is kept aside. */
static void rotate(struct crowd *crowd, struct world_author *author)
{
    struct store_txn *txn = world_write(&crowd->world);

    world_rotate(&crowd->world, txn, author, ROTATED_S);
    world_commit(txn);
}

static void begin_junk(struct crowd *crowd, struct log_state *from, struct store_txn **txn)
{
    *from = branch_off(&crowd->school);
    *txn = world_write(&crowd->world);
}

static void end_junk(struct crowd *crowd, struct store_txn *txn, const struct log_state *from,
                     struct block *first)
{
    struct branch branch;

    end_branch(crowd, txn, &crowd->school, from, &branch);
    txn = world_write(&crowd->world);
    keep_aside(crowd, txn, &branch, EARLY_S);
    world_commit(txn);
    *first = branch.blocks[0];
}

static void junk_on_dropped_branches_makes_nothing_doubtful(void **state)
{
    const struct status revoked = {.seq = 1, .action = STATUS_REVOKED};
    struct log_state from;
    struct store_txn *txn;
    struct block first;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct crowd *crowd = &crowds[i];

        certify(crowd);
        for (size_t k = 0; k < 5; k++) {
            begin_junk(crowd, &from, &txn);
            if (i == 0) {
                say(crowd, txn, &crowd->school, revoked, SAYABLE);
            } else {
                make_void(crowd, txn, &crowd->school, 1, 1, 236 + k);
            }
            end_junk(crowd, txn, &from, &first);
        }
        rotate(crowd, &crowd->school);
        decide(crowd, NULL);
        expect(i == 0 ? "150 revocations" : "1190 voids", crowd, OVERALL_VALID, REASON_NONE);
    }
}

static void voids_without_effect_hide_none_that_takes_something(void **state)
{
    struct crowd *crowd = &crowds[0];
    struct log_state from;
    struct store_txn *txn;
    struct block junk, real;

    (void)state;
    certify(crowd);
    begin_junk(crowd, &from, &txn);
    make_void(crowd, txn, &crowd->school, 2, 2, MANY);
    end_junk(crowd, txn, &from, &junk);
    begin_junk(crowd, &from, &txn);
    attest(crowd, txn, &crowd->school, ANOTHER, 2);
    make_void(crowd, txn, &crowd->school, 1, 1, 1);
    end_junk(crowd, txn, &from, &real);
    rotate(crowd, &crowd->school);
    txn = world_write(&crowd->world);
    name_branches(crowd, txn, &crowd->school, &real, 1);
    world_commit(txn);
    decide(crowd, NULL);
    expect("70 voids of another block", crowd, OVERALL_UNDETERMINED, REASON_VOIDED);
}

static void the_branch_that_was_named_first_of_70_is_named(void **state)
{
    static struct block firsts[MANY];
    const struct status revoked = {.seq = 1, .action = STATUS_REVOKED};
    struct crowd *crowd = &crowds[0];
    struct log_state from;
    struct store_txn *txn;

    (void)state;
    certify(crowd);
    begin_junk(crowd, &from, &txn);
    say(crowd, txn, &crowd->school, revoked, 1);
    end_junk(crowd, txn, &from, &firsts[0]);
    for (size_t i = 1; i < MANY; i++) {
        begin_junk(crowd, &from, &txn);
        attest(crowd, txn, &crowd->school, ANOTHER, i);
        end_junk(crowd, txn, &from, &firsts[i]);
    }
    rotate(crowd, &crowd->school);
    txn = world_write(&crowd->world);
    name_branches(crowd, txn, &crowd->school, firsts, MANY);
    world_commit(txn);
    decide(crowd, NULL);
    expect("she was revoked there", crowd, OVERALL_UNDETERMINED, REASON_VOIDED);
}

/* The node follows the revocation for a day, and then goes with the rotation, which comes from below it. */
static void follow_and_leave(struct crowd *crowd)
{
    enum { FOLLOWED_S = 86400 };
    const struct status revoked = {.seq = 1, .action = STATUS_REVOKED};
    const struct log_state from = branch_off(&crowd->school);
    struct store_txn *txn = world_write(&crowd->world);

    attest(crowd, txn, &crowd->school, ANOTHER, 1);
    say(crowd, txn, &crowd->school, revoked, 1);
    assert_int_equal(
        store_unwind_to(txn, &crowd->world.network, &crowd->school.actor.id, from.seq, EARLY_S + FOLLOWED_S),
        STORE_OK);
    crowd->school.state = from;
    world_rotate(&crowd->world, txn, &crowd->school, EARLY_S + FOLLOWED_S);
    world_commit(txn);
}

static void what_was_followed_for_a_day_is_found_below_150_revocations_that_were_not(void **state)
{
    const struct status revoked = {.seq = 1, .action = STATUS_REVOKED};
    struct crowd *crowd = &crowds[0];
    struct log_state from;
    struct store_txn *txn;
    struct block first;

    (void)state;
    certify(crowd);
    for (size_t k = 0; k < 5; k++) {
        begin_junk(crowd, &from, &txn);
        attest(crowd, txn, &crowd->school, ANOTHER, 1);
        say(crowd, txn, &crowd->school, revoked, SAYABLE);
        end_junk(crowd, txn, &from, &first);
    }
    follow_and_leave(crowd);
    decide(crowd, NULL);
    expect("the school's log went back behind it", crowd, OVERALL_UNDETERMINED, REASON_REWOUND);
}

static void what_came_after_the_rotation_says_nothing_though_its_branch_is_named(void **state)
{
    static const struct {
        const char *sentence;
        uint64_t arrived_s;
        enum overall overall;
        enum reason reason;
    } rows[] = {
        {"it came before", ROTATED_S - 1, OVERALL_UNDETERMINED, REASON_VOIDED},
        {"it came after", ROTATED_S + 1, OVERALL_VALID, REASON_NONE},
    };
    const struct status revoked = {.seq = 1, .action = STATUS_REVOKED};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct crowd *crowd = &crowds[i];
        struct log_state from;
        struct store_txn *txn;
        struct branch branch;

        certify(crowd);
        begin_junk(crowd, &from, &txn);
        say(crowd, txn, &crowd->school, revoked, 1);
        end_branch(crowd, txn, &crowd->school, &from, &branch);
        rotate(crowd, &crowd->school);
        txn = world_write(&crowd->world);
        keep_aside(crowd, txn, &branch, rows[i].arrived_s);
        name_branches(crowd, txn, &crowd->school, branch.blocks, 1);
        world_commit(txn);
        decide(crowd, NULL);
        expect(rows[i].sentence, crowd, rows[i].overall, rows[i].reason);
    }
}

/* However often it was said on the branch, what the school states again holds. */
static void what_is_reinstated_holds_after_90_revocations_on_named_branches(void **state)
{
    const struct status revoked = {.seq = 1, .action = STATUS_REVOKED};
    const struct index_range first_entry = {0, 0};
    struct status reinstated = {.seq = 1, .action = STATUS_REINSTATED, .effective_day = 40000};
    struct crowd *crowd = &crowds[0];
    struct log_state from;
    struct store_txn *txn;
    struct block firsts[3];
    struct draft draft;

    (void)state;
    certify(crowd);
    for (size_t i = 0; i < 3; i++) {
        begin_junk(crowd, &from, &txn);
        say(crowd, txn, &crowd->school, revoked, SAYABLE);
        end_junk(crowd, txn, &from, &firsts[i]);
    }
    rotate(crowd, &crowd->school);
    txn = world_write(&crowd->world);
    name_branches(crowd, txn, &crowd->school, firsts, 3);
    world_commit(txn);
    decide(crowd, NULL);
    expect("90 revocations", crowd, OVERALL_UNDETERMINED, REASON_VOIDED);
    txn = world_write(&crowd->world);
    reinstated.entries = (struct list){.items = &first_entry, .count = 1};
    world_draft(&crowd->world, &draft, CLASS_STATUS);
    world_add(&draft, ENTRY_STATUS, &reinstated);
    world_publish(&crowd->world, txn, &crowd->school, &draft, LATER_S);
    world_commit(txn);
    decide(crowd, NULL);
    expect("and reinstated", crowd, OVERALL_VALID, REASON_NONE);
}

static void lengthen(struct crowd *crowd, size_t blocks)
{
    struct store_txn *txn = world_write(&crowd->world);

    for (size_t i = 0; i < blocks; i++) {
        attest(crowd, txn, &crowd->school, ANOTHER, 1);
    }
    world_commit(txn);
}

/* Voids of as many ranges of blocks 2 and up, the longest first. */
static void void_ranges(struct crowd *crowd, struct store_txn *txn, size_t count)
{
    struct draft draft;
    uint64_t size = MANY, first = 0;

    for (size_t done = 0; done < count;) {
        world_draft(&crowd->world, &draft, CLASS_GOVERN);
        for (size_t i = 0; i < 240 && done < count; i++, done++) {
            const struct void_record record = {.has_range = true,
                                               .range = {2 + first, 2 + first + size - 1},
                                               .reason = STATUS_REASON_KEY_COMPROMISE};

            world_add(&draft, ENTRY_VOID, &record);
            first = first + size < MANY ? first + 1 : 0;
            size -= first == 0;
        }
        world_publish(&crowd->world, txn, &crowd->school, &draft, EARLY_S);
    }
}

/* While the epoch is open nobody knows which branch will stay. */
static void more_voids_than_are_looked_at_are_a_limit_until_a_rotation(void **state)
{
    struct log_state from;
    struct store_txn *txn;
    struct block first;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct crowd *crowd = &crowds[i];

        certify(crowd);
        lengthen(crowd, MANY);
        begin_junk(crowd, &from, &txn);
        void_ranges(crowd, txn, i == 0 ? 1000 : 1100);
        end_junk(crowd, txn, &from, &first);
        decide(crowd, NULL);
        if (i == 0) {
            expect("1000 voids of other blocks", crowd, OVERALL_VALID, REASON_NONE);
        } else {
            expect("1100 voids of other blocks", crowd, OVERALL_UNDETERMINED, REASON_LIMIT);
        }
        rotate(crowd, &crowd->school);
        decide(crowd, NULL);
        expect("the branch is dropped", crowd, OVERALL_VALID, REASON_NONE);
    }
}

static void voids_that_take_the_same_are_one(void **state)
{
    struct crowd *crowd = &crowds[0];
    struct log_state from;
    struct store_txn *txn;
    struct block first;

    (void)state;
    certify(crowd);
    begin_junk(crowd, &from, &txn);
    for (size_t i = 0; i < 5; i++) {
        make_void(crowd, txn, &crowd->school, 2, 2, 240);
    }
    end_junk(crowd, txn, &from, &first);
    decide(crowd, NULL);
    expect("1200 voids of another block", crowd, OVERALL_VALID, REASON_NONE);
}

static void withdrawals_without_effect_hide_none_that_takes_something(void **state)
{
    struct crowd *crowd = &crowds[0];
    const struct log_state from = branch_off(&crowd->owner);
    struct withdrawal record = {.delegate = crowd->school.actor.id, .has_cut = true};
    struct branch junk, real;
    struct store_txn *txn;

    (void)state;
    certify(crowd);
    record.cut_seq = crowd->school.state.seq;
    record.cut_head = crowd->school.state.head;
    txn = world_write(&crowd->world);
    withdraw(crowd, txn, &record, MANY); /* takes nothing */
    end_branch(crowd, txn, &crowd->owner, &from, &junk);
    txn = world_write(&crowd->world);
    publish_pack(crowd, txn);
    record.cut_seq = 0;
    record.cut_head = (struct hash){{1}};
    withdraw(crowd, txn, &record, 1);
    end_branch(crowd, txn, &crowd->owner, &from, &real);
    txn = world_write(&crowd->world);
    keep_aside(crowd, txn, &junk, EARLY_S);
    keep_aside(crowd, txn, &real, EARLY_S);
    world_rotate(&crowd->world, txn, &crowd->owner, ROTATED_S);
    world_commit(txn);
    decide(crowd, NULL);
    expect("both branches are dropped, and nobody named them", crowd, OVERALL_VALID, REASON_NONE);
    txn = world_write(&crowd->world);
    name_branches(crowd, txn, &crowd->owner, &real.blocks[0], 1);
    world_commit(txn);
    decide(crowd, NULL);
    expect("70 withdrawals that take nothing", crowd, OVERALL_UNDETERMINED, REASON_VOIDED);
}

#define IN_CROWD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_CROWD(a_rival_crowds_out_no_graduate_that_a_cut_keeps),
        IN_CROWD(a_rival_crowds_out_nobody_whose_branch_is_open),
        IN_CROWD(junk_on_a_dropped_branch_takes_no_room),
        IN_CROWD(a_presented_certificate_is_found_where_a_cut_keeps_it),
        IN_CROWD(a_presented_certificate_is_found_on_an_open_branch),
        IN_CROWD(no_malformed_certificate_is_found_beside_a_chain),
        IN_CROWD(what_a_kept_block_gives_to_her_is_found),
        IN_CROWD(junk_on_dropped_branches_makes_nothing_doubtful),
        IN_CROWD(voids_without_effect_hide_none_that_takes_something),
        IN_CROWD(the_branch_that_was_named_first_of_70_is_named),
        IN_CROWD(what_was_followed_for_a_day_is_found_below_150_revocations_that_were_not),
        IN_CROWD(what_came_after_the_rotation_says_nothing_though_its_branch_is_named),
        IN_CROWD(what_is_reinstated_holds_after_90_revocations_on_named_branches),
        IN_CROWD(more_voids_than_are_looked_at_are_a_limit_until_a_rotation),
        IN_CROWD(voids_that_take_the_same_are_one),
        IN_CROWD(withdrawals_without_effect_hide_none_that_takes_something),
    };

    return cmocka_run_group_tests_name("store side crowd", tests, NULL, NULL);
}
