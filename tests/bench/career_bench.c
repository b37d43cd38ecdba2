/* What rules cost, by the shipped packs, warm, on one core: a verdict on a career of thirty years and sixty
 * attestations with all titles, and all awards of a shop of fifty technicians with eight attestations each,
 * beside one bare libsodium signature check timed in turn with them in the same run, so that a busy machine
 * slows all. Prints microseconds, and the ratios, as min / median / max over the repeats.
 *
 *     career_bench [REPEATS] */

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/support/roster_builder.h"
#include "tests/support/trade.h"

enum {
    REPEATS_DEFAULT = 15,
    REPEATS_MAX = 1000,
    CALLS = 400,
    VERIFY_CALLS = 40,
    ROSTER_CALLS = 10,
    TECHNICIANS = 50
};

static struct trade trade;
static struct trade shop_rules; /* for its packs alone */
static struct roster_builder shop;
static const char today[] = "2026-11-22";

static double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* ---- the career ---- */

static void recertify(const char *codes, const char *day)
{
    char code[CODE_SIZE_MAX + 1];
    while (*codes != '\0') {
        size_t size = strcspn(codes, " ");
        snprintf(code, sizeof(code), "ase/%.*s", (int)size, codes);
        trade_earn(&trade, TRADE_ASE, code, BASIS_RECERTIFICATION, day, NULL);
        codes += size;
        codes += strspn(codes, " ");
    }
}

static void build_career(void)
{
    static const char all_a[] = "A1 A2 A3 A4 A5 A6 A7 A8";
    trade_begin(&trade);
    trade_publish_usual(&trade);
    trade_pass(&trade, "ase", all_a, "1996-05-01");
    recertify(all_a, "2001-04-15");
    recertify(all_a, "2006-04-01");
    recertify(all_a, "2011-03-15");
    trade_pass(&trade, "ase", "T2 T3 T4 T5 T6 T7 T8 L1", "2022-05-01");
    recertify("A5 A6 A7 A8", "2021-08-01");
    trade_earn(&trade, TRADE_ASE, "ase/A1", BASIS_EXAM, "2022-09-01", NULL);
    trade_earn(&trade, TRADE_ASE, "ase/A5", BASIS_RENEWAL, "2026-05-01", "2027-08-01");
    trade_earn(&trade, TRADE_SCHOOL, "epa/609", BASIS_EXAM, "1996-06-01", NULL);
    trade_earn(&trade, TRADE_SCHOOL, "ase/school", BASIS_TRAINING, "1996-04-30", NULL);
    trade_earn(&trade, TRADE_TX, "tx/safety-inspector", BASIS_LICENCE, "2025-06-01", NULL);
    trade_earn(&trade, TRADE_FORD, "ford/fact-brakes", BASIS_TRAINING, "2015-06-01", NULL);
    trade_work(&trade, TRADE_SHOP, "1996-06-01", "1999-12-31");
    trade_work(&trade, TRADE_OTHER_SHOP, "2000-02-01", "2009-05-31");
    trade_work(&trade, TRADE_SHOP, "2008-06-01", "2014-12-31");
    trade_work(&trade, TRADE_OTHER_SHOP, "2015-01-01", "2020-12-31");
    trade_join(&trade, TRADE_SHOP, "2008-06-01", "2015-01-01");
    trade_join(&trade, TRADE_OTHER_SHOP, "2015-01-01", NULL);
    trade_member(&trade, TRADE_FORD, TRADE_OTHER_SHOP, "ford/network-shop", "2026-01-01", "2026-12-31");
    for (size_t i = trade.dossier.credential_count; i < 60; i++) {
        trade_earn(&trade, TRADE_SCHOOL, "ase/school", BASIS_TRAINING, "2016-03-01", NULL);
    }
    assert(trade.dossier.credential_count == 60);
}

/* ---- the shop ---- */

static void build_shop(void)
{
    static const char *const codes[] = {"ase/A1", "ase/A4", "ase/A5", "ase/A6", "ase/A7", "ase/A8", "ase/T4"};
    const uint32_t first = trade_day("2024-01-10"), last = trade_day("2029-01-10");
    trade_begin(&shop_rules);
    trade_publish(&shop_rules, "ase.json", NULL);
    trade_publish(&shop_rules, "ase-2025.json", NULL);
    roster_builder_init(&shop, trade_day(today));
    static_assert((int)TRADE_ASE == (int)ROSTER_ASE, "the packs stand in the log of the same actor");
    shop.shop.dossier.packs = shop_rules.packs;
    shop.shop.dossier.pack_count = shop_rules.dossier.pack_count;
    build_profile(&shop, 1, first, TECHNICIANS,
                  "air-conditioning brakes electrical engine suspension-steering");
    build_review(&shop, 20, trade_day("2026-02-01"), TECHNICIANS, "brakes electrical engine");
    build_blue_seal(&shop, trade_day("2026-02-01"), trade_day("2027-02-01"));
    for (size_t i = 0; i < TECHNICIANS; i++) {
        build_member(&shop, i, first);
        for (size_t k = 0; k < sizeof(codes) / sizeof(codes[0]); k++) {
            build_certified(&shop, i, codes[k], first + (uint32_t)i, last + (uint32_t)i);
        }
        build_worked(&shop, i, trade_day("2015-01-01"), trade_day("2019-01-01") + (uint32_t)i);
    }
}

/* ---- timing ---- */

struct signed_message {
    unsigned char key[crypto_sign_PUBLICKEYBYTES];
    unsigned char message[32];
    unsigned char signature[crypto_sign_BYTES];
};

static void sign_one(struct signed_message *out)
{
    unsigned char secret[crypto_sign_SECRETKEYBYTES];
    crypto_sign_keypair(out->key, secret);
    memset(out->message, 7, sizeof(out->message));
    crypto_sign_detached(out->signature, NULL, out->message, sizeof(out->message), secret);
    sodium_memzero(secret, sizeof(secret));
}

static double time_verify(const struct signed_message *message)
{
    double begun = now_us();
    int refused = 0;
    for (int i = 0; i < VERIFY_CALLS; i++) {
        refused |= crypto_sign_verify_detached(message->signature, message->message, sizeof(message->message),
                                               message->key);
    }
    assert(refused == 0);
    return (now_us() - begun) / VERIFY_CALLS;
}

/* The credentials are in order and the question is built after the first verdict; verdict_of alone is timed.
 */
static double time_verdict(void)
{
    size_t held = 0;
    double begun = now_us();
    for (int i = 0; i < CALLS; i++) {
        struct verdict verdict;
        arena_rewind(&trade.arena, trade.mark);
        bool fits = verdict_of(&verdict, &trade.dossier, &trade.trust, &trade.question, &trade.arena);
        assert(fits);
        held += verdict.title_count;
    }
    assert(held >= CALLS);
    return (now_us() - begun) / CALLS;
}

/* What it takes to put the fifty dossiers into memory is in it too. */
static double time_roster(void)
{
    double begun = now_us();
    for (int i = 0; i < ROSTER_CALLS; i++) {
        struct roster_verdict verdict = roster_builder_decide(&shop);
        assert(verdict.awards[0].answer == ANSWER_YES);
    }
    return (now_us() - begun) / ROSTER_CALLS;
}

static int order_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static void print_row(const char *name, double *values, int count)
{
    qsort(values, (size_t)count, sizeof(values[0]), order_doubles);
    printf("%-44s %8.2f / %8.2f / %8.2f\n", name, values[0], values[count / 2], values[count - 1]);
}

int main(int argc, char **argv)
{
    static double verdicts[REPEATS_MAX], rosters[REPEATS_MAX], checks[REPEATS_MAX];
    static double verdict_ratios[REPEATS_MAX], roster_ratios[REPEATS_MAX];
    int repeats = argc > 1 ? atoi(argv[1]) : REPEATS_DEFAULT;
    struct signed_message message;
    if (repeats < 1 || repeats > REPEATS_MAX || sodium_init() < 0) {
        fprintf(stderr, "career_bench: repeats must be 1 to %d\n", REPEATS_MAX);
        return 3;
    }
    sign_one(&message);
    build_career();
    build_shop();
    struct verdict verdict = trade_verdict(&trade, NULL, today, "TX");
    printf("60 attestations of 30 years: %zu codes, %zu titles asked about\n", verdict.code_count,
           verdict.title_count);
    struct roster_verdict awards = roster_builder_decide(&shop);
    printf("a shop of %d: %zu areas, %zu awards\n", (int)TECHNICIANS, awards.area_count, awards.award_count);
    for (int i = 0; i < repeats; i++) {
        verdicts[i] = time_verdict();
        checks[i] = time_verify(&message);
        rosters[i] = time_roster();
        verdict_ratios[i] = verdicts[i] / checks[i];
        roster_ratios[i] = rosters[i] / checks[i];
    }
    printf("%-44s %8s / %8s / %8s\n", "microseconds", "min", "median", "max");
    print_row("verdict, all titles", verdicts, repeats);
    print_row("awards of a shop of 50", rosters, repeats);
    print_row("one bare libsodium signature check", checks, repeats);
    print_row("ratio of a verdict", verdict_ratios, repeats);
    print_row("ratio of the awards", roster_ratios, repeats);
    return 0;
}
