#include "protocol/rules/authority.h"

#include <assert.h>
#include <string.h>

#include "protocol/base/text.h"
#include "protocol/rules/cut.h"
#include "protocol/rules/pack_states.h"
#include "protocol/rules/weight.h"

/* What a search overlooks, each also what those before it do: the first one that finds a chain names what
 * stands in its way. */
enum lenience {
    LENIENCE_NONE,
    LENIENCE_DISPUTED,
    LENIENCE_UPGRADE,
    LENIENCE_VOIDED,
    LENIENCE_REWOUND,
    LENIENCE_CUT,
    LENIENCE_BEYOND,
    LENIENCE_STATE_NOT_ASKED,
    LENIENCE_STATES_UNBOUND,
    LENIENCE_WITHDRAWN,
    LENIENCE_CLOSED,
    LENIENCE_OUT_OF_FORCE,
    LENIENCE_DEPTH,
    LENIENCE_STATE,
    LENIENCE_CODE,
    LENIENCE_COUNT
};

static const enum reason lenience_reason[LENIENCE_COUNT] = {
    [LENIENCE_NONE] = REASON_NONE,
    [LENIENCE_DISPUTED] = REASON_DISPUTED,
    [LENIENCE_UPGRADE] = REASON_UPGRADE,
    [LENIENCE_VOIDED] = REASON_VOIDED,
    [LENIENCE_REWOUND] = REASON_REWOUND,
    [LENIENCE_CUT] = REASON_CUT_NOT_HELD,
    [LENIENCE_BEYOND] = REASON_BEYOND_CUT,
    [LENIENCE_STATE_NOT_ASKED] = REASON_STATE_NOT_ASKED,
    [LENIENCE_STATES_UNBOUND] = REASON_STATES_UNBOUND,
    [LENIENCE_WITHDRAWN] = REASON_WITHDRAWN,
    [LENIENCE_CLOSED] = REASON_WITHDRAWN,
    [LENIENCE_OUT_OF_FORCE] = REASON_ACCREDITATION_EXPIRED,
    [LENIENCE_DEPTH] = REASON_CHAIN_TOO_DEEP,
    [LENIENCE_STATE] = REASON_ACCREDITED_ELSEWHERE,
    [LENIENCE_CODE] = REASON_NOT_ACCREDITED,
};

enum {
    STEPS_MAX = 1 << 21,         /* records looked at for one answer, */
    STEPS_EACH_MAX = 1 << 13,    /* of these for who lets one author speak, */
    STEPS_CIRCLES_MAX = 1 << 18, /* and where a chain that goes in a circle is in the way */
    LINKS_TRIED_MAX = 64,        /* when depth is overlooked */
    STEPS_MISSING_MAX = 1 << 16, /* records looked at for what cuts keep that is not here */
    CLIMBED_ALL_MAX = 64,        /* accreditations of which all may be climbed: see is_small */
    LITTLE_LOGS_MAX = 128,
    NO_LINK = UINT16_MAX, /* in below: the link leads to the issuer itself; in lists: their end */
};
_Static_assert((int)DOSSIER_GRANTS_MAX < (int)NO_LINK, "links are numbered in 16 bits");
_Static_assert(CLIMBED_ALL_MAX *(CLIMBED_ALL_MAX + 1) < (int)STEPS_EACH_MAX,
               "every one of few can be climbed from every one");
_Static_assert(LINKS_TRIED_MAX <= 64, "the links of a chain are numbered in the bits of a word");

/* A statement whose speaker must be authorised. */
struct speaker {
    const struct actor_id *actor;
    const struct dossier_place *place;
    size_t link; /* the accreditation that it is; NO_LINK: what the question is about */
};

/* What a search notes of each log. */
struct author_notes {
    uint8_t room; /* links that may be below it, where an owner's accreditations lead to it: see mark_room */
    bool missed;  /* it may have said anything on a branch that a cut keeps and that is not here: likewise */
    bool places_differ; /* not all that lets it speak does so wherever it does */
    bool on_branches;   /* it accredits on side branches */
    bool climbed[2];    /* to those who may own, and to all others */
    uint16_t steps;     /* used up for who lets it speak */
};

/* The begins of lists in the order of the dossier. */
struct list_begins {
    uint16_t accreditations; /* of a log, for the code, by those to whom owners lead in any way */
    uint16_t links[2];       /* of it, that may be of use: by all others, and by those who may own */
    uint16_t withdrawals;    /* by it; of an owner in by_owners */
};

/* Of a link, without which nothing is known: none above it reaches an owner with so many links from it down,
 * or more, as long as all these speak below. */
struct dead_end {
    uint8_t links; /* 0: not known */
    uint8_t count;
    uint16_t logs[CHAIN_DEPTH_MAX];
};

struct search {
    const struct dossier *dossier;
    const struct trust *trust;
    const struct authority_question *question;
    const struct namespace_owners *owners;
    enum lenience lenience;
    size_t steps_left;  /* of those for who lets one author speak; with none left no link holds… */
    size_t all_left;    /* of those for the answer */
    bool cut;           /* …and this is set: no chain that is not found is known not to hold */
    size_t cuts_above;  /* that are asked, each, whether they keep the next */
    bool only_recorded; /* whether links to the issuer are tried only where is_recorded says yes, */
    bool for_certain;   /* for certain */
    bool knows_bound;   /* whether the next is known by now */
    enum answer bound;
    bool knows_above; /* whether the next is: what lets the author of a link speak, NO_LINK for an owner */
    size_t above;
    /* For each accreditation: links from it down to the issuer, itself counted, by the shortest way; 0: none
     * found. */
    uint8_t *links;
    uint16_t *below; /* the next one on that way */
    struct dead_end *dead_ends;
    /* For each withdrawal: 1 + the lenience from which on it is overlooked, wherever it is met; 0: not known
     * by now. */
    uint8_t *against;
    /* For each accreditation: 1 + where who voided it stood; 0: not known by now. */
    uint8_t *voids;
    /* For each accreditation: whether its author took it back at a block that is not here. */
    bool *missing;
    bool any_missing;             /* whether one is, for the code asked about, */
    struct author_notes *authors; /* of each log */
    /* Lists; of a small dossier there are none. */
    bool has_accreditations;   /* that of them is written */
    struct list_begins *first; /* of each log */
    uint16_t by_owners;
    uint16_t *next_accreditation, *next_link, *next_withdrawal;
};

/* Returns: false when no step is left. */
static bool take_step(struct search *search)
{
    if (search->steps_left == 0) {
        return false;
    }
    search->steps_left--;
    return true;
}

static const struct actor_id *author_of(const struct search *search, const struct dossier_place *place)
{
    return &dossier_log_at(search->dossier, place)->author;
}

static struct speaker speaker_of(const struct search *search, size_t link)
{
    const struct dossier_place *place = &search->dossier->accreditations[link].place;
    return (struct speaker){.actor = author_of(search, place), .place = place, .link = link};
}

static struct speaker issuer_of(const struct search *search)
{
    const struct authority_question *question = search->question;
    return (struct speaker){.actor = &question->issuer, .place = question->place, .link = NO_LINK};
}

static struct speaker speaker_under(const struct search *search, size_t link)
{
    size_t below = search->below[link];
    return below == NO_LINK ? issuer_of(search) : speaker_of(search, below);
}

/* The log of an author; SIZE_MAX: none is known. */
static size_t log_of(const struct search *search, const struct actor_id *author)
{
    const struct dossier_log *log = dossier_log_of(search->dossier, author);
    return log != NULL ? (size_t)(log - search->dossier->logs) : SIZE_MAX;
}

static uint16_t *withdrawals_of(struct search *search, size_t log)
{
    bool owner =
        namespace_owner_index(search->owners, &search->dossier->logs[log].author) < NAMESPACE_OWNERS_MAX;
    return owner ? &search->by_owners : &search->first[log].withdrawals;
}

static void list_withdrawals(struct search *search)
{
    const struct dossier *dossier = search->dossier;
    search->by_owners = NO_LINK;
    for (size_t i = 0; i < dossier->log_count; i++) {
        search->first[i].withdrawals = NO_LINK;
    }
    for (size_t i = dossier->withdrawal_count; i > 0; i--) {
        uint16_t *first = withdrawals_of(search, dossier->withdrawals[i - 1].place.log);
        search->next_withdrawal[i - 1] = *first;
        *first = (uint16_t)(i - 1);
    }
}

/* The first withdrawal that may be about what is accredited in place: its author's own, or an heir's. */
static size_t first_withdrawal(struct search *search, const struct dossier_place *place)
{
    return search->dossier->withdrawal_count == 0 ? NO_LINK : *withdrawals_of(search, place->log);
}

static bool owns_anything(const struct trust *trust, const struct actor_id *actor)
{
    for (size_t i = 0; i < trust->owner_count; i++) {
        if (actor_id_equal(&trust->owners[i].actor, actor)) {
            return true;
        }
    }
    return false;
}

/* How much must be overlooked for a statement in such a block to count. */
static enum lenience lenience_of_doubt(enum reason doubt)
{
    switch ((int)doubt) {
    case REASON_NONE:
        return LENIENCE_NONE;
    case REASON_VOIDED:
        return LENIENCE_VOIDED;
    case REASON_REWOUND:
        return LENIENCE_REWOUND;
    case REASON_CUT_NOT_HELD:
    case REASON_TOO_MANY:
        return LENIENCE_CUT;
    default:
        return LENIENCE_DISPUTED;
    }
}

/* The same for one by an owner who stood so. */
static enum lenience lenience_of_owner(struct owner_standing stood)
{
    return stood.answer == ANSWER_NO ? LENIENCE_WITHDRAWN : lenience_of_doubt(stood.doubt);
}

/* Whether is_owner may say yes to anything of its. */
static bool may_own(const struct search *search, const struct actor_id *actor)
{
    return namespace_owner_index(search->owners, actor) < NAMESPACE_OWNERS_MAX ||
           (search->lenience >= LENIENCE_CODE && owns_anything(search->trust, actor));
}

static bool is_owner(const struct search *search, const struct speaker *speaker)
{
    size_t at = namespace_owner_index(search->owners, speaker->actor);
    if (at == NAMESPACE_OWNERS_MAX) {
        return search->lenience >= LENIENCE_CODE && owns_anything(search->trust, speaker->actor);
    }
    return search->lenience >= lenience_of_owner(namespace_owner_stood(search->owners, at, speaker->place));
}

/* ---- withdrawals ---- */

/* Whether a withdrawal in place is about what was said in earlier: its author's own statement before it, or
 * that of an owner which its author succeeded. */
static bool is_about(const struct search *search, const struct dossier_place *place,
                     const struct dossier_place *earlier)
{
    const struct namespace_owners *owners = search->owners;
    if (place->log == earlier->log) {
        return place_precedes(earlier, place);
    }
    size_t speaker = namespace_owner_index(owners, author_of(search, place));
    size_t accreditor = namespace_owner_index(owners, author_of(search, earlier));
    return speaker < NAMESPACE_OWNERS_MAX && accreditor < speaker &&
           namespace_owner_succeeds(owners, speaker, accreditor);
}

/* Whether a withdrawal that is about accreditation leaves what its delegate said in place. */
static enum answer leaves(const struct dossier_withdrawal *found,
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
    return withdrawal_leaves(found, place);
}

/* Whether place is on a branch that was dropped, and only what lets its author speak can say that it counts:
 * a cut covers it, or may. */
static bool hangs_on_cut(const struct search *search, const struct dossier_place *place)
{
    return place->block.side && place->block.dropped_s != 0 &&
           doubt_by_cuts(search->dossier, author_of(search, place), place, false) != REASON_NONE;
}

static bool has_arrived(const struct search *search, const struct dossier_place *place)
{
    return dossier_place_arrived(search->dossier, place) &&
           (place_weigh(search->dossier, place, STANCE_AGAINST).weight != WEIGHT_NOTHING ||
            hangs_on_cut(search, place));
}

static bool is_in_doubt(const struct search *search, const struct dossier_place *place)
{
    return place_weigh(search->dossier, place, STANCE_AGAINST).weight != WEIGHT_FULL;
}

static bool concerns(const struct search *search, const struct dossier_withdrawal *found,
                     const struct dossier_accreditation *accreditation)
{
    return actor_id_equal(&found->withdrawal.delegate, &accreditation->accreditation.delegate) &&
           is_about(search, &found->place, &accreditation->place) && has_arrived(search, &found->place);
}

static bool names_code(const struct accreditation *accreditation, struct bytes code);

/* Whether an accreditation may let its delegate speak for the code in any way. */
static bool names_the_code(const struct search *search, const struct dossier_accreditation *found)
{
    return names_code(&found->accreditation, search->question->code) && has_arrived(search, &found->place);
}

/* Of each log, whether owners lead to its author, whatever the depths and days, by no more links than rest on
 * each other. */
static void find_led_to(const struct search *search, bool led_to[DOSSIER_LOGS_MAX])
{
    const struct dossier *dossier = search->dossier;
    bool more = true;
    memset(led_to, 0, dossier->log_count * sizeof led_to[0]);
    for (size_t i = 0; i < search->owners->count; i++) {
        size_t log = log_of(search, &search->owners->owners[i].actor);
        if (log != SIZE_MAX) {
            led_to[log] = true;
        }
    }
    for (size_t links = 0; more && links <= CHAIN_DEPTH_MAX; links++) {
        more = false;
        for (size_t i = 0; i < dossier->accreditation_count; i++) {
            const struct dossier_accreditation *found = &dossier->accreditations[i];
            size_t log = led_to[found->place.log] ? log_of(search, &found->accreditation.delegate) : SIZE_MAX;
            if (log != SIZE_MAX && !led_to[log] && names_the_code(search, found)) {
                led_to[log] = more = true;
            }
        }
    }
}

/* List by whom it is about what standpoints are found by: what others say of others takes nobody's steps. */
static void list_accreditations(struct search *search)
{
    const struct dossier *dossier = search->dossier;
    bool led_to[DOSSIER_LOGS_MAX];
    for (size_t i = 0; i < dossier->log_count; i++) {
        search->first[i].accreditations = NO_LINK;
    }
    find_led_to(search, led_to);
    for (size_t i = dossier->accreditation_count; i > 0; i--) {
        const struct dossier_accreditation *found = &dossier->accreditations[i - 1];
        size_t log = led_to[found->place.log] ? log_of(search, &found->accreditation.delegate) : SIZE_MAX;
        if (log != SIZE_MAX && names_the_code(search, found)) {
            search->next_accreditation[i - 1] = search->first[log].accreditations;
            search->first[log].accreditations = (uint16_t)(i - 1);
        }
    }
}

/* The first of those in the list of a log; most searches ask for none. */
static size_t first_accreditation(struct search *search, size_t log)
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

static enum standpoint standpoint_of(struct search *search, const struct dossier_place *place,
                                     const struct resting *on_it);

static enum standpoint worse_standpoint(enum standpoint a, enum standpoint b)
{
    return a > b ? a : b;
}

/* What a withdrawal leaves that does not leave everything. One that closes does so only where its own author
 * might: what is against somebody ends by nothing less. */
static enum standpoint standpoint_beyond(struct search *search, const struct dossier_withdrawal *found,
                                         const struct resting *on_it)
{
    if (!found->withdrawal.closed || rests_on(on_it, found->place.log)) {
        return BEYOND;
    }
    return standpoint_of(search, &found->place, on_it) == WITHIN ? BEYOND_CLOSED : BEYOND;
}

/* What is left of one accreditation for what its delegate says in place. Withdrawals count here wherever
 * their own authors stood: what comes of it is a doubt in either case. */
static enum standpoint standpoint_under(struct search *search,
                                        const struct dossier_accreditation *accreditation,
                                        const struct dossier_place *place, const struct resting *on_it)
{
    enum standpoint worst = WITHIN;
    for (size_t i = first_withdrawal(search, &accreditation->place); i != NO_LINK && take_step(search);
         i = search->next_withdrawal[i]) {
        const struct dossier_withdrawal *found = &search->dossier->withdrawals[i];
        enum answer left =
            concerns(search, found, accreditation) ? leaves(found, accreditation, place) : ANSWER_YES;
        if (left == ANSWER_YES) {
            continue;
        }
        bool sure = left == ANSWER_NO && !is_in_doubt(search, &found->place);
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
static bool is_nobody_withdrawn_above(const struct search *search, size_t log)
{
    const struct dossier *dossier = search->dossier;
    return dossier->withdrawal_count == 0 ||
           (dossier->withdrawal_count == 1 && dossier->withdrawals[0].place.log == log);
}

/* By the best of the accreditations that reach an owner of the namespace for the code asked about, and do not
 * themselves rest on the author. */
static enum standpoint standpoint_of_delegate(struct search *search, const struct dossier_place *place,
                                              const struct resting *on_it)
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
         i != NO_LINK && best != WITHIN && take_step(search); i = search->next_accreditation[i]) {
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

static enum standpoint standpoint_of(struct search *search, const struct dossier_place *place,
                                     const struct resting *on_it)
{
    size_t owner = namespace_owner_index(search->owners, author_of(search, place));
    return owner < NAMESPACE_OWNERS_MAX
               ? standpoint_of_owner(namespace_owner_stood(search->owners, owner, place))
               : standpoint_of_delegate(search, place, on_it);
}

/* Where the author of a void of the chain stood. Each takes steps of its own: with none left it is in doubt.
 */
static enum standpoint standpoint_of_void(struct search *search, const struct dossier_place *place)
{
    const struct dossier_place voids = {.log = place->log, .seq = place->void_seq};
    size_t steps_left = search->steps_left;
    search->steps_left = STEPS_EACH_MAX;
    enum standpoint stood = standpoint_of(search, &voids, NULL);
    stood = search->steps_left > 0 ? stood : IN_DOUBT;
    search->steps_left = steps_left;
    return stood;
}

/* place_weigh, of what a void beyond a closed cut takes nothing of. */
static struct weighed weigh_accreditation(struct search *search, const struct dossier_accreditation *found)
{
    uint8_t *known = &search->voids[found - search->dossier->accreditations];
    struct dossier_place place = found->place;
    if (place.voided && !place.block.side) {
        *known = *known == 0 ? (uint8_t)(1 + standpoint_of_void(search, &place)) : *known;
        place.voided = *known != 1 + BEYOND_CLOSED;
    }
    return place_weigh(search->dossier, &place, STANCE_FOR);
}

/* The same, nor a void beyond another: it is for the delegate. */
static struct weighed weigh_withdrawal(struct search *search, const struct dossier_withdrawal *found)
{
    struct dossier_place place = found->place;
    if (place.voided && !place.block.side) {
        enum standpoint stood = standpoint_of_void(search, &place);
        place.voided = stood != BEYOND_CLOSED && stood != BEYOND;
    }
    return place_weigh(search->dossier, &place, STANCE_AGAINST);
}

/* Why it can't be said whether the author of a statement owned the namespace when it said so; REASON_NONE:
 * it did or did not, or a cut decides. */
static enum reason doubt_of_owner(const struct search *search, const struct dossier_place *place)
{
    size_t owner = namespace_owner_index(search->owners, author_of(search, place));
    if (owner == NAMESPACE_OWNERS_MAX) {
        return REASON_NONE;
    }
    enum reason doubt = namespace_owner_stood(search->owners, owner, place).doubt;
    return lenience_of_doubt(doubt) == LENIENCE_CUT ? REASON_NONE : doubt;
}

/* ---- what a cut keeps of a branch that was dropped ---- */

static bool keeps(struct search *search, size_t above, const struct dossier_place *place, bool for_certain);

/* Whether a withdrawal counts for certain, on the chain or where a cut keeps it that does so itself. */
static bool counts_for_certain(struct search *search, const struct dossier_withdrawal *found)
{
    bool certain = !is_in_doubt(search, &found->place);
    if (!certain && hangs_on_cut(search, &found->place) && search->cuts_above <= CHAIN_DEPTH_MAX) {
        search->cuts_above++;
        certain = keeps(search, NO_LINK, &found->place, true);
        for (size_t i = first_accreditation(search, found->place.log);
             i != NO_LINK && !certain && take_step(search); i = search->next_accreditation[i]) {
            certain = keeps(search, i, &found->place, true);
        }
        search->cuts_above--;
    }
    return certain && standpoint_of(search, &found->place, NULL) == WITHIN;
}

static bool records_nothing(const struct search *search, size_t withdrawal)
{
    const struct authority_avoided *avoided = search->question->avoided;
    return avoided != NULL && avoided->recordings != NULL && avoided->recordings[withdrawal];
}

/* Whether the cut of a withdrawal that is about accreditation, and that counts (for certain), covers what its
 * delegate said in place: it was there when that was recorded. */
static bool is_recorded(struct search *search, const struct dossier_accreditation *accreditation,
                        const struct dossier_place *place, bool for_certain)
{
    for (size_t i = first_withdrawal(search, &accreditation->place); i != NO_LINK && take_step(search);
         i = search->next_withdrawal[i]) {
        const struct dossier_withdrawal *found = &search->dossier->withdrawals[i];
        bool counts = found->withdrawal.has_cut && !records_nothing(search, i) &&
                      concerns(search, found, accreditation);
        enum answer left = counts ? leaves(found, accreditation, place) : ANSWER_NO;
        if (for_certain ? left == ANSWER_YES && counts_for_certain(search, found) : left != ANSWER_NO) {
            return true;
        }
    }
    return false;
}

/* Whether some succession of an owner, be it in doubt, may have a cut that covers what it said in place. */
static bool may_be_handed_on(const struct namespace_owners *owners, size_t at,
                             const struct dossier_place *place)
{
    for (size_t i = 0; i < owners->handing_count; i++) {
        if (owners->handings[i].from == at && cut_covers(owners->handings[i].cut, place) != ANSWER_NO) {
            return true;
        }
    }
    return owners->left_out;
}

/* Whether the succession of an owner has a cut that covers (for certain) what it said in place. */
static bool is_handed_on(const struct search *search, const struct dossier_place *place, bool for_certain)
{
    size_t at = namespace_owner_index(search->owners, author_of(search, place));
    return at < NAMESPACE_OWNERS_MAX && (namespace_owner_recorded(search->owners, at, place) ||
                                         (!for_certain && may_be_handed_on(search->owners, at, place)));
}

/* Whether what is said in place stays (for certain) although its author dropped it, the accreditation `above`
 * (NO_LINK: it is an owner) letting that author speak. Where something says that place is void it does not.
 */
static bool keeps(struct search *search, size_t above, const struct dossier_place *place, bool for_certain)
{
    bool voided =
        dossier_place_is_void(search->dossier, place) ||
        kept_weigh(search->dossier, place, (struct spoken_of){.events = NULL}).weight != WEIGHT_FULL;
    if (for_certain && voided) {
        return false;
    }
    return above == NO_LINK
               ? is_handed_on(search, place, for_certain)
               : is_recorded(search, &search->dossier->accreditations[above], place, for_certain);
}

/* From what lenience on a withdrawal is overlooked whose block lets it count. */
static enum lenience lenience_by_standpoint(struct search *search, const struct dossier_withdrawal *found)
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

static enum lenience find_lenience_against(struct search *search, const struct dossier_withdrawal *found)
{
    struct weighed weighed = weigh_withdrawal(search, found);
    enum reason doubt =
        weighed.weight == WEIGHT_DOUBTFUL ? weighed.reason : doubt_of_owner(search, &found->place);
    return doubt != REASON_NONE ? lenience_of_doubt(doubt) : lenience_by_standpoint(search, found);
}

/* The same of one on a branch that was dropped and under a cut: what is above its author decides, here where
 * that is known, else in lets_speak. */
static enum lenience lenience_of_dropped(struct search *search, const struct dossier_withdrawal *found)
{
    struct weighed weighed = dropped_weigh(search->dossier, &found->place);
    if (search->knows_above && keeps(search, search->above, &found->place, true)) {
        return lenience_by_standpoint(search, found);
    }
    return weighed.weight == WEIGHT_NOTHING ? LENIENCE_NONE : lenience_of_doubt(weighed.reason);
}

/* From what lenience on a withdrawal is overlooked. */
static enum lenience lenience_against(struct search *search, const struct dossier_withdrawal *found)
{
    uint8_t *known = &search->against[found - search->dossier->withdrawals];
    if (hangs_on_cut(search, &found->place)) {
        return lenience_of_dropped(search, found);
    }
    if (*known != 0) {
        return (enum lenience)(*known - 1);
    }
    enum lenience against = find_lenience_against(search, found);
    *known = search->steps_left > 0 ? (uint8_t)(1 + against) : 0;
    return against;
}

/* The withdrawal that takes accreditation back from what its delegate says as speaker, or NULL. */
static const struct dossier_withdrawal *withdrawal_of(struct search *search,
                                                      const struct dossier_accreditation *accreditation,
                                                      const struct speaker *speaker)
{
    for (size_t i = first_withdrawal(search, &accreditation->place); i != NO_LINK && take_step(search);
         i = search->next_withdrawal[i]) {
        const struct dossier_withdrawal *found = &search->dossier->withdrawals[i];
        if (!concerns(search, found, accreditation)) {
            continue;
        }
        enum answer left = leaves(found, accreditation, speaker->place);
        if (left == ANSWER_NO || (left == ANSWER_UNKNOWN && search->lenience < LENIENCE_CUT)) {
            enum lenience against = lenience_against(search, found);
            bool doubted = against != LENIENCE_NONE && search->question->doubts_withdraw;
            if (search->lenience < (doubted ? LENIENCE_WITHDRAWN : against)) {
                return found;
            }
        }
    }
    return NULL;
}

/* ---- accreditations ---- */

static bool names_code(const struct accreditation *accreditation, struct bytes code)
{
    const struct bytes *patterns = accreditation->patterns.items;
    for (size_t i = 0; i < accreditation->patterns.count; i++) {
        if (code_matches(code, patterns[i])) {
            return true;
        }
    }
    return false;
}

/* Whether the code hangs on a state, by the pack of the day asked about. */
static enum answer state_bound(const struct search *search)
{
    const struct authority_question *question = search->question;
    const struct dossier_pack *pack =
        pack_under(search->dossier, search->owners, code_namespace(question->code), question->day);
    if (pack == NULL || pack_is_disputed(search->dossier, search->owners, pack)) {
        return ANSWER_UNKNOWN;
    }
    return pack_binds_state(&pack->pack, question->code);
}

/* How much must be overlooked for the states of an accreditation not to stand in the way. */
static enum lenience lenience_of_states(struct search *search, const struct accreditation *accreditation)
{
    const struct bytes *states = accreditation->states.items;
    if (accreditation->states.count == 0) {
        return LENIENCE_NONE;
    }
    if (!search->knows_bound) {
        search->bound = state_bound(search);
        search->knows_bound = true;
    }
    if (search->bound != ANSWER_YES) {
        return LENIENCE_STATES_UNBOUND;
    }
    if (search->question->state.size == 0) {
        return LENIENCE_STATE_NOT_ASKED;
    }
    for (size_t i = 0; i < accreditation->states.count; i++) {
        if (bytes_equal(states[i], search->question->state)) {
            return LENIENCE_NONE;
        }
    }
    return LENIENCE_STATE;
}

static bool in_force(const struct accreditation *accreditation, const struct authority_question *question)
{
    return accreditation->from <= question->day + question->days_after &&
           (!accreditation->has_until || question->day <= accreditation->until);
}

/* Whether what lets the speaker of an accreditation speak also keeps a withdrawal of it that the speaker
 * dropped. */
static bool keeps_withdrawal(struct search *search, size_t above, const struct speaker *speaker,
                             bool for_certain)
{
    const struct dossier_accreditation *accreditation = &search->dossier->accreditations[speaker->link];
    const struct speaker delegate = speaker_under(search, speaker->link);
    for (size_t i = first_withdrawal(search, &accreditation->place); i != NO_LINK && take_step(search);
         i = search->next_withdrawal[i]) {
        const struct dossier_withdrawal *found = &search->dossier->withdrawals[i];
        enum lenience counts = found->withdrawal.closed ? LENIENCE_CLOSED : LENIENCE_WITHDRAWN;
        if (search->lenience < counts && hangs_on_cut(search, &found->place) &&
            found->place.log == accreditation->place.log && concerns(search, found, accreditation) &&
            leaves(found, accreditation, delegate.place) == ANSWER_NO &&
            keeps(search, above, &found->place, for_certain)) {
            return true;
        }
    }
    return false;
}

/* Whether what is above a speaker lets it speak, although its author may have dropped that: where a cut keeps
 * it, and where none keeps that it was withdrawn. Of either a doubt can be overlooked. */
static bool lets_speak(struct search *search, size_t above, const struct speaker *speaker)
{
    bool for_certain = search->lenience < LENIENCE_REWOUND;
    if (speaker->link == NO_LINK) {
        return true;
    }
    if (hangs_on_cut(search, speaker->place) && !keeps(search, above, speaker->place, for_certain)) {
        return false;
    }
    return search->lenience >= LENIENCE_CLOSED || !keeps_withdrawal(search, above, speaker, !for_certain);
}

/* Of one on a branch that was dropped and under a cut lets_speak decides. */
static bool is_certain(struct search *search, const struct dossier_accreditation *found)
{
    const struct dossier_log *log = dossier_log_at(search->dossier, &found->place);
    struct weighed weighed = weigh_accreditation(search, found);
    if (search->lenience < LENIENCE_UPGRADE && log->upgrade_needed &&
        dossier_log_reaches(log, log->upgrade_seq)) {
        return false;
    }
    return hangs_on_cut(search, &found->place) ||
           (weighed.reason != REASON_DROPPED && search->lenience >= lenience_of_doubt(weighed.reason));
}

/* Whether an accreditation for other codes may have been given for the one asked about as well, on a branch
 * of its author's that a cut keeps and that is not here: a doubt, and no certain no. */
static bool may_name_code(const struct search *search, const struct dossier_accreditation *found)
{
    return search->lenience >= LENIENCE_CUT && search->lenience < LENIENCE_WITHDRAWN && search->any_missing &&
           search->authors[found->place.log].missed;
}

/* Whether an accreditation stands, whatever is said by whom on the strength of it. */
static bool stands(struct search *search, const struct dossier_accreditation *found)
{
    const struct accreditation *accreditation = &found->accreditation;
    enum lenience lenience = search->lenience;
    if (lenience < LENIENCE_OUT_OF_FORCE && !in_force(accreditation, search->question)) {
        return false; /* first, as what is most often so, and takes least to tell */
    }
    if (!dossier_place_arrived(search->dossier, &found->place) || !is_certain(search, found)) {
        return false;
    }
    if (lenience < LENIENCE_CODE && !names_code(accreditation, search->question->code) &&
        !may_name_code(search, found)) {
        return false;
    }
    return lenience >= lenience_of_states(search, accreditation);
}

/* Whether link authorises what its delegate, the speaker, says there, with so many links below it. */
static bool holds(struct search *search, size_t link, const struct speaker *speaker, size_t links_below)
{
    const struct dossier_accreditation *found = &search->dossier->accreditations[link];
    const struct accreditation *accreditation = &found->accreditation;
    enum lenience lenience = search->lenience;
    if (!stands(search, found) || !lets_speak(search, link, speaker)) {
        return false;
    }
    if (lenience < LENIENCE_DEPTH && accreditation->depth < links_below) {
        return false;
    }
    return lenience >= LENIENCE_CLOSED || withdrawal_of(search, found, speaker) == NULL;
}

/* ---- whom owners reach ---- */

/* Returns: whether there was less. */
static bool raise_room(struct search *search, const struct actor_id *author, size_t room)
{
    size_t log = log_of(search, author);
    if (log == SIZE_MAX || search->authors[log].room >= room) {
        return false;
    }
    search->authors[log].room = (uint8_t)room;
    return true;
}

static void give_owners_room(struct search *search, size_t links_max)
{
    for (size_t i = 0; i < search->owners->count; i++) {
        raise_room(search, &search->owners->owners[i].actor, links_max);
    }
    for (size_t i = 0; search->lenience >= LENIENCE_CODE && i < search->trust->owner_count; i++) {
        raise_room(search, &search->trust->owners[i].actor, links_max);
    }
}

/* How many links an accreditation may have below it. */
static size_t room_under(const struct search *search, const struct dossier_accreditation *found)
{
    size_t room = search->authors[found->place.log].room;
    if (room == 0) {
        return 0;
    }
    bool any_depth = search->lenience >= LENIENCE_DEPTH || found->accreditation.depth >= room;
    return any_depth ? room - 1 : (size_t)found->accreditation.depth;
}

/* ---- what cuts keep that is not here ---- */

static bool is_missing(const struct dossier_cut *cut)
{
    return cut->found == CUT_NOT_HELD || cut->found == CUT_TOO_LONG;
}

/* Whether its author took an accreditation that lets others speak for the code back for certain, but for what
 * is on a branch that is not here. Where that takes too long it may have. */
static bool keeps_missing(struct search *search, size_t accreditation, size_t *steps)
{
    const struct dossier_accreditation *found = &search->dossier->accreditations[accreditation];
    bool missing = false;
    if (found->accreditation.depth == 0 || !names_code(&found->accreditation, search->question->code)) {
        return false;
    }
    for (size_t i = first_withdrawal(search, &found->place); i != NO_LINK && !missing;
         i = search->next_withdrawal[i]) {
        if (++*steps > STEPS_MISSING_MAX) {
            return true;
        }
        const struct dossier_withdrawal *by = &search->dossier->withdrawals[i];
        missing = by->withdrawal.has_cut && is_missing(&by->cut) && concerns(search, by, found) &&
                  !is_in_doubt(search, &by->place);
    }
    return missing;
}

/* Requires: lists are written. */
static void mark_missing(struct search *search)
{
    size_t steps = 0;
    bool any = false;
    for (size_t i = 0; i < search->dossier->withdrawal_count && !any; i++) {
        const struct dossier_withdrawal *found = &search->dossier->withdrawals[i];
        any = found->withdrawal.has_cut && is_missing(&found->cut);
    }
    for (size_t i = 0; i < search->dossier->accreditation_count && any; i++) {
        search->missing[i] = keeps_missing(search, i, &steps);
        search->any_missing = search->any_missing || search->missing[i];
    }
}

/* Find out whose branches these are, as far as an owner lets who took back have two links below it. Returns:
 * whether one is found that was not known. */
static bool mark_missed(struct search *search)
{
    bool more = false;
    for (size_t i = 0; i < search->dossier->accreditation_count && search->any_missing; i++) {
        const struct dossier_accreditation *found = &search->dossier->accreditations[i];
        size_t log = log_of(search, &found->accreditation.delegate);
        if (search->missing[i] && log != SIZE_MAX && !search->authors[log].missed &&
            search->authors[found->place.log].room >= 2) {
            search->authors[log].missed = more = true;
        }
    }
    return more;
}

/* Find out of each author how many links an owner lets it have below it, by accreditations that lead down to
 * it in at most links_max links, cuts aside. No chain goes through others: however many accreditations a
 * crowd signs whom nobody lets accredit anybody, none of them is climbed. */
static void mark_room(struct search *search, size_t links_max)
{
    const struct dossier *dossier = search->dossier;
    bool more = true;
    give_owners_room(search, links_max);
    for (size_t links = 0; more && links < links_max; links++) {
        more = false;
        for (size_t i = 0; i < dossier->accreditation_count; i++) {
            const struct dossier_accreditation *found = &dossier->accreditations[i];
            size_t room = room_under(search, found);
            if (room > 0 && stands(search, found)) {
                more |= raise_room(search, &found->accreditation.delegate, room);
            }
        }
        more = mark_missed(search) || more;
    }
}

static void mark_places(struct search *search)
{
    const struct dossier *dossier = search->dossier;
    for (size_t i = 0; i < dossier->withdrawal_count; i++) {
        size_t log = log_of(search, &dossier->withdrawals[i].withdrawal.delegate);
        if (log != SIZE_MAX) {
            search->authors[log].places_differ = true;
        }
    }
    for (size_t i = 0; i < dossier->accreditation_count; i++) {
        const struct dossier_place *place = &dossier->accreditations[i].place;
        search->authors[place->log].places_differ |= place->block.side;
        search->authors[place->log].on_branches |= place->block.side;
    }
}

/* Whether there are so few statements that all can be climbed without that any step is left wanting: to mark
 * those of use takes longer then. */
static bool is_small(const struct dossier *dossier)
{
    return dossier->accreditation_count <= CLIMBED_ALL_MAX && dossier->withdrawal_count == 0;
}

static bool is_avoided(const struct search *search, size_t link)
{
    const struct authority_avoided *avoided = search->question->avoided;
    size_t log = search->dossier->accreditations[link].place.log;
    if (avoided != NULL && avoided->links != NULL && avoided->links[link]) {
        return true;
    }
    return avoided != NULL && avoided->logs != NULL && avoided->logs[log];
}

/* Whether some chain that is looked for may have a link with others below it. */
static bool may_lead_on(struct search *search, size_t link)
{
    const struct dossier_accreditation *found = &search->dossier->accreditations[link];
    bool deep = search->lenience >= LENIENCE_DEPTH || found->accreditation.depth > 0;
    return deep && search->authors[found->place.log].room > 1 && stands(search, found) &&
           !is_avoided(search, link);
}

/* List by whom it is about what may lead on: what is about other codes and days, or by those whom nobody lets
 * accredit anybody, takes none of the steps of those whom it is about. */
static void list_links(struct search *search)
{
    const struct dossier *dossier = search->dossier;
    for (size_t i = 0; i < dossier->log_count; i++) {
        search->first[i].links[false] = search->first[i].links[true] = NO_LINK;
    }
    for (size_t i = dossier->accreditation_count; i > 0; i--) {
        const struct dossier_accreditation *found = &dossier->accreditations[i - 1];
        size_t log = may_lead_on(search, i - 1) ? log_of(search, &found->accreditation.delegate) : SIZE_MAX;
        if (log != SIZE_MAX) {
            uint16_t *first = &search->first[log].links[may_own(search, author_of(search, &found->place))];
            search->next_link[i - 1] = *first;
            *first = (uint16_t)(i - 1);
        }
    }
}

static void mark_authors(struct search *search, size_t links_max)
{
    memset(search->authors, 0, search->dossier->log_count * sizeof search->authors[0]);
    if (!is_small(search->dossier)) {
        mark_room(search, links_max);
        mark_places(search);
        list_links(search);
    }
}

/* ---- chains ---- */

/* One level of the search: from speaker, above link `below`, to its accreditors. */
struct level {
    struct speaker speaker;
    uint16_t below;
    size_t links_below;
};

/* Whether the question is about a link from the issuer that is of no use here. */
static bool is_unrecorded(struct search *search, size_t link, const struct level *level)
{
    return level->links_below == 0 && search->only_recorded &&
           !is_recorded(search, &search->dossier->accreditations[link], search->question->place,
                        search->for_certain);
}

/* Whether no owner lets an author have so many links below what it accredits. */
static bool is_of_no_use(const struct search *search, size_t log, size_t links_below)
{
    return search->authors[log].room <= links_below && !is_small(search->dossier);
}

/* Requires: link names the level's speaker. Nobody lets itself speak. */
static bool is_reached(struct search *search, size_t link, const struct level *level)
{
    struct speaker accreditor = speaker_of(search, link);
    return !is_of_no_use(search, accreditor.place->log, level->links_below) &&
           !actor_id_equal(accreditor.actor, level->speaker.actor) &&
           !actor_id_equal(accreditor.actor, &search->question->issuer) && !is_avoided(search, link) &&
           holds(search, link, &level->speaker, level->links_below) && !is_unrecorded(search, link, level) &&
           search->steps_left > 0;
}

/* Whether a link that is reached is an owner's. */
static bool is_top(struct search *search, size_t link)
{
    struct speaker accreditor = speaker_of(search, link);
    return is_owner(search, &accreditor) && lets_speak(search, NO_LINK, &accreditor) &&
           search->steps_left > 0;
}

/* The first accreditation of a level's speaker at `from` or after. */
static size_t find_link(const struct search *search, const struct level *level, size_t from)
{
    size_t count = search->dossier->accreditation_count;
    while (from < count && !actor_id_equal(&search->dossier->accreditations[from].accreditation.delegate,
                                           level->speaker.actor)) {
        from++;
    }
    return from < count ? from : NO_LINK;
}

/* Who is asked about may have no log. */
static bool is_listed(const struct search *search, const struct level *level)
{
    return level->below != NO_LINK && !is_small(search->dossier);
}

/* Give who is climbed from its steps, or what is left for all, and take back what it left. */
static void begin_steps(struct search *search, size_t max)
{
    search->steps_left = max < search->all_left ? max : search->all_left;
    search->all_left -= search->steps_left;
}

static void end_steps(struct search *search)
{
    search->cut = search->cut || search->steps_left == 0;
    search->all_left += search->steps_left;
}

/* Returns: whether the link is newly reached, and an owner's: *top. */
static bool climb_link(struct search *search, size_t link, const struct level *level, size_t *top)
{
    if (search->links[link] != 0 || !is_reached(search, link, level)) {
        return false;
    }
    search->links[link] = (uint8_t)(level->links_below + 1);
    search->below[link] = level->below;
    if (!is_top(search, link)) {
        return false;
    }
    *top = link;
    return true;
}

/* Whether a link that does not hold for the level's speaker there may do so for what it says elsewhere. */
static bool hangs_on_place(struct search *search, size_t link, const struct level *level)
{
    return search->authors[level->speaker.place->log].on_branches ||
           first_withdrawal(search, &search->dossier->accreditations[link].place) != NO_LINK;
}

/* What is reached, and what holds nowhere, is not looked at again. */
static bool climb_listed(struct search *search, const struct level *level, bool by_owners, size_t *top)
{
    uint16_t *at = &search->first[level->speaker.place->log].links[by_owners];
    while (*at != NO_LINK && take_step(search)) {
        const uint16_t link = *at;
        if (climb_link(search, link, level, top)) {
            return true;
        }
        if (search->links[link] == 0 && hangs_on_place(search, link, level)) {
            at = &search->next_link[link];
        } else {
            *at = search->next_link[link];
        }
    }
    return false;
}

/* Try every accreditation not reached so far above a speaker, by owners alone or by all others. Returns:
 * whether one by an owner was found, *top. */
static bool climb(struct search *search, const struct level *level, bool by_owners, size_t *top)
{
    if (is_listed(search, level)) {
        return climb_listed(search, level, by_owners, top);
    }
    for (size_t i = find_link(search, level, 0); i != NO_LINK && take_step(search);
         i = find_link(search, level, i + 1)) {
        if (may_own(search, speaker_of(search, i).actor) == by_owners && climb_link(search, i, level, top)) {
            return true;
        }
    }
    return false;
}

/* The same with the steps that are for the author of a log, which that one alone can use up. */
static bool climb_from(struct search *search, const struct level *level, bool by_owners, size_t *top)
{
    size_t log = level->speaker.place->log;
    size_t max = STEPS_EACH_MAX - search->authors[log].steps;
    begin_steps(search, max);
    size_t before = search->steps_left;
    bool found = climb(search, level, by_owners, top);
    search->authors[log].steps += (uint16_t)(before - search->steps_left);
    search->authors[log].climbed[by_owners] = true;
    end_steps(search);
    return found;
}

/* Whether climbing from one more place of a log finds nothing new: all its places are alike. */
static bool is_climbed(const struct search *search, size_t log, bool by_owners)
{
    return search->authors[log].climbed[by_owners] && !search->authors[log].places_differ;
}

/* The same for all that have so many links below them. Writes: *any, whether there are such. */
static bool climb_level(struct search *search, size_t links, bool by_owners, bool *any, size_t *top)
{
    for (size_t i = 0; i < search->dossier->accreditation_count; i++) {
        if (search->links[i] != links) {
            continue;
        }
        *any = true;
        const struct level level = {
            .speaker = speaker_of(search, i), .below = (uint16_t)i, .links_below = links};
        if (!is_climbed(search, level.speaker.place->log, by_owners) &&
            climb_from(search, &level, by_owners, top)) {
            return true;
        }
    }
    return false;
}

static bool climb_from_issuer(struct search *search, bool by_owners, size_t *top)
{
    const struct level level = {.speaker = issuer_of(search), .below = NO_LINK, .links_below = 0};
    begin_steps(search, search->all_left / 2);
    bool found = climb(search, &level, by_owners, top);
    end_steps(search);
    return found;
}

/* Shortest way from the issuer upward, link by link: a link with fewer links below it is never worse, so
 * each needs to be reached once only. Of each level who owns the namespace is tried first: what others say
 * costs nobody the steps to its owner. Returns: whether an owner was reached; *top is the owner's link. */
static bool find_way(struct search *search, size_t links_max, size_t *top)
{
    memset(search->links, 0, search->dossier->accreditation_count);
    if (climb_from_issuer(search, true, top) || climb_from_issuer(search, false, top)) {
        return true;
    }
    for (size_t links = 1; links < links_max; links++) {
        bool any = false;
        if (climb_level(search, links, true, &any, top) || climb_level(search, links, false, &any, top)) {
            return true;
        }
        if (!any) {
            return false;
        }
    }
    return false;
}

/* ---- ways in a circle ---- */

/* The links of the way from one down to the issuer, as bits: those said by the author of a log. */
static uint64_t said_below(const struct search *search, size_t log, size_t link)
{
    for (; link != NO_LINK; link = search->below[link]) {
        if (search->dossier->accreditations[link].place.log == log) {
            return UINT64_C(1) << (search->links[link] - 1);
        }
    }
    return 0;
}

/* Whether it is known that nothing above link reaches an owner. Writes: *because, the links below that are in
 * the way. */
static bool is_dead_end(const struct search *search, size_t link, uint64_t *because)
{
    *because = 0;
    if (search->dead_ends[link].links == 0 || search->dead_ends[link].links > search->links[link]) {
        return false;
    }
    for (size_t i = 0; i < search->dead_ends[link].count; i++) {
        uint64_t said = said_below(search, search->dead_ends[link].logs[i], search->below[link]);
        if (said == 0) {
            return false;
        }
        *because |= said;
    }
    return true;
}

static void note_dead_end(struct search *search, size_t link, uint64_t because)
{
    size_t count = 0;
    for (size_t at = search->below[link]; at != NO_LINK; at = search->below[at]) {
        if ((because >> (search->links[at] - 1) & 1) == 0) {
            continue;
        }
        if (count == CHAIN_DEPTH_MAX) {
            return;
        }
        search->dead_ends[link].logs[count++] = (uint16_t)search->dossier->accreditations[at].place.log;
    }
    search->dead_ends[link].count = (uint8_t)count;
    search->dead_ends[link].links = search->links[link];
}

/* What is left of the lists of a level's speaker, in the order of the dossier. */
struct links_left {
    uint16_t listed[2]; /* in each */
    size_t from;        /* where there is none */
};

static struct links_left links_above(const struct search *search, const struct level *level)
{
    struct links_left left = {.from = 0};
    if (is_listed(search, level)) {
        memcpy(left.listed, search->first[level->speaker.place->log].links, sizeof left.listed);
    }
    return left;
}

static size_t take_link(const struct search *search, const struct level *level, struct links_left *left)
{
    size_t link;
    if (is_listed(search, level)) {
        uint16_t *first = &left->listed[left->listed[true] < left->listed[false]];
        link = *first;
        *first = link != NO_LINK ? search->next_link[link] : NO_LINK;
    } else {
        link = find_link(search, level, left->from);
        left->from = link + 1;
    }
    return link;
}

/* Try every way up from a level on which nobody speaks twice, of at most links_max links. Writes: *top;
 * *because: without an owner, the links below that were in the way of some. */
static bool climb_straight(struct search *search, const struct level *level, size_t links_max, size_t *top,
                           uint64_t *because)
{
    struct links_left left = links_above(search, level);
    *because = 0;
    for (size_t i = take_link(search, level, &left); i != NO_LINK && take_step(search);
         i = take_link(search, level, &left)) {
        uint64_t said = said_below(search, search->dossier->accreditations[i].place.log, level->below);
        *because |= said;
        if (said != 0 || !is_reached(search, i, level)) {
            continue;
        }
        search->links[i] = (uint8_t)(level->links_below + 1);
        search->below[i] = level->below;
        if (is_top(search, i)) {
            *top = i;
            return true;
        }
        uint64_t above = 0;
        if (search->links[i] == links_max) {
            continue;
        }
        if (!is_dead_end(search, i, &above)) {
            const struct level next = {
                .speaker = speaker_of(search, i), .below = (uint16_t)i, .links_below = search->links[i]};
            if (climb_straight(search, &next, links_max, top, &above)) {
                return true;
            }
            above &= ~(UINT64_C(1) << (search->links[i] - 1));
            note_dead_end(search, i, above);
        }
        *because |= above;
    }
    return false;
}

/* Shortest chain on which nobody speaks twice: which link leads on depends on all below it. */
static bool find_straight(struct search *search, size_t links_min, size_t links_max, size_t *top)
{
    const struct level level = {.speaker = issuer_of(search), .below = NO_LINK, .links_below = 0};
    bool found = false;
    if (!is_small(search->dossier)) {
        list_links(search);
    }
    begin_steps(search, STEPS_CIRCLES_MAX);
    for (size_t links = links_min; links <= links_max && !found && search->steps_left > 0; links++) {
        uint64_t because;
        memset(search->dead_ends, 0, search->dossier->accreditation_count * sizeof search->dead_ends[0]);
        found = climb_straight(search, &level, links, top, &because);
    }
    end_steps(search);
    return found;
}

static bool is_circle(const struct search *search, size_t top)
{
    for (size_t link = top; link != NO_LINK; link = search->below[link]) {
        if (said_below(search, search->dossier->accreditations[link].place.log, search->below[link]) != 0) {
            return true;
        }
    }
    return false;
}

/* Shortest chain on which nobody lets itself speak, by way of others neither. Where there is any, there is a
 * way up, and what was withdrawn aside the shortest way goes in no circle. Returns: whether an owner was
 * reached; *top is the owner's link, NO_LINK for the issuer. */
static bool find_chain(struct search *search, size_t *top)
{
    size_t links_max = search->lenience >= LENIENCE_DEPTH ? LINKS_TRIED_MAX : CHAIN_DEPTH_MAX;
    struct speaker issuer = issuer_of(search);
    *top = NO_LINK;
    if (!search->only_recorded && is_owner(search, &issuer)) {
        return true;
    }
    mark_authors(search, links_max);
    if (!find_way(search, links_max, top)) {
        return false;
    }
    return !is_circle(search, *top) || find_straight(search, search->links[*top], links_max, top);
}

static bool any_cut_of_issuer(const struct search *search)
{
    const struct dossier *dossier = search->dossier;
    for (size_t i = 0; i < dossier->withdrawal_count; i++) {
        const struct withdrawal *withdrawal = &dossier->withdrawals[i].withdrawal;
        if (withdrawal->has_cut && actor_id_equal(&withdrawal->delegate, &search->question->issuer)) {
            return true;
        }
    }
    return false;
}

/* Add to those that are reached who accredited them for a code. Returns: whether that is one more. */
static bool reach_accreditors(bool *reached, const struct dossier *dossier, struct bytes code)
{
    bool more = false;
    for (size_t i = 0; i < dossier->accreditation_count; i++) {
        const struct dossier_accreditation *row = &dossier->accreditations[i];
        const struct dossier_log *delegate = dossier_log_of(dossier, &row->accreditation.delegate);
        if (!reached[row->place.log] && delegate != NULL && reached[delegate - dossier->logs] &&
            names_code(&row->accreditation, code)) {
            reached[row->place.log] = more = true;
        }
    }
    return more;
}

/* Whether what was left out may have been taken back from the issuer, or from whoever let it speak for the
 * code, and so on. */
static __attribute__((noinline)) bool is_above_cut(const struct dossier *dossier,
                                                   const struct authority_question *question)
{
    bool reached[DOSSIER_LOGS_MAX] = {false};
    const struct dossier_log *issuer = dossier_log_of(dossier, &question->issuer);
    bool found = issuer == NULL;
    if (issuer != NULL) {
        reached[issuer - dossier->logs] = true;
    }
    while (!found && reach_accreditors(reached, dossier, question->code)) {
    }
    for (size_t i = 0; i < dossier->log_count && !found; i++) {
        found = reached[i] && dossier->logs[i].withdrawals_cut;
    }
    return found;
}

static bool lacks_withdrawals(const struct dossier *dossier, const struct authority_question *question)
{
    return dossier->cuts.withdrawals || (dossier->cuts.delegates && is_above_cut(dossier, question));
}

/* Whether an owner's succession covers what speaks, or any chain that holds begins with a recorded link,
 * whichever the one is that was found. Of what is said on a side branch it is
 * unknown where it may be so, but for a doubt. */
static enum answer finds_recorded(struct search *search)
{
    size_t top;
    struct speaker issuer = issuer_of(search);
    if (is_owner(search, &issuer) && is_handed_on(search, search->question->place, true)) {
        return ANSWER_YES;
    }
    if (any_cut_of_issuer(search)) {
        search->only_recorded = true;
        search->for_certain = true;
        if (find_chain(search, &top)) {
            return ANSWER_YES;
        }
        search->for_certain = false;
        search->lenience = LENIENCE_STATES_UNBOUND;
        if (search->question->place->block.side && find_chain(search, &top)) {
            return ANSWER_UNKNOWN;
        }
    }
    size_t owner = namespace_owner_index(search->owners, &search->question->issuer);
    bool may = search->cut || may_be_handed_on(search->owners, owner, search->question->place);
    return may ? ANSWER_UNKNOWN : ANSWER_NO;
}

static void write_chain(struct authority_answer *out, struct search *search, size_t top)
{
    size_t links = top == NO_LINK ? 0 : search->links[top];
    out->has_chain = links <= CHAIN_DEPTH_MAX;
    if (!out->has_chain) {
        return;
    }
    out->chain_size = links;
    size_t at = 0;
    for (size_t link = top; link != NO_LINK; link = search->below[link]) {
        const struct accreditation *accreditation = &search->dossier->accreditations[link].accreditation;
        out->links[at] = link;
        out->chain[at++] = *speaker_of(search, link).actor;
        if (accreditation->has_until && (out->until == DAY_NONE || accreditation->until < out->until)) {
            out->until = accreditation->until;
        }
    }
    out->chain[at] = search->question->issuer;
}

/* Who withdrew the chain: whoever took back its uppermost link that was, or the owner that handed the
 * namespace on. */
static void write_withdrawer(struct authority_answer *out, struct search *search, size_t top)
{
    out->withdrawn_by = top == NO_LINK ? search->question->issuer : *speaker_of(search, top).actor;
    search->lenience = LENIENCE_STATES_UNBOUND;
    search->steps_left = search->all_left;
    search->knows_above = true;
    search->above = NO_LINK;
    for (size_t link = top; link != NO_LINK; search->above = link, link = search->below[link]) {
        const struct dossier_accreditation *accreditation = &search->dossier->accreditations[link];
        struct speaker speaker = speaker_under(search, link);
        const struct dossier_withdrawal *found = withdrawal_of(search, accreditation, &speaker);
        if (found != NULL) {
            out->withdrawn_by = *author_of(search, &found->place);
            return;
        }
    }
}

/* What is in doubt about a chain that hangs on a cut. */
static enum reason cut_doubt_of(const struct authority_answer *answer, const struct dossier *dossier)
{
    for (size_t i = 0; i < dossier->withdrawal_count; i++) {
        const struct dossier_withdrawal *found = &dossier->withdrawals[i];
        for (size_t k = 0; answer->has_chain && k <= answer->chain_size; k++) {
            if (found->withdrawal.has_cut && cut_doubt(&found->cut) == REASON_TOO_MANY &&
                actor_id_equal(&found->withdrawal.delegate, &answer->chain[k])) {
                return REASON_TOO_MANY;
            }
        }
    }
    return REASON_CUT_NOT_HELD;
}

bool authority_is_unknown(enum reason reason)
{
    return reason == REASON_DISPUTED || reason == REASON_UPGRADE || reason == REASON_VOIDED ||
           reason == REASON_REWOUND || reason == REASON_CUT_NOT_HELD || reason == REASON_BEYOND_CUT ||
           reason == REASON_STATE_NOT_ASKED || reason == REASON_STATES_UNBOUND || reason == REASON_TOO_MANY ||
           reason == REASON_LIMIT;
}

bool accreditation_names_code(const struct accreditation *accreditation, struct bytes code)
{
    return names_code(accreditation, code);
}

void authority_of(struct authority_answer *out, const struct dossier *dossier, const struct trust *trust,
                  const struct authority_question *question)
{
    struct namespace_owners owners;
    namespace_owners_of(&owners, dossier, trust, code_namespace(question->code));
    authority_under(out, dossier, trust, &owners, question);
}

static void write_found(struct authority_answer *out, struct search *search, size_t top)
{
    out->reason = lenience_reason[search->lenience];
    out->closed = search->lenience == LENIENCE_CLOSED;
    write_chain(out, search, top);
    if (search->only_recorded) {
        out->recorded = ANSWER_YES;
    } else if (out->reason == REASON_NONE) {
        out->recorded = finds_recorded(search);
    } else if (search->question->place->block.side && authority_is_unknown(out->reason)) {
        out->recorded = finds_recorded(search) == ANSWER_NO ? ANSWER_NO : ANSWER_UNKNOWN;
    } else if (out->reason == REASON_WITHDRAWN) {
        write_withdrawer(out, search, top);
    }
    if (out->reason == REASON_CUT_NOT_HELD) {
        out->reason = cut_doubt_of(out, search->dossier);
    }
}

/* The reason where not all was looked at. The last leniences only say why it is no: there it is one that is
 * so whatever was not looked at, and none that a stranger has whom an owner may have accredited for the code.
 */
static enum reason reason_of_limit(const struct search *search)
{
    if (search->lenience < LENIENCE_OUT_OF_FORCE) {
        return REASON_LIMIT;
    }
    if (search->lenience == LENIENCE_OUT_OF_FORCE) {
        return REASON_ACCREDITATION_EXPIRED;
    }
    return search->question->state.size > 0 ? REASON_ACCREDITED_ELSEWHERE : REASON_NOT_ACCREDITED;
}

/* Whether it matters why nobody lets the issuer speak: see hangs_on_cuts. */
static bool asks_why(const struct search *search)
{
    const struct authority_question *question = search->question;
    bool hangs = search->dossier->cuts.accreditations || search->owners->left_out;
    return !question->recorded_only && (!question->only_whether || hangs);
}

/* Requires: search has room for its notes. */
static void find_authority(struct authority_answer *out, struct search *search, const struct dossier *dossier,
                           const struct trust *trust, const struct namespace_owners *owners,
                           const struct authority_question *question)
{
    search->dossier = dossier;
    search->trust = trust;
    search->question = question;
    search->owners = owners;
    search->steps_left = 0;
    search->all_left = STEPS_MAX;
    search->cut = false;
    search->only_recorded = question->recorded_only;
    search->for_certain = true;
    search->knows_bound = false;
    search->knows_above = false;
    search->cuts_above = 0;
    search->has_accreditations = false;
    memset(search->against, 0, dossier->withdrawal_count);
    memset(search->voids, 0, dossier->accreditation_count);
    search->any_missing = false;
    if (!is_small(dossier)) {
        list_withdrawals(search);
        mark_missing(search);
    }
    int leniences = asks_why(search) ? LENIENCE_COUNT : 1;
    for (enum lenience lenience = LENIENCE_NONE; (int)lenience < leniences && !search->cut; lenience++) {
        size_t top;
        search->lenience = lenience;
        if (find_chain(search, &top) && (lenience == LENIENCE_NONE || !search->cut)) {
            write_found(out, search, top);
            return;
        }
    }
    if (search->cut) {
        out->reason = reason_of_limit(search);
    }
}

static bool is_little(const struct dossier *dossier)
{
    return is_small(dossier) && dossier->log_count <= LITTLE_LOGS_MAX;
}

/* Most questions find little, and to touch the room for much takes longer than to search it: so the two have
 * frames of their own. */
static __attribute__((noinline)) void find_in_little(struct authority_answer *out,
                                                     const struct dossier *dossier, const struct trust *trust,
                                                     const struct namespace_owners *owners,
                                                     const struct authority_question *question)
{
    uint8_t links[CLIMBED_ALL_MAX], voids[CLIMBED_ALL_MAX], against[1];
    uint16_t below[CLIMBED_ALL_MAX];
    struct dead_end dead_ends[CLIMBED_ALL_MAX];
    struct author_notes authors[LITTLE_LOGS_MAX];
    struct search search;
    search.links = links;
    search.below = below;
    search.dead_ends = dead_ends;
    search.against = against;
    search.voids = voids;
    search.authors = authors;
    search.first = NULL;
    search.next_accreditation = search.next_link = search.next_withdrawal = NULL;
    search.missing = NULL;
    find_authority(out, &search, dossier, trust, owners, question);
}

static __attribute__((noinline)) void find_in_much(struct authority_answer *out,
                                                   const struct dossier *dossier, const struct trust *trust,
                                                   const struct namespace_owners *owners,
                                                   const struct authority_question *question)
{
    assert(dossier->accreditation_count <= DOSSIER_GRANTS_MAX);
    assert(dossier->withdrawal_count <= DOSSIER_GRANTS_MAX);
    uint8_t links[DOSSIER_GRANTS_MAX], voids[DOSSIER_GRANTS_MAX], against[DOSSIER_GRANTS_MAX];
    uint16_t below[DOSSIER_GRANTS_MAX];
    struct dead_end dead_ends[DOSSIER_GRANTS_MAX];
    struct author_notes authors[DOSSIER_LOGS_MAX];
    struct list_begins first[DOSSIER_LOGS_MAX];
    uint16_t next_accreditation[DOSSIER_GRANTS_MAX], next_link[DOSSIER_GRANTS_MAX];
    uint16_t next_withdrawal[DOSSIER_GRANTS_MAX];
    bool missing[DOSSIER_GRANTS_MAX];
    struct search search;
    search.links = links;
    search.below = below;
    search.dead_ends = dead_ends;
    search.against = against;
    search.voids = voids;
    search.authors = authors;
    search.first = first;
    search.next_accreditation = next_accreditation;
    search.next_link = next_link;
    search.next_withdrawal = next_withdrawal;
    search.missing = missing;
    find_authority(out, &search, dossier, trust, owners, question);
}

static bool is_open(enum reason reason)
{
    return reason == REASON_DISPUTED || reason == REASON_UPGRADE || reason == REASON_VOIDED ||
           reason == REASON_TOO_MANY || reason == REASON_LIMIT;
}

/* Whether what was left out of the dossier, or of its successions, could make the answer another one. */
static bool hangs_on_cuts(const struct dossier *dossier, const struct authority_question *question,
                          bool owners_left_out, enum reason reason)
{
    if (reason == REASON_NONE) {
        return owners_left_out || lacks_withdrawals(dossier, question);
    }
    return (dossier->cuts.accreditations || owners_left_out) && reason != REASON_NAMESPACE_UNOWNED &&
           !is_open(reason);
}

void authority_under(struct authority_answer *out, const struct dossier *dossier, const struct trust *trust,
                     const struct namespace_owners *owners, const struct authority_question *question)
{
    *out = (struct authority_answer){.reason = REASON_UNTRUSTED, .until = DAY_NONE};
    if (owners->count == 0) {
        out->reason = REASON_NAMESPACE_UNOWNED;
    } else if (is_little(dossier)) {
        find_in_little(out, dossier, trust, owners, question);
    } else {
        find_in_much(out, dossier, trust, owners, question);
    }
    if (hangs_on_cuts(dossier, question, owners->left_out, out->reason)) {
        out->reason = REASON_LIMIT;
    }
}
