#include "protocol/rules/roster.h"

#include <assert.h>
#include <string.h>

#include "protocol/base/sort.h"
#include "protocol/rules/begun_days.h"
#include "protocol/rules/roster_state.h"

/* Of one technician, for one of the things that awards ask. */
enum { RUNS_MAX = 64 };

/* ---- who is a member ---- */

static int compare_ids(const void *a, const void *b)
{
    const struct actor_id *one = a;
    const struct actor_id *other = b;
    return hash_compare(&one->hash, &other->hash);
}

/* Of this shop, on any day. */
static bool is_of_roster(const struct roster *roster, const struct membership *membership)
{
    return actor_id_equal(&membership->shop, &roster->shop) && membership->days.possibly.count > 0;
}

static bool write_ids(struct roster *roster)
{
    const struct credentials *credentials = &roster->credentials;
    const struct roster_change *change = roster->change;
    size_t room = credentials->membership_count + change->hire_count;
    size_t count = 0;
    roster->ids = arena_take(roster->arena, room * sizeof roster->ids[0]);
    if (roster->ids == NULL) {
        return false;
    }
    for (size_t i = 0; i < credentials->membership_count; i++) {
        if (is_of_roster(roster, &credentials->memberships[i])) {
            roster->ids[count++] = credentials->memberships[i].technician;
        }
    }
    for (size_t i = 0; i < change->hire_count; i++) {
        roster->ids[count++] = change->hire[i];
    }
    sort_items(roster->ids, count, sizeof roster->ids[0], compare_ids);
    for (size_t i = 0; i < count; i++) {
        if (roster->member_count == 0 ||
            !actor_id_equal(&roster->ids[i], &roster->ids[roster->member_count - 1])) {
            roster->ids[roster->member_count++] = roster->ids[i];
        }
    }
    return true;
}

/* Index of a member. Requires: it is one. */
static size_t member_index(const struct roster *roster, const struct hash *technician)
{
    size_t low = 0;
    size_t high = roster->member_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (hash_compare(&roster->ids[middle].hash, technician) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    assert(low < roster->member_count);
    assert(hash_equal(&roster->ids[low].hash, technician));
    return low;
}

/* Memberships come sorted by technician, as the members do. */
static bool write_parts(struct roster *roster)
{
    const struct credentials *credentials = &roster->credentials;
    roster->parts = arena_take(roster->arena, roster->member_count * sizeof roster->parts[0]);
    if (roster->parts == NULL) {
        return false;
    }
    for (size_t i = 0; i < credentials->membership_count; i++) {
        const struct membership *membership = &credentials->memberships[i];
        if (!is_of_roster(roster, membership)) {
            continue;
        }
        struct roster_part *part = &roster->parts[member_index(roster, &membership->technician.hash)];
        part->memberships = part->membership_count == 0 ? membership : part->memberships;
        part->membership_count = (size_t)(membership - part->memberships) + 1;
    }
    return true;
}

struct roster *roster_begin(const struct dossier *gathered, const struct trust *trust,
                            const struct question *question, const struct roster_change *change,
                            struct arena *arena)
{
    struct roster *roster = arena_take(arena, sizeof *roster);
    const struct dossier *dossier = dossier_of_begun_days(gathered, question, arena);
    if (roster == NULL || dossier == NULL) {
        return NULL;
    }
    *roster = (struct roster){
        .dossier = dossier,
        .trust = trust,
        .question = question,
        .change = change,
        .arena = arena,
        .members_cut = dossier->cuts.affiliations,
        .shop = {.hash = dossier->subject.id},
        .share_ask = SIZE_MAX,
    };
    if (!credentials_decide(&roster->credentials, dossier, trust, question, arena)) {
        return NULL;
    }
    roster->career = career_begin(dossier, trust, question, &roster->credentials, arena);
    if (roster->career == NULL || !career_settle(roster->career) || !write_ids(roster) ||
        !write_parts(roster) || !roster_read_shop(roster) || !roster_read_awards(roster)) {
        return NULL;
    }
    return roster;
}

const struct actor_id *roster_members(const struct roster *roster, size_t *count)
{
    *count = roster->member_count;
    return roster->ids;
}

/* ---- a technician's days ---- */

/* What is found out of a technician while her dossier is there. */
struct found {
    const struct roster *roster;
    const struct roster_part *part;
    struct actor_id technician;
    struct credentials credentials; /* hers */
    struct day_truth here;          /* days on the roster */
    struct day_truth repairs;       /* those on which she performs repairs */
    struct day_truth elsewhere;     /* days on another shop's roster */
    bool elsewhere_cut;             /* there may be more of them than was looked at */
    struct arena *scratch;
};

static bool lists_actor(const struct actor_id *actors, size_t count, const struct actor_id *actor)
{
    for (size_t i = 0; i < count; i++) {
        if (actor_id_equal(&actors[i], actor)) {
            return true;
        }
    }
    return false;
}

/* The days of a membership in this shop. Her own dossier may know better that it has ended. */
static bool membership_days(struct day_truth *out, const struct found *found,
                            const struct membership *membership)
{
    *out = membership->days;
    for (size_t i = 0; i < found->credentials.membership_count; i++) {
        const struct membership *hers = &found->credentials.memberships[i];
        if (hash_equal(&hers->id, &membership->id) && !day_truth_equal(&hers->days, out)) {
            return day_truth_and(out, out, &hers->days, found->scratch);
        }
    }
    return true;
}

static bool add_memberships(struct found *found)
{
    for (size_t i = 0; i < found->part->membership_count; i++) {
        const struct membership *membership = &found->part->memberships[i];
        struct day_truth days;
        if (!is_of_roster(found->roster, membership)) {
            continue;
        }
        if (!membership_days(&days, found, membership)) {
            return false;
        }
        if (!day_truth_or(&found->here, &found->here, &days, found->scratch) ||
            (membership->performs_repairs &&
             !day_truth_or(&found->repairs, &found->repairs, &days, found->scratch))) {
            return false;
        }
    }
    if (found->roster->members_cut) {
        found->here.surely = DAY_SET_NONE;
        found->repairs.surely = DAY_SET_NONE;
    }
    return true;
}

/* Without her from at_day on, or hired from then on. */
static bool apply_change(struct found *found)
{
    const struct roster_change *change = found->roster->change;
    uint32_t at_day = found->roster->question->at_day;
    struct arena *scratch = found->scratch;
    if (lists_actor(change->without, change->without_count, &found->technician)) {
        struct day_set before = DAY_SET_NONE;
        if ((at_day > 0 && !day_set_of(&before, 0, at_day - 1, scratch)) ||
            !day_truth_within(&found->here, &found->here, before, scratch) ||
            !day_truth_within(&found->repairs, &found->repairs, before, scratch)) {
            return false;
        }
    }
    if (lists_actor(change->hire, change->hire_count, &found->technician)) {
        struct day_truth from;
        return day_truth_of_run(&from, ANSWER_YES, at_day, DAY_NONE, scratch) &&
               day_truth_or(&found->here, &found->here, &from, scratch) &&
               day_truth_or(&found->repairs, &found->repairs, &from, scratch);
    }
    return true;
}

static bool add_elsewhere(struct found *found)
{
    for (size_t i = 0; i < found->credentials.membership_count; i++) {
        const struct membership *hers = &found->credentials.memberships[i];
        if (membership_takes(hers) && !actor_id_equal(&hers->shop, &found->roster->shop) &&
            actor_id_equal(&hers->technician, &found->technician) &&
            !day_truth_or(&found->elsewhere, &found->elsewhere, &hers->days, found->scratch)) {
            return false;
        }
    }
    return !found->elsewhere_cut ||
           day_truth_or(&found->elsewhere, &found->elsewhere, &day_truth_unknown, found->scratch);
}

/* ---- what is kept of it ---- */

/* A copy of set in the arena; the copy of one that is there already is shared. */
static bool keep_set(struct day_set *out, struct day_set set, struct day_set kept, struct arena *arena)
{
    *out = kept;
    if (day_set_equal(set, kept)) {
        return true;
    }
    *out = DAY_SET_NONE;
    if (set.count == 0) {
        return true;
    }
    struct day_interval *copy = arena_take(arena, set.count * sizeof copy[0]);
    if (copy == NULL) {
        return false;
    }
    memcpy(copy, set.intervals, set.count * sizeof copy[0]);
    *out = (struct day_set){.count = set.count, .intervals = copy};
    return true;
}

static bool keep_truth(struct day_truth *out, const struct day_truth *days, struct day_set kept,
                       struct arena *arena)
{
    return keep_set(&out->possibly, days->possibly, kept, arena) &&
           keep_set(&out->surely, days->surely, out->possibly, arena);
}

/* The days on which she counts: here, and on nobody else's roster. */
static bool write_counts(struct roster_part *part, const struct found *found)
{
    struct day_truth nowhere_else;
    struct day_truth counts;
    return day_truth_not(&nowhere_else, &found->elsewhere, found->scratch) &&
           day_truth_and(&counts, &found->repairs, &nowhere_else, found->scratch) &&
           keep_truth(&part->counts, &counts, DAY_SET_NONE, found->roster->arena);
}

/* Why her days here are in doubt on a day. */
static enum reason doubt_of_membership(const struct found *found, uint32_t day)
{
    for (size_t i = 0; i < found->part->membership_count; i++) {
        const struct membership *membership = &found->part->memberships[i];
        if (day_set_has(membership->days.possibly, day) && membership->doubt != REASON_NONE) {
            return membership->doubt;
        }
    }
    for (size_t i = 0; i < found->credentials.membership_count; i++) {
        const struct membership *hers = &found->credentials.memberships[i];
        if (actor_id_equal(&hers->shop, &found->roster->shop) && hers->doubt != REASON_NONE) {
            return hers->doubt;
        }
    }
    return found->roster->members_cut ? REASON_LIMIT : REASON_NONE;
}

/* Whether nothing but the shop's own word says that it used her consent in time. */
static bool is_own_word(const struct found *found, uint32_t day)
{
    bool own_word = false;
    for (size_t i = 0; i < found->part->membership_count; i++) {
        const struct membership *membership = &found->part->memberships[i];
        if (!day_set_has(membership->days.surely, day)) {
            continue;
        }
        if (!membership->own_word) {
            return false;
        }
        own_word = true;
    }
    return own_word;
}

/* How she stands on at_day, when she may be on the roster then. */
static void write_listing(struct roster_part *part, const struct found *found)
{
    uint32_t at_day = found->roster->question->at_day;
    const struct day_interval *run = day_set_run(found->here.possibly, at_day);
    part->listed = run != NULL;
    if (!part->listed) {
        return;
    }
    enum answer here = day_truth_on(&found->here, at_day);
    enum answer elsewhere = day_truth_on(&found->elsewhere, at_day);
    part->on_that_day = (struct roster_member){
        .technician = found->technician,
        .performs_repairs = day_set_has(found->repairs.possibly, at_day),
        .on_roster = here,
        .doubt = here == ANSWER_YES ? REASON_NONE : doubt_of_membership(found, at_day),
        .own_word = is_own_word(found, at_day),
        .since_day = run->first,
        .certified = ANSWER_UNKNOWN,
    };
    if (elsewhere != ANSWER_NO) {
        bool cut = elsewhere == ANSWER_UNKNOWN && found->elsewhere_cut;
        part->on_that_day.on_roster = elsewhere == ANSWER_YES ? ANSWER_NO : ANSWER_UNKNOWN;
        part->on_that_day.doubt = cut ? REASON_LIMIT : REASON_TWO_ROSTERS;
    }
}

/* The days on which what an award asks holds of her: unknown where finding out takes too much. */
static bool days_of_ask(struct day_truth *out, struct career *career, const struct roster_ask *ask)
{
    struct career_space *before = career_spend(career, career_space(career, ask->name_space));
    bool fits = ask->denied ? career_denied_days(out, career, ask->expression)
                            : career_days(out, career, ask->expression);
    enum spent spent = career_spent(career, before, fits);
    if (spent == SPENT_SHARE) {
        *out = day_truth_unknown;
    }
    return spent != SPENT_ALL;
}

/* The days on which she counts and it holds; what changes as often as nobody's certificates do is unknown. */
static bool days_kept(struct day_truth *out, const struct roster_part *part, const struct day_truth *holds,
                      struct arena *scratch)
{
    if (!day_truth_and(out, holds, &part->counts, scratch)) {
        return false;
    }
    if (out->surely.count > RUNS_MAX || out->possibly.count > RUNS_MAX) {
        *out = (struct day_truth){.surely = DAY_SET_NONE, .possibly = part->counts.possibly};
    }
    return true;
}

/* For the share of the first award that asks for one. */
static bool write_certified(struct roster_part *part, const struct roster *roster,
                            const struct day_truth *holds)
{
    bool fresh;
    enum answer answer = day_truth_on(holds, roster->question->at_day);
    if (!roster_ask_is_fresh(&fresh, roster, roster->share_ask)) {
        return false;
    }
    part->on_that_day.certified = answer == ANSWER_YES && !fresh ? ANSWER_UNKNOWN : answer;
    return true;
}

static bool write_asked(struct roster_part *part, const struct found *found, struct career *career)
{
    const struct roster *roster = found->roster;
    part->asked = arena_take(roster->arena, roster->ask_count * sizeof part->asked[0]);
    if (part->asked == NULL) {
        return false;
    }
    for (size_t i = 0; i < roster->ask_count; i++) {
        struct day_truth holds, days;
        if (!days_of_ask(&holds, career, &roster->asks[i]) ||
            !days_kept(&days, part, &holds, found->scratch) ||
            !keep_truth(&part->asked[i], &days, part->counts.possibly, roster->arena)) {
            return false;
        }
        if (i == roster->share_ask && !write_certified(part, roster, &holds)) {
            return false;
        }
    }
    return true;
}

bool roster_add(struct roster *roster, const struct dossier *gathered, struct arena *scratch)
{
    const struct dossier *dossier = dossier_of_begun_days(gathered, roster->question, scratch);
    if (dossier == NULL) {
        return false;
    }
    size_t index = member_index(roster, &dossier->subject.id);
    struct roster_part *part = &roster->parts[index];
    struct found found = {
        .roster = roster,
        .part = part,
        .technician = roster->ids[index],
        .here = day_truth_no,
        .repairs = day_truth_no,
        .elsewhere = day_truth_no,
        .elsewhere_cut = dossier->cuts.affiliations,
        .scratch = scratch,
    };
    assert(!part->added);
    part->added = true;
    if (!credentials_decide(&found.credentials, dossier, roster->trust, roster->question, scratch)) {
        return false;
    }
    struct career *career =
        career_begin(dossier, roster->trust, roster->question, &found.credentials, scratch);
    if (career == NULL || !career_settle(career) || !add_memberships(&found) || !apply_change(&found) ||
        !add_elsewhere(&found) || !write_counts(part, &found)) {
        return false;
    }
    write_listing(part, &found);
    return write_asked(part, &found, career);
}

/* ---- together ---- */

static bool conclude_members(struct roster_verdict *out, const struct roster *roster)
{
    struct roster_member *members = arena_take(roster->arena, roster->member_count * sizeof members[0]);
    if (members == NULL) {
        return false;
    }
    for (size_t i = 0; i < roster->member_count; i++) {
        const struct roster_part *part = &roster->parts[i];
        assert(part->added);
        if (part->listed) {
            members[out->member_count++] = part->on_that_day;
        }
        out->counted_technicians += day_set_has(part->counts.surely, roster->question->at_day);
    }
    out->members = members;
    return true;
}

bool roster_conclude(struct roster_verdict *out, struct roster *roster)
{
    const struct roster_run *run = roster_run_on(roster, roster->question->at_day);
    *out = (struct roster_verdict){
        .members_cut = roster->members_cut,
        .profile = run->profile,
        .review = run->review,
        .declared_technicians = run->profile != NULL ? run->profile->technicians : 0,
    };
    return conclude_members(out, roster) && roster_conclude_awards(out, roster) &&
           verdict_of(&out->verdict, roster->dossier, roster->trust, roster->question, roster->arena);
}
