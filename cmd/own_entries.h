#ifndef CMD_OWN_ENTRIES_H
#define CMD_OWN_ENTRIES_H

/* Certificates in this actor's own log that a command speaks about: found by their printed names or by whose
 * they are, checked against the log, and written as records about ranges of entries, as few blocks as the
 * limits allow. */

#include "cmd/arguments.h"
#include "cmd/csv_report.h"
#include "cmd/publish.h"

enum { OWN_ENTRIES_MAX = 65536, OWN_ENTRIES_TOLD_MAX = 20 };

/* What may be wrong with an entry's name. */
enum own_entry_fault {
    OWN_ENTRY_FINE,
    OWN_ENTRY_MISSING,        /* the log holds no such entry, or another one in its place */
    OWN_ENTRY_NO_CERTIFICATE, /* it is no content */
};

struct own_entry {
    struct entry_name name;
    enum own_entry_fault fault; /* written by own_entries_check */
    size_t row;                 /* of a file: which one names it */
    /* What is stated about it; left alone where a command has nothing to say here. */
    enum status_reason reason;
    uint32_t day;                         /* from which on; 0: none matters */
    const struct entry_name *replacement; /* what takes its place; NULL: nothing is said of that */
    /* Stated after that: that it stands suspended or revoked from these days on; 0: it is not. */
    uint32_t suspended_again, revoked_again;
    uint32_t first_day; /* from which on it was to hold; 0: none, or not known */
    bool is_attestation;
    struct subject subject;       /* of an attestation */
    char code[CODE_SIZE_MAX + 1]; /* of an attestation; else empty */
    /* Written by own_entries_sift: since when it stands revoked (DAY_NONE: it does not), and when that was
     * stated. */
    uint32_t revoked_since, revoked_stated;
};

/* What is stated of an entry by one command, in this order. */
struct own_statement {
    enum status_action action;
    uint32_t day;
};
enum { OWN_STATEMENTS_MAX = 3 };
struct own_statements {
    size_t count;
    struct own_statement items[OWN_STATEMENTS_MAX];
};

/* action, and what stands again after it. */
struct own_statements own_entry_statements(const struct own_entry *entry, enum status_action action);

struct own_entries {
    size_t count;
    struct own_entry *items; /* in the session's arena; sorted by (seq, index), each once */
};

/* From which day on what its author may reinstate was to hold. Returns: false for anything else. */
bool own_entries_read_first_day(uint32_t *day, const struct entry *entry, struct arena *arena);
/* Order by (seq, index), what is alike by row. */
int own_entries_order(const void *a, const void *b);
/* Put them into that order, each once. */
void own_entries_sort(struct own_entries *entries);
/* Write of each entry, sorted, what is wrong with its name, and what it is. */
enum store_error own_entries_check(struct own_entries *entries, struct session *session);

/* Find what texts name. Refuses entries of other logs, entries that do not exist or are not the one that the
 * name says, and entries that are no content. Returns: EXIT_YES, or the exit code after it said why not. */
int own_entries_named(struct own_entries *out, struct session *session, char *const *texts, size_t count);

/* Find what this actor issued to subject for any of the codes; leaves out what was erased. Returns as
 * own_entries_named; none is EXIT_BAD_INPUT, and so is more than a dossier holds: some alone would be a
 * silent half. */
int own_entries_of(struct own_entries *out, struct session *session, const struct subject *subject,
                   const struct codes *codes);

/* Add the same to *out, as far as capacity reaches. Writes: *found, how many there are (SIZE_MAX: more than a
 * dossier holds); none was added where they don't fit. */
enum store_error own_entries_add_of(struct own_entries *out, size_t capacity, size_t *found,
                                    struct session *session, const struct subject *subject,
                                    const struct codes *codes);

/* Find all that a void in block void_seq of this actor's log left without an answer. *from: the day from
 * which on it is to be reinstated; DAY_NONE becomes the first day from which any of it was said to hold.
 * *more: there is more than fits; what was reinstated is then not among those found, so that the rest is
 * found after these were. Returns as own_entries_named; none is EXIT_BAD_INPUT. */
int own_entries_left(struct own_entries *out, struct session *session, uint64_t void_seq, uint32_t *from,
                     bool *more);

/* Add what this actor issued besides that says the same as one of them and stands: issued twice, it would
 * outlive what is stated of its twin. What is stated of that one is stated of it. */
enum { OWN_TWINS_MAX = 4096 };
enum store_error own_entries_add_twins(struct own_entries *entries, struct session *session);

/* What a command is about to say. */
struct own_entries_coming {
    enum status_action action;
    /* From which on. DAY_NONE: today; what would be reinstated where nothing but what a void left stands
     * against it, from the first day on that is unknown for that. */
    uint32_t day;
    /* What a void left unknown from that day on is answered, and no more: what stands revoked or suspended
     * for certain stays so, and is said again. */
    bool doubts_only;
};

/* Whether it would change anything about an entry. Writes from which day on, what is said again, and how it
 * stands revoked, as own_entries_sift. */
enum store_error own_entries_ask_news(bool *is_news, struct own_entry *entry, struct session *session,
                                      struct store_txn *txn, const struct own_entries_coming *coming);

/* Move those about which it would change nothing from entries to unchanged: the same was said of them before,
 * there is nothing to reinstate or to decide, or it stands revoked and would be suspended. Writes of each its
 * day, what is said again, and how it stands revoked on that day, or on the first one after it. Returns:
 * EXIT_YES, or the exit code after it said why not. */
int own_entries_sift(struct own_entries *entries, struct own_entries *unchanged, struct session *session,
                     const struct own_entries_coming *coming);

/* Adds to draft, about entries (struct index_range) of the block in which first stands, of which the same is
 * stated as of first, one record a statement (own_entry_statements). Returns: false, when the block is full;
 * what it added by then is taken out again. */
struct own_entries_record {
    bool (*add)(const void *context, struct draft *draft, const struct own_entry *first,
                const struct list *entries);
    const void *context;
    size_t entries_max; /* that one block may speak about */
};

/* The blocks that came of it. */
struct own_entries_written {
    uint64_t first_seq;
    uint64_t block_count;
};

/* Sign and publish. Returns: EXIT_YES once all is durable, or the exit code after it said why not; then
 * written tells what is durable. */
int own_entries_write(const struct own_entries *entries, struct publisher *publisher,
                      const struct own_entries_record *record, struct own_entries_written *written);

/* The same for a session: asks for the passphrase and takes the log. */
int own_entries_publish(const struct own_entries *entries, struct session *session,
                        const struct own_entries_record *record, struct own_entries_written *written);

/* What a command did to entries. */
struct own_entries_done {
    const char *did;    /* "Revoked" */
    const char *action; /* "revoked" */
    uint32_t day;       /* from which on; DAY_NONE when none matters, or each entry has its own */
    const struct own_entries *unchanged; /* about which nothing was written, as it would change nothing; NULL:
                                            that is no question */
    bool more;                           /* there was more than could be written at once */
    const struct csv_report *rows;       /* those of a file that were refused; NULL: there was no file */
    const struct own_entries *kept; /* on which what was written has no effect; NULL: there can be none */
    struct own_entries_written written;
};

/* Tell it, as lines or JSON. */
int own_entries_report(const struct own_entries *entries, const struct session *session,
                       const struct own_entries_done *done);

#endif
