#ifndef CMD_REASONS_H
#define CMD_REASONS_H

/* The message catalogue: what each reason means to a person, and what to do next. */

#include "protocol/base/reason.h"

/* One clear sentence without a full stop at its end, never NULL. */
const char *reason_sentence(enum reason reason);
/* The same of what leaves it unknown, or denies, that the issuer may say so: it is the issuer's
 * accreditation, or the owner's word, that it stands against. */
const char *reason_sentence_of_authority(enum reason reason);
/* The same to that issuer. */
const char *reason_sentence_to_issuer(enum reason reason);
/* What to do about it, one sentence; empty when there is nothing to do. */
const char *reason_advice(enum reason reason);

#endif
