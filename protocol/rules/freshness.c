#include "protocol/rules/freshness.h"

struct axis_answer freshness_of(uint64_t *age_s, const struct dossier_log *log,
                                const struct question *question, uint64_t budget_s)
{
    uint64_t by_s = question->known_by_s < question->now_s ? question->known_by_s : question->now_s;
    *age_s = UINT64_MAX;
    if (!log->has_checkpoint || log->checkpoint_time_s > question->known_by_s) {
        return (struct axis_answer){ANSWER_UNKNOWN, REASON_NO_CHECKPOINT};
    }
    if (log->checkpoint_time_s > by_s && log->checkpoint_time_s - by_s > CHECKPOINT_AHEAD_S) {
        return (struct axis_answer){ANSWER_UNKNOWN, REASON_CLOCK};
    }
    *age_s = log->checkpoint_time_s < by_s ? by_s - log->checkpoint_time_s : 0;
    if (*age_s > budget_s) {
        return (struct axis_answer){ANSWER_NO, REASON_STALE};
    }
    return !log->switching && !log->body_missing && dossier_log_reaches(log, log->checkpoint_seq)
               ? (struct axis_answer){ANSWER_YES, REASON_NONE}
               : (struct axis_answer){ANSWER_UNKNOWN, REASON_INCOMPLETE};
}
