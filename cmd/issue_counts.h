#ifndef CMD_ISSUE_COUNTS_H
#define CMD_ISSUE_COUNTS_H

/* Whether what is about to be issued will count, by the rules that this actor holds itself: the verdict on
 * it, beside all that is known of its subject, as if it were signed and heard of now. What certainly never
 * counts is better not signed. */

#include "cmd/issue_before.h"
#include "cmd/issue_csv.h"
#include "cmd/issue_rules.h"
#include "protocol/rules/verdict.h"

/* The newest accepted rows of a file, which the store does not hold yet: what comes later in the file may
 * rest on them. */
enum {
    ISSUE_PENDING_MAX = BLOCK_ENTRIES_MAX,
    ISSUE_PENDING_BITS = 1 << 20,
    ISSUE_KNOWN_COUNT = 1024,
    ISSUE_REPLACED_MAX = ISSUE_BEFORE_MAX + 1 /* the one that --replaces names besides */
};

struct issue_pending {
    struct attestation attestation;
    char code[CODE_SIZE_MAX];
};

/* What counts, for one of whom nothing is known. */
struct issue_known {
    size_t code_size; /* 0: empty */
    char code[CODE_SIZE_MAX];
    uint32_t earned_on, valid_from, last_day; /* DAY_NONE: for life */
    enum basis basis;
    bool waits;
};

struct issue_counts {
    struct issue_rules *rules; /* borrowed; its error is set when the store fails */
    size_t pending_count;      /* ever since the store was written; the newest ISSUE_PENDING_MAX are kept */
    struct issue_pending pending[ISSUE_PENDING_MAX];
    uint8_t pending_people[ISSUE_PENDING_BITS / 8]; /* bits: whom the pending ones may be about */
    struct issue_known known[ISSUE_KNOWN_COUNT];
    bool waits; /* of what was asked about last and counts: it is a test passed, and no certificate yet */
    size_t replaces_count; /* what is coming takes the place of these entries */
    const struct entry_name *replaces[ISSUE_REPLACED_MAX];
};

/* Returns: NULL when out of memory. Borrows: rules. Release with free. */
struct issue_counts *issue_counts_create(struct issue_rules *rules);

/* An attestation is accepted, and not in the store yet. */
void issue_counts_add(struct issue_counts *counts, const struct attestation *attestation);
/* All of them are in the store now. */
void issue_counts_forget(struct issue_counts *counts);

/* Whether coming may ever count. Returns: REASON_NONE, or why it certainly does not; then *rule (of
 * ISSUE_RULE_SIZE) names the rule. Once rules->error is set, REASON_NO_RULE_PACK. */
enum reason issue_counts_of(struct issue_counts *counts, const struct attestation *coming, char *rule);

/* Whether coming, about which issue_counts_of was asked last, is a test passed for a code that is not
 * certified yet: something else is asked for. */
bool issue_counts_waits(const struct issue_counts *counts);

/* What coming amounts to on today: its code's verdict, in the session's arena. Returns: false when nothing
 * can be said. */
bool issue_counts_verdict(struct code_verdict *out, struct issue_counts *counts,
                          const struct attestation *coming);

/* The last day that renewing gives: the end that is held and what the renewal rule adds, at most pack_code's
 * lifetime. Returns: false when the rules don't tell it. */
bool issue_counts_renewed_until(uint32_t *last_day, struct issue_counts *counts,
                                const struct attestation *coming, const struct pack_code *pack_code);

/* The last day to which coming, which is for life, lasts by the lifetime of its code. Returns: false when the
 * rules set it none. */
bool issue_counts_lasts_until(uint32_t *last_day, struct issue_counts *counts,
                              const struct attestation *coming);

#endif
