#ifndef CMD_ISSUE_REPORT_H
#define CMD_ISSUE_REPORT_H

/* Telling which rows of a file were refused: the first few on standard error, all of them in a file or in
 * --json; and how far a long run has come. */

#include <jansson.h>
#include <stdio.h>

#include "cmd/issue_csv.h"
#include "cmd/issue_rules.h"

enum { ISSUE_TOLD_MAX = 20, ISSUE_JSON_MAX = 100000 };

struct issue_report {
    const struct session_options *options;
    struct issue_rules *rules; /* for suggestions */
    uint32_t today;
    const char *path; /* of --report */
    FILE *file;       /* of --report; NULL: none */
    json_t *rows;     /* NULL without --json */
    uint64_t refused;
    uint64_t started_ms, told_ms;
    bool on_terminal;
    bool line_open; /* a progress line stands on the terminal */
};

/* path: of --report, or NULL. Returns: EXIT_YES, or the exit code after it said why not. */
int issue_report_open(struct issue_report *report, const struct session_options *options,
                      struct issue_rules *rules, const char *path);
void issue_report_refused(struct issue_report *report, const struct issue_refused *refused);
/* How many were issued so far: shown once a second on a terminal, and elsewhere when it takes longer than
 * that. */
void issue_report_progress(struct issue_report *report, uint64_t issued);
/* End the progress line and write the file out. Returns as issue_report_open. */
int issue_report_close(struct issue_report *report);

#endif
