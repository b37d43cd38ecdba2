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

/* Those whose rules decide something on day. */
static size_t clear_packs_on(const struct naive_career *career, struct bytes name_space, struct bytes code,
                             uint32_t day, const struct naive_pack *out[NAIVE_PACKS_MAX])
{
    const struct naive_pack *voices[NAIVE_PACKS_MAX];
    size_t voice_count = naive_voices(career, name_space, code, day, voices);
    size_t count = 0;
    for (size_t i = 0; i < voice_count; i++) {
        if (!naive_pack_is_disputed(career, voices[i])) {
            out[count++] = voices[i];
        }
    }
    return count;
}

static void follow_attestations(struct naive_career *career, size_t code)
{
    struct naive_nodes *out = &career->steps[naive_tested_node(code)];
    for (size_t i = 0; i < career->dossier->credential_count; i++) {
        const struct attestation *attestation = &career->dossier->credentials[i].attestation;
        const struct naive_pack *packs[NAIVE_PACKS_MAX];
        bool is_renewed = attestation->basis == BASIS_RECERTIFICATION || attestation->basis == BASIS_RENEWAL;
        if (career->code_of[i] != code || !is_renewed) { /* else by the attestation alone */
            continue;
        }
        size_t count = clear_packs_on(career, code_namespace(attestation->code), attestation->code,
                                      attestation->earned_on, packs);
        for (size_t k = 0; k < count; k++) {
            name_by_rule(career, naive_rule_for(packs[k], PACK_RULE_RENEWAL, attestation->code), out);
        }
    }
}

/* Whether any attestation of the code may wait for what is asked beforehand, for its lifetime to run. */
static bool any_begins_late(const struct naive_career *career, size_t code)
{
    for (size_t i = 0; i < career->dossier->credential_count; i++) {
        if (career->code_of[i] == code && naive_begins_late(career, i)) {
            return true;
        }
    }
    return false;
}

static void follow_code(struct naive_career *career, size_t code, uint32_t day)
{
    struct bytes name = career->codes[code];
    const struct naive_pack *packs[NAIVE_PACKS_MAX];
    size_t count = clear_packs_on(career, code_namespace(name), name, day, packs);
    for (size_t i = 0; i < count; i++) {
        struct naive_nodes *tested = &career->steps[naive_tested_node(code)];
        struct naive_nodes *certified = &career->steps[naive_certified_node(code)];
        name_by_rule(career, naive_rule_for(packs[i], PACK_RULE_CONDITION, name), tested);
        name_by_rule(career, naive_rule_for(packs[i], PACK_RULE_EXPERIENCE, name), certified);
        name_by_rule(career, naive_rule_for(packs[i], PACK_RULE_PREREQUISITE, name), certified);
        if (any_begins_late(career, code)) {
            name_by_rule(career, naive_rule_for(packs[i], PACK_RULE_EXPERIENCE, name), tested);
            name_by_rule(career, naive_rule_for(packs[i], PACK_RULE_PREREQUISITE, name), tested);
        }
    }
}

static void follow_title(struct naive_career *career, size_t title, uint32_t day)
{
    const struct naive_pack *packs[NAIVE_PACKS_MAX];
    size_t count = clear_packs_on(career, career->titles[title].name_space, bytes_of(NULL, 0), day, packs);
    for (size_t i = 0; i < count; i++) {
        name_by_rule(career, naive_title_rule(packs[i], career->titles[title].name),
                     &career->steps[naive_title_node(career, title)]);
    }
}

/* Whether another pack may speak on day than on the day before. */
static bool is_pack_change(const struct naive_career *career, uint32_t day)
{
    for (size_t i = 0; i < career->pack_count; i++) {
        if (career->packs[i].pack->pack.in_force_from == day) {
            return true;
        }
    }
    return day == career->first_day || naive_lateness_changes(career, day);
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
