#include "tests/sim/core.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "node/heads.h"
#include "protocol/sync/undecided.h"
#include "tests/sim/invariants.h"

enum { HEAD_SIZE = 100, WANT_SIZE = 200, BLOCK_ENVELOPE_SIZE = 60 };

static void begin(struct core *core, uint64_t seed)
{
    struct sync_waits waits = SYNC_WAITS;

    waits.heads_interval_ms = core->heads_interval_ms;
    core->random = world_mix(seed);
    core->recheck_ms = core->tell_ms = core->note_ms = UINT64_MAX;
    sync_init(core->sync, seed, waits);
    core->deadline_ms = sync_deadline_ms(core->sync);
}

void core_init(struct core *core, uint32_t node, struct world *world, const struct authors *authors,
               struct invariants *invariants, void *memory, uint64_t heads_interval_ms, uint64_t seed)
{
    memset(core, 0, offsetof(struct core, actions));
    core->node = node;
    core->world = world;
    core->authors = authors;
    core->invariants = invariants;
    core->sync = memory;
    core->heads_interval_ms = heads_interval_ms;
    core->behind = authors->count;
    holdings_init(&core->held, node + 1);
    begin(core, seed);
}

void core_deinit(struct core *core)
{
    peers_deinit(&core->peers);
    holdings_deinit(&core->held);
}

void core_hold(struct core *core, size_t author, uint32_t length)
{
    holdings_extend(&core->held, author, length);
    core->behind -= length == core->authors->items[author].initial;
}

void core_begin_again(struct core *core, uint64_t seed)
{
    assert(core->peers.count == 0);
    begin(core, seed);
}

static size_t count_behind(const struct core *core)
{
    size_t count = 0;

    for (size_t i = 0; i < core->authors->count; i++) {
        count += core->held.lengths[i] < core->authors->items[i].initial;
    }
    return count;
}

void core_put_back(struct core *core, const struct holdings *copy, uint64_t seed)
{
    holdings_copy(&core->held, copy);
    for (size_t i = 0; i < core->authors->count; i++) {
        const struct author *author = &core->authors->items[i];

        if (author->home == core->node && core->held.lengths[i] < author->length) {
            holdings_extend(&core->held, i, author->length);
        }
    }
    core->behind = count_behind(core);
    core_begin_again(core, seed);
}

bool core_admits(const struct core *core, size_t author)
{
    const struct author *of = &core->authors->items[author];

    return of->home == core->node || of->accredited_by == author ||
           core->held.lengths[of->accredited_by] > of->accredited_at;
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
    if (author < core->authors->count && core->held.lengths[author] > 0) {
        const struct head head = authors_head(core->authors, author, core->held.lengths[author]);

        send_heads(core, peer, &head, 1);
    }
}

/* ---- what changed ---- */

/* A page is short, so that most are told in several. */
enum { POINT_SIZE = 60, PAGE_HEADS_MAX = 16, AGAIN_MAX = 16, HEARD_PER_INTERVAL = 4 };

/* What a frame that names a store's state carries in place of a head. */
static struct head head_of_point(const struct store_point *point)
{
    struct head head = {.seq = point->number};

    memcpy(head.author.hash.bytes, point->store, sizeof point->store);
    memcpy(head.hash.bytes, point->digest, sizeof point->digest);
    return head;
}

static struct store_point point_of_head(const struct head *head)
{
    struct store_point point = {.number = head->seq};

    memcpy(point.store, head->author.hash.bytes, sizeof point.store);
    memcpy(point.digest, head->hash.bytes, sizeof point.digest);
    return point;
}

/* What was heard is noted a while after it went on. */
static void note_later(struct core *core, const struct peer *peer)
{
    const struct store_point *noted = &core->held.heard[peer->number];

    if (core->note_ms == UINT64_MAX && memcmp(noted, &peer->hearing.stored, sizeof *noted) != 0) {
        core->note_ms =
            world_now_ms(core->world) + NOTE_MS * core->heads_interval_ms / SYNC_HEADS_INTERVAL_MS;
    }
}

static void note(struct core *core)
{
    core->note_ms = UINT64_MAX;
    for (size_t i = 0; i < core->peers.count; i++) {
        const struct peer *peer = &core->peers.entries[i];

        core->held.heard[peer->number] = peer->hearing.stored;
    }
}

static void send_heard(struct core *core, const struct sync_action *action)
{
    struct peer *peer = peers_by_id(&core->peers, action->peer);
    struct undecided *undecided = peer->undecided;
    struct store_point point;

    if (action->gave_up || (undecided != NULL && undecided->forgot)) {
        hearing_on_forgotten(&peer->hearing);
    }
    point = hearing_ask(&peer->hearing, action->claims, undecided != NULL && undecided->held > 0);
    if (undecided != NULL) {
        undecided->forgot = false;
        undecided_hurry_all(undecided);
    }
    note_later(core, peer);
    send_frame(core, peer->id,
               (struct sim_frame){.kind = FRAME_HEARD,
                                  .size = FRAME_ENVELOPE_SIZE + POINT_SIZE,
                                  .head = head_of_point(&point)});
}

static void on_heard(struct core *core, struct peer *peer, const struct sim_frame *frame)
{
    const struct store_point heard = point_of_head(&frame->head);
    struct telling *telling = &peer->telling;
    const uint64_t now_ms = world_now_ms(core->world);

    if (telling->active || now_ms < telling->next_ms) {
        return;
    }
    telling->at = holdings_were_at(&core->held, &heard) ? heard.number : 0;
    telling->active = true;
    telling->again_left = AGAIN_MAX;
    telling->next_ms = now_ms + core->heads_interval_ms / HEARD_PER_INTERVAL;
    core->tell_ms = now_ms;
}

/* The first page of authors that changed after one number, in the order of their changes. */
static size_t gather_changed(const struct core *core, uint64_t after, size_t out[PAGE_HEADS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < core->authors->count; i++) {
        size_t at = count;

        while (at > 0 && core->held.changes[out[at - 1]] > core->held.changes[i]) {
            at--;
        }
        if (core->held.changes[i] <= after || at == PAGE_HEADS_MAX) {
            continue;
        }
        count += count < PAGE_HEADS_MAX;
        memmove(&out[at + 1], &out[at], (count - at - 1) * sizeof *out);
        out[at] = i;
    }
    return count;
}

static bool tell_page(struct core *core, struct peer *peer)
{
    struct telling *telling = &peer->telling;
    struct head heads[PAGE_HEADS_MAX];
    size_t changed[PAGE_HEADS_MAX];
    const size_t count = gather_changed(core, telling->at, changed);
    const uint64_t upto = count == 0 ? telling->at : core->held.changes[changed[count - 1]];
    const bool again = telling->at < telling->ever;
    struct store_point point = holdings_point(&core->held, upto);

    if (count == 0 || (again && telling->again_left == 0)) {
        telling->active = false;
        return false;
    }
    if (!peers_may_send_unasked(&core->peers, peer->id, count * HEAD_SIZE, world_now_ms(core->world))) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        heads[i] = authors_head(core->authors, changed[i], core->held.lengths[changed[i]]);
    }
    struct sim_frame page = {.kind = FRAME_HEADS,
                             .size = FRAME_ENVELOPE_SIZE + POINT_SIZE + count * HEAD_SIZE,
                             .head = head_of_point(&point),
                             .heads = heads,
                             .head_count = count};
    page.head.bytes = telling->at;
    page.head.epoch = 1; /* it is a page */
    page.head.gaps = upto < core->held.change;
    telling->again_left -= again;
    telling->at = upto;
    telling->ever = upto > telling->ever ? upto : telling->ever;
    telling->active = upto < core->held.change;
    send_frame(core, peer->id, page);
    return telling->active;
}

static void tell(struct core *core)
{
    core->tell_ms = UINT64_MAX;
    for (size_t i = 0; i < core->peers.count; i++) {
        struct peer *peer = &core->peers.entries[i];

        while (peer->telling.active && tell_page(core, peer)) {
        }
        if (peer->telling.active) {
            core->tell_ms = world_now_ms(core->world) + TELL_MS;
        }
    }
}

static void hear_page(struct core *core, struct peer *peer, const struct sim_frame *frame)
{
    const struct heads_page page = {
        .since = frame->head.bytes, .upto = point_of_head(&frame->head), .more = frame->head.gaps};

    hearing_on_page(&peer->hearing, &page, false);
    note_later(core, peer);
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

    if (author < core->authors->count && core->held.lengths[author] > 0) {
        points[count++] = authors_head(core->authors, author, core->held.lengths[author]);
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

    if (author >= core->authors->count || core->held.lengths[author] == 0) {
        return;
    }
    for (size_t i = 0; i < want->head_count; i++) {
        const struct head *point = &want->heads[i];

        if (authors_is_true(core->authors, point) && point->seq < core->held.lengths[author] &&
            point->seq >= seq) {
            seq = point->seq + 1;
        }
    }
    end = seq + batch_blocks(block_size(core, author));
    for (; seq < core->held.lengths[author] && seq < end; seq++) {
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
    case SYNC_SEND_HEARD:
        send_heard(core, action);
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
    *ours_next = core->held.lengths[author];
    if (authors_is_true(core->authors, head) && head->seq < core->held.lengths[author]) {
        return head->seq + 1 == core->held.lengths[author] ? SYNC_OURS_SAME : SYNC_OURS_AHEAD;
    }
    return core_admits(core, author) ? SYNC_OURS_MISSING : SYNC_OURS_NOT_ADMITTED;
}

/* ---- undecided heads ---- */

static struct undecided *undecided_of(struct core *core, struct peer *peer)
{
    uint64_t secret[PLACE_SECRET_SIZE / sizeof(uint64_t)];

    if (peer->undecided == NULL) {
        for (size_t i = 0; i < sizeof secret / sizeof *secret; i++) {
            secret[i] = world_draw(&core->random, UINT64_MAX);
        }
        peer->undecided = calloc(1, sizeof *peer->undecided);
        assert(peer->undecided != NULL);
        undecided_init(peer->undecided, (const uint8_t *)secret, UNDECIDED_ASK_MS);
    }
    return peer->undecided;
}

/* Here is no shop that anybody could introduce: it only takes its turn. */
static void ask_introduction(const struct core *core, struct peer *peer, struct undecided_head *at)
{
    const uint64_t now_ms = world_now_ms(core->world);

    if (now_ms < at->ask_ms || !peers_may_introduce(&peer->asking, now_ms)) {
        undecided_rest(peer->undecided, at);
    } else {
        undecided_asked(peer->undecided, at, now_ms);
    }
}

static struct undecided_head *remember(struct core *core, struct peer *peer, const struct head *head)
{
    struct undecided *undecided = undecided_of(core, peer);
    size_t in_all = 0;

    for (size_t i = 0; i < core->peers.count; i++) {
        const struct undecided *other = core->peers.entries[i].undecided;

        in_all += other == NULL ? 0 : other->held;
    }
    undecided_bound(undecided, peer->role == NET_DIAL ? 0 : in_all);
    return undecided_put(undecided, head);
}

static void pass_over(struct core *core, struct peer *peer, const struct head *head)
{
    ask_introduction(core, peer, remember(core, peer, head));
}

/* Of an admitted author, for whom there is no room among the peer's claims now. */
static void keep_for_later(struct core *core, struct peer *peer, const struct head *head)
{
    struct undecided_head *at = remember(core, peer, head);

    undecided_hurry(peer->undecided, at);
}

static void forget(const struct peer *peer, const struct actor_id *author)
{
    struct undecided_head *at = peer->undecided == NULL ? NULL : undecided_find(peer->undecided, author);

    if (at != NULL) {
        undecided_remove(peer->undecided, at);
    }
}

static void feed_head(struct core *core, struct peer *peer, const struct head *head)
{
    struct sync_event event = {.kind = SYNC_PEER_HEAD, .peer = peer->id, .head = *head};

    event.ours = compare(core, head, &event.ours_next);
    if (event.ours == SYNC_OURS_NOT_ADMITTED) {
        pass_over(core, peer, head);
    } else if (event.ours == SYNC_OURS_MISSING && !sync_may_claim(core->sync, peer->id, &head->author)) {
        keep_for_later(core, peer, head);
    } else {
        forget(peer, &head->author);
    }
    step(core, &event, NULL);
}

static void hurry(struct core *core, const struct actor_id *author)
{
    for (size_t i = 0; i < core->peers.count; i++) {
        struct undecided *undecided = core->peers.entries[i].undecided;
        struct undecided_head *at = undecided == NULL ? NULL : undecided_find(undecided, author);

        if (at != NULL) {
            undecided_hurry(undecided, at);
        }
    }
}

/* An accepted block names those whom it accredits: they are looked at next. */
static void hurry_named(struct core *core, size_t by, uint64_t seq)
{
    for (size_t i = core->authors->count; i-- > 0;) {
        const struct author *author = &core->authors->items[i];

        if (author->accredited_by == by && author->accredited_at == seq) {
            const struct actor_id id = authors_id(core->authors, i);

            hurry(core, &id);
        }
    }
}

static struct undecided_head *due_of(const struct core *core, const struct peer *peer)
{
    struct undecided_head *at =
        peer->undecided == NULL ? NULL : undecided_first(peer->undecided, UNDECIDED_DUE);

    return at != NULL && sync_may_claim(core->sync, peer->id, &at->author) ? at : NULL;
}

static struct undecided_head *ask_of(const struct core *core, const struct peer *peer, uint64_t *next_ms)
{
    const uint64_t now_ms = world_now_ms(core->world), may_ms = peers_introduce_ms(&peer->asking, now_ms);
    struct undecided_head *at =
        peer->undecided == NULL ? NULL : undecided_to_ask(peer->undecided, now_ms, next_ms);

    if (at != NULL && may_ms > now_ms) {
        *next_ms = may_ms < *next_ms ? may_ms : *next_ms;
        return NULL;
    }
    return at;
}

/* Returns: whether anything of peer was to be looked at. */
static bool look(struct core *core, struct peer *peer)
{
    uint64_t next_ms = UINT64_MAX, ours_next = 0;
    struct undecided_head *at = due_of(core, peer);
    struct head head;

    at = at == NULL ? ask_of(core, peer, &next_ms) : at;
    if (at == NULL) {
        return false;
    }
    head = undecided_head_of(at);
    if (compare(core, &head, &ours_next) == SYNC_OURS_NOT_ADMITTED) {
        ask_introduction(core, peer, at);
    } else {
        undecided_remove(peer->undecided, at);
        feed_head(core, peer, &head);
    }
    return true;
}

/* A turn of the loop. */
static void recheck(struct core *core)
{
    size_t idle = 0;

    for (size_t i = 0; i < RECHECK_HEADS_MAX && idle < core->peers.count; i++) {
        core->recheck_at = (core->recheck_at + 1) % core->peers.count;
        idle = look(core, &core->peers.entries[core->recheck_at]) ? 0 : idle + 1;
    }
}

static void note_wake(struct core *core)
{
    core->recheck_ms = UINT64_MAX;
    for (size_t i = 0; i < core->peers.count; i++) {
        const struct peer *peer = &core->peers.entries[i];

        if (due_of(core, peer) != NULL || ask_of(core, peer, &core->recheck_ms) != NULL) {
            core->recheck_ms = world_now_ms(core->world);
        }
    }
}

/* ---- what comes ---- */

void core_on_up(struct core *core, uint32_t node, bool dialled)
{
    struct peer *peer = &core->peers.entries[core->peers.count++];

    assert(core->peers.count < PEERS_MAX);
    *peer = (struct peer){.id = core->peers.next_id++,
                          .role = dialled ? NET_DIAL : NET_LISTEN,
                          .number = node,
                          .unasked_bytes = PEER_UNASKED_BYTES_MAX,
                          .unasked_ms = world_now_ms(core->world)};
    hearing_begin(&peer->hearing, &core->held.heard[node]);
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
    step(core, &event, NULL);
    peers_remove(&core->peers, peer);
    note_wake(core);
}

static void extend(struct core *core, uint32_t peer, size_t author, const struct head *head, size_t size)
{
    holdings_extend(&core->held, author, core->held.lengths[author] + 1);
    if (core->held.lengths[author] == core->authors->items[author].initial) {
        core->behind--;
        core->whole_us = core->world->now_us;
    }
    feed_block(core, SYNC_BLOCK_NEW, peer, head, size);
    if (peer != SYNC_LOCAL) {
        feed_block(core, SYNC_BLOCK_IN, peer, head, size);
    }
    hurry_named(core, author, head->seq);
}

static void on_block(struct core *core, struct peer *peer, const struct head *head, size_t size)
{
    const size_t author = authors_number(core->authors, &head->author);

    assert(author < core->authors->count && authors_is_true(core->authors, head));
    if (head->seq < core->held.lengths[author]) {
        feed_block(core, SYNC_BLOCK_IN, peer->id, head, size);
    } else if (!core_admits(core, author)) {
        pass_over(core, peer, head);
    } else if (head->seq > core->held.lengths[author]) {
        feed_block(core, SYNC_BLOCK_ORPHAN, peer->id, head, size);
    } else {
        extend(core, peer->id, author, head, size);
    }
}

static void on_frame(struct core *core, struct peer *peer, const struct sim_frame *frame)
{
    switch (frame->kind) {
    case FRAME_HEADS:
        for (size_t i = 0; i < frame->head_count; i++) {
            feed_head(core, peer, &frame->heads[i]);
        }
        if (frame->head.epoch == 1) {
            hear_page(core, peer, frame);
        }
        break;
    case FRAME_HEARD:
        on_heard(core, peer, frame);
        break;
    case FRAME_WANT:
        step(core,
             &(struct sync_event){.kind = SYNC_PEER_WANT, .peer = peer->id, .author = frame->head.author},
             frame);
        break;
    case FRAME_BLOCK:
        on_block(core, peer, &frame->head, frame->size);
        break;
    default: /* what a newer node says, this one ignores */
        break;
    }
}

void core_on_frame(struct core *core, const struct sim_frame *frame)
{
    struct peer *peer = core_peer(core, frame->from);

    if (peer != NULL && !peer->kicked) {
        on_frame(core, peer, frame);
        note_wake(core);
    }
}

void core_publish(struct core *core, size_t author)
{
    const struct head head = authors_head(core->authors, author, core->authors->items[author].length);

    extend(core, SYNC_LOCAL, author, &head, 0);
    note_wake(core);
}

void core_on_time(struct core *core)
{
    const uint64_t now_ms = world_now_ms(core->world);

    if (now_ms >= core->deadline_ms) {
        step(core, &(struct sync_event){.kind = SYNC_TICK, .peer = SYNC_LOCAL}, NULL);
    }
    if (now_ms >= core->tell_ms) {
        tell(core);
    }
    if (now_ms >= core->note_ms) {
        note(core);
    }
    if (now_ms >= core->recheck_ms) {
        recheck(core);
    }
    note_wake(core);
}

uint64_t core_wake_us(const struct core *core)
{
    uint64_t wake_ms = core->recheck_ms < core->deadline_ms ? core->recheck_ms : core->deadline_ms;

    wake_ms = core->tell_ms < wake_ms ? core->tell_ms : wake_ms;
    wake_ms = core->note_ms < wake_ms ? core->note_ms : wake_ms;
    return wake_ms == UINT64_MAX ? UINT64_MAX : wake_ms * WORLD_US_A_MS;
}
