#include "store/index.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char directory_word[] = "runs";
static const char recent_word[] = "recent";

/* ---- rows ---- */

static size_t directory_size(const struct run_directory *directory)
{
    return offsetof(struct run_directory, runs) + directory->run_count * sizeof directory->runs[0];
}

enum store_error run_directory_read(struct store_txn *txn, struct run_directory *directory)
{
    struct key word = key_of(directory_word, sizeof directory_word);
    struct bytes value;
    enum store_error error = table_get(txn, TABLE_META, &word, &value);

    memset(directory, 0, offsetof(struct run_directory, runs));
    if (error == STORE_NOT_FOUND)
        return STORE_OK;
    if (error != STORE_OK)
        return error;
    if (value.size < offsetof(struct run_directory, runs) || value.size > sizeof *directory)
        return txn_fail(txn, STORE_NOT_A_STORE);
    memcpy(directory, value.data, value.size);
    if (directory->run_count > RUNS_MAX || directory_size(directory) != value.size ||
        directory->merge.input_count > MERGE_INPUTS_MAX)
        return txn_fail(txn, STORE_NOT_A_STORE);
    return STORE_OK;
}

enum store_error run_directory_write(struct store_txn *txn, const struct run_directory *directory)
{
    struct key word = key_of(directory_word, sizeof directory_word);

    return table_put(txn, TABLE_META, &word, directory, directory_size(directory));
}

struct key run_key(uint32_t number)
{
    struct key key = {0};

    key_add_number(&key, number, 4);
    return key;
}

struct key chunk_key(uint32_t number, const struct posting *first)
{
    struct key key = run_key(number);

    key_add_number(&key, first->prefix, 8);
    key_add_number(&key, first->place, 8);
    return key;
}

struct posting posting_at(const uint8_t *chunk, size_t i)
{
    struct posting posting;

    memcpy(&posting, chunk + i * sizeof posting, sizeof posting);
    return posting;
}

static enum store_error recent_read(struct store_txn *txn, struct bytes *recent)
{
    struct key word = key_of(recent_word, sizeof recent_word);
    enum store_error error = table_get(txn, TABLE_META, &word, recent);

    if (error == STORE_NOT_FOUND) {
        *recent = bytes_of(NULL, 0);
        return STORE_OK;
    }
    if (error == STORE_OK && recent->size % sizeof(struct posting) != 0)
        return txn_fail(txn, STORE_NOT_A_STORE);
    return error;
}

/* ---- writing ---- */

/* Write a sorted batch as a run of its own. */
static enum store_error write_run(struct store_txn *txn, struct run_directory *directory,
                                  const struct posting_batch *batch)
{
    struct run *run = &directory->runs[directory->run_count];

    if (batch->count == 0)
        return STORE_OK;
    assert(directory->run_count < RUNS_MAX);
    *run = (struct run){.number = directory->next_number++,
                        .count = batch->count,
                        .prefix_min = batch->items[0].prefix,
                        .prefix_max = batch->items[batch->count - 1].prefix};
    directory->run_count++;
    for (size_t done = 0; done < batch->count; done += CHUNK_POSTINGS) {
        size_t left = batch->count - done;
        size_t count = left < CHUNK_POSTINGS ? left : CHUNK_POSTINGS;
        struct key key = chunk_key(run->number, &batch->items[done]);
        enum store_error error =
            table_append(txn, TABLE_RUNS, &key, batch->items + done, count * sizeof batch->items[0]);

        if (error != STORE_OK)
            return error;
    }
    return STORE_OK;
}

/* Each posting is merged about once a tier, and there are few tiers above a batch: eight times what came in
 * keeps up and spreads the work evenly over commits. */
static uint64_t merge_budget(const struct run_directory *directory, size_t added)
{
    enum { BUDGET_MIN = 4 * CHUNK_POSTINGS, BUDGET_FACTOR = 8, RUNS_MANY = RUNS_MAX - 16 };
    uint64_t budget = (uint64_t)BUDGET_FACTOR * added;

    if (directory->run_count > RUNS_MANY)
        return UINT64_MAX;
    return budget > BUDGET_MIN ? budget : BUDGET_MIN;
}

static enum store_error batch_to_run(struct store_txn *txn, struct posting_batch *batch)
{
    struct run_directory directory;
    enum store_error error;

    if (!posting_batch_sort(batch))
        return txn_fail(txn, STORE_NO_MEMORY);
    error = run_directory_read(txn, &directory);
    if (error == STORE_OK)
        error = write_run(txn, &directory, batch);
    if (error == STORE_OK)
        error = merge_step(txn, &directory, merge_budget(&directory, batch->count));
    if (error == STORE_OK)
        error = run_directory_write(txn, &directory);
    batch->count = 0;
    return error;
}

enum store_error index_add(struct store_txn *txn, const struct subject *subject, uint64_t place)
{
    struct posting posting = {.prefix = subject_prefix(subject), .place = place};
    struct posting_batch *batch = &txn->store->batch;

    assert(txn->writes);
    if (!posting_batch_add(batch, posting))
        return txn_fail(txn, STORE_NO_MEMORY);
    return batch->count < BATCH_MAX ? STORE_OK : batch_to_run(txn, batch);
}

static enum store_error recent_write(struct store_txn *txn, const struct posting_batch *batch)
{
    struct key word = key_of(recent_word, sizeof recent_word);

    return table_put(txn, TABLE_META, &word, batch->items, batch->count * sizeof batch->items[0]);
}

static enum store_error recent_clear(struct store_txn *txn, size_t had)
{
    struct key word = key_of(recent_word, sizeof recent_word);

    return had > 0 ? table_delete(txn, TABLE_META, &word) : STORE_OK;
}

enum store_error index_flush(struct store_txn *txn)
{
    struct posting_batch *batch = &txn->store->batch;
    struct bytes recent;
    size_t recent_count;
    enum store_error error;

    if (batch->count == 0)
        return STORE_OK;
    error = recent_read(txn, &recent);
    if (error != STORE_OK)
        return error;
    recent_count = recent.size / sizeof(struct posting);
    for (size_t i = 0; i < recent_count; i++)
        if (!posting_batch_add(batch, posting_at(recent.data, i)))
            return txn_fail(txn, STORE_NO_MEMORY);
    if (batch->count <= RECENT_MAX) {
        error = recent_write(txn, batch);
        batch->count = 0;
        return error;
    }
    error = recent_clear(txn, recent_count);
    return error == STORE_OK ? batch_to_run(txn, batch) : error;
}

/* ---- searching ---- */

struct search {
    uint64_t prefix;
    size_t count;
    size_t capacity;
    uint64_t *places;
    struct arena *arena;
};

static bool found(struct search *search, uint64_t place)
{
    if (search->count == POSTINGS_FOUND_MAX)
        return true;
    if (search->count == search->capacity) {
        size_t capacity = search->capacity > 0 ? 4 * search->capacity : 64;
        uint64_t *places = arena_take(search->arena, capacity * sizeof *places);

        if (!places)
            return false;
        if (search->count > 0)
            memcpy(places, search->places, search->count * sizeof *places);
        search->places = places;
        search->capacity = capacity;
    }
    search->places[search->count++] = place;
    return true;
}

/* Postings without an order: the newest. */
static enum store_error search_unsorted(struct search *search, const uint8_t *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t prefix;

        memcpy(&prefix, items + i * sizeof(struct posting), sizeof prefix);
        if (prefix == search->prefix && !found(search, posting_at(items, i).place))
            return STORE_NO_MEMORY;
    }
    return STORE_OK;
}

static uint64_t prefix_at(const uint8_t *chunk, size_t i)
{
    uint64_t prefix;

    memcpy(&prefix, chunk + i * sizeof(struct posting), sizeof prefix);
    return prefix;
}

/* Where between low and high the prefix would be if all were spread evenly. */
static size_t interpolate(const uint8_t *chunk, size_t low, size_t high, uint64_t prefix)
{
    uint64_t first = prefix_at(chunk, low);
    uint64_t last = prefix_at(chunk, high - 1);

    if (prefix <= first || last <= first)
        return low;
    if (prefix >= last)
        return high - 1;
    return low + (size_t)((double)(prefix - first) / (double)(last - first) * (double)(high - 1 - low));
}

/* Index of the first posting at or above prefix. Interpolation lands near it as long as prefixes are evenly
 * spread; they can be ground, so each guess only narrows the bounds and halving takes over after a few. */
static size_t lower_bound(const uint8_t *chunk, size_t count, uint64_t prefix)
{
    enum { GUESSES = 3, NEAR = 32 };
    size_t low = 0;
    size_t high = count;

    for (unsigned i = 0; low < high; i++) {
        size_t middle = i < GUESSES ? interpolate(chunk, low, high, prefix) : low + (high - low) / 2;
        size_t step = i < GUESSES ? NEAR : 0;

        if (prefix_at(chunk, middle) < prefix) {
            low = middle + 1;
            if (step > 0 && step < high - low && prefix_at(chunk, low + step) >= prefix)
                high = low + step;
        } else {
            high = middle;
            if (step > 0 && step < high - low && prefix_at(chunk, high - step) < prefix)
                low = high - step + 1;
        }
    }
    return low;
}

/* Returns through *more whether the next chunk may hold the prefix too. */
static enum store_error search_chunk(struct search *search, struct bytes chunk, bool *more)
{
    size_t count = chunk.size / sizeof(struct posting);
    size_t i = lower_bound(chunk.data, count, search->prefix);

    for (; i < count && prefix_at(chunk.data, i) == search->prefix; i++)
        if (!found(search, posting_at(chunk.data, i).place))
            return STORE_NO_MEMORY;
    *more = i == count && search->count < POSTINGS_FOUND_MAX;
    return STORE_OK;
}

/* The chunk that begins at or below the prefix may end above it, so that one is looked at first. */
static enum store_error search_run(struct search *search, struct walk *walk, const struct run *run)
{
    struct posting least = {.prefix = search->prefix};
    struct key key = chunk_key(run->number, &least);
    struct key prefix = run_key(run->number);
    enum store_error error;
    bool more = true;

    if (search->prefix < run->prefix_min || search->prefix > run->prefix_max)
        return STORE_OK;
    error = walk_seek_back(walk, &key);
    if (error == STORE_OK && !walk_under(walk, &prefix))
        error = walk_next(walk);
    else if (error == STORE_NOT_FOUND)
        error = walk_seek(walk, &prefix);
    while (error == STORE_OK && more && walk_under(walk, &prefix)) {
        error = search_chunk(search, walk->value, &more);
        if (error == STORE_OK && more)
            error = walk_next(walk);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error search_runs(struct search *search, struct store_txn *txn)
{
    struct run_directory directory;
    struct walk walk;
    enum store_error error = run_directory_read(txn, &directory);

    if (error != STORE_OK || directory.run_count == 0)
        return error;
    error = walk_open(&walk, txn, TABLE_RUNS);
    if (error != STORE_OK)
        return error;
    for (size_t i = 0; i < directory.run_count && error == STORE_OK; i++)
        error = search_run(search, &walk, &directory.runs[i]);
    walk_close(&walk);
    return error;
}

static int compare_places(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

static size_t sort_found(uint64_t *places, size_t count)
{
    size_t kept = 0;

    if (count > 1)
        qsort(places, count, sizeof *places, compare_places);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || places[kept - 1] != places[i])
            places[kept++] = places[i];
    return kept;
}

enum store_error index_find(struct store_txn *txn, const struct subject *subject, uint64_t **places,
                            size_t *count, struct arena *arena)
{
    struct search search = {.prefix = subject_prefix(subject), .arena = arena};
    const struct posting_batch *batch = &txn->store->batch;
    struct bytes recent;
    enum store_error error = search_runs(&search, txn);

    if (error == STORE_OK)
        error = recent_read(txn, &recent);
    if (error == STORE_OK)
        error = search_unsorted(&search, recent.data, recent.size / sizeof(struct posting));
    if (error == STORE_OK && txn->writes)
        error = search_unsorted(&search, (const uint8_t *)batch->items, batch->count);
    if (error != STORE_OK)
        return error;
    *places = search.places;
    *count = sort_found(search.places, search.count);
    return STORE_OK;
}
