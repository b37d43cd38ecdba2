#include "cmd/verdict_page.h"

#include <string.h>

#include "protocol/base/text.h"
#include "protocol/rules/pack.h"
#include "protocol/rules/replaced.h"
#include "protocol/rules/weight.h"

enum { WITHIN_REACH_MISSING_MAX = 4 };

bool leaves_bearer_open(enum reason reason)
{
    return reason == REASON_NO_CHALLENGE || reason == REASON_CLOCK;
}

bool leaves_item_open(enum reason reason)
{
    return reason == REASON_NOT_FOUND || reason == REASON_WRONG_KIND;
}

enum overall page_overall(const struct verdict *verdict, const struct presented *presented)
{
    if (presented == NULL) {
        return verdict->overall;
    }
    bool is_false = presented->reason != REASON_NONE && !leaves_bearer_open(presented->reason);
    bool is_open = presented->reason != REASON_NONE || presented->refused_count > 0;
    for (size_t i = 0; i < presented->refused_count; i++) {
        is_false = is_false || !leaves_item_open(presented->refused[i].reason);
    }
    if (is_false) {
        return OVERALL_INVALID;
    }
    return verdict->overall == OVERALL_VALID && is_open ? OVERALL_UNDETERMINED : verdict->overall;
}

const char *page_name_of(const struct verdict_page *page, const struct hash *id)
{
    return page->name_of(page->names, id);
}

const char *page_evidence_name(const struct verdict_page *page, const struct credential_verdict *verdict)
{
    if (verdict->evidence_log >= page->dossier->log_count) {
        return "";
    }
    return page_name_of(page, &page->dossier->logs[verdict->evidence_log].author.hash);
}

/* ---- credentials ---- */

const struct dossier_credential *page_credential(const struct verdict_page *page, size_t index)
{
    return &page->dossier->credentials[page->verdict->credentials[index].credential];
}

bool page_lists(const struct verdict_page *page, size_t index)
{
    return page_credential(page, index)->about == ABOUT_SUBJECT;
}

bool page_sets_apart(const struct verdict_page *page, size_t index)
{
    return page->presented == NULL && page_lists(page, index) &&
           credential_is_by_stranger(&page->verdict->credentials[index]);
}

static bool is_genuine(const struct credential_verdict *verdict)
{
    return verdict->axes[AXIS_INTEGRITY].answer == ANSWER_YES &&
           verdict->axes[AXIS_AUTHORITY].answer == ANSWER_YES;
}

/* Whether b lasts longer than a, or just as long and was earned later. */
static bool is_before(const struct attestation *a, const struct attestation *b)
{
    if (!b->has_last_day || (a->has_last_day && a->last_day < b->last_day)) {
        return true;
    }
    return a->has_last_day && a->last_day == b->last_day && a->earned_on < b->earned_on;
}

/* Whether it speaks for its code on the day asked about, well or ill. */
static bool has_begun(const struct credential_verdict *verdict)
{
    return is_genuine(verdict) && verdict->axes[AXIS_STATUS].reason != REASON_NOT_YET_VALID;
}

bool page_is_older(const struct verdict_page *page, size_t index)
{
    const struct credential_verdict *verdicts = page->verdict->credentials;
    const struct dossier_credential *one = page_credential(page, index);
    if (one->place.erased || !is_genuine(&verdicts[index]) ||
        verdicts[index].axes[AXIS_STATUS].reason != REASON_EXPIRED) {
        return false;
    }
    for (size_t i = 0; i < page->verdict->credential_count; i++) {
        const struct dossier_credential *other = page_credential(page, i);
        if (page_lists(page, i) && !other->place.erased &&
            bytes_equal(one->attestation.code, other->attestation.code) && has_begun(&verdicts[i]) &&
            is_before(&one->attestation, &other->attestation)) {
            return true;
        }
    }
    return false;
}

static bool say_alike(const struct attestation *a, const struct attestation *b)
{
    struct attestation left = *a, right = *b;
    left.has_claims = right.has_claims = false;
    return attestations_say_the_same(&left, &right);
}

static bool answer_alike(const struct credential_verdict *a, const struct credential_verdict *b)
{
    for (size_t i = 0; i < AXIS_COUNT; i++) {
        if (a->axes[i].answer != b->axes[i].answer || a->axes[i].reason != b->axes[i].reason) {
            return false;
        }
    }
    return a->overall == b->overall && a->effective_day == b->effective_day && a->appeal_day == b->appeal_day;
}

/* What stands between the two is told of each: of one that was suspended, say, and reinstated. */
static bool is_told_apart(const struct verdict_page *page, size_t index)
{
    const struct dossier_credential *credential = page_credential(page, index);
    size_t at = 0;
    return credential->has_replacement || page_tells_history(page, index) ||
           page_next_statement(page, credential, &at) != NULL;
}

static bool is_alike(const struct verdict_page *page, size_t a, size_t b)
{
    const struct dossier_credential *one = page_credential(page, a), *other = page_credential(page, b);
    return page_lists(page, a) && page_lists(page, b) && one->place.log == other->place.log &&
           one->source == other->source && !one->place.erased && !other->place.erased &&
           bytes_equal(one->attestation.code, other->attestation.code) &&
           say_alike(&one->attestation, &other->attestation) &&
           answer_alike(&page->verdict->credentials[a], &page->verdict->credentials[b]) &&
           (a == b || (!is_told_apart(page, a) && !is_told_apart(page, b)));
}

size_t page_next_alike(const struct verdict_page *page, size_t index, size_t *at)
{
    while (*at < page->verdict->credential_count) {
        size_t other = (*at)++;
        if (other != index && is_alike(page, index, other)) {
            return other;
        }
    }
    return SIZE_MAX;
}

size_t page_count_alike(const struct verdict_page *page, size_t index)
{
    size_t count = 1, at = 0;
    while (page_next_alike(page, index, &at) != SIZE_MAX) {
        count++;
    }
    return count;
}

/* The one that speaks for its code is shown, else the first. */
bool page_is_twin(const struct verdict_page *page, size_t index)
{
    bool speaks = page_code_verdict(page, index) != NULL;
    size_t at = 0;
    for (size_t other; (other = page_next_alike(page, index, &at)) != SIZE_MAX;) {
        bool other_speaks = page_code_verdict(page, other) != NULL;
        if (other_speaks != speaks ? other_speaks : other < index) {
            return true;
        }
    }
    return false;
}

void page_entry_name(struct entry_name *out, const struct verdict_page *page,
                     const struct dossier_place *place)
{
    *out = (struct entry_name){
        .author = dossier_log_at(page->dossier, place)->author, .seq = place->seq, .index = place->index};
    memcpy(out->prefix, place->leaf.bytes, sizeof(out->prefix));
}

size_t page_find_entry(const struct verdict_page *page, const struct entry_name *name)
{
    for (size_t i = 0; i < page->verdict->credential_count; i++) {
        struct entry_name other;
        page_entry_name(&other, page, &page_credential(page, i)->place);
        if (entry_name_equal(&other, name)) {
            return i;
        }
    }
    return SIZE_MAX;
}

const struct code_verdict *page_code_verdict(const struct verdict_page *page, size_t index)
{
    for (size_t i = 0; i < page->verdict->code_count; i++) {
        if (page->verdict->codes[i].credential == index) {
            return &page->verdict->codes[i];
        }
    }
    return NULL;
}

const struct code_verdict *page_next_uncertified(const struct verdict_page *page, size_t *at)
{
    while (*at < page->verdict->credential_count) {
        size_t index = (*at)++;
        const struct code_verdict *code = page_code_verdict(page, index);
        if (code != NULL && page_lists(page, index) && !page_sets_apart(page, index) &&
            code->tested == ANSWER_YES && code->certified != ANSWER_YES) {
            return code;
        }
    }
    return NULL;
}

/* ---- statements ---- */

static bool stands(const struct verdict_page *page, const struct dossier_place *place)
{
    struct status_days days;
    if (place->erased ||
        place_weigh(page->dossier, place, stance_of_entry(ENTRY_STATEMENT, NULL, PARTY_SUBJECT)).weight ==
            WEIGHT_NOTHING) {
        return false;
    }
    status_days_init(&days);
    for (size_t i = 0; i < place->event_count; i++) {
        struct weighed weighed = event_weigh(page->dossier, place, i, (struct spoken_of){.events = NULL});
        const struct status_event event = {.event = &place->events[i],
                                           .index = i,
                                           .doubt = weighed.reason,
                                           .void_seq = event_void_seq(place, i)};
        if (weighed.reason != REASON_DROPPED) {
            status_days_add(&days, &event);
        }
    }
    return days.runs[status_days_at(&days, page->at_day)].reason == REASON_NONE;
}

const struct dossier_statement *page_next_statement(const struct verdict_page *page,
                                                    const struct dossier_credential *credential, size_t *at)
{
    struct entry_name name;
    page_entry_name(&name, page, &credential->place);
    while (*at < page->dossier->statement_count) {
        const struct dossier_statement *statement = &page->dossier->statements[(*at)++];
        if (entry_name_equal(&statement->statement.about, &name) && stands(page, &statement->place)) {
            return statement;
        }
    }
    return NULL;
}

/* ---- what was said about it ---- */

enum status_reason page_reason_of(const struct dossier_credential *credential, size_t event)
{
    return credential->reasons != NULL ? credential->reasons[event] : STATUS_REASON_UNSPECIFIED;
}

struct dossier_block page_block_of_event(const struct dossier_credential *credential, size_t event)
{
    return credential->place.event_blocks != NULL ? credential->place.event_blocks[event]
                                                  : (struct dossier_block){.void_day = DAY_NONE};
}

bool page_tells_history(const struct verdict_page *page, size_t index)
{
    const struct credential_verdict *verdict = &page->verdict->credentials[index];
    const struct dossier_credential *credential = page_credential(page, index);
    size_t told = 0;
    for (size_t i = 0; i < credential->place.event_count; i++) {
        if (verdict->said[i] == SAID_NOT_BY_THEN || credential->place.events[i].action == STATUS_HELD_BY) {
            continue;
        }
        told++;
        if (verdict->said[i] != SAID_STANDS || page_reason_of(credential, i) != STATUS_REASON_UNSPECIFIED) {
            return true;
        }
    }
    return told > 1;
}

/* ---- rules ---- */

static void add_name_space(struct page_rules *rules, struct bytes name_space)
{
    size_t at = 0;
    while (at < rules->count && bytes_compare(rules->name_spaces[at], name_space) < 0) {
        at++;
    }
    if (name_space.size == 0 || rules->count == PAGE_RULES_MAX ||
        (at < rules->count && bytes_equal(rules->name_spaces[at], name_space))) {
        return;
    }
    memmove(&rules->name_spaces[at + 1], &rules->name_spaces[at],
            (rules->count - at) * sizeof(rules->name_spaces[0]));
    rules->name_spaces[at] = name_space;
    rules->count++;
}

static bool add_node(void *context, const struct expression *node)
{
    if (node->pattern.size > 0) {
        add_name_space(context, code_namespace(node->pattern));
    }
    add_name_space(context, node->name_space);
    return true;
}

static const struct rules_verdict *rules_of_space(const struct verdict *verdict, struct bytes name_space)
{
    for (size_t i = 0; i < verdict->rules_count; i++) {
        if (bytes_equal(verdict->rules[i].name_space, name_space)) {
            return &verdict->rules[i];
        }
    }
    return NULL;
}

void page_rules_of(struct page_rules *out, const struct verdict_page *page)
{
    const struct verdict *verdict = page->verdict;
    out->count = 0;
    for (size_t i = 0; i < verdict->credential_count; i++) {
        const struct dossier_credential *credential = page_credential(page, i);
        if (page_lists(page, i) && !page_sets_apart(page, i) && !credential->place.erased) {
            add_name_space(out, code_namespace(credential->attestation.code));
        }
    }
    for (size_t i = 0; i < verdict->title_count; i++) {
        if (verdict->titles[i].answer == ANSWER_YES || title_is_open(&verdict->titles[i])) {
            add_name_space(out, verdict->titles[i].pack->pack.name_space);
        }
    }
    for (size_t i = 0; i < verdict->rules_count; i++) {
        if (verdict->rules[i].leaves_doubt) {
            add_name_space(out, verdict->rules[i].name_space);
        }
    }
    for (size_t i = 0; i < verdict->part_count; i++) {
        expression_each(verdict->parts[i].expression, add_node, out);
    }
    for (size_t i = 0; i < out->count; i++) {
        out->packs[i] = pack_on_day(page->dossier, page->trust, out->name_spaces[i], page->at_day);
        out->verdicts[i] = rules_of_space(verdict, out->name_spaces[i]);
    }
}

/* ---- titles ---- */

bool title_is_within_reach(const struct title_verdict *title)
{
    return title->answer == ANSWER_NO && title->missing_count < title->part_count &&
           title->missing_count <= WITHIN_REACH_MISSING_MAX;
}
