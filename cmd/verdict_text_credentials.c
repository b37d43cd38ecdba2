#include <inttypes.h>

#include "cmd/reasons.h"
#include "cmd/verdict_text.h"
#include "cmd/words.h"
#include "protocol/base/text.h"

/* Where the lines beneath a certificate begin. */
#define BENEATH "                "

enum { APART_SHOWN_MAX = 8 };

static void print_bytes(FILE *out, struct bytes text)
{
    fwrite(text.data, 1, text.size, out);
}

/* "from Ohio Auto College, accredited by ASE". */
static void print_issuer(FILE *out, const struct verdict_page *page, const struct credential_verdict *verdict,
                         const struct dossier_credential *credential)
{
    const struct authority_answer *authority = verdict->authority;
    fprintf(out, "from %s",
            page_name_of(page, &dossier_log_at(page->dossier, &credential->place)->author.hash));
    if (authority == NULL || authority->reason != REASON_NONE) {
        return;
    }
    for (size_t i = authority->chain_size; i > 0; i--) {
        fprintf(out, ", accredited by %s", page_name_of(page, &authority->chain[i - 1].hash));
    }
}

/* "; exam of 2024-06-30"; of experience its time, unless the line above says it already. */
static void print_ground(FILE *out, const struct credential_verdict *verdict,
                         const struct dossier_credential *credential)
{
    const struct attestation *attestation = &credential->attestation;
    char earned[DAY_TEXT_SIZE];
    char span[SPAN_WORDS_SIZE];
    if (credential->place.erased) {
        return;
    }
    if (attestation->basis != BASIS_EXPERIENCE) {
        day_to_text(earned, attestation->earned_on);
        fprintf(out, "; %s of %s", basis_word(attestation->basis), earned);
    } else if (verdict->overall != OVERALL_VALID) {
        documented_words(span, attestation);
        fprintf(out, "; %s", span);
    }
}

/* "; issued 2 times" */
static void print_alike(FILE *out, const struct verdict_page *page, size_t index)
{
    size_t count = page->all ? 1 : page_count_alike(page, index);
    if (count > 1) {
        fprintf(out, "; issued %zu times", count);
    }
}

/* "; by the rules of ase, version 2" */
static void print_rules(FILE *out, const struct credential_verdict *verdict)
{
    if (verdict->pack != NULL) {
        fputs("; by the rules of ", out);
        print_bytes(out, verdict->pack->pack.name_space);
        fprintf(out, ", version %" PRIu64, verdict->pack->pack.version);
    }
}

/* ---- beneath it ---- */

/* Whether what a code waits for is held, once it is there, beside it: tests, titles and training. */
static bool waits_for_others(const struct code_verdict *code)
{
    bool all = code->missing_count > 0;
    for (size_t i = 0; i < code->missing_count; i++) {
        const struct missing_part *part = &code->missing[i];
        bool is_other = (part->kind == MISSING_CODE && !bytes_equal(part->pattern, code->code)) ||
                        part->kind == MISSING_TITLE || part->kind == MISSING_TRAINING;
        all = all && is_other && part->answer == ANSWER_NO;
    }
    return all;
}

static void print_uncertified(FILE *out, const struct code_verdict *code)
{
    struct bytes name_space = code_namespace(code->code);
    if (waits_for_others(code)) {
        fputs("certified when ", out);
        missing_print(out, code->missing, code->missing_count, name_space, code->code, " is held too",
                      " are held too");
        return;
    }
    fputs("not yet certified", out);
    fputs(code->missing_count > 0 ? ": " : "", out);
    missing_print(out, code->missing, code->missing_count, name_space, code->code, " is missing",
                  " are missing");
}

static void print_code_verdict(FILE *out, const struct verdict_page *page, size_t index)
{
    const struct code_verdict *code = page_code_verdict(page, index);
    if (code == NULL || code->tested != ANSWER_YES || code->certified == ANSWER_YES) {
        return;
    }
    if (code->certified == ANSWER_UNKNOWN) {
        fputs(BENEATH "tested; whether certified could not be determined", out);
        missing_print_open(out, code->missing, code->missing_count, code_namespace(code->code), code->code);
    } else {
        fputs(BENEATH "tested; ", out);
        print_uncertified(out, code);
    }
    fputs("\n", out);
}

/* Where it was said, where that matters: "in a block declared void on 2026-03-09 (key-compromise)". */
static void print_where(FILE *out, const struct dossier_block *block, enum said_standing standing)
{
    char day[DAY_TEXT_SIZE];
    switch (standing) {
    case SAID_VOIDED:
        fputs(block->side ? "on a branch declared void" : "in a block declared void", out);
        if (block->void_day != DAY_NONE) {
            day_to_text(day, block->void_day);
            fprintf(out, " on %s: %s", day, status_reason_word(block->void_reason));
        }
        break;
    case SAID_DISPUTED:
        fputs(block->side ? "on another branch, disputed" : "in a disputed block", out);
        break;
    case SAID_REWOUND:
    case SAID_DROPPED:
        day_to_text(day, day_of_time(block->dropped_s));
        fprintf(out, "on a branch that was dropped on %s", day);
        break;
    case SAID_BEYOND_CUT:
        fputs("after its author might no longer say so", out);
        break;
    case SAID_CUT_UNKNOWN:
        fputs("perhaps after its author might no longer say so", out);
        break;
    case SAID_AFTER_END:
        fputs("long after its author's accreditation had ended", out);
        break;
    case SAID_STANDS:
    case SAID_OVERRULED:
    case SAID_TO_COME:
    case SAID_NOT_BY_THEN:
        break;
    }
}

static bool tells_where(enum said_standing standing)
{
    return standing == SAID_VOIDED || standing == SAID_DISPUTED || standing == SAID_REWOUND ||
           standing == SAID_DROPPED || standing == SAID_BEYOND_CUT || standing == SAID_CUT_UNKNOWN ||
           standing == SAID_AFTER_END;
}

/* Nobody should have to compare days to see that a certificate ends. */
static bool is_announced(const struct verdict_page *page, const struct history_event *event,
                         enum said_standing standing)
{
    return standing == SAID_TO_COME && event->effective_day > page->at_day &&
           event->action != STATUS_APPEALED && event->action != STATUS_APPEAL_DECIDED;
}

/* "revoked 2026-03-02 (scoring; in a disputed block)", "will be revoked from 2026-12-24". */
static void print_event(FILE *out, const struct verdict_page *page,
                        const struct dossier_credential *credential, size_t at, enum said_standing standing)
{
    const struct history_event *event = &credential->place.events[at];
    const struct dossier_block block = page_block_of_event(credential, at);
    enum status_reason why = page_reason_of(credential, at);
    const char *reason = why == STATUS_REASON_UNSPECIFIED ? "" : status_reason_word(why);
    bool where = tells_where(standing);
    char day[DAY_TEXT_SIZE];
    day_to_text(day, event->effective_day);
    fprintf(out, is_announced(page, event, standing) ? "will be %s from %s" : "%s %s",
            status_action_word(event->action), day);
    if (reason[0] != '\0' || where) {
        fprintf(out, " (%s%s", reason, reason[0] != '\0' && where ? "; " : "");
        print_where(out, &block, standing);
        fputs(")", out);
    }
}

void verdict_text_history(FILE *out, const struct verdict_page *page, size_t index)
{
    const struct credential_verdict *verdict = &page->verdict->credentials[index];
    const struct dossier_credential *credential = page_credential(page, index);
    const char *before = "";
    for (size_t i = 0; i < credential->place.event_count; i++) {
        const struct history_event *event = &credential->place.events[i];
        if (verdict->said[i] != SAID_NOT_BY_THEN && event->action != STATUS_HELD_BY) {
            fputs(before, out);
            print_event(out, page, credential, i, verdict->said[i]);
            before = ", ";
        }
    }
}

static void print_history(FILE *out, const struct verdict_page *page, size_t index)
{
    if (page_tells_history(page, index)) {
        fputs(BENEATH "said of it: ", out);
        verdict_text_history(out, page, index);
        fputs("\n", out);
    }
}

static void print_later_rules(FILE *out, const struct credential_verdict *verdict)
{
    if (verdict->later_rules != NULL) {
        fprintf(out,
                BENEATH "later rules say otherwise: version %" PRIu64 ", which came too late to change it\n",
                verdict->later_rules->pack.version);
    }
}

static void print_appeal(FILE *out, const struct credential_verdict *verdict)
{
    char day[DAY_TEXT_SIZE];
    if (verdict->appeal_day != DAY_NONE) {
        day_to_text(day, verdict->appeal_day);
        fprintf(out, BENEATH "under appeal since %s\n", day);
    }
}

static void print_replacement(FILE *out, const struct verdict_page *page,
                              const struct dossier_credential *credential)
{
    char name[ENTRY_NAME_TEXT_MAX + 1];
    if (!credential->has_replacement) {
        return;
    }
    entry_name_to_text(name, page->network, &credential->replacement);
    size_t index = page_find_entry(page, &credential->replacement);
    if (index == SIZE_MAX) {
        fprintf(out, BENEATH "replaced by %s\n", name);
        return;
    }
    const struct pack_code *pack_code = page->verdict->credentials[index].pack_code;
    fputs(BENEATH "replaced by ", out);
    print_bytes(out, credential_code(page_credential(page, index)));
    if (pack_code != NULL) {
        fputs(" ", out);
        print_bytes(out, pack_code->title);
    }
    fprintf(out, " (%s)\n", name);
}

static void print_statements(FILE *out, const struct verdict_page *page,
                             const struct dossier_credential *credential)
{
    const struct dossier_statement *statement;
    size_t at = 0;
    while ((statement = page_next_statement(page, credential, &at)) != NULL) {
        fputs(BENEATH "the holder's own statement: \"", out);
        print_bytes(out, statement->statement.text);
        fputs("\"\n", out);
    }
}

/* Whose word it rests on when it was signed, where nothing shows that. What is a good deal later, as it says
 * or as is shown, stands by the word of an entry that it replaced; what a path proves says no word. */
static const char *signed_words(const struct accreditation_end *end, const struct dossier_place *place)
{
    uint64_t day = day_of_time(place->time_s);
    if (end->lateness == LATE_YES) {
        return "signed long after that";
    }
    if (place->time_s == 0) {
        return "when it was signed is not known here";
    }
    if (day > (uint64_t)end->day + ACCREDITATION_GRACE_DAYS ||
        lateness_of(place, end->day, ACCREDITATION_GRACE_DAYS) == LATE_YES) {
        return "signed long after that in the place of one that was signed in time by its own word";
    }
    return day <= end->day ? "signed before the end by its own word"
                           : "signed at most 90 days after that by its own word";
}

static void print_end(FILE *out, const struct credential_verdict *verdict,
                      const struct dossier_credential *credential)
{
    char day[DAY_TEXT_SIZE];
    if (verdict->end.lateness == LATE_NO) {
        return;
    }
    day_to_text(day, verdict->end.day);
    fprintf(out, BENEATH "its issuer's accreditation ended on %s; %s\n", day,
            signed_words(&verdict->end, &credential->place));
}

/* ---- together ---- */

static void print_workplace(FILE *out, const struct verdict_page *page,
                            const struct credential_verdict *verdict)
{
    const struct freshness *workplace = &page->verdict->workplace;
    char words[EVIDENCE_LINE_SIZE];
    if (verdict->axes[AXIS_STATUS].reason == REASON_CONDITION && workplace->answer.reason != REASON_NONE) {
        workplace_words(words, workplace, page_name_of(page, &workplace->author.hash));
        fprintf(out, BENEATH "%s\n", words);
    }
}

static void print_credential(FILE *out, const struct verdict_page *page, size_t index)
{
    const struct credential_verdict *verdict = &page->verdict->credentials[index];
    const struct dossier_credential *credential = page_credential(page, index);
    char words[VERDICT_WORDS_SIZE];
    char age[EVIDENCE_LINE_SIZE];
    credential_line(words, verdict, credential);
    fprintf(out, "  %-12s  ", overall_word(verdict->overall));
    print_bytes(out, credential_code(credential));
    if (verdict->pack_code != NULL) {
        fputs(" ", out);
        print_bytes(out, verdict->pack_code->title);
    }
    fprintf(out, ": %s\n" BENEATH, words);
    print_issuer(out, page, verdict, credential);
    print_ground(out, verdict, credential);
    print_alike(out, page, index);
    print_rules(out, verdict);
    evidence_line(age, verdict, page_evidence_name(page, verdict));
    fprintf(out, "; %s\n", age);
    print_workplace(out, page, verdict);
    print_end(out, verdict, credential);
    print_code_verdict(out, page, index);
    print_history(out, page, index);
    print_later_rules(out, verdict);
    print_appeal(out, verdict);
    print_replacement(out, page, credential);
    print_statements(out, page, credential);
}

/* --all shows each entry. */
static bool is_hidden(const struct verdict_page *page, size_t index)
{
    return !page->all && page_is_twin(page, index);
}

/* Returns: how many decide; prints them. */
static size_t print_deciding(FILE *out, const struct verdict_page *page)
{
    size_t listed = 0;
    size_t older = 0;
    for (size_t i = 0; i < page->verdict->credential_count; i++) {
        if (!page_lists(page, i) || page_sets_apart(page, i) || is_hidden(page, i)) {
            continue;
        }
        listed++;
        if (!page->all && page_is_older(page, i)) {
            older++;
        } else {
            print_credential(out, page, i);
        }
    }
    if (older > 0) {
        fprintf(out, "  %zu older certificate%s of the same codes %s not shown: --all\n", older,
                older == 1 ? "" : "s", older == 1 ? "is" : "are");
    }
    return listed;
}

static size_t count_apart(const struct verdict_page *page)
{
    size_t count = 0;
    for (size_t i = 0; i < page->verdict->credential_count; i++) {
        count += page_sets_apart(page, i) && !is_hidden(page, i) ? 1 : 0;
    }
    return count;
}

/* Anybody may say anything of anyone, as often as they like: it must not push away what counts. */
static void print_apart(FILE *out, const struct verdict_page *page, size_t count)
{
    size_t shown = 0;
    fputs("Said by others, who are not authorised; it decides nothing:\n", out);
    for (size_t i = 0; i < page->verdict->credential_count; i++) {
        if (page_sets_apart(page, i) && !is_hidden(page, i) && (page->all || shown < APART_SHOWN_MAX)) {
            print_credential(out, page, i);
            shown++;
        }
    }
    if (shown < count) {
        fprintf(out, "  ... and %zu more: --all\n", count - shown);
    }
}

/* What vanished must not vanish without a word. */
static void print_erased(FILE *out, const struct verdict_page *page)
{
    for (size_t i = 0; i < page->erased_count; i++) {
        const struct erased_about *erased = &page->erased[i];
        char time[TIME_TEXT_SIZE];
        time_to_text(time, erased->time_s);
        fprintf(out,
                "  %" PRIu64
                " certificate%s by %s %s erased by %s issuer, last on %.10s: nobody reads %s now\n"
                "      (for seven days the issuer may give %s back, on its own node until seven days after "
                "its next "
                "key rotation)\n",
                erased->count, erased->count == 1 ? "" : "s", page_name_of(page, &erased->author.hash),
                erased->count == 1 ? "was" : "were", erased->count == 1 ? "its" : "their", time,
                erased->count == 1 ? "it" : "them", erased->count == 1 ? "it" : "them");
    }
}

void verdict_text_credentials(FILE *out, const struct verdict_page *page)
{
    size_t apart = count_apart(page);
    bool any = print_deciding(out, page) > 0;
    if (!any && apart == 0 && page->has_known_by && page->presented == NULL) {
        char time[TIME_TEXT_SIZE];
        time_to_text(time, page->known_by_s);
        fprintf(out, "  No certificate that counts: nothing about them had reached this node by %s.\n", time);
    } else if (!any) {
        fputs(apart == 0 ? "  No certificate that counts.\n" : "  Nothing here from anybody authorised.\n",
              out);
    }
    print_erased(out, page);
    if (apart > 0) {
        print_apart(out, page, apart);
    }
}
