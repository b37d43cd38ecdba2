#include "protocol/rules/introduction.h"

#include "protocol/rules/affiliation.h"
#include "protocol/rules/presentation.h"

enum reason introduction_check(struct hash *id, const struct signed_consent *introduction,
                               const struct actor_id *shop, const struct network *network,
                               struct arena *arena)
{
    const struct consent *consent = &introduction->consent;
    const struct holder_signature signature = {
        .holder = &consent->technician,
        .inception = introduction->technician_keys,
        .key_blocks = &introduction->technician_blocks,
        .hash = id,
        .signature = &introduction->signature,
    };
    struct actor_id owner;

    if (!actor_id_equal(&consent->shop, shop)) {
        return REASON_CONSENT_OTHER_SHOP;
    }
    actor_id_of_inception(&owner, network, signature.inception);
    if (!actor_id_equal(&owner, signature.holder)) {
        return REASON_CONSENT_OTHER_TECHNICIAN;
    }
    consent_id(id, network, consent);
    return holder_signature_check(&signature, network, NULL, arena);
}
