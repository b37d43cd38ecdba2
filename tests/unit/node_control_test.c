#include "node/control.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "node/clock.h"
#include "node/control_server.h"
#include "tests/support/short_descriptors.h"
#include "tests/support/temp_folder.h"

/* A home with a server that the test turns by hand. */
struct fixture {
    char *folder;
    struct home home;
    char token_path[HOME_PATH_MAX + 64];
    struct control_server server;
    uint8_t reply[CONTROL_REPLY_MAX];
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    int made = fixture == NULL ? -1 : temp_folder_make(&fixture->folder);

    if (made != 0) {
        return -1;
    }
    *state = fixture;
    if (home_create(&fixture->home, fixture->folder, "test") != HOME_OK) {
        return -1;
    }
    home_file(&fixture->home, CONTROL_TOKEN_FILE, fixture->token_path);
    return sodium_init() >= 0 && control_server_init(&fixture->server, &fixture->home) == HOME_OK ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    control_server_deinit(&fixture->server);
    temp_folder_remove(fixture->folder);
    free(fixture);
    return 0;
}

static int connect_client(struct fixture *fixture)
{
    int fd = -1;

    assert_int_equal(control_connect(&fixture->home, &fd), CONTROL_OK);
    control_server_serve(&fixture->server, 0);
    return fd;
}

static void send_bytes(int fd, const void *data, size_t size)
{
    assert_int_equal(send(fd, data, size, MSG_NOSIGNAL), (ssize_t)size);
}

/* Whether the server has closed the client's connection. */
static bool is_closed(int fd)
{
    uint8_t byte = 0;
    ssize_t got = recv(fd, &byte, 1, MSG_DONTWAIT);

    return got == 0 || (got < 0 && errno == ECONNRESET);
}

static size_t client_count(const struct fixture *fixture)
{
    size_t count = 0;

    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        count += fixture->server.clients[i].fd >= 0;
    }
    return count;
}

/* ---- whole calls ---- */

struct call {
    const struct home *home;
    int fd;
    enum control_op op;
    struct bytes request;
    enum control_error error;
    enum control_result result;
    uint8_t *reply;
    size_t reply_size;
};

static void *run_call(void *context)
{
    struct call *call = context;

    call->error = control_call(call->home, call->fd, call->op, call->request, &call->result, call->reply,
                               &call->reply_size);
    return NULL;
}

/* Turn the server until it has a request. */
static struct control_request await_request(struct fixture *fixture)
{
    struct control_request request;

    while (!control_server_next(&fixture->server, &request, 0)) {
        struct pollfd fds[CONTROL_POLLS_MAX];
        size_t count = control_server_polls(&fixture->server, fds);

        assert_true(poll(fds, (nfds_t)count, 10000) > 0);
        control_server_serve(&fixture->server, 0);
    }
    return request;
}

static void write_out(struct fixture *fixture)
{
    for (;;) {
        struct pollfd fds[CONTROL_POLLS_MAX];
        size_t count = control_server_polls(&fixture->server, fds);
        bool writing = false;

        for (size_t i = 0; i < count; i++) {
            writing |= (fds[i].events & POLLOUT) != 0;
        }
        if (!writing) {
            return;
        }
        assert_true(poll(fds, (nfds_t)count, 10000) > 0);
        control_server_serve(&fixture->server, 0);
    }
}

static void the_largest_request_and_reply_go_through(void **state)
{
    struct fixture *fixture = *state;
    uint8_t *large = malloc(CONTROL_REPLY_MAX);
    struct call call = {
        .home = &fixture->home, .fd = connect_client(fixture), .op = CONTROL_IMPORT, .reply = fixture->reply};
    struct control_request request;
    pthread_t thread;

    assert_non_null(large);
    for (size_t i = 0; i < CONTROL_REPLY_MAX; i++) {
        large[i] = (uint8_t)(i * 31);
    }
    call.request = bytes_of(large, CONTROL_SIZE_MAX - 1);
    assert_int_equal(pthread_create(&thread, NULL, run_call, &call), 0);
    request = await_request(fixture);
    assert_int_equal(request.op, CONTROL_IMPORT);
    assert_true(bytes_equal(request.payload, call.request));
    control_server_reply(&fixture->server, request.client, CONTROL_DONE, bytes_of(large, CONTROL_REPLY_MAX),
                         0);
    write_out(fixture);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(call.error, CONTROL_OK);
    assert_int_equal(call.result, CONTROL_DONE);
    assert_int_equal(call.reply_size, CONTROL_REPLY_MAX);
    assert_memory_equal(call.reply, large, CONTROL_REPLY_MAX);
    assert_int_equal(close(call.fd), 0);
    free(large);
}

static void one_connection_asks_again(void **state)
{
    struct fixture *fixture = *state;
    struct call call = {
        .home = &fixture->home, .fd = connect_client(fixture), .op = CONTROL_STATUS, .reply = fixture->reply};

    for (uint32_t i = 0; i < 3; i++) {
        struct control_request request;
        pthread_t thread;

        assert_int_equal(pthread_create(&thread, NULL, run_call, &call), 0);
        request = await_request(fixture);
        assert_int_equal(request.payload.size, 0);
        control_server_reply_number(&fixture->server, request.client, CONTROL_REFUSED, i + 258, 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(call.error, CONTROL_OK);
        assert_int_equal(call.result, CONTROL_REFUSED);
        assert_int_equal(call.reply_size, 4);
        assert_memory_equal(call.reply, ((uint8_t[]){0, 0, 1, (uint8_t)(i + 2)}), 4);
    }
    assert_int_equal(close(call.fd), 0);
}

/* ---- what clients do wrong ---- */

enum {
    OP_AT = CONTROL_LENGTH_SIZE,
    TOKEN_AT,
    PAYLOAD_AT = TOKEN_AT + CONTROL_TOKEN_SIZE,
    ROW_SIZE_MAX = PAYLOAD_AT + 8
};

/* A whole request without payload, and zeros behind it. */
static void write_request(const struct fixture *fixture, uint8_t request[ROW_SIZE_MAX])
{
    memset(request, 0, ROW_SIZE_MAX);
    control_put_length(request, CONTROL_HEAD_SIZE);
    request[OP_AT] = CONTROL_STATUS;
    memcpy(request + TOKEN_AT, fixture->server.token, CONTROL_TOKEN_SIZE);
}

struct request_row {
    const char *sentence;
    size_t length; /* as it says; 0: the right one */
    size_t size;   /* of what is sent */
    bool closed;
    bool request;
};

static const struct request_row request_rows[] = {
    {"Nothing yet.", 0, 0, false, false},
    {"Half a length.", 0, 2, false, false},
    {"A length without anything.", 0, OP_AT, false, false},
    {"Half a request.", CONTROL_HEAD_SIZE + 1, PAYLOAD_AT, false, false},
    {"Half a token.", 0, PAYLOAD_AT - 1, false, false},
    {"A whole one.", 0, PAYLOAD_AT, false, true},
    {"A whole one and the next one's beginning.", 0, PAYLOAD_AT + 1, false, true},
    {"One that has no room for a token.", CONTROL_HEAD_SIZE - 1, PAYLOAD_AT, true, false},
    {"One that is too large.", 0x7f0000, OP_AT, true, false},
    {"One that is as large as a length can say.", 0xffffffff, OP_AT, true, false},
};

static void requests_come_whole_or_not_at_all(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof request_rows / sizeof *request_rows; i++) {
        const struct request_row *row = &request_rows[i];
        uint8_t bytes[ROW_SIZE_MAX];
        struct control_request request;
        int fd = connect_client(fixture);
        bool got = false;

        write_request(fixture, bytes);
        if (row->length > 0) {
            control_put_length(bytes, row->length);
        }
        send_bytes(fd, bytes, row->size);
        control_server_serve(&fixture->server, 0);
        got = control_server_next(&fixture->server, &request, 0);
        if (got != row->request || (client_count(fixture) == 0) != row->closed ||
            is_closed(fd) != row->closed) {
            fail_msg("%s", row->sentence);
        }
        assert_int_equal(close(fd), 0);
        if (got) {
            control_server_reply(&fixture->server, request.client, CONTROL_DONE, bytes_of(NULL, 0), 0);
        }
        control_server_serve(&fixture->server, 0);
        assert_int_equal(client_count(fixture), 0);
    }
}

static void another_token_is_refused_and_ends_the_connection(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < CONTROL_TOKEN_SIZE; i += CONTROL_TOKEN_SIZE - 1) {
        uint8_t bytes[ROW_SIZE_MAX], reply[OP_AT + 1];
        struct control_request request;
        int fd = connect_client(fixture);

        write_request(fixture, bytes);
        bytes[TOKEN_AT + i] ^= 1;
        send_bytes(fd, bytes, PAYLOAD_AT);
        control_server_serve(&fixture->server, 0);
        assert_false(control_server_next(&fixture->server, &request, 0));
        assert_int_equal(recv(fd, reply, sizeof reply, MSG_DONTWAIT), sizeof reply);
        assert_int_equal(reply[OP_AT], CONTROL_STRANGER);
        assert_true(is_closed(fd));
        assert_int_equal(client_count(fixture), 0);
        assert_int_equal(close(fd), 0);
    }
}

/* How a call ends of which no request comes through. */
static enum control_error refused_call(struct fixture *fixture)
{
    struct call call = {
        .home = &fixture->home, .fd = connect_client(fixture), .op = CONTROL_STATUS, .reply = fixture->reply};
    struct control_request request;
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, run_call, &call), 0);
    while (pthread_tryjoin_np(thread, NULL) != 0) {
        struct pollfd fds[CONTROL_POLLS_MAX];
        size_t count = control_server_polls(&fixture->server, fds);

        assert_true(poll(fds, (nfds_t)count, 10) >= 0);
        control_server_serve(&fixture->server, 0);
        assert_false(control_server_next(&fixture->server, &request, 0));
    }
    assert_int_equal(close(call.fd), 0);
    control_server_serve(&fixture->server, 0);
    assert_int_equal(client_count(fixture), 0);
    return call.error;
}

static void a_command_that_has_not_the_daemons_token_is_told_so(void **state)
{
    struct fixture *fixture = *state;
    static const uint8_t other[CONTROL_TOKEN_SIZE] = {1};

    assert_int_equal(home_write(&fixture->home, CONTROL_TOKEN_FILE, other, sizeof other, 0600), HOME_OK);
    assert_int_equal(refused_call(fixture), CONTROL_REFUSES);
    assert_int_equal(home_write(&fixture->home, CONTROL_TOKEN_FILE, other, sizeof other - 1, 0600), HOME_OK);
    assert_int_equal(refused_call(fixture), CONTROL_REFUSES);
    assert_int_equal(unlink(fixture->token_path), 0);
    assert_int_equal(refused_call(fixture), CONTROL_REFUSES);
}

static void the_token_stays_and_is_its_owners_alone(void **state)
{
    struct fixture *fixture = *state;
    uint8_t before[CONTROL_TOKEN_SIZE];
    struct stat status;

    memcpy(before, fixture->server.token, sizeof before);
    assert_int_equal(stat(fixture->token_path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    control_server_deinit(&fixture->server);
    assert_int_equal(control_server_init(&fixture->server, &fixture->home), HOME_OK);
    assert_memory_equal(fixture->server.token, before, sizeof before);
    control_server_deinit(&fixture->server);
    assert_int_equal(home_write(&fixture->home, CONTROL_TOKEN_FILE, before, sizeof before - 1, 0644),
                     HOME_OK);
    assert_int_equal(control_server_init(&fixture->server, &fixture->home), HOME_OK);
    assert_memory_not_equal(fixture->server.token, before, sizeof before);
    assert_int_equal(stat(fixture->token_path, &status), 0);
    assert_int_equal(status.st_size, CONTROL_TOKEN_SIZE);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void who_is_silent_or_slow_goes_after_a_while(void **state)
{
    struct fixture *fixture = *state;
    int silent = connect_client(fixture), slow = connect_client(fixture);

    assert_int_equal(control_server_deadline_ms(&fixture->server), CONTROL_CLIENT_TIMEOUT_MS);
    send_bytes(slow, "\0", 1);
    control_server_serve(&fixture->server, 5);
    control_server_serve(&fixture->server, CONTROL_CLIENT_TIMEOUT_MS - 1);
    assert_false(is_closed(silent));
    control_server_serve(&fixture->server, CONTROL_CLIENT_TIMEOUT_MS);
    assert_true(is_closed(silent));
    assert_int_equal(control_server_deadline_ms(&fixture->server), CONTROL_CLIENT_TIMEOUT_MS + 5);
    send_bytes(slow, "\0", 1);
    control_server_serve(&fixture->server, CONTROL_CLIENT_TIMEOUT_MS + 4);
    assert_false(is_closed(slow));
    control_server_serve(&fixture->server, CONTROL_CLIENT_TIMEOUT_MS + 5);
    assert_true(is_closed(slow));
    assert_true(control_server_deadline_ms(&fixture->server) == UINT64_MAX);
    assert_int_equal(close(slow), 0);
    assert_int_equal(close(silent), 0);
}

static void who_was_silent_for_too_long_asks_all_the_same(void **state)
{
    struct fixture *fixture = *state;
    struct call call = {
        .home = &fixture->home, .fd = connect_client(fixture), .op = CONTROL_STATUS, .reply = fixture->reply};
    struct control_request request;
    pthread_t thread;

    control_server_serve(&fixture->server, CONTROL_CLIENT_TIMEOUT_MS);
    assert_int_equal(client_count(fixture), 0);
    assert_int_equal(pthread_create(&thread, NULL, run_call, &call), 0);
    request = await_request(fixture);
    control_server_reply(&fixture->server, request.client, CONTROL_DONE, bytes_of(NULL, 0), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(call.error, CONTROL_OK);
    assert_int_equal(fcntl(call.fd, F_GETFD), FD_CLOEXEC);
    control_server_serve(&fixture->server, CONTROL_CLIENT_TIMEOUT_MS);
    control_server_deinit(&fixture->server);
    run_call(&call);
    assert_int_equal(call.error, CONTROL_BROKEN);
    assert_int_equal(close(call.fd), 0);
}

static void at_a_tests_speed_neither_end_waits_as_long(void **state)
{
    struct fixture *fixture = *state;
    int slow = -1;
    struct timeval wait_max;
    socklen_t size = sizeof wait_max;

    assert_true(clock_take_speed(4));
    slow = connect_client(fixture);
    assert_int_equal(getsockopt(slow, SOL_SOCKET, SO_RCVTIMEO, &wait_max, &size), 0);
    assert_int_equal(wait_max.tv_sec * 1000 + wait_max.tv_usec / 1000, CONTROL_WAIT_MS_MAX / 4);
    assert_int_equal(control_server_deadline_ms(&fixture->server), CONTROL_CLIENT_TIMEOUT_MS / 4);
    send_bytes(slow, "\0", 1);
    control_server_serve(&fixture->server, 5);
    assert_int_equal(control_server_deadline_ms(&fixture->server), CONTROL_CLIENT_TIMEOUT_MS / 4 + 5);
    assert_true(clock_take_speed(1));
    assert_int_equal(close(slow), 0);
}

static void a_client_too_many_waits(void **state)
{
    struct fixture *fixture = *state;
    struct pollfd fds[CONTROL_POLLS_MAX];
    int clients[CONTROL_CLIENTS_MAX], waiting = -1;

    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        clients[i] = connect_client(fixture);
    }
    assert_int_equal(client_count(fixture), CONTROL_CLIENTS_MAX);
    assert_int_equal(control_server_polls(&fixture->server, fds), CONTROL_CLIENTS_MAX);
    waiting = connect_client(fixture);
    assert_false(is_closed(waiting));
    assert_int_equal(close(clients[3]), 0);
    control_server_serve(&fixture->server, 0);
    control_server_serve(&fixture->server, 0);
    assert_int_equal(client_count(fixture), CONTROL_CLIENTS_MAX);
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        if (i != 3) {
            assert_int_equal(close(clients[i]), 0);
        }
    }
    assert_int_equal(close(waiting), 0);
}

static void a_reply_to_who_has_gone_is_dropped(void **state)
{
    struct fixture *fixture = *state;
    struct control_request request;
    uint8_t bytes[ROW_SIZE_MAX];
    int fd = connect_client(fixture), next = -1;

    write_request(fixture, bytes);
    send_bytes(fd, bytes, PAYLOAD_AT);
    control_server_serve(&fixture->server, 0);
    assert_true(control_server_next(&fixture->server, &request, 0));
    assert_int_equal(close(fd), 0);
    control_server_reply(&fixture->server, request.client, CONTROL_DONE, bytes_of("x", 1), 0);
    next = connect_client(fixture);
    control_server_reply(&fixture->server, request.client, CONTROL_DONE, bytes_of("x", 1), 0);
    assert_int_equal(recv(next, fixture->reply, 1, MSG_DONTWAIT), -1);
    assert_int_equal(close(next), 0);
}

/* ---- the socket ---- */

static void the_socket_is_its_owners_alone(void **state)
{
    struct fixture *fixture = *state;
    char path[HOME_PATH_MAX + 64];
    struct stat status;

    home_file(&fixture->home, CONTROL_SOCKET_FILE, path);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    control_server_deinit(&fixture->server);
    assert_int_equal(stat(path, &status), -1);
}

static void without_a_daemon_nobody_answers(void **state)
{
    struct fixture *fixture = *state;
    int fd = -1;

    control_server_deinit(&fixture->server);
    assert_int_equal(control_connect(&fixture->home, &fd), CONTROL_NO_DAEMON);
    /* A socket that a dead daemon left is replaced by the next one. */
    assert_int_equal(control_server_init(&fixture->server, &fixture->home), HOME_OK);
    assert_int_equal(close(fixture->server.fd), 0);
    assert_int_equal(control_connect(&fixture->home, &fd), CONTROL_NO_DAEMON);
    assert_int_equal(control_server_init(&fixture->server, &fixture->home), HOME_OK);
    assert_int_equal(control_connect(&fixture->home, &fd), CONTROL_OK);
    assert_int_equal(close(fd), 0);
}

static void a_home_with_a_long_path_has_a_socket_too(void **state)
{
    struct fixture *fixture = *state;
    static struct home deep;
    static struct control_server server;
    char path[HOME_PATH_MAX];
    int size = snprintf(path, sizeof path, "%s/", fixture->folder), fd = -1;

    for (size_t i = 0; i < 5; i++) {
        size += snprintf(path + size, sizeof path - (size_t)size, "%0100u/", (unsigned)i);
    }
    assert_int_equal(home_create(&deep, path, "test"), HOME_OK);
    assert_int_equal(control_server_init(&server, &deep), HOME_OK);
    assert_int_equal(control_connect(&deep, &fd), CONTROL_OK);
    assert_int_equal(close(fd), 0);
    control_server_deinit(&server);
}

static void a_daemon_that_goes_away_is_noticed(void **state)
{
    struct fixture *fixture = *state;
    struct call call = {
        .home = &fixture->home, .fd = connect_client(fixture), .op = CONTROL_STATUS, .reply = fixture->reply};
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, run_call, &call), 0);
    (void)await_request(fixture);
    control_server_deinit(&fixture->server);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(call.error, CONTROL_BROKEN);
    assert_int_equal(close(call.fd), 0);
}

static void no_call_waits_for_ever(void **state)
{
    struct fixture *fixture = *state;
    static const int options[] = {SO_RCVTIMEO, SO_SNDTIMEO};
    int fd = connect_client(fixture);

    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        struct timeval wait_max;
        socklen_t size = sizeof wait_max;

        assert_int_equal(getsockopt(fd, SOL_SOCKET, options[i], &wait_max, &size), 0);
        assert_int_equal(wait_max.tv_sec, CONTROL_WAIT_MS_MAX / 1000);
    }
    assert_int_equal(close(fd), 0);
}

static void a_server_without_a_descriptor_says_so(void **state)
{
    struct fixture *fixture = *state;

    control_server_deinit(&fixture->server);
    let_descriptors_be_short(true);
    enum home_error error = control_server_init(&fixture->server, &fixture->home);
    let_descriptors_be_short(false);
    assert_int_equal(error, HOME_NO_DESCRIPTOR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_largest_request_and_reply_go_through, setup, teardown),
        cmocka_unit_test_setup_teardown(one_connection_asks_again, setup, teardown),
        cmocka_unit_test_setup_teardown(requests_come_whole_or_not_at_all, setup, teardown),
        cmocka_unit_test_setup_teardown(another_token_is_refused_and_ends_the_connection, setup, teardown),
        cmocka_unit_test_setup_teardown(a_command_that_has_not_the_daemons_token_is_told_so, setup, teardown),
        cmocka_unit_test_setup_teardown(the_token_stays_and_is_its_owners_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(who_is_silent_or_slow_goes_after_a_while, setup, teardown),
        cmocka_unit_test_setup_teardown(at_a_tests_speed_neither_end_waits_as_long, setup, teardown),
        cmocka_unit_test_setup_teardown(who_was_silent_for_too_long_asks_all_the_same, setup, teardown),
        cmocka_unit_test_setup_teardown(a_client_too_many_waits, setup, teardown),
        cmocka_unit_test_setup_teardown(a_reply_to_who_has_gone_is_dropped, setup, teardown),
        cmocka_unit_test_setup_teardown(the_socket_is_its_owners_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(without_a_daemon_nobody_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(a_home_with_a_long_path_has_a_socket_too, setup, teardown),
        cmocka_unit_test_setup_teardown(a_daemon_that_goes_away_is_noticed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_server_without_a_descriptor_says_so, setup, teardown),
        cmocka_unit_test_setup_teardown(no_call_waits_for_ever, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
