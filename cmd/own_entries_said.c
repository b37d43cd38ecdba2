#include <string.h>

#include "cmd/own_entries.h"
#include "protocol/rules/status_days.h"

/* Which of one's own entries a statement would change anything about. */

static enum store_error read_days(struct status_days *days, size_t *event_count, struct session *session,
                                  struct store_txn *txn, const struct entry_name *name)
{
    struct store_events said;
    enum store_error error = store_entry_events(txn, &session->home.network, name, &said, &session->arena);
    status_days_init(days);
    if (error != STORE_OK) {
        return error;
    }
    for (size_t i = 0; i < said.count; i++) {
        const struct status_event event = {
            .event = &said.events[i], .index = i, .doubt = said.doubts[i], .void_seq = said.void_seqs[i]};
        status_days_leave(days, said.left, i);
        status_days_add(days, &event);
    }
    status_days_leave(days, said.left, said.count);
    *event_count = said.count;
    return STORE_OK;
}

struct own_statements own_entry_statements(const struct own_entry *entry, enum status_action action)
{
    if (entry->says_again && entry->again == STATUS_SUSPENDED) {
        return (struct own_statements){.count = 2, .actions = {STATUS_REINSTATED, STATUS_SUSPENDED}};
    }
    return (struct own_statements){.count = 1, .actions = {entry->says_again ? entry->again : action}};
}

/* Whether one that stands revoked or suspended for certain is to be said again, and as what. */
static void choose(struct own_entry *entry, const struct status_days *days,
                   const struct own_entries_coming *coming)
{
    struct history_event standing;
    entry->says_again = coming->doubts_only && status_days_standing(&standing, days, coming->day);
    if (entry->says_again) {
        entry->again = standing.action;
        entry->day = standing.effective_day;
    }
}

/* Revoked goes before suspended. A replacement names another entry, so that it is never said already; a full
 * history is told when it is signed. */
static bool is_news(const struct status_days *days, size_t event_count, const struct own_entry *entry,
                    const struct own_entries_coming *coming)
{
    const struct own_statements statements = own_entry_statements(entry, coming->action);
    struct history_event events[OWN_STATEMENTS_MAX];
    struct status_event said[OWN_STATEMENTS_MAX];
    if (coming->action == STATUS_SUSPENDED && status_days_stays_revoked(days, coming->day)) {
        return false;
    }
    if (coming->action == STATUS_REPLACED || event_count + statements.count > HISTORY_EVENTS_MAX) {
        return true;
    }
    for (size_t i = 0; i < statements.count; i++) {
        events[i] = (struct history_event){.action = statements.actions[i],
                                           .effective_day = entry->says_again ? entry->day : coming->day,
                                           .setter_seq = BLOCK_SEQ_MAX}; /* after all that there is */
        said[i] = (struct status_event){.event = &events[i], .index = event_count + i};
    }
    return status_days_is_news(days, said, statements.count);
}

enum store_error own_entries_ask_news(bool *news, struct own_entry *entry, struct session *session,
                                      struct store_txn *txn, const struct own_entries_coming *coming)
{
    struct status_days days;
    size_t event_count;
    enum store_error error = read_days(&days, &event_count, session, txn, &entry->name);
    if (error != STORE_OK) {
        return error;
    }
    const struct status_word *revoked = status_days_revocation(&days, coming->day);
    entry->revoked_since = revoked != NULL ? revoked->effective_day : DAY_NONE;
    entry->revoked_stated = revoked != NULL ? revoked->stated_day : 0;
    choose(entry, &days, coming);
    *news = is_news(&days, event_count, entry, coming);
    return STORE_OK;
}

static enum store_error sift(struct own_entries *entries, struct own_entries *unchanged,
                             struct session *session, struct store_txn *txn,
                             const struct own_entries_coming *coming)
{
    size_t kept = 0;
    for (size_t i = 0; i < entries->count; i++) {
        struct own_entry *entry = &entries->items[i];
        bool news;
        enum store_error error = own_entries_ask_news(&news, entry, session, txn, coming);
        if (error != STORE_OK) {
            return error;
        }
        if (news) {
            entries->items[kept++] = *entry;
        } else {
            unchanged->items[unchanged->count++] = *entry;
        }
    }
    entries->count = kept;
    return STORE_OK;
}

int own_entries_sift(struct own_entries *entries, struct own_entries *unchanged, struct session *session,
                     const struct own_entries_coming *coming)
{
    struct store_txn *txn;
    *unchanged =
        (struct own_entries){.items = arena_take(&session->arena, entries->count * sizeof *entries->items)};
    if (unchanged->items == NULL) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    enum store_error error = store_read_begin(&txn, session->store);
    if (error == STORE_OK) {
        error = sift(entries, unchanged, session, txn, coming);
        store_end(txn);
    }
    return error == STORE_OK ? EXIT_YES : session_fail_store(&session->options, error);
}
