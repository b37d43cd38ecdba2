#include "cmd/log_forks.h"

#include <string.h>

#include "protocol/log/fork.h"

struct forks_reading {
    struct log_forks *out;
    struct session *session;
    struct store_txn *txn;
    enum store_error error;
};

/* When the header came of which later one the fork was known from. */
static enum store_error read_arrival(struct forks_reading *reading, const struct actor_id *author,
                                     struct bytes header_bytes, uint64_t *since_s)
{
    struct header header;
    struct hash hash;
    uint64_t first_s = 0;
    enum store_error error = STORE_NOT_FOUND;
    if (header_decode(&header, header_bytes, &reading->session->arena) == REASON_NONE) {
        header_hash(&hash, &reading->session->home.network, header_bytes);
        error = store_first_arrival(reading->txn, author, header.seq, &hash, &first_s);
    }
    *since_s = error == STORE_OK && first_s > *since_s ? first_s : *since_s;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Before those that are there, where it is one's own; each author once. */
static void keep(struct forks_reading *reading, const struct log_fork *fork)
{
    struct log_forks *out = reading->out;
    const struct session *session = reading->session;
    size_t at = out->count;
    if (log_forks_of(out, &fork->author) != NULL) {
        return;
    }
    if (session->has_actor && actor_id_equal(&fork->author, &session->actor)) {
        out->more = out->more || out->count == LOG_FORKS_MAX;
        out->count -= out->count == LOG_FORKS_MAX;
        memmove(&out->items[1], &out->items[0], out->count * sizeof out->items[0]);
        at = 0;
    } else if (out->count == LOG_FORKS_MAX) {
        out->more = true;
        return;
    }
    out->items[at] = *fork;
    out->count++;
}

static enum store_error read_fork(struct forks_reading *reading, const struct actor_id *author,
                                  uint64_t epoch, struct bytes encoded)
{
    struct log_fork fork = {.author = *author};
    struct fork_proof proof;
    struct fork_point point;
    struct log_state state;
    enum store_error error = store_log_state(reading->txn, author, &state);
    if (error == STORE_OK) {
        error = store_is_frozen(reading->txn, author, &fork.frozen);
    }
    if (error != STORE_OK || (state.epoch != epoch && !fork.frozen) ||
        schema_decode(&fork_proof_schema, &proof, encoded, &reading->session->arena) != REASON_NONE ||
        fork_proof_point(&point, &proof, &reading->session->arena) != REASON_NONE) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    if (fork.frozen && !point.rotations) {
        return STORE_OK;
    }
    fork.seq = point.seq;
    error = read_arrival(reading, author, proof.header_a, &fork.since_s);
    if (error == STORE_OK) {
        error = read_arrival(reading, author, proof.header_b, &fork.since_s);
    }
    if (error == STORE_OK) {
        keep(reading, &fork);
    }
    return error;
}

static bool visit_proof(void *context, const struct actor_id *author, uint64_t epoch, struct bytes encoded)
{
    struct forks_reading *reading = context;
    size_t mark = arena_mark(&reading->session->arena);
    reading->error = read_fork(reading, author, epoch, encoded);
    arena_rewind(&reading->session->arena, mark);
    return reading->error == STORE_OK;
}

enum store_error log_forks_read(struct log_forks *out, struct session *session, struct store_txn *txn)
{
    struct forks_reading reading = {.out = out, .session = session, .txn = txn, .error = STORE_OK};
    enum store_error error;
    out->count = 0;
    out->more = false;
    error = store_each_fork_proof(txn, visit_proof, &reading);
    return reading.error != STORE_OK ? reading.error : error;
}

const struct log_fork *log_forks_of(const struct log_forks *forks, const struct actor_id *author)
{
    for (size_t i = 0; i < forks->count; i++) {
        if (actor_id_equal(&forks->items[i].author, author)) {
            return &forks->items[i];
        }
    }
    return NULL;
}
