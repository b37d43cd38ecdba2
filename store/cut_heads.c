#include <stdlib.h>
#include <string.h>

#include "protocol/base/sort.h"
#include "store/chains.h"
#include "store/erased.h"
#include "store/generation.h"
#include "store/given.h"
#include "store/grants.h"
#include "store/side_grants.h"
#include "store/stated.h"

/* Which blocks cuts keep of an author, and are not here: heads that are not held, and blocks below a head
 * that lack entries. What an author says who may not cut is no cut. */

enum {
    CUT_RECORD_SIZE = 16 * 1024,
    CUT_SEARCH_SIZE = ACCREDITORS_NAMED_MAX * sizeof(uint32_t) + (size_t)64 * 1024 + SIDE_GRANTS_SIZE,
    CUT_ROWS_MAX = 4096,              /* beside the chains */
    CUT_STEPS_MAX = 8 * CUT_SIDE_MAX, /* on branches, from cuts to the chain */
};

/* What looks for cut heads. */
struct cut_search {
    struct store_txn *txn;
    const struct trust *trust;
    const struct actor_id *author;
    uint32_t number;       /* author's */
    struct givens *owners; /* of namespaces; of givens nothing else is found */
    /* Called for each cut head. Writes to done to have no more. */
    enum store_error (*meet)(struct cut_search *search, const struct locator_point *head);
    void *context;
    bool done;
    bool has_speaker; /* whose cuts come now: those of one come one after the other */
    uint32_t speaker;
    uint64_t rank; /* heads that meet has taken of the speaker's */
    struct arena *arena;
};

static void begin_speaker(struct cut_search *search, uint32_t speaker)
{
    if (!search->has_speaker || search->speaker != speaker) {
        search->rank = 0;
    }
    search->has_speaker = true;
    search->speaker = speaker;
}

/* ---- who may cut ---- */

static bool owns_any(const struct trust *trust, const struct actor_id *actor)
{
    for (size_t i = 0; i < trust->owner_count; i++) {
        if (actor_id_equal(&trust->owners[i].actor, actor)) {
            return true;
        }
    }
    return false;
}

static enum store_error is_accreditor(const struct cut_search *search, uint32_t number, bool *accredited)
{
    const struct key key = grant_key_of_actor(GRANT_ACCREDITATION, search->author);
    struct key by_number = key;
    struct entry_at grant;
    enum store_error error = grant_next_by(search->txn, &key, number, NULL, &grant);

    *accredited = error == STORE_OK;
    if (error != STORE_NOT_FOUND) {
        return error;
    }
    grant_key_add_author(&by_number, number);
    return side_has(search->txn, &by_number, accredited);
}

/* Whether speaker has a namespace that another has or had who accredited author. */
static enum store_error inherits_from_accreditor(const struct cut_search *search, uint32_t speaker,
                                                 bool *inherits)
{
    const struct givens *owners = search->owners;
    enum store_error error = STORE_OK;

    *inherits = false;
    for (size_t i = 0; i < owners->root_count; i++) {
        for (size_t k = 0; owners->root_numbers[i] == speaker && k < owners->root_count; k++) {
            if (error == STORE_OK && !*inherits && bytes_equal(owners->roots[k], owners->roots[i])) {
                error = is_accreditor(search, owners->root_numbers[k], inherits);
            }
        }
    }
    return error;
}

/* Whether speaker may withdraw: it accredited author, or came after who did, and trust lets it accredit. */
static enum store_error may_withdraw(const struct cut_search *search, uint32_t speaker, bool *may)
{
    struct actor_id actor;
    enum chain chain = CHAIN_NONE;
    enum store_error error = author_name(search->txn, speaker, &actor);

    *may = false;
    if (error == STORE_OK) {
        error = is_accreditor(search, speaker, may);
    }
    if (error == STORE_OK && !*may) {
        error = inherits_from_accreditor(search, speaker, may);
    }
    if (error == STORE_OK && *may) {
        error = chain_find_above(search->txn, search->trust, &actor, 1, (struct bytes){0}, &chain);
        *may = chain == CHAIN_STANDS;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- what a cut names ---- */

union cutting {
    struct withdrawal withdrawal;
    struct succession succession;
};

static enum store_error meet_cut(struct cut_search *search, enum entry_kind kind,
                                 const union cutting *cutting)
{
    const struct succession *succession = &cutting->succession;
    const struct withdrawal *withdrawal = &cutting->withdrawal;
    struct locator_point head;

    if (kind == ENTRY_SUCCESSION) {
        head = (struct locator_point){.seq = succession->cut_seq, .hash = succession->cut_head};
    } else if (withdrawal->has_cut) {
        head = (struct locator_point){.seq = withdrawal->cut_seq, .hash = withdrawal->cut_head};
    } else {
        return STORE_OK;
    }
    return search->meet(search, &head);
}

/* The newest entries of one speaker under key, which is not narrowed yet. */
static enum store_error search_speaker(struct cut_search *search, enum entry_kind kind, struct key key,
                                       uint32_t speaker)
{
    const size_t mark = arena_mark(search->arena);
    struct entry_at *grants = NULL;
    size_t count = 0;
    enum grants_cut cut;
    enum store_error error;

    begin_speaker(search, speaker);
    grant_key_add_author(&key, speaker);
    error = grants_find(search->txn, &key, GRANTS_EACH_MAX, &grants, &count, &cut, search->arena);
    for (size_t i = count; error == STORE_OK && i-- > 0 && !search->done;) {
        uint8_t memory[CUT_RECORD_SIZE];
        struct arena arena;
        union cutting cutting;

        arena_init(&arena, memory, sizeof memory);
        error = stated_read(search->txn, &grants[i], kind, &cutting, &arena);
        if (error == STORE_OK) {
            error = meet_cut(search, kind, &cutting);
        }
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    arena_rewind(search->arena, mark);
    return error;
}

/* ---- cut heads that are named beside the chains ---- */

struct beside {
    struct cut_search *search;
    enum entry_kind kind;
    bool has_speaker; /* who was asked about last: rows come author by author */
    bool may_speak;
    uint32_t speaker;
};

/* Whether its cut may count: a withdrawal's of an accreditor, a succession's of the author itself. */
static enum store_error may_cut(struct beside *beside, uint32_t speaker)
{
    enum store_error error = STORE_OK;

    if (beside->has_speaker && beside->speaker == speaker) {
        return STORE_OK;
    }
    beside->may_speak = speaker == beside->search->number;
    if (beside->kind == ENTRY_WITHDRAWAL) {
        error = may_withdraw(beside->search, speaker, &beside->may_speak);
    }
    beside->has_speaker = true;
    beside->speaker = speaker;
    begin_speaker(beside->search, speaker);
    return error;
}

static enum store_error look_beside(void *context, const struct side_at *row)
{
    struct beside *beside = context;
    uint8_t memory[CUT_RECORD_SIZE];
    struct arena arena;
    union cutting cutting;
    struct entry entry;
    enum store_error error = beside->search->done ? STORE_NOT_FOUND : may_cut(beside, row->author);

    if (error != STORE_OK || !beside->may_speak) {
        return error;
    }
    arena_init(&arena, memory, sizeof memory);
    error = side_entry_read(beside->search->txn, row, &entry);
    if (error != STORE_OK || entry.kind != beside->kind ||
        entry_payload_decode(&cutting, &entry, &arena) != REASON_NONE) {
        return error;
    }
    return meet_cut(beside->search, beside->kind, &cutting);
}

static enum store_error search_beside(struct cut_search *search, enum entry_kind kind, const struct key *key)
{
    struct side_budget budget = {.rows = CUT_ROWS_MAX, .steps = CUT_STEPS_MAX};
    struct beside beside = {.search = search, .kind = kind};

    return search->done ? STORE_OK
                        : side_grants_each(search->txn, search->trust, key, &budget, look_beside, &beside,
                                           search->arena);
}

/* ---- cut heads that are named anywhere ---- */

/* Of more than are named nobody is heard on its chain: which of them have the lower numbers says nothing. */
static enum store_error search_withdrawals(struct cut_search *search)
{
    const struct key key = grant_key_of_actor(GRANT_WITHDRAWAL, search->author);
    uint32_t *speakers = NULL;
    size_t count = 0;
    bool cut = false;
    enum store_error error = grants_speakers(search->txn, TABLE_GRANTS, &key, ACCREDITORS_NAMED_MAX,
                                             &speakers, &count, &cut, search->arena);

    for (size_t i = 0; error == STORE_OK && i < count && !cut && !search->done; i++) {
        bool may = false;

        error = may_withdraw(search, speakers[i], &may);
        if (error == STORE_OK && may) {
            error = search_speaker(search, ENTRY_WITHDRAWAL, key, speakers[i]);
        }
    }
    return error == STORE_OK ? search_beside(search, ENTRY_WITHDRAWAL, &key) : error;
}

/* Only who has a namespace of trust hands one on. */
static enum store_error search_successions(struct cut_search *search)
{
    const struct givens *owners = search->owners;
    enum store_error error = STORE_OK;

    for (size_t i = 0; error == STORE_OK && i < owners->root_count && !search->done; i++) {
        const struct key key = grant_key_of_namespace(GRANT_SUCCESSION, owners->roots[i]);

        if (owners->root_numbers[i] != search->number) {
            continue;
        }
        error = search_speaker(search, ENTRY_SUCCESSION, key, search->number);
        if (error == STORE_OK) {
            error = search_beside(search, ENTRY_SUCCESSION, &key);
        }
    }
    return error;
}

static enum store_error has_grant(struct store_txn *txn, const struct key *key, bool *has)
{
    struct entry_at first;
    enum store_error error = grant_next(txn, key, NULL, &first);

    if (error == STORE_NOT_FOUND) {
        return side_has(txn, key, has);
    }
    *has = error == STORE_OK;
    return error;
}

/* Whether it is worth a search: of nearly all authors nobody withdrew, and they have no namespace. */
static enum store_error may_be_cut(const struct cut_search *search, bool *may)
{
    const struct key withdrawals = grant_key_of_actor(GRANT_WITHDRAWAL, search->author);
    const struct key successor = grant_key_of_actor(GRANT_SUCCESSOR, search->author);
    enum store_error error = STORE_OK;

    *may = owns_any(search->trust, search->author);
    if (!*may) {
        error = has_grant(search->txn, &withdrawals, may);
    }
    return error == STORE_OK && !*may ? has_grant(search->txn, &successor, may) : error;
}

/* Of one that may be cut at all. */
static enum store_error search_anew(struct cut_search *search)
{
    enum store_error error;

    search->owners = malloc(sizeof *search->owners);
    if (!search->owners) {
        return STORE_NO_MEMORY;
    }
    error = givens_find_owners(search->owners, search->txn, search->trust, CUT_ROWS_MAX, search->arena);
    if (error == STORE_OK) {
        error = search_successions(search);
    }
    if (error == STORE_OK && !search->done) {
        error = search_withdrawals(search);
    }
    free(search->owners);
    search->owners = NULL;
    return error;
}

/* ---- what was found already ---- */

static enum store_error collect(struct cut_search *search, const struct locator_point *head)
{
    struct kept_cuts *cuts = search->context;

    for (size_t i = 0; i < cuts->count && i < KEPT_CUTS_MAX; i++) {
        if (cuts->heads[i].seq == head->seq && hash_equal(&cuts->heads[i].hash, &head->hash)) {
            return STORE_OK;
        }
    }
    if (cuts->count < KEPT_CUTS_MAX) {
        cuts->heads[cuts->count] = *head;
    }
    cuts->count++;
    search->done = cuts->count > KEPT_CUTS_MAX;
    return STORE_OK;
}

/* However many name no head that counts, it is found out once until somebody says something that matters.
 * *known: whether it is, and not too much to be kept. */
static enum store_error find_kept(const struct cut_search *search, struct kept_cuts *out, bool *known)
{
    struct store *store = search->txn->store;
    struct cut_search all = *search;
    uint64_t generation;
    bool kept;
    enum store_error error = generation_read(search->txn, &generation, &kept);

    *known = error == STORE_OK && kept;
    if (!*known) {
        return error;
    }
    if (!kept_cuts_find(store, generation, search->trust, search->author, out)) {
        out->count = 0;
        all.meet = collect;
        all.context = out;
        error = search_anew(&all);
        if (error == STORE_OK) {
            kept_cuts_add(store, generation, search->trust, search->author, out);
        }
    }
    *known = out->count <= KEPT_CUTS_MAX;
    return error;
}

static enum store_error search_kept(struct cut_search *search)
{
    struct kept_cuts cuts;
    bool known = false;
    enum store_error error = find_kept(search, &cuts, &known);

    if (error != STORE_OK || !known) {
        return error == STORE_OK ? search_anew(search) : error;
    }
    for (size_t i = 0; i < cuts.count && error == STORE_OK && !search->done; i++) {
        error = search->meet(search, &cuts.heads[i]);
    }
    return error;
}

/* search_heads: search_anew; or search_kept, which knows no longer who names a head. */
static enum store_error search_by(struct cut_search *search,
                                  enum store_error (*search_heads)(struct cut_search *search))
{
    struct arena arena;
    void *memory = NULL;
    bool may = false;
    enum store_error error = may_be_cut(search, &may);

    if (error != STORE_OK || !may) {
        return error;
    }
    memory = malloc(CUT_SEARCH_SIZE);
    if (!memory) {
        return STORE_NO_MEMORY;
    }
    arena_init(&arena, memory, CUT_SEARCH_SIZE);
    search->arena = &arena;
    error = search_heads(search);
    free(memory);
    return error;
}

/* ---- for whoever takes blocks in ---- */

struct missed_from {
    uint64_t seq;
    bool missed;
};

static enum store_error is_held(const struct cut_search *search, const struct locator_point *head, bool *held)
{
    struct stored_block stored;
    enum store_error error = stored_block_read(search->txn, search->number, head->seq, &head->hash, &stored);

    *held = error == STORE_OK;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error note_missed(struct cut_search *search, const struct locator_point *head)
{
    struct missed_from *from = search->context;
    bool held = true;
    enum store_error error = head->seq < from->seq ? STORE_OK : is_held(search, head, &held);

    search->done = from->missed = error == STORE_OK && !held;
    return error;
}

enum store_error store_misses_cut_head(struct store_txn *txn, const struct trust *trust,
                                       const struct actor_id *author, uint64_t seq, bool *missed)
{
    struct missed_from from = {.seq = seq};
    struct cut_search search = {
        .txn = txn, .trust = trust, .author = author, .meet = note_missed, .context = &from};
    enum store_error error = store_author_number(txn, author, &search.number);

    if (error == STORE_OK) {
        error = search_by(&search, search_kept);
    }
    *missed = from.missed;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

struct sought {
    const struct locator_point *head;
    bool missed;
};

static enum store_error note_sought(struct cut_search *search, const struct locator_point *head)
{
    struct sought *sought = search->context;
    bool is_it = head->seq == sought->head->seq && hash_equal(&head->hash, &sought->head->hash);
    bool held = true;
    enum store_error error = is_it ? is_held(search, head, &held) : STORE_OK;

    search->done = is_it;
    sought->missed = error == STORE_OK && is_it && !held;
    return error;
}

enum store_error store_is_missed_cut_head(struct store_txn *txn, const struct trust *trust,
                                          const struct actor_id *author, const struct locator_point *block,
                                          bool *missed)
{
    struct sought sought = {.head = block};
    struct cut_search search = {
        .txn = txn, .trust = trust, .author = author, .meet = note_sought, .context = &sought};
    enum store_error error = store_author_number(txn, author, &search.number);

    if (error == STORE_OK) {
        error = search_by(&search, search_kept);
    }
    *missed = sought.missed;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- for whoever asks others ---- */

/* Points drawn by lot: those of the lowest weights. */
struct lots {
    size_t count, max;
    struct locator_point *points;
    uint64_t weights[WANT_GAPS_MAX];
};

struct lacked {
    struct disk_author row;
    bool closed_gaps; /* blocks beside the chain in its closed epochs lack entries */
    uint64_t draw;
    size_t steps; /* on branches that may still be followed */
    struct lots heads, gaps;
};

/* splitmix64 */
static uint64_t mix(uint64_t value)
{
    value += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

static void cast_lot(struct lots *lots, const struct locator_point *point, uint64_t draw, uint64_t rank)
{
    uint64_t first = 0, weight = 0;
    size_t at = lots->count;

    memcpy(&first, point->hash.bytes, sizeof first);
    weight = (mix(first ^ draw) >> 8) / (GRANTS_EACH_MAX + 1) * (rank + 1);
    for (size_t i = 0; i < lots->count; i++) {
        if (hash_equal(&lots->points[i].hash, &point->hash)) {
            return;
        }
    }
    if (lots->count == lots->max) {
        at = 0;
        for (size_t i = 1; i < lots->count; i++) {
            at = lots->weights[i] > lots->weights[at] ? i : at;
        }
        if (lots->weights[at] <= weight) {
            return;
        }
    } else {
        lots->count++;
    }
    lots->points[at] = *point;
    lots->weights[at] = weight;
}

/* What lacks entries from a head that is held down to the chain. Where the epoch is open, store_gaps has it.
 */
static enum store_error meet_below(struct cut_search *search, const struct locator_point *head)
{
    struct lacked *lacked = search->context;
    struct locator_point at = *head;

    for (; lacked->closed_gaps && at.seq > 0 && lacked->steps > 0; at.seq--) {
        const struct hash hash = at.hash;
        bool ends = false, lacks = false;
        uint64_t epoch = 0;
        enum store_error error = side_is_on_chain(search->txn, search->number, at.seq, &hash, &ends);

        if (error == STORE_OK && !ends) {
            lacked->steps--;
            error = side_previous(search->txn, &search->txn->store->network, search->number, at.seq, &hash,
                                  &at.hash, &epoch, search->arena);
        }
        if (error == STORE_OK && !ends) {
            error = gaps_asks(search->txn, &lacked->row, at.seq, epoch, &hash, &lacks);
        }
        if (error != STORE_OK || ends) {
            return error;
        }
        if (lacks) {
            cast_lot(&lacked->gaps, &(struct locator_point){.seq = at.seq, .hash = hash}, lacked->draw, 0);
        }
    }
    return STORE_OK;
}

static enum store_error note_lacked(struct cut_search *search, const struct locator_point *head)
{
    struct lacked *lacked = search->context;
    bool held = false;
    enum store_error error = is_held(search, head, &held);

    if (error != STORE_OK || held) {
        return error == STORE_OK ? meet_below(search, head) : error;
    }
    cast_lot(&lacked->heads, head, lacked->draw, search->rank++);
    return STORE_OK;
}

static enum store_error note_any_lacked(struct cut_search *search, const struct locator_point *head)
{
    const struct lacked *lacked = search->context;
    enum store_error error = note_lacked(search, head);

    search->done = lacked->heads.count + lacked->gaps.count > 0;
    return error;
}

static int order_points(const void *a, const void *b)
{
    const struct locator_point *left = a, *right = b;

    if (left->seq != right->seq) {
        return left->seq < right->seq ? -1 : 1;
    }
    return hash_compare(&left->hash, &right->hash);
}

static enum store_error
find_lacked(struct store_txn *txn, const struct trust *trust, const struct actor_id *author, uint64_t draw,
            enum store_error (*meet)(struct cut_search *search, const struct locator_point *head),
            enum store_error (*search_heads)(struct cut_search *search), struct cut_lacks *out)
{
    struct lacked lacked = {.draw = draw,
                            .steps = CUT_STEPS_MAX,
                            .heads = {.points = out->heads, .max = WANT_BRANCHES_MAX},
                            .gaps = {.points = out->gaps, .max = WANT_GAPS_MAX}};
    struct cut_search search = {
        .txn = txn, .trust = trust, .author = author, .meet = meet, .context = &lacked};
    enum store_error error = author_read_log(txn, author, &lacked.row);

    search.number = lacked.row.number;
    if (error == STORE_OK) {
        error = gaps_closed(txn, &lacked.row, &lacked.closed_gaps);
    }
    if (error == STORE_OK) {
        error = search_by(&search, search_heads);
    }
    out->head_count = lacked.heads.count;
    out->gap_count = lacked.gaps.count;
    sort_items(out->heads, out->head_count, sizeof *out->heads, order_points);
    sort_items(out->gaps, out->gap_count, sizeof *out->gaps, order_points);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error store_cut_lacks(struct store_txn *txn, const struct trust *trust,
                                 const struct actor_id *author, uint64_t draw, struct cut_lacks *out)
{
    return find_lacked(txn, trust, author, draw, note_lacked, search_anew, out);
}

enum store_error store_has_cut_lacks(struct store_txn *txn, const struct trust *trust,
                                     const struct actor_id *author, bool *has)
{
    struct cut_lacks lacks;
    enum store_error error = find_lacked(txn, trust, author, 0, note_any_lacked, search_kept, &lacks);

    *has = lacks.head_count + lacks.gap_count > 0;
    return error;
}
