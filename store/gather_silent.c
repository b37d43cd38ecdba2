#include <string.h>

#include "protocol/base/text.h"
#include "protocol/rules/denials.h"
#include "store/gather.h"
#include "store/side_grants.h"

/* Whoever may be authorised to speak of what is denied and was not heard for long, or was never heard of, may
 * have said it of the subject: for questions and rules that deny something their logs are gathered too. They
 * are found from the trust file's owners downward, so that nobody whom no one accredited takes any room, nor
 * who may not speak of what is denied.
 *
 * Where there are many the limits must not let one crowd hide another: it is read of one accreditor after the
 * other, and what an accreditor has to say comes the later, the more was read of it and of those above it. */

enum {
    SILENT_MAX = 1024,          /* that are gathered */
    TURNS_MAX = 1024,           /* accreditors, of each for the codes of one way to it */
    ACCREDITATIONS_MAX = 32768, /* that are read, */
    TURN_MAX = 32,              /* and in one go */
    PATTERNS_MAX = 4096,
    SEEN_SLOTS = 1024,
};

/* An accreditor for codes that one way down to it lets it accredit for. */
struct turn {
    uint32_t number;
    uint64_t depth; /* of those whom it accredits, at most so */
    uint64_t cost;  /* what was read of it and of those above it, when it comes to its turn again */
    size_t first_pattern, pattern_count;
    bool begun;
    struct entry_at behind; /* was read last */
};

/* A delegate that need not be looked at again because of an accreditor. */
struct seen {
    struct actor_id delegate;
    uint32_t accreditor;
};

struct search {
    struct gather *gather;
    uint64_t heard_since_s, heard_by_s;
    size_t found, read;
    size_t count, owner_count; /* of turns, and of the first ones of them, which are owners' */
    struct turn *turns;
    size_t heap_count;
    uint16_t *heap; /* turns that are not over, the cheapest first */
    size_t pattern_count;
    struct bytes *patterns;
    struct seen *seen; /* by the first bytes of the delegate */
};

/* Says the limit where one is reached. Returns: full. */
static bool note_full(struct search *search, bool full)
{
    search->gather->out->cuts.silent |= full;
    return full;
}

/* ---- in which order ---- */

static bool is_before(const struct search *search, uint16_t a, uint16_t b)
{
    const struct turn *left = &search->turns[a];
    const struct turn *right = &search->turns[b];

    return left->cost != right->cost ? left->cost < right->cost : a < b;
}

static void push_turn(struct search *search, uint16_t turn)
{
    size_t at = search->heap_count++;

    while (at > 0 && is_before(search, turn, search->heap[(at - 1) / 2])) {
        search->heap[at] = search->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    search->heap[at] = turn;
}

static uint16_t pop_turn(struct search *search)
{
    const uint16_t first = search->heap[0];
    const uint16_t last = search->heap[--search->heap_count];
    size_t at = 0;

    for (size_t child = 1; child < search->heap_count; child = 2 * at + 1) {
        if (child + 1 < search->heap_count &&
            is_before(search, search->heap[child + 1], search->heap[child])) {
            child++;
        }
        if (is_before(search, last, search->heap[child])) {
            break;
        }
        search->heap[at] = search->heap[child];
        at = child;
    }
    search->heap[at] = last;
    return first;
}

/* ---- who accredits ---- */

static const struct bytes *patterns_of(const struct search *search, const struct turn *turn)
{
    return &search->patterns[turn->first_pattern];
}

static bool covers(const struct search *search, const struct turn *turn, struct bytes pattern)
{
    bool covered = false;

    for (size_t i = 0; i < turn->pattern_count && !covered; i++) {
        covered = code_matches(pattern, patterns_of(search, turn)[i]);
    }
    return covered;
}

/* Whether what a turn would find is found by another one of the same accreditor. */
static bool is_needless(const struct search *search, const struct turn *turn)
{
    for (size_t i = 0; i < search->count; i++) {
        const struct turn *other = &search->turns[i];
        bool all = other->number == turn->number && other->depth >= turn->depth;

        for (size_t k = 0; k < turn->pattern_count && all; k++) {
            all = covers(search, other, patterns_of(search, turn)[k]);
        }
        if (all) {
            return true;
        }
    }
    return false;
}

/* Take turns with an accreditor whose patterns are the last ones that were added. */
static void add_turn(struct search *search, const struct turn *turn)
{
    if (turn->number == NUMBER_NONE || turn->pattern_count == 0 || is_needless(search, turn) ||
        note_full(search, search->count == TURNS_MAX)) {
        search->pattern_count = turn->first_pattern;
        return;
    }
    search->turns[search->count] = *turn;
    push_turn(search, (uint16_t)search->count++);
}

static void add_pattern(struct search *search, struct turn *turn, struct bytes pattern)
{
    if (!covers(search, turn, pattern) && !note_full(search, search->pattern_count == PATTERNS_MAX)) {
        search->patterns[search->pattern_count++] = pattern;
        turn->pattern_count++;
    }
}

/* Those that are gathered anyhow: how they stand need not be asked. */
static enum store_error add_owner(struct search *search, const struct denials *denials,
                                  const struct actor_id *owner, struct bytes all_codes)
{
    struct turn turn = {.depth = UINT64_MAX, .first_pattern = search->pattern_count};
    enum store_error error = gather_number(search->gather, owner, &turn.number);

    if (denials->all) {
        add_pattern(search, &turn, all_codes);
    }
    for (size_t i = 0; i < denials->count; i++) {
        if (bytes_equal(code_namespace(denials->patterns[i]), code_namespace(all_codes))) {
            add_pattern(search, &turn, denials->patterns[i]);
        }
    }
    add_turn(search, &turn);
    return error;
}

/* "ase/" and a star. */
static enum store_error pattern_of_all(struct gather *gather, struct bytes name_space, struct bytes *out)
{
    uint8_t *text = arena_take(gather->arena, name_space.size + 2);

    if (!text) {
        return STORE_NO_MEMORY;
    }
    memcpy(text, name_space.data, name_space.size);
    text[name_space.size] = '/';
    text[name_space.size + 1] = '*';
    *out = bytes_of(text, name_space.size + 2);
    return STORE_OK;
}

static enum store_error add_owners(struct search *search, const struct denials *denials)
{
    struct gather *gather = search->gather;
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < gather->trust->owner_count && error == STORE_OK; i++) {
        const struct trust_owner *owner = &gather->trust->owners[i];
        const struct bytes name_space = bytes_of_string(owner->name_space);
        struct bytes all_codes;

        error = pattern_of_all(gather, name_space, &all_codes);
        if (error == STORE_OK) {
            error = add_owner(search, denials, &owner->actor, all_codes);
        }
        for (size_t k = 0; k < gather->out->succession_count && error == STORE_OK; k++) {
            const struct succession *succession = &gather->out->successions[k].succession;

            if (bytes_equal(succession->name_space, name_space)) {
                error = add_owner(search, denials, &succession->successor, all_codes);
            }
        }
    }
    return error;
}

/* ---- whom they accredited ---- */

/* Whether nothing can be lacking of a delegate but content, which gather_lacking asks about. */
static enum store_error is_heard(const struct search *search, const struct disk_author *row,
                                 const struct actor_id *delegate, bool *heard)
{
    struct gather *gather = search->gather;
    struct disk_checkpoint checkpoint;
    struct disk_record record;
    enum store_error error = row->beside || row->upgrade_seen
                                 ? STORE_NOT_FOUND
                                 : checkpoint_read_by(gather->txn, delegate, row->number, row->seq,
                                                      gather->known_by_s, &checkpoint);

    *heard = false;
    if (error == STORE_OK && checkpoint.time_s >= search->heard_since_s &&
        checkpoint.time_s <= search->heard_by_s) {
        error = record_find(gather->txn, row->number, checkpoint.seq, &record);
        *heard = error == STORE_OK && hash_equal(&record.hash, &checkpoint.head) &&
                 record.settled_s <= gather->known_by_s;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Whether an author took something back from a delegate, on whatever branch: it may have done so at a block
 * that is not here. */
static enum store_error is_withdrawn_by(const struct search *search, const struct actor_id *delegate,
                                        uint32_t author, bool *withdrawn)
{
    struct key key = grant_key_of_actor(GRANT_WITHDRAWAL, delegate);
    struct entry_at at;
    enum store_error error;

    grant_key_add_author(&key, author);
    error = grant_next(search->gather->txn, &key, NULL, &at);
    *withdrawn = error == STORE_OK;
    return error == STORE_NOT_FOUND ? side_has(search->gather->txn, &key, withdrawn) : error;
}

/* By an accreditor of its, or by an owner: what one owner gave its heirs take back. */
static enum store_error is_withdrawn(const struct search *search, const struct actor_id *delegate,
                                     uint32_t accreditor, bool *withdrawn)
{
    enum store_error error = is_withdrawn_by(search, delegate, accreditor, withdrawn);

    for (size_t i = 0; i < search->owner_count && error == STORE_OK && !*withdrawn; i++) {
        error = is_withdrawn_by(search, delegate, search->turns[i].number, withdrawn);
    }
    return error;
}

static struct seen *slot_of(const struct search *search, const struct actor_id *delegate)
{
    uint16_t first;

    memcpy(&first, delegate->hash.bytes, sizeof first);
    return &search->seen[first % SEEN_SLOTS];
}

/* Gather the log of a delegate that was not heard, or of whom a cut may keep what is not here. */
static enum store_error look_at(struct search *search, const struct disk_author *row,
                                const struct actor_id *delegate, uint32_t accreditor)
{
    struct gather *gather = search->gather;
    bool heard = false, withdrawn = false;
    size_t log;
    enum store_error error = row ? is_heard(search, row, delegate, &heard) : STORE_OK;

    if (error == STORE_OK && heard) {
        error = is_withdrawn(search, delegate, accreditor, &withdrawn);
    }
    if (error == STORE_OK && (!heard || withdrawn) && !note_full(search, search->found == SILENT_MAX)) {
        const size_t issuer_count = gather->issuer_count;

        error = gather_log(gather, delegate, &log);
        if (error == STORE_OK) {
            error = gather_ask_rest(gather, log);
        }
        search->found += gather->issuer_count - issuer_count;
    }
    *slot_of(search, delegate) = (struct seen){.delegate = *delegate, .accreditor = accreditor};
    return error;
}

/* turn: its own, where it accredits others. */
static enum store_error add_delegate(struct search *search, const struct actor_id *delegate,
                                     uint32_t accreditor, struct turn *turn)
{
    const struct seen *slot = slot_of(search, delegate);
    const bool seen = slot->accreditor == accreditor && actor_id_equal(&slot->delegate, delegate);
    struct disk_author row;
    enum store_error error =
        seen && turn->depth == 0 ? STORE_OK : author_read_log(search->gather->txn, delegate, &row);
    const bool known = error == STORE_OK;

    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    error = seen ? STORE_OK : look_at(search, known ? &row : NULL, delegate, accreditor);
    turn->number = known && turn->depth > 0 ? row.number : NUMBER_NONE;
    add_turn(search, turn);
    return error;
}

static uint64_t lower(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* What of an accreditation is for codes that are denied. */
static enum store_error add_accreditation(struct search *search, const struct turn *by,
                                          const struct accreditation *accreditation)
{
    const struct bytes *patterns = accreditation->patterns.items;
    struct turn turn = {.depth = lower(accreditation->depth, by->depth - 1),
                        .cost = by->cost,
                        .first_pattern = search->pattern_count};

    for (size_t i = 0; i < accreditation->patterns.count; i++) {
        for (size_t k = 0; k < by->pattern_count; k++) {
            struct bytes common;

            if (code_patterns_meet(patterns[i], patterns_of(search, by)[k], &common)) {
                add_pattern(search, &turn, common);
            }
        }
    }
    return turn.pattern_count > 0 ? add_delegate(search, &accreditation->delegate, by->number, &turn)
                                  : STORE_OK;
}

static enum store_error add_entry(struct search *search, size_t at, const struct entry *entry)
{
    struct arena *arena = search->gather->arena;
    const size_t mark = arena_mark(arena);
    const struct turn by = search->turns[at];
    const size_t issuer_count = search->gather->issuer_count;
    struct accreditation accreditation;
    enum reason reason = entry_payload_decode(&accreditation, entry, arena);
    enum store_error error;

    if (reason != REASON_NONE) {
        return txn_fail_decode(search->gather->txn, reason, arena);
    }
    search->read++;
    search->turns[at].cost++;
    error = add_accreditation(search, &by, &accreditation);
    if (issuer_count == search->gather->issuer_count) {
        arena_rewind(arena, mark);
    }
    return error;
}

/* An accreditation beside the chain may count yet, or again under a cut. */
static enum store_error search_sides(struct search *search, size_t at, const struct key *key)
{
    struct gather *gather = search->gather;
    const size_t mark = arena_mark(gather->arena);
    const size_t issuer_count = gather->issuer_count;
    struct side_at *rows;
    size_t count = 0;
    bool cut = false;
    enum store_error error = side_find(gather->txn, key, GRANTS_EACH_MAX, &rows, &count, &cut, gather->arena);

    (void)note_full(search, cut);
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        struct entry entry;

        error = side_entry_read(gather->txn, &rows[i], &entry);
        if (error == STORE_OK) {
            error = add_entry(search, at, &entry);
        }
    }
    if (issuer_count == gather->issuer_count) {
        arena_rewind(gather->arena, mark);
    }
    return error;
}

/* Nothing where its bytes are gone. */
static enum store_error read_grant(struct search *search, size_t at, const struct entry_at *grant)
{
    struct store_txn *txn = search->gather->txn;
    struct entry entry;
    struct bytes element;
    enum store_error error = element_read(txn, grant, &element);

    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    return entry_decode(&entry, element) == REASON_NONE ? add_entry(search, at, &entry)
                                                        : txn_fail(txn, STORE_DAMAGED);
}

/* The next ones of the chain. *over: there are no more. */
static enum store_error read_next(struct search *search, size_t at, const struct key *key, bool *over)
{
    struct entry_at grants[TURN_MAX];
    struct turn *turn = &search->turns[at];
    size_t count;
    enum store_error error =
        grants_after(search->gather->txn, key, turn->begun ? &turn->behind : NULL, TURN_MAX, grants, &count);

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = read_grant(search, at, &grants[i]);
    }
    if (count > 0) {
        turn->behind = grants[count - 1];
        turn->begun = true;
    }
    *over = count < TURN_MAX;
    return error;
}

static enum store_error take_turn(struct search *search, size_t at)
{
    const struct key key = grant_key_of_number(GRANT_ACCREDITOR, search->turns[at].number, 0);
    bool over = false;
    enum store_error error = STORE_OK;

    if (!search->turns[at].begun) {
        error = search_sides(search, at, &key);
    }
    if (error == STORE_OK) {
        error = read_next(search, at, &key, &over);
    }
    if (error == STORE_OK && !over) {
        push_turn(search, (uint16_t)at);
    }
    return error;
}

static enum store_error begin(struct search *search, const struct denials *denials)
{
    struct arena *arena = search->gather->arena;

    search->turns = arena_take(arena, TURNS_MAX * sizeof *search->turns);
    search->heap = arena_take(arena, TURNS_MAX * sizeof *search->heap);
    search->patterns = arena_take(arena, PATTERNS_MAX * sizeof *search->patterns);
    search->seen = arena_take(arena, SEEN_SLOTS * sizeof *search->seen);
    if (!search->turns || !search->heap || !search->patterns || !search->seen) {
        return STORE_NO_MEMORY;
    }
    const enum store_error error = add_owners(search, denials);
    search->owner_count = search->count;
    return error;
}

static enum store_error search_all(struct gather *gather, const struct gather_question *question,
                                   const struct denials *denials)
{
    struct search search = {
        .gather = gather, .heard_since_s = question->heard_since_s, .heard_by_s = question->heard_by_s};
    enum store_error error = begin(&search, denials);

    while (error == STORE_OK && search.heap_count > 0) {
        if (note_full(&search, search.read >= ACCREDITATIONS_MAX)) {
            return STORE_OK;
        }
        error = take_turn(&search, pop_turn(&search));
    }
    return error;
}

/* ---- what is denied ---- */

/* What the silent bring along, and what limits leave out of it, is nothing to what is not denied. */
static enum store_error gather_for_denials(struct gather *gather, const struct gather_question *question,
                                           const struct denials *denials)
{
    const struct dossier_cuts cuts = gather->out->cuts;
    enum store_error error = search_all(gather, question, denials);

    if (error == STORE_OK && gather->due_count > 0) {
        error = gather_issuers(gather);
        if (error == STORE_OK) {
            error = gather_kept(gather, question);
        }
    }
    if (memcmp(&cuts, &gather->out->cuts, sizeof cuts) != 0) {
        gather->out->cuts = cuts;
        gather->out->cuts.silent = true;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static bool is_no_denial(void *context, const struct expression *node)
{
    (void)context;
    return node->op != EXPRESSION_NOT;
}

enum store_error gather_silent(struct gather *gather, const struct gather_question *question)
{
    const struct expression *requirement = question->requirement;
    const bool asked = requirement && !expression_each(requirement, is_no_denial, NULL);
    struct denials denials;
    enum store_error error;

    if (question->heard_since_s == 0 || (!asked && !gather->denies)) {
        return STORE_OK;
    }
    if (!denials_of(&denials, requirement, gather->out, gather->arena)) {
        return STORE_NO_MEMORY;
    }
    gather->denying = gather->rest = true;
    error = gather_for_denials(gather, question, &denials);
    gather->denying = gather->rest = false;
    return error;
}
