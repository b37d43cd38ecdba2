#include "protocol/rules/status_days.h"

#include <assert.h>
#include <string.h>

/* Which of two negative words stands when both speak for a day. Zero where nothing does. */
static int weight_of(enum reason reason)
{
    switch ((int)reason) {
    case REASON_NONE:
        return 0;
    case REASON_VOIDED:
    case REASON_DISPUTED:
        return 1;
    case REASON_SUSPENDED:
        return 2;
    case REASON_REPLACED:
    case REASON_REBOUND:
        return 3;
    default:
        assert(reason == REASON_REVOKED);
        return 4;
    }
}

void status_days_init(struct status_days *days)
{
    days->count = 1;
    days->runs[0] = (struct status_run){
        .reason = REASON_NONE,
        .effective_day = DAY_NONE,
        .event = SIZE_MAX,
        .overruled = SIZE_MAX,
        .appeal_day = DAY_NONE,
    };
}

size_t status_days_at(const struct status_days *days, uint32_t day)
{
    size_t at = days->count - 1;
    while (days->runs[at].first_day > day) {
        at--;
    }
    return at;
}

/* Make a run begin on day. Returns: its index. */
static size_t split(struct status_days *days, uint32_t day)
{
    size_t at = status_days_at(days, day);
    if (days->runs[at].first_day == day) {
        return at;
    }
    assert(days->count <= HISTORY_EVENTS_MAX);
    memmove(&days->runs[at + 1], &days->runs[at], (days->count - at) * sizeof days->runs[0]);
    days->count++;
    days->runs[at + 1].first_day = day;
    return at + 1;
}

/* Of two like words the one that reaches further back stands behind the days that both speak for. */
static void speak_against(struct status_run *run, enum reason reason, const struct status_event *said)
{
    const struct history_event *event = said->event;
    bool further_back = reason == run->reason && event->effective_day < run->effective_day;
    if (weight_of(reason) <= weight_of(run->reason) && !further_back) {
        return;
    }
    run->reason = reason;
    run->action = event->action;
    run->effective_day = event->effective_day;
    run->event = said->index;
}

static void reinstate(struct status_run *run, const struct status_event *said)
{
    bool can_end = run->action == STATUS_REVOKED || run->action == STATUS_SUSPENDED;
    if (run->reason == REASON_NONE || !can_end || said->voided) {
        return;
    }
    if (said->disputed) {
        run->reason = REASON_DISPUTED;
        return;
    }
    run->reason = REASON_NONE;
    run->effective_day = DAY_NONE;
    run->overruled = run->event;
    run->event = SIZE_MAX;
}

/* A second appeal changes nothing about since when it is under appeal. */
static void appeal(struct status_run *run, const struct status_event *said)
{
    if (said->voided || run->under_appeal) {
        return;
    }
    run->under_appeal = true;
    run->appeal_day = said->event->effective_day;
}

static void decide_appeal(struct status_run *run, const struct status_event *said)
{
    if (said->voided) {
        return;
    }
    run->under_appeal = false;
    run->appeal_day = DAY_NONE;
}

/* What a negative word amounts to, coming from such a block. */
static enum reason doubted(enum reason reason, const struct status_event *said)
{
    if (said->voided) {
        return REASON_VOIDED;
    }
    return said->disputed ? REASON_DISPUTED : reason;
}

static void speak(struct status_run *run, const struct status_event *said)
{
    switch (said->event->action) {
    case STATUS_REVOKED:
        speak_against(run, doubted(REASON_REVOKED, said), said);
        break;
    case STATUS_SUSPENDED:
        speak_against(run, doubted(REASON_SUSPENDED, said), said);
        break;
    case STATUS_REPLACED:
        speak_against(run, doubted(REASON_REPLACED, said), said);
        break;
    case STATUS_HELD_BY:
        speak_against(run, doubted(REASON_REBOUND, said), said);
        break;
    case STATUS_REINSTATED:
        reinstate(run, said);
        break;
    case STATUS_APPEALED:
        appeal(run, said);
        break;
    case STATUS_APPEAL_DECIDED:
        decide_appeal(run, said);
        break;
    }
}

void status_days_add(struct status_days *days, const struct status_event *said)
{
    for (size_t i = split(days, said->event->effective_day); i < days->count; i++) {
        speak(&days->runs[i], said);
    }
}
