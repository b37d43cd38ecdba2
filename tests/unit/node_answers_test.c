#include "node/answers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void answers_come_in_order_and_are_bounded(void **state)
{
    struct answers *answers = calloc(1, sizeof *answers);
    uint64_t next_in = 0, next_out = 0;

    (void)state;
    assert_null(answers_first(answers));
    for (size_t round = 0; round < 3; round++) {
        while (answers_put(answers, &(struct want_answer){.next_seq = next_in})) {
            next_in++;
        }
        assert_int_equal(next_in - next_out, ANSWERS_MAX);
        for (size_t i = 0; i < ANSWERS_MAX - 7 * round; i++) {
            assert_int_equal(answers_first(answers)->next_seq, next_out++);
            answers_drop_first(answers);
        }
    }
    free(answers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_come_in_order_and_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
