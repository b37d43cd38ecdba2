#ifndef NODE_WATCH_SEEN_H
#define NODE_WATCH_SEEN_H

/* What was last seen of each watched subject, and news that are still to be told: a text file, so that a
 * restart neither repeats nor misses a change. Fields are set apart by tabs; "-" is an empty one:
 *
 *     seen  tpa1…
 *     fact  tpa1…  code  ase/A5  held  2029-06-30  -
 *     news  2026-11-02T10:11:12Z  tpa1…  ended  code  ase/A5  held  2029-06-30  -  not-held  -  revoked
 *           log  run  Maria Lopez
 *
 * (a news is one line). The facts of a subject follow its `seen`. Of a news, "log" is still to be appended to
 * the log, "run" still to be handed to the command; its name is what the subject was called then.
 *
 * Two files have this form: watch.seen is the daemon's, watch.reported, without news, that of `watch report`:
 * neither takes away the other's. */

#include "node/watch_changes.h"
#include "node/watch_file.h"

enum { WATCH_NEWS_MAX = 1024, WATCH_SEEN_FILE_SIZE_MAX = 128 * 1024 * 1024 };
#define WATCH_SEEN_FILE "watch.seen"
#define WATCH_REPORTED_FILE "watch.reported"

struct watch_news {
    uint64_t time_s;
    struct subject subject;
    char name[NAME_SIZE_MAX + 1]; /* may be empty */
    struct watch_change change;
    bool to_log, to_run;
};

struct watch_seen_subject {
    struct subject subject;
    size_t fact_count;
    struct watch_fact *facts; /* owned */
};

struct watch_seen {
    size_t count;
    struct watch_seen_subject *items; /* owned, WATCH_MAX */
    size_t news_count;
    struct watch_news *news; /* owned, WATCH_NEWS_MAX, oldest first */
};

/* Empty. Returns: false when out of memory. */
bool watch_seen_init(struct watch_seen *seen);
void watch_seen_deinit(struct watch_seen *seen);

/* What was seen of a subject, as a view until the next change. Returns: false when it never was. */
bool watch_seen_of(struct watch_facts *out, const struct watch_seen *seen, const struct subject *subject);
/* From now on these are the facts last seen of subject; copied. Returns: false when out of memory, or more
 * than WATCH_MAX subjects. */
bool watch_seen_set(struct watch_seen *seen, const struct subject *subject, const struct watch_facts *facts);
/* Forget the subjects that are not on the list; their news stay. Returns: whether there were any. */
bool watch_seen_keep(struct watch_seen *seen, const struct watch_list *list);

/* ---- the file ---- */

enum watch_seen_result {
    WATCH_SEEN_OK,
    WATCH_SEEN_TOO_LARGE,
    WATCH_SEEN_BAD_LINE,
    WATCH_SEEN_NO_MEMORY,
};

/* Read the file's text into *seen, which is initialised and empty, and stays so unless WATCH_SEEN_OK.
 * Writes: *line (from 1) where it fails. */
enum watch_seen_result watch_seen_parse(struct watch_seen *seen, size_t *line, const struct network *network,
                                        struct bytes text);
/* Returns: the file's text, which the caller frees, *size bytes; NULL when out of memory. */
char *watch_seen_print(size_t *size, const struct watch_seen *seen, const struct network *network);

/* The file itself; an absent one is empty. *result and *line tell of a bad one. */
enum home_error watch_seen_read(struct watch_seen *seen, enum watch_seen_result *result, size_t *line,
                                const struct home *home, const char *file);
enum home_error watch_seen_write(const struct watch_seen *seen, const struct home *home, const char *file);

#endif
