#include "tests/support/verdict_case.h"

#include <assert.h>

#include "protocol/rules/expression_text.h"

void verdict_case_begin(struct verdict_case *begun)
{
    dossier_builder_init(&begun->built, CASE_ACTORS);
    build_owner(&begun->built, "ase", CASE_ASE);
    struct dossier_pack *pack = build_pack(&begun->built, CASE_ASE, 1, "ase", 1, 0);
    build_pack_code(&begun->built, pack, "A5", 60);
    build_pack_code(&begun->built, pack, "A6", 60);
    build_pack_code(&begun->built, pack, "L1", 0);
    begun->certificate =
        build_credential(&begun->built, CASE_ASE, CASE_ISSUED_IN, "ase/A5", CASE_FIRST, CASE_LAST);
    begun->requirement =
        (struct expression){.op = EXPRESSION_ALL, .child_count = 0, .children = begun->required};
    begun->question = (struct question){
        .network = &begun->built.network,
        .at_day = (CASE_FIRST + CASE_LAST) / 2,
        .now_s = BUILT_TIME_S + 40,
        .known_by_s = UINT64_MAX,
        .budget = FRESHNESS_DEFAULT,
    };
}

struct verdict verdict_case_decide(struct verdict_case *decided)
{
    struct arena arena;
    struct verdict verdict;
    arena_init(&arena, decided->memory, sizeof decided->memory);
    bool fits =
        verdict_of(&verdict, &decided->built.dossier, &decided->built.trust, &decided->question, &arena);
    assert(fits);
    return verdict;
}

enum answer verdict_case_ask(struct verdict_case *asked, const char *required)
{
    struct expression_error error;
    struct arena arena;
    arena_init(&arena, asked->typed_memory, sizeof asked->typed_memory);
    bool parsed = expression_parse(&asked->typed, &error, SCOPE_REQUIREMENT, bytes_of_string(required),
                                   (struct bytes){0}, &arena);
    assert(parsed);
    asked->question.requirement = &asked->typed;
    return verdict_case_decide(asked).requirement;
}

void verdict_case_require(struct verdict_case *asked, const char *code)
{
    assert(asked->requirement.child_count < CASE_REQUIRED_MAX);
    asked->required[asked->requirement.child_count++] =
        (struct expression){.op = EXPRESSION_CERTIFIED, .pattern = bytes_of_string(code)};
    asked->question.requirement = &asked->requirement;
}

void verdict_case_fork(struct verdict_case *forked, size_t actor, uint64_t seq)
{
    forked->built.logs[actor].forked = true;
    forked->built.logs[actor].fork_seq = seq;
}
