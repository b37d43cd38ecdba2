#include <stdlib.h>

#include "protocol/base/days.h"
#include "store/grants.h"

/* Who may say what time it is: owners and those whom one of them accredited itself. What a delegate
 * accredits has no voice of its own, so that no number of authors below one says more than that one. */

enum { VOICE_ARENA_SIZE = 2 * (size_t)GRANTS_EACH_MAX * sizeof(struct entry_at) + RECORD_ARENA_SIZE };

struct voicing {
    struct store_txn *txn;
    const struct actor_id *author;
    uint32_t owner; /* its number */
    uint32_t today;
    struct arena arena;
};

/* The entry where its block is not void. */
static enum store_error read_grant(struct store_txn *txn, const struct entry_at *at, struct entry *entry)
{
    struct disk_record record;
    struct bytes element;
    enum store_error error = record_read(txn, at->author, at->seq, &record);

    if (error == STORE_OK && record.standing == STANDING_VOID) {
        return STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = element_read(txn, at, &element);
    }
    if (error != STORE_OK) {
        return error;
    }
    return entry_decode(entry, element) == REASON_NONE ? STORE_OK : txn_fail(txn, STORE_DAMAGED);
}

/* Whether the grant holds today. A withdrawal holds for good. */
static bool holds(const struct voicing *voicing, const struct entry *entry, struct arena *arena)
{
    struct accreditation accreditation;

    if (entry->kind != ENTRY_ACCREDITATION) {
        return true;
    }
    return entry_payload_decode(&accreditation, entry, arena) == REASON_NONE &&
           (!accreditation.has_until || accreditation.until >= voicing->today);
}

/* Whether the owner said something of that kind about the author that holds. */
static enum store_error find_grant(struct voicing *voicing, enum grant_kind kind, bool *found)
{
    struct key key = grant_key_of_actor(kind, voicing->author);
    struct entry_at *grants;
    size_t count = 0;
    enum grants_cut cut = GRANTS_CUT_NONE;
    enum store_error error;

    *found = false;
    arena_rewind(&voicing->arena, 0);
    grant_key_add_author(&key, voicing->owner);
    error = grants_find(voicing->txn, &key, GRANTS_EACH_MAX, &grants, &count, &cut, &voicing->arena);
    for (size_t i = 0; i < count && error == STORE_OK && !*found; i++) {
        const size_t mark = arena_mark(&voicing->arena);
        struct entry entry;

        error = read_grant(voicing->txn, &grants[i], &entry);
        *found = error == STORE_OK && holds(voicing, &entry, &voicing->arena);
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
        arena_rewind(&voicing->arena, mark);
    }
    return error;
}

static enum store_error is_accredited_by(struct voicing *voicing, const struct actor_id *owner, bool *is)
{
    struct disk_author row;
    bool withdrawn = false;
    enum store_error error = author_read(voicing->txn, owner, &row);

    *is = false;
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    voicing->owner = row.number;
    error = find_grant(voicing, GRANT_ACCREDITATION, is);
    if (error == STORE_OK && *is) {
        error = find_grant(voicing, GRANT_WITHDRAWAL, &withdrawn);
    }
    *is = *is && !withdrawn;
    return error;
}

static bool is_owner(const struct trust *trust, const struct actor_id *author)
{
    for (size_t i = 0; i < trust->owner_count; i++) {
        if (actor_id_equal(&trust->owners[i].actor, author)) {
            return true;
        }
    }
    return false;
}

enum store_error store_has_voice(struct store_txn *txn, const struct trust *trust,
                                 const struct actor_id *author, uint64_t now_s, bool *has)
{
    struct voicing voicing = {.txn = txn, .author = author, .today = day_of_time(now_s)};
    enum store_error error = STORE_OK;
    void *memory;

    *has = is_owner(trust, author);
    if (*has) {
        return STORE_OK;
    }
    memory = malloc(VOICE_ARENA_SIZE);
    if (!memory) {
        return STORE_NO_MEMORY;
    }
    arena_init(&voicing.arena, memory, VOICE_ARENA_SIZE);
    for (size_t i = 0; i < trust->owner_count && error == STORE_OK && !*has; i++) {
        error = is_accredited_by(&voicing, &trust->owners[i].actor, has);
    }
    free(memory);
    return error;
}
