#include "protocol/sync/fills.h"

#include <assert.h>
#include <string.h>

void fills_init(struct fills *fills, uint64_t again_ms, uint64_t stall_ms)
{
    fills->stall_ms = stall_ms;
    fills->again_ms = again_ms;
    fills->count = 0;
}

struct fill_entry *fills_find(struct fills *fills, enum fill_kind kind, const struct actor_id *author)
{
    for (size_t i = 0; i < fills->count; i++) {
        if (fills->entries[i].kind == kind && actor_id_equal(&fills->entries[i].author, author)) {
            return &fills->entries[i];
        }
    }
    return NULL;
}

/* How often each of its sources failed, at the least; 0: one is still to be tried. */
static uint32_t failures_of(const struct fill_entry *entry)
{
    uint32_t least = UINT32_MAX; /* without a source it is asked of nobody */

    for (size_t i = 0; i < entry->source_count; i++) {
        least = entry->sources[i].failures < least ? entry->sources[i].failures : least;
    }
    return entry->in_flight ? 0 : least;
}

static struct fill_entry *make_room(struct fills *fills)
{
    struct fill_entry *worst = &fills->entries[0];

    if (fills->count < FILLS_MAX) {
        return &fills->entries[fills->count++];
    }
    for (size_t i = 1; i < fills->count; i++) {
        worst = failures_of(&fills->entries[i]) > failures_of(worst) ? &fills->entries[i] : worst;
    }
    return failures_of(worst) > 0 ? worst : NULL;
}

struct fill_entry *fills_add(struct fills *fills, enum fill_kind kind, const struct actor_id *author)
{
    struct fill_entry *entry = fills_find(fills, kind, author);

    if (entry != NULL) {
        return entry;
    }
    entry = make_room(fills);
    if (entry == NULL) {
        return NULL;
    }
    memset(entry, 0, sizeof *entry);
    entry->kind = kind;
    entry->author = *author;
    return entry;
}

void fills_remove(struct fills *fills, struct fill_entry *entry)
{
    *entry = fills->entries[--fills->count];
}

/* ---- sources ---- */

static size_t source_at(const struct fill_entry *entry, uint32_t peer)
{
    for (size_t i = 0; i < entry->source_count; i++) {
        if (entry->sources[i].peer == peer) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* The one that failed most, of such one that lacks some itself. */
static struct fill_source *worst_source(struct fill_entry *entry)
{
    struct fill_source *worst = &entry->sources[0];

    for (size_t i = 1; i < entry->source_count; i++) {
        struct fill_source *source = &entry->sources[i];

        if (source->failures > worst->failures ||
            (source->failures == worst->failures && source->lacks && !worst->lacks)) {
            worst = source;
        }
    }
    return worst;
}

/* A place for a peer that has not been tried. Returns: NULL when all of them are still to be tried, too. */
static struct fill_source *make_place(struct fill_entry *entry, bool lacks)
{
    struct fill_source *worst = NULL;

    if (entry->source_count < FILL_SOURCES_MAX) {
        return &entry->sources[entry->source_count++];
    }
    worst = worst_source(entry);
    return worst->failures > 0 || (worst->lacks && !lacks) ? worst : NULL;
}

void fill_add_source(struct fill_entry *entry, uint32_t peer, bool lacks)
{
    size_t at = source_at(entry, peer);
    struct fill_source *source = at == SIZE_MAX ? make_place(entry, lacks) : &entry->sources[at];

    if (source == NULL) {
        return;
    }
    if (at == SIZE_MAX || (source->lacks && !lacks)) {
        *source = (struct fill_source){.peer = peer};
    }
    source->lacks = lacks;
}

bool fill_has_source(const struct fill_entry *entry, uint32_t peer)
{
    return source_at(entry, peer) != SIZE_MAX;
}

void fill_drop_source(struct fill_entry *entry, uint32_t peer)
{
    size_t at = source_at(entry, peer);

    if (entry->in_flight && entry->asked == peer) {
        entry->in_flight = false;
    }
    if (at == SIZE_MAX) {
        return;
    }
    entry->source_count--;
    memmove(&entry->sources[at], &entry->sources[at + 1],
            (entry->source_count - at) * sizeof entry->sources[0]);
}

static uint64_t again_ms(const struct fills *fills, uint32_t failures)
{
    uint64_t times = 1;

    for (uint32_t i = 1; i < failures && times < FILL_AGAIN_TIMES_MAX; i++) {
        times *= 2;
    }
    return fills->again_ms * (times < FILL_AGAIN_TIMES_MAX ? times : FILL_AGAIN_TIMES_MAX);
}

void fill_end(const struct fills *fills, struct fill_entry *entry, uint64_t elsewhere_seq, uint64_t now_ms)
{
    size_t at = source_at(entry, entry->asked);
    struct fill_source source;

    entry->in_flight = false;
    if (at == SIZE_MAX) {
        return;
    }
    source = entry->sources[at];
    source.from_seq = entry->progressed ? entry->sent_to_seq : elsewhere_seq;
    if (!entry->progressed) {
        source.reached = (struct head){0};
        source.failures++;
        source.from_ms = now_ms + again_ms(fills, source.failures);
    }
    fill_drop_source(entry, source.peer);
    entry->sources[entry->source_count++] = source;
}

bool fill_is_poorer(const struct fill_entry *entry, uint32_t peer)
{
    size_t at = source_at(entry, peer);

    return at != SIZE_MAX && entry->sources[at].lacks && entry->sources[at].failures > 0;
}

void fill_progress(const struct fills *fills, struct fill_entry *entry, uint32_t peer, uint64_t now_ms)
{
    size_t at = source_at(entry, peer);

    if (at != SIZE_MAX) {
        entry->sources[at].failures = 0;
        entry->sources[at].from_ms = 0;
    }
    if (entry->in_flight && entry->asked == peer) {
        entry->progressed = true;
        entry->deadline_ms = now_ms + fills->stall_ms;
    }
}

void fill_reach(const struct fills *fills, struct fill_entry *entry, uint32_t peer, const struct head *head,
                uint64_t now_ms)
{
    size_t at = source_at(entry, peer);
    struct head *reached = NULL;

    if (at == SIZE_MAX || !entry->in_flight || entry->asked != peer) {
        return;
    }
    reached = &entry->sources[at].reached;
    if (hash_is_zero(&reached->hash) || head->seq > reached->seq) {
        *reached = *head;
        fill_progress(fills, entry, peer, now_ms);
    }
}

void fill_sent(struct fill_entry *entry, uint32_t peer, uint64_t seq)
{
    if (entry->in_flight && entry->asked == peer && seq >= entry->sent_to_seq) {
        entry->sent_to_seq = seq + 1;
    }
}

const struct head *fill_reached(const struct fill_entry *entry)
{
    size_t at = source_at(entry, entry->asked);

    assert(at != SIZE_MAX);
    return &entry->sources[at].reached;
}

uint64_t fill_from_seq(const struct fill_entry *entry)
{
    size_t at = source_at(entry, entry->asked);

    assert(at != SIZE_MAX);
    return entry->sources[at].from_seq;
}

/* ---- asking ---- */

static bool is_asked(const struct fills *fills, uint32_t peer)
{
    for (size_t i = 0; i < fills->count; i++) {
        if (fills->entries[i].in_flight && fills->entries[i].asked == peer) {
            return true;
        }
    }
    return false;
}

static const struct fill_source *choose_source(const struct fills *fills, const struct fill_entry *entry,
                                               uint64_t now_ms)
{
    const struct fill_source *chosen = NULL;

    for (size_t i = 0; i < entry->source_count && (chosen == NULL || chosen->lacks); i++) {
        const struct fill_source *source = &entry->sources[i];

        if (source->from_ms <= now_ms && !is_asked(fills, source->peer) &&
            (chosen == NULL || !source->lacks)) {
            chosen = source;
        }
    }
    return chosen;
}

bool fills_start(const struct fills *fills, struct fill_entry *entry, uint64_t now_ms)
{
    const struct fill_source *source = entry->in_flight ? NULL : choose_source(fills, entry, now_ms);

    if (source == NULL) {
        return false;
    }
    entry->in_flight = true;
    entry->asked = source->peer;
    entry->progressed = false;
    entry->sent_to_seq = 0;
    entry->deadline_ms = now_ms + fills->stall_ms;
    return true;
}

uint64_t fills_deadline_ms(const struct fills *fills)
{
    uint64_t deadline_ms = UINT64_MAX;

    for (size_t i = 0; i < fills->count; i++) {
        const struct fill_entry *entry = &fills->entries[i];

        if (entry->in_flight && entry->deadline_ms < deadline_ms) {
            deadline_ms = entry->deadline_ms;
        }
        for (size_t j = 0; j < entry->source_count && !entry->in_flight; j++) {
            /* One whose time has come waits for another entry's answer. */
            if (entry->sources[j].from_ms > 0 && entry->sources[j].from_ms < deadline_ms &&
                !is_asked(fills, entry->sources[j].peer)) {
                deadline_ms = entry->sources[j].from_ms;
            }
        }
    }
    return deadline_ms;
}
