#include "protocol/rules/affiliation.h"

#include <assert.h>

#include "protocol/base/days.h"
#include "protocol/base/sort.h"
#include "protocol/rules/lateness.h"
#include "protocol/rules/weight.h"

void consent_id(struct hash *out, const struct network *network, const struct consent *consent)
{
    uint8_t memory[ENTRY_SIZE_MAX];
    struct bytes encoded;
    bool fits = schema_encode(&consent_schema, consent, memory, sizeof memory, &encoded);
    assert(fits);
    hash_bytes(out, label_domain(network, LABEL_CONSENT), encoded.data, encoded.size);
}

enum reason affiliation_check(const struct affiliation *affiliation, const struct network *network,
                              const struct actor_id *author, uint64_t time_s)
{
    const struct consent *consent = &affiliation->consent;
    struct hash id;
    if (!affiliation->has_consent) {
        return REASON_NO_CONSENT;
    }
    consent_id(&id, network, consent);
    if (!hash_equal(&id, &affiliation->id)) {
        return REASON_INCONSISTENT;
    }
    if (!actor_id_equal(author, &consent->shop)) {
        return REASON_CONSENT_OTHER_SHOP;
    }
    if (affiliation->day < consent->start_day) {
        return REASON_CONSENT_NOT_YET;
    }
    return time_s > consent->expires_s ? REASON_CONSENT_EXPIRED : REASON_NONE;
}

bool affiliation_is_stated(const struct affiliation *joined, const struct network *network,
                           const struct actor_id *author)
{
    struct hash id;
    if (!joined->has_consent || !actor_id_equal(author, &joined->consent.shop)) {
        return false;
    }
    consent_id(&id, network, &joined->consent);
    return hash_equal(&id, &joined->id);
}

/* What is said in place had arrived. */
static bool is_said(const struct dossier *dossier, const struct dossier_place *place)
{
    return dossier_place_arrived(dossier, place);
}

/* Her `left` may be among what was erased before anybody here read it; of what was said after that, it is
 * not. */
static bool may_have_left_unread(const struct dossier *dossier, const struct dossier_affiliation *joined)
{
    const struct dossier_log *shop = dossier_log_at(dossier, &joined->place);
    const struct dossier_log *technician = dossier_log_of(dossier, &joined->affiliation.consent.technician);
    return (shop->has_unread && joined->place.seq < shop->unread_seq) ||
           (technician != NULL && technician->has_unread);
}

static struct weighed weight_of(const struct dossier *dossier, const struct dossier_place *place,
                                enum stance stance)
{
    const struct dossier_log *log = dossier_log_at(dossier, place);
    struct weighed weighed = place_weigh(dossier, place, stance);
    if (weighed.weight != WEIGHT_NOTHING && log->upgrade_needed &&
        dossier_log_reaches(log, log->upgrade_seq)) {
        return (struct weighed){WEIGHT_DOUBTFUL, REASON_UPGRADE};
    }
    return weighed;
}

/* Whether the shop used the consent after its time was over, whatever its block says of when that was. */
static enum lateness lateness_of_joined(const struct dossier_affiliation *joined)
{
    if (!stance_has_deadline(stance_of_affiliation(AFFILIATION_JOINED))) {
        return LATE_NO;
    }
    return lateness_of(&joined->place, day_of_time(joined->affiliation.consent.expires_s), CONSENT_LATE_DAYS);
}

/* Of a `joined` that is said, in a block that counts. */
static struct weighed weight_of_joined(const struct dossier *dossier, const struct network *network,
                                       const struct dossier_affiliation *joined)
{
    const struct actor_id *author = &dossier_log_at(dossier, &joined->place)->author;
    if (joined->place.erased) { /* its id is gone with its bytes: whoever kept it has looked */
        return actor_id_equal(author, &joined->affiliation.consent.shop)
                   ? (struct weighed){WEIGHT_DOUBTFUL, REASON_AFFILIATION_ERASED}
                   : (struct weighed){WEIGHT_NOTHING, REASON_CONSENT_OTHER_SHOP};
    }
    enum reason refusal = affiliation_check(&joined->affiliation, network, author, joined->place.time_s);
    if (refusal == REASON_NONE && joined->signature == REASON_BAD_SIGNATURE) {
        refusal = REASON_BAD_SIGNATURE;
    }
    if (refusal != REASON_NONE) {
        return (struct weighed){WEIGHT_NOTHING, refusal};
    }
    if (lateness_of_joined(joined) == LATE_YES) {
        return (struct weighed){WEIGHT_DOUBTFUL, REASON_CONSENT_EXPIRED};
    }
    struct weighed weighed =
        joined->signature != REASON_NONE
            ? (struct weighed){WEIGHT_DOUBTFUL, joined->signature}
            : weight_of(dossier, &joined->place, stance_of_affiliation(AFFILIATION_JOINED));
    return weighed.weight == WEIGHT_FULL && may_have_left_unread(dossier, joined)
               ? (struct weighed){WEIGHT_DOUBTFUL, REASON_AFFILIATION_ERASED}
               : weighed;
}

/* A membership while its records are gathered. */
struct gathered {
    struct hash id;
    struct actor_id technician;
    struct actor_id shop;
    size_t affiliation; /* index of the `joined` into the dossier */
    struct weighed joined;
    uint32_t first_day;
    bool erased;                /* a `joined` of it is: it may have begun on any day */
    uint32_t left_day;          /* the first one no longer, for certain; DAY_NONE */
    uint32_t doubtful_left_day; /* the first one of those from which on that is in doubt; DAY_NONE */
    enum reason left_doubt;     /* behind that */
};

static int compare_ids(const struct gathered *left, const struct gathered *right)
{
    int order = hash_compare(&left->id, &right->id);
    return order != 0 ? order : hash_compare(&left->shop.hash, &right->shop.hash);
}

/* By id and shop, since an erased `joined` may have had any id; of one membership first what counts most,
 * then what was said first. */
static int by_id(const void *a, const void *b)
{
    const struct gathered *left = a;
    const struct gathered *right = b;
    int order = compare_ids(left, right);
    if (order != 0) {
        return order;
    }
    if (left->joined.weight != right->joined.weight) {
        return left->joined.weight < right->joined.weight ? -1 : 1;
    }
    return left->affiliation < right->affiliation ? -1 : left->affiliation > right->affiliation;
}

static int by_people(const void *a, const void *b)
{
    const struct gathered *left = a;
    const struct gathered *right = b;
    int order = hash_compare(&left->technician.hash, &right->technician.hash);
    order = order != 0 ? order : hash_compare(&left->shop.hash, &right->shop.hash);
    if (order != 0) {
        return order;
    }
    if (left->first_day != right->first_day) {
        return left->first_day < right->first_day ? -1 : 1;
    }
    return hash_compare(&left->id, &right->id);
}

/* A log that copies another shop's consent, or its id, says nothing of anybody. */
static bool is_copied(enum reason refusal)
{
    return refusal == REASON_CONSENT_OTHER_SHOP || refusal == REASON_INCONSISTENT;
}

/* Returns: how many were gathered, one for each id in a shop's log, sorted by both. */
static size_t gather_joined(struct gathered *gathered, const struct dossier *dossier,
                            const struct network *network)
{
    size_t said = 0;
    size_t count = 0;
    for (size_t i = 0; i < dossier->affiliation_count; i++) {
        const struct dossier_affiliation *joined = &dossier->affiliations[i];
        if (!is_said(dossier, &joined->place) ||
            place_weigh(dossier, &joined->place, stance_of_affiliation(AFFILIATION_JOINED)).weight ==
                WEIGHT_NOTHING) {
            continue;
        }
        struct weighed weighed = weight_of_joined(dossier, network, joined);
        if (weighed.weight == WEIGHT_NOTHING && is_copied(weighed.reason)) {
            continue;
        }
        gathered[said++] = (struct gathered){
            .id = joined->affiliation.id,
            .technician = joined->affiliation.consent.technician,
            .shop = dossier_log_at(dossier, &joined->place)->author,
            .affiliation = i,
            .joined = weighed,
            .first_day = joined->place.erased ? 0 : joined->affiliation.day,
            .erased = joined->place.erased,
            .left_day = DAY_NONE,
            .doubtful_left_day = DAY_NONE,
        };
    }
    sort_items(gathered, said, sizeof gathered[0], by_id);
    for (size_t i = 0; i < said; i++) {
        if (count == 0 || compare_ids(&gathered[count - 1], &gathered[i]) != 0) {
            gathered[count++] = gathered[i];
        } else {
            gathered[count - 1].erased |= gathered[i].erased;
        }
    }
    return count;
}

/* The first one whose id is not lower. */
static size_t find(const struct gathered *gathered, size_t count, const struct hash *id)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (hash_compare(&gathered[middle].id, id) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* A `left` by either side of a membership. */
static struct weighed weight_of_left(const struct dossier *dossier, const struct gathered *gathered,
                                     const struct dossier_leave *leave)
{
    const struct actor_id *author = &dossier_log_at(dossier, &leave->place)->author;
    bool by_a_side = actor_id_equal(author, &gathered->shop) || actor_id_equal(author, &gathered->technician);
    if (!by_a_side || leave->place.erased || !is_said(dossier, &leave->place)) {
        return (struct weighed){WEIGHT_NOTHING, REASON_NONE};
    }
    return weight_of(dossier, &leave->place, stance_of_affiliation(AFFILIATION_LEFT));
}

static void let_leave(struct gathered *gathered, const struct dossier *dossier,
                      const struct dossier_leave *leave)
{
    struct weighed left = weight_of_left(dossier, gathered, leave);
    switch (left.weight) {
    case WEIGHT_FULL:
        gathered->left_day = leave->day < gathered->left_day ? leave->day : gathered->left_day;
        break;
    case WEIGHT_DOUBTFUL:
        if (leave->day < gathered->doubtful_left_day) {
            gathered->doubtful_left_day = leave->day;
            gathered->left_doubt = left.reason;
        }
        break;
    case WEIGHT_NOTHING:
        break;
    }
}

/* The days from first up to the one before end, in memory that holds one interval. */
static struct day_set days_before(uint32_t first, uint32_t end, struct day_interval *memory)
{
    if (end <= first) {
        return DAY_SET_NONE;
    }
    *memory = (struct day_interval){.first = first, .last = end == DAY_NONE ? DAY_NONE : end - 1};
    return (struct day_set){.count = 1, .intervals = memory};
}

static struct day_truth days_of(const struct gathered *gathered, struct day_interval memory[2])
{
    uint32_t sure_end =
        gathered->doubtful_left_day < gathered->left_day ? gathered->doubtful_left_day : gathered->left_day;
    uint32_t first_possible = gathered->erased ? 0 : gathered->first_day;
    struct day_truth days = day_truth_no;
    switch (gathered->joined.weight) {
    case WEIGHT_FULL:
        days.surely = days_before(gathered->first_day, sure_end, &memory[0]);
        days.possibly = sure_end == gathered->left_day && !gathered->erased
                            ? days.surely
                            : days_before(first_possible, gathered->left_day, &memory[1]);
        break;
    case WEIGHT_DOUBTFUL:
        days.possibly = days_before(first_possible, gathered->left_day, &memory[1]);
        break;
    case WEIGHT_NOTHING:
        break;
    }
    return days;
}

static enum reason doubt_behind(const struct gathered *gathered)
{
    if (gathered->joined.reason != REASON_NONE) {
        return gathered->joined.reason;
    }
    if (gathered->doubtful_left_day < gathered->left_day) {
        return gathered->left_doubt;
    }
    return gathered->erased && gathered->joined.weight == WEIGHT_FULL ? REASON_AFFILIATION_ERASED
                                                                      : REASON_NONE;
}

static struct membership membership_of(const struct gathered *gathered, const struct dossier *dossier,
                                       struct day_interval memory[2])
{
    const struct dossier_affiliation *said = &dossier->affiliations[gathered->affiliation];
    const struct affiliation *joined = &said->affiliation;
    return (struct membership){
        .id = gathered->id,
        .technician = gathered->technician,
        .shop = gathered->shop,
        .performs_repairs = joined->consent.performs_repairs || gathered->erased, /* nobody knows */
        .days = days_of(gathered, memory),
        .own_word = !said->place.erased && lateness_of_joined(said) == LATE_NOT_KNOWN,
        .erased = said->place.erased,
        .doubt = doubt_behind(gathered),
        .has_left = gathered->left_day != DAY_NONE,
        .left_day = gathered->left_day,
        .affiliation = gathered->affiliation,
    };
}

bool membership_takes(const struct membership *membership)
{
    return !membership->erased && membership->doubt != REASON_CONSENT_EXPIRED &&
           membership->doubt != REASON_CONSENT_KEY;
}

bool memberships_of(struct membership **out, size_t *count, const struct dossier *dossier,
                    const struct network *network, struct arena *arena)
{
    size_t count_max = dossier->affiliation_count;
    *count = 0;
    *out = arena_take(arena, count_max * sizeof **out);
    struct day_interval *intervals = arena_take(arena, 2 * count_max * sizeof intervals[0]);
    size_t scratch = arena_mark(arena);
    struct gathered *gathered = arena_take(arena, count_max * sizeof gathered[0]);
    if (*out == NULL || intervals == NULL || gathered == NULL) {
        return false;
    }
    size_t gathered_count = gather_joined(gathered, dossier, network);
    for (size_t i = 0; i < dossier->leave_count; i++) {
        const struct hash *id = &dossier->leaves[i].id;
        for (size_t at = find(gathered, gathered_count, id);
             at < gathered_count && hash_equal(&gathered[at].id, id); at++) {
            let_leave(&gathered[at], dossier, &dossier->leaves[i]);
        }
    }
    sort_items(gathered, gathered_count, sizeof gathered[0], by_people);
    for (size_t i = 0; i < gathered_count; i++) {
        (*out)[i] = membership_of(&gathered[i], dossier, &intervals[2 * i]);
    }
    *count = gathered_count;
    arena_rewind(arena, scratch);
    return true;
}
