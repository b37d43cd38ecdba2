#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "cmd/roster_page.h"

enum { SHOP, MARIA, BOB, ANN, ACTOR_COUNT };

static const char *const actor_names[ACTOR_COUNT] = {"Lone Star Garage", "Maria Lopez", "Bob", "Ann"};
static const struct actor_id actors[ACTOR_COUNT] = {
    {{.bytes = {1}}}, {{.bytes = {2}}}, {{.bytes = {3}}}, {{.bytes = {4}}}};

static const char *actor_name(const void *names, const struct hash *id)
{
    const char *const *table = names;
    return id->bytes[0] == 0 ? "nobody" : table[id->bytes[0] - 1];
}

static uint32_t day(const char *text)
{
    uint32_t number = 0;
    assert_true(day_from_text(&number, bytes_of_string(text)));
    return number;
}

/* A garage in Austin with two certified technicians of three, brakes covered and engines not. */
struct fixture {
    struct network network;
    struct bytes area_names[2];
    struct shop profile;
    struct review review;
    struct dossier_pack pack;
    struct roster_member members[3];
    struct roster_area areas[2];
    struct award_event lacks[2];
    struct award_verdict awards[2];
    struct roster_verdict roster;
    struct roster_change change;
    struct roster_page page;
};

static struct fixture shown;

static void begin_shop(void)
{
    shown.area_names[0] = bytes_of_string("brakes");
    shown.area_names[1] = bytes_of_string("engines");
    shown.profile = (struct shop){.name = bytes_of_string("Lone Star"),
                                  .place = bytes_of_string("Austin"),
                                  .state = bytes_of_string("TX"),
                                  .areas = {.items = shown.area_names, .count = 1},
                                  .technicians = 3,
                                  .from = day("2026-01-01")};
    shown.review = (struct review){.code = bytes_of_string("ase/blue-seal"),
                                   .day = day("2026-02-01"),
                                   .technicians = 4,
                                   .areas = {.items = shown.area_names, .count = 2}};
    shown.pack = (struct dossier_pack){.pack = {.name_space = bytes_of_string("ase"), .version = 3}};
    for (int i = 0; i < 3; i++) {
        shown.members[i] = (struct roster_member){.technician = actors[MARIA + i],
                                                  .performs_repairs = true,
                                                  .on_roster = ANSWER_YES,
                                                  .since_day = day("2026-01-15"),
                                                  .certified = i < 2 ? ANSWER_YES : ANSWER_NO};
    }
    shown.areas[0] = (struct roster_area){.name = shown.area_names[0],
                                          .declared = true,
                                          .at_review = true,
                                          .covered = ANSWER_YES,
                                          .by_count = 2,
                                          .by = &actors[MARIA],
                                          .until_day = day("2027-06-30")};
    shown.areas[1] = (struct roster_area){
        .name = shown.area_names[1], .at_review = true, .covered = ANSWER_NO, .until_day = DAY_NONE};
}

static void begin_award(void)
{
    shown.awards[0] = (struct award_verdict){
        .pack = &shown.pack,
        .name = bytes_of_string("Blue Seal of Excellence"),
        .answer = ANSWER_YES,
        .since_day = day("2026-02-01"),
        .until_day = day("2027-01-31"),
        .breaks = {.cause = AWARD_RECOGNITION,
                   .day = day("2027-02-01"),
                   .code = bytes_of_string("ase/blue-seal")},
        .lacks = shown.lacks,
        .has_share = true,
        .certified = 2,
        .technicians = 4,
        .percent_wanted = 75,
        .has_code = true,
        .code = bytes_of_string("ase/blue-seal"),
        .recognised = ANSWER_YES,
        .recognised_until = day("2027-01-31"),
    };
}

static void begin(void)
{
    shown = (struct fixture){0};
    assert_true(network_init(&shown.network, "test"));
    begin_shop();
    begin_award();
    shown.roster = (struct roster_verdict){.profile = &shown.profile,
                                           .review = &shown.review,
                                           .declared_technicians = 3,
                                           .counted_technicians = 3,
                                           .member_count = 3,
                                           .members = shown.members,
                                           .area_count = 2,
                                           .areas = shown.areas,
                                           .award_count = 1,
                                           .awards = shown.awards};
    shown.page = (struct roster_page){.network = &shown.network,
                                      .shop = &actors[SHOP],
                                      .roster = &shown.roster,
                                      .change = &shown.change,
                                      .at_day = day("2026-11-22"),
                                      .name_of = actor_name,
                                      .names = actor_names};
}

static const char *printed(void)
{
    static char text[8192];
    text[0] = '\0';
    FILE *stream = fmemopen(text, sizeof(text), "w");
    assert_non_null(stream);
    roster_text_print(stream, &shown.page);
    assert_int_equal(fclose(stream), 0);
    return text;
}

static void says(const char *part)
{
    const char *text = printed();
    if (strstr(text, part) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", part, text);
    }
}

/* ---- in words ---- */

static void a_shop_reads_so(void **state)
{
    (void)state;
    begin();
    assert_string_equal(printed(),
                        "Shop: Lone Star (Lone Star Garage), Austin, TX, on 2026-11-22, as declared\n"
                        "Technicians: 2 certified; 3 on the roster perform repairs; 3 declared; 4 at the "
                        "review of 2026-02-01\n"
                        "  Maria Lopez: certified; here since 2026-01-15\n"
                        "  Bob: certified; here since 2026-01-15\n"
                        "  Ann: not certified; here since 2026-01-15\n"
                        "Areas:\n"
                        "  brakes: covered by Maria Lopez, Bob, until 2027-06-30\n"
                        "  engines (at the last review): not covered\n"
                        "Awards:\n"
                        "  Blue Seal of Excellence: held since 2026-02-01, until 2027-01-31 (by the rules of "
                        "ase, version 3)\n"
                        "    certified: 2 of 4 technicians; 75 % are asked for\n"
                        "    recognition ase/blue-seal: issued and in force, until 2027-01-31\n"
                        "    ends first on 2027-02-01: the recognition ase/blue-seal ends\n"
                        "Has a certified technician: yes. That is a claim, and less than an award.\n"
                        "A patch on a sleeve is its technician's own: it says nothing about the shop.\n");
}

static void what_ends_an_award_names_who(void **state)
{
    (void)state;
    static const struct {
        struct award_event event;
        const char *words;
    } rows[] = {
        {{.cause = AWARD_SHARE, .has_technician = true, .technician = {{.bytes = {2}}}},
         "the share of certified technicians falls too low: a certificate or the affiliation of Maria Lopez "
         "ends\n"},
        {{.cause = AWARD_TECHNICIANS}, "too few certified technicians are left\n"},
        {{.cause = AWARD_AREA,
          .area = {(const uint8_t *)"brakes", 6},
          .has_technician = true,
          .technician = {{.bytes = {3}}}},
         "brakes is no longer covered: a certificate or the affiliation of Bob ends\n"},
        {{.cause = AWARD_NO_PROFILE}, "nothing says any more what the shop does\n"},
        {{.cause = AWARD_RULE}, "a rule that this version does not understand\n"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin();
        shown.awards[0].breaks = rows[i].event;
        shown.awards[0].breaks.day = day("2027-01-01");
        says("ends first on 2027-01-01: ");
        says(rows[i].words);
    }
}

static void computed_and_issued_stand_side_by_side(void **state)
{
    (void)state;
    begin();
    shown.awards[0].answer = ANSWER_NO;
    shown.awards[0].lack_count = 1;
    shown.lacks[0] = (struct award_event){.cause = AWARD_AREA, .area = shown.area_names[1]};
    says("Blue Seal of Excellence: not held (by");
    says("recognition ase/blue-seal: issued and in force, until 2027-01-31\n");
    says("    missing: nobody certified covers engines\n");
    shown.awards[0].recognised = ANSWER_NO;
    says("recognition ase/blue-seal: not in force\n");
}

static void the_weaker_claim_is_no_award(void **state)
{
    (void)state;
    begin();
    shown.roster.award_count = 0;
    says("Awards: no rules of any are known here\n");
    says("Has a certified technician: yes.");
    shown.members[0].on_roster = ANSWER_UNKNOWN;
    shown.members[0].doubt = REASON_TWO_ROSTERS;
    shown.members[1].certified = ANSWER_UNKNOWN;
    says("  Maria Lopez: could not be determined: ");
    says("  Bob: could not be determined whether certified");
    says("Has a certified technician: none that is certain.");
}

static void what_rests_on_the_shops_own_word_is_said_so(void **state)
{
    (void)state;
    begin();
    shown.members[0].own_word = true;
    says("  Maria Lopez: certified; here since 2026-01-15, by the shop's own word\n");
}

static void advisers_are_not_counted(void **state)
{
    static const struct {
        const char *sentence;
        bool performs_repairs;
        enum answer on_roster, certified;
        size_t surely, possibly; /* beside Bob, who is certified and repairs */
    } rows[] = {
        {"certified and repairing", true, ANSWER_YES, ANSWER_YES, 2, 2},
        {"certified, but an adviser", false, ANSWER_YES, ANSWER_YES, 1, 1},
        {"an adviser who may be certified", false, ANSWER_YES, ANSWER_UNKNOWN, 1, 1},
        {"repairing and perhaps certified", true, ANSWER_YES, ANSWER_UNKNOWN, 1, 2},
        {"perhaps on the roster", true, ANSWER_UNKNOWN, ANSWER_YES, 1, 2},
        {"on another roster", true, ANSWER_NO, ANSWER_YES, 1, 1},
        {"repairing without a certificate", true, ANSWER_YES, ANSWER_NO, 1, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin();
        shown.members[0].performs_repairs = rows[i].performs_repairs;
        shown.members[0].on_roster = rows[i].on_roster;
        shown.members[0].certified = rows[i].certified;
        if (roster_certified_count(&shown.roster) != rows[i].surely ||
            roster_possibly_certified_count(&shown.roster) != rows[i].possibly) {
            fail_msg("%s", rows[i].sentence);
        }
    }
}

static void claims_stand_apart_from_awards(void **state)
{
    (void)state;
    begin();
    shown.awards[1] = shown.awards[0];
    shown.awards[0].has_code = false;
    shown.awards[0].name = bytes_of_string("One of them");
    shown.roster.award_count = 2;
    says("Awards:\n  Blue Seal of Excellence: held");
    says("Claims, which are less than awards:\n  One of them: held");
}

static void a_shop_that_says_nothing_is_said_so(void **state)
{
    (void)state;
    begin();
    shown.roster.profile = NULL;
    shown.roster.review = NULL;
    says("Shop: Lone Star Garage, on 2026-11-22, as declared\n  It has not said what it does");
    says("; no review is known here\n");
}

static void what_if_is_said(void **state)
{
    (void)state;
    begin();
    shown.change = (struct roster_change){
        .without_count = 1, .without = &actors[MARIA], .hire_count = 2, .hire = &actors[BOB]};
    says("  What if: without Maria Lopez\n  What if: hiring Bob, Ann\n");
}

static void large_shops_are_summed_up(void **state)
{
    (void)state;
    static struct roster_member many[21];
    begin();
    for (size_t i = 0; i < 21; i++) {
        many[i] = shown.members[i % 3];
    }
    shown.roster.members = many;
    shown.roster.member_count = 20;
    says("  Ann: not certified");
    shown.roster.member_count = 21;
    says("  21 technicians are not shown: --all\n");
    shown.page.all = true;
    says("  Ann: not certified");
}

/* ---- for programs ---- */

static void programs_read_the_same(void **state)
{
    (void)state;
    begin();
    json_t *page = roster_json(&shown.page);
    json_t *award = json_array_get(json_object_get(page, "awards"), 0);
    json_t *area = json_array_get(json_object_get(page, "areas"), 0);
    assert_int_equal(json_integer_value(json_object_get(page, "certified")), 2);
    assert_int_equal(json_integer_value(json_object_get(page, "declared")), 3);
    assert_true(json_is_true(json_object_get(page, "has_certified_technician")));
    assert_true(json_is_true(json_object_get(page, "as_declared")));
    assert_int_equal(json_array_size(json_object_get(page, "technicians")), 3);
    assert_int_equal(json_array_size(json_object_get(area, "by")), 2);
    assert_string_equal(json_string_value(json_object_get(award, "answer")), "yes");
    assert_string_equal(json_string_value(json_object_get(json_object_get(award, "ends_first"), "cause")),
                        "recognition");
    assert_string_equal(json_string_value(json_object_get(json_object_get(award, "recognition"), "issued")),
                        "yes");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(award, "share"), "technicians")), 4);
    json_decref(page);
}

/* ---- what a limit left out ---- */

static void cut_members(void)
{
    begin();
    for (size_t i = 0; i < 3; i++) {
        shown.members[i].on_roster = ANSWER_UNKNOWN;
        shown.members[i].doubt = REASON_LIMIT;
    }
    shown.roster.members_cut = true;
    shown.roster.counted_technicians = 0;
    shown.awards[0].members_cut = true;
    shown.awards[0].answer = ANSWER_UNKNOWN;
    shown.awards[0].certified = 0;
    shown.awards[0].lack_count = 2;
    shown.lacks[0] = (struct award_event){.cause = AWARD_SHARE, .day = DAY_NONE};
    shown.lacks[1] = (struct award_event){.cause = AWARD_RECOGNITION, .day = DAY_NONE};
}

static void no_number_is_shown_of_members_that_a_limit_cut(void **state)
{
    (void)state;
    cut_members();
    says("Technicians: how many could not be determined: there is more about it than this program looks at");
    says("  Maria Lopez: could not be determined: there is more about it");
    says("    missing: who works there could not be determined: there is more about it");
    says("    missing: the shop's recognition");
    says("Has a certified technician: none that is certain");
    assert_null(strstr(printed(), "0 certified"));
    assert_null(strstr(printed(), "certified: 0 of"));
    assert_true(roster_possibly_certified_count(&shown.roster) > TECHNICIANS_MAX);
}

static void nor_do_programs_read_one(void **state)
{
    (void)state;
    cut_members();
    json_t *page = roster_json(&shown.page);
    json_t *share = json_object_get(json_array_get(json_object_get(page, "awards"), 0), "share");
    assert_true(json_is_null(json_object_get(page, "certified")));
    assert_true(json_is_null(json_object_get(page, "perform_repairs")));
    assert_true(json_is_null(json_object_get(page, "has_certified_technician")));
    assert_true(json_is_null(json_object_get(share, "certified")));
    assert_true(json_is_null(json_object_get(share, "technicians")));
    assert_string_equal(json_string_value(json_object_get(page, "doubt")), "limit-reached");
    json_decref(page);
}

/* ---- awards ---- */

static void awards_are_called_by_their_first_words(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_called;
    } rows[] = {
        {"Blue Seal of Excellence", true},
        {"blue-seal", true},
        {"BLUE  seal", true},
        {"  blue seal of ", true},
        {"blue", true},
        {"blue sea", false},
        {"seal", false},
        {"Blue Seal of Excellence in Texas", false},
        {"blueseal", false},
        {"", false},
        {" - ", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (award_is_called(bytes_of_string("Blue Seal of Excellence"), rows[i].text) != rows[i].is_called) {
            fail_msg("\"%s\"", rows[i].text);
        }
    }
}

static void the_award_with_a_recognition_speaks(void **state)
{
    (void)state;
    begin();
    assert_ptr_equal(roster_main_award(&shown.roster), &shown.awards[0]);
    shown.awards[1] = shown.awards[0];
    shown.awards[0].has_code = false;
    shown.roster.award_count = 2;
    assert_ptr_equal(roster_main_award(&shown.roster), &shown.awards[1]);
    shown.roster.award_count = 1;
    assert_ptr_equal(roster_main_award(&shown.roster), &shown.awards[0]);
    shown.roster.award_count = 0;
    assert_null(roster_main_award(&shown.roster));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shop_reads_so),
        cmocka_unit_test(what_ends_an_award_names_who),
        cmocka_unit_test(computed_and_issued_stand_side_by_side),
        cmocka_unit_test(the_weaker_claim_is_no_award),
        cmocka_unit_test(what_rests_on_the_shops_own_word_is_said_so),
        cmocka_unit_test(advisers_are_not_counted),
        cmocka_unit_test(claims_stand_apart_from_awards),
        cmocka_unit_test(a_shop_that_says_nothing_is_said_so),
        cmocka_unit_test(what_if_is_said),
        cmocka_unit_test(large_shops_are_summed_up),
        cmocka_unit_test(programs_read_the_same),
        cmocka_unit_test(no_number_is_shown_of_members_that_a_limit_cut),
        cmocka_unit_test(nor_do_programs_read_one),
        cmocka_unit_test(awards_are_called_by_their_first_words),
        cmocka_unit_test(the_award_with_a_recognition_speaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
