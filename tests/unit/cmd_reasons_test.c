#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <ctype.h>
#include <string.h>

#include "cmd/reasons.h"
#include "protocol/base/text.h"

enum { SENTENCE_SIZE_MAX = 100 };

#define REASON_AS_VALUE(name, number, word) name,
static const enum reason reasons[] = {REASON_LIST(REASON_AS_VALUE)};
#undef REASON_AS_VALUE

enum { REASON_COUNT = sizeof(reasons) / sizeof(reasons[0]) };

static void check_shape(enum reason reason, const char *text, bool begins_upper)
{
    size_t size = strlen(text);
    if (size == 0 || size > SENTENCE_SIZE_MAX) {
        fail_msg("%s has %zu characters: \"%s\"", reason_word(reason), size, text);
    }
    if (!text_is_clean(bytes_of_string(text)) || text[size - 1] == '.' || text[size - 1] == ' ') {
        fail_msg("%s is not a bare sentence: \"%s\"", reason_word(reason), text);
    }
    if ((isupper((unsigned char)text[0]) != 0) != begins_upper) {
        fail_msg("%s begins in the wrong case: \"%s\"", reason_word(reason), text);
    }
}

static void every_reason_has_a_sentence_of_its_own(void **state)
{
    (void)state;
    const char *unassigned = reason_sentence((enum reason)99999);
    for (size_t i = 0; i < REASON_COUNT; i++) {
        const char *sentence = reason_sentence(reasons[i]);
        check_shape(reasons[i], sentence, false);
        if (strcmp(sentence, unassigned) == 0) {
            fail_msg("%s has no sentence", reason_word(reasons[i]));
        }
        for (size_t j = 0; j < i; j++) {
            if (strcmp(sentence, reason_sentence(reasons[j])) == 0) {
                fail_msg("%s and %s read alike", reason_word(reasons[i]), reason_word(reasons[j]));
            }
        }
    }
}

/* Only these leave nothing to do. */
static bool needs_no_advice(enum reason reason)
{
    return reason == REASON_NONE || reason == REASON_KNOWN || reason == REASON_STALE_CHECKPOINT;
}

/* Advice names what there is. */
static void advice_can_be_followed(void **state)
{
    (void)state;
    assert_null(strstr(reason_advice(REASON_QUOTA), "raise"));
    assert_non_null(strstr(reason_advice(REASON_NOT_ADMITTED), "tradeproof follow"));
}

static void every_reason_says_what_to_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < REASON_COUNT; i++) {
        const char *advice = reason_advice(reasons[i]);
        if (needs_no_advice(reasons[i])) {
            assert_string_equal(advice, "");
        } else {
            check_shape(reasons[i], advice, true);
        }
    }
}

/* What an accreditor did is not laid at the issuer's door, and who issues is spoken to. */
static void a_reason_says_whose_word_it_is(void **state)
{
    static const struct {
        enum reason reason;
        const char *of_certificate, *of_authority, *to_issuer;
    } rows[] = {
        {REASON_VOIDED, "the issuer has declared void what is written there",
         "who let the issuer certify this has declared that void",
         "who let you issue it has declared that void: ask to be accredited again"},
        {REASON_DISPUTED, "the issuer's keys signed two contradicting logs, so this part is disputed",
         "the keys of who let the issuer certify this signed two contradicting logs",
         "the keys of who let you issue it signed two contradicting logs: ask them to settle it"},
        {REASON_WITHDRAWN,
         "the issuer's accreditation was withdrawn, and this is not among what it leaves standing",
         "the issuer's accreditation was withdrawn, and this is not among what it leaves standing",
         "your accreditation was withdrawn"},
        {REASON_PREREQUISITE,
         "the rules of that day do not let one like this count, or one so soon after another",
         "the rules of that day do not let one like this count, or one so soon after another",
         "the rules of that day do not let one like this count, or one so soon after another"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_string_equal(reason_sentence(rows[i].reason), rows[i].of_certificate);
        assert_string_equal(reason_sentence_of_authority(rows[i].reason), rows[i].of_authority);
        assert_string_equal(reason_sentence_to_issuer(rows[i].reason), rows[i].to_issuer);
    }
    for (size_t i = 0; i < REASON_COUNT; i++) {
        check_shape(reasons[i], reason_sentence_of_authority(reasons[i]), false);
        check_shape(reasons[i], reason_sentence_to_issuer(reasons[i]), false);
    }
}

static void a_number_that_is_not_assigned_is_still_said(void **state)
{
    (void)state;
    static const int numbers[] = {-1, 19, 99999};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        assert_string_equal(reason_sentence((enum reason)numbers[i]),
                            "a reason that this version does not know");
        assert_string_equal(reason_advice((enum reason)numbers[i]), "Update this program");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reason_has_a_sentence_of_its_own),
        cmocka_unit_test(every_reason_says_what_to_do),
        cmocka_unit_test(advice_can_be_followed),
        cmocka_unit_test(a_reason_says_whose_word_it_is),
        cmocka_unit_test(a_number_that_is_not_assigned_is_still_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
