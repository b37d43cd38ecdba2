#include "protocol/rules/denials.h"

#include "protocol/base/text.h"

/* Whether what a rule names is denied. */
enum follow { FOLLOW_NOT, FOLLOW_DUE, FOLLOW_DONE };

/* How often titles that titles name are looked for; beyond that everything is denied. */
enum { TITLE_PASSES_MAX = 32 };

struct search {
    struct denials *out;
    const struct dossier *dossier;
    struct arena *arena;
    uint8_t *follow; /* of every rule of every pack, in their order: enum follow */
    bool due;        /* some rule is */
    bool full;       /* the arena is */
};

/* ---- leaves ---- */

static void follow_titles(struct search *search, struct bytes name_space, struct bytes name);

static void add_pattern(struct denials *out, struct bytes pattern)
{
    for (size_t i = 0; i < out->count; i++) {
        if (code_matches(pattern, out->patterns[i])) {
            return;
        }
    }
    if (out->count == DENIALS_MAX) {
        out->all = true;
        return;
    }
    out->patterns[out->count++] = pattern;
}

/* denied: whether expression is; all: every leaf of it is as good as denied. */
static void add_leaves(struct search *search, const struct expression *expression, bool denied, bool all)
{
    bool child_denied = expression->op == EXPRESSION_NOT ? !denied : denied;
    for (size_t i = 0; i < expression->child_count; i++) {
        add_leaves(search, &expression->children[i], child_denied, all);
    }
    if (!denied && !all) {
        return;
    }
    if (expression->pattern.size > 0) {
        add_pattern(search->out, expression->pattern);
    }
    if (expression->op == EXPRESSION_TITLE) {
        follow_titles(search, expression->name_space, expression->name);
    }
}

/* ---- rules ---- */

/* Returns: false when the arena is full. Nobody knows what is no expression. */
static bool read_rule(struct expression *out, const struct pack_rule *rule, struct arena *arena)
{
    enum reason reason = expression_decode(out, expression_scope_of(rule->kind), rule->expression, arena);
    if (reason != REASON_NONE) {
        *out = (struct expression){.op = EXPRESSION_UNKNOWN};
    }
    return reason != REASON_TOO_LARGE;
}

static void add_rule(struct search *search, const struct pack_rule *rule, bool all)
{
    struct expression expression;
    size_t mark = arena_mark(search->arena);
    if (!read_rule(&expression, rule, search->arena)) {
        search->full = true;
        return;
    }
    add_leaves(search, &expression, false, all);
    arena_rewind(search->arena, mark);
}

static bool is_denial(void *context, const struct expression *node)
{
    (void)context;
    return node->op != EXPRESSION_NOT;
}

bool denials_in_pack(bool *out, const struct rule_pack *pack, struct arena *arena)
{
    const struct pack_rule *rules = pack->rules.items;
    size_t mark = arena_mark(arena);
    *out = false;
    for (size_t i = 0; i < pack->rules.count && !*out; i++) {
        struct expression expression;
        if (!expression_may_hold(rules[i].expression, EXPRESSION_NOT)) {
            continue;
        }
        if (!read_rule(&expression, &rules[i], arena)) {
            return false;
        }
        *out = !expression_each(&expression, is_denial, NULL);
        arena_rewind(arena, mark);
    }
    return true;
}

/* Call visit for each rule of the packs of a namespace, or where it is empty of all, that was not followed
 * yet. */
static void each_rule(struct search *search, struct bytes name_space, struct bytes asked,
                      void (*visit)(struct search *search, const struct pack_rule *rule, struct bytes asked,
                                    uint8_t *follow))
{
    size_t at = 0;
    for (size_t i = 0; i < search->dossier->pack_count; i++) {
        const struct rule_pack *pack = &search->dossier->packs[i].pack;
        const struct pack_rule *rules = pack->rules.items;
        bool is_asked = name_space.size == 0 || bytes_equal(pack->name_space, name_space);
        for (size_t k = 0; k < pack->rules.count && is_asked && !search->full; k++) {
            if (search->follow[at + k] != FOLLOW_DONE) {
                visit(search, &rules[k], asked, &search->follow[at + k]);
            }
        }
        at += pack->rules.count;
    }
}

static void note_title(struct search *search, const struct pack_rule *rule, struct bytes asked,
                       uint8_t *follow)
{
    if (rule->kind == PACK_RULE_TITLE && bytes_equal(rule->name, asked)) {
        *follow = FOLLOW_DUE;
        search->due = true;
    }
}

static void follow_titles(struct search *search, struct bytes name_space, struct bytes name)
{
    each_rule(search, name_space, name, note_title);
}

static void follow_due(struct search *search, const struct pack_rule *rule, struct bytes asked,
                       uint8_t *follow)
{
    (void)asked;
    if (*follow == FOLLOW_DUE) {
        *follow = FOLLOW_DONE;
        add_rule(search, rule, true);
    }
}

static void follow_code(struct search *search, const struct pack_rule *rule, struct bytes asked,
                        uint8_t *follow)
{
    struct bytes common;
    bool is_of_code = rule->kind != PACK_RULE_TITLE && rule->kind != PACK_RULE_RECOGNITION;
    if (is_of_code && code_patterns_meet(rule->name, asked, &common)) {
        *follow = FOLLOW_DONE;
        add_rule(search, rule, true);
    }
}

static void add_denials(struct search *search, const struct pack_rule *rule, struct bytes asked,
                        uint8_t *follow)
{
    (void)asked;
    (void)follow;
    if (expression_may_hold(rule->expression, EXPRESSION_NOT)) {
        add_rule(search, rule, false);
    }
}

static const struct bytes any = {NULL, 0};

static void follow_pattern(struct search *search, struct bytes pattern)
{
    struct bytes name_space = code_namespace(pattern);
    struct bytes local = bytes_of(pattern.data + name_space.size + 1, pattern.size - name_space.size - 1);
    each_rule(search, name_space, local, follow_code);
}

/* Patterns and titles are added meanwhile. */
static void follow_all(struct search *search)
{
    struct denials *out = search->out;
    size_t count = 0;
    for (size_t pass = 0; (search->due || count < out->count) && !out->all && !search->full; pass++) {
        out->all = out->all || pass == TITLE_PASSES_MAX;
        search->due = false;
        each_rule(search, any, any, follow_due);
        for (; count < out->count && !out->all && !search->full; count++) {
            follow_pattern(search, out->patterns[count]);
        }
    }
}

static size_t count_rules(const struct dossier *dossier)
{
    size_t count = 0;
    for (size_t i = 0; i < dossier->pack_count; i++) {
        count += dossier->packs[i].pack.rules.count;
    }
    return count;
}

/* What is denied may hang on the network that a certificate names. */
static void add_networks(struct denials *out, const struct dossier *dossier)
{
    for (size_t i = 0; i < dossier->credential_count && out->count > 0; i++) {
        const struct dossier_credential *credential = &dossier->credentials[i];
        if (!credential->place.erased && credential->attestation.has_network) {
            add_pattern(out, credential->attestation.network_code);
        }
    }
}

bool denials_of(struct denials *out, const struct expression *requirement, const struct dossier *dossier,
                struct arena *arena)
{
    const size_t mark = arena_mark(arena);
    struct search search = {.out = out, .dossier = dossier, .arena = arena};
    out->all = false;
    out->count = 0;
    search.follow = arena_take(arena, count_rules(dossier) * sizeof search.follow[0]);
    if (search.follow == NULL) {
        return false;
    }
    if (requirement != NULL) {
        add_leaves(&search, requirement, false, false);
    }
    each_rule(&search, any, any, add_denials);
    follow_all(&search);
    add_networks(out, dossier);
    arena_rewind(arena, mark);
    return !search.full;
}
