#include "protocol/rules/dossier.h"

const struct dossier_log *dossier_log_of(const struct dossier *dossier, const struct actor_id *author)
{
    size_t low = 0;
    size_t high = dossier->log_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = hash_compare(&dossier->logs[middle].author.hash, &author->hash);
        if (order == 0) {
            return &dossier->logs[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

bool dossier_place_is_void(const struct dossier *dossier, const struct dossier_place *place)
{
    return place->voided && dossier_log_reaches(dossier_log_at(dossier, place), place->void_seq);
}
