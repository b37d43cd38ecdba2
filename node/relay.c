#include "node/relay.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "node/clock.h"
#include "node/ingest_shop.h"
#include "node/intake.h"
#include "node/locator.h"
#include "node/side_push.h"
#include "protocol/base/sort.h"
#include "protocol/sync/undecided.h"
#include "store/shop_admission.h"

enum {
    RELAY_MEMORY_SIZE = 4 * 1024 * 1024,
    RELAYED_BUCKET = 8,
    FORGET_INTERVAL_MS = 30 * 1000,
    NAMED_BYTES_MAX = 1024 * 1024,
    HEAD_SIZE_MAX = 112, /* of one in a page */
    PAGES_PER_TURN = 4,
    /* What a peer was told before on the same connection it is told again so many pages at a time: who asks
     * for all anew each time is told no more than that. */
    PAGES_AGAIN_MAX = 16,
    HEARD_PER_INTERVAL = 4, /* so often it may ask, between two times that it should */
};

bool relay_init(struct relay *relay, struct ingest *ingest, struct peers *peers)
{
    *relay = (struct relay){.ingest = ingest, .network = ingest->network, .peers = peers};
    relay->payload = malloc(FRAME_SIZE_MAX);
    relay->heads = malloc(HEADS_MAX * sizeof *relay->heads);
    relay->memory = malloc(RELAY_MEMORY_SIZE);
    relay->relayed = calloc(RELAYED_BLOCKS_MAX, sizeof *relay->relayed);
    relay->choice.points = malloc(SIDE_PUSH_BLOCKS_MAX * sizeof *relay->choice.points);
    randombytes_buf(&relay->secret, sizeof relay->secret);
    if (relay->payload == NULL || relay->heads == NULL || relay->memory == NULL || relay->relayed == NULL ||
        relay->choice.points == NULL) {
        relay_deinit(relay);
        return false;
    }
    arena_init(&relay->arena, relay->memory, RELAY_MEMORY_SIZE);
    return true;
}

void relay_deinit(struct relay *relay)
{
    free(relay->payload);
    free(relay->heads);
    free(relay->memory);
    free(relay->relayed);
    free(relay->choice.points);
    relay->payload = relay->memory = NULL;
    relay->heads = NULL;
    relay->relayed = NULL;
    relay->choice.points = NULL;
}

/* ---- comparing ---- */

/* A signed block that found no room before, or whose epoch a rotation had closed, is not asked for again
 * while that is so. */
static enum store_error is_refused(struct store_txn *txn, const struct head *head,
                                   const struct log_state *state, enum sync_ours *out)
{
    uint64_t first_s = 0;
    struct epoch_sides sides;
    enum store_error error = store_first_arrival(txn, &head->author, head->seq, &head->hash, &first_s);

    *out = SYNC_OURS_MISSING;
    if (error == STORE_OK) {
        error = store_epoch_sides(txn, &head->author, head->epoch, &sides);
        if (error == STORE_OK && (sides.cut || head->epoch < state->epoch)) {
            *out = SYNC_OURS_SAME;
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Whether the block that head names is held, on the chain (then at most at our head) or beside it. */
static enum store_error compare_held(struct relay *relay, struct store_txn *txn, const struct head *head,
                                     const struct log_state *state, enum sync_ours *out)
{
    struct block_record record;
    struct bytes bytes;
    uint64_t arrived_s = 0;
    enum store_error error = STORE_NOT_FOUND;

    *out = SYNC_OURS_SAME;
    if (hash_equal(&state->head, &head->hash)) {
        return STORE_OK;
    }
    if (head->seq <= state->seq) {
        error = store_block_record(txn, &head->author, head->seq, &record, &arrived_s);
        if (error != STORE_OK && error != STORE_NOT_FOUND) {
            return error;
        }
        if (error == STORE_OK && hash_equal(&record.hash, &head->hash)) {
            *out = SYNC_OURS_AHEAD;
            return STORE_OK;
        }
    }
    /* A branch whose last block is held beside the chain holds nothing new. */
    arena_rewind(&relay->arena, 0);
    error = store_block_by_hash(txn, &head->author, head->seq, &head->hash, &bytes, &relay->arena);
    if (error != STORE_NOT_FOUND) {
        return error;
    }
    return is_refused(txn, head, state, out);
}

/* Whether more of an author's log is taken in now. */
static enum store_error is_wanted(struct relay *relay, struct store_txn *txn, const struct actor_id *author,
                                  bool dialled, bool *wanted)
{
    enum admission admission = ADMISSION_NONE;
    enum store_error error = ingest_admission(relay->ingest, txn, author, dialled, &admission);

    *wanted = admission != ADMISSION_NONE;
    if (error != STORE_OK || !*wanted) {
        return error;
    }
    return ingest_may_grow(relay->ingest, txn, author, admission, clock_wall_s(), wanted);
}

enum store_error relay_compare(struct relay *relay, struct store_txn *txn, const struct head *head,
                               bool dialled, enum sync_ours *out, uint64_t *ours_next)
{
    struct log_state state;
    bool wanted = false;
    enum store_error error = store_log_state(txn, &head->author, &state);

    *out = SYNC_OURS_MISSING;
    *ours_next = error == STORE_OK ? state.seq + 1 : 0;
    if (error == STORE_OK) {
        error = compare_held(relay, txn, head, &state, out);
    } else if (error == STORE_NOT_FOUND) {
        error = STORE_OK;
    }
    if (error != STORE_OK || *out != SYNC_OURS_MISSING) {
        return error;
    }
    error = is_wanted(relay, txn, &head->author, dialled, &wanted);
    if (error == STORE_OK && !wanted) {
        *out = SYNC_OURS_NOT_ADMITTED;
    }
    return error;
}

enum store_error relay_has_gaps(struct store_txn *txn, const struct actor_id *author, bool *gaps)
{
    struct locator_point first;
    size_t count = 0;
    enum store_error error = store_gaps(txn, author, 0, &first, 1, &count);

    *gaps = count > 0;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error relay_lacks_cuts(struct relay *relay, struct store_txn *txn, const struct actor_id *author,
                                  bool *lacks)
{
    return store_has_cut_lacks(txn, relay->ingest->trust, author, lacks);
}

/* ---- sending ---- */

static bool send_record(struct relay *relay, uint32_t peer, enum lane lane, enum frame_kind kind,
                        const struct schema *schema, const void *record)
{
    struct bytes encoded;
    bool fits = schema_encode(schema, record, relay->payload, FRAME_SIZE_MAX, &encoded);

    assert(fits);
    return peers_send(relay->peers, peer, lane, kind, encoded);
}

static enum store_error head_of(struct store_txn *txn, const struct log_state *state, struct head *out)
{
    *out =
        (struct head){.author = state->author, .epoch = state->epoch, .seq = state->seq, .hash = state->head};
    uint64_t blocks = 0;
    enum store_error error = store_log_size(txn, &state->author, &blocks, &out->bytes);

    return error == STORE_OK ? relay_has_gaps(txn, &state->author, &out->gaps) : error;
}

/* *sent: there was room for it, or there is none. */
static enum store_error send_checkpoint(struct relay *relay, struct store_txn *txn, uint32_t peer,
                                        const struct actor_id *author, bool *sent)
{
    struct bytes encoded;
    enum store_error error = STORE_OK;

    arena_rewind(&relay->arena, 0);
    error = store_checkpoint(txn, author, &encoded, &relay->arena);
    *sent = error != STORE_OK || peers_send(relay->peers, peer, LANE_BULK, FRAME_CHECKPOINT, encoded);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* A visit that sends to peer fork proofs of one author. */
struct proof_visit {
    struct relay *relay;
    uint32_t peer;
    enum lane lane;
    bool sent; /* all of them found room */
};

static bool send_proof(void *context, const struct actor_id *author, uint64_t epoch, struct bytes encoded)
{
    struct proof_visit *visit = context;

    (void)author, (void)epoch;
    visit->sent = peers_send(visit->relay->peers, visit->peer, visit->lane, FRAME_FORK_PROOF, encoded);
    return visit->sent;
}

/* *sent: there was room for all of them. */
static enum store_error send_proofs(struct relay *relay, struct store_txn *txn, uint32_t peer, enum lane lane,
                                    const struct actor_id *author, bool *sent)
{
    struct proof_visit visit = {.relay = relay, .peer = peer, .lane = lane, .sent = true};
    const enum store_error error = store_each_fork_proof_of(txn, author, send_proof, &visit);

    *sent = visit.sent;
    return error;
}

static bool add_proof_size(void *context, const struct actor_id *author, uint64_t epoch, struct bytes encoded)
{
    size_t *size = context;

    (void)author, (void)epoch;
    *size += encoded.size;
    return true;
}

/* ---- side branches ---- */

/* splitmix64 */
static uint64_t mix(uint64_t value)
{
    value += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

static uint64_t first_bytes(const struct hash *hash)
{
    uint64_t first = 0;

    memcpy(&first, hash->bytes, sizeof first);
    return first;
}

static void forget_relayed(struct relay *relay, struct relayed_sides *sides)
{
    sides->salt = mix(relay->secret ^ mix(++relay->salts));
    sides->done = 0;
    sides->fed = false;
}

static struct relayed_sides *relayed_to(struct relay *relay, uint32_t peer, const struct actor_id *author)
{
    struct relayed_sides *sides = NULL;

    for (size_t i = 0; i < RELAYED_SIDES_MAX; i++) {
        sides = &relay->sides[i];
        if (sides->peer == peer && actor_id_equal(&sides->author, author)) {
            return sides;
        }
    }
    sides = &relay->sides[relay->next_sides];
    relay->next_sides = (relay->next_sides + 1) % RELAYED_SIDES_MAX;
    *sides = (struct relayed_sides){.peer = peer, .author = *author};
    forget_relayed(relay, sides);
    return sides;
}

/* Where it is remembered that the block of hash went. *tag: by what. */
static uint32_t *relayed_bucket(struct relay *relay, const struct relayed_sides *sides,
                                const struct hash *hash, uint32_t *tag)
{
    const uint64_t mixed = mix(first_bytes(hash) ^ sides->salt);

    *tag = (uint32_t)(mixed >> 32) | 1;
    return &relay->relayed[mixed % (RELAYED_BLOCKS_MAX / RELAYED_BUCKET) * RELAYED_BUCKET];
}

static bool is_relayed(struct relay *relay, const struct relayed_sides *sides, const struct hash *hash)
{
    uint32_t tag = 0;
    const uint32_t *bucket = relayed_bucket(relay, sides, hash, &tag);
    bool found = false;

    for (size_t i = 0; i < RELAYED_BUCKET; i++) {
        found |= bucket[i] == tag;
    }
    return found;
}

static void note_relayed(struct relay *relay, const struct relayed_sides *sides, const struct hash *hash)
{
    uint32_t tag = 0;
    uint32_t *bucket = relayed_bucket(relay, sides, hash, &tag);

    for (size_t i = 0; i < RELAYED_BUCKET; i++) {
        if (bucket[i] == 0) {
            bucket[i] = tag;
            return;
        }
    }
    relay->relayed_at = (relay->relayed_at + 1) % RELAYED_BUCKET;
    bucket[relay->relayed_at] = tag;
}

/* What of an author's blocks a choice depends on: how many are held, and which one is the head. */
static enum store_error version_of(struct store_txn *txn, const struct actor_id *author, uint64_t *out)
{
    struct log_state state;
    uint64_t blocks = 0, bytes = 0;
    enum store_error error = store_log_state(txn, author, &state);

    if (error == STORE_OK) {
        error = store_log_size(txn, author, &blocks, &bytes);
    }
    *out = error == STORE_OK ? mix(first_bytes(&state.head) ^ mix(blocks)) | 1 : 0;
    return error;
}

static enum store_error choose_sides(struct relay *relay, struct store_txn *txn,
                                     const struct actor_id *author, uint64_t version)
{
    struct side_choice *choice = &relay->choice;
    struct locator_point *points = NULL;
    size_t count = 0;
    enum store_error error = STORE_OK;

    if (choice->version == version && actor_id_equal(&choice->author, author)) {
        return STORE_OK;
    }
    arena_rewind(&relay->arena, 0);
    choice->version = 0;
    error = side_push_choose(txn, author, &points, &count, &relay->arena);
    if (error != STORE_OK) {
        return error;
    }
    if (count > 0) {
        memcpy(choice->points, points, count * sizeof *points);
    }
    choice->author = *author;
    choice->version = version;
    choice->count = count;
    return STORE_OK;
}

/* Push those of the choice that the peer was not sent. *all: as far as it goes. */
static enum store_error push_choice(struct relay *relay, struct store_txn *txn,
                                    const struct relayed_sides *sides, bool *all)
{
    const struct side_choice *choice = &relay->choice;

    *all = false;
    for (size_t i = 0; i < choice->count; i++) {
        const struct locator_point *point = &choice->points[i];
        struct bytes bytes;
        enum store_error error;

        if (is_relayed(relay, sides, &point->hash)) {
            continue;
        }
        arena_rewind(&relay->arena, 0);
        error = store_block_by_hash(txn, &sides->author, point->seq, &point->hash, &bytes, &relay->arena);
        if (error != STORE_OK ||
            !peers_may_send_unasked(relay->peers, sides->peer, bytes.size, relay->now_ms) ||
            !peers_send(relay->peers, sides->peer, LANE_BULK, FRAME_BLOCK, bytes)) {
            return error;
        }
        note_relayed(relay, sides, &point->hash);
    }
    *all = true;
    return STORE_OK;
}

/* Push side blocks that the peer was not sent, as far as it takes what it did not ask for. *all: nothing is
 * left; else the rest goes with what changed. What there is to push is looked for only where there is
 * something, and it can go. */
static enum store_error push_sides(struct relay *relay, struct store_txn *txn, uint32_t peer,
                                   const struct actor_id *author, bool *all)
{
    struct relayed_sides *sides = NULL;
    uint64_t version = 0;
    bool has = false;
    enum store_error error = store_has_sides(txn, author, &has);

    *all = true;
    if (error == STORE_OK && has) {
        error = version_of(txn, author, &version);
    }
    if (error != STORE_OK || !has) {
        return error;
    }
    sides = relayed_to(relay, peer, author);
    if (sides->done == version) {
        return STORE_OK;
    }
    *all = false;
    if (!peers_takes_unasked(relay->peers, peer, relay->now_ms)) {
        return STORE_OK;
    }
    error = choose_sides(relay, txn, author, version);
    if (error == STORE_OK) {
        error = push_choice(relay, txn, sides, all);
    }
    sides->done = *all ? version : 0;
    return error;
}

/* What a peer says that it holds. */
static uint64_t asked_of(const struct want *want)
{
    const struct locator_point *points = want->locator.items;
    uint64_t out = 0;

    for (size_t i = 0; i < want->locator.count; i++) {
        out = mix(out ^ first_bytes(&points[i].hash));
    }
    return out | 1;
}

/* A peer that has all of the chain now can place side blocks that it could not when they were pushed. One
 * that holds what it held before, because it refuses the chain or has no room, could not: without a pause the
 * two would go on about it for ever. */
static enum store_error push_sides_again(struct relay *relay, struct store_txn *txn, uint32_t peer,
                                         const struct actor_id *author, uint64_t asked)
{
    struct relayed_sides *sides = relayed_to(relay, peer, author);
    bool all = false;

    if (sides->fed &&
        (sides->asked != asked || relay->now_ms - sides->forgot_ms >= clock_wait_ms(FORGET_INTERVAL_MS))) {
        forget_relayed(relay, sides);
        sides->asked = asked;
        sides->forgot_ms = relay->now_ms;
    }
    return push_sides(relay, txn, peer, author, &all);
}

/* ---- what changed ---- */

/* A visit that tells a peer of authors that changed, their evidence at once. */
struct page_visit {
    struct relay *relay;
    struct store_txn *txn;
    struct peer *peer;
    uint64_t since;
    enum store_error error;
    size_t change_count, head_count;
    struct stored_change last; /* of those that were told */
    bool more;
};

static enum store_error evidence_size(struct page_visit *visit, const struct stored_change *change,
                                      size_t *size)
{
    struct bytes encoded = {0};
    enum store_error error = STORE_OK;

    if (change->checkpoint) {
        arena_rewind(&visit->relay->arena, 0);
        error = store_checkpoint(visit->txn, &change->author, &encoded, &visit->relay->arena);
        *size += encoded.size;
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    if (error == STORE_OK && change->proofs) {
        error = store_each_fork_proof_of(visit->txn, &change->author, add_proof_size, size);
    }
    return error;
}

/* *sent: there was room for all of it. */
static enum store_error send_evidence(struct page_visit *visit, const struct stored_change *change,
                                      bool *sent)
{
    const uint32_t peer = visit->peer->id;
    enum store_error error = STORE_OK;

    *sent = true;
    if (change->proofs) {
        error = send_proofs(visit->relay, visit->txn, peer, LANE_BULK, &change->author, sent);
    }
    if (error == STORE_OK && *sent && change->checkpoint) {
        error = send_checkpoint(visit->relay, visit->txn, peer, &change->author, sent);
    }
    return error;
}

/* Where its evidence finds no room a change is told of later, with all of it. */
static enum store_error add_to_page(struct page_visit *visit, const struct stored_change *change)
{
    struct log_state state;
    bool sent = false;
    enum store_error error = send_evidence(visit, change, &sent);

    visit->more = !sent;
    if (!sent) {
        return error;
    }
    visit->last = *change;
    visit->change_count++;
    if (error != STORE_OK || !change->head) {
        return error;
    }
    error = store_log_state(visit->txn, &change->author, &state);
    if (error == STORE_OK) {
        error = head_of(visit->txn, &state, &visit->relay->heads[visit->head_count]);
        visit->head_count += error == STORE_OK;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error; /* there are side blocks alone */
}

static bool visit_change(void *context, const struct stored_change *change)
{
    struct page_visit *visit = context;
    size_t size = HEAD_SIZE_MAX;

    visit->more = visit->change_count == HEADS_MAX;
    if (visit->more) {
        return false;
    }
    visit->error = evidence_size(visit, change, &size);
    size = size < PEER_UNASKED_BYTES_MAX ? size : PEER_UNASKED_BYTES_MAX;
    if (visit->error != STORE_OK) {
        return false;
    }
    visit->more = !peers_may_send_unasked(visit->relay->peers, visit->peer->id, size, visit->relay->now_ms);
    if (!visit->more) {
        visit->error = add_to_page(visit, change);
    }
    return !visit->more && visit->error == STORE_OK;
}

static int order_heads(const void *a, const void *b)
{
    const struct head *left = a, *right = b;

    return hash_compare(&left->author.hash, &right->author.hash);
}

static bool send_page(struct page_visit *visit, const struct store_point *now)
{
    struct heads heads = {.heads = {.items = visit->relay->heads, .count = visit->head_count},
                          .has_page = true,
                          .page = {.since = visit->since, .more = visit->more}};

    heads.page.upto = *now;
    heads.page.upto.number = visit->last.number;
    memcpy(heads.page.upto.digest, visit->last.digest, sizeof heads.page.upto.digest);
    sort_items(visit->relay->heads, visit->head_count, sizeof *visit->relay->heads, order_heads);
    return send_record(visit->relay, visit->peer->id, LANE_BULK, FRAME_HEADS, &heads_schema, &heads);
}

/* Tell one page. *went: it did, and there may be room for another. */
static enum store_error tell_page(struct relay *relay, struct store_txn *txn, struct peer *peer, bool *went)
{
    struct telling *telling = &peer->telling;
    struct page_visit visit = {.relay = relay, .txn = txn, .peer = peer, .since = telling->at};
    const bool again = telling->at < telling->ever;
    struct store_point now;
    enum store_error error = store_changes_now(txn, &now);

    *went = false;
    if (again && telling->again_left == 0) {
        telling->active = false;
        return STORE_OK;
    }
    if (error == STORE_OK) {
        error = store_each_change(txn, telling->at, visit_change, &visit);
    }
    error = error == STORE_OK ? visit.error : error;
    if (error == STORE_OK && visit.change_count > 0 && !send_page(&visit, &now)) {
        return STORE_OK;
    }
    if (error == STORE_OK && visit.change_count > 0) {
        telling->again_left -= again;
        telling->at = visit.last.number;
        telling->ever = telling->at > telling->ever ? telling->at : telling->ever;
    }
    telling->active = error == STORE_OK && visit.more;
    *went = visit.change_count > 0 && telling->active;
    return error;
}

/* ---- side blocks of what changed ---- */

struct sides_visit {
    struct relay *relay;
    struct store_txn *txn;
    struct peer *peer;
    size_t count;
    bool more;
    enum store_error error;
};

static bool visit_sides(void *context, const struct stored_change *change)
{
    struct sides_visit *visit = context;
    bool all = true;

    visit->more = visit->count++ == HEADS_MAX;
    if (visit->more) {
        return false;
    }
    visit->error = push_sides(visit->relay, visit->txn, visit->peer->id, &change->author, &all);
    if (visit->error == STORE_NOT_FOUND) { /* its chain is not held */
        visit->error = STORE_OK;
    }
    visit->more = !all;
    if (visit->error == STORE_OK && all) {
        visit->peer->telling.sides_at = change->number;
    }
    return visit->error == STORE_OK && all;
}

/* No number says which of them a peer holds: once it is met it is sent them all, then those that are new. */
static enum store_error tell_sides(struct relay *relay, struct store_txn *txn, struct peer *peer)
{
    struct sides_visit visit = {.relay = relay, .txn = txn, .peer = peer};
    enum store_error error = store_each_change(txn, peer->telling.sides_at, visit_sides, &visit);

    error = error == STORE_OK ? visit.error : error;
    peer->telling.sides = error == STORE_OK && visit.more;
    return error;
}

/* ---- telling ---- */

/* Where to begin for a peer that says what it heard: at the beginning, unless this store was in that state.
 */
static enum store_error find_beginning(struct store_txn *txn, const struct store_point *heard, uint64_t *at)
{
    uint8_t digest[CHANGE_DIGEST_SIZE];
    struct store_point now;
    enum store_error error = store_changes_now(txn, &now);

    *at = 0;
    if (error != STORE_OK || memcmp(now.store, heard->store, sizeof now.store) != 0) {
        return error;
    }
    error = store_change_digest(txn, heard->number, digest);
    if (error == STORE_OK && memcmp(digest, heard->digest, sizeof digest) == 0) {
        *at = heard->number;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error relay_on_heard(struct relay *relay, struct peer *peer, const struct store_point *heard,
                                uint64_t now_ms)
{
    struct telling *telling = &peer->telling;
    struct store_txn *txn = NULL;
    enum store_error error = STORE_OK;

    if (telling->active || now_ms < telling->next_ms) {
        return STORE_OK;
    }
    error = store_read_begin(&txn, relay->ingest->store);
    if (error == STORE_OK) {
        error = find_beginning(txn, heard, &telling->at);
        store_end(txn);
    }
    if (error == STORE_OK) {
        telling->next_ms = now_ms + clock_rhythm_ms(SYNC_HEADS_INTERVAL_MS) / HEARD_PER_INTERVAL;
        telling->active = telling->sides = true;
        telling->again_left = PAGES_AGAIN_MAX;
    }
    return error;
}

bool relay_is_telling(const struct peer *peer)
{
    return peer->telling.active || peer->telling.sides;
}

enum store_error relay_tell(struct relay *relay, struct peer *peer, uint64_t now_ms)
{
    struct store_txn *txn = NULL;
    enum store_error error = STORE_OK;
    bool went = true;

    if (!relay_is_telling(peer)) {
        return STORE_OK;
    }
    relay->now_ms = now_ms;
    error = store_read_begin(&txn, relay->ingest->store);
    if (error != STORE_OK) {
        return error;
    }
    for (size_t i = 0; error == STORE_OK && peer->telling.active && went && i < PAGES_PER_TURN; i++) {
        error = tell_page(relay, txn, peer, &went);
    }
    if (error == STORE_OK && !peer->telling.active) {
        error = tell_sides(relay, txn, peer);
    }
    store_end(txn);
    return error;
}

/* ---- what was heard ---- */

/* What found no room in its inbox may have been told only once. */
static bool has_dropped(struct peer *peer)
{
    const uint64_t before = peer->dropped;

    peer->dropped = peer->inbox == NULL ? 0 : peers_dropped(peer);
    return peer->dropped != before;
}

static enum store_error send_heard(struct relay *relay, const struct sync_action *action)
{
    struct peer *peer = peers_by_id(relay->peers, action->peer);
    struct undecided *undecided = peer == NULL ? NULL : peer->undecided;
    struct heard heard = {.upto = {.number = 0}};

    if (peer == NULL) {
        return STORE_OK;
    }
    if (has_dropped(peer) || action->gave_up || (undecided != NULL && undecided->forgot)) {
        hearing_on_forgotten(&peer->hearing);
    }
    heard.upto = hearing_ask(&peer->hearing, action->claims, undecided != NULL && undecided->held > 0);
    /* Whether there is room for an author may have changed with time alone. */
    if (undecided != NULL) {
        undecided->forgot = false;
        undecided_hurry_all(undecided);
    }
    (void)send_record(relay, peer->id, LANE_EXPRESS, FRAME_HEARD, &heard_schema, &heard);
    return STORE_OK;
}

/* ---- answering wants ---- */

/* The seq behind the highest point of want that lies on our chain; 0 when none does. */
static enum store_error first_wanted(struct store_txn *txn, const struct want *want, uint64_t *seq)
{
    const struct locator_point *points = want->locator.items;
    struct block_record record;
    uint64_t arrived_s = 0;

    *seq = 0;
    for (size_t i = 0; i < want->locator.count; i++) {
        enum store_error error = store_block_record(txn, &want->author, points[i].seq, &record, &arrived_s);

        if (error != STORE_OK && error != STORE_NOT_FOUND) {
            return error;
        }
        if (error == STORE_OK && hash_equal(&record.hash, &points[i].hash)) {
            *seq = points[i].seq + 1;
            return STORE_OK;
        }
    }
    return STORE_OK;
}

static enum store_error send_head(struct relay *relay, struct store_txn *txn, uint32_t peer, enum lane lane,
                                  const struct log_state *state)
{
    enum store_error error = head_of(txn, state, &relay->heads[0]);

    if (error == STORE_OK) {
        const struct heads heads = {.heads = {.items = relay->heads, .count = 1}};

        (void)send_record(relay, peer, lane, FRAME_HEADS, &heads_schema, &heads);
    }
    return error;
}

/* Whether a batch of count blocks and size bytes has room for one more of next bytes. */
static bool batch_has_room(size_t count, size_t size, size_t next)
{
    if (count < SYNC_BATCH_BLOCKS_MAX) {
        return count == 0 || size + next <= SYNC_BATCH_BYTES_MAX;
    }
    return count < SYNC_BATCH_SMALL_BLOCKS_MAX && size + next <= SYNC_BATCH_SMALL_BYTES_MAX;
}

/* The same of blocks asked for by name, which are sent in one go. */
static bool named_has_room(size_t count, size_t size, size_t next)
{
    return batch_has_room(count, size, next) && (count == 0 || size + next <= NAMED_BYTES_MAX);
}

/* Blocks of one author by their names, as many as a batch holds. */
struct named_batch {
    uint32_t peer;
    const struct actor_id *author;
    size_t count, size;
    bool full;
};

/* Those that are not held are passed by. */
static enum store_error send_named(struct relay *relay, struct store_txn *txn, struct named_batch *batch,
                                   const struct locator_point *points, size_t count)
{
    for (size_t i = 0; i < count && !batch->full; i++) {
        struct bytes bytes;
        enum store_error error = STORE_OK;

        arena_rewind(&relay->arena, 0);
        error =
            store_block_by_hash(txn, batch->author, points[i].seq, &points[i].hash, &bytes, &relay->arena);
        if (error == STORE_NOT_FOUND) {
            continue;
        }
        if (error != STORE_OK) {
            return error;
        }
        batch->full = !named_has_room(batch->count, batch->size, bytes.size) ||
                      !peers_send(relay->peers, batch->peer, LANE_BULK, FRAME_BLOCK, bytes);
        batch->count += !batch->full;
        batch->size += bytes.size;
    }
    return STORE_OK;
}

/* What a peer holds, as far as it says so, and what it was sent. */
struct shown {
    size_t count;
    struct locator_point points[LOCATOR_MAX + WANT_BRANCHES_MAX];
};

static void show(struct shown *shown, const struct locator_point *points, size_t count)
{
    assert(shown->count + count <= LOCATOR_MAX + WANT_BRANCHES_MAX);
    if (count > 0) {
        memcpy(&shown->points[shown->count], points, count * sizeof *points);
    }
    shown->count += count;
}

/* Send branches with what they stand on, the lowest first: alone nobody could place them. What a batch does
 * not hold is asked for again, above what came. */
static enum store_error send_branches(struct relay *relay, struct store_txn *txn, struct named_batch *batch,
                                      const struct want *want)
{
    const struct locator_point *branches = want->branches.items;
    struct shown shown = {0};
    size_t steps = CUT_SIDE_MAX;
    enum store_error error = STORE_OK;

    show(&shown, want->locator.items, want->locator.count);
    for (size_t i = 0; i < want->branches.count && error == STORE_OK && !batch->full; i++) {
        struct locator_point points[SYNC_BATCH_SMALL_BLOCKS_MAX];
        size_t count = 0;

        arena_rewind(&relay->arena, 0);
        error = store_ancestors(txn, &want->author, &branches[i], shown.points, shown.count, &steps, points,
                                SYNC_BATCH_SMALL_BLOCKS_MAX, &count, &relay->arena);
        if (error == STORE_OK) {
            error = send_named(relay, txn, batch, points, count);
        }
        if (count > 0) { /* what stands on the same is not sent twice */
            show(&shown, &points[count - 1], 1);
        }
    }
    return error;
}

/* Send the blocks that a peer asks for by name, then the head. */
static enum store_error answer_named(struct relay *relay, struct store_txn *txn, uint32_t peer,
                                     const struct want *want)
{
    struct named_batch batch = {.peer = peer, .author = &want->author};
    struct log_state state;
    enum store_error error = store_log_state(txn, &want->author, &state);

    if (error == STORE_OK) {
        error = send_named(relay, txn, &batch, want->gaps.items, want->gaps.count);
    }
    if (error == STORE_OK) {
        error = send_branches(relay, txn, &batch, want);
    }
    return error == STORE_OK ? send_head(relay, txn, peer, LANE_BULK, &state) : error;
}

/* Send blocks of an answer, as far as the peer takes them. *all: as far as one answer goes. */
static enum store_error send_batch(struct relay *relay, struct store_txn *txn, const struct peer *peer,
                                   const struct log_state *state, struct want_answer *answer, bool *all)
{
    *all = false;
    for (; answer->next_seq <= state->seq; answer->next_seq++) {
        struct bytes bytes;
        enum store_error error = STORE_OK;

        if (!peers_takes_bulk(peer)) {
            return STORE_OK;
        }
        arena_rewind(&relay->arena, 0);
        error = store_block_bytes(txn, &state->author, answer->next_seq, &bytes, &relay->arena);
        if (error != STORE_OK) {
            return error;
        }
        if (!batch_has_room(answer->count, answer->size, bytes.size)) {
            break;
        }
        if (!peers_send(relay->peers, peer->id, LANE_BULK, FRAME_BLOCK, bytes)) {
            return STORE_OK;
        }
        relayed_to(relay, peer->id, &answer->author)->fed = true;
        answer->count++;
        answer->size += bytes.size;
    }
    *all = true;
    return STORE_OK;
}

/* What follows the blocks of an answer. Whoever has all of them now can judge what is said about them. */
static enum store_error close_answer(struct relay *relay, struct store_txn *txn, uint32_t peer,
                                     const struct log_state *state, const struct want_answer *answer)
{
    bool sent = false; /* if not, it is told with what changed */
    enum store_error error = send_head(relay, txn, peer, LANE_BULK, state);

    if (error != STORE_OK || answer->next_seq <= state->seq) {
        return error;
    }
    error = send_proofs(relay, txn, peer, LANE_BULK, &answer->author, &sent);
    if (error == STORE_OK) {
        error = send_checkpoint(relay, txn, peer, &answer->author, &sent);
    }
    if (error != STORE_OK) {
        return error;
    }
    return push_sides_again(relay, txn, peer, &answer->author, answer->asked);
}

/* *done: nothing of it is left to send. */
static enum store_error go_on_with(struct relay *relay, struct store_txn *txn, const struct peer *peer,
                                   struct want_answer *answer, bool *done)
{
    struct log_state state;
    enum store_error error = store_log_state(txn, &answer->author, &state);

    *done = true;
    if (error == STORE_OK) {
        error = send_batch(relay, txn, peer, &state, answer, done);
    }
    if (error == STORE_OK && *done) {
        error = close_answer(relay, txn, peer->id, &state, answer);
    }
    *done |= error != STORE_OK;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

_Static_assert((int)ANSWERS_MAX >= (int)INTAKE_ITEMS_MAX, "while one waits no further question is taken");

static void keep_answer(struct peer *peer, const struct want_answer *answer)
{
    if (peer->answers == NULL) {
        peer->answers = calloc(1, sizeof *peer->answers);
    }
    if (peer->answers != NULL) { /* what finds no memory is asked for again */
        (void)answers_put(peer->answers, answer);
    }
}

static enum store_error answer_want(struct relay *relay, struct store_txn *txn, uint32_t id,
                                    const struct want *want)
{
    struct peer *peer = peers_by_id(relay->peers, id);
    struct want_answer answer = {.author = want->author, .asked = asked_of(want)};
    bool done = false;
    enum store_error error = STORE_OK;

    if (peer == NULL) {
        return STORE_OK;
    }
    if (want->gaps.count + want->branches.count > 0) {
        return answer_named(relay, txn, id, want);
    }
    error = first_wanted(txn, want, &answer.next_seq);
    if (error == STORE_OK && !peers_is_answering(peer)) {
        error = go_on_with(relay, txn, peer, &answer, &done);
    }
    if (error == STORE_OK && !done) {
        keep_answer(peer, &answer);
    }
    return error;
}

static enum store_error go_on_answering(struct relay *relay, struct store_txn *txn, const struct peer *peer)
{
    struct want_answer *answer = NULL;
    bool done = true;
    enum store_error error = STORE_OK;

    while (error == STORE_OK && done && (answer = answers_first(peer->answers)) != NULL) {
        error = go_on_with(relay, txn, peer, answer, &done);
        if (done) {
            answers_drop_first(peer->answers);
        }
    }
    return error;
}

enum store_error relay_go_on_answering(struct relay *relay, uint64_t now_ms)
{
    struct store_txn *txn = NULL;
    enum store_error error = STORE_OK;

    relay->now_ms = now_ms;
    for (size_t i = 0; i < relay->peers->count && error == STORE_OK; i++) {
        const struct peer *peer = &relay->peers->entries[i];

        if (!peers_is_answering(peer) || !peers_takes_bulk(peer)) {
            continue;
        }
        if (txn == NULL) {
            error = store_read_begin(&txn, relay->ingest->store);
        }
        if (error == STORE_OK) {
            error = go_on_answering(relay, txn, peer);
        }
    }
    if (txn != NULL) {
        store_end(txn);
    }
    return error;
}

/* ---- introductions ---- */

void relay_ask_introduction(struct relay *relay, uint32_t peer, const struct actor_id *shop)
{
    const struct introduction_want want = {.shop = *shop};

    (void)send_record(relay, peer, LANE_EXPRESS, FRAME_INTRODUCTION_WANT, &introduction_want_schema, &want);
}

enum store_error relay_tell_introductions(struct relay *relay, uint32_t peer, const struct actor_id *shop,
                                          uint64_t draw)
{
    struct introduction introductions[INTRODUCTIONS_TOLD_MAX];
    struct store_txn *txn = NULL;
    size_t count = 0;
    enum store_error error = store_read_begin(&txn, relay->ingest->store);

    if (error != STORE_OK) {
        return error;
    }
    arena_rewind(&relay->arena, 0);
    error = store_introductions(txn, relay->ingest->trust, shop, draw, introductions, INTRODUCTIONS_TOLD_MAX,
                                &count, &relay->arena);
    store_end(txn);
    for (size_t i = 0; error == STORE_OK && i < count; i++) {
        (void)send_record(relay, peer, LANE_EXPRESS, FRAME_INTRODUCTION, &signed_consent_schema,
                          &introductions[i].consent);
    }
    return error;
}

/* ---- actions ---- */

static enum store_error ask(struct relay *relay, struct store_txn *txn, const struct sync_action *action)
{
    struct locator_point points[LOCATOR_MAX];
    struct want want;
    size_t count = 0;
    enum store_error error = locator_of(txn, &action->author, &action->head, points, &count);

    if (error != STORE_OK) {
        return error;
    }
    memset(&want, 0, sizeof want);
    want.author = action->author;
    want.locator = (struct list){.items = points, .count = count};
    (void)send_record(relay, action->peer, LANE_EXPRESS, FRAME_WANT, &want_schema, &want);
    return STORE_OK;
}

static enum store_error ask_for_gaps(struct relay *relay, struct store_txn *txn,
                                     const struct sync_action *action)
{
    struct locator_point points[WANT_GAPS_MAX];
    struct want want;
    size_t count = 0;
    enum store_error error =
        store_gaps(txn, &action->author, action->head.seq, points, WANT_GAPS_MAX, &count);

    if (error != STORE_OK || count == 0) {
        return error;
    }
    memset(&want, 0, sizeof want);
    want.author = action->author;
    want.gaps = (struct list){.items = points, .count = count};
    (void)send_record(relay, action->peer, LANE_EXPRESS, FRAME_WANT, &want_schema, &want);
    return STORE_OK;
}

/* What is asked for by name, ascending, each once. */
struct names {
    size_t count;
    struct locator_point points[WANT_GAPS_MAX];
};

static void add_name(struct names *names, const struct locator_point *point)
{
    size_t at = names->count;

    while (at > 0 && (names->points[at - 1].seq > point->seq ||
                      (names->points[at - 1].seq == point->seq &&
                       hash_compare(&names->points[at - 1].hash, &point->hash) > 0))) {
        at--;
    }
    if (names->count == WANT_GAPS_MAX || (at > 0 && hash_equal(&names->points[at - 1].hash, &point->hash))) {
        return;
    }
    memmove(&names->points[at + 1], &names->points[at], (names->count - at) * sizeof *names->points);
    names->points[at] = *point;
    names->count++;
}

/* Go down from a head as far as its way is known. *known: down to a block that is held; else the first one of
 * which nothing is known is asked for by name. */
static enum store_error follow_way(struct relay *relay, struct store_txn *txn, const struct actor_id *author,
                                   struct locator_point at, bool *known, struct names *names)
{
    *known = false;
    for (size_t steps = 0; steps < CUT_SIDE_MAX && at.seq > 0 && !*known; steps++, at.seq--) {
        enum store_error error;

        if (!cut_ways_previous(relay->ingest->ways, &at.hash, &at.hash)) {
            add_name(names, &at);
            return STORE_OK;
        }
        error = store_is_block_held(txn, author, at.seq - 1, &at.hash, known);
        if (error != STORE_OK) {
            return error;
        }
    }
    return STORE_OK;
}

/* Where branches find no room, only heads whose way is known are asked for from below. */
static enum store_error choose_heads(struct relay *relay, struct store_txn *txn,
                                     const struct actor_id *author, struct cut_lacks *lacks,
                                     struct names *names)
{
    enum store_error error = STORE_OK;
    size_t kept = 0;

    for (size_t i = 0; i < lacks->head_count && error == STORE_OK; i++) {
        bool known = true;

        if (cut_ways_is_full(relay->ingest->ways, author)) {
            error = follow_way(relay, txn, author, lacks->heads[i], &known, names);
        }
        if (known) {
            lacks->heads[kept++] = lacks->heads[i];
        }
    }
    lacks->head_count = kept;
    for (size_t i = 0; i < lacks->gap_count; i++) {
        add_name(names, &lacks->gaps[i]);
    }
    return error;
}

/* The extra point of the locator shows how far a branch came already. */
static enum store_error ask_for_cuts(struct relay *relay, struct store_txn *txn,
                                     const struct sync_action *action)
{
    struct locator_point points[LOCATOR_MAX];
    struct names names = {0};
    struct cut_lacks lacks;
    struct want want;
    size_t count = 0;
    enum store_error error = store_cut_lacks(txn, relay->ingest->trust, &action->author,
                                             mix(relay->secret ^ mix(++relay->salts)), &lacks);

    if (error == STORE_OK) {
        error = choose_heads(relay, txn, &action->author, &lacks, &names);
    }
    if (error == STORE_OK) {
        error = locator_of(txn, &action->author, &action->head, points, &count);
    }
    if (error != STORE_OK || lacks.head_count + names.count == 0) {
        return error;
    }
    memset(&want, 0, sizeof want);
    want.author = action->author;
    want.locator = (struct list){.items = points, .count = count};
    want.gaps = (struct list){.items = names.points, .count = names.count};
    want.branches = (struct list){.items = lacks.heads, .count = lacks.head_count};
    (void)send_record(relay, action->peer, LANE_EXPRESS, FRAME_WANT, &want_schema, &want);
    return STORE_OK;
}

static enum store_error announce(struct relay *relay, struct store_txn *txn, const struct sync_action *action)
{
    struct log_state state;
    enum store_error error = store_log_state(txn, &action->author, &state);

    return error == STORE_OK ? send_head(relay, txn, action->peer, LANE_EXPRESS, &state) : error;
}

/* On which lane a block is pushed: one whose predecessor may still be on its way in bulk goes behind that. */
static enum lane push_lane(struct peer *peer, const struct actor_id *author, size_t size)
{
    const bool follows = peer->sending_bytes > 0 && actor_id_equal(&peer->bulk_author, author);

    if (size + FRAME_ENVELOPE_SIZE <= LANE_PIECE_MAX && !follows) {
        return LANE_EXPRESS;
    }
    peer->bulk_author = *author;
    return LANE_BULK;
}

/* Beside the chain a block goes with what it stands on there: alone nobody could place it. */
static enum store_error push_block(struct relay *relay, struct store_txn *txn,
                                   const struct sync_action *action)
{
    struct peer *peer = peers_by_id(relay->peers, action->peer);
    struct block_record record;
    uint64_t arrived_s = 0;
    struct bytes bytes;
    bool all = false;
    enum store_error error = store_block_record(txn, &action->author, action->head.seq, &record, &arrived_s);

    if (peer == NULL || (error != STORE_OK && error != STORE_NOT_FOUND)) {
        return peer == NULL ? STORE_OK : error;
    }
    if (error == STORE_NOT_FOUND || !hash_equal(&record.hash, &action->head.hash)) {
        return push_sides(relay, txn, action->peer, &action->author, &all);
    }
    arena_rewind(&relay->arena, 0);
    error = store_block_by_hash(txn, &action->author, action->head.seq, &action->head.hash, &bytes,
                                &relay->arena);
    if (error != STORE_OK) {
        return error;
    }
    if (!peers_may_send_unasked(relay->peers, action->peer, bytes.size, relay->now_ms)) {
        return announce(relay, txn, action);
    }
    (void)peers_send(relay->peers, action->peer, push_lane(peer, &action->author, bytes.size), FRAME_BLOCK,
                     bytes);
    return STORE_OK;
}

/* The proof, and at once what the branches say that a switch may just have left. */
static enum store_error push_fork(struct relay *relay, struct store_txn *txn,
                                  const struct sync_action *action)
{
    bool sent = false, all = false;
    enum store_error error = send_proofs(relay, txn, action->peer, LANE_EXPRESS, &action->author, &sent);

    if (error == STORE_OK) {
        error = push_sides(relay, txn, action->peer, &action->author, &all);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error perform(struct relay *relay, struct store_txn *txn, const struct sync_action *action,
                                const struct want *want)
{
    bool sent = false; /* if not, timers make up for it */

    switch (action->kind) {
    case SYNC_SEND_HEARD:
        return send_heard(relay, action);
    case SYNC_SEND_HEAD:
        return announce(relay, txn, action);
    case SYNC_SEND_WANT:
        return ask(relay, txn, action);
    case SYNC_SEND_GAPS:
        return ask_for_gaps(relay, txn, action);
    case SYNC_SEND_CUTS:
        return ask_for_cuts(relay, txn, action);
    case SYNC_SEND_BLOCKS:
        assert(want != NULL);
        return answer_want(relay, txn, action->peer, want);
    case SYNC_PUSH_BLOCK:
        return push_block(relay, txn, action);
    case SYNC_PUSH_EVIDENCE:
        return action->fork_proof ? push_fork(relay, txn, action)
                                  : send_checkpoint(relay, txn, action->peer, &action->author, &sent);
    }
    return STORE_OK;
}

enum store_error relay_perform(struct relay *relay, const struct sync_actions *actions,
                               const struct want *want, uint64_t now_ms)
{
    struct store_txn *txn = NULL;
    enum store_error error = STORE_OK;

    if (actions->count == 0) {
        return STORE_OK;
    }
    relay->now_ms = now_ms;
    error = store_read_begin(&txn, relay->ingest->store);
    if (error != STORE_OK) {
        return error;
    }
    for (size_t i = 0; i < actions->count; i++) {
        enum store_error one = perform(relay, txn, &actions->items[i], want);

        if (one != STORE_OK && one != STORE_NOT_FOUND) {
            error = one;
        }
    }
    store_end(txn);
    return error;
}
