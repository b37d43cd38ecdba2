#ifndef TESTS_SUPPORT_RANDOM_CAREER_H
#define TESTS_SUPPORT_RANDOM_CAREER_H

/* A technician's career drawn at random, the same for a seed in every run: bodies and their packs, shops,
 * credentials of all bases, what was said about them, affiliations, forks, void blocks, stale issuers and
 * what is not known here. All of it happens within a span of days. Some careers are orderly, others in ruins.
 * What does not fit aborts. */

#include "protocol/rules/affiliation.h"
#include "protocol/rules/verdict.h"
#include "tests/support/log_random.h"

enum random_actor {
    RANDOM_TECHNICIAN, /* the subject */
    RANDOM_OWNER_A,
    RANDOM_OWNER_B,
    RANDOM_SCHOOL, /* accredited for some codes */
    RANDOM_SHOP_A, /* accredited for work */
    RANDOM_SHOP_B,
    RANDOM_STRANGER,
    RANDOM_ACTORS,                /* that may have said something */
    RANDOM_QUIET = RANDOM_ACTORS, /* accredited, and said nothing about the subject */
    RANDOM_LOGS
};

enum {
    RANDOM_CREDENTIALS_MAX = 24,
    RANDOM_EVENTS_MAX = 4, /* of one credential */
    RANDOM_PACKS_MAX = 8,
    RANDOM_PACK_CODES_MAX = 8,
    RANDOM_PACK_RULES_MAX = 16,
    RANDOM_AFFILIATIONS_MAX = 8,
    RANDOM_GRANTS_MAX = 6,
    RANDOM_SEALED_MAX = 2,
    RANDOM_REQUIREMENTS = 3,
    RANDOM_LIFETIME_MAX = 4,                             /* months */
    RANDOM_LIFE_DAYS_MAX = 2 * RANDOM_LIFETIME_MAX * 31, /* of a renewal, from its first day on */
    RANDOM_DAYS_MAX = 16,
    RANDOM_ARENA_SIZE = 256 * 1024,
};

/* Large, so keep it static. It points into itself: don't copy it. */
struct random_career {
    struct dice dice;
    uint32_t ruin; /* 0: nothing is wrong; 1: a little; 2: much */
    uint32_t first_day, last_day;
    bool has_lifetimes; /* codes have some */
    bool has_late;      /* some packs came late for some days */
    size_t day_count;
    uint32_t days[RANDOM_DAYS_MAX]; /* drawn lately */
    struct network network;
    struct trust trust;
    struct dossier dossier;
    struct dossier_log logs[RANDOM_LOGS];
    struct dossier_credential credentials[RANDOM_CREDENTIALS_MAX];
    struct history_event events[RANDOM_CREDENTIALS_MAX][RANDOM_EVENTS_MAX];
    bool event_voided[RANDOM_CREDENTIALS_MAX][RANDOM_EVENTS_MAX];
    struct dossier_sealed sealed[RANDOM_SEALED_MAX];
    struct dossier_accreditation accreditations[RANDOM_GRANTS_MAX];
    struct bytes patterns[RANDOM_GRANTS_MAX];
    struct dossier_pack packs[RANDOM_PACKS_MAX];
    struct pack_code pack_codes[RANDOM_PACKS_MAX][RANDOM_PACK_CODES_MAX];
    struct pack_rule pack_rules[RANDOM_PACKS_MAX][RANDOM_PACK_RULES_MAX];
    struct dossier_affiliation affiliations[RANDOM_AFFILIATIONS_MAX];
    struct dossier_leave leaves[RANDOM_AFFILIATIONS_MAX];
    struct question question;
    struct expression requirements[RANDOM_REQUIREMENTS]; /* the first one is the question's, if it has one */
    struct arena arena;
    uint8_t memory[RANDOM_ARENA_SIZE];
};

void random_career_draw(struct random_career *career, uint64_t seed);

/* The same facts told in another order, where a dossier gives none. */
void random_career_shuffle(struct random_career *career);

/* ---- parts of it (random_career_rules.c) ---- */

bool random_career_happens(struct random_career *career, uint32_t percent);
/* Happens with so many percent where something may be wrong, twice as often where much may be. */
bool random_career_goes_wrong(struct random_career *career, uint32_t percent);
/* Any day of the span; as often as not one that a rule may tell from its neighbours. */
uint32_t random_career_day(struct random_career *career);
/* A whole code of a few, or one that there is not. */
struct bytes random_career_code(struct random_career *career);
void random_career_expression(struct random_career *career, struct expression *out,
                              enum expression_scope scope, uint32_t depth);
void random_career_packs(struct random_career *career);

#endif
