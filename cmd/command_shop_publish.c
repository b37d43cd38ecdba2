#include "cmd/command.h"
#include "cmd/publish.h"
#include "cmd/shop_json.h"
#include "cmd/text_file.h"

static int publish(struct session *session, char **arguments)
{
    struct json_input_error error;
    struct published published;
    struct bytes text;
    struct shop shop;
    int code = session_need_actor(session);
    if (code == EXIT_YES) {
        code = text_file_read(session, arguments[0], SHOP_JSON_SIZE_MAX, &text);
    }
    if (code != EXIT_YES) {
        return code;
    }
    if (!shop_json_parse(&shop, &error, text, session_today(), &session->arena)) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "bad-shop",
                            "%s: %s %s. Nothing was published.", arguments[0], error.where, error.what);
    }
    code = publish_one(session, ENTRY_SHOP, &shop, &published);
    return code == EXIT_YES ? publish_report(session, &published, "The shop's profile is published.") : code;
}

int command_shop_publish(int argc, char **argv)
{
    return command_in_session(command_named("shop publish"), argc, argv, 1, 1, SESSION_WRITE, publish);
}
