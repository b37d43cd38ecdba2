#include "protocol/wire/frame.h"

#include <assert.h>
#include <string.h>

enum {
    VERSION_OFFSET = HASH_TAG_SIZE,
    KIND_OFFSET = VERSION_OFFSET + 1,
    LENGTH_OFFSET = KIND_OFFSET + 1,
    PAYLOAD_SIZE_MAX = FRAME_SIZE_MAX - FRAME_ENVELOPE_SIZE
};
_Static_assert(LENGTH_OFFSET + 4 == FRAME_ENVELOPE_SIZE, "the envelope ends in its length");

/* The zero-padded tag, as it is in every hash of the network. */
static const uint8_t *padded_tag(const struct network *network)
{
    return label_domain(network, LABEL_ACTOR)->network;
}

enum reason frame_decode(struct frame *frame, const struct network *network, struct bytes input)
{
    const uint8_t *length = input.data + LENGTH_OFFSET;
    size_t left = 0, size = 0;

    if (input.size < FRAME_ENVELOPE_SIZE) {
        return REASON_TRUNCATED;
    }
    if (memcmp(input.data, padded_tag(network), HASH_TAG_SIZE) != 0) {
        return REASON_WRONG_NETWORK;
    }
    if (input.data[VERSION_OFFSET] != FRAME_VERSION) {
        return REASON_WRONG_VERSION;
    }
    size = (size_t)length[0] << 24 | (size_t)length[1] << 16 | (size_t)length[2] << 8 | length[3];
    left = input.size - FRAME_ENVELOPE_SIZE;
    if (size > PAYLOAD_SIZE_MAX) {
        return REASON_TOO_LARGE;
    }
    if (left != size) {
        return left < size ? REASON_TRUNCATED : REASON_TRAILING;
    }
    frame->kind = input.data[KIND_OFFSET];
    frame->payload = bytes_of(input.data + FRAME_ENVELOPE_SIZE, size);
    return REASON_NONE;
}

bool frame_encode(struct writer *writer, const struct network *network, enum frame_kind kind,
                  struct bytes payload)
{
    const uint8_t tail[] = {FRAME_VERSION,
                            (uint8_t)kind,
                            (uint8_t)(payload.size >> 24),
                            (uint8_t)(payload.size >> 16),
                            (uint8_t)(payload.size >> 8),
                            (uint8_t)payload.size};

    assert(payload.size <= PAYLOAD_SIZE_MAX);
    writer_raw(writer, padded_tag(network), HASH_TAG_SIZE);
    writer_raw(writer, tail, sizeof tail);
    writer_raw(writer, payload.data, payload.size);
    return !writer->overflow;
}
