#include <string.h>

#include "cmd/challenge_home.h"
#include "cmd/command.h"
#include "cmd/frame_file.h"
#include "cmd/presented_dossier.h"
#include "cmd/verdict_answer.h"

struct verify {
    struct session *session;
    struct verdict_request request;
    struct requirement requirement;
    struct signed_presentation presentation;
    bool has_challenge;
    struct signed_challenge challenge;
    bool has_holder_log;
    struct log_state holder_log; /* what this node knows of the holder's keys */
    bool has_own_log;
    struct log_state own_log;
};

/* ---- the challenge ---- */

static bool is_ours(const struct session *session, const struct challenge *challenge)
{
    return session->has_actor && actor_id_equal(&challenge->audience, &session->actor);
}

/* A challenge file could come from anywhere, so it counts only under our own signature. */
static int read_challenge(struct verify *verify, const char *path)
{
    struct session *session = verify->session;
    int code = frame_file_read(session, path, FRAME_CHALLENGE, &signed_challenge_schema, &verify->challenge);
    if (code != EXIT_YES) {
        return code;
    }
    if (!is_ours(session, &verify->challenge.challenge)) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "challenge-of-another",
                            "%s is a challenge by %s, not by you.", path,
                            session_name_of(session, &verify->challenge.challenge.audience.hash));
    }
    enum reason reason = challenge_check(&verify->challenge, &session->home.network,
                                         verify->has_own_log ? &verify->own_log.keys : NULL, &session->arena);
    verify->has_challenge = reason == REASON_NONE;
    return reason == REASON_NONE ? EXIT_YES : session_fail_reason(&session->options, reason);
}

static int find_challenge(struct verify *verify, const char *path)
{
    if (path != NULL) {
        return read_challenge(verify, path);
    }
    verify->has_challenge =
        challenge_home_get(verify->session, verify->presentation.presentation.nonce, &verify->challenge) &&
        is_ours(verify->session, &verify->challenge.challenge);
    return EXIT_YES;
}

/* What the challenge asked for, unless something else is required by hand. */
static int take_requirement(struct verify *verify)
{
    if (verify->request.require != NULL || !verify->has_challenge) {
        return EXIT_YES;
    }
    return requirement_read_asked(&verify->requirement, verify->session,
                                  verify->challenge.challenge.requirement);
}

/* ---- the bearer ---- */

/* *has: whether anything of the log is held. */
static enum store_error read_log(struct store_txn *txn, const struct actor_id *author,
                                 struct log_state *state, bool *has)
{
    enum store_error error = store_log_state(txn, author, state);
    *has = error == STORE_OK;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static int read_logs(struct verify *verify)
{
    struct session *session = verify->session;
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    error = read_log(txn, &verify->presentation.presentation.holder, &verify->holder_log,
                     &verify->has_holder_log);
    if (error == STORE_OK && session->has_actor) {
        error = read_log(txn, &session->actor, &verify->own_log, &verify->has_own_log);
    }
    store_end(txn);
    return error == STORE_OK ? EXIT_YES : session_fail_store(&session->options, error);
}

static int check_bearer(struct verify *verify, enum reason *reason)
{
    struct session *session = verify->session;
    const struct challenge *challenge = &verify->challenge.challenge;
    static uint8_t scratch[PRESENTATION_SIZE_MAX];
    const struct presentation_terms terms = {
        .audience = &session->actor, /* zero without an actor: then nothing is meant for us */
        .nonce = verify->has_challenge ? challenge->nonce : NULL,
        .now_s = session_now_s(),
        .skew_s = CHALLENGE_SKEW_S,
        .known_holder = verify->has_holder_log ? &verify->holder_log : NULL,
    };
    *reason =
        presentation_check(&verify->presentation, &session->home.network, &terms, scratch, &session->arena);
    if (*reason == REASON_NONE && challenge->expires_s + CHALLENGE_SKEW_S < terms.now_s) {
        *reason = REASON_PRESENTATION_EXPIRED;
    }
    return *reason == REASON_NONE ? challenge_use(session, challenge, reason) : EXIT_YES;
}

/* ---- together ---- */

static int verify_file(struct verify *verify, const char *path, const char *challenge_path)
{
    struct session *session = verify->session;
    const struct presentation *presentation = &verify->presentation.presentation;
    struct presented_dossier presented_dossier;
    struct presented presented = {0};
    int code = requirement_read(&verify->requirement, session, verify->request.require);
    if (code == EXIT_YES) {
        code = frame_file_read(session, path, FRAME_PRESENTATION, &signed_presentation_schema,
                               &verify->presentation);
    }
    if (code == EXIT_YES) {
        code = read_logs(verify);
    }
    if (code == EXIT_YES) {
        code = find_challenge(verify, challenge_path);
    }
    if (code == EXIT_YES) {
        code = take_requirement(verify);
    }
    if (code != EXIT_YES) {
        return code;
    }
    enum store_error error = presented_dossier_of(&presented_dossier, session, presentation,
                                                  verdict_reach(&verify->request, &verify->requirement));
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    code = check_bearer(verify, &presented.reason);
    if (code != EXIT_YES) {
        return code;
    }
    presented.audience = presentation->audience;
    presented.created_s = presentation->created_s;
    presented.refused_count = presented_dossier.refused_count;
    presented.refused = presented_dossier.refused;
    return verdict_answer(session, &presented_dossier.dossier, &verify->request, &verify->requirement,
                          &presented);
}

int command_verify(int argc, char **argv)
{
    struct verify verify = {.request = VERDICT_REQUEST_DEFAULT};
    const char *challenge = NULL;
    const struct command_option options[] = {
        VERDICT_REQUEST_OPTIONS(&verify.request),
        {"challenge", OPTION_TEXT, &challenge},
    };
    struct arguments arguments;
    struct session session;
    int code =
        arguments_read(&arguments, "verify", argc, argv, options, sizeof(options) / sizeof(options[0]), 1, 1);
    if (code != EXIT_YES) {
        return code;
    }
    code = session_open(&session, &arguments.session, SESSION_WRITE);
    if (code != EXIT_YES) {
        return code;
    }
    verify.session = &session;
    code = verify_file(&verify, arguments.values[0], challenge);
    session_close(&session);
    return code;
}
