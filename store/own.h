#ifndef STORE_OWN_H
#define STORE_OWN_H

/* What an author says of itself, found by the author alone: a shop's roster and profiles, a subject's own
 * statements. Nobody else's entries stand among them, so that they need no cap that keeps one author from
 * hiding another. */

#include "store/rows.h"

enum own_kind {
    OWN_JOINED = 1, /* each `joined` in the log of its shop: its row is a struct disk_consent */
    OWN_PROFILE = 2,
    OWN_STATEMENT = 3,
    OWN_UPGRADE = 4,   /* blocks of the chain that hold an unknown critical kind; index 0 */
    OWN_GONE = 5,      /* affiliations whose bytes are gone, by leaf hash: struct disk_gone */
    OWN_KEY = 6,       /* present keys of the chain, by key: seq of the block that set it first */
    OWN_UNSETTLED = 7, /* those of OWN_JOINED whose signature nobody has looked at yet */
};

/* consent NULL: for the kinds that have none. */
enum store_error own_put(struct store_txn *txn, enum own_kind kind, const struct entry_at *own,
                         const struct disk_consent *consent);
enum store_error own_consent(struct store_txn *txn, const struct entry_at *own, struct disk_consent *consent);
enum store_error own_delete(struct store_txn *txn, enum own_kind kind, const struct entry_at *own);

/* What an entry with that leaf hash said, in whichever block of the author it stands: blocks that say the
 * same at one place may be held beside each other. */
enum store_error own_gone_put(struct store_txn *txn, uint32_t author, const struct hash *leaf,
                              const struct disk_gone *gone);
enum store_error own_gone(struct store_txn *txn, uint32_t author, const struct hash *leaf,
                          struct disk_gone *gone);

/* When the author's chain first set that present key. STORE_NOT_FOUND: it never did. */
enum store_error own_key_put(struct store_txn *txn, uint32_t author, const struct sign_public_key *present,
                             uint64_t seq);
enum store_error own_key(struct store_txn *txn, uint32_t author, const struct sign_public_key *present,
                         uint64_t *seq);
enum store_error own_key_delete(struct store_txn *txn, uint32_t author,
                                const struct sign_public_key *present);

/* Present keys that the author's chain ever set, at most max, in no order of meaning. */
enum store_error own_keys(struct store_txn *txn, uint32_t author, struct sign_public_key *out, size_t max,
                          size_t *count);

/* The newest of an author's, at most max, ascending by (seq, index); in arena. */
enum store_error own_find(struct store_txn *txn, enum own_kind kind, uint32_t author, size_t max,
                          struct entry_at **out, size_t *count, struct arena *arena);

/* The author's first with seq >= from. STORE_NOT_FOUND when there is none. */
enum store_error own_next(struct store_txn *txn, enum own_kind kind, uint32_t author, uint64_t from,
                          struct entry_at *out);

/* The first author numbered from on who has any. STORE_NOT_FOUND when there is none. */
enum store_error own_next_author(struct store_txn *txn, enum own_kind kind, uint32_t from, uint32_t *author);

#endif
