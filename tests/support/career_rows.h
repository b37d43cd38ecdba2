#ifndef TESTS_SUPPORT_CAREER_ROWS_H
#define TESTS_SUPPORT_CAREER_ROWS_H

/* Decision tables about careers: what packs say, what was earned, what is asked, and the answer. */

#include "tests/support/career_builder.h"

enum {
    ROWS_PACK_FROM = 100,
    ROWS_LATER_FROM = 1500, /* of the second pack */
    ROWS_EARNED_MAX = 8,
};
#define ROWS_CODES "A1 A2 A3 A4 A5 A6 A7 A8 A9 B1 B2 L1 guild school seal work"
#define EVER DAY_NONE

/* Codes of ase, earned on their first day. */
#define EARNED(code, basis, first, last)                                                                     \
    {                                                                                                        \
        "ase/" code, basis, first, first, last                                                               \
    }
#define EXAM(code, first, last) EARNED(code, BASIS_EXAM, first, last)
#define RECERTIFIED(code, first, last) EARNED(code, BASIS_RECERTIFICATION, first, last)
#define RENEWED(code, first, last) EARNED(code, BASIS_RENEWAL, first, last)
#define TRAINED(code, first, last) EARNED(code, BASIS_TRAINING, first, last)
#define WORKED(first, last) EARNED("work", BASIS_EXPERIENCE, first, last)
#define NOTHING                                                                                              \
    {                                                                                                        \
        0                                                                                                    \
    }

struct career_row {
    const char *why;
    const char *rules;
    const char *later; /* of the second pack; NULL: there is none */
    struct earned earned[ROWS_EARNED_MAX];
    const char *asked;
    uint32_t day;
    enum answer answer;
};

#define ROW_OF_TWO(why, rules, later, asked, day, answer, ...)                                               \
    {                                                                                                        \
        why, rules, later, {__VA_ARGS__}, asked, day, ANSWER_##answer                                        \
    }
#define ROW(why, rules, asked, day, answer, ...) ROW_OF_TWO(why, rules, NULL, asked, day, answer, __VA_ARGS__)

/* later NULL: there is no second pack. */
void career_rows_build(struct career_case *built, const char *rules, const char *later,
                       const struct earned *earned);

/* Fails on the first row that is answered otherwise. */
void career_rows_check(struct career_case *built, const struct career_row *rows, size_t count);
#define CHECK_ROWS(built, rows) career_rows_check(built, rows, sizeof(rows) / sizeof(rows)[0])

#endif
