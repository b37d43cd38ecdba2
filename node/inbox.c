#include "node/inbox.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- rings ---- */

static void ring_add(struct inboxes *all, struct inbox *inbox)
{
    struct inbox *at = all->ring[inbox->rank];

    if (at == NULL) {
        all->ring[inbox->rank] = inbox->next = inbox->previous = inbox;
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
    if (all->ring[inbox->rank] == inbox) {
        all->ring[inbox->rank] = inbox->next == inbox ? NULL : inbox->next;
    }
}

struct inbox *inbox_create(struct inboxes *all, enum inbox_rank rank, uint32_t peer)
{
    struct inbox *inbox = calloc(1, sizeof *inbox);

    if (inbox != NULL) {
        inbox->all = all;
        inbox->rank = rank;
        inbox->peer = peer;
        ring_add(all, inbox);
    }
    return inbox;
}

void inbox_set_rank(struct inbox *inbox, enum inbox_rank rank)
{
    ring_remove(inbox->all, inbox);
    inbox->rank = rank;
    ring_add(inbox->all, inbox);
}

/* ---- frames ---- */

static size_t cost_of(size_t size)
{
    return sizeof(struct inbox_frame) + size;
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
    inbox->size -= cost_of(frame->size);
    inbox->all->size -= cost_of(frame->size);
    inbox->count--;
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

/* Who of a rank holds most, NULL when nobody holds more than little. */
static struct inbox *largest_of(const struct inboxes *all, enum inbox_rank rank)
{
    struct inbox *first = all->ring[rank], *largest = first;

    for (struct inbox *at = first; at != NULL; at = at->next == first ? NULL : at->next) {
        largest = at->size > largest->size ? at : largest;
    }
    return largest != NULL && largest->size > INBOX_LITTLE ? largest : NULL;
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

/* Who gives room for size more of inbox; NULL: nobody but itself. */
static struct inbox *giver_to(const struct inbox *inbox, size_t size)
{
    const struct inboxes *all = inbox->all;
    const size_t lowest = inbox->size + size <= INBOX_LITTLE ? 0 : inbox->rank;
    struct inbox *largest = NULL;

    for (size_t rank = INBOX_RANK_COUNT; rank-- > lowest && largest == NULL;) {
        largest = largest_of(all, (enum inbox_rank)rank);
        if (largest != NULL && rank <= inbox->rank && largest->size <= inbox->size + size) {
            largest = NULL;
        }
    }
    return largest;
}

/* Make room in all for size more of inbox. Returns: false when it has to come from inbox itself. */
static bool make_room(struct inbox *inbox, size_t size)
{
    while (inbox->all->size + size > INBOXES_SIZE_MAX) {
        struct inbox *giver = giver_to(inbox, size);

        if (giver == NULL) {
            return false;
        }
        drop_one(giver);
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
    inbox->size += size;
    inbox->all->size += size;
    inbox->count++;
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
    inbox->size += cost_of(frame->size);
    inbox->all->size += cost_of(frame->size);
    inbox->count++;
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

/* How many peers of a rank have a frame that may be taken, no further than most. */
static size_t waiting_of(const struct inboxes *all, enum inbox_rank rank, size_t most)
{
    const struct inbox *first = all->ring[rank];
    size_t count = 0;

    for (const struct inbox *at = first; at != NULL && count < most;
         at = at->next == first ? NULL : at->next) {
        count += has_frame(at);
    }
    return count;
}

/* The same of all peers. */
static size_t waiting(const struct inboxes *all, size_t most)
{
    size_t count = 0;

    for (size_t rank = 0; all->size > 0 && rank < INBOX_RANK_COUNT; rank++) {
        count += waiting_of(all, (enum inbox_rank)rank, most);
    }
    return count;
}

bool inboxes_wait(const struct inboxes *all)
{
    return waiting(all, 1) > 0;
}

bool inboxes_contend(const struct inboxes *all)
{
    return waiting(all, 2) > 1;
}

/* The next peer's turn begins. Turns that were not used are not saved up. */
static void pass_on(struct inboxes *all, enum inbox_rank rank)
{
    struct inbox *next = all->ring[rank]->next;

    next->left_ns =
        next->left_ns + INBOX_TURN_NS < INBOX_TURN_NS ? next->left_ns + INBOX_TURN_NS : INBOX_TURN_NS;
    all->ring[rank] = next;
}

/* Requires: some peer of the rank has a frame. Ends: each time round, who has one has a turn's less to wait.
 */
static struct inbox *turn_of(struct inboxes *all, enum inbox_rank rank)
{
    while (!has_frame(all->ring[rank]) || all->ring[rank]->left_ns <= 0) {
        pass_on(all, rank);
    }
    return all->ring[rank];
}

/* Which rank is served next: of those that wait, who had least. One that has nothing saves nothing up.
 * Returns: INBOX_RANK_COUNT when nobody waits. */
static enum inbox_rank next_rank(struct inboxes *all)
{
    bool waits[INBOX_RANK_COUNT];
    size_t next = INBOX_RANK_COUNT;

    for (size_t rank = 0; rank < INBOX_RANK_COUNT; rank++) {
        waits[rank] = waiting_of(all, (enum inbox_rank)rank, 1) > 0;
        if (waits[rank] && (next == INBOX_RANK_COUNT || all->used_ns[rank] < all->used_ns[next])) {
            next = rank;
        }
    }
    for (size_t rank = 0; rank < INBOX_RANK_COUNT && next < INBOX_RANK_COUNT; rank++) {
        if (!waits[rank] && all->used_ns[rank] < all->used_ns[next]) {
            all->used_ns[rank] = all->used_ns[next];
        }
    }
    return (enum inbox_rank)next;
}

struct inbox_frame *inboxes_take(struct inboxes *all, struct inbox **from)
{
    struct inbox *inbox = NULL;
    enum inbox_rank rank = all->size == 0 ? INBOX_RANK_COUNT : next_rank(all);
    enum inbox_queue queue;

    if (rank == INBOX_RANK_COUNT) {
        return NULL;
    }
    inbox = turn_of(all, rank);
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
    inbox->all->used_ns[inbox->rank] += cost_ns;
}
