#include "store/checksum.h"

#include <string.h>

/* Odd, so that multiplying loses nothing. */
#define CHECKSUM_FACTOR UINT64_C(0x9e3779b97f4a7c15)

enum { LANES = 4, WORD = 8, ROUND = LANES * WORD };

void checksum_begin(struct checksum *sum, uint64_t id)
{
    for (size_t i = 0; i < LANES; i++) {
        sum->lanes[i] = id + (i + 1) * CHECKSUM_FACTOR;
    }
}

static void add_word(uint64_t *lane, uint64_t word)
{
    *lane = (*lane ^ word) * CHECKSUM_FACTOR;
}

static uint64_t word_at(const uint8_t *bytes, size_t index)
{
    uint64_t word;

    memcpy(&word, bytes + index * WORD, sizeof word);
    return word;
}

/* Of fewer bytes than a word's: by halves, as a copy of any size is a call. */
static uint64_t tail_at(const uint8_t *bytes, size_t size)
{
    uint64_t word = 0;
    size_t at = size & 4;

    if (at > 0) {
        uint32_t four;

        memcpy(&four, bytes, sizeof four);
        word = four;
    }
    for (; at < size; at++) {
        word |= (uint64_t)bytes[at] << 8 * at;
    }
    return word;
}

/* What is left after the last whole round: word by word, the lanes named one by one, so that they stay in
 * registers. Most rows are no longer than this. */
static inline void add_rest(uint64_t lanes[LANES], const uint8_t *bytes, size_t left)
{
    const size_t words = left / WORD;
    const uint8_t *tail = bytes + words * WORD;
    const size_t tail_size = left - words * WORD;

    if (words > 0) {
        add_word(&lanes[0], word_at(bytes, 0));
    }
    if (words > 1) {
        add_word(&lanes[1], word_at(bytes, 1));
    }
    if (words > 2) {
        add_word(&lanes[2], word_at(bytes, 2));
    }
    if (tail_size == 0) {
        return;
    }
    switch (words) {
    case 0:
        add_word(&lanes[0], tail_at(tail, tail_size));
        break;
    case 1:
        add_word(&lanes[1], tail_at(tail, tail_size));
        break;
    case 2:
        add_word(&lanes[2], tail_at(tail, tail_size));
        break;
    case 3:
        add_word(&lanes[3], tail_at(tail, tail_size));
        break;
    }
}

static inline void add(uint64_t lanes[LANES], const uint8_t *bytes, size_t size)
{
    size_t left = size;

    for (; left >= ROUND; left -= ROUND, bytes += ROUND) {
        add_word(&lanes[0], word_at(bytes, 0));
        add_word(&lanes[1], word_at(bytes, 1));
        add_word(&lanes[2], word_at(bytes, 2));
        add_word(&lanes[3], word_at(bytes, 3));
    }
    add_rest(lanes, bytes, left);
    add_word(&lanes[0], size);
}

void checksum_add(struct checksum *sum, const void *data, size_t size)
{
    add(sum->lanes, data, size);
}

static uint64_t turn(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

/* A change of one lane alone changes their sum. */
uint32_t checksum_end(const struct checksum *sum)
{
    const uint64_t *lanes = sum->lanes;
    uint64_t all = lanes[0] + turn(lanes[1], 17) + turn(lanes[2], 31) + turn(lanes[3], 47);

    all = (all ^ all >> 32) * CHECKSUM_FACTOR;
    all ^= all >> 32;
    return (uint32_t)all != 0 ? (uint32_t)all : 1;
}

uint32_t checksum_of(uint64_t id, const void *data, size_t size)
{
    struct checksum sum;

    checksum_begin(&sum, id);
    add(sum.lanes, data, size);
    return checksum_end(&sum);
}
