#include "protocol/rules/roster.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/roster_builder.h"

enum {
    AT = 5000,
    LONG_AGO = 1000,
    FAR_AWAY = 9000,
    NOBODY = -1,
};
#define SEAL_RULE "share 75 % (A*) and areas (brakes: A5, engine: A1) and blue-seal"

static struct roster_builder built;
static struct roster_verdict verdict;
static struct dossier_pack *pack;

/* A shop for brakes and engines that declares so many, with its recognition, and nobody in it. */
static void begin(uint64_t declared)
{
    roster_builder_init(&built, AT);
    pack = build_ase_pack(&built, 1, 1, 0);
    build_rule(&built, pack, PACK_RULE_RECOGNITION, "One", "technicians 1 (A*)");
    build_rule(&built, pack, PACK_RULE_RECOGNITION, "Seal", SEAL_RULE);
    build_profile(&built, 1, LONG_AGO, declared, "brakes engine");
    build_blue_seal(&built, LONG_AGO, FAR_AWAY);
}

/* Technicians from .. up to the one before end work there; with a certificate of each code until its day. */
static void add_technicians(size_t from, size_t end, const char *code, const char *other_code, uint32_t last)
{
    for (size_t i = from; i < end; i++) {
        build_member(&built, i, LONG_AGO);
        if (code != NULL) {
            build_certified(&built, i, code, LONG_AGO, last);
        }
        if (other_code != NULL) {
            build_certified(&built, i, other_code, LONG_AGO, last);
        }
    }
}

static const struct award_verdict *seal_on(uint32_t day)
{
    built.question.at_day = day;
    verdict = roster_builder_decide(&built);
    return built_award(&verdict, "Seal");
}

static void assert_event(const struct award_event *event, enum award_cause cause, uint32_t day,
                         int technician)
{
    assert_int_equal(event->cause, cause);
    assert_int_equal(event->day, day);
    assert_int_equal(event->has_technician, technician != NOBODY);
    if (technician != NOBODY) {
        const struct actor_id id = built_technician_id((size_t)technician);
        assert_true(actor_id_equal(&event->technician, &id));
    }
}

/* ---- the share ---- */

static void the_share_is_of_all_who_perform_repairs(void **state)
{
    static const struct {
        const char *sentence;
        size_t certified, uncertified;
        size_t at_desk; /* certified or not: they perform no repairs */
        uint64_t declared, reviewed;
        enum answer answer;
        uint64_t technicians;
    } rows[] = {
        {"74 of 100", 74, 26, 0, 0, 0, ANSWER_NO, 100},
        {"75 of 100", 75, 25, 0, 0, 0, ANSWER_YES, 100},
        {"76 of 100", 76, 24, 0, 0, 0, ANSWER_YES, 100},
        {"3 of 4 are exactly 75 %", 3, 1, 0, 0, 0, ANSWER_YES, 4},
        {"2 of 3 are less", 2, 1, 0, 0, 0, ANSWER_NO, 3},
        {"5 of 7 are less", 5, 2, 0, 0, 0, ANSWER_NO, 7},
        {"6 of 8", 6, 2, 0, 0, 0, ANSWER_YES, 8},
        {"one alone", 1, 0, 0, 0, 0, ANSWER_YES, 1},
        {"nobody", 0, 0, 0, 0, 0, ANSWER_NO, 0},
        {"nobody is certified", 0, 3, 0, 0, 0, ANSWER_NO, 3},
        {"two at the desk do not count", 3, 1, 2, 0, 0, ANSWER_YES, 4},
        {"nor do they when they are certified", 2, 1, 1, 0, 0, ANSWER_NO, 3},
        {"fewer declared than there are", 3, 1, 0, 2, 0, ANSWER_YES, 4},
        {"as many declared as are certified make up for", 3, 0, 0, 4, 0, ANSWER_YES, 4},
        {"one more is declared than on the roster", 3, 1, 0, 5, 0, ANSWER_NO, 5},
        {"the review found as many", 3, 1, 0, 0, 4, ANSWER_YES, 4},
        {"the review found one more", 3, 1, 0, 0, 5, ANSWER_NO, 5},
        {"the highest of the three", 3, 1, 0, 5, 6, ANSWER_NO, 6},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t repairing = rows[i].certified + rows[i].uncertified;
        begin(rows[i].declared);
        build_review(&built, 10, LONG_AGO, rows[i].reviewed, "");
        add_technicians(0, rows[i].certified, "ase/A1", "ase/A5", FAR_AWAY);
        add_technicians(rows[i].certified, repairing, NULL, NULL, 0);
        for (size_t k = repairing; k < repairing + rows[i].at_desk; k++) {
            struct dossier_affiliation *member = build_member(&built, k, LONG_AGO);
            member->affiliation.consent.performs_repairs = false;
            build_consent_id(&built.shop, member);
            build_certified(&built, k, "ase/A1", LONG_AGO, FAR_AWAY);
        }
        const struct award_verdict *seal = seal_on(AT);
        print_message("%s\n", rows[i].sentence);
        assert_int_equal(seal->answer, rows[i].answer);
        assert_true(seal->has_share);
        assert_int_equal(seal->percent_wanted, 75);
        assert_int_equal(seal->certified, rows[i].certified);
        assert_int_equal(seal->technicians, rows[i].technicians);
        assert_int_equal(verdict.counted_technicians, repairing);
    }
}

static void technicians_without_a_certificate_count_against_it(void **state)
{
    static const struct {
        const char *sentence;
        const char *code;
        uint32_t first, last;
        enum answer answer;
    } rows[] = {
        {"the fourth of five has one too", "ase/A2", LONG_AGO, FAR_AWAY, ANSWER_YES},
        {"none", NULL, 0, 0, ANSWER_NO},
        {"one of another kind", "ase/blue-seal", LONG_AGO, FAR_AWAY, ANSWER_NO},
        {"its last day", "ase/A2", LONG_AGO, AT, ANSWER_YES},
        {"lapsed yesterday", "ase/A2", LONG_AGO, AT - 1, ANSWER_NO},
        {"earned today", "ase/A2", AT, FAR_AWAY, ANSWER_YES},
        {"earned tomorrow", "ase/A2", AT + 1, FAR_AWAY, ANSWER_NO},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(0);
        add_technicians(0, 3, "ase/A1", "ase/A5", FAR_AWAY);
        add_technicians(3, 5, NULL, NULL, 0);
        if (rows[i].code != NULL) {
            build_certified(&built, 3, rows[i].code, rows[i].first, rows[i].last);
        }
        print_message("%s\n", rows[i].sentence);
        assert_int_equal(seal_on(AT)->answer, rows[i].answer);
    }
}

/* ---- areas ---- */

static void each_area_is_covered_by_somebody(void **state)
{
    static const struct {
        const char *sentence;
        const char *declared, *recorded;
        const char *one, *other; /* what both technicians hold */
        enum answer answer;
        const char *lacking;
    } rows[] = {
        {"each by one", "brakes engine", "", "ase/A5", "ase/A1", ANSWER_YES, NULL},
        {"engines by nobody", "brakes engine", "", "ase/A5", "ase/A5", ANSWER_NO, "engine"},
        {"no engines there", "brakes", "", "ase/A5", "ase/A5", ANSWER_YES, NULL},
        {"engines at the review", "brakes", "engine", "ase/A5", "ase/A5", ANSWER_NO, "engine"},
        {"all that the review found", "brakes", "brakes engine", "ase/A5", "ase/A1", ANSWER_YES, NULL},
        {"nothing at all", "", "", "ase/A5", "ase/A1", ANSWER_NO, ""},
        {"what the rule does not name", "brakes paint", "", "ase/A5", "ase/A1", ANSWER_UNKNOWN, "paint"},
        {"that, and engines by nobody", "engine paint", "", "ase/A5", "ase/A5", ANSWER_NO, "engine"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(0);
        built.shop.dossier.profile_count = 0;
        build_profile(&built, 1, LONG_AGO, 0, rows[i].declared);
        build_review(&built, 10, LONG_AGO, 0, rows[i].recorded);
        add_technicians(0, 1, rows[i].one, NULL, FAR_AWAY);
        add_technicians(1, 2, rows[i].other, NULL, FAR_AWAY);
        const struct award_verdict *seal = seal_on(AT);
        print_message("%s\n", rows[i].sentence);
        assert_int_equal(seal->answer, rows[i].answer);
        assert_int_equal(seal->lack_count, rows[i].lacking != NULL);
        if (rows[i].lacking != NULL) {
            assert_event(&seal->lacks[0], AWARD_AREA, DAY_NONE, NOBODY);
            assert_true(bytes_equal_string(seal->lacks[0].area, rows[i].lacking));
        }
    }
}

static void an_area_ends_with_the_one_who_covers_it(void **state)
{
    static const struct {
        const char *sentence;
        uint32_t day;
        enum answer answer;
    } rows[] = {
        {"the day before she leaves", AT - 1, ANSWER_YES},
        {"the first day without her", AT, ANSWER_NO},
        {"the day after", AT + 1, ANSWER_NO},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(0);
        add_technicians(0, 7, "ase/A5", NULL, FAR_AWAY);
        build_certified(&built, 7, "ase/A1", LONG_AGO, FAR_AWAY);
        build_member_left(&built, build_member(&built, 7, LONG_AGO), AT);
        const struct award_verdict *seal = seal_on(rows[i].day);
        const struct roster_area *engine = &verdict.areas[1];
        print_message("%s\n", rows[i].sentence);
        assert_int_equal(seal->answer, rows[i].answer);
        assert_int_equal(engine->covered, rows[i].answer);
        assert_int_equal(engine->by_count, rows[i].answer == ANSWER_YES);
        assert_int_equal(engine->until_day, rows[i].answer == ANSWER_YES ? AT - 1 : DAY_NONE);
        assert_int_equal(verdict.areas[0].by_count, 7);
        assert_event(rows[i].answer == ANSWER_YES ? &seal->breaks : &seal->lacks[0], AWARD_AREA, AT, 7);
        if (rows[i].answer == ANSWER_YES) {
            const struct actor_id id = built_technician_id(7);
            assert_true(actor_id_equal(&engine->by[0], &id));
            assert_true(bytes_equal_string(seal->breaks.area, "engine"));
            assert_int_equal(seal->until_day, AT - 1);
        }
    }
}

/* ---- what ends it ---- */

static void the_first_that_ends_it_is_named(void **state)
{
    static const struct {
        const char *sentence;
        uint32_t a_lapse;    /* of the fourth of four's certificate */
        uint32_t a_leave;    /* of the third of four */
        uint32_t b_joins;    /* a fifth, without a certificate */
        uint32_t seal_last;  /* of the recognition */
        uint32_t more_areas; /* the shop paints from that day on */
        uint32_t more_heads; /* a review finds ten */
        enum award_cause cause;
        uint32_t day;
        int technician;
    } rows[] = {
        {"nothing but the certificates of all", FAR_AWAY, 0, 0, DAY_NONE, 0, 0, AWARD_SHARE, FAR_AWAY + 1, 0},
        {"the recognition", FAR_AWAY, 0, 0, 6000, 0, 0, AWARD_RECOGNITION, 6001, NOBODY},
        {"one may lapse", 5500, 0, 0, 6000, 0, 0, AWARD_RECOGNITION, 6001, NOBODY},
        {"one may leave, too, beside her", 5500, 5600, 0, 6000, 0, 0, AWARD_SHARE, 5600, 2},
        {"one lapses when another has left", 5700, 5600, 0, 6000, 0, 0, AWARD_SHARE, 5701, 3},
        {"somebody without a certificate joins", 5500, 0, 5800, 6000, 0, 0, AWARD_SHARE, 5800, NOBODY},
        {"another area than any of theirs", FAR_AWAY, 0, 0, 6000, 5900, 0, AWARD_AREA, 5900, NOBODY},
        {"a review that finds more of them", FAR_AWAY, 0, 0, 6000, 5900, 5899, AWARD_SHARE, 5899, NOBODY},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(0);
        built.shop.dossier.credential_count = 0;
        build_blue_seal(&built, LONG_AGO, rows[i].seal_last);
        add_technicians(0, 2, "ase/A1", "ase/A5", FAR_AWAY);
        struct dossier_affiliation *third = build_member(&built, 2, LONG_AGO);
        build_certified(&built, 2, "ase/A1", LONG_AGO, FAR_AWAY);
        add_technicians(3, 4, "ase/A5", NULL, rows[i].a_lapse);
        if (rows[i].a_leave != 0) {
            build_member_left(&built, third, rows[i].a_leave);
        }
        if (rows[i].b_joins != 0) {
            build_member(&built, 4, rows[i].b_joins);
        }
        if (rows[i].more_areas != 0) {
            build_profile(&built, 2, rows[i].more_areas, 0, "brakes engine paint");
        }
        if (rows[i].more_heads != 0) {
            build_review(&built, 10, rows[i].more_heads, 10, "");
        }
        const struct award_verdict *seal = seal_on(AT);
        print_message("%s\n", rows[i].sentence);
        assert_int_equal(seal->answer, ANSWER_YES);
        assert_int_equal(seal->since_day, LONG_AGO);
        assert_int_equal(seal->until_day, rows[i].day - 1);
        assert_int_equal(seal->lack_count, 0);
        assert_event(&seal->breaks, rows[i].cause, rows[i].day, rows[i].technician);
        if (rows[i].cause == AWARD_RECOGNITION) {
            assert_true(bytes_equal_string(seal->breaks.code, "ase/blue-seal"));
        }
    }
}

static void the_recognition_counts_to_its_last_day(void **state)
{
    static const struct {
        const char *sentence;
        uint32_t day;
        enum answer answer;
    } rows[] = {{"the day before its first", 1999, ANSWER_NO},
                {"its first day", 2000, ANSWER_YES},
                {"its last day", 2365, ANSWER_YES},
                {"the day after it", 2366, ANSWER_NO},
                {"the next one's first day", 3000, ANSWER_YES}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(0);
        built.shop.dossier.credential_count = 0;
        build_blue_seal(&built, 2000, 2365);
        build_blue_seal(&built, 3000, 3365);
        add_technicians(0, 1, "ase/A1", "ase/A5", FAR_AWAY);
        const struct award_verdict *seal = seal_on(rows[i].day);
        print_message("%s\n", rows[i].sentence);
        assert_int_equal(seal->answer, rows[i].answer);
        assert_true(seal->has_code);
        assert_true(bytes_equal_string(seal->code, "ase/blue-seal"));
        assert_int_equal(seal->recognised, rows[i].answer);
        uint32_t until = rows[i].day < 3000 ? 2365 : 3365;
        assert_int_equal(seal->recognised_until, rows[i].answer == ANSWER_YES ? until : DAY_NONE);
        if (rows[i].answer == ANSWER_NO) {
            assert_int_equal(seal->lack_count, 1);
            assert_event(&seal->lacks[0], AWARD_RECOGNITION, rows[i].day < 2000 ? DAY_NONE : 2366, NOBODY);
        }
    }
}

static void all_that_is_lacking_is_listed_in_the_order_of_the_rule(void **state)
{
    (void)state;
    begin(0);
    built.shop.dossier.credential_count = 0;
    add_technicians(0, 1, "ase/A5", NULL, 3000);
    add_technicians(1, 2, NULL, NULL, 0);
    const struct award_verdict *seal = seal_on(AT);
    assert_int_equal(seal->answer, ANSWER_NO);
    assert_int_equal(seal->since_day, DAY_NONE);
    assert_int_equal(seal->until_day, DAY_NONE);
    assert_int_equal(seal->breaks.cause, AWARD_NOTHING);
    assert_int_equal(seal->breaks.day, DAY_NONE);
    assert_int_equal(seal->lack_count, 3);
    assert_event(&seal->lacks[0], AWARD_SHARE, DAY_NONE, NOBODY);
    assert_event(&seal->lacks[1], AWARD_AREA, DAY_NONE, NOBODY);
    assert_true(bytes_equal_string(seal->lacks[1].area, "brakes"));
    assert_event(&seal->lacks[2], AWARD_RECOGNITION, DAY_NONE, NOBODY);
}

static void without_a_profile_there_is_no_award(void **state)
{
    (void)state;
    begin(0);
    add_technicians(0, 1, "ase/A1", "ase/A5", FAR_AWAY);
    const struct award_verdict *seal = seal_on(LONG_AGO - 1);
    assert_int_equal(seal->answer, ANSWER_NO);
    assert_int_equal(seal->lack_count, 2);
    assert_event(&seal->lacks[0], AWARD_NO_PROFILE, DAY_NONE, NOBODY);
    assert_event(&seal->lacks[1], AWARD_RECOGNITION, DAY_NONE, NOBODY);
    assert_null(verdict.profile);
    assert_int_equal(seal_on(LONG_AGO)->answer, ANSWER_YES);
    built.profiles[0].place.voided = true;
    seal = seal_on(AT);
    assert_int_equal(seal->answer, ANSWER_NO);
    assert_int_equal(seal->lack_count, 1);
    assert_event(&seal->lacks[0], AWARD_NO_PROFILE, DAY_NONE, NOBODY);
}

/* ---- doubt ---- */

static void what_could_not_be_determined_is_never_a_no(void **state)
{
    static const struct {
        const char *sentence;
        size_t certified, uncertified, unsure; /* unsure: whether they consented could not be checked */
        bool stale;                            /* the certifying body's log */
        enum answer answer;
        uint64_t certain, technicians;
    } rows[] = {
        {"all is known", 3, 1, 0, false, ANSWER_YES, 3, 4},
        {"certificates of old evidence", 3, 1, 0, true, ANSWER_UNKNOWN, 0, 4},
        {"nor do they tell that nobody is certified", 0, 4, 0, true, ANSWER_UNKNOWN, 0, 4},
        {"or too few are", 2, 2, 0, true, ANSWER_UNKNOWN, 0, 4},
        {"nobody is", 0, 4, 0, false, ANSWER_NO, 0, 4},
        {"too few are", 2, 2, 0, false, ANSWER_NO, 2, 4},
        {"one who may be there, and is certified", 3, 0, 1, false, ANSWER_YES, 3, 4},
        {"one who may be there would make it", 3, 2, 1, false, ANSWER_UNKNOWN, 3, 6},
        {"one who may be there would not", 2, 3, 1, false, ANSWER_NO, 2, 6},
        {"two who may be there may break it", 3, 0, 2, false, ANSWER_UNKNOWN, 3, 5},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(0);
        size_t known = rows[i].certified + rows[i].uncertified;
        add_technicians(0, rows[i].certified, "ase/A1", "ase/A5", FAR_AWAY);
        add_technicians(rows[i].certified, known, NULL, NULL, 0);
        for (size_t k = known; k < known + rows[i].unsure; k++) {
            build_member(&built, k, LONG_AGO)->signature = REASON_UNKNOWN_ISSUER;
            build_certified(&built, k, "ase/A1", LONG_AGO, FAR_AWAY);
        }
        if (rows[i].stale) {
            built.shop.logs[ROSTER_ASE].checkpoint_time_s -= UINT64_C(30) * 86400;
        }
        const struct award_verdict *seal = seal_on(AT);
        print_message("%s\n", rows[i].sentence);
        assert_int_equal(seal->answer, rows[i].answer);
        assert_int_equal(seal->certified, rows[i].certain);
        assert_int_equal(seal->technicians, rows[i].technicians);
    }
}

static void somebody_on_two_rosters_counts_on_neither(void **state)
{
    static const struct {
        const char *sentence;
        enum reason signature;
        bool is_certified;
        enum answer answer; /* of the share, with 3 of 4 beside her */
        uint64_t technicians;
    } rows[] = {
        {"without a certificate she does no harm", REASON_NONE, false, ANSWER_YES, 4},
        {"with one she is of no use", REASON_NONE, true, ANSWER_YES, 4},
        {"perhaps, without one", REASON_UNKNOWN_ISSUER, false, ANSWER_UNKNOWN, 5},
        {"perhaps, with one: both ways it holds, but that is not seen", REASON_UNKNOWN_ISSUER, true,
         ANSWER_UNKNOWN, 5},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(0);
        add_technicians(0, 3, "ase/A1", "ase/A5", FAR_AWAY);
        add_technicians(3, 4, NULL, NULL, 0);
        add_technicians(4, 5, rows[i].is_certified ? "ase/A1" : NULL, NULL, FAR_AWAY);
        build_elsewhere(&built, 4, 2000, DAY_NONE)->elsewhere_signature = rows[i].signature;
        const struct award_verdict *seal = seal_on(AT);
        print_message("%s\n", rows[i].sentence);
        assert_int_equal(seal->answer, rows[i].answer);
        assert_int_equal(seal->technicians, rows[i].technicians);
        assert_int_equal(verdict.members[4].doubt, REASON_TWO_ROSTERS);
    }
}

/* ---- what if ---- */

static void what_would_be_if(void **state)
{
    static const struct {
        const char *sentence;
        int without; /* of 0..2, who hold A1 and A5, 3, who holds nothing, and 4, who is not there and holds
                        A5 */
        int hire;
        bool recognised, as_if_recognised;
        enum answer answer;
        enum award_cause lack;
        int technician;
    } rows[] = {
        {"as it is", NOBODY, NOBODY, true, false, ANSWER_YES, AWARD_NOTHING, NOBODY},
        {"without one who is certified", 1, NOBODY, true, false, ANSWER_NO, AWARD_SHARE, 1},
        {"without the one who is not", 3, NOBODY, true, false, ANSWER_YES, AWARD_NOTHING, NOBODY},
        {"with another in her place", 1, 4, true, false, ANSWER_YES, AWARD_NOTHING, NOBODY},
        {"with one more", NOBODY, 4, true, false, ANSWER_YES, AWARD_NOTHING, NOBODY},
        {"with one more who holds nothing", NOBODY, 5, true, false, ANSWER_NO, AWARD_SHARE, NOBODY},
        {"not recognised", NOBODY, NOBODY, false, false, ANSWER_NO, AWARD_RECOGNITION, NOBODY},
        {"as if it were", NOBODY, NOBODY, false, true, ANSWER_YES, AWARD_NOTHING, NOBODY},
        {"as if it were, without one", 1, NOBODY, false, true, ANSWER_NO, AWARD_SHARE, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct actor_id gone = built_technician_id((size_t)rows[i].without);
        const struct actor_id hired = built_technician_id((size_t)rows[i].hire);
        begin(0);
        built.shop.dossier.credential_count = rows[i].recognised;
        add_technicians(0, 3, "ase/A1", "ase/A5", FAR_AWAY);
        add_technicians(3, 4, NULL, NULL, 0);
        build_certified(&built, 4, "ase/A5", LONG_AGO, FAR_AWAY);
        built.change = (struct roster_change){
            .without_count = rows[i].without != NOBODY,
            .without = &gone,
            .hire_count = rows[i].hire != NOBODY,
            .hire = &hired,
            .as_if_recognised = rows[i].as_if_recognised,
        };
        const struct award_verdict *seal = seal_on(AT);
        print_message("%s\n", rows[i].sentence);
        assert_int_equal(seal->answer, rows[i].answer);
        assert_int_equal(seal->recognised, rows[i].recognised ? ANSWER_YES : ANSWER_NO);
        assert_int_equal(seal->lack_count, rows[i].answer == ANSWER_NO);
        if (seal->lack_count > 0) {
            assert_event(&seal->lacks[0], rows[i].lack, rows[i].lack == AWARD_RECOGNITION ? DAY_NONE : AT,
                         rows[i].technician);
        } else if (rows[i].as_if_recognised) {
            assert_int_equal(seal->since_day, AT);
        }
    }
}

/* ---- other rules ---- */

static void the_weaker_claim_is_an_award_of_its_own(void **state)
{
    static const struct {
        const char *sentence;
        size_t certified, uncertified;
        enum answer one, seal;
    } rows[] = {
        {"nobody", 0, 4, ANSWER_NO, ANSWER_NO},
        {"one of four", 1, 3, ANSWER_YES, ANSWER_NO},
        {"three of four", 3, 1, ANSWER_YES, ANSWER_YES},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(0);
        add_technicians(0, rows[i].certified, "ase/A1", "ase/A5", FAR_AWAY);
        add_technicians(rows[i].certified, rows[i].certified + rows[i].uncertified, NULL, NULL, 0);
        const struct award_verdict *seal = seal_on(AT);
        const struct award_verdict *one = built_award(&verdict, "One");
        print_message("%s\n", rows[i].sentence);
        assert_int_equal(verdict.award_count, 2);
        assert_int_equal(seal->answer, rows[i].seal);
        assert_int_equal(one->answer, rows[i].one);
        assert_false(one->has_share);
        assert_false(one->has_code);
        if (rows[i].one == ANSWER_YES) {
            assert_event(&one->breaks, AWARD_TECHNICIANS, FAR_AWAY + 1, 0);
        } else {
            assert_event(&one->lacks[0], AWARD_TECHNICIANS, DAY_NONE, NOBODY);
        }
        assert_int_equal(verdict.members[0].certified, rows[i].certified > 0 ? ANSWER_YES : ANSWER_NO);
    }
}

static void each_day_is_judged_by_the_pack_in_force_on_it(void **state)
{
    static const struct {
        const char *sentence;
        const char *later_rule; /* from AT on; NULL: the later pack has no such award */
        uint32_t day;
        enum answer answer;
        uint32_t since, until;
        enum award_cause cause; /* of what breaks it, or is lacking */
    } rows[] = {
        {"the day before a stricter one", "share 90 % (A*)", AT - 1, ANSWER_YES, LONG_AGO, AT - 1,
         AWARD_SHARE},
        {"its first day", "share 90 % (A*)", AT, ANSWER_NO, DAY_NONE, DAY_NONE, AWARD_SHARE},
        {"one that asks for less", "share 10 % (A*)", AT, ANSWER_YES, LONG_AGO, FAR_AWAY, AWARD_SHARE},
        {"the day before the award is gone", NULL, AT - 1, ANSWER_YES, LONG_AGO, AT - 1, AWARD_RULE},
        {"once reached, for life", "for life (share 90 % (A*))", AT, ANSWER_YES, LONG_AGO, DAY_NONE,
         AWARD_NOTHING},
        {"once reached by the same rule", "for life (share 10 % (A*))", 9500, ANSWER_YES, LONG_AGO, DAY_NONE,
         AWARD_NOTHING},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(0);
        struct dossier_pack *later = build_ase_pack(&built, 2, 2, AT);
        if (rows[i].later_rule != NULL) {
            build_rule(&built, later, PACK_RULE_RECOGNITION, "Seal", rows[i].later_rule);
        }
        add_technicians(0, 3, "ase/A1", "ase/A5", FAR_AWAY);
        add_technicians(3, 4, NULL, NULL, 0);
        const struct award_verdict *seal = seal_on(rows[i].day);
        print_message("%s\n", rows[i].sentence);
        assert_int_equal(seal->answer, rows[i].answer);
        assert_int_equal(seal->since_day, rows[i].since);
        assert_int_equal(seal->until_day, rows[i].until);
        assert_ptr_equal(seal->pack, rows[i].day < AT ? pack : later);
        assert_int_equal(rows[i].answer == ANSWER_YES ? seal->breaks.cause : seal->lacks[0].cause,
                         rows[i].cause);
    }
}

/* ASE may have handed its namespace on, and whom to has another pack. */
static void what_an_heir_in_doubt_would_change_is_unknown(void **state)
{
    static const struct {
        const char *sentence;
        const char *heirs_rule; /* NULL: it has no such award */
        enum answer answer;
    } rows[] = {
        {"the same rule", SEAL_RULE, ANSWER_YES},
        {"a stricter one", "share 90 % (A*)", ANSWER_UNKNOWN},
        {"one for life", "for life (share 90 % (A*))", ANSWER_UNKNOWN},
        {"none", NULL, ANSWER_UNKNOWN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(0);
        struct dossier_pack *heirs = build_ase_pack(&built, 2, 2, 0);
        heirs->place.log = ROSTER_STRANGER;
        if (rows[i].heirs_rule != NULL) {
            build_rule(&built, heirs, PACK_RULE_RECOGNITION, "Seal", rows[i].heirs_rule);
        }
        struct dossier_succession *handed =
            build_succession(&built.shop, ROSTER_ASE, 90, "ase", ROSTER_STRANGER, 89);
        handed->place.voided = true;
        handed->place.void_seq = 91;
        add_technicians(0, 3, "ase/A1", "ase/A5", FAR_AWAY);
        add_technicians(3, 4, NULL, NULL, 0);
        const struct award_verdict *seal = seal_on(AT);
        if (seal->answer != rows[i].answer) {
            fail_msg("%s: %d", rows[i].sentence, (int)seal->answer);
        }
        if (seal->answer == ANSWER_UNKNOWN) {
            assert_event(&seal->lacks[0], AWARD_RULE, DAY_NONE, NOBODY);
        }
    }
}

static void a_rule_that_is_not_understood_is_unknown(void **state)
{
    static const uint8_t operator_999[] = {0x91, 0xcd, 0x03, 0xe7};
    (void)state;
    begin(0);
    built.rules[0][1].expression = bytes_of(operator_999, sizeof operator_999);
    add_technicians(0, 1, "ase/A1", "ase/A5", FAR_AWAY);
    const struct award_verdict *seal = seal_on(AT);
    assert_int_equal(seal->answer, ANSWER_UNKNOWN);
    assert_int_equal(seal->lack_count, 1);
    assert_event(&seal->lacks[0], AWARD_RULE, DAY_NONE, NOBODY);
    begin(0);
    add_technicians(0, 1, "ase/A1", "ase/A5", FAR_AWAY);
    built.shop.logs[ROSTER_ASE].forked = true;
    built.shop.logs[ROSTER_ASE].fork_seq = 1;
    seal = seal_on(AT);
    assert_int_equal(seal->answer, ANSWER_UNKNOWN);
    assert_event(&seal->lacks[0], AWARD_RULE, DAY_NONE, NOBODY);
}

/* Issuers have their time, so that nothing is old but the rules. */
static void an_award_is_as_sure_as_its_rules_are_new(void **state)
{
    enum { DAY_S = 86400 };
    static const struct {
        const char *sentence;
        uint64_t days; /* since the owner spoke */
        size_t certified, uncertified;
        enum answer seal, one, area;
        size_t lacks; /* of the seal */
    } rows[] = {
        {"as old as they may be", 30, 3, 1, ANSWER_YES, ANSWER_YES, ANSWER_YES, 0},
        {"a day older", 31, 3, 1, ANSWER_UNKNOWN, ANSWER_UNKNOWN, ANSWER_UNKNOWN, 1},
        {"too few are too few by what is known", 31, 2, 2, ANSWER_NO, ANSWER_UNKNOWN, ANSWER_UNKNOWN, 1},
        {"nobody", 31, 0, 4, ANSWER_NO, ANSWER_NO, ANSWER_NO, 2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(0);
        add_technicians(0, rows[i].certified, "ase/A1", "ase/A5", FAR_AWAY);
        add_technicians(rows[i].certified, 4, NULL, NULL, 0);
        built.question.budget.issuer_s = 1000 * DAY_S;
        built.shop.logs[ROSTER_ASE].checkpoint_time_s = built.question.now_s - rows[i].days * DAY_S;
        const struct award_verdict *seal = seal_on(AT);
        struct actor_id owner = built_actor_of(ROSTER_ASE);
        print_message("%s\n", rows[i].sentence);
        assert_int_equal(seal->answer, rows[i].seal);
        assert_int_equal(built_award(&verdict, "One")->answer, rows[i].one);
        assert_int_equal(verdict.areas[0].covered, rows[i].area);
        assert_int_equal(verdict.areas[0].by_count, rows[i].certified);
        assert_int_equal(verdict.members[0].certified, rows[i].area);
        assert_int_equal(seal->lack_count, rows[i].lacks);
        assert_true(actor_id_equal(&seal->freshness.author, &owner));
        if (rows[i].seal == ANSWER_UNKNOWN) {
            assert_event(&seal->lacks[0], AWARD_NEWER_RULES, DAY_NONE, NOBODY);
            assert_int_equal(seal->freshness.answer.reason, REASON_STALE);
        }
    }
}

static void a_rule_may_be_put_together_otherwise(void **state)
{
    static const struct {
        const char *sentence;
        const char *rule;
        enum answer answer;
        enum award_cause cause; /* of the first that is lacking */
    } rows[] = {
        {"either", "share 90 % (A*) or technicians 2 (A1)", ANSWER_YES, AWARD_NOTHING},
        {"neither", "share 90 % (A*) or technicians 4 (A1)", ANSWER_NO, AWARD_SHARE},
        {"two of three", "any 2 of (share 90 % (A*), technicians 2 (A1), blue-seal)", ANSWER_YES,
         AWARD_NOTHING},
        {"not recognised", "technicians 1 (A1) and not blue-seal", ANSWER_NO, AWARD_RECOGNITION},
        {"a number of them", "technicians 3 (A1 and A5)", ANSWER_YES, AWARD_NOTHING},
        {"one more", "technicians 4 (A1 and A5)", ANSWER_NO, AWARD_TECHNICIANS},
        {"a code that the shop has not", "technicians 1 (A1) and A1", ANSWER_NO, AWARD_RECOGNITION},
        {"in another state", "in state TX and technicians 1 (A1)", ANSWER_NO, AWARD_NOTHING},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(0);
        build_rule(&built, pack, PACK_RULE_RECOGNITION, "Tale", rows[i].rule);
        add_technicians(0, 3, "ase/A1", "ase/A5", FAR_AWAY);
        add_technicians(3, 4, NULL, NULL, 0);
        built.question.state = bytes_of_string("OH");
        verdict = roster_builder_decide(&built);
        const struct award_verdict *award = built_award(&verdict, "Tale");
        print_message("%s\n", rows[i].sentence);
        assert_int_equal(award->answer, rows[i].answer);
        if (rows[i].answer != ANSWER_YES) {
            assert_int_equal(award->lacks[0].cause, rows[i].cause);
        }
    }
}

/* A limit may have left out who joined or left: no number of members is certain, nor that there is none. */
static void what_a_limit_left_out_of_the_roster_is_unknown(void **state)
{
    static const struct {
        const char *sentence;
        const char *rule;
        size_t certified, uncertified;
        bool hired, shop_cut, hers_cut;
        enum answer whole, cut; /* without the limit, and with it */
    } rows[] = {
        {"a share that is reached", "share 75 % (A*)", 3, 1, false, true, false, ANSWER_YES, ANSWER_UNKNOWN},
        {"a share that is not", "share 75 % (A*)", 1, 3, false, true, false, ANSWER_NO, ANSWER_UNKNOWN},
        {"a share of nobody", "share 75 % (A*)", 0, 0, false, true, false, ANSWER_NO, ANSWER_UNKNOWN},
        {"enough of them", "technicians 2 (A1)", 2, 0, false, true, false, ANSWER_YES, ANSWER_UNKNOWN},
        {"too few of them", "technicians 4 (A1)", 2, 0, false, true, false, ANSWER_NO, ANSWER_UNKNOWN},
        {"one who would be hired is there", "technicians 1 (A1)", 1, 0, true, true, false, ANSWER_YES,
         ANSWER_YES},
        {"yet she is no share of those who are unknown", "share 75 % (A*)", 1, 0, true, true, false,
         ANSWER_YES, ANSWER_UNKNOWN},
        {"areas that are covered", "areas (brakes: A1, engine: A1)", 1, 0, false, true, false, ANSWER_YES,
         ANSWER_UNKNOWN},
        {"areas that are not", "areas (brakes: A1, engine: A1)", 0, 1, false, true, false, ANSWER_NO,
         ANSWER_UNKNOWN},
        {"a certificate of the shop's own rests on nobody there", "blue-seal", 0, 0, false, true, false,
         ANSWER_YES, ANSWER_YES},
        {"on another roster perhaps", "technicians 1 (A1)", 1, 0, false, false, true, ANSWER_YES,
         ANSWER_UNKNOWN},
        {"on another roster perhaps, of a share", "share 75 % (A*)", 1, 0, false, false, true, ANSWER_YES,
         ANSWER_UNKNOWN},
        {"and still too few", "technicians 2 (A1)", 1, 0, false, false, true, ANSWER_NO, ANSWER_NO},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int cut = 0; cut < 2; cut++) {
            const struct actor_id first = built_technician_id(0);
            begin(0);
            build_rule(&built, pack, PACK_RULE_RECOGNITION, "Tale", rows[i].rule);
            add_technicians(0, rows[i].certified, "ase/A1", NULL, FAR_AWAY);
            add_technicians(rows[i].certified, rows[i].certified + rows[i].uncertified, NULL, NULL, 0);
            built.change = (struct roster_change){.hire = &first, .hire_count = rows[i].hired};
            built.shop.dossier.cuts.affiliations = cut == 1 && rows[i].shop_cut;
            built.technicians[0].elsewhere_cut = cut == 1 && rows[i].hers_cut;
            verdict = roster_builder_decide(&built);
            print_message("%s\n", rows[i].sentence);
            const struct award_verdict *award = built_award(&verdict, "Tale");
            assert_int_equal(award->answer, cut == 1 ? rows[i].cut : rows[i].whole);
            assert_int_equal(verdict.members_cut, cut == 1 && rows[i].shop_cut);
            assert_int_equal(award->members_cut, verdict.members_cut);
        }
    }
}

static void who_is_on_a_roster_that_a_limit_cut_is_in_doubt_by_its_name(void **state)
{
    static const struct {
        const char *sentence;
        bool shop_cut, hers_cut, elsewhere;
        enum answer on_roster;
        enum reason doubt;
        uint64_t counted;
        enum answer covered; /* brakes, by her */
    } rows[] = {
        {"all was looked at", false, false, false, ANSWER_YES, REASON_NONE, 1, ANSWER_YES},
        {"she may have left", true, false, false, ANSWER_UNKNOWN, REASON_LIMIT, 0, ANSWER_UNKNOWN},
        {"she may be elsewhere", false, true, false, ANSWER_UNKNOWN, REASON_LIMIT, 0, ANSWER_UNKNOWN},
        {"she is elsewhere for certain", false, true, true, ANSWER_NO, REASON_TWO_ROSTERS, 0, ANSWER_NO},
        {"nor is it certain that nobody else covers it", true, false, true, ANSWER_NO, REASON_TWO_ROSTERS, 0,
         ANSWER_UNKNOWN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(0);
        add_technicians(0, 1, "ase/A1", "ase/A5", FAR_AWAY);
        if (rows[i].elsewhere) {
            build_elsewhere(&built, 0, LONG_AGO, DAY_NONE);
        }
        built.shop.dossier.cuts.affiliations = rows[i].shop_cut;
        built.technicians[0].elsewhere_cut = rows[i].hers_cut;
        seal_on(AT);
        print_message("%s\n", rows[i].sentence);
        assert_int_equal(verdict.members[0].on_roster, rows[i].on_roster);
        assert_int_equal(verdict.members[0].doubt, rows[i].doubt);
        assert_int_equal(verdict.counted_technicians, rows[i].counted);
        assert_int_equal(verdict.areas[0].covered, rows[i].covered);
    }
}

static void the_shops_own_credentials_have_their_verdict(void **state)
{
    (void)state;
    begin(0);
    assert_int_equal(seal_on(AT)->recognised, ANSWER_YES);
    assert_int_equal(verdict.verdict.credential_count, 1);
    assert_int_equal(verdict.verdict.overall, OVERALL_VALID);
    assert_int_equal(verdict.verdict.credentials[0].until_day, FAR_AWAY);
}

/* ---- what is denied ---- */

/* One technician with A1. A school that may have passed anybody for anything is asked for denials alone. */
static void what_an_award_denies_asks_everybody(void **state)
{
    static const struct {
        const char *rule;
        enum answer heard, silent;
    } rows[] = {
        {"technicians 1 (A1)", ANSWER_YES, ANSWER_YES},
        {"technicians 1 (A2)", ANSWER_NO, ANSWER_NO},
        {"not technicians 1 (A1)", ANSWER_NO, ANSWER_NO},
        {"not technicians 1 (A2)", ANSWER_YES, ANSWER_UNKNOWN},
        {"not not technicians 1 (A2)", ANSWER_NO, ANSWER_NO},
        {"technicians 1 (A1 and not tested A2)", ANSWER_YES, ANSWER_UNKNOWN},
        {"not technicians 1 (not tested A1)", ANSWER_YES, ANSWER_YES},
        {"not technicians 1 (not tested A2)", ANSWER_NO, ANSWER_NO},
        {"not share 75 % (A2)", ANSWER_YES, ANSWER_UNKNOWN},
        {"technicians 1 (A1) and not areas (brakes: A2)", ANSWER_YES, ANSWER_UNKNOWN},
        {"not tested blue-seal", ANSWER_NO, ANSWER_NO},
        {"not tested A2", ANSWER_YES, ANSWER_UNKNOWN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int silent = 0; silent < 2; silent++) {
            roster_builder_init(&built, AT);
            pack = build_ase_pack(&built, 1, 1, 0);
            build_rule(&built, pack, PACK_RULE_RECOGNITION, "Clean", rows[i].rule);
            build_profile(&built, 1, LONG_AGO, 0, "brakes");
            build_blue_seal(&built, LONG_AGO, FAR_AWAY);
            add_technicians(0, 1, "ase/A1", NULL, FAR_AWAY);
            build_accreditation(&built.shop, ROSTER_ASE, 5, ROSTER_STRANGER, "ase/*", 0);
            built.shop.logs[ROSTER_STRANGER].for_denials = true;
            built.shop.logs[ROSTER_STRANGER].checkpoint_time_s -= silent == 1 ? 86400 * 60 : 0;
            verdict = roster_builder_decide(&built);
            print_message("%s\n", rows[i].rule);
            assert_int_equal(built_award(&verdict, "Clean")->answer,
                             silent == 1 ? rows[i].silent : rows[i].heard);
        }
    }
}

static void a_recognition_revoked_from_a_day_that_has_begun_anywhere_is_gone(void **state)
{
    (void)state;
    for (int begun = 0; begun < 2; begun++) {
        begin(0);
        build_event(&built.shop, &built.shop.dossier.credentials[0], STATUS_REVOKED, AT + 1, 50, false);
        built.question.begun_day = begun ? AT + 1 : 0;
        verdict = roster_builder_decide(&built);
        assert_int_equal(built_award(&verdict, "Seal")->recognised, begun ? ANSWER_NO : ANSWER_YES);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recognition_revoked_from_a_day_that_has_begun_anywhere_is_gone),
        cmocka_unit_test(what_an_award_denies_asks_everybody),
        cmocka_unit_test(the_share_is_of_all_who_perform_repairs),
        cmocka_unit_test(technicians_without_a_certificate_count_against_it),
        cmocka_unit_test(each_area_is_covered_by_somebody),
        cmocka_unit_test(an_area_ends_with_the_one_who_covers_it),
        cmocka_unit_test(the_first_that_ends_it_is_named),
        cmocka_unit_test(the_recognition_counts_to_its_last_day),
        cmocka_unit_test(all_that_is_lacking_is_listed_in_the_order_of_the_rule),
        cmocka_unit_test(without_a_profile_there_is_no_award),
        cmocka_unit_test(what_could_not_be_determined_is_never_a_no),
        cmocka_unit_test(somebody_on_two_rosters_counts_on_neither),
        cmocka_unit_test(what_would_be_if),
        cmocka_unit_test(the_weaker_claim_is_an_award_of_its_own),
        cmocka_unit_test(each_day_is_judged_by_the_pack_in_force_on_it),
        cmocka_unit_test(what_an_heir_in_doubt_would_change_is_unknown),
        cmocka_unit_test(a_rule_that_is_not_understood_is_unknown),
        cmocka_unit_test(an_award_is_as_sure_as_its_rules_are_new),
        cmocka_unit_test(a_rule_may_be_put_together_otherwise),
        cmocka_unit_test(what_a_limit_left_out_of_the_roster_is_unknown),
        cmocka_unit_test(who_is_on_a_roster_that_a_limit_cut_is_in_doubt_by_its_name),
        cmocka_unit_test(the_shops_own_credentials_have_their_verdict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
