#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/log/fork.h"
#include "protocol/rules/weight.h"
#include "tests/support/log_builder.h"
#include "tests/support/shop_world.h"

/* What a known branch that is not the followed one erases. Block 1 of ase attests three subjects; above it
 * its log forks. Side blocks come LATER. */

enum {
    NOW_S = 20000 * 86400,
    LATER_S = NOW_S + 100,
    FIRST = 7,
    SECOND = 8,
    THIRD = 9,
    ABOVE = 10,
    ASIDE = 11
};

static struct store_world world;
static struct world_author ase, maria;
static struct trust trust;

static void attest(struct store_txn *txn, uint64_t subject, size_t count)
{
    const struct subject subjects[] = {world_subject(subject), world_subject(subject + 1),
                                       world_subject(subject + 2)};

    world_attest(&world, txn, &ase, subjects, count, "ase/A5", NOW_S);
}

static int setup(void **state)
{
    struct trust_owner owner = {.name_space = "ase"};
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, NOW_S);
    world_begin_log(&world, txn, &maria, 2, NOW_S);
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
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

/* ---- what is said ---- */

static void publish(struct store_txn *txn, enum block_class block_class, enum entry_kind kind,
                    const void *record)
{
    world_publish_one(&world, txn, &ase, block_class, kind, record, NOW_S);
}

/* The first entry of a block, or with `both` the third one too. */
static void erase(struct store_txn *txn, uint64_t seq, bool both)
{
    const struct index_range ranges[] = {{0, 0}, {2, 2}};
    const struct erase record = {.seq = seq, .entries = {.items = ranges, .count = both ? 2 : 1}};

    publish(txn, CLASS_STATUS, ENTRY_ERASE, &record);
}

static void make_void(struct store_txn *txn, uint64_t seq)
{
    const struct void_record record = build_void(seq, seq, STATUS_REASON_KEY_COMPROMISE);

    publish(txn, CLASS_GOVERN, ENTRY_VOID, &record);
}

static void join(struct store_txn *txn, bool left)
{
    const struct affiliation joined =
        world_joined(&world, &maria.actor.id, &ase.actor.id, 0, &maria.actor.built[WORLD_PRESENT_KEY]);
    const struct affiliation leave = world_left(&joined, WORLD_JOINED_DAY + 10);

    publish(txn, CLASS_CONTENT, ENTRY_AFFILIATION, left ? &leave : &joined);
}

/* ---- a branch ---- */

enum { BRANCH_MAX = 4 };

struct branch {
    struct block blocks[BRANCH_MAX];
    size_t count;
};

/* Keep what was said since, which nobody commits, and go back to before. */
static struct branch take_branch(struct store_txn *txn, const struct log_state *before)
{
    struct branch branch = {.count = 0};

    for (uint64_t seq = before->seq + 1; seq <= ase.state.seq; seq++) {
        struct bytes encoded;

        assert_int_equal(store_block_bytes(txn, &ase.actor.id, seq, &encoded, &world.arena), STORE_OK);
        assert_int_equal(block_decode(&branch.blocks[branch.count++], &world.network, encoded, &world.arena),
                         REASON_NONE);
    }
    store_end(txn);
    ase.state = *before;
    return branch;
}

static void put_branch(const struct branch *branch)
{
    struct store_txn *txn = world_write(&world);

    for (size_t i = 0; i < branch->count; i++) {
        assert_int_equal(store_put_side_block(txn, &world.network, &branch->blocks[i], LATER_S), STORE_OK);
    }
    world_commit(txn);
}

/* ---- what counts ---- */

static struct dossier gather(uint64_t n, uint64_t known_by_s)
{
    const struct dossier_reach reach = {.known_by_s = known_by_s};
    const struct subject subject = world_subject(n);
    struct store_txn *txn = world_read(&world);
    struct dossier dossier;

    assert_int_equal(store_dossier(txn, &world.network, &trust, &subject, reach, &dossier, &world.arena),
                     STORE_OK);
    store_end(txn);
    return dossier;
}

static enum reason doubt_of(const struct dossier *dossier, const struct dossier_place *place)
{
    return place->erased ? REASON_ERASED : place_weigh(dossier, place, STANCE_FOR).reason;
}

static void check(const char *why, enum reason found, enum reason wanted)
{
    if (found != wanted) {
        fail_msg("%s: %s", why, reason_word(found));
    }
}

static void check_certificate(const char *why, uint64_t n, uint64_t known_by_s, enum reason wanted)
{
    const struct dossier dossier = gather(n, known_by_s);

    assert_int_equal(dossier.credential_count + dossier.sealed_count, 1);
    assert_true(dossier.sealed_count == 0 ||
                place_weigh(&dossier, &dossier.sealed[0].place, STANCE_FOR).weight == WEIGHT_FULL);
    check(why,
          doubt_of(&dossier,
                   dossier.sealed_count > 0 ? &dossier.sealed[0].place : &dossier.credentials[0].place),
          wanted);
}

/* ---- certificates ---- */

static void what_another_branch_erases_is_disputed(void **state)
{
    enum { ON_SIDE = 1, ROTATED = 2, VOIDED = 4, FOLLOWED = 8, BEFORE = 16 };
    static const struct {
        const char *why;
        uint64_t seq; /* of which the other branch erases entries */
        unsigned how;
        uint64_t subject;
        enum reason wanted;
    } rows[] = {
        {"what another branch of the open epoch erases is disputed", 1, 0, FIRST, REASON_DISPUTED},
        {"as is all that it names", 1, 0, THIRD, REASON_DISPUTED},
        {"what it does not name counts", 1, 0, SECOND, REASON_NONE},
        {"whoever follows that branch can't read it", 1, FOLLOWED, FIRST, REASON_ERASED},
        {"nor is it disputed where both erase it: that may still be given back", 1, FOLLOWED | ON_SIDE, FIRST,
         REASON_ERASED},
        {"an entry of its own says nothing of that number's on the chain", 2, ON_SIDE, ABOVE, REASON_NONE},
        {"a rotation that drops the erase ends it", 1, ROTATED, FIRST, REASON_NONE},
        {"a void of it on its own branch does not", 1, VOIDED, FIRST, REASON_DISPUTED},
        {"until it came there was none", 1, BEFORE, FIRST, REASON_NONE},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const unsigned how = rows[i].how;
        struct log_state before;
        struct store_txn *txn;
        struct branch aside, above;

        setup(state);
        txn = world_write(&world);
        attest(txn, FIRST, 3);
        world_commit(txn);
        before = ase.state;
        txn = world_write(&world);
        if ((how & ON_SIDE) != 0) {
            attest(txn, ASIDE, 1);
        }
        erase(txn, rows[i].seq, rows[i].seq == 1);
        if ((how & VOIDED) != 0) {
            make_void(txn, ase.state.seq);
        }
        aside = take_branch(txn, &before);
        txn = world_write(&world);
        attest(txn, ABOVE, 1);
        above = take_branch(txn, &before);
        txn = world_write(&world);
        if ((how & FOLLOWED) != 0) {
            erase(txn, rows[i].seq, true);
        } else {
            attest(txn, ABOVE, 1);
        }
        world_commit(txn);
        put_branch(how == FOLLOWED ? &above : &aside);
        if ((how & ROTATED) != 0) {
            txn = world_write(&world);
            world_rotate(&world, txn, &ase, LATER_S + 1);
            world_commit(txn);
        }
        check_certificate(rows[i].why, rows[i].subject, (how & BEFORE) != 0 ? LATER_S - 1 : UINT64_MAX,
                          rows[i].wanted);
        teardown(state);
    }
}

/* Of the block that is put beside the chain's at seq, nothing is held but the proof. */
static void prove_fork(const struct branch *aside, uint64_t seq)
{
    uint8_t memory[8192];
    struct store_txn *txn = world_write(&world);
    struct bytes chain, encoded;
    struct fork_proof proof;
    struct block block;

    assert_int_equal(store_block_bytes(txn, &ase.actor.id, seq, &chain, &world.arena), STORE_OK);
    assert_int_equal(block_decode(&block, &world.network, chain, &world.arena), REASON_NONE);
    assert_true(fork_proof_of(&proof, &block, &aside->blocks[0], &world.arena));
    assert_true(schema_encode(&fork_proof_schema, &proof, memory, sizeof memory, &encoded));
    assert_int_equal(store_put_fork_proof(txn, &ase.actor.id, 0, FORK_PROOF_LOWEST, encoded), STORE_OK);
    world_commit(txn);
}

static void a_disputed_void_of_an_erase_gives_nothing_back_for_certain(void **state)
{
    static const struct {
        const char *why;
        uint64_t fork_seq; /* 0: none */
        enum reason wanted;
    } rows[] = {
        {"a void gives back what was erased", 0, REASON_NONE},
        {"one that another branch lacks leaves it open", 3, REASON_DISPUTED},
        {"one below the fork stands", 4, REASON_NONE},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct branch aside = {.count = 0};
        struct store_txn *txn;

        setup(state);
        txn = world_write(&world);
        attest(txn, FIRST, 3);
        erase(txn, 1, true);
        world_commit(txn);
        for (uint64_t seq = 3; seq <= 4; seq++) {
            const struct log_state before = ase.state;

            if (rows[i].fork_seq == seq) {
                txn = world_write(&world);
                attest(txn, ASIDE, 1);
                aside = take_branch(txn, &before);
            }
            txn = world_write(&world);
            if (seq == 3) {
                make_void(txn, 2);
            } else {
                attest(txn, ABOVE, 1);
            }
            world_commit(txn);
        }
        if (aside.count > 0) {
            prove_fork(&aside, rows[i].fork_seq);
        }
        check_certificate(rows[i].why, FIRST, UINT64_MAX, rows[i].wanted);
        check_certificate("another one of its block", SECOND, UINT64_MAX, REASON_NONE);
        teardown(state);
    }
}

/* ---- affiliations ---- */

/* Blocks 1 and 2 are a `joined` and its `left`. */
static void what_is_against_somebody_is_not_disputed_by_an_erase(void **state)
{
    static const struct {
        const char *why;
        bool joined_erased; /* below the fork */
        uint64_t seq;       /* of what the other branch erases */
        enum reason joined, left;
    } rows[] = {
        {"an erase of a joined leaves it open", false, 1, REASON_DISPUTED, REASON_NONE},
        {"an erase of its left has no effect", false, 2, REASON_NONE, REASON_NONE},
        {"unless the joined is erased", true, 2, REASON_ERASED, REASON_DISPUTED},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct log_state before;
        struct store_txn *txn;
        struct branch aside;
        struct dossier dossier;

        setup(state);
        txn = world_write(&world);
        join(txn, false);
        join(txn, true);
        if (rows[i].joined_erased) {
            erase(txn, 1, false);
        }
        world_commit(txn);
        before = ase.state;
        txn = world_write(&world);
        erase(txn, rows[i].seq, false);
        aside = take_branch(txn, &before);
        put_branch(&aside);
        world_dossier(&world, &trust, &ase.actor.id, UINT64_MAX, &dossier);
        assert_int_equal(dossier.affiliation_count, 1);
        assert_int_equal(dossier.leave_count, 1);
        check(rows[i].why, doubt_of(&dossier, &dossier.affiliations[0].place), rows[i].joined);
        check(rows[i].why, doubt_of(&dossier, &dossier.leaves[0].place), rows[i].left);
        teardown(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_another_branch_erases_is_disputed),
        cmocka_unit_test(a_disputed_void_of_an_erase_gives_nothing_back_for_certain),
        cmocka_unit_test(what_is_against_somebody_is_not_disputed_by_an_erase),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
