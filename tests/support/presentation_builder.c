#include "tests/support/presentation_builder.h"

#include <assert.h>
#include <string.h>

/* ---- the issuer ---- */

static void say_status(struct presentation_world *world, enum status_action action, uint32_t day)
{
    struct index_range range;
    const struct status status =
        build_status(WORLD_CONTENT_SEQ, &range, WORLD_SPOKEN_OF, WORLD_SPOKEN_OF, action, day);
    log_builder_begin(&world->builder, CLASS_STATUS);
    log_builder_add(&world->builder, ENTRY_STATUS, &status);
    log_builder_append(&world->builder, &world->issuer_log);
}

static void add_other_content(struct presentation_world *world)
{
    const struct statement statement = {.about = {.author = world->issuer.id},
                                        .text = bytes_of_string("so it was")};
    static const uint8_t no_record[] = {0xc0};
    log_builder_begin(&world->builder, CLASS_CONTENT);
    log_builder_add(&world->builder, ENTRY_STATEMENT, &statement);
    log_builder_add_payload(&world->builder, ENTRY_ATTESTATION, false, bytes_of(no_record, sizeof no_record));
    log_builder_add_payload(&world->builder, ENTRY_STATEMENT + 1000, false,
                            bytes_of(no_record, sizeof no_record));
    log_builder_append(&world->builder, &world->issuer_log);
}

static struct block decode_block(struct presentation_world *world, uint64_t seq)
{
    struct block block;
    enum reason reason =
        block_decode(&block, &world->network, memory_log_block(&world->issuer_log, seq), &world->arena);
    assert(reason == REASON_NONE);
    return block;
}

static void build_issuer(struct presentation_world *world)
{
    build_actor(&world->issuer, &world->network, 1, 1, 1);
    memory_log_init(&world->issuer_log, &world->network, &world->scratch);
    log_builder_inception(&world->builder, &world->issuer_log, &world->issuer);
    log_builder_content(&world->builder, &world->issuer_log, WORLD_CONTENT_COUNT);
    say_status(world, STATUS_SUSPENDED, WORLD_SUSPENDED_ON);
    say_status(world, STATUS_REINSTATED, WORLD_REINSTATED_ON);
    log_builder_content(&world->builder, &world->issuer_log, 1);
    add_other_content(world);
    world->events[0] =
        (struct history_event){.action = STATUS_SUSPENDED,
                               .effective_day = WORLD_SUSPENDED_ON,
                               .stated_day = day_of_time(decode_block(world, WORLD_STATUS_SEQ).header.time_s),
                               .setter_seq = WORLD_STATUS_SEQ};
    world->events[1] =
        (struct history_event){.action = STATUS_REINSTATED,
                               .effective_day = WORLD_REINSTATED_ON,
                               .stated_day = day_of_time(decode_block(world, WORLD_AGAIN_SEQ).header.time_s),
                               .setter_seq = WORLD_AGAIN_SEQ};
}

/* ---- the holder ---- */

static void append_keys(struct presentation_world *world, enum entry_kind kind, const void *record)
{
    log_builder_begin(&world->builder, CLASS_KEYS);
    log_builder_add(&world->builder, kind, record);
    uint64_t seq = log_builder_append(&world->builder, &world->holder_log);
    world->holder_states[seq] = world->holder_log.state;
}

static void build_holder(struct presentation_world *world)
{
    struct built_keys keys;
    build_actor(&world->holder, &world->network, 2, 1, 1);
    memory_log_init(&world->holder_log, &world->network, &world->scratch);
    log_builder_inception(&world->builder, &world->holder_log, &world->holder);
    world->holder_states[0] = world->holder_log.state;
    build_update(&keys, &world->builder.ring, 21);
    append_keys(world, ENTRY_KEYS_UPDATE, &keys.update);
    build_rotation(&keys, &world->builder.ring, &world->holder_log.state.keys, &world->network, 22, 1);
    append_keys(world, ENTRY_KEYS, &keys.keys);
    for (size_t i = 0; i < WORLD_ROTATION_SEQ; i++) {
        world->key_blocks[i].block = memory_log_block(&world->holder_log, i + 1);
    }
}

void presentation_world_build(struct presentation_world *world)
{
    bool named = network_init(&world->network, "test");
    assert(named);
    arena_init(&world->arena, world->arena_memory, sizeof world->arena_memory);
    arena_init(&world->scratch, world->scratch_memory, sizeof world->scratch_memory);
    log_builder_init(&world->builder, world->builder_memory, sizeof world->builder_memory);
    build_issuer(world);
    build_holder(world);
    build_actor(&world->audience, &world->network, 3, 1, 1);
    memset(world->nonce, 7, sizeof world->nonce);
}

/* ---- proofs ---- */

static void *take(struct presentation_world *world, size_t size)
{
    void *taken = arena_take(&world->arena, size);
    assert(taken != NULL);
    return taken;
}

static struct list list_of_path(struct presentation_world *world, const struct merkle_path *path)
{
    struct merkle_node *nodes = take(world, path->size * sizeof nodes[0]);
    for (size_t i = 0; i < path->size; i++) {
        nodes[i].hash = path->nodes[i];
    }
    return (struct list){.items = nodes, .count = path->size};
}

static struct list live_path_of(struct presentation_world *world, const struct memory_block *block,
                                uint64_t index)
{
    uint64_t count = block->record.entry_count;
    struct hash *leaves = take(world, count * sizeof leaves[0]);
    struct merkle_path path;
    for (uint64_t i = 0; i < count; i++) {
        const struct memory_entry *entry = &block->entries[i];
        leaves[i] = entry->leaf;
        if (entry->event_count > 0) {
            live_leaf(&leaves[i], &world->network, &entry->leaf, &entry->history);
        }
    }
    merkle_path_in_place(&path, label_domain(&world->network, LABEL_ENTRY_NODE), leaves, count, index);
    return list_of_path(world, &path);
}

static struct block_state state_of(const struct memory_log *log, uint64_t seq)
{
    const struct block_record *record = &log->blocks[seq].record;
    struct block_state state = {
        .epoch = record->epoch,
        .seq = seq,
        .entry_count = record->entry_count,
        .standing = record->standing,
        .live_root = record->live_root,
    };
    if (seq > 0) {
        state.previous = log->blocks[seq - 1].record.hash;
    }
    return state;
}

static struct list state_path_of(struct presentation_world *world, uint64_t seq)
{
    const struct memory_log *log = &world->issuer_log;
    struct hash *leaves = take(world, log->block_count * sizeof leaves[0]);
    struct merkle_path path;
    for (uint64_t i = 0; i < log->block_count; i++) {
        const struct block_state state = state_of(log, i);
        block_state_leaf(&leaves[i], &world->network, &state);
    }
    merkle_path_in_place(&path, label_domain(&world->network, LABEL_STATE_NODE), leaves, log->block_count,
                         seq);
    return list_of_path(world, &path);
}

struct entry_proof world_proof(struct presentation_world *world, uint64_t seq, uint64_t index)
{
    bool spoken_of = seq == WORLD_CONTENT_SEQ && index == WORLD_SPOKEN_OF;
    const struct block block = decode_block(world, seq);
    return (struct entry_proof){
        .entry = block.entries[index].encoded,
        .index = index,
        .history = {.items = world->events, .count = spoken_of ? WORLD_EVENT_COUNT : 0},
        .live_path = live_path_of(world, &world->issuer_log.blocks[seq], index),
        .state = state_of(&world->issuer_log, seq),
        .state_path = state_path_of(world, seq),
    };
}

struct proof_head world_head(struct presentation_world *world)
{
    const struct block block = decode_block(world, world->issuer_log.state.seq);
    struct indexed_signature *signatures = take(world, block.signature_count * sizeof signatures[0]);
    memcpy(signatures, block.signatures, block.signature_count * sizeof signatures[0]);
    return (struct proof_head){
        .header = block.header_bytes,
        .signatures = {.items = signatures, .count = block.signature_count},
    };
}

/* ---- presentations and challenges ---- */

struct presentation world_presentation(struct presentation_world *world, size_t key_block_count)
{
    struct entry_proof *proof = take(world, sizeof *proof);
    struct proof_head *head = take(world, sizeof *head);
    *proof = world_proof(world, WORLD_CONTENT_SEQ, WORLD_SPOKEN_OF);
    *head = world_head(world);
    struct presentation presentation = {
        .holder = world->holder.id,
        .holder_keys = world->holder.keys_record,
        .holder_blocks = {.items = world->key_blocks, .count = key_block_count},
        .audience = world->audience.id,
        .created_s = WORLD_NOW_S - 10,
        .expires_s = WORLD_NOW_S + 300,
        .heads = {.items = head, .count = 1},
        .proofs = {.items = proof, .count = 1},
    };
    memcpy(presentation.nonce, world->nonce, sizeof presentation.nonce);
    return presentation;
}

struct signed_presentation world_sign_presentation(struct presentation_world *world,
                                                   const struct presentation *presentation,
                                                   size_t key_block_count)
{
    struct signed_presentation out = {.presentation = *presentation};
    struct block_signer signer[SIGNATURES_MAX];
    struct hash hash;
    bool fits = presentation_hash(&hash, &world->network, presentation, take(world, PRESENTATION_SIZE_MAX));
    assert(fits);
    size_t count = key_ring_signers(&world->builder.ring, &world->holder_states[key_block_count].keys,
                                    ROLE_PRESENT, 1, signer);
    assert(count == 1);
    out.signature.key_index = signer[0].key_index;
    sign_hash(&out.signature.signature, signer[0].secret, &hash);
    return out;
}

struct signed_challenge world_challenge(struct presentation_world *world, enum role role)
{
    struct signed_challenge out = {
        .challenge =
            {
                .audience = world->audience.id,
                .audience_keys = world->audience.keys_record,
                .created_s = WORLD_NOW_S - 20,
                .expires_s = WORLD_NOW_S + 300,
                .requirement = bytes_of_string("ase/A5"),
            },
    };
    struct indexed_signature signatures[SIGNATURES_MAX];
    struct hash hash;
    memcpy(out.challenge.nonce, world->nonce, sizeof out.challenge.nonce);
    challenge_hash(&hash, &world->network, &out.challenge);
    size_t count = build_signatures(signatures, &world->audience, role, &hash);
    assert(count == 1);
    out.signature = signatures[0];
    return out;
}
