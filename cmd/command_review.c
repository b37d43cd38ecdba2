#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/areas.h"
#include "cmd/arguments.h"
#include "cmd/award_words.h"
#include "cmd/command.h"
#include "cmd/held_shop.h"
#include "cmd/issue_counts.h"
#include "cmd/issue_rules.h"
#include "cmd/json_output.h"
#include "cmd/publish.h"
#include "cmd/shop_roster.h"

struct review_request {
    const char *shop;
    const char *areas;
    struct codes codes; /* one; none: the only one that an own pack's award asks for */
    uint64_t technicians;
    uint32_t on; /* DAY_NONE: today */
};

/* A review on its way into the log. */
struct reviewing {
    struct session *session;
    struct issue_rules *rules;
    struct issue_counts *counts;
    struct review review;
    struct attestation recognition;    /* what is issued when the award holds */
    const struct award_verdict *award; /* as if recognised */
    struct published published;        /* the review */
    bool is_recognised;
    struct entry_name entry; /* of the recognition */
};

static int fail(const struct reviewing *reviewing, const char *word, const char *sentence)
{
    return session_fail(&reviewing->session->options, EXIT_BAD_INPUT, word, "%s", sentence);
}

/* ---- deciding ---- */

/* Awards on the day of the review, but for their recognition. */
static int decide(struct reviewing *reviewing, struct roster_verdict *out)
{
    static const struct roster_change recognised = {.as_if_recognised = true};
    struct question *question = arena_take(&reviewing->session->arena, sizeof(*question));
    if (question == NULL) {
        return session_fail_store(&reviewing->session->options, STORE_NO_MEMORY);
    }
    *question = session_question(reviewing->session, reviewing->review.day);
    return shop_roster_decide(reviewing->session, &reviewing->review.shop, question, &recognised, out);
}

static bool is_own(const struct reviewing *reviewing, const struct award_verdict *award)
{
    const struct trust_owner *owner = trust_owner_of(reviewing->session->trust, award->pack->pack.name_space);
    return owner != NULL && actor_id_equal(&owner->actor, &reviewing->session->actor);
}

/* The only code that an award of an own pack asks for. */
static int default_code(struct reviewing *reviewing)
{
    struct roster_verdict verdict;
    const struct award_verdict *found = NULL;
    int code = decide(reviewing, &verdict);
    if (code != EXIT_YES) {
        return code;
    }
    for (size_t i = 0; i < verdict.award_count; i++) {
        const struct award_verdict *award = &verdict.awards[i];
        if (!award->has_code || !is_own(reviewing, award) ||
            (found != NULL && bytes_equal(found->code, award->code))) {
            continue;
        }
        if (found != NULL) {
            return fail(reviewing, "several-recognitions",
                        "Your rules know several recognitions of shops: say which one with --code.");
        }
        found = award;
    }
    if (found == NULL) {
        return fail(reviewing, "no-recognition",
                    "No rules of yours ask for a recognition of shops on that day: say with --code what the "
                    "review is for.");
    }
    reviewing->review.code = found->code;
    return EXIT_YES;
}

/* Of several awards that ask for the code, one that holds. */
static void choose_award(struct reviewing *reviewing, const struct roster_verdict *verdict)
{
    for (size_t i = 0; i < verdict->award_count; i++) {
        const struct award_verdict *award = &verdict->awards[i];
        if (award->has_code && bytes_equal(award->code, reviewing->review.code) &&
            (reviewing->award == NULL || reviewing->award->answer != ANSWER_YES)) {
            reviewing->award = award;
        }
    }
}

/* ---- before anything is signed ---- */

static int read_request(struct reviewing *reviewing, const struct review_request *request)
{
    struct session *session = reviewing->session;
    struct bytes at;
    reviewing->review = (struct review){
        .day = request->on == DAY_NONE ? session_today() : request->on,
        .technicians = request->technicians,
        .code = request->codes.count > 0 ? request->codes.items[0] : (struct bytes){0},
    };
    enum areas_fault fault =
        areas_from_text(&reviewing->review.areas, &at, bytes_of_string(request->areas), &session->arena);
    if (fault != AREAS_FINE) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "bad-areas", "\"%.*s\" %s.",
                            at.size > 0 ? (int)at.size : (int)strlen(request->areas),
                            at.size > 0 ? (const char *)at.data : request->areas, areas_fault_words(fault));
    }
    return session_actor(session, request->shop, &reviewing->review.shop);
}

static enum reason rule_in_session(void *caller, struct bytes code, uint32_t earned_on,
                                   const struct pack_code **out)
{
    struct reviewing *reviewing = caller;
    return issue_rule_of(reviewing->rules, code, earned_on, out);
}

static enum reason counts_in_session(void *caller, const struct attestation *coming, char *text)
{
    struct reviewing *reviewing = caller;
    return issue_counts_of(reviewing->counts, coming, text);
}

/* A recognition renews nothing. */
static bool no_renewal(void *caller, const struct attestation *coming, const struct pack_code *rule,
                       uint32_t *last_day)
{
    (void)caller;
    (void)coming;
    (void)rule;
    (void)last_day;
    return false;
}

static bool nobody(void *caller, struct bytes name, struct subject *out)
{
    (void)caller;
    (void)name;
    (void)out;
    return false;
}

/* What would be issued: refused beforehand, when this actor may not. */
static int prepare_recognition(struct reviewing *reviewing)
{
    struct session *session = reviewing->session;
    const struct issue_context context = {.network = &session->home.network,
                                          .today = session_today(),
                                          .caller = reviewing,
                                          .named = nobody,
                                          .rule = rule_in_session,
                                          .renewed_until = no_renewal,
                                          .counts = counts_in_session};
    const struct issue_terms terms = {.subject = subject_of_actor(&reviewing->review.shop),
                                      .code = reviewing->review.code,
                                      .basis = BASIS_RECOGNITION,
                                      .earned_on = reviewing->review.day};
    struct issue_refused refused = {0};
    char words[512];
    if (issue_attestation(&reviewing->recognition, &refused, &context, &terms)) {
        return EXIT_YES;
    }
    if (reviewing->rules->error != STORE_OK) {
        return session_fail_store(&session->options, reviewing->rules->error);
    }
    issue_refusal_words(words, sizeof(words), &refused);
    return session_fail(&session->options, EXIT_BAD_INPUT, issue_refusal_word(&refused), "%s.", words);
}

static int prepare(struct reviewing *reviewing, const struct review_request *request)
{
    int code = session_need_actor(reviewing->session);
    if (code == EXIT_YES) {
        code = read_request(reviewing, request);
    }
    if (code == EXIT_YES) {
        code = held_shop_need(reviewing->session, &reviewing->review.shop);
    }
    if (code == EXIT_YES && reviewing->review.code.size == 0) {
        code = default_code(reviewing);
    }
    return code == EXIT_YES ? prepare_recognition(reviewing) : code;
}

/* ---- signing ---- */

static int publish(struct reviewing *reviewing, struct publisher *publisher, enum entry_kind kind,
                   const void *record, struct published *out)
{
    struct draft draft;
    uint8_t salt[ENTRY_SALT_SIZE];
    publisher_salt(salt);
    publisher_draft(publisher, &draft, CLASS_CONTENT);
    return draft_add(&draft, kind, record, salt)
               ? publisher_publish(publisher, &draft, out)
               : session_fail_reason(&reviewing->session->options, REASON_TOO_LARGE);
}

static int publish_recognition(struct reviewing *reviewing, struct publisher *publisher)
{
    struct session *session = reviewing->session;
    struct published published;
    struct block block;
    int code = publish(reviewing, publisher, ENTRY_ATTESTATION, &reviewing->recognition, &published);
    if (code != EXIT_YES) {
        return code;
    }
    if (block_decode(&block, &session->home.network, published.encoded, &session->arena) != REASON_NONE) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    reviewing->is_recognised = true;
    reviewing->entry = (struct entry_name){.author = session->actor, .seq = published.seq};
    memcpy(reviewing->entry.prefix, block.leaves[0].bytes, sizeof(reviewing->entry.prefix));
    return EXIT_YES;
}

/* The floors of this very review count, so the award is decided by what the store says once it is there; the
 * checkpoint keeps this actor's own word from being called stale. */
static int review_with(struct reviewing *reviewing, struct publisher *publisher)
{
    struct roster_verdict verdict;
    int code = publish(reviewing, publisher, ENTRY_REVIEW, &reviewing->review, &reviewing->published);
    if (code == EXIT_YES) {
        code = publisher_checkpoint(publisher);
    }
    if (code == EXIT_YES) {
        code = decide(reviewing, &verdict);
    }
    if (code != EXIT_YES) {
        return code;
    }
    choose_award(reviewing, &verdict);
    bool holds = reviewing->award != NULL && reviewing->award->answer == ANSWER_YES;
    return holds ? publish_recognition(reviewing, publisher) : EXIT_YES;
}

static int sign(struct reviewing *reviewing)
{
    struct keyring *keyring = NULL;
    struct publisher publisher;
    int code = keyring_open(&keyring, reviewing->session);
    if (code != EXIT_YES) {
        return code;
    }
    code = publisher_open(&publisher, reviewing->session, keyring);
    if (code == EXIT_YES) {
        code = review_with(reviewing, &publisher);
        publisher_close(&publisher);
    }
    keyring_wipe(keyring);
    return code;
}

/* ---- telling ---- */

static const char *name_in_session(const void *names, const struct hash *id)
{
    return session_name_of(names, id);
}

static json_t *lacks_json(const struct reviewing *reviewing, const struct award_names *names)
{
    char words[AWARD_WORDS_SIZE];
    json_t *array = json_array();
    for (size_t i = 0; reviewing->award != NULL && i < reviewing->award->lack_count; i++) {
        const struct award_event *event = &reviewing->award->lacks[i];
        json_t *object = json_object();
        award_lack_words(words, reviewing->award, event, names);
        json_object_set_new(object, "cause", json_string(award_cause_word(event->cause)));
        json_object_set_new(object, "area", event->area.size > 0 ? json_of_text(event->area) : json_null());
        json_object_set_new(object, "message", json_string(words));
        json_array_append_new(array, object);
    }
    return array;
}

static int tell_json(const struct reviewing *reviewing, const struct award_names *names)
{
    const struct network *network = &reviewing->session->home.network;
    const struct attestation *recognition = &reviewing->recognition;
    char entry[ENTRY_NAME_TEXT_MAX + 1];
    json_t *object = json_object();
    entry_name_to_text(entry, network, &reviewing->entry);
    json_object_set_new(object, "shop", json_of_id(ID_ACTOR, network, &reviewing->review.shop.hash));
    json_object_set_new(object, "code", json_of_text(reviewing->review.code));
    json_object_set_new(object, "day", json_of_day(reviewing->review.day));
    json_object_set_new(object, "seq", json_of_number(reviewing->published.seq));
    json_object_set_new(object, "recognised", json_boolean(reviewing->is_recognised));
    json_object_set_new(object, "entry", reviewing->is_recognised ? json_string(entry) : json_null());
    json_object_set_new(object, "last_day",
                        json_of_day(reviewing->is_recognised && recognition->has_last_day
                                        ? recognition->last_day
                                        : DAY_NONE));
    json_object_set_new(object, "lacks", lacks_json(reviewing, names));
    return json_output_take(object);
}

static void tell_recognised(const struct reviewing *reviewing)
{
    const struct attestation *recognition = &reviewing->recognition;
    char entry[ENTRY_NAME_TEXT_MAX + 1];
    char until[DAY_TEXT_SIZE] = "";
    if (recognition->has_last_day) {
        day_to_text(until, recognition->last_day);
    }
    entry_name_to_text(entry, &reviewing->session->home.network, &reviewing->entry);
    printf("%.*s: all that it asks for is there. Issued %.*s, valid %s%s\nEntry: %s\n",
           (int)reviewing->award->name.size, (const char *)reviewing->award->name.data,
           (int)recognition->code.size, (const char *)recognition->code.data,
           recognition->has_last_day ? "until " : "for life", until, entry);
}

static void tell_lacks(const struct reviewing *reviewing, const struct award_names *names)
{
    const struct award_verdict *award = reviewing->award;
    char words[AWARD_WORDS_SIZE];
    if (award == NULL) {
        printf("No award asks for %.*s on that day, so nothing was issued.\n",
               (int)reviewing->review.code.size, (const char *)reviewing->review.code.data);
        return;
    }
    printf("%.*s: %s, so nothing was issued.\n", (int)award->name.size, (const char *)award->name.data,
           award->answer == ANSWER_NO ? "not reached" : "could not be determined");
    for (size_t i = 0; i < award->lack_count; i++) {
        award_lack_words(words, award, &award->lacks[i], names);
        printf("  %s\n", words);
    }
}

static int tell(const struct reviewing *reviewing)
{
    const struct award_names names = {.name_of = name_in_session, .names = reviewing->session};
    int code = EXIT_YES;
    if (reviewing->session->options.json) {
        code = tell_json(reviewing, &names);
    } else {
        printf("Recorded the review of %s: %" PRIu64 " technician%s, %zu area%s (block %" PRIu64 ")\n",
               session_name_of(reviewing->session, &reviewing->review.shop.hash),
               reviewing->review.technicians, reviewing->review.technicians == 1 ? "" : "s",
               reviewing->review.areas.count, reviewing->review.areas.count == 1 ? "" : "s",
               reviewing->published.seq);
        if (reviewing->is_recognised) {
            tell_recognised(reviewing);
        } else {
            tell_lacks(reviewing, &names);
        }
    }
    if (code != EXIT_YES || reviewing->is_recognised) {
        return code;
    }
    return reviewing->award != NULL && reviewing->award->answer == ANSWER_UNKNOWN ? EXIT_UNKNOWN : EXIT_NO;
}

/* ---- the command ---- */

static int review(struct session *session, void *context)
{
    struct reviewing reviewing = {.session = session, .rules = issue_rules_create(session, false)};
    reviewing.counts = reviewing.rules != NULL ? issue_counts_create(reviewing.rules) : NULL;
    if (reviewing.counts == NULL) {
        free(reviewing.rules);
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    int code = prepare(&reviewing, context);
    if (code == EXIT_YES) {
        code = sign(&reviewing);
    }
    if (code == EXIT_YES) {
        code = tell(&reviewing);
    }
    free(reviewing.counts);
    free(reviewing.rules);
    return code;
}

static int check_request(const struct review_request *request)
{
    const struct command *command = command_named("review");
    if (request->technicians > TECHNICIANS_MAX) {
        return command_usage_error(command, "--technicians says how many diagnose and repair, up to %d.",
                                   (int)TECHNICIANS_MAX);
    }
    if (request->areas == NULL) {
        return command_usage_error(command, "--areas says which service areas the shop performs.");
    }
    if (request->codes.count > 1) {
        return command_usage_error(command, "a review is for one code.");
    }
    return EXIT_YES;
}

int command_review(int argc, char **argv)
{
    struct review_request request = {.on = DAY_NONE, .technicians = UINT64_MAX};
    const struct command_option options[] = {
        {"technicians", OPTION_NUMBER, &request.technicians},
        {"areas", OPTION_TEXT, &request.areas},
        {"on", OPTION_DAY, &request.on},
        {"code", OPTION_CODES, &request.codes},
    };
    struct arguments arguments;
    int code =
        arguments_read(&arguments, "review", argc, argv, options, sizeof(options) / sizeof(options[0]), 1, 1);
    if (code == EXIT_YES) {
        code = check_request(&request);
    }
    if (code != EXIT_YES) {
        return code;
    }
    request.shop = arguments.values[0];
    return session_run(&arguments.session, SESSION_WRITE, review, &request);
}
