#include "node/lacks.h"

#include "node/clock.h"
#include "node/daemon_state.h"
#include "node/settle.h"

/* A visit of some logs. */
struct look {
    struct daemon *daemon;
    struct store_txn *txn;
    size_t count;
    bool more;
    enum store_error error;
};

static bool look_at_log(void *context, const struct log_state *state)
{
    struct look *look = context;
    struct lacks *lacks = &look->daemon->lacks;
    struct lack lack = {.author = state->author};

    look->more = look->count++ == LACKS_LOGS_PER_TURN || lacks->count == FILLS_MAX;
    if (look->more) {
        lacks->next = state->author;
        return false;
    }
    look->error = relay_has_gaps(look->txn, &state->author, &lack.gaps);
    if (look->error == STORE_OK) {
        look->error = relay_lacks_cuts(&look->daemon->relay, look->txn, &state->author, &lack.cuts);
    }
    if (look->error == STORE_OK && (lack.gaps || lack.cuts)) {
        lacks->items[lacks->count++] = lack;
    }
    return look->error == STORE_OK;
}

static enum store_error look_at_some(struct look *look)
{
    enum store_error error = store_read_begin(&look->txn, look->daemon->store);

    if (error == STORE_OK) {
        error = store_each_log(look->txn, &look->daemon->lacks.next, look_at_log, look);
        store_end(look->txn);
    }
    return error == STORE_OK ? look->error : error;
}

static void tell(struct daemon *daemon, const struct peer *peer)
{
    for (size_t i = 0; i < daemon->lacks.count; i++) {
        const struct lack *lack = &daemon->lacks.items[i];
        const struct sync_event event = {.kind = SYNC_LACKING,
                                         .peer = peer->id,
                                         .head = {.author = lack->author},
                                         .ours_gaps = lack->gaps,
                                         .ours_cuts = lack->cuts};

        settle_event(daemon, &event, NULL);
    }
}

void lacks_look(struct daemon *daemon)
{
    struct lacks *lacks = &daemon->lacks;
    struct look look = {.daemon = daemon};
    enum store_error error;

    if (daemon->now_ms < lacks->look_ms) {
        return;
    }
    error = look_at_some(&look);
    if (error != STORE_OK) {
        settle_store_error(daemon, "lacks-not-read", error);
    }
    if (error == STORE_OK && look.more && lacks->count < FILLS_MAX) {
        return; /* the next turn goes on */
    }
    for (size_t i = 0; i < daemon->peers.count; i++) {
        if (daemon->peers.entries[i].greeted) {
            tell(daemon, &daemon->peers.entries[i]);
        }
    }
    /* Where there are too many to tell of, the next look goes on behind them. */
    if (!look.more) {
        lacks->next = (struct actor_id){0};
    }
    lacks->count = 0;
    lacks->look_ms = daemon->now_ms + clock_rhythm_ms(SYNC_HEADS_INTERVAL_MS);
}
