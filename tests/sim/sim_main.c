/* sim: runs seeds, each without its hostile nodes and with them, and fails where an invariant does.
 *
 *     sim [--seed N] [--seeds COUNT] [--trace]
 *
 * --seed: the first one, 1 by itself. --trace: what each run came to. Ends with "N passed, N failed". */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/sim/scenario.h"

enum { EXIT_BAD_ARGUMENT = 3, REPEAT_EVERY = 16 };

static struct scenario scenario;
static struct outcome quiet, attacked, again;

/* What isn't used of it is never touched. */
static uint8_t *memory_of_cores(void)
{
    void *memory = mmap(NULL, SCENARIO_CORES_MAX * sync_size(), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (memory == MAP_FAILED) {
        abort();
    }
    return memory;
}

static void forget(uint8_t *memory)
{
    (void)munmap(memory, SCENARIO_CORES_MAX * sync_size());
}

static bool holds(const char *how, const struct outcome *outcome)
{
    if (outcome->broken != NULL) {
        printf("seed %" PRIu64 ", %s, core %" PRIu32 ", %.3f s: not so: %s\n", scenario.seed, how,
               outcome->at_core, (double)outcome->at_us / 1e6, outcome->broken);
    }
    return outcome->broken == NULL;
}

/* Once more, in memory that nothing used before. */
static bool is_repeated(void)
{
    uint8_t *memory = memory_of_cores();

    scenario_run(&scenario, true, memory, &again);
    forget(memory);
    if (memcmp(&again, &attacked, sizeof again) != 0) {
        printf("seed %" PRIu64 ": not so: the same seed gives the same run\n", scenario.seed);
        return false;
    }
    return true;
}

static void trace(const char *how, const struct outcome *outcome)
{
    printf("seed %" PRIu64 ", %s: %zu cores, %zu authors, %zu hostile (%s first)%s, %" PRIu64
           " steps, %" PRIu64 " frames, %" PRIu64 " looks, over at %.3f s, digest %016" PRIx64 "\n",
           scenario.seed, how, scenario.core_count, scenario.authors.count, scenario.hostile_count,
           hostile_name(scenario.kinds[0]), scenario.lossy ? ", lossy" : "", outcome->steps, outcome->frames,
           outcome->looks, (double)outcome->end_us / 1e6, outcome->digest);
}

static bool run_seed(uint64_t seed, uint8_t *memory, bool is_traced)
{
    bool passed;

    scenario_draw(&scenario, seed);
    scenario_run(&scenario, false, memory, &quiet);
    scenario_run(&scenario, true, memory, &attacked);
    if (is_traced) {
        trace("quiet", &quiet);
        trace("attacked", &attacked);
    }
    passed = holds("quiet", &quiet);
    passed = holds("attacked", &attacked) && passed;
    passed = passed && holds("attacked", scenario_compare(&scenario, &quiet, &attacked));
    return passed && (seed % REPEAT_EVERY != 0 || is_repeated());
}

static bool take_number(const char *text, uint64_t *out)
{
    char *end = NULL;

    if (text == NULL) {
        return false;
    }
    *out = strtoull(text, &end, 10);
    return *text != '\0' && *end == '\0';
}

int main(int argc, char **argv)
{
    uint64_t first = 1, count = 1, passed = 0;
    uint8_t *memory = memory_of_cores();
    bool is_traced = false, good = true;

    for (int i = 1; i < argc && good; i++) {
        if (strcmp(argv[i], "--trace") == 0) {
            is_traced = true;
        } else if (strcmp(argv[i], "--seed") == 0) {
            good = take_number(argv[++i], &first);
        } else {
            good = strcmp(argv[i], "--seeds") == 0 && take_number(argv[++i], &count);
        }
    }
    if (!good) {
        (void)fprintf(stderr, "usage: sim [--seed N] [--seeds COUNT] [--trace]\n");
        return EXIT_BAD_ARGUMENT;
    }
    for (uint64_t seed = first; seed < first + count; seed++) {
        passed += run_seed(seed, memory, is_traced);
    }
    forget(memory);
    printf("%" PRIu64 " passed, %" PRIu64 " failed\n", passed, count - passed);
    return passed == count ? 0 : 1;
}
