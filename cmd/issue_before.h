#ifndef CMD_ISSUE_BEFORE_H
#define CMD_ISSUE_BEFORE_H

/* What this actor's own log holds already of what is about to be issued (protocol/rules/issued.h). Found by
 * the subject, whatever else the log holds; of the subject asked about last it is kept which exams there are,
 * so that a long file about few people reads each of them once a block. */

#include "cmd/session.h"

enum { ISSUE_BEFORE_MAX = 512 }; /* of one exam */

struct issue_before {
    struct session *session;
    enum store_error error; /* sticks */
    struct arena arena;
    uint8_t *memory;
    /* Of the subject asked about last. */
    bool is_listed;
    bool is_cut; /* there may be more than is listed */
    struct subject subject;
    size_t key_count, key_capacity;
    struct issue_key {
        uint64_t exam; /* hash of code, basis and day earned */
        uint64_t seq;
        uint64_t index;
    } * keys;
    /* The answer to what was asked about last, good until the next question. */
    enum issued_answer answer;
    const struct issued_entry *which; /* it rests on this one; NULL with ISSUED_NEVER */
    bool is_too_much;                 /* there may be more than was looked at */
    size_t count;
    struct issued_entry entries[ISSUE_BEFORE_MAX]; /* of that exam, but those that are gone */
};

/* Returns: NULL when out of memory. Borrows: session. */
struct issue_before *issue_before_create(struct session *session);
void issue_before_destroy(struct issue_before *before);

/* The log has grown. */
void issue_before_forget(struct issue_before *before);

/* Find what the log holds of the coming one. corrects: an entry that is left out, as it is to be replaced
 * whatever it says; NULL: none. Returns: false after a failure, which error keeps. */
bool issue_before_ask(struct issue_before *before, const struct attestation *coming,
                      const struct entry_name *corrects);

#endif
