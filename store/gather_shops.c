#include <stdlib.h>

#include "protocol/base/sort.h"
#include "store/gather_credentials.h"

/* Shops of a technician, and what networks they are members of. */

/* A shop that says so itself that she joined. */
struct her_shop {
    struct actor_id actor;
    int proof; /* how far her consent is proven: 0 by a key of hers, 2 by one that nobody knows for hers */
};

struct her_shops {
    size_t count;
    struct her_shop *items;
};

static int proof_of(enum reason signature)
{
    return signature == REASON_NONE ? 0 : signature == REASON_CONSENT_KEY ? 2 : 1;
}

static int order_actors(const void *a, const void *b)
{
    const struct her_shop *left = a;
    const struct her_shop *right = b;
    const int order = hash_compare(&left->actor.hash, &right->actor.hash);

    return order != 0 ? order : left->proof - right->proof;
}

static int order_proofs(const void *a, const void *b)
{
    const struct her_shop *left = a;
    const struct her_shop *right = b;

    return left->proof != right->proof ? left->proof - right->proof : order_actors(a, b);
}

/* A forged consent says nothing of anybody. */
static bool is_hers(const struct dossier_affiliation *row, const struct actor_id *technician)
{
    return row->signature != REASON_BAD_SIGNATURE &&
           actor_id_equal(&row->affiliation.consent.technician, technician);
}

static size_t count_hers(const struct dossier *dossier, const struct actor_id *technician)
{
    size_t count = 0;

    for (size_t i = 0; i < dossier->affiliation_count; i++) {
        count += is_hers(&dossier->affiliations[i], technician);
    }
    return count;
}

/* Each once, by the best of her consents, in an order that is the same at every node. Requires: room for all
 * that are hers. */
static void list_shops(struct her_shops *shops, const struct dossier *dossier,
                       const struct actor_id *technician)
{
    size_t said = 0;

    for (size_t i = 0; i < dossier->affiliation_count; i++) {
        const struct dossier_affiliation *row = &dossier->affiliations[i];

        if (is_hers(row, technician)) {
            shops->items[said++] =
                (struct her_shop){.actor = row->affiliation.consent.shop, .proof = proof_of(row->signature)};
        }
    }
    sort_items(shops->items, said, sizeof shops->items[0], order_actors);
    shops->count = 0;
    for (size_t i = 0; i < said; i++) {
        const struct her_shop *last = shops->count > 0 ? &shops->items[shops->count - 1] : NULL;

        if (!last || !actor_id_equal(&last->actor, &shops->items[i].actor)) {
            shops->items[shops->count++] = shops->items[i];
        }
    }
    sort_items(shops->items, shops->count, sizeof shops->items[0], order_proofs);
}

/* Whether anybody but strangers says anything of a shop on its chain, or may. */
static enum store_error is_named_on_chain(struct gather *gather, const struct subject *shop,
                                          struct arena *scratch, bool *named)
{
    uint64_t *places;
    size_t count;
    enum store_error error = index_find(gather->txn, shop, NULL, &places, &count, named, scratch);

    for (size_t i = 0; i < count && error == STORE_OK && !*named; i++) {
        bool stranger = true;

        if (i == 0 || place_author(places[i]) != place_author(places[i - 1])) {
            error = gather_is_stranger(gather, place_author(places[i]), &stranger);
        }
        *named = !stranger;
    }
    return error;
}

static enum store_error is_named_beside(struct gather *gather, const struct key *about, struct arena *scratch,
                                        bool *named)
{
    uint32_t *speakers;
    size_t count;
    enum store_error error = grants_speakers(gather->txn, TABLE_SIDE_ENTRIES, about, ACCREDITORS_NAMED_MAX,
                                             &speakers, &count, named, scratch);

    for (size_t i = 0; i < count && error == STORE_OK && !*named; i++) {
        bool stranger = true;

        error = gather_is_stranger(gather, speakers[i], &stranger);
        *named = !stranger;
    }
    return error;
}

/* The same of chains and side branches. */
static enum store_error is_named(struct gather *gather, const struct actor_id *shop, struct arena *scratch,
                                 bool *named)
{
    const struct subject subject = subject_of_actor(shop);
    const struct key attested = grant_key_of_affiliation(GRANT_ATTESTED, &subject.id);
    const struct key given = grant_key_of_affiliation(GRANT_HELD_BY, &subject.id);
    enum store_error error = is_named_on_chain(gather, &subject, scratch, named);

    if (error == STORE_OK && !*named) {
        error = is_named_beside(gather, &attested, scratch, named);
    }
    if (error == STORE_OK && !*named) {
        error = is_named_beside(gather, &given, scratch, named);
    }
    return error;
}

/* Of more shops than there is room for, those of which strangers alone speak hold nothing that counts:
 * whoever makes them up, and keys with them, must neither crowd out others nor make anything unknown. */
static enum store_error follow_shops(struct gather *gather, const struct her_shops *shops,
                                     struct arena *scratch)
{
    size_t followed = 0;
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < shops->count && error == STORE_OK; i++) {
        const struct actor_id *shop = &shops->items[i].actor;
        bool counts = shops->count <= DOSSIER_SHOPS_MAX;

        arena_rewind(scratch, 0);
        if (!counts) {
            error = is_named(gather, shop, scratch, &counts);
            arena_rewind(scratch, 0);
        }
        if (error != STORE_OK || !counts) {
            continue;
        }
        if (followed++ == DOSSIER_SHOPS_MAX) {
            gather->out->cuts.affiliations = true;
            return STORE_OK;
        }
        error = gather_memberships(gather, shop, scratch);
    }
    return error;
}

enum store_error gather_shops(struct gather *gather, const struct actor_id *technician)
{
    const size_t found_size = gather_memberships_size();
    const size_t list_size = count_hers(gather->out, technician) * sizeof(struct her_shop);
    struct her_shops shops = {0};
    struct arena scratch;
    void *memory;
    enum store_error error;

    if (list_size == 0) {
        return STORE_OK;
    }
    memory = malloc(found_size + list_size);
    if (!memory) {
        return STORE_NO_MEMORY;
    }
    arena_init(&scratch, memory, found_size);
    shops.items = (struct her_shop *)(void *)((uint8_t *)memory + found_size);
    list_shops(&shops, gather->out, technician);
    error = follow_shops(gather, &shops, &scratch);
    free(memory);
    return error;
}
