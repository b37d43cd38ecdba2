#include <stdio.h>
#include <sys/stat.h>

#include "cmd/arguments.h"
#include "cmd/command.h"
#include "cmd/json_output.h"
#include "cmd/number.h"
#include "cmd/own_dropped.h"
#include "cmd/publish.h"
#include "node/checkpoints.h"

/* Safe against a kill at any moment: the new keys are on the disk before the rotation is published, and
 * replace the old ones after the log holds it (keyring.h). */

struct rotate {
    const char *at, *onto;
    const char *next_path;          /* of the key file that was kept apart; NULL: the home's */
    struct keyring *keyring, *next; /* before and after */
    struct log_state before;
    bool contested;               /* somebody else's blocks stand in the epoch that ends */
    struct block_place behind;    /* what the rotation follows */
    struct own_branches branches; /* read only when it need not be the head */
    struct own_dropped_branches dropped;
    struct own_dropped_branches agreed;  /* to what was dropped when it was asked about… */
    struct own_branches agreed_branches; /* …and what that is of */
    bool yes;                            /* drop without asking */
};

/* ---- what it continues from ---- */

static int find_at(const struct rotate *request, const struct session *session, int64_t *index)
{
    const struct log_state *state = &request->before;
    const char *end;
    uint64_t seq;

    if (!number_read(&seq, request->at, &end, BLOCK_SEQ_MAX) || *end != '\0' || seq > state->seq) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "bad-block",
                            "\"%s\" is not a block of your log, which ends at %llu.", request->at,
                            (unsigned long long)state->seq);
    }
    if (seq < state->epoch_first_seq) {
        return session_fail(
            &session->options, EXIT_BAD_INPUT, "before-epoch",
            "The keys were last rotated in block %llu, and nothing before that can be dropped.",
            (unsigned long long)state->epoch_first_seq);
    }
    *index = own_branches_at(&request->branches, seq);
    return *index != OWN_BLOCK_NONE ? EXIT_YES : session_fail_store(&session->options, STORE_DAMAGED);
}

static int find_onto(const struct rotate *request, const struct session *session, int64_t *index)
{
    *index = own_branches_find(&request->branches, request->onto);
    if (*index == OWN_BLOCK_NONE) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "bad-block",
                            "\"%s\" is not the hash of one block that your keys signed since they were last "
                            "rotated, nor at least its first %d digits.",
                            request->onto, OWN_BLOCK_DIGITS_MIN);
    }
    if (!request->branches.blocks[*index].held) {
        return session_fail(&session->options, EXIT_UNKNOWN, "not-found",
                            "That block has not come to this node yet: connect to a node that holds it, or "
                            "run the command where it was signed.");
    }
    return EXIT_YES;
}

static int choose_in_txn(struct rotate *request, struct session *session, struct store_txn *txn)
{
    enum store_error error = own_branches_read(&request->branches, session, txn, &request->before);
    int64_t index = OWN_BLOCK_NONE;
    int code;

    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    if (!request->at && !request->onto) {
        return own_branches_ask(session, txn, &request->branches, request->next_path);
    }
    code = request->at ? find_at(request, session, &index) : find_onto(request, session, &index);
    if (code != EXIT_YES) {
        return code;
    }
    request->behind = (struct block_place){.seq = request->branches.blocks[index].seq,
                                           .hash = request->branches.blocks[index].hash};
    error = own_dropped_read(&request->dropped, session, txn, &request->branches, (size_t)index);
    return error == STORE_OK ? EXIT_YES : session_fail_store(&session->options, error);
}

/* The head, unless it is said otherwise; a contested log's head is nobody's until it is said. */
static int choose(struct rotate *request, struct session *session)
{
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);
    int code = EXIT_YES;

    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    error = store_log_state(txn, &session->actor, &request->before);
    if (error == STORE_OK) {
        error = own_log_is_contested(txn, &session->actor, request->before.epoch, &session->arena,
                                     &request->contested);
    }
    request->behind = (struct block_place){.seq = request->before.seq, .hash = request->before.head};
    if (error == STORE_NOT_FOUND) {
        code = EXIT_YES; /* a new log, which the publisher begins */
    } else if (error != STORE_OK) {
        code = session_fail_store(&session->options, error);
    } else if (request->contested || request->at || request->onto) {
        code = choose_in_txn(request, session, txn);
    }
    store_end(txn);
    return code;
}

/* ---- the new keys ---- */

static int make_next(struct rotate *request, const struct session *session)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct writer writer;
    int code = keyring_pending(&request->next, request->keyring, session);

    if (code != EXIT_YES) {
        return code;
    }
    if (request->next && keyring_follows(request->next, request->keyring)) {
        return EXIT_YES;
    }
    keyring_wipe(request->next);
    writer_init(&writer, memory, sizeof memory);
    request->next = keyring_rotate(request->keyring, &session->home.network, &writer);
    if (!request->next) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
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
        !draft_add(&draft, ENTRY_KEYS, &keys, NULL)) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    if (!request->contested && hash_equal(&request->behind.hash, &request->before.head)) {
        return publisher_rotate(publisher, &draft, request->next, out);
    }
    return publisher_rotate_at(publisher, &draft, request->next, &request->behind, time_of_pending(session),
                               out);
}

/* Before the log is taken: nobody else's command waits for the answer. */
static int ask(struct rotate *request, struct session *session)
{
    int code = choose(request, session);

    if (code == EXIT_YES) {
        code = own_dropped_confirm(&request->dropped, session, request->yes);
    }
    request->agreed_branches = request->branches;
    request->agreed = request->dropped;
    request->agreed.all = &request->agreed_branches;
    return code;
}

static int choose_as_agreed(struct rotate *request, struct session *session)
{
    int code = choose(request, session);

    if (code != EXIT_YES || request->yes || own_dropped_is_same(&request->agreed, &request->dropped)) {
        return code;
    }
    return session_fail(&session->options, EXIT_BUSY, "log-changed",
                        "Your log changed while this was asked, so that something else would be dropped: "
                        "nothing was signed. Run the command again.");
}

static int rotate_locked(struct rotate *request, struct session *session, struct publisher *publisher,
                         struct published *out)
{
    int code = choose_as_agreed(request, session);

    if (code != EXIT_YES) {
        return code;
    }
    /* In a contested log the keys in force may be the thief's; those that may rotate are not. */
    if (!request->contested && !keyring_is_in_force(request->keyring, &request->before.keys)) {
        return session_fail(
            &session->options, EXIT_BAD_INPUT, "keys-not-in-force",
            "The keys in this home are not the ones that this actor's log names: another command may "
            "just have rotated them. Run the command again.");
    }
    code = keyring_add_next(request->keyring, session, request->next_path);
    if (code == EXIT_YES) {
        code = make_next(request, session);
    }
    if (code == EXIT_YES) {
        code = publish(request, session, publisher, out);
    }
    if (code == EXIT_YES) {
        code = keyring_adopt(request->next, session);
    }
    return code == EXIT_YES ? session_reload_daemon(session, CHECKPOINT_KEYS_FILE) : code;
}

/* ---- answers ---- */

static int report_json(const struct rotate *request, const struct session *session,
                       const struct published *published)
{
    json_t *object = json_object();

    json_object_set_new(object, "author", json_of_id(ID_ACTOR, &session->home.network, &session->actor.hash));
    json_object_set_new(object, "epoch", json_of_number(request->before.epoch + 1));
    json_object_set_new(object, "seq", json_of_number(published->seq));
    json_object_set_new(object, "block", json_of_hash(&published->hash));
    json_object_set_new(object, "dropped", json_of_dropped(&request->dropped, session));
    return json_output_take(object);
}

static int report(const struct rotate *request, const struct session *session,
                  const struct published *published)
{
    if (session->options.json) {
        return report_json(request, session, published);
    }
    printf("The keys are new (epoch %llu, block %llu). Your id and passphrase stay the same.\n"
           "Copy %s to the safe place again: the keys in the old copy no longer sign.\n"
           "Move %s/next.keys to a place apart from this computer, in the old one's stead.\n",
           (unsigned long long)request->before.epoch + 1, (unsigned long long)published->seq,
           session->home.path, session->home.path);
    own_dropped_print(stdout, &request->dropped, session);
    return EXIT_YES;
}

static int rotate(struct session *session, void *argument)
{
    struct rotate *request = argument;
    struct publisher publisher;
    struct published published;
    int code = keyring_open(&request->keyring, session);

    if (code != EXIT_YES) {
        return code;
    }
    if (request->at || request->onto) {
        code = ask(request, session);
    }
    if (code == EXIT_YES) {
        code = publisher_open(&publisher, session, request->keyring);
    }
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
                                             {"onto", OPTION_TEXT, &request.onto},
                                             {"next", OPTION_TEXT, &request.next_path},
                                             {"yes", OPTION_FLAG, &request.yes}};
    struct arguments arguments;
    int code = arguments_read(&arguments, "key rotate", argc, argv, options,
                              sizeof options / sizeof options[0], 0, 0);

    if (code != EXIT_YES) {
        return code;
    }
    if (request.at && request.onto) {
        return command_usage_error(command_named("key rotate"), "give --at or --onto, not both.");
    }
    return session_run(&arguments.session, SESSION_WRITE, rotate, &request);
}
