#ifndef CMD_DAEMON_ANSWER_H
#define CMD_DAEMON_ANSWER_H

/* What the running daemon answers in JSON (node/control.h). It is another program on this machine: its answer
 * is read as carefully as a file. */

#include <jansson.h>

#include "cmd/session.h"
#include "node/control.h"

/* Ask op (CONTROL_PEERS or CONTROL_STATUS) of session's daemon. Requires: there is one. Returns: EXIT_YES and
 * *out, which the caller drops, or the exit code after it said why not. */
int daemon_answer(json_t **out, const struct session *session, enum control_op op);

/* Members of an answer: "" and 0 when they are not there or of another type. */
const char *answer_text(const json_t *object, const char *name);
uint64_t answer_number(const json_t *object, const char *name);

#endif
