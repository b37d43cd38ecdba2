#include "node/control_server.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/clock.h"

enum {
    REQUEST_SIZE_MAX = CONTROL_LENGTH_SIZE + 1 + CONTROL_SIZE_MAX,
    REPLY_HEADER_SIZE = CONTROL_LENGTH_SIZE + 1,
    READ_SIZE = 4096,
    BACKLOG = 16
};

enum home_error control_server_init(struct control_server *server, const struct home *home)
{
    struct sockaddr_un address;
    enum home_error error = HOME_OK;
    mode_t mask = 0;
    int folder = -1, bound = -1;

    memset(server, 0, sizeof *server);
    server->home = home;
    server->fd = -1;
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        server->clients[i].fd = -1;
    }
    if (!control_address(home, &address, &folder)) {
        return home_error_of(errno);
    }
    server->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (server->fd >= 0) {
        (void)unlink(address.sun_path);
        mask = umask(0177);
        bound = bind(server->fd, (const struct sockaddr *)&address, sizeof address);
        (void)umask(mask);
    }
    if (bound != 0 || listen(server->fd, BACKLOG) != 0) {
        error = home_error_of(errno);
        control_server_deinit(server);
    }
    (void)close(folder);
    return error;
}

static void drop(struct control_client *client)
{
    (void)close(client->fd);
    free(client->in);
    free(client->out);
    *client = (struct control_client){.fd = -1};
}

void control_server_deinit(struct control_server *server)
{
    char path[HOME_PATH_MAX + 64];

    if (server->fd < 0) {
        return;
    }
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        if (server->clients[i].fd >= 0) {
            drop(&server->clients[i]);
        }
    }
    (void)close(server->fd);
    server->fd = -1;
    home_file(server->home, CONTROL_SOCKET_FILE, path);
    (void)unlink(path);
}

static struct control_client *free_place(struct control_server *server)
{
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        if (server->clients[i].fd < 0) {
            return &server->clients[i];
        }
    }
    return NULL;
}

size_t control_server_polls(const struct control_server *server, struct pollfd *fds)
{
    size_t count = 0;
    bool room = false;

    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        const struct control_client *client = &server->clients[i];
        short events = 0;

        if (client->fd < 0) {
            room = true;
            continue;
        }
        if (client->out != NULL) {
            events = POLLOUT;
        } else if (!client->waiting) {
            events = POLLIN;
        }
        fds[count++] = (struct pollfd){.fd = client->fd, .events = events};
    }
    /* Without a free place newcomers wait in the socket's own queue. */
    if (room) {
        fds[count++] = (struct pollfd){.fd = server->fd, .events = POLLIN};
    }
    return count;
}

static bool is_ours(int fd)
{
    struct ucred credentials;
    socklen_t size = sizeof credentials;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
        return false;
    }
    return credentials.uid == geteuid() || credentials.uid == 0;
}

static void accept_clients(struct control_server *server, uint64_t now_ms)
{
    struct control_client *client = NULL;

    while ((client = free_place(server)) != NULL) {
        int fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (fd < 0) {
            return;
        }
        if (!is_ours(fd)) {
            (void)close(fd);
            continue;
        }
        client->fd = fd;
        client->number = server->next_number++;
        client->deadline_ms = now_ms + clock_wait_ms(CONTROL_CLIENT_TIMEOUT_MS);
    }
}

/* How many bytes the request being read has in all, as far as is known. */
static size_t request_size(const struct control_client *client)
{
    if (client->in_size < CONTROL_LENGTH_SIZE) {
        return CONTROL_LENGTH_SIZE;
    }
    return CONTROL_LENGTH_SIZE + control_get_length(client->in);
}

static bool has_request(const struct control_client *client)
{
    return client->in_size > CONTROL_LENGTH_SIZE && client->in_size == request_size(client);
}

static bool reserve(struct control_client *client, size_t capacity)
{
    uint8_t *in = NULL;

    if (capacity <= client->in_capacity) {
        return true;
    }
    in = realloc(client->in, capacity);
    if (in == NULL) {
        return false;
    }
    client->in = in;
    client->in_capacity = capacity;
    return true;
}

/* Read up to the end of one request, growing with what has really come. Returns: false when the client has to
 * go. */
static bool read_request(struct control_client *client)
{
    for (;;) {
        size_t wanted = request_size(client), room = 0;
        ssize_t count = 0;

        /* Even the shortest request names its operation. */
        if (wanted > REQUEST_SIZE_MAX ||
            (wanted == CONTROL_LENGTH_SIZE && client->in_size == CONTROL_LENGTH_SIZE)) {
            return false;
        }
        if (client->in_size == wanted) {
            return true;
        }
        room = wanted - client->in_size;
        if (room > READ_SIZE + client->in_size) {
            room = READ_SIZE + client->in_size;
        }
        if (!reserve(client, client->in_size + room)) {
            return false;
        }
        count = recv(client->fd, client->in + client->in_size, room, 0);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return errno == EAGAIN || errno == EWOULDBLOCK;
        }
        if (count == 0) {
            return false;
        }
        client->in_size += (size_t)count;
    }
}

static bool write_reply(struct control_client *client, uint64_t now_ms)
{
    while (client->out_at < client->out_size) {
        ssize_t count =
            send(client->fd, client->out + client->out_at, client->out_size - client->out_at, MSG_NOSIGNAL);

        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return errno == EAGAIN || errno == EWOULDBLOCK;
        }
        client->out_at += (size_t)count;
    }
    free(client->out);
    client->out = NULL;
    client->deadline_ms = now_ms + clock_wait_ms(CONTROL_CLIENT_TIMEOUT_MS);
    return true;
}

/* A client may stay connected and silent for as long as it likes, but not in the middle of a request or
 * reply. */
static bool is_late(const struct control_client *client, uint64_t now_ms)
{
    return !client->waiting && (client->in_size > 0 || client->out != NULL) && now_ms >= client->deadline_ms;
}

void control_server_serve(struct control_server *server, uint64_t now_ms)
{
    accept_clients(server, now_ms);
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        struct control_client *client = &server->clients[i];
        bool stays = true;

        if (client->fd < 0) {
            continue;
        }
        if (client->in_size == 0 && client->out == NULL) {
            client->deadline_ms = now_ms + clock_wait_ms(CONTROL_CLIENT_TIMEOUT_MS);
        }
        if (client->out != NULL) {
            stays = write_reply(client, now_ms);
        } else if (!client->waiting) {
            stays = read_request(client);
        }
        if (!stays || is_late(client, now_ms)) {
            drop(client);
        }
    }
}

bool control_server_next(struct control_server *server, struct control_request *request)
{
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        struct control_client *client = &server->clients[i];

        if (client->fd < 0 || client->waiting || client->out != NULL || !has_request(client)) {
            continue;
        }
        client->waiting = true;
        request->client = client->number;
        request->op = client->in[CONTROL_LENGTH_SIZE];
        request->payload =
            bytes_of(client->in + CONTROL_LENGTH_SIZE + 1, client->in_size - CONTROL_LENGTH_SIZE - 1);
        return true;
    }
    return false;
}

static struct control_client *find(struct control_server *server, uint32_t number)
{
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        if (server->clients[i].fd >= 0 && server->clients[i].number == number) {
            return &server->clients[i];
        }
    }
    return NULL;
}

void control_server_reply(struct control_server *server, uint32_t number, enum control_result result,
                          struct bytes payload, uint64_t now_ms)
{
    struct control_client *client = find(server, number);

    assert(payload.size <= CONTROL_REPLY_MAX);
    if (client == NULL) {
        return;
    }
    assert(client->waiting);
    client->waiting = false;
    free(client->in);
    client->in = NULL;
    client->in_size = client->in_capacity = 0;
    client->out = malloc(REPLY_HEADER_SIZE + payload.size);
    if (client->out == NULL) {
        drop(client);
        return;
    }
    control_put_length(client->out, payload.size + 1);
    client->out[CONTROL_LENGTH_SIZE] = (uint8_t)result;
    if (payload.size > 0) {
        memcpy(client->out + REPLY_HEADER_SIZE, payload.data, payload.size);
    }
    client->out_size = REPLY_HEADER_SIZE + payload.size;
    client->out_at = 0;
    client->deadline_ms = now_ms + clock_wait_ms(CONTROL_CLIENT_TIMEOUT_MS);
    if (!write_reply(client, now_ms)) {
        drop(client);
    }
}

void control_server_reply_number(struct control_server *server, uint32_t client, enum control_result result,
                                 uint32_t number, uint64_t now_ms)
{
    uint8_t payload[CONTROL_LENGTH_SIZE];

    control_put_length(payload, number);
    control_server_reply(server, client, result, bytes_of(payload, sizeof payload), now_ms);
}

uint64_t control_server_deadline_ms(const struct control_server *server)
{
    uint64_t deadline_ms = UINT64_MAX;

    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        const struct control_client *client = &server->clients[i];

        if (client->fd >= 0 && !client->waiting && (client->in_size > 0 || client->out != NULL) &&
            client->deadline_ms < deadline_ms) {
            deadline_ms = client->deadline_ms;
        }
    }
    return deadline_ms;
}
