#include "cmd/command.h"
#include "cmd/own_entries.h"

static bool add_erase(const void *context, struct draft *draft, uint64_t seq, const struct list *entries)
{
    (void)context;
    const struct erase erase = {.seq = seq, .entries = *entries};
    return draft_add(draft, ENTRY_ERASE, &erase, NULL);
}

static int apply(struct session *session, void *argument)
{
    const struct arguments *arguments = argument;
    const struct own_entries_record record = {.add = add_erase};
    struct own_entries_done done = {.did = "Erased", .action = "erased", .day = DAY_NONE};
    struct own_entries entries;
    int code = session_need_actor(session);
    if (code == EXIT_YES) {
        code = own_entries_named(&entries, session, arguments->values, arguments->count);
    }
    if (code == EXIT_YES) {
        code = own_entries_publish(&entries, session, &record, &done.written);
    }
    return code == EXIT_YES ? own_entries_report(&entries, session, &done) : code;
}

int command_erase(int argc, char **argv)
{
    struct arguments arguments;
    int code = arguments_read(&arguments, "erase", argc, argv, NULL, 0, 1, OWN_ENTRIES_MAX);
    return code == EXIT_YES ? session_run(&arguments.session, SESSION_WRITE, apply, &arguments) : code;
}
