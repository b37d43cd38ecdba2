#include <stdlib.h>
#include <string.h>

#include "store/chains.h"
#include "store/grants.h"
#include "store/index.h"
#include "store/side_grants.h"
#include "store/stated.h"

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
    arena_rewind(naming->arena, mark);
    return STORE_OK;
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

/* ---- cut heads ---- */

enum {
    CUT_SPEAKERS_MAX = 4096, /* who withdrew from an author, as far as they are looked at */
    CUT_RECORD_SIZE = 16 * 1024,
    CUT_SEARCH_SIZE = 64 * 1024 + SIDE_GRANTS_SIZE,
    CUT_ROWS_MAX = 4096,              /* beside the chains */
    CUT_STEPS_MAX = 8 * CUT_SIDE_MAX, /* on branches, from cuts to the chain */
};

/* Whether the block of author number is missed. */
static enum store_error misses_block(struct store_txn *txn, uint32_t number, uint64_t seq,
                                     const struct hash *hash, bool *missed)
{
    struct stored_block stored;
    enum store_error error = stored_block_read(txn, number, seq, hash, &stored);

    *missed |= error == STORE_NOT_FOUND;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Whether the withdrawal names a cut head at seq or above that is not held of its delegate. */
static enum store_error misses_cut(struct store_txn *txn, const struct entry_at *grant, uint32_t number,
                                   uint64_t seq, bool *missed)
{
    uint8_t memory[CUT_RECORD_SIZE];
    struct arena arena;
    struct withdrawal withdrawal;
    enum store_error error;

    arena_init(&arena, memory, sizeof memory);
    error = stated_read(txn, grant, ENTRY_WITHDRAWAL, &withdrawal, &arena);
    if (error != STORE_OK || !withdrawal.has_cut || withdrawal.cut_seq < seq) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    return misses_block(txn, number, withdrawal.cut_seq, &withdrawal.cut_head, missed);
}

/* The same of a succession, which cuts the log that it stands in. */
static enum store_error misses_handed(struct store_txn *txn, const struct entry_at *grant, uint32_t number,
                                      uint64_t seq, bool *missed)
{
    uint8_t memory[CUT_RECORD_SIZE];
    struct arena arena;
    struct succession succession;
    enum store_error error;

    arena_init(&arena, memory, sizeof memory);
    error = stated_read(txn, grant, ENTRY_SUCCESSION, &succession, &arena);
    if (error != STORE_OK || succession.cut_seq < seq) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    return misses_block(txn, number, succession.cut_seq, &succession.cut_head, missed);
}

/* What looks for a cut head. */
struct cut_search {
    struct store_txn *txn;
    const struct trust *trust;
    const struct actor_id *author;
    uint32_t number; /* author's */
    uint64_t seq;
    struct arena *arena;
};

/* The newest entries of one speaker under key, which is not narrowed yet. */
static enum store_error
search_speaker(const struct cut_search *search, struct key key, uint32_t speaker,
               enum store_error (*misses)(struct store_txn *txn, const struct entry_at *grant,
                                          uint32_t number, uint64_t seq, bool *missed),
               bool *missed)
{
    const size_t mark = arena_mark(search->arena);
    struct entry_at *grants = NULL;
    size_t count = 0;
    enum grants_cut cut;
    enum store_error error;

    grant_key_add_author(&key, speaker);
    error = grants_find(search->txn, &key, GRANTS_EACH_MAX, &grants, &count, &cut, search->arena);
    for (size_t i = count; error == STORE_OK && i-- > 0 && !*missed;) {
        error = misses(search->txn, &grants[i], search->number, search->seq, missed);
    }
    arena_rewind(search->arena, mark);
    return error;
}

/* Whether speaker may withdraw: it accredited author, and trust leads to it. */
static enum store_error may_withdraw(const struct cut_search *search, uint32_t speaker, bool *may)
{
    const struct key key = grant_key_of_actor(GRANT_ACCREDITATION, search->author);
    struct entry_at grant;
    struct actor_id actor;
    enum chain chain = CHAIN_NONE;
    bool beside = false;
    enum store_error error = grant_next_by(search->txn, &key, speaker, NULL, &grant);

    *may = false;
    if (error == STORE_NOT_FOUND) {
        struct key by_speaker = key;

        grant_key_add_author(&by_speaker, speaker);
        error = side_has(search->txn, &by_speaker, &beside);
        error = error == STORE_OK && !beside ? STORE_NOT_FOUND : error;
    }
    if (error == STORE_OK) {
        error = author_name(search->txn, speaker, &actor);
    }
    if (error == STORE_OK) {
        error = chain_find(search->txn, search->trust, &actor, &chain);
    }
    *may = error == STORE_OK && chain == CHAIN_STANDS;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- cut heads that are named beside the chains ---- */

struct beside {
    const struct cut_search *search;
    enum entry_kind kind;
    bool *missed;
    bool has_speaker; /* who was asked about last: rows come author by author */
    bool may_speak;
    uint32_t speaker;
};

/* Whether its cut may count: a withdrawal's of an accreditor, a succession's of the author itself. */
static enum store_error may_cut(struct beside *beside, uint32_t speaker)
{
    enum store_error error = STORE_OK;

    if (beside->has_speaker && beside->speaker == speaker) {
        return STORE_OK;
    }
    beside->may_speak = speaker == beside->search->number;
    if (beside->kind == ENTRY_WITHDRAWAL) {
        error = may_withdraw(beside->search, speaker, &beside->may_speak);
    }
    beside->has_speaker = true;
    beside->speaker = speaker;
    return error;
}

static enum store_error look_at_cut(const struct beside *beside, const struct entry *entry,
                                    struct arena *arena)
{
    const struct cut_search *search = beside->search;
    union {
        struct withdrawal withdrawal;
        struct succession succession;
    } record;
    bool is_succession = beside->kind == ENTRY_SUCCESSION;

    if (entry->kind != beside->kind || entry_payload_decode(&record, entry, arena) != REASON_NONE ||
        (!is_succession && !record.withdrawal.has_cut)) {
        return STORE_OK;
    }
    const uint64_t seq = is_succession ? record.succession.cut_seq : record.withdrawal.cut_seq;
    const struct hash *head = is_succession ? &record.succession.cut_head : &record.withdrawal.cut_head;

    return seq < search->seq ? STORE_OK
                             : misses_block(search->txn, search->number, seq, head, beside->missed);
}

/* Stops once one is missed. */
static enum store_error look_beside(void *context, const struct side_at *row)
{
    struct beside *beside = context;
    uint8_t memory[CUT_RECORD_SIZE];
    struct arena arena;
    struct entry entry;
    enum store_error error = *beside->missed ? STORE_NOT_FOUND : may_cut(beside, row->author);

    if (error != STORE_OK || !beside->may_speak) {
        return error;
    }
    arena_init(&arena, memory, sizeof memory);
    error = side_entry_read(beside->search->txn, row, &entry);
    return error == STORE_OK ? look_at_cut(beside, &entry, &arena) : error;
}

static enum store_error search_beside(const struct cut_search *search, enum entry_kind kind,
                                      const struct key *key, bool *missed)
{
    struct side_budget budget = {.rows = CUT_ROWS_MAX, .steps = CUT_STEPS_MAX};
    struct beside beside = {.search = search, .kind = kind, .missed = missed};

    return *missed ? STORE_OK
                   : side_grants_each(search->txn, search->trust, key, &budget, look_beside, &beside,
                                      search->arena);
}

/* ---- cut heads that are named anywhere ---- */

static enum store_error search_withdrawals(const struct cut_search *search, bool *missed)
{
    const struct key key = grant_key_of_actor(GRANT_WITHDRAWAL, search->author);
    uint32_t *speakers = NULL;
    size_t count = 0;
    bool cut = false;
    enum store_error error = grants_speakers(search->txn, TABLE_GRANTS, &key, CUT_SPEAKERS_MAX, &speakers,
                                             &count, &cut, search->arena);

    for (size_t i = 0; error == STORE_OK && i < count && !*missed; i++) {
        bool may = false;

        error = may_withdraw(search, speakers[i], &may);
        if (error == STORE_OK && may) {
            error = search_speaker(search, key, speakers[i], misses_cut, missed);
        }
    }
    return error == STORE_OK ? search_beside(search, ENTRY_WITHDRAWAL, &key, missed) : error;
}

static enum store_error search_successions(const struct cut_search *search, bool *missed)
{
    const struct trust *trust = search->trust;
    enum store_error error = STORE_OK;

    for (size_t i = 0; error == STORE_OK && i < trust->owner_count && !*missed; i++) {
        const struct key key =
            grant_key_of_namespace(GRANT_SUCCESSION, bytes_of_string(trust->owners[i].name_space));

        error = search_speaker(search, key, search->number, misses_handed, missed);
        if (error == STORE_OK) {
            error = search_beside(search, ENTRY_SUCCESSION, &key, missed);
        }
    }
    return error;
}

enum store_error store_misses_cut_head(struct store_txn *txn, const struct trust *trust,
                                       const struct actor_id *author, uint64_t seq, bool *missed)
{
    struct cut_search search = {.txn = txn, .trust = trust, .author = author, .seq = seq};
    struct arena arena;
    void *memory = NULL;
    enum store_error error = store_author_number(txn, author, &search.number);

    *missed = false;
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    memory = malloc(CUT_SEARCH_SIZE);
    if (!memory) {
        return STORE_NO_MEMORY;
    }
    arena_init(&arena, memory, CUT_SEARCH_SIZE);
    search.arena = &arena;
    error = search_successions(&search, missed);
    if (error == STORE_OK && !*missed) {
        error = search_withdrawals(&search, missed);
    }
    free(memory);
    return error;
}
