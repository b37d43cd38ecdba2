#include <inttypes.h>
#include <stdio.h>

#include "cmd/command.h"
#include "cmd/own_block.h"
#include "cmd/own_entries.h"

static bool add_erase(const void *context, struct draft *draft, const struct own_entry *first,
                      const struct list *entries)
{
    (void)context;
    const struct erase erase = {.seq = first->name.seq, .entries = *entries};
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

/* ---- what is kept ---- */

/* What is against somebody can't be erased away (store/erased.h): it reads as before. */
static enum store_error is_readable(struct session *session, struct store_txn *txn,
                                    const struct entry_name *name, bool *readable)
{
    size_t mark = arena_mark(&session->arena);
    struct block block;
    enum store_error error = own_block_read(&block, session, txn, name->seq);
    *readable = error == STORE_OK && !block.entries[name->index].erased;
    arena_rewind(&session->arena, mark);
    return error;
}

/* Move from entries to kept what can still be read. */
static int sift_kept(struct own_entries *entries, struct own_entries *kept, struct session *session)
{
    struct store_txn *txn;
    size_t erased = 0;
    enum store_error error = STORE_OK;
    *kept =
        (struct own_entries){.items = arena_take(&session->arena, entries->count * sizeof *entries->items)};
    error = kept->items != NULL ? store_read_begin(&txn, session->store) : STORE_NO_MEMORY;
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    for (size_t i = 0; i < entries->count && error == STORE_OK; i++) {
        bool readable = false;
        error = is_readable(session, txn, &entries->items[i].name, &readable);
        if (readable) {
            kept->items[kept->count++] = entries->items[i];
        } else {
            entries->items[erased++] = entries->items[i];
        }
    }
    store_end(txn);
    entries->count = erased;
    return error == STORE_OK ? EXIT_YES : session_fail_store(&session->options, error);
}

static void report_kept(const struct own_entries *kept, const struct session *session)
{
    char text[ENTRY_NAME_TEXT_MAX + 1];
    for (size_t i = 0; i < kept->count && i < OWN_ENTRIES_TOLD_MAX; i++) {
        entry_name_to_text(text, &session->home.network, &kept->items[i].name);
        fprintf(stderr, "Still readable: %s\n", text);
    }
    if (kept->count > 0) {
        fprintf(
            stderr,
            "What is against somebody can't be erased away: that somebody left a shop stays said until it\n"
            "is erased too that they joined, and a review stays.\n");
    }
}

static int report(struct own_entries *entries, struct session *session, struct own_entries_done *done)
{
    struct own_entries kept;
    int code = sift_kept(entries, &kept, session);
    if (code != EXIT_YES) {
        return code;
    }
    done->kept = &kept;
    code = own_entries_report(entries, session, done);
    report_kept(&kept, session);
    return code == EXIT_YES && kept.count > 0 ? EXIT_PARTLY : code;
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
    return code == EXIT_YES ? report(&entries, session, &done) : code;
}

int command_erase(int argc, char **argv)
{
    struct arguments arguments;
    int code = arguments_read(&arguments, "erase", argc, argv, NULL, 0, 1, OWN_ENTRIES_MAX);
    return code == EXIT_YES ? session_run(&arguments.session, SESSION_WRITE, apply, &arguments) : code;
}
