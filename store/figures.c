#include <string.h>
#include <sys/stat.h>

#include "store/figures.h"
#include "store/index.h"

static const char attestations_word[] = "attestations";

static enum store_error read_attestations(struct store_txn *txn, uint64_t *count)
{
    struct key word = key_of(attestations_word, sizeof attestations_word);
    enum store_error error = table_get_exact(txn, TABLE_META, &word, count, sizeof *count);

    return error == STORE_NOT_FOUND ? txn_fail(txn, STORE_DAMAGED) : error;
}

enum store_error figures_create(struct store_txn *txn)
{
    struct key word = key_of(attestations_word, sizeof attestations_word);
    const uint64_t none = 0;

    return table_put(txn, TABLE_META, &word, &none, sizeof none);
}

enum store_error figures_flush(struct store_txn *txn)
{
    struct key word = key_of(attestations_word, sizeof attestations_word);
    uint64_t count;
    enum store_error error;

    if (txn->attestations == 0) {
        return STORE_OK;
    }
    error = read_attestations(txn, &count);
    if (error != STORE_OK) {
        return error;
    }
    count += (uint64_t)txn->attestations;
    return table_put(txn, TABLE_META, &word, &count, sizeof count);
}

static enum store_error count_rows(struct store_txn *txn, enum table table, uint64_t *count)
{
    MDB_stat figures;
    enum store_error error = table_error(txn, mdb_stat(txn->mdb, txn->store->tables[table], &figures));

    if (error == STORE_OK) {
        *count = figures.ms_entries;
    }
    return error;
}

static enum store_error bytes_on_disk(struct store_txn *txn, uint64_t *bytes)
{
    struct stat file;
    mdb_filehandle_t descriptor;

    if (mdb_env_get_fd(txn->store->env, &descriptor) != MDB_SUCCESS || fstat(descriptor, &file) != 0) {
        return STORE_IO;
    }
    *bytes = (uint64_t)file.st_size;
    return STORE_OK;
}

enum store_error store_figures(struct store_txn *txn, struct store_figures *out)
{
    struct run_directory directory;
    enum store_error error = count_rows(txn, TABLE_NAMES, &out->logs);

    if (error == STORE_OK) {
        error = count_rows(txn, TABLE_BLOCKS, &out->blocks);
    }
    if (error == STORE_OK) {
        error = read_attestations(txn, &out->attestations);
    }
    out->attestations += (uint64_t)txn->attestations;
    if (error == STORE_OK) {
        error = bytes_on_disk(txn, &out->bytes_on_disk);
    }
    if (error == STORE_OK) {
        error = run_directory_read(txn, &directory);
    }
    if (error == STORE_OK) {
        out->runs = directory.run_count;
    }
    return error;
}
