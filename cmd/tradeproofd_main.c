/* tradeproofd: the node's daemon. Also the program of its net processes, which it starts as itself. */

#include <arpa/inet.h>
#include <getopt.h>
#include <netdb.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/exit_codes.h"
#include "node/daemon.h"
#include "node/logline.h"
#include "node/net_process.h"

enum { NET_FD = 3 };

static const char usage_text[] =
    "Usage: tradeproofd [--home DIR] [--listen HOST:PORT] [--peer HOST:PORT,tpx1...]...\n"
    "                   [--only-known] [--log LEVEL] [--watch-log FILE] [--on-change PROGRAM]\n"
    "\n"
    "Runs this machine's node: keeps the store, takes in blocks from peers and from `tradeproof`,\n"
    "and passes them on. Stops on SIGTERM or Ctrl-C; SIGHUP reads the trust file again.\n"
    "\n"
    "  --home DIR         data folder (default: $TRADEPROOF_HOME, else ~/.local/share/tradeproof)\n"
    "  --listen HOST:PORT let other nodes dial this one; port 0 takes any free port. Where it listens\n"
    "                     is then in the file `endpoint` of the data folder. 0.0.0.0 is every address\n"
    "                     of this computer: others put its name or address in place of that\n"
    "  --peer ENDPOINT    dial another node; ENDPOINT is what its file `endpoint` says. Up to 64 times.\n"
    "                     A name in it is looked up again whenever that node is not connected\n"
    "  --only-known       let in only the nodes given with --peer\n"
    "  --log LEVEL        error, warn, info (default) or debug\n"
    "  --watch-log FILE   append what changes for those you watch (`tradeproof watch`) to FILE instead\n"
    "                     of `watch.log` in the data folder\n"
    "  --on-change PROGRAM\n"
    "                     run PROGRAM for each such change, one at a time, for at most 30 seconds. What\n"
    "                     it is about is in the environment: TRADEPROOF_WHO, TRADEPROOF_WHO_ID,\n"
    "                     TRADEPROOF_WHAT, TRADEPROOF_CHANGE, TRADEPROOF_WAS, TRADEPROOF_IS. If the\n"
    "                     daemon ends while it runs, it is ended too, and run again at the next start\n"
    "  --help             show this\n"
    "\n"
    "Example: two nodes on one machine\n"
    "  tradeproof init --home /tmp/a --network test && tradeproof init --home /tmp/b --network test\n"
    "  tradeproofd --home /tmp/a --listen 127.0.0.1:7001 &\n"
    "  until [ -s /tmp/a/endpoint ]; do sleep 0.1; done\n"
    "  tradeproofd --home /tmp/b --peer \"$(cat /tmp/a/endpoint)\" &\n";

enum {
    OPTION_HOME = 1,
    OPTION_LISTEN,
    OPTION_PEER,
    OPTION_ONLY_KNOWN,
    OPTION_LOG,
    OPTION_WATCH_LOG,
    OPTION_ON_CHANGE,
    OPTION_HELP,
};

static const struct option long_options[] = {
    {"home", required_argument, NULL, OPTION_HOME},
    {"listen", required_argument, NULL, OPTION_LISTEN},
    {"peer", required_argument, NULL, OPTION_PEER},
    {"only-known", no_argument, NULL, OPTION_ONLY_KNOWN},
    {"log", required_argument, NULL, OPTION_LOG},
    {"watch-log", required_argument, NULL, OPTION_WATCH_LOG},
    {"on-change", required_argument, NULL, OPTION_ON_CHANGE},
    {"help", no_argument, NULL, OPTION_HELP},
    {0},
};

static const struct {
    const char *name;
    enum log_level level;
} log_levels[] = {{"error", LOG_ERROR}, {"warn", LOG_WARN}, {"info", LOG_INFO}, {"debug", LOG_DEBUG}};

/* The command line as typed; ids in it cannot be read before the home tells the network. */
struct arguments {
    const char *home;
    const char *listen;
    const char *watch_log;
    const char *on_change;
    bool only_known;
    enum log_level log_level;
    size_t peer_count;
    const char *peers[DAEMON_PEERS_MAX];
    bool done; /* --help was answered */
};

static int wrong(const char *what, const char *value)
{
    (void)fprintf(stderr, "tradeproofd: %s: %s\nTry `tradeproofd --help`.\n", what, value);
    return EXIT_USAGE;
}

static int set_log_level(struct arguments *arguments, const char *name)
{
    for (size_t i = 0; i < sizeof log_levels / sizeof *log_levels; i++) {
        if (strcmp(log_levels[i].name, name) == 0) {
            arguments->log_level = log_levels[i].level;
            return EXIT_YES;
        }
    }
    return wrong("--log takes error, warn, info or debug, not", name);
}

static int add_peer(struct arguments *arguments, const char *peer)
{
    if (arguments->peer_count == DAEMON_PEERS_MAX) {
        return wrong("there are more than 64 --peer options; the first one too many is", peer);
    }
    arguments->peers[arguments->peer_count++] = peer;
    return EXIT_YES;
}

static int take_option(struct arguments *arguments, int option)
{
    switch (option) {
    case OPTION_HOME:
        arguments->home = optarg;
        return EXIT_YES;
    case OPTION_LISTEN:
        arguments->listen = optarg;
        return EXIT_YES;
    case OPTION_PEER:
        return add_peer(arguments, optarg);
    case OPTION_ONLY_KNOWN:
        arguments->only_known = true;
        return EXIT_YES;
    case OPTION_LOG:
        return set_log_level(arguments, optarg);
    case OPTION_WATCH_LOG:
        arguments->watch_log = optarg;
        return EXIT_YES;
    case OPTION_ON_CHANGE:
        arguments->on_change = optarg;
        return EXIT_YES;
    case OPTION_HELP:
        (void)fputs(usage_text, stdout);
        arguments->done = true;
        return EXIT_YES;
    default: /* getopt_long has said what is wrong */
        (void)fputs("Try `tradeproofd --help`.\n", stderr);
        return EXIT_USAGE;
    }
}

static int read_arguments(struct arguments *arguments, int count, char **values)
{
    int option = 0, code = EXIT_YES;

    while (code == EXIT_YES && !arguments->done &&
           (option = getopt_long(count, values, "", long_options, NULL)) != -1) {
        code = take_option(arguments, option);
    }
    if (code == EXIT_YES && !arguments->done && optind < count) {
        return wrong("it takes options only, not", values[optind]);
    }
    return code;
}

/* ---- endpoints ---- */

/* Where to listen is looked up once, before anything is open. Returns: false when it is no HOST:PORT, or no
 * address of this computer's. */
static bool listen_endpoint(char *out, size_t capacity, const char *text)
{
    const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct peer_address address;
    struct addrinfo *found = NULL;
    char number[INET_ADDRSTRLEN];
    bool known = false;

    if (!peer_address_read(&address, bytes_of_string(text)) ||
        getaddrinfo(address.host, NULL, &hints, &found) != 0) {
        return false;
    }
    known =
        getnameinfo(found->ai_addr, found->ai_addrlen, number, sizeof number, NULL, 0, NI_NUMERICHOST) == 0;
    freeaddrinfo(found);
    return known && snprintf(out, capacity, "tcp://%s:%s", number, address.port) < (int)capacity;
}

static int read_peer(struct daemon_peer *peer, const struct network *network, const char *text)
{
    const char *comma = strchr(text, ',');

    if (comma == NULL) {
        return wrong("a --peer is HOST:PORT,tpx1... as the other node's file `endpoint` says, not", text);
    }
    if (!peer_address_read(&peer->address, bytes_of(text, (size_t)(comma - text)))) {
        return wrong("the host or port of this --peer is wrong", text);
    }
    switch (id_from_text(&peer->key.key, NULL, ID_TRANSPORT, network, bytes_of_string(comma + 1))) {
    case ID_OK:
        return EXIT_YES;
    case ID_MISTYPED:
        return wrong("the key of this --peer is mistyped", text);
    case ID_WRONG_NETWORK:
        return wrong("this --peer is of another network", text);
    case ID_WRONG_KIND:
    case ID_NOT_AN_ID:
        break;
    }
    return wrong("behind the comma of a --peer comes the other node's tpx1... key, not", text);
}

/* Whether the file is there and can be written, or can be made. */
static bool can_be_written(const char *path)
{
    char folder[HOME_PATH_MAX + 1];
    const char *slash = strrchr(path, '/');

    struct stat found;

    if (stat(path, &found) == 0) {
        return !S_ISDIR(found.st_mode) && access(path, W_OK) == 0;
    }
    if (slash == NULL) {
        return access(".", W_OK) == 0;
    }
    snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    return access(folder, W_OK) == 0;
}

static int exit_code_of(enum daemon_end end)
{
    switch (end) {
    case DAEMON_STOPPED:
        return EXIT_YES;
    case DAEMON_NOT_SET_UP:
        return EXIT_NOT_SET_UP;
    case DAEMON_BUSY:
        return EXIT_BUSY;
    case DAEMON_BAD_INPUT:
        return EXIT_BAD_INPUT;
    case DAEMON_BAD_ENVIRONMENT:
        return EXIT_USAGE;
    case DAEMON_NO_ROOM:
        return EXIT_NO_ROOM;
    case DAEMON_WRONG_VERSION:
        return EXIT_VERSION;
    case DAEMON_SYSTEM:
        break;
    }
    return EXIT_SYSTEM;
}

static int run(const struct arguments *arguments)
{
    static struct daemon_options options;
    static struct home home;
    char listen[sizeof options.peers[0].address.endpoint];
    enum home_error error = home_open(&home, arguments->home);

    if (error != HOME_OK) {
        (void)fprintf(stderr, "tradeproofd: %s\n", home_error_sentence(error));
        return error == HOME_BAD_NETWORK ? EXIT_BAD_INPUT : EXIT_NOT_SET_UP;
    }
    options.home = arguments->home;
    options.only_known = arguments->only_known;
    options.log_level = (int)arguments->log_level;
    options.watch_log = arguments->watch_log;
    options.on_change = arguments->on_change;
    if (arguments->watch_log != NULL && strlen(arguments->watch_log) > HOME_PATH_MAX) {
        return wrong("the path of --watch-log is too long", arguments->watch_log);
    }
    if (arguments->watch_log != NULL && !can_be_written(arguments->watch_log)) {
        return wrong("--watch-log takes a file that can be written in a folder that is there, not",
                     arguments->watch_log);
    }
    if (arguments->on_change != NULL && access(arguments->on_change, X_OK) != 0) {
        return wrong("--on-change takes the path of a program that may be run, not", arguments->on_change);
    }
    if (arguments->listen != NULL) {
        if (!listen_endpoint(listen, sizeof listen, arguments->listen)) {
            return wrong("--listen takes HOST:PORT, for instance 127.0.0.1:7001, not", arguments->listen);
        }
        options.listen = listen;
    }
    for (size_t i = 0; i < arguments->peer_count; i++) {
        int code = read_peer(&options.peers[i], &home.network, arguments->peers[i]);

        if (code != EXIT_YES) {
            return code;
        }
        options.peer_count++;
    }
    return exit_code_of(daemon_run(&options));
}

/* Started by the daemon as one of its net processes: see node/supervisor.h. */
static int run_net(const char *role)
{
    if (strcmp(role, "listen") == 0) {
        return net_process_run(NET_LISTEN, NET_FD);
    }
    if (strcmp(role, "dial") == 0) {
        return net_process_run(NET_DIAL, NET_FD);
    }
    return EXIT_USAGE;
}

int main(int count, char **values)
{
    struct arguments arguments = {.log_level = LOG_INFO};
    int code = EXIT_YES;

    if (sodium_init() < 0) {
        return EXIT_SYSTEM;
    }
    if (count == 3 && strcmp(values[1], "--net") == 0) {
        return run_net(values[2]);
    }
    code = read_arguments(&arguments, count, values);
    return code != EXIT_YES || arguments.done ? code : run(&arguments);
}
