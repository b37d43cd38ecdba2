#ifndef NODE_WATCH_CHECK_H
#define NODE_WATCH_CHECK_H

/* One watched subject after the other, gathered from the store and decided about, in small steps: a shop's
 * technicians come in one by one, so that a daemon can do other things in between. */

#include "node/shop_roster.h"
#include "node/watch_facts.h"

struct watch_check {
    struct store *store;
    const struct trust *trust;
    struct question question;
    char state[2];   /* where the own shop is */
    uint8_t *memory; /* owned */
    struct arena arena;
    struct dossier dossier; /* of the subject that is being checked */
    bool is_shop;
    struct shop_roster roster; /* while a shop is being checked */
    struct watch_facts facts;  /* once done, until the next begins */
};

/* Take memory. Borrows: store, network, trust, until watch_check_deinit. Returns: false when out of memory.
 */
bool watch_check_init(struct watch_check *check, struct store *store, const struct network *network,
                      const struct trust *trust);
void watch_check_deinit(struct watch_check *check);

/* What is asked from now on: as of at_day, which is today, by a clock that shows now_s, in the state where
 * self, if any, has its shop. */
enum store_error watch_check_ask(struct watch_check *check, uint32_t at_day, uint64_t now_s,
                                 const struct actor_id *self);

/* Begin with a subject; the one before is dropped. *done: check->facts is there. */
enum store_error watch_check_begin(struct watch_check *check, const struct subject *subject, bool *done);
/* Go on with at most members_max technicians. Requires: not done. */
enum store_error watch_check_go_on(struct watch_check *check, size_t members_max, bool *done);

/* All steps at once. */
enum store_error watch_check_whole(struct watch_check *check, const struct subject *subject);

#endif
