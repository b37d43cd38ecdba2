#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/index.h"

/* Tiered merging of runs: as soon as a tier holds RUN_FAN_OUT runs they become one of the next. A merge is
 * carried on by each commit that writes a run, whole output chunks at a time, so that no commit waits for a
 * big one. */

struct input {
    uint32_t number;
    uint32_t sum; /* of the chunk */
    size_t at, count;
    struct posting *chunk; /* a copy: writing the output invalidates views */
};

struct merging {
    struct store_txn *txn;
    struct merge *merge;
    size_t input_count;
    struct input inputs[MERGE_INPUTS_MAX];
    size_t filled;
    struct posting *output;
};

static unsigned tier_of(uint64_t count)
{
    unsigned tier = 0;

    for (uint64_t size = count / RECENT_MAX; size >= RUN_FAN_OUT; size /= RUN_FAN_OUT) {
        tier++;
    }
    return tier;
}

/* ---- inputs ---- */

/* next: it must follow the one that input holds. */
static enum store_error copy_chunk(struct store_txn *txn, struct input *input, const struct walk *walk,
                                   bool next)
{
    struct chunk chunk;
    enum store_error error = chunk_open(txn, walk->key, walk->value, &chunk);

    if (error == STORE_OK && next && chunk.previous != input->sum) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    for (size_t i = 0; error == STORE_OK && i < chunk.count; i += CHUNK_GROUP) {
        error = chunk_check(txn, &chunk, i);
    }
    if (error == STORE_OK) {
        input->sum = chunk.sum;
        input->count = chunk.count;
        memcpy(input->chunk, chunk.postings, chunk.count * sizeof(struct posting));
    }
    return error;
}

/* Load the chunk that holds the first posting at or above from, or above it when that was written already. */
static enum store_error load(struct merging *merging, struct input *input, const struct posting *from,
                             bool next)
{
    struct key key = chunk_key(input->number, from);
    struct key prefix = run_key(input->number);
    struct walk walk;
    enum store_error error = walk_open(&walk, merging->txn, TABLE_RUNS);

    input->at = 0;
    input->count = 0;
    if (error != STORE_OK) {
        return error;
    }
    error = next ? walk_seek(&walk, &key) : walk_seek_back(&walk, &key);
    if (!next && (error == STORE_NOT_FOUND || (error == STORE_OK && !walk_under(&walk, &prefix)))) {
        error = walk_seek(&walk, &prefix);
    }
    if (error == STORE_OK && walk_under(&walk, &prefix)) {
        error = copy_chunk(merging->txn, input, &walk, next);
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* The least posting above another. Requires: there is one. */
static struct posting posting_after(struct posting posting)
{
    posting.place++;
    if (posting.place == 0) {
        posting.prefix++;
    }
    return posting;
}

static enum store_error advance(struct merging *merging, struct input *input)
{
    struct posting from;

    if (++input->at < input->count) {
        return STORE_OK;
    }
    from = input->chunk[input->count - 1];
    if (from.prefix == UINT64_MAX && from.place == UINT64_MAX) {
        input->count = input->at = 0;
        return STORE_OK;
    }
    from = posting_after(from);
    return load(merging, input, &from, true);
}

/* Take up where the last commit left off: behind the last posting written. */
static enum store_error resume(struct merging *merging, struct input *input)
{
    static const struct posting least;
    const struct merge *merge = merging->merge;
    enum store_error error = load(merging, input, merge->written > 0 ? &merge->last : &least, false);

    while (error == STORE_OK && merge->written > 0 && input->at < input->count &&
           posting_compare(&input->chunk[input->at], &merge->last) <= 0) {
        error = advance(merging, input);
    }
    return error;
}

static struct input *least_input(struct merging *merging)
{
    struct input *least = NULL;

    for (size_t i = 0; i < merging->input_count; i++) {
        struct input *input = &merging->inputs[i];

        if (input->at < input->count &&
            (!least || posting_compare(&input->chunk[input->at], &least->chunk[least->at]) < 0)) {
            least = input;
        }
    }
    return least;
}

/* ---- output ---- */

static enum store_error write_chunk(struct merging *merging)
{
    struct merge *merge = merging->merge;
    enum store_error error =
        chunk_write(merging->txn, merge->output, merging->output, merging->filled, &merge->previous);

    if (merge->written == 0) {
        merge->prefix_min = merging->output[0].prefix;
    }
    merge->written += merging->filled;
    merge->last = merging->output[merging->filled - 1];
    merging->filled = 0;
    return error;
}

static bool is_duplicate(const struct merging *merging, const struct posting *posting)
{
    if (merging->filled > 0) {
        return posting_compare(&merging->output[merging->filled - 1], posting) == 0;
    }
    return merging->merge->written > 0 && posting_compare(&merging->merge->last, posting) == 0;
}

/* Writes: *done when the inputs are used up; else stops at a whole chunk once budget is spent. */
static enum store_error merge_chunks(struct merging *merging, uint64_t *budget, bool *done)
{
    enum store_error error = STORE_OK;
    struct input *input;

    *done = false;
    while (error == STORE_OK && (input = least_input(merging))) {
        const struct posting posting = input->chunk[input->at];

        if (!is_duplicate(merging, &posting)) {
            merging->output[merging->filled++] = posting;
        }
        error = advance(merging, input);
        if (*budget > 0) {
            (*budget)--;
        }
        if (error != STORE_OK || merging->filled < CHUNK_POSTINGS) {
            continue;
        }
        error = write_chunk(merging);
        if (*budget == 0) {
            return error;
        }
    }
    if (error == STORE_OK && merging->filled > 0) {
        error = write_chunk(merging);
    }
    *done = error == STORE_OK;
    return error;
}

/* ---- the directory ---- */

/* Choose the lowest tier that is full. Returns: false when none is. */
static bool start(struct run_directory *directory)
{
    enum { TIERS_MAX = 33 };
    struct merge *merge = &directory->merge;
    size_t counts[TIERS_MAX] = {0};
    unsigned tier = 0;

    for (size_t i = 0; i < directory->run_count; i++) {
        counts[tier_of(directory->runs[i].count)]++;
    }
    while (tier < TIERS_MAX && counts[tier] < RUN_FAN_OUT) {
        tier++;
    }
    if (tier == TIERS_MAX) {
        return false;
    }
    *merge = (struct merge){.output = directory->next_number++};
    for (size_t i = 0; i < directory->run_count && merge->input_count < MERGE_INPUTS_MAX; i++) {
        if (tier_of(directory->runs[i].count) == tier) {
            merge->inputs[merge->input_count++] = directory->runs[i].number;
        }
    }
    return true;
}

static bool is_input(const struct merge *merge, uint32_t number)
{
    for (size_t i = 0; i < merge->input_count; i++) {
        if (merge->inputs[i] == number) {
            return true;
        }
    }
    return false;
}

/* Put the output in place of the inputs. */
static enum store_error finish(struct store_txn *txn, struct run_directory *directory)
{
    const struct merge merge = directory->merge;
    enum store_error error = STORE_OK;
    uint32_t kept = 0;

    for (size_t i = 0; i < directory->run_count; i++) {
        if (!is_input(&merge, directory->runs[i].number)) {
            directory->runs[kept++] = directory->runs[i];
        }
    }
    directory->runs[kept++] = (struct run){.number = merge.output,
                                           .count = merge.written,
                                           .prefix_min = merge.prefix_min,
                                           .prefix_max = merge.last.prefix};
    directory->run_count = kept;
    directory->merge = (struct merge){0};
    for (size_t i = 0; i < merge.input_count && error == STORE_OK; i++) {
        struct key key = run_key(merge.inputs[i]);
        error = table_delete_prefix(txn, TABLE_RUNS, &key);
    }
    return error;
}

static enum store_error merge_with(struct merging *merging, uint64_t *budget, bool *done)
{
    struct merge *merge = merging->merge;
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < merge->input_count && error == STORE_OK; i++) {
        struct input *input = &merging->inputs[merging->input_count++];

        input->number = merge->inputs[i];
        input->chunk = malloc(CHUNK_POSTINGS * sizeof *input->chunk);
        error = input->chunk ? resume(merging, input) : txn_fail(merging->txn, STORE_NO_MEMORY);
    }
    merging->output = malloc(CHUNK_POSTINGS * sizeof *merging->output);
    if (!merging->output) {
        error = txn_fail(merging->txn, STORE_NO_MEMORY);
    }
    return error == STORE_OK ? merge_chunks(merging, budget, done) : error;
}

static enum store_error merge_once(struct store_txn *txn, struct run_directory *directory, uint64_t *budget)
{
    struct merging merging = {.txn = txn, .merge = &directory->merge};
    bool done = false;
    enum store_error error = merge_with(&merging, budget, &done);

    for (size_t i = 0; i < merging.input_count; i++) {
        free(merging.inputs[i].chunk);
    }
    free(merging.output);
    return error == STORE_OK && done ? finish(txn, directory) : error;
}

enum store_error merge_step(struct store_txn *txn, struct run_directory *directory, uint64_t budget)
{
    enum store_error error = STORE_OK;

    while (error == STORE_OK && budget > 0) {
        if (directory->merge.input_count == 0 && !start(directory)) {
            return STORE_OK;
        }
        error = merge_once(txn, directory, &budget);
    }
    return error;
}
