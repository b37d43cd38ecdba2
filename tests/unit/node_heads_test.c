#include "node/heads.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "node/clock.h"
#include "node/settle.h"
#include "protocol/sync/undecided.h"
#include "protocol/sync/wants.h"
#include "tests/support/node_bench.h"

/* Heads of authors that nothing admits, and of those for which a peer's claims have no room, until something
 * changes. Peers are ids alone: whoever is accredited needs no log here. */

enum { PEERS = 2, MANY = 600, TURNS = 4, NOW_MS = 5000, ASKED_MAX = 16384 };

static const struct daemon_options no_options;

struct fixture {
    struct daemon daemon;
    struct node_keys keys;
    struct netlink end;
    struct peer *peers[PEERS];
    struct head heads[HEADS_MAX];
    size_t want_count, introduction_count; /* questions that went out */
    struct actor_id wanted[ASKED_MAX];
};

static struct fixture *fixture;

static bool link_net(struct supervised *process)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) != 0) {
        return false;
    }
    process->role = NET_LISTEN;
    process->pid = 1;
    return netlink_init(&process->link, pair[0]) && netlink_init(&fixture->end, pair[1]);
}

static void add_peer(size_t i)
{
    struct transport_key transport = {.key.bytes = {(uint8_t)(i + 1)}};

    fixture->peers[i] = peers_add(&fixture->daemon.peers, NET_LISTEN, (uint32_t)i + 1, &transport, NOW_MS);
    assert_non_null(fixture->peers[i]);
    settle_event(&fixture->daemon, &(struct sync_event){.kind = SYNC_PEER_UP, .peer = fixture->peers[i]->id},
                 NULL);
}

static void commit(void)
{
    assert_int_equal(store_commit(node->txn), STORE_OK);
    assert_int_equal(store_write_begin(&node->txn, node->store), STORE_OK);
}

static int make(void **state)
{
    struct daemon *daemon;

    if (node_make(state) != 0) {
        return -1;
    }
    fixture = calloc(1, sizeof *fixture);
    daemon = &fixture->daemon;
    daemon->sync = malloc(sync_size());
    daemon->store = node->store;
    daemon->now_ms = NOW_MS;
    daemon->home.network = node->network;
    node_keys_create(&fixture->keys, &node->network);
    if (daemon->sync == NULL || !link_net(&daemon->processes.net[NET_LISTEN]) ||
        !ingest_init(&daemon->ingest, node->store, &node->network, &node->trust, NULL) ||
        !peers_init(&daemon->peers, &node->network, &fixture->keys, &no_options, daemon->processes.net) ||
        !relay_init(&daemon->relay, &daemon->ingest, &daemon->peers)) {
        return -1;
    }
    sync_init(daemon->sync, 1, SYNC_WAITS);
    node_take_in_owner();
    commit();
    for (size_t i = 0; i < PEERS; i++) {
        add_peer(i);
    }
    return 0;
}

static int drop(void **state)
{
    struct daemon *daemon = &fixture->daemon;

    relay_deinit(&daemon->relay);
    peers_deinit(&daemon->peers);
    ingest_deinit(&daemon->ingest);
    netlink_deinit(&daemon->processes.net[NET_LISTEN].link);
    netlink_deinit(&fixture->end);
    free(daemon->sync);
    free(fixture);
    return node_drop(state);
}

/* ---- what happens ---- */

static struct actor_id author_of(uint32_t number)
{
    struct actor_id author = {{{0xf0}}};

    for (size_t k = 0; k < sizeof number; k++) {
        author.hash.bytes[k + 1] = (uint8_t)(number >> (24 - 8 * k));
    }
    return author;
}

/* Peer i announces count authors from `first` on. */
static void announce(size_t i, uint32_t first, uint32_t count)
{
    while (count > 0) {
        const uint32_t page = count < HEADS_MAX ? count : HEADS_MAX;
        struct heads_progress progress = {.done = 0};
        struct heads told = {.has_page = false};

        for (uint32_t k = 0; k < page; k++) {
            fixture->heads[k] = (struct head){.author = author_of(first + k), .hash = {{1}}, .bytes = 100};
        }
        told.heads = (struct list){.items = fixture->heads, .count = page};
        while (!heads_settle(&fixture->daemon, fixture->peers[i], &told, &progress)) {
            assert_in_range(progress.done, 1, page - 1);
        }
        assert_int_equal(progress.done, page);
        first += page;
        count -= page;
    }
}

/* The draft is what the owner says next. */
static void say(void)
{
    const uint64_t seq = log_builder_append(&node->builder, &node->logs[OWNER]);

    assert_int_equal(node_offer_seq(OWNER, seq), REASON_NONE);
    commit();
    heads_on_accepted(&fixture->daemon, memory_log_block(&node->logs[OWNER], seq));
}

static void accredit(uint32_t first, uint32_t count)
{
    const struct bytes pattern = bytes_of_string("ase/*");

    while (count > 0) {
        log_builder_begin(&node->builder, CLASS_GOVERN);
        for (size_t k = 0; k < 2000 && count > 0; k++, count--) {
            const struct accreditation accreditation = {.delegate = author_of(first++),
                                                        .patterns = {&pattern, 1}};

            log_builder_add(&node->builder, ENTRY_ACCREDITATION, &accreditation);
        }
        say();
    }
}

static void turn(size_t times)
{
    for (size_t i = 0; i < times; i++) {
        heads_recheck(&fixture->daemon);
    }
}

static void turn_until_nothing_is_due(void)
{
    for (size_t i = 0; i < ASKED_MAX && heads_recheck_ms(&fixture->daemon) <= fixture->daemon.now_ms; i++) {
        turn(1);
    }
    assert_true(heads_recheck_ms(&fixture->daemon) > fixture->daemon.now_ms);
}

static size_t held(size_t i)
{
    return fixture->peers[i]->undecided == NULL ? 0 : fixture->peers[i]->undecided->held;
}

/* ---- what went out ---- */

static void note(const struct netlink_message *message)
{
    max_align_t memory[16384 / sizeof(max_align_t)];
    struct arena arena;
    struct frame frame;
    struct want want;

    assert_int_equal(
        frame_decode(&frame, &node->network, bytes_of(message->payload.data + 1, message->payload.size - 1)),
        REASON_NONE);
    fixture->introduction_count += frame.kind == FRAME_INTRODUCTION_WANT;
    if (frame.kind != FRAME_WANT) {
        return;
    }
    arena_init(&arena, memory, sizeof memory);
    assert_int_equal(schema_decode(&want_schema, &want, frame.payload, &arena), REASON_NONE);
    assert_true(fixture->want_count < ASKED_MAX);
    fixture->wanted[fixture->want_count++] = want.author;
}

static void read_sent(void)
{
    struct netlink *link = &fixture->daemon.processes.net[NET_LISTEN].link;
    struct netlink_message message;

    do {
        (void)netlink_flush(link);
        (void)netlink_fill(&fixture->end);
        while (netlink_next(&fixture->end, &message) == NETLINK_MESSAGE) {
            note(&message);
        }
    } while (netlink_waiting(link) > 0);
}

static bool is_wanted(uint32_t number)
{
    const struct actor_id author = author_of(number);
    bool wanted = false;

    read_sent();
    for (size_t i = 0; i < fixture->want_count; i++) {
        wanted |= actor_id_equal(&fixture->wanted[i], &author);
    }
    return wanted;
}

/* ---- cases ---- */

static void whom_an_accepted_block_accredits_is_asked_for_before_all_others(void **state)
{
    (void)state;
    announce(0, 0, MANY);
    announce(1, 0, MANY);
    accredit(MANY - 2, 2);
    turn(TURNS);
    assert_true(is_wanted(MANY - 1));
    assert_true(is_wanted(MANY - 2));
    for (size_t i = 0; i < PEERS; i++) {
        assert_int_equal(held(i), MANY - 2);
    }
    for (size_t i = 0; i < fixture->want_count; i++) {
        const struct actor_id first = author_of(MANY - 2);

        assert_true(hash_compare(&fixture->wanted[i].hash, &first.hash) >= 0);
    }
}

static void whom_content_names_is_asked_for_and_nobody_else_is_looked_at(void **state)
{
    const struct actor_id named = author_of(MANY - 1);
    const struct attestation attestation = build_attestation(&named, "ase/A5", 45000, 46000);

    (void)state;
    announce(0, 0, MANY);
    log_builder_begin(&node->builder, CLASS_CONTENT);
    log_builder_add(&node->builder, ENTRY_ATTESTATION, &attestation);
    say();
    assert_ptr_equal(undecided_find(fixture->peers[0]->undecided, &named),
                     undecided_first(fixture->peers[0]->undecided, UNDECIDED_DUE));
    turn(1);
    assert_null(undecided_first(fixture->peers[0]->undecided, UNDECIDED_DUE));
    assert_true(is_wanted(MANY - 1));
    assert_int_equal(held(0), MANY - 1);
}

/* An accreditation of somebody whose log is held may admit whom that names. */
static void whatever_a_govern_block_says_all_are_looked_at_again(void **state)
{
    (void)state;
    announce(0, 0, MANY);
    accredit(MANY, 1);
    turn(1); /* has no time for all of them */
    assert_non_null(undecided_first(fixture->peers[0]->undecided, UNDECIDED_DUE));
    turn_until_nothing_is_due();
    assert_null(undecided_first(fixture->peers[0]->undecided, UNDECIDED_DUE));
    assert_int_equal(held(0), MANY);
}

static void a_log_that_begins_has_nobody_looked_at_again(void **state)
{
    (void)state;
    announce(0, 0, MANY);
    assert_int_equal(node_offer_seq(DELEGATE, 0), REASON_NONE);
    commit();
    heads_on_accepted(&fixture->daemon, memory_log_block(&node->logs[DELEGATE], 0));
    assert_null(undecided_first(fixture->peers[0]->undecided, UNDECIDED_DUE));
}

static void a_new_trust_file_has_all_looked_at_again(void **state)
{
    const struct trust_owner owner = {.name_space = "other", .actor = author_of(77)};

    (void)state;
    announce(0, 0, 100);
    assert_int_equal(trust_add_owner(&node->trust, &owner), TRUST_OK);
    heads_recheck_all(&fixture->daemon);
    turn_until_nothing_is_due();
    assert_true(is_wanted(77));
    assert_int_equal(held(0), 99);
}

static void a_peer_with_many_heads_holds_up_no_other(void **state)
{
    (void)state;
    announce(0, 0, MANY);
    announce(1, MANY, 1);
    accredit(MANY, 1);
    turn(2);
    assert_true(is_wanted(MANY));
    assert_int_equal(held(1), 0);
}

/* What the sync core learns of an author of the first peer, whatever the store says. */
static void tell_core(uint32_t number, enum sync_ours ours)
{
    struct daemon *daemon = &fixture->daemon;
    const struct sync_event event = {.kind = SYNC_PEER_HEAD,
                                     .peer = fixture->peers[0]->id,
                                     .head = {.author = author_of(number), .hash = {{1}}},
                                     .ours = ours};

    sync_step(daemon->sync, &event, daemon->now_ms, &daemon->actions);
}

static void what_finds_no_room_among_claims_is_claimed_once_there_is(void **state)
{
    enum { BEYOND = 300 };
    struct daemon *daemon = &fixture->daemon;

    (void)state;
    for (uint32_t i = 0; i < CLAIMS_PER_PEER_MAX; i++) {
        tell_core(BEYOND + i, SYNC_OURS_MISSING);
    }
    accredit(0, BEYOND);
    announce(0, 0, BEYOND);
    assert_int_equal(held(0), BEYOND);
    assert_true(heads_recheck_ms(daemon) > daemon->now_ms);
    turn(TURNS);
    assert_int_equal(held(0), BEYOND);
    for (uint32_t i = 0; i < BEYOND; i++) { /* what the peer has no more than we */
        tell_core(BEYOND + i, SYNC_OURS_SAME);
    }
    turn_until_nothing_is_due();
    assert_int_equal(held(0), 0);
    for (uint32_t i = 0; i < BEYOND; i++) {
        const struct actor_id claimed = author_of(i), gone = author_of(BEYOND + i);

        assert_true(sync_may_claim(daemon->sync, fixture->peers[0]->id, &claimed));
        assert_false(sync_may_claim(daemon->sync, fixture->peers[0]->id, &gone));
    }
}

static void what_a_peer_says_anew_of_an_author_that_is_admitted_by_now_is_no_longer_undecided(void **state)
{
    (void)state;
    announce(0, 0, 1);
    assert_int_equal(held(0), 1);
    accredit(0, 1);
    announce(0, 0, 1);
    assert_int_equal(held(0), 0);
    assert_true(is_wanted(0));
}

static void who_introduces_somebody_is_asked_as_often_as_a_second_lets(void **state)
{
    struct daemon *daemon = &fixture->daemon;

    (void)state;
    announce(0, 0, PEER_INTRODUCTIONS_PER_S + 10);
    read_sent();
    assert_int_equal(fixture->introduction_count, PEER_INTRODUCTIONS_PER_S);
    turn_until_nothing_is_due();
    assert_int_equal(heads_recheck_ms(daemon), NOW_MS + 1000);
    daemon->now_ms += 1000;
    turn_until_nothing_is_due();
    read_sent();
    assert_int_equal(fixture->introduction_count, 2 * PEER_INTRODUCTIONS_PER_S);
}

#define WITH_PEERS(test) cmocka_unit_test_setup_teardown(test, make, drop)

/* ---- who delivers ---- */

static void on_sync(enum sync_event_kind kind, size_t i)
{
    const struct sync_event event = {.kind = kind,
                                     .peer = fixture->peers[i]->id,
                                     .head = {.author = author_of(1), .seq = 7, .hash = {{1}}},
                                     .ours = SYNC_OURS_MISSING};

    settle_event(&fixture->daemon, &event, NULL);
}

/* Peer i is gone, and comes again. */
static void meet_again(size_t i)
{
    const struct node_id met = fixture->peers[i]->node;

    on_sync(SYNC_PEER_DOWN, i);
    peers_remove(&fixture->daemon.peers, fixture->peers[i]);
    add_peer(i);
    fixture->peers[i]->node = met;
    heads_meet(&fixture->daemon, fixture->peers[i]);
}

static void note_now(void)
{
    assert_int_equal(store_commit(node->txn), STORE_OK);
    heads_note_now(&fixture->daemon);
    assert_int_equal(store_write_begin(&node->txn, node->store), STORE_OK);
}

static void who_delivered_is_known_when_it_is_met_again(void **state)
{
    struct peer *const *peer = &fixture->peers[PEERS - 1];

    (void)state;
    (*peer)->node = (struct node_id){{{5}}};
    assert_int_equal((*peer)->inbox->rank, INBOX_STRANGER);
    on_sync(SYNC_PEER_HEAD, PEERS - 1);
    on_sync(SYNC_BLOCK_IN, PEERS - 1);
    note_now();
    assert_int_equal((*peer)->inbox->rank, INBOX_DELIVERS);
    meet_again(PEERS - 1);
    assert_true((*peer)->met.delivers);
    assert_int_equal((*peer)->inbox->rank, INBOX_DELIVERS);
    /* No proof for ever: this time it came up as one that kept nothing. */
    note_now();
    assert_int_equal((*peer)->inbox->rank, INBOX_STRANGER);
    meet_again(PEERS - 1);
    assert_false((*peer)->met.delivers);
}

/* Strangers under new keys push out whoever was met longest ago: nobody who has been here since. */
static void who_is_met_again_was_met_now(void **state)
{
    enum { EARLIER_S = 100, STRANGERS_S = 50 };
    const struct hash trust = {{0}}; /* another than today's, so there is nothing else to note */
    const struct node_id known = {{{5}}};
    const uint64_t now_s = clock_wall_s();
    struct stored_node met = {0};

    (void)state;
    fixture->peers[0]->node = known;
    assert_int_equal(store_put_node_met(node->txn, &known, &trust, &met, now_s - EARLIER_S), STORE_OK);
    for (uint32_t i = 1; i < STORE_NODES_MET_MAX; i++) {
        const struct node_id other = {{{6, (uint8_t)(i >> 8), (uint8_t)i}}};

        assert_int_equal(store_put_node_met(node->txn, &other, &trust, &met, now_s - STRANGERS_S), STORE_OK);
    }
    commit();
    heads_meet(&fixture->daemon, fixture->peers[0]);
    note_now();
    assert_int_equal(
        store_put_node_met(node->txn, &(struct node_id){{{7}}}, &trust, &met, now_s + STRANGERS_S), STORE_OK);
    assert_int_equal(store_node_met(node->txn, &known, &trust, &met), STORE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PEERS(whom_an_accepted_block_accredits_is_asked_for_before_all_others),
        WITH_PEERS(whom_content_names_is_asked_for_and_nobody_else_is_looked_at),
        WITH_PEERS(whatever_a_govern_block_says_all_are_looked_at_again),
        WITH_PEERS(a_log_that_begins_has_nobody_looked_at_again),
        WITH_PEERS(a_new_trust_file_has_all_looked_at_again),
        WITH_PEERS(a_peer_with_many_heads_holds_up_no_other),
        WITH_PEERS(what_finds_no_room_among_claims_is_claimed_once_there_is),
        WITH_PEERS(what_a_peer_says_anew_of_an_author_that_is_admitted_by_now_is_no_longer_undecided),
        WITH_PEERS(who_introduces_somebody_is_asked_as_often_as_a_second_lets),
        WITH_PEERS(who_delivered_is_known_when_it_is_met_again),
        WITH_PEERS(who_is_met_again_was_met_now),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
