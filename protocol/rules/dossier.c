#include "protocol/rules/dossier.h"

#include <string.h>

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

/* Whether an event counts by then; on a side branch none does. Those beyond the head that this node has
 * replayed come with a path. */
static bool counts(const struct dossier_place *place, const struct dossier_log *log, size_t event)
{
    uint64_t seq = place->events[event].setter_seq;
    bool side = place->event_blocks != NULL && place->event_blocks[event].side;
    return !place->event_voided[event] && !side && (dossier_log_reaches(log, seq) || seq > log->head_seq);
}

/* The last event of an action that counts, certain: in a block that is not disputed. */
static const struct history_event *last_event(const struct dossier_place *place,
                                              const struct dossier_log *log, enum status_action action,
                                              bool certain)
{
    for (size_t i = place->event_count; i > 0; i--) {
        const struct history_event *event = &place->events[i - 1];
        if (event->action == action && counts(place, log, i - 1) &&
            !(certain && dossier_log_disputes(log, event->setter_seq))) {
            return event;
        }
    }
    return NULL;
}

void dossier_credential_fill_targets(struct dossier_credential *credential, const struct dossier_log *log)
{
    const struct history_event *replaced = last_event(&credential->place, log, STATUS_REPLACED, false);
    const struct history_event *held = last_event(&credential->place, log, STATUS_HELD_BY, true);
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

bool dossier_place_is_named(const struct dossier *dossier, const struct dossier_place *place,
                            const struct entry_name *name)
{
    return actor_id_equal(&name->author, &dossier_log_at(dossier, place)->author) &&
           name->seq == place->seq && name->index == place->index &&
           memcmp(name->prefix, place->leaf.bytes, sizeof name->prefix) == 0;
}
