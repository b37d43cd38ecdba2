#include "cmd/log_lines.h"

#include <stdlib.h>

#include "cmd/own_branches.h"
#include "protocol/log/fork.h"

enum { LINES_A_READ = 256 }; /* a read transaction stays short */

struct log_reading {
    struct session *session;
    struct store_txn *txn;
    const struct actor_id *author;
    struct log_state state;
    uint64_t disputed_seq; /* the first disputed block; UINT64_MAX: none */
    struct log_line line;
    struct block block; /* of the line */
    void (*visit)(void *context, const struct log_line *line);
    void *context;
};

/* From where on the open epoch of the log is disputed. */
static enum store_error read_dispute(struct log_reading *reading)
{
    struct arena *arena = &reading->session->arena;
    struct fork_proof proof;
    struct fork_point point;
    struct bytes encoded;
    bool contested;
    enum store_error error =
        own_log_is_contested(reading->txn, reading->author, reading->state.epoch, arena, &contested);
    reading->disputed_seq = UINT64_MAX;
    if (error != STORE_OK || !contested) {
        return error;
    }
    error = store_fork_proof(reading->txn, reading->author, reading->state.epoch, FORK_PROOF_LOWEST, &encoded,
                             arena);
    if (error == STORE_OK && schema_decode(&fork_proof_schema, &proof, encoded, arena) == REASON_NONE &&
        fork_proof_point(&point, &proof, arena) == REASON_NONE) {
        reading->disputed_seq = point.seq;
    }
    return error;
}

/* *block lasts as long as the arena is not rewound. */
static enum store_error add_block(struct log_reading *reading, struct own_sayings *sayings,
                                  struct block *block, uint64_t seq, const struct hash *hash)
{
    struct session *session = reading->session;
    struct bytes encoded;
    enum reason reason;
    enum store_error error =
        store_block_by_hash(reading->txn, reading->author, seq, hash, &encoded, &session->arena);
    *sayings = (struct own_sayings){0};
    if (error != STORE_OK) {
        return error;
    }
    reason = block_decode(block, &session->home.network, encoded, &session->arena);
    if (reason != REASON_NONE) {
        return store_error_of_decode(reason, &session->arena);
    }
    own_sayings_add(sayings, block, session, reading->txn);
    return STORE_OK;
}

static enum store_error read_sides(struct log_reading *reading)
{
    struct log_line *line = &reading->line;
    const struct hash *after = NULL;
    struct side_block side;
    struct block block;
    enum store_error error = STORE_OK;
    for (line->side_count = 0; error == STORE_OK; line->side_count++) {
        struct log_side *out = &line->sides[line->side_count];
        error = store_next_child(reading->txn, reading->author, line->seq, &line->record.hash, after, &side);
        if (error != STORE_OK || line->side_count == LOG_SIDES_MAX) {
            line->more_sides = error == STORE_OK;
            break;
        }
        out->epoch = side.epoch;
        out->first = side.hash;
        out->dropped = side.epoch < reading->state.epoch;
        after = &out->first;
        error = add_block(reading, &out->sayings, &block, side.seq, &side.hash);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error read_line(struct log_reading *reading, uint64_t seq)
{
    struct log_line *line = &reading->line;
    size_t mark = arena_mark(&reading->session->arena);
    uint64_t arrived_s;
    enum store_error error =
        store_block_record(reading->txn, reading->author, seq, &line->record, &arrived_s);
    line->seq = seq;
    line->more_sides = false;
    line->block = &reading->block;
    line->disputed = seq >= reading->disputed_seq;
    if (error == STORE_OK) {
        error = add_block(reading, &line->sayings, &reading->block, seq, &line->record.hash);
    }
    if (error == STORE_OK) {
        error = read_sides(reading);
    }
    if (error == STORE_OK) {
        reading->visit(reading->context, line);
    }
    arena_rewind(&reading->session->arena, mark);
    return error;
}

static enum store_error begin(struct log_reading *reading)
{
    enum store_error error = store_read_begin(&reading->txn, reading->session->store);
    if (error != STORE_OK) {
        return error;
    }
    error = store_log_state(reading->txn, reading->author, &reading->state);
    if (error == STORE_OK) {
        error = read_dispute(reading);
    }
    if (error != STORE_OK) {
        store_end(reading->txn);
    }
    return error;
}

int log_lines_end(uint64_t *last, struct session *session, const struct actor_id *author)
{
    struct log_reading reading = {.session = session, .author = author};
    enum store_error error = begin(&reading);
    if (error == STORE_NOT_FOUND) {
        return session_fail(&session->options, EXIT_UNKNOWN, "not-held",
                            "Nothing of the log of %s is held here. To ask for it: tradeproof follow %s",
                            session_name_of(session, &author->hash),
                            session_argument_of(session, &author->hash));
    }
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    *last = reading.state.seq;
    store_end(reading.txn);
    return EXIT_YES;
}

/* The log may get shorter between two reads, when another branch is followed. */
static enum store_error read_some(struct log_reading *reading, uint64_t first, uint64_t last)
{
    enum store_error error = begin(reading);
    if (error != STORE_OK) {
        return error;
    }
    for (uint64_t seq = first; error == STORE_OK && seq <= last && seq <= reading->state.seq; seq++) {
        error = read_line(reading, seq);
    }
    store_end(reading->txn);
    return error;
}

int log_lines_each(struct session *session, const struct actor_id *author, uint64_t first, uint64_t last,
                   void (*visit)(void *context, const struct log_line *line), void *context)
{
    struct log_reading *reading = malloc(sizeof *reading);
    enum store_error error = reading != NULL ? STORE_OK : STORE_NO_MEMORY;
    if (reading != NULL) {
        *reading =
            (struct log_reading){.session = session, .author = author, .visit = visit, .context = context};
    }
    for (uint64_t from = first; error == STORE_OK && from <= last; from += LINES_A_READ) {
        uint64_t to = from + LINES_A_READ - 1;
        error = read_some(reading, from, to < last ? to : last);
    }
    free(reading);
    return error == STORE_OK ? EXIT_YES : session_fail_store(&session->options, error);
}
