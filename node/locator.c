#include "node/locator.h"

#include <assert.h>
#include <string.h>

/* One place is kept for the extra point. */
enum { CHAIN_POINTS_MAX = LOCATOR_MAX - 1 };
_Static_assert(BLOCK_SEQ_MAX < 1 << 29, "29 doublings, the head and block 0 fit");

size_t locator_seqs(uint64_t head_seq, uint64_t seqs[LOCATOR_MAX])
{
    size_t count = 0;

    seqs[count++] = head_seq;
    for (uint64_t back = 1; back < head_seq; back *= 2) {
        seqs[count++] = head_seq - back;
    }
    if (head_seq > 0) {
        seqs[count++] = 0;
    }
    assert(count <= CHAIN_POINTS_MAX);
    return count;
}

/* Put extra where its seq belongs, in place of a chain point of that seq. */
static void insert_extra(struct locator_point *points, size_t *count, const struct head *extra)
{
    size_t at = 0;

    while (at < *count && points[at].seq > extra->seq) {
        at++;
    }
    if (at == *count || points[at].seq != extra->seq) {
        memmove(points + at + 1, points + at, (*count - at) * sizeof *points);
        (*count)++;
    }
    points[at] = (struct locator_point){.seq = extra->seq, .hash = extra->hash};
}

enum store_error locator_of(struct store_txn *txn, const struct actor_id *author, const struct head *extra,
                            struct locator_point *points, size_t *count)
{
    struct block_record record;
    struct log_state state;
    uint64_t seqs[LOCATOR_MAX], arrived_s = 0;
    enum store_error error = store_log_state(txn, author, &state);
    size_t seq_count = error == STORE_OK ? locator_seqs(state.seq, seqs) : 0;

    *count = 0;
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    for (size_t i = 0; i < seq_count; i++) {
        error = store_block_record(txn, author, seqs[i], &record, &arrived_s);
        if (error != STORE_OK) {
            return error;
        }
        points[(*count)++] = (struct locator_point){.seq = seqs[i], .hash = record.hash};
    }
    if (!hash_is_zero(&extra->hash)) {
        insert_extra(points, count, extra);
    }
    return STORE_OK;
}
