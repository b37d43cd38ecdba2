#include "protocol/log/accept.h"

#include <assert.h>
#include <string.h>

/* ---- who may sign what ---- */

static enum reason check_rotation(const struct key_set *keys, const struct network *network,
                                  const struct block *block, struct arena *arena)
{
    size_t mark = arena_mark(arena);
    struct key_set next;
    struct keys record;
    enum reason reason = entry_payload_decode(&record, &block->entries[0], arena);

    if (reason == REASON_NONE) {
        key_set_open(&next, &record);
        reason = key_set_check_rotation(keys, &next, network, &block->hash, block->signatures,
                                        block->signature_count);
    }
    arena_rewind(arena, mark);
    return reason;
}

enum reason log_check_signatures(const struct key_set *keys, uint64_t parent_epoch,
                                 const struct network *network, const struct block *block,
                                 struct arena *arena)
{
    bool rotation = block_is_rotation(block);

    if (block->header.epoch != parent_epoch + (rotation ? 1 : 0)) {
        return REASON_WRONG_EPOCH;
    }
    if (rotation) {
        return check_rotation(keys, network, block, arena);
    }
    return key_set_check(keys, class_role(block->header.block_class), &block->hash, block->signatures,
                         block->signature_count);
}

enum reason log_check(const struct log_state *state, const struct network *network, const struct block *block,
                      struct arena *arena)
{
    const struct header *header = &block->header;

    if (!actor_id_equal(&header->author, &state->author)) {
        return REASON_WRONG_AUTHOR;
    }
    if (header->seq != state->seq + 1) {
        return REASON_WRONG_SEQ;
    }
    if (!hash_equal(&header->previous, &state->head)) {
        return REASON_WRONG_PREVIOUS;
    }
    return log_check_signatures(&state->keys, state->epoch, network, block, arena);
}

enum reason log_advance_keys(struct key_set *keys, uint64_t *epoch, const struct block *block,
                             struct arena *arena)
{
    union {
        struct keys keys;
        struct keys_update update;
    } record;
    size_t mark = arena_mark(arena);
    enum reason reason = REASON_NONE;

    if (block->header.block_class != CLASS_KEYS) {
        return REASON_NONE;
    }
    reason = entry_payload_decode(&record, &block->entries[0], arena);
    if (reason == REASON_NONE && block->entries[0].kind == ENTRY_KEYS) {
        key_set_open(keys, &record.keys);
        *epoch = block->header.epoch;
    } else if (reason == REASON_NONE) {
        reason = key_set_update(keys, &record.update);
    }
    arena_rewind(arena, mark);
    return reason;
}

/* ---- what the entries of one block do ---- */

struct applier {
    struct log_change *change;
    struct log_past *past;
    const struct network *network;
    const struct block *block;
    struct arena *arena;
    size_t event_capacity;
    uint64_t erased_entries; /* that the block erases, each as often as it is named */
    uint32_t
        *unvisited; /* of a govern block: for each of past's blocks where to look for the next unvisited */
};

static struct past_block *past_block_at(const struct log_past *past, uint64_t seq)
{
    size_t low = 0, high = past->block_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (past->blocks[middle].seq < seq) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < past->block_count && past->blocks[low].seq == seq ? &past->blocks[low] : NULL;
}

static struct past_entry *past_entry_at(const struct log_past *past, uint64_t seq, uint64_t index)
{
    size_t low = 0, high = past->entry_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct past_entry *entry = &past->entries[middle];

        if (entry->seq < seq || (entry->seq == seq && entry->index < index)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == past->entry_count || past->entries[low].seq != seq || past->entries[low].index != index) {
        return NULL;
    }
    return &past->entries[low];
}

/* The earlier block that statements about content at seq may speak of. */
static enum reason content_block_at(struct past_block **out, const struct log_past *past, uint64_t seq,
                                    uint64_t last_index)
{
    *out = past_block_at(past, seq);
    if (*out == NULL || last_index >= (*out)->record.entry_count) {
        return REASON_NO_SUCH_ENTRY;
    }
    return (*out)->record.block_class == CLASS_CONTENT ? REASON_NONE : REASON_NOT_CONTENT;
}

/* How many events of this epoch may stand before one where a history is full. */
static uint64_t epoch_places(enum status_action action)
{
    switch (action) {
    case STATUS_REINSTATED:
        return 1;
    case STATUS_SUSPENDED:
        return 2;
    case STATUS_REVOKED:
        return HISTORY_EPOCH_MAX;
    case STATUS_REPLACED:
    case STATUS_APPEALED:
    case STATUS_APPEAL_DECIDED:
    case STATUS_HELD_BY:
        break;
    }
    return 0;
}

/* Whether an entry's history has room for one more status. Whoever fills it leaves room to revoke the entry,
 * and to each later epoch the places to state again what holds, suspended too, and one to revoke it after
 * that: a thief of the issuing key can't rotate, so that what is void can always be repaired, as often as
 * there are places for. */
static bool has_room(const struct past_entry *entry, const struct history_event *event)
{
    bool revokes = event->action == STATUS_REVOKED;

    if (entry->event_count < HISTORY_OPEN_MAX || (revokes && entry->event_count < HISTORY_REVOKED_MAX)) {
        return true;
    }
    return entry->event_count < HISTORY_EVENTS_MAX && entry->epoch_events < epoch_places(event->action);
}

static enum reason set_status(struct applier *applier, const struct history_event *event, uint64_t seq,
                              uint64_t index)
{
    struct past_entry *entry = past_entry_at(applier->past, seq, index);
    struct log_change *change = applier->change;
    struct hash history;

    if (entry == NULL) {
        return REASON_NO_SUCH_ENTRY;
    }
    if (!has_room(entry, event)) {
        return REASON_HISTORY_FULL;
    }
    if (change->event_count == applier->event_capacity) {
        return REASON_TOUCHES_TOO_MANY;
    }
    history_extend(&history, applier->network, &entry->history, event);
    entry->history = history;
    entry->event_count++;
    entry->epoch_events++;
    change->events[change->event_count++] =
        (struct entry_event){.seq = seq, .index = index, .event = *event, .history = history};
    return REASON_NONE;
}

static enum reason apply_status(struct applier *applier, const struct status *status, uint64_t index)
{
    const struct history_event event = {.action = status->action,
                                        .effective_day = status->effective_day,
                                        .stated_day = day_of_time(applier->block->header.time_s),
                                        .setter_seq = applier->block->header.seq,
                                        .setter_index = index,
                                        .has_replacement = status->has_replacement,
                                        .has_holder = status->has_holder,
                                        .replacement = status->replacement,
                                        .holder = status->holder};
    const struct index_range *ranges = status->entries.items;

    for (size_t i = 0; i < status->entries.count; i++) {
        struct past_block *past = NULL;
        enum reason reason = content_block_at(&past, applier->past, status->seq, ranges[i].last);

        for (uint64_t j = ranges[i].first; reason == REASON_NONE && j <= ranges[i].last; j++) {
            reason = set_status(applier, &event, status->seq, j);
        }
        if (reason != REASON_NONE) {
            return reason;
        }
    }
    return REASON_NONE;
}

static enum reason apply_erase(struct applier *applier, const struct erase *erase)
{
    const struct index_range *ranges = erase->entries.items;

    for (size_t i = 0; i < erase->entries.count; i++) {
        struct past_block *past = NULL;
        enum reason reason = content_block_at(&past, applier->past, erase->seq, ranges[i].last);

        if (reason != REASON_NONE) {
            return reason;
        }
        applier->erased_entries += ranges[i].last - ranges[i].first + 1;
        if (applier->erased_entries > ERASE_ENTRIES_MAX) {
            return REASON_ERASES_TOO_MANY;
        }
    }
    return REASON_NONE;
}

/* The first block from index at on that no range of this block has come by, or block_count. Whatever is
 * passed on the way is a step for nobody after. */
static size_t next_unvisited(struct applier *applier, size_t at)
{
    size_t end = at;

    while (applier->unvisited[end] != end) {
        end = applier->unvisited[end];
    }
    while (applier->unvisited[at] != at) {
        size_t next = applier->unvisited[at];
        applier->unvisited[at] = (uint32_t)end;
        at = next;
    }
    return end;
}

static enum reason void_block(const struct applier *applier, struct past_block *past, uint64_t reason,
                              uint64_t index)
{
    const struct header *header = &applier->block->header;

    if (past->record.block_class == CLASS_GOVERN && past->record.epoch >= header->epoch) {
        return REASON_VOID_GOVERN;
    }
    if (past->record.standing != STANDING_VOID) {
        applier->change->state.upgrade_blocks -= past->record.unknown_critical;
        past->record.standing = STANDING_VOID;
        past->record.void_seq = header->seq;
        past->record.void_index = index;
        past->record.void_reason = reason;
    }
    return REASON_NONE;
}

/* A void leaves keys and acceptance alone, and the leaves that its blocks set: only their standing changes.
 * Ranges may overlap: each block is looked at for the first of them alone. */
static enum reason apply_void(struct applier *applier, const struct void_record *record, uint64_t index)
{
    struct past_block *blocks = applier->past->blocks;
    const struct past_block *first, *last;

    if (!record->has_range) {
        return REASON_NONE; /* naming a dropped branch changes no block of this chain */
    }
    first = past_block_at(applier->past, record->range.first);
    last = past_block_at(applier->past, record->range.last);
    if (first == NULL || last == NULL ||
        (uint64_t)(last - first) != record->range.last - record->range.first) {
        return REASON_VOID_RANGE;
    }
    for (size_t at = next_unvisited(applier, (size_t)(first - blocks)); at <= (size_t)(last - blocks);
         at = next_unvisited(applier, at)) {
        enum reason reason = void_block(applier, &blocks[at], record->reason, index);

        if (reason != REASON_NONE) {
            return reason;
        }
        applier->unvisited[at] = (uint32_t)at + 1;
    }
    return REASON_NONE;
}

/* Room for any one record; which one is told by the entry's kind. */
union any_record {
    struct keys keys;
    struct keys_update keys_update;
    struct rule_pack rule_pack;
    struct accreditation accreditation;
    struct withdrawal withdrawal;
    struct succession succession;
    struct void_record voids;
    struct status status;
    struct erase erase;
};

static enum reason apply_entry(struct applier *applier, const struct entry *entry, uint64_t index)
{
    union any_record record;
    enum reason reason = entry_payload_decode(&record, entry, applier->arena);

    if (reason != REASON_NONE) {
        return reason;
    }
    if (entry->kind == ENTRY_STATUS) {
        return apply_status(applier, &record.status, index);
    }
    if (entry->kind == ENTRY_ERASE) {
        return apply_erase(applier, &record.erase);
    }
    if (entry->kind == ENTRY_VOID) {
        return apply_void(applier, &record.voids, index);
    }
    return REASON_NONE;
}

/* Content needs no look: malformed, unknown and erased entries are kept and change nothing, but for an
 * unknown critical kind, which its erased form shows too. */
static void note_upgrade(struct log_change *change, const struct block *block)
{
    for (size_t i = 0; i < block->entry_count && !change->record.unknown_critical; i++) {
        const struct entry *entry = &block->entries[i];

        change->record.unknown_critical = entry->critical && entry_schema(entry->kind) == NULL;
    }
    change->state.upgrade_blocks += change->record.unknown_critical;
}

static enum reason apply_entries(struct applier *applier)
{
    const struct block *block = applier->block;

    if (block->header.block_class == CLASS_CONTENT) {
        note_upgrade(applier->change, block);
        return REASON_NONE;
    }
    for (size_t i = 0; i < block->entry_count; i++) {
        size_t mark = arena_mark(applier->arena);
        enum reason reason = apply_entry(applier, &block->entries[i], i);

        arena_rewind(applier->arena, mark);
        if (reason != REASON_NONE) {
            return reason;
        }
    }
    return REASON_NONE;
}

/* ---- trees ---- */

static bool update_live_roots(struct applier *applier)
{
    const struct hash_domain *node = label_domain(applier->network, LABEL_ENTRY_NODE);
    struct log_past *past = applier->past;

    for (size_t i = 0; i < past->entry_count; i++) {
        const struct past_entry *entry = &past->entries[i];
        struct past_block *block = past_block_at(past, entry->seq);
        struct hash leaf;

        if (hash_is_zero(&entry->history)) {
            continue;
        }
        live_leaf(&leaf, applier->network, &entry->leaf, &entry->history);
        if (block == NULL || !merkle_pages_set(&block->live, entry->index, &leaf)) {
            return false;
        }
    }
    for (size_t i = 0; i < past->block_count; i++) {
        struct past_block *block = &past->blocks[i];

        if (block->live.count > 0 &&
            !merkle_pages_root(&block->record.live_root, &block->live, node, block->record.entry_count)) {
            return false;
        }
    }
    return true;
}

static bool set_state_leaf(struct merkle_pages *state, const struct network *network,
                           const struct block_record *record, const struct hash *previous, uint64_t seq)
{
    const struct block_state leaf_state = {.epoch = record->epoch,
                                           .seq = seq,
                                           .previous = *previous,
                                           .entry_count = record->entry_count,
                                           .standing = record->standing,
                                           .live_root = record->live_root};
    struct hash leaf;

    block_state_leaf(&leaf, network, &leaf_state);
    return merkle_pages_set(state, seq, &leaf);
}

/* A tree that grows by a level has an empty top page, until its former top page's root is carried up. */
static void carry_former_top(struct merkle_pages *state, uint64_t count)
{
    uint32_t levels = merkle_page_levels(count);

    if (count < 2 || merkle_page_levels(count - 1) == levels) {
        return;
    }
    for (size_t i = 0; i < state->count; i++) {
        if (state->pages[i].level == levels - 2 && state->pages[i].index == 0) {
            state->pages[i].changed = true;
        }
    }
}

static bool update_state_root(struct applier *applier)
{
    struct log_change *change = applier->change;
    struct merkle_pages *state = &applier->past->state;
    uint64_t seq = applier->block->header.seq;

    for (size_t i = 0; i < applier->past->block_count; i++) {
        const struct past_block *block = &applier->past->blocks[i];

        if (!set_state_leaf(state, applier->network, &block->record, &block->previous, block->seq)) {
            return false;
        }
    }
    if (!set_state_leaf(state, applier->network, &change->record, &applier->block->header.previous, seq)) {
        return false;
    }
    carry_former_top(state, seq + 1);
    return merkle_pages_root(&change->state_root, state, label_domain(applier->network, LABEL_STATE_NODE),
                             seq + 1);
}

/* ---- the decision ---- */

static void open_change(struct log_change *change, const struct block *block)
{
    const struct header *header = &block->header;

    *change = (struct log_change){
        .record = {.hash = block->hash,
                   .live_root = header->entries_root,
                   .epoch = header->epoch,
                   .entry_count = header->entry_count,
                   .block_class = header->block_class,
                   .standing = STANDING_GOOD},
    };
}

static enum reason make_room_to_visit(struct applier *applier)
{
    const size_t count = applier->past->block_count + 1;

    applier->unvisited = arena_take(applier->arena, count * sizeof *applier->unvisited);
    if (applier->unvisited == NULL) {
        return REASON_TOO_LARGE;
    }
    for (size_t i = 0; i < count; i++) {
        applier->unvisited[i] = (uint32_t)i;
    }
    return REASON_NONE;
}

static size_t count_of_kind(const struct block *block, uint64_t kind)
{
    size_t count = 0;

    for (size_t i = 0; i < block->entry_count; i++) {
        count += block->entries[i].kind == kind;
    }
    return count;
}

static size_t at_most(size_t count, size_t max)
{
    return count < max ? count : max;
}

/* Each entry speaks of an earlier one once at most, and in so many ranges. */
static enum reason make_room(struct applier *applier)
{
    struct log_change *change = applier->change;

    if (applier->block->header.block_class == CLASS_GOVERN) {
        return make_room_to_visit(applier);
    }
    if (applier->block->header.block_class != CLASS_STATUS) {
        return REASON_NONE;
    }
    applier->event_capacity =
        at_most(count_of_kind(applier->block, ENTRY_STATUS) * applier->past->entry_count, STATUS_ENTRIES_MAX);
    change->events = arena_take(applier->arena, applier->event_capacity * sizeof *change->events);
    return change->events != NULL ? REASON_NONE : REASON_TOO_LARGE;
}

static void move_head(struct log_state *state, const struct block *block)
{
    if (block->header.epoch != state->epoch) {
        state->epoch_first_seq = block->header.seq;
    }
    state->epoch = block->header.epoch;
    state->seq = block->header.seq;
    state->head = block->hash;
}

enum reason log_apply(struct log_change *change, const struct log_state *state, const struct network *network,
                      const struct block *block, struct log_past *past, struct arena *arena)
{
    struct applier applier = {
        .change = change, .past = past, .network = network, .block = block, .arena = arena};
    uint64_t epoch = state->epoch;
    enum reason reason = REASON_NONE;

    open_change(change, block);
    change->state = *state;
    change->keys_changed = block->header.block_class == CLASS_KEYS;
    reason = make_room(&applier);
    if (reason == REASON_NONE) {
        reason = log_advance_keys(&change->state.keys, &epoch, block, arena);
    }
    if (reason == REASON_NONE) {
        reason = apply_entries(&applier);
    }
    if (reason != REASON_NONE) {
        return reason;
    }
    move_head(&change->state, block);
    /* A page that the caller did not gather is a bug of its, not a fault of the block; it must not pass. */
    return update_live_roots(&applier) && update_state_root(&applier) ? REASON_NONE : REASON_STATE_ROOT;
}

enum reason log_accept_checked(struct log_change *change, const struct log_state *state,
                               const struct network *network, const struct block *block,
                               struct log_past *past, struct arena *arena)
{
    enum reason reason = log_apply(change, state, network, block, past, arena);

    if (reason != REASON_NONE) {
        return reason;
    }
    return hash_equal(&change->state_root, &block->header.state_root) ? REASON_NONE : REASON_STATE_ROOT;
}

enum reason log_accept(struct log_change *change, const struct log_state *state,
                       const struct network *network, const struct block *block, struct log_past *past,
                       struct arena *arena)
{
    enum reason reason = log_check(state, network, block, arena);

    return reason == REASON_NONE ? log_accept_checked(change, state, network, block, past, arena) : reason;
}

/* Whether block is, byte for byte, what its keys record gives, and that record. Its lists go to arena. */
static bool read_inception(struct keys *record, const struct network *network, const struct block *block,
                           struct arena *arena)
{
    const size_t capacity = KEYS_SIZE_MAX + 2 * HEADER_SIZE_MAX;
    struct bytes expected = {0};
    struct writer writer;
    uint8_t *memory = NULL;

    if (block->entry_count != 1 || block->entries[0].kind != ENTRY_KEYS ||
        entry_payload_decode(record, &block->entries[0], arena) != REASON_NONE) {
        return false;
    }
    memory = arena_take(arena, capacity);
    if (memory == NULL) {
        return false;
    }
    writer_init(&writer, memory, capacity);
    return block_of_known_inception(&writer, network, block->entries[0].payload) &&
           writer_end(&writer, &expected) && bytes_equal(expected, block->encoded);
}

enum reason log_begin(struct log_change *change, const struct network *network, const struct block *block,
                      struct log_past *past, struct arena *arena)
{
    struct applier applier = {
        .change = change, .past = past, .network = network, .block = block, .arena = arena};
    size_t mark = arena_mark(arena);
    struct keys record;
    bool inception = read_inception(&record, network, block, arena);

    if (inception) {
        open_change(change, block);
        change->state.author = block->header.author;
        change->keys_changed = true;
        key_set_open(&change->state.keys, &record);
        move_head(&change->state, block);
    }
    arena_rewind(arena, mark);
    if (!inception) {
        return REASON_BAD_INCEPTION;
    }
    return update_state_root(&applier) ? REASON_NONE : REASON_STATE_ROOT;
}
