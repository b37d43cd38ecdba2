#include "node/intake.h"

#include <assert.h>
#include <stdlib.h>

#include "node/clock.h"
#include "node/ingest_shop.h"

enum {
    ITEM_SIZE_MAX = FRAME_SIZE_MAX,
    NONCE_SIZE = 32,
    GROWTHS_MAX = 8,
    /* What it takes to look at what is not decided in the transaction, about: a list of 256 heads has a turn.
     */
    PLEDGE_NS = INBOX_TURN_NS / 50,
    HEADS_PLEDGE_NS_PER_BYTE = INBOX_TURN_NS / (256 * 80),
    /* A list of heads may take more than a turn, and what follows it in its lane waits for its end. */
    LONG_HEADS_SIZE = 16 * 80,
};

bool intake_init(struct intake *intake)
{
    intake->memory = malloc(INTAKE_BYTES_MAX);
    if (intake->memory == NULL) {
        return false;
    }
    arena_init(&intake->arena, intake->memory, INTAKE_BYTES_MAX);
    intake_clear(intake);
    return true;
}

void intake_deinit(struct intake *intake)
{
    free(intake->memory);
    intake->memory = NULL;
}

void intake_clear(struct intake *intake)
{
    for (size_t i = 0; i < intake->count; i++) {
        free(intake->items[i].frame);
    }
    intake->count = intake->write_count = 0;
    intake->first = intake->end = 0;
    arena_rewind(&intake->arena, 0);
}

bool intake_has_room(const struct intake *intake)
{
    /* The arena aligns what it hands out. */
    return intake->count < INTAKE_ITEMS_MAX &&
           intake->arena.capacity - intake->arena.used >= ITEM_SIZE_MAX + sizeof(max_align_t);
}

static bool is_written(enum intake_kind kind)
{
    return kind != INTAKE_HEADS && kind != INTAKE_WANT && kind != INTAKE_INTRODUCTION_WANT;
}

static struct intake_item *append(struct intake *intake, const struct intake_item *item)
{
    struct intake_item *added = &intake->items[intake->count++];

    *added = *item;
    intake->write_count += is_written(item->kind);
    return added;
}

void intake_add(struct intake *intake, const struct intake_item *item)
{
    struct intake_item *added = NULL;
    bool copied = false;

    assert(intake_has_room(intake));
    assert(item->bytes.size <= ITEM_SIZE_MAX);
    added = append(intake, item);
    copied = arena_copy(&intake->arena, item->bytes, &added->bytes);
    assert(copied);
}

/* ---- from peers ---- */

static enum intake_kind kind_of(enum frame_kind kind)
{
    static const struct {
        enum frame_kind frame;
        enum intake_kind item;
    } kinds[] = {
        {FRAME_BLOCK, INTAKE_BLOCK},
        {FRAME_CHECKPOINT, INTAKE_CHECKPOINT},
        {FRAME_FORK_PROOF, INTAKE_FORK_PROOF},
        {FRAME_HEADS, INTAKE_HEADS},
        {FRAME_WANT, INTAKE_WANT},
        {FRAME_INTRODUCTION, INTAKE_INTRODUCTION},
        {FRAME_INTRODUCTION_WANT, INTAKE_INTRODUCTION_WANT},
    };
    size_t i = 0;

    while (kinds[i].frame != kind) {
        i++;
        assert(i < sizeof kinds / sizeof *kinds);
    }
    return kinds[i].item;
}

static uint64_t pledge_of(const struct intake_item *item)
{
    if (is_written(item->kind)) {
        return 0;
    }
    return PLEDGE_NS + (item->kind == INTAKE_HEADS ? item->bytes.size * HEADS_PLEDGE_NS_PER_BYTE : 0);
}

/* Append the next frame that a peer sent. Returns: false when there is none, or no room for it. */
static bool take_frame(struct intake *intake)
{
    struct intake_item item = {.source = INTAKE_FROM_PEER};

    if (intake->inboxes == NULL || intake->count == INTAKE_ITEMS_MAX) {
        return false;
    }
    item.frame = inboxes_take(intake->inboxes, &item.inbox);
    if (item.frame == NULL) {
        return false;
    }
    item.kind = kind_of(item.frame->kind);
    item.from = item.inbox->peer;
    item.origin = item.inbox->rank == INBOX_DIALLED ? INGEST_PEER : INGEST_INBOUND;
    item.bytes = bytes_of(item.frame->payload, item.frame->size);
    item.pledged_ns = pledge_of(&item);
    inbox_charge(item.inbox, item.pledged_ns);
    item.inbox->resting = item.kind == INTAKE_HEADS && item.bytes.size > LONG_HEADS_SIZE;
    (void)append(intake, &item);
    return true;
}

bool intake_waits(const struct intake *intake)
{
    return intake->end < intake->count || (intake->inboxes != NULL && inboxes_wait(intake->inboxes));
}

/* ---- deciding ---- */

static enum store_error use_nonce(struct store_txn *txn, struct bytes bytes, enum reason *reason)
{
    uint64_t expires_s = 0;
    enum store_error error = STORE_OK;

    if (bytes.size != NONCE_SIZE + sizeof expires_s) {
        *reason = REASON_TRUNCATED;
        return STORE_OK;
    }
    for (size_t i = 0; i < sizeof expires_s; i++) {
        expires_s = expires_s << 8 | bytes.data[NONCE_SIZE + i];
    }
    error = store_nonce_used(txn, bytes.data);
    if (error == STORE_OK) {
        *reason = REASON_REPLAYED;
    }
    return error == STORE_NOT_FOUND ? store_use_nonce(txn, bytes.data, expires_s) : error;
}

static enum store_error decide(struct intake_item *item, struct ingest *ingest, struct store_txn *txn,
                               uint64_t now_s)
{
    enum store_error error = STORE_OK;

    item->reason = REASON_NONE;
    switch (item->kind) {
    case INTAKE_BLOCK:
        ingest_block(ingest, txn, item->origin, item->bytes, now_s, &item->result);
        return item->result.outcome == INGEST_FAILED ? item->result.error : STORE_OK;
    case INTAKE_CHECKPOINT:
        item->reason = ingest_checkpoint(ingest, txn, item->bytes, now_s, &item->author, &error);
        return error;
    case INTAKE_FORK_PROOF:
        item->reason = ingest_fork_proof(ingest, txn, item->bytes, now_s, &item->author, &error);
        return error;
    case INTAKE_NONCE:
        return use_nonce(txn, item->bytes, &item->reason);
    case INTAKE_INTRODUCTION:
        item->reason = ingest_introduction(ingest, txn, item->bytes, &item->author, &error);
        return error;
    case INTAKE_HEADS:
    case INTAKE_WANT:
    case INTAKE_INTRODUCTION_WANT:
        return STORE_OK;
    }
    return STORE_OK;
}

/* How long one intake_apply may go on, and what it has used of that. */
struct turn {
    uint64_t began_ns, most_ns, pledged_ns;
};

static struct turn begin_turn(const struct intake *intake)
{
    const bool shared = intake->inboxes != NULL && inboxes_contend(intake->inboxes);
    const uint64_t most_ns = intake->turn_ms == 0 ? UINT64_MAX : intake->turn_ms * 1000 * 1000;

    return (struct turn){.began_ns = clock_monotonic_ns(), .most_ns = shared ? most_ns / 2 : most_ns};
}

static bool is_over(const struct turn *turn)
{
    return clock_monotonic_ns() - turn->began_ns + turn->pledged_ns >= turn->most_ns;
}

/* The next item, which may come from a peer's inbox. Returns: NULL when there is none. */
static struct intake_item *next_item(struct intake *intake, struct turn *turn)
{
    if (intake->end == intake->count && !take_frame(intake)) {
        return NULL;
    }
    turn->pledged_ns += intake->items[intake->end].pledged_ns;
    return &intake->items[intake->end++];
}

/* What was taken out of an inbox is decided in the same turn: later its peer may have gone. */
static bool must_go_on(const struct intake *intake)
{
    return intake->end == intake->first ||
           (intake->end < intake->count && intake->items[intake->end].inbox != NULL);
}

/* Decide about items that have not failed, until the turn is over. *failed: the one that the store failed at,
 * NULL when it was the transaction itself. */
static enum store_error apply_once(struct intake *intake, struct ingest *ingest, uint64_t now_s,
                                   struct intake_item **failed)
{
    struct store_txn *txn = NULL;
    struct turn turn;
    struct intake_item *item = NULL;
    enum store_error error = store_write_begin(&txn, ingest->store);

    *failed = NULL;
    if (error != STORE_OK) {
        return error;
    }
    ingest_begin_turn(ingest);
    turn = begin_turn(intake);
    intake->end = intake->first;
    while ((must_go_on(intake) || !is_over(&turn)) && (item = next_item(intake, &turn)) != NULL) {
        const uint64_t began_ns = clock_monotonic_ns();

        if (item->error != STORE_OK) {
            continue;
        }
        error = decide(item, ingest, txn, now_s);
        if (item->inbox != NULL) {
            inbox_charge(item->inbox, clock_monotonic_ns() - began_ns);
        }
        if (error != STORE_OK) {
            *failed = item;
            store_end(txn);
            return error;
        }
    }
    return store_commit(txn);
}

static void fail_all(struct intake *intake, enum store_error error)
{
    intake->end = intake->count;
    for (size_t i = intake->first; i < intake->count; i++) {
        if (intake->items[i].error == STORE_OK) {
            intake->items[i].error = error;
        }
    }
}

/* Items that need no transaction, as far as nothing else stands before them. Returns: whether one that does
 * is next. */
static bool pass_unwritten(struct intake *intake)
{
    struct turn turn = begin_turn(intake);

    while (intake->write_count == 0 && !(intake->end > intake->first && is_over(&turn)) &&
           next_item(intake, &turn) != NULL) {
    }
    return intake->write_count > 0;
}

void intake_apply(struct intake *intake, struct ingest *ingest, uint64_t now_s)
{
    size_t growths = 0;

    intake->first = intake->end;
    if (!pass_unwritten(intake)) {
        return;
    }
    for (size_t i = intake->first; i < intake->count; i++) {
        intake->items[i].error = STORE_OK;
    }
    for (;;) {
        struct intake_item *failed = NULL;
        enum store_error error = apply_once(intake, ingest, now_s, &failed);

        if (error == STORE_OK) {
            return;
        }
        /* Beginning again is what grows the map. */
        if (error == STORE_MAP_FULL && ++growths < GROWTHS_MAX) {
            continue;
        }
        if (failed == NULL || error == STORE_NO_ROOM || error == STORE_MAP_FULL) {
            fail_all(intake, error);
            return;
        }
        failed->error = error;
    }
}
