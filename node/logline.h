#ifndef NODE_LOGLINE_H
#define NODE_LOGLINE_H

/* The daemon's log: JSON lines on standard error, one event a line, with time, level and event name; values
 * are escaped, and never hold a secret. Peers can make many events happen: of each no more than
 * LOG_LINES_PER_S are written in a second, and the first line after that says how many were "held_back". At
 * level debug all are. */

#include <stdint.h>

enum { LOG_LINES_PER_S = 20, LOG_EVENTS_MAX = 128 };

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

enum log_value_type { LOG_TEXT, LOG_NUMBER };

struct log_value {
    const char *name;
    enum log_value_type type;
    const char *text;
    uint64_t number;
};

void log_set_level(enum log_level level);
/* One line. event: a string that stays. values end with a name of NULL. */
void log_line(enum log_level level, const char *event, const struct log_value *values);

#define LOG_T(key, value) ((struct log_value){.name = (key), .type = LOG_TEXT, .text = (value)})
#define LOG_N(key, value) ((struct log_value){.name = (key), .type = LOG_NUMBER, .number = (uint64_t)(value)})
#define LOG(level, event, ...)                                                                               \
    log_line((level), (event), (const struct log_value[]){__VA_ARGS__ __VA_OPT__(, ){.name = NULL}})

#endif
