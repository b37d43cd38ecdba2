#include "protocol/base/text.h"
#include "tests/support/naive_career.h"

/* Nothing outlasts the lifetime that the pack of the day on which it was earned gives its code, or a longer
 * one by a pack that comes into force while it still lasts. A lifetime runs from the first valid day, but
 * from no later than the first day, that it was earned or after it, on which all was there that the packs of
 * that day ask of it; a recertification or renewal goes on, and waits for nothing. Of those it runs from the
 * last day that the code is held by what was earned before, where that is later, but not from later than a
 * fresh one would end. A renewal rule that lets more be added has its way.
 */

static bool is_of_code(struct bytes code, struct bytes name_space, struct bytes local)
{
    return code.size == name_space.size + 1 + local.size && bytes_equal(code_namespace(code), name_space) &&
           bytes_equal(bytes_of(code.data + name_space.size + 1, local.size), local);
}

static const struct pack_code *row_of(const struct naive_pack *pack, struct bytes code)
{
    const struct pack_code *codes = pack->pack->pack.codes.items;
    for (size_t i = 0; i < pack->pack->pack.codes.count; i++) {
        if (is_of_code(code, pack->pack->pack.name_space, codes[i].code)) {
            return &codes[i];
        }
    }
    return NULL;
}

static bool is_renewed(const struct attestation *attestation)
{
    return attestation->basis == BASIS_RECERTIFICATION || attestation->basis == BASIS_RENEWAL;
}

static uint64_t most_added(const struct expression *expression)
{
    uint64_t most = expression->op == EXPRESSION_ADDS ? expression->count : 0;
    for (size_t i = 0; i < expression->child_count; i++) {
        uint64_t of_child = most_added(&expression->children[i]);
        most = of_child > most ? of_child : most;
    }
    return most;
}

static uint64_t added_by_rule(const struct naive_career *career, const struct attestation *attestation)
{
    const struct naive_pack *pack =
        naive_pack_on(career, code_namespace(attestation->code), attestation->earned_on);
    const struct naive_rule *rule = is_renewed(attestation) && pack != NULL
                                        ? naive_rule_for(pack, PACK_RULE_RENEWAL, attestation->code)
                                        : NULL;
    return rule == NULL ? 0 : most_added(&rule->expression);
}

/* The last day on which a credential counts, whatever the condition of its code, for sure or at all;
 * DAY_NONE: it does on the last of all days. 0: on none. */
static uint32_t counts_to(struct naive_career *career, size_t credential, bool for_sure)
{
    for (uint32_t day = career->last_day; day >= career->first_day; day--) {
        enum answer held = naive_and(naive_own(career, credential, day), naive_counts(career, credential));
        if (held == ANSWER_YES || (!for_sure && held == ANSWER_UNKNOWN)) {
            return day < career->last_day ? day : DAY_NONE;
        }
    }
    return 0;
}

/* From which day what goes on with a credential runs, at the earliest or at the latest. From none where it is
 * for life; where that is not sure, from none or from any: that it is denies what would let it end. */
static uint32_t goes_on_from(struct naive_career *career, size_t credential, bool for_sure)
{
    career->denied = !career->denied;
    bool is_for_life = counts_to(career, credential, !for_sure) == DAY_NONE;
    career->denied = !career->denied;
    return is_for_life ? 0 : counts_to(career, credential, for_sure);
}

/* The last day on which its code is held by what was earned before it; 0: none, or there is no last one. */
static uint32_t held_to(struct naive_career *career, size_t credential, bool for_sure)
{
    const struct attestation *attestation = &career->dossier->credentials[credential].attestation;
    uint32_t last = 0;
    for (size_t i = 0; i < career->dossier->credential_count && is_renewed(attestation); i++) {
        if (career->code_of[i] == career->code_of[credential] &&
            career->dossier->credentials[i].attestation.earned_on < attestation->earned_on) {
            uint32_t to = goes_on_from(career, i, for_sure);
            last = to > last ? to : last;
        }
    }
    return last;
}

static uint32_t earlier_of(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

bool naive_begins_late(const struct naive_career *career, size_t credential)
{
    const struct attestation *attestation = &career->dossier->credentials[credential].attestation;
    return attestation->valid_from > attestation->earned_on;
}

/* The first day from which a lifetime may run, for sure or at all: whatever is denied, of that nobody is
 * asked who never spoke of her. */
static uint32_t runs_from(struct naive_career *career, size_t credential, bool for_sure)
{
    const struct attestation *attestation = &career->dossier->credentials[credential].attestation;
    const bool denied = career->denied;
    uint32_t first = attestation->valid_from;
    if (!naive_begins_late(career, credential)) {
        return first;
    }
    career->denied = false;
    for (uint32_t day = attestation->earned_on; day < first; day++) {
        enum answer asked = is_renewed(attestation) ? ANSWER_YES : naive_asked(career, credential, day);
        if (asked == ANSWER_YES || (for_sure && asked == ANSWER_UNKNOWN)) {
            first = day;
        }
    }
    career->denied = denied;
    return first;
}

static uint32_t end_by(struct naive_career *career, size_t credential, const struct pack_code *row,
                       uint32_t from, bool for_sure)
{
    const struct attestation *attestation = &career->dossier->credentials[credential].attestation;
    uint64_t added = added_by_rule(career, attestation);
    if (row->lifetime_months == 0) {
        return DAY_NONE;
    }
    uint32_t months = (uint32_t)(row->lifetime_months > added ? row->lifetime_months : added);
    uint32_t held = earlier_of(held_to(career, credential, for_sure), day_add_months(from, months));
    return day_add_months(held > from ? held : from, months);
}

/* Day by day: those that speak say how long it lasts, as long as it lasts. */
static uint32_t by_packs(struct naive_career *career, size_t credential, bool for_sure)
{
    const struct attestation *attestation = &career->dossier->credentials[credential].attestation;
    const struct naive_pack *voices[NAIVE_PACKS_MAX];
    bool is_first = true;
    uint32_t end = DAY_NONE;
    uint32_t from = runs_from(career, credential, for_sure);
    for (uint32_t day = attestation->earned_on; is_first || (day <= end && day <= career->last_day); day++) {
        size_t count =
            naive_voices(career, code_namespace(attestation->code), bytes_of(NULL, 0), day, voices);
        for (size_t i = 0; i < count; i++) {
            const struct pack_code *row = row_of(voices[i], attestation->code);
            bool disputed = naive_pack_is_disputed(career, voices[i]);
            if (row == NULL || (for_sure && disputed) || !naive_offers(career, voices[i], attestation)) {
                continue;
            }
            if (is_first && disputed) {
                return DAY_NONE;
            }
            uint32_t by_it = end_by(career, credential, row, from, for_sure);
            end = is_first || by_it > end ? by_it : end;
            is_first = false;
        }
        if (is_first) {
            return DAY_NONE;
        }
    }
    return end;
}

static bool has_lifetime(const struct naive_career *career, size_t credential)
{
    enum basis basis = career->dossier->credentials[credential].attestation.basis;
    return naive_is_of_subject(career, credential) && basis != BASIS_EXPERIENCE && basis != BASIS_IDENTITY &&
           basis != BASIS_MEMBERSHIP;
}

static uint32_t find_last_day(struct naive_career *career, size_t credential, bool for_sure)
{
    const struct attestation *attestation = &career->dossier->credentials[credential].attestation;
    bool expires = attestation->has_last_day && attestation->basis != BASIS_EXPERIENCE;
    uint32_t said = expires ? attestation->last_day : DAY_NONE;
    return has_lifetime(career, credential) ? earlier_of(said, by_packs(career, credential, for_sure)) : said;
}

uint32_t naive_last_day(struct naive_career *career, size_t credential, bool for_sure)
{
    uint32_t *found = &career->last_days[career->denied][credential][for_sure ? 1 : 0];
    bool *is_found = &career->last_is_found[career->denied][credential][for_sure ? 1 : 0];
    if (!*is_found) {
        *found = find_last_day(career, credential, for_sure);
        *is_found = true;
    }
    return *found;
}
