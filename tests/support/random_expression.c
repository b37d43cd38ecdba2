#include "tests/support/random_expression.h"

#include <assert.h>

#include "protocol/rules/expression_table.h"

struct growth {
    uint64_t *seed;
    struct arena *arena;
    size_t nodes_left;
};

/* splitmix64 */
static uint64_t next_number(uint64_t *seed)
{
    uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t random_below(uint64_t *seed, uint64_t limit)
{
    return next_number(seed) % limit;
}

static const char *const patterns[] = {
    "ase/A5",   "ase/A*",   "ase/*",   "ase/experience",
    "ase/not",  "ase/12",   "epa/609", "ford/network-shop",
    "a/any.of", "in/state", "all/of*", "abcdefghijklmnop/1234567890123456789012345678901",
};
static const char *const codes[] = {"ase/A5", "ase/unknown", "ford/network-shop", "epa/609", "in/network"};
static const char *const namespaces[] = {"", "ase", "any", "not"};
static const char *const names[] = {
    "Master Automobile",
    "World Class",
    "a \"quoted\" name",
    "it's",
    "back\\slash",
    "#(),:%",
    "\\\"",
    "é ß 漢字",
    ("\xcc\x81"
     "begins with a mark"),
};
static const char *const states[] = {"AK", "CA", "NM", "OH", "TX"};
static const char *const areas[] = {"and", "brakes", "engine", "heating & air", "in \"quotes\"", "it's",
                                    "or",  "tires",  "é"};

#define PICK(growth, table)                                                                                  \
    bytes_of_string((table)[random_below((growth)->seed, sizeof(table) / sizeof(table)[0])])

/* A random part of a sorted table, at least one and at most count_max of it. */
static struct list some_of(struct growth *growth, const char *const *table, size_t count, size_t count_max)
{
    struct bytes *items = arena_take(growth->arena, count * sizeof *items);
    size_t taken = 0;
    assert(items != NULL);
    for (size_t i = 0; i < count && taken < count_max; i++) {
        if (random_below(growth->seed, 2) == 0 || (taken == 0 && i + 1 == count)) {
            items[taken++] = bytes_of_string(table[i]);
        }
    }
    return (struct list){items, taken};
}

static void grow(struct growth *growth, struct expression *out, enum expression_scope scope, uint32_t depth);

static void grow_children(struct growth *growth, struct expression *out, size_t count,
                          enum expression_scope scope, uint32_t depth)
{
    struct expression *children = arena_take(growth->arena, count * sizeof *children);
    assert(children != NULL);
    growth->nodes_left -= count < growth->nodes_left ? count : growth->nodes_left;
    for (size_t i = 0; i < count; i++) {
        grow(growth, &children[i], scope, depth - 1);
    }
    out->children = children;
    out->child_count = count;
}

static size_t child_count_of(struct growth *growth, const struct expression *out)
{
    if (out->areas.count > 0) {
        return out->areas.count;
    }
    return 1 + random_below(growth->seed, random_below(growth->seed, 8) == 0 ? 9 : 3);
}

static void fill(struct growth *growth, struct expression *out, enum expression_argument argument,
                 enum expression_scope scope, uint32_t depth)
{
    switch (argument) {
    case ARGUMENT_COUNT: {
        const struct expression_operator *row = expression_operator_of(out->op);
        bool is_high = random_below(growth->seed, 2) == 0;
        uint64_t range = row->count_max - row->count_min + 1;
        out->count = row->count_min + random_below(growth->seed, is_high || range < 4 ? range : 4);
        break;
    }
    case ARGUMENT_DAYS:
        out->days = (uint32_t)random_below(growth->seed, 3);
        out->days += out->days == 0 && out->count == 0 ? GRACE_DAYS_MAX : 0;
        break;
    case ARGUMENT_PATTERN:
        out->pattern = PICK(growth, patterns);
        break;
    case ARGUMENT_CODE:
        out->pattern = PICK(growth, codes);
        break;
    case ARGUMENT_NAMESPACE:
        out->name_space = PICK(growth, namespaces);
        break;
    case ARGUMENT_NAME:
        out->name = PICK(growth, names);
        break;
    case ARGUMENT_BASES:
        out->bases = (uint32_t)next_number(growth->seed) & expression_bases_all();
        out->bases |= out->bases == 0 ? UINT32_C(1) << BASIS_RENEWAL : 0;
        break;
    case ARGUMENT_STATES:
        out->states = some_of(growth, states, sizeof states / sizeof states[0], STATES_MAX);
        break;
    case ARGUMENT_AREAS:
        out->areas = some_of(growth, areas, sizeof areas / sizeof areas[0], growth->nodes_left);
        break;
    case ARGUMENT_CHILD:
        grow_children(growth, out, 1, scope, depth);
        break;
    case ARGUMENT_CHILDREN:
        grow_children(growth, out, child_count_of(growth, out), scope, depth);
        break;
    }
}

static bool has_children(const struct expression_operator *row)
{
    enum expression_argument last = row->arguments[row->argument_count - 1];
    return last == ARGUMENT_CHILD || last == ARGUMENT_CHILDREN;
}

static enum expression_op pick_op(struct growth *growth, enum expression_scope scope, uint32_t depth)
{
    for (;;) {
        enum expression_op op = (enum expression_op)(1 + random_below(growth->seed, EXPRESSION_COVERED));
        bool may_have_children = depth > 1 && growth->nodes_left > 0;
        if (expression_op_in_scope(op, scope) &&
            (may_have_children || !has_children(expression_operator_of(op)))) {
            return op;
        }
    }
}

static void grow(struct growth *growth, struct expression *out, enum expression_scope scope, uint32_t depth)
{
    *out = (struct expression){.op = pick_op(growth, scope, depth)};
    const struct expression_operator *row = expression_operator_of(out->op);
    for (uint32_t i = 0; i < row->argument_count; i++) {
        fill(growth, out, row->arguments[i], expression_scope_within(out->op, scope), depth);
    }
    if (out->op == EXPRESSION_AT_LEAST && out->count > out->child_count) {
        out->count = out->child_count;
    }
}

void random_expression(struct expression *out, enum expression_scope scope, uint32_t depth, size_t node_max,
                       uint64_t *seed, struct arena *arena)
{
    struct growth growth = {.seed = seed, .arena = arena, .nodes_left = node_max - 1};
    grow(&growth, out, scope, depth);
}
