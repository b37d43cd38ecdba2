#ifndef PROTOCOL_RULES_VERDICT_H
#define PROTOCOL_RULES_VERDICT_H

/* Dossier -> verdict, on four axes, each yes, no or unknown with its reason (DESIGN section 5). Pure: the
 * same dossier, trust and question give the same verdict on every machine. Titles, prerequisites and Blue
 * Seal will be evaluated beside credentials by protocol/rules/interval*.c; a verdict is about single
 * credentials and the codes asked for. */

#include "protocol/rules/authority.h"
#include "protocol/rules/day_truth.h"
#include "protocol/rules/status_days.h"


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
#define FRESHNESS_DEFAULT ((struct freshness_budget){86400, UINT64_C(14) * 86400, UINT64_C(30) * 86400})

struct question {
    uint32_t at_day;     /* which day is asked about */
    uint64_t now_s;      /* the verifier's clock: ages are counted from it */
    uint64_t known_by_s; /* which evidence may be used; UINT64_MAX for all there is */
    struct freshness_budget budget;
    size_t required_count; /* codes asked for */
    const struct bytes *required;
};

struct credential_verdict {
    size_t credential; /* index into the dossier */
    struct axis_answer axes[AXIS_COUNT];
    enum overall overall;
    uint32_t
        since_day; /* first day of the run of days that it holds, around at_day; DAY_NONE if it does not */
    uint32_t until_day; /* last day of that run; DAY_NONE: for life */
    /* Behind a status that is not yes: the day from which it is revoked, suspended, …; the last valid day of
     * one that has expired, the first of one that is not valid yet; else DAY_NONE. */
    uint32_t effective_day;
    size_t overruled; /* index into place.events: what a later reinstatement ended for at_day; SIZE_MAX:
                         nothing */
    uint64_t evidence_age_s;            /* of the issuer's newest checkpoint; UINT64_MAX when none counts */
    const struct pack_code *pack_code;  /* of the pack in force on the day earned; NULL when there is none */
    struct authority_answer *authority; /* NULL for an erased entry, whose code nobody knows */
};

enum required_answer { REQUIRED_HELD, REQUIRED_NOT_HELD, REQUIRED_UNKNOWN };

struct required_verdict {
    struct bytes code;
    enum required_answer answer;
    /* Index into credentials: the one that holds longest, else the first that is undetermined, else the first
     * of that code; SIZE_MAX: none. */
    size_t credential;
};

struct verdict {
    enum overall overall;
    size_t credential_count;
    struct credential_verdict *credentials; /* in dossier order, from the arena */
    size_t required_count;
    struct required_verdict *required;
    enum answer requirement; /* all of the required codes; yes when none is */
    uint32_t next_lapse_day; /* earliest until_day of a credential that holds; DAY_NONE */
    size_t next_lapse;       /* that credential; SIZE_MAX */
};

/* How the axes answer (a certain no goes before an unknown):
 *
 * integrity  no: path-mismatch. unknown: unknown-issuer, unwitnessed, not-found (had not arrived by
 * known_by_s), erased, upgrade-needed (whatever block of that author it is in). authority  as authority_of
 * says for the day earned, then: no-rule-pack (unknown), code-not-in-rule-pack, code-not-offered-then.
 * unknown: also voided, disputed, upgrade-needed, too-many, erased. status     in this order. no: voided (its
 * block). no: revoked, replaced, now-held-by-another-actor. no: not-yet-valid, expired. no: suspended.
 * unknown: erased. unknown: disputed (its block). unknown: voided or disputed (an event that would change the
 * answer). unknown: condition-not-evaluated. yes: under-appeal, or none. freshness  from the issuer's newest
 * checkpoint by known_by_s, whose age counts from the lower of now_s and known_by_s. unknown: no-checkpoint,
 * clock-behind-evidence, log-incomplete. no: stale. Experience is said by shops and has their budget, all
 * else the issuers'. */

/* How far ahead of the verifier's clock a checkpoint may be. */
enum { CHECKPOINT_AHEAD_S = 60 };

/* Decide. Borrows: dossier, trust, question for as long as *out is used (it points into the dossier).
 * A code is held when a valid credential has it; unknown when none is valid and one is undetermined; not held
 * otherwise. An erased entry has no code and counts for none.
 * Writes: *out whole. overall: without required codes, valid when there is a credential and all are valid;
 * invalid when any is; else undetermined. With them, valid when all are held, invalid when one is certainly
 * not. A credential is valid when all four axes are yes; invalid when integrity, authority or status is no;
 * undetermined otherwise: stale evidence never makes it invalid. Returns: false when arena is full. */
bool verdict_of(struct verdict *out, const struct dossier *dossier, const struct trust *trust,
                const struct question *question, struct arena *arena);

#endif
