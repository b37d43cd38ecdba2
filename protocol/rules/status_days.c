#include "protocol/rules/status_days.h"

#include <assert.h>
#include <string.h>

#include "protocol/rules/bearing.h"

/* Which of two negative words stands when both speak for a day. Zero where nothing does, one for whatever
 * leaves a word in doubt: the reasons for that come from all that is asked about its author. */
static int weight_of(enum reason reason)
{
    if (reason == REASON_NONE) {
        return 0;
    }
    if (reason == REASON_REVOKED) {
        return 4;
    }
    if (reason == REASON_REPLACED || reason == REASON_REBOUND) {
        return 3;
    }
    return reason == REASON_SUSPENDED ? 2 : 1;
}

bool status_reason_is_doubt(enum reason reason)
{
    return weight_of(reason) == 1;
}

void status_days_init(struct status_days *days)
{
    days->count = 1;
    days->runs[0] = (struct status_run){
        .reason = REASON_NONE,
        .effective_day = DAY_NONE,
        .event = SIZE_MAX,
        .appeal_day = DAY_NONE,
    };
}

size_t status_days_at(const struct status_days *days, uint32_t day)
{
    size_t at = days->count - 1;
    while (days->runs[at].first_day > day) {
        at--;
    }
    return at;
}

/* Make a run begin on day. Returns: its index. */
static size_t split(struct status_days *days, uint32_t day)
{
    size_t at = status_days_at(days, day);
    if (days->runs[at].first_day == day) {
        return at;
    }
    assert(days->count < STATUS_RUNS_MAX);
    memmove(&days->runs[at + 1], &days->runs[at], (days->count - at) * sizeof days->runs[0]);
    days->count++;
    days->runs[at + 1].first_day = day;
    return at + 1;
}

/* ---- the words of a run ---- */

enum { WORD_REVOKED, WORD_REPLACED, WORD_HELD_BY, WORD_SUSPENDED, WORD_VOID };

static struct status_word *word_of(struct status_run *run, enum status_action action)
{
    switch (action) {
    case STATUS_REVOKED:
        return &run->words[WORD_REVOKED];
    case STATUS_REPLACED:
        return &run->words[WORD_REPLACED];
    case STATUS_HELD_BY:
        return &run->words[WORD_HELD_BY];
    case STATUS_SUSPENDED:
        return &run->words[WORD_SUSPENDED];
    case STATUS_REINSTATED:
    case STATUS_APPEALED:
    case STATUS_APPEAL_DECIDED:
        break;
    }
    return NULL;
}

static struct status_word *void_word(struct status_run *run)
{
    return &run->words[WORD_VOID];
}

/* Of two doubts the one that less ends stands: nothing is known of the other any more. */
static int firmness_of(enum reason reason)
{
    if (!status_reason_is_doubt(reason) || reason == REASON_VOIDED) {
        return 0;
    }
    return reason == REASON_REWOUND ? 1 : 2;
}

/* Of two that weigh the same the one said first stands, of two like ones that which reaches further back. */
static bool goes_before(const struct status_word *a, const struct status_word *b)
{
    if (weight_of(a->reason) != weight_of(b->reason)) {
        return weight_of(a->reason) > weight_of(b->reason);
    }
    if (firmness_of(a->reason) != firmness_of(b->reason)) {
        return firmness_of(a->reason) > firmness_of(b->reason);
    }
    if (a->reason == b->reason && a->effective_day != b->effective_day) {
        return a->effective_day < b->effective_day;
    }
    return a->event < b->event;
}

/* Let the strongest word stand behind the run. */
static void tell_strongest(struct status_run *run)
{
    const struct status_word *strongest = &run->words[0];
    for (size_t i = 1; i < STATUS_WORDS; i++) {
        strongest = goes_before(&run->words[i], strongest) ? &run->words[i] : strongest;
    }
    bool any = strongest->reason != REASON_NONE;
    run->reason = strongest->reason;
    run->action = any ? strongest->action : run->action;
    run->effective_day = any ? strongest->effective_day : DAY_NONE;
    run->event = any ? strongest->event : SIZE_MAX;
}

/* What stood on the other side is overruled. */
static void take_side(struct status_run *run, enum status_fate side, const struct status_event *said)
{
    if (said->doubt != REASON_NONE) {
        return;
    }
    for (size_t i = 0; i < STATUS_EVENTS_MAX; i++) {
        if (run->fates[i] != FATE_NONE && run->fates[i] != side) {
            run->fates[i] = FATE_OVERRULED;
        }
    }
    run->fates[said->index] = (uint8_t)side;
}

/* Of two void ones the void that came last, if any is known. */
static uint64_t later_void(const struct status_word *standing, const struct status_event *said)
{
    bool both = standing->reason == REASON_VOIDED && said->doubt == REASON_VOIDED;
    if (!both) {
        return standing->reason == REASON_VOIDED ? standing->void_seq : said->void_seq;
    }
    bool known = standing->void_seq != 0 && said->void_seq != 0;
    return known && standing->void_seq < said->void_seq ? said->void_seq : known ? standing->void_seq : 0;
}

static void speak_against(struct status_run *run, enum reason reason, const struct status_event *said)
{
    const struct status_word word = {.reason = reason,
                                     .action = said->event->action,
                                     .effective_day = said->event->effective_day,
                                     .event = said->index};
    struct status_word *standing = word_of(run, said->event->action);
    uint64_t void_seq = later_void(standing, said);
    uint32_t stated = said->doubt != REASON_NONE ? 0 : said->event->stated_day;
    if (standing->reason != REASON_NONE && standing->stated_day > stated) {
        stated = standing->stated_day;
    }
    if (standing->reason == REASON_NONE || goes_before(&word, standing)) {
        *standing = word;
        tell_strongest(run);
    }
    standing->stated_day = stated;
    standing->void_seq = void_seq;
}

/* End one word, or leave that in doubt: of one in doubt already that stays so for its own reason. */
static void end_word(struct status_word *word, enum reason doubt)
{
    bool stays = doubt != REASON_NONE && status_reason_is_doubt(word->reason);
    if (word->reason != REASON_NONE && !stays) {
        word->reason = doubt;
    }
}

/* Whether its author has left a word, and owes what holds instead. */
static bool is_left(const struct status_word *word)
{
    return word->reason == REASON_VOIDED || word->reason == REASON_REWOUND;
}

/* Whether the run lies before a revocation in it was stated. */
static bool is_before_it_was_stated(const struct status_run *run)
{
    return run->words[WORD_REVOKED].reason != REASON_NONE &&
           run->first_day < run->words[WORD_REVOKED].stated_day;
}

/* Nobody knew yet that it would be void. */
static bool is_said_before_the_void(const struct status_word *word, const struct status_event *said)
{
    return word->reason == REASON_VOIDED &&
           (word->void_seq == 0 || said->event->setter_seq <= word->void_seq);
}

/* In a block that is void, or was left, what is not against somebody says nothing. */
static bool is_idle(const struct status_event *said)
{
    return !said->may_stand && (said->doubt == REASON_VOIDED || said->doubt == REASON_REWOUND);
}

static void reinstate(struct status_run *run, const struct status_event *said)
{
    if (is_idle(said) || is_before_it_was_stated(run)) {
        return;
    }
    for (size_t i = 0; i < STATUS_WORDS; i++) {
        struct status_word *word = &run->words[i];
        bool ends = word == word_of(run, STATUS_REVOKED) || word == word_of(run, STATUS_SUSPENDED);
        bool answered = is_left(word) && said->doubt == REASON_NONE &&
                        (word == void_word(run) || !is_said_before_the_void(word, said));
        if (ends || answered) {
            end_word(word, said->doubt);
        }
    }
    tell_strongest(run);
    take_side(run, FATE_FOR, said);
}

/* ---- appeals ---- */

/* A second appeal changes nothing about since when it is under appeal. */
static void appeal(struct status_run *run, const struct status_event *said)
{
    if (is_idle(said) || run->under_appeal) {
        return;
    }
    run->under_appeal = true;
    run->appeal_day = said->event->effective_day;
}

static void decide_appeal(struct status_run *run, const struct status_event *said)
{
    if (is_idle(said)) {
        return;
    }
    run->under_appeal = false;
    run->appeal_day = DAY_NONE;
}

/* What a negative word amounts to, coming from such a block. */
static enum reason doubted(enum reason reason, const struct status_event *said)
{
    return said->doubt != REASON_NONE ? said->doubt : reason;
}

static void speak(struct status_run *run, const struct status_event *said)
{
    switch (said->event->action) {
    case STATUS_REVOKED:
        speak_against(run, doubted(REASON_REVOKED, said), said);
        take_side(run, FATE_AGAINST, said);
        break;
    case STATUS_SUSPENDED:
        speak_against(run, doubted(REASON_SUSPENDED, said), said);
        take_side(run, FATE_AGAINST, said);
        break;
    case STATUS_REPLACED:
        speak_against(run, doubted(REASON_REPLACED, said), said);
        break;
    case STATUS_HELD_BY:
        speak_against(run, doubted(REASON_REBOUND, said), said);
        break;
    case STATUS_REINSTATED:
        reinstate(run, said);
        break;
    case STATUS_APPEALED:
        appeal(run, said);
        break;
    case STATUS_APPEAL_DECIDED:
        decide_appeal(run, said);
        break;
    }
}

/* Let a run begin on each day from which on a reinstatement may end a revocation of the runs from `from` on.
 */
static void split_where_stated(struct status_days *days, size_t from)
{
    for (size_t i = from; i < days->count; i++) {
        const struct status_run *run = &days->runs[i];
        uint32_t stated = run->words[WORD_REVOKED].stated_day;
        bool is_last = i + 1 == days->count;
        if (is_before_it_was_stated(run) && (is_last || stated < days->runs[i + 1].first_day)) {
            split(days, stated);
        }
    }
}

void status_days_add(struct status_days *days, const struct status_event *said)
{
    struct bearing bearing = bearing_of_action(said->event->action);
    bool beyond = said->doubt == REASON_BEYOND_CUT && !said->may_stand;
    if (beyond && bearing_is_for(bearing) && !bearing_is_against(bearing)) {
        return;
    }
    uint32_t effective_day = said->event->effective_day;
    size_t from = split(days, effective_day > said->from_day ? effective_day : said->from_day);
    if (said->event->action == STATUS_REINSTATED && !is_idle(said)) {
        split_where_stated(days, from);
    }
    size_t to = said->end_day == 0 ? days->count : split(days, said->end_day);
    for (size_t i = from; i < to; i++) {
        speak(&days->runs[i], said);
    }
}

void status_days_lack(struct status_days *days, uint32_t first_day, uint32_t end_day, enum reason reason)
{
    const struct status_word word = {
        .reason = reason, .action = STATUS_HELD_BY, .effective_day = DAY_NONE, .event = SIZE_MAX};
    size_t from = split(days, first_day);
    size_t to = end_day == 0 ? days->count : split(days, end_day);
    for (size_t i = from; i < to; i++) {
        struct status_word *standing = word_of(&days->runs[i], STATUS_HELD_BY);
        *standing = standing->reason == REASON_NONE ? word : *standing;
        tell_strongest(&days->runs[i]);
    }
}

void status_days_leave(struct status_days *days, struct status_left left, size_t next)
{
    const struct status_word word = {.reason = left.doubt, .effective_day = DAY_NONE, .event = SIZE_MAX};
    if (left.doubt == REASON_NONE || left.before != next) {
        return;
    }
    for (size_t i = 0; i < days->count; i++) {
        *void_word(&days->runs[i]) = word;
        tell_strongest(&days->runs[i]);
    }
}

static bool is_word_alike(const struct status_word *a, const struct status_word *b)
{
    return a->reason == b->reason && (a->reason == REASON_NONE || a->effective_day == b->effective_day);
}

static bool is_run_alike(const struct status_run *a, const struct status_run *b)
{
    for (size_t i = 0; i < STATUS_WORDS; i++) {
        if (!is_word_alike(&a->words[i], &b->words[i])) {
            return false;
        }
    }
    return a->under_appeal == b->under_appeal && a->appeal_day == b->appeal_day;
}

bool status_days_is_news(const struct status_days *days, const struct status_event *said, size_t count)
{
    struct status_days after = *days;
    for (size_t i = 0; i < count; i++) {
        status_days_add(&after, &said[i]);
    }
    for (size_t i = 0; i < after.count; i++) {
        size_t before = status_days_at(days, after.runs[i].first_day);
        if (!is_run_alike(&days->runs[before], &after.runs[i])) {
            return true;
        }
    }
    return false;
}

static bool has_left_word(const struct status_run *run)
{
    for (size_t i = 0; i < STATUS_WORDS; i++) {
        if (is_left(&run->words[i])) {
            return true;
        }
    }
    return false;
}

/* Since when it stands so on the days of a run, beyond doubt. */
static uint32_t certain_since(const struct status_run *run, size_t word)
{
    return weight_of(run->words[word].reason) > 1 ? run->words[word].effective_day : DAY_NONE;
}

/* Whether something stood against it until the run began. */
static bool is_where_one_ends(const struct status_days *days, size_t at)
{
    static const size_t words[] = {WORD_REVOKED, WORD_SUSPENDED};
    for (size_t i = 0; at > 0 && i < sizeof words / sizeof words[0]; i++) {
        uint32_t before = certain_since(&days->runs[at - 1], words[i]);
        if (before != DAY_NONE && before != certain_since(&days->runs[at], words[i])) {
            return true;
        }
    }
    return false;
}

/* A reinstatement from before the end of what stood against it would end that sooner. */
struct status_answer status_days_answer(const struct status_days *days, uint32_t day)
{
    const struct status_run *last = &days->runs[days->count - 1];
    struct status_answer answer = {.from = DAY_NONE,
                                   .revoked_from = certain_since(last, WORD_REVOKED),
                                   .suspended_from = certain_since(last, WORD_SUSPENDED)};
    for (size_t i = status_days_at(days, day); i < days->count; i++) {
        const struct status_run *run = &days->runs[i];
        if (answer.from == DAY_NONE ? has_left_word(run) : is_where_one_ends(days, i)) {
            answer.from = run->first_day > day ? run->first_day : day;
        }
    }
    if (answer.revoked_from <= answer.from || answer.suspended_from <= answer.from) {
        answer.from = DAY_NONE;
    }
    return answer;
}

bool status_days_stays_revoked(const struct status_days *days, uint32_t day)
{
    for (size_t i = status_days_at(days, day); i < days->count; i++) {
        if (days->runs[i].words[WORD_REVOKED].reason != REASON_REVOKED) {
            return false;
        }
    }
    return true;
}

const struct status_word *status_days_revocation(const struct status_days *days, uint32_t day)
{
    for (size_t i = status_days_at(days, day); i < days->count; i++) {
        const struct status_word *revoked = &days->runs[i].words[WORD_REVOKED];
        if (revoked->reason == REASON_REVOKED) {
            return revoked;
        }
    }
    return NULL;
}
