#include "protocol/rules/introduction.h"

#include "protocol/rules/affiliation.h"
#include "protocol/rules/presentation.h"

enum reason introduction_check(struct hash *id, struct sign_public_key *key,
                               const struct signed_consent *introduction, const struct actor_id *shop,
                               const struct network *network, struct arena *arena)
{
    const struct consent *consent = &introduction->consent;
    const struct keyed_signature *signature = &introduction->signature;
    struct log_state carried;
    struct actor_id owner;

    if (!actor_id_equal(&consent->shop, shop)) {
        return REASON_CONSENT_OTHER_SHOP;
    }
    actor_id_of_inception(&owner, network, introduction->technician_keys);
    if (!actor_id_equal(&owner, &consent->technician)) {
        return REASON_CONSENT_OTHER_TECHNICIAN;
    }
    consent_id(id, network, consent);
    if (holder_keys_replay(&carried, network, &consent->technician, introduction->technician_keys,
                           &introduction->technician_blocks, arena) != REASON_NONE) {
        return REASON_HOLDER_KEY;
    }
    if (!key_set_has(&carried.keys, ROLE_PRESENT, &signature->key) ||
        !sign_verify(&signature->signature, &signature->key, id)) {
        return REASON_BAD_SIGNATURE;
    }
    *key = signature->key;
    return REASON_NONE;
}
