#include <stdio.h>
#include <string.h>

#include "cmd/arguments.h"
#include "cmd/challenge_home.h"
#include "cmd/command.h"
#include "cmd/frame_file.h"
#include "cmd/json_output.h"
#include "cmd/own_keys.h"
#include "cmd/requirement.h"
#include "protocol/base/text.h"

enum { VALID_MINUTES_DEFAULT = 10 };

struct challenge_request {
    const char *require; /* NULL: whatever there is */
    uint64_t valid_minutes;
    const char *out;
};

static int sign(struct signed_challenge *out, struct session *session)
{
    struct own_keys keys;
    struct hash hash;
    int code = own_keys_read(&keys, session);
    if (code != EXIT_YES) {
        return code;
    }
    challenge_hash(&hash, &session->home.network, &out->challenge);
    return own_keys_sign(&out->signature, &keys, OWN_KEYS_CHALLENGE, session, &hash);
}

static int tell(const struct session *session, const struct challenge_request *request,
                const struct challenge *challenge)
{
    char until[TIME_TEXT_SIZE];
    time_to_text(until, challenge->expires_s);
    if (strcmp(request->out, "-") == 0) {
        fprintf(stderr, "May be answered until %s.\n", until);
        return EXIT_YES;
    }
    if (session->options.json) {
        json_t *object = json_object();
        json_object_set_new(object, "file", json_string(request->out));
        json_object_set_new(object, "expires", json_of_time(challenge->expires_s));
        json_object_set_new(object, "requirement", json_of_text(challenge->requirement));
        return json_output_take(object);
    }
    printf("Wrote %s. Whoever is to answer runs: tradeproof present %s\nMay be answered until %s.\n",
           request->out, request->out, until);
    return EXIT_YES;
}

static int make(struct session *session, void *argument)
{
    const struct challenge_request *request = argument;
    struct signed_challenge challenge = {.challenge.audience = session->actor,
                                         .challenge.audience_keys = session->inception};
    struct requirement requirement;
    struct bytes frame;
    uint64_t now_s = session_now_s();
    int code = session_need_actor(session);
    if (code == EXIT_YES) {
        code = requirement_read(&requirement, session, request->require);
    }
    if (code != EXIT_YES) {
        return code;
    }
    if (requirement.text.size > REQUIREMENT_SIZE_MAX || !text_is_clean(requirement.text)) {
        return session_fail(&session->options, EXIT_USAGE, "requirement-too-long",
                            "A challenge carries a requirement of one line of at most %d bytes.",
                            (int)REQUIREMENT_SIZE_MAX);
    }
    challenge.challenge.requirement = requirement.text;
    challenge.challenge.created_s = now_s;
    challenge.challenge.expires_s = now_s + 60 * request->valid_minutes;
    randombytes_buf(challenge.challenge.nonce, sizeof(challenge.challenge.nonce));
    code = sign(&challenge, session);
    if (code == EXIT_YES) {
        code = frame_encode_record(session, FRAME_CHALLENGE, &signed_challenge_schema, &challenge, &frame);
    }
    if (code == EXIT_YES) {
        code = challenge_home_put(session, &challenge.challenge, frame, now_s);
    }
    if (code == EXIT_YES) {
        code = frame_file_write(session, request->out, frame);
    }
    return code == EXIT_YES ? tell(session, request, &challenge.challenge) : code;
}

int command_challenge(int argc, char **argv)
{
    struct challenge_request request = {.valid_minutes = VALID_MINUTES_DEFAULT, .out = "challenge.tp"};
    const struct command_option options[] = {
        {"require", OPTION_TEXT, &request.require},
        {"valid", OPTION_MINUTES, &request.valid_minutes},
        {"out", OPTION_TEXT, &request.out},
    };
    struct arguments arguments;
    int code = arguments_read(&arguments, "challenge", argc, argv, options,
                              sizeof(options) / sizeof(options[0]), 0, 0);
    return code == EXIT_YES ? session_run(&arguments.session, SESSION_READ, make, &request) : code;
}
