#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "cmd/log_freshness.h"
#include "tests/support/own_home.h"
#include "tests/support/set_now.h"

/* How one's own log stands, some days after its last word. */

enum { NOW_S = 1700000000, DAY_S = 86400 };

static struct keyring *keyring;
static struct own_home own;

static int set_up(void **state)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct bytes record;
    (void)state;
    set_now(NOW_S);
    keyring = own_home_keys(memory, &record);
    own_home_open(&own, keyring, record);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    own_home_close(&own);
    keyring_wipe(keyring);
    return 0;
}

static void issues(void)
{
    own_home_issue(&own, 1, 1, "ase/A5");
}

static void is_a_shop(void)
{
    const struct shop profile = {.name = bytes_of_string("Garage"),
                                 .place = bytes_of_string("Austin"),
                                 .state = bytes_of_string("TX")};
    own_home_publish(&own, ENTRY_SHOP, (const void *const[]){&profile}, 1);
}

static void is_an_owner_and_a_shop(void)
{
    struct trust *trust = (struct trust *)own.session.trust;
    trust->owner_count = 1;
    strcpy(trust->owners[0].name_space, "ase");
    trust->owners[0].actor = own.session.actor;
    is_a_shop();
}

static void has_a_rhythm(void)
{
    const struct rhythm rhythm = {.days = 190};
    issues();
    own_home_publish(&own, ENTRY_RHYTHM, (const void *const[]){&rhythm}, 1);
}

static const struct row {
    const char *sentence;
    void (*given)(void);
    uint64_t age_s, budget_s;
    const char *word, *as_owner; /* NULL: it is no owner */
} rows[] = {
    {"whoever issues, a day after its last word", issues, DAY_S, DAY_S, "fresh", NULL},
    {"a second later", issues, DAY_S + 1, DAY_S, "stale", NULL},
    {"a shop after 14 days", is_a_shop, 14 * DAY_S, 14 * DAY_S, "fresh", NULL},
    {"a second later", is_a_shop, 14 * DAY_S + 1, 14 * DAY_S, "stale", NULL},
    {"an owner that is a shop too issues", is_an_owner_and_a_shop, 2 * DAY_S, DAY_S, "stale", "fresh"},
    {"who states a rhythm", has_a_rhythm, 190 * (uint64_t)DAY_S, 190 * (uint64_t)DAY_S, "fresh", NULL},
    {"a second later", has_a_rhythm, 190 * (uint64_t)DAY_S + 1, 190 * (uint64_t)DAY_S, "stale", NULL},
};

static void logs_stand_as_verdicts_count_them(void **state)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct log_freshness found, owners[TRUST_OWNERS_MAX];
        struct store_txn *txn;
        set_up(state);
        rows[i].given();
        assert_int_equal(publisher_checkpoint(&own.publisher), EXIT_YES);
        set_now(NOW_S + rows[i].age_s);
        assert_int_equal(store_read_begin(&txn, own.session.store), STORE_OK);
        assert_int_equal(log_freshness_read(&found, owners, &own.session, txn), STORE_OK);
        store_end(txn);
        if (!found.held || found.age_s != rows[i].age_s || found.budget_s != rows[i].budget_s ||
            strcmp(log_freshness_word(&found), rows[i].word) != 0 ||
            (rows[i].as_owner != NULL && strcmp(log_freshness_word(&owners[0]), rows[i].as_owner) != 0)) {
            fail_msg("%s: %s, %llu of %llu s", rows[i].sentence, log_freshness_word(&found),
                     (unsigned long long)found.age_s, (unsigned long long)found.budget_s);
        }
        tear_down(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(logs_stand_as_verdicts_count_them)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
