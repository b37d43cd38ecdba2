#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/arguments.h"
#include "cmd/command.h"
#include "cmd/json_output.h"
#include "cmd/session.h"
#include "protocol/base/text.h"

/* trust add, list, remove: the trust file. */

static int save(const struct session *session)
{
    char *text = malloc(TRUST_FILE_SIZE_MAX);
    enum home_error error;

    if (!text) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    if (!trust_print(text, TRUST_FILE_SIZE_MAX, &session->home.network, session->trust)) {
        free(text);
        return session_fail_trust(&session->options, TRUST_TOO_LARGE, 0, ID_OK);
    }
    error = home_write(&session->home, "trust", text, strlen(text), 0644);
    free(text);
    if (error != HOME_OK) {
        return session_fail_home(&session->options, error);
    }
    return session_reload_daemon(session, "trust");
}

static json_t *json_of_owner(const struct session *session, const struct trust_owner *owner)
{
    json_t *object = json_object();

    json_object_set_new(object, "namespace", json_string(owner->name_space));
    json_object_set_new(object, "actor", json_of_id(ID_ACTOR, &session->home.network, &owner->actor.hash));
    json_object_set_new(object, "name", json_string(owner->name));
    json_object_set_new(object, "fresh_days",
                        owner->fresh_days > 0 ? json_of_number(owner->fresh_days) : json_null());
    return object;
}

/* ---- add ---- */

struct trust_add {
    struct arguments arguments;
    const char *fresh;
};

static int set_fresh(struct trust_owner *owner, const struct session *session, const char *fresh)
{
    if (!fresh || trust_read_fresh(&owner->fresh_days, bytes_of_string(fresh))) {
        return EXIT_YES;
    }
    return session_fail(&session->options, EXIT_BAD_INPUT, "bad-fresh",
                        "\"%s\" is not a number of days from 1d to %dd, such as 90d.", fresh,
                        TRUST_FRESH_DAYS_MAX);
}

static int set_owner(struct trust_owner *owner, const struct session *session,
                     const struct trust_add *request)
{
    char *const *arguments = request->arguments.values;
    struct bytes name_space = bytes_of_string(arguments[0]);
    int code;

    *owner = (struct trust_owner){0};
    if (!text_is_namespace(name_space)) {
        return session_fail_trust(&session->options, TRUST_BAD_NAMESPACE, 0, ID_OK);
    }
    memcpy(owner->name_space, name_space.data, name_space.size);
    if (request->arguments.count > 2) {
        struct bytes name = bytes_of_string(arguments[2]);

        if (name.size > NAME_SIZE_MAX || !text_is_clean(name)) {
            return session_fail_trust(&session->options, TRUST_BAD_TEXT, 0, ID_OK);
        }
        memcpy(owner->name, name.data, name.size);
    }
    code = set_fresh(owner, session, request->fresh);
    return code == EXIT_YES ? session_actor(session, arguments[1], &owner->actor) : code;
}

static int report_added(const struct session *session, const struct trust_owner *owner)
{
    char id[ID_TEXT_MAX + 1];

    if (session->options.json) {
        return json_output_take(json_of_owner(session, owner));
    }
    id_to_text(id, ID_ACTOR, &session->home.network, &owner->actor.hash);
    printf("Certificates under %s/ now count when %s says so, or whoever it accredits:\n  %s\n",
           owner->name_space, owner->name[0] != '\0' ? owner->name : "this actor", id);
    return EXIT_YES;
}

static int add(struct session *session, void *argument)
{
    const struct trust_add *request = argument;
    struct trust_owner owner;
    enum trust_result result;
    int code = set_owner(&owner, session, request);

    if (code != EXIT_YES) {
        return code;
    }
    result = trust_add_owner(session->trust, &owner);
    if (result != TRUST_OK) {
        return session_fail_trust(&session->options, result, 0, ID_OK);
    }
    code = save(session);
    return code == EXIT_YES ? report_added(session, &owner) : code;
}

int command_trust_add(int argc, char **argv)
{
    struct trust_add request = {0};
    const struct command_option options[] = {{"fresh", OPTION_TEXT, &request.fresh}};
    int code = arguments_read(&request.arguments, "trust add", argc, argv, options, 1, 2, 3);

    return code == EXIT_YES ? session_run(&request.arguments.session, SESSION_READ, add, &request) : code;
}

/* ---- list ---- */

static int list_json(const struct session *session)
{
    const struct trust *trust = session->trust;
    json_t *object = json_object(), *owners = json_array();

    for (size_t i = 0; i < trust->owner_count; i++) {
        json_array_append_new(owners, json_of_owner(session, &trust->owners[i]));
    }
    json_object_set_new(object, "owners", owners);
    return json_output_take(object);
}

static int list(struct session *session, char **arguments)
{
    const struct trust *trust = session->trust;
    char id[ID_TEXT_MAX + 1];

    (void)arguments;
    if (session->options.json) {
        return list_json(session);
    }
    if (trust->owner_count == 0) {
        printf("Nobody yet. To confirm certificates, say who owns their namespace: tradeproof trust add ase "
               "ID\n");
    }
    for (size_t i = 0; i < trust->owner_count; i++) {
        id_to_text(id, ID_ACTOR, &session->home.network, &trust->owners[i].actor.hash);
        printf("%-*s  %s  %s", NAMESPACE_SIZE_MAX, trust->owners[i].name_space, id, trust->owners[i].name);
        if (trust->owners[i].fresh_days > 0) {
            printf("  (known for up to %u days)", trust->owners[i].fresh_days);
        }
        printf("\n");
    }
    return EXIT_YES;
}

int command_trust_list(int argc, char **argv)
{
    return command_in_session(command_named("trust list"), argc, argv, 0, 0, SESSION_READ, list);
}

/* ---- remove ---- */

static int remove_owner(struct session *session, char **arguments)
{
    const char *name_space = arguments[0];
    int code;

    if (!trust_remove_owner(session->trust, bytes_of_string(name_space))) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "not-trusted",
                            "The trust file names no owner of \"%s\". Whom it names: tradeproof trust list",
                            name_space);
    }
    code = save(session);
    if (code != EXIT_YES) {
        return code;
    }
    if (session->options.json) {
        return json_output_take(json_pack("{s:s}", "removed", name_space));
    }
    printf("Nobody is trusted for %s/ any more.\n", name_space);
    return EXIT_YES;
}

int command_trust_remove(int argc, char **argv)
{
    return command_in_session(command_named("trust remove"), argc, argv, 1, 1, SESSION_READ, remove_owner);
}
