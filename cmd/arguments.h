#ifndef CMD_ARGUMENTS_H
#define CMD_ARGUMENTS_H

/* A command's options as a table: what they are called, what kind of value they take, where it goes. Says
 * what is wrong with a value itself, so that commands start with valid ones. */

#include "cmd/session.h"

enum { CODES_MAX = 64, ARGUMENTS_OPTIONS_MAX = 16, ARGUMENTS_NUMBER_MAX = 1000000 };

/* Codes as typed: "ase/A5,ase/A6". */
struct codes {
    size_t count;
    struct bytes items[CODES_MAX]; /* views of the command line, or of a challenge */
};

/* What an option says that may be given several times. */
enum { TEXTS_MAX = 64 };
struct texts {
    size_t count;
    const char *items[TEXTS_MAX];
};

/* An option that is short for another one with a value. */
struct option_short {
    const char **value;
    const char *text;
};

enum option_kind {
    OPTION_FLAG,    /* bool */
    OPTION_TEXT,    /* const char * */
    OPTION_TEXTS,   /* struct texts; each time it is given one more */
    OPTION_SHORT,   /* struct option_short; takes no value */
    OPTION_DAY,     /* uint32_t; "2029-06-30" */
    OPTION_TIME,    /* uint64_t; "2029-06-30T14:05:09Z", or a day's end */
    OPTION_STATE,   /* const char *; "TX" */
    OPTION_CODES,   /* struct codes */
    OPTION_MINUTES, /* uint64_t, at least 1, at most a week's */
    OPTION_NUMBER,  /* uint64_t, at most ARGUMENTS_NUMBER_MAX; the command knows closer bounds */
};

struct command_option {
    const char *name; /* without the dashes */
    enum option_kind kind;
    void *value; /* changed only when the option is given */
};

struct arguments {
    struct session_options session;
    size_t count; /* of what is no option */
    char **values;
};

/* Read the command line of the command of that name: the shared options, those of the table, and min..max
 * arguments. Returns: EXIT_YES, or EXIT_USAGE or EXIT_BAD_INPUT after it said why not. */
int arguments_read(struct arguments *out, const char *name, int argc, char **argv,
                   const struct command_option *options, size_t option_count, int min, int max);

/* Read a list of codes. Returns: false on anything but 1..CODES_MAX codes with commas in between. */
bool codes_from_text(struct codes *codes, struct bytes text);
/* Whether code is among them; every code is among none. */
bool codes_want(const struct codes *codes, struct bytes code);

#endif
