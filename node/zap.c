#include "node/zap.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "node/net_socket.h"
#include "protocol/base/sort.h"

enum {
    PART_VERSION,
    PART_REQUEST_ID,
    PART_DOMAIN,
    PART_ADDRESS,
    PART_ROUTING_ID,
    PART_MECHANISM,
    PART_CREDENTIALS,
    PART_COUNT,
    PART_SIZE_MAX = 255,
};

struct part {
    size_t size;
    uint8_t data[PART_SIZE_MAX];
};

struct request {
    bool well_formed; /* all parts, no more, none too long */
    struct part parts[PART_COUNT];
};

static int compare_keys(const void *a, const void *b)
{
    return memcmp(a, b, NET_KEY_SIZE);
}

bool zap_init(struct zap *zap, void *context, bool only_known, struct bytes keys)
{
    *zap = (struct zap){.only_known = only_known, .known_count = keys.size / NET_KEY_SIZE};
    zap->known = malloc(keys.size + 1);
    zap->socket = zmq_socket(context, ZMQ_REP);
    if (!zap->known || !zap->socket || !net_socket_set(zap->socket, ZMQ_LINGER, 0) ||
        zmq_bind(zap->socket, "inproc://zeromq.zap.01") != 0) {
        zap_deinit(zap);
        return false;
    }
    if (keys.size > 0) {
        memcpy(zap->known, keys.data, keys.size);
    }
    /* qsort may ask the system how much memory there is, which kills a net process. */
    sort_items(zap->known, zap->known_count, NET_KEY_SIZE, compare_keys);
    return true;
}

void zap_deinit(struct zap *zap)
{
    if (zap->socket) {
        zmq_close(zap->socket);
    }
    free(zap->known);
    *zap = (struct zap){0};
}

/* Returns: false when no request waits. */
static bool receive(struct zap *zap, struct request *request)
{
    zmq_msg_t message;
    zmq_msg_init(&message);
    bool got = false;
    size_t count = 0;
    bool fits = true;
    while (zmq_msg_recv(&message, zap->socket, ZMQ_DONTWAIT) >= 0) {
        got = true;
        size_t size = zmq_msg_size(&message);
        if (count < PART_COUNT && size <= PART_SIZE_MAX) {
            request->parts[count].size = size;
            memcpy(request->parts[count].data, zmq_msg_data(&message), size);
        } else {
            fits = false;
        }
        count++;
        if (!zmq_msg_more(&message)) {
            break;
        }
    }
    zmq_msg_close(&message);
    request->well_formed = fits && count == PART_COUNT;
    return got;
}

static bool part_is(const struct part *part, const char *text)
{
    return bytes_equal_string(bytes_of(part->data, part->size), text);
}

static bool lets_in(const struct zap *zap, const struct request *request)
{
    const struct part *key = &request->parts[PART_CREDENTIALS];
    if (!request->well_formed || !part_is(&request->parts[PART_VERSION], "1.0") ||
        !part_is(&request->parts[PART_DOMAIN], ZAP_DOMAIN) ||
        !part_is(&request->parts[PART_MECHANISM], "CURVE") || key->size != NET_KEY_SIZE) {
        return false;
    }
    return !zap->only_known || bsearch(key->data, zap->known, zap->known_count, NET_KEY_SIZE, compare_keys);
}

static void send_text(void *socket, const char *text)
{
    zmq_send(socket, text, strlen(text), ZMQ_DONTWAIT | ZMQ_SNDMORE);
}

/* The key in hexadecimal becomes the User-Id property of every message of the connection. */
static void answer(struct zap *zap, const struct request *request)
{
    bool in = lets_in(zap, request);
    char user_id[2 * NET_KEY_SIZE + 1] = "";
    if (in) {
        sodium_bin2hex(user_id, sizeof user_id, request->parts[PART_CREDENTIALS].data, NET_KEY_SIZE);
    }
    const struct part *request_id = &request->parts[PART_REQUEST_ID];
    send_text(zap->socket, "1.0");
    zmq_send(zap->socket, request_id->data, request_id->size, ZMQ_DONTWAIT | ZMQ_SNDMORE);
    send_text(zap->socket, in ? "200" : "400");
    send_text(zap->socket, in ? "OK" : "no");
    send_text(zap->socket, user_id);
    zmq_send(zap->socket, "", 0, ZMQ_DONTWAIT);
}

void zap_step(struct zap *zap)
{
    struct request request = {0};
    while (receive(zap, &request)) {
        answer(zap, &request);
        request = (struct request){0};
    }
}
