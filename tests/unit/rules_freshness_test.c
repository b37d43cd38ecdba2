#include "protocol/rules/freshness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/career_builder.h"
#include "tests/support/verdict_case.h"

/* A branch issued it, which a school let do so, which ASE let do so; or ASE itself did. */

static struct verdict_case given;

enum { CASE_BRANCH = CASE_OTHER, DAY_S = 86400 };

static struct dossier_log *log_of(size_t actor)
{
    return &given.built.logs[actor];
}

/* The branch spoke 40 seconds ago, the others so many days. */
static void aged(size_t actor, uint64_t days)
{
    log_of(actor)->checkpoint_time_s = given.question.now_s - days * DAY_S;
}

static void chain_of_three(void)
{
    given.certificate->place.log = CASE_BRANCH;
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 1);
    build_accreditation(&given.built, CASE_SCHOOL, 5, CASE_BRANCH, "ase/*", 0);
}

static void all_fresh(void)
{
    chain_of_three();
}

static void accreditor_as_old_as_its_budget(void)
{
    chain_of_three();
    aged(CASE_SCHOOL, 30);
}

static void accreditor_a_second_older(void)
{
    accreditor_as_old_as_its_budget();
    log_of(CASE_SCHOOL)->checkpoint_time_s--;
}

static void accreditor_300_days_old(void)
{
    chain_of_three();
    aged(CASE_SCHOOL, 300);
}

static void accreditor_without_a_checkpoint(void)
{
    chain_of_three();
    log_of(CASE_SCHOOL)->has_checkpoint = false;
}

static void accreditor_seven_blocks_behind(void)
{
    chain_of_three();
    log_of(CASE_SCHOOL)->checkpoint_seq = BUILT_HEAD_SEQ + 7;
}

static void accreditor_ahead_of_the_clock(void)
{
    chain_of_three();
    log_of(CASE_SCHOOL)->checkpoint_time_s = given.question.now_s + 61;
}

static void owner_a_day_old(void)
{
    chain_of_three();
    aged(CASE_ASE, 1);
}

static void owner_31_days_old(void)
{
    chain_of_three();
    aged(CASE_ASE, 31);
}

static void accreditor_on_its_way(void)
{
    chain_of_three();
    log_of(CASE_SCHOOL)->switching = true;
}

static void accreditor_whose_status_is_not_here(void)
{
    chain_of_three();
    log_of(CASE_SCHOOL)->body_missing = true;
}

static void accreditor_with_more_branches_than_are_kept(void)
{
    chain_of_three();
    log_of(CASE_SCHOOL)->branches_cut = true;
}

static void accreditor_with_gaps(void)
{
    chain_of_three();
    log_of(CASE_SCHOOL)->incomplete = true;
}

/* A second school let the branch issue as well; in the dossier it comes first or last, as the order of
 * authors would have it. */
static void second_school(bool first)
{
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SUBJECT, "ase/*", 1);
    build_accreditation(&given.built, CASE_SUBJECT, 5, CASE_BRANCH, "ase/*", 0);
    for (size_t i = 0; first && i < 2; i++) {
        struct dossier_accreditation moved = given.built.accreditations[i];
        given.built.accreditations[i] = given.built.accreditations[i + 2];
        given.built.accreditations[i + 2] = moved;
    }
}

static void second_school_fresh(void)
{
    accreditor_300_days_old();
    second_school(false);
}

static void second_school_fresh_and_first(void)
{
    accreditor_300_days_old();
    second_school(true);
}

static void second_school_old(void)
{
    chain_of_three();
    second_school(true);
    aged(CASE_SUBJECT, 300);
}

static void both_schools_old(void)
{
    accreditor_300_days_old();
    second_school(false);
    aged(CASE_SUBJECT, 40);
}

static void both_schools_old_the_other_way_round(void)
{
    accreditor_300_days_old();
    second_school(true);
    aged(CASE_SUBJECT, 40);
}

static void owner_seven_blocks_behind(void)
{
    chain_of_three();
    log_of(CASE_ASE)->checkpoint_seq = BUILT_HEAD_SEQ + 7;
}

static void issuer_two_days_old(void)
{
    chain_of_three();
    aged(CASE_BRANCH, 2);
}

static void all_old_the_school_most(void)
{
    chain_of_three();
    aged(CASE_BRANCH, 2);
    aged(CASE_SCHOOL, 60);
    aged(CASE_ASE, 40);
}

static void all_old_alike(void)
{
    chain_of_three();
    aged(CASE_BRANCH, 40);
    aged(CASE_SCHOOL, 40);
    aged(CASE_ASE, 40);
}

static void issuer_unknown_and_owner_old(void)
{
    owner_31_days_old();
    log_of(CASE_BRANCH)->has_checkpoint = false;
}

static void owner_unknown_and_accreditor_incomplete(void)
{
    accreditor_seven_blocks_behind();
    log_of(CASE_ASE)->has_checkpoint = false;
}

static void accreditor_incomplete_and_issuer_ahead(void)
{
    accreditor_seven_blocks_behind();
    log_of(CASE_BRANCH)->checkpoint_time_s = given.question.now_s + 61;
}

static void owner_by_itself(void) {}

static void owner_by_itself_two_days_old(void)
{
    aged(CASE_ASE, 2);
}

static void handed_on(void)
{
    build_succession(&given.built, CASE_ASE, 60, "ase", CASE_SCHOOL, 50);
}

static void former_owner_that_issued_it_old(void)
{
    handed_on();
    aged(CASE_ASE, 2);
}

static void heir_old(void)
{
    handed_on();
    aged(CASE_SCHOOL, 31);
}

static void heir_in_doubt_old(void)
{
    given.certificate->place.seq = CASE_ISSUED_IN;
    heir_old();
    verdict_case_fork(&given, CASE_ASE, 60);
}

static void heir_disowned_old(void)
{
    heir_old();
    given.built.successions[0].place.voided = true;
    given.built.successions[0].place.void_seq = 61;
}

static void former_owner_that_accredited_old(void)
{
    handed_on();
    given.certificate->place.log = CASE_BRANCH;
    build_accreditation(&given.built, CASE_ASE, 5, CASE_BRANCH, "ase/*", 0);
    aged(CASE_ASE, 400);
}

static void heir_of_an_accreditor_old(void)
{
    former_owner_that_accredited_old();
    aged(CASE_SCHOOL, 31);
}

static void stranger_s_chain_old(void)
{
    given.certificate->place.log = CASE_BRANCH;
    build_accreditation(&given.built, CASE_SCHOOL, 5, CASE_BRANCH, "ase/*", 0);
    aged(CASE_SCHOOL, 300);
}

/* ---- budgets of their own ---- */

static void rhythm(size_t actor, uint32_t days)
{
    log_of(actor)->rhythm_days = days;
}

static void rhythm_of_an_accreditor(void)
{
    chain_of_three();
    rhythm(CASE_SCHOOL, 190);
    aged(CASE_SCHOOL, 190);
}

static void rhythm_of_an_accreditor_missed(void)
{
    rhythm_of_an_accreditor();
    aged(CASE_SCHOOL, 191);
}

static void rhythm_of_an_issuer(void)
{
    chain_of_three();
    rhythm(CASE_BRANCH, 7);
    aged(CASE_BRANCH, 7);
}

static void rhythm_faster_than_usual(void)
{
    chain_of_three();
    rhythm(CASE_ASE, 2);
    aged(CASE_ASE, 3);
}

static void trust_line(uint32_t days)
{
    chain_of_three();
    given.built.trust.owners[0].fresh_days = days;
}

static void trusted_for_longer(void)
{
    trust_line(90);
    aged(CASE_ASE, 90);
}

static void trusted_for_longer_and_older(void)
{
    trust_line(90);
    aged(CASE_ASE, 91);
}

static void trusted_for_less_than_its_rhythm(void)
{
    trust_line(10);
    rhythm(CASE_ASE, 190);
    aged(CASE_ASE, 11);
}

static void trusted_for_less_in_one_of_its_namespaces(void)
{
    trust_line(90);
    build_owner(&given.built, "aye", CASE_ASE);
    given.built.trust.owners[1].fresh_days = 20;
    aged(CASE_ASE, 21);
}

static void shop_that_documents_experience(void)
{
    chain_of_three();
    given.certificate->attestation.basis = BASIS_EXPERIENCE;
    aged(CASE_BRANCH, 14);
}

static void shop_that_documents_experience_older(void)
{
    shop_that_documents_experience();
    aged(CASE_BRANCH, 15);
}

#define FRESH ANSWER_YES, REASON_NONE
#define STALE ANSWER_NO, REASON_STALE
#define UNKNOWN(reason) ANSWER_UNKNOWN, REASON_##reason

static const struct {
    const char *sentence;
    void (*say)(void);
    enum answer answer;
    enum reason reason;
    int of;
    enum evidence_role role;
} rows[] = {
    {"where all are fresh the issuer speaks", all_fresh, FRESH, CASE_BRANCH, EVIDENCE_ISSUER},
    {"an accreditor has 30 days", accreditor_as_old_as_its_budget, FRESH, CASE_BRANCH, EVIDENCE_ISSUER},
    {"and not a second more", accreditor_a_second_older, STALE, CASE_SCHOOL, EVIDENCE_ACCREDITOR},
    {"an accreditor 300 days old", accreditor_300_days_old, STALE, CASE_SCHOOL, EVIDENCE_ACCREDITOR},
    {"an accreditor without a checkpoint", accreditor_without_a_checkpoint, UNKNOWN(NO_CHECKPOINT),
     CASE_SCHOOL, EVIDENCE_ACCREDITOR},
    {"an accreditor of whose log the last seven blocks are kept back", accreditor_seven_blocks_behind,
     UNKNOWN(INCOMPLETE), CASE_SCHOOL, EVIDENCE_ACCREDITOR},
    {"an accreditor ahead of the clock", accreditor_ahead_of_the_clock, UNKNOWN(CLOCK), CASE_SCHOOL,
     EVIDENCE_ACCREDITOR},
    {"an owner need not speak each day", owner_a_day_old, FRESH, CASE_BRANCH, EVIDENCE_ISSUER},
    {"but once in 30", owner_31_days_old, STALE, CASE_ASE, EVIDENCE_OWNER},
    {"an accreditor on its way to another branch", accreditor_on_its_way, UNKNOWN(INCOMPLETE), CASE_SCHOOL,
     EVIDENCE_ACCREDITOR},
    {"a proof shows a status block of an accreditor that is not here", accreditor_whose_status_is_not_here,
     UNKNOWN(INCOMPLETE), CASE_SCHOOL, EVIDENCE_ACCREDITOR},
    {"an accreditor has more branches than are kept", accreditor_with_more_branches_than_are_kept,
     UNKNOWN(LIMIT), CASE_SCHOOL, EVIDENCE_ACCREDITOR},
    {"an accreditor's log lacks entries that nobody erased", accreditor_with_gaps, UNKNOWN(INCOMPLETE),
     CASE_SCHOOL, EVIDENCE_ACCREDITOR},
    {"of two chains that hold the fresh one speaks", second_school_fresh, FRESH, CASE_BRANCH,
     EVIDENCE_ISSUER},
    {"in whatever order they come", second_school_fresh_and_first, FRESH, CASE_BRANCH, EVIDENCE_ISSUER},
    {"and whichever is old", second_school_old, FRESH, CASE_BRANCH, EVIDENCE_ISSUER},
    {"of two that are stale the better one", both_schools_old, STALE, CASE_SUBJECT, EVIDENCE_ACCREDITOR},
    {"in either order", both_schools_old_the_other_way_round, STALE, CASE_SUBJECT, EVIDENCE_ACCREDITOR},
    {"an owner's log that is not all here", owner_seven_blocks_behind, UNKNOWN(INCOMPLETE), CASE_ASE,
     EVIDENCE_OWNER},
    {"an issuer has a day", issuer_two_days_old, STALE, CASE_BRANCH, EVIDENCE_ISSUER},
    {"of several that are stale the oldest is named", all_old_the_school_most, STALE, CASE_SCHOOL,
     EVIDENCE_ACCREDITOR},
    {"of those as old the nearest", all_old_alike, STALE, CASE_BRANCH, EVIDENCE_ISSUER},
    {"what is stale goes before what is unknown", issuer_unknown_and_owner_old, STALE, CASE_ASE,
     EVIDENCE_OWNER},
    {"no checkpoint before a part of the log", owner_unknown_and_accreditor_incomplete,
     UNKNOWN(NO_CHECKPOINT), CASE_ASE, EVIDENCE_OWNER},
    {"a clock before a part of the log", accreditor_incomplete_and_issuer_ahead, UNKNOWN(CLOCK), CASE_BRANCH,
     EVIDENCE_ISSUER},
    {"an owner that issues is an issuer", owner_by_itself, FRESH, CASE_ASE, EVIDENCE_ISSUER},
    {"with an issuer's day", owner_by_itself_two_days_old, STALE, CASE_ASE, EVIDENCE_ISSUER},
    {"who may be its heir is asked", heir_in_doubt_old, STALE, CASE_SCHOOL, EVIDENCE_OWNER},
    {"but not whom a void disowns", heir_disowned_old, FRESH, CASE_ASE, EVIDENCE_ISSUER},
    {"also when it handed its namespace on", former_owner_that_issued_it_old, STALE, CASE_ASE,
     EVIDENCE_ISSUER},
    {"whose heir is asked too", heir_old, STALE, CASE_SCHOOL, EVIDENCE_OWNER},
    {"a former owner is not asked about whom it accredited", former_owner_that_accredited_old, FRESH,
     CASE_BRANCH, EVIDENCE_ISSUER},
    {"its heir is", heir_of_an_accreditor_old, STALE, CASE_SCHOOL, EVIDENCE_OWNER},
    {"strangers above a stranger say nothing", stranger_s_chain_old, FRESH, CASE_BRANCH, EVIDENCE_ISSUER},
    {"an accreditor may state a rhythm", rhythm_of_an_accreditor, FRESH, CASE_BRANCH, EVIDENCE_ISSUER},
    {"and must keep it", rhythm_of_an_accreditor_missed, STALE, CASE_SCHOOL, EVIDENCE_ACCREDITOR},
    {"an issuer too", rhythm_of_an_issuer, FRESH, CASE_BRANCH, EVIDENCE_ISSUER},
    {"a rhythm may be faster than is usual", rhythm_faster_than_usual, STALE, CASE_ASE, EVIDENCE_OWNER},
    {"a trust line may give longer", trusted_for_longer, FRESH, CASE_BRANCH, EVIDENCE_ISSUER},
    {"and no longer", trusted_for_longer_and_older, STALE, CASE_ASE, EVIDENCE_OWNER},
    {"a trust line goes before a rhythm", trusted_for_less_than_its_rhythm, STALE, CASE_ASE, EVIDENCE_OWNER},
    {"of two lines the stricter counts", trusted_for_less_in_one_of_its_namespaces, STALE, CASE_ASE,
     EVIDENCE_OWNER},
    {"a shop has 14 days for what it documents", shop_that_documents_experience, FRESH, CASE_BRANCH,
     EVIDENCE_SHOP},
    {"and no more", shop_that_documents_experience_older, STALE, CASE_BRANCH, EVIDENCE_SHOP},
};

static void the_worst_of_the_whole_chain_decides(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        verdict_case_begin(&given);
        rows[i].say();
        struct verdict verdict = verdict_case_decide(&given);
        const struct credential_verdict *found = &verdict.credentials[0];
        const struct axis_answer *fresh = &found->axes[AXIS_FRESHNESS];
        if (fresh->answer != rows[i].answer || fresh->reason != rows[i].reason ||
            found->evidence_log != (size_t)rows[i].of || found->evidence_role != rows[i].role) {
            fail_msg("%s: %d %s of %zu as %d", rows[i].sentence, fresh->answer, reason_word(fresh->reason),
                     found->evidence_log, found->evidence_role);
        }
        if (fresh->answer != ANSWER_YES && found->overall == OVERALL_VALID) {
            fail_msg("%s: valid", rows[i].sentence);
        }
    }
}

/* ---- of rules ---- */

/* A technician with ase/A1 and ase/A2, from an owner who spoke just now; epa gives a title for them, and
 * another for that title. */
static struct career_case made;

static struct dossier_log *made_log(size_t actor)
{
    return &made.built.logs[actor];
}

static void made_aged(size_t actor, uint64_t days)
{
    made_log(actor)->checkpoint_time_s = made.question.now_s - days * DAY_S;
}

static void rules_fresh(void) {}

static void rules_as_old_as_their_budget(void)
{
    made_aged(CAREER_EPA, 30);
}

static void rules_a_second_older(void)
{
    rules_as_old_as_their_budget();
    made_log(CAREER_EPA)->checkpoint_time_s--;
}

static void rules_300_days_old(void)
{
    made_aged(CAREER_EPA, 300);
}

static void rules_of_a_year_s_rhythm(void)
{
    made_aged(CAREER_EPA, 190);
    made_log(CAREER_EPA)->rhythm_days = 190;
}

static void rules_trusted_for_longer(void)
{
    made_aged(CAREER_EPA, 90);
    made.built.trust.owners[1].fresh_days = 90;
}

static void rules_without_a_checkpoint(void)
{
    made_log(CAREER_EPA)->has_checkpoint = false;
}

static void rules_seven_blocks_behind(void)
{
    made_log(CAREER_EPA)->checkpoint_seq = BUILT_HEAD_SEQ + 7;
}

static void rules_with_gaps(void)
{
    made_log(CAREER_EPA)->incomplete = true;
}

static void rules_on_their_way(void)
{
    made_log(CAREER_EPA)->switching = true;
}

static void rules_handed_on(void)
{
    build_succession(&made.built, CAREER_EPA, 60, "epa", CAREER_SHOP, 50);
    made_aged(CAREER_EPA, 300);
}

static void rules_handed_on_to_one_who_is_silent(void)
{
    rules_handed_on();
    made_aged(CAREER_SHOP, 300);
}

/* ase condemns A1 where she does not hold the other's title. */
static void condition_by_old_rules(void)
{
    rules_300_days_old();
    career_case_pack(&made, "ase", 2, 101, "A1 A2", "condition A1: epa:\"Both\"");
}

static void another_namespace_with_that_title(void)
{
    rules_300_days_old();
    career_case_pack(&made, "ase", 2, 101, "A1 A2", "title Both: A1 and A2");
}

static const struct {
    const char *sentence;
    void (*say)(void);
    const char *requirement;
    enum answer answer;
    bool named; /* the log of epa's owner, or heir, is */
    enum reason reason;
} rule_rows[] = {
    {"a title by fresh rules", rules_fresh, "epa:\"Both\"", ANSWER_YES, false, REASON_NONE},
    {"rules have 30 days", rules_as_old_as_their_budget, "epa:\"Both\"", ANSWER_YES, false, REASON_NONE},
    {"and not a second more", rules_a_second_older, "epa:\"Both\"", ANSWER_UNKNOWN, true, REASON_STALE},
    {"a title by rules that are 300 days old", rules_300_days_old, "epa:\"Both\"", ANSWER_UNKNOWN, true,
     REASON_STALE},
    {"by its bare name too", rules_300_days_old, "*:\"Both\"", ANSWER_UNKNOWN, true, REASON_STALE},
    {"unless another namespace gives it", another_namespace_with_that_title, "*:\"Both\"", ANSWER_YES, true,
     REASON_STALE},
    {"and a title that asks for it", rules_300_days_old, "epa:\"More\"", ANSWER_UNKNOWN, true, REASON_STALE},
    {"that it is not there is not sure either", rules_300_days_old, "A1 and not epa:\"Both\"", ANSWER_UNKNOWN,
     true, REASON_STALE},
    {"one of two is enough", rules_300_days_old, "A1 or epa:\"Both\"", ANSWER_YES, true, REASON_STALE},
    {"a title that she does not reach stays one that she does not hold", rules_300_days_old, "epa:\"All\"",
     ANSWER_NO, false, REASON_STALE},
    {"codes of others are not touched", rules_300_days_old, "A1 and A2", ANSWER_YES, false, REASON_STALE},
    {"a condition that asks for it", condition_by_old_rules, "A1", ANSWER_UNKNOWN, true, REASON_STALE},
    {"and leaves the code beside it alone", condition_by_old_rules, "A2", ANSWER_YES, true, REASON_STALE},
    {"an owner may state a rhythm", rules_of_a_year_s_rhythm, "epa:\"Both\"", ANSWER_YES, false, REASON_NONE},
    {"a trust line may give longer", rules_trusted_for_longer, "epa:\"Both\"", ANSWER_YES, false,
     REASON_NONE},
    {"rules whose log has no checkpoint", rules_without_a_checkpoint, "epa:\"Both\"", ANSWER_UNKNOWN, true,
     REASON_NO_CHECKPOINT},
    {"rules of whose log the last seven blocks are kept back", rules_seven_blocks_behind, "epa:\"Both\"",
     ANSWER_UNKNOWN, true, REASON_INCOMPLETE},
    {"rules whose log lacks entries that nobody erased", rules_with_gaps, "epa:\"Both\"", ANSWER_UNKNOWN,
     true, REASON_INCOMPLETE},
    {"rules on their way to another branch", rules_on_their_way, "epa:\"Both\"", ANSWER_UNKNOWN, true,
     REASON_INCOMPLETE},
    {"who handed the namespace on may be silent", rules_handed_on, "epa:\"Both\"", ANSWER_YES, false,
     REASON_NONE},
    {"and whom it went to may not", rules_handed_on_to_one_who_is_silent, "epa:\"Both\"", ANSWER_UNKNOWN,
     true, REASON_STALE},
};

static void make(void (*say)(void))
{
    career_case_begin(&made);
    career_case_pack(&made, "ase", 1, 100, "A1 A2 A3", "");
    career_case_pack(&made, "epa", 1, 100, "",
                     "title Both: ase/A1 and ase/A2\ntitle More: epa:\"Both\"\ntitle All: ase/A3");
    career_case_earn(&made, (const struct earned[]){{"ase/A1", BASIS_EXAM, 1000, 1000, 2000},
                                                    {"ase/A2", BASIS_EXAM, 1000, 1000, 2000},
                                                    {0}});
    say();
}

static const struct rules_verdict *rules_of(const struct verdict *verdict, const char *name_space)
{
    for (size_t i = 0; i < verdict->rules_count; i++) {
        if (bytes_equal_string(verdict->rules[i].name_space, name_space)) {
            return &verdict->rules[i];
        }
    }
    return NULL;
}

static void what_rules_give_is_as_sure_as_they_are_new(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rule_rows / sizeof rule_rows[0]; i++) {
        make(rule_rows[i].say);
        struct verdict verdict = career_case_conclude(&made, rule_rows[i].requirement, 1500);
        const struct rules_verdict *rules = rules_of(&verdict, "epa");
        if (verdict.requirement != rule_rows[i].answer || rules->leaves_doubt != rule_rows[i].named ||
            rules->freshness.answer.reason != rule_rows[i].reason) {
            fail_msg("%s: %d, %d of %s", rule_rows[i].sentence, verdict.requirement, rules->leaves_doubt,
                     reason_word(rules->freshness.answer.reason));
        }
    }
}

static void old_rules_are_what_is_missing(void **state)
{
    size_t parts;
    (void)state;
    make(rules_300_days_old);
    struct actor_id epa = built_actor_of(CAREER_EPA);
    assert_string_equal(career_case_missing(&made, "epa:\"Both\"", 1500, &parts), "newer rules of epa?");
    assert_string_equal(career_case_missing(&made, "*:\"More\"", 1500, &parts), "newer rules of epa?");
    assert_string_equal(career_case_missing(&made, "epa:\"All\"", 1500, &parts), "\"All\"");
    struct verdict verdict = career_case_conclude(&made, NULL, 1500);
    assert_int_equal(verdict.title_count, 3);
    for (size_t i = 0; i < verdict.title_count; i++) {
        const struct title_verdict *title = &verdict.titles[i];
        char text[CAREER_TEXT_SIZE];
        bool held = !bytes_equal_string(title->name, "All");
        missing_to_text(text, title->missing, title->missing_count);
        assert_int_equal(title->answer, held ? ANSWER_UNKNOWN : ANSWER_NO);
        assert_string_equal(text, held ? "newer rules of epa?" : "A3");
    }
    const struct freshness *freshness = &rules_of(&verdict, "epa")->freshness;
    assert_true(actor_id_equal(&freshness->author, &epa));
    assert_int_equal(freshness->age_s, 300 * DAY_S);
    assert_int_equal(freshness->role, EVIDENCE_OWNER);
    assert_int_equal(freshness->log, CAREER_EPA);
}

static void an_owner_of_whom_nothing_is_here_is_named(void **state)
{
    (void)state;
    make(rules_fresh);
    struct actor_id unseen = built_actor_of(BUILT_ACTORS_MAX - 1);
    made.built.trust.owners[1].actor = unseen;
    struct verdict verdict = career_case_conclude(&made, NULL, 1500);
    const struct freshness *freshness = &rules_of(&verdict, "epa")->freshness;
    assert_int_equal(freshness->answer.reason, REASON_NO_CHECKPOINT);
    assert_int_equal(freshness->log, SIZE_MAX);
    assert_true(actor_id_equal(&freshness->author, &unseen));
}

enum {
    OWNER = 1,
    MAKER,
    OTHER,
    VICTIM,
    FIRST_SILENT,
    SILENT = BUILT_ACTORS_MAX - FIRST_SILENT,
    DAY_LENGTH_S = 86400
};

/* MAKER, of whom enough is heard, accredits so many others, of whom each lets the issuer speak: of every
 * second one nothing is heard, of the rest for months. OTHER, not heard of for so many days, lets it speak
 * too. */
static struct credential_verdict verdict_among_silent(uint64_t other_days, bool unheard)
{
    static uint8_t memory[4 << 20];
    static struct dossier_builder built;
    static struct credentials out;
    const struct question question = {.network = &built.network,
                                      .at_day = day_of_time(BUILT_TIME_S),
                                      .now_s = BUILT_TIME_S,
                                      .known_by_s = UINT64_MAX,
                                      .budget = FRESHNESS_DEFAULT};
    struct arena arena;
    dossier_builder_init(&built, BUILT_ACTORS_MAX);
    built.trust.owner_count = 0;
    build_owner(&built, "ase", OWNER);
    build_pack_code(&built, build_pack(&built, OWNER, 1, "ase", 1, 0), "A1", 0);
    build_accreditation(&built, OWNER, 2, MAKER, "ase/*", 2);
    for (size_t i = 0; i < SILENT; i++) {
        build_accreditation(&built, MAKER, 5 + i, FIRST_SILENT + i, "ase/*", 1);
        build_accreditation(&built, FIRST_SILENT + i, 5, VICTIM, "ase/*", 0);
        built.logs[FIRST_SILENT + i].has_checkpoint = !unheard || i % 2 == 1;
        built.logs[FIRST_SILENT + i].checkpoint_time_s -= (60 + i) * DAY_LENGTH_S;
    }
    build_accreditation(&built, MAKER, 60, OTHER, "ase/*", 1);
    build_accreditation(&built, OTHER, 5, VICTIM, "ase/*", 0);
    built.logs[OTHER].checkpoint_time_s -= other_days * DAY_LENGTH_S;
    build_credential(&built, VICTIM, 5, "ase/A1", day_of_time(BUILT_TIME_S) - 20, DAY_NONE);
    arena_init(&arena, memory, sizeof memory);
    assert_true(credentials_decide(&out, &built.dossier, &built.trust, &question, &arena));
    return out.verdicts[0];
}

static void however_many_are_silent_the_best_chain_speaks(void **state)
{
    (void)state;
    assert_int_equal(verdict_among_silent(0, true).overall, OVERALL_VALID);
    assert_int_equal(verdict_among_silent(40, true).axes[AXIS_FRESHNESS].reason, REASON_NO_CHECKPOINT);
    struct credential_verdict verdict = verdict_among_silent(40, false);
    assert_int_equal(verdict.axes[AXIS_FRESHNESS].reason, REASON_STALE);
    assert_int_equal(verdict.evidence_log, OTHER);
    assert_int_equal(verdict_among_silent(100, false).evidence_log, FIRST_SILENT);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(however_many_are_silent_the_best_chain_speaks),
        cmocka_unit_test(the_worst_of_the_whole_chain_decides),
        cmocka_unit_test(what_rules_give_is_as_sure_as_they_are_new),
        cmocka_unit_test(old_rules_are_what_is_missing),
        cmocka_unit_test(an_owner_of_whom_nothing_is_here_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
