#ifndef CMD_ISSUING_H
#define CMD_ISSUING_H

/* What issuing one certificate and issuing a file of them have in common: what is asked, who is asked about
 * it, what the own log holds already, and the words. */

#include "cmd/issue_batch.h"
#include "cmd/issue_before.h"
#include "cmd/issue_correction.h"
#include "cmd/issue_counts.h"
#include "cmd/json_output.h"

struct issue_request {
    const char *csv;
    const char *report;
    const char *basis;
    const char *in_network;
    const char *again; /* a reason's word */
    char *replaces;
    uint32_t earned, from, until; /* DAY_NONE: not given */
    bool dry_run;
    bool unaccredited;
    bool anyway;
    bool replace;
    enum status_reason again_reason; /* where again is given */
};

enum { ENDED_MAX = 16, ISSUE_WORDS_SIZE = 768 };

struct issue {
    const struct issue_request *request;
    struct session session;
    struct issue_rules *rules;
    struct issue_counts *counts;
    struct issue_before *before;
    struct issue_context context;
    struct keyring *keyring;
    struct publisher publisher;
    bool publisher_is_open;
    struct entry_name first_entry; /* of the block published last */
    struct issue_batch *batch;
    struct issue_corrections *corrections;
    bool has_named;         /* --replaces */
    struct own_entry named; /* what it names */
    bool named_is_replaced; /* already, by something */
    uint64_t same_count;    /* the same stands already, and is not issued again */
    uint64_t again_count;   /* issued though it was taken back */
    uint64_t replaced_count;
    size_t ended_count; /* codes of which it was said that the accreditation has ended */
    struct ended_code {
        char code[CODE_SIZE_MAX + 1];
        uint32_t day;
    } ended[ENDED_MAX];
};

/* Returns: EXIT_YES, or the exit code after it said why not. Close it in any case. */
int issue_open(struct issue *issue, const struct session_options *options,
               const struct issue_request *request);
/* Ask for the passphrase and take the log, once it is known that there is something to sign. */
int issue_open_log(struct issue *issue);
void issue_close(struct issue *issue);

/* What stands behind an answer about the store that could not be had. Returns: code where the store was read.
 */
int issue_store_code(const struct issue *issue, int code);

/* Note of what was asked about last what it, or the one that stands, replaces. by: that. */
void issue_note_replaced(struct issue *issue, const struct attestation *attestation,
                         const struct issue_successor *by);
/* How many issue_note_replaced would note. */
size_t issue_count_replaced(const struct issue *issue, const struct attestation *attestation);
/* State what was noted, where all that replaces it is durable. Returns: EXIT_YES, or the exit code after it
 * said why not. */
int issue_state_replaced(struct issue *issue);

/* The refusal in words, with what helps. */
void issue_explain(char words[ISSUE_WORDS_SIZE], struct issue *issue, const struct issue_refused *refused,
                   struct bytes code);

/* Say once of each code that what is signed now comes after the end. */
void issue_warn_of_end(struct issue *issue, const struct attestation *attestation);
json_t *json_of_ended(const struct issue *issue);

/* To what it amounts with all else that is known, where that can be said. */
struct code_verdict issue_amounts(struct issue *issue, const struct attestation *attestation);
/* A test that was passed is no certificate yet where the rules ask for more. */
void issue_tell_missing(const struct code_verdict *amounts);

#endif
