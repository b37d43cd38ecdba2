#ifndef CMD_CONFIRM_H
#define CMD_CONFIRM_H

/* Asking before something is signed. */

#include "cmd/session.h"

/* Whether the person at the terminal agrees to question ("Answer?"), or said --yes beforehand. Returns:
 * EXIT_YES; EXIT_USAGE or EXIT_NO after it said that nobody did. */
int confirm(const struct session *session, bool yes, const char *question);

#endif
