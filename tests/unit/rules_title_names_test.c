#include "protocol/rules/expression_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/dossier_builder.h"

/* Which codes their namespace's rules know, and which namespace a bare title means: ase (0) gives Master and
 * World Class, junk (1) gives Master too, ford (2) nothing but awards, and gm, which gives Master Tech, is in
 * nobody's trust file. */

static struct dossier_builder built;
static struct pack_rule rules[8];
static uint8_t memory[EXPRESSION_ARENA_SIZE];

static struct dossier_pack *give(size_t owner, const char *name_space, const char *name,
                                 enum pack_rule_kind kind)
{
    struct dossier_pack *pack =
        build_pack(&built, owner, 1 + built.dossier.pack_count, name_space, 1 + built.dossier.pack_count, 0);
    struct pack_rule *rule = &rules[built.dossier.pack_count];
    *rule = (struct pack_rule){.kind = kind, .name = bytes_of_string(name)};
    pack->pack.rules = (struct list){.items = rule, .count = 1};
    return pack;
}

static void begin(void)
{
    dossier_builder_init(&built, 4);
    build_owner(&built, "ase", 0);
    build_owner(&built, "junk", 1);
    build_owner(&built, "ford", 2);
    give(0, "ase", "Master", PACK_RULE_TITLE);
    give(0, "ase", "World Class", PACK_RULE_TITLE);
    give(1, "junk", "Master", PACK_RULE_TITLE);
    give(2, "ford", "Blue Oval", PACK_RULE_RECOGNITION);
    give(3, "gm", "Master Tech", PACK_RULE_TITLE);
}

static void nothing(void) {}

static void junk_is_not_trusted(void)
{
    trust_remove_owner(&built.trust, bytes_of_string("junk"));
}

static void junk_pack_is_void(void)
{
    built.packs[2].place.voided = true;
    built.packs[2].place.void_seq = 50;
}

static void junk_pack_is_void_later_than_known(void)
{
    junk_pack_is_void();
    built.logs[built.packs[2].place.log].known_by_seq = 49;
}

static void junk_pack_was_dropped(void)
{
    built.packs[2].place.block = BUILT_DROPPED(0);
}

static void junk_pack_is_on_a_side_branch(void)
{
    built.packs[2].place.block = BUILT_SIDE;
}

static void junk_pack_came_later(void)
{
    built.logs[built.packs[2].place.log].known_by_seq = built.packs[2].place.seq - 1;
}

static void junk_pack_is_for_a_later_day(void)
{
    built.packs[2].pack.in_force_from = 60000;
}

static void junk_pack_is_another_s(void)
{
    built.packs[2].place.log = 3;
}

static void junk_was_handed_on_before(void)
{
    build_succession(&built, 1, 60, "junk", 3, built.packs[2].place.seq - 1);
}

static void junk_was_handed_on_after(void)
{
    build_succession(&built, 1, 60, "junk", 3, built.packs[2].place.seq);
}

static void ase_says_it_again(void)
{
    give(0, "ase", "World Class", PACK_RULE_TITLE);
}

static void titles_mean_one_namespace(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        void (*say)(void);
        const char *text;
        const char *printed; /* NULL: refused */
        enum expression_fault fault;
        size_t offset;
    } rows[] = {
        {"a name that one namespace has", nothing, "\"World Class\"", "ase:\"World Class\"", 0, 0},
        {"by several of its versions", ase_says_it_again, "\"World Class\"", "ase:\"World Class\"", 0, 0},
        {"one that two have", nothing, "x/a and \"Master\"", NULL, EXPRESSION_TITLE_AMBIGUOUS, 8},
        {"said with its namespace", nothing, "junk:\"Master\"", "junk:\"Master\"", 0, 0},
        {"or with the other", nothing, "ase:\"Master\"", "ase:\"Master\"", 0, 0},
        {"one of two that nobody trusts", junk_is_not_trusted, "\"Master\"", "ase:\"Master\"", 0, 0},
        {"one of two in a void block", junk_pack_is_void, "\"Master\"", "ase:\"Master\"", 0, 0},
        {"that was not known to be void", junk_pack_is_void_later_than_known, "\"Master\"", NULL,
         EXPRESSION_TITLE_AMBIGUOUS, 0},
        {"one of two on a branch that was dropped", junk_pack_was_dropped, "\"Master\"", "ase:\"Master\"", 0,
         0},
        {"one of two that is disputed may be there", junk_pack_is_on_a_side_branch, "\"Master\"", NULL,
         EXPRESSION_TITLE_AMBIGUOUS, 0},
        {"one of two that was not there by then", junk_pack_came_later, "\"Master\"", "ase:\"Master\"", 0, 0},
        {"one of two for days to come", junk_pack_is_for_a_later_day, "\"Master\"", NULL,
         EXPRESSION_TITLE_AMBIGUOUS, 0},
        {"one of two by somebody who does not own the namespace", junk_pack_is_another_s, "\"Master\"",
         "ase:\"Master\"", 0, 0},
        {"one of two by an owner who had handed it on", junk_was_handed_on_before, "\"Master\"",
         "ase:\"Master\"", 0, 0},
        {"or had not yet", junk_was_handed_on_after, "\"Master\"", NULL, EXPRESSION_TITLE_AMBIGUOUS, 0},
        {"one that nobody has", nothing, "\"Plumber\"", NULL, EXPRESSION_TITLE_UNKNOWN, 0},
        {"that nobody trusted has", nothing, "\"Master Tech\"", NULL, EXPRESSION_TITLE_UNKNOWN, 0},
        {"an award is no title", nothing, "\"Blue Oval\"", NULL, EXPRESSION_TITLE_UNKNOWN, 0},
        {"a title elsewhere needs no rules held here", nothing, "gm:\"Master Tech\"", "gm:\"Master Tech\"", 0,
         0},
        {"that of any namespace", nothing, "*:\"Master\"", NULL, EXPRESSION_BAD_TITLE, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct expression expression;
        struct expression_error error;
        struct arena arena;
        char printed[256];
        begin();
        rows[i].say();
        struct title_names names = {.dossier = &built.dossier, .trust = &built.trust};
        arena_init(&arena, memory, sizeof memory);
        bool good =
            expression_parse_requirement(&expression, &error, bytes_of_string(rows[i].text), &names, &arena);
        if (good != (rows[i].printed != NULL) ||
            (!good && (error.fault != rows[i].fault || error.offset != rows[i].offset))) {
            fail_msg("%s: fault %d at %zu", rows[i].why, (int)error.fault, error.offset);
        }
        if (good) {
            assert_true(expression_print(printed, sizeof printed, &expression, (struct bytes){0}));
            assert_string_equal(printed, rows[i].printed);
        }
    }
}

static void what_was_left_away_is_counted(void **state)
{
    (void)state;
    struct expression expression;
    struct expression_error error;
    struct arena arena;
    begin();
    struct title_names names = {.dossier = &built.dossier, .trust = &built.trust};
    arena_init(&arena, memory, sizeof memory);
    assert_true(expression_parse_requirement(
        &expression, &error, bytes_of_string("\"World Class\" and ase:\"Master\""), &names, &arena));
    assert_int_equal(names.resolved, 1);
}

static void the_choices_are_listed(void **state)
{
    (void)state;
    struct bytes found[2];
    begin();
    const struct title_names names = {.dossier = &built.dossier, .trust = &built.trust};
    assert_int_equal(title_names_find(&names, bytes_of_string("Master"), found, 2), 2);
    assert_true(bytes_equal_string(found[0], "ase") && bytes_equal_string(found[1], "junk"));
    assert_int_equal(title_names_find(&names, bytes_of_string("Master"), found, 1), 2);
    assert_int_equal(title_names_find(&names, bytes_of_string("Plumber"), found, 2), 0);
}

/* ase's first pack has T4 and T5, its second T6 as well; junk's and ford's have no code, gm is not trusted.
 */
static void begin_codes(void)
{
    begin();
    build_pack_code(&built, &built.packs[0], "T4", 60);
    build_pack_code(&built, &built.packs[0], "T5", 60);
    build_pack_code(&built, &built.packs[1], "T4", 60);
    build_pack_code(&built, &built.packs[1], "T6", 60);
}

static void second_pack_is_void(void)
{
    built.packs[1].place.voided = true;
    built.packs[1].place.void_seq = 50;
}

static void not_all_packs_are_here(void)
{
    built.dossier.cuts.packs = true;
}

static void no_pack_of_ase_stands(void)
{
    built.packs[0].place.block = built.packs[1].place.block = BUILT_DROPPED(0);
}

static void codes_are_known_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        void (*say)(void);
        const char *text;
        enum expression_fault fault;
        size_t offset;
    } rows[] = {
        {"a code that the rules know", nothing, "ase/T4", EXPRESSION_FINE, 0},
        {"one of another version", nothing, "ase/T5 and ase/T6", EXPRESSION_FINE, 0},
        {"one that is mistyped", nothing, "ase/T5 and ase/T44", EXPRESSION_CODE_UNKNOWN, 11},
        {"which is no certain yes either", nothing, "not ase/T44", EXPRESSION_CODE_UNKNOWN, 4},
        {"nor asked for as a test", nothing, "tested ase/T44", EXPRESSION_CODE_UNKNOWN, 7},
        {"nor as experience", nothing, "experience 2 years in ase/t*", EXPRESSION_CODE_UNKNOWN, 22},
        {"nor as a network", nothing, "in network ase/T44", EXPRESSION_CODE_UNKNOWN, 11},
        {"nor within several", nothing, "any 1 of (ase/T4, ase/T44)", EXPRESSION_CODE_UNKNOWN, 18},
        {"a pattern under which there are codes", nothing, "ase/T*", EXPRESSION_FINE, 0},
        {"a pattern under which there are none", nothing, "ase/U*", EXPRESSION_CODE_UNKNOWN, 0},
        {"letters are told apart by their size", nothing, "ase/t4", EXPRESSION_CODE_UNKNOWN, 0},
        {"another namespace's rules are not asked", nothing, "junk/T4", EXPRESSION_CODE_UNKNOWN, 0},
        {"a code of rules that are void", second_pack_is_void, "ase/T6", EXPRESSION_CODE_UNKNOWN, 0},
        {"where no rules are held nobody can tell", no_pack_of_ase_stands, "ase/T44", EXPRESSION_FINE, 0},
        {"nor where not all of them are", not_all_packs_are_here, "ase/T44", EXPRESSION_FINE, 0},
        {"nor of a namespace that nobody trusts", nothing, "gm/T44", EXPRESSION_FINE, 0},
        {"nor of one that nobody has heard of", nothing, "x/T44", EXPRESSION_FINE, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct expression expression;
        struct expression_error error = {0};
        struct arena arena;
        begin_codes();
        rows[i].say();
        struct title_names names = {.dossier = &built.dossier, .trust = &built.trust};
        arena_init(&arena, memory, sizeof memory);
        bool good =
            expression_parse_requirement(&expression, &error, bytes_of_string(rows[i].text), &names, &arena);
        if (good != (rows[i].fault == EXPRESSION_FINE) ||
            (!good && (error.fault != rows[i].fault || error.offset != rows[i].offset))) {
            fail_msg("%s: fault %d at %zu", rows[i].why, (int)error.fault, error.offset);
        }
        arena_init(&arena, memory, sizeof memory);
        if (!expression_parse_requirement(&expression, &error, bytes_of_string(rows[i].text), NULL, &arena)) {
            fail_msg("%s: whoever asks for it elsewhere may know better", rows[i].why);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(titles_mean_one_namespace),
        cmocka_unit_test(what_was_left_away_is_counted),
        cmocka_unit_test(the_choices_are_listed),
        cmocka_unit_test(codes_are_known_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
