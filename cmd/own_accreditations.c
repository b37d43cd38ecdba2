#include "cmd/own_accreditations.h"

#include <string.h>

#include "protocol/wire/block.h"

struct reading {
    struct own_accreditations *out;
    struct session *session;
    struct store_txn *txn;
};

static bool is_before(const struct entry_position *a, const struct entry_position *b)
{
    return a->seq != b->seq ? a->seq < b->seq : a->index < b->index;
}

static void add(struct own_accreditations *out, const struct own_accreditation *found)
{
    if (out->count == OWN_ACCREDITATIONS_MAX) {
        memmove(&out->items[0], &out->items[1], (out->count - 1) * sizeof out->items[0]);
        out->count--;
    }
    out->items[out->count++] = *found;
}

static void take_back(struct own_accreditations *out, const struct withdrawal *withdrawal,
                      const struct entry_position *place)
{
    for (size_t i = 0; i < out->count; i++) {
        struct own_accreditation *found = &out->items[i];
        bool named = withdrawal->has_cut || (withdrawal->accreditation.seq == found->place.seq &&
                                             withdrawal->accreditation.index == found->place.index);

        if (named && actor_id_equal(&found->record.delegate, &withdrawal->delegate) &&
            is_before(&found->place, place)) {
            found->withdrawn = true;
        }
    }
}

static enum store_error read_entry(const struct reading *reading, const struct entry *entry,
                                   const struct entry_position *place)
{
    struct arena *arena = &reading->session->arena;
    struct own_accreditation found = {.place = *place};
    struct withdrawal withdrawal;

    if (entry->kind == ENTRY_ACCREDITATION &&
        entry_payload_decode(&found.record, entry, arena) == REASON_NONE) {
        add(reading->out, &found);
    } else if (entry->kind == ENTRY_WITHDRAWAL &&
               entry_payload_decode(&withdrawal, entry, arena) == REASON_NONE) {
        take_back(reading->out, &withdrawal, place);
    }
    return STORE_OK;
}

static enum store_error read_block(const struct reading *reading, uint64_t seq)
{
    struct arena *arena = &reading->session->arena;
    struct bytes encoded;
    struct block block;
    enum reason reason;
    enum store_error error = store_block_bytes(reading->txn, &reading->session->actor, seq, &encoded, arena);

    if (error != STORE_OK) {
        return error;
    }
    reason = block_decode(&block, &reading->session->home.network, encoded, arena);
    if (reason != REASON_NONE) {
        return reason == REASON_TOO_LARGE ? STORE_NO_MEMORY : STORE_NOT_A_STORE;
    }
    for (size_t i = 0; i < block.entry_count && error == STORE_OK; i++) {
        const struct entry_position place = {.seq = seq, .index = i};

        error = read_entry(reading, &block.entries[i], &place);
    }
    return error;
}

static bool may_hold_any(const struct block_record *record)
{
    return record->block_class == CLASS_GOVERN && record->standing == STANDING_GOOD;
}

enum store_error own_accreditations_read(struct own_accreditations *out, struct session *session,
                                         struct store_txn *txn)
{
    const struct reading reading = {.out = out, .session = session, .txn = txn};
    struct log_state state;
    enum store_error error = store_log_state(txn, &session->actor, &state);

    *out = (struct own_accreditations){0};
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    out->items = arena_take(&session->arena, OWN_ACCREDITATIONS_MAX * sizeof out->items[0]);
    if (!out->items) {
        return STORE_NO_MEMORY;
    }
    for (uint64_t seq = 0; seq <= state.seq && error == STORE_OK; seq++) {
        struct block_record record;
        uint64_t arrived_s;

        error = store_block_record(txn, &session->actor, seq, &record, &arrived_s);
        if (error == STORE_OK && may_hold_any(&record)) {
            size_t mark = arena_mark(&session->arena), before = out->count;

            error = read_block(&reading, seq);
            if (out->count == before && before < OWN_ACCREDITATIONS_MAX) {
                arena_rewind(&session->arena, mark);
            }
        }
    }
    return error;
}

bool own_accreditation_lacks_cut(const struct own_accreditations *all, size_t index, uint32_t today)
{
    const struct own_accreditation *ended = &all->items[index];

    if (!ended->record.has_until || ended->record.until >= today || ended->withdrawn) {
        return false;
    }
    for (size_t i = 0; i < all->count; i++) {
        const struct own_accreditation *other = &all->items[i];
        bool goes_on = !other->withdrawn && (!other->record.has_until || other->record.until >= today ||
                                             (i > index && other->record.until >= ended->record.until));

        if (i != index && goes_on && actor_id_equal(&other->record.delegate, &ended->record.delegate)) {
            return false;
        }
    }
    return true;
}
