#include "store/given.h"

#include <string.h>

#include "protocol/base/sort.h"
#include "protocol/base/text.h"

/* ---- whom there is ---- */

static size_t slot_of(const struct givens *givens, uint32_t number)
{
    const size_t slots = sizeof givens->found / sizeof givens->found[0];
    const uint32_t mixed = number * UINT32_C(2654435761);
    size_t at = mixed % slots;

    while (givens->found[at] != 0 && givens->authors[givens->found[at] - 1].number != number) {
        at = (at + 1) % slots;
    }
    return at;
}

static bool is_root(const struct givens *givens, uint32_t number)
{
    for (size_t i = 0; i < givens->root_count; i++) {
        if (givens->root_numbers[i] == number) {
            return true;
        }
    }
    return false;
}

/* Writes: *index. Returns: false when there is no room. */
static bool add_author(struct givens *givens, const struct actor_id *author, uint32_t number, uint8_t links,
                       uint16_t *index)
{
    const size_t slot = slot_of(givens, number);

    if (givens->found[slot] != 0) {
        *index = (uint16_t)(givens->found[slot] - 1);
        return true;
    }
    if (givens->count == GIVEN_AUTHORS_MAX) {
        givens->left.cut = true;
        return false;
    }
    *index = (uint16_t)givens->count;
    givens->authors[givens->count++] = (struct given){.author = *author, .number = number, .links = links};
    givens->found[slot] = (uint16_t)(*index + 1);
    return true;
}

/* Who accredited one. */
struct above {
    bool near; /* it owns a namespace, or its owner accredited it itself */
    uint32_t number;
    struct actor_id author;
};

static int order_above(const void *a, const void *b)
{
    const struct above *left = a;
    const struct above *right = b;

    if (left->near != right->near) {
        return left->near ? -1 : 1;
    }
    return hash_compare(&left->author.hash, &right->author.hash);
}

static enum store_error name_above(struct givens *givens, struct above *above)
{
    enum store_error error = author_name(givens->txn, above->number, &above->author);

    if (error == STORE_OK) {
        error = grants_is_accredited_by(givens->txn, &above->author, givens->root_numbers, givens->root_count,
                                        &above->near);
    }
    above->near |= is_root(givens, above->number);
    return error;
}

/* In an order that is the same at every node; whoever spoke both on its chain and beside comes twice. */
static enum store_error list_above(struct givens *givens, const struct given *given, struct above **out,
                                   size_t *count, struct arena *scratch)
{
    static const enum table tables[] = {TABLE_GRANTS, TABLE_SIDE_ENTRIES};
    const struct key key = grant_key_of_actor(GRANT_ACCREDITATION, &given->author);
    uint32_t *numbers[2];
    size_t counts[2] = {0};
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < 2 && error == STORE_OK; i++) {
        bool cut = false;

        error = grants_speakers(givens->txn, tables[i], &key, ACCREDITORS_NAMED_MAX, &numbers[i], &counts[i],
                                &cut, scratch);
        counts[i] = cut ? 0 : counts[i];
        givens->left.cut |= cut;
    }
    *count = 0;
    *out = arena_take(scratch, (counts[0] + counts[1]) * sizeof **out);
    for (size_t i = 0; i < counts[0] + counts[1] && *out && error == STORE_OK; i++) {
        struct above *above = &(*out)[(*count)++];

        *above = (struct above){.number = i < counts[0] ? numbers[0][i] : numbers[1][i - counts[0]]};
        error = name_above(givens, above);
    }
    if (error == STORE_OK && *out) {
        sort_items(*out, *count, sizeof **out, order_above);
    }
    return error == STORE_OK && !*out ? STORE_NO_MEMORY : error;
}

/* Returns: false when there is no room for more. */
static bool add_above(struct givens *givens, struct given *given, const struct above *above)
{
    uint16_t index;

    if (givens->edge_count == GIVEN_EDGES_MAX || given->edge_count == ACCREDITORS_HEARD_MAX) {
        givens->left.cut = true;
        return false;
    }
    if (add_author(givens, &above->author, above->number, (uint8_t)(given->links + 1), &index)) {
        givens->edges[givens->edge_count++] = index;
        given->edge_count++;
    }
    return true;
}

static enum store_error add_all_above(struct givens *givens, struct given *given, struct arena *scratch)
{
    const size_t mark = arena_mark(scratch);
    struct above *above;
    size_t count;
    bool room = true;
    enum store_error error = list_above(givens, given, &above, &count, scratch);

    given->edges = givens->edge_count;
    for (size_t i = 0; error == STORE_OK && room && i < count; i++) {
        if (i == 0 || above[i].number != above[i - 1].number) {
            room = add_above(givens, given, &above[i]);
        }
    }
    arena_rewind(scratch, mark);
    return error;
}

/* Those that are met first have the fewest links below them. */
static enum store_error find_authors(struct givens *givens, struct arena *scratch)
{
    enum store_error error = STORE_OK;

    for (size_t at = 0; at < givens->count && error == STORE_OK; at++) {
        if (givens->edge_count == GIVEN_EDGES_MAX) {
            givens->left.cut = true;
        } else if (givens->authors[at].links < CHAIN_DEPTH_MAX) {
            error = add_all_above(givens, &givens->authors[at], scratch);
        }
    }
    return error;
}

/* ---- what they were given ---- */

static bool covers_pattern(const struct given *given, struct bytes pattern)
{
    const struct bytes *patterns = given->patterns.items;

    for (size_t i = 0; i < given->patterns.count; i++) {
        if (code_matches(pattern, patterns[i])) {
            return true;
        }
    }
    return given->any_code;
}

/* Where there is no room for a pattern, it is any code: nobody is passed by for want of room. */
static bool add_pattern(struct givens *givens, struct given *given, struct bytes pattern)
{
    struct bytes *patterns = (struct bytes *)given->patterns.items;

    if (covers_pattern(given, pattern)) {
        return false;
    }
    if (given->patterns.count == 0) {
        patterns = arena_take(givens->arena, GIVEN_PATTERNS_MAX * sizeof *patterns);
        given->patterns.items = patterns;
    }
    if (!patterns || given->patterns.count == GIVEN_PATTERNS_MAX) {
        given->any_code = true;
        return true;
    }
    patterns[given->patterns.count++] = pattern;
    return true;
}

static bool add_days(struct given *given, uint32_t first, uint32_t last)
{
    const bool more = !given->any || first < given->first || last > given->last;

    given->first = !given->any || first < given->first ? first : given->first;
    given->last = !given->any || last > given->last ? last : given->last;
    given->any = true;
    return more;
}

/* An owner's delegate has a hand in whatever comes from it. Returns: whether anybody else has by now. */
static bool add_hands(struct givens *givens, struct given *given, const struct given *by)
{
    const uint64_t before = given->hands;

    if (by->owns && !given->is_delegate) {
        given->is_delegate = true;
        given->hands |= UINT64_C(1) << givens->hand_count++ % GIVEN_HANDS_MAX;
    } else if (!by->owns) {
        given->hands |= by->hands;
    }
    return given->hands != before;
}

static bool has_all_of(const struct given *given, const struct given *by)
{
    const struct bytes *its = by->patterns.items;

    if (!given->any || given->first > by->first || given->last < by->last ||
        (by->any_code && !given->any_code)) {
        return false;
    }
    for (size_t i = 0; i < by->patterns.count; i++) {
        if (!covers_pattern(given, its[i])) {
            return false;
        }
    }
    return true;
}

/* Whatever somebody says who was given that, it gives no more than it has. */
static void add_all_of(struct givens *givens, struct given *given, const struct given *by)
{
    const struct bytes *its = by->patterns.items;
    bool more = add_days(given, by->first, by->last);

    for (size_t i = 0; i < by->patterns.count; i++) {
        more |= add_pattern(givens, given, its[i]);
    }
    if (by->any_code && !given->any_code) {
        given->any_code = more = true;
    }
    if (add_hands(givens, given, by) || more) {
        given->changed = givens->round;
    }
}

/* By one who was given that itself. */
static void add_accreditation(struct givens *givens, struct given *given, const struct given *by,
                              const struct accreditation *accreditation)
{
    const struct bytes *theirs = accreditation->patterns.items;
    const struct bytes *its = by->patterns.items;
    const uint32_t until = accreditation->has_until ? accreditation->until : DAY_NONE;
    const uint32_t first = accreditation->from > by->first ? accreditation->from : by->first;
    const uint32_t last = until < by->last ? until : by->last;
    bool any = false, more = false;

    if (accreditation->depth < given->links || first > last) {
        return;
    }
    for (size_t i = 0; i < accreditation->patterns.count; i++) {
        struct bytes both;

        for (size_t k = 0; k < by->patterns.count; k++) {
            if (code_patterns_meet(theirs[i], its[k], &both)) {
                any = true;
                more |= add_pattern(givens, given, both);
            }
        }
        if (by->any_code) {
            any = true;
            more |= add_pattern(givens, given, theirs[i]);
        }
    }
    if (any) {
        more |= add_days(given, first, last);
        more |= add_hands(givens, given, by);
    }
    if (more) {
        given->changed = givens->round;
    }
}

struct hearing {
    struct givens *givens;
    struct given *given;
    const struct given *by;
    struct arena *scratch;
};

static void hear(const struct hearing *hearing, const struct entry *entry)
{
    const size_t mark = arena_mark(hearing->scratch);
    struct accreditation accreditation;

    if (entry->kind == ENTRY_ACCREDITATION &&
        entry_payload_decode(&accreditation, entry, hearing->scratch) == REASON_NONE) {
        add_accreditation(hearing->givens, hearing->given, hearing->by, &accreditation);
    }
    arena_rewind(hearing->scratch, mark);
}

static enum store_error hear_row(struct store_txn *txn, const struct hearing *hearing,
                                 const struct entry_at *at)
{
    struct bytes element;
    struct entry entry;
    enum store_error error = element_read(txn, at, &element);

    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    if (entry_decode(&entry, element) != REASON_NONE) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    hear(hearing, &entry);
    return STORE_OK;
}

/* Where not all of it can be heard, it says all that it may. */
static enum store_error hear_chain(struct givens *givens, const struct hearing *hearing, struct given *by)
{
    struct key key = grant_key_of_actor(GRANT_ACCREDITATION, &hearing->given->author);
    const size_t mark = arena_mark(hearing->scratch);
    const size_t its = GIVEN_ROWS_EACH_MAX - by->rows;
    const size_t max = its < givens->left.rows ? its : givens->left.rows;
    struct entry_at *grants;
    size_t count, heard = 0;
    enum grants_cut cut;
    enum store_error error;

    grant_key_add_author(&key, by->number);
    error = grants_find(givens->txn, &key, max, &grants, &count, &cut, hearing->scratch);
    while (error == STORE_OK && heard < count && !has_all_of(hearing->given, by)) {
        error = hear_row(givens->txn, hearing, &grants[heard++]);
    }
    if (error == STORE_OK && cut != GRANTS_CUT_NONE) {
        add_all_of(givens, hearing->given, by);
    }
    by->rows += (uint16_t)heard;
    givens->left.rows -= heard;
    arena_rewind(hearing->scratch, mark);
    return error;
}

static bool is_news(const struct givens *givens, const struct given *by)
{
    return by->any && by->changed + 1 >= givens->round;
}

static enum store_error hear_side_row(void *context, const struct side_at *row)
{
    struct hearing hearing = *(const struct hearing *)context;
    struct givens *givens = hearing.givens;
    const size_t slot = slot_of(givens, row->author);
    struct entry entry;
    enum store_error error;

    if (givens->found[slot] == 0 || !is_news(givens, &givens->authors[givens->found[slot] - 1])) {
        return STORE_NOT_FOUND;
    }
    hearing.by = &givens->authors[givens->found[slot] - 1];
    error = side_entry_read(givens->txn, row, &entry);
    if (error == STORE_OK) {
        hear(&hearing, &entry);
    }
    return error;
}

/* What is said beside the chains. */
static enum store_error hear_beside(struct givens *givens, struct hearing *hearing)
{
    const struct given *given = hearing->given;
    const struct key key = grant_key_of_actor(GRANT_ACCREDITATION, &given->author);
    struct side_budget left = {.rows = givens->left.rows, .steps = givens->left.steps};
    enum store_error error =
        side_grants_each(givens->txn, givens->trust, &key, &left, hear_side_row, hearing, hearing->scratch);

    givens->left.rows = left.rows;
    givens->left.steps = left.steps;
    for (size_t i = 0; i < given->edge_count && left.cut; i++) {
        const struct given *by = &givens->authors[givens->edges[given->edges + i]];

        if (is_news(givens, by) && by != given) {
            add_all_of(givens, hearing->given, by);
        }
    }
    return error;
}

static enum store_error give(struct givens *givens, struct given *given, struct arena *scratch)
{
    struct hearing hearing = {.givens = givens, .given = given, .scratch = scratch};
    enum store_error error = STORE_OK;
    bool any = false;

    for (size_t i = 0; i < given->edge_count && error == STORE_OK; i++) {
        struct given *by = &givens->authors[givens->edges[given->edges + i]];

        if (is_news(givens, by) && by != given) {
            hearing.by = by;
            any = true;
            error = hear_chain(givens, &hearing, by);
        }
    }
    return error == STORE_OK && any ? hear_beside(givens, &hearing) : error;
}

/* In rounds, from those that were met last downward. */
static enum store_error give_all(struct givens *givens, struct arena *scratch)
{
    enum store_error error = STORE_OK;
    bool more = true;

    while (more && error == STORE_OK && givens->round < CHAIN_DEPTH_MAX) {
        more = false;
        givens->round++;
        for (size_t i = givens->count; i > 0 && error == STORE_OK; i--) {
            error = give(givens, &givens->authors[i - 1], scratch);
            more |= givens->authors[i - 1].changed == givens->round;
        }
    }
    return error;
}

/* ---- owners ---- */

static void add_root(struct givens *givens, uint32_t number, struct bytes name_space)
{
    size_t of_space = 0;

    for (size_t i = 0; i < givens->root_count; i++) {
        const bool same = bytes_equal(givens->roots[i], name_space);

        if (givens->root_numbers[i] == number && same) {
            return;
        }
        of_space += same;
    }
    if (of_space > GIVEN_HEIRS_EACH_MAX || givens->root_count == GIVEN_ROOTS_MAX) {
        givens->left.cut = true;
        return;
    }
    givens->root_numbers[givens->root_count] = number;
    givens->roots[givens->root_count++] = name_space;
}

static enum store_error add_heir(struct givens *givens, size_t root, const struct entry *entry,
                                 struct arena *scratch)
{
    const size_t mark = arena_mark(scratch);
    struct succession succession;
    struct disk_author row;
    enum store_error error = STORE_OK;

    if (entry->kind == ENTRY_SUCCESSION && entry_payload_decode(&succession, entry, scratch) == REASON_NONE &&
        bytes_equal(succession.name_space, givens->roots[root])) {
        error = author_read(givens->txn, &succession.successor, &row);
        if (error == STORE_OK) {
            add_root(givens, row.number, givens->roots[root]);
        }
    }
    arena_rewind(scratch, mark);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

struct handing {
    struct givens *givens;
    size_t root;
    struct arena *scratch;
};

static enum store_error add_side_heir(void *context, const struct side_at *row)
{
    const struct handing *handing = context;
    struct entry entry;
    enum store_error error;

    if (row->author != handing->givens->root_numbers[handing->root]) {
        return STORE_NOT_FOUND;
    }
    error = side_entry_read(handing->givens->txn, row, &entry);
    return error == STORE_OK ? add_heir(handing->givens, handing->root, &entry, handing->scratch) : error;
}

static enum store_error add_heirs(struct givens *givens, size_t root, struct arena *scratch)
{
    const struct key key = grant_key_of_namespace(GRANT_SUCCESSION, givens->roots[root]);
    const size_t mark = arena_mark(scratch);
    struct key narrowed = key;
    struct entry_at *grants;
    size_t count;
    enum grants_cut cut;
    enum store_error error;

    grant_key_add_author(&narrowed, givens->root_numbers[root]);
    error = grants_find(givens->txn, &narrowed, givens->left.rows, &grants, &count, &cut, scratch);
    for (size_t i = 0; error == STORE_OK && i < count; i++) {
        struct bytes element;
        struct entry entry;

        error = element_read(givens->txn, &grants[i], &element);
        if (error == STORE_OK && entry_decode(&entry, element) == REASON_NONE) {
            error = add_heir(givens, root, &entry, scratch);
        }
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    arena_rewind(scratch, mark);
    return error == STORE_OK
               ? side_grants_each(givens->txn, givens->trust, &key, &givens->left, add_side_heir,
                                  &(struct handing){givens, root, scratch}, scratch)
               : error;
}

/* Whatever an owner hands on is another's, and so on. */
static enum store_error find_roots(struct givens *givens, struct arena *scratch)
{
    const struct trust *trust = givens->trust;
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < trust->owner_count && error == STORE_OK; i++) {
        struct disk_author row;

        error = author_read(givens->txn, &trust->owners[i].actor, &row);
        if (error == STORE_OK) {
            add_root(givens, row.number, bytes_of_string(trust->owners[i].name_space));
        }
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    for (size_t i = 0; i < givens->root_count && error == STORE_OK; i++) {
        error = add_heirs(givens, i, scratch);
    }
    return error;
}

/* An owner may speak of all its namespace, on any day. */
static void give_owner(struct givens *givens, struct given *given, struct bytes name_space)
{
    uint8_t *pattern = arena_take(givens->arena, name_space.size + 2);

    given->owns = true;
    (void)add_days(given, 0, DAY_NONE);
    if (!pattern) {
        given->any_code = true;
        return;
    }
    memcpy(pattern, name_space.data, name_space.size);
    pattern[name_space.size] = '/';
    pattern[name_space.size + 1] = '*';
    (void)add_pattern(givens, given, (struct bytes){pattern, name_space.size + 2});
}

static void give_owners(struct givens *givens)
{
    for (size_t i = 0; i < givens->root_count; i++) {
        const size_t slot = slot_of(givens, givens->root_numbers[i]);

        if (givens->found[slot] != 0) {
            give_owner(givens, &givens->authors[givens->found[slot] - 1], givens->roots[i]);
        }
    }
}

enum store_error givens_find_owners(struct givens *out, struct store_txn *txn, const struct trust *trust,
                                    size_t rows, struct arena *scratch)
{
    out->txn = txn;
    out->trust = trust;
    out->left = (struct side_budget){.rows = rows, .steps = GIVEN_AUTHORS_MAX};
    out->root_count = 0;
    return find_roots(out, scratch);
}

/* ---- together ---- */

enum store_error givens_find(struct givens *out, struct store_txn *txn, const struct trust *trust,
                             const struct actor_id *author, unsigned links, size_t rows, struct arena *arena,
                             struct arena *scratch)
{
    struct disk_author row = {.number = UINT32_MAX};
    uint16_t index;
    enum store_error error = givens_find_owners(out, txn, trust, rows, scratch);

    out->arena = arena;
    out->count = out->edge_count = 0;
    out->round = out->hand_count = 0;
    memset(out->found, 0, sizeof out->found);
    if (error == STORE_OK) {
        error = author_read(txn, author, &row);
    }
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    (void)add_author(out, author, error == STORE_OK ? row.number : UINT32_MAX, (uint8_t)links, &index);
    error = find_authors(out, scratch);
    give_owners(out);
    return error == STORE_OK ? give_all(out, scratch) : error;
}

const struct given *given_to_number(const struct givens *givens, uint32_t number)
{
    const size_t at = givens->found[slot_of(givens, number)];

    return at != 0 && givens->authors[at - 1].any ? &givens->authors[at - 1] : NULL;
}

const struct given *given_to(const struct givens *givens, const struct actor_id *author)
{
    for (size_t i = 0; i < givens->count; i++) {
        if (actor_id_equal(&givens->authors[i].author, author)) {
            return givens->authors[i].any ? &givens->authors[i] : NULL;
        }
    }
    return NULL;
}

bool given_meets(const struct given *given, uint32_t first, uint32_t last, const struct list *patterns)
{
    const struct bytes *its = given->patterns.items;
    const struct bytes *theirs = patterns->items;
    struct bytes both;

    if (first > given->last || last < given->first) {
        return false;
    }
    for (size_t i = 0; i < given->patterns.count; i++) {
        for (size_t k = 0; k < patterns->count; k++) {
            if (code_patterns_meet(its[i], theirs[k], &both)) {
                return true;
            }
        }
    }
    return given->any_code || patterns->count == 0;
}
