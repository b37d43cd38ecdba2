#ifndef TESTS_SUPPORT_NAIVE_AUTHORITY_H
#define TESTS_SUPPORT_NAIVE_AUTHORITY_H

/* Who is authorised, written plainly: every chain on which nobody stands twice is tried. Actors are numbers,
 * 0 owns the namespace; blocks of an actor are numbered. Uses nothing of protocol/rules. */

#include <stdbool.h>
#include <stddef.h>

enum { NAIVE_ACTORS_MAX = 8, NAIVE_GRANTS_MAX = 24, NAIVE_WITHDRAWALS_MAX = 6, NAIVE_CHAIN_MAX = 8 };

struct naive_accreditation {
    unsigned by, seq, whom;
    unsigned first, last; /* days */
    unsigned depth;
    bool other_code;
};

struct naive_withdrawal {
    unsigned by, seq, whom;
    bool has_cut; /* else what is named: the accreditation in block `cut` */
    unsigned cut; /* the last block of whom's that is kept */
};

struct naive_graph {
    size_t accreditation_count, withdrawal_count;
    struct naive_accreditation accreditations[NAIVE_GRANTS_MAX];
    struct naive_withdrawal withdrawals[NAIVE_WITHDRAWALS_MAX];
};

/* What is overlooked, each also what those before it do. */
enum naive_lenience {
    NAIVE_STRICT,
    NAIVE_WITHDRAWN,
    NAIVE_ANY_DAY,
    NAIVE_ANY_DEPTH,
    NAIVE_ANY_CODE,
    NAIVE_LENIENCE_COUNT
};

/* Whether any chain leads from actor 0 to what `who` says on a day in block seq. */
bool naive_is_authorised(const struct naive_graph *graph, unsigned who, unsigned seq, unsigned day,
                         enum naive_lenience lenience);

#endif
