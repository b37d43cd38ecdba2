#include "protocol/rules/begun_days.h"

#include <string.h>

static bool is_ahead(const struct question *question, uint32_t day)
{
    return question_day_reached(question, day) != day;
}

static bool any_event_is_ahead(const struct question *question, const struct dossier_place *place)
{
    for (size_t i = 0; i < place->event_count; i++) {
        if (is_ahead(question, place->events[i].effective_day)) {
            return true;
        }
    }
    return false;
}

static bool any_credential_is_ahead(const struct question *question, const struct dossier *dossier)
{
    for (size_t i = 0; i < dossier->credential_count; i++) {
        if (any_event_is_ahead(question, &dossier->credentials[i].place)) {
            return true;
        }
    }
    return false;
}

static bool any_leave_is_ahead(const struct question *question, const struct dossier *dossier)
{
    for (size_t i = 0; i < dossier->leave_count; i++) {
        if (is_ahead(question, dossier->leaves[i].day)) {
            return true;
        }
    }
    return false;
}

/* Returns: NULL when the arena is full. */
static void *copy(const void *items, size_t size, struct arena *arena)
{
    void *copied = arena_take(arena, size);
    if (copied != NULL) {
        memcpy(copied, items, size);
    }
    return copied;
}

static bool move_events(struct dossier_place *place, const struct question *question, struct arena *arena)
{
    if (!any_event_is_ahead(question, place)) {
        return true;
    }
    struct history_event *events = copy(place->events, place->event_count * sizeof events[0], arena);
    for (size_t i = 0; events != NULL && i < place->event_count; i++) {
        events[i].effective_day = question_day_reached(question, events[i].effective_day);
    }
    place->events = events;
    return events != NULL;
}

static bool move_of_credentials(struct dossier *out, const struct question *question, struct arena *arena)
{
    out->credentials = copy(out->credentials, out->credential_count * sizeof out->credentials[0], arena);
    bool fits = out->credentials != NULL;
    for (size_t i = 0; fits && i < out->credential_count; i++) {
        fits = move_events(&out->credentials[i].place, question, arena);
    }
    return fits;
}

static bool move_leaves(struct dossier *out, const struct question *question, struct arena *arena)
{
    out->leaves = copy(out->leaves, out->leave_count * sizeof out->leaves[0], arena);
    for (size_t i = 0; out->leaves != NULL && i < out->leave_count; i++) {
        out->leaves[i].day = question_day_reached(question, out->leaves[i].day);
    }
    return out->leaves != NULL;
}

const struct dossier *dossier_of_begun_days(const struct dossier *dossier, const struct question *question,
                                            struct arena *arena)
{
    bool credentials = any_credential_is_ahead(question, dossier);
    bool leaves = any_leave_is_ahead(question, dossier);
    if (!credentials && !leaves) {
        return dossier;
    }
    struct dossier *moved = copy(dossier, sizeof *moved, arena);
    bool fits = moved != NULL && (!credentials || move_of_credentials(moved, question, arena)) &&
                (!leaves || move_leaves(moved, question, arena));
    return fits ? moved : NULL;
}
