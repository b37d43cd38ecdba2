/* When a code that is tested is certified: from the first day on which what is asked beforehand is there, by
 * the pack of that day, and as long as the experience that this pack asks for stays documented.
 *
 * A prerequisite is needed to begin and not afterwards: nothing ends because it lapses. Experience does not
 * lapse, but what documents it may be revoked, and then nothing rests on it any more. A later pack that asks
 * for more takes nothing away from what began under an earlier one; one that asks for less lets begin what
 * had not. No attestation begins before the day on which it was earned, whatever day it names as its first. A
 * recertification or renewal goes on with what began before it; where nothing did, it begins like any other.
 */

#include "protocol/rules/career_state.h"

/* The days from which something has surely, or possibly, begun; DAY_NONE: never. */
struct begun {
    uint32_t surely, possibly;
};
static const struct begun begun_never = {DAY_NONE, DAY_NONE};

/* A run of days with one pack; before the first of them there is none, and nothing is asked. */
struct stretch {
    const struct pack_segment *segment; /* NULL: no pack is in force */
    uint32_t first, last;
    bool disputed;
    bool is_late;                       /* for these days, of which another one is as well */
    struct known_rule *prerequisite;    /* NULL: nothing is asked beforehand */
    const struct day_truth *experience; /* the days on which what is asked of it is there */
};

struct certifying {
    struct career *career;
    struct career_code *code;
    const struct day_truth **experience; /* that is asked for in each segment */
    size_t stretch_count;
    struct stretch *stretches; /* ascending; a late pack has one beside that of the pack in force */
    struct begun *begun;       /* of each attestation, in each stretch */
};

static const struct attestation *attestation_of(const struct certifying *all, size_t rank)
{
    return &career_credential(all->career, all->code, rank)->attestation;
}

/* The day from which it may begin. */
static uint32_t begins_on(const struct certifying *all, size_t rank)
{
    return question_day_reached(all->career->question, attestation_of(all, rank)->earned_on);
}

static const struct day_truth *days_of(const struct certifying *all, size_t rank)
{
    return &career_verdict(all->career, all->code, rank)->days;
}

static bool goes_on(const struct certifying *all, size_t rank)
{
    enum basis basis = attestation_of(all, rank)->basis;
    return basis == BASIS_RECERTIFICATION || basis == BASIS_RENEWAL;
}

static bool may_count(const struct certifying *all, size_t rank)
{
    return days_of(all, rank)->possibly.count > 0 && career_is_test(all->career, all->code, rank);
}

/* ---- what is asked when ---- */

static bool add_stretch(struct certifying *all, const struct pack_segment *segment,
                        const struct day_truth *experience)
{
    struct career_space *space = all->code->space;
    struct stretch *stretch = &all->stretches[all->stretch_count++];
    *stretch = (struct stretch){
        .segment = segment,
        .first = segment->first_day,
        .last = segment->last_day,
        .disputed = pack_segment_disputes(segment, PACK_RULE_PREREQUISITE, career_local(all->code)),
        .experience = experience,
    };
    return stretch->disputed || (space->kinds & UINT32_C(1) << PACK_RULE_PREREQUISITE) == 0 ||
           career_rule(&stretch->prerequisite, all->career, space, segment, PACK_RULE_PREREQUISITE,
                       career_local(all->code));
}

/* Those in which something may begin: nothing does before the first attestation is earned. */
static bool write_stretches(struct certifying *all)
{
    const struct career_space *space = all->code->space;
    uint32_t first = begins_on(all, 0);
    all->stretches = arena_take(all->career->arena, (space->segment_count + 1) * sizeof all->stretches[0]);
    if (all->stretches == NULL) {
        return false;
    }
    if (space->segment_count == 0 || space->segments[0].first_day > first) {
        uint32_t last = space->segment_count == 0 ? DAY_NONE : space->segments[0].first_day - 1;
        all->stretches[all->stretch_count++] = (struct stretch){.last = last, .experience = &day_truth_yes};
    }
    for (size_t i = 0; i < space->segment_count; i++) {
        const struct pack_segment *segment = &space->segments[i];
        if (segment->last_day >= first && career_speaks(space, segment, career_local(all->code)) &&
            !add_stretch(all, segment, all->experience[i])) {
            return false;
        }
    }
    return true;
}

/* ---- the usual ---- */

/* Whether all packs ask for the same experience, from before anything was earned on. */
static bool asks_alike(const struct certifying *all)
{
    const struct career_space *space = all->code->space;
    if (space->has_late || space->segment_count == 0 || space->segments[0].first_day > begins_on(all, 0)) {
        return false;
    }
    for (size_t i = 1; i < space->segment_count; i++) {
        if (all->experience[i] != all->experience[0]) {
            return false;
        }
    }
    return true;
}

static struct day_set set_of(const struct day_truth *truth, bool surely)
{
    return surely ? truth->surely : truth->possibly;
}

static uint32_t first_of(struct day_set days)
{
    return days.count == 0 ? DAY_NONE : days.intervals[0].first;
}

/* When an attestation begins that waits for nothing but experience, while the pack of the day earned is in
 * force; DAY_NONE: it has to be looked into. Requires: asks_alike. surely: for sure, or at least perhaps. */
static uint32_t simple_begin(const struct certifying *all, size_t rank, bool surely)
{
    struct day_set days = set_of(days_of(all, rank), surely);
    struct day_set experience = set_of(all->experience[0], surely);
    uint32_t to = career_waits_for_nothing_to(all->career, all->code, rank);
    if (to == 0 || days.count == 0 || first_of(days_of(all, rank)->possibly) < begins_on(all, rank)) {
        return DAY_NONE;
    }
    uint32_t begin = days.intervals[0].first;
    if (!day_set_has(experience, begin)) {
        const struct day_interval *later = day_set_after(experience, begin);
        begin = later == NULL ? DAY_NONE : later->first;
    }
    return begin <= to && day_set_has(days, begin) ? begin : DAY_NONE;
}

/* Whether all of an attestation's days with experience are days of certification. */
static bool begins_by_itself(const struct certifying *all, size_t rank, bool surely)
{
    const struct attestation *attestation = attestation_of(all, rank);
    uint32_t first = days_of(all, rank)->possibly.intervals[0].first;
    if (simple_begin(all, rank, surely) != DAY_NONE) {
        return true;
    }
    for (size_t i = 0; i < rank && goes_on(all, rank); i++) {
        if (attestation_of(all, i)->earned_on < attestation->earned_on && may_count(all, i) &&
            simple_begin(all, i, surely) <= first) {
            return true;
        }
    }
    return false;
}

static bool all_begin_by_themselves(const struct certifying *all, bool surely)
{
    if (!asks_alike(all)) {
        return false;
    }
    for (size_t i = 0; i < all->code->count; i++) {
        if (may_count(all, i) && !begins_by_itself(all, i, surely)) {
            return false;
        }
    }
    return true;
}

/* ---- what begins when ---- */

/* The days on which what a rule asks beforehand is there. */
static bool days_of_prerequisite(struct day_truth *out, struct career *career, const struct applied *applied,
                                 const struct known_rule *rule)
{
    *out = day_truth_yes;
    return rule == NULL || career_evaluate(out, career, &rule->expression, applied);
}

static uint32_t earlier_of(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* What was earned on an earlier day has begun in the stretch, and this goes on with it. */
static struct begun begun_before(const struct certifying *all, size_t rank, size_t stretch)
{
    struct begun begun = begun_never;
    uint32_t earned_on = attestation_of(all, rank)->earned_on;
    for (size_t i = 0; i < rank && goes_on(all, rank) && attestation_of(all, i)->earned_on < earned_on; i++) {
        const struct begun *earlier = &all->begun[i * all->stretch_count + stretch];
        begun.surely = earlier_of(begun.surely, earlier->surely);
        begun.possibly = earlier_of(begun.possibly, earlier->possibly);
    }
    return begun;
}

/* Write when an attestation begins in a stretch, on its own. */
static bool find_begun(struct begun *out, struct certifying *all, size_t rank, const struct stretch *stretch)
{
    struct arena *arena = all->career->arena;
    const struct applied applied = {.code = all->code, .rank = rank};
    uint32_t earned_on = attestation_of(all, rank)->earned_on;
    struct day_truth days;
    struct day_truth asked = day_truth_unknown;
    struct day_set within;
    uint32_t first = begins_on(all, rank) > stretch->first ? begins_on(all, rank) : stretch->first;
    if (!day_set_of(&within, first, stretch->last, arena) ||
        !day_truth_within(&days, days_of(all, rank), within, arena) ||
        !day_truth_and(&days, &days, stretch->experience, arena)) {
        return false;
    }
    *out = begun_never;
    if (days.possibly.count == 0 ||
        (stretch->segment != NULL &&
         !career_offers(all->code->space, stretch->segment, career_local(all->code), earned_on))) {
        return true;
    }
    if ((!stretch->disputed && !days_of_prerequisite(&asked, all->career, &applied, stretch->prerequisite)) ||
        !day_truth_and(&days, &days, &asked, arena)) {
        return false;
    }
    *out = (struct begun){.surely = first_of(days.surely), .possibly = first_of(days.possibly)};
    return true;
}

/* Add the days of an attestation that lie behind its begin in a stretch. */
static bool add_begun(struct day_truth *out, const struct certifying *all, size_t rank, size_t at)
{
    struct arena *arena = all->career->arena;
    const struct begun *begun = &all->begun[rank * all->stretch_count + at];
    struct day_truth from;
    if (begun->possibly == DAY_NONE) {
        return true;
    }
    return day_set_of(&from.surely, begun->surely, DAY_NONE, arena) &&
           day_set_of(&from.possibly, begun->possibly, DAY_NONE, arena) &&
           day_truth_and(&from, &from, days_of(all, rank), arena) &&
           day_truth_and(&from, &from, all->stretches[at].experience, arena) &&
           day_truth_or(out, out, &from, arena);
}

static bool certify_attestation(struct day_truth *out, struct certifying *all, size_t rank)
{
    for (size_t i = 0; i < all->stretch_count; i++) {
        struct begun *begun = &all->begun[rank * all->stretch_count + i];
        *begun = begun_never;
        if (!may_count(all, rank)) {
            continue;
        }
        if (!find_begun(begun, all, rank, &all->stretches[i])) {
            return false;
        }
        struct begun before = begun_before(all, rank, i);
        begun->surely = earlier_of(begun->surely, before.surely);
        begun->possibly = earlier_of(begun->possibly, before.possibly);
        if (!add_begun(out, all, rank, i)) {
            return false;
        }
    }
    return true;
}

/* Note a late pack by which nothing begins on days on which it does by another. */
static void note_later(const struct certifying *all, size_t rank)
{
    const struct begun *begun = &all->begun[rank * all->stretch_count];
    for (size_t i = 0; i < all->stretch_count; i++) {
        const struct stretch *late = &all->stretches[i];
        for (size_t k = 0; late->segment != NULL && late->segment->is_late && begun[i].possibly == DAY_NONE &&
                           k < all->stretch_count;
             k++) {
            if (all->stretches[k].first == late->first && begun[k].surely != DAY_NONE) {
                career_verdict(all->career, all->code, rank)->later_rules = late->segment->pack;
            }
        }
    }
}

static bool certify_each(struct day_truth *out, struct certifying *all)
{
    size_t count = all->code->count * all->stretch_count;
    all->begun = arena_take(all->career->arena, count * sizeof all->begun[0]);
    *out = day_truth_no;
    for (size_t i = 0; all->begun != NULL && i < all->code->count; i++) {
        if (!certify_attestation(out, all, i)) {
            return false;
        }
        note_later(all, i);
    }
    return all->begun != NULL;
}

static bool certify(struct day_truth *out, struct career *career, struct career_code *code,
                    const struct day_truth *tested)
{
    struct certifying all = {.career = career, .code = code};
    if (code->space == NULL || tested->possibly.count == 0) {
        *out = *tested;
        return true;
    }
    if (!career_asked(&all.experience, career, code->space, PACK_RULE_EXPERIENCE, career_local(code))) {
        return false;
    }
    if (asks_alike(&all) && all.experience[0]->possibly.count == 0) {
        *out = day_truth_no;
        return true;
    }
    if (all_begin_by_themselves(&all, tested->surely.count > 0)) {
        return day_truth_and(out, tested, all.experience[0], career->arena);
    }
    return write_stretches(&all) && certify_each(out, &all);
}

const struct day_truth *career_certified(struct career *career, struct career_code *code)
{
    const struct day_truth *tested = career_tested(career, code);
    if (tested == NULL || code->tested.memo != MEMO_DONE) {
        return tested;
    }
    if (code->certified.memo == MEMO_DONE) {
        return &code->certified.days;
    }
    if (!career_may_work_out(code->space, &code->certified)) {
        return &day_truth_unknown;
    }
    struct career_space *before = career_begin_memo(career, code->space, &code->certified);
    bool written = certify(&code->certified.days, career, code, tested);
    return career_end_memo(career, before, &code->certified, written) == SPENT_ALL ? NULL
                                                                                   : &code->certified.days;
}
