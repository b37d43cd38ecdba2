#include <stdlib.h>
#include <string.h>

#include "store/grants.h"
#include "store/index.h"

/* What admission asks: whether the trust file reaches an author, and whether anybody named it. */

/* ---- accreditation ---- */

/* Authors met on the way up from the one asked about, nearest first. */
enum { CLIMB_MAX = 1024, CLIMB_ARENA_SIZE = 2 * RECORD_ARENA_SIZE };

struct climb {
    struct store_txn *txn;
    const struct trust *trust;
    struct arena *arena;
    size_t count;
    struct actor_id *met; /* CLIMB_MAX */
    bool reached;
};

static bool is_owner(const struct trust *trust, const struct actor_id *actor)
{
    for (size_t i = 0; i < trust->owner_count; i++) {
        if (actor_id_equal(&trust->owners[i].actor, actor)) {
            return true;
        }
    }
    return false;
}

static void meet(struct climb *climb, const struct actor_id *actor)
{
    climb->reached = climb->reached || is_owner(climb->trust, actor);
    for (size_t i = 0; i < climb->count; i++) {
        if (actor_id_equal(&climb->met[i], actor)) {
            return;
        }
    }
    if (climb->count < CLIMB_MAX) {
        climb->met[climb->count++] = *actor;
    }
}

/* The entry of a grant whose block is not void; STORE_NOT_FOUND when it is gone. */
static enum store_error read_grant(struct store_txn *txn, const struct entry_at *grant, struct entry *entry)
{
    struct disk_record record;
    struct bytes element;
    enum store_error error = record_read(txn, grant->author, grant->seq, &record);

    if (error == STORE_OK && record.standing == STANDING_VOID) {
        return STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = element_read(txn, grant, &element);
    }
    if (error != STORE_OK) {
        return error;
    }
    return entry_decode(entry, element) == REASON_NONE ? STORE_OK : txn_fail(txn, STORE_NOT_A_STORE);
}

/* Whether the entry accredits actor, or hands it a namespace. */
static bool lifts(struct climb *climb, const struct entry *entry, const struct actor_id *actor)
{
    union {
        struct accreditation accreditation;
        struct succession succession;
    } record;

    if (entry->kind != ENTRY_ACCREDITATION && entry->kind != ENTRY_SUCCESSION) {
        return false;
    }
    if (entry_payload_decode(&record, entry, climb->arena) != REASON_NONE) {
        return false;
    }
    if (entry->kind == ENTRY_ACCREDITATION) {
        return actor_id_equal(&record.accreditation.delegate, actor);
    }
    return actor_id_equal(&record.succession.successor, actor);
}

static enum store_error climb_grant(struct climb *climb, const struct entry_at *grant,
                                    const struct actor_id *actor)
{
    size_t mark = arena_mark(climb->arena);
    struct actor_id author;
    struct entry entry;
    enum store_error error = author_name(climb->txn, grant->author, &author);

    if (error == STORE_OK) {
        error = read_grant(climb->txn, grant, &entry);
    }
    if (error == STORE_OK && lifts(climb, &entry, actor)) {
        meet(climb, &author);
    }
    arena_rewind(climb->arena, mark);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error climb_from(struct climb *climb, size_t from)
{
    static const enum grant_kind kinds[] = {GRANT_ACCREDITATION, GRANT_SUCCESSOR};
    const struct actor_id actor = climb->met[from];
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct key key = grant_key_of_actor(kinds[i], &actor);
        size_t mark = arena_mark(climb->arena);
        struct entry_at *grants;
        size_t count;

        error = grants_find(climb->txn, &key, DOSSIER_GRANTS_MAX, &grants, &count, climb->arena);
        for (size_t j = 0; j < count && error == STORE_OK && !climb->reached; j++) {
            error = climb_grant(climb, &grants[j], &actor);
        }
        arena_rewind(climb->arena, mark);
        if (error != STORE_OK || climb->reached) {
            return error;
        }
    }
    return error;
}

static enum store_error climb_all(struct climb *climb)
{
    size_t next = 0;
    enum store_error error = STORE_OK;

    for (unsigned depth = 0; depth <= CHAIN_DEPTH_MAX && next < climb->count; depth++) {
        size_t end = climb->count;

        for (; next < end && error == STORE_OK && !climb->reached; next++) {
            error = climb_from(climb, next);
        }
    }
    return error;
}

enum store_error store_is_accredited(struct store_txn *txn, const struct trust *trust,
                                     const struct actor_id *author, bool *accredited)
{
    enum { MET_SIZE = CLIMB_MAX * sizeof(struct actor_id) };
    struct climb climb = {.txn = txn, .trust = trust};
    struct arena arena;
    void *memory;
    enum store_error error;

    *accredited = is_owner(trust, author);
    if (*accredited) {
        return STORE_OK;
    }
    memory = malloc(MET_SIZE + CLIMB_ARENA_SIZE);
    if (!memory) {
        return STORE_NO_MEMORY;
    }
    arena_init(&arena, (uint8_t *)memory + MET_SIZE, CLIMB_ARENA_SIZE);
    climb.met = memory;
    climb.arena = &arena;
    meet(&climb, author);
    error = climb_all(&climb);
    free(memory);
    *accredited = climb.reached;
    return error;
}

/* ---- being named ---- */

enum { NAMING_MAX = 1024 }; /* affiliations that are looked at */

static bool names(const struct entry *entry, const struct subject *subject, struct arena *arena)
{
    union {
        struct attestation attestation;
        struct affiliation affiliation;
    } record;
    struct actor_id actor = {subject->id};

    if (entry->erased || (entry->kind != ENTRY_ATTESTATION && entry->kind != ENTRY_AFFILIATION) ||
        entry_payload_decode(&record, entry, arena) != REASON_NONE) {
        return false;
    }
    if (entry->kind == ENTRY_ATTESTATION) {
        return subject_equal(&record.attestation.subject, subject);
    }
    return record.affiliation.has_consent &&
           (actor_id_equal(&record.affiliation.consent.technician, &actor) ||
            actor_id_equal(&record.affiliation.consent.shop, &actor));
}

static enum store_error entry_names(struct store_txn *txn, const struct entry_at *at,
                                    const struct subject *subject, struct arena *arena, bool *named)
{
    size_t mark = arena_mark(arena);
    struct entry entry;
    enum store_error error = read_grant(txn, at, &entry);

    *named = error == STORE_OK && names(&entry, subject, arena);
    arena_rewind(arena, mark);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error named_by_posting(struct store_txn *txn, const struct subject *subject,
                                         struct arena *arena, bool *named)
{
    uint64_t *places;
    size_t count;
    enum store_error error = index_find(txn, subject, &places, &count, arena);

    for (size_t i = 0; error == STORE_OK && i < count && !*named; i++) {
        const struct entry_at at = {place_author(places[i]), place_seq(places[i]), place_index(places[i])};
        error = entry_names(txn, &at, subject, arena, named);
    }
    return error;
}

static enum store_error named_as_technician(struct store_txn *txn, const struct subject *subject,
                                            struct arena *arena, bool *named)
{
    const struct key key = grant_key_of_affiliation(GRANT_JOINED, &subject->id);
    struct entry_at *grants;
    size_t count;
    enum store_error error = grants_find(txn, &key, NAMING_MAX, &grants, &count, arena);

    for (size_t i = 0; error == STORE_OK && i < count && !*named; i++) {
        error = entry_names(txn, &grants[i], subject, arena, named);
    }
    return error;
}

enum store_error store_is_named(struct store_txn *txn, const struct network *network,
                                const struct actor_id *actor, bool *named)
{
    enum { NAMED_ARENA_SIZE = 2 * POSTINGS_FOUND_MAX * 8 + NAMING_MAX * 32 + 16 * 1024 };
    const struct subject subject = subject_of_actor(actor);
    void *memory = malloc(NAMED_ARENA_SIZE);
    struct arena arena;
    enum store_error error;

    (void)network;
    *named = false;
    if (!memory) {
        return STORE_NO_MEMORY;
    }
    arena_init(&arena, memory, NAMED_ARENA_SIZE);
    error = named_as_technician(txn, &subject, &arena, named);
    if (error == STORE_OK && !*named) {
        error = named_by_posting(txn, &subject, &arena, named);
    }
    free(memory);
    return error;
}

/* ---- cut heads ---- */

/* Whether the withdrawal names a cut head at seq or above that is not held of its delegate. */
static enum store_error misses_cut(struct store_txn *txn, const struct entry_at *grant, uint32_t delegate,
                                   uint64_t seq, bool *missed)
{
    enum { WITHDRAWAL_ARENA_SIZE = 16 * 1024 };
    uint8_t memory[WITHDRAWAL_ARENA_SIZE];
    struct arena arena;
    struct entry entry;
    struct withdrawal withdrawal;
    struct stored_block stored;
    enum store_error error = read_grant(txn, grant, &entry);

    arena_init(&arena, memory, sizeof memory);
    if (error != STORE_OK || entry.kind != ENTRY_WITHDRAWAL ||
        entry_payload_decode(&withdrawal, &entry, &arena) != REASON_NONE || !withdrawal.has_cut ||
        withdrawal.cut_seq < seq) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    error = stored_block_read(txn, delegate, withdrawal.cut_seq, &withdrawal.cut_head, &stored);
    *missed |= error == STORE_NOT_FOUND;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error store_misses_cut_head(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                                       bool *missed)
{
    enum { WITHDRAWALS_MAX = 256 };
    const struct key key = grant_key_of_actor(GRANT_WITHDRAWAL, author);
    struct entry_at grant;
    uint32_t number = 0;
    enum store_error error = store_author_number(txn, author, &number);

    *missed = false;
    if (error == STORE_OK) {
        error = grant_next(txn, &key, NULL, &grant);
    }
    for (size_t i = 0; i < WITHDRAWALS_MAX && error == STORE_OK && !*missed; i++) {
        const struct entry_at last = grant;

        error = misses_cut(txn, &grant, number, seq, missed);
        if (error == STORE_OK) {
            error = grant_next(txn, &key, &last, &grant);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}
