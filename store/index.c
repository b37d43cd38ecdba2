#include "store/index.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/checksum.h"

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
        return txn_fail(txn, STORE_DAMAGED);
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
    enum store_error error;

    *recent = txn->recent;
    if (recent->data) {
        return STORE_OK;
    }
    error = table_get(txn, TABLE_META, &word, recent);
    if (error == STORE_NOT_FOUND) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    if (error == STORE_OK && recent->size % sizeof(struct posting) != 0) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    if (error == STORE_OK && !txn->writes) {
        txn->recent = *recent;
    }
    return error;
}

/* ---- chunks ---- */

enum { POSTING_SIZE = sizeof(struct posting), CHECK_SIZE = sizeof(uint32_t), FOOT_SIZE = 2 * CHECK_SIZE };

static size_t groups_of(size_t count)
{
    return (count + CHUNK_GROUP - 1) / CHUNK_GROUP;
}

static size_t chunk_size(size_t count)
{
    return count * POSTING_SIZE + groups_of(count) * CHECK_SIZE + FOOT_SIZE;
}

static uint32_t check_at(const uint8_t *bytes)
{
    uint32_t check;

    memcpy(&check, bytes, sizeof check);
    return check;
}

/* Of the foot of a chunk with so many postings. */
static uint32_t sum_of_foot(uint32_t key_sum, size_t count, uint32_t previous)
{
    const uint64_t words[] = {key_sum, count, previous};

    return checksum_of(TABLE_RUNS, words, sizeof words);
}

static uint32_t sum_of_group(uint32_t key_sum, size_t group, const uint8_t *postings, size_t count)
{
    return checksum_of((uint64_t)key_sum << 16 | group, postings, count * POSTING_SIZE);
}

static size_t group_count(size_t count, size_t group)
{
    size_t left = count - group * CHUNK_GROUP;

    return left < CHUNK_GROUP ? left : CHUNK_GROUP;
}

enum store_error chunk_open(struct store_txn *txn, struct bytes key, struct bytes value, struct chunk *out)
{
    enum { GROUP_SIZE = CHUNK_GROUP * POSTING_SIZE + CHECK_SIZE };
    const size_t body = value.size < FOOT_SIZE ? 0 : value.size - FOOT_SIZE;
    const size_t groups = (body + GROUP_SIZE - 1) / GROUP_SIZE;

    *out = (struct chunk){.postings = value.data, .sum = checksum_of(TABLE_RUNS, key.data, key.size)};
    out->count = body < groups * CHECK_SIZE ? 0 : (body - groups * CHECK_SIZE) / POSTING_SIZE;
    if (out->count == 0 || out->count > CHUNK_POSTINGS || chunk_size(out->count) != value.size) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    out->checks = value.data + out->count * POSTING_SIZE;
    out->previous = check_at(value.data + body);
    if (sum_of_foot(out->sum, out->count, out->previous) != check_at(value.data + body + CHECK_SIZE)) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    out->first_prefix = number_at(key.data, 4, sizeof out->first_prefix);
    return STORE_OK;
}

enum store_error chunk_check(struct store_txn *txn, const struct chunk *chunk, size_t i)
{
    const size_t group = i / CHUNK_GROUP;
    const uint8_t *first = chunk->postings + group * CHUNK_GROUP * POSTING_SIZE;

    if (sum_of_group(chunk->sum, group, first, group_count(chunk->count, group)) !=
        check_at(chunk->checks + group * CHECK_SIZE)) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    return STORE_OK;
}

enum store_error chunk_write(struct store_txn *txn, uint32_t run, const struct posting *postings,
                             size_t count, uint32_t *previous)
{
    struct key key = chunk_key(run, &postings[0]);
    const uint32_t sum = checksum_of(TABLE_RUNS, key.bytes, key.size);
    const uint32_t foot[] = {*previous, sum_of_foot(sum, count, *previous)};
    uint8_t *row;
    enum store_error error = table_reserve(txn, TABLE_RUNS, &key, chunk_size(count), &row);

    if (error != STORE_OK) {
        return error;
    }
    memcpy(row, postings, count * POSTING_SIZE);
    row += count * POSTING_SIZE;
    for (size_t i = 0; i < groups_of(count); i++, row += CHECK_SIZE) {
        uint32_t check =
            sum_of_group(sum, i, (const uint8_t *)(postings + i * CHUNK_GROUP), group_count(count, i));
        memcpy(row, &check, sizeof check);
    }
    memcpy(row, foot, sizeof foot);
    *previous = sum;
    return STORE_OK;
}

/* ---- writing ---- */

enum store_error index_create(struct store_txn *txn)
{
    const struct run_directory directory = {0};
    struct key word = key_of(recent_word, sizeof recent_word);
    enum store_error error = run_directory_write(txn, &directory);

    return error == STORE_OK ? table_put(txn, TABLE_META, &word, NULL, 0) : error;
}

/* Write a sorted batch as a run of its own. */
static enum store_error write_run(struct store_txn *txn, struct run_directory *directory,
                                  const struct posting_batch *batch)
{
    struct run *run = &directory->runs[directory->run_count];
    uint32_t previous = 0;

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
        enum store_error error = chunk_write(txn, run->number, batch->items + done, count, &previous);

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

    return had > 0 ? table_put(txn, TABLE_META, &word, NULL, 0) : STORE_OK;
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
