#ifndef CMD_LOG_FORKS_H
#define CMD_LOG_FORKS_H

/* Logs that contradict themselves, of all that are held: two blocks in one place, signed by the same keys,
 * which a rotation has not yet answered. */

#include "cmd/session.h"

enum { LOG_FORKS_MAX = 32 };

struct log_fork {
    struct actor_id author;
    bool frozen;      /* two rotations contradict each other: nothing ends that */
    uint64_t seq;     /* of the first disputed block */
    uint64_t since_s; /* when this node knew of both; 0: that is not known */
};

/* One's own stands first. */
struct log_forks {
    size_t count;
    struct log_fork items[LOG_FORKS_MAX];
    bool more;
};

enum store_error log_forks_read(struct log_forks *out, struct session *session, struct store_txn *txn);

/* author's; NULL: its log is not forked, or was not among the first ones. */
const struct log_fork *log_forks_of(const struct log_forks *forks, const struct actor_id *author);

#endif
