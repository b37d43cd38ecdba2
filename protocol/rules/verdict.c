#include "protocol/rules/verdict.h"

#include "protocol/base/sort.h"
#include "protocol/rules/begun_days.h"
#include "protocol/rules/career.h"

static enum overall worse_of(enum overall a, enum overall b)
{
    if (a == OVERALL_INVALID || b == OVERALL_INVALID) {
        return OVERALL_INVALID;
    }
    return a == OVERALL_VALID ? b : a;
}

bool credential_is_by_stranger(const struct credential_verdict *credential)
{
    const struct axis_answer *authority = &credential->axes[AXIS_AUTHORITY];
    return authority->answer == ANSWER_NO &&
           (authority->reason == REASON_UNTRUSTED || authority->reason == REASON_NAMESPACE_UNOWNED ||
            authority->reason == REASON_NOT_ACCREDITED || authority->reason == REASON_CHAIN_TOO_DEEP);
}

bool credential_is_disowned(const struct credential_verdict *credential)
{
    const struct axis_answer *authority = &credential->axes[AXIS_AUTHORITY];
    const struct axis_answer *status = &credential->axes[AXIS_STATUS];
    bool closed = authority->answer == ANSWER_NO && authority->reason == REASON_WITHDRAWN &&
                  credential->authority->closed;
    return closed || (status->answer == ANSWER_NO && status->reason == REASON_VOIDED);
}

bool title_is_open(const struct title_verdict *title)
{
    bool has_to_do_with = title->missing_count < title->part_count;
    for (size_t i = 0; i < title->missing_count; i++) {
        const struct missing_part *part = &title->missing[i];
        has_to_do_with =
            has_to_do_with || (part->answer == ANSWER_UNKNOWN && part->kind != MISSING_RULE && !part->absent);
    }
    return title->answer == ANSWER_UNKNOWN && has_to_do_with;
}

/* A credential whose code is not among the verdict's codes. */
struct beside {
    struct bytes code;
    const struct credential_verdict *verdict;
};

/* By code; of one code first what speaks for it, then in the dossier's order. */
static int by_code(const void *a, const void *b)
{
    const struct beside *left = a;
    const struct beside *right = b;
    int order = bytes_compare(left->code, right->code);
    if (order != 0) {
        return order;
    }
    if (credential_goes_before(left->verdict, right->verdict)) {
        return -1;
    }
    if (credential_goes_before(right->verdict, left->verdict)) {
        return 1;
    }
    return left->verdict < right->verdict ? -1 : 1;
}

/* Whether a code is among the verdict's, which are ascending. */
static bool is_listed(const struct verdict *verdict, struct bytes code)
{
    size_t low = 0;
    size_t high = verdict->code_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (bytes_compare(verdict->codes[middle].code, code) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < verdict->code_count && bytes_equal(verdict->codes[low].code, code);
}

static bool is_beside_codes(enum basis basis)
{
    return basis == BASIS_EXPERIENCE || basis == BASIS_IDENTITY || basis == BASIS_MEMBERSHIP;
}

/* The whole as it is gathered. */
struct whole {
    bool presented;
    bool any; /* something decides */
    enum overall overall;
    bool any_disowned; /* something does where nothing else does */
};

static void add_to_whole(struct whole *whole, const struct credential_verdict *verdict)
{
    if (!whole->presented && credential_is_by_stranger(verdict)) {
        return;
    }
    if (!whole->presented && credential_is_disowned(verdict)) {
        whole->any_disowned = true;
        return;
    }
    whole->any = true;
    whole->overall = worse_of(whole->overall, verdict->overall);
}

static enum overall overall_of_whole(const struct whole *whole)
{
    if (whole->any) {
        return whole->overall;
    }
    return whole->any_disowned ? OVERALL_INVALID : OVERALL_UNDETERMINED;
}

/* Gathers what is about the subject and not among the verdict's codes, and adds what was erased. Returns: how
 * many. */
static size_t gather_beside(struct beside *beside, const struct verdict *verdict,
                            const struct dossier *dossier, struct whole *whole)
{
    size_t count = 0;
    for (size_t i = 0; i < verdict->credential_count; i++) {
        const struct dossier_credential *credential = &dossier->credentials[i];
        if (credential->about != ABOUT_SUBJECT) {
            continue;
        }
        if (credential->place.erased) {
            add_to_whole(whole, &verdict->credentials[i]);
        } else if (is_beside_codes(credential->attestation.basis) &&
                   !is_listed(verdict, credential->attestation.code)) {
            beside[count++] = (struct beside){credential->attestation.code, &verdict->credentials[i]};
        }
    }
    return count;
}

/* Returns: false when the arena is full. */
static bool write_overall_of_credentials(struct verdict *out, const struct dossier *dossier, bool presented,
                                         struct arena *arena)
{
    struct whole whole = {.presented = presented, .overall = OVERALL_VALID};
    size_t scratch = arena_mark(arena);
    struct beside *beside = arena_take(arena, out->credential_count * sizeof beside[0]);
    if (beside == NULL) {
        return false;
    }
    size_t count = gather_beside(beside, out, dossier, &whole);
    sort_items(beside, count, sizeof beside[0], by_code);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !bytes_equal(beside[i - 1].code, beside[i].code)) {
            add_to_whole(&whole, beside[i].verdict);
        }
    }
    for (size_t i = 0; i < out->code_count; i++) {
        if (out->codes[i].credential != SIZE_MAX) {
            add_to_whole(&whole, &out->credentials[out->codes[i].credential]);
        }
    }
    arena_rewind(arena, scratch);
    out->overall = dossier->cuts.listed ? OVERALL_UNDETERMINED : overall_of_whole(&whole);
    return true;
}

static enum overall overall_of_requirement(enum answer requirement)
{
    switch (requirement) {
    case ANSWER_YES:
        return OVERALL_VALID;
    case ANSWER_NO:
        return OVERALL_INVALID;
    case ANSWER_UNKNOWN:
        break;
    }
    return OVERALL_UNDETERMINED;
}

static bool is_anything_cut(const struct dossier_cuts *cuts)
{
    return cuts->listed || cuts->credentials || cuts->accreditations || cuts->withdrawals ||
           cuts->affiliations || cuts->packs || cuts->authors || cuts->silent;
}

bool verdict_of(struct verdict *out, const struct dossier *gathered, const struct trust *trust,
                const struct question *question, struct arena *arena)
{
    const struct dossier *dossier = dossier_of_begun_days(gathered, question, arena);
    struct credentials credentials;
    *out = (struct verdict){.overall = OVERALL_UNDETERMINED, .requirement = ANSWER_YES};
    if (dossier == NULL) {
        return false;
    }
    out->reason = is_anything_cut(&dossier->cuts) ? REASON_LIMIT : REASON_NONE;
    if (!credentials_decide(&credentials, dossier, trust, question, arena)) {
        return false;
    }
    out->credential_count = credentials.count;
    out->credentials = credentials.verdicts;
    out->workplace = credentials.workplace;
    struct career *career = career_begin(dossier, trust, question, &credentials, arena);
    if (career == NULL || !career_settle(career) || !career_conclude(out, career)) {
        return false;
    }
    if (question->requirement != NULL) {
        out->overall = overall_of_requirement(out->requirement);
        return true;
    }
    return write_overall_of_credentials(out, dossier, question->presented, arena);
}
