#include <string.h>

#include "store/erased.h"
#include "store/pages.h"

/* Proofs from an author's present head (protocol/rules/presentation.h checks them). */

struct proving {
    struct store_txn *txn;
    const struct network *network;
    const struct entry_name *name;
    struct disk_author author;
    struct disk_record record;
    struct stored_block stored;
    struct arena *arena;
};

static enum store_error find_entry(struct proving *proving, struct bytes *entry)
{
    const struct entry_name *name = proving->name;
    uint32_t number;
    struct bytes element;
    struct hash leaf;
    enum store_error error = author_read_log(proving->txn, &name->author, &proving->author);

    if (error != STORE_OK) {
        return error;
    }
    number = proving->author.number;
    error = name->seq <= proving->author.seq ? record_read(proving->txn, number, name->seq, &proving->record)
                                             : STORE_NOT_FOUND;
    if (error == STORE_OK && name->index >= proving->record.entry_count) {
        error = STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = stored_block_read(proving->txn, number, name->seq, &proving->record.hash, &proving->stored);
    }
    if (error == STORE_OK) {
        error = stored_block_leaf(proving->txn, &proving->stored, name->index, &element, &leaf);
    }
    if (error != STORE_OK) {
        return error;
    }
    error = element_hide(proving->txn, &(struct entry_at){number, name->seq, name->index}, &proving->record,
                         &element);
    if (error != STORE_OK) {
        return error;
    }
    if (entry_is_erased(element) || memcmp(leaf.bytes, name->prefix, sizeof name->prefix) != 0) {
        return STORE_NOT_FOUND;
    }
    return arena_copy(proving->arena, element, entry) ? STORE_OK : STORE_NO_MEMORY;
}

static enum store_error fill_history(struct proving *proving, struct list *history)
{
    struct standing_row row;
    struct history_event *events;
    enum store_error error =
        standing_read(proving->txn, proving->author.number, proving->name->seq, proving->name->index, &row);

    if (error != STORE_OK) {
        return error;
    }
    events = arena_take(proving->arena, row.event_count * sizeof *events);
    if (!events) {
        return STORE_NO_MEMORY;
    }
    memcpy(events, row.events, row.event_count * sizeof *events);
    for (size_t i = 0; i < row.event_count && error == STORE_OK; i++) {
        error = event_complete(proving->txn, proving->author.number, &events[i], proving->arena);
    }
    *history = (struct list){.items = events, .count = row.event_count};
    return error;
}

static enum store_error path_list(struct proving *proving, const struct merkle_pages *pages, uint64_t index,
                                  uint64_t count, enum label node, struct list *list)
{
    struct merkle_path path;
    struct merkle_node *nodes;

    if (!merkle_pages_path(&path, pages, label_domain(proving->network, node), index, count)) {
        return txn_fail(proving->txn, STORE_DAMAGED);
    }
    nodes = arena_take(proving->arena, path.size * sizeof *nodes);
    if (!nodes) {
        return STORE_NO_MEMORY;
    }
    for (size_t i = 0; i < path.size; i++) {
        nodes[i].hash = path.nodes[i];
    }
    *list = (struct list){.items = nodes, .count = path.size};
    return STORE_OK;
}

static enum store_error fill_live_path(struct proving *proving, struct list *list)
{
    const struct entry_name *name = proving->name;
    const struct live_tree tree = {
        .txn = proving->txn,
        .network = proving->network,
        .number = proving->author.number,
        .seq = name->seq,
        .entry_count = proving->record.entry_count,
        .block = proving->record.hash,
        .stored = proving->stored,
    };
    const struct reach_entries range = {.seq = name->seq, .first = name->index, .last = name->index};
    struct merkle_pages pages;
    enum store_error error = live_pages_gather(&tree, &range, 1, &pages, proving->arena);

    if (error != STORE_OK) {
        return error;
    }
    return path_list(proving, &pages, name->index, proving->record.entry_count, LABEL_ENTRY_NODE, list);
}

static enum store_error fill_state_path(struct proving *proving, struct list *list)
{
    const struct seq_range range = {proving->name->seq, proving->name->seq};
    uint64_t count = (uint64_t)proving->author.seq + 1;
    struct merkle_pages pages;
    enum store_error error =
        state_pages_gather(proving->txn, proving->author.number, count, &range, 1, &pages, proving->arena);

    if (error != STORE_OK) {
        return error;
    }
    return path_list(proving, &pages, proving->name->seq, count, LABEL_STATE_NODE, list);
}

static enum store_error fill_head(struct proving *proving, struct proof_head *head)
{
    struct stored_block stored;
    struct bytes encoded;
    struct block block;
    struct indexed_signature *signatures;
    enum reason reason;
    enum store_error error = stored_block_read(proving->txn, proving->author.number, proving->author.seq,
                                               &proving->author.head, &stored);

    if (error != STORE_OK) {
        return error;
    }
    reason = block_decode_header(&block, proving->network, stored.encoded, proving->arena);
    if (reason != REASON_NONE) {
        return txn_fail_decode(proving->txn, reason, proving->arena);
    }
    signatures = arena_take(proving->arena, block.signature_count * sizeof *signatures);
    if (!signatures || !arena_copy(proving->arena, block.header_bytes, &encoded)) {
        return STORE_NO_MEMORY;
    }
    memcpy(signatures, block.signatures, block.signature_count * sizeof *signatures);
    *head = (struct proof_head){.header = encoded,
                                .signatures = {.items = signatures, .count = block.signature_count}};
    return STORE_OK;
}

enum store_error store_entry_proof(struct store_txn *txn, const struct network *network,
                                   const struct entry_name *name, struct entry_proof *out,
                                   struct proof_head *head, struct arena *arena)
{
    struct proving proving = {.txn = txn, .network = network, .name = name, .arena = arena};
    enum store_error error;

    *out = (struct entry_proof){.index = name->index};
    error = find_entry(&proving, &out->entry);
    if (error != STORE_OK) {
        return error;
    }
    out->state = (struct block_state){
        .epoch = proving.record.epoch,
        .seq = name->seq,
        .entry_count = proving.record.entry_count,
        .standing = (enum standing)proving.record.standing,
        .live_root = proving.record.live_root,
    };
    error = previous_hash_read(txn, proving.author.number, name->seq, &out->state.previous);
    if (error == STORE_OK) {
        error = fill_history(&proving, &out->history);
    }
    if (error == STORE_OK) {
        error = fill_live_path(&proving, &out->live_path);
    }
    if (error == STORE_OK) {
        error = fill_state_path(&proving, &out->state_path);
    }
    return error == STORE_OK ? fill_head(&proving, head) : error;
}
