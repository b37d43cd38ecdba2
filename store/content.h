#ifndef STORE_CONTENT_H
#define STORE_CONTENT_H

/* What a content entry of a chain is found by: postings under whom an attestation or a review is about, rows
 * of their own for affiliations (store/grants.h) and for what an author says of itself (store/own.h). */

#include "store/rows.h"

/* A content block of a chain. */
struct content {
    struct store_txn *txn;
    const struct network *network;
    uint32_t number;
    const struct header *header;
};

/* Index one entry of the block; an attestation is counted. Of an erased entry nothing but a `joined` whose
 * bytes went here, and nothing for a malformed one, which has no effect. */
enum store_error content_put(const struct content *content, const struct entry *entry, uint64_t index);

/* Take one entry of block seq out of the index, as its chain is forgotten; an attestation is not counted any
 * more. Postings stay: they are hints. */
enum store_error content_forget(struct store_txn *txn, const struct entry_at *at, const struct entry *entry);
/* The same as its bytes are about to be dropped: a `joined` stays found, and what an affiliation said is kept
 * as far as others need to know that it was there (struct disk_gone). */
enum store_error content_drop(struct store_txn *txn, const struct entry_at *at, const struct entry *entry);

#endif
