/* Peers that nobody wants: strangers with keys of their own, which speak the nodes' transport and greet as
 * nodes do, each from a loopback address of its own, and then say one thing for as long as they run.
 *
 *   attack KIND ENDPOINT CONNECTIONS [HOME ACTOR]
 *
 *   invented   heads of authors that nobody knows, others in every list
 *   named      heads of whom that actor's log names, so that they could be there; they never are
 *   claims     that the actor's log goes on further; it never comes
 *   drip       the actor's true head, and, once asked for its log, one true block of it each 1.6 s
 *   portions   the same, but one each 0.7 s, and the head behind each, as if that were all of an answer
 *   replays    the actor's largest block, again and again
 *   unknown    frames of a kind that nobody knows
 *   asks       for the actor's whole log, again and again, without ever reading
 *   forged     the actor's newest block, which the other does not hold yet, with a false signature
 *   forger     the same again and again, from the same node
 *   storm      connections that greet and go
 *   silent     nothing
 *   malformed  what is no frame, and then come back with other keys
 *   locators   for the actor's log from places that never were, without ever reading
 *   introductions  who introduces shops that are none, without ever reading
 *
 * HOME is one that holds the actor's log, and no daemon need run there. Prints "attacking" once all are
 * connected. */

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <zmq.h>

#include "node/home.h"
#include "node/lane.h"
#include "node/node_keys.h"
#include "protocol/wire/frame.h"
#include "store/store.h"

enum {
    CONNECTIONS_MAX = 64,
    ARENA_SIZE = 64 * 1024 * 1024,
    NAMED_MAX = 16384,
    DRIP_MS = 1600,
    PORTION_MS = 700,
    BACK_MS = 200,
    NICE = 19,
};

struct connection {
    void *socket;
    struct node_keys keys;
    uint64_t drip_at_ms;
    uint64_t back_at_ms; /* when a forger connects again */
    uint64_t next_seq;   /* of a drip: what it was asked for */
    bool asked;
    bool said;  /* what is said once */
    bool stuck; /* in the middle of a frame */
};

struct attack {
    const char *kind, *address;
    uint8_t server_key[HASH_SIZE];
    struct network network;
    void *context;
    size_t count, next_address;
    struct connection connections[CONNECTIONS_MAX];
    struct arena arena;
    /* of the actor */
    struct head head;
    struct bytes largest, newest;
    struct bytes *blocks;
    size_t named_count, named_at;
    struct actor_id named[NAMED_MAX];
    uint8_t frame[1 + FRAME_SIZE_MAX], payload[FRAME_SIZE_MAX];
};

static void give_up(const char *why)
{
    (void)fprintf(stderr, "attack: %s\n", why);
    exit(1);
}

static uint64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool is_kind(const struct attack *attack, const char *kind)
{
    return strcmp(attack->kind, kind) == 0;
}

/* ---- sending ---- */

/* Returns: false when the library takes no more now. A frame of which it took some is sent to its end. */
static bool send_frame(struct attack *attack, struct connection *connection, enum frame_kind kind,
                       struct bytes payload)
{
    struct writer writer;
    struct bytes frame;

    writer_init(&writer, attack->frame + 1, FRAME_SIZE_MAX);
    if (!frame_encode(&writer, &attack->network, kind, payload) || !writer_end(&writer, &frame)) {
        give_up("a frame is too large");
    }
    for (size_t at = 0; at < frame.size;) {
        const size_t left = frame.size - at, size = left < LANE_PIECE_MAX ? left : (size_t)LANE_PIECE_MAX;
        uint8_t *piece = attack->frame + at; /* what was sent before it makes room for its mark */

        piece[0] = frame.size <= LANE_PIECE_MAX ? LANE_MARK_EXPRESS
                   : size == left               ? LANE_MARK_LAST
                                                : LANE_MARK_MORE;
        if (zmq_send(connection->socket, piece, 1 + size, at == 0 ? ZMQ_DONTWAIT : 0) < 0) {
            connection->stuck |= at > 0;
            return false;
        }
        at += size;
    }
    return true;
}

static bool send_record(struct attack *attack, struct connection *connection, enum frame_kind kind,
                        const struct schema *schema, const void *record)
{
    struct bytes payload;

    if (!schema_encode(schema, record, attack->payload, sizeof attack->payload, &payload)) {
        give_up("a record is too large");
    }
    return send_frame(attack, connection, kind, payload);
}

/* Connect and greet, with the keys that it has. */
static void connect_again(struct attack *attack, struct connection *connection)
{
    const int linger = 0, few = 8, patience_ms = 200;
    struct hello hello;
    char endpoint[128];

    if (connection->socket != NULL) {
        (void)zmq_close(connection->socket);
    }
    connection->socket = zmq_socket(attack->context, ZMQ_DEALER);
    (void)zmq_setsockopt(connection->socket, ZMQ_LINGER, &linger, sizeof linger);
    (void)zmq_setsockopt(connection->socket, ZMQ_SNDHWM, &few, sizeof few);
    (void)zmq_setsockopt(connection->socket, ZMQ_SNDTIMEO, &patience_ms, sizeof patience_ms);
    (void)zmq_setsockopt(connection->socket, ZMQ_RCVHWM, &few, sizeof few);
    (void)zmq_setsockopt(connection->socket, ZMQ_CURVE_SERVERKEY, attack->server_key,
                         sizeof attack->server_key);
    (void)zmq_setsockopt(connection->socket, ZMQ_CURVE_PUBLICKEY, connection->keys.transport.key.bytes,
                         HASH_SIZE);
    (void)zmq_setsockopt(connection->socket, ZMQ_CURVE_SECRETKEY, connection->keys.curve_secret, HASH_SIZE);
    (void)snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.%zu:0;%s", 2 + attack->next_address++ % 250,
                   attack->address);
    if (zmq_connect(connection->socket, endpoint) != 0) {
        give_up("it can't be dialled");
    }
    node_hello(&hello, &connection->keys, &attack->network);
    (void)send_record(attack, connection, FRAME_HELLO, &hello_schema, &hello);
}

static void connect_anew(struct attack *attack, struct connection *connection)
{
    node_keys_create(&connection->keys, &attack->network);
    connect_again(attack, connection);
}

/* ---- what is said ---- */

static struct head head_of(const struct actor_id *author, uint64_t seq)
{
    struct head head = {.author = *author, .seq = seq, .bytes = 1000 * seq};

    randombytes_buf(head.hash.bytes, HASH_SIZE);
    return head;
}

static int order_heads(const void *a, const void *b)
{
    return memcmp(((const struct head *)a)->author.hash.bytes, ((const struct head *)b)->author.hash.bytes,
                  HASH_SIZE);
}

static bool send_heads(struct attack *attack, struct connection *connection, struct head *items, size_t count)
{
    const struct heads heads = {.heads = {.items = items, .count = count}};

    qsort(items, count, sizeof *items, order_heads);
    return send_record(attack, connection, FRAME_HEADS, &heads_schema, &heads);
}

static bool say_invented(struct attack *attack, struct connection *connection)
{
    struct head items[HEADS_MAX];

    for (size_t i = 0; i < HEADS_MAX; i++) {
        struct actor_id author;

        randombytes_buf(author.hash.bytes, HASH_SIZE);
        items[i] = head_of(&author, 5);
    }
    return send_heads(attack, connection, items, HEADS_MAX);
}

static bool say_named(struct attack *attack, struct connection *connection)
{
    struct head items[HEADS_MAX];
    size_t count = 0;

    for (; count < HEADS_MAX && count < attack->named_count; count++) {
        attack->named_at = (attack->named_at + 1) % attack->named_count;
        items[count] = head_of(&attack->named[attack->named_at], 1);
    }
    return send_heads(attack, connection, items, count);
}

static bool say_claim(struct attack *attack, struct connection *connection, bool is_true)
{
    struct head head = attack->head;

    if (!is_true) {
        head = head_of(&attack->head.author, attack->head.seq + 1 + randombytes_uniform(100));
        head.epoch = attack->head.epoch;
        head.bytes = attack->head.bytes;
    }
    return send_heads(attack, connection, &head, 1);
}

static bool ask(struct attack *attack, struct connection *connection)
{
    const struct want want = {.author = attack->head.author};

    return send_record(attack, connection, FRAME_WANT, &want_schema, &want);
}

/* One true block now and then of what it was asked for. */
static bool drip(struct attack *attack, struct connection *connection, uint64_t every_ms, bool head_follows)
{
    if (!connection->said) {
        connection->said = say_claim(attack, connection, true);
        return false;
    }
    if (!connection->asked || connection->next_seq > attack->head.seq || now_ms() < connection->drip_at_ms ||
        !send_frame(attack, connection, FRAME_BLOCK, attack->blocks[connection->next_seq])) {
        return false;
    }
    connection->drip_at_ms = now_ms() + every_ms;
    connection->next_seq++;
    if (head_follows) {
        (void)say_claim(attack, connection, true);
    }
    return false;
}

/* What follows the highest block that the other says it holds. */
static void note_want(struct attack *attack, struct connection *connection, struct bytes payload)
{
    struct want want;
    const size_t before = arena_mark(&attack->arena);

    if (schema_decode(&want_schema, &want, payload, &attack->arena) == REASON_NONE &&
        actor_id_equal(&want.author, &attack->head.author)) {
        const struct locator_point *points = want.locator.items;
        uint64_t next = want.locator.count == 0 ? 0 : points[0].seq + 1;

        connection->next_seq = next > connection->next_seq ? next : connection->next_seq;
        connection->asked = true;
    }
    arena_rewind(&attack->arena, before);
}

static bool forge(struct attack *attack, struct connection *connection)
{
    uint8_t *forged = attack->payload;

    if (connection->said) {
        return false;
    }
    memcpy(forged, attack->newest.data, attack->newest.size);
    for (size_t i = 0; i + sizeof(struct signature) < attack->newest.size && i < 400; i++) {
        /* The first binary of 64 bytes is the signature. */
        if (forged[i] == 0xc4 && forged[i + 1] == sizeof(struct signature)) {
            forged[i + 10] ^= 1;
            connection->said =
                send_frame(attack, connection, FRAME_BLOCK, bytes_of(forged, attack->newest.size));
            return false;
        }
    }
    give_up("the block has no signature");
    return false;
}

static bool forge_again(struct attack *attack, struct connection *connection)
{
    if (now_ms() < connection->back_at_ms) {
        return false;
    }
    if (connection->back_at_ms != 0) {
        connection->said = false;
        connect_again(attack, connection);
    }
    connection->back_at_ms = now_ms() + BACK_MS;
    return forge(attack, connection);
}

static bool say_no_frame(struct attack *attack, struct connection *connection)
{
    const uint8_t message[] = {LANE_MARK_EXPRESS, 'n', 'o', 'n', 'e'};

    if (connection->said) {
        connect_anew(attack, connection);
    }
    connection->said = zmq_send(connection->socket, message, sizeof message, ZMQ_DONTWAIT) > 0;
    return false;
}

static bool ask_from_anywhere(struct attack *attack, struct connection *connection)
{
    struct locator_point points[LOCATOR_MAX];
    const struct want want = {.author = attack->head.author,
                              .locator = {.items = points, .count = LOCATOR_MAX}};

    for (size_t i = 0; i < LOCATOR_MAX; i++) {
        points[i].seq = LOCATOR_MAX - i;
        randombytes_buf(points[i].hash.bytes, HASH_SIZE);
    }
    return send_record(attack, connection, FRAME_WANT, &want_schema, &want);
}

static bool ask_for_introductions(struct attack *attack, struct connection *connection)
{
    struct introduction_want want = {.extensions = {.count = 0}};

    randombytes_buf(want.shop.hash.bytes, HASH_SIZE);
    return send_record(attack, connection, FRAME_INTRODUCTION_WANT, &introduction_want_schema, &want);
}

/* Returns: whether there may be room for more at once. */
static bool say(struct attack *attack, struct connection *connection)
{
    if (is_kind(attack, "invented")) {
        return say_invented(attack, connection);
    }
    if (is_kind(attack, "named")) {
        return say_named(attack, connection);
    }
    if (is_kind(attack, "claims")) {
        return say_claim(attack, connection, false);
    }
    if (is_kind(attack, "drip")) {
        return drip(attack, connection, DRIP_MS, false);
    }
    if (is_kind(attack, "portions")) {
        return drip(attack, connection, PORTION_MS, true);
    }
    if (is_kind(attack, "replays")) {
        return send_frame(attack, connection, FRAME_BLOCK, attack->largest);
    }
    if (is_kind(attack, "unknown")) {
        return send_frame(attack, connection, (enum frame_kind)77, bytes_of(attack->payload, 4096));
    }
    if (is_kind(attack, "asks")) {
        return ask(attack, connection);
    }
    if (is_kind(attack, "forged")) {
        return forge(attack, connection);
    }
    if (is_kind(attack, "storm")) {
        connect_anew(attack, connection);
        return false;
    }
    if (is_kind(attack, "forger")) {
        return forge_again(attack, connection);
    }
    if (is_kind(attack, "silent")) {
        return false;
    }
    if (is_kind(attack, "malformed")) {
        return say_no_frame(attack, connection);
    }
    if (is_kind(attack, "locators")) {
        return ask_from_anywhere(attack, connection);
    }
    if (is_kind(attack, "introductions")) {
        return ask_for_introductions(attack, connection);
    }
    give_up("there is no such kind");
    return false;
}

/* ---- the actor ---- */

static void note_named(struct attack *attack, const struct block *block)
{
    for (size_t i = 0; i < block->entry_count && attack->named_count < NAMED_MAX; i++) {
        struct attestation attestation;

        if (!block->entries[i].erased && block->entries[i].kind == ENTRY_ATTESTATION &&
            entry_payload_decode(&attestation, &block->entries[i], &attack->arena) == REASON_NONE) {
            attack->named[attack->named_count++] = (struct actor_id){attestation.subject.id};
        }
    }
}

static void read_log(struct attack *attack, struct store_txn *txn, const struct actor_id *author)
{
    struct log_state state;
    uint64_t blocks = 0;

    if (store_log_state(txn, author, &state) != STORE_OK) {
        give_up("nothing of that actor is held");
    }
    attack->head =
        (struct head){.author = *author, .epoch = state.epoch, .seq = state.seq, .hash = state.head};
    (void)store_log_size(txn, author, &blocks, &attack->head.bytes);
    attack->blocks = calloc(state.seq + 1, sizeof *attack->blocks);
    for (uint64_t seq = 0; attack->blocks != NULL && seq <= state.seq; seq++) {
        struct block block;

        if (store_block_bytes(txn, author, seq, &attack->blocks[seq], &attack->arena) != STORE_OK ||
            block_decode(&block, &attack->network, attack->blocks[seq], &attack->arena) != REASON_NONE) {
            give_up("a block could not be read");
        }
        attack->newest = attack->blocks[seq];
        attack->largest = attack->newest.size > attack->largest.size ? attack->newest : attack->largest;
        note_named(attack, &block);
    }
}

static void read_actor(struct attack *attack, const struct home *home, const char *text)
{
    struct store *store = NULL;
    struct store_txn *txn = NULL;
    struct actor_id author;
    enum id_kind found;
    char folder[512];

    home_file(home, "store", folder);
    if (id_from_text(&author.hash, &found, ID_ACTOR, &home->network, bytes_of_string(text)) != ID_OK ||
        store_open(&store, &(struct store_options){.folder = folder, .network_tag = home->network.tag}) !=
            STORE_OK ||
        store_read_begin(&txn, store) != STORE_OK) {
        give_up("the log of that actor can't be read");
    }
    read_log(attack, txn, &author);
    store_end(txn);
    store_close(store);
}

/* ---- all ---- */

static void read_endpoint(struct attack *attack, char *text)
{
    char *comma = strchr(text, ',');
    struct hash key;
    enum id_kind found;

    if (comma == NULL ||
        id_from_text(&key, &found, ID_TRANSPORT, &attack->network, bytes_of_string(comma + 1)) != ID_OK) {
        give_up("that is no endpoint");
    }
    *comma = '\0';
    attack->address = text;
    memcpy(attack->server_key, key.bytes, sizeof attack->server_key);
}

static bool is_deaf(const struct attack *attack)
{
    return is_kind(attack, "asks") || is_kind(attack, "locators") || is_kind(attack, "introductions");
}

static void read_all(struct attack *attack, struct connection *connection)
{
    static uint8_t message[LANE_MESSAGE_MAX];
    struct frame frame;
    int size;

    while (!is_deaf(attack) &&
           (size = zmq_recv(connection->socket, message, sizeof message, ZMQ_DONTWAIT)) >= 0) {
        /* A piece of a longer frame is none of these. */
        if (size > 1 &&
            frame_decode(&frame, &attack->network, bytes_of(message + 1, (size_t)size - 1)) == REASON_NONE &&
            frame.kind == FRAME_WANT) {
            note_want(attack, connection, frame.payload);
        }
    }
}

static void go_on(struct attack *attack)
{
    const struct timespec pause = {.tv_nsec = 1000 * 1000};

    for (;;) {
        bool any = false;

        for (size_t i = 0; i < attack->count; i++) {
            read_all(attack, &attack->connections[i]);
            if (attack->connections[i].stuck) {
                attack->connections[i].stuck = false;
                connect_anew(attack, &attack->connections[i]);
            }
            any |= say(attack, &attack->connections[i]);
        }
        if (!any) {
            (void)nanosleep(&pause, NULL);
        }
    }
}

int main(int argc, char **argv)
{
    static struct attack attack;
    static struct home home;
    void *memory = malloc(ARENA_SIZE);

    if ((argc != 4 && argc != 6) || memory == NULL || sodium_init() < 0 ||
        !network_init(&attack.network, "test")) {
        give_up("usage: attack KIND ENDPOINT CONNECTIONS [HOME ACTOR]");
    }
    (void)setpriority(PRIO_PROCESS, 0, NICE);
    attack.kind = argv[1];
    arena_init(&attack.arena, memory, ARENA_SIZE);
    read_endpoint(&attack, argv[2]);
    attack.count = strtoul(argv[3], NULL, 10);
    if (attack.count == 0 || attack.count > CONNECTIONS_MAX) {
        give_up("there are 1 to 64 connections");
    }
    if (argc == 6) {
        if (home_open(&home, argv[4]) != HOME_OK) {
            give_up("there is no such home");
        }
        read_actor(&attack, &home, argv[5]);
    }
    attack.context = zmq_ctx_new();
    for (size_t i = 0; i < attack.count; i++) {
        connect_anew(&attack, &attack.connections[i]);
    }
    puts("attacking");
    (void)fflush(stdout);
    go_on(&attack);
}
