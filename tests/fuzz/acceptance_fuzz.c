#include "tests/fuzz/target.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/log_random.h"
#include "tests/support/naive_log.h"

/* The input tells an author what to offer to its own log: honest blocks, signed blocks with a field of the
 * header changed or with payloads of the input's, blocks with a bit changed, and bytes that are none. What is
 * refused changes nothing, what is accepted leads to the root that the log's blocks give, and what is signed
 * honestly is accepted. */

enum { STEPS_MAX = 24, ARENA_SIZE = 4 * 1024 * 1024 };

enum step { STEP_HONEST, STEP_HEADER, STEP_PAYLOAD, STEP_BIT, STEP_BYTES, STEP_COUNT };

/* Made once: the memory is large and the keys cost time. */
static struct network network;
static struct built_actor actor;
static struct log_builder builder;
static struct arena scratch;
static struct memory_log inception, chain;
static uint8_t *arena_memory;

static const uint8_t *input;
static size_t input_size;

static void make_bench(void)
{
    void *scratch_memory = malloc(MEMORY_LOG_SCRATCH_SIZE);

    arena_memory = malloc(ARENA_SIZE);
    if (scratch_memory == NULL || arena_memory == NULL || !network_init(&network, "test")) {
        abort();
    }
    arena_init(&scratch, scratch_memory, MEMORY_LOG_SCRATCH_SIZE);
    build_actor(&actor, &network, 1, 1, 1);
    log_builder_init(&builder, arena_memory, ARENA_SIZE);
    memory_log_init(&inception, &network, &scratch);
    log_builder_inception(&builder, &inception, &actor);
}

static uint8_t take_byte(void)
{
    if (input_size == 0) {
        return 0;
    }
    input_size--;
    return *input++;
}

/* Up to as many bytes as the first one says. */
static struct bytes take_bytes(void)
{
    size_t size = take_byte();
    struct bytes bytes = bytes_of(input, size < input_size ? size : input_size);

    input += bytes.size;
    input_size -= bytes.size;
    return bytes;
}

/* ---- what must hold ---- */

static void check_root(void)
{
    struct bytes *blocks = malloc(chain.block_count * sizeof *blocks);
    size_t mark = arena_mark(&scratch);
    struct block head;
    struct hash root;

    if (blocks == NULL) {
        abort();
    }
    for (size_t i = 0; i < chain.block_count; i++) {
        blocks[i] = memory_log_block(&chain, i);
    }
    if (block_decode(&head, &network, blocks[chain.block_count - 1], &scratch) != REASON_NONE) {
        abort();
    }
    naive_state_root(&root, &network, blocks, chain.block_count);
    if (!hash_equal(&root, &head.header.state_root)) {
        abort();
    }
    arena_rewind(&scratch, mark);
    free(blocks);
}

static enum reason offer(struct bytes encoded)
{
    const struct log_state before = chain.state;
    const size_t count = chain.block_count;
    enum reason reason = memory_log_accept(&chain, encoded);

    if (reason == REASON_NONE) {
        if (chain.block_count != count + 1 || chain.state.seq != before.seq + 1) {
            abort();
        }
    } else if (chain.block_count != count || memcmp(&before, &chain.state, sizeof before) != 0) {
        abort();
    }
    /* A refusal is checked too: nothing may have come into the trees. */
    check_root();
    return reason;
}

/* ---- what is offered ---- */

static uint8_t header_field, header_bit;

static void change_header(struct forgery *forgery)
{
    struct header *header = &forgery->header;

    switch (header_field % 9) {
    case 0:
        header->author.hash.bytes[header_bit / 8] ^= (uint8_t)(1 << header_bit % 8);
        break;
    case 1:
        header->epoch = header_bit;
        break;
    case 2:
        header->seq = header_bit;
        break;
    case 3:
        header->previous.bytes[header_bit / 8] ^= (uint8_t)(1 << header_bit % 8);
        break;
    case 4:
        header->time_s = header_bit;
        break;
    case 5:
        header->entries_root.bytes[header_bit / 8] ^= (uint8_t)(1 << header_bit % 8);
        break;
    case 6:
        header->state_root.bytes[header_bit / 8] ^= (uint8_t)(1 << header_bit % 8);
        break;
    case 7:
        forgery->signers[0].key_index = header_bit % KEYS_MAX;
        break;
    default:
        forgery->break_signature = true;
        break;
    }
}

static void draw_draft(void)
{
    struct dice dice = {.state = take_byte()};

    log_random_draft(&builder, &chain, &dice);
}

static void offer_honest(void)
{
    struct bytes encoded = {0};
    enum reason reason = REASON_NONE;

    draw_draft();
    reason = log_builder_sign(&encoded, &builder, &chain);
    if (reason == REASON_NONE && offer(encoded) != REASON_NONE) {
        abort();
    }
}

static void offer_changed_header(void)
{
    draw_draft();
    header_field = take_byte();
    header_bit = take_byte();
    offer(log_builder_forge(&builder, &chain, change_header));
}

/* Payloads of the input's under good signatures: what statuses and voids reach for is hers who signs. */
static void offer_payloads(void)
{
    const uint8_t kind = (uint8_t)(1 + take_byte() % 16);
    const enum block_class block_class = entry_class(kind);
    size_t count = block_class == CLASS_KEYS ? 1 : 1 + take_byte() % 3;

    log_builder_begin(&builder, block_class);
    for (size_t i = 0; i < count; i++) {
        bool critical = take_byte() % 2 == 1;

        log_builder_add_payload(&builder, kind, critical, take_bytes());
    }
    offer(log_builder_forge(&builder, &chain, NULL));
}

static void offer_changed_bit(void)
{
    struct bytes encoded = {0};
    uint8_t *changed = NULL;
    size_t at = 0;

    draw_draft();
    encoded = log_builder_forge(&builder, &chain, NULL);
    at = (size_t)256 * take_byte();
    at += take_byte();
    changed = malloc(encoded.size);
    if (changed == NULL) {
        abort();
    }
    memcpy(changed, encoded.data, encoded.size);
    changed[at % encoded.size] ^= (uint8_t)(1 << take_byte() % 8);
    if (offer(bytes_of(changed, encoded.size)) == REASON_NONE) {
        abort(); /* header, signatures and body are all committed to */
    }
    free(changed);
}

static void take_step(void)
{
    switch ((enum step)(take_byte() % STEP_COUNT)) {
    case STEP_HONEST:
        offer_honest();
        break;
    case STEP_HEADER:
        offer_changed_header();
        break;
    case STEP_PAYLOAD:
        offer_payloads();
        break;
    case STEP_BIT:
        offer_changed_bit();
        break;
    case STEP_BYTES:
        offer(take_bytes());
        break;
    case STEP_COUNT:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (arena_memory == NULL) {
        make_bench();
    }
    input = data;
    input_size = size;
    log_builder_init(&builder, arena_memory, ARENA_SIZE);
    key_ring_add_actor(&builder.ring, &actor);
    memory_log_copy(&chain, &inception);
    for (size_t i = 0; i < STEPS_MAX && input_size > 0; i++) {
        take_step();
        arena_rewind(&builder.arena, 0);
    }
    memory_log_deinit(&chain);
    return 0;
}
