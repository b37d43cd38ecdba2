#include "cmd/roster_page.h"

#include <string.h>

const struct award_verdict *roster_main_award(const struct roster_verdict *roster)
{
    for (size_t i = 0; i < roster->award_count; i++) {
        if (roster->awards[i].has_code) {
            return &roster->awards[i];
        }
    }
    return roster->award_count > 0 ? &roster->awards[0] : NULL;
}

size_t roster_certified_count(const struct roster_verdict *roster)
{
    size_t count = 0;
    for (size_t i = 0; i < roster->member_count; i++) {
        const struct roster_member *member = &roster->members[i];
        bool is_certified = member->on_roster == ANSWER_YES && member->certified == ANSWER_YES;
        count += member->performs_repairs && is_certified ? 1 : 0;
    }
    return count;
}

size_t roster_possibly_certified_count(const struct roster_verdict *roster)
{
    size_t count = 0;
    if (roster->members_cut) {
        return SIZE_MAX;
    }
    for (size_t i = 0; i < roster->member_count; i++) {
        const struct roster_member *member = &roster->members[i];
        bool is_excluded = member->on_roster == ANSWER_NO || member->certified == ANSWER_NO;
        count += member->performs_repairs && !is_excluded ? 1 : 0;
    }
    return count;
}

/* ---- names ---- */

static bool is_of_word(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80;
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

/* Take the next letter or digit, in lower case; ' ' for whatever stands between words, 0 at the end. */
static uint8_t take_letter(struct bytes *text)
{
    size_t skipped = 0;
    while (skipped < text->size && !is_of_word(text->data[skipped])) {
        skipped++;
    }
    if (skipped == text->size) {
        return 0;
    }
    uint8_t letter = skipped > 0 ? ' ' : lower(text->data[0]);
    size_t taken = skipped > 0 ? skipped : 1;
    *text = bytes_of(text->data + taken, text->size - taken);
    return letter;
}

/* Without what stands in front of its first word. */
static struct bytes from_first_word(struct bytes text)
{
    while (text.size > 0 && !is_of_word(text.data[0])) {
        text = bytes_of(text.data + 1, text.size - 1);
    }
    return text;
}

bool award_is_called(struct bytes name, const char *text)
{
    struct bytes left = from_first_word(name);
    struct bytes asked = from_first_word(bytes_of_string(text));
    if (asked.size == 0) {
        return false;
    }
    for (uint8_t wanted = take_letter(&asked); wanted != 0; wanted = take_letter(&asked)) {
        if (take_letter(&left) != wanted) {
            return false;
        }
    }
    uint8_t behind = take_letter(&left);
    return behind == 0 || behind == ' ';
}
