#ifndef CMD_WATCH_REPORT_H
#define CMD_WATCH_REPORT_H

/* What there is to say about those on the watch-list: what changed since the last report, what lapses soon,
 * what could not be determined. */

#include <jansson.h>
#include <stdio.h>

#include "cmd/watch_home.h"

struct watch_report_change {
    const struct watched *who;
    struct watch_change change;
};

struct watch_report_fact {
    const struct watched *who;
    struct watch_fact fact;
};

struct watch_report {
    uint32_t at_day, days;
    size_t watched_count;
    size_t change_count;
    struct watch_report_change *changes; /* in the order of the list */
    size_t lapse_count;
    struct watch_report_fact *lapses; /* held until at_day or at most days after it; soonest first */
    size_t unknown_count;
    struct watch_report_fact *unknowns; /* could not be determined */
    bool cut;                           /* someone has more than is watched */
};

/* Make the report in the session's arena, and put what it says into home->reported. Returns: EXIT_YES, or the
 * exit code after it said why not. */
int watch_report_make(struct watch_report *out, struct watch_home *home, uint32_t days);

/* EXIT_NO: something changed or lapses; EXIT_UNKNOWN: only that something could not be determined. */
int watch_report_code(const struct watch_report *report);

void watch_report_print(FILE *out, const struct watch_report *report, const struct session *session);
/* Returns: a new object that the caller releases, or NULL when out of memory. */
json_t *watch_report_json(const struct watch_report *report, const struct session *session);

#endif
