#include "store/own.h"

/* Shops: whoever published a profile of itself. */

enum { SHOP_ARENA_SIZE = 64 * 1024, PROFILES_LOOKED_AT_MAX = 256 };

/* The profile at that place, in arena. STORE_NOT_FOUND when its block is void. */
static enum store_error read_profile(struct store_txn *txn, const struct entry_at *at, struct shop *shop,
                                     struct arena *arena)
{
    struct disk_record record;
    struct bytes view, element;
    struct entry entry;
    enum reason reason;
    enum store_error error = record_find(txn, at->author, at->seq, &record);

    if (error == STORE_OK && record.standing == STANDING_VOID) {
        return STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = element_read(txn, at, &view);
    }
    if (error != STORE_OK) {
        return error;
    }
    if (entry_is_erased(view)) {
        return STORE_NOT_FOUND;
    }
    if (!arena_copy(arena, view, &element)) {
        return STORE_NO_MEMORY;
    }
    if (entry_decode(&entry, element) != REASON_NONE || entry.kind != ENTRY_SHOP) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    reason = schema_decode_known(&shop_schema, shop, entry.payload, arena);
    return reason == REASON_NONE ? STORE_OK : txn_fail_decode(txn, reason, arena);
}

static enum store_error read_latest(struct store_txn *txn, uint32_t author, struct shop *shop,
                                    struct arena *arena)
{
    struct entry_at *found;
    size_t count;
    enum store_error error =
        own_find(txn, OWN_PROFILE, author, PROFILES_LOOKED_AT_MAX, &found, &count, arena);

    if (error != STORE_OK) {
        return error;
    }
    for (size_t i = count; i > 0; i--) {
        error = read_profile(txn, &found[i - 1], shop, arena);
        if (error != STORE_NOT_FOUND) {
            return error;
        }
    }
    return STORE_NOT_FOUND;
}

enum store_error store_shop_profile(struct store_txn *txn, const struct actor_id *actor, struct shop *profile,
                                    struct arena *arena)
{
    struct disk_author row;
    enum store_error error = author_read(txn, actor, &row);

    return error == STORE_OK ? read_latest(txn, row.number, profile, arena) : error;
}

enum store_error store_each_shop(struct store_txn *txn,
                                 bool (*visit)(void *context, const struct actor_id *actor,
                                               const struct shop *profile),
                                 void *context)
{
    uint8_t memory[SHOP_ARENA_SIZE];
    struct actor_id actor;
    struct shop profile;
    uint32_t author = 0;
    enum store_error error = own_next_author(txn, OWN_PROFILE, 0, &author);

    while (error == STORE_OK) {
        struct arena arena;

        arena_init(&arena, memory, sizeof memory);
        error = read_latest(txn, author, &profile, &arena);
        if (error == STORE_OK) {
            error = author_name(txn, author, &actor);
            if (error == STORE_OK && !visit(context, &actor, &profile)) {
                return STORE_OK;
            }
        } else if (error == STORE_NOT_FOUND) {
            error = STORE_OK;
        }
        if (error == STORE_OK) {
            error = own_next_author(txn, OWN_PROFILE, author + 1, &author);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}
