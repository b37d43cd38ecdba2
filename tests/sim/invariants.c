#include "tests/sim/invariants.h"

#include <string.h>

#include "protocol/sync/undecided.h"
#include "protocol/sync/wants.h"
#include "tests/sim/core.h"

enum { LOOK_EVERY = 64, UNPROVEN_ASKED = 2 };

void invariants_init(struct invariants *invariants, const struct world *world, const struct core *cores,
                     size_t core_count)
{
    memset(invariants, 0, offsetof(struct invariants, claims));
    memset(invariants->claims, 0, core_count * sizeof *invariants->claims);
    invariants->world = world;
    invariants->cores = cores;
    invariants->core_count = core_count;
}

static void hold_to(struct invariants *invariants, const struct core *core, bool holds, const char *sentence)
{
    if (holds || invariants->broken != NULL) {
        return;
    }
    invariants->broken = sentence;
    invariants->at_core = core->node;
    invariants->at_us = invariants->world->now_us;
}

/* ---- the lists of one source ---- */

struct tally {
    uint64_t claims, asks, bytes;
};

static const struct claim *claim_at(const struct wants *wants, uint32_t place)
{
    return place == WANTS_NONE ? NULL : &wants->claims[place];
}

/* Whether enough is asked for what a claim is about, so that it may stand aside: of one that keeps its
 * promises, or of two for each that was asked in vain. */
static bool has_reason(struct wants *wants, const struct claim *aside)
{
    size_t proven = 0, others = 0, in_vain = 0;

    for (const struct claim *claim = wants_first_of(wants, &aside->author); claim != NULL;
         claim = wants_next_of(wants, claim)) {
        const bool asked = claim->state == CLAIM_IS_ASKED, holds = asked && !claim->let_go;

        in_vain += asked && claim->let_go && !claim->outrun;
        proven += holds && wants->sources[claim->source].proven;
        others += holds && !wants->sources[claim->source].proven;
    }
    return (proven > 0 && in_vain == 0) ||
           (proven + others >= UNPROVEN_ASKED && proven + others >= UNPROVEN_ASKED * in_vain);
}

static struct tally look_at_source(struct invariants *invariants, const struct core *core,
                                   struct wants *wants, uint16_t at)
{
    const struct source *source = &wants->sources[at];
    struct tally tally = {0};

    for (uint8_t state = 0; state < CLAIM_STATE_COUNT; state++) {
        for (const struct claim *claim = claim_at(wants, source->lines[state].first); claim != NULL;
             claim = claim_at(wants, claim->later)) {
            hold_to(invariants, core, claim->state == state && claim->source == at,
                    "a claim stands in the line of its own source and state");
            hold_to(invariants, core, state != CLAIM_STANDS_ASIDE || has_reason(wants, claim),
                    "what stands aside is asked for elsewhere");
            tally.claims++;
            tally.asks += state == CLAIM_IS_ASKED;
            tally.bytes += state == CLAIM_IS_ASKED ? claim->bytes : 0;
        }
    }
    hold_to(invariants, core, tally.claims <= CLAIMS_PER_PEER_MAX, "a peer's claims are bounded");
    hold_to(invariants, core, tally.asks <= SYNC_ASKS_PER_PEER_MAX, "what is asked of a peer is bounded");
    hold_to(invariants, core, tally.asks == 1 || tally.bytes <= SYNC_ASKED_BYTES_PER_PEER_MAX,
            "the bytes asked of a peer are bounded");
    hold_to(invariants, core, tally.asks == source->asks && tally.bytes == source->asked_bytes,
            "what is asked of a peer is counted right");
    return tally;
}

/* ---- what honest peers said ---- */

/* Which authors a source's claims are about. */
static void note_claimed(const struct wants *wants, uint16_t source, const struct core *core,
                         bool claimed[AUTHORS_MAX])
{
    memset(claimed, 0, AUTHORS_MAX * sizeof *claimed);
    for (size_t state = 0; state < CLAIM_STATE_COUNT; state++) {
        for (const struct claim *claim = claim_at(wants, wants->sources[source].lines[state].first);
             claim != NULL; claim = claim_at(wants, claim->later)) {
            const size_t author = authors_number(core->authors, &claim->author);

            if (author < core->authors->count) {
                claimed[author] = true;
            }
        }
    }
}

static bool is_remembered(const struct peer *peer, const struct core *core, size_t author)
{
    const struct actor_id id = authors_id(core->authors, author);

    return peer->undecided != NULL && undecided_find(peer->undecided, &id) != NULL;
}

static void look_at_honest(struct invariants *invariants, const struct core *core, const struct wants *wants,
                           uint16_t source, const struct peer *peer)
{
    const struct honest_claim *claims = invariants->claims[core->node][peer->number];
    bool claimed[AUTHORS_MAX];

    note_claimed(wants, source, core, claimed);
    for (size_t i = 0; i < core->authors->count; i++) {
        if (claims[i].length > core->held.lengths[i] && claims[i].asked < CLAIM_ATTEMPTS_MAX) {
            hold_to(invariants, core, claimed[i],
                    "what an honest peer claims stands until it came, or was asked for in vain");
        }
        hold_to(invariants, core, !claims[i].undecided || is_remembered(peer, core, i),
                "what an honest peer has of whom nothing admits yet is remembered");
    }
}

/* A peer whose store was put back since may have lost what it told. */
static void look_at_heard(struct invariants *invariants, const struct core *core, const struct peer *peer)
{
    const struct holdings *other = &invariants->cores[peer->number].held;
    const struct store_point *stored = &peer->hearing.stored;

    for (size_t i = 0; i < core->authors->count && holdings_were_at(other, stored); i++) {
        hold_to(invariants, core,
                other->changes[i] > stored->number || core->held.lengths[i] >= other->lengths[i],
                "what an honest peer told up to where all of it is stored, is stored");
    }
}

static void look_at_undecided(struct invariants *invariants, const struct core *core)
{
    size_t bound = UNDECIDED_MAX_IN_ALL, inbound = 0;

    for (size_t i = 0; i < core->peers.count; i++) {
        const struct peer *peer = &core->peers.entries[i];
        const size_t held = peer->undecided == NULL ? 0 : peer->undecided->held;

        hold_to(invariants, core, held <= UNDECIDED_MAX, "what is undecided of a peer is bounded");
        if (peer->role == NET_LISTEN) {
            inbound += held;
            bound += UNDECIDED_SHARE;
        }
    }
    hold_to(invariants, core, inbound <= bound, "what is undecided of all who dialled in is bounded");
}

/* All of a core. Returns: what it cost, in steps. */
static uint64_t look_at(struct invariants *invariants, struct core *core)
{
    struct wants *wants = sync_wants(core->sync);
    uint64_t cost = LOOK_EVERY;

    invariants->looks++;
    look_at_undecided(invariants, core);
    for (size_t i = 0; i < core->peers.count; i++) {
        const struct peer *peer = &core->peers.entries[i];

        if (peer->number < invariants->core_count) {
            look_at_heard(invariants, core, peer);
        }
        for (uint16_t at = 0; at < SYNC_PEERS_MAX; at++) {
            if (wants->sources[at].used && wants->sources[at].peer == peer->id) {
                cost += look_at_source(invariants, core, wants, at).claims;
                if (peer->number < invariants->core_count) {
                    look_at_honest(invariants, core, wants, at, peer);
                }
            }
        }
    }
    return cost;
}

/* ---- what one claims takes nothing from another ---- */

static uint64_t count_of_others(const struct wants *wants, uint32_t peer)
{
    uint64_t count = 0;

    for (size_t at = 0; at < SYNC_PEERS_MAX; at++) {
        const struct source *source = &wants->sources[at];

        for (size_t state = 0; source->used && source->peer != peer && state < CLAIM_STATE_COUNT; state++) {
            for (const struct claim *claim = claim_at(wants, source->lines[state].first); claim != NULL;
                 claim = claim_at(wants, claim->later)) {
                count++;
            }
        }
    }
    return count;
}

void invariants_before(struct invariants *invariants, struct core *core, const struct sync_event *event)
{
    const bool claims = event->kind == SYNC_PEER_HEAD || event->kind == SYNC_BLOCK_ORPHAN;

    invariants->before_count = UINT64_MAX;
    if (claims && invariants->debt[core->node] == 0) {
        invariants->before_count = count_of_others(sync_wants(core->sync), event->peer);
    }
}

/* ---- each step ---- */

static void note_head(struct honest_claim *claim, const struct sync_event *event)
{
    claim->undecided = event->ours == SYNC_OURS_NOT_ADMITTED;
    if (event->ours != SYNC_OURS_MISSING) {
        claim->length = claim->asked = 0;
    } else if (event->head.seq + 1 > claim->length) {
        claim->length = (uint16_t)(event->head.seq + 1);
    }
}

static void note_event(struct invariants *invariants, struct core *core, const struct sync_event *event)
{
    const struct peer *peer = peers_by_id(&core->peers, event->peer);
    const size_t author = authors_number(core->authors, &event->head.author);
    struct honest_claim *claims = NULL;

    if (peer == NULL || peer->number >= invariants->core_count) {
        return;
    }
    claims = invariants->claims[core->node][peer->number];
    if (event->kind == SYNC_PEER_DOWN || event->kind == SYNC_PEER_UP) {
        memset(claims, 0, AUTHORS_MAX * sizeof *claims);
    } else if (event->kind == SYNC_PEER_HEAD && author < core->authors->count) {
        note_head(&claims[author], event);
    } else if (event->kind == SYNC_BLOCK_IN) {
        claims[author].asked = 0;
    }
}

static void note_wants(struct invariants *invariants, struct core *core)
{
    for (size_t i = 0; i < core->actions.count; i++) {
        const struct sync_action *action = &core->actions.items[i];
        const size_t author = authors_number(core->authors, &action->author);
        const struct peer *peer =
            action->kind == SYNC_SEND_WANT ? peers_by_id(&core->peers, action->peer) : NULL;

        if (peer != NULL && author < core->authors->count) {
            invariants->claims[core->node][peer->number][author].asked++;
        }
    }
}

void invariants_after(struct invariants *invariants, struct core *core, const struct sync_event *event)
{
    uint64_t *debt = &invariants->debt[core->node];

    invariants->steps++;
    note_event(invariants, core, event);
    note_wants(invariants, core);
    if (*debt > 0) {
        (*debt)--;
        return;
    }
    hold_to(invariants, core,
            invariants->before_count == UINT64_MAX ||
                invariants->before_count == count_of_others(sync_wants(core->sync), event->peer),
            "what one peer claims leaves what others claim as it was");
    *debt = look_at(invariants, core);
}

void invariants_on_full(struct invariants *invariants, const struct core *core, uint32_t node)
{
    hold_to(invariants, core, node >= invariants->core_count,
            "no honest peer is sent more than its queue holds");
}
