#include "tests/support/history_node.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/log/fork.h"
#include "protocol/rules/expression_text.h"
#include "protocol/rules/lacking.h"
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
    memset(node->known, 0, sizeof node->known);
    memset(node->followed, 0, sizeof node->followed);
    memset(node->was_followed, 0, sizeof node->was_followed);
    memset(node->met_s, 0, sizeof node->met_s);
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

/* When the first rotation came that leaves the block. */
static uint64_t rotation_came_s(const struct history_node *node, int block)
{
    const struct history *history = &node->world->history;
    uint64_t came_s = UINT64_MAX;
    for (size_t i = 0; i < history->count; i++) {
        if (node->met_s[i] > 0 && node->met_s[i] < came_s &&
            history->blocks[i].author == history->blocks[block].author &&
            told_epoch(history, (int)i) == told_epoch(history, block) + 1) {
            came_s = node->met_s[i];
        }
    }
    return came_s;
}

/* When a rotation came first. */
static void note_met(struct history_node *node, int block, uint64_t now_s)
{
    const struct told *told = &node->world->history.blocks[block];
    const struct history_block *built = &node->world->blocks[block];
    uint64_t first_s;
    if (told->kind == TOLD_ROTATE && node->met_s[block] == 0 &&
        store_first_arrival(node->txn, &node->world->actors[told->author].id, built->seq, &built->hash,
                            &first_s) == STORE_OK) {
        node->met_s[block] = now_s;
    }
}

static void note_followed(struct history_node *node, int author, uint64_t now_s)
{
    const struct history *history = &node->world->history;
    int head = head_of(node, author);
    for (size_t i = 0; i < history->count; i++) {
        if (history->blocks[i].author != author) {
            continue;
        }
        bool follows = head >= 0 && told_descends(history, head, (int)i);
        if (follows && !node->followed[i]) {
            node->known[i].followed_twice |= node->was_followed[i];
            node->followed_from_s[i] = now_s;
            node->was_followed[i] = true;
        }
        if (node->followed[i] || follows) {
            uint64_t came_s = rotation_came_s(node, (int)i);
            uint64_t until_s = now_s < came_s ? now_s : came_s;
            node->known[i].followed_s =
                until_s > node->followed_from_s[i] ? until_s - node->followed_from_s[i] : 0;
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

/* An author who was heard further up on a branch that was left since can't go back. */
static void take_checkpoints(bool heard[TOLD_AUTHORS_MAX], struct history_node *node, uint64_t now_s)
{
    uint8_t memory[512];
    struct actor_id author;
    enum store_error error;
    for (int i = 0; i < TOLD_AUTHORS_MAX; i++) {
        int head = head_of(node, i);
        if (head >= 0) {
            heard[i] = ingest_checkpoint(&node->ingest, node->txn,
                                         history_checkpoint(node->world, head, now_s, memory), now_s, &author,
                                         &error) == REASON_NONE;
            assert(error == STORE_OK);
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

static void gather_and_ask(struct dossier *dossier, struct verdict *verdict, struct history_node *node,
                           const struct expression *requirement, uint64_t now_s, struct arena *arena)
{
    const struct history_world *world = node->world;
    const struct question question = {.network = &node->world->network,
                                      .at_day = HISTORY_DAY,
                                      .now_s = now_s,
                                      .known_by_s = UINT64_MAX,
                                      .budget = FRESHNESS_DEFAULT,
                                      .requirement = requirement};
    *verdict = (struct verdict){.overall = OVERALL_UNDETERMINED};
    if (store_dossier(node->txn, &world->network, &world->trust, &world->subject, lacking_reach(&question),
                      dossier, arena) != STORE_OK) {
        node->fault = "no dossier";
    } else if (!verdict_of(verdict, dossier, &world->trust, &question, arena)) {
        node->fault = "the arena is full";
    }
}

static enum overall ask_not_tested(struct history_node *node, int certificate, uint64_t now_s,
                                   struct arena *arena)
{
    char code[HISTORY_CODE_SIZE], text[HISTORY_CODE_SIZE + 16];
    struct expression expression;
    struct expression_error error;
    struct dossier dossier;
    struct verdict verdict;
    history_code(code, certificate);
    snprintf(text, sizeof text, "not tested %s", code);
    bool parsed = expression_parse(&expression, &error, SCOPE_REQUIREMENT, bytes_of_string(text),
                                   (struct bytes){0}, arena);
    assert(parsed);
    gather_and_ask(&dossier, &verdict, node, &expression, now_s, arena);
    return verdict.overall;
}

void history_node_answer(struct history_answer answers[TOLD_MAX], struct history_node *node, uint64_t now_s)
{
    const struct history_world *world = node->world;
    struct arena arena;
    struct dossier dossier;
    struct verdict verdict;
    bool heard[TOLD_AUTHORS_MAX] = {false};
    arena_init(&arena, node->memory, HISTORY_NODE_ARENA_SIZE);
    take_checkpoints(heard, node, now_s);
    gather_and_ask(&dossier, &verdict, node, NULL, now_s, &arena);
    for (size_t i = 0; i < world->history.count && node->fault == NULL; i++) {
        size_t at;
        if (world->history.blocks[i].kind != TOLD_ATTEST) {
            continue;
        }
        size_t mark = arena_mark(&arena);
        answers[i].heard = heard[0] && heard[world->history.blocks[i].author];
        answers[i].listed = find(&at, &dossier, world, (int)i) != NULL;
        answers[i].overall = answers[i].listed ? verdict.credentials[at].overall : OVERALL_UNDETERMINED;
        answers[i].not_tested = ask_not_tested(node, (int)i, now_s, &arena);
        arena_rewind(&arena, mark);
    }
}
