#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "tests/support/store_world.h"

/* What one author's log holds about somebody, found by the subject. */

static struct store_world world;
static struct world_author issuer, other;

enum { ARRIVED_S = 1000, DAY = 45000, MANY = 700 };

static int set_up(void **state)
{
    struct store_txn *txn;
    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &issuer, 1, ARRIVED_S);
    world_begin_log(&world, txn, &other, 2, ARRIVED_S);
    world_commit(txn);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

struct found {
    size_t count;
    uint64_t seqs[MANY];
    uint32_t first_byte; /* of the codes, together */
};

static void note(void *context, uint64_t seq, uint64_t index, const struct attestation *attestation)
{
    struct found *found = context;
    assert_true(index < BLOCK_ENTRIES_MAX && found->count < MANY);
    found->seqs[found->count++] = seq;
    found->first_byte += attestation->code.data[0];
}

static size_t each(struct store_txn *txn, const struct world_author *author, uint64_t subject)
{
    static struct found found;
    const struct subject about = world_subject(subject);
    bool cut;
    found.count = 0;
    assert_int_equal(store_each_issued(txn, &author->actor.id, &about, note, &found, &cut, &world.arena),
                     STORE_OK);
    assert_false(cut);
    return found.count;
}

static enum store_error read_at(struct store_txn *txn, uint64_t seq, uint64_t index, uint64_t subject,
                                struct issued_entry *out)
{
    const struct subject about = world_subject(subject);
    return store_issued_at(txn, &world.network, &issuer.actor.id, seq, index, &about, out, &world.arena);
}

static void status_of(struct store_txn *txn, enum status_action action, uint64_t seq, uint64_t index)
{
    struct status status = {.seq = seq, .action = action, .effective_day = DAY};
    if (action == STATUS_HELD_BY) {
        status.has_holder = true;
        status.holder = world_subject(20);
    }
    if (action == STATUS_REPLACED) {
        status.has_replacement = true;
        status.replacement.author = issuer.actor.id;
    }
    world_say(&world, txn, &issuer, &status, index, index, ARRIVED_S);
}

static void what_is_said_of_one_person_is_found(void **state)
{
    struct subject subjects[8];
    struct issued_entry entry;
    struct store_txn *txn = world_write(&world);
    const uint64_t seq = issuer.state.seq + 1;
    static const struct {
        const char *sentence;
        enum status_action action;
        enum issued_standing standing;
    } rows[] = {
        {"nothing", 0, ISSUED_STANDS},
        {"revoked", STATUS_REVOKED, ISSUED_REVOKED},
        {"suspended", STATUS_SUSPENDED, ISSUED_STANDS},
        {"replaced", STATUS_REPLACED, ISSUED_REPLACED},
        {"given away", STATUS_HELD_BY, ISSUED_GIVEN},
    };
    (void)state;
    for (uint64_t i = 0; i < 8; i++) {
        subjects[i] = world_subject(i);
    }
    world_attest(&world, txn, &issuer, subjects, 8, "ase/A5", ARRIVED_S);
    world_attest(&world, txn, &other, subjects, 8, "ase/A6", ARRIVED_S);
    for (uint64_t i = 1; i < 5; i++) {
        status_of(txn, rows[i].action, seq, i);
    }
    world_commit(txn);
    txn = world_read(&world);
    for (uint64_t i = 0; i < 5; i++) {
        assert_int_equal(each(txn, &issuer, i), 1);
        assert_int_equal(read_at(txn, seq, i, i, &entry), STORE_OK);
        if (entry.standing != rows[i].standing || entry.name.seq != seq || entry.name.index != i ||
            !bytes_equal_string(entry.attestation.code, "ase/A5")) {
            fail_msg("%s: %d", rows[i].sentence, (int)entry.standing);
        }
    }
    assert_int_equal(each(txn, &issuer, 9), 0);
    assert_int_equal(read_at(txn, seq, 0, 1, &entry), STORE_NOT_FOUND);
    assert_int_equal(read_at(txn, seq, 8, 1, &entry), STORE_NOT_FOUND);
    assert_int_equal(read_at(txn, seq + 100, 0, 1, &entry), STORE_NOT_FOUND);
    /* What was given to her is hers. */
    assert_int_equal(each(txn, &issuer, 20), 1);
    assert_int_equal(read_at(txn, seq, 4, 20, &entry), STORE_OK);
    assert_int_equal(entry.standing, ISSUED_STANDS);
    assert_true(subject_equal(&entry.attestation.subject, &(struct subject[]){world_subject(20)}[0]));
    store_end(txn);
}

/* A dossier holds so many of one author; here none may be overlooked. */
static void none_of_many_is_overlooked(void **state)
{
    const struct subject subject = world_subject(30);
    struct store_txn *txn = world_write(&world);
    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        world_attest(&world, txn, &issuer, &subject, 1, "ase/A5", ARRIVED_S);
    }
    world_commit(txn);
    txn = world_read(&world);
    assert_int_equal(each(txn, &issuer, 30), MANY);
    assert_int_equal(each(txn, &other, 30), 0);
    store_end(txn);
}

static void what_is_void_or_erased_is_gone(void **state)
{
    const struct subject subjects[] = {world_subject(40), world_subject(41)};
    static const struct index_range second = {1, 1};
    struct store_txn *txn = world_write(&world);
    const uint64_t seq = issuer.state.seq + 1;
    const struct erase erase = {.seq = seq, .entries = {.items = &second, .count = 1}};
    struct void_record voids = {.has_range = true, .range = {.first = seq, .last = seq}};
    struct issued_entry entry;
    struct draft draft;
    (void)state;
    world_attest(&world, txn, &issuer, subjects, 2, "ase/A5", ARRIVED_S);
    world_draft(&world, &draft, CLASS_STATUS);
    world_add(&draft, ENTRY_ERASE, &erase);
    world_publish(&world, txn, &issuer, &draft, ARRIVED_S);
    assert_int_equal(read_at(txn, seq, 0, 40, &entry), STORE_OK);
    assert_int_equal(entry.standing, ISSUED_STANDS);
    assert_int_equal(read_at(txn, seq, 1, 41, &entry), STORE_NOT_FOUND);
    assert_int_equal(each(txn, &issuer, 41), 0);
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_VOID, &voids);
    world_publish(&world, txn, &issuer, &draft, ARRIVED_S);
    assert_int_equal(read_at(txn, seq, 0, 40, &entry), STORE_OK);
    assert_int_equal(entry.standing, ISSUED_GONE);
    store_end(txn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_of_one_person_is_found),
        cmocka_unit_test(none_of_many_is_overlooked),
        cmocka_unit_test(what_is_void_or_erased_is_gone),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
