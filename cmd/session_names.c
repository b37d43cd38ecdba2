#include "cmd/session.h"

#include <stdio.h>
#include <string.h>

/* What people are called, and ids as people type them. */

enum {
    NAME_TURNS = 8,
    SHORT_HEAD = 9,
    SHORT_TAIL = 5,
    ARGUMENT_TURNS = 2,
    ARGUMENT_SIZE = (int)NAME_SIZE_MAX + (int)ID_TEXT_MAX + 3
};

static int fail_id(const struct session *session, const char *text, enum id_result result, enum id_kind found)
{
    const char *tag = session->home.network.tag;

    switch (result) {
    case ID_OK:
        return EXIT_YES;
    case ID_MISTYPED:
        return session_fail(&session->options, EXIT_BAD_INPUT, "id-mistyped",
                            "\"%s\" is mistyped: check its letters, or copy it again whole.", text);
    case ID_WRONG_KIND:
        if (found == ID_NODE || found == ID_TRANSPORT) {
            return session_fail(&session->options, EXIT_BAD_INPUT, "id-wrong-kind",
                                "\"%s\" is a computer's id, not a person's or shop's.", text);
        }
        return session_fail(&session->options, EXIT_BAD_INPUT, "id-wrong-kind",
                            "\"%s\" belongs to someone who has no keys yet and so cannot do this.", text);
    case ID_WRONG_NETWORK:
        return session_fail(&session->options, EXIT_BAD_INPUT, "id-wrong-network",
                            "\"%s\" belongs to another network; this home is on network %s.", text, tag);
    case ID_NOT_AN_ID:
        break;
    }
    return session_fail(
        &session->options, EXIT_BAD_INPUT, "id-unknown",
        "\"%s\" is neither an id nor a name in your contacts or your trust file. To give an id a name: "
        "tradeproof contact add ID NAME",
        text);
}

static int fail_ambiguous(const struct session *session, const char *text)
{
    return session_fail(&session->options, EXIT_BAD_INPUT, "name-ambiguous",
                        "\"%s\" is the name of several in your contacts and your trust file: say the id.",
                        text);
}

static bool is_me(const struct session *session, const char *text)
{
    return session->has_actor && strcmp(text, "me") == 0;
}

/* A trust file's names are free text: one that is empty, an id or the word for oneself names nobody here. */
static bool is_trusted_name(const struct trust_owner *owner, const struct network *network, struct bytes name)
{
    struct subject subject;
    return name.size > 0 && contacts_alike(owner->name, name) && !contacts_alike("me", name) &&
           subject_from_text(&subject, network, name) == ID_NOT_AN_ID;
}

size_t session_named(const struct session *session, struct bytes name, struct subject *out)
{
    const struct contact *contact = contacts_named(session->contacts, name);
    size_t count = contact != NULL ? 1 : 0;

    if (contact) {
        *out = contact->subject;
    }
    for (size_t i = 0; i < session->trust->owner_count; i++) {
        const struct trust_owner *owner = &session->trust->owners[i];
        const struct subject subject = subject_of_actor(&owner->actor);

        if (is_trusted_name(owner, &session->home.network, name) &&
            (count == 0 || !subject_equal(out, &subject))) {
            *out = subject;
            count++;
        }
    }
    return count;
}

int session_subject(const struct session *session, const char *text, struct subject *subject)
{
    enum id_kind found = ID_ACTOR;
    enum id_result result;
    struct hash id;
    size_t named;

    if (is_me(session, text)) {
        *subject = subject_of_actor(&session->actor);
        return EXIT_YES;
    }
    named = session_named(session, bytes_of_string(text), subject);
    if (named > 0) {
        return named == 1 ? EXIT_YES : fail_ambiguous(session, text);
    }
    result = subject_from_text(subject, &session->home.network, bytes_of_string(text));
    if (result == ID_WRONG_KIND) {
        id_from_text(&id, &found, ID_ACTOR, &session->home.network, bytes_of_string(text));
    }
    return fail_id(session, text, result, found);
}

int session_actor(const struct session *session, const char *text, struct actor_id *actor)
{
    struct subject subject;
    int code = session_subject(session, text, &subject);

    if (code != EXIT_YES) {
        return code;
    }
    if (subject.kind != SUBJECT_ACTOR) {
        return fail_id(session, text, ID_WRONG_KIND, ID_CLAIM);
    }
    actor->hash = subject.id;
    return EXIT_YES;
}

/* What is copied from a narrow column, or shortened in a letter, ends early. */
static int fail_short(const struct session *session, const char *text, size_t digits)
{
    return session_fail(
        &session->options, EXIT_BAD_INPUT, "entry-name",
        "\"%s\" is cut short: the part behind its last \"/\" has %zu digits, and %d are needed. "
        "Copy it again whole, as issue or log --entries prints it.",
        text, digits, 2 * ENTRY_PREFIX_SIZE);
}

static int fail_entry_name(const struct session *session, const char *text, enum id_result result)
{
    const char *prefix = strrchr(text, '/');
    if (result == ID_MISTYPED && prefix != NULL && strlen(prefix + 1) < (size_t)2 * ENTRY_PREFIX_SIZE &&
        strspn(prefix + 1, "0123456789abcdef") == strlen(prefix + 1)) {
        return fail_short(session, text, strlen(prefix + 1));
    }
    const char *why = result == ID_WRONG_NETWORK
                          ? "belongs to another network"
                          : "is not the name of an entry, ACTOR/BLOCK/INDEX/PREFIX: copy it "
                            "again whole";
    return session_fail(&session->options, EXIT_BAD_INPUT, "entry-name", "\"%s\" %s.", text, why);
}

int session_entry_name(const struct session *session, const char *text, struct entry_name *name)
{
    enum id_result result = entry_name_from_text(name, &session->home.network, bytes_of_string(text));
    return result == ID_OK ? EXIT_YES : fail_entry_name(session, text, result);
}

static const char *trusted_name(const struct trust *trust, const struct hash *id)
{
    for (size_t i = 0; i < trust->owner_count; i++) {
        if (hash_equal(&trust->owners[i].actor.hash, id) && trust->owners[i].name[0] != '\0') {
            return trust->owners[i].name;
        }
    }
    return NULL;
}

const char *session_name_of(const struct session *session, const struct hash *id)
{
    static char turns[NAME_TURNS][SHORT_HEAD + SHORT_TAIL + 4];
    static size_t turn;
    const struct contact *contact = contacts_of(session->contacts, id);
    const char *name = trusted_name(session->trust, id);
    char text[ID_TEXT_MAX + 1];
    char *out;

    if (contact) {
        return contact->name;
    }
    if (name) {
        return name;
    }
    if (session->has_actor && hash_equal(id, &session->actor.hash)) {
        return "you";
    }
    out = turns[turn++ % NAME_TURNS];
    id_to_text(text, ID_ACTOR, &session->home.network, id);
    snprintf(out, sizeof turns[0], "%.*s...%s", SHORT_HEAD, text, text + strlen(text) - SHORT_TAIL);
    return out;
}

/* Names that a shell would read as something else within double quotes, or a program as an option, are none
 * to paste. */
static bool is_pasted_whole(const char *name)
{
    return name[0] != '-' && name[strcspn(name, "\"$`\\!")] == '\0';
}

const char *session_argument_of(const struct session *session, const struct hash *id)
{
    static char turns[ARGUMENT_TURNS][ARGUMENT_SIZE];
    static size_t turn;
    const struct contact *contact = contacts_of(session->contacts, id);
    struct subject named;
    char *out;

    if (session->has_actor && hash_equal(id, &session->actor.hash)) {
        return "me";
    }
    out = turns[turn++ % ARGUMENT_TURNS];
    if (contact && is_pasted_whole(contact->name) &&
        session_named(session, bytes_of_string(contact->name), &named) == 1) {
        snprintf(out, sizeof turns[0], "\"%s\"", contact->name);
    } else {
        id_to_text(out, ID_ACTOR, &session->home.network, id);
    }
    return out;
}
