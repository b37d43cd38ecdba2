#include "protocol/rules/pack_history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/support/career_builder.h"

/* What rules that were published late may change, and what not. Packs of ase, one version each. */

enum {
    TODAY = 46000, /* on which what is late was published */
    LATE_UNTIL = TODAY - PACK_LATE_DAYS,
    FROM = 30000,
    EARNED = 40000,
    LAST = 45999,
    PACKS_MAX = 3,
    EARNED_MAX = 3,
};

/* When a version came. */
enum published {
    IN_TIME, /* before it is in force */
    LATE,    /* today: its author's log stood below it the day before */
    HERE,    /* its author's log stood below it, but it was here in time */
    UNKNOWN, /* it came here today, and its author says nothing */
};

struct version {
    enum published published;
    uint32_t from;
    const char *codes, *rules;
};

static struct career_case given;

#define PACKS(...)                                                                                           \
    {                                                                                                        \
        __VA_ARGS__                                                                                          \
    }
#define EXAM(code, first, last)                                                                              \
    {                                                                                                        \
        "ase/" code, BASIS_EXAM, first, first, last                                                          \
    }
#define RENEWED(code, first, last)                                                                           \
    {                                                                                                        \
        "ase/" code, BASIS_RENEWAL, first, first, last                                                       \
    }

static const struct row {
    const char *why;
    struct version packs[PACKS_MAX];
    struct earned earned[EARNED_MAX];
    const char *asked;
    uint32_t day;
    enum answer answer;
    uint64_t later; /* the version that says otherwise of the one earned last; 0: none */
} rows[] = {
    {"in force from of old, published today: a kind of attestation is asked for",
     PACKS({IN_TIME, FROM, "A1", ""}, {LATE, FROM, "A1", "prerequisite A1: basis licence"}),
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_YES,
     2},
    {"where nobody shows that it is late its claim stands",
     PACKS({IN_TIME, FROM, "A1", ""}, {UNKNOWN, FROM, "A1", "prerequisite A1: basis licence"}),
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_NO,
     0},
    {"it was here in time, whatever its author says later",
     PACKS({IN_TIME, FROM, "A1", ""}, {HERE, FROM, "A1", "prerequisite A1: basis licence"}),
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_NO,
     0},
    {"the code is gone",
     PACKS({IN_TIME, FROM, "A1", ""}, {LATE, FROM, "A2", ""}),
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_YES,
     2},
    {"another code is asked for beforehand",
     PACKS({IN_TIME, FROM, "A1 A2", ""}, {LATE, FROM, "A1 A2", "prerequisite A1: A2"}),
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_YES,
     2},
    {"another code is no longer asked for beforehand",
     PACKS({IN_TIME, FROM, "A1 A2", "prerequisite A1: A2"}, {LATE, FROM, "A1 A2", ""}),
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_YES,
     0},
    {"experience is asked for",
     PACKS({IN_TIME, FROM, "A1", ""}, {LATE, FROM, "A1", "experience A1: experience 9 days in A1"}),
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_YES,
     2},
    {"of what was earned since it is asked for",
     PACKS({IN_TIME, FROM, "A1", ""}, {LATE, FROM, "A1", "experience A1: experience 9 days in A1"}),
     {EXAM("A1", LATE_UNTIL, LAST + 99)},
     "A1",
     LATE_UNTIL,
     ANSWER_NO,
     0},
    {"of what was earned the day before it is not",
     PACKS({IN_TIME, FROM, "A1", ""}, {LATE, FROM, "A1", "experience A1: experience 9 days in A1"}),
     {EXAM("A1", LATE_UNTIL - 1, LAST + 99)},
     "A1",
     LATE_UNTIL,
     ANSWER_YES,
     2},
    {"a condition is made",
     PACKS({IN_TIME, FROM, "A1 A2", ""}, {LATE, FROM, "A1 A2", "condition A1: A2"}),
     {EXAM("A1", EARNED, LAST)},
     "A1",
     LATE_UNTIL - 1,
     ANSWER_YES,
     2},
    {"from the first day for which it is in time the condition is asked for",
     PACKS({IN_TIME, FROM, "A1 A2", ""}, {LATE, FROM, "A1 A2", "condition A1: A2"}),
     {EXAM("A1", EARNED, LAST)},
     "A1",
     LATE_UNTIL,
     ANSWER_NO,
     0},
    {"a condition is dropped",
     PACKS({IN_TIME, FROM, "A1 A2", "condition A1: A2"}, {LATE, FROM, "A1 A2", ""}),
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_YES,
     0},
    {"a title asks for more: the last day before",
     PACKS({IN_TIME, FROM, "A1 A2", "title T: A1"}, {LATE, FROM, "A1 A2", "title T: A1 and A2"}),
     {EXAM("A1", EARNED, LAST)},
     "\"T\"",
     LATE_UNTIL - 1,
     ANSWER_YES,
     0},
    {"a title asks for more: from the first day for which that is in time",
     PACKS({IN_TIME, FROM, "A1 A2", "title T: A1"}, {LATE, FROM, "A1 A2", "title T: A1 and A2"}),
     {EXAM("A1", EARNED, LAST)},
     "\"T\"",
     LATE_UNTIL,
     ANSWER_NO,
     0},
    {"a title asks for less",
     PACKS({IN_TIME, FROM, "A1 A2", "title T: A1 and A2"}, {LATE, FROM, "A1 A2", "title T: A1"}),
     {EXAM("A1", EARNED, LAST)},
     "\"T\"",
     45000,
     ANSWER_YES,
     0},
    {"a title is given that there was not",
     PACKS({IN_TIME, FROM, "A1", ""}, {LATE, FROM, "A1", "title T: A1"}),
     {EXAM("A1", EARNED, LAST)},
     "\"T\"",
     45000,
     ANSWER_YES,
     0},
    {"a title is gone",
     PACKS({IN_TIME, FROM, "A1", "title T: A1"}, {LATE, FROM, "A1", ""}),
     {EXAM("A1", EARNED, LAST)},
     "\"T\"",
     LATE_UNTIL - 1,
     ANSWER_YES,
     0},
    {"what one of two gives is for life by the other",
     PACKS({IN_TIME, FROM, "A1 A2", "title T: for life (A1 and A2)"}, {LATE, FROM, "A1 A2", "title T: A1"}),
     {EXAM("A1", EARNED, EARNED + 10)},
     "\"T\"",
     EARNED + 11,
     ANSWER_YES,
     0},
    {"a renewal that the rules allowed",
     PACKS({IN_TIME, FROM, "A1", "renewal A1: in time"}, {LATE, FROM, "A1", ""}),
     {EXAM("A1", EARNED, EARNED + 100), RENEWED("A1", EARNED + 50, LAST)},
     "A1",
     45000,
     ANSWER_YES,
     2},
    {"a renewal that the rules now allow",
     PACKS({IN_TIME, FROM, "A1", ""}, {LATE, FROM, "A1", "renewal A1: in time"}),
     {EXAM("A1", EARNED, EARNED + 100), RENEWED("A1", EARNED + 50, LAST)},
     "A1",
     45000,
     ANSWER_YES,
     0},
    {"a lifetime is shortened",
     PACKS({IN_TIME, FROM, "A1", ""}, {LATE, FROM, "A1/24", ""}),
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_YES,
     2},
    {"a lifetime is lengthened",
     PACKS({IN_TIME, FROM, "A1/24", ""}, {LATE, FROM, "A1/240", ""}),
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_YES,
     0},
    {"the first version that there is speaks of all days, whenever it came",
     PACKS({LATE, FROM, "A1", "experience A1: experience 9 days in A1"}),
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_NO,
     0},
    {"also of those before another one is in force",
     PACKS({IN_TIME, 42000, "A1", ""}, {LATE, FROM, "A1", "experience A1: experience 9 days in A1"}),
     {EXAM("A1", EARNED, 41999)},
     "A1",
     41000,
     ANSWER_NO,
     0},
    {"so does the first version that knows a code: it counts",
     PACKS({IN_TIME, FROM, "A2", ""}, {LATE, FROM, "A1 A2", "experience A1: experience 9 days in A1"}),
     {EXAM("A1", EARNED, LAST)},
     "tested A1",
     45000,
     ANSWER_YES,
     0},
    {"and all that it asks for is asked for",
     PACKS({IN_TIME, FROM, "A2", ""}, {LATE, FROM, "A1 A2", "experience A1: experience 9 days in A1"}),
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_NO,
     0},
    {"its condition, too",
     PACKS({IN_TIME, FROM, "A2", ""}, {LATE, FROM, "A1 A2", "condition A1: A2"}),
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_NO,
     0},
    {"the second one that knows it may only add",
     PACKS({IN_TIME, FROM, "A2", ""}, {LATE, FROM, "A1 A2", ""}, {LATE, FROM, "A1 A2", "condition A1: A2"}),
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_YES,
     3},
    {"a rule about a code that its version does not know lets nothing rest on itself",
     PACKS({IN_TIME, FROM, "A1 A2", "condition A2: tested A1"},
           {LATE, FROM, "A2", "condition A1: tested A2\ncondition A2: tested A1"},
           {IN_TIME, 45500, "A1 A2", ""}),
     {EXAM("A1", EARNED, LAST), EXAM("A2", EARNED, LAST)},
     "A2",
     45000,
     ANSWER_YES,
     0},
    {"a lifetime that was over before it was earned is lengthened by what came late for that day",
     PACKS({IN_TIME, FROM, "A1/1", ""}, {LATE, EARNED - 10, "A1", ""}),
     {{"ase/A1", BASIS_EXAM, EARNED, EARNED - 90, LAST}},
     "A1",
     45000,
     ANSWER_YES,
     0},
    {"a code is brought back: all that this version asks for is asked for",
     PACKS({IN_TIME, FROM, "A1 A2", ""}, {IN_TIME, FROM, "A2", ""},
           {LATE, FROM, "A1 A2", "experience A1: experience 9 days in A1"}),
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_NO,
     0},
};

static void publish(size_t version, const struct version *said)
{
    struct dossier_pack *pack =
        career_case_pack(&given, "ase", version, said->from, said->codes, said->rules);
    bool is_late = said->published == LATE || said->published == HERE;
    bool was_here = said->published == IN_TIME || said->published == HERE;
    pack->place.arrived_s = time_of_day(was_here ? said->from : TODAY + 1);
    pack->place.below_s = is_late ? time_of_day(TODAY) : 0;
}

static size_t build(const struct row *row)
{
    size_t count = 0;
    career_case_begin(&given);
    for (size_t i = 0; i < PACKS_MAX && row->packs[i].codes != NULL; i++) {
        publish(i + 1, &row->packs[i]);
    }
    while (count < EARNED_MAX && row->earned[count].code != NULL) {
        const struct earned earned[] = {row->earned[count++], {0}};
        career_case_earn(&given, earned);
    }
    return count - 1;
}

static void late_rules_only_add(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t newest = build(&rows[i]);
        struct day_truth days = career_case_days(&given, rows[i].asked, rows[i].day);
        enum answer answer = day_truth_on(&days, rows[i].day);
        const struct dossier_pack *later = given.credentials.verdicts[newest].later_rules;
        if (answer != rows[i].answer) {
            fail_msg("%s: %d, not %d", rows[i].why, (int)answer, (int)rows[i].answer);
        }
        if ((later == NULL ? 0 : later->pack.version) != rows[i].later) {
            fail_msg("%s: version %u says otherwise", rows[i].why,
                     later == NULL ? 0 : (unsigned)later->pack.version);
        }
    }
}

/* What one version does not offer has nothing of that version's: neither its lifetime nor that it asks for
 * nothing. */
static void versions_are_not_mixed(void **state)
{
    (void)state;
    static const struct row row = {
        "",
        PACKS({IN_TIME, FROM, "A1/240", ""}, {LATE, FROM, "A1/24", "experience A1: experience 9 days in A1"}),
        {EXAM("A1", EARNED, LAST)},
        "A1",
        EARNED + 1,
        ANSWER_NO,
        0};
    build(&row);
    struct pack_code *offered_before = (struct pack_code *)given.built.packs[0].pack.codes.items;
    offered_before->has_last_day = true;
    offered_before->last_day = EARNED - 1;
    struct day_truth days = career_case_days(&given, "A1", EARNED + 1);
    assert_int_equal(day_truth_on(&days, EARNED + 1), ANSWER_NO);
    days = career_case_days(&given, "tested A1", EARNED + 1);
    assert_int_equal(day_truth_on(&days, EARNED + 1), ANSWER_YES);
    assert_int_equal(day_truth_on(&days, 45000), ANSWER_NO);
    assert_int_equal(given.credentials.verdicts[0].pack->pack.version, 2);
}

static void the_verdict_says_whose_rules_judged(void **state)
{
    (void)state;
    static const struct row row = {"",
                                   PACKS({IN_TIME, FROM, "A1/24", "title T: A1\nprerequisite A1: A2"},
                                         {IN_TIME, EARNED + 100, "A1/36", "title T: A1"}),
                                   {EXAM("A1", EARNED, LAST)},
                                   "A1",
                                   EARNED + 200,
                                   ANSWER_YES,
                                   0};
    build(&row);
    struct verdict verdict = career_case_conclude(&given, "A1", EARNED + 200);
    const struct credential_verdict *credential = &given.credentials.verdicts[0];
    assert_int_equal(verdict.codes[0].certified, ANSWER_YES);
    assert_int_equal(credential->pack->pack.version, 1);
    assert_int_equal(credential->lifetime_by->pack.version, 2);
    assert_int_equal(credential->lifetime_months, 36);
    assert_int_equal(verdict.codes[0].begun_by->pack.version, 2);
    assert_null(credential->later_rules);
    verdict = career_case_conclude(&given, "A1", EARNED + 99);
    assert_null(verdict.codes[0].begun_by);
}

static void a_title_says_that_later_rules_say_otherwise(void **state)
{
    (void)state;
    static const struct row row = {
        "",
        PACKS({IN_TIME, FROM, "A1 A2", "title T: A1"}, {LATE, FROM, "A1 A2", "title T: A1 and A2"}),
        {EXAM("A1", EARNED, LAST)},
        "\"T\"",
        LATE_UNTIL - 1,
        ANSWER_YES,
        0};
    build(&row);
    struct verdict verdict = career_case_conclude(&given, NULL, LATE_UNTIL - 1);
    assert_int_equal(verdict.title_count, 1);
    assert_int_equal(verdict.titles[0].answer, ANSWER_YES);
    assert_int_equal(verdict.titles[0].later_rules->pack.version, 2);
    verdict = career_case_conclude(&given, NULL, LATE_UNTIL);
    assert_int_equal(verdict.titles[0].answer, ANSWER_NO);
    assert_null(verdict.titles[0].later_rules);
}

/* The version in force is void by a block that is disputed, and those that came late for the day are not. */
static void a_title_is_held_by_a_late_version_where_that_in_force_is_disputed(void **state)
{
    static const struct {
        const char *sentence;
        const char *disputed, *late, *later; /* what the versions ask for T */
        enum answer answer;
        uint64_t version; /* whose rule is told of */
        size_t part_count;
        uint32_t lapse_day;
        const char *lapses; /* the code whose lapse ends it */
    } cases[] = {
        {"a late one gives it", "title T: A1 and A2", "title T: A1", "title T: A2", ANSWER_YES, 2, 1,
         LATE_UNTIL - 1, ""},
        {"of two late ones that is told of by which it is held", "title T: A1 and A2", "title T: A2",
         "title T: A1", ANSWER_YES, 3, 1, LAST, "ase/A1"},
        {"what only the disputed one gives is not sure", "title T: A1", "title T: A2", "title T: A2",
         ANSWER_UNKNOWN, 1, 1, DAY_NONE, ""},
        {"nor is it where no other one has such a title", "title T: A1", "", "", ANSWER_UNKNOWN, 1, 1,
         DAY_NONE, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct row row = {cases[i].sentence,
                                PACKS({IN_TIME, FROM, "A1 A2", cases[i].disputed},
                                      {LATE, FROM, "A1 A2", cases[i].late},
                                      {LATE, FROM, "A1 A2", cases[i].later}),
                                {EXAM("A1", EARNED, LAST)},
                                NULL,
                                0,
                                ANSWER_YES,
                                0};
        build(&row);
        given.built.packs[0].place.voided = true;
        given.built.packs[0].place.void_seq = 99;
        given.built.logs[CAREER_ASE].forked = true;
        given.built.logs[CAREER_ASE].fork_seq = 99;
        struct verdict verdict = career_case_conclude(&given, NULL, 45000);
        const struct title_verdict *title = &verdict.titles[0];
        if (title->answer != cases[i].answer || title->pack->pack.version != cases[i].version) {
            fail_msg("%s: %d by version %u", row.why, (int)title->answer,
                     (unsigned)title->pack->pack.version);
        }
        assert_int_equal(title->part_count, cases[i].part_count);
        assert_int_equal(title->missing_count, title->answer == ANSWER_YES ? 0 : 1);
        assert_int_equal(title->lapse_day, cases[i].lapse_day);
        assert_true(bytes_equal_string(title->lapse_code, cases[i].lapses));
    }
}

static void voices_are_in_the_order_of_versions(void **state)
{
    (void)state;
    static const struct row row = {
        "",
        PACKS({LATE, FROM, "A1", ""}, {IN_TIME, FROM, "A1", ""}, {LATE, FROM, "A1 A2", ""}),
        {EXAM("A1", EARNED, LAST)},
        "A1",
        EARNED,
        ANSWER_YES,
        0};
    struct namespace_owners owners;
    struct pack_voices voices;
    build(&row);
    const struct dossier *dossier = &given.built.dossier;
    namespace_owners_of(&owners, dossier, &given.built.trust, bytes_of_string("ase"));
    pack_voices_on(&voices, dossier, &owners, bytes_of_string("ase"), EARNED);
    assert_int_equal(voices.count, 2); /* version 1 is over, late or not */
    assert_int_equal(voices.packs[0]->pack.version, 2);
    assert_int_equal(voices.packs[1]->pack.version, 3);
    pack_voices_for(&voices, dossier, &owners, bytes_of_string("ase/A2"), EARNED);
    assert_int_equal(voices.count, 1);
    assert_int_equal(voices.packs[0]->pack.version, 3);
    pack_voices_for(&voices, dossier, &owners, bytes_of_string("ase/A3"), EARNED);
    assert_int_equal(voices.count, 1);
    assert_int_equal(voices.packs[0]->pack.version, 2);
    pack_voices_on(&voices, dossier, &owners, bytes_of_string("ase"), LATE_UNTIL);
    assert_int_equal(voices.count, 1);
    assert_int_equal(voices.packs[0]->pack.version, 3);
    pack_voices_on(&voices, dossier, &owners, bytes_of_string("ase"), FROM - 1);
    assert_int_equal(voices.count, 0);
}

/* ---- where it is in doubt who has the namespace ---- */

enum { HEIR = CAREER_EPA, HANDED_ON_IN = 90 };

/* By the owner's versions, and by those of whom it may have handed the namespace to. */
static const struct heir_row {
    const char *sentence;
    struct version owners, heirs, another; /* another of the owner's */
    struct earned earned[EARNED_MAX];
    const char *asked;
    uint32_t day;
    enum answer by_owner, by_heir;
} heir_rows[] = {
    {"what both say alike stays",
     {IN_TIME, FROM, "A1/60 A2", "title T: A1\nprerequisite A1: A2"},
     {IN_TIME, FROM, "A1/60 A2", "title T: A1\nprerequisite A1: A2"},
     {0},
     {EXAM("A1", EARNED, LAST), EXAM("A2", EARNED, LAST)},
     "\"T\"",
     EARNED + 9,
     ANSWER_YES,
     ANSWER_YES},
    {"so does what another code or title takes nothing from",
     {IN_TIME, FROM, "A1/60 A2", "title T: A1\nprerequisite A1: A2"},
     {IN_TIME, FROM, "A1/60 A2 A3", "title T: A1\ntitle U: A3\nprerequisite A1: A2\nprerequisite A3: A1"},
     {0},
     {EXAM("A1", EARNED, LAST), EXAM("A2", EARNED, LAST)},
     "\"T\"",
     EARNED + 9,
     ANSWER_YES,
     ANSWER_YES},
    {"more is asked beforehand",
     {IN_TIME, FROM, "A1 A2", ""},
     {IN_TIME, FROM, "A1 A2", "prerequisite A1: A2"},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_YES,
     ANSWER_NO},
    {"or less",
     {IN_TIME, FROM, "A1 A2", "prerequisite A1: A2"},
     {IN_TIME, FROM, "A1 A2", ""},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_NO,
     ANSWER_YES},
    {"or of the attestation itself",
     {IN_TIME, FROM, "A1", ""},
     {IN_TIME, FROM, "A1", "prerequisite A1: basis licence"},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "tested A1",
     45000,
     ANSWER_YES,
     ANSWER_NO},
    {"or experience",
     {IN_TIME, FROM, "A1", ""},
     {IN_TIME, FROM, "A1", "experience A1: experience 9 days in A1"},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_YES,
     ANSWER_NO},
    {"or a condition",
     {IN_TIME, FROM, "A1 A2", ""},
     {IN_TIME, FROM, "A1 A2", "condition A1: A2"},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_YES,
     ANSWER_NO},
    {"or a condition less",
     {IN_TIME, FROM, "A1 A2", "condition A1: A2"},
     {IN_TIME, FROM, "A1 A2", ""},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_NO,
     ANSWER_YES},
    {"a renewal counts no more",
     {IN_TIME, FROM, "A1", "renewal A1: basis renewal"},
     {IN_TIME, FROM, "A1", ""},
     {0},
     {RENEWED("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_YES,
     ANSWER_NO},
    {"or adds less",
     {IN_TIME, FROM, "A1/12", "renewal A1: adds at most 60 months"},
     {IN_TIME, FROM, "A1/12", "renewal A1: adds at most 24 months"},
     {0},
     {EXAM("A1", EARNED, EARNED + 365), RENEWED("A1", EARNED + 300, EARNED + 1500)},
     "A1",
     EARNED + 1000,
     ANSWER_YES,
     ANSWER_NO},
    {"a title asks for more",
     {IN_TIME, FROM, "A1 A2", "title T: A1"},
     {IN_TIME, FROM, "A1 A2", "title T: A1 and A2"},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "\"T\"",
     45000,
     ANSWER_YES,
     ANSWER_NO},
    {"or is none",
     {IN_TIME, FROM, "A1", "title T: A1"},
     {IN_TIME, FROM, "A1", ""},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "\"T\"",
     45000,
     ANSWER_YES,
     ANSWER_NO},
    {"or is new",
     {IN_TIME, FROM, "A1", ""},
     {IN_TIME, FROM, "A1", "title T: A1"},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "\"T\"",
     45000,
     ANSWER_NO,
     ANSWER_YES},
    {"where nobody may hold it",
     {IN_TIME, FROM, "A1", ""},
     {IN_TIME, FROM, "A1", "title T: A1"},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "not \"T\"",
     45000,
     ANSWER_YES,
     ANSWER_NO},
    {"the code is gone",
     {IN_TIME, FROM, "A1", ""},
     {IN_TIME, FROM, "A2", ""},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_YES,
     ANSWER_NO},
    {"or is new",
     {IN_TIME, FROM, "A2", ""},
     {IN_TIME, FROM, "A1", ""},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_NO,
     ANSWER_YES},
    {"a lifetime is shorter",
     {IN_TIME, FROM, "A1/60", ""},
     {IN_TIME, FROM, "A1/12", ""},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     EARNED + 500,
     ANSWER_YES,
     ANSWER_NO},
    {"and runs by either",
     {IN_TIME, FROM, "A1/60", ""},
     {IN_TIME, FROM, "A1/12", ""},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     EARNED + 300,
     ANSWER_YES,
     ANSWER_YES},
    {"or over by either",
     {IN_TIME, FROM, "A1/60", ""},
     {IN_TIME, FROM, "A1/12", ""},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     EARNED + 2000,
     ANSWER_NO,
     ANSWER_NO},
    {"or longer",
     {IN_TIME, FROM, "A1/12", ""},
     {IN_TIME, FROM, "A1/60", ""},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     EARNED + 500,
     ANSWER_NO,
     ANSWER_YES},
    {"or longer since later",
     {IN_TIME, FROM, "A1/12", ""},
     {IN_TIME, EARNED + 100, "A1/60", ""},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     EARNED + 500,
     ANSWER_NO,
     ANSWER_YES},
    {"what is not in force says nothing",
     {IN_TIME, FROM, "A1", ""},
     {IN_TIME, 45001, "A1 A2", "condition A1: A2"},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_YES,
     ANSWER_YES},
    {"what came late takes nothing away",
     {IN_TIME, FROM, "A1 A2", ""},
     {LATE, FROM, "A1 A2", "prerequisite A1: A2"},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_YES,
     ANSWER_YES},
    {"and adds",
     {IN_TIME, FROM, "A1 A2", "prerequisite A1: A2"},
     {LATE, FROM, "A1 A2", ""},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_NO,
     ANSWER_YES},
    {"a code too",
     {IN_TIME, FROM, "A2", ""},
     {LATE, FROM, "A1 A2", ""},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_NO,
     ANSWER_YES},
    {"but not what it says as well",
     {IN_TIME, FROM, "A1 A2", "prerequisite A1: A2"},
     {LATE, FROM, "A1 A2", "prerequisite A1: A2"},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_NO,
     ANSWER_NO},
    {"what came late for the owner's adds to the heir's",
     {LATE, FROM, "A1 A2", ""},
     {IN_TIME, FROM, "A1 A2", "prerequisite A1: A2"},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_YES,
     ANSWER_NO},
    {"no rules may be in force, or some",
     {IN_TIME, 45001, "A1", ""},
     {IN_TIME, FROM, "A1 A2", "title T: not A2"},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "not \"T\"",
     45000,
     ANSWER_YES,
     ANSWER_NO},
    {"a late condition less",
     {IN_TIME, FROM, "A1 A2", "condition A1: A2"},
     {LATE, FROM, "A1 A2", ""},
     {0},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_NO,
     ANSWER_YES},
    {"a shorter lifetime where the attestation ends before the longer",
     {IN_TIME, FROM, "A1/60", ""},
     {IN_TIME, FROM, "A1/12", ""},
     {0},
     {EXAM("A1", EARNED, EARNED + 1000)},
     "A1",
     EARNED + 500,
     ANSWER_YES,
     ANSWER_NO},
    {"a lifetime that only the owner lengthens",
     {IN_TIME, FROM, "A1/12", ""},
     {IN_TIME, EARNED + 100, "A2", ""},
     {IN_TIME, EARNED + 100, "A1/60", ""},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     EARNED + 500,
     ANSWER_YES,
     ANSWER_NO},
    {"or the heir",
     {IN_TIME, FROM, "A1/12", ""},
     {IN_TIME, EARNED + 100, "A1/60", ""},
     {IN_TIME, EARNED + 100, "A2", ""},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     EARNED + 500,
     ANSWER_NO,
     ANSWER_YES},
    {"a lifetime that runs from later by the heir",
     {IN_TIME, FROM, "A1/12 A2", ""},
     {IN_TIME, FROM, "A1/12 A2", "prerequisite A1: A2"},
     {0},
     {{"ase/A1", BASIS_EXAM, EARNED, EARNED + 300, LAST}, EXAM("A2", EARNED + 200, LAST)},
     "A1",
     EARNED + 450,
     ANSWER_NO,
     ANSWER_YES},
    {"what came late for the owner's and is not the heir's",
     {IN_TIME, FROM, "A1 A2", "prerequisite A1: A2"},
     {IN_TIME, FROM, "A1 A2", "prerequisite A1: A2"},
     {LATE, FROM, "A1 A2", ""},
     {EXAM("A1", EARNED, LAST)},
     "A1",
     45000,
     ANSWER_YES,
     ANSWER_NO},
};

static enum answer answer_to(const struct heir_row *row)
{
    struct day_truth days = career_case_days(&given, row->asked, row->day);
    return day_truth_on(&days, row->day);
}

static void build_with_heir(const struct heir_row *row)
{
    const struct row by_owner = {.packs = PACKS(row->owners, row->heirs, row->another),
                                 .earned = {row->earned[0], row->earned[1], row->earned[2]}};
    build(&by_owner);
    given.built.packs[1].place.log = HEIR;
}

static void what_an_heir_in_doubt_changes_is_unknown(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof heir_rows / sizeof heir_rows[0]; i++) {
        const struct heir_row *row = &heir_rows[i];
        build_with_heir(row);
        enum answer by_owner = answer_to(row);
        struct dossier_succession *handed =
            build_succession(&given.built, CAREER_ASE, HANDED_ON_IN, "ase", HEIR, HANDED_ON_IN - 1);
        enum answer by_heir = answer_to(row);
        handed->place.voided = true;
        handed->place.void_seq = HANDED_ON_IN + 1;
        enum answer found = answer_to(row);
        enum answer expected = row->by_owner == row->by_heir ? row->by_owner : ANSWER_UNKNOWN;
        if (by_owner != row->by_owner || by_heir != row->by_heir || found != expected) {
            fail_msg("%s: by the owner %d, by the heir %d, in doubt %d", row->sentence, (int)by_owner,
                     (int)by_heir, (int)found);
        }
    }
}

static void doubt_the_handing_on(void)
{
    struct dossier_succession *handed =
        build_succession(&given.built, CAREER_ASE, HANDED_ON_IN, "ase", HEIR, HANDED_ON_IN - 1);
    handed->place.voided = true;
    handed->place.void_seq = HANDED_ON_IN + 1;
}

/* The shorter one is told of, whosever it is. */
static void a_lifetime_in_doubt_says_whose_it_is(void **state)
{
    static const struct {
        const char *heirs, *another;
        uint32_t heirs_from;
        uint64_t months, version;
    } cases[] = {{"A1/12", "A2", FROM, 12, 2},
                 {"A1/120", "A2", FROM, 60, 1},
                 {"A1/90", "A1/120", EARNED + 100, 90, 2},
                 {"A1/120", "A1/90", EARNED + 100, 90, 3}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct heir_row row = {.owners = {IN_TIME, FROM, "A1/60", ""},
                                     .heirs = {IN_TIME, cases[i].heirs_from, cases[i].heirs, ""},
                                     .another = {IN_TIME, EARNED + 100, cases[i].another, ""},
                                     .earned = {EXAM("A1", EARNED, LAST)}};
        build_with_heir(&row);
        doubt_the_handing_on();
        (void)career_case_conclude(&given, NULL, EARNED + 10);
        const struct credential_verdict *found = &given.credentials.verdicts[0];
        assert_int_equal(found->lifetime_months, cases[i].months);
        assert_int_equal(found->lifetime_by->pack.version, cases[i].version);
    }
}

static void what_an_heir_in_doubt_published_late_is_not_said_to_say_otherwise(void **state)
{
    static const char *const late[] = {"condition A1: A2", "prerequisite A1: A2", ""};
    (void)state;
    for (size_t i = 0; i < sizeof late / sizeof late[0]; i++) {
        const struct heir_row row = {.owners = {IN_TIME, FROM, "A1/240 A2", ""},
                                     .heirs = {LATE, FROM, "A1/24 A2", late[i]},
                                     .earned = {EXAM("A1", EARNED, LAST)}};
        build_with_heir(&row);
        doubt_the_handing_on();
        (void)career_case_conclude(&given, NULL, 45000);
        assert_null(given.credentials.verdicts[0].later_rules);
    }
}

static void what_is_missing_by_an_heir_in_doubt_is_unknown(void **state)
{
    static const char *const rules[] = {"prerequisite A1: A2", "experience A1: experience 9 days in A1"};
    static const char *const missing[] = {"", "A1?"};
    char text[CAREER_TEXT_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        const struct heir_row row = {.owners = {IN_TIME, FROM, "A1 A2", rules[i]},
                                     .heirs = {IN_TIME, FROM, "A1 A2", ""},
                                     .earned = {EXAM("A1", EARNED, LAST)}};
        build_with_heir(&row);
        doubt_the_handing_on();
        struct verdict verdict = career_case_conclude(&given, NULL, 45000);
        missing_to_text(text, verdict.codes[0].missing, verdict.codes[0].missing_count);
        assert_int_equal(verdict.codes[0].certified, ANSWER_UNKNOWN);
        assert_string_equal(text, missing[i]);
    }
}

static void a_title_that_an_heir_in_doubt_gives_otherwise_is_unknown(void **state)
{
    const struct heir_row row = {.owners = {IN_TIME, FROM, "A1 A2", "title T: A1 and A2"},
                                 .heirs = {IN_TIME, FROM, "A1 A2", "title T: A1"},
                                 .earned = {EXAM("A1", EARNED, LAST)}};
    char text[CAREER_TEXT_SIZE];
    (void)state;
    build_with_heir(&row);
    doubt_the_handing_on();
    struct verdict verdict = career_case_conclude(&given, NULL, 45000);
    assert_int_equal(verdict.title_count, 1);
    assert_int_equal(verdict.titles[0].answer, ANSWER_UNKNOWN);
    missing_to_text(text, verdict.titles[0].missing, verdict.titles[0].missing_count);
    assert_string_equal(text, "rule?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(late_rules_only_add),
        cmocka_unit_test(versions_are_not_mixed),
        cmocka_unit_test(the_verdict_says_whose_rules_judged),
        cmocka_unit_test(a_title_says_that_later_rules_say_otherwise),
        cmocka_unit_test(a_title_is_held_by_a_late_version_where_that_in_force_is_disputed),
        cmocka_unit_test(voices_are_in_the_order_of_versions),
        cmocka_unit_test(what_an_heir_in_doubt_changes_is_unknown),
        cmocka_unit_test(a_lifetime_in_doubt_says_whose_it_is),
        cmocka_unit_test(what_an_heir_in_doubt_published_late_is_not_said_to_say_otherwise),
        cmocka_unit_test(what_is_missing_by_an_heir_in_doubt_is_unknown),
        cmocka_unit_test(a_title_that_an_heir_in_doubt_gives_otherwise_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
