#include "protocol/rules/replaced.h"

#include "protocol/rules/bearing.h"
#include "protocol/rules/weight.h"

/* What an extension says is not known here, so that none is the same as another. */
static bool claim_the_same(const struct attestation *a, const struct attestation *b)
{
    bool same =
        a->has_claims == b->has_claims && (!a->has_claims || (hash_equal(&a->claims_root, &b->claims_root) &&
                                                              hash_equal(&a->sealed_hash, &b->sealed_hash)));
    return same && a->extensions.count == 0 && b->extensions.count == 0;
}

bool attestations_say_the_same(const struct attestation *a, const struct attestation *b)
{
    bool same_end = a->has_last_day == b->has_last_day && (!a->has_last_day || a->last_day == b->last_day);
    bool same_network = a->has_network == b->has_network &&
                        (!a->has_network || bytes_equal(a->network_code, b->network_code));
    return subject_equal(&a->subject, &b->subject) && bytes_equal(a->code, b->code) && a->basis == b->basis &&
           a->earned_on == b->earned_on && a->valid_from == b->valid_from && same_end && same_network &&
           claim_the_same(a, b);
}

/* Whether nothing but that it was replaced, beyond doubt, was ever said against it. */
static bool stood_until_replaced(const struct dossier *dossier, const struct dossier_place *place)
{
    size_t against = 0;
    if (place->erased || place->events_cut || !dossier_place_arrived(dossier, place) ||
        place_weigh(dossier, place, stance_of_entry(ENTRY_ATTESTATION, NULL, PARTY_SUBJECT)).weight !=
            WEIGHT_FULL) {
        return false;
    }
    for (size_t i = 0; i < place->event_count; i++) {
        if (!event_had_arrived(dossier, place, i) ||
            !bearing_is_against(bearing_of_action(place->events[i].action))) {
            continue;
        }
        if (event_weigh(dossier, place, i, (struct spoken_of){.events = NULL}).weight != WEIGHT_FULL) {
            return false;
        }
        against++;
    }
    return against == 1;
}

const struct dossier_credential *replaced_by(const struct dossier *dossier,
                                             const struct dossier_credential *credential)
{
    for (size_t i = 0; i < dossier->credential_count; i++) {
        const struct dossier_credential *old = &dossier->credentials[i];
        if (old != credential && old->has_replacement && old->place.log == credential->place.log &&
            (old->source == SOURCE_REPLAYED || old->source == credential->source) &&
            dossier_place_is_named(dossier, &credential->place, &old->replacement) &&
            stood_until_replaced(dossier, &old->place) &&
            attestations_say_the_same(&old->attestation, &credential->attestation)) {
            return old;
        }
    }
    return NULL;
}
