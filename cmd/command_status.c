#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/daemon_answer.h"
#include "cmd/json_output.h"
#include "cmd/log_forks.h"
#include "cmd/log_freshness.h"
#include "cmd/own_accreditations.h"
#include "cmd/verdict_text.h"
#include "node/node_keys.h"
#include "protocol/rules/accreditation_end.h"

enum { UNNAMED_MAX = 16, CUTS_MAX = 64 };

struct node_status {
    struct store_figures figures;
    size_t unnamed_count; /* branches that one's own rotations dropped and no void names, the first ones */
    struct dropped_branch unnamed[UNNAMED_MAX];
    struct node_keys node;
    bool has_node;
    struct log_freshness own;
    struct log_freshness owners[TRUST_OWNERS_MAX]; /* beside the trust file's */
    struct own_accreditations accreditations;
    size_t cut_count; /* accreditations that ended and whose cut is not recorded, the first ones */
    struct cut_missing {
        const struct own_accreditation *ended;
        struct own_accreditation_reach reach;
        bool others; /* a cut ends more than that one */
    } cuts[CUTS_MAX];
    struct log_forks forks;
    json_t *daemon; /* NULL: none runs */
};

/* ---- gathering ---- */

static enum store_error read_cuts(struct node_status *status, struct session *session, struct store_txn *txn)
{
    const struct own_accreditations *all = &status->accreditations;
    enum store_error error =
        own_accreditations_read(&status->accreditations, session, txn, OWN_ACCREDITATIONS_GOOD);

    for (size_t i = 0; i < all->count && status->cut_count < CUTS_MAX && error == STORE_OK; i++) {
        if (own_accreditation_lacks_cut(all, i, session_today())) {
            struct cut_missing *cut = &status->cuts[status->cut_count++];

            cut->ended = &all->items[i];
            cut->others = own_accreditation_has_others(all, i, session_today());
            error = own_accreditation_find_reach(&cut->reach, session, txn, &cut->ended->record);
        }
    }
    return error;
}

static enum store_error read_store(struct node_status *status, struct session *session, struct store_txn *txn)
{
    enum store_error error = store_figures(txn, &status->figures);

    if (error == STORE_OK) {
        error = log_freshness_read(&status->own, status->owners, session, txn);
    }
    if (error == STORE_OK && session->has_actor) {
        error = read_cuts(status, session, txn);
    }
    if (error == STORE_OK && session->has_actor) {
        error = store_unnamed_branches(txn, &session->home.network, &session->actor, session_now_s(),
                                       status->unnamed, UNNAMED_MAX, &status->unnamed_count, &session->arena);
    }
    return error == STORE_OK ? log_forks_read(&status->forks, session, txn) : error;
}

static int gather(struct node_status *status, struct session *session)
{
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);

    if (error == STORE_OK) {
        error = read_store(status, session, txn);
        store_end(txn);
    }
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    status->has_node = node_keys_read(&status->node, &session->home) == HOME_OK;
    return session->control_fd < 0 ? EXIT_YES : daemon_answer(&status->daemon, session, CONTROL_STATUS);
}

/* What is newest in a forked log is not known, however new it is. */
static bool is_forked(const struct node_status *status, const struct actor_id *author)
{
    return log_forks_of(&status->forks, author) != NULL;
}

/* ---- JSON ---- */

static json_t *json_of_log(const struct log_freshness *log, bool forked)
{
    json_t *object = json_object();

    json_object_set_new(object, "held", json_boolean(log->held));
    json_object_set_new(object, "epoch", log->held ? json_of_number(log->epoch) : json_null());
    json_object_set_new(object, "seq", log->held ? json_of_number(log->seq) : json_null());
    json_object_set_new(object, "head", log->held ? json_of_hash(&log->head) : json_null());
    json_object_set_new(object, "freshness", json_string(forked ? "forked" : log_freshness_word(log)));
    json_object_set_new(object, "checkpoint_age_s",
                        log->age_s == UINT64_MAX ? json_null() : json_of_number(log->age_s));
    json_object_set_new(object, "budget_s", log->held ? json_of_number(log->budget_s) : json_null());
    return object;
}

static json_t *json_of_owners(const struct node_status *status, const struct session *session)
{
    json_t *array = json_array();

    for (size_t i = 0; i < session->trust->owner_count; i++) {
        const struct trust_owner *owner = &session->trust->owners[i];
        json_t *object = json_of_log(&status->owners[i], is_forked(status, &owner->actor));

        json_object_set_new(object, "namespace", json_string(owner->name_space));
        json_object_set_new(object, "actor",
                            json_of_id(ID_ACTOR, &session->home.network, &owner->actor.hash));
        json_object_set_new(object, "name", json_string(owner->name));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *json_of_cuts_missing(const struct node_status *status, const struct session *session)
{
    json_t *array = json_array();

    for (size_t i = 0; i < status->cut_count; i++) {
        const struct cut_missing *cut = &status->cuts[i];
        json_t *object = json_object();

        json_object_set_new(object, "actor",
                            json_of_id(ID_ACTOR, &session->home.network, &cut->ended->record.delegate.hash));
        json_object_set_new(object, "ended", json_of_day(cut->ended->record.until));
        json_object_set_new(object, "accreditation",
                            json_sprintf("%llu/%llu", (unsigned long long)cut->ended->place.seq,
                                         (unsigned long long)cut->ended->place.index));
        json_object_set_new(object, "ends_others", json_boolean(cut->others));
        json_object_set_new(object, "cut", cut->reach.known ? json_of_number(cut->reach.seq) : json_null());
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *json_of_unnamed(const struct node_status *status)
{
    json_t *array = json_array();

    for (size_t i = 0; i < status->unnamed_count; i++) {
        json_t *object = json_object();

        json_object_set_new(object, "epoch", json_of_number(status->unnamed[i].epoch));
        json_object_set_new(object, "parent", json_of_hash(&status->unnamed[i].fork_parent));
        json_object_set_new(object, "first", json_of_hash(&status->unnamed[i].first));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *json_of_forks(const struct node_status *status, const struct session *session)
{
    json_t *array = json_array();

    for (size_t i = 0; i < status->forks.count; i++) {
        const struct log_fork *fork = &status->forks.items[i];
        json_t *object = json_object();

        json_object_set_new(object, "actor",
                            json_of_id(ID_ACTOR, &session->home.network, &fork->author.hash));
        json_object_set_new(object, "name", json_string(session_name_of(session, &fork->author.hash)));
        json_object_set_new(object, "from_block", json_of_number(fork->seq));
        json_object_set_new(object, "since", fork->since_s > 0 ? json_of_time(fork->since_s) : json_null());
        json_object_set_new(object, "frozen", json_boolean(fork->frozen));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *json_of_store(const struct store_figures *figures)
{
    json_t *object = json_object();

    json_object_set_new(object, "logs", json_of_number(figures->logs));
    json_object_set_new(object, "blocks", json_of_number(figures->blocks));
    json_object_set_new(object, "attestations", json_of_number(figures->attestations));
    json_object_set_new(object, "bytes_on_disk", json_of_number(figures->bytes_on_disk));
    return object;
}

static int report_json(struct node_status *status, const struct session *session)
{
    const struct network *network = &session->home.network;
    json_t *object = json_object();

    json_object_set_new(object, "home", json_string(session->home.path));
    json_object_set_new(object, "network", json_string(network->tag));
    json_object_set_new(object, "actor",
                        session->has_actor ? json_of_id(ID_ACTOR, network, &session->actor.hash)
                                           : json_null());
    json_object_set_new(object, "node",
                        status->has_node ? json_of_id(ID_NODE, network, &status->node.id.hash) : json_null());
    json_object_set_new(object, "transport",
                        status->has_node ? json_of_id(ID_TRANSPORT, network, &status->node.transport.key)
                                         : json_null());
    json_object_set_new(object, "daemon", status->daemon ? json_incref(status->daemon) : json_null());
    json_object_set_new(object, "store", json_of_store(&status->figures));
    json_object_set_new(object, "own_log",
                        session->has_actor ? json_of_log(&status->own, is_forked(status, &session->actor))
                                           : json_null());
    json_object_set_new(object, "cuts_to_record", json_of_cuts_missing(status, session));
    json_object_set_new(object, "branches_to_name", json_of_unnamed(status));
    json_object_set_new(object, "forked", json_of_forks(status, session));
    json_object_set_new(object, "trusted", json_of_owners(status, session));
    return json_output_take(object);
}

/* ---- words ---- */

static void print_id(const char *label, enum id_kind kind, const struct network *network,
                     const struct hash *id)
{
    char text[ID_TEXT_MAX + 1];

    id_to_text(text, kind, network, id);
    printf("%-14s  %s\n", label, text);
}

static void print_size(uint64_t bytes)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double size = (double)bytes;
    size_t unit = 0;

    while (size >= 1024 && unit + 1 < sizeof units / sizeof units[0]) {
        size /= 1024;
        unit++;
    }
    printf("%.*f %s\n", unit == 0 ? 0 : 1, size, units[unit]);
}

static void print_log(const char *label, const struct log_freshness *log, bool forked)
{
    char age[AGE_WORDS_SIZE];

    age_words(age, log->age_s);
    if (!log->held) {
        printf("%-14s  nothing held yet\n", label);
    } else if (forked) {
        printf("%-14s  forked, see below; last word %s; block %llu, epoch %llu\n", label, age,
               (unsigned long long)log->seq, (unsigned long long)log->epoch);
    } else {
        printf("%-14s  %s: last word %s; block %llu, epoch %llu\n", label, log_freshness_word(log), age,
               (unsigned long long)log->seq, (unsigned long long)log->epoch);
    }
}

static void print_daemon(const struct node_status *status)
{
    const char *endpoint = answer_text(status->daemon, "endpoint");
    unsigned long long peers = answer_number(status->daemon, "peers");

    if (!status->daemon) {
        printf("%-14s  does not run: this node learns nothing new meanwhile\n", "Daemon");
        return;
    }
    printf("%-14s  runs, process %llu, %llu peer%s%s%s\n", "Daemon",
           (unsigned long long)answer_number(status->daemon, "pid"), peers, peers == 1 ? "" : "s",
           endpoint[0] != '\0' ? ", listens at " : "", endpoint);
    if (answer_number(status->daemon, "clock_may_be_behind") > 0) {
        printf(
            "%-14s  this machine's clock may be behind: somebody you trust signed more than a minute ahead\n"
            "%-14s  of it, and what is dated ahead waits. Compare it with another clock\n",
            "", "");
    }
    if (strncmp(endpoint, "0.0.0.0:", 8) == 0 || strncmp(endpoint, "[::]:", 5) == 0) {
        printf("%-14s  at every address of this computer: others dial it by its name or address in place of\n"
               "%-14s  %.*s, such as garage.example.com%s\n",
               "", "", (int)(strrchr(endpoint, ':') - endpoint), endpoint, strrchr(endpoint, ':'));
    }
}

static void print_trusted(const struct node_status *status, const struct session *session)
{
    if (session->trust->owner_count == 0) {
        printf("\nNobody is trusted yet: tradeproof trust add NAMESPACE ID\n");
    } else {
        printf("\nTrusted:\n");
    }
    for (size_t i = 0; i < session->trust->owner_count; i++) {
        const struct trust_owner *owner = &session->trust->owners[i];

        print_log(owner->name_space, &status->owners[i], is_forked(status, &owner->actor));
        printf("%-14s  %s\n", "", session_name_of(session, &owner->actor.hash));
    }
}

/* A cut says for ever what was in time, even to who comes to know the log later. */
static void print_cuts_missing(const struct node_status *status, const struct session *session)
{
    for (size_t i = 0; i < status->cut_count; i++) {
        const struct cut_missing *cut = &status->cuts[i];
        const struct hash *delegate = &cut->ended->record.delegate.hash;
        char day[DAY_TEXT_SIZE], id[ID_TEXT_MAX + 1];

        day_to_text(day, cut->ended->record.until);
        id_to_text(id, ID_ACTOR, &session->home.network, delegate);
        printf("%-14s  %s was accredited until %s: record what it had issued by then\n", "To do",
               session_name_of(session, delegate), day);
        if (cut->others) {
            printf(
                "%-14s  a cut ends what else you let it do, too: accredit it again for that right after it\n",
                "");
        }
        if (!cut->reach.held) {
            printf("%-14s  once its log is held here; if it never issued anything:\n"
                   "%-14s  tradeproof withdraw %s --accreditation %llu/%llu\n",
                   "", "", id, (unsigned long long)cut->ended->place.seq,
                   (unsigned long long)cut->ended->place.index);
        } else if (cut->reach.known) {
            printf("%-14s  tradeproof withdraw %s --cut %llu\n"
                   "%-14s  (its last block of that day or before, by its own word; what it signed in the %d "
                   "days\n"
                   "%-14s  after it counts as well: to keep that, name a later block: tradeproof log %s)\n",
                   "", id, (unsigned long long)cut->reach.seq, "", ACCREDITATION_GRACE_DAYS, "", id);
        } else {
            printf("%-14s  with withdraw --cut and the last block of that day: tradeproof log %s\n", "", id);
        }
    }
}

/* What stands against somebody on them is unknown to whoever followed them, without a word why. */
static void print_unnamed(const struct node_status *status)
{
    for (size_t i = 0; i < status->unnamed_count; i++) {
        const struct dropped_branch *branch = &status->unnamed[i];
        char parent[2 * HASH_SIZE + 1], first[2 * HASH_SIZE + 1];

        sodium_bin2hex(parent, sizeof parent, branch->fork_parent.bytes, HASH_SIZE);
        sodium_bin2hex(first, sizeof first, branch->first.bytes, HASH_SIZE);
        printf("%-14s  a branch that you dropped is not declared void yet:\n"
               "%-14s  tradeproof void --branch %llu %s %s\n",
               "To do", "", (unsigned long long)branch->epoch, parent, first);
    }
}

static void print_own_fork(const struct log_fork *fork)
{
    if (fork->frozen) {
        printf(
            "Your log ends before block %llu: two different rotations replaced the same keys. Nobody takes\n"
            "what you sign from there on. Start anew under another id (tradeproof init in a new data\n"
            "folder), and tell those who relied on you by other means.\n",
            (unsigned long long)fork->seq);
        return;
    }
    printf("Your log: two different blocks %llu bear your signature. An old copy of the data folder went on\n"
           "signing, or somebody else has your keys. What you issued from block %llu on is undetermined\n"
           "everywhere, and so is what either branch revoked; you can sign nothing. What to do:\n"
           "  tradeproof key rotate    lists the branches, and asks which is yours\n",
           (unsigned long long)fork->seq, (unsigned long long)fork->seq);
}

static void print_fork(const struct log_fork *fork, const struct session *session)
{
    const char *name = session_name_of(session, &fork->author.hash);

    if (fork->frozen) {
        printf("%s: two different rotations replaced the same keys: nothing from block %llu on counts. Ask\n"
               "them by other means; they have to start anew under another id.\n",
               name, (unsigned long long)fork->seq);
        return;
    }
    printf("%s: two different blocks %llu bear the same signature. What it issued from there on is\n"
           "undetermined, and so is what either branch revoked, until its owner rotates the keys.\n",
           name, (unsigned long long)fork->seq);
}

static void print_forks(const struct node_status *status, const struct session *session)
{
    if (status->forks.count > 0) {
        printf("\nForked logs, which contradict themselves:\n");
    }
    for (size_t i = 0; i < status->forks.count; i++) {
        const struct log_fork *fork = &status->forks.items[i];
        char time[TIME_TEXT_SIZE];

        if (session->has_actor && actor_id_equal(&fork->author, &session->actor)) {
            print_own_fork(fork);
        } else {
            print_fork(fork, session);
        }
        if (fork->since_s > 0) {
            time_to_text(time, fork->since_s);
            printf("  known here since %s\n", time);
        }
    }
    if (status->forks.more) {
        printf("and others.\n");
    }
}

static int report(const struct node_status *status, const struct session *session)
{
    const struct network *network = &session->home.network;
    const struct store_figures *figures = &status->figures;

    printf("%-14s  %s\n%-14s  %s\n", "Data folder", session->home.path, "Network", network->tag);
    if (session->has_actor) {
        print_id("Your id", ID_ACTOR, network, &session->actor.hash);
    }
    if (status->has_node) {
        print_id("Node id", ID_NODE, network, &status->node.id.hash);
    }
    if (status->has_node) {
        print_id("Transport key", ID_TRANSPORT, network, &status->node.transport.key);
    }
    print_daemon(status);
    printf("%-14s  %llu log%s, %llu block%s, %llu attestation%s, ", "Store",
           (unsigned long long)figures->logs, figures->logs == 1 ? "" : "s",
           (unsigned long long)figures->blocks, figures->blocks == 1 ? "" : "s",
           (unsigned long long)figures->attestations, figures->attestations == 1 ? "" : "s");
    print_size(status->figures.bytes_on_disk);
    if (session->has_actor) {
        print_log("Your log", &status->own, is_forked(status, &session->actor));
    }
    print_cuts_missing(status, session);
    print_unnamed(status);
    print_trusted(status, session);
    print_forks(status, session);
    return EXIT_YES;
}

static int status(struct session *session, char **arguments)
{
    struct node_status *found = calloc(1, sizeof *found);
    int code;

    (void)arguments;
    if (!found) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    code = gather(found, session);
    if (code == EXIT_YES) {
        code = session->options.json ? report_json(found, session) : report(found, session);
    }
    json_decref(found->daemon);
    sodium_memzero(&found->node, sizeof found->node);
    free(found);
    return code;
}

int command_status(int argc, char **argv)
{
    return command_in_session(command_named("status"), argc, argv, 0, 0, SESSION_READ, status);
}
