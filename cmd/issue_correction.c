#include "cmd/issue_correction.h"

int issue_correction_find(struct issue_correction *out, struct session *session, char *text,
                          const struct subject *subject)
{
    int code = own_entries_named(&out->old, session, &text, 1);
    if (code != EXIT_YES) {
        return code;
    }
    const struct own_entry *old = &out->old.items[0];
    if (!old->is_attestation || !subject_equal(&old->subject, subject)) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "bad-replacement",
                            "What --replaces names is %s: nothing was issued.",
                            old->is_attestation ? "about somebody else" : "no certificate");
    }
    return EXIT_YES;
}

static bool add_replaced(const void *context, struct draft *draft, const struct own_entry *first,
                         const struct list *entries)
{
    const struct entry_name *by = context;
    const struct status status = {
        .seq = first->name.seq,
        .entries = *entries,
        .action = STATUS_REPLACED,
        .reason = STATUS_REASON_ISSUED_IN_ERROR,
        .effective_day = session_today(),
        .has_replacement = true,
        .replacement = *by,
    };
    return draft_add(draft, ENTRY_STATUS, &status, NULL);
}

int issue_correction_publish(const struct issue_correction *correction, struct publisher *publisher,
                             const struct entry_name *by)
{
    const struct own_entries_record record = {.add = add_replaced, .context = by, .entries_max = 1};
    struct own_entries_written written = {0};
    publisher->session->options.durable.rest =
        "That is the new certificate: don't issue it again, and revoke the old one, which is not replaced.";
    return own_entries_write(&correction->old, publisher, &record, &written);
}
