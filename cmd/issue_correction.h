#ifndef CMD_ISSUE_CORRECTION_H
#define CMD_ISSUE_CORRECTION_H

/* Certificates that take the place of others: once the new ones are durable, the log states of the old ones
 * what replaced them. Where a command ends between the two, the same command states the rest: the new one is
 * found to stand, and is not issued twice. */

#include "cmd/own_entries.h"

enum { ISSUE_CORRECTIONS_MAX = 4 * BLOCK_ENTRIES_MAX };

/* What takes the place. */
struct issue_successor {
    bool is_durable;
    struct entry_name name; /* where it is; else its index alone, in the block that comes */
};

/* Large. */
struct issue_corrections {
    size_t count;
    struct own_entry old[ISSUE_CORRECTIONS_MAX];
    struct issue_successor by[ISSUE_CORRECTIONS_MAX];
};

/* Find the certificate that text names. subject: whom the right one is about. Returns: EXIT_YES, or the exit
 * code after it said why not. */
int issue_correction_find(struct own_entry *old, struct session *session, char *text,
                          const struct subject *subject);

/* Note that an own entry is to be replaced. Requires: room. */
void issue_corrections_add(struct issue_corrections *corrections, const struct entry_name *old,
                           enum status_reason reason, const struct issue_successor *by);

/* Name those that the block holds, which is durable now. */
void issue_corrections_settle(struct issue_corrections *corrections, const struct block *block);

/* Sign and publish that all of them are replaced, from today on; then there are none. Requires: every `by` is
 * durable. Returns as own_entries_write. */
int issue_corrections_publish(struct issue_corrections *corrections, struct publisher *publisher);

#endif
