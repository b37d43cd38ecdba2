#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/consents.h"
#include "store/shop_admission.h"
#include "tests/support/shop_world.h"

/* Who joined and who left, as a dossier tells it: maria is a technician, garage and rival are shops. */

static struct store_world world;
static struct world_author maria, garage, rival;
static struct trust trust;

enum { EARLY = 1000, LATE = 2000, LATER = 3000 };
enum { MARIA_SEED = 1, GARAGE_SEED = 2, RIVAL_SEED = 3, NEW_KEY_SEED = 50 };

static int setup(void **state)
{
    (void)state;
    world_init(&world);
    memset(&trust, 0, sizeof trust);
    build_actor(&maria.actor, &world.network, MARIA_SEED, 1, 1);
    build_actor(&garage.actor, &world.network, GARAGE_SEED, 1, 1);
    build_actor(&rival.actor, &world.network, RIVAL_SEED, 1, 1);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

static void begin(struct world_author *author, uint64_t seed, uint64_t arrived_s)
{
    struct store_txn *txn = world_write(&world);

    world_begin_log(&world, txn, author, seed, arrived_s);
    world_commit(txn);
}

static void say(struct world_author *author, const struct affiliation *affiliation, uint64_t arrived_s)
{
    struct store_txn *txn = world_write(&world);

    world_publish_one(&world, txn, author, CLASS_CONTENT, ENTRY_AFFILIATION, affiliation, arrived_s);
    world_commit(txn);
}

static void unwind_rival(void)
{
    struct store_txn *txn = world_write(&world);

    assert_int_equal(store_unwind_to(txn, &world.network, &rival.actor.id, 0, LATER), STORE_OK);
    world_commit(txn);
}

static const struct built_key *marias_key(void)
{
    return &maria.actor.built[WORLD_PRESENT_KEY];
}

static void gather(struct dossier *dossier, const struct world_author *author, uint64_t known_by_s)
{
    world_dossier(&world, &trust, &author->actor.id, known_by_s, dossier);
}

/* ---- consents ---- */

static void update_key(struct built_key *out)
{
    struct signing_key signing_keys[3];
    const struct keys_update update = world_new_present_key(&maria.actor, NEW_KEY_SEED, out, signing_keys);
    struct store_txn *txn = world_write(&world);

    world_publish_one(&world, txn, &maria, CLASS_KEYS, ENTRY_KEYS_UPDATE, &update, LATE);
    world_commit(txn);
}

static void a_consent_is_settled_by_any_present_key_she_ever_had(void **context)
{
    struct built_key updated, strange;
    struct affiliation other_role, tampered, beyond;
    struct dossier dossier;

    (void)context;
    build_key(&updated, ROLE_PRESENT, NEW_KEY_SEED, 0);
    build_key(&strange, ROLE_PRESENT, 77, 0);
    other_role = world_joined(&world, &maria.actor.id, &garage.actor.id, 3, &maria.actor.built[1]);
    other_role.signature.key = maria.actor.built[1].key.key;
    sign_hash(&other_role.signature.signature, &maria.actor.built[1].secret, &other_role.id);
    tampered = world_joined(&world, &maria.actor.id, &garage.actor.id, 4, marias_key());
    tampered.signature.signature.bytes[5] ^= 1;
    beyond = world_joined(&world, &maria.actor.id, &garage.actor.id, 5, marias_key());
    beyond.signature.key = strange.key.key;

    const struct {
        const char *because;
        struct affiliation joined;
        enum reason wanted;
    } rows[] = {
        {"by the key of her inception",
         world_joined(&world, &maria.actor.id, &garage.actor.id, 0, marias_key()), REASON_NONE},
        {"by the key that took its place",
         world_joined(&world, &maria.actor.id, &garage.actor.id, 1, &updated), REASON_NONE},
        {"by somebody else's key", world_joined(&world, &maria.actor.id, &garage.actor.id, 2, &strange),
         REASON_CONSENT_KEY},
        {"by a key of hers that is not for presenting", other_role, REASON_CONSENT_KEY},
        {"altered", tampered, REASON_BAD_SIGNATURE},
        {"by a key that she does not have", beyond, REASON_BAD_SIGNATURE},
    };
    const size_t count = sizeof rows / sizeof rows[0];

    begin(&garage, GARAGE_SEED, EARLY);
    for (size_t i = 0; i < count / 2; i++) {
        say(&garage, &rows[i].joined, EARLY);
    }
    gather(&dossier, &garage, UINT64_MAX);
    assert_int_equal(dossier.affiliation_count, count / 2);
    for (size_t i = 0; i < count / 2; i++) {
        assert_int_equal(dossier.affiliations[i].signature, REASON_UNKNOWN_ISSUER);
    }
    begin(&maria, MARIA_SEED, LATE);
    gather(&dossier, &garage, UINT64_MAX);
    assert_int_equal(dossier.affiliations[0].signature, REASON_NONE);
    assert_int_equal(dossier.affiliations[1].signature, REASON_CONSENT_KEY); /* of her future */
    update_key(&updated);
    for (size_t i = count / 2; i < count; i++) {
        say(&garage, &rows[i].joined, LATER);
    }
    gather(&dossier, &garage, UINT64_MAX);
    assert_int_equal(dossier.affiliation_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_true(hash_equal(&dossier.affiliations[i].affiliation.id, &rows[i].joined.id));
        if (dossier.affiliations[i].signature != rows[i].wanted) {
            fail_msg("%s: %s", rows[i].because, reason_word(dossier.affiliations[i].signature));
        }
    }
}

/* It is no statement about anybody, and neither is what takes another consent's id. */
static void what_another_shop_copies_of_a_consent_is_not_found(void **context)
{
    const struct affiliation joined =
        world_joined(&world, &maria.actor.id, &garage.actor.id, 0, marias_key());
    struct affiliation stolen = world_joined(&world, &maria.actor.id, &rival.actor.id, 0, marias_key());
    struct world_author *const askers[] = {&maria, &garage, &rival};

    (void)context;
    stolen.id = joined.id;
    begin(&maria, MARIA_SEED, EARLY);
    begin(&garage, GARAGE_SEED, EARLY);
    begin(&rival, RIVAL_SEED, EARLY);
    say(&rival, &joined, LATE);
    say(&rival, &stolen, LATE);
    for (size_t side = 0; side < 2; side++) {
        for (size_t i = 0; i < sizeof askers / sizeof askers[0]; i++) {
            struct dossier dossier;

            gather(&dossier, askers[i], UINT64_MAX);
            assert_int_equal(dossier.affiliation_count, 0);
        }
        unwind_rival();
    }
}

/* The garage says that she left. A rival had copied what the garage said when she joined. */
static void a_copy_of_her_consent_hides_no_left(void **context)
{
    for (size_t i = 0; i < 2; i++) {
        const struct affiliation joined =
            world_joined(&world, &maria.actor.id, &garage.actor.id, 0, marias_key());
        const struct affiliation left = world_left(&joined, WORLD_JOINED_DAY + 10);
        struct membership *memberships;
        struct dossier dossier;
        size_t count = 0;

        begin(&maria, MARIA_SEED, EARLY);
        begin(i == 0 ? &garage : &rival, i == 0 ? GARAGE_SEED : RIVAL_SEED, EARLY);
        begin(i == 0 ? &rival : &garage, i == 0 ? RIVAL_SEED : GARAGE_SEED, EARLY);
        say(&garage, &joined, EARLY);
        say(&garage, &left, EARLY);
        say(&rival, &joined, EARLY);
        gather(&dossier, &maria, UINT64_MAX);
        assert_true(memberships_of(&memberships, &count, &dossier, &world.network, &world.arena));
        assert_int_equal(count, 1);
        assert_int_equal(day_truth_on(&memberships[0].days, WORLD_JOINED_DAY + 9), ANSWER_YES);
        assert_int_equal(day_truth_on(&memberships[0].days, WORLD_JOINED_DAY + 10), ANSWER_NO);
        teardown(context);
        setup(context);
    }
}

/* What a crowd of shops says of her: of the garage, or each of itself, in consents that she never signed. */
enum { CROWD = DOSSIER_AFFILIATIONS_MAX / 64, CROWD_EACH = 64, CROWD_SEED = 1000 };

static void crowd_says(bool of_the_garage)
{
    static struct world_author sybil;
    static struct draft draft;
    struct store_txn *txn = world_write(&world);

    for (uint64_t i = 0; i < CROWD; i++) {
        size_t mark = arena_mark(&world.arena);

        world_begin_log(&world, txn, &sybil, CROWD_SEED + i, EARLY);
        world_draft(&world, &draft, CLASS_CONTENT);
        for (uint64_t j = 0; j < CROWD_EACH; j++) {
            const struct affiliation joined =
                world_joined(&world, &maria.actor.id, of_the_garage ? &garage.actor.id : &sybil.actor.id,
                             of_the_garage ? 0 : j, &garage.actor.built[WORLD_PRESENT_KEY]);

            world_add(&draft, ENTRY_AFFILIATION, &joined);
        }
        world_publish(&world, txn, &sybil, &draft, EARLY);
        arena_rewind(&world.arena, mark);
    }
    world_commit(txn);
}

static void say_that_she_joined(void)
{
    const struct affiliation joined =
        world_joined(&world, &maria.actor.id, &garage.actor.id, 0, marias_key());

    begin(&garage, GARAGE_SEED, LATE);
    say(&garage, &joined, LATE);
}

static void whose_log_came_first_decides_no_membership(void **context)
{
    static const struct {
        const char *sentence;
        bool garage_first, of_the_garage, cut;
    } rows[] = {
        {"copies of the garage's consent, after its log", true, true, false},
        {"and before it", false, true, false},
        {"as many forged consents as there is room for, after its log", true, false, true},
        {"and before it", false, false, true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct dossier dossier;

        begin(&maria, MARIA_SEED, EARLY);
        if (rows[i].garage_first) {
            say_that_she_joined();
        }
        crowd_says(rows[i].of_the_garage);
        if (!rows[i].garage_first) {
            say_that_she_joined();
        }
        gather(&dossier, &maria, UINT64_MAX);
        if (dossier_log_of(&dossier, &garage.actor.id) == NULL || dossier.cuts.affiliations != rows[i].cut) {
            fail_msg("%s", rows[i].sentence);
        }
        teardown(context);
        setup(context);
    }
}

static void keys_that_came_later_settle_nothing_before(void **context)
{
    const struct affiliation joined =
        world_joined(&world, &maria.actor.id, &garage.actor.id, 0, marias_key());
    const struct affiliation left = world_left(&joined, 40500);
    struct dossier dossier;

    (void)context;
    begin(&garage, GARAGE_SEED, EARLY);
    say(&garage, &joined, EARLY);
    begin(&maria, MARIA_SEED, LATE);
    say(&maria, &left, LATER);
    gather(&dossier, &garage, LATER);
    assert_int_equal(dossier.affiliations[0].signature, REASON_NONE);
    assert_int_equal(dossier.leave_count, 1);
    gather(&dossier, &garage, LATER - 1);
    assert_int_equal(dossier.affiliations[0].signature, REASON_NONE);
    assert_int_equal(dossier.leave_count, 0);
    gather(&dossier, &garage, LATE - 1);
    assert_int_equal(dossier.affiliations[0].signature, REASON_UNKNOWN_ISSUER);
    gather(&dossier, &garage, EARLY - 1);
    assert_int_equal(dossier.affiliation_count, 0);
    gather(&dossier, &maria, LATE);
    assert_int_equal(dossier.affiliation_count, 1);
    assert_int_equal(dossier.affiliations[0].signature, REASON_NONE);
}

/* ---- late ---- */

enum { DAY_S = 86400, EXPIRED_S = WORLD_CONSENT_EXPIRES_S };

/* The garage's block is dated within the consent's time, whenever it comes. */
static void an_expired_consent_is_used_by_no_block_that_is_dated_back(void **context)
{
    static const struct {
        const char *sentence;
        uint64_t check_pointed_s, arrived_s, pointed_later_s; /* 0: no checkpoint */
        enum answer answer;
        bool own_word;
    } rows[] = {
        {"it came in time", 0, EXPIRED_S, 0, ANSWER_YES, false},
        {"it came years later, and nothing shows anything", 0, EXPIRED_S + 1000 * DAY_S, 0, ANSWER_YES, true},
        {"a checkpoint years after stands without it", EXPIRED_S + 1000 * DAY_S,
         EXPIRED_S + 1000 * DAY_S + 60, 0, ANSWER_UNKNOWN, false},
        {"one of that same day does", EXPIRED_S, EXPIRED_S + 1000 * DAY_S, 0, ANSWER_YES, true},
        {"one of two days later does", EXPIRED_S + 2 * DAY_S, EXPIRED_S + 1000 * DAY_S,
         EXPIRED_S + 1000 * DAY_S, ANSWER_UNKNOWN, false},
        {"the first one since stands with it", 0, EXPIRED_S + 1000 * DAY_S, EXPIRED_S + 1000 * DAY_S,
         ANSWER_YES, true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct affiliation joined =
            world_joined(&world, &maria.actor.id, &garage.actor.id, 0, marias_key());
        struct membership *memberships;
        struct dossier dossier;
        struct store_txn *txn;
        struct bytes encoded;
        size_t count = 0;

        begin(&maria, MARIA_SEED, EARLY);
        begin(&garage, GARAGE_SEED, EARLY);
        txn = world_write(&world);
        if (rows[i].check_pointed_s != 0) {
            world_check_point(&world, txn, &garage, rows[i].check_pointed_s);
        }
        encoded =
            world_sign_one(&world, txn, &garage, CLASS_CONTENT, ENTRY_AFFILIATION, &joined, EXPIRED_S - 1);
        assert_int_equal(world_accept(&world, txn, &garage, encoded, rows[i].arrived_s), REASON_NONE);
        if (rows[i].pointed_later_s != 0) {
            world_check_point(&world, txn, &garage, rows[i].pointed_later_s);
        }
        world_commit(txn);
        gather(&dossier, &maria, UINT64_MAX);
        assert_true(memberships_of(&memberships, &count, &dossier, &world.network, &world.arena));
        assert_int_equal(count, 1);
        if (day_truth_on(&memberships[0].days, WORLD_JOINED_DAY) != rows[i].answer ||
            memberships[0].own_word != rows[i].own_word) {
            fail_msg("%s", rows[i].sentence);
        }
        teardown(context);
        setup(context);
    }
}

/* ---- either side's left ---- */

static void either_side_may_say_left_and_nobody_else(void **context)
{
    const struct affiliation joined =
        world_joined(&world, &maria.actor.id, &garage.actor.id, 0, marias_key());
    const struct affiliation by_maria = world_left(&joined, 40500);
    const struct affiliation by_garage = world_left(&joined, 40400);
    const struct affiliation by_rival = world_left(&joined, 40100);
    struct world_author *const askers[] = {&maria, &garage};

    (void)context;
    begin(&maria, MARIA_SEED, EARLY);
    begin(&garage, GARAGE_SEED, EARLY);
    begin(&rival, RIVAL_SEED, EARLY);
    say(&rival, &by_rival, EARLY);
    say(&maria, &by_maria, LATE);
    say(&garage, &joined, LATE);
    say(&garage, &joined, LATE);
    say(&garage, &by_garage, LATE);
    for (size_t i = 0; i < 2; i++) {
        uint32_t days[2] = {0};
        struct dossier dossier;

        gather(&dossier, askers[i], UINT64_MAX);
        assert_int_equal(dossier.affiliation_count, 2);
        assert_int_equal(dossier.leave_count, 2);
        for (size_t j = 0; j < 2; j++) {
            const struct dossier_leave *leave = &dossier.leaves[j];
            bool garages = actor_id_equal(&dossier_log_at(&dossier, &leave->place)->author, &garage.actor.id);

            assert_true(hash_equal(&leave->id, &joined.id));
            days[garages] = leave->day;
        }
        assert_int_equal(days[0], 40500);
        assert_int_equal(days[1], 40400);
    }
}

static void one_sides_many_words_keep_the_newest(void **context)
{
    const struct affiliation joined =
        world_joined(&world, &maria.actor.id, &garage.actor.id, 0, marias_key());
    struct dossier dossier;
    bool newest = false;

    (void)context;
    begin(&maria, MARIA_SEED, EARLY);
    begin(&garage, GARAGE_SEED, EARLY);
    say(&garage, &joined, EARLY);
    for (uint32_t i = 0; i < 20; i++) {
        const struct affiliation left = world_left(&joined, 40500 + i);
        say(&garage, &left, LATE);
    }
    gather(&dossier, &maria, UINT64_MAX);
    assert_int_equal(dossier.leave_count, 4);
    for (size_t i = 0; i < dossier.leave_count; i++) {
        newest |= dossier.leaves[i].day == 40519;
    }
    assert_true(newest);
}

/* ---- void, erased, forgotten ---- */

static void a_void_join_is_told_as_void(void **context)
{
    const struct affiliation joined =
        world_joined(&world, &maria.actor.id, &garage.actor.id, 0, marias_key());
    const struct void_record record = {.has_range = true, .range = {.first = 1, .last = 1}};
    struct dossier dossier;
    struct store_txn *txn;

    (void)context;
    begin(&maria, MARIA_SEED, EARLY);
    begin(&garage, GARAGE_SEED, EARLY);
    say(&garage, &joined, EARLY);
    txn = world_write(&world);
    world_publish_one(&world, txn, &garage, CLASS_GOVERN, ENTRY_VOID, &record, LATER);
    world_commit(txn);
    gather(&dossier, &garage, UINT64_MAX);
    assert_int_equal(dossier.affiliation_count, 1);
    assert_true(dossier_place_is_void(&dossier, &dossier.affiliations[0].place));
    gather(&dossier, &garage, LATER - 1);
    assert_false(dossier_place_is_void(&dossier, &dossier.affiliations[0].place));
}

/* Apply a log's chain anew, as it is held. */
static void replay(struct world_author *author)
{
    const uint64_t head = author->state.seq;
    struct bytes *blocks = calloc(head + 1, sizeof *blocks);
    struct store_txn *txn = world_write(&world);

    assert_non_null(blocks);
    for (uint64_t seq = 1; seq <= head; seq++) {
        assert_int_equal(store_block_bytes(txn, &author->actor.id, seq, &blocks[seq], &world.arena),
                         STORE_OK);
    }
    assert_int_equal(store_unwind_to(txn, &world.network, &author->actor.id, 0, LATER), STORE_OK);
    assert_int_equal(store_log_state(txn, &author->actor.id, &author->state), STORE_OK);
    for (uint64_t seq = 1; seq <= head; seq++) {
        assert_int_equal(world_accept(&world, txn, author, blocks[seq], LATER), REASON_NONE);
    }
    world_commit(txn);
    free(blocks);
}

static void an_erased_join_is_gone_for_good(void **context)
{
    const struct affiliation joined =
        world_joined(&world, &maria.actor.id, &garage.actor.id, 0, marias_key());
    const struct index_range range = {0, 0};
    const struct erase erase = {.seq = 1, .entries = {.items = &range, .count = 1}};
    struct world_author *const askers[] = {&maria, &garage};
    struct dossier dossier;
    struct store_txn *txn;

    (void)context;
    begin(&garage, GARAGE_SEED, EARLY);
    say(&garage, &joined, EARLY);
    txn = world_write(&world);
    world_publish_one(&world, txn, &garage, CLASS_STATUS, ENTRY_ERASE, &erase, LATE);
    world_commit(txn);
    begin(&maria, MARIA_SEED, LATE);
    replay(&garage);
    replay(&maria);
    for (size_t i = 0; i < 2; i++) {
        gather(&dossier, askers[i], UINT64_MAX);
        assert_int_equal(dossier.affiliation_count, 0);
    }
}

static void a_consent_falls_with_the_keys_that_signed_it(void **context)
{
    struct affiliation joined;
    struct built_key updated;
    struct dossier dossier;
    struct store_txn *txn;

    (void)context;
    begin(&maria, MARIA_SEED, EARLY);
    begin(&garage, GARAGE_SEED, EARLY);
    update_key(&updated);
    joined = world_joined(&world, &maria.actor.id, &garage.actor.id, 0, &updated);
    say(&garage, &joined, EARLY);
    gather(&dossier, &garage, UINT64_MAX);
    assert_int_equal(dossier.affiliations[0].signature, REASON_NONE);
    txn = world_write(&world);
    assert_int_equal(store_unwind_to(txn, &world.network, &maria.actor.id, 0, LATER), STORE_OK);
    world_commit(txn);
    gather(&dossier, &garage, UINT64_MAX);
    assert_int_equal(dossier.affiliations[0].signature, REASON_CONSENT_KEY);
    txn = world_write(&world);
    assert_int_equal(store_unwind_to(txn, &world.network, &garage.actor.id, 0, LATER), STORE_OK);
    world_commit(txn);
    gather(&dossier, &garage, UINT64_MAX);
    assert_int_equal(dossier.affiliation_count, 1);
    assert_true(dossier.affiliations[0].place.block.side);
    gather(&dossier, &maria, UINT64_MAX);
    assert_int_equal(dossier.affiliation_count, 1);
    assert_true(dossier.affiliations[0].place.block.side);
}

static void a_consent_that_older_keys_signed_too_stands(void **context)
{
    const struct affiliation joined =
        world_joined(&world, &maria.actor.id, &garage.actor.id, 0, marias_key());
    struct built_key updated;
    struct dossier dossier;
    struct store_txn *txn;

    (void)context;
    begin(&maria, MARIA_SEED, EARLY);
    begin(&garage, GARAGE_SEED, EARLY);
    update_key(&updated);
    say(&garage, &joined, EARLY);
    txn = world_write(&world);
    assert_int_equal(store_unwind_to(txn, &world.network, &maria.actor.id, 0, LATER), STORE_OK);
    world_commit(txn);
    gather(&dossier, &garage, UINT64_MAX);
    assert_int_equal(dossier.affiliations[0].signature, REASON_NONE);
}

static void go_back_to_inception(struct world_author *author)
{
    struct store_txn *txn = world_write(&world);

    assert_int_equal(store_unwind_to(txn, &world.network, &author->actor.id, 0, LATER), STORE_OK);
    assert_int_equal(store_log_state(txn, &author->actor.id, &author->state), STORE_OK);
    world_commit(txn);
}

/* A rotation sets it once more. */
static void a_key_that_she_kept_is_hers_since_it_first_came(void **context)
{
    const struct affiliation joined =
        world_joined(&world, &maria.actor.id, &garage.actor.id, 0, marias_key());
    struct dossier dossier;
    struct store_txn *txn;

    (void)context;
    begin(&maria, MARIA_SEED, EARLY);
    begin(&garage, GARAGE_SEED, EARLY);
    say(&garage, &joined, EARLY);
    txn = world_write(&world);
    world_rotate(&world, txn, &maria, LATER);
    world_commit(txn);
    gather(&dossier, &garage, LATE);
    assert_int_equal(dossier.affiliations[0].signature, REASON_NONE);
    go_back_to_inception(&maria);
    gather(&dossier, &garage, UINT64_MAX);
    assert_int_equal(dossier.affiliations[0].signature, REASON_NONE);
}

/* ---- many consents ---- */

enum { MANY = 3 * CONSENTS_CHECKED_MAX, KEY_SETS = 20 };

/* In one block of the garage's, the nth on; altered: nobody signed them. Returns: how many signatures were
 * checked for that. */
static size_t join_many(uint64_t first, size_t count, const struct built_key *signer, bool altered)
{
    static struct draft draft;
    struct store_txn *txn = world_write(&world);
    const size_t mark = arena_mark(&world.arena);
    size_t checked;

    world_draft(&world, &draft, CLASS_CONTENT);
    for (uint64_t n = first; n < first + count; n++) {
        struct affiliation joined = world_joined(&world, &maria.actor.id, &garage.actor.id, n, signer);

        joined.signature.signature.bytes[5] ^= altered;
        world_add(&draft, ENTRY_AFFILIATION, &joined);
    }
    world_publish(&world, txn, &garage, &draft, EARLY);
    arena_rewind(&world.arena, mark);
    checked = txn->consents_checked;
    world_commit(txn);
    return checked;
}

/* How many of the garage's roster are told so. */
static size_t told(enum reason signature)
{
    const size_t mark = arena_mark(&world.arena);
    struct dossier dossier;
    size_t count = 0;

    gather(&dossier, &garage, UINT64_MAX);
    for (size_t i = 0; i < dossier.affiliation_count; i++) {
        count += dossier.affiliations[i].signature == signature;
    }
    arena_rewind(&world.arena, mark);
    return count;
}

static bool is_any_left(void)
{
    struct store_txn *txn = world_read(&world);
    bool left = false;

    assert_int_equal(store_consents_left(txn, &left), STORE_OK);
    store_end(txn);
    return left;
}

/* Returns: how many signatures were checked. */
static size_t work_off(void)
{
    struct store_txn *txn = world_write(&world);
    size_t checked;

    assert_int_equal(store_check_consents(txn, CONSENTS_CHECKED_MAX), STORE_OK);
    checked = txn->consents_checked;
    world_commit(txn);
    return checked;
}

/* What a question finds unsettled it looks at itself, as far as it may. */
static void consents_are_checked_so_many_at_a_time_and_unknown_until_then(void **context)
{
    const struct {
        const char *because;
        bool altered;
        enum reason wanted;
    } rows[] = {{"she signed them", false, REASON_NONE}, {"nobody did", true, REASON_BAD_SIGNATURE}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t known = 2 * CONSENTS_CHECKED_MAX;

        begin(&maria, MARIA_SEED, EARLY);
        begin(&garage, GARAGE_SEED, EARLY);
        assert_int_equal(join_many(0, MANY, marias_key(), rows[i].altered), CONSENTS_CHECKED_MAX);
        for (; known < MANY; known += CONSENTS_CHECKED_MAX) {
            if (told(rows[i].wanted) != known || told(REASON_UNKNOWN_ISSUER) != MANY - known) {
                fail_msg("%s: not %zu of %d", rows[i].because, known, MANY);
            }
            assert_true(is_any_left());
            assert_int_equal(work_off(), CONSENTS_CHECKED_MAX);
        }
        world_check_consents(&world);
        assert_false(is_any_left());
        assert_int_equal(told(rows[i].wanted), MANY);
        teardown(context);
        setup(context);
    }
}

/* However many wait for them. */
static void keys_that_come_check_no_consent(void **context)
{
    struct store_txn *txn;
    size_t checked;

    (void)context;
    begin(&garage, GARAGE_SEED, EARLY);
    (void)join_many(0, CONSENTS_CHECKED_MAX, marias_key(), false);
    assert_int_equal(told(REASON_UNKNOWN_ISSUER), CONSENTS_CHECKED_MAX);
    txn = world_write(&world);
    world_begin_log(&world, txn, &maria, MARIA_SEED, LATE);
    checked = txn->consents_checked;
    world_commit(txn);
    assert_int_equal(checked, 0);
    assert_int_equal(told(REASON_NONE), CONSENTS_CHECKED_MAX);
}

static void a_consent_costs_one_check_however_many_keys_she_had(void **context)
{
    struct store_txn *txn;
    struct built_key key;

    (void)context;
    begin(&maria, MARIA_SEED, EARLY);
    begin(&garage, GARAGE_SEED, EARLY);
    txn = world_write(&world);
    for (uint64_t i = 0; i < KEY_SETS; i++) {
        struct signing_key signing_keys[3];
        const struct keys_update update =
            world_new_present_key(&maria.actor, NEW_KEY_SEED + i, &key, signing_keys);

        world_publish_one(&world, txn, &maria, CLASS_KEYS, ENTRY_KEYS_UPDATE, &update, EARLY);
    }
    world_commit(txn);
    assert_int_equal(join_many(0, 3, &key, false), 3);
    assert_int_equal(join_many(3, 3, marias_key(), false), 3);
    assert_int_equal(join_many(6, 3, &key, true), 3);
    assert_int_equal(told(REASON_NONE), 6);
    assert_int_equal(told(REASON_BAD_SIGNATURE), 3);
}

static void no_consent_is_left_to_check_of_a_block_that_is_dropped(void **context)
{
    struct store_txn *txn;

    (void)context;
    begin(&garage, GARAGE_SEED, EARLY);
    (void)join_many(0, CONSENTS_CHECKED_MAX + 1, marias_key(), false);
    assert_true(is_any_left());
    txn = world_write(&world);
    assert_int_equal(store_unwind_to(txn, &world.network, &garage.actor.id, 0, LATER), STORE_OK);
    world_commit(txn);
    assert_false(is_any_left());
}

static void no_consent_is_left_to_check_once_its_bytes_are_gone(void **context)
{
    enum { LAST = CONSENTS_CHECKED_MAX, A_DAY_S = 86400 };
    const struct index_range range = {LAST, LAST};
    const struct erase erase = {.seq = 1, .entries = {.items = &range, .count = 1}};
    struct store_txn *txn;

    (void)context;
    begin(&garage, GARAGE_SEED, EARLY);
    (void)join_many(0, LAST + 1, marias_key(), false);
    txn = world_write(&world);
    world_publish_one(&world, txn, &garage, CLASS_STATUS, ENTRY_ERASE, &erase, LATE);
    world_commit(txn);
    txn = world_write(&world);
    assert_int_equal(store_drop_erased(txn, NULL, LATE + 8 * A_DAY_S, 1), STORE_OK);
    world_commit(txn);
    assert_false(is_any_left());
}

/* Whoever erased it may give it back. */
static void what_is_erased_is_checked_all_the_same(void **context)
{
    enum { LAST = CONSENTS_CHECKED_MAX };
    const struct index_range range = {LAST, LAST};
    const struct erase erase = {.seq = 1, .entries = {.items = &range, .count = 1}};
    const struct void_record voids = {.has_range = true, .range = {.first = 2, .last = 2}};
    struct store_txn *txn;

    (void)context;
    begin(&maria, MARIA_SEED, EARLY);
    begin(&garage, GARAGE_SEED, EARLY);
    (void)join_many(0, LAST + 1, marias_key(), false);
    txn = world_write(&world);
    world_publish_one(&world, txn, &garage, CLASS_STATUS, ENTRY_ERASE, &erase, LATE);
    world_commit(txn);
    assert_int_equal(work_off(), 1);
    txn = world_write(&world);
    world_publish_one(&world, txn, &garage, CLASS_GOVERN, ENTRY_VOID, &voids, LATER);
    world_commit(txn);
    assert_int_equal(told(REASON_NONE), LAST + 1);
}

static enum answer on_roster(const struct hash *id, uint32_t day)
{
    const size_t mark = arena_mark(&world.arena);
    enum answer answer = ANSWER_NO;
    struct membership *memberships;
    struct dossier dossier;
    size_t count = 0;

    gather(&dossier, &garage, UINT64_MAX);
    assert_true(memberships_of(&memberships, &count, &dossier, &world.network, &world.arena));
    for (size_t i = 0; i < count; i++) {
        if (hash_equal(&memberships[i].id, id)) {
            answer = day_truth_on(&memberships[i].days, day);
        }
    }
    arena_rewind(&world.arena, mark);
    return answer;
}

static void whoever_left_has_left_whether_or_not_her_consent_was_checked(void **context)
{
    const struct affiliation joined =
        world_joined(&world, &maria.actor.id, &garage.actor.id, MANY - 1, marias_key());
    const struct affiliation left = world_left(&joined, WORLD_JOINED_DAY + 10);

    (void)context;
    begin(&maria, MARIA_SEED, EARLY);
    begin(&garage, GARAGE_SEED, EARLY);
    (void)join_many(0, MANY, marias_key(), false);
    say(&garage, &left, LATE);
    assert_int_equal(on_roster(&joined.id, WORLD_JOINED_DAY + 9), ANSWER_UNKNOWN);
    assert_int_equal(on_roster(&joined.id, WORLD_JOINED_DAY + 10), ANSWER_NO);
    world_check_consents(&world);
    assert_int_equal(on_roster(&joined.id, WORLD_JOINED_DAY + 9), ANSWER_YES);
    assert_int_equal(on_roster(&joined.id, WORLD_JOINED_DAY + 10), ANSWER_NO);
}

/* ---- whose rosters name her ---- */

enum { ROSTERS = 16, IN_TIME = WORLD_CONSENT_EXPIRES_S };

/* By whose key the consents of a crowd of shops are signed. */
enum signer { THEIR_OWN, THEIR_OWN_IN_HER_NAME, HER_FIRST };

/* So many shops say that she joined them, before the garage does. */
static void crowd_rosters(size_t count, enum signer signer, uint64_t expires_s)
{
    struct store_txn *txn = world_write(&world);

    for (uint64_t i = 0; i < count; i++) {
        static struct world_author shop;
        const size_t mark = arena_mark(&world.arena);
        const struct built_key *key;
        struct affiliation joined;

        world_begin_log(&world, txn, &shop, 100 + i, EARLY);
        key = signer == HER_FIRST ? marias_key() : &shop.actor.built[WORLD_PRESENT_KEY];
        joined = world_joined(&world, &maria.actor.id, &shop.actor.id, i, key);
        joined.consent.expires_s = expires_s;
        consent_id(&joined.id, &world.network, &joined.consent);
        sign_hash(&joined.signature.signature, &key->secret, &joined.id);
        if (signer == THEIR_OWN_IN_HER_NAME) {
            joined.signature.key = marias_key()->key.key;
        }
        world_publish_one(&world, txn, &shop, CLASS_CONTENT, ENTRY_AFFILIATION, &joined, EARLY);
        arena_rewind(&world.arena, mark);
    }
    world_commit(txn);
}

/* Of so many draws, one after the other, how many lead to the garage. *first: in all of them it comes first.
 */
static size_t draws_that_find_the_garage(size_t draws, size_t *named, bool *first)
{
    struct actor_id shops[ROSTERS];
    size_t found = 0;

    *first = true;
    for (uint64_t draw = 0; draw < draws; draw++) {
        struct store_txn *txn = world_read(&world);

        assert_int_equal(store_rosters_naming(txn, &maria.actor.id, draw, shops, ROSTERS, named), STORE_OK);
        store_end(txn);
        for (size_t i = 0; i < *named; i++) {
            const bool is_garage = actor_id_equal(&shops[i], &garage.actor.id);

            found += is_garage;
            *first &= is_garage == (i == 0);
        }
    }
    return found;
}

static void shops_that_she_never_consented_to_keep_none_off_her_rosters(void **context)
{
    enum { DRAWS = 34 };
    const struct {
        const char *because;
        size_t crowd;
        enum signer signer;
        bool keys_held, renewed; /* her log; she has a new key, and signed by that */
        uint64_t expires_s;
        size_t named, found; /* in so many draws */
        bool first;          /* the garage, for certain */
    } rows[] = {
        {"in her key's name, which is not held", 16, THEIR_OWN_IN_HER_NAME, false, false, IN_TIME, 1, DRAWS,
         true},
        {"in her key's name, which is held", 16, THEIR_OWN_IN_HER_NAME, true, false, IN_TIME, 1, DRAWS, true},
        {"by keys that she isn't known to have", 16, THEIR_OWN, true, false, IN_TIME, ROSTERS, DRAWS, true},
        {"more of them than are looked at", 300, THEIR_OWN, true, false, IN_TIME, ROSTERS, DRAWS, true},
        {"by keys that may be hers: each is left out in its turn", 16, THEIR_OWN, false, false, IN_TIME,
         ROSTERS, DRAWS * 16 / 17, false},
        {"long after their time, when nobody looks who signed", 16, THEIR_OWN, true, false, 0, ROSTERS, DRAWS,
         true},
        {"by a key that she replaced, and that a thief has", 20, HER_FIRST, true, true, IN_TIME, ROSTERS,
         DRAWS, true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct built_key key = *marias_key();
        struct affiliation joined;
        size_t named = 0, found;
        bool first;

        if (rows[i].keys_held) {
            begin(&maria, MARIA_SEED, EARLY);
        }
        if (rows[i].renewed) {
            update_key(&key);
        }
        joined = world_joined(&world, &maria.actor.id, &garage.actor.id, 0, &key);
        crowd_rosters(rows[i].crowd, rows[i].signer, rows[i].expires_s);
        begin(&garage, GARAGE_SEED, EARLY);
        say(&garage, &joined, EARLY);
        world_check_consents(&world);
        found = draws_that_find_the_garage(DRAWS, &named, &first);
        if (named != rows[i].named || found != rows[i].found || first != rows[i].first) {
            fail_msg("%s: %zu, %zu", rows[i].because, named, found);
        }
        teardown(context);
        setup(context);
    }
}

/* What she signed before stands, whoever crowds. */
static void an_earlier_key_of_hers_leads_to_a_roster_too(void **context)
{
    const struct affiliation joined =
        world_joined(&world, &maria.actor.id, &garage.actor.id, 0, marias_key());
    struct built_key updated;
    size_t named = 0;
    bool first;

    (void)context;
    begin(&maria, MARIA_SEED, EARLY);
    crowd_rosters(300, THEIR_OWN, 0);
    begin(&garage, GARAGE_SEED, EARLY);
    say(&garage, &joined, EARLY);
    update_key(&updated);
    assert_int_equal(draws_that_find_the_garage(2, &named, &first), 2);
    assert_true(first);
}

static void what_she_signs_for_somebody_else_is_on_no_list_of_hers(void **context)
{
    const struct affiliation joined =
        world_joined(&world, &rival.actor.id, &garage.actor.id, 0, marias_key());
    size_t named = 0;
    bool first;

    (void)context;
    begin(&maria, MARIA_SEED, EARLY);
    begin(&garage, GARAGE_SEED, EARLY);
    say(&garage, &joined, EARLY);
    assert_int_equal(draws_that_find_the_garage(1, &named, &first), 0);
    assert_int_equal(named, 0);
}

/* Neither by its key nor otherwise, nor is what stands there since. */
static void a_shop_whose_block_is_dropped_is_on_no_list_of_hers(void **context)
{
    const struct affiliation joined =
        world_joined(&world, &maria.actor.id, &garage.actor.id, 0, marias_key());
    struct affiliation forged;
    struct built_key strange;
    size_t named = 0;
    bool first;

    (void)context;
    build_key(&strange, ROLE_PRESENT, 78, 0);
    forged = world_joined(&world, &maria.actor.id, &garage.actor.id, 0, &strange);
    begin(&maria, MARIA_SEED, EARLY);
    crowd_rosters(1, THEIR_OWN, IN_TIME);
    begin(&garage, GARAGE_SEED, EARLY);
    say(&garage, &joined, EARLY);
    assert_int_equal(draws_that_find_the_garage(2, &named, &first), 2);
    assert_true(first);
    go_back_to_inception(&garage);
    assert_int_equal(draws_that_find_the_garage(2, &named, &first), 0);
    say(&garage, &forged, EARLY);
    assert_int_equal(draws_that_find_the_garage(2, &named, &first), 2);
    assert_false(first);
}

/* ---- any order ---- */

/* Everything that a dossier says of affiliations, in one hash. */
static void add_place(struct hash_stream *stream, const struct dossier *dossier,
                      const struct dossier_place *place)
{
    hash_stream_add(stream, &dossier_log_at(dossier, place)->author, sizeof(struct actor_id));
    hash_stream_add(stream, &place->seq, sizeof place->seq);
    hash_stream_add(stream, &place->index, sizeof place->index);
    hash_stream_add(stream, &place->leaf, sizeof place->leaf);
}

static struct hash digest_of(const struct dossier *dossier)
{
    struct hash_stream stream;
    struct hash hash;

    hash_stream_init(&stream, label_domain(&world.network, LABEL_ENTRY));
    for (size_t i = 0; i < dossier->affiliation_count; i++) {
        add_place(&stream, dossier, &dossier->affiliations[i].place);
        hash_stream_add(&stream, &dossier->affiliations[i].affiliation.id, HASH_SIZE);
        hash_stream_add(&stream, &dossier->affiliations[i].signature, sizeof(enum reason));
    }
    for (size_t i = 0; i < dossier->leave_count; i++) {
        add_place(&stream, dossier, &dossier->leaves[i].place);
        hash_stream_add(&stream, &dossier->leaves[i].id, HASH_SIZE);
        hash_stream_add(&stream, &dossier->leaves[i].day, sizeof(uint32_t));
    }
    hash_stream_end(&stream, &hash);
    return hash;
}

/* Of both sides, also as of the time between. */
static void add_digests(struct hash out[4])
{
    const struct world_author *const askers[] = {&maria, &garage};

    for (size_t i = 0; i < 4; i++) {
        struct dossier dossier;

        gather(&dossier, askers[i / 2], i % 2 == 0 ? UINT64_MAX : LATE);
        out[i] = digest_of(&dossier);
    }
}

enum { SCRIPT_MAX = 6 };

/* A log's blocks behind its inception, and when each arrives. */
struct script {
    struct world_author *author;
    uint64_t seed;
    size_t count; /* inception included */
    size_t next;
    struct bytes blocks[SCRIPT_MAX];
    uint64_t arrived_s[SCRIPT_MAX];
};

static void play(struct script *script)
{
    struct store_txn *txn = world_write(&world);

    if (script->next == 0) {
        world_begin_log(&world, txn, script->author, script->seed, script->arrived_s[0]);
    } else {
        assert_int_equal(world_accept(&world, txn, script->author, script->blocks[script->next],
                                      script->arrived_s[script->next]),
                         REASON_NONE);
    }
    world_commit(txn);
    script->next++;
}

static void write_next(struct script *script, enum block_class block_class, enum entry_kind kind,
                       const void *record)
{
    struct store_txn *txn = world_write(&world);

    script->blocks[script->count] =
        world_sign_one(&world, txn, script->author, block_class, kind, record, EARLY);
    store_end(txn);
    script->arrived_s[script->count] = EARLY + 700 * script->count;
    script->count++;
    play(script);
}

/* A rotation, an update between two consents, a repeated and a forged one, and both sides' left. */
static void write_scripts(struct script *technician, struct script *shop)
{
    struct signing_key signing_keys[3];
    struct built_key updated, strange;
    const struct keys_update update =
        world_new_present_key(&maria.actor, NEW_KEY_SEED, &updated, signing_keys);
    const struct affiliation old = world_joined(&world, &maria.actor.id, &garage.actor.id, 0, marias_key());
    const struct affiliation new = world_joined(&world, &maria.actor.id, &garage.actor.id, 1, &updated);
    const struct affiliation left = world_left(&old, 40500);
    const struct affiliation left_again = world_left(&new, 40600);
    struct affiliation forged;

    build_key(&strange, ROLE_PRESENT, 78, 0);
    forged = world_joined(&world, &maria.actor.id, &garage.actor.id, 2, &strange);
    *technician = (struct script){.author = &maria, .seed = MARIA_SEED, .count = 1, .arrived_s = {EARLY}};
    *shop = (struct script){.author = &garage, .seed = GARAGE_SEED, .count = 1, .arrived_s = {EARLY}};
    play(technician);
    play(shop);
    write_next(technician, CLASS_KEYS, ENTRY_KEYS_UPDATE, &update);
    write_next(technician, CLASS_CONTENT, ENTRY_AFFILIATION, &left);
    write_next(shop, CLASS_CONTENT, ENTRY_AFFILIATION, &new);
    write_next(shop, CLASS_CONTENT, ENTRY_AFFILIATION, &old);
    write_next(shop, CLASS_CONTENT, ENTRY_AFFILIATION, &old);
    write_next(shop, CLASS_CONTENT, ENTRY_AFFILIATION, &forged);
    write_next(shop, CLASS_CONTENT, ENTRY_AFFILIATION, &left_again);
}

static void begin_again(void)
{
    world_empty(&world);
}

static void any_order_leads_to_the_same_dossiers(void **context)
{
    struct script scripts[2];
    struct hash wanted[4], found[4];
    uint64_t seed = 12345;

    (void)context;
    write_scripts(&scripts[0], &scripts[1]);
    add_digests(wanted);
    for (size_t round = 0; round < 60; round++) {
        size_t mark = arena_mark(&world.arena);

        begin_again();
        scripts[0].next = scripts[1].next = 0;
        while (scripts[0].next < scripts[0].count || scripts[1].next < scripts[1].count) {
            size_t which;

            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
            which = seed >> 40 & 1;
            play(&scripts[scripts[which].next < scripts[which].count ? which : 1 - which]);
        }
        add_digests(found);
        assert_memory_equal(found, wanted, sizeof wanted);
        arena_rewind(&world.arena, mark);
    }
    world_close(&world);
    world_open(&world);
    add_digests(found);
    assert_memory_equal(found, wanted, sizeof wanted);
}

static void a_rotation_keeps_what_her_earlier_keys_signed(void **context)
{
    const struct affiliation joined =
        world_joined(&world, &maria.actor.id, &garage.actor.id, 0, marias_key());
    struct dossier dossier;
    struct store_txn *txn;

    (void)context;
    begin(&maria, MARIA_SEED, EARLY);
    txn = world_write(&world);
    world_rotate(&world, txn, &maria, LATE);
    world_commit(txn);
    begin(&garage, GARAGE_SEED, LATE);
    say(&garage, &joined, LATE);
    gather(&dossier, &garage, UINT64_MAX);
    assert_int_equal(dossier.affiliations[0].signature, REASON_NONE);
    replay(&maria);
    gather(&dossier, &garage, UINT64_MAX);
    assert_int_equal(dossier.affiliations[0].signature, REASON_NONE);
}

static void a_roster_names_nobody_unless_its_shop_is_admitted(void **context)
{
    const struct affiliation joined =
        world_joined(&world, &maria.actor.id, &garage.actor.id, 0, marias_key());
    struct store_txn *txn;
    bool named;

    (void)context;
    begin(&garage, GARAGE_SEED, EARLY);
    say(&garage, &joined, EARLY);
    txn = world_read(&world);
    assert_int_equal(store_is_named(txn, &trust, NULL, &maria.actor.id, &named), STORE_OK);
    assert_false(named); /* nobody admitted the shop */
    assert_int_equal(store_is_named(txn, &trust, &garage.actor.id, &maria.actor.id, &named), STORE_OK);
    assert_true(named); /* on its own machine it needs nobody */
    assert_int_equal(store_is_named(txn, &trust, &garage.actor.id, &garage.actor.id, &named), STORE_OK);
    assert_false(named); /* a shop's own roster does not name it */
    store_end(txn);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_consent_is_settled_by_any_present_key_she_ever_had),
        IN_WORLD(what_another_shop_copies_of_a_consent_is_not_found),
        IN_WORLD(a_copy_of_her_consent_hides_no_left),
        IN_WORLD(whose_log_came_first_decides_no_membership),
        IN_WORLD(keys_that_came_later_settle_nothing_before),
        IN_WORLD(an_expired_consent_is_used_by_no_block_that_is_dated_back),
        IN_WORLD(either_side_may_say_left_and_nobody_else),
        IN_WORLD(one_sides_many_words_keep_the_newest),
        IN_WORLD(a_void_join_is_told_as_void),
        IN_WORLD(an_erased_join_is_gone_for_good),
        IN_WORLD(a_consent_falls_with_the_keys_that_signed_it),
        IN_WORLD(a_consent_that_older_keys_signed_too_stands),
        IN_WORLD(a_key_that_she_kept_is_hers_since_it_first_came),
        IN_WORLD(consents_are_checked_so_many_at_a_time_and_unknown_until_then),
        IN_WORLD(keys_that_come_check_no_consent),
        IN_WORLD(a_consent_costs_one_check_however_many_keys_she_had),
        IN_WORLD(no_consent_is_left_to_check_of_a_block_that_is_dropped),
        IN_WORLD(no_consent_is_left_to_check_once_its_bytes_are_gone),
        IN_WORLD(what_is_erased_is_checked_all_the_same),
        IN_WORLD(whoever_left_has_left_whether_or_not_her_consent_was_checked),
        IN_WORLD(shops_that_she_never_consented_to_keep_none_off_her_rosters),
        IN_WORLD(an_earlier_key_of_hers_leads_to_a_roster_too),
        IN_WORLD(what_she_signs_for_somebody_else_is_on_no_list_of_hers),
        IN_WORLD(a_shop_whose_block_is_dropped_is_on_no_list_of_hers),
        IN_WORLD(any_order_leads_to_the_same_dossiers),
        IN_WORLD(a_rotation_keeps_what_her_earlier_keys_signed),
        IN_WORLD(a_roster_names_nobody_unless_its_shop_is_admitted),
    };

    return cmocka_run_group_tests_name("store affiliation", tests, NULL, NULL);
}
