/* Who takes what of the arena. Anyone whom a trust file names may sign rules, and nobody's rules may take
 * what others need to be decided: what does not fit in a namespace's share is unknown. */

#include "protocol/rules/career_state.h"

#include <stdalign.h>
#include <stddef.h>

/* Fill up what was taken to whole units, at the cost of who took it: what the next one pays must not hang on
 * where it begins. */
static void round_up(struct arena *arena)
{
    size_t beyond = (size_t)((uintptr_t)arena->memory + arena->used) % alignof(max_align_t);
    size_t rest = beyond == 0 ? 0 : alignof(max_align_t) - beyond;
    size_t left = arena->capacity - arena->used;
    arena->used += rest < left ? rest : left;
}

struct career_space *career_spend(struct career *career, struct career_space *space)
{
    struct arena *arena = career->arena;
    struct career_space *before = career->spender;
    round_up(arena);
    if (before != NULL) {
        before->spent += arena->used - career->spent_from;
    }
    career->spender = space;
    career->spent_from = arena->used;
    arena->capacity = career->capacity;
    if (space != NULL) {
        size_t left = space->spent < space->share ? space->share - space->spent : 0;
        arena->capacity = left < arena->capacity - arena->used ? arena->used + left : arena->capacity;
    }
    return before;
}

void career_give_share(struct career *career, struct bytes name_space, size_t size)
{
    career_space(career, name_space)->share = size;
    if (career->other != NULL) {
        career_give_share(career->other, name_space, size);
    }
}

enum spent career_spent(struct career *career, struct career_space *before, bool fits)
{
    struct career_space *space = career->spender;
    bool of_share = career->arena->capacity < career->capacity && !career->is_full;
    (void)career_spend(career, before);
    if (fits) {
        return SPENT_WITHIN;
    }
    if (space == NULL || !of_share) {
        career->is_full = true;
        return SPENT_ALL;
    }
    for (size_t i = 0; i < space->segment_count; i++) {
        space->segments[i].disputed = true;
    }
    space->nobody.held = (struct memo_days){.memo = MEMO_DONE, .days = day_truth_unknown};
    return SPENT_SHARE;
}

struct career_space *career_begin_memo(struct career *career, struct career_space *space,
                                       struct memo_days *days)
{
    days->memo = MEMO_BEGUN;
    if (space != NULL) {
        space->depth++;
    }
    return career_spend(career, space);
}

enum spent career_end_memo(struct career *career, struct career_space *before, struct memo_days *days,
                           bool fits)
{
    struct career_space *space = career->spender;
    enum spent spent = career_spent(career, before, fits);
    if (space != NULL) {
        space->depth--;
    }
    if (spent == SPENT_SHARE) {
        days->days = day_truth_unknown;
    }
    days->memo = MEMO_DONE;
    return spent;
}
