#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/grants.h"
#include "tests/support/shop_world.h"

/* Rule packs in dossiers: of every namespace in the trust file, and the same whether they were gathered or
 * copied from an earlier dossier of the snapshot. */

static struct store_world world;
static struct world_author ase, epa;
static struct trust trust;

enum { EARLY = 1000, LATE = 2000, CODES = 60, RULES = 15 };

static void trust_in(struct trust *out, const char *name_space, const struct world_author *author)
{
    struct trust_owner owner = {.actor = author->actor.id};

    strcpy(owner.name_space, name_space);
    assert_int_equal(trust_add_owner(out, &owner), TRUST_OK);
}

static int setup(void **state)
{
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, EARLY);
    world_begin_log(&world, txn, &epa, 2, EARLY);
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    trust_in(&trust, "ase", &ase);
    trust_in(&trust, "epa", &epa);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

/* A pack with codes, rules and extensions, so that there is much to point to. rule_size bytes each rule. */
static void publish(struct world_author *author, const char *name_space, uint64_t version, size_t rule_size,
                    uint64_t arrived_s)
{
    static uint8_t expression[RULE_EXPRESSION_SIZE_MAX];
    const struct extension extension = {.number = 7, .value = bytes_of_string("later")};
    struct pack_code codes[CODES];
    struct pack_rule rules[RULES];
    char texts[CODES][8], names[RULES][8];
    struct rule_pack pack = {.name_space = bytes_of_string(name_space),
                             .version = version,
                             .in_force_from = 30000 + (uint32_t)version,
                             .codes = {.items = codes, .count = CODES},
                             .rules = {.items = rules, .count = RULES},
                             .extensions = {.items = &extension, .count = 1}};
    struct store_txn *txn = world_write(&world);

    for (size_t i = 0; i < CODES; i++) {
        snprintf(texts[i], sizeof texts[i], "A%02zu", i);
        codes[i] =
            (struct pack_code){.code = bytes_of_string(texts[i]), .title = bytes_of_string("Brakes & more")};
    }
    for (size_t i = 0; i < RULES; i++) {
        snprintf(names[i], sizeof names[i], "B%02zu", i);
        rules[i] = (struct pack_rule){.kind = PACK_RULE_PREREQUISITE,
                                      .name = bytes_of_string(names[i]),
                                      .expression = bytes_of(expression, rule_size)};
    }
    world_publish_one(&world, txn, author, CLASS_GOVERN, ENTRY_RULE_PACK, &pack, arrived_s);
    world_commit(txn);
}

/* Two packs in one block. */
static void publish_both(struct world_author *author, uint64_t version)
{
    struct store_txn *txn = world_write(&world);
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    for (size_t i = 0; i < 2; i++) {
        const struct pack_code code = {.code = bytes_of_string("A1"), .title = bytes_of_string("Engine")};
        const struct rule_pack pack = {.name_space = bytes_of_string("epa"),
                                       .version = version + i,
                                       .in_force_from = 30000,
                                       .codes = {.items = &code, .count = 1}};

        world_add(&draft, ENTRY_RULE_PACK, &pack);
    }
    world_publish(&world, txn, author, &draft, EARLY);
    world_commit(txn);
}

/* Everything that the packs say, and where they stand. */
static struct hash digest_of(const struct dossier *dossier)
{
    static uint8_t memory[RULE_PACK_SIZE_MAX];
    struct hash_stream stream;
    struct bytes encoded;
    struct hash hash;

    hash_stream_init(&stream, label_domain(&world.network, LABEL_ENTRY));
    for (size_t i = 0; i < dossier->pack_count; i++) {
        const struct dossier_pack *row = &dossier->packs[i];

        assert_true(schema_encode(&rule_pack_schema, &row->pack, memory, sizeof memory, &encoded));
        hash_stream_add(&stream, encoded.data, encoded.size);
        hash_stream_add(&stream, &row->place.leaf, HASH_SIZE);
        hash_stream_add(&stream, &dossier_log_at(dossier, &row->place)->author, HASH_SIZE);
    }
    hash_stream_end(&stream, &hash);
    return hash;
}

static void gather_into(struct arena *arena, struct store_txn *txn, const struct trust *trusted,
                        uint64_t known_by_s, struct dossier *out)
{
    const struct subject subject = world_subject(7);

    assert_int_equal(store_dossier(txn, &world.network, trusted, &subject,
                                   (struct dossier_reach){.known_by_s = known_by_s}, out, arena),
                     STORE_OK);
}

static void gather_in(struct store_txn *txn, const struct trust *trusted, uint64_t known_by_s,
                      struct dossier *out)
{
    gather_into(&world.arena, txn, trusted, known_by_s, out);
}

/* Whether it is alone in its block or not. */
static void a_pack_is_named_by_the_hash_of_its_entry(void **context)
{
    struct dossier dossier;
    struct store_txn *txn;

    (void)context;
    publish(&ase, "ase", 1, 100, EARLY);
    publish(&ase, "ase", 2, 100, EARLY);
    publish_both(&epa, 1);
    txn = world_read(&world);
    gather_in(txn, &trust, UINT64_MAX, &dossier);
    assert_int_equal(dossier.pack_count, 4);
    for (size_t i = 0; i < dossier.pack_count; i++) {
        const struct dossier_place *place = &dossier.packs[i].place;
        struct block block;
        struct bytes encoded;
        struct hash leaf;

        assert_int_equal(store_block_bytes(txn, &dossier_log_at(&dossier, place)->author, place->seq,
                                           &encoded, &world.arena),
                         STORE_OK);
        assert_int_equal(block_decode(&block, &world.network, encoded, &world.arena), REASON_NONE);
        entry_leaf_of(&leaf, &world.network, &block.entries[place->index]);
        assert_memory_equal(&place->leaf, &leaf, sizeof leaf);
    }
    store_end(txn);
}

/* What the first reader gathered is gone when the copies are read. */
static void a_copy_says_what_was_gathered(void **context)
{
    uint8_t *memory = malloc(DOSSIER_ARENA_SIZE);
    struct dossier first, second, third, unshared;
    struct hash wanted, found;
    struct store_txn *txn;
    struct arena arena;

    (void)context;
    assert_non_null(memory);
    publish(&ase, "ase", 1, 100, EARLY);
    publish(&ase, "ase", 2, 200, EARLY);
    publish(&epa, "epa", 1, 10, EARLY);
    txn = world_write(&world);
    gather_in(txn, &trust, UINT64_MAX, &unshared);
    store_end(txn);
    wanted = digest_of(&unshared);
    arena_init(&arena, memory, DOSSIER_ARENA_SIZE);
    txn = world_read(&world);
    gather_into(&arena, txn, &trust, UINT64_MAX, &first);
    gather_in(txn, &trust, UINT64_MAX, &second);
    store_end(txn);
    found = digest_of(&first);
    assert_memory_equal(&found, &wanted, sizeof wanted);
    memset(memory, 0xee, arena.used);
    txn = world_read(&world);
    gather_in(txn, &trust, UINT64_MAX, &third);
    store_end(txn);
    assert_int_equal(second.pack_count, 3);
    found = digest_of(&second);
    assert_memory_equal(&found, &wanted, sizeof wanted);
    found = digest_of(&third);
    assert_memory_equal(&found, &wanted, sizeof wanted);
    assert_true(bytes_equal_string(third.packs[0].pack.name_space, "ase"));
    free(memory);
}

static void a_copy_is_of_the_same_question_alone(void **context)
{
    struct trust narrow = {0};
    struct dossier dossier;
    struct store_txn *txn;

    (void)context;
    trust_in(&narrow, "epa", &epa);
    publish(&ase, "ase", 1, 100, EARLY);
    publish(&epa, "epa", 1, 100, EARLY);
    txn = world_read(&world);
    gather_in(txn, &trust, UINT64_MAX, &dossier);
    assert_int_equal(dossier.pack_count, 2);
    gather_in(txn, &narrow, UINT64_MAX, &dossier);
    assert_int_equal(dossier.pack_count, 1);
    gather_in(txn, &trust, EARLY - 1, &dossier);
    assert_true(dossier_log_of(&dossier, &ase.actor.id)->nothing_by_then);
    gather_in(txn, &trust, UINT64_MAX, &dossier);
    assert_false(dossier_log_of(&dossier, &ase.actor.id)->nothing_by_then);
    store_end(txn);
    publish(&ase, "ase", 2, 100, LATE);
    txn = world_read(&world);
    gather_in(txn, &trust, UINT64_MAX, &dossier);
    assert_int_equal(dossier.pack_count, 3);
    store_end(txn);
}

/* A reader that began before a pack was published still sees none of it. */
static void readers_of_two_snapshots_take_turns(void **context)
{
    struct store_txn *before, *after;
    struct dossier dossier;

    (void)context;
    publish(&ase, "ase", 1, 100, EARLY);
    before = world_read(&world);
    publish(&ase, "ase", 2, 100, LATE);
    after = world_read(&world);
    for (size_t i = 0; i < 2; i++) {
        gather_in(before, &trust, UINT64_MAX, &dossier);
        assert_int_equal(dossier.pack_count, 1);
        gather_in(after, &trust, UINT64_MAX, &dossier);
        assert_int_equal(dossier.pack_count, 2);
    }
    store_end(before);
    store_end(after);
}

/* Packs as large as they may be, more of them than a dossier has room for. */
static void too_many_packs_leave_the_newest_of_each_namespace(void **context)
{
    enum { VERSIONS = 80 };
    uint8_t *memory = malloc(DOSSIER_ARENA_SIZE);
    const struct subject subject = world_subject(7);
    uint64_t newest = 0, oldest = VERSIONS;
    bool epas = false;
    struct dossier dossier;
    struct store_txn *txn;
    struct arena arena;

    (void)context;
    assert_non_null(memory);
    publish(&epa, "epa", 1, 100, EARLY);
    for (uint64_t i = 1; i <= VERSIONS; i++) {
        size_t mark = arena_mark(&world.arena);

        publish(&ase, "ase", i, RULE_EXPRESSION_SIZE_MAX, EARLY);
        arena_rewind(&world.arena, mark);
    }
    arena_init(&arena, memory, DOSSIER_ARENA_SIZE);
    txn = world_read(&world);
    assert_int_equal(
        store_dossier(txn, &world.network, &trust, &subject, DOSSIER_REACH_ALL, &dossier, &arena), STORE_OK);
    store_end(txn);
    assert_true(dossier.pack_count > 32);
    for (size_t i = 0; i < dossier.pack_count; i++) {
        bool of_ase = bytes_equal_string(dossier.packs[i].pack.name_space, "ase");

        epas |= !of_ase;
        if (of_ase && dossier.packs[i].pack.version > newest) {
            newest = dossier.packs[i].pack.version;
        }
        if (of_ase && dossier.packs[i].pack.version < oldest) {
            oldest = dossier.packs[i].pack.version;
        }
    }
    assert_int_equal(newest, VERSIONS);
    assert_int_equal(newest - oldest + 1 + 1, dossier.pack_count);
    assert_true(oldest > VERSIONS - GRANTS_EACH_MAX + 1);
    assert_true(epas);
    free(memory);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_pack_is_named_by_the_hash_of_its_entry),
        IN_WORLD(a_copy_says_what_was_gathered),
        IN_WORLD(a_copy_is_of_the_same_question_alone),
        IN_WORLD(readers_of_two_snapshots_take_turns),
        IN_WORLD(too_many_packs_leave_the_newest_of_each_namespace),
    };

    return cmocka_run_group_tests_name("store packs", tests, NULL, NULL);
}
