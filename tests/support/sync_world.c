#include "tests/support/sync_world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { DELAY_MS_MIN = 5, DELAY_MS_MAX = 130, POINTS_MAX = 4, BLOCK_SIZE = 48 * 1024 };

enum message_kind {
    MESSAGE_HEARD, /* what it says that was heard fits nothing: all is told */
    MESSAGE_HEAD,
    MESSAGE_WANT,
    MESSAGE_GAPS,
    MESSAGE_BLOCK,
    MESSAGE_FILL,
    MESSAGE_CHECKPOINT
};

struct sync_world_message {
    uint64_t at_ms;
    uint64_t order;
    enum message_kind kind;
    uint32_t from, to;
    struct head head;
    size_t point_count;
    struct head points[POINTS_MAX]; /* of a want: our head, and a block beside the chain */
};

struct sync_world *sync_world_create(uint64_t seed, size_t node_count, size_t author_count)
{
    struct sync_world *world = calloc(1, sizeof *world);

    assert(world != NULL);
    assert(node_count <= SYNC_WORLD_NODES_MAX);
    assert(author_count <= SYNC_WORLD_AUTHORS_MAX);
    world->random = seed;
    world->node_count = node_count;
    world->author_count = author_count;
    for (size_t i = 0; i < node_count; i++) {
        world->nodes[i].sync = malloc(sync_size());
        assert(world->nodes[i].sync != NULL);
        sync_init(world->nodes[i].sync, sync_world_draw(world, UINT64_MAX), SYNC_WAITS);
        for (size_t a = 0; a < author_count; a++) {
            world->nodes[i].logs[a].admitted = true;
        }
    }
    for (size_t a = 0; a < author_count; a++) {
        world->fork_seq[a] = SYNC_WORLD_NO_FORK;
    }
    return world;
}

void sync_world_destroy(struct sync_world *world)
{
    for (size_t i = 0; i < world->node_count; i++) {
        free(world->nodes[i].sync);
    }
    free(world->messages);
    free(world);
}

uint64_t sync_world_draw(struct sync_world *world, uint64_t below)
{
    world->random ^= world->random << 13;
    world->random ^= world->random >> 7;
    world->random ^= world->random << 17;
    return world->random % below;
}

static void trace(struct sync_world *world, uint64_t value)
{
    world->trace = (world->trace ^ value) * UINT64_C(0x100000001b3);
}

/* ---- fake blocks ---- */

/* A hash that tells what it names. */
static struct hash hash_of(const struct sync_world *world, size_t author, size_t branch, uint32_t seq)
{
    struct hash hash = {{0}};

    hash.bytes[0] = (uint8_t)(1 + author);
    hash.bytes[1] = seq < world->fork_seq[author] ? 0 : (uint8_t)(1 + branch);
    memcpy(hash.bytes + 2, &seq, sizeof seq);
    return hash;
}

static struct actor_id author_id(size_t author)
{
    struct actor_id id = {{{0}}};

    id.hash.bytes[0] = (uint8_t)(1 + author);
    return id;
}

static size_t author_of(const struct actor_id *id)
{
    return (size_t)id->hash.bytes[0] - 1;
}

static size_t branch_of(const struct head *head)
{
    return head->hash.bytes[1] == 2 ? 1 : 0;
}

struct head sync_world_head(const struct sync_world *world, size_t author, size_t branch, uint32_t length)
{
    struct head head;

    assert(length > 0);
    memset(&head, 0, sizeof head);
    head.author = author_id(author);
    head.seq = length - 1;
    head.bytes = (uint64_t)length * BLOCK_SIZE;
    head.hash = hash_of(world, author, branch, length - 1);
    return head;
}

/* ---- logs ---- */

static size_t chain_branch(const struct sync_world_log *log)
{
    return log->branch[0] > 0 ? 0 : 1;
}

uint32_t sync_world_length(const struct sync_world *world, size_t node, size_t author)
{
    const struct sync_world_log *log = &world->nodes[node].logs[author];

    return log->trunk + log->branch[chain_branch(log)];
}

static bool is_held(const struct sync_world *world, const struct sync_world_log *log, const struct head *head)
{
    uint32_t fork = world->fork_seq[author_of(&head->author)];

    if (head->seq < fork) {
        return head->seq < log->trunk;
    }
    return head->seq - fork < log->branch[branch_of(head)];
}

static bool is_on_chain(const struct sync_world *world, const struct sync_world_log *log,
                        const struct head *head)
{
    return is_held(world, log, head) &&
           (head->seq < world->fork_seq[author_of(&head->author)] || branch_of(head) == chain_branch(log));
}

static enum sync_ours compare(const struct sync_world *world, size_t node, const struct head *head)
{
    size_t author = author_of(&head->author);
    const struct sync_world_log *log = &world->nodes[node].logs[author];

    if (!log->admitted) {
        return SYNC_OURS_NOT_ADMITTED;
    }
    if (!is_held(world, log, head)) {
        return SYNC_OURS_MISSING;
    }
    return is_on_chain(world, log, head) && head->seq + 1 < sync_world_length(world, node, author)
               ? SYNC_OURS_AHEAD
               : SYNC_OURS_SAME;
}

/* ---- sending ---- */

static bool is_before(const struct sync_world_message *a, const struct sync_world_message *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void swap(struct sync_world_message *a, struct sync_world_message *b)
{
    struct sync_world_message kept = *a;

    *a = *b;
    *b = kept;
}

static void heap_push(struct sync_world *world, const struct sync_world_message *message)
{
    size_t at = world->message_count++;

    if (world->message_count > world->message_capacity) {
        world->message_capacity = 2 * world->message_capacity + 64;
        world->messages = realloc(world->messages, world->message_capacity * sizeof *world->messages);
        assert(world->messages != NULL);
    }
    world->messages[at] = *message;
    for (; at > 0 && is_before(&world->messages[at], &world->messages[(at - 1) / 2]); at = (at - 1) / 2) {
        swap(&world->messages[at], &world->messages[(at - 1) / 2]);
    }
}

static struct sync_world_message heap_pop(struct sync_world *world)
{
    struct sync_world_message top = world->messages[0];
    size_t at = 0;

    world->messages[0] = world->messages[--world->message_count];
    for (;;) {
        size_t least = at;

        for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++) {
            if (child < world->message_count && is_before(&world->messages[child], &world->messages[least])) {
                least = child;
            }
        }
        if (least == at) {
            return top;
        }
        swap(&world->messages[at], &world->messages[least]);
        at = least;
    }
}

static void send(struct sync_world *world, uint32_t from, uint32_t to, struct sync_world_message message)
{
    uint64_t *free_ms = &world->link_free_ms[from][to];

    world->counts.messages++;
    if (!world->nodes[from].linked[to] || sync_world_draw(world, 100) < world->loss_percent) {
        return;
    }
    message.from = from;
    message.to = to;
    message.order = world->order++;
    message.at_ms = world->now_ms + DELAY_MS_MIN + sync_world_draw(world, DELAY_MS_MAX - DELAY_MS_MIN);
    if (message.at_ms < *free_ms) {
        message.at_ms = *free_ms;
    }
    *free_ms = message.at_ms;
    heap_push(world, &message);
}

static void send_head(struct sync_world *world, uint32_t from, uint32_t to, size_t author)
{
    uint32_t length = sync_world_length(world, from, author);
    const struct sync_world_log *log = &world->nodes[from].logs[author];

    if (length > 0) {
        struct head head = sync_world_head(world, author, chain_branch(log), length);

        head.gaps = log->gaps > 0 && !log->denies_gaps;
        send(world, from, to, (struct sync_world_message){.kind = MESSAGE_HEAD, .head = head});
    }
}

/* Fuller copies, where this node has them, and its head. */
static void send_fills(struct sync_world *world, uint32_t from, uint32_t to, const struct head *asked)
{
    size_t author = author_of(&asked->author);

    for (uint32_t i = 0; i < SYNC_BATCH_BLOCKS_MAX && world->nodes[from].logs[author].gaps == 0; i++) {
        send(world, from, to, (struct sync_world_message){.kind = MESSAGE_FILL, .head = *asked});
    }
    send_head(world, from, to, author);
}

static void send_checkpoint(struct sync_world *world, uint32_t from, uint32_t to, size_t author)
{
    uint32_t length = world->nodes[from].logs[author].checkpoint;

    if (length == 0) {
        return;
    }
    world->counts.checkpoints++;
    send(world, from, to,
         (struct sync_world_message){.kind = MESSAGE_CHECKPOINT,
                                     .head = sync_world_head(world, author, 0, length)});
}

static void send_blocks(struct sync_world *world, uint32_t from, const struct sync_world_message *want)
{
    size_t author = author_of(&want->head.author);
    const struct sync_world_log *log = &world->nodes[from].logs[author];
    uint32_t seq = 0, length = sync_world_length(world, from, author);

    for (size_t i = 0; i < want->point_count; i++) {
        if (is_on_chain(world, log, &want->points[i]) && want->points[i].seq + 1 > seq) {
            seq = (uint32_t)want->points[i].seq + 1;
        }
    }
    /* The thinned-out locator of a node finds the fork; here the common trunk stands for it. */
    if (seq == 0 && want->point_count > 0) {
        seq = log->trunk < want->points[0].seq ? log->trunk : (uint32_t)want->points[0].seq;
    }
    world->counts.wants_moved += seq < length;
    for (uint32_t sent = 0; sent < SYNC_BATCH_BLOCKS_MAX && seq < length; sent++, seq++) {
        send(world, from, want->from,
             (struct sync_world_message){.kind = MESSAGE_BLOCK,
                                         .head = sync_world_head(world, author, chain_branch(log), seq + 1)});
    }
    send_head(world, from, want->from, author);
    if (seq == length) {
        send_checkpoint(world, from, want->from, author);
    }
}

static void send_want(struct sync_world *world, uint32_t from, const struct sync_action *action)
{
    size_t author = author_of(&action->author);
    const struct sync_world_log *log = &world->nodes[from].logs[author];
    uint32_t length = sync_world_length(world, from, author);
    struct sync_world_message want = {.kind = MESSAGE_WANT, .head = {.author = action->author}};

    world->counts.wants++;
    if (length > 0) {
        want.points[want.point_count++] = sync_world_head(world, author, chain_branch(log), length);
    }
    if (!hash_is_zero(&action->head.hash)) {
        want.points[want.point_count++] = action->head;
    }
    send(world, from, action->peer, want);
}

static void push_block(struct sync_world *world, uint32_t from, const struct sync_action *action)
{
    uint16_t *pushes = &world->pushes[author_of(&action->author)][branch_of(&action->head)]
                                     [action->head.seq % SYNC_WORLD_BLOCKS_MAX];

    (*pushes)++;
    if (*pushes > world->counts.pushes_max) {
        world->counts.pushes_max = *pushes;
    }
    send(world, from, action->peer, (struct sync_world_message){.kind = MESSAGE_BLOCK, .head = action->head});
}

static void tell_all(struct sync_world *world, uint32_t node, uint32_t peer)
{
    for (size_t author = 0; author < world->author_count; author++) {
        send_head(world, node, peer, author);
        send_checkpoint(world, node, peer, author);
    }
}

static void perform(struct sync_world *world, uint32_t node, const struct sync_action *action,
                    const struct sync_world_message *want)
{
    trace(world, world->now_ms);
    trace(world, (uint64_t)action->kind << 48 | (uint64_t)node << 32 | action->peer);
    trace(world, (uint64_t)action->author.hash.bytes[0] << 32 | action->head.seq);
    switch (action->kind) {
    case SYNC_SEND_HEARD:
        send(world, node, action->peer, (struct sync_world_message){.kind = MESSAGE_HEARD});
        break;
    case SYNC_SEND_HEAD:
        send_head(world, node, action->peer, author_of(&action->author));
        break;
    case SYNC_SEND_WANT:
        send_want(world, node, action);
        break;
    case SYNC_SEND_GAPS:
        world->counts.gap_wants++;
        send(world, node, action->peer,
             (struct sync_world_message){.kind = MESSAGE_GAPS, .head = {.author = action->author}});
        break;
    case SYNC_SEND_CUTS: /* nothing here withdraws */
        break;
    case SYNC_SEND_BLOCKS:
        send_blocks(world, node, want);
        break;
    case SYNC_PUSH_BLOCK:
        push_block(world, node, action);
        break;
    case SYNC_PUSH_EVIDENCE:
        send_checkpoint(world, node, action->peer, author_of(&action->author));
        break;
    }
}

static void step(struct sync_world *world, uint32_t node, const struct sync_event *event,
                 const struct sync_world_message *want)
{
    sync_step(world->nodes[node].sync, event, world->now_ms, &world->actions);
    for (size_t i = 0; i < world->actions.count; i++) {
        perform(world, node, &world->actions.items[i], want);
    }
}

/* ---- receiving ---- */

static void feed(struct sync_world *world, uint32_t node, enum sync_event_kind kind, uint32_t peer,
                 const struct head *head)
{
    step(world, node, &(struct sync_event){.kind = kind, .peer = peer, .head = *head, .size = BLOCK_SIZE},
         NULL);
}

static void keep_checkpoint(struct sync_world *world, uint32_t node, uint32_t peer, const struct head *head)
{
    struct sync_world_log *log = &world->nodes[node].logs[author_of(&head->author)];
    uint32_t length = (uint32_t)head->seq + 1;

    if (length <= log->checkpoint || !is_held(world, log, head)) {
        return;
    }
    log->checkpoint = length;
    step(world, node, &(struct sync_event){.kind = SYNC_EVIDENCE_NEW, .peer = peer, .author = head->author},
         NULL);
}

/* What ingest does: extend, switch, keep aside, or refuse. */
static void on_block(struct sync_world *world, uint32_t node, uint32_t peer, const struct head *head)
{
    size_t author = author_of(&head->author), branch = branch_of(head);
    struct sync_world_log *log = &world->nodes[node].logs[author];
    uint32_t fork = world->fork_seq[author], length = sync_world_length(world, node, author);
    uint32_t *count = head->seq < fork ? &log->trunk : &log->branch[branch];
    uint64_t at = head->seq < fork ? head->seq : head->seq - fork;
    size_t before = chain_branch(log);
    bool known = at < *count;

    if (!log->admitted) {
        return;
    }
    if (!known && (at > *count || (head->seq >= fork && log->trunk < fork))) {
        feed(world, node, SYNC_BLOCK_ORPHAN, peer, head);
        return;
    }
    if (!known) {
        (*count)++;
    }
    if (!known && (sync_world_length(world, node, author) != length || chain_branch(log) != before)) {
        feed(world, node, SYNC_BLOCK_NEW, peer, head);
    }
    if (peer != SYNC_LOCAL) {
        feed(world, node, SYNC_BLOCK_IN, peer, head);
    }
}

static void on_fill(struct sync_world *world, uint32_t node, struct sync_event *event)
{
    struct sync_world_log *log = &world->nodes[node].logs[author_of(&event->head.author)];

    if (log->gaps > 0) {
        log->gaps--;
        event->kind = SYNC_BLOCK_FILLED;
        event->ours_gaps = log->gaps > 0;
        step(world, node, event, NULL);
    }
}

static void receive(struct sync_world *world, const struct sync_world_message *message)
{
    uint32_t node = message->to, peer = message->from;
    struct sync_event event = {.peer = peer, .head = message->head, .author = message->head.author};

    if (!world->nodes[node].linked[peer]) {
        return;
    }
    switch (message->kind) {
    case MESSAGE_HEARD:
        tell_all(world, message->to, message->from);
        break;
    case MESSAGE_HEAD:
        event.kind = SYNC_PEER_HEAD;
        event.ours = compare(world, node, &message->head);
        event.ours_gaps = world->nodes[node].logs[author_of(&message->head.author)].gaps > 0;
        event.ours_next = sync_world_length(world, node, author_of(&message->head.author));
        step(world, node, &event, NULL);
        break;
    case MESSAGE_WANT:
        event.kind = SYNC_PEER_WANT;
        step(world, node, &event, message);
        break;
    case MESSAGE_GAPS:
        send_fills(world, node, peer, &message->head);
        break;
    case MESSAGE_FILL:
        on_fill(world, node, &event);
        break;
    case MESSAGE_BLOCK:
        on_block(world, node, peer, &message->head);
        break;
    case MESSAGE_CHECKPOINT:
        keep_checkpoint(world, node, peer, &message->head);
        break;
    }
}

/* ---- the test's hand ---- */

static void set_link(struct sync_world *world, size_t a, size_t b, bool linked)
{
    enum sync_event_kind kind = linked ? SYNC_PEER_UP : SYNC_PEER_DOWN;

    if (a == b || world->nodes[a].linked[b] == linked) {
        return;
    }
    world->nodes[a].linked[b] = world->nodes[b].linked[a] = linked;
    step(world, (uint32_t)a, &(struct sync_event){.kind = kind, .peer = (uint32_t)b}, NULL);
    step(world, (uint32_t)b, &(struct sync_event){.kind = kind, .peer = (uint32_t)a}, NULL);
}

void sync_world_link(struct sync_world *world, size_t a, size_t b)
{
    set_link(world, a, b, true);
}

void sync_world_unlink(struct sync_world *world, size_t a, size_t b)
{
    set_link(world, a, b, false);
}

void sync_world_link_at_random(struct sync_world *world)
{
    for (size_t i = 0; i < world->node_count; i++) {
        sync_world_link(world, i, (i + 1) % world->node_count);
    }
    for (size_t i = 0; i < world->node_count / 2; i++) {
        sync_world_link(world, sync_world_draw(world, world->node_count),
                        sync_world_draw(world, world->node_count));
    }
}

void sync_world_hold(struct sync_world *world, size_t node, size_t author, size_t branch, uint32_t count)
{
    struct sync_world_log *log = &world->nodes[node].logs[author];
    uint32_t fork = world->fork_seq[author];

    log->trunk = count < fork ? count : fork;
    log->branch[branch] = count - log->trunk;
    log->checkpoint = log->trunk;
}

void sync_world_publish(struct sync_world *world, size_t node, size_t author)
{
    uint32_t length = sync_world_length(world, node, author) + 1;
    struct head head = sync_world_head(world, author, chain_branch(&world->nodes[node].logs[author]), length);

    on_block(world, (uint32_t)node, SYNC_LOCAL, &head);
    keep_checkpoint(world, (uint32_t)node, SYNC_LOCAL, &head);
}

static uint64_t next_ms(const struct sync_world *world)
{
    uint64_t at_ms = world->message_count > 0 ? world->messages[0].at_ms : UINT64_MAX;

    for (size_t i = 0; i < world->node_count; i++) {
        uint64_t deadline_ms = sync_deadline_ms(world->nodes[i].sync);

        if (deadline_ms < at_ms) {
            at_ms = deadline_ms;
        }
    }
    return at_ms;
}

void sync_world_run(struct sync_world *world, uint64_t ms)
{
    uint64_t end_ms = world->now_ms + ms, at_ms = 0;

    while ((at_ms = next_ms(world)) <= end_ms) {
        assert(at_ms >= world->now_ms);
        world->now_ms = at_ms;
        while (world->message_count > 0 && world->messages[0].at_ms <= at_ms) {
            struct sync_world_message message = heap_pop(world);

            receive(world, &message);
        }
        for (size_t i = 0; i < world->node_count; i++) {
            if (sync_deadline_ms(world->nodes[i].sync) <= at_ms) {
                step(world, (uint32_t)i, &(struct sync_event){.kind = SYNC_TICK, .peer = SYNC_LOCAL}, NULL);
            }
        }
    }
    world->now_ms = end_ms;
}

bool sync_world_agrees(const struct sync_world *world, size_t author)
{
    const struct sync_world_log *first = NULL;
    uint32_t length = 0;

    for (size_t i = 0; i < world->node_count; i++) {
        const struct sync_world_log *log = &world->nodes[i].logs[author];

        if (!log->admitted) {
            continue;
        }
        if (first == NULL) {
            first = log;
            length = sync_world_length(world, i, author);
        }
        if (sync_world_length(world, i, author) != length || chain_branch(log) != chain_branch(first) ||
            log->checkpoint != first->checkpoint) {
            return false;
        }
    }
    return true;
}

bool sync_world_agrees_on_all(const struct sync_world *world)
{
    for (size_t author = 0; author < world->author_count; author++) {
        if (!sync_world_agrees(world, author)) {
            return false;
        }
    }
    return true;
}
