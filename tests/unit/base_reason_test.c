#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "protocol/base/reason.h"

#define REASON_AS_ROW(name, number, word) {name, number, word},
static const struct {
    enum reason reason;
    int number;
    const char *word;
} rows[] = {REASON_LIST(REASON_AS_ROW)};
#undef REASON_AS_ROW

enum { ROWS = sizeof rows / sizeof rows[0] };

static void each_reason_has_a_word_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        assert_string_equal(reason_word(rows[i].reason), rows[i].word);
        assert_int_equal(strspn(rows[i].word, "abcdefghijklmnopqrstuvwxyz-"), strlen(rows[i].word));
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(rows[i].number, rows[j].number);
            assert_string_not_equal(rows[i].word, rows[j].word);
        }
    }
}

static void a_number_of_no_reason_has_a_word_too(void **state)
{
    (void)state;
    assert_string_equal(reason_word((enum reason)19), "unassigned");
    assert_string_equal(reason_word((enum reason)9999), "unassigned");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_reason_has_a_word_of_its_own),
        cmocka_unit_test(a_number_of_no_reason_has_a_word_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
