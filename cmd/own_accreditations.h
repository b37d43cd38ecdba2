#ifndef CMD_OWN_ACCREDITATIONS_H
#define CMD_OWN_ACCREDITATIONS_H

/* Whom this actor has accredited, and what it took back, as its own log says. */

#include "cmd/session.h"

enum { OWN_ACCREDITATIONS_MAX = 4096 };

struct own_accreditation {
    struct entry_position place;
    struct accreditation record;
    bool withdrawn; /* a later withdrawal of this actor names it, or a cut of its delegate */
    /* Where it is: */
    bool ended_whole; /* one of them names it */
    uint64_t cut_seq; /* else the lowest block of a cut */
    bool closed;      /* one of them is */
    bool voided;      /* its block is void: it lets nobody speak for certain, and can still be withdrawn */
};

struct own_accreditations {
    size_t count;
    struct own_accreditation *items; /* in the session's arena, in the order said; the newest
                                        OWN_ACCREDITATIONS_MAX */
};

enum own_accreditations_which { OWN_ACCREDITATIONS_GOOD, OWN_ACCREDITATIONS_VOID_TOO };
enum store_error own_accreditations_read(struct own_accreditations *out, struct session *session,
                                         struct store_txn *txn, enum own_accreditations_which which);

/* How far the delegate's log, as it is held, reached by an accreditation's last day, by its own word. */
struct own_accreditation_reach {
    bool held;    /* anything of the log is */
    bool known;   /* seq is found: the last block that is dated by then is not further down than is looked */
    uint64_t seq; /* the last block that is dated by then */
};
enum store_error own_accreditation_find_reach(struct own_accreditation_reach *out, struct session *session,
                                              struct store_txn *txn, const struct accreditation *ended);

/* What withdrew the delegate of accreditation from any of its codes before: an accreditation that is said now
 * makes what that ended count again. */
struct own_withdrawn {
    bool any;
    bool whole;       /* an accreditation ended whole */
    uint64_t cut_seq; /* else the lowest block of a cut */
    bool closed;      /* any of them leaves nothing that is said beyond */
};
struct own_withdrawn own_accreditations_withdrawn(const struct own_accreditations *all,
                                                  const struct accreditation *accreditation);

/* Whether one of them ended before today, nobody recorded what its delegate had signed by then, and none of
 * the delegate's goes on: what is signed later with an earlier date can't be told from what was in time. */
bool own_accreditation_lacks_cut(const struct own_accreditations *all, size_t index, uint32_t today);

/* Whether its delegate has another one that is in force today: a cut ends that as well. */
bool own_accreditation_has_others(const struct own_accreditations *all, size_t index, uint32_t today);

#endif
