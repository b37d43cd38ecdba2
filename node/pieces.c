#include "node/pieces.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "node/clock.h"

/* ---- rings ---- */

struct pieces *pieces_create(struct all_pieces *all, enum net_role role)
{
    struct pieces *pieces = calloc(1, sizeof *pieces), *first = all->ring[role];

    if (pieces == NULL) {
        return NULL;
    }
    pieces->all = all;
    pieces->role = role;
    pieces->next = first == NULL ? pieces : first;
    pieces->previous = first == NULL ? pieces : first->previous;
    pieces->next->previous = pieces->previous->next = pieces;
    all->ring[role] = first == NULL ? pieces : first;
    return pieces;
}

static struct pieces *behind(const struct pieces *pieces)
{
    return pieces->next == pieces->all->ring[pieces->role] ? NULL : pieces->next;
}

void pieces_destroy(struct pieces *pieces)
{
    struct pieces **first = NULL;

    if (pieces == NULL) {
        return;
    }
    pieces_clear(pieces);
    first = &pieces->all->ring[pieces->role];
    pieces->previous->next = pieces->next;
    pieces->next->previous = pieces->previous;
    if (*first == pieces) {
        *first = pieces->next == pieces ? NULL : pieces->next;
    }
    free(pieces);
}

/* ---- room ---- */

static void give_back(struct pieces *pieces)
{
    free(pieces->bytes);
    pieces->bytes = NULL;
    pieces->all->size -= pieces->capacity;
    pieces->capacity = 0;
}

void pieces_clear(struct pieces *pieces)
{
    give_back(pieces);
    pieces->whole = pieces->passing = false;
    pieces->size = 0;
}

static void let_go(struct pieces *pieces)
{
    give_back(pieces);
    pieces->passing = true;
    pieces->dropped++;
}

/* Of those of role that hold more than a little, whose frame did not go on for the longest time; NULL when
 * there are none. */
static struct pieces *slowest_of(const struct all_pieces *all, enum net_role role)
{
    struct pieces *slowest = NULL;

    for (struct pieces *at = all->ring[role]; at != NULL; at = behind(at)) {
        if (at->capacity > PIECES_LITTLE && !at->whole && (slowest == NULL || at->on_ms < slowest->on_ms)) {
            slowest = at;
        }
    }
    return slowest;
}

/* Make room in all for growth more. Returns: false when the frame that is to grow went itself, or there is
 * none. */
static bool make_room_in_all(struct pieces *pieces, size_t growth)
{
    const struct all_pieces *all = pieces->all;

    while (all->size + growth > PIECES_SIZE_MAX) {
        struct pieces *slowest = slowest_of(all, NET_LISTEN);

        slowest = slowest == NULL ? slowest_of(all, NET_DIAL) : slowest;
        if (slowest == NULL) {
            return false;
        }
        let_go(slowest);
        if (slowest == pieces) {
            return false;
        }
    }
    return true;
}

static bool make_room(struct pieces *pieces, size_t size)
{
    size_t capacity = 2 * pieces->capacity < FRAME_SIZE_MAX ? 2 * pieces->capacity : FRAME_SIZE_MAX;
    uint8_t *bytes = NULL;

    if (size <= pieces->capacity) {
        return true;
    }
    capacity = capacity > size ? capacity : size;
    if (!make_room_in_all(pieces, capacity - pieces->capacity)) {
        return false;
    }
    bytes = realloc(pieces->bytes, capacity);
    if (bytes == NULL) {
        return false;
    }
    pieces->bytes = bytes;
    pieces->all->size += capacity - pieces->capacity;
    pieces->capacity = capacity;
    return true;
}

/* ---- taking ---- */

/* Pieces of a byte now and then are none. */
static void note_progress(struct pieces *pieces, size_t size, uint64_t now_ms)
{
    if (pieces->size == 0 || size - pieces->on_size >= LANE_PIECE_MAX) {
        pieces->on_size = size;
        pieces->on_ms = now_ms;
    }
}

/* Append a piece, unless the frame went before, or goes now. */
static void append(struct pieces *pieces, struct bytes piece)
{
    if (!pieces->passing && !make_room(pieces, pieces->size + piece.size) && !pieces->passing) {
        let_go(pieces);
    }
    if (!pieces->passing) {
        memcpy(pieces->bytes + pieces->size, piece.data, piece.size);
    }
    pieces->size += piece.size;
}

static enum pieces_result take_piece(struct pieces *pieces, struct bytes piece, bool last, uint64_t now_ms)
{
    if (pieces->size + piece.size > FRAME_SIZE_MAX) {
        return PIECES_BAD;
    }
    note_progress(pieces, pieces->size + piece.size, now_ms);
    append(pieces, piece);
    if (!last) {
        return PIECES_MORE;
    }
    if (pieces->passing) {
        pieces_clear(pieces);
        return PIECES_MORE;
    }
    pieces->whole = true;
    return PIECES_FRAME;
}

enum pieces_result pieces_take(struct pieces *pieces, struct bytes message, uint64_t now_ms, enum lane *lane,
                               struct bytes *frame)
{
    struct bytes piece;
    enum pieces_result result;

    assert(!pieces->whole);
    if (message.size < 2 || message.size > LANE_MESSAGE_MAX || message.data[0] > LANE_MARK_LAST) {
        return PIECES_BAD;
    }
    piece = bytes_of(message.data + 1, message.size - 1);
    if (message.data[0] == LANE_MARK_EXPRESS) {
        *lane = LANE_EXPRESS;
        *frame = piece;
        return PIECES_FRAME;
    }
    result = take_piece(pieces, piece, message.data[0] == LANE_MARK_LAST, now_ms);
    if (result == PIECES_FRAME) {
        *lane = LANE_BULK;
        *frame = bytes_of(pieces->bytes, pieces->size);
    }
    return result;
}

void pieces_done(struct pieces *pieces)
{
    if (pieces->whole) {
        pieces_clear(pieces);
    }
}

/* ---- time ---- */

static uint64_t due_ms(const struct pieces *pieces)
{
    return pieces->capacity == 0 ? UINT64_MAX : pieces->on_ms + clock_wait_ms(PIECES_STALL_MS);
}

void pieces_check(struct all_pieces *all, uint64_t now_ms)
{
    for (size_t role = 0; all->size > 0 && role < NET_ROLE_COUNT; role++) {
        for (struct pieces *at = all->ring[role]; at != NULL; at = behind(at)) {
            if (now_ms >= due_ms(at)) {
                let_go(at);
            }
        }
    }
}

uint64_t pieces_deadline_ms(const struct all_pieces *all)
{
    uint64_t deadline_ms = UINT64_MAX;

    for (size_t role = 0; all->size > 0 && role < NET_ROLE_COUNT; role++) {
        for (const struct pieces *at = all->ring[role]; at != NULL; at = behind(at)) {
            deadline_ms = due_ms(at) < deadline_ms ? due_ms(at) : deadline_ms;
        }
    }
    return deadline_ms;
}
