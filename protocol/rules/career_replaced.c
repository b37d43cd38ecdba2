#include "protocol/rules/career_state.h"

#include <string.h>

/* What an entry replaces was the same exam, written down wrongly, and no other one before it. */

enum { REPLACEMENTS_MAX = 8 }; /* entries that replace each other */

/* What replaced a credential, as its events say: the last of those that stand, or may. */
struct career_replacement {
    enum answer answer; /* ANSWER_NO: nothing did */
    size_t by;          /* index into the dossier's credentials; SIZE_MAX: it is not there */
};

/* How it counts for the entry that it names, as what is for somebody does. */
static enum answer answer_of(enum said_standing standing)
{
    switch (standing) {
    case SAID_STANDS:
    case SAID_TO_COME:
        return ANSWER_YES;
    case SAID_DISPUTED:
    case SAID_REWOUND:
    case SAID_CUT_UNKNOWN:
    case SAID_AFTER_END:
        return ANSWER_UNKNOWN;
    case SAID_OVERRULED:
    case SAID_VOIDED:
    case SAID_DROPPED:
    case SAID_NOT_BY_THEN:
    case SAID_BEYOND_CUT:
        break;
    }
    return ANSWER_NO;
}

static size_t find_named(const struct dossier *dossier, const struct entry_name *name)
{
    for (size_t i = 0; i < dossier->credential_count; i++) {
        if (dossier_place_is_named(dossier, &dossier->credentials[i].place, name)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static struct career_replacement replacement_of(const struct career *career, size_t credential)
{
    const struct dossier_place *place = &career->dossier->credentials[credential].place;
    const enum said_standing *said = career->credentials->verdicts[credential].said;
    struct career_replacement found = {.answer = ANSWER_NO};
    for (size_t i = said == NULL ? 0 : place->event_count; i > 0; i--) {
        const struct history_event *event = &place->events[i - 1];
        enum answer answer = event->action == STATUS_REPLACED ? answer_of(said[i - 1]) : ANSWER_NO;
        if (answer == ANSWER_NO) {
            continue;
        }
        size_t by = find_named(career->dossier, &event->replacement);
        found.by = found.answer == ANSWER_NO || found.by == by ? by : SIZE_MAX; /* one or the other */
        found.answer = found.answer == ANSWER_NO ? answer : ANSWER_UNKNOWN;
        if (answer == ANSWER_YES) {
            break;
        }
    }
    return found;
}

bool career_list_replacements(struct career *career)
{
    size_t count = career->dossier->credential_count;
    career->replacements = arena_take(career->arena, count * sizeof career->replacements[0]);
    for (size_t i = 0; i < count && career->replacements != NULL; i++) {
        career->replacements[i] = replacement_of(career, i);
    }
    return career->replacements != NULL;
}

bool career_is_corrected(const struct career *career, const struct career_code *code, size_t rank)
{
    return career->replacements[career->order[code->first + rank]].answer != ANSWER_NO;
}

enum answer career_is_replaced(const struct career *career, const struct career_code *code, size_t earlier,
                               size_t later)
{
    size_t at = career->order[code->first + earlier];
    enum answer answer = ANSWER_YES;
    for (size_t i = 0; i < REPLACEMENTS_MAX; i++) {
        const struct career_replacement *replacement = &career->replacements[at];
        if (replacement->answer == ANSWER_NO) {
            return ANSWER_NO;
        }
        if (replacement->by == SIZE_MAX) {
            return ANSWER_UNKNOWN;
        }
        answer = replacement->answer == ANSWER_UNKNOWN ? ANSWER_UNKNOWN : answer;
        at = replacement->by;
        if (at == career->order[code->first + later]) {
            return answer;
        }
    }
    return ANSWER_UNKNOWN;
}
