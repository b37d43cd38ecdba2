#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <lmdb.h>

#include "tests/support/short_descriptors.h"
#include "tests/support/store_world.h"

/* Opening what is ours and what is not, other processes, full disks and full maps. */

static struct store_world world;
static struct world_author ase;

static int setup(void **state)
{
    (void)state;
    world_init(&world);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

static enum store_error try_open(const char *folder, const char *tag, bool read_only)
{
    const struct store_options options = {.folder = folder, .network_tag = tag, .read_only = read_only};
    struct store *store = NULL;
    enum store_error error = store_open(&store, &options);

    if (error == STORE_OK) {
        store_close(store);
    }
    return error;
}

static void begin_log(void)
{
    struct store_txn *txn = world_write(&world);

    world_begin_log(&world, txn, &ase, 1, 1000);
    world_commit(txn);
}

static void attest(struct store_txn *txn, uint64_t first, size_t count)
{
    static struct subject subjects[BLOCK_ENTRIES_MAX];

    for (size_t i = 0; i < count; i++) {
        subjects[i] = world_subject(first + i);
    }
    world_attest(&world, txn, &ase, subjects, count, "ase/A5", 1000);
}

static uint64_t head_seq(struct store *store)
{
    struct log_state state;
    struct store_txn *txn = NULL;
    enum store_error error;

    assert_int_equal(store_read_begin(&txn, store), STORE_OK);
    error = store_log_state(txn, &ase.actor.id, &state);
    assert_true(error == STORE_OK || error == STORE_NOT_FOUND);
    store_end(txn);
    return error == STORE_OK ? state.seq : UINT64_MAX;
}

static void path_of(char *path, size_t size, const char *name)
{
    snprintf(path, size, "%s/%s", world.folder, name);
}

/* ---- whose file it is ---- */

static void a_store_is_reopened_with_all_it_had(void **context)
{
    (void)context;
    begin_log();
    world_close(&world);
    world_open(&world);
    assert_int_equal(head_seq(world.store), 0);
}

static void another_networks_store_is_refused(void **context)
{
    (void)context;
    world_close(&world);
    assert_int_equal(try_open(world.folder, "main", false), STORE_WRONG_NETWORK);
    assert_int_equal(try_open(world.folder, "main", true), STORE_WRONG_NETWORK);
    assert_int_equal(try_open(world.folder, "test", false), STORE_OK);
    world_open(&world);
}

/* Change the version in the identity row behind the store's back. */
static void change_identity(int by)
{
    MDB_env *env = NULL;
    MDB_txn *txn = NULL;
    MDB_dbi meta;
    MDB_val key = {.mv_size = sizeof "identity", .mv_data = "identity"};
    MDB_val value;
    uint8_t copy[64];

    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 32), 0);
    assert_int_equal(mdb_env_open(env, world.folder, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, "meta", 0, &meta), 0);
    assert_int_equal(mdb_get(txn, meta, &key, &value), 0);
    assert_true(value.mv_size <= sizeof copy);
    memcpy(copy, value.mv_data, value.mv_size);
    copy[0] = (uint8_t)(copy[0] + by);
    value.mv_data = copy;
    assert_int_equal(mdb_put(txn, meta, &key, &value, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

static void another_versions_store_is_refused(void **context)
{
    (void)context;
    world_close(&world);
    change_identity(1);
    assert_int_equal(try_open(world.folder, "test", false), STORE_WRONG_VERSION);
    change_identity(-1);
    world_open(&world);
}

static void another_programs_environment_is_refused(void **context)
{
    char folder[] = "/tmp/store-test-XXXXXX";
    MDB_env *env = NULL;
    MDB_txn *txn = NULL;
    MDB_dbi table;
    char path[64];

    (void)context;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 2), 0);
    assert_int_equal(mdb_env_open(env, folder, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, "somebody's", MDB_CREATE, &table), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
    assert_int_equal(try_open(folder, "test", false), STORE_NOT_A_STORE);
    assert_int_equal(try_open(folder, "test", true), STORE_NOT_A_STORE);
    snprintf(path, sizeof path, "%s/data.mdb", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/lock.mdb", folder);
    unlink(path);
    rmdir(folder);
}

static void write_data_file(const void *bytes, size_t size)
{
    char path[96];
    FILE *file;

    path_of(path, sizeof path, "data.mdb");
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static void garbage_is_refused(void **context)
{
    static uint8_t garbage[65536];

    (void)context;
    world_close(&world);
    memset(garbage, 0x5a, sizeof garbage);
    write_data_file(garbage, sizeof garbage);
    assert_int_equal(try_open(world.folder, "test", false), STORE_NOT_A_STORE);
    write_data_file(garbage, 10);
    assert_int_equal(try_open(world.folder, "test", false), STORE_NOT_A_STORE);
    memset(garbage, 0, sizeof garbage);
    write_data_file(garbage, sizeof garbage);
    assert_int_equal(try_open(world.folder, "test", false), STORE_NOT_A_STORE);
    write_data_file(garbage, 0);
    world_open(&world);
}

static void a_file_that_was_cut_short_is_damaged(void **context)
{
    struct store_txn *txn;
    char path[96];

    (void)context;
    begin_log();
    txn = world_write(&world);
    attest(txn, 0, 4096);
    world_commit(txn);
    world_close(&world);
    path_of(path, sizeof path, "data.mdb");
    assert_int_equal(truncate(path, 4 * 4096), 0);
    assert_int_equal(try_open(world.folder, "test", false), STORE_DAMAGED);
    assert_int_equal(try_open(world.folder, "test", true), STORE_DAMAGED);
    assert_int_equal(unlink(path), 0);
    world_open(&world);
}

static void a_reader_does_not_make_a_store(void **context)
{
    char folder[] = "/tmp/store-test-XXXXXX";
    char path[64];

    (void)context;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(try_open(folder, "test", true), STORE_NOT_FOUND);
    snprintf(path, sizeof path, "%s/lock.mdb", folder);
    unlink(path);
    assert_int_equal(rmdir(folder), 0);
}

static void a_reader_finds_nothing_in_an_empty_file(void **context)
{
    (void)context;
    world_close(&world);
    write_data_file("", 0);
    assert_int_equal(try_open(world.folder, "test", true), STORE_NOT_FOUND);
    world_open(&world);
}

static void a_folder_that_is_not_there_is_not_found(void **context)
{
    (void)context;
    assert_int_equal(try_open("/tmp/store-test-nowhere", "test", false), STORE_NOT_FOUND);
}

/* ---- other processes ---- */

/* Run body in a child; returns its exit status. cmocka's assertions don't work there, so it returns a number.
 */
static pid_t start_child(int (*body)(void))
{
    pid_t pid;

    fflush(NULL);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        _exit(body());
    }
    return pid;
}

static int wait_for(pid_t pid)
{
    int status = 0;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static int open_as_nobody(void)
{
    if (setgid(65534) != 0 || setuid(65534) != 0) {
        return 99;
    }
    return (int)try_open(world.folder, "test", false);
}

static void a_folder_without_permission_is_told_apart(void **context)
{
    (void)context;
    if (geteuid() != 0) {
        print_message("needs root to become somebody else\n");
        skip();
    }
    world_close(&world);
    assert_int_equal(chmod(world.folder, 0700), 0);
    assert_int_equal(wait_for(start_child(open_as_nobody)), STORE_PERMISSION);
    assert_int_equal(chmod(world.folder, 0755), 0);
    assert_int_equal(wait_for(start_child(open_as_nobody)), STORE_PERMISSION);
    world_open(&world);
}

/* As if it was killed in the middle. */
static int die_reading(void)
{
    const struct store_options options = {.folder = world.folder, .network_tag = "test", .read_only = true};
    struct store *store = NULL;
    struct store_txn *txn = NULL;

    if (store_open(&store, &options) != STORE_OK) {
        return 1;
    }
    return store_read_begin(&txn, store) == STORE_OK ? 0 : 2;
}

/* LMDB has places for 126 readers. */
static void readers_that_were_killed_keep_nobody_out(void **context)
{
    struct store_txn *txn = NULL;

    (void)context;
    begin_log();
    for (int i = 0; i < 130; i++) {
        assert_int_equal(wait_for(start_child(die_reading)), 0);
    }
    assert_int_equal(store_read_begin(&txn, world.store), STORE_OK);
    store_end(txn);
}

static int pipe_to_child[2], pipe_to_parent[2];

static bool tell(int descriptor)
{
    return write(descriptor, "x", 1) == 1;
}

static bool hear(int descriptor)
{
    char byte;

    return read(descriptor, &byte, 1) == 1;
}

/* Each time it is told to, look at the head and answer by exit or by the pipe. The map grows in between. */
static int follow_the_writer(void)
{
    const struct store_options options = {
        .folder = world.folder, .network_tag = "test", .read_only = true, .map_size = 1024 * 1024};
    struct store *store = NULL;

    for (uint64_t round = 0; round < 8; round++) {
        if (!hear(pipe_to_child[0])) {
            return 1;
        }
        if (!store && store_open(&store, &options) != STORE_OK) {
            return 2;
        }
        if (head_seq(store) != round + 1) {
            return 3;
        }
        if (!tell(pipe_to_parent[1])) {
            return 4;
        }
    }
    store_close(store);
    return 0;
}

static void a_reader_in_another_process_sees_what_is_committed(void **context)
{
    pid_t child;

    (void)context;
    begin_log();
    world_close(&world);
    assert_int_equal(pipe(pipe_to_child), 0);
    assert_int_equal(pipe(pipe_to_parent), 0);
    child = start_child(follow_the_writer);
    world.map_size = 2 * 1024 * 1024;
    world_open(&world);
    for (uint64_t round = 0; round < 8; round++) {
        struct store_txn *txn = world_write(&world);

        attest(txn, 10000 * round, 4096);
        world_commit(txn);
        txn = world_write(&world);
        assert_true(tell(pipe_to_child[1]));
        assert_true(hear(pipe_to_parent[0]));
        store_end(txn);
    }
    assert_int_equal(wait_for(child), 0);
    for (size_t i = 0; i < 2; i++) {
        close(pipe_to_child[i]);
        close(pipe_to_parent[i]);
    }
}

/* Commit blocks until killed, telling how many after each. */
static int write_until_killed(void)
{
    world_open(&world);
    for (uint64_t round = 0;; round++) {
        struct store_txn *txn = world_write(&world);

        attest(txn, 1000 * round, 300);
        world_commit(txn);
        if (!tell(pipe_to_parent[1])) {
            return 1;
        }
    }
}

static void a_killed_writer_loses_nothing_that_was_committed(void **context)
{
    (void)context;
    begin_log();
    for (uint64_t round = 0; round < 5; round++) {
        const uint64_t before = head_seq(world.store);
        uint64_t told = 5 + 3 * round;
        pid_t child;
        uint64_t seq;

        world_close(&world);
        assert_int_equal(pipe(pipe_to_parent), 0);
        child = start_child(write_until_killed);
        for (uint64_t i = 0; i < told; i++) {
            assert_true(hear(pipe_to_parent[0]));
        }
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(wait_for(child), 1000 + SIGKILL);
        close(pipe_to_parent[0]);
        close(pipe_to_parent[1]);
        world_open(&world);
        seq = head_seq(world.store);
        assert_true(seq >= before + told);
        /* The state that the child left is whole: the log goes on from it. */
        struct store_txn *txn = world_write(&world);
        assert_int_equal(store_log_state(txn, &ase.actor.id, &ase.state), STORE_OK);
        attest(txn, 1, 2);
        world_commit(txn);
    }
}

/* ---- room ---- */

static void the_map_grows_as_it_fills(void **context)
{
    (void)context;
    world_close(&world);
    world.map_size = 1024 * 1024;
    world_open(&world);
    begin_log();
    for (uint64_t round = 0; round < 8; round++) {
        struct store_txn *txn = world_write(&world);

        for (uint64_t i = 0; i < 4; i++) {
            attest(txn, 100000 * round + 4096 * i, 4096);
        }
        world_commit(txn);
    }
    assert_int_equal(head_seq(world.store), 32);
}

static void too_few_descriptors_are_said_as_such(void **context)
{
    enum store_error error;

    (void)context;
    world_close(&world);
    let_descriptors_be_short(true);
    error = try_open(world.folder, "test", false);
    let_descriptors_be_short(false);
    world_open(&world);
    assert_int_equal(error, STORE_NO_DESCRIPTOR);
}

/* Fill the open transaction until the map or the disk is full. Returns: what store_apply or store_commit
 * said. */
static enum store_error fill(struct bytes block_bytes, size_t copies)
{
    struct store_txn *txn = world_write(&world);
    enum store_error error = STORE_OK;
    struct block block;

    assert_int_equal(block_decode(&block, &world.network, block_bytes, &world.arena), REASON_NONE);
    for (size_t i = 0; i < copies && error == STORE_OK; i++) {
        block.hash.bytes[0] = (uint8_t)i;
        block.hash.bytes[1] = (uint8_t)(i >> 8);
        block.hash.bytes[2] = 0xcc;
        error = store_put_side_block(txn, &world.network, &block, 1000);
    }
    if (error == STORE_OK) {
        return store_commit(txn);
    }
    store_end(txn);
    return error;
}

/* How much address space this process may take from now on beside what it has. */
static bool leave_address_space(rlim_t more)
{
    struct rlimit limit = {.rlim_max = RLIM_INFINITY};
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    bool read = file && fscanf(file, "%lu", &pages) == 1;

    if (file) {
        fclose(file);
    }
    limit.rlim_cur = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + more;
    return read && setrlimit(RLIMIT_AS, &limit) == 0;
}

static bool leave_all_address_space(void)
{
    const struct rlimit limit = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};

    return setrlimit(RLIMIT_AS, &limit) == 0;
}

enum { LITTLE_ADDRESS_SPACE = 8 * 1024 * 1024 }; /* less than a map grows by */

static int write_where_the_map_cannot_grow(void)
{
    struct store_txn *txn = NULL;

    world_open(&world);
    if (!leave_address_space(LITTLE_ADDRESS_SPACE)) {
        return 1;
    }
    for (int i = 0; i < 2; i++) {
        if (store_write_begin(&txn, world.store) != STORE_NO_MEMORY) {
            return 2;
        }
        if (head_seq(world.store) != 0) {
            return 3;
        }
    }
    if (!leave_all_address_space() || store_write_begin(&txn, world.store) != STORE_OK) {
        return 4;
    }
    store_end(txn);
    store_close(world.store);
    return 0;
}

static void a_write_whose_map_cannot_grow_fails_and_reads_go_on(void **context)
{
    (void)context;
    begin_log();
    world_close(&world);
    world.map_size = 1024 * 1024;
    assert_int_equal(wait_for(start_child(write_where_the_map_cannot_grow)), 0);
    world_open(&world);
}

static int read_where_the_map_cannot_grow(void)
{
    const struct store_options options = {
        .folder = world.folder, .network_tag = "test", .read_only = true, .map_size = 1024 * 1024};
    struct store *store = NULL;
    struct store_txn *txn = NULL;

    if (store_open(&store, &options) != STORE_OK || !leave_address_space(LITTLE_ADDRESS_SPACE) ||
        !tell(pipe_to_parent[1]) || !hear(pipe_to_child[0])) {
        return 1;
    }
    for (int i = 0; i < 2; i++) {
        if (store_read_begin(&txn, store) != STORE_NO_MEMORY) {
            return 2;
        }
    }
    if (!leave_all_address_space() || head_seq(store) != 8) {
        return 3;
    }
    store_close(store);
    return 0;
}

static void a_read_beside_a_store_that_outgrew_its_map_fails_until_there_is_room(void **context)
{
    pid_t child;

    (void)context;
    begin_log();
    world_close(&world);
    assert_int_equal(pipe(pipe_to_child), 0);
    assert_int_equal(pipe(pipe_to_parent), 0);
    child = start_child(read_where_the_map_cannot_grow);
    assert_true(hear(pipe_to_parent[0]));
    world_open(&world);
    for (uint64_t round = 0; round < 8; round++) {
        struct store_txn *txn = world_write(&world);

        attest(txn, 10000 * round, 4096);
        world_commit(txn);
    }
    assert_true(tell(pipe_to_child[1]));
    assert_int_equal(wait_for(child), 0);
    for (size_t i = 0; i < 2; i++) {
        close(pipe_to_child[i]);
        close(pipe_to_parent[i]);
    }
}

/* Of few entries, as it is bytes that fill. */
static struct bytes big_block(void)
{
    static char text[STATEMENT_SIZE_MAX];
    const struct statement statement = {.about = {.author = ase.actor.id},
                                        .text = bytes_of(memset(text, 'x', sizeof text), sizeof text)};
    struct store_txn *txn = world_write(&world);
    struct draft draft;
    struct bytes encoded;

    world_draft(&world, &draft, CLASS_CONTENT);
    for (size_t i = 0; i < 450; i++) {
        world_add(&draft, ENTRY_STATEMENT, &statement);
    }
    world_publish(&world, txn, &ase, &draft, 1000);
    assert_int_equal(store_block_bytes(txn, &ase.actor.id, ase.state.seq, &encoded, &world.arena), STORE_OK);
    world_commit(txn);
    return encoded;
}

static void a_full_map_is_grown_when_the_work_is_done_over(void **context)
{
    struct bytes block;
    size_t times = 1;

    (void)context;
    world_close(&world);
    world.map_size = 1024 * 1024;
    world_open(&world);
    begin_log();
    block = big_block();
    assert_int_equal(fill(block, 200), STORE_MAP_FULL);
    while (fill(block, 200) == STORE_MAP_FULL) {
        assert_true(++times < 10);
    }
    assert_int_equal(head_seq(world.store), 1);
}

static void a_full_disk_is_no_room_and_loses_nothing(void **context)
{
    struct bytes block;
    char path[96];

    (void)context;
    world_close(&world);
    path_of(path, sizeof path, "data.mdb");
    unlink(path);
    path_of(path, sizeof path, "lock.mdb");
    unlink(path);
    if (mount("tmpfs", world.folder, "tmpfs", 0, "size=6m") != 0) {
        print_message("cannot mount a small tmpfs here: %s\n", strerror(errno));
        world_open(&world);
        skip();
    }
    world_open(&world);
    begin_log();
    block = big_block();
    assert_int_equal(fill(block, 100), STORE_NO_ROOM);
    assert_int_equal(head_seq(world.store), 1);
    assert_int_equal(fill(block, 1), STORE_OK);
    world_close(&world);
    world_open(&world);
    assert_int_equal(head_seq(world.store), 1);
    world_close(&world);
    assert_int_equal(umount(world.folder), 0);
    world_open(&world);
}

/* ---- marks ---- */

static void a_frozen_author_stays_frozen_until_told(void **context)
{
    struct store_txn *txn;
    bool frozen = true;

    (void)context;
    begin_log();
    txn = world_write(&world);
    assert_int_equal(store_is_frozen(txn, &ase.actor.id, &frozen), STORE_OK);
    assert_false(frozen);
    assert_int_equal(store_freeze(txn, &ase.actor.id, 1), STORE_OK);
    attest(txn, 1, 1);
    assert_int_equal(store_is_frozen(txn, &ase.actor.id, &frozen), STORE_OK);
    assert_true(frozen);
    world_commit(txn);
}

static void a_nonce_is_used_once_and_forgotten_long_after_it_expired(void **context)
{
    const uint64_t month_s = 31 * 24 * 3600;
    const uint8_t first[32] = {1}, second[32] = {2};
    struct store_txn *txn = world_write(&world);

    (void)context;
    assert_int_equal(store_nonce_used(txn, first), STORE_NOT_FOUND);
    assert_int_equal(store_use_nonce(txn, first, 5000000), STORE_OK);
    assert_int_equal(store_nonce_used(txn, first), STORE_OK);
    assert_int_equal(store_use_nonce(txn, second, 5000000 + 100), STORE_OK);
    assert_int_equal(store_nonce_used(txn, first), STORE_OK);
    world_commit(txn);
    txn = world_write(&world);
    assert_int_equal(store_use_nonce(txn, second, 5000000 + month_s), STORE_OK);
    assert_int_equal(store_nonce_used(txn, first), STORE_NOT_FOUND);
    assert_int_equal(store_nonce_used(txn, second), STORE_OK);
    world_commit(txn);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_store_is_reopened_with_all_it_had),
        IN_WORLD(another_networks_store_is_refused),
        IN_WORLD(another_versions_store_is_refused),
        IN_WORLD(another_programs_environment_is_refused),
        IN_WORLD(garbage_is_refused),
        IN_WORLD(a_file_that_was_cut_short_is_damaged),
        IN_WORLD(a_reader_does_not_make_a_store),
        IN_WORLD(a_reader_finds_nothing_in_an_empty_file),
        IN_WORLD(a_folder_that_is_not_there_is_not_found),
        IN_WORLD(a_folder_without_permission_is_told_apart),
        IN_WORLD(a_reader_in_another_process_sees_what_is_committed),
        IN_WORLD(readers_that_were_killed_keep_nobody_out),
        IN_WORLD(a_killed_writer_loses_nothing_that_was_committed),
        IN_WORLD(the_map_grows_as_it_fills),
        IN_WORLD(a_write_whose_map_cannot_grow_fails_and_reads_go_on),
        IN_WORLD(a_read_beside_a_store_that_outgrew_its_map_fails_until_there_is_room),
        IN_WORLD(a_full_map_is_grown_when_the_work_is_done_over),
        IN_WORLD(a_full_disk_is_no_room_and_loses_nothing),
        IN_WORLD(too_few_descriptors_are_said_as_such),
        IN_WORLD(a_frozen_author_stays_frozen_until_told),
        IN_WORLD(a_nonce_is_used_once_and_forgotten_long_after_it_expired),
    };

    return cmocka_run_group_tests_name("store environment", tests, NULL, NULL);
}
