#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "store/erase_rows.h"
#include "store/gaps_again.h"
#include "tests/support/log_builder.h"
#include "tests/support/shop_world.h"

/* What is erased, what of it can come back, and what is missing without having been erased: ase certifies,
 * garage is a shop, maria its technician. `here` is a node that saw everything as it was said, `fresh` one
 * that gets copies from others. */

enum { DAY_S = 86400, NOW_S = 20000 * DAY_S, BLOCK_SEQ = 1, SUBJECTS = 3, FIRST_SUBJECT = 7, DROPS = 100 };

static struct store_world here, fresh;
static struct world_author ase, garage, maria, ase_copy, garage_copy;
static struct trust trust;

static void begin(struct store_world *world, struct world_author *author, uint64_t seed)
{
    struct store_txn *txn = world_write(world);

    world_begin_log(world, txn, author, seed, NOW_S);
    world_commit(txn);
}

/* Block 1 of ase attests three subjects. */
static int setup(void **state)
{
    struct trust_owner owner = {.name_space = "ase"};
    struct subject subjects[SUBJECTS];
    struct store_txn *txn;

    (void)state;
    world_init(&here);
    world_init(&fresh);
    begin(&here, &ase, 1);
    begin(&here, &garage, 2);
    begin(&here, &maria, 3);
    begin(&fresh, &ase_copy, 1);
    begin(&fresh, &garage_copy, 2);
    for (size_t i = 0; i < SUBJECTS; i++) {
        subjects[i] = world_subject(FIRST_SUBJECT + i);
    }
    txn = world_write(&here);
    world_attest(&here, txn, &ase, subjects, SUBJECTS, "ase/A5", NOW_S);
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    owner.actor = ase.actor.id;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&here);
    world_deinit(&fresh);
    return 0;
}

/* ---- what is said ---- */

static uint64_t publish(struct world_author *author, enum block_class block_class, enum entry_kind kind,
                        const void *record, uint64_t now_s)
{
    struct store_txn *txn = world_write(&here);

    world_publish_one(&here, txn, author, block_class, kind, record, now_s);
    world_commit(txn);
    return author->state.seq;
}

static uint64_t erase(struct world_author *author, uint64_t seq, uint64_t first, uint64_t last,
                      uint64_t now_s)
{
    struct index_range range;
    const struct erase record = build_erase(seq, &range, first, last);

    return publish(author, CLASS_STATUS, ENTRY_ERASE, &record, now_s);
}

static void make_void(struct world_author *author, uint64_t seq, uint64_t now_s)
{
    const struct void_record record = build_void(seq, seq, STATUS_REASON_KEY_COMPROMISE);

    publish(author, CLASS_GOVERN, ENTRY_VOID, &record, now_s);
}

static void drop(const struct world_author *self, uint64_t now_s)
{
    struct store_txn *txn = world_write(&here);

    assert_int_equal(store_drop_erased(txn, self ? &self->actor.id : NULL, now_s, DROPS), STORE_OK);
    world_commit(txn);
}

/* ---- what is held ---- */

static struct bytes block_of(struct store_world *world, const struct world_author *author, uint64_t seq)
{
    struct store_txn *txn = world_read(world);
    struct bytes encoded;

    assert_int_equal(store_block_bytes(txn, &author->actor.id, seq, &encoded, &world->arena), STORE_OK);
    store_end(txn);
    return encoded;
}

static bool served(struct store_world *world, const struct world_author *author, uint64_t seq, uint64_t index)
{
    struct block block;

    assert_int_equal(block_decode(&block, &world->network, block_of(world, author, seq), &world->arena),
                     REASON_NONE);
    return !block.entries[index].erased;
}

static size_t served_bytes(struct store_world *world, const struct world_author *author, uint64_t seq)
{
    return block_of(world, author, seq).size;
}

static size_t held_bytes(struct store_world *world, const struct world_author *author, uint64_t seq)
{
    struct store_txn *txn = world_read(world);
    struct disk_record record;
    struct stored_block stored;
    uint32_t number = 0;

    assert_int_equal(store_author_number(txn, &author->actor.id, &number), STORE_OK);
    assert_int_equal(record_read(txn, number, seq, &record), STORE_OK);
    assert_int_equal(stored_block_read(txn, number, seq, &record.hash, &stored), STORE_OK);
    store_end(txn);
    return stored.encoded.size;
}

/* Whether lookup finds the nth subject's certificate; whoever asks for it by its name is told what is erased.
 */
static bool found(struct store_world *world, uint64_t n)
{
    const struct subject subject = world_subject(FIRST_SUBJECT + n);
    struct store_txn *txn = world_read(world);
    struct dossier dossier;

    assert_int_equal(
        store_dossier(txn, &world->network, &trust, &subject, DOSSIER_REACH_ALL, &dossier, &world->arena),
        STORE_OK);
    store_end(txn);
    return dossier.credential_count > 0;
}

/* Read by whatever way there is, with the same answer. */
static bool readable(struct store_world *world, uint64_t n)
{
    struct bytes encoded = block_of(&here, &ase, BLOCK_SEQ);
    struct entry_proof proof;
    struct proof_head head;
    struct entry_name name = {.author = ase.actor.id, .seq = BLOCK_SEQ, .index = n};
    struct dossier dossier;
    struct store_txn *txn;
    struct block block;
    bool is_found = found(world, n);
    enum store_error error;

    assert_int_equal(block_decode(&block, &world->network, encoded, &world->arena), REASON_NONE);
    memcpy(name.prefix, block.leaves[n].bytes, sizeof name.prefix);
    txn = world_read(world);
    error = store_entry_proof(txn, &world->network, &name, &proof, &head, &world->arena);
    assert_int_equal(error, is_found ? STORE_OK : STORE_NOT_FOUND);
    assert_int_equal(store_dossier_of_entries(txn, &world->network, &trust, &name, 1, NULL, DOSSIER_REACH_ALL,
                                              &dossier, &world->arena),
                     STORE_OK);
    store_end(txn);
    assert_int_equal(dossier.credential_count, 1);
    assert_int_equal(dossier.credentials[0].place.erased, !is_found);
    assert_int_equal(served(world, &ase, BLOCK_SEQ, n), is_found);
    return is_found;
}

static uint64_t bytes_held(const struct world_author *author)
{
    struct store_txn *txn = world_read(&here);
    uint64_t blocks = 0, bytes = 0;

    assert_int_equal(store_log_size(txn, &author->actor.id, &blocks, &bytes), STORE_OK);
    store_end(txn);
    return bytes;
}

static size_t gap_count(struct store_world *world, const struct world_author *author)
{
    struct locator_point gaps[8];
    struct store_txn *txn = world_read(world);
    size_t count = 0;

    assert_int_equal(store_gaps(txn, &author->actor.id, 0, gaps, 8, &count), STORE_OK);
    store_end(txn);
    return count;
}

static struct dossier_log log_by(struct store_world *world, const struct world_author *author,
                                 uint64_t known_by_s)
{
    struct dossier dossier;
    const struct dossier_log *log;

    world_dossier(world, &trust, &author->actor.id, known_by_s, &dossier);
    log = dossier_log_of(&dossier, &author->actor.id);
    assert_non_null(log);
    return *log;
}

static struct dossier_log log_of(struct store_world *world, const struct world_author *author)
{
    return log_by(world, author, UINT64_MAX);
}

/* ---- copies for the fresh node ---- */

static struct bytes strip(struct bytes encoded, uint64_t first, uint64_t last)
{
    const struct index_range range = {first, last};
    size_t capacity = 2 * encoded.size + 1024;
    uint8_t *memory = arena_take(&fresh.arena, capacity);
    struct writer writer;
    struct block block;
    struct bytes out;

    assert_int_equal(block_decode(&block, &fresh.network, encoded, &fresh.arena), REASON_NONE);
    writer_init(&writer, memory, capacity);
    assert_true(block_erase(&writer, &fresh.network, &block, &range, 1));
    assert_true(writer_end(&writer, &out));
    return out;
}

static void give(struct world_author *copy, struct bytes encoded, uint64_t now_s)
{
    struct store_txn *txn = world_write(&fresh);

    assert_int_equal(world_accept(&fresh, txn, copy, encoded, now_s), REASON_NONE);
    world_commit(txn);
}

static bool fill(struct store_world *world, struct bytes encoded, uint64_t now_s)
{
    struct store_txn *txn = world_write(world);
    struct block block;
    bool filled = false, lacks = false;

    assert_int_equal(block_decode(&block, &world->network, encoded, &world->arena), REASON_NONE);
    assert_int_equal(store_lacks_entries(txn, &block, &lacks), STORE_OK);
    assert_int_equal(store_fill_block(txn, &world->network, &block, UINT64_MAX, now_s, &filled), STORE_OK);
    world_commit(txn);
    assert_true(lacks || !filled);
    return filled;
}

/* ---- how long bytes stay ---- */

static void an_erased_entry_is_unreadable_at_once_and_its_bytes_go_after_seven_days(void **context)
{
    uint64_t before = bytes_held(&ase), after = 0;
    bool due = false;
    struct store_txn *txn;

    (void)context;
    assert_true(readable(&here, 1));
    erase(&ase, BLOCK_SEQ, 1, 1, NOW_S);
    before = bytes_held(&ase);
    assert_false(readable(&here, 1));
    assert_true(readable(&here, 0));
    assert_true(readable(&here, 2));
    drop(NULL, NOW_S + 7 * DAY_S - 1);
    assert_int_equal(bytes_held(&ase), before);
    world_close(&here);
    world_open(&here);
    assert_false(readable(&here, 1));
    txn = world_read(&here);
    assert_int_equal(store_erased_is_due(txn, NOW_S + 7 * DAY_S - 1, &due), STORE_OK);
    assert_false(due);
    assert_int_equal(store_erased_is_due(txn, NOW_S + 7 * DAY_S, &due), STORE_OK);
    assert_true(due);
    store_end(txn);
    drop(NULL, NOW_S + 7 * DAY_S);
    after = bytes_held(&ase);
    assert_true(after < before);
    assert_false(readable(&here, 1));
    assert_true(readable(&here, 2));
    assert_int_equal(gap_count(&here, &ase), 0);
}

static size_t told_about(uint64_t n, const struct actor_id *self, struct erased_about *out)
{
    const struct subject subject = world_subject(FIRST_SUBJECT + n);
    struct store_txn *txn = world_read(&here);
    size_t count = 0;

    assert_int_equal(store_erased_about(txn, &trust, self, &subject, out, 1, &count, &here.arena), STORE_OK);
    store_end(txn);
    return count;
}

/* That it vanished is told as long as the bytes are here, and nothing else is kept to tell it from. */
static void who_erased_something_about_whom_is_known_while_the_bytes_are_here(void **context)
{
    struct erased_about about;
    struct trust_owner none = {.name_space = "epa", .actor = maria.actor.id};

    (void)context;
    assert_int_equal(told_about(1, NULL, &about), 0);
    erase(&ase, BLOCK_SEQ, 1, 1, NOW_S);
    assert_int_equal(told_about(0, NULL, &about), 0);
    assert_int_equal(told_about(1, NULL, &about), 1);
    assert_true(actor_id_equal(&about.author, &ase.actor.id));
    assert_int_equal(about.count, 1);
    assert_int_equal(about.time_s, NOW_S);
    memset(&trust, 0, sizeof trust);
    assert_int_equal(trust_add_owner(&trust, &none), TRUST_OK);
    assert_int_equal(told_about(1, NULL, &about), 0);
    assert_int_equal(told_about(1, &ase.actor.id, &about), 1);
    drop(NULL, NOW_S + 6 * DAY_S);
    assert_int_equal(told_about(1, &ase.actor.id, &about), 1);
    drop(NULL, NOW_S + 8 * DAY_S);
    assert_int_equal(told_about(1, &ase.actor.id, &about), 0);
}

/* How much a dossier about the nth subject tells of what may be given back to it. */
static size_t sealed(uint64_t n)
{
    const struct subject subject = world_subject(FIRST_SUBJECT + n);
    struct store_txn *txn = world_read(&here);
    struct dossier dossier;

    assert_int_equal(
        store_dossier(txn, &here.network, &trust, &subject, DOSSIER_REACH_ALL, &dossier, &here.arena),
        STORE_OK);
    store_end(txn);
    return dossier.sealed_count;
}

static void what_may_be_given_back_is_in_a_dossier_while_the_bytes_are_here(void **context)
{
    (void)context;
    assert_int_equal(sealed(1), 0);
    erase(&ase, BLOCK_SEQ, 1, 1, NOW_S);
    assert_int_equal(sealed(0), 0);
    assert_int_equal(sealed(1), 1);
    drop(NULL, NOW_S + 6 * DAY_S);
    assert_int_equal(sealed(1), 1);
    drop(NULL, NOW_S + 8 * DAY_S);
    assert_int_equal(sealed(1), 0);
}

static void what_a_void_of_the_erase_gave_back_is_not_sealed(void **context)
{
    uint64_t seq = erase(&ase, BLOCK_SEQ, 1, 1, NOW_S);

    (void)context;
    assert_int_equal(sealed(1), 1);
    make_void(&ase, seq, NOW_S);
    assert_int_equal(sealed(1), 0);
}

/* To whom it was given it may be given back, while what gave it to that one stands. */
static void what_was_given_to_another_may_be_given_back_to_both(void **context)
{
    const struct subject other = world_subject(FIRST_SUBJECT + 50);
    const struct status status = {.seq = BLOCK_SEQ,
                                  .action = STATUS_HELD_BY,
                                  .effective_day = day_of_time(NOW_S),
                                  .has_holder = true,
                                  .holder = other};
    struct store_txn *txn = world_write(&here);
    uint64_t seq;

    (void)context;
    world_say(&here, txn, &ase, &status, 1, 1, NOW_S);
    world_commit(txn);
    seq = ase.state.seq;
    erase(&ase, BLOCK_SEQ, 1, 1, NOW_S);
    assert_int_equal(sealed(1), 1);
    assert_int_equal(sealed(50), 1);
    make_void(&ase, seq, NOW_S);
    assert_int_equal(sealed(1), 1);
    assert_int_equal(sealed(50), 0);
}

static void attest_maria_by(struct world_author *author, size_t count)
{
    static struct subject subjects[DOSSIER_CREDENTIALS_EACH_MAX];
    struct store_txn *txn = world_write(&here);

    for (size_t i = 0; i < count; i++) {
        subjects[i] = subject_of_actor(&maria.actor.id);
    }
    world_attest(&here, txn, author, subjects, count, "ase/A5", NOW_S);
    world_commit(txn);
}

static void attest_maria_and_erase(size_t count)
{
    attest_maria_by(&ase, count);
    erase(&ase, ase.state.seq, 0, count - 1, NOW_S);
}

/* Of what there is no room for nobody looks what it was. */
static void who_erased_more_than_there_is_room_for_may_have_said_anything(void **context)
{
    struct dossier dossier;

    (void)context;
    attest_maria_and_erase(DOSSIER_CREDENTIALS_EACH_MAX - 1);
    world_dossier(&here, &trust, &maria.actor.id, UINT64_MAX, &dossier);
    assert_int_equal(dossier.sealed_count, DOSSIER_CREDENTIALS_EACH_MAX - 1);
    assert_false(dossier_log_of(&dossier, &ase.actor.id)->left_out);
    attest_maria_and_erase(2);
    world_dossier(&here, &trust, &maria.actor.id, UINT64_MAX, &dossier);
    assert_int_equal(dossier.sealed_count, DOSSIER_CREDENTIALS_EACH_MAX);
    assert_true(dossier_log_of(&dossier, &ase.actor.id)->left_out);
}

/* What they erased and what they did not have one room. */
static void what_many_erased_takes_the_room_of_certificates(void **context)
{
    enum { MANY = DOSSIER_CREDENTIALS_MAX / DOSSIER_CREDENTIALS_EACH_MAX };
    static struct world_author schools[MANY];
    struct bytes pattern = bytes_of_string("ase/*");
    struct dossier dossier;
    size_t left_out = 0;

    (void)context;
    for (size_t i = 0; i < MANY; i++) {
        struct accreditation record = {.patterns = {.items = &pattern, .count = 1}};

        begin(&here, &schools[i], 100 + i);
        record.delegate = schools[i].actor.id;
        publish(&ase, CLASS_GOVERN, ENTRY_ACCREDITATION, &record, NOW_S);
        attest_maria_by(&schools[i], DOSSIER_CREDENTIALS_EACH_MAX);
        if (i % 2 == 0) {
            erase(&schools[i], 1, 0, DOSSIER_CREDENTIALS_EACH_MAX - 1, NOW_S);
        }
    }
    world_dossier(&here, &trust, &maria.actor.id, UINT64_MAX, &dossier);
    for (size_t i = 0; i < MANY; i++) {
        left_out += dossier_log_of(&dossier, &schools[i].actor.id)->left_out;
    }
    assert_true(dossier.sealed_count > 0);
    assert_true(dossier.credential_count > 0);
    assert_true(dossier.sealed_count + dossier.credential_count < DOSSIER_CREDENTIALS_MAX);
    assert_true(left_out > 0);
}

static void a_void_of_the_erase_ends_it(void **context)
{
    struct erased_about about;
    uint64_t seq = erase(&ase, BLOCK_SEQ, 1, 1, NOW_S);

    (void)context;
    make_void(&ase, seq, NOW_S);
    assert_int_equal(told_about(1, NULL, &about), 0);
    assert_true(found(&here, 1));
}

/* A thief of an issuing key erased a certificate. */
static void a_void_before_then_gives_the_entry_back(void **context)
{
    uint64_t seq = erase(&ase, BLOCK_SEQ, 0, 2, NOW_S), before = 0;

    (void)context;
    assert_false(readable(&here, 1));
    make_void(&ase, seq, NOW_S + 3 * DAY_S);
    assert_true(readable(&here, 1));
    before = bytes_held(&ase);
    drop(NULL, NOW_S + 8 * DAY_S);
    drop(NULL, NOW_S + 30 * DAY_S);
    assert_true(readable(&here, 1));
    assert_int_equal(bytes_held(&ase), before);
    assert_int_equal(gap_count(&here, &ase), 0);
}

static void another_erase_of_it_still_stands(void **context)
{
    uint64_t first = erase(&ase, BLOCK_SEQ, 0, 1, NOW_S);

    (void)context;
    erase(&ase, BLOCK_SEQ, 1, 2, NOW_S + DAY_S);
    make_void(&ase, first, NOW_S + 2 * DAY_S);
    assert_true(readable(&here, 0));
    assert_false(readable(&here, 1));
    assert_false(readable(&here, 2));
    drop(NULL, NOW_S + 8 * DAY_S);
    assert_true(readable(&here, 0));
    assert_false(readable(&here, 1));
}

static void after_that_a_void_makes_them_missing_until_another_copy_comes(void **context)
{
    struct bytes whole = block_of(&here, &ase, BLOCK_SEQ);
    uint64_t seq = erase(&ase, BLOCK_SEQ, 1, 1, NOW_S);

    (void)context;
    drop(NULL, NOW_S + 7 * DAY_S);
    assert_int_equal(gap_count(&here, &ase), 0);
    assert_false(fill(&here, whole, NOW_S + 7 * DAY_S));
    make_void(&ase, seq, NOW_S + 8 * DAY_S);
    assert_int_equal(gap_count(&here, &ase), 1);
    assert_true(log_of(&here, &ase).incomplete);
    assert_false(readable(&here, 1));
    assert_true(fill(&here, whole, NOW_S + 9 * DAY_S));
    assert_true(readable(&here, 1));
    assert_int_equal(gap_count(&here, &ase), 0);
    assert_false(log_of(&here, &ase).incomplete);
    drop(NULL, NOW_S + 100 * DAY_S);
    assert_true(readable(&here, 1));
}

/* A rotation behind the `erase` drops it, and the author can say again what it had certified. */
static void own_bytes_stay_sealed_until_seven_days_after_a_rotation(void **context)
{
    struct store_txn *txn;
    uint64_t before = 0;

    (void)context;
    erase(&ase, BLOCK_SEQ, 1, 1, NOW_S);
    before = bytes_held(&ase);
    for (uint64_t day = 7; day < 100; day++) {
        drop(&ase, NOW_S + day * DAY_S);
    }
    assert_int_equal(bytes_held(&ase), before);
    assert_false(readable(&here, 1));
    txn = world_write(&here);
    world_rotate(&here, txn, &ase, NOW_S + 100 * DAY_S);
    world_commit(txn);
    before = bytes_held(&ase);
    drop(&ase, NOW_S + 101 * DAY_S);
    drop(&ase, NOW_S + 107 * DAY_S - 1);
    assert_int_equal(bytes_held(&ase), before);
    drop(&ase, NOW_S + 107 * DAY_S);
    assert_true(bytes_held(&ase) < before);
}

static void bytes_stay_while_a_fork_is_open(void **context)
{
    struct store_txn *txn;
    uint64_t before = 0;

    (void)context;
    erase(&ase, BLOCK_SEQ, 1, 1, NOW_S);
    txn = world_write(&here);
    assert_int_equal(
        store_put_fork_proof(txn, &ase.actor.id, 0, FORK_PROOF_LOWEST, bytes_of_string("a proof")), STORE_OK);
    world_commit(txn);
    before = bytes_held(&ase);
    drop(NULL, NOW_S + 7 * DAY_S);
    drop(NULL, NOW_S + 9 * DAY_S);
    assert_int_equal(bytes_held(&ase), before);
    txn = world_write(&here);
    world_rotate(&here, txn, &ase, NOW_S + 10 * DAY_S);
    world_commit(txn);
    before = bytes_held(&ase);
    drop(NULL, NOW_S + 11 * DAY_S);
    assert_true(bytes_held(&ase) < before);
}

/* Three blocks could wipe a registry. */
static void an_author_erases_65536_entries_a_day(void **context)
{
    enum { WIDE = BLOCK_ENTRIES_MAX, WHOLE = 16 };
    static struct subject subjects[WIDE];
    struct store_txn *txn = world_write(&here);
    uint64_t wide_seq = 0, room = 0, before = 0;

    (void)context;
    for (size_t i = 0; i < WIDE; i++) {
        subjects[i] = world_subject(1000 + i);
    }
    world_attest(&here, txn, &ase, subjects, WIDE, "ase/A5", NOW_S);
    world_commit(txn);
    wide_seq = ase.state.seq;
    for (size_t i = 0; i < WHOLE; i++) {
        erase(&ase, wide_seq, 0, WIDE - 1, NOW_S + i);
    }
    txn = world_read(&here);
    assert_int_equal(store_erase_room(txn, &ase.actor.id, NOW_S, &room), STORE_OK);
    assert_int_equal(room, 0);
    assert_int_equal(store_erase_room(txn, &ase.actor.id, NOW_S + DAY_S, &room), STORE_OK);
    assert_int_equal(room, 65536);
    store_end(txn);
    assert_false(served(&here, &ase, wide_seq, 0));
    erase(&ase, BLOCK_SEQ, 1, 1, NOW_S + WHOLE);
    assert_true(readable(&here, 1)); /* its day has not come */
    drop(NULL, NOW_S + DAY_S - 1);
    assert_true(readable(&here, 1));
    before = bytes_held(&ase);
    drop(NULL, NOW_S + DAY_S);
    assert_false(readable(&here, 1));
    drop(NULL, NOW_S + 8 * DAY_S - 1); /* sixteen rows and the wide block with them */
    assert_true(bytes_held(&ase) < before);
    before = bytes_held(&ase);
    drop(NULL, NOW_S + 8 * DAY_S);
    assert_true(bytes_held(&ase) < before);
}

/* ---- what is against somebody ---- */

/* Maria joined the garage in block 1 of its log and left in block 2. */
static void join_and_leave(void)
{
    const struct affiliation joined =
        world_joined(&here, &maria.actor.id, &garage.actor.id, 0, &maria.actor.built[WORLD_PRESENT_KEY]);
    const struct affiliation left = world_left(&joined, WORLD_JOINED_DAY + 10);

    publish(&garage, CLASS_CONTENT, ENTRY_AFFILIATION, &joined, NOW_S);
    publish(&garage, CLASS_CONTENT, ENTRY_AFFILIATION, &left, NOW_S);
}

static size_t leaves_about(const struct world_author *author)
{
    struct dossier dossier;

    world_dossier(&here, &trust, &author->actor.id, UINT64_MAX, &dossier);
    assert_int_equal(dossier.affiliation_count, 1);
    assert_true(actor_id_equal(&dossier.affiliations[0].affiliation.consent.technician, &maria.actor.id));
    assert_true(actor_id_equal(&dossier.affiliations[0].affiliation.consent.shop, &garage.actor.id));
    return dossier.leave_count;
}

static bool joined_is_erased(const struct world_author *author)
{
    struct dossier dossier;

    world_dossier(&here, &trust, &author->actor.id, UINT64_MAX, &dossier);
    assert_int_equal(dossier.affiliation_count, 1);
    return dossier.affiliations[0].place.erased;
}

/* A shop erased its own `left`, and the technician was back on the roster. */
static void a_left_is_not_erased_while_its_joined_is_there(void **context)
{
    (void)context;
    join_and_leave();
    erase(&garage, 2, 0, 0, NOW_S);
    assert_int_equal(leaves_about(&maria), 1);
    assert_int_equal(leaves_about(&garage), 1);
    assert_true(served(&here, &garage, 2, 0));
    for (uint64_t day = 7; day < 40; day++) {
        drop(NULL, NOW_S + day * DAY_S);
    }
    assert_int_equal(leaves_about(&maria), 1);
    assert_true(served(&here, &garage, 2, 0));
    assert_int_equal(gap_count(&here, &garage), 0);
}

/* Nor where none is: whoever kept back the block with it would erase the word that ends it. */
static void nor_while_no_joined_is_known(void **context)
{
    const struct affiliation joined =
        world_joined(&here, &maria.actor.id, &garage.actor.id, 0, &maria.actor.built[WORLD_PRESENT_KEY]);
    const struct affiliation left = world_left(&joined, WORLD_JOINED_DAY + 10);

    (void)context;
    publish(&garage, CLASS_CONTENT, ENTRY_AFFILIATION, &left, NOW_S);
    erase(&garage, 1, 0, 0, NOW_S);
    assert_true(served(&here, &garage, 1, 0));
}

static void with_its_joined_it_is(void **context)
{
    uint64_t seq = 0;

    (void)context;
    join_and_leave();
    erase(&garage, 2, 0, 0, NOW_S);
    seq = erase(&garage, 1, 0, 0, NOW_S);
    assert_int_equal(leaves_about(&maria), 0);
    assert_true(joined_is_erased(&maria));
    assert_false(served(&here, &garage, 1, 0));
    assert_false(served(&here, &garage, 2, 0));
    make_void(&garage, seq, NOW_S + DAY_S);
    assert_int_equal(leaves_about(&maria), 1);
    assert_false(joined_is_erased(&maria));
    assert_true(served(&here, &garage, 2, 0));
}

static void that_there_was_a_joined_stays_known(void **context)
{
    (void)context;
    join_and_leave();
    erase(&garage, 1, 0, 0, NOW_S);
    erase(&garage, 2, 0, 0, NOW_S);
    assert_true(joined_is_erased(&garage));
    for (uint64_t day = 7; day < 40; day++) {
        drop(NULL, NOW_S + day * DAY_S);
    }
    assert_int_equal(leaves_about(&maria), 0);
    assert_true(joined_is_erased(&maria));
    assert_true(joined_is_erased(&garage));
    world_close(&here);
    world_open(&here);
    assert_true(joined_is_erased(&maria));
    assert_int_equal(gap_count(&here, &garage), 0);
}

/* The head of the garage's log goes back to block seq, as where another branch is followed. */
static void unwind_garage(uint64_t seq, uint64_t now_s)
{
    struct store_txn *txn = world_write(&here);

    assert_int_equal(store_unwind_to(txn, &here.network, &garage.actor.id, seq, now_s), STORE_OK);
    assert_int_equal(store_log_state(txn, &garage.actor.id, &garage.state), STORE_OK);
    world_commit(txn);
}

static size_t affiliations_of(const struct world_author *author)
{
    struct dossier dossier;

    world_dossier(&here, &trust, &author->actor.id, UINT64_MAX, &dossier);
    return dossier.affiliation_count;
}

/* What stands in its place then is no affiliation at all. */
static void a_joined_whose_bytes_are_gone_goes_with_its_branch_and_comes_back_with_it(void **context)
{
    struct bytes joined;
    struct store_txn *txn;

    (void)context;
    join_and_leave();
    erase(&garage, 1, 0, 0, NOW_S);
    drop(NULL, NOW_S + 7 * DAY_S);
    joined = block_of(&here, &garage, 1);
    assert_true(joined_is_erased(&maria));
    unwind_garage(0, NOW_S + 8 * DAY_S);
    txn = world_write(&here);
    world_rotate(&here, txn, &garage, NOW_S + 8 * DAY_S);
    world_commit(txn);
    assert_int_equal(affiliations_of(&maria), 0);
    assert_int_equal(affiliations_of(&garage), 0);
    unwind_garage(0, NOW_S + 9 * DAY_S);
    txn = world_write(&here);
    assert_int_equal(world_accept(&here, txn, &garage, joined, NOW_S + 9 * DAY_S), REASON_NONE);
    world_commit(txn);
    assert_true(joined_is_erased(&maria));
    assert_true(joined_is_erased(&garage));
    assert_int_equal(gap_count(&here, &garage), 0);
}

/* Its copy may be the `left` of somebody whom the shop still has on its roster. */
static void an_affiliation_that_was_erased_unread_is_asked_for(void **context)
{
    struct bytes whole;

    (void)context;
    join_and_leave();
    whole = block_of(&here, &garage, 2);
    erase(&garage, 2, 0, 0, NOW_S);
    give(&garage_copy, block_of(&here, &garage, 1), NOW_S);
    give(&garage_copy, strip(whole, 0, 0), NOW_S);
    assert_true(log_of(&fresh, &garage).incomplete); /* nobody says yet that it was erased */
    give(&garage_copy, block_of(&here, &garage, 3), NOW_S);
    assert_false(log_of(&fresh, &garage).incomplete);
    assert_true(log_of(&fresh, &garage).has_unread);
    assert_int_equal(log_of(&fresh, &garage).unread_seq, 3);
    assert_int_equal(gap_count(&fresh, &garage), 1);
    assert_true(fill(&fresh, whole, NOW_S));
    assert_false(log_of(&fresh, &garage).has_unread);
    assert_int_equal(gap_count(&fresh, &garage), 0);
    assert_true(served(&fresh, &garage, 2, 0));
}

/* It sets the shop's floors. */
static void a_review_is_not_erased(void **context)
{
    const struct review review = {.shop = garage.actor.id,
                                  .code = bytes_of_string("ase/blue-seal"),
                                  .day = WORLD_JOINED_DAY,
                                  .technicians = 4};
    struct dossier dossier;
    struct bytes whole;

    (void)context;
    publish(&ase, CLASS_CONTENT, ENTRY_REVIEW, &review, NOW_S);
    whole = block_of(&here, &ase, 2);
    erase(&ase, 2, 0, 0, NOW_S);
    drop(NULL, NOW_S + 8 * DAY_S);
    assert_true(served(&here, &ase, 2, 0));
    world_dossier(&here, &trust, &garage.actor.id, UINT64_MAX, &dossier);
    assert_int_equal(dossier.review_count, 1);
    give(&ase_copy, block_of(&here, &ase, 1), NOW_S);
    give(&ase_copy, strip(whole, 0, 0), NOW_S);
    give(&ase_copy, block_of(&here, &ase, 3), NOW_S);
    assert_true(log_of(&fresh, &ase).incomplete); /* so that it is missed where a relay hides it */
    assert_true(fill(&fresh, whole, NOW_S));
    assert_false(log_of(&fresh, &ase).incomplete);
}

static void what_a_shop_says_of_itself_is_erased_at_once(void **context)
{
    const struct shop first = world_profile("Main Street"), second = world_profile("High Street");
    struct shop profile;
    struct store_txn *txn;
    uint64_t seq = 0;

    (void)context;
    publish(&garage, CLASS_CONTENT, ENTRY_SHOP, &first, NOW_S);
    publish(&garage, CLASS_CONTENT, ENTRY_SHOP, &second, NOW_S);
    seq = erase(&garage, 2, 0, 0, NOW_S);
    txn = world_read(&here);
    assert_int_equal(store_shop_profile(txn, &garage.actor.id, &profile, &here.arena), STORE_OK);
    store_end(txn);
    assert_true(bytes_equal(profile.name, first.name));
    make_void(&garage, seq, NOW_S);
    txn = world_read(&here);
    assert_int_equal(store_shop_profile(txn, &garage.actor.id, &profile, &here.arena), STORE_OK);
    store_end(txn);
    assert_true(bytes_equal(profile.name, second.name));
}

/* ---- what is missing ---- */

/* A relay blanked a block of a registry. */
static void what_no_erase_accounts_for_is_missing(void **context)
{
    struct bytes whole = block_of(&here, &ase, BLOCK_SEQ);
    uint64_t seq = 0;

    (void)context;
    seq = erase(&ase, BLOCK_SEQ, 1, 1, NOW_S);
    give(&ase_copy, strip(whole, 0, 1), NOW_S);
    assert_true(log_of(&fresh, &ase).incomplete);
    assert_int_equal(log_of(&fresh, &ase).incomplete_from, BLOCK_SEQ);
    assert_int_equal(gap_count(&fresh, &ase), 1);
    give(&ase_copy, block_of(&here, &ase, 2), NOW_S + 1); /* blocks after it are not held up */
    assert_int_equal(log_of(&fresh, &ase).head_seq, 2);
    assert_true(log_of(&fresh, &ase).incomplete); /* one of two was erased */
    assert_true(fill(&fresh, whole, NOW_S));
    assert_false(log_of(&fresh, &ase).incomplete);
    assert_int_equal(gap_count(&fresh, &ase), 0);
    assert_true(readable(&fresh, 0));
    assert_false(readable(&fresh, 1));
    make_void(&ase, seq, NOW_S);
    give(&ase_copy, block_of(&here, &ase, 3), NOW_S);
    assert_true(log_of(&fresh, &ase).incomplete); /* what was erased was not taken */
}

static void an_erase_that_comes_later_accounts_for_it(void **context)
{
    struct bytes whole = block_of(&here, &ase, BLOCK_SEQ);
    uint64_t seq = erase(&ase, BLOCK_SEQ, 1, 1, NOW_S);

    (void)context;
    give(&ase_copy, strip(whole, 1, 1), NOW_S);
    assert_true(log_of(&fresh, &ase).incomplete);
    give(&ase_copy, block_of(&here, &ase, 2), NOW_S);
    assert_false(log_of(&fresh, &ase).incomplete);
    make_void(&ase, seq, NOW_S);
    give(&ase_copy, block_of(&here, &ase, 3), NOW_S);
    assert_true(log_of(&fresh, &ase).incomplete);
}

static struct dossier about_nobody(struct store_world *world)
{
    const struct subject subject = world_subject(FIRST_SUBJECT + SUBJECTS);
    struct store_txn *txn = world_read(world);
    struct dossier dossier;

    assert_int_equal(
        store_dossier(txn, &world->network, &trust, &subject, DOSSIER_REACH_ALL, &dossier, &world->arena),
        STORE_OK);
    store_end(txn);
    return dossier;
}

/* Nobody fills the room of those whose word counts. */
static void what_strangers_lack_takes_no_room(void **context)
{
    enum { STRANGERS = 1025, STRANGER_SEED = 100 };
    const struct subject subject = world_subject(FIRST_SUBJECT);
    struct world_author stranger, copy;
    struct dossier dossier;

    (void)context;
    for (uint64_t i = 0; i < STRANGERS; i++) {
        struct store_txn *txn;

        begin(&here, &stranger, STRANGER_SEED + i);
        begin(&fresh, &copy, STRANGER_SEED + i);
        txn = world_write(&here);
        world_attest(&here, txn, &stranger, &subject, 1, "ase/A5", NOW_S);
        world_commit(txn);
        give(&copy, strip(block_of(&here, &stranger, 1), 0, 0), NOW_S);
        arena_rewind(&fresh.arena, 0);
        arena_rewind(&here.arena, 0);
    }
    begin(&here, &stranger, STRANGER_SEED + STRANGERS);
    begin(&fresh, &copy, STRANGER_SEED + STRANGERS);
    give(&ase_copy, strip(block_of(&here, &ase, BLOCK_SEQ), 0, 0), NOW_S);
    dossier = about_nobody(&fresh);
    assert_false(dossier.cuts.credentials);
    assert_true(dossier_log_of(&dossier, &ase.actor.id)->incomplete);
    assert_int_equal(dossier.log_count, 1);
}

/* A thief who never hands out what he wrote must not leave the author incomplete for ever. */
static void what_a_void_block_lacks_is_not_missed(void **context)
{
    struct bytes whole = block_of(&here, &ase, BLOCK_SEQ);

    (void)context;
    make_void(&ase, BLOCK_SEQ, NOW_S);
    give(&ase_copy, strip(whole, 0, 2), NOW_S);
    assert_true(log_of(&fresh, &ase).incomplete);
    give(&ase_copy, block_of(&here, &ase, 2), NOW_S + DAY_S);
    assert_false(log_of(&fresh, &ase).incomplete);
    assert_int_equal(gap_count(&fresh, &ase), 0);
    assert_true(log_by(&fresh, &ase, NOW_S).incomplete); /* as known by then */
}

/* Whoever follows the branch that erases something hands it out erased. */
static void an_erase_beside_the_chain_accounts_for_it_in_the_open_epoch(void **context)
{
    struct bytes whole = block_of(&here, &ase, BLOCK_SEQ), eraser;
    struct store_txn *txn;
    struct block block;

    (void)context;
    erase(&ase, BLOCK_SEQ, 0, 0, NOW_S);
    eraser = block_of(&here, &ase, 2);
    give(&ase_copy, strip(whole, 0, 0), NOW_S);
    assert_true(log_of(&fresh, &ase).incomplete);
    txn = world_write(&fresh);
    assert_int_equal(block_decode(&block, &fresh.network, eraser, &fresh.arena), REASON_NONE);
    assert_int_equal(store_put_side_block(txn, &fresh.network, &block, NOW_S), STORE_OK);
    world_commit(txn);
    assert_false(log_of(&fresh, &ase).incomplete);
    assert_true(fill(&fresh, whole, NOW_S)); /* and on the chain nothing says so */
    assert_true(readable(&fresh, 0));
}

/* It came erased, was then read after all, and is erased for good once its joined is. */
static void a_left_that_was_filled_in_goes_with_its_joined(void **context)
{
    struct bytes joined, whole;
    struct store_txn *txn;

    (void)context;
    join_and_leave();
    joined = block_of(&here, &garage, 1);
    whole = block_of(&here, &garage, 2);
    erase(&garage, 2, 0, 0, NOW_S);
    erase(&garage, 1, 0, 0, NOW_S + 9 * DAY_S);
    give(&garage_copy, joined, NOW_S);
    give(&garage_copy, strip(whole, 0, 0), NOW_S);
    give(&garage_copy, block_of(&here, &garage, 3), NOW_S);
    txn = world_write(&fresh);
    assert_int_equal(store_drop_erased(txn, NULL, NOW_S + 7 * DAY_S, DROPS), STORE_OK);
    world_commit(txn);
    assert_true(fill(&fresh, whole, NOW_S + 8 * DAY_S));
    give(&garage_copy, block_of(&here, &garage, 4), NOW_S + 9 * DAY_S);
    for (uint64_t day = 10; day < 40; day++) {
        txn = world_write(&fresh);
        assert_int_equal(store_drop_erased(txn, NULL, NOW_S + day * DAY_S, DROPS), STORE_OK);
        world_commit(txn);
    }
    assert_true(served_bytes(&fresh, &garage, 2) == held_bytes(&fresh, &garage, 2));
}

/* An undone void no longer stands against the `erase`, which is held beside the chain then. */
static void what_a_void_gave_back_is_not_missed_once_that_is_undone(void **context)
{
    struct bytes whole = block_of(&here, &ase, BLOCK_SEQ);
    uint64_t seq = erase(&ase, BLOCK_SEQ, 1, 1, NOW_S);
    struct store_txn *txn;

    (void)context;
    make_void(&ase, seq, NOW_S);
    give(&ase_copy, strip(whole, 1, 1), NOW_S);
    give(&ase_copy, block_of(&here, &ase, 2), NOW_S);
    give(&ase_copy, block_of(&here, &ase, 3), NOW_S);
    assert_int_equal(gap_count(&fresh, &ase), 1);
    txn = world_write(&fresh);
    assert_int_equal(store_unwind_to(txn, &fresh.network, &ase.actor.id, BLOCK_SEQ, NOW_S), STORE_OK);
    world_commit(txn);
    assert_int_equal(gap_count(&fresh, &ase), 0);
}

/* Rows that have an eraser looked at, as of the end of days. */
static size_t drop_count(struct store_world *world)
{
    struct key first = {0};
    struct store_txn *txn = world_read(world);
    struct walk walk;
    size_t count = 0;
    enum store_error error;

    key_add_number(&first, 0, 8);
    assert_int_equal(walk_open(&walk, txn, TABLE_DROPS), STORE_OK);
    for (error = walk_seek(&walk, &first); error == STORE_OK; error = walk_next(&walk)) {
        count++;
    }
    assert_int_equal(error, STORE_NOT_FOUND);
    walk_close(&walk);
    store_end(txn);
    return count;
}

static bool is_due(struct store_world *world, uint64_t now_s)
{
    struct store_txn *txn = world_read(world);
    bool due = false;

    assert_int_equal(store_erased_is_due(txn, now_s, &due), STORE_OK);
    store_end(txn);
    return due;
}

/* A void `erase` is looked at again each week, once, however often what it names is filled in. */
static void an_eraser_has_one_day_on_which_it_is_looked_at(void **context)
{
    struct bytes whole = block_of(&here, &ase, BLOCK_SEQ);
    uint64_t seq = erase(&ase, BLOCK_SEQ, 0, 2, NOW_S);

    (void)context;
    make_void(&ase, seq, NOW_S);
    give(&ase_copy, strip(whole, 0, 2), NOW_S);
    give(&ase_copy, block_of(&here, &ase, 2), NOW_S);
    give(&ase_copy, block_of(&here, &ase, 3), NOW_S);
    assert_int_equal(drop_count(&fresh), 1);
    for (uint64_t i = 0; i < SUBJECTS; i++) {
        bool filled =
            fill(&fresh, i + 1 < SUBJECTS ? strip(whole, i + 1, 2) : whole, NOW_S + (i + 1) * DAY_S);

        assert_true(filled);
        assert_int_equal(drop_count(&fresh), 1);
    }
    assert_false(is_due(&fresh, NOW_S + 10 * DAY_S - 1));
    assert_true(is_due(&fresh, NOW_S + 10 * DAY_S));
}

static void a_block_beside_the_chain_has_gaps_in_the_open_epoch(void **context)
{
    struct bytes whole = block_of(&here, &ase, BLOCK_SEQ), copy = strip(whole, 0, 0);
    struct store_txn *txn = world_write(&fresh);
    struct block block;

    (void)context;
    assert_int_equal(block_decode(&block, &fresh.network, copy, &fresh.arena), REASON_NONE);
    assert_int_equal(store_put_side_block(txn, &fresh.network, &block, NOW_S), STORE_OK);
    world_commit(txn);
    assert_int_equal(gap_count(&fresh, &ase), 1);
    assert_true(log_of(&fresh, &ase).incomplete);
    assert_true(fill(&fresh, whole, NOW_S));
    assert_int_equal(gap_count(&fresh, &ase), 0);
}

/* Blocks at one place may have ids that begin alike. */
static void setters_are_told_apart_by_their_whole_hash(void **context)
{
    struct hash one = {{1}}, other = {{1}};
    struct key first, second;

    (void)context;
    other.bytes[HASH_SIZE - 1] = 1;
    first = eraser_key(1, 2, 3, &one);
    second = eraser_key(1, 2, 3, &other);
    assert_int_equal(first.size, ERASER_KEY_SIZE);
    assert_memory_not_equal(first.bytes, second.bytes, ERASER_KEY_SIZE);
}

/* ---- many of them ---- */

enum { BLANKED = 4100, SIBLINGS = 257 };

/* ase certifies in so many blocks more. */
static void attest_blocks(size_t count)
{
    const struct subject subject = world_subject(FIRST_SUBJECT);
    struct store_txn *txn = world_write(&here);

    for (size_t i = 0; i < count; i++) {
        world_attest(&here, txn, &ase, &subject, 1, "ase/A5", NOW_S);
    }
    world_commit(txn);
}

/* The fresh node takes in blocks first..last of ase without their entries, on its chain or beside it. */
static void give_blanked(uint64_t first, uint64_t last, bool beside)
{
    struct store_txn *reading = world_read(&here), *txn = world_write(&fresh);

    for (uint64_t seq = first; seq <= last; seq++) {
        size_t mark = arena_mark(&here.arena), fresh_mark = arena_mark(&fresh.arena);
        struct bytes encoded;
        struct block block;

        assert_int_equal(store_block_bytes(reading, &ase.actor.id, seq, &encoded, &here.arena), STORE_OK);
        encoded = strip(encoded, 0, 0);
        if (beside) {
            assert_int_equal(block_decode(&block, &fresh.network, encoded, &fresh.arena), REASON_NONE);
            assert_int_equal(store_put_side_block(txn, &fresh.network, &block, NOW_S), STORE_OK);
        } else {
            assert_int_equal(world_accept(&fresh, txn, &ase_copy, encoded, NOW_S), REASON_NONE);
        }
        arena_rewind(&here.arena, mark);
        arena_rewind(&fresh.arena, fresh_mark);
    }
    world_commit(txn);
    store_end(reading);
}

/* ase certifies at the fresh node in a block that comes without its entry. */
static struct hash give_one_blanked(void)
{
    const struct subject subject = world_subject(FIRST_SUBJECT);
    struct attestation attestation = build_attestation(&ase.actor.id, "ase/A5", 40000, 42000);
    struct store_txn *txn = world_write(&fresh);
    struct bytes encoded;

    attestation.subject = subject;
    encoded = world_sign_one(&fresh, txn, &ase_copy, CLASS_CONTENT, ENTRY_ATTESTATION, &attestation, NOW_S);
    assert_int_equal(world_accept(&fresh, txn, &ase_copy, strip(encoded, 0, 0), NOW_S), REASON_NONE);
    world_commit(txn);
    return ase_copy.state.head;
}

/* ase erases an entry at the fresh node. */
static void give_erase(uint64_t seq, uint64_t index)
{
    struct index_range range;
    const struct erase record = build_erase(seq, &range, index, index);
    struct store_txn *txn = world_write(&fresh);

    world_publish_one(&fresh, txn, &ase_copy, CLASS_STATUS, ENTRY_ERASE, &record, NOW_S + DAY_S);
    world_commit(txn);
}

static void assert_only_gap(const struct hash *hash)
{
    struct locator_point gaps[2];
    struct store_txn *txn = world_read(&fresh);
    size_t count = 0;

    assert_int_equal(store_gaps(txn, &ase.actor.id, 0, gaps, 2, &count), STORE_OK);
    store_end(txn);
    assert_int_equal(count, 1);
    assert_memory_equal(&gaps[0].hash, hash, sizeof *hash);
}

/* A thief blanks a branch; the author rotates. */
static void what_a_branch_of_a_closed_epoch_lacks_hides_no_gap_and_is_none(void **context)
{
    struct store_txn *txn;
    struct hash hash;

    (void)context;
    attest_blocks(BLANKED);
    give_blanked(1, BLANKED, true);
    assert_true(log_of(&fresh, &ase).incomplete);
    txn = world_write(&fresh);
    world_rotate(&fresh, txn, &ase_copy, NOW_S + DAY_S);
    world_commit(txn);
    assert_false(log_of(&fresh, &ase).incomplete);
    assert_int_equal(gap_count(&fresh, &ase), 0);
    hash = give_one_blanked();
    assert_true(log_of(&fresh, &ase).incomplete);
    assert_only_gap(&hash);
}

static void what_void_blocks_lack_hides_no_gap(void **context)
{
    struct hash hash;

    (void)context;
    attest_blocks(BLANKED - 1);
    give_blanked(1, BLANKED, false);
    for (uint64_t first = 1, seq = BLANKED + 1; first <= BLANKED; first += VOID_BLOCKS_MAX, seq++) {
        const uint64_t last = first + VOID_BLOCKS_MAX - 1;
        const struct void_record record =
            build_void(first, last < BLANKED ? last : BLANKED, STATUS_REASON_KEY_COMPROMISE);

        publish(&ase, CLASS_GOVERN, ENTRY_VOID, &record, NOW_S);
        give(&ase_copy, block_of(&here, &ase, seq), NOW_S + DAY_S);
    }
    assert_false(log_of(&fresh, &ase).incomplete);
    hash = give_one_blanked();
    assert_true(log_of(&fresh, &ase).incomplete);
    assert_only_gap(&hash);
    assert_true(log_by(&fresh, &ase, NOW_S).incomplete);
}

/* A chain that is left and followed again. */
static void a_gap_goes_with_its_block(void **context)
{
    struct bytes whole = block_of(&here, &ase, BLOCK_SEQ);
    struct store_txn *txn;

    (void)context;
    give(&ase_copy, strip(whole, 0, 2), NOW_S);
    txn = world_write(&fresh);
    assert_int_equal(store_unwind_to(txn, &fresh.network, &ase.actor.id, 0, NOW_S), STORE_OK);
    assert_int_equal(store_log_state(txn, &ase.actor.id, &ase_copy.state), STORE_OK);
    world_commit(txn);
    assert_int_equal(gap_count(&fresh, &ase), 1);
    assert_true(log_of(&fresh, &ase).incomplete);
    give(&ase_copy, whole, NOW_S); /* the copy held stays, with its gap */
    assert_int_equal(gap_count(&fresh, &ase), 1);
    txn = world_write(&fresh);
    world_rotate(&fresh, txn, &ase_copy, NOW_S + DAY_S);
    world_commit(txn);
    assert_true(log_of(&fresh, &ase).incomplete);
    assert_true(fill(&fresh, whole, NOW_S));
    assert_int_equal(gap_count(&fresh, &ase), 0);
}

/* Blocks at one place, in several epochs; the chain's own comes after more of them than are looked at. */
static void the_chains_own_gap_is_not_lost_among_siblings(void **context)
{
    static uint8_t copies[SIBLINGS + 1][1024];
    struct bytes blocks[SIBLINGS + 1], own = {0};
    struct hash hashes[SIBLINGS + 1], highest = {0};
    struct store_txn *txn = world_write(&fresh);
    struct block block;
    size_t count = 0;

    (void)context;
    for (; count <= SIBLINGS; count++) {
        struct attestation attestation = build_attestation(&ase.actor.id, "ase/A5", 40000, 42000);
        size_t mark = arena_mark(&fresh.arena);
        struct bytes encoded = world_sign_one(&fresh, txn, &ase_copy, CLASS_CONTENT, ENTRY_ATTESTATION,
                                              &attestation, NOW_S + count);

        assert_int_equal(block_decode(&block, &fresh.network, encoded, &fresh.arena), REASON_NONE);
        assert_true(encoded.size <= sizeof copies[count]);
        memcpy(copies[count], encoded.data, encoded.size);
        blocks[count] = bytes_of(copies[count], encoded.size);
        hashes[count] = block.hash;
        if (hash_compare(&block.hash, &highest) > 0) {
            highest = block.hash;
            own = blocks[count];
        }
        arena_rewind(&fresh.arena, mark);
    }
    for (size_t i = 0; i < count; i++) {
        if (!hash_equal(&hashes[i], &highest)) {
            assert_int_equal(block_decode(&block, &fresh.network, blocks[i], &fresh.arena), REASON_NONE);
            assert_int_equal(store_put_side_block(txn, &fresh.network, &block, NOW_S), STORE_OK);
        }
    }
    assert_int_equal(world_accept(&fresh, txn, &ase_copy, strip(own, 0, 0), NOW_S), REASON_NONE);
    world_commit(txn);
    assert_true(log_of(&fresh, &ase).incomplete);
    assert_only_gap(&highest);
    give_erase(1, 0);
    assert_false(log_of(&fresh, &ase).incomplete);
    assert_int_equal(gap_count(&fresh, &ase), 0);
}

/* ---- many erasers ---- */

enum { SETTERS = GAP_SETTERS_MAX + 16, SETTERS_FIRST = 2 + SETTERS };

/* ase certifies in so many blocks, says in as many more to erase what each says, and voids all of that. */
static void erase_and_take_back(void)
{
    const struct void_record record =
        build_void(SETTERS_FIRST, SETTERS_FIRST + SETTERS - 1, STATUS_REASON_KEY_COMPROMISE);

    attest_blocks(SETTERS);
    for (uint64_t i = 0; i < SETTERS; i++) {
        assert_int_equal(erase(&ase, 2 + i, 0, 0, NOW_S), SETTERS_FIRST + i);
    }
    publish(&ase, CLASS_GOVERN, ENTRY_VOID, &record, NOW_S);
}

/* One void may change what thousands of blocks are accounted for. */
static void nothing_is_said_to_be_complete_until_it_was_looked_at(void **context)
{
    (void)context;
    erase_and_take_back();
    assert_true(log_of(&here, &ase).incomplete);
    assert_true(is_due(&here, NOW_S));
    drop(NULL, NOW_S);
    assert_false(is_due(&here, NOW_S));
    assert_false(log_of(&here, &ase).incomplete);
}

static void what_a_void_of_many_leaves_without_account_is_missing(void **context)
{
    struct locator_point gaps[SETTERS + 1];
    struct store_txn *txn;
    size_t count = 0;

    (void)context;
    erase_and_take_back();
    give(&ase_copy, block_of(&here, &ase, BLOCK_SEQ), NOW_S);
    give_blanked(2, SETTERS_FIRST - 1, false);
    for (uint64_t i = 0; i < SETTERS; i++) {
        give(&ase_copy, block_of(&here, &ase, SETTERS_FIRST + i), NOW_S);
    }
    assert_false(log_of(&fresh, &ase).incomplete);
    give(&ase_copy, block_of(&here, &ase, SETTERS_FIRST + SETTERS), NOW_S);
    assert_true(log_of(&fresh, &ase).incomplete);
    txn = world_write(&fresh);
    assert_int_equal(store_drop_erased(txn, NULL, NOW_S, DROPS), STORE_OK);
    assert_int_equal(store_gaps(txn, &ase.actor.id, 0, gaps, SETTERS + 1, &count), STORE_OK);
    world_commit(txn);
    assert_int_equal(count, SETTERS);
    assert_false(is_due(&fresh, NOW_S));
}

/* A status block of ase, on top of what the fresh node holds, that erases the first entry of each of so many
 * blocks. Nobody checked it, nor its signature. */
static void put_beside(size_t named)
{
    const struct indexed_signature unsigned_yet = {.key_index = 0};
    const struct index_range range = {0, 0};
    static struct draft draft;
    struct arena *arena = &fresh.arena;
    uint8_t *header = arena_take(arena, HEADER_SIZE_MAX), *body = arena_take(arena, BLOCK_BODY_SIZE_MAX);
    uint8_t *memory = arena_take(arena, BLOCK_SIZE_MAX);
    struct store_txn *txn = world_write(&fresh);
    struct bytes header_bytes, body_bytes, encoded;
    struct writer writer;
    struct block block;

    world_draft(&fresh, &draft, CLASS_STATUS);
    for (uint64_t seq = 2; seq < 2 + named; seq++) {
        const struct erase record = {.seq = seq, .entries = {.items = &range, .count = 1}};

        world_add(&draft, ENTRY_ERASE, &record);
    }
    assert_int_equal(draft_preview(&block, &draft, &ase_copy.state, &fresh.network, NOW_S, arena),
                     REASON_NONE);
    assert_true(schema_encode(&header_schema, &block.header, header, HEADER_SIZE_MAX, &header_bytes));
    writer_init(&writer, body, BLOCK_BODY_SIZE_MAX);
    writer_array(&writer, (uint32_t)block.entry_count);
    for (size_t i = 0; i < block.entry_count; i++) {
        writer_raw(&writer, block.entries[i].encoded.data, block.entries[i].encoded.size);
    }
    assert_true(writer_end(&writer, &body_bytes));
    writer_init(&writer, memory, BLOCK_SIZE_MAX);
    assert_true(block_encode(&writer, header_bytes, &unsigned_yet, 1, body_bytes));
    assert_true(writer_end(&writer, &encoded));
    assert_int_equal(block_decode(&block, &fresh.network, encoded, arena), REASON_NONE);
    assert_int_equal(store_put_side_block(txn, &fresh.network, &block, NOW_S), STORE_OK);
    world_commit(txn);
}

/* Beside the chain no limit of the log holds it up. */
static void a_block_that_names_more_than_it_may_erases_nothing(void **context)
{
    enum { NAMED = STATUS_BLOCKS_MAX + 1 };

    for (size_t named = NAMED - 1; named <= NAMED; named++) {
        teardown(context);
        setup(context);
        attest_blocks(NAMED);
        give(&ase_copy, block_of(&here, &ase, BLOCK_SEQ), NOW_S);
        give_blanked(2, NAMED + 1, false);
        put_beside(named);
        assert_int_equal(drop_count(&fresh), named < NAMED ? named : 0);
    }
}

/* Rows about one block are bounded; a void one gives way, no other does. */
static void a_void_eraser_gives_way_to_a_new_one(void **context)
{
    enum { EACH_MAX = 1024, FIRST = BLOCK_SEQ + 1 };

    (void)context;
    for (uint64_t i = 0; i < EACH_MAX; i++) {
        erase(&ase, BLOCK_SEQ, 0, 0, NOW_S);
    }
    erase(&ase, BLOCK_SEQ, 1, 1, NOW_S);
    assert_true(readable(&here, 1));
    make_void(&ase, FIRST + EACH_MAX / 2, NOW_S);
    erase(&ase, BLOCK_SEQ, 1, 1, NOW_S);
    assert_false(readable(&here, 1));
    erase(&ase, BLOCK_SEQ, 2, 2, NOW_S);
    assert_true(readable(&here, 2));
    assert_int_equal(drop_count(&here), EACH_MAX);
}

/* ---- what a thief used up, and a clock that was ahead ---- */

static void unwind_ase(uint64_t seq, uint64_t now_s)
{
    struct store_txn *txn = world_write(&here);

    assert_int_equal(store_unwind_to(txn, &here.network, &ase.actor.id, seq, now_s), STORE_OK);
    assert_int_equal(store_log_state(txn, &ase.actor.id, &ase.state), STORE_OK);
    world_commit(txn);
}

/* The author rotates behind what a thief of its issuing key signed. */
static void rotate_behind(uint64_t seq, uint64_t now_s)
{
    struct store_txn *txn;

    unwind_ase(seq, now_s);
    txn = world_write(&here);
    world_rotate(&here, txn, &ase, now_s);
    world_commit(txn);
}

static uint64_t room_left(uint64_t now_s)
{
    struct store_txn *txn = world_read(&here);
    uint64_t room = 0;

    assert_int_equal(store_erase_room(txn, &ase.actor.id, now_s, &room), STORE_OK);
    store_end(txn);
    return room;
}

enum { WIDE = BLOCK_ENTRIES_MAX, WIDE_FIRST = 1000 };

/* A block of as many entries as there may be. */
static uint64_t attest_wide(void)
{
    static struct subject subjects[WIDE];
    struct store_txn *txn = world_write(&here);

    for (size_t i = 0; i < WIDE; i++) {
        subjects[i] = world_subject(FIRST_SUBJECT + WIDE_FIRST + i);
    }
    world_attest(&here, txn, &ase, subjects, WIDE, "ase/A5", NOW_S);
    world_commit(txn);
    return ase.state.seq;
}

static void what_a_thief_erased_leaves_room_once_it_is_dropped(void **context)
{
    enum { EACH_MAX = 1024 };

    (void)context;
    for (uint64_t i = 0; i < EACH_MAX; i++) {
        erase(&ase, BLOCK_SEQ, 0, 0, NOW_S);
    }
    rotate_behind(BLOCK_SEQ, NOW_S);
    assert_true(readable(&here, 0));
    erase(&ase, BLOCK_SEQ, 1, 1, NOW_S);
    assert_false(readable(&here, 1));
}

static void what_a_thief_erased_takes_no_day_once_it_is_dropped(void **context)
{
    enum { TURNS = 40 };
    const uint64_t wide_seq = attest_wide();

    (void)context;
    for (size_t i = 0; i < TURNS; i++) {
        erase(&ase, wide_seq, 0, BLOCK_ENTRIES_MAX - 1, NOW_S);
    }
    assert_int_equal(room_left(NOW_S), 0);
    rotate_behind(wide_seq, NOW_S);
    assert_int_equal(room_left(NOW_S), 65536);
    erase(&ase, BLOCK_SEQ, 1, 1, NOW_S);
    assert_false(readable(&here, 1));
}

static void what_a_thief_erased_takes_no_day_once_it_is_void(void **context)
{
    enum { TURNS = 16 };
    const uint64_t wide_seq = attest_wide();
    uint64_t before;

    (void)context;
    for (size_t i = 0; i < TURNS; i++) {
        erase(&ase, wide_seq, 0, BLOCK_ENTRIES_MAX - 1, NOW_S);
    }
    before = erase(&ase, BLOCK_SEQ, 1, 1, NOW_S);
    assert_true(readable(&here, 1)); /* it waits */
    make_void(&ase, before - 1, NOW_S);
    assert_int_equal(room_left(NOW_S), BLOCK_ENTRIES_MAX);
    erase(&ase, BLOCK_SEQ, 2, 2, NOW_S);
    assert_false(readable(&here, 2));
    assert_int_equal(room_left(NOW_S), BLOCK_ENTRIES_MAX - 1);
    unwind_ase(before, NOW_S); /* the void is gone, and with it what it gave back */
    assert_int_equal(room_left(NOW_S), 0);
}

/* What waits is asked again each day, and no day further on is promised to it. */
static void what_waits_and_was_dropped_keeps_nobody_waiting(void **context)
{
    enum { TURNS = 40 };
    const uint64_t wide_seq = attest_wide();

    (void)context;
    for (size_t i = 0; i < TURNS; i++) {
        erase(&ase, wide_seq, 0, BLOCK_ENTRIES_MAX - 1, NOW_S);
    }
    rotate_behind(wide_seq, NOW_S);
    drop(NULL, NOW_S + DAY_S);
    assert_int_equal(room_left(NOW_S + DAY_S), 65536);
    assert_int_equal(drop_count(&here), TURNS);
}

/* What comes to the chain from beside it takes its turn then, so that no branch saves turns up. */
static void what_joins_the_chain_takes_its_turn(void **context)
{
    enum { TURNS = 17 };
    const uint64_t wide_seq = attest_wide();
    struct bytes erasing[TURNS];

    (void)context;
    for (size_t i = 0; i < TURNS; i++) {
        erase(&ase, wide_seq, 0, BLOCK_ENTRIES_MAX - 1, NOW_S);
        erasing[i] = block_of(&here, &ase, wide_seq + 1 + i);
    }
    unwind_ase(wide_seq, NOW_S);
    assert_int_equal(room_left(NOW_S), 65536);
    for (size_t i = 0; i < TURNS; i++) {
        struct store_txn *txn = world_write(&here);

        assert_int_equal(world_accept(&here, txn, &ase, erasing[i], NOW_S), REASON_NONE);
        world_commit(txn);
    }
    assert_int_equal(room_left(NOW_S), 0);
}

/* Ten years, for as long as it took to erase something. */
#define AHEAD_S (UINT64_C(3650) * DAY_S)

static void a_clock_that_was_ahead_once_keeps_nothing_readable(void **context)
{
    (void)context;
    erase(&ase, BLOCK_SEQ, 0, 0, NOW_S + AHEAD_S);
    assert_int_equal(room_left(NOW_S), 65536);
    erase(&ase, BLOCK_SEQ, 1, 1, NOW_S);
    assert_false(readable(&here, 1));
}

static void nor_does_it_keep_bytes(void **context)
{
    uint64_t before;

    (void)context;
    erase(&ase, BLOCK_SEQ, 0, 0, NOW_S + AHEAD_S);
    before = bytes_held(&ase);
    assert_true(is_due(&here, NOW_S));
    drop(NULL, NOW_S);
    assert_false(is_due(&here, NOW_S));
    drop(NULL, NOW_S + 7 * DAY_S - 1);
    assert_int_equal(bytes_held(&ase), before);
    drop(NULL, NOW_S + 7 * DAY_S);
    assert_true(bytes_held(&ase) < before);
}

static void nor_does_it_let_wait(void **context)
{
    enum { TURNS = 16 };
    const uint64_t wide_seq = attest_wide();

    (void)context;
    for (size_t i = 0; i < TURNS; i++) {
        erase(&ase, wide_seq, 0, BLOCK_ENTRIES_MAX - 1, NOW_S + AHEAD_S);
    }
    erase(&ase, BLOCK_SEQ, 1, 1, NOW_S + AHEAD_S);
    assert_true(readable(&here, 1));
    drop(NULL, NOW_S);
    assert_false(readable(&here, 1));
}

/* Nobody knows when the rotation came: then seven days from when the clock was right again. */
static void nor_does_it_seal_what_is_its_own(void **context)
{
    struct store_txn *txn;
    uint64_t before;

    (void)context;
    erase(&ase, BLOCK_SEQ, 0, 0, NOW_S);
    txn = world_write(&here);
    world_rotate(&here, txn, &ase, NOW_S + AHEAD_S);
    world_commit(txn);
    before = bytes_held(&ase);
    drop(&ase, NOW_S + 8 * DAY_S);
    assert_int_equal(bytes_held(&ase), before);
    drop(&ase, NOW_S + 15 * DAY_S - 1);
    assert_int_equal(bytes_held(&ase), before);
    drop(&ase, NOW_S + 15 * DAY_S);
    assert_true(bytes_held(&ase) < before);
}

/* ---- copies ---- */

/* The garage's word, and ase's: a copy of it, or one of ase's own people that takes its id. */
static void join_and_copy(bool under_its_id)
{
    const struct built_key *key = &maria.actor.built[WORLD_PRESENT_KEY];
    const struct affiliation joined = world_joined(&here, &maria.actor.id, &garage.actor.id, 0, key);
    struct affiliation copied =
        world_joined(&here, &maria.actor.id, under_its_id ? &ase.actor.id : &garage.actor.id, 0, key);
    uint64_t seq;

    copied.id = joined.id;
    publish(&garage, CLASS_CONTENT, ENTRY_AFFILIATION, &joined, WORLD_CONSENT_EXPIRES_S);
    seq = publish(&ase, CLASS_CONTENT, ENTRY_AFFILIATION, &copied, NOW_S);
    erase(&ase, seq, 0, 0, NOW_S);
}

/* ase says that maria joined it, under the id of what she and the garage had. */
static void say_joined_under_that_id(void)
{
    const struct built_key *key = &maria.actor.built[WORLD_PRESENT_KEY];
    const struct affiliation theirs = world_joined(&here, &maria.actor.id, &garage.actor.id, 0, key);
    struct affiliation joined = world_joined(&here, &maria.actor.id, &ase.actor.id, 0, key);

    joined.id = theirs.id;
    publish(&ase, CLASS_CONTENT, ENTRY_AFFILIATION, &joined, NOW_S);
}

/* Its bytes are gone, and its block comes anew. */
static void what_another_copied_is_found_by_no_block_that_comes_back(void **context)
{
    for (size_t i = 0; i < 2; i++) {
        struct bytes copied;
        struct store_txn *txn;

        teardown(context);
        setup(context);
        join_and_copy(i == 1);
        drop(NULL, NOW_S + 8 * DAY_S);
        copied = block_of(&here, &ase, 2);
        txn = world_write(&here);
        assert_int_equal(store_unwind_to(txn, &here.network, &ase.actor.id, 1, NOW_S), STORE_OK);
        assert_int_equal(store_log_state(txn, &ase.actor.id, &ase.state), STORE_OK);
        assert_int_equal(world_accept(&here, txn, &ase, copied, NOW_S), REASON_NONE);
        world_commit(txn);
        assert_false(joined_is_erased(&maria));
        assert_int_equal(affiliations_of(&ase), 0);
    }
}

static void another_shop_keeps_no_erased_left_readable(void **context)
{
    (void)context;
    say_joined_under_that_id();
    join_and_leave();
    erase(&garage, 2, 0, 0, NOW_S);
    erase(&garage, 1, 0, 0, NOW_S);
    assert_false(served(&here, &garage, 1, 0));
    assert_false(served(&here, &garage, 2, 0));
}

static void another_shop_makes_nothing_missing_that_was_erased(void **context)
{
    (void)context;
    join_and_leave();
    erase(&garage, 1, 0, 0, NOW_S);
    erase(&garage, 2, 0, 0, NOW_S);
    drop(NULL, NOW_S + 8 * DAY_S);
    drop(NULL, NOW_S + 16 * DAY_S);
    say_joined_under_that_id();
    erase(&garage, 2, 0, 0, NOW_S + 40 * DAY_S); /* the block is looked at again */
    assert_int_equal(gap_count(&here, &garage), 0);
    assert_false(log_of(&here, &garage).incomplete);
}

static void what_another_copies_and_erases_says_nothing_of_a_membership(void **context)
{
    for (size_t i = 0; i < 4; i++) {
        struct membership *memberships;
        struct dossier dossier;
        size_t count = 0;

        teardown(context);
        setup(context);
        join_and_copy(i % 2 == 1);
        if (i >= 2) {
            drop(NULL, NOW_S + 8 * DAY_S);
        }
        world_dossier(&here, &trust, &maria.actor.id, UINT64_MAX, &dossier);
        assert_int_equal(dossier.affiliation_count, 1);
        assert_true(memberships_of(&memberships, &count, &dossier, &here.network, &here.arena));
        assert_int_equal(count, 1);
        assert_int_equal(day_truth_on(&memberships[0].days, WORLD_JOINED_DAY), ANSWER_YES);
        assert_int_equal(day_truth_on(&memberships[0].days, WORLD_JOINED_DAY - 1), ANSWER_NO);
        assert_int_equal(affiliations_of(&ase), 0);
    }
}

/* ---- many ranges ---- */

enum { RANGES = 2000, RANGES_A_RECORD = 50 };

/* One block that says to erase ranges of an earlier one. */
static uint64_t erase_ranges(uint64_t seq, const struct index_range *ranges, size_t count)
{
    static struct draft draft;
    const size_t mark = arena_mark(&here.arena);
    struct store_txn *txn = world_write(&here);

    world_draft(&here, &draft, CLASS_STATUS);
    for (size_t first = 0; first < count; first += RANGES_A_RECORD) {
        const size_t left = count - first;
        const struct erase record = {
            .seq = seq,
            .entries = {.items = ranges + first, .count = left < RANGES_A_RECORD ? left : RANGES_A_RECORD}};

        world_add(&draft, ENTRY_ERASE, &record);
    }
    world_publish(&here, txn, &ase, &draft, NOW_S);
    world_commit(txn);
    arena_rewind(&here.arena, mark);
    return ase.state.seq;
}

/* Every other entry. */
static uint64_t erase_every_other(uint64_t seq)
{
    struct index_range ranges[RANGES];

    for (size_t i = 0; i < RANGES; i++) {
        ranges[i] = (struct index_range){2 * i, 2 * i};
    }
    return erase_ranges(seq, ranges, RANGES);
}

/* So many blocks that each say to erase the second entry. */
static void erase_again_and_again(uint64_t seq, size_t times)
{
    struct store_txn *txn = world_write(&here);

    for (size_t i = 0; i < times; i++) {
        const size_t mark = arena_mark(&here.arena);
        struct index_range range;
        const struct erase record = build_erase(seq, &range, 1, 1);

        world_publish_one(&here, txn, &ase, CLASS_STATUS, ENTRY_ERASE, &record, NOW_S);
        arena_rewind(&here.arena, mark);
    }
    world_commit(txn);
}

static void an_entry_between_two_ranges_stays_readable(void **context)
{
    static const struct index_range ranges[] = {{0, 0}, {2, 4}, {7, 7}, {10, 12}, {WIDE - 1, WIDE - 1}};
    static const struct {
        uint64_t index;
        bool erased;
    } rows[] = {{0, true},   {1, false},   {2, true},         {3, true},       {4, true},  {5, false},
                {6, false},  {7, true},    {8, false},        {9, false},      {10, true}, {12, true},
                {13, false}, {100, false}, {WIDE - 2, false}, {WIDE - 1, true}};
    const uint64_t seq = attest_wide();

    (void)context;
    for (size_t count = 1; count <= sizeof ranges / sizeof *ranges; count++) {
        erase_ranges(seq, ranges, count);
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            const size_t mark = arena_mark(&here.arena);
            const bool erased = rows[i].erased && rows[i].index <= ranges[count - 1].last;

            assert_true(found(&here, WIDE_FIRST + rows[i].index) == !erased);
            arena_rewind(&here.arena, mark);
        }
    }
}

/* Else each who asks about another entry of the block would read two million ranges. */
static void a_row_of_many_ranges_takes_the_room_of_many_rows(void **context)
{
    enum { EACH_MAX = 1024, ROOM_EACH = 1 + RANGES / 32, FITS = EACH_MAX / ROOM_EACH };
    const uint64_t seq = attest_wide();

    (void)context;
    for (uint64_t i = 0; i < FITS + 2; i++) {
        erase_every_other(seq);
    }
    assert_int_equal(drop_count(&here), FITS);
    erase_again_and_again(seq, EACH_MAX);
    assert_int_equal(drop_count(&here), FITS + EACH_MAX % ROOM_EACH);
}

/* As many void ones as its room takes, and no more. */
static void void_rows_give_way_to_one_of_many_ranges(void **context)
{
    enum { EACH_MAX = 1024, VOID = 100, ROOM_EACH = 1 + RANGES / 32 };
    const uint64_t seq = attest_wide();
    const struct void_record record = build_void(seq + 1, seq + VOID, STATUS_REASON_KEY_COMPROMISE);

    (void)context;
    erase_again_and_again(seq, EACH_MAX);
    erase_every_other(seq);
    assert_true(found(&here, WIDE_FIRST + 2));
    publish(&ase, CLASS_GOVERN, ENTRY_VOID, &record, NOW_S);
    erase_every_other(seq);
    assert_false(found(&here, WIDE_FIRST + 2));
    assert_int_equal(drop_count(&here), EACH_MAX - ROOM_EACH + 1);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(an_erased_entry_is_unreadable_at_once_and_its_bytes_go_after_seven_days),
        IN_WORLD(a_void_before_then_gives_the_entry_back),
        IN_WORLD(who_erased_something_about_whom_is_known_while_the_bytes_are_here),
        IN_WORLD(what_may_be_given_back_is_in_a_dossier_while_the_bytes_are_here),
        IN_WORLD(what_a_void_of_the_erase_gave_back_is_not_sealed),
        IN_WORLD(what_was_given_to_another_may_be_given_back_to_both),
        IN_WORLD(what_many_erased_takes_the_room_of_certificates),
        IN_WORLD(who_erased_more_than_there_is_room_for_may_have_said_anything),
        IN_WORLD(a_void_of_the_erase_ends_it),
        IN_WORLD(another_erase_of_it_still_stands),
        IN_WORLD(after_that_a_void_makes_them_missing_until_another_copy_comes),
        IN_WORLD(own_bytes_stay_sealed_until_seven_days_after_a_rotation),
        IN_WORLD(bytes_stay_while_a_fork_is_open),
        IN_WORLD(an_author_erases_65536_entries_a_day),
        IN_WORLD(a_left_is_not_erased_while_its_joined_is_there),
        IN_WORLD(nor_while_no_joined_is_known),
        IN_WORLD(with_its_joined_it_is),
        IN_WORLD(that_there_was_a_joined_stays_known),
        IN_WORLD(a_joined_whose_bytes_are_gone_goes_with_its_branch_and_comes_back_with_it),
        IN_WORLD(an_affiliation_that_was_erased_unread_is_asked_for),
        IN_WORLD(a_review_is_not_erased),
        IN_WORLD(what_a_shop_says_of_itself_is_erased_at_once),
        IN_WORLD(what_no_erase_accounts_for_is_missing),
        IN_WORLD(an_erase_that_comes_later_accounts_for_it),
        IN_WORLD(what_strangers_lack_takes_no_room),
        IN_WORLD(what_a_void_block_lacks_is_not_missed),
        IN_WORLD(an_erase_beside_the_chain_accounts_for_it_in_the_open_epoch),
        IN_WORLD(a_left_that_was_filled_in_goes_with_its_joined),
        IN_WORLD(what_a_void_gave_back_is_not_missed_once_that_is_undone),
        IN_WORLD(an_eraser_has_one_day_on_which_it_is_looked_at),
        IN_WORLD(a_block_beside_the_chain_has_gaps_in_the_open_epoch),
        IN_WORLD(what_a_branch_of_a_closed_epoch_lacks_hides_no_gap_and_is_none),
        IN_WORLD(what_void_blocks_lack_hides_no_gap),
        IN_WORLD(a_gap_goes_with_its_block),
        IN_WORLD(setters_are_told_apart_by_their_whole_hash),
        IN_WORLD(the_chains_own_gap_is_not_lost_among_siblings),
        IN_WORLD(nothing_is_said_to_be_complete_until_it_was_looked_at),
        IN_WORLD(what_a_void_of_many_leaves_without_account_is_missing),
        IN_WORLD(a_block_that_names_more_than_it_may_erases_nothing),
        IN_WORLD(a_void_eraser_gives_way_to_a_new_one),
        IN_WORLD(what_a_thief_erased_leaves_room_once_it_is_dropped),
        IN_WORLD(what_a_thief_erased_takes_no_day_once_it_is_dropped),
        IN_WORLD(what_a_thief_erased_takes_no_day_once_it_is_void),
        IN_WORLD(what_waits_and_was_dropped_keeps_nobody_waiting),
        IN_WORLD(what_joins_the_chain_takes_its_turn),
        IN_WORLD(a_clock_that_was_ahead_once_keeps_nothing_readable),
        IN_WORLD(nor_does_it_keep_bytes),
        IN_WORLD(nor_does_it_let_wait),
        IN_WORLD(nor_does_it_seal_what_is_its_own),
        IN_WORLD(what_another_copies_and_erases_says_nothing_of_a_membership),
        IN_WORLD(what_another_copied_is_found_by_no_block_that_comes_back),
        IN_WORLD(another_shop_keeps_no_erased_left_readable),
        IN_WORLD(another_shop_makes_nothing_missing_that_was_erased),
        IN_WORLD(an_entry_between_two_ranges_stays_readable),
        IN_WORLD(a_row_of_many_ranges_takes_the_room_of_many_rows),
        IN_WORLD(void_rows_give_way_to_one_of_many_ranges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
