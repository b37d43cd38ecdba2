#include "protocol/rules/career_state.h"

/* ---- how a code is held ---- */

static uint32_t bit_of(enum basis basis)
{
    return UINT32_C(1) << basis;
}

static bool rests_on(const struct dossier_credential *credential, uint32_t bases)
{
    return (bit_of(credential->attestation.basis) & bases) != 0;
}

bool career_held_by(struct day_truth *out, struct career *career, const struct career_code *code,
                    uint32_t bases)
{
    size_t count = 0;
    const struct day_truth **truths = arena_take(career->arena, code->count * sizeof truths[0]);
    if (truths == NULL) {
        return false;
    }
    for (size_t i = 0; i < code->count; i++) {
        if (rests_on(career_credential(career, code, i), bases)) {
            truths[count++] = &career_verdict(career, code, i)->days;
        }
    }
    return career_unite(out, truths, count, career->arena);
}

/* What documents work, or who somebody is, is no test; a shop's membership of a network is held by shops. */
static uint32_t bases_held(const struct career *career)
{
    uint32_t bases = bit_of(BASIS_EXAM) | bit_of(BASIS_RECERTIFICATION) | bit_of(BASIS_RENEWAL) |
                     bit_of(BASIS_TRAINING) | bit_of(BASIS_RECOGNITION) | bit_of(BASIS_LICENCE);
    return career->is_of_shop ? bases | bit_of(BASIS_MEMBERSHIP) : bases;
}

const struct day_truth *career_counted(const struct career *career, const struct career_code *code,
                                       size_t rank)
{
    return &career->settled[code->first + rank].days;
}

uint32_t career_held_to(const struct career *career, const struct career_code *code, size_t rank,
                        uint32_t day, bool for_sure)
{
    const struct settled *settled = &career->settled[code->first + rank];
    struct day_set days = for_sure ? settled->days.surely : settled->days.possibly;
    if (day_set_has(days, day) && !career_is_corrected(career, code, rank)) {
        return for_sure ? settled->last_day : settled->possible_last_day;
    }
    return days.count == 0 ? 0 : days.intervals[days.count - 1].last;
}

uint32_t career_waits_for_nothing_to(const struct career *career, const struct career_code *code, size_t rank)
{
    return career->settled[code->first + rank].waits_for_nothing_to;
}

bool career_is_test(const struct career *career, const struct career_code *code, size_t rank)
{
    return rests_on(career_credential(career, code, rank), bases_held(career));
}

/* ---- the rule by which an attestation counts ---- */

/* The rule that spoke last: for the next attestation of the code mostly the same one does. */
struct speaker {
    const struct pack_segment *segment;
    enum pack_rule_kind kind;
    struct known_rule *rule;
};

static bool find_speaker(struct speaker *out, struct career *career, const struct career_code *code,
                         const struct pack_segment *segment, enum pack_rule_kind kind)
{
    if (out->segment == segment && out->kind == kind) {
        return true;
    }
    *out = (struct speaker){.segment = segment, .kind = kind};
    return career_rule(&out->rule, career, code->space, segment, kind, career_local(code));
}

/* By one pack alone. */
static bool counts_by(enum answer *out, struct career *career, const struct applied *applied,
                      const struct pack_segment *segment, enum pack_rule_kind kind, struct speaker *speaker)
{
    const struct attestation *attestation =
        &career_credential(career, applied->code, applied->rank)->attestation;
    if (pack_segment_disputes(segment, kind, career_local(applied->code))) {
        *speaker = (struct speaker){.segment = segment};
        *out = ANSWER_UNKNOWN;
        return true;
    }
    if (!find_speaker(speaker, career, applied->code, segment, kind)) {
        return false;
    }
    if (speaker->rule == NULL) {
        *out = attestation->basis == BASIS_RENEWAL ? ANSWER_NO : ANSWER_YES;
        return true;
    }
    if (kind == PACK_RULE_PREREQUISITE) {
        *out = career_attestation_may(career, &speaker->rule->expression, applied);
        return true;
    }
    struct day_truth days;
    if (!career_evaluate(&days, career, &speaker->rule->expression, applied)) {
        return false;
    }
    *out = day_truth_on(&days, attestation->earned_on);
    return true;
}

static enum answer better_of(enum answer a, enum answer b)
{
    if (a == ANSWER_YES || b == ANSWER_YES) {
        return ANSWER_YES;
    }
    return a == ANSWER_UNKNOWN || b == ANSWER_UNKNOWN ? ANSWER_UNKNOWN : ANSWER_NO;
}

/* By any of the packs that speak of the day earned: late ones may only add. */
static bool counts_by_any(enum answer *out, struct career *career, const struct applied *applied,
                          const struct pack_segment *first, enum pack_rule_kind kind)
{
    const struct career_code *code = applied->code;
    struct credential_verdict *verdict = career_verdict(career, code, applied->rank);
    size_t count = career_late_after(code->space, first) + 1;
    uint32_t earned_on = career_credential(career, code, applied->rank)->attestation.earned_on;
    *out = ANSWER_NO;
    for (size_t i = 0; i < count; i++) {
        enum answer answer;
        struct speaker speaker = {.segment = NULL};
        if (!career_speaks(code->space, &first[i], career_local(code)) ||
            !career_offers(code->space, &first[i], career_local(code), earned_on)) {
            continue;
        }
        if (!counts_by(&answer, career, applied, &first[i], kind, &speaker)) {
            return false;
        }
        if (first[i].is_late && answer == ANSWER_NO && *out != ANSWER_NO) {
            verdict->later_rules = first[i].pack;
        }
        *out = better_of(*out, answer);
    }
    return true;
}

static bool counts(enum answer *out, struct career *career, const struct applied *applied,
                   enum pack_rule_kind kind, struct speaker *speaker)
{
    const struct career_code *code = applied->code;
    const struct attestation *attestation = &career_credential(career, code, applied->rank)->attestation;
    const struct pack_segment *segment =
        code->space == NULL ? NULL : career_segment_on(code->space, attestation->earned_on);
    *out = ANSWER_YES;
    if (segment == NULL) {
        *speaker = (struct speaker){.segment = NULL};
        return true;
    }
    if (code->space->has_late && career_late_after(code->space, segment) > 0) {
        *speaker = (struct speaker){.segment = NULL};
        return counts_by_any(out, career, applied, segment, kind);
    }
    return counts_by(out, career, applied, segment, kind, speaker);
}

/* A no goes before an unknown; what stands against the credential already stays. */
static void refuse(struct credential_verdict *verdict, enum answer answer, enum reason reason)
{
    struct axis_answer *authority = &verdict->axes[AXIS_AUTHORITY];
    if (authority->answer == ANSWER_NO || (authority->answer == ANSWER_UNKNOWN && answer == ANSWER_UNKNOWN)) {
        return;
    }
    *authority = (struct axis_answer){answer, reason};
    if (answer == ANSWER_NO) {
        verdict->days = day_truth_no;
    } else {
        verdict->days.surely = DAY_SET_NONE;
    }
    verdict->overall = overall_of_axes(verdict->axes);
}

/* To when what was asked of an attestation beforehand, as it came out, is all that is asked. */
static uint32_t waits_for_nothing_to(const struct career_code *code, const struct speaker *speaker,
                                     enum pack_rule_kind kind)
{
    bool is_all = code->space != NULL && kind == PACK_RULE_PREREQUISITE && speaker->segment != NULL &&
                  !speaker->segment->disputed && (speaker->rule == NULL || !speaker->rule->is_of_holder);
    return is_all ? speaker->segment->last_day : 0;
}

static bool apply_rule(struct career *career, const struct career_code *code, size_t rank,
                       struct speaker *speaker)
{
    const struct applied applied = {.code = code, .rank = rank};
    struct credential_verdict *verdict = career_verdict(career, code, rank);
    struct settled *settled = &career->settled[code->first + rank];
    enum basis basis = career_credential(career, code, rank)->attestation.basis;
    bool renews = basis == BASIS_RENEWAL || basis == BASIS_RECERTIFICATION;
    enum pack_rule_kind kind = renews ? PACK_RULE_RENEWAL : PACK_RULE_PREREQUISITE;
    enum answer answer;
    if (!career_limit(career, code, rank)) {
        return false;
    }
    settled->days = verdict->days;
    if (verdict->axes[AXIS_AUTHORITY].answer == ANSWER_NO) {
        return true;
    }
    career->hangs_on_erased = false;
    if (!counts(&answer, career, &applied, kind, speaker)) {
        return false;
    }
    if (answer != ANSWER_YES) {
        enum reason reason = renews ? REASON_RENEWAL : REASON_PREREQUISITE;
        bool erased = answer == ANSWER_UNKNOWN && career->hangs_on_erased;
        refuse(verdict, answer, erased ? REASON_ERASED : reason);
        settled->days = verdict->days;
    }
    settled->waits_for_nothing_to = waits_for_nothing_to(code, speaker, kind);
    return true;
}

/* ---- the condition of a code ---- */

static enum reason reason_of_operator(enum expression_op op)
{
    if (op == EXPRESSION_IN_STATE) {
        return REASON_OTHER_STATE;
    }
    if (op == EXPRESSION_IN_NETWORK) {
        return REASON_OUTSIDE_NETWORK;
    }
    return op == EXPRESSION_UNKNOWN ? REASON_RULE_UNKNOWN : REASON_CONDITION;
}

/* Write which operator is to blame that expression does not hold on day: of `all` the one child that does
 * not. */
static bool find_blame(enum reason *out, struct career *career, const struct expression *expression,
                       uint32_t day)
{
    const struct expression *to_blame = NULL;
    *out = reason_of_operator(expression->op);
    if (expression->op != EXPRESSION_ALL) {
        return true;
    }
    for (size_t i = 0; i < expression->child_count; i++) {
        struct day_truth days;
        if (!career_evaluate(&days, career, &expression->children[i], NULL)) {
            return false;
        }
        if (day_truth_on(&days, day) == ANSWER_YES) {
            continue;
        }
        if (to_blame != NULL) {
            return true;
        }
        to_blame = &expression->children[i];
    }
    return to_blame == NULL || find_blame(out, career, to_blame, day);
}

/* Whether somebody is outside of a network is said where it is sure. */
static bool reason_of_condition(enum reason *out, struct career *career, const struct career_code *code,
                                const struct day_truth *days)
{
    uint32_t day = career->question->at_day;
    enum answer answer = day_truth_on(days, day);
    const struct pack_segment *segment = career_segment_on(code->space, day);
    struct known_rule *rule;
    *out = REASON_CONDITION;
    if (segment == NULL || segment->disputed || answer == ANSWER_YES) {
        return true;
    }
    if (!career_rule(&rule, career, code->space, segment, PACK_RULE_CONDITION, career_local(code)) ||
        (rule != NULL && !find_blame(out, career, &rule->expression, day))) {
        return false;
    }
    if (*out == REASON_OUTSIDE_NETWORK && answer == ANSWER_UNKNOWN) {
        *out = REASON_CONDITION;
    }
    return true;
}

/* Note a late pack by whose condition the code would not count on the day. */
static bool note_later_condition(struct career *career, const struct career_code *code)
{
    uint32_t day = career->question->at_day;
    const struct pack_segment *segment = career_segment_on(code->space, day);
    size_t count = segment == NULL ? 0 : career_late_after(code->space, segment);
    for (size_t i = 1; i <= count; i++) {
        struct known_rule *rule;
        struct day_truth days = day_truth_yes;
        if (pack_segment_disputes(&segment[i], PACK_RULE_CONDITION, career_local(code)) ||
            !career_speaks(code->space, &segment[i], career_local(code))) {
            continue;
        }
        if (!career_rule(&rule, career, code->space, &segment[i], PACK_RULE_CONDITION, career_local(code)) ||
            (rule != NULL && !career_evaluate(&days, career, &rule->expression, NULL))) {
            return false;
        }
        for (size_t k = 0; k < code->count && day_truth_on(&days, day) == ANSWER_NO; k++) {
            career_verdict(career, code, k)->later_rules = segment[i].pack;
        }
    }
    return true;
}

static bool apply_condition(struct career *career, const struct career_code *code)
{
    struct day_truth days;
    enum reason reason;
    if (code->space == NULL) {
        return true;
    }
    if (!career_condition(&days, career, code->space, career_local(code))) {
        return false;
    }
    if (code->space->has_late && day_set_has(days.surely, career->question->at_day) &&
        !note_later_condition(career, code)) {
        return false;
    }
    if (day_set_equal(days.surely, day_set_all)) {
        return true;
    }
    if (!reason_of_condition(&reason, career, code, &days)) {
        return false;
    }
    for (size_t i = 0; i < code->count; i++) {
        struct credential_verdict *verdict = career_verdict(career, code, i);
        credential_narrow(verdict, &days, reason, career->question->at_day);
        if (!day_truth_and(&verdict->days, &verdict->days, &days, career->arena)) {
            return false;
        }
    }
    return true;
}

/* ---- codes ---- */

/* In the order earned: what counts later may rest on what was held before. The condition comes last: a
 * renewal is not too late because it is asked about in another state. */
static bool settle(struct career *career, struct career_code *code)
{
    struct speaker speaker = {.segment = NULL};
    if (code->space != NULL && !career_divide(career, code->space)) {
        return false;
    }
    for (size_t i = 0; i < code->count; i++) {
        if (!apply_rule(career, code, i, &speaker)) {
            return false;
        }
    }
    return apply_condition(career, code) &&
           career_held_by(&code->tested.days, career, code, bases_held(career));
}

static void doubt_all(struct career *career, const struct career_code *code)
{
    for (size_t i = 0; i < code->count; i++) {
        refuse(career_verdict(career, code, i), ANSWER_UNKNOWN, REASON_RULE_UNKNOWN);
    }
}

const struct day_truth *career_tested(struct career *career, struct career_code *code)
{
    if (code->tested.memo == MEMO_DONE) {
        return &code->tested.days;
    }
    if (!career_may_work_out(code->space, &code->tested)) {
        return &day_truth_unknown;
    }
    struct career_space *before = career_begin_memo(career, code->space, &code->tested);
    enum spent spent = career_end_memo(career, before, &code->tested, settle(career, code));
    if (spent == SPENT_SHARE) {
        doubt_all(career, code);
    }
    return spent == SPENT_ALL ? NULL : &code->tested.days;
}

static bool settle_all(struct career *career)
{
    for (size_t i = 0; i < career->code_count; i++) {
        if (career_tested(career, &career->codes[i]) == NULL) {
            return false;
        }
    }
    return true;
}

bool career_settle(struct career *career)
{
    if (!settle_all(career)) {
        return false;
    }
    if (career->other != NULL) {
        if (!settle_all(career->other)) {
            return false;
        }
        career_join_credentials(career);
    }
    return true;
}
