#ifndef PROTOCOL_RULES_ROSTER_STATE_H
#define PROTOCOL_RULES_ROSTER_STATE_H

/* What a roster holds, between the files that it is made of: roster.c (technicians and their days),
 * roster_floors.c (what the shop says and what reviews recorded), roster_rules.c (what awards ask),
 * roster_count.c (shares, numbers and areas on every day), roster_awards.c and roster_explain.c. Nobody else
 * includes it. */

#include "protocol/rules/roster.h"

/* What is kept of a technician. */
struct roster_part {
    size_t membership_count; /* in this shop */
    const struct membership *memberships;
    bool added;
    bool listed;                      /* on the roster on at_day, or may be */
    struct roster_member on_that_day; /* with listed */
    struct day_truth counts; /* days on which she counts: here, performing repairs, and nowhere else */
    struct day_truth *asked; /* one for each ask: days on which she counts and it holds */
};

/* Days on which the same profile and the same review speak: up to the day before the next run. */
struct roster_run {
    uint32_t first_day;
    const struct shop *profile;     /* the last one said; NULL: none */
    const struct review *review;    /* the last one by then; NULL: none */
    bool profile_sure, review_sure; /* that it is the one, or that there is none */
};

/* A service area that a run's profile or review names. */
struct roster_need {
    struct bytes name;
    bool declared, at_review;
};
enum { ROSTER_NEEDS_MAX = 2 * AREAS_MAX };

struct award_conjunct {
    const struct expression *expression;
    struct day_truth days; /* by itself, on all days */
};

/* An award's rule by the packs of one segment. */
struct award_segment {
    const struct pack_segment *segment;
    const struct expression *expression;
    size_t conjunct_count;
    struct award_conjunct *conjuncts;
};

struct roster_award {
    const struct compiled_rule *rule; /* on at_day */
    const struct dossier_pack *pack;
    struct career_space *space; /* of the shop's career */
    bool is_too_large;          /* what its rules ask for takes too much: nothing can be said of it */
    size_t segment_count;       /* those that have a rule of this name, ascending */
    struct award_segment *segments;
    struct day_truth days;
};

/* What the rules of one namespace may ask of technicians, and how often they may be counted: a large shop has
 * to answer all of it. */
enum { ROSTER_ASKS_MAX = 64, ROSTER_COUNTS_MAX = 512 };

/* What awards ask of technicians, for the namespace of the first that does. */
struct roster_ask {
    const struct expression *expression;
    bool denied; /* what is asked is the contrary (lacking.h) */
    struct bytes name_space;
};

struct roster {
    const struct dossier *dossier; /* the shop's */
    const struct trust *trust;
    const struct question *question;
    const struct roster_change *change;
    struct arena *arena;
    struct actor_id shop;
    bool members_cut;   /* as in the verdict */
    bool profiles_sure; /* the shop's log is not so old that it may have said otherwise since */
    struct credentials credentials;
    struct career *career;
    size_t member_count;
    struct actor_id *ids; /* sorted */
    struct roster_part *parts;
    size_t run_count; /* at least 1: the first begins on day 0, the last one never ends */
    struct roster_run *runs;
    size_t award_count;
    struct roster_award *awards;
    size_t ask_count; /* what the awards ask of technicians, each once */
    struct roster_ask *asks;
    size_t share_ask; /* of the first award that asks for a share; SIZE_MAX: none does */
};

/* Write roster->profiles_sure and roster->runs. Returns: false when the arena is full. */
bool roster_read_shop(struct roster *roster);
const struct roster_run *roster_run_on(const struct roster *roster, uint32_t day);
/* The least number of technicians that a share is taken of, as far as it is sure. */
uint64_t roster_run_technicians(const struct roster_run *run);
/* The areas of a run, sorted. Returns: how many. */
size_t roster_run_needs(struct roster_need needs[ROSTER_NEEDS_MAX], const struct roster_run *run);
/* Whether an area is performed on any day. */
bool roster_performs(const struct roster *roster, struct bytes area);

/* Index into asks; SIZE_MAX: nobody asks that. */
size_t roster_ask_of(const struct roster *roster, const struct expression *asked, bool denied);
/* Write whether the rules that ask it are sure to be the newest. Returns: false when the arena is full. */
bool roster_ask_is_fresh(bool *out, const struct roster *roster, size_t ask);
/* Index of the child of a COVERED that an area is for; SIZE_MAX: it does not name the area. */
size_t roster_area_child(const struct expression *node, struct bytes area);
/* The days of a SHARE, TECHNICIANS or COVERED; of one that is denied those on which it may not be. Returns:
 * false when the arena is full. */
bool roster_count_days(struct day_truth *out, struct roster *roster, const struct expression *node,
                       bool denied);

/* Write roster->awards, roster->asks and roster->share_ask. Returns: false when the arena is full. */
bool roster_read_awards(struct roster *roster);
/* The first SHARE of an award's expression, and what its first COVERED that names an area asks for it. NULL:
 * there is none. */
const struct expression *roster_share_of(const struct expression *expression);
const struct expression *roster_child_of_area(const struct expression *expression, struct bytes area);
/* The days of an expression of scope shop. Returns: false when the arena is full. */
bool roster_days(struct day_truth *out, struct roster *roster, const struct expression *expression);
/* The awards' days and verdicts. Returns: false when the arena is full. */
bool roster_conclude_awards(struct roster_verdict *out, struct roster *roster);
/* The rule of an award on a day; NULL: none, or none that could be read. */
const struct award_segment *award_segment_on(const struct roster_award *award, uint32_t day);

/* What ends an award that holds on at_day, or what one that does not lacks. Returns: false when the arena is
 * full. */
bool roster_explain_break(struct award_verdict *out, struct roster *roster, const struct roster_award *award);
bool roster_explain_lacks(struct award_verdict *out, struct roster *roster, const struct roster_award *award);

#endif
