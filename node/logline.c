#include "node/logline.h"

#include <stdio.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "node/clock.h"
#include "node/json_text.h"

enum { LINE_SIZE_MAX = 2048, TIME_SIZE = 32 };

static const char *const level_names[] = {
    [LOG_ERROR] = "error",
    [LOG_WARN] = "warn",
    [LOG_INFO] = "info",
    [LOG_DEBUG] = "debug",
};

static enum log_level level_max = LOG_INFO;

void log_set_level(enum log_level level)
{
    level_max = level;
}

static void time_text(char text[TIME_SIZE])
{
    struct timeval now;
    struct tm parts;
    size_t size = 0;

    (void)gettimeofday(&now, NULL);
    (void)gmtime_r(&now.tv_sec, &parts);
    size = strftime(text, TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &parts);
    (void)snprintf(text + size, TIME_SIZE - size, ".%03uZ", (unsigned)(now.tv_usec / 1000) % 1000U);
}

/* What was written of one event in the second that began at begun_ms, about inbound peers or without them. */
struct event_lines {
    const char *event;
    bool inbound;
    uint64_t begun_ms, held_back;
    uint32_t count;
};

static struct event_lines *lines_of(bool inbound, const char *event)
{
    static struct event_lines events[LOG_EVENTS_MAX];
    size_t i = 0;

    while (i < LOG_EVENTS_MAX - 1 && events[i].event != NULL &&
           (events[i].event != event || events[i].inbound != inbound)) {
        i++;
    }
    events[i].inbound = inbound;
    events[i].event = event; /* there are not as many; if there were, the last ones would share */
    return &events[i];
}

/* *held_back: lines of the event that were not written since the last one. */
static bool may_write(bool inbound, const char *event, uint64_t *held_back)
{
    struct event_lines *lines = lines_of(inbound, event);
    const uint64_t now_ms = clock_monotonic_ms();

    if (now_ms - lines->begun_ms >= 1000) {
        lines->begun_ms = now_ms;
        lines->count = 0;
    }
    if (lines->count == LOG_LINES_PER_S) {
        lines->held_back++;
        return false;
    }
    lines->count++;
    *held_back = lines->held_back;
    lines->held_back = 0;
    return true;
}

static bool line_write(struct json_text *json, enum log_level level, const char *event,
                       const struct log_value *values, uint64_t held_back, struct bytes *out)
{
    char time[TIME_SIZE];

    time_text(time);
    json_text_open(json, NULL, '{');
    json_text_string(json, "time", bytes_of_string(time));
    json_text_string(json, "level", bytes_of_string(level_names[level]));
    json_text_string(json, "event", bytes_of_string(event));
    for (; values->name != NULL; values++) {
        switch (values->type) {
        case LOG_TEXT:
            json_text_string(json, values->name, bytes_of_string(values->text == NULL ? "" : values->text));
            break;
        case LOG_NUMBER:
            json_text_number(json, values->name, values->number);
            break;
        }
    }
    if (held_back > 0) {
        json_text_number(json, "held_back", held_back);
    }
    json_text_close(json, '}');
    return json_text_end(json, out);
}

void log_line(bool inbound, enum log_level level, const char *event, const struct log_value *values)
{
    static const struct log_value cut[] = {{.name = "values", .type = LOG_TEXT, .text = "too long"}, {0}};
    char line[LINE_SIZE_MAX + 1];
    struct json_text json;
    struct bytes text;
    uint64_t held_back = 0;

    if (level > level_max || (level_max < LOG_DEBUG && !may_write(inbound, event, &held_back))) {
        return;
    }
    json_text_init(&json, line, LINE_SIZE_MAX);
    if (!line_write(&json, level, event, values, held_back, &text)) {
        json_text_init(&json, line, LINE_SIZE_MAX);
        if (!line_write(&json, level, event, cut, held_back, &text)) {
            return;
        }
    }
    line[text.size] = '\n';
    /* One write a line, so that lines of several processes do not mix. Nobody can be told when it fails. */
    if (write(STDERR_FILENO, line, text.size + 1) < 0) {
        return;
    }
}
