#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/rules/expression_text.h"
#include "tests/support/shop_world.h"

/* Whose logs a dossier has of those who never spoke of its subject: where a question denies something, of all
 * who may have spoken and were not heard for long. ase owns a namespace; the institute may accredit schools.
 */

enum { ARRIVED = 1000, NOW = 9000, HEARD_SINCE = 8000, SCHOOLS_MANY = 1030 };

static struct store_world world;
static struct world_author ase, institute, school, stranger;
static struct trust trust;

/* Whoever denies A6 asks all that may have said it. */
static const struct expression a6 = {.op = EXPRESSION_TESTED, .pattern = {(const uint8_t *)"ase/A6", 6}};
static const struct expression no_a6 = {.op = EXPRESSION_NOT, .child_count = 1, .children = &a6};

static struct accreditation accreditation_of(const struct actor_id *delegate, uint64_t depth)
{
    static struct bytes pattern;

    pattern = bytes_of_string("ase/*");
    return (struct accreditation){
        .delegate = *delegate, .patterns = {.items = &pattern, .count = 1}, .from = 30000, .depth = depth};
}

static void accredit(struct world_author *by, const struct world_author *delegate, uint64_t depth)
{
    const struct accreditation record = accreditation_of(&delegate->actor.id, depth);
    struct store_txn *txn = world_write(&world);

    world_publish_one(&world, txn, by, CLASS_GOVERN, ENTRY_ACCREDITATION, &record, ARRIVED);
    world_commit(txn);
}

static void is_heard(const struct world_author *author, uint64_t time_s)
{
    struct store_txn *txn = world_write(&world);

    world_check_point(&world, txn, author, time_s);
    world_commit(txn);
}

static int setup(void **state)
{
    struct trust_owner owner = {.name_space = "ase"};
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, ARRIVED);
    world_begin_log(&world, txn, &institute, 2, ARRIVED);
    world_begin_log(&world, txn, &school, 3, ARRIVED);
    world_begin_log(&world, txn, &stranger, 4, ARRIVED);
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    owner.actor = ase.actor.id;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

static struct dossier_reach reach_of(const struct expression *requirement, uint64_t known_by_s)
{
    return (struct dossier_reach){.known_by_s = known_by_s,
                                  .heard_since_s = HEARD_SINCE,
                                  .heard_by_s = UINT64_MAX,
                                  .requirement = requirement};
}

static void gather(struct dossier *out, struct dossier_reach reach)
{
    const struct subject her = world_subject(7);
    struct store_txn *txn = world_read(&world);

    assert_int_equal(store_dossier(txn, &world.network, &trust, &her, reach, out, &world.arena), STORE_OK);
    store_end(txn);
}

static bool has_log_by(const struct world_author *author, uint64_t known_by_s)
{
    struct dossier dossier;

    gather(&dossier, reach_of(&no_a6, known_by_s));
    return dossier_log_of(&dossier, &author->actor.id) != NULL;
}

static bool has_log(const struct world_author *author)
{
    return has_log_by(author, UINT64_MAX);
}

/* ---- cases ---- */

static void who_was_heard_need_not_be_asked(void **state)
{
    (void)state;
    accredit(&ase, &school, 0);
    is_heard(&school, HEARD_SINCE);
    assert_false(has_log(&school));
}

static void who_was_not_is_in_the_dossier_with_its_accreditation(void **state)
{
    struct dossier dossier;

    (void)state;
    accredit(&ase, &school, 0);
    assert_true(has_log(&school));
    is_heard(&school, HEARD_SINCE - 1);
    assert_true(has_log(&school));
    gather(&dossier, reach_of(&no_a6, UINT64_MAX));
    assert_int_equal(dossier.accreditation_count, 1);
    assert_false(dossier.cuts.silent);
    assert_true(dossier_log_of(&dossier, &school.actor.id)->for_denials);
}

/* Its clock was ahead once: when it said so nobody knows. */
static void whose_word_is_dated_beyond_this_clock_was_not_heard(void **state)
{
    struct dossier_reach reach = reach_of(&no_a6, UINT64_MAX);
    struct dossier dossier;

    (void)state;
    accredit(&ase, &school, 0);
    is_heard(&school, NOW + 1);
    reach.heard_by_s = NOW + 1;
    gather(&dossier, reach);
    assert_null(dossier_log_of(&dossier, &school.actor.id));
    reach.heard_by_s = NOW;
    gather(&dossier, reach);
    assert_non_null(dossier_log_of(&dossier, &school.actor.id));
}

static void only_where_something_is_denied(void **state)
{
    struct dossier dossier;

    (void)state;
    accredit(&ase, &school, 0);
    gather(&dossier, DOSSIER_REACH_ALL);
    assert_null(dossier_log_of(&dossier, &school.actor.id));
    gather(&dossier, reach_of(&a6, UINT64_MAX));
    assert_null(dossier_log_of(&dossier, &school.actor.id));
}

/* The school may speak of the pattern, and the institute, which is silent too, may let others speak of it. */
static bool asks_school(const char *pattern, const struct expression *requirement)
{
    static struct bytes patterns;
    struct accreditation record;
    struct dossier dossier;
    struct store_txn *txn = world_write(&world);

    patterns = bytes_of_string(pattern);
    record = accreditation_of(&school.actor.id, 0);
    record.patterns.items = &patterns;
    world_publish_one(&world, txn, &ase, CLASS_GOVERN, ENTRY_ACCREDITATION, &record, ARRIVED);
    world_commit(txn);
    gather(&dossier, reach_of(requirement, UINT64_MAX));
    return dossier_log_of(&dossier, &school.actor.id) != NULL;
}

static void only_who_may_speak_of_what_is_denied(void **state)
{
    static const struct expression no_no_a6 = {.op = EXPRESSION_NOT, .child_count = 1, .children = &no_a6};

    (void)state;
    assert_false(asks_school("ase/A5", &no_a6));
    assert_false(asks_school("ase/B*", &no_a6));
    assert_true(asks_school("ase/A*", &no_a6));
    assert_false(asks_school("ase/A6", &no_no_a6));
}

static void withdraw(struct world_author *by)
{
    const struct withdrawal record = {
        .delegate = school.actor.id, .has_cut = true, .cut_seq = 1000, .cut_head = {{0x77}}};
    struct store_txn *txn = world_write(&world);

    world_publish_one(&world, txn, by, CLASS_GOVERN, ENTRY_WITHDRAWAL, &record, ARRIVED);
    world_commit(txn);
}

static void nor_of_whom_a_cut_may_keep_what_is_not_here(void **state)
{
    (void)state;
    accredit(&ase, &school, 0);
    is_heard(&school, NOW);
    withdraw(&stranger);
    assert_false(has_log(&school));
    withdraw(&ase);
    assert_true(has_log(&school));
}

static void whoever_else_accredited_it(void **state)
{
    (void)state;
    accredit(&ase, &institute, 1);
    accredit(&ase, &school, 0);
    accredit(&institute, &school, 0);
    is_heard(&institute, NOW);
    is_heard(&school, NOW);
    assert_false(has_log(&school));
    withdraw(&institute);
    is_heard(&institute, NOW + 1);
    assert_true(has_log(&school));
}

static void hand_on(const struct world_author *heir)
{
    const struct indexed_signature signature = {.key_index = 0};
    const struct succession record = {.name_space = bytes_of_string("ase"),
                                      .successor = heir->actor.id,
                                      .signatures = {.items = &signature, .count = 1}};
    struct store_txn *txn = world_write(&world);

    world_publish_one(&world, txn, &ase, CLASS_GOVERN, ENTRY_SUCCESSION, &record, ARRIVED);
    world_commit(txn);
}

static void nor_of_whom_an_heir_s_cut_may(void **state)
{
    struct dossier dossier;

    (void)state;
    accredit(&ase, &school, 0);
    hand_on(&institute);
    is_heard(&school, NOW);
    assert_false(has_log(&school));
    withdraw(&institute);
    gather(&dossier, reach_of(&no_a6, UINT64_MAX));
    assert_non_null(dossier_log_of(&dossier, &school.actor.id));
    assert_int_equal(dossier.withdrawal_count, 1);
}

static void nor_of_whom_a_cut_beside_the_chain_may(void **state)
{
    const struct withdrawal record = {
        .delegate = school.actor.id, .has_cut = true, .cut_seq = 1000, .cut_head = {{0x77}}};
    struct store_txn *txn;
    struct bytes encoded;
    struct block block;

    (void)state;
    accredit(&ase, &school, 0);
    txn = world_write(&world);
    encoded = world_sign_one(&world, txn, &ase, CLASS_GOVERN, ENTRY_WITHDRAWAL, &record, ARRIVED);
    assert_int_equal(block_decode(&block, &world.network, encoded, &world.arena), REASON_NONE);
    world_commit(txn);
    accredit(&ase, &institute, 0);
    is_heard(&school, NOW);
    assert_false(has_log(&school));
    txn = world_write(&world);
    assert_int_equal(store_put_side_block(txn, &world.network, &block, NOW), STORE_OK);
    world_commit(txn);
    assert_true(has_log(&school));
}

static void nor_who_says_what_this_version_can_t_read(void **state)
{
    const uint8_t salt[ENTRY_SALT_SIZE] = {0};
    struct store_txn *txn = world_write(&world);
    struct draft draft;

    (void)state;
    world_draft(&world, &draft, CLASS_CONTENT);
    entry_write(&draft.body, 4000, true, bytes_of_string("\x90"), bytes_of(salt, sizeof salt));
    draft.entry_count++;
    world_publish(&world, txn, &school, &draft, ARRIVED);
    world_commit(txn);
    accredit(&ase, &school, 0);
    is_heard(&school, NOW);
    assert_true(has_log(&school));
}

/* ---- what rules deny ---- */

static void publish_rule(enum pack_rule_kind kind, const char *name, const char *text)
{
    const enum expression_scope scope = expression_scope_of(kind);
    const struct pack_code codes[] = {{.code = bytes_of_string("A5"), .title = bytes_of_string("Brakes")},
                                      {.code = bytes_of_string("A6"), .title = bytes_of_string("Wires")},
                                      {.code = bytes_of_string("B1"), .title = bytes_of_string("Paint")}};
    struct pack_rule rule = {.kind = kind, .name = bytes_of_string(name)};
    const struct rule_pack pack = {.name_space = bytes_of_string("ase"),
                                   .version = 1,
                                   .in_force_from = 100,
                                   .codes = {.items = codes, .count = 3},
                                   .rules = {.items = &rule, .count = 1}};
    struct store_txn *txn = world_write(&world);
    struct expression_error error;
    struct expression expression;
    uint8_t memory[512];

    assert_true(
        expression_parse(&expression, &error, scope, bytes_of_string(text), pack.name_space, &world.arena));
    assert_true(expression_encode(&expression, memory, sizeof memory, &rule.expression));
    world_publish_one(&world, txn, &ase, CLASS_GOVERN, ENTRY_RULE_PACK, &pack, ARRIVED);
    world_commit(txn);
}

static void what_a_rule_denies_is_denied_whatever_is_asked(void **state)
{
    (void)state;
    publish_rule(PACK_RULE_TITLE, "Clean", "A5 and not tested A6");
    assert_false(asks_school("ase/A5", NULL));
    assert_true(asks_school("ase/A6", NULL));
    for (size_t i = 0; i < 2; i++) { /* and again, of a base that is there */
        struct dossier dossier;

        gather(&dossier, reach_of(NULL, UINT64_MAX));
        assert_non_null(dossier_log_of(&dossier, &school.actor.id));
    }
}

static void what_denied_codes_and_titles_rest_on_is_denied_with_them(void **state)
{
    static const struct expression title = {.op = EXPRESSION_TITLE, .name = {(const uint8_t *)"Painter", 7}};
    static const struct expression no_title = {.op = EXPRESSION_NOT, .child_count = 1, .children = &title};

    (void)state;
    publish_rule(PACK_RULE_PREREQUISITE, "A6", "B1");
    assert_true(asks_school("ase/B1", &no_a6));
    publish_rule(PACK_RULE_TITLE, "Painter", "B1");
    assert_true(asks_school("ase/B1", &no_title));
}

static void nobody_asks_for_what_a_code_rests_on_that_is_not_denied(void **state)
{
    (void)state;
    publish_rule(PACK_RULE_PREREQUISITE, "A5", "B1");
    assert_false(asks_school("ase/B1", &no_a6));
}

static void nor_who_says_that_more_is_to_come(void **state)
{
    struct store_txn *txn;
    const struct subject her = world_subject(8);
    struct world_author before;

    (void)state;
    accredit(&ase, &school, 0);
    before = school;
    txn = world_write(&world);
    world_attest(&world, txn, &school, &her, 1, "ase/A1", ARRIVED);
    store_end(txn); /* the block is lost, its checkpoint is not */
    is_heard(&school, NOW);
    school = before;
    assert_true(has_log(&school));
}

static void nor_who_had_not_been_heard_by_then(void **state)
{
    (void)state;
    accredit(&ase, &school, 0);
    is_heard(&school, NOW);
    assert_false(has_log_by(&school, NOW));
    assert_true(has_log_by(&school, NOW - 1));
}

static void whom_a_delegate_accredited_is_found_too(void **state)
{
    (void)state;
    accredit(&ase, &institute, 1);
    accredit(&institute, &school, 0);
    is_heard(&institute, NOW);
    assert_true(has_log(&school));
}

static void whom_one_accredited_that_may_not_is_none(void **state)
{
    (void)state;
    accredit(&ase, &institute, 0);
    accredit(&institute, &school, 0);
    is_heard(&institute, NOW);
    assert_false(has_log(&school));
}

static void nor_does_it_let_anybody_accredit_that_may_not_itself(void **state)
{
    (void)state;
    accredit(&ase, &institute, 1);
    accredit(&institute, &stranger, 8);
    accredit(&stranger, &school, 0);
    is_heard(&institute, NOW);
    is_heard(&stranger, NOW);
    assert_false(has_log(&school));
}

static void strangers_take_no_room(void **state)
{
    (void)state;
    accredit(&stranger, &school, 1);
    assert_false(has_log(&school));
}

static void whoever_was_never_heard_of_is_in_the_dossier(void **state)
{
    static struct world_author nobody;

    (void)state;
    nobody = school;
    nobody.actor.id.hash.bytes[0] ^= 1;
    accredit(&ase, &nobody, 0);
    assert_true(has_log(&nobody));
}

/* Its checkpoint is of a branch that is not the chain. */
static void nor_who_says_that_its_log_is_another(void **state)
{
    struct log_state held;

    (void)state;
    accredit(&ase, &school, 0);
    held = school.state;
    school.state.head.bytes[0] ^= 1;
    is_heard(&school, NOW);
    school.state = held;
    assert_true(has_log(&school));
}

static void nor_what_a_block_said_that_came_later(void **state)
{
    const struct subject her = world_subject(8);
    struct store_txn *txn;

    (void)state;
    accredit(&ase, &school, 0);
    txn = world_write(&world);
    world_attest(&world, txn, &school, &her, 1, "ase/A1", NOW);
    world_commit(txn);
    is_heard(&school, HEARD_SINCE);
    assert_false(has_log_by(&school, NOW));
    assert_true(has_log_by(&school, NOW - 1));
}

static void who_has_blocks_beside_its_chain_is_looked_at(void **state)
{
    const struct subject her = world_subject(8);
    struct store_txn *txn;
    struct draft draft;
    struct block block;
    const struct accreditation beside = accreditation_of(&stranger.actor.id, 0);

    (void)state;
    accredit(&ase, &school, 0);
    txn = world_write(&world);
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_ACCREDITATION, &beside);
    assert_int_equal(
        block_decode(&block, &world.network, world_sign(&world, txn, &school, &draft, ARRIVED), &world.arena),
        REASON_NONE);
    world_attest(&world, txn, &school, &her, 1, "ase/A1", ARRIVED);
    world_commit(txn);
    is_heard(&school, NOW);
    assert_false(has_log(&school));
    txn = world_write(&world);
    assert_int_equal(store_put_side_block(txn, &world.network, &block, NOW), STORE_OK);
    world_commit(txn);
    assert_true(has_log(&school));
}

static void whom_an_heir_accredited_is_found_too(void **state)
{
    (void)state;
    hand_on(&institute);
    accredit(&institute, &school, 0);
    assert_true(has_log(&school));
}

/* ---- more than fit ---- */

/* An accreditor lets so many speak of a pattern of whom nobody ever heard. */
static void accredit_many(struct world_author *by, const char *pattern, size_t first, size_t count)
{
    static struct accreditation records[SCHOOLS_MANY];
    static struct bytes patterns;
    struct store_txn *txn = world_write(&world);
    struct draft draft;

    patterns = bytes_of_string(pattern);
    world_draft(&world, &draft, CLASS_GOVERN);
    for (size_t i = 0; i < count; i++) {
        const struct actor_id nobody = {world_subject(first + i).id};

        records[i] = accreditation_of(&nobody, 0);
        records[i].patterns.items = &patterns;
        world_add(&draft, ENTRY_ACCREDITATION, &records[i]);
    }
    world_publish(&world, txn, by, &draft, ARRIVED);
    world_commit(txn);
}

/* The limit is named: no denial rests on those that were left out, and nothing else does. */
static void more_than_fit_leave_what_is_denied_unknown(void **state)
{
    struct dossier dossier;

    (void)state;
    accredit_many(&ase, "ase/*", 100, SCHOOLS_MANY);
    gather(&dossier, reach_of(&no_a6, UINT64_MAX));
    assert_true(dossier.cuts.silent);
    assert_false(dossier.cuts.credentials);
    assert_false(dossier.cuts.accreditations);
    gather(&dossier, DOSSIER_REACH_ALL);
    assert_false(dossier.cuts.silent);
}

static void one_school_takes_the_room_of_one(void **state)
{
    struct dossier dossier;

    (void)state;
    accredit_many(&ase, "ase/*", 100, 1023);
    for (size_t i = 0; i < 3; i++) {
        accredit(&ase, &school, 0);
    }
    gather(&dossier, reach_of(&no_a6, UINT64_MAX));
    assert_false(dossier.cuts.silent);
    accredit(&ase, &institute, 0);
    gather(&dossier, reach_of(&no_a6, UINT64_MAX));
    assert_true(dossier.cuts.silent);
}

/* Of what one says of another more is there than is looked at. */
static void what_the_silent_bring_along_is_a_limit_of_denials_alone(void **state)
{
    enum { OFTEN = 65 };
    static struct accreditation records[OFTEN];
    struct store_txn *txn = world_write(&world);
    struct dossier dossier;
    struct draft draft;

    (void)state;
    world_draft(&world, &draft, CLASS_GOVERN);
    for (size_t i = 0; i < OFTEN; i++) {
        records[i] = accreditation_of(&school.actor.id, 0);
        world_add(&draft, ENTRY_ACCREDITATION, &records[i]);
    }
    world_publish(&world, txn, &ase, &draft, ARRIVED);
    world_commit(txn);
    gather(&dossier, reach_of(&no_a6, UINT64_MAX));
    assert_true(dossier.cuts.silent);
    assert_false(dossier.cuts.accreditations);
}

static void who_may_speak_of_nothing_that_is_denied_takes_no_room(void **state)
{
    struct dossier dossier;

    (void)state;
    accredit(&ase, &institute, 1);
    is_heard(&institute, NOW);
    accredit_many(&institute, "ase/Z9", 100, SCHOOLS_MANY);
    gather(&dossier, reach_of(&no_a6, UINT64_MAX));
    assert_false(dossier.cuts.silent);
    assert_int_equal(dossier.accreditation_count, 0);
}

/* Whichever of the two says so first, and has the lower number. */
static void a_delegates_crowd_hides_no_other_delegates_school(void **state)
{
    struct world_author *const delegates[] = {&institute, &stranger};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        accredit(&ase, delegates[i], 1);
        is_heard(delegates[i], NOW);
    }
    accredit_many(&institute, "ase/*", 100, SCHOOLS_MANY);
    accredit(&stranger, &school, 0);
    assert_true(has_log(&school));
    accredit_many(&stranger, "ase/*", 100 + SCHOOLS_MANY, SCHOOLS_MANY);
    assert_true(has_log(&school));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_was_heard_need_not_be_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(who_was_not_is_in_the_dossier_with_its_accreditation, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(whose_word_is_dated_beyond_this_clock_was_not_heard, setup, teardown),
        cmocka_unit_test_setup_teardown(only_where_something_is_denied, setup, teardown),
        cmocka_unit_test_setup_teardown(nor_who_says_that_more_is_to_come, setup, teardown),
        cmocka_unit_test_setup_teardown(nor_who_had_not_been_heard_by_then, setup, teardown),
        cmocka_unit_test_setup_teardown(whom_a_delegate_accredited_is_found_too, setup, teardown),
        cmocka_unit_test_setup_teardown(whom_one_accredited_that_may_not_is_none, setup, teardown),
        cmocka_unit_test_setup_teardown(strangers_take_no_room, setup, teardown),
        cmocka_unit_test_setup_teardown(whoever_was_never_heard_of_is_in_the_dossier, setup, teardown),
        cmocka_unit_test_setup_teardown(nor_who_says_that_its_log_is_another, setup, teardown),
        cmocka_unit_test_setup_teardown(nor_what_a_block_said_that_came_later, setup, teardown),
        cmocka_unit_test_setup_teardown(who_has_blocks_beside_its_chain_is_looked_at, setup, teardown),
        cmocka_unit_test_setup_teardown(whom_an_heir_accredited_is_found_too, setup, teardown),
        cmocka_unit_test_setup_teardown(one_school_takes_the_room_of_one, setup, teardown),
        cmocka_unit_test_setup_teardown(more_than_fit_leave_what_is_denied_unknown, setup, teardown),
        cmocka_unit_test_setup_teardown(who_may_speak_of_nothing_that_is_denied_takes_no_room, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_delegates_crowd_hides_no_other_delegates_school, setup, teardown),
        cmocka_unit_test_setup_teardown(what_the_silent_bring_along_is_a_limit_of_denials_alone, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(only_who_may_speak_of_what_is_denied, setup, teardown),
        cmocka_unit_test_setup_teardown(nor_does_it_let_anybody_accredit_that_may_not_itself, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(whoever_else_accredited_it, setup, teardown),
        cmocka_unit_test_setup_teardown(nor_of_whom_a_cut_may_keep_what_is_not_here, setup, teardown),
        cmocka_unit_test_setup_teardown(nor_of_whom_an_heir_s_cut_may, setup, teardown),
        cmocka_unit_test_setup_teardown(nor_of_whom_a_cut_beside_the_chain_may, setup, teardown),
        cmocka_unit_test_setup_teardown(nor_who_says_what_this_version_can_t_read, setup, teardown),
        cmocka_unit_test_setup_teardown(what_a_rule_denies_is_denied_whatever_is_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(what_denied_codes_and_titles_rest_on_is_denied_with_them, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(nobody_asks_for_what_a_code_rests_on_that_is_not_denied, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
