#include "cmd/verdict_answer.h"

#include "cmd/json_output.h"
#include "cmd/verdict_json.h"
#include "protocol/rules/lacking.h"

const char *name_in_session(const void *names, const struct hash *id)
{
    return session_name_of(names, id);
}

static void hide_unwanted(struct dossier *dossier, const struct codes *wanted)
{
    for (size_t i = 0; i < dossier->credential_count; i++) {
        struct dossier_credential *credential = &dossier->credentials[i];
        if (credential->about == ABOUT_SUBJECT && !codes_want(wanted, credential_code(credential))) {
            credential->about = ABOUT_BESIDE;
        }
    }
}

int exit_code_of_overall(enum overall overall)
{
    switch (overall) {
    case OVERALL_VALID:
        return EXIT_YES;
    case OVERALL_INVALID:
        return EXIT_NO;
    case OVERALL_UNDETERMINED:
        break;
    }
    return EXIT_UNKNOWN;
}

int exit_code_of_answer(enum answer answer)
{
    switch (answer) {
    case ANSWER_YES:
        return EXIT_YES;
    case ANSWER_NO:
        return EXIT_NO;
    case ANSWER_UNKNOWN:
        break;
    }
    return EXIT_UNKNOWN;
}

int verdict_gather(struct dossier *out, struct session *session, const struct subject *subject,
                   struct dossier_reach reach)
{
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);
    if (error == STORE_OK) {
        error =
            store_dossier(txn, &session->home.network, session->trust, subject, reach, out, &session->arena);
        store_end(txn);
    }
    return error == STORE_OK ? EXIT_YES : session_fail_store(&session->options, error);
}

/* Where it is asked for: as typed, else where the own shop is. */
static int find_state(struct bytes *out, struct session *session, const struct verdict_request *request)
{
    struct store_txn *txn;
    struct shop profile = {0};
    *out = request->state != NULL ? bytes_of_string(request->state) : (struct bytes){0};
    if (request->state != NULL || !session->has_actor) {
        return EXIT_YES;
    }
    enum store_error error = store_read_begin(&txn, session->store);
    if (error == STORE_OK) {
        error = store_shop_profile(txn, &session->actor, &profile, &session->arena);
        store_end(txn);
    }
    *out = profile.state;
    return error == STORE_OK || error == STORE_NOT_FOUND ? EXIT_YES
                                                         : session_fail_store(&session->options, error);
}

/* What had come by now is all that is here, whatever a clock that was ahead noted of it. */
static uint64_t known_by(const struct verdict_request *request)
{
    return request->known_by_s < session_now_s() ? request->known_by_s : UINT64_MAX;
}

struct dossier_reach verdict_reach(const struct verdict_request *request,
                                   const struct requirement *requirement)
{
    const struct question question = {.now_s = session_now_s(),
                                      .known_by_s = known_by(request),
                                      .budget = FRESHNESS_DEFAULT,
                                      .requirement = requirement_expression(requirement)};
    return lacking_reach(&question);
}

int verdict_question(struct question *out, struct session *session, const struct verdict_request *request)
{
    *out = session_question(session, request->at_day);
    out->known_by_s = known_by(request);
    return find_state(&out->state, session, request);
}

enum { ERASED_MAX = 16 };

/* What is presented has its own answer, one by one; who looks somebody up has to be told. */
static int find_erased(struct erased_about erased[ERASED_MAX], size_t *count, struct session *session,
                       const struct subject *subject, const struct presented *presented)
{
    struct store_txn *txn;
    enum store_error error;
    *count = 0;
    if (presented != NULL) {
        return EXIT_YES;
    }
    error = store_read_begin(&txn, session->store);
    if (error == STORE_OK) {
        error = store_erased_about(txn, session->trust, session->has_actor ? &session->actor : NULL, subject,
                                   erased, ERASED_MAX, count, &session->arena);
        store_end(txn);
    }
    return error == STORE_OK ? EXIT_YES : session_fail_store(&session->options, error);
}

int verdict_answer(struct session *session, struct dossier *dossier, const struct verdict_request *request,
                   const struct requirement *requirement, const struct presented *presented)
{
    struct erased_about erased[ERASED_MAX];
    struct question question;
    struct verdict verdict;
    size_t erased_count = 0;
    int code = verdict_question(&question, session, request);
    if (code == EXIT_YES) {
        code = find_erased(erased, &erased_count, session, &dossier->subject, presented);
    }
    if (code != EXIT_YES) {
        return code;
    }
    question.requirement = requirement_expression(requirement);
    question.presented = presented != NULL;
    hide_unwanted(dossier, &request->wanted);
    if (!verdict_of(&verdict, dossier, session->trust, &question, &session->arena)) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    const struct verdict_page page = {
        .network = &session->home.network,
        .dossier = dossier,
        .trust = session->trust,
        .verdict = &verdict,
        .requirement = requirement,
        .state = question.state,
        .all = request->all,
        .at_day = question.at_day,
        .begun_day = question.begun_day,
        .has_known_by = request->known_by_s != UINT64_MAX,
        .known_by_s = request->known_by_s,
        .presented = presented,
        .erased_count = erased_count,
        .erased = erased,
        .overall = page_overall(&verdict, presented),
        .name_of = name_in_session,
        .names = session,
    };
    if (!session->options.json) {
        verdict_text_print(stdout, &page);
        return exit_code_of_overall(page.overall);
    }
    code = json_output_take(verdict_json(&page));
    return code == EXIT_YES ? exit_code_of_overall(page.overall) : code;
}
