#include "node/passed_over.h"

#include <assert.h>
#include <string.h>

#include "node/clock.h"

static int order(const struct passed_over_head *a, uint32_t peer, const struct actor_id *author)
{
    if (a->peer != peer) {
        return a->peer < peer ? -1 : 1;
    }
    return author == NULL ? 1 : hash_compare(&a->head.author.hash, &author->hash);
}

/* Place of (peer, author), or where it belongs. author NULL: before all of peer's. */
static size_t place_of(const struct passed_over *passed, uint32_t peer, const struct actor_id *author)
{
    size_t low = 0, high = passed->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (order(&passed->heads[middle], peer, author) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static size_t count_of(const struct passed_over *passed, uint32_t peer)
{
    size_t end = peer == UINT32_MAX ? passed->count : place_of(passed, peer + 1, NULL);

    return end - place_of(passed, peer, NULL);
}

struct passed_over_head *passed_over_add(struct passed_over *passed, uint32_t peer, const struct head *head)
{
    size_t place = place_of(passed, peer, &head->author);
    struct passed_over_head *at = &passed->heads[place];

    if (place == passed->count || order(at, peer, &head->author) != 0) {
        if (passed->count == PASSED_OVER_MAX || count_of(passed, peer) >= PASSED_OVER_PER_PEER_MAX) {
            return NULL;
        }
        memmove(at + 1, at, (passed->count - place) * sizeof *at);
        passed->count++;
        *at = (struct passed_over_head){.peer = peer};
    }
    at->head = *head;
    return at;
}

bool passed_over_ask(struct passed_over_head *at, uint64_t now_ms)
{
    if (now_ms < at->ask_ms) {
        return false;
    }
    at->wait_ms = at->wait_ms == 0 ? INTRODUCTION_ASK_MS_MIN : at->wait_ms * 2;
    if (at->wait_ms > INTRODUCTION_ASK_MS_MAX) {
        at->wait_ms = INTRODUCTION_ASK_MS_MAX;
    }
    at->ask_ms = now_ms + clock_rhythm_ms(at->wait_ms);
    return true;
}

void passed_over_remove(struct passed_over *passed, size_t i)
{
    assert(i < passed->count);
    memmove(passed->heads + i, passed->heads + i + 1, (passed->count - i - 1) * sizeof *passed->heads);
    passed->count--;
}

void passed_over_forget(struct passed_over *passed, uint32_t peer)
{
    size_t first = place_of(passed, peer, NULL), count = count_of(passed, peer);

    memmove(passed->heads + first, passed->heads + first + count,
            (passed->count - first - count) * sizeof *passed->heads);
    passed->count -= count;
}
