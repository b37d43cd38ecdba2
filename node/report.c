#include "node/report.h"

#include <unistd.h>

#include "node/arrivals.h"
#include "node/clock.h"
#include "node/json_text.h"

enum { ENDPOINT_TEXT_SIZE = 512 };

static void put_id(struct json_text *json, const char *name, enum id_kind kind, const struct network *network,
                   const struct hash *id)
{
    char text[ID_TEXT_MAX + 1];

    id_to_text(text, kind, network, id);
    json_text_string(json, name, bytes_of_string(text));
}

static void put_figures(struct json_text *json, struct daemon *daemon)
{
    struct store_figures figures = {0};
    struct store_txn *txn = NULL;
    enum store_error error = store_read_begin(&txn, daemon->store);

    if (error == STORE_OK) {
        error = store_figures(txn, &figures);
        store_end(txn);
    }
    if (error != STORE_OK) {
        return;
    }
    json_text_number(json, "logs", figures.logs);
    json_text_number(json, "blocks", figures.blocks);
    json_text_number(json, "attestations", figures.attestations);
    json_text_number(json, "bytes_on_disk", figures.bytes_on_disk);
}

void report_status(struct daemon *daemon, char *memory, size_t capacity, struct bytes *out)
{
    const struct network *network = &daemon->home.network;
    char endpoint[ENDPOINT_TEXT_SIZE];
    struct json_text json;

    json_text_init(&json, memory, capacity);
    json_text_open(&json, NULL, '{');
    json_text_number(&json, "pid", (uint64_t)getpid());
    json_text_string(&json, "network", bytes_of_string(network->tag));
    put_id(&json, "node", ID_NODE, network, &daemon->keys.id.hash);
    if (arrivals_endpoint(daemon, endpoint, sizeof endpoint)) {
        json_text_string(&json, "endpoint", bytes_of_string(endpoint));
    }
    if (daemon->ingest.has_self) {
        put_id(&json, "actor", ID_ACTOR, network, &daemon->ingest.self.hash);
    }
    json_text_number(&json, "uptime_s", (daemon->now_ms - daemon->started_ms) / 1000);
    json_text_number(&json, "peers", peers_greeted_count(&daemon->peers));
    json_text_number(&json, "clock_may_be_behind",
                     waiting_clock_may_be_behind(daemon->ingest.waiting, clock_wall_s()));
    json_text_number(&json, "net_restarts", processes_restarts(&daemon->processes));
    put_figures(&json, daemon);
    json_text_close(&json, '}');
    (void)json_text_end(&json, out);
}

static void put_peer(struct json_text *json, const struct daemon *daemon, const struct peer *peer)
{
    json_text_open(json, NULL, '{');
    put_id(json, "node", ID_NODE, &daemon->home.network, &peer->node.hash);
    put_id(json, "transport", ID_TRANSPORT, &daemon->home.network, &peer->transport.key);
    json_text_string(json, "direction", bytes_of_string(peer->role == NET_DIAL ? "out" : "in"));
    if (peer->role == NET_DIAL) {
        json_text_string(json, "endpoint",
                         bytes_of_string(daemon->processes.addresses[peer->number].endpoint));
    }
    json_text_number(json, "up_s", (daemon->now_ms - peer->up_since_ms) / 1000);
    json_text_number(json, "frames_in", peer->frames_in);
    json_text_number(json, "frames_out", peer->frames_out);
    json_text_number(json, "frames_dropped", peers_dropped(peer));
    json_text_number(json, "bytes_out", peer->bytes_out);
    json_text_close(json, '}');
}

void report_peers(const struct daemon *daemon, char *memory, size_t capacity, struct bytes *out)
{
    struct json_text json;

    json_text_init(&json, memory, capacity);
    json_text_open(&json, NULL, '[');
    for (size_t i = 0; i < daemon->peers.count; i++) {
        if (daemon->peers.entries[i].greeted) {
            put_peer(&json, daemon, &daemon->peers.entries[i]);
        }
    }
    json_text_close(&json, ']');
    (void)json_text_end(&json, out);
}
