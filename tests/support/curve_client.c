#include "tests/support/curve_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum {
    KEY_SIZE = 32,
    GREETING_SIZE = 64,
    HELLO_SIZE = 200,
    WELCOME_SIZE = 168,
    COOKIE_SIZE = 96,
    VOUCH_SIZE = 80,
    METADATA_SIZE_MAX = 512,
    FLAG_MORE = 1,
    FLAG_LONG = 2,
    FLAG_COMMAND = 4,
    TIMEOUT_S = 5,
};

int loopback_connect(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    struct timeval timeout = {.tv_sec = TIMEOUT_S};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) {
        return fd;
    }
    close(fd);
    return -1;
}

static bool write_all(int fd, const uint8_t *data, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        data += sent;
        size -= (size_t)sent;
    }
    return true;
}

static bool read_all(int fd, uint8_t *data, size_t size)
{
    return recv(fd, data, size, MSG_WAITALL) == (ssize_t)size;
}

static bool write_frame(int fd, uint8_t flags, const uint8_t *body, size_t size)
{
    uint8_t header[9] = {size > 255 ? flags | FLAG_LONG : flags};
    size_t header_size = 2;
    header[1] = (uint8_t)size;
    if (size > 255) {
        for (size_t i = 0; i < 8; i++) {
            header[1 + i] = (uint8_t)((uint64_t)size >> (56 - 8 * i));
        }
        header_size = sizeof header;
    }
    return write_all(fd, header, header_size) && write_all(fd, body, size);
}

/* A nonce is 16 bytes of purpose and 8 of a count, or 8 of purpose and 16 given. */
static void count_nonce(uint8_t nonce[24], const char *purpose, uint64_t count)
{
    memcpy(nonce, purpose, 16);
    for (size_t i = 0; i < 8; i++) {
        nonce[16 + i] = (uint8_t)(count >> (56 - 8 * i));
    }
}

static void given_nonce(uint8_t nonce[24], const char *purpose, const uint8_t given[16])
{
    memcpy(nonce, purpose, 8);
    memcpy(nonce + 8, given, 16);
}

struct handshake {
    uint8_t public_key[KEY_SIZE], secret_key[KEY_SIZE];                 /* C */
    uint8_t session_public_key[KEY_SIZE], session_secret_key[KEY_SIZE]; /* C' */
    uint8_t server_session_key[KEY_SIZE];                               /* S' */
    uint8_t cookie[COOKIE_SIZE];
};

static bool exchange_greetings(int fd)
{
    uint8_t ours[GREETING_SIZE] = {0xff, [9] = 0x7f, [10] = 3, [11] = 0, [12] = 'C', 'U', 'R', 'V', 'E'};
    uint8_t theirs[GREETING_SIZE];
    return write_all(fd, ours, sizeof ours) && read_all(fd, theirs, sizeof theirs);
}

static bool say_hello(struct curve_client *client, const struct handshake *hands, const uint8_t *server_key)
{
    static const uint8_t zeros[64];
    uint8_t body[HELLO_SIZE] = "\x05HELLO\x01";
    uint8_t nonce[24];
    count_nonce(nonce, "CurveZMQHELLO---", ++client->nonce);
    memcpy(body + 80, hands->session_public_key, KEY_SIZE);
    memcpy(body + 112, nonce + 16, 8);
    return crypto_box_easy(body + 120, zeros, sizeof zeros, nonce, server_key, hands->session_secret_key) ==
               0 &&
           write_frame(client->fd, FLAG_COMMAND, body, sizeof body);
}

static bool hear_welcome(struct curve_client *client, struct handshake *hands, const uint8_t *server_key)
{
    uint8_t frame[2 + WELCOME_SIZE];
    uint8_t opened[KEY_SIZE + COOKIE_SIZE];
    uint8_t nonce[24];
    if (!read_all(client->fd, frame, sizeof frame) || memcmp(frame + 2, "\x07WELCOME", 8) != 0) {
        return false;
    }
    given_nonce(nonce, "WELCOME-", frame + 10);
    if (crypto_box_open_easy(opened, frame + 26, WELCOME_SIZE - 24, nonce, server_key,
                             hands->session_secret_key) != 0) {
        return false;
    }
    memcpy(hands->server_session_key, opened, KEY_SIZE);
    memcpy(hands->cookie, opened + KEY_SIZE, COOKIE_SIZE);
    return crypto_box_beforenm(client->key, hands->server_session_key, hands->session_secret_key) == 0;
}

static size_t put_property(uint8_t *out, const char *name, const void *value, size_t value_size)
{
    size_t name_size = strlen(name);
    out[0] = (uint8_t)name_size;
    memcpy(out + 1, name, name_size);
    uint8_t *at = out + 1 + name_size;
    memset(at, 0, 4);
    at[2] = (uint8_t)(value_size >> 8);
    at[3] = (uint8_t)value_size;
    if (value_size > 0) {
        memcpy(at + 4, value, value_size);
    }
    return 1 + name_size + 4 + value_size;
}

static bool initiate(struct curve_client *client, const struct handshake *hands, const uint8_t *server_key,
                     const void *identity, size_t identity_size)
{
    uint8_t vouched[2 * KEY_SIZE];
    uint8_t plain[KEY_SIZE + 16 + VOUCH_SIZE + METADATA_SIZE_MAX];
    uint8_t body[113 + sizeof plain + crypto_box_MACBYTES] = "\x08INITIATE";
    uint8_t nonce[24];
    memcpy(vouched, hands->session_public_key, KEY_SIZE);
    memcpy(vouched + KEY_SIZE, server_key, KEY_SIZE);
    memcpy(plain, hands->public_key, KEY_SIZE);
    randombytes_buf(plain + KEY_SIZE, 16);
    given_nonce(nonce, "VOUCH---", plain + KEY_SIZE);
    if (crypto_box_easy(plain + KEY_SIZE + 16, vouched, sizeof vouched, nonce, hands->server_session_key,
                        hands->secret_key) != 0) {
        return false;
    }
    size_t size = KEY_SIZE + 16 + VOUCH_SIZE;
    size += put_property(plain + size, "Socket-Type", "DEALER", 6);
    size += put_property(plain + size, "Identity", identity, identity_size);
    /* A hostile client would like to choose its own. */
    size += put_property(plain + size, "User-Id", "somebody else", 13);
    count_nonce(nonce, "CurveZMQINITIATE", ++client->nonce);
    memcpy(body + 9, hands->cookie, COOKIE_SIZE);
    memcpy(body + 105, nonce + 16, 8);
    return crypto_box_easy_afternm(body + 113, plain, size, nonce, client->key) == 0 &&
           write_frame(client->fd, FLAG_COMMAND, body, 113 + size + crypto_box_MACBYTES);
}

static bool hear_ready(struct curve_client *client)
{
    uint8_t header[2];
    uint8_t body[255];
    return read_all(client->fd, header, sizeof header) && read_all(client->fd, body, header[1]) &&
           memcmp(body, "\x05READY", 6) == 0;
}

bool curve_client_open(struct curve_client *client, uint16_t port, const uint8_t server_key[32],
                       const void *identity, size_t identity_size)
{
    struct handshake hands;
    *client = (struct curve_client){.fd = loopback_connect(port)};
    crypto_box_keypair(hands.public_key, hands.secret_key);
    crypto_box_keypair(hands.session_public_key, hands.session_secret_key);
    if (client->fd >= 0 && exchange_greetings(client->fd) && say_hello(client, &hands, server_key) &&
        hear_welcome(client, &hands, server_key) &&
        initiate(client, &hands, server_key, identity, identity_size) && hear_ready(client)) {
        return true;
    }
    curve_client_close(client);
    return false;
}

bool curve_client_send(struct curve_client *client, const void *data, size_t size, bool more)
{
    uint8_t nonce[24];
    size_t body_size = 16 + crypto_box_MACBYTES + 1 + size;
    uint8_t *body = malloc(body_size);
    uint8_t *plain = malloc(1 + size);
    bool sent = body && plain;
    if (sent) {
        plain[0] = more ? FLAG_MORE : 0;
        memcpy(plain + 1, data, size);
        count_nonce(nonce, "CurveZMQMESSAGEC", ++client->nonce);
        memcpy(body, "\x07MESSAGE", 8);
        memcpy(body + 8, nonce + 16, 8);
        sent = crypto_box_easy_afternm(body + 16, plain, 1 + size, nonce, client->key) == 0 &&
               write_frame(client->fd, 0, body, body_size);
    }
    free(body);
    free(plain);
    return sent;
}

void curve_client_close(struct curve_client *client)
{
    if (client->fd >= 0) {
        close(client->fd);
    }
    client->fd = -1;
}
