#include "protocol/rules/authority.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/support/dossier_builder.h"
#include "tests/support/naive_authority.h"

/* Random accreditations among few, in circles more often than not, compared with a plain model. GRAPH_SEEDS=n
 * tries more. */

enum { SEEDS = 20000, DAY = 1000, SEQ_MAX = 40, DAYS_APART = 20 };

static struct dossier_builder built;
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

/* Blocks of their own, so that what is said later may be found first. */
static unsigned seq_of(const struct naive_graph *graph, unsigned actor)
{
    unsigned seq = 0;
    for (bool taken = true; taken;) {
        seq = 1 + any(SEQ_MAX);
        taken = false;
        for (size_t i = 0; i < graph->accreditation_count; i++) {
            taken |= graph->accreditations[i].by == actor && graph->accreditations[i].seq == seq;
        }
    }
    return seq;
}

static void add_accreditation(struct naive_graph *graph, unsigned actors)
{
    struct naive_accreditation *made = &graph->accreditations[graph->accreditation_count];
    *made = (struct naive_accreditation){.by = any(actors), .whom = 1 + any(actors - 1)};
    made->seq = seq_of(graph, made->by);
    made->depth = one_in(4) ? any(4) : 2 + any(7);
    made->first = one_in(8) ? DAY + 1 : 0;
    made->last = one_in(8) ? DAY - 1 : DAY + DAYS_APART;
    made->other_code = one_in(12);
    graph->accreditation_count++;
}

static void accredit(struct naive_graph *graph, unsigned by, unsigned seq, unsigned whom)
{
    graph->accreditations[graph->accreditation_count++] = (struct naive_accreditation){
        .by = by, .seq = seq, .whom = whom, .last = DAY + DAYS_APART, .depth = NAIVE_CHAIN_MAX};
}

static void shuffle(struct naive_graph *graph)
{
    for (size_t i = graph->accreditation_count; i > 1; i--) {
        size_t other = any((unsigned)i);
        struct naive_accreditation moved = graph->accreditations[i - 1];
        graph->accreditations[i - 1] = graph->accreditations[other];
        graph->accreditations[other] = moved;
    }
}

/* A chain through all, each withdrawn with a cut that keeps no more of it than this chain, and accreditations
 * after the cut, many of those withdrawn: each that leads to a shorter way leads in a circle. */
static void add_kept_chain(struct naive_graph *graph, unsigned actors)
{
    enum { KEPT = SEQ_MAX / 2 };
    for (unsigned i = 0; i + 1 < actors; i++) {
        accredit(graph, i, KEPT - 1, i + 1);
    }
    for (unsigned i = 1 + any(2); i < actors; i += 2 + any(2)) {
        graph->withdrawals[graph->withdrawal_count++] =
            (struct naive_withdrawal){.by = i - 1, .seq = KEPT, .whom = i, .has_cut = true, .cut = KEPT - 1};
    }
    for (unsigned extra = 2 + any(7); extra > 0; extra--) {
        accredit(graph, 1 + any(actors - 1), KEPT + extra, 1 + any(actors - 1));
    }
    shuffle(graph);
}

/* Mostly of what was accredited before, and so that something is kept. */
static void add_withdrawal(struct naive_graph *graph)
{
    const struct naive_accreditation *taken =
        &graph->accreditations[any((unsigned)graph->accreditation_count)];
    struct naive_withdrawal *made = &graph->withdrawals[graph->withdrawal_count++];
    *made = (struct naive_withdrawal){.by = taken->by, .whom = taken->whom, .has_cut = !one_in(4)};
    made->seq = taken->seq + 1 + any(SEQ_MAX / 2);
    made->cut = made->has_cut ? any(SEQ_MAX) : taken->seq;
}

static void make(struct naive_graph *graph, unsigned actors)
{
    size_t count = actors + any(NAIVE_GRANTS_MAX - 1 - actors), withdrawals = any(NAIVE_WITHDRAWALS_MAX);
    *graph = (struct naive_graph){.accreditation_count = 0};
    if (one_in(3)) {
        add_kept_chain(graph, actors);
        return;
    }
    while (graph->accreditation_count < count) {
        add_accreditation(graph, actors);
    }
    while (graph->withdrawal_count < withdrawals) {
        add_withdrawal(graph);
    }
}

static enum reason ask(const struct naive_graph *graph, unsigned who, unsigned seq)
{
    const struct dossier_place place = {.log = who, .seq = seq};
    const struct authority_question question = {
        .issuer = built_actor_of(who), .code = bytes_of_string("ase/A1"), .day = DAY, .place = &place};
    struct authority_answer answer;
    dossier_builder_init(&built, NAIVE_ACTORS_MAX);
    built.trust.owner_count = 0;
    build_owner(&built, "ase", 0);
    for (size_t i = 0; i < graph->accreditation_count; i++) {
        const struct naive_accreditation *made = &graph->accreditations[i];
        struct dossier_accreditation *row = build_accreditation(
            &built, made->by, made->seq, made->whom, made->other_code ? "ase/B*" : "ase/*", made->depth);
        row->accreditation.from = made->first;
        row->accreditation.has_until = true;
        row->accreditation.until = made->last;
    }
    for (size_t i = 0; i < graph->withdrawal_count; i++) {
        const struct naive_withdrawal *made = &graph->withdrawals[i];
        struct dossier_withdrawal *row = build_withdrawal(&built, made->by, made->seq, made->whom, made->cut);
        row->withdrawal.has_cut = made->has_cut;
        row->withdrawal.has_accreditation = !made->has_cut;
        row->withdrawal.accreditation = (struct entry_position){.seq = made->cut};
    }
    authority_of(&answer, &built.dossier, &built.trust, &question);
    return answer.reason;
}

/* The most that has to be overlooked for the reason. */
static enum naive_lenience lenience_of(enum reason reason)
{
    switch ((int)reason) {
    case REASON_NONE:
        return NAIVE_STRICT;
    case REASON_BEYOND_CUT:
    case REASON_WITHDRAWN:
        return NAIVE_WITHDRAWN;
    case REASON_ACCREDITATION_EXPIRED:
        return NAIVE_ANY_DAY;
    case REASON_CHAIN_TOO_DEEP:
        return NAIVE_ANY_DEPTH;
    case REASON_NOT_ACCREDITED:
        return NAIVE_ANY_CODE;
    default:
        return NAIVE_LENIENCE_COUNT;
    }
}

static enum naive_lenience least(const struct naive_graph *graph, unsigned who, unsigned seq)
{
    enum naive_lenience lenience = NAIVE_STRICT;
    while (lenience < NAIVE_LENIENCE_COUNT && !naive_is_authorised(graph, who, seq, DAY, lenience)) {
        lenience++;
    }
    return lenience;
}

static uint64_t seeds(void)
{
    const char *wanted = getenv("GRAPH_SEEDS");
    return wanted != NULL ? strtoull(wanted, NULL, 10) : SEEDS;
}

static void chains_are_those_of_the_model(void **state)
{
    size_t answers[NAIVE_LENIENCE_COUNT + 1] = {0};
    (void)state;
    for (uint64_t seed = 0; seed < seeds(); seed++) {
        static struct naive_graph graph;
        random_state = seed;
        unsigned actors = 3 + any(NAIVE_ACTORS_MAX - 2);
        make(&graph, actors);
        unsigned who = one_in(2) ? actors - 1 : 1 + any(actors - 1), seq = 1 + any(SEQ_MAX);
        enum naive_lenience wanted = least(&graph, who, seq);
        enum reason reason = ask(&graph, who, seq);
        if (lenience_of(reason) != wanted) {
            fail_msg("seed %llu: %s, and the model overlooks %d", (unsigned long long)seed,
                     reason_word(reason), (int)wanted);
        }
        answers[wanted]++;
    }
    for (size_t i = 0; i <= NAIVE_LENIENCE_COUNT; i++) {
        print_message("%zu where %zu is overlooked\n", answers[i], i);
        assert_true(answers[i] > seeds() / 1000);
    }
}

static void one_accreditation_more_takes_no_chain_away(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < seeds(); seed++) {
        static struct naive_graph graph;
        random_state = seed;
        unsigned actors = 3 + any(NAIVE_ACTORS_MAX - 2);
        make(&graph, actors);
        unsigned who = one_in(2) ? actors - 1 : 1 + any(actors - 1), seq = 1 + any(SEQ_MAX);
        if (ask(&graph, who, seq) != REASON_NONE) {
            continue;
        }
        add_accreditation(&graph, actors);
        enum reason after = ask(&graph, who, seq);
        if (after != REASON_NONE) {
            fail_msg("seed %llu: %s", (unsigned long long)seed, reason_word(after));
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(chains_are_those_of_the_model),
        cmocka_unit_test(one_accreditation_more_takes_no_chain_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
