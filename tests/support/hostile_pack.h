#ifndef TESTS_SUPPORT_HOSTILE_PACK_H
#define TESTS_SUPPORT_HOSTILE_PACK_H

/* Rule packs as an owner may sign them who does not use our commands: well-formed records, accepted and kept
 * by every node, whose rules are made to cost much, to mean nothing, or to reach into other namespaces. */

#include "protocol/wire/records.h"

enum hostile_rules {
    HOSTILE_GARBAGE, /* expressions that are none */
    HOSTILE_DEEP,    /* operators within operators, as deep as the bytes go */
    HOSTILE_NODES,   /* as many operators as the bytes hold, none of them known */
    HOSTILE_CODES,   /* every title asks of all codes of the namespace, hundreds of times; so does every
                        prerequisite, condition and experience rule */
    HOSTILE_CYCLE,   /* every title rests on every title, on itself too */
    HOSTILE_FAN,     /* every title rests on the next one, hundreds of times */
    HOSTILE_NAMES,   /* titles of the other namespace that nobody gives, each another one */
    HOSTILE_CHAIN,   /* titles one within the other, and in the last one all that the other namespace has */
    HOSTILE_AWARDS,  /* awards that ask hundreds of things of technicians, each another one */
    HOSTILE_AREAS,   /* awards that cover every area by as much as fits */
};

/* A pack of name_space with codes c000, c001, …; what it reaches into is the namespace of victim, which it
 * borrows. Requires: room of 256 KiB in the arena. */
void hostile_pack(struct rule_pack *out, enum hostile_rules kind, const char *name_space, uint64_t version,
                  uint32_t in_force_from, const struct rule_pack *victim, struct arena *arena);

#endif
