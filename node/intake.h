#ifndef NODE_INTAKE_H
#define NODE_INTAKE_H

/* What is decided in one write transaction: group commit. First what this machine's clients and the daemon
 * itself added, in the order in which they came; then what peers sent, as their inboxes give it out. Heads
 * and wants stand among the blocks, because how they compare depends on those before them. Nothing is
 * acknowledged or relayed before intake_apply has committed. What is dear to decide, such as wide voids one
 * after the other, is spread over several transactions, so that neither the loop nor the store's one writer
 * is held for long. */

#include "node/inbox.h"
#include "node/ingest.h"

enum { INTAKE_ITEMS_MAX = 512, INTAKE_BYTES_MAX = 4 * 1024 * 1024 };

/* Of a daemon's loop: with the dearest item, which may come last, and the commit it stays under 50. Half of
 * it where peers wait for each other. */
enum { INTAKE_TURN_MS = 15 };

enum intake_kind {
    INTAKE_BLOCK,
    INTAKE_CHECKPOINT,
    INTAKE_FORK_PROOF,
    INTAKE_NONCE, /* 32 nonce | 8 expires_s, big-endian */
    INTAKE_HEADS,
    INTAKE_WANT,
    INTAKE_INTRODUCTION,
    INTAKE_INTRODUCTION_WANT,
};

enum intake_source {
    INTAKE_FROM_PEER,
    INTAKE_FROM_CLIENT, /* of the control socket */
    INTAKE_FROM_SELF,
};

struct intake_item {
    enum intake_kind kind;
    enum intake_source source;
    uint32_t from; /* peer or client */
    enum ingest_origin origin;
    struct bytes bytes;
    struct inbox_frame *frame; /* that came from an inbox and holds bytes, owned; else NULL */
    struct inbox *inbox;       /* that one, borrowed while intake_apply runs */
    uint64_t pledged_ns;       /* what its peer was charged for looking at it after intake_apply */
    /* After intake_apply. Of a block: result; of the others reason and author. */
    struct ingest_result result;
    enum reason reason;
    struct actor_id author; /* of an introduction: the shop */
    enum store_error error; /* not STORE_OK: nothing of this item was kept */
};

struct intake {
    size_t count;
    size_t write_count;      /* items that need the write transaction */
    size_t first, end;       /* the items that the last intake_apply decided; those from end on wait */
    uint64_t turn_ms;        /* how long one intake_apply goes on to the next item at most; 0: to the end */
    struct inboxes *inboxes; /* borrowed; NULL: there are no peers */
    struct intake_item items[INTAKE_ITEMS_MAX];
    uint8_t *memory; /* INTAKE_BYTES_MAX bytes, owned */
    struct arena arena;
};

/* Returns: false when out of memory. */
bool intake_init(struct intake *intake);
void intake_deinit(struct intake *intake);
void intake_clear(struct intake *intake);

/* Whether one more item of any size finds room. */
bool intake_has_room(const struct intake *intake);
/* Copy item->bytes and append *item. Requires: intake_has_room. */
void intake_add(struct intake *intake, const struct intake_item *item);

/* Whether items wait that no intake_apply has decided, or frames of peers. */
bool intake_waits(const struct intake *intake);
/* Decide about the items that wait in one write transaction and commit it: about one at least, and no
 * further ones once the turn is over. An item that makes the store fail is left out and the others are
 * done again, unless the disk is full: then all fail. now_s: this node's clock. */
void intake_apply(struct intake *intake, struct ingest *ingest, uint64_t now_s);

#endif
