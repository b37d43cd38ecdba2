#include "node/intake.h"

#include <assert.h>
#include <stdlib.h>

#include "node/clock.h"
#include "node/ingest_shop.h"

enum { ITEM_SIZE_MAX = FRAME_SIZE_MAX, NONCE_SIZE = 32, GROWTHS_MAX = 8 };

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
    intake->count = intake->block_count = intake->write_count = 0;
    intake->first = intake->end = 0;
    arena_rewind(&intake->arena, 0);
}

bool intake_has_room(const struct intake *intake)
{
    /* The arena aligns what it hands out. */
    return intake->count < INTAKE_ITEMS_MAX && intake->block_count < INTAKE_BLOCKS_MAX &&
           intake->arena.capacity - intake->arena.used >= ITEM_SIZE_MAX + sizeof(max_align_t);
}

void intake_add(struct intake *intake, const struct intake_item *item)
{
    struct intake_item *added = &intake->items[intake->count];
    bool copied = false;

    assert(intake_has_room(intake));
    assert(item->bytes.size <= ITEM_SIZE_MAX);
    *added = *item;
    copied = arena_copy(&intake->arena, item->bytes, &added->bytes);
    assert(copied);
    intake->count++;
    intake->block_count += item->kind == INTAKE_BLOCK;
    intake->write_count +=
        item->kind != INTAKE_HEADS && item->kind != INTAKE_WANT && item->kind != INTAKE_INTRODUCTION_WANT;
}

bool intake_waits(const struct intake *intake)
{
    return intake->end < intake->count;
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

static bool is_time_up(const struct intake *intake, uint64_t began_ms)
{
    return intake->turn_ms != 0 && intake->end > intake->first &&
           clock_monotonic_ms() - began_ms >= intake->turn_ms;
}

/* Decide about items that have not failed, until the time is up. *failed: the one that the store failed at,
 * NULL when it was the transaction itself. */
static enum store_error apply_once(struct intake *intake, struct ingest *ingest, uint64_t now_s,
                                   struct intake_item **failed)
{
    struct store_txn *txn = NULL;
    uint64_t began_ms;
    enum store_error error = store_write_begin(&txn, ingest->store);

    *failed = NULL;
    if (error != STORE_OK) {
        return error;
    }
    ingest_begin_turn(ingest);
    began_ms = clock_monotonic_ms();
    for (intake->end = intake->first; intake_waits(intake) && !is_time_up(intake, began_ms); intake->end++) {
        struct intake_item *item = &intake->items[intake->end];

        if (item->error != STORE_OK) {
            continue;
        }
        error = decide(item, ingest, txn, now_s);
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

void intake_apply(struct intake *intake, struct ingest *ingest, uint64_t now_s)
{
    size_t growths = 0;

    intake->first = intake->end;
    if (intake->write_count == 0) {
        intake->end = intake->count;
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
