#include "node/settle.h"

#include <string.h>

#include "node/clock.h"
#include "node/heads.h"
#include "node/lacks.h"
#include "node/logline.h"

const char *store_error_word(enum store_error error)
{
    switch (error) {
    case STORE_OK:
        return "ok";
    case STORE_NOT_FOUND:
        return "not-found";
    case STORE_NO_ROOM:
        return "no-room";
    case STORE_MAP_FULL:
        return "map-full";
    case STORE_WRONG_VERSION:
        return "wrong-version";
    case STORE_WRONG_NETWORK:
        return "wrong-network";
    case STORE_NOT_A_STORE:
        return "not-a-store";
    case STORE_DAMAGED:
        return "damaged";
    case STORE_PERMISSION:
        return "permission";
    case STORE_BUSY:
        return "busy";
    case STORE_NO_DESCRIPTOR:
        return "no-descriptor";
    case STORE_IO:
        return "io";
    case STORE_NO_MEMORY:
        return "no-memory";
    }
    return "";
}

void settle_store_error(struct daemon *daemon, const char *event, enum store_error error)
{
    if (error == STORE_NO_ROOM) {
        if (daemon->now_ms < daemon->no_room_ms) {
            return;
        }
        daemon->no_room_ms = daemon->now_ms + clock_wait_ms(NO_ROOM_LOG_INTERVAL_MS);
    }
    LOG(LOG_ERROR, event, LOG_T("error", store_error_word(error)));
}

void settle_kick(struct daemon *daemon, struct peer *peer, const char *why)
{
    char node[ID_TEXT_MAX + 1] = "";

    if (peer->kicked) {
        return;
    }
    if (peer->greeted) {
        id_to_text(node, ID_NODE, &daemon->home.network, &peer->node.hash);
    }
    LOG_OF(peer->role == NET_LISTEN, LOG_WARN, "peer-kicked", LOG_N("peer", peer->id), LOG_T("node", node),
           LOG_T("reason", why));
    peers_kick(&daemon->peers, peer);
    if (peer->role == NET_DIAL) {
        processes_redial_later(&daemon->processes, peer->number, daemon->now_ms);
    }
}

/* It sent what no honest node passes on. */
static void ban(struct daemon *daemon, struct peer *peer, enum reason reason)
{
    char node[ID_TEXT_MAX + 1];
    uint64_t until_ms = 0;

    if (peer->kicked) {
        return;
    }
    settle_kick(daemon, peer, reason_word(reason));
    until_ms = peers_ban(&daemon->peers, peer, daemon->now_ms);
    id_to_text(node, ID_NODE, &daemon->home.network, &peer->node.hash);
    LOG_OF(peer->role == NET_LISTEN, LOG_WARN, "peer-banned", LOG_T("node", node),
           LOG_T("reason", reason_word(reason)), LOG_N("for_s", (until_ms - daemon->now_ms) / 1000));
}

void settle_event(struct daemon *daemon, const struct sync_event *event, const struct want *want)
{
    enum store_error error = STORE_OK;

    sync_step(daemon->sync, event, daemon->now_ms, &daemon->actions);
    error = relay_perform(&daemon->relay, &daemon->actions, want, daemon->now_ms);
    if (error != STORE_OK) {
        settle_store_error(daemon, "relay-failed", error);
    }
}

/* ---- what became of an item ---- */

/* The peer that the item came from, as long as it is there. */
static struct peer *peer_of(struct daemon *daemon, const struct intake_item *item)
{
    return item->source == INTAKE_FROM_PEER ? peers_by_id(&daemon->peers, item->from) : NULL;
}

static uint32_t sync_peer_of(struct daemon *daemon, const struct intake_item *item)
{
    return peer_of(daemon, item) == NULL ? (uint32_t)SYNC_LOCAL : item->from;
}

static void answer(struct daemon *daemon, const struct intake_item *item, enum reason reason)
{
    if (item->source != INTAKE_FROM_CLIENT) {
        return;
    }
    if (item->error != STORE_OK) {
        control_server_reply_number(&daemon->control, item->from, CONTROL_FAILED, (uint32_t)item->error,
                                    daemon->now_ms);
    } else if (reason != REASON_NONE) {
        control_server_reply_number(&daemon->control, item->from, CONTROL_REFUSED, (uint32_t)reason,
                                    daemon->now_ms);
    } else {
        control_server_reply(&daemon->control, item->from, CONTROL_DONE, bytes_of(NULL, 0), daemon->now_ms);
    }
}

/* size: of the block's bytes, where a peer sent it. */
static void feed_block(struct daemon *daemon, enum sync_event_kind kind, uint32_t peer,
                       const struct ingest_result *result, size_t size)
{
    const struct sync_event event = {
        .kind = kind,
        .peer = peer,
        .head = {.author = result->author, .epoch = result->epoch, .seq = result->seq, .hash = result->hash},
        .size = size};

    settle_event(daemon, &event, NULL);
}

static void feed_evidence(struct daemon *daemon, uint32_t peer, const struct actor_id *author,
                          bool fork_proof)
{
    const struct sync_event event = {
        .kind = SYNC_EVIDENCE_NEW, .peer = peer, .author = *author, .fork_proof = fork_proof};

    settle_event(daemon, &event, NULL);
}

static void log_block(const struct daemon *daemon, enum log_level level, const char *event,
                      const struct intake_item *item)
{
    char author[ID_TEXT_MAX + 1];

    id_to_text(author, ID_ACTOR, &daemon->home.network, &item->result.author.hash);
    LOG_OF(item->source == INTAKE_FROM_PEER && item->origin == INGEST_INBOUND, level, event,
           LOG_T("author", author), LOG_N("seq", item->result.seq),
           LOG_T("reason", reason_word(item->result.reason)));
}

/* Tell the sync core what a fuller copy of a block has left to ask for. */
static void feed_filled(struct daemon *daemon, uint32_t peer, const struct ingest_result *result)
{
    struct sync_event event = {
        .kind = SYNC_BLOCK_FILLED,
        .peer = peer,
        .head = {.author = result->author, .epoch = result->epoch, .seq = result->seq, .hash = result->hash}};
    struct store_txn *txn = NULL;
    enum store_error error = store_read_begin(&txn, daemon->store);

    if (error == STORE_OK) {
        error = relay_has_gaps(txn, &result->author, &event.ours_gaps);
        store_end(txn);
    }
    if (error != STORE_OK) {
        settle_store_error(daemon, "gaps-not-read", error);
        return;
    }
    settle_event(daemon, &event, NULL);
}

static void on_new_head(struct daemon *daemon, const struct intake_item *item)
{
    uint32_t peer = sync_peer_of(daemon, item);

    feed_block(daemon, SYNC_BLOCK_NEW, peer, &item->result, item->bytes.size);
    if (peer != SYNC_LOCAL) {
        feed_block(daemon, SYNC_BLOCK_IN, peer, &item->result, item->bytes.size);
    }
    heads_on_accepted(daemon, item->bytes);
    watch_on_accepted(&daemon->watch);
    if (daemon->ingest.has_self && actor_id_equal(&daemon->ingest.self, &item->result.author)) {
        checkpoints_on_head(&daemon->checkpoints, daemon->now_ms);
    }
}

static void on_refused(struct daemon *daemon, const struct intake_item *item)
{
    const struct ingest_result *result = &item->result;
    const struct head head = {
        .author = result->author, .epoch = result->epoch, .seq = result->seq, .hash = result->hash};
    struct peer *peer = peer_of(daemon, item);

    if (result->filled) {
        log_block(daemon, LOG_INFO, "block-filled", item);
        feed_filled(daemon, sync_peer_of(daemon, item), result);
        heads_on_accepted(daemon, item->bytes);
        watch_on_accepted(&daemon->watch);
    }
    if (peer == NULL) {
        return;
    }
    if (result->reason == REASON_KNOWN) {
        feed_block(daemon, SYNC_BLOCK_IN, peer->id, result, item->bytes.size);
        return;
    }
    if (result->on_way) {
        feed_block(daemon, SYNC_BLOCK_ON_WAY, peer->id, result, item->bytes.size);
        return;
    }
    if (result->reason == REASON_ORPHAN) {
        feed_block(daemon, SYNC_BLOCK_ORPHAN, peer->id, result, item->bytes.size);
        return;
    }
    if (result->reason == REASON_NOT_ADMITTED || result->reason == REASON_QUOTA) {
        heads_pass_over(daemon, peer, &head);
        log_block(daemon, result->reason == REASON_QUOTA ? LOG_INFO : LOG_DEBUG, "block-passed-over", item);
        return;
    }
    /* Without a hash it never was a block. */
    if (result->reason == REASON_BAD_SIGNATURE || result->reason == REASON_ENTRIES_ROOT) {
        ban(daemon, peer, result->reason);
    } else if (hash_is_zero(&result->hash) && result->reason != REASON_WRONG_VERSION) {
        settle_kick(daemon, peer, reason_word(result->reason));
    }
    log_block(daemon, LOG_WARN, "block-refused", item);
}

static void settle_block(struct daemon *daemon, const struct intake_item *item)
{
    const struct ingest_result *result = &item->result;

    if (item->error != STORE_OK) {
        settle_store_error(daemon, "block-not-stored", item->error);
        answer(daemon, item, REASON_NONE);
        return;
    }
    switch (result->outcome) {
    case INGEST_SWITCHED:
        log_block(daemon, LOG_WARN, "branch-switched", item);
        on_new_head(daemon, item);
        heads_recheck_all(daemon);
        break;
    case INGEST_EXTENDED:
        log_block(daemon, LOG_DEBUG, "block-accepted", item);
        on_new_head(daemon, item);
        break;
    case INGEST_ASIDE:
        log_block(daemon, LOG_WARN, "block-kept-aside", item);
        /* What speaks against somebody goes on at once; the rest of a branch with the next heads. */
        if (result->speaks) {
            feed_block(daemon, SYNC_BLOCK_NEW, sync_peer_of(daemon, item), result, item->bytes.size);
        }
        if (peer_of(daemon, item) != NULL) {
            feed_block(daemon, SYNC_BLOCK_IN, item->from, result, item->bytes.size);
        }
        watch_on_accepted(&daemon->watch); /* what a cut keeps counts beside the chain */
        break;
    case INGEST_REFUSED:
        on_refused(daemon, item);
        break;
    case INGEST_FAILED: /* is an item->error */
        break;
    }
    if (result->fork_found) {
        log_block(daemon, LOG_WARN, "fork-found", item);
        watch_on_accepted(&daemon->watch);
        feed_evidence(daemon, SYNC_LOCAL, &result->author, true);
    }
    answer(daemon, item, result->outcome == INGEST_REFUSED ? result->reason : REASON_NONE);
}

/* Bytes that are no record at all. A newer node's version is none of its faults. */
static bool is_malformed(enum reason reason)
{
    return reason >= REASON_TRUNCATED && reason <= REASON_WRONG_KIND && reason != REASON_WRONG_VERSION;
}

static void settle_evidence(struct daemon *daemon, const struct intake_item *item)
{
    struct peer *peer = peer_of(daemon, item);
    enum reason reason = item->reason;

    if (peer != NULL && item->error != STORE_OK) {
        hearing_on_forgotten(&peer->hearing);
    } else if (peer != NULL && reason == REASON_ORPHAN) {
        hearing_on_refused(&peer->hearing);
    }
    if (item->error != STORE_OK) {
        settle_store_error(daemon, "evidence-not-stored", item->error);
    } else if (reason == REASON_NONE) {
        watch_on_accepted(&daemon->watch);
        feed_evidence(daemon, sync_peer_of(daemon, item), &item->author, item->kind == INTAKE_FORK_PROOF);
    } else if (peer != NULL && reason == REASON_BAD_SIGNATURE) {
        ban(daemon, peer, reason);
    } else if (peer != NULL && is_malformed(reason)) {
        settle_kick(daemon, peer, reason_word(reason));
    } else if (item->source == INTAKE_FROM_SELF && reason != REASON_KNOWN &&
               actor_id_equal(&item->author, &daemon->ingest.self)) {
        LOG(LOG_WARN, "own-checkpoint-refused", LOG_T("reason", reason_word(reason)));
    }
    answer(daemon, item, reason);
}

/* ---- heads and wants ---- */

/* Decode the record of an item; a peer that sends anything else is kicked. */
static bool decode(struct daemon *daemon, struct peer *peer, const struct schema *schema, void *record,
                   struct bytes bytes)
{
    struct arena arena;
    enum reason reason = REASON_NONE;

    arena_init(&arena, daemon->record_memory, RECORD_ARENA_SIZE);
    reason = schema_decode(schema, record, bytes, &arena);
    if (reason != REASON_NONE) {
        settle_kick(daemon, peer, reason_word(reason));
    }
    return reason == REASON_NONE;
}

/* What is left of a long list waits for its peer's next turn. */
static void settle_heads(struct daemon *daemon, struct intake_item *item)
{
    struct peer *peer = peer_of(daemon, item);
    struct heads_progress progress = {.done = item->frame->done, .missing = item->frame->missing};
    struct heads heads;

    if (peer == NULL || peer->kicked) {
        return;
    }
    peer->inbox->resting = false;
    if (!decode(daemon, peer, &heads_schema, &heads, item->bytes) ||
        heads_settle(daemon, peer, &heads, &progress) || peer->kicked) {
        return;
    }
    item->frame->done = progress.done;
    item->frame->missing = progress.missing;
    inbox_put_back(peer->inbox, item->frame);
    item->frame = NULL;
}

static void settle_want(struct daemon *daemon, const struct intake_item *item)
{
    struct peer *peer = peer_of(daemon, item);
    struct want want;

    if (peer == NULL || !decode(daemon, peer, &want_schema, &want, item->bytes)) {
        return;
    }
    settle_event(daemon,
                 &(struct sync_event){.kind = SYNC_PEER_WANT, .peer = item->from, .author = want.author},
                 &want);
}

/* ---- introductions ---- */

static void settle_introduction(struct daemon *daemon, const struct intake_item *item)
{
    struct peer *peer = peer_of(daemon, item);
    char shop[ID_TEXT_MAX + 1];

    if (item->error != STORE_OK) {
        settle_store_error(daemon, "introduction-not-stored", item->error);
        return;
    }
    /* Who tells of an introduction has checked its signature: nobody passes a false one on by mistake. */
    if (peer != NULL && (is_malformed(item->reason) || item->reason == REASON_BAD_SIGNATURE)) {
        settle_kick(daemon, peer, reason_word(item->reason));
        return;
    }
    id_to_text(shop, ID_ACTOR, &daemon->home.network, &item->author.hash);
    LOG(LOG_DEBUG, "introduction", LOG_T("shop", shop), LOG_T("reason", reason_word(item->reason)));
    if (item->reason == REASON_NONE) {
        heads_recheck_all(daemon);
    }
}

static void settle_introduction_want(struct daemon *daemon, const struct intake_item *item)
{
    struct peer *peer = peer_of(daemon, item);
    struct introduction_want want;
    enum store_error error;

    if (peer == NULL || !decode(daemon, peer, &introduction_want_schema, &want, item->bytes)) {
        return;
    }
    error = relay_tell_introductions(&daemon->relay, peer->id, &want.shop, daemon->now_ms);
    if (error != STORE_OK) {
        settle_store_error(daemon, "introductions-not-told", error);
    }
}

/* ---- all items ---- */

static void settle_kind(struct daemon *daemon, struct intake_item *item)
{
    switch (item->kind) {
    case INTAKE_BLOCK:
        settle_block(daemon, item);
        break;
    case INTAKE_CHECKPOINT:
    case INTAKE_FORK_PROOF:
        settle_evidence(daemon, item);
        break;
    case INTAKE_NONCE:
        answer(daemon, item, item->reason);
        break;
    case INTAKE_HEADS:
        settle_heads(daemon, item);
        break;
    case INTAKE_WANT:
        settle_want(daemon, item);
        break;
    case INTAKE_INTRODUCTION:
        settle_introduction(daemon, item);
        break;
    case INTAKE_INTRODUCTION_WANT:
        settle_introduction_want(daemon, item);
        break;
    }
}

/* What follows from an item is charged to the peer that sent it, too. */
static void settle_item(struct daemon *daemon, struct intake_item *item)
{
    const uint64_t began_ns = clock_monotonic_ns();
    const struct peer *peer = NULL;
    uint64_t cost_ns = 0;

    settle_kind(daemon, item);
    peer = peer_of(daemon, item);
    cost_ns = clock_monotonic_ns() - began_ns;
    if (peer != NULL && cost_ns > item->pledged_ns) {
        inbox_charge(peer->inbox, cost_ns - item->pledged_ns);
    }
}

/* Let checkpoints in that were dated ahead of time, and are no longer. */
static void add_waiting_checkpoints(struct daemon *daemon)
{
    uint8_t memory[WAITING_SIZE_MAX];
    struct intake_item item = {.kind = INTAKE_CHECKPOINT, .source = INTAKE_FROM_SELF};

    while (intake_has_room(&daemon->intake) &&
           waiting_take_due(daemon->ingest.waiting, clock_wall_s(), memory, &item.bytes)) {
        intake_add(&daemon->intake, &item);
    }
}

/* Sign the own head into the intake. */
static void sign_checkpoint(struct daemon *daemon)
{
    uint8_t memory[CHECKPOINT_SIZE_MAX];
    struct intake_item item = {.kind = INTAKE_CHECKPOINT, .source = INTAKE_FROM_SELF};
    struct store_txn *txn = NULL;
    enum checkpoint_result result = CHECKPOINT_STORE_FAILED;

    if (!daemon->checkpoints.has_key || daemon->now_ms < daemon->checkpoints.due_ms ||
        !daemon->ingest.has_self || !intake_has_room(&daemon->intake)) {
        return;
    }
    daemon->checkpoints.due_ms = daemon->now_ms + clock_rhythm_ms(CHECKPOINT_INTERVAL_MS);
    if (store_read_begin(&txn, daemon->store) == STORE_OK) {
        result = checkpoints_sign(&daemon->checkpoints, txn, &daemon->home.network, &daemon->ingest.self,
                                  daemon->now_ms, clock_wall_s(), memory, &item.bytes);
        store_end(txn);
    }
    switch (result) {
    case CHECKPOINT_SIGNED:
        daemon->checkpoints.warned_of_keys = false;
        intake_add(&daemon->intake, &item);
        break;
    case CHECKPOINT_NO_LOG:
        break;
    case CHECKPOINT_NO_KEY:
        if (!daemon->checkpoints.warned_of_keys) {
            LOG(LOG_WARN, "checkpoint-key-not-in-log");
        }
        daemon->checkpoints.warned_of_keys = true;
        break;
    case CHECKPOINT_STORE_FAILED:
        LOG(LOG_ERROR, "checkpoint-not-signed");
        break;
    }
}

void settle_intake(struct daemon *daemon)
{
    struct intake *intake = &daemon->intake;

    if (!intake_waits(intake)) {
        return;
    }
    intake_apply(intake, &daemon->ingest, clock_wall_s());
    for (size_t i = intake->first; i < intake->end; i++) {
        settle_item(daemon, &intake->items[i]);
    }
    if (intake->end == intake->count) {
        intake_clear(intake);
    }
}

/* ---- authors on their way to another branch ---- */

static void announce_progress(struct daemon *daemon, const struct ingest_progress *progress)
{
    for (size_t i = 0; i < progress->count; i++) {
        const struct head *head = &progress->heads[i];
        const struct ingest_result result = {
            .author = head->author, .epoch = head->epoch, .seq = head->seq, .hash = head->hash};

        feed_block(daemon, SYNC_BLOCK_NEW, SYNC_LOCAL, &result, 0);
    }
    if (progress->count > 0) {
        heads_recheck_all(daemon);
        watch_on_accepted(&daemon->watch);
    }
}

static void go_on(struct daemon *daemon)
{
    enum { RETRY_MS = 1000, WAIT_S_MAX = 60 };
    uint64_t now_s = clock_wall_s();
    struct ingest_progress progress;
    enum store_error error = ingest_go_on(&daemon->ingest, now_s, &progress);

    daemon->ingest.on_the_way = false;
    daemon->follow_ms = daemon->now_ms + clock_rhythm_ms(RETRY_MS);
    if (error == STORE_OK) {
        error = progress.failed;
    }
    if (error != STORE_OK) {
        settle_store_error(daemon, "branch-not-followed", error);
    } else if (progress.resume_s == UINT64_MAX) {
        daemon->follow_ms = UINT64_MAX;
    } else {
        /* The wall clock may be set meanwhile. */
        uint64_t wait_s = progress.resume_s > now_s ? progress.resume_s - now_s : 0;

        daemon->follow_ms =
            daemon->now_ms + clock_rhythm_ms(1000 * (wait_s < WAIT_S_MAX ? wait_s : WAIT_S_MAX));
    }
    announce_progress(daemon, &progress);
}

struct sync_waits settle_sync_waits(void)
{
    _Static_assert((int)SYNC_STALL_MS_MIN <= (int)CLOCK_WAIT_MS_MIN, "it is the same at any speed");
    return (struct sync_waits){.heads_interval_ms = clock_rhythm_ms(SYNC_HEADS_INTERVAL_MS),
                               .stall_ms_max = (uint32_t)clock_wait_ms(SYNC_STALL_MS_MAX),
                               .fill_stall_ms = clock_wait_ms(SYNC_FILL_STALL_MS)};
}

static void answer_on(struct daemon *daemon)
{
    enum store_error error = relay_go_on_answering(&daemon->relay, daemon->now_ms);

    if (error != STORE_OK) {
        settle_store_error(daemon, "not-answered", error);
    }
    peers_hold_questions(&daemon->peers);
}

void settle_timers(struct daemon *daemon)
{
    if (daemon->now_ms >= sync_deadline_ms(daemon->sync)) {
        settle_event(daemon, &(struct sync_event){.kind = SYNC_TICK, .peer = SYNC_LOCAL}, NULL);
    }
    add_waiting_checkpoints(daemon);
    sign_checkpoint(daemon);
    if (daemon->ingest.on_the_way) {
        daemon->ingest.on_the_way = false;
        daemon->follow_ms = daemon->now_ms;
    } else if (daemon->now_ms >= daemon->follow_ms) {
        go_on(daemon);
    }
    heads_tell(daemon);
    heads_note(daemon);
    lacks_look(daemon);
    heads_recheck(daemon);
    answer_on(daemon);
}

uint64_t settle_deadline_ms(const struct daemon *daemon)
{
    uint64_t deadline_ms = sync_deadline_ms(daemon->sync), recheck_ms = heads_recheck_ms(daemon);

    if (recheck_ms < deadline_ms) {
        deadline_ms = recheck_ms;
    }
    if (daemon->tell_ms < deadline_ms) {
        deadline_ms = daemon->tell_ms;
    }
    if (daemon->lacks.look_ms < deadline_ms) {
        deadline_ms = daemon->lacks.look_ms;
    }
    if (daemon->note_ms < deadline_ms) {
        deadline_ms = daemon->note_ms;
    }
    if (daemon->follow_ms < deadline_ms) {
        deadline_ms = daemon->follow_ms;
    }
    if (daemon->ingest.has_self && daemon->checkpoints.due_ms < deadline_ms) {
        deadline_ms = daemon->checkpoints.due_ms;
    }
    return deadline_ms;
}
