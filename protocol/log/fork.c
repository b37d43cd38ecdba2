#include "protocol/log/fork.h"

#include <string.h>

static bool copy_signatures(struct list *out, const struct block *block, struct arena *arena)
{
    const size_t size = block->signature_count * sizeof block->signatures[0];
    void *items = arena_take(arena, size);

    if (items == NULL) {
        return false;
    }
    memcpy(items, block->signatures, size);
    *out = (struct list){.items = items, .count = block->signature_count};
    return true;
}

bool fork_proof_of(struct fork_proof *proof, const struct block *a, const struct block *b,
                   struct arena *arena)
{
    bool rotations = block_is_rotation(a) && block_is_rotation(b) && a->header.epoch == b->header.epoch;
    bool siblings = a->header.seq == b->header.seq && hash_equal(&a->header.previous, &b->header.previous);

    if (!actor_id_equal(&a->header.author, &b->header.author) || hash_equal(&a->hash, &b->hash) ||
        !(rotations || siblings)) {
        return false;
    }
    if (bytes_compare(a->header_bytes, b->header_bytes) > 0) {
        const struct block *lower = b;

        b = a;
        a = lower;
    }
    *proof = (struct fork_proof){.header_a = a->header_bytes, .header_b = b->header_bytes};
    if (block_is_rotation(a)) {
        proof->entry_a = a->entries[0].encoded;
    }
    if (block_is_rotation(b)) {
        proof->entry_b = b->entries[0].encoded;
    }
    return copy_signatures(&proof->signatures_a, a, arena) && copy_signatures(&proof->signatures_b, b, arena);
}

static bool block_of(struct block *out, struct bytes header_bytes, const struct list *signatures,
                     struct bytes entry_bytes, const struct network *network, struct arena *arena)
{
    struct entry *entry = arena_take(arena, sizeof *entry);

    *out = (struct block){.header_bytes = header_bytes};
    if (entry == NULL || signatures->count > SIGNATURES_MAX ||
        header_decode(&out->header, header_bytes, arena) != REASON_NONE) {
        return false;
    }
    header_hash(&out->hash, network, header_bytes);
    memcpy(out->signatures, signatures->items, signatures->count * sizeof out->signatures[0]);
    out->signature_count = signatures->count;
    /* Of other blocks the header alone is in a proof: what stands in them is nobody's keys. */
    *entry = (struct entry){.kind = 0};
    out->entries = entry;
    out->entry_count = 1;
    return entry_bytes.size == 0 || entry_decode(entry, entry_bytes) == REASON_NONE;
}

bool fork_proof_blocks(struct block out[2], const struct fork_proof *proof, const struct network *network,
                       struct arena *arena)
{
    return block_of(&out[0], proof->header_a, &proof->signatures_a, proof->entry_a, network, arena) &&
           block_of(&out[1], proof->header_b, &proof->signatures_b, proof->entry_b, network, arena);
}

enum reason fork_proof_point(struct fork_point *point, const struct fork_proof *proof, struct arena *arena)
{
    size_t mark = arena_mark(arena);
    struct header a = {0}, b = {0};
    enum reason reason = header_decode(&a, proof->header_a, arena);
    bool siblings = false;

    if (reason == REASON_NONE) {
        reason = header_decode(&b, proof->header_b, arena);
    }
    arena_rewind(arena, mark);
    if (reason != REASON_NONE) {
        return reason;
    }
    siblings = a.seq == b.seq && hash_equal(&a.previous, &b.previous);
    *point = (struct fork_point){.author = a.author,
                                 .epoch = a.epoch < b.epoch ? a.epoch : b.epoch,
                                 .rotations = proof->entry_a.size > 0 && proof->entry_b.size > 0,
                                 .seq = a.seq < b.seq ? a.seq : b.seq};
    if (siblings) {
        point->parent = a.previous;
    }
    if (!actor_id_equal(&a.author, &b.author) || a.seq == 0 || b.seq == 0 ||
        bytes_equal(proof->header_a, proof->header_b)) {
        return REASON_INCONSISTENT;
    }
    if (point->rotations) {
        if (a.epoch != b.epoch || a.epoch == 0) {
            return REASON_INCONSISTENT;
        }
        point->epoch = a.epoch - 1;
        return REASON_NONE;
    }
    return siblings ? REASON_NONE : REASON_INCONSISTENT;
}

/* The one header of a proof: signed as its class asks by keys that were in force at its parent. */
static enum reason check_side(struct bytes header_bytes, const struct list *signatures,
                              struct bytes entry_bytes, const struct network *network,
                              const struct key_set *keys, uint64_t parent_epoch, struct arena *arena)
{
    struct header header = {0};
    struct entry entry = {0};
    struct keys record;
    struct key_set next;
    struct hash hash, leaf;
    enum reason reason = header_decode(&header, header_bytes, arena);

    if (reason != REASON_NONE) {
        return reason;
    }
    header_hash(&hash, network, header_bytes);
    if (entry_bytes.size == 0) {
        return header.epoch == parent_epoch ? key_set_check(keys, class_role(header.block_class), &hash,
                                                            signatures->items, signatures->count)
                                            : REASON_WRONG_EPOCH;
    }
    if (header.epoch != parent_epoch + 1) {
        return REASON_WRONG_EPOCH;
    }
    reason = entry_decode(&entry, entry_bytes);
    if (reason != REASON_NONE) {
        return reason;
    }
    entry_leaf_of(&leaf, network, &entry);
    if (entry.erased || entry.kind != ENTRY_KEYS || header.block_class != CLASS_KEYS ||
        header.entry_count != 1 || !hash_equal(&leaf, &header.entries_root)) {
        return REASON_ENTRIES_ROOT;
    }
    reason = entry_payload_decode(&record, &entry, arena);
    if (reason != REASON_NONE) {
        return reason;
    }
    key_set_open(&next, &record);
    return key_set_check_rotation(keys, &next, network, &hash, signatures->items, signatures->count);
}

enum reason fork_proof_check_header(const struct fork_proof *proof, size_t which,
                                    const struct network *network, const struct key_set *keys,
                                    uint64_t parent_epoch, struct arena *arena)
{
    return which == 0 ? check_side(proof->header_a, &proof->signatures_a, proof->entry_a, network, keys,
                                   parent_epoch, arena)
                      : check_side(proof->header_b, &proof->signatures_b, proof->entry_b, network, keys,
                                   parent_epoch, arena);
}

enum reason fork_proof_check(struct fork_point *point, const struct fork_proof *proof,
                             const struct network *network, const struct key_set *keys, uint64_t parent_epoch,
                             struct arena *arena)
{
    size_t mark = arena_mark(arena);
    enum reason reason = fork_proof_point(point, proof, arena);

    for (size_t i = 0; i < 2 && reason == REASON_NONE; i++) {
        reason = fork_proof_check_header(proof, i, network, keys, parent_epoch, arena);
    }
    arena_rewind(arena, mark);
    return reason;
}

int fork_proof_compare(const struct fork_proof *a, const struct fork_point *point_a,
                       const struct fork_proof *b, const struct fork_point *point_b)
{
    int order = bytes_compare(a->header_a, b->header_a);

    if (point_a->rotations != point_b->rotations) {
        return point_a->rotations ? -1 : 1;
    }
    if (point_a->seq != point_b->seq) {
        return point_a->seq < point_b->seq ? -1 : 1;
    }
    return order != 0 ? order : bytes_compare(a->header_b, b->header_b);
}
