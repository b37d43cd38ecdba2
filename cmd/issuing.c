#include "cmd/issuing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/reasons.h"
#include "cmd/verdict_words.h"
#include "cmd/words.h"
#include "protocol/base/text.h"
#include "protocol/rules/accreditation_end.h"

/* ---- who is asked ---- */

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

/* ---- what was issued before ---- */

/* The first field that differs, as the old one has it. */
static void describe_old(char text[CSV_TEXT_SIZE], const struct attestation *old,
                         const struct attestation *coming)
{
    char day[DAY_TEXT_SIZE];
    if (old->valid_from != coming->valid_from) {
        day_to_text(day, old->valid_from);
        snprintf(text, CSV_TEXT_SIZE, "%s %s", issue_column_name(COLUMN_VALID_FROM), day);
    } else if (old->has_last_day && (!coming->has_last_day || old->last_day != coming->last_day)) {
        day_to_text(day, old->last_day);
        snprintf(text, CSV_TEXT_SIZE, "%s %s", issue_column_name(COLUMN_LAST_DAY), day);
    } else if (!old->has_last_day && coming->has_last_day) {
        snprintf(text, CSV_TEXT_SIZE, "no %s, for life", issue_column_name(COLUMN_LAST_DAY));
    } else if (old->has_network &&
               (!coming->has_network || !bytes_equal(old->network_code, coming->network_code))) {
        snprintf(text, CSV_TEXT_SIZE, "%s %.*s", issue_column_name(COLUMN_IN_NETWORK),
                 (int)old->network_code.size, (const char *)old->network_code.data);
    } else {
        snprintf(text, CSV_TEXT_SIZE, "%s", coming->has_network ? "no network" : "other claims");
    }
}

static const char *words_of_standing(enum issued_standing standing)
{
    switch (standing) {
    case ISSUED_REVOKED:
        return "revoked since";
    case ISSUED_REPLACED:
        return "replaced since";
    case ISSUED_GIVEN:
        return "given to another holder since";
    case ISSUED_DOUBTFUL:
        return "in doubt since: reinstate or revoke it first";
    case ISSUED_STANDS:
    case ISSUED_GONE:
        break;
    }
    return "";
}

static enum issue_refusal refuse_before(struct issue *issue, const struct attestation *coming,
                                        struct issue_refused *refused)
{
    const struct issued_entry *old = issue->before->which;
    entry_name_to_text(refused->entry, &issue->session.home.network, &old->name);
    if (issue->before->answer == ISSUED_OTHERWISE) {
        describe_old(refused->text, &old->attestation, coming);
        return ISSUE_OTHERWISE;
    }
    snprintf(refused->text, sizeof refused->text, "%s", words_of_standing(old->standing));
    return ISSUE_TAKEN_BACK;
}

static bool is_agreed_to(const struct issue *issue)
{
    return issue->before->answer == ISSUED_NEVER ||
           (issue->before->answer == ISSUED_OTHERWISE ? issue->request->replace
                                                      : issue->request->again != NULL);
}

static bool gives_way(const struct issue *issue, const struct issued_entry *entry,
                      const struct attestation *coming)
{
    return issued_gives_way(entry, coming, issue->request->replace, issue->request->again != NULL);
}

/* Whether the coming one counts is asked as if these were replaced. */
static void list_replaced(struct issue *issue, const struct attestation *coming)
{
    struct issue_counts *counts = issue->counts;
    counts->replaces_count = 0;
    if (issue->has_named) {
        counts->replaces[counts->replaces_count++] = &issue->named.name;
    }
    for (size_t i = 0; i < issue->before->count; i++) {
        if (gives_way(issue, &issue->before->entries[i], coming)) {
            counts->replaces[counts->replaces_count++] = &issue->before->entries[i].name;
        }
    }
}

static enum issue_refusal before_in_session(void *caller, const struct attestation *coming,
                                            struct issue_refused *refused)
{
    struct issue *issue = caller;
    if (!issue_before_ask(issue->before, coming, issue->has_named ? &issue->named.name : NULL)) {
        issue->rules->error = issue->before->error;
        return ISSUE_BEFORE_UNKNOWN;
    }
    list_replaced(issue, coming);
    if (issue->before->answer == ISSUED_SAME) {
        return ISSUE_SAME;
    }
    if (issue->before->is_too_much) {
        return ISSUE_TOO_MUCH_BEFORE;
    }
    return is_agreed_to(issue) ? ISSUE_ACCEPTED : refuse_before(issue, coming, refused);
}

static void note(struct issue *issue, const struct entry_name *old, enum status_reason reason,
                 const struct issue_successor *by)
{
    issue->replaced_count++;
    if (!issue->request->dry_run) {
        issue_corrections_add(issue->corrections, old, reason, by);
    }
}

void issue_note_replaced(struct issue *issue, const struct attestation *attestation,
                         const struct issue_successor *by)
{
    if (issue->has_named && !issue->named_is_replaced) {
        note(issue, &issue->named.name, STATUS_REASON_ISSUED_IN_ERROR, by);
    }
    for (size_t i = 0; i < issue->before->count; i++) {
        const struct issued_entry *old = &issue->before->entries[i];
        if (gives_way(issue, old, attestation)) {
            note(issue, &old->name,
                 old->standing == ISSUED_STANDS ? STATUS_REASON_ISSUED_IN_ERROR
                                                : issue->request->again_reason,
                 by);
        }
    }
}

size_t issue_count_replaced(const struct issue *issue, const struct attestation *attestation)
{
    size_t count = issue->has_named && !issue->named_is_replaced;
    for (size_t i = 0; i < issue->before->count; i++) {
        count += gives_way(issue, &issue->before->entries[i], attestation);
    }
    return count;
}

int issue_state_replaced(struct issue *issue)
{
    if (issue->corrections->count == 0) {
        return EXIT_YES;
    }
    issue_before_forget(issue->before);
    return issue_corrections_publish(issue->corrections, &issue->publisher);
}

static bool read_block(struct issue *issue, const struct published *published)
{
    size_t mark = arena_mark(&issue->session.arena);
    struct block block;
    bool is_read = block_decode(&block, &issue->session.home.network, published->encoded,
                                &issue->session.arena) == REASON_NONE;
    if (is_read) {
        issue->first_entry = (struct entry_name){.author = issue->session.actor, .seq = published->seq};
        memcpy(issue->first_entry.prefix, block.leaves[0].bytes, sizeof(issue->first_entry.prefix));
        issue_corrections_settle(issue->corrections, &block);
    }
    arena_rewind(&issue->session.arena, mark);
    return is_read;
}

/* The draft's rows are in the log: what they replace is stated. Nobody asks for names of a file's. */
static int on_published(void *caller, const struct published *published)
{
    struct issue *issue = caller;
    issue_counts_forget(issue->counts);
    issue_before_forget(issue->before);
    if (issue->corrections->count == 0 && issue->request->csv != NULL) {
        return EXIT_YES;
    }
    return read_block(issue, published) ? issue_state_replaced(issue)
                                        : session_fail_store(&issue->session.options, STORE_NO_MEMORY);
}

/* ---- life ---- */

int issue_open(struct issue *issue, const struct session_options *options,
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
    issue->before = issue_before_create(&issue->session);
    issue->corrections = calloc(1, sizeof(*issue->corrections));
    if (issue->counts == NULL || issue->batch == NULL || issue->before == NULL ||
        issue->corrections == NULL) {
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
        .before = before_in_session,
    };
    return EXIT_YES;
}

int issue_open_log(struct issue *issue)
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
    publisher_bind(&issue->publisher);
    issue_batch_init(issue->batch, &issue->publisher);
    issue->batch->published = on_published;
    issue->batch->caller = issue;
    issue_before_forget(issue->before);
    return EXIT_YES;
}

void issue_close(struct issue *issue)
{
    if (issue->publisher_is_open) {
        publisher_close(&issue->publisher);
    }
    if (issue->keyring != NULL) {
        keyring_wipe(issue->keyring);
    }
    free(issue->batch);
    free(issue->corrections);
    issue_before_destroy(issue->before);
    free(issue->counts);
    free(issue->rules);
    session_close(&issue->session);
}

int issue_store_code(const struct issue *issue, int code)
{
    return issue->rules->error == STORE_OK ? code
                                           : session_fail_store(&issue->session.options, issue->rules->error);
}

/* ---- words ---- */

/* The rest of the command that gives the same accreditation again: its states and its last day. */
static void add_terms(char words[ISSUE_WORDS_SIZE], size_t size, const struct accreditation *accreditation)
{
    const struct bytes *states = accreditation->states.items;
    char until[DAY_TEXT_SIZE];
    for (size_t i = 0; i < accreditation->states.count && size < ISSUE_WORDS_SIZE; i++) {
        size += (size_t)snprintf(words + size, ISSUE_WORDS_SIZE - size, "%s%.*s", i == 0 ? " --states " : ",",
                                 (int)states[i].size, (const char *)states[i].data);
    }
    if (accreditation->has_until && size < ISSUE_WORDS_SIZE) {
        day_to_text(until, accreditation->until);
        snprintf(words + size, ISSUE_WORDS_SIZE - size, " --until %s", until);
    }
}

/* An older exam is no fault of who took it: what has to be changed is the accreditation's first day. */
static bool say_too_early(char words[ISSUE_WORDS_SIZE], struct issue *issue,
                          const struct issue_refused *refused, struct bytes code)
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
        snprintf(words, ISSUE_WORDS_SIZE,
                 "%.*s: you are accredited for it from %s on, and it was earned before that, on %s. Who "
                 "accredited you can date it back: tradeproof accredit ID --codes %.*s --from %s",
                 (int)code.size, (const char *)code.data, first, earned, (int)code.size,
                 (const char *)code.data, earned);
    add_terms(words, (size_t)size, accreditation);
    return true;
}

static const char *hint_of(const struct issue *issue, const struct issue_refused *refused)
{
    if (refused->refusal == ISSUE_OTHERWISE) {
        return ". If that is wrong say --replace: this takes its place";
    }
    if (refused->refusal == ISSUE_TAKEN_BACK) {
        return ". To issue it all the same say --again REASON";
    }
    if (!issue_refusal_is_overrulable(refused) || issue->request->csv != NULL) {
        return "";
    }
    return refused->reason == REASON_PREREQUISITE && issue->request->replaces == NULL
               ? ". If it corrects one of yours name that: --replaces ENTRY. To issue it all the same say "
                 "--anyway"
               : ". To issue it all the same say --anyway";
}

void issue_explain(char words[ISSUE_WORDS_SIZE], struct issue *issue, const struct issue_refused *refused,
                   struct bytes code)
{
    char suggestion[CODE_SIZE_MAX + 1];
    if (say_too_early(words, issue, refused, code)) {
        return;
    }
    issue_refusal_words(words, ISSUE_WORDS_SIZE, refused);
    size_t size = strlen(words);
    if (refused->refusal == ISSUE_RULES && refused->reason == REASON_UNKNOWN_CODE &&
        issue_rules_suggest(issue->rules, code, refused->earned_on, suggestion)) {
        snprintf(words + size, ISSUE_WORDS_SIZE - size, "; did you mean %s?", suggestion);
    } else {
        snprintf(words + size, ISSUE_WORDS_SIZE - size, "%s", hint_of(issue, refused));
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

void issue_warn_of_end(struct issue *issue, const struct attestation *attestation)
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

json_t *json_of_ended(const struct issue *issue)
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

void issue_tell_missing(const struct code_verdict *amounts)
{
    if (amounts->tested != ANSWER_YES || amounts->certified != ANSWER_NO || amounts->missing_count == 0) {
        return;
    }
    fputs("Tested; certified when there is also: ", stdout);
    missing_print(stdout, amounts->missing, amounts->missing_count, code_namespace(amounts->code),
                  amounts->code, "", "");
    fputs("\n", stdout);
}

/* What is issued stands whatever could be said of it: nothing said is unknown. */
struct code_verdict issue_amounts(struct issue *issue, const struct attestation *attestation)
{
    struct code_verdict amounts;
    if (!issue_counts_verdict(&amounts, issue->counts, attestation)) {
        amounts = (struct code_verdict){
            .code = attestation->code, .tested = ANSWER_UNKNOWN, .certified = ANSWER_UNKNOWN};
    }
    return amounts;
}
