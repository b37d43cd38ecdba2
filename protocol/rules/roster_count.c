/* How many technicians count, and are certified, on every day at once: what a share, a number of technicians
 * and the areas to be covered have in common. Begins and ends of the technicians' days are swept in order;
 * between two of them, and while the same profile and review speak, the answer stays the same. */

#include <assert.h>
#include <string.h>

#include "protocol/rules/day_keys.h"
#include "protocol/rules/day_set_writer.h"
#include "protocol/rules/roster_state.h"

enum {
    SLOTS_MAX = EXPRESSION_CHILDREN_MAX,
    SLOT_SHARE = 0, /* of a SHARE: who are certified */
    SLOT_ALL = 1,   /* of a SHARE: all who count */
};

/* What belongs to a day's key: slot, whom it is about, and whether days begin or have ended. */
enum { MARK_ENDED = 1, MARK_SURELY = 2, MARK_POSSIBLY = 4, MARK_SLOT_SHIFT = 3 };

_Static_assert((int)SLOTS_MAX <= 64, "a bit for each");

/* The areas that a run performs, as seen from a rule. */
struct area_needs {
    uint64_t slots; /* bit of each child of COVERED that must hold of somebody */
    bool any;       /* an area is performed */
    bool unnamed;   /* one that the rule does not name */
};

struct count {
    const struct roster *roster;
    const struct expression *node;
    size_t slot_count;
    size_t asks[SLOTS_MAX];         /* of each slot; SIZE_MAX: nobody asks, but for SLOT_ALL */
    const struct area_needs *needs; /* one a run, of a COVERED */
    size_t key_count;
    uint64_t *keys;
    uint32_t surely[SLOTS_MAX]; /* on the day that the sweep has come to */
    uint32_t possibly[SLOTS_MAX];
};

size_t roster_ask_of(const struct roster *roster, const struct expression *asked, bool denied)
{
    for (size_t i = 0; i < roster->ask_count; i++) {
        const struct roster_ask *ask = &roster->asks[i];
        if (ask->denied == denied && (ask->expression == asked || expression_equal(ask->expression, asked))) {
            return i;
        }
    }
    return SIZE_MAX;
}

size_t roster_area_child(const struct expression *node, struct bytes area)
{
    const struct bytes *names = node->areas.items;
    for (size_t i = 0; i < node->areas.count; i++) {
        if (bytes_equal(names[i], area)) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* ---- begins and ends ---- */

/* Days of a slot of one technician, or NULL. */
static const struct day_truth *slot_days(const struct count *count, const struct roster_part *part,
                                         size_t slot)
{
    if (count->node->op == EXPRESSION_SHARE && slot == SLOT_ALL) {
        return &part->counts;
    }
    return count->asks[slot] == SIZE_MAX ? NULL : &part->asked[count->asks[slot]];
}

static void add_keys(struct count *count, struct day_set set, uint32_t mark)
{
    for (size_t i = 0; i < set.count; i++) {
        count->keys[count->key_count++] = day_key_of(set.intervals[i].first, mark);
        if (set.intervals[i].last != DAY_NONE) {
            count->keys[count->key_count++] = day_key_of(set.intervals[i].last + 1, mark | MARK_ENDED);
        }
    }
}

static void add_truth(struct count *count, size_t slot, const struct day_truth *days)
{
    uint32_t mark = (uint32_t)slot << MARK_SLOT_SHIFT;
    if (day_set_equal(days->surely, days->possibly)) {
        add_keys(count, days->surely, mark | MARK_SURELY | MARK_POSSIBLY);
        return;
    }
    add_keys(count, days->surely, mark | MARK_SURELY);
    add_keys(count, days->possibly, mark | MARK_POSSIBLY);
}

static size_t count_intervals(const struct count *count)
{
    size_t intervals = 0;
    for (size_t i = 0; i < count->roster->member_count; i++) {
        for (size_t slot = 0; slot < count->slot_count; slot++) {
            const struct day_truth *days = slot_days(count, &count->roster->parts[i], slot);
            intervals += days != NULL ? days->surely.count + days->possibly.count : 0;
        }
    }
    return intervals;
}

static void collect_keys(struct count *count, uint64_t *spare)
{
    for (size_t slot = 0; slot < count->slot_count; slot++) {
        for (size_t i = 0; i < count->roster->member_count; i++) {
            const struct day_truth *days = slot_days(count, &count->roster->parts[i], slot);
            if (days != NULL) {
                add_truth(count, slot, days);
            }
        }
    }
    day_keys_sort(count->keys, spare, count->key_count);
}

/* Apply what begins and ends on day from key at on. Returns: the first key after it. */
static size_t apply_day(struct count *count, size_t at, uint32_t day)
{
    for (; at < count->key_count && day_key_day(count->keys[at]) == day; at++) {
        uint32_t mark = day_key_beside(count->keys[at]);
        uint32_t slot = mark >> MARK_SLOT_SHIFT;
        uint32_t step = (mark & MARK_ENDED) != 0 ? UINT32_MAX : 1; /* modulo 2^32: less one */
        count->surely[slot] += (mark & MARK_SURELY) != 0 ? step : 0;
        count->possibly[slot] += (mark & MARK_POSSIBLY) != 0 ? step : 0;
    }
    return at;
}

/* ---- judging a day ---- */

static enum answer answer_of(bool surely, bool possibly)
{
    if (surely) {
        return ANSWER_YES;
    }
    return possibly ? ANSWER_UNKNOWN : ANSWER_NO;
}

static bool reaches(uint64_t some, uint64_t all, uint64_t percent)
{
    return some > 0 && some * 100 >= percent * all;
}

static uint64_t higher(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Where a limit left members out, any number of them may be there, certified or not. */
static enum answer judge_share(const struct count *count, const struct roster_run *run)
{
    uint64_t floor = roster_run_technicians(run);
    uint64_t most = higher(count->possibly[SLOT_ALL], floor);
    uint64_t least = higher(count->surely[SLOT_ALL], floor);
    if (count->roster->members_cut) {
        return ANSWER_UNKNOWN;
    }
    return answer_of(reaches(count->surely[SLOT_SHARE], most, count->node->count),
                     reaches(count->possibly[SLOT_SHARE], least, count->node->count));
}

static enum answer judge_areas(const struct count *count, const struct roster_run *run)
{
    const struct area_needs *needs = &count->needs[run - count->roster->runs];
    bool surely = !needs->unnamed;
    if (!needs->any) {
        return ANSWER_NO;
    }
    for (size_t slot = 0; slot < count->slot_count; slot++) {
        if ((needs->slots >> slot & 1) == 0) {
            continue;
        }
        if (count->possibly[slot] == 0 && !count->roster->members_cut) {
            return ANSWER_NO;
        }
        surely = surely && count->surely[slot] > 0;
    }
    return answer_of(surely, true);
}

static enum answer judge_number(const struct count *count)
{
    uint64_t wanted = count->node->count;
    return answer_of(count->surely[0] >= wanted, count->possibly[0] >= wanted || count->roster->members_cut);
}

static enum answer judge(const struct count *count, const struct roster_run *run)
{
    enum answer answer = ANSWER_UNKNOWN;
    bool sure = run->profile_sure && run->review_sure;
    if (run->profile == NULL && run->profile_sure) {
        return ANSWER_NO;
    }
    if (count->node->op == EXPRESSION_SHARE) {
        answer = judge_share(count, run);
    } else if (count->node->op == EXPRESSION_TECHNICIANS) {
        answer = judge_number(count);
    } else {
        answer = judge_areas(count, run);
    }
    return answer == ANSWER_YES && !sure ? ANSWER_UNKNOWN : answer;
}

/* ---- the sweep ---- */

static void sweep(struct count *count, struct day_set_writer *surely, struct day_set_writer *possibly)
{
    const struct roster *roster = count->roster;
    size_t at = 0;
    size_t run = 0;
    for (uint32_t day = 0; day != DAY_NONE;) {
        at = apply_day(count, at, day);
        if (run + 1 < roster->run_count && roster->runs[run + 1].first_day == day) {
            run++;
        }
        uint32_t next = at < count->key_count ? day_key_day(count->keys[at]) : DAY_NONE;
        if (run + 1 < roster->run_count && roster->runs[run + 1].first_day < next) {
            next = roster->runs[run + 1].first_day;
        }
        uint32_t last = next == DAY_NONE ? DAY_NONE : next - 1;
        enum answer answer = judge(count, &roster->runs[run]);
        if (answer != ANSWER_NO) {
            day_set_writer_add(possibly, day, last);
        }
        if (answer == ANSWER_YES) {
            day_set_writer_add(surely, day, last);
        }
        day = next;
    }
}

/* Move what was written together, and give the rest back to the arena. */
static struct day_truth end_writing(const struct day_set_writer *surely,
                                    const struct day_set_writer *possibly, struct arena *arena)
{
    struct day_truth out = {.possibly = {.count = possibly->count, .intervals = possibly->intervals},
                            .surely = {.count = surely->count, .intervals = surely->intervals}};
    struct day_interval *behind = possibly->intervals + possibly->count;
    size_t unused = possibly->room - possibly->count;
    if (day_set_equal(out.surely, out.possibly)) {
        out.surely = out.possibly;
    } else {
        memmove(behind, surely->intervals, surely->count * sizeof behind[0]);
        out.surely.intervals = behind;
        unused -= surely->count;
    }
    arena_rewind(arena, possibly->room_end - unused * sizeof behind[0]);
    return out;
}

static bool count_days(struct day_truth *out, struct count *count, struct arena *arena)
{
    size_t intervals = count_intervals(count);
    size_t steps = 2 * intervals + count->roster->run_count;
    struct day_set_writer surely, possibly;
    /* Of so many steps at most every other one begins an interval. */
    if (!day_set_writer_begin(&possibly, steps + 2, arena) ||
        !day_set_writer_begin(&surely, steps / 2 + 1, arena)) {
        return false;
    }
    count->keys = arena_take(arena, 4 * intervals * sizeof count->keys[0]);
    if (count->keys == NULL) {
        return false;
    }
    collect_keys(count, count->keys + 2 * intervals);
    sweep(count, &surely, &possibly);
    *out = end_writing(&surely, &possibly, arena);
    return true;
}

/* ---- areas ---- */

/* An area that only an unsure profile or review names need not be covered; but then nothing is sure anyway.
 */
static struct area_needs needs_of(const struct expression *node, const struct roster_run *run)
{
    struct roster_need needs[ROSTER_NEEDS_MAX];
    size_t count = roster_run_needs(needs, run);
    struct area_needs out = {.any = count > 0 || !run->profile_sure || !run->review_sure};
    for (size_t i = 0; i < count; i++) {
        bool sure = (needs[i].declared && run->profile_sure) || (needs[i].at_review && run->review_sure);
        size_t slot = roster_area_child(node, needs[i].name);
        if (sure && slot == SIZE_MAX) {
            out.unnamed = true;
        } else if (sure) {
            out.slots |= UINT64_C(1) << slot;
        }
    }
    return out;
}

static bool write_needs(struct count *count, struct arena *arena)
{
    const struct roster *roster = count->roster;
    struct area_needs *needs = arena_take(arena, roster->run_count * sizeof needs[0]);
    if (needs == NULL) {
        return false;
    }
    for (size_t i = 0; i < roster->run_count; i++) {
        needs[i] = needs_of(count->node, &roster->runs[i]);
    }
    count->needs = needs;
    return true;
}

bool roster_count_days(struct day_truth *out, struct roster *roster, const struct expression *node,
                       bool denied)
{
    struct count count = {.roster = roster, .node = node, .slot_count = node->child_count};
    assert(node->child_count >= 1 && node->child_count <= SLOTS_MAX);
    for (size_t i = 0; i < node->child_count; i++) {
        count.asks[i] = roster_ask_of(roster, &node->children[i], denied);
    }
    if (node->op == EXPRESSION_SHARE) {
        count.slot_count = SLOT_ALL + 1;
    }
    if (node->op == EXPRESSION_COVERED && !write_needs(&count, roster->arena)) {
        return false;
    }
    return count_days(out, &count, roster->arena);
}
