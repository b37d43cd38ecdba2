#include "node/ingest.h"

#include <stdlib.h>
#include <string.h>

#include "node/follow.h"
#include "node/ingest_branch.h"
#include "node/ingest_shop.h"
#include "protocol/base/days.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/fork.h"

enum {
    /* One block with what it reaches back to: at worst 256 earlier blocks with all their live pages.
     * Untouched memory costs nothing. */
    INGEST_MEMORY_SIZE = 128 * 1024 * 1024,
    NAMED_BYTES_MAX = 16 * 1024,
    NAMED_CHECKPOINT_DAYS_MAX = 32, /* would fill less than that */
    /* Beyond those bytes, for rotations alone: nobody is kept from taking new keys, nor may fill the disk
     * with them.
     */
    NAMED_BLOCKS_MAX = 128,
    NAMED_ROTATIONS_MAX = 64,
    ON_THE_WAY_MAX = 64, /* authors gone on with at once; the others are next */
};

bool ingest_init(struct ingest *ingest, struct store *store, const struct network *network,
                 const struct trust *trust, const struct actor_id *self)
{
    *ingest = (struct ingest){.store = store, .network = network, .trust = trust};
    ingest->memory = malloc(INGEST_MEMORY_SIZE);
    ingest->waiting = calloc(1, sizeof *ingest->waiting);
    ingest->ways = malloc(sizeof *ingest->ways);
    if (ingest->memory == NULL || ingest->waiting == NULL || ingest->ways == NULL) {
        ingest_deinit(ingest);
        return false;
    }
    cut_ways_init(ingest->ways);
    if (self != NULL) {
        ingest->self = *self;
        ingest->has_self = true;
    }
    arena_init(&ingest->arena, ingest->memory, INGEST_MEMORY_SIZE);
    return true;
}

void ingest_deinit(struct ingest *ingest)
{
    free(ingest->memory);
    free(ingest->waiting);
    free(ingest->ways);
    ingest->memory = NULL;
    ingest->waiting = NULL;
    ingest->ways = NULL;
}

/* ---- results ---- */

static void refuse(struct ingest_result *result, enum reason reason)
{
    result->outcome = INGEST_REFUSED;
    result->reason = reason;
}

static void fail(struct ingest_result *result, enum store_error error)
{
    result->outcome = INGEST_FAILED;
    result->error = error;
}

/* ---- admission ---- */

/* Whether something that is held names author. What is held of itself was admitted once, and may yet hold its
 * author's new keys; unless it is there only because it is followed. */
static enum store_error is_named(struct ingest *ingest, struct store_txn *txn, const struct actor_id *author,
                                 bool dialled, bool *out)
{
    enum store_error error =
        store_is_named(txn, ingest->trust, ingest->has_self ? &ingest->self : NULL, author, out);

    if (error != STORE_OK || *out || (!dialled && followed_has(ingest->followed, author))) {
        return error;
    }
    return store_is_log_held(txn, author, out);
}

enum store_error ingest_admission(struct ingest *ingest, struct store_txn *txn, const struct actor_id *author,
                                  bool dialled, enum admission *out)
{
    bool accredited = false, named = false;
    enum store_error error = STORE_OK;

    *out = ADMISSION_FULL;
    if (ingest->has_self && actor_id_equal(author, &ingest->self)) {
        return STORE_OK;
    }
    error = store_is_accredited(txn, ingest->trust, author, &accredited);
    if (error != STORE_OK || accredited) {
        return error;
    }
    error = ingest_shop_admission(ingest, txn, author, dialled, out);
    if (error != STORE_OK || *out != ADMISSION_NONE) {
        return error;
    }
    error = is_named(ingest, txn, author, dialled, &named);
    *out = named ? ADMISSION_NAMED : ADMISSION_NONE;
    return error;
}

/* What an actor may say that only an accepted entry's naming it admits. */
static bool may_named_actor_say(const struct block *block)
{
    for (size_t i = 0; i < block->entry_count; i++) {
        const struct entry *entry = &block->entries[i];

        if (!entry->erased && entry->kind != ENTRY_KEYS && entry->kind != ENTRY_KEYS_UPDATE &&
            entry->kind != ENTRY_AFFILIATION && entry->kind != ENTRY_STATEMENT) {
            return false;
        }
    }
    return true;
}

/* Whether block is the first rotation known out of the epoch that its author's log is in: a thief of the old
 * keys must not stay good because much is held of an author who was accredited once. */
static enum store_error is_next_rotation(struct store_txn *txn, const struct block *block, bool *out)
{
    const struct header *header = &block->header;
    struct known_rotation rotation;
    struct log_state state;
    enum store_error error = STORE_NOT_FOUND;

    *out = false;
    if (block_is_rotation(block) && header->epoch <= NAMED_ROTATIONS_MAX) {
        error = store_log_state(txn, &header->author, &state);
    }
    if (error == STORE_OK && header->epoch == state.epoch + 1) {
        error = store_next_rotation(txn, &header->author, header->epoch, NULL, &rotation);
        *out = error == STORE_NOT_FOUND;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Whether an actor of which so much is held, side blocks included, may have the block kept too. */
static bool is_within_quota(const struct block *block, bool next_rotation, uint64_t blocks, uint64_t bytes)
{
    if (block_is_rotation(block)) {
        return next_rotation || blocks < NAMED_BLOCKS_MAX;
    }
    return bytes + block->encoded.size <= NAMED_BYTES_MAX;
}

/* Whether the block finds room on the account of a shop, where it is on any. Returns: false with *result
 * filled. */
static bool is_within_shop_quota(struct ingest *ingest, struct store_txn *txn, const struct block *block,
                                 uint64_t now_s, struct shop_toll *toll, struct ingest_result *result)
{
    uint64_t room = 0;
    enum store_error error = ingest_shop_enter(ingest, txn, block, now_s, toll, &room);

    if (error == STORE_OK && room < block->encoded.size) {
        error = store_refuse_shop(txn, &toll->shop, block->encoded.size, now_s);
        refuse(result, REASON_QUOTA);
        toll->due = false;
    }
    if (error != STORE_OK) {
        fail(result, error);
        return false;
    }
    return room >= block->encoded.size;
}

/* Whether the block of an author so admitted may be stored at all. Returns: false with *result filled. */
static bool admit(struct ingest *ingest, struct store_txn *txn, const struct block *block,
                  enum admission admission, uint64_t now_s, struct shop_toll *toll,
                  struct ingest_result *result)
{
    bool next_rotation = false;
    uint64_t blocks = 0, bytes = 0;
    enum store_error error = STORE_OK;

    if (admission == ADMISSION_FULL) {
        return true;
    }
    if (admission == ADMISSION_SHOP || admission == ADMISSION_FOLLOWED) {
        return is_within_shop_quota(ingest, txn, block, now_s, toll, result);
    }
    if (admission != ADMISSION_NAMED || !may_named_actor_say(block)) {
        refuse(result, REASON_NOT_ADMITTED);
        return false;
    }
    error = store_log_size(txn, &block->header.author, &blocks, &bytes);
    if (error == STORE_OK) {
        error = is_next_rotation(txn, block, &next_rotation);
    }
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        fail(result, error);
        return false;
    }
    if (!is_within_quota(block, next_rotation, blocks, bytes)) {
        refuse(result, REASON_QUOTA);
        return false;
    }
    return is_within_shop_quota(ingest, txn, block, now_s, toll, result);
}

/* ---- one block ---- */

/* What did not fit was not looked at: it is not the block's fault. Asked before anything else takes memory.
 */
static enum reason reason_of_looking(const struct ingest *ingest, enum reason reason, enum store_error *error)
{
    if (reason != REASON_TOO_LARGE || !ingest->arena.refused) {
        return reason;
    }
    *error = STORE_NO_MEMORY;
    return REASON_NONE;
}

enum reason ingest_decode(struct block *block, struct ingest *ingest, struct bytes encoded,
                          enum store_error *error)
{
    enum reason reason = block_decode(block, ingest->network, encoded, &ingest->arena);

    *error = STORE_OK;
    return reason_of_looking(ingest, reason, error);
}

enum reason ingest_extend(struct ingest *ingest, struct store_txn *txn, const struct log_state *state,
                          const struct block *block, uint64_t now_s, enum store_error *error)
{
    struct log_change change;
    struct log_reach reach;
    struct log_past past;
    enum reason reason = log_reach_of(&reach, block, &ingest->arena);

    *error = STORE_OK;
    if (reason == REASON_NONE && state != NULL) {
        /* Before anything is gathered for a block that nobody signed. */
        reason = log_check(state, ingest->network, block, &ingest->arena);
    }
    if (reason != REASON_NONE) {
        return reason_of_looking(ingest, reason, error);
    }
    *error = store_gather_past(txn, ingest->network, state, &reach, &past, &ingest->arena);
    if (*error != STORE_OK) {
        return REASON_NONE;
    }
    if (state == NULL) {
        reason = log_begin(&change, ingest->network, block, &past, &ingest->arena);
    } else {
        reason = log_accept_checked(&change, state, ingest->network, block, &past, &ingest->arena);
    }
    if (reason != REASON_NONE) {
        return reason_of_looking(ingest, reason, error);
    }
    *error = store_apply(txn, ingest->network, block, &change, &past, now_s);
    return REASON_NONE;
}

/* How many bytes more may be held of the author of a block that is held already. */
static enum store_error room_of(struct ingest *ingest, struct store_txn *txn, const struct block *block,
                                uint64_t now_s, struct shop_toll *toll, uint64_t *room)
{
    enum admission admission = ADMISSION_NONE;
    uint64_t blocks = 0, bytes = 0;
    enum store_error error = ingest_admission(ingest, txn, &block->header.author, true, &admission);

    *room = 0;
    if (error != STORE_OK) {
        return error;
    }
    if (admission == ADMISSION_FULL) {
        *room = UINT64_MAX;
        return STORE_OK;
    }
    if (admission == ADMISSION_SHOP || admission == ADMISSION_FOLLOWED) {
        return ingest_shop_enter(ingest, txn, block, now_s, toll, room);
    }
    if (admission == ADMISSION_NONE || !may_named_actor_say(block)) {
        return STORE_OK;
    }
    error = store_log_size(txn, &block->header.author, &blocks, &bytes);
    if (error == STORE_OK && bytes < NAMED_BYTES_MAX) {
        *room = NAMED_BYTES_MAX - bytes;
    }
    return error;
}

/* Whoever passed on the copy that is held may have stripped it of entries that its author never erased; they
 * must not stay hidden once a fuller copy is there. */
static void fill_known(struct ingest *ingest, struct store_txn *txn, const struct block *block,
                       uint64_t now_s, struct shop_toll *toll, struct ingest_result *result)
{
    uint64_t room = 0;
    enum store_error error = room_of(ingest, txn, block, now_s, toll, &room);

    refuse(result, REASON_KNOWN);
    if (error == STORE_OK) {
        error = store_fill_block(txn, ingest->network, block, room, now_s, &result->filled);
    }
    if (error != STORE_OK) {
        fail(result, error);
    }
}

/* A signed block that acceptance refused still counts against its author: beside a sibling it is a fork. */
static bool is_signed(const struct log_state *state, const struct network *network, const struct block *block,
                      struct arena *arena)
{
    return log_check(state, network, block, arena) == REASON_NONE;
}

static void extend_head(struct ingest *ingest, struct store_txn *txn, const struct log_state *state,
                        const struct block *block, enum ingest_origin origin, uint64_t now_s,
                        struct ingest_result *result)
{
    enum store_error error = STORE_OK;
    enum reason reason = ingest_extend(ingest, txn, state, block, now_s, &error);

    if (error == STORE_OK && reason != REASON_NONE && origin != INGEST_LOCAL && state != NULL &&
        is_signed(state, ingest->network, block, &ingest->arena)) {
        error = ingest_keep_refused(ingest, txn, state, block, now_s, &result->fork_found);
    }
    if (error == STORE_OK && reason == REASON_NONE && state != NULL) {
        /* Nothing that is held contradicts it, but a header may that came without its block. */
        error = ingest_prove_against_held(ingest, txn, block, &result->fork_found);
    }
    if (error != STORE_OK) {
        fail(result, error);
    } else if (reason != REASON_NONE) {
        refuse(result, reason);
    } else {
        result->outcome = INGEST_EXTENDED;
    }
}

/* Blocks held that compete with one that would follow the head. */
struct rivals {
    bool sibling;
    bool rotation; /* another one out of the epoch that a rotation closes */
};

static enum store_error find_rivals(struct store_txn *txn, const struct log_state *state,
                                    const struct block *block, struct rivals *out)
{
    struct side_block side;
    struct known_rotation rotation;
    enum store_error error = store_next_child(txn, &state->author, state->seq, &state->head, NULL, &side);

    *out = (struct rivals){.sibling = error == STORE_OK};
    if ((error == STORE_OK || error == STORE_NOT_FOUND) && block_is_rotation(block)) {
        error = store_next_rotation(txn, &state->author, block->header.epoch, NULL, &rotation);
        out->rotation = error == STORE_OK;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* What keeps this machine's own actor from signing block: whoever writes knows its head and never contradicts
 * itself. A rotation beside a sibling is how one gets out of a fork that a thief made. */
static enum reason check_own(const struct log_state *state, const struct block *block, bool frozen,
                             const struct rivals *rivals)
{
    if (!hash_equal(&block->header.previous, &state->head)) {
        return REASON_WRONG_PREVIOUS;
    }
    if (frozen) {
        return REASON_FROZEN;
    }
    return rivals->rotation || (rivals->sibling && !block_is_rotation(block)) ? REASON_FORK : REASON_NONE;
}

static void ingest_decoded(struct ingest *ingest, struct store_txn *txn, enum ingest_origin origin,
                           const struct block *block, uint64_t now_s, struct ingest_result *result)
{
    const struct header *header = &block->header;
    struct log_state state;
    struct rivals rivals = {0};
    struct branch_switch way = {0};
    bool frozen = false, alone = false;
    enum reason reason = REASON_NONE;
    enum store_error error = store_log_state(txn, &header->author, &state);

    if (error == STORE_NOT_FOUND) {
        if (header->seq != 0) {
            refuse(result, REASON_ORPHAN);
        } else {
            extend_head(ingest, txn, NULL, block, origin, now_s, result);
        }
        return;
    }
    if (error == STORE_OK) {
        error = store_is_frozen(txn, &header->author, &frozen);
    }
    if (error == STORE_OK) {
        error = find_rivals(txn, &state, block, &rivals);
    }
    if (error == STORE_OK) {
        error = store_switch(txn, &header->author, &way);
    }
    if (error != STORE_OK) {
        fail(result, error);
        return;
    }
    if (header->seq == 0) {
        reason = REASON_BAD_INCEPTION;
    } else if (origin == INGEST_LOCAL) {
        reason = way.active ? REASON_SWITCHING : check_own(&state, block, frozen, &rivals);
    }
    alone = !way.active && !rivals.sibling && !rivals.rotation && !frozen &&
            hash_equal(&header->previous, &state.head);
    if (reason != REASON_NONE) {
        refuse(result, reason);
    } else if (alone) {
        extend_head(ingest, txn, &state, block, origin, now_s, result);
    } else {
        ingest_beside(ingest, txn, &state, block, now_s, result);
    }
}

/* ---- branches ---- */

void ingest_begin_turn(struct ingest *ingest)
{
    ingest->turn_left_ms = ingest->turn_ms;
    ingest->on_the_way = false;
}

static enum store_error go_on_one(struct ingest *ingest, struct store_txn *txn, const struct actor_id *author,
                                  uint64_t now_s, struct ingest_progress *out)
{
    struct log_state before, after;
    struct branch_switch way;
    uint64_t due_s = UINT64_MAX;
    enum store_error error = store_log_state(txn, author, &before);

    arena_rewind(&ingest->arena, 0);
    if (error == STORE_OK) {
        error = follow_go_on(ingest, txn, author, now_s);
    }
    if (error == STORE_OK) {
        error = store_log_state(txn, author, &after);
    }
    if (error == STORE_OK) {
        error = store_switch(txn, author, &way);
    }
    if (error != STORE_OK) {
        return error;
    }
    if (way.active) {
        due_s = follow_due_s(&way, now_s);
    }
    out->resume_s = due_s < out->resume_s ? due_s : out->resume_s;
    if (!hash_equal(&before.head, &after.head) && out->count < INGEST_HEADS_MAX) {
        out->heads[out->count++] =
            (struct head){.author = *author, .epoch = after.epoch, .seq = after.seq, .hash = after.head};
    }
    return STORE_OK;
}

/* In a transaction of its own. */
static void go_on_alone(struct ingest *ingest, const struct actor_id *author, uint64_t now_s,
                        struct ingest_progress *out)
{
    const size_t moved = out->count;
    struct store_txn *txn = NULL;
    enum store_error error = store_write_begin(&txn, ingest->store);

    if (error == STORE_OK) {
        error = go_on_one(ingest, txn, author, now_s, out);
        if (error == STORE_OK) {
            error = store_commit(txn);
        } else {
            store_end(txn);
        }
    }
    if (error != STORE_OK) {
        out->count = moved;
        out->failed = error;
        out->failed_author = *author;
    }
}

/* Authors that are on their way, the one after whose turn it was last first. At most ON_THE_WAY_MAX. */
static enum store_error find_on_the_way(struct ingest *ingest, struct store_txn *txn,
                                        struct actor_id authors[ON_THE_WAY_MAX], size_t *count)
{
    struct actor_id author;
    enum store_error error = store_next_switching(txn, &ingest->gone_on, &author);

    for (*count = 0; *count < ON_THE_WAY_MAX; (*count)++) {
        if (error == STORE_NOT_FOUND) {
            error = store_next_switching(txn, NULL, &author); /* round to the first */
        }
        if (error != STORE_OK || (*count > 0 && actor_id_equal(&author, &authors[0]))) {
            break;
        }
        authors[*count] = author;
        error = store_next_switching(txn, &authors[*count], &author);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error ingest_go_on(struct ingest *ingest, uint64_t now_s, struct ingest_progress *out)
{
    struct actor_id authors[ON_THE_WAY_MAX];
    struct store_txn *txn = NULL;
    size_t count = 0, gone = 0;
    enum store_error error = store_read_begin(&txn, ingest->store);

    *out = (struct ingest_progress){.resume_s = UINT64_MAX};
    ingest_begin_turn(ingest);
    if (error != STORE_OK) {
        return error;
    }
    error = find_on_the_way(ingest, txn, authors, &count);
    store_end(txn);
    while (error == STORE_OK && gone < count && (ingest->turn_ms == 0 || ingest->turn_left_ms > 0)) {
        go_on_alone(ingest, &authors[gone], now_s, out);
        ingest->gone_on = authors[gone++];
    }
    if (gone < count || count == ON_THE_WAY_MAX) {
        out->resume_s = now_s;
    }
    return error;
}

/* What a header says of its block. Whoever sends the same again, or what nobody here wants, has this node
 * look at no more than that, however much follows. */
struct sighting {
    bool held, lacks;         /* entries, where it is held */
    enum admission admission; /* of the author, where it is not */
};

static enum store_error sight(struct ingest *ingest, struct store_txn *txn, const struct block *header,
                              enum ingest_origin origin, struct sighting *out)
{
    const struct actor_id *author = &header->header.author;
    enum store_error error = store_is_block_held(txn, author, header->header.seq, &header->hash, &out->held);

    if (error != STORE_OK) {
        return error;
    }
    return out->held ? store_lacks_entries(txn, header, &out->lacks)
                     : ingest_admission(ingest, txn, author, origin != INGEST_INBOUND, &out->admission);
}

/* Whether the body has to be looked at. Returns: false with *result filled. */
static bool is_wanted(const struct sighting *sighting, struct ingest_result *result)
{
    if (sighting->held && !sighting->lacks) {
        refuse(result, REASON_KNOWN);
        return false;
    }
    if (!sighting->held && sighting->admission == ADMISSION_NONE) {
        refuse(result, REASON_NOT_ADMITTED);
        return false;
    }
    return true;
}

static void name_block(struct ingest_result *result, const struct block *block)
{
    result->author = block->header.author;
    result->epoch = block->header.epoch;
    result->seq = block->header.seq;
    result->hash = block->hash;
    result->speaks = block_class_speaks(block->header.block_class);
}

/* Decide about a block of which the header was read. */
static void ingest_sighted(struct ingest *ingest, struct store_txn *txn, enum ingest_origin origin,
                           struct block *block, const struct sighting *sighting, uint64_t now_s,
                           struct ingest_result *result)
{
    struct shop_toll toll = {0};
    enum store_error error = STORE_OK;
    enum reason reason =
        reason_of_looking(ingest, block_decode_body(block, ingest->network, &ingest->arena), &error);

    if (error != STORE_OK) {
        fail(result, error);
        return;
    }
    if (reason != REASON_NONE) {
        refuse(result, reason);
        return;
    }
    name_block(result, block);
    if (sighting->held) {
        fill_known(ingest, txn, block, now_s, &toll, result);
    } else if (admit(ingest, txn, block, sighting->admission, now_s, &toll, result)) {
        ingest_decoded(ingest, txn, origin, block, now_s, result);
    }
    if (toll.due && result->outcome != INGEST_FAILED) {
        error = ingest_shop_pay(txn, &result->author, &toll, now_s);
        if (error != STORE_OK) {
            fail(result, error);
        }
    }
}

void ingest_block(struct ingest *ingest, struct store_txn *txn, enum ingest_origin origin,
                  struct bytes encoded, uint64_t now_s, struct ingest_result *result)
{
    struct block block;
    struct sighting sighting = {.held = false};
    enum store_error error = STORE_OK;
    enum reason reason = REASON_NONE;

    *result = (struct ingest_result){.outcome = INGEST_REFUSED};
    arena_rewind(&ingest->arena, 0);
    reason = reason_of_looking(ingest, block_decode_header(&block, ingest->network, encoded, &ingest->arena),
                               &error);
    if (error == STORE_OK && reason == REASON_NONE) {
        error = sight(ingest, txn, &block, origin, &sighting);
    }
    if (error != STORE_OK) {
        fail(result, error);
    } else if (reason != REASON_NONE) {
        refuse(result, reason);
    } else if (!is_wanted(&sighting, result)) {
        name_block(result, &block);
    } else {
        ingest_sighted(ingest, txn, origin, &block, &sighting, now_s, result);
    }
}

/* ---- evidence ---- */

/* Of the author's next one what must not be gone behind: the newest, or, where a thief's may be that, the
 * latest that counts. */
static enum reason previous_checkpoint(struct ingest *ingest, struct store_txn *txn,
                                       const struct actor_id *author, struct bytes *encoded,
                                       struct signed_checkpoint *out,
                                       const struct signed_checkpoint **previous, enum store_error *error)
{
    enum reason reason;
    bool stands = true;

    *previous = NULL;
    *error = store_checkpoint(txn, author, encoded, &ingest->arena);
    if (*error == STORE_NOT_FOUND) {
        *error = STORE_OK;
        return REASON_NONE;
    }
    if (*error != STORE_OK) {
        return REASON_NONE;
    }
    reason = schema_decode(&signed_checkpoint_schema, out, *encoded, &ingest->arena);
    if (reason == REASON_NONE) {
        *error = store_checkpoint_stands(txn, author, &stands);
    }
    if (!stands && *error == STORE_OK) {
        *error = store_checkpoint_by(txn, author, UINT64_MAX, &out->checkpoint);
    }
    *previous = *error == STORE_OK ? out : NULL;
    *error = *error == STORE_NOT_FOUND ? STORE_OK : *error;
    return reason;
}

/* The keys with which a checkpoint has to be signed. It says how fresh a log is only when the header that it
 * names is held. */
static enum reason keys_of_checkpoint(struct key_set *keys, struct store_txn *txn,
                                      const struct checkpoint *checkpoint, enum store_error *error)
{
    struct block_record record;
    uint64_t arrived_s = 0, epoch = 0;

    *error = store_block_record(txn, &checkpoint->author, checkpoint->seq, &record, &arrived_s);
    if (*error == STORE_OK) {
        *error = store_keys_at(txn, &checkpoint->author, checkpoint->seq, keys, &epoch);
    }
    if (*error == STORE_NOT_FOUND) {
        *error = STORE_OK;
        return REASON_ORPHAN;
    }
    if (*error != STORE_OK) {
        return REASON_NONE;
    }
    if (!hash_equal(&record.hash, &checkpoint->head)) {
        return REASON_ORPHAN;
    }
    return epoch == checkpoint->epoch ? REASON_NONE : REASON_WRONG_EPOCH;
}

/* Whoever has a key that its author lists no longer says nothing of the days since: it may have been stolen.
 */
static enum reason check_key_is_listed(struct store_txn *txn, const struct signed_checkpoint *checkpoint,
                                       const struct key_set *keys, enum store_error *error)
{
    const struct checkpoint *said = &checkpoint->checkpoint;
    uint64_t until_s = 0;

    *error = store_checkpoint_key_until(txn, &said->author, said->seq,
                                        &keys->keys[checkpoint->signature.key_index].key, &until_s);
    return *error == STORE_OK && said->time_s > until_s ? REASON_SIGNER_ROLE : REASON_NONE;
}

/* One that names a head which is not held shows since when that was there, once it is, whoever signed it. So
 * that nobody else fills the room for them, it has to be by keys that the author lists as far as is known. */
static enum store_error note_named_head(struct ingest *ingest, struct store_txn *txn,
                                        const struct signed_checkpoint *checkpoint, uint64_t now_s)
{
    const struct checkpoint *said = &checkpoint->checkpoint;
    struct log_state state;
    enum store_error error = store_log_state(txn, &said->author, &state);

    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    if (checkpoint_check(checkpoint, ingest->network, &state.keys, NULL) != REASON_NONE) {
        return STORE_OK;
    }
    return store_note_named_head(txn, &said->author, said->seq, &said->head, now_s);
}

/* By this machine's alone, whatever the evidence says: two who were robbed of their keys may say that, too.
 */
static bool is_ahead_of_clock(const struct checkpoint *checkpoint, uint64_t now_s)
{
    return checkpoint->time_s > now_s && checkpoint->time_s - now_s > CHECKPOINT_AHEAD_S;
}

/* What is ahead of this clock and says less than the author does meanwhile was ahead of time. A clock that is
 * behind drops nothing that is true: who replays what was said before says no more. */
static enum store_error drop_ahead(struct store_txn *txn, const struct checkpoint *checkpoint, uint64_t now_s)
{
    const uint64_t ahead_s = now_s + CHECKPOINT_AHEAD_S;
    const uint64_t after_s = checkpoint->time_s > ahead_s ? checkpoint->time_s : ahead_s;

    return store_drop_later_checkpoints(txn, &checkpoint->author, after_s, checkpoint->seq);
}

/* Keep it, or let it wait. Who is trusted matters only for what is ahead of this machine's clock. */
static enum reason keep_checkpoint(struct ingest *ingest, struct store_txn *txn,
                                   const struct checkpoint *checkpoint, struct bytes encoded, uint64_t now_s,
                                   enum store_error *error)
{
    const struct dated_author dated = {.author = checkpoint->author, .time_s = checkpoint->time_s};
    bool trusted = false;

    if (is_ahead_of_clock(checkpoint, now_s)) {
        *error = store_has_voice(txn, ingest->trust, &checkpoint->author, now_s, &trusted);
    }
    if (*error != STORE_OK) {
        return REASON_NONE;
    }
    if (waiting_is_ahead(ingest->waiting, &dated, now_s)) {
        waiting_put(ingest->waiting, &dated, trusted, encoded);
        return REASON_CHECKPOINT_AHEAD;
    }
    if (trusted) {
        waiting_reach(ingest->waiting, &dated);
    }
    *error = drop_ahead(txn, checkpoint, now_s);
    if (*error == STORE_OK) {
        *error = store_put_checkpoint(txn, &checkpoint->author, encoded);
    }
    return REASON_NONE;
}

/* Of whom only the quota admits no more days are remembered than would find room in that. */
static enum store_error bound_days(struct ingest *ingest, struct store_txn *txn,
                                   const struct checkpoint *checkpoint,
                                   const struct signed_checkpoint *previous)
{
    enum admission admission = ADMISSION_FULL;
    enum store_error error = STORE_OK;

    if (previous == NULL || day_of_time(previous->checkpoint.time_s) != day_of_time(checkpoint->time_s)) {
        error = ingest_admission(ingest, txn, &checkpoint->author, true, &admission);
    }
    if (error != STORE_OK || (admission != ADMISSION_NAMED && admission != ADMISSION_NONE)) {
        return error;
    }
    return store_bound_checkpoints(txn, &checkpoint->author, NAMED_CHECKPOINT_DAYS_MAX);
}

/* That of the author's latest that counts and is not ahead of time. */
static enum store_error lower_time(struct store_txn *txn, uint64_t now_s, struct checkpoint *before)
{
    struct checkpoint lower = {.time_s = 0};
    enum store_error error = store_checkpoint_by(txn, &before->author, now_s + CHECKPOINT_AHEAD_S, &lower);

    before->time_s = lower.time_s;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* One that is dated back takes nothing back, but is there should what came before it come to count for
 * nothing. */
static enum store_error keep_earlier(struct ingest *ingest, struct store_txn *txn,
                                     const struct signed_checkpoint *checkpoint, struct bytes encoded,
                                     const struct key_set *keys)
{
    if (checkpoint_check(checkpoint, ingest->network, keys, NULL) != REASON_NONE) {
        return STORE_OK;
    }
    return store_put_earlier_checkpoint(txn, &checkpoint->checkpoint.author, encoded);
}

enum reason ingest_checkpoint(struct ingest *ingest, struct store_txn *txn, struct bytes encoded,
                              uint64_t now_s, struct actor_id *author, enum store_error *error)
{
    struct signed_checkpoint checkpoint, before;
    const struct signed_checkpoint *previous = NULL;
    struct dated_author far = {.time_s = 0}; /* what the author dated lower now */
    struct bytes encoded_before;
    struct key_set keys;
    enum reason reason = REASON_NONE;

    *error = STORE_OK;
    arena_rewind(&ingest->arena, 0);
    reason = schema_decode(&signed_checkpoint_schema, &checkpoint, encoded, &ingest->arena);
    if (reason != REASON_NONE) {
        return reason;
    }
    *author = checkpoint.checkpoint.author;
    reason = keys_of_checkpoint(&keys, txn, &checkpoint.checkpoint, error);
    if (reason == REASON_ORPHAN) {
        *error = note_named_head(ingest, txn, &checkpoint, now_s);
    }
    if (reason != REASON_NONE || *error != STORE_OK) {
        return reason;
    }
    reason = previous_checkpoint(ingest, txn, author, &encoded_before, &before, &previous, error);
    if (reason != REASON_NONE || *error != STORE_OK) {
        return reason;
    }
    if (previous != NULL && is_ahead_of_clock(&before.checkpoint, now_s) &&
        checkpoint.checkpoint.time_s < before.checkpoint.time_s) {
        far = (struct dated_author){*author, before.checkpoint.time_s};
        /* Of what is ahead of time the head counts, and not the time; that of what is not still does. */
        *error = lower_time(txn, now_s, &before.checkpoint);
    }
    if (*error != STORE_OK) {
        return reason;
    }
    reason = checkpoint_check(&checkpoint, ingest->network, &keys, previous);
    if (reason == REASON_STALE_CHECKPOINT && far.time_s == 0) {
        *error = keep_earlier(ingest, txn, &checkpoint, encoded, &keys);
    }
    if (reason == REASON_NONE) {
        reason = check_key_is_listed(txn, &checkpoint, &keys, error);
    }
    if (reason == REASON_NONE && *error == STORE_OK) {
        reason = keep_checkpoint(ingest, txn, &checkpoint.checkpoint, encoded, now_s, error);
    }
    if (reason == REASON_NONE && *error == STORE_OK) {
        *error = bound_days(ingest, txn, &checkpoint.checkpoint, previous);
    }
    if (reason == REASON_NONE && *error == STORE_OK && far.time_s > 0) {
        waiting_disown(ingest->waiting, &far, encoded_before);
    }
    return reason;
}

enum store_error ingest_keys_in_epoch(struct store_txn *txn, const struct log_state *state,
                                      uint64_t wanted_epoch, struct key_set *keys, uint64_t *epoch)
{
    uint64_t low = 0, high = state->seq;

    if (state->epoch < wanted_epoch) {
        return STORE_NOT_FOUND;
    }
    while (low < high) {
        uint64_t middle = high - (high - low) / 2, arrived_s = 0;
        struct block_record record;
        enum store_error error = store_block_record(txn, &state->author, middle, &record, &arrived_s);

        if (error != STORE_OK) {
            return error;
        }
        if (record.epoch <= wanted_epoch) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return store_keys_at(txn, &state->author, low, keys, epoch);
}

/* Keys in force at the parent of a fork, on the chain or beside it. All blocks of an epoch have the same
 * pre-commitments, so for two rotations any block of the epoch that they close will do, whichever rotation
 * the chain follows itself. STORE_NOT_FOUND when no such block is held. */
static enum store_error keys_below_fork(struct ingest *ingest, struct store_txn *txn,
                                        const struct fork_point *point, const struct log_state *state,
                                        struct key_set *keys, uint64_t *epoch)
{
    enum store_error error = STORE_NOT_FOUND;

    if (!hash_is_zero(&point->parent)) {
        error = store_keys_after(txn, ingest->network, &point->author, point->seq - 1, &point->parent, keys,
                                 epoch);
    }
    return error == STORE_NOT_FOUND && point->rotations
               ? ingest_keys_in_epoch(txn, state, point->epoch, keys, epoch)
               : error;
}

enum reason ingest_fork_proof(struct ingest *ingest, struct store_txn *txn, struct bytes encoded,
                              uint64_t now_s, struct actor_id *author, enum store_error *error)
{
    struct fork_proof proof;
    struct fork_point point;
    struct log_state state;
    struct key_set keys;
    uint64_t epoch = 0;
    bool tell = false;
    enum reason reason = REASON_NONE;

    *error = STORE_OK;
    arena_rewind(&ingest->arena, 0);
    reason = schema_decode(&fork_proof_schema, &proof, encoded, &ingest->arena);
    if (reason == REASON_NONE) {
        reason = fork_proof_point(&point, &proof, &ingest->arena);
    }
    if (reason != REASON_NONE) {
        return reason;
    }
    *author = point.author;
    *error = store_log_state(txn, author, &state);
    if (*error == STORE_OK) {
        *error = keys_below_fork(ingest, txn, &point, &state, &keys, &epoch);
        if (*error == STORE_NOT_FOUND) {
            *error = ingest_note_orphan_proof(ingest, txn, &state, &point, &proof, now_s, &tell);
            return tell ? REASON_NONE : REASON_ORPHAN;
        }
    }
    if (*error == STORE_NOT_FOUND) {
        *error = STORE_OK;
        return REASON_ORPHAN;
    }
    if (*error != STORE_OK) {
        return REASON_NONE;
    }
    reason = fork_proof_check(&point, &proof, ingest->network, &keys, epoch, &ingest->arena);
    return reason == REASON_NONE ? ingest_take_fork_proof(ingest, txn, &point, &proof, now_s, error) : reason;
}
