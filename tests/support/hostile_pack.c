#include "tests/support/hostile_pack.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "protocol/base/writer.h"
#include "protocol/rules/expression.h"

/* Nearly as much as a pack may be; the rest is for its head and codes. */
enum { CODES = 8, RULES_SIZE = RULE_PACK_SIZE_MAX - 1024, UNKNOWN_OP = 99, RULE_OVERHEAD = 12 };

struct pack_writer {
    enum hostile_rules kind;
    const char *name_space;
    const struct rule_pack *victim;
    uint64_t version;
    struct arena *arena;
    size_t rule_count, size;
    struct pack_rule *rules;
};

/* ---- expressions ---- */

static void write_op(struct writer *writer, enum expression_op op, uint32_t argument_count)
{
    writer_array(writer, 1 + argument_count);
    writer_uint(writer, op);
}

static void write_unknown(struct writer *writer)
{
    writer_array(writer, 1);
    writer_uint(writer, UNKNOWN_OP);
}

/* Another one for each rule and version. */
static void write_some_unknown(struct writer *writer, const struct pack_writer *pack, size_t rule)
{
    writer_array(writer, 1);
    writer_uint(writer, UNKNOWN_OP + pack->version * PACK_RULES_MAX + rule);
}

static void write_title(struct writer *writer, struct bytes name_space, struct bytes name)
{
    write_op(writer, EXPRESSION_TITLE, 2);
    writer_text(writer, name_space);
    writer_text(writer, name);
}

static void write_certified(struct writer *writer, const char *name_space, const char *pattern)
{
    char text[CODE_SIZE_MAX + 1];
    snprintf(text, sizeof text, "%s/%s", name_space, pattern);
    write_op(writer, EXPRESSION_CERTIFIED, 1);
    writer_text(writer, bytes_of_string(text));
}

/* One of the many children of a rule, the nth. */
static void write_leaf(struct writer *writer, const struct pack_writer *pack, size_t rule, size_t n)
{
    char name[16];
    switch (pack->kind) {
    case HOSTILE_CODES:
        write_certified(writer, pack->name_space, "c*");
        return;
    case HOSTILE_CYCLE:
        snprintf(name, sizeof name, "T%02zu", n % 12);
        write_title(writer, bytes_of_string(pack->name_space), bytes_of_string(name));
        return;
    case HOSTILE_FAN:
        snprintf(name, sizeof name, "T%02zu", rule + 1);
        write_title(writer, bytes_of(NULL, 0), bytes_of_string(name));
        return;
    case HOSTILE_NAMES:
        snprintf(name, sizeof name, "%zx", pack->version << 20 | rule << 12 | n);
        write_title(writer, pack->victim->name_space, bytes_of_string(name));
        return;
    case HOSTILE_AWARDS:
        snprintf(name, sizeof name, "%zx", pack->version << 20 | rule << 12 | n);
        write_op(writer, EXPRESSION_TECHNICIANS, 2);
        writer_uint(writer, 1);
        write_certified(writer, pack->name_space, name);
        return;
    case HOSTILE_GARBAGE:
    case HOSTILE_DEEP:
    case HOSTILE_NODES:
    case HOSTILE_CHAIN:
    case HOSTILE_AREAS:
        break;
    }
    write_some_unknown(writer, pack, rule);
}

/* any of count leaves, in as many layers as that takes. */
static void write_many(struct writer *writer, const struct pack_writer *pack, size_t rule, size_t count)
{
    enum { A_LAYER = 60 };
    size_t layers = (count + A_LAYER - 1) / A_LAYER;
    write_op(writer, EXPRESSION_ANY, 1);
    writer_array(writer, (uint32_t)layers);
    for (size_t i = 0; i < layers; i++) {
        size_t here = count - i * A_LAYER < A_LAYER ? count - i * A_LAYER : A_LAYER;
        write_op(writer, EXPRESSION_ANY, 1);
        writer_array(writer, (uint32_t)here);
        for (size_t k = 0; k < here; k++) {
            write_leaf(writer, pack, rule, i * A_LAYER + k);
        }
    }
}

static void write_garbage(struct writer *writer, const struct pack_writer *pack, size_t rule)
{
    uint64_t noise = pack->version << 32 | (rule + 1);
    for (size_t i = 0; i < 500; i++) {
        noise = noise * UINT64_C(6364136223846793005) + 1442695040888963407;
        const uint8_t byte = (uint8_t)(noise >> 56);
        writer_raw(writer, &byte, 1);
    }
}

static void write_deep(struct writer *writer)
{
    for (size_t i = 0; i < RULE_EXPRESSION_SIZE_MAX / 2 - 1; i++) {
        write_op(writer, EXPRESSION_NOT, 1);
    }
    write_unknown(writer);
}

static void write_titles_of_victim(struct writer *writer, const struct pack_writer *pack)
{
    const struct pack_rule *rules = pack->victim->rules.items;
    uint32_t count = 0;
    while (count < pack->victim->rules.count && rules[count].kind == PACK_RULE_TITLE) {
        count++;
    }
    write_op(writer, EXPRESSION_ANY, 1);
    writer_array(writer, count);
    for (uint32_t i = 0; i < count; i++) {
        write_title(writer, pack->victim->name_space, rules[i].name);
    }
}

/* The rule after the titles, for codes, begins the chain; it is not as long in every version. */
static void write_chain(struct writer *writer, const struct pack_writer *pack, size_t rule)
{
    size_t next = rule == EXPRESSION_DEPTH_MAX ? 0 : rule + 1;
    char name[16];
    if (next > 0 && next >= EXPRESSION_DEPTH_MAX - pack->version % 4) {
        write_titles_of_victim(writer, pack);
        return;
    }
    snprintf(name, sizeof name, "T%02zu", next);
    write_title(writer, bytes_of_string(pack->name_space), bytes_of_string(name));
}

static void write_areas(struct writer *writer, const struct pack_writer *pack, size_t rule)
{
    static const char *const areas[] = {"brakes", "engine"};
    enum { COUNT = sizeof areas / sizeof areas[0], A_CHILD = 50 };
    write_op(writer, EXPRESSION_COVERED, 2);
    writer_array(writer, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        writer_text(writer, bytes_of_string(areas[i]));
    }
    writer_array(writer, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        write_op(writer, EXPRESSION_ANY, 1);
        writer_array(writer, A_CHILD);
        for (size_t k = 0; k < A_CHILD; k++) {
            write_op(writer, EXPRESSION_NOT, 1);
            write_some_unknown(writer, pack, rule);
        }
    }
}

/* How many leaves fit in what a rule's expression may be, and are not too many nodes. */
static size_t leaves_of(enum hostile_rules kind)
{
    return kind == HOSTILE_AWARDS || kind == HOSTILE_NAMES ? 200 : 290;
}

static void write_expression(struct writer *writer, const struct pack_writer *pack, size_t rule)
{
    switch (pack->kind) {
    case HOSTILE_GARBAGE:
        write_garbage(writer, pack, rule);
        return;
    case HOSTILE_DEEP:
        write_deep(writer);
        return;
    case HOSTILE_CHAIN:
        write_chain(writer, pack, rule);
        return;
    case HOSTILE_AREAS:
        write_areas(writer, pack, rule);
        return;
    case HOSTILE_NODES:
        write_many(writer, pack, rule, 490);
        return;
    case HOSTILE_CODES:
    case HOSTILE_CYCLE:
    case HOSTILE_FAN:
    case HOSTILE_NAMES:
    case HOSTILE_AWARDS:
        break;
    }
    write_many(writer, pack, rule, leaves_of(pack->kind));
}

/* ---- rules ---- */

/* Returns: false when the pack is full. */
static bool add_rule(struct pack_writer *pack, enum pack_rule_kind kind, const char *name)
{
    struct bytes kept, expression;
    struct writer writer;
    uint8_t *memory = arena_take(pack->arena, RULE_EXPRESSION_SIZE_MAX);
    bool copied = arena_copy(pack->arena, bytes_of_string(name), &kept);
    assert(memory != NULL && copied);
    writer_init(&writer, memory, RULE_EXPRESSION_SIZE_MAX);
    write_expression(&writer, pack, pack->rule_count);
    bool fits = writer_end(&writer, &expression);
    assert(fits);
    pack->size += kept.size + expression.size + RULE_OVERHEAD;
    if (pack->size > RULES_SIZE || pack->rule_count == PACK_RULES_MAX) {
        return false;
    }
    pack->rules[pack->rule_count++] =
        (struct pack_rule){.kind = kind, .name = kept, .expression = expression};
    return true;
}

static bool add_rule_of_each_kind(struct pack_writer *pack)
{
    return add_rule(pack, PACK_RULE_PREREQUISITE, "*") && add_rule(pack, PACK_RULE_EXPERIENCE, "*") &&
           add_rule(pack, PACK_RULE_RENEWAL, "*") && add_rule(pack, PACK_RULE_CONDITION, "*");
}

static void add_rules(struct pack_writer *pack)
{
    bool of_awards = pack->kind == HOSTILE_AWARDS || pack->kind == HOSTILE_AREAS;
    bool of_codes =
        pack->kind == HOSTILE_CODES || pack->kind == HOSTILE_GARBAGE || pack->kind == HOSTILE_DEEP;
    size_t count = of_codes ? 4 : PACK_RULES_MAX;
    char name[16];
    count = pack->kind == HOSTILE_CHAIN ? EXPRESSION_DEPTH_MAX : count;
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "T%02zu", i);
        name[0] = i < 100 ? 'T' : 'U';
        if (!add_rule(pack, of_awards ? PACK_RULE_RECOGNITION : PACK_RULE_TITLE, name)) {
            return;
        }
    }
    bool added = pack->kind != HOSTILE_CHAIN || add_rule(pack, PACK_RULE_PREREQUISITE, "*");
    assert(added);
    added = !of_codes || add_rule_of_each_kind(pack);
    assert(added);
}

static struct list list_codes(struct arena *arena)
{
    struct pack_code *codes = arena_take(arena, CODES * sizeof codes[0]);
    char name[16];
    assert(codes != NULL);
    for (size_t i = 0; i < CODES; i++) {
        snprintf(name, sizeof name, "c%03zu", i);
        bool copied = arena_copy(arena, bytes_of_string(name), &codes[i].code);
        assert(copied);
        codes[i].title = codes[i].code;
    }
    return (struct list){.items = codes, .count = CODES};
}

void hostile_pack(struct rule_pack *out, enum hostile_rules kind, const char *name_space, uint64_t version,
                  uint32_t in_force_from, const struct rule_pack *victim, struct arena *arena)
{
    struct pack_writer pack = {
        .kind = kind, .name_space = name_space, .victim = victim, .version = version, .arena = arena};
    struct list codes = list_codes(arena);
    pack.rules = arena_take(arena, PACK_RULES_MAX * sizeof pack.rules[0]);
    assert(pack.rules != NULL);
    add_rules(&pack);
    *out = (struct rule_pack){.name_space = bytes_of_string(name_space),
                              .version = version,
                              .in_force_from = in_force_from,
                              .codes = codes,
                              .rules = {.items = pack.rules, .count = pack.rule_count}};
}
