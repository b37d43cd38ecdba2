#include "cmd/verdict_text.h"

#include "cmd/reasons.h"
#include "protocol/base/text.h"

static void print_heading(FILE *out, const struct verdict_page *page)
{
    char text[TIME_TEXT_SIZE];
    day_to_text(text, page->at_day);
    fprintf(out, "%s: %s, on %s", page->presented != NULL ? "Holder" : "About",
            page_name_of(page, &page->dossier->subject.id), text);
    if (page->state.size > 0) {
        fprintf(out, ", in %.*s", (int)page->state.size, (const char *)page->state.data);
    }
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

static void print_next_lapse(FILE *out, const struct verdict_page *page)
{
    char day[DAY_TEXT_SIZE];
    if (page->verdict->next_lapse_day == DAY_NONE) {
        return;
    }
    day_to_text(day, page->verdict->next_lapse_day);
    fprintf(out, "Next to lapse: %.*s on %s\n", (int)page->verdict->next_lapse.size,
            (const char *)page->verdict->next_lapse.data, day);
}

/* Whether another certificate of the same code, earned before, was taken back: what renews it falls with it.
 */
static const struct credential_verdict *find_fallen(const struct verdict_page *page, size_t index)
{
    const struct attestation *renewal = &page_credential(page, index)->attestation;
    for (size_t i = 0; i < page->verdict->credential_count; i++) {
        const struct credential_verdict *other = &page->verdict->credentials[i];
        const struct dossier_credential *credential = page_credential(page, i);
        enum reason reason = other->axes[AXIS_STATUS].reason;
        if (i != index && !credential->place.erased && other->axes[AXIS_STATUS].answer != ANSWER_YES &&
            bytes_equal(credential->attestation.code, renewal->code) &&
            credential->attestation.earned_on < renewal->earned_on &&
            (reason == REASON_REVOKED || reason == REASON_SUSPENDED || reason == REASON_VOIDED)) {
            return other;
        }
    }
    return NULL;
}

/* Of who was tested and holds nothing yet, VALID alone misleads whoever reads the last line. */
static void print_verdict(FILE *out, const struct verdict_page *page)
{
    const struct code_verdict *code;
    bool certified = false;
    size_t at = 0;
    fprintf(out, "VERDICT: %s", overall_word(page->overall));
    code = page->overall == OVERALL_VALID && page->requirement->text.size == 0
               ? page_next_uncertified(page, &at)
               : NULL;
    for (size_t i = 0; code != NULL && i < page->verdict->code_count; i++) {
        certified |= page->verdict->codes[i].certified == ANSWER_YES;
    }
    if (code != NULL) {
        fputs(certified ? "; not certified yet: " : " as tests passed; not certified yet: ", out);
    }
    for (const char *between = ""; code != NULL; between = "; ", code = page_next_uncertified(page, &at)) {
        fprintf(out, "%s%.*s", between, (int)code->code.size, (const char *)code->code.data);
        if (code->certified == ANSWER_UNKNOWN) {
            fputs(" (could not be determined)", out);
        } else if (code->missing_count > 0) {
            fputs(" (needs ", out);
            missing_print(out, code->missing, code->missing_count, code_namespace(code->code), code->code, "",
                          "");
            fputs(")", out);
        }
    }
    fputs("\n", out);
}

/* What to do about each credential shown that does not hold or could not be determined. */
static void print_advice(FILE *out, const struct verdict_page *page)
{
    const struct verdict *verdict = page->verdict;
    for (size_t i = 0; i < verdict->credential_count; i++) {
        enum axis axis;
        if (!page_lists(page, i) || page_sets_apart(page, i) || page_is_older(page, i) ||
            page_is_twin(page, i) || verdict->credentials[i].overall == OVERALL_VALID) {
            continue;
        }
        enum reason reason = deciding_axis(&verdict->credentials[i], &axis)->reason;
        const char *advice = reason_advice(reason);
        struct bytes code = credential_code(page_credential(page, i));
        if (reason == REASON_RENEWAL && find_fallen(page, i) != NULL) {
            advice = "What it renews was taken back, see there, and it falls with that: ask the issuer about "
                     "the earlier one";
        }
        if (advice[0] != '\0') {
            fprintf(out, "What to do about %.*s: %s.\n", (int)code.size, (const char *)code.data, advice);
        }
    }
}

static void print_limit(FILE *out, const struct verdict *verdict)
{
    if (verdict->reason != REASON_NONE) {
        fprintf(out, "Not all was looked at: %s.\n%s.\n", reason_sentence(verdict->reason),
                reason_advice(verdict->reason));
    }
}

void verdict_text_print(FILE *out, const struct verdict_page *page)
{
    print_heading(out, page);
    if (page->presented != NULL) {
        print_bearer(out, page->presented);
    }
    verdict_text_credentials(out, page);
    if (page->presented != NULL) {
        print_refused(out, page);
    }
    verdict_text_titles(out, page);
    verdict_text_requirement(out, page);
    print_next_lapse(out, page);
    verdict_text_rules(out, page);
    print_advice(out, page);
    print_limit(out, page->verdict);
    print_verdict(out, page);
}
