#include "tests/support/career_builder.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/sort.h"
#include "protocol/rules/expression_text.h"

void career_case_begin(struct career_case *begun)
{
    dossier_builder_init(&begun->built, CAREER_ACTORS);
    arena_init(&begun->arena, begun->memory, sizeof begun->memory);
    build_owner(&begun->built, "ase", CAREER_ASE);
    build_owner(&begun->built, "epa", CAREER_EPA);
    begun->next_seq = 1;
    begun->mark = 0;
    begun->question = (struct question){
        .network = &begun->built.network,
        .now_s = BUILT_TIME_S,
        .known_by_s = UINT64_MAX,
        .budget = FRESHNESS_DEFAULT,
    };
}

/* ---- packs ---- */

static struct bytes keep(struct career_case *built, const char *text, size_t size)
{
    struct bytes kept;
    bool fits = arena_copy(&built->arena, bytes_of(text, size), &kept);
    assert(fits);
    return kept;
}

static int compare_codes(const void *a, const void *b)
{
    return bytes_compare(((const struct pack_code *)a)->code, ((const struct pack_code *)b)->code);
}

static struct list list_codes(struct career_case *built, const char *codes)
{
    struct pack_code *listed = arena_take(&built->arena, PACK_CODES_MAX * sizeof listed[0]);
    size_t count = 0;
    assert(listed != NULL);
    while (*codes != '\0') {
        size_t size = strcspn(codes, " ");
        size_t name_size = strcspn(codes, " /");
        struct bytes code = keep(built, codes, name_size);
        listed[count++] = (struct pack_code){.code = code, .title = code};
        if (name_size < size) {
            listed[count - 1].lifetime_months = strtoul(codes + name_size + 1, NULL, 10);
        }
        codes += size + strspn(codes + size, " ");
    }
    sort_items(listed, count, sizeof listed[0], compare_codes);
    return (struct list){.items = listed, .count = count};
}

static enum pack_rule_kind kind_of(struct bytes word)
{
    static const char *const words[] = {
        [PACK_RULE_TITLE] = "title",           [PACK_RULE_PREREQUISITE] = "prerequisite",
        [PACK_RULE_EXPERIENCE] = "experience", [PACK_RULE_RENEWAL] = "renewal",
        [PACK_RULE_CONDITION] = "condition",
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (words[i] != NULL && bytes_equal_string(word, words[i])) {
            return (enum pack_rule_kind)i;
        }
    }
    assert(false);
    return PACK_RULE_TITLE;
}

static struct expression parse(struct career_case *built, enum expression_scope scope, struct bytes text,
                               const char *name_space)
{
    struct expression expression;
    struct expression_error error;
    bool parsed =
        expression_parse(&expression, &error, scope, text, bytes_of_string(name_space), &built->arena);
    if (!parsed) {
        fprintf(stderr, "fault %d at %zu of: %.*s\n", (int)error.fault, error.offset, (int)text.size,
                (const char *)text.data);
    }
    assert(parsed);
    return expression;
}

static struct bytes encode(struct career_case *built, enum pack_rule_kind kind, struct bytes text,
                           const char *name_space)
{
    static const uint8_t unknown[] = {0x91, 0x63}; /* [99] */
    struct bytes encoded;
    if (bytes_equal_string(text, "?")) {
        return bytes_of(unknown, sizeof unknown);
    }
    struct expression expression = parse(built, expression_scope_of(kind), text, name_space);
    uint8_t *out = arena_take(&built->arena, RULE_EXPRESSION_SIZE_MAX);
    bool fits = out != NULL && expression_encode(&expression, out, RULE_EXPRESSION_SIZE_MAX, &encoded);
    assert(fits);
    return encoded;
}

static int compare_rules(const void *a, const void *b)
{
    const struct pack_rule *x = a;
    const struct pack_rule *y = b;
    return x->kind != y->kind ? (int)x->kind - (int)y->kind : bytes_compare(x->name, y->name);
}

static struct list list_rules(struct career_case *built, const char *rules, const char *name_space)
{
    struct pack_rule *listed = arena_take(&built->arena, PACK_RULES_MAX * sizeof listed[0]);
    size_t count = 0;
    assert(listed != NULL);
    while (*rules != '\0') {
        size_t size = strcspn(rules, "\n");
        size_t word = strcspn(rules, " ");
        size_t colon = strcspn(rules, ":");
        assert(word < colon && colon + 2 < size);
        enum pack_rule_kind kind = kind_of(bytes_of(rules, word));
        listed[count++] = (struct pack_rule){
            .kind = kind,
            .name = keep(built, rules + word + 1, colon - word - 1),
            .expression = encode(built, kind, bytes_of(rules + colon + 2, size - colon - 2), name_space),
        };
        rules += size + strspn(rules + size, "\n");
    }
    sort_items(listed, count, sizeof listed[0], compare_rules);
    return (struct list){.items = listed, .count = count};
}

struct dossier_pack *career_case_pack(struct career_case *built, const char *name_space, uint64_t version,
                                      uint32_t in_force_from, const char *codes, const char *rules)
{
    size_t owner = strcmp(name_space, "ase") == 0 ? CAREER_ASE : CAREER_EPA;
    struct dossier_pack *pack =
        build_pack(&built->built, owner, built->next_seq++, name_space, version, in_force_from);
    arena_rewind(&built->arena, built->mark);
    pack->pack.codes = list_codes(built, codes);
    pack->pack.rules = list_rules(built, rules, name_space);
    built->mark = arena_mark(&built->arena);
    return pack;
}

/* ---- credentials ---- */

void career_case_earn(struct career_case *built, const struct earned *rows)
{
    for (; rows->code != NULL; rows++) {
        size_t issuer = strncmp(rows->code, "epa/", 4) == 0 ? CAREER_EPA : CAREER_ASE;
        struct dossier_credential *credential =
            build_credential(&built->built, issuer, built->next_seq++, rows->code, rows->first, rows->last);
        credential->attestation.basis = rows->basis;
        credential->attestation.earned_on = rows->earned_on;
    }
}

/* ---- questions ---- */

struct career *career_case_settle(struct career_case *asked, uint32_t at_day)
{
    arena_rewind(&asked->arena, asked->mark);
    asked->question.at_day = at_day;
    bool decided = credentials_decide(&asked->credentials, &asked->built.dossier, &asked->built.trust,
                                      &asked->question, &asked->arena);
    assert(decided);
    asked->career = career_begin(&asked->built.dossier, &asked->built.trust, &asked->question,
                                 &asked->credentials, &asked->arena);
    bool settled = asked->career != NULL && career_settle(asked->career);
    assert(settled);
    return asked->career;
}

static struct expression requirement_of(struct career_case *asked, const char *requirement)
{
    return parse(asked, SCOPE_REQUIREMENT, bytes_of_string(requirement), "ase");
}

struct day_truth career_case_days(struct career_case *asked, const char *requirement, uint32_t at_day)
{
    struct day_truth days;
    struct career *career = career_case_settle(asked, at_day);
    struct expression expression = requirement_of(asked, requirement);
    bool fits = career_days(&days, career, &expression);
    assert(fits);
    return days;
}

const char *career_case_missing(struct career_case *asked, const char *requirement, uint32_t day,
                                size_t *part_count)
{
    static char text[CAREER_TEXT_SIZE];
    const struct missing_part *parts;
    size_t count;
    struct career *career = career_case_settle(asked, day);
    struct expression expression = requirement_of(asked, requirement);
    bool fits = career_missing(&parts, &count, part_count, career, &expression, day);
    assert(fits);
    missing_to_text(text, parts, count);
    return text;
}

struct verdict career_case_conclude(struct career_case *asked, const char *requirement, uint32_t at_day)
{
    static struct expression expression;
    struct verdict verdict = {0};
    struct career *career = career_case_settle(asked, at_day);
    asked->question.requirement = NULL;
    if (requirement != NULL) {
        expression = requirement_of(asked, requirement);
        asked->question.requirement = &expression;
    }
    bool fits = career_conclude(&verdict, career);
    assert(fits);
    return verdict;
}

/* ---- words ---- */

static struct bytes without_ase(struct bytes code)
{
    bool is_ase = code.size > 4 && memcmp(code.data, "ase/", 4) == 0;
    return is_ase ? bytes_of(code.data + 4, code.size - 4) : code;
}

static int part_to_text(char *text, size_t room, const struct missing_part *part)
{
    struct bytes name = part->name.size > 0 ? part->name : without_ase(part->pattern);
    int size = (int)name.size;
    const char *data = (const char *)name.data;
    switch (part->kind) {
    case MISSING_CODE:
        return snprintf(text, room, "%.*s", size, data);
    case MISSING_EXPERIENCE:
        return snprintf(text, room, "%u days for %.*s", part->days, size, data);
    case MISSING_TRAINING:
        return snprintf(text, room, "training %.*s", size, data);
    case MISSING_TITLE:
        return snprintf(text, room, "%s\"%.*s\"", part->name_space.size == 0 ? "*:" : "", size, data);
    case MISSING_NETWORK:
        return snprintf(text, room, "network %.*s", size, data);
    case MISSING_STATE:
        return snprintf(text, room, "state");
    case MISSING_EXCLUDED:
        return snprintf(text, room, "not %.*s", size, data);
    case MISSING_NEWER_RULES:
        return snprintf(text, room, "newer rules of %.*s", (int)part->name_space.size,
                        (const char *)part->name_space.data);
    case MISSING_RULE:
        break;
    }
    return snprintf(text, room, "rule");
}

void missing_to_text(char text[CAREER_TEXT_SIZE], const struct missing_part *parts, size_t count)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        used += (size_t)snprintf(text + used, CAREER_TEXT_SIZE - used, "%s", i == 0 ? "" : ", ");
        used += (size_t)part_to_text(text + used, CAREER_TEXT_SIZE - used, &parts[i]);
        if (parts[i].answer == ANSWER_UNKNOWN) {
            used += (size_t)snprintf(text + used, CAREER_TEXT_SIZE - used, "?");
        }
        if (parts[i].more > 0) {
            used += (size_t)snprintf(text + used, CAREER_TEXT_SIZE - used, " (%zu more)", parts[i].more);
        }
    }
}
