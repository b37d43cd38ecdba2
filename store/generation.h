#ifndef STORE_GENERATION_H
#define STORE_GENERATION_H

/* What readers keep between their transactions: who is authorised, whose cuts count, and what the owners of
 * namespaces publish.
 * Few blocks change it, so that it is kept under a number of its own, which they raise: keys and govern
 * blocks (voids and withdrawals among them), forks, freezing, other branches, and whatever comes late of an
 * epoch that is closed. Other content, statuses (no govern entry can be erased) and checkpoints leave it
 * alone. */

#include "store/chains.h"

/* Begin; when a store is made. */
enum store_error generation_create(struct store_txn *txn);

/* Note that the transaction is about to change what is kept. */
enum store_error generation_raise(struct store_txn *txn);

/* The number of what the transaction sees. *kept: whether anything may be kept under it, or taken; not once
 * the transaction has raised it. */
enum store_error generation_read(struct store_txn *txn, uint64_t *generation, bool *kept);

/* The owners that a trust file names, without their names. */
struct kept_owners {
    size_t count;
    struct {
        char name_space[NAMESPACE_SIZE_MAX + 1];
        struct actor_id actor;
    } items[TRUST_OWNERS_MAX];
};
bool kept_owners_are(const struct kept_owners *kept, const struct trust *trust);
void kept_owners_set(struct kept_owners *kept, const struct trust *trust);

/* The chain that was found for author, with so many links below it and of a code (empty: any), under the
 * trust file. Returns: whether there is one. */
bool kept_chain_find(struct store *store, uint64_t generation, const struct trust *trust,
                     const struct actor_id *author, unsigned links, struct bytes code, enum chain *out);
void kept_chain_add(struct store *store, uint64_t generation, const struct trust *trust,
                    const struct actor_id *author, unsigned links, struct bytes code, enum chain chain);

/* The cut heads of author that count under the trust file, held or not, each once. */
enum { KEPT_CUTS_MAX = 16 };
struct kept_cuts {
    size_t count; /* more than there is room for: too many to be kept */
    struct locator_point heads[KEPT_CUTS_MAX];
};
bool kept_cuts_find(struct store *store, uint64_t generation, const struct trust *trust,
                    const struct actor_id *author, struct kept_cuts *out);
void kept_cuts_add(struct store *store, uint64_t generation, const struct trust *trust,
                   const struct actor_id *author, const struct kept_cuts *cuts);

/* What a look-up found, where that is few rows or none: who accredited somebody, what was taken back. Of rows
 * alone that do not change under a generation. */
enum kept_lookup { KEPT_GRANTS, KEPT_SPEAKERS, KEPT_SIDE_SPEAKERS, KEPT_FORKS };
enum { KEPT_ROWS_MAX = 4 };
struct kept_rows {
    size_t count;
    union {
        struct entry_at rows[KEPT_ROWS_MAX];
        uint32_t authors[KEPT_ROWS_MAX]; /* of speakers */
    };
};

/* Returns: whether it is at hand what the look-up finds under key. */
bool kept_rows_find(struct store_txn *txn, enum kept_lookup lookup, const struct key *key,
                    struct kept_rows *out);
void kept_rows_add(struct store_txn *txn, enum kept_lookup lookup, const struct key *key,
                   const struct kept_rows *rows);

#endif
