#ifndef CMD_ISSUE_CORRECTION_H
#define CMD_ISSUE_CORRECTION_H

/* `issue --replaces`: a certificate and, once it is durable, that it takes the place of a wrong one. */

#include "cmd/own_entries.h"

struct issue_correction {
    struct own_entries old; /* the wrong one; none: nothing is corrected */
};

/* Find the certificate that text names. subject: whom the right one is about. Returns: EXIT_YES, or the exit
 * code after it said why not. */
int issue_correction_find(struct issue_correction *out, struct session *session, char *text,
                          const struct subject *subject);

/* Sign and publish that `by` replaces it, from today on. Returns as own_entries_write. */
int issue_correction_publish(const struct issue_correction *correction, struct publisher *publisher,
                             const struct entry_name *by);

#endif
