#ifndef PROTOCOL_WIRE_FRAME_H
#define PROTOCOL_WIRE_FRAME_H

/* The envelope of everything that travels or lies in a file: 16 bytes network tag (zero-padded) | 1 version
 * (1) | 1 kind | 4 length, big-endian | length bytes of payload. Payload is one record, or an encoded block.
 */

#include "protocol/base/labels.h"
#include "protocol/base/limits.h"
#include "protocol/base/reason.h"
#include "protocol/base/writer.h"

enum { FRAME_ENVELOPE_SIZE = 22, FRAME_VERSION = 1 };

#define FRAME_LIST(X)                                                                                        \
    X(FRAME_HELLO, 1, hello)                                                                                 \
    X(FRAME_HEADS, 2, heads)                                                                                 \
    X(FRAME_WANT, 3, want)                                                                                   \
    X(FRAME_CHECKPOINT, 5, signed_checkpoint)                                                                \
    X(FRAME_FORK_PROOF, 6, fork_proof)                                                                       \
    X(FRAME_WITNESS_ROOT, 7, signed_witness_root)                                                            \
    X(FRAME_COSIGNATURE, 8, signed_cosignature)                                                              \
    X(FRAME_INTRODUCTION_WANT, 9, introduction_want)                                                         \
    X(FRAME_INTRODUCTION, 10, signed_consent)                                                                \
    X(FRAME_HEARD, 11, heard)                                                                                \
    X(FRAME_CHALLENGE, 32, signed_challenge)                                                                 \
    X(FRAME_PRESENTATION, 33, signed_presentation)                                                           \
    X(FRAME_CERTIFICATES, 34, certificate_file)                                                              \
    X(FRAME_CONSENT, 35, signed_consent)

#define FRAME_AS_ENUM(name, number, schema) name = number,
enum frame_kind {
    FRAME_LIST(FRAME_AS_ENUM) FRAME_BLOCK = 4 /* payload: an encoded block */
};
#undef FRAME_AS_ENUM

struct frame {
    uint8_t kind; /* any value: an unknown kind is the receiver's to ignore */
    struct bytes payload;
};

/* Read one frame that fills input. Returns: REASON_WRONG_NETWORK, REASON_WRONG_VERSION, REASON_TRUNCATED,
 * REASON_TRAILING, REASON_TOO_LARGE or REASON_NONE. */
enum reason frame_decode(struct frame *frame, const struct network *network, struct bytes input);

/* Write the envelope and payload. Returns: false when it does not fit. */
bool frame_encode(struct writer *writer, const struct network *network, enum frame_kind kind,
                  struct bytes payload);

#endif
