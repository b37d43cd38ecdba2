#include <string.h>

#include "store/gather.h"

/* Whether a list's places, size apart, hold the entry of a side row. */
static bool is_gathered(const void *items, size_t count, size_t size, const struct side_at *row)
{
    const uint8_t *bytes = items;

    for (size_t i = 0; i < count; i++) {
        const struct dossier_place *place = (const void *)(bytes + i * size);

        if (place->block.side && place->index == row->index && hash_equal(&place->block_hash, &row->hash)) {
            return true;
        }
    }
    return false;
}

/* Note that more is there than was looked at of what accreditor by says. Nothing that a stranger says counts,
 * so that nothing of it is missed. Its rank is asked here and not before: it costs a climb. */
static enum store_error note_more(struct gather *gather, size_t by, bool *cut)
{
    enum rank rank;
    enum store_error error = gather_rank_above(gather, by, &rank);

    *cut |= error == STORE_OK && rank != RANK_STRANGER;
    return error;
}

/* How many accreditations and how many withdrawals there may be. Those who say much leave room for who let
 * them. */
static size_t room_of(const struct gather *gather)
{
    enum { LEFT_BY_MUCH = DOSSIER_GRANTS_MAX / 8 };

    return gather->hears_much ? DOSSIER_GRANTS_MAX - LEFT_BY_MUCH : DOSSIER_GRANTS_MAX;
}

static size_t room_beyond(const struct gather *gather, size_t count)
{
    return count < room_of(gather) ? room_of(gather) - count : 0;
}

/* ---- accreditations ---- */

static enum store_error add_accreditation(struct gather *gather, const struct found_grant *found)
{
    struct dossier *out = gather->out;
    struct dossier_accreditation *row;
    enum store_error error;

    out->accreditations = gather_grow(gather->arena, out->accreditations, out->accreditation_count,
                                      &gather->accreditation_capacity, sizeof *out->accreditations);
    if (!out->accreditations) {
        return STORE_NO_MEMORY;
    }
    row = &out->accreditations[out->accreditation_count];
    error = gather_found(gather, found, ENTRY_ACCREDITATION, &row->place, &row->accreditation);
    out->accreditation_count += error == STORE_OK;
    return error;
}

static enum store_error add_withdrawal(struct gather *gather, size_t delegate,
                                       const struct found_grant *found)
{
    struct dossier *out = gather->out;
    struct dossier_withdrawal *row;
    enum store_error error;

    out->withdrawals = gather_grow(gather->arena, out->withdrawals, out->withdrawal_count,
                                   &gather->withdrawal_capacity, sizeof *out->withdrawals);
    if (!out->withdrawals) {
        return STORE_NO_MEMORY;
    }
    row = &out->withdrawals[out->withdrawal_count];
    error = gather_found(gather, found, ENTRY_WITHDRAWAL, &row->place, &row->withdrawal);
    if (error != STORE_OK) {
        return error;
    }
    out->withdrawal_count++;
    row->cut = (struct dossier_cut){0};
    return row->withdrawal.has_cut
               ? gather_cut(gather, delegate, row->withdrawal.cut_seq, &row->withdrawal.cut_head, &row->cut)
               : STORE_OK;
}

/* Withdrawals from the author of log by side blocks of accreditor by. *more: set where there are others. */
static enum store_error gather_side_withdrawals(struct gather *gather, size_t log, size_t by, unsigned parts,
                                                bool *more)
{
    const struct actor_id actor = gather->out->logs[log].author;
    const struct key key = grant_key_of_actor(GRANT_WITHDRAWAL, &actor);
    struct side_at *rows;
    size_t count;
    bool cut;
    enum store_error error = gather_side_rows(gather, by, &key, parts, GRANTS_EACH_MAX, &rows, &count, &cut);

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        if (is_gathered(gather->out->withdrawals, gather->out->withdrawal_count,
                        sizeof *gather->out->withdrawals, &rows[i])) {
            continue;
        }
        if (gather->out->withdrawal_count < room_of(gather)) {
            error = add_withdrawal(gather, log, &(struct found_grant){.side = &rows[i]});
            error = error == STORE_NOT_FOUND ? STORE_OK : error;
        } else {
            cut = true;
        }
    }
    *more |= cut;
    return error;
}

/* What accreditor by took back from the author of log. *more: set where it did of more than that. */
static enum store_error gather_withdrawals(struct gather *gather, size_t log, size_t by, bool *more)
{
    const struct actor_id actor = gather->out->logs[log].author;
    struct key key = grant_key_of_actor(GRANT_WITHDRAWAL, &actor);
    struct entry_at *grants;
    size_t count;
    enum grants_cut cut;
    enum store_error error;

    grant_key_add_author(&key, gather->rows[by].number);
    error = grants_find(gather->txn, &key, room_beyond(gather, gather->out->withdrawal_count), &grants,
                        &count, &cut, gather->arena);
    *more |= error == STORE_OK && cut != GRANTS_CUT_NONE;
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = add_withdrawal(gather, log, &(struct found_grant){.grant = &grants[i]});
        if (error == STORE_NOT_FOUND) {
            error = STORE_OK;
        }
    }
    return error == STORE_OK ? gather_side_withdrawals(gather, log, by, SIDE_OPEN | SIDE_SPEAKING, more)
                             : error;
}

enum {
    /* Where there are so few accreditors, no limit makes their order matter, nor that of those whom they
     * accredited: the dossier is sorted in the end. */
    FEW = 8,
    FEW_GRANTS = DOSSIER_GRANTS_MAX - 2 * FEW * GRANTS_EACH_MAX, /* each on its chain, and beside it */
    /* What strangers say tells at most why somebody is not authorised. */
    STRANGER_GRANTS_MAX = 64,
    STRANGER_GRANTS_EACH_MAX = 4,
    LITTLE_MAX = 16, /* accreditations and withdrawals of one delegate */
};

/* Whether an accreditor is a stranger. Nobody asks, and it counts as none, unless it says so much that it
 * matters. */
static enum store_error is_known_stranger(struct gather *gather, size_t by, size_t count, bool *out)
{
    enum rank rank = gather->rows[by].rank_above;
    enum store_error error =
        count > STRANGER_GRANTS_EACH_MAX ? gather_rank_above(gather, by, &rank) : STORE_OK;

    *out = rank == RANK_STRANGER;
    return error;
}

/* Whether what an author takes back may be what another said. */
static bool is_heir(const struct gather *gather, size_t by)
{
    const struct dossier *out = gather->out;

    for (size_t i = 0; i < out->succession_count; i++) {
        if (actor_id_equal(&out->successions[i].succession.successor, &out->logs[by].author)) {
            return true;
        }
    }
    return false;
}

/* What accreditor by said of the author of log, and what it took back. Its withdrawals come first: without
 * room for them its accreditations would count for too much, and are left out: whatever it took back, it does
 * not matter then to whom others accredited. Writes: *without, whether they are. */
static enum store_error gather_accreditor(struct gather *gather, size_t log, size_t by, bool *without)
{
    const struct actor_id actor = gather->out->logs[log].author;
    struct key key = grant_key_of_actor(GRANT_ACCREDITATION, &actor);
    struct entry_at *grants;
    size_t count, first = 0;
    bool is_stranger = false, more = false;
    enum grants_cut cut;
    enum store_error error = gather_withdrawals(gather, log, by, &more);

    if (error != STORE_OK) {
        return error;
    }
    if (more) {
        error = note_more(gather, by, is_heir(gather, by) ? &gather->out->cuts.withdrawals : without);
    }
    if (error != STORE_OK || *without) {
        gather->out->cuts.accreditations |= *without;
        return error;
    }
    grant_key_add_author(&key, gather->rows[by].number);
    error = grants_find(gather->txn, &key, room_beyond(gather, gather->out->accreditation_count), &grants,
                        &count, &cut, gather->arena);
    if (error == STORE_OK && cut != GRANTS_CUT_NONE) {
        error = note_more(gather, by, &gather->out->cuts.accreditations);
    }
    if (error == STORE_OK) {
        error = is_known_stranger(gather, by, count, &is_stranger);
    }
    if (is_stranger && count > STRANGER_GRANTS_EACH_MAX) {
        first = count - STRANGER_GRANTS_EACH_MAX;
    }
    for (size_t i = first; i < count && error == STORE_OK; i++) {
        error = add_accreditation(gather, &(struct found_grant){.grant = &grants[i]});
        if (error == STORE_NOT_FOUND) {
            error = STORE_OK;
        }
    }
    gather->stranger_grants += is_stranger ? count - first : 0;
    return error == STORE_OK && count > 0 ? gather_ask(gather, by) : error;
}

/* Accreditors of one actor, each once. */
struct accreditors {
    size_t count;
    uint32_t *numbers;
    bool cut; /* there are more */
};

/* In which order they are heard: by rank, or as they come where they are few. */
static enum store_error take_turns(struct gather *gather, const struct accreditors *accreditors, bool few,
                                   struct gather_turn *turns)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < accreditors->count && error == STORE_OK; i++) {
        turns[i] = (struct gather_turn){.rank = RANK_AUTHORISED};
        error = gather_log_of_number(gather, accreditors->numbers[i], &turns[i].log);
        if (error == STORE_OK && !few) {
            turns[i].author = gather->out->logs[turns[i].log].author;
            error = gather_rank_above(gather, turns[i].log, &turns[i].rank);
        }
    }
    if (error == STORE_OK && !few) {
        gather_sort_turns(turns, accreditors->count);
    }
    return error;
}

/* ---- heirs ---- */

static bool is_among(const uint32_t *numbers, size_t count, uint32_t author)
{
    for (size_t i = 0; i < count; i++) {
        if (numbers[i] == author) {
            return true;
        }
    }
    return false;
}

static bool is_named_before(const struct dossier *dossier, size_t succession)
{
    for (size_t i = 0; i < succession; i++) {
        if (actor_id_equal(&dossier->successions[i].succession.successor,
                           &dossier->successions[succession].succession.successor)) {
            return true;
        }
    }
    return false;
}

/* What those took back who came after an accreditor, but never accredited the author of log themselves. */
static enum store_error gather_withdrawals_of_heirs(struct gather *gather, size_t log,
                                                    const uint32_t *accreditors, size_t count)
{
    const struct dossier *out = gather->out;
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < out->succession_count && count > 0 && error == STORE_OK; i++) {
        size_t heir;

        if (is_named_before(out, i)) {
            continue;
        }
        error = gather_log(gather, &out->successions[i].succession.successor, &heir);
        if (error == STORE_OK && out->logs[heir].known &&
            !is_among(accreditors, count, gather->rows[heir].number)) {
            bool more = false;

            error = gather_withdrawals(gather, log, heir, &more);
            if (error == STORE_OK && more) {
                error = note_more(gather, heir, &gather->out->cuts.withdrawals);
            }
        }
    }
    return error;
}

/* What accreditor by said of the author of log on side branches. */
static enum store_error gather_side_accreditations(struct gather *gather, size_t log, size_t by,
                                                   unsigned parts)
{
    const struct actor_id actor = gather->out->logs[log].author;
    const struct key key = grant_key_of_actor(GRANT_ACCREDITATION, &actor);
    struct dossier *out = gather->out;
    struct side_at *rows;
    size_t count;
    bool cut;
    enum store_error error = gather_side_rows(gather, by, &key, parts, GRANTS_EACH_MAX, &rows, &count, &cut);

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        if (is_gathered(out->accreditations, out->accreditation_count, sizeof *out->accreditations,
                        &rows[i])) {
            continue;
        }
        if (out->accreditation_count >= room_of(gather)) {
            cut = true;
            break;
        }
        error = add_accreditation(gather, &(struct found_grant){.side = &rows[i]});
        if (error == STORE_OK) {
            error = gather_ask(gather, by);
        }
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    return error == STORE_OK && cut ? note_more(gather, by, &out->cuts.accreditations) : error;
}

/* Add authors of accreditations on side branches. */
static enum store_error join_accreditors(struct gather *gather, struct accreditors *all,
                                         const uint32_t *side_numbers, size_t side_count)
{
    const struct accreditors chain = *all;

    all->numbers = arena_take(gather->arena, (chain.count + side_count) * sizeof *all->numbers);
    if (!all->numbers) {
        return STORE_NO_MEMORY;
    }
    if (chain.count > 0) {
        memcpy(all->numbers, chain.numbers, chain.count * sizeof *all->numbers);
    }
    for (size_t i = 0; i < side_count; i++) {
        if (!is_among(chain.numbers, chain.count, side_numbers[i])) {
            all->numbers[all->count++] = side_numbers[i];
        }
    }
    return STORE_OK;
}

/* Who accredited the author of log, on their chains or on side branches: so many of either at most. */
static enum store_error find_accreditors(struct gather *gather, size_t log, size_t max,
                                         struct accreditors *out)
{
    const struct key key = grant_key_of_actor(GRANT_ACCREDITATION, &gather->out->logs[log].author);
    uint32_t *side_numbers;
    size_t side_count;
    bool side_cut;
    enum store_error error = grants_speakers(gather->txn, TABLE_GRANTS, &key, max, &out->numbers, &out->count,
                                             &out->cut, gather->arena);

    if (error == STORE_OK) {
        error = grants_speakers(gather->txn, TABLE_SIDE_ENTRIES, &key, max, &side_numbers, &side_count,
                                &side_cut, gather->arena);
    }
    if (error != STORE_OK) {
        return error;
    }
    out->cut = out->cut || side_cut;
    return side_count > 0 ? join_accreditors(gather, out, side_numbers, side_count) : STORE_OK;
}

/* What one accreditor said of the author of log, wherever it may count. */
static enum store_error hear_accreditor(struct gather *gather, size_t log, size_t by)
{
    bool without = false;
    enum store_error error = gather_accreditor(gather, log, by, &without);

    if (error == STORE_OK) {
        error = gather_ask_cuts(gather, by);
    }
    if (error == STORE_OK && !without) {
        error = gather_side_accreditations(gather, log, by, SIDE_OPEN | SIDE_SPEAKING);
    }
    return error;
}

/* Of whom it is heard in one go: where there are many, first those who say little of one delegate, then those
 * who say much, so that these take no room but what is left. */
enum part { PART_ALL, PART_LITTLE, PART_MUCH };

static enum store_error says_more_than(struct gather *gather, size_t log, size_t by, enum grant_kind kind,
                                       size_t *left, bool *out)
{
    struct key key = grant_key_of_actor(kind, &gather->out->logs[log].author);
    const size_t mark = arena_mark(gather->arena);
    struct entry_at *grants;
    size_t count;
    enum grants_cut cut;
    bool side = false;
    enum store_error error;

    grant_key_add_author(&key, gather->rows[by].number);
    error = grants_find(gather->txn, &key, *left + 1, &grants, &count, &cut, gather->arena);
    arena_rewind(gather->arena, mark);
    if (error == STORE_OK) {
        error = side_has(gather->txn, &key, &side);
    }
    if (error != STORE_OK) {
        return error;
    }
    *out |= side || count > *left;
    *left -= count > *left ? *left : count;
    return STORE_OK;
}

static enum store_error is_in_part(struct gather *gather, size_t log, size_t by, enum part part, bool *out)
{
    size_t left = LITTLE_MAX;
    bool much = false;
    enum store_error error = STORE_OK;

    if (part != PART_ALL) {
        error = says_more_than(gather, log, by, GRANT_ACCREDITATION, &left, &much);
        if (error == STORE_OK) {
            error = says_more_than(gather, log, by, GRANT_WITHDRAWAL, &left, &much);
        }
    }
    *out = part == PART_ALL || much == (part == PART_MUCH);
    gather->any_much |= much;
    return error;
}

/* They come after those asked about so far, which makes the next layer of the search. */
static enum store_error hear_accreditors(struct gather *gather, size_t log,
                                         const struct accreditors *accreditors, enum part part)
{
    struct gather_turn *turns;
    enum store_error error;

    if (accreditors->count == 0) {
        return STORE_OK;
    }
    turns = arena_take(gather->arena, accreditors->count * sizeof *turns);
    if (!turns) {
        return STORE_NO_MEMORY;
    }
    error = take_turns(gather, accreditors, part == PART_ALL, turns);
    for (size_t i = 0; i < accreditors->count && error == STORE_OK; i++) {
        bool now;

        if (turns[i].rank == RANK_STRANGER && gather->stranger_grants >= STRANGER_GRANTS_MAX) {
            break;
        }
        error = is_in_part(gather, log, turns[i].log, part, &now);
        if (error == STORE_OK && now) {
            error = hear_accreditor(gather, log, turns[i].log);
        }
    }
    if (error == STORE_OK && part != PART_MUCH) {
        error = gather_withdrawals_of_heirs(gather, log, accreditors->numbers, accreditors->count);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error hear_part(struct gather *gather, const struct gather_turn *turns, size_t count,
                                  enum part part)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        struct accreditors accreditors;

        if (turns[i].rank == RANK_STRANGER && gather->stranger_grants >= STRANGER_GRANTS_MAX) {
            break;
        }
        if (gather->rows[turns[i].log].heard_all) {
            continue;
        }
        error = find_accreditors(gather, turns[i].log, DOSSIER_GRANTS_MAX, &accreditors);
        if (error == STORE_OK) {
            gather->out->cuts.accreditations |= accreditors.cut;
            error = hear_accreditors(gather, turns[i].log, &accreditors, part);
        }
    }
    return error;
}

/* Those asked about from first to end, the authorised before the others: who accredited a stranger is asked
 * last. */
static enum store_error gather_ranked(struct gather *gather, size_t first, size_t end, enum part part)
{
    struct gather_turn *turns = arena_take(gather->arena, (end - first) * sizeof *turns);
    enum store_error error = turns ? STORE_OK : STORE_NO_MEMORY;

    for (size_t i = first; i < end && error == STORE_OK; i++) {
        error = gather_take_turn(gather, gather->issuers[i], &turns[i - first]);
    }
    if (error == STORE_OK) {
        gather_sort_turns(turns, end - first);
        error = hear_part(gather, turns, end - first, part);
    }
    return error;
}

static bool has_room_for_few(const struct gather *gather)
{
    return gather->out->accreditation_count <= FEW_GRANTS && gather->out->withdrawal_count <= FEW_GRANTS;
}

/* Accreditors of those asked about from first to end. *few: false where there are more than FEW of either. */
static enum store_error find_few(struct gather *gather, size_t first, size_t end,
                                 struct accreditors found[FEW], bool *few)
{
    size_t left = FEW;
    enum store_error error = STORE_OK;

    *few = end - first <= FEW && has_room_for_few(gather);
    for (size_t i = first; i < end && *few && error == STORE_OK; i++) {
        struct accreditors *accreditors = &found[i - first];

        error = find_accreditors(gather, gather->issuers[i], left, accreditors);
        if (error == STORE_OK) {
            *few = !accreditors->cut && accreditors->count <= left;
            left -= *few ? accreditors->count : 0;
        }
    }
    return error;
}

/* Those asked about from first to end. To know who is a stranger costs a climb for each. */
static enum store_error gather_layer(struct gather *gather, size_t first, size_t end)
{
    struct accreditors found[FEW];
    bool few;
    enum store_error error = find_few(gather, first, end, found, &few);

    if (error == STORE_OK && !few) {
        return gather_ranked(gather, first, end, PART_LITTLE);
    }
    for (size_t i = first; i < end && error == STORE_OK; i++) {
        error = hear_accreditors(gather, gather->issuers[i], &found[i - first], PART_ALL);
        gather->rows[gather->issuers[i]].heard_all = true;
    }
    return error;
}

static enum store_error gather_layers(struct gather *gather)
{
    enum store_error error = STORE_OK;

    for (unsigned depth = 0; depth <= CHAIN_DEPTH_MAX && gather->answered < gather->issuer_count; depth++) {
        const size_t end = gather->issuer_count;

        error = gather_layer(gather, gather->answered, end);
        if (error != STORE_OK) {
            return error;
        }
        gather->answered = end;
    }
    return error;
}

/* Whoever says much is heard when all others were, to the top. */
static enum store_error gather_much(struct gather *gather, size_t first)
{
    enum store_error error = STORE_OK;

    for (unsigned depth = 0; depth <= CHAIN_DEPTH_MAX && first < gather->issuer_count; depth++) {
        const size_t end = gather->issuer_count;

        gather->hears_much = true;
        error = gather_ranked(gather, first, end, PART_MUCH);
        gather->hears_much = false;
        if (error == STORE_OK) {
            error = gather_layers(gather);
        }
        if (error != STORE_OK) {
            return error;
        }
        first = end;
    }
    return error;
}

enum store_error gather_issuers(struct gather *gather)
{
    const size_t first = gather->answered;
    enum store_error error;

    gather->any_much = false;
    error = gather_layers(gather);
    return error == STORE_OK && gather->any_much ? gather_much(gather, first) : error;
}

enum store_error gather_kept_grants(struct gather *gather, size_t by)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < gather->issuer_count && error == STORE_OK; i++) {
        bool more = false;

        error = gather_side_withdrawals(gather, gather->issuers[i], by, SIDE_KEPT, &more);
        if (error == STORE_OK && more) {
            error = note_more(gather, by, &gather->out->cuts.withdrawals);
        }
        if (error == STORE_OK) {
            error = gather_side_accreditations(gather, gather->issuers[i], by, SIDE_KEPT);
        }
    }
    return error;
}
