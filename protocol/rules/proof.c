#include <string.h>

#include "crypto/commit.h"
#include "protocol/rules/presentation.h"

/* Returns: false when no tree is that deep. */
static bool path_from_list(struct merkle_path *path, const struct list *list)
{
    const struct merkle_node *nodes = list->items;
    if (list->count > MERKLE_DEPTH_MAX) {
        return false;
    }
    path->size = list->count;
    for (size_t i = 0; i < list->count; i++) {
        path->nodes[i] = nodes[i].hash;
    }
    return true;
}

static bool leads_to(const struct hash *root, const struct hash_domain *node, const struct hash *leaf,
                     uint64_t index, uint64_t count, const struct list *list)
{
    struct merkle_path path;
    struct hash led_to;
    return path_from_list(&path, list) && merkle_path_root(&led_to, node, leaf, index, count, &path) &&
           hash_equal(&led_to, root);
}

bool claim_is_of(const struct disclosed_claim *claim, const struct attestation *attestation,
                 const struct network *network)
{
    struct commit_salt salt;
    struct hash leaf;
    memcpy(salt.bytes, claim->salt, sizeof salt.bytes);
    commit_value(&leaf, label_domain(network, LABEL_CLAIM), claim->label.data, claim->label.size,
                 claim->value.data, claim->value.size, &salt);
    return leads_to(&attestation->claims_root, label_domain(network, LABEL_CLAIM_NODE), &leaf, claim->index,
                    claim->count, &claim->path);
}

/* Leaf of the live tree: the entry's own while nothing was said about it. */
static void live_leaf_of(struct hash *out, const struct network *network, const struct hash *leaf,
                         const struct list *events)
{
    const struct history_event *items = events->items;
    struct hash history = {0};
    if (events->count == 0) {
        *out = *leaf;
        return;
    }
    for (size_t i = 0; i < events->count; i++) {
        history_extend(&history, network, &history, &items[i]);
    }
    live_leaf(out, network, leaf, &history);
}

static bool is_in_log(const struct entry_proof *proof, const struct network *network, const struct hash *leaf,
                      const struct header *header)
{
    struct hash live;
    struct hash state;
    live_leaf_of(&live, network, leaf, &proof->history);
    if (!leads_to(&proof->state.live_root, label_domain(network, LABEL_ENTRY_NODE), &live, proof->index,
                  proof->state.entry_count, &proof->live_path)) {
        return false;
    }
    block_state_leaf(&state, network, &proof->state);
    return leads_to(&header->state_root, label_domain(network, LABEL_STATE_NODE), &state, proof->state.seq,
                    header->seq + 1, &proof->state_path);
}

static enum reason head_decode(struct proven_entry *out, struct header *header,
                               const struct entry_proof *proof, const struct list *heads,
                               const struct network *network, struct arena *arena)
{
    const struct proof_head *items = heads->items;
    if (proof->head >= heads->count) {
        return REASON_PATH_MISMATCH;
    }
    struct bytes bytes = items[proof->head].header;
    enum reason reason = schema_decode(&header_schema, header, bytes, arena);
    if (reason != REASON_NONE) {
        return reason;
    }
    header_hash(&out->head, network, bytes);
    out->head_seq = header->seq;
    out->author = header->author;
    return REASON_NONE;
}

static enum reason content_decode(struct proven_entry *out, struct bytes encoded, struct arena *arena)
{
    enum reason reason = entry_decode(&out->entry, encoded);
    if (reason != REASON_NONE) {
        return reason;
    }
    if (out->entry.erased || entry_class(out->entry.kind) != CLASS_CONTENT) {
        return REASON_NOT_CONTENT;
    }
    out->content = out->entry.kind == ENTRY_ATTESTATION &&
                   entry_payload_decode(&out->attestation, &out->entry, arena) == REASON_NONE;
    return REASON_NONE;
}

enum reason proof_check(struct proven_entry *out, const struct entry_proof *proof, const struct list *heads,
                        const struct network *network, struct arena *arena)
{
    struct header header;
    memset(out, 0, sizeof *out);
    enum reason reason = head_decode(out, &header, proof, heads, network, arena);
    if (reason != REASON_NONE) {
        return reason;
    }
    reason = content_decode(out, proof->entry, arena);
    if (reason != REASON_NONE) {
        return reason;
    }
    entry_leaf_of(&out->leaf, network, &out->entry);
    if (!is_in_log(proof, network, &out->leaf, &header)) {
        return REASON_PATH_MISMATCH;
    }
    out->name = (struct entry_name){.author = header.author, .seq = proof->state.seq, .index = proof->index};
    memcpy(out->name.prefix, out->leaf.bytes, sizeof out->name.prefix);
    out->state = proof->state;
    out->event_count = proof->history.count;
    out->events = proof->history.items;
    return REASON_NONE;
}
