#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "protocol/rules/expression_text.h"
#include "tests/support/random_expression.h"

enum { ARENA_SIZE = 2 * EXPRESSION_ARENA_SIZE, RANDOM_TREES = 6000, RANDOM_NODES = 60 };

static uint8_t memory[EXPRESSION_ARENA_SIZE];
static struct arena arena;
static char printed[EXPRESSION_TEXT_SIZE_MAX];

static bool parse(struct expression *out, struct expression_error *error, enum expression_scope scope,
                  struct bytes text, const char *name_space)
{
    arena_init(&arena, memory, sizeof memory);
    return expression_parse(out, error, scope, text, bytes_of_string(name_space), &arena);
}

/* ---- properties ---- */

static const enum expression_scope scopes[] = {SCOPE_REQUIREMENT, SCOPE_SUBJECT, SCOPE_ATTESTATION,
                                               SCOPE_SHOP};
static const char *const namespaces[] = {"", "ase", "in"};

static void what_is_printed_parses_alike(void **state)
{
    static uint8_t tree_memory[ARENA_SIZE], encoded_memory[RULE_EXPRESSION_SIZE_MAX];
    uint64_t seed = 2;
    (void)state;
    for (size_t i = 0; i < RANDOM_TREES; i++) {
        enum expression_scope scope = scopes[i % 4];
        const char *name_space = namespaces[i % 3];
        struct expression tree, again;
        struct expression_error error;
        struct bytes encoded;
        struct arena trees;
        arena_init(&trees, tree_memory, sizeof tree_memory);
        random_expression(&tree, scope, 1 + (uint32_t)(i / 4) % EXPRESSION_DEPTH_MAX, RANDOM_NODES, &seed,
                          &trees);
        if (!expression_encode(&tree, encoded_memory, sizeof encoded_memory, &encoded)) {
            continue;
        }
        assert_true(expression_print(printed, sizeof printed, &tree, bytes_of_string(name_space)));
        if (!parse(&again, &error, scope, bytes_of_string(printed), name_space)) {
            fail_msg("fault %d at %s", (int)error.fault, printed + error.offset);
        }
        if (!expression_equal(&tree, &again)) {
            fail_msg("%s", printed);
        }
    }
}

static void an_error_is_within_the_text(void **state)
{
    static uint8_t tree_memory[ARENA_SIZE];
    uint64_t seed = 3;
    (void)state;
    for (size_t i = 0; i < RANDOM_TREES; i++) {
        struct expression tree, again;
        struct expression_error error;
        struct arena trees;
        arena_init(&trees, tree_memory, sizeof tree_memory);
        random_expression(&tree, scopes[i % 4], 4, 12, &seed, &trees);
        assert_true(expression_print(printed, sizeof printed, &tree, bytes_of(NULL, 0)));
        size_t size = random_below(&seed, strlen(printed) + 1);
        if (size > 0) {
            printed[random_below(&seed, size)] = (char)random_below(&seed, 256);
        }
        if (!parse(&again, &error, scopes[i % 4], bytes_of(printed, size), "")) {
            assert_true(error.fault != EXPRESSION_FINE && error.fault <= EXPRESSION_TOO_LONG);
            assert_true(error.offset <= size);
        } else {
            assert_int_equal(error.fault, EXPRESSION_FINE);
        }
    }
}

/* ---- what texts mean: printed again, they show how they were read ---- */

static const struct {
    const char *sentence;
    enum expression_scope scope;
    const char *name_space, *text, *again;
} meanings[] = {
    {"a code", SCOPE_REQUIREMENT, "", "ase/A5", "ase/A5"},
    {"a pattern", SCOPE_REQUIREMENT, "", "ase/A*", "ase/A*"},
    {"all of a namespace", SCOPE_REQUIREMENT, "", "ase/*", "ase/*"},
    {"\"and\" chains into one", SCOPE_REQUIREMENT, "", "x/1 and x/2 and x/3", "x/1 and x/2 and x/3"},
    {"parentheses keep what they hold together", SCOPE_REQUIREMENT, "", "x/1 and (x/2 and x/3)",
     "x/1 and (x/2 and x/3)"},
    {"\"and\" binds tighter than \"or\"", SCOPE_REQUIREMENT, "", "x/1 and x/2 or x/3 and (x/4)",
     "x/1 and x/2 or x/3 and x/4"},
    {"\"or\" within \"and\" needs parentheses", SCOPE_REQUIREMENT, "", "(x/1 or x/2) and x/3",
     "(x/1 or x/2) and x/3"},
    {"\"not\" binds tightest", SCOPE_REQUIREMENT, "", "not x/1 and x/2", "not x/1 and x/2"},
    {"\"not\" of more needs parentheses", SCOPE_REQUIREMENT, "", "not (x/1 and x/2)", "not (x/1 and x/2)"},
    {"\"not\" of \"not\"", SCOPE_REQUIREMENT, "", "not not x/1", "not not x/1"},
    {"a comma is a loose \"and\"", SCOPE_REQUIREMENT, "", "x/1, x/2 or x/3", "x/1 and (x/2 or x/3)"},
    {"a comma in parentheses is one too", SCOPE_REQUIREMENT, "", "(x/1, x/2) or x/3", "x/1 and x/2 or x/3"},
    {"a comma in a list is none", SCOPE_REQUIREMENT, "", "any of (x/1, x/2 or x/3)", "x/1 or (x/2 or x/3)"},
    {"\"any of\" is \"or\"", SCOPE_REQUIREMENT, "", "any of (x/1, x/2)", "x/1 or x/2"},
    {"\"all of\" is \"and\"", SCOPE_REQUIREMENT, "", "all of (x/1, x/2)", "x/1 and x/2"},
    {"any of one", SCOPE_REQUIREMENT, "", "any of (x/1)", "any of (x/1)"},
    {"all of one", SCOPE_REQUIREMENT, "", "all of (x/1)", "all of (x/1)"},
    {"some of a list", SCOPE_REQUIREMENT, "", "any 2 of (x/1, x/2 and x/4, x/3)",
     "any 2 of (x/1, x/2 and x/4, x/3)"},
    {"a title of any namespace", SCOPE_REQUIREMENT, "", "\"World Class\"", "\"World Class\""},
    {"a title of a namespace", SCOPE_REQUIREMENT, "", "ase:\"World Class\"", "ase:\"World Class\""},
    {"a title in single quotes", SCOPE_REQUIREMENT, "", "ase:'World Class'", "ase:\"World Class\""},
    {"quotes in a title", SCOPE_REQUIREMENT, "", "'the \"best\"' or \"it's\" or 'it\\'s'",
     "\"the \\\"best\\\"\" or \"it's\" or \"it's\""},
    {"signs in a title", SCOPE_REQUIREMENT, "", "\"a, (b) # c:\"", "\"a, (b) # c:\""},
    {"a title of a namespace that is a word", SCOPE_REQUIREMENT, "", "not:\"T\" and in:\"T\"",
     "not:\"T\" and in:\"T\""},
    {"tested, trained", SCOPE_REQUIREMENT, "", "tested x/1 and trained x/*", "tested x/1 and trained x/*"},
    {"years of experience", SCOPE_REQUIREMENT, "", "experience 730 days in x/1", "experience 2 years in x/1"},
    {"days of experience", SCOPE_REQUIREMENT, "", "experience 1 day in x/1", "experience 1 day in x/1"},
    {"a year of experience", SCOPE_REQUIREMENT, "", "experience 1 years in x/1", "experience 1 year in x/1"},
    {"for life", SCOPE_REQUIREMENT, "", "for life (x/1, x/2)", "for life (x/1 and x/2)"},
    {"in a network", SCOPE_REQUIREMENT, "", "in network x/1", "in network x/1"},
    {"in a state", SCOPE_REQUIREMENT, "", "in state (TX)", "in state TX"},
    {"states are sorted", SCOPE_REQUIREMENT, "", "in state (TX,OH, AK)", "in state (AK, OH, TX)"},
    {"space and line ends", SCOPE_REQUIREMENT, "", "\n x/1\tand\r\n(x/2)  ", "x/1 and x/2"},
    {"comments", SCOPE_REQUIREMENT, "", "# one\nx/1 # and x/3\n and x/2# – end", "x/1 and x/2"},
    {"signs need no space", SCOPE_REQUIREMENT, "", "not(x/1)and(x/2),\"T\"or\"U\"",
     "(not x/1 and x/2) and (\"T\" or \"U\")"},
    {"a code of the pack", SCOPE_SUBJECT, "ase", "A5 and ase/A6 and epa/609", "A5 and A6 and epa/609"},
    {"a pattern of the pack", SCOPE_SUBJECT, "ase", "A* or *", "A* or *"},
    {"a code of digits alone", SCOPE_SUBJECT, "epa", "609 and 12", "609 and 12"},
    {"a code that is a word keeps its namespace", SCOPE_SUBJECT, "ase", "ase/any and ase/experience",
     "ase/any and ase/experience"},
    {"unless only a code can stand there", SCOPE_SUBJECT, "ase",
     "experience 1 day in ase/experience and trained ase/and",
     "experience 1 day in experience and trained and"},
    {"a title of the pack", SCOPE_SUBJECT, "ase", "\"T\" and ase:\"T\"", "\"T\" and \"T\""},
    {"a title of any namespace in a pack", SCOPE_SUBJECT, "ase", "*:\"T\" and x:\"T\"",
     "*:\"T\" and x:\"T\""},
    {"a title of any namespace at large", SCOPE_REQUIREMENT, "", "*:\"T\"", "\"T\""},
    {"one basis", SCOPE_ATTESTATION, "", "basis (renewal)", "basis renewal"},
    {"bases in any order", SCOPE_ATTESTATION, "", "basis (licence, exam)", "basis (exam, licence)"},
    {"in time", SCOPE_ATTESTATION, "", "in time", "in time"},
    {"in time or soon after", SCOPE_ATTESTATION, "", "in time within 30 days", "in time within 30 days"},
    {"months apart", SCOPE_ATTESTATION, "", "12 months apart from renewal", "12 months apart from renewal"},
    {"days apart", SCOPE_ATTESTATION, "", "30 days apart from (recertification, exam)",
     "30 days apart from (exam, recertification)"},
    {"months and days apart", SCOPE_ATTESTATION, "", "1 month 1 day apart from exam",
     "1 month 1 day apart from exam"},
    {"what it adds", SCOPE_ATTESTATION, "", "adds at most 12 months", "adds at most 12 months"},
    {"a share of the technicians", SCOPE_SHOP, "ase", "share 75% (A* or T*)", "share 75 % (A* or T*)"},
    {"a number of technicians", SCOPE_SHOP, "ase", "technicians 1 (A*)", "technicians 1 (A*)"},
    {"areas are sorted", SCOPE_SHOP, "ase", "areas (engine: A1, brakes: A5 or T4)",
     "areas (brakes: A5 or T4, engine: A1)"},
    {"areas in quotes", SCOPE_SHOP, "ase", "areas (\"a, b\": A1, 'b': A2, or: A3)",
     "areas (\"a, b\": A1, b: A2, or: A3)"},
};

static void texts_mean_what_they_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
        struct expression out;
        struct expression_error error;
        struct bytes name_space = bytes_of_string(meanings[i].name_space);
        if (!parse(&out, &error, meanings[i].scope, bytes_of_string(meanings[i].text),
                   meanings[i].name_space)) {
            fail_msg("%s: fault %d at %zu", meanings[i].sentence, (int)error.fault, error.offset);
        }
        assert_true(expression_print(printed, sizeof printed, &out, name_space));
        if (strcmp(printed, meanings[i].again) != 0) {
            fail_msg("%s: %s", meanings[i].sentence, printed);
        }
    }
}

static void a_parsed_tree_has_what_its_text_says(void **state)
{
    struct expression out;
    struct expression_error error;
    (void)state;
    assert_true(parse(&out, &error, SCOPE_ATTESTATION,
                      bytes_of_string("any 1 of (A5, experience 2 years in x*) and "
                                      "13 months 2 days apart from (exam, renewal)"),
                      "ase"));
    assert_int_equal(out.op, EXPRESSION_ALL);
    assert_int_equal(out.child_count, 2);
    assert_int_equal(out.children[0].op, EXPRESSION_AT_LEAST);
    assert_int_equal(out.children[0].count, 1);
    assert_true(bytes_equal_string(out.children[0].children[0].pattern, "ase/A5"));
    assert_int_equal(out.children[0].children[1].count, 730);
    assert_true(bytes_equal_string(out.children[0].children[1].pattern, "ase/x*"));
    assert_int_equal(out.children[1].op, EXPRESSION_APART);
    assert_int_equal(out.children[1].count, 13);
    assert_int_equal(out.children[1].days, 2);
    assert_int_equal(out.children[1].bases, 1U << BASIS_EXAM | 1U << BASIS_RENEWAL);
}

/* ---- errors: where a row's text has a '^', the text ends its sense (the sign itself is taken out) ---- */

static const struct {
    const char *sentence;
    enum expression_scope scope;
    const char *name_space, *text;
    enum expression_fault fault;
} faults[] = {
    {"nothing", SCOPE_REQUIREMENT, "", "^", EXPRESSION_EXPECTED_TERM},
    {"nothing but space", SCOPE_REQUIREMENT, "", "  \n ^", EXPRESSION_EXPECTED_TERM},
    {"nothing but a comment", SCOPE_REQUIREMENT, "", "# x/1^", EXPRESSION_EXPECTED_TERM},
    {"\"and\" before anything", SCOPE_REQUIREMENT, "", "^and x/1", EXPRESSION_EXPECTED_TERM},
    {"\"and\" at the end", SCOPE_REQUIREMENT, "", "x/1 and^", EXPRESSION_EXPECTED_TERM},
    {"a comma at the end", SCOPE_REQUIREMENT, "", "x/1, ^", EXPRESSION_EXPECTED_TERM},
    {"two commas", SCOPE_REQUIREMENT, "", "x/1, ^, x/2", EXPRESSION_EXPECTED_TERM},
    {"\"not\" of nothing", SCOPE_REQUIREMENT, "", "not ^and x/1", EXPRESSION_EXPECTED_TERM},
    {"empty parentheses", SCOPE_REQUIREMENT, "", "(^)", EXPRESSION_EXPECTED_TERM},
    {"an empty list", SCOPE_REQUIREMENT, "", "any of (^)", EXPRESSION_EXPECTED_TERM},
    {"a comma at the end of a list", SCOPE_REQUIREMENT, "", "any of (x/1,^)", EXPRESSION_EXPECTED_TERM},
    {"a word that begins nothing", SCOPE_REQUIREMENT, "", "x/1 and ^years", EXPRESSION_EXPECTED_TERM},
    {"what is printed of unknown operators", SCOPE_SUBJECT, "ase", "A5 and ^unknown",
     EXPRESSION_EXPECTED_TERM},
    {"parentheses that do not close", SCOPE_REQUIREMENT, "", "(x/1 and x/2^", EXPRESSION_EXPECTED_CLOSE},
    {"two codes in parentheses", SCOPE_REQUIREMENT, "", "(x/1 ^x/2)", EXPRESSION_EXPECTED_CLOSE},
    {"a list that does not close", SCOPE_REQUIREMENT, "", "any of (x/1, x/2^", EXPRESSION_EXPECTED_CLOSE},
    {"states that do not close", SCOPE_REQUIREMENT, "", "in state (TX, OH ^and x/1",
     EXPRESSION_EXPECTED_CLOSE},
    {"a list without parentheses", SCOPE_REQUIREMENT, "", "any of ^x/1", EXPRESSION_EXPECTED_OPEN},
    {"for life without parentheses", SCOPE_REQUIREMENT, "", "for life ^x/1", EXPRESSION_EXPECTED_OPEN},
    {"a share of nothing", SCOPE_SHOP, "", "share 75 %^", EXPRESSION_EXPECTED_OPEN},
    {"two codes", SCOPE_REQUIREMENT, "", "x/1 ^x/2", EXPRESSION_EXPECTED_END},
    {"\"AND\" in capitals", SCOPE_REQUIREMENT, "", "x/1 ^AND x/2", EXPRESSION_EXPECTED_END},
    {"a parenthesis too many", SCOPE_REQUIREMENT, "", "(x/1)^)", EXPRESSION_EXPECTED_END},
    {"a colon out of nowhere", SCOPE_REQUIREMENT, "", "\"T\"^:x", EXPRESSION_EXPECTED_END},
    {"any nothing", SCOPE_REQUIREMENT, "", "any ^(x/1)", EXPRESSION_EXPECTED_NUMBER},
    {"any none of", SCOPE_REQUIREMENT, "", "any ^0 of (x/1)", EXPRESSION_EXPECTED_NUMBER},
    {"any 3 of 2", SCOPE_REQUIREMENT, "", "any ^3 of (x/1, x/2)", EXPRESSION_EXPECTED_NUMBER},
    {"a number in words", SCOPE_REQUIREMENT, "", "experience ^two years in x/1", EXPRESSION_EXPECTED_NUMBER},
    {"half a year", SCOPE_REQUIREMENT, "", "experience ^0.5 years in x/1", EXPRESSION_EXPECTED_NUMBER},
    {"101 years", SCOPE_REQUIREMENT, "", "experience ^101 years in x/1", EXPRESSION_EXPECTED_NUMBER},
    {"no days", SCOPE_REQUIREMENT, "", "experience ^0 days in x/1", EXPRESSION_EXPECTED_NUMBER},
    {"a number that no machine holds", SCOPE_REQUIREMENT, "", "experience ^99999999999999999999 days in x/1",
     EXPRESSION_EXPECTED_NUMBER},
    {"eleven years of grace", SCOPE_ATTESTATION, "", "in time within ^3661 days", EXPRESSION_EXPECTED_NUMBER},
    {"no time apart", SCOPE_ATTESTATION, "", "^0 days apart from exam", EXPRESSION_EXPECTED_NUMBER},
    {"no months and no days apart", SCOPE_ATTESTATION, "", "^0 months 0 days apart from exam",
     EXPRESSION_EXPECTED_NUMBER},
    {"too many days apart", SCOPE_ATTESTATION, "", "1 month ^3661 days apart from exam",
     EXPRESSION_EXPECTED_NUMBER},
    {"adds nothing", SCOPE_ATTESTATION, "", "adds at most ^0 months", EXPRESSION_EXPECTED_NUMBER},
    {"101 percent", SCOPE_SHOP, "", "share ^101 % (x/1)", EXPRESSION_EXPECTED_NUMBER},
    {"10 001 technicians", SCOPE_SHOP, "", "technicians ^10001 (x/1)", EXPRESSION_EXPECTED_NUMBER},
    {"any 2 without \"of\"", SCOPE_REQUIREMENT, "", "any 2 ^(x/1, x/2)", EXPRESSION_EXPECTED_WORD},
    {"months of experience", SCOPE_REQUIREMENT, "", "experience 2 ^months in x/1", EXPRESSION_EXPECTED_WORD},
    {"experience in nothing", SCOPE_REQUIREMENT, "", "experience 2 years^", EXPRESSION_EXPECTED_WORD},
    {"for ever", SCOPE_REQUIREMENT, "", "for ^ever (x/1)", EXPRESSION_EXPECTED_WORD},
    {"in something else", SCOPE_REQUIREMENT, "", "in ^TX", EXPRESSION_EXPECTED_WORD},
    {"grace without a unit", SCOPE_ATTESTATION, "", "in time within 30^", EXPRESSION_EXPECTED_WORD},
    {"apart without \"from\"", SCOPE_ATTESTATION, "", "12 months apart ^renewal", EXPRESSION_EXPECTED_WORD},
    {"months without \"apart\"", SCOPE_ATTESTATION, "", "12 months ^from renewal", EXPRESSION_EXPECTED_WORD},
    {"a share without its sign", SCOPE_SHOP, "", "share 75 ^(x/1)", EXPRESSION_EXPECTED_WORD},
    {"a code with two slashes", SCOPE_REQUIREMENT, "", "x/1 and ^x/1/2", EXPRESSION_BAD_CODE},
    {"a namespace in capitals", SCOPE_REQUIREMENT, "", "^ASE/A5", EXPRESSION_BAD_CODE},
    {"a namespace alone", SCOPE_REQUIREMENT, "", "^ase/", EXPRESSION_BAD_CODE},
    {"a star in the middle", SCOPE_REQUIREMENT, "", "^ase/*5", EXPRESSION_BAD_CODE},
    {"a code of 49 characters", SCOPE_REQUIREMENT, "", "^a/12345678901234567890123456789012345678901234567",
     EXPRESSION_BAD_CODE},
    {"a code that the namespace makes too long", SCOPE_SUBJECT, "ase",
     "^123456789012345678901234567890123456789012345", EXPRESSION_BAD_CODE},
    {"tested nothing", SCOPE_REQUIREMENT, "", "tested ^(x/1)", EXPRESSION_BAD_CODE},
    {"tested a title", SCOPE_REQUIREMENT, "", "tested ^\"T\"", EXPRESSION_BAD_CODE},
    {"trained in nothing, and no namespace", SCOPE_REQUIREMENT, "", "trained ^and x/1",
     EXPRESSION_BAD_NAMESPACE},
    {"trained in a code that is a word, and then a code", SCOPE_SUBJECT, "ase", "trained and ^A5",
     EXPRESSION_EXPECTED_END},
    {"a network by pattern", SCOPE_REQUIREMENT, "", "in network ^ford/*", EXPRESSION_BAD_CODE},
    {"a code without its namespace", SCOPE_REQUIREMENT, "", "x/1 and ^A5", EXPRESSION_BAD_NAMESPACE},
    {"a title without quotes", SCOPE_REQUIREMENT, "", "^Master Automobile", EXPRESSION_BAD_NAMESPACE},
    {"an empty title", SCOPE_REQUIREMENT, "", "^\"\"", EXPRESSION_BAD_TITLE},
    {"a title that does not end", SCOPE_REQUIREMENT, "", "x/1 and ^\"Master", EXPRESSION_BAD_TITLE},
    {"a title that ends in a backslash", SCOPE_REQUIREMENT, "", "^\"Master\\\"", EXPRESSION_BAD_TITLE},
    {"a backslash before a letter", SCOPE_REQUIREMENT, "", "^\"a\\n\"", EXPRESSION_BAD_TITLE},
    {"a title of a namespace in capitals", SCOPE_REQUIREMENT, "", "^ASE:\"T\"", EXPRESSION_BAD_TITLE},
    {"a namespace without its title", SCOPE_REQUIREMENT, "", "ase:^A5", EXPRESSION_BAD_TITLE},
    {"a state in small letters", SCOPE_REQUIREMENT, "", "in state ^tx", EXPRESSION_BAD_STATE},
    {"a state by its name", SCOPE_REQUIREMENT, "", "in state ^Ohio", EXPRESSION_BAD_STATE},
    {"no state", SCOPE_REQUIREMENT, "", "in state (^)", EXPRESSION_BAD_STATE},
    {"a state twice", SCOPE_REQUIREMENT, "", "in state (TX, OH, ^TX)", EXPRESSION_BAD_STATE},
    {"a basis that there is none of", SCOPE_ATTESTATION, "", "basis ^luck", EXPRESSION_BAD_BASIS},
    {"a basis twice", SCOPE_ATTESTATION, "", "basis (exam, ^exam)", EXPRESSION_BAD_BASIS},
    {"apart from nothing", SCOPE_ATTESTATION, "", "30 days apart from^", EXPRESSION_BAD_BASIS},
    {"no area", SCOPE_SHOP, "", "areas (^)", EXPRESSION_BAD_AREA},
    {"an area without a colon", SCOPE_SHOP, "", "areas (brakes ^x/1)", EXPRESSION_BAD_AREA},
    {"an area twice", SCOPE_SHOP, "", "areas (brakes: x/1, ^'brakes': x/2)", EXPRESSION_BAD_AREA},
    {"an area of 33 characters", SCOPE_SHOP, "", "areas (^123456789012345678901234567890123: x/1)",
     EXPRESSION_BAD_AREA},
    {"an area without a rule", SCOPE_SHOP, "", "areas (brakes: ^, engine: x/1)", EXPRESSION_EXPECTED_TERM},
    {"a sign that there is none of", SCOPE_REQUIREMENT, "", "x/1 ^& x/2", EXPRESSION_BAD_TEXT},
    {"a control character", SCOPE_REQUIREMENT, "", "x/1 ^\x01", EXPRESSION_BAD_TEXT},
    {"letters of other alphabets", SCOPE_REQUIREMENT, "", "x/1 and ^\xd0\x90/5", EXPRESSION_BAD_TEXT},
    {"a title that is no UTF-8", SCOPE_REQUIREMENT, "", "^\"\xff\"", EXPRESSION_BAD_TEXT},
    {"a title that turns the text around", SCOPE_REQUIREMENT, "", "^\"\xe2\x80\xae\"", EXPRESSION_BAD_TEXT},
    {"a title not in its composed form", SCOPE_REQUIREMENT, "", "^\"e\xcc\x81\"", EXPRESSION_BAD_TEXT},
    {"a comment that turns the text around", SCOPE_REQUIREMENT, "", "x/1 ^# \xe2\x80\xae",
     EXPRESSION_BAD_TEXT},
    {"about an attestation, asked by anyone", SCOPE_REQUIREMENT, "", "x/1 and ^basis exam",
     EXPRESSION_OUT_OF_SCOPE},
    {"in time, asked by anyone", SCOPE_REQUIREMENT, "", "x/1 and ^in time", EXPRESSION_OUT_OF_SCOPE},
    {"apart, in a title", SCOPE_SUBJECT, "", "^12 months apart from exam", EXPRESSION_OUT_OF_SCOPE},
    {"adds, about a shop", SCOPE_SHOP, "", "^adds at most 1 month", EXPRESSION_OUT_OF_SCOPE},
    {"a share, in a prerequisite", SCOPE_ATTESTATION, "", "^share 75 % (x/1)", EXPRESSION_OUT_OF_SCOPE},
    {"a share of shares", SCOPE_SHOP, "", "share 75 % (^share 75 % (x/1))", EXPRESSION_OUT_OF_SCOPE},
    {"technicians of an area", SCOPE_SHOP, "", "areas (brakes: ^technicians 1 (x/1))",
     EXPRESSION_OUT_OF_SCOPE},
};

static void errors_say_what_and_where(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        char text[128];
        const char *place = strchr(faults[i].text, '^');
        size_t before = (size_t)(place - faults[i].text);
        struct expression out;
        struct expression_error error;
        assert_non_null(place);
        snprintf(text, sizeof text, "%.*s%s", (int)before, faults[i].text, place + 1);
        if (parse(&out, &error, faults[i].scope, bytes_of_string(text), faults[i].name_space)) {
            fail_msg("%s: taken", faults[i].sentence);
        }
        if (error.fault != faults[i].fault || error.offset != before) {
            fail_msg("%s: fault %d at %zu instead of %d at %zu", faults[i].sentence, (int)error.fault,
                     error.offset, (int)faults[i].fault, before);
        }
    }
}

static void a_nul_is_no_end(void **state)
{
    struct expression out;
    struct expression_error error;
    (void)state;
    assert_false(parse(&out, &error, SCOPE_REQUIREMENT, bytes_of("x/1\0 and", 8), ""));
    assert_int_equal(error.fault, EXPRESSION_BAD_TEXT);
    assert_int_equal(error.offset, 3);
}

/* ---- limits ---- */

/* count times before, x/1, count times behind. */
static struct bytes around(const char *before, const char *behind, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        size += (size_t)snprintf(printed + size, sizeof printed - size, "%s", before);
    }
    size += (size_t)snprintf(printed + size, sizeof printed - size, "x/1");
    for (size_t i = 0; i < count; i++) {
        size += (size_t)snprintf(printed + size, sizeof printed - size, "%s", behind);
    }
    return bytes_of(printed, size);
}

static enum expression_fault fault_of(enum expression_scope scope, struct bytes text)
{
    struct expression out;
    struct expression_error error;
    return parse(&out, &error, scope, text, "") ? EXPRESSION_FINE : error.fault;
}

static void depth_is_bounded(void **state)
{
    const size_t levels = EXPRESSION_DEPTH_MAX - 1;
    (void)state;
    assert_int_equal(fault_of(SCOPE_REQUIREMENT, around("not ", "", levels)), EXPRESSION_FINE);
    assert_int_equal(fault_of(SCOPE_REQUIREMENT, around("not ", "", levels + 1)), EXPRESSION_TOO_DEEP);
    assert_int_equal(fault_of(SCOPE_REQUIREMENT, around("not (", ")", levels)), EXPRESSION_FINE);
    assert_int_equal(fault_of(SCOPE_REQUIREMENT, around("for life (", ")", levels + 1)), EXPRESSION_TOO_DEEP);
    assert_int_equal(fault_of(SCOPE_REQUIREMENT, around("x/2 and (", ")", levels)), EXPRESSION_FINE);
    assert_int_equal(fault_of(SCOPE_REQUIREMENT, around("x/2 and (", ")", levels + 1)), EXPRESSION_TOO_DEEP);
    assert_int_equal(fault_of(SCOPE_REQUIREMENT, around("any of (", ")", levels + 1)), EXPRESSION_TOO_DEEP);
    assert_int_equal(fault_of(SCOPE_REQUIREMENT, around("(", ")", levels + 1)), EXPRESSION_FINE);
    assert_int_equal(fault_of(SCOPE_REQUIREMENT, around("(", "", 10000)), EXPRESSION_TOO_DEEP);
    assert_int_equal(fault_of(SCOPE_REQUIREMENT, around("not ", "", 10000)), EXPRESSION_TOO_DEEP);
}

static void lists_and_nodes_are_bounded(void **state)
{
    (void)state;
    assert_int_equal(fault_of(SCOPE_REQUIREMENT, around("x/2 or ", "", EXPRESSION_CHILDREN_MAX - 1)),
                     EXPRESSION_FINE);
    assert_int_equal(fault_of(SCOPE_REQUIREMENT, around("x/2 or ", "", EXPRESSION_CHILDREN_MAX)),
                     EXPRESSION_TOO_LONG);
    /* 1 + 36 * 14 + 1 nodes are 506, 1 + 37 * 14 + 1 are 520 */
    const char *group =
        "(x/1 or x/1 or x/1 or x/1 or x/1 or x/1 or x/1 or x/1 or x/1 or x/1 or x/1 or x/1 or "
        "x/1) and ";
    assert_int_equal(fault_of(SCOPE_REQUIREMENT, around(group, "", 36)), EXPRESSION_FINE);
    assert_int_equal(fault_of(SCOPE_REQUIREMENT, around(group, "", 37)), EXPRESSION_TOO_LONG);
}

static void what_would_not_fit_on_the_wire_is_refused(void **state)
{
    /* 46 bytes each and 63 of them, and so twice */
    const char *half = "(x/1234567890123456789012345678901234567890) and ";
    (void)state;
    assert_int_equal(fault_of(SCOPE_REQUIREMENT, around(half, "", 63)), EXPRESSION_FINE);
    snprintf(printed, sizeof printed, "all of (");
    size_t size = strlen(printed);
    for (size_t i = 0; i < 126; i++) {
        size +=
            (size_t)snprintf(printed + size, sizeof printed - size, "%s%s%s", i == 63 ? "), all of (" : "",
                             i % 63 > 0 ? ", " : "", "x/1234567890123456789012345678901234567890");
    }
    snprintf(printed + size, sizeof printed - size, ")");
    assert_int_equal(fault_of(SCOPE_REQUIREMENT, bytes_of_string(printed)), EXPRESSION_TOO_LONG);
}

static void every_state_may_be_listed_and_no_more(void **state)
{
    (void)state;
    for (size_t count = STATES_MAX; count <= STATES_MAX + 1; count++) {
        size_t size = (size_t)snprintf(printed, sizeof printed, "in state (");
        for (size_t i = 0; i < count; i++) {
            size += (size_t)snprintf(printed + size, sizeof printed - size, "%s%c%c", i > 0 ? ", " : "",
                                     (char)('A' + i / 26), (char)('A' + i % 26));
        }
        snprintf(printed + size, sizeof printed - size, ")");
        assert_int_equal(fault_of(SCOPE_REQUIREMENT, bytes_of_string(printed)),
                         count <= STATES_MAX ? EXPRESSION_FINE : EXPRESSION_TOO_LONG);
    }
}

static void a_full_arena_is_said(void **state)
{
    static const char text[] = "any 2 of (ase/A5, \"T\", in state (TX, OH)) and not ase/A6";
    struct expression out;
    struct expression_error error;
    (void)state;
    assert_true(parse(&out, &error, SCOPE_REQUIREMENT, bytes_of_string(text), ""));
    for (size_t capacity = 0, used = arena.used; capacity < used; capacity += 32) {
        arena_init(&arena, memory, capacity);
        assert_false(expression_parse(&out, &error, SCOPE_REQUIREMENT, bytes_of_string(text),
                                      bytes_of(NULL, 0), &arena));
        assert_int_equal(error.fault, EXPRESSION_TOO_LONG);
    }
}

static void no_room_to_print_is_said(void **state)
{
    static const char text[] = "any 2 of (ase/A5, \"T\", in state (OH, TX)) and not ase/A6";
    struct expression out;
    struct expression_error error;
    (void)state;
    assert_true(parse(&out, &error, SCOPE_REQUIREMENT, bytes_of_string(text), ""));
    assert_true(expression_print(printed, sizeof text, &out, bytes_of(NULL, 0)));
    assert_string_equal(printed, text);
    for (size_t capacity = 0; capacity < sizeof text; capacity++) {
        assert_false(expression_print(printed, capacity, &out, bytes_of(NULL, 0)));
        assert_true(capacity == 0 || printed[0] == '\0');
    }
}

static void unknown_operators_are_printed_as_such(void **state)
{
    struct expression children[] = {{.op = EXPRESSION_UNKNOWN},
                                    {.op = EXPRESSION_CERTIFIED, .pattern = bytes_of_string("ase/A5")}};
    struct expression all = {.op = EXPRESSION_ALL, .child_count = 2, .children = children};
    (void)state;
    assert_true(expression_print(printed, sizeof printed, &all, bytes_of_string("ase")));
    assert_string_equal(printed, "unknown and A5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_printed_parses_alike),
        cmocka_unit_test(an_error_is_within_the_text),
        cmocka_unit_test(texts_mean_what_they_say),
        cmocka_unit_test(a_parsed_tree_has_what_its_text_says),
        cmocka_unit_test(errors_say_what_and_where),
        cmocka_unit_test(a_nul_is_no_end),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(lists_and_nodes_are_bounded),
        cmocka_unit_test(what_would_not_fit_on_the_wire_is_refused),
        cmocka_unit_test(every_state_may_be_listed_and_no_more),
        cmocka_unit_test(a_full_arena_is_said),
        cmocka_unit_test(no_room_to_print_is_said),
        cmocka_unit_test(unknown_operators_are_printed_as_such),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
