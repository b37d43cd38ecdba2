#include <stdio.h>
#include <sys/stat.h>

#include "cmd/arguments.h"
#include "cmd/command.h"
#include "cmd/json_output.h"
#include "cmd/number.h"
#include "cmd/publish.h"

/* Safe against a kill at any moment: the new keys are on the disk before the rotation is published, and
 * replace the old ones after the log holds it (keyring.h). */

struct rotate {
    const char *at;
    const char *next_path; /* of the key file that was kept apart; NULL: the home's */
    uint64_t at_seq;
    struct keyring *keyring, *next; /* before and after */
    struct log_state before;
    struct hash parent; /* of the rotation */
};

/* ---- what it continues from ---- */

static int read_parent(struct rotate *request, const struct session *session)
{
    struct block_record record;
    struct store_txn *txn;
    uint64_t arrived_s;
    enum store_error error = store_read_begin(&txn, session->store);

    if (error == STORE_OK) {
        error = store_block_record(txn, &session->actor, request->at_seq, &record, &arrived_s);
        store_end(txn);
    }
    if (error != STORE_OK)
        return session_fail_store(&session->options, error);
    request->parent = record.hash;
    return EXIT_YES;
}

static int check_at(struct rotate *request, const struct session *session)
{
    const struct log_state *state = &request->before;
    const char *end;

    request->at_seq = state->seq;
    request->parent = state->head;
    if (!request->at)
        return EXIT_YES;
    if (!number_read(&request->at_seq, request->at, &end, BLOCK_SEQ_MAX) || *end != '\0' ||
        request->at_seq > state->seq)
        return session_fail(&session->options, EXIT_BAD_INPUT, "bad-block",
                            "\"%s\" is not a block of your log, which ends at %llu.", request->at,
                            (unsigned long long)state->seq);
    if (request->at_seq < state->epoch_first_seq)
        return session_fail(
            &session->options, EXIT_BAD_INPUT, "before-epoch",
            "The keys were last rotated in block %llu, and nothing before that can be dropped.",
            (unsigned long long)state->epoch_first_seq);
    return read_parent(request, session);
}

/* ---- the new keys ---- */

static int make_next(struct rotate *request, const struct session *session)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct writer writer;
    int code = keyring_pending(&request->next, request->keyring, session);

    if (code != EXIT_YES)
        return code;
    if (request->next && keyring_follows(request->next, request->keyring))
        return EXIT_YES;
    keyring_wipe(request->next);
    writer_init(&writer, memory, sizeof memory);
    request->next = keyring_rotate(request->keyring, &session->home.network, &writer);
    if (!request->next)
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    return keyring_save_pending(request->next, session);
}

/* The same for as long as the same keys are tried. */
static uint64_t time_of_pending(const struct session *session)
{
    char path[HOME_PATH_MAX + 64];
    struct stat status;

    home_file(&session->home, "actor.keys.next", path);
    return stat(path, &status) == 0 && status.st_mtime > 0 ? (uint64_t)status.st_mtime : session_now_s();
}

static int publish(struct rotate *request, struct session *session, struct publisher *publisher,
                   struct published *out)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct writer writer;
    struct bytes record;
    struct keys keys;
    struct draft draft;

    writer_init(&writer, memory, sizeof memory);
    keyring_record(request->next, &session->home.network, &writer);
    publisher_draft(publisher, &draft, CLASS_KEYS);
    if (!writer_end(&writer, &record) ||
        schema_decode(&keys_schema, &keys, record, &session->arena) != REASON_NONE ||
        !draft_add(&draft, ENTRY_KEYS, &keys, NULL))
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    if (request->at_seq == request->before.seq)
        return publisher_rotate(publisher, &draft, request->next, out);
    return publisher_rotate_at(publisher, &draft, request->next, request->at_seq, time_of_pending(session),
                               out);
}

static int rotate_locked(struct rotate *request, struct session *session, struct publisher *publisher,
                         struct published *out)
{
    int code;

    request->before = publisher->state;
    if (!keyring_is_in_force(request->keyring, &request->before.keys))
        return session_fail(
            &session->options, EXIT_BAD_INPUT, "keys-not-in-force",
            "The keys in this home are not the ones that this actor's log names: another command may "
            "just have rotated them. Run the command again.");
    code = check_at(request, session);
    if (code == EXIT_YES)
        code = keyring_add_next(request->keyring, session, request->next_path);
    if (code == EXIT_YES)
        code = make_next(request, session);
    if (code == EXIT_YES)
        code = publish(request, session, publisher, out);
    if (code == EXIT_YES)
        code = keyring_adopt(request->next, session);
    return code == EXIT_YES ? session_reload_daemon(session) : code;
}

/* ---- answers ---- */

static bool drops_branch(const struct rotate *request)
{
    return request->at_seq < request->before.seq;
}

static int report_json(const struct rotate *request, const struct session *session,
                       const struct published *published)
{
    json_t *object = json_object();

    json_object_set_new(object, "author", json_of_id(ID_ACTOR, &session->home.network, &session->actor.hash));
    json_object_set_new(object, "epoch", json_of_number(request->before.epoch + 1));
    json_object_set_new(object, "seq", json_of_number(published->seq));
    json_object_set_new(object, "block", json_of_hash(&published->hash));
    if (drops_branch(request)) {
        json_t *branch = json_object();

        json_object_set_new(branch, "epoch", json_of_number(request->before.epoch));
        json_object_set_new(branch, "parent", json_of_hash(&request->parent));
        json_object_set_new(branch, "tip", json_of_hash(&request->before.head));
        json_object_set_new(object, "dropped", branch);
    }
    return json_output_take(object);
}

static int report(const struct rotate *request, const struct session *session,
                  const struct published *published)
{
    char parent[2 * HASH_SIZE + 1], tip[2 * HASH_SIZE + 1];

    if (session->options.json)
        return report_json(request, session, published);
    printf("The keys are new (epoch %llu, block %llu). Your id and passphrase stay the same.\n"
           "Copy %s/actor.keys to the safe place again: the old copy no longer signs.\n"
           "Move %s/next.keys to a place apart from this computer, in the old one's stead.\n",
           (unsigned long long)request->before.epoch + 1, (unsigned long long)published->seq,
           session->home.path, session->home.path);
    if (!drops_branch(request))
        return EXIT_YES;
    sodium_bin2hex(parent, sizeof parent, request->parent.bytes, HASH_SIZE);
    sodium_bin2hex(tip, sizeof tip, request->before.head.bytes, HASH_SIZE);
    printf("\nBlocks %llu to %llu are dropped. Now say that a thief wrote them:\n  tradeproof void --branch "
           "%llu %s %s\n",
           (unsigned long long)request->at_seq + 1, (unsigned long long)request->before.seq,
           (unsigned long long)request->before.epoch, parent, tip);
    return EXIT_YES;
}

static int rotate(struct rotate *request, struct session *session)
{
    struct publisher publisher;
    struct published published;
    int code = keyring_open(&request->keyring, session);

    if (code != EXIT_YES)
        return code;
    code = publisher_open(&publisher, session, request->keyring);
    if (code == EXIT_YES) {
        code = rotate_locked(request, session, &publisher, &published);
        publisher_close(&publisher);
    }
    keyring_wipe(request->keyring);
    keyring_wipe(request->next);
    return code == EXIT_YES ? report(request, session, &published) : code;
}

int command_key_rotate(int argc, char **argv)
{
    struct rotate request = {0};
    const struct command_option options[] = {{"at", OPTION_TEXT, &request.at},
                                             {"next", OPTION_TEXT, &request.next_path}};
    struct arguments arguments;
    struct session session;
    int code = arguments_read(&arguments, "key rotate", argc, argv, options, 2, 0, 0);

    if (code != EXIT_YES)
        return code;
    code = session_open(&session, &arguments.session, SESSION_WRITE);
    if (code != EXIT_YES)
        return code;
    code = rotate(&request, &session);
    session_close(&session);
    return code;
}
