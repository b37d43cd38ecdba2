#include <string.h>

#include "protocol/base/text.h"
#include "protocol/rules/pack_rules.h"

struct check {
    const struct rule_pack *pack;
    struct pack_rules rules;
    enum pack_fault fault;
    struct bytes what;
};

static const struct pack_code *code_at(const struct check *check, size_t at)
{
    return (const struct pack_code *)check->pack->codes.items + at;
}

/* Returns: false, so that what goes on while true stops. */
static bool fail(struct check *check, enum pack_fault fault, struct bytes what)
{
    check->fault = fault;
    check->what = what;
    return false;
}

/* ---- names and references ---- */

/* What stands behind the slash where a code or pattern is of this namespace, else nothing. */
static struct bytes local_of(const struct check *check, struct bytes pattern)
{
    struct bytes name_space = code_namespace(pattern);
    if (pattern.size == 0 || !bytes_equal(name_space, check->pack->name_space)) {
        return bytes_of(NULL, 0);
    }
    return bytes_of(pattern.data + name_space.size + 1, pattern.size - name_space.size - 1);
}

static bool matches_a_code(const struct check *check, struct bytes local)
{
    for (size_t i = 0; i < check->pack->codes.count; i++) {
        if (code_matches(code_at(check, i)->code, local)) {
            return true;
        }
    }
    return false;
}

static bool is_rule_of_codes(const struct compiled_rule *rule)
{
    return rule->kind != PACK_RULE_TITLE && rule->kind != PACK_RULE_RECOGNITION;
}

static bool is_local_pattern(const struct check *check, struct bytes local)
{
    char whole[CODE_SIZE_MAX];
    size_t before = check->pack->name_space.size + 1;
    if (local.size > sizeof whole - before) {
        return false;
    }
    memcpy(whole, check->pack->name_space.data, before - 1);
    whole[before - 1] = '/';
    memcpy(whole + before, local.data, local.size);
    return text_is_code_pattern(bytes_of(whole, before + local.size));
}

static bool check_name(struct check *check, const struct compiled_rule *rule)
{
    if (!is_rule_of_codes(rule)) {
        return true;
    }
    if (!is_local_pattern(check, rule->name)) {
        return fail(check, PACK_BAD_RULE_NAME, rule->name);
    }
    return matches_a_code(check, rule->name) || fail(check, PACK_UNKNOWN_CODE_RULE, rule->name);
}

static bool check_title(struct check *check, const struct expression *node)
{
    return node->op != EXPRESSION_TITLE || !bytes_equal(node->name_space, check->pack->name_space) ||
           pack_rules_find(&check->rules, PACK_RULE_TITLE, node->name) != NULL ||
           fail(check, PACK_UNKNOWN_TITLE, node->name);
}

static bool check_node(void *context, const struct expression *node)
{
    struct check *check = context;
    struct bytes local = local_of(check, node->pattern);
    if (node->op == EXPRESSION_UNKNOWN) {
        return fail(check, PACK_BAD_EXPRESSION, bytes_of(NULL, 0));
    }
    if (local.size > 0 && !matches_a_code(check, local)) {
        return fail(check, PACK_UNKNOWN_CODE, node->pattern);
    }
    return check_title(check, node);
}

static bool check_rule(struct check *check, size_t at)
{
    const struct compiled_rule *rule = &check->rules.rules[at];
    if (!check_name(check, rule)) {
        return false;
    }
    if (expression_each(&rule->expression, check_node, check)) {
        return true;
    }
    if (check->fault == PACK_BAD_EXPRESSION) {
        check->what = rule->name;
    }
    return false;
}

/* ---- cycles ---- */

/* What rests on what: a code as tested, the same code as certified, and titles are the points of a graph, and
 * each rule leads from those that it is for to those that it refers to. */
struct graph {
    const struct check *check;
    size_t code_count, point_count, word_count; /* words of 64 points in a row */
    uint64_t *rule_rows;                        /* to which points each rule refers */
    uint64_t *reach;                            /* to which points each point leads */
    uint64_t *row;                              /* of the rule that is read */
};

static size_t tested_point(size_t code)
{
    return code;
}

static size_t certified_point(const struct graph *graph, size_t code)
{
    return graph->code_count + code;
}

static size_t title_point(const struct graph *graph, const struct compiled_rule *rule)
{
    return 2 * graph->code_count + (size_t)(rule - graph->check->rules.rules);
}

static void set_bit(uint64_t *row, size_t at)
{
    row[at / 64] |= UINT64_C(1) << at % 64;
}

static bool has_bit(const uint64_t *row, size_t at)
{
    return (row[at / 64] >> at % 64 & 1) != 0;
}

static uint64_t *rule_row(const struct graph *graph, const struct compiled_rule *rule)
{
    return graph->rule_rows + (size_t)(rule - graph->check->rules.rules) * graph->word_count;
}

static uint64_t *reach_row(const struct graph *graph, size_t point)
{
    return graph->reach + point * graph->word_count;
}

static void add_row(const struct graph *graph, uint64_t *row, const uint64_t *added)
{
    for (size_t i = 0; i < graph->word_count; i++) {
        row[i] |= added[i];
    }
}

/* A shop's membership is the shop's, not the technician's: IN_NETWORK leads nowhere here. */
static void add_codes(const struct graph *graph, const struct expression *node)
{
    struct bytes local = local_of(graph->check, node->pattern);
    bool is_certified = node->op == EXPRESSION_CERTIFIED;
    if (local.size == 0 || node->op == EXPRESSION_IN_NETWORK) {
        return;
    }
    for (size_t i = 0; i < graph->code_count; i++) {
        if (code_matches(code_at(graph->check, i)->code, local)) {
            set_bit(graph->row, is_certified ? certified_point(graph, i) : tested_point(i));
        }
    }
}

/* A title of any namespace may be that of this one. */
static void add_title(const struct graph *graph, const struct expression *node)
{
    bool is_own = node->name_space.size == 0 || bytes_equal(node->name_space, graph->check->pack->name_space);
    const struct compiled_rule *title = NULL;
    if (node->op == EXPRESSION_TITLE && is_own) {
        title = pack_rules_find(&graph->check->rules, PACK_RULE_TITLE, node->name);
    }
    if (title != NULL) {
        set_bit(graph->row, title_point(graph, title));
    }
}

static bool add_references(void *context, const struct expression *node)
{
    const struct graph *graph = context;
    add_codes(graph, node);
    add_title(graph, node);
    return true;
}

static void add_rule_for_code(const struct graph *graph, uint64_t *row, enum pack_rule_kind kind, size_t code)
{
    const struct compiled_rule *rule =
        pack_rules_find(&graph->check->rules, kind, code_at(graph->check, code)->code);
    if (rule != NULL) {
        add_row(graph, row, rule_row(graph, rule));
    }
}

/* Make reach say what each point rests on at once. */
static void lay_edges(struct graph *graph)
{
    for (size_t i = 0; i < graph->check->rules.count; i++) {
        const struct compiled_rule *rule = &graph->check->rules.rules[i];
        graph->row = rule_row(graph, rule);
        expression_each(&rule->expression, add_references, graph);
        if (rule->kind == PACK_RULE_TITLE) {
            add_row(graph, reach_row(graph, title_point(graph, rule)), graph->row);
        }
    }
    for (size_t i = 0; i < graph->code_count; i++) {
        uint64_t *tested = reach_row(graph, tested_point(i));
        uint64_t *certified = reach_row(graph, certified_point(graph, i));
        add_rule_for_code(graph, tested, PACK_RULE_PREREQUISITE, i);
        add_rule_for_code(graph, tested, PACK_RULE_RENEWAL, i);
        add_rule_for_code(graph, tested, PACK_RULE_CONDITION, i);
        add_rule_for_code(graph, certified, PACK_RULE_EXPERIENCE, i);
        set_bit(certified, tested_point(i));
    }
}

/* Make reach say what each point rests on in the end. */
static void close_edges(const struct graph *graph)
{
    for (size_t through = 0; through < graph->point_count; through++) {
        const uint64_t *added = reach_row(graph, through);
        for (size_t i = 0; i < graph->point_count; i++) {
            if (has_bit(reach_row(graph, i), through)) {
                add_row(graph, reach_row(graph, i), added);
            }
        }
    }
}

static bool graph_init(struct graph *graph, const struct check *check, struct arena *arena)
{
    size_t code_count = check->pack->codes.count;
    *graph = (struct graph){
        .check = check, .code_count = code_count, .point_count = 2 * code_count + check->rules.count};
    graph->word_count = graph->point_count / 64 + 1;
    graph->rule_rows = arena_take(arena, check->rules.count * graph->word_count * sizeof *graph->rule_rows);
    graph->reach = arena_take(arena, graph->point_count * graph->word_count * sizeof *graph->reach);
    return graph->rule_rows != NULL && graph->reach != NULL;
}

/* Whether what a rule refers to leads back to a point. */
static bool leads_back(const struct graph *graph, const struct compiled_rule *rule, size_t point)
{
    const uint64_t *row = rule_row(graph, rule);
    for (size_t i = 0; i < graph->point_count; i++) {
        if (has_bit(row, i) && (i == point || has_bit(reach_row(graph, i), point))) {
            return true;
        }
    }
    return false;
}

/* The rule of kind for a code by which the code rests on itself, or NULL. */
static const struct compiled_rule *rule_back(const struct graph *graph, enum pack_rule_kind kind, size_t code)
{
    size_t point = kind == PACK_RULE_EXPERIENCE ? certified_point(graph, code) : tested_point(code);
    const struct compiled_rule *rule =
        pack_rules_find(&graph->check->rules, kind, code_at(graph->check, code)->code);
    return rule != NULL && leads_back(graph, rule, point) ? rule : NULL;
}

static const struct compiled_rule *rule_of_code_cycle(const struct graph *graph, size_t code)
{
    static const enum pack_rule_kind kinds[] = {PACK_RULE_PREREQUISITE, PACK_RULE_RENEWAL,
                                                PACK_RULE_CONDITION, PACK_RULE_EXPERIENCE};
    const struct compiled_rule *rule = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && rule == NULL; i++) {
        rule = rule_back(graph, kinds[i], code);
    }
    return rule;
}

static bool find_title_cycle(struct check *check, const struct graph *graph, size_t *at)
{
    for (size_t i = 0; i < check->rules.count; i++) {
        const struct compiled_rule *rule = &check->rules.rules[i];
        size_t point = title_point(graph, rule);
        if (rule->kind == PACK_RULE_TITLE && has_bit(reach_row(graph, point), point)) {
            *at = i;
            return fail(check, PACK_TITLE_CYCLE, rule->name);
        }
    }
    return true;
}

static bool find_code_cycle(struct check *check, const struct graph *graph, size_t *at)
{
    for (size_t i = 0; i < graph->code_count; i++) {
        const struct compiled_rule *rule = rule_of_code_cycle(graph, i);
        if (rule != NULL) {
            *at = (size_t)(rule - check->rules.rules);
            return fail(check, PACK_CODE_CYCLE, code_at(check, i)->code);
        }
    }
    return true;
}

static bool check_cycles(struct check *check, size_t *at, struct arena *arena)
{
    struct graph graph;
    if (!graph_init(&graph, check, arena)) {
        return fail(check, PACK_TOO_LARGE, bytes_of(NULL, 0));
    }
    lay_edges(&graph);
    close_edges(&graph);
    return find_title_cycle(check, &graph, at) && find_code_cycle(check, &graph, at);
}

/* ---- the whole ---- */

static bool check_all(struct check *check, size_t *at, struct arena *arena)
{
    if (!pack_rules_read(&check->rules, check->pack, arena)) {
        return fail(check, PACK_TOO_LARGE, bytes_of(NULL, 0));
    }
    for (*at = 0; *at < check->rules.count; ++*at) {
        if (!check_rule(check, *at)) {
            return false;
        }
    }
    *at = 0;
    return check_cycles(check, at, arena);
}

enum pack_fault pack_rules_check(const struct rule_pack *pack, size_t *at, struct bytes *what,
                                 struct arena *arena)
{
    size_t mark = arena_mark(arena);
    struct check check = {.pack = pack, .fault = PACK_FINE};
    *at = 0;
    check_all(&check, at, arena);
    arena_rewind(arena, mark);
    *what = check.what;
    return check.fault;
}
