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

/* ---- chains ---- */

/* One place for each author, by the first bytes of its id: whoever comes later takes it. */
enum { CHAINS_KEPT = 4096 };

struct kept_chain {
    struct actor_id author;
    bool used;
    enum chain chain;
};

struct kept_chains {
    uint64_t generation;
    struct kept_owners owners;
    struct kept_chain items[CHAINS_KEPT];
};

static struct kept_chain *place_of_author(struct kept_chains *chains, const struct actor_id *author)
{
    uint32_t first;

    memcpy(&first, author->hash.bytes, sizeof first);
    return &chains->items[first % CHAINS_KEPT];
}

static bool hold_still(const struct kept_chains *chains, uint64_t generation, const struct trust *trust)
{
    return chains && chains->generation == generation && kept_owners_are(&chains->owners, trust);
}

bool kept_chain_find(struct store *store, uint64_t generation, const struct trust *trust,
                     const struct actor_id *author, enum chain *out)
{
    bool found = false;

    pthread_mutex_lock(&store->chain_cache.lock);
    if (hold_still(store->chain_cache.chains, generation, trust)) {
        const struct kept_chain *item = place_of_author(store->chain_cache.chains, author);

        found = item->used && actor_id_equal(&item->author, author);
        *out = item->chain;
    }
    pthread_mutex_unlock(&store->chain_cache.lock);
    return found;
}

static void begin_anew(struct chain_cache *cache, uint64_t generation, const struct trust *trust)
{
    free(cache->chains);
    cache->chains = calloc(1, sizeof *cache->chains);
    if (cache->chains) {
        cache->chains->generation = generation;
        kept_owners_set(&cache->chains->owners, trust);
    }
}

/* Without memory nothing is kept. */
void kept_chain_add(struct store *store, uint64_t generation, const struct trust *trust,
                    const struct actor_id *author, enum chain chain)
{
    struct chain_cache *cache = &store->chain_cache;

    pthread_mutex_lock(&cache->lock);
    if (!hold_still(cache->chains, generation, trust)) {
        begin_anew(cache, generation, trust);
    }
    if (cache->chains) {
        *place_of_author(cache->chains, author) =
            (struct kept_chain){.author = *author, .used = true, .chain = chain};
    }
    pthread_mutex_unlock(&cache->lock);
}

/* ---- rows ---- */

/* One place for each look-up, as for chains. */
enum { LOOKUPS_KEPT = 1024 };

struct kept_found {
    bool used;
    enum kept_lookup lookup;
    struct key key;
    struct kept_rows rows;
};

struct kept_lookups {
    uint64_t generation;
    struct kept_found items[LOOKUPS_KEPT];
};

static struct kept_found *place_of_lookup(struct kept_lookups *lookups, enum kept_lookup lookup,
                                          const struct key *key)
{
    return &lookups->items[checksum_of(lookup, key->bytes, key->size) % LOOKUPS_KEPT];
}

static bool is_of(const struct kept_found *item, enum kept_lookup lookup, const struct key *key)
{
    return item->used && item->lookup == lookup && item->key.size == key->size &&
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
        const struct kept_found *item = place_of_lookup(cache->lookups, lookup, key);

        found = is_of(item, lookup, key);
        *out = item->rows;
    }
    pthread_mutex_unlock(&cache->lock);
    return found;
}

void kept_rows_add(struct store_txn *txn, enum kept_lookup lookup, const struct key *key,
                   const struct kept_rows *rows)
{
    struct lookup_cache *cache = &txn->store->lookup_cache;
    uint64_t generation;
    bool kept;

    if (generation_read(txn, &generation, &kept) != STORE_OK || !kept) {
        return;
    }
    pthread_mutex_lock(&cache->lock);
    if (!cache->lookups || cache->lookups->generation != generation) {
        free(cache->lookups);
        cache->lookups = calloc(1, sizeof *cache->lookups);
    }
    if (cache->lookups) {
        cache->lookups->generation = generation;
        *place_of_lookup(cache->lookups, lookup, key) =
            (struct kept_found){.used = true, .lookup = lookup, .key = *key, .rows = *rows};
    }
    pthread_mutex_unlock(&cache->lock);
}
