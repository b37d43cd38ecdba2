#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/changes.h"
#include "store/copy.h"
#include "store/figures.h"
#include "store/generation.h"
#include "store/index.h"
#include "store/layout.h"
#include "store/tables.h"

enum {
    TAG_SIZE = HASH_TAG_SIZE + 1,
    MAP_SIZE_LEAST = 1 << 30,
    LOCK_FILE_SIZE = 8192, /* LMDB's, for 126 readers */
};

/* What says that an environment is ours. */
struct disk_identity {
    uint32_t version;
    uint32_t byte_order;
    uint16_t author_size;
    uint16_t record_size;
    uint16_t event_size;
    char tag[TAG_SIZE];
    uint8_t zero;
};
static_assert(sizeof(struct disk_identity) == 32, "no padding");

static const char identity_word[] = "identity";
static const char *const table_names[TABLE_COUNT] = {
#define TABLE_AS_NAME(name, text, form) text,
    TABLE_LIST(TABLE_AS_NAME)
#undef TABLE_AS_NAME
};

static struct disk_identity identity_of(const char *network_tag)
{
    struct disk_identity identity = {
        .version = STORE_VERSION,
        .byte_order = 0x01020304,
        .author_size = sizeof(struct disk_author),
        .record_size = sizeof(struct disk_record),
        .event_size = sizeof(struct disk_event),
    };

    assert(strlen(network_tag) < TAG_SIZE);
    memcpy(identity.tag, network_tag, strlen(network_tag));
    return identity;
}

static enum store_error check_identity(const struct disk_identity *found, const struct disk_identity *wanted)
{
    if (found->byte_order != wanted->byte_order) {
        return STORE_NOT_A_STORE;
    }
    if (found->version != wanted->version || found->author_size != wanted->author_size ||
        found->record_size != wanted->record_size || found->event_size != wanted->event_size) {
        return STORE_WRONG_VERSION;
    }
    return memcmp(found->tag, wanted->tag, TAG_SIZE) == 0 ? STORE_OK : STORE_WRONG_NETWORK;
}

/* ---- opening ---- */

/* Whether some other program keeps its tables here, or nobody anything. */
static enum store_error look_at_main(MDB_txn *mdb, bool *empty)
{
    MDB_dbi main_table;
    MDB_stat figures;

    if (mdb_dbi_open(mdb, NULL, 0, &main_table) != MDB_SUCCESS ||
        mdb_stat(mdb, main_table, &figures) != MDB_SUCCESS) {
        return STORE_NOT_A_STORE;
    }
    *empty = figures.ms_entries == 0;
    return STORE_OK;
}

static enum store_error open_tables(struct store *store, MDB_txn *mdb, bool create)
{
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        int code = mdb_dbi_open(mdb, table_names[i], create ? MDB_CREATE : 0, &store->tables[i]);

        if (code == MDB_NOTFOUND) {
            return i == TABLE_META ? STORE_NOT_A_STORE : STORE_WRONG_VERSION;
        }
        if (code != MDB_SUCCESS) {
            return store_error_of(store, code);
        }
    }
    return STORE_OK;
}

static enum store_error identify(struct store *store, MDB_txn *mdb, const char *network_tag, bool create)
{
    struct disk_identity wanted = identity_of(network_tag);
    struct disk_identity found;
    MDB_val word = {.mv_size = sizeof identity_word, .mv_data = (void *)(uintptr_t)identity_word};
    MDB_val value = {.mv_size = sizeof wanted, .mv_data = &wanted};
    int code;

    if (create) {
        return store_error_of(store, mdb_put(mdb, store->tables[TABLE_META], &word, &value, 0));
    }
    code = mdb_get(mdb, store->tables[TABLE_META], &word, &value);
    if (code == MDB_NOTFOUND || (code == MDB_SUCCESS && value.mv_size != sizeof found)) {
        return STORE_NOT_A_STORE;
    }
    if (code != MDB_SUCCESS) {
        return store_error_of(store, code);
    }
    memcpy(&found, value.mv_data, sizeof found);
    return check_identity(&found, &wanted);
}

/* The identity is read before the other tables are asked for, so that another version is told apart from
 * damage. */
static enum store_error open_meta(struct store *store, MDB_txn *mdb, const char *network_tag)
{
    int code = mdb_dbi_open(mdb, table_names[TABLE_META], 0, &store->tables[TABLE_META]);

    if (code == MDB_NOTFOUND) {
        return STORE_NOT_A_STORE;
    }
    if (code != MDB_SUCCESS) {
        return store_error_of(store, code);
    }
    return identify(store, mdb, network_tag, false);
}

/* What is missing in an empty store is missing in a damaged one: write what stands for nothing. */
static enum store_error fill_new(struct store *store, MDB_txn *mdb)
{
    struct store_txn txn = {.store = store, .mdb = mdb, .writes = true};
    enum store_error error = tables_create(&txn);

    if (error == STORE_OK) {
        error = index_create(&txn);
    }
    if (error == STORE_OK) {
        error = generation_create(&txn);
    }
    if (error == STORE_OK) {
        error = changes_create(&txn);
    }
    return error == STORE_OK ? figures_create(&txn) : error;
}

static enum store_error prepare_in(struct store *store, MDB_txn *mdb, const char *network_tag)
{
    bool empty = false;
    enum store_error error = look_at_main(mdb, &empty);

    if (error != STORE_OK) {
        return error;
    }
    if (!empty) {
        error = open_meta(store, mdb, network_tag);
        return error == STORE_OK ? open_tables(store, mdb, false) : error;
    }
    if (store->read_only) {
        return STORE_NOT_FOUND;
    }
    error = open_tables(store, mdb, true);
    if (error == STORE_OK) {
        error = identify(store, mdb, network_tag, true);
    }
    return error == STORE_OK ? fill_new(store, mdb) : error;
}

/* Readers that were killed keep their places until somebody looks: they must not keep out those that live. */
static int begin_mdb(struct store *store, unsigned flags, MDB_txn **mdb)
{
    int code = mdb_txn_begin(store->env, NULL, flags, mdb);

    if (code == MDB_READERS_FULL) {
        store_clear_stale_readers(store);
        code = mdb_txn_begin(store->env, NULL, flags, mdb);
    }
    return code;
}

static enum store_error prepare_once(struct store *store, const char *network_tag, bool write)
{
    MDB_txn *mdb;
    int code = begin_mdb(store, write ? 0 : MDB_RDONLY, &mdb);
    enum store_error error;

    if (code != MDB_SUCCESS) {
        return store_error_of(store, code);
    }
    error = prepare_in(store, mdb, network_tag);
    if (error != STORE_OK) {
        mdb_txn_abort(mdb);
        return error;
    }
    return store_error_of(store, mdb_txn_commit(mdb));
}

/* Opening a store that exists takes no write lock: another process may hold it for long. */
static enum store_error prepare(struct store *store, const char *network_tag)
{
    bool read_only = store->read_only;
    enum store_error error;

    store->read_only = true;
    error = prepare_once(store, network_tag, false);
    store->read_only = read_only;
    if (error != STORE_NOT_FOUND || read_only) {
        return error;
    }
    return prepare_once(store, network_tag, true);
}

/* LMDB keeps the last two states of a file, each with its number, and takes the higher one: a flipped bit
 * there would bring back what was before. Numbers follow each other, the even one first in the file. */
static enum store_error check_numbers(const struct store *store, size_t page_size)
{
    enum { NUMBER_AT = 144, TRIES = 16 };
    mdb_filehandle_t file;

    if (mdb_env_get_fd(store->env, &file) != MDB_SUCCESS) {
        return STORE_IO;
    }
    for (unsigned i = 0; i < TRIES; i++) { /* another process may be writing */
        uint64_t even = 0, odd = 0;

        if (pread(file, &even, sizeof even, NUMBER_AT) != sizeof even ||
            pread(file, &odd, sizeof odd, (off_t)page_size + NUMBER_AT) != sizeof odd) {
            return STORE_IO;
        }
        if ((even == 0 && odd == 0) ||
            (even % 2 == 0 && odd % 2 == 1 && (even + 1 == odd || odd + 1 == even))) {
            return STORE_OK;
        }
    }
    return STORE_DAMAGED;
}

/* LMDB maps what its meta page promises; a file that was cut short would end the process with SIGBUS. */
static enum store_error check_length(struct store *store)
{
    MDB_envinfo info;
    MDB_stat figures;
    struct stat file;
    mdb_filehandle_t descriptor;

    if (mdb_env_info(store->env, &info) != MDB_SUCCESS || mdb_env_stat(store->env, &figures) != MDB_SUCCESS ||
        mdb_env_get_fd(store->env, &descriptor) != MDB_SUCCESS || fstat(descriptor, &file) != 0) {
        return STORE_IO;
    }
    if (file.st_size > 0 && (uint64_t)file.st_size / figures.ms_psize < info.me_last_pgno + 1) {
        return STORE_DAMAGED;
    }
    return file.st_size > 0 ? check_numbers(store, figures.ms_psize) : STORE_OK;
}

/* Take the room on the disk that LMDB needs of a new file from its first moment, and make it no longer: what
 * it finds empty it makes anew. A file that was restored without its zeros is as new. */
static int reserve(const struct store *store, const char *name, off_t size)
{
    char path[PATH_MAX];
    struct stat file;
    int descriptor, code = 0;

    if (snprintf(path, sizeof path, "%s/%s", store->folder, name) >= (int)sizeof path) {
        return ENAMETOOLONG;
    }
    if (stat(path, &file) == 0 && file.st_size >= size && file.st_blocks > 0) {
        return 0;
    }
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return errno;
    }
    if (fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, size) != 0) {
        code = errno;
    }
    close(descriptor);
    return code;
}

/* LMDB writes to its lock file through a map, where a full disk ends the process, and leaves half of what a
 * data file begins with where the disk has no room for both meta pages. Whatever else is wrong with the files
 * it finds out itself. Requires: no environment of this process is open there, or its locks would be lost. */
static enum store_error reserve_room(struct store *store)
{
    enum store_error error = store_error_of(store, reserve(store, "lock.mdb", LOCK_FILE_SIZE));

    if (error != STORE_NO_ROOM && !store->read_only) {
        error = store_error_of(store, reserve(store, "data.mdb", 2 * sysconf(_SC_PAGESIZE)));
    }
    return error == STORE_NO_ROOM ? error : STORE_OK;
}

static int try_environment(struct store *store, const struct store_options *options, size_t map_size)
{
    unsigned flags = MDB_NOTLS | MDB_NORDAHEAD | (options->read_only ? MDB_RDONLY : 0);
    int code = mdb_env_create(&store->env);

    if (code != MDB_SUCCESS) {
        return code;
    }
    code = mdb_env_set_maxdbs(store->env, TABLE_COUNT + 1);
    if (code == MDB_SUCCESS) {
        code = mdb_env_set_mapsize(store->env, map_size);
    }
    if (code == MDB_SUCCESS) {
        code = mdb_env_open(store->env, store->folder, flags, 0600);
    }
    return code;
}

/* A reader may not write what an empty file, which a first start was leaving just then, is to begin with. */
static bool is_nothing_there(const struct store *store, int code)
{
    return code == ENOENT || (code == EBADF && store->read_only);
}

/* Where address space is short (a limit of the user's, a memory checker) a smaller map does: it grows. */
static enum store_error open_environment(struct store *store, const struct store_options *options)
{
    size_t map_size = options->map_size > 0 ? options->map_size : (size_t)STORE_MAP_SIZE_DEFAULT_GIB << 30;
    int code = try_environment(store, options, map_size);

    while ((code == ENOMEM || code == EINVAL) && map_size > MAP_SIZE_LEAST) {
        map_size /= 2;
        mdb_env_close(store->env);
        store->env = NULL;
        code = try_environment(store, options, map_size);
    }
    return is_nothing_there(store, code) ? STORE_NOT_FOUND : store_error_of(store, code);
}

static enum store_error open_in(struct store *store, const struct store_options *options)
{
    enum store_error error;

    if (!network_init(&store->network, options->network_tag)) {
        return STORE_WRONG_NETWORK;
    }
    store->read_only = options->read_only;
    store->folder = strdup(options->folder);
    if (!store->folder) {
        return STORE_NO_MEMORY;
    }
    error = reserve_room(store);
    if (error == STORE_OK) {
        error = open_environment(store, options);
    }
    if (error == STORE_OK) {
        error = check_length(store);
    }
    if (error == STORE_OK) {
        error = copy_check(store->env, store->read_only);
    }
    if (error == STORE_OK && !store->read_only) {
        store_clear_stale_readers(store);
    }
    return error == STORE_OK ? prepare(store, options->network_tag) : error;
}

enum store_error store_open(struct store **out, const struct store_options *options)
{
    struct store *store = calloc(1, sizeof *store);
    enum store_error error;

    if (!store) {
        return STORE_NO_MEMORY;
    }
    pthread_mutex_init(&store->live_top.lock, NULL);
    pthread_mutex_init(&store->base_cache.lock, NULL);
    pthread_mutex_init(&store->chain_cache.lock, NULL);
    pthread_mutex_init(&store->lookup_cache.lock, NULL);
    error = open_in(store, options);
    if (error != STORE_OK) {
        store_close(store);
        return error;
    }
    *out = store;
    return STORE_OK;
}

void store_close(struct store *store)
{
    if (!store) {
        return;
    }
    assert(atomic_load(&store->open_count) == 0);
    if (store->env) {
        mdb_env_close(store->env);
    }
    posting_batch_deinit(&store->batch);
    pthread_mutex_destroy(&store->live_top.lock);
    pthread_mutex_destroy(&store->base_cache.lock);
    pthread_mutex_destroy(&store->chain_cache.lock);
    pthread_mutex_destroy(&store->lookup_cache.lock);
    free(store->base_cache.base);
    free(store->chain_cache.chains);
    free(store->lookup_cache.lookups);
    free(store->folder);
    free(store);
}

void store_clear_stale_readers(struct store *store)
{
    int dead = 0;

    (void)mdb_reader_check(store->env, &dead);
}

/* ---- transactions ---- */

/* LMDB gives up its map before it asks for a larger one, and where it gets none the next transaction ends the
 * process: so whether there is address space for the rest is asked beforehand. */
static int set_map_size(struct store *store, const MDB_envinfo *info, size_t wanted)
{
    if (wanted > info->me_mapsize) {
        size_t more = wanted - info->me_mapsize;
        void *room = mmap(NULL, more, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (room == MAP_FAILED) {
            return errno;
        }
        munmap(room, more);
    }
    return mdb_env_set_mapsize(store->env, wanted);
}

/* An eighth more than is used, and room for one big batch of blocks. */
static int measure_map(struct store *store, MDB_envinfo *info, size_t *wanted)
{
    enum { FREE_MIN = 16 * 1024 * 1024 };
    MDB_stat figures;
    size_t used;

    if (mdb_env_info(store->env, info) != MDB_SUCCESS || mdb_env_stat(store->env, &figures) != MDB_SUCCESS) {
        return EIO;
    }
    used = (info->me_last_pgno + 1) * figures.ms_psize;
    *wanted = used + used / 8 + FREE_MIN;
    return MDB_SUCCESS;
}

/* Another process has made the file larger than the map. */
static int adopt_map(struct store *store)
{
    MDB_envinfo info;
    size_t wanted;
    int code;

    if (atomic_load(&store->open_count) > 0) {
        return MDB_MAP_RESIZED;
    }
    code = measure_map(store, &info, &wanted);
    return code == MDB_SUCCESS ? set_map_size(store, &info, wanted) : code;
}

static enum store_error begin(struct store_txn **out, struct store *store, bool writes)
{
    struct store_txn *txn = calloc(1, sizeof *txn);
    unsigned flags = writes ? 0 : MDB_RDONLY;
    int code;

    if (!txn) {
        return STORE_NO_MEMORY;
    }
    *txn = (struct store_txn){.store = store, .writes = writes};
    code = begin_mdb(store, flags, &txn->mdb);
    if (code == MDB_MAP_RESIZED) {
        code = adopt_map(store);
        if (code == MDB_SUCCESS) {
            code = begin_mdb(store, flags, &txn->mdb);
        }
    }
    if (code != MDB_SUCCESS) {
        free(txn);
        return store_error_of(store, code);
    }
    atomic_fetch_add(&store->open_count, 1);
    *out = txn;
    return STORE_OK;
}

enum store_error store_read_begin(struct store_txn **out, struct store *store)
{
    return begin(out, store, false);
}

/* A map that has less than is wanted is doubled. */
static enum store_error grow_map(struct store *store)
{
    MDB_envinfo info;
    size_t wanted;
    int code;

    if (atomic_load(&store->open_count) > 0) {
        return STORE_OK;
    }
    code = measure_map(store, &info, &wanted);
    if (code != MDB_SUCCESS) {
        return store_error_of(store, code);
    }
    if (!store->map_full && info.me_mapsize >= wanted) {
        return STORE_OK;
    }
    wanted = 2 * (info.me_mapsize > wanted ? info.me_mapsize : wanted);
    return store_error_of(store, set_map_size(store, &info, wanted));
}

enum store_error store_write_begin(struct store_txn **out, struct store *store)
{
    enum store_error error;

    assert(!store->read_only);
    error = grow_map(store);
    if (error != STORE_OK) {
        return error;
    }
    error = begin(out, store, true);
    if (error != STORE_OK) {
        return error;
    }
    store->map_full = false;
    store->batch.count = 0;
    return STORE_OK;
}

static void forget(struct store_txn *txn)
{
    atomic_fetch_sub(&txn->store->open_count, 1);
    free(txn->inception);
    free(txn->introducers);
    free(txn->touched.items);
    free(txn);
}

void store_end(struct store_txn *txn)
{
    if (!txn) {
        return;
    }
    mdb_txn_abort(txn->mdb);
    forget(txn);
}

enum store_error store_commit(struct store_txn *txn)
{
    enum store_error error;

    assert(txn->writes);
    if (txn->failure == STORE_OK) {
        (void)txn_fail(txn, index_flush(txn));
    }
    if (txn->failure == STORE_OK) {
        (void)txn_fail(txn, figures_flush(txn));
    }
    if (txn->failure == STORE_OK) {
        (void)txn_fail(txn, changes_flush(txn));
    }
    if (txn->failure != STORE_OK) {
        error = txn->failure;
        store_end(txn);
        return error;
    }
    error = table_error(txn, mdb_txn_commit(txn->mdb));
    forget(txn);
    return error;
}
