#include "node/peer_address.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/clock.h"
#include "node/logline.h"

enum { PORT_MAX = 65535 };

static bool is_number(const char *host)
{
    struct in_addr address;

    return inet_pton(AF_INET, host, &address) == 1;
}

static void set_endpoint(struct peer_address *address, const char *number)
{
    (void)snprintf(address->endpoint, sizeof address->endpoint, "tcp://%.*s:%s", INET_ADDRSTRLEN - 1, number,
                   address->port);
}

bool peer_address_read(struct peer_address *address, struct bytes text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    const uint8_t *colon = text.size > 0 ? memrchr(text.data, ':', text.size) : NULL;
    size_t host_size = colon != NULL ? (size_t)(colon - text.data) : 0;
    size_t port_size = colon != NULL ? text.size - host_size - 1 : 0;

    if (host_size == 0 || host_size > PEER_HOST_SIZE_MAX || port_size == 0 ||
        port_size > PEER_PORT_SIZE_MAX) {
        return false;
    }
    *address = (struct peer_address){.answer = -1, .due_ms = UINT64_MAX, .wait_ms = PEER_WAIT_MS_MIN};
    memcpy(address->host, text.data, host_size);
    memcpy(address->port, colon + 1, port_size);
    if (strspn(address->host, letters) != host_size || strspn(address->port, "0123456789") != port_size ||
        strtoul(address->port, NULL, 10) > PORT_MAX) {
        return false;
    }
    if (is_number(address->host)) {
        set_endpoint(address, address->host);
    } else {
        address->due_ms = 0;
    }
    return true;
}

static void look_up(struct peer_address *address, struct starter *starter, uint64_t now_ms)
{
    const char *const texts[] = {address->host};
    int ends[2];

    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        return;
    }
    address->pid = starter_start(starter, STARTER_LOOK_UP, texts, 1, ends[1]);
    address->answer = ends[0];
    address->until_ms = now_ms + clock_wait_ms(PEER_LOOK_UP_MS_MAX);
    (void)close(ends[1]);
    if (address->pid == 0) {
        peer_address_stop(address);
    }
}

static void say_not_found(struct peer_address *address)
{
    if (!address->not_found) {
        LOG(LOG_WARN, "peer-name-not-found", LOG_T("name", address->host),
            LOG_T("why", "This computer finds no IPv4 address for it now; it goes on looking."));
    }
    address->not_found = true;
}

/* Returns: whether it is another endpoint than before. */
static bool take_answer(struct peer_address *address)
{
    char before[sizeof address->endpoint], number[INET_ADDRSTRLEN] = "";
    ssize_t size = read(address->answer, number, sizeof number - 1);

    peer_address_stop(address);
    /* It came up meanwhile, where it was dialled. */
    if (address->due_ms == UINT64_MAX) {
        return false;
    }
    if (size <= 0 || !is_number(number)) {
        say_not_found(address);
        return false;
    }
    memcpy(before, address->endpoint, sizeof before);
    set_endpoint(address, number);
    if (strcmp(before, address->endpoint) == 0 && !address->not_found) {
        return false;
    }
    LOG(LOG_INFO, "peer-name-found", LOG_T("name", address->host), LOG_T("endpoint", address->endpoint));
    address->not_found = false;
    return strcmp(before, address->endpoint) != 0;
}

bool peer_address_step(struct peer_address *address, struct starter *starter, uint64_t now_ms)
{
    if (address->pid != 0) {
        if (now_ms >= address->until_ms) {
            starter_kill(starter, address->pid, SIGKILL);
            address->until_ms = UINT64_MAX;
        }
        return starter_reap(starter, address->pid, 0, NULL) && take_answer(address);
    }
    if (now_ms < address->due_ms) {
        return false;
    }
    address->due_ms = now_ms + address->wait_ms;
    address->wait_ms *= 2;
    if (address->wait_ms > clock_wait_ms(PEER_WAIT_MS_MAX)) {
        address->wait_ms = clock_wait_ms(PEER_WAIT_MS_MAX);
    }
    look_up(address, starter, now_ms);
    return false;
}

void peer_address_on_up(struct peer_address *address)
{
    address->due_ms = UINT64_MAX;
}

void peer_address_on_down(struct peer_address *address, uint64_t now_ms)
{
    if (is_number(address->host)) {
        return;
    }
    address->due_ms = now_ms;
    address->wait_ms = PEER_WAIT_MS_MIN;
}

void peer_address_stop(struct peer_address *address)
{
    if (address->answer >= 0) {
        (void)close(address->answer);
    }
    address->answer = -1;
    address->pid = 0;
}

uint64_t peer_address_deadline_ms(const struct peer_address *address)
{
    return address->pid != 0 ? address->until_ms : address->due_ms;
}
