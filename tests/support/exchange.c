#include "tests/support/exchange.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/support/temp_folder.h"

enum { RECORD_MEMORY_SIZE = 1024 * 1024, BEGIN_MS = 5000, EXCHANGE_LACKS_MAX = 16 };

struct exchange exchange;

static struct sync_actions actions;
static uint8_t record_memory[RECORD_MEMORY_SIZE];

/* What can't be made aborts, in a release build too. */
static void must(bool done)
{
    if (!done) {
        abort();
    }
}

/* ---- nodes ---- */

static void link_net(struct exchange_end *end)
{
    int pair[2];

    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
    end->processes[NET_LISTEN].role = NET_LISTEN;
    end->processes[NET_LISTEN].pid = 1;
    must(netlink_init(&end->processes[NET_LISTEN].link, pair[0]));
    must(netlink_init(&end->wire, pair[1]));
}

static void open_end(struct exchange_end *end)
{
    const struct store_options options = {.folder = end->folder, .network_tag = "test"};

    must(store_open(&end->store, &options) == STORE_OK);
    memset(end->processes, 0, sizeof end->processes);
    memset(end->peer, 0, sizeof end->peer);
    link_net(end);
    end->sync = malloc(sync_size());
    must(end->sync != NULL);
    sync_init(end->sync, 1, SYNC_WAITS);
    must(ingest_init(&end->ingest, end->store, exchange.network, exchange.trust, NULL));
    must(peers_init(&end->peers, exchange.network, &end->keys, &end->options, end->processes));
    must(relay_init(&end->relay, &end->ingest, &end->peers));
}

static void close_end(struct exchange_end *end)
{
    relay_deinit(&end->relay);
    peers_deinit(&end->peers);
    ingest_deinit(&end->ingest);
    free(end->sync);
    netlink_deinit(&end->processes[NET_LISTEN].link);
    netlink_deinit(&end->wire);
    store_close(end->store);
}

void exchange_begin(const struct network *network, const struct trust *trust, size_t count, uint64_t now_s)
{
    memset(&exchange, 0, sizeof exchange);
    exchange.network = network;
    exchange.trust = trust;
    exchange.count = count;
    exchange.now_ms = BEGIN_MS;
    exchange.now_s = now_s;
    for (size_t i = 0; i < count; i++) {
        must(temp_folder_make(&exchange.ends[i].folder) == 0);
        node_keys_create(&exchange.ends[i].keys, network);
        open_end(&exchange.ends[i]);
    }
}

void exchange_close(void)
{
    for (size_t i = 0; i < exchange.count; i++) {
        close_end(&exchange.ends[i]);
        temp_folder_remove(exchange.ends[i].folder);
    }
}

enum reason exchange_take_in(size_t end, struct bytes encoded, struct ingest_result *result)
{
    struct store_txn *txn = NULL;

    must(store_write_begin(&txn, exchange.ends[end].store) == STORE_OK);
    ingest_block(&exchange.ends[end].ingest, txn, INGEST_PEER, encoded, exchange.now_s, result);
    must(result->outcome != INGEST_FAILED);
    must(store_commit(txn) == STORE_OK);
    return result->outcome == INGEST_REFUSED ? result->reason : REASON_NONE;
}

void exchange_give(size_t end, struct bytes encoded)
{
    struct ingest_result result;

    must(exchange_take_in(end, encoded, &result) == REASON_NONE);
}

/* ---- messages ---- */

static void step(size_t at, const struct sync_event *event, const struct want *want)
{
    struct exchange_end *end = &exchange.ends[at];

    sync_step(end->sync, event, exchange.now_ms, &actions);
    must(relay_perform(&end->relay, &actions, want, exchange.now_ms) == STORE_OK);
}

static void on_head(size_t at, uint32_t peer, const struct head *head)
{
    struct exchange_end *end = &exchange.ends[at];
    struct sync_event event = {.kind = SYNC_PEER_HEAD, .peer = peer, .head = *head};
    struct store_txn *txn = NULL;

    must(store_read_begin(&txn, end->store) == STORE_OK);
    must(relay_compare(&end->relay, txn, head, false, &event.ours, &event.ours_next) == STORE_OK);
    must(relay_has_gaps(txn, &head->author, &event.ours_gaps) == STORE_OK);
    must(relay_lacks_cuts(&end->relay, txn, &head->author, &event.ours_cuts) == STORE_OK);
    store_end(txn);
    if (event.ours == SYNC_OURS_NOT_ADMITTED) { /* nothing is remembered here as undecided */
        hearing_on_forgotten(&peers_by_id(&end->peers, peer)->hearing);
    }
    step(at, &event, NULL);
}

static void on_filled(size_t at, struct sync_event event)
{
    struct store_txn *txn = NULL;

    event.kind = SYNC_BLOCK_FILLED;
    must(store_read_begin(&txn, exchange.ends[at].store) == STORE_OK);
    must(relay_has_gaps(txn, &event.head.author, &event.ours_gaps) == STORE_OK);
    store_end(txn);
    step(at, &event, NULL);
}

static void on_block(size_t at, uint32_t peer, struct bytes encoded)
{
    struct ingest_result result;
    struct sync_event event = {.peer = peer};
    enum reason reason = exchange_take_in(at, encoded, &result);

    exchange.blocks++;
    event.head =
        (struct head){.author = result.author, .epoch = result.epoch, .seq = result.seq, .hash = result.hash};
    if (reason == REASON_NONE && (result.outcome != INGEST_ASIDE || result.speaks)) {
        event.kind = SYNC_BLOCK_NEW;
        step(at, &event, NULL);
    }
    if (result.filled) {
        on_filled(at, event);
    }
    if (reason == REASON_NONE || reason == REASON_KNOWN) {
        event.kind = SYNC_BLOCK_IN;
        step(at, &event, NULL);
    } else if (result.on_way) {
        event.kind = SYNC_BLOCK_ON_WAY;
        step(at, &event, NULL);
    } else if (reason == REASON_ORPHAN) {
        event.kind = SYNC_BLOCK_ORPHAN;
        step(at, &event, NULL);
    }
}

static void on_proof(size_t at, uint32_t peer, struct bytes encoded)
{
    struct exchange_end *end = &exchange.ends[at];
    struct sync_event event = {.kind = SYNC_EVIDENCE_NEW, .peer = peer, .fork_proof = true};
    struct store_txn *txn = NULL;
    enum store_error error = STORE_OK;
    enum reason reason = REASON_NONE;

    must(store_write_begin(&txn, end->store) == STORE_OK);
    reason = ingest_fork_proof(&end->ingest, txn, encoded, exchange.now_s, &event.author, &error);
    must(error == STORE_OK);
    must(store_commit(txn) == STORE_OK);
    if (reason == REASON_NONE) {
        step(at, &event, NULL);
    }
}

static void decode(const struct schema *schema, void *record, struct bytes payload, struct arena *arena)
{
    must(schema_decode(schema, record, payload, arena) == REASON_NONE);
}

static void on_heard(size_t at, uint32_t id, struct bytes payload, struct arena *arena)
{
    struct exchange_end *end = &exchange.ends[at];
    struct peer *peer = peers_by_id(&end->peers, id);
    struct heard heard;

    decode(&heard_schema, &heard, payload, arena);
    must(relay_on_heard(&end->relay, peer, &heard.upto, exchange.now_ms) == STORE_OK);
    while (relay_is_telling(peer) && peer->unasked_bytes > PEER_UNASKED_BYTES_MAX / 2) {
        must(relay_tell(&end->relay, peer, exchange.now_ms) == STORE_OK);
    }
}

static void on_heads(size_t at, uint32_t peer, struct bytes payload, struct arena *arena)
{
    struct heads heads;
    const struct head *items = NULL;

    decode(&heads_schema, &heads, payload, arena);
    items = heads.heads.items;
    for (size_t i = 0; i < heads.heads.count; i++) {
        on_head(at, peer, &items[i]);
    }
    if (heads.has_page) {
        hearing_on_page(&peers_by_id(&exchange.ends[at].peers, peer)->hearing, &heads.page, false);
    }
}

static void on_want(size_t at, uint32_t peer, struct bytes payload, struct arena *arena)
{
    struct sync_event event = {.kind = SYNC_PEER_WANT, .peer = peer};
    struct want want;

    decode(&want_schema, &want, payload, arena);
    event.author = want.author;
    exchange.cut_wants += want.branches.count > 0 || (want.gaps.count > 0 && want.locator.count > 0);
    step(at, &event, &want);
}

static void on_message(size_t at, uint32_t peer, struct bytes payload)
{
    struct frame frame;
    struct arena arena;

    arena_init(&arena, record_memory, sizeof record_memory);
    must(frame_decode(&frame, exchange.network, payload) == REASON_NONE);
    exchange.messages += frame.kind != FRAME_HELLO;
    switch (frame.kind) {
    case FRAME_HEADS:
        on_heads(at, peer, frame.payload, &arena);
        break;
    case FRAME_HEARD:
        on_heard(at, peer, frame.payload, &arena);
        break;
    case FRAME_WANT:
        on_want(at, peer, frame.payload, &arena);
        break;
    case FRAME_BLOCK:
        on_block(at, peer, frame.payload);
        break;
    case FRAME_FORK_PROOF:
        on_proof(at, peer, frame.payload);
        break;
    case FRAME_HELLO:
    case FRAME_CHECKPOINT:
    case FRAME_INTRODUCTION:
    case FRAME_INTRODUCTION_WANT:
        break;
    }
}

/* ---- going on ---- */

/* A node's number at its peers is its own. */
static uint32_t number_of(size_t end)
{
    return (uint32_t)end + 1;
}

/* Take what has arrived of what a node sent. Returns: whether there was anything. */
static bool take_from(size_t from)
{
    struct exchange_end *end = &exchange.ends[from];
    struct netlink_message message;
    bool taken = false;

    while (exchange.messages < EXCHANGE_MESSAGES_MAX &&
           netlink_next(&end->wire, &message) == NETLINK_MESSAGE) {
        const size_t to = message.peer - 1;
        const struct peer *peer = exchange.ends[to].peer[from];

        if (peer != NULL && end->peer[to] != NULL) {
            on_message(to, peer->id, bytes_of(message.payload.data + 1, message.payload.size - 1));
        }
        if (end->peer[to] != NULL) {
            peers_on_sent(end->peer[to], message.payload.size - 1);
        }
        taken = true;
    }
    return taken;
}

/* The same of all, as much at a time as a socket holds. */
static bool carry(size_t from)
{
    struct exchange_end *end = &exchange.ends[from];
    bool carried = false;
    enum netlink_result result = NETLINK_AGAIN;

    while (result == NETLINK_AGAIN) {
        result = netlink_flush(&end->processes[NET_LISTEN].link);
        while (netlink_fill(&end->wire) == NETLINK_MESSAGE) {
            carried |= take_from(from);
        }
    }
    must(result == NETLINK_MESSAGE);
    return carried;
}

static void settle(void)
{
    bool moved = true;

    exchange.messages = 0;
    while (moved && exchange.messages < EXCHANGE_MESSAGES_MAX) {
        moved = false;
        for (size_t i = 0; i < exchange.count; i++) {
            moved |= carry(i);
        }
    }
    must(exchange.messages < EXCHANGE_MESSAGES_MAX);
}

static void connect_end(size_t at, size_t to)
{
    struct exchange_end *end = &exchange.ends[at];

    end->peer[to] =
        peers_add(&end->peers, NET_LISTEN, number_of(to), &exchange.ends[to].keys.transport, exchange.now_ms);
    must(end->peer[to] != NULL);
    step(at, &(struct sync_event){.kind = SYNC_PEER_UP, .peer = end->peer[to]->id}, NULL);
}

static void disconnect_end(size_t at, size_t from)
{
    struct exchange_end *end = &exchange.ends[at];
    const uint32_t id = end->peer[from]->id;

    peers_remove(&end->peers, end->peer[from]);
    end->peer[from] = NULL;
    step(at, &(struct sync_event){.kind = SYNC_PEER_DOWN, .peer = id}, NULL);
}

void exchange_meet(size_t a, size_t b)
{
    connect_end(a, b);
    connect_end(b, a);
    settle();
}

void exchange_restart(size_t at)
{
    struct exchange_end *end = &exchange.ends[at];

    for (size_t i = 0; i < exchange.count; i++) {
        if (exchange.ends[i].peer[at] != NULL) {
            disconnect_end(i, at);
        }
    }
    close_end(end);
    open_end(end);
}

/* ---- what is lacking ---- */

struct look {
    size_t at;
    struct store_txn *txn;
    size_t count;
    struct sync_event events[EXCHANGE_LACKS_MAX];
};

static bool look_at_log(void *context, const struct log_state *state)
{
    struct look *look = context;
    struct sync_event event = {.kind = SYNC_LACKING, .head = {.author = state->author}};

    must(relay_has_gaps(look->txn, &state->author, &event.ours_gaps) == STORE_OK);
    must(relay_lacks_cuts(&exchange.ends[look->at].relay, look->txn, &state->author, &event.ours_cuts) ==
         STORE_OK);
    if (event.ours_gaps || event.ours_cuts) {
        look->events[look->count++] = event;
    }
    return look->count < EXCHANGE_LACKS_MAX;
}

/* As node/lacks.c does. */
static void look_for_lacks(size_t at)
{
    struct exchange_end *end = &exchange.ends[at];
    struct look look = {.at = at};

    must(store_read_begin(&look.txn, end->store) == STORE_OK);
    must(store_each_log(look.txn, NULL, look_at_log, &look) == STORE_OK);
    store_end(look.txn);
    for (size_t i = 0; i < look.count; i++) {
        for (size_t k = 0; k < end->peers.count; k++) {
            look.events[i].peer = end->peers.entries[k].id;
            step(at, &look.events[i], NULL);
        }
    }
}

void exchange_pass(uint64_t ms)
{
    const uint64_t until_ms = exchange.now_ms + ms;

    while (exchange.now_ms < until_ms) {
        uint64_t next_ms = until_ms;

        for (size_t i = 0; i < exchange.count; i++) {
            const uint64_t due_ms = sync_deadline_ms(exchange.ends[i].sync);

            next_ms = due_ms < next_ms ? due_ms : next_ms;
        }
        exchange.now_ms = next_ms > exchange.now_ms ? next_ms : exchange.now_ms + 1;
        for (size_t i = 0; i < exchange.count; i++) {
            step(i, &(struct sync_event){.kind = SYNC_TICK, .peer = SYNC_LOCAL}, NULL);
            if (exchange.now_ms >= exchange.ends[i].look_ms) {
                exchange.ends[i].look_ms = exchange.now_ms + SYNC_HEADS_INTERVAL_MS;
                look_for_lacks(i);
            }
        }
        settle();
    }
}
