#include <string.h>

#include "protocol/base/text.h"
#include "tests/support/naive_career.h"

size_t naive_tested_node(size_t code)
{
    return 2 * code;
}

size_t naive_certified_node(size_t code)
{
    return 2 * code + 1;
}

size_t naive_title_node(const struct naive_career *career, size_t title)
{
    return 2 * career->code_count + title;
}

static size_t node_count_of(const struct naive_career *career)
{
    return 2 * career->code_count + career->title_count;
}

/* ---- what an expression names ---- */

static void name_codes(const struct naive_career *career, const struct expression *expression,
                       struct naive_nodes *out)
{
    for (size_t i = 0; i < career->code_count; i++) {
        if (naive_matches(expression->pattern, career->codes[i])) {
            bool is_certified = expression->op == EXPRESSION_CERTIFIED;
            out->on[is_certified ? naive_certified_node(i) : naive_tested_node(i)] = true;
        }
    }
}

static void name_titles(const struct naive_career *career, const struct expression *expression,
                        struct naive_nodes *out)
{
    for (size_t i = 0; i < career->title_count; i++) {
        const struct naive_title *title = &career->titles[i];
        if (bytes_equal(title->name, expression->name) &&
            (expression->name_space.size == 0 || bytes_equal(title->name_space, expression->name_space))) {
            out->on[naive_title_node(career, i)] = true;
        }
    }
}

static void name_nodes(const struct naive_career *career, const struct expression *expression,
                       struct naive_nodes *out)
{
    if (expression->op == EXPRESSION_CERTIFIED || expression->op == EXPRESSION_TESTED ||
        expression->op == EXPRESSION_TRAINED || expression->op == EXPRESSION_EXPERIENCE) {
        name_codes(career, expression, out);
    }
    if (expression->op == EXPRESSION_TITLE) {
        name_titles(career, expression, out);
    }
    for (size_t i = 0; i < expression->child_count; i++) {
        name_nodes(career, &expression->children[i], out);
    }
}

static void name_by_rule(const struct naive_career *career, const struct naive_rule *rule,
                         struct naive_nodes *out)
{
    if (rule != NULL) {
        name_nodes(career, &rule->expression, out);
    }
}

/* ---- which rules decide a node ---- */

/* The pack whose rules decide something on day. */
static const struct naive_pack *clear_pack_on(const struct naive_career *career, struct bytes name_space,
                                              uint32_t day)
{
    const struct naive_pack *pack = naive_pack_on(career, name_space, day);
    return pack == NULL || naive_pack_is_disputed(career, pack) ? NULL : pack;
}

static void follow_attestations(struct naive_career *career, size_t code)
{
    struct naive_nodes *out = &career->steps[naive_tested_node(code)];
    for (size_t i = 0; i < career->dossier->credential_count; i++) {
        const struct attestation *attestation = &career->dossier->credentials[i].attestation;
        if (career->code_of[i] != code) {
            continue;
        }
        const struct naive_pack *pack =
            clear_pack_on(career, code_namespace(attestation->code), attestation->earned_on);
        bool is_renewed = attestation->basis == BASIS_RECERTIFICATION || attestation->basis == BASIS_RENEWAL;
        if (pack != NULL && is_renewed) { /* else by the attestation alone */
            name_by_rule(career, naive_rule_for(pack, PACK_RULE_RENEWAL, attestation->code), out);
        }
    }
}

static void follow_code(struct naive_career *career, size_t code, uint32_t day)
{
    const struct naive_pack *pack = clear_pack_on(career, code_namespace(career->codes[code]), day);
    if (pack == NULL) {
        return;
    }
    name_by_rule(career, naive_rule_for(pack, PACK_RULE_CONDITION, career->codes[code]),
                 &career->steps[naive_tested_node(code)]);
    name_by_rule(career, naive_rule_for(pack, PACK_RULE_EXPERIENCE, career->codes[code]),
                 &career->steps[naive_certified_node(code)]);
    name_by_rule(career, naive_rule_for(pack, PACK_RULE_PREREQUISITE, career->codes[code]),
                 &career->steps[naive_certified_node(code)]);
}

static void follow_title(struct naive_career *career, size_t title, uint32_t day)
{
    const struct naive_pack *pack = clear_pack_on(career, career->titles[title].name_space, day);
    if (pack != NULL) {
        name_by_rule(career, naive_title_rule(pack, career->titles[title].name),
                     &career->steps[naive_title_node(career, title)]);
    }
}

/* Whether another pack may be in force on day than on the day before. */
static bool is_pack_change(const struct naive_career *career, uint32_t day)
{
    for (size_t i = 0; i < career->pack_count; i++) {
        if (career->packs[i].pack->pack.in_force_from == day) {
            return true;
        }
    }
    return day == career->first_day;
}

static void follow_rules(struct naive_career *career)
{
    for (size_t i = 0; i < career->code_count; i++) {
        career->steps[naive_certified_node(i)].on[naive_tested_node(i)] = true;
        follow_attestations(career, i);
    }
    for (uint32_t day = career->first_day; day <= career->last_day; day++) {
        if (!is_pack_change(career, day)) {
            continue;
        }
        for (size_t i = 0; i < career->code_count; i++) {
            follow_code(career, i, day);
        }
        for (size_t i = 0; i < career->title_count; i++) {
            follow_title(career, i, day);
        }
    }
}

/* Warshall: whether a node leads back to itself, by way of whatever. */
static bool any_rests_on_itself(const struct naive_career *career)
{
    static struct naive_nodes reach[NAIVE_NODES_MAX];
    size_t count = node_count_of(career);
    bool any = false;
    memcpy(reach, career->steps, sizeof reach);
    for (size_t over = 0; over < count; over++) {
        for (size_t from = 0; from < count; from++) {
            for (size_t to = 0; to < count && reach[from].on[over]; to++) {
                reach[from].on[to] = reach[from].on[to] || reach[over].on[to];
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        any = any || reach[i].on[i];
    }
    return any;
}

/* How many nodes lie on the longest way from a node on. heights: of each node, 0: not known yet. */
static size_t height_of(const struct naive_career *career, size_t node, size_t heights[NAIVE_NODES_MAX])
{
    size_t below = 0;
    for (size_t i = 0; i < node_count_of(career) && heights[node] == 0; i++) {
        if (career->steps[node].on[i]) {
            size_t height = height_of(career, i, heights);
            below = height > below ? height : below;
        }
    }
    heights[node] = heights[node] == 0 ? below + 1 : heights[node];
    return heights[node];
}

size_t naive_find_height(struct naive_career *career)
{
    size_t heights[NAIVE_NODES_MAX] = {0};
    size_t highest = 0;
    follow_rules(career);
    if (any_rests_on_itself(career)) {
        return SIZE_MAX;
    }
    for (size_t i = 0; i < node_count_of(career); i++) {
        size_t height = height_of(career, i, heights);
        highest = height > highest ? height : highest;
    }
    return highest;
}
