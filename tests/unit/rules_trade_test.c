/* The rules table of the trade, as the shipped packs in cmd/rules have it: a row for every cell, both
 * readings where the sources have two, and the day before, of and after each boundary. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/trade.h"

static struct trade trade;

enum { YES = ANSWER_YES, NO = ANSWER_NO, UNKNOWN = ANSWER_UNKNOWN };

struct row {
    const char *sentence;
    const char *requirement;
    const char *day;
    const char *state;
    int answer;
};

static void check(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum answer answer = trade_answers(&trade, rows[i].requirement, rows[i].day, rows[i].state);
        if ((int)answer != rows[i].answer) {
            fail_msg("%s (%s on %s): %d, not %d", rows[i].sentence, rows[i].requirement, rows[i].day,
                     (int)answer, rows[i].answer);
        }
    }
}
#define CHECK(rows) check(rows, sizeof(rows) / sizeof((rows)[0]))

/* The default reading alone; what the sources say otherwise is in force from 2027 in the other. */
static void begin(void)
{
    trade_begin(&trade);
    trade_publish_usual(&trade);
}

static void begin_other(void)
{
    trade_begin(&trade);
    trade_publish(&trade, "ase-other-readings.json", "1972-06-12");
}

/* Experience enough for everything, long ago. */
static void seasoned(void)
{
    trade_work(&trade, TRADE_SHOP, "2001-01-01", "2008-12-31");
}

/* ---- experience ---- */

static void test_two_years_of_work_make_a_tested_technician_certified(void **state)
{
    (void)state;
    begin();
    trade_pass(&trade, "ase", "A5", "2020-03-14");
    trade_work(&trade, TRADE_SHOP, "2019-01-01", "2020-12-31"); /* 731 days, 2020 is a leap year */
    static const struct row rows[] = {
        {"the test may come first", "tested ase/A5", "2020-03-14", NULL, YES},
        {"tested is not certified", "ase/A5", "2020-03-14", NULL, NO},
        {"the day before the 730th day of work", "ase/A5", "2020-12-29", NULL, NO},
        {"on the 730th day of work", "ase/A5", "2020-12-30", NULL, YES},
        {"the day after", "ase/A5", "2020-12-31", NULL, YES},
        {"and from then on", "ase/A5", "2023-01-01", NULL, YES},
    };
    CHECK(rows);
}

static void test_time_documented_twice_counts_once(void **state)
{
    (void)state;
    begin();
    trade_pass(&trade, "ase", "A5", "2020-01-01");
    trade_work(&trade, TRADE_SHOP, "2021-01-01", "2021-12-31");
    trade_work(&trade, TRADE_OTHER_SHOP, "2021-07-01", "2022-06-30"); /* 181 days more */
    trade_work(&trade, TRADE_SHOP, "2023-01-01", "2023-12-31");
    static const struct row rows[] = {
        {"546 days in two shops", "ase/A5", "2022-12-31", NULL, NO},
        {"729 days with the third", "ase/A5", "2023-07-02", NULL, NO},
        {"730 days", "ase/A5", "2023-07-03", NULL, YES},
    };
    CHECK(rows);
}

static void test_a_school_takes_the_place_of_one_year(void **state)
{
    (void)state;
    begin();
    trade_pass(&trade, "ase", "A5", "2020-03-14");
    trade_work(&trade, TRADE_SHOP, "2021-01-01", "2021-12-31");
    trade_earn(&trade, TRADE_SCHOOL, "ase/school", BASIS_TRAINING, "2022-06-30", NULL);
    static const struct row rows[] = {
        {"one year without the school", "ase/A5", "2022-06-29", NULL, NO},
        {"one year and the school", "ase/A5", "2022-06-30", NULL, YES},
    };
    CHECK(rows);
}

static void test_a_stranger_s_word_documents_nothing(void **state)
{
    (void)state;
    begin();
    trade_pass(&trade, "ase", "A5", "2020-03-14");
    trade_work(&trade, TRADE_STRANGER, "2015-01-01", "2019-12-31");
    static const struct row rows[] = {
        {"five years said by a shop that nobody accredited", "ase/A5", "2020-06-01", NULL, NO},
        {"the test stands", "tested ase/A5", "2020-06-01", NULL, YES},
    };
    CHECK(rows);
}

static void test_experience_that_is_revoked_documents_nothing_from_then_on(void **state)
{
    (void)state;
    begin();
    trade_pass(&trade, "ase", "A5", "2020-03-14");
    trade_say(&trade, trade_work(&trade, TRADE_SHOP, "2015-01-01", "2019-12-31"), STATUS_REVOKED,
              "2021-05-05");
    static const struct row rows[] = {
        {"the day before it is revoked", "ase/A5", "2021-05-04", NULL, YES},
        {"the day from which it is revoked", "ase/A5", "2021-05-05", NULL, NO},
    };
    CHECK(rows);
}

static void test_advanced_tests_take_three_years(void **state)
{
    (void)state;
    begin();
    trade_pass(&trade, "ase", "A8 L1", "2022-01-01");
    trade_work(&trade, TRADE_SHOP, "2021-01-01", "2023-12-31"); /* 1095 days */
    trade_earn(&trade, TRADE_SCHOOL, "ase/school", BASIS_TRAINING, "2020-06-30", NULL);
    static const struct row rows[] = {
        {"one year and a school for A8", "ase/A8", "2022-01-01", NULL, YES},
        {"two years are not enough for L1", "ase/L1", "2023-06-01", NULL, NO},
        {"the 1094th day", "ase/L1", "2023-12-30", NULL, NO},
        {"the 1095th day", "ase/L1", "2023-12-31", NULL, YES},
    };
    CHECK(rows);
}

static void test_the_other_reading_asks_two_years_for_advanced_tests(void **state)
{
    (void)state;
    begin_other();
    trade_pass(&trade, "ase", "A8 L1", "2022-01-01");
    trade_work(&trade, TRADE_SHOP, "2021-01-01", "2022-12-31");
    static const struct row rows[] = {
        {"the 729th day", "ase/L1", "2022-12-30", NULL, NO},
        {"the 730th day", "ase/L1", "2022-12-31", NULL, YES},
    };
    CHECK(rows);
}

/* ---- lifetime ---- */

static void test_each_test_runs_for_five_years_on_its_own_clock(void **state)
{
    (void)state;
    begin();
    seasoned();
    trade_pass(&trade, "ase", "A1", "2016-02-29");
    trade_pass(&trade, "ase", "A2", "2016-12-31");
    trade_pass(&trade, "ase", "A3", "2017-01-01");
    trade_pass(&trade, "ase", "MIL1", "2010-05-05");
    static const struct row rows[] = {
        {"the day before it was earned", "ase/A1", "2016-02-28", NULL, NO},
        {"the day it was earned", "ase/A1", "2016-02-29", NULL, YES},
        {"from 29 February: 28 February where there is no 29th, inclusive", "ase/A1", "2021-02-28", NULL,
         YES},
        {"the day after its last", "ase/A1", "2021-03-01", NULL, NO},
        {"the anniversary at a year's end, inclusive", "ase/A2", "2021-12-31", NULL, YES},
        {"the first day of the year after", "ase/A2", "2022-01-01", NULL, NO},
        {"the anniversary on New Year's Day, inclusive", "ase/A3", "2022-01-01", NULL, YES},
        {"the day after", "ase/A3", "2022-01-02", NULL, NO},
        {"MIL1 never expires", "ase/MIL1", "2099-12-31", NULL, YES},
    };
    CHECK(rows);
}

static void test_a_retired_test_counts_if_it_was_taken_while_offered(void **state)
{
    (void)state;
    begin();
    seasoned();
    trade_pass(&trade, "ase", "M1", "2021-12-31");
    trade_pass(&trade, "ase", "M2", "2022-01-01");
    static const struct row rows[] = {
        {"taken on the last day on which it was offered", "ase/M1", "2022-06-01", NULL, YES},
        {"taken the day after", "ase/M2", "2022-06-01", NULL, NO},
    };
    CHECK(rows);
}

/* ---- recertification and renewal ---- */

static void recertify(void)
{
    seasoned();
    trade_pass(&trade, "ase", "A5 A6", "2015-06-30"); /* until 2020-06-30 */
    trade_earn(&trade, TRADE_ASE, "ase/A5", BASIS_RECERTIFICATION, "2020-06-30", NULL);
    trade_earn(&trade, TRADE_ASE, "ase/A6", BASIS_RECERTIFICATION, "2020-07-01", NULL);
}

static void test_recertification_renews_before_and_after_the_lapse(void **state)
{
    (void)state;
    begin();
    recertify();
    trade_pass(&trade, "ase", "A1", "2010-01-01");
    trade_earn(&trade, TRADE_ASE, "ase/A1", BASIS_RECERTIFICATION, "2019-01-01", NULL);
    static const struct row rows[] = {
        {"retested on its last day: no gap", "ase/A5", "2020-07-01", NULL, YES},
        {"five years from the retest", "ase/A5", "2025-06-30", NULL, YES},
        {"and no longer", "ase/A5", "2025-07-01", NULL, NO},
        {"retested on the day after the lapse", "ase/A6", "2020-07-01", NULL, YES},
        {"lapsed for years", "ase/A1", "2018-12-31", NULL, NO},
        {"retested four years after the lapse", "ase/A1", "2019-01-01", NULL, YES},
    };
    CHECK(rows);
}

static void test_the_no_grace_reading_wants_recertification_in_time(void **state)
{
    (void)state;
    begin_other();
    recertify();
    static const struct row rows[] = {
        {"retested on its last day", "ase/A5", "2020-07-01", NULL, YES},
        {"retested on the day after", "ase/A6", "2020-07-01", NULL, NO},
    };
    CHECK(rows);
}

/* Exam of 2020-06-30, good until 2025-06-30; a year more by the app on that day. */
static void renew(const char *code, const char *earned, const char *last)
{
    trade_earn(&trade, TRADE_ASE, code, BASIS_RENEWAL, earned, last);
}

static void test_the_app_adds_a_year_where_the_pack_allows_it(void **state)
{
    (void)state;
    begin();
    seasoned();
    trade_pass(&trade, "ase", "A1 A2 A3 A4 B2", "2020-06-30");
    renew("ase/A1", "2025-05-01", "2026-06-30");
    renew("ase/A2", "2025-07-01", "2026-06-30");
    renew("ase/A3", "2025-05-01", "2026-07-01");
    renew("ase/A4", "2025-05-01", "2026-06-30");
    renew("ase/A4", "2026-04-30", "2027-06-30");
    renew("ase/B2", "2025-05-01", "2026-06-30");
    static const struct row rows[] = {
        {"a year more, inclusive", "ase/A1", "2026-06-30", NULL, YES},
        {"and no longer", "ase/A1", "2026-07-01", NULL, NO},
        {"not in time: answered after the lapse", "ase/A2", "2025-07-01", NULL, NO},
        {"a year and a day is not what the app adds", "ase/A3", "2025-07-01", NULL, NO},
        {"the first of two in one subscription year", "ase/A4", "2026-06-30", NULL, YES},
        {"the second one in it adds nothing", "ase/A4", "2026-07-01", NULL, NO},
        {"only A tests are renewed by the app", "ase/B2", "2025-07-01", NULL, NO},
    };
    CHECK(rows);
}

static void test_a_second_year_of_the_app_adds_a_second_year(void **state)
{
    (void)state;
    begin();
    seasoned();
    trade_pass(&trade, "ase", "A1", "2020-06-30");
    renew("ase/A1", "2025-05-01", "2026-06-30");
    renew("ase/A1", "2026-05-01", "2027-06-30");
    static const struct row rows[] = {
        {"twelve months after the first", "ase/A1", "2027-06-30", NULL, YES},
        {"and no longer", "ase/A1", "2027-07-01", NULL, NO},
    };
    CHECK(rows);
}

static void test_the_other_reading_renews_by_continuing_education(void **state)
{
    (void)state;
    begin_other();
    seasoned();
    trade_pass(&trade, "ase", "B2 B3", "2020-06-30");
    trade_earn(&trade, TRADE_ASE, "ase/continuing-education", BASIS_TRAINING, "2025-01-15", NULL);
    renew("ase/B2", "2025-05-01", "2026-06-30");
    static const struct row rows[] = {
        {"renewed by approved continuing education", "ase/B2", "2026-06-30", NULL, YES},
        {"not renewed", "ase/B3", "2025-07-01", NULL, NO},
    };
    CHECK(rows);
    begin_other();
    seasoned();
    trade_pass(&trade, "ase", "B2", "2020-06-30");
    renew("ase/B2", "2025-05-01", "2026-06-30");
    static const struct row without[] = {
        {"without continuing education nothing is renewed", "ase/B2", "2025-07-01", NULL, NO},
    };
    CHECK(without);
}

static void test_a_retake_waits_thirty_days(void **state)
{
    (void)state;
    begin();
    seasoned();
    trade_pass(&trade, "ase", "A1", "2015-01-01");
    trade_pass(&trade, "ase", "A1", "2015-01-30"); /* 29 days later */
    trade_pass(&trade, "ase", "A2", "2015-01-01");
    trade_pass(&trade, "ase", "A2", "2015-01-31"); /* 30 days later */
    static const struct row rows[] = {
        {"29 days later it does not count: the first one's last day stands", "ase/A1", "2020-01-02", NULL,
         NO},
        {"30 days later it counts", "ase/A2", "2020-01-31", NULL, YES},
    };
    CHECK(rows);
}

/* Between registering and sitting a test nothing is published; a body that wants to can say it in a pack. */
static void test_ninety_days_to_sit_can_be_said_in_a_pack(void **state)
{
    (void)state;
    trade_begin(&trade);
    trade_publish_text(&trade, "{\"namespace\": \"ase\", \"version\": 1, \"in_force_from\": \"1972-06-12\","
                               " \"codes\": [{\"code\": \"A1\", \"title\": \"Engine Repair\", "
                               "\"lifetime_months\": 60}, {\"code\": \"seat\", \"title\": \"Registered\", "
                               "\"lifetime_months\": 0}],"
                               " \"rules\": [{\"kind\": \"prerequisite\", \"name\": \"A1\", \"when\": "
                               "\"tested seat\"}]}");
    trade_earn(&trade, TRADE_ASE, "ase/seat", BASIS_LICENCE, "2024-01-01", "2024-03-30");
    trade_earn(&trade, TRADE_ASE, "ase/A1", BASIS_EXAM, "2024-03-30", NULL);
    static const struct row in_time[] = {
        {"sat on the 90th day", "ase/A1", "2024-06-01", NULL, YES},
    };
    CHECK(in_time);
    trade.credentials[1].attestation.earned_on++;
    static const struct row late[] = {
        {"sat on the 91st day", "ase/A1", "2024-06-01", NULL, NO},
    };
    CHECK(late);
}

/* ---- titles ---- */

struct master {
    const char *title;
    const char *codes; /* that it needs, one namespace */
    const char *but;   /* the last of them */
};

static const struct master masters[] = {
    {"Master Automobile", "A1 A2 A3 A4 A5 A6 A7", "A8"},
    {"Master Collision", "B2 B3 B4", "B5"},
    {"Master Medium-Heavy Truck", "T2 T3 T4 T5 T6 T7", "T8"},
    {"Master School Bus", "S1 S2 S3 S4 S5", "S6"},
    {"Master Transit Bus", "H1 H3 H4 H5 H6 H7", "H8"},
    {"Master Transit Bus", "H2 H3 H4 H5 H6 H7", "H8"},
    {"Master Truck Equipment", "E1 E2", "E3"},
    {"Master Medium-Heavy Vehicle", "H2 S3 T4 H5 S6", "T7"},
    {"Master Military", "MIL2 MIL3 MIL4 MIL5 MIL6 MIL7", "MIL8"},
};

static void test_masters_begin_with_the_last_test_and_lapse_with_the_first(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(masters) / sizeof(masters[0]); i++) {
        const struct master *master = &masters[i];
        char quoted[NAME_SIZE_MAX + 3];
        char again[CODE_SIZE_MAX + 1];
        snprintf(quoted, sizeof(quoted), "\"%s\"", master->title);
        snprintf(again, sizeof(again), "%.*s", (int)strcspn(master->codes, " "), master->codes);
        begin();
        seasoned();
        trade_pass(&trade, "ase", master->codes, "2020-03-01");
        trade_pass(&trade, "ase", master->but, "2021-03-01");
        trade_pass(&trade, "ase", again, "2025-03-10"); /* the first test retaken after its lapse */
        const struct row rows[] = {
            {"the day before the last test", quoted, "2021-02-28", NULL, NO},
            {"the day of the last test", quoted, "2021-03-01", NULL, YES},
            {"the day on which the first tests lapse, inclusive", quoted, "2025-03-01", NULL, YES},
            {"the day after", quoted, "2025-03-02", NULL, NO},
            {"one retaken, the others lapsed", quoted, "2025-03-10", NULL, NO},
        };
        CHECK(rows);
    }
}

static void test_a_master_returns_with_the_recertification(void **state)
{
    (void)state;
    begin();
    seasoned();
    trade_pass(&trade, "ase", "B2 B3 B4", "2021-03-01");
    trade_pass(&trade, "ase", "B5", "2020-03-01");
    trade_earn(&trade, TRADE_ASE, "ase/B5", BASIS_RECERTIFICATION, "2025-04-01", NULL);
    static const struct row rows[] = {
        {"before the lapse", "\"Master Collision\"", "2025-03-01", NULL, YES},
        {"lapsed", "\"Master Collision\"", "2025-03-02", NULL, NO},
        {"the day before the recertification", "\"Master Collision\"", "2025-03-31", NULL, NO},
        {"the day of it", "\"Master Collision\"", "2025-04-01", NULL, YES},
    };
    CHECK(rows);
}

static void test_masters_by_both_readings(void **state)
{
    (void)state;
    static const char all_a[] = "A1 A2 A3 A4 A5 A6 A7 A8";
    begin();
    seasoned();
    trade_pass(&trade, "ase", all_a, "2020-03-01");
    trade_pass(&trade, "ase", "T2 T3 T4 T5 T6 T7", "2020-03-01");
    static const struct row usual[] = {
        {"A1 to A8", "\"Master Automobile\"", "2021-01-01", NULL, YES},
        {"T2 to T7 without T8", "\"Master Medium-Heavy Truck\"", "2021-01-01", NULL, NO},
        {"one of H, S and T for each number", "\"Master Medium-Heavy Vehicle\"", "2021-01-01", NULL, YES},
    };
    CHECK(usual);
    begin_other();
    seasoned();
    trade_pass(&trade, "ase", all_a, "2020-03-01");
    trade_pass(&trade, "ase", "L1", "2020-06-01");
    trade_pass(&trade, "ase", "T2 T3 T4 T5 T6", "2020-03-01");
    trade_pass(&trade, "ase", "T7", "2020-06-01");
    trade_pass(&trade, "ase", "S7", "2020-05-01");
    static const struct row other[] = {
        {"A1 to A8 without L1", "\"Master Automobile\"", "2020-05-31", NULL, NO},
        {"with L1", "\"Master Automobile\"", "2020-06-01", NULL, YES},
        {"T2 to T7", "\"Master Medium-Heavy Truck\"", "2020-06-01", NULL, YES},
        {"one of each before she is Master in T", "\"Master Medium-Heavy Vehicle\"", "2020-05-31", NULL, YES},
        {"not for those already Master in T", "\"Master Medium-Heavy Vehicle\"", "2020-06-01", NULL, NO},
    };
    CHECK(other);
}

static void test_transit_takes_either_engine(void **state)
{
    (void)state;
    begin();
    seasoned();
    trade_pass(&trade, "ase", "H3 H4 H5 H6 H7 H8", "2020-03-01");
    static const struct row neither[] = {
        {"neither H1 nor H2", "\"Master Transit Bus\"", "2020-03-01", NULL, NO},
    };
    CHECK(neither);
    trade_pass(&trade, "ase", "H1", "2020-03-01");
    static const struct row one[] = {
        {"H1 will do", "\"Master Transit Bus\"", "2020-03-01", NULL, YES},
    };
    CHECK(one);
}

static void test_world_class_once_reached_is_for_life(void **state)
{
    (void)state;
    begin();
    seasoned();
    trade_pass(&trade, "ase", "A1 A2 A3 A4 A5 A6 A7 A8 A9", "2020-03-01");
    trade_pass(&trade, "ase", "T1 T2 T3 T4 T5 T6 T7 T8 B2 B3 B4 B5 L1", "2020-04-01");
    trade_pass(&trade, "ase", "L2", "2020-05-01");
    static const struct row rows[] = {
        {"the day before the last test", "\"World Class\"", "2020-04-30", NULL, NO},
        {"the day of the last test", "\"World Class\"", "2020-05-01", NULL, YES},
        {"the day after all have lapsed", "\"World Class\"", "2025-05-02", NULL, YES},
        {"under the pack that came later", "\"World Class\"", "2060-01-01", NULL, YES},
        {"no test is held any more", "ase/A1 or ase/L2", "2060-01-01", NULL, NO},
    };
    CHECK(rows);
}

/* ---- prerequisites ---- */

struct needed {
    const char *sentence;
    const char *before; /* passed on 2023-05-01 */
    const char *code;
    const char *on;
    int answer;
};

static void test_what_must_come_first(void **state)
{
    (void)state;
    static const struct needed rows[] = {
        {"L1 after A8", "A8", "L1", "2023-05-02", YES},
        {"L1 on the day of A8", "A8", "L1", "2023-05-01", YES},
        {"L1 the day before A8", "A8", "L1", "2023-04-30", NO},
        {"L1 without A8", "A1", "L1", "2023-05-02", NO},
        {"L1 on A8's last day", "A8", "L1", "2028-05-01", YES},
        {"L1 when A8 has lapsed", "A8", "L1", "2028-05-02", NO},
        {"L2 with A9 and A6", "A9 A6", "L2", "2023-05-02", YES},
        {"L2 with H2 and S6", "H2 S6", "L2", "2023-05-02", YES},
        {"L2 with S2 and T6", "S2 T6", "L2", "2023-05-02", YES},
        {"L2 with T2 and H6", "T2 H6", "L2", "2023-05-02", YES},
        {"L2 with an engine test alone", "T2", "L2", "2023-05-02", NO},
        {"L2 with an electrical test alone", "T6", "L2", "2023-05-02", NO},
        {"L3 with A6 and A8", "A6 A8", "L3", "2023-05-02", YES},
        {"L3 without A8", "A6", "L3", "2023-05-02", NO},
        {"L3 without A6", "A8", "L3", "2023-05-02", NO},
        {"L4 with A6", "A6", "L4", "2024-12-31", YES},
        {"L4 with B5", "B5", "L4", "2024-12-31", YES},
        {"L4 with neither, on the last day of the old rule", "A1", "L4", "2024-12-31", NO},
        {"L4 with neither, on the first day of the new one", "A1", "L4", "2025-01-01", YES},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char requirement[64];
        begin();
        seasoned();
        trade_pass(&trade, "ase", rows[i].before, "2023-05-01");
        trade_pass(&trade, "ase", rows[i].code, rows[i].on);
        snprintf(requirement, sizeof(requirement), "ase/%s", rows[i].code);
        const struct row row = {rows[i].sentence, requirement, rows[i].on, NULL, rows[i].answer};
        check(&row, 1);
    }
}

static void test_l1_stays_when_a8_lapses(void **state)
{
    (void)state;
    begin();
    seasoned();
    trade_pass(&trade, "ase", "A8", "2020-01-01");
    trade_pass(&trade, "ase", "L1", "2024-01-01");
    static const struct row rows[] = {
        {"A8 has lapsed", "ase/A8", "2025-06-01", NULL, NO},
        {"A8 was needed first, not for ever", "ase/L1", "2025-06-01", NULL, YES},
    };
    CHECK(rows);
}

static void test_what_must_come_first_may_come_later(void **state)
{
    (void)state;
    begin();
    seasoned();
    trade_pass(&trade, "ase", "L1", "2023-05-01");
    trade_pass(&trade, "ase", "A8", "2023-09-15");
    trade_pass(&trade, "ase", "L4", "2024-03-01");
    static const struct row rows[] = {
        {"L1 was passed", "tested ase/L1", "2023-05-01", NULL, YES},
        {"L1 the day before A8", "ase/L1", "2023-09-14", NULL, NO},
        {"L1 from A8's day on", "ase/L1", "2023-09-15", NULL, YES},
        {"L4 was passed", "tested ase/L4", "2024-12-31", NULL, YES},
        {"L4 on the last day of the rules that ask for A6 or B5", "ase/L4", "2024-12-31", NULL, NO},
        {"L4 from the first day of the rules that ask for nothing", "ase/L4", "2025-01-01", NULL, YES},
    };
    CHECK(rows);
}

static void test_an_exam_is_asked_for_that_a_course_is_not(void **state)
{
    (void)state;
    begin();
    trade_earn(&trade, TRADE_SCHOOL, "epa/609", BASIS_TRAINING, "2020-01-01", NULL);
    static const struct row rows[] = {
        {"609 by training", "tested epa/609", "2020-06-01", NULL, NO},
    };
    CHECK(rows);
}

/* In each pack of ASE's, on one of its days. */
static void test_each_ase_code_is_earned_in_its_own_way(void **state)
{
    static const struct {
        const char *sentence, *code;
        enum basis basis;
        const char *asked;
        int answer;
    } ways[] = {
        {"a test by exam", "ase/A4", BASIS_EXAM, "tested ase/A4", YES},
        {"a test by training", "ase/A4", BASIS_TRAINING, "tested ase/A4", NO},
        {"a test by experience", "ase/A4", BASIS_EXPERIENCE, "tested ase/A4", NO},
        {"a test as a licence", "ase/T4", BASIS_LICENCE, "tested ase/T4", NO},
        {"an advanced test by exam", "ase/L2", BASIS_EXAM, "tested ase/L2", YES},
        {"an advanced test by training", "ase/L1", BASIS_TRAINING, "tested ase/L1", NO},
        {"another advanced test by training", "ase/L2", BASIS_TRAINING, "tested ase/L2", NO},
        {"a third one by training", "ase/L3", BASIS_TRAINING, "tested ase/L3", NO},
        {"the newest one by training", "ase/L4", BASIS_TRAINING, "tested ase/L4", NO},
        {"a school by training", "ase/school", BASIS_TRAINING, "trained ase/school", YES},
        {"a school by exam", "ase/school", BASIS_EXAM, "tested ase/school", NO},
        {"work by experience", "ase/experience", BASIS_EXPERIENCE, "experience 30 days in ase/experience",
         YES},
        {"work by exam", "ase/experience", BASIS_EXAM, "tested ase/experience", NO},
        {"a recognition as such", "ase/blue-seal", BASIS_RECOGNITION, "tested ase/blue-seal", YES},
        {"a recognition by exam", "ase/blue-seal", BASIS_EXAM, "tested ase/blue-seal", NO},
    };
    static const char *const packs[] = {"ase.json", "ase-2025.json", "ase-other-readings.json"};
    (void)state;
    for (size_t pack = 0; pack < sizeof(packs) / sizeof(packs[0]); pack++) {
        for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
            const struct row row[] = {{ways[i].sentence, ways[i].asked, "2027-06-01", NULL, ways[i].answer}};
            trade_begin(&trade);
            trade_publish(&trade, packs[pack], NULL);
            trade_earn(&trade, TRADE_ASE, ways[i].code, ways[i].basis, "2027-01-10",
                       ways[i].basis == BASIS_EXPERIENCE ? "2027-02-28" : NULL);
            CHECK(row);
        }
    }
}

/* ---- manufacturers ---- */

static void test_a_manufacturer_s_word_falls_silent_with_the_network(void **state)
{
    (void)state;
    begin();
    trade_earn(&trade, TRADE_FORD, "ford/fact-brakes", BASIS_TRAINING, "2024-01-10", NULL);
    trade_join(&trade, TRADE_SHOP, "2024-01-01", "2026-10-01");
    trade_join(&trade, TRADE_OTHER_SHOP, "2026-12-01", NULL);
    trade_member(&trade, TRADE_FORD, TRADE_SHOP, "ford/network-shop", "2024-01-01", "2026-12-31");
    trade_member(&trade, TRADE_FORD, TRADE_OTHER_SHOP, "ford/network-shop", "2027-01-01", "2027-12-31");
    static const struct row rows[] = {
        {"in a shop of the network", "ford/fact-brakes", "2024-01-10", NULL, YES},
        {"the last day in that shop", "ford/fact-brakes", "2026-09-30", NULL, YES},
        {"the day on which she has left", "ford/fact-brakes", "2026-10-01", NULL, NO},
        {"in a shop that is not of the network yet", "ford/fact-brakes", "2026-12-31", NULL, NO},
        {"the day on which that shop belongs to it: it speaks again", "ford/fact-brakes", "2027-01-01", NULL,
         YES},
        {"the last day of that shop's membership", "ford/fact-brakes", "2027-12-31", NULL, YES},
        {"the day after", "ford/fact-brakes", "2028-01-01", NULL, NO},
    };
    CHECK(rows);
}

static void test_a_silent_credential_says_since_when(void **state)
{
    (void)state;
    begin();
    trade_earn(&trade, TRADE_FORD, "ford/fact-brakes", BASIS_TRAINING, "2024-01-10", NULL);
    trade_join(&trade, TRADE_SHOP, "2024-01-01", "2026-10-01");
    trade_member(&trade, TRADE_FORD, TRADE_SHOP, "ford/network-shop", "2024-01-01", "2026-12-31");
    struct verdict silent = trade_verdict(&trade, NULL, "2026-11-22", NULL);
    assert_int_equal(silent.credentials[0].axes[AXIS_STATUS].answer, ANSWER_NO);
    assert_int_equal(silent.credentials[0].axes[AXIS_STATUS].reason, REASON_OUTSIDE_NETWORK);
    assert_int_equal(silent.credentials[0].effective_day, trade_day("2026-10-01"));
    begin();
    trade_earn(&trade, TRADE_FORD, "ford/fact-brakes", BASIS_TRAINING, "2024-01-10", NULL);
    struct verdict open = trade_verdict(&trade, NULL, "2026-11-22", NULL);
    assert_int_equal(open.credentials[0].axes[AXIS_STATUS].answer, ANSWER_UNKNOWN);
    assert_int_equal(open.credentials[0].axes[AXIS_STATUS].reason, REASON_CONDITION);
}

static void test_a_shop_does_not_make_itself_part_of_a_brand(void **state)
{
    (void)state;
    begin();
    trade_earn(&trade, TRADE_FORD, "ford/fact-brakes", BASIS_TRAINING, "2024-01-10", NULL);
    trade_join(&trade, TRADE_SHOP, "2024-01-01", NULL);
    trade_member(&trade, TRADE_SHOP, TRADE_SHOP, "ford/network-shop", "2024-01-01", "2026-12-31");
    static const struct row rows[] = {
        {"it says so itself", "ford/fact-brakes", "2024-06-01", NULL, NO},
    };
    CHECK(rows);
}

static void test_a_shop_not_heard_of_for_long_leaves_its_network_open(void **state)
{
    (void)state;
    begin();
    trade_earn(&trade, TRADE_FORD, "ford/fact-brakes", BASIS_TRAINING, "2024-01-10", NULL);
    trade_join(&trade, TRADE_SHOP, "2024-01-01", NULL);
    trade_member(&trade, TRADE_FORD, TRADE_SHOP, "ford/network-shop", "2024-01-01", "2026-12-31");
    trade.logs[TRADE_SHOP].checkpoint_time_s -= UINT64_C(14) * 86400;
    static const struct row heard[] = {
        {"heard of fourteen days ago", "ford/fact-brakes", "2024-06-01", NULL, YES},
    };
    CHECK(heard);
    trade.logs[TRADE_SHOP].checkpoint_time_s--;
    static const struct row old[] = {
        {"a second longer: she may have left since", "ford/fact-brakes", "2024-06-01", NULL, UNKNOWN},
        {"the shop was never of the network on that day", "ford/fact-brakes", "2027-06-01", NULL, NO},
    };
    CHECK(old);
}

/* ---- section 609 ---- */

static void test_609_comes_from_any_approved_program_and_stays(void **state)
{
    (void)state;
    begin();
    trade_earn(&trade, TRADE_SCHOOL, "epa/609", BASIS_EXAM, "1999-06-01", NULL);
    static const struct row rows[] = {
        {"by an approved program", "epa/609", "1999-06-01", NULL, YES},
        {"without end", "epa/609", "2099-06-01", NULL, YES},
    };
    CHECK(rows);
    begin();
    trade_earn(&trade, TRADE_SCHOOL, "epa/609", BASIS_TRAINING, "1999-06-01", NULL);
    static const struct row training[] = {
        {"training alone does not count", "epa/609", "2000-06-01", NULL, NO},
    };
    CHECK(training);
    begin();
    trade_earn(&trade, TRADE_FORD, "epa/609", BASIS_EXAM, "1999-06-01", NULL);
    static const struct row manufacturer[] = {
        {"a manufacturer is no approved program", "epa/609", "2000-06-01", NULL, NO},
    };
    CHECK(manufacturer);
}

static void test_an_employer_can_ask_for_a7_and_609(void **state)
{
    (void)state;
    begin();
    seasoned();
    trade_earn(&trade, TRADE_SCHOOL, "epa/609", BASIS_EXAM, "2019-06-01", NULL);
    trade_pass(&trade, "ase", "A7", "2020-03-01");
    static const struct row rows[] = {
        {"609 alone", "ase/A7 and epa/609", "2020-02-29", NULL, NO},
        {"both", "ase/A7 and epa/609", "2020-03-01", NULL, YES},
        {"A7 has lapsed", "ase/A7 and epa/609", "2025-03-02", NULL, NO},
    };
    CHECK(rows);
}

/* ---- states ---- */

static void test_a_state_s_licence_is_good_in_that_state(void **state)
{
    (void)state;
    begin();
    trade_earn(&trade, TRADE_TX, "tx/safety-inspector", BASIS_LICENCE, "2024-02-29", NULL);
    static const struct row rows[] = {
        {"in Texas", "tx/safety-inspector", "2024-03-01", "TX", YES},
        {"in Ohio", "tx/safety-inspector", "2024-03-01", "OH", NO},
        {"nobody says where", "tx/safety-inspector", "2024-03-01", NULL, UNKNOWN},
        {"two years from 29 February, inclusive", "tx/safety-inspector", "2026-02-28", "TX", YES},
        {"the day after", "tx/safety-inspector", "2026-03-01", "TX", NO},
    };
    CHECK(rows);
}

/* ---- evidence ---- */

static void test_stale_evidence_leaves_titles_open(void **state)
{
    (void)state;
    begin();
    seasoned();
    trade_pass(&trade, "ase", "E1 E2 E3", "2020-03-01");
    trade.logs[TRADE_ASE].checkpoint_time_s -= UINT64_C(90) * 86400;
    static const struct row rows[] = {
        {"not known to be held", "\"Master Truck Equipment\"", "2021-01-01", NULL, UNKNOWN},
        {"nor that one was never earned", "\"Master Collision\"", "2021-01-01", NULL, UNKNOWN},
    };
    CHECK(rows);
}

static void test_a_revoked_test_takes_its_master_along(void **state)
{
    (void)state;
    begin();
    seasoned();
    trade_pass(&trade, "ase", "E1 E2", "2020-03-01");
    trade_say(&trade, trade_earn(&trade, TRADE_ASE, "ase/E3", BASIS_EXAM, "2020-03-01", NULL), STATUS_REVOKED,
              "2022-03-02");
    static const struct row rows[] = {
        {"the day before it is revoked", "\"Master Truck Equipment\"", "2022-03-01", NULL, YES},
        {"the day from which it is revoked", "\"Master Truck Equipment\"", "2022-03-02", NULL, NO},
    };
    CHECK(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_years_of_work_make_a_tested_technician_certified),
        cmocka_unit_test(test_time_documented_twice_counts_once),
        cmocka_unit_test(test_a_school_takes_the_place_of_one_year),
        cmocka_unit_test(test_a_stranger_s_word_documents_nothing),
        cmocka_unit_test(test_experience_that_is_revoked_documents_nothing_from_then_on),
        cmocka_unit_test(test_advanced_tests_take_three_years),
        cmocka_unit_test(test_the_other_reading_asks_two_years_for_advanced_tests),
        cmocka_unit_test(test_each_test_runs_for_five_years_on_its_own_clock),
        cmocka_unit_test(test_a_retired_test_counts_if_it_was_taken_while_offered),
        cmocka_unit_test(test_recertification_renews_before_and_after_the_lapse),
        cmocka_unit_test(test_the_no_grace_reading_wants_recertification_in_time),
        cmocka_unit_test(test_the_app_adds_a_year_where_the_pack_allows_it),
        cmocka_unit_test(test_a_second_year_of_the_app_adds_a_second_year),
        cmocka_unit_test(test_the_other_reading_renews_by_continuing_education),
        cmocka_unit_test(test_a_retake_waits_thirty_days),
        cmocka_unit_test(test_ninety_days_to_sit_can_be_said_in_a_pack),
        cmocka_unit_test(test_masters_begin_with_the_last_test_and_lapse_with_the_first),
        cmocka_unit_test(test_a_master_returns_with_the_recertification),
        cmocka_unit_test(test_masters_by_both_readings),
        cmocka_unit_test(test_transit_takes_either_engine),
        cmocka_unit_test(test_world_class_once_reached_is_for_life),
        cmocka_unit_test(test_what_must_come_first),
        cmocka_unit_test(test_l1_stays_when_a8_lapses),
        cmocka_unit_test(test_what_must_come_first_may_come_later),
        cmocka_unit_test(test_an_exam_is_asked_for_that_a_course_is_not),
        cmocka_unit_test(test_each_ase_code_is_earned_in_its_own_way),
        cmocka_unit_test(test_a_manufacturer_s_word_falls_silent_with_the_network),
        cmocka_unit_test(test_a_silent_credential_says_since_when),
        cmocka_unit_test(test_a_shop_does_not_make_itself_part_of_a_brand),
        cmocka_unit_test(test_a_shop_not_heard_of_for_long_leaves_its_network_open),
        cmocka_unit_test(test_609_comes_from_any_approved_program_and_stays),
        cmocka_unit_test(test_an_employer_can_ask_for_a7_and_609),
        cmocka_unit_test(test_a_state_s_licence_is_good_in_that_state),
        cmocka_unit_test(test_stale_evidence_leaves_titles_open),
        cmocka_unit_test(test_a_revoked_test_takes_its_master_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
