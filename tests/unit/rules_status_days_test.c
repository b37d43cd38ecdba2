#include "protocol/rules/status_days.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { WORDS_MAX = 4, NOTHING = -1, SAID_SEQ = 10 };

struct word {
    enum status_action action;
    uint32_t day;
    enum reason doubt;
    uint32_t stated_day;
};

static void say(struct status_days *days, const struct word *words, size_t count)
{
    status_days_init(days);
    for (size_t i = 0; i < count; i++) {
        const struct history_event event = {.action = words[i].action,
                                            .effective_day = words[i].day,
                                            .stated_day = words[i].stated_day,
                                            .setter_seq = SAID_SEQ + 2 * (uint32_t)i};
        const struct status_event said = {
            .event = &event, .index = i, .doubt = words[i].doubt, .void_seq = event.setter_seq + 1};
        status_days_add(days, &said);
    }
}

#define REVOKED(day)                                                                                         \
    {                                                                                                        \
        STATUS_REVOKED, day, REASON_NONE, 0                                                                  \
    }
#define SUSPENDED(day)                                                                                       \
    {                                                                                                        \
        STATUS_SUSPENDED, day, REASON_NONE, 0                                                                \
    }
#define REINSTATED(day)                                                                                      \
    {                                                                                                        \
        STATUS_REINSTATED, day, REASON_NONE, 0                                                               \
    }
#define REPLACED(day)                                                                                        \
    {                                                                                                        \
        STATUS_REPLACED, day, REASON_NONE, 0                                                                 \
    }
#define APPEALED(day)                                                                                        \
    {                                                                                                        \
        STATUS_APPEALED, day, REASON_NONE, 0                                                                 \
    }
#define DECIDED(day)                                                                                         \
    {                                                                                                        \
        STATUS_APPEAL_DECIDED, day, REASON_NONE, 0                                                           \
    }
#define HELD_BY(day)                                                                                         \
    {                                                                                                        \
        STATUS_HELD_BY, day, REASON_NONE, 0                                                                  \
    }
#define REVOKED_ON(stated, day)                                                                              \
    {                                                                                                        \
        STATUS_REVOKED, day, REASON_NONE, stated                                                             \
    }
#define VOIDED_ON(stated, day)                                                                               \
    {                                                                                                        \
        STATUS_REVOKED, day, REASON_VOIDED, stated                                                           \
    }
#define VOIDED(name, day)                                                                                    \
    {                                                                                                        \
        STATUS_##name, day, REASON_VOIDED, 0                                                                 \
    }
#define REWOUND(name, day)                                                                                   \
    {                                                                                                        \
        STATUS_##name, day, REASON_REWOUND, 0                                                                \
    }
#define DISPUTED(name, day)                                                                                  \
    {                                                                                                        \
        STATUS_##name, day, REASON_DISPUTED, 0                                                               \
    }

static const struct {
    const char *why;
    struct word words[WORDS_MAX];
    uint32_t day;
    enum reason reason;
    uint32_t effective_day;
    int event;
    int overruled;
    bool under_appeal;
} rows[] = {
    {"nothing was said", {{0}}, 50, REASON_NONE, DAY_NONE, NOTHING, NOTHING, false},
    {"revoked counts on its day", {REVOKED(50)}, 50, REASON_REVOKED, 50, 0, NOTHING, false},
    {"and not on the day before", {REVOKED(50)}, 49, REASON_NONE, DAY_NONE, NOTHING, NOTHING, false},
    {"and for good", {REVOKED(50)}, DAY_MAX, REASON_REVOKED, 50, 0, NOTHING, false},
    {"on day 0 as on any other", {REVOKED(0)}, 0, REASON_REVOKED, 0, 0, NOTHING, false},
    {"on the last day as on any other",
     {REVOKED(DAY_MAX)},
     DAY_MAX,
     REASON_REVOKED,
     DAY_MAX,
     0,
     NOTHING,
     false},
    {"revoked twice stands since the earlier day, said later",
     {REVOKED(50), REVOKED(40)},
     60,
     REASON_REVOKED,
     40,
     1,
     NOTHING,
     false},
    {"revoked twice stands since the earlier day, said first",
     {REVOKED(40), REVOKED(50)},
     60,
     REASON_REVOKED,
     40,
     0,
     NOTHING,
     false},
    {"revoked twice from one day stands by the first word",
     {REVOKED(50), REVOKED(50)},
     60,
     REASON_REVOKED,
     50,
     0,
     NOTHING,
     false},
    {"suspended", {SUSPENDED(50)}, 50, REASON_SUSPENDED, 50, 0, NOTHING, false},
    {"reinstated counts on its day",
     {SUSPENDED(50), REINSTATED(60)},
     60,
     REASON_NONE,
     DAY_NONE,
     NOTHING,
     0,
     false},
    {"days before it stay suspended",
     {SUSPENDED(50), REINSTATED(60)},
     59,
     REASON_SUSPENDED,
     50,
     0,
     NOTHING,
     false},
    {"reinstated ends a revocation, which stays visible",
     {REVOKED(50), REINSTATED(60)},
     60,
     REASON_NONE,
     DAY_NONE,
     NOTHING,
     0,
     false},
    {"reinstated from before the revocation on takes it back, visibly",
     {REVOKED(50), REINSTATED(40)},
     55,
     REASON_NONE,
     DAY_NONE,
     NOTHING,
     0,
     false},
    {"days that nothing spoke against have nothing overruled",
     {REVOKED(50), REINSTATED(40)},
     45,
     REASON_NONE,
     DAY_NONE,
     NOTHING,
     NOTHING,
     false},
    {"revoked again after it was reinstated",
     {REVOKED(50), REINSTATED(60), REVOKED(70)},
     70,
     REASON_REVOKED,
     70,
     2,
     0,
     false},
    {"a revocation said later from an earlier day takes the reinstated days too",
     {SUSPENDED(50), REINSTATED(60), REVOKED(40)},
     65,
     REASON_REVOKED,
     40,
     2,
     0,
     false},
    {"suspended does not soften revoked",
     {REVOKED(50), SUSPENDED(55)},
     60,
     REASON_REVOKED,
     50,
     0,
     NOTHING,
     false},
    {"revoked goes before suspended",
     {SUSPENDED(50), REVOKED(55)},
     60,
     REASON_REVOKED,
     55,
     1,
     NOTHING,
     false},
    {"replaced", {REPLACED(50)}, 50, REASON_REPLACED, 50, 0, NOTHING, false},
    {"reinstated does not bring back what was replaced",
     {REPLACED(50), REINSTATED(60)},
     60,
     REASON_REPLACED,
     50,
     0,
     NOTHING,
     false},
    {"held by another", {HELD_BY(50)}, 50, REASON_REBOUND, 50, 0, NOTHING, false},
    {"reinstated does not give it back",
     {HELD_BY(50), REINSTATED(60)},
     60,
     REASON_REBOUND,
     50,
     0,
     NOTHING,
     false},
    {"revoked goes before replaced", {REPLACED(50), REVOKED(55)}, 60, REASON_REVOKED, 55, 1, NOTHING, false},
    {"what was replaced before it was revoked is replaced again",
     {REPLACED(50), REVOKED(55), REINSTATED(60)},
     60,
     REASON_REPLACED,
     50,
     0,
     1,
     false},
    {"what was suspended before it was given away stays away",
     {SUSPENDED(50), HELD_BY(55), REINSTATED(60)},
     60,
     REASON_REBOUND,
     55,
     1,
     0,
     false},
    {"a reinstatement ends both",
     {SUSPENDED(50), REVOKED(55), REINSTATED(60)},
     60,
     REASON_NONE,
     DAY_NONE,
     NOTHING,
     1,
     false},
    {"an appeal shows", {APPEALED(50)}, 50, REASON_NONE, DAY_NONE, NOTHING, NOTHING, true},
    {"from its day on", {APPEALED(50)}, 49, REASON_NONE, DAY_NONE, NOTHING, NOTHING, false},
    {"until it is decided", {APPEALED(50), DECIDED(60)}, 60, REASON_NONE, DAY_NONE, NOTHING, NOTHING, false},
    {"a revocation under appeal is a revocation",
     {REVOKED(50), APPEALED(55)},
     60,
     REASON_REVOKED,
     50,
     0,
     NOTHING,
     true},
    {"a voided revocation is neither yes nor no",
     {VOIDED(REVOKED, 50)},
     50,
     REASON_VOIDED,
     50,
     0,
     NOTHING,
     false},
    {"days before it stay", {VOIDED(REVOKED, 50)}, 49, REASON_NONE, DAY_NONE, NOTHING, NOTHING, false},
    {"said again it counts", {VOIDED(REVOKED, 50), REVOKED(50)}, 50, REASON_REVOKED, 50, 1, NOTHING, false},
    {"said again for later days, the earlier ones stay unknown",
     {VOIDED(REVOKED, 50), REVOKED(60)},
     59,
     REASON_VOIDED,
     50,
     0,
     NOTHING,
     false},
    {"and from its day on it counts",
     {VOIDED(REVOKED, 50), REVOKED(60)},
     60,
     REASON_REVOKED,
     60,
     1,
     NOTHING,
     false},
    {"they are known where it is reinstated from there",
     {REVOKED(60), VOIDED(REVOKED, 50), REINSTATED(50), REVOKED(60)},
     59,
     REASON_NONE,
     DAY_NONE,
     NOTHING,
     NOTHING,
     false},
    {"which stands as before",
     {REVOKED(60), VOIDED(REVOKED, 50), REVOKED(60)},
     60,
     REASON_REVOKED,
     60,
     0,
     NOTHING,
     false},
    {"what stood already answers nothing",
     {REVOKED(60), VOIDED(REVOKED, 50)},
     55,
     REASON_VOIDED,
     50,
     1,
     NOTHING,
     false},
    {"suspended answers it not: what is only suspended may be revoked as well",
     {VOIDED(REVOKED, 50), SUSPENDED(60)},
     55,
     REASON_VOIDED,
     50,
     0,
     NOTHING,
     false},
    {"least of all from a day to come",
     {REWOUND(REVOKED, 50), SUSPENDED(90)},
     60,
     REASON_REWOUND,
     50,
     0,
     NOTHING,
     false},
    {"nor does it answer a voided suspension, though it stood already",
     {SUSPENDED(60), VOIDED(SUSPENDED, 50), SUSPENDED(60)},
     55,
     REASON_VOIDED,
     50,
     1,
     NOTHING,
     false},
    {"reinstated, and suspended again as it stood, it is answered",
     {SUSPENDED(60), VOIDED(REVOKED, 50), REINSTATED(50), SUSPENDED(60)},
     55,
     REASON_NONE,
     DAY_NONE,
     NOTHING,
     NOTHING,
     false},
    {"and stands suspended as it did",
     {SUSPENDED(60), VOIDED(REVOKED, 50), REINSTATED(50), SUSPENDED(60)},
     60,
     REASON_SUSPENDED,
     60,
     3,
     2,
     false},
    {"a disputed reinstatement leaves in doubt for its own reason what was",
     {VOIDED(REVOKED, 50), DISPUTED(REINSTATED, 55)},
     60,
     REASON_VOIDED,
     50,
     0,
     NOTHING,
     false},
    {"so that what answers that still does",
     {VOIDED(REVOKED, 50), DISPUTED(REINSTATED, 55), REINSTATED(60)},
     60,
     REASON_NONE,
     DAY_NONE,
     NOTHING,
     NOTHING,
     false},
    {"in a void block a suspension answers nothing",
     {VOIDED(REVOKED, 50), VOIDED(SUSPENDED, 60)},
     55,
     REASON_VOIDED,
     50,
     0,
     NOTHING,
     false},
    {"nor what is disputed: that no word of its author ends",
     {DISPUTED(REVOKED, 50), REVOKED(60)},
     55,
     REASON_DISPUTED,
     50,
     0,
     NOTHING,
     false},
    {"not even where something void was said before it",
     {VOIDED(REVOKED, 50), DISPUTED(REVOKED, 50), REVOKED(60)},
     55,
     REASON_DISPUTED,
     50,
     1,
     NOTHING,
     false},
    {"a reinstatement ends the doubt",
     {VOIDED(SUSPENDED, 50), REINSTATED(60)},
     60,
     REASON_NONE,
     DAY_NONE,
     NOTHING,
     NOTHING,
     false},
    {"and that of a voided replacement, which one for certain would outlast",
     {VOIDED(REPLACED, 50), REINSTATED(60)},
     60,
     REASON_NONE,
     DAY_NONE,
     NOTHING,
     NOTHING,
     false},
    {"not on the days before it",
     {VOIDED(HELD_BY, 50), REINSTATED(60)},
     59,
     REASON_VOIDED,
     50,
     0,
     NOTHING,
     false},
    {"nor of what was on a branch that was left",
     {REWOUND(HELD_BY, 50), REINSTATED(60)},
     59,
     REASON_REWOUND,
     50,
     0,
     NOTHING,
     false},
    {"what its author left is neither yes nor no",
     {REWOUND(REVOKED, 50)},
     60,
     REASON_REWOUND,
     50,
     0,
     NOTHING,
     false},
    {"until it is stated again",
     {REWOUND(REVOKED, 50), REVOKED(55)},
     60,
     REASON_REVOKED,
     55,
     1,
     NOTHING,
     false},
    {"or until it is reinstated",
     {REWOUND(REVOKED, 50), REINSTATED(50)},
     60,
     REASON_NONE,
     DAY_NONE,
     NOTHING,
     NOTHING,
     false},
    {"a reinstatement ends all that was left, whatever it was",
     {REWOUND(HELD_BY, 50), VOIDED(REPLACED, 51), REWOUND(SUSPENDED, 52), REINSTATED(52)},
     60,
     REASON_NONE,
     DAY_NONE,
     NOTHING,
     NOTHING,
     false},
    {"one that was left itself ends nothing",
     {REVOKED(50), REWOUND(REINSTATED, 60)},
     60,
     REASON_REVOKED,
     50,
     0,
     NOTHING,
     false},
    {"a disputed one does not end what was left",
     {REWOUND(HELD_BY, 50), DISPUTED(REINSTATED, 55)},
     60,
     REASON_REWOUND,
     50,
     0,
     NOTHING,
     false},
    {"an appeal that was left is nothing",
     {REWOUND(APPEALED, 50)},
     60,
     REASON_NONE,
     DAY_NONE,
     NOTHING,
     NOTHING,
     false},
    {"one reinstatement ends both what stands and what is in doubt",
     {VOIDED(REPLACED, 50), SUSPENDED(55), REINSTATED(60)},
     60,
     REASON_NONE,
     DAY_NONE,
     NOTHING,
     1,
     false},
    {"a voided word does not shake a good one",
     {SUSPENDED(40), VOIDED(REVOKED, 50)},
     55,
     REASON_SUSPENDED,
     40,
     0,
     NOTHING,
     false},
    {"a voided reinstatement is nothing",
     {REVOKED(50), VOIDED(REINSTATED, 60)},
     60,
     REASON_REVOKED,
     50,
     0,
     NOTHING,
     false},
    {"a voided appeal is nothing",
     {VOIDED(APPEALED, 50)},
     60,
     REASON_NONE,
     DAY_NONE,
     NOTHING,
     NOTHING,
     false},
    {"a voided decision leaves the appeal open",
     {APPEALED(50), VOIDED(APPEAL_DECIDED, 55)},
     60,
     REASON_NONE,
     DAY_NONE,
     NOTHING,
     NOTHING,
     true},
    {"a disputed revocation would change the answer",
     {DISPUTED(REVOKED, 50)},
     50,
     REASON_DISPUTED,
     50,
     0,
     NOTHING,
     false},
    {"a disputed revocation of what is suspended would not",
     {SUSPENDED(40), DISPUTED(REVOKED, 50)},
     55,
     REASON_SUSPENDED,
     40,
     0,
     NOTHING,
     false},
    {"a disputed reinstatement would change the answer",
     {REVOKED(40), DISPUTED(REINSTATED, 50)},
     55,
     REASON_DISPUTED,
     40,
     0,
     NOTHING,
     false},
    {"a disputed reinstatement of what holds would not",
     {DISPUTED(REINSTATED, 50)},
     55,
     REASON_NONE,
     DAY_NONE,
     NOTHING,
     NOTHING,
     false},
};

static int index_or_nothing(size_t index)
{
    return index == SIZE_MAX ? NOTHING : (int)index;
}

/* at: one that is, or NOTHING. */
static bool is_overruled_as_said(const struct status_run *run, int at)
{
    bool any = false;
    for (size_t i = 0; i < HISTORY_EVENTS_MAX; i++) {
        any = any || run->fates[i] == FATE_OVERRULED;
    }
    return at == NOTHING ? !any : run->fates[at] == FATE_OVERRULED;
}

static void each_day_is_as_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct status_days days;
        size_t count = 0;
        while (count < WORDS_MAX && rows[i].words[count].action != 0) {
            count++;
        }
        say(&days, rows[i].words, count);
        const struct status_run *run = &days.runs[status_days_at(&days, rows[i].day)];
        if (run->reason != rows[i].reason || run->effective_day != rows[i].effective_day ||
            index_or_nothing(run->event) != rows[i].event || !is_overruled_as_said(run, rows[i].overruled) ||
            run->under_appeal != rows[i].under_appeal || run->under_appeal != (run->appeal_day != DAY_NONE)) {
            fail_msg("%s: %s since %u by %d", rows[i].why, reason_word(run->reason), run->effective_day,
                     index_or_nothing(run->event));
        }
    }
}

/* Of each event: a stands against, f for, o overruled, a dot: nothing. */
static void what_is_overruled_stays_known(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct word words[WORDS_MAX];
        uint32_t day;
        const char *fates;
    } fates[] = {
        {"a revocation stands", {REVOKED(50)}, 50, "a"},
        {"not on the day before", {REVOKED(50)}, 49, "."},
        {"until it is reinstated", {REVOKED(50), REINSTATED(60)}, 60, "of"},
        {"on days before it stands", {REVOKED(50), REINSTATED(60)}, 59, "a."},
        {"all that it ends, not only the strongest", {SUSPENDED(40), REVOKED(50), REINSTATED(60)}, 60, "oof"},
        {"revoked twice and reinstated", {REVOKED(50), REVOKED(55), REINSTATED(60)}, 60, "oof"},
        {"revoked again ends the reinstatement", {REVOKED(50), REINSTATED(60), REVOKED(70)}, 70, "ooa"},
        {"and that may be reinstated too",
         {REVOKED(50), REINSTATED(60), REVOKED(70), REINSTATED(80)},
         80,
         "ooof"},
        {"a replacement is none of them", {REPLACED(50), REVOKED(55), REINSTATED(60)}, 60, ".of"},
        {"a voided revocation was never said", {VOIDED(REVOKED, 50), REINSTATED(60)}, 60, ".f"},
        {"nor a voided reinstatement", {REVOKED(50), VOIDED(REINSTATED, 60)}, 60, "a."},
        {"a disputed one overrules nothing", {REVOKED(50), DISPUTED(REINSTATED, 60)}, 60, "a."},
    };
    static const char letters[] = {
        [FATE_NONE] = '.', [FATE_AGAINST] = 'a', [FATE_FOR] = 'f', [FATE_OVERRULED] = 'o'};
    for (size_t i = 0; i < sizeof fates / sizeof fates[0]; i++) {
        struct status_days days;
        size_t count = strlen(fates[i].fates);
        say(&days, fates[i].words, count);
        const struct status_run *run = &days.runs[status_days_at(&days, fates[i].day)];
        for (size_t k = 0; k < count; k++) {
            if (letters[run->fates[k]] != fates[i].fates[k]) {
                fail_msg("%s: event %zu is %c", fates[i].why, k, letters[run->fates[k]]);
            }
        }
    }
}

/* The last word is the one that may be news. */
static void what_changes_nothing_is_no_news(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct word words[WORDS_MAX];
        bool is_news;
    } said[] = {
        {"revoked", {REVOKED(50)}, true},
        {"revoked again from that day on", {REVOKED(50), REVOKED(50)}, false},
        {"or from a later one", {REVOKED(50), REVOKED(60)}, false},
        {"from an earlier one", {REVOKED(50), REVOKED(49)}, true},
        {"suspended while revoked: it matters once that ends", {REVOKED(50), SUSPENDED(50)}, true},
        {"reinstated what nothing was said of", {REINSTATED(50)}, false},
        {"reinstated a suspension", {SUSPENDED(50), REINSTATED(60)}, true},
        {"again", {SUSPENDED(50), REINSTATED(60), REINSTATED(60)}, false},
        {"from an earlier day on", {SUSPENDED(50), REINSTATED(60), REINSTATED(55)}, true},
        {"reinstated what was replaced", {REPLACED(50), REINSTATED(60)}, false},
        {"revoked anew after that", {REVOKED(50), REINSTATED(60), REVOKED(70)}, true},
        {"said again what was said in a void block", {VOIDED(REVOKED, 50), REVOKED(50)}, true},
        {"reinstated what was revoked in a void block", {VOIDED(REVOKED, 50), REINSTATED(50)}, true},
        {"appealed again", {APPEALED(50), APPEALED(60)}, false},
        {"decided", {APPEALED(50), DECIDED(60)}, true},
        {"decided without an appeal", {DECIDED(60)}, false},
    };
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        struct status_days days;
        size_t count = 0;
        while (count < WORDS_MAX && said[i].words[count].action != 0) {
            count++;
        }
        const struct word *last = &said[i].words[count - 1];
        const struct history_event event = {.action = last->action, .effective_day = last->day};
        const struct status_event next = {.event = &event, .index = count - 1};
        say(&days, said[i].words, count - 1);
        if (status_days_is_news(&days, &next, 1) != said[i].is_news) {
            fail_msg("%s: %s news", said[i].why, said[i].is_news ? "no" : "is");
        }
    }
}

/* A void of the whole entry, on a branch that its author left, stands before one of the events. */
static void say_left(struct status_days *days, const struct word *words, size_t count,
                     struct status_left left)
{
    status_days_init(days);
    for (size_t i = 0; i < count; i++) {
        const struct history_event event = {.action = words[i].action,
                                            .effective_day = words[i].day,
                                            .stated_day = words[i].stated_day,
                                            .setter_seq = SAID_SEQ + 2 * (uint32_t)i};
        const struct status_event said = {
            .event = &event, .index = i, .doubt = words[i].doubt, .void_seq = event.setter_seq + 1};
        status_days_leave(days, left, i);
        status_days_add(days, &said);
    }
    status_days_leave(days, left, count);
}

static void what_a_left_void_takes_is_unknown_until_the_author_says_what_holds(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        enum reason doubt;
        size_t before;
        struct word words[WORDS_MAX];
        uint32_t day;
        enum reason reason;
        bool is_news; /* the last word */
    } left[] = {
        {"unknown from the first day on", REASON_VOIDED, 0, {APPEALED(50)}, 0, REASON_VOIDED, true},
        {"none was left", REASON_NONE, 0, {APPEALED(50)}, 60, REASON_NONE, true},
        {"reinstated ends it", REASON_VOIDED, 0, {REINSTATED(50)}, 50, REASON_NONE, true},
        {"also where the log was rewound", REASON_REWOUND, 0, {REINSTATED(50)}, 50, REASON_NONE, true},
        {"not for days before it", REASON_VOIDED, 0, {REINSTATED(50)}, 49, REASON_VOIDED, true},
        {"one of an epoch before says nothing of it",
         REASON_VOIDED,
         1,
         {REINSTATED(50)},
         60,
         REASON_VOIDED,
         false},
        {"said again after it it does",
         REASON_VOIDED,
         1,
         {REINSTATED(50), REINSTATED(50)},
         60,
         REASON_NONE,
         true},
        {"once", REASON_VOIDED, 0, {REINSTATED(50), REINSTATED(50)}, 60, REASON_NONE, false},
        {"from an earlier day on", REASON_VOIDED, 0, {REINSTATED(50), REINSTATED(40)}, 45, REASON_NONE, true},
        {"void itself it does not", REASON_VOIDED, 0, {VOIDED(REINSTATED, 50)}, 60, REASON_VOIDED, false},
        {"disputed it does not", REASON_VOIDED, 0, {DISPUTED(REINSTATED, 50)}, 60, REASON_VOIDED, false},
        {"revoked goes before it", REASON_VOIDED, 0, {REVOKED(50)}, 60, REASON_REVOKED, true},
        {"from its day on", REASON_VOIDED, 0, {REVOKED(50)}, 49, REASON_VOIDED, true},
        {"so does suspended", REASON_REWOUND, 0, {SUSPENDED(50)}, 60, REASON_SUSPENDED, true},
        {"on its own days", REASON_VOIDED, 0, {SUSPENDED(50)}, 49, REASON_VOIDED, true},
        {"reinstated after that ends both",
         REASON_VOIDED,
         0,
         {SUSPENDED(50), REINSTATED(50)},
         60,
         REASON_NONE,
         true},
        {"and what was said against it there",
         REASON_VOIDED,
         1,
         {VOIDED(REVOKED, 50), REINSTATED(50)},
         60,
         REASON_NONE,
         true},
        {"replaced stays replaced",
         REASON_VOIDED,
         1,
         {REPLACED(50), REINSTATED(50)},
         60,
         REASON_REPLACED,
         true},
        {"an appeal ends nothing", REASON_VOIDED, 0, {APPEALED(50)}, 60, REASON_VOIDED, true},
    };
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++) {
        const struct status_left void_left = {.doubt = left[i].doubt, .before = left[i].before};
        struct status_days days;
        size_t count = 0;
        while (count < WORDS_MAX && left[i].words[count].action != 0) {
            count++;
        }
        say_left(&days, left[i].words, count, void_left);
        const struct status_run *run = &days.runs[status_days_at(&days, left[i].day)];
        if (run->reason != left[i].reason) {
            fail_msg("%s: %s", left[i].why, reason_word(run->reason));
        }
        const struct word *last = &left[i].words[count - 1];
        const struct history_event event = {.action = last->action, .effective_day = last->day};
        const struct status_event next = {.event = &event, .index = count - 1, .doubt = last->doubt};
        struct status_days before;
        say_left(&before, left[i].words, count - 1, void_left);
        if (status_days_is_news(&before, &next, 1) != left[i].is_news) {
            fail_msg("%s: %s news", left[i].why, left[i].is_news ? "no" : "is");
        }
    }
}

/* Until a revocation was stated it had not been taken back either. */
static void a_reinstatement_waits_for_the_revocation(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct word words[WORDS_MAX];
        uint32_t day;
        enum reason reason;
    } waits[] = {
        {"stated on day 60, reinstated from before it on",
         {REVOKED_ON(60, 50), REINSTATED(40)},
         59,
         REASON_REVOKED},
        {"from the day it was stated", {REVOKED_ON(60, 50), REINSTATED(40)}, 60, REASON_NONE},
        {"from a later day of its own", {REVOKED_ON(60, 50), REINSTATED(70)}, 69, REASON_REVOKED},
        {"on that day", {REVOKED_ON(60, 50), REINSTATED(70)}, 70, REASON_NONE},
        {"days that nothing spoke against stay", {REVOKED_ON(60, 50), REINSTATED(40)}, 45, REASON_NONE},
        {"of two the one stated last",
         {REVOKED_ON(60, 50), REVOKED_ON(80, 55), REINSTATED(40)},
         79,
         REASON_REVOKED},
        {"whichever was said first",
         {REVOKED_ON(80, 50), REVOKED_ON(60, 55), REINSTATED(40)},
         79,
         REASON_REVOKED},
        {"from then on both end", {REVOKED_ON(60, 50), REVOKED_ON(80, 55), REINSTATED(40)}, 80, REASON_NONE},
        {"where the second does not speak the first decides",
         {REVOKED_ON(60, 50), REVOKED_ON(80, 70), REINSTATED(40)},
         65,
         REASON_NONE},
        {"one for days to come", {REVOKED_ON(30, 50), REINSTATED(40)}, 50, REASON_NONE},
        {"a suspension ends from the reinstatement's day on",
         {SUSPENDED(50), REINSTATED(40)},
         50,
         REASON_NONE},
        {"but for days that are revoked all the same",
         {SUSPENDED(45), REVOKED_ON(60, 50), REINSTATED(40)},
         49,
         REASON_NONE},
        {"a revocation in a void block waits for nothing",
         {VOIDED_ON(60, 50), REINSTATED(40)},
         50,
         REASON_NONE},
        {"nor is one ended twice",
         {REVOKED_ON(60, 50), REINSTATED(60), REVOKED_ON(70, 70), REINSTATED(70)},
         65,
         REASON_NONE},
    };
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        struct status_days days;
        size_t count = 0;
        while (count < WORDS_MAX && waits[i].words[count].action != 0) {
            count++;
        }
        say(&days, waits[i].words, count);
        enum reason found = days.runs[status_days_at(&days, waits[i].day)].reason;
        if (found != waits[i].reason) {
            fail_msg("%s: %s", waits[i].why, reason_word(found));
        }
    }
}

static void revoked_since_when(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct word words[WORDS_MAX];
        uint32_t day, since;
    } since[] = {
        {"never", {SUSPENDED(50)}, 50, DAY_NONE},
        {"since its day", {REVOKED(50)}, 60, 50},
        {"in days to come", {REVOKED(50)}, 40, 50},
        {"no longer", {REVOKED(50), REINSTATED(60)}, 60, DAY_NONE},
        {"still, on the day before", {REVOKED(50), REINSTATED(60)}, 59, 50},
        {"in a void block: not for certain", {VOIDED(REVOKED, 50)}, 60, DAY_NONE},
    };
    for (size_t i = 0; i < sizeof since / sizeof since[0]; i++) {
        struct status_days days;
        size_t count = 0;
        while (count < WORDS_MAX && since[i].words[count].action != 0) {
            count++;
        }
        say(&days, since[i].words, count);
        const struct status_word *revoked = status_days_revocation(&days, since[i].day);
        uint32_t found = revoked != NULL ? revoked->effective_day : DAY_NONE;
        if (found != since[i].since) {
            fail_msg("%s: since %u", since[i].why, found);
        }
    }
}

/* What it is beside that changes nothing then. */
static void what_stays_revoked_is_known(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct word words[WORDS_MAX];
        uint32_t day;
        bool stays;
    } cases[] = {
        {"from its day on", {REVOKED_ON(50, 50)}, 50, true},
        {"not from an earlier one on", {REVOKED_ON(50, 50)}, 49, false},
        {"nor where it is reinstated later", {REVOKED_ON(50, 50), REINSTATED(70)}, 60, false},
        {"nor where that is in doubt", {VOIDED(REVOKED, 50)}, 60, false},
        {"nor what is only suspended", {SUSPENDED(50)}, 60, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct status_days days;
        size_t count = 0;
        while (count < WORDS_MAX && cases[i].words[count].action != 0) {
            count++;
        }
        say(&days, cases[i].words, count);
        if (status_days_stays_revoked(&days, cases[i].day) != cases[i].stays) {
            fail_msg("%s", cases[i].why);
        }
    }
}

static void an_appeal_says_since_when(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct word words[WORDS_MAX];
        uint32_t day;
        uint32_t appeal_day;
    } appeals[] = {
        {"the day before", {APPEALED(50)}, 49, DAY_NONE},
        {"its first day", {APPEALED(50)}, 50, 50},
        {"long after", {APPEALED(50)}, 500, 50},
        {"appealed again: since the first", {APPEALED(50), APPEALED(60)}, 70, 50},
        {"appealed again for earlier days, they are its own", {APPEALED(60), APPEALED(50)}, 55, 50},
        {"decided", {APPEALED(50), DECIDED(60)}, 60, DAY_NONE},
        {"decided and appealed again", {APPEALED(50), DECIDED(60), APPEALED(70)}, 75, 70},
        {"a voided appeal", {VOIDED(APPEALED, 50)}, 60, DAY_NONE},
        {"a voided decision", {APPEALED(50), VOIDED(APPEAL_DECIDED, 55)}, 60, 50},
    };
    for (size_t i = 0; i < sizeof appeals / sizeof appeals[0]; i++) {
        struct status_days days;
        size_t count = 0;
        while (count < WORDS_MAX && appeals[i].words[count].action != 0) {
            count++;
        }
        say(&days, appeals[i].words, count);
        uint32_t found = days.runs[status_days_at(&days, appeals[i].day)].appeal_day;
        if (found != appeals[i].appeal_day) {
            fail_msg("%s: since %u", appeals[i].why, found);
        }
    }
}

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

/* A reinstatement that was said before the void does not give back what was replaced: nobody knew then. */
static void only_what_is_said_after_the_void_gives_it_back(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        enum status_action action;
        uint64_t void_seq, again_seq;
        enum status_action first;
        enum reason after; /* from the day of what was said again on */
    } said[] = {
        {"revoked after the void", STATUS_REVOKED, 20, 21, STATUS_SUSPENDED, REASON_REVOKED},
        {"revoked before it", STATUS_REVOKED, 20, 19, STATUS_SUSPENDED, REASON_REVOKED},
        {"reinstated after the void", STATUS_REINSTATED, 20, 21, STATUS_SUSPENDED, REASON_NONE},
        {"reinstated before it", STATUS_REINSTATED, 20, 19, STATUS_SUSPENDED, REASON_NONE},
        {"replaced, and reinstated after the void", STATUS_REINSTATED, 20, 21, STATUS_REPLACED, REASON_NONE},
        {"reinstated before it, which ends no replacement", STATUS_REINSTATED, 20, 19, STATUS_REPLACED,
         REASON_VOIDED},
        {"nor that another holds it", STATUS_REINSTATED, 20, 19, STATUS_HELD_BY, REASON_VOIDED},
        {"nor where it is not known which void it was", STATUS_REINSTATED, 0, 21, STATUS_REPLACED,
         REASON_VOIDED},
    };
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        const struct history_event first = {.action = said[i].first, .effective_day = 50, .setter_seq = 10};
        const struct history_event again = {
            .action = said[i].action, .effective_day = 60, .setter_seq = (uint32_t)said[i].again_seq};
        const struct status_event events[] = {
            {.event = &first, .index = 0, .doubt = REASON_VOIDED, .void_seq = said[i].void_seq},
            {.event = &again, .index = 1}};
        struct status_days days;
        status_days_init(&days);
        status_days_add(&days, &events[0]);
        status_days_add(&days, &events[1]);
        const struct status_run *before = &days.runs[status_days_at(&days, 55)];
        const struct status_run *after = &days.runs[status_days_at(&days, 65)];
        if (before->reason != REASON_VOIDED || after->reason != said[i].after) {
            fail_msg("%s: %s, then %s", said[i].why, reason_word(before->reason), reason_word(after->reason));
        }
    }
}

/* What is to be said so that no day is left unknown, and what stands for certain stays so. */
static void what_answers_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct word words[WORDS_MAX];
        uint32_t day;
        struct status_answer answer;
    } said[] = {
        {"nothing was left", {REVOKED(60), REINSTATED(70)}, 50, {DAY_NONE, DAY_NONE, DAY_NONE}},
        {"a void revocation, from its day", {VOIDED(REVOKED, 60)}, 50, {60, DAY_NONE, DAY_NONE}},
        {"or from the day that is asked about", {VOIDED(REVOKED, 60)}, 65, {65, DAY_NONE, DAY_NONE}},
        {"of several the first", {VOIDED(REVOKED, 60), REWOUND(HELD_BY, 55)}, 50, {55, DAY_NONE, DAY_NONE}},
        {"what is disputed no word of its author answers",
         {DISPUTED(REVOKED, 60)},
         50,
         {DAY_NONE, DAY_NONE, DAY_NONE}},
        {"revoked on a later day stays so", {VOIDED(REVOKED, 60), REVOKED(70)}, 50, {60, DAY_NONE, 70}},
        {"and suspended", {VOIDED(REVOKED, 60), SUSPENDED(70)}, 50, {60, 70, DAY_NONE}},
        {"and both", {VOIDED(REVOKED, 60), SUSPENDED(70), REVOKED(80)}, 50, {60, 70, 80}},
        {"revoked on all those days it leaves nothing to say",
         {VOIDED(SUSPENDED, 60), REVOKED(60)},
         50,
         {DAY_NONE, DAY_NONE, 60}},
        {"nor suspended", {VOIDED(REPLACED, 60), SUSPENDED(50)}, 50, {DAY_NONE, 50, DAY_NONE}},
        {"what was suspended and ended stays so: from then on",
         {SUSPENDED(60), REINSTATED(70), VOIDED(REVOKED, 55)},
         50,
         {70, DAY_NONE, DAY_NONE}},
        {"also where it was suspended anew",
         {SUSPENDED(60), REINSTATED(70), SUSPENDED(70), VOIDED(REPLACED, 55)},
         50,
         {DAY_NONE, 70, DAY_NONE}},
        {"or anew on a later day",
         {SUSPENDED(60), REINSTATED(70), SUSPENDED(80), VOIDED(REVOKED, 55)},
         50,
         {70, 80, DAY_NONE}},
        {"but not what was before",
         {SUSPENDED(40), REINSTATED(50), VOIDED(REVOKED, 55)},
         30,
         {55, DAY_NONE, DAY_NONE}},
    };
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        struct status_days days;
        size_t count = 0;
        while (count < WORDS_MAX && said[i].words[count].action != 0) {
            count++;
        }
        say(&days, said[i].words, count);
        const struct status_answer found = status_days_answer(&days, said[i].day);
        const struct status_answer *wanted = &said[i].answer;
        if (found.from != wanted->from || found.suspended_from != wanted->suspended_from ||
            found.revoked_from != wanted->revoked_from) {
            fail_msg("%s: from %u, suspended %u, revoked %u", said[i].why, found.from, found.suspended_from,
                     found.revoked_from);
        }
    }
}

/* Runs say of each day what the words that speak for that day alone say of it. */
static void runs_agree_with_single_days(void **state)
{
    (void)state;
    enum { ROUNDS = 2000, DAYS = 40 };
    static const enum reason doubts[] = {REASON_NONE,   REASON_NONE,    REASON_NONE,    REASON_NONE,
                                         REASON_VOIDED, REASON_REWOUND, REASON_DISPUTED};
    uint64_t seed = 1;
    for (int round = 0; round < ROUNDS; round++) {
        struct word words[STATUS_EVENTS_MAX];
        size_t count = next_random(&seed) % (STATUS_EVENTS_MAX + 1);
        for (size_t i = 0; i < count; i++) {
            words[i] = (struct word){
                .action = (enum status_action)(1 + next_random(&seed) % STATUS_HELD_BY),
                .day = next_random(&seed) % DAYS,
                .doubt = doubts[next_random(&seed) % (sizeof doubts / sizeof doubts[0])],
                .stated_day = next_random(&seed) % DAYS,
            };
        }
        struct status_days days;
        say(&days, words, count);
        assert_int_equal(days.runs[0].first_day, 0);
        for (size_t i = 1; i < days.count; i++) {
            assert_true(days.runs[i - 1].first_day < days.runs[i].first_day);
        }
        for (uint32_t day = 0; day <= DAYS; day++) {
            struct word spoken[STATUS_EVENTS_MAX];
            size_t spoken_count = 0;
            for (size_t i = 0; i < count; i++) {
                if (words[i].day <= day) {
                    spoken[spoken_count++] = words[i];
                }
            }
            struct status_days alone;
            say(&alone, spoken, spoken_count);
            const struct status_run *last = &alone.runs[status_days_at(&alone, day)];
            const struct status_run *run = &days.runs[status_days_at(&days, day)];
            assert_int_equal(run->reason, last->reason);
            assert_int_equal(run->effective_day, last->effective_day);
            assert_int_equal(run->under_appeal, last->under_appeal);
            assert_int_equal(run->appeal_day, last->appeal_day);
        }
    }
}

/* Those of authority, of an end and of a block are passed on as they come, and more of them are added. */
static void whatever_is_no_word_is_a_doubt(void **state)
{
#define REASON_AS_ITEM(name, number, word) name,
    static const enum reason reasons[] = {REASON_LIST(REASON_AS_ITEM)};
#undef REASON_AS_ITEM
    (void)state;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        enum reason reason = reasons[i];
        bool is_word = reason == REASON_REVOKED || reason == REASON_SUSPENDED || reason == REASON_REPLACED ||
                       reason == REASON_REBOUND;
        assert_int_equal(status_reason_is_doubt(reason), reason != REASON_NONE && !is_word);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_day_is_as_said),
        cmocka_unit_test(what_is_overruled_stays_known),
        cmocka_unit_test(what_changes_nothing_is_no_news),
        cmocka_unit_test(what_a_left_void_takes_is_unknown_until_the_author_says_what_holds),
        cmocka_unit_test(a_reinstatement_waits_for_the_revocation),
        cmocka_unit_test(revoked_since_when),
        cmocka_unit_test(what_stays_revoked_is_known),
        cmocka_unit_test(an_appeal_says_since_when),
        cmocka_unit_test(only_what_is_said_after_the_void_gives_it_back),
        cmocka_unit_test(what_answers_is_found),
        cmocka_unit_test(runs_agree_with_single_days),
        cmocka_unit_test(whatever_is_no_word_is_a_doubt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
