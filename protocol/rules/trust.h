#ifndef PROTOCOL_RULES_TRUST_H
#define PROTOCOL_RULES_TRUST_H

/* The trust file: which actor owns which namespace, as this node's owner says. Everything else follows from
 * signed records. Text, one line each (ended by "\n" or "\r\n"), '#' starts a comment, so no name holds one:
 *
 *     owner ase tpa1… National Institute for Automotive Service Excellence
 *     owner oh tpa1… fresh 90d State Board of Ohio
 *
 * "fresh" says how many days old what is known of that actor may be, in whatever role it is met; no name
 * begins with that word. Lines "witness" and "quorum" belong to a later version: they are refused, so that
 * nobody counts on what has no effect. Bytes in, struct out; cmd and node read the file itself. */

#include "protocol/base/ids.h"

enum {
    TRUST_OWNERS_MAX = 256,
    TRUST_FILE_SIZE_MAX = 64 * 1024,
    TRUST_FRESH_DAYS_MAX = 3660,
};

struct trust_owner {
    char name_space[NAMESPACE_SIZE_MAX + 1];
    struct actor_id actor;
    char name[NAME_SIZE_MAX + 1]; /* what people call it; may be empty */
    uint32_t fresh_days;          /* 1..TRUST_FRESH_DAYS_MAX; 0: not said */
};

struct trust {
    size_t owner_count;
    struct trust_owner owners[TRUST_OWNERS_MAX]; /* sorted by namespace, each namespace once */
};

enum trust_result {
    TRUST_OK,
    TRUST_TOO_LARGE,
    TRUST_BAD_LINE, /* no such word, or a field is missing, or "fresh" without its days */
    TRUST_BAD_ID,
    TRUST_BAD_NAMESPACE,
    TRUST_BAD_TEXT,
    TRUST_NAMESPACE_TWICE,
    TRUST_TOO_MANY,
    TRUST_NO_WITNESSES, /* a line "witness" or "quorum" */
};

/* Read a trust file. Writes: *trust only on TRUST_OK; *line (from 1) where it fails; *id what is wrong with
 * an id on TRUST_BAD_ID, else ID_OK. */
enum trust_result trust_parse(struct trust *trust, size_t *line, enum id_result *id,
                              const struct network *network, struct bytes text);

/* Write the file's text to out (NUL-terminated). Returns: false when it does not fit. */
bool trust_print(char *out, size_t capacity, const struct network *network, const struct trust *trust);

/* Add an owner, or change the name of one that is there. Returns: TRUST_OK, TRUST_NAMESPACE_TWICE (owned by
 * another actor already), TRUST_TOO_MANY, TRUST_BAD_NAMESPACE, TRUST_BAD_TEXT; *trust untouched unless
 * TRUST_OK. */
enum trust_result trust_add_owner(struct trust *trust, const struct trust_owner *owner);
/* Returns: false when the namespace is not there. */
bool trust_remove_owner(struct trust *trust, struct bytes name_space);

/* How many days old what is known of an actor may be: the least that its lines say; 0: none says so. */
uint32_t trust_fresh_days(const struct trust *trust, const struct actor_id *actor);

/* Read a number of days as "90d", 1..TRUST_FRESH_DAYS_MAX. Returns: false when it is none. */
bool trust_read_fresh(uint32_t *days, struct bytes text);

/* The owner of a namespace, or NULL. */
const struct trust_owner *trust_owner_of(const struct trust *trust, struct bytes name_space);

#endif
