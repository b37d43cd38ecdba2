/* Writes the committed seeds of career_fuzz: career_corpus tests/fuzz/corpus. The same files in every run. */

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/writer.h"
#include "protocol/rules/expression_text.h"
#include "tests/support/builders.h"
#include "tests/support/dossier_bytes.h"

enum { SEED_SIZE_MAX = 16 * 1024, DAY = 41000, FIRST = 40000, LAST = 42000, ABOUT_SHOP_BIT = 0x10 };

static uint8_t seed[SEED_SIZE_MAX], memory[2 * EXPRESSION_ARENA_SIZE];
static size_t seed_size;

/* ---- frames ---- */

static void add_bytes(const void *data, size_t size)
{
    assert(seed_size + size <= sizeof seed);
    memcpy(seed + seed_size, data, size);
    seed_size += size;
}

static void add_number(size_t number, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const uint8_t byte = (uint8_t)(number >> 8 * i);
        add_bytes(&byte, 1);
    }
}

static void begin_frame(enum bytes_frame kind, uint8_t argument, size_t size)
{
    add_number(kind, 1);
    add_number(argument, 1);
    add_number(size, 2);
}

static void add_record(enum bytes_frame kind, uint8_t argument, const struct schema *schema,
                       const void *record)
{
    static uint8_t encoded[SEED_SIZE_MAX];
    struct bytes content;
    bool fits = schema_encode(schema, record, encoded, sizeof encoded, &content);
    assert(fits);
    begin_frame(kind, argument, content.size);
    add_bytes(content.data, content.size);
}

/* The expression of a text in which aaa is understood. */
static struct bytes encode(enum expression_scope scope, const char *text)
{
    static uint8_t encoded[RULE_EXPRESSION_SIZE_MAX];
    struct expression expression;
    struct expression_error error;
    struct bytes content;
    struct arena arena;
    arena_init(&arena, memory, sizeof memory);
    bool fits =
        expression_parse(&expression, &error, scope, bytes_of_string(text), bytes_of_string("aaa"), &arena) &&
        expression_encode(&expression, encoded, sizeof encoded, &content);
    assert(fits);
    return content;
}

/* ---- what is said ---- */

/* A rule for the letter at that index of what a pack of rules may name. */
struct seed_rule {
    enum pack_rule_kind kind;
    uint8_t letter;
    const char *text; /* NULL ends the rules */
};

static void add_rules(uint8_t argument, const struct seed_rule *rules)
{
    size_t head = seed_size;
    begin_frame(FRAME_RULES, argument, 0);
    size_t begin = seed_size;
    add_number(0, 1);
    add_number(0, 2);
    for (; rules->text != NULL; rules++) {
        struct bytes expression = encode(expression_scope_of(rules->kind), rules->text);
        add_number(rules->kind - PACK_RULE_TITLE, 1);
        add_number(rules->letter, 1);
        add_number(expression.size, 2);
        add_bytes(expression.data, expression.size);
    }
    size_t size = seed_size - begin;
    seed_size = head;
    begin_frame(FRAME_RULES, argument, size);
    seed_size = begin + size;
}

static void add_attestation(uint8_t argument, const char *code, enum basis basis, uint32_t first,
                            uint32_t last)
{
    const struct actor_id nobody = {0};
    struct attestation said = build_attestation(&nobody, code, first, last);
    said.basis = basis;
    add_record(FRAME_ATTESTATION, argument, &attestation_schema, &said);
}

static void add_question(const char *requirement)
{
    struct bytes expression = encode(SCOPE_REQUIREMENT, requirement);
    begin_frame(FRAME_QUESTION, 0, 6 + expression.size);
    add_number(DAY, 4);
    add_bytes("TX", 2);
    add_bytes(expression.data, expression.size);
}

static void add_day_frame(enum bytes_frame kind, uint8_t argument, uint32_t action, uint32_t day)
{
    begin_frame(kind, argument, kind == FRAME_STATUS ? 4 : 2);
    if (kind == FRAME_STATUS) {
        add_number(action - STATUS_REVOKED, 1);
        add_number(0, 1);
    }
    add_number(day, 2);
}

static void add_career(void)
{
    add_attestation(CAREER_ASE, "ase/A1", BASIS_EXAM, FIRST, LAST);
    add_attestation(CAREER_ASE, "ase/A2", BASIS_EXAM, FIRST + 10, LAST);
    add_attestation(CAREER_ASE, "ase/work", BASIS_EXPERIENCE, FIRST - 900, FIRST);
    add_attestation(CAREER_EPA, "aaa/A1", BASIS_EXAM, FIRST, LAST);
    add_attestation(CAREER_EPA, "aaa/A1", BASIS_RENEWAL, FIRST + 500, LAST + 365);
    add_attestation(CAREER_EPA, "aaa/B", BASIS_TRAINING, FIRST, DAY_NONE);
    add_attestation(CAREER_EPA, "aaa/C", BASIS_EXPERIENCE, FIRST, DAY_NONE);
}

/* ---- seeds ---- */

/* Letters of the rules: A, 1, B, 2, C, 3, *, D. */
enum { A, ONE, B, TWO, C, THREE, STAR, D };

static void write_titles(void)
{
    static const struct seed_rule rules[] = {
        {PACK_RULE_TITLE, A, "A1 and trained B"},
        {PACK_RULE_TITLE, B, "for life (\"A\" or \"C\")"},
        {PACK_RULE_TITLE, C, "any 2 of (A*, not ase/A1, ase:\"Master\")"},
        {PACK_RULE_PREREQUISITE, STAR, "tested ase/A1 and 30 days apart from (exam)"},
        {PACK_RULE_EXPERIENCE, STAR, "experience 90 days in C or experience 2 years in ase/work"},
        {PACK_RULE_RENEWAL, STAR, "basis renewal and in time within 30 days and adds at most 12 months"},
        {PACK_RULE_CONDITION, B, "in state (TX, OH)"},
        {0},
    };
    add_rules(0, rules);
    add_career();
    add_question("\"A\" and ase/A1");
}

static void write_cycles(void)
{
    static const struct seed_rule rules[] = {
        {PACK_RULE_TITLE, A, "*:\"B\" or B"},       {PACK_RULE_TITLE, B, "\"A\""},
        {PACK_RULE_PREREQUISITE, STAR, "tested *"}, {PACK_RULE_EXPERIENCE, STAR, "\"A\""},
        {PACK_RULE_CONDITION, STAR, "not \"B\""},   {0},
    };
    add_rules(0, rules);
    add_rules(1, rules);
    add_career();
    add_day_frame(FRAME_STATUS, 3, STATUS_SUSPENDED, FIRST + 100);
    add_day_frame(FRAME_STATUS, 3, STATUS_REINSTATED, FIRST + 200);
    add_day_frame(FRAME_STATUS, 4, STATUS_REVOKED, FIRST + 600);
    add_question("\"B\"");
}

static void add_member(uint8_t argument, uint32_t day)
{
    const struct affiliation joined = {
        .event = AFFILIATION_JOINED,
        .day = day,
        .has_consent = true,
        .consent = {.start_day = day, .performs_repairs = true, .expires_s = TIME_S_MAX}};
    add_record(FRAME_AFFILIATION, argument, &affiliation_schema, &joined);
}

static void write_shop(void)
{
    static const struct seed_rule rules[] = {
        {PACK_RULE_RECOGNITION, A, "share 75 % (A* or ase/A1) and areas (brakes: A1, engine: ase/A1) and D"},
        {PACK_RULE_RECOGNITION, B, "technicians 1 (\"A\") or for life (not technicians 2 (ase/A2))"},
        {PACK_RULE_TITLE, A, "A1 or in network D"},
        {0},
    };
    static struct bytes areas[2];
    areas[0] = bytes_of_string("brakes");
    areas[1] = bytes_of_string("engine");
    const struct shop profile = {.name = bytes_of_string("Garage"),
                                 .place = bytes_of_string("Austin"),
                                 .state = bytes_of_string("TX"),
                                 .areas = {areas, 2},
                                 .technicians = 2,
                                 .from = FIRST};
    const struct review review = {
        .code = bytes_of_string("aaa/D"), .day = FIRST + 50, .technicians = 3, .areas = {areas, 1}};
    add_rules(0, rules);
    add_career();
    add_attestation(CAREER_EPA | ABOUT_SHOP_BIT, "aaa/D", BASIS_MEMBERSHIP, FIRST, LAST);
    add_record(FRAME_PROFILE, 0, &shop_schema, &profile);
    add_record(FRAME_REVIEW, CAREER_EPA, &review_schema, &review);
    add_member(0, FIRST);
    add_member(1, FIRST + 20);
    add_member(2, FIRST + 700);
    add_day_frame(FRAME_LEFT, 2, 0, FIRST + 800);
    add_question("in network D and A1");
}

static void write_record(void)
{
    const struct pack_code code = {.code = bytes_of_string("A1"), .title = bytes_of_string("One")};
    const struct pack_rule rule = {
        .kind = PACK_RULE_TITLE, .name = bytes_of_string("All"), .expression = encode(SCOPE_SUBJECT, "A1")};
    const struct rule_pack pack = {
        .version = 2,
        .in_force_from = FIRST + 300,
        .name_space = bytes_of_string("aaa"),
        .codes = {&code, 1},
        .rules = {&rule, 1},
    };
    add_record(FRAME_PACK, 0, &rule_pack_schema, &pack);
    add_career();
    add_question("any 1 of (A1, B, \"All\")");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*write)(void);
    } seeds[] = {
        {"titles", write_titles}, {"cycles", write_cycles}, {"shop", write_shop}, {"record", write_record}};
    if (argc != 2) {
        fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
        return 2;
    }
    for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++) {
        char path[4096];
        int size = snprintf(path, sizeof path, "%s/career_fuzz/%s", argv[1], seeds[i].name);
        FILE *file = size > 0 && (size_t)size < sizeof path ? fopen(path, "wb") : NULL;
        seed_size = 0;
        seeds[i].write();
        if (file == NULL || fwrite(seed, 1, seed_size, file) != seed_size || fclose(file) != 0) {
            perror(path);
            return 1;
        }
    }
    return 0;
}
