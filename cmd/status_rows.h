#ifndef CMD_STATUS_ROWS_H
#define CMD_STATUS_ROWS_H

/* A file of certificates to state something about, checked row by row against this actor's own log before
 * anything is signed. A row is taken whole or refused whole: a technician's certificates for one code are
 * several where she renewed it. */

#include "cmd/csv_report.h"
#include "cmd/own_entries.h"

struct status_rows_request {
    const char *path; /* "-": standard input */
    enum status_action action;
    bool revoked;              /* reinstate also what was revoked */
    enum status_reason reason; /* of rows that give none */
    uint32_t from;             /* the same; DAY_NONE: as own_entries_coming */
};

/* Read the file. Writes: the certificates about which something is to be written, each with its own reason
 * and day, and those about which it would change nothing. Tells report which rows were refused. Returns:
 * EXIT_YES, also when all were refused; or the exit code after it said why not. */
int status_rows_read(struct own_entries *entries, struct own_entries *unchanged, struct csv_report *report,
                     struct session *session, const struct status_rows_request *request);

#endif
