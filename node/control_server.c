#include "node/control_server.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/clock.h"

enum {
    REQUEST_HEADER_SIZE = CONTROL_LENGTH_SIZE + CONTROL_HEAD_SIZE,
    REQUEST_SIZE_MAX = REQUEST_HEADER_SIZE + CONTROL_SIZE_MAX,
    REPLY_HEADER_SIZE = CONTROL_LENGTH_SIZE + 1,
    READ_SIZE = 4096,
    BACKLOG = 16
};

/* One that isn't whole is made anew. */
static enum home_error read_token(struct control_server *server)
{
    size_t size = 0;
    enum home_error error =
        home_read(server->home, CONTROL_TOKEN_FILE, server->token, CONTROL_TOKEN_SIZE, &size);

    if (error == HOME_OK && size == CONTROL_TOKEN_SIZE) {
        return HOME_OK;
    }
    if (error != HOME_OK && error != HOME_NOT_FOUND && error != HOME_TOO_LARGE) {
        return error;
    }
    randombytes_buf(server->token, CONTROL_TOKEN_SIZE);
    return home_write(server->home, CONTROL_TOKEN_FILE, server->token, CONTROL_TOKEN_SIZE, 0600);
}

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
    error = read_token(server);
    if (error != HOME_OK) {
        return error;
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
    return client->in_size >= REQUEST_HEADER_SIZE && client->in_size == request_size(client);
}

/* Make room for what is missing of the wanted bytes, growing with what has really come. Returns: how much
 * may be read; 0: there is no memory. */
static size_t reserve(struct control_client *client, size_t wanted)
{
    size_t room = wanted - client->in_size;
    uint8_t *in = NULL;

    if (room > READ_SIZE + client->in_size) {
        room = READ_SIZE + client->in_size;
    }
    if (client->in_size + room <= client->in_capacity) {
        return room;
    }
    in = realloc(client->in, client->in_size + room);
    if (in == NULL) {
        return 0;
    }
    client->in = in;
    client->in_capacity = client->in_size + room;
    return room;
}

/* Read up to the end of one request. Returns: false when the client has to go. */
static bool read_request(struct control_client *client, uint64_t now_ms)
{
    for (;;) {
        size_t wanted = request_size(client), room = 0;
        ssize_t count = 0;

        /* Even the shortest request has an operation and the token. */
        if (wanted > REQUEST_SIZE_MAX ||
            (client->in_size >= CONTROL_LENGTH_SIZE && wanted < REQUEST_HEADER_SIZE)) {
            return false;
        }
        if (client->in_size == wanted) {
            return true;
        }
        room = reserve(client, wanted);
        if (room == 0) {
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
        if (client->in_size == 0) {
            client->deadline_ms = now_ms + clock_wait_ms(CONTROL_CLIENT_TIMEOUT_MS);
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
    return !client->leaving;
}

static bool is_late(const struct control_client *client, uint64_t now_ms)
{
    return !client->waiting && now_ms >= client->deadline_ms;
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
        if (client->out != NULL) {
            stays = write_reply(client, now_ms);
        } else if (!client->waiting) {
            stays = read_request(client, now_ms);
        }
        if (!stays || is_late(client, now_ms)) {
            drop(client);
        }
    }
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

/* The client may be gone afterwards. */
static void answer(struct control_client *client, uint8_t result, struct bytes payload, uint64_t now_ms)
{
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
    client->out[CONTROL_LENGTH_SIZE] = result;
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

void control_server_reply(struct control_server *server, uint32_t number, enum control_result result,
                          struct bytes payload, uint64_t now_ms)
{
    struct control_client *client = find(server, number);

    assert(payload.size <= CONTROL_REPLY_MAX);
    if (client == NULL) {
        return;
    }
    assert(client->waiting);
    answer(client, (uint8_t)result, payload, now_ms);
}

static bool has_token(const struct control_server *server, const struct control_client *client)
{
    return sodium_memcmp(client->in + CONTROL_LENGTH_SIZE + 1, server->token, CONTROL_TOKEN_SIZE) == 0;
}

bool control_server_next(struct control_server *server, struct control_request *request, uint64_t now_ms)
{
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        struct control_client *client = &server->clients[i];

        if (client->fd < 0 || client->waiting || client->out != NULL || !has_request(client)) {
            continue;
        }
        if (!has_token(server, client)) {
            client->leaving = true;
            answer(client, CONTROL_STRANGER, bytes_of(NULL, 0), now_ms);
            continue;
        }
        client->waiting = true;
        request->client = client->number;
        request->op = client->in[CONTROL_LENGTH_SIZE];
        request->payload = bytes_of(client->in + REQUEST_HEADER_SIZE, client->in_size - REQUEST_HEADER_SIZE);
        return true;
    }
    return false;
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

        if (client->fd >= 0 && !client->waiting && client->deadline_ms < deadline_ms) {
            deadline_ms = client->deadline_ms;
        }
    }
    return deadline_ms;
}
