#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "cmd/arguments.h"
#include "cmd/command.h"
#include "cmd/confirm.h"
#include "cmd/frame_file.h"
#include "cmd/json_output.h"
#include "cmd/own_keys.h"
#include "protocol/rules/affiliation.h"

enum { VALID_DAYS_MAX = 366, DAY_S = 86400 };

struct consent_request {
    uint32_t from; /* DAY_NONE: today */
    uint64_t valid_days;
    bool no_repairs;
    bool yes;
    const char *out;
    const char *shop;
};

/* A consent to begin later is still good then. */
static uint64_t expires_s(const struct consent_request *request)
{
    uint64_t now_s = session_now_s();
    uint64_t begins_s = time_of_day(request->from);
    uint64_t end_s = (begins_s > now_s ? begins_s : now_s) + request->valid_days * DAY_S;
    return end_s < TIME_S_MAX ? end_s : TIME_S_MAX;
}

static int make(struct consent *out, struct session *session, const struct consent_request *request)
{
    *out = (struct consent){
        .technician = session->actor,
        .start_day = request->from,
        .performs_repairs = !request->no_repairs,
        .expires_s = expires_s(request),
    };
    randombytes_buf(out->nonce, sizeof(out->nonce));
    int code = session_actor(session, request->shop, &out->shop);
    if (code == EXIT_YES && actor_id_equal(&out->shop, &session->actor)) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "own-shop",
                            "That is your own id: a consent is for the shop that you work in.");
    }
    return code;
}

static void show(const struct session *session, const struct consent *consent)
{
    char id[ID_TEXT_MAX + 1];
    char from[DAY_TEXT_SIZE];
    char until[TIME_TEXT_SIZE];
    id_to_text(id, ID_ACTOR, &session->home.network, &consent->shop.hash);
    day_to_text(from, consent->start_day);
    time_to_text(until, consent->expires_s);
    fprintf(stderr,
            "%s may put you on its roster.\n  id: %s\n  from %s on, %s\n"
            "  once, until %s; whoever sees its log sees that you work there\n",
            session_name_of(session, &consent->shop.hash), id, from,
            consent->performs_repairs ? "as one who diagnoses and repairs" : "but not to diagnose or repair",
            until);
}

static int sign(struct bytes *frame, struct session *session, const struct consent *consent)
{
    struct signed_consent out = {.consent = *consent, .technician_keys = session->inception};
    struct own_keys keys;
    struct hash id;
    int code = own_keys_read(&keys, session);
    if (code != EXIT_YES) {
        return code;
    }
    out.technician_blocks = keys.blocks;
    consent_id(&id, &session->home.network, consent);
    code = own_keys_sign_by_key(&out.signature, &keys, session, &id);
    if (code != EXIT_YES) {
        return code;
    }
    return frame_encode_record(session, FRAME_CONSENT, &signed_consent_schema, &out, frame);
}

static int tell(const struct session *session, const struct consent_request *request,
                const struct consent *consent)
{
    if (strcmp(request->out, "-") == 0) {
        return EXIT_YES;
    }
    if (session->options.json) {
        json_t *object = json_object();
        json_object_set_new(object, "file", json_string(request->out));
        json_object_set_new(object, "shop",
                            json_of_id(ID_ACTOR, &session->home.network, &consent->shop.hash));
        json_object_set_new(object, "from", json_of_day(consent->start_day));
        json_object_set_new(object, "performs_repairs", json_boolean(consent->performs_repairs));
        json_object_set_new(object, "expires", json_of_time(consent->expires_s));
        return json_output_take(object);
    }
    printf("Wrote %s. Hand it to the shop: it is good for them alone, and once.\n", request->out);
    return EXIT_YES;
}

static int consent_to(struct session *session, void *context)
{
    struct consent_request *request = context;
    struct consent consent;
    struct bytes frame;
    request->from = request->from == DAY_NONE ? session_today() : request->from;
    int code = session_need_actor(session);
    if (code == EXIT_YES) {
        code = make(&consent, session, request);
    }
    if (code != EXIT_YES) {
        return code;
    }
    show(session, &consent);
    code = confirm(session, request->yes, "Agree?");
    if (code == EXIT_YES) {
        code = sign(&frame, session, &consent);
    }
    if (code == EXIT_YES) {
        code = frame_file_write(session, request->out, frame);
    }
    return code == EXIT_YES ? tell(session, request, &consent) : code;
}

int command_consent(int argc, char **argv)
{
    struct consent_request request = {.from = DAY_NONE, .valid_days = 14, .out = "consent.tp"};
    const struct command_option options[] = {
        {"from", OPTION_DAY, &request.from},
        {"no-repairs", OPTION_FLAG, &request.no_repairs},
        {"valid", OPTION_NUMBER, &request.valid_days},
        {"out", OPTION_TEXT, &request.out},
        {"yes", OPTION_FLAG, &request.yes},
    };
    struct arguments arguments;
    int code = arguments_read(&arguments, "consent", argc, argv, options,
                              sizeof(options) / sizeof(options[0]), 1, 1);
    if (code != EXIT_YES) {
        return code;
    }
    if (request.valid_days < 1 || request.valid_days > VALID_DAYS_MAX) {
        return command_usage_error(command_named("consent"), "--valid wants days, from 1 to %d.",
                                   (int)VALID_DAYS_MAX);
    }
    request.shop = arguments.values[0];
    return session_run(&arguments.session, SESSION_READ, consent_to, &request);
}
