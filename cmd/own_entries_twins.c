#include <string.h>

#include "cmd/issue_before.h"
#include "cmd/own_entries.h"
#include "protocol/rules/replaced.h"

/* What was issued twice. */

/* Writes: *found, whether it is there. */
static enum store_error read_entry(struct issued_entry *out, bool *found, struct session *session,
                                   const struct own_entry *entry)
{
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);
    *found = false;
    if (error != STORE_OK) {
        return error;
    }
    error = store_issued_at(txn, &session->home.network, &session->actor, entry->name.seq, entry->name.index,
                            &entry->subject, out, &session->arena);
    store_end(txn);
    *found = error == STORE_OK;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Returns: false where there is no more room. */
static bool add_twins(struct own_entries *entries, size_t capacity, const struct issue_before *before,
                      const struct own_entry *one, const struct attestation *says)
{
    for (size_t i = 0; i < before->count; i++) {
        const struct issued_entry *twin = &before->entries[i];
        if (twin->standing != ISSUED_STANDS || !attestations_say_the_same(&twin->attestation, says)) {
            continue;
        }
        if (entries->count == capacity) {
            return false;
        }
        entries->items[entries->count] = *one;
        entries->items[entries->count++].name = twin->name;
    }
    return !before->is_too_much;
}

static enum store_error add_all(struct own_entries *entries, size_t capacity, struct session *session,
                                struct issue_before *before)
{
    size_t count = entries->count;
    for (size_t i = 0; i < count; i++) {
        const struct own_entry one = entries->items[i];
        size_t mark = arena_mark(&session->arena);
        struct issued_entry issued;
        bool found = false;
        enum store_error error = one.is_attestation ? read_entry(&issued, &found, session, &one) : STORE_OK;
        if (error != STORE_OK) {
            return error;
        }
        if (found && !issue_before_ask(before, &issued.attestation, &one.name)) {
            return before->error;
        }
        if (found && !add_twins(entries, capacity, before, &one, &issued.attestation)) {
            return STORE_NO_MEMORY;
        }
        arena_rewind(&session->arena, mark);
    }
    return STORE_OK;
}

enum store_error own_entries_add_twins(struct own_entries *entries, struct session *session)
{
    size_t capacity = entries->count + OWN_TWINS_MAX;
    struct own_entry *items = arena_take(&session->arena, capacity * sizeof(*items));
    struct issue_before *before = issue_before_create(session);
    enum store_error error = STORE_NO_MEMORY;
    if (items != NULL && before != NULL) {
        memcpy(items, entries->items, entries->count * sizeof(*items));
        entries->items = items;
        error = add_all(entries, capacity, session, before);
        own_entries_sort(entries);
    }
    issue_before_destroy(before);
    return error;
}
