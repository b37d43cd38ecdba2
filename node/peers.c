#include "node/peers.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "node/clock.h"

enum { HELLO_SIZE_MAX = 4096 };

_Static_assert(PEERS_MAX *PIECES_LITTLE + FRAME_SIZE_MAX <= PIECES_SIZE_MAX, "each has room for a little");

bool peers_init(struct peers *peers, const struct network *network, const struct node_keys *keys,
                const struct daemon_options *options, struct supervised *processes)
{
    *peers = (struct peers){.network = network, .keys = keys, .options = options, .processes = processes};
    peers->sending = malloc(1 + FRAME_SIZE_MAX);
    return peers->sending != NULL;
}

void peers_deinit(struct peers *peers)
{
    while (peers->count > 0) {
        peers_remove(peers, &peers->entries[peers->count - 1]);
    }
    free(peers->sending);
    peers->sending = NULL;
}

/* ---- sending ---- */

static bool send_frame(struct peers *peers, struct peer *peer, enum lane lane, enum frame_kind kind,
                       struct bytes payload)
{
    struct supervised *process = &peers->processes[peer->role];
    struct writer writer;
    struct bytes frame;

    peers->sending[0] = (uint8_t)lane;
    writer_init(&writer, peers->sending + 1, FRAME_SIZE_MAX);
    if (process->pid == 0 || !frame_encode(&writer, peers->network, kind, payload) ||
        !writer_end(&writer, &frame)) {
        return false;
    }
    if (!netlink_send(&process->link, NETLINK_SEND, peer->number, bytes_of(peers->sending, 1 + frame.size))) {
        return false;
    }
    peer->frames_out++;
    peer->sending_bytes += frame.size;
    peer->bytes_out += frame.size;
    return true;
}

bool peers_takes_bulk(const struct peer *peer)
{
    return peer->sending_bytes < PEER_SENDING_BYTES_MAX;
}

bool peers_is_answering(const struct peer *peer)
{
    return peer->answers != NULL && peer->answers->count > 0;
}

void peers_hold_questions(struct peers *peers)
{
    for (size_t i = 0; i < peers->count; i++) {
        struct peer *peer = &peers->entries[i];

        peer->inbox->held_up = peers_is_answering(peer) || !peers_takes_bulk(peer);
    }
}

uint64_t peers_dropped(const struct peer *peer)
{
    return peer->inbox->dropped + peer->pieces->dropped;
}

void peers_on_sent(struct peer *peer, uint64_t size)
{
    peer->sending_bytes -= size < peer->sending_bytes ? size : peer->sending_bytes;
}

bool peers_send(struct peers *peers, uint32_t id, enum lane lane, enum frame_kind kind, struct bytes payload)
{
    struct peer *peer = peers_by_id(peers, id);

    return peer != NULL && send_frame(peers, peer, lane, kind, payload);
}

bool peers_may_send_unasked(struct peers *peers, uint32_t id, size_t size, uint64_t now_ms)
{
    struct peer *peer = peers_by_id(peers, id);
    uint64_t bytes = 0;

    if (peer == NULL) {
        return false;
    }
    bytes = peer->unasked_bytes + (now_ms - peer->unasked_ms) * PEER_UNASKED_BYTES_PER_S / 1000;
    peer->unasked_ms = now_ms;
    peer->unasked_bytes = bytes < PEER_UNASKED_BYTES_MAX ? bytes : PEER_UNASKED_BYTES_MAX;
    if (peer->unasked_bytes < size || !peers_takes_bulk(peer)) {
        return false;
    }
    peer->unasked_bytes -= size;
    return true;
}

bool peers_takes_unasked(struct peers *peers, uint32_t id, uint64_t now_ms)
{
    const struct peer *peer = peers_by_id(peers, id);

    return peers_may_send_unasked(peers, id, 0, now_ms) && peer->unasked_bytes > 0;
}

bool peers_may_introduce(struct peer_turns *turns, uint64_t now_ms)
{
    if (now_ms >= turns->begun_ms + 1000) {
        *turns = (struct peer_turns){.begun_ms = now_ms};
    }
    if (turns->count == PEER_INTRODUCTIONS_PER_S) {
        return false;
    }
    turns->count++;
    return true;
}

uint64_t peers_introduce_ms(const struct peer_turns *turns, uint64_t now_ms)
{
    const uint64_t next_ms = turns->begun_ms + 1000;

    return turns->count < PEER_INTRODUCTIONS_PER_S || next_ms < now_ms ? now_ms : next_ms;
}

static void kick(struct peers *peers, enum net_role role, uint32_t number)
{
    struct supervised *process = &peers->processes[role];

    if (process->pid != 0) {
        (void)netlink_send(&process->link, NETLINK_KICK, number, bytes_of(NULL, 0));
    }
}

void peers_kick(struct peers *peers, struct peer *peer)
{
    peer->kicked = true;
    inbox_clear(peer->inbox);
    pieces_clear(peer->pieces);
    kick(peers, peer->role, peer->number);
}

static bool is_given(const struct daemon_options *options, const struct transport_key *transport)
{
    for (size_t i = 0; i < options->peer_count; i++) {
        if (hash_equal(&options->peers[i].key.key, &transport->key)) {
            return true;
        }
    }
    return false;
}

uint64_t peers_ban(struct peers *peers, struct peer *peer, uint64_t now_ms)
{
    peers_kick(peers, peer);
    return bans_add(&peers->bans, &peer->node, &peer->transport, is_given(peers->options, &peer->transport),
                    now_ms);
}

/* ---- the table ---- */

static size_t count_of(const struct peers *peers, enum net_role role)
{
    size_t count = 0;

    for (size_t i = 0; i < peers->count; i++) {
        count += peers->entries[i].role == role;
    }
    return count;
}

/* Whoever dialled us, those that we dial keep their places. */
static bool has_place(const struct peers *peers, enum net_role role)
{
    return peers->count < PEERS_MAX &&
           (role == NET_DIAL || count_of(peers, NET_LISTEN) + peers->options->peer_count < PEERS_MAX);
}

/* Who dialled us is welcome unless only known ones are; whom we dialled has to be the one that we meant. */
enum peers_door peers_door(const struct peers *peers, enum net_role role, uint32_t number,
                           const struct transport_key *transport, uint64_t now_ms)
{
    const struct daemon_options *options = peers->options;

    if (!has_place(peers, role)) {
        return PEERS_FULL;
    }
    if (bans_has_transport(&peers->bans, transport, now_ms)) {
        return PEERS_SHUT_OUT;
    }
    if (role == NET_LISTEN) {
        return options->only_known && !is_given(options, transport) ? PEERS_NOT_GIVEN : PEERS_OPEN;
    }
    return number < options->peer_count && hash_equal(&options->peers[number].key.key, &transport->key)
               ? PEERS_OPEN
               : PEERS_OTHER_KEY;
}

const char *peers_door_word(enum peers_door door)
{
    switch (door) {
    case PEERS_OPEN:
        return "out-of-memory"; /* what else hinders one that is let in */
    case PEERS_FULL:
        return "full";
    case PEERS_SHUT_OUT:
        return "banned";
    case PEERS_NOT_GIVEN:
        return "not-given";
    case PEERS_OTHER_KEY:
        return "other-key";
    }
    return "";
}

static void say_hello(struct peers *peers, struct peer *peer)
{
    uint8_t memory[HELLO_SIZE_MAX];
    struct hello hello;
    struct bytes encoded;
    bool fits = false;

    node_hello(&hello, peers->keys, peers->network);
    fits = schema_encode(&hello_schema, &hello, memory, sizeof memory, &encoded);
    assert(fits);
    (void)send_frame(peers, peer, LANE_EXPRESS, FRAME_HELLO, encoded);
}

struct peer *peers_add(struct peers *peers, enum net_role role, uint32_t number,
                       const struct transport_key *transport, uint64_t now_ms)
{
    struct peer *peer = NULL;
    struct inbox *inbox = NULL;
    struct pieces *pieces = NULL;

    if (peers_door(peers, role, number, transport, now_ms) == PEERS_OPEN) {
        inbox =
            inbox_create(&peers->inboxes, role == NET_DIAL ? INBOX_DIALLED : INBOX_STRANGER, peers->next_id);
        pieces = pieces_create(&peers->pieces, role);
    }
    if (inbox == NULL || pieces == NULL) {
        inbox_destroy(inbox);
        pieces_destroy(pieces);
        kick(peers, role, number);
        return NULL;
    }
    peer = &peers->entries[peers->count++];
    *peer = (struct peer){.id = peers->next_id++,
                          .inbox = inbox,
                          .pieces = pieces,
                          .role = role,
                          .number = number,
                          .transport = *transport,
                          .up_since_ms = now_ms,
                          .unasked_bytes = PEER_UNASKED_BYTES_MAX,
                          .unasked_ms = now_ms};
    assert(peer->id != SYNC_LOCAL);
    say_hello(peers, peer);
    return peer;
}

void peers_remove(struct peers *peers, struct peer *peer)
{
    size_t at = (size_t)(peer - peers->entries);

    assert(at < peers->count);
    inbox_destroy(peer->inbox);
    pieces_destroy(peer->pieces);
    free(peer->undecided);
    free(peer->answers);
    memmove(peer, peer + 1, (peers->count - at - 1) * sizeof *peer);
    peers->count--;
}

struct peer *peers_next(struct peers *peers, enum net_role role, size_t *at)
{
    while (*at < peers->count) {
        struct peer *peer = &peers->entries[(*at)++];

        if (peer->role == role) {
            return peer;
        }
    }
    return NULL;
}

struct peer *peers_find(struct peers *peers, enum net_role role, uint32_t number)
{
    struct peer *peer = NULL;
    size_t at = 0;

    while ((peer = peers_next(peers, role, &at)) != NULL) {
        if (peer->number == number) {
            return peer;
        }
    }
    return NULL;
}

struct peer *peers_by_id(struct peers *peers, uint32_t id)
{
    for (size_t i = 0; i < peers->count; i++) {
        if (peers->entries[i].id == id) {
            return &peers->entries[i];
        }
    }
    return NULL;
}

/* ---- greeting ---- */

enum peers_welcome peers_greet(struct peers *peers, struct peer *peer, const struct hello *hello,
                               uint64_t now_ms, enum reason *reason)
{
    *reason = node_hello_check(hello, peers->network, &peer->transport);
    if (*reason != REASON_NONE) {
        return PEERS_BAD_HELLO;
    }
    node_id_of(&peer->node, peers->network, &hello->node_key);
    if (hash_equal(&peer->node.hash, &peers->keys->id.hash)) {
        return PEERS_MYSELF;
    }
    if (bans_has_node(&peers->bans, &peer->node, now_ms)) {
        return PEERS_BANNED;
    }
    peer->greeted = true;
    return PEERS_WELCOME;
}

struct peer *peers_overdue(struct peers *peers, uint64_t now_ms)
{
    for (size_t i = 0; i < peers->count; i++) {
        struct peer *peer = &peers->entries[i];

        if (!peer->greeted && !peer->kicked &&
            now_ms >= peer->up_since_ms + clock_wait_ms(PEER_HELLO_TIMEOUT_MS)) {
            return peer;
        }
    }
    return NULL;
}

uint64_t peers_deadline_ms(const struct peers *peers)
{
    uint64_t deadline_ms = pieces_deadline_ms(&peers->pieces);

    for (size_t i = 0; i < peers->count; i++) {
        const struct peer *peer = &peers->entries[i];

        if (!peer->greeted && !peer->kicked &&
            peer->up_since_ms + clock_wait_ms(PEER_HELLO_TIMEOUT_MS) < deadline_ms) {
            deadline_ms = peer->up_since_ms + clock_wait_ms(PEER_HELLO_TIMEOUT_MS);
        }
    }
    return deadline_ms;
}

size_t peers_greeted_count(const struct peers *peers)
{
    size_t count = 0;

    for (size_t i = 0; i < peers->count; i++) {
        count += peers->entries[i].greeted;
    }
    return count;
}
