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
    struct own_statements out = {.count = 1, .items = {{action, entry->day}}};
    if (entry->suspended_again != 0) {
        out.items[out.count++] = (struct own_statement){STATUS_SUSPENDED, entry->suspended_again};
    }
    if (entry->revoked_again != 0) {
        out.items[out.count++] = (struct own_statement){STATUS_REVOKED, entry->revoked_again};
    }
    return out;
}

/* The day that is meant where none is said. */
static uint32_t default_day(const struct own_entry *entry, const struct status_days *days,
                            enum status_action action)
{
    uint32_t today = session_today();
    const struct status_answer answer = status_days_answer(days, entry->first_day);
    bool is_left_alone = answer.suspended_from == DAY_NONE && answer.revoked_from == DAY_NONE;
    return action == STATUS_REINSTATED && is_left_alone && answer.from < today ? answer.from : today;
}

static void answer_only(struct own_entry *entry, const struct status_days *days, uint32_t day)
{
    const struct status_answer answer = status_days_answer(days, day);
    entry->day = answer.from;
    entry->suspended_again = answer.suspended_from == DAY_NONE ? 0 : answer.suspended_from;
    entry->revoked_again = answer.revoked_from == DAY_NONE ? 0 : answer.revoked_from;
}

/* Revoked goes before suspended. A replacement names another entry, so that it is never said already; a full
 * history is told when it is signed. */
static bool is_news(const struct status_days *days, size_t event_count, const struct own_entry *entry,
                    const struct own_entries_coming *coming)
{
    const struct own_statements statements = own_entry_statements(entry, coming->action);
    struct history_event events[OWN_STATEMENTS_MAX];
    struct status_event said[OWN_STATEMENTS_MAX];
    if (entry->day == DAY_NONE ||
        (coming->action == STATUS_SUSPENDED && status_days_stays_revoked(days, entry->day))) {
        return false;
    }
    if (coming->action == STATUS_REPLACED || event_count + statements.count > HISTORY_EVENTS_MAX) {
        return true;
    }
    for (size_t i = 0; i < statements.count; i++) {
        events[i] = (struct history_event){.action = statements.items[i].action,
                                           .effective_day = statements.items[i].day,
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
    entry->day = coming->day != DAY_NONE ? coming->day : default_day(entry, &days, coming->action);
    const struct status_word *revoked = status_days_revocation(&days, entry->day);
    entry->revoked_since = revoked != NULL ? revoked->effective_day : DAY_NONE;
    entry->revoked_stated = revoked != NULL ? revoked->stated_day : 0;
    if (coming->doubts_only) {
        answer_only(entry, &days, coming->day);
    }
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
