#include "protocol/rules/weight.h"

#include "protocol/rules/cut.h"

static const struct weighed full = {WEIGHT_FULL, REASON_NONE};

static struct weighed doubtful(enum reason reason)
{
    return (struct weighed){WEIGHT_DOUBTFUL, reason};
}

static struct weighed nothing(enum reason reason)
{
    return (struct weighed){WEIGHT_NOTHING, reason};
}

/* A block with what is known of it. */
struct weighed_block {
    const struct dossier_log *log;
    const struct dossier_block *block;
    uint64_t seq;
    bool voided;            /* as far as known by then */
    bool voided_by_dispute; /* the block that voids it is disputed */
    bool erase_disputed;    /* of the block of an entry: dossier_place's */
    enum spoken spoken;
};

static enum reason doubt_under_cuts(const struct dossier *dossier, const struct weighed_block *weighed)
{
    const struct dossier_place place = {
        .seq = weighed->seq, .block_hash = weighed->block->hash, .block = {.side = true}};
    return doubt_by_cuts(dossier, &weighed->log->author, &place, weighed->spoken == SPOKEN_UNCUT);
}

static struct weighed weigh_dropped(const struct weighed_block *weighed, enum stance stance)
{
    const struct dossier_block *block = weighed->block;
    if (stance != STANCE_AGAINST || block->late) {
        return nothing(REASON_DROPPED);
    }
    if (weighed->voided) {
        return doubtful(REASON_VOIDED);
    }
    return block->followed_s >= FOLLOWED_MIN_S ? doubtful(REASON_REWOUND) : nothing(REASON_DROPPED);
}

static struct weighed weigh_side(const struct dossier *dossier, const struct weighed_block *weighed,
                                 enum stance stance)
{
    if (weighed->spoken == SPOKEN_NOT) {
        return nothing(REASON_DROPPED);
    }
    if (weighed->block->dropped_s == 0) {
        return doubtful(REASON_DISPUTED);
    }
    enum reason doubt = doubt_under_cuts(dossier, weighed);
    return doubt != REASON_NONE ? doubtful(doubt) : weigh_dropped(weighed, stance);
}

static struct weighed weigh_chain(const struct weighed_block *weighed, enum stance stance)
{
    if (weighed->voided && !weighed->voided_by_dispute) {
        return stance == STANCE_AGAINST ? doubtful(REASON_VOIDED) : nothing(REASON_VOIDED);
    }
    if (weighed->voided || weighed->erase_disputed || dossier_log_disputes(weighed->log, weighed->seq)) {
        return doubtful(REASON_DISPUTED);
    }
    return full;
}

static bool covers(const struct dossier_void *voids, size_t log, uint64_t seq)
{
    return voids->place.log == log && voids->range.first <= seq && seq <= voids->range.last &&
           seq <= voids->place.block.base_seq;
}

static enum spoken how_spoken(const enum spoken *spoken, size_t at)
{
    return spoken != NULL ? spoken[at] : SPOKEN;
}

static struct weighed void_weigh(const struct dossier *dossier, const struct dossier_void *voids,
                                 struct spoken_of spoken)
{
    const struct weighed_block weighed = {
        .log = dossier_log_at(dossier, &voids->place),
        .block = &voids->place.block,
        .seq = voids->place.seq,
        .voided = dossier_place_is_void(dossier, &voids->place),
        .spoken = how_spoken(spoken.voids, (size_t)(voids - dossier->voids)),
    };
    return weigh_side(dossier, &weighed, stance_of_entry(ENTRY_VOID, NULL, PARTY_SAID));
}

static bool is_disputed(const struct dossier *dossier, size_t log, uint64_t seq, struct spoken_of spoken)
{
    for (size_t i = 0; i < dossier->void_count; i++) {
        const struct dossier_void *voids = &dossier->voids[i];
        if (covers(voids, log, seq) && void_weigh(dossier, voids, spoken).reason == REASON_DISPUTED) {
            return true;
        }
    }
    return false;
}

/* The void on a dropped branch that leaves in doubt what a block of the chain says for somebody, of several
 * one of the last epoch; NULL: there is none. */
static const struct dossier_void *last_left(const struct dossier *dossier, size_t log, uint64_t seq,
                                            struct spoken_of spoken)
{
    const struct dossier_void *last = NULL;
    for (size_t i = 0; i < dossier->void_count; i++) {
        const struct dossier_void *voids = &dossier->voids[i];
        if (covers(voids, log, seq) && voids->place.block.dropped_s != 0 &&
            void_weigh(dossier, voids, spoken).weight == WEIGHT_DOUBTFUL &&
            (last == NULL || voids->place.block.epoch > last->place.block.epoch)) {
            last = voids;
        }
    }
    return last;
}

static struct weighed unless_cut(struct weighed found, const struct dossier_place *place)
{
    return found.weight == WEIGHT_FULL && place->events_cut ? doubtful(REASON_TOO_MANY) : found;
}

struct weighed kept_weigh(const struct dossier *dossier, const struct dossier_place *place,
                          struct spoken_of spoken)
{
    for (size_t i = 0; i < dossier->void_count; i++) {
        const struct dossier_void *voids = &dossier->voids[i];
        const struct weighed_block weighed = {.log = dossier_log_at(dossier, &voids->place),
                                              .block = &voids->place.block,
                                              .seq = voids->place.seq,
                                              .spoken = how_spoken(spoken.voids, i)};
        if (voids->place.log == place->log && voids->range.first <= place->seq &&
            place->seq <= voids->range.last && place->seq < voids->place.seq &&
            weighed.spoken != SPOKEN_NOT && doubt_under_cuts(dossier, &weighed) != REASON_NONE) {
            return doubtful(REASON_VOIDED);
        }
    }
    return unless_cut(full, place);
}

/* But for what is left in doubt of the chain by voids on dropped branches. */
static struct weighed weigh_but_left(const struct dossier *dossier, size_t log,
                                     const struct weighed_block *weighed, enum stance stance,
                                     struct spoken_of spoken)
{
    if (weighed->block->side) {
        return weigh_side(dossier, weighed, stance);
    }
    struct weighed chain = weigh_chain(weighed, stance);
    bool disputed = chain.weight == WEIGHT_FULL && is_disputed(dossier, log, weighed->seq, spoken);
    return disputed ? doubtful(REASON_DISPUTED) : chain;
}

/* The void of what is against somebody is for that one, and what is for somebody on a dropped branch is
 * nothing. */
static struct weighed weigh(const struct dossier *dossier, size_t log, const struct weighed_block *weighed,
                            enum stance stance, struct spoken_of spoken)
{
    struct weighed found = weigh_but_left(dossier, log, weighed, stance, spoken);
    const struct dossier_void *left = NULL;
    if (found.weight == WEIGHT_FULL && !weighed->block->side && stance != STANCE_AGAINST) {
        left = last_left(dossier, log, weighed->seq, spoken);
    }
    return left != NULL ? void_weigh(dossier, left, spoken) : found;
}

static struct weighed_block block_of_place(const struct dossier *dossier, const struct dossier_place *place)
{
    const struct dossier_log *log = dossier_log_at(dossier, place);
    return (struct weighed_block){
        .log = log,
        .block = &place->block,
        .seq = place->seq,
        .voided = dossier_place_is_void(dossier, place),
        .voided_by_dispute = dossier_log_disputes(log, place->void_seq),
        .erase_disputed = place->erase_disputed,
    };
}

struct weighed place_weigh(const struct dossier *dossier, const struct dossier_place *place,
                           enum stance stance)
{
    struct weighed_block weighed = block_of_place(dossier, place);
    weighed.spoken = SPOKEN_UNCUT;
    return unless_cut(weigh(dossier, place->log, &weighed, stance, (struct spoken_of){.events = NULL}),
                      place);
}

bool place_may_speak(const struct dossier *dossier, const struct dossier_place *place)
{
    return place_weigh(dossier, place, STANCE_AGAINST).weight != WEIGHT_NOTHING;
}

struct weighed dropped_weigh(const struct dossier *dossier, const struct dossier_place *place,
                             enum stance stance)
{
    const struct weighed_block weighed = block_of_place(dossier, place);
    return weigh_dropped(&weighed, stance);
}

struct weighed entry_weigh(const struct dossier *dossier, const struct dossier_place *place,
                           enum stance stance, struct spoken_of spoken)
{
    struct weighed_block weighed = block_of_place(dossier, place);
    weighed.voided = weighed.voided && spoken.voider != SPOKEN_NOT;
    weighed.spoken = spoken.entry;
    return unless_cut(weigh_but_left(dossier, place->log, &weighed, stance, spoken), place);
}

static const struct dossier_block *block_of_event(const struct dossier_place *place, size_t event)
{
    static const struct dossier_block on_chain;
    return place->event_blocks != NULL ? &place->event_blocks[event] : &on_chain;
}

struct status_left entry_left(const struct dossier *dossier, const struct dossier_place *place,
                              struct spoken_of spoken)
{
    struct status_left left = {.doubt = REASON_NONE, .before = place->event_count};
    const struct dossier_void *voids =
        place->block.side ? NULL : last_left(dossier, place->log, place->seq, spoken);
    if (voids == NULL) {
        return left;
    }
    left.doubt = void_weigh(dossier, voids, spoken).reason;
    while (left.before > 0 && block_of_event(place, left.before - 1)->epoch > voids->place.block.epoch) {
        left.before--;
    }
    return left;
}

struct weighed event_weigh(const struct dossier *dossier, const struct dossier_place *place, size_t event,
                           struct spoken_of spoken)
{
    const struct history_event *said = &place->events[event];
    const struct dossier_log *log = dossier_log_at(dossier, place);
    const struct dossier_block *block = block_of_event(place, event);
    const struct weighed_block weighed = {
        .log = log,
        .block = block,
        .seq = said->setter_seq,
        .voided = place->event_voided[event] && how_spoken(spoken.event_voiders, event) != SPOKEN_NOT,
        .voided_by_dispute = dossier_log_disputes(log, block->void_seq),
        .spoken = how_spoken(spoken.events, event),
    };
    return weigh(dossier, place->log, &weighed, stance_of_action(said->action, PARTY_HOLDER), spoken);
}

/* What lies above the head that this node has replayed comes with a path, and of side branches nothing is
 * gathered that had not arrived. */
bool event_had_arrived(const struct dossier *dossier, const struct dossier_place *place, size_t event)
{
    const struct dossier_log *log = dossier_log_at(dossier, place);
    uint64_t seq = place->events[event].setter_seq;
    return block_of_event(place, event)->side || dossier_log_reaches(log, seq) || seq > log->head_seq;
}

uint64_t event_void_seq(const struct dossier_place *place, size_t event)
{
    return place->event_voided[event] ? block_of_event(place, event)->void_seq : 0;
}

struct dossier_place event_place(const struct dossier_place *place, size_t event)
{
    const struct history_event *said = &place->events[event];
    const struct dossier_block *block = block_of_event(place, event);
    return (struct dossier_place){.log = place->log,
                                  .seq = said->setter_seq,
                                  .index = said->setter_index,
                                  .block_hash = block->hash,
                                  .block = *block};
}

bool event_is_beside(const struct dossier *dossier, const struct dossier_place *place, size_t event,
                     size_t earlier)
{
    const struct dossier_place above = event_place(place, event);
    if (!above.block.side) {
        return false;
    }
    const struct dossier_place below = event_place(place, earlier);
    return above.block.epoch == below.block.epoch && !place_is_above(dossier, &above, &below);
}

bool place_precedes(const struct dossier_place *a, const struct dossier_place *b)
{
    if (a->block.epoch != b->block.epoch) {
        return a->block.epoch < b->block.epoch;
    }
    if (a->block.side != b->block.side) {
        return !a->block.side;
    }
    return a->seq != b->seq ? a->seq < b->seq : a->index < b->index;
}
