#ifndef NODE_WATCH_FILE_H
#define NODE_WATCH_FILE_H

/* Whom this node's owner watches: home/watch, text, one a line, '#' starts a comment:
 *
 *     tpa1… Maria Lopez
 *
 * The name is for people and may be missing. The file is private to this machine; those in it are followed
 * (node/followed.h). home/follow is such a file too. */

#include "node/home.h"

enum { WATCH_MAX = 1000, WATCH_FILE_SIZE_MAX = 512 * 1024 };
#define WATCH_FILE "watch"

struct watched {
    struct subject subject; /* an actor or a claim */
    char name[NAME_SIZE_MAX + 1];
    size_t at, size; /* its line in the text, with what ends it */
};

struct watch_list {
    size_t count;
    struct watched items[WATCH_MAX]; /* in the order of the file, each subject once */
};

enum watch_file_result {
    WATCH_FILE_OK,
    WATCH_FILE_TOO_LARGE,
    WATCH_FILE_TOO_MANY,
    WATCH_FILE_BAD_ID,
    WATCH_FILE_BAD_NAME, /* too long, or not to be shown */
    WATCH_FILE_TWICE,
};

/* Read the file's text. Writes: *list, empty unless WATCH_FILE_OK; *line (from 1) where it fails, 0 for the
 * whole. */
enum watch_file_result watch_file_parse(struct watch_list *list, size_t *line, const struct network *network,
                                        struct bytes text);

/* What is wrong with a line, to stand behind "line 3 of FILE"; of the whole, behind "FILE". */
const char *watch_file_words(enum watch_file_result result);

/* By subject, or by name (upper and lower case are the same, the first one that is called so); NULL when
 * there is none. */
const struct watched *watch_list_of(const struct watch_list *list, const struct subject *subject);
const struct watched *watch_list_named(const struct watch_list *list, const char *name);

/* Whether a name can stand in the file. An empty one can. */
bool watch_name_is_usable(struct bytes name);

/* The file's text with a subject under a name, as one more line or instead of its line; all other lines stay
 * as they are. Writes: *size bytes to out. Requires: list is what watch_file_parse read from text; name is
 * usable. Returns: false when it does not fit in WATCH_FILE_SIZE_MAX bytes, which out has. */
bool watch_file_put(char *out, size_t *size, const struct network *network, struct bytes text,
                    const struct watch_list *list, const struct subject *subject, const char *name);
/* The same without a line of the list. */
void watch_file_drop(char *out, size_t *size, struct bytes text, const struct watched *watched);

/* Read and parse the file of that name; an absent one is empty. text: WATCH_FILE_SIZE_MAX bytes for what is
 * in it, *size of them. *result and *line tell of a bad one. */
enum home_error watch_file_read(struct watch_list *list, char *text, size_t *size,
                                enum watch_file_result *result, size_t *line, const struct home *home,
                                const char *name);

#endif
