#ifndef PROTOCOL_RULES_CAREER_H
#define PROTOCOL_RULES_CAREER_H

/* What one subject's credentials amount to, on every day at once: expressions evaluated over them (DESIGN
 * section 5, interval algebra). A subject is a technician, or a shop with its awards and memberships.
 *
 * Each day is judged by the pack in force on it. A code is
 *
 *   tested     on the days of its credentials that count by the pack of the day they were earned (what its
 *              prerequisite asks of the attestation itself, or its renewal rule), less the days on which the
 *              code's condition says no. Those of basis experience and identity test nothing, and those of
 *              basis membership a shop alone
 *   certified  on the days that it is tested by a credential from the first day on, not before the day it was
 *              earned, on which what the pack of that day asks is there: the prerequisite and experience.
 *
 * Once begun, that does not end when a prerequisite lapses, nor when a later pack asks for more, but it does
 * when experience is revoked that the pack of its begin asks for. A recertification or renewal has begun
 * where anything of its code that was earned on an earlier day has.
 *
 * What counts lasts no longer than the lifetime of its code, by the pack of the day earned or by a later one
 * that lengthens it. Which packs speak of a day, pack_history.h says: a late one may only add.
 *
 * A title holds on a day when the expression that the day's pack gives it does; one whose expression is
 * `for life` also when the title held on any earlier day by the pack of that day.
 *
 * What is denied asks more of what is not here than what is to be shown (lacking.h): of a leaf under an odd
 * number of `not`, along the way through the rules of all codes and titles, everybody may have said more. As
 * every operator but `not` only ever follows its children, that comes down to two careers: in one nothing
 * asks everybody, in the other all does. What is surely so in the second is; what is not even perhaps so in
 * the first is not; all else is unknown. The second is worked out only where it may differ. From when a
 * lifetime runs the first says for both: there more that was there makes it end earlier, and whoever never
 * spoke of her is not asked.
 *
 * Rules are as good as what is known of who may publish others: where the namespace's log is too old, or not
 * all here, a title that they give is not held for sure (freshness.h).
 *
 * Where no pack is in force nothing is asked of a code and no title is held; what a disputed pack asks or
 * gives is unknown.
 *
 * What rules ask for is decided before what rests on it. A code or title that is asked
 * for while it is being decided itself, or beyond EXPRESSION_DEPTH_MAX references within one namespace, is
 * unknown to what asks for it, and that stays as it then comes out: perhaps unknown, but never certain
 * without good reason. So is what the rules of a namespace say once they have taken CAREER_SPACE_SIZE_MAX of
 * the arena: whoever may sign rules may not take what others need. */

#include "protocol/rules/credential.h"
#include "protocol/rules/pack_rules.h"

struct career; /* in the arena */
struct career_space;

/* Begin. Borrows: all for as long as the career is used; *credentials as credentials_decide left them.
 * Returns: NULL when the arena is full. */
struct career *career_begin(const struct dossier *dossier, const struct trust *trust,
                            const struct question *question, struct credentials *credentials,
                            struct arena *arena);

/* Apply what packs ask of attestations, renewals and conditions to the verdicts: their axes, overall, days,
 * since, until and effective day. Returns: false when the arena is full. */
bool career_settle(struct career *career);

/* The days on which an expression of scope requirement or subject holds. Codes, titles and all else by the
 * pack of each day. Requires: career_settle. Returns: false when the arena is full. */
bool career_days(struct day_truth *out, struct career *career, const struct expression *expression);

/* The days on which it may not be denied: as those, where what is asked is the contrary of expression. */
bool career_denied_days(struct day_truth *out, struct career *career, const struct expression *expression);

/* The least that is missing for expression to hold on day: for `all` what its children miss, for `any` what
 * the child misses that misses least, for `at least n` what the n cheapest do. Empty when it holds.
 * *part_count: how many parts the cheapest way has in all. Returns: false when the arena is full. */
bool career_missing(const struct missing_part **out, size_t *count, size_t *part_count, struct career *career,
                    const struct expression *expression, uint32_t day);

/* A namespace's packs as they follow each other. */
struct pack_segment {
    uint32_t first_day, last_day; /* last DAY_NONE: until another comes */
    const struct dossier_pack *pack;
    bool disputed; /* what it says could not be said */
    /* Packs that would speak instead, were it as may be of who has the namespace: where they say something
     * else it is not known what is said. */
    size_t rival_count;
    const struct dossier_pack **rivals;
    bool is_late; /* for these days: it may only add to what those before it say that are of the same days */
    struct pack_rules rules;
};

/* Whether it is not known what a segment says by its rule of kind for a code, or for a title. */
bool pack_segment_disputes(const struct pack_segment *segment, enum pack_rule_kind kind, struct bytes name);

/* A namespace, or NULL where the trust file does not name it. */
struct career_space *career_space(struct career *career, struct bytes name_space);

/* How fresh the evidence is that the rules of a namespace of the trust file rest on. Returns: NULL when the
 * arena is full. */
const struct freshness *career_freshness(struct career *career, struct career_space *space);

/* Write the segments of a namespace, ascending, none overlapping but those that are late, which are of the
 * days of the one before them (pack_history.h); of their rules those of kind have their expressions. *count
 * 0: it has none. Returns: false when the arena is full. */
bool career_packs(const struct pack_segment **out, size_t *count, struct career *career,
                  struct career_space *space, enum pack_rule_kind kind);
/* Write the one in force on a day, which is not late, or NULL. */
bool career_pack_on(const struct pack_segment **out, struct career *career, struct career_space *space,
                    enum pack_rule_kind kind, uint32_t day);

/* What the rules of one namespace may take of the arena, each its own share. What comes out of them depends
 * on that share and on nobody else's: whatever others worked out or could not, a namespace remembers and pays
 * for itself, and what outlives a share that ran out is written only when it is finished. */
enum { CAREER_SPACE_SIZE_MAX = 4 * 1024 * 1024 };
/* Give a namespace of the trust file another share than CAREER_SPACE_SIZE_MAX: to see what others notice of
 * it. Requires: career_begin and nothing after it. */
void career_give_share(struct career *career, struct bytes name_space, size_t size);

enum spent {
    SPENT_WITHIN, /* it fitted */
    SPENT_SHARE,  /* the namespace has spent its share: what its rules say is unknown from now on */
    SPENT_ALL,    /* the arena is full */
};

/* From now on the rules of space are at work, and what is taken of the arena is their share; NULL: nobody's
 * are. Returns: whose were before, for career_spent. */
struct career_space *career_spend(struct career *career, struct career_space *space);
/* They were until now. fits: whether all that was asked of the arena was there. */
enum spent career_spent(struct career *career, struct career_space *before, bool fits);

/* Fill the verdict's codes, titles, requirement and lapses from its credentials. Requires: career_settle.
 * Returns: false when the arena is full. */
bool career_conclude(struct verdict *out, struct career *career);

#endif
