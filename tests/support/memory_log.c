#include "tests/support/memory_log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_BITS = 6 };

static void *take(struct arena *arena, size_t size)
{
    void *memory = arena_take(arena, size);

    assert(memory != NULL);
    return memory;
}

static void *duplicate(const void *data, size_t size)
{
    void *copy = malloc(size > 0 ? size : 1);

    assert(copy != NULL);
    if (size > 0) {
        memcpy(copy, data, size);
    }
    return copy;
}

/* ---- life ---- */

void memory_log_init(struct memory_log *log, const struct network *network, struct arena *scratch)
{
    *log = (struct memory_log){.network = network, .scratch = scratch};
}

void memory_log_deinit(struct memory_log *log)
{
    for (size_t i = 0; i < log->block_count; i++) {
        free(log->blocks[i].encoded);
        free(log->blocks[i].entries);
    }
    for (size_t level = 0; level < MERKLE_PAGE_LEVELS_MAX; level++) {
        free(log->levels[level].pages);
    }
    free(log->blocks);
    *log = (struct memory_log){.network = log->network, .scratch = log->scratch};
}

void memory_log_copy(struct memory_log *out, const struct memory_log *log)
{
    *out = *log;
    out->block_capacity = log->block_count;
    out->blocks = duplicate(log->blocks, log->block_count * sizeof *log->blocks);
    for (size_t i = 0; i < log->block_count; i++) {
        const struct memory_block *block = &log->blocks[i];

        out->blocks[i].encoded = duplicate(block->encoded, block->encoded_size);
        out->blocks[i].entries =
            duplicate(block->entries, block->record.entry_count * sizeof *block->entries);
    }
    for (size_t level = 0; level < MERKLE_PAGE_LEVELS_MAX; level++) {
        const struct merkle_pages *pages = &log->levels[level];

        out->levels[level].pages = duplicate(pages->pages, pages->count * sizeof *pages->pages);
    }
}

struct bytes memory_log_block(const struct memory_log *log, uint64_t seq)
{
    assert(seq < log->block_count);
    return bytes_of(log->blocks[seq].encoded, log->blocks[seq].encoded_size);
}

/* ---- gathering ---- */

static bool touches_page(const struct log_reach *reach, unsigned shift, uint64_t index)
{
    for (size_t i = 0; i < reach->block_count; i++) {
        if (reach->blocks[i].first >> shift <= index && index <= reach->blocks[i].last >> shift) {
            return true;
        }
    }
    return false;
}

/* The page as it is held, or zeroed where the tree has not grown yet. */
static struct merkle_page page_at(const struct memory_log *log, uint32_t level, uint64_t index)
{
    const struct merkle_pages *pages = &log->levels[level];

    if (index < pages->count) {
        return pages->pages[index];
    }
    return (struct merkle_page){.level = level, .index = index};
}

static void gather_state(struct merkle_pages *out, const struct memory_log *log,
                         const struct log_reach *reach, struct arena *arena)
{
    const uint64_t count = log->block_count + 1;
    const uint32_t levels = merkle_page_levels(count);
    size_t capacity = 0;

    for (uint32_t level = 0; level < levels; level++) {
        capacity += (size_t)((count - 1) >> (PAGE_BITS * (level + 1))) + 1;
    }
    *out = (struct merkle_pages){.pages = take(arena, capacity * sizeof *out->pages)};
    for (uint32_t level = 0; level < levels; level++) {
        const unsigned shift = PAGE_BITS * (level + 1);
        const uint64_t last = (count - 1) >> shift;

        for (uint64_t index = 0; index <= last; index++) {
            if (index == 0 || index == last || touches_page(reach, shift, index)) {
                out->pages[out->count] = page_at(log, level, index);
                out->pages[out->count++].changed = false;
            }
        }
    }
}

static bool touches_entries(const struct log_reach *reach, uint64_t seq, uint64_t first, uint64_t last)
{
    for (size_t i = 0; i < reach->entry_count; i++) {
        const struct reach_entries *range = &reach->entries[i];

        if (range->seq == seq && range->first <= last && first <= range->last) {
            return true;
        }
    }
    return false;
}

static void fill_live_page(struct merkle_page *page, const struct memory_log *log,
                           const struct memory_block *block)
{
    const uint64_t first = page->index * MERKLE_PAGE_SIZE;

    for (uint64_t i = first; i < first + MERKLE_PAGE_SIZE && i < block->record.entry_count; i++) {
        const struct memory_entry *entry = &block->entries[i];

        page->nodes[i - first] = entry->leaf;
        if (!hash_is_zero(&entry->history)) {
            live_leaf(&page->nodes[i - first], log->network, &entry->leaf, &entry->history);
        }
    }
}

static void fill_live_top(struct merkle_page *top, const struct memory_log *log,
                          const struct memory_block *block)
{
    const uint64_t count = block->record.entry_count;

    *top = (struct merkle_page){.level = 1};
    for (uint64_t first = 0; first < count; first += MERKLE_PAGE_SIZE) {
        struct merkle_page page = {.index = first / MERKLE_PAGE_SIZE};
        uint64_t fill = count - first < MERKLE_PAGE_SIZE ? count - first : MERKLE_PAGE_SIZE;

        fill_live_page(&page, log, block);
        merkle_root_in_place(&top->nodes[page.index], label_domain(log->network, LABEL_ENTRY_NODE),
                             page.nodes, fill);
    }
}

static void gather_live(struct merkle_pages *out, const struct memory_log *log, const struct log_reach *reach,
                        uint64_t seq, struct arena *arena)
{
    const struct memory_block *block = &log->blocks[seq];
    const uint64_t count = block->record.entry_count;

    *out = (struct merkle_pages){0};
    if (!touches_entries(reach, seq, 0, count - 1)) {
        return;
    }
    out->pages = take(arena, (count / MERKLE_PAGE_SIZE + 2) * sizeof *out->pages);
    for (uint64_t first = 0; first < count; first += MERKLE_PAGE_SIZE) {
        if (touches_entries(reach, seq, first, first + MERKLE_PAGE_SIZE - 1)) {
            struct merkle_page *page = &out->pages[out->count++];

            *page = (struct merkle_page){.index = first / MERKLE_PAGE_SIZE};
            fill_live_page(page, log, block);
        }
    }
    if (merkle_page_levels(count) > 1) {
        fill_live_top(&out->pages[out->count++], log, block);
    }
}

/* Every entry of the ranges that exists. */
static void gather_entries(struct log_past *past, const struct memory_log *log, const struct log_reach *reach,
                           struct arena *arena)
{
    past->entries = take(arena, STATUS_ENTRIES_MAX * sizeof *past->entries);
    for (size_t i = 0; i < reach->entry_count; i++) {
        const struct reach_entries *range = &reach->entries[i];
        const struct memory_block *block = &log->blocks[range->seq];

        for (uint64_t j = range->first; j <= range->last && j < block->record.entry_count; j++) {
            past->entries[past->entry_count++] = (struct past_entry){
                .seq = range->seq,
                .index = j,
                .leaf = block->entries[j].leaf,
                .history = block->entries[j].history,
                .event_count = block->entries[j].event_count,
                .epoch_events =
                    block->entries[j].epoch == log->state.epoch ? block->entries[j].epoch_events : 0,
            };
        }
    }
}

static void gather_blocks(struct log_past *past, const struct memory_log *log, const struct log_reach *reach,
                          struct arena *arena)
{
    past->blocks = take(arena, log->block_count * sizeof *past->blocks);
    for (size_t i = 0; i < reach->block_count; i++) {
        for (uint64_t seq = reach->blocks[i].first; seq <= reach->blocks[i].last && seq < log->block_count;
             seq++) {
            struct past_block *block = &past->blocks[past->block_count++];

            *block = (struct past_block){.seq = seq, .record = log->blocks[seq].record};
            if (seq > 0) {
                block->previous = log->blocks[seq - 1].record.hash;
            }
            gather_live(&block->live, log, reach, seq, arena);
        }
    }
}

void memory_log_gather(struct log_past *past, const struct memory_log *log, const struct log_reach *reach,
                       struct arena *arena)
{
    *past = (struct log_past){0};
    gather_blocks(past, log, reach, arena);
    gather_entries(past, log, reach, arena);
    gather_state(&past->state, log, reach, arena);
}

/* ---- applying ---- */

static void put_page(struct memory_log *log, const struct merkle_page *page)
{
    struct merkle_pages *level = &log->levels[page->level];

    assert(page->index <= level->count);
    if (page->index == level->count) {
        level->count++;
        level->pages = realloc(level->pages, level->count * sizeof *level->pages);
        assert(level->pages != NULL);
    }
    level->pages[page->index] = *page;
}

static void put_block(struct memory_log *log, const struct block *block, const struct block_record *record)
{
    struct memory_block *out = NULL;

    if (log->block_count == log->block_capacity) {
        log->block_capacity = 2 * log->block_capacity + 16;
        log->blocks = realloc(log->blocks, log->block_capacity * sizeof *log->blocks);
        assert(log->blocks != NULL);
    }
    out = &log->blocks[log->block_count++];
    *out = (struct memory_block){.record = *record, .encoded_size = block->encoded.size};
    out->encoded = duplicate(block->encoded.data, block->encoded.size);
    out->entries = calloc(block->entry_count, sizeof *out->entries);
    assert(out->entries != NULL);
    for (size_t i = 0; i < block->entry_count; i++) {
        out->entries[i].leaf = block->leaves[i];
    }
}

static void erase_entries(struct memory_log *log, const struct erase *erase)
{
    struct memory_block *held = &log->blocks[erase->seq];
    struct bytes encoded;
    struct writer writer;
    struct block block;
    enum reason reason = block_decode(&block, log->network, memory_log_block(log, erase->seq), log->scratch);

    assert(reason == REASON_NONE);
    writer_init(&writer, take(log->scratch, BLOCK_SIZE_MAX), BLOCK_SIZE_MAX);
    if (!block_erase(&writer, log->network, &block, erase->entries.items, erase->entries.count) ||
        !writer_end(&writer, &encoded)) {
        abort();
    }
    free(held->encoded);
    held->encoded = duplicate(encoded.data, encoded.size);
    held->encoded_size = encoded.size;
}

static void erase_all(struct memory_log *log, const struct block *block)
{
    for (size_t i = 0; i < block->entry_count; i++) {
        size_t mark = arena_mark(log->scratch);
        struct erase erase;

        if (block->header.block_class == CLASS_STATUS && block->entries[i].kind == ENTRY_ERASE) {
            enum reason reason = entry_payload_decode(&erase, &block->entries[i], log->scratch);

            assert(reason == REASON_NONE);
            erase_entries(log, &erase);
        }
        arena_rewind(log->scratch, mark);
    }
}

static void apply(struct memory_log *log, const struct block *block, const struct log_change *change,
                  const struct log_past *past)
{
    for (size_t i = 0; i < past->block_count; i++) {
        log->blocks[past->blocks[i].seq].record = past->blocks[i].record;
    }
    for (size_t i = 0; i < change->event_count; i++) {
        const struct entry_event *event = &change->events[i];
        struct memory_entry *entry = &log->blocks[event->seq].entries[event->index];

        entry->history = event->history;
        entry->event_count++;
        entry->epoch_events = entry->epoch == change->state.epoch ? entry->epoch_events + 1 : 1;
        entry->epoch = change->state.epoch;
    }
    for (size_t i = 0; i < past->state.count; i++) {
        if (past->state.pages[i].changed) {
            put_page(log, &past->state.pages[i]);
        }
    }
    put_block(log, block, &change->record);
    erase_all(log, block);
    log->state = change->state;
}

static enum reason decide(struct log_change *change, struct log_past *past, const struct memory_log *log,
                          const struct block *block)
{
    struct log_reach reach;
    enum reason reason = log_reach_of(&reach, block, log->scratch);

    if (reason != REASON_NONE) {
        return reason;
    }
    if (log->block_count == 0) {
        reach = (struct log_reach){0};
        memory_log_gather(past, log, &reach, log->scratch);
        return log_begin(change, log->network, block, past, log->scratch);
    }
    /* The lists name earlier blocks of the header's own seq; nothing is gathered for a block out of place. */
    reason = log_check(&log->state, log->network, block, log->scratch);
    if (reason != REASON_NONE) {
        return reason;
    }
    memory_log_gather(past, log, &reach, log->scratch);
    return log_accept(change, &log->state, log->network, block, past, log->scratch);
}

enum reason memory_log_accept_block(struct memory_log *log, const struct block *block)
{
    size_t mark = arena_mark(log->scratch);
    struct log_change change;
    struct log_past past;
    enum reason reason = decide(&change, &past, log, block);

    if (reason == REASON_NONE) {
        apply(log, block, &change, &past);
    }
    arena_rewind(log->scratch, mark);
    return reason;
}

enum reason memory_log_accept(struct memory_log *log, struct bytes encoded)
{
    size_t mark = arena_mark(log->scratch);
    struct block block;
    enum reason reason = block_decode(&block, log->network, encoded, log->scratch);

    if (reason == REASON_NONE) {
        reason = memory_log_accept_block(log, &block);
    }
    arena_rewind(log->scratch, mark);
    return reason;
}

/* ---- signing ---- */

static enum reason sign_in_scratch(struct bytes *out, const struct memory_log *log, const struct draft *draft,
                                   const struct block_signer *signers, size_t signer_count)
{
    struct log_reach reach;
    struct log_past past;
    struct block preview;
    struct writer writer;
    enum reason reason = draft_preview(&preview, draft, &log->state, log->network,
                                       log->time_s + draft->entry_count, log->scratch);

    if (reason == REASON_NONE) {
        reason = log_reach_of(&reach, &preview, log->scratch);
    }
    if (reason != REASON_NONE) {
        return reason;
    }
    memory_log_gather(&past, log, &reach, log->scratch);
    writer_init(&writer, take(log->scratch, BLOCK_SIZE_MAX), BLOCK_SIZE_MAX);
    reason =
        draft_sign(&writer, &preview, &log->state, log->network, &past, signers, signer_count, log->scratch);
    if (reason == REASON_NONE && !writer_end(&writer, out)) {
        abort();
    }
    return reason;
}

enum reason memory_log_sign(struct bytes *out, const struct memory_log *log, const struct draft *draft,
                            const struct block_signer *signers, size_t signer_count, struct arena *arena)
{
    size_t mark = arena_mark(log->scratch);
    struct bytes encoded = {0};
    enum reason reason = sign_in_scratch(&encoded, log, draft, signers, signer_count);

    if (reason == REASON_NONE) {
        assert(arena != log->scratch);
        if (!arena_copy(arena, encoded, out)) {
            abort();
        }
    }
    arena_rewind(log->scratch, mark);
    return reason;
}
