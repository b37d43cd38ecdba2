#include <stdlib.h>
#include <string.h>

#include "protocol/rules/bearing.h"
#include "store/erase_rows.h"
#include "store/erased.h"
#include "store/grants.h"
#include "store/own.h"

/* From stored bytes to what may be read of them. */

/* ---- whether an `erase` stands ---- */

/* Whatever the entry is. Of most blocks nobody ever said so, and they are asked no further. */
static enum store_error is_covered(struct store_txn *txn, const struct entry_at *at,
                                   const struct disk_record *record, bool *covered)
{
    *covered = false;
    return (record->flags & RECORD_HAS_ERASERS) != 0 ? erasers_cover(txn, at, ERASING_UNDISPUTED, covered)
                                                     : STORE_OK;
}

/* Whether what stands at that place is a `joined` of the affiliation, and if so, whether it is erased. */
static enum store_error look_at_joined(struct store_txn *txn, const struct entry_at *at,
                                       const struct hash *id, bool *joined, bool *erased)
{
    struct affiliation affiliation;
    struct disk_record record;
    enum store_error error = affiliation_read_sealed(txn, at, &affiliation);

    *joined = error == STORE_OK && affiliation.event == AFFILIATION_JOINED && hash_equal(&affiliation.id, id);
    if (!*joined) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    error = record_find(txn, at->author, at->seq, &record);
    return error == STORE_OK ? is_covered(txn, at, &record, erased) : error;
}

/* Each `joined` has to be erased, and there has to be one: else the `left` still says what it says. */
enum store_error is_joined_readable(struct store_txn *txn, const struct hash *id, bool *readable)
{
    const struct key key = grant_key_of_affiliation(GRANT_AFFILIATION, id);
    struct entry_at at;
    size_t looked_at = 0;
    bool any_erased = false;
    enum store_error error = grant_next(txn, &key, NULL, &at);

    *readable = false;
    while (error == STORE_OK && !*readable) {
        const struct entry_at behind = at;
        bool joined = false, erased = false;

        error = look_at_joined(txn, &at, id, &joined, &erased);
        any_erased |= joined && erased;
        *readable = (joined && !erased) || ++looked_at == GRANTS_EACH_MAX;
        if (error == STORE_OK) {
            error = grant_next(txn, &key, &behind, &at);
        }
    }
    *readable |= !any_erased;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error is_kept(struct store_txn *txn, const struct entry *entry, bool *kept)
{
    uint8_t memory[AFFILIATION_ARENA_SIZE];
    struct affiliation affiliation;
    struct arena arena;
    bool affiliates = entry->kind == ENTRY_AFFILIATION;

    *kept = false;
    arena_init(&arena, memory, sizeof memory);
    if (affiliates && entry_payload_decode(&affiliation, entry, &arena) != REASON_NONE) {
        return STORE_OK;
    }
    *kept = bearing_is_against(bearing_of_entry(entry->kind, &affiliation));
    return affiliates && *kept ? is_joined_readable(txn, &affiliation.id, kept) : STORE_OK;
}

/* ---- one entry ---- */

static enum store_error stored_element(struct store_txn *txn, const struct entry_at *at,
                                       struct disk_record *record, struct bytes *element)
{
    struct stored_block stored;
    enum store_error error = record_find(txn, at->author, at->seq, record);

    if (error == STORE_OK && at->index >= record->entry_count) {
        error = STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = stored_block_read(txn, at->author, at->seq, &record->hash, &stored);
    }
    return error == STORE_OK ? stored_block_element(txn, &stored, at->index, element) : error;
}

enum store_error element_read(struct store_txn *txn, const struct entry_at *at, struct bytes *element)
{
    struct disk_record record;
    enum store_error error = stored_element(txn, at, &record, element);

    return error == STORE_OK ? element_hide(txn, at, &record, element) : error;
}

enum store_error element_read_sealed(struct store_txn *txn, const struct entry_at *at, struct bytes *element)
{
    struct disk_record record;

    return stored_element(txn, at, &record, element);
}

enum store_error element_hide(struct store_txn *txn, const struct entry_at *at,
                              const struct disk_record *record, struct bytes *element)
{
    struct writer writer;
    struct entry entry;
    bool covered = false, kept = false;
    enum store_error error = is_covered(txn, at, record, &covered);

    if (error != STORE_OK || !covered) {
        return error;
    }
    if (entry_decode(&entry, *element) != REASON_NONE) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    if (entry.erased) {
        return STORE_OK;
    }
    error = is_kept(txn, &entry, &kept);
    if (error != STORE_OK || kept) {
        return error;
    }
    writer_init(&writer, txn->erased_form, sizeof txn->erased_form);
    entry_write_erased(&writer, &txn->store->network, &entry);
    return writer_end(&writer, element) ? STORE_OK : txn_fail(txn, STORE_DAMAGED);
}

/* ---- what an affiliation said ---- */

static enum store_error read_gone(struct store_txn *txn, const struct entry_at *at, const struct entry *entry,
                                  struct affiliation *affiliation)
{
    struct disk_gone gone;
    struct hash leaf;
    enum store_error error;

    entry_leaf_of(&leaf, &txn->store->network, entry);
    error = own_gone(txn, at->author, &leaf, &gone);
    if (error != STORE_OK || gone.event == 0) {
        return error == STORE_OK ? STORE_NOT_FOUND : error;
    }
    *affiliation = (struct affiliation){.event = (enum affiliation_event)gone.event, .id = gone.id};
    if (gone.event == AFFILIATION_JOINED) {
        affiliation->has_consent = true;
        affiliation->consent.technician = gone.technician;
        affiliation->consent.shop = gone.shop;
    }
    return STORE_OK;
}

enum store_error affiliation_read_sealed(struct store_txn *txn, const struct entry_at *at,
                                         struct affiliation *affiliation)
{
    uint8_t memory[AFFILIATION_ARENA_SIZE];
    struct arena arena;
    struct bytes element;
    struct entry entry;
    enum store_error error = element_read_sealed(txn, at, &element);

    if (error != STORE_OK) {
        return error;
    }
    if (entry_decode(&entry, element) != REASON_NONE) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    if (entry.kind != ENTRY_AFFILIATION) {
        return STORE_NOT_FOUND;
    }
    if (entry.erased) {
        return read_gone(txn, at, &entry, affiliation);
    }
    arena_init(&arena, memory, sizeof memory);
    if (entry_payload_decode(affiliation, &entry, &arena) != REASON_NONE) {
        return STORE_NOT_FOUND;
    }
    affiliation->extensions = (struct list){0};
    return STORE_OK;
}

/* ---- whole blocks ---- */

/* Leave out of covered what keeps its effect. *any: whether something whole is left in it. */
static enum store_error narrow(struct store_txn *txn, const struct block *block,
                               bool covered[BLOCK_ENTRIES_MAX], bool *any)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < block->entry_count && error == STORE_OK; i++) {
        bool kept = false;

        if (!covered[i] || block->entries[i].erased) {
            continue;
        }
        error = is_kept(txn, &block->entries[i], &kept);
        covered[i] = !kept;
        *any |= !kept;
    }
    return error;
}

static size_t index_ranges(const bool covered[BLOCK_ENTRIES_MAX], size_t count, struct index_range *ranges)
{
    size_t range_count = 0;

    for (size_t i = 0; i < count; i++) {
        if (!covered[i]) {
            continue;
        }
        if (i == 0 || !covered[i - 1]) {
            ranges[range_count++].first = i;
        }
        ranges[range_count - 1].last = i;
    }
    return range_count;
}

enum store_error block_cut(struct store_txn *txn, const struct block *block,
                           const bool covered[BLOCK_ENTRIES_MAX], struct bytes *out, struct arena *arena)
{
    struct index_range ranges[BLOCK_ENTRIES_MAX / 2 + 1];
    size_t capacity = block->encoded.size + block->entry_count * ENTRY_ERASED_SIZE_MAX;
    size_t range_count = index_ranges(covered, block->entry_count, ranges);
    uint8_t *memory = arena_take(arena, capacity);
    struct writer writer;

    if (!memory) {
        return STORE_NO_MEMORY;
    }
    writer_init(&writer, memory, capacity);
    return block_erase(&writer, &txn->store->network, block, ranges, range_count) && writer_end(&writer, out)
               ? STORE_OK
               : txn_fail(txn, STORE_DAMAGED);
}

static enum store_error hide(struct store_txn *txn, struct bytes encoded, bool covered[BLOCK_ENTRIES_MAX],
                             struct bytes *out, struct arena *arena)
{
    void *memory = malloc(BLOCK_ARENA_SIZE);
    struct arena scratch;
    struct block block;
    bool any = false;
    enum store_error error = memory ? STORE_OK : STORE_NO_MEMORY;

    arena_init(&scratch, memory, BLOCK_ARENA_SIZE);
    if (error == STORE_OK && block_decode(&block, &txn->store->network, encoded, &scratch) != REASON_NONE) {
        error = txn_fail(txn, STORE_DAMAGED);
    }
    if (error == STORE_OK) {
        error = narrow(txn, &block, covered, &any);
    }
    if (error == STORE_OK && any) {
        error = block_cut(txn, &block, covered, out, arena);
    } else if (error == STORE_OK) {
        error = arena_copy(arena, encoded, out) ? STORE_OK : STORE_NO_MEMORY;
    }
    free(memory);
    return error;
}

enum store_error block_hide(struct store_txn *txn, uint32_t number, uint64_t seq, const struct hash *hash,
                            const struct stored_block *stored, struct bytes *out, struct arena *arena)
{
    bool covered[BLOCK_ENTRIES_MAX] = {false};
    uint64_t last_setter = 0;
    struct disk_record record;
    enum store_error error = record_find(txn, number, seq, &record);

    if (error == STORE_NOT_FOUND || (error == STORE_OK && (!hash_equal(&record.hash, hash) ||
                                                           (record.flags & RECORD_HAS_ERASERS) == 0))) {
        return arena_copy(arena, stored->encoded, out) ? STORE_OK : STORE_NO_MEMORY;
    }
    if (error == STORE_OK) {
        error = erasers_read(txn, number, seq, ERASING_STANDS, covered, &last_setter);
    }
    return error == STORE_OK ? hide(txn, stored->encoded, covered, out, arena) : error;
}
