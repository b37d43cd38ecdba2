#include <inttypes.h>

#include "cmd/award_words.h"
#include "cmd/reasons.h"
#include "cmd/roster_page.h"
#include "cmd/verdict_words.h"

enum { TECHNICIANS_SHOWN_MAX = 20 };

static const char *name_of(const struct roster_page *page, const struct actor_id *actor)
{
    return page->name_of(page->names, &actor->hash);
}

static void print_bytes(FILE *out, struct bytes text)
{
    fwrite(text.data, 1, text.size, out);
}

static void print_day(FILE *out, const char *before, uint32_t day)
{
    char text[DAY_TEXT_SIZE];
    day_to_text(text, day);
    fprintf(out, "%s%s", before, text);
}

/* ---- the shop ---- */

static void print_people(FILE *out, const struct roster_page *page, const char *before,
                         const struct actor_id *people, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%s%s", i == 0 ? before : ", ", name_of(page, &people[i]));
    }
    fputs(count > 0 ? "\n" : "", out);
}

/* "Lone Star Garage (tpa1…), Austin, TX"; what it calls itself, and who it is. */
static void print_shop(FILE *out, const struct roster_page *page)
{
    const struct shop *profile = page->roster->profile;
    const char *name = name_of(page, page->shop);
    if (profile == NULL) {
        fputs(name, out);
        return;
    }
    print_bytes(out, profile->name);
    if (!bytes_equal_string(profile->name, name)) {
        fprintf(out, " (%s)", name);
    }
    fputs(", ", out);
    print_bytes(out, profile->place);
    fputs(", ", out);
    print_bytes(out, profile->state);
}

static void print_heading(FILE *out, const struct roster_page *page)
{
    fputs("Shop: ", out);
    print_shop(out, page);
    print_day(out, ", on ", page->at_day);
    fputs(", as declared\n", out);
    if (page->roster->profile == NULL) {
        fputs("  It has not said what it does: no profile is known here for that day.\n", out);
    }
    print_people(out, page, "  What if: without ", page->change->without, page->change->without_count);
    print_people(out, page, "  What if: hiring ", page->change->hire, page->change->hire_count);
}

/* ---- technicians ---- */

static void print_member(FILE *out, const struct roster_page *page, const struct roster_member *member)
{
    static const char *const words[] = {
        [ANSWER_YES] = "certified",
        [ANSWER_NO] = "not certified",
        [ANSWER_UNKNOWN] = "could not be determined whether certified",
    };
    fprintf(out, "  %s: ", name_of(page, &member->technician));
    if (member->on_roster != ANSWER_YES) {
        fprintf(out, "%s: %s\n", member->on_roster == ANSWER_NO ? "not counted" : "could not be determined",
                reason_sentence(member->doubt));
        return;
    }
    fprintf(out, "%s%s", words[member->certified], member->performs_repairs ? "" : ", performs no repairs");
    if (member->since_day != DAY_NONE) {
        print_day(out, "; here since ", member->since_day);
    }
    fputs(member->own_word ? ", by the shop's own word" : "", out);
    fputs("\n", out);
}

static void print_technicians(FILE *out, const struct roster_page *page)
{
    const struct roster_verdict *roster = page->roster;
    if (roster->members_cut) {
        fprintf(out, "Technicians: how many could not be determined: %s; %" PRIu64 " declared",
                reason_sentence(REASON_LIMIT), roster->declared_technicians);
    } else {
        fprintf(out,
                "Technicians: %zu certified; %" PRIu64 " on the roster perform repairs; %" PRIu64 " declared",
                roster_certified_count(roster), roster->counted_technicians, roster->declared_technicians);
    }
    if (roster->review != NULL) {
        fprintf(out, "; %" PRIu64 " at the review", roster->review->technicians);
        print_day(out, " of ", roster->review->day);
    } else {
        fputs("; no review is known here", out);
    }
    fputs("\n", out);
    if (!page->all && roster->member_count > TECHNICIANS_SHOWN_MAX) {
        fprintf(out, "  %zu technicians are not shown: --all\n", roster->member_count);
        return;
    }
    for (size_t i = 0; i < roster->member_count; i++) {
        print_member(out, page, &roster->members[i]);
    }
}

/* ---- areas ---- */

static void print_area(FILE *out, const struct roster_page *page, const struct roster_area *area)
{
    static const char *const words[] = {
        [ANSWER_YES] = "covered",
        [ANSWER_NO] = "not covered",
        [ANSWER_UNKNOWN] = "could not be determined whether covered",
    };
    fputs("  ", out);
    print_bytes(out, area->name);
    fprintf(out, "%s: %s", area->declared ? "" : " (at the last review)", words[area->covered]);
    for (size_t i = 0; i < area->by_count && i < TECHNICIANS_SHOWN_MAX; i++) {
        fprintf(out, "%s%s", i == 0 ? " by " : ", ", name_of(page, &area->by[i]));
    }
    if (area->by_count > TECHNICIANS_SHOWN_MAX) {
        fprintf(out, " and %zu more", area->by_count - TECHNICIANS_SHOWN_MAX);
    }
    if (area->covered == ANSWER_YES && area->until_day != DAY_NONE) {
        print_day(out, ", until ", area->until_day);
    }
    fputs("\n", out);
}

static void print_areas(FILE *out, const struct roster_page *page)
{
    const struct roster_verdict *roster = page->roster;
    fputs(roster->area_count > 0 ? "Areas:\n" : "", out);
    for (size_t i = 0; i < roster->area_count; i++) {
        print_area(out, page, &roster->areas[i]);
    }
}

/* ---- awards ---- */

/* What ends an award that holds. */
static void print_end(FILE *out, const struct roster_page *page, const struct award_event *event)
{
    switch (event->cause) {
    case AWARD_NOTHING:
        fputs("nothing in particular", out);
        break;
    case AWARD_SHARE:
        fputs("the share of certified technicians falls too low", out);
        break;
    case AWARD_TECHNICIANS:
        fputs("too few certified technicians are left", out);
        break;
    case AWARD_AREA:
        print_bytes(out, event->area);
        fputs(" is no longer covered", out);
        break;
    case AWARD_RECOGNITION:
        fputs("the recognition ", out);
        print_bytes(out, event->code);
        fputs(" ends", out);
        break;
    case AWARD_NO_PROFILE:
        fputs("nothing says any more what the shop does", out);
        break;
    case AWARD_RULE:
        fputs("a rule that this version does not understand", out);
        break;
    case AWARD_NEWER_RULES:
        fputs("its rules may have changed", out);
        break;
    }
    if (event->has_technician) {
        fprintf(out, ": a certificate or the affiliation of %s ends", name_of(page, &event->technician));
    }
}

static void print_award_answer(FILE *out, const struct award_verdict *award)
{
    fputs(held_words(award->answer), out);
    if (award->answer == ANSWER_YES) {
        if (award->since_day != DAY_NONE) {
            print_day(out, " since ", award->since_day);
        }
        if (award->until_day != DAY_NONE) {
            print_day(out, ", until ", award->until_day);
        }
    }
    fprintf(out, " (by the rules of %.*s, version %" PRIu64 ")\n", (int)award->pack->pack.name_space.size,
            (const char *)award->pack->pack.name_space.data, award->pack->pack.version);
}

static void print_share(FILE *out, const struct award_verdict *award)
{
    if (award->has_share && !award->members_cut) {
        fprintf(out, "    certified: %" PRIu64 " of %" PRIu64 " technicians; %" PRIu64 " %% are asked for\n",
                award->certified, award->technicians, award->percent_wanted);
    }
}

/* The recognition beside what was computed: they may differ, and then that is to be seen. */
static void print_recognised(FILE *out, const struct award_verdict *award)
{
    static const char *const words[] = {
        [ANSWER_YES] = "issued and in force",
        [ANSWER_NO] = "not in force",
        [ANSWER_UNKNOWN] = "could not be determined",
    };
    if (!award->has_code) {
        return;
    }
    fputs("    recognition ", out);
    print_bytes(out, award->code);
    fprintf(out, ": %s", words[award->recognised]);
    if (award->recognised == ANSWER_YES && award->recognised_until != DAY_NONE) {
        print_day(out, ", until ", award->recognised_until);
    }
    fputs("\n", out);
}

static void print_award(FILE *out, const struct roster_page *page, const struct award_verdict *award)
{
    const struct award_names names = {.name_of = page->name_of, .names = page->names};
    fputs("  ", out);
    print_bytes(out, award->name);
    fputs(": ", out);
    print_award_answer(out, award);
    print_share(out, award);
    print_recognised(out, award);
    if (award->answer == ANSWER_YES && award->breaks.cause != AWARD_NOTHING &&
        award->breaks.day != DAY_NONE) {
        print_day(out, "    ends first on ", award->breaks.day);
        fputs(": ", out);
        print_end(out, page, &award->breaks);
        fputs("\n", out);
    }
    for (size_t i = 0; award->answer != ANSWER_YES && i < award->lack_count; i++) {
        char words[AWARD_WORDS_SIZE];
        award_lack_words(words, award, &award->lacks[i], &names);
        fprintf(out, "    missing: %s\n", words);
    }
}

/* Awards take a recognition that somebody issues to the shop; a claim takes nothing but the roster. */
static void print_awards(FILE *out, const struct roster_page *page, const char *heading,
                         bool with_recognition)
{
    const struct roster_verdict *roster = page->roster;
    bool is_first = true;
    for (size_t i = 0; i < roster->award_count; i++) {
        if (roster->awards[i].has_code == with_recognition) {
            fputs(is_first ? heading : "", out);
            is_first = false;
            print_award(out, page, &roster->awards[i]);
        }
    }
    if (is_first && with_recognition) {
        fputs("Awards: no rules of any are known here\n", out);
    }
}

void roster_text_print(FILE *out, const struct roster_page *page)
{
    print_heading(out, page);
    print_technicians(out, page);
    print_areas(out, page);
    print_awards(out, page, "Awards:\n", true);
    print_awards(out, page, "Claims, which are less than awards:\n", false);
    fprintf(out, "Has a certified technician: %s. That is a claim, and less than an award.\n",
            roster_certified_count(page->roster) > 0 ? "yes" : "none that is certain");
    fputs("A patch on a sleeve is its technician's own: it says nothing about the shop.\n", out);
}
