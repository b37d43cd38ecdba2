#include "node/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/clock.h"
#include "node/logline.h"
#include "node/settle.h"

enum { MEMBERS_A_STEP = 4, REST_FACTOR = 4 };

/* ---- files ---- */

static void set_unsaved(struct watch *watch, uint64_t now_ms)
{
    if (!watch->unsaved) {
        watch->unsaved_ms = now_ms;
    }
    watch->unsaved = true;
}

/* Returns: false, which reading it later may mend. */
static bool is_not_read(const struct watch *watch, const char *file, const char *why)
{
    if (!watch->is_unread) {
        LOG(LOG_ERROR, "watch-file-not-read", LOG_T("file", file), LOG_T("why", why));
    }
    return false;
}

/* What was last seen, from one of the files; of a damaged one nothing is left. Returns: false when it could
 * not be read. */
static bool read_seen(struct watch_seen *seen, const struct watch *watch, const char *file)
{
    enum watch_seen_result result;
    size_t line;
    enum home_error error = watch_seen_read(seen, &result, &line, watch->home, file);
    if (error != HOME_OK || result == WATCH_SEEN_NO_MEMORY) {
        return is_not_read(watch, file, error != HOME_OK ? home_error_sentence(error) : "memory is short");
    }
    if (result != WATCH_SEEN_OK) {
        LOG(LOG_ERROR, "watch-file-refused", LOG_T("file", file), LOG_N("line", line),
            LOG_T("why", "what was last seen is forgotten"));
    }
    return true;
}

static bool all_are_seen(const struct watch *watch)
{
    struct watch_facts facts;
    for (size_t i = 0; i < watch->list->count; i++) {
        if (!watch_seen_of(&facts, &watch->seen, &watch->list->items[i].subject)) {
            return false;
        }
    }
    return true;
}

static bool adopt(struct watch *watch, const struct watch_seen *reported)
{
    for (size_t i = 0; i < watch->list->count; i++) {
        const struct subject *subject = &watch->list->items[i].subject;
        struct watch_facts facts, seen;
        if (watch_seen_of(&seen, &watch->seen, subject) || !watch_seen_of(&facts, reported, subject)) {
            continue;
        }
        if (!watch_seen_set(&watch->seen, subject, &facts)) {
            return false;
        }
        watch->unsaved = true;
    }
    return true;
}

/* Those that a command put on the list while no daemon ran: as they were when it did. Returns: false when
 * that could not be read. */
static bool adopt_reported(struct watch *watch)
{
    struct watch_seen reported;
    if (all_are_seen(watch)) {
        return true;
    }
    bool ok = watch_seen_init(&reported) && read_seen(&reported, watch, WATCH_REPORTED_FILE) &&
              adopt(watch, &reported);
    watch_seen_deinit(&reported);
    return ok;
}

/* A list that is damaged leaves the one before, and makes nobody forgotten. Returns: false when it could not
 * be read. */
static bool read_list(struct watch *watch)
{
    struct watch_list *list = calloc(1, sizeof(*list));
    char *text = malloc(WATCH_FILE_SIZE_MAX);
    enum watch_file_result result = WATCH_FILE_OK;
    size_t size, line = 0;
    enum home_error error = HOME_IO;
    if (list != NULL && text != NULL) {
        error = watch_file_read(list, text, &size, &result, &line, watch->home, WATCH_FILE);
    }
    free(text);
    if (error == HOME_OK && result == WATCH_FILE_OK) {
        free(watch->list);
        watch->list = list;
        watch->unsaved = watch_seen_keep(&watch->seen, list) || watch->unsaved;
        return true;
    }
    free(list);
    if (error != HOME_OK) {
        return is_not_read(watch, WATCH_FILE, home_error_sentence(error));
    }
    LOG(LOG_ERROR, "watch-file-refused", LOG_T("file", WATCH_FILE), LOG_N("line", line),
        LOG_T("why", watch_file_words(result)));
    return true;
}

/* What was last seen is read once; from then on it is in memory. */
static bool read_last_seen(struct watch *watch)
{
    if (watch->is_seen_read) {
        return true;
    }
    watch->is_seen_read = read_seen(&watch->seen, watch, WATCH_SEEN_FILE);
    for (size_t i = 0; i < watch->seen.news_count && watch->command.path == NULL; i++) {
        watch->seen.news[i].to_run = false;
    }
    return watch->is_seen_read;
}

static bool read_files(struct watch *watch)
{
    return read_last_seen(watch) && read_list(watch) && adopt_reported(watch);
}

/* Nobody is looked at before all is read: who was not seen before has no news. */
static void try_reading(struct watch *watch, uint64_t now_ms)
{
    watch->is_unread = !read_files(watch);
    watch->read_retry_ms = now_ms + clock_rhythm_ms(WATCH_RETRY_MS);
}

static void end_pass(struct watch *watch)
{
    if (watch->in_pass) {
        watch_check_deinit(&watch->check);
    }
    watch->in_pass = watch->in_subject = false;
}

void watch_reload(struct watch *watch, uint64_t now_ms)
{
    end_pass(watch);
    watch->due = true;
    watch->is_unread = false;
    try_reading(watch, now_ms);
}

bool watch_init(struct watch *watch, const struct home *home, const struct ingest *ingest, const char *log,
                const char *command, struct starter *starter, uint64_t now_ms)
{
    *watch = (struct watch){.home = home, .ingest = ingest, .command = {.starter = starter, .path = command}};
    watch->started_ms = watch->not_before_ms = watch->unsaved_ms = now_ms;
    watch->recheck_ms = now_ms + clock_rhythm_ms(WATCH_GRACE_MS);
    if (log == NULL) {
        home_file(home, WATCH_LOG_FILE, watch->log_path);
    } else {
        (void)snprintf(watch->log_path, sizeof(watch->log_path), "%s", log);
    }
    watch->list = calloc(1, sizeof(*watch->list));
    if (watch->list == NULL || !watch_seen_init(&watch->seen)) {
        return false;
    }
    watch_reload(watch, now_ms);
    return true;
}

/* ---- telling ---- */

static bool save(struct watch *watch, uint64_t now_ms)
{
    enum home_error error = watch_seen_write(&watch->seen, watch->home, WATCH_SEEN_FILE);
    if (error != HOME_OK) {
        if (!watch->save_failed) {
            LOG(LOG_ERROR, "watch-not-saved", LOG_T("file", WATCH_SEEN_FILE),
                LOG_T("why", home_error_sentence(error)));
        }
        watch->save_retry_ms = now_ms + clock_rhythm_ms(WATCH_RETRY_MS);
    }
    watch->save_failed = error != HOME_OK;
    watch->unsaved = error != HOME_OK;
    return error == HOME_OK;
}

static bool any_to_log(const struct watch *watch)
{
    for (size_t i = 0; i < watch->seen.news_count; i++) {
        if (watch->seen.news[i].to_log) {
            return true;
        }
    }
    return false;
}

static void append_to_log(struct watch *watch, uint64_t now_ms)
{
    if (now_ms < watch->log_retry_ms || !any_to_log(watch)) {
        return;
    }
    enum home_error error = watch_log_append(watch->log_path, watch->seen.news, watch->seen.news_count,
                                             &watch->home->network, !watch->is_end_checked);
    if (error == HOME_OK) {
        watch->is_end_checked = true;
        set_unsaved(watch, now_ms);
    } else {
        if (!watch->log_failed) {
            LOG(LOG_ERROR, "watch-log-not-written", LOG_T("file", watch->log_path),
                LOG_T("why", error == HOME_NO_ROOM ? "the disk is full" : "it can't be opened or written"));
        }
        watch->log_retry_ms = now_ms + clock_rhythm_ms(WATCH_RETRY_MS);
    }
    watch->log_failed = error != HOME_OK;
}

static struct watch_news *first_to_run(struct watch *watch)
{
    for (size_t i = 0; i < watch->seen.news_count; i++) {
        if (watch->seen.news[i].to_run) {
            return &watch->seen.news[i];
        }
    }
    return NULL;
}

static void start_command(struct watch *watch, uint64_t now_ms)
{
    struct watch_news *news = first_to_run(watch);
    if (watch->command.path == NULL || watch->command.pid != 0 || news == NULL) {
        return;
    }
    if (!watch_command_start(&watch->command, news, &watch->home->network, now_ms)) {
        LOG(LOG_ERROR, "watch-command-not-started", LOG_T("command", watch->command.path),
            LOG_T("why", strerror(errno)));
        news->to_run = false;
        set_unsaved(watch, now_ms);
    }
}

/* The command that runs is about the first news that is still to be run. */
static void end_command(struct watch *watch, uint64_t now_ms)
{
    if (watch->command.pid == 0) {
        return;
    }
    enum watch_command_end end = watch_command_step(&watch->command, now_ms);
    switch (end) {
    case WATCH_COMMAND_RUNS:
        return;
    case WATCH_COMMAND_DONE:
        break;
    case WATCH_COMMAND_FAILED:
        LOG(LOG_WARN, "watch-command-failed", LOG_T("command", watch->command.path));
        break;
    case WATCH_COMMAND_KILLED:
        LOG(LOG_WARN, "watch-command-killed", LOG_T("command", watch->command.path));
        break;
    }
    struct watch_news *news = first_to_run(watch);
    if (news != NULL) {
        news->to_run = false;
        set_unsaved(watch, now_ms);
    }
}

static void drop_told(struct watch *watch)
{
    size_t kept = 0;
    for (size_t i = 0; i < watch->seen.news_count; i++) {
        if (watch->seen.news[i].to_log || watch->seen.news[i].to_run) {
            watch->seen.news[kept++] = watch->seen.news[i];
        }
    }
    watch->seen.news_count = kept;
}

/* What is told is saved as news before, and as told after: so that one who is killed in between knows. */
static void tell(struct watch *watch, uint64_t now_ms)
{
    drop_told(watch);
    if (now_ms < watch->save_retry_ms || (watch->unsaved && !save(watch, now_ms))) {
        return;
    }
    append_to_log(watch, now_ms);
    start_command(watch, now_ms);
    drop_told(watch);
    if (watch->unsaved) {
        (void)save(watch, now_ms);
    }
}

/* ---- checking ---- */

/* In the first minute what can't be determined yet stays as it was. */
static bool hold_back(struct watch_facts *facts, struct watch_changes *changes, struct arena *arena)
{
    struct watch_fact *items = arena_take(arena, facts->count * sizeof(*items));
    struct watch_change *kept = arena_take(arena, changes->count * sizeof(*kept));
    size_t kept_count = 0, at = 0;
    if (items == NULL || kept == NULL) {
        return false;
    }
    memcpy(items, facts->items, facts->count * sizeof(*items));
    for (size_t i = 0; i < changes->count; i++) {
        const struct watch_change *change = &changes->items[i];
        if (change->kind != WATCH_LOST) {
            kept[kept_count++] = *change;
            continue;
        }
        while (watch_fact_order(&items[at], &change->is) < 0) {
            at++;
        }
        items[at] = change->was;
    }
    facts->items = items;
    *changes = (struct watch_changes){.count = kept_count, .items = kept};
    return true;
}

static void add_news(struct watch *watch, const struct watched *watched, const struct watch_changes *changes,
                     uint64_t now_s)
{
    for (size_t i = 0; i < changes->count; i++) {
        struct watch_news *news = &watch->seen.news[watch->seen.news_count++];
        *news = (struct watch_news){.time_s = now_s < TIME_S_MAX ? now_s : TIME_S_MAX,
                                    .subject = watched->subject,
                                    .change = changes->items[i],
                                    .to_log = true,
                                    .to_run = watch->command.path != NULL};
        memcpy(news->name, watched->name, sizeof(news->name));
    }
    LOG(LOG_INFO, "watch-changed", LOG_T("who", watched->name), LOG_N("changes", changes->count));
}

static bool are_equal(const struct watch_facts *a, const struct watch_facts *b)
{
    bool equal = a->count == b->count;
    for (size_t i = 0; equal && i < a->count; i++) {
        equal = watch_fact_equal(&a->items[i], &b->items[i]);
    }
    return equal;
}

/* Compare with what was last seen. Returns: false when out of memory. */
static bool take_facts(struct watch *watch, const struct watched *watched, uint64_t now_ms, uint64_t now_s)
{
    struct watch_facts facts = watch->check.facts, was;
    struct watch_changes changes = {0};
    bool is_known = watch_seen_of(&was, &watch->seen, &watched->subject);
    if (is_known && are_equal(&was, &facts)) {
        return true;
    }
    if (is_known && !watch_changes_of(&changes, &was, &facts, &watch->check.arena)) {
        return false;
    }
    bool is_early = now_ms < watch->started_ms + clock_rhythm_ms(WATCH_GRACE_MS);
    if (is_early && changes.count > 0) {
        if (!hold_back(&facts, &changes, &watch->check.arena)) {
            return false;
        }
        if (are_equal(&was, &facts)) {
            return true;
        }
    }
    if (changes.count > WATCH_NEWS_MAX - watch->seen.news_count) {
        watch->due = true;
        return true;
    }
    if (!watch_seen_set(&watch->seen, &watched->subject, &facts)) {
        return false;
    }
    set_unsaved(watch, now_ms);
    if (changes.count > 0) {
        add_news(watch, watched, &changes, now_s);
    }
    return true;
}

static void check_failed(struct watch *watch, enum store_error error)
{
    if (!watch->check_failed) {
        LOG(LOG_ERROR, "watch-check-failed", LOG_T("error", store_error_word(error)));
    }
    watch->check_failed = true;
}

static void begin_pass(struct watch *watch, uint64_t now_ms, uint64_t now_s)
{
    const struct ingest *ingest = watch->ingest;
    watch->due = false;
    watch->day = clock_local_day(now_s);
    watch->pass_ms = now_ms;
    watch->work_ms = 0;
    watch->recheck_ms = now_ms + clock_rhythm_ms(WATCH_RECHECK_MS);
    if (now_ms < watch->started_ms + clock_rhythm_ms(WATCH_GRACE_MS)) {
        watch->recheck_ms = watch->started_ms + clock_rhythm_ms(WATCH_GRACE_MS);
    }
    watch->not_before_ms = now_ms + clock_rhythm_ms(WATCH_PASS_MS_MIN);
    enum store_error error = STORE_NO_MEMORY;
    if (watch_check_init(&watch->check, ingest->store, ingest->network, ingest->trust)) {
        error = watch_check_ask(&watch->check, watch->day, now_s, ingest->has_self ? &ingest->self : NULL);
    }
    if (error != STORE_OK) {
        watch_check_deinit(&watch->check);
        check_failed(watch, error);
        return;
    }
    watch->in_pass = true;
    watch->in_subject = false;
    watch->next = 0;
}

/* One subject, or a few technicians of a shop. */
static void check_some(struct watch *watch, uint64_t now_ms, uint64_t now_s)
{
    const struct watched *watched = &watch->list->items[watch->next];
    bool done = false;
    enum store_error error = watch->in_subject ? watch_check_go_on(&watch->check, MEMBERS_A_STEP, &done)
                                               : watch_check_begin(&watch->check, &watched->subject, &done);
    if (error == STORE_OK && done && !take_facts(watch, watched, now_ms, now_s)) {
        error = STORE_NO_MEMORY;
    }
    if (error != STORE_OK) {
        check_failed(watch, error);
    }
    watch->in_subject = error == STORE_OK && !done;
    watch->next += !watch->in_subject;
}

static void work(struct watch *watch, uint64_t now_ms, uint64_t now_s)
{
    uint64_t begun_ms = clock_monotonic_ms(), at_ms = begun_ms;
    while (watch->next < watch->list->count && at_ms < begun_ms + WATCH_TURN_MS) {
        check_some(watch, now_ms, now_s);
        at_ms = clock_monotonic_ms();
    }
    watch->work_ms += at_ms - begun_ms;
    if (watch->next < watch->list->count) {
        return;
    }
    end_pass(watch);
    /* A long list takes only its share of the time. */
    if (watch->not_before_ms < now_ms + REST_FACTOR * watch->work_ms) {
        watch->not_before_ms = now_ms + REST_FACTOR * watch->work_ms;
    }
}

/* ---- the loop ---- */

void watch_on_accepted(struct watch *watch)
{
    watch->due = true;
}

void watch_step(struct watch *watch, uint64_t now_ms, uint64_t now_s)
{
    end_command(watch, now_ms);
    if (watch->is_unread && now_ms >= watch->read_retry_ms) {
        try_reading(watch, now_ms);
    }
    if (!watch->is_unread && !watch->in_pass && watch->list->count > 0) {
        bool is_due = watch->due || clock_local_day(now_s) != watch->day;
        if (now_ms >= watch->recheck_ms || (is_due && now_ms >= watch->not_before_ms)) {
            begin_pass(watch, now_ms, now_s);
        }
    }
    if (watch->in_pass) {
        work(watch, now_ms, now_s);
    }
    bool is_waiting = watch->unsaved || watch->seen.news_count > 0;
    if (is_waiting &&
        (!watch->in_pass || now_ms >= watch->unsaved_ms + clock_rhythm_ms(WATCH_UNSAVED_MS_MAX))) {
        tell(watch, now_ms);
    }
}

static uint64_t earlier(uint64_t a_ms, uint64_t b_ms)
{
    return a_ms < b_ms ? a_ms : b_ms;
}

uint64_t watch_deadline_ms(const struct watch *watch, uint64_t now_ms)
{
    uint64_t deadline_ms = UINT64_MAX;
    if (watch->in_pass) {
        return now_ms;
    }
    if (watch->is_unread) {
        deadline_ms = watch->read_retry_ms;
    } else if (watch->list->count > 0) {
        deadline_ms = watch->due ? watch->not_before_ms : watch->recheck_ms;
    }
    if (watch->command.pid != 0) {
        deadline_ms = earlier(deadline_ms, watch->command.until_ms);
    }
    if (watch->unsaved) {
        deadline_ms = earlier(deadline_ms, watch->save_retry_ms);
    }
    if (watch->log_failed) {
        deadline_ms = earlier(deadline_ms, watch->log_retry_ms);
    }
    return deadline_ms;
}

void watch_deinit(struct watch *watch)
{
    if (watch->list == NULL) {
        return;
    }
    end_pass(watch);
    watch_command_stop(&watch->command);
    if (watch->unsaved) {
        (void)watch_seen_write(&watch->seen, watch->home, WATCH_SEEN_FILE);
    }
    watch_seen_deinit(&watch->seen);
    free(watch->list);
    watch->list = NULL;
}
