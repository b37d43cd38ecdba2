#include "cmd/csv_columns.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/interrupt.h"
#include "protocol/base/text.h"

const char *const csv_report_fields[CSV_REPORT_FIELDS] = {"line", "reason", "message"};

void csv_keep_text(char out[CSV_TEXT_SIZE], struct bytes text)
{
    size_t size = text.size;
    out[0] = '\0';
    if (size == 0 || !text_is_clean(text)) {
        return;
    }
    if (size >= CSV_TEXT_SIZE) {
        size = CSV_TEXT_SIZE - 1;
        while (size > 0 && (text.data[size] & 0xc0) == 0x80) {
            size--;
        }
    }
    memcpy(out, text.data, size);
    out[size] = '\0';
}

static bool equals_in_any_case(struct bytes text, const char *name)
{
    if (text.size != strlen(name)) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        if ((byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte) != (uint8_t)name[i]) {
            return false;
        }
    }
    return true;
}

static enum csv_header place_column(struct csv_columns *columns, const struct csv *csv, size_t field,
                                    struct csv_header_refused *refused)
{
    struct bytes text = text_trim(csv->fields[field], " ");
    for (size_t i = 0; i < columns->count; i++) {
        if (!equals_in_any_case(text, columns->names[i])) {
            continue;
        }
        refused->column = i;
        if (columns->fields[i] != CSV_NO_FIELD) {
            return CSV_HEADER_TWICE;
        }
        columns->fields[i] = field;
        return CSV_HEADER_OK;
    }
    csv_keep_text(refused->text, text);
    return CSV_HEADER_UNKNOWN;
}

static bool is_report(const struct csv *csv)
{
    for (size_t i = 0; i < CSV_REPORT_FIELDS; i++) {
        if (i >= csv->field_count ||
            !equals_in_any_case(text_trim(csv->fields[i], " "), csv_report_fields[i])) {
            return false;
        }
    }
    return true;
}

enum csv_header csv_columns_read(struct csv_columns *columns, struct csv *csv,
                                 struct csv_header_refused *refused)
{
    assert(columns->count <= CSV_FIELDS_MAX);
    enum csv_result result = csv_next(csv);
    *refused = (struct csv_header_refused){.csv = result};
    if (result != CSV_ROW) {
        return result == CSV_END ? CSV_HEADER_EMPTY : CSV_HEADER_UNREADABLE;
    }
    columns->field_count = csv->field_count;
    for (size_t i = 0; i < columns->count; i++) {
        columns->fields[i] = CSV_NO_FIELD;
    }
    columns->own_first = columns->takes_reports && is_report(csv) ? CSV_REPORT_FIELDS : 0;
    for (size_t i = columns->own_first; i < columns->field_count; i++) {
        enum csv_header header = place_column(columns, csv, i, refused);
        if (header != CSV_HEADER_OK) {
            return header;
        }
    }
    for (size_t i = 0; i < columns->required_count; i++) {
        if (columns->fields[i] == CSV_NO_FIELD) {
            refused->column = i;
            return CSV_HEADER_MISSING;
        }
    }
    return CSV_HEADER_OK;
}

bool csv_has_column(const struct csv_columns *columns, size_t column)
{
    return columns->fields[column] != CSV_NO_FIELD;
}

struct bytes csv_field_of(const struct csv_columns *columns, const struct csv *csv, size_t column)
{
    size_t field = columns->fields[column];
    return field == CSV_NO_FIELD ? bytes_of(NULL, 0) : text_trim(csv->fields[field], " ");
}

/* ---- words ---- */

/* "technician, code, reason" */
static void list_names(char *out, size_t capacity, const struct csv_columns *columns, size_t count)
{
    size_t size = 0;
    out[0] = '\0';
    for (size_t i = 0; i < count && size < capacity; i++) {
        size += (size_t)snprintf(out + size, capacity - size, "%s%s", i == 0 ? "" : ", ", columns->names[i]);
    }
}

int csv_header_fail(const struct session_options *options, enum csv_header header,
                    const struct csv_header_refused *refused, const struct csv_columns *columns)
{
    char names[256];
    const char *column = columns->names[refused->column];
    switch (header) {
    case CSV_HEADER_OK:
        return EXIT_YES;
    case CSV_HEADER_UNREADABLE:
        return session_fail(options, EXIT_BAD_INPUT, "csv-unreadable", "The first row could not be read: %s.",
                            csv_result_sentence(refused->csv));
    case CSV_HEADER_EMPTY:
        return session_fail(options, EXIT_BAD_INPUT, "csv-empty", "The file is empty.");
    case CSV_HEADER_MISSING:
        list_names(names, sizeof(names), columns, columns->required_count);
        return session_fail(options, EXIT_BAD_INPUT, "csv-column-missing",
                            "The column %s is missing: the first row names the columns, at least %s.", column,
                            names);
    case CSV_HEADER_UNKNOWN:
        list_names(names, sizeof(names), columns, columns->count);
        return session_fail(options, EXIT_BAD_INPUT, "csv-column-unknown", "The column \"%s\" is none of %s.",
                            refused->text, names);
    case CSV_HEADER_TWICE:
        return session_fail(options, EXIT_BAD_INPUT, "csv-column-twice", "The column %s is there twice.",
                            column);
    }
    return EXIT_BAD_INPUT;
}

/* ---- the file ---- */

static bool read_descriptor(void *context, uint8_t *data, size_t capacity, size_t *size)
{
    const int *fd = context;
    ssize_t got;
    *size = 0;
    if (!interrupt_await_input(*fd)) {
        return false;
    }
    do {
        got = read(*fd, data, capacity);
    } while (got < 0 && errno == EINTR);
    *size = got > 0 ? (size_t)got : 0;
    return got >= 0;
}

int csv_file_open(int *fd, const struct session_options *options, const char *path)
{
    *fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    return *fd >= 0 ? EXIT_YES
                    : session_fail(options, EXIT_BAD_INPUT, "file-not-readable", "%s could not be read: %s.",
                                   path, strerror(errno));
}

void csv_file_close(int fd)
{
    if (fd != STDIN_FILENO) {
        close(fd);
    }
}

struct csv_source csv_file_source(int *fd)
{
    return (struct csv_source){.read = read_descriptor, .context = fd};
}
