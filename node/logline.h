#ifndef NODE_LOGLINE_H
#define NODE_LOGLINE_H

/* The daemon's log: JSON lines on standard error, one event a line, with time, level and event name; values
 * are escaped, and never hold a secret. Peers can make many events happen: of each no more than
 * LOG_LINES_PER_S are written in a second, and the first line after that says how many were "held_back".
 * Lines about inbound peers are counted by themselves, so that whoever dials this node hides nothing else. At
 * level debug all lines are written. */

#include <stdbool.h>

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
/* One line. inbound: an inbound peer made it happen. event: a string that stays. values end with a name of
 * NULL. */
void log_line(bool inbound, enum log_level level, const char *event, const struct log_value *values);

#define LOG_T(key, value) ((struct log_value){.name = (key), .type = LOG_TEXT, .text = (value)})
#define LOG_N(key, value) ((struct log_value){.name = (key), .type = LOG_NUMBER, .number = (uint64_t)(value)})
#define LOG_OF(inbound, level, event, ...)                                                                   \
    log_line((inbound), (level), (event),                                                                    \
             (const struct log_value[]){__VA_ARGS__ __VA_OPT__(, ){.name = NULL}})
#define LOG(level, event, ...) LOG_OF(false, (level), (event)__VA_OPT__(, ) __VA_ARGS__)

#endif
