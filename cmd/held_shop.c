#include "cmd/held_shop.h"

static enum store_error read_profile(struct session *session, const struct actor_id *shop)
{
    size_t mark = arena_mark(&session->arena);
    struct store_txn *txn;
    struct shop profile;
    enum store_error error = store_read_begin(&txn, session->store);
    if (error == STORE_OK) {
        error = store_shop_profile(txn, shop, &profile, &session->arena);
        store_end(txn);
    }
    arena_rewind(&session->arena, mark);
    return error;
}

int held_shop_need(struct session *session, const struct actor_id *shop)
{
    if (session->has_actor && actor_id_equal(&session->actor, shop)) {
        return EXIT_YES;
    }
    enum store_error error = read_profile(session, shop);
    if (error != STORE_NOT_FOUND) {
        return error == STORE_OK ? EXIT_YES : session_fail_store(&session->options, error);
    }
    return session_fail(
        &session->options, EXIT_UNKNOWN, "not-held",
        "%s: not held here. This node has no profile of it, so that nothing can be said. A shop "
        "comes by itself once a technician whom your trusted bodies attested has joined it and "
        "a node that you are connected to has it; to ask for it: tradeproof follow %s",
        session_name_of(session, &shop->hash), session_argument_of(session, &shop->hash));
}
