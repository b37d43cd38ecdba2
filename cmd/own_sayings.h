#ifndef CMD_OWN_SAYINGS_H
#define CMD_OWN_SAYINGS_H

/* What blocks of a log say, in words for people who are about to drop them, to declare them void or to look
 * something up: certificates by code and holder, all else a line each. Bounded, however many blocks are
 * added: what finds no room is counted. */

#include <stdio.h>

#include "cmd/json_output.h"
#include "cmd/session.h"

enum { OWN_SAYINGS_MAX = 20, OWN_SAMPLES_MAX = 20, OWN_SAYING_SIZE = 384 };

/* Certificates alike. */
struct own_sample {
    char code[CODE_SIZE_MAX + 1];
    struct hash subject;
    uint64_t count;
};

/* Anything else that an entry says: "revokes ase/A5 of Maria Lopez". */
struct own_saying {
    bool against; /* somebody (protocol/rules/bearing.h) */
    char words[OWN_SAYING_SIZE];
};

struct own_sayings {
    uint64_t block_count;
    uint64_t time_s; /* that the last block claims */
    uint64_t certificate_count, erased_count;
    uint64_t sampled_count; /* certificates that the samples stand for */
    size_t sample_count;
    struct own_sample samples[OWN_SAMPLES_MAX]; /* the first ones */
    uint64_t saying_count, against_count;
    bool unread_speaks; /* a block that has not come may be against somebody */
    size_t kept_count;
    struct own_saying sayings[OWN_SAYINGS_MAX]; /* the first ones, those against somebody first */
};

/* Add what block, of author's log, says. Names what its statuses are about where that is on the chain: below
 * a fork the branches agree. Uses session's arena for the call. */
void own_sayings_add(struct own_sayings *sayings, const struct block *block, struct session *session,
                     struct store_txn *txn);

/* "ase/A5 to Maria Lopez, ase/A6 to Maria Lopez, ...": at most max of the samples. */
void own_sayings_print_samples(FILE *out, const struct session *session, const struct own_sayings *sayings,
                               size_t max);
/* One line each, all that is no certificate. */
void own_sayings_print(FILE *out, const struct own_sayings *sayings);

/* The same as JSON: "issues ase/A5 to Maria Lopez", and what found no room as a number. */
json_t *json_of_sayings(const struct session *session, const struct own_sayings *sayings);

#endif
