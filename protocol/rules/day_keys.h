#ifndef PROTOCOL_RULES_DAY_KEYS_H
#define PROTOCOL_RULES_DAY_KEYS_H

/* Days with something that belongs to each, in the order of the days. */

#include "protocol/base/days.h"

static inline uint64_t day_key_of(uint32_t day, uint32_t beside)
{
    return (uint64_t)day << 32 | beside;
}

static inline uint32_t day_key_day(uint64_t key)
{
    return (uint32_t)(key >> 32);
}

static inline uint32_t day_key_beside(uint64_t key)
{
    return (uint32_t)key;
}

/* Sort count keys. spare: room for as many. Cost: count times the logarithm of the ascending runs that keys
 * consists of, so that what is sorted already, or a few sorted lists one behind the other, costs little. */
void day_keys_sort(uint64_t *keys, uint64_t *spare, size_t count);

#endif
