#ifndef CMD_AWARD_WORDS_H
#define CMD_AWARD_WORDS_H

/* Why a shop's award does not hold, or what ends it, in words. */

#include "protocol/rules/roster.h"

enum { AWARD_WORDS_SIZE = 512 };

/* What people are called: session_name_of in the commands. */
struct award_names {
    const char *(*name_of)(const void *names, const struct hash *id);
    const void *names;
};

/* What award lacks by event, without a full stop: "3 of 5 technicians are certified; 75 % are needed". */
void award_lack_words(char out[AWARD_WORDS_SIZE], const struct award_verdict *award,
                      const struct award_event *event, const struct award_names *names);

/* One word for programs: "share", "area", … */
const char *award_cause_word(enum award_cause cause);

#endif
