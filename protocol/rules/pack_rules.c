#include "protocol/rules/pack_rules.h"

#include "protocol/base/text.h"

/* ---- reading ---- */

/* Returns: false when the arena is full. */
static bool read_rule(struct compiled_rule *out, const struct pack_rule *rule, struct arena *arena)
{
    size_t mark = arena_mark(arena);
    *out = (struct compiled_rule){.kind = rule->kind, .name = rule->name};
    enum reason reason =
        expression_decode(&out->expression, expression_scope_of(rule->kind), rule->expression, arena);
    if (reason != REASON_NONE) {
        arena_rewind(arena, mark);
    }
    return reason != REASON_TOO_LARGE;
}

bool pack_rules_read(struct pack_rules *out, const struct rule_pack *pack, struct arena *arena)
{
    const struct pack_rule *rules = pack->rules.items;
    struct compiled_rule *compiled = arena_take(arena, pack->rules.count * sizeof *compiled);
    *out = (struct pack_rules){.pack = pack};
    if (compiled == NULL) {
        return false;
    }
    for (size_t i = 0; i < pack->rules.count; i++) {
        if (!read_rule(&compiled[i], &rules[i], arena)) {
            return false;
        }
    }
    out->rules = compiled;
    out->count = pack->rules.count;
    return true;
}

/* ---- looking up ---- */

/* Index of the first rule of kind or of a later one. */
static size_t first_of(const struct rule_pack *pack, enum pack_rule_kind kind)
{
    const struct pack_rule *rules = pack->rules.items;
    size_t low = 0;
    size_t high = pack->rules.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rules[middle].kind < kind) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_named_exactly(enum pack_rule_kind kind)
{
    return kind == PACK_RULE_TITLE || kind == PACK_RULE_RECOGNITION;
}

/* Whether name may be what a rule is for: quick, as most are for something else. */
static bool may_be_for(struct bytes rule_name, struct bytes name)
{
    return rule_name.size > 0 && name.size > 0 &&
           (rule_name.data[0] == name.data[0] || rule_name.data[0] == '*');
}

const struct pack_rule *pack_rule_of(const struct rule_pack *pack, enum pack_rule_kind kind,
                                     struct bytes name)
{
    const struct pack_rule *rules = pack->rules.items;
    const struct pack_rule *best = NULL;
    for (size_t i = first_of(pack, kind); i < pack->rules.count && rules[i].kind == kind; i++) {
        const struct pack_rule *rule = &rules[i];
        if (!may_be_for(rule->name, name)) {
            continue;
        }
        if (bytes_equal(rule->name, name)) {
            return rule;
        }
        if (!is_named_exactly(kind) && code_matches(name, rule->name) &&
            (best == NULL || rule->name.size > best->name.size)) {
            best = rule;
        }
    }
    return best;
}

const struct compiled_rule *pack_rules_find(const struct pack_rules *rules, enum pack_rule_kind kind,
                                            struct bytes name)
{
    const struct pack_rule *said = rules->pack->rules.items;
    const struct pack_rule *found = pack_rule_of(rules->pack, kind, name);
    return found == NULL ? NULL : &rules->rules[found - said];
}

bool pack_rules_differ(const struct rule_pack *a, const struct rule_pack *b, enum pack_rule_kind kind,
                       struct bytes name)
{
    const struct pack_rule *by_a = pack_rule_of(a, kind, name);
    const struct pack_rule *by_b = pack_rule_of(b, kind, name);
    if (by_a == NULL || by_b == NULL) {
        return by_a != by_b;
    }
    return !bytes_equal(by_a->expression, by_b->expression);
}
