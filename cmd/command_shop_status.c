#include <stdio.h>

#include "cmd/command.h"
#include "cmd/held_shop.h"
#include "cmd/json_output.h"
#include "cmd/roster_page.h"
#include "cmd/shop_roster.h"
#include "cmd/verdict_answer.h"

struct shop_status_request {
    const char *shop; /* NULL: the own one */
    uint32_t at_day;  /* DAY_NONE: today */
    struct texts without, hire;
    bool all;
};

/* Who is meant, in the session's arena. Returns: EXIT_YES, or the exit code after it said why not. */
static int read_people(const struct actor_id **out, struct session *session, const struct texts *texts)
{
    struct actor_id *people = arena_take(&session->arena, texts->count * sizeof(*people));
    int code = people != NULL || texts->count == 0 ? EXIT_YES
                                                   : session_fail_store(&session->options, STORE_NO_MEMORY);
    for (size_t i = 0; code == EXIT_YES && i < texts->count; i++) {
        code = session_actor(session, texts->items[i], &people[i]);
    }
    *out = people;
    return code;
}

static int read_change(struct roster_change *out, struct session *session,
                       const struct shop_status_request *request)
{
    *out = (struct roster_change){.without_count = request->without.count, .hire_count = request->hire.count};
    int code = read_people(&out->without, session, &request->without);
    return code == EXIT_YES ? read_people(&out->hire, session, &request->hire) : code;
}

static int tell(const struct roster_page *page, bool json)
{
    const struct award_verdict *award = roster_main_award(page->roster);
    int code = EXIT_YES;
    if (json) {
        code = json_output_take(roster_json(page));
    } else {
        roster_text_print(stdout, page);
    }
    if (code != EXIT_YES) {
        return code;
    }
    return award != NULL ? exit_code_of_answer(award->answer) : EXIT_UNKNOWN;
}

static int answer(struct session *session, void *argument)
{
    const struct shop_status_request *request = argument;
    struct actor_id shop;
    struct roster_change change;
    struct roster_verdict roster;
    const struct question question = session_question(session, request->at_day);
    int code = session_actor(session, request->shop != NULL ? request->shop : "me", &shop);
    if (code == EXIT_YES) {
        code = held_shop_need(session, &shop);
    }
    if (code == EXIT_YES) {
        code = read_change(&change, session, request);
    }
    if (code == EXIT_YES) {
        code = shop_roster_decide(session, &shop, &question, &change, &roster);
    }
    if (code != EXIT_YES) {
        return code;
    }
    const struct roster_page page = {
        .network = &session->home.network,
        .shop = &shop,
        .roster = &roster,
        .change = &change,
        .at_day = question.at_day,
        .all = request->all,
        .name_of = name_in_session,
        .names = session,
    };
    return tell(&page, session->options.json);
}

int command_shop_status(int argc, char **argv)
{
    struct shop_status_request request = {.at_day = DAY_NONE};
    const struct command_option options[] = {
        {"at", OPTION_DAY, &request.at_day},
        {"without", OPTION_TEXTS, &request.without},
        {"hire", OPTION_TEXTS, &request.hire},
        {"all", OPTION_FLAG, &request.all},
    };
    struct arguments arguments;
    int code = arguments_read(&arguments, "shop status", argc, argv, options,
                              sizeof(options) / sizeof(options[0]), 0, 1);
    if (code != EXIT_YES) {
        return code;
    }
    request.shop = arguments.count > 0 ? arguments.values[0] : NULL;
    return session_run(&arguments.session, SESSION_READ, answer, &request);
}
