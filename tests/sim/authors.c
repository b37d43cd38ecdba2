#include "tests/sim/authors.h"

#include <assert.h>
#include <string.h>

#include "tests/sim/world.h"

static struct hash hash_of(uint64_t first, uint64_t number, uint64_t seq, uint8_t liar)
{
    struct hash hash = {{0}};

    memcpy(hash.bytes, &first, sizeof first);
    memcpy(hash.bytes + 8, &number, sizeof number);
    memcpy(hash.bytes + 16, &seq, sizeof seq);
    hash.bytes[31] = liar;
    return hash;
}

struct actor_id authors_id(const struct authors *authors, size_t number)
{
    return (struct actor_id){hash_of(world_mix(authors->seed ^ world_mix(number)), number, 0, 0)};
}

size_t authors_number(const struct authors *authors, const struct actor_id *id)
{
    uint64_t number = 0;

    memcpy(&number, id->hash.bytes + 8, sizeof number);
    if (number < authors->count) {
        return number;
    }
    return number >= AUTHORS_MAX && number < AUTHORS_MAX + AUTHORS_NAMED_MAX ? (size_t)AUTHOR_NAMED
                                                                             : (size_t)AUTHOR_UNKNOWN;
}

static struct head head_of(const struct authors *authors, size_t number, uint32_t length, uint32_t block_size,
                           uint8_t liar)
{
    assert(length > 0);
    const uint64_t first = world_mix(authors->seed ^ world_mix((uint64_t)number << 32 | length));

    return (struct head){.author = authors_id(authors, number),
                         .seq = length - 1,
                         .hash = hash_of(first, number, length - 1, liar),
                         .bytes = (uint64_t)length * block_size};
}

struct head authors_head(const struct authors *authors, size_t number, uint32_t length)
{
    return head_of(authors, number, length, authors->items[number].block_size, 0);
}

struct head authors_false_head(const struct authors *authors, size_t number, uint32_t length, uint32_t liar)
{
    return head_of(authors, number, length, 200, (uint8_t)(1 + liar));
}

bool authors_is_true(const struct authors *authors, const struct head *head)
{
    const size_t number = authors_number(authors, &head->author);

    return number < authors->count && head->seq < authors->items[number].length && head->hash.bytes[31] == 0;
}
