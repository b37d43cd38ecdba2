#include "cmd/shop_roster.h"

#include "node/shop_roster.h"

int shop_roster_decide(struct session *session, const struct actor_id *shop, const struct question *question,
                       const struct roster_change *change, struct roster_verdict *out)
{
    enum store_error error =
        shop_roster_of_store(out, session->store, shop, session->trust, question, change, &session->arena);
    return error == STORE_OK ? EXIT_YES : session_fail_store(&session->options, error);
}
