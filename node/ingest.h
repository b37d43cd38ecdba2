#ifndef NODE_INGEST_H
#define NODE_INGEST_H

/* Blocks in: gather, decide, apply (DESIGN principle 3). The daemon feeds it from peers and the control
 * socket, the CLI directly when no daemon runs. Many blocks share one write transaction; nothing is
 * acknowledged or relayed before its commit. */

#include "node/cut_ways.h"
#include "node/followed.h"
#include "node/waiting_checkpoints.h"
#include "protocol/rules/trust.h"
#include "store/store.h"

enum { INGEST_HEADS_MAX = 64, INGEST_TURN_MS = 20 /* of a daemon's loop */ };

enum ingest_origin {
    INGEST_LOCAL,   /* from this machine's own actor: must extend the head, may not fork */
    INGEST_PEER,    /* from a peer that this node dialled, or a file */
    INGEST_INBOUND, /* from a peer that dialled this node: it must not learn whom the owner follows */
};

enum ingest_outcome {
    INGEST_EXTENDED, /* the chain grew by this block */
    INGEST_SWITCHED, /* another branch was chosen: the head changed */
    INGEST_ASIDE,    /* kept beside the chain */
    INGEST_REFUSED,  /* see reason; nothing changed, unless filled */
    INGEST_FAILED,   /* see error: the transaction must be ended; nothing of it is kept */
};

struct ingest_result {
    enum ingest_outcome outcome;
    enum reason reason;
    enum store_error error;
    struct actor_id author;
    uint64_t epoch;
    uint64_t seq;
    struct hash hash;
    bool speaks;     /* it is a status or govern block */
    bool fork_found; /* a fork proof was kept that was not there before */
    bool filled;     /* of a known block: it had entries that the copy held lacked, which are held now */
    bool on_way;     /* of a refused one: it shows what lies below a cut head that is missed */
};

struct ingest {
    struct store *store;
    const struct network *network;
    const struct trust *trust;
    struct actor_id self; /* own logs are always admitted */
    bool has_self;
    const struct followed *followed;     /* NULL: nobody */
    uint64_t turn_ms;                    /* how long a turn follows other branches at most; 0: to the end */
    uint64_t turn_left_ms;               /* of that */
    bool on_the_way;                     /* an author's chain was left on its way to another branch */
    struct actor_id gone_on;             /* whose turn it was last, of those */
    struct waiting_checkpoints *waiting; /* owned */
    struct cut_ways *ways;               /* owned */
    uint8_t *memory;                     /* INGEST_MEMORY_SIZE bytes, owned */
    struct arena arena;
};

/* Returns: false when out of memory. Borrows: store, network, trust, for as long as *ingest is used. */
bool ingest_init(struct ingest *ingest, struct store *store, const struct network *network,
                 const struct trust *trust, const struct actor_id *self);
void ingest_deinit(struct ingest *ingest);

/* Begin a turn: what follows other branches until the next one shares turn_ms. */
void ingest_begin_turn(struct ingest *ingest);

/* Authors that were on their way to another branch, gone on with. */
struct ingest_progress {
    uint64_t resume_s; /* when to go on, by now_s; UINT64_MAX: none is on its way any more */
    size_t count;
    struct head heads[INGEST_HEADS_MAX]; /* of some whose chain moved */
    enum store_error failed;             /* STORE_OK, or why one of them could not be gone on with… */
    struct actor_id failed_author;       /* …and which */
};

/* Go on with authors that are on their way, each in its turn and in a transaction of its own, until turn_ms
 * is over: one that can't be gone on with stops no other. Fails: when no transaction can be begun or read. */
enum store_error ingest_go_on(struct ingest *ingest, uint64_t now_s, struct ingest_progress *out);

/* Decide about one encoded block within txn, and apply it. now_s is this node's clock and only recorded as
 * the time of arrival. */
void ingest_block(struct ingest *ingest, struct store_txn *txn, enum ingest_origin origin,
                  struct bytes encoded, uint64_t now_s, struct ingest_result *result);

/* Decide about a checkpoint or a fork proof (an encoded record), and keep it. *author names whose it is.
 * now_s is this node's clock: a checkpoint too far ahead of it and of the evidence waits
 * (REASON_CHECKPOINT_AHEAD, see waiting_checkpoints.h), and one that was kept though it is that by now goes
 * back behind what is dated lower. Returns: REASON_NONE when it was kept, REASON_KNOWN,
 * REASON_STALE_CHECKPOINT, REASON_ORPHAN (its block is not held, and it is kept only since when it was there:
 * store_note_named_head), … */
enum reason ingest_checkpoint(struct ingest *ingest, struct store_txn *txn, struct bytes encoded,
                              uint64_t now_s, struct actor_id *author, enum store_error *error);
enum reason ingest_fork_proof(struct ingest *ingest, struct store_txn *txn, struct bytes encoded,
                              uint64_t now_s, struct actor_id *author, enum store_error *error);

/* Whether blocks of author are taken in, and in full, as a shop's, or only as an actor that an entry names
 * (DESIGN section 5, admission). */
enum admission {
    ADMISSION_NONE,
    ADMISSION_NAMED,
    ADMISSION_FOLLOWED, /* as a shop, because this node's owner follows it */
    ADMISSION_SHOP,     /* a technician introduced it, or this node's own actor reviewed it */
    ADMISSION_FULL,
};
/* Whom this node's owner follows shows to nobody that dials it: from such peers what is followed is taken in
 * as if it were not. dialled: by a peer that this node dials, or by its owner. */
enum store_error ingest_admission(struct ingest *ingest, struct store_txn *txn, const struct actor_id *author,
                                  bool dialled, enum admission *out);

#endif
