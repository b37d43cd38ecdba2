#include "cmd/own_block.h"

enum store_error own_block_read(struct block *out, struct session *session, struct store_txn *txn,
                                uint64_t seq)
{
    struct bytes encoded;
    enum store_error error = store_block_bytes(txn, &session->actor, seq, &encoded, &session->arena);
    if (error != STORE_OK) {
        return error;
    }
    enum reason reason = block_decode(out, &session->home.network, encoded, &session->arena);
    return reason == REASON_NONE ? STORE_OK : store_error_of_decode(reason, &session->arena);
}
