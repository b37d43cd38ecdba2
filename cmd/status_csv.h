#ifndef CMD_STATUS_CSV_H
#define CMD_STATUS_CSV_H

/* Rows of a file of certificates to revoke, suspend or reinstate -> what each names and states, or why it is
 * refused. The first row names the columns: entry, or technician and code, and if wanted reason and from, in
 * any order; a file that has all of them names each row's certificates in one way or the other. Reads no
 * store: who a name is it asks its caller. */

#include "cmd/csv_columns.h"
#include "protocol/wire/records.h"

enum status_column {
    STATUS_COLUMN_ENTRY, /* as issue printed it */
    STATUS_COLUMN_TECHNICIAN,
    STATUS_COLUMN_CODE,
    STATUS_COLUMN_REASON,
    STATUS_COLUMN_FROM,
    STATUS_COLUMN_COUNT
};

enum status_refusal {
    STATUS_ROW_ACCEPTED,
    STATUS_ROW_NOT_READ,     /* csv tells */
    STATUS_ROW_COLUMN_COUNT, /* more or fewer fields than columns */
    STATUS_ROW_NAMES_NOTHING,
    STATUS_ROW_NAMES_TWICE, /* an entry, and a technician or a code besides */
    STATUS_ROW_BAD_ENTRY,   /* this and the next five: column and text tell */
    STATUS_ROW_BAD_TECHNICIAN,
    STATUS_ROW_BAD_CODE,
    STATUS_ROW_BAD_REASON,
    STATUS_ROW_BAD_DATE,
    STATUS_ROW_EMPTY,
    STATUS_ROW_TOO_MANY, /* nothing after it is read */
    /* What the log says of it. */
    STATUS_ROW_OF_ANOTHER, /* text names the entry */
    STATUS_ROW_NO_SUCH_ENTRY,
    STATUS_ROW_NO_CERTIFICATE,
    STATUS_ROW_NOTHING_ISSUED,
    STATUS_ROW_DUPLICATE,             /* of the row at first_line */
    STATUS_ROW_STANDS_REVOKED,        /* since the day that text says */
    STATUS_ROW_BEFORE_THE_REVOCATION, /* which was stated on the day that text says */
};

/* How one row fared. */
struct status_row_result {
    uint64_t line;
    enum status_refusal refusal;
    enum csv_result csv;
    enum status_column column;
    uint64_t first_line;
    char text[CSV_TEXT_SIZE]; /* what stands there, cut short; empty when it cannot be shown */
};

/* What a row names and states. */
struct status_row {
    bool is_entry;
    struct entry_name name; /* where is_entry */
    struct subject subject; /* else this and the code */
    struct bytes code;      /* a view of the file, until the next call */
    enum status_reason reason;
    uint32_t from;
};

struct status_context {
    const struct network *network;
    void *caller;
    /* Whom an id, or a name, stands for. Returns: false when it is neither, or the name of several. */
    bool (*subject)(void *caller, struct bytes text, struct subject *out);
    enum status_reason reason; /* of rows that give none */
    uint32_t from;             /* the same */
};

struct status_file {
    const struct status_context *context;
    struct csv_columns columns;
    struct csv csv;
};

/* Borrows: source and context, as long as the file is read. */
void status_file_init(struct status_file *file, const struct csv_source *source,
                      const struct status_context *context);
/* Read the first row. Returns: CSV_HEADER_MISSING also where neither entry nor technician and code are there.
 */
enum csv_header status_file_header(struct status_file *file, struct csv_header_refused *refused);
/* Read one row. Requires: CSV_HEADER_OK. Returns: false at the end. Writes: *row where the result is
 * STATUS_ROW_ACCEPTED. */
bool status_file_next(struct status_file *file, struct status_row *row, struct status_row_result *result);

/* A refusal in words, without a full stop, and in one word for programs. */
void status_refusal_words(char *out, size_t capacity, const struct status_row_result *result);
const char *status_refusal_word(const struct status_row_result *result);

#endif
