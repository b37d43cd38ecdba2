#include "cmd/arguments.h"
#include "cmd/command.h"
#include "cmd/number.h"
#include "cmd/publish.h"

static int read_days(struct rhythm *record, const struct session *session, const char *text)
{
    const char *end;

    if (number_read(&record->days, text, &end, RHYTHM_DAYS_MAX) && *end == '\0' && record->days > 0) {
        return EXIT_YES;
    }
    return session_fail(&session->options, EXIT_BAD_INPUT, "bad-rhythm",
                        "\"%s\" is not a number of days from 1 to %d.", text, RHYTHM_DAYS_MAX);
}

static int rhythm(struct session *session, char **arguments)
{
    struct rhythm record = {0};
    struct published published;
    int code = session_need_actor(session);

    if (code != EXIT_YES || (code = read_days(&record, session, arguments[0])) != EXIT_YES) {
        return code;
    }
    code = publish_one(session, ENTRY_RHYTHM, &record, &published);
    return code == EXIT_YES ? publish_report(session, &published, "The rhythm is published.") : code;
}

int command_rhythm(int argc, char **argv)
{
    return command_in_session(command_named("rhythm"), argc, argv, 1, 1, SESSION_WRITE, rhythm);
}
