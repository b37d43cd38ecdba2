#include "node/control.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "node/clock.h"
#include "node/control_wire.h"

enum {
    REQUEST_HEADER_SIZE = CONTROL_LENGTH_SIZE + CONTROL_HEAD_SIZE,
    REPLY_HEADER_SIZE = CONTROL_LENGTH_SIZE + 1
};

bool control_address(const struct home *home, struct sockaddr_un *address, int *folder)
{
    *folder = open(home->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*folder < 0) {
        return false;
    }
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    (void)snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/" CONTROL_SOCKET_FILE,
                   *folder);
    return true;
}

enum control_error control_connect(const struct home *home, int *fd)
{
    struct sockaddr_un address;
    const uint64_t wait_ms = clock_wait_ms(CONTROL_WAIT_MS_MAX);
    const struct timeval wait_max = {.tv_sec = (time_t)(wait_ms / 1000),
                                     .tv_usec = (suseconds_t)(wait_ms % 1000 * 1000)};
    int folder = -1, client = -1;
    bool connected = false, silent = false;

    if (!control_address(home, &address, &folder)) {
        return CONTROL_NO_DAEMON;
    }
    client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client >= 0) {
        (void)setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &wait_max, sizeof wait_max);
        (void)setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &wait_max, sizeof wait_max);
        connected = connect(client, (const struct sockaddr *)&address, sizeof address) == 0;
    }
    silent = !connected && errno == EAGAIN; /* its backlog is full */
    (void)close(folder);
    if (connected) {
        *fd = client;
        return CONTROL_OK;
    }
    if (client >= 0) {
        (void)close(client);
    }
    return silent ? CONTROL_SILENT : CONTROL_NO_DAEMON;
}

/* Of a transfer that just failed. */
static enum control_error failed(void)
{
    return errno == EAGAIN ? CONTROL_SILENT : CONTROL_BROKEN;
}

static bool send_all(int fd, const void *data, size_t size)
{
    const uint8_t *at = data;

    while (size > 0) {
        ssize_t count = send(fd, at, size, MSG_NOSIGNAL);

        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return false;
        }
        at += count;
        size -= (size_t)count;
    }
    return true;
}

static bool receive_all(int fd, void *data, size_t size)
{
    uint8_t *at = data;

    while (size > 0) {
        ssize_t count = recv(fd, at, size, 0);

        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            errno = count == 0 ? ECONNRESET : errno;
            return false;
        }
        at += count;
        size -= (size_t)count;
    }
    return true;
}

/* Whether the daemon closed it; it says nothing unasked. */
static bool is_closed(int fd)
{
    uint8_t byte = 0;
    ssize_t count = recv(fd, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);

    return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
}

static enum control_error connect_again(const struct home *home, int fd)
{
    int fresh = -1;
    enum control_error error = control_connect(home, &fresh);

    if (error != CONTROL_OK) {
        return error == CONTROL_NO_DAEMON ? CONTROL_BROKEN : error;
    }
    if (dup3(fresh, fd, O_CLOEXEC) < 0) {
        error = CONTROL_BROKEN;
    }
    (void)close(fresh);
    return error;
}

static enum control_error send_request(const struct home *home, int fd, enum control_op op,
                                       struct bytes request)
{
    uint8_t header[REQUEST_HEADER_SIZE];
    size_t size = 0;

    assert(request.size < CONTROL_SIZE_MAX);
    control_put_length(header, CONTROL_HEAD_SIZE + request.size);
    header[CONTROL_LENGTH_SIZE] = (uint8_t)op;
    if (home_read(home, CONTROL_TOKEN_FILE, header + CONTROL_LENGTH_SIZE + 1, CONTROL_TOKEN_SIZE, &size) !=
            HOME_OK ||
        size != CONTROL_TOKEN_SIZE) {
        return CONTROL_REFUSES;
    }
    return send_all(fd, header, sizeof header) && send_all(fd, request.data, request.size) ? CONTROL_OK
                                                                                           : failed();
}

enum control_error control_call(const struct home *home, int fd, enum control_op op, struct bytes request,
                                enum control_result *result, uint8_t *reply, size_t *reply_size)
{
    uint8_t header[REPLY_HEADER_SIZE];
    size_t size = 0;
    enum control_error error = is_closed(fd) ? connect_again(home, fd) : CONTROL_OK;

    if (error == CONTROL_OK) {
        error = send_request(home, fd, op, request);
    }
    if (error != CONTROL_OK) {
        return error;
    }
    if (!receive_all(fd, header, sizeof header)) {
        return failed();
    }
    if (header[CONTROL_LENGTH_SIZE] == CONTROL_STRANGER) {
        return CONTROL_REFUSES;
    }
    size = control_get_length(header);
    if (size < 1 || size - 1 > CONTROL_REPLY_MAX || header[CONTROL_LENGTH_SIZE] > CONTROL_FAILED) {
        return CONTROL_BROKEN;
    }
    if (!receive_all(fd, reply, size - 1)) {
        return failed();
    }
    *result = header[CONTROL_LENGTH_SIZE];
    *reply_size = size - 1;
    return CONTROL_OK;
}
