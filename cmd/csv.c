#include "cmd/csv.h"

#include <assert.h>
#include <string.h>

void csv_init(struct csv *csv, const struct csv_source *source)
{
    csv->line = 0;
    csv->field_count = 0;
    csv->source = *source;
    csv->lines = 0;
    csv->ended = false;
    csv->row_size = 0;
    csv->row_is_whole = false;
    csv->at = 0;
    csv->end = 0;
}

static bool fill(struct csv *csv)
{
    csv->at = 0;
    csv->end = 0;
    size_t size = 0;
    if (!csv->source.read(csv->source.context, csv->buffer, sizeof(csv->buffer), &size)) {
        return false;
    }
    assert(size <= sizeof(csv->buffer));
    csv->end = size;
    return true;
}

static void refuse(struct csv *csv, enum csv_result refusal)
{
    if (csv->refusal == CSV_ROW) {
        csv->refusal = refusal;
    }
}

static void begin_row(struct csv *csv)
{
    csv->line = csv->lines + 1;
    csv->field_count = 0;
    csv->state = CSV_AT_FIELD_START;
    csv->refusal = CSV_ROW;
    csv->row_size = 0;
    csv->row_is_whole = true;
    csv->text_size = 0;
}

static void begin_field(struct csv *csv)
{
    csv->state = CSV_AT_FIELD_START;
    if (csv->field_count == CSV_FIELDS_MAX) {
        refuse(csv, CSV_TOO_MANY_FIELDS);
        return;
    }
    csv->field_at[csv->field_count] = csv->row_size;
    csv->fields[csv->field_count++] = bytes_of(csv->text + csv->text_size, 0);
}

static void add_byte(struct csv *csv, uint8_t byte)
{
    if (byte == '\0') {
        refuse(csv, CSV_BAD_BYTE);
    }
    if (csv->refusal != CSV_ROW) {
        return;
    }
    csv->text[csv->text_size++] = byte;
    csv->fields[csv->field_count - 1].size++;
}

/* A byte outside quotes that neither opens nor closes any. Returns: whether it ends the row. */
static bool step_plain(struct csv *csv, uint8_t byte)
{
    switch (byte) {
    case ',':
        begin_field(csv);
        return false;
    case '\n':
        return true;
    case '\r':
        csv->state = CSV_BEHIND_CR;
        return false;
    case '"':
        refuse(csv, CSV_BAD_QUOTE);
        break;
    default:
        add_byte(csv, byte);
        break;
    }
    csv->state = CSV_IN_FIELD;
    return false;
}

static void step_quoted(struct csv *csv, uint8_t byte)
{
    if (byte == '"') {
        csv->state = CSV_BEHIND_QUOTE;
    } else {
        add_byte(csv, byte);
    }
}

static bool step_behind_quote(struct csv *csv, uint8_t byte)
{
    if (byte == '"') {
        csv->state = CSV_IN_QUOTES;
        add_byte(csv, byte);
        return false;
    }
    if (byte != ',' && byte != '\r' && byte != '\n') {
        refuse(csv, CSV_BAD_QUOTE);
    }
    return step_plain(csv, byte);
}

static bool step(struct csv *csv, uint8_t byte)
{
    switch (csv->state) {
    case CSV_AT_FIELD_START:
        if (byte == '"') {
            csv->state = CSV_IN_QUOTES;
            return false;
        }
        return step_plain(csv, byte);
    case CSV_IN_FIELD:
        return step_plain(csv, byte);
    case CSV_IN_QUOTES:
        step_quoted(csv, byte);
        return false;
    case CSV_BEHIND_QUOTE:
        return step_behind_quote(csv, byte);
    case CSV_BEHIND_CR:
        if (byte != '\n') {
            refuse(csv, CSV_BAD_BYTE);
        }
        return step_plain(csv, byte);
    }
    return false;
}

static void keep_byte(struct csv *csv, uint8_t byte)
{
    if (csv->row_size == CSV_ROW_SIZE_MAX) {
        csv->row_is_whole = false;
        refuse(csv, CSV_ROW_TOO_LONG);
        return;
    }
    csv->row[csv->row_size++] = byte;
}

/* Count a byte against the row's limit; its line end is not part of it. */
static void count_byte(struct csv *csv, uint8_t byte)
{
    csv->lines += byte == '\n';
    if (csv->state == CSV_BEHIND_CR && byte != '\n') {
        keep_byte(csv, '\r'); /* it was no line end */
    }
    if (csv->state == CSV_IN_QUOTES || (byte != '\n' && byte != '\r')) {
        keep_byte(csv, byte);
    }
}

static bool is_empty_row(const struct csv *csv)
{
    return csv->refusal == CSV_ROW && csv->row_size == 0;
}

static enum csv_result end_stream(struct csv *csv, enum csv_result result)
{
    csv->ended = true;
    csv->field_count = 0;
    csv->row_is_whole = csv->row_is_whole && result == CSV_UNCLOSED_QUOTE;
    return result;
}

/* The stream ended within a row, or between two. */
static enum csv_result end_row_and_stream(struct csv *csv)
{
    if (csv->state == CSV_IN_QUOTES) {
        return end_stream(csv, CSV_UNCLOSED_QUOTE);
    }
    if (is_empty_row(csv)) {
        return end_stream(csv, CSV_END);
    }
    csv->ended = true;
    return csv->refusal;
}

static bool skip_byte_order_mark(struct csv *csv)
{
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf};
    /* Gather the first three bytes, however few at a time the source gives. */
    while (csv->end < sizeof(mark)) {
        size_t size = 0;
        if (!csv->source.read(csv->source.context, csv->buffer + csv->end, sizeof(csv->buffer) - csv->end,
                              &size)) {
            return false;
        }
        if (size == 0) {
            break;
        }
        csv->end += size;
    }
    if (csv->end >= sizeof(mark) && memcmp(csv->buffer, mark, sizeof(mark)) == 0) {
        csv->at = sizeof(mark);
    }
    return true;
}

enum csv_result csv_next(struct csv *csv)
{
    if (csv->ended) {
        return end_stream(csv, CSV_END);
    }
    if (csv->line == 0 && !skip_byte_order_mark(csv)) {
        return end_stream(csv, CSV_READ_FAILED);
    }
    begin_row(csv);
    begin_field(csv);
    for (;;) {
        if (csv->at == csv->end && !fill(csv)) {
            return end_stream(csv, CSV_READ_FAILED);
        }
        if (csv->at == csv->end) {
            return end_row_and_stream(csv);
        }
        uint8_t byte = csv->buffer[csv->at++];
        count_byte(csv, byte);
        if (!step(csv, byte)) {
            continue;
        }
        if (!is_empty_row(csv)) {
            return csv->refusal;
        }
        begin_row(csv);
        begin_field(csv);
    }
}

struct bytes csv_row(const struct csv *csv, size_t first)
{
    size_t at = first < csv->field_count ? csv->field_at[first] : 0;
    return csv->row_is_whole ? bytes_of(csv->row + at, csv->row_size - at) : bytes_of(NULL, 0);
}

const char *csv_result_sentence(enum csv_result result)
{
    switch (result) {
    case CSV_ROW_TOO_LONG:
        return "the row is longer than 4096 bytes";
    case CSV_TOO_MANY_FIELDS:
        return "the row has more than 32 columns";
    case CSV_BAD_QUOTE:
        return "a quotation mark stands where none may; double it and quote the whole field";
    case CSV_BAD_BYTE:
        return "the row holds a byte that is not text; save the file as CSV in UTF-8";
    case CSV_UNCLOSED_QUOTE:
        return "a quotation mark is opened here and never closed, so nothing behind it was read";
    case CSV_READ_FAILED:
        return "reading failed here, so nothing behind it was read";
    case CSV_ROW:
    case CSV_END:
        break;
    }
    return "the row is fine";
}
