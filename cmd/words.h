#ifndef CMD_WORDS_H
#define CMD_WORDS_H

/* The words that people type and read for the wire's enums: one table a vocabulary, both directions. */

#include "protocol/wire/words.h"

/* "issued-in-error", "misconduct", … */
bool status_reason_of_word(enum status_reason *reason, struct bytes word);
const char *status_reason_word(enum status_reason reason);

/* "revoked", "suspended", … */
const char *status_action_word(enum status_action action);

/* All words of a vocabulary behind one another, for messages. */
#define STATUS_REASON_WORDS                                                                                  \
    "unspecified, issued-in-error, misconduct, scoring, key-compromise, requested, other"

#endif
