#include "protocol/rules/answered.h"

#include <string.h>

#include "protocol/rules/cut.h"

void answered_init(struct answered *answered)
{
    memset(answered->any, 0, sizeof answered->any);
    memset(answered->any_day, 0, sizeof answered->any_day);
}

/* ---- what is the same question ---- */

/* Whether cuts of the issuer treat both places of its log alike. */
static bool places_are_alike(const struct dossier *dossier, const struct dossier_place *a,
                             const struct dossier_place *b)
{
    const struct actor_id *issuer = &dossier->logs[a->log].author;
    if (a->seq == b->seq && a->index == b->index && hash_equal(&a->block_hash, &b->block_hash)) {
        return true;
    }
    for (size_t i = 0; i < dossier->withdrawal_count; i++) {
        const struct dossier_withdrawal *found = &dossier->withdrawals[i];
        if (actor_id_equal(&found->withdrawal.delegate, issuer) &&
            withdrawal_leaves(found, a) != withdrawal_leaves(found, b)) {
            return false;
        }
    }
    return true;
}

static bool is_same(const struct dossier *dossier, const struct answered_question *a,
                    const struct answered_question *b)
{
    return a->log == b->log && a->day == b->day && a->avoided == b->avoided &&
           bytes_equal(a->code, b->code) && places_are_alike(dossier, &a->place, &b->place);
}

/* Returns: false where the question has an answer of its own. */
static bool write_question(struct answered_question *out, const struct dossier *dossier,
                           const struct namespace_owners *owners, const struct authority_question *question,
                           uint32_t day)
{
    const struct authority_avoided *avoided = question->avoided;
    if (question->answered == NULL || question->place->block.side || question->recorded_only ||
        question->days_after != 0 || (avoided != NULL && avoided->number == 0) ||
        namespace_owner_index(owners, &question->issuer) < NAMESPACE_OWNERS_MAX) {
        return false;
    }
    const struct dossier_log *log = dossier_log_of(dossier, &question->issuer);
    if (log == NULL || question->place->log != (size_t)(log - dossier->logs)) {
        return false;
    }
    out->log = question->place->log;
    out->code = question->code;
    out->day = day;
    out->avoided = avoided != NULL ? avoided->number : 0;
    out->place = *question->place;
    return true;
}

static size_t place_of(const struct answered_question *question, unsigned kind, size_t places)
{
    uint64_t mixed = question->log + UINT64_C(31) * question->day + kind + (question->avoided << 7);
    for (size_t i = 0; i < question->code.size; i++) {
        mixed = mixed * UINT64_C(31) + question->code.data[i];
    }
    mixed *= UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(mixed >> 32) % places;
}

/* ---- answers ---- */

void answered_authority(struct authority_answer *out, const struct dossier *dossier,
                        const struct trust *trust, const struct namespace_owners *owners,
                        const struct authority_question *question)
{
    struct answered *answered = question->answered;
    struct answered_question asked;
    if (!write_question(&asked, dossier, owners, question, question->day)) {
        authority_under(out, dossier, trust, owners, question);
        return;
    }
    size_t at = place_of(&asked, question->only_whether, ANSWERED_MAX);
    struct answered_authority *found = &answered->authorities[at];
    if (!answered->any[at] || found->only_whether != question->only_whether ||
        !is_same(dossier, &found->question, &asked)) {
        authority_under(&found->answer, dossier, trust, owners, question);
        found->question = asked;
        found->only_whether = question->only_whether;
        answered->any[at] = true;
    }
    *out = found->answer;
}

const struct answered_day *answered_day(const struct dossier *dossier, const struct namespace_owners *owners,
                                        const struct authority_question *question, enum answered_kind kind,
                                        uint32_t day)
{
    const struct answered *answered = question->answered;
    struct answered_question asked;
    if (!write_question(&asked, dossier, owners, question, day)) {
        return NULL;
    }
    size_t at = place_of(&asked, kind, ANSWERED_DAYS_MAX);
    const struct answered_day *found = &answered->days[at];
    return answered->any_day[at] && found->kind == kind && is_same(dossier, &found->question, &asked) ? found
                                                                                                      : NULL;
}

void answered_note_day(const struct dossier *dossier, const struct namespace_owners *owners,
                       const struct authority_question *question, uint32_t day,
                       const struct answered_day *answer)
{
    struct answered *answered = question->answered;
    struct answered_question asked;
    if (!write_question(&asked, dossier, owners, question, day)) {
        return;
    }
    size_t at = place_of(&asked, answer->kind, ANSWERED_DAYS_MAX);
    answered->days[at] = *answer;
    answered->days[at].question = asked;
    answered->any_day[at] = true;
}
