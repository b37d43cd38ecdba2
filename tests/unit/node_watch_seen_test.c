#include "node/watch_seen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct network network;
static struct watch_seen seen;
static char maria[ID_TEXT_MAX + 1], joe[ID_TEXT_MAX + 1];

static int set_up(void **state)
{
    struct hash id = {{1}};
    (void)state;
    assert_true(network_init(&network, "test"));
    id_to_text(maria, ID_ACTOR, &network, &id);
    id.bytes[0] = 2;
    id_to_text(joe, ID_CLAIM, &network, &id);
    return 0;
}

static enum watch_seen_result parse(const char *text, size_t *line)
{
    watch_seen_deinit(&seen);
    assert_true(watch_seen_init(&seen));
    return watch_seen_parse(&seen, line, &network, bytes_of_string(text));
}

/* The text with its ids: M and J stand for Maria's and Joe's. */
static const char *with_ids(const char *format)
{
    static char text[8192];
    size_t at = 0;
    for (const char *from = format; *from != '\0'; from++) {
        const char *id = *from == 'M' ? maria : *from == 'J' ? joe : NULL;
        at += (size_t)(id != NULL ? snprintf(text + at, sizeof(text) - at, "%s", id)
                                  : snprintf(text + at, sizeof(text) - at, "%c", *from));
    }
    return text;
}

#define NEWS "news\t2026-11-02T10:11:12Z\tM\tended\tcode\tase/A5\theld\t2029-06-30\t-\tnot-held\t-\trevoked\t"

static void what_is_written_is_read_again(void **state)
{
    const char *text = with_ids("seen\tM\n"
                                "fact\tM\taward\tase:Blue Seal of Excellence\tnot-held\t-\tshare\n"
                                "fact\tM\ttitle\tase:a: b\theld\t2029-06-30\t-\n"
                                "fact\tM\tcode\tase/A5\theld\t-\tunder-appeal\n"
                                "fact\tM\tcode\tase/A6\ttested\t2029-06-30\texperience\n"
                                "fact\tM\tcode\tase/A7\tundetermined\t-\tstale\n"
                                "seen\tJ\n" NEWS "log\trun\tthe name\n" NEWS "-\trun\t-\n");
    size_t line, size;
    (void)state;
    assert_int_equal(parse(text, &line), WATCH_SEEN_OK);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.items[0].fact_count, 5);
    assert_int_equal(seen.items[1].fact_count, 0);
    assert_int_equal(seen.items[1].subject.kind, SUBJECT_CLAIM);
    assert_int_equal(seen.news_count, 2);
    assert_string_equal(seen.news[0].name, "the name");
    assert_true(seen.news[0].to_log && seen.news[0].to_run);
    assert_false(seen.news[1].to_log);
    assert_string_equal(seen.news[0].change.is.what, "ase/A5");
    char *again = watch_seen_print(&size, &seen, &network);
    assert_non_null(again);
    assert_string_equal(again, text);
    free(again);
}

static void damage_is_told_with_its_line(void **state)
{
    static const struct {
        const char *sentence, *text;
        size_t line;
    } rows[] = {
        {"a word that is none", "# fine\nother\tM\n", 2},
        {"an empty line", "seen\tM\n\n", 2},
        {"no end", "seen\tM\nseen\tJ", 2},
        {"no id", "seen\tx\n", 1},
        {"one more field", "seen\tM\tx\n", 1},
        {"twice the same", "seen\tM\nseen\tJ\nseen\tM\n", 3},
        {"a fact before its subject", "fact\tM\tcode\tase/A5\theld\t-\t-\n", 1},
        {"a fact of another", "seen\tM\nfact\tJ\tcode\tase/A5\theld\t-\t-\n", 2},
        {"a code that is none", "seen\tM\nfact\tM\tcode\tase A5\theld\t-\t-\n", 2},
        {"a title without a namespace", "seen\tM\nfact\tM\ttitle\tMaster\theld\t-\t-\n", 2},
        {"a title with an escape sequence", "seen\tM\nfact\tM\ttitle\tase:\x1b[1m\theld\t-\t-\n", 2},
        {"a day that is none", "seen\tM\nfact\tM\tcode\tase/A5\theld\t2029-02-30\t-\n", 2},
        {"a reason in capitals", "seen\tM\nfact\tM\tcode\tase/A5\theld\t-\tX\n", 2},
        {"a state that is none", "seen\tM\nfact\tM\tcode\tase/A5\tkept\t-\t-\n", 2},
        {"facts out of order",
         "seen\tM\nfact\tM\tcode\tase/A6\theld\t-\t-\nfact\tM\tcode\tase/A5\theld\t-\t-\n", 3},
        {"a fact twice", "seen\tM\nfact\tM\tcode\tase/A5\theld\t-\t-\nfact\tM\tcode\tase/A5\theld\t-\t-\n",
         3},
        {"news with a mark that is none", NEWS "log\tlog\t-\n", 1},
        {"news without a name", NEWS "log\trun\n", 1},
        {"news with a field too many", NEWS "log\trun\tx\ty\n", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t line;
        bool refused = parse(with_ids(rows[i].text), &line) == WATCH_SEEN_BAD_LINE;
        if (!refused || line != rows[i].line || seen.count != 0 || seen.news_count != 0) {
            fail_msg("%s: line %zu", rows[i].sentence, line);
        }
    }
}

static void those_no_longer_listed_are_forgotten(void **state)
{
    static struct watch_list list;
    struct watch_facts facts;
    size_t line;
    (void)state;
    assert_int_equal(
        parse(with_ids("seen\tM\nfact\tM\tcode\tase/A5\theld\t-\t-\nseen\tJ\n" NEWS "log\t-\t-\n"), &line),
        WATCH_SEEN_OK);
    list.count = 1;
    list.items[0].subject = seen.items[1].subject;
    assert_true(watch_seen_keep(&seen, &list));
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.news_count, 1);
    assert_true(watch_seen_of(&facts, &seen, &list.items[0].subject));
    assert_false(watch_seen_keep(&seen, &list));
}

static void there_are_only_so_many(void **state)
{
    struct subject subject = {.kind = SUBJECT_ACTOR};
    const struct watch_facts none = {0};
    size_t line;
    (void)state;
    assert_int_equal(parse("", &line), WATCH_SEEN_OK);
    for (size_t i = 0; i < WATCH_MAX; i++) {
        subject.id.bytes[0] = (uint8_t)i;
        subject.id.bytes[1] = (uint8_t)(i >> 8);
        assert_true(watch_seen_set(&seen, &subject, &none));
    }
    assert_true(watch_seen_set(&seen, &subject, &none));
    subject.id.bytes[2] = 1;
    assert_false(watch_seen_set(&seen, &subject, &none));
    watch_seen_deinit(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(damage_is_told_with_its_line),
        cmocka_unit_test(those_no_longer_listed_are_forgotten),
        cmocka_unit_test(there_are_only_so_many),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
