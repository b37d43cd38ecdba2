#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sodium.h>

#include "node/clock.h"
#include "node/supervisor.h"
#include "tests/support/net_ends.h"

enum { WAIT_MS = 5000, STEP_MS = 10, CONFIG_SIZE = 64 + 4 };

/* Wait until the process has ended and is reaped at now_ms. */
static void reap(struct supervised *process, uint64_t now_ms)
{
    for (int waited_ms = 0; !supervisor_reap(process, now_ms); waited_ms += STEP_MS) {
        assert_true(waited_ms < WAIT_MS);
        poll(NULL, 0, STEP_MS);
    }
}

static void start_and_kill(struct supervised *process, uint64_t start_ms, uint64_t end_ms)
{
    assert_true(supervisor_start(process, start_ms));
    assert_int_equal(kill(process->pid, SIGKILL), 0);
    reap(process, end_ms);
    assert_int_equal(process->signal, SIGKILL);
}

static void nothing_runs_before_it_is_started(void **state)
{
    (void)state;
    struct supervised process;
    supervisor_init(&process, net_end_starter(), NET_DIAL, 1000);
    assert_int_equal(process.pid, 0);
    assert_false(process.ready);
    assert_int_equal(supervisor_deadline_ms(&process), 1000);
    assert_false(supervisor_start(&process, 999));
    assert_false(supervisor_reap(&process, 1000));
}

static void one_start_until_it_ends(void **state)
{
    (void)state;
    struct supervised process;
    supervisor_init(&process, net_end_starter(), NET_DIAL, 1000);
    assert_true(supervisor_start(&process, 1000));
    assert_true(process.pid > 0);
    assert_int_equal(supervisor_deadline_ms(&process), UINT64_MAX);
    assert_false(supervisor_start(&process, 2000));
    assert_false(supervisor_reap(&process, 2000));
    supervisor_stop(&process);
    assert_int_equal(process.pid, 0);
    assert_int_equal(process.link.fd, -1);
}

/* Read what there is until the first message. */
static struct netlink_message first_message(struct netlink *link)
{
    struct netlink_message message = {0};
    while (netlink_next(link, &message) == NETLINK_AGAIN) {
        struct pollfd end = {.fd = link->fd, .events = POLLIN};
        assert_int_equal(poll(&end, 1, WAIT_MS), 1);
        assert_int_equal(netlink_fill(link), NETLINK_MESSAGE);
    }
    return message;
}

/* A dialler's, with a speed of the clock. */
static void write_config(uint8_t config[CONFIG_SIZE], uint8_t speed)
{
    memset(config, 0, CONFIG_SIZE);
    randombytes_buf(config, 32);
    assert_int_equal(crypto_scalarmult_base(config + 32, config), 0);
    config[CONFIG_SIZE - 1] = speed;
}

static void the_link_leads_to_a_net_process(void **state)
{
    (void)state;
    uint8_t config[CONFIG_SIZE];
    write_config(config, 1);
    struct supervised process;
    supervisor_init(&process, net_end_starter(), NET_DIAL, 0);
    assert_true(supervisor_start(&process, 0));
    assert_true(netlink_send(&process.link, NETLINK_CONFIG, 0, bytes_of(config, sizeof config)));
    assert_int_equal(netlink_flush(&process.link), NETLINK_MESSAGE);
    assert_int_equal(first_message(&process.link).type, NETLINK_READY);
    supervisor_stop(&process);
}

static void one_that_cannot_work_says_why(void **state)
{
    (void)state;
    static const uint8_t keys[CONFIG_SIZE] = {[0] = 1,
                                              [CONFIG_SIZE - 1] = 1}; /* the public one is another's */
    struct supervised process;
    supervisor_init(&process, net_end_starter(), NET_LISTEN, 0);
    assert_true(supervisor_start(&process, 0));
    assert_true(netlink_send(&process.link, NETLINK_CONFIG, 0, bytes_of(keys, sizeof keys)));
    assert_int_equal(netlink_flush(&process.link), NETLINK_MESSAGE);
    assert_int_equal(first_message(&process.link).type, NETLINK_FAILED);
    reap(&process, 0);
}

static void what_breaks_the_link_ends_the_process(void **state)
{
    (void)state;
    uint8_t stopped[CONFIG_SIZE];
    write_config(stopped, 0);
    const struct {
        const char *why;
        enum netlink_type type;
        struct bytes payload;
    } rows[] = {
        {"a dial before the configuration", NETLINK_DIAL, bytes_of_string("x")},
        {"a frame before the configuration", NETLINK_SEND, bytes_of_string("x")},
        {"what only a net process says", NETLINK_UP, bytes_of_string("x")},
        {"a configuration that ends too soon", NETLINK_CONFIG, bytes_of(stopped, CONFIG_SIZE - 1)},
        {"one with a clock that stands", NETLINK_CONFIG, bytes_of(stopped, CONFIG_SIZE)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct supervised process;
        supervisor_init(&process, net_end_starter(), NET_DIAL, 0);
        assert_true(supervisor_start(&process, 0));
        assert_true(netlink_send(&process.link, rows[i].type, 1, rows[i].payload));
        assert_int_equal(netlink_flush(&process.link), NETLINK_MESSAGE);
        reap(&process, 0);
    }
}

static void backoff_doubles_to_ten_seconds_and_starts_over_after_a_good_life(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        uint64_t lived_ms;
        uint64_t backoff_ms;
    } rows[] = {
        {"the first death", 5, 100},
        {"the second", 5, 200},
        {"the third", 5, 400},
        {"the fourth", 5, 800},
        {"the fifth", 5, 1600},
        {"the sixth", 5, 3200},
        {"the seventh", 5, 6400},
        {"the eighth is capped", 5, 10000},
        {"and stays capped", 9999, 10000},
        {"ten seconds are a good life", 10000, 100},
        {"then it doubles again", 9999, 200},
    };
    struct supervised process;
    uint64_t now_ms = 50;
    supervisor_init(&process, net_end_starter(), NET_DIAL, now_ms);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        start_and_kill(&process, now_ms, now_ms + rows[i].lived_ms);
        now_ms += rows[i].lived_ms;
        if (supervisor_deadline_ms(&process) != now_ms + rows[i].backoff_ms) {
            fail_msg("%s", rows[i].why);
        }
        assert_int_equal(process.restarts, i);
        now_ms += rows[i].backoff_ms;
        assert_false(supervisor_start(&process, now_ms - 1));
    }
}

static void at_a_tests_speed_backoff_and_a_good_life_are_shorter(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        uint64_t lived_ms;
        uint64_t backoff_ms;
    } rows[] = {
        {"the first death", 5, 100},
        {"the second", 5, 200},
        {"the third", 5, 400},
        {"the fourth", 5, 800},
        {"the fifth", 5, 1600},
        {"the sixth is capped", 5, 2500},
        {"and stays capped", 2499, 2500},
        {"two and a half seconds are a good life", 2500, 100},
    };
    struct supervised process;
    uint64_t now_ms = 50;
    assert_true(clock_take_speed(4));
    supervisor_init(&process, net_end_starter(), NET_DIAL, now_ms);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        start_and_kill(&process, now_ms, now_ms + rows[i].lived_ms);
        now_ms += rows[i].lived_ms;
        if (supervisor_deadline_ms(&process) != now_ms + rows[i].backoff_ms) {
            fail_msg("%s", rows[i].why);
        }
        now_ms += rows[i].backoff_ms;
    }
    assert_true(clock_take_speed(1));
}

/* It doesn't read the environment, which would have a say on network main, too. */
static void a_net_process_goes_at_the_speed_that_it_is_told(void **state)
{
    (void)state;
    enum { TOLD = 77 };
    uint8_t config[CONFIG_SIZE];
    int ends[2], status = 0;
    struct netlink link;
    write_config(config, TOLD);
    assert_int_equal(setenv("TRADEPROOF_TEST_SPEED", "5", 1), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    assert_true(netlink_init(&link, ends[0]));
    pid_t child = fork();
    if (child == 0) {
        (void)close(ends[0]);
        int code = net_process_run(NET_DIAL, ends[1]);
        _exit(code == 0 ? (int)clock_speed() : 0);
    }
    assert_int_equal(unsetenv("TRADEPROOF_TEST_SPEED"), 0);
    (void)close(ends[1]);
    assert_true(child > 0);
    assert_true(netlink_send(&link, NETLINK_CONFIG, 0, bytes_of(config, sizeof config)));
    assert_int_equal(netlink_flush(&link), NETLINK_MESSAGE);
    assert_int_equal(first_message(&link).type, NETLINK_READY);
    netlink_deinit(&link);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), TOLD);
}

static void a_process_ends_with_its_link(void **state)
{
    (void)state;
    struct supervised process;
    supervisor_init(&process, net_end_starter(), NET_DIAL, 0);
    assert_true(supervisor_start(&process, 0));
    pid_t pid = process.pid;
    netlink_deinit(&process.link);
    reap(&process, 0);
    assert_int_equal(kill(pid, 0), -1);
}

static void stop_ends_even_one_that_does_not_listen(void **state)
{
    (void)state;
    struct supervised process;
    supervisor_init(&process, net_end_starter(), NET_DIAL, 0);
    assert_true(supervisor_start(&process, 0));
    pid_t pid = process.pid;
    assert_int_equal(kill(pid, SIGSTOP), 0);
    supervisor_stop(&process);
    assert_int_equal(process.pid, 0);
    assert_int_equal(kill(pid, 0), -1);
    supervisor_stop(&process);
}

int main(int argc, char **argv)
{
    int code = net_end_main(argc, argv);
    if (code >= 0) {
        return code;
    }
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_runs_before_it_is_started),
        cmocka_unit_test(one_start_until_it_ends),
        cmocka_unit_test(the_link_leads_to_a_net_process),
        cmocka_unit_test(one_that_cannot_work_says_why),
        cmocka_unit_test(what_breaks_the_link_ends_the_process),
        cmocka_unit_test(backoff_doubles_to_ten_seconds_and_starts_over_after_a_good_life),
        cmocka_unit_test(at_a_tests_speed_backoff_and_a_good_life_are_shorter),
        cmocka_unit_test(a_net_process_goes_at_the_speed_that_it_is_told),
        cmocka_unit_test(a_process_ends_with_its_link),
        cmocka_unit_test(stop_ends_even_one_that_does_not_listen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
