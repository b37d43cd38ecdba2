#include "protocol/rules/answered.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/rules/accreditation_end.h"
#include "tests/support/dossier_builder.h"

/* Random accreditations among few, of short periods and signed late more often than not, and questions about
 * them: what was asked before changes no answer. ANSWERED_SEEDS=n tries more. */

enum {
    SEEDS = 400,
    ACTORS = 7,
    FIRST_DAY = 44567, /* of all that is said */
    DAYS = 120,
    LATE_DAYS = 400,
    SEQ_MAX = 40,
    GRANTS = 24,
    WITHDRAWALS = 6,
    QUESTIONS = 200,
    DAY_S = 86400,
};

static const char *const codes[] = {"ase/A1", "ase/A2", "ase/A3", "ase/A4", "ase/A5", "ase/B1",
                                    "ase/B2", "ase/B3", "ase/B4", "ase/B5", "ase/C1", "ase/C2"};
static const char *const patterns[] = {"ase/*", "ase/A*", "ase/A*", "ase/B*", "ase/A1"};

static struct dossier_builder built;
static struct answered answered;
static uint64_t random_state;

static unsigned any(unsigned below)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(random_state >> 33) % below;
}

static bool one_in(unsigned count)
{
    return any(count) == 0;
}

static uint64_t time_of(uint32_t day)
{
    return (uint64_t)(day - day_of_time(0)) * DAY_S;
}

/* Signed when it says, or long after it. */
static void sign(struct dossier_place *place)
{
    uint64_t said = time_of(FIRST_DAY + any(LATE_DAYS));
    place->time_s = said;
    place->arrived_s = said + (one_in(2) ? 0 : (uint64_t)any(LATE_DAYS) * DAY_S);
    place->below_s = one_in(2) ? 0 : place->arrived_s - (uint64_t)any(9) * DAY_S;
}

static void add_accreditation(void)
{
    struct dossier_accreditation *made =
        build_accreditation(&built, any(ACTORS), 1 + any(SEQ_MAX), 1 + any(ACTORS - 1),
                            patterns[any(sizeof patterns / sizeof patterns[0])], any(5));
    made->accreditation.from = FIRST_DAY + any(DAYS);
    made->accreditation.has_until = !one_in(4);
    made->accreditation.until = made->accreditation.from + any(DAYS);
    if (one_in(3)) {
        sign(&made->place);
    } else {
        made->place.time_s = made->place.arrived_s = time_of(FIRST_DAY);
    }
}

static void add_withdrawal(void)
{
    const struct dossier_accreditation *taken =
        &built.accreditations[any((unsigned)built.dossier.accreditation_count)];
    const unsigned cut = 1 + any(SEQ_MAX);
    struct dossier_withdrawal *made = NULL;
    for (size_t i = 0; i < ACTORS && made == NULL; i++) {
        const struct actor_id actor = built_actor_of(i);
        if (actor_id_equal(&actor, &taken->accreditation.delegate)) {
            made = build_withdrawal(&built, taken->place.log, taken->place.seq + 1 + any(9), i, cut);
        }
    }
    if (one_in(3)) {
        made->withdrawal.has_cut = false;
        made->withdrawal.has_accreditation = true;
        made->withdrawal.accreditation = (struct entry_position){.seq = taken->place.seq};
    } else if (one_in(3)) {
        build_exception(&built, made, 1 + any(SEQ_MAX), 0);
    }
    sign(&made->place);
}

static void make(void)
{
    dossier_builder_init(&built, ACTORS);
    built.trust.owner_count = 0;
    build_owner(&built, "ase", 0);
    for (unsigned i = 4 + any(GRANTS); i > 0; i--) {
        add_accreditation();
    }
    for (unsigned i = any(WITHDRAWALS); i > 0; i--) {
        add_withdrawal();
    }
}

struct answer_of_all {
    struct authority_answer authority;
    struct accreditation_end end;
};

static void ask(struct answer_of_all *out, const struct namespace_owners *owners,
                const struct authority_question *question)
{
    memset(out, 0, sizeof *out);
    if (question->answered != NULL) {
        answered_authority(&out->authority, &built.dossier, &built.trust, owners, question);
    } else {
        authority_under(&out->authority, &built.dossier, &built.trust, owners, question);
    }
    if (out->authority.reason == REASON_NONE) {
        out->end =
            accreditation_end_of_place(&built.dossier, &built.trust, owners, question, &out->authority);
    }
}

static bool is_same(const struct answer_of_all *a, const struct answer_of_all *b)
{
    bool same = a->authority.reason == b->authority.reason && a->authority.until == b->authority.until &&
                a->authority.recorded == b->authority.recorded &&
                a->authority.chain_size == b->authority.chain_size && a->end.lateness == b->end.lateness &&
                a->end.day == b->end.day;
    for (size_t i = 0; same && i < a->authority.chain_size; i++) {
        same = a->authority.links[i] == b->authority.links[i];
    }
    return same;
}

static void ask_all(uint64_t seed, size_t counts[3])
{
    struct namespace_owners owners;
    namespace_owners_of(&owners, &built.dossier, &built.trust, bytes_of_string("ase"));
    answered_init(&answered);
    for (size_t i = 0; i < QUESTIONS; i++) {
        const unsigned issuer = 1 + any(ACTORS - 1);
        struct dossier_place place = {.log = issuer, .seq = 1 + any(SEQ_MAX)};
        struct authority_question question = {.issuer = built_actor_of(issuer),
                                              .code =
                                                  bytes_of_string(codes[any(sizeof codes / sizeof codes[0])]),
                                              .day = FIRST_DAY + 30 * any(4),
                                              .place = &place};
        struct answer_of_all anew, known;
        sign(&place);
        ask(&anew, &owners, &question);
        question.answered = &answered;
        ask(&known, &owners, &question);
        if (!anew.end.limited && !is_same(&anew, &known)) {
            fail_msg("seed %llu, question %zu: %s %d %u, and known %s %d %u", (unsigned long long)seed, i,
                     reason_word(anew.authority.reason), (int)anew.end.lateness, anew.end.day,
                     reason_word(known.authority.reason), (int)known.end.lateness, known.end.day);
        }
        counts[anew.end.lateness]++;
    }
}

static void what_was_asked_before_changes_no_answer(void **state)
{
    const char *wanted = getenv("ANSWERED_SEEDS");
    const uint64_t seeds = wanted != NULL ? strtoull(wanted, NULL, 10) : SEEDS;
    size_t counts[3] = {0};
    (void)state;
    for (uint64_t seed = 0; seed < seeds; seed++) {
        random_state = seed;
        make();
        ask_all(seed, counts);
    }
    assert_true(counts[LATE_NO] > 0 && counts[LATE_YES] > 0 && counts[LATE_NOT_KNOWN] > 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_asked_before_changes_no_answer),
    };
    return cmocka_run_group_tests_name("answered", tests, NULL, NULL);
}
