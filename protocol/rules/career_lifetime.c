/* How long a credential lasts at most. A code's lifetime binds whoever attests it: however late the last day
 * is that an attestation names, or where it names none, it ends when the lifetime does that the pack of the
 * day on which it was earned gives the code. A later pack may lengthen that for what still holds when it
 * comes into force, and shortens nothing.
 *
 * A lifetime runs from the first valid day, but from no later than the first one, that it was earned on or
 * after it, on which all is there that the packs of that day ask of it: a later first day that an attestation
 * names delays the begin and not the end. What goes on waits for nothing. That of a recertification or
 * renewal runs from the day to which the code is held by what was earned before, where that is later, but
 * never from beyond what a new one would reach: of many renewals in advance no more than one is saved up.
 * Where the renewal rule says itself how much a renewal adds, no lifetime takes that back. What documents
 * experience or says who somebody is has no lifetime, nor has a membership, which its body gives from year to
 * year. */

#include "protocol/rules/career_state.h"

#include "protocol/rules/pack.h"

/* The last day for sure, and as it may be where a pack is disputed or nobody knows what was held before. */
struct limit {
    uint32_t last, possible;
    uint64_t months;                 /* that give the last day */
    const struct dossier_pack *pack; /* whose they are */
};

/* What a limit is worked out from. */
struct lifetime {
    struct career *career;
    const struct career_code *code;
    size_t rank;
    uint64_t adds_months; /* by its renewal rule, */
    bool adds_disputed;   /* or by another one */
    /* By what was earned before: to that day at least, and at most. 0: nothing was, or for life; DAY_NONE:
     * to any day. */
    uint32_t held_to, possibly_held_to;
    uint32_t from, possibly_from; /* it runs; at the latest, where it is not known what is asked */
};

uint64_t career_adds_months(const struct expression *expression)
{
    uint64_t months = expression->op == EXPRESSION_ADDS ? expression->count : 0;
    for (size_t i = 0; i < expression->child_count; i++) {
        uint64_t of_child = career_adds_months(&expression->children[i]);
        months = of_child > months ? of_child : months;
    }
    return months;
}

static bool has_lifetime(enum basis basis)
{
    return basis != BASIS_EXPERIENCE && basis != BASIS_IDENTITY && basis != BASIS_MEMBERSHIP;
}

static bool goes_on(enum basis basis)
{
    return basis == BASIS_RECERTIFICATION || basis == BASIS_RENEWAL;
}

static uint32_t later_of(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* ---- what went before ---- */

static uint32_t last_of(struct day_set days)
{
    return days.count == 0 ? 0 : days.intervals[days.count - 1].last;
}

/* What is held for life is renewed for its own sake: nothing runs from a day that never comes. Of what is
 * only perhaps held for life nothing runs for sure, and it may end on any day. */
static void hold_to(struct lifetime *lifetime, const struct day_truth *days)
{
    uint32_t surely = last_of(days->surely);
    uint32_t possibly = last_of(days->possibly);
    lifetime->held_to = later_of(lifetime->held_to, possibly == DAY_NONE ? 0 : surely);
    lifetime->possibly_held_to = later_of(lifetime->possibly_held_to, surely == DAY_NONE ? 0 : possibly);
}

static void find_held(struct lifetime *lifetime, uint32_t earned_on)
{
    for (size_t i = 0; i < lifetime->rank; i++) {
        if (career_credential(lifetime->career, lifetime->code, i)->attestation.earned_on >= earned_on) {
            return;
        }
        hold_to(lifetime, career_counted(lifetime->career, lifetime->code, i));
    }
}

/* ---- from when it runs ---- */

/* The days of a segment on which what it asks is there. */
static bool asked_in(struct day_truth *out, const struct lifetime *lifetime,
                     const struct pack_segment *segment, const struct day_truth *experience,
                     uint32_t earned_on)
{
    struct career *career = lifetime->career;
    struct career_space *space = lifetime->code->space;
    const struct applied applied = {.code = lifetime->code, .rank = lifetime->rank};
    struct known_rule *rule = NULL;
    struct day_set within;
    *out = day_truth_no;
    if (segment->last_day < earned_on || !career_speaks(space, segment, career_local(lifetime->code)) ||
        !career_offers(space, segment, career_local(lifetime->code), earned_on)) {
        return true;
    }
    bool disputed = pack_segment_disputes(segment, PACK_RULE_PREREQUISITE, career_local(lifetime->code));
    *out = disputed ? day_truth_unknown : day_truth_yes;
    if (!disputed &&
        !career_rule(&rule, career, space, segment, PACK_RULE_PREREQUISITE, career_local(lifetime->code))) {
        return false;
    }
    return (rule == NULL || career_evaluate(out, career, &rule->expression, &applied)) &&
           day_truth_and(out, out, experience, career->arena) &&
           day_set_of(&within, later_of(segment->first_day, earned_on), segment->last_day, career->arena) &&
           day_truth_within(out, out, within, career->arena);
}

static uint32_t first_from(struct day_set days, uint32_t earned_on, uint32_t otherwise)
{
    const struct day_interval *after = day_set_after(days, earned_on);
    uint32_t first = day_set_has(days, earned_on) ? earned_on : after != NULL ? after->first : DAY_NONE;
    return first < otherwise ? first : otherwise;
}

/* Where it is kept from when a lifetime runs; NULL: nowhere. */
static struct lifetime_from *kept_from(const struct lifetime *lifetime)
{
    const struct career *career = lifetime->career;
    return career->froms != NULL ? &career->froms[career->order[lifetime->code->first + lifetime->rank]]
                                 : NULL;
}

static bool find_from_asked(struct lifetime *lifetime, const struct attestation *attestation)
{
    struct lifetime_from *kept = kept_from(lifetime);
    const struct day_truth **experience;
    struct career *career = lifetime->career;
    struct career_space *space = lifetime->code->space;
    uint32_t packs_from = space->segment_count == 0 ? DAY_NONE : space->segments[0].first_day;
    struct day_truth asked = day_truth_no;
    if (attestation->earned_on < packs_from) {
        lifetime->from = lifetime->possibly_from = attestation->earned_on;
        return true;
    }
    if (kept != NULL && kept->known) {
        lifetime->from = kept->from;
        lifetime->possibly_from = kept->possibly_from;
        return true;
    }
    if (!career_asked(&experience, career, space, PACK_RULE_EXPERIENCE, career_local(lifetime->code))) {
        return false;
    }
    for (size_t i = 0; i < space->segment_count; i++) {
        struct day_truth days;
        if (!asked_in(&days, lifetime, &space->segments[i], experience[i], attestation->earned_on) ||
            !day_truth_or(&asked, &asked, &days, career->arena)) {
            return false;
        }
    }
    lifetime->from = first_from(asked.possibly, attestation->earned_on, attestation->valid_from);
    lifetime->possibly_from = first_from(asked.surely, attestation->earned_on, attestation->valid_from);
    if (kept != NULL && !career->denied) {
        *kept = (struct lifetime_from){true, lifetime->from, lifetime->possibly_from};
    }
    return true;
}

/* Returns: false when the arena is full. */
static bool find_from(struct lifetime *lifetime, const struct attestation *attestation)
{
    lifetime->from = lifetime->possibly_from = attestation->valid_from;
    if (attestation->valid_from <= attestation->earned_on) {
        return true;
    }
    if (goes_on(attestation->basis)) {
        lifetime->from = lifetime->possibly_from = attestation->earned_on;
        return true;
    }
    return find_from_asked(lifetime, attestation);
}

/* Returns: false when the arena is full. */
static bool find_adds(struct lifetime *lifetime, uint32_t earned_on)
{
    struct known_rule *rule;
    struct career_space *space = lifetime->code->space;
    const struct pack_segment *segment = career_segment_on(space, earned_on);
    if (segment == NULL) {
        return true;
    }
    lifetime->adds_disputed = pack_segment_disputes(segment, PACK_RULE_RENEWAL, career_local(lifetime->code));
    if (lifetime->adds_disputed) {
        return true;
    }
    if (!career_rule(&rule, lifetime->career, space, segment, PACK_RULE_RENEWAL,
                     career_local(lifetime->code))) {
        return false;
    }
    lifetime->adds_months = rule == NULL ? 0 : rule->adds_months;
    return true;
}

/* ---- by each pack ---- */

static bool ends_after(const struct attestation *attestation, uint32_t day)
{
    return day != DAY_NONE && (!attestation->has_last_day || attestation->last_day > day);
}

static uint32_t last_from(uint32_t valid_from, uint32_t held_to, uint32_t months)
{
    uint32_t fresh = day_add_months(valid_from, months);
    uint32_t saved_up = held_to < fresh ? held_to : fresh;
    return saved_up > valid_from ? day_add_months(saved_up, months) : fresh;
}

static struct limit limit_by(const struct lifetime *lifetime, const struct pack_code *row)
{
    uint64_t months = row->lifetime_months;
    if (months == 0) {
        return (struct limit){.last = DAY_NONE, .possible = DAY_NONE};
    }
    months = months > lifetime->adds_months ? months : lifetime->adds_months;
    return (struct limit){
        .last = last_from(lifetime->from, lifetime->held_to, (uint32_t)months),
        .possible = last_from(lifetime->possibly_from, lifetime->possibly_held_to, (uint32_t)months),
        .months = months};
}

/* By one segment: the shortest of those that may speak, and perhaps the longest. One that does not have the
 * code lengthens nothing. */
static struct limit limit_in(const struct lifetime *lifetime, const struct pack_segment *segment,
                             const struct pack_code *row, bool is_first)
{
    struct limit limit = {.last = 0};
    if (row != NULL) {
        limit = limit_by(lifetime, row);
        limit.pack = segment->pack;
    }
    for (size_t i = 0; i < segment->rival_count; i++) {
        const struct pack_code *of_rival = pack_code_of(&segment->rivals[i]->pack, lifetime->code->code);
        if (of_rival == NULL) {
            limit.last = is_first ? limit.last : 0;
            continue;
        }
        const struct limit by_it = limit_by(lifetime, of_rival);
        limit.possible = later_of(limit.possible, by_it.possible);
        if (by_it.last < limit.last) {
            limit.last = by_it.last;
            limit.months = by_it.months;
            limit.pack = segment->rivals[i];
        }
    }
    return limit;
}

/* Note a late pack of the day earned that would let it end earlier than it does. */
static void note_shorter(const struct lifetime *lifetime, const struct attestation *attestation,
                         const struct pack_segment *segment, uint32_t last_by_it)
{
    if (segment->is_late && segment->rival_count == 0 && segment->first_day <= attestation->earned_on &&
        ends_after(attestation, last_by_it)) {
        career_verdict(lifetime->career, lifetime->code, lifetime->rank)->later_rules = segment->pack;
    }
}

/* Let a pack lengthen the limit, if it speaks of the day earned or comes into force while the limit is not
 * over: what was valid before it was earned may be over by then. */
static void lengthen(struct limit *limit, const struct pack_segment *segment, struct limit by_it,
                     uint32_t earned_on)
{
    bool speaks = segment->first_day <= later_of(earned_on, limit->last);
    bool perhaps_speaks = segment->first_day <= later_of(earned_on, limit->possible);
    if (!segment->disputed && speaks && by_it.last > limit->last) {
        limit->last = by_it.last;
        limit->months = by_it.months;
        limit->pack = by_it.pack;
    }
    if (perhaps_speaks) {
        limit->possible = later_of(limit->possible, by_it.possible);
    }
}

/* By those that speak of the day earned, and those after it. One that does not have the code says nothing of
 * it. A disputed one takes away nothing of what late ones of the same day give, and may give any other. */
static struct limit limit_of(const struct lifetime *lifetime, const struct attestation *attestation)
{
    const struct career_space *space = lifetime->code->space;
    const struct limit none = {.last = DAY_NONE, .possible = DAY_NONE};
    struct limit limit = none;
    bool is_first = true;
    bool passed_by = false;
    for (size_t i = 0; i < space->segment_count; i++) {
        const struct pack_segment *segment = &space->segments[i];
        const struct pack_code *row = pack_code_of(&segment->pack->pack, attestation->code);
        if (is_first && segment->first_day > attestation->earned_on) {
            return none;
        }
        bool speaks = row != NULL || (!is_first && segment->rival_count > 0);
        if (segment->last_day < attestation->earned_on || !speaks ||
            !career_offers(space, segment, career_local(lifetime->code), attestation->earned_on)) {
            continue;
        }
        if (is_first && segment->disputed) {
            passed_by = true;
            continue;
        }
        struct limit by_it = limit_in(lifetime, segment, row, is_first);
        if (is_first) {
            limit = by_it;
        } else {
            note_shorter(lifetime, attestation, segment, by_it.last);
            lengthen(&limit, segment, by_it, attestation->earned_on);
        }
        is_first = false;
    }
    limit.possible = passed_by || lifetime->adds_disputed ? DAY_NONE : limit.possible;
    return limit;
}

/* As pack_last_day. */
static uint32_t last_day_of(struct career *career, const struct pack_code *row, uint32_t from)
{
    struct lifetime_memo *memo = &career->lifetimes[from % CAREER_LIFETIMES_MAX];
    if (row->lifetime_months == 0 || memo->from != from || memo->months != row->lifetime_months) {
        *memo = (struct lifetime_memo){from, pack_last_day(row, from), row->lifetime_months};
    }
    return memo->last;
}

bool career_limit(struct career *career, const struct career_code *code, size_t rank)
{
    const struct attestation *attestation = &career_credential(career, code, rank)->attestation;
    struct credential_verdict *verdict = career_verdict(career, code, rank);
    struct lifetime lifetime = {.career = career, .code = code, .rank = rank};
    struct settled *settled = &career->settled[code->first + rank];
    bool ends = attestation->has_last_day && attestation->basis != BASIS_EXPERIENCE;
    settled->last_day = settled->possible_last_day = ends ? attestation->last_day : DAY_NONE;
    uint32_t from =
        attestation->valid_from < attestation->earned_on ? attestation->valid_from : attestation->earned_on;
    if (verdict->pack_code == NULL || code->space == NULL || !has_lifetime(attestation->basis) ||
        (!code->space->has_late && !code->space->has_rivals &&
         !ends_after(attestation, last_day_of(career, verdict->pack_code, from)))) {
        return true;
    }
    if (!find_from(&lifetime, attestation)) {
        return false;
    }
    if (goes_on(attestation->basis)) {
        find_held(&lifetime, attestation->earned_on);
        if (!find_adds(&lifetime, attestation->earned_on)) {
            return false;
        }
    }
    struct limit limit = limit_of(&lifetime, attestation);
    if (!ends_after(attestation, limit.last)) {
        return true;
    }
    verdict->limited_to = limit.last;
    verdict->lifetime_months = limit.months;
    verdict->lifetime_by = limit.pack;
    uint32_t possible = attestation->has_last_day && attestation->last_day < limit.possible
                            ? attestation->last_day
                            : limit.possible;
    settled->last_day = limit.last;
    settled->possible_last_day = possible;
    return credential_end(verdict, limit.last, possible, career->question->at_day, career->arena);
}
