#ifndef STORE_CHECKSUM_H
#define STORE_CHECKSUM_H

/* Checks of what lies on disk, against bits that flip by themselves: LMDB has none. Every change of bits
 * within one run of 8 bytes changes the sum; its 32 bits miss one other change in four billion. Fast, and no
 * defence against anybody who writes to the disk. */

#include <stddef.h>
#include <stdint.h>

struct checksum {
    uint64_t lanes[4];
};

/* id tells apart what must not be taken for one another. */
void checksum_begin(struct checksum *sum, uint64_t id);
void checksum_add(struct checksum *sum, const void *data, size_t size);
/* Never zero. */
uint32_t checksum_end(const struct checksum *sum);

uint32_t checksum_of(uint64_t id, const void *data, size_t size);

#endif
