#include <stdio.h>
#include <string.h>

#include "cmd/arguments.h"
#include "cmd/challenge_home.h"
#include "cmd/command.h"
#include "cmd/frame_file.h"
#include "cmd/json_output.h"
#include "cmd/own_keys.h"

enum { VALID_MINUTES_DEFAULT = 10 };

struct challenge_request {
    struct codes required;
    uint64_t valid_minutes;
    const char *out;
};

/* The codes as one text, as the challenge carries them. */
static bool requirement_text(const struct codes *codes, char *text, size_t capacity, struct bytes *out)
{
    size_t size = 0;
    for (size_t i = 0; i < codes->count; i++) {
        if (size + 1 + codes->items[i].size > capacity) {
            return false;
        }
        if (i > 0) {
            text[size++] = ',';
        }
        memcpy(text + size, codes->items[i].data, codes->items[i].size);
        size += codes->items[i].size;
    }
    *out = bytes_of(text, size);
    return true;
}

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
    char requirement[REQUIREMENT_SIZE_MAX];
    struct bytes frame;
    uint64_t now_s = session_now_s();
    int code = session_need_actor(session);
    if (code != EXIT_YES) {
        return code;
    }
    if (!requirement_text(&request->required, requirement, sizeof(requirement),
                          &challenge.challenge.requirement)) {
        return session_fail_reason(&session->options, REASON_TOO_LARGE);
    }
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
        {"require", OPTION_CODES, &request.required},
        {"valid", OPTION_MINUTES, &request.valid_minutes},
        {"out", OPTION_TEXT, &request.out},
    };
    struct arguments arguments;
    int code = arguments_read(&arguments, "challenge", argc, argv, options,
                              sizeof(options) / sizeof(options[0]), 0, 0);
    return code == EXIT_YES ? session_run(&arguments.session, SESSION_READ, make, &request) : code;
}
