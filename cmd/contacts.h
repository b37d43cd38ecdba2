#ifndef CMD_CONTACTS_H
#define CMD_CONTACTS_H

/* Names that this node's owner gives to ids: home/contacts, text, one a line, '#' starts a comment:
 *
 *     tpa1… Maria Lopez
 *
 * Private to this machine; nothing here is ever sent. */

#include "node/home.h"

enum { CONTACTS_MAX = 2048, CONTACTS_FILE_SIZE_MAX = 512 * 1024 };

struct contact {
    struct subject subject; /* an actor or a claim */
    char name[NAME_SIZE_MAX + 1];
};

struct contacts {
    size_t count;
    struct contact items[CONTACTS_MAX]; /* in the order of the file; each id and each name once */
};

enum contacts_result {
    CONTACTS_OK,
    CONTACTS_TOO_LARGE,
    CONTACTS_TOO_MANY,
    CONTACTS_BAD_ID,
    CONTACTS_BAD_NAME,   /* empty, too long, "me", looks like an id, or holds control characters */
    CONTACTS_NAME_TAKEN, /* by another id; upper and lower case are the same */
};

/* Read the file's text. Writes: *contacts, empty unless CONTACTS_OK; *line (from 1)
 * where it fails. */
enum contacts_result contacts_parse(struct contacts *contacts, size_t *line, const struct network *network,
                                    struct bytes text);

/* Write the file's text to out (NUL-terminated). Returns: false when it does not fit. */
bool contacts_print(char *out, size_t capacity, const struct network *network,
                    const struct contacts *contacts);

/* Add a contact, or give the one with that id another name. */
enum contacts_result contacts_add(struct contacts *contacts, const struct subject *subject,
                                  struct bytes name);

/* Whether two names are the same: upper and lower case are. */
bool contacts_alike(const char *name, struct bytes text);

/* By name (upper and lower case are the same) or by id; NULL when there is none. */
const struct contact *contacts_named(const struct contacts *contacts, struct bytes name);
const struct contact *contacts_of(const struct contacts *contacts, const struct hash *id);

#endif
