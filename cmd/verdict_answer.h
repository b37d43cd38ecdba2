#ifndef CMD_VERDICT_ANSWER_H
#define CMD_VERDICT_ANSWER_H

/* From a dossier to an answer on standard output: what lookup and verify have in common. */

#include "cmd/arguments.h"
#include "cmd/requirement.h"
#include "cmd/verdict_text.h"

/* What is asked, as typed. */
struct verdict_request {
    struct codes wanted; /* show only these certificates; none: all */
    const char *require; /* NULL: no requirement */
    const char *state;   /* where it is asked for; NULL: where the own shop is, if there is one */
    uint32_t at_day;     /* DAY_NONE: today */
    uint64_t known_by_s; /* UINT64_MAX: all evidence there is */
    bool all;            /* older certificates too */
};

#define VERDICT_REQUEST_DEFAULT ((struct verdict_request){.at_day = DAY_NONE, .known_by_s = UINT64_MAX})

/* The rows of a command's option table that make a request. */
#define VERDICT_REQUEST_OPTIONS(request)                                                                     \
    {"code", OPTION_CODES, &(request)->wanted}, {"require", OPTION_TEXT, &(request)->require},               \
        {"state", OPTION_STATE, &(request)->state}, {"at", OPTION_DAY, &(request)->at_day},                  \
        {"known-by", OPTION_TIME, &(request)->known_by_s},                                                   \
    {                                                                                                        \
        "all", OPTION_FLAG, &(request)->all                                                                  \
    }

/* Ask it: on which day, by what evidence, in which state. Returns: EXIT_YES, or the exit code after it said
 * why not. */
int verdict_question(struct question *out, struct session *session, const struct verdict_request *request);

/* How far its dossier reaches. */
struct dossier_reach verdict_reach(const struct verdict_request *request,
                                   const struct requirement *requirement);

/* All that is known of subject, as far as that. Returns: EXIT_YES, or the exit code after it said why not. */
int verdict_gather(struct dossier *out, struct session *session, const struct subject *subject,
                   struct dossier_reach reach);

/* EXIT_YES, EXIT_NO or EXIT_UNKNOWN. */
int exit_code_of_overall(enum overall overall);
int exit_code_of_answer(enum answer answer);

/* What to call an actor: the name_of of a verdict_page whose names is a session. */
const char *name_in_session(const void *names, const struct hash *id);

/* Decide and print. What is not wanted goes on counting, beside what is shown. presented: NULL for a lookup.
 * Returns: EXIT_YES, EXIT_NO or EXIT_UNKNOWN as the whole is valid, invalid or undetermined; EXIT_SYSTEM
 * after it said why not. */
int verdict_answer(struct session *session, struct dossier *dossier, const struct verdict_request *request,
                   const struct requirement *requirement, const struct presented *presented);

#endif
