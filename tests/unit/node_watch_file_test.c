#include "node/watch_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct network network;
static struct watch_list list;
static char maria[ID_TEXT_MAX + 1], shop[ID_TEXT_MAX + 1], claim[ID_TEXT_MAX + 1], node[ID_TEXT_MAX + 1];
static char text[WATCH_FILE_SIZE_MAX + 1];

static int set_up(void **state)
{
    struct hash id = {{1}};
    (void)state;
    assert_true(network_init(&network, "test"));
    id_to_text(maria, ID_ACTOR, &network, &id);
    id.bytes[0] = 2;
    id_to_text(shop, ID_ACTOR, &network, &id);
    id.bytes[0] = 3;
    id_to_text(claim, ID_CLAIM, &network, &id);
    id_to_text(node, ID_NODE, &network, &id);
    return 0;
}

static enum watch_file_result parse(size_t *line)
{
    return watch_file_parse(&list, line, &network, bytes_of_string(text));
}

static void lines_are_taken_or_refused(void **state)
{
    static const struct {
        const char *sentence, *before;
        const char *id;
        const char *after;
        enum watch_file_result result;
        size_t count, line;
    } rows[] = {
        {"an id alone", "", maria, "\n", WATCH_FILE_OK, 1, 2},
        {"an id and a name", "", maria, " Maria Lopez\n", WATCH_FILE_OK, 1, 2},
        {"a claim, of one without keys", "", claim, " Joe\n", WATCH_FILE_OK, 1, 2},
        {"no line end", "", maria, " Maria", WATCH_FILE_OK, 1, 2},
        {"lines of another system", "", maria, " Maria\r\n", WATCH_FILE_OK, 1, 2},
        {"blanks and tabs around", " \t", maria, "\t Maria \n", WATCH_FILE_OK, 1, 2},
        {"comments and empty lines", "# mine\n\n  # too\n", maria, "\n", WATCH_FILE_OK, 1, 5},
        {"a node's id", "", node, " N\n", WATCH_FILE_BAD_ID, 0, 1},
        {"garbage behind a comment", "# mine\n", "not-an-id", "\n", WATCH_FILE_BAD_ID, 0, 2},
        {"an escape sequence", "", maria, " \x1b[31m\n", WATCH_FILE_BAD_NAME, 0, 1},
        {"text that runs the other way", "", maria, " a\xe2\x80\xae\n", WATCH_FILE_BAD_NAME, 0, 1},
        {"no UTF-8", "", maria, " \xff\n", WATCH_FILE_BAD_NAME, 0, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t line;
        snprintf(text, sizeof(text), "%s%s%s", rows[i].before, rows[i].id, rows[i].after);
        if (parse(&line) != rows[i].result || list.count != rows[i].count || line != rows[i].line) {
            fail_msg("%s", rows[i].sentence);
        }
    }
}

static void each_is_there_once(void **state)
{
    size_t line;
    (void)state;
    snprintf(text, sizeof(text), "%s A\n%s B\n%s C\n", maria, shop, maria);
    assert_int_equal(parse(&line), WATCH_FILE_TWICE);
    assert_int_equal(line, 3);
    assert_int_equal(list.count, 0);
}

/* Write count different ones. */
static void write_many(size_t count)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        char id[ID_TEXT_MAX + 1];
        const struct hash hash = {{(uint8_t)(i >> 8), (uint8_t)i}};
        id_to_text(id, ID_ACTOR, &network, &hash);
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%s\n", id);
    }
}

static void there_is_a_limit(void **state)
{
    size_t line;
    (void)state;
    write_many(WATCH_MAX);
    assert_int_equal(parse(&line), WATCH_FILE_OK);
    assert_int_equal(list.count, WATCH_MAX);
    write_many(WATCH_MAX + 1);
    assert_int_equal(parse(&line), WATCH_FILE_TOO_MANY);
    assert_int_equal(line, WATCH_MAX + 1);
    memset(text, '#', sizeof(text));
    assert_int_equal(watch_file_parse(&list, &line, &network, bytes_of(text, WATCH_FILE_SIZE_MAX + 1)),
                     WATCH_FILE_TOO_LARGE);
    assert_int_equal(watch_file_parse(&list, &line, &network, bytes_of(text, WATCH_FILE_SIZE_MAX)),
                     WATCH_FILE_OK);
}

/* What the text becomes with shop under name in it. */
static const char *put(const char *name)
{
    static char out[WATCH_FILE_SIZE_MAX + 1];
    const struct subject subject = {.kind = SUBJECT_ACTOR, .id = {{2}}};
    size_t line, size;
    assert_int_equal(parse(&line), WATCH_FILE_OK);
    assert_true(watch_file_put(out, &size, &network, bytes_of_string(text), &list, &subject, name));
    out[size] = '\0';
    return out;
}

static void what_people_wrote_stays(void **state)
{
    char expected[1024], out[WATCH_FILE_SIZE_MAX];
    size_t line, size;
    (void)state;
    snprintf(text, sizeof(text), "# mine\n%s Maria", maria);
    snprintf(expected, sizeof(expected), "# mine\n%s Maria\n%s The Shop\n", maria, shop);
    assert_string_equal(put("The Shop"), expected);
    snprintf(text, sizeof(text), "# mine\n%s Old\n# end\n%s", shop, maria);
    snprintf(expected, sizeof(expected), "# mine\n%s\n# end\n%s", shop, maria);
    assert_string_equal(put(""), expected);
    assert_int_equal(parse(&line), WATCH_FILE_OK);
    watch_file_drop(out, &size, bytes_of_string(text), watch_list_named(&list, "old"));
    snprintf(expected, sizeof(expected), "# mine\n# end\n%s", maria);
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(out, expected, size);
}

static void what_does_not_fit_is_refused(void **state)
{
    static char out[WATCH_FILE_SIZE_MAX];
    const struct subject subject = {.kind = SUBJECT_ACTOR, .id = {{2}}};
    size_t line, size;
    (void)state;
    memset(text, '#', WATCH_FILE_SIZE_MAX);
    text[WATCH_FILE_SIZE_MAX] = '\0';
    assert_int_equal(parse(&line), WATCH_FILE_OK);
    assert_false(watch_file_put(out, &size, &network, bytes_of_string(text), &list, &subject, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_taken_or_refused),
        cmocka_unit_test(each_is_there_once),
        cmocka_unit_test(there_is_a_limit),
        cmocka_unit_test(what_people_wrote_stays),
        cmocka_unit_test(what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
