#ifndef NODE_WATCH_LOG_H
#define NODE_WATCH_LOG_H

/* News as lines of a text file that only grows: home/watch.log, or another one:
 *
 *     2026-11-02T10:11:12Z Maria Lopez: ase/A5 ended: was held until 2029-06-30, is not held (revoked)
 */

#include "node/watch_seen.h"

enum { WATCH_LINE_SIZE = 1024 };
#define WATCH_LOG_FILE "watch.log"

/* What to call whom news is about: its name, or its id. out has NAME_SIZE_MAX + ID_TEXT_MAX bytes. */
void watch_news_who(char *out, const struct watch_news *news, const struct network *network);
/* The line without its end. out has WATCH_LINE_SIZE bytes. */
void watch_news_line(char *out, const struct watch_news *news, const struct network *network);

/* Append those of count news that are still to be logged, durably and whole, and mark them. A line that the
 * file's end holds already, written by a daemon that was killed before it could note that, is not written
 * again when check_end is set. Returns: HOME_OK, or why none was written. */
enum home_error watch_log_append(const char *path, struct watch_news *news, size_t count,
                                 const struct network *network, bool check_end);

#endif
