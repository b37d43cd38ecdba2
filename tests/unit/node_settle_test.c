#include "node/settle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "node/clock.h"
#include "node/daemon_state.h"

/* What the daemon says about its store, in lines on standard error, and how long its sync core waits. */

static struct daemon *the_daemon;
static FILE *said;
static int usual_stderr;

static int setup(void **state)
{
    (void)state;
    the_daemon = calloc(1, sizeof *the_daemon);
    said = tmpfile();
    usual_stderr = dup(STDERR_FILENO);
    return the_daemon != NULL && said != NULL && usual_stderr >= 0 && dup2(fileno(said), STDERR_FILENO) >= 0
               ? 0
               : -1;
}

static int teardown(void **state)
{
    (void)state;
    (void)clock_take_speed(1);
    (void)dup2(usual_stderr, STDERR_FILENO);
    (void)close(usual_stderr);
    (void)fclose(said);
    free(the_daemon);
    return 0;
}

static bool is_said(enum store_error error, uint64_t now_ms)
{
    off_t before = lseek(fileno(said), 0, SEEK_END);

    the_daemon->now_ms = now_ms;
    settle_store_error(the_daemon, "block-not-stored", error);
    return lseek(fileno(said), 0, SEEK_END) > before;
}

static void a_full_disk_is_said_once_a_minute_and_more_often_at_a_tests_speed(void **state)
{
    static const struct {
        const char *sentence;
        enum store_error error;
        uint64_t speed, now_ms;
        bool said;
    } rows[] = {
        {"at once", STORE_NO_ROOM, 1, 1000, true},
        {"not again within a minute", STORE_NO_ROOM, 1, 60999, false},
        {"what else fails is always said", STORE_IO, 1, 60999, true},
        {"after a minute", STORE_NO_ROOM, 10, 61000, true},
        {"not within six seconds at speed 10", STORE_NO_ROOM, 10, 66999, false},
        {"after six seconds", STORE_NO_ROOM, 10, 67000, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(clock_take_speed(rows[i].speed));
        if (is_said(rows[i].error, rows[i].now_ms) != rows[i].said) {
            fail_msg("%s", rows[i].sentence);
        }
    }
}

static void the_sync_core_waits_less_at_a_tests_speed(void **state)
{
    static const struct {
        uint64_t speed;
        struct sync_waits waits;
    } rows[] = {
        {1, {SYNC_HEADS_INTERVAL_MS, SYNC_STALL_MS_MAX, SYNC_FILL_STALL_MS}},
        {2, {SYNC_HEADS_INTERVAL_MS / 2, SYNC_STALL_MS_MAX / 2, SYNC_FILL_STALL_MS / 2}},
        {CLOCK_SPEED_MAX, {CLOCK_RHYTHM_MS_MIN, CLOCK_WAIT_MS_MIN, CLOCK_WAIT_MS_MIN}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(clock_take_speed(rows[i].speed));
        const struct sync_waits waits = settle_sync_waits();

        assert_int_equal(waits.heads_interval_ms, rows[i].waits.heads_interval_ms);
        assert_int_equal(waits.stall_ms_max, rows[i].waits.stall_ms_max);
        assert_int_equal(waits.fill_stall_ms, rows[i].waits.fill_stall_ms);
    }
    assert_true(clock_take_speed(1));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_full_disk_is_said_once_a_minute_and_more_often_at_a_tests_speed,
                                        setup, teardown),
        cmocka_unit_test(the_sync_core_waits_less_at_a_tests_speed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
