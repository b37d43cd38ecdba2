#include <inttypes.h>

#include "cmd/reasons.h"
#include "cmd/verdict_text.h"
#include "protocol/base/text.h"

enum { EXPRESSION_TEXT_SIZE = 2 * REQUIREMENT_SIZE_MAX };

static void print_bytes(FILE *out, struct bytes text)
{
    fwrite(text.data, 1, text.size, out);
}

/* ---- titles ---- */

static bool is_ambiguous(const struct verdict *verdict, size_t index)
{
    for (size_t i = 0; i < verdict->title_count; i++) {
        if (i != index && bytes_equal(verdict->titles[i].name, verdict->titles[index].name)) {
            return true;
        }
    }
    return false;
}

/* Two namespaces may have a title of one name. */
static void print_name(FILE *out, const struct verdict *verdict, size_t index)
{
    const struct title_verdict *title = &verdict->titles[index];
    fputs("  ", out);
    if (is_ambiguous(verdict, index)) {
        print_bytes(out, title->pack->pack.name_space);
        fputs(": ", out);
    }
    print_bytes(out, title->name);
}

static void print_lapse(FILE *out, const struct title_verdict *title)
{
    print_bytes(out, code_within(title->lapse_code, title->pack->pack.name_space));
    fputs(" lapses", out);
}

/* "held since 2024-05-02, until 2027-06-30 (A5 lapses)" */
static void print_held(FILE *out, const struct title_verdict *title)
{
    char day[DAY_TEXT_SIZE];
    fputs(": held", out);
    if (title->since_day != DAY_NONE) {
        day_to_text(day, title->since_day);
        fprintf(out, " since %s", day);
    }
    if (title->until_day == DAY_NONE) {
        fputs(title->since_day != DAY_NONE ? ", for life" : "", out);
    } else {
        day_to_text(day, title->until_day);
        fprintf(out, ", until %s", day);
    }
    if (title->until_day != DAY_NONE && title->lapse_day != DAY_NONE) {
        fputs(" (", out);
        print_lapse(out, title);
        fputs(")", out);
    }
    if (title->later_rules != NULL) {
        fprintf(out, "; later rules say otherwise (version %" PRIu64 ")", title->later_rules->pack.version);
    }
}

/* "A2, A3 missing; A5 lapses 2027-06-30" */
static void print_lacking(FILE *out, const struct title_verdict *title)
{
    char day[DAY_TEXT_SIZE];
    fputs(": ", out);
    missing_print(out, title->missing, title->missing_count, title->pack->pack.name_space, (struct bytes){0},
                  " missing", " missing");
    if (title->lapse_day != DAY_NONE) {
        day_to_text(day, title->lapse_day);
        fputs("; ", out);
        print_lapse(out, title);
        fprintf(out, " %s", day);
    }
}

static void print_open(FILE *out, const struct title_verdict *title)
{
    missing_print_open(out, title->missing, title->missing_count, title->pack->pack.name_space,
                       (struct bytes){0});
}

static bool is_held(const struct title_verdict *title)
{
    return title->answer == ANSWER_YES;
}

static void print_titles(FILE *out, const struct verdict *verdict, const char *heading,
                         bool (*belongs)(const struct title_verdict *title),
                         void (*print)(FILE *out, const struct title_verdict *title))
{
    bool is_first = true;
    for (size_t i = 0; i < verdict->title_count; i++) {
        if (!belongs(&verdict->titles[i])) {
            continue;
        }
        if (is_first) {
            fprintf(out, "%s:\n", heading);
            is_first = false;
        }
        print_name(out, verdict, i);
        print(out, &verdict->titles[i]);
        fputs("\n", out);
    }
}

void verdict_text_titles(FILE *out, const struct verdict_page *page)
{
    print_titles(out, page->verdict, "Titles", is_held, print_held);
    print_titles(out, page->verdict, "Within reach", title_is_within_reach, print_lacking);
    print_titles(out, page->verdict, "Titles that could not be determined", title_is_open, print_open);
}

/* ---- the requirement ---- */

/* Whether nothing is to be said of what is missing but the part itself, which was just named. */
static bool misses_itself(const struct requirement_part *part)
{
    const struct missing_part *missing = part->missing;
    if (part->missing_count != 1 || missing->more > 0) {
        return part->missing_count == 0;
    }
    switch (missing->kind) {
    case MISSING_CODE:
        return part->expression->op == EXPRESSION_CERTIFIED &&
               bytes_equal(missing->pattern, part->expression->pattern);
    case MISSING_TRAINING:
        return part->expression->op == EXPRESSION_TRAINED;
    case MISSING_TITLE:
        return part->expression->op == EXPRESSION_TITLE;
    case MISSING_NETWORK:
        return part->expression->op == EXPRESSION_IN_NETWORK;
    case MISSING_STATE:
        return part->expression->op == EXPRESSION_IN_STATE && part->answer == ANSWER_NO;
    case MISSING_EXCLUDED:
        return part->expression->op == EXPRESSION_NOT;
    case MISSING_EXPERIENCE:
    case MISSING_RULE:
    case MISSING_NEWER_RULES:
        break;
    }
    return false;
}

/* The verdict on the title that is missing, where it is not held for certain; NULL where no rules know it. */
static const struct title_verdict *find_title(const struct verdict *verdict, const struct missing_part *part)
{
    for (size_t i = 0; i < verdict->title_count; i++) {
        const struct title_verdict *title = &verdict->titles[i];
        bool is_of_it =
            part->name_space.size == 0 || bytes_equal(title->pack->pack.name_space, part->name_space);
        if (is_of_it && bytes_equal(title->name, part->name) && title->answer == ANSWER_NO) {
            return title;
        }
    }
    return NULL;
}

/* What the titles among the missing parts miss themselves. self: the one title that was just named. */
static void print_titles_missing(FILE *out, const struct verdict *verdict,
                                 const struct requirement_part *part, bool self)
{
    for (size_t i = 0; i < part->missing_count; i++) {
        struct bytes name = part->missing[i].name;
        const struct title_verdict *title =
            part->missing[i].kind == MISSING_TITLE ? find_title(verdict, &part->missing[i]) : NULL;
        if (title == NULL || title->missing_count == 0) {
            continue;
        }
        fputs("; ", out);
        if (!self) {
            fputs("for \"", out);
            print_bytes(out, name);
            fputs("\": ", out);
        }
        missing_print(out, title->missing, title->missing_count, (struct bytes){0}, (struct bytes){0},
                      " is missing", " are missing");
    }
}

static void print_why(FILE *out, const struct verdict *verdict, const struct requirement_part *part)
{
    bool is_code = part->expression->op == EXPRESSION_CERTIFIED;
    if (misses_itself(part)) {
        if (is_code && part->credential == SIZE_MAX) {
            fprintf(out, "; %s", reason_sentence(REASON_NOT_FOUND));
        }
        print_titles_missing(out, verdict, part, true);
    } else if (part->answer == ANSWER_UNKNOWN) {
        missing_print_open(out, part->missing, part->missing_count, (struct bytes){0},
                           part->expression->pattern);
    } else {
        fputs("; ", out);
        missing_print(out, part->missing, part->missing_count, (struct bytes){0}, part->expression->pattern,
                      " is missing", " are missing");
        print_titles_missing(out, verdict, part, false);
    }
}

static bool is_of_what_is_held(void *context, const struct expression *node)
{
    (void)context;
    return node->op != EXPRESSION_NOT && node->op != EXPRESSION_EXPERIENCE &&
           node->op != EXPRESSION_IN_NETWORK && node->op != EXPRESSION_IN_STATE;
}

/* Certificates and titles are held; a part that asks for anything else is met. */
static const char *part_words(const struct requirement_part *part)
{
    static const char *const words[] = {
        [ANSWER_YES] = "met",
        [ANSWER_NO] = "not met",
        [ANSWER_UNKNOWN] = "could not be determined",
    };
    return expression_each(part->expression, is_of_what_is_held, NULL) ? held_words(part->answer)
                                                                       : words[part->answer];
}

/* The part as it would be typed. */
static void print_expression(FILE *out, const struct expression *expression)
{
    char text[EXPRESSION_TEXT_SIZE];
    bool fits = expression_print(text, sizeof(text), expression, (struct bytes){0});
    fputs(fits ? text : "a long part", out);
}

void verdict_text_lacking(FILE *out, const struct verdict *verdict)
{
    size_t printed = 0;
    for (size_t i = 0; i < verdict->part_count; i++) {
        const struct requirement_part *part = &verdict->parts[i];
        if (part->answer == ANSWER_YES) {
            continue;
        }
        fputs(printed++ > 0 ? "; " : "", out);
        if (part->missing_count == 0 || part->answer == ANSWER_UNKNOWN) {
            print_expression(out, part->expression);
            fprintf(out, " %s", part_words(part));
            missing_print_open(out, part->missing, part->missing_count, (struct bytes){0}, (struct bytes){0});
        } else {
            missing_print(out, part->missing, part->missing_count, (struct bytes){0}, (struct bytes){0},
                          " is missing", " are missing");
            print_titles_missing(out, verdict, part, false);
        }
    }
}

static void print_part(FILE *out, const struct verdict *verdict, const struct requirement_part *part)
{
    fputs("  ", out);
    print_expression(out, part->expression);
    fprintf(out, ": %s", part_words(part));
    if (part->answer != ANSWER_YES) {
        print_why(out, verdict, part);
    }
    fputs("\n", out);
}

struct asked_spaces {
    FILE *out;
    const struct verdict_page *page;
    bool denied; /* something of the part that is told of is */
    size_t count;
    struct bytes told[TRUST_OWNERS_MAX];
};

static const struct lacking *lacking_of_part(const struct rules_verdict *rules, bool denied)
{
    const struct lacking *first = denied ? rules->denied_lacking : rules->lacking;
    const struct lacking *other = denied ? rules->lacking : rules->denied_lacking;
    return first != NULL ? first : other;
}

/* Who may have said more of a namespace's codes; once. */
static void print_lacking_of(struct asked_spaces *asked, struct bytes name_space)
{
    const struct verdict *verdict = asked->page->verdict;
    char words[LACKING_LINE_SIZE];
    for (size_t i = 0; i < asked->count; i++) {
        if (bytes_equal(asked->told[i], name_space)) {
            return;
        }
    }
    for (size_t i = 0; i < verdict->rules_count; i++) {
        const struct lacking *lacking = lacking_of_part(&verdict->rules[i], asked->denied);
        if (lacking != NULL && bytes_equal(verdict->rules[i].name_space, name_space)) {
            lacking_words(words, lacking, page_name_of(asked->page, &lacking->worst.author.hash));
            fprintf(asked->out, "  More may have been said than is known here: %s\n", words);
            asked->told[asked->count++] = name_space;
        }
    }
}

static bool print_lacking_node(void *context, const struct expression *node)
{
    struct bytes name_space = node->pattern.size > 0 ? code_namespace(node->pattern) : node->name_space;
    print_lacking_of(context, name_space);
    return true;
}

static bool is_no_denial(void *context, const struct expression *node)
{
    (void)context;
    return node->op != EXPRESSION_NOT;
}

/* Whether a network is what it hangs on, by itself or in the rules of a title or code. */
static bool hangs_on_network(const struct requirement_part *part, const struct verdict *verdict)
{
    bool hangs = part->credential != SIZE_MAX &&
                 verdict->credentials[part->credential].axes[AXIS_STATUS].reason == REASON_CONDITION;
    for (size_t i = 0; i < part->missing_count; i++) {
        hangs = hangs || part->missing[i].kind == MISSING_NETWORK;
    }
    return hangs && part->answer == ANSWER_UNKNOWN;
}

static void print_workplace(FILE *out, const struct verdict_page *page)
{
    const struct verdict *verdict = page->verdict;
    char words[EVIDENCE_LINE_SIZE];
    bool hangs = false;
    for (size_t i = 0; i < verdict->part_count; i++) {
        hangs = hangs || hangs_on_network(&verdict->parts[i], verdict);
    }
    if (hangs && verdict->workplace.answer.reason != REASON_NONE) {
        workplace_words(words, &verdict->workplace, page_name_of(page, &verdict->workplace.author.hash));
        fprintf(out, "  They may work elsewhere by now: %s\n", words);
    }
}

void verdict_text_silent(FILE *out, const struct verdict_page *page)
{
    struct asked_spaces asked = {.out = out, .page = page};
    for (size_t i = 0; i < page->verdict->part_count; i++) {
        const struct requirement_part *part = &page->verdict->parts[i];
        asked.denied = !expression_each(part->expression, is_no_denial, NULL);
        if (part->answer == ANSWER_UNKNOWN) {
            expression_each(part->expression, print_lacking_node, &asked);
        }
    }
    print_workplace(out, page);
}

void verdict_text_requirement(FILE *out, const struct verdict_page *page)
{
    static const char *const answers[] = {
        [ANSWER_YES] = "met",
        [ANSWER_NO] = "not met",
        [ANSWER_UNKNOWN] = "could not be determined",
    };
    const struct verdict *verdict = page->verdict;
    char day[DAY_TEXT_SIZE];
    if (verdict->part_count == 0) {
        return;
    }
    fprintf(out, "Requirement: %s", answers[verdict->requirement]);
    if (verdict->requirement == ANSWER_YES && verdict->requirement_until != DAY_NONE) {
        day_to_text(day, verdict->requirement_until);
        fprintf(out, ", until %s", day);
    }
    fputs("\n", out);
    for (size_t i = 0; i < verdict->part_count; i++) {
        print_part(out, verdict, &verdict->parts[i]);
    }
    if (verdict->requirement == ANSWER_UNKNOWN) {
        verdict_text_silent(out, page);
    }
}

/* ---- the rules ---- */

/* Of whom other rules may have come by now. */
static void print_evidence(FILE *out, const struct verdict_page *page, const struct rules_verdict *rules)
{
    char words[EVIDENCE_LINE_SIZE];
    if (rules == NULL || rules->freshness.answer.answer == ANSWER_YES) {
        return;
    }
    rules_evidence_words(words, &rules->freshness, page_name_of(page, &rules->freshness.author.hash));
    fprintf(out, " (%s)", words);
}

void verdict_text_rules(FILE *out, const struct verdict_page *page)
{
    struct page_rules rules;
    page_rules_of(&rules, page);
    for (size_t i = 0; i < rules.count; i++) {
        fputs(i == 0 ? "Rules: " : ", ", out);
        print_bytes(out, rules.name_spaces[i]);
        if (rules.packs[i] == NULL) {
            fputs(rules.verdicts[i] == NULL ? " has no owner in your trust file" : " not known here", out);
        } else {
            fprintf(out, " version %" PRIu64, rules.packs[i]->pack.version);
        }
        print_evidence(out, page, rules.verdicts[i]);
    }
    fputs(rules.count > 0 ? "\n" : "", out);
}
