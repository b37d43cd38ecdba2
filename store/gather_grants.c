#include <stdlib.h>
#include <string.h>

#include "protocol/base/sort.h"
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

/* Note that more is there than was looked at of what accreditor by says of the author of log. Nothing that a
 * stranger says counts, so that nothing of it is missed. Its rank is asked here and not before: it costs a
 * climb. Writes: *cut, where it is none. */
static enum store_error note_more(struct gather *gather, size_t log, size_t by, bool *cut)
{
    enum rank rank;
    enum store_error error =
        gather_rank_asked(gather, &gather->out->logs[by].author, 1, gather->rows[log].asked, &rank);

    *cut |= error == STORE_OK && rank != RANK_STRANGER;
    return error;
}

/* The same, where it is said that a limit left that out. */
static enum store_error say_more(struct gather *gather, size_t log, size_t by, bool *cut)
{
    bool more = false;
    enum store_error error = note_more(gather, log, by, &more);

    if (more) {
        gather_say_cut(gather, cut);
    }
    return error;
}

/* The same of what it took back. */
static enum store_error say_more_withdrawals(struct gather *gather, size_t log, size_t by)
{
    bool more = false;
    enum store_error error = note_more(gather, log, by, &more);

    if (more) {
        gather_say_withdrawals_cut(gather, log);
    }
    return error;
}

/* How many accreditations and how many withdrawals there may be. */
static size_t room_of(const struct gather *gather)
{
    return DOSSIER_GRANTS_MAX - gather->left_room;
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
    return row->withdrawal.has_cut ? gather_withdrawal_cut(gather, delegate) : STORE_OK;
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

/* What one accreditor says of the author of a log on its chain. */
struct said {
    size_t count;
    struct entry_at *grants;
    enum grants_cut cut;
};

static enum store_error find_said(struct gather *gather, size_t log, size_t by, enum grant_kind kind,
                                  size_t max, struct said *said)
{
    struct key key = grant_key_of_actor(kind, &gather->out->logs[log].author);

    grant_key_add_author(&key, gather->rows[by].number);
    return grants_find(gather->txn, &key, max, &said->grants, &said->count, &said->cut, gather->arena);
}

static enum store_error add_withdrawals(struct gather *gather, size_t log, const struct said *said)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < said->count && error == STORE_OK; i++) {
        error = add_withdrawal(gather, log, &(struct found_grant){.grant = &said->grants[i]});
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    return error;
}

/* What accreditor by took back from the author of log. *more: set where it did of more than that. */
static enum store_error gather_withdrawals(struct gather *gather, size_t log, size_t by, bool *more)
{
    struct said said;
    enum store_error error = find_said(gather, log, by, GRANT_WITHDRAWAL,
                                       room_beyond(gather, gather->out->withdrawal_count), &said);

    if (error == STORE_OK) {
        *more |= said.cut != GRANTS_CUT_NONE;
        error = add_withdrawals(gather, log, &said);
    }
    return error == STORE_OK ? gather_side_withdrawals(gather, log, by, SIDE_OPEN | SIDE_SPEAKING, more)
                             : error;
}

enum {
    /* So few accreditors of one, who say little, are heard whoever they are: to know how they stand costs a
     * climb for each. Of all that takes half of the room at most. */
    FEW = 8,
    FEW_GRANTS = DOSSIER_GRANTS_MAX / 2,
    /* What strangers say tells at most why somebody is not authorised. */
    STRANGER_GRANTS_MAX = 64,
    STRANGER_GRANTS_EACH_MAX = 4,
    LITTLE_MAX = 16, /* accreditations and withdrawals of one delegate */
    /* What many say leaves room for what cuts keep, and those who say much, or are many, leave some for who
     * let them. */
    LEFT_BY_MANY = DOSSIER_GRANTS_MAX / 8,
    LEFT_BY_MUCH = 2 * LEFT_BY_MANY,
};

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

static enum store_error add_accreditations(struct gather *gather, const struct said *said, size_t first)
{
    enum store_error error = STORE_OK;

    for (size_t i = first; i < said->count && error == STORE_OK; i++) {
        error = add_accreditation(gather, &(struct found_grant){.grant = &said->grants[i]});
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    return error;
}

/* What accreditor by said of the author of log, and what it took back. Its withdrawals come first: without
 * room for them its accreditations would count for too much, and are left out: whatever it took back, it does
 * not matter then to whom others accredited. Writes: *without, whether they are. */
static enum store_error gather_accreditor(struct gather *gather, size_t log, size_t by, enum rank rank,
                                          bool *without)
{
    struct dossier_cuts *cuts = &gather->out->cuts;
    struct said said;
    size_t first = 0;
    bool more = false, by_heir = false;
    enum store_error error = gather_withdrawals(gather, log, by, &more);

    if (error == STORE_OK && more) {
        error = note_more(gather, log, by, is_heir(gather, by) ? &by_heir : without);
    }
    if (by_heir) {
        gather_say_withdrawals_cut(gather, log);
    }
    if (*without) {
        gather_say_cut(gather, &cuts->accreditations);
    }
    if (error != STORE_OK || *without) {
        return error;
    }
    error = find_said(gather, log, by, GRANT_ACCREDITATION,
                      room_beyond(gather, gather->out->accreditation_count), &said);
    if (error == STORE_OK && said.cut != GRANTS_CUT_NONE) {
        error = say_more(gather, log, by, &cuts->accreditations);
    }
    if (error != STORE_OK) {
        return error;
    }
    if (rank == RANK_STRANGER) {
        first = said.count > STRANGER_GRANTS_EACH_MAX ? said.count - STRANGER_GRANTS_EACH_MAX : 0;
        gather->stranger_grants += said.count - first;
    }
    error = add_accreditations(gather, &said, first);
    return error == STORE_OK && said.count > 0 ? gather_ask_above(gather, by, log) : error;
}

/* Accreditors of one actor, each once. */
struct accreditors {
    size_t count;
    uint32_t *numbers;
    bool cut; /* there are more */
};

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
                                                    const struct accreditors *accreditors)
{
    const struct dossier *out = gather->out;
    struct asked *asked = gather->rows[log].asked;
    const bool any = accreditors->count > 0 && !asked->heirs;
    enum store_error error = STORE_OK;

    asked->heirs |= any;
    for (size_t i = 0; i < out->succession_count && any && error == STORE_OK; i++) {
        size_t heir;

        if (is_named_before(out, i)) {
            continue;
        }
        error = gather_log(gather, &out->successions[i].succession.successor, &heir);
        if (error == STORE_OK && out->logs[heir].known &&
            !is_among(accreditors->numbers, accreditors->count, gather->rows[heir].number)) {
            bool more = false;

            error = gather_withdrawals(gather, log, heir, &more);
            if (error == STORE_OK && more) {
                error = say_more_withdrawals(gather, log, heir);
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
            error = gather_ask_above(gather, by, log);
        }
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    return error == STORE_OK && cut ? say_more(gather, log, by, &out->cuts.accreditations) : error;
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
static enum store_error hear_accreditor(struct gather *gather, size_t log, size_t by, enum rank rank)
{
    bool without = false, kept = false;
    enum store_error error = gather_accreditor(gather, log, by, rank, &without);

    if (error == STORE_OK) {
        error = gather_may_be_kept(gather, by, &kept);
    }
    if (error == STORE_OK && kept) {
        error = gather_ask_above(gather, by, log);
    }
    if (error == STORE_OK && !without) {
        error = gather_side_accreditations(gather, log, by, SIDE_OPEN | SIDE_SPEAKING);
    }
    return error;
}

/* Whether what an accreditor said of the author of log is there. */
static bool is_heard(const struct gather *gather, size_t log, size_t by)
{
    const struct dossier *out = gather->out;
    const struct actor_id *author = &out->logs[log].author;

    if (!gather->rows[log].asked->begun) {
        return false;
    }
    for (size_t i = 0; i < out->accreditation_count; i++) {
        const struct dossier_accreditation *row = &out->accreditations[i];

        if (row->place.log == by && actor_id_equal(&row->accreditation.delegate, author)) {
            return true;
        }
    }
    for (size_t i = 0; i < out->withdrawal_count; i++) {
        const struct dossier_withdrawal *row = &out->withdrawals[i];

        if (row->place.log == by && actor_id_equal(&row->withdrawal.delegate, author)) {
            return true;
        }
    }
    return false;
}

/* Whether an accreditor says anything of the author of log beside its chain. */
static enum store_error speaks_beside(struct gather *gather, size_t log, size_t by, bool *out)
{
    static const enum grant_kind kinds[] = {GRANT_ACCREDITATION, GRANT_WITHDRAWAL};
    enum store_error error = STORE_OK;

    *out = false;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && gather->rows[by].sides && !*out; i++) {
        struct key key = grant_key_of_actor(kinds[i], &gather->out->logs[log].author);

        grant_key_add_author(&key, gather->rows[by].number);
        error = side_has(gather->txn, &key, out);
    }
    return error;
}

/* ---- few ---- */

struct few_accreditor {
    size_t by;
    bool heard;
    struct said accreditations, withdrawals;
};

/* Read what one says. *few: whether it is little, and on its chain alone. */
static enum store_error find_few_said(struct gather *gather, size_t log, struct few_accreditor *out,
                                      bool *few)
{
    bool beside = false;
    enum store_error error =
        find_said(gather, log, out->by, GRANT_ACCREDITATION, LITTLE_MAX, &out->accreditations);

    if (error == STORE_OK) {
        error = find_said(gather, log, out->by, GRANT_WITHDRAWAL, LITTLE_MAX, &out->withdrawals);
    }
    if (error == STORE_OK) {
        error = speaks_beside(gather, log, out->by, &beside);
    }
    *few = error == STORE_OK && !beside && out->accreditations.cut == GRANTS_CUT_NONE &&
           out->withdrawals.cut == GRANTS_CUT_NONE;
    return error;
}

/* Who accredited the author of log. *few: whether what they say may be heard whoever they are. */
static enum store_error find_few(struct gather *gather, size_t log, struct accreditors *accreditors,
                                 struct few_accreditor found[FEW], bool *few)
{
    enum store_error error;

    *few = gather->out->accreditation_count <= FEW_GRANTS && gather->out->withdrawal_count <= FEW_GRANTS;
    if (!*few) {
        return STORE_OK;
    }
    error = find_accreditors(gather, log, FEW, accreditors);
    *few = error == STORE_OK && !accreditors->cut && accreditors->count <= FEW;
    for (size_t i = 0; *few && i < accreditors->count; i++) {
        struct few_accreditor *one = &found[i];

        error = gather_log_of_number(gather, accreditors->numbers[i], &one->by);
        if (error != STORE_OK) {
            *few = false;
            break;
        }
        one->heard = is_heard(gather, log, one->by);
        if (!one->heard) {
            error = find_few_said(gather, log, one, few);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Whether any of the accreditations from one on is for what is asked about log. */
static bool any_meets(const struct gather *gather, size_t log, size_t from)
{
    for (size_t i = from; i < gather->out->accreditation_count; i++) {
        if (gather_meets(gather->rows[log].asked, &gather->out->accreditations[i].accreditation)) {
            return true;
        }
    }
    return false;
}

/* One that accredits for something else alone is heard where it might do so for what is asked. */
static enum store_error hear_one_of_few(struct gather *gather, size_t log, const struct few_accreditor *one)
{
    const size_t before = gather->out->accreditation_count;
    enum store_error error = STORE_OK;
    bool counts = true;

    if (!one->heard) {
        error = add_accreditations(gather, &one->accreditations, 0);
        counts = error == STORE_OK && any_meets(gather, log, before);
    }
    if (error == STORE_OK && !counts) {
        error = note_more(gather, log, one->by, &counts);
    }
    if (error != STORE_OK || !counts) {
        gather->out->accreditation_count = before;
        gather_put_off(gather, log);
        return error;
    }
    if (!one->heard) {
        error = add_withdrawals(gather, log, &one->withdrawals);
    }
    return error == STORE_OK ? gather_ask_above(gather, one->by, log) : error;
}

/* *few: whether they were heard. */
static enum store_error hear_few(struct gather *gather, size_t log, bool *few)
{
    struct few_accreditor found[FEW];
    struct accreditors accreditors = {0};
    enum store_error error = find_few(gather, log, &accreditors, found, few);

    for (size_t i = 0; i < accreditors.count && *few && error == STORE_OK; i++) {
        error = hear_one_of_few(gather, log, &found[i]);
    }
    gather->rows[log].asked->begun |= *few;
    return error == STORE_OK && *few ? gather_withdrawals_of_heirs(gather, log, &accreditors) : error;
}

/* ---- many ---- */

/* Of whom it is heard in one go: first those who say little of one delegate, then those who say much, so that
 * these take no room but what is left. */
enum part { PART_LITTLE, PART_MUCH };

static enum store_error says_more_than(struct gather *gather, size_t log, size_t by, enum grant_kind kind,
                                       size_t *left, bool *out)
{
    const size_t mark = arena_mark(gather->arena);
    struct said said;
    enum store_error error = find_said(gather, log, by, kind, *left + 1, &said);

    arena_rewind(gather->arena, mark);
    if (error != STORE_OK) {
        return error;
    }
    *out |= said.count > *left;
    *left -= said.count > *left ? *left : said.count;
    return STORE_OK;
}

static enum store_error is_in_part(struct gather *gather, size_t log, size_t by, enum part part, bool *out)
{
    size_t left = LITTLE_MAX;
    bool much = false;
    enum store_error error = speaks_beside(gather, log, by, &much);

    if (error == STORE_OK) {
        error = says_more_than(gather, log, by, GRANT_ACCREDITATION, &left, &much);
    }
    if (error == STORE_OK) {
        error = says_more_than(gather, log, by, GRANT_WITHDRAWAL, &left, &much);
    }
    *out = much == (part == PART_MUCH);
    if (much && part == PART_LITTLE) {
        gather->rows[log].asked->much = gather->any_much = true;
    }
    return error;
}

/* One that accredits the author of a log. */
struct turn {
    enum rank rank;
    bool near; /* it owns a namespace, or its owner accredited it itself */
    uint32_t number;
    struct actor_id author;
};

static int order_turns(const void *a, const void *b)
{
    const struct turn *left = a;
    const struct turn *right = b;

    if (left->rank != right->rank) {
        return left->rank < right->rank ? -1 : 1;
    }
    if (left->near != right->near) {
        return left->near ? -1 : 1;
    }
    return hash_compare(&left->author.hash, &right->author.hash);
}

static enum store_error hear_turn(struct gather *gather, size_t log, const struct turn *turn, enum part part)
{
    size_t by;
    bool now = false;
    enum store_error error;

    if (turn->rank == RANK_STRANGER && gather->stranger_grants >= STRANGER_GRANTS_MAX) {
        return STORE_OK;
    }
    error = gather_log_of_number(gather, turn->number, &by);
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    if (is_heard(gather, log, by)) {
        return gather_ask_above(gather, by, log);
    }
    error = is_in_part(gather, log, by, part, &now);
    if (error != STORE_OK || !now) {
        return error;
    }
    gather->rows[log].asked->begun = true;
    return hear_accreditor(gather, log, by, turn->rank);
}

/* Numbers of those who own a namespace: whom trust names, and who came after them. The caller frees *numbers.
 */
static enum store_error list_owners(struct gather *gather, uint32_t **numbers, size_t *count)
{
    const struct trust *trust = gather->trust;
    const struct dossier *out = gather->out;
    enum store_error error = STORE_OK;

    *count = 0;
    *numbers = malloc((trust->owner_count + out->succession_count + 1) * sizeof **numbers);
    for (size_t i = 0; *numbers && i < trust->owner_count && error == STORE_OK; i++) {
        error = gather_number(gather, &trust->owners[i].actor, &(*numbers)[(*count)++]);
    }
    for (size_t i = 0; *numbers && i < out->succession_count && error == STORE_OK; i++) {
        error = gather_number(gather, &out->successions[i].succession.successor, &(*numbers)[(*count)++]);
    }
    return *numbers ? error : STORE_NO_MEMORY;
}

/* Put accreditors into an order that is the same at every node: where there is no room for all it says who is
 * heard. */
static enum store_error order_accreditors(struct gather *gather, const struct accreditors *accreditors,
                                          struct turn *turns)
{
    uint32_t *owners;
    size_t owner_count;
    enum store_error error = list_owners(gather, &owners, &owner_count);

    for (size_t i = 0; i < accreditors->count && error == STORE_OK; i++) {
        turns[i] = (struct turn){.number = accreditors->numbers[i]};
        error = author_name(gather->txn, turns[i].number, &turns[i].author);
        if (error == STORE_NOT_FOUND) {
            error = txn_fail(gather->txn, STORE_DAMAGED);
        }
        if (error == STORE_OK) {
            error =
                grants_is_accredited_by(gather->txn, &turns[i].author, owners, owner_count, &turns[i].near);
        }
        turns[i].near |= is_among(owners, owner_count, turns[i].number);
    }
    free(owners);
    if (error == STORE_OK) {
        sort_items(turns, accreditors->count, sizeof *turns, order_turns);
    }
    return error;
}

/* Those of the accreditors who may accredit for what is asked, by rank. Strangers are put off, and come last
 * then. Accreditors for whom there is no room are taken out of their list. */
static enum store_error take_turns(struct gather *gather, size_t log, struct accreditors *accreditors,
                                   struct turn *turns, size_t *count)
{
    enum store_error error = order_accreditors(gather, accreditors, turns);
    const size_t all = accreditors->count;
    size_t heard = 0;

    *count = 0;
    for (size_t i = 0; i < all && error == STORE_OK && !accreditors->cut; i++) {
        struct turn turn = turns[i];

        accreditors->numbers[i] = turn.number;
        error = gather_rank_asked(gather, &turn.author, 1, gather->rows[log].asked, &turn.rank);
        if (turn.rank == RANK_STRANGER && !gather->rest) {
            gather_put_off(gather, log);
        } else if (turn.rank == RANK_STRANGER || heard++ < ACCREDITORS_HEARD_MAX) {
            turns[(*count)++] = turn;
        } else {
            accreditors->cut = true;
            accreditors->count = i;
        }
    }
    if (error == STORE_OK) {
        sort_items(turns, *count, sizeof *turns, order_turns);
    }
    return error;
}

/* Nothing is known of who accredited the author of a log and is not heard: nor what its cuts keep. */
static enum store_error say_unheard(struct gather *gather, size_t log)
{
    bool kept = false;
    enum store_error error = gather_may_be_kept(gather, log, &kept);

    gather_say_cut(gather, &gather->out->cuts.accreditations);
    if (kept) {
        gather_say_cut(gather, &gather->out->cuts.credentials);
    }
    return error;
}

/* A log whose author is asked about, with the first of who accredited it. */
struct hearing {
    enum rank rank;
    size_t log;
    const struct actor_id *author;
    size_t count, all;
    struct turn first[FEW];
};

/* Who accredited it. The caller frees *turns. */
static enum store_error list_turns(struct gather *gather, struct hearing *hearing, struct turn **turns)
{
    struct accreditors accreditors;
    enum store_error error = find_accreditors(gather, hearing->log, ACCREDITORS_NAMED_MAX, &accreditors);

    *turns = NULL;
    hearing->all = 0;
    if (error != STORE_OK) {
        return error;
    }
    accreditors.count = accreditors.cut ? 0 : accreditors.count;
    *turns = malloc((accreditors.count + 1) * sizeof **turns);
    error = *turns ? take_turns(gather, hearing->log, &accreditors, *turns, &hearing->all) : STORE_NO_MEMORY;
    if (error == STORE_OK && accreditors.cut) {
        error = say_unheard(gather, hearing->log);
    }
    return error == STORE_OK ? gather_withdrawals_of_heirs(gather, hearing->log, &accreditors) : error;
}

static enum store_error begin_hearing(struct gather *gather, struct hearing *hearing)
{
    struct turn *turns;
    enum store_error error = list_turns(gather, hearing, &turns);

    if (error == STORE_OK) {
        hearing->count = hearing->all < FEW ? hearing->all : FEW;
        memcpy(hearing->first, turns, hearing->count * sizeof *turns);
    }
    free(turns);
    return error;
}

/* Whoever is not among the first of many leaves room for others. */
static enum store_error end_hearing(struct gather *gather, struct hearing *hearing, enum part part)
{
    struct turn *turns;
    enum store_error error;

    if (hearing->all <= FEW) {
        return STORE_OK;
    }
    error = list_turns(gather, hearing, &turns);
    gather->left_room = LEFT_BY_MUCH;
    for (size_t i = FEW; i < hearing->all && error == STORE_OK; i++) {
        error = hear_turn(gather, hearing->log, &turns[i], part);
    }
    gather->left_room = 0;
    free(turns);
    return error;
}

/* Of each log one after the other: what many say of one takes no room of others. */
static enum store_error hear_first(struct gather *gather, struct hearing *hearings, size_t count,
                                   enum part part)
{
    enum store_error error = STORE_OK;

    gather->left_room = part == PART_MUCH ? LEFT_BY_MUCH : LEFT_BY_MANY;
    for (size_t i = 0; i < FEW && error == STORE_OK; i++) {
        for (size_t k = 0; k < count && error == STORE_OK; k++) {
            if (i < hearings[k].count) {
                error = hear_turn(gather, hearings[k].log, &hearings[k].first[i], part);
            }
        }
    }
    gather->left_room = 0;
    return error;
}

static int order_hearings(const void *a, const void *b)
{
    const struct hearing *left = a;
    const struct hearing *right = b;

    if (left->rank != right->rank) {
        return left->rank < right->rank ? -1 : 1;
    }
    return hash_compare(&left->author->hash, &right->author->hash);
}

/* The logs whose authors may be let speak. Who accredited a stranger is put off, and asked last then. */
static enum store_error take_hearings(struct gather *gather, const size_t *logs, size_t log_count,
                                      struct hearing *hearings, size_t *count)
{
    enum store_error error = STORE_OK;

    *count = 0;
    for (size_t i = 0; i < log_count && error == STORE_OK; i++) {
        struct hearing *hearing = &hearings[*count];

        hearing->log = logs[i];
        hearing->author = &gather->out->logs[logs[i]].author;
        error = gather_rank_of_asked(gather, logs[i], &hearing->rank);
        if (error == STORE_OK && hearing->rank == RANK_STRANGER && !gather->rest) {
            gather_put_off(gather, logs[i]);
        } else {
            ++*count;
        }
    }
    if (error == STORE_OK) {
        sort_items(hearings, *count, sizeof *hearings, order_hearings);
    }
    return error;
}

static enum store_error gather_ranked(struct gather *gather, const size_t *logs, size_t log_count,
                                      enum part part)
{
    struct hearing *hearings = malloc(log_count * sizeof *hearings);
    size_t count = 0;
    enum store_error error =
        hearings ? take_hearings(gather, logs, log_count, hearings, &count) : STORE_NO_MEMORY;

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = begin_hearing(gather, &hearings[i]);
    }
    if (error == STORE_OK) {
        error = hear_first(gather, hearings, count, part);
    }
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = end_hearing(gather, &hearings[i], part);
    }
    free(hearings);
    return error;
}

/* ---- layer by layer ---- */

struct due {
    const struct actor_id *author;
    size_t log;
};

static int order_due(const void *a, const void *b)
{
    const struct due *left = a;
    const struct due *right = b;

    return hash_compare(&left->author->hash, &right->author->hash);
}

/* Take those that are due out of the list of who is, in an order that is the same at every node: whoever
 * comes first takes of the room. STORE_NO_MEMORY: the arena is full. */
static enum store_error take_due(struct gather *gather, struct due **due, size_t *count)
{
    *count = 0;
    *due = arena_take(gather->arena, gather->due_count * sizeof **due);
    if (!*due) {
        return STORE_NO_MEMORY;
    }
    for (size_t i = 0; i < gather->issuer_count; i++) {
        const size_t log = gather->issuers[i];
        struct asked *asked = gather->rows[log].asked;

        if (asked->due) {
            (*due)[(*count)++] = (struct due){.author = &gather->out->logs[log].author, .log = log};
            asked->due = false;
        }
    }
    gather->due_count = 0;
    sort_items(*due, *count, sizeof **due, order_due);
    return STORE_OK;
}

/* Accreditors that are asked about themselves make the next layer of the search. */
static enum store_error gather_layer(struct gather *gather)
{
    struct due *due;
    size_t count, many = 0;
    size_t *logs;
    enum store_error error = take_due(gather, &due, &count);

    if (error != STORE_OK) {
        return error;
    }
    logs = arena_take(gather->arena, count * sizeof *logs);
    if (!logs) {
        return STORE_NO_MEMORY;
    }
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        bool few = false;

        error = hear_few(gather, due[i].log, &few);
        if (!few) {
            logs[many++] = due[i].log;
        }
    }
    return error == STORE_OK && many > 0 ? gather_ranked(gather, logs, many, PART_LITTLE) : error;
}

static enum store_error gather_layers(struct gather *gather)
{
    enum store_error error = STORE_OK;

    for (unsigned depth = 0; depth <= CHAIN_DEPTH_MAX && gather->due_count > 0 && error == STORE_OK;
         depth++) {
        error = gather_layer(gather);
    }
    return error;
}

/* Whoever says much of those asked about is heard when all others were, to the top. */
static enum store_error gather_much(struct gather *gather)
{
    size_t *logs = arena_take(gather->arena, gather->issuer_count * sizeof *logs);
    size_t count = 0;

    gather->any_much = false;
    if (!logs) {
        return STORE_NO_MEMORY;
    }
    for (size_t i = 0; i < gather->issuer_count; i++) {
        struct asked *asked = gather->rows[gather->issuers[i]].asked;

        if (asked->much) {
            logs[count++] = gather->issuers[i];
            asked->much = false;
        }
    }
    return gather_ranked(gather, logs, count, PART_MUCH);
}

enum store_error gather_issuers(struct gather *gather)
{
    enum store_error error = gather_layers(gather);

    for (unsigned depth = 0; depth <= CHAIN_DEPTH_MAX && gather->any_much && error == STORE_OK; depth++) {
        error = gather_much(gather);
        if (error == STORE_OK) {
            error = gather_layers(gather);
        }
    }
    return error;
}

/* ---- what cuts keep ---- */

/* What one says of the author of log on branches that were dropped, unless it may not for what is asked. */
static enum store_error hear_kept(struct gather *gather, size_t log, size_t by)
{
    bool counts = false, more = false;
    enum store_error error = note_more(gather, log, by, &counts);

    if (error != STORE_OK || !counts) {
        gather_put_off(gather, log);
        return error;
    }
    error = gather_side_withdrawals(gather, log, by, SIDE_KEPT, &more);
    if (more) {
        gather_say_withdrawals_cut(gather, log);
    }
    return error == STORE_OK ? gather_side_accreditations(gather, log, by, SIDE_KEPT) : error;
}

enum store_error gather_kept_grants(struct gather *gather, size_t by)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < gather->issuer_count && error == STORE_OK; i++) {
        bool any = false;

        error = speaks_beside(gather, gather->issuers[i], by, &any);
        if (error == STORE_OK && any) {
            error = hear_kept(gather, gather->issuers[i], by);
        }
    }
    return error;
}
