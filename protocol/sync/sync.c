#include "protocol/sync/sync.h"

#include <assert.h>
#include <string.h>

#include "protocol/sync/fills.h"
#include "protocol/sync/wants.h"

enum {
    /* Block hashes remembered of each peer: a row of them is looked through at a time. */
    KNOWN_ROWS = 32,
    KNOWN_PER_ROW = 8,
};

struct sync_peer {
    uint32_t id;
    uint64_t heads_at_ms; /* when it is asked next what changed */
    bool gave_up;         /* on a claim of its, since then */
    uint16_t source;      /* its place in wants */
    /* The first bytes of block hashes that it announced, sent or was pushed; they say which row, and each row
     * is a ring. Forgetting costs a duplicate, a collision costs a push that what is told of changes makes up
     * for. */
    uint64_t known[KNOWN_ROWS][KNOWN_PER_ROW];
    uint8_t known_at[KNOWN_ROWS];
};

struct sync {
    uint64_t random;
    uint64_t heads_interval_ms;
    size_t peer_count;
    struct sync_peer peers[SYNC_PEERS_MAX]; /* sorted by id */
    struct fills fills;
    struct wants wants; /* last: most of it is never touched */
};

size_t sync_size(void)
{
    return sizeof(struct sync);
}

/* splitmix64: jitter needs spread, not secrecy. */
static uint64_t draw(struct sync *sync, uint64_t below)
{
    uint64_t mixed = sync->random += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return (mixed ^ mixed >> 31) % below;
}

void sync_init(struct sync *sync, uint64_t seed, struct sync_waits waits)
{
    assert(waits.heads_interval_ms >= 2);
    uint64_t secret[PLACE_SECRET_SIZE / sizeof(uint64_t)];

    /* Not the tables: a place is written before it is read. */
    memset(sync, 0, offsetof(struct sync, peers));
    sync->random = seed;
    sync->heads_interval_ms = waits.heads_interval_ms;
    fills_init(&sync->fills, waits.heads_interval_ms, waits.fill_stall_ms);
    for (size_t i = 0; i < sizeof secret / sizeof *secret; i++) {
        secret[i] = draw(sync, UINT64_MAX);
    }
    wants_init(&sync->wants, (const uint8_t *)secret, waits.stall_ms_max);
}

/* ---- actions ---- */

static void act(struct sync_actions *actions, enum sync_action_kind kind, uint32_t peer,
                const struct head *head)
{
    struct sync_action *action = NULL;

    /* What does not fit is made up for by timers: a want is repeated, what changed is asked for again. */
    if (actions->count == SYNC_ACTIONS_MAX) {
        return;
    }
    action = &actions->items[actions->count++];
    memset(action, 0, sizeof *action);
    action->kind = kind;
    action->peer = peer;
    if (head != NULL) {
        action->head = *head;
        action->author = head->author;
    }
}

/* ---- peers ---- */

/* Index of peer id, or of where it belongs. */
static size_t peer_at(const struct sync *sync, uint32_t id)
{
    size_t low = 0, high = sync->peer_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (sync->peers[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static struct sync_peer *peer_find(struct sync *sync, uint32_t id)
{
    size_t at = peer_at(sync, id);

    return at < sync->peer_count && sync->peers[at].id == id ? &sync->peers[at] : NULL;
}

static uint64_t fingerprint(const struct hash *hash)
{
    uint64_t first = 0;

    memcpy(&first, hash->bytes, sizeof first);
    return first;
}

static bool peer_knows(const struct sync_peer *peer, const struct hash *hash)
{
    const uint64_t sought = fingerprint(hash);
    const uint64_t *row = peer->known[sought % KNOWN_ROWS];
    bool found = false;

    for (size_t i = 0; i < KNOWN_PER_ROW; i++) {
        found |= row[i] == sought;
    }
    return found;
}

static void peer_learn(struct sync_peer *peer, const struct hash *hash)
{
    const uint64_t row = fingerprint(hash) % KNOWN_ROWS;

    if (peer == NULL || peer_knows(peer, hash)) {
        return;
    }
    peer->known[row][peer->known_at[row]] = fingerprint(hash);
    peer->known_at[row] = (uint8_t)((peer->known_at[row] + 1) % KNOWN_PER_ROW);
}

/* Between three quarters and five quarters of the interval, so that nodes do not fall into step. */
static uint64_t heads_interval(struct sync *sync)
{
    return sync->heads_interval_ms * 3 / 4 + draw(sync, sync->heads_interval_ms / 2);
}

static void send_heard(struct sync *sync, struct sync_peer *peer, uint64_t now_ms,
                       struct sync_actions *actions)
{
    struct sync_action *action = NULL;

    peer->heads_at_ms = now_ms + heads_interval(sync);
    if (actions->count == SYNC_ACTIONS_MAX) {
        return;
    }
    act(actions, SYNC_SEND_HEARD, peer->id, NULL);
    action = &actions->items[actions->count - 1];
    action->claims = wants_any(&sync->wants, peer->source) != NULL;
    action->gave_up = peer->gave_up;
    peer->gave_up = false;
}

/* Tell every peer that does not know head, how = SYNC_PUSH_BLOCK or SYNC_SEND_HEAD. */
static void spread(struct sync *sync, enum sync_action_kind how, const struct head *head,
                   struct sync_actions *actions)
{
    for (size_t i = 0; i < sync->peer_count; i++) {
        struct sync_peer *peer = &sync->peers[i];

        if (peer_knows(peer, &head->hash)) {
            continue;
        }
        act(actions, how, peer->id, head);
        peer_learn(peer, &head->hash);
    }
}

/* ---- wants ---- */

static struct claim *claim_of(struct sync *sync, const struct sync_event *event)
{
    struct sync_peer *peer = peer_find(sync, event->peer);

    return peer == NULL ? NULL : wants_find(&sync->wants, peer->source, &event->head.author);
}

/* Whose claim it is. */
static struct sync_peer *peer_of(struct sync *sync, const struct claim *claim)
{
    struct sync_peer *peer = peer_find(sync, sync->wants.sources[claim->source].peer);

    assert(peer != NULL);
    return peer;
}

static void expect_within(struct sync *sync, struct claim *claim, uint64_t wait_ms, uint64_t now_ms)
{
    wants_expect(&sync->wants, claim, now_ms + wait_ms + draw(sync, wait_ms / 4));
}

static void expect(struct sync *sync, struct claim *claim, uint64_t now_ms)
{
    expect_within(sync, claim, claim->stall_ms, now_ms);
}

static void start_wants(struct sync *sync, uint64_t now_ms, struct sync_actions *actions)
{
    struct claim *claim = NULL;

    while (actions->count < SYNC_ACTIONS_MAX && (claim = wants_start(&sync->wants, now_ms)) != NULL) {
        const struct head from = {.author = claim->author, .seq = claim->reached_seq, .hash = claim->reached};

        expect(sync, claim, now_ms);
        act(actions, SYNC_SEND_WANT, sync->wants.sources[claim->source].peer, &from);
    }
}

/* What came meanwhile was not pushed on block by block: tell of where it ended. */
static void tell_news(struct sync *sync, struct claim *claim, struct sync_actions *actions)
{
    const struct head news = {
        .author = claim->author, .epoch = claim->news_epoch, .seq = claim->news_seq, .hash = claim->news};

    if (hash_is_zero(&news.hash)) {
        return;
    }
    memset(&claim->news, 0, sizeof claim->news);
    spread(sync, SYNC_SEND_HEAD, &news, actions);
}

static void finish(struct sync *sync, struct claim *claim, uint64_t now_ms, struct sync_actions *actions)
{
    tell_news(sync, claim, actions);
    wants_remove(&sync->wants, claim, now_ms);
}

/* What the answer may bring, by what the peer says: its share of the log. */
static uint32_t answer_bytes(const struct head *target, uint64_t next_seq)
{
    const uint64_t batch = SYNC_BATCH_BYTES_MAX;
    const uint64_t missing = target->seq < next_seq ? 1 : target->seq - next_seq + 1;

    if (target->bytes == 0 || target->bytes / (target->seq + 1) >= batch / missing) {
        return (uint32_t)batch;
    }
    return (uint32_t)((target->bytes / (target->seq + 1) + 1) * missing);
}

/* The author's blocks up to target (NULL: nobody knows how far) are to be had from the event's peer. */
static void claim_from(struct sync *sync, const struct sync_event *event, const struct head *target)
{
    struct sync_peer *peer = peer_find(sync, event->peer);
    struct claim *claim = peer == NULL ? NULL : wants_add(&sync->wants, peer->source, &event->head.author);

    if (claim == NULL || target == NULL) {
        return;
    }
    if (hash_is_zero(&claim->target) || target->seq >= claim->target_seq) {
        claim->target = target->hash;
        claim->target_seq = target->seq;
        claim->outrun = false;
        if (claim->state != CLAIM_IS_ASKED) {
            claim->bytes = answer_bytes(target, event->ours_next);
        }
    }
}

/* ---- what no want brings ---- */

static void start_fill(struct sync *sync, struct fill_entry *fill, uint64_t now_ms,
                       struct sync_actions *actions)
{
    struct head from = {0};

    if (actions->count == SYNC_ACTIONS_MAX || !fills_start(&sync->fills, fill, now_ms)) {
        return;
    }
    if (fill->kind == FILL_CUTS) {
        from = *fill_reached(fill);
    } else {
        from.seq = fill_from_seq(fill);
    }
    from.author = fill->author;
    act(actions, fill->kind == FILL_CUTS ? SYNC_SEND_CUTS : SYNC_SEND_GAPS, fill->asked, &from);
}

static void start_fills(struct sync *sync, uint64_t now_ms, struct sync_actions *actions)
{
    for (size_t i = 0; i < sync->fills.count; i++) {
        start_fill(sync, &sync->fills.entries[i], now_ms, actions);
    }
}

/* Whether the peer's copy may have what ours lacks, though it may lack something else. */
static bool may_fill(enum fill_kind kind, const struct sync_event *event)
{
    switch (kind) {
    case FILL_GAPS:
        return event->ours == SYNC_OURS_SAME || event->ours == SYNC_OURS_MISSING;
    case FILL_CUTS: /* the chain first, which may bring it */
        return event->ours == SYNC_OURS_SAME || event->ours == SYNC_OURS_AHEAD;
    }
    return false;
}

/* The peer may have what is lacking, for all that is known of it. */
static void on_lacking_of(struct sync *sync, enum fill_kind kind, const struct sync_event *event)
{
    struct fill_entry *fill = fills_add(&sync->fills, kind, &event->head.author);

    if (fill != NULL && !fill_has_source(fill, event->peer)) {
        fill_add_source(fill, event->peer, false);
    }
}

/* What a head that the peer told says of who may fill, and ends the question that it answers. */
static void on_head_of_fill(struct sync *sync, enum fill_kind kind, bool lacks,
                            const struct sync_event *event, uint64_t now_ms)
{
    struct fill_entry *fill = fills_find(&sync->fills, kind, &event->head.author);
    bool may = may_fill(kind, event);

    if (!lacks) {
        if (fill != NULL) {
            fills_remove(&sync->fills, fill);
        }
        return;
    }
    if (fill == NULL && may) {
        fill = fills_add(&sync->fills, kind, &event->head.author);
    }
    if (fill == NULL) {
        return;
    }
    if (fill->in_flight && fill->asked == event->peer) {
        fill_end(&sync->fills, fill, draw(sync, event->head.seq + 1),
                 now_ms); /* the head after what was asked for */
    }
    if (may) {
        fill_add_source(fill, event->peer, kind == FILL_GAPS && event->head.gaps);
    }
}

static void push_filled(const struct sync *sync, const struct fill_entry *fill,
                        const struct sync_event *event, struct sync_actions *actions)
{
    for (size_t i = 0; i < sync->peer_count; i++) {
        const uint32_t peer = sync->peers[i].id;

        if (peer != event->peer && fill_is_poorer(fill, peer)) {
            act(actions, SYNC_PUSH_BLOCK, peer, &event->head);
        }
    }
}

/* Once nothing is lacking any more, whoever lacks it can ask here. Before that no head says that more came,
 * so those are sent it who lacked it too. */
static void on_block_filled(struct sync *sync, const struct sync_event *event, uint64_t now_ms,
                            struct sync_actions *actions)
{
    struct fill_entry *fill = fills_find(&sync->fills, FILL_GAPS, &event->head.author);
    struct fill_entry *cuts = fills_find(&sync->fills, FILL_CUTS, &event->head.author);

    if (cuts != NULL) {
        fill_progress(&sync->fills, cuts, event->peer, now_ms);
    }
    if (fill != NULL && event->ours_gaps) {
        fill_progress(&sync->fills, fill, event->peer, now_ms);
        push_filled(sync, fill, event, actions);
    } else if (fill != NULL) {
        fills_remove(&sync->fills, fill);
    }
    for (size_t i = 0; i < sync->peer_count && !event->ours_gaps; i++) {
        act(actions, SYNC_SEND_HEAD, sync->peers[i].id, &event->head);
    }
}

/* ---- events ---- */

static void on_peer_up(struct sync *sync, const struct sync_event *event, uint64_t now_ms,
                       struct sync_actions *actions)
{
    const uint32_t id = event->peer;
    size_t at = peer_at(sync, id);
    struct sync_peer *peer = &sync->peers[at];

    assert(id != SYNC_LOCAL);
    if (sync->peer_count == SYNC_PEERS_MAX || (at < sync->peer_count && peer->id == id)) {
        return;
    }
    memmove(peer + 1, peer, (sync->peer_count - at) * sizeof *peer);
    sync->peer_count++;
    memset(peer, 0, sizeof *peer);
    peer->id = id;
    peer->source = wants_open(&sync->wants, id, event->dialled, event->delivers);
    send_heard(sync, peer, now_ms, actions);
}

static void on_peer_down(struct sync *sync, uint32_t id, uint64_t now_ms, struct sync_actions *actions)
{
    struct sync_peer *peer = peer_find(sync, id);
    size_t at = peer == NULL ? 0 : (size_t)(peer - sync->peers);
    struct claim *claim = NULL;
    uint16_t source;

    if (peer == NULL) {
        return;
    }
    source = peer->source;
    memmove(peer, peer + 1, (sync->peer_count - at - 1) * sizeof *peer);
    sync->peer_count--;
    while ((claim = wants_any(&sync->wants, source)) != NULL) {
        finish(sync, claim, now_ms, actions);
    }
    wants_close(&sync->wants, source);
    for (size_t i = 0; i < sync->fills.count; i++) {
        fill_drop_source(&sync->fills.entries[i], id);
    }
}

static void on_peer_head(struct sync *sync, const struct sync_event *event, uint64_t now_ms,
                         struct sync_actions *actions)
{
    struct claim *claim = claim_of(sync, event);

    peer_learn(peer_find(sync, event->peer), &event->head.hash);
    on_head_of_fill(sync, FILL_GAPS, event->ours_gaps, event, now_ms);
    on_head_of_fill(sync, FILL_CUTS, event->ours_cuts, event, now_ms);
    if (event->ours != SYNC_OURS_MISSING) {
        if (claim != NULL) {
            finish(sync, claim, now_ms, actions);
        }
        return;
    }
    /* The head after a batch. One that crossed our want, or a peer that sends nothing of what it announces,
     * leaves the want to its deadline. */
    if (claim != NULL && claim->state == CLAIM_IS_ASKED && claim->progressed) {
        tell_news(sync, claim, actions);
        wants_go_on(&sync->wants, claim, now_ms);
    }
    claim_from(sync, event, &event->head);
}

/* Whoever claims just this block has no more than is held now. What another one than its sender was asked for
 * is on its way all the same, and takes its room until then. */
static void finish_all(struct sync *sync, const struct head *head, const struct claim *of_sender,
                       uint64_t now_ms, struct sync_actions *actions)
{
    struct claim *next = NULL;

    for (struct claim *claim = wants_first_of(&sync->wants, &head->author); claim != NULL; claim = next) {
        next = wants_next_of(&sync->wants, claim);
        if (!hash_equal(&claim->target, &head->hash)) {
            continue;
        }
        if (claim == of_sender || claim->state != CLAIM_IS_ASKED) {
            finish(sync, claim, now_ms, actions);
        } else {
            wants_outrun(&sync->wants, claim);
        }
    }
}

/* A block of peer's own sending that is held now. */
static void on_block_in(struct sync *sync, const struct sync_event *event, uint64_t now_ms,
                        struct sync_actions *actions)
{
    struct sync_peer *peer = peer_find(sync, event->peer);
    struct claim *claim = claim_of(sync, event);
    struct fill_entry *cuts = fills_find(&sync->fills, FILL_CUTS, &event->head.author);
    struct fill_entry *gaps = fills_find(&sync->fills, FILL_GAPS, &event->head.author);

    peer_learn(peer, &event->head.hash);
    if (cuts != NULL) {
        fill_reach(&sync->fills, cuts, event->peer, &event->head, now_ms);
    }
    if (gaps != NULL) {
        fill_sent(gaps, event->peer, event->head.seq);
    }
    /* Only ever higher blocks count, so that nobody keeps a want alive by sending the same ones again. */
    if (claim != NULL && claim->state == CLAIM_IS_ASKED &&
        (hash_is_zero(&claim->reached) || event->head.seq > claim->reached_seq)) {
        claim->reached = event->head.hash;
        claim->reached_seq = event->head.seq;
        claim->progressed = true;
        wants_came(&sync->wants, claim, event->size, now_ms);
        expect_within(sync, claim, wants_pause_ms(claim, event->size), now_ms);
        if (hash_equal(&claim->target, &claim->reached)) {
            wants_kept(&sync->wants, peer->source);
        }
    }
    finish_all(sync, &event->head, claim, now_ms, actions);
}

static void on_block_on_way(struct sync *sync, const struct sync_event *event, uint64_t now_ms)
{
    struct fill_entry *cuts = fills_find(&sync->fills, FILL_CUTS, &event->head.author);

    if (cuts != NULL) {
        fill_progress(&sync->fills, cuts, event->peer, now_ms);
    }
}

static void on_block_new(struct sync *sync, const struct sync_event *event, uint64_t now_ms,
                         struct sync_actions *actions)
{
    struct claim *claim = claim_of(sync, event);
    bool asked = claim != NULL && claim->state == CLAIM_IS_ASKED;

    peer_learn(peer_find(sync, event->peer), &event->head.hash);
    if (!asked || (hash_is_zero(&claim->news) && hash_equal(&claim->target, &event->head.hash))) {
        spread(sync, SYNC_PUSH_BLOCK, &event->head, actions);
    } else {
        /* While catching up by many blocks, peers that lack the first of them could do nothing with the
         * others. */
        claim->news = event->head.hash;
        claim->news_seq = event->head.seq;
        claim->news_epoch = event->head.epoch;
    }
    if (!asked) {
        finish_all(sync, &event->head, claim, now_ms, actions);
    }
}

static void on_evidence_new(struct sync *sync, const struct sync_event *event, struct sync_actions *actions)
{
    const struct head head = {.author = event->author};

    for (size_t i = 0; i < sync->peer_count; i++) {
        if (sync->peers[i].id == event->peer || actions->count == SYNC_ACTIONS_MAX) {
            continue;
        }
        act(actions, SYNC_PUSH_EVIDENCE, sync->peers[i].id, &head);
        actions->items[actions->count - 1].fork_proof = event->fork_proof;
    }
}

static void on_tick(struct sync *sync, uint64_t now_ms, struct sync_actions *actions)
{
    struct claim *claim = NULL;

    for (size_t i = 0; i < sync->peer_count; i++) {
        if (now_ms >= sync->peers[i].heads_at_ms) {
            send_heard(sync, &sync->peers[i], now_ms, actions);
        }
    }
    while ((claim = wants_check(&sync->wants, now_ms)) != NULL) {
        if (wants_is_queued(&sync->wants, claim, now_ms)) {
            wants_late(&sync->wants, claim);
            expect(sync, claim, now_ms);
            continue;
        }
        wants_stall(&sync->wants, claim, now_ms);
        if (claim->outrun || claim->attempts == CLAIM_ATTEMPTS_MAX) {
            peer_of(sync, claim)->gave_up |= !claim->outrun;
            finish(sync, claim, now_ms, actions);
        }
    }
    for (size_t i = 0; i < sync->fills.count; i++) {
        struct fill_entry *fill = &sync->fills.entries[i];

        if (fill->in_flight && now_ms >= fill->deadline_ms) {
            fill_end(&sync->fills, fill, 0, now_ms);
        }
    }
}

void sync_step(struct sync *sync, const struct sync_event *event, uint64_t now_ms,
               struct sync_actions *actions)
{
    bool known = peer_find(sync, event->peer) != NULL;

    actions->count = 0;
    switch (event->kind) {
    case SYNC_PEER_UP:
        on_peer_up(sync, event, now_ms, actions);
        break;
    case SYNC_PEER_DOWN:
        on_peer_down(sync, event->peer, now_ms, actions);
        break;
    case SYNC_PEER_HEAD:
        if (known) {
            on_peer_head(sync, event, now_ms, actions);
        }
        break;
    case SYNC_PEER_WANT:
        if (known) {
            act(actions, SYNC_SEND_BLOCKS, event->peer, &(struct head){.author = event->author});
        }
        break;
    case SYNC_LACKING:
        if (known && event->ours_gaps) {
            on_lacking_of(sync, FILL_GAPS, event);
        }
        if (known && event->ours_cuts) {
            on_lacking_of(sync, FILL_CUTS, event);
        }
        break;
    case SYNC_BLOCK_IN:
        if (known) {
            on_block_in(sync, event, now_ms, actions);
        }
        break;
    case SYNC_BLOCK_FILLED:
        on_block_filled(sync, event, now_ms, actions);
        break;
    case SYNC_BLOCK_ON_WAY:
        on_block_on_way(sync, event, now_ms);
        break;
    case SYNC_BLOCK_ORPHAN:
        if (known) {
            claim_from(sync, event, NULL);
        }
        break;
    case SYNC_BLOCK_NEW:
        on_block_new(sync, event, now_ms, actions);
        break;
    case SYNC_EVIDENCE_NEW:
        on_evidence_new(sync, event, actions);
        break;
    case SYNC_TICK:
        on_tick(sync, now_ms, actions);
        break;
    }
    start_wants(sync, now_ms, actions);
    start_fills(sync, now_ms, actions);
}

bool sync_may_claim(struct sync *sync, uint32_t id, const struct actor_id *author)
{
    const struct sync_peer *peer = peer_find(sync, id);

    return peer != NULL &&
           (wants_has_room(&sync->wants, peer->source) || wants_find(&sync->wants, peer->source, author));
}

bool sync_delivers(struct sync *sync, uint32_t id)
{
    const struct sync_peer *peer = peer_find(sync, id);

    return peer != NULL && sync->wants.sources[peer->source].proven;
}

uint64_t sync_deadline_ms(const struct sync *sync)
{
    uint64_t deadline_ms = sync->wants.check_ms;
    uint64_t fills_ms = fills_deadline_ms(&sync->fills);

    deadline_ms = fills_ms < deadline_ms ? fills_ms : deadline_ms;

    for (size_t i = 0; i < sync->peer_count; i++) {
        if (sync->peers[i].heads_at_ms < deadline_ms) {
            deadline_ms = sync->peers[i].heads_at_ms;
        }
    }
    return deadline_ms;
}

struct wants *sync_wants(struct sync *sync)
{
    return &sync->wants;
}
