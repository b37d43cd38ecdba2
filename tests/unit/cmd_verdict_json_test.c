#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "cmd/verdict_json.h"
#include "tests/support/page_case.h"

static struct page_case shown;

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

static void programs_read_what_people_read(void **state)
{
    (void)state;
    page_case_begin(&shown);
    json_t *page = verdict_json(&shown.page);
    json_t *credentials = json_object_get(page, "credentials");
    json_t *revoked = json_array_get(credentials, 1);
    json_t *status = json_object_get(json_object_get(revoked, "axes"), "status");
    assert_string_equal(text_at(page, "verdict"), "invalid");
    assert_string_equal(text_at(json_object_get(page, "subject"), "name"), "Maria Lopez");
    assert_int_equal(json_array_size(credentials), 2);
    assert_string_equal(text_at(revoked, "code"), "ase/A6");
    assert_string_equal(text_at(revoked, "words"), "revoked since 2026-03-02");
    assert_string_equal(text_at(revoked, "effective_day"), "2026-03-02");
    assert_true(json_is_null(json_object_get(revoked, "until")));
    assert_true(json_is_false(json_object_get(revoked, "older")));
    assert_string_equal(text_at(status, "answer"), "no");
    assert_string_equal(text_at(status, "reason"), "revoked");
    assert_int_equal(json_array_size(json_object_get(revoked, "chain")), 2);
    assert_string_equal(text_at(page, "requirement"), "no");
    assert_string_equal(text_at(page, "requirement_text"), "ase/A5, epa/609");
    assert_string_equal(text_at(json_object_get(page, "next_lapse"), "code"), "ase/A5");
    assert_true(json_is_null(json_object_get(page, "presentation")));
    assert_true(json_is_null(json_object_get(page, "state")));
    json_decref(page);
}

static void what_was_issued_twice_is_one_with_both_entries(void **state)
{
    (void)state;
    page_case_begin(&shown);
    shown.credentials[0].place.event_count = 0;
    shown.credentials[1] = shown.credentials[0];
    shown.credentials[1].place.seq = 8;
    shown.verdicts[1] = shown.verdicts[0];
    shown.verdicts[1].credential = 1;
    json_t *page = verdict_json(&shown.page);
    json_t *credentials = json_object_get(page, "credentials");
    json_t *alike = json_object_get(json_array_get(credentials, 0), "alike");
    assert_int_equal(json_array_size(credentials), 1);
    assert_int_equal(json_array_size(alike), 1);
    assert_non_null(strstr(json_string_value(json_array_get(alike, 0)), "/8/3/"));
    json_decref(page);
}

static void what_was_erased_is_a_member(void **state)
{
    struct erased_about erased[] = {
        {.author = page_case_actor(PAGE_OWNER), .count = 3, .time_s = 1764000000}};
    (void)state;
    page_case_begin(&shown);
    json_t *page = verdict_json(&shown.page);
    assert_int_equal(json_array_size(json_object_get(page, "erased")), 0);
    json_decref(page);
    shown.page.erased = erased;
    shown.page.erased_count = 1;
    page = verdict_json(&shown.page);
    json_t *item = json_array_get(json_object_get(page, "erased"), 0);
    assert_string_equal(text_at(json_object_get(item, "issuer"), "name"), "ASE");
    assert_int_equal(json_integer_value(json_object_get(item, "count")), 3);
    assert_string_equal(text_at(item, "last"), "2025-11-24T16:00:00Z");
    json_decref(page);
}

static void an_old_workplace_is_a_member(void **state)
{
    (void)state;
    page_case_begin(&shown);
    json_t *page = verdict_json(&shown.page);
    assert_true(json_is_null(json_object_get(page, "workplace")));
    json_decref(page);
    shown.verdict.workplace = (struct freshness){
        .answer = {ANSWER_NO, REASON_STALE}, .age_s = 9, .author = page_case_actor(PAGE_OWNER)};
    page = verdict_json(&shown.page);
    assert_string_equal(text_at(json_object_get(page, "workplace"), "reason"), "stale");
    json_decref(page);
}

static void tests_alone_are_a_member(void **state)
{
    (void)state;
    page_case_begin(&shown);
    json_t *page = verdict_json(&shown.page);
    assert_int_equal(json_array_size(json_object_get(page, "not_certified_yet")), 0);
    json_decref(page);
    shown.codes[0].tested = ANSWER_YES;
    shown.codes[0].certified = ANSWER_NO;
    page = verdict_json(&shown.page);
    json_t *codes = json_object_get(page, "not_certified_yet");
    assert_int_equal(json_array_size(codes), 1);
    assert_string_equal(json_string_value(json_array_get(codes, 0)), "ase/A5");
    json_decref(page);
}

static void what_a_limit_left_out_is_said(void **state)
{
    (void)state;
    page_case_begin(&shown);
    json_t *page = verdict_json(&shown.page);
    assert_string_equal(text_at(page, "reason"), "none");
    json_decref(page);
    assert_null(strstr(page_case_print(&shown, verdict_text_print), "Not all was looked at"));
    shown.verdict.reason = REASON_LIMIT;
    page = verdict_json(&shown.page);
    assert_string_equal(text_at(page, "reason"), "limit-reached");
    json_decref(page);
    assert_non_null(strstr(page_case_print(&shown, verdict_text_print), "Not all was looked at"));
}

static void codes_titles_parts_and_rules_are_members(void **state)
{
    (void)state;
    page_case_begin(&shown);
    shown.missing[0] = (struct missing_part){
        .kind = MISSING_CODE, .answer = ANSWER_NO, .pattern = bytes_of_string("ase/A2"), .more = 1};
    shown.verdict.title_count = 1;
    shown.titles[0].name = bytes_of_string("Master Automobile");
    shown.titles[0].answer = ANSWER_NO;
    shown.titles[0].part_count = 8;
    shown.titles[0].missing_count = 1;
    shown.titles[0].lapse_day = page_case_day("2027-06-30");
    shown.titles[0].lapse_code = bytes_of_string("ase/A5");
    json_t *page = verdict_json(&shown.page);
    json_t *code = json_array_get(json_object_get(page, "codes"), 0);
    assert_string_equal(text_at(code, "code"), "ase/A5");
    assert_string_equal(text_at(code, "certified"), "yes");
    assert_string_equal(text_at(code, "until"), "2029-06-30");
    json_t *title = json_array_get(json_object_get(page, "titles"), 0);
    assert_string_equal(text_at(title, "name"), "Master Automobile");
    assert_string_equal(text_at(title, "namespace"), "ase");
    assert_string_equal(text_at(title, "answer"), "no");
    assert_true(json_is_true(json_object_get(title, "within_reach")));
    assert_string_equal(text_at(json_object_get(title, "lapse"), "day"), "2027-06-30");
    json_t *missing = json_array_get(json_object_get(title, "missing"), 0);
    assert_string_equal(text_at(missing, "kind"), "code");
    assert_string_equal(text_at(missing, "code"), "ase/A2");
    assert_int_equal(json_integer_value(json_object_get(missing, "or_others")), 1);
    json_t *required = json_object_get(page, "required");
    assert_int_equal(json_array_size(required), 2);
    assert_string_equal(text_at(json_array_get(required, 1), "part"), "epa/609");
    assert_string_equal(text_at(json_array_get(required, 1), "answer"), "not-met");
    assert_true(json_is_null(json_object_get(json_array_get(required, 1), "entry")));
    json_t *rules = json_object_get(page, "rules");
    assert_true(json_is_null(json_object_get(json_array_get(rules, 0), "evidence")));
    assert_int_equal(json_array_size(rules), 2);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(rules, 0), "version")), 3);
    assert_true(json_is_null(json_object_get(json_array_get(rules, 1), "version")));
    json_decref(page);
}

static void old_rules_name_whose_log_is_old(void **state)
{
    static struct rules_verdict old = {
        .freshness = {.answer = {ANSWER_NO, REASON_STALE}, .age_s = UINT64_C(300) * 86400}};
    (void)state;
    page_case_begin(&shown);
    old.name_space = bytes_of_string("ase");
    old.freshness.author = page_case_actor(PAGE_OWNER);
    shown.verdict.rules_count = 1;
    shown.verdict.rules = &old;
    json_t *page = verdict_json(&shown.page);
    json_t *rules = json_array_get(json_object_get(page, "rules"), 0);
    json_t *evidence = json_object_get(rules, "evidence");
    assert_string_equal(text_at(evidence, "answer"), "no");
    assert_string_equal(text_at(evidence, "reason"), "stale");
    assert_int_equal(json_integer_value(json_object_get(evidence, "age_s")), 300 * 86400);
    assert_string_equal(text_at(json_object_get(evidence, "actor"), "name"), "ASE");
    json_decref(page);
    old.freshness.age_s = UINT64_MAX;
    page = verdict_json(&shown.page);
    rules = json_array_get(json_object_get(page, "rules"), 0);
    assert_true(json_is_null(json_object_get(json_object_get(rules, "evidence"), "age_s")));
    json_decref(page);
}

static void who_may_have_said_more_is_named(void **state)
{
    static struct lacking lacking;
    static struct rules_verdict rules = {.freshness = {.answer = {ANSWER_YES, REASON_NONE}}};
    (void)state;
    page_case_begin(&shown);
    lacking.worst = (struct freshness){
        .answer = {ANSWER_NO, REASON_STALE}, .age_s = 864000, .author = page_case_actor(PAGE_OWNER)};
    lacking.worst_of = bytes_of_string("ase/A*");
    rules.name_space = bytes_of_string("ase");
    shown.verdict.rules_count = 1;
    shown.verdict.rules = &rules;
    json_t *page = verdict_json(&shown.page);
    json_t *first = json_array_get(json_object_get(page, "rules"), 0);
    assert_true(json_is_null(json_object_get(first, "lacking")));
    json_decref(page);
    rules.lacking = &lacking;
    page = verdict_json(&shown.page);
    first = json_object_get(json_array_get(json_object_get(page, "rules"), 0), "lacking");
    assert_string_equal(text_at(first, "codes"), "ase/A*");
    assert_string_equal(text_at(json_object_get(first, "evidence"), "reason"), "stale");
    assert_string_equal(text_at(json_object_get(json_object_get(first, "evidence"), "actor"), "name"), "ASE");
    json_decref(page);
    rules.lacking = NULL;
    rules.denied_lacking = &lacking;
    page = verdict_json(&shown.page);
    first = json_object_get(json_array_get(json_object_get(page, "rules"), 0), "lacking_of_denied");
    assert_string_equal(text_at(first, "codes"), "ase/A*");
    json_decref(page);
}

static void a_lifetime_is_flagged(void **state)
{
    (void)state;
    page_case_begin(&shown);
    shown.verdicts[0].limited_to = page_case_day("2029-06-30");
    shown.verdicts[0].lifetime_months = 60;
    json_t *page = verdict_json(&shown.page);
    json_t *limited = json_array_get(json_object_get(page, "credentials"), 0);
    json_t *other = json_array_get(json_object_get(page, "credentials"), 1);
    assert_true(json_is_true(json_object_get(limited, "ends_by_lifetime")));
    assert_int_equal(json_integer_value(json_object_get(limited, "lifetime_months")), 60);
    assert_true(json_is_false(json_object_get(other, "ends_by_lifetime")));
    assert_true(json_is_null(json_object_get(other, "lifetime_months")));
    json_decref(page);
}

static json_int_t version_at(json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static void the_rules_that_judged_are_numbers(void **state)
{
    (void)state;
    struct dossier_pack later = {.pack = {.version = 4}};
    struct dossier_pack longer = {.pack = {.version = 5}};
    page_case_begin(&shown);
    shown.verdicts[0].pack = &shown.pack;
    shown.verdicts[0].later_rules = &later;
    shown.verdicts[0].lifetime_by = &longer;
    shown.codes[0].begun_by = &longer;
    shown.titles[0].later_rules = &later;
    shown.titles[0].name = bytes_of_string("T");
    shown.verdict.title_count = 1;
    json_t *page = verdict_json(&shown.page);
    json_t *judged = json_array_get(json_object_get(page, "credentials"), 0);
    json_t *other = json_array_get(json_object_get(page, "credentials"), 1);
    assert_int_equal(version_at(judged, "rules_version"), 3);
    assert_int_equal(version_at(judged, "later_rules"), 4);
    assert_int_equal(version_at(judged, "lifetime_version"), 5);
    assert_true(json_is_null(json_object_get(other, "rules_version")));
    assert_true(json_is_null(json_object_get(other, "later_rules")));
    assert_int_equal(version_at(json_array_get(json_object_get(page, "codes"), 0), "begun_by_version"), 5);
    assert_int_equal(version_at(json_array_get(json_object_get(page, "titles"), 0), "later_rules"), 4);
    json_decref(page);
}

static void what_was_not_asked_for_is_not_listed(void **state)
{
    (void)state;
    page_case_begin(&shown);
    shown.credentials[0].about = ABOUT_BESIDE;
    json_t *page = verdict_json(&shown.page);
    assert_int_equal(json_array_size(json_object_get(page, "credentials")), 1);
    assert_int_equal(json_array_size(json_object_get(page, "codes")), 2);
    json_decref(page);
}

static void an_overruled_statement_stays(void **state)
{
    (void)state;
    const enum status_reason reasons[2] = {STATUS_REASON_SCORING, STATUS_REASON_REQUESTED};
    page_case_begin(&shown);
    shown.credentials[0].reasons = reasons;
    shown.events[0].setter_seq = 20;
    shown.events[0].stated_day = page_case_day("2025-02-03");
    json_t *page = verdict_json(&shown.page);
    json_t *history = json_object_get(json_array_get(json_object_get(page, "credentials"), 0), "history");
    json_t *suspended = json_array_get(history, 0);
    assert_int_equal(json_array_size(history), 2);
    assert_string_equal(text_at(suspended, "action"), "suspended");
    assert_string_equal(text_at(suspended, "from"), "2025-02-01");
    assert_string_equal(text_at(suspended, "stated"), "2025-02-03");
    assert_string_equal(text_at(suspended, "reason"), "scoring");
    assert_string_equal(text_at(suspended, "standing"), "overruled");
    assert_int_equal(json_integer_value(json_object_get(suspended, "block")), 20);
    assert_string_equal(text_at(json_array_get(history, 1), "standing"), "stands");
    json_t *part = json_array_get(json_object_get(page, "required"), 0);
    assert_int_equal(json_array_size(json_object_get(part, "history")), 2);
    json_decref(page);
    shown.credentials[0].reasons = NULL;
    page = verdict_json(&shown.page);
    history = json_object_get(json_array_get(json_object_get(page, "credentials"), 0), "history");
    assert_true(json_is_null(json_object_get(json_array_get(history, 0), "reason")));
    json_decref(page);
}

static void a_statement_on_a_branch_says_what_became_of_it(void **state)
{
    (void)state;
    struct dossier_block blocks[2] = {{.side = true, .void_day = DAY_NONE}, {.void_day = DAY_NONE}};
    page_case_begin(&shown);
    shown.credentials[0].place.event_blocks = blocks;
    shown.said[0] = SAID_DISPUTED;
    json_t *page = verdict_json(&shown.page);
    json_t *history = json_object_get(json_array_get(json_object_get(page, "credentials"), 0), "history");
    assert_true(json_is_true(json_object_get(json_array_get(history, 0), "side_branch")));
    assert_true(json_is_null(json_object_get(json_array_get(history, 0), "dropped")));
    assert_null(json_object_get(json_array_get(history, 1), "side_branch"));
    json_decref(page);
    blocks[0].dropped_s = 1772452800; /* noon of 2026-03-02 */
    blocks[0].void_day = page_case_day("2026-03-09");
    blocks[0].void_reason = STATUS_REASON_KEY_COMPROMISE;
    shown.said[0] = SAID_VOIDED;
    page = verdict_json(&shown.page);
    history = json_object_get(json_array_get(json_object_get(page, "credentials"), 0), "history");
    assert_string_equal(text_at(json_array_get(history, 0), "standing"), "void");
    assert_string_equal(text_at(json_array_get(history, 0), "dropped"), "2026-03-02");
    assert_string_equal(text_at(json_array_get(history, 0), "void_since"), "2026-03-09");
    assert_string_equal(text_at(json_array_get(history, 0), "void_reason"), "key-compromise");
    json_decref(page);
}

static void what_strangers_say_stands_apart(void **state)
{
    (void)state;
    page_case_begin(&shown);
    shown.verdicts[1].axes[AXIS_AUTHORITY] = (struct axis_answer){ANSWER_NO, REASON_UNTRUSTED};
    json_t *page = verdict_json(&shown.page);
    json_t *others = json_object_get(page, "said_by_others");
    assert_int_equal(json_array_size(json_object_get(page, "credentials")), 1);
    assert_int_equal(json_array_size(others), 1);
    assert_string_equal(text_at(json_array_get(others, 0), "code"), "ase/A6");
    assert_int_equal(json_array_size(json_object_get(page, "codes")), 1);
    json_decref(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_read_what_people_read),
        cmocka_unit_test(what_a_limit_left_out_is_said),
        cmocka_unit_test(what_was_erased_is_a_member),
        cmocka_unit_test(what_was_issued_twice_is_one_with_both_entries),
        cmocka_unit_test(an_old_workplace_is_a_member),
        cmocka_unit_test(tests_alone_are_a_member),
        cmocka_unit_test(codes_titles_parts_and_rules_are_members),
        cmocka_unit_test(old_rules_name_whose_log_is_old),
        cmocka_unit_test(who_may_have_said_more_is_named),
        cmocka_unit_test(a_lifetime_is_flagged),
        cmocka_unit_test(the_rules_that_judged_are_numbers),
        cmocka_unit_test(what_was_not_asked_for_is_not_listed),
        cmocka_unit_test(an_overruled_statement_stays),
        cmocka_unit_test(a_statement_on_a_branch_says_what_became_of_it),
        cmocka_unit_test(what_strangers_say_stands_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
