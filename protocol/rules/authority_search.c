#include "protocol/rules/authority_search.h"

#include <string.h>

#include "protocol/rules/authority_links.h"
#include "protocol/rules/authority_reach.h"
#include "protocol/rules/authority_withdrawals.h"

enum {
    STEPS_CIRCLES_MAX = 1 << 18, /* records looked at where a chain that goes in a circle is in the way */
    LINKS_TRIED_MAX = 64,        /* when depth is overlooked */
};
_Static_assert(LINKS_TRIED_MAX <= 64, "the links of a chain are numbered in the bits of a word");

const struct actor_id *authority_author_of(const struct authority_search *search,
                                           const struct dossier_place *place)
{
    return &dossier_log_at(search->dossier, place)->author;
}

struct authority_speaker authority_speaker_of(const struct authority_search *search, size_t link)
{
    const struct dossier_place *place = &search->dossier->accreditations[link].place;
    return (struct authority_speaker){
        .actor = authority_author_of(search, place), .place = place, .link = link};
}

struct authority_speaker authority_issuer_of(const struct authority_search *search)
{
    const struct authority_question *question = search->question;
    return (struct authority_speaker){.actor = &question->issuer, .place = question->place, .link = NO_LINK};
}

struct authority_speaker authority_speaker_under(const struct authority_search *search, size_t link)
{
    size_t below = search->below[link];
    return below == NO_LINK ? authority_issuer_of(search) : authority_speaker_of(search, below);
}

size_t authority_log_of(const struct authority_search *search, const struct actor_id *author)
{
    const struct dossier_log *log = dossier_log_of(search->dossier, author);
    return log != NULL ? (size_t)(log - search->dossier->logs) : SIZE_MAX;
}

static uint16_t *withdrawals_of(struct authority_search *search, size_t log)
{
    bool owner =
        namespace_owner_index(search->owners, &search->dossier->logs[log].author) < NAMESPACE_OWNERS_MAX;
    return owner ? &search->by_owners : &search->first[log].withdrawals;
}

void authority_list_withdrawals(struct authority_search *search)
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

size_t authority_first_withdrawal(struct authority_search *search, const struct dossier_place *place)
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

enum authority_lenience authority_lenience_of_doubt(enum reason doubt)
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
static enum authority_lenience lenience_of_owner(struct owner_standing stood)
{
    return stood.answer == ANSWER_NO ? LENIENCE_WITHDRAWN : authority_lenience_of_doubt(stood.doubt);
}

bool authority_may_own(const struct authority_search *search, const struct actor_id *actor)
{
    return namespace_owner_index(search->owners, actor) < NAMESPACE_OWNERS_MAX ||
           (search->lenience >= LENIENCE_CODE && owns_anything(search->trust, actor));
}

bool authority_is_owner(const struct authority_search *search, const struct authority_speaker *speaker)
{
    size_t at = namespace_owner_index(search->owners, speaker->actor);
    if (at == NAMESPACE_OWNERS_MAX) {
        return search->lenience >= LENIENCE_CODE && owns_anything(search->trust, speaker->actor);
    }
    return search->lenience >= lenience_of_owner(namespace_owner_stood(search->owners, at, speaker->place));
}

/* ---- chains ---- */

/* One level of the search: from speaker, above link `below`, to its accreditors. */
struct level {
    struct authority_speaker speaker;
    uint16_t below;
    size_t links_below;
};

/* Whether the question is about a link from the issuer that is of no use here. */
static bool is_not_asked_for(struct authority_search *search, size_t link, const struct level *level)
{
    const struct authority_question *question = search->question;
    const struct dossier_accreditation *found = &search->dossier->accreditations[link];
    if (level->links_below > 0) {
        return false;
    }
    if (search->only_recorded &&
        !authority_is_recorded(search, found, question->place, search->for_certain)) {
        return true;
    }
    return question->parted_from != NULL && !authority_is_parted(search, found);
}

/* Whether no owner lets an author have so many links below what it accredits. */
static bool is_of_no_use(const struct authority_search *search, size_t log, size_t links_below)
{
    return search->authors[log].room <= links_below && !authority_is_small(search->dossier);
}

/* Requires: link names the level's speaker. Nobody lets itself speak. */
static bool is_reached(struct authority_search *search, size_t link, const struct level *level)
{
    struct authority_speaker accreditor = authority_speaker_of(search, link);
    return !is_of_no_use(search, accreditor.place->log, level->links_below) &&
           !actor_id_equal(accreditor.actor, level->speaker.actor) &&
           !actor_id_equal(accreditor.actor, &search->question->issuer) &&
           !authority_is_avoided(search, link) &&
           authority_holds(search, link, &level->speaker, level->links_below) &&
           !is_not_asked_for(search, link, level) && search->steps_left > 0;
}

/* Whether a link that is reached is an owner's. */
static bool is_top(struct authority_search *search, size_t link)
{
    struct authority_speaker accreditor = authority_speaker_of(search, link);
    return authority_is_owner(search, &accreditor) && authority_lets_speak(search, NO_LINK, &accreditor) &&
           search->steps_left > 0;
}

/* The first accreditation of a level's speaker at `from` or after. */
static size_t find_link(const struct authority_search *search, const struct level *level, size_t from)
{
    size_t count = search->dossier->accreditation_count;
    while (from < count && !actor_id_equal(&search->dossier->accreditations[from].accreditation.delegate,
                                           level->speaker.actor)) {
        from++;
    }
    return from < count ? from : NO_LINK;
}

/* Who is asked about may have no log. */
static bool is_listed(const struct authority_search *search, const struct level *level)
{
    return level->below != NO_LINK && !authority_is_small(search->dossier);
}

/* Give who is climbed from its steps, or what is left for all, and take back what it left. */
static void begin_steps(struct authority_search *search, size_t max)
{
    search->steps_left = max < search->all_left ? max : search->all_left;
    search->all_left -= search->steps_left;
}

static void end_steps(struct authority_search *search)
{
    search->cut = search->cut || search->steps_left == 0;
    search->all_left += search->steps_left;
}

/* Returns: whether the link is newly reached, and an owner's: *top. */
static bool climb_link(struct authority_search *search, size_t link, const struct level *level, size_t *top)
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
static bool hangs_on_place(struct authority_search *search, size_t link, const struct level *level)
{
    return search->authors[level->speaker.place->log].on_branches ||
           authority_first_withdrawal(search, &search->dossier->accreditations[link].place) != NO_LINK;
}

/* What is reached, and what holds nowhere, is not looked at again. */
static bool climb_listed(struct authority_search *search, const struct level *level, bool by_owners,
                         size_t *top)
{
    uint16_t *at = &search->first[level->speaker.place->log].links[by_owners];
    while (*at != NO_LINK && authority_take_step(search)) {
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
static bool climb(struct authority_search *search, const struct level *level, bool by_owners, size_t *top)
{
    if (is_listed(search, level)) {
        return climb_listed(search, level, by_owners, top);
    }
    for (size_t i = find_link(search, level, 0); i != NO_LINK && authority_take_step(search);
         i = find_link(search, level, i + 1)) {
        if (authority_may_own(search, authority_speaker_of(search, i).actor) == by_owners &&
            climb_link(search, i, level, top)) {
            return true;
        }
    }
    return false;
}

/* The same with the steps that are for the author of a log, which that one alone can use up. */
static bool climb_from(struct authority_search *search, const struct level *level, bool by_owners,
                       size_t *top)
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
static bool is_climbed(const struct authority_search *search, size_t log, bool by_owners)
{
    return search->authors[log].climbed[by_owners] && !search->authors[log].places_differ;
}

/* The same for all that have so many links below them. Writes: *any, whether there are such. */
static bool climb_level(struct authority_search *search, size_t links, bool by_owners, bool *any, size_t *top)
{
    for (size_t i = 0; i < search->dossier->accreditation_count; i++) {
        if (search->links[i] != links) {
            continue;
        }
        *any = true;
        const struct level level = {
            .speaker = authority_speaker_of(search, i), .below = (uint16_t)i, .links_below = links};
        if (!is_climbed(search, level.speaker.place->log, by_owners) &&
            climb_from(search, &level, by_owners, top)) {
            return true;
        }
    }
    return false;
}

static bool climb_from_issuer(struct authority_search *search, bool by_owners, size_t *top)
{
    const struct level level = {.speaker = authority_issuer_of(search), .below = NO_LINK, .links_below = 0};
    begin_steps(search, search->all_left / 2);
    bool found = climb(search, &level, by_owners, top);
    end_steps(search);
    return found;
}

/* Shortest way from the issuer upward, link by link: a link with fewer links below it is never worse, so
 * each needs to be reached once only. Of each level who owns the namespace is tried first: what others say
 * costs nobody the steps to its owner. Returns: whether an owner was reached; *top is the owner's link. */
static bool find_way(struct authority_search *search, size_t links_max, size_t *top)
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
static uint64_t said_below(const struct authority_search *search, size_t log, size_t link)
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
static bool is_dead_end(const struct authority_search *search, size_t link, uint64_t *because)
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

static void note_dead_end(struct authority_search *search, size_t link, uint64_t because)
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

static struct links_left links_above(const struct authority_search *search, const struct level *level)
{
    struct links_left left = {.from = 0};
    if (is_listed(search, level)) {
        memcpy(left.listed, search->first[level->speaker.place->log].links, sizeof left.listed);
    }
    return left;
}

static size_t take_link(const struct authority_search *search, const struct level *level,
                        struct links_left *left)
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
static bool climb_straight(struct authority_search *search, const struct level *level, size_t links_max,
                           size_t *top, uint64_t *because)
{
    struct links_left left = links_above(search, level);
    *because = 0;
    for (size_t i = take_link(search, level, &left); i != NO_LINK && authority_take_step(search);
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
            const struct level next = {.speaker = authority_speaker_of(search, i),
                                       .below = (uint16_t)i,
                                       .links_below = search->links[i]};
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
static bool find_straight(struct authority_search *search, size_t links_min, size_t links_max, size_t *top)
{
    const struct level level = {.speaker = authority_issuer_of(search), .below = NO_LINK, .links_below = 0};
    bool found = false;
    if (!authority_is_small(search->dossier)) {
        authority_list_links(search);
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

static bool is_circle(const struct authority_search *search, size_t top)
{
    for (size_t link = top; link != NO_LINK; link = search->below[link]) {
        if (said_below(search, search->dossier->accreditations[link].place.log, search->below[link]) != 0) {
            return true;
        }
    }
    return false;
}

bool authority_find_chain(struct authority_search *search, size_t *top)
{
    size_t links_max = search->lenience >= LENIENCE_DEPTH ? LINKS_TRIED_MAX : CHAIN_DEPTH_MAX;
    struct authority_speaker issuer = authority_issuer_of(search);
    *top = NO_LINK;
    if (!search->only_recorded && search->question->parted_from == NULL &&
        authority_is_owner(search, &issuer)) {
        return true;
    }
    authority_mark_authors(search, links_max);
    if (!find_way(search, links_max, top)) {
        return false;
    }
    return !is_circle(search, *top) || find_straight(search, search->links[*top], links_max, top);
}
