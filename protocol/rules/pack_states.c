#include "protocol/rules/pack_states.h"

#include "protocol/base/text.h"
#include "protocol/rules/pack_rules.h"

static struct bytes local_of(struct bytes code)
{
    struct bytes name_space = code_namespace(code);
    size_t skipped = name_space.size == code.size ? code.size : name_space.size + 1;
    return bytes_of(code.data + skipped, code.size - skipped);
}

/* As pack_rules_find chooses: the rule for the code itself, else that with the longest pattern. */
static const struct pack_rule *condition_of(const struct rule_pack *pack, struct bytes local)
{
    const struct pack_rule *rules = pack->rules.items;
    const struct pack_rule *best = NULL;
    for (size_t i = 0; i < pack->rules.count; i++) {
        if (rules[i].kind != PACK_RULE_CONDITION) {
            continue;
        }
        if (bytes_equal(rules[i].name, local)) {
            return &rules[i];
        }
        if (code_matches(local, rules[i].name) && (best == NULL || rules[i].name.size > best->name.size)) {
            best = &rules[i];
        }
    }
    return best;
}

struct state_search {
    bool state, strange;
};

static bool note_state(void *context, const struct expression *node)
{
    struct state_search *search = context;
    search->state |= node->op == EXPRESSION_IN_STATE;
    search->strange |= node->op == EXPRESSION_UNKNOWN;
    return true;
}

static enum answer binds(const struct rule_pack *pack, struct bytes local)
{
    uint8_t memory[EXPRESSION_ARENA_SIZE];
    struct state_search search = {0};
    struct expression expression;
    struct arena arena;
    const struct pack_rule *rule = condition_of(pack, local);
    if (rule == NULL) {
        return ANSWER_NO;
    }
    arena_init(&arena, memory, sizeof memory);
    if (expression_decode(&expression, SCOPE_SUBJECT, rule->expression, &arena) != REASON_NONE) {
        return ANSWER_UNKNOWN;
    }
    expression_each(&expression, note_state, &search);
    if (search.state) {
        return ANSWER_YES;
    }
    return search.strange ? ANSWER_UNKNOWN : ANSWER_NO;
}

enum answer pack_binds_state(const struct rule_pack *pack, struct bytes code)
{
    return binds(pack, local_of(code));
}

enum answer pack_binds_states_of(const struct rule_pack *pack, struct bytes pattern)
{
    const struct pack_code *codes = pack->codes.items;
    struct bytes local = local_of(pattern);
    enum answer all = ANSWER_UNKNOWN;
    bool any = false;
    for (size_t i = 0; i < pack->codes.count; i++) {
        if (!code_matches(codes[i].code, local)) {
            continue;
        }
        enum answer one = binds(pack, codes[i].code);
        if (any && one != all) {
            return ANSWER_UNKNOWN;
        }
        any = true;
        all = one;
    }
    return all;
}
