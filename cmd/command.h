#ifndef CMD_COMMAND_H
#define CMD_COMMAND_H

/* The table of subcommands: `tradeproof NAME …` and the two-word ones (`trust add`, `key rotate`). Usage and
 * help are made from it; a command is one file, cmd/command_NAME.c, and returns an exit code of
 * cmd/exit_codes.h. */

#include "cmd/exit_codes.h"

struct session;

struct command {
    const char *name;                  /* "issue", "trust add" */
    const char *summary;               /* one line */
    const char *usage;                 /* arguments, as shown behind the name */
    const char *help;                  /* what it does, its options, and an example: for people */
    int (*run)(int argc, char **argv); /* argv[0] is the last word of the name */
};

extern const struct command commands[]; /* ends with a name of NULL */

/* Run what argv asks for. Prints help and errors itself. */
int command_main(int argc, char **argv);

/* The command of that name. Requires: there is one. */
const struct command *command_named(const char *name);

/* Print to standard error: "tradeproof NAME: sentence" and where to find help. Returns: EXIT_USAGE. */
int command_usage_error(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for what getopt_long has just refused. */
int command_option_error(const struct command *command, char **argv);

/* After all options were read: whether min..max arguments are left. Returns: EXIT_YES, or EXIT_USAGE after it
 * said that they are not. */
int command_arguments(const struct command *command, int argc, int min, int max);

/* A command without options of its own, whole: read the shared options and min..max arguments, open a
 * session, run body on it with the arguments (and a NULL behind them), close it. access is an enum
 * session_access. Returns: body's exit code, or why it was not run. */
int command_in_session(const struct command *command, int argc, char **argv, int min, int max, int access,
                       int (*body)(struct session *session, char **arguments));

#define COMMAND_DECLARE(id) int command_##id(int argc, char **argv);
COMMAND_DECLARE(init)
COMMAND_DECLARE(trust_add)
COMMAND_DECLARE(trust_list)
COMMAND_DECLARE(trust_remove)
COMMAND_DECLARE(contact_add)
COMMAND_DECLARE(contact_list)
COMMAND_DECLARE(rules_publish)
COMMAND_DECLARE(accredit)
COMMAND_DECLARE(withdraw)
COMMAND_DECLARE(rhythm)
COMMAND_DECLARE(issue)
COMMAND_DECLARE(revoke)
COMMAND_DECLARE(suspend)
COMMAND_DECLARE(reinstate)
COMMAND_DECLARE(replace)
COMMAND_DECLARE(appeal)
COMMAND_DECLARE(void)
COMMAND_DECLARE(log)
COMMAND_DECLARE(erase)
COMMAND_DECLARE(statement)
COMMAND_DECLARE(consent)
COMMAND_DECLARE(shop_publish)
COMMAND_DECLARE(shop_join)
COMMAND_DECLARE(shop_leave)
COMMAND_DECLARE(shop_status)
COMMAND_DECLARE(shop_find)
COMMAND_DECLARE(review)
COMMAND_DECLARE(key_rotate)
COMMAND_DECLARE(challenge)
COMMAND_DECLARE(present)
COMMAND_DECLARE(verify)
COMMAND_DECLARE(lookup)
COMMAND_DECLARE(require_check)
COMMAND_DECLARE(follow)
COMMAND_DECLARE(unfollow)
COMMAND_DECLARE(watch_add)
COMMAND_DECLARE(watch_remove)
COMMAND_DECLARE(watch_list)
COMMAND_DECLARE(watch_report)
COMMAND_DECLARE(export)
COMMAND_DECLARE(status)
COMMAND_DECLARE(peers)
#undef COMMAND_DECLARE

#endif
