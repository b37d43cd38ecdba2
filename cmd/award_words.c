#include "cmd/award_words.h"

#include <inttypes.h>
#include <stdio.h>

#include "cmd/reasons.h"
#include "cmd/verdict_words.h"

static const char *const cause_words[] = {
    [AWARD_NOTHING] = "nothing",
    [AWARD_SHARE] = "share",
    [AWARD_TECHNICIANS] = "technicians",
    [AWARD_AREA] = "area",
    [AWARD_RECOGNITION] = "recognition",
    [AWARD_NO_PROFILE] = "no-profile",
    [AWARD_RULE] = "rule",
    [AWARD_NEWER_RULES] = "newer-rules",
};

const char *award_cause_word(enum award_cause cause)
{
    return cause_words[cause];
}

static void share_words(char *out, const struct award_verdict *award)
{
    if (award->has_share) {
        snprintf(out, AWARD_WORDS_SIZE,
                 "%" PRIu64 " of %" PRIu64 " technicians count as certified; %" PRIu64 " %% are needed",
                 award->certified, award->technicians, award->percent_wanted);
    } else {
        snprintf(out, AWARD_WORDS_SIZE, "too small a share of the technicians is certified");
    }
}

static bool is_of_members(enum award_cause cause)
{
    return cause == AWARD_SHARE || cause == AWARD_TECHNICIANS || cause == AWARD_AREA;
}

void award_lack_words(char out[AWARD_WORDS_SIZE], const struct award_verdict *award,
                      const struct award_event *event, const struct award_names *names)
{
    int area_size = (int)event->area.size;
    const char *area = (const char *)event->area.data;
    char evidence[EVIDENCE_LINE_SIZE];
    if (award->members_cut && is_of_members(event->cause)) {
        snprintf(out, AWARD_WORDS_SIZE, "who works there could not be determined: %s",
                 reason_sentence(REASON_LIMIT));
        return;
    }
    switch (event->cause) {
    case AWARD_NOTHING:
        snprintf(out, AWARD_WORDS_SIZE, "nothing in particular is missing");
        return;
    case AWARD_SHARE:
        share_words(out, award);
        return;
    case AWARD_TECHNICIANS:
        snprintf(out, AWARD_WORDS_SIZE, "too few technicians are certified for it");
        return;
    case AWARD_AREA:
        if (event->has_technician) {
            snprintf(out, AWARD_WORDS_SIZE, "nobody certified covers %.*s any more: it was %s", area_size,
                     area, names->name_of(names->names, &event->technician.hash));
        } else {
            snprintf(out, AWARD_WORDS_SIZE, "nobody certified covers %.*s", area_size, area);
        }
        return;
    case AWARD_RECOGNITION:
        snprintf(out, AWARD_WORDS_SIZE, "the shop's recognition %.*s is not there", (int)event->code.size,
                 (const char *)event->code.data);
        return;
    case AWARD_NO_PROFILE:
        snprintf(out, AWARD_WORDS_SIZE, "the shop has not published what it does (tradeproof shop publish)");
        return;
    case AWARD_RULE:
        snprintf(out, AWARD_WORDS_SIZE, "the rules say something that this version does not understand");
        return;
    case AWARD_NEWER_RULES:
        rules_evidence_words(evidence, &award->freshness,
                             names->name_of(names->names, &award->freshness.author.hash));
        snprintf(out, AWARD_WORDS_SIZE, "to know whether its rules have changed: %s", evidence);
        return;
    }
}
