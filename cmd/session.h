#ifndef CMD_SESSION_H
#define CMD_SESSION_H

/* What most commands start with: the home, its trust file and contacts, the store, and whether a daemon runs.
 * Errors are printed here, once, as one sentence with what to do next; callers pass the exit code on. */

#include "cmd/contacts.h"
#include "cmd/exit_codes.h"
#include "node/home.h"
#include "node/ingest.h"
#include "protocol/rules/verdict.h"

enum { PASSPHRASE_FD_NONE = -1, PASSPHRASE_FD_BAD = -2 };

/* What a command that signs several blocks has durable so far: a failure that comes after it tells of it. */
struct session_durable {
    uint64_t block_count, first_seq;
    const char *rest;   /* how to have the rest as well; NULL: the failure says what to do */
    uint64_t issued;    /* certificates of a file's rows… */
    uint64_t rest_line; /* …and where the first row begins that is not among them; 0: none is left, or there
                           is no file */
};

struct session_options {
    const char *home;            /* --home, or NULL */
    bool json;                   /* --json */
    const char *passphrase_file; /* --passphrase-file, or NULL */
    int passphrase_fd; /* --passphrase-fd, or PASSPHRASE_FD_NONE; PASSPHRASE_FD_BAD when it is no number */
    struct session_durable durable;
};

/* The options that every command shares, for getopt_long: their values start here, commands' own letters stay
 * free. session_option returns true when it took the option. */
#define SESSION_LONG_OPTIONS                                                                                 \
    {"home", required_argument, NULL, SESSION_OPTION_HOME},                                                  \
        {"json", no_argument, NULL, SESSION_OPTION_JSON},                                                    \
        {"passphrase-file", required_argument, NULL, SESSION_OPTION_PASSPHRASE_FILE},                        \
    {                                                                                                        \
        "passphrase-fd", required_argument, NULL, SESSION_OPTION_PASSPHRASE_FD                               \
    }
enum {
    SESSION_OPTION_HOME = 1000,
    SESSION_OPTION_JSON,
    SESSION_OPTION_PASSPHRASE_FILE,
    SESSION_OPTION_PASSPHRASE_FD
};
void session_options_init(struct session_options *options);
bool session_option(struct session_options *options, int option, const char *value);

enum session_access {
    SESSION_READ,  /* reads the store, beside a daemon or not. No store yet: an empty one is made */
    SESSION_WRITE, /* hands blocks to the daemon, or, when none runs, holds the lock and writes itself */
};

struct session {
    struct session_options options;
    struct home home;
    struct trust *trust;
    struct contacts *contacts;
    bool has_actor; /* actor.public is there */
    struct actor_id actor;
    struct bytes inception; /* its keys record, in memory */
    struct store *store;
    int lock_fd;          /* the write lock; -1: a daemon holds it, or access is SESSION_READ */
    int control_fd;       /* the daemon's control socket; -1: no daemon */
    struct ingest ingest; /* when lock_fd is held */
    struct arena arena;   /* SESSION_ARENA_SIZE, for what a command gathers */
};

enum { SESSION_ARENA_SIZE = 64 * 1024 * 1024 };

/* Returns: EXIT_YES, or the exit code after it said why not. A session that was opened must be closed. */
int session_open(struct session *session, const struct session_options *options, enum session_access access);
void session_close(struct session *session);
/* Open a session, let body do its work with request, close it. Returns: body's exit code, or why none was
 * opened. */
int session_run(const struct session_options *options, enum session_access access,
                int (*body)(struct session *session, void *request), void *request);

/* Whether this home can sign. Returns: EXIT_YES, or EXIT_NOT_SET_UP after it said why not. */
int session_need_actor(const struct session *session);
/* Tell a running daemon that a file of the home changed: the trust file, the checkpoint key, a list of whom
 * the owner follows. Returns: EXIT_YES, or the exit code after it said that it was not taken up. */
int session_reload_daemon(const struct session *session, const char *file);

/* Set the clock for session->home, which session_open does (TRADEPROOF_NOW and TRADEPROOF_TEST_SPEED:
 * node/clock.h). Returns: EXIT_YES, or EXIT_USAGE after it said what is wrong with the variables. */
int session_set_clock(const struct session *session);
/* Now, by this machine's clock or the test's, and today by its local calendar. */
uint64_t session_now_s(void);
uint32_t session_today(void);
/* Asked now, by all evidence that there is, of at_day (DAY_NONE: today). */
struct question session_question(const struct session *session, uint32_t at_day);

/* ---- people's names ---- */

/* Whom a name of the contacts or of the trust file stands for, upper and lower case being the same. Returns:
 * 1 and *out, 0 where it is no name, more where it stands for several. */
size_t session_named(const struct session *session, struct bytes name, struct subject *out);

/* Read an id, a name that stands for one alone, or "me" into a subject or an actor. Returns: EXIT_YES, or
 * EXIT_BAD_INPUT after it said what is wrong with it ("mistyped: check the letters", "that is a node's id,
 * not a person's or shop's"). */
int session_subject(const struct session *session, const char *text, struct subject *subject);
int session_actor(const struct session *session, const char *text, struct actor_id *actor);

/* Read an entry's name, as issue prints it. Returns as session_subject ("is cut short: 32 digits are
 * needed").
 */
int session_entry_name(const struct session *session, const char *text, struct entry_name *name);

/* What to call an actor: a contact's name, the trust file's, "you" for this home's own, else its id cut
 * short. Returns: a view of static memory of at least 4 turns, or of the session. */
const char *session_name_of(const struct session *session, const struct hash *id);
/* What to type for an actor, in a command that is to be pasted into a shell: the contact's name in quotes,
 * "me" for this home's own, else the id whole. Returns as session_name_of, of 2 turns. */
const char *session_argument_of(const struct session *session, const struct hash *id);

/* ---- errors ---- */

/* Print "tradeproof: sentence" to standard error (with --json also {"error": word, "message": sentence} on
 * standard output). Returns: code. */
int session_fail(const struct session_options *options, int code, const char *word, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The daemon did not answer in time (CONTROL_SILENT). next: what is to be known, and done, then. */
int session_fail_silent(const struct session_options *options, const char *next);
/* The daemon does nothing that it is asked (CONTROL_REFUSES). */
int session_fail_refused(const struct session *session);
/* The same as session_fail for what went wrong with the home folder, its trust file (line and id as
 * home_trust), the store. */
int session_fail_home(const struct session_options *options, enum home_error error);
int session_fail_trust(const struct session_options *options, enum trust_result result, size_t line,
                       enum id_result id);
int session_fail_store(const struct session_options *options, enum store_error error);
/* The same for a refused record or block. */
int session_fail_reason(const struct session_options *options, enum reason reason);

#endif
