#include "node/pieces.h"

#include <stdlib.h>
#include <string.h>

void pieces_deinit(struct pieces *pieces)
{
    free(pieces->bytes);
    *pieces = (struct pieces){0};
}

static bool make_room(struct pieces *pieces, size_t size)
{
    size_t capacity = pieces->capacity;
    uint8_t *bytes = NULL;

    if (size <= capacity) {
        return true;
    }
    capacity = 2 * capacity > size ? 2 * capacity : size;
    bytes = realloc(pieces->bytes, capacity);
    if (bytes == NULL) {
        return false;
    }
    pieces->bytes = bytes;
    pieces->capacity = capacity;
    return true;
}

static enum pieces_result add(struct pieces *pieces, struct bytes piece, bool last)
{
    if (pieces->size + piece.size > FRAME_SIZE_MAX) {
        return PIECES_BAD;
    }
    if (!make_room(pieces, pieces->size + piece.size)) {
        pieces_deinit(pieces);
        return PIECES_NO_MEMORY;
    }
    memcpy(pieces->bytes + pieces->size, piece.data, piece.size);
    pieces->size += piece.size;
    pieces->whole = last;
    return last ? PIECES_FRAME : PIECES_MORE;
}

enum pieces_result pieces_take(struct pieces *pieces, struct bytes message, enum lane *lane,
                               struct bytes *frame)
{
    struct bytes piece;
    enum pieces_result result;

    if (pieces->whole) {
        pieces_deinit(pieces);
    }
    if (message.size < 2 || message.size > LANE_MESSAGE_MAX || message.data[0] > LANE_MARK_LAST) {
        return PIECES_BAD;
    }
    piece = bytes_of(message.data + 1, message.size - 1);
    if (message.data[0] == LANE_MARK_EXPRESS) {
        *lane = LANE_EXPRESS;
        *frame = piece;
        return PIECES_FRAME;
    }
    result = add(pieces, piece, message.data[0] == LANE_MARK_LAST);
    if (result == PIECES_FRAME) {
        *lane = LANE_BULK;
        *frame = bytes_of(pieces->bytes, pieces->size);
    }
    return result;
}
