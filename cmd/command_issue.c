#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/arguments.h"
#include "cmd/command.h"
#include "cmd/issue_rows.h"
#include "cmd/reasons.h"
#include "cmd/verdict_json.h"
#include "cmd/words.h"
#include "protocol/base/text.h"

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

static int fail_refused(struct issue *issue, const struct issue_terms *terms,
                        const struct issue_refused *refused)
{
    char words[ISSUE_WORDS_SIZE];
    int code = issue_store_code(issue, EXIT_YES);
    if (code != EXIT_YES) {
        return code;
    }
    issue_explain(words, issue, refused, terms->code);
    bool is_question = words[strlen(words) - 1] == '?';
    return session_fail(&issue->session.options, EXIT_BAD_INPUT, issue_refusal_word(refused), "%s%s", words,
                        is_question ? "" : ".");
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

/* What is to be told, and whether it was issued, or stands already. */
struct outcome {
    struct attestation attestation;
    struct code_verdict amounts; /* with all else that is known */
    bool stands;
    bool has_entry;
    struct entry_name entry;
};

static int tell_json(const struct issue *issue, const struct outcome *outcome, const char *entry)
{
    const struct attestation *attestation = &outcome->attestation;
    const struct code_verdict *amounts = &outcome->amounts;
    bool dry_run = issue->request->dry_run;
    json_t *object = json_object();
    json_object_set_new(object, "issued", json_of_number(dry_run || outcome->stands ? 0 : 1));
    json_object_set_new(object, "dry_run", json_boolean(dry_run));
    json_object_set_new(object, "entry", outcome->has_entry ? json_string(entry) : json_null());
    json_object_set_new(object, "replaces",
                        issue->request->replaces != NULL ? json_string(issue->request->replaces)
                                                         : json_null());
    json_object_set_new(object, "replaced", json_of_number(issue->replaced_count));
    json_object_set_new(object, "last_day",
                        json_of_day(attestation->has_last_day ? attestation->last_day : DAY_NONE));
    json_object_set_new(object, "same", json_of_number(outcome->stands ? 1 : 0));
    json_object_set_new(object, "again", json_of_number(issue->again_count));
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

static void tell_issued(const struct issue *issue, const struct outcome *outcome)
{
    const struct attestation *attestation = &outcome->attestation;
    char span[SPAN_WORDS_SIZE];
    span_of(span, attestation);
    printf("%s %.*s to %s, %s%s%s\n", issue->request->dry_run ? "Would issue" : "Issued",
           (int)attestation->code.size, (const char *)attestation->code.data,
           session_name_of(&issue->session, &attestation->subject.id), span,
           attestation->has_network ? ", while in the network " : "",
           attestation->has_network ? issue->request->in_network : "");
    issue_tell_missing(&outcome->amounts);
}

static int tell_one(struct issue *issue, const struct outcome *outcome)
{
    char entry[ENTRY_NAME_TEXT_MAX + 1] = "";
    const char *replaced = issue->request->dry_run ? "Would replace" : "Replaced";
    if (outcome->has_entry) {
        entry_name_to_text(entry, &issue->session.home.network, &outcome->entry);
    }
    if (issue->session.options.json) {
        return tell_json(issue, outcome, entry);
    }
    if (outcome->stands) {
        printf("The same stands already, as you issued it before: not issued again.\n");
    } else {
        tell_issued(issue, outcome);
    }
    if (outcome->has_entry) {
        printf("Entry: %s\n", entry);
    }
    if (issue->request->replaces != NULL && !issue->named_is_replaced) {
        printf("%s %s\n", replaced, issue->request->replaces);
    } else if (issue->replaced_count > 0) {
        printf("%s %" PRIu64 " of yours before\n", replaced, issue->replaced_count);
    }
    return EXIT_YES;
}

/* Write whether what --replaces names is replaced already: the command may have ended in between. */
static int read_named(struct issue *issue)
{
    struct session *session = &issue->session;
    const struct entry_name *name = &issue->named.name;
    struct issued_entry entry;
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);
    if (error == STORE_OK) {
        error = store_issued_at(txn, &session->home.network, &session->actor, name->seq, name->index,
                                &issue->named.subject, &entry, &session->arena);
        store_end(txn);
    }
    issue->named_is_replaced = error == STORE_OK && entry.is_replaced;
    return error == STORE_OK || error == STORE_NOT_FOUND ? EXIT_YES
                                                         : session_fail_store(&session->options, error);
}

static int find_named(struct issue *issue, const struct subject *subject)
{
    if (issue->request->replaces == NULL) {
        return EXIT_YES;
    }
    int code = issue_correction_find(&issue->named, &issue->session, issue->request->replaces, subject);
    issue->has_named = code == EXIT_YES;
    return issue->has_named ? read_named(issue) : code;
}

/* Find out what is to be done. */
static int decide(struct issue *issue, const struct issue_terms *terms, struct outcome *out)
{
    struct issue_refused refused = {0};
    if (!issue_attestation(&out->attestation, &refused, &issue->context, terms)) {
        return fail_refused(issue, terms, &refused);
    }
    out->stands = issue->before->answer == ISSUED_SAME;
    out->has_entry = out->stands;
    if (out->stands) {
        out->entry = issue->before->which->name;
    }
    return EXIT_YES;
}

static bool has_to_sign(const struct issue *issue, const struct outcome *outcome)
{
    return !outcome->stands || issue_count_replaced(issue, &outcome->attestation) > 0;
}

/* Publish it, and that it replaces others. The block's name is that of its only entry. */
static int publish_one_of(struct issue *issue, struct outcome *outcome)
{
    const struct attestation *attestation = &outcome->attestation;
    struct issue_successor by = {.is_durable = outcome->stands, .name = outcome->entry};
    issue->again_count += issue->before->answer == ISSUED_TAKEN_BACK;
    issue_note_replaced(issue, attestation, &by);
    if (outcome->stands) {
        return issue_state_replaced(issue);
    }
    int code = issue_batch_add(issue->batch, attestation, 0);
    if (code == EXIT_YES) {
        code = issue_batch_flush(issue->batch);
    }
    outcome->has_entry = code == EXIT_YES && !issue->request->dry_run;
    if (outcome->has_entry) {
        outcome->entry = issue->first_entry;
    }
    return code;
}

/* Another command may issue the same while this one waits for the passphrase: asked again once the log is
 * this one's. */
static int sign_one(struct issue *issue, const struct issue_terms *terms, struct outcome *outcome)
{
    int code = issue_open_log(issue);
    if (code == EXIT_YES) {
        code = decide(issue, terms, outcome);
    }
    return code == EXIT_YES && has_to_sign(issue, outcome) ? publish_one_of(issue, outcome) : code;
}

static int issue_one(struct issue *issue, char **values)
{
    struct issue_terms terms;
    struct outcome outcome = {0};
    int code = terms_of(issue, values, &terms);
    if (code == EXIT_YES) {
        code = find_named(issue, &terms.subject);
    }
    if (code == EXIT_YES) {
        code = decide(issue, &terms, &outcome);
    }
    if (code != EXIT_YES) {
        return code;
    }
    if (!outcome.stands && issue->request->unaccredited) {
        warn_of_authority(issue, terms.code, terms.earned_on);
    }
    if (!outcome.stands) {
        issue_warn_of_end(issue, &outcome.attestation);
    }
    outcome.amounts = issue_amounts(issue, &outcome.attestation);
    if (has_to_sign(issue, &outcome)) {
        code = sign_one(issue, &terms, &outcome);
    }
    return code == EXIT_YES ? tell_one(issue, &outcome) : code;
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

static int read_again(struct issue_request *request)
{
    return status_reason_of_word(&request->again_reason, bytes_of_string(request->again))
               ? EXIT_YES
               : command_usage_error(command_named("issue"),
                                     "--again takes a reason: " STATUS_REASON_WORDS ".");
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
        {"replaces", OPTION_TEXT, &request.replaces}, {"replace", OPTION_FLAG, &request.replace},
        {"again", OPTION_TEXT, &request.again},
    };
    struct arguments arguments;
    struct issue issue;
    int code =
        arguments_read(&arguments, "issue", argc, argv, options, sizeof(options) / sizeof(options[0]), 0, 2);
    if (code != EXIT_YES) {
        return code;
    }
    code = check_request(&request, arguments.count);
    if (code == EXIT_YES && request.again != NULL) {
        code = read_again(&request);
    }
    if (code != EXIT_YES) {
        return code;
    }
    code = issue_open(&issue, &arguments.session, &request);
    if (code == EXIT_YES) {
        code = request.csv != NULL ? issue_rows(&issue) : issue_one(&issue, arguments.values);
    }
    issue_close(&issue);
    return code;
}
