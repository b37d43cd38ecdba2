#include "store/side_grants.h"

#include "protocol/base/sort.h"
#include "protocol/rules/dossier.h"
#include "store/stated.h"

enum {
    SPEAKERS_MAX = 4096, /* beside whose chains a grant may stand */
    CUTS_MAX = 1024,     /* withdrawals from one author that are looked at, and as many of its successions */
};

/* One author's grants. */
struct speaker {
    struct store_txn *txn;
    const struct trust *trust;
    struct side_budget *budget;
    struct key key; /* narrowed to it */
    uint32_t number;
    struct actor_id actor;
    uint64_t open_epoch;
    size_t count; /* grants that were visited of the open epochs, or under one cut */
    enum store_error (*visit)(void *context, const struct side_at *row);
    void *context;
    struct arena *arena;
};

enum store_error side_entry_read(struct store_txn *txn, const struct side_at *at, struct entry *entry)
{
    struct stored_block stored;
    struct bytes element;
    enum store_error error = stored_block_read(txn, at->author, at->seq, &at->hash, &stored);

    if (error == STORE_OK) {
        error = stored_block_element(txn, &stored, at->index, &element);
    }
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? txn_fail(txn, STORE_DAMAGED) : error;
    }
    return entry_decode(entry, element) == REASON_NONE ? STORE_OK : txn_fail(txn, STORE_DAMAGED);
}

/* ---- grants ---- */

static enum store_error take_row(struct speaker *speaker, const struct side_at *row)
{
    if (speaker->count == GRANTS_EACH_MAX || speaker->budget->rows == 0) {
        speaker->budget->cut = true;
        return STORE_NOT_FOUND;
    }
    speaker->count++;
    speaker->budget->rows--;
    return speaker->visit(speaker->context, row);
}

static enum store_error visit_open(void *context, const struct side_at *row)
{
    return take_row(context, row);
}

static enum store_error has_closed(struct speaker *speaker, bool *has)
{
    enum store_error error = STORE_OK;

    *has = false;
    for (int followed = 0; followed < 2 && error == STORE_OK && !*has; followed++) {
        const size_t mark = arena_mark(speaker->arena);
        struct key key = speaker->key;
        struct side_at *first;
        size_t count;
        bool cut;

        side_key_add_followed(&key, followed == 1);
        error = side_find(speaker->txn, &key, 1, &first, &count, &cut, speaker->arena);
        *has = error == STORE_OK && count == 1 && first->epoch < speaker->open_epoch;
        arena_rewind(speaker->arena, mark);
    }
    return error;
}

/* ---- cuts ---- */

/* A side block that a cut keeps. */
struct kept {
    struct hash hash;
    uint64_t seq, epoch;
    bool governs; /* nothing else has grants */
};

/* Read what kept is, and which block comes before it. STORE_NOT_FOUND: it is not held. */
static enum store_error read_kept(const struct speaker *speaker, struct kept *kept, struct hash *previous)
{
    const size_t mark = arena_mark(speaker->arena);
    struct stored_block stored;
    struct block_parts parts;
    struct header header;
    enum reason reason;
    enum store_error error =
        stored_block_read(speaker->txn, speaker->number, kept->seq, &kept->hash, &stored);

    if (error != STORE_OK) {
        return error;
    }
    if (!stored_block_parts(&stored, &parts)) {
        return txn_fail(speaker->txn, STORE_DAMAGED);
    }
    reason = schema_decode_known(&header_schema, &header, parts.header, speaker->arena);
    if (reason != REASON_NONE) {
        return txn_fail_decode(speaker->txn, reason, speaker->arena);
    }
    *previous = header.previous;
    kept->epoch = header.epoch;
    kept->governs = header.block_class == CLASS_GOVERN;
    arena_rewind(speaker->arena, mark);
    return STORE_OK;
}

/* Follow a branch from the cut down to the chain. STORE_NOT_FOUND: it is not held all the way. */
static enum store_error descend(struct speaker *speaker, uint64_t seq, struct hash hash,
                                struct kept line[CUT_SIDE_MAX], size_t *size)
{
    for (*size = 0;; seq--) {
        bool on_chain = false;
        enum store_error error = side_is_on_chain(speaker->txn, speaker->number, seq, &hash, &on_chain);

        if (error != STORE_OK || on_chain) {
            return error;
        }
        if (seq == 0) {
            return STORE_NOT_FOUND;
        }
        if (*size == CUT_SIDE_MAX || speaker->budget->steps == 0) {
            speaker->budget->cut = true;
            return STORE_NOT_FOUND;
        }
        speaker->budget->steps--;
        line[*size] = (struct kept){.hash = hash, .seq = seq};
        error = read_kept(speaker, &line[(*size)++], &hash);
        if (error != STORE_OK) {
            return error;
        }
    }
}

/* A look-up for each block: whoever has old keys may have filled their epoch with grants. */
static enum store_error visit_kept(struct speaker *speaker, const struct kept *kept)
{
    const size_t mark = arena_mark(speaker->arena);
    enum store_error error = STORE_OK;

    for (int followed = 0; followed < 2 && error == STORE_OK; followed++) {
        struct key key = speaker->key;
        struct side_at *rows;
        size_t count;
        bool cut;

        side_key_add_followed(&key, followed == 1);
        side_key_add_block(&key, kept->epoch, kept->seq, &kept->hash);
        error = side_find(speaker->txn, &key, GRANTS_EACH_MAX, &rows, &count, &cut, speaker->arena);
        speaker->budget->cut |= cut;
        for (size_t i = 0; i < count && error == STORE_OK; i++) {
            error = take_row(speaker, &rows[i]);
        }
    }
    arena_rewind(speaker->arena, mark);
    return error;
}

static enum store_error visit_cut(struct speaker *speaker, uint64_t seq, const struct hash *head)
{
    const size_t mark = arena_mark(speaker->arena);
    struct kept *line = arena_take(speaker->arena, CUT_SIDE_MAX * sizeof *line);
    size_t size = 0;
    enum store_error error = line ? descend(speaker, seq, *head, line, &size) : STORE_NO_MEMORY;

    speaker->count = 0;
    for (size_t i = 0; i < size && error == STORE_OK; i++) {
        if (line[i].governs && line[i].epoch < speaker->open_epoch) {
            error = visit_kept(speaker, &line[i]);
        }
    }
    arena_rewind(speaker->arena, mark);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

union cutting {
    struct withdrawal withdrawal;
    struct succession succession;
};

static enum store_error visit_cutting(struct speaker *speaker, enum entry_kind kind,
                                      const union cutting *cutting)
{
    if (kind == ENTRY_SUCCESSION) {
        return visit_cut(speaker, cutting->succession.cut_seq, &cutting->succession.cut_head);
    }
    return cutting->withdrawal.has_cut
               ? visit_cut(speaker, cutting->withdrawal.cut_seq, &cutting->withdrawal.cut_head)
               : STORE_OK;
}

static enum store_error visit_cuts_on_chains(struct speaker *speaker, enum entry_kind kind,
                                             const struct key *key)
{
    struct entry_at *grants;
    size_t count;
    enum grants_cut cut;
    enum store_error error = grants_find(speaker->txn, key, CUTS_MAX, &grants, &count, &cut, speaker->arena);

    speaker->budget->cut |= cut != GRANTS_CUT_NONE;
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        const size_t mark = arena_mark(speaker->arena);
        union cutting cutting;

        error = stated_read(speaker->txn, &grants[i], kind, &cutting, speaker->arena);
        if (error == STORE_OK) {
            error = visit_cutting(speaker, kind, &cutting);
        }
        arena_rewind(speaker->arena, mark);
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    return error;
}

static enum store_error visit_cuts_beside(struct speaker *speaker, enum entry_kind kind,
                                          const struct key *key)
{
    struct side_at *rows;
    size_t count;
    bool cut;
    enum store_error error = side_find(speaker->txn, key, CUTS_MAX, &rows, &count, &cut, speaker->arena);

    speaker->budget->cut |= cut;
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        const size_t mark = arena_mark(speaker->arena);
        union cutting cutting;
        struct entry entry;

        error = side_entry_read(speaker->txn, &rows[i], &entry);
        if (error == STORE_OK && entry.kind == kind &&
            entry_payload_decode(&cutting, &entry, speaker->arena) == REASON_NONE) {
            error = visit_cutting(speaker, kind, &cutting);
        }
        arena_rewind(speaker->arena, mark);
    }
    return error;
}

static enum store_error visit_cuts(struct speaker *speaker, enum entry_kind kind, const struct key *key)
{
    const size_t mark = arena_mark(speaker->arena);
    enum store_error error = visit_cuts_on_chains(speaker, kind, key);

    if (error == STORE_OK) {
        error = visit_cuts_beside(speaker, kind, key);
    }
    arena_rewind(speaker->arena, mark);
    return error;
}

/* A withdrawal cuts its delegate's log, a succession the log that it stands in. */
static enum store_error visit_all_kept(struct speaker *speaker)
{
    const struct trust *trust = speaker->trust;
    const struct key withdrawals = grant_key_of_actor(GRANT_WITHDRAWAL, &speaker->actor);
    enum store_error error = visit_cuts(speaker, ENTRY_WITHDRAWAL, &withdrawals);

    for (size_t i = 0; i < trust->owner_count && error == STORE_OK; i++) {
        struct key key =
            grant_key_of_namespace(GRANT_SUCCESSION, bytes_of_string(trust->owners[i].name_space));

        grant_key_add_author(&key, speaker->number);
        error = visit_cuts(speaker, ENTRY_SUCCESSION, &key);
    }
    return error;
}

/* ---- authors ---- */

/* Two rotations of one epoch leave it open which branch was dropped. */
static enum store_error find_speaker(struct speaker *speaker)
{
    struct disk_author row;
    enum store_error error = author_read(speaker->txn, &speaker->actor, &row);

    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? txn_fail(speaker->txn, STORE_DAMAGED) : error;
    }
    speaker->open_epoch = row.frozen_from > 0 ? row.frozen_from - 1 : row.epoch;
    return STORE_OK;
}

static enum store_error visit_speaker(struct speaker *speaker)
{
    struct side_reach open = {.closed = SIDE_CLOSED_NONE};
    bool closed = false;
    enum store_error error = find_speaker(speaker);

    open.open_epoch = speaker->open_epoch;
    if (error == STORE_OK) {
        error = side_each(speaker->txn, &speaker->key, &open, visit_open, speaker);
    }
    if (error == STORE_OK && speaker->open_epoch > 0) {
        error = has_closed(speaker, &closed);
    }
    return error == STORE_OK && closed ? visit_all_kept(speaker) : error;
}

/* Who speaks, in an order that is the same at every node. */
struct named {
    uint32_t number;
    struct actor_id actor;
};

static int order_named(const void *a, const void *b)
{
    const struct named *left = a;
    const struct named *right = b;

    return hash_compare(&left->actor.hash, &right->actor.hash);
}

/* None where there are too many to name. */
static enum store_error name_speakers(struct store_txn *txn, const struct key *key, struct named **out,
                                      size_t *count, bool *cut, struct arena *arena)
{
    uint32_t *numbers;
    enum store_error error =
        grants_speakers(txn, TABLE_SIDE_ENTRIES, key, SPEAKERS_MAX, &numbers, count, cut, arena);

    *count = error != STORE_OK || *cut ? 0 : *count;
    *out = arena_take(arena, *count * sizeof **out);
    if (error == STORE_OK && !*out) {
        return STORE_NO_MEMORY;
    }
    for (size_t i = 0; i < *count && error == STORE_OK; i++) {
        (*out)[i].number = numbers[i];
        error = author_name(txn, numbers[i], &(*out)[i].actor);
    }
    if (error == STORE_OK) {
        sort_items(*out, *count, sizeof **out, order_named);
    }
    return error == STORE_NOT_FOUND ? txn_fail(txn, STORE_DAMAGED) : error;
}

enum store_error side_grants_each(struct store_txn *txn, const struct trust *trust, const struct key *key,
                                  struct side_budget *budget,
                                  enum store_error (*visit)(void *context, const struct side_at *row),
                                  void *context, struct arena *arena)
{
    const size_t mark = arena_mark(arena);
    struct named *named;
    size_t count;
    bool cut = false;
    enum store_error error = name_speakers(txn, key, &named, &count, &cut, arena);

    budget->cut |= cut;
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        struct speaker speaker = {.txn = txn,
                                  .trust = trust,
                                  .budget = budget,
                                  .key = *key,
                                  .number = named[i].number,
                                  .actor = named[i].actor,
                                  .visit = visit,
                                  .context = context,
                                  .arena = arena};

        grant_key_add_author(&speaker.key, named[i].number);
        error = visit_speaker(&speaker);
    }
    arena_rewind(arena, mark);
    return error;
}
