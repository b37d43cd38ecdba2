#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/json_output.h"
#include "cmd/session.h"
#include "node/followed.h"

/* The follow-list of a home, while its lock is held. */
struct follow_home {
    struct session *session;
    int lock_fd;
    struct watch_list *list;
    char *text; /* of the file, WATCH_FILE_SIZE_MAX bytes */
    size_t size;
};

static int read_list(struct follow_home *home)
{
    struct session *session = home->session;
    enum watch_file_result result;
    size_t line;
    enum home_error error =
        watch_file_read(home->list, home->text, &home->size, &result, &line, &session->home, FOLLOW_FILE);
    if (error != HOME_OK) {
        return session_fail_home(&session->options, error);
    }
    if (result == WATCH_FILE_OK) {
        return EXIT_YES;
    }
    if (line == 0) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "bad-follow-list",
                            "The file %s/%s %s: correct it.", session->home.path, FOLLOW_FILE,
                            watch_file_words(result));
    }
    return session_fail(&session->options, EXIT_BAD_INPUT, "bad-follow-list",
                        "Line %zu of %s/%s %s: correct or remove it.", line, session->home.path, FOLLOW_FILE,
                        watch_file_words(result));
}

static int with_list(struct session *session, char **arguments,
                     int (*body)(struct follow_home *home, char **arguments))
{
    struct follow_home home = {.session = session, .lock_fd = -1};
    enum home_error error = home_lock(&session->home, "follow.lock", true, &home.lock_fd);
    if (error != HOME_OK) {
        return session_fail_home(&session->options, error);
    }
    home.list = calloc(1, sizeof(*home.list));
    home.text = malloc(WATCH_FILE_SIZE_MAX);
    int code = home.list != NULL && home.text != NULL
                   ? read_list(&home)
                   : session_fail_store(&session->options, STORE_NO_MEMORY);
    if (code == EXIT_YES) {
        code = body(&home, arguments);
    }
    free(home.text);
    free(home.list);
    (void)close(home.lock_fd);
    return code;
}

static int save(const struct follow_home *home, const char *text, size_t size)
{
    struct session *session = home->session;
    enum home_error error = home_write(&session->home, FOLLOW_FILE, text, size, 0600);
    return error == HOME_OK ? session_reload_daemon(session, FOLLOW_FILE)
                            : session_fail_home(&session->options, error);
}

/* Whether anything that actor signed is here. */
static int ask_held(bool *held, struct session *session, const struct actor_id *actor)
{
    struct log_state state;
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);
    if (error == STORE_OK) {
        error = store_log_state(txn, actor, &state);
        store_end(txn);
    }
    *held = error == STORE_OK;
    return *held || error == STORE_NOT_FOUND ? EXIT_YES : session_fail_store(&session->options, error);
}

static json_t *json_of(const struct session *session, const struct actor_id *actor)
{
    json_t *object = json_object();
    json_object_set_new(object, "id", json_of_id(ID_ACTOR, &session->home.network, &actor->hash));
    json_object_set_new(object, "name", json_string(session_name_of(session, &actor->hash)));
    return object;
}

/* ---- follow ---- */

static int report_followed(const struct session *session, const struct actor_id *actor, bool held)
{
    if (session->options.json) {
        json_t *object = json_of(session, actor);
        json_object_set_new(object, "held", json_boolean(held));
        return json_output_take(object);
    }
    printf(
        "You follow %s from now on. Its log is %s. The nodes that yours dials are asked for %s, and so learn "
        "that you follow it; those that dial yours are not.\n",
        session_name_of(session, &actor->hash), held ? "held here already" : "not held here yet",
        held ? "what comes" : "it");
    return EXIT_YES;
}

static int add(struct follow_home *home, char **arguments)
{
    struct session *session = home->session;
    struct actor_id actor;
    bool held;
    size_t size;
    int code = session_actor(session, arguments[0], &actor);
    if (code != EXIT_YES) {
        return code;
    }
    const struct subject subject = subject_of_actor(&actor);
    if (home->list->count == WATCH_MAX && watch_list_of(home->list, &subject) == NULL) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "follow-list-full",
                            "You follow %d already, which is all that can be followed.", WATCH_MAX);
    }
    char *text = arena_take(&session->arena, WATCH_FILE_SIZE_MAX);
    if (text == NULL) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    if (!watch_file_put(text, &size, &session->home.network, bytes_of(home->text, home->size), home->list,
                        &subject, "")) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "bad-follow-list",
                            "The file %s/%s would grow too large: remove comments from it.",
                            session->home.path, FOLLOW_FILE);
    }
    code = ask_held(&held, session, &actor);
    if (code == EXIT_YES) {
        code = save(home, text, size);
    }
    return code == EXIT_YES ? report_followed(session, &actor, held) : code;
}

static int list_json(const struct follow_home *home)
{
    json_t *array = json_array();
    for (size_t i = 0; i < home->list->count; i++) {
        const struct actor_id actor = {home->list->items[i].subject.id};
        json_array_append_new(array, json_of(home->session, &actor));
    }
    return json_output_take(array);
}

static int list(struct follow_home *home, char **arguments)
{
    (void)arguments;
    if (home->session->options.json) {
        return list_json(home);
    }
    if (home->list->count == 0) {
        printf("You follow nobody: tradeproof follow SHOP\n");
    }
    for (size_t i = 0; i < home->list->count; i++) {
        const struct subject *subject = &home->list->items[i].subject;
        char id[ID_TEXT_MAX + 1];
        subject_to_text(id, &home->session->home.network, subject);
        printf("%s  %s\n", id, session_name_of(home->session, &subject->id));
    }
    return EXIT_YES;
}

static int follow(struct session *session, char **arguments)
{
    return with_list(session, arguments, arguments[0] != NULL ? add : list);
}

int command_follow(int argc, char **argv)
{
    return command_in_session(command_named("follow"), argc, argv, 0, 1, SESSION_READ, follow);
}

/* ---- unfollow ---- */

static int drop(struct follow_home *home, char **arguments)
{
    struct session *session = home->session;
    struct actor_id actor;
    size_t size;
    int code = session_actor(session, arguments[0], &actor);
    if (code != EXIT_YES) {
        return code;
    }
    const struct subject subject = subject_of_actor(&actor);
    const struct watched *followed = watch_list_of(home->list, &subject);
    if (followed == NULL) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "not-followed",
                            "You don't follow \"%s\": tradeproof follow shows whom you do.", arguments[0]);
    }
    char *text = arena_take(&session->arena, WATCH_FILE_SIZE_MAX);
    if (text == NULL) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    watch_file_drop(text, &size, bytes_of(home->text, home->size), followed);
    code = save(home, text, size);
    if (code != EXIT_YES) {
        return code;
    }
    if (session->options.json) {
        return json_output_take(json_of(session, &actor));
    }
    printf("You no longer follow %s. What is held of it stays; more is asked for only if you watch it, have\n"
           "reviewed it, or somebody whom your trusted bodies attested works there.\n",
           session_name_of(session, &actor.hash));
    return EXIT_YES;
}

static int unfollow(struct session *session, char **arguments)
{
    return with_list(session, arguments, drop);
}

int command_unfollow(int argc, char **argv)
{
    return command_in_session(command_named("unfollow"), argc, argv, 1, 1, SESSION_READ, unfollow);
}
