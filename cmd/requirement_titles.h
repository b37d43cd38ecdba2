#ifndef CMD_REQUIREMENT_TITLES_H
#define CMD_REQUIREMENT_TITLES_H

/* The titles that a session's trust file and store give, for the time that a requirement is read. */

#include "cmd/session.h"
#include "protocol/rules/expression_text.h"

struct requirement_titles {
    struct title_names names;
    struct dossier dossier;
    struct arena arena; /* on the heap */
};

/* Gather them. Returns: EXIT_YES, or the exit code after it said why not; release it in either case. */
int requirement_titles_open(struct requirement_titles *titles, struct session *session);
void requirement_titles_close(struct requirement_titles *titles);

enum { REQUIREMENT_HINT_SIZE = 1024 };

/* How the fault's sentence ends: with what may have been meant, ", ase:\"Master\" or junk:\"Master\"." or
 * "; did you mean ase/T4?", else with its full stop. name: as in expression_error. */
void requirement_hint(char out[REQUIREMENT_HINT_SIZE], const struct title_names *names,
                      enum expression_fault fault, struct bytes name);

#endif
