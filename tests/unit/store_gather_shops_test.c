#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/base/sort.h"
#include "protocol/rules/credential.h"
#include "store/index.h"
#include "tests/support/shop_world.h"

/* maria's certificate is good in shops of ford's network. For certain she is in a garage outside; perhaps, or
 * for certain, in a member of the network. A crowd of shops says that she joined them too, by keys that it
 * made up. Of all shops the member has the highest id. */

enum { CROWD = DOSSIER_SHOPS_MAX, EARLY = 1000, DAY = 40500, MANY_POSTINGS = POSTINGS_FOUND_MAX / CROWD };

static struct store_world world;
static struct world_author ford, maria, garage, stranger, shops[CROWD + 1];
static struct seeded {
    uint64_t seed;
    struct actor_id actor;
} seeds[CROWD + 1]; /* of the shops, by id */
static struct built_key made_up;
static struct trust trust;

static const struct actor_id *member(void)
{
    return &shops[CROWD].actor.id;
}

/* ---- who says what ---- */

static void publish(struct world_author *by, enum block_class block_class, enum entry_kind kind,
                    const void *record)
{
    struct store_txn *txn = world_write(&world);

    world_publish_one(&world, txn, by, block_class, kind, record, EARLY);
    world_commit(txn);
}

static void join(struct store_txn *txn, struct world_author *shop, uint64_t seed,
                 const struct built_key *signer)
{
    struct affiliation joined;

    world_begin_log(&world, txn, shop, seed, EARLY);
    joined = world_joined(&world, &maria.actor.id, &shop->actor.id, 0, signer);
    world_publish_one(&world, txn, shop, CLASS_CONTENT, ENTRY_AFFILIATION, &joined, EARLY);
}

static void name_members(struct world_author *by, size_t first, size_t end)
{
    struct store_txn *txn = world_write(&world);
    struct draft draft;

    world_draft(&world, &draft, CLASS_CONTENT);
    for (size_t i = first; i < end; i++) {
        const struct attestation membership = world_membership(&shops[i].actor.id, "ford/network-shop");

        world_add(&draft, ENTRY_ATTESTATION, &membership);
    }
    world_publish(&world, txn, by, &draft, EARLY);
    world_commit(txn);
}

/* ---- whether the member is named ---- */

static void nobody(void) {}

static void ford_names_it(void)
{
    name_members(&ford, CROWD, CROWD + 1);
}

/* Take ford's last block out of the store, and keep it beside the chain. */
static void branch_off(void (*say)(struct store_txn *txn))
{
    const struct log_state before = ford.state;
    struct store_txn *txn = world_write(&world);
    struct block block;
    struct bytes encoded;

    say(txn);
    assert_int_equal(store_block_bytes(txn, &ford.actor.id, ford.state.seq, &encoded, &world.arena),
                     STORE_OK);
    assert_int_equal(block_decode(&block, &world.network, encoded, &world.arena), REASON_NONE);
    store_end(txn);
    ford.state = before;
    txn = world_write(&world);
    assert_int_equal(store_put_side_block(txn, &world.network, &block, EARLY), STORE_OK);
    world_commit(txn);
}

static void say_membership(struct store_txn *txn)
{
    const struct attestation membership = world_membership(member(), "ford/network-shop");

    world_publish_one(&world, txn, &ford, CLASS_CONTENT, ENTRY_ATTESTATION, &membership, EARLY);
}

static void ford_names_it_on_a_branch(void)
{
    branch_off(say_membership);
}

static void say_held_by(struct store_txn *txn)
{
    const struct status status = {.seq = ford.state.seq,
                                  .action = STATUS_HELD_BY,
                                  .reason = STATUS_REASON_UNSPECIFIED,
                                  .effective_day = 40000,
                                  .has_holder = true,
                                  .holder = subject_of_actor(member())};

    world_say(&world, txn, &ford, &status, 0, 0, EARLY);
}

static void ford_gives_it_anothers_on_a_branch(void)
{
    const struct attestation membership = world_membership(&stranger.actor.id, "ford/network-shop");

    publish(&ford, CLASS_CONTENT, ENTRY_ATTESTATION, &membership);
    branch_off(say_held_by);
}

/* Postings are hints: these lead to nothing, and there are as many as are looked at, by lower numbers. */
static void ford_names_it_among_postings(void)
{
    const struct subject subject = subject_of_actor(member());
    struct store_txn *txn = world_write(&world);

    for (size_t i = 0; i < CROWD; i++) {
        uint32_t number;

        assert_int_equal(store_author_number(txn, &shops[i].actor.id, &number), STORE_OK);
        for (size_t j = 0; j < MANY_POSTINGS; j++) {
            assert_int_equal(index_add(txn, &subject, place_of(number, 1000 + j, 0)), STORE_OK);
        }
    }
    world_commit(txn);
    ford_names_it();
}

/* ---- the crowd ---- */

static void unnamed(void) {}

static void named_by_a_stranger(void)
{
    name_members(&stranger, 0, CROWD);
}

static void named_by_ford(void)
{
    name_members(&ford, 0, CROWD);
}

static void by_made_up_keys(struct store_txn *txn)
{
    for (size_t i = 0; i < CROWD; i++) {
        join(txn, &shops[i], seeds[i].seed, &made_up);
    }
}

static void by_forged_signatures(struct store_txn *txn)
{
    for (size_t i = 0; i < CROWD; i++) {
        struct affiliation joined;

        world_begin_log(&world, txn, &shops[i], seeds[i].seed, EARLY);
        joined = world_joined(&world, &maria.actor.id, &shops[i].actor.id, 0, &made_up);
        joined.signature.signature.bytes[5] ^= 1;
        world_publish_one(&world, txn, &shops[i], CLASS_CONTENT, ENTRY_AFFILIATION, &joined, EARLY);
    }
}

/* All others are there, and say nothing. */
static void by_one_over_and_over(struct store_txn *txn)
{
    join(txn, &shops[0], seeds[0].seed, &made_up);
    for (size_t i = 1; i < CROWD; i++) {
        const struct affiliation joined =
            world_joined(&world, &maria.actor.id, &shops[0].actor.id, i, &made_up);

        world_begin_log(&world, txn, &shops[i], seeds[i].seed, EARLY);
        world_publish_one(&world, txn, &shops[0], CLASS_CONTENT, ENTRY_AFFILIATION, &joined, EARLY);
    }
}

static void join_crowd(void (*join_by)(struct store_txn *txn))
{
    struct store_txn *txn = world_write(&world);

    join_by(txn);
    world_commit(txn);
}

static void join_member(bool by_her_key)
{
    struct store_txn *txn = world_write(&world);
    struct built_key not_here;

    build_key(&not_here, ROLE_PRESENT, 78, 0);
    join(txn, &shops[CROWD], seeds[CROWD].seed,
         by_her_key ? &maria.actor.built[WORLD_PRESENT_KEY] : &not_here);
    world_commit(txn);
}

/* ---- asking ---- */

static void hear(void)
{
    const struct world_author *const heard[] = {&ford, &garage, &shops[CROWD]};
    struct store_txn *txn = world_write(&world);

    for (size_t i = 0; i < sizeof heard / sizeof heard[0]; i++) {
        world_check_point(&world, txn, heard[i], EARLY + 10);
    }
    world_commit(txn);
}

/* Whether her certificate holds. */
static enum answer ask(struct dossier *dossier)
{
    const struct question question = {.network = &world.network,
                                      .at_day = DAY,
                                      .now_s = EARLY + 50,
                                      .known_by_s = UINT64_MAX,
                                      .budget = FRESHNESS_DEFAULT};
    struct credentials found;
    size_t at = 0;

    world_dossier(&world, &trust, &maria.actor.id, UINT64_MAX, dossier);
    assert_true(credentials_decide(&found, dossier, &trust, &question, &world.arena));
    while (dossier->credentials[at].about != ABOUT_SUBJECT) {
        at++;
    }
    return found.verdicts[at].axes[AXIS_STATUS].answer;
}

static int order_seeds(const void *a, const void *b)
{
    return hash_compare(&((const struct seeded *)a)->actor.hash, &((const struct seeded *)b)->actor.hash);
}

static int sort_shops(void **state)
{
    static struct built_actor actor;
    struct network network;

    (void)state;
    assert_true(network_init(&network, "test"));
    for (size_t i = 0; i <= CROWD; i++) {
        seeds[i].seed = 100 + i;
        build_actor(&actor, &network, seeds[i].seed, 1, 1);
        seeds[i].actor = actor.id;
    }
    sort_items(seeds, CROWD + 1, sizeof seeds[0], order_seeds);
    build_key(&made_up, ROLE_PRESENT, 77, 0);
    return 0;
}

static int setup(void **state)
{
    static const struct pack_code codes[] = {
        {.code = {(const uint8_t *)"A5", 2}, .title = {(const uint8_t *)"A5", 2}},
        {.code = {(const uint8_t *)"network-shop", 12}, .title = {(const uint8_t *)"shop", 4}}};
    const struct rule_pack pack = {.name_space = bytes_of_string("ford"),
                                   .version = 1,
                                   .in_force_from = 30000,
                                   .codes = {.items = codes, .count = 2}};
    struct trust_owner owner = {.name_space = "ford"};
    struct attestation certificate;
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    memset(&trust, 0, sizeof trust);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ford, 1, EARLY);
    world_begin_log(&world, txn, &maria, 2, EARLY);
    world_begin_log(&world, txn, &stranger, 3, EARLY);
    join(txn, &garage, 4, &maria.actor.built[WORLD_PRESENT_KEY]);
    world_commit(txn);
    owner.actor = ford.actor.id;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    publish(&ford, CLASS_GOVERN, ENTRY_RULE_PACK, &pack);
    certificate = build_attestation(&maria.actor.id, "ford/A5", 40000, 42000);
    certificate.has_network = true;
    certificate.network_code = bytes_of_string("ford/network-shop");
    publish(&ford, CLASS_CONTENT, ENTRY_ATTESTATION, &certificate);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

static void a_crowd_of_shops_hides_none_of_the_network(void **state)
{
    static const struct {
        const char *sentence;
        void (*name_member)(void);
        void (*join_crowd)(struct store_txn *txn);
        void (*name_crowd)(void);
        bool by_her_key, member_first;
        enum answer answer;
        bool cut;
    } rows[] = {
        {"none is of the network", nobody, by_made_up_keys, unnamed, false, true, ANSWER_NO, false},
        {"but strangers say so", nobody, by_made_up_keys, named_by_a_stranger, false, true, ANSWER_NO, false},
        {"the member is, and was heard of first", ford_names_it, by_made_up_keys, unnamed, false, true,
         ANSWER_UNKNOWN, false},
        {"or last", ford_names_it, by_made_up_keys, unnamed, false, false, ANSWER_UNKNOWN, false},
        {"and strangers say so of all others", ford_names_it, by_made_up_keys, named_by_a_stranger, false,
         false, ANSWER_UNKNOWN, false},
        {"she joined it by a key of hers", ford_names_it, by_made_up_keys, named_by_a_stranger, true, false,
         ANSWER_YES, false},
        {"and all others are of the network too", ford_names_it, by_made_up_keys, named_by_ford, true, false,
         ANSWER_YES, true},
        {"more are of the network than are looked at", ford_names_it, by_made_up_keys, named_by_ford, false,
         false, ANSWER_UNKNOWN, true},
        {"their consents are forged", ford_names_it, by_forged_signatures, named_by_ford, false, false,
         ANSWER_UNKNOWN, false},
        {"one says so of itself, again and again", ford_names_it, by_one_over_and_over, named_by_ford, false,
         false, ANSWER_UNKNOWN, false},
        {"a branch names the member", ford_names_it_on_a_branch, by_made_up_keys, unnamed, false, false,
         ANSWER_UNKNOWN, false},
        {"or gives it another's membership", ford_gives_it_anothers_on_a_branch, by_made_up_keys, unnamed,
         true, false, ANSWER_UNKNOWN, false},
        {"among as many postings about it as are looked at", ford_names_it_among_postings, by_made_up_keys,
         unnamed, true, false, ANSWER_YES, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct dossier dossier;
        enum answer found;

        if (rows[i].member_first) {
            join_member(rows[i].by_her_key);
        }
        join_crowd(rows[i].join_crowd);
        if (!rows[i].member_first) {
            join_member(rows[i].by_her_key);
        }
        rows[i].name_crowd();
        rows[i].name_member();
        hear();
        found = ask(&dossier);
        if (found != rows[i].answer || dossier.cuts.affiliations != rows[i].cut) {
            fail_msg("%s: %d", rows[i].sentence, (int)found);
        }
        teardown(state);
        setup(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_crowd_of_shops_hides_none_of_the_network, setup, teardown),
    };
    return cmocka_run_group_tests(tests, sort_shops, NULL);
}
