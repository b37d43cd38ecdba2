#ifndef TESTS_SIM_SCENARIO_H
#define TESTS_SIM_SCENARIO_H

/* A seed's world: 12 to 30 cores on links, what their authors publish, a core that loses its connections for
 * a while, one that begins again, as it was or put back to an older copy of its store, and hostile nodes. It
 * is run without the hostile ones and with them: what they may cost is measured against the quiet run. */

#include "tests/sim/core.h"
#include "tests/sim/hostile.h"
#include "tests/sim/invariants.h"

enum {
    SCENARIO_CORES_MIN = 12,
    SCENARIO_CORES_MAX = 30,
    SCENARIO_HOSTILE_MAX = 20,
    SCENARIO_HAPPENINGS_MAX = 1024,
    SCENARIO_NEWS_MAX = 24,
};

enum happening_kind {
    HAPPENS_CONNECT,
    HAPPENS_BREAK,
    HAPPENS_PUBLISH,
    HAPPENS_COPY,     /* of what a holds a copy is kept */
    HAPPENS_END,      /* a ends: it loses all its connections, and everything that its store doesn't hold */
    HAPPENS_BEGIN,    /* and begins again with its store */
    HAPPENS_PUT_BACK, /* … with the copy of it */
};

struct happening {
    uint64_t at_us;
    enum happening_kind kind;
    uint32_t a, b; /* a dials b; of HAPPENS_PUBLISH a is the author's number, b the place among the news */
};

/* A core that ends and begins again. */
struct restart {
    bool happens, puts_back;
    uint32_t core;
    uint64_t copied_us, ends_us, begins_us; /* it is put back to what it held at the first */
};

struct scenario {
    uint64_t seed;
    uint64_t random;
    size_t core_count, hostile_count, happening_count, news_count;
    bool lossy;
    uint64_t heads_interval_ms;
    struct restart restart;
    enum hostile_kind kinds[SCENARIO_HOSTILE_MAX];
    struct authors authors; /* as they are in the beginning */
    struct happening happenings[SCENARIO_HAPPENINGS_MAX];
};

/* What became of a run. */
struct outcome {
    const char *broken; /* the sentence that doesn't hold, NULL: all do */
    uint32_t at_core;
    uint64_t at_us;
    uint64_t digest, end_us, steps, looks, frames;
    uint64_t whole_us[SCENARIO_CORES_MAX]; /* when a core had caught up */
    uint64_t news_us[SCENARIO_CORES_MAX]
                    [SCENARIO_NEWS_MAX]; /* from when a block was published until it was held */
};

void scenario_draw(struct scenario *scenario, uint64_t seed);
/* hostile: with the hostile nodes. memory: SCENARIO_CORES_MAX times sync_size() bytes, of any content. */
void scenario_run(const struct scenario *scenario, bool hostile, uint8_t *memory, struct outcome *outcome);
/* Whether what was late in the attacked run was so within bounds: else it says so. Returns: attacked. */
struct outcome *scenario_compare(const struct scenario *scenario, const struct outcome *quiet,
                                 struct outcome *attacked);

#endif
