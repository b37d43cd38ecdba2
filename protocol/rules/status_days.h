#ifndef PROTOCOL_RULES_STATUS_DAYS_H
#define PROTOCOL_RULES_STATUS_DAYS_H

/* What was said about an entry after it was issued, as runs of days: the events in the order said, each
 * speaking for its effective day and all days after it (DESIGN sections 4 and 5). Knows nothing of the
 * entry's own validity.
 *
 *   revoked      goes before every other word
 *   replaced, held by another   go before suspended
 *   reinstated   ends a revocation or a suspension from its day on, and those alone: what was replaced before
 *                it was revoked is replaced again; days before it stay as they were. It never speaks for days
 *                before the one on which a revocation that it ends was stated: until then that was so. What
 *                it ended stays known as overruled
 *   under appeal changes nothing but says so, until the appeal is decided
 *
 * A negative word in doubt makes it unknown where nothing else speaks: unknown(voided) in a void block,
 * unknown(rewound) on a branch that its author left, unknown(disputed) in a disputed block. The first two
 * last until the author says again what holds, and that counts from its day like all else: the days before it
 * stay unknown. Revoked and suspended go before them; a reinstatement ends all of them, but of what is void
 * that it was replaced or held by another only where it is said after the void. A reinstatement on the chain
 * that a void on such a
 * branch takes back leaves in doubt what it ended. So does what a void on a branch that its author left
 * leaves in doubt of the whole entry. A reinstatement in a disputed block leaves what it would end in doubt;
 * in a void one it is nothing, as is an appeal. Said beyond a cut (setters.h) what is against somebody
 * becomes unknown(beyond-cut), and what is for somebody is nothing; where it is not known whether it was,
 * both are unknown, for that reason. A reinstatement that came too long after the end of its author's
 * accreditation leaves what it would end in doubt: unknown(signed-after-the-end). */

#include "protocol/wire/records.h"

enum {
    SIDE_EVENTS_MAX = 32, /* of side branches, about one entry */
    STATUS_EVENTS_MAX = HISTORY_EVENTS_MAX + SIDE_EVENTS_MAX,
};

/* One negative word, on the days of a run. */
struct status_word {
    enum reason reason; /* REASON_NONE: nothing of the kind was said, or it was ended or answered */
    enum status_action action;
    uint32_t effective_day;
    size_t event;
    uint32_t stated_day; /* of revocations: when the last of those was stated that stand beyond doubt */
    uint64_t void_seq;   /* of a void one: as status_event's, of several the last */
};
enum { STATUS_WORDS = 5 }; /* revoked, replaced, held by another, suspended; void on a branch that was left */

/* What became of an event that revokes, suspends or reinstates. */
enum status_fate {
    FATE_NONE, /* it does not speak for these days, or only in doubt */
    FATE_AGAINST,
    FATE_FOR,
    FATE_OVERRULED, /* a later one ended it: a reinstatement what stood against, and that what reinstated */
};

struct status_run {
    uint32_t first_day; /* the last day is the one before the next run */
    /* REASON_NONE: nothing stands against it. What status_reason_is_doubt says yes to: unknown.
     * REASON_REVOKED, REASON_SUSPENDED, REASON_REPLACED, REASON_REBOUND. */
    enum reason reason;
    /* The event behind reason; without meaning, DAY_NONE and SIZE_MAX with REASON_NONE, and where its author
     * left a void of the entry. */
    enum status_action action;
    uint32_t effective_day;
    size_t event;                     /* index into the entry's events */
    uint8_t fates[STATUS_EVENTS_MAX]; /* of each event: enum status_fate */
    bool under_appeal;
    uint32_t appeal_day;                    /* since when; DAY_NONE when it is not */
    struct status_word words[STATUS_WORDS]; /* all that stand, the strongest of which is told above */
};

/* Each event begins at most one run on its effective day and one on the day it was stated. */
enum { STATUS_RUNS_MAX = 2 * STATUS_EVENTS_MAX + 1 };

struct status_days {
    size_t count; /* at least 1: the first run begins on day 0, the last one never ends */
    struct status_run runs[STATUS_RUNS_MAX];
};

/* How one event counts. */
struct status_event {
    const struct history_event *event;
    size_t index;      /* among the entry's events */
    enum reason doubt; /* REASON_NONE, or what status_reason_is_doubt says yes to */
    /* It may count in full: the doubt is whether its author might say so, or whether a void that its author
     * left takes it back. */
    bool may_stand;
    uint32_t from_day; /* of days before it says nothing */
    uint32_t end_day;  /* nor of this one and those after it; 0: it has no end */
    /* Of one in a void block: of the block that voids it. What is said after that answers it. 0: not known */
    uint64_t void_seq;
};

void status_days_init(struct status_days *days);

/* Let the next event, in the order said, speak. Requires: at most STATUS_EVENTS_MAX of them. A `held by`
 * that names the one asked about is not given. */
void status_days_add(struct status_days *days, const struct status_event *said);

/* Of days on which somebody else holds it (REASON_REBOUND), or may, and nothing that was added says so: let
 * that stand. Asked after the last event. end_day: the first that is not of them; 0: there is none. Requires:
 * each is 0 or the effective day of one of the events. */
void status_days_lack(struct status_days *days, uint32_t first_day, uint32_t end_day, enum reason reason);

/* That a void of the entry stands on a branch that its author left. */
struct status_left {
    enum reason doubt; /* REASON_VOIDED or REASON_REWOUND; REASON_NONE: none does */
    size_t before;     /* the first event that may end the doubt, which all before it don't */
};

/* Let it speak, for all days, where `next` is the event that it stands before. Asked before each event is
 * added, and once after the last. */
void status_days_leave(struct status_days *days, struct status_left left, size_t next);

/* Whether the next `count` events would together change anything on any day: which words stand, since when,
 * or an appeal. */
bool status_days_is_news(const struct status_days *days, const struct status_event *said, size_t count);

/* What its author may say so that no day from `day` on stays unknown for what it left, and all that stands
 * revoked or suspended beyond doubt stays so: reinstated from a day on, and then what stands in the end. */
struct status_answer {
    uint32_t from;                         /* DAY_NONE: nothing is to be said */
    uint32_t suspended_from, revoked_from; /* DAY_NONE: it does not stand so in the end */
};
struct status_answer status_days_answer(const struct status_days *days, uint32_t day);

/* Whether it stands revoked, beyond doubt, on `day` and all later ones. */
bool status_days_stays_revoked(const struct status_days *days, uint32_t day);

/* The revocation, beyond doubt, that stands on `day` or the first one after it; NULL: none. Points into days.
 */
const struct status_word *status_days_revocation(const struct status_days *days, uint32_t day);

/* Whether a run's reason leaves it unknown whether the entry holds. */
bool status_reason_is_doubt(enum reason reason);

/* Index of the run that day lies in. */
size_t status_days_at(const struct status_days *days, uint32_t day);

#endif
