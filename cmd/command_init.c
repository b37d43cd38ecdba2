#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/arguments.h"
#include "cmd/command.h"
#include "cmd/json_output.h"
#include "cmd/keyring.h"
#include "node/node_keys.h"
#include "protocol/wire/block.h"

/* The network file comes last and makes a folder a home. What an interrupted init leaves is marked as such,
 * so that a second one makes it anew; keys without that mark are somebody's, and are never written over. */

static const char unfinished_file[] = "init.unfinished";

struct init {
    struct session session; /* home and options alone: nothing is open yet */
    const char *network;
    bool no_actor;
    struct node_keys node;
};

static int parse(struct init *init, int argc, char **argv)
{
    const struct command_option options[] = {{"network", OPTION_TEXT, &init->network},
                                             {"no-actor", OPTION_FLAG, &init->no_actor}};
    struct arguments arguments;
    int code =
        arguments_read(&arguments, "init", argc, argv, options, sizeof options / sizeof options[0], 0, 0);

    init->session.options = arguments.session;
    return code;
}

/* Also as a link to a place apart that is not at hand. */
static bool is_there(const struct home *home, const char *file)
{
    char path[HOME_PATH_MAX + 64];
    struct stat status;

    home_file(home, file, path);
    return lstat(path, &status) == 0;
}

/* Every command that uses keys makes a store first, an init that was interrupted has none. */
static bool was_used(const struct home *home)
{
    return is_there(home, "store/data.mdb");
}

/* The first file of keys that an init would replace, or lose the use of; NULL: there is none. */
static const char *kept_keys(const struct home *home)
{
    static const char *const files[] = {"actor.keys",   "next.keys",       "actor.keys.next",
                                        "actor.public", "checkpoint.keys", "node.keys"};

    for (size_t i = 0; i < sizeof files / sizeof files[0] && !is_there(home, unfinished_file); i++) {
        if (is_there(home, files[i])) {
            return files[i];
        }
    }
    return NULL;
}

static int check_unused(struct init *init)
{
    const struct session_options *options = &init->session.options;
    struct home *home = &init->session.home;
    enum home_error error = home_open(home, options->home);

    if (error == HOME_OK) {
        return session_fail(
            options, EXIT_BAD_INPUT, "already-set-up",
            "%s is set up already, on network %s: nothing was changed. For another actor choose "
            "another folder with --home.",
            home->path, home->network.tag);
    }
    if (error != HOME_NOT_INITIALISED) {
        return session_fail_home(options, error);
    }
    if (!network_init(&home->network, init->network)) {
        return session_fail(options, EXIT_BAD_INPUT, "bad-network",
                            "A network's tag is 1 to 16 letters a-z, digits or '-': main, test.");
    }
    if (session_set_clock(&init->session) != EXIT_YES) {
        return EXIT_USAGE;
    }
    if (was_used(home)) {
        return session_fail(
            options, EXIT_BAD_INPUT, "network-file-missing",
            "%s holds data, but its file \"network\" is missing: restore it (one line, main or test) "
            "instead of making new keys over the old ones.",
            home->path);
    }
    const char *kept = kept_keys(home);
    if (kept != NULL) {
        return session_fail(
            options, EXIT_BAD_INPUT, "keys-kept",
            "%s holds %s already, and new keys would be written over it: nothing was changed. To use "
            "these keys, copy back the whole folder that they come from; for new ones choose another "
            "folder with --home.",
            home->path, kept);
    }
    return EXIT_YES;
}

static enum home_error error_of(int number)
{
    if (number == EACCES || number == EPERM || number == EROFS) {
        return HOME_PERMISSION;
    }
    return number == ENOSPC || number == EDQUOT ? HOME_NO_ROOM : HOME_IO;
}

/* The folder and those above it. */
static enum home_error make_folder(const struct home *home)
{
    char path[HOME_PATH_MAX + 1];
    size_t size = strlen(home->path);

    memcpy(path, home->path, size + 1);
    for (size_t i = 1; i <= size; i++) {
        if (path[i] != '/' && path[i] != '\0') {
            continue;
        }
        path[i] = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST) {
            return error_of(errno);
        }
        path[i] = home->path[i];
    }
    return HOME_OK;
}

static int write_actor(struct init *init)
{
    struct session *session = &init->session;
    uint8_t memory[KEYS_SIZE_MAX];
    struct keyring *keyring;
    struct writer writer;
    enum home_error error;
    int code;

    writer_init(&writer, memory, sizeof memory);
    keyring = keyring_create(&session->home.network, &writer);
    if (!keyring || !writer_end(&writer, &session->inception)) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    code = keyring_save(keyring, session);
    keyring_wipe(keyring);
    if (code != EXIT_YES) {
        return code;
    }
    error =
        home_write(&session->home, "actor.public", session->inception.data, session->inception.size, 0644);
    if (error != HOME_OK) {
        return session_fail_home(&session->options, error);
    }
    actor_id_of_inception(&session->actor, &session->home.network, session->inception);
    session->inception = bytes_of(NULL, 0);
    session->has_actor = true;
    return EXIT_YES;
}

static void drop_file(const struct home *home, const char *file)
{
    char path[HOME_PATH_MAX + 64];

    home_file(home, file, path);
    unlink(path);
}

/* What an interrupted init with an actor left behind. */
static void drop_actor(const struct init *init)
{
    static const char *const files[] = {"actor.public", "actor.keys", "checkpoint.keys"};

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        drop_file(&init->session.home, files[i]);
    }
}

static int write_home(struct init *init)
{
    struct session *session = &init->session;
    enum home_error error;

    error = home_write(&session->home, unfinished_file, "", 0, 0600);
    if (error != HOME_OK) {
        return session_fail_home(&session->options, error);
    }
    drop_actor(init);
    if (!init->no_actor) {
        int code = write_actor(init);

        if (code != EXIT_YES) {
            return code;
        }
    }
    node_keys_create(&init->node, &session->home.network);
    error = node_keys_write(&init->node, &session->home);
    if (error == HOME_OK) {
        error = home_create(&session->home, session->options.home, init->network);
    }
    if (error != HOME_OK) {
        return session_fail_home(&session->options, error);
    }
    drop_file(&session->home, unfinished_file);
    return EXIT_YES;
}

static int make_home(struct init *init)
{
    struct session *session = &init->session;
    enum home_error error = make_folder(&session->home);
    int lock, code;

    if (error == HOME_OK) {
        error = home_lock(&session->home, "lock", false, &lock);
    }
    if (error != HOME_OK) {
        return session_fail_home(&session->options, error);
    }
    code = check_unused(init);
    if (code == EXIT_YES) {
        code = write_home(init);
        if (code != EXIT_YES) {
            drop_file(&session->home, "lock"); /* what failed leaves nothing in the way of another try */
        }
    }
    close(lock);
    return code;
}

static int report_json(const struct init *init)
{
    const struct home *home = &init->session.home;
    json_t *object = json_object();

    json_object_set_new(object, "home", json_string(home->path));
    json_object_set_new(object, "network", json_string(home->network.tag));
    json_object_set_new(object, "actor",
                        init->session.has_actor
                            ? json_of_id(ID_ACTOR, &home->network, &init->session.actor.hash)
                            : json_null());
    json_object_set_new(object, "node", json_of_id(ID_NODE, &home->network, &init->node.id.hash));
    json_object_set_new(object, "transport",
                        json_of_id(ID_TRANSPORT, &home->network, &init->node.transport.key));
    return json_output_take(object);
}

static void print_id(const char *label, enum id_kind kind, const struct network *network,
                     const struct hash *id)
{
    char text[ID_TEXT_MAX + 1];

    id_to_text(text, kind, network, id);
    printf("  %-13s  %s\n", label, text);
}

static int report(const struct init *init)
{
    const struct home *home = &init->session.home;

    if (init->session.options.json) {
        return report_json(init);
    }
    printf("This computer is set up, on network %s.\n\n  %-13s  %s\n", home->network.tag, "Data folder",
           home->path);
    if (init->session.has_actor) {
        print_id("Your id", ID_ACTOR, &home->network, &init->session.actor.hash);
    }
    print_id("Node id", ID_NODE, &home->network, &init->node.id.hash);
    print_id("Transport key", ID_TRANSPORT, &home->network, &init->node.transport.key);
    printf("\nWhat to do next:\n"
           "  Say whose certificates you trust:   tradeproof trust add ase ID\n"
           "  Look at somebody's certificates:    tradeproof lookup ID\n");
    if (init->session.has_actor) {
        printf("  Give your id to those who certify you, hire you or work for you. It is no secret.\n"
               "  Keep a copy of %s and the passphrase in a safe place: without them nobody,\n"
               "  not even you, can ever sign as you again.\n"
               "  Move %s/next.keys to a place apart, a USB stick in a drawer say: with it you can\n"
               "  replace stolen keys, and a thief of this computer can't.\n",
               home->path, home->path);
    }
    printf("  Stay up to date with other nodes:   tradeproofd --help\n");
    return EXIT_YES;
}

int command_init(int argc, char **argv)
{
    struct init init = {.network = "main"};
    int code = parse(&init, argc, argv);

    if (code == EXIT_YES) {
        code = check_unused(&init);
    }
    if (code == EXIT_YES) {
        code = make_home(&init);
    }
    if (code == EXIT_YES) {
        code = report(&init);
    }
    sodium_memzero(&init.node, sizeof init.node);
    return code;
}
