#ifndef NODE_WAITING_CHECKPOINTS_H
#define NODE_WAITING_CHECKPOINTS_H

/* Checkpoints dated ahead of time: a clock that was wrong once, or a thief, must not block an author's
 * freshness until that date. They wait here, outside of the store, one for each author, and hinder no other;
 * they are considered again when their time has come. Time is what the evidence says: the later of this
 * machine's clock and the newest that checkpoints of two trusted authors reach, waiting ones included, so
 * that a node whose clock has stopped still follows. Of two dates of one author it is the lower one that is
 * nearer to this machine's clock: once it signed that one, the other waits until the clock itself is there.
 *
 * In memory alone: who is asked again sends again. Never decides whether a block is accepted. */

#include "protocol/base/ids.h"

enum { WAITING_CHECKPOINTS_MAX = 1024, WAITING_SIZE_MAX = 512 };

/* One author's word on a time. */
struct dated_author {
    struct actor_id author;
    uint64_t time_s;
};

struct waiting_checkpoint {
    struct dated_author dated;
    bool trusted;  /* its author has a voice (store_has_voice) */
    bool disowned; /* its author dated a later one lower: it waits for this machine's clock */
    uint16_t size;
    uint8_t bytes[WAITING_SIZE_MAX];
};

struct waiting_checkpoints {
    size_t count;
    struct waiting_checkpoint items[WAITING_CHECKPOINTS_MAX]; /* in no order */
    struct dated_author reached[2]; /* of trusted authors' checkpoints that were kept, the two newest */
};

/* What the evidence says the time is. */
uint64_t waiting_evidence_time_s(const struct waiting_checkpoints *waiting, uint64_t now_s);

/* Whether something that author dated so has to wait. */
bool waiting_is_ahead(const struct waiting_checkpoints *waiting, const struct dated_author *dated,
                      uint64_t now_s);

/* Whether a trusted author dated anything, kept or waiting, so far ahead of this machine's clock that this
 * may be behind. */
bool waiting_clock_may_be_behind(const struct waiting_checkpoints *waiting, uint64_t now_s);

/* Let one wait. Of one author the earliest dated stays, of all the earliest WAITING_CHECKPOINTS_MAX; one that
 * is too large is dropped. */
void waiting_put(struct waiting_checkpoints *waiting, const struct dated_author *dated, bool trusted,
                 struct bytes encoded);

/* Let one wait again that was kept, as its author has dated the next one lower. */
void waiting_disown(struct waiting_checkpoints *waiting, const struct dated_author *dated,
                    struct bytes encoded);

/* Note that a trusted author's checkpoint was kept. */
void waiting_reach(struct waiting_checkpoints *waiting, const struct dated_author *dated);

/* Take out one whose time has come. Writes: its bytes to memory (WAITING_SIZE_MAX bytes). Returns: false when
 * there is none. */
bool waiting_take_due(struct waiting_checkpoints *waiting, uint64_t now_s, uint8_t *memory,
                      struct bytes *encoded);

#endif
