#include "store/generation.h"

#include <stdlib.h>
#include <string.h>

#include "store/checksum.h"

static const char generation_word[] = "generation";

/* ---- the number ---- */

static struct key word(void)
{
    return key_of(generation_word, sizeof generation_word);
}

enum store_error generation_create(struct store_txn *txn)
{
    const struct key key = word();
    const uint64_t first = 1;

    return table_put(txn, TABLE_META, &key, &first, sizeof first);
}

enum store_error generation_read(struct store_txn *txn, uint64_t *generation, bool *kept)
{
    const struct key key = word();
    enum store_error error = STORE_OK;

    if (txn->generation == 0) {
        error = table_get_exact(txn, TABLE_META, &key, &txn->generation, sizeof txn->generation);
    }
    *generation = txn->generation;
    *kept = !txn->raised;
    return error == STORE_NOT_FOUND ? txn_fail(txn, STORE_DAMAGED) : error;
}

enum store_error generation_raise(struct store_txn *txn)
{
    const struct key key = word();
    uint64_t generation;
    bool kept;
    enum store_error error = generation_read(txn, &generation, &kept);

    if (error != STORE_OK || txn->raised) {
        return error;
    }
    txn->raised = true;
    txn->generation = ++generation;
    return table_put(txn, TABLE_META, &key, &generation, sizeof generation);
}

/* ---- owners ---- */

bool kept_owners_are(const struct kept_owners *kept, const struct trust *trust)
{
    if (kept->count != trust->owner_count) {
        return false;
    }
    for (size_t i = 0; i < kept->count; i++) {
        if (memcmp(kept->items[i].name_space, trust->owners[i].name_space,
                   sizeof kept->items[i].name_space) != 0 ||
            !actor_id_equal(&kept->items[i].actor, &trust->owners[i].actor)) {
            return false;
        }
    }
    return true;
}

void kept_owners_set(struct kept_owners *kept, const struct trust *trust)
{
    kept->count = trust->owner_count;
    for (size_t i = 0; i < kept->count; i++) {
        memcpy(kept->items[i].name_space, trust->owners[i].name_space, sizeof kept->items[i].name_space);
        kept->items[i].actor = trust->owners[i].actor;
    }
}

/* ---- places ---- */

/* Which places of a table are taken: its rows are not cleared first, since most processes ask once and touch
 * few of them. */
static bool is_taken(const uint64_t *taken, size_t at)
{
    return (taken[at / 64] >> at % 64 & 1) != 0;
}

static void take_place(uint64_t *taken, size_t at)
{
    taken[at / 64] |= UINT64_C(1) << at % 64;
}

/* ---- chains ---- */

/* One place for each author, by the first bytes of its id: whoever comes later takes it. */
enum { CHAINS_KEPT = 4096, CUTS_KEPT = 256 };

struct kept_chain {
    struct actor_id author;
    unsigned links;
    enum chain chain;
    size_t code_size;
    uint8_t code[CODE_SIZE_MAX];
};

struct kept_heads {
    struct actor_id author;
    struct kept_cuts cuts;
};

struct kept_chains {
    uint64_t generation;
    struct kept_owners owners;
    uint64_t taken[CHAINS_KEPT / 64];
    struct kept_chain items[CHAINS_KEPT];
    uint64_t cuts_taken[CUTS_KEPT / 64];
    struct kept_heads cuts[CUTS_KEPT];
};

static size_t place_of_chain(const struct actor_id *author, unsigned links, struct bytes code)
{
    uint32_t first;

    memcpy(&first, author->hash.bytes, sizeof first);
    first += code.size > 0 ? (uint32_t)checksum_of(links, code.data, code.size) : links;
    return first % CHAINS_KEPT;
}

static bool hold_still(const struct kept_chains *chains, uint64_t generation, const struct trust *trust)
{
    return chains && chains->generation == generation && kept_owners_are(&chains->owners, trust);
}

bool kept_chain_find(struct store *store, uint64_t generation, const struct trust *trust,
                     const struct actor_id *author, unsigned links, struct bytes code, enum chain *out)
{
    bool found = false;

    pthread_mutex_lock(&store->chain_cache.lock);
    if (hold_still(store->chain_cache.chains, generation, trust)) {
        const size_t at = place_of_chain(author, links, code);
        const struct kept_chain *item = &store->chain_cache.chains->items[at];

        found = is_taken(store->chain_cache.chains->taken, at) && item->links == links &&
                actor_id_equal(&item->author, author) &&
                bytes_equal(bytes_of(item->code, item->code_size), code);
        *out = found ? item->chain : *out;
    }
    pthread_mutex_unlock(&store->chain_cache.lock);
    return found;
}

static void begin_anew(struct chain_cache *cache, uint64_t generation, const struct trust *trust)
{
    if (!cache->chains) {
        cache->chains = malloc(sizeof *cache->chains);
    }
    if (cache->chains) {
        cache->chains->generation = generation;
        kept_owners_set(&cache->chains->owners, trust);
        memset(cache->chains->taken, 0, sizeof cache->chains->taken);
        memset(cache->chains->cuts_taken, 0, sizeof cache->chains->cuts_taken);
    }
}

/* Without memory nothing is kept. */
void kept_chain_add(struct store *store, uint64_t generation, const struct trust *trust,
                    const struct actor_id *author, unsigned links, struct bytes code, enum chain chain)
{
    struct chain_cache *cache = &store->chain_cache;

    pthread_mutex_lock(&cache->lock);
    if (!hold_still(cache->chains, generation, trust)) {
        begin_anew(cache, generation, trust);
    }
    if (cache->chains) {
        const size_t at = place_of_chain(author, links, code);
        struct kept_chain *item = &cache->chains->items[at];

        item->author = *author;
        item->links = links;
        item->chain = chain;
        item->code_size = code.size;
        if (code.size > 0) {
            memcpy(item->code, code.data, code.size);
        }
        take_place(cache->chains->taken, at);
    }
    pthread_mutex_unlock(&cache->lock);
}

/* ---- cuts ---- */

bool kept_cuts_find(struct store *store, uint64_t generation, const struct trust *trust,
                    const struct actor_id *author, struct kept_cuts *out)
{
    bool found = false;

    pthread_mutex_lock(&store->chain_cache.lock);
    if (hold_still(store->chain_cache.chains, generation, trust)) {
        const size_t at = place_of_chain(author, 0, (struct bytes){0}) % CUTS_KEPT;
        const struct kept_heads *item = &store->chain_cache.chains->cuts[at];

        found = is_taken(store->chain_cache.chains->cuts_taken, at) && actor_id_equal(&item->author, author);
        if (found) {
            *out = item->cuts;
        }
    }
    pthread_mutex_unlock(&store->chain_cache.lock);
    return found;
}

void kept_cuts_add(struct store *store, uint64_t generation, const struct trust *trust,
                   const struct actor_id *author, const struct kept_cuts *cuts)
{
    struct chain_cache *cache = &store->chain_cache;

    pthread_mutex_lock(&cache->lock);
    if (!hold_still(cache->chains, generation, trust)) {
        begin_anew(cache, generation, trust);
    }
    if (cache->chains) {
        const size_t at = place_of_chain(author, 0, (struct bytes){0}) % CUTS_KEPT;

        cache->chains->cuts[at] = (struct kept_heads){.author = *author, .cuts = *cuts};
        take_place(cache->chains->cuts_taken, at);
    }
    pthread_mutex_unlock(&cache->lock);
}

/* ---- rows ---- */

/* One place for each look-up, as for chains. */
enum { LOOKUPS_KEPT = 1024 };

struct kept_found {
    enum kept_lookup lookup;
    struct key key;
    struct kept_rows rows;
};

struct kept_lookups {
    uint64_t generation;
    uint64_t taken[LOOKUPS_KEPT / 64];
    struct kept_found items[LOOKUPS_KEPT];
};

static size_t place_of_lookup(enum kept_lookup lookup, const struct key *key)
{
    return checksum_of(lookup, key->bytes, key->size) % LOOKUPS_KEPT;
}

static bool is_of(const struct kept_found *item, enum kept_lookup lookup, const struct key *key)
{
    return item->lookup == lookup && item->key.size == key->size &&
           memcmp(item->key.bytes, key->bytes, key->size) == 0;
}

bool kept_rows_find(struct store_txn *txn, enum kept_lookup lookup, const struct key *key,
                    struct kept_rows *out)
{
    struct lookup_cache *cache = &txn->store->lookup_cache;
    uint64_t generation;
    bool kept, found = false;

    if (generation_read(txn, &generation, &kept) != STORE_OK || !kept) {
        return false;
    }
    pthread_mutex_lock(&cache->lock);
    if (cache->lookups && cache->lookups->generation == generation) {
        const size_t at = place_of_lookup(lookup, key);
        const struct kept_found *item = &cache->lookups->items[at];

        found = is_taken(cache->lookups->taken, at) && is_of(item, lookup, key);
        if (found) {
            *out = item->rows;
        }
    }
    pthread_mutex_unlock(&cache->lock);
    return found;
}

void kept_rows_add(struct store_txn *txn, enum kept_lookup lookup, const struct key *key,
                   const struct kept_rows *rows)
{
    struct lookup_cache *cache = &txn->store->lookup_cache;
    uint64_t generation;
    bool kept, fresh = false;

    if (generation_read(txn, &generation, &kept) != STORE_OK || !kept) {
        return;
    }
    pthread_mutex_lock(&cache->lock);
    if (!cache->lookups) {
        cache->lookups = malloc(sizeof *cache->lookups);
        fresh = true;
    }
    if (cache->lookups) {
        const size_t at = place_of_lookup(lookup, key);

        if (fresh || cache->lookups->generation != generation) {
            cache->lookups->generation = generation;
            memset(cache->lookups->taken, 0, sizeof cache->lookups->taken);
        }
        cache->lookups->items[at] = (struct kept_found){.lookup = lookup, .key = *key, .rows = *rows};
        take_place(cache->lookups->taken, at);
    }
    pthread_mutex_unlock(&cache->lock);
}
