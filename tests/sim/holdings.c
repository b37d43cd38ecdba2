#include "tests/sim/holdings.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void holdings_init(struct holdings *holdings, uint64_t id)
{
    assert(id > 0);
    *holdings = (struct holdings){.id = id};
}

void holdings_deinit(struct holdings *holdings)
{
    free(holdings->digests);
    holdings->digests = NULL;
}

static void make_room(struct holdings *holdings, uint64_t count)
{
    if (count > holdings->capacity) {
        holdings->capacity = 2 * count + 64;
        holdings->digests = realloc(holdings->digests, holdings->capacity * sizeof *holdings->digests);
        assert(holdings->digests != NULL);
    }
}

void holdings_copy(struct holdings *copy, const struct holdings *of)
{
    uint64_t *digests = copy->digests;
    const size_t capacity = copy->capacity;

    *copy = *of;
    copy->digests = digests;
    copy->capacity = capacity;
    make_room(copy, of->change);
    if (of->change > 0) {
        memcpy(copy->digests, of->digests, of->change * sizeof *of->digests);
    }
}

static uint64_t digest_at(const struct holdings *holdings, uint64_t number)
{
    return number == 0 ? 0 : holdings->digests[number - 1];
}

void holdings_extend(struct holdings *holdings, size_t author, uint32_t length)
{
    const uint64_t before = digest_at(holdings, holdings->change);

    make_room(holdings, holdings->change + 1);
    holdings->digests[holdings->change++] = world_mix(before ^ world_mix((uint64_t)author << 32 | length));
    holdings->lengths[author] = length;
    holdings->changes[author] = holdings->change;
}

struct store_point holdings_point(const struct holdings *holdings, uint64_t number)
{
    const uint64_t digest = digest_at(holdings, number);
    struct store_point point = {.number = number};

    memcpy(point.store, &holdings->id, sizeof holdings->id);
    memcpy(point.digest, &digest, sizeof digest);
    return point;
}

bool holdings_were_at(const struct holdings *holdings, const struct store_point *point)
{
    struct store_point own;

    if (point->number > holdings->change) {
        return false;
    }
    own = holdings_point(holdings, point->number);
    return memcmp(&own, point, sizeof own) == 0;
}
