#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "cmd/verdict_text.h"
#include "tests/support/page_case.h"

/* ---- the words for one certificate ---- */

static const struct words_row {
    const char *sentence;
    enum overall overall;
    enum axis axis; /* where the answer is not yes */
    enum answer answer;
    enum reason reason;
    const char *until;     /* NULL: for life */
    const char *effective; /* NULL: none */
    uint64_t age_s;
    const char *words;
} words_rows[] = {
    {"a valid one says until when", OVERALL_VALID, AXIS_STATUS, ANSWER_YES, REASON_NONE, "2029-06-30", NULL,
     40, "valid until 2029-06-30"},
    {"a lasting one says so", OVERALL_VALID, AXIS_STATUS, ANSWER_YES, REASON_NONE, NULL, NULL, 40,
     "valid for life"},
    {"an expired one says after which day", OVERALL_INVALID, AXIS_STATUS, ANSWER_NO, REASON_EXPIRED, NULL,
     "2025-06-30", 40, "expired after 2025-06-30"},
    {"a revoked one says since when", OVERALL_INVALID, AXIS_STATUS, ANSWER_NO, REASON_REVOKED, NULL,
     "2026-03-02", 40, "revoked since 2026-03-02"},
    {"revoked stands however old the evidence", OVERALL_INVALID, AXIS_STATUS, ANSWER_NO, REASON_REVOKED, NULL,
     "2026-03-02", 9 * 86400, "revoked since 2026-03-02"},
    {"a suspended one says since when", OVERALL_INVALID, AXIS_STATUS, ANSWER_NO, REASON_SUSPENDED, NULL,
     "2026-03-02", 40, "suspended since 2026-03-02"},
    {"one that is not valid yet says from when on", OVERALL_INVALID, AXIS_STATUS, ANSWER_NO,
     REASON_NOT_YET_VALID, NULL, "2027-01-01", 40, "not valid before 2027-01-01"},
    {"a replaced one says since when", OVERALL_INVALID, AXIS_STATUS, ANSWER_NO, REASON_REPLACED, NULL,
     "2026-03-02", 40, "replaced since 2026-03-02"},
    {"one that went to another id says since when", OVERALL_INVALID, AXIS_STATUS, ANSWER_NO, REASON_REBOUND,
     NULL, "2026-03-02", 40, "held under another id since 2026-03-02"},
    {"a brand's is silent since its holder left the network", OVERALL_INVALID, AXIS_STATUS, ANSWER_NO,
     REASON_OUTSIDE_NETWORK, NULL, "2026-10-01", 40, "silent since 2026-10-01: not in a shop of the network"},
    {"one that rules do not let count speaks against the certificate, not its issuer", OVERALL_INVALID,
     AXIS_AUTHORITY, ANSWER_NO, REASON_PREREQUISITE, NULL, NULL, 40,
     "does not count: the rules of that day do not let one like this count, or one so soon after another"},
    {"one in a void block does not hold", OVERALL_INVALID, AXIS_STATUS, ANSWER_NO, REASON_VOIDED, NULL, NULL,
     40, "does not hold: the issuer has declared void what is written there"},
    {"an issuer that nobody vouches for is not trusted", OVERALL_INVALID, AXIS_AUTHORITY, ANSWER_NO,
     REASON_UNTRUSTED, NULL, NULL, 40, "not trusted: nobody in your trust file vouches for this issuer"},
    {"nor is one that may not certify this", OVERALL_INVALID, AXIS_AUTHORITY, ANSWER_NO,
     REASON_NOT_ACCREDITED, NULL, NULL, 40,
     "not trusted: the owner of this code has not accredited the issuer for it"},
    {"nor one whose accreditation was withdrawn", OVERALL_INVALID, AXIS_AUTHORITY, ANSWER_NO,
     REASON_WITHDRAWN, NULL, NULL, 40,
     "not trusted: the issuer's accreditation was withdrawn, and this is not among what it leaves standing"},
    {"an altered one is not genuine", OVERALL_INVALID, AXIS_INTEGRITY, ANSWER_NO, REASON_PATH_MISMATCH, NULL,
     NULL, 40, "not genuine: it is not what its issuer signed"},
    {"an unknown issuer is neither yes nor no", OVERALL_UNDETERMINED, AXIS_INTEGRITY, ANSWER_UNKNOWN,
     REASON_UNKNOWN_ISSUER, NULL, NULL, UINT64_MAX,
     "could not be determined: nothing of this issuer's log is held here"},
    {"nor is a state that nobody has seen", OVERALL_UNDETERMINED, AXIS_INTEGRITY, ANSWER_UNKNOWN,
     REASON_UNWITNESSED, NULL, NULL, 40,
     "could not be determined: the proof leads to a state of the issuer's log that this node has not seen"},
    {"nor an erased one", OVERALL_UNDETERMINED, AXIS_INTEGRITY, ANSWER_UNKNOWN, REASON_ERASED, NULL, NULL, 40,
     "could not be determined: the issuer has erased what this certificate said"},
    {"nor one without rules", OVERALL_UNDETERMINED, AXIS_AUTHORITY, ANSWER_UNKNOWN, REASON_NO_RULE_PACK, NULL,
     NULL, 40, "could not be determined: the owner's rules for that day are not known here"},
    {"nor a disputed one", OVERALL_UNDETERMINED, AXIS_STATUS, ANSWER_UNKNOWN, REASON_DISPUTED, NULL, NULL, 40,
     "could not be determined: the issuer's keys signed two contradicting logs, so this part is disputed"},
    {"stale evidence says what it last said, and when", OVERALL_UNDETERMINED, AXIS_FRESHNESS, ANSWER_NO,
     REASON_STALE, "2029-06-30", NULL, 9 * 86400,
     "could not be determined: what is known of the issuer is too old; valid until 2029-06-30 by what is "
     "held "
     "here, seen 9 days ago"},
    {"no sign of life is no age", OVERALL_UNDETERMINED, AXIS_FRESHNESS, ANSWER_UNKNOWN, REASON_NO_CHECKPOINT,
     NULL, NULL, UINT64_MAX,
     "could not be determined: the issuer has not yet said how far its log goes; valid for life by what is "
     "held "
     "here"},
    {"one whose issuer's accreditation is void says whose word that was", OVERALL_UNDETERMINED,
     AXIS_AUTHORITY, ANSWER_UNKNOWN, REASON_VOIDED, NULL, NULL, 40,
     "could not be determined: who let the issuer certify this has declared that void"},
    {"so does one whose accreditor is disputed", OVERALL_UNDETERMINED, AXIS_AUTHORITY, ANSWER_UNKNOWN,
     REASON_DISPUTED, NULL, NULL, 40,
     "could not be determined: the keys of who let the issuer certify this signed two contradicting logs"},
    {"or went back", OVERALL_UNDETERMINED, AXIS_AUTHORITY, ANSWER_UNKNOWN, REASON_REWOUND, NULL, NULL, 40,
     "could not be determined: the log of who let the issuer certify this went back behind what was seen "
     "before"},
};

static struct credential_verdict verdict_of_row(const struct words_row *row)
{
    struct credential_verdict verdict = {
        .overall = row->overall,
        .since_day = DAY_NONE,
        .until_day = row->until != NULL ? page_case_day(row->until) : DAY_NONE,
        .effective_day = row->effective != NULL ? page_case_day(row->effective) : DAY_NONE,
        .evidence_age_s = row->age_s,
    };
    if (row->age_s > 86400) {
        verdict.axes[AXIS_FRESHNESS] = (struct axis_answer){ANSWER_NO, REASON_STALE};
    }
    verdict.axes[row->axis] = (struct axis_answer){row->answer, row->reason};
    return verdict;
}

static void every_verdict_has_its_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(words_rows) / sizeof(words_rows[0]); i++) {
        char words[VERDICT_WORDS_SIZE];
        struct credential_verdict verdict = verdict_of_row(&words_rows[i]);
        credential_words(words, &verdict);
        if (strcmp(words, words_rows[i].words) != 0) {
            fail_msg("%s: \"%s\"", words_rows[i].sentence, words);
        }
    }
}

/* What documents work is valid for no time: it tells of one. */
static void experience_says_what_it_documents_however_old(void **state)
{
    static const struct words_row rows[] = {
        {"fresh", OVERALL_VALID, AXIS_STATUS, ANSWER_YES, REASON_NONE, NULL, NULL, 40,
         "documents 2024-01-01 to 2025-12-31"},
        {"stale", OVERALL_UNDETERMINED, AXIS_FRESHNESS, ANSWER_NO, REASON_STALE, NULL, NULL, 20 * 86400,
         "could not be determined: what is known of the issuer is too old; documents 2024-01-01 to "
         "2025-12-31 by what is held here, seen 20 days ago"},
        {"revoked", OVERALL_INVALID, AXIS_STATUS, ANSWER_NO, REASON_REVOKED, NULL, "2026-03-02", 40,
         "revoked since 2026-03-02"},
    };
    const struct dossier_credential worked = {.attestation = {.basis = BASIS_EXPERIENCE,
                                                              .valid_from = page_case_day("2024-01-01"),
                                                              .has_last_day = true,
                                                              .last_day = page_case_day("2025-12-31")}};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char words[VERDICT_WORDS_SIZE];
        struct credential_verdict verdict = verdict_of_row(&rows[i]);
        verdict.limited_to = DAY_NONE;
        credential_line(words, &verdict, &worked);
        assert_string_equal(words, rows[i].words);
    }
}

static char *read_readme(void)
{
    static char text[64 * 1024];
    FILE *file = fopen(SOURCE_ROOT "/README.md", "r");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof(text) - 1, file);
    assert_true(size > 0 && feof(file));
    text[size] = '\0';
    fclose(file);
    return text;
}

/* The first row of a reason is the one that people read of there. */
static const char *words_of_reason(enum reason reason)
{
    size_t i = 0;
    while (words_rows[i].reason != reason) {
        i++;
        assert_true(i < sizeof(words_rows) / sizeof(words_rows[0]));
    }
    return words_rows[i].words;
}

static void the_readme_shows_what_is_printed(void **state)
{
    static const enum reason shown_there[] = {REASON_NONE,    REASON_OUTSIDE_NETWORK, REASON_EXPIRED,
                                              REASON_REVOKED, REASON_UNTRUSTED,       REASON_UNKNOWN_ISSUER,
                                              REASON_STALE,   REASON_DISPUTED};
    const char *readme = read_readme();
    (void)state;
    for (size_t i = 0; i < sizeof(shown_there) / sizeof(shown_there[0]); i++) {
        if (strstr(readme, words_of_reason(shown_there[i])) == NULL) {
            fail_msg("README.md does not say \"%s\"", words_of_reason(shown_there[i]));
        }
    }
}

/* Whatever the axes say, the words neither reach their room's end nor call what is unknown valid or revoked.
 */
static void no_reason_overflows_or_misleads(void **state)
{
    (void)state;
#define REASON_AS_VALUE(name, number, word) name,
    static const enum reason reasons[] = {REASON_LIST(REASON_AS_VALUE)};
#undef REASON_AS_VALUE
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        for (int axis = AXIS_INTEGRITY; axis <= AXIS_FRESHNESS; axis++) {
            const struct words_row row = {.overall = OVERALL_UNDETERMINED,
                                          .axis = (enum axis)axis,
                                          .answer = ANSWER_UNKNOWN,
                                          .reason = reasons[i],
                                          .until = "2029-06-30",
                                          .age_s = 20000 * UINT64_C(86400)};
            char words[VERDICT_WORDS_SIZE];
            struct credential_verdict verdict = verdict_of_row(&row);
            credential_words(words, &verdict);
            assert_true(strlen(words) < VERDICT_WORDS_SIZE - 1);
            assert_memory_equal(words, "could not be determined: ", 25);
        }
    }
}

static void ages_are_said_in_words(void **state)
{
    (void)state;
    static const struct {
        uint64_t age_s;
        const char *words;
    } rows[] = {
        {0, "0 seconds ago"},
        {1, "1 second ago"},
        {40, "40 seconds ago"},
        {119, "119 seconds ago"},
        {120, "2 minutes ago"},
        {7199, "119 minutes ago"},
        {7200, "2 hours ago"},
        {2 * 86400 - 1, "47 hours ago"},
        {2 * 86400, "2 days ago"},
        {9 * 86400, "9 days ago"},
        {UINT64_MAX - 1, "213503982334601 days ago"},
        {UINT64_MAX, "not seen yet"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char words[AGE_WORDS_SIZE];
        age_words(words, rows[i].age_s);
        assert_string_equal(words, rows[i].words);
    }
}

/* ---- the whole ---- */

static void the_bearer_bounds_the_whole(void **state)
{
    (void)state;
    static const struct {
        const char *sentence;
        enum overall certificates;
        enum reason reason;
        enum reason refused; /* of an item; REASON_NONE: none is */
        enum overall whole;
    } rows[] = {
        {"a proven bearer leaves the verdict as it is", OVERALL_VALID, REASON_NONE, REASON_NONE,
         OVERALL_VALID},
        {"also an invalid one", OVERALL_INVALID, REASON_NONE, REASON_NONE, OVERALL_INVALID},
        {"without a challenge it is undetermined at most", OVERALL_VALID, REASON_NO_CHALLENGE, REASON_NONE,
         OVERALL_UNDETERMINED},
        {"but no better than its certificates", OVERALL_INVALID, REASON_NO_CHALLENGE, REASON_NONE,
         OVERALL_INVALID},
        {"a clock that is off leaves it open", OVERALL_VALID, REASON_CLOCK, REASON_NONE,
         OVERALL_UNDETERMINED},
        {"a second answer is refused", OVERALL_VALID, REASON_REPLAYED, REASON_NONE, OVERALL_INVALID},
        {"a forged one too", OVERALL_VALID, REASON_BAD_SIGNATURE, REASON_NONE, OVERALL_INVALID},
        {"one for someone else too", OVERALL_VALID, REASON_WRONG_AUDIENCE, REASON_NONE, OVERALL_INVALID},
        {"replaced keys too", OVERALL_UNDETERMINED, REASON_HOLDER_KEY, REASON_NONE, OVERALL_INVALID},
        {"a late one too", OVERALL_VALID, REASON_PRESENTATION_EXPIRED, REASON_NONE, OVERALL_INVALID},
        {"someone else's certificate spoils it", OVERALL_VALID, REASON_NONE, REASON_NOT_THE_HOLDER,
         OVERALL_INVALID},
        {"so does one that is not what was signed", OVERALL_VALID, REASON_NONE, REASON_PATH_MISMATCH,
         OVERALL_INVALID},
        {"one that is not to be had here leaves it open", OVERALL_VALID, REASON_NONE, REASON_NOT_FOUND,
         OVERALL_UNDETERMINED},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct verdict verdict = {.overall = rows[i].certificates};
        const struct refused_item refused = {.reason = rows[i].refused};
        const struct presented presented = {.reason = rows[i].reason,
                                            .refused_count = rows[i].refused == REASON_NONE ? 0 : 1,
                                            .refused = &refused};
        if (page_overall(&verdict, &presented) != rows[i].whole) {
            fail_msg("%s", rows[i].sentence);
        }
        assert_int_equal(page_overall(&verdict, NULL), rows[i].certificates);
    }
}

/* ---- a page ---- */

static struct page_case shown;

static void a_lookup_reads_so(void **state)
{
    (void)state;
    page_case_begin(&shown);
    assert_string_equal(
        page_case_print(&shown, verdict_text_print),
        "About: Maria Lopez, on 2026-11-22\n"
        "  VALID         ase/A5 Brakes: valid until 2029-06-30\n"
        "                from ASE; exam of 2024-06-30; issuer seen 40 seconds ago\n"
        "                said of it: suspended 2025-02-01, reinstated 2025-02-01\n"
        "  INVALID       ase/A6: revoked since 2026-03-02\n"
        "                from Ohio Auto College, accredited by ASE; exam of 2024-06-30; issuer seen 5 "
        "minutes ago\n"
        "Requirement: not met\n"
        "  ase/A5: held\n"
        "  epa/609: not held; no certificate for it is known here\n"
        "Next to lapse: ase/A5 on 2029-06-30\n"
        "Rules: ase version 3, epa has no owner in your trust file\n"
        "What to do about ase/A6: Ask the holder or the issuer for the reason.\n"
        "VERDICT: INVALID\n");
}

static const char *last_line(void)
{
    return strstr(page_case_print(&shown, verdict_text_print), "VERDICT: ");
}

/* An employer reads the last line. */
static void who_is_only_tested_is_not_called_valid_without_more(void **state)
{
    static const struct missing_part year = {.kind = MISSING_EXPERIENCE,
                                             .answer = ANSWER_NO,
                                             .pattern = {(const uint8_t *)"ase/A5", 6},
                                             .days = 365};
    (void)state;
    page_case_begin(&shown);
    shown.page.overall = OVERALL_VALID;
    shown.requirement.text = bytes_of_string("");
    assert_string_equal(last_line(), "VERDICT: VALID\n");
    shown.codes[0].certified = ANSWER_NO;
    shown.codes[0].missing = &year;
    shown.codes[0].missing_count = 1;
    assert_string_equal(
        last_line(),
        "VERDICT: VALID as tests passed; not certified yet: ase/A5 (needs 1 year of experience)\n");
    shown.codes[1].certified = ANSWER_YES;
    assert_string_equal(last_line(),
                        "VERDICT: VALID; not certified yet: ase/A5 (needs 1 year of experience)\n");
    shown.codes[0].certified = ANSWER_UNKNOWN;
    assert_string_equal(last_line(), "VERDICT: VALID; not certified yet: ase/A5 (could not be determined)\n");
    shown.requirement.text = bytes_of_string("tested ase/A5");
    assert_string_equal(last_line(), "VERDICT: VALID\n");
    shown.requirement.text = bytes_of_string("");
    shown.page.overall = OVERALL_UNDETERMINED;
    assert_string_equal(last_line(), "VERDICT: UNDETERMINED\n");
}

static void a_renewal_of_what_was_revoked_is_not_blamed(void **state)
{
    (void)state;
    page_case_begin(&shown);
    shown.credentials[0].attestation.code = shown.credentials[1].attestation.code;
    shown.credentials[0].attestation.earned_on = shown.credentials[1].attestation.earned_on + 700;
    shown.verdicts[0].overall = OVERALL_INVALID;
    shown.verdicts[0].axes[AXIS_AUTHORITY] = (struct axis_answer){ANSWER_NO, REASON_RENEWAL};
    assert_non_null(strstr(page_case_print(&shown, verdict_text_print), "What it renews was taken back"));
    shown.credentials[0].attestation.earned_on = shown.credentials[1].attestation.earned_on;
    assert_non_null(strstr(page_case_print(&shown, verdict_text_print), "Ask the issuer how it was renewed"));
}

static void a_presentation_reads_so(void **state)
{
    (void)state;
    page_case_begin(&shown);
    const struct refused_item refused = {
        .has_name = true,
        .name = {.author = page_case_actor(PAGE_COLLEGE), .seq = 9, .index = 1},
        .reason = REASON_NOT_THE_HOLDER};
    const struct presented presented = {.reason = REASON_NO_CHALLENGE,
                                        .audience = page_case_actor(PAGE_OWNER),
                                        .refused_count = 1,
                                        .refused = &refused};
    shown.verdict = (struct verdict){.next_lapse_day = DAY_NONE};
    shown.page.presented = &presented;
    shown.page.has_known_by = true;
    shown.page.known_by_s = 1700000000;
    shown.page.state = bytes_of_string("TX");
    const char *text = page_case_print(&shown, verdict_text_print);
    assert_non_null(
        strstr(text, "Holder: Maria Lopez, on 2026-11-22, in TX, by what was known at 2023-11-14T22:13:20Z\n"
                     "Bearer: not proven: it does not answer a challenge of yours"));
    assert_non_null(
        strstr(text, "/9/1/00000000000000000000000000000000: it was issued to someone else than the one "
                     "who presents it\n"
                     "VERDICT: INVALID\n"));
    assert_non_null(strstr(text, "  No certificate that counts.\n"));
}

static void stale_evidence_says_of_whom(void **state)
{
    static const struct {
        enum evidence_role role;
        enum reason reason;
        uint64_t age_s;
        const char *words, *line;
    } evidence_rows[] = {
        {EVIDENCE_ISSUER, REASON_STALE, 41 * 86400, "what is known of the issuer is too old",
         "issuer seen 41 days ago"},
        {EVIDENCE_ACCREDITOR, REASON_STALE, 41 * 86400,
         "what is known of who accredited the issuer is too old",
         "what is known of ASE, who accredited this issuer, is 41 days old"},
        {EVIDENCE_OWNER, REASON_STALE, 41 * 86400, "what is known of who owns the namespace is too old",
         "what is known of ASE, who owns the namespace, is 41 days old"},
        {EVIDENCE_ACCREDITOR, REASON_NO_CHECKPOINT, UINT64_MAX,
         "who accredited the issuer has not yet said how far the log goes",
         "nothing recent is known of ASE, who accredited this issuer"},
        {EVIDENCE_OWNER, REASON_INCOMPLETE, 60,
         "part of the log of who owns the namespace has not arrived here yet",
         "what is known of ASE, who owns the namespace, is 60 seconds old"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof evidence_rows / sizeof evidence_rows[0]; i++) {
        char words[VERDICT_WORDS_SIZE], line[EVIDENCE_LINE_SIZE];
        struct credential_verdict verdict = {
            .overall = OVERALL_UNDETERMINED,
            .until_day = DAY_NONE,
            .evidence_age_s = evidence_rows[i].age_s,
            .evidence_role = evidence_rows[i].role,
            .axes[AXIS_FRESHNESS] = {ANSWER_UNKNOWN, evidence_rows[i].reason},
        };
        credential_words(words, &verdict);
        assert_non_null(strstr(words, evidence_rows[i].words));
        evidence_line(line, &verdict, "ASE");
        assert_string_equal(line, evidence_rows[i].line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_only_tested_is_not_called_valid_without_more),
        cmocka_unit_test(a_renewal_of_what_was_revoked_is_not_blamed),
        cmocka_unit_test(stale_evidence_says_of_whom),
        cmocka_unit_test(every_verdict_has_its_words),
        cmocka_unit_test(experience_says_what_it_documents_however_old),
        cmocka_unit_test(no_reason_overflows_or_misleads),
        cmocka_unit_test(ages_are_said_in_words),
        cmocka_unit_test(the_bearer_bounds_the_whole),
        cmocka_unit_test(a_lookup_reads_so),
        cmocka_unit_test(a_presentation_reads_so),
        cmocka_unit_test(the_readme_shows_what_is_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
