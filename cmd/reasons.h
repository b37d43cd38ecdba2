#ifndef CMD_REASONS_H
#define CMD_REASONS_H

/* The message catalogue: what each reason means to a person, and what to do next. */

#include "protocol/base/reason.h"

/* One clear sentence without a full stop at its end, never NULL. */
const char *reason_sentence(enum reason reason);
/* What to do about it, one sentence; empty when there is nothing to do. */
const char *reason_advice(enum reason reason);

#endif
