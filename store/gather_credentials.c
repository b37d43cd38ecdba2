#include <stdlib.h>
#include <string.h>

#include "protocol/rules/cut.h"
#include "protocol/rules/weight.h"
#include "store/gather.h"
#include "store/index.h"

/* Credentials, and reviews, which are found in the same way. */

enum { SHOP_EACH_MAX = DOSSIER_CREDENTIALS_MAX / 16 }; /* memberships of one shop */

/* ---- why something was said ---- */

/* Why the status record says so that an event came from. */
static enum store_error read_reason(enum status_reason *out, struct gather *gather, size_t log,
                                    const struct history_event *event)
{
    size_t scratch = arena_mark(gather->arena);
    struct dossier_place place;
    struct bytes element;
    struct entry entry;
    struct status status;
    enum store_error error =
        gather_place(gather, log, event->setter_seq, event->setter_index, &place, &element);

    if (error != STORE_OK) {
        return error;
    }
    if (entry_decode(&entry, element) != REASON_NONE || entry.kind != ENTRY_STATUS ||
        entry_payload_decode(&status, &entry, gather->arena) != REASON_NONE) {
        return txn_fail(gather->txn, STORE_DAMAGED);
    }
    *out = status.reason;
    arena_rewind(gather->arena, scratch);
    return STORE_OK;
}

/* Of what is shown alone: nothing is decided by it. */
static enum store_error fill_reasons(struct gather *gather, struct dossier_credential *credential)
{
    const struct dossier_place *place = &credential->place;
    const struct dossier_log *log = &gather->out->logs[place->log];
    enum store_error error = STORE_OK;

    if (place->event_count == 0 || credential->about != ABOUT_SUBJECT) {
        return STORE_OK;
    }
    enum status_reason *reasons = arena_take(gather->arena, place->event_count * sizeof reasons[0]);
    if (!reasons) {
        return STORE_NO_MEMORY;
    }
    for (size_t i = 0; i < place->event_count && error == STORE_OK; i++) {
        reasons[i] = STATUS_REASON_UNSPECIFIED;
        if (place->event_blocks[i].side) {
            reasons[i] = place->event_blocks[i].reason;
        } else if (dossier_log_reaches(log, place->events[i].setter_seq)) {
            error = read_reason(&reasons[i], gather, place->log, &place->events[i]);
        }
    }
    credential->reasons = reasons;
    return error;
}

/* ---- one entry ---- */

static bool is_reached(const struct gather *gather, size_t log, uint64_t seq)
{
    return gather->out->logs[log].known && dossier_log_reaches(&gather->out->logs[log], seq);
}

/* With its leaf hash, by which it is named. STORE_NOT_FOUND when nothing stands at that place by then. */
static enum store_error read_entry(struct gather *gather, size_t log, uint64_t seq, uint64_t index,
                                   struct dossier_place *place, struct entry *entry)
{
    struct bytes element;
    enum store_error error = STORE_NOT_FOUND;

    if (is_reached(gather, log, seq)) {
        error = gather_place(gather, log, seq, index, place, &element);
    }
    if (error != STORE_OK) {
        return error;
    }
    if (entry_decode(entry, element) != REASON_NONE) {
        return txn_fail(gather->txn, STORE_DAMAGED);
    }
    entry_leaf_of(&place->leaf, gather->network, entry);
    return STORE_OK;
}

/* STORE_NOT_FOUND when the payload is malformed, which content may be. */
static enum store_error decode(const struct gather *gather, const struct entry *entry, void *record)
{
    enum reason reason = entry_payload_decode(record, entry, gather->arena);

    if (reason == REASON_TOO_LARGE && gather->arena->refused) {
        return STORE_NO_MEMORY;
    }
    return reason == REASON_NONE ? STORE_OK : STORE_NOT_FOUND;
}

/* STORE_NOT_FOUND when the entry is no attestation, nor an erased one. */
static enum store_error fill_credential(struct gather *gather, const struct entry *entry,
                                        struct dossier_credential *credential)
{
    enum store_error error = STORE_OK;

    if (!entry->erased) {
        error = entry->kind == ENTRY_ATTESTATION ? decode(gather, entry, &credential->attestation)
                                                 : STORE_NOT_FOUND;
    }
    if (error != STORE_OK) {
        return error;
    }
    dossier_credential_fill_targets(credential, &gather->out->logs[credential->place.log]);
    return STORE_OK;
}

static struct dossier_credential *next_credential(struct gather *gather)
{
    struct dossier *out = gather->out;

    out->credentials = gather_grow(gather->arena, out->credentials, out->credential_count,
                                   &gather->credential_capacity, sizeof *out->credentials);
    return out->credentials ? &out->credentials[out->credential_count] : NULL;
}

static struct dossier_review *next_review(struct gather *gather)
{
    struct dossier *out = gather->out;

    out->reviews = gather_grow(gather->arena, out->reviews, out->review_count, &gather->review_capacity,
                               sizeof *out->reviews);
    return out->reviews ? &out->reviews[out->review_count] : NULL;
}

/* An entry at a place that this node replayed is told from one that only claims to stand there by its leaf.
 */
/* What is proven by paths alone has no block. */
static bool is_same_block(const struct dossier_place *a, const struct dossier_place *b)
{
    return hash_is_zero(&a->block_hash) || hash_is_zero(&b->block_hash) ||
           hash_equal(&a->block_hash, &b->block_hash);
}

static bool is_there(const struct dossier *out, const struct dossier_place *place)
{
    for (size_t i = 0; i < out->credential_count; i++) {
        const struct dossier_place *other = &out->credentials[i].place;
        if (other->log == place->log && other->seq == place->seq && other->index == place->index &&
            hash_equal(&other->leaf, &place->leaf) && is_same_block(other, place)) {
            return true;
        }
    }
    return false;
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
    error = fill_credential(gather, entry, credential);
    if (error != STORE_OK) {
        return error;
    }
    if (!is_wanted(gather, credential, wanted) || is_there(out, place)) {
        return STORE_NOT_FOUND;
    }
    error = fill_reasons(gather, credential);
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

    enum store_error error = decode(gather, entry, &review->review);

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

static enum store_error follow_entry(struct gather *gather, const struct dossier_place *place,
                                     const struct entry *entry, const struct wanted *wanted,
                                     struct tally *tally)
{
    const struct dossier *out = gather->out;

    if (entry->erased) {
        return STORE_NOT_FOUND;
    }
    if (entry->kind == ENTRY_ATTESTATION && tally->credentials < wanted->credentials_each_max &&
        out->credential_count < wanted->credentials_max) {
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

/* A posting is a hint: what it leads to may be another's, or gone. Room is made first, so that what is read
 * in vain can be dropped. */
static enum store_error follow(struct gather *gather, uint64_t posting, const struct wanted *wanted,
                               struct tally *tally)
{
    struct dossier_place place;
    struct entry entry;
    size_t log, mark;
    enum store_error error;

    if (!next_credential(gather) || !next_review(gather)) {
        return STORE_NO_MEMORY;
    }
    error = gather_log_of_number(gather, place_author(posting), &log);
    mark = arena_mark(gather->arena);
    if (error == STORE_OK) {
        error = read_entry(gather, log, place_seq(posting), place_index(posting), &place, &entry);
    }
    if (error == STORE_OK) {
        error = follow_entry(gather, &place, &entry, wanted, tally);
    }
    if (error == STORE_OK) {
        return gather_ask(gather, log);
    }
    arena_rewind(gather->arena, mark);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error follow_few(struct gather *gather, const uint64_t *places, size_t count,
                                   const struct wanted *wanted)
{
    struct tally tally = {0};
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = follow(gather, places[i], wanted, &tally);
    }
    return error;
}

static size_t count_authors(const uint64_t *places, size_t count)
{
    size_t authors = 0;

    for (size_t i = 0; i < count; i++) {
        authors += i == 0 || place_author(places[i - 1]) != place_author(places[i]);
    }
    return authors;
}

/* Divide places, which are in order of their authors, among those. */
static enum store_error take_turns(struct gather *gather, const uint64_t *places, size_t count,
                                   struct gather_turn *turns, size_t *turn_count)
{
    enum store_error error = STORE_OK;

    *turn_count = 0;
    for (size_t first = 0, end = 0; first < count && error == STORE_OK; first = end) {
        struct gather_turn *turn = &turns[*turn_count];
        size_t log;

        while (end < count && place_author(places[end]) == place_author(places[first])) {
            end++;
        }
        error = gather_log_of_number(gather, place_author(places[first]), &log);
        if (error == STORE_OK) {
            error = gather_take_turn(gather, log, turn);
        }
        turn->first = first;
        turn->end = end;
        *turn_count += error == STORE_OK;
    }
    gather_sort_turns(turns, *turn_count);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Let the authors of one rank speak in turns, each its newest first, until all was said or there is no room.
 */
static enum store_error follow_rank(struct gather *gather, const uint64_t *places,
                                    const struct gather_turn *turns, size_t count,
                                    const struct wanted *wanted, struct tally *tallies)
{
    bool more = true;

    for (size_t depth = 0; more; depth++) {
        more = false;
        for (size_t i = 0; i < count; i++) {
            const struct gather_turn *turn = &turns[i];
            enum store_error error;

            if (depth >= turn->end - turn->first) {
                continue;
            }
            more = true;
            error = follow(gather, places[turn->end - 1 - depth], wanted, &tallies[i]);
            if (error != STORE_OK) {
                return error;
            }
        }
    }
    return STORE_OK;
}

/* Whether what the author said may not all be there. What is left out may be about others as well, or of a
 * kind that is not wanted: reading it to know would make the limit one in name only. */
static bool is_cut(const struct gather *gather, const struct gather_turn *turn, const struct wanted *wanted,
                   const struct tally *tally)
{
    return turn->rank != RANK_STRANGER && (turn->end - turn->first >= POSTINGS_EACH_MAX ||
                                           (tally->credentials < turn->end - turn->first &&
                                            (tally->credentials >= wanted->credentials_each_max ||
                                             gather->out->credential_count >= wanted->credentials_max)));
}

static void note_cut(struct gather *gather, enum dossier_about about)
{
    struct dossier_cuts *cuts = &gather->out->cuts;

    if (about == ABOUT_SHOP) {
        cuts->affiliations = true;
    } else {
        cuts->credentials = true;
        cuts->listed |= about == ABOUT_SUBJECT;
    }
}

static size_t end_of_rank(const struct gather_turn *turns, size_t first, size_t count)
{
    size_t end = first;

    while (end < count && turns[end].rank == turns[first].rank) {
        end++;
    }
    return end;
}

static enum store_error follow_turns(struct gather *gather, const uint64_t *places,
                                     const struct gather_turn *turns, size_t count,
                                     const struct wanted *wanted, struct tally *tallies)
{
    enum store_error error = STORE_OK;

    for (size_t first = 0, end = 0; first < count && error == STORE_OK; first = end) {
        end = end_of_rank(turns, first, count);
        error = follow_rank(gather, places, turns + first, end - first, wanted, tallies + first);
    }
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        if (is_cut(gather, &turns[i], wanted, &tallies[i])) {
            note_cut(gather, wanted->about);
        }
    }
    return error;
}

static enum store_error follow_in_turns(struct gather *gather, const uint64_t *places, size_t count,
                                        const struct wanted *wanted)
{
    size_t turn_count = count_authors(places, count);
    struct gather_turn *turns = calloc(turn_count, sizeof *turns);
    struct tally *tallies = calloc(turn_count, sizeof *tallies);
    enum store_error error = turns && tallies ? STORE_OK : STORE_NO_MEMORY;

    if (error == STORE_OK) {
        error = take_turns(gather, places, count, turns, &turn_count);
    }
    if (error == STORE_OK) {
        error = follow_turns(gather, places, turns, turn_count, wanted, tallies);
    }
    free(turns);
    free(tallies);
    return error;
}

/* Follow postings. Where there is room for all, it does not matter who comes first. */
static enum store_error follow_all(struct gather *gather, const uint64_t *places, size_t count, bool cut,
                                   const struct wanted *wanted)
{
    const size_t there = gather->out->credential_count;
    const size_t room = there < wanted->credentials_max ? wanted->credentials_max - there : 0;

    if (cut) {
        note_cut(gather, wanted->about);
    }
    if (count <= room && count <= wanted->credentials_each_max &&
        (wanted->memberships_only || count <= wanted->reviews_each_max)) {
        return follow_few(gather, places, count, wanted);
    }
    return follow_in_turns(gather, places, count, wanted);
}

/* ---- side blocks ---- */

/* Of one subject, on all side branches: more would be nobody's. */
enum { SIDE_CREDENTIALS_MAX = 1024 };

static enum store_error add_side_credential(struct gather *gather, const struct side_at *at,
                                            const struct wanted *wanted)
{
    struct dossier_credential *credential = next_credential(gather);
    size_t mark = arena_mark(gather->arena);
    enum store_error error;

    if (!credential) {
        return STORE_NO_MEMORY;
    }
    *credential = (struct dossier_credential){.source = SOURCE_REPLAYED, .about = wanted->about};
    error = gather_side_place(gather, at, ENTRY_ATTESTATION, &credential->place, &credential->attestation);
    if (error == STORE_OK) {
        dossier_credential_fill_targets(credential, &gather->out->logs[credential->place.log]);
        if (!is_wanted(gather, credential, wanted) || is_there(gather->out, &credential->place)) {
            error = STORE_NOT_FOUND;
        }
    }
    if (error == STORE_OK) {
        error = fill_reasons(gather, credential);
    }
    if (error != STORE_OK) {
        arena_rewind(gather->arena, mark);
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    gather->out->credential_count++;
    return gather_ask(gather, credential->place.log);
}

/* The entries that a `held by` of a side block gives to the subject. */
static enum store_error follow_side_holder(struct gather *gather, const struct side_at *at,
                                           const struct wanted *wanted, struct tally *tally)
{
    struct dossier_place place;
    struct disk_record record;
    struct status status;
    size_t mark = arena_mark(gather->arena);
    enum store_error error = gather_side_entry(gather, at, ENTRY_STATUS, &place, &status);

    if (error == STORE_OK) {
        error = record_find(gather->txn, at->author, status.seq, &record);
    }
    arena_rewind(gather->arena, mark);
    if (error != STORE_OK || !hash_equal(&record.hash, &at->target)) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    for (uint64_t i = at->first; i <= at->last && error == STORE_OK; i++) {
        if (tally->credentials < wanted->credentials_each_max) {
            error = follow(gather, place_of(at->author, status.seq, i), wanted, tally);
        }
    }
    return error;
}

static enum store_error find_side_rows(struct gather *gather, enum grant_kind kind,
                                       const struct wanted *wanted, struct side_at **rows, size_t *count)
{
    const struct key key = grant_key_of_affiliation(kind, &wanted->subject->id);
    bool cut = false;
    enum store_error error =
        side_find(gather->txn, &key, SIDE_CREDENTIALS_MAX, rows, count, &cut, gather->arena);

    if (cut) {
        note_cut(gather, wanted->about);
    }
    return error;
}

/* What side branches say of the subject; of each author only so much. */
static enum store_error follow_sides(struct gather *gather, const struct wanted *wanted)
{
    struct side_at *rows;
    struct tally tally = {0};
    size_t count;
    enum store_error error = find_side_rows(gather, GRANT_ATTESTED, wanted, &rows, &count);

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        const size_t before = gather->out->credential_count;

        tally = i > 0 && rows[i - 1].author == rows[i].author ? tally : (struct tally){0};
        if (tally.credentials < wanted->credentials_each_max && before < wanted->credentials_max) {
            error = add_side_credential(gather, &rows[i], wanted);
            tally.credentials += gather->out->credential_count - before;
        } else {
            note_cut(gather, wanted->about);
        }
    }
    if (error == STORE_OK) {
        error = find_side_rows(gather, GRANT_HELD_BY, wanted, &rows, &count);
    }
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        tally = i > 0 && rows[i - 1].author == rows[i].author ? tally : (struct tally){0};
        error = follow_side_holder(gather, &rows[i], wanted, &tally);
    }
    return error;
}

void gather_leave_dropped(struct gather *gather)
{
    struct dossier *out = gather->out;
    size_t kept = 0;

    for (size_t i = 0; i < out->credential_count; i++) {
        const struct dossier_place *place = &out->credentials[i].place;

        if (place->block.dropped_s == 0 || any_cut_covers(out, &out->logs[place->log].author, place)) {
            out->credentials[kept++] = out->credentials[i];
        }
    }
    out->credential_count = kept;
}

enum store_error gather_about(struct gather *gather, const struct subject *subject, enum dossier_about about)
{
    const struct wanted wanted = {
        .subject = subject,
        .about = about,
        .credentials_max = DOSSIER_CREDENTIALS_MAX - DOSSIER_CREDENTIALS_MAX / 8,
        .credentials_each_max = DOSSIER_CREDENTIALS_MAX / 4,
        .reviews_each_max = DOSSIER_REVIEWS_MAX / 4,
    };
    uint64_t *places;
    size_t count;
    bool cut;
    enum store_error error = index_find(gather->txn, subject, &places, &count, &cut, gather->arena);

    if (error == STORE_OK) {
        error = follow_all(gather, places, count, cut, &wanted);
    }
    return error == STORE_OK ? follow_sides(gather, &wanted) : error;
}

/* ---- shops of a technician ---- */

/* Shops, each once. */
struct shops {
    bool cut;
    size_t count;
    struct actor_id actors[DOSSIER_SHOPS_MAX];
};

static void add_shop(struct shops *shops, const struct actor_id *shop)
{
    for (size_t i = 0; i < shops->count; i++) {
        if (actor_id_equal(&shops->actors[i], shop)) {
            return;
        }
    }
    if (shops->count == DOSSIER_SHOPS_MAX) {
        shops->cut = true;
        return;
    }
    shops->actors[shops->count++] = *shop;
}

/* Add shops that say so themselves that the technician joined, with or without her proven consent. */
static void add_shops(struct shops *shops, const struct dossier *dossier, const struct actor_id *technician,
                      bool proven)
{
    for (size_t i = 0; i < dossier->affiliation_count; i++) {
        const struct dossier_affiliation *row = &dossier->affiliations[i];
        const struct consent *consent = &row->affiliation.consent;

        if (row->signature != REASON_BAD_SIGNATURE && (row->signature == REASON_NONE) == proven &&
            actor_id_equal(&consent->technician, technician) &&
            actor_id_equal(&dossier->logs[row->place.log].author, &consent->shop)) {
            add_shop(shops, &consent->shop);
        }
    }
}

/* Postings go to memory that is used again for the next shop. */
static enum store_error gather_memberships(struct gather *gather, const struct actor_id *shop,
                                           struct arena *scratch)
{
    const struct subject subject = subject_of_actor(shop);
    const struct dossier *out = gather->out;
    const size_t left = DOSSIER_CREDENTIALS_MAX - out->credential_count;
    const struct wanted wanted = {
        .subject = &subject,
        .about = ABOUT_SHOP,
        .credentials_max = out->credential_count + (left < SHOP_EACH_MAX ? left : SHOP_EACH_MAX),
        .credentials_each_max = SHOP_EACH_MAX / 2,
        .memberships_only = true,
    };
    uint64_t *places;
    size_t count;
    bool cut;
    enum store_error error = index_find(gather->txn, &subject, &places, &count, &cut, scratch);

    return error == STORE_OK ? follow_all(gather, places, count, cut, &wanted) : error;
}

enum store_error gather_shops(struct gather *gather, const struct actor_id *technician)
{
    const size_t places_size = 2 * sizeof(uint64_t) * POSTINGS_FOUND_MAX;
    struct shops shops = {0};
    struct arena scratch;
    void *memory;
    enum store_error error = STORE_OK;

    add_shops(&shops, gather->out, technician, true);
    add_shops(&shops, gather->out, technician, false);
    gather->out->cuts.affiliations |= shops.cut;
    if (shops.count == 0) {
        return STORE_OK;
    }
    memory = malloc(places_size);
    if (!memory) {
        return STORE_NO_MEMORY;
    }
    arena_init(&scratch, memory, places_size);
    for (size_t i = 0; i < shops.count && error == STORE_OK; i++) {
        error = gather_memberships(gather, &shops.actors[i], &scratch);
        arena_rewind(&scratch, 0);
    }
    free(memory);
    return error;
}

/* ---- credentials that are named, or brought ---- */

/* STORE_NOT_FOUND when the entry that is held there is another. */
static enum store_error read_named(struct gather *gather, const struct entry_name *name,
                                   struct dossier_credential *credential)
{
    struct entry entry;
    size_t log;
    enum store_error error = gather_log(gather, &name->author, &log);

    *credential = (struct dossier_credential){.source = SOURCE_REPLAYED, .about = ABOUT_SUBJECT};
    if (error == STORE_OK) {
        error = read_entry(gather, log, name->seq, name->index, &credential->place, &entry);
    }
    if (error == STORE_OK) {
        error = fill_credential(gather, &entry, credential);
    }
    if (error == STORE_OK && memcmp(credential->place.leaf.bytes, name->prefix, sizeof name->prefix) != 0) {
        return STORE_NOT_FOUND;
    }
    return error == STORE_OK ? fill_reasons(gather, credential) : error;
}

enum store_error gather_named(struct gather *gather, const struct entry_name *name)
{
    struct dossier_credential *credential = next_credential(gather);
    enum store_error error;

    if (!credential) {
        return STORE_NO_MEMORY;
    }
    error = read_named(gather, name, credential);
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    if (is_there(gather->out, &credential->place)) {
        return STORE_OK;
    }
    gather->out->credential_count++;
    return gather_ask(gather, credential->place.log);
}

enum store_error gather_brought(struct gather *gather, const struct dossier_credential *credential,
                                const struct actor_id *author)
{
    struct dossier_credential *brought = next_credential(gather);
    enum store_error error;

    if (!brought) {
        return STORE_NO_MEMORY;
    }
    *brought = *credential;
    brought->about = ABOUT_SUBJECT;
    error = gather_log(gather, author, &brought->place.log);
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    dossier_credential_fill_targets(brought, &gather->out->logs[brought->place.log]);
    gather->out->credential_count++;
    return gather_ask(gather, brought->place.log);
}
