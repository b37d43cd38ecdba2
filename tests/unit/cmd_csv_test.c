#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/csv.h"

/* Bytes in memory, given a few at a time. */
struct pieces {
    const char *data;
    size_t size;
    size_t at;
    size_t piece_size;
};

static bool read_piece(void *context, uint8_t *data, size_t capacity, size_t *size)
{
    struct pieces *pieces = context;
    size_t left = pieces->size - pieces->at;
    *size = left < pieces->piece_size ? left : pieces->piece_size;
    *size = *size < capacity ? *size : capacity;
    if (*size > 0) {
        memcpy(data, pieces->data + pieces->at, *size);
        pieces->at += *size;
    }
    return true;
}

static const char *result_word(enum csv_result result)
{
    static const char *const words[] = {
        [CSV_ROW] = "row",
        [CSV_END] = "end",
        [CSV_ROW_TOO_LONG] = "too-long",
        [CSV_TOO_MANY_FIELDS] = "too-many",
        [CSV_BAD_QUOTE] = "bad-quote",
        [CSV_BAD_BYTE] = "bad-byte",
        [CSV_UNCLOSED_QUOTE] = "unclosed",
        [CSV_READ_FAILED] = "failed",
    };
    return words[result];
}

/* Every row as "line[field|field]", every refusal as "line!word", until the end. */
static void render(char *out, size_t capacity, struct csv *csv)
{
    out[0] = '\0';
    FILE *stream = fmemopen(out, capacity, "w");
    assert_non_null(stream);
    for (;;) {
        enum csv_result result = csv_next(csv);
        if (result == CSV_END) {
            break;
        }
        if (result != CSV_ROW) {
            fprintf(stream, "%llu!%s ", (unsigned long long)csv->line, result_word(result));
            continue;
        }
        fprintf(stream, "%llu[", (unsigned long long)csv->line);
        for (size_t i = 0; i < csv->field_count; i++) {
            fprintf(stream, "%s%.*s", i > 0 ? "|" : "", (int)csv->fields[i].size,
                    (const char *)csv->fields[i].data);
        }
        fputs("] ", stream);
    }
    assert_int_equal(fclose(stream), 0);
    assert_int_equal(csv_next(csv), CSV_END);
}

#define COMMAS_32 ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,"
#define INPUT(text) text, sizeof(text) - 1

static const struct row {
    const char *sentence;
    const char *input;
    size_t size;
    const char *expected;
} rows[] = {
    {"an empty file has no rows", INPUT(""), ""},
    {"lines end in LF", INPUT("a,b\nc,d\n"), "1[a|b] 2[c|d] "},
    {"lines end in CRLF", INPUT("a,b\r\nc,d\r\n"), "1[a|b] 2[c|d] "},
    {"the last line may lack its end", INPUT("a,b\nc,d"), "1[a|b] 2[c|d] "},
    {"or have half of one", INPUT("a,b\nc,d\r"), "1[a|b] 2[c|d] "},
    {"a byte order mark is passed over",
     INPUT("\xef\xbb\xbf"
           "a,b\n"),
     "1[a|b] "},
    {"also before a quoted field", INPUT("\xef\xbb\xbf\"a\",b\n"), "1[a|b] "},
    {"only at the start",
     INPUT("a\n\xef\xbb\xbf"
           "b\n"),
     "1[a] 2[\xef\xbb\xbf"
     "b] "},
    {"a mark alone is an empty file", INPUT("\xef\xbb\xbf"), ""},
    {"half a mark is text", INPUT("\xef\xbb"), "1[\xef\xbb] "},
    {"empty lines are passed over and counted", INPUT("\n\r\na\n\n\nb\n\n"), "3[a] 6[b] "},
    {"empty fields are there", INPUT(",\n,,x\n"), "1[|] 2[||x] "},
    {"spaces belong to the field", INPUT(" a , b\n"), "1[ a | b] "},
    {"quotes are taken off", INPUT("\"a\",\"b\"\n"), "1[a|b] "},
    {"a quoted empty field is a row", INPUT("\"\"\n"), "1[] "},
    {"a quoted field holds commas", INPUT("\"Lopez, Maria\",x\n"), "1[Lopez, Maria|x] "},
    {"doubled quotes are one", INPUT("\"a \"\"b\"\" c\"\n"), "1[a \"b\" c] "},
    {"nothing but doubled quotes", INPUT("\"\"\"\"\n"), "1[\"] "},
    {"a quoted field holds line ends, and lines are counted on", INPUT("\"a\nb\r\nc\",d\ne\n"),
     "1[a\nb\r\nc|d] 4[e] "},
    {"a quoted CR alone is text", INPUT("\"a\rb\"\n"), "1[a\rb] "},
    {"a quote within a plain field is refused", INPUT("a\"b,c\nd\n"), "1!bad-quote 2[d] "},
    {"text behind a closing quote is refused", INPUT("\"a\"b,c\nd\n"), "1!bad-quote 2[d] "},
    {"a space before a quote makes the field plain", INPUT("a, \"b\nc\n"), "1!bad-quote 2[c] "},
    {"a quote that is never closed ends the reading", INPUT("a\n\"b\nc\nd\n"), "1[a] 2!unclosed "},
    {"also at the very end", INPUT("a\nb,\""), "1[a] 2!unclosed "},
    {"a closing quote at the very end closes", INPUT("a,\"b\""), "1[a|b] "},
    {"lines in quotes of a refused row are no rows", INPUT("x\"y,\"\nactor,code\n\",z\nb\n"),
     "1!bad-quote 4[b] "},
    {"a NUL is refused", INPUT("a\0b\nc\n"), "1!bad-byte 2[c] "},
    {"also in quotes", INPUT("\"a\0b\"\nc\n"), "1!bad-byte 2[c] "},
    {"a lone CR is refused", INPUT("a\rb\nc\n"), "1!bad-byte 2[c] "},
    {"UTF-16 is refused",
     INPUT("\xff\xfe"
           "a\0,\0\n\0"),
     "1!bad-byte 2!bad-byte "},
    {"32 columns", INPUT("x,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,y\n"), "1[x|||||||||||||||||||||||||||||||y] "},
    {"33 columns are too many", INPUT(COMMAS_32 "\na\n"), "1!too-many 2[a] "},
    {"quotes count in a row with too many columns", INPUT(COMMAS_32 ",\"\nb\n\"\na\n"), "1!too-many 4[a] "},
    {"the first thing wrong is told", INPUT("a\"b" COMMAS_32 "\0\n"), "1!bad-quote "},
};

static void rows_are_read_however_the_bytes_come(void **state)
{
    (void)state;
    static const size_t piece_sizes[] = {1, 2, 3, 5, 1000};
    struct csv *csv = malloc(sizeof(*csv));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (size_t j = 0; j < sizeof(piece_sizes) / sizeof(piece_sizes[0]); j++) {
            char rendered[512];
            struct pieces pieces = {
                .data = rows[i].input, .size = rows[i].size, .piece_size = piece_sizes[j]};
            csv_init(csv, &(struct csv_source){.read = read_piece, .context = &pieces});
            render(rendered, sizeof(rendered), csv);
            if (strcmp(rendered, rows[i].expected) != 0) {
                fail_msg("%s, in pieces of %zu: %s", rows[i].sentence, piece_sizes[j], rendered);
            }
        }
    }
    free(csv);
}

/* Results and fields alone; copies of the rows as they came go to again, each with a line end. */
static void render_rows(char *out, size_t capacity, struct csv *csv, const char *input, size_t size,
                        struct pieces *again, char *memory)
{
    struct pieces pieces = {.data = input, .size = size, .piece_size = 1000};
    FILE *stream = fmemopen(out, capacity, "w");
    enum csv_result result;
    assert_non_null(stream);
    out[0] = '\0';
    *again = (struct pieces){.data = memory, .piece_size = 1000};
    csv_init(csv, &(struct csv_source){.read = read_piece, .context = &pieces});
    while ((result = csv_next(csv)) != CSV_END) {
        const struct bytes row = csv_row(csv, 0);
        fprintf(stream, "%s[", result_word(result));
        for (size_t i = 0; result == CSV_ROW && i < csv->field_count; i++) {
            fprintf(stream, "%.*s|", (int)csv->fields[i].size, (const char *)csv->fields[i].data);
            assert_true(csv_row(csv, i).size <= row.size);
        }
        fputs("]", stream);
        memcpy(memory + again->size, row.data, row.size);
        again->size += row.size;
        memory[again->size++] = '\n';
    }
    assert_int_equal(fclose(stream), 0);
}

/* A report of refused rows holds them so. */
static void rows_as_they_came_are_read_the_same(void **state)
{
    struct csv *csv = malloc(sizeof(*csv));
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char first[512], second[512], memory[512], unused[512];
        struct pieces again, rest;
        render_rows(first, sizeof(first), csv, rows[i].input, rows[i].size, &again, memory);
        render_rows(second, sizeof(second), csv, again.data, again.size, &rest, unused);
        if (strcmp(first, second) != 0) {
            fail_msg("%s: %s, again %s", rows[i].sentence, first, second);
        }
    }
    free(csv);
}

static void a_row_is_given_from_a_field_on(void **state)
{
    static const char input[] = "7,\"a, \"\"b\"\"\",\"c\",d\r\n";
    static const char *const expected[] = {"7,\"a, \"\"b\"\"\",\"c\",d", "\"a, \"\"b\"\"\",\"c\",d",
                                           "\"c\",d", "d", "7,\"a, \"\"b\"\"\",\"c\",d"};
    struct pieces pieces = {.data = input, .size = sizeof(input) - 1, .piece_size = 1};
    struct csv *csv = malloc(sizeof(*csv));
    (void)state;
    csv_init(csv, &(struct csv_source){.read = read_piece, .context = &pieces});
    assert_int_equal(csv_next(csv), CSV_ROW);
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        assert_true(bytes_equal_string(csv_row(csv, i), expected[i]));
    }
    assert_int_equal(csv_next(csv), CSV_END);
    assert_int_equal(csv_row(csv, 0).size, 0);
    free(csv);
}

static const struct limit_row {
    const char *sentence;
    size_t size; /* of the row, line end not counted */
    const char *line_end;
    enum csv_result expected;
} limit_rows[] = {
    {"a row at the limit", CSV_ROW_SIZE_MAX, "\n", CSV_ROW},
    {"a CRLF does not count", CSV_ROW_SIZE_MAX, "\r\n", CSV_ROW},
    {"nor does the end of the file", CSV_ROW_SIZE_MAX, "", CSV_ROW},
    {"one byte over the limit", CSV_ROW_SIZE_MAX + 1, "\n", CSV_ROW_TOO_LONG},
    {"one byte over the limit with CRLF", CSV_ROW_SIZE_MAX + 1, "\r\n", CSV_ROW_TOO_LONG},
    {"one byte over the limit at the end", CSV_ROW_SIZE_MAX + 1, "", CSV_ROW_TOO_LONG},
};

static void a_row_has_a_limit(void **state)
{
    (void)state;
    struct csv *csv = malloc(sizeof(*csv));
    char input[CSV_ROW_SIZE_MAX + 8];
    for (size_t i = 0; i < sizeof(limit_rows) / sizeof(limit_rows[0]); i++) {
        const struct limit_row *row = &limit_rows[i];
        memset(input, 'x', row->size);
        memcpy(input + row->size, row->line_end, strlen(row->line_end));
        struct pieces pieces = {.data = input, .size = row->size + strlen(row->line_end), .piece_size = 1000};
        csv_init(csv, &(struct csv_source){.read = read_piece, .context = &pieces});
        if (csv_next(csv) != row->expected) {
            fail_msg("%s", row->sentence);
        }
        assert_int_equal(csv_row(csv, 0).size, row->expected == CSV_ROW ? row->size : 0);
        if (row->expected == CSV_ROW) {
            assert_int_equal(csv->fields[0].size, row->size);
        }
        assert_int_equal(csv_next(csv), CSV_END);
    }
    free(csv);
}

/* A stream without end in memory: head, then so many bytes of filler, then tail. */
struct long_line {
    const char *head;
    uint64_t filler_left;
    const char *tail;
};

static bool read_long_line(void *context, uint8_t *data, size_t capacity, size_t *size)
{
    struct long_line *line = context;
    const char **text = *line->head != '\0' ? &line->head : &line->tail;
    if (*line->head == '\0' && line->filler_left > 0) {
        *size = line->filler_left < capacity ? (size_t)line->filler_left : capacity;
        memset(data, 'x', *size);
        line->filler_left -= *size;
        return true;
    }
    *size = strlen(*text);
    memcpy(data, *text, *size);
    *text += *size;
    return true;
}

static void a_line_of_100_megabytes_is_refused_in_fixed_memory(void **state)
{
    (void)state;
    static const struct {
        const char *head, *tail, *expected;
    } lines[] = {
        {"a,b\n", "\nc,d\n", "1[a|b] 2!too-long 3[c|d] "},
        {"a,b\n\"", "\ne,f\n\"\nc,d\n", "1[a|b] 2!too-long 5[c|d] "},
        {"a,b\n\"", "\nc,d\n", "1[a|b] 2!unclosed "},
    };
    struct csv *csv = malloc(sizeof(*csv));
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        char rendered[128];
        struct long_line line = {.head = lines[i].head, .filler_left = 100000000, .tail = lines[i].tail};
        csv_init(csv, &(struct csv_source){.read = read_long_line, .context = &line});
        render(rendered, sizeof(rendered), csv);
        assert_string_equal(rendered, lines[i].expected);
    }
    free(csv);
}

/* One row, then a failure. */
static bool read_once(void *context, uint8_t *data, size_t capacity, size_t *size)
{
    bool *was_read = context;
    assert_true(capacity >= 6);
    memcpy(data, "a,b\nc,", 6);
    *size = 6;
    bool is_first = !*was_read;
    *was_read = true;
    return is_first;
}

static void a_failed_read_ends_the_reading(void **state)
{
    (void)state;
    struct csv *csv = malloc(sizeof(*csv));
    bool was_read = false;
    csv_init(csv, &(struct csv_source){.read = read_once, .context = &was_read});
    assert_int_equal(csv_next(csv), CSV_ROW);
    assert_int_equal(csv_next(csv), CSV_READ_FAILED);
    assert_int_equal(csv->line, 2);
    assert_int_equal(csv_next(csv), CSV_END);
    free(csv);
}

static void every_refusal_has_words(void **state)
{
    (void)state;
    for (int result = CSV_ROW_TOO_LONG; result <= CSV_READ_FAILED; result++) {
        assert_string_not_equal(csv_result_sentence((enum csv_result)result), csv_result_sentence(CSV_ROW));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_read_however_the_bytes_come),
        cmocka_unit_test(rows_as_they_came_are_read_the_same),
        cmocka_unit_test(a_row_is_given_from_a_field_on),
        cmocka_unit_test(a_row_has_a_limit),
        cmocka_unit_test(a_line_of_100_megabytes_is_refused_in_fixed_memory),
        cmocka_unit_test(a_failed_read_ends_the_reading),
        cmocka_unit_test(every_refusal_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
