#include <assert.h>
#include <string.h>

#include "store/rows.h"

/* ---- records ---- */

enum store_error record_find(struct store_txn *txn, uint32_t number, uint64_t seq, struct disk_record *row)
{
    struct key key = author_seq_key(number, seq);

    return table_get_exact(txn, TABLE_RECORDS, &key, row, sizeof *row);
}

enum store_error record_read(struct store_txn *txn, uint32_t number, uint64_t seq, struct disk_record *row)
{
    enum store_error error = record_find(txn, number, seq, row);

    return error == STORE_NOT_FOUND ? txn_fail(txn, STORE_DAMAGED) : error;
}

enum store_error record_add(struct store_txn *txn, uint32_t number, uint64_t seq,
                            const struct disk_record *row)
{
    struct key key = author_seq_key(number, seq);

    return table_append(txn, TABLE_RECORDS, &key, row, sizeof *row);
}

enum store_error record_write(struct store_txn *txn, uint32_t number, uint64_t seq,
                              const struct disk_record *row)
{
    struct key key = author_seq_key(number, seq);

    return table_put(txn, TABLE_RECORDS, &key, row, sizeof *row);
}

enum store_error previous_hash_read(struct store_txn *txn, uint32_t number, uint64_t seq, struct hash *out)
{
    struct disk_record record;
    enum store_error error;

    *out = (struct hash){0};
    if (seq == 0) {
        return STORE_OK;
    }
    error = record_read(txn, number, seq - 1, &record);
    *out = record.hash;
    return error == STORE_NOT_FOUND ? txn_fail(txn, STORE_DAMAGED) : error;
}

struct block_record record_of(const struct disk_record *row)
{
    return (struct block_record){
        .hash = row->hash,
        .live_root = row->live_root,
        .epoch = row->epoch,
        .entry_count = row->entry_count,
        .block_class = (enum block_class)row->block_class,
        .standing = (enum standing)row->standing,
        .unknown_critical = (row->flags & RECORD_UNKNOWN_CRITICAL) != 0,
        .void_seq = row->void_seq,
        .void_index = row->void_index,
        .void_reason = row->void_reason,
    };
}

struct disk_record disk_record_of(const struct block_record *record)
{
    assert(record->epoch <= EPOCH_MAX);
    assert(record->entry_count <= BLOCK_ENTRIES_MAX);
    assert(record->void_seq <= BLOCK_SEQ_MAX);
    assert(record->void_index < BLOCK_ENTRIES_MAX);
    assert(record->void_reason <= UINT8_MAX);
    return (struct disk_record){
        .hash = record->hash,
        .live_root = record->live_root,
        .epoch = (uint32_t)record->epoch,
        .void_seq = (uint32_t)record->void_seq,
        .entry_count = (uint16_t)record->entry_count,
        .void_index = (uint16_t)record->void_index,
        .block_class = (uint8_t)record->block_class,
        .standing = (uint8_t)record->standing,
        .void_reason = (uint8_t)record->void_reason,
        .flags = record->unknown_critical ? RECORD_UNKNOWN_CRITICAL : 0,
    };
}

enum store_error store_block_record(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                                    struct block_record *record, uint64_t *arrived_s)
{
    struct disk_author row;
    struct disk_record disk;
    struct stored_block stored;
    enum store_error error = author_read_log(txn, author, &row);

    if (error == STORE_OK) {
        error = seq <= row.seq ? record_read(txn, row.number, seq, &disk) : STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = stored_block_read(txn, row.number, seq, &disk.hash, &stored);
    }
    if (error != STORE_OK) {
        return error;
    }
    *record = record_of(&disk);
    *arrived_s = stored.arrived_s;
    return STORE_OK;
}

/* ---- state ---- */

enum store_error state_read(struct store_txn *txn, const struct actor_id *author,
                            const struct disk_author *row, struct log_state *state)
{
    uint64_t keys_epoch;

    *state = (struct log_state){
        .author = *author,
        .epoch = row->epoch,
        .epoch_first_seq = row->epoch_first_seq,
        .seq = row->seq,
        .head = row->head,
        .upgrade_blocks = row->upgrade_blocks,
    };
    return keys_read(txn, row->number, row->seq, &state->keys, &keys_epoch);
}

enum store_error store_log_state(struct store_txn *txn, const struct actor_id *author,
                                 struct log_state *state)
{
    struct disk_author row;
    enum store_error error = author_read_log(txn, author, &row);

    return error == STORE_OK ? state_read(txn, author, &row, state) : error;
}

static enum store_error visit_row(struct walk *walk, bool *again,
                                  bool (*visit)(void *context, const struct log_state *state), void *context)
{
    struct actor_id author;
    struct disk_author row;
    struct log_state state;
    enum store_error error;

    if (walk->key.size != sizeof author || walk->value.size != sizeof row) {
        return txn_fail(walk->txn, STORE_DAMAGED);
    }
    memcpy(&author, walk->key.data, sizeof author);
    memcpy(&row, walk->value.data, sizeof row);
    if (!row.has_log) {
        return STORE_OK;
    }
    error = state_read(walk->txn, &author, &row, &state);
    if (error == STORE_OK) {
        *again = visit(context, &state);
    }
    return error;
}

enum store_error store_each_log(struct store_txn *txn, const struct actor_id *from,
                                bool (*visit)(void *context, const struct log_state *state), void *context)
{
    struct key first = {0};
    struct walk walk;
    bool again = true;
    enum store_error error = walk_open(&walk, txn, TABLE_AUTHORS);

    if (error != STORE_OK) {
        return error;
    }
    if (from != NULL) {
        key_add(&first, from, sizeof *from);
    } else {
        key_add_number(&first, 0, 1);
    }
    error = walk_seek(&walk, &first);
    while (error == STORE_OK) {
        error = visit_row(&walk, &again, visit, context);
        if (error != STORE_OK || !again) {
            break;
        }
        error = walk_next(&walk);
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- standings ---- */

static struct key standing_key(uint32_t number, uint64_t seq, uint64_t index)
{
    struct key key = author_seq_key(number, seq);

    key_add_number(&key, index, 2);
    return key;
}

enum store_error standing_read(struct store_txn *txn, uint32_t number, uint64_t seq, uint64_t index,
                               struct standing_row *row)
{
    struct key key = standing_key(number, seq, index);
    struct bytes value;
    enum store_error error = table_get(txn, TABLE_STANDINGS, &key, &value);

    row->event_count = 0;
    memset(&row->history, 0, sizeof row->history);
    if (error == STORE_NOT_FOUND) {
        return STORE_OK;
    }
    if (error != STORE_OK) {
        return error;
    }
    row->event_count =
        value.size < HASH_SIZE ? SIZE_MAX : (value.size - HASH_SIZE) / sizeof(struct disk_event);
    if (row->event_count > HISTORY_EVENTS_MAX ||
        value.size != HASH_SIZE + row->event_count * sizeof(struct disk_event)) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    memcpy(&row->history, value.data, HASH_SIZE);
    for (size_t i = 0; i < row->event_count; i++) {
        struct disk_event event;
        memcpy(&event, value.data + HASH_SIZE + i * sizeof event, sizeof event);
        row->events[i] = (struct history_event){
            .action = (enum status_action)event.action,
            .effective_day = event.effective_day,
            .stated_day = event.stated_day,
            .setter_seq = event.setter_seq,
            .setter_index = event.setter_index,
        };
    }
    return STORE_OK;
}

enum store_error event_complete(struct store_txn *txn, uint32_t number, struct history_event *event,
                                struct arena *arena)
{
    const struct entry_at at = {number, event->setter_seq, event->setter_index};
    size_t mark = arena_mark(arena);
    struct bytes element;
    struct entry entry;
    struct status status;
    enum reason reason;
    enum store_error error;

    if (event->action != STATUS_REPLACED && event->action != STATUS_HELD_BY) {
        return STORE_OK;
    }
    error = element_read(txn, &at, &element);
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? txn_fail(txn, STORE_DAMAGED) : error;
    }
    if (entry_decode(&entry, element) != REASON_NONE || entry.kind != ENTRY_STATUS) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    reason = entry_payload_decode(&status, &entry, arena);
    if (reason != REASON_NONE) {
        return txn_fail_decode(txn, reason, arena);
    }
    event->has_replacement = status.has_replacement;
    event->has_holder = status.has_holder;
    event->replacement = status.replacement;
    event->holder = status.holder;
    arena_rewind(arena, mark);
    return STORE_OK;
}

enum store_error standing_write(struct store_txn *txn, uint32_t number, uint64_t seq, uint64_t index,
                                const struct standing_row *row)
{
    struct key key = standing_key(number, seq, index);
    size_t size = HASH_SIZE + row->event_count * sizeof(struct disk_event);
    uint8_t value[HASH_SIZE + HISTORY_EVENTS_MAX * sizeof(struct disk_event)];

    assert(row->event_count <= HISTORY_EVENTS_MAX);
    memcpy(value, &row->history, HASH_SIZE);
    for (size_t i = 0; i < row->event_count; i++) {
        const struct history_event *event = &row->events[i];
        struct disk_event disk = {
            .effective_day = event->effective_day,
            .stated_day = event->stated_day,
            .setter_seq = (uint32_t)event->setter_seq,
            .setter_index = (uint16_t)event->setter_index,
            .action = (uint8_t)event->action,
        };
        memcpy(value + HASH_SIZE + i * sizeof disk, &disk, sizeof disk);
    }
    return table_put(txn, TABLE_STANDINGS, &key, value, size);
}
