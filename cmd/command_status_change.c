#include "cmd/command.h"
#include "cmd/own_entries.h"
#include "cmd/words.h"

/* revoke, suspend and reinstate: one command with three names. */
struct change {
    const char *name;
    const char *did;
    enum status_action action;
};

static const struct change revoke = {"revoke", "Revoked", STATUS_REVOKED};
static const struct change suspend = {"suspend", "Suspended", STATUS_SUSPENDED};
static const struct change reinstate = {"reinstate", "Reinstated", STATUS_REINSTATED};

struct change_request {
    const struct change *change;
    const char *reason_text;
    enum status_reason reason;
    uint32_t from; /* DAY_NONE: today */
    const char *of;
    struct codes codes;
};

static bool add_status(const void *context, struct draft *draft, uint64_t seq, const struct list *entries)
{
    const struct change_request *request = context;
    const struct status status = {
        .seq = seq,
        .entries = *entries,
        .action = request->change->action,
        .reason = request->reason,
        .effective_day = request->from,
    };
    return draft_add(draft, ENTRY_STATUS, &status, NULL);
}

static int find_entries(struct own_entries *entries, struct session *session,
                        const struct change_request *request, const struct arguments *arguments)
{
    struct subject subject;
    if (request->of == NULL) {
        return own_entries_named(entries, session, arguments->values, arguments->count);
    }
    int code = session_subject(session, request->of, &subject);
    return code == EXIT_YES
               ? own_entries_of(entries, session, &subject, &request->codes, (int)request->change->action)
               : code;
}

static int apply(struct session *session, struct change_request *request, const struct arguments *arguments)
{
    const struct own_entries_record record = {.add = add_status, .context = request};
    struct own_entries_written written;
    struct own_entries entries;
    int code = session_need_actor(session);
    if (code == EXIT_YES) {
        code = find_entries(&entries, session, request, arguments);
    }
    if (code != EXIT_YES) {
        return code;
    }
    request->from = request->from == DAY_NONE ? session_today() : request->from;
    code = own_entries_publish(&entries, session, &record, &written);
    if (code != EXIT_YES) {
        return code;
    }
    return own_entries_report(&entries, session, request->change->did,
                              status_action_word(request->change->action), request->from, &written);
}

static int check(struct change_request *request, const struct arguments *arguments)
{
    const struct command *command = command_named(request->change->name);
    if ((request->of != NULL) != (arguments->count == 0)) {
        return command_usage_error(command, "name entries, or say --of TECHNICIAN --code CODES.");
    }
    if ((request->of != NULL) != (request->codes.count > 0)) {
        return command_usage_error(command, "--of and --code go together.");
    }
    if (request->reason_text != NULL &&
        !status_reason_of_word(&request->reason, bytes_of_string(request->reason_text))) {
        return command_usage_error(command, "--reason is one of %s.", STATUS_REASON_WORDS);
    }
    return EXIT_YES;
}

static int change_status(const struct change *change, int argc, char **argv)
{
    struct change_request request = {.change = change, .reason = STATUS_REASON_UNSPECIFIED, .from = DAY_NONE};
    const struct command_option options[] = {
        {"reason", OPTION_TEXT, &request.reason_text},
        {"from", OPTION_DAY, &request.from},
        {"of", OPTION_TEXT, &request.of},
        {"code", OPTION_CODES, &request.codes},
    };
    struct arguments arguments;
    struct session session;
    int code = arguments_read(&arguments, change->name, argc, argv, options,
                              sizeof(options) / sizeof(options[0]), 0, OWN_ENTRIES_MAX);
    if (code == EXIT_YES) {
        code = check(&request, &arguments);
    }
    if (code != EXIT_YES) {
        return code;
    }
    code = session_open(&session, &arguments.session, SESSION_WRITE);
    if (code != EXIT_YES) {
        return code;
    }
    code = apply(&session, &request, &arguments);
    session_close(&session);
    return code;
}

int command_revoke(int argc, char **argv)
{
    return change_status(&revoke, argc, argv);
}

int command_suspend(int argc, char **argv)
{
    return change_status(&suspend, argc, argv);
}

int command_reinstate(int argc, char **argv)
{
    return change_status(&reinstate, argc, argv);
}
