#ifndef CMD_ISSUE_RULES_H
#define CMD_ISSUE_RULES_H

/* What this actor may issue, and under which rules: the owner's rule pack in force on the day a code was
 * earned, and the chain of accreditations from the owner to this actor. Answers are kept, for files of many
 * rows. */

#include "cmd/session.h"

enum { ISSUE_NAMESPACES_MAX = 32, ISSUE_ANSWERS_COUNT = 4096 };

struct issue_namespace {
    char name[NAMESPACE_SIZE_MAX + 1];
    struct dossier dossier; /* around this actor and the owner's packs */
};

/* The answer for a code on a day. */
struct issue_answer {
    size_t code_size; /* 0: empty */
    char code[CODE_SIZE_MAX];
    uint32_t earned_on;
    enum reason reason;
    const struct pack_code *rule;
};

struct issue_rules {
    struct session *session;
    bool unaccredited;      /* issue also what nobody accredited this actor for */
    enum store_error error; /* sticks: the answers that follow are REASON_NO_RULE_PACK */
    size_t namespace_count;
    struct issue_namespace namespaces[ISSUE_NAMESPACES_MAX];
    struct issue_answer answers[ISSUE_ANSWERS_COUNT];
};

/* Returns: NULL when out of memory. Borrows: session. Release with free. */
struct issue_rules *issue_rules_create(struct session *session, bool unaccredited);

/* The rule for code on the day it was earned; *rule NULL where no pack is held and none is asked for.
 * Returns: REASON_NONE, or why this actor may not issue it. */
enum reason issue_rule_of(struct issue_rules *rules, struct bytes code, uint32_t earned_on,
                          const struct pack_code **rule);

/* Whether the owner of code, or someone it accredited, lets this actor issue it, whatever is unaccredited.
 * Returns: REASON_NONE, or why not. */
enum reason issue_authority_of(struct issue_rules *rules, struct bytes code, uint32_t earned_on);

/* The day after which this actor's accreditation for code was over before today, where it was in force on
 * earned_on: what is signed now doesn't count for long any more. DAY_NONE: it goes on, or it never was. */
uint32_t issue_accreditation_ended(struct issue_rules *rules, struct bytes code, uint32_t earned_on,
                                   uint32_t today);

/* The accreditation by which this actor is the first to be accredited for code after earned_on, where it was
 * not on that day; NULL: there is none. A view into rules. */
const struct accreditation *issue_accredited_later(struct issue_rules *rules, struct bytes code,
                                                   uint32_t earned_on);

/* The code of the pack in force on that day that looks most like code. Returns: false when none does.
 * suggestion has CODE_SIZE_MAX + 1 bytes. */
bool issue_rules_suggest(struct issue_rules *rules, struct bytes code, uint32_t earned_on, char *suggestion);

#endif
