#ifndef CMD_LOG_FRESHNESS_H
#define CMD_LOG_FRESHNESS_H

/* How this actor's own log and those of the trust file's owners stand on this node, by the same measure as in
 * a verdict (protocol/rules/freshness.h). */

#include "cmd/session.h"
#include "protocol/rules/freshness.h"

struct log_freshness {
    bool held;
    uint64_t epoch, seq;
    struct hash head;
    uint64_t age_s;    /* of its newest checkpoint; UINT64_MAX: none counts */
    uint64_t budget_s; /* up to which it is fresh */
    struct axis_answer answer;
};

/* Writes: *own, where this home has an actor, as others count it: a shop that nobody accredited attests only
 * what time somebody worked there. owners beside the trust file's. */
enum store_error log_freshness_read(struct log_freshness *own, struct log_freshness *owners,
                                    struct session *session, struct store_txn *txn);

/* "fresh", "stale", "unknown": no checkpoint counts, "incomplete": there is more than is held here. */
const char *log_freshness_word(const struct log_freshness *log);

#endif
