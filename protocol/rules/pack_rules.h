#ifndef PROTOCOL_RULES_PACK_RULES_H
#define PROTOCOL_RULES_PACK_RULES_H

/* A pack's rules, read once and looked up often. What the kinds mean:
 *
 *   title         held on the days of its expression
 *   prerequisite  what has to be there on the day on which certification begins, and not afterwards. What it
 *                 asks of the attestation itself (its basis, how far it is apart from others) decides on the
 *                 day it was earned whether the attestation counts at all; for every basis but
 * recertification and renewal renewal       whether an attestation of basis recertification or renewal
 * counts, on the day it was earned. Without a rule recertification counts and renewal does not experience
 * what has to be documented for a code that is tested to be certified. Without a rule: nothing condition the
 * days on which a code counts at all. Without a rule: all recognition   an award of shops
 *
 * Of several rules of one kind the one for the code itself speaks, else that with the longest pattern. */

#include "protocol/rules/expression.h"

struct compiled_rule {
    enum pack_rule_kind kind;
    struct bytes name;
    /* One node EXPRESSION_UNKNOWN when the bytes are not an expression. */
    struct expression expression;
};

struct pack_rules {
    const struct rule_pack *pack;
    size_t count;
    const struct compiled_rule *rules; /* in the pack's order: by kind, then name */
};

/* Read all rules of pack. Borrows: pack, for as long as *out is used. Returns: false when the arena is full.
 */
bool pack_rules_read(struct pack_rules *out, const struct rule_pack *pack, struct arena *arena);

/* The rule of kind that speaks for a code (without its namespace); for kinds title and recognition that of
 * this very name. NULL: there is none. */
const struct compiled_rule *pack_rules_find(const struct pack_rules *rules, enum pack_rule_kind kind,
                                            struct bytes name);

/* The same in a pack that was not read. */
const struct pack_rule *pack_rule_of(const struct rule_pack *pack, enum pack_rule_kind kind,
                                     struct bytes name);

/* Whether two packs say something different by their rules of kind for a code, or of a title. */
bool pack_rules_differ(const struct rule_pack *a, const struct rule_pack *b, enum pack_rule_kind kind,
                       struct bytes name);

enum pack_fault {
    PACK_FINE,
    PACK_BAD_EXPRESSION,    /* not readable, or with an operator that is unknown or out of scope */
    PACK_BAD_RULE_NAME,     /* neither a code nor a pattern, without the namespace */
    PACK_UNKNOWN_CODE,      /* refers to a code, or to a pattern of codes, of this namespace that the pack
                               does not have */
    PACK_UNKNOWN_TITLE,     /* refers to a title of this namespace that the pack does not have */
    PACK_TITLE_CYCLE,       /* a title that rests on itself */
    PACK_CODE_CYCLE,        /* a prerequisite, renewal, experience or condition that rests on a code which it
                               is for, also through other rules and titles */
    PACK_UNKNOWN_CODE_RULE, /* a rule for a code or pattern that matches no code of the pack */
    PACK_TOO_LARGE,         /* it does not fit in the arena */
};
enum { PACK_FAULT_COUNT = PACK_TOO_LARGE + 1 };

/* Whether a publisher may publish the pack. *at: index of the rule at fault; *what: what it refers to, or the
 * title or code of a cycle; a view into the pack. References into other namespaces can't be checked. Needs
 * PACK_CHECK_ARENA_SIZE bytes of arena, which is as it was afterwards. */
enum { PACK_CHECK_ARENA_SIZE = 6 * 1024 * 1024 };
enum pack_fault pack_rules_check(const struct rule_pack *pack, size_t *at, struct bytes *what,
                                 struct arena *arena);

#endif
