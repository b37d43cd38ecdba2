#include "node/logline.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "node/json_text.h"

enum { TEXT_SIZE = 8192 };

/* What the lines written between begin and end were. */
struct capture {
    int kept;
    int read_end;
    char text[TEXT_SIZE];
};

static void begin(struct capture *capture)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    capture->kept = dup(STDERR_FILENO);
    assert_true(capture->kept >= 0);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    assert_int_equal(close(ends[1]), 0);
    capture->read_end = ends[0];
}

static void end(struct capture *capture)
{
    ssize_t size = 0;

    assert_true(dup2(capture->kept, STDERR_FILENO) >= 0);
    assert_int_equal(close(capture->kept), 0);
    size = read(capture->read_end, capture->text, TEXT_SIZE - 1);
    capture->text[size < 0 ? 0 : size] = '\0';
    assert_int_equal(close(capture->read_end), 0);
}

static void a_line_is_json_with_time_level_and_event(void **state)
{
    struct capture capture;

    (void)state;
    begin(&capture);
    LOG(LOG_INFO, "peer-up", LOG_T("node", "tpn1"), LOG_N("peer", 7));
    end(&capture);
    assert_int_equal(strncmp(capture.text, "{\"time\":\"2", 10), 0);
    assert_string_equal(strstr(capture.text, ",\"level\""),
                        ",\"level\":\"info\",\"event\":\"peer-up\",\"node\":\"tpn1\",\"peer\":7}\n");
}

static void lines_below_the_level_are_not_written(void **state)
{
    struct capture capture;

    (void)state;
    begin(&capture);
    LOG(LOG_DEBUG, "quiet");
    log_set_level(LOG_WARN);
    LOG(LOG_INFO, "quiet");
    LOG(LOG_WARN, "loud");
    log_set_level(LOG_INFO);
    end(&capture);
    assert_null(strstr(capture.text, "quiet"));
    assert_non_null(strstr(capture.text, "\"event\":\"loud\"}\n"));
}

static void a_value_that_is_too_long_costs_the_values_not_the_line(void **state)
{
    static char value[5000];
    struct capture capture;

    (void)state;
    memset(value, 'x', sizeof value - 1);
    begin(&capture);
    LOG(LOG_ERROR, "long", LOG_T("value", value));
    end(&capture);
    assert_string_equal(strstr(capture.text, ",\"event\""), ",\"event\":\"long\",\"values\":\"too long\"}\n");
}

struct escape_row {
    const char *sentence;
    const char *value;
    const char *json;
};

static const struct escape_row escape_rows[] = {
    {"Plain text stays.", "Maria Lopez", "\"Maria Lopez\""},
    {"Quotes and backslashes are escaped.", "a\"b\\c", "\"a\\\"b\\\\c\""},
    {"A line end cannot begin another line.", "a\nb", "\"a\\u000ab\""},
    {"A terminal's escape is none.", "\x1b[31m", "\"\\u001b[31m\""},
    {"DEL is a control character.", "\x7f", "\"\\u007f\""},
    {"Clean UTF-8 stays.", "M\xc3\xbcller", "\"M\xc3\xbcller\""},
    {"Bytes that are no UTF-8 are escaped one by one.", "\xc3(", "\"\\u00c3(\""},
    {"A text direction override is not clean.", "\xe2\x80\xae", "\"\\u00e2\\u0080\\u00ae\""},
    {"Nothing.", "", "\"\""},
};

static void text_is_escaped(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof escape_rows / sizeof *escape_rows; i++) {
        char memory[64];
        struct json_text json;
        struct bytes out;

        json_text_init(&json, memory, sizeof memory);
        json_text_string(&json, NULL, bytes_of_string(escape_rows[i].value));
        assert_true(json_text_end(&json, &out));
        if (!bytes_equal_string(out, escape_rows[i].json)) {
            fail_msg("%s: %.*s", escape_rows[i].sentence, (int)out.size, (const char *)out.data);
        }
    }
}

static void commas_stand_between_elements_only(void **state)
{
    char memory[128];
    struct json_text json;
    struct bytes out;

    (void)state;
    json_text_init(&json, memory, sizeof memory);
    json_text_open(&json, NULL, '[');
    json_text_open(&json, NULL, '{');
    json_text_close(&json, '}');
    json_text_open(&json, NULL, '{');
    json_text_number(&json, "a", UINT64_MAX);
    json_text_open(&json, "b", '[');
    json_text_close(&json, ']');
    json_text_string(&json, "c", bytes_of_string("d"));
    json_text_close(&json, '}');
    json_text_close(&json, ']');
    assert_true(json_text_end(&json, &out));
    assert_true(bytes_equal_string(out, "[{},{\"a\":18446744073709551615,\"b\":[],\"c\":\"d\"}]"));
}

static void what_does_not_fit_is_empty(void **state)
{
    char memory[8];

    (void)state;
    for (size_t capacity = 0; capacity <= sizeof memory; capacity++) {
        struct json_text json;
        struct bytes out;

        json_text_init(&json, memory, capacity);
        json_text_string(&json, NULL, bytes_of_string("1234"));
        assert_true(json_text_end(&json, &out) == (capacity >= 6));
        assert_int_equal(out.size, capacity >= 6 ? 6 : 0);
    }
}

static size_t count_lines(const struct capture *capture, const char *event)
{
    size_t count = 0;

    for (const char *at = capture->text; (at = strstr(at, event)) != NULL; at++) {
        count++;
    }
    return count;
}

/* Peers make them happen as often as they like. */
static void of_one_event_few_lines_are_written_in_a_second(void **state)
{
    const struct timespec second = {.tv_sec = 1, .tv_nsec = 10 * 1000 * 1000};
    struct capture capture;

    (void)state;
    begin(&capture);
    for (size_t i = 0; i < LOG_LINES_PER_S + 7; i++) {
        LOG(LOG_WARN, "flood");
    }
    LOG(LOG_WARN, "other");
    end(&capture);
    assert_int_equal(count_lines(&capture, "flood"), LOG_LINES_PER_S);
    assert_int_equal(count_lines(&capture, "other"), 1);
    (void)nanosleep(&second, NULL);
    begin(&capture);
    LOG(LOG_WARN, "flood");
    LOG(LOG_WARN, "flood");
    end(&capture);
    assert_non_null(strstr(capture.text, "\"event\":\"flood\",\"held_back\":7}\n"));
    assert_int_equal(count_lines(&capture, "held_back"), 1);
}

static void who_debugs_is_told_all(void **state)
{
    struct capture capture;

    (void)state;
    log_set_level(LOG_DEBUG);
    begin(&capture);
    for (size_t i = 0; i < LOG_LINES_PER_S + 7; i++) {
        LOG(LOG_DEBUG, "detail");
    }
    end(&capture);
    log_set_level(LOG_INFO);
    assert_int_equal(count_lines(&capture, "detail"), LOG_LINES_PER_S + 7);
}

/* However many connections others open and lose. */
static void inbound_peers_hide_nothing_else(void **state)
{
    struct capture capture;

    (void)state;
    begin(&capture);
    for (size_t i = 0; i < 3 * LOG_LINES_PER_S; i++) {
        LOG_OF(true, LOG_INFO, "down");
    }
    LOG(LOG_INFO, "down", LOG_N("dialled", 1));
    end(&capture);
    assert_int_equal(count_lines(&capture, "\"down\""), LOG_LINES_PER_S + 1);
    assert_non_null(strstr(capture.text, "\"event\":\"down\",\"dialled\":1}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_json_with_time_level_and_event),
        cmocka_unit_test(lines_below_the_level_are_not_written),
        cmocka_unit_test(a_value_that_is_too_long_costs_the_values_not_the_line),
        cmocka_unit_test(text_is_escaped),
        cmocka_unit_test(commas_stand_between_elements_only),
        cmocka_unit_test(what_does_not_fit_is_empty),
        cmocka_unit_test(of_one_event_few_lines_are_written_in_a_second),
        cmocka_unit_test(who_debugs_is_told_all),
        cmocka_unit_test(inbound_peers_hide_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
