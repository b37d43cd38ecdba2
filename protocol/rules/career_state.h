#ifndef PROTOCOL_RULES_CAREER_STATE_H
#define PROTOCOL_RULES_CAREER_STATE_H

/* What a career remembers while it is evaluated, for the files of career.h alone. Everything is worked out at
 * most once: when it is asked for while it is being worked out, it rests on itself and is unknown. */

#include "protocol/rules/career.h"
#include "protocol/rules/lacking.h"

enum memo { MEMO_EMPTY, MEMO_BEGUN, MEMO_DONE };

struct memo_days {
    enum memo memo;
    struct day_truth days;
};

/* A rule's text, read when it is first asked for: a pack has many more rules than bear on one career, and
 * versions of a pack have most of them in common. Another namespace with the same text has a rule of its own:
 * each pays for what its rules take. */
struct known_rule {
    struct bytes text; /* as the pack has it */
    enum expression_scope scope;
    struct expression expression;
    uint64_t adds_months; /* the most that its `adds at most` let a renewal add; 0: it has none */
    bool is_of_holder;    /* it asks for something else, too, than of the attestation that it is applied to */
    struct memo_days held; /* of scope subject: the days on which it holds */
    size_t searched;       /* the search for what lapses that came by last */
};

struct title_memo {
    struct bytes name;
    struct memo_days held;
    struct title_memo *next;
};

/* A segment's rules, beside its pack_segment. */
struct segment_memo {
    struct compiled_rule *rules; /* their names; NULL: not asked for by now */
    struct known_rule **known;   /* NULL each: not asked for by now */
    uint32_t read;               /* bit (1 << enum pack_rule_kind) each: rules of it have expressions too */
};

/* The attestation that a rule is applied to: one of its code's, by rank. */
struct applied {
    const struct career_code *code;
    size_t rank;
};

/* What is remembered of expressions that several rules have in common. */
enum { CAREER_WORKED_MAX = 16, CAREER_RECENT_MAX = 32 };

struct worked_memo {
    struct bytes pattern;
    uint64_t wanted;
    struct day_truth days;
};

/* Remembered for whose rules asked, so that what one namespace has found out, or filled, is nothing to
 * another. */
struct worked_memos {
    size_t count;
    struct worked_memo memos[CAREER_WORKED_MAX];
};

struct recent_rules {
    size_t count; /* ever; the newest CAREER_RECENT_MAX are kept */
    struct known_rule *rules[CAREER_RECENT_MAX];
};

/* What conditions ask of a code in every segment: kept for the next code, which the same rules speak for more
 * often than not. */
struct asked_by_day {
    const struct day_truth **asked; /* one for each segment; NULL: nothing is kept */
    struct day_truth days;
};

struct career_space {
    struct bytes name;
    bool is_divided; /* whether the segments are there, and freshness */
    struct freshness freshness;
    const struct lacking *lacking; /* of which codes something may be said that is not here; NULL: of none */
    bool leaves_doubt;             /* because of that what others ask for is not sure */
    bool has_late;                 /* some of them are late */
    bool has_rivals;               /* some of them have any */
    size_t segment_count;
    struct pack_segment *segments;
    struct segment_memo *memos;
    struct title_memo *titles;
    struct title_memo nobody; /* a title that no segment gives */
    size_t depth;             /* codes and titles begun and not done */
    size_t share;             /* of the arena, for its rules */
    size_t spent;             /* of that, by them */
    uint32_t kinds;           /* bit (1 << enum pack_rule_kind) each: some segment has such rules, or may */
    struct asked_by_day condition;
    struct worked_memos *worked; /* NULL: nothing by now */
    struct recent_rules *recent; /* NULL: none by now */
};

/* A code that any of the subject's credentials names. */
struct career_code {
    struct bytes code;
    size_t first; /* of its credentials, in career.order */
    size_t count;
    struct career_space *space; /* NULL: the trust file does not name it */
    struct memo_days tested, certified;
    struct begin *begin; /* what it misses to be certified (career_missing.c); NULL: not asked by now */
};

/* When something ends that has begun on a day: many have begun on the same few. */
enum { CAREER_LIFETIMES_MAX = 16 };
struct lifetime_memo {
    uint32_t from, last;
    uint64_t months; /* 0: nothing is kept */
};

/* What is remembered of an attestation for the rules about others. */
struct settled {
    struct day_truth days; /* on which it counts, whatever the condition of its code */
    /* Its end, for sure and as it may be, whatever was said about it; DAY_NONE: it is for life. */
    uint32_t last_day, possible_last_day;
    /* The last day of the pack of the day earned, where all that this asks beforehand it has shown by
     * counting; 0: it asks for something else, or that is not known. */
    uint32_t waits_for_nothing_to;
};

/* From when a credential's lifetime runs, as it is found out where nothing asks everybody: what may have been
 * there earlier shortens it, and whoever never spoke of her shortens nothing. */
struct lifetime_from {
    bool known;
    uint32_t from, possibly_from;
};

struct career {
    const struct dossier *dossier;
    const struct trust *trust;
    const struct question *question;
    struct credentials *credentials;
    struct credentials own;      /* with another career: what credentials leads to */
    struct credentials *joined;  /* and what both amount to: the caller's */
    bool denied;                 /* everything asks everybody */
    struct career *other;        /* in which it does; NULL: it would differ in nothing */
    struct lifetime_from *froms; /* of both, one for each credential; NULL: there is no other career */
    struct arena *arena;
    bool is_of_shop;
    bool hangs_on_erased; /* what was last found unknown of an attestation: on what may be given back */
    size_t capacity;      /* of the arena: all of it */
    struct career_space *spender; /* whose rules are at work; NULL: nobody's */
    size_t spent_from;            /* of the arena, by them */
    bool is_full;                 /* the arena is */
    size_t search_count;          /* for what lapses */
    uint64_t *keys;               /* of the dossier's credentials */
    uint32_t *order;              /* the subject's credentials by code, day earned, and as in the dossier */
    size_t order_count;
    struct settled *settled;                 /* in that order, as far as settled */
    struct career_replacement *replacements; /* of each of the dossier's credentials */
    size_t code_count;
    struct career_code *codes;       /* ascending */
    uint64_t *code_keys;             /* the first bytes of each, so that codes mostly compare as numbers */
    struct career_space *spaces;     /* as many as the trust file has owners, in its order */
    struct career_space *last_space; /* that was asked for: mostly it is asked for again */
    struct lifetime_memo lifetimes[CAREER_LIFETIMES_MAX];
    struct worked_memos *worked; /* asked for by no rules, but by the question; NULL: nothing by now */
};

/* Whether days that are not there yet may be worked out: they don't rest on themselves, nor lie too deep
 * within the rules of their namespace. How deep it was asked for by others does not count: what they may ask
 * for is theirs, what is answered is not. */
static inline bool career_may_work_out(const struct career_space *space, const struct memo_days *days)
{
    return days->memo == MEMO_EMPTY && (space == NULL || space->depth <= EXPRESSION_DEPTH_MAX);
}

/* ---- career_spending.c ---- */

/* Begin to work out days, by the rules of space (NULL: by none). Returns: whose rules were at work before,
 * for career_end_memo. */
struct career_space *career_begin_memo(struct career *career, struct career_space *space,
                                       struct memo_days *days);
/* End it. fits: whether all fitted; else the days are unknown. */
enum spent career_end_memo(struct career *career, struct career_space *before, struct memo_days *days,
                           bool fits);

/* Where a pointer to days is returned, NULL says that the arena is full. */

/* ---- career.c ---- */

/* The subject's codes that pattern matches follow each other: the first, and how many there are. */
struct career_code *career_codes_of(struct career *career, struct bytes pattern, size_t *count);
const struct dossier_credential *career_credential(const struct career *career,
                                                   const struct career_code *code, size_t rank);
struct credential_verdict *career_verdict(struct career *career, const struct career_code *code, size_t rank);
/* A code without its namespace. */
struct bytes career_local(const struct career_code *code);

/* ---- career_join.c ---- */

/* Write what a career and the other one amount to: of credentials, and of a verdict that has this one's
 * conclusions. Requires: there is another. */
void career_join_credentials(struct career *career);
void career_join_verdicts(struct verdict *out, const struct verdict *denied);

/* ---- career_packs.c ---- */

/* The segments of a namespace of the trust file. Returns: false when the arena is full. */
bool career_divide(struct career *career, struct career_space *space);
/* Whether what the rules of a namespace give is given for sure, as far as it hangs on how old they are.
 * Requires: career_divide. */
static inline bool career_is_fresh(const struct career_space *space)
{
    return space->freshness.answer.answer == ANSWER_YES;
}
/* Requires: career_divide. NULL: no pack is in force on that day. */
struct pack_segment *career_segment_on(struct career_space *space, uint32_t day);
/* How many segments after this one are late ones of the same days. Requires: it is not late itself. */
size_t career_late_after(const struct career_space *space, const struct pack_segment *segment);
/* Whether a segment speaks of a code: where others are of the same days, as pack_voices_for says. */
bool career_speaks(const struct career_space *space, const struct pack_segment *segment, struct bytes local);
/* Whether a segment's pack lets be earned what was earned on a day, if it speaks of that day: what it does
 * not offer has nothing else of it. */
bool career_offers(const struct career_space *space, const struct pack_segment *segment, struct bytes local,
                   uint32_t earned_on);
/* The rule of kind that speaks for a code, or that gives a title, on the segment's days. *out NULL: there is
 * none. Requires: the segment does not dispute it. Returns: false when the arena is full. */
bool career_rule(struct known_rule **out, struct career *career, struct career_space *space,
                 const struct pack_segment *segment, enum pack_rule_kind kind, struct bytes local);
/* The same for the rule at an index of the pack. NULL: the arena is full. */
struct known_rule *career_rule_at(struct career *career, struct career_space *space,
                                  const struct pack_segment *segment, size_t at);
/* Write for each segment the days on which what its rule of kind experience or condition asks of a code
 * holds, all days where it asks nothing. One that does not speak of the code asks nothing of it: nothing may
 * rest on itself by a rule that is nobody's. Requires: career_divide. Returns: false when the arena is full.
 */
bool career_asked(const struct day_truth ***out, struct career *career, struct career_space *space,
                  enum pack_rule_kind kind, struct bytes local);
/* The days on which the code's condition holds, each day by its pack. */
bool career_condition(struct day_truth *out, struct career *career, struct career_space *space,
                      struct bytes local);
/* The days on which a segment's rule gives the title that by earlier segments is held on the days of held.
 * Returns: false when the arena is full. */
bool career_title_by(struct day_truth *out, struct career *career, struct career_space *space,
                     const struct pack_segment *segment, struct bytes name, const struct day_truth *held);
const struct day_truth *career_title(struct career *career, struct career_space *space, struct bytes name);

/* ---- career_settle.c ---- */

const struct day_truth *career_tested(struct career *career, struct career_code *code);
/* Whether an attestation is one that tests something. */
bool career_is_test(const struct career *career, const struct career_code *code, size_t rank);
/* The days on which it counts, whatever the condition of its code. Requires: its code is settled so far. */
const struct day_truth *career_counted(const struct career *career, const struct career_code *code,
                                       size_t rank);
/* The last day to which it was held as it looked on `day`, for sure or perhaps; 0: it never was. What is said
 * against it from a later day on ends what it is worth, and not what rests on it. Requires: as above. */
uint32_t career_held_to(const struct career *career, const struct career_code *code, size_t rank,
                        uint32_t day, bool for_sure);
/* The last day, of those from the day earned on that have one pack, on which all that is asked of it
 * beforehand is asked of the attestation itself; 0: more is. */
uint32_t career_waits_for_nothing_to(const struct career *career, const struct career_code *code,
                                     size_t rank);

/* Days on which a code is held by its credentials of some bases. Returns: false when the arena is full. */
bool career_held_by(struct day_truth *out, struct career *career, const struct career_code *code,
                    uint32_t bases);

/* ---- career_lifetime.c ---- */

/* Let a credential end where the lifetime of its code does. Requires: those of its code that were earned
 * before it are settled. Returns: false when the arena is full. */
bool career_limit(struct career *career, const struct career_code *code, size_t rank);
/* The most that `adds at most` lets a renewal add by a rule, in months; 0: nothing is said of it. */
uint64_t career_adds_months(const struct expression *expression);

/* ---- career_certify.c ---- */

const struct day_truth *career_certified(struct career *career, struct career_code *code);

/* ---- career_days.c ---- */

/* As career_days; applied NULL: operators about an attestation are out of place, and unknown. */
bool career_evaluate(struct day_truth *out, struct career *career, const struct expression *expression,
                     const struct applied *applied);
/* Whether there may be more under the codes of pattern than the dossier has. Of a namespace that nobody owns
 * there may be anything. */
bool career_is_cut(struct career *career, struct bytes pattern, enum lacking_for what);
/* Days that rest on what the dossier has, which is_cut says is not all: on none of them it is a no. Returns:
 * false when the arena is full. */
bool career_widen(struct day_truth *days, struct career *career, bool is_cut);
/* Of what is asked for, its days in a career and in the other one, where everything asks everybody. */
struct day_truth career_joined(const struct day_truth *asked, const struct day_truth *denied);
/* The days on which any of truths holds. Returns: false when the arena is full. */
bool career_unite(struct day_truth *out, const struct day_truth *const *truths, size_t count,
                  struct arena *arena);
/* How many days are documented for certain by day under the codes of pattern. Requires: career_settle.
 * Returns: UINT32_MAX when the arena is full. */
uint32_t career_worked_by(struct career *career, struct bytes pattern, uint32_t day);

/* ---- career_replaced.c ---- */

/* Find what replaced each credential. Requires: they are decided. Returns: false when the arena is full. */
bool career_list_replacements(struct career *career);
/* Whether anything replaced it, or may have. */
bool career_is_corrected(const struct career *career, const struct career_code *code, size_t rank);
/* Whether of a code's credentials the one of rank `earlier` was replaced by that of rank `later`, directly or
 * through others that replaced each other. */
enum answer career_is_replaced(const struct career *career, const struct career_code *code, size_t earlier,
                               size_t later);

/* ---- career_attestation.c ---- */

/* What BASIS, IN_TIME, APART and ADDS answer. Requires: expression is one of them, and the days of the
 * code's earlier credentials are settled. */
enum answer career_attestation_answer(struct career *career, const struct expression *expression,
                                      const struct applied *applied);
/* Whether a rule may ever hold of an attestation, whatever comes about for its holder: no where what it asks
 * of the attestation itself stands against that for good. */
enum answer career_attestation_may(struct career *career, const struct expression *expression,
                                   const struct applied *applied);
/* Whether expression asks for anything but what career_attestation_answer answers. */
bool career_asks_of_holder(const struct expression *expression);

#endif
