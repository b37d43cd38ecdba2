#include "cmd/verdict_words.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "cmd/reasons.h"
#include "protocol/base/text.h"
#include "protocol/rules/worked_days.h"

const char *overall_word(enum overall overall)
{
    static const char *const words[] = {
        [OVERALL_VALID] = "VALID",
        [OVERALL_INVALID] = "INVALID",
        [OVERALL_UNDETERMINED] = "UNDETERMINED",
    };
    return words[overall];
}

const char *held_words(enum answer answer)
{
    static const char *const words[] = {
        [ANSWER_YES] = "held",
        [ANSWER_NO] = "not held",
        [ANSWER_UNKNOWN] = "could not be determined",
    };
    return words[answer];
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
        {REASON_REVOKED, "revoked since"},        {REASON_SUSPENDED, "suspended since"},
        {REASON_EXPIRED, "expired after"},        {REASON_NOT_YET_VALID, "not valid before"},
        {REASON_REPLACED, "replaced since"},      {REASON_REBOUND, "held under another id since"},
        {REASON_OUTSIDE_NETWORK, "silent since"},
    };
    for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
        if (phrases[i].reason == reason) {
            return phrases[i].phrase;
        }
    }
    return NULL;
}

/* As what somebody's log is part of the evidence: "who accredited the issuer". */
static const char *evidence_words(enum evidence_role role)
{
    static const char *const words[] = {
        [EVIDENCE_ISSUER] = "the issuer",
        [EVIDENCE_SHOP] = "the issuer",
        [EVIDENCE_ACCREDITOR] = "who accredited the issuer",
        [EVIDENCE_OWNER] = "who owns the namespace",
    };
    return words[role];
}

void evidence_line(char *out, const struct credential_verdict *credential, const char *name)
{
    char age[AGE_WORDS_SIZE];
    age_words(age, credential->evidence_age_s);
    bool was_seen = credential->evidence_age_s != UINT64_MAX;
    if (credential->evidence_role == EVIDENCE_ISSUER || credential->evidence_role == EVIDENCE_SHOP) {
        snprintf(out, EVIDENCE_LINE_SIZE, "issuer %s%s", was_seen ? "seen " : "", age);
        return;
    }
    const char *who =
        credential->evidence_role == EVIDENCE_OWNER ? "who owns the namespace" : "who accredited this issuer";
    if (!was_seen) {
        snprintf(out, EVIDENCE_LINE_SIZE, "nothing recent is known of %s, %s", name, who);
        return;
    }
    age[strlen(age) - strlen(" ago")] = '\0';
    snprintf(out, EVIDENCE_LINE_SIZE, "what is known of %s, %s, is %s old", name, who, age);
}

/* Rules that were not kept speak against the certificate, all else of that axis against its issuer. */
static const char *invalid_head(enum axis axis, enum reason reason)
{
    static const char *const heads[AXIS_COUNT] = {
        [AXIS_INTEGRITY] = "not genuine",
        [AXIS_AUTHORITY] = "not trusted",
        [AXIS_STATUS] = "does not hold",
        [AXIS_FRESHNESS] = "too old",
    };
    return reason == REASON_PREREQUISITE || reason == REASON_RENEWAL ? "does not count" : heads[axis];
}

static const char *sentence_of(enum axis axis, enum reason reason)
{
    return axis == AXIS_AUTHORITY ? reason_sentence_of_authority(reason) : reason_sentence(reason);
}

static void invalid_words(char *out, const struct credential_verdict *credential)
{
    char day[DAY_TEXT_SIZE];
    enum axis axis;
    enum reason reason = deciding_axis(credential, &axis)->reason;
    const char *phrase = axis == AXIS_STATUS ? status_phrase(reason) : NULL;
    if (phrase == NULL || credential->effective_day == DAY_NONE) {
        snprintf(out, VERDICT_WORDS_SIZE, "%s: %s", invalid_head(axis, reason), sentence_of(axis, reason));
        return;
    }
    day_to_text(day, credential->effective_day);
    snprintf(out, VERDICT_WORDS_SIZE, "%s %s%s", phrase, day,
             reason == REASON_OUTSIDE_NETWORK ? ": not in a shop of the network" : "");
}

/* The reasons' own sentences speak of the issuer. */
enum { STALE_WORDS_SIZE = 160 };

static void stale_words(char *out, enum evidence_role role, enum reason reason)
{
    const char *who = evidence_words(role);
    bool is_issuer = role == EVIDENCE_ISSUER || role == EVIDENCE_SHOP;
    if (!is_issuer && reason == REASON_STALE) {
        snprintf(out, STALE_WORDS_SIZE, "what is known of %s is too old", who);
    } else if (!is_issuer && reason == REASON_NO_CHECKPOINT) {
        snprintf(out, STALE_WORDS_SIZE, "%s has not yet said how far the log goes", who);
    } else if (!is_issuer && reason == REASON_INCOMPLETE) {
        snprintf(out, STALE_WORDS_SIZE, "part of the log of %s has not arrived here yet", who);
    } else {
        snprintf(out, STALE_WORDS_SIZE, "%s", reason_sentence(reason));
    }
}

/* who: of name, behind a comma. */
static void author_words(char *out, size_t size, const struct freshness *freshness, const char *name,
                         const char *who)
{
    char age[AGE_WORDS_SIZE];
    switch ((int)freshness->answer.reason) {
    case REASON_STALE:
        age_words(age, freshness->age_s);
        age[strlen(age) - strlen(" ago")] = '\0';
        snprintf(out, size, "what is known of %s, %s, is %s old", name, who, age);
        return;
    case REASON_NO_CHECKPOINT:
        snprintf(out, size, "%s, %s, has not yet said how far the log goes", name, who);
        return;
    case REASON_INCOMPLETE:
        snprintf(out, size, "part of the log of %s, %s, has not arrived here yet", name, who);
        return;
    case REASON_ERASED:
        snprintf(out, size, "%s, %s, has erased what it may still give back", name, who);
        return;
    default:
        snprintf(out, size, "%s", reason_sentence(freshness->answer.reason));
    }
}

void rules_evidence_words(char *out, const struct freshness *freshness, const char *name)
{
    author_words(out, EVIDENCE_LINE_SIZE, freshness, name, "whose rules these are");
}

void workplace_words(char *out, const struct freshness *freshness, const char *name)
{
    author_words(out, EVIDENCE_LINE_SIZE, freshness, name, "on whose roster they were");
}

void lacking_words(char *out, const struct lacking *lacking, const char *name)
{
    char who[CODE_SIZE_MAX + 32];
    snprintf(who, sizeof(who), "who may speak of %.*s", (int)lacking->worst_of.size,
             (const char *)lacking->worst_of.data);
    author_words(out, LACKING_LINE_SIZE, &lacking->worst, name, who);
}

/* valid: what would be said of it if what is known were fresh. */
static void undetermined_words(char *out, const struct credential_verdict *credential, const char *valid)
{
    char age[AGE_WORDS_SIZE];
    char what[STALE_WORDS_SIZE];
    enum axis axis;
    enum reason reason = deciding_axis(credential, &axis)->reason;
    if (axis != AXIS_FRESHNESS) {
        snprintf(out, VERDICT_WORDS_SIZE, "could not be determined: %s", sentence_of(axis, reason));
        return;
    }
    age_words(age, credential->evidence_age_s);
    bool was_seen = credential->evidence_age_s != UINT64_MAX;
    stale_words(what, credential->evidence_role, reason);
    snprintf(out, VERDICT_WORDS_SIZE, "could not be determined: %s; %s by what is held here%s%s", what, valid,
             was_seen ? ", seen " : "", was_seen ? age : "");
}

static void words_of(char *out, const struct credential_verdict *credential, const char *valid)
{
    switch (credential->overall) {
    case OVERALL_VALID:
        snprintf(out, VERDICT_WORDS_SIZE, "%s", valid);
        return;
    case OVERALL_INVALID:
        invalid_words(out, credential);
        return;
    case OVERALL_UNDETERMINED:
        undetermined_words(out, credential, valid);
        return;
    }
}

void credential_words(char *out, const struct credential_verdict *credential)
{
    char valid[SPAN_WORDS_SIZE];
    valid_words(valid, sizeof(valid), credential);
    words_of(out, credential, valid);
}

void documented_words(char *out, const struct attestation *attestation)
{
    char first[DAY_TEXT_SIZE];
    char last[DAY_TEXT_SIZE];
    day_to_text(first, attestation->valid_from);
    if (!attestation->has_last_day) {
        snprintf(out, SPAN_WORDS_SIZE, "documents the time since %s", first);
        return;
    }
    day_to_text(last, attestation->last_day);
    snprintf(out, SPAN_WORDS_SIZE, "documents %s to %s", first, last);
}

/* Whether the day that is spoken of is one that the attestation did not choose. */
static bool ends_by_lifetime(const struct credential_verdict *credential)
{
    if (credential->limited_to == DAY_NONE) {
        return false;
    }
    return credential->overall == OVERALL_VALID ? credential->until_day == credential->limited_to
                                                : credential->axes[AXIS_STATUS].reason == REASON_EXPIRED &&
                                                      credential->effective_day == credential->limited_to;
}

static void add_lifetime(char *out, const struct credential_verdict *credential, struct bytes code)
{
    struct bytes name_space = code_namespace(code);
    size_t size = strlen(out);
    if (ends_by_lifetime(credential)) {
        snprintf(out + size, VERDICT_WORDS_SIZE - size, " (the rules of %.*s give it %" PRIu64 " month%s)",
                 (int)name_space.size, (const char *)name_space.data, credential->lifetime_months,
                 credential->lifetime_months == 1 ? "" : "s");
    }
}

void credential_line(char *out, const struct credential_verdict *credential,
                     const struct dossier_credential *entry)
{
    const struct attestation *attestation = &entry->attestation;
    if (entry->place.erased) {
        credential_words(out, credential);
        return;
    }
    if (attestation->basis == BASIS_EXPERIENCE) {
        char documented[SPAN_WORDS_SIZE];
        documented_words(documented, attestation);
        words_of(out, credential, documented);
        return;
    }
    credential_words(out, credential);
    add_lifetime(out, credential, attestation->code);
    if (credential->overall == OVERALL_INVALID && attestation->has_network &&
        credential->axes[AXIS_STATUS].reason == REASON_OUTSIDE_NETWORK) {
        size_t size = strlen(out);
        snprintf(out + size, VERDICT_WORDS_SIZE - size, " (%.*s)", (int)attestation->network_code.size,
                 (const char *)attestation->network_code.data);
    }
}

struct bytes code_within(struct bytes code, struct bytes name_space)
{
    if (name_space.size == 0 || code.size <= name_space.size + 1 ||
        !bytes_equal(code_namespace(code), name_space)) {
        return code;
    }
    return bytes_of(code.data + name_space.size + 1, code.size - name_space.size - 1);
}

/* ---- what is missing ---- */

static void count_words(char *out, size_t capacity, uint32_t count, const char *unit)
{
    snprintf(out, capacity, "%" PRIu32 " %s%s", count, unit, count == 1 ? "" : "s");
}

/* "2 years and 30 days". out has SPAN_WORDS_SIZE bytes. */
static void experience_words(char *out, uint32_t days)
{
    char years[24] = "";
    char rest[24] = "";
    if (days >= EXPERIENCE_YEAR_DAYS) {
        count_words(years, sizeof(years), days / EXPERIENCE_YEAR_DAYS, "year");
    }
    if (days % EXPERIENCE_YEAR_DAYS != 0 || days == 0) {
        count_words(rest, sizeof(rest), days % EXPERIENCE_YEAR_DAYS, "day");
    }
    snprintf(out, SPAN_WORDS_SIZE, "%s%s%s", years, years[0] != '\0' && rest[0] != '\0' ? " and " : "", rest);
}

static void print_bytes(FILE *out, struct bytes text)
{
    fwrite(text.data, 1, text.size, out);
}

/* A title as people read it who know which namespace is spoken of. */
static void print_title(FILE *out, const struct missing_part *part, struct bytes name_space)
{
    if (part->name_space.size > 0 && !bytes_equal(part->name_space, name_space)) {
        print_bytes(out, part->name_space);
        fputc(':', out);
    }
    fputc('"', out);
    print_bytes(out, part->name);
    fputc('"', out);
}

static void print_missing_experience(FILE *out, const struct missing_part *part, struct bytes name_space,
                                     struct bytes about)
{
    char span[SPAN_WORDS_SIZE];
    experience_words(span, part->days);
    fprintf(out, "%s of experience", span);
    if (part->pattern.size > 0 && !bytes_equal(part->pattern, about)) {
        fputs(" for ", out);
        print_bytes(out, code_within(part->pattern, name_space));
    }
}

static void print_part(FILE *out, const struct missing_part *part, struct bytes name_space,
                       struct bytes about)
{
    switch (part->kind) {
    case MISSING_CODE:
        print_bytes(out, code_within(part->pattern, name_space));
        break;
    case MISSING_EXPERIENCE:
        print_missing_experience(out, part, name_space, about);
        break;
    case MISSING_TRAINING:
        fputs("training ", out);
        print_bytes(out, code_within(part->pattern, name_space));
        break;
    case MISSING_TITLE:
        print_title(out, part, name_space);
        break;
    case MISSING_NETWORK:
        fputs("a shop of the network ", out);
        print_bytes(out, part->pattern);
        break;
    case MISSING_STATE:
        fputs("being asked for in one of its states (--state)", out);
        break;
    case MISSING_EXCLUDED:
        if (part->name.size > 0) {
            print_title(out, part, name_space);
        } else {
            print_bytes(out, code_within(part->pattern, name_space));
        }
        break;
    case MISSING_RULE:
        fputs("a rule that this version does not understand", out);
        break;
    case MISSING_NEWER_RULES:
        fputs("the rules of ", out);
        print_bytes(out, part->name_space);
        fputs(", which may have changed", out);
        break;
    }
    if (part->more > 0) {
        fprintf(out, " or one of %zu more", part->more);
    }
}

/* How a missing part is spoken of. */
enum missing_group { GROUP_MISSING, GROUP_EXCLUDING, GROUP_OPEN };

static enum missing_group group_of(const struct missing_part *part)
{
    if (part->answer == ANSWER_UNKNOWN) {
        return GROUP_OPEN;
    }
    return part->kind == MISSING_EXCLUDED ? GROUP_EXCLUDING : GROUP_MISSING;
}

/* Returns: how many parts of the group there are; prints them with commas in between. */
static size_t print_group(FILE *out, const struct missing_part *missing, size_t count,
                          enum missing_group group, struct bytes name_space, struct bytes about)
{
    size_t printed = 0;
    for (size_t i = 0; i < count; i++) {
        if (group_of(&missing[i]) == group) {
            fputs(printed > 0 ? ", " : "", out);
            print_part(out, &missing[i], name_space, about);
            printed++;
        }
    }
    return printed;
}

static size_t group_count(const struct missing_part *missing, size_t count, enum missing_group group)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        found += group_of(&missing[i]) == group ? 1 : 0;
    }
    return found;
}

void missing_print(FILE *out, const struct missing_part *missing, size_t count, struct bytes name_space,
                   struct bytes about, const char *ending_one, const char *ending_more)
{
    size_t absent = print_group(out, missing, count, GROUP_MISSING, name_space, about);
    if (absent > 0) {
        fputs(absent == 1 ? ending_one : ending_more, out);
    }
    if (group_count(missing, count, GROUP_EXCLUDING) > 0) {
        fputs(absent > 0 ? "; ruled out by " : "ruled out by ", out);
        absent += print_group(out, missing, count, GROUP_EXCLUDING, name_space, about);
    }
    if (group_count(missing, count, GROUP_OPEN) > 0) {
        fputs(absent > 0 ? "; could not be determined: " : "could not be determined: ", out);
        print_group(out, missing, count, GROUP_OPEN, name_space, about);
    }
}

void missing_print_open(FILE *out, const struct missing_part *missing, size_t count, struct bytes name_space,
                        struct bytes about)
{
    if (group_count(missing, count, GROUP_OPEN) > 0) {
        fputs(": ", out);
        print_group(out, missing, count, GROUP_OPEN, name_space, about);
    }
}
