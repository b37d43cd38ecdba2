#include "protocol/rules/expression_table.h"

#define SCOPE_BIT(scope) (UINT32_C(1) << (scope))
#define ANYWHERE                                                                                             \
    (SCOPE_BIT(SCOPE_REQUIREMENT) | SCOPE_BIT(SCOPE_SUBJECT) | SCOPE_BIT(SCOPE_ATTESTATION) |                \
     SCOPE_BIT(SCOPE_SHOP))
#define ATTESTATION_ONLY SCOPE_BIT(SCOPE_ATTESTATION)
#define SHOP_ONLY SCOPE_BIT(SCOPE_SHOP)

#define ARGUMENTS(...)                                                                                       \
    .argument_count = sizeof((enum expression_argument[]){__VA_ARGS__}) / sizeof(enum expression_argument),  \
    .arguments = {__VA_ARGS__}
#define COUNT(what, lowest, highest) .count_name = (what), .count_min = (lowest), .count_max = (highest)

static const struct expression_operator operators[] = {
    [EXPRESSION_ALL] = {"all", "all of them hold", ANYWHERE, ARGUMENTS(ARGUMENT_CHILDREN)},
    [EXPRESSION_ANY] = {"any", "one of them holds", ANYWHERE, ARGUMENTS(ARGUMENT_CHILDREN)},
    [EXPRESSION_AT_LEAST] = {"at_least", "so many of them hold; no more than there are", ANYWHERE,
                             ARGUMENTS(ARGUMENT_COUNT, ARGUMENT_CHILDREN),
                             COUNT("number", 1, EXPRESSION_CHILDREN_MAX)},
    [EXPRESSION_NOT] = {"not", "it does not hold", ANYWHERE, ARGUMENTS(ARGUMENT_CHILD)},
    [EXPRESSION_CERTIFIED] = {"certified", "holds such a code, with all that its namespace asks beside it",
                              ANYWHERE, ARGUMENTS(ARGUMENT_PATTERN)},
    [EXPRESSION_TESTED] = {"tested", "holds such a code, experience or not", ANYWHERE,
                           ARGUMENTS(ARGUMENT_PATTERN)},
    [EXPRESSION_TRAINED] = {"trained", "holds such a code by attestations of basis training alone", ANYWHERE,
                            ARGUMENTS(ARGUMENT_PATTERN)},
    [EXPRESSION_TITLE] = {"title", "holds that title, of the namespace or (empty) of any", ANYWHERE,
                          ARGUMENTS(ARGUMENT_NAMESPACE, ARGUMENT_NAME)},
    [EXPRESSION_EXPERIENCE] = {"experience",
                               "so many days, none counted twice, are documented under such codes", ANYWHERE,
                               ARGUMENTS(ARGUMENT_PATTERN, ARGUMENT_COUNT),
                               COUNT("days", 1, EXPERIENCE_DAYS_MAX)},
    [EXPRESSION_FOR_LIFE] = {"for_life", "it holds, or did on any earlier day", ANYWHERE,
                             ARGUMENTS(ARGUMENT_CHILD)},
    [EXPRESSION_IN_NETWORK] = {"in_network", "affiliated with a shop that holds this membership", ANYWHERE,
                               ARGUMENTS(ARGUMENT_CODE)},
    [EXPRESSION_IN_STATE] = {"in_state", "asked about in one of them", ANYWHERE, ARGUMENTS(ARGUMENT_STATES)},
    [EXPRESSION_BASIS] = {"basis", "the attestation rests on one of them", ATTESTATION_ONLY,
                          ARGUMENTS(ARGUMENT_BASES)},
    [EXPRESSION_IN_TIME] = {"in_time",
                            "its code was held, by what was earned before it, on the day it was earned or on "
                            "one of so many days before",
                            ATTESTATION_ONLY, ARGUMENTS(ARGUMENT_COUNT),
                            COUNT("days of grace", 0, GRACE_DAYS_MAX)},
    [EXPRESSION_APART] = {"apart",
                          "none of these bases of its code was earned within so many months and days before "
                          "it, on an earlier day; not both 0",
                          ATTESTATION_ONLY, ARGUMENTS(ARGUMENT_BASES, ARGUMENT_COUNT, ARGUMENT_DAYS),
                          COUNT("months", 0, LIFETIME_MONTHS_MAX)},
    [EXPRESSION_ADDS] = {"adds",
                         "its last day is at most so many months after the last day for which its code was "
                         "held by what was earned before it",
                         ATTESTATION_ONLY, ARGUMENTS(ARGUMENT_COUNT),
                         COUNT("months", 1, LIFETIME_MONTHS_MAX)},
    [EXPRESSION_SHARE] = {"share", "it holds for so many percent of the shop's technicians", SHOP_ONLY,
                          ARGUMENTS(ARGUMENT_COUNT, ARGUMENT_CHILD), COUNT("percent", 1, 100)},
    [EXPRESSION_TECHNICIANS] = {"technicians", "it holds for so many of the shop's technicians", SHOP_ONLY,
                                ARGUMENTS(ARGUMENT_COUNT, ARGUMENT_CHILD),
                                COUNT("number", 1, TECHNICIANS_MAX)},
    [EXPRESSION_COVERED] = {"covered",
                            "in each area that the shop performs there is a technician for whom the area's "
                            "child holds; as many children as areas",
                            SHOP_ONLY, ARGUMENTS(ARGUMENT_AREAS, ARGUMENT_CHILDREN)},
};

const struct expression_operator *expression_operator_of(uint64_t number)
{
    if (number >= sizeof operators / sizeof operators[0] || operators[number].name == NULL) {
        return NULL;
    }
    return &operators[number];
}

bool expression_op_in_scope(enum expression_op op, enum expression_scope scope)
{
    return (operators[op].scopes & SCOPE_BIT(scope)) != 0;
}

enum expression_scope expression_scope_within(enum expression_op op, enum expression_scope scope)
{
    bool is_about_technicians = operators[op].scopes == SHOP_ONLY;
    return is_about_technicians ? SCOPE_SUBJECT : scope;
}

uint32_t expression_bases_all(void)
{
    return (UINT32_C(2) << BASIS_LICENCE) - (UINT32_C(1) << BASIS_EXAM);
}

bool expression_is_consistent(const struct expression *expression)
{
    if (expression->op == EXPRESSION_AT_LEAST) {
        return expression->count <= expression->child_count;
    }
    if (expression->op == EXPRESSION_APART) {
        return expression->count + expression->days > 0;
    }
    return expression->op != EXPRESSION_COVERED || expression->areas.count == expression->child_count;
}
