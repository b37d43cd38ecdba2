#ifndef TESTS_SUPPORT_NAIVE_HISTORY_H
#define TESTS_SUPPORT_NAIVE_HISTORY_H

/* A plain model of what may be answered about certificates, given what one node knows of a history. The
 * history is told as ids: who stated what in which block after which. Written from the rules alone (DESIGN
 * sections 4 and 5: forks, rotations, voids, cuts, erasures, completeness, days); it shares no code with what
 * it checks.
 *
 * Of days it knows the last one of a certificate, those from which on a statement speaks, and the one on
 * which it was signed by its author's clock. Of a node's clock it knows for how long a block was followed by
 * it, and in truth: where the two differ it asks for nothing, nor of a block that came after the rotation
 * that leaves it. It knows nothing of periods of accreditations, of what comes too late for their end, of
 * first days of certificates, of evidence by an earlier time, nor of stale checkpoints: history_answer says
 * whether all authors were heard. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TOLD_MAX = 32, TOLD_NAMED_MAX = 8, TOLD_AUTHORS_MAX = 6 };

enum told_kind {
    TOLD_INCEPTION,
    TOLD_RULES,     /* of the owner's namespace; by the owner, in its first block */
    TOLD_ATTEST,    /* a certificate, named by this block */
    TOLD_REVOKE,    /* about: the certificate */
    TOLD_SUSPEND,   /* about: the certificate */
    TOLD_REINSTATE, /* about: the certificate */
    TOLD_ERASE,     /* about: the certificate */
    TOLD_VOID,      /* about: the block that is void, an ancestor */
    TOLD_NAME,      /* named: first blocks of branches that a rotation left, which are void */
    TOLD_ROTATE,
    TOLD_ACCREDIT, /* whom: the delegate */
    TOLD_WITHDRAW, /* whom: the delegate; about: the last block of its log that stays authorised */
};

/* One block, with one statement. Days are numbers as in the records. */
struct told {
    enum told_kind kind;
    int author;
    int parent; /* index of the block before; -1 for an inception */
    int about;
    int whom;
    bool closed;       /* of a withdrawal */
    uint32_t last_day; /* of a certificate; 0: it is for life */
    uint32_t from_day; /* of what is said about a certificate; 0: long ago */
    uint64_t signed_s; /* by its author's clock; 0: long ago */
    size_t named_count;
    int named[TOLD_NAMED_MAX];
};

/* Author 0 owns the namespace. Parents stand before their children. */
struct history {
    size_t count;
    struct told blocks[TOLD_MAX];
};

/* What a node knows of a block. */
struct known {
    bool held;
    bool noted;  /* a rotation that can't be placed yet: its signatures are checked */
    bool proven; /* its header stands in a fork proof that was taken */
    bool blank;  /* its content came without its bytes */
    uint64_t followed_s,
        followed_least_s; /* for how long it was followed at a stretch, at most and at least */
    bool followed_twice;  /* left and followed again: how long is not asked of the model */
    bool late;            /* the rotation that leaves it came before */
};

/* What may be answered about a certificate. */
struct allowed {
    bool valid, invalid; /* these answers may be given; undetermined always may */
    bool valid_due;      /* nothing stands against it and nothing is in doubt: valid is the answer */
    bool not_tested;     /* "not tested", where it is the only certificate of its code, may be met */
    const char *because; /* why valid may not be answered; for messages */
};

/* Whether the certificate, the block `certificate`, a TOLD_ATTEST, holds on a day. */
struct allowed naive_history_allows(const struct history *history, const struct known *known, int certificate,
                                    uint32_t day);

/* Whether `above` is `below` or descends from it. */
bool told_descends(const struct history *history, int above, int below);
/* Rotations on the way to a block, itself included. */
int told_epoch(const struct history *history, int block);
/* Whether two blocks can't both be their author's log, whatever else is known: they make a fork proof. */
bool told_contradict(const struct history *history, int a, int b);

#endif
