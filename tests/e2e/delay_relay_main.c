/* Passes on what comes to a port of loopback to another one, and what comes back, each byte so much later:
 * links across an ocean for tests. Tells its port in one line once it listens, and runs until it is ended.
 *
 *   delay_relay TARGET_PORT DELAY_MS */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LINKS_MAX = 64, CHUNK_SIZE = 64 * 1024, WAITING_MAX = 32 * 1024 * 1024 };

struct chunk {
    struct chunk *next;
    uint64_t due_ms;
    size_t size, at;
    uint8_t bytes[CHUNK_SIZE];
};

/* What comes from one end on its way to the other. */
struct way {
    struct chunk *first, *last;
    size_t waiting;
};

struct link {
    bool used;
    int ends[2];
    struct way ways[2]; /* from each end */
};

static struct link links[LINKS_MAX];
static uint64_t delay_ms;

static uint64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void close_link(struct link *link)
{
    for (size_t i = 0; i < 2; i++) {
        (void)close(link->ends[i]);
        while (link->ways[i].first != NULL) {
            struct chunk *chunk = link->ways[i].first;

            link->ways[i].first = chunk->next;
            free(chunk);
        }
    }
    *link = (struct link){.used = false};
}

static void open_link(int listener, uint16_t target)
{
    const struct sockaddr_in address = loopback(target);
    struct link *link = links;
    int from = accept(listener, NULL, NULL), to = socket(AF_INET, SOCK_STREAM, 0);

    while (link < links + LINKS_MAX && link->used) {
        link++;
    }
    if (link == links + LINKS_MAX || from < 0 || to < 0 ||
        connect(to, (const struct sockaddr *)&address, sizeof address) != 0) {
        (void)close(from);
        (void)close(to);
        return;
    }
    (void)fcntl(from, F_SETFL, O_NONBLOCK);
    (void)fcntl(to, F_SETFL, O_NONBLOCK);
    *link = (struct link){.used = true, .ends = {from, to}};
}

/* Returns: false when the end is closed. */
static bool take(struct way *way, int from)
{
    struct chunk *chunk = malloc(sizeof *chunk);
    ssize_t size = chunk == NULL ? 0 : recv(from, chunk->bytes, CHUNK_SIZE, 0);

    if (size <= 0) {
        free(chunk);
        return size < 0 && errno == EAGAIN;
    }
    chunk->next = NULL;
    chunk->due_ms = now_ms() + delay_ms;
    chunk->size = (size_t)size;
    chunk->at = 0;
    *(way->first == NULL ? &way->first : &way->last->next) = chunk;
    way->last = chunk;
    way->waiting += chunk->size;
    return true;
}

/* Returns: false when the end is closed. */
static bool give(struct way *way, int to)
{
    struct chunk *chunk = way->first;
    ssize_t size = send(to, chunk->bytes + chunk->at, chunk->size - chunk->at, MSG_NOSIGNAL);

    if (size < 0) {
        return errno == EAGAIN;
    }
    chunk->at += (size_t)size;
    way->waiting -= (size_t)size;
    if (chunk->at == chunk->size) {
        way->first = chunk->next;
        free(chunk);
    }
    return true;
}

static bool is_due(const struct way *way)
{
    return way->first != NULL && way->first->due_ms <= now_ms();
}

/* What each end is polled for; *wait_ms: until something is due. */
static void poll_for(struct pollfd fds[2], const struct link *link, int *wait_ms)
{
    for (size_t i = 0; i < 2; i++) {
        const struct way *out = &link->ways[1 - i];

        fds[i] = (struct pollfd){.fd = link->used ? link->ends[i] : -1};
        fds[i].events =
            (short)((link->ways[i].waiting < WAITING_MAX ? POLLIN : 0) | (is_due(out) ? POLLOUT : 0));
        if (out->first != NULL && !is_due(out)) {
            *wait_ms = 1;
        }
    }
}

static bool serve(struct link *link, const struct pollfd fds[2])
{
    bool open = true;

    for (size_t i = 0; i < 2 && open; i++) {
        open = (fds[i].revents & (POLLIN | POLLHUP | POLLERR)) == 0 || take(&link->ways[i], link->ends[i]);
        if (open && (fds[i].revents & POLLOUT) != 0) {
            open = give(&link->ways[1 - i], link->ends[i]);
        }
    }
    return open;
}

static void run(int listener, uint16_t target)
{
    struct pollfd fds[1 + 2 * LINKS_MAX];

    for (;;) {
        int wait_ms = -1;

        fds[0] = (struct pollfd){.fd = listener, .events = POLLIN};
        for (size_t i = 0; i < LINKS_MAX; i++) {
            poll_for(&fds[1 + 2 * i], &links[i], &wait_ms);
        }
        if (poll(fds, 1 + 2 * LINKS_MAX, wait_ms) < 0) {
            return;
        }
        for (size_t i = 0; i < LINKS_MAX; i++) {
            if (links[i].used && !serve(&links[i], &fds[1 + 2 * i])) {
                close_link(&links[i]);
            }
        }
        if (fds[0].revents != 0) {
            open_link(listener, target);
        }
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    if (argc != 3 || listener < 0 || bind(listener, (const struct sockaddr *)&address, size) != 0 ||
        listen(listener, LINKS_MAX) != 0 || getsockname(listener, (struct sockaddr *)&address, &size) != 0) {
        (void)fprintf(stderr, "usage: see tests/e2e/delay_relay_main.c\n");
        return 1;
    }
    delay_ms = strtoull(argv[2], NULL, 10);
    printf("%u\n", ntohs(address.sin_port));
    (void)fflush(stdout);
    run(listener, (uint16_t)strtoul(argv[1], NULL, 10));
    return 1;
}
