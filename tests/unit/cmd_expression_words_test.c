#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/expression_words.h"
#include "protocol/base/text.h"

static void each_fault_has_its_words(void **state)
{
    (void)state;
    for (int fault = EXPRESSION_FINE; fault < EXPRESSION_FAULT_COUNT; fault++) {
        const char *sentence = expression_fault_sentence((enum expression_fault)fault);
        assert_non_null(sentence);
        assert_true(strlen(sentence) > 0);
        assert_true(sentence[strlen(sentence) - 1] != '.');
        for (int other = 0; other < fault; other++) {
            assert_string_not_equal(sentence, expression_fault_sentence((enum expression_fault)other));
        }
    }
}

#define TEN "1234567890"
#define FORTY TEN TEN TEN TEN

static const struct {
    const char *sentence, *text;
    size_t offset;
    const char *line, *caret, *place;
} rows[] = {
    {"at the beginning", "and x/1", 0, "and x/1", "^", "at \"and x/1\" (character 1)"},
    {"in the middle", "x/1 AND x/2", 4, "x/1 AND x/2", "    ^", "at \"AND x/2\" (character 5)"},
    {"at the end", "x/1 and", 7, "x/1 and", "       ^", "at its end"},
    {"behind space at the end", "x/1 and \n ", 10, "x/1 and ", "       ^", "at its end"},
    {"of nothing", "", 0, "", "^", "at its end"},
    {"of nothing but space", "  ", 2, "  ", "^", "at its end"},
    {"in the second line", "x/1\nand AND x/2\nand x/3", 8, "and AND x/2", "    ^",
     "at \"AND x/2…\" (character 9)"},
    {"characters of two bytes", "\"é\" AND", 5, "\"é\" AND", "    ^", "at \"AND\" (character 5)"},
    {"characters of two columns", "\"漢字\" AND", 9, "\"漢字\" AND", "       ^", "at \"AND\" (character 6)"},
    {"a tab", "\tAND", 1, " AND", " ^", "at \"AND\" (character 2)"},
    {"a carriage return", "x/1\r\nAND", 5, "AND", "^", "at \"AND\" (character 6)"},
    {"what can't be shown", "\x01\x1b[31m\xff", 6, "??[31m?", "      ^", "at \"?\" (character 7)"},
    {"what turns the text around", "\xe2\x80\xae!", 3, "?!", " ^", "at \"!\" (character 2)"},
    {"marks on a letter", "q\xcc\x83\xcc\x83 !", 6, "q\xcc\x83\xcc\x83 !", "  ^", "at \"!\" (character 5)"},
    {"a pile of marks", "q\xcc\x83\xcc\x83\xcc\x83\xcc\x83!", 9, "q\xcc\x83\xcc\x83!", " ^",
     "at \"!\" (character 6)"},
    {"as long as a line", FORTY TEN TEN TEN "12", 40, FORTY TEN TEN TEN "12",
     "                                        ^", "at \"1234567890123456…\" (character 41)"},
    {"too long behind", FORTY TEN TEN TEN "123", 40, FORTY TEN TEN TEN "12…",
     "                                        ^", "at \"1234567890123456…\" (character 41)"},
    {"too long before", "ab" FORTY "!", 42, "…" FORTY "!", "                                         ^",
     "at \"!\" (character 43)"},
    {"too long on both sides", "ab" FORTY "!" FORTY, 42, "…" FORTY "!" TEN TEN TEN "1…",
     "                                         ^", "at \"!123456789012345…\" (character 43)"},
};

static void places_are_shown(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char caret[EXPRESSION_CARET_SIZE], place[EXPRESSION_PLACE_SIZE], expected[EXPRESSION_CARET_SIZE];
        struct bytes text = bytes_of_string(rows[i].text);
        snprintf(expected, sizeof expected, "    %s\n    %s\n", rows[i].line, rows[i].caret);
        expression_caret(caret, text, rows[i].offset);
        expression_place(place, text, rows[i].offset);
        if (strcmp(caret, expected) != 0 || strcmp(place, rows[i].place) != 0) {
            fail_msg("%s:\n%s%s", rows[i].sentence, caret, place);
        }
    }
}

/* Whatever the bytes and the offset, two lines come out that can be shown. */
static void any_bytes_can_be_shown(void **state)
{
    static const uint8_t pieces[8] = {'q', 0xcc, 0x83, '\n', ' ', 0xe6, 0xbc, 0xa2};
    uint32_t seed = 1;
    (void)state;
    for (size_t i = 0; i < 20000; i++) {
        char caret[EXPRESSION_CARET_SIZE], place[EXPRESSION_PLACE_SIZE];
        uint8_t text[200];
        size_t size;
        for (size_t at = 0; at < sizeof text; at++) {
            seed = seed * 1664525 + 1013904223;
            text[at] = i % 2 == 0 ? (uint8_t)(seed >> 24) : pieces[seed >> 29];
        }
        size = seed >> 8 & 127;
        expression_caret(caret, bytes_of(text, size), (seed >> 16) % (size + 1));
        expression_place(place, bytes_of(text, size), (seed >> 16) % (size + 1));
        char *end = strchr(caret, '\n');
        assert_non_null(end);
        assert_string_equal(caret + strlen(caret) - 2, "^\n");
        assert_ptr_equal(strchr(end + 1, '\n'), caret + strlen(caret) - 1);
        assert_int_equal(strncmp(place, "at ", 3), 0);
    }
}

static void the_caret_is_printed(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    (void)state;
    assert_non_null(stream);
    expression_print_caret(stream, bytes_of_string("x/1 or"), 6);
    assert_int_equal(fclose(stream), 0);
    assert_string_equal(text, "    x/1 or\n          ^\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_has_its_words),
        cmocka_unit_test(places_are_shown),
        cmocka_unit_test(any_bytes_can_be_shown),
        cmocka_unit_test(the_caret_is_printed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
