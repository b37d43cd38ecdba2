#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "tests/support/page_case.h"

static struct page_case shown;

static const char *printed(void)
{
    return page_case_print(&shown, verdict_text_credentials);
}

static void says(const char *part)
{
    const char *text = printed();
    if (strstr(text, part) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", part, text);
    }
}

static void says_not(const char *part)
{
    if (strstr(printed(), part) != NULL) {
        fail_msg("\"%s\" is said", part);
    }
}

/* ---- tested and certified ---- */

static void tested_is_told_from_certified(void **state)
{
    (void)state;
    static const struct missing_part year = {.kind = MISSING_EXPERIENCE,
                                             .answer = ANSWER_NO,
                                             .pattern = {(const uint8_t *)"ase/A5", 6},
                                             .days = 365};
    static const struct missing_part open = {.kind = MISSING_EXPERIENCE,
                                             .answer = ANSWER_UNKNOWN,
                                             .pattern = {(const uint8_t *)"ase/A5", 6},
                                             .days = 365};
    static const struct missing_part first[] = {
        {.kind = MISSING_CODE, .answer = ANSWER_NO, .pattern = {(const uint8_t *)"ase/A8", 6}},
        {.kind = MISSING_TITLE, .answer = ANSWER_NO, .name = {(const uint8_t *)"Master", 6}}};
    static const struct missing_part both[] = {
        {.kind = MISSING_CODE, .answer = ANSWER_NO, .pattern = {(const uint8_t *)"ase/A8", 6}},
        {.kind = MISSING_EXPERIENCE,
         .answer = ANSWER_NO,
         .pattern = {(const uint8_t *)"ase/A5", 6},
         .days = 365}};
    static const struct missing_part another = {
        .kind = MISSING_CODE, .answer = ANSWER_NO, .pattern = {(const uint8_t *)"ase/A5", 6}};
    static const struct {
        const char *sentence;
        enum answer tested, certified;
        const struct missing_part *missing;
        const char *words; /* NULL: none */
        size_t missing_count;
    } rows[] = {
        {"certified needs no words", ANSWER_YES, ANSWER_YES, NULL, NULL, 0},
        {"tested says what is missing", ANSWER_YES, ANSWER_NO, &year,
         "                tested; not yet certified: 1 year of experience is missing\n", 1},
        {"what must come first", ANSWER_YES, ANSWER_NO, first,
         "                tested; certified when A8 is held too\n", 1},
        {"two such", ANSWER_YES, ANSWER_NO, first,
         "                tested; certified when A8, \"Master\" are held too\n", 2},
        {"that and experience", ANSWER_YES, ANSWER_NO, both,
         "                tested; not yet certified: A8, 1 year of experience are missing\n", 2},
        {"another attestation of its own", ANSWER_YES, ANSWER_NO, &another,
         "                tested; not yet certified: A5 is missing\n", 1},
        {"tested, and nobody knows the rest", ANSWER_YES, ANSWER_UNKNOWN, &open,
         "                tested; whether certified could not be determined: 1 year of experience\n", 1},
        {"not tested needs none: the certificate says why", ANSWER_NO, ANSWER_NO, NULL, NULL, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        page_case_begin(&shown);
        shown.codes[0].tested = rows[i].tested;
        shown.codes[0].certified = rows[i].certified;
        shown.codes[0].missing_count = rows[i].missing_count;
        shown.codes[0].missing = rows[i].missing;
        const char *text = printed();
        bool found = strstr(text, rows[i].words != NULL ? rows[i].words : "tested") != NULL;
        if (found != (rows[i].words != NULL)) {
            fail_msg("%s: \"%s\"", rows[i].sentence, text);
        }
    }
}

/* ---- what was said about it ---- */

static void what_was_said_is_told_whole(void **state)
{
    (void)state;
    const enum status_reason reasons[2] = {STATUS_REASON_SCORING, STATUS_REASON_UNSPECIFIED};
    page_case_begin(&shown);
    shown.events[0].action = STATUS_REVOKED;
    shown.credentials[0].reasons = reasons;
    says("                said of it: revoked 2025-02-01 (scoring), reinstated 2025-02-01\n");
    shown.said[0] = SAID_VOIDED;
    says("said of it: revoked 2025-02-01 (scoring; in a block declared void), reinstated 2025-02-01\n");
    shown.said[1] = SAID_NOT_BY_THEN;
    says("said of it: revoked 2025-02-01 (scoring; in a block declared void)\n");
    shown.said[0] = SAID_STANDS;
    says("said of it: revoked 2025-02-01 (scoring)\n");
    shown.credentials[0].reasons = NULL;
    says_not("said of it");
    shown.said[0] = SAID_DISPUTED;
    says("said of it: revoked 2025-02-01 (in a disputed block)\n");
    shown.said[0] = SAID_TO_COME;
    says("said of it: revoked 2025-02-01\n");
    shown.events[0].action = STATUS_HELD_BY;
    says_not("said of it");
}

static void the_shop_that_leaves_a_condition_open_is_named(void **state)
{
    (void)state;
    page_case_begin(&shown);
    shown.verdict.workplace = (struct freshness){.answer = {ANSWER_NO, REASON_STALE},
                                                 .age_s = UINT64_C(19) * 86400,
                                                 .author = page_case_actor(PAGE_OWNER)};
    says_not("roster");
    shown.verdicts[0].axes[AXIS_STATUS] = (struct axis_answer){ANSWER_UNKNOWN, REASON_CONDITION};
    says("                what is known of ASE, on whose roster they were, is 19 days old\n");
    shown.verdict.workplace.answer = (struct axis_answer){ANSWER_YES, REASON_NONE};
    says_not("roster");
}

static void what_came_after_the_end_is_told(void **state)
{
    (void)state;
    page_case_begin(&shown);
    says_not("accreditation ended");
    shown.verdicts[0].end =
        (struct accreditation_end){.lateness = LATE_NOT_KNOWN, .day = page_case_day("2026-03-31")};
    shown.credentials[0].place.time_s = time_of_day(page_case_day("2026-03-31"));
    says("its issuer's accreditation ended on 2026-03-31; signed before the end by its own word\n");
    shown.credentials[0].place.time_s = time_of_day(page_case_day("2026-04-01"));
    says("its issuer's accreditation ended on 2026-03-31; signed at most 90 days after that by its own "
         "word\n");
    shown.credentials[0].place.time_s = time_of_day(page_case_day("2026-06-30"));
    says(
        "its issuer's accreditation ended on 2026-03-31; signed long after that in the place of one that was "
        "signed in time by its own word\n");
    shown.credentials[0].place = (struct dossier_place){.log = shown.credentials[0].place.log,
                                                        .time_s = time_of_day(page_case_day("2026-02-01")),
                                                        .arrived_s = time_of_day(page_case_day("2026-08-02")),
                                                        .below_s = time_of_day(page_case_day("2026-08-01"))};
    says("in the place of one that was signed in time by its own word\n");
    shown.credentials[0].place.time_s = 0;
    says("its issuer's accreditation ended on 2026-03-31; when it was signed is not known here\n");
    shown.verdicts[0].end.lateness = LATE_YES;
    says("its issuer's accreditation ended on 2026-03-31; signed long after that\n");
}

static void what_is_said_beyond_a_cut_is_marked(void **state)
{
    (void)state;
    page_case_begin(&shown);
    shown.events[0].action = STATUS_REVOKED;
    shown.said[0] = SAID_BEYOND_CUT;
    says("said of it: revoked 2025-02-01 (after its author might no longer say so)");
    shown.said[0] = SAID_CUT_UNKNOWN;
    says("said of it: revoked 2025-02-01 (perhaps after its author might no longer say so)");
    shown.events[0].action = STATUS_REINSTATED;
    shown.said[0] = SAID_AFTER_END;
    says("said of it: reinstated 2025-02-01 (long after its author's accreditation had ended)");
}

/* Beside each: where it was said, and what became of that. */
static void what_was_said_on_a_branch_says_so(void **state)
{
    const uint64_t dropped_s = 1772452800; /* noon of 2026-03-02 */
    struct dossier_block blocks[2] = {{.side = true, .void_day = DAY_NONE}, {.void_day = DAY_NONE}};
    (void)state;
    page_case_begin(&shown);
    shown.events[0].action = STATUS_REVOKED;
    shown.credentials[0].place.event_blocks = blocks;
    shown.said[0] = SAID_DISPUTED;
    says("said of it: revoked 2025-02-01 (on another branch, disputed), reinstated 2025-02-01\n");
    blocks[0].dropped_s = dropped_s;
    shown.said[0] = SAID_DROPPED;
    says("said of it: revoked 2025-02-01 (on a branch that was dropped on 2026-03-02), reinstated");
    shown.said[0] = SAID_REWOUND;
    says("said of it: revoked 2025-02-01 (on a branch that was dropped on 2026-03-02), reinstated");
    blocks[0].void_day = page_case_day("2026-03-09");
    blocks[0].void_reason = STATUS_REASON_KEY_COMPROMISE;
    shown.said[0] = SAID_VOIDED;
    says("said of it: revoked 2025-02-01 (on a branch declared void on 2026-03-09: key-compromise), rein");
    blocks[0].side = false;
    says("said of it: revoked 2025-02-01 (in a block declared void on 2026-03-09: key-compromise), rein");
}

static void an_appeal_says_since_when(void **state)
{
    (void)state;
    page_case_begin(&shown);
    shown.verdicts[0].appeal_day = page_case_day("2026-03-01");
    says("                under appeal since 2026-03-01\n");
}

static void a_replacement_is_named(void **state)
{
    (void)state;
    page_case_begin(&shown);
    shown.credentials[1].has_replacement = true;
    page_entry_name(&shown.credentials[1].replacement, &shown.page, &shown.credentials[0].place);
    says("                replaced by ase/A5 Brakes (ttpa1");
    says("/7/3/00000000000000000000000000000000)\n");
    shown.credentials[1].replacement.seq = 8;
    says("                replaced by ttpa1");
    says("/8/3/00000000000000000000000000000000\n");
}

static void the_holders_word_stands_beneath(void **state)
{
    (void)state;
    struct dossier_statement statement = {.place = {.log = 0, .seq = 20},
                                          .statement = {.text = bytes_of_string("They mixed us up.")}};
    page_case_begin(&shown);
    page_entry_name(&statement.statement.about, &shown.page, &shown.credentials[1].place);
    shown.dossier.statements = &statement;
    shown.dossier.statement_count = 1;
    says("minutes ago\n                the holder's own statement: \"They mixed us up.\"\n");
    statement.place.voided = true;
    says_not("They mixed");
    statement.place.voided = false;
    const struct history_event taken_back = {.action = STATUS_REVOKED,
                                             .effective_day = page_case_day("2026-11-22")};
    const bool voided = false;
    statement.place.event_count = 1;
    statement.place.events = &taken_back;
    statement.place.event_voided = &voided;
    says_not("They mixed");
    shown.page.at_day--;
    says("They mixed");
}

static void a_silent_one_names_its_network(void **state)
{
    (void)state;
    page_case_begin(&shown);
    shown.credentials[1].attestation.has_network = true;
    shown.credentials[1].attestation.network_code = bytes_of_string("ford/network-shop");
    shown.verdicts[1].axes[AXIS_STATUS] = (struct axis_answer){ANSWER_NO, REASON_OUTSIDE_NETWORK};
    shown.verdicts[1].effective_day = page_case_day("2026-10-01");
    says("ase/A6: silent since 2026-10-01: not in a shop of the network (ford/network-shop)\n");
}

static void a_lifetime_says_whose_it_is(void **state)
{
    (void)state;
    page_case_begin(&shown);
    shown.verdicts[0].limited_to = page_case_day("2029-06-30");
    shown.verdicts[0].lifetime_months = 60;
    says("ase/A5 Brakes: valid until 2029-06-30 (the rules of ase give it 60 months)\n");
    shown.verdicts[0].until_day--; /* suspended from then on */
    says_not("give it");
    shown.verdicts[1].limited_to = page_case_day("2025-07-30");
    shown.verdicts[1].lifetime_months = 1;
    says_not("give it"); /* revoked */
    shown.verdicts[1].axes[AXIS_STATUS].reason = REASON_EXPIRED;
    shown.verdicts[1].effective_day = page_case_day("2025-07-30");
    says("ase/A6: expired after 2025-07-30 (the rules of ase give it 1 month)\n");
}

static void the_rules_that_judged_are_named(void **state)
{
    (void)state;
    struct dossier_pack later = {.pack = {.name_space = bytes_of_string("ase"), .version = 4}};
    page_case_begin(&shown);
    says_not("by the rules");
    says_not("later rules");
    shown.verdicts[0].pack = &shown.pack;
    shown.verdicts[0].later_rules = &later;
    says("from ASE; exam of 2024-06-30; by the rules of ase, version 3; issuer seen");
    says("                later rules say otherwise: version 4, which came too late to change it\n");
}

static void experience_says_what_it_documents(void **state)
{
    (void)state;
    page_case_begin(&shown);
    shown.credentials[0].attestation.basis = BASIS_EXPERIENCE;
    shown.credentials[1].attestation.basis = BASIS_EXPERIENCE;
    shown.verdicts[0].until_day = DAY_NONE;
    says("ase/A5 Brakes: documents 2024-06-30 to 2029-06-30\n                from ASE; issuer seen");
    says("revoked since 2026-03-02\n                from Ohio Auto College, accredited by ASE; documents "
         "2024-06-30 to 2029-06-30; issuer seen");
    shown.credentials[0].attestation.has_last_day = false;
    says("ase/A5 Brakes: documents the time since 2024-06-30\n");
}

/* ---- strangers ---- */

static void what_strangers_say_stands_apart(void **state)
{
    (void)state;
    page_case_begin(&shown);
    says_not("Said by others");
    shown.verdicts[1].axes[AXIS_AUTHORITY] = (struct axis_answer){ANSWER_NO, REASON_UNTRUSTED};
    says("seen 40 seconds ago\n");
    says("Said by others, who are not authorised; it decides nothing:\n  INVALID       ase/A6: not trusted");
    shown.verdicts[0].axes[AXIS_AUTHORITY] = (struct axis_answer){ANSWER_NO, REASON_NAMESPACE_UNOWNED};
    says("  Nothing here from anybody authorised.\nSaid by others");
    const struct presented presented = {.reason = REASON_NONE};
    shown.page.presented = &presented;
    says_not("Said by others");
    says("not trusted");
}

static void strangers_do_not_fill_the_page(void **state)
{
    (void)state;
    enum { MANY = 12 };
    static struct credential_verdict many[MANY];
    page_case_begin(&shown);
    shown.verdicts[1].axes[AXIS_AUTHORITY] = (struct axis_answer){ANSWER_NO, REASON_UNTRUSTED};
    for (size_t i = 0; i < MANY; i++) {
        many[i] = shown.verdicts[1];
        many[i].effective_day -= (uint32_t)i;
    }
    shown.verdict.credentials = many;
    shown.verdict.credential_count = MANY;
    shown.verdict.code_count = 0;
    says("  ... and 4 more: --all\n");
    shown.page.all = true;
    says_not("more: --all");
}

/* ---- which are shown ---- */

/* Make the first certificate one of the second's code that has expired. */
static void expire_first(void)
{
    page_case_begin(&shown);
    shown.credentials[0].attestation.code = bytes_of_string("ase/A6");
    shown.credentials[0].attestation.earned_on = page_case_day("2019-06-30");
    shown.verdicts[0].overall = OVERALL_INVALID;
    shown.verdicts[0].axes[AXIS_STATUS] = (struct axis_answer){ANSWER_NO, REASON_EXPIRED};
    shown.verdicts[0].effective_day = page_case_day("2024-06-29");
}

static void older_ones_are_summed_up(void **state)
{
    (void)state;
    expire_first();
    says("  1 older certificate of the same codes is not shown: --all\n");
    says_not("expired after");
    shown.page.all = true;
    says("expired after 2024-06-29");
    says_not("older certificate");
}

static void what_nothing_took_the_place_of_is_shown(void **state)
{
    (void)state;
    expire_first();
    shown.credentials[0].attestation.code = bytes_of_string("ase/A7");
    says("expired after");
    expire_first();
    shown.credentials[0].attestation.earned_on = page_case_day("2025-06-30");
    says("expired after");
    expire_first();
    shown.verdicts[1].axes[AXIS_AUTHORITY] = (struct axis_answer){ANSWER_NO, REASON_UNTRUSTED};
    says("expired after");
    expire_first();
    shown.credentials[0].attestation.last_day++;
    says("expired after");
    expire_first();
    shown.verdicts[1].axes[AXIS_STATUS] = (struct axis_answer){ANSWER_NO, REASON_NOT_YET_VALID};
    says("expired after");
    expire_first();
    shown.credentials[1].about = ABOUT_BESIDE;
    says("expired after");
    expire_first();
    shown.verdicts[0].axes[AXIS_STATUS].reason = REASON_REVOKED;
    says("revoked since 2024-06-29");
}

static void what_was_not_asked_for_is_not_listed(void **state)
{
    (void)state;
    page_case_begin(&shown);
    shown.credentials[0].about = ABOUT_BESIDE;
    says_not("ase/A5");
    says("ase/A6");
    shown.credentials[1].about = ABOUT_SHOP;
    assert_string_equal(printed(), "  No certificate that counts.\n");
    shown.page.has_known_by = true;
    shown.page.known_by_s = 0;
    says("nothing about them had reached this node by 1970-01-01T00:00:00Z");
}

static void what_was_erased_is_said(void **state)
{
    struct erased_about erased[] = {
        {.author = page_case_actor(PAGE_OWNER), .count = 1, .time_s = 1764000000},
        {.author = page_case_actor(PAGE_COLLEGE), .count = 3, .time_s = 1764000000},
    };
    (void)state;
    page_case_begin(&shown);
    says_not("erased by");
    shown.page.erased = erased;
    shown.page.erased_count = 2;
    says("  1 certificate by ");
    says(" was erased by its issuer, last on 2025-11-24: nobody reads it now\n"
         "      (for seven days the issuer may give it back, on its own node until seven days after its next "
         "key "
         "rotation)\n");
    says("  3 certificates by ");
}

/* ---- issued more than once ---- */

/* Another entry of the same issuer says what the first one says, of which nothing else was said. */
static void begin_twins(void)
{
    page_case_begin(&shown);
    shown.credentials[0].place.event_count = 0;
    shown.credentials[1] = shown.credentials[0];
    shown.credentials[1].place.seq++;
    shown.verdicts[1] = shown.verdicts[0];
    shown.verdicts[1].credential = 1;
    shown.verdict.code_count = 1;
}

static void leave_it(void) {}

static void last_longer(void)
{
    shown.credentials[1].attestation.last_day++;
}

static void be_of_another_day(void)
{
    shown.credentials[1].attestation.earned_on++;
}

static void be_of_another_basis(void)
{
    shown.credentials[1].attestation.basis = BASIS_RECERTIFICATION;
}

static void be_for_a_network(void)
{
    shown.credentials[1].attestation.has_network = true;
    shown.credentials[1].attestation.network_code = bytes_of_string("ford/network-shop");
}

static void have_other_salts(void)
{
    shown.credentials[1].attestation.has_claims = true;
    shown.credentials[1].attestation.claims_root.bytes[0] = 1;
}

static void be_anothers(void)
{
    shown.credentials[1].place.log = 1;
}

static void be_revoked(void)
{
    shown.verdicts[1].overall = OVERALL_INVALID;
    shown.verdicts[1].axes[AXIS_STATUS] = (struct axis_answer){ANSWER_NO, REASON_REVOKED};
    shown.verdicts[1].effective_day = page_case_day("2026-03-02");
}

static void be_replaced(void)
{
    shown.credentials[1].has_replacement = true;
}

static void have_been_suspended(void)
{
    shown.credentials[1].place.event_count = 2;
}

static void what_was_issued_twice_is_one_line(void **state)
{
    static const struct {
        const char *sentence;
        void (*change)(void);
        bool is_one;
    } rows[] = {
        {"the same", leave_it, true},
        {"the same with claims, whose salts differ", have_other_salts, true},
        {"another last day", last_longer, false},
        {"another day earned", be_of_another_day, false},
        {"another basis", be_of_another_basis, false},
        {"another condition", be_for_a_network, false},
        {"another issuer", be_anothers, false},
        {"what was said against one of them is not hidden", be_revoked, false},
        {"nor what took its place", be_replaced, false},
        {"nor what was said of it once", have_been_suspended, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin_twins();
        rows[i].change();
        const char *first = strstr(printed(), "ase/A5 Brakes:");
        bool is_one = first != NULL && strstr(first + 1, "ase/A5 Brakes:") == NULL;
        bool is_told = strstr(printed(), "; issued 2 times") != NULL;
        if (is_one != rows[i].is_one || is_told != rows[i].is_one) {
            fail_msg("%s: %s", rows[i].sentence, printed());
        }
    }
    begin_twins();
    shown.page.all = true;
    assert_non_null(strstr(strstr(printed(), "ase/A5 Brakes:") + 1, "ase/A5 Brakes:"));
    says_not("issued 2 times");
}

/* Below it stands what its code waits for. */
static void of_two_alike_the_one_that_speaks_for_its_code_is_shown(void **state)
{
    static const struct missing_part year = {.kind = MISSING_EXPERIENCE,
                                             .answer = ANSWER_NO,
                                             .pattern = {(const uint8_t *)"ase/A5", 6},
                                             .days = 365};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        begin_twins();
        shown.codes[0].credential = i;
        shown.codes[0].certified = ANSWER_NO;
        shown.codes[0].missing = &year;
        shown.codes[0].missing_count = 1;
        assert_true(page_is_twin(&shown.page, 1 - i));
        assert_false(page_is_twin(&shown.page, i));
        says("tested; not yet certified: 1 year of experience is missing\n");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tested_is_told_from_certified),
        cmocka_unit_test(what_was_said_is_told_whole),
        cmocka_unit_test(the_shop_that_leaves_a_condition_open_is_named),
        cmocka_unit_test(what_came_after_the_end_is_told),
        cmocka_unit_test(what_is_said_beyond_a_cut_is_marked),
        cmocka_unit_test(what_was_said_on_a_branch_says_so),
        cmocka_unit_test(an_appeal_says_since_when),
        cmocka_unit_test(a_replacement_is_named),
        cmocka_unit_test(the_holders_word_stands_beneath),
        cmocka_unit_test(a_silent_one_names_its_network),
        cmocka_unit_test(a_lifetime_says_whose_it_is),
        cmocka_unit_test(the_rules_that_judged_are_named),
        cmocka_unit_test(experience_says_what_it_documents),
        cmocka_unit_test(what_strangers_say_stands_apart),
        cmocka_unit_test(strangers_do_not_fill_the_page),
        cmocka_unit_test(older_ones_are_summed_up),
        cmocka_unit_test(what_nothing_took_the_place_of_is_shown),
        cmocka_unit_test(what_was_not_asked_for_is_not_listed),
        cmocka_unit_test(what_was_erased_is_said),
        cmocka_unit_test(what_was_issued_twice_is_one_line),
        cmocka_unit_test(of_two_alike_the_one_that_speaks_for_its_code_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
