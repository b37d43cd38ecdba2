/* What two careers amount to, in one of which nothing asks everybody and in the other all does (career.h): a
 * no is the first one's, all else the second one's. */

#include "protocol/rules/career_state.h"

#include <assert.h>

/* ---- credentials ---- */

static void join_credential(struct credential_verdict *out, const struct credential_verdict *asked,
                            const struct credential_verdict *denied)
{
    *out = asked->overall == OVERALL_INVALID ? *asked : *denied;
    for (size_t i = 0; i < AXIS_COUNT; i++) {
        out->axes[i] = asked->axes[i].answer == ANSWER_NO ? asked->axes[i] : denied->axes[i];
    }
    out->overall = overall_of_axes(out->axes);
    out->days = career_joined(&asked->days, &denied->days);
}

void career_join_credentials(struct career *career)
{
    for (size_t i = 0; i < career->joined->count; i++) {
        join_credential(&career->joined->verdicts[i], &career->own.verdicts[i],
                        &career->other->own.verdicts[i]);
    }
}

/* ---- verdicts ---- */

static enum answer join_answers(enum answer asked, enum answer denied)
{
    return asked == ANSWER_NO ? ANSWER_NO : denied;
}

static void join_code(struct code_verdict *out, const struct code_verdict *denied)
{
    const struct code_verdict asked = *out;
    *out = asked.certified == ANSWER_NO ? asked : *denied;
    out->tested = join_answers(asked.tested, denied->tested);
    if (out->tested != ANSWER_YES) {
        out->missing_count = 0;
    }
}

static void join_codes(struct verdict *out, const struct verdict *denied)
{
    assert(out->code_count == denied->code_count);
    out->next_lapse_day = DAY_NONE;
    out->next_lapse = bytes_of(NULL, 0);
    for (size_t i = 0; i < out->code_count; i++) {
        struct code_verdict *code = &out->codes[i];
        join_code(code, &denied->codes[i]);
        if (code->until_day < out->next_lapse_day) {
            out->next_lapse_day = code->until_day;
            out->next_lapse = code->code;
        }
    }
}

static void join_titles(struct verdict *out, const struct verdict *denied)
{
    assert(out->title_count == denied->title_count);
    for (size_t i = 0; i < out->title_count; i++) {
        out->titles[i] = out->titles[i].answer == ANSWER_NO ? out->titles[i] : denied->titles[i];
    }
}

static void join_requirement(struct verdict *out, const struct verdict *denied)
{
    assert(out->part_count == denied->part_count);
    if (out->requirement != ANSWER_NO) {
        out->requirement = denied->requirement;
        out->requirement_since = denied->requirement_since;
        out->requirement_until = denied->requirement_until;
    }
    for (size_t i = 0; i < out->part_count; i++) {
        out->parts[i] = out->parts[i].answer == ANSWER_NO ? out->parts[i] : denied->parts[i];
    }
}

void career_join_verdicts(struct verdict *out, const struct verdict *denied)
{
    assert(out->rules_count == denied->rules_count);
    join_codes(out, denied);
    join_titles(out, denied);
    join_requirement(out, denied);
    for (size_t i = 0; i < out->rules_count; i++) {
        out->rules[i].leaves_doubt = out->rules[i].leaves_doubt || denied->rules[i].leaves_doubt;
        out->rules[i].denied_lacking = denied->rules[i].lacking;
    }
}
