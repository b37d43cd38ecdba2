#include "protocol/rules/accreditation_end.h"

#include <string.h>

#include "protocol/rules/answered.h"
#include "protocol/rules/bearing.h"
#include "protocol/rules/cut.h"
#include "protocol/rules/replaced.h"

enum {
    SEARCHES_MAX = 64,    /* chains looked for, of one entry, */
    SEARCHES_FEW = 8,     /* and that it takes where others are asked about */
    REPLACEMENTS_MAX = 8, /* entries that replace each other */
    DAY_S = 86400,
};

/* What is found out about one entry. */
struct found_out {
    size_t searches_left; /* once there are none, nothing that was found may be believed */
    bool too_deep;        /* there are none since too many accreditors above each other were asked about */
    size_t known_late;    /* how often something was found to be; 0: the next says nothing */
    /* Of each accreditation: the days asked about for which it is known to have come too late. */
    struct day_interval late[DOSSIER_GRANTS_MAX];
};

/* Of most entries nothing is late, and the list is not touched. */
static void begin(struct found_out *found)
{
    found->searches_left = SEARCHES_MAX;
    found->too_deep = false;
    found->known_late = 0;
}

struct asking {
    const struct dossier *dossier;
    const struct trust *trust;
    const struct namespace_owners *owners;
    const struct authority_avoided *avoided; /* by whom asks; NULL: nothing */
    size_t depth;                            /* of accreditors above each other that are asked about */
    struct found_out *found;
};

static struct asking above(const struct asking *asking)
{
    struct asking above = *asking;
    above.depth++;
    return above;
}

static bool is_exhausted(const struct asking *asking)
{
    return asking->found->searches_left == 0;
}

/* The same question about what another author said. */
static struct authority_question about(const struct asking *asking, const struct authority_question *question,
                                       const struct dossier_place *place)
{
    struct authority_question about = *question;
    about.issuer = dossier_log_at(asking->dossier, place)->author;
    about.place = place;
    about.avoided = asking->avoided;
    about.recorded_only = false;
    return about;
}

/* Returns: whether the issuer is authorised. */
static bool search(const struct asking *asking, const struct authority_question *question,
                   struct authority_answer *answer)
{
    if (is_exhausted(asking) || asking->depth > CHAIN_DEPTH_MAX) {
        asking->found->too_deep |= !is_exhausted(asking);
        asking->found->searches_left = 0;
        return false;
    }
    struct authority_question whether = *question;
    whether.only_whether = true;
    asking->found->searches_left--;
    authority_under(answer, asking->dossier, asking->trust, asking->owners, &whether);
    if (answer->reason == REASON_LIMIT) {
        asking->found->searches_left = 0;
    }
    return answer->reason == REASON_NONE;
}

/* ---- what shows that something came too late ---- */

/* What a path proves comes without the time of its header. */
static bool says_so_itself(const struct dossier_place *place, uint32_t end)
{
    return place->time_s != 0 && day_of_time(place->time_s) > (uint64_t)end + ACCREDITATION_GRACE_DAYS;
}

/* Whether it was signed too late for who was not authorised when it was. */
static bool is_shown_late(const struct dossier_place *place, uint32_t end)
{
    enum lateness late = lateness_of(place, end, ACCREDITATION_GRACE_DAYS);
    return late == LATE_YES || (late == LATE_NOT_KNOWN && says_so_itself(place, end));
}

/* The days on which it may have been signed: that of its header's time, as far as nothing shows it to be
 * wrong; else the last and the first one possible. Returns: how many. */
static size_t signed_days(const struct dossier_place *place, uint32_t days[2])
{
    uint64_t there_s = lateness_there_s(place);
    bool may_be = place->time_s >= place->below_s && place->time_s <= there_s + DAY_S;
    days[0] = day_of_time(may_be ? place->time_s : there_s);
    days[1] = day_of_time(place->below_s);
    return may_be || place->below_s == 0 ? 1 : 2;
}

static bool is_owners(const struct asking *asking, const struct dossier_place *place)
{
    const struct actor_id *author = &dossier_log_at(asking->dossier, place)->author;
    return namespace_owner_index(asking->owners, author) < NAMESPACE_OWNERS_MAX;
}

/* Whether it may have come too late for an issuer who is authorised on `day`, and so ends on no earlier one.
 */
static bool may_be_late(const struct asking *asking, const struct dossier_place *place, uint32_t day)
{
    return is_shown_late(place, day) && !is_owners(asking, place);
}

/* ---- who is authorised by chains that were signed in time ---- */

static bool is_late_in(const struct asking *asking, const struct authority_question *question,
                       const struct authority_answer *answer, size_t at, uint32_t *end);

/* Whether a chain has an accreditation that its author signed too late. Writes: *end, of the uppermost one
 * the last day of that author's own. */
static bool has_late_link(const struct asking *asking, const struct authority_question *question,
                          const struct authority_answer *answer, uint32_t *end)
{
    for (size_t i = 1; i < answer->chain_size; i++) {
        if (is_late_in(asking, question, answer, i, end)) {
            return true;
        }
    }
    return false;
}

static bool is_known_late(const struct asking *asking, size_t link, uint32_t day)
{
    const struct found_out *found = asking->found;
    return found->known_late > 0 && found->late[link].first <= day && day <= found->late[link].last;
}

static bool is_avoided(const struct asking *asking, size_t link)
{
    return asking->avoided != NULL && asking->avoided->links != NULL && asking->avoided->links[link];
}

static void avoid_late(const struct asking *asking, uint32_t day, bool links[DOSSIER_GRANTS_MAX])
{
    for (size_t i = 0; i < asking->dossier->accreditation_count; i++) {
        links[i] = is_avoided(asking, i) || is_known_late(asking, i, day);
    }
}

static void avoid_what_may_be_late(const struct asking *asking, uint32_t day, bool links[DOSSIER_GRANTS_MAX])
{
    for (size_t i = 0; i < asking->dossier->accreditation_count; i++) {
        links[i] =
            is_avoided(asking, i) || may_be_late(asking, &asking->dossier->accreditations[i].place, day);
    }
}

/* Look for another chain as long as the one found holds what was signed too late: first for one without all
 * that may be, so that who signs a lot too late takes no searches from others. Requires: *answer holds.
 * Writes: *answer where one is found; *end as has_late_link. Returns: false when there is none. */
static bool find_timely(const struct asking *asking, const struct authority_question *question,
                        struct authority_answer *answer, uint32_t *end)
{
    bool links[DOSSIER_GRANTS_MAX];
    struct authority_avoided avoided = {.links = NULL};
    struct authority_question without = *question;
    struct authority_answer other;
    if (!has_late_link(asking, question, answer, end)) {
        return true;
    }
    if (question->avoided != NULL) {
        avoided = *question->avoided;
    }
    avoided.links = links;
    avoided.number = 0;
    without.avoided = &avoided;
    avoid_what_may_be_late(asking, question->day, links);
    bool found = search(asking, &without, &other);
    while (!found || has_late_link(asking, question, &other, end)) {
        avoid_late(asking, question->day, links);
        found = search(asking, &without, &other);
        if (!found) {
            return false;
        }
    }
    *answer = other;
    return true;
}

static bool find_authorised_on(const struct asking *asking, const struct authority_question *entry,
                               uint32_t day, uint32_t *until)
{
    struct authority_question question = *entry;
    struct authority_answer answer;
    uint32_t end;
    question.day = day;
    if (!search(asking, &question, &answer) || !find_timely(asking, &question, &answer, &end)) {
        return false;
    }
    *until = answer.until;
    return true;
}

/* What was found out already for another entry; else it is found out by find, and kept for the next one. One
 * that took more than there was is so for others too, if it was nearly all that there is. */
static bool find_once(const struct asking *asking, const struct authority_question *entry,
                      enum answered_kind kind, uint32_t day, uint32_t *until,
                      bool (*find)(const struct asking *asking, const struct authority_question *entry,
                                   uint32_t day, uint32_t *until))
{
    const size_t left = asking->found->searches_left;
    struct answered_day answer = {.kind = kind};
    const struct answered_day *known = answered_day(asking->dossier, asking->owners, entry, kind, day);
    if (is_exhausted(asking)) {
        return false;
    }
    if (known != NULL) {
        asking->found->searches_left = known->limited ? 0 : left;
        *until = known->yes ? known->until : *until;
        return known->yes;
    }
    answer.yes = find(asking, entry, day, &answer.until);
    answer.limited = is_exhausted(asking);
    if (!answer.limited || (left >= SEARCHES_MAX - SEARCHES_FEW && !asking->found->too_deep)) {
        answered_note_day(asking->dossier, asking->owners, entry, day, &answer);
    }
    *until = answer.yes ? answer.until : *until;
    return answer.yes;
}

/* By what was signed in time. */
static bool is_authorised_on(const struct asking *asking, const struct authority_question *entry,
                             uint32_t day, uint32_t *until)
{
    return find_once(asking, entry, ANSWERED_ON_DAY, day, until, find_authorised_on);
}

/* ---- which accreditations may be of a chain ---- */

/* Depths, codes and days say so, whatever was withdrawn or came too late. */
struct ways {
    const struct dossier *dossier;
    struct bytes code;
    size_t issuer;                              /* its log */
    struct day_interval days[DOSSIER_LOGS_MAX]; /* of each author: none outside them may let it accredit */
    uint8_t below[DOSSIER_LOGS_MAX];            /* links that may hang below it */
    bool leads_on[DOSSIER_LOGS_MAX];            /* whether such links may lead to the issuer */
};

static size_t log_of(const struct dossier *dossier, const struct actor_id *author)
{
    const struct dossier_log *log = dossier_log_of(dossier, author);
    return log != NULL ? (size_t)(log - dossier->logs) : SIZE_MAX;
}

static struct day_interval days_of(const struct accreditation *accreditation)
{
    return (struct day_interval){accreditation->from,
                                 accreditation->has_until ? accreditation->until : DAY_MAX};
}

static struct day_interval common_days(struct day_interval a, struct day_interval b)
{
    return (struct day_interval){a.first > b.first ? a.first : b.first, a.last < b.last ? a.last : b.last};
}

static bool any_days(struct day_interval days)
{
    return days.first <= days.last;
}

/* On which days an accreditation, of somebody to whom owners lead, may hold. */
static struct day_interval days_held(const struct ways *ways, const struct dossier_accreditation *found)
{
    bool may =
        ways->below[found->place.log] > 0 && accreditation_names_code(&found->accreditation, ways->code);
    return may ? common_days(ways->days[found->place.log], days_of(&found->accreditation))
               : (struct day_interval){1, 0};
}

static void lead_to(struct ways *ways, size_t log, struct day_interval days, uint64_t below)
{
    if (any_days(ways->days[log])) {
        days.first = days.first < ways->days[log].first ? days.first : ways->days[log].first;
        days.last = days.last > ways->days[log].last ? days.last : ways->days[log].last;
    }
    ways->days[log] = days;
    ways->below[log] = below > ways->below[log] ? (uint8_t)below : ways->below[log];
}

/* Returns: whether more is known of its delegate. */
static bool lead_down(struct ways *ways, const struct dossier_accreditation *found)
{
    const struct day_interval days = days_held(ways, found);
    size_t log = any_days(days) ? log_of(ways->dossier, &found->accreditation.delegate) : SIZE_MAX;
    if (log == SIZE_MAX) {
        return false;
    }
    const struct day_interval known = ways->days[log];
    uint64_t below = ways->below[found->place.log] - 1U;
    uint64_t known_below = ways->below[log];
    lead_to(ways, log, days, found->accreditation.depth < below ? found->accreditation.depth : below);
    return ways->below[log] > known_below || ways->days[log].first != known.first ||
           ways->days[log].last != known.last;
}

/* On which days it may be of a chain to the issuer. Nobody authorises itself. */
static struct day_interval days_leading(const struct ways *ways, const struct dossier_accreditation *found)
{
    const struct day_interval none = {1, 0};
    const struct day_interval days = days_held(ways, found);
    if (found->place.log == ways->issuer || !any_days(days)) {
        return none;
    }
    size_t log = log_of(ways->dossier, &found->accreditation.delegate);
    return log != SIZE_MAX && ways->leads_on[log] ? days : none;
}

/* Returns: whether its author was not known to lead on. */
static bool lead_up(struct ways *ways, const struct dossier_accreditation *found)
{
    bool more = !ways->leads_on[found->place.log] && any_days(days_leading(ways, found));
    if (more) {
        ways->leads_on[found->place.log] = true;
    }
    return more;
}

static void follow_all(struct ways *ways, bool (*follow)(struct ways *, const struct dossier_accreditation *))
{
    bool more = true;
    for (size_t links = 0; more && links < CHAIN_DEPTH_MAX; links++) {
        more = false;
        for (size_t i = 0; i < ways->dossier->accreditation_count; i++) {
            more |= follow(ways, &ways->dossier->accreditations[i]);
        }
    }
}

/* On some of those days. */
static void find_ways(struct ways *ways, const struct asking *asking, const struct authority_question *entry,
                      struct day_interval days)
{
    const struct dossier *dossier = asking->dossier;
    ways->dossier = dossier;
    ways->code = entry->code;
    ways->issuer = log_of(dossier, &entry->issuer);
    memset(ways->below, 0, dossier->log_count * sizeof ways->below[0]);
    memset(ways->leads_on, 0, dossier->log_count * sizeof ways->leads_on[0]);
    for (size_t i = 0; i < dossier->log_count; i++) {
        ways->days[i] = (struct day_interval){1, 0};
    }
    for (size_t i = 0; i < asking->owners->count; i++) {
        size_t log = log_of(dossier, &asking->owners->owners[i].actor);
        if (log != SIZE_MAX) {
            lead_to(ways, log, days, CHAIN_DEPTH_MAX);
        }
    }
    if (ways->issuer != SIZE_MAX) {
        ways->leads_on[ways->issuer] = true;
        follow_all(ways, lead_down);
        follow_all(ways, lead_up);
    }
}

/* ---- when that ends ---- */

static bool any_begins(const struct dossier *dossier, struct day_interval days)
{
    for (size_t i = 0; i < dossier->accreditation_count; i++) {
        uint32_t from = dossier->accreditations[i].accreditation.from;
        if (days.first < from && from <= days.last) {
            return true;
        }
    }
    return false;
}

/* Days after the end of an accreditation, as bits. */
struct day_bits {
    uint64_t words[2];
};
_Static_assert(ACCREDITATION_GRACE_DAYS <= 128, "the days of grace have a bit each");

static bool any_bits(const struct day_bits *bits)
{
    return (bits->words[0] | bits->words[1]) != 0;
}

static struct day_bits common_bits(struct day_bits a, struct day_bits b)
{
    return (struct day_bits){{a.words[0] & b.words[0], a.words[1] & b.words[1]}};
}

/* Returns: whether there are more. */
static bool add_bits(struct day_bits *to, struct day_bits bits)
{
    struct day_bits before = *to;
    to->words[0] |= bits.words[0];
    to->words[1] |= bits.words[1];
    return to->words[0] != before.words[0] || to->words[1] != before.words[1];
}

static uint64_t low_bits(uint32_t count)
{
    return count < 64 ? (UINT64_C(1) << count) - 1 : UINT64_MAX;
}

/* Those of days that are among some days of grace. */
static struct day_bits bits_of(struct day_interval days, struct day_interval grace)
{
    struct day_interval common = common_days(days, grace);
    if (!any_days(common)) {
        return (struct day_bits){{0}};
    }
    uint32_t first = common.first - grace.first, count = common.last - grace.first + 1;
    return (struct day_bits){
        {low_bits(count) & ~low_bits(first),
         count <= 64 ? 0 : low_bits(count - 64) & ~(first <= 64 ? 0 : low_bits(first - 64))}};
}

static bool has_bit(const struct day_bits *bits, uint32_t at)
{
    return (bits->words[at / 64] >> at % 64 & 1) != 0;
}

/* On which of some days of grace the issuer may be authorised, by depths, codes and days, and what begins
 * then: of each author the days on which owners may let it have so many links below it. */
struct grace {
    const struct asking *asking;
    const struct authority_question *entry;
    struct day_interval days;
    size_t issuer;
    struct day_bits above[DOSSIER_LOGS_MAX]; /* of those with one link more */
    struct day_bits reached[DOSSIER_LOGS_MAX];
    struct day_bits leads_on[DOSSIER_LOGS_MAX]; /* on which it may lead to the issuer */
};

static void begin_with_owners(const struct grace *grace, struct day_bits of[DOSSIER_LOGS_MAX])
{
    const struct asking *asking = grace->asking;
    memset(of, 0, asking->dossier->log_count * sizeof of[0]);
    for (size_t i = 0; i < asking->owners->count; i++) {
        size_t log = log_of(asking->dossier, &asking->owners->owners[i].actor);
        if (log != SIZE_MAX) {
            of[log] = bits_of(grace->days, grace->days);
        }
    }
}

/* On which of those days an accreditation may hold whose author may accredit on some. */
static struct day_bits bits_held(const struct grace *grace, const struct dossier_accreditation *found,
                                 struct day_bits accredits)
{
    const struct day_bits none = {{0}};
    if (!any_bits(&accredits) || found->place.log == grace->issuer) {
        return none;
    }
    struct day_bits bits = common_bits(accredits, bits_of(days_of(&found->accreditation), grace->days));
    return any_bits(&bits) && accreditation_names_code(&found->accreditation, grace->entry->code) ? bits
                                                                                                  : none;
}

/* Of those who may have so many links below them, from those above them. */
static void reach_down(struct grace *grace, size_t depth)
{
    const struct dossier *dossier = grace->asking->dossier;
    memcpy(grace->above, grace->reached, dossier->log_count * sizeof grace->above[0]);
    begin_with_owners(grace, grace->reached);
    for (size_t i = 0; i < dossier->accreditation_count; i++) {
        const struct dossier_accreditation *found = &dossier->accreditations[i];
        if (found->accreditation.depth < depth) {
            continue;
        }
        struct day_bits bits = bits_held(grace, found, grace->above[found->place.log]);
        size_t log = any_bits(&bits) ? log_of(dossier, &found->accreditation.delegate) : SIZE_MAX;
        if (log != SIZE_MAX) {
            add_bits(&grace->reached[log], bits);
        }
    }
}

/* Of an accreditation by who may accredit, the days on which it may be of a chain to the issuer. */
static struct day_bits bits_leading(const struct grace *grace, const struct dossier_accreditation *found)
{
    struct day_bits bits = bits_held(grace, found, grace->above[found->place.log]);
    size_t log = any_bits(&bits) ? log_of(grace->asking->dossier, &found->accreditation.delegate) : SIZE_MAX;
    return log != SIZE_MAX ? common_bits(bits, grace->leads_on[log]) : (struct day_bits){{0}};
}

static void lead_back(struct grace *grace)
{
    const struct dossier *dossier = grace->asking->dossier;
    bool more = true;
    memset(grace->leads_on, 0, dossier->log_count * sizeof grace->leads_on[0]);
    grace->leads_on[grace->issuer] = bits_of(grace->days, grace->days);
    for (size_t links = 0; more && links < CHAIN_DEPTH_MAX; links++) {
        more = false;
        for (size_t i = 0; i < dossier->accreditation_count; i++) {
            const struct dossier_accreditation *found = &dossier->accreditations[i];
            more |= add_bits(&grace->leads_on[found->place.log], bits_leading(grace, found));
        }
    }
}

/* The days of grace after the first one on which any accreditation begins by which the issuer may be
 * authorised then. */
static struct day_bits beginnings(const struct asking *asking, const struct authority_question *entry,
                                  struct day_interval days)
{
    const struct dossier *dossier = asking->dossier;
    struct day_bits out = {{0}};
    struct grace grace;
    grace.asking = asking;
    grace.entry = entry;
    grace.days = days;
    grace.issuer = log_of(dossier, &entry->issuer);
    if (grace.issuer == SIZE_MAX) {
        return out;
    }
    begin_with_owners(&grace, grace.reached);
    for (size_t depth = CHAIN_DEPTH_MAX; depth-- > 0;) {
        reach_down(&grace, depth);
    }
    const struct day_bits authorised = grace.reached[grace.issuer];
    if (!any_bits(&authorised)) {
        return out;
    }
    lead_back(&grace);
    for (size_t i = 0; i < dossier->accreditation_count; i++) {
        const struct dossier_accreditation *found = &dossier->accreditations[i];
        uint32_t from = found->accreditation.from;
        if (days.first < from && from <= days.last && has_bit(&authorised, from - days.first) &&
            !is_known_late(asking, i, from)) {
            const struct day_bits leading = bits_leading(&grace, found);
            add_bits(&out, common_bits(leading, bits_of((struct day_interval){from, from}, days)));
        }
    }
    return out;
}

/* The first of those days after `day`; DAY_NONE: none. */
static uint32_t next_bit(const struct day_bits *bits, struct day_interval days, uint32_t day)
{
    for (day++; day <= days.last; day++) {
        if (has_bit(bits, day - days.first)) {
            return day;
        }
    }
    return DAY_NONE;
}

/* The first of some days that all links of a chain have in common; DAY_NONE: they have none. */
static uint32_t first_common(const struct dossier *dossier, const struct authority_answer *answer,
                             struct day_interval days)
{
    for (size_t i = 0; i < answer->chain_size; i++) {
        days = common_days(days, days_of(&dossier->accreditations[answer->links[i]].accreditation));
    }
    return any_days(days) ? days.first : DAY_NONE;
}

/* Whether the issuer is authorised on any of some days on which accreditations begin. Where no chain is left
 * of all that are in force on any of them there is nothing to look for; where there is one it is the best to
 * begin with. Writes: *until of what is found. */
static bool begins_again(const struct asking *asking, const struct authority_question *entry,
                         struct day_interval days, uint32_t *until)
{
    struct authority_question question = *entry;
    struct authority_answer answer;
    question.day = days.first;
    question.days_after = days.last - days.first;
    if (!search(asking, &question, &answer)) {
        return false;
    }
    uint32_t day = first_common(asking->dossier, &answer, days);
    if (day != DAY_NONE && is_authorised_on(asking, entry, day, until)) {
        return true;
    }
    struct day_bits begin = beginnings(asking, entry, days);
    size_t known_late = asking->found->known_late;
    for (day = next_bit(&begin, days, days.first); day != DAY_NONE && !is_exhausted(asking);
         day = next_bit(&begin, days, day)) {
        if (is_authorised_on(asking, entry, day, until)) {
            return true;
        }
        if (asking->found->known_late != known_late) {
            begin = beginnings(asking, entry, days);
            known_late = asking->found->known_late;
        }
    }
    return false;
}

/* Whether the issuer is authorised again within the days of grace after `end`. Writes: *until of what
 * follows. */
static bool find_carries_on(const struct asking *asking, const struct authority_question *entry, uint32_t end,
                            uint32_t *until)
{
    const struct day_interval days = {end + 1, end + ACCREDITATION_GRACE_DAYS};
    return is_authorised_on(asking, entry, days.first, until) ||
           (any_begins(asking->dossier, days) && begins_again(asking, entry, days, until));
}

static bool carries_on(const struct asking *asking, const struct authority_question *entry, uint32_t end,
                       uint32_t *until)
{
    return find_once(asking, entry, ANSWERED_AFTER, end, until, find_carries_on);
}

/* DAY_NONE: it does not end. With no searches left it ends on no earlier day than that. */
static uint32_t last_day(const struct asking *asking, const struct authority_question *entry, uint32_t until)
{
    while (until < DAY_MAX) {
        uint32_t next = DAY_NONE;
        if (!carries_on(asking, entry, until, &next)) {
            return until;
        }
        until = next;
    }
    return DAY_NONE;
}

uint32_t accreditation_last_day(const struct dossier *dossier, const struct trust *trust,
                                const struct namespace_owners *owners,
                                const struct authority_question *question,
                                const struct authority_answer *answer)
{
    struct found_out found;
    begin(&found);
    const struct asking asking = {
        .dossier = dossier, .trust = trust, .owners = owners, .avoided = question->avoided, .found = &found};
    uint32_t last = answer->until == DAY_NONE ? DAY_NONE : last_day(&asking, question, answer->until);
    return is_exhausted(&asking) ? DAY_NONE : last;
}

/* ---- one entry ---- */

static bool was_signed_while_authorised(const struct asking *asking, const struct authority_question *entry)
{
    uint32_t days[2];
    size_t count = signed_days(entry->place, days);
    uint32_t until;
    for (size_t i = 0; i < count; i++) {
        if (is_authorised_on(asking, entry, days[i], &until)) {
            return true;
        }
    }
    return false;
}

static enum lateness lateness_at(const struct asking *asking, const struct authority_question *entry,
                                 uint32_t end)
{
    const struct dossier_place *place = entry->place;
    const uint32_t there = day_of_time(lateness_there_s(place));
    uint32_t until;
    if (lateness_of(place, end, ACCREDITATION_GRACE_DAYS) == LATE_NO) {
        return LATE_NO;
    }
    if (is_shown_late(place, end)) {
        return was_signed_while_authorised(asking, entry) ? LATE_NO : LATE_YES;
    }
    return is_authorised_on(asking, entry, there, &until) ? LATE_NO : LATE_NOT_KNOWN;
}

/* ---- what was recorded in time ---- */

static struct accreditation_end find_end(const struct asking *asking,
                                         const struct dossier_credential *credential,
                                         const struct authority_question *question,
                                         struct authority_answer *answer);

static bool may_record(const struct dossier_withdrawal *found, const struct authority_question *question)
{
    return found->withdrawal.has_cut && actor_id_equal(&found->withdrawal.delegate, &question->issuer) &&
           cut_covers(&found->cut, question->place) != ANSWER_NO;
}

static bool any_may_record(const struct dossier *dossier, const struct authority_question *question)
{
    for (size_t i = 0; i < dossier->withdrawal_count; i++) {
        if (may_record(&dossier->withdrawals[i], question)) {
            return true;
        }
    }
    return false;
}

/* Whether a withdrawal was signed by who might say nothing more. */
static bool came_too_late(const struct asking *asking, const struct authority_question *question,
                          const struct dossier_withdrawal *found)
{
    const struct asking recorder = above(asking);
    struct authority_question entry = about(asking, question, &found->place);
    struct authority_answer answer;
    if (!may_be_late(asking, &found->place, question->day)) {
        return false;
    }
    return !search(&recorder, &entry, &answer) ||
           find_end(&recorder, NULL, &entry, &answer).lateness == LATE_YES;
}

/* Whether a chain of accreditations in time ends with one whose author recorded the entry. */
static bool finds_recorded(const struct asking *asking, const struct authority_question *recorded)
{
    struct authority_answer answer;
    uint32_t end;
    return search(asking, recorded, &answer) && find_timely(asking, recorded, &answer, &end);
}

/* Whether who accredited the issuer recorded the entry while that was still in time itself. First is looked
 * for one among what can't be late. */
static bool is_recorded(const struct asking *asking, const struct authority_question *question)
{
    const struct dossier *dossier = asking->dossier;
    bool late[DOSSIER_GRANTS_MAX];
    bool any_late = false;
    struct authority_avoided avoided = {.links = NULL};
    struct authority_question recorded = *question;
    if (!any_may_record(dossier, question)) {
        return false;
    }
    if (question->avoided != NULL) {
        avoided = *question->avoided;
    }
    avoided.recordings = late;
    avoided.number = 0;
    recorded.avoided = &avoided;
    recorded.recorded_only = true;
    for (size_t i = 0; i < dossier->withdrawal_count; i++) {
        const struct dossier_withdrawal *found = &dossier->withdrawals[i];
        late[i] = may_record(found, question) && may_be_late(asking, &found->place, question->day);
        any_late |= late[i];
    }
    if (finds_recorded(asking, &recorded)) {
        return true;
    }
    for (size_t i = 0; any_late && i < dossier->withdrawal_count; i++) {
        late[i] = late[i] && came_too_late(asking, question, &dossier->withdrawals[i]);
    }
    return any_late && finds_recorded(asking, &recorded);
}

/* Whether anything by which an entry is recorded may have come too late. */
static bool may_be_recorded_late(const struct asking *asking, const struct authority_question *question)
{
    const struct dossier *dossier = asking->dossier;
    for (size_t i = 0; i < dossier->withdrawal_count; i++) {
        if (may_record(&dossier->withdrawals[i], question) &&
            may_be_late(asking, &dossier->withdrawals[i].place, question->day)) {
            return true;
        }
    }
    for (size_t i = 0; i < dossier->accreditation_count; i++) {
        if (may_be_late(asking, &dossier->accreditations[i].place, question->day)) {
            return true;
        }
    }
    return false;
}

/* Let what was recorded too late not be. */
static void doubt_recorded(const struct asking *asking, const struct authority_question *question,
                           struct authority_answer *answer)
{
    if (answer->recorded == ANSWER_YES && answer->chain_size > 0 && may_be_recorded_late(asking, question) &&
        !is_recorded(asking, question)) {
        answer->recorded = ANSWER_UNKNOWN;
    }
}

/* ---- accreditations ---- */

/* The last day of those above accreditation `at` of a chain. */
static uint32_t until_above(const struct dossier *dossier, const struct authority_answer *answer, size_t at)
{
    uint32_t until = DAY_NONE;
    for (size_t i = 0; i < at; i++) {
        const struct accreditation *link = &dossier->accreditations[answer->links[i]].accreditation;
        if (link->has_until && (until == DAY_NONE || link->until < until)) {
            until = link->until;
        }
    }
    return until;
}

/* The days around one on which no accreditation that may authorise the issuer begins or ends: it is as
 * authorised on all of them as on that one. */
static struct day_interval alike(const struct ways *ways, uint32_t day)
{
    struct day_interval alike = {0, DAY_MAX};
    for (size_t i = 0; i < ways->dossier->accreditation_count; i++) {
        const struct dossier_accreditation *found = &ways->dossier->accreditations[i];
        const struct day_interval days = days_leading(ways, found);
        if (!any_days(days)) {
            continue;
        }
        if (days.first > day) {
            alike = common_days(alike, (struct day_interval){0, days.first - 1});
        } else if (days.last < day) {
            alike = common_days(alike, (struct day_interval){days.last + 1, DAY_MAX});
        } else {
            alike = common_days(alike, days);
        }
    }
    return alike;
}

/* Whether what an author may say hangs on where it says so. */
static bool hangs_on_place(const struct asking *asking, const struct authority_question *entry)
{
    const struct dossier *dossier = asking->dossier;
    for (size_t i = 0; i < dossier->withdrawal_count; i++) {
        if (actor_id_equal(&dossier->withdrawals[i].withdrawal.delegate, &entry->issuer)) {
            return true;
        }
    }
    return is_owners(asking, entry->place);
}

/* Whether it was signed on days that are alike those on which its author was not authorised. */
static bool was_signed_alike(const struct dossier_place *place, const struct day_interval *alike,
                             size_t count)
{
    uint32_t days[2];
    size_t signed_count = signed_days(place, days);
    for (size_t i = 0; i < signed_count; i++) {
        bool found = false;
        for (size_t k = 0; k < count && !found; k++) {
            found = alike[k].first <= days[i] && days[i] <= alike[k].last;
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

static void know_late(const struct asking *asking, size_t link, struct day_interval days)
{
    struct found_out *found = asking->found;
    for (size_t i = 0; found->known_late == 0 && i < asking->dossier->accreditation_count; i++) {
        found->late[i] = (struct day_interval){1, 0};
    }
    found->known_late++;
    struct day_interval *late = &found->late[link];
    if (late->first <= days.last && days.first <= late->last) {
        days.first = late->first < days.first ? late->first : days.first;
        days.last = late->last > days.last ? late->last : days.last;
    }
    *late = days;
}

/* What was found of one accreditation is so of all that its author signed on such days. */
static void know_all_late(const struct asking *asking, const struct authority_question *entry, size_t link,
                          struct day_interval days)
{
    const struct dossier *dossier = asking->dossier;
    struct ways ways;
    uint32_t on[2];
    struct day_interval unauthorised[2];
    size_t count = signed_days(entry->place, on);
    know_late(asking, link, days);
    if (hangs_on_place(asking, entry)) {
        return;
    }
    find_ways(&ways, asking, entry, (struct day_interval){0, DAY_MAX});
    for (size_t i = 0; i < count; i++) {
        unauthorised[i] = alike(&ways, on[i]);
    }
    for (size_t i = 0; i < dossier->accreditation_count; i++) {
        const struct dossier_place *place = &dossier->accreditations[i].place;
        if (place->log == entry->place->log && is_shown_late(place, days.last) &&
            was_signed_alike(place, unauthorised, count)) {
            know_late(asking, i, days);
        }
    }
}

static bool accreditations_have_deadline(void)
{
    return stance_has_deadline(stance_of_entry(ENTRY_ACCREDITATION, NULL, PARTY_DELEGATE));
}

/* Whether accreditation `at` of a chain was signed too late by an accreditor whose own ended, and who
 * accredited that one recorded no cut in time. */
static bool is_late_in(const struct asking *asking, const struct authority_question *question,
                       const struct authority_answer *answer, size_t at, uint32_t *end)
{
    const struct asking chain = above(asking);
    const struct dossier_place *place = &asking->dossier->accreditations[answer->links[at]].place;
    const struct authority_question entry = about(asking, question, place);
    uint32_t until = until_above(asking->dossier, answer, at);
    if (until == DAY_NONE || !is_shown_late(place, question->day) || !accreditations_have_deadline()) {
        return false;
    }
    *end = last_day(&chain, &entry, until);
    if (*end == DAY_NONE || lateness_at(&chain, &entry, *end) != LATE_YES || is_recorded(&chain, &entry)) {
        return false;
    }
    if (!is_exhausted(asking)) {
        know_all_late(asking, &entry, answer->links[at], (struct day_interval){question->day, *end});
    }
    return true;
}

/* ---- together ---- */

/* What an entry that this one replaced and says the same as lets it be. */
static enum lateness lateness_by_replaced(const struct asking *asking,
                                          const struct dossier_credential *credential,
                                          const struct authority_question *question, uint32_t end,
                                          enum lateness lateness)
{
    struct authority_question entry = *question;
    struct authority_answer its;
    for (size_t i = 0; i < REPLACEMENTS_MAX && lateness != LATE_NO; i++) {
        credential = replaced_by(asking->dossier, credential);
        if (credential == NULL) {
            break;
        }
        entry.place = &credential->place;
        if (!search(asking, &entry, &its)) {
            break;
        }
        enum lateness old = lateness_at(asking, &entry, end);
        lateness = old == LATE_YES ? lateness : old;
    }
    return lateness;
}

static const struct accreditation_end in_time = {.lateness = LATE_NO, .day = DAY_NONE};

/* credential: NULL where the entry is none, and so replaces none. */
static struct accreditation_end find_end(const struct asking *asking,
                                         const struct dossier_credential *credential,
                                         const struct authority_question *question,
                                         struct authority_answer *answer)
{
    struct accreditation_end out = {.lateness = LATE_YES};
    if (answer->until != DAY_NONE && !find_timely(asking, question, answer, &out.day)) {
        return out;
    }
    if (answer->until != DAY_NONE || question->place->block.side) {
        doubt_recorded(asking, question, answer);
    }
    if (answer->recorded == ANSWER_YES || answer->until == DAY_NONE) {
        return in_time;
    }
    out.day = last_day(asking, question, answer->until);
    if (out.day == DAY_NONE) {
        return in_time;
    }
    out.lateness = lateness_at(asking, question, out.day);
    if (credential != NULL) {
        out.lateness = lateness_by_replaced(asking, credential, question, out.day, out.lateness);
    }
    return out;
}

/* Of what is avoided beside all that may be late for a day. */
static uint64_t number_of_rest(const struct authority_avoided *avoided, uint32_t day)
{
    if (avoided != NULL && avoided->number == 0) {
        return 0;
    }
    return ((avoided != NULL ? avoided->number : 0) + 1) << 32 | day;
}

/* Where it takes more to tell when the accreditation ends: whether the entry is not late for what is left
 * without any accreditation that may have come too late. Whatever they add ends no earlier. */
static bool is_not_late_for_the_rest(const struct asking *asking, const struct dossier_credential *credential,
                                     const struct authority_question *question)
{
    bool links[DOSSIER_GRANTS_MAX];
    struct authority_avoided avoided = {.links = NULL};
    struct authority_question rest = *question;
    struct asking certain = *asking;
    struct authority_answer answer;
    if (asking->avoided != NULL) {
        avoided = *asking->avoided;
    }
    avoid_what_may_be_late(asking, question->day, links);
    avoided.links = links;
    avoided.number = number_of_rest(asking->avoided, question->day);
    rest.avoided = certain.avoided = &avoided;
    asking->found->searches_left = SEARCHES_MAX;
    asking->found->too_deep = false;
    return search(&certain, &rest, &answer) &&
           find_end(&certain, credential, &rest, &answer).lateness != LATE_YES && !is_exhausted(asking);
}

/* Or whether it is in time whenever that is. */
static bool is_never_late(const struct asking *asking, const struct authority_question *question)
{
    struct authority_answer answer;
    uint32_t end;
    asking->found->searches_left = SEARCHES_MAX;
    asking->found->too_deep = false;
    return search(asking, question, &answer) && find_timely(asking, question, &answer, &end) &&
           was_signed_while_authorised(asking, question) && !is_exhausted(asking);
}

static struct accreditation_end end_of(const struct dossier *dossier, const struct trust *trust,
                                       const struct namespace_owners *owners,
                                       const struct dossier_credential *credential,
                                       const struct authority_question *question,
                                       struct authority_answer *answer)
{
    struct found_out found;
    begin(&found);
    const struct asking asking = {
        .dossier = dossier, .trust = trust, .owners = owners, .avoided = question->avoided, .found = &found};
    struct accreditation_end out = find_end(&asking, credential, question, answer);
    if (!is_exhausted(&asking)) {
        return out;
    }
    /* Who ends later than was found out is late for less. */
    struct accreditation_end later = in_time;
    later.limited = out.lateness == LATE_YES && !is_not_late_for_the_rest(&asking, credential, question) &&
                    !is_never_late(&asking, question);
    return later;
}

struct accreditation_end accreditation_end_of(const struct dossier *dossier, const struct trust *trust,
                                              const struct namespace_owners *owners,
                                              const struct dossier_credential *credential,
                                              const struct authority_question *question,
                                              struct authority_answer *answer)
{
    bool has_deadline = stance_has_deadline(stance_of_entry(ENTRY_ATTESTATION, NULL, PARTY_SUBJECT));
    return has_deadline ? end_of(dossier, trust, owners, credential, question, answer) : in_time;
}

struct accreditation_end accreditation_end_of_place(const struct dossier *dossier, const struct trust *trust,
                                                    const struct namespace_owners *owners,
                                                    const struct authority_question *question,
                                                    struct authority_answer *answer)
{
    return end_of(dossier, trust, owners, NULL, question, answer);
}
