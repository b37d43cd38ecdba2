#ifndef PROTOCOL_RULES_VERDICT_H
#define PROTOCOL_RULES_VERDICT_H

/* Dossier -> verdict, on four axes, each yes, no or unknown with its reason (DESIGN section 5). Pure: the same
 * dossier, trust and question give the same verdict on every machine. Titles, prerequisites and Blue Seal will be
 * evaluated beside credentials by protocol/rules/interval*.c; a verdict is about single credentials and the codes
 * asked for. */

#include "protocol/rules/authority.h"

enum answer { ANSWER_YES, ANSWER_NO, ANSWER_UNKNOWN };

enum axis {
    AXIS_INTEGRITY, /* is it what its issuer signed? */
    AXIS_AUTHORITY, /* may that issuer say so? */
    AXIS_STATUS,    /* does it hold on the day asked about? */
    AXIS_FRESHNESS, /* how old is what we know? */
};
enum { AXIS_COUNT = 4 };

struct axis_answer {
    enum answer answer;
    enum reason reason;
};

enum overall { OVERALL_VALID, OVERALL_INVALID, OVERALL_UNDETERMINED };

/* Budgets for the age of evidence, in seconds. */
struct freshness_budget {
    uint64_t issuer_s;
    uint64_t shop_s;
    uint64_t holder_s;
};
#define FRESHNESS_DEFAULT ((struct freshness_budget){86400, 14 * 86400, 30 * 86400})

struct question {
    uint32_t at_day;       /* which day is asked about */
    uint64_t now_s;        /* the verifier's clock: ages are counted from it */
    uint64_t known_by_s;   /* which evidence may be used; UINT64_MAX for all there is */
    struct freshness_budget budget;
    size_t required_count; /* codes asked for */
    const struct bytes *required;
};

struct credential_verdict {
    size_t credential; /* index into the dossier */
    struct axis_answer axes[AXIS_COUNT];
    enum overall overall;
    uint32_t since_day;    /* first day of the run of days that it holds, around at_day; DAY_NONE if it does not */
    uint32_t until_day;    /* last day of that run; DAY_NONE: for life */
    uint32_t effective_day; /* of the event behind a status `no`: revoked since, expired on; else DAY_NONE */
    uint64_t evidence_age_s; /* of the issuer's newest checkpoint; UINT64_MAX when there is none */
    const struct pack_code *pack_code; /* of the pack in force on the day earned; NULL when there is none */
    struct authority_answer *authority;
};

enum required_answer { REQUIRED_HELD, REQUIRED_NOT_HELD, REQUIRED_UNKNOWN };

struct required_verdict {
    struct bytes code;
    enum required_answer answer;
    size_t credential; /* the one that decides it, index into credentials; SIZE_MAX: none */
};

struct verdict {
    enum overall overall;
    size_t credential_count;
    struct credential_verdict *credentials; /* in dossier order, from the arena */
    size_t required_count;
    struct required_verdict *required;
    enum answer requirement; /* all of the required codes */
    uint32_t next_lapse_day; /* earliest until_day of a credential that holds; DAY_NONE */
    size_t next_lapse;       /* that credential; SIZE_MAX */
};

/* Decide. Borrows: dossier, trust, question for as long as *out is used (it points into the dossier).
 * Writes: *out whole. overall: without required codes, valid when there is a credential and all are valid; invalid
 * when any is; else undetermined. With them, valid when all are held, invalid when one is certainly not.
 * A credential is valid when all four axes are yes; invalid when integrity, authority or status is no; undetermined
 * otherwise: stale evidence never makes it invalid. Returns: false when arena is full. */
bool verdict_of(struct verdict *out, const struct dossier *dossier, const struct trust *trust,
                const struct question *question, struct arena *arena);

#endif
