#include "node/bans.h"

#include "node/clock.h"

/* Where the next ban goes: over one of the same node, a new place, or over the one that ends first. */
static struct ban *place_for(struct bans *bans, const struct node_id *node)
{
    struct ban *first = &bans->entries[0];

    for (size_t i = 0; i < bans->count; i++) {
        if (hash_equal(&bans->entries[i].node.hash, &node->hash)) {
            return &bans->entries[i];
        }
        first = bans->entries[i].until_ms < first->until_ms ? &bans->entries[i] : first;
    }
    return bans->count < BANS_MAX ? &bans->entries[bans->count++] : first;
}

uint64_t bans_add(struct bans *bans, const struct node_id *node, const struct transport_key *transport,
                  uint64_t now_ms)
{
    struct ban *ban = place_for(bans, node);

    *ban = (struct ban){.node = *node, .transport = *transport, .until_ms = now_ms + clock_wait_ms(BAN_MS)};
    return ban->until_ms;
}

bool bans_has_node(const struct bans *bans, const struct node_id *node, uint64_t now_ms)
{
    bool found = false;

    for (size_t i = 0; i < bans->count; i++) {
        found |= now_ms < bans->entries[i].until_ms && hash_equal(&bans->entries[i].node.hash, &node->hash);
    }
    return found;
}

bool bans_has_transport(const struct bans *bans, const struct transport_key *transport, uint64_t now_ms)
{
    bool found = false;

    for (size_t i = 0; i < bans->count; i++) {
        found |= now_ms < bans->entries[i].until_ms &&
                 hash_equal(&bans->entries[i].transport.key, &transport->key);
    }
    return found;
}
