#include "protocol/sync/wants.h"

#include <assert.h>
#include <string.h>

#include "protocol/base/sort.h"

enum {
    SOURCES_ASKED_MAX = 2,
    SOURCES_ASKED_FOR_LITTLE_MAX = 64,
    LITTLE_BYTES = 64 * 1024,
    LITTLE_ASKS_MAX = 64,
    SLOWER = 4,
    CHECK_MS_MIN = 250,
    SILENT_MS = 500, /* who is there answers, or says that it is busy, within that (DESIGN section 6) */
    RATE_WINDOW_MS = 4000,
    PAUSE_BYTES_A_MS = 64, /* the next block of a started answer may be as large, and as slow, as the last */
};

void wants_init(struct wants *wants, const uint8_t secret[PLACE_SECRET_SIZE], uint32_t stall_ms_max)
{
    /* Not the claims: a place is written before it is read, and most are never used. */
    memset(wants, 0, offsetof(struct wants, claims));
    memcpy(wants->secret, secret, PLACE_SECRET_SIZE);
    wants->stall_ms_max = stall_ms_max;
    wants->check_ms = UINT64_MAX;
}

static uint32_t place_of(const struct wants *wants, const struct claim *claim)
{
    return (uint32_t)(claim - wants->claims);
}

static struct claim *claim_at(struct wants *wants, uint32_t place)
{
    return place == WANTS_NONE ? NULL : &wants->claims[place];
}

static struct source *source_of(struct wants *wants, const struct claim *claim)
{
    return &wants->sources[claim->source];
}

static void refresh(struct wants *wants, struct source *source)
{
    const uint16_t at = (uint16_t)(source - wants->sources);

    source->fresh = true;
    wants->fresh_from = at < wants->fresh_from ? at : wants->fresh_from;
}

/* ---- lines ---- */

static struct claim_line *line_of(struct wants *wants, const struct claim *claim)
{
    return &source_of(wants, claim)->lines[claim->state];
}

static void leave_line(struct wants *wants, const struct claim *claim)
{
    struct claim_line *line = line_of(wants, claim);
    struct claim *earlier = claim_at(wants, claim->earlier), *later = claim_at(wants, claim->later);

    *(earlier == NULL ? &line->first : &earlier->later) = claim->later;
    *(later == NULL ? &line->last : &later->earlier) = claim->earlier;
}

static void join_last(struct wants *wants, struct claim *claim, enum claim_state state)
{
    claim->state = (uint8_t)state;
    struct claim_line *line = line_of(wants, claim);
    struct claim *earlier = claim_at(wants, line->last);

    claim->earlier = line->last;
    claim->later = WANTS_NONE;
    *(earlier == NULL ? &line->first : &earlier->later) = place_of(wants, claim);
    line->last = place_of(wants, claim);
}

static void join_first(struct wants *wants, struct claim *claim, enum claim_state state)
{
    claim->state = (uint8_t)state;
    struct claim_line *line = line_of(wants, claim);
    struct claim *later = claim_at(wants, line->first);

    claim->later = line->first;
    claim->earlier = WANTS_NONE;
    *(later == NULL ? &line->last : &later->earlier) = place_of(wants, claim);
    line->first = place_of(wants, claim);
}

/* ---- claims of one author ---- */

static uint32_t *bucket_of(struct wants *wants, const struct actor_id *author)
{
    return &wants->buckets[place_of_bytes(author->hash.bytes, wants->secret) % WANTS_BUCKETS];
}

/* The first claim of author in a bucket from the one on that next says (place + 1). */
static struct claim *find_from(struct wants *wants, uint32_t next, const struct actor_id *author)
{
    while (next != 0 && !actor_id_equal(&wants->claims[next - 1].author, author)) {
        next = wants->claims[next - 1].next_of_bucket;
    }
    return next == 0 ? NULL : &wants->claims[next - 1];
}

struct claim *wants_first_of(struct wants *wants, const struct actor_id *author)
{
    return find_from(wants, *bucket_of(wants, author), author);
}

struct claim *wants_next_of(struct wants *wants, const struct claim *claim)
{
    return find_from(wants, claim->next_of_bucket, &claim->author);
}

struct claim *wants_find(struct wants *wants, uint16_t source, const struct actor_id *author)
{
    struct claim *claim = wants_first_of(wants, author);

    while (claim != NULL && claim->source != source) {
        claim = wants_next_of(wants, claim);
    }
    return claim;
}

static void leave_bucket(struct wants *wants, const struct claim *claim)
{
    uint32_t *link = bucket_of(wants, &claim->author);

    while (*link != place_of(wants, claim) + 1) {
        assert(*link != 0);
        link = &wants->claims[*link - 1].next_of_bucket;
    }
    *link = claim->next_of_bucket;
}

/* ---- sources ---- */

uint16_t wants_open(struct wants *wants, uint32_t peer, bool dialled, bool proven)
{
    uint16_t at = 0;

    while (at < SYNC_PEERS_MAX && wants->sources[at].used) {
        at++;
    }
    assert(at < SYNC_PEERS_MAX);
    wants->sources[at] = (struct source){
        .peer = peer,
        .used = true,
        .dialled = dialled,
        .proven = proven,
        .lines = {{WANTS_NONE, WANTS_NONE}, {WANTS_NONE, WANTS_NONE}, {WANTS_NONE, WANTS_NONE}},
        .first_free = WANTS_NONE,
        .due_ms = UINT64_MAX};
    return at;
}

void wants_close(struct wants *wants, uint16_t source)
{
    assert(wants_any(wants, source) == NULL);
    wants->sources[source].used = false;
}

static uint32_t take_place(struct wants *wants, uint16_t source)
{
    struct source *of = &wants->sources[source];
    uint32_t place = of->first_free;

    if (place != WANTS_NONE) {
        of->first_free = wants->claims[place].later;
        return place;
    }
    return of->ever < CLAIMS_PER_PEER_MAX ? (uint32_t)source * CLAIMS_PER_PEER_MAX + of->ever++ : WANTS_NONE;
}

bool wants_has_room(const struct wants *wants, uint16_t source)
{
    const struct source *of = &wants->sources[source];

    return of->first_free != WANTS_NONE || of->ever < CLAIMS_PER_PEER_MAX;
}

struct claim *wants_add(struct wants *wants, uint16_t source, const struct actor_id *author)
{
    struct claim *claim = wants_find(wants, source, author);
    uint32_t place = claim == NULL ? take_place(wants, source) : WANTS_NONE;
    uint32_t *bucket = bucket_of(wants, author);

    if (claim != NULL || place == WANTS_NONE) {
        return claim;
    }
    claim = &wants->claims[place];
    *claim = (struct claim){.author = *author,
                            .source = source,
                            .stall_ms = SYNC_STALL_MS_MIN,
                            .bytes = SYNC_BATCH_BYTES_MAX,
                            .next_of_bucket = *bucket};
    *bucket = place + 1;
    join_last(wants, claim, CLAIM_WAITS);
    refresh(wants, &wants->sources[source]);
    return claim;
}

struct claim *wants_any(struct wants *wants, uint16_t source)
{
    for (size_t state = 0; state < CLAIM_STATE_COUNT; state++) {
        if (wants->sources[source].lines[state].first != WANTS_NONE) {
            return &wants->claims[wants->sources[source].lines[state].first];
        }
    }
    return NULL;
}

/* ---- in flight ---- */

/* What stood aside of an author goes to the front of its lines: it has waited. */
static void wake(struct wants *wants, const struct actor_id *author)
{
    for (struct claim *claim = wants_first_of(wants, author); claim != NULL;
         claim = wants_next_of(wants, claim)) {
        if (claim->state == CLAIM_STANDS_ASIDE) {
            leave_line(wants, claim);
            join_first(wants, claim, CLAIM_WAITS);
            refresh(wants, source_of(wants, claim));
        }
    }
}

/* The rate is reckoned over all that was in flight together, so that many small answers count as what they
 * are. */
static uint64_t rate_now(const struct source *source, uint64_t now_ms)
{
    return source->came_bytes * 1000 / (now_ms > source->busy_ms ? now_ms - source->busy_ms : 1);
}

static void check_by(struct wants *wants, uint64_t at_ms)
{
    if (at_ms < wants->check_ms) {
        wants->check_ms = at_ms;
    }
}

/* How long a source is listened to before it is called slow: who never kept a promise and is silent, shorter.
 */
static uint64_t patience_ms(const struct source *source)
{
    return source->proven || source->came_bytes > 0 ? SOURCE_SLOW_MS : SILENT_MS;
}

/* When to look at how fast a source is that something is in flight at. */
static uint64_t look_ms(const struct source *source, uint64_t now_ms)
{
    const uint64_t at_ms = source->busy_ms + patience_ms(source);

    return at_ms > now_ms ? at_ms : now_ms + SOURCE_SLOW_MS;
}

static void put_in_flight(struct wants *wants, struct claim *claim, uint64_t now_ms)
{
    struct source *source = source_of(wants, claim);

    leave_line(wants, claim);
    join_last(wants, claim, CLAIM_IS_ASKED);
    claim->progressed = false;
    claim->let_go = source->slow;
    claim->late = false;
    claim->came_blocks = claim->came_bytes = 0;
    /* Asked for the next part in the same moment it was never idle, however little it brings at a time. */
    if (source->asks == 0 && now_ms != source->went_on_ms) {
        source->busy_ms = now_ms;
        source->came_bytes = 0;
        source->slow = claim->let_go = false;
    }
    if (claim->let_go) {
        wake(wants, &claim->author);
    }
    source->asks++;
    source->asked_bytes += claim->bytes;
    check_by(wants, look_ms(source, now_ms));
}

/* Whoever was asked for little last is no slower for that. */
static void note_rate(struct source *source, uint64_t rate)
{
    source->rate = rate > source->rate ? rate : (source->rate * 7 + rate) / 8;
}

static void take_out(struct wants *wants, struct claim *claim, uint64_t now_ms)
{
    struct source *source = source_of(wants, claim);

    assert(claim->state == CLAIM_IS_ASKED);
    source->asks--;
    source->asked_bytes -= claim->bytes;
    refresh(wants, source);
    if (source->asks == 0 && source->came_bytes > 0) {
        note_rate(source, rate_now(source, now_ms));
    }
}

static void to_end_of_line(struct wants *wants, struct claim *claim, uint64_t now_ms)
{
    take_out(wants, claim, now_ms);
    leave_line(wants, claim);
    join_last(wants, claim, CLAIM_WAITS);
    wake(wants, &claim->author);
}

void wants_kept(struct wants *wants, uint16_t source)
{
    wants->sources[source].proven = true;
    wants->sources[source].slow = false;
}

/* What a source holds alone, it holds as one that keeps its promises: once it does not, others may be asked.
 */
static void lose_trust(struct wants *wants, struct source *source)
{
    struct claim *claim = claim_at(wants, source->lines[CLAIM_IS_ASKED].first);

    for (; source->proven && claim != NULL; claim = claim_at(wants, claim->later)) {
        wake(wants, &claim->author);
    }
    source->proven = false;
}

/* Whether as much came as an answer as a rule brings that ends before its log does. */
static bool is_whole(const struct claim *claim)
{
    return claim->came_blocks >= SYNC_BATCH_SMALL_BLOCKS_MAX ||
           claim->came_bytes >= SYNC_BATCH_SMALL_BYTES_MAX / 2;
}

void wants_go_on(struct wants *wants, struct claim *claim, uint64_t now_ms)
{
    struct source *source = source_of(wants, claim);

    if (!source->slow && is_whole(claim)) {
        source->proven = true;
        claim->attempts = 0;
    } else {
        lose_trust(wants, source);
        claim->attempts = 1;
    }
    source->went_on_ms = now_ms;
    claim->stall_ms = SYNC_STALL_MS_MIN;
    to_end_of_line(wants, claim, now_ms);
}

static void let_go(struct wants *wants, struct claim *claim)
{
    claim->let_go = true;
    wake(wants, &claim->author);
}

void wants_outrun(struct wants *wants, struct claim *claim)
{
    claim->outrun = true;
    let_go(wants, claim);
}

bool wants_is_queued(const struct wants *wants, const struct claim *claim, uint64_t now_ms)
{
    return !claim->late && now_ms < wants->sources[claim->source].came_ms + SYNC_STALL_MS_MIN;
}

void wants_late(struct wants *wants, struct claim *claim)
{
    lose_trust(wants, source_of(wants, claim));
    claim->late = true;
    let_go(wants, claim);
}

void wants_stall(struct wants *wants, struct claim *claim, uint64_t now_ms)
{
    lose_trust(wants, source_of(wants, claim));
    claim->attempts++;
    claim->stall_ms *= 2;
    if (claim->stall_ms > wants->stall_ms_max) {
        claim->stall_ms = wants->stall_ms_max;
    }
    memset(&claim->reached, 0, sizeof claim->reached);
    to_end_of_line(wants, claim, now_ms);
}

void wants_remove(struct wants *wants, struct claim *claim, uint64_t now_ms)
{
    const struct actor_id author = claim->author;
    struct source *source = source_of(wants, claim);
    bool asked = claim->state == CLAIM_IS_ASKED;

    if (asked) {
        take_out(wants, claim, now_ms);
    }
    leave_line(wants, claim);
    leave_bucket(wants, claim);
    claim->later = source->first_free;
    source->first_free = place_of(wants, claim);
    if (asked) {
        wake(wants, &author);
    }
}

void wants_expect(struct wants *wants, struct claim *claim, uint64_t deadline_ms)
{
    struct source *source = source_of(wants, claim);

    claim->deadline_ms = deadline_ms;
    if (deadline_ms < source->due_ms) {
        source->due_ms = deadline_ms;
    }
    check_by(wants, deadline_ms);
}

uint64_t wants_pause_ms(const struct claim *claim, size_t size)
{
    const uint64_t pause_ms = SOURCE_SLOW_MS + size / PAUSE_BYTES_A_MS;

    return claim->late || claim->stall_ms < pause_ms ? claim->stall_ms : pause_ms;
}

void wants_came(struct wants *wants, struct claim *claim, size_t size, uint64_t now_ms)
{
    struct source *source = source_of(wants, claim);

    claim->came_blocks++;
    claim->came_bytes += (uint32_t)size;
    source->came_bytes += size;
    source->came_ms = now_ms;
}

/* ---- choosing ---- */

static bool has_room(const struct source *source, const struct claim *claim)
{
    return source->asks == 0 || (source->asks < SYNC_ASKS_PER_PEER_MAX &&
                                 source->asked_bytes + claim->bytes <= SYNC_ASKED_BYTES_PER_PEER_MAX);
}

/* How many sources that kept no promise may be asked for the same at a time. Little is asked of many, as who
 * has waited for its turn behind all liars is late; as long as little is in flight at its source, so that
 * what comes twice stays little too. What many were asked for in vain is asked of twice as many: an author
 * waits for a few rounds of liars, however many there are. */
static size_t most_asked(const struct source *own, const struct claim *about, size_t in_vain)
{
    const size_t most = about->bytes <= LITTLE_BYTES && own->asks < LITTLE_ASKS_MAX
                            ? SOURCES_ASKED_FOR_LITTLE_MAX
                            : SOURCES_ASKED_MAX;

    return most < 2 * in_vain ? 2 * in_vain : most;
}

/* Whether enough is asked for what a claim is about: of one source that has kept a promise, where none was
 * asked in vain, or of as many as it takes, none of which stands behind the claim's own. */
static bool is_held(struct wants *wants, const struct claim *about)
{
    const struct source *own = source_of(wants, about);
    size_t proven = 0, others = 0, in_vain = 0;

    for (const struct claim *claim = wants_first_of(wants, &about->author); claim != NULL;
         claim = wants_next_of(wants, claim)) {
        const struct source *source = source_of(wants, claim);
        const bool is_asked = claim->state == CLAIM_IS_ASKED;

        if (!claim->outrun && (claim->attempts > 0 || (is_asked && claim->let_go))) {
            in_vain++;
        }
        if (is_asked && !claim->let_go && source->proven) {
            proven++;
        } else if (is_asked && !claim->let_go) {
            others += !own->proven && source->dialled >= own->dialled;
        }
    }
    if (proven > 0 && in_vain == 0) {
        return true;
    }
    return proven + others >= most_asked(own, about, in_vain);
}

static bool is_better(const struct source *a, const struct claim *of_a, const struct source *b,
                      const struct claim *of_b)
{
    if (of_a->attempts != of_b->attempts) {
        return of_a->attempts < of_b->attempts;
    }
    if (a->dialled != b->dialled) {
        return a->dialled;
    }
    if (a->proven != b->proven) {
        return a->proven;
    }
    return a->peer < b->peer;
}

/* The best that may be asked for the author of claim, which is one itself. */
static struct claim *best_of(struct wants *wants, struct claim *claim)
{
    struct claim *best = claim;

    for (struct claim *other = wants_first_of(wants, &claim->author); other != NULL;
         other = wants_next_of(wants, other)) {
        const struct source *source = source_of(wants, other);

        if (other->state == CLAIM_WAITS && has_room(source, other) &&
            is_better(source, other, source_of(wants, best), best)) {
            best = other;
        }
    }
    return best;
}

/* The same for the line of one source. */
static struct claim *start_of(struct wants *wants, struct source *source)
{
    struct claim *claim;

    while ((claim = claim_at(wants, source->lines[CLAIM_WAITS].first)) != NULL && has_room(source, claim)) {
        if (!is_held(wants, claim)) {
            return best_of(wants, claim);
        }
        leave_line(wants, claim);
        join_last(wants, claim, CLAIM_STANDS_ASIDE);
    }
    source->fresh = false;
    return NULL;
}

struct claim *wants_start(struct wants *wants, uint64_t now_ms)
{
    for (; wants->fresh_from < SYNC_PEERS_MAX; wants->fresh_from++) {
        struct source *source = &wants->sources[wants->fresh_from];
        struct claim *claim = source->used && source->fresh ? start_of(wants, source) : NULL;

        if (claim != NULL) {
            put_in_flight(wants, claim, now_ms);
            return claim;
        }
    }
    return NULL;
}

/* ---- slow and overdue ones ---- */

static int order_rates(const void *a, const void *b)
{
    const uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

/* Of all others that keep their promises, and whose rate is known; 0: of none. */
static uint64_t median_rate_beside(const struct wants *wants, const struct source *apart)
{
    uint64_t rates[SYNC_PEERS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < SYNC_PEERS_MAX; i++) {
        const struct source *source = &wants->sources[i];

        if (source != apart && source->used && source->proven && source->rate > 0) {
            rates[count++] = source->rate;
        }
    }
    sort_items(rates, count, sizeof *rates, order_rates);
    return count == 0 ? 0 : rates[count / 2];
}

/* One that has kept no promise isn't compared: several may be slow together on purpose. Nor is one with which
 * there is nothing to compare; another is tried too. */
static bool is_slow(const struct wants *wants, const struct source *source, uint64_t now_ms)
{
    uint64_t median;

    if (source->asks == 0 || now_ms - source->busy_ms < patience_ms(source)) {
        return false;
    }
    median = source->proven ? median_rate_beside(wants, source) : 0;
    return median == 0 || rate_now(source, now_ms) * SLOWER < median;
}

/* What came long ago says nothing of how fast a source is that is busy all the time. */
static void forget_half(struct source *source, uint64_t now_ms)
{
    if (now_ms - source->busy_ms >= RATE_WINDOW_MS) {
        source->busy_ms = now_ms - (now_ms - source->busy_ms) / 2;
        source->came_bytes /= 2;
    }
}

static void let_all_go(struct wants *wants, struct source *source)
{
    struct claim *claim = claim_at(wants, source->lines[CLAIM_IS_ASKED].first);

    source->proven = false;
    source->slow = true;
    for (; claim != NULL; claim = claim_at(wants, claim->later)) {
        if (!claim->let_go) {
            let_go(wants, claim);
        }
    }
}

/* Overdue claims go to the front of the line, in the order in which they stand in it. What is due a moment
 * later waits for the next time: with each claim a walk of its own, peers that keep no promise would cost the
 * square of what they promise. */
static void bring_overdue_first(struct wants *wants, struct source *source, uint64_t now_ms)
{
    struct claim *claim = claim_at(wants, source->lines[CLAIM_IS_ASKED].last);

    source->due_ms = UINT64_MAX;
    for (uint32_t i = 0; i < source->asks; i++) {
        struct claim *earlier = claim_at(wants, claim->earlier);

        if (claim->deadline_ms <= now_ms) {
            leave_line(wants, claim);
            join_first(wants, claim, CLAIM_IS_ASKED);
        } else if (claim->deadline_ms < source->due_ms) {
            source->due_ms = claim->deadline_ms;
        }
        claim = earlier;
    }
    if (source->due_ms < now_ms + CHECK_MS_MIN) {
        source->due_ms = now_ms + CHECK_MS_MIN;
    }
}

static void look_at_all(struct wants *wants, uint64_t now_ms)
{
    wants->check_ms = UINT64_MAX;
    for (size_t i = 0; i < SYNC_PEERS_MAX; i++) {
        struct source *source = &wants->sources[i];

        if (!source->used || source->asks == 0) {
            continue;
        }
        source->slow = false;
        if (is_slow(wants, source, now_ms)) {
            let_all_go(wants, source);
        }
        forget_half(source, now_ms);
        if (source->due_ms <= now_ms) {
            bring_overdue_first(wants, source, now_ms);
        }
        check_by(wants, source->due_ms);
        check_by(wants, look_ms(source, now_ms));
    }
}

struct claim *wants_check(struct wants *wants, uint64_t now_ms)
{
    if (now_ms >= wants->check_ms) {
        look_at_all(wants, now_ms);
        wants->overdue_from = 0;
    }
    for (; wants->overdue_from < SYNC_PEERS_MAX; wants->overdue_from++) {
        const struct source *source = &wants->sources[wants->overdue_from];
        struct claim *first = source->used ? claim_at(wants, source->lines[CLAIM_IS_ASKED].first) : NULL;

        if (first != NULL && first->deadline_ms <= now_ms) {
            return first;
        }
    }
    return NULL;
}
