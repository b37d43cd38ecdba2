#include "cmd/arguments.h"

#include <assert.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/number.h"
#include "protocol/base/text.h"

enum { MINUTES_MAX = 7 * 24 * 60 };

bool codes_from_text(struct codes *codes, struct bytes text)
{
    codes->count = 0;
    for (size_t at = 0;;) {
        size_t end = at;
        while (end < text.size && text.data[end] != ',') {
            end++;
        }
        struct bytes code = bytes_of(text.data + at, end - at);
        if (codes->count == CODES_MAX || !text_is_code(code)) {
            return false;
        }
        codes->items[codes->count++] = code;
        if (end == text.size) {
            return true;
        }
        at = end + 1;
    }
}

bool codes_want(const struct codes *codes, struct bytes code)
{
    for (size_t i = 0; i < codes->count; i++) {
        if (bytes_equal(codes->items[i], code)) {
            return true;
        }
    }
    return codes->count == 0;
}

static bool minutes_from_text(uint64_t *minutes, const char *text)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (end == text || *end != '\0' || value < 1 || value > MINUTES_MAX) {
        return false;
    }
    *minutes = value;
    return true;
}

static bool number_from_text(uint64_t *number, const char *text)
{
    const char *end;
    uint64_t value;
    if (!number_read(&value, text, &end, ARGUMENTS_NUMBER_MAX) || *end != '\0') {
        return false;
    }
    *number = value;
    return true;
}

static bool texts_add(struct texts *texts, const char *text)
{
    if (texts->count == TEXTS_MAX) {
        return false;
    }
    texts->items[texts->count++] = text;
    return true;
}

/* Put the value where the option's row says. Returns: NULL, or what the value should have been. */
static const char *take(const struct command_option *option, const char *text)
{
    switch (option->kind) {
    case OPTION_FLAG:
        *(bool *)option->value = true;
        return NULL;
    case OPTION_TEXT:
        *(const char **)option->value = text;
        return NULL;
    case OPTION_TEXTS:
        return texts_add(option->value, text) ? NULL : "to be given at most 64 times";
    case OPTION_SHORT:
        *((const struct option_short *)option->value)->value =
            ((const struct option_short *)option->value)->text;
        return NULL;
    case OPTION_STATE:
        *(const char **)option->value = text;
        return text_is_state(bytes_of_string(text)) ? NULL : "a state's two capitals, such as TX";
    case OPTION_DAY:
        return day_from_text(option->value, bytes_of_string(text)) ? NULL : "a date such as 2029-06-30";
    case OPTION_TIME:
        return time_from_text(option->value, bytes_of_string(text))
                   ? NULL
                   : "a date such as 2029-06-30 or a time such as 2029-06-30T14:05:09Z";
    case OPTION_CODES:
        return codes_from_text(option->value, bytes_of_string(text))
                   ? NULL
                   : "codes with commas in between, such as ase/A5,ase/A6";
    case OPTION_MINUTES:
        return minutes_from_text(option->value, text) ? NULL : "minutes, from 1 to 10080";
    case OPTION_NUMBER:
        return number_from_text(option->value, text) ? NULL : "a whole number";
    }
    return "something else";
}

/* getopt's table: the shared options, then ours, whose values are their indexes. */
struct option_table {
    struct option rows[ARGUMENTS_OPTIONS_MAX + 8];
};

static bool takes_value(enum option_kind kind)
{
    return kind != OPTION_FLAG && kind != OPTION_SHORT;
}

static void table_init(struct option_table *table, const struct command_option *options, size_t count)
{
    static const struct option shared[] = {SESSION_LONG_OPTIONS};
    enum { SHARED_COUNT = sizeof(shared) / sizeof(shared[0]) };
    assert(count <= ARGUMENTS_OPTIONS_MAX);
    static_assert(SHARED_COUNT + ARGUMENTS_OPTIONS_MAX < sizeof(table->rows) / sizeof(table->rows[0]),
                  "the table has room for its end");
    memset(table, 0, sizeof(*table));
    memcpy(table->rows, shared, sizeof(shared));
    for (size_t i = 0; i < count; i++) {
        table->rows[SHARED_COUNT + i] = (struct option){
            .name = options[i].name,
            .has_arg = takes_value(options[i].kind) ? required_argument : no_argument,
            .val = (int)i,
        };
    }
}

int arguments_read(struct arguments *out, const char *name, int argc, char **argv,
                   const struct command_option *options, size_t option_count, int min, int max)
{
    const struct command *command = command_named(name);
    struct option_table table;
    int option;
    session_options_init(&out->session);
    table_init(&table, options, option_count);
    while ((option = getopt_long(argc, argv, "", table.rows, NULL)) != -1) {
        if (session_option(&out->session, option, optarg)) {
            continue;
        }
        if (option < 0 || (size_t)option >= option_count) {
            return command_option_error(command, argv);
        }
        const char *wanted = take(&options[option], optarg);
        if (wanted != NULL) {
            return command_usage_error(command, "--%s wants %s, not \"%s\".", options[option].name, wanted,
                                       optarg);
        }
    }
    out->count = (size_t)(argc - optind);
    out->values = argv + optind;
    return command_arguments(command, argc, min, max);
}
