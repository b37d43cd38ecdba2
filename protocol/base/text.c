#include "protocol/base/text.h"

#include <string.h>
#include <utf8proc.h>

#include "protocol/base/limits.h"

/* Canonical decomposition makes at most three code points of a two-byte character and four of a longer one.
 */
enum { DECOMPOSED_MAX = TEXT_SIZE_MAX / 2 * 3 };

/* Below this no code point combines with another or decomposes into anything but itself recomposed. */
enum { FIRST_COMBINING = 0x300 };

#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Whether each of the eight bytes is 0x20..0x7e. */
static bool word_is_printable(uint64_t word)
{
    uint64_t below = (word - EACH_BYTE(0x20)) & ~word;
    uint64_t above = (word + EACH_BYTE(0x01)) | word;
    return ((below | above) & EACH_BYTE(0x80)) == 0;
}

static bool is_printable_ascii(struct bytes text)
{
    size_t at = 0;
    for (; text.size - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, text.data + at, sizeof word);
        if (!word_is_printable(word)) {
            return false;
        }
    }
    for (; at < text.size; at++) {
        if (text.data[at] < 0x20 || text.data[at] > 0x7e) {
            return false;
        }
    }
    return true;
}

static bool in_range(int32_t code, int32_t first, int32_t last)
{
    return code >= first && code <= last;
}

static bool is_control(int32_t code)
{
    return code < 0x20 || in_range(code, 0x7f, 0x9f);
}

static bool is_bidi_control(int32_t code)
{
    return code == 0x61c || in_range(code, 0x200e, 0x200f) || in_range(code, 0x202a, 0x202e) ||
           in_range(code, 0x2066, 0x2069);
}

static bool is_noncharacter(int32_t code)
{
    return in_range(code, 0xfdd0, 0xfdef) || (code & 0xfffe) == 0xfffe;
}

/* Whether no NFC text can hold code: it decomposes into combining marks. Refusing it here also keeps sorting
 * the marks of a hostile text linear, since what is left arrives nearly sorted. */
static bool is_split_mark(int32_t code)
{
    return code == 0x344 || code == 0xf73 || code == 0xf75 || code == 0xf81;
}

/* Walk over the code points. Returns: false at invalid UTF-8 (utf8proc_iterate refuses surrogates and
 * overlong forms), at a code point that is never clean, or at marks out of canonical order. Writes: *highest.
 */
static bool code_points_are_clean(int32_t *highest, struct bytes text)
{
    utf8proc_propval_t last_class = 0;
    *highest = 0;
    for (size_t at = 0; at < text.size;) {
        int32_t code;
        utf8proc_ssize_t size = utf8proc_iterate(text.data + at, (utf8proc_ssize_t)(text.size - at), &code);
        if (size <= 0 || is_control(code) || is_bidi_control(code) || is_noncharacter(code) ||
            is_split_mark(code)) {
            return false;
        }
        utf8proc_propval_t class = utf8proc_get_property(code)->combining_class;
        if (class != 0 && class < last_class) {
            return false;
        }
        last_class = class;
        *highest = code > *highest ? code : *highest;
        at += (size_t)size;
    }
    return true;
}

static bool is_same_text(struct bytes text, const int32_t *codes, size_t count)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        int32_t code;
        utf8proc_ssize_t size = utf8proc_iterate(text.data + at, (utf8proc_ssize_t)(text.size - at), &code);
        if (size <= 0 || code != codes[i]) {
            return false;
        }
        at += (size_t)size;
    }
    return at == text.size;
}

static bool is_composed(struct bytes text)
{
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    int32_t codes[DECOMPOSED_MAX];
    utf8proc_ssize_t count =
        utf8proc_decompose(text.data, (utf8proc_ssize_t)text.size, codes, DECOMPOSED_MAX, options);
    if (count < 0 || count > DECOMPOSED_MAX) {
        return false;
    }
    count = utf8proc_normalize_utf32(codes, count, options);
    return count >= 0 && is_same_text(text, codes, (size_t)count);
}

bool text_is_clean(struct bytes text)
{
    if (text.size > TEXT_SIZE_MAX) {
        return false;
    }
    if (is_printable_ascii(text)) {
        return true;
    }
    int32_t highest;
    if (!code_points_are_clean(&highest, text)) {
        return false;
    }
    return highest < FIRST_COMBINING || is_composed(text);
}

static bool is_lower(uint8_t c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_capital(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

bool text_is_namespace(struct bytes text)
{
    if (text.size < 1 || text.size > NAMESPACE_SIZE_MAX || !is_lower(text.data[0])) {
        return false;
    }
    for (size_t i = 1; i < text.size; i++) {
        uint8_t c = text.data[i];
        if (!is_lower(c) && !is_digit(c) && c != '-') {
            return false;
        }
    }
    return true;
}

struct bytes code_namespace(struct bytes code)
{
    size_t size = 0;
    while (size < code.size && code.data[size] != '/') {
        size++;
    }
    return bytes_of(code.data, size);
}

/* Whether text is a namespace, a slash and code characters, possibly none. */
static bool is_code_stem(struct bytes text)
{
    struct bytes namespace = code_namespace(text);
    if (namespace.size == text.size || !text_is_namespace(namespace)) {
        return false;
    }
    for (size_t i = namespace.size + 1; i < text.size; i++) {
        uint8_t c = text.data[i];
        if (!is_lower(c) && !is_capital(c) && !is_digit(c) && c != '.' && c != '-') {
            return false;
        }
    }
    return true;
}

bool text_is_code(struct bytes text)
{
    return text.size >= 1 && text.size <= CODE_SIZE_MAX && text.data[text.size - 1] != '/' &&
           is_code_stem(text);
}

static bool ends_in_star(struct bytes pattern)
{
    return pattern.size >= 1 && pattern.data[pattern.size - 1] == '*';
}

bool text_is_code_pattern(struct bytes text)
{
    if (!ends_in_star(text)) {
        return text_is_code(text);
    }
    return text.size <= CODE_SIZE_MAX && is_code_stem(bytes_of(text.data, text.size - 1));
}

bool code_matches(struct bytes code, struct bytes pattern)
{
    if (!ends_in_star(pattern)) {
        return bytes_equal(code, pattern);
    }
    size_t stem_size = pattern.size - 1;
    return code.size >= stem_size && memcmp(code.data, pattern.data, stem_size) == 0;
}

/* A pattern is read like a code here: one that lies under another is the narrower one. */
bool code_patterns_meet(struct bytes a, struct bytes b, struct bytes *common)
{
    if (code_matches(a, b)) {
        *common = a;
        return true;
    }
    *common = b;
    return code_matches(b, a);
}

bool text_is_state(struct bytes text)
{
    return text.size == 2 && is_capital(text.data[0]) && is_capital(text.data[1]);
}

static bool is_among(const char *letters, uint8_t letter)
{
    while (*letters != '\0' && (uint8_t)*letters != letter) {
        letters++;
    }
    return *letters != '\0';
}

struct bytes text_trim(struct bytes text, const char *blanks)
{
    while (text.size > 0 && is_among(blanks, text.data[0])) {
        text = bytes_of(text.data + 1, text.size - 1);
    }
    while (text.size > 0 && is_among(blanks, text.data[text.size - 1])) {
        text.size--;
    }
    return text;
}
