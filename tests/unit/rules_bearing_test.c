#include "protocol/rules/bearing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const struct action_row {
    const char *sentence;
    enum status_action action;
    struct bearing bearing;
} action_rows[] = {
    {"revoked is against who holds it", STATUS_REVOKED, {PARTY_NONE, PARTY_HOLDER}},
    {"suspended is against who holds it", STATUS_SUSPENDED, {PARTY_NONE, PARTY_HOLDER}},
    {"reinstated is for who holds it", STATUS_REINSTATED, {PARTY_HOLDER, PARTY_NONE}},
    {"replaced is against who holds the old entry and for whom the new one is about",
     STATUS_REPLACED,
     {PARTY_SUBJECT, PARTY_HOLDER}},
    {"an appeal is neutral", STATUS_APPEALED, {PARTY_NONE, PARTY_NONE}},
    {"an appeal's end is neutral", STATUS_APPEAL_DECIDED, {PARTY_NONE, PARTY_NONE}},
    {"held by is against the old holder and for the new one",
     STATUS_HELD_BY,
     {PARTY_NEW_HOLDER, PARTY_HOLDER}},
};

static const struct affiliation joined = {.event = AFFILIATION_JOINED};
static const struct affiliation left = {.event = AFFILIATION_LEFT};
static const struct status reinstated = {.action = STATUS_REINSTATED};
static const struct status suspended = {.action = STATUS_SUSPENDED};

static const struct entry_row {
    const char *sentence;
    uint64_t kind;
    const void *record;
    struct bearing bearing;
} entry_rows[] = {
    {"keys are neutral", ENTRY_KEYS, NULL, {PARTY_NONE, PARTY_NONE}},
    {"keys within an epoch are neutral", ENTRY_KEYS_UPDATE, NULL, {PARTY_NONE, PARTY_NONE}},
    {"a rule pack is neutral", ENTRY_RULE_PACK, NULL, {PARTY_NONE, PARTY_NONE}},
    {"an accreditation is for the delegate", ENTRY_ACCREDITATION, NULL, {PARTY_DELEGATE, PARTY_NONE}},
    {"a withdrawal is against the delegate", ENTRY_WITHDRAWAL, NULL, {PARTY_NONE, PARTY_DELEGATE}},
    {"a succession is for the successor and against the old owner",
     ENTRY_SUCCESSION,
     NULL,
     {PARTY_SUCCESSOR, PARTY_OWNER}},
    {"a void is against whom the voided entries are for", ENTRY_VOID, NULL, {PARTY_NONE, PARTY_SAID}},
    {"a status for somebody is for", ENTRY_STATUS, &reinstated, {PARTY_HOLDER, PARTY_NONE}},
    {"a status against somebody is against", ENTRY_STATUS, &suspended, {PARTY_NONE, PARTY_HOLDER}},
    {"an erasure is against whom the erased entries are for", ENTRY_ERASE, NULL, {PARTY_NONE, PARTY_SAID}},
    {"an attestation is for its subject", ENTRY_ATTESTATION, NULL, {PARTY_SUBJECT, PARTY_NONE}},
    {"joined is for technician and shop", ENTRY_AFFILIATION, &joined, {PARTY_MEMBERS, PARTY_NONE}},
    {"left is against technician and shop", ENTRY_AFFILIATION, &left, {PARTY_NONE, PARTY_MEMBERS}},
    {"a shop's profile is neutral", ENTRY_SHOP, NULL, {PARTY_NONE, PARTY_NONE}},
    {"a statement is neutral", ENTRY_STATEMENT, NULL, {PARTY_NONE, PARTY_NONE}},
    {"a review sets a shop's floors, and ends earlier ones", ENTRY_REVIEW, NULL, {PARTY_SHOP, PARTY_SHOP}},
    {"a rhythm is neutral", ENTRY_RHYTHM, NULL, {PARTY_NONE, PARTY_NONE}},
    {"a kind that is not known is neutral", ENTRY_RHYTHM + 1, NULL, {PARTY_NONE, PARTY_NONE}},
    {"the highest kind is neutral", ENTRY_KIND_MAX, NULL, {PARTY_NONE, PARTY_NONE}},
};

enum { ACTION_ROWS = sizeof action_rows / sizeof action_rows[0] };
enum { ENTRY_ROWS = sizeof entry_rows / sizeof entry_rows[0] };

static void expect(const char *sentence, struct bearing found, struct bearing expected)
{
    if (found.helps != expected.helps || found.harms != expected.harms) {
        fail_msg("%s: found %d, %d", sentence, found.helps, found.harms);
    }
    assert_int_equal(bearing_is_for(found), expected.helps != PARTY_NONE);
    assert_int_equal(bearing_is_against(found), expected.harms != PARTY_NONE);
}

static void test_each_action_bears_on_its_parties(void **state)
{
    (void)state;
    for (int i = 0; i < ACTION_ROWS; i++) {
        expect(action_rows[i].sentence, bearing_of_action(action_rows[i].action), action_rows[i].bearing);
    }
}

static void test_each_kind_of_entry_bears_on_its_parties(void **state)
{
    (void)state;
    for (int i = 0; i < ENTRY_ROWS; i++) {
        expect(entry_rows[i].sentence, bearing_of_entry(entry_rows[i].kind, entry_rows[i].record),
               entry_rows[i].bearing);
    }
}

static void test_a_statement_is_asked_about_by_one_party(void **state)
{
    static const struct {
        const char *sentence;
        uint64_t kind;
        enum party party;
        enum stance stance;
    } rows[] = {
        {"to the owner a succession is against", ENTRY_SUCCESSION, PARTY_OWNER, STANCE_AGAINST},
        {"to the successor it is for", ENTRY_SUCCESSION, PARTY_SUCCESSOR, STANCE_FOR},
        {"to anybody else it is neutral", ENTRY_SUCCESSION, PARTY_DELEGATE, STANCE_NEUTRAL},
        {"of what is both to one that which is for it is asked about", ENTRY_REVIEW, PARTY_SHOP, STANCE_FOR},
        {"what is for nobody is neutral to anybody", ENTRY_RULE_PACK, PARTY_HOLDER, STANCE_NEUTRAL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum stance found = stance_of_entry(rows[i].kind, NULL, rows[i].party);
        if (found != rows[i].stance) {
            fail_msg("%s: found %d", rows[i].sentence, found);
        }
    }
}

static bool has_action_row(enum status_action action)
{
    bool any = false;
    for (int i = 0; i < ACTION_ROWS; i++) {
        any |= action_rows[i].action == action;
    }
    return any;
}

static bool has_entry_row(uint64_t kind)
{
    bool any = false;
    for (int i = 0; i < ENTRY_ROWS; i++) {
        any |= entry_rows[i].kind == kind;
    }
    return any;
}

static void test_nothing_lacks_its_row(void **state)
{
    (void)state;
    for (enum status_action action = STATUS_REVOKED; action <= STATUS_HELD_BY; action++) {
        assert_true(has_action_row(action));
    }
    for (uint64_t kind = 1; kind <= ENTRY_KIND_MAX && entry_schema(kind) != NULL; kind++) {
        assert_true(has_entry_row(kind));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_action_bears_on_its_parties),
        cmocka_unit_test(test_each_kind_of_entry_bears_on_its_parties),
        cmocka_unit_test(test_a_statement_is_asked_about_by_one_party),
        cmocka_unit_test(test_nothing_lacks_its_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
