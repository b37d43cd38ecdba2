#include "protocol/sync/undecided.h"

#include <assert.h>
#include <string.h>

/* ---- lines ---- */

/* A line is a ring through its end. */
static uint16_t end_of(enum undecided_line line)
{
    return (uint16_t)(UNDECIDED_MAX + (unsigned int)line);
}

static uint16_t place_of(const struct undecided *undecided, const struct undecided_head *at)
{
    return (uint16_t)(at - undecided->heads);
}

/* Stand behind place `earlier`. */
static void join(struct undecided *undecided, struct undecided_head *at, uint16_t earlier)
{
    struct undecided_head *before = &undecided->heads[earlier];

    at->earlier = earlier;
    at->later = before->later;
    undecided->heads[before->later].earlier = place_of(undecided, at);
    before->later = place_of(undecided, at);
}

static void join_last(struct undecided *undecided, struct undecided_head *at, enum undecided_line line)
{
    join(undecided, at, undecided->heads[end_of(line)].earlier);
}

static void leave(struct undecided *undecided, const struct undecided_head *at)
{
    undecided->heads[at->earlier].later = at->later;
    undecided->heads[at->later].earlier = at->earlier;
}

struct undecided_head *undecided_first(struct undecided *undecided, enum undecided_line line)
{
    uint16_t first = undecided->heads[end_of(line)].later;

    return first == end_of(line) ? NULL : &undecided->heads[first];
}

static void clear_line(struct undecided *undecided, enum undecided_line line)
{
    undecided->heads[end_of(line)].earlier = undecided->heads[end_of(line)].later = end_of(line);
}

void undecided_hurry(struct undecided *undecided, struct undecided_head *at)
{
    leave(undecided, at);
    join(undecided, at, end_of(UNDECIDED_DUE));
}

void undecided_hurry_all(struct undecided *undecided)
{
    struct undecided_head *due = &undecided->heads[end_of(UNDECIDED_DUE)];

    for (enum undecided_line line = UNDECIDED_ASK; line < UNDECIDED_DUE; line++) {
        const struct undecided_head *end = &undecided->heads[end_of(line)];

        if (end->later == end_of(line)) {
            continue;
        }
        undecided->heads[due->earlier].later = end->later;
        undecided->heads[end->later].earlier = due->earlier;
        undecided->heads[end->earlier].later = end_of(UNDECIDED_DUE);
        due->earlier = end->earlier;
        clear_line(undecided, line);
    }
}

/* ---- finding ---- */

static uint16_t *bucket_of(struct undecided *undecided, const struct actor_id *author)
{
    return &undecided->buckets[place_of_bytes(author->hash.bytes, undecided->secret) % UNDECIDED_BUCKETS];
}

/* The link to what is remembered of author, or to where that would be. */
static uint16_t *link_to(struct undecided *undecided, const struct actor_id *author)
{
    uint16_t *link = bucket_of(undecided, author);

    while (*link != 0 && !actor_id_equal(&undecided->heads[*link - 1].author, author)) {
        link = &undecided->heads[*link - 1].next_of_bucket;
    }
    return link;
}

struct undecided_head *undecided_find(struct undecided *undecided, const struct actor_id *author)
{
    uint16_t link = *link_to(undecided, author);

    return link == 0 ? NULL : &undecided->heads[link - 1];
}

/* ---- remembering ---- */

void undecided_init(struct undecided *undecided, const uint8_t secret[PLACE_SECRET_SIZE], uint64_t wait_ms)
{
    undecided->wait_ms = wait_ms;
    undecided->most = UNDECIDED_MAX;
    memcpy(undecided->secret, secret, PLACE_SECRET_SIZE);
    memcpy(&undecided->random, secret, sizeof undecided->random);
    for (enum undecided_line line = UNDECIDED_ASK; line < UNDECIDED_LINE_COUNT; line++) {
        clear_line(undecided, line);
    }
}

/* splitmix64 */
static uint64_t draw(struct undecided *undecided, uint64_t below)
{
    uint64_t mixed = undecided->random += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return (mixed ^ mixed >> 31) % below;
}

void undecided_remove(struct undecided *undecided, struct undecided_head *at)
{
    uint16_t *link = link_to(undecided, &at->author);

    assert(*link == place_of(undecided, at) + 1);
    *link = at->next_of_bucket;
    leave(undecided, at);
    at->held = false;
    at->later = undecided->free;
    undecided->free = (uint16_t)(place_of(undecided, at) + 1);
    undecided->held--;
}

void undecided_bound(struct undecided *undecided, size_t in_all)
{
    const uint16_t grown = undecided->held > UNDECIDED_SHARE ? undecided->held : (uint16_t)UNDECIDED_SHARE;

    undecided->most = in_all < UNDECIDED_MAX_IN_ALL ? (uint16_t)UNDECIDED_MAX : grown;
}

static void drop_one(struct undecided *undecided)
{
    struct undecided_head *at;

    do {
        at = &undecided->heads[draw(undecided, undecided->ever)];
    } while (!at->held);
    undecided_remove(undecided, at);
    undecided->forgot = true;
}

static struct undecided_head *take_place(struct undecided *undecided)
{
    struct undecided_head *at;

    if (undecided->held >= undecided->most) {
        drop_one(undecided);
    }
    if (undecided->free == 0) {
        return &undecided->heads[undecided->ever++];
    }
    at = &undecided->heads[undecided->free - 1];
    undecided->free = at->later;
    return at;
}

struct undecided_head *undecided_put(struct undecided *undecided, const struct head *head)
{
    struct undecided_head *at = undecided_find(undecided, &head->author);

    assert(head->seq <= BLOCK_SEQ_MAX && head->epoch <= EPOCH_MAX);
    if (at == NULL) {
        uint16_t *bucket = bucket_of(undecided, &head->author);

        at = take_place(undecided);
        *at = (struct undecided_head){.author = head->author, .next_of_bucket = *bucket, .held = true};
        *bucket = (uint16_t)(place_of(undecided, at) + 1);
        join_last(undecided, at, UNDECIDED_ASK);
        undecided->held++;
    }
    at->hash = head->hash;
    at->bytes = head->bytes;
    at->seq = (uint32_t)head->seq;
    at->epoch = (uint16_t)head->epoch;
    at->gaps = head->gaps;
    return at;
}

struct head undecided_head_of(const struct undecided_head *at)
{
    return (struct head){.author = at->author,
                         .epoch = at->epoch,
                         .seq = at->seq,
                         .hash = at->hash,
                         .gaps = at->gaps,
                         .bytes = at->bytes};
}

/* ---- looking and asking ---- */

void undecided_rest(struct undecided *undecided, struct undecided_head *at)
{
    leave(undecided, at);
    join_last(undecided, at,
              at->asked < UNDECIDED_ASKS_SOON_MAX ? UNDECIDED_ASK + at->asked : UNDECIDED_REST);
}

void undecided_asked(struct undecided *undecided, struct undecided_head *at, uint64_t now_ms)
{
    at->ask_ms = now_ms + (undecided->wait_ms << at->asked);
    at->asked = (uint8_t)(at->asked + (at->asked < UNDECIDED_DOUBLINGS_MAX));
    undecided_rest(undecided, at);
}

struct undecided_head *undecided_to_ask(struct undecided *undecided, uint64_t now_ms, uint64_t *next_ms)
{
    for (unsigned int asked = 0; asked < UNDECIDED_ASKS_SOON_MAX; asked++) {
        struct undecided_head *at = undecided_first(undecided, UNDECIDED_ASK + asked);

        if (at != NULL && at->ask_ms <= now_ms) {
            return at;
        }
        if (at != NULL && at->ask_ms < *next_ms) {
            *next_ms = at->ask_ms;
        }
    }
    return NULL;
}
