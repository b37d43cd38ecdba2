#include <stdlib.h>
#include <string.h>

#include "store/chains.h"
#include "store/grants.h"
#include "store/index.h"

/* What admission asks: whether the trust file reaches an author, and whether anybody who may names it. A log
 * that is held stays admitted, whatever became of what admitted it: it may yet hold a revocation. */

enum store_error store_is_log_held(struct store_txn *txn, const struct actor_id *author, bool *held)
{
    struct disk_author row;
    enum store_error error = author_read_log(txn, author, &row);

    *held = error == STORE_OK;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error store_is_accredited(struct store_txn *txn, const struct trust *trust,
                                     const struct actor_id *author, bool *accredited)
{
    enum chain chain;
    enum store_error error = chain_find(txn, trust, author, &chain);

    *accredited = error == STORE_OK && chain == CHAIN_STANDS;
    if (error != STORE_OK || chain == CHAIN_STANDS || chain == CHAIN_NONE) {
        return error;
    }
    return store_is_log_held(txn, author, accredited);
}

/* ---- being named ---- */

enum { NAMING_MAX = 1024 }; /* affiliations that are looked at */

struct naming {
    struct store_txn *txn;
    const struct trust *trust;
    const struct actor_id *self;
    struct subject subject;
    struct arena *arena;
    bool named;
    bool has_speaker;
    bool may_name; /* the speaker */
    uint32_t speaker;
};

/* Entries come in the order of their authors: each is asked about once. */
static enum store_error note_speaker(struct naming *naming, uint32_t number)
{
    struct actor_id author;
    enum store_error error;

    if (naming->has_speaker && naming->speaker == number) {
        return STORE_OK;
    }
    naming->has_speaker = false;
    error = author_name(naming->txn, number, &author);
    if (error != STORE_OK) {
        return error;
    }
    naming->may_name = naming->self && actor_id_equal(naming->self, &author);
    if (!naming->may_name) {
        error = store_is_accredited(naming->txn, naming->trust, &author, &naming->may_name);
    }
    naming->speaker = number;
    naming->has_speaker = error == STORE_OK;
    return error;
}

static bool names(const struct entry *entry, const struct subject *subject, struct arena *arena)
{
    union {
        struct attestation attestation;
        struct affiliation affiliation;
    } record;
    const struct actor_id actor = {subject->id};

    if (entry->erased || (entry->kind != ENTRY_ATTESTATION && entry->kind != ENTRY_AFFILIATION) ||
        entry_payload_decode(&record, entry, arena) != REASON_NONE) {
        return false;
    }
    if (entry->kind == ENTRY_ATTESTATION) {
        return subject_equal(&record.attestation.subject, subject);
    }
    return record.affiliation.has_consent && actor_id_equal(&record.affiliation.consent.technician, &actor);
}

/* Whether a certificate that was issued to somebody else was said to be held by the subject. */
static enum store_error look_at_holders(struct naming *naming, const struct entry_at *at)
{
    struct standing_row row;
    enum store_error error = standing_read(naming->txn, at->author, at->seq, at->index, &row);

    for (size_t i = 0; error == STORE_OK && i < row.event_count && !naming->named; i++) {
        if (row.events[i].action == STATUS_HELD_BY) {
            error = event_complete(naming->txn, at->author, &row.events[i], naming->arena);
            naming->named = error == STORE_OK && row.events[i].has_holder &&
                            subject_equal(&row.events[i].holder, &naming->subject);
        }
    }
    return error;
}

/* An entry of a void block names nobody. */
static enum store_error look_at(struct naming *naming, const struct entry_at *at)
{
    size_t mark = arena_mark(naming->arena);
    struct disk_record record;
    struct bytes element;
    struct entry entry;
    enum store_error error = note_speaker(naming, at->author);

    if (error != STORE_OK || !naming->may_name) {
        return error;
    }
    error = record_find(naming->txn, at->author, at->seq, &record);
    if (error == STORE_OK && record.standing == STANDING_VOID) {
        return STORE_OK;
    }
    if (error == STORE_OK) {
        error = element_read(naming->txn, at, &element);
    }
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    if (entry_decode(&entry, element) != REASON_NONE) {
        return txn_fail(naming->txn, STORE_DAMAGED);
    }
    naming->named = names(&entry, &naming->subject, naming->arena);
    if (!naming->named && !entry.erased && entry.kind == ENTRY_ATTESTATION) {
        error = look_at_holders(naming, at);
    }
    arena_rewind(naming->arena, mark);
    return error;
}

static enum store_error look_at_postings(struct naming *naming)
{
    uint64_t *places;
    size_t count;
    bool cut;
    enum store_error error =
        index_find(naming->txn, &naming->subject, NULL, &places, &count, &cut, naming->arena);

    for (size_t i = 0; error == STORE_OK && i < count && !naming->named; i++) {
        const struct entry_at at = {place_author(places[i]), place_seq(places[i]), place_index(places[i])};
        error = look_at(naming, &at);
    }
    return error;
}

static enum store_error look_at_affiliations(struct naming *naming)
{
    const struct key key = grant_key_of_affiliation(GRANT_JOINED, &naming->subject.id);
    struct entry_at *grants;
    size_t count;
    enum grants_cut cut;
    enum store_error error = grants_find(naming->txn, &key, NAMING_MAX, &grants, &count, &cut, naming->arena);

    for (size_t i = 0; error == STORE_OK && i < count && !naming->named; i++) {
        error = look_at(naming, &grants[i]);
    }
    return error;
}

enum store_error store_is_named(struct store_txn *txn, const struct trust *trust, const struct actor_id *self,
                                const struct actor_id *actor, bool *named)
{
    enum { NAMED_ARENA_SIZE = 2 * POSTINGS_FOUND_MAX * 8 + NAMING_MAX * 32 + 16 * 1024 };
    struct naming naming = {.txn = txn, .trust = trust, .self = self, .subject = subject_of_actor(actor)};
    struct arena arena;
    void *memory = malloc(NAMED_ARENA_SIZE);
    enum store_error error;

    *named = false;
    if (!memory) {
        return STORE_NO_MEMORY;
    }
    arena_init(&arena, memory, NAMED_ARENA_SIZE);
    naming.arena = &arena;
    error = look_at_affiliations(&naming);
    if (error == STORE_OK && !naming.named) {
        error = look_at_postings(&naming);
    }
    free(memory);
    *named = naming.named;
    return error;
}
