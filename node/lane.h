#ifndef NODE_LANE_H
#define NODE_LANE_H

/* Two lanes lead from node to node, so that a revocation never waits behind bulk (DESIGN section 6). A
 * message between two nodes is 1 mark | up to LANE_PIECE_MAX bytes: a whole frame of the express lane, or the
 * next piece of the frame that is on the bulk lane. Frames of one lane stay in order; express messages stand
 * between the pieces. */

enum lane { LANE_EXPRESS, LANE_BULK };

enum lane_mark {
    LANE_MARK_EXPRESS = 0,
    LANE_MARK_MORE = 1, /* of a frame on the bulk lane, more of which follows */
    LANE_MARK_LAST = 2,
};

enum { LANE_PIECE_MAX = 16 * 1024, LANE_MESSAGE_MAX = 1 + LANE_PIECE_MAX };

#endif
