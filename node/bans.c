#include "node/bans.h"

#include "node/clock.h"

/* Where the next ban goes: over one of the same node, or one that has ended. NULL: there is no room. */
static struct ban *place_for(struct bans *bans, const struct node_id *node, bool given, uint64_t now_ms)
{
    const size_t end = given ? BANS_MAX : BANS_MAX - BANS_GIVEN_MAX;
    struct ban *place = NULL;

    for (size_t i = 0; i < BANS_MAX; i++) {
        struct ban *ban = &bans->entries[i];

        if (now_ms < ban->until_ms && hash_equal(&ban->node.hash, &node->hash)) {
            return ban;
        }
        if (i < end && now_ms >= ban->until_ms) {
            place = ban; /* the last one, so that given nodes take the places that are theirs */
        }
    }
    return place;
}

uint64_t bans_add(struct bans *bans, const struct node_id *node, const struct transport_key *transport,
                  bool given, uint64_t now_ms)
{
    struct ban *ban = place_for(bans, node, given, now_ms);

    if (ban == NULL) {
        return now_ms;
    }
    *ban = (struct ban){.node = *node, .transport = *transport, .until_ms = now_ms + clock_wait_ms(BAN_MS)};
    return ban->until_ms;
}

bool bans_has_node(const struct bans *bans, const struct node_id *node, uint64_t now_ms)
{
    bool found = false;

    for (size_t i = 0; i < BANS_MAX; i++) {
        found |= now_ms < bans->entries[i].until_ms && hash_equal(&bans->entries[i].node.hash, &node->hash);
    }
    return found;
}

bool bans_has_transport(const struct bans *bans, const struct transport_key *transport, uint64_t now_ms)
{
    bool found = false;

    for (size_t i = 0; i < BANS_MAX; i++) {
        found |= now_ms < bans->entries[i].until_ms &&
                 hash_equal(&bans->entries[i].transport.key, &transport->key);
    }
    return found;
}
