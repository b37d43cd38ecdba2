#include "node/answers.h"

#include <assert.h>

bool answers_put(struct answers *answers, const struct want_answer *answer)
{
    if (answers->count == ANSWERS_MAX) {
        return false;
    }
    answers->entries[(answers->first + answers->count++) % ANSWERS_MAX] = *answer;
    return true;
}

struct want_answer *answers_first(struct answers *answers)
{
    return answers->count == 0 ? NULL : &answers->entries[answers->first];
}

void answers_drop_first(struct answers *answers)
{
    assert(answers->count > 0);
    answers->first = (answers->first + 1) % ANSWERS_MAX;
    answers->count--;
}
