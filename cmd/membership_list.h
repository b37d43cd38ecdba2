#ifndef CMD_MEMBERSHIP_LIST_H
#define CMD_MEMBERSHIP_LIST_H

/* Who belongs to which shop, as this node's store tells. */

#include "cmd/session.h"
#include "protocol/rules/affiliation.h"

struct membership_list {
    struct dossier dossier; /* of the actor that was asked about */
    size_t count;
    struct membership *items; /* those of the actor, as technician or as shop */
};

/* Gather in the session's arena. Returns: EXIT_YES, or the exit code after it said why not. */
int membership_list_read(struct membership_list *out, struct session *session, const struct actor_id *actor);

/* The membership of that id, or NULL. */
const struct membership *membership_list_find(const struct membership_list *list, const struct hash *id);

#endif
