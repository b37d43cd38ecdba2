#include "cmd/membership_list.h"

static enum store_error gather(struct membership_list *out, struct session *session,
                               const struct subject *subject)
{
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);
    if (error != STORE_OK) {
        return error;
    }
    error = store_dossier(txn, &session->home.network, session->trust, subject, DOSSIER_REACH_ALL,
                          &out->dossier, &session->arena);
    store_end(txn);
    return error;
}

int membership_list_read(struct membership_list *out, struct session *session, const struct actor_id *actor)
{
    const struct subject subject = subject_of_actor(actor);
    *out = (struct membership_list){0};
    enum store_error error = gather(out, session, &subject);
    if (error == STORE_OK &&
        !memberships_of(&out->items, &out->count, &out->dossier, &session->home.network, &session->arena)) {
        error = STORE_NO_MEMORY;
    }
    return error == STORE_OK ? EXIT_YES : session_fail_store(&session->options, error);
}

const struct membership *membership_list_find(const struct membership_list *list, const struct hash *id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (hash_equal(&list->items[i].id, id)) {
            return &list->items[i];
        }
    }
    return NULL;
}
