#include <stdio.h>

#include "cmd/command.h"
#include "cmd/publish.h"
#include "protocol/base/text.h"

static int read_text(const struct session *session, const char *typed, struct bytes *out)
{
    *out = bytes_of_string(typed);
    if (out->size == 0 || out->size > STATEMENT_SIZE_MAX) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "bad-text",
                            "The statement has %zu bytes; 1 to %d are allowed.", out->size,
                            (int)STATEMENT_SIZE_MAX);
    }
    if (!text_is_clean(*out)) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "bad-text",
                            "The statement holds characters that cannot be shown; line ends are among them.");
    }
    return EXIT_YES;
}

static enum store_error gather(struct dossier *out, struct session *session, const struct entry_name *name)
{
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);
    if (error != STORE_OK) {
        return error;
    }
    error = store_dossier_of_entries(txn, &session->home.network, session->trust, name, 1, NULL,
                                     DOSSIER_REACH_ALL, out, &session->arena);
    store_end(txn);
    return error;
}

static bool is_about(const struct dossier_credential *credential, const struct subject *self)
{
    return subject_equal(&credential->attestation.subject, self) ||
           (credential->has_holder && subject_equal(&credential->holder, self));
}

/* Others show the statement only where it stands beside an entry about its author. Whom an entry is about
 * that is erased, blinded or not held, nobody can tell here. */
static int check_subject(struct session *session, const struct entry_name *name)
{
    const struct subject self = subject_of_actor(&session->actor);
    struct dossier dossier;
    enum store_error error = gather(&dossier, session, name);
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    if (dossier.credential_count == 0 || dossier.credentials[0].place.erased ||
        dossier.credentials[0].attestation.subject.kind == SUBJECT_BLINDED) {
        fprintf(stderr, "Warning: this node can't tell whether that entry is about you.\n");
        return EXIT_YES;
    }
    if (is_about(&dossier.credentials[0], &self)) {
        return EXIT_YES;
    }
    return session_fail(&session->options, EXIT_BAD_INPUT, "entry-about-another",
                        "That entry is about %s: only they can add their word to it.",
                        session_name_of(session, &dossier.credentials[0].attestation.subject.id));
}

static int state(struct session *session, char **arguments)
{
    struct published published;
    struct statement statement = {0};
    int code = session_need_actor(session);
    if (code == EXIT_YES) {
        code = session_entry_name(session, arguments[0], &statement.about);
    }
    if (code == EXIT_YES) {
        code = read_text(session, arguments[1], &statement.text);
    }
    if (code == EXIT_YES) {
        code = check_subject(session, &statement.about);
    }
    if (code == EXIT_YES) {
        code = publish_one(session, ENTRY_STATEMENT, &statement, &published);
    }
    return code == EXIT_YES ? publish_report(session, &published, "Your statement stands beside the entry.")
                            : code;
}

int command_statement(int argc, char **argv)
{
    return command_in_session(command_named("statement"), argc, argv, 2, 2, SESSION_WRITE, state);
}
