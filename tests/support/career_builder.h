#ifndef TESTS_SUPPORT_CAREER_BUILDER_H
#define TESTS_SUPPORT_CAREER_BUILDER_H

/* Careers for tests: packs written in the language of rules, what was earned as rows, questions in words. The
 * subject is a technician, the owner of "ase" issues all and is fresh; days are numbers. What does not fit,
 * or does not parse, aborts. */

#include "protocol/rules/career.h"
#include "tests/support/dossier_builder.h"

enum { CAREER_SUBJECT, CAREER_ASE, CAREER_SHOP, CAREER_EPA, CAREER_ACTORS };
enum { CAREER_ARENA_SIZE = 4 * 1024 * 1024, CAREER_TEXT_SIZE = 512 };

/* A row of what was earned. last DAY_NONE: for life. */
struct earned {
    const char *code; /* "ase/A5"; NULL ends the rows */
    enum basis basis;
    uint32_t earned_on;
    uint32_t first, last;
};

/* Large, so keep it static. It points into itself: don't copy it. */
struct career_case {
    struct dossier_builder built;
    struct question question;
    uint64_t next_seq;
    struct arena arena; /* for what is built */
    size_t mark;        /* of it, above which the last answer lies */
    struct credentials credentials;
    struct career *career;
    uint8_t memory[CAREER_ARENA_SIZE];
};

void career_case_begin(struct career_case *begun);

/* The owner of name_space publishes a pack. codes: "A1 A2/24", in any order, with a
 * lifetime in months or for life. rules: a line each of "KIND NAME:
 * EXPRESSION", where "?" for an expression is one that this version does not know. */
struct dossier_pack *career_case_pack(struct career_case *built, const char *name_space, uint64_t version,
                                      uint32_t in_force_from, const char *codes, const char *rules);

void career_case_earn(struct career_case *built, const struct earned *rows);

/* All below decide anew; what they return lives until the next one. */

/* Begin and settle as of a day. */
struct career *career_case_settle(struct career_case *asked, uint32_t at_day);
struct day_truth career_case_days(struct career_case *asked, const char *requirement, uint32_t at_day);
/* What is missing for requirement on a day, as "A5, A6 (1 more), 30 days for A1": codes of ase without their
 * namespace, a "?" behind what could not be determined. Empty when it holds. */
const char *career_case_missing(struct career_case *asked, const char *requirement, uint32_t day,
                                size_t *part_count);
/* requirement NULL: nothing is required. */
struct verdict career_case_conclude(struct career_case *asked, const char *requirement, uint32_t at_day);

void missing_to_text(char text[CAREER_TEXT_SIZE], const struct missing_part *parts, size_t count);

#endif
