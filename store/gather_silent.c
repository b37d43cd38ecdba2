#include <string.h>

#include "store/gather.h"
#include "store/side_grants.h"

/* Whoever may be authorised and was not heard for long, or was never heard of, may have said anything about
 * the subject: for questions that deny something their logs are gathered too. They are found from the
 * trust file's owners downward, so that nobody whom no one accredited takes any room. */

enum {
    SILENT_MAX = 1024,          /* that are gathered */
    ACCREDITORS_MAX = 1024,     /* whose accreditations are read */
    ACCREDITATIONS_MAX = 65536, /* that are read */
};

struct search {
    struct gather *gather;
    uint64_t heard_since_s;
    size_t found, read;
    size_t count;
    uint32_t accreditors[ACCREDITORS_MAX]; /* by number */
};

/* Says the limit where one is reached. Returns: full. */
static bool note_full(struct search *search, bool full)
{
    search->gather->out->cuts.credentials |= full;
    return full;
}

static void add_accreditor(struct search *search, uint32_t number)
{
    for (size_t i = 0; i < search->count; i++) {
        if (search->accreditors[i] == number) {
            return;
        }
    }
    if (number != NUMBER_NONE && !note_full(search, search->count == ACCREDITORS_MAX)) {
        search->accreditors[search->count++] = number;
    }
}

/* Those that are gathered anyhow: how they stand need not be asked. */
static enum store_error add_owners(struct search *search)
{
    struct gather *gather = search->gather;
    const struct dossier *out = gather->out;
    enum store_error error = STORE_OK;
    uint32_t number;

    for (size_t i = 0; i < gather->trust->owner_count && error == STORE_OK; i++) {
        error = gather_number(gather, &gather->trust->owners[i].actor, &number);
        add_accreditor(search, number);
    }
    for (size_t i = 0; i < out->succession_count && error == STORE_OK; i++) {
        error = gather_number(gather, &out->successions[i].succession.successor, &number);
        add_accreditor(search, number);
    }
    return error;
}

/* Whether nothing can be lacking of a delegate but content, which gather_lacking asks about. */
static enum store_error is_heard(const struct search *search, const struct disk_author *row,
                                 const struct actor_id *delegate, bool *heard)
{
    struct gather *gather = search->gather;
    struct disk_checkpoint checkpoint;
    struct disk_record record;
    enum store_error error =
        checkpoint_read_by(gather->txn, delegate, row->number, gather->known_by_s, &checkpoint);

    if (error == STORE_OK) {
        error = record_find(gather->txn, row->number, checkpoint.seq, &record);
    }
    *heard = error == STORE_OK && !row->beside && checkpoint.time_s >= search->heard_since_s &&
             hash_equal(&record.hash, &checkpoint.head) && record.settled_s <= gather->known_by_s;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error add_delegate(struct search *search, const struct actor_id *delegate, bool accredits)
{
    struct gather *gather = search->gather;
    struct disk_author row;
    const size_t log_count = gather->out->log_count;
    bool heard = false;
    size_t log;
    enum store_error error = author_read_log(gather->txn, delegate, &row);

    if (error == STORE_OK) {
        error = is_heard(search, &row, delegate, &heard);
        add_accreditor(search, accredits ? row.number : NUMBER_NONE);
    }
    if ((error != STORE_OK && error != STORE_NOT_FOUND) || heard) {
        return error;
    }
    if (note_full(search, search->found == SILENT_MAX)) {
        return STORE_OK;
    }
    error = gather_log(gather, delegate, &log);
    search->found += gather->out->log_count - log_count;
    return error == STORE_OK ? gather_ask_rest(gather, log) : error;
}

/* STORE_NOT_FOUND: enough was read. */
static enum store_error add_entry(struct search *search, const struct entry *entry)
{
    struct arena *arena = search->gather->arena;
    size_t mark = arena_mark(arena);
    struct accreditation accreditation;
    enum reason reason;

    if (note_full(search, search->read == ACCREDITATIONS_MAX)) {
        return STORE_NOT_FOUND;
    }
    search->read++;
    reason = entry_payload_decode(&accreditation, entry, arena);
    if (reason != REASON_NONE) {
        return txn_fail_decode(search->gather->txn, reason, arena);
    }
    arena_rewind(arena, mark);
    return add_delegate(search, &accreditation.delegate, accreditation.depth > 0);
}

static enum store_error search_chain(struct search *search, const struct key *key)
{
    struct store_txn *txn = search->gather->txn;
    struct entry_at at;
    enum store_error error = grant_next(txn, key, NULL, &at);

    while (error == STORE_OK) {
        struct bytes element;
        struct entry entry;

        error = element_read(txn, &at, &element);
        if (error == STORE_OK && entry_decode(&entry, element) != REASON_NONE) {
            error = txn_fail(txn, STORE_DAMAGED);
        }
        if (error == STORE_OK) {
            error = add_entry(search, &entry);
        }
        if (error == STORE_OK) {
            error = grant_next(txn, key, &at, &at);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* An accreditation beside the chain may count yet, or again under a cut. */
static enum store_error search_sides(struct search *search, const struct key *key)
{
    struct gather *gather = search->gather;
    struct side_at *rows;
    size_t count = 0;
    bool cut = false;
    enum store_error error = side_find(gather->txn, key, GRANTS_EACH_MAX, &rows, &count, &cut, gather->arena);

    (void)note_full(search, cut);
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        struct entry entry;

        error = side_entry_read(gather->txn, &rows[i], &entry);
        if (error == STORE_OK) {
            error = add_entry(search, &entry);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error gather_silent(struct gather *gather, uint64_t heard_since_s)
{
    struct search search = {.gather = gather, .heard_since_s = heard_since_s};
    enum store_error error = heard_since_s > 0 ? add_owners(&search) : STORE_OK;

    for (size_t i = 0; i < search.count && error == STORE_OK; i++) {
        const struct key key = grant_key_of_number(GRANT_ACCREDITOR, search.accreditors[i], 0);

        error = search_chain(&search, &key);
        if (error == STORE_OK) {
            error = search_sides(&search, &key);
        }
    }
    return error;
}
