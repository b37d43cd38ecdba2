#ifndef CMD_CONSENT_CHECK_H
#define CMD_CONSENT_CHECK_H

/* Whether a shop may put a technician on its roster by the consent that she handed it. Pure; whether the
 * consent was used before, its caller knows. */

#include "protocol/rules/affiliation.h"
#include "protocol/rules/presentation.h"

struct consent_terms {
    const struct network *network;
    const struct actor_id *shop; /* us */
    uint32_t today;
    uint64_t now_s;
    const struct log_state *known; /* what this node holds of the technician's log; NULL */
};

/* Returns: REASON_NONE with what the shop then says in *out, from the consent's first day on; or, the first
 * that applies,
 *   REASON_CONSENT_OTHER_SHOP
 *   REASON_CONSENT_OTHER_TECHNICIAN    the keys that came with it are not those of the technician named
 *   REASON_HOLDER_KEY, REASON_BAD_SIGNATURE    as holder_signature_check
 *   REASON_CONSENT_EXPIRED
 *   REASON_CONSENT_NOT_YET             its first day is still to come */
enum reason consent_check(struct affiliation *out, const struct signed_consent *signed_consent,
                          const struct consent_terms *terms, struct arena *arena);

#endif
