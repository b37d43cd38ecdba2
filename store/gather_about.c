#include <stdlib.h>

#include "protocol/base/sort.h"
#include "protocol/rules/weight.h"
#include "store/chains.h"
#include "store/erased.h"
#include "store/gather_credentials.h"
#include "store/index.h"
#include "store/side_grants.h"

/* Credentials about a subject, and reviews, which are found in the same way. */

enum {
    SHOP_EACH_MAX = DOSSIER_CREDENTIALS_MAX / 16, /* memberships of one shop */
    ABOUT_CREDENTIALS_MAX = DOSSIER_CREDENTIALS_MAX - DOSSIER_CREDENTIALS_MAX / 8,
    STRANGER_CREDENTIALS_MAX = ABOUT_CREDENTIALS_MAX - DOSSIER_CREDENTIALS_MAX / 8,
};

static struct dossier_review *next_review(struct gather *gather)
{
    struct dossier *out = gather->out;

    out->reviews = gather_grow(gather->arena, out->reviews, out->review_count, &gather->review_capacity,
                               sizeof *out->reviews);
    return out->reviews ? &out->reviews[out->review_count] : NULL;
}

/* ---- postings ---- */

/* What is wanted of the entries that postings lead to, and how many: an author must not crowd out what others
 * say. */
struct wanted {
    const struct subject *subject;
    enum dossier_about about;
    size_t credentials_max;                        /* in the dossier, those included that are there */
    size_t credentials_each_max, reviews_each_max; /* of one author */
    bool memberships_only;
    size_t shown_count; /* credentials that were in the dossier before anything was followed */
};

/* Whether anything said so by then, for certain or not. */
static bool is_held_by(const struct gather *gather, const struct dossier_place *place,
                       const struct subject *subject)
{
    for (size_t i = 0; i < place->event_count; i++) {
        const struct history_event *event = &place->events[i];

        if (event->action == STATUS_HELD_BY && !place->event_voided[i] &&
            subject_equal(&event->holder, subject) && event_had_arrived(gather->out, place, i)) {
            return true;
        }
    }
    return false;
}

static bool is_wanted(const struct gather *gather, const struct dossier_credential *credential,
                      const struct wanted *wanted)
{
    const struct attestation *attestation = &credential->attestation;

    if (credential->place.erased || (wanted->memberships_only && attestation->basis != BASIS_MEMBERSHIP)) {
        return false;
    }
    return subject_equal(&attestation->subject, wanted->subject) ||
           is_held_by(gather, &credential->place, wanted->subject);
}

/* What was found of one author. */
struct tally {
    size_t credentials, reviews;
};

static enum store_error follow_attestation(struct gather *gather, const struct dossier_place *place,
                                           const struct entry *entry, const struct wanted *wanted)
{
    struct dossier *out = gather->out;
    struct dossier_credential *credential = &out->credentials[out->credential_count];
    enum store_error error;

    *credential =
        (struct dossier_credential){.place = *place, .source = SOURCE_REPLAYED, .about = wanted->about};
    error = credential_fill(gather, entry, credential);
    if (error != STORE_OK) {
        return error;
    }
    if (!is_wanted(gather, credential, wanted) || credential_is_there(out, place)) {
        return STORE_NOT_FOUND;
    }
    error = credential_fill_reasons(gather, credential);
    if (error == STORE_OK) {
        out->credential_count++;
    }
    return error;
}

static enum store_error follow_review(struct gather *gather, const struct dossier_place *place,
                                      const struct entry *entry, const struct wanted *wanted)
{
    struct dossier *out = gather->out;
    struct dossier_review *review = &out->reviews[out->review_count];

    enum store_error error = content_decode(gather, entry, &review->review);

    review->place = *place;
    if (error != STORE_OK) {
        return error;
    }
    if (wanted->subject->kind != SUBJECT_ACTOR ||
        !hash_equal(&review->review.shop.hash, &wanted->subject->id)) {
        return STORE_NOT_FOUND;
    }
    out->review_count++;
    return STORE_OK;
}

/* Both are of what was said about somebody. */
static size_t count_held(const struct dossier *dossier)
{
    return dossier->credential_count + dossier->sealed_count;
}

static bool has_room(const struct gather *gather, const struct wanted *wanted, const struct tally *tally)
{
    return tally->credentials < wanted->credentials_each_max &&
           count_held(gather->out) < wanted->credentials_max;
}

static enum store_error follow_entry(struct gather *gather, const struct dossier_place *place,
                                     const struct entry *entry, const struct wanted *wanted,
                                     struct tally *tally)
{
    const struct dossier *out = gather->out;

    if (entry->kind == ENTRY_ATTESTATION && has_room(gather, wanted, tally)) {
        enum store_error error = follow_attestation(gather, place, entry, wanted);
        tally->credentials += error == STORE_OK;
        return error;
    }
    if (entry->kind == ENTRY_REVIEW && tally->reviews < wanted->reviews_each_max &&
        out->review_count < DOSSIER_REVIEWS_MAX) {
        enum store_error error = follow_review(gather, place, entry, wanted);
        tally->reviews += error == STORE_OK;
        return error;
    }
    return STORE_NOT_FOUND;
}

/* The attestation as it was before it was erased. STORE_NOT_FOUND: its bytes are gone, or it was none. */
static enum store_error read_sealed(struct gather *gather, const struct dossier_place *place,
                                    struct attestation *attestation)
{
    const struct entry_at at = {gather->rows[place->log].number, place->seq, place->index};
    struct bytes view, element;
    struct entry entry;
    enum store_error error = element_read_sealed(gather->txn, &at, &view);

    if (error == STORE_OK && !arena_copy(gather->arena, view, &element)) {
        error = STORE_NO_MEMORY;
    }
    if (error != STORE_OK) {
        return error;
    }
    if (entry_decode(&entry, element) != REASON_NONE) {
        return txn_fail(gather->txn, STORE_DAMAGED);
    }
    return entry.erased || entry.kind != ENTRY_ATTESTATION ? STORE_NOT_FOUND
                                                           : content_decode(gather, &entry, attestation);
}

/* An entry that was erased, while its bytes are here. */
static enum store_error follow_sealed(struct gather *gather, const struct dossier_place *place,
                                      const struct wanted *wanted, struct tally *tally)
{
    struct dossier *out = gather->out;
    struct dossier_credential before = {.place = *place};
    enum store_error error = read_sealed(gather, place, &before.attestation);

    before.place.erased = false;
    if (error == STORE_OK && (!is_wanted(gather, &before, wanted) || !has_room(gather, wanted, tally))) {
        error = STORE_NOT_FOUND;
    }
    if (error != STORE_OK) {
        return error;
    }
    out->sealed = gather_grow(gather->arena, out->sealed, out->sealed_count, &gather->sealed_capacity,
                              sizeof *out->sealed);
    if (!out->sealed) {
        return STORE_NO_MEMORY;
    }
    out->sealed[out->sealed_count++] = (struct dossier_sealed){.place = *place,
                                                               .code = before.attestation.code,
                                                               .basis = before.attestation.basis,
                                                               .earned_on = before.attestation.earned_on};
    tally->credentials++;
    return STORE_OK;
}

/* What was added last, of such an entry. */
static struct bytes last_code(const struct dossier *dossier, const struct entry *entry)
{
    if (entry->erased) {
        return dossier->sealed[dossier->sealed_count - 1].code;
    }
    return entry->kind == ENTRY_REVIEW ? dossier->reviews[dossier->review_count - 1].review.code
                                       : dossier->credentials[dossier->credential_count - 1].attestation.code;
}

/* Whether the credential is what stands on a gathered log's chain at that place, read from there. */
static enum store_error is_of_chain(struct gather *gather, const struct dossier_credential *credential,
                                    size_t log, uint64_t posting, bool *out)
{
    const struct dossier_place *place = &credential->place;
    struct disk_record record;
    enum store_error error;

    *out = false;
    if (place->log != log || place->seq != place_seq(posting) || place->index != place_index(posting) ||
        place->erased || credential->source != SOURCE_REPLAYED) {
        return STORE_OK;
    }
    error = record_find(gather->txn, gather->rows[log].number, place->seq, &record);
    *out = error == STORE_OK && hash_equal(&place->block_hash, &record.hash);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Most of what the store has about a holder is what she shows: it need not be read once more. */
static enum store_error is_shown(struct gather *gather, const struct wanted *wanted, size_t log,
                                 uint64_t posting, bool *out)
{
    enum store_error error = STORE_OK;

    *out = false;
    for (size_t i = 0; i < wanted->shown_count && error == STORE_OK && !*out; i++) {
        error = is_of_chain(gather, &gather->out->credentials[i], log, posting, out);
    }
    return error;
}

/* A posting is a hint: what it leads to may be another's, or gone. Room is made first, so that what is read
 * in vain can be dropped. */
static enum store_error follow_posting(struct gather *gather, uint64_t posting, const struct wanted *wanted,
                                       struct tally *tally)
{
    struct dossier_place place;
    struct entry entry;
    size_t log, mark;
    bool shown = false;
    enum store_error error;

    if (!credential_next(gather) || !next_review(gather)) {
        return STORE_NO_MEMORY;
    }
    error = gather_log_of_number(gather, place_author(posting), &log);
    mark = arena_mark(gather->arena);
    if (error == STORE_OK) {
        error = is_shown(gather, wanted, log, posting, &shown);
    }
    if (shown) {
        return error;
    }
    if (error == STORE_OK) {
        error = chain_entry_read(gather, log, place_seq(posting), place_index(posting), &place, &entry);
    }
    if (error == STORE_OK) {
        error = entry.erased ? follow_sealed(gather, &place, wanted, tally)
                             : follow_entry(gather, &place, &entry, wanted, tally);
    }
    if (error == STORE_OK) {
        return gather_ask(gather, log, last_code(gather->out, &entry));
    }
    arena_rewind(gather->arena, mark);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- side rows ---- */

/* What a side block says about the subject: an attestation, or a status that gives entries to it. */
struct side_row {
    struct side_at at;
    bool gives;
    bool more; /* its author says more there than is looked at */
};

static enum store_error follow_side(struct gather *gather, const struct side_at *at,
                                    const struct wanted *wanted, struct tally *tally)
{
    struct dossier_credential *credential = credential_next(gather);
    size_t mark = arena_mark(gather->arena);
    enum store_error error;

    if (!credential) {
        return STORE_NO_MEMORY;
    }
    if (!has_room(gather, wanted, tally)) {
        return STORE_OK;
    }
    error = credential_read_side(gather, at, wanted->about, credential);
    if (error == STORE_OK &&
        (!is_wanted(gather, credential, wanted) || credential_is_there(gather->out, &credential->place))) {
        error = STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = credential_fill_reasons(gather, credential);
    }
    if (error != STORE_OK) {
        arena_rewind(gather->arena, mark);
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    tally->credentials++;
    return credential_keep(gather);
}

/* One of the entries of the block that a status is about, on the chain or on the status' own branch. */
static enum store_error follow_given(struct gather *gather, const struct side_at *at, uint64_t seq,
                                     uint64_t index, const struct wanted *wanted, struct tally *tally)
{
    const struct side_at given = {.author = at->author, .seq = seq, .index = index, .hash = at->target};
    struct disk_record record = {0};
    struct stored_block stored;
    enum store_error error = record_find(gather->txn, at->author, seq, &record);

    if (error == STORE_OK && hash_equal(&record.hash, &at->target)) {
        return follow_posting(gather, place_of(at->author, seq, index), wanted, tally);
    }
    if (error == STORE_OK || error == STORE_NOT_FOUND) {
        error = stored_block_read(gather->txn, at->author, seq, &at->target, &stored);
    }
    if (error == STORE_OK) {
        error = follow_side(gather, &given, wanted, tally);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* The entries that a `held by` gives to the subject. */
static enum store_error follow_giver(struct gather *gather, const struct side_at *at,
                                     const struct wanted *wanted, struct tally *tally)
{
    struct dossier_place place;
    struct status status;
    size_t mark = arena_mark(gather->arena);
    enum store_error error = gather_side_entry(gather, at, ENTRY_STATUS, &place, &status);
    const uint64_t seq = error == STORE_OK ? status.seq : 0;

    arena_rewind(gather->arena, mark);
    for (uint64_t i = at->first; i <= at->last && error == STORE_OK; i++) {
        error = follow_given(gather, at, seq, i, wanted, tally);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error follow_row(struct gather *gather, const struct side_row *row,
                                   const struct wanted *wanted, struct tally *tally)
{
    return row->gives ? follow_giver(gather, &row->at, wanted, tally)
                      : follow_side(gather, &row->at, wanted, tally);
}

/* ---- in turns ---- */

/* A posting, or a row of a side block. */
struct found {
    uint64_t place;
    const struct side_row *side; /* NULL: on the chain */
    bool idle;                   /* it can't count */
};

/* By author, and there the newest last. */
static int order_found(const void *a, const void *b)
{
    const struct found *left = a;
    const struct found *right = b;

    if (left->place != right->place) {
        return left->place < right->place ? -1 : 1;
    }
    if (!left->side || !right->side) {
        return (left->side != NULL) - (right->side != NULL);
    }
    return hash_compare(&left->side->at.hash, &right->side->at.hash);
}

/* What can't count first, so that it is heard last. */
static int order_worth(const void *a, const void *b)
{
    const struct found *left = a;
    const struct found *right = b;

    return left->idle != right->idle ? (left->idle ? -1 : 1) : order_found(a, b);
}

struct found_list {
    size_t count;
    struct found *items;
    bool more;   /* some author says more on side branches than is among them */
    bool sifted; /* the index left out what can't count */
};

static enum store_error follow(struct gather *gather, const struct found *found, const struct wanted *wanted,
                               struct tally *tally)
{
    return found->side ? follow_row(gather, found->side, wanted, tally)
                       : follow_posting(gather, found->place, wanted, tally);
}

static enum store_error follow_few(struct gather *gather, const struct found_list *list,
                                   const struct wanted *wanted)
{
    struct tally tally = {0};
    enum store_error error = wanted->memberships_only ? STORE_OK : credential_reserve(gather, list->count);

    for (size_t i = 0; i < list->count && error == STORE_OK; i++) {
        error = follow(gather, &list->items[i], wanted, &tally);
    }
    return error;
}

static bool same_author(const struct found *a, const struct found *b)
{
    return place_author(a->place) == place_author(b->place);
}

static size_t count_authors(const struct found_list *list)
{
    size_t authors = 0;

    for (size_t i = 0; i < list->count; i++) {
        authors += i == 0 || !same_author(&list->items[i - 1], &list->items[i]);
    }
    return authors;
}

static void put_idle_first(const struct found_list *list, struct gather_turn *turn)
{
    turn->counting = turn->first;
    for (size_t i = turn->first; i < turn->end; i++) {
        turn->counting += list->items[i].idle;
    }
    if (turn->counting > turn->first) {
        sort_items(&list->items[turn->first], turn->end - turn->first, sizeof *list->items, order_worth);
    }
}

static enum store_error judge_all(struct gather *gather, const struct found_list *list)
{
    struct gather_judging judging = {.gather = gather};
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < list->count && error == STORE_OK; i++) {
        struct found *found = &list->items[i];
        enum posting_worth worth = POSTING_COUNTS;

        if (!found->side) {
            error = gather_judge(&judging, found->place, &worth);
        }
        found->idle = worth != POSTING_COUNTS;
    }
    return error;
}

/* Divide what was found, which is in order of its authors, among those. */
static enum store_error take_turns(struct gather *gather, const struct found_list *list,
                                   struct gather_turn *turns, size_t *turn_count)
{
    enum store_error error = STORE_OK;

    *turn_count = 0;
    for (size_t first = 0, end = 0; first < list->count && error == STORE_OK; first = end) {
        struct gather_turn *turn = &turns[*turn_count];
        size_t log;

        while (end < list->count && same_author(&list->items[end], &list->items[first])) {
            end++;
        }
        error = gather_log_of_number(gather, place_author(list->items[first].place), &log);
        if (error == STORE_OK) {
            error = gather_take_turn(gather, log, turn);
        }
        turn->first = first;
        turn->end = end;
        put_idle_first(list, turn);
        *turn_count += error == STORE_OK;
    }
    gather_sort_turns(turns, *turn_count);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Let the authors of one rank speak in turns, each its newest first, until all was said or there is no room:
 * what may count, or what is idle. */
static enum store_error follow_rank(struct gather *gather, const struct found_list *list,
                                    const struct gather_turn *turns, size_t count, bool idle,
                                    const struct wanted *wanted, struct tally *tallies)
{
    bool more = true;

    for (size_t depth = 0; more; depth++) {
        more = false;
        for (size_t i = 0; i < count; i++) {
            const size_t first = idle ? turns[i].first : turns[i].counting;
            const size_t end = idle ? turns[i].counting : turns[i].end;
            enum store_error error;

            if (depth >= end - first) {
                continue;
            }
            more = true;
            error = follow(gather, &list->items[end - 1 - depth], wanted, &tallies[i]);
            if (error != STORE_OK) {
                return error;
            }
        }
    }
    return STORE_OK;
}

/* Whether an index left out some of what the author said. */
static bool is_more(const struct found_list *list, const struct gather_turn *turn)
{
    size_t postings = 0;

    for (size_t i = turn->counting; i < turn->end; i++) {
        if (list->items[i].side && list->items[i].side->more) {
            return true;
        }
        postings += !list->items[i].side;
    }
    return postings >= POSTINGS_EACH_MAX;
}

/* Whether what the author said may not all be there. What is left out may be about others as well, or of a
 * kind that is not wanted: reading it to know would make the limit one in name only. */
static bool is_cut(const struct gather *gather, const struct found_list *list, const struct gather_turn *turn,
                   const struct wanted *wanted, const struct tally *tally)
{
    return turn->rank != RANK_STRANGER &&
           (is_more(list, turn) ||
            (tally->credentials < turn->end - turn->counting && !has_room(gather, wanted, tally)));
}

static size_t end_of_rank(const struct gather_turn *turns, size_t first, size_t count)
{
    size_t end = first;

    while (end < count && turns[end].rank == turns[first].rank) {
        end++;
    }
    return end;
}

/* Strangers leave room for what a cut may keep. */
static struct wanted wanted_of(const struct wanted *wanted, enum rank rank)
{
    struct wanted of = *wanted;

    if (rank == RANK_STRANGER && wanted->about != ABOUT_SHOP) {
        of.credentials_max = STRANGER_CREDENTIALS_MAX;
    }
    return of;
}

/* By rank, those who may speak first. */
static enum store_error follow_ranks(struct gather *gather, const struct found_list *list,
                                     const struct gather_turn *turns, size_t count, bool idle,
                                     const struct wanted *wanted, struct tally *tallies)
{
    enum store_error error = STORE_OK;

    for (size_t first = 0, end = 0; first < count && error == STORE_OK; first = end) {
        const struct wanted of = wanted_of(wanted, turns[first].rank);

        end = end_of_rank(turns, first, count);
        error = follow_rank(gather, list, turns + first, end - first, idle, &of, tallies + first);
    }
    return error;
}

/* Side branches may say anything; of the chain nothing is left out below the first that was found. */
static uint64_t first_left_out(const struct found_list *list, const struct gather_turn *turn)
{
    uint64_t first = UINT64_MAX;

    for (size_t i = turn->counting; i < turn->end; i++) {
        uint64_t seq = list->items[i].side ? 0 : place_seq(list->items[i].place);

        first = seq < first ? seq : first;
    }
    return first;
}

static enum store_error note_left_out(struct gather *gather, const struct found_list *list,
                                      const struct gather_turn *turn, const struct wanted *wanted,
                                      const struct tally *tally)
{
    if (!is_cut(gather, list, turn, wanted, tally)) {
        return STORE_OK;
    }
    gather_leave_out(gather, turn->log, wanted->about, first_left_out(list, turn));
    return gather_ask_rest(gather, turn->log);
}

/* The same of what is idle, once that was heard too. */
static enum store_error note_idle_left_out(struct gather *gather, const struct found_list *list,
                                           const struct gather_turn *turn, const struct wanted *wanted,
                                           const struct tally *tally)
{
    const size_t idle = turn->counting - turn->first;
    bool sifted = list->sifted && idle >= POSTINGS_IDLE_EACH_MAX;

    if (turn->rank == RANK_STRANGER || idle == 0 || !(sifted || !has_room(gather, wanted, tally))) {
        return STORE_OK;
    }
    gather_leave_out_idle(gather, turn->log, wanted->about);
    return gather_ask_rest(gather, turn->log);
}

static enum store_error follow_turns(struct gather *gather, const struct found_list *list,
                                     const struct gather_turn *turns, size_t count,
                                     const struct wanted *wanted, struct tally *tallies)
{
    enum store_error error = follow_ranks(gather, list, turns, count, false, wanted, tallies);

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = note_left_out(gather, list, &turns[i], wanted, &tallies[i]);
    }
    if (error == STORE_OK) {
        error = follow_ranks(gather, list, turns, count, true, wanted, tallies);
    }
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = note_idle_left_out(gather, list, &turns[i], wanted, &tallies[i]);
    }
    return error;
}

static enum store_error follow_in_turns(struct gather *gather, const struct found_list *list,
                                        const struct wanted *wanted)
{
    size_t turn_count = count_authors(list);
    struct gather_turn *turns = calloc(turn_count, sizeof *turns);
    struct tally *tallies = calloc(turn_count, sizeof *tallies);
    enum store_error error = turns && tallies ? STORE_OK : STORE_NO_MEMORY;

    if (error == STORE_OK) {
        error = judge_all(gather, list);
    }
    if (error == STORE_OK) {
        error = take_turns(gather, list, turns, &turn_count);
    }
    if (error == STORE_OK) {
        error = follow_turns(gather, list, turns, turn_count, wanted, tallies);
    }
    free(turns);
    free(tallies);
    return error;
}

/* Where there is room for all, it does not matter who comes first. */
static enum store_error follow_all(struct gather *gather, const struct found_list *list,
                                   const struct wanted *wanted)
{
    const size_t there = count_held(gather->out);
    const size_t room = there < wanted->credentials_max ? wanted->credentials_max - there : 0;

    if (list->count == 0) {
        return STORE_OK;
    }
    if (list->count <= room && list->count <= wanted->credentials_each_max && !list->more &&
        (wanted->memberships_only || list->count <= wanted->reviews_each_max)) {
        return follow_few(gather, list, wanted);
    }
    return follow_in_turns(gather, list, wanted);
}

/* ---- looking it up ---- */

enum {
    SIDE_SPEAKERS_MANY = 4096,         /* of so many strangers are heard too */
    SIDE_ROWS_MAX = 4096,              /* of all authors */
    SIDE_EACH_MAX = POSTINGS_EACH_MAX, /* of one */
    SIDE_FEW = 2,                      /* authors: it does not matter in which order they come */
};

struct lookup {
    struct gather *gather;
    const struct wanted *wanted;
    struct arena *arena; /* for what was found */
    size_t row_count, row_capacity;
    struct side_row *rows;
    bool more;
    bool sifted; /* postings that can't count were passed by */
};

/* Rows of one author under one key. */
struct speaking {
    struct lookup *lookup;
    bool gives;
    size_t first; /* of its rows */
    bool more;
};

static enum store_error add_row(void *context, const struct side_at *at)
{
    struct speaking *speaking = context;
    struct lookup *lookup = speaking->lookup;

    if (lookup->row_count - speaking->first == SIDE_EACH_MAX || lookup->row_count == SIDE_ROWS_MAX) {
        speaking->more = true;
        return STORE_NOT_FOUND;
    }
    lookup->rows = gather_grow(lookup->arena, lookup->rows, lookup->row_count, &lookup->row_capacity,
                               sizeof *lookup->rows);
    if (!lookup->rows) {
        return STORE_NO_MEMORY;
    }
    lookup->rows[lookup->row_count++] = (struct side_row){.at = *at, .gives = speaking->gives};
    return STORE_OK;
}

/* Rows of one author that a cut may keep. */
struct asking {
    struct gather *gather;
    size_t log, count;
};

static enum store_error ask_code(void *context, const struct side_at *at)
{
    struct asking *asking = context;
    struct gather *gather = asking->gather;
    const size_t mark = arena_mark(gather->arena);
    struct attestation attestation;
    struct bytes code = {0};
    struct entry entry;
    enum store_error error = side_entry_read(gather->txn, at, &entry);

    if (error == STORE_OK && asking->count++ < SIDE_EACH_MAX && !entry.erased &&
        entry.kind == ENTRY_ATTESTATION &&
        entry_payload_decode(&attestation, &entry, gather->arena) == REASON_NONE) {
        code = attestation.code;
    }
    arena_rewind(gather->arena, mark);
    if (error == STORE_OK && !arena_copy(gather->arena, code, &code)) {
        error = STORE_NO_MEMORY;
    }
    if (error == STORE_OK) {
        error = gather_ask(gather, asking->log, code);
    }
    return error == STORE_OK && code.size == 0 ? STORE_NOT_FOUND : error;
}

/* Note of which codes it matters who accredited an author of whom a cut may keep what it said. */
static enum store_error ask_kept_codes(struct gather *gather, const struct key *key, size_t log)
{
    struct asking asking = {.gather = gather, .log = log};
    bool kept = false;
    enum store_error error = gather_may_be_kept(gather, log, &kept);

    return error == STORE_OK && kept
               ? gather_each_side(gather, log, key, SIDE_SPEAKING | SIDE_KEPT | SIDE_SHOWN, ask_code, &asking)
               : error;
}

/* What one author's open branches say. What a cut may keep is looked for once cuts are gathered. */
static enum store_error look_up_author(struct lookup *lookup, const struct key *key,
                                       const struct gather_turn *turn, bool gives)
{
    struct gather *gather = lookup->gather;
    struct speaking speaking = {.lookup = lookup, .gives = gives, .first = lookup->row_count};
    enum store_error error = ask_kept_codes(gather, key, turn->log);

    if (error == STORE_OK) {
        error = gather_each_side(gather, turn->log, key, SIDE_OPEN, add_row, &speaking);
    }
    if (error != STORE_OK || !speaking.more) {
        return error;
    }
    lookup->more = true;
    for (size_t i = speaking.first; i < lookup->row_count; i++) {
        lookup->rows[i].more = true;
    }
    if (speaking.first == lookup->row_count && turn->rank != RANK_STRANGER) {
        gather_leave_out(gather, turn->log, lookup->wanted->about, 0);
        return gather_ask_rest(gather, turn->log);
    }
    return STORE_OK;
}

static enum store_error order_speakers(struct gather *gather, const uint32_t *speakers, size_t count,
                                       struct gather_turn *turns)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = gather_log_of_number(gather, speakers[i], &turns[i].log);
        if (error == STORE_OK && count > SIDE_FEW) {
            error = gather_take_turn(gather, turns[i].log, &turns[i]);
        }
    }
    if (error == STORE_OK && count > SIDE_FEW) {
        gather_sort_turns(turns, count);
    }
    return error;
}

/* Among many strangers are passed by: nothing that they say counts, and to rank them takes long. */
static enum store_error pass_strangers_by(struct gather *gather, uint32_t *speakers, size_t *count)
{
    const size_t all = *count;
    enum store_error error = STORE_OK;

    *count = 0;
    for (size_t i = 0; i < all && error == STORE_OK; i++) {
        bool stranger = true;

        error = gather_is_stranger(gather, speakers[i], &stranger);
        if (!stranger) {
            speakers[(*count)++] = speakers[i];
        }
    }
    return error;
}

/* Who says something of the subject beside the chains. Of more than are named, none: which of them have the
 * lower numbers here says nothing. */
static enum store_error find_speakers(struct lookup *lookup, const struct key *key, uint32_t **speakers,
                                      size_t *count)
{
    struct gather *gather = lookup->gather;
    bool cut;
    enum store_error error = grants_speakers(gather->txn, TABLE_SIDE_ENTRIES, key, ACCREDITORS_NAMED_MAX,
                                             speakers, count, &cut, lookup->arena);

    if (error == STORE_OK && !cut && *count > SIDE_SPEAKERS_MANY) {
        error = pass_strangers_by(gather, *speakers, count);
        gather->out->cuts.listed |= lookup->wanted->about == ABOUT_SUBJECT;
    }
    if (error == STORE_OK && cut) {
        *count = 0;
        gather_note_cut(gather, lookup->wanted->about);
    }
    return error;
}

/* Authors are found each by a look-up, and heard by rank: what one says fills no other's room. */
static enum store_error look_up_sides(struct lookup *lookup, enum grant_kind kind)
{
    struct gather *gather = lookup->gather;
    const struct key key = grant_key_of_affiliation(kind, &lookup->wanted->subject->id);
    struct gather_turn *turns;
    uint32_t *speakers;
    size_t count;
    enum store_error error = find_speakers(lookup, &key, &speakers, &count);

    if (error != STORE_OK || count == 0) {
        return error;
    }
    turns = calloc(count, sizeof *turns);
    error = turns ? order_speakers(gather, speakers, count, turns) : STORE_NO_MEMORY;
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = look_up_author(lookup, &key, &turns[i], kind == GRANT_HELD_BY);
    }
    free(turns);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error list_found(struct lookup *lookup, const uint64_t *places, size_t place_count,
                                   struct found_list *list)
{
    list->items = arena_take(lookup->arena, (place_count + lookup->row_count) * sizeof *list->items);
    if (!list->items) {
        return STORE_NO_MEMORY;
    }
    for (size_t i = 0; i < place_count; i++) {
        list->items[list->count++] = (struct found){.place = places[i]};
    }
    for (size_t i = 0; i < lookup->row_count; i++) {
        const struct side_at *at = &lookup->rows[i].at;

        list->items[list->count++] =
            (struct found){.place = place_of(at->author, at->seq, at->index), .side = &lookup->rows[i]};
    }
    if (lookup->row_count > 0) {
        sort_items(list->items, list->count, sizeof *list->items, order_found);
    }
    list->more = lookup->more;
    list->sifted = lookup->sifted;
    return STORE_OK;
}

/* Where there are many, those that can't count are passed by. */
static enum store_error find_postings(struct lookup *lookup, uint64_t **places, size_t *count, bool *cut)
{
    const struct wanted *wanted = lookup->wanted;
    const size_t few = wanted->memberships_only ? wanted->credentials_each_max : wanted->reviews_each_max;
    struct gather_judging judging = {.gather = lookup->gather};
    const struct posting_judge judge = {.judge = gather_judge, .context = &judging};
    struct store_txn *txn = lookup->gather->txn;
    size_t mark = arena_mark(lookup->arena);
    enum store_error error = index_find(txn, wanted->subject, NULL, places, count, cut, lookup->arena);

    if (error != STORE_OK || *count <= few) {
        return error;
    }
    lookup->sifted = true;
    if (lookup->arena != lookup->gather->arena) {
        arena_rewind(lookup->arena, mark);
    }
    return index_find(txn, wanted->subject, &judge, places, count, cut, lookup->arena);
}

/* All that is held about the subject, on chains and on open side branches. What was found goes to arena. */
static enum store_error follow_subject(struct gather *gather, const struct wanted *wanted,
                                       struct arena *arena)
{
    struct lookup lookup = {.gather = gather, .wanted = wanted, .arena = arena};
    struct found_list list = {0};
    uint64_t *places;
    size_t count;
    bool cut;
    enum store_error error = find_postings(&lookup, &places, &count, &cut);

    if (error == STORE_OK && cut) {
        gather_note_cut(gather, wanted->about);
    }
    if (error == STORE_OK) {
        error = look_up_sides(&lookup, GRANT_ATTESTED);
    }
    if (error == STORE_OK) {
        error = look_up_sides(&lookup, GRANT_HELD_BY);
    }
    if (error == STORE_OK) {
        error = list_found(&lookup, places, count, &list);
    }
    return error == STORE_OK ? follow_all(gather, &list, wanted) : error;
}

enum store_error gather_about(struct gather *gather, const struct subject *subject, enum dossier_about about)
{
    const struct wanted wanted = {
        .subject = subject,
        .about = about,
        .credentials_max = ABOUT_CREDENTIALS_MAX,
        .credentials_each_max = DOSSIER_CREDENTIALS_EACH_MAX,
        .reviews_each_max = DOSSIER_REVIEWS_MAX / 4,
        .shown_count = gather->out->credential_count,
    };

    return follow_subject(gather, &wanted, gather->arena);
}

/* ---- what cuts keep ---- */

struct keeping {
    struct gather *gather;
    const struct wanted *wanted;
    struct tally tally;
    bool gives;
};

static enum store_error keep_row(void *context, const struct side_at *at)
{
    struct keeping *keeping = context;
    const struct side_row row = {.at = *at, .gives = keeping->gives};

    if (!has_room(keeping->gather, keeping->wanted, &keeping->tally)) {
        gather_note_cut(keeping->gather, keeping->wanted->about);
        return STORE_NOT_FOUND;
    }
    return follow_row(keeping->gather, &row, keeping->wanted, &keeping->tally);
}

static enum store_error keep_about(struct gather *gather, size_t log, const struct wanted *wanted)
{
    static const enum grant_kind kinds[] = {GRANT_ATTESTED, GRANT_HELD_BY};
    struct keeping keeping = {.gather = gather, .wanted = wanted};
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && error == STORE_OK; i++) {
        const struct key key = grant_key_of_affiliation(kinds[i], &wanted->subject->id);

        keeping.gives = kinds[i] == GRANT_HELD_BY;
        error = gather_each_side(gather, log, &key, SIDE_KEPT, keep_row, &keeping);
    }
    return error;
}

enum store_error gather_kept_about(struct gather *gather, size_t log, const struct subject *subject,
                                   enum dossier_about about)
{
    const struct wanted wanted = {
        .subject = subject,
        .about = about,
        .credentials_max = DOSSIER_CREDENTIALS_MAX,
        .credentials_each_max = DOSSIER_CREDENTIALS_EACH_MAX,
    };

    return keep_about(gather, log, &wanted);
}

/* ---- memberships ---- */

/* Of postings, of side rows, and of what is listed from both. */
size_t gather_memberships_size(void)
{
    return 3 * sizeof(uint64_t) * POSTINGS_FOUND_MAX + 2 * sizeof(uint32_t) * ACCREDITORS_NAMED_MAX +
           2 * sizeof(struct side_row) * SIDE_ROWS_MAX +
           2 * sizeof(struct found) * (POSTINGS_FOUND_MAX + SIDE_ROWS_MAX);
}

static struct wanted wanted_memberships(const struct gather *gather, const struct subject *shop)
{
    const size_t there = count_held(gather->out), left = DOSSIER_CREDENTIALS_MAX - there;

    return (struct wanted){
        .subject = shop,
        .about = ABOUT_SHOP,
        .credentials_max = there + (left < SHOP_EACH_MAX ? left : SHOP_EACH_MAX),
        .credentials_each_max = SHOP_EACH_MAX / 2,
        .memberships_only = true,
    };
}

static enum store_error note_shop(struct gather *gather, const struct subject *shop)
{
    gather->shops = gather_grow(gather->arena, gather->shops, gather->shop_count, &gather->shop_capacity,
                                sizeof *gather->shops);
    if (!gather->shops) {
        return STORE_NO_MEMORY;
    }
    gather->shops[gather->shop_count++] = *shop;
    return STORE_OK;
}

enum store_error gather_memberships(struct gather *gather, const struct actor_id *shop, struct arena *scratch)
{
    const struct subject subject = subject_of_actor(shop);
    const struct wanted wanted = wanted_memberships(gather, &subject);
    enum store_error error = note_shop(gather, &subject);

    return error == STORE_OK ? follow_subject(gather, &wanted, scratch) : error;
}

enum store_error gather_kept_memberships(struct gather *gather, size_t log)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < gather->shop_count && error == STORE_OK; i++) {
        const struct wanted wanted = wanted_memberships(gather, &gather->shops[i]);

        error = keep_about(gather, log, &wanted);
    }
    return error;
}
