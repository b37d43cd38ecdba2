#ifndef CMD_ISSUE_CSV_H
#define CMD_ISSUE_CSV_H

/* Rows of a file of results -> what to attest, or why a row is refused. The first row names the columns:
 * technician, code, earned_on, and if wanted basis, valid_from, last_day, in_network, in any order. Reads no
 * store and signs nothing: who a name is and what the rules say of a code, it asks its caller. */

#include "cmd/csv_columns.h"
#include "protocol/wire/records.h"

enum issue_column {
    COLUMN_TECHNICIAN, /* actor id, claim id, or a name (session_named) */
    COLUMN_CODE,
    COLUMN_EARNED_ON,
    COLUMN_BASIS,      /* exam unless given */
    COLUMN_VALID_FROM, /* earned_on unless given */
    COLUMN_LAST_DAY,   /* what the code's lifetime gives unless given */
    COLUMN_IN_NETWORK, /* a membership code: valid only while working in a shop that holds it */
};
enum {
    ISSUE_COLUMN_COUNT = 7,
    ISSUE_REQUIRED_COLUMN_COUNT = 3,
    ISSUE_ROWS_MAX = 1 << 22,
    ISSUE_RULE_SIZE = 256,
};

const char *issue_column_name(enum issue_column column);

enum issue_refusal {
    ISSUE_ACCEPTED,
    ISSUE_NOT_READ,           /* csv tells */
    ISSUE_COLUMN_COUNT_WRONG, /* more or fewer fields than columns */
    ISSUE_FIELD_EMPTY,        /* this and the next ones: column and text tell */
    ISSUE_BAD_DATE,
    ISSUE_BAD_CODE,
    ISSUE_BAD_BASIS,
    ISSUE_ID_MISTYPED,
    ISSUE_ID_OF_NODE,
    ISSUE_ID_OF_OTHER_NETWORK,
    ISSUE_TECHNICIAN_UNKNOWN, /* neither an id nor the name of one alone */
    ISSUE_IN_THE_FUTURE,      /* earned after today */
    ISSUE_ENDS_BEFORE_IT_BEGINS,
    ISSUE_NO_LAST_DAY,     /* no rules to tell the lifetime, and none given */
    ISSUE_NO_PERIOD,       /* experience is a time that has a first and a last day */
    ISSUE_PERIOD_AHEAD,    /* experience of days to come */
    ISSUE_BEYOND_LIFETIME, /* the rules let it last no longer than to the day that text says */
    ISSUE_NO_RENEWED_DAY,  /* a renewal without a last day, and no rule tells what it adds */
    ISSUE_RULES,           /* reason and, where one is to be named, rule tell */
    ISSUE_SAME,            /* no refusal: the issuer's own log holds it, and it stands */
    ISSUE_OTHERWISE,       /* the log holds that exam with other fields: text tells which, entry where */
    ISSUE_TAKEN_BACK,      /* it was issued and taken back: text tells how, entry where */
    ISSUE_TOO_MUCH_BEFORE, /* the log holds more of that person than can be looked at */
    ISSUE_BEFORE_UNKNOWN,  /* looking into the log failed, as the caller knows */
    ISSUE_DUPLICATE,       /* of the row at first_line */
    ISSUE_TOO_MANY_ROWS,   /* nothing behind it is read */
};

struct issue_refused;

/* What the caller knows. */
struct issue_context {
    const struct network *network;
    uint32_t today;
    void *caller;
    /* Whom a name stands for. Returns: false when that is nobody, or not one alone. */
    bool (*named)(void *caller, struct bytes name, struct subject *out);
    /* The rules' row for code on the day it was earned; *out NULL where there is none and none is asked for.
     * Returns: REASON_NONE, or why the issuer may not issue it. */
    enum reason (*rule)(void *caller, struct bytes code, uint32_t earned_on, const struct pack_code **out);
    bool anyway; /* attest also what is beyond the code's lifetime or does not count, and renew for a whole
                    lifetime where the rules don't tell how long; whether it counts is not asked */
    /* The last day that renewing gives by the rules. Returns: false when they don't tell it. */
    bool (*renewed_until)(void *caller, const struct attestation *coming, const struct pack_code *rule,
                          uint32_t *last_day);
    /* The last day to which what is for life, and first valid later than it was earned, lasts by the lifetime
     * of its code. Returns: false when the rules don't tell it. */
    bool (*lasts_until)(void *caller, const struct attestation *coming, uint32_t *last_day);
    /* Whether what is about to be attested may ever count by the issuer's own rules. Returns: REASON_NONE, or
     * why not; then text (of ISSUE_RULE_SIZE) names the rule. */
    enum reason (*counts)(void *caller, const struct attestation *coming, char *text);
    /* What the issuer's own log holds of it already, as far as that is not agreed to. Returns:
     * ISSUE_ACCEPTED; ISSUE_SAME: it stands already, and is not to be issued; or why it is refused, and what
     * tells of that in *refused. NULL: that is not asked. */
    enum issue_refusal (*before)(void *caller, const struct attestation *coming,
                                 struct issue_refused *refused);
};

/* A certificate as asked for, by a row or by a command line. */
struct issue_terms {
    struct subject subject;
    struct bytes code;
    enum basis basis;
    uint32_t earned_on;
    bool has_valid_from, has_last_day;
    uint32_t valid_from, last_day;
    struct bytes network_code; /* empty: no such condition */
};

struct issue_refused {
    uint64_t line;
    enum issue_refusal refusal;
    enum csv_result csv;
    enum issue_column column;
    enum reason reason;
    uint32_t earned_on; /* with reason: the day by whose rules */
    uint64_t first_line;
    char text[CSV_TEXT_SIZE];            /* what stands there, cut short; empty when it cannot be shown */
    char entry[ENTRY_NAME_TEXT_MAX + 1]; /* of the issuer's own log, with what that says */
    char rule[ISSUE_RULE_SIZE];          /* by which it does not count; empty: none in particular */
};

/* Apply the rules to terms, and look whether it was issued before. Writes: *out where it is not refused,
 * borrowing terms' code; else refusal, column and reason of *refused. */
bool issue_attestation(struct attestation *out, struct issue_refused *refused,
                       const struct issue_context *context, const struct issue_terms *terms);

/* The refusal in words, without a full stop: "earned_on is not a date such as 2029-06-30: \"31/12/2024\"". */
void issue_refusal_words(char *out, size_t capacity, const struct issue_refused *refused);
/* Whether --anyway issues it all the same: the issuer's own rules say no, and who issues may know better. */
bool issue_refusal_is_overrulable(const struct issue_refused *refused);
/* One word for programs: "bad-date", or a reason's word. */
const char *issue_refusal_word(const struct issue_refused *refused);

struct issue_row {
    uint64_t line;
    struct attestation attestation; /* borrows from the file until the next call */
};

struct issue_file;

/* Returns: NULL when out of memory. Borrows: source and context, until issue_file_destroy. */
struct issue_file *issue_file_create(const struct csv_source *source, const struct issue_context *context);
void issue_file_destroy(struct issue_file *file);

/* Read the first row. Writes: what tells about it in *refused. */
enum csv_header issue_file_header(struct issue_file *file, struct csv_header_refused *refused);
const struct csv_columns *issue_file_columns(const struct issue_file *file);
/* The row read last, as it came (csv_row), without what a report put before it. */
struct bytes issue_file_row(const struct issue_file *file);

enum issue_step { ISSUE_ROW, ISSUE_REFUSED, ISSUE_END };

/* Read one row. Requires: CSV_HEADER_OK. */
enum issue_step issue_file_next(struct issue_file *file, struct issue_row *row,
                                struct issue_refused *refused);

#endif
