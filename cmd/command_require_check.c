#include <stdio.h>

#include "cmd/command.h"
#include "cmd/expression_words.h"
#include "cmd/json_output.h"
#include "cmd/requirements_file.h"
#include "cmd/text_file.h"
#include "cmd/verdict_answer.h"
#include "cmd/verdict_json.h"
#include "protocol/rules/lacking.h"

struct require_check {
    struct session *session;
    const char *path;
    struct requirements_file file;
    struct question question;
    struct subject subject;
    const struct stored_requirement *reached; /* the first one that is; NULL */
    bool left_open;                           /* of one it could not be determined */
    json_t *answers;                          /* NULL: in words */
};

/* ---- the file ---- */

static int fail_file(const struct require_check *check, const struct requirements_error *error,
                     const struct title_names *names)
{
    const struct session_options *options = &check->session->options;
    char hint[REQUIREMENT_HINT_SIZE];
    if (error->line == 0) {
        return session_fail(options, EXIT_BAD_INPUT, "requirements-unreadable", "%s %s.", check->path,
                            requirements_fault_words(error->fault));
    }
    const char *words = error->fault == REQUIREMENTS_BAD_EXPRESSION
                            ? expression_fault_sentence(error->expression)
                            : requirements_fault_words(error->fault);
    requirement_hint(hint, names, error->expression, error->name);
    int code = session_fail(options, EXIT_BAD_INPUT, "requirements-unreadable", "%s, line %zu: %s%s",
                            check->path, error->line, words, hint);
    expression_print_caret(stderr, error->text, error->offset);
    return code;
}

static int read_file(struct require_check *check)
{
    struct requirement_titles titles;
    struct requirements_error error;
    struct bytes text;
    int code = text_file_read(check->session, check->path, REQUIREMENTS_FILE_SIZE_MAX, &text);
    if (code != EXIT_YES) {
        return code;
    }
    code = requirement_titles_open(&titles, check->session);
    if (code == EXIT_YES &&
        !requirements_file_parse(&check->file, &error, text, &titles.names, &check->session->arena)) {
        code = fail_file(check, &error, &titles.names);
    }
    requirement_titles_close(&titles);
    return code;
}

static int tell_file(const struct require_check *check)
{
    size_t count = check->file.count;
    if (check->session->options.json) {
        return json_output_take(json_pack("{s:I}", "requirements", (json_int_t)count));
    }
    printf("%s: %zu requirement%s, no mistake.\n", check->path, count, count == 1 ? "" : "s");
    return EXIT_YES;
}

/* ---- a technician ---- */

/* What it rests on may have been overruled once: that stays visible. */
static void tell_history(const struct verdict_page *page)
{
    for (size_t i = 0; i < page->verdict->part_count; i++) {
        size_t index = page->verdict->parts[i].credential;
        if (index != SIZE_MAX && page_tells_history(page, index)) {
            struct bytes code = credential_code(page_credential(page, index));
            printf("    said of %.*s: ", (int)code.size, (const char *)code.data);
            verdict_text_history(stdout, page, index);
            fputs("\n", stdout);
        }
    }
}

static void tell_words(const struct stored_requirement *item, const struct verdict_page *page)
{
    const struct verdict *verdict = page->verdict;
    static const char *const words[] = {
        [ANSWER_YES] = "reached", [ANSWER_NO] = "not reached", [ANSWER_UNKNOWN] = "could not be determined"};
    char day[DAY_TEXT_SIZE];
    printf("  %.*s: %s", (int)item->name.size, (const char *)item->name.data, words[verdict->requirement]);
    if (verdict->requirement != ANSWER_YES) {
        fputs("; ", stdout);
        verdict_text_lacking(stdout, verdict);
    } else if (verdict->requirement_until != DAY_NONE) {
        day_to_text(day, verdict->requirement_until);
        printf(", until %s", day);
    }
    fputs("\n", stdout);
    if (verdict->requirement == ANSWER_UNKNOWN) {
        verdict_text_silent(stdout, page);
    }
    tell_history(page);
}

static void tell_programs(const struct require_check *check, const struct stored_requirement *item,
                          const struct verdict_page *page)
{
    const struct verdict *verdict = page->verdict;
    json_t *object = json_object();
    json_object_set_new(object, "name", json_of_text(item->name));
    json_object_set_new(object, "answer", json_string(answer_word(verdict->requirement)));
    json_object_set_new(object, "since", json_of_day(verdict->requirement_since));
    json_object_set_new(object, "until", json_of_day(verdict->requirement_until));
    json_object_set_new(object, "required", verdict_json_parts(page));
    json_array_append_new(check->answers, object);
}

/* Each by a dossier of its own: what one of them denies makes no other doubtful. */
static int decide(struct require_check *check, const struct stored_requirement *item)
{
    struct session *session = check->session;
    struct arena *arena = &session->arena;
    size_t mark = arena_mark(arena);
    struct dossier dossier;
    struct verdict verdict;
    check->question.requirement = requirement_expression(&item->requirement);
    int code = verdict_gather(&dossier, session, &check->subject, lacking_reach(&check->question));
    if (code != EXIT_YES) {
        return code;
    }
    if (!verdict_of(&verdict, &dossier, session->trust, &check->question, arena)) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    if (verdict.requirement == ANSWER_YES && check->reached == NULL) {
        check->reached = item;
    }
    check->left_open = check->left_open || verdict.requirement == ANSWER_UNKNOWN;
    const struct verdict_page page = {.network = &session->home.network,
                                      .dossier = &dossier,
                                      .verdict = &verdict,
                                      .name_of = name_in_session,
                                      .names = session};
    if (check->answers != NULL) {
        tell_programs(check, item, &page);
    } else {
        tell_words(item, &page);
    }
    arena_rewind(arena, mark);
    return EXIT_YES;
}

static int decide_all(struct require_check *check)
{
    int code = EXIT_YES;
    for (size_t i = 0; i < check->file.count && code == EXIT_YES; i++) {
        code = decide(check, &check->file.items[i]);
    }
    return code;
}

static int conclude(const struct require_check *check)
{
    if (check->reached != NULL) {
        return EXIT_YES;
    }
    return check->left_open ? EXIT_UNKNOWN : EXIT_NO;
}

static int tell_in_words(struct require_check *check)
{
    char day[DAY_TEXT_SIZE];
    day_to_text(day, check->question.at_day);
    printf("About: %s, on %s\n", session_name_of(check->session, &check->subject.id), day);
    int code = decide_all(check);
    if (code != EXIT_YES) {
        return code;
    }
    if (check->reached == NULL) {
        printf("Reached: %s\n", check->left_open ? "could not be determined" : "none");
    } else {
        printf("Reached: %.*s\n", (int)check->reached->name.size, (const char *)check->reached->name.data);
    }
    return conclude(check);
}

static int tell_as_json(struct require_check *check)
{
    const struct session *session = check->session;
    json_t *object = json_object();
    check->answers = json_array();
    int code = decide_all(check);
    json_object_set_new(object, "subject",
                        json_of_id(check->subject.kind == SUBJECT_CLAIM ? ID_CLAIM : ID_ACTOR,
                                   &session->home.network, &check->subject.id));
    json_object_set_new(object, "at", json_of_day(check->question.at_day));
    json_object_set_new(object, "requirements", check->answers);
    json_object_set_new(object, "reached",
                        check->reached != NULL ? json_of_text(check->reached->name) : json_null());
    if (code != EXIT_YES) {
        json_decref(object);
        return code;
    }
    code = json_output_take(object);
    return code == EXIT_YES ? conclude(check) : code;
}

static int answer(struct require_check *check, const char *technician, const struct verdict_request *request)
{
    struct session *session = check->session;
    int code = session_subject(session, technician, &check->subject);
    if (code == EXIT_YES) {
        code = verdict_question(&check->question, session, request);
    }
    if (code != EXIT_YES) {
        return code;
    }
    return session->options.json ? tell_as_json(check) : tell_in_words(check);
}

int command_require_check(int argc, char **argv)
{
    struct verdict_request request = VERDICT_REQUEST_DEFAULT;
    const struct command_option options[] = {
        {"state", OPTION_STATE, &request.state},
        {"at", OPTION_DAY, &request.at_day},
    };
    struct arguments arguments;
    struct session session;
    int code = arguments_read(&arguments, "require check", argc, argv, options,
                              sizeof(options) / sizeof(options[0]), 1, 2);
    if (code == EXIT_YES) {
        code = session_open(&session, &arguments.session, SESSION_READ);
    }
    if (code != EXIT_YES) {
        return code;
    }
    struct require_check check = {.session = &session, .path = arguments.values[0]};
    code = read_file(&check);
    if (code == EXIT_YES) {
        code = arguments.count == 1 ? tell_file(&check) : answer(&check, arguments.values[1], &request);
    }
    session_close(&session);
    return code;
}
