#ifndef NODE_SHOP_ROSTER_H
#define NODE_SHOP_ROSTER_H

/* A shop's awards by what the store tells: one technician after the other, so that a large shop needs no more
 * memory than a small one, and whoever has more to do can stop in between. Every technician is read in a
 * transaction of its own: a large shop takes longer than one may be held open. */

#include "protocol/rules/roster.h"
#include "store/store.h"

struct shop_roster {
    struct store *store;
    const struct trust *trust;
    const struct question *question;
    struct roster *roster;
    size_t next;     /* of its members, the next one to add */
    uint8_t *memory; /* owned: a technician's dossier, and what deciding about it takes */
};

/* Begin. Borrows: all until shop_roster_end; arena also for as long as the verdict is used. dossier is the
 * shop's. Whatever is returned, *gathering is to be ended. */
enum store_error shop_roster_begin(struct shop_roster *gathering, struct store *store,
                                   const struct dossier *dossier, const struct trust *trust,
                                   const struct question *question, const struct roster_change *change,
                                   struct arena *arena);
/* Add at most max technicians. *complete: all were. */
enum store_error shop_roster_add(struct shop_roster *gathering, size_t max, bool *complete);
/* Requires: complete. */
enum store_error shop_roster_conclude(struct roster_verdict *out, struct shop_roster *gathering);
/* Release what it owns. */
void shop_roster_end(struct shop_roster *gathering);

/* One subject's dossier, in a transaction of its own. */
enum store_error dossier_of_store(struct dossier *out, struct store *store, const struct subject *subject,
                                  const struct trust *trust, const struct question *question,
                                  struct arena *arena);

#endif
