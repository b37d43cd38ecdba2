#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/base/sort.h"
#include "protocol/rules/credential.h"
#include "protocol/rules/expression_text.h"
#include "store/index.h"
#include "tests/support/shop_world.h"

/* maria's certificate is good in shops of ford's network. For certain she is in a garage outside; perhaps, or
 * for certain, in a member of the network. A crowd of shops says that she joined them too, by keys that it
 * made up. Of all shops the member has the highest id. */

enum { CROWD = DOSSIER_SHOPS_MAX, EARLY = 1000, DAY = 40500, MANY_POSTINGS = POSTINGS_FOUND_MAX / CROWD };

static struct store_world world;
static struct world_author ford, maria, garage, stranger, school, shops[CROWD + 1];
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

/* ---- what a relay blanks ---- */

static void join_blanked(struct store_txn *txn, size_t shop)
{
    const struct index_range all = {0, 0};
    struct affiliation joined;
    struct writer writer;
    struct block block;
    uint8_t blanked[8192];

    world_begin_log(&world, txn, &shops[shop], seeds[shop].seed, EARLY);
    joined = world_joined(&world, &maria.actor.id, &shops[shop].actor.id, 0,
                          &maria.actor.built[WORLD_PRESENT_KEY]);
    assert_int_equal(block_decode(&block, &world.network,
                                  world_sign_one(&world, txn, &shops[shop], CLASS_CONTENT, ENTRY_AFFILIATION,
                                                 &joined, EARLY),
                                  &world.arena),
                     REASON_NONE);
    writer_init(&writer, blanked, sizeof blanked);
    assert_true(block_erase(&writer, &world.network, &block, &all, 1));
    assert_int_equal(world_accept(&world, txn, &shops[shop], bytes_of(blanked, writer.size), EARLY),
                     REASON_NONE);
}

static void join_blanked_from(size_t first)
{
    struct store_txn *txn = world_write(&world);

    for (size_t i = first; i <= CROWD; i++) {
        join_blanked(txn, i);
    }
    world_commit(txn);
}

static void said_by_all(void) {}

static void erased_by_all_themselves(void)
{
    const struct index_range first = {0, 0};
    struct store_txn *txn = world_write(&world);

    for (size_t i = 0; i <= CROWD; i++) {
        const struct erase erase = {.seq = shops[i].state.seq, .entries = {.items = &first, .count = 1}};

        world_publish_one(&world, txn, &shops[i], CLASS_STATUS, ENTRY_ERASE, &erase, EARLY);
    }
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

static void certify(bool in_network)
{
    struct attestation certificate = build_attestation(&maria.actor.id, "ford/A5", 40000, 42000);

    certificate.has_network = in_network;
    certificate.network_code = bytes_of_string(in_network ? "ford/network-shop" : "");
    publish(&ford, CLASS_CONTENT, ENTRY_ATTESTATION, &certificate);
}

/* condition: of A5, in ford's pack; NULL: none. */
static void publish_pack(const char *condition)
{
    static const struct pack_code codes[] = {
        {.code = {(const uint8_t *)"A5", 2}, .title = {(const uint8_t *)"A5", 2}},
        {.code = {(const uint8_t *)"network-shop", 12}, .title = {(const uint8_t *)"shop", 4}}};
    struct pack_rule rule = {.kind = PACK_RULE_CONDITION, .name = bytes_of_string("A5")};
    struct rule_pack pack = {.name_space = bytes_of_string("ford"),
                             .version = 1,
                             .in_force_from = 30000,
                             .codes = {.items = codes, .count = 2}};
    struct expression expression;
    struct expression_error error;
    uint8_t memory[256];

    if (condition) {
        assert_true(expression_parse(&expression, &error, SCOPE_SUBJECT, bytes_of_string(condition),
                                     pack.name_space, &world.arena));
        assert_true(expression_encode(&expression, memory, sizeof memory, &rule.expression));
        pack.rules = (struct list){.items = &rule, .count = 1};
    }
    publish(&ford, CLASS_GOVERN, ENTRY_RULE_PACK, &pack);
}

static void begin_world(void)
{
    struct trust_owner owner = {.name_space = "ford"};
    struct store_txn *txn;

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
}

static int setup(void **state)
{
    (void)state;
    begin_world();
    publish_pack(NULL);
    certify(true);
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

static void a_shop_of_the_network_may_have_her_by_what_a_relay_blanked(void **state)
{
    static const struct {
        const char *sentence;
        void (*name_member)(void);
        size_t first; /* of the shops whose `joined` is not here */
        void (*name_crowd)(void);
        void (*erase)(void);
        enum answer answer;
        bool cut;
    } rows[] = {
        {"nobody says that the shop is of the network", nobody, CROWD, unnamed, said_by_all, ANSWER_NO,
         false},
        {"it is", ford_names_it, CROWD, unnamed, said_by_all, ANSWER_UNKNOWN, false},
        {"by a branch", ford_names_it_on_a_branch, CROWD, unnamed, said_by_all, ANSWER_UNKNOWN, false},
        {"strangers say so of a crowd that lacks content", nobody, 0, named_by_a_stranger, said_by_all,
         ANSWER_NO, false},
        {"the shop is, among that crowd", ford_names_it, 0, named_by_a_stranger, said_by_all, ANSWER_UNKNOWN,
         false},
        {"as many as are looked at may be", nobody, 0, named_by_ford, said_by_all, ANSWER_UNKNOWN, false},
        {"or more", ford_names_it, 0, named_by_ford, said_by_all, ANSWER_UNKNOWN, true},
        {"but they erased it themselves", ford_names_it, 0, named_by_ford, erased_by_all_themselves,
         ANSWER_NO, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct dossier dossier;
        enum answer found;

        join_blanked_from(rows[i].first);
        rows[i].name_crowd();
        rows[i].name_member();
        rows[i].erase();
        hear();
        found = ask(&dossier);
        if (found != rows[i].answer || dossier.cuts.affiliations != rows[i].cut) {
            fail_msg("%s: %d", rows[i].sentence, (int)found);
        }
        teardown(state);
        setup(state);
    }
}

static void gather_about_her(const char *requirement, struct dossier *dossier)
{
    const struct subject maria_herself = subject_of_actor(&maria.actor.id);
    struct dossier_reach reach = DOSSIER_REACH_ALL;
    struct store_txn *txn = world_read(&world);
    struct expression_error error;
    struct expression expression;

    if (requirement) {
        assert_true(expression_parse(&expression, &error, SCOPE_REQUIREMENT, bytes_of_string(requirement),
                                     bytes_of_string(""), &world.arena));
        reach.requirement = &expression;
    }
    assert_int_equal(store_dossier(txn, &world.network, &trust, &maria_herself, reach, dossier, &world.arena),
                     STORE_OK);
    store_end(txn);
}

static size_t count_memberships(const struct dossier *dossier)
{
    const struct subject the_member = subject_of_actor(member());
    size_t count = 0;

    for (size_t i = 0; i < dossier->credential_count; i++) {
        count += subject_equal(&dossier->credentials[i].attestation.subject, &the_member);
    }
    return count;
}

/* Whether a dossier about her holds the member's membership, and its log. */
static bool brings_member(const char *requirement)
{
    struct dossier dossier;

    gather_about_her(requirement, &dossier);
    return count_memberships(&dossier) > 0 && dossier_log_of(&dossier, member()) != NULL;
}

static void they_are_looked_for_where_an_answer_may_hang_on_that(void **state)
{
    static const struct {
        const char *sentence, *condition, *requirement;
        bool certificate, brings;
    } rows[] = {
        {"nothing asks for a network", "tested ford/A5", "tested ford/A5", false, false},
        {"a certificate does", NULL, NULL, true, true},
        {"the condition of a code does", "tested ford/A5 and in network ford/network-shop", NULL, false,
         true},
        {"what is required does", NULL, "tested ford/A5 and in network ford/network-shop", false, true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin_world();
        publish_pack(rows[i].condition);
        certify(rows[i].certificate);
        join_blanked_from(CROWD);
        ford_names_it();
        if (brings_member(rows[i].requirement) != rows[i].brings) {
            fail_msg("%s", rows[i].sentence);
        }
        teardown(state);
    }
}

/* ---- what a cut keeps ---- */

/* ford's delegate, which ford withdraws. */
static void begin_school(void)
{
    struct bytes pattern = bytes_of_string("ford/*");
    struct accreditation accreditation = {.patterns = {.items = &pattern, .count = 1}, .from = 30000};
    struct store_txn *txn = world_write(&world);

    world_begin_log(&world, txn, &school, 5, EARLY);
    world_commit(txn);
    accreditation.delegate = school.actor.id;
    publish(&ford, CLASS_GOVERN, ENTRY_ACCREDITATION, &accreditation);
}

/* Said in one block. */
static void attest(struct world_author *by, const struct attestation *said, size_t count)
{
    struct store_txn *txn = world_write(&world);
    struct draft draft;

    world_draft(&world, &draft, CLASS_CONTENT);
    for (size_t i = 0; i < count; i++) {
        world_add(&draft, ENTRY_ATTESTATION, &said[i]);
    }
    world_publish(&world, txn, by, &draft, EARLY);
    world_commit(txn);
}

/* The last block of an author that has rotated below it. */
struct dropped {
    uint64_t seq;
    struct hash hash;
};

static struct dropped drop_last(struct world_author *author)
{
    const struct dropped dropped = {author->state.seq, author->state.head};
    const struct actor_id id = author->actor.id;
    struct store_txn *txn = world_write(&world);

    assert_int_equal(store_unwind_to(txn, &world.network, &id, dropped.seq - 1, EARLY), STORE_OK);
    assert_int_equal(store_log_state(txn, &id, &author->state), STORE_OK);
    world_rotate(&world, txn, author, EARLY);
    world_commit(txn);
    return dropped;
}

static void nobody_keeps(const struct dropped *dropped)
{
    (void)dropped;
}

static void a_withdrawal_keeps(const struct dropped *dropped)
{
    const struct withdrawal withdrawal = {
        .delegate = school.actor.id, .has_cut = true, .cut_seq = dropped->seq, .cut_head = dropped->hash};

    publish(&ford, CLASS_GOVERN, ENTRY_WITHDRAWAL, &withdrawal);
}

static void a_succession_keeps(const struct dropped *dropped)
{
    struct indexed_signature signature = {.key_index = 0};
    struct succession succession = {.name_space = bytes_of_string("ford"),
                                    .successor = stranger.actor.id,
                                    .cut_seq = dropped->seq,
                                    .cut_head = dropped->hash};
    uint8_t memory[ENTRY_SIZE_MAX];
    struct bytes terms;
    struct hash hash;

    assert_true(schema_encode(&succession_schema, &succession, memory, sizeof memory, &terms));
    hash_bytes(&hash, label_domain(&world.network, LABEL_SUCCESSION), terms.data, terms.size);
    sign_hash(&signature.signature, &stranger.actor.built[0].secret, &hash);
    succession.signatures = (struct list){.items = &signature, .count = 1};
    publish(&ford, CLASS_GOVERN, ENTRY_SUCCESSION, &succession);
}

static struct attestation certificate_in_network(void)
{
    struct attestation certificate = build_attestation(&maria.actor.id, "ford/A5", 40000, 42000);

    certificate.has_network = true;
    certificate.network_code = bytes_of_string("ford/network-shop");
    return certificate;
}

static void certify_by(struct world_author *by)
{
    const struct attestation certificate = certificate_in_network();

    attest(by, &certificate, 1);
}

static void give_rule(struct world_author *by)
{
    assert_ptr_equal(by, &ford);
    publish_pack("tested ford/A5 and in network ford/network-shop");
}

static void they_are_looked_for_where_only_what_a_cut_keeps_asks_for_a_network(void **state)
{
    static const struct {
        const char *sentence;
        struct world_author *by;
        void (*say)(struct world_author *by);
        void (*keep)(const struct dropped *dropped);
        bool brings;
    } rows[] = {
        {"nothing keeps a certificate that was dropped", &school, certify_by, nobody_keeps, false},
        {"a withdrawal does", &school, certify_by, a_withdrawal_keeps, true},
        {"a succession does", &ford, certify_by, a_succession_keeps, true},
        {"nothing keeps a rule that was dropped", &ford, give_rule, nobody_keeps, false},
        {"a succession keeps it", &ford, give_rule, a_succession_keeps, true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct dropped dropped;

        begin_world();
        certify(false);
        begin_school();
        join_blanked_from(CROWD);
        ford_names_it();
        rows[i].say(rows[i].by);
        dropped = drop_last(rows[i].by);
        rows[i].keep(&dropped);
        if (brings_member(NULL) != rows[i].brings) {
            fail_msg("%s", rows[i].sentence);
        }
        teardown(state);
    }
}

static void hear_others(void)
{
    struct store_txn *txn = world_write(&world);

    world_check_point(&world, txn, &school, EARLY + 10);
    world_check_point(&world, txn, &stranger, EARLY + 10);
    world_commit(txn);
}

static void joined(void)
{
    join_member(true);
}

static void joined_not_here(void)
{
    join_blanked_from(CROWD);
}

static void a_membership_counts_where_a_cut_keeps_it(void **state)
{
    static const struct {
        const char *sentence;
        void (*join)(void);
        struct world_author *by;
        void (*keep)(const struct dropped *dropped);
        enum answer answer;
    } rows[] = {
        {"nothing keeps it", joined, &school, nobody_keeps, ANSWER_NO},
        {"a withdrawal does", joined, &school, a_withdrawal_keeps, ANSWER_YES},
        {"a succession does", joined, &ford, a_succession_keeps, ANSWER_YES},
        {"nothing keeps that of a shop that may have her", joined_not_here, &school, nobody_keeps, ANSWER_NO},
        {"a withdrawal does", joined_not_here, &school, a_withdrawal_keeps, ANSWER_UNKNOWN},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct attestation membership;
        struct dossier dossier;
        struct dropped dropped;
        enum answer found;

        setup(state);
        begin_school();
        rows[i].join();
        membership = world_membership(member(), "ford/network-shop");
        attest(rows[i].by, &membership, 1);
        dropped = drop_last(rows[i].by);
        rows[i].keep(&dropped);
        hear();
        hear_others();
        found = ask(&dossier);
        if (found != rows[i].answer) {
            fail_msg("%s: %d", rows[i].sentence, (int)found);
        }
        teardown(state);
    }
}

static void and_where_only_what_it_keeps_asks_for_the_network(void **state)
{
    struct attestation said[2];
    struct dropped dropped;

    begin_world();
    publish_pack(NULL);
    begin_school();
    join_blanked_from(CROWD);
    said[0] = certificate_in_network();
    said[1] = world_membership(member(), "ford/network-shop");
    attest(&school, said, 2);
    dropped = drop_last(&school);
    a_withdrawal_keeps(&dropped);
    assert_true(brings_member(NULL));
    teardown(state);
}

/* However often what asks for a network is gathered, of a shop no more is than in one go. */
static void a_shop_s_memberships_take_no_more_room_than_without_cuts(void **state)
{
    enum { OFTEN = DOSSIER_CREDENTIALS_MAX / 16 };
    struct attestation said[OFTEN];
    struct dossier before, after;
    struct dropped dropped;

    setup(state);
    join_blanked_from(CROWD);
    for (size_t i = 0; i < OFTEN; i++) {
        said[i] = world_membership(member(), "ford/network-shop");
    }
    attest(&ford, said, OFTEN);
    begin_school();
    certify_by(&school);
    gather_about_her(NULL, &before);
    dropped = drop_last(&school);
    a_withdrawal_keeps(&dropped);
    gather_about_her(NULL, &after);
    assert_in_range(count_memberships(&before), 1, OFTEN - 1);
    assert_int_equal(count_memberships(&after), count_memberships(&before));
    teardown(state);
}

/* Titles are read so, of owners whose cuts may keep what they like. */
static void where_nobody_is_asked_about_there_are_none(void **state)
{
    struct dossier dossier;
    struct dropped dropped;
    struct store_txn *txn;

    begin_world();
    join_blanked_from(CROWD);
    ford_names_it();
    give_rule(&ford);
    dropped = drop_last(&ford);
    a_succession_keeps(&dropped);
    txn = world_read(&world);
    assert_int_equal(store_dossier_around(txn, &world.network, &trust, NULL, NULL, 0, NULL, DOSSIER_REACH_ALL,
                                          &dossier, &world.arena),
                     STORE_OK);
    store_end(txn);
    assert_int_equal(dossier.pack_count, 1);
    assert_int_equal(dossier.credential_count, 0);
    teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_crowd_of_shops_hides_none_of_the_network, setup, teardown),
        cmocka_unit_test_setup_teardown(a_shop_of_the_network_may_have_her_by_what_a_relay_blanked, setup,
                                        teardown),
        cmocka_unit_test(they_are_looked_for_where_an_answer_may_hang_on_that),
        cmocka_unit_test(they_are_looked_for_where_only_what_a_cut_keeps_asks_for_a_network),
        cmocka_unit_test(a_membership_counts_where_a_cut_keeps_it),
        cmocka_unit_test(and_where_only_what_it_keeps_asks_for_the_network),
        cmocka_unit_test(a_shop_s_memberships_take_no_more_room_than_without_cuts),
        cmocka_unit_test(where_nobody_is_asked_about_there_are_none),
    };
    return cmocka_run_group_tests(tests, sort_shops, NULL);
}
