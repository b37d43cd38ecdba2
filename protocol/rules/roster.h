#ifndef PROTOCOL_RULES_ROSTER_H
#define PROTOCOL_RULES_ROSTER_H

/* A shop's awards, computed "as declared" from its roster (DESIGN section 5, Blue Seal): which of its
 * technicians count on which days, what share of them is certified, which service areas are covered and by
 * whom. The figures of the last review are floors: the shop can't declare fewer technicians or areas than
 * were recorded. A technician on two rosters at once counts on neither. Knows no award by name: recognition
 * rules of the packs say what is asked.
 *
 * A shop with many technicians is evaluated one technician at a time, so that memory for their dossiers can
 * be used again:
 *
 *     roster_begin, then for each of roster_members: roster_add with that technician's dossier, then
 *     roster_conclude. */

#include "protocol/rules/career.h"

/* What would be if. */
struct roster_change {
    size_t without_count; /* technicians who are gone from at_day on */
    const struct actor_id *without;
    size_t hire_count; /* technicians who are there, performing repairs, from at_day on */
    const struct actor_id *hire;
    bool as_if_recognised; /* the shop's own codes that an award asks for count as held from at_day on */
};

struct roster; /* in the arena */

/* Begin. Borrows: all for as long as the roster is used. dossier is the shop's. Returns: NULL when the arena
 * is full. */
struct roster *roster_begin(const struct dossier *dossier, const struct trust *trust,
                            const struct question *question, const struct roster_change *change,
                            struct arena *arena);

/* Who must be added: technicians of the roster on any day, and those who would be hired; each once. */
const struct actor_id *roster_members(const struct roster *roster, size_t *count);

/* Add what a technician's dossier tells: her certificates, and her other affiliations. Only what is kept of
 * it stays in the roster's arena; dossier and all that scratch holds may go afterwards. Requires:
 * dossier->subject is one of the members, each added once. Returns: false when an arena is full. */
bool roster_add(struct roster *roster, const struct dossier *dossier, struct arena *scratch);

/* A technician of the roster on at_day. */
struct roster_member {
    struct actor_id technician;
    bool performs_repairs;
    enum answer on_roster; /* whether she counts there, as far as rosters go; unknown, and no: see doubt */
    enum reason doubt;     /* why not sure; REASON_TWO_ROSTERS also of a no; REASON_LIMIT: who joined or left,
                              here or elsewhere, was not all looked at */
    bool own_word;         /* that her consent was used in time is the shop's own word */
    uint32_t since_day;    /* in this shop, whatever other rosters say */
    enum answer certified; /* for the share of the first award that asks for one; no yes by old rules */
};

/* A service area of the shop on at_day. */
struct roster_area {
    struct bytes name;
    bool declared, at_review; /* performed by the profile; recorded at the last review */
    enum answer covered;      /* unknown also where no rule says what covers it, or an old one does */
    size_t by_count;          /* technicians who cover it for certain */
    const struct actor_id *by;
    uint32_t until_day; /* last day on which it is covered */
};

/* What ends an award, or is missing for it. */
enum award_cause {
    AWARD_NOTHING,     /* it is for life, or was never held and nothing in particular is missing */
    AWARD_SHARE,       /* too few technicians are certified; technician: whose certificate or affiliation
                          ends */
    AWARD_TECHNICIANS, /* the same for a number of them */
    AWARD_AREA,        /* an area is not covered; area, and technician where one is to blame */
    AWARD_RECOGNITION, /* the shop's own recognition ends, or is not there; code */
    AWARD_NO_PROFILE,  /* the shop has not said what it does */
    AWARD_RULE,        /* a rule that this version does not understand */
    AWARD_NEWER_RULES, /* nothing but to know that its rules are the newest */
};

struct award_event {
    enum award_cause cause;
    uint32_t day; /* the first one on which it no longer holds; DAY_NONE: none known */
    bool has_technician;
    struct actor_id technician;
    struct bytes area;
    struct bytes code;
};

/* One recognition rule of a pack in force on at_day. */
struct award_verdict {
    const struct dossier_pack *pack;
    struct bytes name;             /* "Blue Seal of Excellence" */
    enum answer answer;            /* on at_day */
    uint32_t since_day, until_day; /* of the run around at_day; DAY_NONE as in verdict.h */
    struct award_event breaks;     /* of one that holds: what ends it first */
    size_t lack_count;             /* of one that does not: every conjunct's cause, in the rule's order */
    const struct award_event *lacks;
    bool members_cut;                /* as in the roster's verdict: what is counted of members is unknown */
    struct freshness freshness;      /* of its rules: where it is not a yes, it does not hold for sure */
    bool has_share;                  /* the rule asks for one, on at_day: */
    uint64_t certified, technicians; /* who count; those that the share is taken of, floors applied; without
                                        meaning where members_cut */
    uint64_t percent_wanted;
    bool has_code; /* the shop's own recognition that the rule asks for: */
    struct bytes code;
    enum answer recognised; /* as issued */
    uint32_t recognised_until;
};

struct roster_verdict {
    /* More may have joined, or left, than was looked at (dossier_cuts): members are those that are known of,
     * nobody is there for sure but who would be hired, and no number of them is known. */
    bool members_cut;
    const struct shop *profile;  /* in force on at_day; NULL: none */
    const struct review *review; /* the last one by at_day that counts; NULL */
    uint64_t declared_technicians;
    uint64_t counted_technicians; /* who perform repairs on at_day, on the roster */
    size_t member_count;
    const struct roster_member *members; /* on at_day, sorted by id */
    size_t area_count;
    const struct roster_area *areas; /* sorted */
    size_t award_count;
    const struct award_verdict *awards;
    struct verdict verdict; /* on the shop's own credentials */
};

/* Decide. Requires: every member was added. Returns: false when the arena is full. */
bool roster_conclude(struct roster_verdict *out, struct roster *roster);

#endif
