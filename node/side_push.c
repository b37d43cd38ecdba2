#include "node/side_push.h"

#include "protocol/base/sort.h"

/* A block beside the chain. */
struct candidate {
    struct side_block block;
    size_t parent; /* its own index where its parent stands on the chain: it begins a branch */
    bool chosen;
};

struct choice {
    struct store_txn *txn;
    struct log_state state;
    size_t count;
    struct candidate *candidates; /* SIDE_PUSH_BLOCKS_MAX, ascending by seq */
    size_t level;                 /* the first candidate of the seq below the one that comes now */
    size_t next_level;            /* the first one of the seq that comes now */
};

/* Rows come by seq, so that a parent beside the chain is among those of the seq before. */
static size_t parent_of(const struct choice *choice, const struct side_block *block)
{
    for (size_t i = choice->level; i < choice->next_level; i++) {
        if (hash_equal(&choice->candidates[i].block.hash, &block->previous)) {
            return i;
        }
    }
    return choice->count;
}

static bool add_candidate(void *context, const struct side_block *block)
{
    struct choice *choice = context;

    if (choice->count > 0 && choice->candidates[choice->count - 1].block.seq != block->seq) {
        choice->level = choice->next_level;
        choice->next_level = choice->count;
    }
    choice->candidates[choice->count] =
        (struct candidate){.block = *block, .parent = parent_of(choice, block)};
    choice->count++;
    return choice->count < SIDE_PUSH_BLOCKS_MAX;
}

static int order_hashes(const void *a, const void *b)
{
    const struct hash *left = a, *right = b;

    return hash_compare(left, right);
}

/* The first blocks of branches, ascending by hash; at most the four lowest. Returns: how many. */
static size_t lowest_branches(const struct choice *choice, struct hash *firsts)
{
    size_t count = 0;

    for (size_t i = 0; i < choice->count; i++) {
        if (choice->candidates[i].parent == i) {
            firsts[count++] = choice->candidates[i].block.hash;
        }
    }
    sort_items(firsts, count, sizeof *firsts, order_hashes);
    return count < SIDE_PUSH_BRANCHES ? count : SIDE_PUSH_BRANCHES;
}

static void choose_branches(struct choice *choice, const struct hash *firsts, size_t first_count)
{
    for (size_t i = 0; i < choice->count; i++) {
        struct candidate *candidate = &choice->candidates[i];

        if (candidate->parent != i) {
            candidate->chosen = choice->candidates[candidate->parent].chosen;
        }
        for (size_t j = 0; j < first_count && candidate->parent == i; j++) {
            candidate->chosen |= hash_equal(&candidate->block.hash, &firsts[j]);
        }
    }
}

/* Blocks that speak of others, with those that they stand on. */
static void choose_speaking(struct choice *choice)
{
    for (size_t i = 0; i < choice->count; i++) {
        enum block_class block_class = choice->candidates[i].block.block_class;

        if (block_class != CLASS_STATUS && block_class != CLASS_GOVERN) {
            continue;
        }
        for (size_t at = i; !choice->candidates[at].chosen; at = choice->candidates[at].parent) {
            choice->candidates[at].chosen = true;
        }
    }
}

enum store_error side_push_choose(struct store_txn *txn, const struct actor_id *author, struct head **out,
                                  size_t *count, struct arena *arena)
{
    struct choice choice = {.txn = txn};
    struct hash *firsts = arena_take(arena, SIDE_PUSH_BLOCKS_MAX * sizeof *firsts);
    enum store_error error = store_log_state(txn, author, &choice.state);

    *count = 0;
    choice.candidates = arena_take(arena, SIDE_PUSH_BLOCKS_MAX * sizeof *choice.candidates);
    *out = arena_take(arena, SIDE_PUSH_BLOCKS_MAX * sizeof **out);
    if (error == STORE_OK && (firsts == NULL || choice.candidates == NULL || *out == NULL)) {
        error = STORE_NO_MEMORY;
    }
    if (error == STORE_OK) {
        error = store_each_side(txn, author, choice.state.epoch_first_seq, add_candidate, &choice);
    }
    if (error != STORE_OK) {
        return error;
    }
    choose_branches(&choice, firsts, lowest_branches(&choice, firsts));
    choose_speaking(&choice);
    for (size_t i = 0; i < choice.count; i++) {
        const struct side_block *block = &choice.candidates[i].block;

        if (choice.candidates[i].chosen) {
            (*out)[(*count)++] = (struct head){
                .author = *author, .epoch = block->epoch, .seq = block->seq, .hash = block->hash};
        }
    }
    return STORE_OK;
}
