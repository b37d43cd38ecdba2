#ifndef CMD_CSV_COLUMNS_H
#define CMD_CSV_COLUMNS_H

/* The first row of a file names its columns, in any order and any case. Which ones there are is a table of
 * whoever reads the file; a name that is not among them is refused and not passed over, since it may be one
 * mistyped. */

#include "cmd/csv.h"
#include "cmd/session.h"

enum { CSV_NO_FIELD = CSV_FIELDS_MAX, CSV_TEXT_SIZE = 64 };

/* What a report of refused rows has before each row's own fields. */
enum { CSV_REPORT_FIELDS = 3 };
extern const char *const csv_report_fields[CSV_REPORT_FIELDS];

struct csv_columns {
    const char *const *names; /* the first required_count of them must be there */
    size_t count, required_count;
    bool takes_reports; /* a file may be a report of refused rows (csv_report.h), mended */
    /* Written by csv_columns_read. */
    size_t field_count;            /* as the first row has them */
    size_t own_first;              /* those before are of a report, and are passed over */
    size_t fields[CSV_FIELDS_MAX]; /* where each column is; CSV_NO_FIELD */
};

enum csv_header {
    CSV_HEADER_OK,
    CSV_HEADER_UNREADABLE, /* csv tells */
    CSV_HEADER_EMPTY,
    CSV_HEADER_MISSING, /* column tells */
    CSV_HEADER_UNKNOWN, /* text tells: a column of another name */
    CSV_HEADER_TWICE,   /* column tells */
};

struct csv_header_refused {
    enum csv_result csv;
    size_t column;
    char text[CSV_TEXT_SIZE];
};

/* Keep text for a message, cut at a character's start; empty where a terminal could not show it. */
void csv_keep_text(char out[CSV_TEXT_SIZE], struct bytes text);

/* Read the first row. Requires: names, count and required_count set. Writes: what tells about it in *refused.
 */
enum csv_header csv_columns_read(struct csv_columns *columns, struct csv *csv,
                                 struct csv_header_refused *refused);

bool csv_has_column(const struct csv_columns *columns, size_t column);
/* A column's field of the row just read, without spaces around; empty where the file has no such column.
 * Requires: as many fields as field_count. */
struct bytes csv_field_of(const struct csv_columns *columns, const struct csv *csv, size_t column);

/* Say what is wrong with the first row. names: which columns there are, in words. Returns: EXIT_YES for
 * CSV_HEADER_OK, else EXIT_BAD_INPUT. */
int csv_header_fail(const struct session_options *options, enum csv_header header,
                    const struct csv_header_refused *refused, const struct csv_columns *columns);

/* ---- the file ---- */

/* Open a file to read rows from; "-" is standard input. Returns: EXIT_YES, or the exit code after it said why
 * not. */
int csv_file_open(int *fd, const struct session_options *options, const char *path);
void csv_file_close(int fd);
/* Rows of *fd. Borrows: fd. */
struct csv_source csv_file_source(int *fd);

#endif
