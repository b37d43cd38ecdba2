#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/shop_world.h"

/* Shops: what they say of themselves, what is said of them, and what comes with a technician of theirs. */

static struct store_world world;
static struct world_author ford, ase, garage, rival, maria;
static struct trust trust;

enum { EARLY = 1000, LATE = 2000, LATER = 3000 };

static int setup(void **state)
{
    struct world_author *const authors[] = {&ford, &ase, &garage, &rival, &maria};
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    for (size_t i = 0; i < sizeof authors / sizeof authors[0]; i++) {
        world_begin_log(&world, txn, authors[i], i + 1, EARLY);
    }
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

static void say(struct world_author *author, enum entry_kind kind, const void *record, uint64_t arrived_s)
{
    struct store_txn *txn = world_write(&world);

    world_publish_one(&world, txn, author, CLASS_CONTENT, kind, record, arrived_s);
    world_commit(txn);
}

static void gather(struct dossier *dossier, const struct world_author *author, uint64_t known_by_s)
{
    world_dossier(&world, &trust, &author->actor.id, known_by_s, dossier);
}

/* ---- every shop ---- */

enum { LISTED_MAX = 8 };

struct listing {
    size_t count, stop_at;
    struct {
        struct actor_id actor;
        char name[32];
        size_t areas;
    } items[LISTED_MAX];
};

static bool list_shop(void *context, const struct actor_id *actor, const struct shop *profile)
{
    struct listing *listing = context;

    assert_true(listing->count < LISTED_MAX);
    listing->items[listing->count].actor = *actor;
    memcpy(listing->items[listing->count].name, profile->name.data, profile->name.size);
    listing->items[listing->count].areas = profile->areas.count;
    return ++listing->count != listing->stop_at;
}

static struct listing list_shops(size_t stop_at)
{
    struct listing listing = {.stop_at = stop_at};
    struct store_txn *txn = world_read(&world);

    assert_int_equal(store_each_shop(txn, list_shop, &listing), STORE_OK);
    store_end(txn);
    return listing;
}

/* NULL: the shop is not listed. */
static void assert_listed(const struct world_author *author, const char *name)
{
    const struct listing listing = list_shops(0);
    const char *found = NULL;

    for (size_t i = 0; i < listing.count; i++) {
        if (actor_id_equal(&listing.items[i].actor, &author->actor.id)) {
            assert_null(found);
            found = listing.items[i].name;
        }
    }
    if (name) {
        assert_non_null(found);
        assert_string_equal(found, name);
    } else {
        assert_null(found);
    }
}

static void publish(struct world_author *author, const char *name)
{
    const struct bytes areas[] = {bytes_of_string("Brakes"), bytes_of_string("Electrical")};
    struct shop profile = world_profile(name);

    profile.areas = (struct list){.items = areas, .count = 2};
    say(author, ENTRY_SHOP, &profile, LATE);
}

static void whoever_has_a_profile_is_a_shop(void **context)
{
    struct listing listing;

    (void)context;
    assert_int_equal(list_shops(0).count, 0);
    publish(&garage, "Garage");
    publish(&rival, "Rival");
    publish(&garage, "Garage & Sons");
    listing = list_shops(0);
    assert_int_equal(listing.count, 2);
    assert_int_equal(listing.items[0].areas, 2);
    assert_listed(&garage, "Garage & Sons");
    assert_listed(&rival, "Rival");
    assert_listed(&maria, NULL);
    assert_int_equal(list_shops(1).count, 1);
    world_close(&world);
    world_open(&world);
    assert_int_equal(list_shops(0).count, 2);
    assert_listed(&garage, "Garage & Sons");
}

static void a_void_profile_gives_way_to_the_one_before(void **context)
{
    const struct void_record last = {.has_range = true, .range = {.first = 2, .last = 2}};
    const struct void_record both = {.has_range = true, .range = {.first = 1, .last = 1}};
    struct store_txn *txn;

    (void)context;
    publish(&garage, "Garage");
    publish(&garage, "A thief's");
    txn = world_write(&world);
    world_publish_one(&world, txn, &garage, CLASS_GOVERN, ENTRY_VOID, &last, LATER);
    world_commit(txn);
    assert_listed(&garage, "Garage");
    txn = world_write(&world);
    world_publish_one(&world, txn, &garage, CLASS_GOVERN, ENTRY_VOID, &both, LATER);
    world_commit(txn);
    assert_listed(&garage, NULL);
}

static void an_erased_profile_gives_way_to_the_one_before(void **context)
{
    const struct index_range range = {0, 0};
    const struct erase erase = {.seq = 2, .entries = {.items = &range, .count = 1}};
    struct store_txn *txn;

    (void)context;
    publish(&garage, "Garage");
    publish(&garage, "Mistyped");
    txn = world_write(&world);
    world_publish_one(&world, txn, &garage, CLASS_STATUS, ENTRY_ERASE, &erase, LATER);
    world_commit(txn);
    assert_listed(&garage, "Garage");
}

static void a_forgotten_chain_lists_no_shop_until_it_is_replayed(void **context)
{
    struct bytes block;
    struct store_txn *txn;

    (void)context;
    publish(&garage, "Garage");
    txn = world_write(&world);
    assert_int_equal(store_block_bytes(txn, &garage.actor.id, 1, &block, &world.arena), STORE_OK);
    assert_int_equal(store_unwind_to(txn, &world.network, &garage.actor.id, 0, LATER), STORE_OK);
    world_commit(txn);
    assert_listed(&garage, NULL);
    txn = world_write(&world);
    assert_int_equal(store_log_state(txn, &garage.actor.id, &garage.state), STORE_OK);
    assert_int_equal(world_accept(&world, txn, &garage, block, LATER), REASON_NONE);
    world_commit(txn);
    assert_listed(&garage, "Garage");
}

/* ---- a shop's dossier ---- */

static struct review review_of(const struct world_author *shop, uint32_t day)
{
    return (struct review){
        .shop = shop->actor.id, .code = bytes_of_string("ase/blue-seal"), .day = day, .technicians = 4};
}

static void a_shops_dossier_has_its_profiles_and_reviews(void **context)
{
    const struct review first = review_of(&garage, 41000);
    const struct review other = review_of(&rival, 41000);
    struct dossier dossier;

    (void)context;
    publish(&garage, "Garage");
    publish(&rival, "Rival");
    say(&ase, ENTRY_REVIEW, &first, LATE);
    say(&ase, ENTRY_REVIEW, &other, LATE);
    publish(&garage, "Garage & Sons");
    gather(&dossier, &garage, UINT64_MAX);
    assert_int_equal(dossier.profile_count, 2);
    assert_true(bytes_equal_string(dossier.profiles[0].shop.name, "Garage"));
    assert_true(bytes_equal_string(dossier.profiles[1].shop.name, "Garage & Sons"));
    assert_int_equal(dossier.profiles[1].shop.areas.count, 2);
    assert_int_equal(dossier.review_count, 1);
    assert_int_equal(dossier.reviews[0].review.day, 41000);
    assert_true(actor_id_equal(&dossier_log_at(&dossier, &dossier.reviews[0].place)->author, &ase.actor.id));
    gather(&dossier, &garage, LATE - 1);
    assert_int_equal(dossier.profile_count, 0);
    assert_int_equal(dossier.review_count, 0);
}

static void the_newest_reviews_of_each_are_told(void **context)
{
    const struct review body = review_of(&garage, 41000);
    struct store_txn *txn = world_write(&world);
    size_t by_body = 0;
    bool newest = false;
    struct dossier dossier;
    struct draft draft;

    (void)context;
    world_draft(&world, &draft, CLASS_CONTENT);
    for (uint32_t i = 0; i < 300; i++) {
        const struct review flood = review_of(&garage, 40000 + i);
        world_add(&draft, ENTRY_REVIEW, &flood);
    }
    world_publish(&world, txn, &rival, &draft, LATE);
    world_commit(txn);
    say(&ase, ENTRY_REVIEW, &body, LATE);
    gather(&dossier, &garage, UINT64_MAX);
    assert_int_equal(dossier.review_count, DOSSIER_REVIEWS_MAX / 4 + 1);
    for (size_t i = 0; i < dossier.review_count; i++) {
        by_body += dossier.reviews[i].review.day == 41000;
        newest |= dossier.reviews[i].review.day == 40299;
    }
    assert_int_equal(by_body, 1);
    assert_true(newest);
}

/* ---- what comes with a technician ---- */

static void join(void)
{
    const struct affiliation joined =
        world_joined(&world, &maria.actor.id, &garage.actor.id, 0, &maria.actor.built[WORLD_PRESENT_KEY]);

    say(&garage, ENTRY_AFFILIATION, &joined, LATE);
}

static void accredit(struct world_author *by, const struct world_author *delegate)
{
    const struct bytes pattern = bytes_of_string("ford/*");
    const struct accreditation record = {
        .delegate = delegate->actor.id, .from = 30000, .patterns = {.items = &pattern, .count = 1}};
    struct store_txn *txn = world_write(&world);

    world_publish_one(&world, txn, by, CLASS_GOVERN, ENTRY_ACCREDITATION, &record, LATE);
    world_commit(txn);
}

/* Whoever attests the membership may be accredited by the brand. */
static void memberships_of_her_shops_come_with_a_technician(void **context)
{
    const struct attestation member = world_membership(&garage.actor.id, "ford/network-shop");
    const struct attestation elsewhere = world_membership(&rival.actor.id, "ford/network-shop");
    const struct attestation award = build_attestation(&garage.actor.id, "ase/blue-seal", 40000, 42000);
    const struct attestation brakes = build_attestation(&maria.actor.id, "ford/fact-brakes", 40000, 42000);
    struct dossier dossier;

    (void)context;
    accredit(&ford, &ase);
    say(&ase, ENTRY_ATTESTATION, &member, LATE);
    say(&ase, ENTRY_ATTESTATION, &elsewhere, LATE);
    say(&ase, ENTRY_ATTESTATION, &award, LATE);
    say(&rival, ENTRY_ATTESTATION, &brakes, LATE);
    gather(&dossier, &maria, UINT64_MAX);
    assert_int_equal(dossier.credential_count, 1);
    join();
    gather(&dossier, &maria, UINT64_MAX);
    assert_int_equal(dossier.credential_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct dossier_credential *credential = &dossier.credentials[i];
        bool of_shop = bytes_equal_string(credential->attestation.code, "ford/network-shop");

        assert_int_equal(credential->about, of_shop ? ABOUT_SHOP : ABOUT_SUBJECT);
    }
    assert_int_equal(dossier.accreditation_count, 1);
    assert_true(actor_id_equal(&dossier.accreditations[0].accreditation.delegate, &ase.actor.id));
    gather(&dossier, &garage, UINT64_MAX);
    assert_int_equal(dossier.credential_count, 2);
    assert_int_equal(dossier.credentials[0].about, ABOUT_SUBJECT);
    assert_int_equal(dossier.credentials[1].about, ABOUT_SUBJECT);
}

/* ---- her own word ---- */

static void her_statements_stand_beside_what_they_are_about(void **context)
{
    const struct attestation brakes = build_attestation(&maria.actor.id, "ase/A5", 40000, 42000);
    const struct attestation others = build_attestation(&garage.actor.id, "ase/A5", 40000, 42000);
    struct statement about_hers, about_others, about_joining, by_another;
    struct dossier dossier;
    struct store_txn *txn;

    (void)context;
    say(&ase, ENTRY_ATTESTATION, &brakes, LATE);
    say(&ase, ENTRY_ATTESTATION, &others, LATE);
    join();
    txn = world_read(&world);
    about_hers = world_statement(&world, txn, &ase.actor.id, 1, 0);
    about_others = world_statement(&world, txn, &ase.actor.id, 2, 0);
    about_joining = world_statement(&world, txn, &garage.actor.id, 1, 0);
    by_another = about_hers;
    store_end(txn);
    by_another.text = bytes_of_string("She never was here.");
    say(&maria, ENTRY_STATEMENT, &about_hers, LATE);
    say(&maria, ENTRY_STATEMENT, &about_others, LATE);
    say(&rival, ENTRY_STATEMENT, &by_another, LATE);
    about_hers.about.prefix[0] ^= 1;
    say(&maria, ENTRY_STATEMENT, &about_hers, LATE);
    gather(&dossier, &maria, UINT64_MAX);
    assert_int_equal(dossier.statement_count, 1);
    assert_true(bytes_equal_string(dossier.statements[0].statement.text, "It was not so."));
    assert_int_equal(dossier.statements[0].place.seq, 1);
    say(&maria, ENTRY_STATEMENT, &about_joining, LATE);
    about_joining.about.prefix[0] ^= 1;
    say(&maria, ENTRY_STATEMENT, &about_joining, LATE);
    gather(&dossier, &maria, UINT64_MAX);
    assert_int_equal(dossier.statement_count, 2);
}

/* ---- presented ---- */

static void what_is_not_presented_stands_beside(void **context)
{
    const struct attestation brakes = build_attestation(&maria.actor.id, "ase/A5", 40000, 42000);
    const struct attestation engines = build_attestation(&maria.actor.id, "ase/A1", 40000, 42000);
    const struct subject subject = subject_of_actor(&maria.actor.id);
    struct dossier dossier, around;
    struct entry_name name;
    struct actor_id author = ase.actor.id;
    struct store_txn *txn;

    (void)context;
    say(&ase, ENTRY_ATTESTATION, &brakes, LATE);
    say(&ase, ENTRY_ATTESTATION, &engines, LATE);
    join();
    txn = world_read(&world);
    name = world_statement(&world, txn, &ase.actor.id, 1, 0).about;
    assert_int_equal(store_dossier_of_entries(txn, &world.network, &trust, &name, 1, &subject,
                                              DOSSIER_REACH_ALL, &dossier, &world.arena),
                     STORE_OK);
    assert_int_equal(dossier.credential_count, 2);
    assert_int_equal(dossier.credentials[0].about, ABOUT_SUBJECT);
    assert_int_equal(dossier.credentials[0].place.seq, 1);
    assert_int_equal(dossier.credentials[1].about, ABOUT_BESIDE);
    assert_int_equal(dossier.affiliation_count, 1);
    assert_true(subject_equal(&dossier.subject, &subject));
    assert_int_equal(store_dossier_around(txn, &world.network, &trust, &dossier.credentials[1], &author, 1,
                                          &subject, DOSSIER_REACH_ALL, &around, &world.arena),
                     STORE_OK);
    assert_int_equal(around.credential_count, 2);
    assert_int_equal(around.credentials[0].about, ABOUT_BESIDE);
    assert_int_equal(around.credentials[1].about, ABOUT_SUBJECT);
    assert_int_equal(store_dossier_of_entries(txn, &world.network, &trust, &name, 1, NULL, DOSSIER_REACH_ALL,
                                              &dossier, &world.arena),
                     STORE_OK);
    assert_int_equal(dossier.credential_count, 1);
    assert_int_equal(dossier.affiliation_count, 0);
    store_end(txn);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(whoever_has_a_profile_is_a_shop),
        IN_WORLD(a_void_profile_gives_way_to_the_one_before),
        IN_WORLD(an_erased_profile_gives_way_to_the_one_before),
        IN_WORLD(a_forgotten_chain_lists_no_shop_until_it_is_replayed),
        IN_WORLD(a_shops_dossier_has_its_profiles_and_reviews),
        IN_WORLD(the_newest_reviews_of_each_are_told),
        IN_WORLD(memberships_of_her_shops_come_with_a_technician),
        IN_WORLD(her_statements_stand_beside_what_they_are_about),
        IN_WORLD(what_is_not_presented_stands_beside),
    };

    return cmocka_run_group_tests_name("store shops", tests, NULL, NULL);
}
