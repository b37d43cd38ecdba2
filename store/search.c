#include <string.h>

#include "protocol/base/sort.h"
#include "store/index.h"

/* Searching the runs for a subject. Postings of one prefix stand together, in order of their authors. */

struct search {
    uint64_t prefix;
    size_t count;
    size_t capacity;
    uint64_t *places;
    struct arena *arena;
    const struct posting_judge *judge; /* NULL: all count */
    size_t passed_by;
    bool of_one; /* only what the author numbered `only` says is looked for, and all of it */
    uint32_t only;
    /* Within one run: */
    uint32_t author;
    size_t of_author, idle_of_author;
};

enum { AUTHOR_NONE = AUTHOR_NUMBER_MAX + 1 };

/* What cannot be looked at any more counts: a walk past what does not must end. */
static enum store_error judge(struct search *search, uint64_t place, enum posting_worth *out)
{
    enum store_error error = STORE_OK;

    *out = POSTING_COUNTS;
    if (search->judge && search->passed_by < POSTINGS_PASSED_BY_MAX) {
        error = search->judge->judge(search->judge->context, place, out);
        search->passed_by += *out != POSTING_COUNTS;
    }
    return error;
}

static bool found(struct search *search, uint64_t place)
{
    if (search->count == POSTINGS_FOUND_MAX) {
        return true;
    }
    if (search->count == search->capacity) {
        size_t capacity = search->capacity > 0 ? 4 * search->capacity : 64;
        uint64_t *places = arena_take(search->arena, capacity * sizeof *places);

        if (!places) {
            return false;
        }
        if (search->count > 0) {
            memcpy(places, search->places, search->count * sizeof *places);
        }
        search->places = places;
        search->capacity = capacity;
    }
    search->places[search->count++] = place;
    return true;
}

static uint64_t prefix_at(const uint8_t *chunk, size_t i)
{
    uint64_t prefix;

    memcpy(&prefix, chunk + i * sizeof(struct posting), sizeof prefix);
    return prefix;
}

static bool is_asked(const struct search *search, uint64_t place)
{
    return !search->of_one || place_author(place) == search->only;
}

/* ---- the newest ---- */

static enum store_error search_unsorted(struct search *search, const uint8_t *items, size_t count)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        enum posting_worth worth = POSTING_GONE;

        if (prefix_at(items, i) == search->prefix && is_asked(search, posting_at(items, i).place)) {
            error = judge(search, posting_at(items, i).place, &worth);
        }
        if (error == STORE_OK && worth != POSTING_GONE && !found(search, posting_at(items, i).place)) {
            error = STORE_NO_MEMORY;
        }
    }
    return error;
}

/* ---- one chunk ---- */

/* Bounds of the first posting at or above a prefix, and a prefix that none from low on is below. */
struct bounds {
    size_t low, high;
    uint64_t least;
};

/* Where between the bounds the prefix would be if all were spread evenly. */
static size_t interpolate(const uint8_t *postings, const struct bounds *bounds, uint64_t prefix)
{
    const uint64_t first = bounds->least;
    const uint64_t last = prefix_at(postings, bounds->high - 1);

    if (prefix <= first || last <= first) {
        return bounds->low;
    }
    if (prefix >= last) {
        return bounds->high - 1;
    }
    return bounds->low + (size_t)((double)(prefix - first) / (double)(last - first) *
                                  (double)(bounds->high - 1 - bounds->low));
}

/* Whether posting i is below the prefix: then what is looked for comes after it. */
static bool raise_low(struct bounds *bounds, const uint8_t *postings, size_t i, uint64_t prefix)
{
    const uint64_t found = prefix_at(postings, i);

    if (found >= prefix) {
        return false;
    }
    bounds->low = i + 1;
    bounds->least = found;
    return true;
}

/* Interpolation lands near it as long as prefixes are evenly spread. They can be ground, so only a few
 * guesses are made, each of which narrows the bounds at worst by one, and halving does the rest. Where the
 * chunk begins its key says: its first page is not looked at. */
static struct bounds guess(const struct chunk *chunk, uint64_t prefix)
{
    enum { GUESSES = 3, NEAR = 32 };
    const uint8_t *postings = chunk->postings;
    struct bounds bounds = {0, chunk->count, chunk->first_prefix};

    for (unsigned i = 0; i < GUESSES && bounds.low < bounds.high; i++) {
        size_t middle = interpolate(postings, &bounds, prefix);

        if (raise_low(&bounds, postings, middle, prefix)) {
            if (NEAR < bounds.high - bounds.low && prefix_at(postings, bounds.low + NEAR) >= prefix) {
                bounds.high = bounds.low + NEAR;
            }
        } else {
            bounds.high = middle;
            if (NEAR < bounds.high - bounds.low) {
                (void)raise_low(&bounds, postings, bounds.high - NEAR, prefix);
            }
        }
    }
    return bounds;
}

/* Index of the first posting at or above from. */
static size_t lower_bound(const struct chunk *chunk, const struct posting *from)
{
    struct bounds bounds =
        from->place == 0 ? guess(chunk, from->prefix) : (struct bounds){.high = chunk->count};

    while (bounds.low < bounds.high) {
        size_t middle = bounds.low + (bounds.high - bounds.low) / 2;
        const struct posting posting = posting_at(chunk->postings, middle);

        if (posting_compare(&posting, from) < 0) {
            bounds.low = middle + 1;
        } else {
            bounds.high = middle;
        }
    }
    return bounds.low;
}

enum progress {
    PROGRESS_DONE,
    PROGRESS_NEXT_CHUNK,  /* the prefix may go on there */
    PROGRESS_NEXT_AUTHOR, /* enough of search->author */
};

static void begin_author(struct search *search, uint32_t author)
{
    search->author = author;
    search->of_author = search->idle_of_author = 0;
}

/* Mostly nobody says anything, which is found out soonest from the prefix alone; else the one that is asked
 * about is looked for once more. */
static enum progress pass_by(struct search *search, uint32_t author)
{
    if (author > search->only) {
        return PROGRESS_DONE;
    }
    search->author = search->only - 1;
    return PROGRESS_NEXT_AUTHOR;
}

/* Take postings of the prefix from i on. STORE_NO_MEMORY is told by *error. */
static enum progress take_postings(struct search *search, struct store_txn *txn, const struct chunk *chunk,
                                   size_t i, enum store_error *error)
{
    for (size_t first = i; i < chunk->count; i++) {
        const struct posting posting = posting_at(chunk->postings, i);
        enum posting_worth worth;

        if (i == first || i % CHUNK_GROUP == 0) {
            *error = chunk_check(txn, chunk, i);
            if (*error != STORE_OK) {
                return PROGRESS_DONE;
            }
        }
        if (posting.prefix != search->prefix || search->count == POSTINGS_FOUND_MAX) {
            return PROGRESS_DONE;
        }
        if (!is_asked(search, posting.place)) {
            return pass_by(search, place_author(posting.place));
        }
        if (place_author(posting.place) != search->author) {
            begin_author(search, place_author(posting.place));
        }
        *error = judge(search, posting.place, &worth);
        if (*error != STORE_OK) {
            return PROGRESS_DONE;
        }
        if (worth == POSTING_GONE ||
            (worth == POSTING_IDLE && search->idle_of_author == POSTINGS_IDLE_EACH_MAX)) {
            continue;
        }
        search->idle_of_author += worth == POSTING_IDLE;
        if (worth == POSTING_COUNTS && !search->of_one && search->of_author++ == POSTINGS_EACH_MAX) {
            return PROGRESS_NEXT_AUTHOR;
        }
        if (!found(search, posting.place)) {
            *error = STORE_NO_MEMORY;
            return PROGRESS_DONE;
        }
    }
    return PROGRESS_NEXT_CHUNK;
}

/* ---- one run ---- */

/* The chunk that begins at or below from may end above it, so that one is looked at first. */
static enum store_error seek_chunk(struct walk *walk, uint32_t number, const struct posting *from)
{
    const struct key key = chunk_key(number, from);
    const struct key prefix = run_key(number);
    enum store_error error = walk_seek_back(walk, &key);

    if (error == STORE_NOT_FOUND || (error == STORE_OK && !walk_under(walk, &prefix))) {
        return walk_seek(walk, &prefix);
    }
    return error;
}

/* Whether the chunk that the walk stands on begins with from: then nothing of the chunk before is wanted. */
static bool is_first_of(const struct walk *walk, const struct posting *from)
{
    struct key key = {0};

    key_add_number(&key, from->prefix, 8);
    key_add_number(&key, from->place, 8);
    return walk->key.size == 4 + key.size && memcmp(walk->key.data + 4, key.bytes, key.size) == 0;
}

/* Whether what comes before posting i of the chunk, where from would be, comes before from, and nothing is
 * missing between. */
static enum store_error check_before(const struct walk *walk, const struct chunk *chunk, size_t i,
                                     const struct posting *from)
{
    struct posting before;
    enum store_error error;

    if (i == 0) {
        return chunk->previous == 0 || is_first_of(walk, from) ? STORE_OK
                                                               : txn_fail(walk->txn, STORE_DAMAGED);
    }
    error = chunk_check(walk->txn, chunk, i - 1);
    if (error != STORE_OK) {
        return error;
    }
    before = posting_at(chunk->postings, i - 1);
    return posting_compare(&before, from) < 0 ? STORE_OK : txn_fail(walk->txn, STORE_DAMAGED);
}

/* Step to the next chunk of the run, which begins after from. STORE_NOT_FOUND: this was the last, as the
 * run's figures say too. */
static enum store_error next_chunk(struct walk *walk, const struct run *run, const struct posting *from,
                                   struct chunk *chunk)
{
    const struct key prefix = run_key(run->number);
    const struct posting last = posting_at(chunk->postings, chunk->count - 1);
    const uint32_t sum = chunk->sum;
    struct posting first;
    enum store_error error = walk_next(walk);

    if (error == STORE_NOT_FOUND || (error == STORE_OK && !walk_under(walk, &prefix))) {
        return last.prefix == run->prefix_max ? STORE_NOT_FOUND : txn_fail(walk->txn, STORE_DAMAGED);
    }
    if (error == STORE_OK) {
        error = chunk_open(walk->txn, walk->key, walk->value, chunk);
    }
    if (error != STORE_OK) {
        return error;
    }
    first = posting_at(chunk->postings, 0);
    return chunk->previous == sum && posting_compare(&first, from) >= 0 ? STORE_OK
                                                                        : txn_fail(walk->txn, STORE_DAMAGED);
}

/* Take what the run has of the prefix from posting from on. */
static enum store_error search_from(struct search *search, struct walk *walk, const struct run *run,
                                    const struct posting *from, enum progress *progress)
{
    const struct key prefix = run_key(run->number);
    enum store_error error = seek_chunk(walk, run->number, from);
    struct chunk chunk;
    size_t i;

    *progress = PROGRESS_DONE;
    if (error != STORE_OK || !walk_under(walk, &prefix)) {
        /* A run has postings, and they were the reason to look. */
        return error == STORE_NOT_FOUND || error == STORE_OK ? txn_fail(walk->txn, STORE_DAMAGED) : error;
    }
    error = chunk_open(walk->txn, walk->key, walk->value, &chunk);
    if (error != STORE_OK) {
        return error;
    }
    i = lower_bound(&chunk, from);
    error = check_before(walk, &chunk, i, from);
    while (error == STORE_OK) {
        *progress = take_postings(search, walk->txn, &chunk, i, &error);
        if (error != STORE_OK || *progress != PROGRESS_NEXT_CHUNK) {
            return error;
        }
        error = next_chunk(walk, run, from, &chunk);
        i = 0;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error search_run(struct search *search, struct walk *walk, const struct run *run)
{
    struct posting from = {.prefix = search->prefix};
    enum progress progress = PROGRESS_NEXT_AUTHOR;
    enum store_error error = STORE_OK;

    if (search->prefix < run->prefix_min || search->prefix > run->prefix_max) {
        return STORE_OK;
    }
    begin_author(search, AUTHOR_NONE);
    while (error == STORE_OK && progress == PROGRESS_NEXT_AUTHOR) {
        error = search_from(search, walk, run, &from, &progress);
        if (search->author >= AUTHOR_NUMBER_MAX) {
            break;
        }
        from.place = place_of(search->author + 1, 0, 0);
        begin_author(search, AUTHOR_NONE);
    }
    return error;
}

/* ---- all of them ---- */

static enum store_error search_runs(struct search *search, struct store_txn *txn)
{
    struct run_directory directory;
    struct walk walk;
    enum store_error error = run_directory_read(txn, &directory);

    if (error != STORE_OK || directory.run_count == 0) {
        return error;
    }
    error = walk_open(&walk, txn, TABLE_RUNS);
    if (error != STORE_OK) {
        return error;
    }
    for (size_t i = 0; i < directory.run_count && error == STORE_OK; i++) {
        error = search_run(search, &walk, &directory.runs[i]);
    }
    walk_close(&walk);
    return error;
}

static int order_places(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

static size_t sort_found(uint64_t *places, size_t count)
{
    size_t kept = 0;

    sort_items(places, count, sizeof *places, order_places);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || places[kept - 1] != places[i]) {
            places[kept++] = places[i];
        }
    }
    return kept;
}

static enum store_error find_all(struct search *search, struct store_txn *txn)
{
    const struct posting_batch *batch = &txn->store->batch;
    struct bytes recent;
    enum store_error error = search_runs(search, txn);

    if (error == STORE_OK) {
        error = recent_read(txn, &recent);
    }
    if (error == STORE_OK) {
        error = search_unsorted(search, recent.data, recent.size / sizeof(struct posting));
    }
    if (error == STORE_OK && txn->writes) {
        error = search_unsorted(search, (const uint8_t *)batch->items, batch->count);
    }
    return error;
}

static void give(const struct search *search, uint64_t **places, size_t *count, bool *cut)
{
    *places = search->places;
    *cut = search->count == POSTINGS_FOUND_MAX;
    *count = sort_found(search->places, search->count);
}

enum store_error index_find(struct store_txn *txn, const struct subject *subject,
                            const struct posting_judge *judge, uint64_t **places, size_t *count, bool *cut,
                            struct arena *arena)
{
    struct search search = {.prefix = subject_prefix(subject), .arena = arena, .judge = judge};
    enum store_error error = find_all(&search, txn);

    if (error == STORE_OK) {
        give(&search, places, count, cut);
    }
    return error;
}

enum store_error index_find_of(struct store_txn *txn, const struct subject *subject, uint32_t author,
                               uint64_t **places, size_t *count, bool *cut, struct arena *arena)
{
    struct search search = {
        .prefix = subject_prefix(subject), .arena = arena, .of_one = true, .only = author};
    enum store_error error = find_all(&search, txn);

    if (error == STORE_OK) {
        give(&search, places, count, cut);
    }
    return error;
}
