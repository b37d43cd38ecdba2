#include "tests/support/naive_authority.h"

struct trying {
    const struct naive_graph *graph;
    unsigned day;
    enum naive_lenience lenience;
    bool speaks[NAIVE_ACTORS_MAX]; /* in the chain so far */
};

static bool is_withdrawn(const struct naive_graph *graph, const struct naive_accreditation *accreditation,
                         unsigned seq)
{
    for (size_t i = 0; i < graph->withdrawal_count; i++) {
        const struct naive_withdrawal *withdrawal = &graph->withdrawals[i];
        bool is_about = withdrawal->by == accreditation->by && withdrawal->whom == accreditation->whom &&
                        withdrawal->seq > accreditation->seq;
        bool takes = withdrawal->has_cut ? seq > withdrawal->cut : withdrawal->cut == accreditation->seq;
        if (is_about && takes) {
            return true;
        }
    }
    return false;
}

static bool holds(const struct trying *trying, const struct naive_accreditation *accreditation, unsigned seq,
                  unsigned links_below)
{
    return (trying->lenience >= NAIVE_WITHDRAWN || !is_withdrawn(trying->graph, accreditation, seq)) &&
           (trying->lenience >= NAIVE_ANY_DAY ||
            (accreditation->first <= trying->day && trying->day <= accreditation->last)) &&
           (trying->lenience >= NAIVE_ANY_DEPTH ||
            (accreditation->depth >= links_below && links_below < NAIVE_CHAIN_MAX)) &&
           (trying->lenience >= NAIVE_ANY_CODE || !accreditation->other_code);
}

static bool try_above(struct trying *trying, unsigned who, unsigned seq, unsigned links_below)
{
    const struct naive_graph *graph = trying->graph;
    bool found = who == 0;
    trying->speaks[who] = true;
    for (size_t i = 0; i < graph->accreditation_count && !found; i++) {
        const struct naive_accreditation *above = &graph->accreditations[i];
        found = above->whom == who && !trying->speaks[above->by] && holds(trying, above, seq, links_below) &&
                try_above(trying, above->by, above->seq, links_below + 1);
    }
    trying->speaks[who] = false;
    return found;
}

bool naive_is_authorised(const struct naive_graph *graph, unsigned who, unsigned seq, unsigned day,
                         enum naive_lenience lenience)
{
    struct trying trying = {.graph = graph, .day = day, .lenience = lenience};
    return try_above(&trying, who, seq, 0);
}
