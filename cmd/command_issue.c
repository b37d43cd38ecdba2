#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/arguments.h"
#include "cmd/command.h"
#include "cmd/csv_report.h"
#include "cmd/issue_batch.h"
#include "cmd/issue_correction.h"
#include "cmd/issue_counts.h"
#include "cmd/json_output.h"
#include "cmd/reasons.h"
#include "cmd/verdict_json.h"
#include "cmd/verdict_words.h"
#include "cmd/words.h"
#include "protocol/base/text.h"
#include "protocol/rules/accreditation_end.h"

struct issue_request {
    const char *csv;
    const char *report;
    const char *basis;
    const char *in_network;
    char *replaces;
    uint32_t earned, from, until; /* DAY_NONE: not given */
    bool dry_run;
    bool unaccredited;
    bool anyway;
};

enum { ENDED_MAX = 16, WAITING_TOLD_MAX = 20, WAITING_JSON_MAX = 1000, WORDS_SIZE = 512 };

/* What both ways of issuing work with. */
struct issue {
    const struct issue_request *request;
    struct session session;
    struct issue_rules *rules;
    struct issue_counts *counts;
    struct issue_context context;
    struct keyring *keyring;
    struct publisher publisher;
    bool publisher_is_open;
    struct issue_batch *batch;
    struct issue_correction correction;
    uint64_t same_count; /* of a file's rows: the same stands already, and is not issued again */
    size_t ended_count;  /* codes of which it was said that the accreditation has ended */
    struct ended_code {
        char code[CODE_SIZE_MAX + 1];
        uint32_t day;
    } ended[ENDED_MAX];
};

static bool named_in_session(void *caller, struct bytes name, struct subject *out)
{
    const struct issue *issue = caller;
    return session_named(&issue->session, name, out) == 1;
}

static enum reason rule_in_session(void *caller, struct bytes code, uint32_t earned_on,
                                   const struct pack_code **out)
{
    struct issue *issue = caller;
    return issue_rule_of(issue->rules, code, earned_on, out);
}

static bool renewed_until_in_session(void *caller, const struct attestation *coming,
                                     const struct pack_code *rule, uint32_t *last_day)
{
    struct issue *issue = caller;
    return issue_counts_renewed_until(last_day, issue->counts, coming, rule);
}

static bool lasts_until_in_session(void *caller, const struct attestation *coming, uint32_t *last_day)
{
    struct issue *issue = caller;
    return issue_counts_lasts_until(last_day, issue->counts, coming);
}

static enum reason counts_in_session(void *caller, const struct attestation *coming, char *text)
{
    struct issue *issue = caller;
    return issue_counts_of(issue->counts, coming, text);
}

static int issue_open(struct issue *issue, const struct session_options *options,
                      const struct issue_request *request)
{
    *issue = (struct issue){.request = request};
    int code = session_open(&issue->session, options, SESSION_WRITE);
    if (code != EXIT_YES) {
        return code;
    }
    code = session_need_actor(&issue->session);
    if (code != EXIT_YES) {
        return code;
    }
    issue->rules = issue_rules_create(&issue->session, request->unaccredited);
    issue->counts = issue->rules != NULL ? issue_counts_create(issue->rules) : NULL;
    issue->batch = calloc(1, sizeof(*issue->batch));
    if (issue->counts == NULL || issue->batch == NULL) {
        return session_fail_store(&issue->session.options, STORE_NO_MEMORY);
    }
    issue->context = (struct issue_context){
        .network = &issue->session.home.network,
        .today = session_today(),
        .caller = issue,
        .named = named_in_session,
        .rule = rule_in_session,
        .anyway = request->anyway,
        .renewed_until = renewed_until_in_session,
        .lasts_until = lasts_until_in_session,
        .counts = counts_in_session,
    };
    return EXIT_YES;
}

/* Ask for the passphrase and take the log, once it is known that there is something to sign. */
static int issue_open_log(struct issue *issue)
{
    if (issue->request->dry_run) {
        issue_batch_init(issue->batch, NULL);
        return EXIT_YES;
    }
    int code = keyring_open(&issue->keyring, &issue->session);
    if (code != EXIT_YES) {
        return code;
    }
    code = publisher_open(&issue->publisher, &issue->session, issue->keyring);
    if (code != EXIT_YES) {
        return code;
    }
    issue->publisher_is_open = true;
    issue_batch_init(issue->batch, &issue->publisher);
    return EXIT_YES;
}

static void issue_close(struct issue *issue)
{
    if (issue->publisher_is_open) {
        publisher_close(&issue->publisher);
    }
    if (issue->keyring != NULL) {
        keyring_wipe(issue->keyring);
    }
    free(issue->batch);
    free(issue->counts);
    free(issue->rules);
    session_close(&issue->session);
}

/* What stands behind an answer about the store that could not be had. */
static int store_code(const struct issue *issue, int code)
{
    return issue->rules->error == STORE_OK ? code
                                           : session_fail_store(&issue->session.options, issue->rules->error);
}

/* ---- one certificate ---- */

static int terms_of(struct issue *issue, char **values, struct issue_terms *terms)
{
    const struct issue_request *request = issue->request;
    const struct session_options *options = &issue->session.options;
    *terms = (struct issue_terms){
        .code = bytes_of_string(values[1]),
        .basis = BASIS_EXAM,
        .earned_on = request->earned == DAY_NONE ? issue->context.today : request->earned,
        .has_valid_from = request->from != DAY_NONE,
        .valid_from = request->from,
        .has_last_day = request->until != DAY_NONE,
        .last_day = request->until,
        .network_code = bytes_of_string(request->in_network != NULL ? request->in_network : ""),
    };
    if (!text_is_code(terms->code)) {
        return session_fail(options, EXIT_BAD_INPUT, "bad-code", "\"%s\" is not a code such as ase/A5.",
                            values[1]);
    }
    if (terms->network_code.size > 0 && !text_is_code(terms->network_code)) {
        return session_fail(options, EXIT_BAD_INPUT, "bad-code",
                            "\"%s\" is not a membership code such as ford/network-shop.",
                            request->in_network);
    }
    if (request->basis != NULL && !basis_of_word(&terms->basis, bytes_of_string(request->basis))) {
        return session_fail(options, EXIT_BAD_INPUT, "bad-basis", "\"%s\" is none of %s.", request->basis,
                            BASIS_WORDS);
    }
    return session_subject(&issue->session, values[0], &terms->subject);
}

/* The rest of the command that gives the same accreditation again: its states and its last day. */
static void add_terms(char words[WORDS_SIZE], size_t size, const struct accreditation *accreditation)
{
    const struct bytes *states = accreditation->states.items;
    char until[DAY_TEXT_SIZE];
    for (size_t i = 0; i < accreditation->states.count && size < WORDS_SIZE; i++) {
        size += (size_t)snprintf(words + size, WORDS_SIZE - size, "%s%.*s", i == 0 ? " --states " : ",",
                                 (int)states[i].size, (const char *)states[i].data);
    }
    if (accreditation->has_until && size < WORDS_SIZE) {
        day_to_text(until, accreditation->until);
        snprintf(words + size, WORDS_SIZE - size, " --until %s", until);
    }
}

/* An older exam is no fault of who took it: what has to be changed is the accreditation's first day. */
static bool say_too_early(char words[WORDS_SIZE], struct issue *issue, const struct issue_refused *refused,
                          struct bytes code)
{
    char earned[DAY_TEXT_SIZE], first[DAY_TEXT_SIZE];
    const struct accreditation *accreditation =
        refused->refusal == ISSUE_RULES && refused->rule[0] == '\0'
            ? issue_accredited_later(issue->rules, code, refused->earned_on)
            : NULL;
    if (accreditation == NULL) {
        return false;
    }
    day_to_text(earned, refused->earned_on);
    day_to_text(first, accreditation->from);
    int size =
        snprintf(words, WORDS_SIZE,
                 "%.*s: you are accredited for it from %s on, and it was earned before that, on %s. Who "
                 "accredited you can date it back: tradeproof accredit ID --codes %.*s --from %s",
                 (int)code.size, (const char *)code.data, first, earned, (int)code.size,
                 (const char *)code.data, earned);
    add_terms(words, (size_t)size, accreditation);
    return true;
}

static int fail_refused(struct issue *issue, const struct issue_terms *terms,
                        const struct issue_refused *refused)
{
    char words[WORDS_SIZE];
    char suggestion[CODE_SIZE_MAX + 1] = "";
    int code = store_code(issue, EXIT_YES);
    if (code != EXIT_YES) {
        return code;
    }
    if (say_too_early(words, issue, refused, terms->code)) {
        return session_fail(&issue->session.options, EXIT_BAD_INPUT, reason_word(refused->reason), "%s",
                            words);
    }
    issue_refusal_words(words, sizeof(words), refused);
    const char *hint = "";
    if (issue_refusal_is_overrulable(refused)) {
        hint = refused->reason == REASON_PREREQUISITE && issue->request->replaces == NULL
                   ? " If it corrects one of yours name that: --replaces ENTRY. To issue it all the same say "
                     "--anyway."
                   : " To issue it all the same say --anyway.";
    }
    const char *tail = "";
    if (refused->refusal == ISSUE_RULES && refused->reason == REASON_UNKNOWN_CODE &&
        issue_rules_suggest(issue->rules, terms->code, terms->earned_on, suggestion)) {
        hint = " Did you mean ";
        tail = "?";
    }
    return session_fail(&issue->session.options, EXIT_BAD_INPUT, issue_refusal_word(refused), "%s.%s%s%s",
                        words, hint, suggestion, tail);
}

/* The name of the only entry of the block just published. */
static bool entry_name_of(struct issue *issue, struct entry_name *out)
{
    struct block block;
    const struct network *network = &issue->session.home.network;
    if (block_decode(&block, network, issue->batch->last.encoded, &issue->session.arena) != REASON_NONE) {
        return false;
    }
    *out = (struct entry_name){.author = issue->session.actor, .seq = issue->batch->last.seq};
    memcpy(out->prefix, block.leaves[0].bytes, sizeof(out->prefix));
    return true;
}

/* Say what --unaccredited lets pass. */
static void warn_of_authority(struct issue *issue, struct bytes code, uint32_t earned_on)
{
    enum reason reason = issue_authority_of(issue->rules, code, earned_on);
    if (reason != REASON_NONE) {
        fprintf(stderr, "Warning: %.*s: %s. Others will not accept it.\n", (int)code.size,
                (const char *)code.data, reason_sentence_to_issuer(reason));
    }
}

static bool was_warned_of(const struct issue *issue, struct bytes code)
{
    for (size_t i = 0; i < issue->ended_count; i++) {
        if (bytes_equal_string(code, issue->ended[i].code)) {
            return true;
        }
    }
    return issue->ended_count == ENDED_MAX;
}

/* Say once of each code that what is signed now comes after the end. */
static void warn_of_end(struct issue *issue, const struct attestation *attestation)
{
    char day[DAY_TEXT_SIZE];
    if (was_warned_of(issue, attestation->code)) {
        return;
    }
    uint32_t ended =
        issue_accreditation_ended(issue->rules, attestation->code, attestation->earned_on, session_today());
    if (ended == DAY_NONE) {
        return;
    }
    struct ended_code *out = &issue->ended[issue->ended_count++];
    memcpy(out->code, attestation->code.data, attestation->code.size);
    out->code[attestation->code.size] = '\0';
    out->day = ended;
    day_to_text(day, ended);
    fprintf(
        stderr,
        "Warning: your accreditation for %.*s ended on %s. What you sign more than %d days after that is\n"
        "open to doubt, whatever day it was earned on, unless who accredited you records it.\n",
        (int)attestation->code.size, (const char *)attestation->code.data, day, ACCREDITATION_GRACE_DAYS);
}

static json_t *json_of_ended(const struct issue *issue)
{
    json_t *array = json_array();
    for (size_t i = 0; i < issue->ended_count; i++) {
        json_t *object = json_object();
        json_object_set_new(object, "code", json_string(issue->ended[i].code));
        json_object_set_new(object, "ended", json_of_day(issue->ended[i].day));
        json_array_append_new(array, object);
    }
    return array;
}

/* A test that was passed is no certificate yet where the rules ask for more. */
static void tell_missing(const struct code_verdict *amounts)
{
    if (amounts->tested != ANSWER_YES || amounts->certified != ANSWER_NO || amounts->missing_count == 0) {
        return;
    }
    fputs("Tested; certified when there is also: ", stdout);
    missing_print(stdout, amounts->missing, amounts->missing_count, code_namespace(amounts->code),
                  amounts->code, "", "");
    fputs("\n", stdout);
}

static int tell_json(const struct issue *issue, const struct attestation *attestation, const char *entry,
                     const struct code_verdict *amounts)
{
    bool dry_run = issue->request->dry_run;
    json_t *object = json_object();
    json_object_set_new(object, "issued", json_of_number(dry_run ? 0 : 1));
    json_object_set_new(object, "dry_run", json_boolean(dry_run));
    json_object_set_new(object, "entry", dry_run ? json_null() : json_string(entry));
    json_object_set_new(object, "replaces",
                        issue->request->replaces != NULL ? json_string(issue->request->replaces)
                                                         : json_null());
    json_object_set_new(object, "last_day",
                        json_of_day(attestation->has_last_day ? attestation->last_day : DAY_NONE));
    json_object_set_new(object, "same", json_of_number(issue_counts_stands(issue->counts) ? 1 : 0));
    json_object_set_new(object, "tested", json_string(answer_word(amounts->tested)));
    json_object_set_new(object, "certified", json_string(answer_word(amounts->certified)));
    json_object_set_new(object, "missing", verdict_json_missing(amounts->missing, amounts->missing_count));
    json_object_set_new(object, "accreditation_ended", json_of_ended(issue));
    return json_output_take(object);
}

/* "valid until 2029-06-30", or the time that it documents. */
static void span_of(char span[SPAN_WORDS_SIZE], const struct attestation *attestation)
{
    char until[DAY_TEXT_SIZE];
    if (attestation->basis == BASIS_EXPERIENCE) {
        documented_words(span, attestation);
        return;
    }
    if (!attestation->has_last_day) {
        snprintf(span, SPAN_WORDS_SIZE, "valid for life");
        return;
    }
    day_to_text(until, attestation->last_day);
    snprintf(span, SPAN_WORDS_SIZE, "valid until %s", until);
}

/* amounts: to what it amounts with all else that is known. name: of the entry; NULL: nothing was signed. */
static int tell_one(struct issue *issue, const struct attestation *attestation,
                    const struct code_verdict *amounts, const struct entry_name *name)
{
    char entry[ENTRY_NAME_TEXT_MAX + 1] = "";
    char span[SPAN_WORDS_SIZE];
    bool dry_run = name == NULL;
    if (name != NULL) {
        entry_name_to_text(entry, &issue->session.home.network, name);
    }
    if (issue->session.options.json) {
        return tell_json(issue, attestation, entry, amounts);
    }
    span_of(span, attestation);
    printf("%s %.*s to %s, %s%s%s\n", dry_run ? "Would issue" : "Issued", (int)attestation->code.size,
           (const char *)attestation->code.data, session_name_of(&issue->session, &attestation->subject.id),
           span, attestation->has_network ? ", while in the network " : "",
           attestation->has_network ? issue->request->in_network : "");
    tell_missing(amounts);
    if (!dry_run) {
        printf("Entry: %s\n", entry);
    }
    if (issue->request->replaces != NULL) {
        printf("%s %s\n", dry_run ? "Would replace" : "Replaced", issue->request->replaces);
    }
    return EXIT_YES;
}

/* What is issued stands whatever could be said of it: nothing said is unknown. */
static struct code_verdict amounts_of(struct issue *issue, const struct attestation *attestation)
{
    struct code_verdict amounts;
    if (!issue_counts_verdict(&amounts, issue->counts, attestation)) {
        amounts = (struct code_verdict){
            .code = attestation->code, .tested = ANSWER_UNKNOWN, .certified = ANSWER_UNKNOWN};
    }
    return amounts;
}

/* Publish it, and that it replaces what it corrects. */
static int publish_one_of(struct issue *issue, const struct attestation *attestation, struct entry_name *name)
{
    int code = issue_batch_add(issue->batch, attestation, 0);
    if (code == EXIT_YES) {
        code = issue_batch_flush(issue->batch);
    }
    if (code != EXIT_YES || issue->request->dry_run) {
        return code;
    }
    if (!entry_name_of(issue, name)) {
        return session_fail_store(&issue->session.options, STORE_NO_MEMORY);
    }
    return issue->request->replaces != NULL
               ? issue_correction_publish(&issue->correction, &issue->publisher, name)
               : EXIT_YES;
}

static int find_correction(struct issue *issue, const struct subject *subject)
{
    if (issue->request->replaces == NULL) {
        return EXIT_YES;
    }
    int code = issue_correction_find(&issue->correction, &issue->session, issue->request->replaces, subject);
    issue->counts->replaces = code == EXIT_YES ? &issue->correction.old.items[0].name : NULL;
    return code;
}

static int issue_one(struct issue *issue, char **values)
{
    struct issue_terms terms;
    struct issue_refused refused = {0};
    struct attestation attestation;
    struct entry_name name;
    int code = terms_of(issue, values, &terms);
    if (code == EXIT_YES) {
        code = find_correction(issue, &terms.subject);
    }
    if (code != EXIT_YES) {
        return code;
    }
    if (!issue_attestation(&attestation, &refused, &issue->context, &terms)) {
        return fail_refused(issue, &terms, &refused);
    }
    if (issue->request->unaccredited) {
        warn_of_authority(issue, terms.code, terms.earned_on);
    }
    if (issue_counts_stands(issue->counts)) {
        fprintf(stderr, "Warning: you issued the same before, and it stands.\n");
    }
    const struct code_verdict amounts = amounts_of(issue, &attestation);
    warn_of_end(issue, &attestation);
    code = issue_open_log(issue);
    if (code == EXIT_YES) {
        code = publish_one_of(issue, &attestation, &name);
    }
    return code == EXIT_YES ? tell_one(issue, &attestation, &amounts, issue->request->dry_run ? NULL : &name)
                            : code;
}

/* ---- a file of them ---- */

/* Words with a suggestion after them where one helps. */
static void report_refused(struct csv_report *report, struct issue *issue,
                           const struct issue_refused *refused)
{
    char words[WORDS_SIZE];
    char suggestion[CODE_SIZE_MAX + 1];
    const struct bytes text = bytes_of_string(refused->text);
    if (say_too_early(words, issue, refused, text)) {
        csv_report_refused(report, refused->line, issue_refusal_word(refused), words);
        return;
    }
    issue_refusal_words(words, sizeof(words), refused);
    if (refused->refusal == ISSUE_RULES && refused->reason == REASON_UNKNOWN_CODE &&
        issue_rules_suggest(issue->rules, text, issue->context.today, suggestion)) {
        size_t size = strlen(words);
        snprintf(words + size, sizeof(words) - size, "; did you mean %s?", suggestion);
    }
    csv_report_refused(report, refused->line, issue_refusal_word(refused), words);
}

/* Rows that are tests passed, and no certificates yet by what was known when they were read. */
struct waiting {
    uint64_t count;
    json_t *rows; /* the first ones; NULL without --json */
};

/* How much a row amounts to is worked out once more where it is told, and not for each of a million. */
static void tell_waiting(struct waiting *waiting, struct issue *issue, const struct issue_row *row)
{
    size_t mark = arena_mark(&issue->session.arena);
    size_t told_max = waiting->rows != NULL ? WAITING_JSON_MAX : WAITING_TOLD_MAX;
    waiting->count++;
    if (waiting->count > told_max) {
        return;
    }
    const struct code_verdict amounts = amounts_of(issue, &row->attestation);
    if (waiting->rows == NULL) {
        printf("line %" PRIu64 ": %.*s: ", row->line, (int)amounts.code.size,
               (const char *)amounts.code.data);
        tell_missing(&amounts);
    } else {
        json_t *object = json_object();
        json_object_set_new(object, "line", json_of_number(row->line));
        json_object_set_new(object, "code", json_of_text(amounts.code));
        json_object_set_new(object, "missing", verdict_json_missing(amounts.missing, amounts.missing_count));
        json_array_append_new(waiting->rows, object);
    }
    arena_rewind(&issue->session.arena, mark);
}

static int issue_row(struct issue *issue, const struct issue_row *row, struct csv_report *report,
                     struct waiting *waiting)
{
    uint64_t blocks = issue->batch->block_count;
    if (issue_counts_stands(issue->counts)) {
        issue->same_count++;
        return EXIT_YES;
    }
    warn_of_end(issue, &row->attestation);
    if (issue_counts_waits(issue->counts)) {
        tell_waiting(waiting, issue, row);
    }
    int code = issue_batch_add(issue->batch, &row->attestation, row->line);
    if (code != EXIT_YES) {
        return code;
    }
    if (issue->batch->block_count != blocks) {
        issue_counts_forget(issue->counts);
    }
    issue_counts_add(issue->counts, &row->attestation);
    if (issue->batch->block_count != blocks) {
        csv_report_progress(report, issue->batch->issued);
    }
    return EXIT_YES;
}

static int issue_rows(struct issue *issue, struct issue_file *file, struct csv_report *report,
                      struct waiting *waiting)
{
    struct issue_refused refused;
    struct issue_row row;
    for (;;) {
        switch (issue_file_next(file, &row, &refused)) {
        case ISSUE_END:
            return issue_batch_flush(issue->batch);
        case ISSUE_REFUSED:
            if (issue->rules->error != STORE_OK) {
                return store_code(issue, EXIT_SYSTEM);
            }
            report_refused(report, issue, &refused);
            break;
        case ISSUE_ROW: {
            int code = issue_row(issue, &row, report, waiting);
            if (code != EXIT_YES) {
                return code;
            }
            break;
        }
        }
    }
}

static int tell_file(struct issue *issue, struct csv_report *report, struct waiting *waiting)
{
    const struct issue_batch *batch = issue->batch;
    bool dry_run = issue->request->dry_run;
    if (issue->session.options.json) {
        json_t *object = json_object();
        json_object_set_new(object, "issued", json_of_number(dry_run ? 0 : batch->issued));
        json_object_set_new(object, "acceptable", json_of_number(batch->issued));
        json_object_set_new(object, "dry_run", json_boolean(dry_run));
        json_object_set_new(object, "refused", json_of_number(report->refused));
        json_object_set_new(object, "blocks", json_of_number(batch->block_count));
        json_object_set_new(object, "first_block",
                            batch->block_count > 0 ? json_of_number(batch->first_seq) : json_null());
        json_object_set_new(object, "refusals", report->rows);
        report->rows = NULL;
        json_object_set_new(object, "same", json_of_number(issue->same_count));
        json_object_set_new(object, "waiting", json_of_number(waiting->count));
        json_object_set(object, "waiting_rows", waiting->rows);
        json_object_set_new(object, "accreditation_ended", json_of_ended(issue));
        return json_output_take(object);
    }
    if (waiting->count > WAITING_TOLD_MAX) {
        printf("... and %" PRIu64 " more tests that are no certificates yet\n",
               waiting->count - WAITING_TOLD_MAX);
    }
    printf("%s %" PRIu64 " certificate%s", dry_run ? "Would issue" : "Issued", batch->issued,
           batch->issued == 1 ? "" : "s");
    if (batch->block_count > 0) {
        printf(" in %" PRIu64 " block%s (%" PRIu64 " to %" PRIu64 ")", batch->block_count,
               batch->block_count == 1 ? "" : "s", batch->first_seq, batch->last.seq);
    }
    if (report->refused > 0) {
        printf("; %" PRIu64 " row%s refused", report->refused, report->refused == 1 ? "" : "s");
    }
    printf("\n");
    if (issue->same_count > 0) {
        printf("%" PRIu64 " row%s the same as what you issued before, which stands: skipped\n",
               issue->same_count, issue->same_count == 1 ? " says" : "s say");
    }
    return EXIT_YES;
}

static int file_code(const struct issue *issue, const struct csv_report *report)
{
    if (issue->batch->issued + issue->same_count == 0) {
        return EXIT_BAD_INPUT;
    }
    return report->refused > 0 ? EXIT_PARTLY : EXIT_YES;
}

static int report_rows(struct issue *issue, struct issue_file *file)
{
    struct waiting waiting = {.count = 0};
    struct csv_report report;
    int code = csv_report_open(&report, &issue->session.options, issue->request->report);
    if (code != EXIT_YES) {
        return code;
    }
    waiting.rows = issue->session.options.json ? json_array() : NULL;
    code = issue_rows(issue, file, &report, &waiting);
    int report_code = csv_report_close(&report);
    if (code == EXIT_YES) {
        code = tell_file(issue, &report, &waiting);
    }
    json_decref(waiting.rows);
    json_decref(report.rows);
    if (code == EXIT_YES) {
        code = report_code;
    }
    return code == EXIT_YES ? file_code(issue, &report) : code;
}

static int issue_open_file(struct issue *issue, int *fd)
{
    const struct csv_source source = csv_file_source(fd);
    struct csv_header_refused refused;
    struct issue_file *file = issue_file_create(&source, &issue->context);
    if (file == NULL) {
        return session_fail_store(&issue->session.options, STORE_NO_MEMORY);
    }
    enum csv_header header = issue_file_header(file, &refused);
    int code = csv_header_fail(&issue->session.options, header, &refused, issue_file_columns(file));
    if (code == EXIT_YES) {
        code = issue_open_log(issue);
    }
    if (code == EXIT_YES) {
        code = report_rows(issue, file);
    }
    issue_file_destroy(file);
    return code;
}

static int issue_csv(struct issue *issue)
{
    int fd;
    int code = csv_file_open(&fd, &issue->session.options, issue->request->csv);
    if (code != EXIT_YES) {
        return code;
    }
    code = issue_open_file(issue, &fd);
    csv_file_close(fd);
    return code;
}

/* A file's rows tell for themselves what one certificate's options tell. */
static int check_request(const struct issue_request *request, size_t argument_count)
{
    const struct command *command = command_named("issue");
    bool has_terms = request->basis != NULL || request->earned != DAY_NONE || request->from != DAY_NONE ||
                     request->until != DAY_NONE || request->in_network != NULL || request->replaces != NULL;
    if (argument_count != (request->csv != NULL ? 0 : 2)) {
        return command_usage_error(command, "give a technician and a code, or --csv FILE.");
    }
    if (request->csv != NULL && has_terms) {
        return command_usage_error(
            command, "with --csv the file's columns tell basis, dates and network, and nothing is "
                     "replaced.");
    }
    if (request->csv == NULL && request->report != NULL) {
        return command_usage_error(command, "--report goes with --csv.");
    }
    return EXIT_YES;
}

int command_issue(int argc, char **argv)
{
    struct issue_request request = {.earned = DAY_NONE, .from = DAY_NONE, .until = DAY_NONE};
    const struct command_option options[] = {
        {"csv", OPTION_TEXT, &request.csv},           {"report", OPTION_TEXT, &request.report},
        {"basis", OPTION_TEXT, &request.basis},       {"earned", OPTION_DAY, &request.earned},
        {"from", OPTION_DAY, &request.from},          {"until", OPTION_DAY, &request.until},
        {"dry-run", OPTION_FLAG, &request.dry_run},   {"unaccredited", OPTION_FLAG, &request.unaccredited},
        {"anyway", OPTION_FLAG, &request.anyway},     {"in-network", OPTION_TEXT, &request.in_network},
        {"replaces", OPTION_TEXT, &request.replaces},
    };
    struct arguments arguments;
    struct issue issue;
    int code =
        arguments_read(&arguments, "issue", argc, argv, options, sizeof(options) / sizeof(options[0]), 0, 2);
    if (code != EXIT_YES) {
        return code;
    }
    code = check_request(&request, arguments.count);
    if (code != EXIT_YES) {
        return code;
    }
    code = issue_open(&issue, &arguments.session, &request);
    if (code == EXIT_YES) {
        code = request.csv != NULL ? issue_csv(&issue) : issue_one(&issue, arguments.values);
    }
    issue_close(&issue);
    return code;
}
