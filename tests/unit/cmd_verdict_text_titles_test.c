#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#include <string.h>

#include "tests/support/page_case.h"

static struct page_case shown;

#define CODE(text)                                                                                           \
    {                                                                                                        \
        .kind = MISSING_CODE, .answer = ANSWER_NO, .pattern = {(const uint8_t *)(text), sizeof(text) - 1 }   \
    }
#define NAME(text)                                                                                           \
    {                                                                                                        \
        (const uint8_t *)(text), sizeof(text) - 1                                                            \
    }

/* ---- titles ---- */

static const struct title_row {
    const char *sentence;
    enum answer answer;
    const char *since, *until, *lapse_day, *lapse_code; /* NULL: none */
    size_t part_count;
    size_t missing_count;
    struct missing_part missing[PAGE_MISSING_MAX];
    const char *printed;
} title_rows[] = {
    {"a held one says since when, until when and why",
     ANSWER_YES,
     "2024-05-02",
     "2027-06-30",
     "2027-06-30",
     "ase/A5",
     8,
     0,
     {{0}},
     "Titles:\n  Master: held since 2024-05-02, until 2027-06-30 (A5 lapses)\n"},
    {"one for life says so",
     ANSWER_YES,
     "2019-03-14",
     NULL,
     NULL,
     NULL,
     24,
     0,
     {{0}},
     "Titles:\n  Master: held since 2019-03-14, for life\n"},
    {"one that ends for no single code",
     ANSWER_YES,
     "2024-05-02",
     "2027-06-30",
     NULL,
     NULL,
     8,
     0,
     {{0}},
     "Titles:\n  Master: held since 2024-05-02, until 2027-06-30\n"},
    {"one within reach says what is missing and what lapses",
     ANSWER_NO,
     NULL,
     NULL,
     "2027-06-30",
     "ase/A5",
     8,
     2,
     {CODE("ase/A2"), CODE("ase/A3")},
     "Within reach:\n  Master: A2, A3 missing; A5 lapses 2027-06-30\n"},
    {"codes of another namespace keep theirs",
     ANSWER_NO,
     NULL,
     NULL,
     NULL,
     NULL,
     3,
     1,
     {CODE("epa/609")},
     "Within reach:\n  Master: epa/609 missing\n"},
    {"experience is counted in years",
     ANSWER_NO,
     NULL,
     NULL,
     NULL,
     NULL,
     2,
     1,
     {{.kind = MISSING_EXPERIENCE, .answer = ANSWER_NO, .pattern = NAME("ase/A5"), .days = 365}},
     "Within reach:\n  Master: 1 year of experience for A5 missing\n"},
    {"years and days",
     ANSWER_NO,
     NULL,
     NULL,
     NULL,
     NULL,
     2,
     1,
     {{.kind = MISSING_EXPERIENCE, .answer = ANSWER_NO, .pattern = NAME("ase/A5"), .days = 731}},
     "Within reach:\n  Master: 2 years and 1 day of experience for A5 missing\n"},
    {"one of several would do",
     ANSWER_NO,
     NULL,
     NULL,
     NULL,
     NULL,
     3,
     1,
     {{.kind = MISSING_CODE, .answer = ANSWER_NO, .pattern = NAME("ase/H1"), .more = 1}},
     "Within reach:\n  Master: H1 or one of 1 more missing\n"},
    {"another title",
     ANSWER_NO,
     NULL,
     NULL,
     NULL,
     NULL,
     3,
     1,
     {{.kind = MISSING_TITLE, .answer = ANSWER_NO, .name = NAME("Master Truck")}},
     "Within reach:\n  Master: \"Master Truck\" missing\n"},
    {"what excludes it is not missing",
     ANSWER_NO,
     NULL,
     NULL,
     NULL,
     NULL,
     7,
     1,
     {{.kind = MISSING_EXCLUDED, .answer = ANSWER_NO, .name = NAME("Master Truck")}},
     "Within reach:\n  Master: ruled out by \"Master Truck\"\n"},
    {"what could not be determined stands apart",
     ANSWER_NO,
     NULL,
     NULL,
     NULL,
     NULL,
     8,
     3,
     {CODE("ase/A2"),
      {.kind = MISSING_CODE, .answer = ANSWER_UNKNOWN, .pattern = NAME("ase/A4")},
      CODE("ase/A3")},
     "Within reach:\n  Master: A2, A3 missing; could not be determined: A4\n"},
    {"four missing is within reach",
     ANSWER_NO,
     NULL,
     NULL,
     NULL,
     NULL,
     5,
     4,
     {CODE("ase/A1"), CODE("ase/A2"), CODE("ase/A3"), CODE("ase/A4")},
     "Within reach:\n  Master: A1, A2, A3, A4 missing\n"},
    {"five is not",
     ANSWER_NO,
     NULL,
     NULL,
     NULL,
     NULL,
     6,
     5,
     {CODE("ase/A1"), CODE("ase/A2"), CODE("ase/A3"), CODE("ase/A4"), CODE("ase/A6")},
     ""},
    {"nor is one of which nothing is held",
     ANSWER_NO,
     NULL,
     NULL,
     NULL,
     NULL,
     2,
     2,
     {CODE("ase/E1"), CODE("ase/E2")},
     ""},
    {"one that could not be determined is neither",
     ANSWER_UNKNOWN,
     NULL,
     NULL,
     NULL,
     NULL,
     2,
     2,
     {{.kind = MISSING_CODE, .answer = ANSWER_UNKNOWN, .pattern = NAME("ase/A4")},
      {.kind = MISSING_CODE, .answer = ANSWER_UNKNOWN, .pattern = NAME("ase/A5")}},
     "Titles that could not be determined:\n  Master: A4, A5\n"},
    {"one of which nothing is known is nobody's",
     ANSWER_UNKNOWN,
     NULL,
     NULL,
     NULL,
     NULL,
     2,
     2,
     {{.kind = MISSING_CODE, .answer = ANSWER_UNKNOWN, .pattern = NAME("ase/A4"), .absent = true},
      {.kind = MISSING_CODE, .answer = ANSWER_UNKNOWN, .pattern = NAME("ase/A5"), .absent = true}},
     ""},
    {"one that rests on old rules",
     ANSWER_UNKNOWN,
     NULL,
     NULL,
     NULL,
     NULL,
     2,
     1,
     {{.kind = MISSING_NEWER_RULES, .answer = ANSWER_UNKNOWN, .name_space = NAME("epa")}},
     "Titles that could not be determined:\n  Master: the rules of epa, which may have changed\n"},
    {"a rule that nobody understands says nothing about somebody who has nothing of it",
     ANSWER_UNKNOWN,
     NULL,
     NULL,
     NULL,
     NULL,
     1,
     1,
     {{.kind = MISSING_RULE, .answer = ANSWER_UNKNOWN}},
     ""},
};

static void set_title(const struct title_row *row)
{
    struct title_verdict *title = &shown.titles[0];
    shown.verdict.title_count = 1;
    title->name = bytes_of_string("Master");
    title->answer = row->answer;
    title->since_day = row->since != NULL ? page_case_day(row->since) : DAY_NONE;
    title->until_day = row->until != NULL ? page_case_day(row->until) : DAY_NONE;
    title->lapse_day = row->lapse_day != NULL ? page_case_day(row->lapse_day) : DAY_NONE;
    title->lapse_code = row->lapse_code != NULL ? bytes_of_string(row->lapse_code) : (struct bytes){0};
    title->part_count = row->part_count;
    title->missing_count = row->missing_count;
    title->missing = row->missing;
}

static void titles_say_how_far_they_are(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(title_rows) / sizeof(title_rows[0]); i++) {
        page_case_begin(&shown);
        set_title(&title_rows[i]);
        const char *printed = page_case_print(&shown, verdict_text_titles);
        if (strcmp(printed, title_rows[i].printed) != 0) {
            fail_msg("%s: \"%s\"", title_rows[i].sentence, printed);
        }
    }
}

static void titles_of_one_name_are_told_apart(void **state)
{
    (void)state;
    struct dossier_pack other = {.pack = {.name_space = bytes_of_string("city")}};
    page_case_begin(&shown);
    set_title(&title_rows[1]);
    shown.titles[1] = shown.titles[0];
    shown.titles[1].pack = &other;
    shown.verdict.title_count = 2;
    assert_string_equal(page_case_print(&shown, verdict_text_titles),
                        "Titles:\n  ase: Master: held since 2019-03-14, for life\n"
                        "  city: Master: held since 2019-03-14, for life\n");
}

static void a_title_says_that_later_rules_say_otherwise(void **state)
{
    (void)state;
    const struct dossier_pack later = {.pack = {.version = 4}};
    page_case_begin(&shown);
    set_title(&title_rows[1]);
    shown.titles[0].later_rules = &later;
    assert_string_equal(page_case_print(&shown, verdict_text_titles),
                        "Titles:\n  Master: held since 2019-03-14, for life; later rules say otherwise "
                        "(version 4)\n");
}

/* ---- the requirement ---- */

static const struct expression a5 = {.op = EXPRESSION_CERTIFIED, .pattern = NAME("ase/A5")};

static const struct part_row {
    const char *sentence;
    struct expression expression;
    enum answer answer;
    size_t credential;
    size_t missing_count;
    struct missing_part missing[PAGE_MISSING_MAX];
    const char *printed; /* behind "Requirement: …" */
} part_rows[] = {
    {"a code that is held",
     {.op = EXPRESSION_CERTIFIED, .pattern = NAME("ase/A5")},
     ANSWER_YES,
     0,
     0,
     {{0}},
     "met, until 2029-06-30\n  ase/A5: held\n"},
    {"a code that nothing is known of",
     {.op = EXPRESSION_CERTIFIED, .pattern = NAME("ase/A7")},
     ANSWER_NO,
     SIZE_MAX,
     1,
     {CODE("ase/A7")},
     "not met\n  ase/A7: not held; no certificate for it is known here\n"},
    {"a code that is revoked: the certificate above says so",
     {.op = EXPRESSION_CERTIFIED, .pattern = NAME("ase/A6")},
     ANSWER_NO,
     1,
     1,
     {CODE("ase/A6")},
     "not met\n  ase/A6: not held\n"},
    {"a code whose test alone was passed",
     {.op = EXPRESSION_CERTIFIED, .pattern = NAME("ase/A5")},
     ANSWER_NO,
     0,
     1,
     {{.kind = MISSING_EXPERIENCE, .answer = ANSWER_NO, .pattern = NAME("ase/A5"), .days = 30}},
     "not met\n  ase/A5: not held; 30 days of experience is missing\n"},
    {"a title",
     {.op = EXPRESSION_TITLE, .name = NAME("Master Automobile")},
     ANSWER_NO,
     SIZE_MAX,
     2,
     {CODE("ase/A2"), CODE("ase/A3")},
     "not met\n  \"Master Automobile\": not held; ase/A2, ase/A3 are missing\n"},
    {"a shop of a network",
     {.op = EXPRESSION_IN_NETWORK, .pattern = NAME("ford/shop")},
     ANSWER_NO,
     SIZE_MAX,
     1,
     {{.kind = MISSING_NETWORK, .answer = ANSWER_NO, .pattern = NAME("ford/shop")}},
     "not met\n  in network ford/shop: not met\n"},
    {"what is not to be held is met",
     {.op = EXPRESSION_NOT, .child_count = 1, .children = &a5},
     ANSWER_YES,
     SIZE_MAX,
     0,
     {{0}},
     "met, until 2029-06-30\n  not ase/A5: met\n"},
    {"or is not",
     {.op = EXPRESSION_NOT, .child_count = 1, .children = &a5},
     ANSWER_NO,
     SIZE_MAX,
     1,
     {{.kind = MISSING_EXCLUDED, .answer = ANSWER_NO, .pattern = NAME("ase/A5")}},
     "not met\n  not ase/A5: not met\n"},
    {"what could not be determined is not called missing",
     {.op = EXPRESSION_TITLE, .name = NAME("Master Automobile")},
     ANSWER_UNKNOWN,
     SIZE_MAX,
     1,
     {{.kind = MISSING_CODE, .answer = ANSWER_UNKNOWN, .pattern = NAME("ase/A2")}},
     "could not be determined\n  \"Master Automobile\": could not be determined: ase/A2\n"},
};

static void requirements_say_what_is_missing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(part_rows) / sizeof(part_rows[0]); i++) {
        const struct part_row *row = &part_rows[i];
        char expected[512] = "Requirement: ";
        page_case_begin(&shown);
        shown.verdict.part_count = 1;
        shown.verdict.requirement = row->answer;
        shown.verdict.requirement_until = page_case_day("2029-06-30");
        shown.parts[0] = (struct requirement_part){.expression = &row->expression,
                                                   .answer = row->answer,
                                                   .credential = row->credential,
                                                   .missing_count = row->missing_count,
                                                   .missing = row->missing};
        strcat(expected, row->printed);
        const char *printed = page_case_print(&shown, verdict_text_requirement);
        if (strcmp(printed, expected) != 0) {
            fail_msg("%s: \"%s\"", row->sentence, printed);
        }
    }
}

static void titles_that_are_required_say_what_they_miss(void **state)
{
    (void)state;
    static const struct missing_part title = {
        .kind = MISSING_TITLE, .answer = ANSWER_NO, .name = NAME("Master")};
    static const struct missing_part codes[] = {CODE("ase/A2"), CODE("ase/A3")};
    static const struct expression itself = {.op = EXPRESSION_TITLE, .name = NAME("Master")};
    static const struct expression children[] = {{.op = EXPRESSION_TITLE, .name = NAME("Master")},
                                                 {.op = EXPRESSION_CERTIFIED, .pattern = NAME("ase/L1")}};
    static const struct expression either = {.op = EXPRESSION_ANY, .child_count = 2, .children = children};
    page_case_begin(&shown);
    set_title(&title_rows[3]);
    shown.titles[0].missing = codes;
    shown.verdict.part_count = 1;
    shown.parts[0] = (struct requirement_part){
        .expression = &itself, .answer = ANSWER_NO, .missing_count = 1, .missing = &title};
    assert_string_equal(page_case_print(&shown, verdict_text_requirement),
                        "Requirement: not met\n  \"Master\": not held; ase/A2, ase/A3 are missing\n");
    shown.parts[0].expression = &either;
    assert_string_equal(page_case_print(&shown, verdict_text_requirement),
                        "Requirement: not met\n  \"Master\" or ase/L1: not held; \"Master\" is missing; for "
                        "\"Master\": ase/A2, ase/A3 are missing\n");
}

/* Two namespaces give a title Master: what is missing for one is not told of the other. */
static void a_title_of_another_namespace_is_another(void **state)
{
    (void)state;
    static struct dossier_pack other = {.pack = {.name_space = NAME("junk"), .version = 1}};
    static const struct missing_part title = {
        .kind = MISSING_TITLE, .answer = ANSWER_NO, .name_space = NAME("ase"), .name = NAME("Master")};
    static const struct missing_part code = CODE("ase/A2");
    static const struct missing_part junk = CODE("junk/a");
    static const struct expression itself = {
        .op = EXPRESSION_TITLE, .name_space = NAME("ase"), .name = NAME("Master")};
    page_case_begin(&shown);
    set_title(&title_rows[3]);
    shown.titles[1] = shown.titles[0];
    shown.titles[0].pack = &other;
    shown.titles[0].missing = &junk;
    shown.titles[1].missing = &code;
    shown.titles[0].missing_count = shown.titles[1].missing_count = 1;
    shown.verdict.title_count = 2;
    shown.verdict.part_count = 1;
    shown.parts[0] = (struct requirement_part){
        .expression = &itself, .answer = ANSWER_NO, .missing_count = 1, .missing = &title};
    assert_string_equal(page_case_print(&shown, verdict_text_requirement),
                        "Requirement: not met\n  ase:\"Master\": not held; ase/A2 is missing\n");
}

static void nothing_required_is_nothing_said(void **state)
{
    (void)state;
    page_case_begin(&shown);
    shown.verdict.part_count = 0;
    assert_string_equal(page_case_print(&shown, verdict_text_requirement), "");
}

/* Who may have said more, once a namespace, and only where that leaves something open. */
static void who_may_have_said_more_is_named(void **state)
{
    static const struct {
        enum reason reason;
        uint64_t age_s;
        const char *line;
    } rows[] = {
        {REASON_STALE, UINT64_C(10) * 86400,
         "  More may have been said than is known here: what is known of ASE, who may speak of ase/A*, is 10 "
         "days "
         "old\n"},
        {REASON_NO_CHECKPOINT, UINT64_MAX,
         "  More may have been said than is known here: ASE, who may speak of ase/A*, has not yet said how "
         "far the "
         "log goes\n"},
        {REASON_INCOMPLETE, 0,
         "  More may have been said than is known here: part of the log of ASE, who may speak of ase/A*, has "
         "not "
         "arrived here yet\n"},
        {REASON_ERASED, 0,
         "  More may have been said than is known here: ASE, who may speak of ase/A*, has erased what it may "
         "still "
         "give back\n"},
    };
    static const struct expression code = {.op = EXPRESSION_TESTED,
                                           .pattern = {(const uint8_t *)"ase/A4", 6}};
    static struct lacking lacking;
    static struct rules_verdict rules = {.lacking = &lacking};
    char expected[512];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        page_case_begin(&shown);
        lacking = (struct lacking){.worst = {.answer = {ANSWER_UNKNOWN, rows[i].reason},
                                             .age_s = rows[i].age_s,
                                             .author = page_case_actor(PAGE_OWNER)},
                                   .worst_of = bytes_of_string("ase/A*")};
        rules.name_space = bytes_of_string("ase");
        shown.verdict.rules_count = 1;
        shown.verdict.rules = &rules;
        shown.verdict.requirement = ANSWER_UNKNOWN;
        shown.verdict.part_count = 2;
        shown.parts[0] = shown.parts[1] =
            (struct requirement_part){.expression = &code, .answer = ANSWER_UNKNOWN};
        snprintf(expected, sizeof expected,
                 "Requirement: could not be determined\n  tested ase/A4: could not be determined\n"
                 "  tested ase/A4: could not be determined\n%s",
                 rows[i].line);
        assert_string_equal(page_case_print(&shown, verdict_text_requirement), expected);
        shown.verdict.requirement = shown.parts[0].answer = shown.parts[1].answer = ANSWER_NO;
        assert_null(strstr(page_case_print(&shown, verdict_text_requirement), "More may have been said"));
    }
}

/* Only where a network leaves something open, and a shop is known that she was in. */
static void the_shop_that_is_not_heard_of_is_named(void **state)
{
    static const struct expression network = {.op = EXPRESSION_IN_NETWORK,
                                              .pattern = {(const uint8_t *)"ase/A5", 6}};
    static const struct missing_part missing[] = {
        {.kind = MISSING_CODE, .answer = ANSWER_UNKNOWN, .pattern = {(const uint8_t *)"ase/A4", 6}},
        {.kind = MISSING_NETWORK, .answer = ANSWER_UNKNOWN, .pattern = {(const uint8_t *)"ase/A5", 6}}};
    static const char line[] =
        "They may work elsewhere by now: what is known of ASE, on whose roster they were, is "
        "19 days old\n";
    static const struct {
        const char *sentence;
        enum answer answer;
        size_t missing, credential;
        enum reason status, workplace;
        bool named;
    } rows[] = {
        {"a network", ANSWER_UNKNOWN, 2, SIZE_MAX, REASON_NONE, REASON_STALE, true},
        {"a certificate that holds in one", ANSWER_UNKNOWN, 0, 0, REASON_CONDITION, REASON_STALE, true},
        {"one that is revoked", ANSWER_UNKNOWN, 0, 0, REASON_REVOKED, REASON_STALE, false},
        {"nothing but a code", ANSWER_UNKNOWN, 1, SIZE_MAX, REASON_NONE, REASON_STALE, false},
        {"a shop that was heard of", ANSWER_UNKNOWN, 2, SIZE_MAX, REASON_NONE, REASON_NONE, false},
        {"what is certain", ANSWER_NO, 2, SIZE_MAX, REASON_NONE, REASON_STALE, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        page_case_begin(&shown);
        shown.verdict.workplace = (struct freshness){.answer = {ANSWER_NO, rows[i].workplace},
                                                     .age_s = UINT64_C(19) * 86400,
                                                     .author = page_case_actor(PAGE_OWNER)};
        shown.verdict.requirement = ANSWER_UNKNOWN;
        shown.verdict.part_count = 1;
        shown.parts[0] = (struct requirement_part){.expression = &network,
                                                   .answer = rows[i].answer,
                                                   .credential = rows[i].credential,
                                                   .missing_count = rows[i].missing,
                                                   .missing = missing};
        shown.verdicts[0].axes[AXIS_STATUS].reason = rows[i].status;
        if ((strstr(page_case_print(&shown, verdict_text_requirement), line) != NULL) != rows[i].named) {
            fail_msg("%s: %s", rows[i].sentence, page_case_print(&shown, verdict_text_requirement));
        }
    }
}

/* ---- the rules ---- */

static void rules_are_those_of_what_is_spoken_of(void **state)
{
    static struct rules_verdict unknown = {.freshness = {.answer = {ANSWER_YES, REASON_NONE}}};
    (void)state;
    page_case_begin(&shown);
    assert_string_equal(page_case_print(&shown, verdict_text_rules),
                        "Rules: ase version 3, epa has no owner in your trust file\n");
    unknown.name_space = bytes_of_string("epa");
    shown.verdict.rules_count = 1;
    shown.verdict.rules = &unknown;
    assert_string_equal(page_case_print(&shown, verdict_text_rules),
                        "Rules: ase version 3, epa not known here\n");
    shown.verdict.part_count = 0;
    assert_string_equal(page_case_print(&shown, verdict_text_rules), "Rules: ase version 3\n");
    shown.credentials[0].about = ABOUT_BESIDE;
    shown.credentials[1].about = ABOUT_BESIDE;
    assert_string_equal(page_case_print(&shown, verdict_text_rules), "");
}

static void old_rules_are_named_with_their_owner(void **state)
{
    static struct rules_verdict old = {
        .freshness = {.answer = {ANSWER_NO, REASON_STALE}, .age_s = UINT64_C(300) * 86400}};
    (void)state;
    page_case_begin(&shown);
    old.name_space = bytes_of_string("ase");
    old.freshness.author = page_case_actor(PAGE_OWNER);
    shown.verdict.rules_count = 1;
    shown.verdict.rules = &old;
    shown.verdict.part_count = 0;
    assert_string_equal(
        page_case_print(&shown, verdict_text_rules),
        "Rules: ase version 3 (what is known of ASE, whose rules these are, is 300 days old)\n");
    shown.credentials[0].about = ABOUT_BESIDE;
    shown.credentials[1].about = ABOUT_BESIDE;
    assert_string_equal(page_case_print(&shown, verdict_text_rules), "");
    old.leaves_doubt = true;
    assert_string_equal(
        page_case_print(&shown, verdict_text_rules),
        "Rules: ase version 3 (what is known of ASE, whose rules these are, is 300 days old)\n");
    set_title(&title_rows[0]);
    shown.titles[0].answer = ANSWER_UNKNOWN;
    old.leaves_doubt = false;
    assert_string_equal(
        page_case_print(&shown, verdict_text_rules),
        "Rules: ase version 3 (what is known of ASE, whose rules these are, is 300 days old)\n");
    old.freshness.answer = (struct axis_answer){ANSWER_YES, REASON_NONE};
    assert_string_equal(page_case_print(&shown, verdict_text_rules), "Rules: ase version 3\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_title_says_that_later_rules_say_otherwise),
        cmocka_unit_test(titles_say_how_far_they_are),
        cmocka_unit_test(titles_of_one_name_are_told_apart),
        cmocka_unit_test(requirements_say_what_is_missing),
        cmocka_unit_test(titles_that_are_required_say_what_they_miss),
        cmocka_unit_test(a_title_of_another_namespace_is_another),
        cmocka_unit_test(nothing_required_is_nothing_said),
        cmocka_unit_test(who_may_have_said_more_is_named),
        cmocka_unit_test(the_shop_that_is_not_heard_of_is_named),
        cmocka_unit_test(rules_are_those_of_what_is_spoken_of),
        cmocka_unit_test(old_rules_are_named_with_their_owner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
