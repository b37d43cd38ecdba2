#include "node/heads.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "node/clock.h"
#include "node/settle.h"
#include "protocol/sync/undecided.h"

/* ---- comparing ---- */

/* How one head compares. */
struct compared {
    enum sync_ours ours;
    bool gaps, cuts;
    uint64_t ours_next;
};

static enum store_error compare(struct daemon *daemon, struct store_txn *txn, const struct peer *peer,
                                const struct head *head, struct compared *out)
{
    enum store_error error =
        relay_compare(&daemon->relay, txn, head, peer->role == NET_DIAL, &out->ours, &out->ours_next);

    if (error == STORE_OK) {
        error = relay_has_gaps(txn, &head->author, &out->gaps);
    }
    if (error == STORE_OK) {
        error = relay_lacks_cuts(&daemon->relay, txn, &head->author, &out->cuts);
    }
    return error;
}

static enum store_error compare_all(struct daemon *daemon, const struct peer *peer, const struct head *heads,
                                    size_t count, struct compared *out)
{
    struct store_txn *txn = NULL;
    enum store_error error = store_read_begin(&txn, daemon->store);

    for (size_t i = 0; error == STORE_OK && i < count; i++) {
        error = compare(daemon, txn, peer, &heads[i], &out[i]);
    }
    if (txn != NULL) {
        store_end(txn);
    }
    return error;
}

/* ---- remembering ---- */

/* Where a peer's undecided heads are, NULL when there is no memory for them: then it is to tell them again.
 */
static struct undecided *undecided_of(struct peer *peer)
{
    uint8_t secret[PLACE_SECRET_SIZE];

    if (peer->undecided == NULL) {
        peer->undecided = calloc(1, sizeof *peer->undecided);
        if (peer->undecided != NULL) {
            randombytes_buf(secret, sizeof secret);
            undecided_init(peer->undecided, secret, clock_rhythm_ms(UNDECIDED_ASK_MS));
        } else {
            hearing_on_forgotten(&peer->hearing);
        }
    }
    return peer->undecided;
}

/* Remember a head, as far as there is room for it. Those that this node dials have theirs whatever others
 * say. */
static struct undecided_head *remember(const struct daemon *daemon, const struct peer *peer,
                                       struct undecided *undecided, const struct head *head)
{
    size_t in_all = 0;

    for (size_t i = 0; i < daemon->peers.count; i++) {
        const struct undecided *other = daemon->peers.entries[i].undecided;

        in_all += other == NULL ? 0 : other->held;
    }
    undecided_bound(undecided, peer->role == NET_DIAL ? 0 : in_all);
    return undecided_put(undecided, head);
}

/* Perhaps someone introduces its author. */
static void ask_introduction(struct daemon *daemon, struct peer *peer, struct undecided_head *at)
{
    if (daemon->now_ms < at->ask_ms || !peers_may_introduce(&peer->asking, daemon->now_ms)) {
        undecided_rest(peer->undecided, at);
        return;
    }
    undecided_asked(peer->undecided, at, daemon->now_ms);
    peer->introductions_due = (uint32_t)PEER_INTRODUCTIONS_DUE_MAX;
    relay_ask_introduction(&daemon->relay, peer->id, &at->author);
}

void heads_pass_over(struct daemon *daemon, struct peer *peer, const struct head *head)
{
    struct undecided *undecided = undecided_of(peer);

    if (undecided != NULL) {
        ask_introduction(daemon, peer, remember(daemon, peer, undecided, head));
    }
}

/* The author is admitted: what finds no room among the peer's claims is looked at again once there is some.
 */
static void keep_for_later(const struct daemon *daemon, struct peer *peer, const struct head *head)
{
    struct undecided *undecided = undecided_of(peer);

    if (undecided != NULL) {
        undecided_hurry(undecided, remember(daemon, peer, undecided, head));
    }
}

static void forget(struct peer *peer, const struct actor_id *author)
{
    struct undecided_head *at = peer->undecided == NULL ? NULL : undecided_find(peer->undecided, author);

    if (at != NULL) {
        undecided_remove(peer->undecided, at);
    }
}

static void settle_one(struct daemon *daemon, struct peer *peer, const struct head *head,
                       const struct compared *compared)
{
    const struct sync_event event = {.kind = SYNC_PEER_HEAD,
                                     .peer = peer->id,
                                     .head = *head,
                                     .ours = compared->ours,
                                     .ours_gaps = compared->gaps,
                                     .ours_cuts = compared->cuts,
                                     .ours_next = compared->ours_next};

    if (compared->ours == SYNC_OURS_NOT_ADMITTED) {
        heads_pass_over(daemon, peer, head);
    } else if (compared->ours == SYNC_OURS_MISSING &&
               !sync_may_claim(daemon->sync, peer->id, &head->author)) {
        keep_for_later(daemon, peer, head);
    } else {
        forget(peer, &head->author);
    }
    settle_event(daemon, &event, NULL);
}

static enum store_error settle_some(struct daemon *daemon, struct peer *peer, const struct head *heads,
                                    size_t count, bool *missing)
{
    struct compared compared[HEADS_AT_ONCE];
    enum store_error error = compare_all(daemon, peer, heads, count, compared);

    for (size_t i = 0; error == STORE_OK && i < count; i++) {
        *missing |= compared[i].ours == SYNC_OURS_MISSING;
        settle_one(daemon, peer, &heads[i], &compared[i]);
    }
    return error;
}

bool heads_settle(struct daemon *daemon, struct peer *peer, const struct heads *told,
                  struct heads_progress *progress)
{
    const uint64_t began_ns = clock_monotonic_ns();
    const struct head *heads = told->heads.items;

    while (progress->done < told->heads.count) {
        const size_t left = told->heads.count - progress->done;
        const size_t count = left < HEADS_AT_ONCE ? left : (size_t)HEADS_AT_ONCE;
        enum store_error error = settle_some(daemon, peer, &heads[progress->done], count, &progress->missing);

        if (error != STORE_OK) {
            hearing_on_forgotten(&peer->hearing);
            settle_store_error(daemon, "heads-not-compared", error);
            return true;
        }
        progress->done += count;
        if (progress->done < told->heads.count && clock_monotonic_ns() - began_ns >= HEADS_TURN_NS) {
            return false;
        }
    }
    if (told->has_page) {
        hearing_on_page(&peer->hearing, &told->page, progress->missing);
    }
    return true;
}

/* ---- what is to be looked at ---- */

static void hurry(struct daemon *daemon, const struct actor_id *author)
{
    for (size_t i = 0; i < daemon->peers.count; i++) {
        struct undecided *undecided = daemon->peers.entries[i].undecided;
        struct undecided_head *at = undecided == NULL ? NULL : undecided_find(undecided, author);

        if (at != NULL) {
            undecided_hurry(undecided, at);
        }
    }
}

void heads_recheck_all(struct daemon *daemon)
{
    for (size_t i = 0; i < daemon->peers.count; i++) {
        if (daemon->peers.entries[i].undecided != NULL) {
            undecided_hurry_all(daemon->peers.entries[i].undecided);
        }
    }
}

static void hurry_named(struct daemon *daemon, const struct entry *entry, struct arena *arena)
{
    union {
        struct accreditation accreditation;
        struct attestation attestation;
        struct affiliation affiliation;
        struct review review;
    } record;
    size_t mark = arena_mark(arena);

    if (entry->erased ||
        (entry->kind != ENTRY_ACCREDITATION && entry->kind != ENTRY_ATTESTATION &&
         entry->kind != ENTRY_AFFILIATION && entry->kind != ENTRY_REVIEW) ||
        entry_payload_decode(&record, entry, arena) != REASON_NONE) {
        return;
    }
    if (entry->kind == ENTRY_ACCREDITATION) {
        hurry(daemon, &record.accreditation.delegate);
    } else if (entry->kind == ENTRY_ATTESTATION) {
        hurry(daemon, &(struct actor_id){record.attestation.subject.id});
    } else if (entry->kind == ENTRY_AFFILIATION && record.affiliation.has_consent) {
        hurry(daemon, &record.affiliation.consent.technician);
    } else if (entry->kind == ENTRY_REVIEW) {
        hurry(daemon, &record.review.shop);
    }
    arena_rewind(arena, mark);
}

static bool has_undecided(const struct daemon *daemon)
{
    bool has = false;

    for (size_t i = 0; i < daemon->peers.count; i++) {
        const struct undecided *undecided = daemon->peers.entries[i].undecided;

        has |= undecided != NULL && undecided->held > 0;
    }
    return has;
}

void heads_on_accepted(struct daemon *daemon, struct bytes encoded)
{
    struct arena *arena = &daemon->ingest.arena;
    struct block block;

    if (!has_undecided(daemon)) {
        return;
    }
    arena_rewind(arena, 0);
    if (block_decode(&block, &daemon->home.network, encoded, arena) != REASON_NONE) {
        return;
    }
    if (block.header.block_class != CLASS_CONTENT && block.header.seq > 0) {
        heads_recheck_all(daemon);
    }
    for (size_t i = block.entry_count; i-- > 0;) {
        hurry_named(daemon, &block.entries[i], arena);
    }
}

/* ---- looking again ---- */

/* What is no longer undecided. */
struct found {
    struct peer *peer;
    struct head head;
    struct compared compared;
};

struct looked {
    size_t count;
    struct found found[RECHECK_HEADS_MAX];
};

/* What of a peer is due, as long as its claims have room; once they have, every turn of the loop looks. */
static struct undecided_head *due_of(const struct daemon *daemon, const struct peer *peer)
{
    struct undecided_head *at =
        peer->undecided == NULL ? NULL : undecided_first(peer->undecided, UNDECIDED_DUE);

    return at != NULL && sync_may_claim(daemon->sync, peer->id, &at->author) ? at : NULL;
}

/* Of which the peer may be asked now; or NULL, and *next_ms, unless it is earlier already, is when. */
static struct undecided_head *ask_of(const struct daemon *daemon, const struct peer *peer, uint64_t *next_ms)
{
    uint64_t may_ms = peers_introduce_ms(&peer->asking, daemon->now_ms);
    struct undecided_head *at =
        peer->undecided == NULL ? NULL : undecided_to_ask(peer->undecided, daemon->now_ms, next_ms);

    if (at != NULL && may_ms > daemon->now_ms) {
        *next_ms = may_ms < *next_ms ? may_ms : *next_ms;
        return NULL;
    }
    return at;
}

/* Look at the next head of a peer. *any: there was one. */
static enum store_error look(struct daemon *daemon, struct store_txn *txn, struct peer *peer,
                             struct looked *looked, bool *any)
{
    uint64_t next_ms = UINT64_MAX;
    struct undecided_head *at = due_of(daemon, peer);
    struct found *found = &looked->found[looked->count];
    enum store_error error;

    at = at == NULL ? ask_of(daemon, peer, &next_ms) : at;
    *any = at != NULL;
    if (at == NULL) {
        return STORE_OK;
    }
    *found = (struct found){.peer = peer, .head = undecided_head_of(at)};
    error = compare(daemon, txn, peer, &found->head, &found->compared);
    if (error == STORE_OK && found->compared.ours == SYNC_OURS_NOT_ADMITTED) {
        ask_introduction(daemon, peer, at);
    } else if (error == STORE_OK) {
        undecided_remove(peer->undecided, at);
        looked->count++;
    }
    return error;
}

static enum store_error look_at_some(struct daemon *daemon, struct looked *looked)
{
    const struct peers *peers = &daemon->peers;
    uint64_t began_ms = clock_monotonic_ms();
    size_t idle = 0;
    struct store_txn *txn = NULL;
    enum store_error error = store_read_begin(&txn, daemon->store);

    for (size_t i = 0; i < RECHECK_HEADS_MAX && idle < peers->count && error == STORE_OK &&
                       clock_monotonic_ms() - began_ms <= RECHECK_TURN_MS;
         i++) {
        bool any = false;

        daemon->recheck_at = (daemon->recheck_at + 1) % peers->count;
        error = look(daemon, txn, &daemon->peers.entries[daemon->recheck_at], looked, &any);
        idle = any ? 0 : idle + 1;
    }
    if (txn != NULL) {
        store_end(txn);
    }
    return error;
}

void heads_recheck(struct daemon *daemon)
{
    struct looked looked = {.count = 0};
    enum store_error error = STORE_OK;

    if (heads_recheck_ms(daemon) > daemon->now_ms) {
        return;
    }
    error = look_at_some(daemon, &looked);
    if (error != STORE_OK) {
        settle_store_error(daemon, "heads-not-compared", error);
    }
    for (size_t i = 0; i < looked.count; i++) {
        const struct found *found = &looked.found[i];

        settle_one(daemon, found->peer, &found->head, &found->compared);
    }
}

uint64_t heads_recheck_ms(const struct daemon *daemon)
{
    uint64_t next_ms = UINT64_MAX;

    for (size_t i = 0; i < daemon->peers.count; i++) {
        const struct peer *peer = &daemon->peers.entries[i];

        if (due_of(daemon, peer) != NULL || ask_of(daemon, peer, &next_ms) != NULL) {
            return daemon->now_ms;
        }
    }
    return next_ms;
}

/* ---- what changed ---- */

/* Of what decides whom this node takes in: who hears under another one hears anew. */
static struct hash trust_digest(const struct daemon *daemon)
{
    const struct trust *trust = &daemon->trust;
    struct hash_stream stream;
    struct hash digest;

    hash_stream_init(&stream, label_domain(&daemon->home.network, LABEL_CHANGE));
    for (size_t i = 0; i < trust->owner_count; i++) {
        const char *name_space = trust->owners[i].name_space;

        hash_stream_add(&stream, name_space, strlen(name_space) + 1);
        hash_stream_add(&stream, trust->owners[i].actor.hash.bytes, HASH_SIZE);
    }
    hash_stream_add(&stream, daemon->followed.actors,
                    daemon->followed.count * sizeof *daemon->followed.actors);
    hash_stream_end(&stream, &digest);
    return digest;
}

/* Who delivers comes before strangers from now on, or no longer. */
static void set_rank(struct peer *peer)
{
    if (peer->role == NET_LISTEN) {
        inbox_set_rank(peer->inbox, peer->met.delivers ? INBOX_DELIVERS : INBOX_STRANGER);
    }
}

void heads_meet(struct daemon *daemon, struct peer *peer)
{
    const struct hash trust = trust_digest(daemon);
    struct store_txn *txn = NULL;
    enum store_error error = store_read_begin(&txn, daemon->store);

    if (error == STORE_OK) {
        error = store_node_met(txn, &peer->node, &trust, &peer->met);
        store_end(txn);
    }
    if (error == STORE_OK) {
        peer->met_again = true;
        set_rank(peer);
        if (peer->met.heard.number > 0) {
            hearing_begin(&peer->hearing, &peer->met.heard);
        }
    } else if (error != STORE_NOT_FOUND) {
        settle_store_error(daemon, "heard-not-read", error);
    }
}

void heads_on_heard(struct daemon *daemon, struct peer *peer, const struct heard *heard)
{
    enum store_error error = relay_on_heard(&daemon->relay, peer, &heard->upto, daemon->now_ms);

    if (error != STORE_OK) {
        settle_store_error(daemon, "heads-not-told", error);
    }
    daemon->tell_ms = daemon->now_ms;
}

void heads_tell(struct daemon *daemon)
{
    if (daemon->now_ms < daemon->tell_ms) {
        return;
    }
    daemon->tell_ms = UINT64_MAX;
    for (size_t i = 0; i < daemon->peers.count; i++) {
        struct peer *peer = &daemon->peers.entries[i];
        enum store_error error = relay_tell(&daemon->relay, peer, daemon->now_ms);

        if (error != STORE_OK) {
            settle_store_error(daemon, "heads-not-told", error);
        }
        if (relay_is_telling(peer)) {
            daemon->tell_ms = daemon->now_ms + TELL_MS;
        }
    }
}

/* ---- noting what was heard ---- */

static struct stored_node what_to_note(const struct daemon *daemon, const struct peer *peer)
{
    return (struct stored_node){.heard = peer->hearing.stored,
                                .dialled = peer->role == NET_DIAL,
                                .delivers = sync_delivers(daemon->sync, peer->id)};
}

static bool is_noted(const struct daemon *daemon, const struct peer *peer)
{
    return !peer->met_again && peer->met.delivers == sync_delivers(daemon->sync, peer->id) &&
           memcmp(&peer->met.heard, &peer->hearing.stored, sizeof peer->met.heard) == 0;
}

static enum store_error note_all(struct daemon *daemon, struct store_txn *txn)
{
    const struct hash trust = trust_digest(daemon);
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < daemon->peers.count && error == STORE_OK; i++) {
        const struct peer *peer = &daemon->peers.entries[i];
        const struct stored_node met = what_to_note(daemon, peer);

        if (!is_noted(daemon, peer)) {
            error = store_put_node_met(txn, &peer->node, &trust, &met, clock_wall_s());
        }
    }
    return error;
}

void heads_note(struct daemon *daemon)
{
    if (daemon->now_ms >= daemon->note_ms) {
        daemon->note_ms = daemon->now_ms + clock_rhythm_ms(NOTE_MS);
        heads_note_now(daemon);
    }
}

void heads_note_now(struct daemon *daemon)
{
    struct store_txn *txn = NULL;
    enum store_error error = STORE_OK;
    bool any = false;

    for (size_t i = 0; i < daemon->peers.count; i++) {
        any |= !is_noted(daemon, &daemon->peers.entries[i]);
    }
    if (!any) {
        return;
    }
    error = store_write_begin(&txn, daemon->store);
    if (error == STORE_OK) {
        (void)note_all(daemon, txn);
        error = store_commit(txn); /* which fails where that did */
    }
    if (error != STORE_OK) {
        settle_store_error(daemon, "heard-not-noted", error);
        return;
    }
    for (size_t i = 0; i < daemon->peers.count; i++) {
        struct peer *peer = &daemon->peers.entries[i];

        peer->met = what_to_note(daemon, peer);
        peer->met_again = false;
        set_rank(peer);
    }
}
