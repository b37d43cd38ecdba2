#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/issue_rules.h"
#include "tests/support/store_world.h"

/* What an actor may issue: ase owns a namespace and publishes packs, centre is accredited for some of its
 * codes, and stranger by nobody. */

static struct store_world world;
static struct world_author ase, centre, stranger;
static struct trust trust;

enum {
    ARRIVED_S = 1000,
    FIRST_PACK_DAY = 40000,
    SECOND_PACK_DAY = 45000,
    TODAY = 46000,
    OFFERED_UNTIL = 45900
};

static void publish_pack(struct store_txn *txn, uint64_t version, uint32_t from, uint64_t months)
{
    const struct pack_code codes[] = {
        {.code = bytes_of_string("A1"), .title = bytes_of_string("Engines"), .lifetime_months = months},
        {.code = bytes_of_string("A5"), .title = bytes_of_string("Brakes"), .lifetime_months = months},
        {.code = bytes_of_string("M1"),
         .title = bytes_of_string("Retired"),
         .has_last_day = true,
         .last_day = OFFERED_UNTIL},
    };
    const struct rule_pack pack = {.name_space = bytes_of_string("ase"),
                                   .version = version,
                                   .in_force_from = from,
                                   .codes = {.items = codes, .count = sizeof(codes) / sizeof(codes[0])}};
    struct draft draft;
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_RULE_PACK, &pack);
    world_publish(&world, txn, &ase, &draft, ARRIVED_S);
}

/* M codes only until TODAY. */
static void accredit_centre(struct store_txn *txn, const char *codes, bool ends)
{
    const struct bytes pattern = bytes_of_string(codes);
    const struct accreditation record = {.delegate = centre.actor.id,
                                         .patterns = {.items = &pattern, .count = 1},
                                         .from = SECOND_PACK_DAY,
                                         .has_until = ends,
                                         .until = ends ? TODAY : 0};
    struct draft draft;
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_ACCREDITATION, &record);
    world_publish(&world, txn, &ase, &draft, ARRIVED_S);
}

static int set_up(void **state)
{
    struct trust_owner owner = {.name_space = "ase"};
    struct trust_owner silent = {.name_space = "silent"};
    (void)state;
    world_init(&world);
    struct store_txn *txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, ARRIVED_S);
    world_begin_log(&world, txn, &centre, 2, ARRIVED_S);
    world_begin_log(&world, txn, &stranger, 3, ARRIVED_S);
    publish_pack(txn, 1, FIRST_PACK_DAY, 12);
    publish_pack(txn, 2, SECOND_PACK_DAY, 60);
    accredit_centre(txn, "ase/A*", false);
    accredit_centre(txn, "ase/N*", true);
    world_commit(txn);
    memset(&trust, 0, sizeof(trust));
    owner.actor = ase.actor.id;
    silent.actor = ase.actor.id;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    assert_int_equal(trust_add_owner(&trust, &silent), TRUST_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

static struct issue_rules *rules_of(struct session *session, const struct world_author *issuer,
                                    bool unaccredited)
{
    *session = (struct session){.trust = &trust,
                                .store = world.store,
                                .has_actor = true,
                                .actor = issuer->actor.id,
                                .arena = world.arena};
    session->home.network = world.network;
    return issue_rules_create(session, unaccredited);
}

#define NO_RULE UINT64_MAX

static const struct row {
    const char *sentence;
    const struct world_author *issuer;
    const char *code;
    uint32_t earned_on;
    bool unaccredited;
    enum reason reason;
    uint64_t months; /* of the rule; NO_RULE: none */
} rows[] = {
    {"the owner issues by its own pack", &ase, "ase/A5", TODAY, false, REASON_NONE, 60},
    {"by the one in force on the day earned", &ase, "ase/A5", SECOND_PACK_DAY - 1, false, REASON_NONE, 12},
    {"on the first day of the later one by that", &ase, "ase/A5", SECOND_PACK_DAY, false, REASON_NONE, 60},
    {"before the first pack there are no rules", &ase, "ase/A5", FIRST_PACK_DAY - 1, false,
     REASON_NO_RULE_PACK, NO_RULE},
    {"a code that the pack does not have", &ase, "ase/A9", TODAY, false, REASON_UNKNOWN_CODE, NO_RULE},
    {"a code that is no longer offered", &ase, "ase/M1", TODAY, false, REASON_CODE_NOT_OFFERED, NO_RULE},
    {"on its last day it was", &ase, "ase/M1", OFFERED_UNTIL, false, REASON_NONE, 0},
    {"a namespace that nobody owns", &ase, "epa/609", TODAY, false, REASON_NAMESPACE_UNOWNED, NO_RULE},
    {"a namespace without a pack", &ase, "silent/1", TODAY, false, REASON_NO_RULE_PACK, NO_RULE},
    {"a delegate issues what it is accredited for", &centre, "ase/A1", TODAY, false, REASON_NONE, 60},
    {"not what it is not accredited for", &centre, "ase/M1", OFFERED_UNTIL, false, REASON_NOT_ACCREDITED,
     NO_RULE},
    {"nor what was earned before it was", &centre, "ase/A1", SECOND_PACK_DAY - 1, false,
     REASON_ACCREDITATION_EXPIRED, NO_RULE},
    {"a stranger issues nothing", &stranger, "ase/A5", TODAY, false, REASON_NOT_ACCREDITED, NO_RULE},
    {"unless told to, by the owner's pack", &stranger, "ase/A5", TODAY, true, REASON_NONE, 60},
    {"still nothing that the pack does not have", &stranger, "ase/A9", TODAY, true, REASON_UNKNOWN_CODE,
     NO_RULE},
    {"and where there is no pack, without a rule", &stranger, "epa/609", TODAY, true, REASON_NONE, NO_RULE},
};

static void rules_follow_pack_and_accreditation(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];
        struct session session;
        struct issue_rules *rules = rules_of(&session, row->issuer, row->unaccredited);
        for (int again = 0; again < 2; again++) {
            const struct pack_code *rule = NULL;
            enum reason reason = issue_rule_of(rules, bytes_of_string(row->code), row->earned_on, &rule);
            bool has_rule = reason == REASON_NONE && rule != NULL;
            if (reason != row->reason || has_rule != (row->months != NO_RULE) ||
                (has_rule && rule->lifetime_months != row->months)) {
                fail_msg("%s: %s", row->sentence, reason_word(reason));
            }
        }
        assert_int_equal(rules->error, STORE_OK);
        free(rules);
    }
}

static void authority_is_told_also_when_it_is_not_asked_for(void **state)
{
    (void)state;
    struct session session;
    struct issue_rules *rules = rules_of(&session, &stranger, true);
    assert_int_equal(issue_authority_of(rules, bytes_of_string("ase/A5"), TODAY), REASON_NOT_ACCREDITED);
    assert_int_equal(issue_authority_of(rules, bytes_of_string("epa/609"), TODAY), REASON_NAMESPACE_UNOWNED);
    free(rules);
    rules = rules_of(&session, &ase, true);
    assert_int_equal(issue_authority_of(rules, bytes_of_string("ase/A5"), TODAY), REASON_NONE);
    free(rules);
}

static void an_accreditation_that_ended_is_told(void **state)
{
    struct session session;
    struct issue_rules *rules = rules_of(&session, &centre, false);
    (void)state;
    const struct bytes ending = bytes_of_string("ase/N1");
    assert_int_equal(issue_accreditation_ended(rules, ending, TODAY, TODAY), DAY_NONE);
    assert_int_equal(issue_accreditation_ended(rules, ending, TODAY, TODAY + 1), TODAY);
    assert_int_equal(issue_accreditation_ended(rules, ending, SECOND_PACK_DAY - 1, TODAY + 1), DAY_NONE);
    assert_int_equal(issue_accreditation_ended(rules, bytes_of_string("ase/A5"), TODAY, TODAY + 9), DAY_NONE);
    free(rules);
    rules = rules_of(&session, &ase, false);
    assert_int_equal(issue_accreditation_ended(rules, ending, TODAY, TODAY + 9), DAY_NONE);
    free(rules);
}

static void what_was_earned_before_the_accreditation_began_is_told(void **state)
{
    (void)state;
    const struct bytes brakes = bytes_of_string("ase/A5");
    struct session session;
    struct issue_rules *rules = rules_of(&session, &centre, false);
    const struct accreditation *later = issue_accredited_later(rules, brakes, SECOND_PACK_DAY - 1);
    assert_non_null(later);
    assert_int_equal(later->from, SECOND_PACK_DAY);
    assert_null(issue_accredited_later(rules, brakes, SECOND_PACK_DAY));
    assert_null(issue_accredited_later(rules, bytes_of_string("ase/B5"), SECOND_PACK_DAY - 1));
    free(rules);
    rules = rules_of(&session, &stranger, false);
    assert_null(issue_accredited_later(rules, brakes, SECOND_PACK_DAY - 1));
    free(rules);
}

static void a_code_that_looks_alike_is_suggested(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *suggestion; /* NULL: none looks alike */
    } typed[] = {
        {"ase/a5", "ase/A5"}, {"ase/A55", "ase/A5"}, {"ase/5", "ase/A5"},  {"ase/AA1", "ase/A1"},
        {"ase/M", "ase/M1"},  {"ase/M-1", "ase/M1"}, {"ase/brakes", NULL}, {"ase/A5.retest", NULL},
        {"epa/609", NULL},    {"silent/1", NULL},
    };
    struct session session;
    struct issue_rules *rules = rules_of(&session, &ase, false);
    for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
        char suggestion[CODE_SIZE_MAX + 1] = "";
        bool found = issue_rules_suggest(rules, bytes_of_string(typed[i].typed), TODAY, suggestion);
        if (found != (typed[i].suggestion != NULL) ||
            (found && strcmp(suggestion, typed[i].suggestion) != 0)) {
            fail_msg("%s: %s", typed[i].typed, suggestion);
        }
    }
    free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_follow_pack_and_accreditation),
        cmocka_unit_test(an_accreditation_that_ended_is_told),
        cmocka_unit_test(authority_is_told_also_when_it_is_not_asked_for),
        cmocka_unit_test(what_was_earned_before_the_accreditation_began_is_told),
        cmocka_unit_test(a_code_that_looks_alike_is_suggested),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
