/* What the shop says about itself and what reviews recorded, as runs of days. */

#include <assert.h>

#include "protocol/base/sort.h"
#include "protocol/base/text.h"
#include "protocol/rules/day_keys.h"
#include "protocol/rules/freshness.h"
#include "protocol/rules/roster_state.h"
#include "protocol/rules/setters.h"
#include "protocol/rules/weight.h"

/* A profile or a review, and the days for which it may speak. */
struct said {
    size_t index; /* into the dossier's */
    uint32_t day; /* from which it speaks */
    const struct dossier_place *place;
    struct day_truth stands;
};

struct said_list {
    size_t count;
    struct said *items; /* the one that comes later speaks before those that come earlier */
};

static enum answer answer_of_weight(enum weight weight)
{
    switch (weight) {
    case WEIGHT_FULL:
        return ANSWER_YES;
    case WEIGHT_DOUBTFUL:
        return ANSWER_UNKNOWN;
    case WEIGHT_NOTHING:
        break;
    }
    return ANSWER_NO;
}

/* Whether the block of a statement lets it count, whatever was said about it later. stance: what that is to
 * the shop. voider: how its author stood when voiding it. */
static enum answer block_answer(const struct dossier *dossier, const struct dossier_place *place,
                                enum stance stance, enum setter voider)
{
    const struct dossier_log *log = dossier_log_at(dossier, place);
    const struct spoken_of spoken = {.voider = voider == SETTER_CLOSED ? SPOKEN_NOT : SPOKEN};
    struct weighed weighed = entry_weigh(dossier, place, stance, spoken);
    enum answer answer = answer_of_weight(weighed.weight);
    if (place->erased || !dossier_place_arrived(dossier, place)) {
        return ANSWER_NO;
    }
    if (weighed.reason == REASON_VOIDED && !place->block.side && voider != SETTER_WITHIN) {
        answer = ANSWER_UNKNOWN;
    }
    bool upgrade = log->upgrade_needed && dossier_log_reaches(log, log->upgrade_seq);
    return upgrade && answer == ANSWER_YES ? ANSWER_UNKNOWN : answer;
}

/* How the author of a review stood when it said something about it. */
struct review_setters {
    struct setting events[STATUS_EVENTS_MAX];
    struct setting voider; /* of its block, where that is void */
};

static enum stance stance_of_review(void)
{
    return stance_of_entry(ENTRY_REVIEW, NULL, PARTY_SHOP);
}

/* Whether the author of a review may speak for the recognition that it is for. */
static enum answer reviewer_answer(const struct roster *roster, const struct dossier_review *said,
                                   struct review_setters *setters)
{
    const struct authority_question question = {
        .issuer = dossier_log_at(roster->dossier, &said->place)->author,
        .code = said->review.code,
        .place = &said->place,
        .day = said->review.day,
        .state = roster->question->state,
    };
    struct namespace_owners owners;
    struct authority_answer answer;
    namespace_owners_of(&owners, roster->dossier, roster->trust, code_namespace(said->review.code));
    authority_under(&answer, roster->dossier, roster->trust, &owners, &question);
    setters_of(setters->events, roster->dossier, roster->trust, &owners, &question, &answer,
               roster->question->now_s);
    setters->voider = (struct setting){.setter = SETTER_WITHIN};
    if (said->place.voided) {
        setters->voider =
            setter_of(roster->dossier, roster->trust, &owners, &question, &answer, said->place.void_seq, 0);
    }
    if (answer.reason == REASON_NONE) {
        struct accreditation_end end =
            accreditation_end_of_place(roster->dossier, roster->trust, &owners, &question, &answer);
        bool late = end.limited || end.lateness == LATE_YES;
        return late && stance_has_deadline(stance_of_review()) ? ANSWER_UNKNOWN : ANSWER_YES;
    }
    return authority_is_unknown(answer.reason) ? ANSWER_UNKNOWN : ANSWER_NO;
}

static enum answer both(enum answer a, enum answer b)
{
    if (a == ANSWER_NO || b == ANSWER_NO) {
        return ANSWER_NO;
    }
    return a == ANSWER_YES ? b : ANSWER_UNKNOWN;
}

static enum answer profile_answer(const struct roster *roster, const struct dossier_profile *said)
{
    const struct dossier_log *log = dossier_log_at(roster->dossier, &said->place);
    bool own = actor_id_equal(&log->author, &roster->shop);
    return own ? block_answer(roster->dossier, &said->place, stance_of_entry(ENTRY_SHOP, NULL, PARTY_SHOP),
                              SETTER_WITHIN)
               : ANSWER_NO;
}

static enum answer review_answer(const struct roster *roster, const struct dossier_review *said,
                                 struct review_setters *setters)
{
    if (!actor_id_equal(&said->review.shop, &roster->shop)) {
        return ANSWER_NO;
    }
    enum answer reviewer = reviewer_answer(roster, said, setters);
    return both(block_answer(roster->dossier, &said->place, stance_of_review(), setters->voider.setter),
                reviewer);
}

/* Why an event is in doubt: by where its block stands, else by who says it. */
static enum reason doubt_of_event(struct weighed weighed, const struct setting *setting,
                                  enum status_action action)
{
    return weighed.reason != REASON_NONE ? weighed.reason : setting_doubt(setting, action);
}

/* What was said about a statement itself: one that is revoked counts no longer. settings: who stood how when
 * saying so; a shop may always say what it will of its own profile. */
static bool cut_by_status(struct day_truth *stands, const struct roster *roster,
                          const struct dossier_place *place, const struct setting *settings,
                          struct arena *arena)
{
    const struct status_left left = entry_left(roster->dossier, place, (struct spoken_of){.events = NULL});
    struct status_days days;
    assert(place->event_count <= STATUS_EVENTS_MAX);
    status_days_init(&days);
    for (size_t i = 0; i < place->event_count; i++) {
        status_days_leave(&days, left, i);
        struct weighed weighed = event_weigh(roster->dossier, place, i, (struct spoken_of){.events = NULL});
        bool side = place->event_blocks != NULL && place->event_blocks[i].side;
        bool may_stand = weighed.weight == WEIGHT_FULL ? settings[i].setter == SETTER_IN_DOUBT
                                                       : weighed.weight == WEIGHT_DOUBTFUL && !side;
        const struct status_event said = {.event = &place->events[i],
                                          .index = i,
                                          .doubt =
                                              doubt_of_event(weighed, &settings[i], place->events[i].action),
                                          .may_stand = may_stand,
                                          .void_seq = event_void_seq(place, i)};
        if (event_had_arrived(roster->dossier, place, i) && weighed.reason != REASON_DROPPED &&
            settings[i].setter != SETTER_CLOSED) {
            status_days_add(&days, &said);
        }
    }
    status_days_leave(&days, left, place->event_count);
    for (size_t i = 0; i < days.count; i++) {
        enum reason reason = days.runs[i].reason;
        if (reason == REASON_NONE) {
            continue;
        }
        bool unknown = status_reason_is_doubt(reason);
        uint32_t last = i + 1 < days.count ? days.runs[i + 1].first_day - 1 : DAY_NONE;
        struct day_truth against;
        if (!day_truth_of_run(&against, unknown ? ANSWER_UNKNOWN : ANSWER_YES, days.runs[i].first_day, last,
                              arena) ||
            !day_truth_not(&against, &against, arena) || !day_truth_and(stands, stands, &against, arena)) {
            return false;
        }
    }
    return true;
}

static bool add_said(struct said_list *list, const struct roster *roster, const struct said *said,
                     enum answer answer, const struct setting *settings)
{
    struct said *item = &list->items[list->count];
    if (answer == ANSWER_NO) {
        return true;
    }
    *item = *said;
    list->count++;
    return day_truth_of_run(&item->stands, answer, said->day, DAY_NONE, roster->arena) &&
           cut_by_status(&item->stands, roster, said->place, settings, roster->arena);
}

static int order_of(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_said(const struct said *a, const struct said *b)
{
    if (place_precedes(a->place, b->place)) {
        return -1;
    }
    return place_precedes(b->place, a->place);
}

/* Profiles in the order said. */
static int compare_profiles(const void *a, const void *b)
{
    return compare_said(a, b);
}

/* Reviews by their day; of one day in the order of the logs, then in the order said. */
static int compare_reviews(const void *a, const void *b)
{
    const struct said *one = a;
    const struct said *other = b;
    int order = order_of(one->day, other->day);
    if (order == 0) {
        order = order_of(one->place->log, other->place->log);
    }
    return order != 0 ? order : compare_said(one, other);
}

static bool read_profiles(struct said_list *out, const struct roster *roster)
{
    static const struct setting own_word[STATUS_EVENTS_MAX];
    const struct dossier *dossier = roster->dossier;
    *out =
        (struct said_list){.items = arena_take(roster->arena, dossier->profile_count * sizeof *out->items)};
    if (out->items == NULL) {
        return false;
    }
    for (size_t i = 0; i < dossier->profile_count; i++) {
        const struct dossier_profile *profile = &dossier->profiles[i];
        const struct said said = {.index = i, .day = profile->shop.from, .place = &profile->place};
        if (!add_said(out, roster, &said, profile_answer(roster, profile), own_word)) {
            return false;
        }
    }
    sort_items(out->items, out->count, sizeof *out->items, compare_profiles);
    return true;
}

static bool read_reviews(struct said_list *out, const struct roster *roster)
{
    const struct dossier *dossier = roster->dossier;
    struct review_setters setters;
    *out = (struct said_list){.items = arena_take(roster->arena, dossier->review_count * sizeof *out->items)};
    if (out->items == NULL) {
        return false;
    }
    for (size_t i = 0; i < dossier->review_count; i++) {
        const struct dossier_review *review = &dossier->reviews[i];
        const struct said said = {.index = i, .day = review->review.day, .place = &review->place};
        enum answer answer = review_answer(roster, review, &setters);
        if (!add_said(out, roster, &said, answer, setters.events)) {
            return false;
        }
    }
    sort_items(out->items, out->count, sizeof *out->items, compare_reviews);
    return true;
}

/* The statement that speaks on a day, or NULL. */
static const struct said *speaks_on(const struct said_list *list, uint32_t day)
{
    for (size_t i = list->count; i > 0; i--) {
        if (day_set_has(list->items[i - 1].stands.possibly, day)) {
            return &list->items[i - 1];
        }
    }
    return NULL;
}

static size_t count_bounds(const struct said_list *list)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        count += 2 * (list->items[i].stands.surely.count + list->items[i].stands.possibly.count);
    }
    return count;
}

static size_t add_set_bounds(uint64_t *bounds, size_t count, struct day_set set)
{
    for (size_t i = 0; i < set.count; i++) {
        bounds[count++] = day_key_of(set.intervals[i].first, 0);
        if (set.intervals[i].last != DAY_NONE) {
            bounds[count++] = day_key_of(set.intervals[i].last + 1, 0);
        }
    }
    return count;
}

static size_t add_bounds(uint64_t *bounds, size_t count, const struct said_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        count = add_set_bounds(bounds, count, list->items[i].stands.surely);
        count = add_set_bounds(bounds, count, list->items[i].stands.possibly);
    }
    return count;
}

static struct roster_run run_from(const struct roster *roster, uint32_t day, const struct said_list *profiles,
                                  const struct said_list *reviews)
{
    const struct said *profile = speaks_on(profiles, day);
    const struct said *review = speaks_on(reviews, day);
    return (struct roster_run){
        .first_day = day,
        .profile = profile != NULL ? &roster->dossier->profiles[profile->index].shop : NULL,
        .profile_sure =
            roster->profiles_sure && (profile == NULL || day_set_has(profile->stands.surely, day)),
        .review = review != NULL ? &roster->dossier->reviews[review->index].review : NULL,
        .review_sure = review == NULL || day_set_has(review->stands.surely, day),
    };
}

static bool write_runs(struct roster *roster, const struct said_list *profiles,
                       const struct said_list *reviews)
{
    size_t room = 1 + count_bounds(profiles) + count_bounds(reviews);
    roster->runs = arena_take(roster->arena, room * sizeof roster->runs[0]);
    uint64_t *bounds = arena_take(roster->arena, 2 * room * sizeof bounds[0]);
    if (roster->runs == NULL || bounds == NULL) {
        return false;
    }
    size_t count = 0;
    bounds[count++] = day_key_of(0, 0);
    count = add_bounds(bounds, count, profiles);
    count = add_bounds(bounds, count, reviews);
    day_keys_sort(bounds, bounds + room, count);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || bounds[i] != bounds[i - 1]) {
            roster->runs[roster->run_count++] = run_from(roster, day_key_day(bounds[i]), profiles, reviews);
        }
    }
    return true;
}

/* Whether the shop's newest word is fresh enough that it did not say otherwise since. */
static bool is_shop_fresh(const struct roster *roster)
{
    const struct dossier_log *log = dossier_log_of(roster->dossier, &roster->shop);
    const struct question *question = roster->question;
    uint64_t age_s;
    if (log == NULL) {
        return false;
    }
    uint64_t budget_s = freshness_budget_s(question, roster->trust, log, EVIDENCE_SHOP);
    return freshness_of(&age_s, log, question, budget_s).answer == ANSWER_YES;
}

bool roster_read_shop(struct roster *roster)
{
    struct said_list profiles, reviews;
    roster->profiles_sure = is_shop_fresh(roster);
    return read_profiles(&profiles, roster) && read_reviews(&reviews, roster) &&
           write_runs(roster, &profiles, &reviews);
}

const struct roster_run *roster_run_on(const struct roster *roster, uint32_t day)
{
    size_t at = roster->run_count - 1;
    while (roster->runs[at].first_day > day) {
        at--;
    }
    return &roster->runs[at];
}

uint64_t roster_run_technicians(const struct roster_run *run)
{
    uint64_t declared = run->profile != NULL && run->profile_sure ? run->profile->technicians : 0;
    uint64_t recorded = run->review != NULL && run->review_sure ? run->review->technicians : 0;
    return declared > recorded ? declared : recorded;
}

size_t roster_run_needs(struct roster_need needs[ROSTER_NEEDS_MAX], const struct roster_run *run)
{
    const struct list none = {0};
    const struct list *declared = run->profile != NULL ? &run->profile->areas : &none;
    const struct list *recorded = run->review != NULL ? &run->review->areas : &none;
    const struct bytes *one = declared->items;
    const struct bytes *other = recorded->items;
    size_t count = 0;
    assert(declared->count <= AREAS_MAX && recorded->count <= AREAS_MAX);
    for (size_t i = 0, k = 0; i < declared->count || k < recorded->count;) {
        int order = i == declared->count ? 1 : -1;
        if (i < declared->count && k < recorded->count) {
            order = bytes_compare(one[i], other[k]);
        }
        needs[count++] = (struct roster_need){
            .name = order <= 0 ? one[i] : other[k], .declared = order <= 0, .at_review = order >= 0};
        i += order <= 0;
        k += order >= 0;
    }
    return count;
}

static bool lists_area(const struct list *areas, struct bytes area)
{
    const struct bytes *items = areas->items;
    for (size_t i = 0; i < areas->count; i++) {
        if (bytes_equal(items[i], area)) {
            return true;
        }
    }
    return false;
}

bool roster_performs(const struct roster *roster, struct bytes area)
{
    for (size_t i = 0; i < roster->run_count; i++) {
        const struct roster_run *run = &roster->runs[i];
        if ((run->profile != NULL && lists_area(&run->profile->areas, area)) ||
            (run->review != NULL && lists_area(&run->review->areas, area))) {
            return true;
        }
    }
    return false;
}
