#include "node/watch_facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "node/watch_words.h"
#include "tests/support/roster_builder.h"
#include "tests/support/trade.h"

enum { AT = 5000, LONG_AGO = 1000, FAR_AWAY = 9000 };

static struct trade trade;
static struct roster_builder built;
static max_align_t memory[256 * 1024 / sizeof(max_align_t)];
static struct arena arena;
static struct watch_facts facts;

/* What is watched of Maria as of a day. */
static void ask(const char *day)
{
    struct verdict verdict = trade_verdict(&trade, NULL, day, NULL);
    arena_init(&arena, memory, sizeof(memory));
    assert_true(watch_facts_of_verdict(&facts, &verdict, &trade.dossier, &arena));
}

/* "held until 2029-06-30"; "absent" when it is no fact. */
static const char *words_of(const char *what)
{
    static char words[WATCH_WORDS_SIZE];
    for (size_t i = 0; i < facts.count; i++) {
        if (strcmp(facts.items[i].what, what) == 0) {
            watch_fact_words(words, &facts.items[i]);
            return words;
        }
    }
    return "absent";
}

static void assert_words(const char *sentence, const char *what, const char *words)
{
    if (strcmp(words_of(what), words) != 0) {
        fail_msg("%s: %s", sentence, words_of(what));
    }
}

static void begin(void)
{
    trade_begin(&trade);
    trade_publish(&trade, "ase.json", NULL);
    trade_publish(&trade, "epa.json", NULL);
    trade_publish(&trade, "ford.json", NULL);
}

static void a_technician_s_codes_and_titles(void **state)
{
    (void)state;
    begin();
    trade_work(&trade, TRADE_SHOP, "2015-01-01", "2019-12-31");
    trade_pass(&trade, "ase", "A1 A2 A3 A4 A6 A7 A8", "2024-03-01");
    trade_pass(&trade, "ase", "A5", "2023-03-01");
    trade_earn(&trade, TRADE_EPA, "epa/609", BASIS_EXAM, "2020-01-01", NULL);
    struct dossier_credential *revoked =
        trade_earn(&trade, TRADE_ASE, "ase/T2", BASIS_EXAM, "2024-03-01", NULL);
    trade_say(&trade, revoked, STATUS_REVOKED, "2024-06-01");
    struct dossier_credential *appealed =
        trade_earn(&trade, TRADE_ASE, "ase/T3", BASIS_EXAM, "2024-03-01", NULL);
    trade_say(&trade, appealed, STATUS_APPEALED, "2024-06-01");
    ask("2026-11-22");
    static const struct {
        const char *sentence, *what, *words;
    } rows[] = {
        {"a code until its last day", "ase/A1", "held until 2029-03-01"},
        {"one that lapses before", "ase/A5", "held until 2028-03-01"},
        {"one for life", "epa/609", "held for life"},
        {"one that was revoked", "ase/T2", "not held (revoked)"},
        {"one under appeal", "ase/T3", "held until 2029-03-01 (under appeal)"},
        {"a title until its first part lapses", "ase:Master Automobile", "held until 2028-03-01"},
        {"a title that is not held is no fact", "ase:Master Collision", "absent"},
        {"nor is a code that nobody attested", "ase/T4", "absent"},
        {"nor what documents experience", "ase/experience", "absent"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_words(rows[i].sentence, rows[i].what, rows[i].words);
    }
    ask("2028-03-02");
    assert_words("after its last day", "ase/A5", "not held (expired)");
    assert_words("and the title with it", "ase:Master Automobile", "absent");
    assert_false(facts.cut);
}

/* The watch-list would else be told whatever anybody writes, and be full of it. */
static void what_strangers_say_is_no_fact(void **state)
{
    (void)state;
    begin();
    trade_earn(&trade, TRADE_EPA, "ase/T4", BASIS_EXAM, "2024-03-01", "2029-03-01");
    trade_earn(&trade, TRADE_EPA, "junk/member", BASIS_MEMBERSHIP, "2024-03-01", "2029-03-01");
    trade_earn(&trade, TRADE_EPA, "epa/609", BASIS_EXAM, "2020-01-01", NULL);
    ask("2026-11-22");
    assert_int_equal(facts.count, 1);
    assert_words("what the owner says", "epa/609", "held for life");
}

static void a_test_without_experience(void **state)
{
    (void)state;
    begin();
    trade_pass(&trade, "ase", "A5", "2024-03-01");
    ask("2026-11-22");
    assert_words("tested only", "ase/A5", "tested until 2029-03-01, not certified (experience)");
}

static void old_evidence_is_one_and_its_age_is_none(void **state)
{
    (void)state;
    begin();
    trade_work(&trade, TRADE_SHOP, "2015-01-01", "2019-12-31");
    trade_pass(&trade, "ase", "A5", "2024-03-01");
    ask("2026-11-22");
    struct watch_fact fresh = facts.items[0];
    /* Asked for "now" the trade's checkpoints are of that day; an older one is still fresh enough. */
    trade.question.now_s += 3600;
    struct verdict verdict;
    arena_init(&arena, memory, sizeof(memory));
    assert_true(verdict_of(&verdict, &trade.dossier, &trade.trust, &trade.question, &trade.arena));
    assert_true(watch_facts_of_verdict(&facts, &verdict, &trade.dossier, &arena));
    assert_true(watch_fact_equal(&facts.items[0], &fresh));
    trade.question.now_s += 100 * 86400;
    arena_init(&arena, memory, sizeof(memory));
    assert_true(verdict_of(&verdict, &trade.dossier, &trade.trust, &trade.question, &trade.arena));
    assert_true(watch_facts_of_verdict(&facts, &verdict, &trade.dossier, &arena));
    assert_words("too old", "ase/A5", "could not be determined (too old)");
}

static void what_is_erased_has_no_code(void **state)
{
    (void)state;
    begin();
    trade_pass(&trade, "ase", "A5", "2024-03-01");
    trade_pass(&trade, "ase", "A6", "2024-03-01");
    trade.dossier.credentials[0].place.erased = true;
    ask("2026-11-22");
    assert_int_equal(facts.count, 1);
}

/* ---- shops ---- */

static void ask_shop(uint32_t day)
{
    built.question.at_day = day;
    struct roster_verdict verdict = roster_builder_decide(&built);
    arena_init(&arena, memory, sizeof(memory));
    assert_true(watch_facts_of_roster(&facts, &verdict, &built.shop.dossier, &arena));
}

static void a_shop_s_awards_and_codes(void **state)
{
    static const struct {
        const char *sentence;
        uint32_t day;
        const char *what, *words;
    } rows[] = {
        {"an award that holds, until what ends it first", AT, "ase:Seal", "held until 1917-07-11"},
        {"the recognition that it rests on", AT, "ase/blue-seal", "held until 1924-08-23"},
        {"an award that can never hold here", AT, "ase:Two", "not held (too few certified)"},
        {"an award that has ended, with what it lacks", 7000, "ase:Seal", "not held (too few certified)"},
        {"where the recognition is still there", 7000, "ase/blue-seal", "held until 1924-08-23"},
    };
    (void)state;
    roster_builder_init(&built, AT);
    struct dossier_pack *pack = build_ase_pack(&built, 1, 1, 0);
    build_rule(&built, pack, PACK_RULE_RECOGNITION, "Seal", "share 75 % (A*) and blue-seal");
    build_rule(&built, pack, PACK_RULE_RECOGNITION, "Two", "technicians 2 (A*)");
    build_profile(&built, 1, LONG_AGO, 1, "brakes");
    build_blue_seal(&built, LONG_AGO, FAR_AWAY);
    build_member(&built, 0, LONG_AGO);
    build_certified(&built, 0, "ase/A5", LONG_AGO, 6400);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ask_shop(rows[i].day);
        assert_words(rows[i].sentence, rows[i].what, rows[i].words);
        assert_int_equal(facts.items[0].kind, WATCH_AWARD);
    }
}

static void a_membership_is_a_code_of_a_shop(void **state)
{
    (void)state;
    roster_builder_init(&built, AT);
    build_ase_pack(&built, 1, 1, 0);
    struct dossier_credential *member = build_blue_seal(&built, LONG_AGO, FAR_AWAY);
    member->attestation.basis = BASIS_MEMBERSHIP;
    ask_shop(AT);
    assert_words("now", "ase/blue-seal", "held until 1924-08-23");
    ask_shop(FAR_AWAY + 1);
    assert_words("later", "ase/blue-seal", "not held (expired)");
}

static void there_are_only_so_many(void **state)
{
    static struct code_verdict codes[WATCH_FACTS_MAX + 1];
    static char names[WATCH_FACTS_MAX + 1][16];
    const struct dossier dossier = {0};
    const struct verdict verdict = {.code_count = WATCH_FACTS_MAX + 1, .codes = codes};
    (void)state;
    for (size_t i = 0; i < WATCH_FACTS_MAX + 1; i++) {
        snprintf(names[i], sizeof(names[i]), "ase/A%zu", WATCH_FACTS_MAX - i);
        codes[i] = (struct code_verdict){
            .code = bytes_of_string(names[i]), .certified = ANSWER_YES, .credential = SIZE_MAX};
    }
    arena_init(&arena, memory, sizeof(memory));
    assert_true(watch_facts_of_verdict(&facts, &verdict, &dossier, &arena));
    assert_int_equal(facts.count, WATCH_FACTS_MAX);
    assert_true(facts.cut);
    for (size_t i = 1; i < facts.count; i++) {
        assert_true(watch_fact_order(&facts.items[i - 1], &facts.items[i]) < 0);
    }
    arena_init(&arena, memory, 1024);
    assert_false(watch_facts_of_verdict(&facts, &verdict, &dossier, &arena));
    assert_int_equal(facts.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_technician_s_codes_and_titles),
        cmocka_unit_test(what_strangers_say_is_no_fact),
        cmocka_unit_test(a_test_without_experience),
        cmocka_unit_test(old_evidence_is_one_and_its_age_is_none),
        cmocka_unit_test(what_is_erased_has_no_code),
        cmocka_unit_test(a_shop_s_awards_and_codes),
        cmocka_unit_test(a_membership_is_a_code_of_a_shop),
        cmocka_unit_test(there_are_only_so_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
