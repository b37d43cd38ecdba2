#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "crypto/commit.h"

static const struct commit_salt salt = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}};

static void input_is_as_the_header_says(void **state)
{
    (void)state;
    enum { VALUE_SIZE = 0x102 };
    uint8_t value[VALUE_SIZE];
    memset(value, 'v', sizeof value);
    uint8_t input[4 + 4 + 4 + VALUE_SIZE + 32] = {0, 0, 0, 4, 'n', 'a', 'm', 'e', 0, 0, 1, 2};
    memcpy(input + 12, value, sizeof value);
    memcpy(input + 12 + VALUE_SIZE, salt.bytes, sizeof salt.bytes);
    struct hash_domain domain = hash_domain_of("test", "claim");
    struct hash expected;
    struct hash got;
    hash_bytes(&expected, &domain, input, sizeof input);
    commit_value(&got, &domain, "name", 4, value, sizeof value, &salt);
    assert_true(hash_equal(&got, &expected));
}

static void every_part_counts(void **state)
{
    (void)state;
    static const struct commit_salt other_salt = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, [31] = 1}};
    static const struct {
        const char *domain;
        const char *label;
        const char *value;
        const struct commit_salt *salt;
        const char *why;
    } rows[] = {
        {"claim", "born", "1990-02-28", &salt, "the commitment itself"},
        {"other", "born", "1990-02-28", &salt, "another domain"},
        {"claim", "bort", "1990-02-28", &salt, "another label"},
        {"claim", "born", "1990-02-27", &salt, "another value"},
        {"claim", "born", "1990-02-28", &other_salt, "another salt"},
        {"claim", "born1", "990-02-28", &salt, "the border one character later"},
        {"claim", "bor", "n1990-02-28", &salt, "the border one character earlier"},
        {"claim", "", "born1990-02-28", &salt, "no label"},
        {"claim", "born1990-02-28", "", &salt, "no value"},
    };
    enum { ROWS = sizeof rows / sizeof rows[0] };
    struct hash hashes[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        struct hash_domain domain = hash_domain_of("test", rows[i].domain);
        commit_value(&hashes[i], &domain, rows[i].label, strlen(rows[i].label), rows[i].value,
                     strlen(rows[i].value), rows[i].salt);
        for (size_t j = 0; j < i; j++) {
            if (hash_equal(&hashes[i], &hashes[j])) {
                fail_msg("%s commits to the same as %s", rows[i].why, rows[j].why);
            }
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(input_is_as_the_header_says),
        cmocka_unit_test(every_part_counts),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
