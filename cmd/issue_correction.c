#include "cmd/issue_correction.h"

#include <assert.h>
#include <string.h>

#include "protocol/base/sort.h"

int issue_correction_find(struct own_entry *old, struct session *session, char *text,
                          const struct subject *subject)
{
    struct own_entries named;
    int code = own_entries_named(&named, session, &text, 1);
    if (code != EXIT_YES) {
        return code;
    }
    *old = named.items[0];
    if (!old->is_attestation || !subject_equal(&old->subject, subject)) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "bad-replacement",
                            "What --replaces names is %s: nothing was issued.",
                            old->is_attestation ? "about somebody else" : "no certificate");
    }
    return EXIT_YES;
}

void issue_corrections_add(struct issue_corrections *corrections, const struct entry_name *old,
                           enum status_reason reason, const struct issue_successor *by)
{
    assert(corrections->count < ISSUE_CORRECTIONS_MAX);
    struct issue_successor *successor = &corrections->by[corrections->count];
    *successor = *by;
    corrections->old[corrections->count++] = (struct own_entry){
        .name = *old, .reason = reason, .day = session_today(), .replacement = &successor->name};
}

void issue_corrections_settle(struct issue_corrections *corrections, const struct block *block)
{
    for (size_t i = 0; i < corrections->count; i++) {
        struct issue_successor *by = &corrections->by[i];
        if (by->is_durable) {
            continue;
        }
        assert(by->name.index < block->entry_count);
        by->is_durable = true;
        by->name.author = block->header.author;
        by->name.seq = block->header.seq;
        memcpy(by->name.prefix, block->leaves[by->name.index].bytes, sizeof(by->name.prefix));
    }
}

static bool add_replaced(const void *context, struct draft *draft, const struct own_entry *first,
                         const struct list *entries)
{
    const struct status status = {
        .seq = first->name.seq,
        .entries = *entries,
        .action = STATUS_REPLACED,
        .reason = first->reason,
        .effective_day = first->day,
        .has_replacement = true,
        .replacement = *first->replacement,
    };
    (void)context;
    return draft_add(draft, ENTRY_STATUS, &status, NULL);
}

/* Each old one once: two rows may claim the place of one. */
static void sort_and_dedupe(struct issue_corrections *corrections)
{
    size_t kept = 0;
    sort_items(corrections->old, corrections->count, sizeof(corrections->old[0]), own_entries_order);
    for (size_t i = 0; i < corrections->count; i++) {
        const struct own_entry *old = &corrections->old[i];
        const struct own_entry *last = &corrections->old[kept > 0 ? kept - 1 : 0];
        if (kept == 0 || last->name.seq != old->name.seq || last->name.index != old->name.index) {
            corrections->old[kept++] = *old;
        }
    }
    corrections->count = kept;
}

int issue_corrections_publish(struct issue_corrections *corrections, struct publisher *publisher)
{
    const struct own_entries_record record = {.add = add_replaced, .entries_max = STATUS_ENTRIES_MAX};
    struct own_entries_written written;
    sort_and_dedupe(corrections);
    const struct own_entries old = {.count = corrections->count, .items = corrections->old};
    publisher->session->options.durable.rest =
        "Run the same command again: what stands is not issued twice, and what it replaces is stated then.";
    corrections->count = 0;
    return own_entries_write(&old, publisher, &record, &written);
}
