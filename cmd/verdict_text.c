#include "cmd/verdict_text.h"

#include <assert.h>
#include <inttypes.h>

#include "cmd/reasons.h"
#include "cmd/words.h"

const char *overall_word(enum overall overall)
{
    static const char *const words[] = {
        [OVERALL_VALID] = "VALID",
        [OVERALL_INVALID] = "INVALID",
        [OVERALL_UNDETERMINED] = "UNDETERMINED",
    };
    return words[overall];
}

/* Whether nothing but the proof of who bears it is missing. */
static bool leaves_bearer_open(enum reason reason)
{
    return reason == REASON_NO_CHALLENGE || reason == REASON_CLOCK;
}

/* Whether the item is merely not to be had here, which is neither yes nor no. */
static bool leaves_item_open(enum reason reason)
{
    return reason == REASON_NOT_FOUND || reason == REASON_WRONG_KIND;
}

enum overall page_overall(const struct verdict *verdict, const struct presented *presented)
{
    if (presented == NULL) {
        return verdict->overall;
    }
    bool is_false = presented->reason != REASON_NONE && !leaves_bearer_open(presented->reason);
    bool is_open = presented->reason != REASON_NONE || presented->refused_count > 0;
    for (size_t i = 0; i < presented->refused_count; i++) {
        is_false = is_false || !leaves_item_open(presented->refused[i].reason);
    }
    if (is_false) {
        return OVERALL_INVALID;
    }
    return verdict->overall == OVERALL_VALID && is_open ? OVERALL_UNDETERMINED : verdict->overall;
}

struct bytes credential_code(const struct dossier_credential *credential)
{
    return credential->place.erased ? bytes_of_string("(erased)") : credential->attestation.code;
}

const struct axis_answer *deciding_axis(const struct credential_verdict *credential, enum axis *axis)
{
    assert(credential->overall != OVERALL_VALID);
    for (int i = AXIS_INTEGRITY; i < AXIS_FRESHNESS && credential->overall == OVERALL_INVALID; i++) {
        if (credential->axes[i].answer == ANSWER_NO) {
            *axis = (enum axis)i;
            return &credential->axes[i];
        }
    }
    for (int i = AXIS_INTEGRITY; i < AXIS_FRESHNESS; i++) {
        if (credential->axes[i].answer != ANSWER_YES) {
            *axis = (enum axis)i;
            return &credential->axes[i];
        }
    }
    *axis = AXIS_FRESHNESS;
    return &credential->axes[AXIS_FRESHNESS];
}

void age_words(char *out, uint64_t age_s)
{
    static const struct {
        uint64_t size_s;
        const char *word;
    } units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
    if (age_s == UINT64_MAX) {
        snprintf(out, AGE_WORDS_SIZE, "not seen yet");
        return;
    }
    size_t unit = 0;
    while (unit < 3 && age_s < 2 * units[unit].size_s) {
        unit++;
    }
    uint64_t count = age_s / units[unit].size_s;
    snprintf(out, AGE_WORDS_SIZE, "%" PRIu64 " %s%s ago", count, units[unit].word, count == 1 ? "" : "s");
}

/* ---- one credential ---- */

static void valid_words(char *out, size_t capacity, const struct credential_verdict *credential)
{
    char day[DAY_TEXT_SIZE];
    if (credential->until_day == DAY_NONE) {
        snprintf(out, capacity, "valid for life");
        return;
    }
    day_to_text(day, credential->until_day);
    snprintf(out, capacity, "valid until %s", day);
}

/* What a certain no of the status axis says of a day; NULL where no day tells. */
static const char *status_phrase(enum reason reason)
{
    static const struct {
        enum reason reason;
        const char *phrase;
    } phrases[] = {
        {REASON_REVOKED, "revoked since"},   {REASON_SUSPENDED, "suspended since"},
        {REASON_EXPIRED, "expired after"},   {REASON_NOT_YET_VALID, "not valid before"},
        {REASON_REPLACED, "replaced since"}, {REASON_REBOUND, "held under another id since"},
    };
    for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
        if (phrases[i].reason == reason) {
            return phrases[i].phrase;
        }
    }
    return NULL;
}

static void invalid_words(char *out, const struct credential_verdict *credential)
{
    static const char *const heads[AXIS_COUNT] = {
        [AXIS_INTEGRITY] = "not genuine",
        [AXIS_AUTHORITY] = "not trusted",
        [AXIS_STATUS] = "does not hold",
        [AXIS_FRESHNESS] = "too old",
    };
    char day[DAY_TEXT_SIZE];
    enum axis axis;
    enum reason reason = deciding_axis(credential, &axis)->reason;
    const char *phrase = axis == AXIS_STATUS ? status_phrase(reason) : NULL;
    if (phrase == NULL || credential->effective_day == DAY_NONE) {
        snprintf(out, VERDICT_WORDS_SIZE, "%s: %s", heads[axis], reason_sentence(reason));
        return;
    }
    day_to_text(day, credential->effective_day);
    snprintf(out, VERDICT_WORDS_SIZE, "%s %s", phrase, day);
}

static void undetermined_words(char *out, const struct credential_verdict *credential)
{
    char age[AGE_WORDS_SIZE];
    char valid[64] = "";
    enum axis axis;
    enum reason reason = deciding_axis(credential, &axis)->reason;
    if (axis != AXIS_FRESHNESS) {
        snprintf(out, VERDICT_WORDS_SIZE, "could not be determined: %s", reason_sentence(reason));
        return;
    }
    valid_words(valid, sizeof(valid), credential);
    age_words(age, credential->evidence_age_s);
    bool was_seen = credential->evidence_age_s != UINT64_MAX;
    snprintf(out, VERDICT_WORDS_SIZE, "could not be determined: %s; %s by what is held here%s%s",
             reason_sentence(reason), valid, was_seen ? ", seen " : "", was_seen ? age : "");
}

void credential_words(char *out, const struct credential_verdict *credential)
{
    switch (credential->overall) {
    case OVERALL_VALID:
        valid_words(out, VERDICT_WORDS_SIZE, credential);
        return;
    case OVERALL_INVALID:
        invalid_words(out, credential);
        return;
    case OVERALL_UNDETERMINED:
        undetermined_words(out, credential);
        return;
    }
}

/* ---- the page ---- */

static const struct dossier_credential *dossier_credential_of(const struct verdict_page *page, size_t index)
{
    return &page->dossier->credentials[page->verdict->credentials[index].credential];
}

static const char *name_of(const struct verdict_page *page, const struct hash *id)
{
    return page->name_of(page->names, id);
}

static void print_bytes(FILE *out, struct bytes text)
{
    fwrite(text.data, 1, text.size, out);
}

/* "from Ohio Auto College, accredited by ASE". */
static void print_issuer(FILE *out, const struct verdict_page *page, const struct credential_verdict *verdict,
                         const struct dossier_credential *credential)
{
    const struct authority_answer *authority = verdict->authority;
    fprintf(out, "from %s", name_of(page, &dossier_log_at(page->dossier, &credential->place)->author.hash));
    if (authority == NULL || authority->reason != REASON_NONE) {
        return;
    }
    for (size_t i = authority->chain_size; i > 0; i--) {
        fprintf(out, ", accredited by %s", name_of(page, &authority->chain[i - 1].hash));
    }
}

/* What a fine credential still has to tell. */
static void print_remarks(FILE *out, const struct credential_verdict *verdict,
                          const struct dossier_credential *credential)
{
    char day[DAY_TEXT_SIZE];
    if (verdict->axes[AXIS_STATUS].reason == REASON_UNDER_APPEAL) {
        fprintf(out, "; %s", reason_sentence(REASON_UNDER_APPEAL));
    }
    if (verdict->overruled < credential->place.event_count) {
        const struct history_event *event = &credential->place.events[verdict->overruled];
        day_to_text(day, event->effective_day);
        fprintf(out, "; was %s since %s, then reinstated", status_action_word(event->action), day);
    }
}

static void print_credential(FILE *out, const struct verdict_page *page, size_t index)
{
    const struct credential_verdict *verdict = &page->verdict->credentials[index];
    const struct dossier_credential *credential = dossier_credential_of(page, index);
    char words[VERDICT_WORDS_SIZE];
    char age[AGE_WORDS_SIZE];
    char earned[DAY_TEXT_SIZE];
    credential_words(words, verdict);
    fprintf(out, "  %-12s  ", overall_word(verdict->overall));
    print_bytes(out, credential_code(credential));
    if (verdict->pack_code != NULL) {
        fputs(" ", out);
        print_bytes(out, verdict->pack_code->title);
    }
    fprintf(out, ": %s\n                ", words);
    print_issuer(out, page, verdict, credential);
    if (!credential->place.erased) {
        day_to_text(earned, credential->attestation.earned_on);
        fprintf(out, "; %s of %s", basis_word(credential->attestation.basis), earned);
    }
    age_words(age, verdict->evidence_age_s);
    fprintf(out, "; issuer %s%s", verdict->evidence_age_s == UINT64_MAX ? "" : "seen ", age);
    print_remarks(out, verdict, credential);
    fputs("\n", out);
}

static const char *required_phrase(enum required_answer answer)
{
    static const char *const phrases[] = {
        [REQUIRED_HELD] = "held",
        [REQUIRED_NOT_HELD] = "not held",
        [REQUIRED_UNKNOWN] = "could not be determined",
    };
    return phrases[answer];
}

static void print_requirement(FILE *out, const struct verdict_page *page)
{
    static const char *const answers[] = {
        [ANSWER_YES] = "met",
        [ANSWER_NO] = "not met",
        [ANSWER_UNKNOWN] = "could not be determined",
    };
    const struct verdict *verdict = page->verdict;
    if (verdict->required_count == 0) {
        return;
    }
    fprintf(out, "Requirement: %s\n", answers[verdict->requirement]);
    for (size_t i = 0; i < verdict->required_count; i++) {
        const struct required_verdict *required = &verdict->required[i];
        fputs("  ", out);
        print_bytes(out, required->code);
        fprintf(out, ": %s%s%s\n", required_phrase(required->answer),
                required->credential == SIZE_MAX ? "; " : "",
                required->credential == SIZE_MAX ? reason_sentence(REASON_NOT_FOUND) : "");
    }
}

static void print_next_lapse(FILE *out, const struct verdict_page *page)
{
    char day[DAY_TEXT_SIZE];
    if (page->verdict->next_lapse == SIZE_MAX || page->verdict->next_lapse_day == DAY_NONE) {
        return;
    }
    day_to_text(day, page->verdict->next_lapse_day);
    fputs("Next to lapse: ", out);
    print_bytes(out, credential_code(dossier_credential_of(page, page->verdict->next_lapse)));
    fprintf(out, " on %s\n", day);
}

static void print_heading(FILE *out, const struct verdict_page *page)
{
    char text[TIME_TEXT_SIZE];
    day_to_text(text, page->at_day);
    fprintf(out, "%s: %s, on %s", page->presented != NULL ? "Holder" : "About",
            name_of(page, &page->dossier->subject.id), text);
    if (page->has_known_by) {
        time_to_text(text, page->known_by_s);
        fprintf(out, ", by what was known at %s", text);
    }
    fputs("\n", out);
}

static void print_refused(FILE *out, const struct verdict_page *page)
{
    for (size_t i = 0; i < page->presented->refused_count; i++) {
        const struct refused_item *item = &page->presented->refused[i];
        char name[ENTRY_NAME_TEXT_MAX + 1];
        snprintf(name, sizeof(name), "item %zu", item->item + 1);
        if (item->has_name) {
            entry_name_to_text(name, page->network, &item->name);
        }
        fprintf(out, "  %-12s  %s: %s\n", leaves_item_open(item->reason) ? "NOT COUNTED" : "REFUSED", name,
                reason_sentence(item->reason));
    }
}

static void print_bearer(FILE *out, const struct presented *presented)
{
    if (presented->reason == REASON_NONE) {
        fputs("Bearer: proven, answered your challenge\n", out);
        return;
    }
    fprintf(out, "Bearer: %s: %s\n", leaves_bearer_open(presented->reason) ? "not proven" : "refused",
            reason_sentence(presented->reason));
    fprintf(out, "        %s.\n", reason_advice(presented->reason));
}

/* What to do about the first credential that does not hold or could not be determined. */
static void print_advice(FILE *out, const struct verdict_page *page)
{
    const struct verdict *verdict = page->verdict;
    for (size_t i = 0; i < verdict->credential_count; i++) {
        enum axis axis;
        if (verdict->credentials[i].overall == OVERALL_VALID) {
            continue;
        }
        const char *advice = reason_advice(deciding_axis(&verdict->credentials[i], &axis)->reason);
        if (advice[0] != '\0') {
            fputs("What to do about ", out);
            print_bytes(out, credential_code(dossier_credential_of(page, i)));
            fprintf(out, ": %s.\n", advice);
        }
    }
}

void verdict_text_print(FILE *out, const struct verdict_page *page)
{
    print_heading(out, page);
    if (page->presented != NULL) {
        print_bearer(out, page->presented);
    }
    for (size_t i = 0; i < page->verdict->credential_count; i++) {
        print_credential(out, page, i);
    }
    if (page->presented != NULL) {
        print_refused(out, page);
    }
    if (page->verdict->credential_count == 0) {
        fprintf(out, "  No certificate that counts.\n");
    }
    print_requirement(out, page);
    print_next_lapse(out, page);
    print_advice(out, page);
    fprintf(out, "VERDICT: %s\n", overall_word(page->overall));
}
