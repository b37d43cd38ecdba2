#include "cmd/verdict_json.h"

#include "cmd/json_output.h"
#include "cmd/words.h"

const char *answer_word(enum answer answer)
{
    static const char *const words[] = {
        [ANSWER_YES] = "yes", [ANSWER_NO] = "no", [ANSWER_UNKNOWN] = "unknown"};
    return words[answer];
}

static const char *overall_key(enum overall overall)
{
    static const char *const words[] = {
        [OVERALL_VALID] = "valid", [OVERALL_INVALID] = "invalid", [OVERALL_UNDETERMINED] = "undetermined"};
    return words[overall];
}

static json_t *json_of_person(const struct verdict_page *page, enum id_kind kind, const struct hash *id)
{
    json_t *object = json_object();
    json_object_set_new(object, "id", json_of_id(kind, page->network, id));
    json_object_set_new(object, "name", json_string(page_name_of(page, id)));
    return object;
}

static json_t *json_of_actor(const struct verdict_page *page, const struct hash *id)
{
    return json_of_person(page, ID_ACTOR, id);
}

static json_t *json_of_subject(const struct verdict_page *page)
{
    const struct subject *subject = &page->dossier->subject;
    return json_of_person(page, subject->kind == SUBJECT_CLAIM ? ID_CLAIM : ID_ACTOR, &subject->id);
}

static json_t *json_of_name(const struct verdict_page *page, const struct entry_name *name)
{
    char text[ENTRY_NAME_TEXT_MAX + 1];
    entry_name_to_text(text, page->network, name);
    return json_string(text);
}

static json_t *json_of_entry(const struct verdict_page *page, const struct dossier_place *place)
{
    struct entry_name name;
    page_entry_name(&name, page, place);
    return json_of_name(page, &name);
}

/* The entry of the verdict's credential; null for SIZE_MAX. */
static json_t *json_of_entry_at(const struct verdict_page *page, size_t index)
{
    return index == SIZE_MAX ? json_null() : json_of_entry(page, &page_credential(page, index)->place);
}

static json_t *json_of_axes(const struct axis_answer axes[AXIS_COUNT])
{
    static const char *const names[AXIS_COUNT] = {
        [AXIS_INTEGRITY] = "integrity",
        [AXIS_AUTHORITY] = "authority",
        [AXIS_STATUS] = "status",
        [AXIS_FRESHNESS] = "freshness",
    };
    json_t *object = json_object();
    for (int i = 0; i < AXIS_COUNT; i++) {
        json_object_set_new(object, names[i],
                            json_pack("{s:s, s:s}", "answer", answer_word(axes[i].answer), "reason",
                                      reason_word(axes[i].reason)));
    }
    return object;
}

static json_t *json_of_chain(const struct verdict_page *page, const struct authority_answer *authority)
{
    json_t *array = json_array();
    if (authority == NULL || !authority->has_chain) {
        return array;
    }
    for (size_t i = 0; i <= authority->chain_size; i++) {
        json_array_append_new(array, json_of_actor(page, &authority->chain[i].hash));
    }
    return array;
}

/* What the issuer wrote; nothing of an erased entry. */
static void add_attestation(json_t *object, const struct dossier_credential *credential)
{
    const struct attestation *attestation = &credential->attestation;
    if (credential->place.erased) {
        json_object_set_new(object, "erased", json_true());
        return;
    }
    json_object_set_new(object, "code", json_of_text(attestation->code));
    json_object_set_new(object, "basis", json_string(basis_word(attestation->basis)));
    json_object_set_new(object, "earned_on", json_of_day(attestation->earned_on));
    json_object_set_new(object, "valid_from", json_of_day(attestation->valid_from));
    json_object_set_new(object, "last_day",
                        json_of_day(attestation->has_last_day ? attestation->last_day : DAY_NONE));
    json_object_set_new(object, "network",
                        attestation->has_network ? json_of_text(attestation->network_code) : json_null());
}

static json_t *json_of_statements(const struct verdict_page *page,
                                  const struct dossier_credential *credential)
{
    const struct dossier_statement *statement;
    json_t *array = json_array();
    size_t at = 0;
    while ((statement = page_next_statement(page, credential, &at)) != NULL) {
        json_array_append_new(array, json_of_text(statement->statement.text));
    }
    return array;
}

/* Which branch a statement stood on, when it was dropped, and by what it was declared void. */
static void add_branch(json_t *object, struct dossier_block block, enum said_standing standing)
{
    if (block.side) {
        json_object_set_new(object, "side_branch", json_true());
        json_object_set_new(object, "dropped",
                            block.dropped_s != 0 ? json_of_day(day_of_time(block.dropped_s)) : json_null());
    }
    if (standing == SAID_VOIDED && block.void_day != DAY_NONE) {
        json_object_set_new(object, "void_since", json_of_day(block.void_day));
        json_object_set_new(object, "void_reason", json_string(status_reason_word(block.void_reason)));
    }
}

/* What was said about it, oldest first, and whether it stands on the day asked about. */
static json_t *json_of_history(const struct verdict_page *page, size_t index)
{
    static const char *const standings[] = {
        [SAID_STANDS] = "stands",
        [SAID_OVERRULED] = "overruled",
        [SAID_VOIDED] = "void",
        [SAID_DISPUTED] = "disputed",
        [SAID_REWOUND] = "rewound",
        [SAID_DROPPED] = "dropped",
        [SAID_TO_COME] = "to-come",
        [SAID_NOT_BY_THEN] = "not-known-by-then",
        [SAID_BEYOND_CUT] = "beyond-cut",
        [SAID_CUT_UNKNOWN] = "cut-not-held",
        [SAID_AFTER_END] = "signed-after-the-end",
    };
    const struct dossier_credential *credential = page_credential(page, index);
    const enum said_standing *said = page->verdict->credentials[index].said;
    json_t *array = json_array();
    for (size_t i = 0; i < credential->place.event_count; i++) {
        const struct history_event *event = &credential->place.events[i];
        json_t *object = json_object();
        json_object_set_new(object, "action", json_string(status_action_word(event->action)));
        json_object_set_new(object, "from", json_of_day(event->effective_day));
        json_object_set_new(object, "stated", json_of_day(event->stated_day));
        json_object_set_new(object, "reason",
                            credential->reasons != NULL
                                ? json_string(status_reason_word(credential->reasons[i]))
                                : json_null());
        json_object_set_new(object, "block", json_of_number(event->setter_seq));
        json_object_set_new(object, "standing", json_string(standings[said[i]]));
        add_branch(object, page_block_of_event(credential, i), said[i]);
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *json_of_version(const struct dossier_pack *pack)
{
    return pack != NULL ? json_of_number(pack->pack.version) : json_null();
}

static const char *lateness_key(enum lateness lateness)
{
    static const char *const keys[] = {
        [LATE_NO] = "yes", [LATE_YES] = "no", [LATE_NOT_KNOWN] = "by-its-own-word"};
    return keys[lateness];
}

/* Whose log freshness speaks of. */
static json_t *json_of_evidence(const struct verdict_page *page, const struct credential_verdict *verdict)
{
    static const char *const roles[] = {
        [EVIDENCE_ISSUER] = "issuer",
        [EVIDENCE_SHOP] = "shop",
        [EVIDENCE_ACCREDITOR] = "accreditor",
        [EVIDENCE_OWNER] = "owner",
    };
    bool known = verdict->evidence_log < page->dossier->log_count;
    json_t *object = json_object();
    json_object_set_new(object, "role", json_string(roles[verdict->evidence_role]));
    json_object_set_new(object, "actor",
                        known ? json_of_actor(page, &page->dossier->logs[verdict->evidence_log].author.hash)
                              : json_null());
    return object;
}

/* The other entries that say the same. */
static json_t *json_of_alike(const struct verdict_page *page, size_t index)
{
    json_t *array = json_array();
    size_t at = 0;
    for (size_t other; (other = page_next_alike(page, index, &at)) != SIZE_MAX;) {
        json_array_append_new(array, json_of_entry(page, &page_credential(page, other)->place));
    }
    return array;
}

static json_t *json_of_credential(const struct verdict_page *page, size_t index)
{
    const struct credential_verdict *verdict = &page->verdict->credentials[index];
    const struct dossier_credential *credential = page_credential(page, index);
    char words[VERDICT_WORDS_SIZE];
    json_t *object = json_object();
    credential_line(words, verdict, credential);
    json_object_set_new(object, "verdict", json_string(overall_key(verdict->overall)));
    json_object_set_new(object, "words", json_string(words));
    json_object_set_new(object, "entry", json_of_entry(page, &credential->place));
    add_attestation(object, credential);
    json_object_set_new(object, "title",
                        verdict->pack_code != NULL ? json_of_text(verdict->pack_code->title) : json_null());
    json_object_set_new(object, "axes", json_of_axes(verdict->axes));
    json_object_set_new(object, "since", json_of_day(verdict->since_day));
    json_object_set_new(object, "until", json_of_day(verdict->until_day));
    json_object_set_new(object, "ends_by_lifetime", json_boolean(verdict->limited_to != DAY_NONE));
    json_object_set_new(object, "lifetime_months",
                        verdict->limited_to != DAY_NONE ? json_of_number(verdict->lifetime_months)
                                                        : json_null());
    json_object_set_new(object, "lifetime_version", json_of_version(verdict->lifetime_by));
    json_object_set_new(object, "rules_version", json_of_version(verdict->pack));
    json_object_set_new(object, "later_rules", json_of_version(verdict->later_rules));
    json_object_set_new(object, "effective_day", json_of_day(verdict->effective_day));
    json_object_set_new(object, "appeal_since", json_of_day(verdict->appeal_day));
    json_object_set_new(object, "history", json_of_history(page, index));
    json_object_set_new(object, "replaced_by",
                        credential->has_replacement ? json_of_name(page, &credential->replacement)
                                                    : json_null());
    json_object_set_new(object, "alike", json_of_alike(page, index));
    json_object_set_new(object, "older", json_boolean(page_is_older(page, index)));
    json_object_set_new(object, "statements", json_of_statements(page, credential));
    json_object_set_new(object, "evidence_age_s",
                        verdict->evidence_age_s == UINT64_MAX ? json_null()
                                                              : json_of_number(verdict->evidence_age_s));
    json_object_set_new(object, "accreditation_ended", json_of_day(verdict->end.day));
    json_object_set_new(object, "signed_in_time", json_string(lateness_key(verdict->end.lateness)));
    json_object_set_new(object, "evidence_of", json_of_evidence(page, verdict));
    json_object_set_new(object, "issuer",
                        json_of_actor(page, &dossier_log_at(page->dossier, &credential->place)->author.hash));
    json_object_set_new(object, "chain", json_of_chain(page, verdict->authority));
    return object;
}

/* Those that decide, or those that are set apart. */
static json_t *json_of_credentials(const struct verdict_page *page, bool apart)
{
    json_t *array = json_array();
    for (size_t i = 0; i < page->verdict->credential_count; i++) {
        if (page_lists(page, i) && page_sets_apart(page, i) == apart && !page_is_twin(page, i)) {
            json_array_append_new(array, json_of_credential(page, i));
        }
    }
    return array;
}

/* ---- what follows from them ---- */

static json_t *json_of_missing_part(const struct missing_part *part)
{
    static const char *const kinds[] = {
        [MISSING_CODE] = "code",
        [MISSING_EXPERIENCE] = "experience",
        [MISSING_TRAINING] = "training",
        [MISSING_TITLE] = "title",
        [MISSING_NETWORK] = "network",
        [MISSING_STATE] = "state",
        [MISSING_EXCLUDED] = "excluded",
        [MISSING_RULE] = "rule",
        [MISSING_NEWER_RULES] = "newer-rules",
    };
    json_t *object = json_object();
    json_object_set_new(object, "kind", json_string(kinds[part->kind]));
    json_object_set_new(object, "answer", json_string(answer_word(part->answer)));
    json_object_set_new(object, "code", part->pattern.size > 0 ? json_of_text(part->pattern) : json_null());
    json_object_set_new(object, "namespace",
                        part->name_space.size > 0 ? json_of_text(part->name_space) : json_null());
    json_object_set_new(object, "title", part->name.size > 0 ? json_of_text(part->name) : json_null());
    json_object_set_new(object, "days", json_of_number(part->days));
    json_object_set_new(object, "or_others", json_of_number(part->more));
    return object;
}

json_t *verdict_json_missing(const struct missing_part *missing, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(array, json_of_missing_part(&missing[i]));
    }
    return array;
}

static json_t *json_of_code(const struct verdict_page *page, const struct code_verdict *code)
{
    json_t *object = json_object();
    json_object_set_new(object, "code", json_of_text(code->code));
    json_object_set_new(object, "title",
                        code->pack_code != NULL ? json_of_text(code->pack_code->title) : json_null());
    json_object_set_new(object, "tested", json_string(answer_word(code->tested)));
    json_object_set_new(object, "certified", json_string(answer_word(code->certified)));
    json_object_set_new(object, "since", json_of_day(code->since_day));
    json_object_set_new(object, "until", json_of_day(code->until_day));
    json_object_set_new(object, "begun_by_version", json_of_version(code->begun_by));
    json_object_set_new(object, "missing", verdict_json_missing(code->missing, code->missing_count));
    json_object_set_new(object, "entry", json_of_entry_at(page, code->credential));
    return object;
}

static json_t *json_of_codes(const struct verdict_page *page)
{
    json_t *array = json_array();
    for (size_t i = 0; i < page->verdict->code_count; i++) {
        const struct code_verdict *code = &page->verdict->codes[i];
        if (code->credential == SIZE_MAX || !page_sets_apart(page, code->credential)) {
            json_array_append_new(array, json_of_code(page, code));
        }
    }
    return array;
}

static json_t *json_of_lapse(uint32_t day, struct bytes code)
{
    json_t *object = json_object();
    if (day == DAY_NONE) {
        json_decref(object);
        return json_null();
    }
    json_object_set_new(object, "day", json_of_day(day));
    json_object_set_new(object, "code", json_of_text(code));
    return object;
}

static json_t *json_of_title(const struct title_verdict *title)
{
    json_t *object = json_object();
    json_object_set_new(object, "namespace", json_of_text(title->pack->pack.name_space));
    json_object_set_new(object, "name", json_of_text(title->name));
    json_object_set_new(object, "answer", json_string(answer_word(title->answer)));
    json_object_set_new(object, "since", json_of_day(title->since_day));
    json_object_set_new(object, "until", json_of_day(title->until_day));
    json_object_set_new(object, "parts", json_of_number(title->part_count));
    json_object_set_new(object, "missing", verdict_json_missing(title->missing, title->missing_count));
    json_object_set_new(object, "within_reach", json_boolean(title_is_within_reach(title)));
    json_object_set_new(object, "lapse", json_of_lapse(title->lapse_day, title->lapse_code));
    json_object_set_new(object, "later_rules", json_of_version(title->later_rules));
    return object;
}

static json_t *json_of_titles(const struct verdict_page *page)
{
    json_t *array = json_array();
    for (size_t i = 0; i < page->verdict->title_count; i++) {
        json_array_append_new(array, json_of_title(&page->verdict->titles[i]));
    }
    return array;
}

/* ---- the requirement ---- */

static json_t *json_of_expression(const struct expression *expression)
{
    char text[2 * REQUIREMENT_SIZE_MAX];
    return expression_print(text, sizeof(text), expression, (struct bytes){0}) ? json_string(text)
                                                                               : json_null();
}

static json_t *json_of_part(const struct verdict_page *page, const struct requirement_part *part)
{
    static const char *const words[] = {
        [ANSWER_YES] = "met", [ANSWER_NO] = "not-met", [ANSWER_UNKNOWN] = "unknown"};
    json_t *object = json_object();
    json_object_set_new(object, "part", json_of_expression(part->expression));
    json_object_set_new(object, "answer", json_string(words[part->answer]));
    json_object_set_new(object, "since", json_of_day(part->since_day));
    json_object_set_new(object, "until", json_of_day(part->until_day));
    json_object_set_new(object, "missing", verdict_json_missing(part->missing, part->missing_count));
    json_object_set_new(object, "entry", json_of_entry_at(page, part->credential));
    json_object_set_new(object, "history",
                        part->credential == SIZE_MAX ? json_null() : json_of_history(page, part->credential));
    return object;
}

json_t *verdict_json_parts(const struct verdict_page *page)
{
    json_t *array = json_array();
    for (size_t i = 0; i < page->verdict->part_count; i++) {
        json_array_append_new(array, json_of_part(page, &page->verdict->parts[i]));
    }
    return array;
}

static void add_requirement(json_t *object, const struct verdict_page *page)
{
    const struct verdict *verdict = page->verdict;
    json_object_set_new(object, "requirement", json_string(answer_word(verdict->requirement)));
    json_object_set_new(object, "requirement_text",
                        page->requirement->text.size > 0 ? json_of_text(page->requirement->text)
                                                         : json_null());
    json_object_set_new(object, "requirement_since", json_of_day(verdict->requirement_since));
    json_object_set_new(object, "requirement_until", json_of_day(verdict->requirement_until));
    json_object_set_new(object, "required", verdict_json_parts(page));
}

json_t *verdict_json_freshness(const struct freshness *freshness, json_t *author)
{
    json_t *object = json_object();
    json_object_set_new(object, "answer", json_string(answer_word(freshness->answer.answer)));
    json_object_set_new(object, "reason", json_string(reason_word(freshness->answer.reason)));
    json_object_set_new(object, "age_s",
                        freshness->age_s == UINT64_MAX ? json_null() : json_of_number(freshness->age_s));
    json_object_set_new(object, "actor", author);
    return object;
}

static json_t *json_of_freshness(const struct verdict_page *page, const struct freshness *freshness)
{
    return verdict_json_freshness(freshness, json_of_actor(page, &freshness->author.hash));
}

/* Who may have said more, and of which codes. */
static json_t *json_of_lacking(const struct verdict_page *page, const struct lacking *lacking)
{
    if (lacking == NULL) {
        return json_null();
    }
    bool named = lacking->worst_of.size > 0;
    json_t *object = json_object();
    json_object_set_new(object, "codes", named ? json_of_text(lacking->worst_of) : json_null());
    json_object_set_new(object, "evidence", named ? json_of_freshness(page, &lacking->worst) : json_null());
    return object;
}

static json_t *json_of_rules(const struct verdict_page *page)
{
    struct page_rules rules;
    json_t *array = json_array();
    page_rules_of(&rules, page);
    for (size_t i = 0; i < rules.count; i++) {
        const struct dossier_pack *pack = rules.packs[i];
        json_t *object = json_object();
        json_object_set_new(object, "namespace", json_of_text(rules.name_spaces[i]));
        json_object_set_new(object, "version",
                            pack != NULL ? json_of_number(pack->pack.version) : json_null());
        json_object_set_new(object, "in_force_from",
                            pack != NULL ? json_of_day(pack->pack.in_force_from) : json_null());
        json_object_set_new(object, "entry", pack != NULL ? json_of_entry(page, &pack->place) : json_null());
        const struct rules_verdict *verdict = rules.verdicts[i];
        json_object_set_new(object, "evidence",
                            verdict != NULL ? json_of_freshness(page, &verdict->freshness) : json_null());
        json_object_set_new(object, "lacking",
                            verdict != NULL ? json_of_lacking(page, verdict->lacking) : json_null());
        json_object_set_new(object, "lacking_of_denied",
                            verdict != NULL ? json_of_lacking(page, verdict->denied_lacking) : json_null());
        json_array_append_new(array, object);
    }
    return array;
}

/* ---- the presentation ---- */

static json_t *json_of_refused(const struct verdict_page *page, const struct refused_item *item)
{
    char name[ENTRY_NAME_TEXT_MAX + 1];
    json_t *object = json_object();
    if (item->has_name) {
        entry_name_to_text(name, page->network, &item->name);
    }
    json_object_set_new(object, "item", json_of_number(item->item));
    json_object_set_new(object, "entry", item->has_name ? json_string(name) : json_null());
    json_object_set_new(object, "reason", json_string(reason_word(item->reason)));
    return object;
}

static json_t *json_of_presented(const struct verdict_page *page)
{
    const struct presented *presented = page->presented;
    json_t *refused = json_array();
    for (size_t i = 0; i < presented->refused_count; i++) {
        json_array_append_new(refused, json_of_refused(page, &presented->refused[i]));
    }
    json_t *object = json_object();
    json_object_set_new(object, "bearer_proven", json_boolean(presented->reason == REASON_NONE));
    json_object_set_new(object, "reason", json_string(reason_word(presented->reason)));
    json_object_set_new(object, "audience", json_of_actor(page, &presented->audience.hash));
    json_object_set_new(object, "created", json_of_time(presented->created_s));
    json_object_set_new(object, "refused", refused);
    return object;
}

static json_t *json_of_uncertified(const struct verdict_page *page)
{
    json_t *array = json_array();
    const struct code_verdict *code;
    for (size_t at = 0; (code = page_next_uncertified(page, &at)) != NULL;) {
        json_array_append_new(array, json_of_text(code->code));
    }
    return array;
}

static json_t *json_of_erased(const struct verdict_page *page)
{
    json_t *array = json_array();
    for (size_t i = 0; i < page->erased_count; i++) {
        json_t *object = json_object();
        json_object_set_new(object, "issuer", json_of_actor(page, &page->erased[i].author.hash));
        json_object_set_new(object, "count", json_of_number(page->erased[i].count));
        json_object_set_new(object, "last", json_of_time(page->erased[i].time_s));
        json_array_append_new(array, object);
    }
    return array;
}

json_t *verdict_json(const struct verdict_page *page)
{
    json_t *object = json_object();
    json_object_set_new(object, "verdict", json_string(overall_key(page->overall)));
    json_object_set_new(object, "reason", json_string(reason_word(page->verdict->reason)));
    json_object_set_new(object, "subject", json_of_subject(page));
    json_object_set_new(object, "at", json_of_day(page->at_day));
    json_object_set_new(object, "begun", page->begun_day != 0 ? json_of_day(page->begun_day) : json_null());
    json_object_set_new(object, "state", page->state.size > 0 ? json_of_text(page->state) : json_null());
    json_object_set_new(object, "known_by",
                        page->has_known_by ? json_of_time(page->known_by_s) : json_null());
    json_object_set_new(object, "presentation",
                        page->presented != NULL ? json_of_presented(page) : json_null());
    json_object_set_new(object, "credentials", json_of_credentials(page, false));
    json_object_set_new(object, "said_by_others", json_of_credentials(page, true));
    json_object_set_new(object, "erased", json_of_erased(page));
    json_object_set_new(object, "not_certified_yet", json_of_uncertified(page));
    json_object_set_new(object, "codes", json_of_codes(page));
    json_object_set_new(object, "titles", json_of_titles(page));
    add_requirement(object, page);
    json_object_set_new(object, "next_lapse",
                        json_of_lapse(page->verdict->next_lapse_day, page->verdict->next_lapse));
    json_object_set_new(object, "rules", json_of_rules(page));
    json_object_set_new(object, "workplace",
                        page->verdict->workplace.answer.reason == REASON_NONE
                            ? json_null()
                            : json_of_freshness(page, &page->verdict->workplace));
    return object;
}
