#include "node/arrivals.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "node/clock.h"
#include "node/heads.h"
#include "node/logline.h"
#include "node/settle.h"

enum {
    HELLO_ARENA_SIZE = 4096,
    ENDPOINT_LINE_MAX = ENDPOINT_SIZE_MAX + ID_TEXT_MAX + 3,
    ENDPOINT_INTERVAL_MS = 1000,
    LINK_TURN_NS = 2 * 1000 * 1000, /* for the messages of one net process */
};

static const char endpoint_scheme[] = "tcp://";

/* ---- connections ---- */

static void node_text(const struct daemon *daemon, const struct peer *peer, char text[ID_TEXT_MAX + 1])
{
    id_to_text(text, ID_NODE, &daemon->home.network, &peer->node.hash);
}

/* Why a net process says that it dropped a peer; empty: it did not. */
static const char *drop_word(struct bytes payload)
{
    return payload.size == 1 && payload.data[0] == NETLINK_DROP_TAKES_NOTHING ? "takes-nothing" : "";
}

static void on_down(struct daemon *daemon, struct peer *peer, const char *why)
{
    uint32_t id = peer->id;
    bool greeted = peer->greeted, inbound = peer->role == NET_LISTEN;
    char node[ID_TEXT_MAX + 1];

    node_text(daemon, peer, node);
    if (peer->role == NET_DIAL) {
        processes_on_down(&daemon->processes, peer->number, daemon->now_ms);
    }
    peers_remove(&daemon->peers, peer);
    if (!greeted) {
        return;
    }
    LOG_OF(inbound, LOG_INFO, "peer-down", LOG_N("peer", id), LOG_T("node", node), LOG_T("reason", why));
    settle_event(daemon, &(struct sync_event){.kind = SYNC_PEER_DOWN, .peer = id}, NULL);
}

static void on_up(struct daemon *daemon, enum net_role role, const struct netlink_message *message)
{
    struct peer *before = peers_find(&daemon->peers, role, message->peer);
    struct transport_key transport;

    if (message->payload.size != sizeof transport) {
        return;
    }
    memcpy(&transport, message->payload.data, sizeof transport);
    if (before != NULL) {
        on_down(daemon, before, "");
    }
    if (peers_add(&daemon->peers, role, message->peer, &transport, daemon->now_ms) != NULL) {
        if (role == NET_DIAL) {
            processes_on_up(&daemon->processes, message->peer);
        }
        return;
    }
    LOG_OF(role == NET_LISTEN, LOG_WARN, "peer-not-let-in", LOG_T("role", net_role_name(role)),
           LOG_T("reason", peers_door_word(
                               peers_door(&daemon->peers, role, message->peer, &transport, daemon->now_ms))));
    if (role == NET_DIAL && message->peer < daemon->options->peer_count) {
        processes_redial_later(&daemon->processes, message->peer, daemon->now_ms);
    }
}

bool arrivals_endpoint(const struct daemon *daemon, char *out, size_t capacity)
{
    const char *endpoint = daemon->processes.bound;
    char transport[ID_TEXT_MAX + 1];
    int size = 0;

    if (endpoint[0] == '\0') {
        return false;
    }
    if (strncmp(endpoint, endpoint_scheme, sizeof endpoint_scheme - 1) == 0) {
        endpoint += sizeof endpoint_scheme - 1;
    }
    id_to_text(transport, ID_TRANSPORT, &daemon->home.network, &daemon->keys.transport.key);
    size = snprintf(out, capacity, "%s,%s", endpoint, transport);
    return size > 0 && (size_t)size < capacity;
}

/* Where there is no room for the file now there may be later, and others wait for it. */
static void write_endpoint(struct daemon *daemon)
{
    char line[ENDPOINT_LINE_MAX + 1];
    const bool is_again = daemon->endpoint_ms != UINT64_MAX;
    enum home_error error;
    size_t size;

    daemon->endpoint_ms = UINT64_MAX;
    if (!arrivals_endpoint(daemon, line, ENDPOINT_LINE_MAX)) {
        return;
    }
    size = strlen(line);
    line[size] = '\n';
    error = home_write(&daemon->home, ENDPOINT_FILE, line, size + 1, 0644);
    if (error == HOME_OK) {
        return;
    }
    if (!is_again) {
        LOG(LOG_WARN, "endpoint-not-written", LOG_T("why", home_error_sentence(error)));
    }
    daemon->endpoint_ms = daemon->now_ms + clock_rhythm_ms(ENDPOINT_INTERVAL_MS);
}

static void on_ready(struct daemon *daemon, enum net_role role, struct bytes endpoint)
{
    char line[ENDPOINT_LINE_MAX + 1];

    daemon->processes.net[role].ready = true;
    if (role != NET_LISTEN || !processes_set_bound(&daemon->processes, endpoint) ||
        !arrivals_endpoint(daemon, line, ENDPOINT_LINE_MAX)) {
        return;
    }
    LOG(LOG_INFO, "listening", LOG_T("endpoint", line));
    write_endpoint(daemon);
}

static void on_failed(struct daemon *daemon, enum net_role role, struct bytes why)
{
    char text[256];

    (void)snprintf(text, sizeof text, "%.*s", (int)(why.size < sizeof text ? why.size : sizeof text - 1),
                   (const char *)why.data);
    LOG(LOG_ERROR, "net-failed", LOG_T("role", net_role_name(role)), LOG_T("why", text));
    /* An address that was never bound is the user's to correct; one that was will be free again. */
    if (role != NET_LISTEN || daemon->processes.bound[0] != '\0') {
        return;
    }
    (void)fprintf(stderr, "tradeproofd: cannot listen on %s: %s\n", daemon->options->listen, text);
    daemon->listen_failed = true;
    daemon->stopping = true;
}

/* ---- frames ---- */

/* Returns: why a peer is not greeted, in a word; NULL when it is. */
static const char *refuse_greeting(struct daemon *daemon, struct peer *peer, const struct frame *frame)
{
    max_align_t memory[HELLO_ARENA_SIZE / sizeof(max_align_t)];
    struct hello hello;
    struct arena arena;
    enum reason reason = REASON_WRONG_KIND;

    arena_init(&arena, memory, sizeof memory);
    if (frame->kind == FRAME_HELLO) {
        reason = schema_decode(&hello_schema, &hello, frame->payload, &arena);
    }
    if (reason != REASON_NONE) {
        return reason_word(reason);
    }
    switch (peers_greet(&daemon->peers, peer, &hello, daemon->now_ms, &reason)) {
    case PEERS_WELCOME:
        break;
    case PEERS_MYSELF:
        return "myself";
    case PEERS_BANNED:
        return "banned";
    case PEERS_BAD_HELLO:
        return reason_word(reason);
    }
    return NULL;
}

static void greet(struct daemon *daemon, struct peer *peer, const struct frame *frame)
{
    const char *why = refuse_greeting(daemon, peer, frame);
    char node[ID_TEXT_MAX + 1];

    if (why != NULL) {
        settle_kick(daemon, peer, why);
        return;
    }
    heads_meet(daemon, peer);
    node_text(daemon, peer, node);
    LOG_OF(peer->role == NET_LISTEN, LOG_INFO, "peer-up", LOG_N("peer", peer->id), LOG_T("node", node),
           LOG_T("role", net_role_name(peer->role)));
    settle_event(daemon,
                 &(struct sync_event){.kind = SYNC_PEER_UP,
                                      .peer = peer->id,
                                      .dialled = peer->role == NET_DIAL,
                                      .delivers = peer->met.delivers},
                 NULL);
}

/* An answer to a question of ours; what comes unasked costs nothing. */
static bool is_due(struct peer *peer)
{
    if (peer->introductions_due == 0) {
        return false;
    }
    peer->introductions_due--;
    return true;
}

static void on_heard(struct daemon *daemon, struct peer *peer, struct bytes payload)
{
    max_align_t memory[HELLO_ARENA_SIZE / sizeof(max_align_t)];
    struct heard heard;
    struct arena arena;
    enum reason reason;

    arena_init(&arena, memory, sizeof memory);
    reason = schema_decode(&heard_schema, &heard, payload, &arena);
    if (reason == REASON_NONE) {
        heads_on_heard(daemon, peer, &heard);
    } else {
        settle_kick(daemon, peer, reason_word(reason));
    }
}

static void on_greeted_frame(struct daemon *daemon, struct peer *peer, enum lane lane,
                             const struct frame *frame)
{
    enum inbox_queue queue = lane == LANE_EXPRESS ? INBOX_EXPRESS : INBOX_BULK;

    switch (frame->kind) {
    case FRAME_BLOCK:
    case FRAME_CHECKPOINT:
    case FRAME_FORK_PROOF:
    case FRAME_HEADS:
        break;
    case FRAME_HEARD:
        on_heard(daemon, peer, frame->payload);
        return;
    case FRAME_INTRODUCTION:
        if (!is_due(peer)) {
            return;
        }
        break;
    case FRAME_WANT:
        queue = INBOX_QUESTIONS;
        break;
    case FRAME_INTRODUCTION_WANT:
        if (!peers_may_introduce(&peer->asked, daemon->now_ms)) {
            return;
        }
        queue = INBOX_QUESTIONS;
        break;
    case FRAME_HELLO: /* one is enough */
        settle_kick(daemon, peer, "second-hello");
        return;
    default: /* what a newer node says, this one ignores */
        return;
    }
    (void)inbox_put(peer->inbox, queue, (enum frame_kind)frame->kind, frame->payload);
}

static void on_frame(struct daemon *daemon, struct peer *peer, enum lane lane, struct bytes bytes)
{
    struct frame frame;
    enum reason reason = frame_decode(&frame, &daemon->home.network, bytes);

    peer->frames_in++;
    if (reason != REASON_NONE) {
        settle_kick(daemon, peer, reason_word(reason));
    } else if (peer->greeted) {
        on_greeted_frame(daemon, peer, lane, &frame);
    } else {
        greet(daemon, peer, &frame);
    }
}

static void on_piece(struct daemon *daemon, enum net_role role, const struct netlink_message *message)
{
    struct peer *peer = peers_find(&daemon->peers, role, message->peer);
    enum lane lane = LANE_BULK;
    struct bytes frame;

    if (peer == NULL || peer->kicked) {
        return;
    }
    switch (pieces_take(peer->pieces, message->payload, daemon->now_ms, &lane, &frame)) {
    case PIECES_FRAME:
        on_frame(daemon, peer, lane, frame);
        pieces_done(peer->pieces);
        break;
    case PIECES_MORE:
        break;
    case PIECES_BAD:
        settle_kick(daemon, peer, "bad-message");
        break;
    }
}

static void on_sent(struct daemon *daemon, enum net_role role, const struct netlink_message *message)
{
    struct peer *peer = peers_find(&daemon->peers, role, message->peer);
    uint64_t size = 0;

    for (size_t i = 0; i < message->payload.size && i < sizeof(uint32_t); i++) {
        size = size << 8 | message->payload.data[i];
    }
    if (peer != NULL) {
        peers_on_sent(peer, size);
    }
}

static void on_message(struct daemon *daemon, enum net_role role, const struct netlink_message *message)
{
    struct peer *peer = NULL;

    switch (message->type) {
    case NETLINK_READY:
        on_ready(daemon, role, message->payload);
        break;
    case NETLINK_UP:
        on_up(daemon, role, message);
        break;
    case NETLINK_DOWN:
        peer = peers_find(&daemon->peers, role, message->peer);
        if (peer != NULL) {
            on_down(daemon, peer, drop_word(message->payload));
        }
        break;
    case NETLINK_FRAME:
        on_piece(daemon, role, message);
        break;
    case NETLINK_SENT:
        on_sent(daemon, role, message);
        break;
    case NETLINK_FAILED:
        on_failed(daemon, role, message->payload);
        break;
    case NETLINK_CONFIG:
    case NETLINK_DIAL:
    case NETLINK_SEND:
    case NETLINK_KICK: /* only the core says these */
        break;
    }
}

/* ---- links ---- */

/* Returns: whether the link may hold more. */
static bool take_from(struct daemon *daemon, enum net_role role)
{
    struct supervised *net = &daemon->processes.net[role];
    struct netlink_message message;
    enum netlink_result result = NETLINK_MESSAGE;
    const uint64_t began_ns = clock_monotonic_ns();

    while (net->pid != 0 && clock_monotonic_ns() - began_ns < LINK_TURN_NS) {
        result = netlink_next(&net->link, &message);
        if (result == NETLINK_MESSAGE) {
            on_message(daemon, role, &message);
            continue;
        }
        if (result == NETLINK_BROKEN) {
            LOG(LOG_ERROR, "net-link-broken", LOG_T("role", net_role_name(role)));
            supervisor_kill(net, SIGKILL);
            return false;
        }
        result = netlink_fill(&net->link);
        /* One that has closed its end is of no more use, whether or not it ends by itself. */
        if (result == NETLINK_CLOSED) {
            supervisor_kill(net, SIGKILL);
        }
        if (result != NETLINK_MESSAGE) {
            return false;
        }
    }
    return net->pid != 0;
}

void arrivals_take(struct daemon *daemon)
{
    enum net_role first = daemon->first_role, second = first == NET_LISTEN ? NET_DIAL : NET_LISTEN;

    /* They take turns, so that a flood on one does not starve the other. */
    daemon->first_role = second;
    daemon->unread = take_from(daemon, first);
    daemon->unread |= take_from(daemon, second);
}

void arrivals_reap(struct daemon *daemon)
{
    for (size_t role = 0; role < NET_ROLE_COUNT; role++) {
        struct peer *peer = NULL;
        size_t at = 0;

        if (!supervisor_reap(&daemon->processes.net[role], daemon->now_ms)) {
            continue;
        }
        LOG(daemon->stopping ? LOG_INFO : LOG_WARN, "net-ended",
            LOG_T("role", net_role_name((enum net_role)role)),
            LOG_N("signal", daemon->processes.net[role].signal));
        while ((peer = peers_next(&daemon->peers, (enum net_role)role, &at)) != NULL) {
            on_down(daemon, peer, "");
            at = 0;
        }
    }
}

void arrivals_timers(struct daemon *daemon)
{
    struct peer *peer = NULL;

    while ((peer = peers_overdue(&daemon->peers, daemon->now_ms)) != NULL) {
        settle_kick(daemon, peer, "no-hello");
    }
    pieces_check(&daemon->peers.pieces, daemon->now_ms);
    if (daemon->now_ms >= daemon->endpoint_ms) {
        write_endpoint(daemon);
    }
}
