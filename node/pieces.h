#ifndef NODE_PIECES_H
#define NODE_PIECES_H

/* Messages of one peer (lane.h) made frames again. Memory is taken as bytes come: nobody reserves any by a
 * promise. */

#include "node/lane.h"
#include "protocol/base/bytes.h"
#include "protocol/base/limits.h"

enum pieces_result {
    PIECES_FRAME,
    PIECES_MORE,      /* a piece, and not the last one */
    PIECES_BAD,       /* an unknown mark, nothing behind it, or more than a frame may have */
    PIECES_NO_MEMORY, /* what came of the frame is dropped */
};

/* Zeroed: nothing came yet. */
struct pieces {
    uint8_t *bytes; /* owned: what came of the frame on the bulk lane */
    size_t size, capacity;
    bool whole; /* the frame was given out */
};

void pieces_deinit(struct pieces *pieces);
/* Take one message. Writes, for PIECES_FRAME: *lane and *frame, a view of message or of *pieces until the
 * next call. */
enum pieces_result pieces_take(struct pieces *pieces, struct bytes message, enum lane *lane,
                               struct bytes *frame);

#endif
