#include "cmd/verdict_json.h"

#include "cmd/json_output.h"
#include "cmd/words.h"

static const char *answer_word(enum answer answer)
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
    json_object_set_new(object, "name", json_string(page->name_of(page->names, id)));
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

static json_t *json_of_entry(const struct verdict_page *page, const struct dossier_place *place)
{
    struct entry_name name = {
        .author = dossier_log_at(page->dossier, place)->author, .seq = place->seq, .index = place->index};
    char text[ENTRY_NAME_TEXT_MAX + 1];
    for (size_t i = 0; i < sizeof(name.prefix); i++) {
        name.prefix[i] = place->leaf.bytes[i];
    }
    entry_name_to_text(text, page->network, &name);
    return json_string(text);
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
}

static json_t *json_of_credential(const struct verdict_page *page, const struct credential_verdict *verdict)
{
    const struct dossier_credential *credential = &page->dossier->credentials[verdict->credential];
    char words[VERDICT_WORDS_SIZE];
    json_t *object = json_object();
    credential_words(words, verdict);
    json_object_set_new(object, "verdict", json_string(overall_key(verdict->overall)));
    json_object_set_new(object, "words", json_string(words));
    json_object_set_new(object, "entry", json_of_entry(page, &credential->place));
    add_attestation(object, credential);
    json_object_set_new(object, "title",
                        verdict->pack_code != NULL ? json_of_text(verdict->pack_code->title) : json_null());
    json_object_set_new(object, "axes", json_of_axes(verdict->axes));
    json_object_set_new(object, "since", json_of_day(verdict->since_day));
    json_object_set_new(object, "until", json_of_day(verdict->until_day));
    json_object_set_new(object, "effective_day", json_of_day(verdict->effective_day));
    json_object_set_new(object, "evidence_age_s",
                        verdict->evidence_age_s == UINT64_MAX ? json_null()
                                                              : json_of_number(verdict->evidence_age_s));
    json_object_set_new(object, "issuer",
                        json_of_actor(page, &dossier_log_at(page->dossier, &credential->place)->author.hash));
    json_object_set_new(object, "chain", json_of_chain(page, verdict->authority));
    return object;
}

static json_t *json_of_credentials(const struct verdict_page *page)
{
    json_t *array = json_array();
    for (size_t i = 0; i < page->verdict->credential_count; i++) {
        json_array_append_new(array, json_of_credential(page, &page->verdict->credentials[i]));
    }
    return array;
}

static json_t *json_of_required(const struct verdict_page *page, const struct required_verdict *required)
{
    static const char *const words[] = {
        [REQUIRED_HELD] = "held", [REQUIRED_NOT_HELD] = "not-held", [REQUIRED_UNKNOWN] = "unknown"};
    json_t *object = json_object();
    json_object_set_new(object, "code", json_of_text(required->code));
    json_object_set_new(object, "answer", json_string(words[required->answer]));
    json_object_set_new(
        object, "entry",
        required->credential == SIZE_MAX
            ? json_null()
            : json_of_entry(
                  page,
                  &page->dossier->credentials[page->verdict->credentials[required->credential].credential]
                       .place));
    return object;
}

static json_t *json_of_requirement(const struct verdict_page *page)
{
    json_t *array = json_array();
    for (size_t i = 0; i < page->verdict->required_count; i++) {
        json_array_append_new(array, json_of_required(page, &page->verdict->required[i]));
    }
    return array;
}

static json_t *json_of_next_lapse(const struct verdict_page *page)
{
    const struct verdict *verdict = page->verdict;
    if (verdict->next_lapse == SIZE_MAX || verdict->next_lapse_day == DAY_NONE) {
        return json_null();
    }
    const struct dossier_credential *credential =
        &page->dossier->credentials[verdict->credentials[verdict->next_lapse].credential];
    json_t *object = json_object();
    json_object_set_new(object, "day", json_of_day(verdict->next_lapse_day));
    json_object_set_new(object, "code", json_of_text(credential_code(credential)));
    json_object_set_new(object, "entry", json_of_entry(page, &credential->place));
    return object;
}

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

json_t *verdict_json(const struct verdict_page *page)
{
    json_t *object = json_object();
    json_object_set_new(object, "verdict", json_string(overall_key(page->overall)));
    json_object_set_new(object, "subject", json_of_subject(page));
    json_object_set_new(object, "at", json_of_day(page->at_day));
    json_object_set_new(object, "known_by",
                        page->has_known_by ? json_of_time(page->known_by_s) : json_null());
    json_object_set_new(object, "presentation",
                        page->presented != NULL ? json_of_presented(page) : json_null());
    json_object_set_new(object, "credentials", json_of_credentials(page));
    json_object_set_new(object, "requirement", json_string(answer_word(page->verdict->requirement)));
    json_object_set_new(object, "required", json_of_requirement(page));
    json_object_set_new(object, "next_lapse", json_of_next_lapse(page));
    return object;
}
