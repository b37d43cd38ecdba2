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
    if (error == STORE_NOT_FOUND) {
        return STORE_OK;
    }
    if (error != STORE_OK) {
        return error;
    }
    if (value.size < offsetof(struct run_directory, runs) || value.size > sizeof *directory) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    memcpy(directory, value.data, value.size);
    if (directory->run_count > RUNS_MAX || directory_size(directory) != value.size ||
        directory->merge.input_count > MERGE_INPUTS_MAX) {
        return txn_fail(txn, STORE_DAMAGED);
    }
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

enum store_error recent_read(struct store_txn *txn, struct bytes *recent)
{
    struct key word = key_of(recent_word, sizeof recent_word);
    enum store_error error = table_get(txn, TABLE_META, &word, recent);

    if (error == STORE_NOT_FOUND) {
        *recent = bytes_of(NULL, 0);
        return STORE_OK;
    }
    if (error == STORE_OK && recent->size % sizeof(struct posting) != 0) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    return error;
}

/* ---- writing ---- */

/* Write a sorted batch as a run of its own. */
static enum store_error write_run(struct store_txn *txn, struct run_directory *directory,
                                  const struct posting_batch *batch)
{
    struct run *run = &directory->runs[directory->run_count];

    if (batch->count == 0) {
        return STORE_OK;
    }
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

        if (error != STORE_OK) {
            return error;
        }
    }
    return STORE_OK;
}

/* Each posting is merged about once a tier, and there are few tiers above a batch: eight times what came in
 * keeps up and spreads the work evenly over commits. */
static uint64_t merge_budget(const struct run_directory *directory, size_t added)
{
    enum { BUDGET_MIN = 4 * CHUNK_POSTINGS, BUDGET_FACTOR = 8, RUNS_MANY = RUNS_MAX - 16 };
    uint64_t budget = (uint64_t)BUDGET_FACTOR * added;

    if (directory->run_count > RUNS_MANY) {
        return UINT64_MAX;
    }
    return budget > BUDGET_MIN ? budget : BUDGET_MIN;
}

static enum store_error batch_to_run(struct store_txn *txn, struct posting_batch *batch)
{
    struct run_directory directory;
    enum store_error error;

    if (!posting_batch_sort(batch)) {
        return txn_fail(txn, STORE_NO_MEMORY);
    }
    error = run_directory_read(txn, &directory);
    if (error == STORE_OK) {
        error = write_run(txn, &directory, batch);
    }
    if (error == STORE_OK) {
        error = merge_step(txn, &directory, merge_budget(&directory, batch->count));
    }
    if (error == STORE_OK) {
        error = run_directory_write(txn, &directory);
    }
    batch->count = 0;
    return error;
}

enum store_error index_add(struct store_txn *txn, const struct subject *subject, uint64_t place)
{
    struct posting posting = {.prefix = subject_prefix(subject), .place = place};
    struct posting_batch *batch = &txn->store->batch;

    assert(txn->writes);
    if (!posting_batch_add(batch, posting)) {
        return txn_fail(txn, STORE_NO_MEMORY);
    }
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

    if (batch->count == 0) {
        return STORE_OK;
    }
    error = recent_read(txn, &recent);
    if (error != STORE_OK) {
        return error;
    }
    recent_count = recent.size / sizeof(struct posting);
    for (size_t i = 0; i < recent_count; i++) {
        if (!posting_batch_add(batch, posting_at(recent.data, i))) {
            return txn_fail(txn, STORE_NO_MEMORY);
        }
    }
    if (batch->count <= RECENT_MAX) {
        error = recent_write(txn, batch);
        batch->count = 0;
        return error;
    }
    error = recent_clear(txn, recent_count);
    return error == STORE_OK ? batch_to_run(txn, batch) : error;
}
