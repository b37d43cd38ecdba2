#include "tests/support/career_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

void career_rows_build(struct career_case *built, const char *rules, const char *later,
                       const struct earned *earned)
{
    career_case_begin(built);
    career_case_pack(built, "ase", 1, ROWS_PACK_FROM, ROWS_CODES, rules);
    if (later != NULL) {
        career_case_pack(built, "ase", 2, ROWS_LATER_FROM, ROWS_CODES, later);
    }
    career_case_earn(built, earned);
}

void career_rows_check(struct career_case *built, const struct career_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        career_rows_build(built, rows[i].rules, rows[i].later, rows[i].earned);
        struct day_truth days = career_case_days(built, rows[i].asked, rows[i].day);
        enum answer answer = day_truth_on(&days, rows[i].day);
        if (answer != rows[i].answer) {
            fail_msg("%s: %d, not %d", rows[i].why, (int)answer, (int)rows[i].answer);
        }
    }
}
