#include "cmd/verdict_answer.h"

#include "cmd/json_output.h"
#include "cmd/verdict_json.h"

static const char *name_in_session(const void *names, const struct hash *id)
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

static int exit_code_of(enum overall overall)
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

int verdict_answer(struct session *session, struct dossier *dossier, const struct verdict_request *request,
                   const struct requirement *requirement, const struct presented *presented)
{
    const struct question question = {
        .network = &session->home.network,
        .at_day = request->at_day == DAY_NONE ? session_today() : request->at_day,
        .now_s = session_now_s(),
        .known_by_s = request->known_by_s,
        .budget = FRESHNESS_DEFAULT,
        .state = request->state != NULL ? bytes_of_string(request->state) : (struct bytes){0},
        .requirement = requirement_expression(requirement),
    };
    struct verdict verdict;
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
        .has_known_by = request->known_by_s != UINT64_MAX,
        .known_by_s = request->known_by_s,
        .presented = presented,
        .overall = page_overall(&verdict, presented),
        .name_of = name_in_session,
        .names = session,
    };
    if (!session->options.json) {
        verdict_text_print(stdout, &page);
        return exit_code_of(page.overall);
    }
    int code = json_output_take(verdict_json(&page));
    return code == EXIT_YES ? exit_code_of(page.overall) : code;
}
