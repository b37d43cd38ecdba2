#include "store/erase_rows.h"
#include "store/erased.h"
#include "store/index.h"

/* What was erased about somebody, as long as its bytes are here. Nothing is kept for this: the index leads to
 * places alone, and only the bytes that are still there tell whom they were about. */

struct erased_search {
    struct store_txn *txn;
    const struct trust *trust;
    const struct actor_id *self;
    const struct subject *subject;
    struct arena *arena;
    struct erased_about *out;
    size_t max, count;
};

/* When the last standing `erase` of the entry was signed. STORE_NOT_FOUND: none stands. */
static enum store_error find_erase(struct erased_search *search, const struct entry_at *at, uint64_t *time_s)
{
    const struct key prefix = author_seq_key(at->author, at->seq);
    struct walk walk;
    bool found = false;
    enum store_error error = walk_open(&walk, search->txn, TABLE_ERASERS);

    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, &prefix);
    for (; error == STORE_OK && walk_under(&walk, &prefix); error = walk_next(&walk)) {
        enum eraser_place place = ERASER_BESIDE;
        struct disk_record record;
        struct eraser eraser;
        bool covers = false;

        error = eraser_of(search->txn, walk.key, walk.value, &eraser);
        for (size_t i = 0; error == STORE_OK && i < eraser.range_count; i++) {
            covers |= eraser.ranges[i].first <= at->index && at->index <= eraser.ranges[i].last;
        }
        if (error == STORE_OK && covers && !eraser.row.waits) {
            error = eraser_place(search->txn, at->author, &eraser, &place);
        }
        if (error == STORE_OK && place == ERASER_STANDS) {
            error = record_read(search->txn, at->author, eraser.setter_seq, &record);
            *time_s = record.time_s;
            found = true;
        }
        if (error != STORE_OK) {
            break;
        }
    }
    walk_close(&walk);
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    return found ? STORE_OK : STORE_NOT_FOUND;
}

/* STORE_NOT_FOUND when the bytes at that place are gone, or were about somebody else. */
static enum store_error check_subject(struct erased_search *search, const struct entry_at *at)
{
    struct attestation attestation;
    struct bytes element;
    struct entry entry;
    enum store_error error = element_read_sealed(search->txn, at, &element);

    if (error != STORE_OK) {
        return error;
    }
    if (entry_decode(&entry, element) != REASON_NONE) {
        return txn_fail(search->txn, STORE_DAMAGED);
    }
    return entry.kind == ENTRY_ATTESTATION && !entry.erased &&
                   entry_payload_decode(&attestation, &entry, search->arena) == REASON_NONE &&
                   subject_equal(&attestation.subject, search->subject)
               ? STORE_OK
               : STORE_NOT_FOUND;
}

/* Strangers may say and erase what they like. */
static enum store_error is_told(struct erased_search *search, const struct actor_id *author, bool *told)
{
    *told = search->self != NULL && actor_id_equal(author, search->self);
    return *told ? STORE_OK : store_is_accredited(search->txn, search->trust, author, told);
}

static enum store_error add(struct erased_search *search, const struct entry_at *at, uint64_t time_s)
{
    struct actor_id author;
    bool told = false;
    enum store_error error = author_name(search->txn, at->author, &author);
    size_t i = 0;

    if (error == STORE_OK) {
        error = is_told(search, &author, &told);
    }
    if (error != STORE_OK || !told) {
        return error;
    }
    while (i < search->count && !actor_id_equal(&search->out[i].author, &author)) {
        i++;
    }
    if (i == search->max) {
        return STORE_OK;
    }
    if (i == search->count) {
        search->out[search->count++] = (struct erased_about){.author = author};
    }
    search->out[i].count++;
    search->out[i].time_s = time_s > search->out[i].time_s ? time_s : search->out[i].time_s;
    return STORE_OK;
}

static enum store_error look_at(struct erased_search *search, const struct entry_at *at)
{
    size_t mark = arena_mark(search->arena);
    struct disk_record record;
    uint64_t time_s = 0;
    enum store_error error = record_find(search->txn, at->author, at->seq, &record);

    if (error != STORE_OK || (record.flags & RECORD_HAS_ERASERS) == 0 || record.standing == STANDING_VOID) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    error = check_subject(search, at);
    arena_rewind(search->arena, mark);
    if (error == STORE_OK) {
        error = find_erase(search, at, &time_s);
    }
    if (error == STORE_OK) {
        error = add(search, at, time_s);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error store_erased_about(struct store_txn *txn, const struct trust *trust,
                                    const struct actor_id *self, const struct subject *subject,
                                    struct erased_about *out, size_t max, size_t *count, struct arena *arena)
{
    struct erased_search search = {
        .txn = txn, .trust = trust, .self = self, .subject = subject, .arena = arena, .out = out, .max = max};
    size_t mark = arena_mark(arena), place_count = 0;
    uint64_t *places;
    bool cut;
    enum store_error error = index_find(txn, subject, NULL, &places, &place_count, &cut, arena);

    for (size_t i = 0; error == STORE_OK && i < place_count; i++) {
        const struct entry_at at = {
            .author = place_author(places[i]), .seq = place_seq(places[i]), .index = place_index(places[i])};

        error = look_at(&search, &at);
    }
    *count = search.count;
    arena_rewind(arena, mark);
    return error;
}
