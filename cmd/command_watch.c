#include <stdio.h>
#include <string.h>

#include "cmd/arguments.h"
#include "cmd/command.h"
#include "cmd/json_output.h"
#include "cmd/watch_report.h"

/* watch add, remove, list, report. */

enum { DAYS_DEFAULT = 60, DAYS_MAX = 36500 };

struct watch_request {
    const char *who;
    const char *name; /* NULL: as in the contacts */
    uint64_t days;
};

/* Run body on the opened list, then close it. */
static int with_list(struct session *session, const struct watch_request *request,
                     int (*body)(struct watch_home *home, const struct watch_request *request))
{
    struct watch_home home;
    int code = watch_home_open(&home, session);
    if (code == EXIT_YES) {
        code = body(&home, request);
    }
    watch_home_close(&home);
    return code;
}

static json_t *json_of_watched(const struct session *session, const struct subject *subject, const char *name)
{
    enum id_kind kind = subject->kind == SUBJECT_CLAIM ? ID_CLAIM : ID_ACTOR;
    json_t *object = json_object();
    json_object_set_new(object, "id", json_of_id(kind, &session->home.network, &subject->id));
    json_object_set_new(object, "name", name[0] != '\0' ? json_string(name) : json_null());
    return object;
}

/* ---- add ---- */

static const char *name_to_watch(const struct session *session, const struct watch_request *request,
                                 const struct subject *subject)
{
    const struct contact *contact = contacts_of(session->contacts, &subject->id);
    if (request->name != NULL) {
        return request->name;
    }
    return contact != NULL ? contact->name : "";
}

static int check_name(const struct session *session, const char *name)
{
    if (watch_name_is_usable(bytes_of_string(name))) {
        return EXIT_YES;
    }
    return session_fail(
        &session->options, EXIT_BAD_INPUT, "bad-name",
        "\"%s\" cannot be a name: it is longer than %d bytes, begins or ends with a blank, or "
        "holds characters that cannot be shown.",
        name, NAME_SIZE_MAX);
}

/* From now on changes are counted from what is so today. */
static int begin_to_watch(struct watch_home *home, const struct subject *subject)
{
    struct watch_facts known;
    if (watch_list_of(home->list, subject) != NULL && watch_seen_of(&known, &home->reported, subject)) {
        return EXIT_YES;
    }
    (void)watch_seen_keep(&home->reported, home->list);
    enum store_error error = watch_check_whole(&home->check, subject);
    if (error == STORE_OK && !watch_seen_set(&home->reported, subject, &home->check.facts)) {
        error = STORE_NO_MEMORY;
    }
    return error == STORE_OK ? watch_home_save_reported(home)
                             : session_fail_store(&home->session->options, error);
}

static int save_added(struct watch_home *home, const struct subject *subject, const char *name)
{
    size_t size;
    char *text = arena_take(&home->session->arena, WATCH_FILE_SIZE_MAX);
    if (text == NULL) {
        return session_fail_store(&home->session->options, STORE_NO_MEMORY);
    }
    if (!watch_file_put(text, &size, &home->session->home.network, bytes_of(home->text, home->size),
                        home->list, subject, name)) {
        return session_fail(&home->session->options, EXIT_BAD_INPUT, "bad-watch-list",
                            "The file %s/%s would grow too large: remove comments or names from it.",
                            home->session->home.path, WATCH_FILE);
    }
    return watch_home_save_list(home, text, size);
}

static int add(struct watch_home *home, const struct watch_request *request)
{
    struct session *session = home->session;
    struct subject subject;
    int code = session_subject(session, request->who, &subject);
    if (code != EXIT_YES) {
        return code;
    }
    const char *name = name_to_watch(session, request, &subject);
    code = check_name(session, name);
    if (code == EXIT_YES && home->list->count == WATCH_MAX && watch_list_of(home->list, &subject) == NULL) {
        code = session_fail(&session->options, EXIT_BAD_INPUT, "watch-list-full",
                            "There are %d on the watch-list already, which is all that can be watched.",
                            WATCH_MAX);
    }
    if (code == EXIT_YES) {
        code = begin_to_watch(home, &subject);
    }
    if (code == EXIT_YES) {
        code = save_added(home, &subject, name);
    }
    if (code == EXIT_YES) {
        code = session_reload_daemon(session, WATCH_FILE);
    }
    if (code != EXIT_YES) {
        return code;
    }
    if (session->options.json) {
        return json_output_take(json_of_watched(session, &subject, name));
    }
    printf("%s is watched from now on.\n", name[0] != '\0' ? name : session_name_of(session, &subject.id));
    return EXIT_YES;
}

static int run_add(struct session *session, void *request)
{
    return with_list(session, request, add);
}

int command_watch_add(int argc, char **argv)
{
    struct watch_request request = {0};
    const struct command_option options[] = {{"name", OPTION_TEXT, &request.name}};
    struct arguments arguments;
    int code = arguments_read(&arguments, "watch add", argc, argv, options, 1, 1, 1);
    if (code != EXIT_YES) {
        return code;
    }
    request.who = arguments.values[0];
    return session_run(&arguments.session, SESSION_READ, run_add, &request);
}

/* ---- remove ---- */

/* By its name on the list, or as everywhere else. */
static int find_watched(const struct watched **out, const struct watch_home *home, const char *who)
{
    struct subject subject;
    *out = watch_list_named(home->list, who);
    if (*out != NULL) {
        return EXIT_YES;
    }
    int code = session_subject(home->session, who, &subject);
    if (code != EXIT_YES) {
        return code;
    }
    *out = watch_list_of(home->list, &subject);
    return *out != NULL ? EXIT_YES
                        : session_fail(&home->session->options, EXIT_BAD_INPUT, "not-watched",
                                       "\"%s\" is not on the watch-list: tradeproof watch list", who);
}

static int remove_watched(struct watch_home *home, const struct watch_request *request)
{
    struct session *session = home->session;
    const struct watched *watched;
    size_t size;
    int code = find_watched(&watched, home, request->who);
    char *text = arena_take(&session->arena, WATCH_FILE_SIZE_MAX);
    if (code == EXIT_YES && text == NULL) {
        code = session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    if (code != EXIT_YES) {
        return code;
    }
    watch_file_drop(text, &size, bytes_of(home->text, home->size), watched);
    code = watch_home_save_list(home, text, size);
    if (code == EXIT_YES) {
        code = session_reload_daemon(session, WATCH_FILE);
    }
    if (code != EXIT_YES) {
        return code;
    }
    if (session->options.json) {
        return json_output_take(json_of_watched(session, &watched->subject, watched->name));
    }
    printf("%s is no longer watched.\n", watched_name(session, watched));
    return EXIT_YES;
}

static int run_remove(struct session *session, void *request)
{
    return with_list(session, request, remove_watched);
}

int command_watch_remove(int argc, char **argv)
{
    struct watch_request request = {0};
    struct arguments arguments;
    int code = arguments_read(&arguments, "watch remove", argc, argv, NULL, 0, 1, 1);
    if (code != EXIT_YES) {
        return code;
    }
    request.who = arguments.values[0];
    return session_run(&arguments.session, SESSION_READ, run_remove, &request);
}

/* ---- list ---- */

static int list_json(const struct watch_home *home)
{
    json_t *array = json_array();
    for (size_t i = 0; i < home->list->count; i++) {
        const struct watched *watched = &home->list->items[i];
        json_array_append_new(array, json_of_watched(home->session, &watched->subject, watched->name));
    }
    return json_output_take(array);
}

static int list(struct watch_home *home, const struct watch_request *request)
{
    (void)request;
    if (home->session->options.json) {
        return list_json(home);
    }
    if (home->list->count == 0) {
        printf("Nobody is watched yet: tradeproof watch add TECHNICIAN\n");
    }
    for (size_t i = 0; i < home->list->count; i++) {
        const struct watched *watched = &home->list->items[i];
        char id[ID_TEXT_MAX + 1];
        subject_to_text(id, &home->session->home.network, &watched->subject);
        printf("%s  %s\n", id, watched->name);
    }
    return EXIT_YES;
}

static int run_list(struct session *session, void *request)
{
    return with_list(session, request, list);
}

int command_watch_list(int argc, char **argv)
{
    struct watch_request request = {0};
    struct arguments arguments;
    int code = arguments_read(&arguments, "watch list", argc, argv, NULL, 0, 0, 0);
    return code == EXIT_YES ? session_run(&arguments.session, SESSION_READ, run_list, &request) : code;
}

/* ---- report ---- */

/* What could not be printed has not been told. */
static int report(struct watch_home *home, const struct watch_request *request)
{
    struct session *session = home->session;
    struct watch_report made;
    int code = watch_report_make(&made, home, (uint32_t)request->days);
    if (code != EXIT_YES) {
        return code;
    }
    if (session->options.json) {
        code = json_output_take(watch_report_json(&made, session));
    } else {
        watch_report_print(stdout, &made, session);
    }
    if (code != EXIT_YES) {
        return code;
    }
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        return session_fail(&session->options, EXIT_SYSTEM, "output",
                            "The report could not be written to standard output; the next one will tell it "
                            "again.");
    }
    code = watch_home_save_reported(home);
    return code == EXIT_YES ? watch_report_code(&made) : code;
}

static int run_report(struct session *session, void *request)
{
    return with_list(session, request, report);
}

int command_watch_report(int argc, char **argv)
{
    struct watch_request request = {.days = DAYS_DEFAULT};
    const struct command_option options[] = {{"days", OPTION_NUMBER, &request.days}};
    struct arguments arguments;
    int code = arguments_read(&arguments, "watch report", argc, argv, options, 1, 0, 0);
    if (code != EXIT_YES) {
        return code;
    }
    if (request.days > DAYS_MAX) {
        return command_usage_error(command_named("watch report"), "--days is at most %d.", DAYS_MAX);
    }
    return session_run(&arguments.session, SESSION_READ, run_report, &request);
}
