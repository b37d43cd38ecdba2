#include <string.h>

#include "protocol/rules/cut.h"
#include "store/gather.h"

/* Which side blocks may count, without reading what they say: their branches are open, or this node followed
 * them for long, a void names their branch, or a cut covers them. Whatever else was signed with keys that
 * were rotated away is passed over, so that it fills no room. */

enum { LINE_MEMO_SIZE = 1024 };

/* What is known of a block's line down to the chain. */
struct line_memo {
    struct hash block; /* zero: none */
    struct branch_line line;
};

struct gathered_sides {
    uint64_t open_epoch;     /* the first one that was open by then */
    bool names;              /* voids of the chain name dropped branches */
    bool erases;             /* side blocks name entries to erase */
    struct line_memo *memos; /* LINE_MEMO_SIZE of them, by the first bytes of the hash; NULL: few lines
                                matter */
};

/* ---- what the chain names ---- */

static enum store_error read_void(struct gather *gather, size_t log, const struct entry_at *at,
                                  uint64_t epoch, struct branch_line *line)
{
    size_t mark = arena_mark(gather->arena);
    struct void_record voids;
    struct disk_record record;
    struct entry entry;
    struct bytes element;
    enum store_error error = record_read(gather->txn, at->author, at->seq, &record);

    if (error == STORE_OK &&
        (record.standing == STANDING_VOID || !dossier_log_reaches(&gather->out->logs[log], at->seq))) {
        return STORE_OK;
    }
    error = error == STORE_OK ? element_read(gather->txn, at, &element) : error;
    if (error != STORE_OK) {
        return error;
    }
    if (entry_decode(&entry, element) != REASON_NONE || entry.kind != ENTRY_VOID ||
        entry_payload_decode(&voids, &entry, gather->arena) != REASON_NONE || !voids.has_branch) {
        return txn_fail(gather->txn, STORE_DAMAGED);
    }
    arena_rewind(gather->arena, mark);
    line->named = voids.branch.epoch == epoch;
    line->void_seq = at->seq;
    line->void_reason = (enum status_reason)voids.reason;
    return STORE_OK;
}

/* The first void that stands by then and names the branch that begins with that block, of that epoch. */
static enum store_error find_void(struct gather *gather, size_t log, const struct hash *first, uint64_t epoch,
                                  struct branch_line *line)
{
    const struct key key = grant_key_of_affiliation(GRANT_VOIDED_BRANCH, first);
    const uint32_t number = gather->rows[log].number;
    struct entry_at at, last;
    enum store_error error = grant_next_by(gather->txn, &key, number, NULL, &at);

    while (error == STORE_OK) {
        error = read_void(gather, log, &at, epoch, line);
        if (error != STORE_OK || line->named) {
            return error;
        }
        last = at;
        error = grant_next_by(gather->txn, &key, number, &last, &at);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error gather_names_branch(struct gather *gather, size_t log, const struct hash *first,
                                     uint64_t epoch, bool *named)
{
    struct branch_line line = {0};
    enum store_error error = find_void(gather, log, first, epoch, &line);

    *named = line.named;
    return error;
}

enum store_error store_names_branch(struct store_txn *txn, const struct network *network,
                                    const struct actor_id *author, const struct hash *first, uint64_t epoch,
                                    bool *named, struct arena *arena)
{
    size_t mark = arena_mark(arena), log;
    struct dossier dossier = {0};
    struct gather gather = {
        .txn = txn, .network = network, .known_by_s = UINT64_MAX, .out = &dossier, .arena = arena};
    enum store_error error = gather_log(&gather, author, &log);

    *named = false;
    if (error == STORE_OK) {
        error = gather_names_branch(&gather, log, first, epoch, named);
    }
    arena_rewind(arena, mark);
    return error;
}

/* ---- lines ---- */

/* NULL: nothing is noted. */
static struct line_memo *memo_of(const struct gathered_sides *sides, const struct hash *block)
{
    uint32_t at;

    if (!sides->memos) {
        return NULL;
    }
    memcpy(&at, block->bytes, sizeof at);
    return &sides->memos[at % LINE_MEMO_SIZE];
}

struct step {
    struct hash hash;
    uint64_t epoch;
};

/* Blocks from one down to, without, the first whose line is known. */
struct descent {
    size_t log;
    size_t count;
    struct step *steps; /* SIDE_DEPTH_MAX */
    struct branch_line below;
};

static enum store_error descend(struct gather *gather, struct descent *descent, uint64_t seq,
                                struct hash hash)
{
    const uint32_t number = gather->rows[descent->log].number;

    for (;; seq--) {
        const struct line_memo *memo = memo_of(gather->rows[descent->log].sides, &hash);
        bool on_chain = false;
        enum store_error error;

        if (memo && hash_equal(&memo->block, &hash)) {
            descent->below = memo->line;
            return STORE_OK;
        }
        error = side_is_on_chain(gather->txn, number, seq, &hash, &on_chain);
        if (error != STORE_OK || on_chain) {
            descent->below = (struct branch_line){.known = on_chain, .base_seq = seq};
            return error;
        }
        if (seq == 0 || descent->count == SIDE_DEPTH_MAX) {
            return STORE_OK;
        }
        descent->steps[descent->count].hash = hash;
        error = side_previous(gather->txn, gather->network, number, seq, &hash, &hash,
                              &descent->steps[descent->count++].epoch, gather->arena);
        if (error != STORE_OK) {
            return error == STORE_NOT_FOUND ? STORE_OK : error;
        }
    }
}

/* From the lowest block upward: each is named itself, or as the one below it is. */
static enum store_error note_lines(struct gather *gather, const struct descent *descent,
                                   struct branch_line *out)
{
    const struct gathered_sides *sides = gather->rows[descent->log].sides;
    enum store_error error = STORE_OK;

    *out = descent->below;
    for (size_t i = descent->count; i > 0 && error == STORE_OK; i--) {
        const struct step *step = &descent->steps[i - 1];
        struct branch_line own = {0};
        struct line_memo *memo;

        if (sides->names) {
            error = find_void(gather, descent->log, &step->hash, step->epoch, &own);
        }
        if (own.named) {
            own.known = out->known;
            own.base_seq = out->base_seq;
            *out = own;
        }
        memo = memo_of(sides, &step->hash);
        if (memo) {
            *memo = (struct line_memo){step->hash, *out};
        }
    }
    return error;
}

enum store_error gather_line(struct gather *gather, size_t log, uint64_t seq, const struct hash *hash,
                             struct branch_line *out)
{
    size_t mark = arena_mark(gather->arena);
    struct descent descent = {.log = log,
                              .steps = arena_take(gather->arena, SIDE_DEPTH_MAX * sizeof *descent.steps)};
    enum store_error error = descent.steps ? descend(gather, &descent, seq, *hash) : STORE_NO_MEMORY;

    *out = (struct branch_line){0};
    if (error == STORE_OK) {
        error = note_lines(gather, &descent, out);
    }
    arena_rewind(gather->arena, mark);
    return error;
}

enum store_error gather_naming(struct gather *gather, size_t log, uint64_t seq, const struct hash *hash,
                               struct branch_line *out)
{
    *out = (struct branch_line){0};
    return gather->rows[log].sides->names ? gather_line(gather, log, seq, hash, out) : STORE_OK;
}

/* ---- rows ---- */

struct parting {
    struct gather *gather;
    size_t log;
    unsigned parts;
    bool kept; /* a cut may cover some */
    enum store_error (*visit)(void *context, const struct side_at *row);
    void *context;
};

static bool is_kept(const struct gather *gather, size_t log, const struct side_at *row)
{
    const struct dossier_place place = {
        .log = log, .seq = row->seq, .block_hash = row->hash, .block = {.side = true}};

    return any_cut_covers(gather->out, &gather->out->logs[log].author, &place);
}

/* Where a row belongs: at most what is asked for is found out. */
static enum store_error parts_of(const struct parting *parting, const struct side_at *row, unsigned *parts)
{
    struct gather *gather = parting->gather;
    struct branch_line line = {0};
    enum store_error error = STORE_OK;

    *parts = 0;
    if (row->epoch >= gather->rows[parting->log].sides->open_epoch) {
        *parts = SIDE_OPEN;
        return STORE_OK;
    }
    if (parting->kept && is_kept(gather, parting->log, row)) {
        *parts |= SIDE_KEPT;
    }
    if ((parting->parts & (SIDE_SPEAKING | SIDE_SHOWN)) != 0 && !row->followed) {
        error = gather_naming(gather, parting->log, row->seq, &row->hash, &line);
    }
    if (row->followed || line.named) {
        *parts |= SIDE_SPEAKING;
    }
    if (*parts == 0) {
        *parts = SIDE_SHOWN;
    }
    return error;
}

static enum store_error visit_parted(void *context, const struct side_at *row)
{
    const struct parting *parting = context;
    unsigned parts;
    enum store_error error = parts_of(parting, row, &parts);

    if (error != STORE_OK || (parts & parting->parts) == 0) {
        return error;
    }
    return parting->visit(parting->context, row);
}

/* Whether any cut of the log's may cover what is not on its chain. */
static bool has_kept(const struct dossier *dossier, const struct actor_id *author)
{
    for (size_t i = 0; i < dossier->withdrawal_count; i++) {
        const struct dossier_withdrawal *row = &dossier->withdrawals[i];

        if (row->withdrawal.has_cut && row->cut.found != CUT_ON_CHAIN && row->cut.found != CUT_NOT_HELD &&
            actor_id_equal(&row->withdrawal.delegate, author)) {
            return true;
        }
    }
    for (size_t i = 0; i < dossier->succession_count; i++) {
        const struct dossier_succession *row = &dossier->successions[i];

        if (row->signature_valid && row->cut.found != CUT_ON_CHAIN && row->cut.found != CUT_NOT_HELD &&
            actor_id_equal(&dossier_log_at(dossier, &row->place)->author, author)) {
            return true;
        }
    }
    return false;
}

bool gather_has_kept(const struct gather *gather, size_t log)
{
    return gather->rows[log].sides && has_kept(gather->out, &gather->out->logs[log].author);
}

bool gather_is_open(const struct gather *gather, size_t log, uint64_t epoch)
{
    return epoch >= gather->rows[log].sides->open_epoch;
}

bool gather_has_erases(const struct gather *gather, size_t log)
{
    return gather->rows[log].sides && gather->rows[log].sides->erases;
}

enum store_error gather_may_be_kept(struct gather *gather, size_t log, bool *out)
{
    const struct key key = grant_key_of_actor(GRANT_WITHDRAWAL, &gather->out->logs[log].author);
    struct entry_at at;
    enum store_error error;

    *out = false;
    if (!gather->rows[log].sides) {
        return STORE_OK;
    }
    error = grant_next(gather->txn, &key, NULL, &at);
    *out = error == STORE_OK;
    return error == STORE_NOT_FOUND ? side_has(gather->txn, &key, out) : error;
}

static enum side_closed closed_of(const struct gather *gather, size_t log, unsigned parts)
{
    if ((parts & SIDE_SHOWN) != 0 || ((parts & SIDE_KEPT) != 0 && gather_has_kept(gather, log)) ||
        ((parts & SIDE_SPEAKING) != 0 && gather->rows[log].sides->names)) {
        return SIDE_CLOSED_ALL;
    }
    return (parts & SIDE_SPEAKING) != 0 ? SIDE_CLOSED_FOLLOWED : SIDE_CLOSED_NONE;
}

enum store_error gather_each_side(struct gather *gather, size_t log, const struct key *about, unsigned parts,
                                  enum store_error (*visit)(void *context, const struct side_at *row),
                                  void *context)
{
    struct parting parting;
    struct side_reach reach;
    struct key key;

    if (!gather->rows[log].sides) {
        return STORE_OK;
    }
    parting = (struct parting){gather, log, parts, gather_has_kept(gather, log), visit, context};
    key = *about;
    reach = (struct side_reach){.open_epoch = gather->rows[log].sides->open_epoch,
                                .closed = closed_of(gather, log, parts)};
    grant_key_add_author(&key, gather->rows[log].number);
    return side_each(gather->txn, &key, &reach, visit_parted, &parting);
}

struct collecting {
    struct gather *gather;
    struct side_at *rows;
    size_t count, capacity, max;
    bool cut;
};

static enum store_error collect(void *context, const struct side_at *row)
{
    struct collecting *collecting = context;

    if (collecting->count == collecting->max) {
        collecting->cut = true;
        return STORE_NOT_FOUND;
    }
    collecting->rows = gather_grow(collecting->gather->arena, collecting->rows, collecting->count,
                                   &collecting->capacity, sizeof *collecting->rows);
    if (!collecting->rows) {
        return STORE_NO_MEMORY;
    }
    collecting->rows[collecting->count++] = *row;
    return STORE_OK;
}

enum store_error gather_side_rows(struct gather *gather, size_t log, const struct key *about, unsigned parts,
                                  size_t max, struct side_at **rows, size_t *count, bool *cut)
{
    struct collecting collecting = {.gather = gather, .max = max};
    enum store_error error = gather_each_side(gather, log, about, parts, collect, &collecting);

    *rows = collecting.rows;
    *count = error == STORE_OK ? collecting.count : 0;
    *cut = collecting.cut;
    return error;
}

/* ---- logs ---- */

/* The epochs from the last one down, until one was closed by then. */
static enum store_error find_open_epoch(struct gather *gather, size_t log, uint64_t *open_epoch)
{
    enum store_error error = STORE_OK;

    *open_epoch = gather->out->logs[log].epoch;
    while (*open_epoch > 0) {
        uint64_t dropped_s = 0;

        error = gather_dropped(gather, log, *open_epoch - 1, &dropped_s);
        if (error != STORE_OK || dropped_s != 0) {
            break;
        }
        --*open_epoch;
    }
    return error;
}

static enum store_error has_names(struct gather *gather, size_t log, bool *names)
{
    const struct key key = grant_key_of_number(GRANT_VOIDED_ANY, gather->rows[log].number, 0);
    struct entry_at at;
    enum store_error error = grant_next(gather->txn, &key, NULL, &at);

    *names = error == STORE_OK;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error has_erases(struct gather *gather, size_t log, bool *erases)
{
    struct key key = {.size = 0};

    key_add_number(&key, GRANT_ERASE, 1);
    key_add_number(&key, gather->rows[log].number, 4);
    return side_has(gather->txn, &key, erases);
}

/* Most authors with side blocks void nothing: what lines are kept in is taken where it is needed. */
static enum store_error take_memos(struct gather *gather, size_t log, struct gathered_sides *sides)
{
    const struct key voids = grant_key_of_number(GRANT_VOID, gather->rows[log].number, 0);
    bool any = false;
    enum store_error error = side_has(gather->txn, &voids, &any);

    if (error != STORE_OK || !(any || sides->names)) {
        return error;
    }
    sides->memos = arena_take(gather->arena, LINE_MEMO_SIZE * sizeof *sides->memos);
    if (!sides->memos) {
        return STORE_NO_MEMORY;
    }
    memset(sides->memos, 0, LINE_MEMO_SIZE * sizeof *sides->memos);
    return STORE_OK;
}

enum store_error gather_sides(struct gather *gather, size_t log)
{
    struct gathered_sides *sides;
    bool any;
    enum store_error error = side_any(gather->txn, gather->rows[log].number, &any);

    if (error != STORE_OK || !any) {
        return error;
    }
    sides = arena_take(gather->arena, sizeof *sides);
    if (!sides) {
        return STORE_NO_MEMORY;
    }
    *sides = (struct gathered_sides){0};
    error = find_open_epoch(gather, log, &sides->open_epoch);
    if (error == STORE_OK) {
        error = has_names(gather, log, &sides->names);
    }
    if (error == STORE_OK) {
        error = has_erases(gather, log, &sides->erases);
    }
    if (error == STORE_OK) {
        error = take_memos(gather, log, sides);
    }
    gather->rows[log].sides = sides;
    return error == STORE_OK ? gather_voids(gather, log, SIDE_OPEN | SIDE_SPEAKING) : error;
}
