#ifndef PROTOCOL_RULES_FRESHNESS_H
#define PROTOCOL_RULES_FRESHNESS_H

/* How old the newest word of a log is, against a budget (DESIGN section 5, freshness). */

#include "protocol/rules/verdict.h"

/* Of log by the question's times. Writes: *age_s, UINT64_MAX when no checkpoint counts. Returns: yes; no:
 * stale; unknown: no-checkpoint, clock-behind-evidence, log-incomplete. */
struct axis_answer freshness_of(uint64_t *age_s, const struct dossier_log *log,
                                const struct question *question, uint64_t budget_s);

#endif
