#include "protocol/rules/career.h"

struct career {
    const struct dossier *dossier;
    const struct trust *trust;
    const struct question *question;
    struct credentials *credentials;
    struct arena *arena;
};

struct career *career_begin(const struct dossier *dossier, const struct trust *trust,
                            const struct question *question, struct credentials *credentials,
                            struct arena *arena)
{
    struct career *career = arena_take(arena, sizeof *career);
    if (career == NULL) {
        return NULL;
    }
    *career = (struct career){
        .dossier = dossier,
        .trust = trust,
        .question = question,
        .credentials = credentials,
        .arena = arena,
    };
    return career;
}

const struct pack_segment *career_packs(struct career *career, struct bytes name_space, size_t *count)
{
    (void)career;
    (void)name_space;
    *count = 0;
    return NULL;
}

const struct pack_segment *career_pack_on(struct career *career, struct bytes name_space, uint32_t day)
{
    (void)career;
    (void)name_space;
    (void)day;
    return NULL;
}

bool career_settle(struct career *career)
{
    (void)career;
    return true;
}
