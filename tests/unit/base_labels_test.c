#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "protocol/base/labels.h"

static void labels_differ_and_fit(void **state)
{
    (void)state;
    for (size_t i = 0; i < LABEL_COUNT; i++) {
        const char *text = label_text((enum label)i);
        assert_memory_equal(text, "tp.", 3);
        assert_true(strlen(text) <= HASH_TAG_SIZE);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(text, label_text((enum label)j));
        }
    }
}

static void a_network_knows_the_domain_of_each_label(void **state)
{
    (void)state;
    struct network network;
    assert_true(network_init(&network, "main"));
    assert_string_equal(network.tag, "main");
    for (size_t i = 0; i < LABEL_COUNT; i++) {
        struct hash_domain expected = hash_domain_of("main", label_text((enum label)i));
        assert_memory_equal(label_domain(&network, (enum label)i), &expected, sizeof expected);
    }
}

static void only_plain_tags_name_a_network(void **state)
{
    (void)state;
    static const struct {
        const char *tag;
        bool is_tag;
        const char *why;
    } rows[] = {
        {"main", true, "the main network"},
        {"test", true, "the test network"},
        {"a", true, "one character"},
        {"0-ohio-2026-pilo", true, "16 characters"},
        {"-", true, "a hyphen"},
        {"", false, "nothing"},
        {"0-ohio-2026-pilot", false, "17 characters"},
        {"Main", false, "a capital"},
        {"my net", false, "a blank"},
        {"net_1", false, "an underscore"},
        {"main\n", false, "a line end"},
        {"n\xc3\xa9t", false, "beyond ASCII"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct network network;
        struct network before;
        memset(&network, 0x5a, sizeof network);
        before = network;
        if (network_init(&network, rows[i].tag) != rows[i].is_tag) {
            fail_msg("%s", rows[i].why);
        }
        assert_int_equal(memcmp(&network, &before, sizeof network) != 0, rows[i].is_tag);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_differ_and_fit),
        cmocka_unit_test(a_network_knows_the_domain_of_each_label),
        cmocka_unit_test(only_plain_tags_name_a_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
