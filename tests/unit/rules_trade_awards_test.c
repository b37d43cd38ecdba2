/* The shop awards of the trade, as the shipped pack in cmd/rules has them: the Blue Seal of Excellence, and
 * the weaker claim of at least one certified technician. The day before, of and after each boundary. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/rules/pack.h"
#include "tests/support/roster_builder.h"
#include "tests/support/shipped_pack.h"
#include "tests/support/trade.h"

#define SEAL "Blue Seal of Excellence"
#define CLAIM "At least one certified technician"
#define OPENED "2015-01-01"   /* the shop, which everybody joined then */
#define EARNED "2023-06-01"   /* certificates, ... */
#define LAPSES "2028-06-01"   /* ... for five years */
#define REVIEWED "2026-03-01" /* recognised then, for a year */
#define ANY_DAY "2026-08-15"

enum { YES = ANSWER_YES, NO = ANSWER_NO };
enum { SHIPPED_SIZE = 512 * 1024 };

static struct roster_builder built;
static struct roster_verdict verdict;
static struct rule_pack shipped;
static uint8_t shipped_memory[SHIPPED_SIZE];

/* ---- a shop ---- */

/* Performs areas with so many technicians, as it declares; recognised for the year after the review. */
static void begin(const char *areas, uint64_t declared)
{
    struct arena arena;
    arena_init(&arena, shipped_memory, sizeof(shipped_memory));
    shipped_pack(&shipped, "ase.json", &arena);
    roster_builder_init(&built, trade_day(ANY_DAY));
    build_pack(&built.shop, ROSTER_ASE, 1, "ase", 1, 0)->pack = shipped;
    build_profile(&built, 1, trade_day(OPENED), declared, areas);
}

/* For as long as the pack says from that day on. */
static void recognise(const char *day)
{
    const struct pack_code *code = pack_code_of(&shipped, bytes_of_string("ase/blue-seal"));
    assert_non_null(code);
    build_blue_seal(&built, trade_day(day), pack_last_day(code, trade_day(day)));
}

/* One who has worked long enough for every test. */
static void seasoned(size_t technician, const char *joined)
{
    build_member(&built, technician, trade_day(joined));
    build_worked(&built, technician, trade_day("2005-01-01"), trade_day("2014-12-31"));
}

static void certified(size_t technician, const char *code, const char *last)
{
    build_certified(&built, technician, code, trade_day(EARNED), trade_day(last));
}

/* Technicians from .. up to the one before end, of whom each holds code; NULL: nothing. */
static void hire(size_t from, size_t end, const char *code)
{
    for (size_t i = from; i < end; i++) {
        seasoned(i, OPENED);
        if (code != NULL) {
            certified(i, code, LAPSES);
        }
    }
}

static const struct award_verdict *award_on(const char *name, const char *day)
{
    built.question.at_day = trade_day(day);
    verdict = roster_builder_decide(&built);
    return built_award(&verdict, name);
}

/* What an award lacks that does not hold. */
static enum award_cause first_lack(const struct award_verdict *award)
{
    return award->answer == ANSWER_YES || award->lack_count == 0 ? AWARD_NOTHING : award->lacks[0].cause;
}

struct row {
    const char *sentence;
    const char *award, *day;
    int answer;
    enum award_cause lacks; /* of one that does not hold */
};

static void check(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct award_verdict *award = award_on(rows[i].award, rows[i].day);
        if ((int)award->answer != rows[i].answer || first_lack(award) != rows[i].lacks) {
            fail_msg("%s (%s on %s): %d for %d", rows[i].sentence, rows[i].award, rows[i].day,
                     (int)award->answer, (int)first_lack(award));
        }
    }
}
#define CHECK(rows) check(rows, sizeof(rows) / sizeof((rows)[0]))

/* ---- the share ---- */

static void three_quarters_of_those_who_repair_are_certified(void **state)
{
    static const struct {
        const char *sentence;
        size_t certified, uncertified;
        uint64_t declared;
        int seal, claim;
    } rows[] = {
        {"three of four", 3, 1, 4, YES, YES},
        {"two of four", 2, 2, 4, NO, YES},
        {"all of them", 4, 0, 4, YES, YES},
        {"one of one", 1, 0, 1, YES, YES},
        {"one of four: the weaker claim alone", 1, 3, 4, NO, YES},
        {"nobody of four: not even that", 0, 4, 4, NO, NO},
        {"74 of 99", 74, 25, 99, NO, YES},
        {"75 of 100", 75, 25, 100, YES, YES},
        {"three certified, and one more declared who never consented", 3, 0, 4, YES, YES},
        {"three certified, and two more declared who never consented", 3, 0, 5, NO, YES},
        {"fewer declared than are on the roster: the roster counts", 2, 2, 2, NO, YES},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin("brakes", rows[i].declared);
        recognise(REVIEWED);
        hire(0, rows[i].certified, "ase/A5");
        hire(rows[i].certified, rows[i].certified + rows[i].uncertified, NULL);
        int seal = (int)award_on(SEAL, ANY_DAY)->answer;
        int claim = (int)award_on(CLAIM, ANY_DAY)->answer;
        if (seal != rows[i].seal || claim != rows[i].claim) {
            fail_msg("%s: %d and %d", rows[i].sentence, seal, claim);
        }
    }
}

static void who_performs_no_repairs_is_not_counted(void **state)
{
    (void)state;
    begin("brakes", 3);
    recognise(REVIEWED);
    hire(0, 3, "ase/A5");
    build_member(&built, 3, trade_day(OPENED))->affiliation.consent.performs_repairs = false;
    build_consent_id(&built.shop, &built.members[3]);
    build_member(&built, 4, trade_day(OPENED))->affiliation.consent.performs_repairs = false;
    build_consent_id(&built.shop, &built.members[4]);
    const struct award_verdict *seal = award_on(SEAL, ANY_DAY);
    assert_int_equal(seal->answer, ANSWER_YES);
    assert_int_equal(seal->certified, 3);
    assert_int_equal(seal->technicians, 3);
    assert_int_equal(seal->percent_wanted, 75);
}

static void who_joins_uncertified_is_counted_from_that_day_on(void **state)
{
    static const struct row rows[] = {
        {"three of four", SEAL, "2026-04-30", YES, AWARD_NOTHING},
        {"the day on which a fifth joins", SEAL, "2026-05-01", NO, AWARD_SHARE},
        {"the day after", SEAL, "2026-05-02", NO, AWARD_SHARE},
        {"the last day before he leaves", SEAL, "2026-06-30", NO, AWARD_SHARE},
        {"the first day without him", SEAL, "2026-07-01", YES, AWARD_NOTHING},
        {"the claim does not mind", CLAIM, "2026-05-01", YES, AWARD_NOTHING},
    };
    (void)state;
    begin("brakes", 4);
    recognise(REVIEWED);
    hire(0, 3, "ase/A5");
    hire(3, 4, NULL);
    build_member_left(&built, build_member(&built, 4, trade_day("2026-05-01")), trade_day("2026-07-01"));
    CHECK(rows);
}

static void a_certificate_counts_to_its_last_day(void **state)
{
    static const struct row rows[] = {
        {"the day before its last day", SEAL, "2026-08-30", YES, AWARD_NOTHING},
        {"its last day", SEAL, "2026-08-31", YES, AWARD_NOTHING},
        {"the day after", SEAL, "2026-09-01", NO, AWARD_SHARE},
        {"the claim holds on", CLAIM, "2026-09-01", YES, AWARD_NOTHING},
        {"to the last certificate's last day", CLAIM, LAPSES, YES, AWARD_NOTHING},
        {"and no longer", CLAIM, "2028-06-02", NO, AWARD_TECHNICIANS},
    };
    (void)state;
    begin("brakes", 4);
    recognise(REVIEWED);
    hire(0, 2, "ase/A5");
    hire(2, 4, NULL);
    certified(2, "ase/A5", "2026-08-31");
    CHECK(rows);
    const struct award_verdict *seal = award_on(SEAL, ANY_DAY);
    const struct actor_id third = built_technician_id(2);
    assert_int_equal(seal->breaks.cause, AWARD_SHARE);
    assert_int_equal(seal->breaks.day, trade_day("2026-09-01"));
    assert_true(seal->breaks.has_technician && actor_id_equal(&seal->breaks.technician, &third));
}

/* The test alone makes nobody certified: that takes 730 days of work. */
static void tested_is_not_certified(void **state)
{
    static const struct row rows[] = {
        {"the day before two years of work", SEAL, "2026-06-29", NO, AWARD_SHARE},
        {"nor is it a claim", CLAIM, "2026-06-29", NO, AWARD_TECHNICIANS},
        {"on the 730th day of work", SEAL, "2026-06-30", YES, AWARD_NOTHING},
        {"it is", CLAIM, "2026-06-30", YES, AWARD_NOTHING},
        {"the day after", SEAL, "2026-07-01", YES, AWARD_NOTHING},
    };
    (void)state;
    begin("brakes", 1);
    recognise(REVIEWED);
    build_member(&built, 0, trade_day(OPENED));
    build_worked(&built, 0, trade_day("2024-07-01"), trade_day("2026-12-31"));
    certified(0, "ase/A5", LAPSES);
    CHECK(rows);
}

static void any_series_but_the_military_and_the_retired_one_counts(void **state)
{
    static const struct {
        const char *code;
        int claim;
    } rows[] = {
        {"ase/A1", YES}, {"ase/B2", YES}, {"ase/C1", YES},  {"ase/E1", YES},    {"ase/F1", YES},
        {"ase/G1", YES}, {"ase/H8", YES}, {"ase/P2", YES},  {"ase/S1", YES},    {"ase/T8", YES},
        {"ase/X1", YES}, {"ase/M1", NO},  {"ase/MIL2", NO}, {"ase/school", NO}, {"ase/blue-seal", NO},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin("brakes", 1);
        hire(0, 1, rows[i].code);
        int claim = (int)award_on(CLAIM, ANY_DAY)->answer;
        if (claim != rows[i].claim) {
            fail_msg("%s: %d", rows[i].code, claim);
        }
    }
}

/* ---- the areas ---- */

/* Every area of the pack, a certificate that covers it, and what it takes before. */
static void each_area_performed_is_covered_by_its_tests(void **state)
{
    static const struct {
        const char *area;
        const char *before[2], *code;
    } rows[] = {
        {"air-conditioning", {NULL}, "ase/A7"},
        {"air-conditioning", {NULL}, "ase/T7"},
        {"body-mechanical", {NULL}, "ase/B5"},
        {"body-repair", {NULL}, "ase/B3"},
        {"brakes", {NULL}, "ase/A5"},
        {"brakes", {NULL}, "ase/S4"},
        {"bus-body", {NULL}, "ase/S1"},
        {"diesel", {NULL}, "ase/A9"},
        {"diesel", {NULL}, "ase/H2"},
        {"drive-train", {NULL}, "ase/A3"},
        {"driver-assistance", {"ase/A6"}, "ase/L4"},
        {"electrical", {NULL}, "ase/A6"},
        {"engine", {NULL}, "ase/A1"},
        {"engine-performance", {NULL}, "ase/A8"},
        {"estimating", {NULL}, "ase/B6"},
        {"exhaust", {NULL}, "ase/X1"},
        {"hybrid-electric", {"ase/A6", "ase/A8"}, "ase/L3"},
        {"natural-gas", {NULL}, "ase/F1"},
        {"painting", {NULL}, "ase/B2"},
        {"preventive-maintenance", {NULL}, "ase/G1"},
        {"structural-repair", {NULL}, "ase/B4"},
        {"suspension-steering", {NULL}, "ase/A4"},
        {"transmission", {NULL}, "ase/A2"},
        {"truck-equipment", {"ase/E1"}, "ase/E2"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin(rows[i].area, 1);
        recognise(REVIEWED);
        hire(0, 1, "ase/C1");
        for (size_t k = 0; k < 2 && rows[i].before[k] != NULL; k++) {
            certified(0, rows[i].before[k], LAPSES);
        }
        const struct award_verdict *seal = award_on(SEAL, ANY_DAY);
        if (seal->answer != ANSWER_NO || first_lack(seal) != AWARD_AREA) {
            fail_msg("%s is covered without %s", rows[i].area, rows[i].code);
        }
        build_certified(&built, 0, rows[i].code, trade_day("2023-06-02"), trade_day(LAPSES));
        seal = award_on(SEAL, ANY_DAY);
        if (seal->answer != ANSWER_YES) {
            fail_msg("%s is not covered by %s", rows[i].area, rows[i].code);
        }
    }
}

static void every_area_has_to_be_covered_and_any_technician_may(void **state)
{
    static const struct row rows[] = {
        {"the day before anybody covers engines", SEAL, "2026-04-30", NO, AWARD_AREA},
        {"the day on which somebody passes the test", SEAL, "2026-05-01", YES, AWARD_NOTHING},
        {"the last day on which brakes are covered", SEAL, "2026-09-30", YES, AWARD_NOTHING},
        {"the day after", SEAL, "2026-10-01", NO, AWARD_AREA},
        {"which is nothing to the claim", CLAIM, "2026-10-01", YES, AWARD_NOTHING},
    };
    (void)state;
    begin("brakes engine", 4);
    recognise(REVIEWED);
    hire(0, 3, "ase/C1");
    hire(3, 4, NULL);
    certified(0, "ase/A5", "2026-09-30");
    build_certified(&built, 1, "ase/A1", trade_day("2026-05-01"), trade_day(LAPSES));
    CHECK(rows);
    const struct award_verdict *seal = award_on(SEAL, ANY_DAY);
    const struct actor_id first = built_technician_id(0);
    assert_int_equal(seal->breaks.cause, AWARD_AREA);
    assert_true(bytes_equal_string(seal->breaks.area, "brakes"));
    assert_true(seal->breaks.has_technician && actor_id_equal(&seal->breaks.technician, &first));
}

static void an_area_that_the_pack_does_not_name_is_nobodys_to_cover(void **state)
{
    (void)state;
    begin("brakes upholstery", 1);
    recognise(REVIEWED);
    hire(0, 1, "ase/A5");
    assert_int_not_equal(award_on(SEAL, ANY_DAY)->answer, ANSWER_YES);
}

/* ---- the yearly review ---- */

static void it_is_reviewed_every_year(void **state)
{
    static const struct row rows[] = {
        {"the day before the recognition", SEAL, "2026-02-28", NO, AWARD_RECOGNITION},
        {"its first day", SEAL, "2026-03-01", YES, AWARD_NOTHING},
        {"the day before its last", SEAL, "2027-02-28", YES, AWARD_NOTHING},
        {"its last day", SEAL, "2027-03-01", YES, AWARD_NOTHING},
        {"the day after: a year without a review", SEAL, "2027-03-02", NO, AWARD_RECOGNITION},
        {"the claim needs none", CLAIM, "2026-02-28", YES, AWARD_NOTHING},
        {"nor later", CLAIM, "2027-03-02", YES, AWARD_NOTHING},
    };
    (void)state;
    begin("brakes", 1);
    recognise(REVIEWED);
    hire(0, 1, "ase/A5");
    CHECK(rows);
    const struct award_verdict *seal = award_on(SEAL, ANY_DAY);
    assert_int_equal(seal->breaks.cause, AWARD_RECOGNITION);
    assert_int_equal(seal->breaks.day, trade_day("2027-03-02"));
}

static void from_a_leap_day_it_is_recognised_to_the_28th(void **state)
{
    static const struct row rows[] = {
        {"the leap day", SEAL, "2024-02-29", YES, AWARD_NOTHING},
        {"the year's end", SEAL, "2024-12-31", YES, AWARD_NOTHING},
        {"the next year's first day", SEAL, "2025-01-01", YES, AWARD_NOTHING},
        {"the last day", SEAL, "2025-02-28", YES, AWARD_NOTHING},
        {"the day after", SEAL, "2025-03-01", NO, AWARD_RECOGNITION},
    };
    (void)state;
    begin("brakes", 1);
    recognise("2024-02-29");
    hire(0, 1, "ase/A5");
    CHECK(rows);
}

static void a_review_in_time_leaves_no_gap(void **state)
{
    static const struct row rows[] = {
        {"the first recognition's last day", SEAL, "2027-03-01", YES, AWARD_NOTHING},
        {"by the second", SEAL, "2027-03-02", YES, AWARD_NOTHING},
        {"to its last day", SEAL, "2028-02-15", YES, AWARD_NOTHING},
        {"the day after", SEAL, "2028-02-16", NO, AWARD_RECOGNITION},
    };
    (void)state;
    begin("brakes", 1);
    recognise(REVIEWED);
    recognise("2027-02-15");
    hire(0, 1, "ase/A5");
    CHECK(rows);
    assert_int_equal(award_on(SEAL, ANY_DAY)->since_day, trade_day(REVIEWED));
}

/* What the review recorded is the least that counts, whatever the shop declares later. */
static void what_was_recorded_is_a_floor(void **state)
{
    static const struct row technicians[] = {
        {"three of the four declared", SEAL, "2026-05-31", YES, AWARD_NOTHING},
        {"three of the five recorded", SEAL, "2026-06-01", NO, AWARD_SHARE},
        {"the claim has no floor", CLAIM, "2026-06-01", YES, AWARD_NOTHING},
    };
    static const struct row areas[] = {
        {"brakes are all that is declared", SEAL, "2026-05-31", YES, AWARD_NOTHING},
        {"engines were recorded", SEAL, "2026-06-01", NO, AWARD_AREA},
    };
    (void)state;
    begin("brakes", 4);
    recognise(REVIEWED);
    hire(0, 3, "ase/A5");
    build_review(&built, 2, trade_day("2026-06-01"), 5, "brakes");
    CHECK(technicians);
    begin("brakes", 4);
    recognise(REVIEWED);
    hire(0, 3, "ase/A5");
    build_review(&built, 2, trade_day("2026-06-01"), 4, "brakes engine");
    CHECK(areas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_quarters_of_those_who_repair_are_certified),
        cmocka_unit_test(who_performs_no_repairs_is_not_counted),
        cmocka_unit_test(who_joins_uncertified_is_counted_from_that_day_on),
        cmocka_unit_test(a_certificate_counts_to_its_last_day),
        cmocka_unit_test(tested_is_not_certified),
        cmocka_unit_test(any_series_but_the_military_and_the_retired_one_counts),
        cmocka_unit_test(each_area_performed_is_covered_by_its_tests),
        cmocka_unit_test(every_area_has_to_be_covered_and_any_technician_may),
        cmocka_unit_test(an_area_that_the_pack_does_not_name_is_nobodys_to_cover),
        cmocka_unit_test(it_is_reviewed_every_year),
        cmocka_unit_test(from_a_leap_day_it_is_recognised_to_the_28th),
        cmocka_unit_test(a_review_in_time_leaves_no_gap),
        cmocka_unit_test(what_was_recorded_is_a_floor),
    };
    return cmocka_run_group_tests_name("trade awards", tests, NULL, NULL);
}
