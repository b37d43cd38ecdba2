#include "store/generation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/log/checkpoint.h"
#include "store/grants.h"
#include "tests/support/shipped_pack.h"
#include "tests/support/store_world.h"

/* What is kept between questions, and that it makes no difference. */

static struct store_world world;
static struct world_author owner, school, issuer;
static struct trust trust;

enum { HER = 7, STEPS = 40, SCRIPTS = 6 };

static int setup(void **state)
{
    struct trust_owner row = {.name_space = "ase"};
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &owner, 1, 1000);
    world_begin_log(&world, txn, &school, 2, 1000);
    world_begin_log(&world, txn, &issuer, 3, 1000);
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    row.actor = owner.actor.id;
    assert_int_equal(trust_add_owner(&trust, &row), TRUST_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

/* ---- what happens ---- */

static void accredit_for(struct store_txn *txn, struct world_author *by, const struct world_author *delegate,
                         const char *codes, uint64_t depth, uint64_t now_s)
{
    const struct bytes pattern = bytes_of_string(codes);
    const struct accreditation record = {.delegate = delegate->actor.id,
                                         .patterns = {.items = &pattern, .count = 1},
                                         .from = 30000,
                                         .depth = depth};
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_ACCREDITATION, &record);
    world_publish(&world, txn, by, &draft, now_s);
}

static void accredit(struct store_txn *txn, struct world_author *by, const struct world_author *delegate,
                     uint64_t depth, uint64_t now_s)
{
    accredit_for(txn, by, delegate, "ase/*", depth, now_s);
}

static void publish_pack(struct store_txn *txn, uint64_t version, uint64_t now_s)
{
    const struct pack_code code = {.code = bytes_of_string("A5"), .title = bytes_of_string("Brakes")};
    const struct rule_pack pack = {.name_space = bytes_of_string("ase"),
                                   .version = version,
                                   .in_force_from = 30000,
                                   .codes = {.items = &code, .count = 1}};
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_RULE_PACK, &pack);
    world_publish(&world, txn, &owner, &draft, now_s);
}

static void void_last(struct store_txn *txn, struct world_author *by, uint64_t now_s)
{
    const struct void_record record = {.has_range = true,
                                       .range = {.first = by->state.seq, .last = by->state.seq}};
    struct draft draft;

    world_rotate(&world, txn, by, now_s);
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_VOID, &record);
    world_publish(&world, txn, by, &draft, now_s);
}

static void sign_checkpoint(struct store_txn *txn, const struct world_author *author, uint64_t now_s)
{
    enum { CHECKPOINT_KEY = 2 };
    const struct checkpoint record = {.author = author->actor.id,
                                      .epoch = author->state.epoch,
                                      .seq = author->state.seq,
                                      .head = author->state.head,
                                      .time_s = now_s};
    struct signed_checkpoint signed_record;
    uint8_t memory[1024];
    struct bytes encoded;

    checkpoint_sign(&signed_record, &record, &world.network, CHECKPOINT_KEY,
                    &author->actor.built[CHECKPOINT_KEY].secret);
    assert_true(schema_encode(&signed_checkpoint_schema, &signed_record, memory, sizeof memory, &encoded));
    assert_int_equal(store_put_checkpoint(txn, &author->actor.id, encoded), STORE_OK);
}

static void attest(struct store_txn *txn, struct world_author *by, uint64_t now_s)
{
    const struct subject her = world_subject(HER);

    world_attest(&world, txn, by, &her, 1, "ase/A5", now_s);
}

static void erase_first(struct store_txn *txn, struct world_author *by, uint64_t now_s)
{
    const struct index_range first = {0, 0};
    const struct erase record = {.seq = 1, .entries = {.items = &first, .count = 1}};
    struct draft draft;

    world_draft(&world, &draft, CLASS_STATUS);
    world_add(&draft, ENTRY_ERASE, &record);
    world_publish(&world, txn, by, &draft, now_s);
}

/* ---- what is gathered ---- */

static void gather(struct dossier *dossier, uint64_t known_by_s)
{
    const struct subject subject = world_subject(HER);
    struct store_txn *txn = world_read(&world);

    arena_rewind(&world.arena, 0);
    assert_int_equal(store_dossier(txn, &world.network, &trust, &subject,
                                   (struct dossier_reach){.known_by_s = known_by_s}, dossier, &world.arena),
                     STORE_OK);
    store_end(txn);
}

static uint64_t gathered(void)
{
    struct dossier dossier;

    gather(&dossier, UINT64_MAX);
    return world.store->base_cache.gathered;
}

static void add(struct hash_stream *stream, uint64_t number)
{
    hash_stream_add(stream, &number, sizeof number);
}

static void add_place(struct hash_stream *stream, const struct dossier_place *place)
{
    add(stream, place->log);
    add(stream, place->seq);
    add(stream, place->index);
    add(stream, place->voided);
    add(stream, place->event_count);
    hash_stream_add(stream, &place->leaf, sizeof place->leaf);
}

static void add_log(struct hash_stream *stream, const struct dossier_log *log)
{
    hash_stream_add(stream, &log->author, sizeof log->author);
    hash_stream_add(stream, &log->head, sizeof log->head);
    add(stream, log->known);
    add(stream, log->epoch);
    add(stream, log->head_seq);
    add(stream, log->known_by_seq);
    add(stream, log->frozen);
    add(stream, log->has_checkpoint);
    add(stream, log->checkpoint_seq);
    add(stream, log->checkpoint_time_s);
}

static struct hash digest(uint64_t known_by_s, enum chain chain)
{
    static const struct hash_domain domain = {.label = "test.dossier"};
    struct hash_stream stream;
    struct dossier dossier;
    struct hash out;

    gather(&dossier, known_by_s);
    hash_stream_init(&stream, &domain);
    for (size_t i = 0; i < dossier.log_count; i++) {
        add_log(&stream, &dossier.logs[i]);
    }
    for (size_t i = 0; i < dossier.credential_count; i++) {
        add_place(&stream, &dossier.credentials[i].place);
    }
    for (size_t i = 0; i < dossier.accreditation_count; i++) {
        add_place(&stream, &dossier.accreditations[i].place);
    }
    for (size_t i = 0; i < dossier.pack_count; i++) {
        add_place(&stream, &dossier.packs[i].place);
        add(&stream, dossier.packs[i].pack.version);
        hash_stream_add(&stream, dossier.packs[i].pack.name_space.data,
                        dossier.packs[i].pack.name_space.size);
    }
    add(&stream, chain);
    hash_stream_end(&stream, &out);
    return out;
}

/* ---- tests ---- */

static void what_raises_the_generation(void **state)
{
    static const struct {
        const char *sentence;
        char what;
        bool raises;
    } rows[] = {
        {"a checkpoint does not", 'c', false},
        {"content does not", 'a', false},
        {"a status does not", 's', false},
        {"erased content does not", 'e', false},
        {"an accreditation does", 'g', true},
        {"a pack does", 'p', true},
        {"a rotation and a void do", 'v', true},
        {"freezing does", 'f', true},
        {"forgetting a chain does", 'u', true},
        {"nothing does not", 'n', false},
        {"a fork does", 'k', true},
    };
    const struct status suspended = {.seq = 1, .action = STATUS_SUSPENDED, .effective_day = 40000};
    struct store_txn *txn = world_write(&world);

    (void)state;
    attest(txn, &issuer, 1000);
    world_commit(txn);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const uint64_t now_s = 2000 + i;
        uint64_t before = gathered();

        txn = world_write(&world);
        switch (rows[i].what) {
        case 'c':
            sign_checkpoint(txn, &owner, now_s);
            break;
        case 'a':
            attest(txn, &issuer, now_s);
            break;
        case 's':
            world_say(&world, txn, &issuer, &suspended, 0, 0, now_s);
            break;
        case 'e':
            erase_first(txn, &issuer, now_s);
            break;
        case 'g':
            accredit(txn, &owner, &issuer, 0, now_s);
            break;
        case 'p':
            publish_pack(txn, 1, now_s);
            break;
        case 'v':
            void_last(txn, &owner, now_s);
            break;
        case 'f':
            assert_int_equal(store_freeze(txn, &school.actor.id, 1), STORE_OK);
            break;
        case 'u':
            attest(txn, &school, now_s);
            assert_int_equal(store_unwind_to(txn, &world.network, &school.actor.id, 0, now_s), STORE_OK);
            break;
        case 'k':
            assert_int_equal(
                store_put_fork_proof(txn, &school.actor.id, 9, FORK_PROOF_LOWEST, bytes_of("proof", 5)),
                STORE_OK);
            break;
        default:
            break;
        }
        world_commit(txn);
        if ((gathered() > before) != rows[i].raises) {
            fail_msg("%s", rows[i].sentence);
        }
    }
}

/* The block that the issuer signs next, which is not stored. */
static struct bytes sign_aside(enum block_class block_class)
{
    static uint8_t memory[4096];
    const struct log_state from = issuer.state;
    struct store_txn *txn = world_write(&world);
    struct bytes encoded;

    if (block_class == CLASS_GOVERN) {
        accredit(txn, &issuer, &school, 0, 1000);
    } else {
        attest(txn, &issuer, 1000);
    }
    assert_int_equal(store_block_bytes(txn, &issuer.actor.id, 1, &encoded, &world.arena), STORE_OK);
    assert_true(encoded.size <= sizeof memory);
    memcpy(memory, encoded.data, encoded.size);
    store_end(txn);
    issuer.state = from;
    return bytes_of(memory, encoded.size);
}

/* What governs says so on every branch; of a closed epoch a cut may name it, and then it is not missed any
 * more. */
static void what_beside_a_chain_raises_the_generation(void **state)
{
    static const struct {
        const char *sentence;
        enum block_class block_class;
        bool closed, raises;
    } rows[] = {
        {"content of an open epoch does not", CLASS_CONTENT, false, false},
        {"an accreditation there does", CLASS_GOVERN, false, true},
        {"content of a closed one does", CLASS_CONTENT, true, true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct bytes encoded = sign_aside(rows[i].block_class);
        struct store_txn *txn = world_write(&world);
        struct block block;
        uint64_t before;

        if (rows[i].closed) {
            world_rotate(&world, txn, &issuer, 1000);
        }
        world_commit(txn);
        before = gathered();
        assert_int_equal(block_decode(&block, &world.network, encoded, &world.arena), REASON_NONE);
        txn = world_write(&world);
        assert_int_equal(store_put_side_block(txn, &world.network, &block, 2000), STORE_OK);
        world_commit(txn);
        if ((gathered() > before) != rows[i].raises) {
            fail_msg("%s", rows[i].sentence);
        }
        teardown(state);
        setup(state);
    }
}

/* A transaction that is dropped leaves nothing behind. */
static void what_was_dropped_is_not_kept(void **state)
{
    struct store_txn *txn = world_write(&world);
    enum chain chain;

    (void)state;
    accredit(txn, &owner, &issuer, 0, 1000);
    assert_int_equal(chain_find(txn, &trust, &issuer.actor.id, &chain), STORE_OK);
    assert_int_equal(chain, CHAIN_STANDS);
    store_end(txn);
    txn = world_read(&world);
    assert_int_equal(chain_find(txn, &trust, &issuer.actor.id, &chain), STORE_OK);
    assert_int_equal(chain, CHAIN_NONE);
    store_end(txn);
}

/* Another trust file has other chains. */
static void what_is_kept_is_of_one_trust_file(void **state)
{
    struct trust_owner row = {.name_space = "ase", .actor = school.actor.id};
    struct trust other = {0};
    struct store_txn *txn = world_write(&world);
    enum chain chain;

    (void)state;
    assert_int_equal(trust_add_owner(&other, &row), TRUST_OK);
    accredit(txn, &owner, &issuer, 0, 1000);
    world_commit(txn);
    txn = world_read(&world);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(chain_find(txn, i % 2 == 0 ? &trust : &other, &issuer.actor.id, &chain), STORE_OK);
        assert_int_equal(chain, i % 2 == 0 ? CHAIN_STANDS : CHAIN_NONE);
    }
    store_end(txn);
}

/* Of more codes than there is room for: some take the place of others. */
static void what_is_kept_is_of_one_code(void **state)
{
    enum { CODES = 8192 };
    struct store_txn *txn = world_write(&world);
    enum chain chain;

    (void)state;
    accredit_for(txn, &owner, &issuer, "ase/A*", 0, 1000);
    world_commit(txn);
    txn = world_read(&world);
    for (unsigned i = 0; i < CODES; i++) {
        char code[CODE_SIZE_MAX];

        snprintf(code, sizeof code, "ase/%c%u", i % 2 == 0 ? 'A' : 'B', i);
        assert_int_equal(chain_find_above(txn, &trust, &issuer.actor.id, 0, bytes_of_string(code), &chain),
                         STORE_OK);
        assert_int_equal(chain, i % 2 == 0 ? CHAIN_STANDS : CHAIN_NONE);
    }
    store_end(txn);
}

/* What is copied has nothing to do any more with where it was gathered: that is written over here. */
static void what_is_kept_leads_to_itself(void **state)
{
    enum { PACK_SIZE_MAX = 64 * 1024, FURTHER = 4096 };
    static uint8_t first[PACK_SIZE_MAX], again[PACK_SIZE_MAX];
    const struct subject subject = world_subject(HER);
    struct bytes gathered_pack, copied_pack;
    struct rule_pack pack;
    struct dossier dossier;
    struct store_txn *txn = world_write(&world);
    struct draft draft;

    (void)state;
    shipped_pack(&pack, "ase.json", &world.arena);
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_RULE_PACK, &pack);
    world_publish(&world, txn, &owner, &draft, 1000);
    world_commit(txn);
    gather(&dossier, UINT64_MAX);
    assert_int_equal(dossier.pack_count, 1);
    assert_true(
        schema_encode(&rule_pack_schema, &dossier.packs[0].pack, first, sizeof first, &gathered_pack));
    memset(world.arena.memory, 0xa5, world.arena.used);
    arena_rewind(&world.arena, 0);
    assert_non_null(arena_take(&world.arena, FURTHER));
    txn = world_read(&world);
    assert_int_equal(
        store_dossier(txn, &world.network, &trust, &subject, DOSSIER_REACH_ALL, &dossier, &world.arena),
        STORE_OK);
    store_end(txn);
    memset(world.arena.memory, 0xa5, FURTHER);
    assert_int_equal(dossier.pack_count, 1);
    assert_true(schema_encode(&rule_pack_schema, &dossier.packs[0].pack, again, sizeof again, &copied_pack));
    assert_true(bytes_equal(gathered_pack, copied_pack));
    assert_true(gathered_pack.size > FURTHER / 2);
}

/* Index rows of so many authors, each of whom says something so many times. */
static void note_grants(const struct key *key, uint32_t first, uint32_t authors, uint32_t each)
{
    struct store_txn *txn = world_write(&world);

    for (uint32_t i = 0; i < authors * each; i++) {
        const struct entry_at grant = {.author = first + i / each, .seq = i % each};

        assert_int_equal(grant_put(txn, key, &grant), STORE_OK);
    }
    world_commit(txn);
}

static void expect_found(const char *sentence, const struct key *key, size_t rows, size_t authors)
{
    const size_t mark = arena_mark(&world.arena);
    struct store_txn *txn = world_read(&world);
    struct entry_at *grants;
    uint32_t *speakers;
    size_t grant_count, speaker_count;
    enum grants_cut older;
    bool cut;

    assert_int_equal(grants_find(txn, key, 100, &grants, &grant_count, &older, &world.arena), STORE_OK);
    assert_int_equal(
        grants_speakers(txn, TABLE_GRANTS, key, 100, &speakers, &speaker_count, &cut, &world.arena),
        STORE_OK);
    store_end(txn);
    if (grant_count != rows || speaker_count != authors) {
        fail_msg("%s: %zu rows of %zu", sentence, grant_count, speaker_count);
    }
    arena_rewind(&world.arena, mark);
}

static void raise_generation(void)
{
    struct store_txn *txn = world_write(&world);

    accredit(txn, &owner, &school, 0, 1000);
    world_commit(txn);
}

/* Rows that are written beneath a generation are not seen until it is raised: so it shows whether what was
 * found once is looked up again. */
static void what_few_rows_say_is_looked_up_once(void **state)
{
    static const struct {
        const char *sentence;
        enum grant_kind kind;
        uint32_t authors, each;
        bool kept;
    } rows[] = {
        {"that nobody accredited", GRANT_ACCREDITATION, 0, 0, true},
        {"who did, where they are few", GRANT_ACCREDITATION, 2, 2, true},
        {"who took something back", GRANT_WITHDRAWAL, KEPT_ROWS_MAX, 1, true},
        {"but not what many did", GRANT_ACCREDITATION, KEPT_ROWS_MAX + 1, 1, false},
        {"nor what changes more often", GRANT_JOINED, 1, 1, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct actor_id whom = {.hash.bytes = {(uint8_t)i}};
        const struct key key = grant_key_of_actor(rows[i].kind, &whom);
        const size_t before = (size_t)rows[i].authors * rows[i].each;

        note_grants(&key, 1, rows[i].authors, rows[i].each);
        expect_found(rows[i].sentence, &key, before, rows[i].authors);
        note_grants(&key, 100, 1, 1);
        expect_found(rows[i].sentence, &key, before + !rows[i].kept, rows[i].authors + !rows[i].kept);
        raise_generation();
        expect_found(rows[i].sentence, &key, before + 1, rows[i].authors + 1);
    }
}

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return *seed >> 33;
}

/* One step of a script. */
static void step(uint64_t *seed, uint64_t now_s, bool rotated[2])
{
    struct world_author *const authors[] = {&owner, &school, &issuer};
    struct world_author *by = authors[next_random(seed) % 3];
    struct store_txn *txn = world_write(&world);

    switch (next_random(seed) % 7) {
    case 0:
        sign_checkpoint(txn, by, now_s);
        break;
    case 1:
        attest(txn, by, now_s);
        break;
    case 2:
        accredit(txn, &owner, next_random(seed) % 2 == 0 ? &school : &issuer, next_random(seed) % 2, now_s);
        break;
    case 3:
        accredit(txn, &school, &issuer, 0, now_s);
        break;
    case 4:
        publish_pack(txn, 1 + next_random(seed) % 5, now_s);
        break;
    case 5: /* once each, see world_rotate */
        if (by != &issuer && by->state.seq > 0 && !rotated[by == &owner]) {
            void_last(txn, by, now_s);
            rotated[by == &owner] = true;
        }
        break;
    default:
        break;
    }
    world_commit(txn);
}

/* cold: nothing is kept from one question to the next. */
static void run_script(uint64_t seed, bool cold, struct hash *answers)
{
    bool rotated[2] = {false, false};

    setup(NULL);
    for (size_t i = 0; i < STEPS; i++) {
        struct store_txn *txn;
        enum chain chain;

        step(&seed, 2000 + i, rotated);
        if (cold) {
            world_close(&world);
            world_open(&world);
        }
        txn = world_read(&world);
        assert_int_equal(chain_find(txn, &trust, &issuer.actor.id, &chain), STORE_OK);
        store_end(txn);
        answers[2 * i] = digest(UINT64_MAX, chain);
        answers[2 * i + 1] = digest(2000 + i / 2, chain);
    }
    teardown(NULL);
}

static void what_is_kept_changes_no_answer(void **state)
{
    static struct hash warm[2 * STEPS], cold[2 * STEPS];

    (void)state;
    for (uint64_t seed = 1; seed <= SCRIPTS; seed++) {
        run_script(seed, false, warm);
        run_script(seed, true, cold);
        for (size_t i = 0; i < sizeof warm / sizeof warm[0]; i++) {
            if (!hash_equal(&warm[i], &cold[i])) {
                fail_msg("seed %llu, step %zu", (unsigned long long)seed, i / 2);
            }
        }
    }
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(what_raises_the_generation),          IN_WORLD(what_beside_a_chain_raises_the_generation),
        IN_WORLD(what_was_dropped_is_not_kept),        IN_WORLD(what_is_kept_is_of_one_trust_file),
        IN_WORLD(what_is_kept_is_of_one_code),         IN_WORLD(what_is_kept_leads_to_itself),
        IN_WORLD(what_few_rows_say_is_looked_up_once), cmocka_unit_test(what_is_kept_changes_no_answer),
    };

    return cmocka_run_group_tests_name("store generation", tests, NULL, NULL);
}
