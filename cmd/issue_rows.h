#ifndef CMD_ISSUE_ROWS_H
#define CMD_ISSUE_ROWS_H

/* `issue --csv`: a file of certificates, as many under one signature as fit. What stands already is skipped,
 * so that a file may be run again; refused rows are told, and written whole where that is asked for; Ctrl-C
 * finishes the block at hand. */

#include "cmd/issuing.h"

/* Issue the rows of the file that is requested, and tell of it. Returns: EXIT_YES, or the exit code after it
 * said why not. */
int issue_rows(struct issue *issue);

#endif
