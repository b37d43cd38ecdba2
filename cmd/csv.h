#ifndef CMD_CSV_H
#define CMD_CSV_H

/* Rows of comma-separated values, as a stream (RFC 4180): fields may be quoted, a quoted field may hold
 * commas, line ends and doubled quotes, a row ends with LF or CRLF. A byte order mark at the start and empty
 * lines are passed over. Memory is fixed, whatever the file holds: a row over the limit is refused and passed
 * over. A row ends where the quotes say so even when it is refused, so that text inside a quoted field is
 * never taken for a row. Knows nothing of what the fields mean. */

#include "protocol/base/bytes.h"

enum { CSV_ROW_SIZE_MAX = 4096, CSV_FIELDS_MAX = 32, CSV_BUFFER_SIZE = 64 * 1024 };

enum csv_result {
    CSV_ROW,          /* line, field_count and fields are set */
    CSV_END,          /* and again for every later call */
    CSV_ROW_TOO_LONG, /* this and the next three: the row at line is refused; the next call goes on behind it
                       */
    CSV_TOO_MANY_FIELDS,
    CSV_BAD_QUOTE,      /* a quote inside a field without quotes, or something behind a closing quote */
    CSV_BAD_BYTE,       /* a NUL, or a CR without LF outside quotes */
    CSV_UNCLOSED_QUOTE, /* the quote opened in the row at line is never closed; the next call gives CSV_END */
    CSV_READ_FAILED,    /* as the one who reads said; the next call gives CSV_END */
};

/* Where the bytes come from. read gives at most capacity bytes; *size 0 is the end. Returns: false when it
 * fails. */
struct csv_source {
    bool (*read)(void *context, uint8_t *data, size_t capacity, size_t *size);
    void *context;
};

enum csv_state {
    CSV_AT_FIELD_START,
    CSV_IN_FIELD,
    CSV_IN_QUOTES,
    CSV_BEHIND_QUOTE, /* the closing one, or the first of a doubled one */
    CSV_BEHIND_CR,
};

struct csv {
    uint64_t line; /* from 1: where the last row began */
    size_t field_count;
    struct bytes fields[CSV_FIELDS_MAX]; /* views of text, until the next call */

    /* Private from here on. */
    struct csv_source source;
    uint64_t lines; /* line ends read so far, those in quotes included */
    bool ended;
    enum csv_state state;
    enum csv_result refusal; /* of the row being read; CSV_ROW: none so far */
    size_t row_size;         /* bytes read of it, up to the limit */
    bool row_is_whole;       /* there are no more */
    size_t text_size;
    size_t at, end;
    size_t field_at[CSV_FIELDS_MAX]; /* where in row each field begins */
    uint8_t row[CSV_ROW_SIZE_MAX];   /* as it came, without its line end */
    uint8_t text[CSV_ROW_SIZE_MAX];  /* its fields, without quotes */
    uint8_t buffer[CSV_BUFFER_SIZE];
};

/* Borrows: what source points to, for as long as *csv is used. */
void csv_init(struct csv *csv, const struct csv_source *source);
/* Read one row. */
enum csv_result csv_next(struct csv *csv);

/* The row that csv_next ended with, also a refused one, as it came, from field `first` on (all of it where it
 * has no more fields), without its line end. Empty where it is over the limit or was not read to its end. A
 * view, until the next call. */
struct bytes csv_row(const struct csv *csv, size_t first);

/* What a refusal means, without a full stop. Requires: a refusal. */
const char *csv_result_sentence(enum csv_result result);

#endif
