#include "protocol/rules/freshness.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* How fresh a log is, one row a case. */

enum { NOW_S = 1000000, BUDGET_S = 3600 };

static const struct {
    const char *because;
    struct dossier_log log;
    struct axis_answer wanted;
} rows[] = {
    {"a checkpoint of its head within the budget",
     {.head_seq = 5,
      .known_by_seq = 5,
      .has_checkpoint = true,
      .checkpoint_seq = 5,
      .checkpoint_time_s = NOW_S - 60},
     {ANSWER_YES, REASON_NONE}},
    {"without a checkpoint", {.head_seq = 5, .known_by_seq = 5}, {ANSWER_UNKNOWN, REASON_NO_CHECKPOINT}},
    {"a checkpoint older than the budget",
     {.head_seq = 5, .known_by_seq = 5, .has_checkpoint = true, .checkpoint_time_s = NOW_S - BUDGET_S - 1},
     {ANSWER_NO, REASON_STALE}},
    {"a checkpoint of a block that is not here yet",
     {.head_seq = 5,
      .known_by_seq = 4,
      .has_checkpoint = true,
      .checkpoint_seq = 5,
      .checkpoint_time_s = NOW_S},
     {ANSWER_UNKNOWN, REASON_INCOMPLETE}},
    {"on its way to another branch",
     {.head_seq = 5,
      .known_by_seq = 5,
      .switching = true,
      .has_checkpoint = true,
      .checkpoint_time_s = NOW_S},
     {ANSWER_UNKNOWN, REASON_INCOMPLETE}},
    {"a proof shows a status block that is not here",
     {.head_seq = 5,
      .known_by_seq = 5,
      .body_missing = true,
      .has_checkpoint = true,
      .checkpoint_time_s = NOW_S},
     {ANSWER_UNKNOWN, REASON_INCOMPLETE}},
};

static void a_log_is_as_fresh_as_its_newest_word(void **state)
{
    const struct question question = {.now_s = NOW_S, .known_by_s = UINT64_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t age_s = 0;
        struct axis_answer found = freshness_of(&age_s, &rows[i].log, &question, BUDGET_S);

        if (found.answer != rows[i].wanted.answer || found.reason != rows[i].wanted.reason) {
            fail_msg("%s: %d, %s", rows[i].because, found.answer, reason_word(found.reason));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_log_is_as_fresh_as_its_newest_word)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
