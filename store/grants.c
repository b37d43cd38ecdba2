#include "store/grants.h"

#include <assert.h>
#include <string.h>

#include "store/generation.h"

enum { SUBJECT_SIZE = GRANT_ABOUT_SIZE - 1, GRANT_KEY_SIZE = GRANT_ABOUT_SIZE + 4 + 8 + 2 };

struct key grant_key_of_affiliation(enum grant_kind kind, const struct hash *id)
{
    struct key key;

    key.bytes[0] = (uint8_t)kind;
    memcpy(key.bytes + 1, id->bytes, HASH_SIZE);
    key.size = 1 + HASH_SIZE;
    return key;
}

struct key grant_key_of_actor(enum grant_kind kind, const struct actor_id *actor)
{
    return grant_key_of_affiliation(kind, &actor->hash);
}

struct key grant_key_of_signer(const struct sign_public_key *key)
{
    struct key out = {0};

    key_add_number(&out, GRANT_SIGNED, 1);
    key_add(&out, key->bytes, sizeof key->bytes);
    return out;
}

/* Padded, so that one namespace is not found under another that begins with it. */
struct key grant_key_of_namespace(enum grant_kind kind, struct bytes name_space)
{
    uint8_t padded[SUBJECT_SIZE] = {0};
    struct key key = {0};

    assert(name_space.size <= NAMESPACE_SIZE_MAX);
    memcpy(padded, name_space.data, name_space.size);
    key_add_number(&key, kind, 1);
    key_add(&key, padded, sizeof padded);
    return key;
}

struct key grant_key_of_number(enum grant_kind kind, uint32_t number, uint64_t seq)
{
    static const uint8_t zero[SUBJECT_SIZE - 4 - 8];
    struct key key = {0};

    key_add_number(&key, kind, 1);
    key_add_number(&key, number, 4);
    key_add_number(&key, seq, 8);
    key_add(&key, zero, sizeof zero);
    return key;
}

void grant_key_add_author(struct key *key, uint32_t author)
{
    key_add_number(key, author, 4);
}

/* ---- writing ---- */

static struct key row_key(const struct key *about, const struct entry_at *grant)
{
    struct key key = *about;

    grant_key_add_author(&key, grant->author);
    key_add_number(&key, grant->seq, 8);
    key_add_number(&key, grant->index, 2);
    return key;
}

enum store_error grant_put(struct store_txn *txn, const struct key *about, const struct entry_at *grant)
{
    struct key key = row_key(about, grant);

    return table_put(txn, TABLE_GRANTS, &key, NULL, 0);
}

enum store_error grant_delete(struct store_txn *txn, const struct key *about, const struct entry_at *grant)
{
    struct key key = row_key(about, grant);

    return table_delete(txn, TABLE_GRANTS, &key);
}

struct indexing {
    struct store_txn *txn;
    uint32_t number;
    uint64_t seq;
    bool remove;
};

static enum store_error change_row(const struct indexing *indexing, struct key key, uint64_t index)
{
    const struct entry_at grant = {indexing->number, indexing->seq, index};

    return indexing->remove ? grant_delete(indexing->txn, &key, &grant)
                            : grant_put(indexing->txn, &key, &grant);
}

size_t grant_keys_of(struct key keys[GRANT_KEYS_MAX], const struct entry *entry, struct arena *arena)
{
    union {
        struct rule_pack pack;
        struct accreditation accreditation;
        struct withdrawal withdrawal;
        struct succession succession;
        struct rhythm rhythm;
    } record;

    if (entry->kind != ENTRY_RULE_PACK && entry->kind != ENTRY_ACCREDITATION &&
        entry->kind != ENTRY_WITHDRAWAL && entry->kind != ENTRY_SUCCESSION && entry->kind != ENTRY_RHYTHM) {
        return 0;
    }
    if (entry_payload_decode(&record, entry, arena) != REASON_NONE) {
        return 0;
    }
    if (entry->kind == ENTRY_ACCREDITATION) {
        keys[0] = grant_key_of_actor(GRANT_ACCREDITATION, &record.accreditation.delegate);
        return 1;
    }
    if (entry->kind == ENTRY_WITHDRAWAL) {
        keys[0] = grant_key_of_actor(GRANT_WITHDRAWAL, &record.withdrawal.delegate);
        return 1;
    }
    if (entry->kind == ENTRY_RULE_PACK) {
        keys[0] = grant_key_of_namespace(GRANT_PACK, record.pack.name_space);
        return 1;
    }
    if (entry->kind == ENTRY_RHYTHM) {
        keys[0] = grant_key_of_namespace(GRANT_RHYTHM, bytes_of_string(""));
        return 1;
    }
    keys[0] = grant_key_of_namespace(GRANT_SUCCESSION, record.succession.name_space);
    keys[1] = grant_key_of_actor(GRANT_SUCCESSOR, &record.succession.successor);
    return 2;
}

/* A dropped branch can be named on the chain alone. It is found by its first block, and whether any is named
 * by its author. */
static enum store_error change_void(const struct indexing *indexing, const struct entry *entry,
                                    uint64_t index, struct arena *arena)
{
    struct void_record voids;
    enum store_error error;

    if (entry_payload_decode(&voids, entry, arena) != REASON_NONE || !voids.has_branch) {
        return STORE_OK;
    }
    error = change_row(indexing, grant_key_of_affiliation(GRANT_VOIDED_BRANCH, &voids.branch.first), index);
    return error == STORE_OK
               ? change_row(indexing, grant_key_of_number(GRANT_VOIDED_ANY, indexing->number, 0), index)
               : error;
}

static enum store_error change_entry(const struct indexing *indexing, const struct entry *entry,
                                     uint64_t index, struct arena *arena)
{
    struct key keys[GRANT_KEYS_MAX];
    size_t count = grant_keys_of(keys, entry, arena);
    enum store_error error = STORE_OK;

    if (entry->kind == ENTRY_VOID) {
        return change_void(indexing, entry, index, arena);
    }
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = change_row(indexing, keys[i], index);
    }
    if (error == STORE_OK && count > 0 && entry->kind == ENTRY_ACCREDITATION) {
        error = change_row(indexing, grant_key_of_number(GRANT_ACCREDITOR, indexing->number, 0), index);
    }
    return error;
}

static enum store_error change_entries(const struct indexing *indexing, const struct entry *entries,
                                       size_t count, struct arena *arena)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        size_t mark = arena_mark(arena);
        error = change_entry(indexing, &entries[i], i, arena);
        arena_rewind(arena, mark);
    }
    return error;
}

enum store_error grants_put(struct store_txn *txn, uint32_t number, uint64_t seq, const struct entry *entries,
                            size_t count, struct arena *arena)
{
    const struct indexing indexing = {.txn = txn, .number = number, .seq = seq};

    return change_entries(&indexing, entries, count, arena);
}

enum store_error grants_delete(struct store_txn *txn, uint32_t number, uint64_t seq,
                               const struct entry *entries, size_t count, struct arena *arena)
{
    const struct indexing indexing = {.txn = txn, .number = number, .seq = seq, .remove = true};

    return change_entries(&indexing, entries, count, arena);
}

/* ---- reading ---- */

static struct entry_at grant_of(struct bytes key)
{
    return (struct entry_at){
        .author = (uint32_t)number_at(key.data, 1 + SUBJECT_SIZE, 4),
        .seq = number_at(key.data, 1 + SUBJECT_SIZE + 4, 8),
        .index = number_at(key.data, 1 + SUBJECT_SIZE + 12, 2),
    };
}

enum store_error grants_after(struct store_txn *txn, const struct key *key, const struct entry_at *behind,
                              size_t max, struct entry_at *out, size_t *count)
{
    struct walk walk;
    struct key from = *key;
    enum store_error error = walk_open(&walk, txn, TABLE_GRANTS);

    *count = 0;
    if (error != STORE_OK) {
        return error;
    }
    if (behind) {
        from = row_key(key, &(struct entry_at){behind->author, behind->seq, behind->index + 1});
    }
    error = walk_seek(&walk, &from);
    while (error == STORE_OK && walk_under(&walk, key)) {
        if (walk.key.size != GRANT_KEY_SIZE) {
            error = txn_fail(txn, STORE_DAMAGED);
            break;
        }
        out[(*count)++] = grant_of(walk.key);
        if (*count == max) {
            break;
        }
        error = walk_next(&walk);
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error grant_next(struct store_txn *txn, const struct key *key, const struct entry_at *behind,
                            struct entry_at *out)
{
    size_t count;
    enum store_error error = grants_after(txn, key, behind, 1, out, &count);

    return error == STORE_OK && count == 0 ? STORE_NOT_FOUND : error;
}

enum store_error grant_next_by(struct store_txn *txn, const struct key *key, uint32_t author,
                               const struct entry_at *behind, struct entry_at *out)
{
    /* One more is the author's first. */
    const struct entry_at before_all = {author, 0, UINT64_MAX};
    enum store_error error = grant_next(txn, key, behind ? behind : &before_all, out);

    return error == STORE_OK && out->author != author ? STORE_NOT_FOUND : error;
}

/* The newest grants of one author. */
struct group {
    bool cut; /* there are older ones */
    size_t count;
    struct entry_at grants[GRANTS_EACH_MAX];
};

/* Read the last rows under prefix, in order. Requires: there are GRANTS_EACH_MAX at least. */
static enum store_error read_newest(struct walk *walk, const struct key *prefix, struct group *group)
{
    struct key last = *prefix;
    enum store_error error;

    key_add_number(&last, UINT64_MAX, 8);
    error = walk_seek_back(walk, &last);
    for (size_t i = GRANTS_EACH_MAX; i > 0 && error == STORE_OK; i--) {
        group->grants[i - 1] = grant_of(walk->key);
        if (i > 1) {
            error = walk_previous(walk);
        }
    }
    return error;
}

/* Read the author's group that the walk stands on, and step to the first row behind it. */
static enum store_error read_group(struct walk *walk, const struct key *prefix, struct group *group)
{
    struct key behind = *prefix;
    enum store_error error = STORE_OK;

    group->count = 0;
    group->cut = false;
    while (error == STORE_OK && walk_under(walk, prefix) && group->count < GRANTS_EACH_MAX) {
        group->grants[group->count++] = grant_of(walk->key);
        error = walk_next(walk);
    }
    if (error != STORE_OK || !walk_under(walk, prefix)) {
        return error;
    }
    group->cut = true;
    error = read_newest(walk, prefix, group);
    if (error != STORE_OK) {
        return error;
    }
    key_add_number(&behind, UINT64_MAX, 8);
    return walk_seek(walk, &behind);
}

/* Few rows are mostly all, and need not be read again once they are counted. */
static enum store_error copy_few(struct entry_at **out, const struct kept_rows *few, struct arena *arena)
{
    if (few->count == 0) {
        return STORE_OK;
    }
    *out = arena_take(arena, few->count * sizeof **out);
    if (!*out) {
        return STORE_NO_MEMORY;
    }
    memcpy(*out, few->rows, few->count * sizeof **out);
    return STORE_OK;
}

/* Read all groups under key into grants, which has room for so many. */
static enum store_error read_groups(struct walk *walk, const struct key *key, size_t max,
                                    struct entry_at *grants, size_t grants_max, size_t *count,
                                    enum grants_cut *cut)
{
    struct group group;
    enum store_error error = walk_seek(walk, key);

    *count = 0;
    *cut = GRANTS_CUT_NONE;
    while (error == STORE_OK && walk_under(walk, key) && *count < max) {
        struct key prefix;
        size_t room = max - *count;

        if (walk->key.size != GRANT_KEY_SIZE) {
            return txn_fail(walk->txn, STORE_DAMAGED);
        }
        prefix = key_of(walk->key.data, 1 + SUBJECT_SIZE + 4);
        error = read_group(walk, &prefix, &group);
        if (group.cut || group.count > room) {
            *cut = GRANTS_CUT_OLDER;
        }
        if (group.count < room) {
            room = group.count;
        }
        if (*count + room <= grants_max) {
            memcpy(grants + *count, group.grants, room * sizeof *grants);
        }
        *count += room;
    }
    if (error == STORE_OK && walk_under(walk, key)) {
        *cut = GRANTS_CUT_AUTHORS;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* What is said of delegates changes with govern blocks alone. */
static bool is_kept(const struct key *key)
{
    return key->bytes[0] == GRANT_ACCREDITATION || key->bytes[0] == GRANT_WITHDRAWAL;
}

static enum store_error find_anew(struct store_txn *txn, const struct key *key, size_t max,
                                  struct entry_at **out, size_t *count, enum grants_cut *cut,
                                  struct arena *arena)
{
    struct kept_rows few;
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_GRANTS);

    if (error != STORE_OK) {
        return error;
    }
    error = read_groups(&walk, key, max, few.rows, KEPT_ROWS_MAX, count, cut);
    few.count = *count;
    if (error == STORE_OK && *count > KEPT_ROWS_MAX) {
        *out = arena_take(arena, *count * sizeof **out);
        error = *out ? read_groups(&walk, key, max, *out, *count, count, cut) : STORE_NO_MEMORY;
    } else if (error == STORE_OK) {
        error = copy_few(out, &few, arena);
    }
    walk_close(&walk);
    if (error == STORE_OK && is_kept(key) && few.count <= KEPT_ROWS_MAX && *cut == GRANTS_CUT_NONE) {
        kept_rows_add(txn, KEPT_GRANTS, key, &few);
    }
    return error;
}

enum store_error grants_find(struct store_txn *txn, const struct key *key, size_t max, struct entry_at **out,
                             size_t *count, enum grants_cut *cut, struct arena *arena)
{
    struct kept_rows kept;

    *out = NULL;
    if (!is_kept(key) || !kept_rows_find(txn, KEPT_GRANTS, key, &kept) || kept.count > max) {
        return find_anew(txn, key, max, out, count, cut, arena);
    }
    *count = kept.count;
    *cut = GRANTS_CUT_NONE;
    return copy_few(out, &kept, arena);
}

/* Step to the first grant by the next author. */
static enum store_error next_speaker(struct walk *walk, const struct key *key, uint32_t author)
{
    struct key of_author = *key;
    enum store_error error = walk_next(walk);

    grant_key_add_author(&of_author, author);
    if (error == STORE_OK && walk_under(walk, &of_author)) {
        key_add_number(&of_author, UINT64_MAX, 8);
        error = walk_seek(walk, &of_author);
    }
    return error;
}

/* Read the authors under key, each once, into numbers, which has room for so many. */
static enum store_error read_speakers(struct walk *walk, const struct key *key, size_t max, uint32_t *numbers,
                                      size_t numbers_max, size_t *count, bool *cut)
{
    enum store_error error = walk_seek(walk, key);

    for (*count = 0; error == STORE_OK && walk_under(walk, key) && *count < max; ++*count) {
        uint32_t author;

        if (walk->key.size < GRANT_ABOUT_SIZE + 4) {
            return txn_fail(walk->txn, STORE_DAMAGED);
        }
        author = (uint32_t)number_at(walk->key.data, GRANT_ABOUT_SIZE, 4);
        if (*count < numbers_max) {
            numbers[*count] = author;
        }
        error = next_speaker(walk, key, author);
    }
    *cut = error == STORE_OK && walk_under(walk, key);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error copy_numbers(uint32_t **out, const uint32_t *numbers, size_t count,
                                     struct arena *arena)
{
    if (count == 0) {
        return STORE_OK;
    }
    *out = arena_take(arena, count * sizeof **out);
    if (!*out) {
        return STORE_NO_MEMORY;
    }
    memcpy(*out, numbers, count * sizeof **out);
    return STORE_OK;
}

static enum store_error speakers_anew(struct store_txn *txn, enum table table, const struct key *key,
                                      size_t max, struct kept_rows *few, uint32_t **out, bool *cut,
                                      struct arena *arena)
{
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, table);

    if (error != STORE_OK) {
        return error;
    }
    error = read_speakers(&walk, key, max, few->authors, KEPT_ROWS_MAX, &few->count, cut);
    if (error == STORE_OK && few->count > KEPT_ROWS_MAX) {
        *out = arena_take(arena, few->count * sizeof **out);
        error = *out ? read_speakers(&walk, key, max, *out, few->count, &few->count, cut) : STORE_NO_MEMORY;
    }
    walk_close(&walk);
    return error;
}

enum store_error grants_speakers(struct store_txn *txn, enum table table, const struct key *key, size_t max,
                                 uint32_t **out, size_t *count, bool *cut, struct arena *arena)
{
    const enum kept_lookup lookup = table == TABLE_GRANTS ? KEPT_SPEAKERS : KEPT_SIDE_SPEAKERS;
    struct kept_rows few = {.count = 0};
    bool empty = false;
    enum store_error error = table == TABLE_SIDE_ENTRIES ? table_is_empty(txn, table, &empty) : STORE_OK;

    *out = NULL;
    *count = 0;
    *cut = false;
    if (error != STORE_OK || empty) {
        return error;
    }
    if (!is_kept(key) || !kept_rows_find(txn, lookup, key, &few) || few.count > max) {
        error = speakers_anew(txn, table, key, max, &few, out, cut, arena);
        if (error == STORE_OK && is_kept(key) && few.count <= KEPT_ROWS_MAX && !*cut) {
            kept_rows_add(txn, lookup, key, &few);
        }
    }
    *count = few.count;
    return error == STORE_OK && few.count <= KEPT_ROWS_MAX ? copy_numbers(out, few.authors, few.count, arena)
                                                           : error;
}

enum store_error grants_is_accredited_by(struct store_txn *txn, const struct actor_id *actor,
                                         const uint32_t *authors, size_t count, bool *out)
{
    const struct key key = grant_key_of_actor(GRANT_ACCREDITATION, actor);
    enum store_error error = STORE_OK;

    *out = false;
    for (size_t i = 0; i < count && error == STORE_OK && !*out; i++) {
        struct entry_at first;

        error = grant_next_by(txn, &key, authors[i], NULL, &first);
        *out = error == STORE_OK;
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    return error;
}
