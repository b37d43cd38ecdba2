#ifndef PROTOCOL_RULES_LATENESS_H
#define PROTOCOL_RULES_LATENESS_H

/* Whether an entry was signed too late for something that had to be said by a day. An author's clock proves
 * nothing, and that an entry arrived here today says nothing about when it was signed: to a fresh node all
 * history arrives today. So an entry is late only when that is shown, and that takes its author's own word:
 * a checkpoint, dated after the day in question, that names a head of the log which is neither the entry's
 * block nor descends from it, whatever their numbers. Who never signed such a checkpoint can't be convicted
 * by anybody else's silence.
 *
 * It is in time when it was there by then: it had arrived here, or a statement above it had, a checkpoint of
 * its author that names its block or one that descends from it. Who signs the hash of a block has made it and
 * all below, whatever is held back; of that statement, too, the arrival here counts, and not its own date.
 * What a quorum of witnesses saw will show both: a head without the entry, as below_s, and one with it, as
 * above_s.
 *
 * Days are UTC days here: a deadline is a civil day wherever it was named, and what hangs on it is counted in
 * tens of days. */

#include "protocol/rules/dossier.h"

enum lateness {
    LATE_NO,        /* it was there by then, */
    LATE_YES,       /* or its author states a head without it after then; */
    LATE_NOT_KNOWN, /* neither is known here, so that the entry's own claim stands */
};

/* By when the entry at place was there, as far as this node knows. */
uint64_t lateness_there_s(const struct dossier_place *place);

/* Whether the entry at place came more than `days` days after deadline_day. What was there in time is in
 * time, whatever its author's checkpoints below it say. */
enum lateness lateness_of(const struct dossier_place *place, uint32_t deadline_day, uint32_t days);

/* The first deadline for which the entry at place is not late by `days` days: lateness_of says LATE_YES for
 * all earlier ones and for none from it on. 0: it is late for none. */
uint32_t lateness_ends(const struct dossier_place *place, uint32_t days);

#endif
