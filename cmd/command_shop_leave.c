#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/arguments.h"
#include "cmd/command.h"
#include "cmd/frame_file.h"
#include "cmd/json_output.h"
#include "cmd/membership_list.h"
#include "cmd/number.h"
#include "cmd/publish.h"

enum { AFFILIATION_DIGITS = 8 }; /* that tell affiliations of two apart */

struct leave_request {
    const char *who;     /* NULL: consent tells */
    const char *consent; /* a file; NULL */
    const char *which;   /* first digits of the affiliation's id; NULL */
    uint32_t on;
};

/* What is about to end. */
struct leaving {
    struct hash id;
    struct actor_id technician, shop;
    uint32_t since; /* its first day */
};

/* ---- finding it ---- */

static bool is_between(const struct actor_id *technician, const struct actor_id *shop,
                       const struct session *session, const struct actor_id *who)
{
    return (actor_id_equal(technician, &session->actor) && actor_id_equal(shop, who)) ||
           (actor_id_equal(shop, &session->actor) && actor_id_equal(technician, who));
}

/* 64 digits. */
static void id_digits(char *out, const struct hash *id)
{
    for (size_t i = 0; i < HASH_SIZE; i++) {
        snprintf(out + 2 * i, 3, "%02x", id->bytes[i]);
    }
}

static bool is_chosen(const struct leave_request *request, const struct hash *id)
{
    char digits[2 * HASH_SIZE + 1];
    if (request->which == NULL) {
        return true;
    }
    id_digits(digits, id);
    return strncmp(digits, request->which, strlen(request->which)) == 0;
}

static uint32_t first_day(const struct membership_list *list, const struct membership *membership)
{
    return list->dossier.affiliations[membership->affiliation].affiliation.day;
}

/* Those that have not ended by then, moved to the front of the list. Returns: how many. *ended_day: the day
 * on which one ended; DAY_NONE. */
static size_t keep_candidates(struct membership_list *list, const struct session *session,
                              const struct leave_request *request, const struct actor_id *who,
                              uint32_t *ended_day)
{
    size_t count = 0;
    *ended_day = DAY_NONE;
    for (size_t i = 0; i < list->count; i++) {
        const struct membership membership = list->items[i];
        if (!is_between(&membership.technician, &membership.shop, session, who) ||
            !is_chosen(request, &membership.id)) {
            continue;
        }
        if (membership.has_left && membership.left_day <= request->on) {
            *ended_day = membership.left_day;
        } else {
            list->items[count++] = membership;
        }
    }
    list->count = count;
    return count;
}

static int fail_none(const struct session *session, const struct actor_id *who, uint32_t ended_day)
{
    char day[DAY_TEXT_SIZE];
    if (ended_day != DAY_NONE) {
        day_to_text(day, ended_day);
        return session_fail(
            &session->options, EXIT_BAD_INPUT, reason_word(REASON_LEFT),
            "What there was between you and %s has ended on %s already; --on says an earlier day.",
            session_name_of(session, &who->hash), day);
    }
    return session_fail(&session->options, EXIT_BAD_INPUT, "no-affiliation",
                        "This node knows of no roster that you and %s share. If you have the consent that it "
                        "began with, give that instead of a name: --consent FILE",
                        session_name_of(session, &who->hash));
}

static void print_candidates(const struct membership_list *list)
{
    char digits[2 * HASH_SIZE + 1];
    char day[DAY_TEXT_SIZE];
    for (size_t i = 0; i < list->count; i++) {
        id_digits(digits, &list->items[i].id);
        day_to_text(day, first_day(list, &list->items[i]));
        fprintf(stderr, "  %zu. from %s on, affiliation %.*s\n", i + 1, day, (int)AFFILIATION_DIGITS, digits);
    }
}

/* Returns: the candidate's number from 1, or 0. */
static size_t ask_number(size_t count)
{
    char answer[16];
    const char *end;
    uint64_t number;
    fprintf(stderr, "Which one ends? [1-%zu] ", count);
    if (fgets(answer, sizeof(answer), stdin) == NULL || !number_read(&number, answer, &end, count) ||
        *end != '\n') {
        return 0;
    }
    return (size_t)number;
}

static int choose(const struct membership_list *list, const struct session *session, size_t *chosen)
{
    *chosen = 0;
    if (list->count == 1) {
        return EXIT_YES;
    }
    fprintf(stderr, "There are several between you:\n");
    print_candidates(list);
    if (isatty(STDIN_FILENO) != 1) {
        return session_fail(&session->options, EXIT_USAGE, "several-affiliations",
                            "Say which one ends, by its first digits: --affiliation DIGITS");
    }
    size_t number = ask_number(list->count);
    if (number == 0) {
        return session_fail(&session->options, EXIT_NO, "declined", "Declined: nothing was signed.");
    }
    *chosen = number - 1;
    return EXIT_YES;
}

static int find_in_store(struct leaving *out, struct session *session, const struct leave_request *request)
{
    struct membership_list list;
    struct actor_id who;
    uint32_t ended_day;
    size_t chosen;
    int code = session_actor(session, request->who, &who);
    if (code == EXIT_YES) {
        code = membership_list_read(&list, session, &session->actor);
    }
    if (code != EXIT_YES) {
        return code;
    }
    if (keep_candidates(&list, session, request, &who, &ended_day) == 0) {
        return fail_none(session, &who, ended_day);
    }
    code = choose(&list, session, &chosen);
    if (code == EXIT_YES) {
        const struct membership *membership = &list.items[chosen];
        *out = (struct leaving){.id = membership->id,
                                .technician = membership->technician,
                                .shop = membership->shop,
                                .since = first_day(&list, membership)};
    }
    return code;
}

static int find_in_file(struct leaving *out, struct session *session, const char *path)
{
    struct signed_consent consent;
    int code = frame_file_read(session, path, FRAME_CONSENT, &signed_consent_schema, &consent);
    if (code != EXIT_YES) {
        return code;
    }
    *out = (struct leaving){.technician = consent.consent.technician,
                            .shop = consent.consent.shop,
                            .since = consent.consent.start_day};
    if (!actor_id_equal(&out->technician, &session->actor) && !actor_id_equal(&out->shop, &session->actor)) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "consent-of-others",
                            "You are neither side of the consent in %s.", path);
    }
    consent_id(&out->id, &session->home.network, &consent.consent);
    return EXIT_YES;
}

/* ---- saying it ---- */

static int tell(const struct session *session, const struct leaving *leaving, uint32_t day,
                const struct published *published)
{
    const struct network *network = &session->home.network;
    char text[DAY_TEXT_SIZE];
    if (session->options.json) {
        json_t *object = json_object();
        json_object_set_new(object, "technician", json_of_id(ID_ACTOR, network, &leaving->technician.hash));
        json_object_set_new(object, "shop", json_of_id(ID_ACTOR, network, &leaving->shop.hash));
        json_object_set_new(object, "affiliation", json_of_hash(&leaving->id));
        json_object_set_new(object, "left", json_of_day(day));
        json_object_set_new(object, "seq", json_of_number(published->seq));
        json_object_set_new(object, "block", json_of_hash(&published->hash));
        return json_output_take(object);
    }
    day_to_text(text, day);
    if (actor_id_equal(&leaving->shop, &session->actor)) {
        printf("From %s on %s is no longer on your roster (block %" PRIu64 ")\n", text,
               session_name_of(session, &leaving->technician.hash), published->seq);
    } else {
        printf("From %s on you are no longer on the roster of %s (block %" PRIu64 ")\n", text,
               session_name_of(session, &leaving->shop.hash), published->seq);
    }
    return EXIT_YES;
}

static int shop_leave(struct session *session, void *context)
{
    struct leave_request *request = context;
    struct published published;
    struct leaving leaving;
    request->on = request->on == DAY_NONE ? session_today() : request->on;
    int code = session_need_actor(session);
    if (code == EXIT_YES) {
        code = request->consent != NULL ? find_in_file(&leaving, session, request->consent)
                                        : find_in_store(&leaving, session, request);
    }
    if (code != EXIT_YES) {
        return code;
    }
    if (request->on < leaving.since) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "before-it-began",
                            "It cannot end before it began.");
    }
    const struct affiliation left = {.id = leaving.id, .event = AFFILIATION_LEFT, .day = request->on};
    code = publish_one(session, ENTRY_AFFILIATION, &left, &published);
    return code == EXIT_YES ? tell(session, &leaving, request->on, &published) : code;
}

int command_shop_leave(int argc, char **argv)
{
    struct leave_request request = {.on = DAY_NONE};
    const struct command_option options[] = {
        {"on", OPTION_DAY, &request.on},
        {"affiliation", OPTION_TEXT, &request.which},
        {"consent", OPTION_TEXT, &request.consent},
    };
    struct arguments arguments;
    int code = arguments_read(&arguments, "shop leave", argc, argv, options,
                              sizeof(options) / sizeof(options[0]), 0, 1);
    if (code != EXIT_YES) {
        return code;
    }
    if ((request.consent != NULL) == (arguments.count > 0)) {
        return command_usage_error(command_named("shop leave"), "whom with: name them, or give --consent.");
    }
    request.who = arguments.count > 0 ? arguments.values[0] : NULL;
    return session_run(&arguments.session, SESSION_WRITE, shop_leave, &request);
}
