#ifndef NODE_LOGLINE_H
#define NODE_LOGLINE_H

/* The daemon's log: JSON lines on standard error, one event a line, with time, level and event name; values
 * are escaped, and never hold a secret. */

#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

enum log_value_type { LOG_TEXT, LOG_NUMBER };

struct log_value {
    const char *name;
    enum log_value_type type;
    const char *text;
    uint64_t number;
};

void log_set_level(enum log_level level);
/* One line. values end with a name of NULL. */
void log_line(enum log_level level, const char *event, const struct log_value *values);

#define LOG_T(key, value) ((struct log_value){.name = (key), .type = LOG_TEXT, .text = (value)})
#define LOG_N(key, value) ((struct log_value){.name = (key), .type = LOG_NUMBER, .number = (uint64_t)(value)})
#define LOG(level, event, ...)                                                                               \
    log_line((level), (event), (const struct log_value[]){__VA_ARGS__ __VA_OPT__(, ){.name = NULL}})

#endif
