#ifndef CMD_REQUIREMENT_TITLES_H
#define CMD_REQUIREMENT_TITLES_H

/* The titles that a session's trust file and store give, for the time that a requirement is read. */

#include "cmd/session.h"
#include "protocol/rules/title_names.h"

struct requirement_titles {
    struct title_names names;
    struct dossier dossier;
    struct arena arena; /* on the heap */
};

/* Gather them. Returns: EXIT_YES, or the exit code after it said why not; release it in either case. */
int requirement_titles_open(struct requirement_titles *titles, struct session *session);
void requirement_titles_close(struct requirement_titles *titles);

/* Which titles of that name there are to choose from: "ase:\"Master\" or junk:\"Master\"". */
void title_choice_words(char *out, size_t capacity, const struct title_names *names, struct bytes title);

#endif
