#ifndef CMD_CSV_REPORT_H
#define CMD_CSV_REPORT_H

/* Telling which rows of a file were refused: the first few on standard error, all of them in a file or in
 * --json; and how far a long run has come. The file has each row whole, as it came, so that it can be mended
 * and sent alone. */

#include <jansson.h>
#include <stdio.h>

#include "cmd/session.h"

enum { CSV_TOLD_MAX = 20, CSV_JSON_MAX = 100000 };

struct csv_report {
    const struct session_options *options;
    const char *path; /* of --report */
    FILE *file;       /* of --report; NULL: none */
    json_t *rows;     /* NULL without --json */
    uint64_t refused;
    uint64_t started_ms, told_ms;
    bool on_terminal;
    bool line_open; /* a progress line stands on the terminal */
};

/* path: of --report, or NULL. columns: the first row of what is read, as it came; empty: rows are told by
 * their line alone. Returns: EXIT_YES, or the exit code after it said why not. */
int csv_report_open(struct csv_report *report, const struct session_options *options, const char *path,
                    struct bytes columns);
/* word: why, for programs; words: for people, without a full stop. row: as it came. */
void csv_report_refused(struct csv_report *report, uint64_t line, const char *word, const char *words,
                        struct bytes row);
/* How many were issued so far: shown once a second on a terminal, and elsewhere when it takes longer than
 * that. */
void csv_report_progress(struct csv_report *report, uint64_t issued);
/* End the progress line and write the file out. Returns as csv_report_open. */
int csv_report_close(struct csv_report *report);

#endif
