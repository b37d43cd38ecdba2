#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/confirm.h"
#include "cmd/frame_file.h"
#include "cmd/json_output.h"
#include "cmd/own_keys.h"
#include "cmd/proof_set.h"
#include "cmd/reasons.h"
#include "protocol/base/text.h"

struct present_request {
    const char *challenge;
    const char *from; /* a certificate file; NULL: the own store */
    struct codes codes;
    const char *out;
    bool yes;
    bool anyway; /* show also what no verifier will accept */
};

/* ---- the challenge ---- */

/* The keys that this node holds for the audience; *keys NULL: it holds none. */
static int read_keys(const struct key_set **keys, struct session *session, const struct actor_id *audience,
                     struct log_state *state)
{
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);
    *keys = NULL;
    if (error == STORE_OK) {
        error = store_log_state(txn, audience, state);
        store_end(txn);
    }
    if (error == STORE_NOT_FOUND) {
        return EXIT_YES;
    }
    *keys = error == STORE_OK ? &state->keys : NULL;
    return error == STORE_OK ? EXIT_YES : session_fail_store(&session->options, error);
}

static int check_challenge(struct session *session, const struct signed_challenge *challenge)
{
    struct log_state state;
    const struct key_set *keys;
    int code = read_keys(&keys, session, &challenge->challenge.audience, &state);
    if (code != EXIT_YES) {
        return code;
    }
    enum reason reason = challenge_check(challenge, &session->home.network, keys, &session->arena);
    if (reason == REASON_NONE && challenge->challenge.expires_s < session_now_s()) {
        reason = REASON_PRESENTATION_EXPIRED;
    }
    return reason == REASON_NONE ? EXIT_YES : session_fail_reason(&session->options, reason);
}

/* ---- choosing ---- */

/* What the challenge asks for, unless certificates were chosen by hand. */
static int read_requirement(struct requirement *out, const struct present_request *request,
                            struct session *session, const struct challenge *challenge)
{
    struct expression_error error;
    if (requirement_parse(out, &error, challenge->requirement, NULL, &session->arena) ||
        request->codes.count > 0) {
        return EXIT_YES;
    }
    return session_fail(&session->options, EXIT_BAD_INPUT, "requirement-unreadable",
                        "This version does not understand what the challenge asks for. Choose with --code.");
}

static int add_from_file(struct proof_set *set, struct session *session, const char *path,
                         const struct proof_choice *choice)
{
    struct certificate_file file;
    const struct subject self = subject_of_actor(&session->actor);
    int code = frame_file_read(session, path, FRAME_CERTIFICATES, &certificate_file_schema, &file);
    if (code != EXIT_YES) {
        return code;
    }
    if (!choice->unchecked && !subject_equal(&file.subject, &self)) {
        return session_fail(&session->options, EXIT_BAD_INPUT, reason_word(REASON_NOT_THE_HOLDER),
                            "The certificates in %s are not yours but those of %s.", path,
                            session_name_of(session, &file.subject.id));
    }
    return proof_set_add_file(set, session, &file, choice);
}

/* Experience and training go along with what is asked for: alone they are no answer. */
static bool answers_any(const struct proof_set *set, const struct requirement *requirement)
{
    for (size_t i = 0; i < set->proof_count; i++) {
        if (requirement_refers(requirement, set->items[i].code)) {
            return true;
        }
    }
    return false;
}

static int gather(struct proof_set *set, struct session *session, const struct present_request *request,
                  const struct requirement *requirement)
{
    const struct proof_choice choice = {.codes = &request->codes,
                                        .requirement = request->codes.count == 0 ? requirement : NULL,
                                        .standing_only = !request->anyway,
                                        .today = session_today(),
                                        .unchecked = request->anyway};
    const struct subject self = subject_of_actor(&session->actor);
    int code = request->from != NULL ? add_from_file(set, session, request->from, &choice)
                                     : proof_set_add_store(set, session, &self, &choice);
    if (code != EXIT_YES) {
        return code;
    }
    if (set->proof_count == 0) {
        return session_fail(
            &session->options, EXIT_NO, "nothing-to-present",
            "You hold no certificate for this that is in force. With a certificate file from your "
            "issuer, say --from FILE.");
    }
    if (!request->anyway && choice.requirement != NULL && !answers_any(set, requirement)) {
        return session_fail(
            &session->options, EXIT_NO, "nothing-to-present",
            "You hold nothing in force of what is asked for, %.*s, but only experience or training "
            "that goes with it. To show that alone choose it: --code %.*s",
            (int)requirement->text.size, (const char *)requirement->text.data, (int)set->items[0].code.size,
            (const char *)set->items[0].code.data);
    }
    return EXIT_YES;
}

/* ---- what is not there ---- */

struct missing_codes {
    const struct proof_set *set;
    size_t count;
    struct bytes codes[CODES_MAX];
    bool negated; /* where something must not be held, nobody can say what is missing */
};

static void look_for(struct missing_codes *missing, struct bytes code)
{
    for (size_t i = 0; i < missing->set->proof_count; i++) {
        if (code_matches(missing->set->items[i].code, code)) {
            return;
        }
    }
    for (size_t i = 0; i < missing->count; i++) {
        if (bytes_equal(missing->codes[i], code)) {
            return;
        }
    }
    if (missing->count < CODES_MAX) {
        missing->codes[missing->count++] = code;
    }
}

static bool look_at_node(void *context, const struct expression *node)
{
    struct missing_codes *missing = context;
    missing->negated |= node->op == EXPRESSION_NOT;
    if (node->op == EXPRESSION_CERTIFIED || node->op == EXPRESSION_TESTED) {
        look_for(missing, node->pattern);
    }
    return true;
}

static void find_missing(struct missing_codes *out, const struct present_request *request,
                         const struct requirement *requirement, const struct proof_set *set)
{
    const struct expression *expression = requirement_expression(requirement);
    *out = (struct missing_codes){.set = set};
    for (size_t i = 0; i < request->codes.count; i++) {
        look_for(out, request->codes.items[i]);
    }
    if (request->codes.count == 0 && expression != NULL) {
        expression_each(expression, look_at_node, out);
    }
    out->count = out->negated ? 0 : out->count;
}

/* ---- asking ---- */

static void show(const struct session *session, const struct challenge *challenge,
                 const struct proof_set *set, const struct missing_codes *missing)
{
    char id[ID_TEXT_MAX + 1];
    id_to_text(id, ID_ACTOR, &session->home.network, &challenge->audience.hash);
    fprintf(stderr, "%s asks for your certificates.\n  id: %s\n",
            session_name_of(session, &challenge->audience.hash), id);
    if (challenge->requirement.size > 0) {
        fprintf(stderr, "Asked for: %.*s\n", (int)challenge->requirement.size,
                (const char *)challenge->requirement.data);
    }
    fprintf(stderr, "You would show:\n");
    for (size_t i = 0; i < set->proof_count; i++) {
        fprintf(stderr, "  %.*s from %s\n", (int)set->items[i].code.size,
                (const char *)set->items[i].code.data, session_name_of(session, &set->items[i].issuer.hash));
    }
    for (size_t i = 0; i < missing->count; i++) {
        fprintf(stderr, "%s%.*s%s", i == 0 ? "Asked for, and not among them: " : ", ",
                (int)missing->codes[i].size, (const char *)missing->codes[i].data,
                i + 1 == missing->count ? "\n" : "");
    }
}

/* ---- answering ---- */

static int sign(struct signed_presentation *out, struct session *session, const struct own_keys *keys)
{
    uint8_t *scratch = arena_take(&session->arena, PRESENTATION_SIZE_MAX);
    struct hash hash;
    if (scratch == NULL) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    if (!presentation_hash(&hash, &session->home.network, &out->presentation, scratch)) {
        return session_fail_reason(&session->options, REASON_TOO_LARGE);
    }
    return own_keys_sign(&out->signature, keys, OWN_KEYS_PRESENTATION, session, &hash);
}

static int answer(struct session *session, const struct present_request *request,
                  const struct challenge *challenge, const struct proof_set *set)
{
    struct own_keys keys;
    struct bytes frame;
    int code = own_keys_read(&keys, session);
    if (code != EXIT_YES) {
        return code;
    }
    struct signed_presentation presentation = {
        .presentation = {
            .holder = session->actor,
            .holder_keys = session->inception,
            .holder_blocks = keys.blocks,
            .audience = challenge->audience,
            .created_s = session_now_s(),
            .expires_s = challenge->expires_s,
            .heads = {.items = set->heads, .count = set->head_count},
            .proofs = {.items = set->proofs, .count = set->proof_count},
        }};
    memcpy(presentation.presentation.nonce, challenge->nonce, sizeof(challenge->nonce));
    code = sign(&presentation, session, &keys);
    if (code == EXIT_YES) {
        code = frame_encode_record(session, FRAME_PRESENTATION, &signed_presentation_schema, &presentation,
                                   &frame);
    }
    return code == EXIT_YES ? frame_file_write(session, request->out, frame) : code;
}

static int tell(const struct session *session, const struct present_request *request,
                const struct proof_set *set)
{
    if (strcmp(request->out, "-") == 0) {
        return EXIT_YES;
    }
    if (session->options.json) {
        json_t *object = json_object();
        json_object_set_new(object, "file", json_string(request->out));
        json_object_set_new(object, "certificates", json_of_number(set->proof_count));
        return json_output_take(object);
    }
    printf("Wrote %s. Send it back to whoever asked.\n", request->out);
    return EXIT_YES;
}

static int present(struct session *session, const struct present_request *request, struct proof_set *set)
{
    struct signed_challenge challenge;
    struct requirement requirement = {0};
    struct missing_codes missing;
    int code = session_need_actor(session);
    if (code == EXIT_YES) {
        code = frame_file_read(session, request->challenge, FRAME_CHALLENGE, &signed_challenge_schema,
                               &challenge);
    }
    if (code == EXIT_YES) {
        code = check_challenge(session, &challenge);
    }
    if (code == EXIT_YES) {
        code = read_requirement(&requirement, request, session, &challenge.challenge);
    }
    if (code == EXIT_YES) {
        code = gather(set, session, request, &requirement);
    }
    if (code != EXIT_YES) {
        return code;
    }
    find_missing(&missing, request, &requirement, set);
    show(session, &challenge.challenge, set, &missing);
    code = confirm(session, request->yes, "Answer?");
    if (code == EXIT_YES) {
        code = answer(session, request, &challenge.challenge, set);
    }
    return code == EXIT_YES ? tell(session, request, set) : code;
}

int command_present(int argc, char **argv)
{
    struct present_request request = {.out = "presentation.tp"};
    const struct command_option options[] = {
        {"challenge", OPTION_TEXT, &request.challenge},
        {"from", OPTION_TEXT, &request.from},
        {"code", OPTION_CODES, &request.codes},
        {"out", OPTION_TEXT, &request.out},
        {"yes", OPTION_FLAG, &request.yes},
        {"anyway", OPTION_FLAG, &request.anyway},
    };
    struct arguments arguments;
    struct session session;
    int code = arguments_read(&arguments, "present", argc, argv, options,
                              sizeof(options) / sizeof(options[0]), 0, 1);
    if (code != EXIT_YES) {
        return code;
    }
    if ((request.challenge != NULL) == (arguments.count > 0)) {
        return command_usage_error(command_named("present"), "which challenge is to be answered?");
    }
    request.challenge = arguments.count > 0 ? arguments.values[0] : request.challenge;
    code = session_open(&session, &arguments.session, SESSION_READ);
    if (code != EXIT_YES) {
        return code;
    }
    struct proof_set *set = calloc(1, sizeof(*set));
    code = set == NULL ? session_fail_store(&session.options, STORE_NO_MEMORY)
                       : present(&session, &request, set);
    free(set);
    session_close(&session);
    return code;
}
