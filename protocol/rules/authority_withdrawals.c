#include "protocol/rules/authority_withdrawals.h"

#include <string.h>

#include "protocol/rules/cut.h"
#include "protocol/rules/weight.h"

/* ---- what they are about ---- */

/* Whether a withdrawal in place is about what was said in earlier: its author's own statement before it, or
 * that of an owner which its author came after. */
static enum answer is_about(const struct authority_search *search, const struct dossier_place *place,
                            const struct dossier_place *earlier)
{
    const struct namespace_owners *owners = search->owners;
    if (place->log == earlier->log) {
        return place_precedes(earlier, place) ? ANSWER_YES : ANSWER_NO;
    }
    size_t speaker = namespace_owner_index(owners, authority_author_of(search, place));
    size_t accreditor = namespace_owner_index(owners, authority_author_of(search, earlier));
    return speaker < NAMESPACE_OWNERS_MAX && accreditor < NAMESPACE_OWNERS_MAX
               ? namespace_owner_came_after(owners, speaker, place, accreditor, earlier)
               : ANSWER_NO;
}

enum answer authority_leaves(const struct authority_search *search, const struct dossier_withdrawal *found,
                             const struct dossier_accreditation *accreditation,
                             const struct dossier_place *place)
{
    const struct withdrawal *withdrawal = &found->withdrawal;
    if (withdrawal->has_accreditation) {
        bool named = found->place.log == accreditation->place.log &&
                     withdrawal->accreditation.seq == accreditation->place.seq &&
                     withdrawal->accreditation.index == accreditation->place.index;
        return named ? ANSWER_NO : ANSWER_YES;
    }
    return is_about(search, &found->place, &accreditation->place) == ANSWER_UNKNOWN
               ? ANSWER_UNKNOWN
               : withdrawal_leaves(found, place);
}

static bool has_arrived(const struct authority_search *search, const struct dossier_place *place)
{
    return dossier_place_arrived(search->dossier, place) &&
           (place_may_speak(search->dossier, place) || authority_hangs_on_cut(search, place));
}

static enum stance stance_of_withdrawal(void)
{
    return stance_of_entry(ENTRY_WITHDRAWAL, NULL, PARTY_DELEGATE);
}

bool authority_is_in_doubt(const struct authority_search *search, const struct dossier_place *place)
{
    return place_weigh(search->dossier, place, stance_of_withdrawal()).weight != WEIGHT_FULL;
}

bool authority_concerns(const struct authority_search *search, const struct dossier_withdrawal *found,
                        const struct dossier_accreditation *accreditation)
{
    return actor_id_equal(&found->withdrawal.delegate, &accreditation->accreditation.delegate) &&
           is_about(search, &found->place, &accreditation->place) != ANSWER_NO &&
           has_arrived(search, &found->place);
}

/* Whether an accreditation may let its delegate speak for the code in any way. */
static bool names_the_code(const struct authority_search *search, const struct dossier_accreditation *found)
{
    return accreditation_names_code(&found->accreditation, search->question->code) &&
           has_arrived(search, &found->place);
}

/* Of each log, whether owners lead to its author, whatever the depths and days, by no more links than rest on
 * each other. */
static void find_led_to(const struct authority_search *search, bool led_to[DOSSIER_LOGS_MAX])
{
    const struct dossier *dossier = search->dossier;
    bool more = true;
    memset(led_to, 0, dossier->log_count * sizeof led_to[0]);
    for (size_t i = 0; i < search->owners->count; i++) {
        size_t log = authority_log_of(search, &search->owners->owners[i].actor);
        if (log != SIZE_MAX) {
            led_to[log] = true;
        }
    }
    for (size_t links = 0; more && links <= CHAIN_DEPTH_MAX; links++) {
        more = false;
        for (size_t i = 0; i < dossier->accreditation_count; i++) {
            const struct dossier_accreditation *found = &dossier->accreditations[i];
            size_t log = led_to[found->place.log] ? authority_log_of(search, &found->accreditation.delegate)
                                                  : SIZE_MAX;
            if (log != SIZE_MAX && !led_to[log] && names_the_code(search, found)) {
                led_to[log] = more = true;
            }
        }
    }
}

/* List by whom it is about what standpoints are found by: what others say of others takes nobody's steps. */
static void list_accreditations(struct authority_search *search)
{
    const struct dossier *dossier = search->dossier;
    bool led_to[DOSSIER_LOGS_MAX];
    for (size_t i = 0; i < dossier->log_count; i++) {
        search->first[i].accreditations = NO_LINK;
    }
    find_led_to(search, led_to);
    for (size_t i = dossier->accreditation_count; i > 0; i--) {
        const struct dossier_accreditation *found = &dossier->accreditations[i - 1];
        size_t log =
            led_to[found->place.log] ? authority_log_of(search, &found->accreditation.delegate) : SIZE_MAX;
        if (log != SIZE_MAX && names_the_code(search, found)) {
            search->next_accreditation[i - 1] = search->first[log].accreditations;
            search->first[log].accreditations = (uint16_t)(i - 1);
        }
    }
}

/* The first of those in the list of a log; most searches ask for none. */
static size_t first_accreditation(struct authority_search *search, size_t log)
{
    if (!search->has_accreditations) {
        list_accreditations(search);
        search->has_accreditations = true;
    }
    return search->first[log].accreditations;
}

/* Where the author of a statement stood when it said so. */
enum standpoint {
    WITHIN,
    IN_DOUBT,
    BEYOND,        /* all that let it speak had been taken back from what it says there, */
    BEYOND_CLOSED, /* by somebody who lets nothing of it count */
    UNAUTHORISED,  /* nothing ever let it speak for that code */
};

/* The statements from one upward that each rest on the one before, and so the authors of whom none may rest
 * on itself. */
struct resting {
    size_t log;
    size_t depth;
    const struct resting *on_it;
};

static bool rests_on(const struct resting *resting, size_t log)
{
    while (resting != NULL && resting->log != log) {
        resting = resting->on_it;
    }
    return resting != NULL;
}

static enum standpoint standpoint_of(struct authority_search *search, const struct dossier_place *place,
                                     const struct resting *on_it);

static enum standpoint worse_standpoint(enum standpoint a, enum standpoint b)
{
    return a > b ? a : b;
}

/* What a withdrawal leaves that does not leave everything. One that closes does so only where its own author
 * might: what is against somebody ends by nothing less. */
static enum standpoint standpoint_beyond(struct authority_search *search,
                                         const struct dossier_withdrawal *found, const struct resting *on_it)
{
    if (!found->withdrawal.closed || rests_on(on_it, found->place.log)) {
        return BEYOND;
    }
    return standpoint_of(search, &found->place, on_it) == WITHIN ? BEYOND_CLOSED : BEYOND;
}

/* What is left of one accreditation for what its delegate says in place. Withdrawals count here wherever
 * their own authors stood: what comes of it is a doubt in either case. */
static enum standpoint standpoint_under(struct authority_search *search,
                                        const struct dossier_accreditation *accreditation,
                                        const struct dossier_place *place, const struct resting *on_it)
{
    enum standpoint worst = WITHIN;
    for (size_t i = authority_first_withdrawal(search, &accreditation->place);
         i != NO_LINK && authority_take_step(search); i = search->next_withdrawal[i]) {
        const struct dossier_withdrawal *found = &search->dossier->withdrawals[i];
        enum answer left = authority_concerns(search, found, accreditation)
                               ? authority_leaves(search, found, accreditation, place)
                               : ANSWER_YES;
        if (left == ANSWER_YES) {
            continue;
        }
        bool sure = left == ANSWER_NO && !authority_is_in_doubt(search, &found->place);
        worst = worse_standpoint(worst, sure ? standpoint_beyond(search, found, on_it) : IN_DOUBT);
    }
    return worst;
}

static enum standpoint standpoint_of_owner(struct owner_standing stood)
{
    if (stood.answer == ANSWER_NO) {
        return BEYOND;
    }
    return stood.answer == ANSWER_YES ? WITHIN : IN_DOUBT;
}

/* Nobody withdraws from itself. */
static bool is_nobody_withdrawn_above(const struct authority_search *search, size_t log)
{
    const struct dossier *dossier = search->dossier;
    return dossier->withdrawal_count == 0 ||
           (dossier->withdrawal_count == 1 && dossier->withdrawals[0].place.log == log);
}

/* By the best of the accreditations that reach an owner of the namespace for the code asked about, and do not
 * themselves rest on the author. */
static enum standpoint standpoint_of_delegate(struct authority_search *search,
                                              const struct dossier_place *place, const struct resting *on_it)
{
    const struct resting resting = {
        .log = place->log, .depth = on_it == NULL ? 0 : on_it->depth + 1, .on_it = on_it};
    enum standpoint best = UNAUTHORISED;
    if (is_nobody_withdrawn_above(search, place->log)) {
        return WITHIN;
    }
    if (resting.depth > CHAIN_DEPTH_MAX) {
        return UNAUTHORISED;
    }
    for (size_t i = first_accreditation(search, place->log);
         i != NO_LINK && best != WITHIN && authority_take_step(search); i = search->next_accreditation[i]) {
        const struct dossier_accreditation *found = &search->dossier->accreditations[i];
        if (rests_on(&resting, found->place.log)) {
            continue;
        }
        enum standpoint one = standpoint_under(search, found, place, &resting);
        if (one < best) {
            one = worse_standpoint(one, standpoint_of(search, &found->place, &resting));
        }
        best = one < best ? one : best;
    }
    return best;
}

static enum standpoint standpoint_of(struct authority_search *search, const struct dossier_place *place,
                                     const struct resting *on_it)
{
    size_t owner = namespace_owner_index(search->owners, authority_author_of(search, place));
    return owner < NAMESPACE_OWNERS_MAX
               ? standpoint_of_owner(namespace_owner_stood(search->owners, owner, place))
               : standpoint_of_delegate(search, place, on_it);
}

/* Where the author of a void of the chain stood. Each takes steps of its own: with none left it is in doubt.
 */
static enum standpoint standpoint_of_void(struct authority_search *search, const struct dossier_place *place)
{
    const struct dossier_place voids = {.log = place->log, .seq = place->void_seq};
    size_t steps_left = search->steps_left;
    search->steps_left = STEPS_EACH_MAX;
    enum standpoint stood = standpoint_of(search, &voids, NULL);
    stood = search->steps_left > 0 ? stood : IN_DOUBT;
    search->steps_left = steps_left;
    return stood;
}

/* Whether a void from there takes anything: beyond a closed cut none does, and beyond another none of what is
 * not for somebody, for that void is against nobody. */
static bool is_voided_from(enum standpoint stood, enum stance stance)
{
    return stood != BEYOND_CLOSED && (stood != BEYOND || stance == STANCE_FOR);
}

struct weighed authority_weigh_accreditation(struct authority_search *search,
                                             const struct dossier_accreditation *found)
{
    enum stance stance = stance_of_entry(ENTRY_ACCREDITATION, NULL, PARTY_DELEGATE);
    uint8_t *known = &search->voids[found - search->dossier->accreditations];
    struct dossier_place place = found->place;
    if (place.voided && !place.block.side) {
        *known = *known == 0 ? (uint8_t)(1 + standpoint_of_void(search, &place)) : *known;
        place.voided = is_voided_from((enum standpoint)(*known - 1), stance);
    }
    return place_weigh(search->dossier, &place, stance);
}

static struct weighed weigh_withdrawal(struct authority_search *search,
                                       const struct dossier_withdrawal *found)
{
    struct dossier_place place = found->place;
    if (place.voided && !place.block.side) {
        place.voided = is_voided_from(standpoint_of_void(search, &place), stance_of_withdrawal());
    }
    return place_weigh(search->dossier, &place, stance_of_withdrawal());
}

/* Why it can't be said whether the author of a statement owned the namespace when it said so; REASON_NONE:
 * it did or did not, or a cut decides. */
static enum reason doubt_of_owner(const struct authority_search *search, const struct dossier_place *place)
{
    size_t owner = namespace_owner_index(search->owners, authority_author_of(search, place));
    if (owner == NAMESPACE_OWNERS_MAX) {
        return REASON_NONE;
    }
    enum reason doubt = namespace_owner_stood(search->owners, owner, place).doubt;
    return authority_lenience_of_doubt(doubt) == LENIENCE_CUT ? REASON_NONE : doubt;
}

/* ---- what a cut keeps of a branch that was dropped ---- */

bool authority_hangs_on_cut(const struct authority_search *search, const struct dossier_place *place)
{
    return place->block.side && place->block.dropped_s != 0 &&
           doubt_by_cuts(search->dossier, authority_author_of(search, place), place, false) != REASON_NONE;
}

/* Whether a withdrawal counts for certain, on the chain or where a cut keeps it that does so itself. */
static bool counts_for_certain(struct authority_search *search, const struct dossier_withdrawal *found)
{
    bool certain = !authority_is_in_doubt(search, &found->place);
    if (!certain && authority_hangs_on_cut(search, &found->place) && search->cuts_above <= CHAIN_DEPTH_MAX) {
        search->cuts_above++;
        certain = authority_keeps(search, NO_LINK, &found->place, true);
        for (size_t i = first_accreditation(search, found->place.log);
             i != NO_LINK && !certain && authority_take_step(search); i = search->next_accreditation[i]) {
            certain = authority_keeps(search, i, &found->place, true);
        }
        search->cuts_above--;
    }
    return certain && standpoint_of(search, &found->place, NULL) == WITHIN;
}

static bool records_nothing(const struct authority_search *search, size_t withdrawal)
{
    const struct authority_avoided *avoided = search->question->avoided;
    return avoided != NULL && avoided->recordings != NULL && avoided->recordings[withdrawal];
}

bool authority_is_recorded(struct authority_search *search, const struct dossier_accreditation *accreditation,
                           const struct dossier_place *place, bool for_certain)
{
    for (size_t i = authority_first_withdrawal(search, &accreditation->place);
         i != NO_LINK && authority_take_step(search); i = search->next_withdrawal[i]) {
        const struct dossier_withdrawal *found = &search->dossier->withdrawals[i];
        bool counts = found->withdrawal.has_cut && !records_nothing(search, i) &&
                      authority_concerns(search, found, accreditation);
        enum answer left = counts ? authority_leaves(search, found, accreditation, place) : ANSWER_NO;
        if (for_certain ? left == ANSWER_YES && counts_for_certain(search, found) : left != ANSWER_NO) {
            return true;
        }
    }
    return false;
}

bool authority_may_be_handed_on(const struct authority_search *search, const struct dossier_place *place)
{
    const struct namespace_owners *owners = search->owners;
    size_t at = namespace_owner_index(owners, authority_author_of(search, place));
    for (size_t i = 0; i < owners->handing_count; i++) {
        if (owners->tenures[owners->handings[i].tenure].owner == at &&
            cut_covers(owners->handings[i].cut, place) != ANSWER_NO) {
            return true;
        }
    }
    return owners->left_out;
}

bool authority_is_handed_on(const struct authority_search *search, const struct dossier_place *place)
{
    size_t at = namespace_owner_index(search->owners, authority_author_of(search, place));
    return at < NAMESPACE_OWNERS_MAX && namespace_owner_recorded(search->owners, at, place);
}

bool authority_keeps(struct authority_search *search, size_t above, const struct dossier_place *place,
                     bool for_certain)
{
    bool voided =
        dossier_place_is_void(search->dossier, place) ||
        kept_weigh(search->dossier, place, (struct spoken_of){.events = NULL}).weight != WEIGHT_FULL;
    if (for_certain && voided) {
        return false;
    }
    if (above == NO_LINK && !for_certain) {
        return authority_may_be_handed_on(search, place);
    }
    return above == NO_LINK
               ? authority_is_handed_on(search, place)
               : authority_is_recorded(search, &search->dossier->accreditations[above], place, for_certain);
}

/* From what lenience on a withdrawal is overlooked whose block lets it count. */
static enum authority_lenience lenience_by_standpoint(struct authority_search *search,
                                                      const struct dossier_withdrawal *found)
{
    switch (standpoint_of(search, &found->place, NULL)) {
    case WITHIN:
    case UNAUTHORISED:
        return found->withdrawal.closed ? LENIENCE_CLOSED : LENIENCE_WITHDRAWN;
    case IN_DOUBT:
    case BEYOND:
        return LENIENCE_BEYOND;
    case BEYOND_CLOSED:
        break;
    }
    return LENIENCE_NONE;
}

static enum authority_lenience find_lenience_against(struct authority_search *search,
                                                     const struct dossier_withdrawal *found)
{
    struct weighed weighed = weigh_withdrawal(search, found);
    enum reason doubt =
        weighed.weight == WEIGHT_DOUBTFUL ? weighed.reason : doubt_of_owner(search, &found->place);
    return doubt != REASON_NONE ? authority_lenience_of_doubt(doubt) : lenience_by_standpoint(search, found);
}

/* The same of one on a branch that was dropped and under a cut: what is above its author decides, here where
 * that is known, else in authority_lets_speak. */
static enum authority_lenience lenience_of_dropped(struct authority_search *search,
                                                   const struct dossier_withdrawal *found)
{
    struct weighed weighed = dropped_weigh(search->dossier, &found->place, stance_of_withdrawal());
    if (search->knows_above && authority_keeps(search, search->above, &found->place, true)) {
        return lenience_by_standpoint(search, found);
    }
    return weighed.weight == WEIGHT_NOTHING ? LENIENCE_NONE : authority_lenience_of_doubt(weighed.reason);
}

/* From what lenience on a withdrawal is overlooked. */
static enum authority_lenience lenience_against(struct authority_search *search,
                                                const struct dossier_withdrawal *found)
{
    uint8_t *known = &search->against[found - search->dossier->withdrawals];
    if (authority_hangs_on_cut(search, &found->place)) {
        return lenience_of_dropped(search, found);
    }
    if (*known != 0) {
        return (enum authority_lenience)(*known - 1);
    }
    enum authority_lenience against = find_lenience_against(search, found);
    *known = search->steps_left > 0 ? (uint8_t)(1 + against) : 0;
    return against;
}

const struct dossier_withdrawal *authority_withdrawal_of(struct authority_search *search,
                                                         const struct dossier_accreditation *accreditation,
                                                         const struct authority_speaker *speaker)
{
    for (size_t i = authority_first_withdrawal(search, &accreditation->place);
         i != NO_LINK && authority_take_step(search); i = search->next_withdrawal[i]) {
        const struct dossier_withdrawal *found = &search->dossier->withdrawals[i];
        if (!authority_concerns(search, found, accreditation)) {
            continue;
        }
        enum answer left = authority_leaves(search, found, accreditation, speaker->place);
        if (left == ANSWER_NO || (left == ANSWER_UNKNOWN && search->lenience < LENIENCE_CUT)) {
            if (search->lenience < lenience_against(search, found)) {
                return found;
            }
        }
    }
    return NULL;
}

bool authority_is_parted(struct authority_search *search, const struct dossier_accreditation *accreditation)
{
    const struct authority_question *question = search->question;
    for (size_t i = authority_first_withdrawal(search, &accreditation->place);
         i != NO_LINK && authority_take_step(search); i = search->next_withdrawal[i]) {
        const struct dossier_withdrawal *found = &search->dossier->withdrawals[i];
        if (authority_concerns(search, found, accreditation) &&
            withdrawal_may_part(found, question->place, question->parted_from) &&
            lenience_against(search, found) != LENIENCE_NONE) {
            return true;
        }
    }
    return false;
}
