#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/issue_counts.h"
#include "protocol/rules/expression_text.h"
#include "tests/support/store_world.h"

/* What an owner's own rules say of what it is about to issue. A1 is renewed in time by 12 months, A2 in time,
 * L1 asks for A1, 609 for an exam, and X1, which is renewed by nothing, for 30 days between exams. */

static struct store_world world;
static struct world_author ase, stranger, centre, school;
static struct trust trust;

enum { ARRIVED_S = 1000, EARNED = 45500, RENEWED = 45700, MONTHS = 24, MARIA = 7, BOB = 8 };

static const struct {
    enum pack_rule_kind kind;
    const char *name, *when;
} rule_texts[] = {
    {PACK_RULE_PREREQUISITE, "609", "basis exam"},
    {PACK_RULE_PREREQUISITE, "L1", "tested A1"},
    {PACK_RULE_PREREQUISITE, "X1", "30 days apart from exam"},
    {PACK_RULE_EXPERIENCE, "X1", "experience 1 years in worked or experience 2 years in A2"},
    {PACK_RULE_RENEWAL, "A1", "in time and adds at most 12 months"},
    {PACK_RULE_RENEWAL, "A2", "in time"},
};
enum { RULES = sizeof(rule_texts) / sizeof(rule_texts[0]) };

static struct bytes encoded_rule(const char *when)
{
    static uint8_t memory[EXPRESSION_ARENA_SIZE];
    struct expression_error error;
    struct expression expression;
    struct arena arena;
    struct bytes encoded;
    uint8_t *bytes = arena_take(&world.arena, RULE_EXPRESSION_SIZE_MAX);
    arena_init(&arena, memory, sizeof(memory));
    assert_true(expression_parse(&expression, &error, SCOPE_ATTESTATION, bytes_of_string(when),
                                 bytes_of_string("ase"), &arena));
    assert_true(expression_encode(&expression, bytes, RULE_EXPRESSION_SIZE_MAX, &encoded));
    return encoded;
}

static void publish_pack(struct store_txn *txn)
{
    static const char *const names[] = {"609", "A1", "A2", "L1", "X1", "worked"};
    struct pack_code codes[6] = {0};
    struct pack_rule rules[RULES] = {0};
    struct draft draft;
    for (size_t i = 0; i < 6; i++) {
        codes[i] = (struct pack_code){
            .code = bytes_of_string(names[i]), .title = bytes_of_string("T"), .lifetime_months = MONTHS};
    }
    for (size_t i = 0; i < RULES; i++) {
        rules[i] = (struct pack_rule){.kind = rule_texts[i].kind,
                                      .name = bytes_of_string(rule_texts[i].name),
                                      .expression = encoded_rule(rule_texts[i].when)};
    }
    const struct rule_pack pack = {.name_space = bytes_of_string("ase"),
                                   .version = 3,
                                   .codes = {.items = codes, .count = 6},
                                   .rules = {.items = rules, .count = RULES}};
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_RULE_PACK, &pack);
    world_publish(&world, txn, &ase, &draft, ARRIVED_S);
}

static struct attestation attested(uint8_t who, const char *code, enum basis basis, uint32_t earned_on)
{
    return (struct attestation){.subject = {.kind = SUBJECT_ACTOR, .id.bytes = {who}},
                                .code = bytes_of_string(code),
                                .basis = basis,
                                .earned_on = earned_on,
                                .valid_from = earned_on,
                                .has_last_day = true,
                                .last_day = day_add_months(earned_on, MONTHS)};
}

/* Maria passed A1, A2, X1 and 609, which was revoked; nothing is known of Bob. */
static void issue_tests(struct store_txn *txn)
{
    static const char *const codes[] = {"ase/A1", "ase/A2", "ase/X1", "ase/609"};
    static const struct index_range last = {3, 3};
    const struct status status = {
        .seq = 2, .entries = {.items = &last, .count = 1}, .action = STATUS_REVOKED, .effective_day = EARNED};
    struct draft draft;
    world_draft(&world, &draft, CLASS_CONTENT);
    for (size_t i = 0; i < 4; i++) {
        const struct attestation attestation = attested(MARIA, codes[i], BASIS_EXAM, EARNED);
        world_add(&draft, ENTRY_ATTESTATION, &attestation);
    }
    world_publish(&world, txn, &ase, &draft, ARRIVED_S);
    world_draft(&world, &draft, CLASS_STATUS);
    world_add(&draft, ENTRY_STATUS, &status);
    world_publish(&world, txn, &ase, &draft, ARRIVED_S);
}

/* ase lets a delegate issue all that is its own, and takes that back: whole, or up to its newest block. */
static void withdraw(struct store_txn *txn, const struct world_author *delegate, bool whole)
{
    const struct bytes pattern = bytes_of_string("ase/*");
    const struct accreditation accreditation = {
        .delegate = delegate->actor.id, .patterns = {.items = &pattern, .count = 1}, .from = EARNED};
    struct withdrawal withdrawal = {.delegate = delegate->actor.id,
                                    .has_cut = !whole,
                                    .cut_seq = delegate->state.seq,
                                    .cut_head = delegate->state.head,
                                    .has_accreditation = whole,
                                    .accreditation = {.seq = ase.state.seq + 1}};
    struct draft draft;
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_ACCREDITATION, &accreditation);
    world_publish(&world, txn, &ase, &draft, ARRIVED_S);
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_WITHDRAWAL, &withdrawal);
    world_publish(&world, txn, &ase, &draft, ARRIVED_S);
}

static int set_up(void **state)
{
    struct trust_owner owner = {.name_space = "ase"};
    (void)state;
    world_init(&world);
    struct store_txn *txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, ARRIVED_S);
    world_begin_log(&world, txn, &stranger, 2, ARRIVED_S);
    world_begin_log(&world, txn, &centre, 3, ARRIVED_S);
    world_begin_log(&world, txn, &school, 4, ARRIVED_S);
    publish_pack(txn);
    issue_tests(txn);
    withdraw(txn, &centre, false);
    withdraw(txn, &school, true);
    world_commit(txn);
    memset(&trust, 0, sizeof(trust));
    owner.actor = ase.actor.id;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

static struct session session;
static struct issue_rules *rules;

static struct issue_counts *begin(void)
{
    session = (struct session){.trust = &trust,
                               .store = world.store,
                               .has_actor = true,
                               .actor = ase.actor.id,
                               .arena = world.arena};
    session.home.network = world.network;
    rules = issue_rules_create(&session, false);
    return issue_counts_create(rules);
}

static void end(struct issue_counts *counts)
{
    assert_int_equal(rules->error, STORE_OK);
    free(counts);
    free(rules);
}

static void what_never_counts_is_told_with_its_rule(void **state)
{
    (void)state;
    static const struct {
        const char *sentence;
        uint8_t who;
        const char *code;
        enum basis basis;
        uint32_t earned_on;
        enum reason reason;
        const char *rule;
    } rows[] = {
        {"an exam", BOB, "ase/A1", BASIS_EXAM, RENEWED, REASON_NONE, ""},
        {"training where an exam is asked for", BOB, "ase/609", BASIS_TRAINING, RENEWED, REASON_PREREQUISITE,
         "version 3 of the rules, prerequisite 609: basis exam"},
        {"of one who is known too", MARIA, "ase/609", BASIS_TRAINING, RENEWED, REASON_PREREQUISITE,
         "version 3 of the rules, prerequisite 609: basis exam"},
        {"an exam there", BOB, "ase/609", BASIS_EXAM, RENEWED, REASON_NONE, ""},
        {"a renewal in time", MARIA, "ase/A2", BASIS_RENEWAL, RENEWED, REASON_NONE, ""},
        {"one of what was never held", BOB, "ase/A2", BASIS_RENEWAL, RENEWED, REASON_RENEWAL,
         "version 3 of the rules, renewal A2: in time"},
        {"one that no rule knows", MARIA, "ase/X1", BASIS_RENEWAL, RENEWED, REASON_RENEWAL,
         "version 3 of the rules has no renewal rule for it"},
        {"an exam in what counts as experience alone", BOB, "ase/worked", BASIS_EXAM, RENEWED,
         REASON_ONLY_EXPERIENCE,
         "version 3 of the rules, experience X1: experience 1 year in worked or experience 2 years in A2"},
        {"an exam in what counts as more than that", BOB, "ase/A2", BASIS_EXAM, RENEWED, REASON_NONE, ""},
        {"experience there", BOB, "ase/worked", BASIS_EXPERIENCE, RENEWED, REASON_NONE, ""},
        {"one that adds more than the rule does", MARIA, "ase/A1", BASIS_RENEWAL, EARNED + 720,
         REASON_RENEWAL, "version 3 of the rules, renewal A1: in time and adds at most 12 months"},
    };
    struct issue_counts *counts = begin();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct attestation coming =
            attested(rows[i].who, rows[i].code, rows[i].basis, rows[i].earned_on);
        for (int again = 0; again < 2; again++) {
            char rule[ISSUE_RULE_SIZE];
            enum reason reason = issue_counts_of(counts, &coming, rule);
            if (reason != rows[i].reason || strcmp(rule, rows[i].rule) != 0) {
                fail_msg("%s: %s (%s)", rows[i].sentence, reason_word(reason), rule);
            }
        }
    }
    end(counts);
}

/* The third entry of the third block: Maria's exam of X1. */
static struct entry_name exam_of_x1(void)
{
    struct store_txn *txn;
    struct bytes stored;
    struct block block;
    struct entry_name name = {.author = ase.actor.id, .seq = 2, .index = 2};
    assert_int_equal(store_read_begin(&txn, world.store), STORE_OK);
    assert_int_equal(store_block_bytes(txn, &name.author, name.seq, &stored, &world.arena), STORE_OK);
    assert_int_equal(block_decode(&block, &world.network, stored, &world.arena), REASON_NONE);
    store_end(txn);
    memcpy(name.prefix, block.leaves[name.index].bytes, sizeof(name.prefix));
    return name;
}

static void a_correction_is_no_second_exam(void **state)
{
    (void)state;
    char rule[ISSUE_RULE_SIZE];
    struct code_verdict amounts;
    struct entry_name wrong = exam_of_x1();
    struct issue_counts *counts = begin();
    const struct attestation coming = attested(MARIA, "ase/X1", BASIS_EXAM, EARNED + 10);
    assert_int_equal(issue_counts_of(counts, &coming, rule), REASON_PREREQUISITE);
    counts->replaces[counts->replaces_count++] = &wrong;
    assert_int_equal(issue_counts_of(counts, &coming, rule), REASON_NONE);
    assert_true(issue_counts_verdict(&amounts, counts, &coming));
    wrong.index--;
    assert_int_equal(issue_counts_of(counts, &coming, rule), REASON_PREREQUISITE);
    end(counts);
}

/* What stands further up in a file counts for what comes after it. */
static void pending_rows_count(void **state)
{
    (void)state;
    char rule[ISSUE_RULE_SIZE];
    struct issue_counts *counts = begin();
    const struct attestation exam = attested(BOB, "ase/A2", BASIS_EXAM, EARNED);
    const struct attestation renewal = attested(BOB, "ase/A2", BASIS_RENEWAL, RENEWED);
    assert_int_equal(issue_counts_of(counts, &renewal, rule), REASON_RENEWAL);
    issue_counts_add(counts, &exam);
    assert_int_equal(issue_counts_of(counts, &renewal, rule), REASON_NONE);
    issue_counts_forget(counts);
    assert_int_equal(issue_counts_of(counts, &renewal, rule), REASON_RENEWAL);
    end(counts);
}

static void renewing_adds_to_the_end_that_is_held(void **state)
{
    (void)state;
    static const struct {
        const char *sentence;
        uint8_t who;
        const char *code;
        uint32_t earned_on;
        bool is_told;
        uint32_t from; /* the last day is so many months after it */
        uint32_t months;
    } rows[] = {
        {"the end held and what the rule adds", MARIA, "ase/A1", EARNED + 500, true, EARNED, MONTHS + 12},
        {"not beyond the lifetime", MARIA, "ase/A1", EARNED + 100, true, EARNED + 100, MONTHS},
        {"a rule that says nothing of it", MARIA, "ase/A2", RENEWED, false, 0, 0},
        {"no rule", MARIA, "ase/X1", RENEWED, false, 0, 0},
        {"nothing held", BOB, "ase/A1", RENEWED, false, 0, 0},
        {"nothing held by then", MARIA, "ase/A1", EARNED, false, 0, 0},
    };
    const struct pack_code code = {.lifetime_months = MONTHS};
    struct issue_counts *counts = begin();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct attestation coming =
            attested(rows[i].who, rows[i].code, BASIS_RENEWAL, rows[i].earned_on);
        uint32_t last_day = 0;
        bool is_told = issue_counts_renewed_until(&last_day, counts, &coming, &code);
        if (is_told != rows[i].is_told ||
            (is_told && last_day != day_add_months(rows[i].from, rows[i].months))) {
            fail_msg("%s: %d, day %u", rows[i].sentence, (int)is_told, last_day);
        }
    }
    end(counts);
}

/* L1 asks for A1 beforehand. */
static void a_later_first_day_lasts_no_longer(void **state)
{
    (void)state;
    static const struct {
        const char *sentence;
        uint8_t who;
        const char *code;
        uint32_t until;
    } rows[] = {
        {"from the day earned", BOB, "ase/A1", RENEWED},
        {"from a prerequisite that was there", MARIA, "ase/L1", RENEWED},
        {"from its first day, as nothing has begun", BOB, "ase/L1", RENEWED + 100},
    };
    struct issue_counts *counts = begin();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct attestation coming = attested(rows[i].who, rows[i].code, BASIS_EXAM, RENEWED);
        uint32_t last_day = 0;
        coming.valid_from = RENEWED + 100;
        coming.has_last_day = false;
        if (!issue_counts_lasts_until(&last_day, counts, &coming) ||
            last_day != day_add_months(rows[i].until, MONTHS)) {
            fail_msg("%s: day %u", rows[i].sentence, last_day);
        }
    }
    end(counts);
}

/* As if it were signed and heard of now. */
static void what_is_coming_amounts_to_something(void **state)
{
    (void)state;
    struct code_verdict amounts;
    struct issue_counts *counts = begin();
    const struct attestation coming = attested(BOB, "ase/A1", BASIS_EXAM, session_today());
    assert_true(issue_counts_verdict(&amounts, counts, &coming));
    assert_true(bytes_equal_string(amounts.code, "ase/A1"));
    assert_int_equal(amounts.tested, ANSWER_YES);
    assert_int_equal(amounts.certified, ANSWER_YES);
    end(counts);
}

/* L1 asks for A1 beforehand. What is remembered of those of whom nothing is known says so too. */
static void what_is_tested_alone_waits(void **state)
{
    (void)state;
    static const struct {
        const char *sentence;
        uint8_t who;
        const char *code;
        bool waits;
    } rows[] = {
        {"an exam that is all that is asked for", BOB, "ase/A1", false},
        {"one that asks for another before", BOB, "ase/L1", true},
        {"the same of another of whom nothing is known", BOB + 1, "ase/L1", true},
        {"of one who has that other", MARIA, "ase/L1", false},
    };
    struct issue_counts *counts = begin();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct attestation coming = attested(rows[i].who, rows[i].code, BASIS_EXAM, RENEWED);
        char rule[ISSUE_RULE_SIZE];
        assert_int_equal(issue_counts_of(counts, &coming, rule), REASON_NONE);
        if (issue_counts_waits(counts) != rows[i].waits) {
            fail_msg("%s", rows[i].sentence);
        }
    }
    end(counts);
}

/* Who issues without being accredited was warned, and is not told the same as a rule of his own. */
static void a_stranger_is_not_refused_as_such(void **state)
{
    (void)state;
    char rule[ISSUE_RULE_SIZE];
    struct issue_counts *counts = begin();
    session.actor = stranger.actor.id;
    const struct attestation coming = attested(BOB, "ase/A1", BASIS_EXAM, RENEWED);
    assert_int_equal(issue_counts_of(counts, &coming, rule), REASON_NONE);
    end(counts);
}

/* What was withdrawn is agreed to like what never was given, and no rule is named that has nothing to do with
 * it; without that it is refused before it is asked whether it counts. */
static void what_is_issued_unaccredited_is_not_asked_of_the_rules(void **state)
{
    (void)state;
    static const struct {
        const char *sentence;
        const struct world_author *by;
        const char *code;
        enum reason reason;
    } rows[] = {
        {"after a withdrawal with a cut", &centre, "ase/A1", REASON_NONE},
        {"after a withdrawal of the accreditation", &school, "ase/A1", REASON_NONE},
        {"nor is what else they ask for", &school, "ase/L1", REASON_NONE},
        {"but experience alone is told of whoever signs it", &school, "ase/worked", REASON_ONLY_EXPERIENCE},
        {"whoever may issue it is asked all the same", &ase, "ase/609", REASON_PREREQUISITE},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char rule[ISSUE_RULE_SIZE];
        struct issue_counts *counts = begin();
        session.actor = rows[i].by->actor.id;
        rules->unaccredited = true;
        const struct attestation coming = attested(
            BOB, rows[i].code, strcmp(rows[i].code, "ase/609") == 0 ? BASIS_TRAINING : BASIS_EXAM, RENEWED);
        enum reason reason = issue_counts_of(counts, &coming, rule);
        if (reason != rows[i].reason) {
            fail_msg("%s: %d, %s", rows[i].sentence, (int)reason, rule);
        }
        end(counts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_never_counts_is_told_with_its_rule),
        cmocka_unit_test(a_correction_is_no_second_exam),
        cmocka_unit_test(pending_rows_count),
        cmocka_unit_test(renewing_adds_to_the_end_that_is_held),
        cmocka_unit_test(a_later_first_day_lasts_no_longer),
        cmocka_unit_test(what_is_coming_amounts_to_something),
        cmocka_unit_test(what_is_tested_alone_waits),
        cmocka_unit_test(a_stranger_is_not_refused_as_such),
        cmocka_unit_test(what_is_issued_unaccredited_is_not_asked_of_the_rules),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
