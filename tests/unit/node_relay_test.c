#include "node/relay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "node/clock.h"
#include "node/side_push.h"
#include "protocol/rules/affiliation.h"
#include "tests/support/node_bench.h"

/* What goes to a peer when the sync core says so: blocks beside the chain are sent to whoever asked for the
 * chain, and pushed when one arrives or a proof does. The net process is this test. */

enum { SIDES = 2, NOW_MS = 5000, SENT_MAX = 1024 };

struct sent {
    enum frame_kind kind;
    struct hash hash; /* of a block's header; the shop that an introduction is about */
};

struct fixture {
    struct node_keys keys;
    struct daemon_options options;
    struct supervised processes[NET_ROLE_COUNT];
    struct netlink end;
    struct peers peers;
    struct relay relay;
    struct peer *peer;
    struct hash chain, sides[SIDES]; /* the block of the chain above the fork, and those beside it */
    uint64_t waited_ms;
    size_t sent_count, sent_heads; /* frames, and heads in them */
    struct sent sent[SENT_MAX];
    bool has_page; /* the last one that was sent… */
    struct heads_page page;
    struct store_point heard; /* …and the last that this node said it heard */
};

static struct fixture *fixture;

static const struct actor_id *owner(void)
{
    return &node->actors[OWNER].id;
}

/* ---- the node ---- */

/* Three blocks above one: the node follows the lowest hash, the others stand beside it. */
static void fork_owner(void)
{
    struct memory_log fork_log;
    struct log_state state;
    struct hash hashes[SIDES + 1];
    size_t side = 0;

    node_take_in_owner();
    memory_log_copy(&fork_log, &node->logs[OWNER]);
    for (size_t i = 0; i < SIDES + 1; i++) {
        struct bytes encoded;
        struct block block;

        say_content(NAMED, 1);
        assert_int_equal(log_builder_sign(&encoded, &node->builder, &fork_log), REASON_NONE);
        assert_int_equal(block_decode(&block, &node->network, encoded, &node->builder.arena), REASON_NONE);
        hashes[i] = block.hash;
        node_offer(encoded);
    }
    memory_log_deinit(&fork_log);
    assert_int_equal(store_log_state(node->txn, owner(), &state), STORE_OK);
    fixture->chain = state.head;
    for (size_t i = 0; i < SIDES + 1; i++) {
        if (!hash_equal(&hashes[i], &state.head)) {
            assert_true(side < SIDES);
            fixture->sides[side++] = hashes[i];
        }
    }
    assert_int_equal(store_commit(node->txn), STORE_OK);
    assert_int_equal(store_write_begin(&node->txn, node->store), STORE_OK);
}

static bool link_net(void)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) != 0) {
        return false;
    }
    fixture->processes[NET_LISTEN].role = NET_LISTEN;
    fixture->processes[NET_LISTEN].pid = 1;
    return netlink_init(&fixture->processes[NET_LISTEN].link, pair[0]) &&
           netlink_init(&fixture->end, pair[1]);
}

static int make(void **state)
{
    if (node_make(state) != 0) {
        return -1;
    }
    fixture = calloc(1, sizeof *fixture);
    if (fixture == NULL || !link_net()) {
        return -1;
    }
    node_keys_create(&fixture->keys, &node->network);
    if (!peers_init(&fixture->peers, &node->network, &fixture->keys, &fixture->options, fixture->processes) ||
        !relay_init(&fixture->relay, &node->ingest, &fixture->peers)) {
        return -1;
    }
    fixture->peer = peers_add(&fixture->peers, NET_LISTEN, 1, &fixture->keys.transport, NOW_MS);
    fork_owner();
    return fixture->peer != NULL ? 0 : -1;
}

static int drop(void **state)
{
    relay_deinit(&fixture->relay);
    peers_deinit(&fixture->peers);
    netlink_deinit(&fixture->processes[NET_LISTEN].link);
    netlink_deinit(&fixture->end);
    free(fixture);
    return node_drop(state);
}

/* ---- what was sent ---- */

static void note(const struct netlink_message *message)
{
    struct sent *sent = &fixture->sent[fixture->sent_count];
    size_t mark = arena_mark(&node->builder.arena);
    struct frame frame;
    struct heads heads;
    struct block block;

    assert_true(fixture->sent_count < SENT_MAX);
    assert_int_equal(
        frame_decode(&frame, &node->network, bytes_of(message->payload.data + 1, message->payload.size - 1)),
        REASON_NONE);
    *sent = (struct sent){.kind = frame.kind};
    if (frame.kind == FRAME_BLOCK) {
        assert_int_equal(block_decode(&block, &node->network, frame.payload, &node->builder.arena),
                         REASON_NONE);
        sent->hash = block.hash;
    } else if (frame.kind == FRAME_INTRODUCTION) {
        struct signed_consent introduction;

        assert_int_equal(
            schema_decode(&signed_consent_schema, &introduction, frame.payload, &node->builder.arena),
            REASON_NONE);
        sent->hash = introduction.consent.shop.hash;
    }
    if (frame.kind == FRAME_HEADS) {
        assert_int_equal(schema_decode(&heads_schema, &heads, frame.payload, &node->builder.arena),
                         REASON_NONE);
        fixture->sent_heads += heads.heads.count;
        fixture->has_page |= heads.has_page;
        fixture->page = heads.has_page ? heads.page : fixture->page;
    }
    if (frame.kind == FRAME_HEARD) {
        struct heard heard;

        assert_int_equal(schema_decode(&heard_schema, &heard, frame.payload, &node->builder.arena),
                         REASON_NONE);
        fixture->heard = heard.upto;
    }
    arena_rewind(&node->builder.arena, mark);
    fixture->sent_count++;
}

static void read_sent(void)
{
    struct netlink_message message;

    fixture->sent_count = fixture->sent_heads = 0;
    assert_int_equal(netlink_flush(&fixture->processes[NET_LISTEN].link), NETLINK_MESSAGE);
    (void)netlink_fill(&fixture->end);
    while (netlink_next(&fixture->end, &message) == NETLINK_MESSAGE) {
        note(&message);
    }
}

/* What one action sends. */
static void perform(struct sync_action action, const struct want *want)
{
    static struct sync_actions actions;

    read_sent(); /* what was sent before, its hello among it */
    action.peer = fixture->peer->id;
    action.author = *owner();
    actions.count = 1;
    actions.items[0] = action;
    assert_int_equal(relay_perform(&fixture->relay, &actions, want, NOW_MS + fixture->waited_ms), STORE_OK);
    read_sent();
}

static size_t count_sent(enum frame_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < fixture->sent_count; i++) {
        count += fixture->sent[i].kind == kind;
    }
    return count;
}

static bool is_sent(const struct hash *hash)
{
    for (size_t i = 0; i < fixture->sent_count; i++) {
        if (fixture->sent[i].kind == FRAME_BLOCK && hash_equal(&fixture->sent[i].hash, hash)) {
            return true;
        }
    }
    return false;
}

static bool are_sides_sent(void)
{
    return is_sent(&fixture->sides[0]) && is_sent(&fixture->sides[1]);
}

static struct sync_action of_block(enum sync_action_kind kind, const struct hash *hash)
{
    return (struct sync_action){
        .kind = kind, .head = {.author = *owner(), .seq = node->logs[OWNER].state.seq + 1, .hash = *hash}};
}

/* ---- cases ---- */

static void whoever_has_the_chain_is_sent_what_stands_beside_it(void **state)
{
    const struct want all = {.author = *owner()};

    (void)state;
    for (size_t round = 0; round < 3; round++) { /* once more to whoever asks once more, a while later */
        fixture->waited_ms = round < 2 ? 0 : 30 * 1000;
        perform((struct sync_action){.kind = SYNC_SEND_BLOCKS}, &all);
        assert_true(is_sent(&fixture->chain));
        assert_int_equal(are_sides_sent(), round != 1);
        assert_int_equal(count_sent(FRAME_HEADS), 1);
        assert_int_equal(count_sent(FRAME_FORK_PROOF) > 0, true);
    }
}

static void at_a_tests_speed_that_while_is_shorter(void **state)
{
    const struct want all = {.author = *owner()};

    (void)state;
    assert_true(clock_take_speed(10));
    for (size_t round = 0; round < 4; round++) {
        fixture->waited_ms = round < 2 ? 0 : round == 2 ? 2999 : 3000;
        perform((struct sync_action){.kind = SYNC_SEND_BLOCKS}, &all);
        assert_int_equal(are_sides_sent(), round == 0 || round == 3);
    }
    assert_true(clock_take_speed(1));
}

static void a_block_of_the_chain_is_pushed_alone(void **state)
{
    (void)state;
    perform(of_block(SYNC_PUSH_BLOCK, &fixture->chain), NULL);
    assert_int_equal(fixture->sent_count, 1);
    assert_true(is_sent(&fixture->chain));
}

static void one_beside_it_goes_with_all_that_the_peer_was_not_sent(void **state)
{
    (void)state;
    perform(of_block(SYNC_PUSH_BLOCK, &fixture->sides[0]), NULL);
    assert_int_equal(fixture->sent_count, SIDES);
    assert_true(are_sides_sent());
    perform(of_block(SYNC_PUSH_BLOCK, &fixture->sides[1]), NULL);
    assert_int_equal(fixture->sent_count, 0);
}

static void a_proof_goes_with_the_branches_that_it_is_about(void **state)
{
    (void)state;
    perform((struct sync_action){.kind = SYNC_PUSH_EVIDENCE, .fork_proof = true}, NULL);
    assert_true(count_sent(FRAME_FORK_PROOF) > 0);
    assert_int_equal(fixture->sent[0].kind, FRAME_FORK_PROOF);
    assert_true(are_sides_sent());
}

/* It asks at its own pace then. */
static void a_peer_that_was_sent_enough_unasked_is_told_the_head_alone(void **state)
{
    (void)state;
    fixture->peer->unasked_bytes = 0;
    fixture->peer->unasked_ms = NOW_MS;
    perform(of_block(SYNC_PUSH_BLOCK, &fixture->chain), NULL);
    assert_int_equal(fixture->sent_count, 1);
    assert_int_equal(count_sent(FRAME_HEADS), 1);
    perform(of_block(SYNC_PUSH_BLOCK, &fixture->sides[0]), NULL);
    assert_int_equal(fixture->sent_count, 0);
    fixture->peer->unasked_bytes = PEER_UNASKED_BYTES_MAX;
    perform(of_block(SYNC_PUSH_BLOCK, &fixture->sides[0]), NULL);
    assert_true(are_sides_sent());
}

static size_t size_of(const struct hash *hash)
{
    size_t mark = arena_mark(&node->builder.arena);
    struct bytes bytes;

    assert_int_equal(store_block_by_hash(node->txn, owner(), node->logs[OWNER].state.seq + 1, hash, &bytes,
                                         &node->builder.arena),
                     STORE_OK);
    arena_rewind(&node->builder.arena, mark);
    return bytes.size;
}

/* Another one beside the chain, while a peer takes one block at a time: each goes once. */
static void one_that_comes_meanwhile_makes_none_go_twice(void **state)
{
    enum { MORE = 4 };
    const size_t one = size_of(&fixture->sides[0]) * 3 / 2;
    struct hash sent[SIDES + MORE + 1];
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < 2 * (SIDES + MORE) && count < SIDES + MORE; i++) {
        struct bytes encoded;

        fixture->peer->unasked_bytes = one;
        fixture->peer->unasked_ms = NOW_MS;
        perform((struct sync_action){.kind = SYNC_PUSH_EVIDENCE, .fork_proof = true}, NULL);
        for (size_t j = 0; j < fixture->sent_count; j++) {
            if (fixture->sent[j].kind != FRAME_BLOCK) {
                continue;
            }
            for (size_t k = 0; k < count; k++) {
                assert_false(hash_equal(&sent[k], &fixture->sent[j].hash));
            }
            assert_true(count <= SIDES + MORE);
            sent[count++] = fixture->sent[j].hash;
        }
        if (i < MORE) {
            say_content(NAMED, 1);
            assert_int_equal(log_builder_sign(&encoded, &node->builder, &node->logs[OWNER]), REASON_NONE);
            node_offer(encoded);
            assert_int_equal(store_commit(node->txn), STORE_OK);
            assert_int_equal(store_write_begin(&node->txn, node->store), STORE_OK);
        }
    }
    assert_true(count >= SIDE_PUSH_BRANCHES);
    perform((struct sync_action){.kind = SYNC_PUSH_EVIDENCE, .fork_proof = true}, NULL);
    assert_int_equal(count_sent(FRAME_BLOCK), 0);
    fixture->relay.choice.version = 0; /* nor is anything chosen anew */
    perform((struct sync_action){.kind = SYNC_PUSH_EVIDENCE, .fork_proof = true}, NULL);
    assert_int_equal(fixture->relay.choice.version, 0);
}

/* ---- what changed ---- */

/* What the peer is told when it says so, a while after it last did. */
static void hear(const struct store_point *heard)
{
    fixture->waited_ms += clock_rhythm_ms(SYNC_HEADS_INTERVAL_MS) / 4;
    fixture->has_page = false;
    read_sent();
    assert_int_equal(relay_on_heard(&fixture->relay, fixture->peer, heard, NOW_MS + fixture->waited_ms),
                     STORE_OK);
    assert_int_equal(relay_tell(&fixture->relay, fixture->peer, NOW_MS + fixture->waited_ms), STORE_OK);
    read_sent();
}

static struct store_point now_of(void)
{
    struct store_point now;

    assert_int_equal(store_changes_now(node->txn, &now), STORE_OK);
    return now;
}

static void commit(void)
{
    assert_int_equal(store_commit(node->txn), STORE_OK);
    assert_int_equal(store_write_begin(&node->txn, node->store), STORE_OK);
}

static size_t first_sent(enum frame_kind kind)
{
    size_t at = 0;

    while (at < fixture->sent_count && fixture->sent[at].kind != kind) {
        at++;
    }
    return at;
}

static void whoever_heard_nothing_is_told_all_the_evidence_first(void **state)
{
    const struct store_point nothing = {.number = 0}, now = now_of();

    (void)state;
    hear(&nothing);
    assert_true(fixture->has_page);
    assert_int_equal(fixture->page.since, 0);
    assert_memory_equal(&fixture->page.upto, &now, sizeof now);
    assert_false(fixture->page.more);
    assert_int_equal(fixture->sent_heads, 1);
    assert_true(count_sent(FRAME_FORK_PROOF) > 0);
    assert_true(first_sent(FRAME_FORK_PROOF) < first_sent(FRAME_HEADS));
    assert_true(are_sides_sent());
}

static void whoever_heard_all_is_told_nothing(void **state)
{
    struct store_point heard = now_of();

    (void)state;
    hear(&heard);
    hear(&heard);
    assert_int_equal(fixture->sent_count, 0);
    assert_false(relay_is_telling(fixture->peer));
    assert_int_equal(node_offer_seq(DELEGATE, 0), REASON_NONE);
    commit();
    hear(&heard);
    assert_int_equal(fixture->sent_heads, 1);
    assert_int_equal(count_sent(FRAME_FORK_PROOF), 0);
    assert_int_equal(fixture->page.since, heard.number);
    heard = now_of();
    assert_memory_equal(&fixture->page.upto, &heard, sizeof heard);
}

/* Another store, a state that this one never was in, one that it is not in yet. */
static void whoever_heard_what_never_was_is_told_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct store_point heard = now_of();

        heard.store[3] ^= i == 0;
        heard.digest[5] ^= i == 1;
        heard.number += i == 2;
        fixture->peer->telling.ever = 0;
        hear(&heard);
        assert_true(fixture->has_page);
        assert_int_equal(fixture->page.since, 0);
        assert_int_equal(fixture->sent_heads, 1);
    }
}

static void whoever_asks_for_all_each_time_is_told_it_a_bounded_number_of_times(void **state)
{
    const struct store_point nothing = {.number = 0};
    const struct store_point now = now_of();

    (void)state;
    hear(&nothing);
    assert_int_equal(fixture->peer->telling.ever, now.number);
    read_sent();
    assert_int_equal(
        relay_on_heard(&fixture->relay, fixture->peer, &nothing, NOW_MS + fixture->waited_ms + 100),
        STORE_OK);
    assert_false(relay_is_telling(fixture->peer));
    hear(&nothing);
    assert_int_equal(fixture->peer->telling.again_left, 15);
    fixture->peer->telling.active = true;
    fixture->peer->telling.at = 0;
    fixture->peer->telling.again_left = 0;
    assert_int_equal(relay_tell(&fixture->relay, fixture->peer, NOW_MS + fixture->waited_ms), STORE_OK);
    read_sent();
    assert_int_equal(fixture->sent_heads, 0);
    assert_false(relay_is_telling(fixture->peer));
}

static void a_peer_is_told_as_much_as_it_takes_unasked(void **state)
{
    const struct store_point nothing = {.number = 0};

    (void)state;
    fixture->peer->unasked_bytes = 0;
    fixture->peer->unasked_ms = NOW_MS + clock_rhythm_ms(SYNC_HEADS_INTERVAL_MS) / 4;
    hear(&nothing);
    assert_int_equal(fixture->sent_count, 0);
    assert_true(relay_is_telling(fixture->peer));
    fixture->peer->unasked_bytes = PEER_UNASKED_BYTES_MAX;
    assert_int_equal(relay_tell(&fixture->relay, fixture->peer, NOW_MS + fixture->waited_ms), STORE_OK);
    read_sent();
    assert_int_equal(fixture->sent_heads, 1);
    assert_true(fixture->peer->unasked_bytes < PEER_UNASKED_BYTES_MAX);
    assert_false(relay_is_telling(fixture->peer));
}

/* Leave so much room in the link to the net process. */
static void leave_room(size_t size)
{
    static uint8_t payload[FRAME_SIZE_MAX];
    struct netlink *link = &fixture->processes[NET_LISTEN].link;
    size_t left = 0;

    while ((left = NETLINK_QUEUE_MAX - netlink_waiting(link) - size) > NETLINK_HEADER_SIZE) {
        left -= NETLINK_HEADER_SIZE;
        left = left < sizeof payload / 2 ? left : sizeof payload / 2;
        assert_true(netlink_send(link, NETLINK_SEND, 9, bytes_of(payload, left)));
    }
}

/* There is room for the page, and not for a proof that goes before it. */
static void what_finds_no_room_is_not_told_and_goes_later(void **state)
{
    const struct store_point nothing = {.number = 0}, now = now_of();
    struct netlink *link = &fixture->processes[NET_LISTEN].link;

    (void)state;
    fixture->waited_ms = 1000;
    read_sent();
    assert_int_equal(relay_on_heard(&fixture->relay, fixture->peer, &nothing, NOW_MS + fixture->waited_ms),
                     STORE_OK);
    leave_room(350);
    assert_int_equal(relay_tell(&fixture->relay, fixture->peer, NOW_MS + fixture->waited_ms), STORE_OK);
    assert_true(relay_is_telling(fixture->peer));
    assert_int_equal(fixture->peer->telling.at, 0);
    link->out_at = link->out_size = 0;
    assert_int_equal(relay_tell(&fixture->relay, fixture->peer, NOW_MS + fixture->waited_ms), STORE_OK);
    read_sent();
    assert_true(count_sent(FRAME_FORK_PROOF) > 0);
    assert_int_equal(fixture->sent_heads, 1);
    assert_memory_equal(&fixture->page.upto, &now, sizeof now);
    assert_false(relay_is_telling(fixture->peer));
}

/* The peer says up to where it heard all, and what it forgot. */
static void a_peer_is_asked_from_where_all_was_heard(void **state)
{
    const struct store_point told = {.store = {1}, .number = 7, .digest = {2}};

    (void)state;
    hearing_begin(&fixture->peer->hearing, &told);
    perform((struct sync_action){.kind = SYNC_SEND_HEARD, .claims = true}, NULL);
    assert_int_equal(count_sent(FRAME_HEARD), 1);
    assert_memory_equal(&fixture->heard, &told, sizeof told);
    hearing_on_page(&fixture->peer->hearing,
                    &(struct heads_page){.since = 7, .upto = {.store = {1}, .number = 9}}, false);
    perform((struct sync_action){.kind = SYNC_SEND_HEARD, .claims = true}, NULL);
    assert_int_equal(fixture->heard.number, 9);
    perform((struct sync_action){.kind = SYNC_SEND_HEARD, .gave_up = true}, NULL);
    assert_memory_equal(&fixture->heard, &told, sizeof told);
}

/* Nothing came to it that would let it place more than before. */
static void whoever_asks_for_what_it_has_is_sent_no_side_block_again(void **state)
{
    struct locator_point head = {.seq = node->logs[OWNER].state.seq + 1, .hash = fixture->chain};
    const struct want all = {.author = *owner()};
    const struct want none = {.author = *owner(), .locator = {.items = &head, .count = 1}};

    (void)state;
    perform((struct sync_action){.kind = SYNC_SEND_BLOCKS}, &all);
    assert_true(are_sides_sent());
    perform((struct sync_action){.kind = SYNC_SEND_BLOCKS}, &none);
    assert_int_equal(count_sent(FRAME_BLOCK), 0);
    assert_int_equal(count_sent(FRAME_HEADS), 1);
}

/* What it was sent before it had these blocks, it could not place. */
static void whoever_holds_more_than_before_is_sent_them_again(void **state)
{
    struct locator_point below = {.seq = node->logs[OWNER].state.seq, .hash = node->logs[OWNER].state.head};
    const struct want all = {.author = *owner()};
    const struct want last = {.author = *owner(), .locator = {.items = &below, .count = 1}};

    (void)state;
    perform((struct sync_action){.kind = SYNC_SEND_BLOCKS}, &all);
    assert_true(are_sides_sent());
    perform((struct sync_action){.kind = SYNC_SEND_BLOCKS}, &last);
    assert_true(is_sent(&fixture->chain));
    assert_true(are_sides_sent());
}

/* What there is to push is not looked for where nothing is, or nothing can go. */
static void looking_for_side_blocks_costs_nothing_in_vain(void **state)
{
    struct locator_point *points = NULL;
    size_t count = 0, mark = arena_mark(&node->builder.arena);

    (void)state;
    fixture->peer->unasked_bytes = 0;
    fixture->peer->unasked_ms = NOW_MS;
    perform((struct sync_action){.kind = SYNC_PUSH_EVIDENCE, .fork_proof = true}, NULL);
    assert_int_equal(fixture->relay.choice.version, 0);
    assert_int_equal(node_offer_seq(DELEGATE, 0), REASON_NONE);
    assert_int_equal(
        side_push_choose(node->txn, &node->actors[DELEGATE].id, &points, &count, &node->builder.arena),
        STORE_OK);
    assert_int_equal(count, 0);
    assert_int_equal(arena_mark(&node->builder.arena), mark);
}

/* ---- introductions ---- */

/* NAMED, a shop, and the owner, whose keys are held, for its technician. */
static void take_in_shop(void)
{
    const struct built_actor *technician = &node->actors[OWNER];
    const struct built_key *signer = &technician->built[technician->key_count - 1]; /* to present by */
    struct affiliation joined = {.event = AFFILIATION_JOINED,
                                 .day = 45000,
                                 .has_consent = true,
                                 .consent = {.technician = *owner(),
                                             .shop = node->actors[NAMED].id,
                                             .performs_repairs = true,
                                             .expires_s = 2 * NODE_NOW_S},
                                 .signature = {.key = signer->key.key}};

    consent_id(&joined.id, &node->network, &joined.consent);
    sign_hash(&joined.signature.signature, &signer->secret, &joined.id);
    assert_int_equal(node_offer_seq(NAMED, 0), REASON_NONE);
    log_builder_begin(&node->builder, CLASS_CONTENT);
    log_builder_add(&node->builder, ENTRY_AFFILIATION, &joined);
    assert_int_equal(node_write(NAMED), REASON_NONE);
    assert_int_equal(store_commit(node->txn), STORE_OK);
    assert_int_equal(store_write_begin(&node->txn, node->store), STORE_OK);
}

static void whoever_asks_for_introductions_of_a_shop_is_told_them(void **state)
{
    (void)state;
    take_in_shop();
    for (size_t i = 0; i < 2; i++) { /* the owner is no shop */
        const struct actor_id *shop = &node->actors[i == 0 ? NAMED : OWNER].id;

        read_sent();
        assert_int_equal(relay_tell_introductions(&fixture->relay, fixture->peer->id, shop, 7), STORE_OK);
        read_sent();
        assert_int_equal(fixture->sent_count, i == 0 ? 1 : 0);
        assert_int_equal(count_sent(FRAME_INTRODUCTION), i == 0 ? 1 : 0);
        assert_true(i == 1 || hash_equal(&fixture->sent[0].hash, &shop->hash));
    }
}

/* ---- who does not read ---- */

static void go_on_answering(void)
{
    read_sent();
    assert_int_equal(relay_go_on_answering(&fixture->relay, NOW_MS), STORE_OK);
    peers_hold_questions(&fixture->peers);
    read_sent();
}

/* Answers wait where they are until the peer has read, and are whole then; meanwhile it may not ask more. */
static void who_asks_and_does_not_read_is_answered_once_it_does(void **state)
{
    const struct want all = {.author = *owner()};
    const uint64_t waiting = PEER_SENDING_BYTES_MAX;

    (void)state;
    peers_hold_questions(&fixture->peers);
    assert_false(fixture->peer->inbox->held_up);
    fixture->peer->sending_bytes = waiting;
    for (size_t i = 0; i < 3; i++) {
        perform((struct sync_action){.kind = SYNC_SEND_BLOCKS}, &all);
        assert_int_equal(fixture->sent_count, 0);
    }
    go_on_answering();
    assert_int_equal(fixture->sent_count, 0);
    assert_true(fixture->peer->inbox->held_up);
    peers_on_sent(fixture->peer, waiting);
    go_on_answering();
    assert_int_equal(count_sent(FRAME_HEADS), 3);
    assert_true(is_sent(&fixture->chain));
    go_on_answering();
    assert_int_equal(fixture->sent_count, 0);
    assert_false(fixture->peer->inbox->held_up);
}

/* Block by block, as little room as there is, and no block twice. */
static void an_answer_goes_on_where_it_stopped(void **state)
{
    const struct want all = {.author = *owner()};
    size_t blocks = 0, heads = 0;

    (void)state;
    fixture->peer->sending_bytes = PEER_SENDING_BYTES_MAX - 1;
    perform((struct sync_action){.kind = SYNC_SEND_BLOCKS}, &all);
    while (fixture->peer->answers != NULL && fixture->peer->answers->count > 0) {
        assert_int_equal(fixture->sent_count, 1);
        blocks += count_sent(FRAME_BLOCK);
        fixture->peer->sending_bytes = PEER_SENDING_BYTES_MAX - 1;
        go_on_answering();
    }
    blocks += count_sent(FRAME_BLOCK);
    heads += count_sent(FRAME_HEADS);
    assert_int_equal(blocks, node->logs[OWNER].state.seq + 2);
    assert_int_equal(heads, 1);
}

/* However much it asks. */
static void no_more_answers_wait_than_there_is_room_for(void **state)
{
    const struct want all = {.author = *owner()};

    (void)state;
    fixture->peer->sending_bytes = PEER_SENDING_BYTES_MAX;
    for (size_t i = 0; i < 2 * ANSWERS_MAX; i++) {
        perform((struct sync_action){.kind = SYNC_SEND_BLOCKS}, &all);
    }
    assert_int_equal(fixture->peer->answers->count, ANSWERS_MAX);
    assert_int_equal(fixture->sent_count, 0);
}

/* Unasked it is sent nothing more either, but told of the head. */
static void nothing_is_pushed_to_who_does_not_read(void **state)
{
    (void)state;
    fixture->peer->sending_bytes = PEER_SENDING_BYTES_MAX;
    perform(of_block(SYNC_PUSH_BLOCK, &fixture->chain), NULL);
    assert_int_equal(count_sent(FRAME_BLOCK), 0);
    assert_int_equal(count_sent(FRAME_HEADS), 1);
}

#define WITH_PEER(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PEER(whoever_has_the_chain_is_sent_what_stands_beside_it),
        WITH_PEER(at_a_tests_speed_that_while_is_shorter),
        WITH_PEER(a_block_of_the_chain_is_pushed_alone),
        WITH_PEER(one_beside_it_goes_with_all_that_the_peer_was_not_sent),
        WITH_PEER(a_proof_goes_with_the_branches_that_it_is_about),
        WITH_PEER(one_that_comes_meanwhile_makes_none_go_twice),
        WITH_PEER(whoever_heard_nothing_is_told_all_the_evidence_first),
        WITH_PEER(whoever_heard_all_is_told_nothing),
        WITH_PEER(whoever_heard_what_never_was_is_told_all),
        WITH_PEER(whoever_asks_for_all_each_time_is_told_it_a_bounded_number_of_times),
        WITH_PEER(a_peer_is_told_as_much_as_it_takes_unasked),
        WITH_PEER(what_finds_no_room_is_not_told_and_goes_later),
        WITH_PEER(a_peer_is_asked_from_where_all_was_heard),
        WITH_PEER(whoever_asks_for_what_it_has_is_sent_no_side_block_again),
        WITH_PEER(whoever_holds_more_than_before_is_sent_them_again),
        WITH_PEER(looking_for_side_blocks_costs_nothing_in_vain),
        WITH_PEER(a_peer_that_was_sent_enough_unasked_is_told_the_head_alone),
        WITH_PEER(whoever_asks_for_introductions_of_a_shop_is_told_them),
        WITH_PEER(who_asks_and_does_not_read_is_answered_once_it_does),
        WITH_PEER(an_answer_goes_on_where_it_stopped),
        WITH_PEER(no_more_answers_wait_than_there_is_room_for),
        WITH_PEER(nothing_is_pushed_to_who_does_not_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
