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

/* The last event of an action that counts by then. Those beyond the head that this node has replayed come
 * with a path. */
static const struct history_event *last_event(const struct dossier_place *place,
                                              const struct dossier_log *log, enum status_action action)
{
    for (size_t i = place->event_count; i > 0; i--) {
        const struct history_event *event = &place->events[i - 1];
        bool arrived = dossier_log_reaches(log, event->setter_seq) || event->setter_seq > log->head_seq;
        if (event->action == action && !place->event_voided[i - 1] && arrived) {
            return event;
        }
    }
    return NULL;
}

void dossier_credential_fill_targets(struct dossier_credential *credential, const struct dossier_log *log)
{
    const struct history_event *replaced = last_event(&credential->place, log, STATUS_REPLACED);
    const struct history_event *held = last_event(&credential->place, log, STATUS_HELD_BY);
    credential->has_replacement = replaced != NULL;
    if (replaced != NULL) {
        credential->replacement = replaced->replacement;
    }
    credential->has_holder = held != NULL;
    if (held != NULL) {
        credential->holder = held->holder;
    }
}

bool dossier_place_is_void(const struct dossier *dossier, const struct dossier_place *place)
{
    return place->voided && dossier_log_reaches(dossier_log_at(dossier, place), place->void_seq);
}
