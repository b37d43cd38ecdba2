#include <string.h>

#include "store/consents.h"
#include "store/erased.h"
#include "store/gather.h"
#include "store/own.h"

enum {
    SIDE_SPEAKERS_MAX = 4096,
    SIDE_JOINED_EACH_MAX = 4, /* of one technician, by the side blocks of one author */
    SIDE_ROSTER_MAX = 256,    /* of one shop, by its own */
    HER_KEYS_MAX = 64,        /* that she ever presented herself with */
};

/* Who joined which shop. A shop's roster is found in its own log, whole; what shops say of a technician is
 * found under her. */

enum store_error gather_affiliation(struct gather *gather, const struct entry_at *at,
                                    struct dossier_place *place, struct affiliation *affiliation)
{
    struct bytes view;
    struct entry entry;
    size_t log, mark;
    enum reason reason;
    enum store_error error = gather_log_of_number(gather, at->author, &log);

    if (error != STORE_OK || !dossier_log_reaches(&gather->out->logs[log], at->seq)) {
        return error == STORE_OK ? STORE_NOT_FOUND : error;
    }
    error = gather_view(gather, log, at->seq, at->index, place, &view);
    if (error != STORE_OK) {
        return error;
    }
    if (place->erased) {
        return affiliation_read_sealed(gather->txn, at, affiliation);
    }
    mark = arena_mark(gather->arena);
    if (entry_decode(&entry, view) != REASON_NONE || entry.erased || entry.kind != ENTRY_AFFILIATION) {
        return txn_fail(gather->txn, STORE_DAMAGED);
    }
    reason = schema_decode_known(&affiliation_schema, affiliation, entry.payload, gather->arena);
    if (reason != REASON_NONE) {
        return txn_fail_decode(gather->txn, reason, gather->arena);
    }
    arena_rewind(gather->arena, mark);
    affiliation->extensions = (struct list){0};
    return STORE_OK;
}

/* Whatever else led to it: a `joined` in any other log is no statement about anybody. */
static bool is_of_its_shop(const struct dossier *out, const struct dossier_affiliation *row)
{
    return row->affiliation.event == AFFILIATION_JOINED &&
           actor_id_equal(&row->affiliation.consent.shop, &out->logs[row->place.log].author);
}

static enum consent_verdict check_consent(struct gather *gather, const struct dossier_affiliation *row)
{
    return consent_check_signature(&row->affiliation, gather->network,
                                   &gather->out->logs[row->place.log].author, row->place.time_s,
                                   &gather->consents_checked);
}

/* The row behind the last one. */
static enum store_error add_weighed(struct gather *gather, enum consent_verdict verdict)
{
    struct dossier_affiliation *row = &gather->out->affiliations[gather->out->affiliation_count];
    enum store_error error =
        consent_weigh(gather->txn, &row->affiliation, verdict, gather->known_by_s, &row->signature);

    gather->out->affiliation_count += error == STORE_OK;
    return error;
}

static enum store_error add_joined(struct gather *gather, const struct entry_at *at)
{
    struct dossier *out = gather->out;
    struct dossier_affiliation *row = &out->affiliations[out->affiliation_count];
    struct disk_consent consent;
    enum consent_verdict verdict;
    enum store_error error = gather_affiliation(gather, at, &row->place, &row->affiliation);

    if (error == STORE_OK && !is_of_its_shop(out, row)) {
        error = STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = own_consent(gather->txn, at, &consent);
    }
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    verdict = (enum consent_verdict)consent.verdict;
    if (verdict == CONSENT_UNSETTLED) {
        verdict = check_consent(gather, row);
    }
    return add_weighed(gather, verdict);
}

/* The consent of a side block is looked at by each question. */
static enum store_error add_side_joined(struct gather *gather, const struct side_at *at)
{
    struct dossier *out = gather->out;
    struct dossier_affiliation *row = &out->affiliations[out->affiliation_count];
    enum store_error error = gather_side_entry(gather, at, ENTRY_AFFILIATION, &row->place, &row->affiliation);

    if (error != STORE_OK || !is_of_its_shop(out, row)) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    row->affiliation.extensions = (struct list){0};
    return add_weighed(gather, check_consent(gather, row));
}

static bool is_side_there(const struct dossier *out, const struct side_at *at)
{
    for (size_t i = 0; i < out->affiliation_count; i++) {
        const struct dossier_place *place = &out->affiliations[i].place;

        if (place->block.side && place->index == at->index && hash_equal(&place->block_hash, &at->hash)) {
            return true;
        }
    }
    return false;
}

/* Rows of side blocks about the actor, as technician and as shop. */
struct side_joined {
    size_t count, capacity;
    struct side_at *rows;
};

/* Those of one author. */
struct listing {
    struct gather *gather;
    struct side_joined *sides;
    size_t left; /* how many more are listed */
    bool cut;
};

static enum store_error list_row(void *context, const struct side_at *row)
{
    struct listing *listing = context;
    struct side_joined *sides = listing->sides;

    if (listing->left == 0) {
        listing->cut = true;
        return STORE_NOT_FOUND;
    }
    sides->rows =
        gather_grow(listing->gather->arena, sides->rows, sides->count, &sides->capacity, sizeof *sides->rows);
    if (!sides->rows) {
        return STORE_NO_MEMORY;
    }
    sides->rows[sides->count++] = *row;
    listing->left--;
    return STORE_OK;
}

static enum store_error list_joined(struct gather *gather, uint32_t author, const struct key *about,
                                    size_t max, bool *cut, struct side_joined *sides)
{
    struct listing listing = {.gather = gather, .sides = sides, .left = max};
    size_t log;
    enum store_error error = gather_log_of_number(gather, author, &log);

    if (error == STORE_OK) {
        error = gather_each_side(gather, log, about, SIDE_OPEN, list_row, &listing);
    }
    *cut = listing.cut;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* On branches that were dropped nobody joined. A shop that says much of her hides its own word alone. Of more
 * than are looked at none is: which of them have the lower numbers here says nothing. */
static enum store_error find_side_joined(struct gather *gather, const struct actor_id *actor, uint32_t number,
                                         struct side_joined *sides)
{
    const struct key joined = grant_key_of_actor(GRANT_JOINED, actor);
    const struct key roster = grant_key_of_actor(GRANT_ROSTER, actor);
    uint32_t *speakers;
    size_t count;
    bool cut, each_cut, roster_cut = false;
    enum store_error error = grants_speakers(gather->txn, TABLE_SIDE_ENTRIES, &joined, SIDE_SPEAKERS_MAX,
                                             &speakers, &count, &cut, gather->arena);

    count = cut ? 0 : count;
    for (size_t i = 0; error == STORE_OK && i < count; i++) {
        error = list_joined(gather, speakers[i], &joined, SIDE_JOINED_EACH_MAX, &each_cut, sides);
    }
    if (error == STORE_OK && number != NUMBER_NONE) {
        error = list_joined(gather, number, &roster, SIDE_ROSTER_MAX, &roster_cut, sides);
    }
    gather->out->cuts.affiliations |= cut || roster_cut;
    return error;
}

static enum store_error add_side_affiliations(struct gather *gather, const struct side_joined *sides)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < sides->count && error == STORE_OK; i++) {
        if (!is_side_there(gather->out, &sides->rows[i])) {
            error = add_side_joined(gather, &sides->rows[i]);
        }
    }
    return error;
}

/* ---- together ---- */

/* `joined` on chains. */
struct joined {
    size_t count;
    struct entry_at *items;
};

/* Of what one shop says of the technician the newest, as many as its share. */
static enum store_error add_share(struct gather *gather, const struct key *about, uint32_t shop, size_t share,
                                  struct joined *said)
{
    const size_t mark = arena_mark(gather->arena);
    struct key key = *about;
    struct entry_at *found;
    size_t count = 0, first = 0;
    enum grants_cut cut = GRANTS_CUT_NONE;
    enum store_error error;

    grant_key_add_author(&key, shop);
    error = grants_find(gather->txn, &key, GRANTS_EACH_MAX, &found, &count, &cut, gather->arena);
    if (error == STORE_OK) {
        first = count > share ? count - share : 0;
        gather->out->cuts.affiliations |= first > 0;
        memcpy(said->items + said->count, found + first, (count - first) * sizeof *found);
        said->count += count - first;
    }
    arena_rewind(gather->arena, mark);
    return error;
}

static enum store_error add_signed(struct gather *gather, const struct sign_public_key *signer, size_t max,
                                   struct joined *said)
{
    const size_t mark = arena_mark(gather->arena);
    const struct key key = grant_key_of_signer(signer);
    struct entry_at *found;
    size_t count;
    enum grants_cut cut;
    enum store_error error =
        grants_find(gather->txn, &key, max - said->count, &found, &count, &cut, gather->arena);

    if (error == STORE_OK && count > 0) {
        memcpy(said->items + said->count, found, count * sizeof *found);
        said->count += count;
    }
    arena_rewind(gather->arena, mark);
    return error;
}

/* What her own keys signed, at most max. */
static enum store_error find_signed(struct gather *gather, uint32_t number, size_t max, struct joined *said)
{
    struct sign_public_key keys[HER_KEYS_MAX];
    size_t count;
    enum store_error error = own_keys(gather->txn, number, keys, HER_KEYS_MAX, &count);

    said->items = arena_take(gather->arena, max * sizeof *said->items);
    if (!said->items) {
        return STORE_NO_MEMORY;
    }
    for (size_t i = 0; error == STORE_OK && i < count; i++) {
        error = add_signed(gather, &keys[i], max, said);
    }
    return error;
}

/* What shops say of the technician, at most max: each its share, so that nobody's many words hide what
 * another says. Of more shops those that she surely consented to: which of the others have the lower numbers
 * here says nothing. Entries in the actor's own log, numbered so, are among its roster already. */
static enum store_error find_said(struct gather *gather, const struct actor_id *technician, uint32_t number,
                                  size_t max, struct joined *said)
{
    const struct key key = grant_key_of_actor(GRANT_JOINED, technician);
    uint32_t *shops;
    size_t count, share = 0;
    bool cut;
    enum store_error error =
        grants_speakers(gather->txn, TABLE_GRANTS, &key, max, &shops, &count, &cut, gather->arena);

    if (error != STORE_OK || count == 0) {
        return error;
    }
    if (cut) {
        gather->out->cuts.affiliations = true;
        return find_signed(gather, number, max, said);
    }
    share = max / count < GRANTS_EACH_MAX ? max / count : GRANTS_EACH_MAX;
    said->items = arena_take(gather->arena, count * share * sizeof *said->items);
    if (!said->items) {
        return STORE_NO_MEMORY;
    }
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        if (shops[i] != number) {
            error = add_share(gather, &key, shops[i], share, said);
        }
    }
    return error;
}

static enum store_error add_all(struct gather *gather, const struct joined *joined)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < joined->count && error == STORE_OK; i++) {
        error = add_joined(gather, &joined->items[i]);
    }
    return error;
}

enum store_error gather_affiliations(struct gather *gather, const struct actor_id *actor)
{
    struct dossier *out = gather->out;
    struct joined roster = {0}, said = {0};
    struct side_joined sides = {0};
    size_t count = 0;
    uint32_t number;
    enum store_error error = gather_number(gather, actor, &number);

    if (error == STORE_OK && number != NUMBER_NONE) {
        error = own_find(gather->txn, OWN_JOINED, number, DOSSIER_AFFILIATIONS_MAX, &roster.items,
                         &roster.count, gather->arena);
    }
    if (error == STORE_OK) {
        error = find_said(gather, actor, number, DOSSIER_AFFILIATIONS_MAX - roster.count, &said);
    }
    if (error == STORE_OK) {
        error = find_side_joined(gather, actor, number, &sides);
    }
    count = roster.count + said.count + sides.count;
    out->cuts.affiliations |= roster.count == DOSSIER_AFFILIATIONS_MAX;
    if (error != STORE_OK || count == 0) {
        return error;
    }
    out->affiliations = arena_take(gather->arena, count * sizeof *out->affiliations);
    if (!out->affiliations) {
        return STORE_NO_MEMORY;
    }
    error = add_all(gather, &roster);
    if (error == STORE_OK) {
        error = add_all(gather, &said);
    }
    return error == STORE_OK ? add_side_affiliations(gather, &sides) : error;
}
