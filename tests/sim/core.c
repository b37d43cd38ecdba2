#include "tests/sim/core.h"

#include <assert.h>
#include <string.h>

#include "node/daemon_state.h"
#include "tests/sim/invariants.h"

enum { HEAD_SIZE = 100, WANT_SIZE = 200, BLOCK_ENVELOPE_SIZE = 60 };

void core_init(struct core *core, uint32_t node, struct world *world, const struct authors *authors,
               struct invariants *invariants, void *memory, uint64_t seed)
{
    memset(core, 0, offsetof(struct core, actions));
    core->passed.count = 0;
    core->node = node;
    core->world = world;
    core->authors = authors;
    core->invariants = invariants;
    core->sync = memory;
    core->recheck_ms = UINT64_MAX;
    core->behind = authors->count;
    sync_init(core->sync, seed, SYNC_HEADS_INTERVAL_MS);
    core->deadline_ms = sync_deadline_ms(core->sync);
}

void core_hold(struct core *core, size_t author, uint32_t length)
{
    core->lengths[author] = length;
    core->behind -= length == core->authors->items[author].initial;
}

bool core_admits(const struct core *core, size_t author)
{
    const struct author *of = &core->authors->items[author];

    return of->home == core->node || of->accredited_by == author ||
           core->lengths[of->accredited_by] > of->accredited_at;
}

struct peer *core_peer(struct core *core, uint32_t node)
{
    struct peer *peer = peers_find(&core->peers, NET_DIAL, node);

    return peer == NULL ? peers_find(&core->peers, NET_LISTEN, node) : peer;
}

/* ---- sending ---- */

static void send_frame(struct core *core, uint32_t id, struct sim_frame frame)
{
    const struct peer *peer = peers_by_id(&core->peers, id);

    if (peer == NULL || peer->kicked) {
        return;
    }
    frame.from = core->node;
    frame.to = peer->number;
    if (!world_send(core->world, &frame)) {
        invariants_on_full(core->invariants, core, peer->number);
        peers_by_id(&core->peers, id)->kicked = true; /* and is taken down */
        core->full++;
    }
}

static void send_heads(struct core *core, uint32_t peer, const struct head *heads, size_t count)
{
    send_frame(core, peer,
               (struct sim_frame){.kind = FRAME_HEADS,
                                  .size = FRAME_ENVELOPE_SIZE + count * HEAD_SIZE,
                                  .heads = (struct head *)heads,
                                  .head_count = count});
}

static void send_head(struct core *core, uint32_t peer, size_t author)
{
    if (author < core->authors->count && core->lengths[author] > 0) {
        const struct head head = authors_head(core->authors, author, core->lengths[author]);

        send_heads(core, peer, &head, 1);
    }
}

static void send_all_heads(struct core *core, uint32_t peer)
{
    struct head heads[AUTHORS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < core->authors->count; i++) {
        if (core->lengths[i] > 0) {
            heads[count++] = authors_head(core->authors, i, core->lengths[i]);
        }
    }
    send_heads(core, peer, heads, count);
}

static size_t block_size(const struct core *core, size_t author)
{
    return BLOCK_ENVELOPE_SIZE + core->authors->items[author].block_size;
}

static void send_block(struct core *core, uint32_t peer, size_t author, uint64_t seq)
{
    send_frame(core, peer,
               (struct sim_frame){.kind = FRAME_BLOCK,
                                  .size = block_size(core, author),
                                  .head = authors_head(core->authors, author, (uint32_t)seq + 1)});
}

static void send_want(struct core *core, const struct sync_action *action)
{
    const size_t author = authors_number(core->authors, &action->author);
    struct head points[2];
    size_t count = 0;

    if (author < core->authors->count && core->lengths[author] > 0) {
        points[count++] = authors_head(core->authors, author, core->lengths[author]);
    }
    if (!hash_is_zero(&action->head.hash)) {
        points[count++] = action->head;
    }
    send_frame(core, action->peer,
               (struct sim_frame){.kind = FRAME_WANT,
                                  .size = WANT_SIZE,
                                  .head = {.author = action->author},
                                  .heads = points,
                                  .head_count = count});
}

/* As many blocks as relay.c puts into one answer. */
static size_t batch_blocks(size_t size)
{
    const size_t small = SYNC_BATCH_SMALL_BYTES_MAX / size, large = SYNC_BATCH_BYTES_MAX / size;

    if (small > SYNC_BATCH_BLOCKS_MAX) {
        return small < SYNC_BATCH_SMALL_BLOCKS_MAX ? small : (size_t)SYNC_BATCH_SMALL_BLOCKS_MAX;
    }
    return large == 0 ? 1 : large < SYNC_BATCH_BLOCKS_MAX ? large : (size_t)SYNC_BATCH_BLOCKS_MAX;
}

static void send_blocks(struct core *core, uint32_t peer, const struct sim_frame *want)
{
    const size_t author = authors_number(core->authors, &want->head.author);
    uint64_t seq = 0, end = 0;

    if (author >= core->authors->count || core->lengths[author] == 0) {
        return;
    }
    for (size_t i = 0; i < want->head_count; i++) {
        const struct head *point = &want->heads[i];

        if (authors_is_true(core->authors, point) && point->seq < core->lengths[author] &&
            point->seq >= seq) {
            seq = point->seq + 1;
        }
    }
    end = seq + batch_blocks(block_size(core, author));
    for (; seq < core->lengths[author] && seq < end; seq++) {
        send_block(core, peer, author, seq);
    }
    send_head(core, peer, author);
}

static void push_block(struct core *core, const struct sync_action *action)
{
    const size_t author = authors_number(core->authors, &action->author);

    if (peers_may_send_unasked(&core->peers, action->peer, block_size(core, author),
                               world_now_ms(core->world))) {
        send_block(core, action->peer, author, action->head.seq);
    } else {
        send_head(core, action->peer, author);
    }
}

static void perform(struct core *core, const struct sync_action *action, const struct sim_frame *want)
{
    world_note(core->world, (uint64_t)action->kind << 48 | (uint64_t)core->node << 32 | action->peer);
    world_note(core->world,
               (uint64_t)authors_number(core->authors, &action->author) << 32 | action->head.seq);
    switch (action->kind) {
    case SYNC_SEND_HEADS:
        send_all_heads(core, action->peer);
        break;
    case SYNC_SEND_HEAD:
        send_head(core, action->peer, authors_number(core->authors, &action->author));
        break;
    case SYNC_SEND_WANT:
        send_want(core, action);
        break;
    case SYNC_SEND_BLOCKS:
        send_blocks(core, action->peer, want);
        break;
    case SYNC_PUSH_BLOCK:
        push_block(core, action);
        break;
    case SYNC_SEND_GAPS:
    case SYNC_SEND_CUTS:
    case SYNC_PUSH_EVIDENCE: /* nothing here lacks entries, withdraws, forks or is checkpointed */
        assert(false);
        break;
    }
}

/* ---- events ---- */

static void step(struct core *core, const struct sync_event *event, const struct sim_frame *want)
{
    invariants_before(core->invariants, core, event);
    sync_step(core->sync, event, world_now_ms(core->world), &core->actions);
    core->deadline_ms = sync_deadline_ms(core->sync);
    invariants_after(core->invariants, core, event);
    for (size_t i = 0; i < core->actions.count; i++) {
        perform(core, &core->actions.items[i], want);
    }
}

static void feed_block(struct core *core, enum sync_event_kind kind, uint32_t peer, const struct head *head,
                       size_t size)
{
    step(core, &(struct sync_event){.kind = kind, .peer = peer, .head = *head, .size = size}, NULL);
}

void core_on_up(struct core *core, uint32_t node, bool dialled)
{
    struct peer *peer = &core->peers.entries[core->peers.count++];

    assert(core->peers.count < PEERS_MAX);
    *peer = (struct peer){.id = core->peers.next_id++,
                          .role = dialled ? NET_DIAL : NET_LISTEN,
                          .number = node,
                          .unasked_bytes = PEER_UNASKED_BYTES_MAX,
                          .unasked_ms = world_now_ms(core->world)};
    step(core, &(struct sync_event){.kind = SYNC_PEER_UP, .peer = peer->id, .dialled = dialled}, NULL);
}

void core_on_down(struct core *core, uint32_t node)
{
    struct peer *peer = core_peer(core, node);
    struct sync_event event = {.kind = SYNC_PEER_DOWN};

    if (peer == NULL) {
        return;
    }
    event.peer = peer->id;
    core->full -= peer->kicked;
    passed_over_forget(&core->passed, event.peer);
    step(core, &event, NULL);
    peers_remove(&core->peers, peer);
}

static void recheck_later(struct core *core)
{
    if (core->recheck_ms == UINT64_MAX) {
        core->recheck_ms = world_now_ms(core->world) + RECHECK_DELAY_MS;
    }
}

static enum sync_ours compare(const struct core *core, const struct head *head, uint64_t *ours_next)
{
    const size_t author = authors_number(core->authors, &head->author);

    *ours_next = 0;
    if (author == AUTHOR_UNKNOWN) {
        return SYNC_OURS_NOT_ADMITTED;
    }
    if (author == AUTHOR_NAMED) {
        return SYNC_OURS_MISSING;
    }
    *ours_next = core->lengths[author];
    if (authors_is_true(core->authors, head) && head->seq < core->lengths[author]) {
        return head->seq + 1 == core->lengths[author] ? SYNC_OURS_SAME : SYNC_OURS_AHEAD;
    }
    return core_admits(core, author) ? SYNC_OURS_MISSING : SYNC_OURS_NOT_ADMITTED;
}

static void feed_head(struct core *core, uint32_t peer, const struct head *head)
{
    struct sync_event event = {.kind = SYNC_PEER_HEAD, .peer = peer, .head = *head};

    event.ours = compare(core, head, &event.ours_next);
    if (event.ours == SYNC_OURS_NOT_ADMITTED) {
        (void)passed_over_add(&core->passed, peer, head);
    }
    step(core, &event, NULL);
}

/* Authors that an accepted block admits now are asked for at once. */
static void recheck_passed(struct core *core)
{
    core->recheck_ms = UINT64_MAX;
    for (size_t i = core->passed.count; i-- > 0;) {
        const struct passed_over_head passed = core->passed.heads[i];
        uint64_t ours_next = 0;

        if (compare(core, &passed.head, &ours_next) != SYNC_OURS_NOT_ADMITTED) {
            passed_over_remove(&core->passed, i);
            feed_head(core, passed.peer, &passed.head);
        }
    }
}

static void extend(struct core *core, uint32_t peer, size_t author, const struct head *head, size_t size)
{
    core->lengths[author]++;
    if (core->lengths[author] == core->authors->items[author].initial) {
        core->behind--;
        core->whole_us = core->world->now_us;
    }
    feed_block(core, SYNC_BLOCK_NEW, peer, head, size);
    recheck_later(core);
}

static void on_block(struct core *core, uint32_t peer, const struct head *head, size_t size)
{
    const size_t author = authors_number(core->authors, &head->author);

    assert(author < core->authors->count && authors_is_true(core->authors, head));
    if (!core_admits(core, author)) {
        (void)passed_over_add(&core->passed, peer, head);
        return;
    }
    if (head->seq > core->lengths[author]) {
        feed_block(core, SYNC_BLOCK_ORPHAN, peer, head, size);
        return;
    }
    if (head->seq == core->lengths[author]) {
        extend(core, peer, author, head, size);
    }
    feed_block(core, SYNC_BLOCK_IN, peer, head, size);
}

void core_on_frame(struct core *core, const struct sim_frame *frame)
{
    const struct peer *peer = core_peer(core, frame->from);
    const uint32_t id = peer == NULL ? SYNC_LOCAL : peer->id;

    if (peer == NULL || peer->kicked) {
        return;
    }
    switch (frame->kind) {
    case FRAME_HEADS:
        for (size_t i = 0; i < frame->head_count; i++) {
            feed_head(core, id, &frame->heads[i]);
        }
        break;
    case FRAME_WANT:
        step(core, &(struct sync_event){.kind = SYNC_PEER_WANT, .peer = id, .author = frame->head.author},
             frame);
        break;
    case FRAME_BLOCK:
        on_block(core, id, &frame->head, frame->size);
        break;
    default: /* what a newer node says, this one ignores */
        break;
    }
}

void core_publish(struct core *core, size_t author)
{
    const struct head head = authors_head(core->authors, author, core->authors->items[author].length);

    extend(core, SYNC_LOCAL, author, &head, 0);
}

void core_on_time(struct core *core)
{
    const uint64_t now_ms = world_now_ms(core->world);

    if (now_ms >= core->deadline_ms) {
        step(core, &(struct sync_event){.kind = SYNC_TICK, .peer = SYNC_LOCAL}, NULL);
    }
    if (now_ms >= core->recheck_ms) {
        recheck_passed(core);
    }
}

uint64_t core_wake_us(const struct core *core)
{
    const uint64_t wake_ms = core->recheck_ms < core->deadline_ms ? core->recheck_ms : core->deadline_ms;

    return wake_ms == UINT64_MAX ? UINT64_MAX : wake_ms * WORLD_US_A_MS;
}
