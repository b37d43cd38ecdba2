#ifndef PROTOCOL_RULES_ANSWERED_H
#define PROTOCOL_RULES_ANSWERED_H

/* What was asked within one verdict of who may speak, and the answer: of many entries by the same issuer for
 * the same code it is asked once. What an issuer may say hangs on where it says so only as far as cuts of it
 * tell the one place from the other; what is said on side branches, or by an owner, is asked anew. It may
 * forget anything: whoever finds nothing here asks. */

#include "protocol/rules/authority.h"

enum { ANSWERED_MAX = 64, ANSWERED_DAYS_MAX = 512 };

enum answered_kind {
    ANSWERED_ON_DAY, /* whether the issuer is authorised on that day, by what was signed in time */
    ANSWERED_AFTER,  /* or on any of the days of grace after it */
};

/* What both are asked by. */
struct answered_question {
    size_t log; /* the issuer's */
    struct bytes code;
    uint32_t day;
    uint64_t avoided; /* by its number */
    struct dossier_place place;
};

struct answered_day {
    struct answered_question question;
    enum answered_kind kind;
    bool limited; /* it takes more to tell than is looked at */
    bool yes;
    uint32_t until; /* as authority_answer says; where it is yes */
};

struct answered_authority {
    struct answered_question question;
    bool only_whether;
    struct authority_answer answer;
};

struct answered {
    bool any[ANSWERED_MAX], any_day[ANSWERED_DAYS_MAX];
    struct answered_authority authorities[ANSWERED_MAX];
    struct answered_day days[ANSWERED_DAYS_MAX];
};

/* Begin with nothing. */
void answered_init(struct answered *answered);

/* authority_under, unless the same was asked already. Requires: question->answered is not NULL, and of the
 * same dossier and trust file from init on; neither is recorded_only. */
void answered_authority(struct authority_answer *out, const struct dossier *dossier,
                        const struct trust *trust, const struct namespace_owners *owners,
                        const struct authority_question *question);

/* What is known about a day, by a question but for its own one; NULL: nothing. */
const struct answered_day *answered_day(const struct dossier *dossier, const struct namespace_owners *owners,
                                        const struct authority_question *question, enum answered_kind kind,
                                        uint32_t day);
/* Note it: *answer but for what it is asked by. */
void answered_note_day(const struct dossier *dossier, const struct namespace_owners *owners,
                       const struct authority_question *question, uint32_t day,
                       const struct answered_day *answer);

#endif
