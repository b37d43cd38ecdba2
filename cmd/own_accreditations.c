#include "cmd/own_accreditations.h"

#include "cmd/own_block.h"
#include "protocol/base/text.h"

struct reading {
    struct own_accreditations *out;
    enum own_accreditations_which which;
    struct session *session;
    struct store_txn *txn;
    bool voided;    /* the block that is read is void */
    uint64_t older; /* accreditations that are still to be passed by, so that the newest find room */
};

static bool is_before(const struct entry_position *a, const struct entry_position *b)
{
    return a->seq != b->seq ? a->seq < b->seq : a->index < b->index;
}

static void end(struct own_accreditation *found, const struct withdrawal *withdrawal)
{
    if (!withdrawal->has_cut) {
        found->ended_whole = true;
    } else if (!found->withdrawn || withdrawal->cut_seq < found->cut_seq) {
        found->cut_seq = withdrawal->cut_seq;
    }
    found->closed |= withdrawal->closed;
    found->withdrawn = true;
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
            end(found, withdrawal);
        }
    }
}

static enum store_error add(struct reading *reading, const struct entry *entry,
                            const struct entry_position *place)
{
    struct own_accreditation found = {.place = *place, .voided = reading->voided};
    enum reason reason;

    if (reading->older > 0) {
        reading->older--;
        return STORE_OK;
    }
    reason = entry_payload_decode(&found.record, entry, &reading->session->arena);
    if (reason != REASON_NONE) {
        return store_error_of_decode(reason, &reading->session->arena);
    }
    reading->out->items[reading->out->count++] = found;
    return STORE_OK;
}

static enum store_error withdraw(const struct reading *reading, const struct entry *entry,
                                 const struct entry_position *place)
{
    struct withdrawal withdrawal;
    enum reason reason = entry_payload_decode(&withdrawal, entry, &reading->session->arena);

    if (reason != REASON_NONE) {
        return store_error_of_decode(reason, &reading->session->arena);
    }
    take_back(reading->out, &withdrawal, place);
    return STORE_OK;
}

static enum store_error read_block(struct reading *reading, uint64_t seq)
{
    struct block block;
    enum store_error error = own_block_read(&block, reading->session, reading->txn, seq);

    for (size_t i = 0; error == STORE_OK && i < block.entry_count; i++) {
        const struct entry_position place = {.seq = seq, .index = i};

        if (block.entries[i].kind == ENTRY_ACCREDITATION) {
            error = add(reading, &block.entries[i], &place);
        } else if (block.entries[i].kind == ENTRY_WITHDRAWAL && !reading->voided) {
            error = withdraw(reading, &block.entries[i], &place);
        }
    }
    return error;
}

static enum store_error count_in_block(struct reading *reading, uint64_t seq)
{
    struct block block;
    enum store_error error = own_block_read(&block, reading->session, reading->txn, seq);

    for (size_t i = 0; error == STORE_OK && i < block.entry_count; i++) {
        reading->older += block.entries[i].kind == ENTRY_ACCREDITATION;
    }
    return error;
}

static bool may_hold_any(const struct reading *reading, const struct block_record *record)
{
    return record->block_class == CLASS_GOVERN &&
           (record->standing == STANDING_GOOD || reading->which == OWN_ACCREDITATIONS_VOID_TOO);
}

/* Visit the blocks that may hold any. What a block was read into is kept only where something was found. */
static enum store_error each_block(struct reading *reading, uint64_t head_seq,
                                   enum store_error (*visit)(struct reading *reading, uint64_t seq))
{
    struct arena *arena = &reading->session->arena;
    enum store_error error = STORE_OK;

    for (uint64_t seq = 0; seq <= head_seq && error == STORE_OK; seq++) {
        struct block_record record;
        uint64_t arrived_s;

        error = store_block_record(reading->txn, &reading->session->actor, seq, &record, &arrived_s);
        if (error == STORE_OK && may_hold_any(reading, &record)) {
            size_t mark = arena_mark(arena), before = reading->out->count;

            reading->voided = record.standing != STANDING_GOOD;
            error = visit(reading, seq);
            if (reading->out->count == before) {
                arena_rewind(arena, mark);
            }
        }
    }
    return error;
}

enum store_error own_accreditations_read(struct own_accreditations *out, struct session *session,
                                         struct store_txn *txn, enum own_accreditations_which which)
{
    struct reading reading = {.out = out, .which = which, .session = session, .txn = txn};
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
    error = each_block(&reading, state.seq, count_in_block);
    if (error != STORE_OK) {
        return error;
    }
    reading.older -= reading.older < OWN_ACCREDITATIONS_MAX ? reading.older : OWN_ACCREDITATIONS_MAX;
    return each_block(&reading, state.seq, read_block);
}

/* ---- cuts ---- */

enum { REACH_LOOKED_AT_MAX = 1024 };

static enum store_error read_day(uint32_t *day, struct session *session, struct store_txn *txn,
                                 const struct actor_id *author, uint64_t seq)
{
    size_t mark = arena_mark(&session->arena);
    struct bytes encoded;
    struct block block;
    enum store_error error = store_block_bytes(txn, author, seq, &encoded, &session->arena);

    if (error == STORE_OK) {
        enum reason reason = block_decode_header(&block, &session->home.network, encoded, &session->arena);
        error = reason == REASON_NONE ? STORE_OK : store_error_of_decode(reason, &session->arena);
    }
    if (error == STORE_OK) {
        *day = day_of_time(block.header.time_s);
    }
    arena_rewind(&session->arena, mark);
    return error;
}

enum store_error own_accreditation_find_reach(struct own_accreditation_reach *out, struct session *session,
                                              struct store_txn *txn, const struct accreditation *ended)
{
    struct log_state state;
    enum store_error error = store_log_state(txn, &ended->delegate, &state);

    *out = (struct own_accreditation_reach){0};
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    out->held = true;
    for (uint64_t i = 0; i <= state.seq && i < REACH_LOOKED_AT_MAX && !out->known; i++) {
        uint32_t day;

        out->seq = state.seq - i;
        error = read_day(&day, session, txn, &ended->delegate, out->seq);
        if (error != STORE_OK) {
            return error;
        }
        out->known = day <= ended->until;
    }
    return STORE_OK;
}

static bool has_pattern_for(const struct accreditation *record, struct bytes pattern)
{
    const struct bytes *patterns = record->patterns.items;

    for (size_t i = 0; i < record->patterns.count; i++) {
        if (bytes_equal(patterns[i], pattern) || code_matches(pattern, patterns[i])) {
            return true;
        }
    }
    return false;
}

/* Whether one accreditation is for all that another is for. */
static bool is_for_as_much(const struct accreditation *record, const struct accreditation *other)
{
    const struct bytes *patterns = other->patterns.items;

    for (size_t i = 0; i < other->patterns.count; i++) {
        if (!has_pattern_for(record, patterns[i])) {
            return false;
        }
    }
    return actor_id_equal(&record->delegate, &other->delegate);
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

        if (i != index && goes_on && is_for_as_much(&other->record, &ended->record)) {
            return false;
        }
    }
    return true;
}

bool own_accreditation_has_others(const struct own_accreditations *all, size_t index, uint32_t today)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct own_accreditation *other = &all->items[i];
        bool in_force = !other->withdrawn && (!other->record.has_until || other->record.until >= today);

        if (i != index && in_force &&
            actor_id_equal(&other->record.delegate, &all->items[index].record.delegate)) {
            return true;
        }
    }
    return false;
}

/* ---- accredited again ---- */

static bool patterns_meet(const struct accreditation *a, const struct accreditation *b)
{
    const struct bytes *of_a = a->patterns.items, *of_b = b->patterns.items;
    struct bytes common;

    for (size_t i = 0; i < a->patterns.count; i++) {
        for (size_t k = 0; k < b->patterns.count; k++) {
            if (code_patterns_meet(of_a[i], of_b[k], &common)) {
                return true;
            }
        }
    }
    return false;
}

struct own_withdrawn own_accreditations_withdrawn(const struct own_accreditations *all,
                                                  const struct accreditation *accreditation)
{
    struct own_withdrawn out = {.cut_seq = UINT64_MAX};

    for (size_t i = 0; i < all->count; i++) {
        const struct own_accreditation *found = &all->items[i];

        if (!found->withdrawn || !actor_id_equal(&found->record.delegate, &accreditation->delegate) ||
            !patterns_meet(&found->record, accreditation)) {
            continue;
        }
        out.any = true;
        out.whole |= found->ended_whole;
        out.closed |= found->closed;
        out.cut_seq = found->cut_seq < out.cut_seq ? found->cut_seq : out.cut_seq;
    }
    return out;
}
