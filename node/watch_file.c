#include "node/watch_file.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "protocol/base/text.h"

bool watch_name_is_usable(struct bytes name)
{
    if (name.size == 0) {
        return true;
    }
    return name.size <= NAME_SIZE_MAX && text_is_clean(name) && name.data[0] != ' ' &&
           name.data[name.size - 1] != ' ';
}

const struct watched *watch_list_of(const struct watch_list *list, const struct subject *subject)
{
    for (size_t i = 0; i < list->count; i++) {
        if (subject_equal(&list->items[i].subject, subject)) {
            return &list->items[i];
        }
    }
    return NULL;
}

const struct watched *watch_list_named(const struct watch_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].name[0] != '\0' && strcasecmp(list->items[i].name, name) == 0) {
            return &list->items[i];
        }
    }
    return NULL;
}

/* ---- reading ---- */

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

static enum watch_file_result add_line(struct watch_list *list, const struct network *network,
                                       struct bytes line, size_t at, size_t size)
{
    size_t id_size = 0;
    while (id_size < line.size && !is_blank(line.data[id_size])) {
        id_size++;
    }
    struct bytes name = text_trim(bytes_of(line.data + id_size, line.size - id_size), " \t\r");
    struct watched watched = {.at = at, .size = size};
    if (subject_from_text(&watched.subject, network, bytes_of(line.data, id_size)) != ID_OK) {
        return WATCH_FILE_BAD_ID;
    }
    if (!watch_name_is_usable(name)) {
        return WATCH_FILE_BAD_NAME;
    }
    if (watch_list_of(list, &watched.subject) != NULL) {
        return WATCH_FILE_TWICE;
    }
    if (list->count == WATCH_MAX) {
        return WATCH_FILE_TOO_MANY;
    }
    if (name.size > 0) {
        memcpy(watched.name, name.data, name.size);
    }
    list->items[list->count++] = watched;
    return WATCH_FILE_OK;
}

static enum watch_file_result parse_lines(struct watch_list *list, size_t *line,
                                          const struct network *network, struct bytes text)
{
    size_t at = 0;
    for (*line = 1; at < text.size; ++*line) {
        const uint8_t *end = memchr(text.data + at, '\n', text.size - at);
        size_t size = end != NULL ? (size_t)(end - text.data) - at : text.size - at;
        size_t whole = end != NULL ? size + 1 : size;
        struct bytes content = text_trim(bytes_of(text.data + at, size), " \t\r");
        if (content.size > 0 && content.data[0] != '#') {
            enum watch_file_result result = add_line(list, network, content, at, whole);
            if (result != WATCH_FILE_OK) {
                return result;
            }
        }
        at += whole;
    }
    return WATCH_FILE_OK;
}

enum watch_file_result watch_file_parse(struct watch_list *list, size_t *line, const struct network *network,
                                        struct bytes text)
{
    list->count = 0;
    *line = 0;
    if (text.size > WATCH_FILE_SIZE_MAX) {
        return WATCH_FILE_TOO_LARGE;
    }
    enum watch_file_result result = parse_lines(list, line, network, text);
    if (result != WATCH_FILE_OK) {
        list->count = 0;
    }
    return result;
}

const char *watch_file_words(enum watch_file_result result)
{
    static const char *const words[] = {
        [WATCH_FILE_OK] = "is fine",
        [WATCH_FILE_TOO_LARGE] = "is larger than 512 KiB",
        [WATCH_FILE_TOO_MANY] = "is one more than the 1000 that can be watched",
        [WATCH_FILE_BAD_ID] = "does not begin with the id of a technician or shop",
        [WATCH_FILE_BAD_NAME] = "holds a name that is too long or has characters that cannot be shown",
        [WATCH_FILE_TWICE] = "names someone who is there already",
    };
    return words[result];
}

enum home_error watch_file_read(struct watch_list *list, char *text, size_t *size,
                                enum watch_file_result *result, size_t *line, const struct home *home,
                                const char *name)
{
    enum home_error error = home_read(home, name, text, WATCH_FILE_SIZE_MAX, size);
    list->count = 0;
    *line = 0;
    *result = WATCH_FILE_OK;
    if (error == HOME_NOT_FOUND) {
        *size = 0;
        return HOME_OK;
    }
    if (error == HOME_TOO_LARGE) {
        *result = WATCH_FILE_TOO_LARGE;
        return HOME_OK;
    }
    if (error == HOME_OK) {
        *result = watch_file_parse(list, line, &home->network, bytes_of(text, *size));
    }
    return error;
}

/* ---- writing ---- */

/* Append to the text. Returns: false when it does not fit. */
static bool append(char *out, size_t *size, const void *data, size_t data_size)
{
    if (data_size > WATCH_FILE_SIZE_MAX - *size) {
        return false;
    }
    if (data_size > 0) {
        memcpy(out + *size, data, data_size);
    }
    *size += data_size;
    return true;
}

static bool append_line(char *out, size_t *size, const struct network *network, const struct subject *subject,
                        const char *name)
{
    char id[ID_TEXT_MAX + 1];
    subject_to_text(id, network, subject);
    return append(out, size, id, strlen(id)) && (name[0] == '\0' || append(out, size, " ", 1)) &&
           append(out, size, name, strlen(name)) && append(out, size, "\n", 1);
}

bool watch_file_put(char *out, size_t *size, const struct network *network, struct bytes text,
                    const struct watch_list *list, const struct subject *subject, const char *name)
{
    assert(watch_name_is_usable(bytes_of_string(name)));
    const struct watched *watched = watch_list_of(list, subject);
    size_t before = watched != NULL ? watched->at : text.size;
    size_t after = watched != NULL ? watched->at + watched->size : text.size;
    *size = 0;
    if (!append(out, size, text.data, before)) {
        return false;
    }
    if (before > 0 && text.data[before - 1] != '\n' && !append(out, size, "\n", 1)) {
        return false;
    }
    return append_line(out, size, network, subject, name) &&
           append(out, size, text.data + after, text.size - after);
}

void watch_file_drop(char *out, size_t *size, struct bytes text, const struct watched *watched)
{
    size_t after = watched->at + watched->size;
    assert(after <= text.size && text.size <= WATCH_FILE_SIZE_MAX);
    memcpy(out, text.data, watched->at);
    memcpy(out + watched->at, text.data + after, text.size - after);
    *size = text.size - watched->size;
}
