#include "cmd/issue_counts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/text.h"
#include "protocol/rules/expression_text.h"
#include "protocol/rules/pack.h"
#include "protocol/rules/pack_rules.h"

struct issue_counts *issue_counts_create(struct issue_rules *rules)
{
    struct issue_counts *counts = calloc(1, sizeof(*counts));
    if (counts != NULL) {
        counts->rules = rules;
    }
    return counts;
}

/* ---- rows that are not in the store yet ---- */

/* Ids are hashes: their first bits are as good as any. */
static uint8_t *pending_byte(struct issue_counts *counts, const struct subject *subject, uint8_t *bit)
{
    uint32_t first;
    memcpy(&first, subject->id.bytes, sizeof first);
    first %= ISSUE_PENDING_BITS;
    *bit = (uint8_t)(1U << first % 8);
    return &counts->pending_people[first / 8];
}

void issue_counts_add(struct issue_counts *counts, const struct attestation *attestation)
{
    uint8_t bit;
    *pending_byte(counts, &attestation->subject, &bit) |= bit;
    struct issue_pending *pending = &counts->pending[counts->pending_count++ % ISSUE_PENDING_MAX];
    pending->attestation = *attestation;
    memcpy(pending->code, attestation->code.data, attestation->code.size);
    pending->attestation.code = bytes_of(pending->code, attestation->code.size);
    pending->attestation.has_network = false;
    pending->attestation.network_code = bytes_of(NULL, 0);
}

void issue_counts_forget(struct issue_counts *counts)
{
    counts->pending_count = 0;
    memset(counts->pending_people, 0, sizeof(counts->pending_people));
}

static size_t pending_kept(const struct issue_counts *counts)
{
    return counts->pending_count < ISSUE_PENDING_MAX ? counts->pending_count : ISSUE_PENDING_MAX;
}

static bool is_pending(struct issue_counts *counts, const struct subject *subject)
{
    uint8_t bit;
    if ((*pending_byte(counts, subject, &bit) & bit) == 0) {
        return false;
    }
    for (size_t i = 0; i < pending_kept(counts); i++) {
        if (subject_equal(&counts->pending[i].attestation.subject, subject)) {
            return true;
        }
    }
    return false;
}

/* ---- the verdict ---- */

/* In the session's arena. */
struct evaluation {
    struct dossier dossier;
    struct verdict verdict;
    size_t coming; /* index of the credential; SIZE_MAX: this actor's log is not held */
};

/* The last block that there can be comes after every cut that was recorded. */
static struct dossier_credential credential_of(const struct attestation *attestation, uint64_t index)
{
    return (struct dossier_credential){.place = {.seq = BLOCK_SEQ_MAX, .index = index},
                                       .source = SOURCE_REPLAYED,
                                       .attestation = *attestation};
}

/* The coming one, and all that is pending of its subject. */
static enum store_error gather(struct issue_counts *counts, const struct attestation *coming,
                               struct dossier *out)
{
    struct session *session = counts->rules->session;
    size_t kept = pending_kept(counts);
    size_t count = 1;
    struct dossier_credential *brought = arena_take(&session->arena, (1 + kept) * sizeof(*brought));
    struct actor_id *authors = arena_take(&session->arena, (1 + kept) * sizeof(*authors));
    struct store_txn *txn;
    if (brought == NULL || authors == NULL) {
        return STORE_NO_MEMORY;
    }
    brought[0] = credential_of(coming, 0);
    authors[0] = session->actor;
    for (size_t i = 0; i < kept; i++) {
        if (subject_equal(&counts->pending[i].attestation.subject, &coming->subject)) {
            authors[count] = session->actor;
            brought[count] = credential_of(&counts->pending[i].attestation, 1 + i);
            count++;
        }
    }
    enum store_error error = store_read_begin(&txn, session->store);
    if (error == STORE_OK) {
        error = store_dossier_around(txn, &session->home.network, session->trust, brought, authors, count,
                                     &coming->subject, DOSSIER_REACH_ALL, out, &session->arena);
        store_end(txn);
    }
    return error;
}

/* As if this actor's next block and a checkpoint over it were here. */
static void hear_of_it(struct dossier_log *log, uint64_t now_s)
{
    log->known_by_seq = BLOCK_SEQ_MAX;
    log->has_checkpoint = true;
    log->checkpoint_seq = log->head_seq;
    log->checkpoint_time_s = now_s;
}

static size_t find_coming(struct dossier *dossier, uint64_t now_s)
{
    for (size_t i = 0; i < dossier->credential_count; i++) {
        const struct dossier_place *place = &dossier->credentials[i].place;
        if (place->seq == BLOCK_SEQ_MAX && place->index == 0) {
            hear_of_it(&dossier->logs[place->log], now_s);
            return i;
        }
    }
    return SIZE_MAX;
}

/* size bytes each, and one more, all zero. Returns: NULL when the arena is full. */
static void *copy_and_one(const void *items, size_t count, size_t size, struct arena *arena)
{
    uint8_t *copy = arena_take(arena, (count + 1) * size);
    if (copy != NULL && count > 0) {
        memcpy(copy, items, count * size);
    }
    return copy;
}

/* As if what comes after that block were here too: that `by` takes the place of an entry. */
static bool replace(struct dossier_credential *old, const struct entry_name *by, struct arena *arena)
{
    struct dossier_place *place = &old->place;
    size_t count = place->event_count;
    struct history_event *events = copy_and_one(place->events, count, sizeof(*events), arena);
    bool *voided = copy_and_one(place->event_voided, count, sizeof(*voided), arena);
    if (events == NULL || voided == NULL) {
        return false;
    }
    events[count] = (struct history_event){.action = STATUS_REPLACED,
                                           .effective_day = session_today(),
                                           .setter_seq = BLOCK_SEQ_MAX,
                                           .has_replacement = true,
                                           .replacement = *by};
    place->events = events;
    place->event_voided = voided;
    place->event_blocks = place->event_blocks == NULL ? NULL
                                                      : copy_and_one(place->event_blocks, count,
                                                                     sizeof(place->event_blocks[0]), arena);
    place->event_signings =
        place->event_signings == NULL
            ? NULL
            : copy_and_one(place->event_signings, count, sizeof(place->event_signings[0]), arena);
    old->reasons = NULL;
    place->event_count++;
    return true;
}

static bool is_replaced(const struct issue_counts *counts, const struct dossier *dossier,
                        const struct dossier_place *place)
{
    for (size_t i = 0; i < counts->replaces_count; i++) {
        if (dossier_place_is_named(dossier, place, counts->replaces[i])) {
            return true;
        }
    }
    return false;
}

/* Nothing can be replaced of which as much was said as may be. */
static bool replace_old(struct issue_counts *counts, struct dossier *dossier)
{
    const struct entry_name by = {.author = counts->rules->session->actor, .seq = BLOCK_SEQ_MAX};
    bool fits = true;
    for (size_t i = 0; counts->replaces_count > 0 && fits && i < dossier->credential_count; i++) {
        struct dossier_credential *old = &dossier->credentials[i];
        if (old->place.event_count < STATUS_EVENTS_MAX && is_replaced(counts, dossier, &old->place)) {
            fits = replace(old, &by, &counts->rules->session->arena);
        }
    }
    return fits;
}

/* Returns: false after a failure, which rules->error keeps, or where nothing can be said. */
static bool evaluate(struct evaluation *out, struct issue_counts *counts, const struct attestation *coming)
{
    struct session *session = counts->rules->session;
    const struct question question = session_question(session, DAY_NONE);
    enum store_error error = gather(counts, coming, &out->dossier);
    if (error != STORE_OK) {
        counts->rules->error = error;
        return false;
    }
    out->coming = find_coming(&out->dossier, question.now_s);
    if (out->coming == SIZE_MAX) {
        return false;
    }
    if (!replace_old(counts, &out->dossier) ||
        !verdict_of(&out->verdict, &out->dossier, session->trust, &question, &session->arena)) {
        counts->rules->error = STORE_NO_MEMORY;
        return false;
    }
    return true;
}

/* ---- the rule ---- */

struct found_rule {
    const struct dossier_pack *pack;  /* NULL: none is in force */
    const struct compiled_rule *rule; /* NULL: the pack has none that speaks for the code */
};

static enum pack_rule_kind kind_of(enum basis basis)
{
    return basis == BASIS_RENEWAL || basis == BASIS_RECERTIFICATION ? PACK_RULE_RENEWAL
                                                                    : PACK_RULE_PREREQUISITE;
}

static void find_rule(struct found_rule *out, struct issue_counts *counts, const struct dossier *dossier,
                      const struct attestation *coming)
{
    struct session *session = counts->rules->session;
    struct bytes name_space = code_namespace(coming->code);
    size_t before = name_space.size + 1;
    struct pack_rules *rules = arena_take(&session->arena, sizeof(*rules));
    *out = (struct found_rule){.pack = pack_on_day(dossier, session->trust, name_space, coming->earned_on)};
    if (out->pack != NULL && rules != NULL && pack_rules_read(rules, &out->pack->pack, &session->arena)) {
        out->rule = pack_rules_find(rules, kind_of(coming->basis),
                                    bytes_of(coming->code.data + before, coming->code.size - before));
    }
}

/* "version 3 of the rules: renewal A*: in time" */
static void name_rule(char *out, struct issue_counts *counts, const struct dossier *dossier,
                      const struct attestation *coming)
{
    const char *kind = kind_of(coming->basis) == PACK_RULE_RENEWAL ? "renewal" : "prerequisite";
    char text[ISSUE_RULE_SIZE];
    struct found_rule found;
    find_rule(&found, counts, dossier, coming);
    out[0] = '\0';
    if (found.pack == NULL) {
        return;
    }
    if (found.rule == NULL) {
        snprintf(out, ISSUE_RULE_SIZE, "version %" PRIu64 " of the rules has no %s rule for it",
                 found.pack->pack.version, kind);
        return;
    }
    bool fits = expression_print(text, sizeof(text), &found.rule->expression, code_namespace(coming->code));
    int size = snprintf(out, ISSUE_RULE_SIZE, "version %" PRIu64 " of the rules, %s %.*s: %s",
                        found.pack->pack.version, kind, (int)found.rule->name.size,
                        (const char *)found.rule->name.data, fits ? text : "a long rule");
    if (size >= ISSUE_RULE_SIZE) {
        memcpy(out + ISSUE_RULE_SIZE - 4, "...", 4);
    }
}

/* ---- experience ---- */

/* Rules that speak for a code say that it is more than time worked. */
static bool has_rule(const struct pack_rules *rules, struct bytes local)
{
    return pack_rules_find(rules, PACK_RULE_PREREQUISITE, local) != NULL ||
           pack_rules_find(rules, PACK_RULE_RENEWAL, local) != NULL ||
           pack_rules_find(rules, PACK_RULE_EXPERIENCE, local) != NULL;
}

/* Which rule counts a code as experience, and whether any looks at it otherwise. */
struct experience_search {
    struct bytes code;
    const struct compiled_rule *rule, *found;
    bool otherwise;
};

static bool look_for_experience(void *context, const struct expression *node)
{
    struct experience_search *search = context;
    if (node->pattern.size == 0 || !code_matches(search->code, node->pattern)) {
        return true;
    }
    if (node->op == EXPRESSION_EXPERIENCE) {
        search->found = search->rule;
    } else {
        search->otherwise = true;
    }
    return true;
}

/* Whether coming is no experience, and the code counts as that and nothing else. */
static bool is_only_experience(char *out, struct issue_counts *counts, const struct dossier *dossier,
                               const struct attestation *coming)
{
    struct session *session = counts->rules->session;
    struct bytes name_space = code_namespace(coming->code);
    struct experience_search search = {.code = coming->code};
    const struct dossier_pack *pack = pack_on_day(dossier, session->trust, name_space, coming->earned_on);
    struct pack_rules *rules = arena_take(&session->arena, sizeof(*rules));
    char text[ISSUE_RULE_SIZE];
    if (coming->basis == BASIS_EXPERIENCE || pack == NULL || rules == NULL ||
        !pack_rules_read(rules, &pack->pack, &session->arena)) {
        return false;
    }
    for (size_t i = 0; i < rules->count; i++) {
        search.rule = &rules->rules[i];
        expression_each(&search.rule->expression, look_for_experience, &search);
    }
    if (search.found == NULL || search.otherwise ||
        has_rule(rules, bytes_of(coming->code.data + name_space.size + 1,
                                 coming->code.size - name_space.size - 1))) {
        return false;
    }
    bool fits = expression_print(text, sizeof(text), &search.found->expression, name_space);
    snprintf(out, ISSUE_RULE_SIZE, "version %" PRIu64 " of the rules, experience %.*s: %.150s",
             pack->pack.version, (int)search.found->name.size, (const char *)search.found->name.data,
             fits ? text : "a long rule");
    return true;
}

/* ---- whether it counts ---- */

static const struct code_verdict *code_of(const struct evaluation *evaluation, struct bytes code)
{
    for (size_t i = 0; i < evaluation->verdict.code_count; i++) {
        if (bytes_equal(evaluation->verdict.codes[i].code, code)) {
            return &evaluation->verdict.codes[i];
        }
    }
    return NULL;
}

/* A test that was passed is no certificate yet where the rules ask for more. */
static bool waits(const struct code_verdict *amounts)
{
    return amounts != NULL && amounts->tested == ANSWER_YES && amounts->certified == ANSWER_NO &&
           amounts->missing_count > 0;
}

/* What nobody lets this actor issue never counts, and was agreed to before: the rules are not asked. */
static enum reason evaluated_reason(struct issue_counts *counts, const struct attestation *coming, char *rule)
{
    bool is_agreed_to = counts->rules->unaccredited &&
                        issue_authority_of(counts->rules, coming->code, coming->earned_on) != REASON_NONE;
    struct arena *arena = &counts->rules->session->arena;
    size_t mark = arena_mark(arena);
    struct evaluation evaluation;
    enum reason reason = REASON_NONE;
    bool is_evaluated = evaluate(&evaluation, counts, coming);
    counts->waits = is_evaluated && waits(code_of(&evaluation, coming->code));
    if (is_evaluated) {
        const struct credential_verdict *verdict = &evaluation.verdict.credentials[evaluation.coming];
        const struct axis_answer *authority = &verdict->axes[AXIS_AUTHORITY];
        bool is_no = authority->answer == ANSWER_NO && !is_agreed_to && !credential_is_by_stranger(verdict);
        reason = is_no ? authority->reason : REASON_NONE;
        if (is_no) {
            name_rule(rule, counts, &evaluation.dossier, coming);
        } else if (is_only_experience(rule, counts, &evaluation.dossier, coming)) {
            reason = REASON_ONLY_EXPERIENCE;
        }
    } else if (counts->rules->error != STORE_OK) {
        reason = REASON_NO_RULE_PACK;
    }
    arena_rewind(arena, mark);
    return reason;
}

/* Whether nothing that a rule could look at is known of the subject. */
static bool is_unknown(struct issue_counts *counts, const struct subject *subject)
{
    struct session *session = counts->rules->session;
    const struct actor_id actor = {subject->id};
    struct store_txn *txn;
    bool named = true;
    if (subject->kind != SUBJECT_ACTOR || is_pending(counts, subject) ||
        store_read_begin(&txn, session->store) != STORE_OK) {
        return false;
    }
    enum store_error error = store_is_named(txn, session->trust, &session->actor, &actor, &named);
    store_end(txn);
    return error == STORE_OK && !named;
}

static struct issue_known *known_slot(struct issue_counts *counts, const struct attestation *coming)
{
    uint32_t sum = UINT32_C(2166136261) ^ coming->earned_on ^ (uint32_t)coming->basis << 24;
    for (size_t i = 0; i < coming->code.size; i++) {
        sum = (sum ^ coming->code.data[i]) * UINT32_C(16777619);
    }
    return &counts->known[(sum ^ sum >> 16) % ISSUE_KNOWN_COUNT];
}

static uint32_t last_day_of(const struct attestation *attestation)
{
    return attestation->has_last_day ? attestation->last_day : DAY_NONE;
}

static bool is_known_alike(const struct issue_known *known, const struct attestation *coming)
{
    return bytes_equal(bytes_of(known->code, known->code_size), coming->code) &&
           known->earned_on == coming->earned_on && known->valid_from == coming->valid_from &&
           known->last_day == last_day_of(coming) && known->basis == coming->basis;
}

enum reason issue_counts_of(struct issue_counts *counts, const struct attestation *coming, char *rule)
{
    rule[0] = '\0';
    if (!is_unknown(counts, &coming->subject)) {
        return evaluated_reason(counts, coming, rule);
    }
    struct issue_known *known = known_slot(counts, coming);
    if (is_known_alike(known, coming)) {
        counts->waits = known->waits;
        return REASON_NONE;
    }
    enum reason reason = evaluated_reason(counts, coming, rule);
    if (reason == REASON_NONE) {
        *known = (struct issue_known){.code_size = coming->code.size,
                                      .earned_on = coming->earned_on,
                                      .valid_from = coming->valid_from,
                                      .last_day = last_day_of(coming),
                                      .basis = coming->basis,
                                      .waits = counts->waits};
        memcpy(known->code, coming->code.data, coming->code.size);
    }
    return reason;
}

bool issue_counts_verdict(struct code_verdict *out, struct issue_counts *counts,
                          const struct attestation *coming)
{
    struct evaluation evaluation;
    if (!evaluate(&evaluation, counts, coming)) {
        return false;
    }
    const struct code_verdict *amounts = code_of(&evaluation, coming->code);
    if (amounts != NULL) {
        *out = *amounts;
    }
    return amounts != NULL;
}

bool issue_counts_waits(const struct issue_counts *counts)
{
    return counts->waits;
}

/* ---- renewals ---- */

static bool least_added(void *context, const struct expression *node)
{
    uint64_t *months = context;
    if (node->op == EXPRESSION_ADDS && node->count < *months) {
        *months = node->count;
    }
    return true;
}

static uint32_t end_of(struct day_set days)
{
    return days.count > 0 ? days.intervals[days.count - 1].last : 0;
}

/* The last day on which the code is held by what was earned before; 0: it was not; DAY_NONE: for life. */
static uint32_t held_until(const struct evaluation *evaluation, const struct attestation *coming)
{
    uint32_t until = 0;
    for (size_t i = 0; i < evaluation->dossier.credential_count; i++) {
        const struct dossier_credential *credential = &evaluation->dossier.credentials[i];
        const struct day_truth *days = &evaluation->verdict.credentials[i].days;
        if (credential->about == ABOUT_SHOP || credential->place.erased ||
            !bytes_equal(credential->attestation.code, coming->code) ||
            credential->attestation.earned_on >= coming->earned_on) {
            continue;
        }
        uint32_t end = end_of(days->surely.count > 0 ? days->surely : days->possibly);
        until = end > until ? end : until;
    }
    return until;
}

bool issue_counts_renewed_until(uint32_t *last_day, struct issue_counts *counts,
                                const struct attestation *coming, const struct pack_code *pack_code)
{
    struct arena *arena = &counts->rules->session->arena;
    size_t mark = arena_mark(arena);
    struct evaluation evaluation;
    struct found_rule found = {.rule = NULL};
    uint64_t months = UINT64_MAX;
    uint32_t held = 0;
    if (evaluate(&evaluation, counts, coming)) {
        find_rule(&found, counts, &evaluation.dossier, coming);
        held = held_until(&evaluation, coming);
    }
    if (found.rule != NULL) {
        expression_each(&found.rule->expression, least_added, &months);
    }
    arena_rewind(arena, mark);
    if (held == 0 || held == DAY_NONE || months == UINT64_MAX) {
        return false;
    }
    uint32_t cap = pack_code != NULL ? pack_last_day(pack_code, coming->valid_from) : DAY_NONE;
    uint32_t until = day_add_months(held, (uint32_t)months);
    *last_day = until < cap ? until : cap;
    return true;
}

bool issue_counts_lasts_until(uint32_t *last_day, struct issue_counts *counts,
                              const struct attestation *coming)
{
    struct arena *arena = &counts->rules->session->arena;
    size_t mark = arena_mark(arena);
    struct evaluation evaluation;
    *last_day = evaluate(&evaluation, counts, coming)
                    ? evaluation.verdict.credentials[evaluation.coming].limited_to
                    : DAY_NONE;
    arena_rewind(arena, mark);
    return *last_day != DAY_NONE;
}
