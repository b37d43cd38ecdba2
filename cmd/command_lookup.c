#include "cmd/command.h"
#include "cmd/verdict_answer.h"

static int answer(struct session *session, const char *subject_text, const struct verdict_request *request)
{
    struct subject subject;
    struct requirement requirement;
    struct dossier dossier;
    int code = requirement_read(&requirement, session, request->require);
    if (code == EXIT_YES) {
        code = session_subject(session, subject_text, &subject);
    }
    if (code == EXIT_YES) {
        code = verdict_gather(&dossier, session, &subject, verdict_reach(request, &requirement));
    }
    if (code != EXIT_YES) {
        return code;
    }
    return verdict_answer(session, &dossier, request, &requirement, NULL);
}

int command_lookup(int argc, char **argv)
{
    struct verdict_request request = VERDICT_REQUEST_DEFAULT;
    const struct command_option options[] = {VERDICT_REQUEST_OPTIONS(&request)};
    struct arguments arguments;
    struct session session;
    int code =
        arguments_read(&arguments, "lookup", argc, argv, options, sizeof(options) / sizeof(options[0]), 1, 1);
    if (code != EXIT_YES) {
        return code;
    }
    code = session_open(&session, &arguments.session, SESSION_READ);
    if (code != EXIT_YES) {
        return code;
    }
    code = answer(&session, arguments.values[0], &request);
    session_close(&session);
    return code;
}
