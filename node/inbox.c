#include "node/inbox.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- rings ---- */

static void ring_add(struct inboxes *all, struct inbox *inbox)
{
    struct inbox *at = all->ring[inbox->role];

    if (at == NULL) {
        all->ring[inbox->role] = inbox->next = inbox->previous = inbox;
        return;
    }
    inbox->next = at;
    inbox->previous = at->previous;
    at->previous->next = inbox;
    at->previous = inbox;
}

static void ring_remove(struct inboxes *all, struct inbox *inbox)
{
    inbox->previous->next = inbox->next;
    inbox->next->previous = inbox->previous;
    if (all->ring[inbox->role] == inbox) {
        all->ring[inbox->role] = inbox->next == inbox ? NULL : inbox->next;
    }
}

struct inbox *inbox_create(struct inboxes *all, enum net_role role, uint32_t peer)
{
    struct inbox *inbox = calloc(1, sizeof *inbox);

    if (inbox != NULL) {
        inbox->all = all;
        inbox->role = role;
        inbox->peer = peer;
        ring_add(all, inbox);
    }
    return inbox;
}

/* ---- frames ---- */

static size_t cost_of(size_t size)
{
    return sizeof(struct inbox_frame) + size;
}

static void count_in(struct inbox *inbox, size_t size)
{
    inbox->size += cost_of(size);
    inbox->all->size += cost_of(size);
    inbox->all->inbound_size += inbox->role == NET_LISTEN ? cost_of(size) : 0;
    inbox->count++;
}

static void count_out(struct inbox *inbox, size_t size)
{
    inbox->size -= cost_of(size);
    inbox->all->size -= cost_of(size);
    inbox->all->inbound_size -= inbox->role == NET_LISTEN ? cost_of(size) : 0;
    inbox->count--;
}

static struct inbox_frame *take(struct inbox *inbox, enum inbox_queue queue, struct inbox_frame *frame)
{
    if (frame->earlier == NULL) {
        inbox->first[queue] = frame->later;
    } else {
        frame->earlier->later = frame->later;
    }
    if (frame->later == NULL) {
        inbox->last[queue] = frame->earlier;
    } else {
        frame->later->earlier = frame->earlier;
    }
    count_out(inbox, frame->size);
    return frame;
}

void inbox_clear(struct inbox *inbox)
{
    for (size_t queue = 0; queue < INBOX_QUEUE_COUNT; queue++) {
        while (inbox->first[queue] != NULL) {
            free(take(inbox, (enum inbox_queue)queue, inbox->first[queue]));
        }
    }
}

void inbox_destroy(struct inbox *inbox)
{
    if (inbox == NULL) {
        return;
    }
    inbox_clear(inbox);
    ring_remove(inbox->all, inbox);
    free(inbox);
}

/* ---- room ---- */

/* Who of role holds most, NULL when nobody holds anything. */
static struct inbox *largest_of(const struct inboxes *all, enum net_role role)
{
    struct inbox *first = all->ring[role], *largest = first;

    for (struct inbox *at = first; at != NULL; at = at->next == first ? NULL : at->next) {
        largest = at->size > largest->size ? at : largest;
    }
    return largest != NULL && largest->size > 0 ? largest : NULL;
}

/* The latest goes: of blocks in order the first ones are worth something alone. */
static void drop_one(struct inbox *inbox)
{
    static const enum inbox_queue order[] = {INBOX_QUESTIONS, INBOX_BULK, INBOX_EXPRESS};

    for (size_t i = 0; i < INBOX_QUEUE_COUNT; i++) {
        if (inbox->last[order[i]] != NULL) {
            free(take(inbox, order[i], inbox->last[order[i]]));
            inbox->dropped++;
            return;
        }
    }
}

/* Make room in all for size more of inbox. Returns: false when it has to come from inbox itself. */
static bool make_room(struct inbox *inbox, size_t size)
{
    struct inboxes *all = inbox->all;

    while (all->size + size > INBOXES_SIZE_MAX) {
        const size_t inbound = all->inbound_size + (inbox->role == NET_LISTEN ? size : 0);
        const enum net_role role = inbound > INBOXES_INBOUND_SIZE ? NET_LISTEN : NET_DIAL;
        struct inbox *largest = largest_of(all, role);

        if (largest == NULL || (role == inbox->role && largest->size <= inbox->size + size)) {
            return false;
        }
        drop_one(largest);
    }
    return true;
}

bool inbox_put(struct inbox *inbox, enum inbox_queue queue, enum frame_kind kind, struct bytes payload)
{
    const size_t size = cost_of(payload.size);
    struct inbox_frame *frame = NULL;

    if (inbox->count < INBOX_FRAMES_MAX && inbox->size + size <= INBOX_SIZE_MAX && make_room(inbox, size)) {
        frame = malloc(size);
    }
    if (frame == NULL) {
        inbox->dropped++;
        return false;
    }
    frame->earlier = inbox->last[queue];
    frame->later = NULL;
    frame->queue = queue;
    frame->kind = kind;
    frame->done = 0;
    frame->missing = false;
    frame->size = payload.size;
    if (payload.size > 0) {
        memcpy(frame->payload, payload.data, payload.size);
    }
    if (inbox->last[queue] == NULL) {
        inbox->first[queue] = frame;
    } else {
        inbox->last[queue]->later = frame;
    }
    inbox->last[queue] = frame;
    count_in(inbox, frame->size);
    return true;
}

void inbox_put_back(struct inbox *inbox, struct inbox_frame *frame)
{
    const enum inbox_queue queue = frame->queue;

    frame->earlier = NULL;
    frame->later = inbox->first[queue];
    if (frame->later == NULL) {
        inbox->last[queue] = frame;
    } else {
        frame->later->earlier = frame;
    }
    inbox->first[queue] = frame;
    count_in(inbox, frame->size);
}

/* ---- turns ---- */

/* What is taken next of inbox; INBOX_QUEUE_COUNT: nothing may be. */
static enum inbox_queue next_queue(const struct inbox *inbox)
{
    const bool bulk = inbox->first[INBOX_BULK] != NULL;
    const bool question = inbox->first[INBOX_QUESTIONS] != NULL && !inbox->held_up;

    if (inbox->first[INBOX_EXPRESS] != NULL) {
        return INBOX_EXPRESS;
    }
    if (question && (!bulk || !inbox->questioned)) {
        return INBOX_QUESTIONS;
    }
    return bulk ? INBOX_BULK : INBOX_QUEUE_COUNT;
}

static bool has_frame(const struct inbox *inbox)
{
    return !inbox->resting && next_queue(inbox) != INBOX_QUEUE_COUNT;
}

/* How many peers of role have a frame that may be taken, no further than most. */
static size_t waiting_of(const struct inboxes *all, enum net_role role, size_t most)
{
    const struct inbox *first = all->ring[role];
    size_t count = 0;

    for (const struct inbox *at = first; at != NULL && count < most;
         at = at->next == first ? NULL : at->next) {
        count += has_frame(at);
    }
    return count;
}

bool inboxes_wait(const struct inboxes *all)
{
    return all->size > 0 && (waiting_of(all, NET_DIAL, 1) > 0 || waiting_of(all, NET_LISTEN, 1) > 0);
}

bool inboxes_contend(const struct inboxes *all)
{
    return all->size > 0 && waiting_of(all, NET_DIAL, 2) + waiting_of(all, NET_LISTEN, 2) > 1;
}

/* The next peer's turn begins. Turns that were not used are not saved up. */
static void pass_on(struct inboxes *all, enum net_role role)
{
    struct inbox *next = all->ring[role]->next;

    next->left_ns =
        next->left_ns + INBOX_TURN_NS < INBOX_TURN_NS ? next->left_ns + INBOX_TURN_NS : INBOX_TURN_NS;
    all->ring[role] = next;
}

/* Requires: some peer of role has a frame. Ends: each time round, who has one has a turn's less to wait. */
static struct inbox *turn_of(struct inboxes *all, enum net_role role)
{
    while (!has_frame(all->ring[role]) || all->ring[role]->left_ns <= 0) {
        pass_on(all, role);
    }
    return all->ring[role];
}

/* Whose peers are served next: of those that wait, who had less. One that has nothing saves nothing up.
 * Returns: false when nobody waits. */
static bool next_role(struct inboxes *all, enum net_role *out)
{
    const bool dialled = waiting_of(all, NET_DIAL, 1) > 0, inbound = waiting_of(all, NET_LISTEN, 1) > 0;
    uint64_t *used_ns = all->used_ns;

    if (dialled && inbound) {
        *out = used_ns[NET_DIAL] <= used_ns[NET_LISTEN] ? NET_DIAL : NET_LISTEN;
    } else {
        const enum net_role idle = dialled ? NET_LISTEN : NET_DIAL;

        *out = dialled ? NET_DIAL : NET_LISTEN;
        used_ns[idle] = used_ns[idle] > used_ns[*out] ? used_ns[idle] : used_ns[*out];
    }
    return dialled || inbound;
}

struct inbox_frame *inboxes_take(struct inboxes *all, struct inbox **from)
{
    struct inbox *inbox = NULL;
    enum net_role role;
    enum inbox_queue queue;

    if (all->size == 0 || !next_role(all, &role)) {
        return NULL;
    }
    inbox = turn_of(all, role);
    queue = next_queue(inbox);
    inbox->questioned = queue == INBOX_QUESTIONS;
    *from = inbox;
    return take(inbox, queue, inbox->first[queue]);
}

void inbox_charge(struct inbox *inbox, uint64_t cost_ns)
{
    const int64_t most_ns = INBOX_DEBT_NS_MAX;
    const int64_t left_ns = inbox->left_ns - (cost_ns < (uint64_t)most_ns ? (int64_t)cost_ns : most_ns);

    inbox->left_ns = left_ns > -most_ns ? left_ns : -most_ns;
    inbox->all->used_ns[inbox->role] += cost_ns;
}
