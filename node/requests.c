#include "node/requests.h"

#include <stdlib.h>

#include "node/heads.h"
#include "node/logline.h"
#include "node/report.h"

enum { REPORT_SIZE_MAX = 128 * 1024 };
_Static_assert((int)REPORT_SIZE_MAX <= (int)CONTROL_REPLY_MAX, "a report is one reply");

enum home_error requests_read_self(const struct home *home, struct actor_id *self)
{
    max_align_t memory[KEYS_SIZE_MAX / sizeof(max_align_t) * 4];
    uint8_t record[KEYS_SIZE_MAX];
    struct keys keys;
    struct arena arena;
    size_t size = 0;
    enum home_error error = home_read(home, "actor.public", record, sizeof record, &size);

    if (error != HOME_OK) {
        return error;
    }
    arena_init(&arena, memory, sizeof memory);
    if (schema_decode(&keys_schema, &keys, bytes_of(record, size), &arena) != REASON_NONE) {
        return HOME_IO;
    }
    actor_id_of_inception(self, &home->network, bytes_of(record, size));
    return HOME_OK;
}

static bool reload_trust(struct daemon *daemon)
{
    struct trust *trust = malloc(sizeof *trust);
    enum trust_result result = TRUST_OK;
    enum id_result id = ID_OK;
    size_t line = 0;
    bool good = false;

    if (trust == NULL) {
        return false;
    }
    good = home_trust(&daemon->home, trust, &result, &line, &id) == HOME_OK && result == TRUST_OK;
    if (good) {
        daemon->trust = *trust;
    } else {
        LOG(LOG_ERROR, "trust-file-refused", LOG_N("line", line));
    }
    free(trust);
    return good;
}

/* A rotation brings a new checkpoint key. One that cannot be read leaves the old one in place. */
static bool reload_checkpoint_key(struct daemon *daemon)
{
    struct checkpoints checkpoints;

    if (checkpoints_init(&checkpoints, &daemon->home, daemon->now_ms) != HOME_OK) {
        LOG(LOG_ERROR, "key-file-refused", LOG_T("file", CHECKPOINT_KEYS_FILE));
        return false;
    }
    checkpoints_deinit(&daemon->checkpoints);
    daemon->checkpoints = checkpoints;
    sodium_memzero(&checkpoints, sizeof checkpoints);
    return true;
}

void requests_read_followed(struct daemon *daemon)
{
    followed_read(&daemon->followed, &daemon->home);
    for (size_t i = 0; i < FOLLOWED_FILES; i++) {
        const struct followed_file *file = &daemon->followed.files[i];

        if (file->error != HOME_OK) {
            LOG(LOG_ERROR, "follow-list-not-read", LOG_T("file", file->name),
                LOG_T("why", home_error_sentence(file->error)));
        } else if (file->refused) {
            LOG(LOG_ERROR, "follow-list-refused", LOG_T("file", file->name));
        }
    }
}

bool requests_reread(struct daemon *daemon)
{
    struct actor_id self;

    requests_read_followed(daemon);
    if (!reload_trust(daemon) || !reload_checkpoint_key(daemon)) {
        return false;
    }
    if (!daemon->ingest.has_self && requests_read_self(&daemon->home, &self) == HOME_OK) {
        daemon->ingest.self = self;
        daemon->ingest.has_self = true;
    }
    /* Authors may be admitted now that were not before. */
    heads_recheck_all(daemon);
    LOG(LOG_INFO, "reloaded", LOG_N("owners", daemon->trust.owner_count));
    return true;
}

/* Whether the list of that name can't be read now, or is refused. */
static bool is_unread(const struct followed *followed, struct bytes name)
{
    for (size_t i = 0; i < FOLLOWED_FILES; i++) {
        if (bytes_equal_string(name, followed->files[i].name)) {
            return followed->files[i].error != HOME_OK || followed->files[i].refused;
        }
    }
    return false;
}

bool requests_reload(struct daemon *daemon, struct bytes changed)
{
    if (!requests_reread(daemon)) {
        return false;
    }
    watch_reload(&daemon->watch, daemon->now_ms);
    return !is_unread(&daemon->followed, changed);
}

static void put(struct daemon *daemon, const struct control_request *request, enum intake_kind kind,
                enum ingest_origin origin)
{
    const struct intake_item item = {.kind = kind,
                                     .source = INTAKE_FROM_CLIENT,
                                     .from = request->client,
                                     .origin = origin,
                                     .bytes = request->payload};

    intake_add(&daemon->intake, &item);
}

static void reply_report(struct daemon *daemon, const struct control_request *request)
{
    char *memory = malloc(REPORT_SIZE_MAX);
    struct bytes text = {0};

    if (memory != NULL && request->op == CONTROL_PEERS) {
        report_peers(daemon, memory, REPORT_SIZE_MAX, &text);
    } else if (memory != NULL) {
        report_status(daemon, memory, REPORT_SIZE_MAX, &text);
    }
    if (text.size == 0) {
        control_server_reply_number(&daemon->control, request->client, CONTROL_FAILED, STORE_NO_MEMORY,
                                    daemon->now_ms);
    } else {
        control_server_reply(&daemon->control, request->client, CONTROL_DONE, text, daemon->now_ms);
    }
    free(memory);
}

static void reply_reload(struct daemon *daemon, const struct control_request *request)
{
    if (requests_reload(daemon, request->payload)) {
        control_server_reply(&daemon->control, request->client, CONTROL_DONE, bytes_of(NULL, 0),
                             daemon->now_ms);
    } else {
        control_server_reply_number(&daemon->control, request->client, CONTROL_REFUSED, REASON_BAD_TEXT,
                                    daemon->now_ms);
    }
}

static void handle(struct daemon *daemon, const struct control_request *request)
{
    switch (request->op) {
    case CONTROL_SUBMIT:
        put(daemon, request, INTAKE_BLOCK, INGEST_LOCAL);
        break;
    case CONTROL_IMPORT:
        put(daemon, request, INTAKE_BLOCK, INGEST_PEER);
        break;
    case CONTROL_CHECKPOINT:
        put(daemon, request, INTAKE_CHECKPOINT, INGEST_LOCAL);
        break;
    case CONTROL_USE_NONCE:
        put(daemon, request, INTAKE_NONCE, INGEST_LOCAL);
        break;
    case CONTROL_PEERS:
    case CONTROL_STATUS:
        reply_report(daemon, request);
        break;
    case CONTROL_RELOAD:
        reply_reload(daemon, request);
        break;
    default:
        control_server_reply_number(&daemon->control, request->client, CONTROL_REFUSED, REASON_WRONG_KIND,
                                    daemon->now_ms);
    }
}

void requests_take(struct daemon *daemon)
{
    struct control_request request;

    while (intake_has_room(&daemon->intake) &&
           control_server_next(&daemon->control, &request, daemon->now_ms)) {
        handle(daemon, &request);
    }
}
