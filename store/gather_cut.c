#include "protocol/base/sort.h"
#include "store/gather.h"

/* Where the block lies that a withdrawal or a succession names as the last one that counts. Where it is not
 * on the chain that is followed it is looked for when all cuts are known, in an order that is the same at
 * every node: so that what one names leaves room for what others do. */

enum {
    DESCENDED_MAX = 8 * CUT_SIDE_MAX,  /* for all cuts of a question */
    DESCENDED_REST_MAX = CUT_SIDE_MAX, /* for those that were put off */
};

/* Blocks of a branch from a cut down. */
struct descent {
    struct gather *gather;
    size_t log;
    size_t count;
    size_t *left; /* steps */
    bool out_of_steps;
    struct hash hashes[CUT_SIDE_MAX]; /* from the cut down */
};

/* STORE_NOT_FOUND: no block with that hash is on the chain, as far as it had arrived by then. */
static enum store_error find_on_chain(struct gather *gather, size_t at, uint64_t seq, const struct hash *hash)
{
    const struct dossier_log *log = &gather->out->logs[at];
    struct disk_record record;
    enum store_error error;

    if (!log->known || seq > log->head_seq || !dossier_log_reaches(log, seq)) {
        return STORE_NOT_FOUND;
    }
    error = record_find(gather->txn, gather->rows[at].number, seq, &record);
    if (error != STORE_OK) {
        return error;
    }
    return hash_equal(&record.hash, hash) ? STORE_OK : STORE_NOT_FOUND;
}

/* Read which block comes before one of a branch. STORE_NOT_FOUND: it is not held, or was not by then. */
static enum store_error read_previous(const struct descent *descent, uint64_t seq, const struct hash *hash,
                                      struct hash *previous)
{
    struct gather *gather = descent->gather;
    struct arena *arena = gather->arena;
    size_t mark = arena_mark(arena);
    struct stored_block stored;
    struct block_parts parts;
    struct header header;
    enum reason reason;
    enum store_error error =
        stored_block_read(gather->txn, gather->rows[descent->log].number, seq, hash, &stored);

    if (error != STORE_OK) {
        return error;
    }
    if (stored.arrived_s > gather->known_by_s) {
        return STORE_NOT_FOUND;
    }
    if (!stored_block_parts(&stored, &parts)) {
        return txn_fail(gather->txn, STORE_DAMAGED);
    }
    reason = schema_decode_known(&header_schema, &header, parts.header, arena);
    if (reason != REASON_NONE) {
        return txn_fail_decode(gather->txn, reason, arena);
    }
    *previous = header.previous;
    arena_rewind(arena, mark);
    return STORE_OK;
}

/* Keep the branch's hashes, the lowest first. */
static enum store_error keep_side(const struct descent *descent, struct dossier_cut *cut)
{
    struct hash *side = arena_take(descent->gather->arena, descent->count * sizeof *side);

    if (!side) {
        return STORE_NO_MEMORY;
    }
    for (size_t i = 0; i < descent->count; i++) {
        side[i] = descent->hashes[descent->count - 1 - i];
    }
    cut->found = CUT_ON_SIDE;
    cut->chain_seq = cut->seq - descent->count;
    cut->side_count = descent->count;
    cut->side = side;
    return STORE_OK;
}

/* Returns: false when none is left. */
static bool take_step(struct descent *descent)
{
    descent->out_of_steps = *descent->left == 0;
    *descent->left -= !descent->out_of_steps;
    return !descent->out_of_steps;
}

static enum store_error descend(struct descent *descent, struct dossier_cut *cut)
{
    struct hash hash = cut->head;

    for (uint64_t seq = cut->seq;; seq--) {
        enum store_error error = find_on_chain(descent->gather, descent->log, seq, &hash);

        if (error != STORE_NOT_FOUND) {
            return error == STORE_OK ? keep_side(descent, cut) : error;
        }
        if (seq == 0) {
            return STORE_NOT_FOUND;
        }
        if (descent->count == CUT_SIDE_MAX || !take_step(descent)) {
            cut->found = CUT_TOO_LONG;
            return STORE_OK;
        }
        descent->hashes[descent->count++] = hash;
        error = read_previous(descent, seq, &descent->hashes[descent->count - 1], &hash);
        if (error != STORE_OK) {
            return error;
        }
    }
}

/* ---- on the chain ---- */

static struct dossier_cut *cut_of(const struct gather *gather, const struct gathered_cut *named)
{
    return named->succession ? &gather->out->successions[named->index].cut
                             : &gather->out->withdrawals[named->index].cut;
}

static enum store_error add_cut(struct gather *gather, const struct gathered_cut *named)
{
    gather->cuts =
        gather_grow(gather->arena, gather->cuts, gather->cut_count, &gather->cut_capacity, sizeof *named);
    if (!gather->cuts) {
        return STORE_NO_MEMORY;
    }
    gather->cuts[gather->cut_count++] = *named;
    return STORE_OK;
}

static enum store_error place_cut(struct gather *gather, const struct gathered_cut *named)
{
    struct dossier_cut *cut = cut_of(gather, named);
    enum store_error error;

    if (gather->rows[named->log].number == NUMBER_NONE) {
        return STORE_OK;
    }
    error = find_on_chain(gather, named->log, cut->seq, &cut->head);
    if (error == STORE_OK) {
        cut->found = CUT_ON_CHAIN;
        cut->chain_seq = cut->seq;
    }
    return error == STORE_NOT_FOUND ? add_cut(gather, named) : error;
}

enum store_error gather_withdrawal_cut(struct gather *gather, size_t log)
{
    const size_t index = gather->out->withdrawal_count - 1;
    struct dossier_withdrawal *row = &gather->out->withdrawals[index];

    row->cut = (struct dossier_cut){
        .found = CUT_NOT_HELD, .seq = row->withdrawal.cut_seq, .head = row->withdrawal.cut_head};
    return place_cut(gather, &(struct gathered_cut){.by = row->place.log, .log = log, .index = index});
}

enum store_error gather_succession_cut(struct gather *gather, size_t index)
{
    struct dossier_succession *row = &gather->out->successions[index];

    row->cut = (struct dossier_cut){
        .found = CUT_NOT_HELD, .seq = row->succession.cut_seq, .head = row->succession.cut_head};
    return place_cut(gather,
                     &(struct gathered_cut){
                         .by = row->place.log, .log = row->place.log, .succession = true, .index = index});
}

/* ---- beside it ---- */

/* One that is looked for, and what is the same at every node. */
struct looked_for {
    struct gathered_cut *named;
    const struct actor_id *author;
    const struct dossier_place *place;
};

static int order_named(const struct looked_for *left, const struct looked_for *right)
{
    const struct dossier_place *a = left->place;
    const struct dossier_place *b = right->place;

    if (!actor_id_equal(left->author, right->author)) {
        return hash_compare(&left->author->hash, &right->author->hash);
    }
    if (a->seq != b->seq) {
        return a->seq < b->seq ? -1 : 1;
    }
    if (a->index != b->index) {
        return a->index < b->index ? -1 : 1;
    }
    if (a->block.side != b->block.side) {
        return a->block.side ? 1 : -1;
    }
    return hash_compare(&a->block_hash, &b->block_hash);
}

static int order_by_author(const void *a, const void *b)
{
    return order_named(a, b);
}

static int order_by_round(const void *a, const void *b)
{
    const struct looked_for *left = a;
    const struct looked_for *right = b;

    if (left->named->round != right->named->round) {
        return left->named->round < right->named->round ? -1 : 1;
    }
    return order_named(left, right);
}

/* Whether it bears on what is asked where a cut lies: who names it may accredit whom it is of, and that one
 * may speak, for any of it. */
static enum store_error bears(struct gather *gather, const struct gathered_cut *named, bool *out)
{
    const struct asked *asked = gather->rows[named->log].asked;
    enum rank rank = RANK_AUTHORISED;
    enum store_error error = STORE_OK;

    if (named->succession) {
        *out = gather->rest ||
               gather_asks_in(gather, gather->out->successions[named->index].succession.name_space);
        return STORE_OK;
    }
    if (!gather->rest) {
        error = gather_rank_asked(gather, &gather->out->logs[named->by].author, 1, asked, &rank);
    }
    if (!gather->rest && error == STORE_OK && rank != RANK_STRANGER) {
        error = gather_rank_of_asked(gather, named->log, &rank);
    }
    *out = rank != RANK_STRANGER;
    return error;
}

/* Those that were not looked for yet and bear on what is asked. */
static enum store_error list_cuts(struct gather *gather, struct looked_for *out, size_t *count)
{
    enum store_error error = STORE_OK;

    *count = 0;
    for (size_t i = 0; i < gather->cut_count && error == STORE_OK; i++) {
        struct gathered_cut *named = &gather->cuts[i];
        bool any = false;

        if (named->found) {
            continue;
        }
        error = bears(gather, named, &any);
        if (error == STORE_OK && any) {
            out[(*count)++] = (struct looked_for){
                .named = named,
                .author = &gather->out->logs[named->by].author,
                .place = named->succession ? &gather->out->successions[named->index].place
                                           : &gather->out->withdrawals[named->index].place,
            };
        }
        gather->put_off |= error == STORE_OK && !any;
    }
    return error;
}

static size_t count_found(const struct gather *gather, size_t by)
{
    size_t count = 0;

    for (size_t i = 0; i < gather->cut_count; i++) {
        count += gather->cuts[i].found && gather->cuts[i].by == by;
    }
    return count;
}

/* Requires: cuts are in the order of their authors. */
static void number_rounds(const struct gather *gather, const struct looked_for *cuts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct gathered_cut *before = i > 0 ? cuts[i - 1].named : NULL;

        cuts[i].named->round = before && before->by == cuts[i].named->by
                                   ? before->round + 1
                                   : count_found(gather, cuts[i].named->by);
    }
}

/* One that lies on a branch along which another was found is found with it. */
static bool is_on_found(const struct gather *gather, const struct gathered_cut *named)
{
    struct dossier_cut *cut = cut_of(gather, named);

    for (size_t i = 0; i < gather->cut_count; i++) {
        const struct gathered_cut *other = &gather->cuts[i];
        const struct dossier_cut *along = cut_of(gather, other);

        if (!other->found || other->log != named->log || along->found != CUT_ON_SIDE ||
            cut->seq <= along->chain_seq || cut->seq > along->seq ||
            !hash_equal(&along->side[cut->seq - along->chain_seq - 1], &cut->head)) {
            continue;
        }
        cut->found = CUT_ON_SIDE;
        cut->chain_seq = along->chain_seq;
        cut->side_count = (size_t)(cut->seq - along->chain_seq);
        cut->side = along->side;
        return true;
    }
    return false;
}

/* What the cut keeps is not known: what its author said of others, or of those whom it let speak. */
static void say_out_of_steps(struct gather *gather, const struct gathered_cut *named)
{
    const struct asked *asked = gather->rows[named->log].asked;

    gather_say_cut(gather, &gather->out->cuts.credentials);
    if (named->succession || asked->above) {
        gather_say_cut(gather, &gather->out->cuts.accreditations);
    }
}

/* Look for one with so many steps. */
static enum store_error find_cut(struct gather *gather, struct gathered_cut *named, size_t *left)
{
    struct descent descent;
    enum store_error error = STORE_OK;

    descent.gather = gather;
    descent.log = named->log;
    descent.count = 0;
    descent.left = left;
    descent.out_of_steps = false;
    if (!is_on_found(gather, named)) {
        error = descend(&descent, cut_of(gather, named));
    }
    named->found = true;
    if (error == STORE_OK && descent.out_of_steps) {
        say_out_of_steps(gather, named);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error find_cuts(struct gather *gather, const struct looked_for *cuts, size_t count)
{
    const size_t max = gather->rest ? DESCENDED_REST_MAX : DESCENDED_MAX;
    size_t *descended = gather->rest ? &gather->descended_rest : &gather->descended;
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        size_t left = max - *descended;

        error = find_cut(gather, cuts[i].named, &left);
        *descended = max - left;
    }
    return error;
}

enum store_error gather_cuts(struct gather *gather)
{
    const size_t mark = arena_mark(gather->arena);
    struct looked_for *cuts;
    size_t count = 0;
    enum store_error error;

    if (gather->cut_count == 0) {
        return STORE_OK;
    }
    cuts = arena_take(gather->arena, gather->cut_count * sizeof *cuts);
    if (!cuts) {
        return STORE_NO_MEMORY;
    }
    error = list_cuts(gather, cuts, &count);
    if (count == 0) {
        arena_rewind(gather->arena, mark);
        return error;
    }
    sort_items(cuts, count, sizeof *cuts, order_by_author);
    number_rounds(gather, cuts, count);
    sort_items(cuts, count, sizeof *cuts, order_by_round);
    return find_cuts(gather, cuts, count);
}
