#include "cmd/watch_report.h"

#include <string.h>

#include "cmd/json_output.h"
#include "node/watch_words.h"
#include "protocol/base/sort.h"

/* ---- making ---- */

/* A list that grows in the session's arena. Returns: room for one more, or NULL. */
static void *grow(struct session *session, void **items, size_t count, size_t size)
{
    enum { STEP = 64 };
    if (count % STEP == 0) {
        uint8_t *more = arena_take(&session->arena, (count + STEP) * size);
        if (more == NULL) {
            return NULL;
        }
        if (count > 0) {
            memcpy(more, *items, count * size);
        }
        *items = more;
    }
    return (uint8_t *)*items + count * size;
}

static bool add_change(struct watch_report *report, struct session *session, const struct watched *who,
                       const struct watch_change *change)
{
    void *items = report->changes;
    struct watch_report_change *added = grow(session, &items, report->change_count, sizeof(*added));
    if (added == NULL) {
        return false;
    }
    report->changes = items;
    report->change_count++;
    *added = (struct watch_report_change){.who = who, .change = *change};
    return true;
}

static bool add_fact(struct watch_report_fact **list, size_t *count, struct session *session,
                     const struct watched *who, const struct watch_fact *fact)
{
    void *items = *list;
    struct watch_report_fact *added = grow(session, &items, *count, sizeof(*added));
    if (added == NULL) {
        return false;
    }
    *list = items;
    ++*count;
    *added = (struct watch_report_fact){.who = who, .fact = *fact};
    return true;
}

static bool lapses_soon(const struct watch_report *report, const struct watch_fact *fact)
{
    return (fact->state == WATCH_HELD || fact->state == WATCH_TESTED) && fact->until_day <= DAY_MAX &&
           fact->until_day >= report->at_day && fact->until_day - report->at_day <= report->days;
}

static bool add_facts(struct watch_report *report, struct session *session, const struct watched *who,
                      const struct watch_facts *facts)
{
    bool ok = true;
    for (size_t i = 0; ok && i < facts->count; i++) {
        const struct watch_fact *fact = &facts->items[i];
        if (fact->state == WATCH_UNKNOWN) {
            ok = add_fact(&report->unknowns, &report->unknown_count, session, who, fact);
        } else if (lapses_soon(report, fact)) {
            ok = add_fact(&report->lapses, &report->lapse_count, session, who, fact);
        }
    }
    return ok;
}

static bool add_subject(struct watch_report *report, struct watch_home *home, const struct watched *who)
{
    const struct watch_facts *facts = &home->check.facts;
    struct watch_changes changes = {0};
    struct watch_facts was;
    if (watch_seen_of(&was, &home->reported, &who->subject) &&
        !watch_changes_of(&changes, &was, facts, &home->check.arena)) {
        return false;
    }
    for (size_t i = 0; i < changes.count; i++) {
        if (!add_change(report, home->session, who, &changes.items[i])) {
            return false;
        }
    }
    report->cut = report->cut || facts->cut;
    return add_facts(report, home->session, who, facts) &&
           watch_seen_set(&home->reported, &who->subject, facts);
}

static int compare_lapses(const void *a, const void *b)
{
    const struct watch_report_fact *left = a, *right = b;
    if (left->fact.until_day != right->fact.until_day) {
        return left->fact.until_day < right->fact.until_day ? -1 : 1;
    }
    if (left->who != right->who) {
        return left->who < right->who ? -1 : 1;
    }
    return watch_fact_order(&left->fact, &right->fact);
}

int watch_report_make(struct watch_report *out, struct watch_home *home, uint32_t days)
{
    *out = (struct watch_report){
        .at_day = home->check.question.at_day, .days = days, .watched_count = home->list->count};
    (void)watch_seen_keep(&home->reported, home->list);
    for (size_t i = 0; i < home->list->count; i++) {
        const struct watched *who = &home->list->items[i];
        enum store_error error = watch_check_whole(&home->check, &who->subject);
        if (error == STORE_OK && !add_subject(out, home, who)) {
            error = STORE_NO_MEMORY;
        }
        if (error != STORE_OK) {
            return session_fail_store(&home->session->options, error);
        }
    }
    if (out->lapse_count > 0) {
        sort_items(out->lapses, out->lapse_count, sizeof(*out->lapses), compare_lapses);
    }
    return EXIT_YES;
}

int watch_report_code(const struct watch_report *report)
{
    bool any_lost = report->unknown_count > 0;
    for (size_t i = 0; i < report->change_count; i++) {
        if (report->changes[i].change.kind != WATCH_LOST &&
            report->changes[i].change.is.state != WATCH_UNKNOWN) {
            return EXIT_NO;
        }
    }
    if (report->lapse_count > 0) {
        return EXIT_NO;
    }
    return any_lost ? EXIT_UNKNOWN : EXIT_YES;
}

/* ---- in words ---- */

static void print_changes(FILE *out, const struct watch_report *report, const struct session *session)
{
    if (report->change_count == 0) {
        fputs("Nothing changed since the last report.\n", out);
        return;
    }
    fputs("Changed since the last report:\n", out);
    for (size_t i = 0; i < report->change_count; i++) {
        const struct watch_change *change = &report->changes[i].change;
        char what[WATCH_WORDS_SIZE], was[WATCH_WORDS_SIZE], is[WATCH_WORDS_SIZE];
        watch_what_words(what, &change->is);
        watch_fact_words(was, &change->was);
        watch_fact_words(is, &change->is);
        fprintf(out, "  %s: %s %s: was %s, is %s\n", watched_name(session, report->changes[i].who), what,
                watch_change_words(change->kind), was, is);
    }
}

static void print_lapses(FILE *out, const struct watch_report *report, const struct session *session)
{
    if (report->lapse_count == 0) {
        fprintf(out, "Nothing lapses within %u days.\n", report->days);
        return;
    }
    fprintf(out, "Lapses within %u days, by its last day:\n", report->days);
    for (size_t i = 0; i < report->lapse_count; i++) {
        const struct watch_fact *fact = &report->lapses[i].fact;
        char what[WATCH_WORDS_SIZE], day[DAY_TEXT_SIZE];
        watch_what_words(what, fact);
        day_to_text(day, fact->until_day);
        fprintf(out, "  %s  %s: %s%s\n", day, watched_name(session, report->lapses[i].who), what,
                fact->state == WATCH_TESTED ? " (tested)" : "");
    }
}

static void print_unknowns(FILE *out, const struct watch_report *report, const struct session *session)
{
    if (report->unknown_count > 0) {
        fputs("Could not be determined:\n", out);
    }
    for (size_t i = 0; i < report->unknown_count; i++) {
        const struct watch_fact *fact = &report->unknowns[i].fact;
        char what[WATCH_WORDS_SIZE], words[WATCH_WORDS_SIZE];
        watch_what_words(what, fact);
        watch_fact_words(words, fact);
        fprintf(out, "  %s: %s %s\n", watched_name(session, report->unknowns[i].who), what, words);
    }
}

void watch_report_print(FILE *out, const struct watch_report *report, const struct session *session)
{
    char day[DAY_TEXT_SIZE];
    day_to_text(day, report->at_day);
    fprintf(out, "Watched: %zu, on %s.\n", report->watched_count, day);
    print_changes(out, report, session);
    print_lapses(out, report, session);
    print_unknowns(out, report, session);
    if (report->cut) {
        fprintf(out, "Somebody has more than %d certificates and titles; the rest is not watched.\n",
                WATCH_FACTS_MAX);
    }
}

/* ---- as JSON ---- */

static json_t *json_of_who(const struct watched *who, const struct watch_fact *fact,
                           const struct session *session)
{
    json_t *object = json_object();
    enum id_kind kind = who->subject.kind == SUBJECT_CLAIM ? ID_CLAIM : ID_ACTOR;
    json_object_set_new(object, "id", json_of_id(kind, &session->home.network, &who->subject.id));
    json_object_set_new(object, "name", json_string(watched_name(session, who)));
    json_object_set_new(object, "kind", json_string(watch_kind_word(fact->kind)));
    json_object_set_new(object, "what", json_string(fact->what));
    return object;
}

static void set_state(json_t *object, const struct watch_fact *fact)
{
    json_object_set_new(object, "state", json_string(watch_state_word(fact->state)));
    json_object_set_new(object, "until", json_of_day(fact->until_day));
    json_object_set_new(object, "why", fact->why[0] != '\0' ? json_string(fact->why) : json_null());
}

static json_t *json_of_state(const struct watch_fact *fact)
{
    json_t *object = json_object();
    set_state(object, fact);
    return object;
}

static json_t *json_of_changes(const struct watch_report *report, const struct session *session)
{
    json_t *array = json_array();
    for (size_t i = 0; i < report->change_count; i++) {
        const struct watch_change *change = &report->changes[i].change;
        json_t *object = json_of_who(report->changes[i].who, &change->is, session);
        json_object_set_new(object, "change", json_string(watch_change_word(change->kind)));
        json_object_set_new(object, "was", json_of_state(&change->was));
        json_object_set_new(object, "is", json_of_state(&change->is));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *json_of_facts(const struct watch_report_fact *facts, size_t count,
                             const struct session *session)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *object = json_of_who(facts[i].who, &facts[i].fact, session);
        set_state(object, &facts[i].fact);
        json_array_append_new(array, object);
    }
    return array;
}

json_t *watch_report_json(const struct watch_report *report, const struct session *session)
{
    json_t *object = json_object();
    json_object_set_new(object, "at", json_of_day(report->at_day));
    json_object_set_new(object, "days", json_of_number(report->days));
    json_object_set_new(object, "watched", json_of_number(report->watched_count));
    json_object_set_new(object, "changed", json_of_changes(report, session));
    json_object_set_new(object, "lapses", json_of_facts(report->lapses, report->lapse_count, session));
    json_object_set_new(object, "undetermined",
                        json_of_facts(report->unknowns, report->unknown_count, session));
    json_object_set_new(object, "cut", json_boolean(report->cut));
    return object;
}
