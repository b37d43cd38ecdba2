#ifndef STORE_GIVEN_H
#define STORE_GIVEN_H

/* What authors were ever given from the trust file's owners down, at most: who was given nothing, no depth
 * for so many links below, or no day and no code in common with what it says, leads nowhere, and what it says
 * of others need not be read. Decided of each author once, so that it takes nothing from anybody how much
 * those say whom nobody lets speak. Authors are asked for upward from one, with the fewest links that may be
 * below them; whether a block is void is not asked here.
 *
 * It may be more than they were given: where one author says much, or all of them together, it is taken to
 * give all that it has itself. So how much anybody says takes no room of others, and leaves nothing out.
 * Where too many speak, owners come first, and those whom they accredited themselves.
 *
 * Everybody has what it has by the hands of those whom owners accredited themselves: their delegates. So what
 * comes from the hands of one can be given a share of its own. */

#include "store/side_grants.h"

enum {
    GIVEN_AUTHORS_MAX = 4096,
    GIVEN_EDGES_MAX = 4 * GIVEN_AUTHORS_MAX,
    GIVEN_OWNERS_MAX = 512,    /* of those, where others take the room */
    GIVEN_HEIRS_EACH_MAX = 16, /* who were handed one namespace, beside its owner in the trust file */
    GIVEN_ROOTS_MAX = TRUST_OWNERS_MAX * (1 + GIVEN_HEIRS_EACH_MAX),
    GIVEN_PATTERNS_MAX = 64,
    GIVEN_ROWS_EACH_MAX = 512, /* of one speaker that are read */
    GIVEN_HANDS_MAX = 64,      /* delegates that are told apart */
};

/* Bytes are views into the store, or stand in the arena. */
struct given {
    struct actor_id author;
    uint32_t number;
    uint8_t links;        /* below it, at the fewest */
    bool any;             /* it was given anything, */
    uint32_t first, last; /* on these days at most */
    bool any_code;        /* for any code, or: */
    struct list patterns; /* struct bytes */
    unsigned changed;     /* when that was last more */
    bool owns;            /* whole namespaces, */
    bool is_delegate;     /* or has from who does */
    uint64_t hands;       /* delegates by whom it has it, as bits */
    uint16_t rows;        /* of its own that were read */
    size_t edges, edge_count;
};

/* Large. */
struct givens {
    struct store_txn *txn;
    const struct trust *trust;
    struct arena *arena;     /* of patterns */
    struct side_budget left; /* left.cut: not all was asked that counts */
    size_t count, edge_count, root_count;
    unsigned round;
    unsigned hand_count; /* delegates that were met */
    uint16_t
        edges[GIVEN_EDGES_MAX]; /* who accredited one, in an order that is the same at every node: indices */
    struct bytes roots[GIVEN_ROOTS_MAX];    /* namespaces, */
    uint32_t root_numbers[GIVEN_ROOTS_MAX]; /* and whose they are */
    struct given authors[GIVEN_AUTHORS_MAX];
    uint16_t found[2 * GIVEN_AUTHORS_MAX]; /* by number: 1 + index; 0: none */
};

/* Find out what author and whoever may let it speak was given. links: below author. rows: how many may be
 * read. scratch: for the time of the call. */
enum store_error givens_find(struct givens *out, struct store_txn *txn, const struct trust *trust,
                             const struct actor_id *author, unsigned links, size_t rows, struct arena *arena,
                             struct arena *scratch);

/* Find roots alone: whom trust names, and to whom they handed their namespaces on. rows: as above. */
enum store_error givens_find_owners(struct givens *out, struct store_txn *txn, const struct trust *trust,
                                    size_t rows, struct arena *scratch);

/* NULL: it was not met, or given nothing. */
const struct given *given_to(const struct givens *givens, const struct actor_id *author);
const struct given *given_to_number(const struct givens *givens, uint32_t number);

/* Whether some of these days and patterns (count 0: any code) may be spoken of by who was given that. */
bool given_meets(const struct given *given, uint32_t first, uint32_t last, const struct list *patterns);

#endif
