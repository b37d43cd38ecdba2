#include "protocol/rules/career_state.h"

#include <assert.h>
#include <string.h>

#include "protocol/base/text.h"
#include "protocol/rules/pack_history.h"

/* ---- segments ---- */

/* Keep a day among those listed, ascending, each once. */
static void list_day(uint32_t *days, size_t *count, uint32_t day)
{
    size_t at = *count;
    while (at > 0 && days[at - 1] > day) {
        at--;
    }
    if (at > 0 && days[at - 1] == day) {
        return;
    }
    for (size_t k = *count; k > at; k--) {
        days[k] = days[k - 1];
    }
    days[at] = day;
    (*count)++;
}

/* Write the days on which others of a namespace's packs may speak than the day before: one comes into force,
 * or is no longer late. days: room for two of each pack. *any_late: whether any is late for a day. Returns:
 * how many there are. */
static size_t list_changes(uint32_t *days, bool *any_late, const struct dossier *dossier,
                           struct bytes name_space)
{
    size_t count = 0;
    *any_late = false;
    for (size_t i = 0; i < dossier->pack_count; i++) {
        const struct dossier_pack *pack = &dossier->packs[i];
        if (!bytes_equal(pack->pack.name_space, name_space)) {
            continue;
        }
        uint32_t late_until = pack_late_until(pack);
        list_day(days, &count, pack->pack.in_force_from);
        if (late_until > pack->pack.in_force_from) {
            list_day(days, &count, late_until);
            *any_late = true;
        }
    }
    return count;
}

static uint32_t kinds_of(const struct rule_pack *pack)
{
    const struct pack_rule *rules = pack->rules.items;
    uint32_t kinds = 0;
    for (size_t i = 0; i < pack->rules.count; i++) {
        kinds |= UINT32_C(1) << rules[i].kind;
    }
    return kinds;
}

/* What a namespace is divided by. */
struct division {
    struct career *career;
    struct career_space *space;
    const struct namespace_owners *owners;
    size_t day_count;
    uint32_t *days;
};

/* The newest segments that are of the same days, or none. */
static size_t newest_group(const struct career_space *space, struct pack_segment **first)
{
    size_t at = space->segment_count;
    while (at > 0 && space->segments[at - 1].is_late) {
        at--;
    }
    at -= at > 0 ? 1 : 0;
    *first = &space->segments[at];
    return space->segment_count - at;
}

static bool is_spoken_alike(const struct pack_segment *group, const struct dossier_pack *const *packs,
                            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (group[i].pack != packs[i]) {
            return false;
        }
    }
    return true;
}

/* Let packs speak from a day on: the one in force, and those that are late for it. */
static void add_segments(const struct division *division, const struct dossier_pack *const *packs,
                         size_t count, uint32_t day)
{
    struct career_space *space = division->space;
    struct pack_segment *group;
    size_t before = newest_group(space, &group);
    if (count == 0 || (count == before && is_spoken_alike(group, packs, count))) {
        return;
    }
    for (size_t i = 0; i < before; i++) {
        group[i].last_day = day - 1;
    }
    for (size_t i = 0; i < count; i++) {
        bool disputed = pack_is_disputed(division->career->dossier, division->owners, packs[i]);
        space->kinds |= disputed ? UINT32_MAX : kinds_of(&packs[i]->pack);
        space->has_late = space->has_late || i > 0;
        space->segments[space->segment_count++] = (struct pack_segment){
            .first_day = day,
            .last_day = DAY_NONE,
            .pack = packs[i],
            .disputed = disputed,
            .is_late = i > 0,
        };
    }
}

/* Returns: false when the arena is full. */
static bool take_segments(struct career *career, struct career_space *space, size_t count)
{
    space->segments = arena_take(career->arena, count * sizeof space->segments[0]);
    space->memos = arena_take(career->arena, count * sizeof space->memos[0]);
    return space->segments != NULL && space->memos != NULL;
}

/* ---- who may have the namespace ---- */

/* Packs that speak of a day, each with those that would instead, were it so of who has the namespace. */
struct voice {
    const struct dossier_pack *pack;
    bool disputed;
    size_t rival_count;
    const struct dossier_pack *rivals[NAMESPACE_TENURES_MAX];
};
struct voices {
    size_t count;
    struct voice voices[DOSSIER_PACKS_MAX];
};

static bool is_among(const struct pack_voices *voices, const struct dossier_pack *pack)
{
    for (size_t i = 0; i < voices->count; i++) {
        if (voices->packs[i] == pack) {
            return true;
        }
    }
    return false;
}

static void add_rival(struct voice *voice, const struct dossier_pack *pack, bool disputed)
{
    assert(voice->rival_count < NAMESPACE_TENURES_MAX);
    voice->disputed = voice->disputed || disputed;
    voice->rivals[voice->rival_count++] = pack;
}

/* A pack that in some case speaks of a day, and in the one that is taken to be so does not. */
static void add_supposed(struct voices *out, const struct dossier_pack *pack, bool disputed)
{
    for (size_t i = 0; i < out->count; i++) {
        if (out->voices[i].pack == pack) {
            return;
        }
    }
    struct voice *voice = &out->voices[out->count++];
    *voice = (struct voice){.pack = pack, .disputed = disputed || voice == out->voices};
    if (voice != out->voices) {
        add_rival(voice, out->voices[0].pack, false);
    }
}

/* Let rival what speaks of a day were it as is supposed. What is late there adds, if it says anything else
 * than what is in force. */
static void add_rivals(struct voices *out, const struct division *division,
                       const struct namespace_owners *supposed, const struct pack_voices *base, uint32_t day)
{
    const struct dossier *dossier = division->career->dossier;
    struct pack_voices instead;
    pack_voices_on(&instead, dossier, supposed, division->space->name, day);
    if (instead.count == 0) {
        return; /* all that is in force is in as much doubt */
    }
    const struct dossier_pack *first = instead.packs[0];
    bool disputed = pack_is_disputed(dossier, supposed, first);
    for (size_t i = 0; i < base->count; i++) {
        if (i == 0 ? base->packs[0] != first : !is_among(&instead, base->packs[i])) {
            add_rival(&out->voices[i], first, disputed);
        }
    }
    for (size_t i = base->count == 0 ? 0 : 1; i < instead.count; i++) {
        add_supposed(out, instead.packs[i], pack_is_disputed(dossier, supposed, instead.packs[i]));
    }
}

static void list_voices(struct voices *out, const struct division *division, uint32_t day)
{
    const struct namespace_owners *owners = division->owners;
    struct namespace_owners supposed;
    struct pack_voices base;
    pack_voices_on(&base, division->career->dossier, owners, division->space->name, day);
    out->count = 0;
    for (size_t i = 0; i < base.count; i++) {
        out->voices[out->count++] =
            (struct voice){.pack = base.packs[i],
                           .disputed = pack_is_disputed(division->career->dossier, owners, base.packs[i])};
    }
    for (size_t i = 0; i < owners->tenure_count; i++) {
        if (owners->tenures[i].doubt != REASON_NONE) {
            namespace_owners_supposing(&supposed, owners, i);
            add_rivals(out, division, &supposed, &base, day);
        }
    }
}

static uint32_t kinds_of_voice(const struct voice *voice)
{
    uint32_t kinds = voice->disputed ? UINT32_MAX : kinds_of(&voice->pack->pack);
    for (size_t i = 0; i < voice->rival_count; i++) {
        kinds |= kinds_of(&voice->rivals[i]->pack);
    }
    return kinds;
}

/* Returns: false when the arena is full. */
static bool add_voices(const struct division *division, const struct voices *voices, uint32_t day)
{
    struct career_space *space = division->space;
    struct pack_segment *group;
    size_t before = newest_group(space, &group);
    for (size_t i = 0; i < before; i++) {
        group[i].last_day = day - 1;
    }
    for (size_t i = 0; i < voices->count; i++) {
        const struct voice *voice = &voices->voices[i];
        const struct dossier_pack **rivals =
            arena_take(division->career->arena, voice->rival_count * sizeof *rivals);
        if (rivals == NULL) {
            return false;
        }
        memcpy(rivals, voice->rivals, voice->rival_count * sizeof *rivals);
        space->kinds |= kinds_of_voice(voice);
        space->has_late = space->has_late || i > 0;
        space->has_rivals = space->has_rivals || voice->rival_count > 0;
        space->segments[space->segment_count++] = (struct pack_segment){
            .first_day = day,
            .last_day = DAY_NONE,
            .pack = voice->pack,
            .disputed = voice->disputed,
            .rival_count = voice->rival_count,
            .rivals = rivals,
            .is_late = i > 0,
        };
    }
    return true;
}

/* ---- dividing ---- */

/* Where none is late for any day one speaks at a time. */
static bool divide_in_time(const struct division *division)
{
    struct career *career = division->career;
    if (!take_segments(career, division->space, division->day_count)) {
        return false;
    }
    for (size_t i = 0; i < division->day_count; i++) {
        const struct dossier_pack *pack =
            pack_under(career->dossier, division->owners, division->space->name, division->days[i]);
        add_segments(division, &pack, pack == NULL ? 0 : 1, division->days[i]);
    }
    return true;
}

static bool divide_with_late(const struct division *division)
{
    const struct dossier *dossier = division->career->dossier;
    struct pack_voices voices;
    size_t count = 0;
    for (size_t i = 0; i < division->day_count; i++) {
        pack_voices_on(&voices, dossier, division->owners, division->space->name, division->days[i]);
        count += voices.count;
    }
    if (!take_segments(division->career, division->space, count)) {
        return false;
    }
    for (size_t i = 0; i < division->day_count; i++) {
        pack_voices_on(&voices, dossier, division->owners, division->space->name, division->days[i]);
        add_segments(division, voices.packs, voices.count, division->days[i]);
    }
    return true;
}

static bool divide_in_doubt(const struct division *division)
{
    struct voices *voices = arena_take(division->career->arena, sizeof *voices);
    size_t count = 0;
    for (size_t i = 0; voices != NULL && i < division->day_count; i++) {
        list_voices(voices, division, division->days[i]);
        count += voices->count;
    }
    if (voices == NULL || !take_segments(division->career, division->space, count)) {
        return false;
    }
    for (size_t i = 0; i < division->day_count; i++) {
        list_voices(voices, division, division->days[i]);
        if (voices->count > 0 && !add_voices(division, voices, division->days[i])) {
            return false;
        }
    }
    return true;
}

static bool any_in_doubt(const struct namespace_owners *owners)
{
    bool any = false;
    for (size_t i = 0; i < owners->tenure_count && !any; i++) {
        any = owners->tenures[i].doubt != REASON_NONE;
    }
    return any;
}

bool career_divide(struct career *career, struct career_space *space)
{
    struct namespace_owners owners;
    struct division division = {.career = career, .space = space, .owners = &owners};
    bool any_late;
    if (space->is_divided) {
        return true;
    }
    division.days = arena_take(career->arena, 2 * career->dossier->pack_count * sizeof division.days[0]);
    if (division.days == NULL) {
        return false;
    }
    division.day_count = list_changes(division.days, &any_late, career->dossier, space->name);
    namespace_owners_from(&owners, career->dossier, &career->trust->owners[space - career->spaces],
                          space->name);
    freshness_of_rules(&space->freshness, career->dossier, career->trust, career->question, &owners);
    if (any_in_doubt(&owners)) {
        space->is_divided = divide_in_doubt(&division);
    } else {
        space->is_divided = any_late ? divide_with_late(&division) : divide_in_time(&division);
    }
    return space->is_divided;
}

bool pack_segment_disputes(const struct pack_segment *segment, enum pack_rule_kind kind, struct bytes name)
{
    bool disputes = segment->disputed;
    for (size_t i = 0; i < segment->rival_count && !disputes; i++) {
        disputes = pack_rules_differ(&segment->pack->pack, &segment->rivals[i]->pack, kind, name);
    }
    return disputes;
}

const struct freshness *career_freshness(struct career *career, struct career_space *space)
{
    return career_divide(career, space) ? &space->freshness : NULL;
}

struct career_space *career_space(struct career *career, struct bytes name_space)
{
    if (career->last_space == NULL || !bytes_equal(career->last_space->name, name_space)) {
        const struct trust_owner *owner = trust_owner_of(career->trust, name_space);
        if (owner == NULL) {
            return NULL;
        }
        career->last_space = &career->spaces[owner - career->trust->owners];
    }
    return career->last_space;
}

struct pack_segment *career_segment_on(struct career_space *space, uint32_t day)
{
    for (size_t i = space->segment_count; i > 0; i--) {
        if (space->segments[i - 1].first_day <= day && !space->segments[i - 1].is_late) {
            return &space->segments[i - 1];
        }
    }
    return NULL;
}

size_t career_late_after(const struct career_space *space, const struct pack_segment *segment)
{
    const struct pack_segment *end = &space->segments[space->segment_count];
    const struct pack_segment *late = segment + 1;
    while (late < end && late->is_late) {
        late++;
    }
    return (size_t)(late - segment) - 1;
}

/* Whether a pack knows a code of its own namespace. */
static const struct pack_code *row_of(const struct career_space *space, const struct pack_segment *segment,
                                      struct bytes local)
{
    uint8_t text[CODE_SIZE_MAX];
    size_t size = space->name.size + 1 + local.size;
    assert(size <= sizeof text);
    memcpy(text, space->name.data, space->name.size);
    text[space->name.size] = '/';
    memcpy(text + space->name.size + 1, local.data, local.size);
    return pack_code_of(&segment->pack->pack, bytes_of(text, size));
}

static const struct pack_segment *group_of(const struct pack_segment *segment)
{
    while (segment->is_late) {
        segment--;
    }
    return segment;
}

bool career_speaks(const struct career_space *space, const struct pack_segment *segment, struct bytes local)
{
    const struct pack_segment *group = group_of(segment);
    size_t late = space->has_late ? career_late_after(space, group) : 0;
    if (late == 0 || row_of(space, segment, local) != NULL) {
        return true;
    }
    for (size_t i = 1; i <= late; i++) {
        if (row_of(space, &group[i], local) != NULL) {
            return false;
        }
    }
    return !segment->is_late;
}

static bool is_of_day(const struct pack_segment *segment, uint32_t day)
{
    return segment->first_day <= day && day <= segment->last_day;
}

bool career_offers(const struct career_space *space, const struct pack_segment *segment, struct bytes local,
                   uint32_t earned_on)
{
    for (size_t i = 0; i < space->segment_count; i++) {
        const struct pack_segment *of_day = &space->segments[i];
        if (of_day->pack == segment->pack && is_of_day(of_day, earned_on)) {
            const struct pack_code *row = row_of(space, of_day, local);
            return of_day->disputed || row == NULL || pack_code_is_offered(row, earned_on);
        }
    }
    return true;
}

/* ---- rules ---- */

static struct segment_memo *memo_of(struct career_space *space, const struct pack_segment *segment)
{
    return &space->memos[segment - space->segments];
}

/* Let the segment's rules be found by their names. */
static bool name_rules(struct career *career, struct career_space *space, const struct pack_segment *segment)
{
    struct segment_memo *memo = memo_of(space, segment);
    const struct list *said = &segment->pack->pack.rules;
    const struct pack_rule *rules = said->items;
    if (memo->rules != NULL) {
        return true;
    }
    memo->known = arena_take(career->arena, said->count * sizeof memo->known[0]);
    struct compiled_rule *named = arena_take(career->arena, said->count * sizeof named[0]);
    if (memo->known == NULL || named == NULL) {
        return false;
    }
    for (size_t i = 0; i < said->count; i++) {
        named[i].kind = rules[i].kind;
        named[i].name = rules[i].name;
    }
    memo->rules = named;
    space->segments[segment - space->segments].rules =
        (struct pack_rules){.pack = &segment->pack->pack, .count = said->count, .rules = named};
    return true;
}

static struct known_rule *find_recent(const struct career_space *space, struct bytes text,
                                      enum expression_scope scope)
{
    if (space->recent == NULL) {
        return NULL;
    }
    size_t count = space->recent->count;
    size_t kept = count < CAREER_RECENT_MAX ? count : CAREER_RECENT_MAX;
    for (size_t i = 0; i < kept; i++) {
        struct known_rule *known = space->recent->rules[i];
        if (known->text.size == text.size && known->scope == scope && bytes_equal(known->text, text)) {
            return known;
        }
    }
    return NULL;
}

/* What is no expression is one that nobody understands. */
static struct known_rule *read_rule(struct career *career, struct career_space *space, struct bytes text,
                                    enum expression_scope scope)
{
    struct known_rule *known = arena_take(career->arena, sizeof *known);
    if (space->recent == NULL) {
        space->recent = arena_take(career->arena, sizeof *space->recent);
    }
    if (known == NULL || space->recent == NULL) {
        return NULL;
    }
    known->text = text;
    known->scope = scope;
    enum reason reason = expression_decode(&known->expression, scope, text, career->arena);
    if (reason == REASON_TOO_LARGE) {
        return NULL;
    }
    if (reason != REASON_NONE) {
        known->expression = (struct expression){.op = EXPRESSION_UNKNOWN};
    }
    if (scope == SCOPE_ATTESTATION) {
        known->is_of_holder = career_asks_of_holder(&known->expression);
        known->adds_months = career_adds_months(&known->expression);
    }
    space->recent->rules[space->recent->count++ % CAREER_RECENT_MAX] = known;
    return known;
}

static struct known_rule *know_rule(struct career *career, struct career_space *space,
                                    const struct pack_segment *segment, size_t at)
{
    const struct pack_rule *said = segment->pack->pack.rules.items;
    struct known_rule **known = &memo_of(space, segment)->known[at];
    enum expression_scope scope = expression_scope_of(said[at].kind);
    if (*known == NULL) {
        *known = find_recent(space, said[at].expression, scope);
    }
    if (*known == NULL) {
        *known = read_rule(career, space, said[at].expression, scope);
    }
    return *known;
}

bool career_rule(struct known_rule **out, struct career *career, struct career_space *space,
                 const struct pack_segment *segment, enum pack_rule_kind kind, struct bytes local)
{
    *out = NULL;
    if ((space->kinds & UINT32_C(1) << kind) == 0) {
        return true;
    }
    if (!name_rules(career, space, segment)) {
        return false;
    }
    const struct compiled_rule *rule = pack_rules_find(&segment->rules, kind, local);
    if (rule == NULL) {
        return true;
    }
    *out = know_rule(career, space, segment, (size_t)(rule - segment->rules.rules));
    return *out != NULL;
}

struct known_rule *career_rule_at(struct career *career, struct career_space *space,
                                  const struct pack_segment *segment, size_t at)
{
    return name_rules(career, space, segment) ? know_rule(career, space, segment, at) : NULL;
}

/* Give the segment's rules of kind their expressions. */
static bool read_rules(struct career *career, struct career_space *space, const struct pack_segment *segment,
                       enum pack_rule_kind kind)
{
    struct segment_memo *memo = memo_of(space, segment);
    uint32_t bit = UINT32_C(1) << kind;
    if ((memo->read & bit) != 0) {
        return true;
    }
    if (!name_rules(career, space, segment)) {
        return false;
    }
    for (size_t i = 0; i < segment->rules.count; i++) {
        if (memo->rules[i].kind != kind) {
            continue;
        }
        const struct known_rule *known = know_rule(career, space, segment, i);
        if (known == NULL) {
            return false;
        }
        memo->rules[i].expression = known->expression;
    }
    memo->read |= bit;
    return true;
}

static bool read_segments(struct career *career, struct career_space *space, enum pack_rule_kind kind)
{
    for (size_t i = 0; i < space->segment_count; i++) {
        if (!read_rules(career, space, &space->segments[i], kind)) {
            return false;
        }
    }
    return true;
}

bool career_packs(const struct pack_segment **out, size_t *count, struct career *career,
                  struct career_space *space, enum pack_rule_kind kind)
{
    *count = 0;
    if (!career_divide(career, space)) {
        return false;
    }
    struct career_space *before = career_spend(career, space);
    enum spent spent = career_spent(career, before, read_segments(career, space, kind));
    if (spent == SPENT_WITHIN) {
        *out = space->segments;
        *count = space->segment_count;
    }
    return spent != SPENT_ALL;
}

bool career_pack_on(const struct pack_segment **out, struct career *career, struct career_space *space,
                    enum pack_rule_kind kind, uint32_t day)
{
    *out = NULL;
    if (!career_divide(career, space)) {
        return false;
    }
    const struct pack_segment *segment = career_segment_on(space, day);
    if (segment == NULL) {
        return true;
    }
    struct career_space *before = career_spend(career, space);
    enum spent spent = career_spent(career, before, read_rules(career, space, segment, kind));
    *out = spent == SPENT_WITHIN ? segment : NULL;
    return spent != SPENT_ALL;
}

/* ---- what rules ask ---- */

static const struct day_truth *days_of_rule(struct career *career, struct known_rule *rule)
{
    if (rule->held.memo == MEMO_DONE) {
        return &rule->held.days;
    }
    if (rule->held.memo == MEMO_BEGUN) {
        return &day_truth_unknown;
    }
    rule->held.memo = MEMO_BEGUN;
    bool fits = career_evaluate(&rule->held.days, career, &rule->expression, NULL);
    rule->held.memo = fits ? MEMO_DONE : MEMO_EMPTY; /* half worked out it is not worked out */
    return fits ? &rule->held.days : NULL;
}

/* What a segment asks of a code. */
static const struct day_truth *asked_in(struct career *career, struct career_space *space,
                                        const struct pack_segment *segment, enum pack_rule_kind kind,
                                        struct bytes local)
{
    struct known_rule *rule;
    if (pack_segment_disputes(segment, kind, local)) {
        return &day_truth_unknown;
    }
    if (!career_rule(&rule, career, space, segment, kind, local)) {
        return NULL;
    }
    return rule == NULL ? &day_truth_yes : days_of_rule(career, rule);
}

static bool add_piece(struct day_truth *out, const struct day_truth *days, uint32_t first, uint32_t last,
                      struct arena *arena)
{
    struct day_set within;
    struct day_truth piece;
    return day_set_of(&within, first, last, arena) && day_truth_within(&piece, days, within, arena) &&
           day_truth_or(out, out, &piece, arena);
}

/* Put together what each segment asks for its days. Before the first of them nothing is asked. */
static bool join_asked(struct day_truth *out, const struct career_space *space,
                       const struct day_truth *const *asked, struct arena *arena)
{
    const struct day_truth *days = &day_truth_yes;
    uint32_t first = 0;
    *out = day_truth_no;
    for (size_t i = 0; i < space->segment_count; i++) {
        uint32_t begins = space->segments[i].first_day;
        if (asked[i] == days) {
            continue;
        }
        if (begins > first && !add_piece(out, days, first, begins - 1, arena)) {
            return false;
        }
        days = asked[i];
        first = begins;
    }
    if (first == 0) {
        *out = *days;
        return true;
    }
    return add_piece(out, days, first, DAY_NONE, arena);
}

/* The same where some are late for some days: on each day what any of those asks that speak of the code then
 * has to hold. */
static bool join_any(struct day_truth *out, struct career *career, const struct career_space *space,
                     const struct day_truth *const *asked, struct bytes local)
{
    uint32_t first = space->segments[0].first_day;
    *out = day_truth_no;
    if (first > 0 && !add_piece(out, &day_truth_yes, 0, first - 1, career->arena)) {
        return false;
    }
    for (size_t i = 0; i < space->segment_count; i++) {
        const struct pack_segment *segment = &space->segments[i];
        if (career_speaks(space, segment, local) &&
            !add_piece(out, asked[i], segment->first_day, segment->last_day, career->arena)) {
            return false;
        }
    }
    return true;
}

static bool is_asked_alike(const struct asked_by_day *kept, const struct day_truth *const *asked,
                           size_t count)
{
    if (kept->asked == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (kept->asked[i] != asked[i]) {
            return false;
        }
    }
    return true;
}

bool career_asked(const struct day_truth ***out, struct career *career, struct career_space *space,
                  enum pack_rule_kind kind, struct bytes local)
{
    bool any = (space->kinds & UINT32_C(1) << kind) != 0;
    *out = arena_take(career->arena, space->segment_count * sizeof **out);
    for (size_t i = 0; *out != NULL && i < space->segment_count; i++) {
        const struct pack_segment *segment = &space->segments[i];
        bool asks = any && (!space->has_late || career_speaks(space, segment, local));
        (*out)[i] = asks ? asked_in(career, space, segment, kind, local) : &day_truth_yes;
        if ((*out)[i] == NULL) {
            return false;
        }
    }
    return *out != NULL;
}

bool career_condition(struct day_truth *out, struct career *career, struct career_space *space,
                      struct bytes local)
{
    const struct day_truth **asked;
    struct asked_by_day *kept = &space->condition;
    if ((space->kinds & UINT32_C(1) << PACK_RULE_CONDITION) == 0) {
        *out = day_truth_yes;
        return true;
    }
    if (!career_asked(&asked, career, space, PACK_RULE_CONDITION, local)) {
        return false;
    }
    if (space->has_late) {
        return join_any(out, career, space, asked, local);
    }
    if (!is_asked_alike(kept, asked, space->segment_count)) {
        struct day_truth days;
        if (!join_asked(&days, space, asked, career->arena)) {
            return false;
        }
        *kept = (struct asked_by_day){.asked = asked, .days = days};
    }
    *out = kept->days;
    return true;
}

/* ---- titles ---- */

static struct title_memo *find_title_memo(const struct career_space *space, struct bytes name)
{
    for (struct title_memo *memo = space->titles; memo != NULL; memo = memo->next) {
        if (bytes_equal(memo->name, name)) {
            return memo;
        }
    }
    return NULL;
}

/* *given: whether any segment gives a title of that name. */
static bool find_title(bool *given, struct career *career, struct career_space *space, struct bytes name)
{
    *given = false;
    for (size_t i = 0; i < space->segment_count && !*given; i++) {
        const struct pack_segment *segment = &space->segments[i];
        if (segment->disputed) {
            continue;
        }
        if (!name_rules(career, space, segment)) {
            return false;
        }
        *given = pack_rules_find(&segment->rules, PACK_RULE_TITLE, name) != NULL ||
                 pack_segment_disputes(segment, PACK_RULE_TITLE, name);
    }
    return true;
}

/* Others may ask for as many titles that nobody gives as they like: those are one. */
static bool add_title_memo(struct title_memo **out, struct career *career, struct career_space *space,
                           struct bytes name)
{
    bool given;
    if (!career_divide(career, space) || !find_title(&given, career, space, name)) {
        return false;
    }
    *out = &space->nobody;
    if (!given) {
        return true;
    }
    *out = arena_take(career->arena, sizeof **out);
    if (*out == NULL) {
        return false;
    }
    **out = (struct title_memo){.name = name, .next = space->titles};
    space->titles = *out;
    return true;
}

bool career_title_by(struct day_truth *out, struct career *career, struct career_space *space,
                     const struct pack_segment *segment, struct bytes name, const struct day_truth *held)
{
    struct known_rule *rule;
    *out = day_truth_unknown;
    if (pack_segment_disputes(segment, PACK_RULE_TITLE, name)) {
        return true;
    }
    if (!career_rule(&rule, career, space, segment, PACK_RULE_TITLE, name)) {
        return false;
    }
    const struct day_truth *days = rule == NULL ? &day_truth_no : days_of_rule(career, rule);
    if (days == NULL) {
        return false;
    }
    *out = *days;
    if (rule == NULL || rule->expression.op != EXPRESSION_FOR_LIFE || held->possibly.count == 0) {
        return true;
    }
    struct day_truth reached;
    return day_truth_for_life(&reached, held, career->arena) &&
           day_truth_or(out, out, &reached, career->arena);
}

static bool add_title_days(struct title_memo *memo, struct career *career, struct career_space *space,
                           const struct pack_segment *segment)
{
    struct day_truth *held = &memo->held.days;
    struct day_truth days;
    return career_title_by(&days, career, space, segment, memo->name, held) &&
           (days.possibly.count == 0 ||
            add_piece(held, &days, segment->first_day, segment->last_day, career->arena));
}

/* Once more where some of the same days are late: what one of them adds is for life by another. */
static bool write_title_days(struct title_memo *memo, struct career *career, struct career_space *space)
{
    for (size_t i = 0; i < space->segment_count; i++) {
        if (space->segments[i].is_late) {
            continue;
        }
        size_t late = career_late_after(space, &space->segments[i]);
        for (size_t k = 0; k < (late > 0 ? 2 * (late + 1) : 1); k++) {
            if (!add_title_days(memo, career, space, &space->segments[i + k % (late + 1)])) {
                return false;
            }
        }
    }
    return true;
}

const struct day_truth *career_title(struct career *career, struct career_space *space, struct bytes name)
{
    struct title_memo *memo = find_title_memo(space, name);
    if (memo == NULL) {
        struct career_space *before = career_spend(career, space);
        bool added = add_title_memo(&memo, career, space, name);
        enum spent spent = career_spent(career, before, added);
        if (spent != SPENT_WITHIN) {
            return spent == SPENT_SHARE ? &day_truth_unknown : NULL;
        }
    }
    if (memo->held.memo == MEMO_DONE) {
        return &memo->held.days;
    }
    if (!career_may_work_out(space, &memo->held)) {
        return &day_truth_unknown;
    }
    struct career_space *before = career_begin_memo(career, space, &memo->held);
    bool written = write_title_days(memo, career, space);
    if (written && !career_is_fresh(space)) {
        memo->held.days.surely = DAY_SET_NONE;
    }
    written =
        written && career_widen(&memo->held.days, career, space->lacking != NULL && space->lacking->rules);
    return career_end_memo(career, before, &memo->held, written) == SPENT_ALL ? NULL : &memo->held.days;
}
