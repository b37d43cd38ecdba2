#include "protocol/base/text.h"
#include "protocol/rules/credential.h"

/* The shop that a credential about one is about. */
static const struct subject *shop_of(const struct dossier_credential *credential)
{
    return credential->has_holder ? &credential->holder : &credential->attestation.subject;
}

/* Whether it says that some shop holds a membership. What documents experience has other days than those on
 * which anything is held. */
static bool is_membership(const struct dossier_credential *credential, struct bytes code)
{
    return credential->about == ABOUT_SHOP && !credential->place.erased &&
           credential->attestation.basis != BASIS_EXPERIENCE &&
           bytes_equal(credential->attestation.code, code) && shop_of(credential)->kind == SUBJECT_ACTOR;
}

/* Negative when a membership goes before those of (technician, shop), positive when after. */
static int compare_people(const struct membership *membership, const struct hash *technician,
                          const struct hash *shop)
{
    int order = hash_compare(&membership->technician.hash, technician);
    return order != 0 ? order : hash_compare(&membership->shop.hash, shop);
}

/* Index of the first membership of technician in shop; *count: how many follow. */
static size_t find_memberships(const struct credentials *credentials, const struct hash *technician,
                               const struct hash *shop, size_t *count)
{
    size_t low = 0;
    size_t high = credentials->membership_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_people(&credentials->memberships[middle], technician, shop) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *count = 0;
    while (low + *count < credentials->membership_count &&
           compare_people(&credentials->memberships[low + *count], technician, shop) == 0) {
        (*count)++;
    }
    return low;
}

/* Any of count memberships, each of which is at most one interval. */
static bool unite_memberships(struct day_truth *out, const struct membership *memberships, size_t count,
                              struct arena *arena)
{
    if (count == 1) {
        *out = memberships->days;
        return true;
    }
    struct day_interval *surely = arena_take(arena, count * sizeof surely[0]);
    struct day_interval *possibly = arena_take(arena, count * sizeof possibly[0]);
    if (surely == NULL || possibly == NULL) {
        return false;
    }
    size_t surely_count = 0;
    size_t possibly_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct day_truth *days = &memberships[i].days;
        if (days->surely.count > 0) {
            surely[surely_count++] = days->surely.intervals[0];
        }
        if (days->possibly.count > 0) {
            possibly[possibly_count++] = days->possibly.intervals[0];
        }
    }
    if (!day_set_of_intervals(&out->surely, surely, surely_count, arena) ||
        !day_set_of_intervals(&out->possibly, possibly, possibly_count, arena)) {
        return false;
    }
    out->possibly = day_set_equal(out->surely, out->possibly) ? out->surely : out->possibly;
    return true;
}

/* Widen *out by the days on which the subject is affiliated with the shop that a membership is about. */
static bool add_network_days(struct day_truth *out, const struct dossier *dossier,
                             const struct credentials *credentials, size_t index, struct arena *arena)
{
    struct day_truth days;
    size_t count;
    size_t first = find_memberships(credentials, &dossier->subject.id,
                                    &shop_of(&dossier->credentials[index])->id, &count);
    if (count == 0 || credentials->verdicts[index].days.possibly.count == 0) {
        return true;
    }
    return unite_memberships(&days, &credentials->memberships[first], count, arena) &&
           day_truth_and(&days, &days, &credentials->verdicts[index].days, arena) &&
           day_truth_or(out, out, &days, arena);
}

/* Whether some shop may hold the membership, or she may be affiliated with more, than is here. Of a
 * namespace that nobody owns everything may be lacking. */
static bool may_lack(bool *out, const struct lacking_question *asked, struct bytes code, struct arena *arena)
{
    const struct trust_owner *owner = trust_owner_of(asked->trust, code_namespace(code));
    const struct lacking *lacking = NULL;
    const struct dossier_cuts *cuts = &asked->dossier->cuts;
    *out = cuts->affiliations || cuts->credentials || cuts->unasked || (asked->denied && cuts->silent) ||
           owner == NULL;
    if (*out) {
        return true;
    }
    if (!lacking_nothing(asked) && !lacking_of(&lacking, asked, owner, arena)) {
        return false;
    }
    *out = lacking != NULL && lacking_meets(lacking, code, LACKING_FOR_TESTS);
    return true;
}

/* Widen *out by the days on which a shop may hold the membership whose log has gaps: she may be affiliated
 * with it by what is not here. */
static bool add_doubtful_days(struct day_truth *out, const struct dossier *dossier,
                              const struct credentials *credentials, size_t index, struct arena *arena)
{
    const struct subject *shop = shop_of(&dossier->credentials[index]);
    const struct dossier_log *log = dossier_log_of(dossier, &(struct actor_id){shop->id});
    const struct day_truth days = {.surely = DAY_SET_NONE,
                                   .possibly = credentials->verdicts[index].days.possibly};
    return log == NULL || !log->incomplete || day_truth_or(out, out, &days, arena);
}

bool network_days(struct day_truth *out, const struct lacking_question *asked,
                  const struct credentials *credentials, struct bytes code, struct arena *arena)
{
    const struct dossier *dossier = asked->dossier;
    bool lacks;
    *out = day_truth_no;
    if (dossier->subject.kind != SUBJECT_ACTOR) {
        return true;
    }
    if (!credentials->knows_a_shop) {
        *out = day_truth_unknown;
        return true;
    }
    for (size_t i = 0; i < credentials->count; i++) {
        if (is_membership(&dossier->credentials[i], code) &&
            !(add_network_days(out, dossier, credentials, i, arena) &&
              add_doubtful_days(out, dossier, credentials, i, arena))) {
            return false;
        }
    }
    return may_lack(&lacks, asked, code, arena) &&
           (!lacks || day_truth_or(out, out, &day_truth_unknown, arena));
}
