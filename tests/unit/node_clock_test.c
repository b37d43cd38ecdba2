#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "node/clock.h"
#include "protocol/base/limits.h"

static enum clock_result configure(const char *tag, const char *now, const char *speed, bool runs_on)
{
    struct network network;
    int set = now == NULL ? unsetenv("TRADEPROOF_NOW") : setenv("TRADEPROOF_NOW", now, 1);

    assert_int_equal(set, 0);
    set = speed == NULL ? unsetenv("TRADEPROOF_TEST_SPEED") : setenv("TRADEPROOF_TEST_SPEED", speed, 1);
    assert_int_equal(set, 0);
    assert_true(network_init(&network, tag));
    return clock_configure(&network, runs_on);
}

static int forget(void **state)
{
    (void)state;
    return configure("test", NULL, NULL, false) == CLOCK_OK ? 0 : 1;
}

static void pause_ms(long ms)
{
    const struct timespec pause = {.tv_nsec = ms * 1000000};

    (void)nanosleep(&pause, NULL);
}

static void the_variables_are_taken_or_refused(void **state)
{
    static const struct {
        const char *sentence, *tag, *now, *speed;
        enum clock_result result;
    } rows[] = {
        {"without a variable main has its clock", "main", NULL, NULL, CLOCK_OK},
        {"without a variable another network has it", "test", NULL, NULL, CLOCK_OK},
        {"on main a time is refused", "main", "86400", NULL, CLOCK_REFUSED_ON_MAIN},
        {"on main a speed is refused", "main", NULL, "10", CLOCK_REFUSED_ON_MAIN},
        {"on main what is nonsense too", "main", "", NULL, CLOCK_REFUSED_ON_MAIN},
        {"a time", "test", "86400", NULL, CLOCK_OK},
        {"a network whose name begins like main's", "main2", "86400", NULL, CLOCK_OK},
        {"the latest time", "test", "253402300799", NULL, CLOCK_OK},
        {"one later", "test", "253402300800", NULL, CLOCK_BAD_NOW},
        {"a time that wraps around", "test", "99999999999999999999", NULL, CLOCK_BAD_NOW},
        {"no digit", "test", "", NULL, CLOCK_BAD_NOW},
        {"a sign", "test", "-1", NULL, CLOCK_BAD_NOW},
        {"a power", "test", "1e9", NULL, CLOCK_BAD_NOW},
        {"a word", "test", "tomorrow", NULL, CLOCK_BAD_NOW},
        {"a speed", "test", NULL, "100000", CLOCK_OK},
        {"no speed at all", "test", NULL, "0", CLOCK_BAD_SPEED},
        {"one too many", "test", NULL, "100001", CLOCK_BAD_SPEED},
        {"a fraction", "test", "86400", "1.5", CLOCK_BAD_SPEED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum clock_result result = configure(rows[i].tag, rows[i].now, rows[i].speed, true);
        bool is_of_tests = result == CLOCK_OK && (rows[i].now != NULL || rows[i].speed != NULL);

        if (result != rows[i].result || clock_is_of_tests() != is_of_tests) {
            fail_msg("%s", rows[i].sentence);
        }
        if (!is_of_tests && (clock_wall_s() < UINT64_C(1700000000) || clock_speed() != 1)) {
            fail_msg("%s: the machine's clock", rows[i].sentence);
        }
        if (result != CLOCK_OK && clock_sentence(result)[0] == '\0') {
            fail_msg("%s: no sentence", rows[i].sentence);
        }
    }
}

static void a_daemons_clock_runs_and_a_commands_stands(void **state)
{
    static const struct {
        const char *sentence, *speed;
        bool runs_on;
        uint64_t least_s, most_s; /* that it went in 1.1 s; at most in ten times as long */
    } rows[] = {
        {"a command's stands still", NULL, false, 0, 0},
        {"a daemon's runs on", NULL, true, 1, 11},
        {"at a speed a command's runs too", "1000", false, 1100, 11000},
        {"a daemon's runs so many times as fast", "1000", true, 1100, 11000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t went_s;

        assert_int_equal(configure("test", "86400", rows[i].speed, rows[i].runs_on), CLOCK_OK);
        pause_ms(550);
        pause_ms(550);
        went_s = clock_wall_s() - 86400;
        if (went_s < rows[i].least_s || went_s > rows[i].most_s) {
            fail_msg("%s: %llu s", rows[i].sentence, (unsigned long long)went_s);
        }
    }
    assert_int_equal(configure("test", "253402300799", "100000", true), CLOCK_OK);
    pause_ms(20);
    assert_true(clock_wall_s() == TIME_S_MAX);
}

static void rhythms_are_as_many_times_shorter(void **state)
{
    static const struct {
        const char *sentence, *speed;
        uint64_t interval_ms, expected_ms;
    } rows[] = {
        {"at the machine's speed they are what they are", NULL, 600000, 600000},
        {"short ones too", NULL, 2, 2},
        {"at speed 100 ten minutes are six seconds", "100", 600000, 6000},
        {"a daemon gets to its work between two", "100000", 600000, CLOCK_RHYTHM_MS_MIN},
        {"what is shorter anyway stays so", "100000", 2, 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(configure("test", NULL, rows[i].speed, true), CLOCK_OK);
        if (clock_rhythm_ms(rows[i].interval_ms) != rows[i].expected_ms) {
            fail_msg("%s", rows[i].sentence);
        }
    }
}

static void waits_for_others_are_shorter_down_to_two_seconds(void **state)
{
    static const struct {
        const char *sentence, *speed;
        uint64_t interval_ms, expected_ms;
    } rows[] = {
        {"at the machine's speed they are what they are", NULL, 600000, 600000},
        {"short ones too", NULL, 2, 2},
        {"at speed 1 as well", "1", 30000, 30000},
        {"at speed 10 a minute is six seconds", "10", 60000, 6000},
        {"an answer takes two seconds at any speed", "10", 10000, CLOCK_WAIT_MS_MIN},
        {"also at the highest", "100000", 90000, CLOCK_WAIT_MS_MIN},
        {"two seconds stay two seconds", "2", 2000, 2000},
        {"what is shorter anyway stays so", "100000", 500, 500},
        {"down to nothing", "100000", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(configure("test", NULL, rows[i].speed, true), CLOCK_OK);
        if (clock_wait_ms(rows[i].interval_ms) != rows[i].expected_ms) {
            fail_msg("%s", rows[i].sentence);
        }
    }
}

static void a_speed_that_was_decided_elsewhere_is_taken(void **state)
{
    static const struct {
        const char *sentence;
        uint64_t speed;
        bool taken;
    } rows[] = {
        {"the machine's", 1, true},
        {"the highest", CLOCK_SPEED_MAX, true},
        {"none", 0, false},
        {"one too many", CLOCK_SPEED_MAX + 1, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(clock_take_speed(7));
        if (clock_take_speed(rows[i].speed) != rows[i].taken ||
            clock_speed() != (rows[i].taken ? rows[i].speed : 7)) {
            fail_msg("%s", rows[i].sentence);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_variables_are_taken_or_refused, forget),
        cmocka_unit_test_teardown(a_daemons_clock_runs_and_a_commands_stands, forget),
        cmocka_unit_test_teardown(rhythms_are_as_many_times_shorter, forget),
        cmocka_unit_test_teardown(waits_for_others_are_shorter_down_to_two_seconds, forget),
        cmocka_unit_test_teardown(a_speed_that_was_decided_elsewhere_is_taken, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
