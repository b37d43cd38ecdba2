#include "protocol/rules/cut.h"

static enum answer yes_if(bool yes)
{
    return yes ? ANSWER_YES : ANSWER_NO;
}

static bool is_on_branch(const struct dossier_cut *cut, const struct hash *block)
{
    for (size_t i = 0; i < cut->side_count; i++) {
        if (hash_equal(&cut->side[i], block)) {
            return true;
        }
    }
    return false;
}

enum answer cut_covers(const struct dossier_cut *cut, const struct dossier_place *place)
{
    if (place->seq > cut->seq) {
        return ANSWER_NO;
    }
    if (place->seq == cut->seq && !hash_is_zero(&place->block_hash)) {
        return yes_if(hash_equal(&place->block_hash, &cut->head));
    }
    switch (cut->found) {
    case CUT_NOT_HELD:
    case CUT_TOO_LONG:
        break;
    case CUT_ON_CHAIN:
        return yes_if(!place->block.side);
    case CUT_ON_SIDE:
        return yes_if(place->block.side ? is_on_branch(cut, &place->block_hash)
                                        : place->seq <= cut->chain_seq);
    }
    return ANSWER_UNKNOWN;
}

enum reason cut_doubt(const struct dossier_cut *cut)
{
    return cut->found == CUT_TOO_LONG ? REASON_TOO_MANY : REASON_CUT_NOT_HELD;
}

static bool covers_both(const struct dossier_cut *cut, const struct dossier_place *a,
                        const struct dossier_place *b)
{
    return cut_covers(cut, a) == ANSWER_YES && cut_covers(cut, b) == ANSWER_YES;
}

/* The cut of a withdrawal if that is one from author, or NULL. */
static const struct dossier_cut *cut_of_withdrawal(const struct dossier *dossier, size_t at,
                                                   const struct actor_id *author)
{
    const struct dossier_withdrawal *found = &dossier->withdrawals[at];
    bool cuts = found->withdrawal.has_cut && actor_id_equal(&found->withdrawal.delegate, author);
    return cuts ? &found->cut : NULL;
}

/* The same of a succession by author that stands. */
static const struct dossier_cut *cut_of_succession(const struct dossier *dossier, size_t at,
                                                   const struct actor_id *author)
{
    const struct dossier_succession *found = &dossier->successions[at];
    bool cuts = found->signature_valid && !found->place.block.side &&
                !dossier_place_is_void(dossier, &found->place) &&
                actor_id_equal(&dossier_log_at(dossier, &found->place)->author, author);
    return cuts ? &found->cut : NULL;
}

/* Two places that one cut covers lie on one line: the higher one descends from the other. */
static bool one_cut_covers(const struct dossier *dossier, const struct actor_id *author,
                           const struct dossier_place *a, const struct dossier_place *b)
{
    for (size_t i = 0; i < dossier->withdrawal_count; i++) {
        const struct dossier_cut *cut = cut_of_withdrawal(dossier, i, author);
        if (cut != NULL && covers_both(cut, a, b)) {
            return true;
        }
    }
    for (size_t i = 0; i < dossier->succession_count; i++) {
        const struct dossier_cut *cut = cut_of_succession(dossier, i, author);
        if (cut != NULL && covers_both(cut, a, b)) {
            return true;
        }
    }
    return false;
}

bool any_cut_covers(const struct dossier *dossier, const struct actor_id *author,
                    const struct dossier_place *place)
{
    return one_cut_covers(dossier, author, place, place);
}

/* Of what several cuts say of one place that which is certain goes before. */
static void add_doubt(enum reason *doubt, const struct dossier_cut *cut, const struct dossier_place *place)
{
    enum answer covers = cut != NULL ? cut_covers(cut, place) : ANSWER_NO;
    if (covers == ANSWER_YES) {
        *doubt = REASON_REWOUND;
    } else if (covers == ANSWER_UNKNOWN && *doubt == REASON_NONE) {
        *doubt = cut_doubt(cut);
    }
}

enum reason doubt_by_cuts(const struct dossier *dossier, const struct actor_id *author,
                          const struct dossier_place *place, bool only_own)
{
    enum reason doubt = REASON_NONE;
    for (size_t i = 0; i < dossier->withdrawal_count && !only_own; i++) {
        add_doubt(&doubt, cut_of_withdrawal(dossier, i, author), place);
    }
    for (size_t i = 0; i < dossier->succession_count; i++) {
        add_doubt(&doubt, cut_of_succession(dossier, i, author), place);
    }
    return doubt;
}

bool place_is_above(const struct dossier *dossier, const struct dossier_place *above,
                    const struct dossier_place *below)
{
    if (!below->block.side) {
        return below->seq <= above->block.base_seq;
    }
    if (below->seq == above->seq) {
        return hash_equal(&below->block_hash, &above->block_hash) && below->index < above->index;
    }
    return below->seq < above->seq &&
           one_cut_covers(dossier, &dossier_log_at(dossier, above)->author, above, below);
}

static bool lists_position(const struct list *positions, uint64_t seq, uint64_t index)
{
    const struct entry_position *items = positions->items;
    for (size_t i = 0; i < positions->count; i++) {
        if (items[i].seq == seq && items[i].index == index) {
            return true;
        }
    }
    return false;
}

enum answer withdrawal_leaves(const struct dossier_withdrawal *found, const struct dossier_place *place)
{
    return lists_position(&found->withdrawal.exceptions, place->seq, place->index)
               ? ANSWER_NO
               : cut_covers(&found->cut, place);
}

bool cut_may_part(const struct dossier_cut *cut, const struct dossier_place *place,
                  const struct dossier_place *later)
{
    return place->seq != later->seq && cut_covers(cut, place) != ANSWER_NO &&
           cut_covers(cut, later) != ANSWER_YES;
}

bool withdrawal_may_part(const struct dossier_withdrawal *found, const struct dossier_place *place,
                         const struct dossier_place *later)
{
    if (!found->withdrawal.has_cut || withdrawal_leaves(found, place) == ANSWER_NO) {
        return false;
    }
    return lists_position(&found->withdrawal.exceptions, later->seq, later->index) ||
           cut_may_part(&found->cut, place, later);
}

bool any_cut_of(const struct dossier *dossier, const struct actor_id *author)
{
    for (size_t i = 0; i < dossier->withdrawal_count; i++) {
        if (cut_of_withdrawal(dossier, i, author) != NULL) {
            return true;
        }
    }
    return false;
}
