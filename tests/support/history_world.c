#include "tests/support/history_world.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/log/checkpoint.h"

enum { ARENA_SIZE = 64 * 1024 * 1024, ACCREDITED_DEPTH = 1 };

void history_world_init(struct history_world *world)
{
    struct trust_owner owner = {.name_space = "ase"};
    memset(world, 0, sizeof *world);
    world->scratch_memory = malloc(MEMORY_LOG_SCRATCH_SIZE);
    world->arena_memory = malloc(ARENA_SIZE);
    bool good =
        network_init(&world->network, "test") && world->scratch_memory != NULL && world->arena_memory != NULL;
    assert(good);
    arena_init(&world->scratch, world->scratch_memory, MEMORY_LOG_SCRATCH_SIZE);
    log_builder_init(&world->builder, world->arena_memory, ARENA_SIZE);
    for (size_t i = 0; i < TOLD_AUTHORS_MAX; i++) {
        build_actor(&world->actors[i], &world->network, 700 + i, 1, 1);
    }
    owner.actor = world->actors[0].id;
    good = trust_add_owner(&world->trust, &owner) == TRUST_OK;
    assert(good);
    world->subject = (struct subject){.kind = SUBJECT_ACTOR, .id = {{0x5e}}};
}

void history_world_forget(struct history_world *world, size_t count)
{
    while (world->history.count > count) {
        struct history_block *block = &world->blocks[--world->history.count];
        memory_log_deinit(&block->log);
        arena_rewind(&world->builder.arena, block->arena_mark);
        world->builder.ring.count = block->ring_mark;
    }
}

void history_world_deinit(struct history_world *world)
{
    history_world_forget(world, 0);
    free(world->scratch_memory);
    free(world->arena_memory);
}

void history_code(char code[HISTORY_CODE_SIZE], int certificate)
{
    snprintf(code, HISTORY_CODE_SIZE, "ase/B%d", certificate);
}

/* ---- what a block states ---- */

static void state_rules(struct history_world *world)
{
    static char names[TOLD_MAX][HISTORY_CODE_SIZE];
    struct pack_code codes[TOLD_MAX];
    struct rule_pack pack = {.name_space = bytes_of_string("ase"), .version = 1};
    for (size_t i = 0; i < TOLD_MAX; i++) {
        history_code(names[i], (int)i);
        struct pack_code code = {.code = bytes_of_string(names[i] + strlen("ase/")),
                                 .title = bytes_of_string("B")};
        size_t at = i;
        for (; at > 0 && bytes_compare(codes[at - 1].code, code.code) > 0; at--) {
            codes[at] = codes[at - 1];
        }
        codes[at] = code;
    }
    pack.codes = (struct list){codes, TOLD_MAX};
    log_builder_begin(&world->builder, CLASS_GOVERN);
    log_builder_add(&world->builder, ENTRY_RULE_PACK, &pack);
}

static void state_certificate(struct history_world *world, const struct told *told, int certificate)
{
    char code[HISTORY_CODE_SIZE];
    struct actor_id subject = {world->subject.id};
    history_code(code, certificate);
    struct attestation attestation = build_attestation(&subject, code, HISTORY_DAY - 1000,
                                                       told->last_day == 0 ? DAY_NONE : told->last_day);
    log_builder_begin(&world->builder, CLASS_CONTENT);
    log_builder_add(&world->builder, ENTRY_ATTESTATION, &attestation);
}

static void state_status(struct history_world *world, const struct told *told, enum status_action action)
{
    struct index_range range;
    struct status status = build_status(world->blocks[told->about].seq, &range, 0, 0, action,
                                        told->from_day == 0 ? HISTORY_DAY - 500 : told->from_day);
    log_builder_begin(&world->builder, CLASS_STATUS);
    log_builder_add(&world->builder, ENTRY_STATUS, &status);
}

static void state_erase(struct history_world *world, const struct told *told)
{
    struct index_range range;
    struct erase erase = build_erase(world->blocks[told->about].seq, &range, 0, 0);
    log_builder_begin(&world->builder, CLASS_STATUS);
    log_builder_add(&world->builder, ENTRY_ERASE, &erase);
}

static void state_void(struct history_world *world, const struct told *told)
{
    uint64_t seq = world->blocks[told->about].seq;
    struct void_record record = build_void(seq, seq, STATUS_REASON_KEY_COMPROMISE);
    log_builder_begin(&world->builder, CLASS_GOVERN);
    log_builder_add(&world->builder, ENTRY_VOID, &record);
}

static void state_names(struct history_world *world, const struct told *told)
{
    log_builder_begin(&world->builder, CLASS_GOVERN);
    for (size_t i = 0; i < told->named_count; i++) {
        int first = told->named[i];
        const struct void_record record = {
            .has_branch = true,
            .branch = {.epoch = (uint64_t)told_epoch(&world->history, first),
                       .fork_parent = world->blocks[world->history.blocks[first].parent].hash,
                       .first = world->blocks[first].hash},
            .reason = STATUS_REASON_KEY_COMPROMISE};
        log_builder_add(&world->builder, ENTRY_VOID, &record);
    }
}

static void state_rotation(struct history_world *world, const struct memory_log *log)
{
    static struct built_keys keys;
    build_rotation(&keys, &world->builder.ring, &log->state.keys, &world->network,
                   10000 + world->history.count, 1);
    log_builder_begin(&world->builder, CLASS_KEYS);
    log_builder_add(&world->builder, ENTRY_KEYS, &keys.keys);
}

static void state_accreditation(struct history_world *world, const struct told *told)
{
    const struct bytes patterns[] = {bytes_of_string("ase/*")};
    const struct accreditation accreditation = {
        .delegate = world->actors[told->whom].id, .patterns = {patterns, 1}, .depth = ACCREDITED_DEPTH};
    log_builder_begin(&world->builder, CLASS_GOVERN);
    log_builder_add(&world->builder, ENTRY_ACCREDITATION, &accreditation);
}

static void state_withdrawal(struct history_world *world, const struct told *told)
{
    const struct withdrawal withdrawal = {.delegate = world->actors[told->whom].id,
                                          .has_cut = true,
                                          .cut_seq = world->blocks[told->about].seq,
                                          .cut_head = world->blocks[told->about].hash,
                                          .closed = told->closed};
    log_builder_begin(&world->builder, CLASS_GOVERN);
    log_builder_add(&world->builder, ENTRY_WITHDRAWAL, &withdrawal);
}

static void state_all(struct history_world *world, const struct told *told, const struct memory_log *log)
{
    switch (told->kind) {
    case TOLD_INCEPTION:
        break;
    case TOLD_RULES:
        state_rules(world);
        break;
    case TOLD_ATTEST:
        state_certificate(world, told, (int)world->history.count);
        break;
    case TOLD_REVOKE:
        state_status(world, told, STATUS_REVOKED);
        break;
    case TOLD_SUSPEND:
        state_status(world, told, STATUS_SUSPENDED);
        break;
    case TOLD_REINSTATE:
        state_status(world, told, STATUS_REINSTATED);
        break;
    case TOLD_ERASE:
        state_erase(world, told);
        break;
    case TOLD_VOID:
        state_void(world, told);
        break;
    case TOLD_NAME:
        state_names(world, told);
        break;
    case TOLD_ROTATE:
        state_rotation(world, log);
        break;
    case TOLD_ACCREDIT:
        state_accreditation(world, told);
        break;
    case TOLD_WITHDRAW:
        state_withdrawal(world, told);
        break;
    }
}

/* ---- blocks ---- */

/* The block as a relay may pass it on. */
static struct bytes blank(struct history_world *world, const struct block *block)
{
    const struct index_range all = {0, block->entry_count - 1};
    void *memory = arena_take(&world->builder.arena, block->encoded.size + 64);
    struct writer writer;
    assert(memory != NULL);
    writer_init(&writer, memory, block->encoded.size + 64);
    bool fits = block_erase(&writer, &world->network, block, &all, 1);
    assert(fits);
    return bytes_of(memory, writer.size);
}

static void keep(struct history_world *world, const struct told *told, struct bytes encoded)
{
    struct history_block *kept = &world->blocks[world->history.count];
    size_t mark = arena_mark(&world->scratch);
    struct block block;
    enum reason reason = block_decode(&block, &world->network, encoded, &world->scratch);
    assert(reason == REASON_NONE);
    kept->encoded = encoded;
    kept->hash = block.hash;
    kept->seq = block.header.seq;
    kept->blanked = (struct bytes){0};
    if (block.header.block_class == CLASS_CONTENT) {
        kept->blanked = blank(world, &block);
    }
    arena_rewind(&world->scratch, mark);
    world->history.blocks[world->history.count++] = *told;
}

static int begin(struct history_world *world, const struct told *told)
{
    struct history_block *block = &world->blocks[world->history.count];
    struct bytes encoded = {0};
    memory_log_init(&block->log, &world->network, &world->scratch);
    log_builder_inception(&world->builder, &block->log, &world->actors[told->author]);
    bool fits = arena_copy(&world->builder.arena, memory_log_block(&block->log, 0), &encoded);
    assert(fits);
    keep(world, told, encoded);
    return (int)world->history.count - 1;
}

/* The same said at the same place is the same block. */
static bool is_told(const struct history_world *world, struct bytes encoded)
{
    for (size_t i = 0; i < world->history.count; i++) {
        if (bytes_equal(world->blocks[i].encoded, encoded)) {
            return true;
        }
    }
    return false;
}

int history_world_tell(struct history_world *world, const struct told *told)
{
    struct history_block *block = &world->blocks[world->history.count];
    struct bytes encoded = {0};
    assert(world->history.count < TOLD_MAX);
    block->arena_mark = arena_mark(&world->builder.arena);
    block->ring_mark = world->builder.ring.count;
    if (told->kind == TOLD_INCEPTION) {
        return begin(world, told);
    }
    struct memory_log *parent = &world->blocks[told->parent].log;
    state_all(world, told, parent);
    uint64_t entries = world->builder.draft.entry_count;
    parent->time_s = told->signed_s > entries ? told->signed_s - entries : 0;
    if (log_builder_sign(&encoded, &world->builder, parent) != REASON_NONE || is_told(world, encoded)) {
        arena_rewind(&world->builder.arena, block->arena_mark);
        world->builder.ring.count = block->ring_mark;
        return -1;
    }
    memory_log_copy(&block->log, parent);
    enum reason reason = memory_log_accept(&block->log, encoded);
    assert(reason == REASON_NONE);
    keep(world, told, encoded);
    return (int)world->history.count - 1;
}

struct bytes history_checkpoint(const struct history_world *world, int block, uint64_t time_s,
                                uint8_t memory[512])
{
    const struct log_state *state = &world->blocks[block].log.state;
    const struct checkpoint checkpoint = {.author = state->author,
                                          .epoch = state->epoch,
                                          .seq = state->seq,
                                          .head = state->head,
                                          .time_s = time_s};
    struct block_signer signers[SIGNATURES_MAX];
    struct signed_checkpoint made;
    struct bytes encoded = {0};
    size_t count = key_ring_signers(&world->builder.ring, &state->keys, ROLE_CHECKPOINT, 1, signers);
    assert(count == 1);
    checkpoint_sign(&made, &checkpoint, &world->network, signers[0].key_index, signers[0].secret);
    bool fits = schema_encode(&signed_checkpoint_schema, &made, memory, 512, &encoded);
    assert(fits);
    return encoded;
}
