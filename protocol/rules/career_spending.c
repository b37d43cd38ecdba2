/* Who takes what of the arena. Anyone whom a trust file names may sign rules, and nobody's rules may take
 * what others need to be decided: what does not fit in a namespace's share is unknown. */

#include "protocol/rules/career_state.h"

struct career_space *career_spend(struct career *career, struct career_space *space)
{
    struct arena *arena = career->arena;
    struct career_space *before = career->spender;
    if (before != NULL) {
        before->spent += arena->used - career->spent_from;
    }
    career->spender = space;
    career->spent_from = arena->used;
    arena->capacity = career->capacity;
    if (space != NULL) {
        size_t left = space->spent < CAREER_SPACE_SIZE_MAX ? CAREER_SPACE_SIZE_MAX - space->spent : 0;
        arena->capacity = left < arena->capacity - arena->used ? arena->used + left : arena->capacity;
    }
    return before;
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
