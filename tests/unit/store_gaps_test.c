#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/log_builder.h"
#include "tests/support/shop_world.h"

/* Whether a log lacks something, by what was known at a time and by what a cut covers: ase accredited the
 * issuer, a relay blanked a block of whose, and the issuer says that this block is void. */

enum {
    NOW_S = 20000 * 86400,
    /* Blocks of the issuer's log, a second after each other. */
    WHOLE = 1,
    BLANKED,
    VOID,
    LATER,
    HER = 7,
};

static struct store_world world;
static struct world_author ase, issuer;
static struct trust trust;
static struct hash hashes[LATER + 1];

/* ---- making it ---- */

static void blank(struct bytes *encoded)
{
    const struct index_range all = {0, 0};
    const size_t capacity = 2 * encoded->size + 1024;
    uint8_t *memory = arena_take(&world.arena, capacity);
    struct writer writer;
    struct block block;

    assert_int_equal(block_decode(&block, &world.network, *encoded, &world.arena), REASON_NONE);
    writer_init(&writer, memory, capacity);
    assert_true(block_erase(&writer, &world.network, &block, &all, 1));
    assert_true(writer_end(&writer, encoded));
}

static void say(struct store_txn *txn, enum entry_kind kind, const void *record, bool blanked)
{
    const enum block_class block_class = kind == ENTRY_ATTESTATION ? CLASS_CONTENT : CLASS_GOVERN;
    const uint64_t arrived_s = NOW_S + issuer.state.seq + 1;
    struct bytes encoded = world_sign_one(&world, txn, &issuer, block_class, kind, record, NOW_S);

    if (blanked) {
        blank(&encoded);
    }
    assert_int_equal(world_accept(&world, txn, &issuer, encoded, arrived_s), REASON_NONE);
    hashes[issuer.state.seq] = issuer.state.head;
}

static int setup(void **state)
{
    const struct bytes pattern = bytes_of_string("ase/*");
    const struct trust_owner owner = {.name_space = "ase"};
    const struct void_record voids = build_void(BLANKED, BLANKED, STATUS_REASON_KEY_COMPROMISE);
    struct attestation attestation;
    struct accreditation accreditation = {.patterns = {&pattern, 1}, .from = 10000};
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, NOW_S);
    world_begin_log(&world, txn, &issuer, 2, NOW_S);
    accreditation.delegate = issuer.actor.id;
    world_publish_one(&world, txn, &ase, CLASS_GOVERN, ENTRY_ACCREDITATION, &accreditation, NOW_S);
    attestation = build_attestation(&issuer.actor.id, "ase/A5", 19000, 21000);
    attestation.subject = world_subject(HER);
    say(txn, ENTRY_ATTESTATION, &attestation, false);
    attestation.subject = world_subject(HER + 1);
    say(txn, ENTRY_ATTESTATION, &attestation, true);
    say(txn, ENTRY_VOID, &voids, false);
    say(txn, ENTRY_ATTESTATION, &attestation, false);
    world_commit(txn);
    trust.owners[0] = owner;
    trust.owners[0].actor = ase.actor.id;
    trust.owner_count = 1;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

/* ---- cases ---- */

static void withdraw(struct store_txn *txn, uint64_t cut_seq)
{
    const struct withdrawal record = {
        .delegate = issuer.actor.id, .has_cut = true, .cut_seq = cut_seq, .cut_head = hashes[cut_seq]};

    world_publish_one(&world, txn, &ase, CLASS_GOVERN, ENTRY_WITHDRAWAL, &record, NOW_S);
}

static void what_is_missing_is_asked_of_a_time_and_of_a_cut(void **state)
{
    static const struct {
        const char *sentence;
        uint64_t by, cut; /* blocks that were there by then, all: 0; that a cut covers, no cut: 0 */
        bool incomplete;
    } rows[] = {
        {"a block that had not come by then lacks nothing", WHOLE, 0, false},
        {"one that had, and of which nobody had said that it is void, does", BLANKED, 0, true},
        {"one that was void by then lacks nothing", VOID, 0, false},
        {"nor does it now", 0, 0, false},
        {"what is void above a cut is not void below it", 0, BLANKED, true},
        {"what is void within it is", 0, VOID, false},
        {"with whatever comes after that", 0, LATER, false},
    };
    const struct subject her = world_subject(HER);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const uint64_t by_s = rows[i].by > 0 ? NOW_S + rows[i].by : UINT64_MAX;
        const struct log_state before = ase.state;
        const size_t mark = arena_mark(&world.arena);
        struct store_txn *txn = world_write(&world);
        struct dossier dossier;

        if (rows[i].cut > 0) {
            withdraw(txn, rows[i].cut);
        }
        assert_int_equal(store_dossier(txn, &world.network, &trust, &her,
                                       (struct dossier_reach){.known_by_s = by_s}, &dossier, &world.arena),
                         STORE_OK);
        if (dossier_log_of(&dossier, &issuer.actor.id)->incomplete != rows[i].incomplete) {
            fail_msg("%s", rows[i].sentence);
        }
        store_end(txn);
        arena_rewind(&world.arena, mark);
        ase.state = before;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_missing_is_asked_of_a_time_and_of_a_cut, setup, teardown),
    };

    return cmocka_run_group_tests_name("store gaps", tests, NULL, NULL);
}
