#include "protocol/rules/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/support/dossier_builder.h"

enum { SUBJECT, ASE, HEIR, STRANGER, ACTORS };
enum { NONE = -1 };

static struct dossier_builder built;

/* Version 1 from day 100, 2 from day 200, 3 from day 150: later versions win on the days of both. */
static void three_versions(void)
{
    build_pack(&built, ASE, 10, "ase", 1, 100);
    build_pack(&built, ASE, 20, "ase", 2, 200);
    build_pack(&built, ASE, 30, "ase", 3, 150);
}

static void one_version_twice(void)
{
    build_pack(&built, ASE, 20, "ase", 1, 100);
    build_pack(&built, ASE, 10, "ase", 1, 100);
}

static void one_version_twice_in_one_block(void)
{
    build_pack(&built, ASE, 10, "ase", 1, 100);
    build_pack(&built, ASE, 10, "ase", 1, 100)->place.index = 1;
}

static void another_namespace(void)
{
    build_pack(&built, ASE, 10, "epa", 1, 100);
}

static void a_stranger(void)
{
    build_pack(&built, STRANGER, 10, "ase", 9, 0);
    build_pack(&built, ASE, 10, "ase", 1, 100);
}

static void void_pack(void)
{
    three_versions();
    built.packs[2].place.voided = true;
    built.packs[2].place.void_seq = 40;
}

static void void_later_than_known(void)
{
    void_pack();
    built.logs[ASE].known_by_seq = 39;
}

static void void_by_a_disputed_block(void)
{
    void_pack();
    built.logs[ASE].forked = true;
    built.logs[ASE].fork_seq = 40;
}

static void last_not_known_by_then(void)
{
    three_versions();
    built.logs[ASE].known_by_seq = 29;
}

static void handed_on(void)
{
    three_versions();
    build_succession(&built, ASE, 40, "ase", HEIR, 25);
}

static void handed_on_with_the_last_one(void)
{
    three_versions();
    build_succession(&built, ASE, 40, "ase", HEIR, 30);
}

static void heir_has_one(void)
{
    handed_on();
    build_pack(&built, HEIR, 5, "ase", 1, 190);
}

static void heir_has_one_and_gave_it_back(void)
{
    heir_has_one();
    build_succession(&built, HEIR, 6, "ase", ASE, 5);
}

static void said_before_it_was_handed_on_or_since_it_came_back(void)
{
    heir_has_one_and_gave_it_back();
    built.successions[0].cut = (struct dossier_cut){.found = CUT_NOT_HELD, .seq = 39};
}

static void perhaps_since_it_came_back(void)
{
    handed_on();
    build_succession(&built, HEIR, 6, "ase", ASE, 5);
    built.successions[0].cut = (struct dossier_cut){.found = CUT_NOT_HELD, .seq = 39};
}

static void beside_other_namespaces_and_strangers(void)
{
    perhaps_since_it_came_back();
    build_pack(&built, HEIR, 5, "epa", 1, 190);
    build_pack(&built, STRANGER, 5, "ase", 1, 190);
}

static void beside_the_same_text_by_the_heir(void)
{
    said_before_it_was_handed_on_or_since_it_came_back();
    built.packs[2].place.leaf = (struct hash){{7}};
    built.packs[3].place.leaf = (struct hash){{7}};
}

static void with_a_lower_version_later(void)
{
    perhaps_since_it_came_back();
    build_pack(&built, ASE, 35, "ase", 1, 190);
}

static void with_a_lower_version_later_and_never_handed_on(void)
{
    three_versions();
    build_pack(&built, ASE, 35, "ase", 1, 190);
}

static void with_a_higher_version_before(void)
{
    perhaps_since_it_came_back();
    build_pack(&built, ASE, 5, "ase", 9, 300);
}

static void and_handed_on_again(void)
{
    perhaps_since_it_came_back();
    build_succession(&built, ASE, 50, "ase", STRANGER, 45);
    build_pack(&built, STRANGER, 5, "ase", 1, 300);
}

static void after_all_of_the_heir_s(void)
{
    said_before_it_was_handed_on_or_since_it_came_back();
    build_succession(&built, ASE, 50, "ase", STRANGER, 45);
    build_succession(&built, STRANGER, 7, "ase", ASE, 6);
    built.successions[0].cut = (struct dossier_cut){.found = CUT_ON_CHAIN, .seq = 25, .chain_seq = 25};
    built.successions[2].cut = (struct dossier_cut){.found = CUT_NOT_HELD, .seq = 45};
}

static void heir_in_doubt(void)
{
    heir_has_one();
    built.successions[0].place.voided = true;
    built.successions[0].place.void_seq = 41;
}

/* The owner dropped its last pack, and hands on at the block that it stands in. */
static void dropped_under_the_cut(void)
{
    handed_on();
    built.packs[2].place.block_hash = (struct hash){{7}};
    built.packs[2].place.block = (struct dossier_block){.side = true, .hash = {{7}}, .dropped_s = 1};
    built.successions[0].cut =
        (struct dossier_cut){.found = CUT_ON_SIDE, .seq = 30, .head = {{7}}, .chain_seq = 25};
}

static void dropped_beside_the_cut(void)
{
    dropped_under_the_cut();
    built.successions[0].cut.head = (struct hash){{8}};
}

/* Its epoch is open: which branch is the owner's log is not said yet. */
static void beside_an_open_chain_under_the_cut(void)
{
    dropped_under_the_cut();
    built.packs[2].place.block.dropped_s = 0;
}

static void dropped_under_the_cut_and_void(void)
{
    dropped_under_the_cut();
    built.packs[2].place.voided = true;
    built.packs[2].place.void_seq = 39;
}

static void more_owners_than_are_heard(void)
{
    handed_on_with_the_last_one();
    built.successions[0].left_out = true;
}

static const struct {
    const char *why;
    void (*say)(void);
    uint32_t day;
    int pack;
} rows[] = {
    {"none before the first is in force", three_versions, 99, NONE},
    {"the first from its day on", three_versions, 100, 0},
    {"until the day before a later version", three_versions, 149, 0},
    {"a later version from its day on", three_versions, 150, 2},
    {"also where a lower version has a later day", three_versions, 200, 2},
    {"of one version said twice the later word", one_version_twice, 100, 0},
    {"in one block too", one_version_twice_in_one_block, 100, 1},
    {"another namespace's is none", another_namespace, 100, NONE},
    {"a stranger's is none", a_stranger, 100, 1},
    {"nor where the owner has none yet", a_stranger, 99, NONE},
    {"a void one is none", void_pack, 200, 1},
    {"unless that was not known by then", void_later_than_known, 200, 2},
    {"or the voiding is disputed", void_by_a_disputed_block, 200, 2},
    {"one that had not arrived by then is none", last_not_known_by_then, 200, 1},
    {"one beyond the cut of a succession is none", handed_on, 200, 1},
    {"one in the block of the cut is one", handed_on_with_the_last_one, 200, 2},
    {"the heir's goes before the forerunner's", heir_has_one, 200, 3},
    {"from its day on", heir_has_one, 189, 0},
    {"and after those of an owner that has it again", heir_has_one_and_gave_it_back, 200, 2},
    {"an heir in doubt publishes nothing", heir_in_doubt, 200, 2},
    {"one that its owner dropped stays under the cut", dropped_under_the_cut, 200, 2},
    {"and beside the cut it does not", dropped_beside_the_cut, 200, 1},
};

static void each_day_has_its_pack(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        dossier_builder_init(&built, ACTORS);
        build_owner(&built, "ase", ASE);
        rows[i].say();
        const struct dossier_pack *pack =
            pack_on_day(&built.dossier, &built.trust, bytes_of_string("ase"), rows[i].day);
        int found = pack == NULL ? NONE : (int)(pack - built.packs);
        if (found != rows[i].pack) {
            fail_msg("%s: pack %d", rows[i].why, found);
        }
    }
}

static bool is_disputed(const struct dossier_pack *pack)
{
    struct namespace_owners owners;
    namespace_owners_of(&owners, &built.dossier, &built.trust, bytes_of_string("ase"));
    return pack_is_disputed(&built.dossier, &owners, pack);
}

static void what_is_not_certain_of_a_pack_shows(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        void (*say)(void);
        uint64_t fork_seq; /* 0: none */
        bool disputed;
    } packs[] = {
        {"nobody disputes it", three_versions, 0, false},
        {"its block is disputed", three_versions, 30, true},
        {"a later block is", three_versions, 31, false},
        {"the block that voids it is", void_pack, 40, true},
        {"which is not known by now", void_later_than_known, 40, false},
        {"its owner may have handed the namespace on before", heir_in_doubt, 0, true},
        {"its owner has it again, and nobody knows since when",
         said_before_it_was_handed_on_or_since_it_came_back, 0, true},
        {"which is all the same where nobody published in between", perhaps_since_it_came_back, 0, false},
        {"whatever else others publish", beside_other_namespaces_and_strangers, 0, false},
        {"or where the one in between published the same text", beside_the_same_text_by_the_heir, 0, false},
        {"but not where its owner went back to a lower version since", with_a_lower_version_later, 0, true},
        {"nor where it had been at a higher one before that", with_a_higher_version_before, 0, true},
        {"which matters not where it had the namespace all the time",
         with_a_lower_version_later_and_never_handed_on, 0, false},
        {"who published since makes no difference", and_handed_on_again, 0, false},
        {"nor does who published before, whichever it was", after_all_of_the_heir_s, 0, false},
        {"its owner has it again for sure", heir_has_one_and_gave_it_back, 0, false},
        {"it was dropped, and the cut of a succession covers it", dropped_under_the_cut, 0, false},
        {"and a void names it", dropped_under_the_cut_and_void, 0, true},
        {"it stands beside the chain of an open epoch, and the cut covers it",
         beside_an_open_chain_under_the_cut, 0, true},
        {"there are more owners than are heard", more_owners_than_are_heard, 0, true},
    };
    for (size_t i = 0; i < sizeof packs / sizeof packs[0]; i++) {
        dossier_builder_init(&built, ACTORS);
        build_owner(&built, "ase", ASE);
        packs[i].say();
        built.logs[ASE].forked = packs[i].fork_seq != 0;
        built.logs[ASE].fork_seq = packs[i].fork_seq;
        const struct dossier_pack *pack =
            pack_on_day(&built.dossier, &built.trust, bytes_of_string("ase"), 200);
        if (pack != &built.packs[2] || is_disputed(pack) != packs[i].disputed) {
            fail_msg("%s", packs[i].why);
        }
    }
}

static void a_code_is_found_whole(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        const char *code;
        int at;
    } codes[] = {
        {"the first", "ase/A1", 0},
        {"one in the middle", "ase/A5", 1},
        {"the last", "ase/L1", 2},
        {"one that is not there", "ase/A6", NONE},
        {"less than a code", "ase/A", NONE},
        {"more than a code", "ase/A55", NONE},
        {"one of another namespace", "epa/A5", NONE},
        {"no namespace", "A5", NONE},
    };
    dossier_builder_init(&built, ACTORS);
    struct dossier_pack *pack = build_pack(&built, ASE, 10, "ase", 1, 0);
    assert_null(pack_code_of(&pack->pack, bytes_of_string("ase/A1")));
    build_pack_code(&built, pack, "A1", 60);
    build_pack_code(&built, pack, "A5", 60);
    build_pack_code(&built, pack, "L1", 60);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        const struct pack_code *code = pack_code_of(&pack->pack, bytes_of_string(codes[i].code));
        int found = code == NULL ? NONE : (int)(code - built.pack_codes[0]);
        if (found != codes[i].at) {
            fail_msg("%s: %d", codes[i].why, found);
        }
    }
}

static uint32_t day(uint32_t year, uint32_t month, uint32_t day_of_month)
{
    uint32_t out;
    assert_true(day_from_date(&out, (struct civil_date){year, month, day_of_month}));
    return out;
}

static void a_lifetime_ends_on_the_anniversary(void **state)
{
    (void)state;
    const struct pack_code five_years = {.lifetime_months = 60};
    const struct pack_code one_year = {.lifetime_months = 12};
    const struct pack_code longest = {.lifetime_months = LIFETIME_MONTHS_MAX};
    const struct pack_code for_life = {.lifetime_months = 0};
    assert_int_equal(pack_last_day(&five_years, day(2024, 6, 30)), day(2029, 6, 30));
    assert_int_equal(pack_last_day(&one_year, day(2024, 2, 29)), day(2025, 2, 28));
    assert_int_equal(pack_last_day(&longest, DAY_MAX), DAY_MAX);
    assert_int_equal(pack_last_day(&for_life, day(2024, 6, 30)), DAY_NONE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_day_has_its_pack),
        cmocka_unit_test(what_is_not_certain_of_a_pack_shows),
        cmocka_unit_test(a_code_is_found_whole),
        cmocka_unit_test(a_lifetime_ends_on_the_anniversary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
