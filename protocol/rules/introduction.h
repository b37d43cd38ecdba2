#ifndef PROTOCOL_RULES_INTRODUCTION_H
#define PROTOCOL_RULES_INTRODUCTION_H

/* A technician's signed consent as what introduces a shop to a node that has not heard of it. Her word lets
 * the log in; whether she may give it, and what the log may take, the node decides by what it holds. */

#include "protocol/log/accept.h"

/* Whether the technician named consented to work for shop, by a present key of the history that came with it.
 * Neither her present keys nor the consent's expiry are asked for: it was once used, by a block that is yet
 * to come. Writes: *id, the consent's, and *key, which signed it. Returns: REASON_NONE;
 * REASON_CONSENT_OTHER_SHOP; REASON_CONSENT_OTHER_TECHNICIAN: the keys are not hers; REASON_HOLDER_KEY: the
 * history does not fit together; REASON_BAD_SIGNATURE: none of the keys that it leads to signed. */
enum reason introduction_check(struct hash *id, struct sign_public_key *key,
                               const struct signed_consent *introduction, const struct actor_id *shop,
                               const struct network *network, struct arena *arena);

#endif
