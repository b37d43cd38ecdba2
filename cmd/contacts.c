#include "cmd/contacts.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "protocol/base/text.h"

bool contacts_alike(const char *name, struct bytes text)
{
    return strlen(name) == text.size && strncasecmp(name, (const char *)text.data, text.size) == 0;
}

const struct contact *contacts_named(const struct contacts *contacts, struct bytes name)
{
    for (size_t i = 0; i < contacts->count; i++) {
        if (contacts_alike(contacts->items[i].name, name)) {
            return &contacts->items[i];
        }
    }
    return NULL;
}

const struct contact *contacts_of(const struct contacts *contacts, const struct hash *id)
{
    for (size_t i = 0; i < contacts->count; i++) {
        if (hash_equal(&contacts->items[i].subject.id, id)) {
            return &contacts->items[i];
        }
    }
    return NULL;
}

/* A name that reads as an id would make commands do something else than they seem to. */
static bool name_is_usable(struct bytes name)
{
    struct network any;
    struct hash id;

    if (name.size == 0 || name.size > NAME_SIZE_MAX || !text_is_clean(name) || contacts_alike("me", name)) {
        return false;
    }
    if (name.data[0] == ' ' || name.data[0] == '#' || name.data[name.size - 1] == ' ') {
        return false;
    }
    return network_init(&any, "main") && id_from_text(&id, NULL, ID_ACTOR, &any, name) == ID_NOT_AN_ID;
}

enum contacts_result contacts_add(struct contacts *contacts, const struct subject *subject, struct bytes name)
{
    const struct contact *known = contacts_of(contacts, &subject->id);
    const struct contact *named;
    size_t at = known ? (size_t)(known - contacts->items) : contacts->count;

    if (!name_is_usable(name)) {
        return CONTACTS_BAD_NAME;
    }
    named = contacts_named(contacts, name);
    if (named && named != known) {
        return CONTACTS_NAME_TAKEN;
    }
    if (at == CONTACTS_MAX) {
        return CONTACTS_TOO_MANY;
    }
    contacts->items[at].subject = *subject;
    memcpy(contacts->items[at].name, name.data, name.size);
    contacts->items[at].name[name.size] = '\0';
    if (!known) {
        contacts->count++;
    }
    return CONTACTS_OK;
}

static struct bytes trimmed(struct bytes text)
{
    while (text.size > 0 && (text.data[0] == ' ' || text.data[0] == '\t')) {
        text = bytes_of(text.data + 1, text.size - 1);
    }
    while (text.size > 0 && strchr(" \t\r", text.data[text.size - 1])) {
        text.size--;
    }
    return text;
}

static enum contacts_result parse_line(struct contacts *contacts, const struct network *network,
                                       struct bytes line)
{
    struct bytes text = trimmed(line);
    struct subject subject;
    size_t id_size = 0;

    if (text.size == 0 || text.data[0] == '#') {
        return CONTACTS_OK;
    }
    while (id_size < text.size && text.data[id_size] != ' ' && text.data[id_size] != '\t') {
        id_size++;
    }
    if (subject_from_text(&subject, network, bytes_of(text.data, id_size)) != ID_OK) {
        return CONTACTS_BAD_ID;
    }
    return contacts_add(contacts, &subject, trimmed(bytes_of(text.data + id_size, text.size - id_size)));
}

static enum contacts_result parse_lines(struct contacts *contacts, size_t *line,
                                        const struct network *network, struct bytes text)
{
    size_t at = 0;

    for (*line = 1; at < text.size; ++*line) {
        const uint8_t *end = memchr(text.data + at, '\n', text.size - at);
        size_t size = end ? (size_t)(end - text.data) - at : text.size - at;
        enum contacts_result result = parse_line(contacts, network, bytes_of(text.data + at, size));

        if (result != CONTACTS_OK) {
            return result;
        }
        at += size + 1;
    }
    return CONTACTS_OK;
}

enum contacts_result contacts_parse(struct contacts *contacts, size_t *line, const struct network *network,
                                    struct bytes text)
{
    enum contacts_result result;

    *line = 0;
    contacts->count = 0;
    if (text.size > CONTACTS_FILE_SIZE_MAX) {
        return CONTACTS_TOO_LARGE;
    }
    result = parse_lines(contacts, line, network, text);
    if (result != CONTACTS_OK) {
        contacts->count = 0;
    }
    return result;
}

bool contacts_print(char *out, size_t capacity, const struct network *network,
                    const struct contacts *contacts)
{
    size_t at = 0;

    if (capacity == 0) {
        return false;
    }
    out[0] = '\0';
    for (size_t i = 0; i < contacts->count; i++) {
        const struct contact *contact = &contacts->items[i];
        char id[ID_TEXT_MAX + 1];
        int size;

        subject_to_text(id, network, &contact->subject);
        size = snprintf(out + at, capacity - at, "%s %s\n", id, contact->name);
        if (size < 0 || (size_t)size >= capacity - at) {
            return false;
        }
        at += (size_t)size;
    }
    return true;
}
