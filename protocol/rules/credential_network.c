#include "protocol/base/text.h"
#include "protocol/rules/credential.h"
#include "protocol/rules/holding.h"

/* Whether it says that some shop holds a membership. What documents experience has other days than those on
 * which anything is held. */
static bool is_membership(const struct dossier_credential *credential, struct bytes code)
{
    return credential->about == ABOUT_SHOP && !credential->place.erased &&
           credential->attestation.basis != BASIS_EXPERIENCE &&
           bytes_equal(credential->attestation.code, code);
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

/* Whether a shop may have said more of who is there than is here. */
static bool may_say_more(const struct lacking_question *asked, const struct actor_id *shop)
{
    const struct dossier_log *log = dossier_log_of(asked->dossier, shop);
    uint64_t age_s;
    uint64_t budget_s = freshness_budget_s(asked->question, asked->trust, log, EVIDENCE_SHOP);
    return freshness_of(&age_s, log, asked->question, budget_s).answer != ANSWER_YES || log->has_unread ||
           (log->upgrade_needed && dossier_log_reaches(log, log->upgrade_seq));
}

/* Widen *out by the days on which the subject is affiliated with a shop that holds a membership on days. One
 * that had her, or may have, may have her back. */
static bool add_days_in(struct day_truth *out, const struct lacking_question *asked,
                        const struct credentials *credentials, const struct subject *shop,
                        const struct day_truth *held, struct arena *arena)
{
    struct day_truth days;
    size_t count;
    size_t first = find_memberships(credentials, &asked->dossier->subject.id, &shop->id, &count);
    if (shop->kind != SUBJECT_ACTOR || held->possibly.count == 0 || count == 0) {
        return true;
    }
    if (!unite_memberships(&days, &credentials->memberships[first], count, arena)) {
        return false;
    }
    if (days.possibly.count > 0 && may_say_more(asked, &(struct actor_id){shop->id})) {
        days.possibly = day_truth_unknown.possibly;
    }
    return day_truth_and(&days, &days, held, arena) && day_truth_or(out, out, &days, arena);
}

static bool is_in_doubt(enum said_standing said)
{
    return said == SAID_DISPUTED || said == SAID_VOIDED || said == SAID_REWOUND || said == SAID_CUT_UNKNOWN ||
           said == SAID_AFTER_END;
}

/* The same on days of those from first on, before end; end 0: to the last. */
static bool add_days_between(struct day_truth *out, const struct lacking_question *asked,
                             const struct credentials *credentials, const struct subject *shop,
                             const struct day_truth *days, uint32_t first, uint32_t end, struct arena *arena)
{
    struct day_truth held;
    return day_truth_of_run(&held, ANSWER_YES, first, end == 0 ? DAY_NONE : end - 1, arena) &&
           day_truth_and(&held, &held, days, arena) &&
           add_days_in(out, asked, credentials, shop, &held, arena);
}

/* The same of a membership: of its holders, and in doubt of those to whom it may have been given. */
static bool add_network_days(struct day_truth *out, const struct lacking_question *asked,
                             const struct credentials *credentials, size_t index, struct arena *arena)
{
    const struct credential_verdict *verdict = &credentials->verdicts[index];
    const struct dossier_place *place = &asked->dossier->credentials[index].place;
    const struct day_truth perhaps = {.surely = DAY_SET_NONE, .possibly = verdict->days.possibly};
    for (size_t i = 0; i < place->event_count; i++) {
        const struct history_event *event = &place->events[i];
        if (event->action == STATUS_HELD_BY && is_in_doubt(verdict->said[i]) &&
            !add_days_between(out, asked, credentials, &event->holder, &perhaps, event->effective_day, 0,
                              arena)) {
            return false;
        }
    }
    for (size_t i = 0; i < verdict->held_count; i++) {
        const struct held_days *held = &verdict->held[i];
        if (!add_days_between(out, asked, credentials, held->party, &verdict->days, held->first_day,
                              i + 1 < verdict->held_count ? held[1].first_day : 0, arena)) {
            return false;
        }
    }
    return true;
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
            !add_network_days(out, asked, credentials, i, arena)) {
            return false;
        }
    }
    return may_lack(&lacks, asked, code, arena) &&
           (!lacks || day_truth_or(out, out, &day_truth_unknown, arena));
}
