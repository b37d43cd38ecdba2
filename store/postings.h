#ifndef STORE_POSTINGS_H
#define STORE_POSTINGS_H

/* Postings of the subject index: which entries may be about a subject. A posting is a hint: whoever follows
 * it compares the whole subject in the entry, so none is ever deleted (DESIGN section 7). */

#include "protocol/base/ids.h"

struct posting {
    uint64_t prefix; /* of the subject */
    uint64_t place;  /* of the entry */
};

enum { PLACE_SEQ_BITS = 28, PLACE_INDEX_BITS = 12 };

/* Requires: values within AUTHOR_NUMBER_MAX, BLOCK_SEQ_MAX and BLOCK_ENTRIES_MAX. */
uint64_t place_of(uint32_t author, uint64_t seq, uint64_t index);
uint32_t place_author(uint64_t place);
uint64_t place_seq(uint64_t place);
uint64_t place_index(uint64_t place);

uint64_t subject_prefix(const struct subject *subject);

/* -1, 0 or 1 by (prefix, place). */
int posting_compare(const struct posting *a, const struct posting *b);

/* Postings in memory, in the order they came. */
struct posting_batch {
    struct posting *items;
    size_t count;
    size_t capacity;
};

void posting_batch_deinit(struct posting_batch *batch);
/* Returns: false when there is no memory. */
bool posting_batch_add(struct posting_batch *batch, struct posting posting);
/* Sort and drop duplicates. Returns: false when there is no memory. */
bool posting_batch_sort(struct posting_batch *batch);

#endif
