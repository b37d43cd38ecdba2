#include "protocol/base/days.h"
#include "protocol/wire/schema.h"
#include "protocol/wire/schema_fields.h"

/* Text that is cut at capacity and counted in full. */
struct page {
    char *text;
    size_t capacity;
    size_t length;
};

static void print_char(struct page *page, char c)
{
    if (page->length + 1 < page->capacity) {
        page->text[page->length] = c;
    }
    page->length++;
}

static void print_string(struct page *page, const char *string)
{
    for (; *string; string++) {
        print_char(page, *string);
    }
}

static void print_number(struct page *page, uint64_t number)
{
    char digits[20];
    size_t count = 0;

    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0) {
        print_char(page, digits[--count]);
    }
}

static void print_hex(struct page *page, const uint8_t *data, size_t size)
{
    static const char digits[] = "0123456789abcdef";

    print_char(page, '"');
    for (size_t i = 0; i < size; i++) {
        print_char(page, digits[data[i] >> 4]);
        print_char(page, digits[data[i] & 15]);
    }
    print_char(page, '"');
}

static void print_text(struct page *page, struct bytes text)
{
    print_char(page, '"');
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"' || text.data[i] == '\\') {
            print_char(page, '\\');
        }
        print_char(page, (char)text.data[i]);
    }
    print_char(page, '"');
}

static void print_day(struct page *page, uint32_t day)
{
    char text[DAY_TEXT_SIZE];

    day_to_text(text, day);
    print_char(page, '"');
    print_string(page, text);
    print_char(page, '"');
}

static void print_record(struct page *page, const struct schema *schema, const void *record);

static void print_list(struct page *page, const struct field *field, const void *record)
{
    const struct list *list = field_at(field, record);
    const uint8_t *items = list->items;

    print_char(page, '[');
    for (size_t i = 0; i < list->count; i++) {
        const uint8_t *item = items + i * field_item_size(field);

        if (i > 0) {
            print_string(page, ", ");
        }
        if (field->nested) {
            print_record(page, field->nested, item);
        } else {
            print_text(page, *(const struct bytes *)item);
        }
    }
    print_char(page, ']');
}

static void print_value(struct page *page, const struct field *field, const void *record)
{
    const void *at = field_at(field, record);
    const struct bytes *bytes = at;

    switch (field->type) {
    case FIELD_TYPE_UINT:
    case FIELD_TYPE_ENUM:
        print_number(page, field_number(field, record));
        break;
    case FIELD_TYPE_BOOL:
        print_string(page, field_number(field, record) != 0 ? "true" : "false");
        break;
    case FIELD_TYPE_DAY:
        print_day(page, (uint32_t)field_number(field, record));
        break;
    case FIELD_TYPE_FIXED:
        print_hex(page, at, field->min);
        break;
    case FIELD_TYPE_BIN:
        print_hex(page, bytes->data, bytes->size);
        break;
    case FIELD_TYPE_TEXT:
        print_text(page, *bytes);
        break;
    case FIELD_TYPE_RECORD:
        print_record(page, field->nested, at);
        break;
    case FIELD_TYPE_LIST:
        print_list(page, field, record);
        break;
    }
}

static void print_field(struct page *page, const struct field *field, const void *record)
{
    print_char(page, '"');
    print_string(page, field->name);
    print_string(page, "\": ");
    if (field_is_present(field, record)) {
        print_value(page, field, record);
    } else {
        print_string(page, "null");
    }
}

static void print_record(struct page *page, const struct schema *schema, const void *record)
{
    print_char(page, '{');
    for (size_t i = 0; i < schema->field_count; i++) {
        if (i > 0) {
            print_string(page, ", ");
        }
        print_field(page, &schema->fields[i], record);
    }
    if (schema->extensible) {
        struct field extensions = extensions_field(schema);

        print_string(page, ", ");
        print_field(page, &extensions, record);
    }
    print_char(page, '}');
}

size_t schema_print(const struct schema *schema, const void *record, char *text, size_t capacity)
{
    struct page page = {.text = text, .capacity = capacity};

    print_record(&page, schema, record);
    if (capacity > 0) {
        text[page.length < capacity ? page.length : capacity - 1] = '\0';
    }
    return page.length;
}
