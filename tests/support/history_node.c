#include "tests/support/history_node.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/log/fork.h"
#include "protocol/rules/expression_text.h"
#include "protocol/rules/lacking.h"
#include "protocol/rules/weight.h"
#include "tests/support/temp_folder.h"

enum { COMMIT_EACH = 4, PROOF_SIZE_MAX = 8192 };

void history_node_init(struct history_node *node)
{
    memset(node, 0, sizeof *node);
    node->memory = malloc(HISTORY_NODE_ARENA_SIZE);
    bool made = node->memory != NULL && temp_folder_make(&node->folder) == 0;
    assert(made);
    const struct store_options options = {.folder = node->folder, .network_tag = "test"};
    enum store_error error = store_open(&node->store, &options);
    assert(error == STORE_OK);
}

void history_node_deinit(struct history_node *node)
{
    if (node->txn != NULL) {
        store_end(node->txn);
    }
    ingest_deinit(&node->ingest);
    store_close(node->store);
    temp_folder_remove(node->folder);
    free(node->memory);
}

/* A store that was written to is made anew. */
static void renew_store(struct history_node *node)
{
    ingest_deinit(&node->ingest);
    store_close(node->store);
    temp_folder_remove(node->folder);
    bool made = temp_folder_make(&node->folder) == 0;
    assert(made);
    const struct store_options options = {.folder = node->folder, .network_tag = "test"};
    enum store_error error = store_open(&node->store, &options);
    assert(error == STORE_OK);
}

static void begin_txn(struct history_node *node)
{
    enum store_error error = store_write_begin(&node->txn, node->store);
    assert(error == STORE_OK);
}

void history_node_begin(struct history_node *node, const struct history_world *world, bool durable)
{
    if (node->txn != NULL) { /* a test that failed left it */
        store_end(node->txn);
    }
    node->world = world;
    node->durable = durable;
    node->since_commit = 0;
    node->fault = NULL;
    node->ahead_s = 0;
    node->set_back = false;
    memset(node->known, 0, sizeof node->known);
    memset(node->followed, 0, sizeof node->followed);
    memset(node->was_followed, 0, sizeof node->was_followed);
    memset(node->met, 0, sizeof node->met);
    memset(node->met_as, 0, sizeof node->met_as);
    node->met_count = 0;
    memset(node->heard, 0, sizeof node->heard);
    memset(node->first_said_s, 0, sizeof node->first_said_s);
    memset(node->last_said_s, 0, sizeof node->last_said_s);
    if (node->ingest.memory == NULL) {
        bool made = ingest_init(&node->ingest, node->store, &world->network, &world->trust, NULL);
        assert(made);
    }
    begin_txn(node);
}

void history_node_end(struct history_node *node)
{
    struct store_txn *txn = node->txn;
    node->txn = NULL;
    if (!node->durable) {
        store_end(txn);
        return;
    }
    enum store_error error = store_commit(txn);
    assert(error == STORE_OK);
    renew_store(node);
}

void history_node_restart(struct history_node *node)
{
    const struct store_options options = {.folder = node->folder, .network_tag = "test"};
    assert(node->durable);
    enum store_error error = store_commit(node->txn);
    assert(error == STORE_OK);
    node->txn = NULL;
    ingest_deinit(&node->ingest);
    store_close(node->store);
    error = store_open(&node->store, &options);
    assert(error == STORE_OK);
    bool made = ingest_init(&node->ingest, node->store, &node->world->network, &node->world->trust, NULL);
    assert(made);
    node->since_commit = 0;
    begin_txn(node);
}

/* ---- what is followed ---- */

static int block_at(const struct history_world *world, int author, const struct hash *hash)
{
    for (size_t i = 0; i < world->history.count; i++) {
        if (world->history.blocks[i].author == author && hash_equal(&world->blocks[i].hash, hash)) {
            return (int)i;
        }
    }
    return -1;
}

static int head_of(struct history_node *node, int author)
{
    struct log_state state;
    enum store_error error = store_log_state(node->txn, &node->world->actors[author].id, &state);
    assert(error == STORE_OK || error == STORE_NOT_FOUND);
    return error == STORE_OK ? block_at(node->world, author, &state.head) : -1;
}

void history_node_set_clock(struct history_node *node, int64_t ahead_s)
{
    node->set_back = node->set_back || ahead_s < node->ahead_s;
    node->ahead_s = ahead_s;
}

static struct history_time time_of(const struct history_node *node, uint64_t now_s)
{
    return (struct history_time){now_s, now_s - (uint64_t)node->ahead_s};
}

static bool is_rotation_after(const struct history *history, int rotation, int block)
{
    return history->blocks[rotation].kind == TOLD_ROTATE &&
           history->blocks[rotation].author == history->blocks[block].author &&
           told_epoch(history, rotation) == told_epoch(history, block) + 1;
}

/* When the first rotation came that leaves the block; what is then, where none did. */
static struct history_time rotation_came(const struct history_node *node, int block, struct history_time now)
{
    const struct history *history = &node->world->history;
    size_t first = SIZE_MAX;
    for (size_t i = 0; i < history->count; i++) {
        if (is_rotation_after(history, (int)i, block) && node->met_as[i] > 0 && node->met_as[i] < first) {
            first = node->met_as[i];
            now = node->met[i];
        }
    }
    return now;
}

/* A clock that shows less than at the beginning says that it ran ahead then, and not for how long. */
static void note_followed_until(struct history_node *node, int block, struct history_time until)
{
    const struct history_time *from = &node->followed_from[block];
    uint64_t true_s = until.true_s > from->true_s ? until.true_s - from->true_s : 0;
    uint64_t shown_s = until.shown_s >= from->shown_s ? until.shown_s - from->shown_s : UINT64_MAX;
    node->known[block].followed_s = shown_s > true_s ? shown_s : true_s;
    node->known[block].followed_least_s = shown_s < true_s ? shown_s : true_s;
}

static bool is_late(const struct history_node *node, int block)
{
    const struct history *history = &node->world->history;
    for (size_t i = 0; i < history->count; i++) {
        if (is_rotation_after(history, (int)i, block) && node->met_as[i] > 0 &&
            node->met_as[i] < node->met_as[block]) {
            return true;
        }
    }
    return false;
}

/* When it came first. */
static void note_met(struct history_node *node, int block, uint64_t now_s)
{
    const struct told *told = &node->world->history.blocks[block];
    const struct history_block *built = &node->world->blocks[block];
    uint64_t first_s;
    if (node->met[block].true_s == 0 && store_first_arrival(node->txn, &node->world->actors[told->author].id,
                                                            built->seq, &built->hash, &first_s) == STORE_OK) {
        node->met[block] = time_of(node, now_s);
        node->met_as[block] = ++node->met_count;
        node->known[block].late = is_late(node, block);
    }
}

static void note_followed(struct history_node *node, int author, uint64_t now_s)
{
    const struct history *history = &node->world->history;
    const struct history_time now = time_of(node, now_s);
    int head = head_of(node, author);
    for (size_t i = 0; i < history->count; i++) {
        if (history->blocks[i].author != author) {
            continue;
        }
        bool follows = head >= 0 && told_descends(history, head, (int)i);
        if (follows && !node->followed[i]) {
            node->known[i].followed_twice |= node->was_followed[i];
            node->followed_from[i] = now;
            node->was_followed[i] = true;
        }
        if (node->followed[i] || follows) {
            note_followed_until(node, (int)i, rotation_came(node, (int)i, now));
        }
        node->followed[i] = follows;
    }
}

/* ---- offering ---- */

/* Whether a node may leave a block out: it can't be placed yet, or its epoch was closed without it. */
static bool may_be_refused(const struct history_node *node, int block)
{
    const struct history *history = &node->world->history;
    const struct told *told = &history->blocks[block];
    int epoch = told_epoch(history, block);
    if (told->parent >= 0 && !node->known[told->parent].held) {
        return true;
    }
    for (size_t i = 0; i < history->count; i++) {
        if (node->known[i].held && history->blocks[i].author == told->author &&
            history->blocks[i].kind == TOLD_ROTATE && told_epoch(history, (int)i) > epoch &&
            !told_descends(history, (int)i, block)) {
            return true;
        }
    }
    return false;
}

/* The block that set the keys in force after one. */
static int keys_after(const struct history *history, int block)
{
    while (history->blocks[block].kind != TOLD_ROTATE && history->blocks[block].parent >= 0) {
        block = history->blocks[block].parent;
    }
    return block;
}

/* Whether a rotation shows without its parent that the chain's own keys made it. */
static bool shows_its_keys(struct history_node *node, int block)
{
    const struct history *history = &node->world->history;
    const struct told *told = &history->blocks[block];
    if (told->kind != TOLD_ROTATE) {
        return false;
    }
    for (int at = head_of(node, told->author); at >= 0; at = history->blocks[at].parent) {
        if (told_epoch(history, at) + 1 == told_epoch(history, block)) {
            return keys_after(history, at) == keys_after(history, told->parent);
        }
    }
    return false;
}

static bool is_held_after(const struct ingest_result *result)
{
    return result->outcome == INGEST_EXTENDED || result->outcome == INGEST_SWITCHED ||
           result->outcome == INGEST_ASIDE ||
           (result->outcome == INGEST_REFUSED && result->reason == REASON_KNOWN);
}

bool history_node_offer(struct history_node *node, int block, bool blanked, uint64_t now_s)
{
    const struct history_block *built = &node->world->blocks[block];
    struct known *known = &node->known[block];
    struct ingest_result result;
    bool blank = blanked && built->blanked.size > 0;
    ingest_block(&node->ingest, node->txn, INGEST_PEER, blank ? built->blanked : built->encoded, now_s,
                 &result);
    if (result.outcome == INGEST_FAILED) {
        node->fault = "the store failed";
        return false;
    }
    note_met(node, block, now_s);
    if (!is_held_after(&result)) {
        bool admitted = result.reason != REASON_NOT_ADMITTED;
        if (admitted && !may_be_refused(node, block)) {
            node->fault = reason_word(result.reason);
        }
        known->noted |= result.reason == REASON_ORPHAN && shows_its_keys(node, block);
        return false;
    }
    /* What may not speak when the whole copy comes stays blank. */
    known->blank = known->held ? known->blank && !result.filled : blank;
    known->held = true;
    note_followed(node, node->world->history.blocks[block].author, now_s);
    if (node->durable && ++node->since_commit == COMMIT_EACH) {
        enum store_error error = store_commit(node->txn);
        assert(error == STORE_OK);
        node->since_commit = 0;
        begin_txn(node);
    }
    return true;
}

/* ---- proofs ---- */

static struct bytes prove(struct history_node *node, int a, int b, uint8_t memory[PROOF_SIZE_MAX])
{
    const struct history_world *world = node->world;
    struct arena arena;
    struct block blocks[2];
    struct fork_proof proof;
    struct bytes encoded = {0};
    arena_init(&arena, node->memory, HISTORY_NODE_ARENA_SIZE);
    bool made = block_decode(&blocks[0], &world->network, world->blocks[a].encoded, &arena) == REASON_NONE &&
                block_decode(&blocks[1], &world->network, world->blocks[b].encoded, &arena) == REASON_NONE &&
                fork_proof_of(&proof, &blocks[0], &blocks[1], &arena) &&
                schema_encode(&fork_proof_schema, &proof, memory, PROOF_SIZE_MAX, &encoded);
    assert(made);
    return encoded;
}

bool history_node_offer_proof(struct history_node *node, int a, int b, uint64_t now_s)
{
    uint8_t memory[PROOF_SIZE_MAX];
    struct actor_id author;
    enum store_error error;
    struct bytes encoded = prove(node, a, b, memory);
    enum reason reason = ingest_fork_proof(&node->ingest, node->txn, encoded, now_s, &author, &error);
    bool taken = reason == REASON_NONE || reason == REASON_KNOWN;
    const int pair[2] = {a, b};
    /* Two rotations of which one closes an epoch that another rotation opened than the chain's. */
    bool elsewhere =
        reason == REASON_NOT_PRECOMMITTED && !(shows_its_keys(node, a) && shows_its_keys(node, b));
    if (error != STORE_OK || (!taken && !elsewhere && reason != REASON_ORPHAN)) {
        node->fault = error != STORE_OK ? "the store failed" : reason_word(reason);
        return false;
    }
    for (size_t i = 0; i < 2; i++) {
        bool rotation = node->world->history.blocks[pair[i]].kind == TOLD_ROTATE;
        node->known[pair[i]].proven |= taken;
        node->known[pair[i]].noted |= rotation && (taken || shows_its_keys(node, pair[i]));
        note_met(node, pair[i], now_s);
    }
    return taken;
}

/* ---- answers ---- */

/* By the shortest budget. */
static bool is_fresh(uint64_t said_s, uint64_t now_s)
{
    return said_s + FRESHNESS_DEFAULT.issuer_s >= now_s && said_s <= now_s + CHECKPOINT_AHEAD_S;
}

/* Whether the chain hasn't come yet to the branch to follow. A clock that is set back leaves an author's
 * budget for that used up, for an hour at most. */
static bool is_on_its_way(struct history_node *node, int author)
{
    struct branch_switch way;
    enum store_error error = store_switch(node->txn, &node->world->actors[author].id, &way);
    assert(error == STORE_OK || error == STORE_NOT_FOUND);
    return error == STORE_OK && way.active && node->set_back;
}

/* An author who was heard further up on a branch that was left since can't go back. */
void history_node_hear(struct history_node *node, const uint64_t said_s[TOLD_AUTHORS_MAX], uint64_t now_s)
{
    uint8_t memory[512];
    struct actor_id author;
    enum store_error error;
    for (int i = 0; i < TOLD_AUTHORS_MAX; i++) {
        int head = head_of(node, i);
        if (head >= 0) {
            bool taken = ingest_checkpoint(&node->ingest, node->txn,
                                           history_checkpoint(node->world, head, said_s[i], memory), now_s,
                                           &author, &error) == REASON_NONE;
            assert(error == STORE_OK);
            node->first_said_s[i] = node->first_said_s[i] == 0 ? said_s[i] : node->first_said_s[i];
            node->last_said_s[i] = said_s[i];
            node->heard[i] = taken && is_fresh(said_s[i], now_s) && !is_on_its_way(node, i);
        }
    }
}

static const struct dossier_credential *find(size_t *at, const struct dossier *dossier,
                                             const struct history_world *world, int certificate)
{
    const struct history_block *built = &world->blocks[certificate];
    for (*at = 0; *at < dossier->credential_count; ++*at) {
        const struct dossier_credential *credential = &dossier->credentials[*at];
        if (credential->place.seq == built->seq && hash_equal(&credential->place.block_hash, &built->hash)) {
            return credential;
        }
    }
    return NULL;
}

/* Days that are asked about at a time. */
struct asked {
    const uint32_t *days;
    size_t count;
    uint64_t now_s;
};

/* A verdict for each day, of what is gathered once. Writes to *dossier, which the verdicts point into. */
static void gather_and_ask(struct dossier *dossier, struct verdict verdicts[HISTORY_DAYS_MAX],
                           struct history_node *node, const struct expression *requirement,
                           const struct asked *asked, struct arena *arena)
{
    const struct history_world *world = node->world;
    struct question question = {.network = &node->world->network,
                                .now_s = asked->now_s,
                                .known_by_s = UINT64_MAX,
                                .budget = FRESHNESS_DEFAULT,
                                .requirement = requirement};
    if (store_dossier(node->txn, &world->network, &world->trust, &world->subject, lacking_reach(&question),
                      dossier, arena) != STORE_OK) {
        node->fault = "no dossier";
    }
    for (size_t i = 0; i < asked->count; i++) {
        verdicts[i] = (struct verdict){.overall = OVERALL_UNDETERMINED};
        question.at_day = asked->days[i];
        if (node->fault == NULL && !verdict_of(&verdicts[i], dossier, &world->trust, &question, arena)) {
            node->fault = "the arena is full";
        }
    }
}

static void ask_not_tested(struct verdict verdicts[HISTORY_DAYS_MAX], struct history_node *node,
                           int certificate, const struct asked *asked, struct arena *arena)
{
    char code[HISTORY_CODE_SIZE], text[HISTORY_CODE_SIZE + 16];
    struct expression expression;
    struct expression_error error;
    struct dossier dossier;
    history_code(code, certificate);
    snprintf(text, sizeof text, "not tested %s", code);
    bool parsed = expression_parse(&expression, &error, SCOPE_REQUIREMENT, bytes_of_string(text),
                                   (struct bytes){0}, arena);
    assert(parsed);
    gather_and_ask(&dossier, verdicts, node, &expression, asked, arena);
}

static const char *reason_of(const struct credential_verdict *verdict)
{
    for (size_t i = 0; i < AXIS_COUNT; i++) {
        if (verdict->axes[i].answer != ANSWER_YES) {
            return reason_word(verdict->axes[i].reason);
        }
    }
    return NULL;
}

/* Requires: each author's clock goes forward. */
static bool is_stale(const struct history_node *node, int author, uint64_t now_s, uint64_t budget_s)
{
    return node->last_said_s[author] + budget_s < now_s ||
           node->first_said_s[author] > now_s + CHECKPOINT_AHEAD_S;
}

static void write_answers(struct history_answer answers[][TOLD_MAX], struct history_node *node,
                          int certificate, const struct asked *asked,
                          const struct credential_verdict *found[HISTORY_DAYS_MAX], struct arena *arena)
{
    struct verdict not_tested[HISTORY_DAYS_MAX];
    int author = node->world->history.blocks[certificate].author;
    bool stale = is_stale(node, author, asked->now_s, FRESHNESS_DEFAULT.issuer_s) ||
                 is_stale(node, 0, asked->now_s, FRESHNESS_DEFAULT.owner_s);
    ask_not_tested(not_tested, node, certificate, asked, arena);
    for (size_t i = 0; i < asked->count; i++) {
        answers[i][certificate] = (struct history_answer){
            .heard = node->heard[0] && node->heard[author],
            .stale = stale,
            .listed = found[i] != NULL,
            .overall = found[i] != NULL ? found[i]->overall : OVERALL_UNDETERMINED,
            .reason = found[i] != NULL ? reason_of(found[i]) : "not listed",
            .not_tested = not_tested[i].overall,
        };
    }
}

void history_node_ask(struct history_answer answers[][TOLD_MAX], struct history_node *node,
                      const uint32_t *days, size_t day_count, uint64_t now_s)
{
    const struct asked asked = {days, day_count, now_s};
    const struct history *history = &node->world->history;
    struct arena arena;
    struct dossier dossier;
    struct verdict verdicts[HISTORY_DAYS_MAX];
    assert(day_count <= HISTORY_DAYS_MAX);
    arena_init(&arena, node->memory, HISTORY_NODE_ARENA_SIZE);
    gather_and_ask(&dossier, verdicts, node, NULL, &asked, &arena);
    for (size_t i = 0; i < history->count && node->fault == NULL; i++) {
        const struct credential_verdict *found[HISTORY_DAYS_MAX] = {NULL};
        size_t at, mark = arena_mark(&arena);
        if (history->blocks[i].kind != TOLD_ATTEST) {
            continue;
        }
        bool listed = find(&at, &dossier, node->world, (int)i) != NULL;
        for (size_t k = 0; k < day_count && listed; k++) {
            found[k] = &verdicts[k].credentials[at];
        }
        write_answers(answers, node, (int)i, &asked, found, &arena);
        arena_rewind(&arena, mark);
    }
}

void history_node_answer(struct history_answer answers[TOLD_MAX], struct history_node *node, uint64_t now_s)
{
    const uint32_t day = HISTORY_DAY;
    uint64_t said_s[TOLD_AUTHORS_MAX];
    for (size_t i = 0; i < TOLD_AUTHORS_MAX; i++) {
        said_s[i] = now_s;
    }
    history_node_hear(node, said_s, now_s);
    history_node_ask((struct history_answer(*)[TOLD_MAX])answers, node, &day, 1, now_s);
}

/* ---- evidence ---- */

static bool is_followed_long(struct history_node *node, int block)
{
    const struct history_block *built = &node->world->blocks[block];
    const struct actor_id *author = &node->world->actors[node->world->history.blocks[block].author].id;
    uint64_t from_s, until_s;
    enum store_error error = store_followed(node->txn, author, built->seq, &built->hash, &from_s, &until_s);
    assert(error == STORE_OK || error == STORE_NOT_FOUND);
    return error == STORE_OK && until_s != 0 && until_s - from_s >= FOLLOWED_MIN_S;
}

static uint64_t arrival_of(struct history_node *node, int block)
{
    const struct history_block *built = &node->world->blocks[block];
    const struct actor_id *author = &node->world->actors[node->world->history.blocks[block].author].id;
    uint64_t first_s = 0;
    enum store_error error = store_first_arrival(node->txn, author, built->seq, &built->hash, &first_s);
    assert(error == STORE_OK || error == STORE_NOT_FOUND);
    return error == STORE_OK ? first_s : 0;
}

static void copy_checkpoint(uint8_t out[HISTORY_CHECKPOINT_SIZE], struct history_node *node,
                            const struct actor_id *author)
{
    struct arena arena;
    struct bytes encoded;
    arena_init(&arena, node->memory, HISTORY_NODE_ARENA_SIZE);
    enum store_error error = store_checkpoint(node->txn, author, &encoded, &arena);
    assert(error == STORE_OK || error == STORE_NOT_FOUND);
    if (error == STORE_OK) {
        assert(encoded.size <= HISTORY_CHECKPOINT_SIZE);
        memcpy(out, encoded.data, encoded.size);
    }
}

void history_node_evidence(struct history_evidence *out, struct history_node *node)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < node->world->history.count; i++) {
        const struct known *known = &node->known[i];
        out->known[i].held = known->held;
        out->known[i].noted = known->noted;
        out->known[i].proven = known->proven;
        out->known[i].blank = known->blank;
        out->arrived_s[i] = arrival_of(node, (int)i);
        out->followed_long[i] = is_followed_long(node, (int)i);
    }
    for (size_t i = 0; i < TOLD_AUTHORS_MAX; i++) {
        out->on_way[i] = is_on_its_way(node, (int)i);
        copy_checkpoint(out->checkpoints[i], node, &node->world->actors[i].id);
    }
}
