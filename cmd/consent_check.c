#include "cmd/consent_check.h"

static enum reason check_signer(const struct signed_consent *signed_consent, const struct hash *id,
                                const struct consent_terms *terms, struct arena *arena)
{
    const struct holder_signature signature = {
        .holder = &signed_consent->consent.technician,
        .inception = signed_consent->technician_keys,
        .key_blocks = &signed_consent->technician_blocks,
        .hash = id,
        .keyed = &signed_consent->signature,
    };
    struct actor_id owner;
    actor_id_of_inception(&owner, terms->network, signature.inception);
    if (!actor_id_equal(&owner, signature.holder)) {
        return REASON_CONSENT_OTHER_TECHNICIAN;
    }
    return holder_signature_check(&signature, terms->network, terms->known, arena);
}

enum reason consent_check(struct affiliation *out, const struct signed_consent *signed_consent,
                          const struct consent_terms *terms, struct arena *arena)
{
    const struct consent *consent = &signed_consent->consent;
    *out = (struct affiliation){
        .event = AFFILIATION_JOINED,
        .day = consent->start_day,
        .has_consent = true,
        .consent = *consent,
        .signature = signed_consent->signature,
    };
    consent_id(&out->id, terms->network, consent);
    enum reason reason = affiliation_check(out, terms->network, terms->shop, terms->now_s);
    if (reason != REASON_NONE && reason != REASON_CONSENT_EXPIRED) {
        return reason;
    }
    enum reason signer = check_signer(signed_consent, &out->id, terms, arena);
    if (signer != REASON_NONE || reason != REASON_NONE) {
        return signer != REASON_NONE ? signer : reason;
    }
    return consent->start_day > terms->today ? REASON_CONSENT_NOT_YET : REASON_NONE;
}
