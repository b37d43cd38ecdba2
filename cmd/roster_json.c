#include "cmd/award_words.h"
#include "cmd/json_output.h"
#include "cmd/roster_page.h"
#include "cmd/verdict_json.h"

static json_t *json_of_actor(const struct roster_page *page, const struct actor_id *actor)
{
    json_t *object = json_object();
    json_object_set_new(object, "id", json_of_id(ID_ACTOR, page->network, &actor->hash));
    json_object_set_new(object, "name", json_string(page->name_of(page->names, &actor->hash)));
    return object;
}

static json_t *json_of_actors(const struct roster_page *page, const struct actor_id *actors, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(array, json_of_actor(page, &actors[i]));
    }
    return array;
}

static json_t *json_of_texts(const struct list *list)
{
    const struct bytes *items = list->items;
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++) {
        json_array_append_new(array, json_of_text(items[i]));
    }
    return array;
}

json_t *roster_json_profile(const struct shop *profile)
{
    if (profile == NULL) {
        return json_null();
    }
    json_t *object = json_object();
    json_object_set_new(object, "name", json_of_text(profile->name));
    json_object_set_new(object, "place", json_of_text(profile->place));
    json_object_set_new(object, "state", json_of_text(profile->state));
    json_object_set_new(object, "areas", json_of_texts(&profile->areas));
    json_object_set_new(object, "technicians", json_of_number(profile->technicians));
    json_object_set_new(object, "from", json_of_day(profile->from));
    return object;
}

static json_t *json_of_review(const struct review *review)
{
    if (review == NULL) {
        return json_null();
    }
    json_t *object = json_object();
    json_object_set_new(object, "code", json_of_text(review->code));
    json_object_set_new(object, "day", json_of_day(review->day));
    json_object_set_new(object, "technicians", json_of_number(review->technicians));
    json_object_set_new(object, "areas", json_of_texts(&review->areas));
    return object;
}

static json_t *json_of_member(const struct roster_page *page, const struct roster_member *member)
{
    json_t *object = json_of_actor(page, &member->technician);
    json_object_set_new(object, "on_roster", json_string(answer_word(member->on_roster)));
    json_object_set_new(object, "doubt", json_string(reason_word(member->doubt)));
    json_object_set_new(object, "performs_repairs", json_boolean(member->performs_repairs));
    json_object_set_new(object, "since", json_of_day(member->since_day));
    json_object_set_new(object, "own_word", json_boolean(member->own_word));
    json_object_set_new(object, "certified", json_string(answer_word(member->certified)));
    return object;
}

static json_t *json_of_members(const struct roster_page *page)
{
    json_t *array = json_array();
    for (size_t i = 0; i < page->roster->member_count; i++) {
        json_array_append_new(array, json_of_member(page, &page->roster->members[i]));
    }
    return array;
}

static json_t *json_of_areas(const struct roster_page *page)
{
    json_t *array = json_array();
    for (size_t i = 0; i < page->roster->area_count; i++) {
        const struct roster_area *area = &page->roster->areas[i];
        json_t *object = json_object();
        json_object_set_new(object, "area", json_of_text(area->name));
        json_object_set_new(object, "declared", json_boolean(area->declared));
        json_object_set_new(object, "at_review", json_boolean(area->at_review));
        json_object_set_new(object, "covered", json_string(answer_word(area->covered)));
        json_object_set_new(object, "by", json_of_actors(page, area->by, area->by_count));
        json_object_set_new(object, "until", json_of_day(area->until_day));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *json_of_event(const struct roster_page *page, const struct award_event *event)
{
    json_t *object = json_object();
    json_object_set_new(object, "cause", json_string(award_cause_word(event->cause)));
    json_object_set_new(object, "day", json_of_day(event->day));
    json_object_set_new(object, "technician",
                        event->has_technician ? json_of_actor(page, &event->technician) : json_null());
    json_object_set_new(object, "area", event->area.size > 0 ? json_of_text(event->area) : json_null());
    json_object_set_new(object, "code", event->code.size > 0 ? json_of_text(event->code) : json_null());
    return object;
}

/* A number of technicians: null where they were not all looked at. */
static json_t *json_of_count(uint64_t count, bool members_cut)
{
    return members_cut ? json_null() : json_of_number(count);
}

static json_t *json_of_share(const struct award_verdict *award)
{
    if (!award->has_share) {
        return json_null();
    }
    json_t *object = json_object();
    json_object_set_new(object, "certified", json_of_count(award->certified, award->members_cut));
    json_object_set_new(object, "technicians", json_of_count(award->technicians, award->members_cut));
    json_object_set_new(object, "percent_wanted", json_of_number(award->percent_wanted));
    return object;
}

static json_t *json_of_recognition(const struct award_verdict *award)
{
    if (!award->has_code) {
        return json_null();
    }
    json_t *object = json_object();
    json_object_set_new(object, "code", json_of_text(award->code));
    json_object_set_new(object, "issued", json_string(answer_word(award->recognised)));
    json_object_set_new(object, "until", json_of_day(award->recognised_until));
    return object;
}

static json_t *json_of_award(const struct roster_page *page, const struct award_verdict *award)
{
    json_t *lacks = json_array();
    for (size_t i = 0; i < award->lack_count; i++) {
        json_array_append_new(lacks, json_of_event(page, &award->lacks[i]));
    }
    json_t *object = json_object();
    json_object_set_new(object, "name", json_of_text(award->name));
    json_object_set_new(object, "namespace", json_of_text(award->pack->pack.name_space));
    json_object_set_new(object, "version", json_of_number(award->pack->pack.version));
    json_object_set_new(object, "answer", json_string(answer_word(award->answer)));
    json_object_set_new(object, "since", json_of_day(award->since_day));
    json_object_set_new(object, "until", json_of_day(award->until_day));
    json_object_set_new(object, "ends_first", json_of_event(page, &award->breaks));
    json_object_set_new(object, "missing", lacks);
    json_object_set_new(
        object, "evidence",
        verdict_json_freshness(&award->freshness, json_of_actor(page, &award->freshness.author)));
    json_object_set_new(object, "share", json_of_share(award));
    json_object_set_new(object, "recognition", json_of_recognition(award));
    return object;
}

static json_t *json_of_awards(const struct roster_page *page)
{
    json_t *array = json_array();
    for (size_t i = 0; i < page->roster->award_count; i++) {
        json_array_append_new(array, json_of_award(page, &page->roster->awards[i]));
    }
    return array;
}

static json_t *json_of_change(const struct roster_page *page)
{
    const struct roster_change *change = page->change;
    json_t *object = json_object();
    json_object_set_new(object, "without", json_of_actors(page, change->without, change->without_count));
    json_object_set_new(object, "hire", json_of_actors(page, change->hire, change->hire_count));
    return object;
}

json_t *roster_json(const struct roster_page *page)
{
    const struct roster_verdict *roster = page->roster;
    size_t certified = roster_certified_count(roster);
    json_t *object = json_object();
    json_object_set_new(object, "shop", json_of_actor(page, page->shop));
    json_object_set_new(object, "at", json_of_day(page->at_day));
    json_object_set_new(object, "as_declared", json_true());
    json_object_set_new(object, "what_if", json_of_change(page));
    json_object_set_new(object, "profile", roster_json_profile(roster->profile));
    json_object_set_new(object, "review", json_of_review(roster->review));
    json_object_set_new(object, "certified", json_of_count(certified, roster->members_cut));
    json_object_set_new(object, "perform_repairs",
                        json_of_count(roster->counted_technicians, roster->members_cut));
    json_object_set_new(object, "doubt",
                        json_string(reason_word(roster->members_cut ? REASON_LIMIT : REASON_NONE)));
    json_object_set_new(object, "declared", json_of_number(roster->declared_technicians));
    json_object_set_new(object, "technicians", json_of_members(page));
    json_object_set_new(object, "areas", json_of_areas(page));
    json_object_set_new(object, "awards", json_of_awards(page));
    json_object_set_new(object, "has_certified_technician",
                        roster->members_cut && certified == 0 ? json_null() : json_boolean(certified > 0));
    return object;
}
