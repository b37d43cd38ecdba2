#include "tests/fuzz/target.h"

#include <stdlib.h>

#include "protocol/rules/roster.h"
#include "tests/support/dossier_bytes.h"
#include "tests/support/verdict_alike.h"

/* As much as a technician of a roster has: packs that take more than their share don't fill it. */
enum { WHOLE_SIZE = 32 * 1024 * 1024, SMALL_SIZE_MIN = 64 * 1024 };

static struct dossier_bytes given;
static uint8_t whole_memory[WHOLE_SIZE], other_memory[WHOLE_SIZE];

static bool decide(struct verdict *out, uint8_t *memory, size_t size)
{
    struct arena arena;
    arena_init(&arena, memory, size);
    return verdict_of(out, &given.given.built.dossier, &given.given.built.trust, &given.given.question,
                      &arena);
}

/* What others publish changes nothing of ase. */
static void check_alone(const struct verdict *verdict)
{
    struct dossier *dossier = &given.given.built.dossier;
    size_t pack_count = dossier->pack_count;
    struct verdict alone;
    dossier->pack_count = given.honest_pack_count;
    if (!decide(&alone, other_memory, sizeof other_memory) ||
        !verdicts_alike_in(verdict, &alone, bytes_of_string("ase"))) {
        abort();
    }
    dossier->pack_count = pack_count;
}

/* In less memory it answers the same, or says that it did not fit. */
static void check_in_less(const struct verdict *verdict, size_t size)
{
    struct verdict again;
    uint8_t *memory = malloc(size);
    if (memory == NULL || (decide(&again, memory, size) && !verdicts_alike(&again, verdict))) {
        abort();
    }
    free(memory);
}

/* ---- the shop ---- */

static void add_members(struct roster *roster)
{
    struct dossier *dossier = &given.given.built.dossier;
    const struct subject subject = dossier->subject;
    struct arena scratch;
    size_t count;
    const struct actor_id *members = roster_members(roster, &count);
    for (size_t i = 0; i < count; i++) {
        dossier->subject = subject_of_actor(&members[i]);
        arena_init(&scratch, other_memory, sizeof other_memory);
        if (!roster_add(roster, dossier, &scratch)) {
            abort();
        }
    }
    dossier->subject = subject;
}

static void check_shop(void)
{
    const struct roster_change change = {0};
    struct roster_verdict verdict;
    struct arena arena;
    arena_init(&arena, whole_memory, sizeof whole_memory);
    struct roster *roster =
        roster_begin(&given.shop, &given.given.built.trust, &given.given.question, &change, &arena);
    if (roster == NULL) {
        abort();
    }
    add_members(roster);
    if (!roster_conclude(&verdict, roster)) {
        abort();
    }
}

/* Whatever packs and credentials say, there is a verdict on it, and it fits. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct verdict verdict;
    dossier_bytes_read(&given, bytes_of(data, size));
    if (!decide(&verdict, whole_memory, sizeof whole_memory)) {
        abort();
    }
    check_alone(&verdict);
    check_in_less(&verdict, SMALL_SIZE_MIN + 64 * size);
    check_shop();
    return 0;
}
