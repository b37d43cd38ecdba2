#ifndef PROTOCOL_RULES_VERDICT_H
#define PROTOCOL_RULES_VERDICT_H

/* Dossier -> verdict, on four axes, each yes, no or unknown with its reason (DESIGN section 5). Pure: the
 * same dossier, trust and question give the same verdict on every machine. What it
 * yields, titles and requirements, career.h says; a shop's awards are in roster.h. */

#include "protocol/rules/accreditation_end.h"
#include "protocol/rules/day_truth.h"
#include "protocol/rules/expression.h"
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
    uint64_t owner_s; /* of owners of namespaces and of those who accredit */
};
#define FRESHNESS_DEFAULT ((struct freshness_budget){86400, UINT64_C(14) * 86400, UINT64_C(30) * 86400})

/* As what an author's log is part of the evidence (freshness.h). */
enum evidence_role {
    EVIDENCE_ISSUER,
    EVIDENCE_SHOP,       /* the issuer of what documents experience */
    EVIDENCE_ACCREDITOR, /* in the issuer's chain */
    EVIDENCE_OWNER,      /* of the namespace whose code or rules they are */
};

/* How fresh the evidence is that something rests on, and which log says so. */
struct freshness {
    struct axis_answer answer;
    uint64_t age_s;         /* of the log's newest checkpoint; UINT64_MAX when none counts */
    struct actor_id author; /* whose log it is */
    size_t log;             /* index into the dossier's; SIZE_MAX: it is not there */
    enum evidence_role role;
};

struct question {
    const struct network *network;
    uint32_t at_day;     /* which day is asked about, by the asker's calendar */
    uint32_t begun_day;  /* where that is today: the last day that has begun anywhere; else 0 */
    uint64_t now_s;      /* the verifier's clock: ages are counted from it */
    uint64_t known_by_s; /* which evidence may be used; UINT64_MAX for all there is */
    struct freshness_budget budget;
    struct bytes state;                   /* "TX": where it is asked for; empty: not said */
    const struct expression *requirement; /* SCOPE_REQUIREMENT; NULL: nothing is required */
    bool presented; /* what is ABOUT_SUBJECT was put forward by its holder, so that each of it is asked about,
                       whoever signed it */
    bool known_alone; /* by what is known of the subject: nobody is asked for what is denied alone */
};

/* Days belong to the asker's place, and who states something dates it by a calendar of its own, which may be
 * a day ahead (DESIGN section 5, time). Where today is asked about, what speaks from a day on that has begun
 * anywhere speaks already: no revocation is silent until midnight comes here, nor does a certificate of today
 * wait for it. */
static inline uint32_t question_day_reached(const struct question *question, uint32_t day)
{
    return question->at_day < day && day <= question->begun_day ? question->at_day : day;
}

/* How a statement about an entry stands. */
enum said_standing {
    SAID_STANDS,
    SAID_OVERRULED,   /* a later statement ended it */
    SAID_VOIDED,      /* its block is void, or its dropped branch is named by a void */
    SAID_DISPUTED,    /* its block is disputed, or on a side branch of an open epoch */
    SAID_REWOUND,     /* on a dropped branch that no void names and that this node had followed */
    SAID_DROPPED,     /* on a dropped branch, where it changes nothing */
    SAID_TO_COME,     /* it speaks for later days only */
    SAID_NOT_BY_THEN, /* it had not arrived by known_by_s */
    SAID_BEYOND_CUT,  /* its author had been withdrawn, or had handed the namespace on, by then */
    SAID_CUT_UNKNOWN, /* or that can't be told: the cut's block is not held, or the cut is in doubt */
    SAID_AFTER_END,   /* for somebody, and long after the end of its author's accreditation */
};

struct credential_verdict {
    size_t credential; /* index into the dossier */
    struct axis_answer axes[AXIS_COUNT];
    enum overall overall;
    /* First day of the run of days that it holds, around at_day; DAY_NONE if it does not. */
    uint32_t since_day;
    uint32_t until_day; /* last day of that run; DAY_NONE: for life */
    /* Behind a status that is not yes: the day from which it is revoked, suspended, silent, …; the last valid
     * day of one that has expired, the first of one that is not valid yet; else DAY_NONE. */
    uint32_t effective_day;
    uint32_t appeal_day; /* under appeal since; DAY_NONE */
    /* Of each of place.events how it stands on at_day; NULL where there are none. */
    const enum said_standing *said;
    size_t held_count;
    const struct held_days *held; /* of what is about a shop: whom which of its days are about (holding.h) */
    uint32_t limited_to; /* its last day by the lifetime of its code, where the attestation names a later one
                            or none; DAY_NONE: it ends as it says */
    uint64_t lifetime_months;               /* that gives limited_to */
    const struct dossier_pack *lifetime_by; /* whose it is; NULL: limited_to is DAY_NONE */
    /* Of the log that freshness speaks of: the worst, or the issuer's where all are fresh. */
    uint64_t evidence_age_s; /* of its newest checkpoint; UINT64_MAX when none counts */
    size_t evidence_log;     /* index into the dossier's logs; SIZE_MAX: it is not there */
    enum evidence_role evidence_role;
    const struct dossier_pack *pack;   /* by which it counts or does not: in force on the day earned, or late
                                          and in its favour; NULL: there is none */
    const struct pack_code *pack_code; /* of that pack; NULL: it does not have the code */
    const struct dossier_pack *later_rules; /* a late one that would not let it count, begin or last as it
                                               does; NULL: none would */
    struct authority_answer *authority;     /* NULL for an erased entry, whose code nobody knows */
    struct accreditation_end end;           /* of its issuer's accreditation */
    struct day_truth days;                  /* on which it holds, on all axes */
};

/* Why something is not held, or is not held for longer. */
enum missing_kind {
    MISSING_CODE,        /* pattern: not certified, and nothing but the test is missing; absent */
    MISSING_EXPERIENCE,  /* pattern: of the code that is tested; days: still to be documented */
    MISSING_TRAINING,    /* pattern */
    MISSING_TITLE,       /* name */
    MISSING_NETWORK,     /* pattern: membership code of the network */
    MISSING_STATE,       /* asked about in another state, or in none */
    MISSING_EXCLUDED,    /* held, where "not" asks for the contrary; pattern or name */
    MISSING_RULE,        /* what this version does not understand */
    MISSING_NEWER_RULES, /* name_space: nothing but to know that its rules, by which name is held, are the
                            newest */
};

struct missing_part {
    enum missing_kind kind;
    enum answer answer; /* ANSWER_NO: certainly missing; ANSWER_UNKNOWN: could not be determined */
    struct bytes pattern;
    struct bytes name_space, name; /* of a title; name_space empty: of any */
    uint32_t days;
    bool absent; /* no certificate of such a code is known, though there may be one */
    size_t more; /* others of which one would do as well: "A6 or B5" names A6, more 1 */
};

/* A code that the subject has, or had, any credential for. */
struct code_verdict {
    struct bytes code;
    const struct pack_code *pack_code;   /* of the pack in force on at_day; NULL */
    enum answer tested, certified;       /* on at_day */
    uint32_t since_day, until_day;       /* of the run of days around at_day on which it is surely certified;
                                            DAY_NONE, DAY_NONE if it is not; until DAY_NONE: for life */
    const struct dossier_pack *begun_by; /* in force on since_day; NULL: not certified, or none was */
    size_t missing_count;                /* when tested and not certified: what certification waits for */
    const struct missing_part *missing;
    size_t credential; /* the best of this code's credentials that are ABOUT_SUBJECT: the one that is valid
                          longest, else the first undetermined one, else the first; SIZE_MAX: none */
};

struct title_verdict {
    const struct dossier_pack *pack; /* whose rule speaks on at_day */
    struct bytes name;
    enum answer answer;
    uint32_t since_day, until_day; /* as above */
    size_t missing_count;          /* when not held: the least that would make it held */
    const struct missing_part *missing;
    size_t part_count; /* parts that it needs, as all of them; those that are missing among them */
    /* Of a held title: the code whose lapse ends it. Of one that is not: the held part that lapses first. */
    uint32_t lapse_day; /* DAY_NONE: none does */
    struct bytes lapse_code;
    const struct dossier_pack *later_rules; /* a late one by which it would not be held; NULL: none */
};

struct lacking;

/* How old what is known of a namespace's rules is, and whether all is known that was said under them. */
struct rules_verdict {
    struct bytes name_space;
    struct freshness freshness;
    bool leaves_doubt; /* others ask for a title that its rules would give for sure if they were new
                        */
    const struct lacking *lacking; /* of its codes more may have been said (lacking.h); NULL: of none */
    const struct lacking *denied_lacking; /* the same of what is denied */
};

/* A conjunct of the requirement. */
struct requirement_part {
    const struct expression *expression;
    enum answer answer;
    uint32_t since_day, until_day;
    size_t missing_count;
    const struct missing_part *missing;
    size_t credential; /* for a single code: as code_verdict.credential; SIZE_MAX: none */
};

struct verdict {
    enum overall overall;
    enum reason reason; /* REASON_LIMIT: not all that counts was looked at, see dossier_cuts; else
                           REASON_NONE */
    size_t credential_count;
    struct credential_verdict *credentials; /* as many and in the same order as in the dossier */
    size_t code_count;
    struct code_verdict *codes; /* sorted by code; codes of basis experience, identity and membership are not
                                   among them */
    size_t title_count;
    struct title_verdict *titles; /* of every namespace's pack in force on at_day, in its order */
    size_t rules_count;
    struct rules_verdict *rules; /* of every namespace of the trust file, in its order */
    enum answer requirement;     /* yes when nothing is required */
    uint32_t requirement_since, requirement_until;
    size_t part_count;
    struct requirement_part *parts;
    struct freshness workplace; /* with a reason: of the shop that the subject was on the roster of,
                                   which leaves open whether that still is so */
    uint32_t next_lapse_day;    /* earliest until_day of a code that is certified; DAY_NONE */
    struct bytes next_lapse;    /* that code */
};

/* How the axes answer (a certain no goes before an unknown):
 *
 * integrity  no: path-mismatch.
 *            unknown: unknown-issuer, unwitnessed, not-found (had not arrived by known_by_s), erased,
 *            upgrade-needed (whatever block of that author it is in).
 * authority  as authority_of says for the day earned, then: no-rule-pack (unknown), code-not-in-rule-pack,
 *            code-not-offered-then, prerequisite-not-met (what it asks of the attestation itself),
 *            renewal-not-under-the-rules (these two also unknown: see career.h).
 *            unknown: also voided, rewound, disputed, upgrade-needed, too-many, limit-reached, erased, and
 *            signed-after-the-end.
 *
 * status     in this order.
 *            no: voided (its block), on-a-dropped-branch.
 *            no: revoked, replaced, now-held-by-another-actor; the latter also until the day from which on
 *            it is given to whom it is asked about.
 *            no: not-yet-valid, expired (by the attestation's own last day, or by the lifetime of its code,
 *            whichever is earlier: see career_lifetime.c).
 *            no: suspended.
 *            unknown: erased.
 *            unknown: disputed (its block, or the one that voids it, or whether it is held by whom it is
 *            asked about), voided or rewound (by what a dropped branch voids).
 *            unknown: voided, rewound, disputed, beyond-cut, cut-not-held, signed-after-the-end or
 *            limit-reached (an event that would change the answer); certificate-of-someone-else (blinded, and
 *            given only later to whom it is asked about).
 *            its own condition: not-in-the-network (no), condition-not-evaluated (unknown).
 *            the pack's condition on its code, no or unknown: not-valid-in-this-state, not-in-the-network or
 *            rule-not-understood, as far as one operator is to blame; else condition-not-evaluated.
 *            A condition that is certainly not met goes before what is unknown above it.
 *            yes: under-appeal, or none.
 *            What documents experience does not expire: its validity is the time that it documents.
 * freshness  of the issuer, every accreditor in its chain and the namespace's owner the worst (freshness.h):
 * from their newest checkpoints by known_by_s, whose age counts from the lower of now_s and known_by_s. no:
 * stale. unknown: no-checkpoint, clock-behind-evidence, log-incomplete. Experience is said by shops and has
 * their budget, all else the issuers'. */

/* Whether nobody in the trust file's chain lets its issuer say so: authority is a certain no because of
 * untrusted-issuer, namespace-not-in-trust-file, not-accredited-for-code or chain-too-deep. Who was
 * authorised once, and was withdrawn or ran out, is no stranger: what it signed is invalid for its own
 * reason. */
bool credential_is_by_stranger(const struct credential_verdict *credential);

/* Whether its issuer declared it void, or was let say nothing any more when it said so: a thief, or a
 * delegate that was withdrawn from, could else say the worst of anybody. */
bool credential_is_disowned(const struct credential_verdict *credential);

/* Whether it could not be said that the title is held or not, and its subject has to do with it: nothing but
 * silence is no reason to speak of it. */
bool title_is_open(const struct title_verdict *title);

/* Decide. Borrows: dossier, trust, question for as long as *out is used (it points into the dossier).
 * Writes: *out whole. A credential is valid when all four axes are yes; invalid when integrity, authority or
 * status is no; undetermined otherwise: stale evidence never makes it invalid. overall: with a requirement,
 * valid, invalid or undetermined as its answer is yes, no or unknown. Without one, over the codes of the
 * credentials that are ABOUT_SUBJECT, each by its best credential, and over what was erased: valid when there
 * is one and all are valid; invalid when any is; else undetermined, also when some were left out that count.
 * What a stranger signed decides nothing: anybody may say anything of anyone. Alone it leaves the whole
 * undetermined. Nor does what its issuer declared void, or what a delegate said beyond a closed cut, beside
 * anything else; alone it is invalid. A presentation puts it forward as one's own: there it is invalid,
 * unless another credential speaks for its code. Returns: false when arena is full. */
bool verdict_of(struct verdict *out, const struct dossier *dossier, const struct trust *trust,
                const struct question *question, struct arena *arena);

#endif
