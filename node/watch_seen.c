#include "node/watch_seen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/watch_words.h"
#include "protocol/base/text.h"

enum { FIELDS_MAX = 15, LINE_SIZE_MAX = 1024 };

bool watch_seen_init(struct watch_seen *seen)
{
    *seen = (struct watch_seen){0};
    seen->items = calloc(WATCH_MAX, sizeof(*seen->items));
    seen->news = calloc(WATCH_NEWS_MAX, sizeof(*seen->news));
    return seen->items != NULL && seen->news != NULL;
}

static void clear(struct watch_seen *seen)
{
    for (size_t i = 0; i < seen->count; i++) {
        free(seen->items[i].facts);
    }
    seen->count = 0;
    seen->news_count = 0;
}

void watch_seen_deinit(struct watch_seen *seen)
{
    clear(seen);
    free(seen->items);
    free(seen->news);
    *seen = (struct watch_seen){0};
}

/* ---- subjects ---- */

static struct watch_seen_subject *find(const struct watch_seen *seen, const struct subject *subject)
{
    for (size_t i = 0; i < seen->count; i++) {
        if (subject_equal(&seen->items[i].subject, subject)) {
            return &seen->items[i];
        }
    }
    return NULL;
}

bool watch_seen_of(struct watch_facts *out, const struct watch_seen *seen, const struct subject *subject)
{
    const struct watch_seen_subject *item = find(seen, subject);
    *out = (struct watch_facts){0};
    if (item == NULL) {
        return false;
    }
    *out = (struct watch_facts){.count = item->fact_count, .items = item->facts};
    return true;
}

bool watch_seen_set(struct watch_seen *seen, const struct subject *subject, const struct watch_facts *facts)
{
    struct watch_seen_subject *item = find(seen, subject);
    struct watch_fact *copy = NULL;
    if (item == NULL && seen->count == WATCH_MAX) {
        return false;
    }
    if (facts->count > 0) {
        copy = malloc(facts->count * sizeof(*copy));
        if (copy == NULL) {
            return false;
        }
        memcpy(copy, facts->items, facts->count * sizeof(*copy));
    }
    if (item == NULL) {
        item = &seen->items[seen->count++];
        item->facts = NULL;
        item->subject = *subject;
    }
    free(item->facts);
    item->facts = copy;
    item->fact_count = facts->count;
    return true;
}

bool watch_seen_keep(struct watch_seen *seen, const struct watch_list *list)
{
    size_t kept = 0;
    for (size_t i = 0; i < seen->count; i++) {
        if (watch_list_of(list, &seen->items[i].subject) != NULL) {
            seen->items[kept++] = seen->items[i];
        } else {
            free(seen->items[i].facts);
        }
    }
    bool any = kept < seen->count;
    seen->count = kept;
    return any;
}

/* ---- reading ---- */

struct line {
    size_t count;
    struct bytes fields[FIELDS_MAX];
};

/* One who reads the file. */
struct reading {
    struct watch_seen *seen;
    const struct network *network;
    struct bytes id; /* text of the subject that facts follow */
    struct watch_fact *facts;
    struct watch_facts list; /* of it, so far */
};

/* Returns: false when there are too many fields. */
static bool split(struct line *out, struct bytes text)
{
    out->count = 0;
    for (;;) {
        const uint8_t *tab = text.size > 0 ? memchr(text.data, '\t', text.size) : NULL;
        size_t size = tab != NULL ? (size_t)(tab - text.data) : text.size;
        if (out->count == FIELDS_MAX) {
            return false;
        }
        out->fields[out->count++] = bytes_of(text.data, size);
        if (tab == NULL) {
            return true;
        }
        text = bytes_of(text.data + size + 1, text.size - size - 1);
    }
}

static bool is_dash(struct bytes field)
{
    return bytes_equal_string(field, "-");
}

static bool read_what(char out[WATCH_WHAT_SIZE], enum watch_kind kind, struct bytes field)
{
    const uint8_t *colon = field.size > 0 ? memchr(field.data, ':', field.size) : NULL;
    bool fits = field.size > 0 && field.size < WATCH_WHAT_SIZE && text_is_clean(field);
    if (!fits || (kind == WATCH_CODE ? !text_is_code(field) : colon == NULL)) {
        return false;
    }
    memcpy(out, field.data, field.size);
    out[field.size] = '\0';
    return true;
}

static bool read_why(char out[WATCH_WHY_SIZE], struct bytes field)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    if (is_dash(field)) {
        out[0] = '\0';
        return true;
    }
    if (field.size == 0 || field.size >= WATCH_WHY_SIZE) {
        return false;
    }
    for (size_t i = 0; i < field.size; i++) {
        if (field.data[i] == '\0' || strchr(letters, field.data[i]) == NULL) {
            return false;
        }
    }
    memcpy(out, field.data, field.size);
    out[field.size] = '\0';
    return true;
}

/* Three fields: state, until, why. */
static bool read_state(struct watch_fact *fact, const struct bytes *fields)
{
    fact->until_day = DAY_NONE;
    return watch_state_from_word(&fact->state, fields[0]) &&
           (is_dash(fields[1]) || day_from_text(&fact->until_day, fields[1])) &&
           read_why(fact->why, fields[2]);
}

static bool read_mark(bool *out, struct bytes field, const char *word)
{
    *out = bytes_equal_string(field, word);
    return *out || is_dash(field);
}

static bool read_name(char out[NAME_SIZE_MAX + 1], struct bytes field)
{
    if (is_dash(field)) {
        out[0] = '\0';
        return true;
    }
    if (field.size == 0 || !watch_name_is_usable(field)) {
        return false;
    }
    memcpy(out, field.data, field.size);
    out[field.size] = '\0';
    return true;
}

/* Put down the facts that were read of a subject. */
static bool settle(struct reading *reading)
{
    bool ok = true;
    if (reading->id.size > 0) {
        ok = watch_seen_set(reading->seen, &reading->seen->items[reading->seen->count - 1].subject,
                            &reading->list);
    }
    reading->list.count = 0;
    return ok;
}

static enum watch_seen_result read_seen(struct reading *reading, const struct line *line)
{
    static const struct watch_facts none = {0};
    struct subject subject;
    if (line->count != 2 || subject_from_text(&subject, reading->network, line->fields[1]) != ID_OK ||
        find(reading->seen, &subject) != NULL || reading->seen->count == WATCH_MAX) {
        return WATCH_SEEN_BAD_LINE;
    }
    if (!settle(reading) || !watch_seen_set(reading->seen, &subject, &none)) {
        return WATCH_SEEN_NO_MEMORY;
    }
    reading->id = line->fields[1];
    return WATCH_SEEN_OK;
}

static enum watch_seen_result read_fact(struct reading *reading, const struct line *line)
{
    if (line->count != 7 || reading->id.size == 0 || !bytes_equal(line->fields[1], reading->id) ||
        reading->list.count == WATCH_FACTS_MAX) {
        return WATCH_SEEN_BAD_LINE;
    }
    struct watch_fact *fact = &reading->facts[reading->list.count];
    if (!watch_kind_from_word(&fact->kind, line->fields[2]) ||
        !read_what(fact->what, fact->kind, line->fields[3]) || !read_state(fact, &line->fields[4]) ||
        (reading->list.count > 0 && watch_fact_order(fact - 1, fact) >= 0)) {
        return WATCH_SEEN_BAD_LINE;
    }
    reading->list.count++;
    return WATCH_SEEN_OK;
}

static bool take_news(struct watch_news *news, const struct network *network, const struct bytes *fields)
{
    struct watch_change *change = &news->change;
    return time_from_text(&news->time_s, fields[1]) && news->time_s <= TIME_S_MAX &&
           subject_from_text(&news->subject, network, fields[2]) == ID_OK &&
           watch_change_from_word(&change->kind, fields[3]) &&
           watch_kind_from_word(&change->was.kind, fields[4]) &&
           read_what(change->was.what, change->was.kind, fields[5]) && read_state(&change->was, &fields[6]) &&
           read_state(&change->is, &fields[9]) && read_mark(&news->to_log, fields[12], "log") &&
           read_mark(&news->to_run, fields[13], "run") && read_name(news->name, fields[14]);
}

static enum watch_seen_result read_news(struct reading *reading, const struct line *line)
{
    struct watch_seen *seen = reading->seen;
    if (line->count != 15 || seen->news_count == WATCH_NEWS_MAX ||
        !take_news(&seen->news[seen->news_count], reading->network, line->fields)) {
        return WATCH_SEEN_BAD_LINE;
    }
    struct watch_change *change = &seen->news[seen->news_count++].change;
    change->is.kind = change->was.kind;
    memcpy(change->is.what, change->was.what, sizeof(change->is.what));
    return WATCH_SEEN_OK;
}

static enum watch_seen_result read_line(struct reading *reading, struct bytes text)
{
    struct line line;
    if (text.size > LINE_SIZE_MAX || !split(&line, text)) {
        return WATCH_SEEN_BAD_LINE;
    }
    if (bytes_equal_string(line.fields[0], "seen")) {
        return read_seen(reading, &line);
    }
    if (bytes_equal_string(line.fields[0], "fact")) {
        return read_fact(reading, &line);
    }
    return bytes_equal_string(line.fields[0], "news") ? read_news(reading, &line) : WATCH_SEEN_BAD_LINE;
}

static enum watch_seen_result read_lines(struct reading *reading, size_t *line, struct bytes text)
{
    size_t at = 0;
    for (*line = 1; at < text.size; ++*line) {
        const uint8_t *end = memchr(text.data + at, '\n', text.size - at);
        if (end == NULL) {
            return WATCH_SEEN_BAD_LINE;
        }
        size_t size = (size_t)(end - text.data) - at;
        bool is_comment = size > 0 && text.data[at] == '#';
        enum watch_seen_result result =
            is_comment ? WATCH_SEEN_OK : read_line(reading, bytes_of(text.data + at, size));
        if (result != WATCH_SEEN_OK) {
            return result;
        }
        at += size + 1;
    }
    return settle(reading) ? WATCH_SEEN_OK : WATCH_SEEN_NO_MEMORY;
}

enum watch_seen_result watch_seen_parse(struct watch_seen *seen, size_t *line, const struct network *network,
                                        struct bytes text)
{
    struct reading reading = {.seen = seen, .network = network};
    *line = 0;
    if (text.size > WATCH_SEEN_FILE_SIZE_MAX) {
        return WATCH_SEEN_TOO_LARGE;
    }
    reading.facts = calloc(WATCH_FACTS_MAX, sizeof(*reading.facts));
    reading.list.items = reading.facts;
    enum watch_seen_result result =
        reading.facts != NULL ? read_lines(&reading, line, text) : WATCH_SEEN_NO_MEMORY;
    free(reading.facts);
    if (result != WATCH_SEEN_OK) {
        clear(seen);
    }
    return result;
}

enum home_error watch_seen_read(struct watch_seen *seen, enum watch_seen_result *result, size_t *line,
                                const struct home *home, const char *file)
{
    size_t size = 0;
    uint8_t *text = malloc(WATCH_SEEN_FILE_SIZE_MAX);
    *line = 0;
    *result = text != NULL ? WATCH_SEEN_OK : WATCH_SEEN_NO_MEMORY;
    if (text == NULL) {
        return HOME_OK;
    }
    enum home_error error = home_read(home, file, text, WATCH_SEEN_FILE_SIZE_MAX, &size);
    if (error == HOME_OK) {
        *result = watch_seen_parse(seen, line, &home->network, bytes_of(text, size));
    } else if (error == HOME_TOO_LARGE) {
        *result = WATCH_SEEN_TOO_LARGE;
    }
    free(text);
    return error == HOME_NOT_FOUND || error == HOME_TOO_LARGE ? HOME_OK : error;
}

/* ---- writing ---- */

static const char *text_or_dash(const char *text)
{
    return text[0] != '\0' ? text : "-";
}

static void print_state(FILE *out, const struct watch_fact *fact)
{
    char day[DAY_TEXT_SIZE] = "-";
    if (fact->until_day <= DAY_MAX) {
        day_to_text(day, fact->until_day);
    }
    (void)fprintf(out, "\t%s\t%s\t%s", watch_state_word(fact->state), day, text_or_dash(fact->why));
}

static void print_subject(FILE *out, const struct watch_seen_subject *item, const struct network *network)
{
    char id[ID_TEXT_MAX + 1];
    subject_to_text(id, network, &item->subject);
    (void)fprintf(out, "seen\t%s\n", id);
    for (size_t i = 0; i < item->fact_count; i++) {
        const struct watch_fact *fact = &item->facts[i];
        (void)fprintf(out, "fact\t%s\t%s\t%s", id, watch_kind_word(fact->kind), fact->what);
        print_state(out, fact);
        (void)fputs("\n", out);
    }
}

static void print_news(FILE *out, const struct watch_news *news, const struct network *network)
{
    char id[ID_TEXT_MAX + 1], time[TIME_TEXT_SIZE];
    subject_to_text(id, network, &news->subject);
    time_to_text(time, news->time_s);
    (void)fprintf(out, "news\t%s\t%s\t%s\t%s\t%s", time, id, watch_change_word(news->change.kind),
                  watch_kind_word(news->change.was.kind), news->change.was.what);
    print_state(out, &news->change.was);
    print_state(out, &news->change.is);
    (void)fprintf(out, "\t%s\t%s\t%s\n", news->to_log ? "log" : "-", news->to_run ? "run" : "-",
                  text_or_dash(news->name));
}

char *watch_seen_print(size_t *size, const struct watch_seen *seen, const struct network *network)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    if (out == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < seen->count; i++) {
        print_subject(out, &seen->items[i], network);
    }
    for (size_t i = 0; i < seen->news_count; i++) {
        print_news(out, &seen->news[i], network);
    }
    bool failed = ferror(out) != 0;
    if (fclose(out) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}

enum home_error watch_seen_write(const struct watch_seen *seen, const struct home *home, const char *file)
{
    size_t size = 0;
    char *text = watch_seen_print(&size, seen, &home->network);
    if (text == NULL) {
        return HOME_IO;
    }
    enum home_error error = home_write(home, file, text, size, 0600);
    free(text);
    return error;
}
