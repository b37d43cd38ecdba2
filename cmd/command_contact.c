#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/json_output.h"
#include "cmd/session.h"

/* contact add, list: names for ids. */

static int save(const struct session *session)
{
    char *text = malloc(CONTACTS_FILE_SIZE_MAX);
    enum home_error error;

    if (!text) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    if (!contacts_print(text, CONTACTS_FILE_SIZE_MAX, &session->home.network, session->contacts)) {
        free(text);
        return session_fail(&session->options, EXIT_BAD_INPUT, "too-many-contacts",
                            "There are too many contacts.");
    }
    error = home_write(&session->home, "contacts", text, strlen(text), 0600);
    free(text);
    return error == HOME_OK ? EXIT_YES : session_fail_home(&session->options, error);
}

static json_t *json_of_contact(const struct session *session, const struct subject *subject, const char *name)
{
    json_t *object = json_object();
    enum id_kind kind = subject->kind == SUBJECT_CLAIM ? ID_CLAIM : ID_ACTOR;

    json_object_set_new(object, "id", json_of_id(kind, &session->home.network, &subject->id));
    json_object_set_new(object, "name", json_string(name));
    return object;
}

static int fail_contact(const struct session *session, enum contacts_result result, const char *name)
{
    if (result == CONTACTS_NAME_TAKEN) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "name-taken",
                            "\"%s\" is another contact's name already: choose one that tells them apart.",
                            name);
    }
    if (result == CONTACTS_TOO_MANY) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "too-many-contacts",
                            "There are %d contacts already, which is all that fit.", CONTACTS_MAX);
    }
    return session_fail(
        &session->options, EXIT_BAD_INPUT, "bad-name",
        "\"%s\" cannot be a name: it is empty, longer than %d bytes, looks like an id, is \"me\", or "
        "holds characters that cannot be shown.",
        name, NAME_SIZE_MAX);
}

static int add(struct session *session, char **arguments)
{
    const char *id = arguments[0], *name = arguments[1];
    struct subject subject;
    enum contacts_result result;
    int code = session_subject(session, id, &subject);

    if (code != EXIT_YES) {
        return code;
    }
    result = contacts_add(session->contacts, &subject, bytes_of_string(name));
    if (result != CONTACTS_OK) {
        return fail_contact(session, result, name);
    }
    code = save(session);
    if (code != EXIT_YES) {
        return code;
    }
    if (session->options.json) {
        return json_output_take(json_of_contact(session, &subject, name));
    }
    printf("That id is now called \"%s\" on this computer.\n", name);
    return EXIT_YES;
}

int command_contact_add(int argc, char **argv)
{
    return command_in_session(command_named("contact add"), argc, argv, 2, 2, SESSION_READ, add);
}

static int list_json(const struct session *session)
{
    json_t *array = json_array();

    for (size_t i = 0; i < session->contacts->count; i++) {
        const struct contact *contact = &session->contacts->items[i];

        json_array_append_new(array, json_of_contact(session, &contact->subject, contact->name));
    }
    return json_output_take(array);
}

static int list(struct session *session, char **arguments)
{
    (void)arguments;
    if (session->options.json) {
        return list_json(session);
    }
    if (session->contacts->count == 0) {
        printf("None yet. To give an id a name: tradeproof contact add ID NAME\n");
    }
    for (size_t i = 0; i < session->contacts->count; i++) {
        const struct contact *contact = &session->contacts->items[i];
        enum id_kind kind = contact->subject.kind == SUBJECT_CLAIM ? ID_CLAIM : ID_ACTOR;
        char id[ID_TEXT_MAX + 1];

        id_to_text(id, kind, &session->home.network, &contact->subject.id);
        printf("%s  %s\n", id, contact->name);
    }
    return EXIT_YES;
}

int command_contact_list(int argc, char **argv)
{
    return command_in_session(command_named("contact list"), argc, argv, 0, 0, SESSION_READ, list);
}
