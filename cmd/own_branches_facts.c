#include "cmd/own_branches.h"

#include <assert.h>
#include <string.h>

static void count_block(struct own_branch_facts *facts, const struct block *block, struct arena *arena)
{
    for (size_t i = 0; i < block->entry_count; i++) {
        const struct entry *entry = &block->entries[i];
        struct own_branch_sample *sample = &facts->samples[facts->sample_count];
        struct attestation attestation;

        if (entry->kind != ENTRY_ATTESTATION || entry->erased) {
            continue;
        }
        facts->certificate_count++;
        if (facts->sample_count == OWN_BRANCH_SAMPLES_MAX ||
            entry_payload_decode(&attestation, entry, arena) != REASON_NONE) {
            continue;
        }
        memcpy(sample->code, attestation.code.data, attestation.code.size);
        sample->code[attestation.code.size] = '\0';
        sample->subject = attestation.subject.id;
        facts->sample_count++;
    }
}

static enum store_error read_block(struct own_branch_facts *facts, struct session *session,
                                   struct store_txn *txn, const struct own_block *place)
{
    size_t mark = arena_mark(&session->arena);
    struct bytes encoded;
    struct block block;
    enum store_error error =
        store_block_by_hash(txn, &session->actor, place->seq, &place->hash, &encoded, &session->arena);

    if (error == STORE_OK) {
        enum reason reason = block_decode(&block, &session->home.network, encoded, &session->arena);

        error = reason == REASON_NONE ? STORE_OK : store_error_of_decode(reason, &session->arena);
    }
    if (error == STORE_OK) {
        facts->time_s = block.header.time_s;
        count_block(facts, &block, &session->arena);
    }
    arena_rewind(&session->arena, mark);
    return error;
}

enum store_error own_branches_facts(struct own_branch_facts *out, struct session *session,
                                    struct store_txn *txn, const struct own_branches *branches, size_t tip)
{
    uint64_t count = branches->blocks[tip].seq - branches->fork_seq;
    int64_t at = (int64_t)tip;
    int64_t *path = arena_take(&session->arena, count * sizeof *path);
    enum store_error error = path ? STORE_OK : STORE_NO_MEMORY;

    assert(branches->blocks[tip].child_count == 0);
    *out = (struct own_branch_facts){0};
    for (uint64_t i = count; error == STORE_OK && i > 0; i--) {
        path[i - 1] = at;
        at = branches->blocks[at].parent;
    }
    for (uint64_t i = 0; error == STORE_OK && i < count; i++) {
        const struct own_block *block = &branches->blocks[path[i]];

        if (block->held) {
            error = read_block(out, session, txn, block);
        } else {
            out->time_s = block->proven_time_s;
        }
    }
    return error;
}
