#include "cmd/publish.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocol/wire/block.h"

/* A rotation behind any block of the open epoch. What the state tree looked like there is learned by
 * replaying the log up to it into a store of its own, which is thrown away. */

enum { REPLAY_BATCH = 256, FOLDER_SIZE = HOME_PATH_MAX + 64 };

/* The blocks that lead to the chosen one: those of the chain, then those beside it. */
struct rewind_path {
    uint64_t chain_last; /* the last one on the chain */
    uint64_t first_seq;  /* of the epoch */
    struct hash *beside; /* [seq - first_seq], from chain_last + 1 on; in the session's arena */
};

struct rewind {
    char folder[FOLDER_SIZE];
    struct session session; /* the real one, with the other store behind it */
    struct publisher publisher;
    struct rewind_path path;
};

/* ---- the path ---- */

/* The hash of the block before the one at place. */
static enum store_error read_previous(struct publisher *publisher, struct store_txn *txn,
                                      const struct block_place *place, struct hash *previous)
{
    const struct session *session = publisher->session;
    struct bytes encoded;
    struct block block;
    enum reason reason;
    enum store_error error;

    arena_rewind(&publisher->arena, 0);
    error = store_block_by_hash(txn, &session->actor, place->seq, &place->hash, &encoded, &publisher->arena);
    if (error != STORE_OK) {
        return error;
    }
    reason = block_decode_header(&block, &session->home.network, encoded, &publisher->arena);
    if (reason != REASON_NONE) {
        return store_error_of_decode(reason, &publisher->arena);
    }
    *previous = block.header.previous;
    return STORE_OK;
}

static enum store_error trace_in_txn(struct rewind_path *path, struct publisher *publisher,
                                     struct store_txn *txn, struct block_place at)
{
    for (; at.seq >= path->first_seq; at.seq--) {
        struct block_record record;
        uint64_t arrived_s = 0;
        enum store_error error =
            store_block_record(txn, &publisher->session->actor, at.seq, &record, &arrived_s);

        if (error == STORE_OK && hash_equal(&record.hash, &at.hash)) {
            path->chain_last = at.seq;
            return STORE_OK;
        }
        if (error != STORE_OK && error != STORE_NOT_FOUND) {
            return error;
        }
        path->beside[at.seq - path->first_seq] = at.hash;
        error = read_previous(publisher, txn, &at, &at.hash);
        if (error != STORE_OK) {
            return error;
        }
        if (at.seq == 0) {
            break;
        }
    }
    return STORE_NOT_FOUND;
}

/* Whether the keys are rotated already, elsewhere than behind this block: the command that did it may have
 * been stopped, and its rotation not be on the chain yet. Two rotations of one epoch freeze the log for good.
 */
static enum store_error is_rotated_elsewhere(struct publisher *publisher, struct store_txn *txn,
                                             const struct block_place *behind, bool *elsewhere)
{
    const struct actor_id *author = &publisher->session->actor;
    struct known_rotation rotation;
    struct block_place place;
    struct hash previous = behind->hash;
    enum store_error error = store_next_rotation(txn, author, publisher->state.epoch + 1, NULL, &rotation);

    *elsewhere = false;
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    place = (struct block_place){.seq = rotation.seq, .hash = rotation.hash};
    error = rotation.held ? read_previous(publisher, txn, &place, &previous) : STORE_OK;
    *elsewhere = rotation.seq != behind->seq + 1 || !hash_equal(&previous, &behind->hash);
    return error;
}

static int refuse_second_rotation(struct publisher *publisher, const struct block_place *behind)
{
    const struct session_options *options = &publisher->session->options;
    struct store_txn *txn;
    bool elsewhere = false;
    enum store_error error = store_read_begin(&txn, publisher->session->store);

    if (error == STORE_OK) {
        error = is_rotated_elsewhere(publisher, txn, behind, &elsewhere);
        store_end(txn);
    }
    if (error != STORE_OK) {
        return session_fail_store(options, error);
    }
    if (elsewhere) {
        return session_fail(
            options, EXIT_BAD_INPUT, "rotated-already",
            "Your keys are rotated already, onto another branch; a second rotation would freeze "
            "your log for good, so nothing was signed. Let this node follow that rotation for a "
            "minute, then look at: tradeproof status");
    }
    return EXIT_YES;
}

static int trace(struct rewind_path *path, struct publisher *publisher, const struct block_place *behind)
{
    struct session *session = publisher->session;
    struct store_txn *txn;
    enum store_error error;

    if (behind->seq < publisher->state.epoch_first_seq) {
        return session_fail_store(&session->options, STORE_NOT_FOUND);
    }
    path->first_seq = publisher->state.epoch_first_seq;
    path->beside = arena_take(&session->arena, (behind->seq - path->first_seq + 1) * sizeof *path->beside);
    if (!path->beside) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    error = store_read_begin(&txn, session->store);
    if (error == STORE_OK) {
        error = trace_in_txn(path, publisher, txn, *behind);
        store_end(txn);
    }
    return error == STORE_OK ? EXIT_YES : session_fail_store(&session->options, error);
}

/* ---- the replay ---- */

/* What a node follows may change meanwhile, but not what a hash names. */
static enum store_error read_block(struct rewind *rewind, struct publisher *publisher, struct store_txn *txn,
                                   uint64_t seq, struct bytes *encoded)
{
    const struct rewind_path *path = &rewind->path;
    const struct actor_id *author = &rewind->session.actor;

    arena_rewind(&publisher->arena, 0);
    if (seq <= path->chain_last) {
        return store_block_bytes(txn, author, seq, encoded, &publisher->arena);
    }
    return store_block_by_hash(txn, author, seq, &path->beside[seq - path->first_seq], encoded,
                               &publisher->arena);
}

static int copy_blocks(struct rewind *rewind, struct publisher *publisher, struct store_txn *from,
                       struct store_txn *to, uint64_t first, uint64_t last)
{
    struct session *session = &rewind->session;

    for (uint64_t seq = first; seq <= last; seq++) {
        struct ingest_result result;
        struct bytes encoded;
        enum store_error error = read_block(rewind, publisher, from, seq, &encoded);

        if (error != STORE_OK) {
            return session_fail_store(&session->options, error);
        }
        ingest_block(&session->ingest, to, INGEST_LOCAL, encoded, session_now_s(), &result);
        if (result.outcome == INGEST_FAILED) {
            return session_fail_store(&session->options, result.error);
        }
        if (result.outcome != INGEST_EXTENDED) {
            return session_fail_reason(&session->options, result.reason);
        }
    }
    return EXIT_YES;
}

static int copy_batch(struct rewind *rewind, struct publisher *publisher, uint64_t first, uint64_t last)
{
    const struct session_options *options = &rewind->session.options;
    struct store_txn *from, *to;
    enum store_error error = store_read_begin(&from, publisher->session->store);
    int code;

    if (error != STORE_OK) {
        return session_fail_store(options, error);
    }
    error = store_write_begin(&to, rewind->session.store);
    if (error != STORE_OK) {
        store_end(from);
        return session_fail_store(options, error);
    }
    code = copy_blocks(rewind, publisher, from, to, first, last);
    store_end(from);
    if (code != EXIT_YES) {
        store_end(to);
        return code;
    }
    error = store_commit(to);
    return error == STORE_OK ? EXIT_YES : session_fail_store(options, error);
}

static int replay(struct rewind *rewind, struct publisher *publisher, uint64_t seq)
{
    for (uint64_t first = 0; first <= seq; first += REPLAY_BATCH) {
        uint64_t last = seq - first < REPLAY_BATCH ? seq : first + REPLAY_BATCH - 1;
        int code = copy_batch(rewind, publisher, first, last);

        if (code != EXIT_YES) {
            return code;
        }
    }
    return EXIT_YES;
}

/* ---- the other store ---- */

static void remove_file(const char *folder, const char *name)
{
    char path[FOLDER_SIZE + 16];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    unlink(path);
}

static void remove_folder(const char *folder)
{
    remove_file(folder, "data.mdb");
    remove_file(folder, "lock.mdb");
    rmdir(folder);
}

/* The folder has one name, because sign.lock is held: what a kill left behind goes first. */
static int open_rewind(struct rewind *rewind, const struct publisher *publisher)
{
    struct session *session = &rewind->session;
    struct store_options options = {.folder = rewind->folder,
                                    .network_tag = publisher->session->home.network.tag};
    enum store_error error;

    *session = *publisher->session;
    session->control_fd = -1;
    session->store = NULL;
    session->ingest = (struct ingest){0};
    home_file(&session->home, "rewind", rewind->folder);
    remove_folder(rewind->folder);
    if (mkdir(rewind->folder, 0700) != 0) {
        return session_fail_home(&session->options, errno == ENOSPC ? HOME_NO_ROOM : HOME_IO);
    }
    error = store_open(&session->store, &options);
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    if (!ingest_init(&session->ingest, session->store, &session->home.network, session->trust,
                     &session->actor)) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    rewind->publisher = *publisher;
    rewind->publisher.session = session;
    return EXIT_YES;
}

static void close_rewind(struct rewind *rewind)
{
    if (rewind->session.ingest.memory) {
        ingest_deinit(&rewind->session.ingest);
    }
    if (rewind->session.store) {
        store_close(rewind->session.store);
    }
    remove_folder(rewind->folder);
}

/* ---- rotating ---- */

/* The other publisher works in the real one's memory, where the signed block then lies. */
int publisher_rotate_at(struct publisher *publisher, const struct draft *draft, const struct keyring *next,
                        const struct block_place *behind, uint64_t time_s, struct published *out)
{
    struct rewind rewind = {0};
    int code = refuse_second_rotation(publisher, behind);

    if (code == EXIT_YES) {
        code = trace(&rewind.path, publisher, behind);
    }
    if (code != EXIT_YES) {
        return code;
    }
    code = open_rewind(&rewind, publisher);
    if (code == EXIT_YES) {
        code = replay(&rewind, publisher, behind->seq);
    }
    if (code == EXIT_YES) {
        rewind.publisher.time_s = time_s;
        code = publisher_rotate(&rewind.publisher, draft, next, out);
    }
    close_rewind(&rewind);
    if (code == EXIT_YES) {
        code = publisher_import(publisher, out->encoded);
    }
    if (code == EXIT_YES) {
        publisher->keyring = next;
    }
    return code;
}
