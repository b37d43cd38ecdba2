#include "tests/support/verdict_alike.h"

#include "protocol/base/text.h"

static bool titles_alike(const struct title_verdict *a, const struct title_verdict *b)
{
    return bytes_equal(a->name, b->name) && a->answer == b->answer && a->since_day == b->since_day &&
           a->until_day == b->until_day && a->missing_count == b->missing_count &&
           a->part_count == b->part_count && a->lapse_day == b->lapse_day;
}

static bool codes_alike(const struct code_verdict *a, const struct code_verdict *b)
{
    return bytes_equal(a->code, b->code) && a->tested == b->tested && a->certified == b->certified &&
           a->since_day == b->since_day && a->until_day == b->until_day && a->credential == b->credential &&
           a->missing_count == b->missing_count;
}

static bool is_in(struct bytes name_space, const struct bytes *wanted)
{
    return wanted == NULL || bytes_equal(name_space, *wanted);
}

/* The next one of the namespace wanted, from index at on, or the count. */
static size_t next_code(const struct verdict *verdict, size_t at, const struct bytes *wanted)
{
    while (at < verdict->code_count && !is_in(code_namespace(verdict->codes[at].code), wanted)) {
        at++;
    }
    return at;
}

static size_t next_title(const struct verdict *verdict, size_t at, const struct bytes *wanted)
{
    while (at < verdict->title_count && !is_in(verdict->titles[at].pack->pack.name_space, wanted)) {
        at++;
    }
    return at;
}

static bool all_codes_alike(const struct verdict *a, const struct verdict *b, const struct bytes *wanted)
{
    size_t i = next_code(a, 0, wanted);
    size_t k = next_code(b, 0, wanted);
    while (i < a->code_count && k < b->code_count) {
        if (!codes_alike(&a->codes[i], &b->codes[k])) {
            return false;
        }
        i = next_code(a, i + 1, wanted);
        k = next_code(b, k + 1, wanted);
    }
    return i == a->code_count && k == b->code_count;
}

static bool all_titles_alike(const struct verdict *a, const struct verdict *b, const struct bytes *wanted)
{
    size_t i = next_title(a, 0, wanted);
    size_t k = next_title(b, 0, wanted);
    while (i < a->title_count && k < b->title_count) {
        if (!titles_alike(&a->titles[i], &b->titles[k])) {
            return false;
        }
        i = next_title(a, i + 1, wanted);
        k = next_title(b, k + 1, wanted);
    }
    return i == a->title_count && k == b->title_count;
}

bool verdicts_alike_in(const struct verdict *a, const struct verdict *b, struct bytes name_space)
{
    return all_codes_alike(a, b, &name_space) && all_titles_alike(a, b, &name_space);
}

bool verdicts_alike(const struct verdict *a, const struct verdict *b)
{
    return a->overall == b->overall && a->requirement == b->requirement &&
           a->requirement_since == b->requirement_since && a->requirement_until == b->requirement_until &&
           all_codes_alike(a, b, NULL) && all_titles_alike(a, b, NULL);
}
