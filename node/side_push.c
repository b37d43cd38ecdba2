#include "node/side_push.h"

#include <string.h>

#include "protocol/base/sort.h"

/* Hashes of blocks of one seq. */
struct level {
    uint64_t seq;
    size_t count, max;
    struct hash *hashes; /* sorted once all are there */
};

/* Walked once downward, which finds what a block stands on, and once upward, which finds where a branch
 * leads: rows come by seq, so that a parent is among those of the seq before. */
struct choice {
    struct store_txn *txn;
    const struct actor_id *author;
    uint64_t open_epoch; /* this one and all later ones are open */
    enum store_error error;
    bool read_below;   /* below is that of… */
    uint64_t level;    /* …the seq that comes now */
    bool has_below;    /* the chain has a block below it… */
    struct hash below; /* …which this is */
    size_t first_count;
    struct hash firsts[SIDE_PUSH_BRANCHES]; /* the lowest first blocks of branches, ascending */
    struct level levels[2];
    struct level *now, *next;       /* downward: what is needed; upward: what is on the lowest branches */
    size_t max;                     /* of each of the next three */
    struct locator_point *speaking; /* what speaks, and what it stands on, the highest first: a ring */
    struct locator_point *chosen;
    struct locator_point *rest; /* the others of the lowest branches */
    size_t speaking_count;      /* that were ever written */
    size_t taken;               /* of speaking, from the lowest up */
    size_t chosen_count, rest_count;
};

static int order_hashes(const void *a, const void *b)
{
    const struct hash *left = a, *right = b;

    return hash_compare(left, right);
}

static void level_begin(struct level *level, uint64_t seq)
{
    level->seq = seq;
    level->count = 0;
}

static void level_add(struct level *level, const struct hash *hash)
{
    if (level->count < level->max) {
        level->hashes[level->count++] = *hash;
    }
}

static bool level_has(const struct level *level, uint64_t seq, const struct hash *hash)
{
    size_t low = 0, high = level->count;

    while (level->seq == seq && low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = hash_compare(&level->hashes[middle], hash);

        if (order == 0) {
            return true;
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return false;
}

/* The one that was gathered becomes the one that is asked, and the other is begun for seq. */
static void levels_turn(struct level **now, struct level **next, uint64_t seq)
{
    struct level *gathered = *next;

    sort_items(gathered->hashes, gathered->count, sizeof *gathered->hashes, order_hashes);
    *next = *now;
    *now = gathered;
    level_begin(*next, seq);
}

/* Whether the block leaves the chain: one look-up for all of a seq. */
static bool begins_branch(struct choice *choice, const struct side_block *block)
{
    struct block_record record;
    uint64_t arrived_s = 0;

    if (!choice->read_below || choice->level != block->seq) {
        enum store_error error =
            store_block_record(choice->txn, choice->author, block->seq - 1, &record, &arrived_s);

        choice->read_below = true;
        choice->level = block->seq;
        choice->has_below = error == STORE_OK;
        choice->below = record.hash;
        choice->error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    return choice->has_below && hash_equal(&choice->below, &block->previous);
}

/* ---- downward ---- */

static void keep_first(struct choice *choice, const struct hash *hash)
{
    size_t at = choice->first_count;

    while (at > 0 && hash_compare(hash, &choice->firsts[at - 1]) < 0) {
        at--;
    }
    if (at == SIDE_PUSH_BRANCHES) {
        return;
    }
    choice->first_count += choice->first_count < SIDE_PUSH_BRANCHES;
    memmove(&choice->firsts[at + 1], &choice->firsts[at],
            (choice->first_count - at - 1) * sizeof *choice->firsts);
    choice->firsts[at] = *hash;
}

static bool look_down(void *context, const struct side_block *block)
{
    struct choice *choice = context;
    bool first = false;

    if (block->epoch < choice->open_epoch) {
        return true;
    }
    if (choice->next->seq != block->seq - 1) {
        levels_turn(&choice->now, &choice->next, block->seq - 1);
    }
    first = begins_branch(choice, block);
    if (first) {
        keep_first(choice, &block->hash);
    }
    if (block_class_speaks(block->block_class) || level_has(choice->now, block->seq, &block->hash)) {
        choice->speaking[choice->speaking_count++ % choice->max] =
            (struct locator_point){.seq = block->seq, .hash = block->hash};
        if (!first) {
            level_add(choice->next, &block->previous);
        }
    }
    return choice->error == STORE_OK;
}

/* ---- upward ---- */

static bool is_lowest(const struct choice *choice, const struct hash *hash)
{
    for (size_t i = 0; i < choice->first_count; i++) {
        if (hash_equal(&choice->firsts[i], hash)) {
            return true;
        }
    }
    return false;
}

/* Whether the block is the next one of those that speak, which were met in the opposite order. */
static bool take_speaking(struct choice *choice, const struct side_block *block)
{
    const size_t count = choice->speaking_count;
    const size_t kept = count < choice->max ? count : choice->max;

    if (choice->taken == kept ||
        !hash_equal(&choice->speaking[(count - choice->taken - 1) % choice->max].hash, &block->hash)) {
        return false;
    }
    choice->taken++;
    return true;
}

static bool look_up(void *context, const struct side_block *block)
{
    const struct locator_point point = {.seq = block->seq, .hash = block->hash};
    struct choice *choice = context;
    bool first = false, low = false, speaks = false;

    if (block->epoch < choice->open_epoch) {
        return true;
    }
    if (choice->next->seq != block->seq) {
        levels_turn(&choice->now, &choice->next, block->seq);
    }
    speaks = take_speaking(choice, block);
    first = begins_branch(choice, block);
    low = first ? is_lowest(choice, &block->hash) : level_has(choice->now, block->seq - 1, &block->previous);
    if (low) {
        level_add(choice->next, &block->hash);
    }
    if (speaks) {
        choice->chosen[choice->chosen_count++] = point;
    } else if (low && choice->rest_count < choice->max) {
        choice->rest[choice->rest_count++] = point;
    }
    return choice->error == STORE_OK;
}

/* ---- both ---- */

/* From which epoch on the author's blocks are under dispute, and the lowest seq at which one may stand. */
static enum store_error find_open(struct choice *choice, const struct log_state *state, uint64_t *from)
{
    struct known_rotation rotation, other;
    enum store_error error = store_next_rotation(choice->txn, choice->author, state->epoch, NULL, &rotation);

    choice->open_epoch = state->epoch;
    *from = state->epoch_first_seq;
    if (error == STORE_OK) {
        error = store_next_rotation(choice->txn, choice->author, state->epoch, &rotation.hash, &other);
    }
    if (error == STORE_OK && state->epoch > 0) {
        choice->open_epoch--;
        *from = 0;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Room for as many as are held beside the chain. */
static bool take_memory(struct choice *choice, size_t held, struct arena *arena)
{
    const size_t max = held < SIDE_PUSH_BLOCKS_MAX ? held : SIDE_PUSH_BLOCKS_MAX;
    const size_t width = max < SIDE_PUSH_WIDTH_MAX ? max : SIDE_PUSH_WIDTH_MAX;

    choice->max = max;
    choice->speaking = arena_take(arena, max * sizeof *choice->speaking);
    choice->rest = arena_take(arena, max * sizeof *choice->rest);
    for (size_t i = 0; i < sizeof choice->levels / sizeof choice->levels[0]; i++) {
        struct level *level = &choice->levels[i];

        level->hashes = arena_take(arena, width * sizeof *level->hashes);
        level->max = level->hashes != NULL ? width : 0;
        if (level->hashes == NULL) {
            return false;
        }
    }
    choice->now = &choice->levels[0];
    choice->next = &choice->levels[1];
    return choice->speaking != NULL && choice->rest != NULL;
}

static void begin_walk(struct choice *choice)
{
    for (size_t i = 0; i < sizeof choice->levels / sizeof choice->levels[0]; i++) {
        level_begin(&choice->levels[i], UINT64_MAX);
    }
    choice->read_below = false;
}

static enum store_error choose(struct choice *choice, uint64_t from)
{
    enum store_error error = STORE_OK;

    begin_walk(choice);
    error = store_each_side_down(choice->txn, choice->author, from, look_down, choice);
    if (error == STORE_OK && choice->error == STORE_OK) {
        begin_walk(choice);
        error = store_each_side(choice->txn, choice->author, from, look_up, choice);
    }
    return error == STORE_OK ? choice->error : error;
}

/* How many blocks are held beside the chain. */
static enum store_error count_held(struct choice *choice, const struct log_state *state, size_t *held)
{
    uint64_t blocks = 0, bytes = 0;
    enum store_error error = store_log_size(choice->txn, choice->author, &blocks, &bytes);

    *held = blocks > state->seq + 1 ? (size_t)(blocks - state->seq - 1) : 0;
    return error;
}

enum store_error side_push_choose(struct store_txn *txn, const struct actor_id *author,
                                  struct locator_point **out, size_t *count, struct arena *arena)
{
    struct choice choice = {.txn = txn, .author = author};
    struct log_state state;
    uint64_t from = 0;
    size_t held = 0, mark = 0, room = 0;
    enum store_error error = store_log_state(txn, author, &state);

    *out = NULL;
    *count = 0;
    if (error == STORE_OK) {
        error = count_held(&choice, &state, &held);
    }
    if (error != STORE_OK || held == 0) {
        return error;
    }
    *out = choice.chosen =
        arena_take(arena, (held < SIDE_PUSH_BLOCKS_MAX ? held : SIDE_PUSH_BLOCKS_MAX) * sizeof **out);
    mark = arena_mark(arena);
    if (choice.chosen == NULL || !take_memory(&choice, held, arena)) {
        return STORE_NO_MEMORY;
    }
    error = find_open(&choice, &state, &from);
    if (error == STORE_OK) {
        error = choose(&choice, from);
    }
    room = choice.max - choice.chosen_count;
    room = room < choice.rest_count ? room : choice.rest_count;
    memcpy(&choice.chosen[choice.chosen_count], choice.rest, room * sizeof *choice.rest);
    *count = choice.chosen_count + room;
    arena_rewind(arena, mark);
    return error;
}
