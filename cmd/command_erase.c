#include <inttypes.h>

#include "cmd/command.h"
#include "cmd/own_entries.h"

static bool add_erase(const void *context, struct draft *draft, uint64_t seq, const struct list *entries)
{
    (void)context;
    const struct erase erase = {.seq = seq, .entries = *entries};
    return draft_add(draft, ENTRY_ERASE, &erase, NULL);
}

/* What is beyond the day's room would be erased on a later day, on each node by its own clock. */
static int check_room(const struct session *session, size_t count)
{
    struct store_txn *txn = NULL;
    uint64_t room = 0;
    enum store_error error = store_read_begin(&txn, session->store);
    if (error == STORE_OK) {
        error = store_erase_room(txn, &session->actor, session_now_s(), &room);
        store_end(txn);
    }
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    return count <= room ? EXIT_YES
                         : session_fail(&session->options, EXIT_BAD_INPUT, "erases-too-many-entries",
                                        "An author erases 65536 entries a day, and %" PRIu64
                                        " are left for today: name fewer, and the others tomorrow.",
                                        room);
}

static int apply(struct session *session, void *argument)
{
    const struct arguments *arguments = argument;
    const struct own_entries_record record = {.add = add_erase, .entries_max = ERASE_ENTRIES_MAX};
    struct own_entries_done done = {.did = "Erased", .action = "erased", .day = DAY_NONE};
    struct own_entries entries;
    int code = session_need_actor(session);
    if (code == EXIT_YES) {
        code = own_entries_named(&entries, session, arguments->values, arguments->count);
    }
    if (code == EXIT_YES) {
        code = check_room(session, entries.count);
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
