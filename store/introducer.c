#include "store/introducer.h"

#include <stdlib.h>

#include "protocol/base/text.h"
#include "store/grants.h"
#include "store/index.h"
#include "store/stated.h"

enum {
    ENTRIES_READ_MAX = 2048, /* for one question */
    ENTRIES_READ_EACH_MAX = 64,
    FINDING_ARENA_SIZE = 2 * POSTINGS_FOUND_MAX * 8 + 2 * RECORD_ARENA_SIZE + 256 * 1024,
};

struct finding {
    struct store_txn *txn;
    const struct trust *trust;
    struct arena *arena;
    size_t reads_left;
};

static enum store_error finding_begin(struct finding *finding, struct store_txn *txn,
                                      const struct trust *trust, struct arena *arena)
{
    void *memory = malloc(FINDING_ARENA_SIZE);

    if (memory == NULL) {
        return STORE_NO_MEMORY;
    }
    arena_init(arena, memory, FINDING_ARENA_SIZE);
    *finding = (struct finding){.txn = txn, .trust = trust, .arena = arena, .reads_left = ENTRIES_READ_MAX};
    return STORE_OK;
}

/* ---- entries ---- */

/* stated_read, of as many entries as may be read. */
static enum store_error read_entry(struct finding *finding, const struct entry_at *at, enum entry_kind kind,
                                   void *record)
{
    if (finding->reads_left == 0) {
        return STORE_NOT_FOUND;
    }
    finding->reads_left--;
    return stated_read(finding->txn, at, kind, record, finding->arena);
}

/* Whether the last word about the entry is that it is revoked. */
static enum store_error is_revoked(struct store_txn *txn, const struct entry_at *at, bool *revoked)
{
    struct standing_row row;
    enum store_error error = standing_read(txn, at->author, at->seq, at->index, &row);

    *revoked = false;
    for (size_t i = 0; error == STORE_OK && i < row.event_count; i++) {
        if (row.events[i].action == STATUS_REVOKED || row.events[i].action == STATUS_REINSTATED) {
            *revoked = row.events[i].action == STATUS_REVOKED;
        }
    }
    return error;
}

/* ---- owners ---- */

/* Whom actor hands the namespace to, by the first word of it that still says something. STORE_NOT_FOUND: to
 * nobody. */
static enum store_error successor_of(struct finding *finding, struct bytes name_space,
                                     const struct actor_id *actor, struct actor_id *out)
{
    const struct key key = grant_key_of_namespace(GRANT_SUCCESSION, name_space);
    uint32_t number = 0;
    struct entry_at at;
    enum store_error error = store_author_number(finding->txn, actor, &number);

    if (error == STORE_OK) {
        error = grant_next_by(finding->txn, &key, number, NULL, &at);
    }
    while (error == STORE_OK) {
        const struct entry_at behind = at;
        size_t mark = arena_mark(finding->arena);
        struct succession succession;

        error = read_entry(finding, &at, ENTRY_SUCCESSION, &succession);
        arena_rewind(finding->arena, mark);
        if (error == STORE_OK) {
            *out = succession.successor;
            return STORE_OK;
        }
        if (error == STORE_NOT_FOUND && finding->reads_left > 0) {
            error = grant_next_by(finding->txn, &key, number, &behind, &at);
        }
    }
    return error;
}

/* Whether actor owns the namespace by the trust file, or by what its owners handed on. */
static enum store_error is_owner(struct finding *finding, struct bytes name_space,
                                 const struct actor_id *actor, bool *owner)
{
    const struct trust_owner *trusted = trust_owner_of(finding->trust, name_space);
    struct actor_id at;
    enum store_error error = STORE_OK;

    *owner = false;
    if (trusted == NULL) {
        return STORE_OK;
    }
    at = trusted->actor;
    for (unsigned hop = 0; error == STORE_OK && hop <= CHAIN_DEPTH_MAX; hop++) {
        *owner = actor_id_equal(&at, actor);
        if (*owner) {
            return STORE_OK;
        }
        error = successor_of(finding, name_space, &at, &at);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- the way up ---- */

struct speaker {
    struct entry_at at; /* what it says */
    struct actor_id actor;
};

static bool holds_code(const struct accreditation *accreditation, struct bytes code)
{
    const struct bytes *patterns = accreditation->patterns.items;

    for (size_t i = 0; i < accreditation->patterns.count; i++) {
        if (code_matches(code, patterns[i])) {
            return true;
        }
    }
    return false;
}

static bool is_listed(const struct list *positions, const struct entry_at *at)
{
    const struct entry_position *items = positions->items;

    for (size_t i = 0; i < positions->count; i++) {
        if (items[i].seq == at->seq && items[i].index == at->index) {
            return true;
        }
    }
    return false;
}

static bool precedes(const struct entry_at *a, const struct entry_at *b)
{
    return a->seq < b->seq || (a->seq == b->seq && a->index < b->index);
}

/* Whether a withdrawal takes what speaker says out of the accreditation before it. */
static enum store_error takes(struct finding *finding, const struct entry_at *withdrawn_at,
                              const struct withdrawal *withdrawal, const struct entry_at *accreditation,
                              const struct speaker *speaker, bool *out)
{
    struct disk_record record;
    enum store_error error = STORE_OK;

    *out = withdrawal->has_accreditation && withdrawal->accreditation.seq == accreditation->seq &&
           withdrawal->accreditation.index == accreditation->index;
    if (*out || !withdrawal->has_cut || !precedes(accreditation, withdrawn_at)) {
        return STORE_OK;
    }
    *out = speaker->at.seq > withdrawal->cut_seq || is_listed(&withdrawal->exceptions, &speaker->at);
    if (*out) {
        return STORE_OK;
    }
    error = record_find(finding->txn, speaker->at.author, withdrawal->cut_seq, &record);
    *out = error == STORE_NOT_FOUND || !hash_equal(&record.hash, &withdrawal->cut_head);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* The accreditation's author may have withdrawn what the speaker says. */
static enum store_error is_withdrawn(struct finding *finding, const struct entry_at *accreditation,
                                     const struct speaker *speaker, bool *withdrawn)
{
    const struct key key = grant_key_of_actor(GRANT_WITHDRAWAL, &speaker->actor);
    struct withdrawal withdrawal;
    struct entry_at at;
    enum store_error error;

    *withdrawn = false;
    error = grant_next_by(finding->txn, &key, accreditation->author, NULL, &at);
    while (error == STORE_OK && !*withdrawn) {
        const struct entry_at behind = at;
        size_t mark = arena_mark(finding->arena);

        error = read_entry(finding, &at, ENTRY_WITHDRAWAL, &withdrawal);
        if (error == STORE_OK) {
            error = takes(finding, &at, &withdrawal, accreditation, speaker, withdrawn);
        } else if (error == STORE_NOT_FOUND) {
            error = STORE_OK;
        }
        arena_rewind(finding->arena, mark);
        if (error == STORE_OK) {
            error = finding->reads_left > 0
                        ? grant_next_by(finding->txn, &key, accreditation->author, &behind, &at)
                        : STORE_NOT_FOUND;
        }
    }
    /* What could not be looked at may be one. */
    *withdrawn = *withdrawn || finding->reads_left == 0;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* How many steps below an owner of the code's namespace the speaker stands, at most `most` below `below`, as
 * many as lie below it already. STORE_NOT_FOUND when it does not. */
static enum store_error climb(struct finding *finding, const struct speaker *speaker, struct bytes code,
                              unsigned below, unsigned *steps);

/* One accreditation of the speaker: whether it bears, and how far up its author stands. */
static enum store_error climb_by(struct finding *finding, const struct entry_at *at,
                                 const struct speaker *speaker, struct bytes code, unsigned below,
                                 unsigned *steps)
{
    struct accreditation accreditation;
    struct speaker above = {.at = *at};
    bool withdrawn = false;
    enum store_error error = read_entry(finding, at, ENTRY_ACCREDITATION, &accreditation);

    if (error != STORE_OK) {
        return error;
    }
    if (!actor_id_equal(&accreditation.delegate, &speaker->actor) || accreditation.depth < below ||
        !holds_code(&accreditation, code)) {
        return STORE_NOT_FOUND;
    }
    error = is_withdrawn(finding, at, speaker, &withdrawn);
    if (error == STORE_OK) {
        error = author_name(finding->txn, at->author, &above.actor);
    }
    if (error != STORE_OK || withdrawn) {
        return error == STORE_OK ? STORE_NOT_FOUND : error;
    }
    return climb(finding, &above, code, below + 1, steps);
}

static enum store_error climb(struct finding *finding, const struct speaker *speaker, struct bytes code,
                              unsigned below, unsigned *steps)
{
    const struct key key = grant_key_of_actor(GRANT_ACCREDITATION, &speaker->actor);
    struct entry_at at;
    bool owner = false;
    enum store_error error = is_owner(finding, code_namespace(code), &speaker->actor, &owner);

    if (error != STORE_OK || owner) {
        *steps = below;
        return error;
    }
    if (below == INTRODUCER_STEPS_MAX) {
        return STORE_NOT_FOUND;
    }
    error = grant_next(finding->txn, &key, NULL, &at);
    while (error == STORE_OK) {
        const struct entry_at behind = at;
        size_t mark = arena_mark(finding->arena);

        error = climb_by(finding, &at, speaker, code, below, steps);
        arena_rewind(finding->arena, mark);
        if (error != STORE_NOT_FOUND) {
            return error;
        }
        error = finding->reads_left > 0 ? grant_next(finding->txn, &key, &behind, &at) : STORE_NOT_FOUND;
    }
    return error;
}

/* ---- attestations ---- */

static enum store_error judge(struct finding *finding, const struct actor_id *technician,
                              const struct entry_at *by, struct introducer *out)
{
    const struct subject subject = subject_of_actor(technician);
    struct attestation attestation;
    struct speaker speaker = {.at = *by};
    bool revoked = false;
    unsigned steps = 0;
    enum store_error error = read_entry(finding, by, ENTRY_ATTESTATION, &attestation);

    if (error != STORE_OK) {
        return error;
    }
    if (!subject_equal(&attestation.subject, &subject) || attestation.basis == BASIS_EXPERIENCE) {
        return STORE_NOT_FOUND;
    }
    error = is_revoked(finding->txn, by, &revoked);
    if (error == STORE_OK) {
        error = author_name(finding->txn, by->author, &speaker.actor);
    }
    if (error != STORE_OK || revoked) {
        return error == STORE_OK ? STORE_NOT_FOUND : error;
    }
    error = climb(finding, &speaker, attestation.code, 0, &steps);
    *out = (struct introducer){.by = *by, .by_owner = steps == 0};
    return error;
}

enum store_error introducer_check(struct store_txn *txn, const struct trust *trust,
                                  const struct actor_id *technician, const struct entry_at *by,
                                  struct introducer *out)
{
    struct finding finding;
    struct arena arena;
    enum store_error error = finding_begin(&finding, txn, trust, &arena);

    if (error != STORE_OK) {
        return error;
    }
    error = judge(&finding, technician, by, out);
    free(arena.memory);
    return error;
}

/* Of all that may be said of her; an owner's goes before a delegate's. */
static enum store_error judge_all(struct finding *finding, const struct actor_id *technician,
                                  const uint64_t *places, size_t count, struct introducer *out)
{
    bool found = false;
    size_t each = 0;

    for (size_t i = 0; i < count; i++) {
        const struct entry_at at = {place_author(places[i]), place_seq(places[i]), place_index(places[i])};
        size_t mark = arena_mark(finding->arena);
        struct introducer introducer;
        enum store_error error = STORE_NOT_FOUND;

        each = i > 0 && place_author(places[i - 1]) == at.author ? each + 1 : 0;
        if (each < ENTRIES_READ_EACH_MAX) {
            error = judge(finding, technician, &at, &introducer);
        }
        arena_rewind(finding->arena, mark);
        if (error != STORE_OK && error != STORE_NOT_FOUND) {
            return error;
        }
        if (error == STORE_OK && (!found || introducer.by_owner)) {
            *out = introducer;
            found = true;
        }
        if (found && out->by_owner) {
            return STORE_OK;
        }
    }
    return found ? STORE_OK : STORE_NOT_FOUND;
}

enum store_error introducer_find(struct store_txn *txn, const struct trust *trust,
                                 const struct actor_id *technician, struct introducer *out)
{
    const struct subject subject = subject_of_actor(technician);
    struct finding finding;
    struct arena arena;
    uint64_t *places;
    size_t count;
    bool cut;
    enum store_error error = finding_begin(&finding, txn, trust, &arena);

    if (error != STORE_OK) {
        return error;
    }
    error = index_find(txn, &subject, NULL, &places, &count, &cut, &arena);
    if (error == STORE_OK) {
        error = judge_all(&finding, technician, places, count, out);
    }
    free(arena.memory);
    return error;
}
