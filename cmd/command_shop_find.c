#include <stdio.h>

#include "cmd/command.h"
#include "cmd/json_output.h"
#include "cmd/roster_page.h"
#include "cmd/shop_roster.h"
#include "cmd/verdict_answer.h"
#include "cmd/verdict_json.h"
#include "cmd/verdict_words.h"
#include "protocol/base/sort.h"

struct shop_find_request {
    struct texts areas;
    const char *state;
    uint64_t min_certified;
    const char *award; /* its first words; NULL: none is asked for */
    uint32_t at_day;   /* DAY_NONE: today */
};

/* A shop that may be what is looked for. */
struct candidate {
    struct actor_id shop;
    struct shop profile; /* the latest one; what it points to is in the session's arena */
};

enum { CANDIDATES_MAX = 65536 };

struct search {
    struct session *session;
    const struct shop_find_request *request;
    struct question question;
    size_t count;
    struct candidate *candidates;
    bool is_full;
    json_t *found, *open; /* NULL: in words */
    size_t held_count;    /* shops of which a profile is held */
    size_t found_count, open_count;
};

/* What was computed of a candidate, where the request asks for what has to be. */
struct outcome {
    enum answer answer;
    size_t certified;
    bool members_cut;                  /* it is not known how many are */
    const struct award_verdict *award; /* NULL: none is asked for, or there is none so called */
};

/* ---- what the profile says ---- */

static bool performs(const struct shop *profile, const char *area)
{
    const struct bytes *areas = profile->areas.items;
    for (size_t i = 0; i < profile->areas.count; i++) {
        if (bytes_equal_string(areas[i], area)) {
            return true;
        }
    }
    return false;
}

static bool profile_fits(const struct shop_find_request *request, const struct shop *profile)
{
    for (size_t i = 0; i < request->areas.count; i++) {
        if (!performs(profile, request->areas.items[i])) {
            return false;
        }
    }
    return request->state == NULL || bytes_equal_string(profile->state, request->state);
}

/* Whether the latest profile is the one of the day asked about; of an earlier day the roster knows. */
static bool is_of_the_day(const struct search *search, const struct shop *profile)
{
    return search->request->at_day == DAY_NONE && profile->from <= search->question.at_day;
}

static bool copy_profile(struct shop *out, const struct shop *profile, struct arena *arena)
{
    const struct bytes *areas = profile->areas.items;
    struct bytes *copies = arena_take(arena, profile->areas.count * sizeof(*copies));
    *out = *profile;
    out->areas.items = copies;
    bool fits =
        (copies != NULL || profile->areas.count == 0) && arena_copy(arena, profile->name, &out->name) &&
        arena_copy(arena, profile->place, &out->place) && arena_copy(arena, profile->state, &out->state);
    for (size_t i = 0; fits && i < profile->areas.count; i++) {
        fits = arena_copy(arena, areas[i], &copies[i]);
    }
    return fits;
}

static bool visit(void *context, const struct actor_id *actor, const struct shop *profile)
{
    struct search *search = context;
    search->held_count++;
    if (is_of_the_day(search, profile) && !profile_fits(search->request, profile)) {
        return true;
    }
    search->is_full = search->count == CANDIDATES_MAX;
    if (search->is_full) {
        return false;
    }
    struct candidate *candidate = &search->candidates[search->count++];
    candidate->shop = *actor;
    search->is_full = !copy_profile(&candidate->profile, profile, &search->session->arena);
    return !search->is_full;
}

static int compare(const void *a, const void *b)
{
    const struct candidate *one = a;
    const struct candidate *other = b;
    int by_name = bytes_compare(one->profile.name, other->profile.name);
    return by_name != 0 ? by_name
                        : bytes_compare(bytes_of(one->shop.hash.bytes, HASH_SIZE),
                                        bytes_of(other->shop.hash.bytes, HASH_SIZE));
}

static int find_candidates(struct search *search)
{
    struct session *session = search->session;
    struct store_txn *txn;
    search->candidates = arena_take(&session->arena, CANDIDATES_MAX * sizeof(*search->candidates));
    enum store_error error =
        search->candidates != NULL ? store_read_begin(&txn, session->store) : STORE_NO_MEMORY;
    if (error == STORE_OK) {
        error = store_each_shop(txn, visit, search);
        store_end(txn);
    }
    if (error == STORE_OK && search->is_full) {
        error = STORE_NO_MEMORY;
    }
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    sort_items(search->candidates, search->count, sizeof(*search->candidates), compare);
    return EXIT_YES;
}

/* ---- what its roster says ---- */

static enum answer at_least(uint64_t certain, uint64_t possible, uint64_t wanted)
{
    if (certain >= wanted) {
        return ANSWER_YES;
    }
    return possible >= wanted ? ANSWER_UNKNOWN : ANSWER_NO;
}

static const struct award_verdict *find_award(const struct roster_verdict *roster, const char *words)
{
    for (size_t i = 0; words != NULL && i < roster->award_count; i++) {
        if (award_is_called(roster->awards[i].name, words)) {
            return &roster->awards[i];
        }
    }
    return NULL;
}

static void decide_roster(struct outcome *out, const struct shop_find_request *request,
                          const struct roster_verdict *roster)
{
    out->certified = roster_certified_count(roster);
    out->members_cut = roster->members_cut;
    out->award = find_award(roster, request->award);
    out->answer = at_least(out->certified, roster_possibly_certified_count(roster), request->min_certified);
    if (roster->profile == NULL || !profile_fits(request, roster->profile)) {
        out->answer = ANSWER_NO;
    } else if (request->award != NULL && out->answer != ANSWER_NO) {
        enum answer held = out->award != NULL ? out->award->answer : ANSWER_NO;
        out->answer = held == ANSWER_YES ? out->answer : held;
    }
}

static bool needs_roster(const struct search *search, const struct candidate *candidate)
{
    return search->request->min_certified > 0 || search->request->award != NULL ||
           !is_of_the_day(search, &candidate->profile);
}

/* ---- telling ---- */

static void tell_words(const struct search *search, const struct candidate *candidate,
                       const struct outcome *outcome)
{
    const struct shop *profile = &candidate->profile;
    const struct bytes *areas = profile->areas.items;
    char day[DAY_TEXT_SIZE];
    printf("%s%.*s (%s), %.*s, %.*s: ", outcome->answer == ANSWER_YES ? "" : "Could not be determined: ",
           (int)profile->name.size, (const char *)profile->name.data,
           session_argument_of(search->session, &candidate->shop.hash), (int)profile->place.size,
           (const char *)profile->place.data, (int)profile->state.size, (const char *)profile->state.data);
    for (size_t i = 0; i < profile->areas.count; i++) {
        printf("%s%.*s", i > 0 ? ", " : "", (int)areas[i].size, (const char *)areas[i].data);
    }
    if (outcome->members_cut) {
        fputs("; not known how many certified", stdout);
    } else if (needs_roster(search, candidate)) {
        printf("; %zu certified", outcome->certified);
    }
    if (outcome->award != NULL) {
        printf("; %.*s %s", (int)outcome->award->name.size, (const char *)outcome->award->name.data,
               held_words(outcome->award->answer));
    }
    if (outcome->award != NULL && outcome->award->answer == ANSWER_YES &&
        outcome->award->until_day != DAY_NONE) {
        day_to_text(day, outcome->award->until_day);
        printf(" until %s", day);
    }
    fputs("\n", stdout);
}

static json_t *json_of_candidate(const struct search *search, const struct candidate *candidate,
                                 const struct outcome *outcome)
{
    const struct award_verdict *award = outcome->award;
    json_t *object = json_object();
    json_object_set_new(object, "id",
                        json_of_id(ID_ACTOR, &search->session->home.network, &candidate->shop.hash));
    json_object_set_new(object, "name", json_of_text(candidate->profile.name));
    json_object_set_new(object, "profile", roster_json_profile(&candidate->profile));
    bool is_counted = needs_roster(search, candidate) && !outcome->members_cut;
    json_object_set_new(object, "certified", is_counted ? json_of_number(outcome->certified) : json_null());
    json_object_set_new(object, "award", award != NULL ? json_of_text(award->name) : json_null());
    json_object_set_new(object, "award_answer",
                        award != NULL ? json_string(answer_word(award->answer)) : json_null());
    json_object_set_new(object, "award_until", award != NULL ? json_of_day(award->until_day) : json_null());
    return object;
}

static void tell(struct search *search, const struct candidate *candidate, const struct outcome *outcome)
{
    if (outcome->answer == ANSWER_NO) {
        return;
    }
    bool is_found = outcome->answer == ANSWER_YES;
    search->found_count += is_found ? 1 : 0;
    search->open_count += is_found ? 0 : 1;
    if (search->found != NULL) {
        json_array_append_new(is_found ? search->found : search->open,
                              json_of_candidate(search, candidate, outcome));
    } else {
        tell_words(search, candidate, outcome);
    }
}

/* ---- together ---- */

static int decide(struct search *search, const struct candidate *candidate)
{
    struct arena *arena = &search->session->arena;
    size_t mark = arena_mark(arena);
    struct candidate shown = *candidate;
    struct outcome outcome = {.answer = ANSWER_YES};
    struct roster_verdict roster;
    int code = EXIT_YES;
    if (needs_roster(search, candidate)) {
        code = shop_roster_decide(search->session, &candidate->shop, &search->question, NULL, &roster);
        if (code == EXIT_YES) {
            decide_roster(&outcome, search->request, &roster);
        }
        if (code == EXIT_YES && roster.profile != NULL) {
            shown.profile = *roster.profile;
        }
    }
    if (code == EXIT_YES) {
        tell(search, &shown, &outcome);
    }
    arena_rewind(arena, mark);
    return code;
}

static int decide_all(struct search *search)
{
    int code = EXIT_YES;
    for (size_t i = 0; code == EXIT_YES && i < search->count; i++) {
        code = decide(search, &search->candidates[i]);
    }
    return code;
}

static int conclude(const struct search *search)
{
    if (search->found_count > 0) {
        return EXIT_YES;
    }
    return search->open_count > 0 || search->held_count == 0 ? EXIT_UNKNOWN : EXIT_NO;
}

static int answer_in_json(struct search *search)
{
    json_t *object = json_object();
    search->found = json_array();
    search->open = json_array();
    int code = decide_all(search);
    json_object_set_new(object, "at", json_of_day(search->question.at_day));
    json_object_set_new(object, "shops", search->found);
    json_object_set_new(object, "undetermined", search->open);
    if (code != EXIT_YES) {
        json_decref(object);
        return code;
    }
    code = json_output_take(object);
    return code == EXIT_YES ? conclude(search) : code;
}

static int answer(struct session *session, void *argument)
{
    const struct shop_find_request *request = argument;
    struct search search = {
        .session = session,
        .request = request,
        .question = session_question(session, request->at_day),
    };
    int code = find_candidates(&search);
    if (code != EXIT_YES) {
        return code;
    }
    if (session->options.json) {
        return answer_in_json(&search);
    }
    code = decide_all(&search);
    if (code == EXIT_YES && search.found_count == 0 && search.open_count == 0) {
        printf("%s\n", search.held_count > 0 ? "No shop that this node holds is like that."
                                             : "Not held here: this node holds no shop at all.");
    }
    return code == EXIT_YES ? conclude(&search) : code;
}

int command_shop_find(int argc, char **argv)
{
    struct shop_find_request request = {.at_day = DAY_NONE};
    struct option_short blue_seal = {&request.award, "blue seal"};
    const struct command_option options[] = {
        {"area", OPTION_TEXTS, &request.areas},
        {"state", OPTION_STATE, &request.state},
        {"min-certified", OPTION_NUMBER, &request.min_certified},
        {"award", OPTION_TEXT, &request.award},
        {"blue-seal", OPTION_SHORT, &blue_seal},
        {"at", OPTION_DAY, &request.at_day},
    };
    struct arguments arguments;
    int code = arguments_read(&arguments, "shop find", argc, argv, options,
                              sizeof(options) / sizeof(options[0]), 0, 0);
    return code == EXIT_YES ? session_run(&arguments.session, SESSION_READ, answer, &request) : code;
}
