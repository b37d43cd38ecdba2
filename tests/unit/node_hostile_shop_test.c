#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/session.h"
#include "tests/support/shipped_pack.h"
#include "tests/support/shop_world.h"

/* What a shop may sign about its people and itself when it does not use our commands: blocks take it, as they
 * must, and it has no effect. Ford certifies Maria while she works in its network; the garage would like to
 * be in it, and to have her. */

enum { TIME_S = 1000, AT_DAY = 41000, FIRST = 40000, LAST = 42000 };

static struct store_world world;
static struct world_author ford, garage, rival, maria, joe;
static struct trust trust;
static struct arena arena; /* of a command */

static const struct question asked = {
    .network = &world.network,
    .at_day = AT_DAY,
    .now_s = TIME_S,
    .known_by_s = UINT64_MAX,
    .budget = FRESHNESS_DEFAULT,
};

/* ---- what is said ---- */

static void say(struct world_author *author, enum entry_kind kind, const void *record)
{
    struct store_txn *txn = world_write(&world);

    world_publish_one(&world, txn, author, CLASS_CONTENT, kind, record, TIME_S);
    world_check_point(&world, txn, author, TIME_S);
    world_commit(txn);
}

/* By Maria's key, to that shop; the nth. */
static struct affiliation consented(const struct world_author *shop, uint64_t n)
{
    return world_joined(&world, &maria.actor.id, &shop->actor.id, n, &maria.actor.built[WORLD_PRESENT_KEY]);
}

static void sign_again(struct affiliation *joined, const struct world_author *signer)
{
    consent_id(&joined->id, &world.network, &joined->consent);
    joined->signature.key = signer->actor.built[WORLD_PRESENT_KEY].key.key;
    sign_hash(&joined->signature.signature, &signer->actor.built[WORLD_PRESENT_KEY].secret, &joined->id);
}

static void attest_member(struct world_author *issuer)
{
    const struct attestation member = world_membership(&garage.actor.id, "ford/network-shop");

    say(issuer, ENTRY_ATTESTATION, &member);
}

static void join(struct world_author *author, const struct affiliation *joined)
{
    say(author, ENTRY_AFFILIATION, joined);
}

static void as_it_should_be(void)
{
    const struct affiliation joined = consented(&garage, 0);

    attest_member(&ford);
    join(&garage, &joined);
}

static void twice_by_one_consent(void)
{
    const struct affiliation joined = consented(&garage, 0);

    as_it_should_be();
    join(&garage, &joined);
}

/* The event of a `left` changed to that of a `joined`, which then lacks all that it should have. */
static void without_a_consent(void)
{
    const struct affiliation joined = consented(&garage, 0);
    const struct affiliation left = world_left(&joined, FIRST);
    struct store_txn *txn = world_write(&world);
    struct draft draft;
    uint8_t *id;

    world_draft(&world, &draft, CLASS_CONTENT);
    world_add(&draft, ENTRY_AFFILIATION, &left);
    id = memmem(world.body, 512, joined.id.bytes, sizeof joined.id.bytes);
    assert_non_null(id);
    assert_int_equal(id[sizeof joined.id.bytes], AFFILIATION_LEFT);
    id[sizeof joined.id.bytes] = AFFILIATION_JOINED;
    world_publish(&world, txn, &garage, &draft, TIME_S);
    world_check_point(&world, txn, &garage, TIME_S);
    world_commit(txn);
    attest_member(&ford);
}

static void by_a_consent_to_another_shop(void)
{
    const struct affiliation joined = consented(&rival, 0);

    attest_member(&ford);
    join(&garage, &joined);
}

static void by_a_consent_turned_to_itself(void)
{
    struct affiliation joined = consented(&rival, 0);

    joined.consent.shop = garage.actor.id;
    consent_id(&joined.id, &world.network, &joined.consent);
    attest_member(&ford);
    join(&garage, &joined);
}

static void by_the_consent_of_another_technician(void)
{
    struct affiliation joined = consented(&garage, 0);

    sign_again(&joined, &joe);
    attest_member(&ford);
    join(&garage, &joined);
}

static void by_a_consent_that_it_signed_itself(void)
{
    struct affiliation joined = consented(&garage, 0);

    sign_again(&joined, &garage);
    attest_member(&ford);
    join(&garage, &joined);
}

static void by_an_expired_consent(void)
{
    struct affiliation joined = consented(&garage, 0);

    joined.consent.expires_s = TIME_S - 1;
    sign_again(&joined, &maria);
    attest_member(&ford);
    join(&garage, &joined);
}

static void before_the_first_day_of_the_consent(void)
{
    struct affiliation joined = consented(&garage, 0);

    joined.day--;
    attest_member(&ford);
    join(&garage, &joined);
}

static void under_the_id_of_another_consent(void)
{
    struct affiliation joined = consented(&garage, 0);

    joined.id = consented(&garage, 1).id;
    attest_member(&ford);
    join(&garage, &joined);
}

static void again_after_she_left(void)
{
    const struct affiliation joined = consented(&garage, 0);
    const struct affiliation left = world_left(&joined, AT_DAY - 10);

    as_it_should_be();
    join(&maria, &left);
    join(&garage, &joined);
}

static void beside_another_shop(void)
{
    const struct affiliation joined = consented(&rival, 0);

    as_it_should_be();
    join(&rival, &joined);
}

static void in_a_network_by_its_own_word(void)
{
    const struct affiliation joined = consented(&garage, 0);

    attest_member(&garage);
    join(&garage, &joined);
}

static void in_a_network_by_a_friends_word(void)
{
    const struct affiliation joined = consented(&garage, 0);

    attest_member(&rival);
    attest_member(&maria);
    join(&garage, &joined);
}

/* ---- a world ---- */

static void publish_ford(void)
{
    struct store_txn *txn = world_write(&world);
    struct rule_pack pack;
    const struct attestation certificate =
        build_attestation(&maria.actor.id, "ford/fact-brakes", FIRST, LAST);

    shipped_pack(&pack, "ford.json", &world.arena);
    world_publish_one(&world, txn, &ford, CLASS_GOVERN, ENTRY_RULE_PACK, &pack, TIME_S);
    world_commit(txn);
    say(&ford, ENTRY_ATTESTATION, &certificate);
}

static int setup(void **state)
{
    struct world_author *const authors[] = {&ford, &garage, &rival, &maria, &joe};
    uint8_t *memory = malloc(SESSION_ARENA_SIZE);
    struct shop profile = world_profile("Lone Star Garage");
    struct trust_owner owner = {.name_space = "ford"};

    (void)state;
    assert_non_null(memory);
    arena_init(&arena, memory, SESSION_ARENA_SIZE);
    world_init(&world);
    for (size_t i = 0; i < sizeof authors / sizeof authors[0]; i++) {
        struct store_txn *txn = world_write(&world);

        world_begin_log(&world, txn, authors[i], 1 + i, TIME_S);
        world_check_point(&world, txn, authors[i], TIME_S);
        world_commit(txn);
    }
    memset(&trust, 0, sizeof trust);
    owner.actor = ford.actor.id;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    publish_ford();
    say(&garage, ENTRY_SHOP, &profile);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(arena.memory);
    world_deinit(&world);
    return 0;
}

/* ---- what comes of it ---- */

static enum answer holds_ford(void)
{
    const struct subject subject = subject_of_actor(&maria.actor.id);
    struct dossier dossier;
    struct verdict verdict;

    arena_rewind(&arena, 0);
    assert_int_equal(dossier_of_store(&dossier, world.store, &subject, &trust, &asked, &arena), STORE_OK);
    assert_true(verdict_of(&verdict, &dossier, &trust, &asked, &arena));
    assert_int_equal(verdict.code_count, 1);
    return verdict.codes[0].certified;
}

static uint64_t counted_technicians(void)
{
    struct roster_verdict verdict;

    arena_rewind(&arena, 0);
    assert_int_equal(world_roster(&world, &garage.actor.id, &trust, &asked, &verdict, &arena), STORE_OK);
    return verdict.counted_technicians;
}

static void what_a_shop_signs_alone_has_no_effect(void **state)
{
    static const struct {
        const char *sentence;
        void (*say)(void);
        uint64_t counted;
        enum answer ford; /* unknown where no shop of hers is known */
    } rows[] = {
        {"with her consent, in the network", as_it_should_be, 1, ANSWER_YES},
        {"twice by one consent is once", twice_by_one_consent, 1, ANSWER_YES},
        {"without a consent", without_a_consent, 0, ANSWER_UNKNOWN},
        {"by a consent to another shop", by_a_consent_to_another_shop, 0, ANSWER_UNKNOWN},
        {"by one turned to itself", by_a_consent_turned_to_itself, 0, ANSWER_UNKNOWN},
        {"by another technician's", by_the_consent_of_another_technician, 0, ANSWER_UNKNOWN},
        {"by one that it signed itself", by_a_consent_that_it_signed_itself, 0, ANSWER_UNKNOWN},
        {"by an expired one", by_an_expired_consent, 0, ANSWER_UNKNOWN},
        {"before its first day", before_the_first_day_of_the_consent, 0, ANSWER_UNKNOWN},
        {"under another one's id", under_the_id_of_another_consent, 0, ANSWER_UNKNOWN},
        {"again after she left", again_after_she_left, 0, ANSWER_NO},
        {"beside another shop she counts on neither roster", beside_another_shop, 0, ANSWER_YES},
        {"a shop does not make itself part of a network", in_a_network_by_its_own_word, 1, ANSWER_NO},
        {"nor do its friends", in_a_network_by_a_friends_word, 1, ANSWER_NO},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t counted;
        enum answer holds;

        assert_int_equal(setup(state), 0);
        rows[i].say();
        counted = counted_technicians();
        holds = holds_ford();
        if (counted != rows[i].counted || holds != rows[i].ford) {
            fail_msg("%s: %d counted, certified %d", rows[i].sentence, (int)counted, (int)holds);
        }
        teardown(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_shop_signs_alone_has_no_effect),
    };

    return cmocka_run_group_tests_name("hostile shops", tests, NULL, NULL);
}
