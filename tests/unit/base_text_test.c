#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"

struct row {
    const char *text;
    bool expected;
    const char *why;
};

#define CHECK_ROWS(rows, predicate) check_rows(rows, sizeof rows / sizeof rows[0], predicate)

static void check_rows(const struct row *rows, size_t count, bool (*predicate)(struct bytes text))
{
    for (size_t i = 0; i < count; i++) {
        if (predicate(bytes_of_string(rows[i].text)) != rows[i].expected) {
            fail_msg("%s", rows[i].why);
        }
    }
}

static void clean_text(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"", true, "nothing"},
        {"Jane Doe", true, "plain ASCII"},
        {" !\"#$%&'()*+,-./0123456789:;<=>?@[\\]^_`{|}~", true, "all of ASCII's signs"},
        {"Jos\xc3\xa9 Nu\xc3\xb1"
         "ez",
         true, "composed letters"},
        {"Jose\xcc\x81", false, "e and a combining acute instead of \xc3\xa9"},
        {"q\xcc\x81", true, "an acute on a letter that has no composed form"},
        {"q\xcc\xa3\xcc\x87", true, "dot below before dot above is canonical order"},
        {"q\xcc\x87\xcc\xa3", false, "dot above before dot below is not"},
        {"\xe1\xb9\xa9", true, "s with dots below and above, composed"},
        {"s\xcc\xa3\xcc\x87", false, "the same in three"},
        {"\xe1\xb9\xa3\xcc\x87", false, "the same in two"},
        {"\xcc\x81", true, "a combining mark alone"},
        {"\xe2\x84\xab", false, "the angstrom sign, which is a letter with ring"},
        {"\xc3\x85", true, "that letter"},
        {"\xea\xb0\x80", true, "a Hangul syllable"},
        {"\xe1\x84\x80\xe1\x85\xa1", false, "its two jamo"},
        {"\xef\xac\x81", true, "the fi ligature is another character, not another form"},
        {"\xf0\x9d\x85\x9e", false, "a musical note that NFC takes apart"},
        {"\xf0\x9f\x94\xa7", true, "four bytes: a wrench"},
        {"\xd8\xb9\xd8\xb1\xd8\xa8\xd9\x8a", true, "Arabic, which needs no bidi control"},
        {"a\tb", false, "a tab"},
        {"a\nb", false, "a line feed"},
        {"\x1b[31m", false, "a terminal escape"},
        {"12345678\x1f", false, "the last C0 control behind a whole word"},
        {"1234\x1f"
         "678",
         false, "and within one"},
        {"\x7f", false, "DEL"},
        {"1234567\x7f", false, "DEL at the end of a word"},
        {"\xc2\x80", false, "the first C1 control"},
        {"\xc2\x9f", false, "the last C1 control"},
        {"\xc2\xa0", true, "a no-break space"},
        {"\xd8\x9c", false, "the Arabic letter mark"},
        {"\xe2\x80\x8d", true, "a joiner"},
        {"\xe2\x80\x8e", false, "the left-to-right mark"},
        {"\xe2\x80\x8f", false, "the right-to-left mark"},
        {"\xe2\x80\xaa", false, "an embedding"},
        {"abc\xe2\x80\xae"
         "def",
         false, "an override, which shows text backwards"},
        {"\xe2\x81\xa6", false, "the first isolate"},
        {"\xe2\x81\xa9", false, "the last isolate"},
        {"\xe2\x81\xaa", true, "the next code point is no isolate"},
        {"\x80", false, "a continuation byte alone"},
        {"\xc3", false, "a lead byte alone"},
        {"\xc3(", false, "a lead byte and a letter"},
        {"\xe2\x82", false, "three bytes cut to two"},
        {"\xf0\x9f\x94", false, "four bytes cut to three"},
        {"\xc0\x80", false, "an overlong NUL"},
        {"\xc1\xbf", false, "overlong ASCII"},
        {"\xe0\x80\xaf", false, "an overlong slash in three"},
        {"\xe0\x9f\xbf", false, "overlong in three"},
        {"\xf0\x8f\xbf\xbf", false, "overlong in four"},
        {"\xed\x9f\xbf", true, "the code point before the surrogates, unassigned"},
        {"\xed\xa0\x80", false, "the first surrogate"},
        {"\xed\xbf\xbf", false, "the last surrogate"},
        {"\xed\xa0\xbd\xed\xb4\xa7", false, "a pair of surrogates"},
        {"\xef\xb7\x90", false, "a non-character"},
        {"\xef\xbf\xbe", false, "U+FFFE"},
        {"\xf4\x8f\xbf\xbf", false, "U+10FFFF is a non-character"},
        {"\xf4\x90\x80\x80", false, "beyond Unicode"},
        {"\xf8\x88\x80\x80\x80", false, "five bytes"},
        {"\xff", false, "a byte that UTF-8 never has"},
        {"\xef\xbf\xbd", true, "the replacement character itself"},
    };
    CHECK_ROWS(rows, text_is_clean);
    assert_false(text_is_clean(bytes_of("a\0b", 3)));
    assert_false(text_is_clean(bytes_of("\0", 1)));
    assert_true(text_is_clean(bytes_of(NULL, 0)));
}

/* Whether the library's own normaliser, which allocates, leaves text as it is. */
static bool is_nfc(const uint8_t *text)
{
    utf8proc_uint8_t *composed = utf8proc_NFC(text);
    bool same = composed != NULL && strcmp((const char *)composed, (const char *)text) == 0;
    free(composed);
    return same;
}

static bool is_allowed(int32_t code)
{
    return code >= 0x20 && !(code >= 0x7f && code <= 0x9f) && !(code >= 0xd800 && code <= 0xdfff) &&
           code != 0x61c && code != 0x200e && code != 0x200f && !(code >= 0x202a && code <= 0x202e) &&
           !(code >= 0x2066 && code <= 0x2069) && !(code >= 0xfdd0 && code <= 0xfdef) &&
           (code & 0xffff) != 0xfffe && (code & 0xffff) != 0xffff;
}

/* Written out here, since utf8proc's encoder refuses surrogates. */
static size_t encode(uint8_t text[5], int32_t code)
{
    uint32_t c = (uint32_t)code;
    size_t size = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = size; i > 1; i--) {
        text[i - 1] = (uint8_t)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    text[0] = (uint8_t)(leads[size] | c);
    text[size] = '\0';
    return size;
}

static void every_code_point_alone(void **state)
{
    (void)state;
    for (int32_t code = 1; code <= 0x10ffff; code++) {
        uint8_t text[5];
        size_t size = encode(text, code);
        bool expected = is_allowed(code) && is_nfc(text);
        if (text_is_clean(bytes_of(text, size)) != expected) {
            fail_msg("U+%04X", (unsigned)code);
        }
    }
}

/* What text_is_clean keeps on the stack relies on this. */
static void decomposing_makes_at_most_three_code_points_of_two_bytes(void **state)
{
    (void)state;
    for (int32_t code = 1; code <= 0x10ffff; code++) {
        uint8_t text[5];
        int32_t codes[16];
        size_t size = encode(text, code);
        if (code >= 0xd800 && code <= 0xdfff) {
            continue;
        }
        utf8proc_ssize_t count =
            utf8proc_decompose(text, (utf8proc_ssize_t)size, codes, 16, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
        if (count < 1 || (size_t)count * 2 > (size > 1 ? size * 3 : 2)) {
            fail_msg("U+%04X makes %d", (unsigned)code, (int)count);
        }
    }
}

static uint64_t random_next(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

static void strings_of_what_combines_agree_with_the_normaliser(void **state)
{
    (void)state;
    static const int32_t codes[] = {'a',    'e',    's',    'q',    ' ',   0xe9,  0x1e69,  0x1e63,  0x300,
                                    0x301,  0x307,  0x308,  0x323,  0x327, 0x345, 0x340,   0x344,   0xf71,
                                    0xf72,  0xf73,  0xf74,  0xf75,  0xf80, 0xf81, 0x1100,  0x1161,  0x11a8,
                                    0xac00, 0xac01, 0x212b, 0x1f82, 0x3b1, 0x313, 0x1d15e, 0x9c7,   0x9be,
                                    0x9cb,  0xfb1d, 0x5d9,  0x5b4,  0x958, 0x915, 0x93c,   0x11131, 0x11127};
    uint64_t seed = 1;
    size_t clean = 0;
    for (size_t round = 0; round < 300000; round++) {
        uint8_t text[64];
        size_t size = 0;
        size_t count = 1 + random_next(&seed) % 6;
        for (size_t i = 0; i < count; i++) {
            size += encode(text + size, codes[random_next(&seed) % (sizeof codes / sizeof codes[0])]);
        }
        bool expected = is_nfc(text);
        clean += expected;
        if (text_is_clean(bytes_of(text, size)) != expected) {
            fail_msg("round %zu: expected %d", round, expected);
        }
    }
    assert_in_range(clean, 10000, 290000);
}

static void text_of_one(const char *unit, size_t count, bool expected)
{
    char text[TEXT_SIZE_MAX + 8];
    size_t size = strlen(unit);
    assert_true(size * count <= sizeof text);
    for (size_t i = 0; i < count; i++) {
        memcpy(text + i * size, unit, size);
    }
    assert_int_equal(text_is_clean(bytes_of(text, size * count)), expected);
}

static void the_longest_texts(void **state)
{
    (void)state;
    text_of_one("a", TEXT_SIZE_MAX, true);
    text_of_one("a", TEXT_SIZE_MAX + 1, false);
    text_of_one("\xc3\xa9", TEXT_SIZE_MAX / 2, true);
    text_of_one("\xc3\xa9", TEXT_SIZE_MAX / 2 + 1, false);
    text_of_one("\xce\x90", TEXT_SIZE_MAX / 2, true);          /* three code points of two bytes */
    text_of_one("\xe1\xbe\x82", TEXT_SIZE_MAX / 3, true);      /* four of three */
    text_of_one("\xcc\x81", TEXT_SIZE_MAX / 2, true);          /* marks alone */
    text_of_one("\xcc\x87\xcc\xa3", TEXT_SIZE_MAX / 4, false); /* marks that would have to be sorted */
    text_of_one("\xe0\xbd\xb3", TEXT_SIZE_MAX / 3, false); /* marks of marks that would have to be sorted */
}

static void namespaces(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"ase", true, "a namespace"},
        {"a", true, "one letter"},
        {"state-oh2", true, "hyphen and digit"},
        {"a234567890123456", true, "16 characters"},
        {"a2345678901234567", false, "17 characters"},
        {"", false, "nothing"},
        {"2nd", false, "a digit first"},
        {"-a", false, "a hyphen first"},
        {"Ase", false, "a capital"},
        {"a.b", false, "a dot"},
        {"a/b", false, "a slash"},
        {"a*", false, "a star"},
        {"\xc3\xa9", false, "beyond ASCII"},
    };
    CHECK_ROWS(rows, text_is_namespace);
}

static void codes(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"ase/A5", true, "a code"},
        {"ford/fact-brakes", true, "letters and a hyphen"},
        {"epa/609", true, "digits"},
        {"x/v1.2", true, "a dot"},
        {"x/-", true, "a hyphen alone"},
        {"x/3456789012345678901234567890123456789012345678", true, "48 characters"},
        {"x/34567890123456789012345678901234567890123456789", false, "49 characters"},
        {"", false, "nothing"},
        {"ase", false, "a namespace alone"},
        {"ase/", false, "nothing behind the slash"},
        {"/A5", false, "nothing before the slash"},
        {"/", false, "a slash alone"},
        {"ase/A5/x", false, "two slashes"},
        {"ase//A5", false, "two slashes in a row"},
        {"ASE/A5", false, "capitals in the namespace"},
        {"ase/A*", false, "a star"},
        {"ase/A 5", false, "a blank"},
        {"ase/A_5", false, "an underscore"},
        {"ase/\xc3\xa9", false, "beyond ASCII"},
        {"a2345678901234567/x", false, "a namespace too long"},
    };
    CHECK_ROWS(rows, text_is_code);
}

static void code_patterns(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"ase/A5", true, "a code is a pattern"},
        {"ase/A*", true, "all that begins with A"},
        {"ase/*", true, "the whole namespace"},
        {"x/345678901234567890123456789012345678901234567*", true, "48 characters with the star"},
        {"x/3456789012345678901234567890123456789012345678*", false, "49 characters with the star"},
        {"*", false, "a star alone"},
        {"ase*", false, "a star in the namespace"},
        {"*/A5", false, "a star for the namespace"},
        {"ase/A**", false, "two stars"},
        {"ase/*5", false, "a star within"},
        {"ase/", false, "nothing behind the slash"},
        {"/*", false, "no namespace"},
        {"", false, "nothing"},
    };
    CHECK_ROWS(rows, text_is_code_pattern);
}

static void matching(void **state)
{
    (void)state;
    static const struct {
        const char *code;
        const char *pattern;
        bool expected;
    } rows[] = {
        {"ase/A5", "ase/A5", true},   {"ase/A5", "ase/A6", false}, {"ase/A5", "ase/A", false},
        {"ase/A", "ase/A5", false},   {"ase/A5", "ase/A*", true},  {"ase/A", "ase/A*", true},
        {"ase/A5", "ase/*", true},    {"ase/B5", "ase/A*", false}, {"epa/A5", "ase/*", false},
        {"asexy/A5", "ase/*", false}, {"ase/A5", "ase/A5*", true}, {"ase/A5", "ase/A55*", false},
        {"ase/a5", "ase/A*", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (code_matches(bytes_of_string(rows[i].code), bytes_of_string(rows[i].pattern)) !=
            rows[i].expected) {
            fail_msg("%s under %s", rows[i].code, rows[i].pattern);
        }
    }
    assert_false(code_matches(bytes_of("ase/A55", 6), bytes_of_string("ase/A55*")));
    assert_true(bytes_equal_string(code_namespace(bytes_of_string("ford/fact-brakes")), "ford"));
}

static void patterns_that_meet(void **state)
{
    static const struct {
        const char *a, *b;
        const char *common; /* NULL: none */
    } rows[] = {
        {"ase/A5", "ase/A5", "ase/A5"}, {"ase/A5", "ase/A6", NULL},       {"ase/A5", "ase/A*", "ase/A5"},
        {"ase/*", "ase/A*", "ase/A*"},  {"ase/A5", "ase/B*", NULL},       {"ase/A*", "ase/B*", NULL},
        {"ase/A", "ase/A*", "ase/A"},   {"ase/A5*", "ase/A*", "ase/A5*"}, {"epa/*", "ase/*", NULL},
        {"ase/A5", "ase/A55*", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes a = bytes_of_string(rows[i].a), b = bytes_of_string(rows[i].b), one, other;
        bool meet = code_patterns_meet(a, b, &one);
        if (meet != (rows[i].common != NULL) || meet != code_patterns_meet(b, a, &other) ||
            (meet && (!bytes_equal_string(one, rows[i].common) || !bytes_equal(one, other)))) {
            fail_msg("%s and %s", rows[i].a, rows[i].b);
        }
    }
}

static void states(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"OH", true, "Ohio"},   {"TX", true, "Texas"},    {"oh", false, "small letters"},
        {"O", false, "one"},    {"OHI", false, "three"},  {"O1", false, "a digit"},
        {"", false, "nothing"}, {"O ", false, "a blank"}, {"\xc3\x84", false, "two bytes, one letter"},
    };
    CHECK_ROWS(rows, text_is_state);
}

static void trimming(void **state)
{
    (void)state;
    static const struct {
        const char *text, *blanks, *wanted;
    } rows[] = {
        {"", " ", ""},          {"   ", " ", ""},     {"a", " ", "a"},
        {"  a b ", " ", "a b"}, {"\ta ", " ", "\ta"}, {" \ta\r", " \t\r", "a"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes trimmed = text_trim(bytes_of_string(rows[i].text), rows[i].blanks);
        assert_true(bytes_equal_string(trimmed, rows[i].wanted));
    }
    assert_int_equal(text_trim(bytes_of("a\0", 2), " ").size, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clean_text),
        cmocka_unit_test(every_code_point_alone),
        cmocka_unit_test(decomposing_makes_at_most_three_code_points_of_two_bytes),
        cmocka_unit_test(strings_of_what_combines_agree_with_the_normaliser),
        cmocka_unit_test(the_longest_texts),
        cmocka_unit_test(namespaces),
        cmocka_unit_test(codes),
        cmocka_unit_test(code_patterns),
        cmocka_unit_test(matching),
        cmocka_unit_test(patterns_that_meet),
        cmocka_unit_test(states),
        cmocka_unit_test(trimming),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
