#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/clock.h"
#include "node/logline.h"
#include "node/peer_address.h"
#include "tests/support/temp_folder.h"

enum { WAIT_MS = 5000 };

static struct starter starter;
static char *folder;
static char answer_path[256];

int __wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                       struct addrinfo **found);

/* In the process that looks names up: the file answer says what the name server would. */
int __wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                       struct addrinfo **found)
{
    static struct sockaddr_in address = {.sin_family = AF_INET};
    static struct addrinfo answer = {.ai_addr = (struct sockaddr *)&address, .ai_addrlen = sizeof address};
    char line[64] = "", expected[32], number[32];
    FILE *file = fopen(answer_path, "r");

    if (service != NULL || hints->ai_family != AF_INET || file == NULL ||
        fgets(line, sizeof line, file) == NULL || sscanf(line, "%31s %31s", expected, number) != 2 ||
        strcmp(host, expected) != 0) {
        return EAI_NONAME;
    }
    (void)fclose(file);
    if (strcmp(number, "never") == 0) {
        (void)unlink(answer_path);
        (void)pause();
    }
    if (inet_pton(AF_INET, number, &address.sin_addr) != 1) {
        return EAI_NONAME;
    }
    *found = &answer;
    return 0;
}

static void name_server_says(const char *text)
{
    FILE *file = fopen(answer_path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int begin(void **state)
{
    (void)state;
    log_set_level(LOG_ERROR);
    if (temp_folder_make(&folder) != 0) {
        return -1;
    }
    (void)snprintf(answer_path, sizeof answer_path, "%s/answer", folder);
    name_server_says("");
    return starter_begin(&starter) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    starter_stop(&starter);
    temp_folder_remove(folder);
    return 0;
}

static struct peer_address address_of(const char *text)
{
    struct peer_address address;

    assert_true(peer_address_read(&address, bytes_of_string(text)));
    return address;
}

/* Look it up at now_ms, to the end. Returns: whether it is to be dialled. */
static bool look_up(struct peer_address *address, uint64_t now_ms)
{
    bool moved = peer_address_step(address, &starter, now_ms);

    for (int waited_ms = 0; address->pid != 0; waited_ms += 10) {
        struct pollfd fd = {.fd = starter.fd, .events = POLLIN};

        assert_true(waited_ms < WAIT_MS);
        (void)poll(&fd, 1, 10);
        moved |= peer_address_step(address, &starter, now_ms);
    }
    return moved;
}

static void a_number_is_never_looked_up(void **state)
{
    struct peer_address address = address_of("127.0.0.1:7001");

    (void)state;
    assert_string_equal(address.endpoint, "tcp://127.0.0.1:7001");
    assert_false(peer_address_step(&address, &starter, 1000));
    peer_address_on_down(&address, 1000);
    assert_false(peer_address_step(&address, &starter, 2000));
    assert_int_equal(address.pid, 0);
    assert_true(peer_address_deadline_ms(&address) == UINT64_MAX);
}

static void a_name_is_dialled_once_it_is_known_and_where_it_moves(void **state)
{
    struct peer_address address = address_of("node.example.org:65535");

    (void)state;
    assert_string_equal(address.endpoint, "");
    assert_int_equal(peer_address_deadline_ms(&address), 0);
    name_server_says("node.example.org 192.0.2.1");
    assert_true(look_up(&address, 1000));
    assert_string_equal(address.endpoint, "tcp://192.0.2.1:65535");
    assert_int_equal(peer_address_deadline_ms(&address), 1000 + PEER_WAIT_MS_MIN);
    assert_false(look_up(&address, 1000 + PEER_WAIT_MS_MIN));
    name_server_says("node.example.org 192.0.2.2");
    assert_true(look_up(&address, 1000 + 3 * PEER_WAIT_MS_MIN));
    assert_string_equal(address.endpoint, "tcp://192.0.2.2:65535");
    assert_int_equal(address.answer, -1);
}

static void one_that_is_connected_stays_where_it_is(void **state)
{
    struct peer_address address = address_of("node.example.org:1");

    (void)state;
    name_server_says("node.example.org 192.0.2.1");
    assert_true(look_up(&address, 0));
    name_server_says("node.example.org 192.0.2.2");
    assert_false(peer_address_step(&address, &starter, PEER_WAIT_MS_MIN));
    peer_address_on_up(&address);
    assert_false(look_up(&address, PEER_WAIT_MS_MIN));
    assert_string_equal(address.endpoint, "tcp://192.0.2.1:1");
    peer_address_on_down(&address, PEER_WAIT_MS_MAX);
    assert_true(look_up(&address, PEER_WAIT_MS_MAX));
    assert_string_equal(address.endpoint, "tcp://192.0.2.2:1");
}

static void an_address_stays_while_the_name_is_not_found(void **state)
{
    struct peer_address address = address_of("node.example.org:1");

    (void)state;
    name_server_says("node.example.org 192.0.2.1");
    assert_true(look_up(&address, 0));
    name_server_says("other.example.org 192.0.2.1");
    assert_false(look_up(&address, PEER_WAIT_MS_MIN));
    assert_string_equal(address.endpoint, "tcp://192.0.2.1:1");
    assert_true(address.not_found);
    name_server_says("node.example.org 192.0.2.1");
    assert_false(look_up(&address, 3 * PEER_WAIT_MS_MIN));
    assert_false(address.not_found);
}

static void a_name_is_looked_up_with_backoff_until_the_peer_is_connected(void **state)
{
    struct peer_address address = address_of("node.example.org:1");
    uint64_t now_ms = 0, wait_ms = PEER_WAIT_MS_MIN;

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        assert_false(look_up(&address, now_ms));
        assert_true(address.not_found);
        assert_int_equal(peer_address_deadline_ms(&address), now_ms + wait_ms);
        assert_false(look_up(&address, now_ms + wait_ms - 1));
        now_ms += wait_ms;
        wait_ms = wait_ms * 2 < PEER_WAIT_MS_MAX ? wait_ms * 2 : PEER_WAIT_MS_MAX;
    }
    peer_address_on_up(&address);
    assert_true(peer_address_deadline_ms(&address) == UINT64_MAX);
    peer_address_on_down(&address, now_ms + 5);
    assert_int_equal(peer_address_deadline_ms(&address), now_ms + 5);
    assert_false(look_up(&address, now_ms + 5));
    assert_int_equal(peer_address_deadline_ms(&address), now_ms + 5 + PEER_WAIT_MS_MIN);
}

static void at_a_tests_speed_it_is_looked_up_more_often(void **state)
{
    struct peer_address address = address_of("node.example.org:1");
    uint64_t now_ms = 0, wait_ms = PEER_WAIT_MS_MIN;

    (void)state;
    assert_true(clock_take_speed(10));
    for (size_t i = 0; i < 4; i++) {
        assert_false(peer_address_step(&address, &starter, now_ms));
        assert_int_equal(address.until_ms, now_ms + PEER_LOOK_UP_MS_MAX / 10);
        assert_false(look_up(&address, now_ms));
        assert_int_equal(peer_address_deadline_ms(&address), now_ms + wait_ms);
        now_ms += wait_ms;
        wait_ms = wait_ms * 2 < PEER_WAIT_MS_MAX / 10 ? wait_ms * 2 : PEER_WAIT_MS_MAX / 10;
    }
    assert_true(clock_take_speed(1));
}

static void a_name_server_that_never_answers_is_in_nobodys_way(void **state)
{
    struct peer_address silent = address_of("silent.example.org:1"), other = address_of("localhost:1");

    (void)state;
    name_server_says("silent.example.org never");
    assert_false(peer_address_step(&silent, &starter, 0));
    assert_true(silent.pid > 0);
    assert_int_equal(peer_address_deadline_ms(&silent), PEER_LOOK_UP_MS_MAX);
    assert_false(look_up(&other, 0));
    assert_true(other.not_found);
    assert_false(peer_address_step(&silent, &starter, PEER_LOOK_UP_MS_MAX - 1));
    assert_false(starter_reap(&starter, silent.pid, 20, NULL));
    assert_false(look_up(&silent, PEER_LOOK_UP_MS_MAX));
    assert_true(silent.not_found);
}

static void a_look_up_ends_with_the_starter(void **state)
{
    struct peer_address address = address_of("silent.example.org:1");

    (void)state;
    name_server_says("silent.example.org never");
    assert_false(peer_address_step(&address, &starter, 0));
    for (int waited_ms = 0; access(answer_path, F_OK) == 0; waited_ms += 5) {
        assert_true(waited_ms < WAIT_MS);
        (void)poll(NULL, 0, 5);
    }
    assert_int_equal(kill(starter.pid, SIGKILL), 0);
    struct pollfd answer = {.fd = address.answer, .events = POLLIN};
    assert_int_equal(poll(&answer, 1, WAIT_MS), 1); /* nobody holds its other end any more */
    peer_address_stop(&address);
}

static void a_starter_that_is_gone_finds_nothing(void **state)
{
    struct peer_address address = address_of("node.example.org:1");

    (void)state;
    starter_stop(&starter);
    assert_false(look_up(&address, 0));
    assert_int_equal(address.answer, -1);
    assert_int_equal(peer_address_deadline_ms(&address), PEER_WAIT_MS_MIN);
}

static void what_is_no_host_and_port_is_refused(void **state)
{
    static const char *const texts[] = {
        "",    ":",     "host",     "host:",   ":1",          "host:65536", "host:1x",
        "h:-", "a b:1", "host/a:1", "[::1]:1", "host:000001", "host\n:1",   "h;st:1",
    };
    char long_text[PEER_HOST_SIZE_MAX + 4];
    struct peer_address address;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (peer_address_read(&address, bytes_of_string(texts[i]))) {
            fail_msg("%s", texts[i]);
        }
    }
    memset(long_text, 'a', sizeof long_text);
    memcpy(long_text + sizeof long_text - 3, ":1", 3);
    assert_false(peer_address_read(&address, bytes_of_string(long_text)));
    assert_true(peer_address_read(&address, bytes_of_string(long_text + 1)));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(a_number_is_never_looked_up),
        TEST(a_name_is_dialled_once_it_is_known_and_where_it_moves),
        TEST(one_that_is_connected_stays_where_it_is),
        TEST(an_address_stays_while_the_name_is_not_found),
        TEST(a_name_is_looked_up_with_backoff_until_the_peer_is_connected),
        TEST(at_a_tests_speed_it_is_looked_up_more_often),
        TEST(a_name_server_that_never_answers_is_in_nobodys_way),
        TEST(a_look_up_ends_with_the_starter),
        TEST(a_starter_that_is_gone_finds_nothing),
        TEST(what_is_no_host_and_port_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
