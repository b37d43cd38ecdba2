#include <assert.h>
#include <string.h>

#include "tests/support/random_career.h"

enum { RULE_DEPTH_MAX = 4, UNKNOWN_OPERATOR = 127 };

bool random_career_happens(struct random_career *career, uint32_t percent)
{
    return dice_roll(&career->dice, 100) < percent;
}

bool random_career_goes_wrong(struct random_career *career, uint32_t percent)
{
    return random_career_happens(career, percent * career->ruin);
}

#define PICK(career, table) ((table)[dice_roll(&(career)->dice, sizeof(table) / sizeof((table)[0]))])

/* ---- days ---- */

/* What rules ask for, so that days lie so far apart. */
static const uint32_t day_counts[] = {0, 1, 5, 30};
static const uint32_t month_counts[] = {0, 1, 2, 3};

static uint32_t day_near(struct random_career *career, uint32_t day)
{
    uint32_t later = day_add_months(day, PICK(career, month_counts)) + PICK(career, day_counts);
    return (dice_roll(&career->dice, 2) == 0 ? day : later) + (uint32_t)dice_roll(&career->dice, 3) - 1;
}

uint32_t random_career_day(struct random_career *career)
{
    uint32_t span = career->last_day - career->first_day;
    uint32_t day = career->first_day + (uint32_t)dice_roll(&career->dice, span + 1);
    if (career->day_count > 0 && random_career_happens(career, 50)) {
        size_t known = career->day_count < RANDOM_DAYS_MAX ? career->day_count : RANDOM_DAYS_MAX;
        uint32_t near = day_near(career, career->days[dice_roll(&career->dice, known)]);
        day = near >= career->first_day && near <= career->last_day ? near : day;
    }
    career->days[career->day_count++ % RANDOM_DAYS_MAX] = day;
    return day;
}

/* ---- names ---- */

static const char *const codes[] = {"aa/A1",     "aa/A2", "aa/A3", "aa/B1",  "aa/work",
                                    "aa/work.x", "bb/A1", "bb/B1", "bb/net", "aa/net"};
static const char *const patterns[] = {"aa/A1",   "aa/A2",    "aa/A3", "aa/B1", "aa/A*", "bb/A1",
                                       "aa/work", "aa/work*", "bb/B1", "aa/*",  "bb/*",  "cc/A1"};
static const char *const works[] = {"aa/work", "aa/work*", "aa/work.x", "aa/*", "bb/B1"};
static const char *const networks[] = {"aa/net", "bb/net", "bb/net"};
static const char *const titles[] = {"Expert", "Master", "World"};
static const char *const spaces[] = {"aa", "aa", "bb", ""};
static const struct bytes states[][2] = {
    {{(const uint8_t *)"OH", 2}, {(const uint8_t *)"TX", 2}},
    {{(const uint8_t *)"CA", 2}, {(const uint8_t *)"NM", 2}},
};

struct bytes random_career_code(struct random_career *career)
{
    return bytes_of_string(PICK(career, codes));
}

/* ---- expressions ---- */

static enum expression_op pick_leaf(struct random_career *career, enum expression_scope scope)
{
    static const enum expression_op anywhere[] = {
        EXPRESSION_CERTIFIED,  EXPRESSION_CERTIFIED,  EXPRESSION_CERTIFIED, EXPRESSION_TESTED,
        EXPRESSION_TESTED,     EXPRESSION_TRAINED,    EXPRESSION_TITLE,     EXPRESSION_EXPERIENCE,
        EXPRESSION_EXPERIENCE, EXPRESSION_IN_NETWORK, EXPRESSION_IN_STATE,
    };
    static const enum expression_op of_attestations[] = {EXPRESSION_BASIS, EXPRESSION_IN_TIME,
                                                         EXPRESSION_APART, EXPRESSION_ADDS};
    bool is_about_it = scope == SCOPE_ATTESTATION && random_career_happens(career, 60);
    bool is_out_of_scope = random_career_goes_wrong(career, 1) && scope != SCOPE_REQUIREMENT;
    return is_about_it || is_out_of_scope ? PICK(career, of_attestations) : PICK(career, anywhere);
}

static void draw_leaf(struct random_career *career, struct expression *out, enum expression_scope scope)
{
    static const uint32_t bases[] = {1U << BASIS_RENEWAL, 1U << BASIS_EXAM | 1U << BASIS_RECERTIFICATION,
                                     1U << BASIS_EXAM | 1U << BASIS_RENEWAL | 1U << BASIS_TRAINING,
                                     1U << BASIS_EXPERIENCE | 1U << BASIS_EXAM | 1U << BASIS_LICENCE};
    *out = (struct expression){.op = pick_leaf(career, scope)};
    switch ((int)out->op) {
    case EXPRESSION_TITLE:
        out->name_space = bytes_of_string(PICK(career, spaces));
        out->name = bytes_of_string(PICK(career, titles));
        break;
    case EXPRESSION_EXPERIENCE:
        out->pattern = bytes_of_string(PICK(career, works));
        out->count = 1 + dice_roll(&career->dice, 1 + (career->last_day - career->first_day) / 2);
        break;
    case EXPRESSION_IN_NETWORK:
        out->pattern = bytes_of_string(PICK(career, networks));
        break;
    case EXPRESSION_IN_STATE:
        out->states = (struct list){PICK(career, states), 2};
        break;
    case EXPRESSION_BASIS:
        out->bases = PICK(career, bases);
        break;
    case EXPRESSION_IN_TIME:
        out->count = PICK(career, day_counts);
        break;
    case EXPRESSION_APART:
        out->bases = PICK(career, bases);
        out->count = PICK(career, month_counts);
        out->days = PICK(career, day_counts) + (out->count == 0 ? 1 : 0);
        break;
    case EXPRESSION_ADDS:
        out->count = 1 + PICK(career, month_counts);
        break;
    default:
        out->pattern = bytes_of_string(PICK(career, patterns));
        break;
    }
}

static void draw_children(struct random_career *career, struct expression *out, size_t count,
                          enum expression_scope scope, uint32_t depth)
{
    struct expression *children = arena_take(&career->arena, count * sizeof *children);
    assert(children != NULL);
    for (size_t i = 0; i < count; i++) {
        random_career_expression(career, &children[i], scope, depth - 1);
    }
    out->children = children;
    out->child_count = count;
}

void random_career_expression(struct random_career *career, struct expression *out,
                              enum expression_scope scope, uint32_t depth)
{
    static const enum expression_op inner[] = {EXPRESSION_ALL, EXPRESSION_ANY,      EXPRESSION_ANY,
                                               EXPRESSION_NOT, EXPRESSION_AT_LEAST, EXPRESSION_FOR_LIFE};
    if (depth <= 1 || random_career_happens(career, 40)) {
        draw_leaf(career, out, scope);
        return;
    }
    *out = (struct expression){.op = PICK(career, inner)};
    bool has_one = out->op == EXPRESSION_NOT || out->op == EXPRESSION_FOR_LIFE;
    draw_children(career, out, has_one ? 1 : 1 + dice_roll(&career->dice, 3), scope, depth);
    out->count = out->op == EXPRESSION_AT_LEAST ? 1 + dice_roll(&career->dice, out->child_count) : 0;
}

/* ---- packs ---- */

/* Operators that this version does not know, where a state is asked for. */
static void forget_operators(struct bytes encoded)
{
    uint8_t *bytes = (uint8_t *)(uintptr_t)encoded.data;
    for (size_t i = 0; i + 2 < encoded.size; i++) {
        if (bytes[i] == 0x92 && bytes[i + 1] == EXPRESSION_IN_STATE && bytes[i + 2] == 0x92) {
            bytes[i + 1] = UNKNOWN_OPERATOR;
        }
    }
}

static struct bytes draw_rule(struct random_career *career, enum pack_rule_kind kind)
{
    struct expression expression;
    struct bytes encoded;
    uint8_t *room = arena_take(&career->arena, RULE_EXPRESSION_SIZE_MAX);
    assert(room != NULL);
    if (random_career_goes_wrong(career, 1)) {
        return bytes_of("\xc1", 1); /* no expression at all */
    }
    uint32_t depth = 1 + (uint32_t)dice_roll(&career->dice, RULE_DEPTH_MAX);
    random_career_expression(career, &expression, expression_scope_of(kind), depth);
    if (kind == PACK_RULE_TITLE && random_career_happens(career, 25)) {
        struct expression *child = arena_take(&career->arena, sizeof *child);
        assert(child != NULL);
        *child = expression;
        expression = (struct expression){.op = EXPRESSION_FOR_LIFE, .child_count = 1, .children = child};
    }
    bool fits = expression_encode(&expression, room, RULE_EXPRESSION_SIZE_MAX, &encoded);
    assert(fits);
    if (random_career_goes_wrong(career, 4)) {
        forget_operators(encoded);
    }
    return encoded;
}

/* In the order that a pack has them in: by kind, then name. How often, in percent. */
static const struct {
    enum pack_rule_kind kind;
    const char *name;
    uint32_t percent;
} rule_table[] = {
    {PACK_RULE_TITLE, "Expert", 50},      {PACK_RULE_TITLE, "Master", 60},
    {PACK_RULE_TITLE, "World", 40},       {PACK_RULE_PREREQUISITE, "*", 5},
    {PACK_RULE_PREREQUISITE, "A*", 12},   {PACK_RULE_PREREQUISITE, "A2", 25},
    {PACK_RULE_PREREQUISITE, "A3", 30},   {PACK_RULE_PREREQUISITE, "B1", 15},
    {PACK_RULE_PREREQUISITE, "work*", 6}, {PACK_RULE_EXPERIENCE, "*", 6},
    {PACK_RULE_EXPERIENCE, "A*", 35},     {PACK_RULE_EXPERIENCE, "A1", 20},
    {PACK_RULE_RENEWAL, "*", 35},         {PACK_RULE_RENEWAL, "A1", 30},
    {PACK_RULE_CONDITION, "A*", 8},       {PACK_RULE_CONDITION, "A2", 12},
    {PACK_RULE_CONDITION, "B1", 20},      {PACK_RULE_CONDITION, "work", 5},
};

static void draw_rules(struct random_career *career, struct dossier_pack *pack)
{
    struct pack_rule *rules = career->pack_rules[pack - career->packs];
    size_t count = 0;
    bool is_simple = random_career_happens(career, 25);
    for (size_t i = 0; i < sizeof rule_table / sizeof rule_table[0] && count < RANDOM_PACK_RULES_MAX; i++) {
        if (random_career_happens(career, is_simple ? rule_table[i].percent / 3 : rule_table[i].percent)) {
            rules[count++] = (struct pack_rule){.kind = rule_table[i].kind,
                                                .name = bytes_of_string(rule_table[i].name),
                                                .expression = draw_rule(career, rule_table[i].kind)};
        }
    }
    pack->pack.rules = (struct list){rules, count};
}

static void draw_codes(struct random_career *career, struct dossier_pack *pack)
{
    static const char *const names[] = {"A1", "A2", "A3", "B1", "net", "work", "work.x"};
    struct pack_code *rows = career->pack_codes[pack - career->packs];
    size_t count = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (random_career_goes_wrong(career, 4)) {
            continue;
        }
        struct pack_code *row = &rows[count++];
        *row = (struct pack_code){.code = bytes_of_string(names[i]), .title = bytes_of_string(names[i])};
        row->lifetime_months = career->has_lifetimes && random_career_happens(career, 40)
                                   ? 1 + dice_roll(&career->dice, RANDOM_LIFETIME_MAX)
                                   : 0;
        row->has_first_day = random_career_goes_wrong(career, 5);
        row->first_day = row->has_first_day ? random_career_day(career) : 0;
        row->has_last_day = random_career_goes_wrong(career, 5);
        row->last_day = row->has_last_day ? random_career_day(career) : 0;
    }
    pack->pack.codes = (struct list){rows, count};
}

static void draw_pack(struct random_career *career, enum random_actor owner, const char *name_space,
                      bool is_first)
{
    struct dossier_pack *pack = &career->packs[career->dossier.pack_count++];
    bool is_by_stranger = random_career_goes_wrong(career, 2);
    uint64_t seq = 1 + dice_roll(&career->dice, 60);
    *pack = (struct dossier_pack){
        .place = {.log = is_by_stranger ? RANDOM_STRANGER : owner,
                  .seq = seq,
                  .index = career->dossier.pack_count,
                  .voided = random_career_goes_wrong(career, 2),
                  .void_seq = seq + 1 + dice_roll(&career->dice, 20)},
        .pack = {.name_space = bytes_of_string(name_space),
                 .version = 1 + dice_roll(&career->dice, 5),
                 .in_force_from =
                     is_first && !random_career_goes_wrong(career, 10) ? 0 : random_career_day(career)},
    };
    if (career->has_late && random_career_happens(career, 50)) {
        pack->place.below_s = time_of_day(random_career_day(career) + 90 + 1);
        pack->place.arrived_s =
            time_of_day(random_career_day(career) + 90 + (random_career_happens(career, 80) ? 400 : 1));
    }
    draw_codes(career, pack);
    draw_rules(career, pack);
}

void random_career_packs(struct random_career *career)
{
    static const struct {
        enum random_actor owner;
        const char *name_space;
    } bodies[] = {{RANDOM_OWNER_A, "aa"}, {RANDOM_OWNER_B, "bb"}};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        size_t count = 1 + dice_roll(&career->dice, RANDOM_PACKS_MAX / 2);
        for (size_t k = 0; k < count; k++) {
            draw_pack(career, bodies[i].owner, bodies[i].name_space, k == 0);
        }
    }
}
