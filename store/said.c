#include <string.h>

#include "protocol/rules/weight.h"
#include "store/gather.h"

/* What was said about one entry of a chain. */

/* What stands on a dropped branch, where it changes nothing, is left out. */
static void copy_events(struct store_events *out, const struct dossier *dossier,
                        const struct dossier_place *place)
{
    const struct status_left left = entry_left(dossier, place, (struct spoken_of){.events = NULL});

    out->left = (struct status_left){.doubt = left.doubt};
    out->count = 0;
    for (size_t i = 0; i < place->event_count; i++) {
        struct weighed weighed = event_weigh(dossier, place, i, (struct spoken_of){.events = NULL});

        out->left.before += i < left.before && weighed.reason != REASON_DROPPED;
        if (weighed.reason != REASON_DROPPED) {
            out->events[out->count] = place->events[i];
            out->void_seqs[out->count] = event_void_seq(place, i);
            out->doubts[out->count++] = weighed.reason;
        }
    }
}

static enum store_error read_events(struct gather *gather, const struct entry_name *name,
                                    struct store_events *out)
{
    struct dossier_place place;
    struct bytes view;
    size_t log;
    enum store_error error = gather_log(gather, &name->author, &log);

    if (error == STORE_OK) {
        error = gather_view(gather, log, name->seq, name->index, &place, &view);
    }
    if (error == STORE_OK) {
        copy_events(out, gather->out, &place);
    }
    return error;
}

enum store_error store_entry_events(struct store_txn *txn, const struct network *network,
                                    const struct entry_name *name, struct store_events *out,
                                    struct arena *arena)
{
    size_t mark = arena_mark(arena);
    struct dossier dossier = {0};
    struct gather gather = {
        .txn = txn, .network = network, .known_by_s = UINT64_MAX, .out = &dossier, .arena = arena};
    enum store_error error = read_events(&gather, name, out);

    arena_rewind(arena, mark);
    return error;
}
