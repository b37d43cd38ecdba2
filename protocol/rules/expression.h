#ifndef PROTOCOL_RULES_EXPRESSION_H
#define PROTOCOL_RULES_EXPRESSION_H

/* Rules as data: the tree that titles, prerequisites, requirements and shop awards are written in (DESIGN
 * section 5), and its canonical msgpack form inside a pack_rule. protocol/rules/expression_text.h is the same
 * for people. career.h and roster.h give it its meaning. */

#include "protocol/wire/records.h"

/* On the wire: the array [op, arguments in the order given here]. Numbers are never reused. */
enum expression_op {
    EXPRESSION_UNKNOWN = 0, /* an operator that this version does not know: never written, its days unknown */
    EXPRESSION_ALL = 1,     /* children */
    EXPRESSION_ANY = 2,     /* children */
    EXPRESSION_AT_LEAST = 3,    /* count (1..children), children */
    EXPRESSION_NOT = 4,         /* one child */
    EXPRESSION_CERTIFIED = 5,   /* pattern: holds such a code, with all that its namespace asks beside it */
    EXPRESSION_TESTED = 6,      /* pattern: holds such a code, experience or not */
    EXPRESSION_TRAINED = 7,     /* pattern: the same by attestations of basis training alone */
    EXPRESSION_TITLE = 8,       /* name_space (may be empty: any), name: holds that title */
    EXPRESSION_EXPERIENCE = 9,  /* pattern, count (days, 1..36500): so much is documented under such codes,
                                   by attestations of basis experience; one without a last day documents the
                                   time up to the day asked about */
    EXPRESSION_FOR_LIFE = 10,   /* one child: since it was first so */
    EXPRESSION_IN_NETWORK = 11, /* pattern (one whole code): affiliated with a shop that holds this
                                   membership */
    EXPRESSION_IN_STATE = 12,   /* states: asked about in one of them; unknown when nobody says where */
    /* about the attestation that the rule is applied to: rules of kind prerequisite and renewal only. Earned
     * before it is what was earned on an earlier day. It was held on the days on which it stands by itself
     * and counts, whatever the condition of its code says of them; what never held was not earned. */
    EXPRESSION_BASIS = 13,   /* bases: it rests on one of them */
    EXPRESSION_IN_TIME = 14, /* count (days of grace, 0..3660): its code was held, by what was earned before
                                it, on the day it was earned or on one of so many days before */
    EXPRESSION_APART = 15, /* bases, count (months, 0..1200), days (0..3660), not both 0: none of these bases
                              of its code was earned within that time before it, on an earlier day */
    EXPRESSION_ADDS = 16,  /* count (months, 1..1200): its last day is at most so many months after the last
                              day for  which its code was held by what was earned before it */
    /* about the technicians of a shop: rules of kind recognition only; the child is about each of them */
    EXPRESSION_SHARE = 17,       /* count (percent, 1..100), one child */
    EXPRESSION_TECHNICIANS = 18, /* count (1..TECHNICIANS_MAX), one child: so many of them */
    EXPRESSION_COVERED = 19,     /* areas: names and as many children; in each area that the shop performs
                                    there is a technician for whom the area's child holds */
};
enum { EXPRESSION_OP_MAX = 65535 }; /* of later versions too */

struct expression {
    enum expression_op op;
    uint64_t count;
    uint32_t days;        /* of APART */
    struct bytes pattern; /* text_is_code_pattern: "ase/A5", "ase/A*" */
    struct bytes name_space, name;
    uint32_t bases;     /* bit (1 << enum basis) each */
    struct list states; /* struct bytes, sorted */
    struct list areas;  /* struct bytes, sorted; children are in the same order */
    size_t child_count;
    const struct expression *children;
};

/* What a rule of a kind may use beside the operators about days. */
enum expression_scope {
    SCOPE_REQUIREMENT, /* asked by anyone: nothing more */
    SCOPE_SUBJECT,     /* title, experience, condition: nothing more */
    SCOPE_ATTESTATION, /* prerequisite, renewal: BASIS to ADDS */
    SCOPE_SHOP,        /* recognition: SHARE to COVERED, whose children are SCOPE_SUBJECT; outside of them
                          codes are the shop's own */
};
enum expression_scope expression_scope_of(enum pack_rule_kind kind);

/* Room for any one expression, read or parsed. */
enum { EXPRESSION_ARENA_SIZE = 256 * 1024 };

/* Read the wire form. Unknown operators and what stands in them are skipped. An operator out of its scope
 * counts as unknown. Lists and children go to arena; all else borrows encoded.
 * Returns: REASON_NONE; a reader's reason; REASON_TOO_DEEP above EXPRESSION_DEPTH_MAX, REASON_TOO_MANY above
 * EXPRESSION_NODES_MAX, REASON_OUT_OF_RANGE (sizes too), REASON_NOT_SORTED; REASON_TOO_LARGE when the arena
 * is full and only then. Lists of children hold 1 to EXPRESSION_CHILDREN_MAX. */
enum reason expression_decode(struct expression *out, enum expression_scope scope, struct bytes encoded,
                              struct arena *arena);

/* Whether an operator with one operand stands in the wire form; true perhaps where it does not. What has it
 * nowhere need not be read. */
bool expression_may_hold(struct bytes encoded, enum expression_op op);

/* Write the wire form. Returns: false when it does not fit. Requires: what expression_decode would accept,
 * and no EXPRESSION_UNKNOWN. */
bool expression_encode(const struct expression *expression, uint8_t *out, size_t capacity,
                       struct bytes *encoded);

bool expression_equal(const struct expression *a, const struct expression *b);

/* Call visit for each node, parents first. visit returns false to stop; so does this then. */
bool expression_each(const struct expression *expression,
                     bool (*visit)(void *context, const struct expression *node), void *context);

#endif
