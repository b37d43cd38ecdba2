#include "protocol/base/days.h"
#include "protocol/rules/accreditation_end.h"
#include "protocol/rules/affiliation.h"
#include "protocol/rules/bearing.h"
#include "protocol/rules/lateness.h"
#include "protocol/rules/weight.h"
#include "store/gather.h"

/* What shows that an entry, or what was said about it, came late: a checkpoint of its author that names a
 * head which is neither its block nor descends from it, whatever their numbers: who writes a log anew from
 * further below is no earlier for it. And what shows that it had not: one that came in time and named its
 * block, or one above it. Looked for only where a question needs it, and not for what arrived here in time.
 */

enum {
    STOOD_DEPTH_MAX = 1024,           /* blocks of one branch that are looked at */
    STOOD_MAX = 16 * STOOD_DEPTH_MAX, /* of all, for one question */
};

/* Where the branch of a head leaves the chain. */
struct stood_at {
    size_t log;
    struct hash head;
    bool known; /* false: deeper than is looked at, or an ancestor is missing */
    uint64_t base_seq;
};

static enum store_error descend(struct gather *gather, uint64_t seq, struct stood_at *at)
{
    const uint32_t number = gather->rows[at->log].number;
    struct hash hash = at->head;
    enum store_error error = STORE_OK;

    for (size_t depth = 0; error == STORE_OK; depth++, seq--) {
        uint64_t epoch;

        error = side_is_on_chain(gather->txn, number, seq, &hash, &at->known);
        if (error != STORE_OK || at->known) {
            at->base_seq = seq;
            return error;
        }
        if (seq == 0 || depth == STOOD_DEPTH_MAX || gather->stood_descended == STOOD_MAX) {
            return STORE_OK;
        }
        gather->stood_descended++;
        error = side_previous(gather->txn, gather->network, number, seq, &hash, &hash, &epoch, gather->arena);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Each head once: many entries are asked about by the same checkpoints. */
static enum store_error find_base(struct gather *gather, size_t log, const struct disk_checkpoint *row,
                                  struct stood_at *out)
{
    enum store_error error;

    for (size_t i = 0; i < gather->stood_count; i++) {
        if (gather->stood[i].log == log && hash_equal(&gather->stood[i].head, &row->head)) {
            *out = gather->stood[i];
            return STORE_OK;
        }
    }
    *out = (struct stood_at){.log = log, .head = row->head};
    error = descend(gather, row->seq, out);
    if (error != STORE_OK) {
        return error;
    }
    gather->stood = gather_grow(gather->arena, gather->stood, gather->stood_count, &gather->stood_capacity,
                                sizeof *gather->stood);
    if (!gather->stood) {
        return STORE_NO_MEMORY;
    }
    gather->stood[gather->stood_count++] = *out;
    return STORE_OK;
}

/* Of an entry on the chain. */
struct standing_of {
    struct gather *gather;
    const struct dossier_place *place;
};

enum { SYNC_LAG_S = 86400 };

static enum store_error arrival_of(const struct gather *gather, size_t log, uint64_t seq,
                                   const struct hash *hash, uint64_t *first_s)
{
    enum store_error error =
        store_first_arrival(gather->txn, &gather->out->logs[log].author, seq, hash, first_s);

    *first_s = error == STORE_OK ? *first_s : UINT64_MAX;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Whether whoever signed it may have done so with keys that were replaced by then: the author lists them no
 * longer, in a block dated before it, and it was not here, a day more or less, between what it names and that
 * block. Who wrote blocks back beside it and whose keys were stolen can't be told apart then, and what is
 * said stands. */
static enum store_error is_by_old_keys(const struct gather *gather, size_t log,
                                       const struct disk_checkpoint *row, bool *old)
{
    const uint32_t number = gather->rows[log].number;
    uint64_t until_s = UINT64_MAX, end = 0, named_s = 0, listed_s = 0;
    struct disk_record record;
    enum store_error error = checkpoint_key_until(gather->txn, number, gather->out->logs[log].head_seq,
                                                  row->seq, &row->key, &until_s, &end);

    *old = false;
    if (error != STORE_OK || row->time_s <= until_s) {
        return error;
    }
    error = arrival_of(gather, log, row->seq, &row->head, &named_s);
    if (error == STORE_OK) {
        error = record_read(gather->txn, number, end, &record);
    }
    if (error == STORE_OK) {
        error = arrival_of(gather, log, end, &record.hash, &listed_s);
    }
    *old = named_s > row->time_s + SYNC_LAG_S || listed_s <= row->time_s + SYNC_LAG_S;
    return error;
}

static enum store_error read_stood(void *context, const struct disk_checkpoint *row, enum stood *out)
{
    const struct standing_of *of = context;
    const struct dossier_place *place = of->place;
    struct stood_at at = {.known = false, .base_seq = row->seq};
    bool old = false;
    enum store_error error = is_by_old_keys(of->gather, place->log, row, &old);

    if (error == STORE_OK && !old) {
        error = side_is_on_chain(of->gather->txn, of->gather->rows[place->log].number, row->seq, &row->head,
                                 &at.known);
    }
    if (error == STORE_OK && !old && !at.known) {
        error = find_base(of->gather, place->log, row, &at);
    }
    *out = !at.known ? STOOD_UNKNOWN : at.base_seq < place->seq ? STOOD_WITHOUT : STOOD_WITH;
    return error;
}

uint64_t gather_arrival(const struct gather *gather, uint64_t arrived_s)
{
    return gather->now_s != 0 && arrived_s > gather->now_s ? gather->now_s : arrived_s;
}

/* A checkpoint that is dated later shows nothing: it was taken while this clock was ahead, as its author's.
 */
static uint64_t shown_by(const struct gather *gather)
{
    uint64_t ahead_s = gather->now_s != 0 ? gather->now_s + CHECKPOINT_AHEAD_S : UINT64_MAX;

    return ahead_s < gather->known_by_s ? ahead_s : gather->known_by_s;
}

/* ---- above ---- */

/* A head that the chain does not lead through, whoever made it up, shows nothing. */
static enum store_error find_above(struct gather *gather, size_t log)
{
    const uint32_t number = gather->rows[log].number;
    struct gathered_above *above = &gather->above;
    struct disk_named_heads named;
    enum store_error error = named_heads_read(gather->txn, number, &named);

    *above = (struct gathered_above){.known = true, .log = log};
    for (size_t i = 0; i < STORE_NAMED_HEADS_MAX && error == STORE_OK; i++) {
        const struct disk_named_head *head = &named.heads[i];
        bool on_chain = false;

        error = side_is_on_chain(gather->txn, number, head->seq, &head->head, &on_chain);
        if (on_chain) {
            above->heads[above->count].seq = head->seq;
            above->heads[above->count++].arrived_s = head->arrived_s;
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error gather_above(struct gather *gather, struct dossier_place *place)
{
    const struct gathered_above *above = &gather->above;
    enum store_error error = STORE_OK;

    if (!above->known || above->log != place->log) {
        error = find_above(gather, place->log);
    }
    for (size_t i = 0; i < above->count; i++) {
        if (above->heads[i].seq >= place->seq && above->heads[i].arrived_s < lateness_there_s(place)) {
            place->above_s = above->heads[i].arrived_s;
        }
    }
    return error;
}

/* ---- below ---- */

static bool is_in_time(const struct dossier_place *place, uint64_t last_day)
{
    return day_of_time(lateness_there_s(place)) <= last_day;
}

/* Whether nothing needs to be looked for below the entry. */
static enum store_error gather_in_time(struct gather *gather, struct dossier_place *place, uint64_t last_day,
                                       bool *in_time)
{
    enum store_error error = STORE_OK;

    *in_time = place->block.side || is_in_time(place, last_day);
    if (!*in_time) {
        error = gather_above(gather, place);
        *in_time = is_in_time(place, last_day);
    }
    return error;
}

enum store_error gather_below(struct gather *gather, struct dossier_place *place, uint32_t deadline_day,
                              uint32_t days)
{
    struct standing_of of = {gather, place};
    struct disk_checkpoint checkpoint;
    bool in_time = false;
    enum store_error error = gather_in_time(gather, place, (uint64_t)deadline_day + days, &in_time);

    if (error != STORE_OK || in_time) {
        return error;
    }
    error = checkpoint_read_without(gather->txn, gather->rows[place->log].number, place->seq,
                                    shown_by(gather), read_stood, &of, &checkpoint);
    if (error == STORE_OK) {
        place->below_s = checkpoint.time_s;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- consents ---- */

/* Whether the first checkpoint after the consent had expired stands without the `joined`. A shop has many
 * people: one look-up each is enough where that one stands with it, or shows that it came too late; unless it
 * was dated back. */
static enum store_error gather_use(struct gather *gather, struct dossier_affiliation *joined)
{
    struct dossier_place *place = &joined->place;
    const uint32_t expiry_day = day_of_time(joined->affiliation.consent.expires_s);
    const uint64_t last_day = (uint64_t)expiry_day + CONSENT_LATE_DAYS;
    struct standing_of of = {gather, place};
    struct disk_checkpoint checkpoint;
    enum stood stood = STOOD_UNKNOWN;
    bool in_time = place->erased;
    enum store_error error = in_time ? STORE_OK : gather_in_time(gather, place, last_day, &in_time);

    if (error != STORE_OK || in_time) {
        return error;
    }
    error = checkpoint_read_from(gather->txn, gather->rows[place->log].number, last_day + 1, &checkpoint);
    if (error == STORE_OK && checkpoint.time_s > shown_by(gather)) {
        error = STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = read_stood(&of, &checkpoint, &stood);
    }
    if (error == STORE_OK && (stood == STOOD_UNKNOWN || checkpoint.lower_seq < place->seq)) {
        return gather_below(gather, place, expiry_day, CONSENT_LATE_DAYS);
    }
    if (error == STORE_OK && stood == STOOD_WITHOUT) {
        place->below_s = checkpoint.time_s;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error gather_uses(struct gather *gather)
{
    struct dossier *out = gather->out;
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < out->affiliation_count && error == STORE_OK; i++) {
        error = gather_use(gather, &out->affiliations[i]);
    }
    return error;
}

/* ---- what is said about entries ---- */

/* Where an event on the chain was said, and when. */
static enum store_error gather_signing(struct gather *gather, struct dossier_place said, uint32_t end,
                                       struct dossier_signing *out)
{
    const uint32_t number = gather->rows[said.log].number;
    struct disk_record record;
    struct stored_block stored;
    enum store_error error = record_read(gather->txn, number, said.seq, &record);

    if (error == STORE_OK) {
        error = stored_block_read(gather->txn, number, said.seq, &record.hash, &stored);
    }
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? txn_fail(gather->txn, STORE_DAMAGED) : error;
    }
    said.time_s = record.time_s;
    said.arrived_s = stored.arrived_s;
    said.block_hash = record.hash;
    error = gather_below(gather, &said, end, ACCREDITATION_GRACE_DAYS);
    *out = (struct dossier_signing){.time_s = said.time_s,
                                    .arrived_s = gather_arrival(gather, said.arrived_s),
                                    .above_s = said.above_s,
                                    .below_s = said.below_s};
    return error;
}

static bool may_be_late(const struct dossier_place *place, size_t event)
{
    bool side = place->event_blocks && place->event_blocks[event].side;

    return !side && bearing_is_for(bearing_of_action(place->events[event].action));
}

static enum store_error gather_signings(struct gather *gather, struct dossier_place *place, uint32_t end)
{
    struct dossier_signing *signings = NULL;
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < place->event_count && error == STORE_OK; i++) {
        if (!may_be_late(place, i)) {
            continue;
        }
        if (!signings) {
            signings = arena_take(gather->arena, place->event_count * sizeof *signings);
            if (!signings) {
                return STORE_NO_MEMORY;
            }
        }
        error = gather_signing(gather, event_place(place, i), end, &signings[i]);
    }
    place->event_signings = signings;
    return error;
}

/* Of an entry and what is said about it. */
static enum store_error gather_below_all(struct gather *gather, struct dossier_place *place, uint32_t end)
{
    enum store_error error = gather_below(gather, place, end, ACCREDITATION_GRACE_DAYS);

    return error == STORE_OK && place->event_count > 0 ? gather_signings(gather, place, end) : error;
}

/* The first day on which any accreditation ends; DAY_NONE: none does. */
static uint32_t first_end(const struct dossier *dossier)
{
    uint32_t first = DAY_NONE;

    for (size_t i = 0; i < dossier->accreditation_count; i++) {
        const struct accreditation *accreditation = &dossier->accreditations[i].accreditation;

        if (accreditation->has_until && accreditation->until < first) {
            first = accreditation->until;
        }
    }
    return first;
}

enum store_error gather_lateness(struct gather *gather)
{
    struct dossier *out = gather->out;
    uint32_t end = first_end(out);
    enum store_error error = gather_uses(gather);

    if (error != STORE_OK || end == DAY_NONE) {
        return error;
    }
    for (size_t i = 0; i < out->credential_count && error == STORE_OK; i++) {
        struct dossier_credential *credential = &out->credentials[i];

        if (credential->source == SOURCE_REPLAYED) {
            error = gather_below_all(gather, &credential->place, end);
        }
    }
    for (size_t i = 0; i < out->accreditation_count && error == STORE_OK; i++) {
        error = gather_below(gather, &out->accreditations[i].place, end, ACCREDITATION_GRACE_DAYS);
    }
    for (size_t i = 0; i < out->withdrawal_count && error == STORE_OK; i++) {
        if (out->withdrawals[i].withdrawal.has_cut) {
            error = gather_below(gather, &out->withdrawals[i].place, end, ACCREDITATION_GRACE_DAYS);
        }
    }
    for (size_t i = 0; i < out->review_count && error == STORE_OK; i++) {
        error = gather_below_all(gather, &out->reviews[i].place, end);
    }
    return error;
}
