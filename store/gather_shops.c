#include <stdlib.h>

#include "protocol/base/sort.h"
#include "protocol/rules/expression.h"
#include "store/erased.h"
#include "store/gather_credentials.h"

/* Shops of a technician, and what networks they are members of. She may be in any other member whose content
 * is not all here, too. */

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

/* ---- shops that may have her by what is not here ---- */

enum { LACKING_LOOKED_AT_MAX = 16384 }; /* authors with gaps */

/* Those that others than strangers speak of. */
struct lacking_shops {
    bool cut; /* there are more than have room, or are looked at */
    size_t count;
    struct actor_id items[DOSSIER_SHOPS_MAX];
};

static bool is_no_network(void *context, const struct expression *node)
{
    (void)context;
    return node->op != EXPRESSION_IN_NETWORK;
}

static bool may_ask_for_network(const struct rule_pack *pack)
{
    const struct pack_rule *rules = pack->rules.items;

    for (size_t i = 0; i < pack->rules.count; i++) {
        if (expression_may_hold(rules[i].expression, EXPRESSION_IN_NETWORK)) {
            return true;
        }
    }
    return false;
}

/* Whether an answer may hang on what network she is in. */
static bool hangs_on_network(const struct dossier *dossier, const struct expression *requirement)
{
    if (requirement && !expression_each(requirement, is_no_network, NULL)) {
        return true;
    }
    for (size_t i = 0; i < dossier->credential_count; i++) {
        if (dossier->credentials[i].attestation.has_network) {
            return true;
        }
    }
    for (size_t i = 0; i < dossier->pack_count; i++) {
        if (may_ask_for_network(&dossier->packs[i].pack)) {
            return true;
        }
    }
    return false;
}

/* Whether entries of an author are missing that no `erase` accounts for. */
static enum store_error is_missing_content(struct gather *gather, const struct actor_id *author,
                                           bool *missing)
{
    struct dossier_log log = {.known_by_seq = UINT64_MAX};
    struct disk_author row;
    enum store_error error = author_read(gather->txn, author, &row);

    if (error == STORE_OK) {
        error = gaps_fill_log(gather->txn, &row, &log);
    }
    *missing = log.incomplete;
    return error;
}

static enum store_error add_lacking(struct gather *gather, uint32_t number, struct lacking_shops *shops,
                                    struct arena *scratch)
{
    struct actor_id author;
    bool counts = false;
    enum store_error error = author_name(gather->txn, number, &author);

    if (error == STORE_OK) {
        error = is_missing_content(gather, &author, &counts);
    }
    if (error == STORE_OK && counts) {
        arena_rewind(scratch, 0);
        counts = false;
        error = is_named(gather, &author, scratch, &counts);
    }
    if (error != STORE_OK || !counts) {
        return error;
    }
    shops->cut = shops->count == DOSSIER_SHOPS_MAX;
    if (!shops->cut) {
        shops->items[shops->count++] = author;
    }
    return STORE_OK;
}

static enum store_error list_lacking(struct gather *gather, uint32_t number, struct lacking_shops *shops,
                                     struct arena *scratch)
{
    enum store_error error = STORE_OK;

    for (size_t looked_at = 0; error == STORE_OK && !shops->cut; looked_at++) {
        if (looked_at == LACKING_LOOKED_AT_MAX) {
            shops->cut = true;
            return STORE_OK;
        }
        error = add_lacking(gather, number, shops, scratch);
        if (error == STORE_OK) {
            error = gaps_next_author(gather->txn, number + 1, &number);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Of too many none is followed: which of them have the lower numbers here says nothing. */
static enum store_error follow_listed(struct gather *gather, const struct lacking_shops *shops,
                                      struct arena *scratch)
{
    enum store_error error = STORE_OK;

    if (shops->cut) {
        gather->out->cuts.affiliations = true;
        return STORE_OK;
    }
    for (size_t i = 0; i < shops->count && error == STORE_OK; i++) {
        size_t log;

        arena_rewind(scratch, 0);
        error = gather_memberships(gather, &shops->items[i], scratch);
        if (error == STORE_OK) {
            error = gather_log(gather, &shops->items[i], &log);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error follow_all_lacking(struct gather *gather, uint32_t first)
{
    const size_t size = gather_memberships_size();
    void *memory = malloc(size);
    struct lacking_shops shops = {0};
    struct arena scratch;
    enum store_error error;

    if (!memory) {
        return STORE_NO_MEMORY;
    }
    arena_init(&scratch, memory, size);
    error = list_lacking(gather, first, &shops, &scratch);
    if (error == STORE_OK) {
        error = follow_listed(gather, &shops, &scratch);
    }
    free(memory);
    return error;
}

static enum store_error follow_lacking(struct gather *gather, const struct expression *requirement)
{
    uint32_t first = 0;
    enum store_error error = gaps_next_author(gather->txn, 0, &first);

    if (error != STORE_OK || !hangs_on_network(gather->out, requirement)) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    gather->has_lacking_shops = true;
    return follow_all_lacking(gather, first);
}

enum store_error gather_lacking_shops(struct gather *gather, const struct actor_id *technician,
                                      const struct expression *requirement)
{
    return gather->has_lacking_shops || count_hers(gather->out, technician) == 0
               ? STORE_OK
               : follow_lacking(gather, requirement);
}

enum store_error gather_shops(struct gather *gather, const struct actor_id *technician,
                              const struct expression *requirement)
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
    return error == STORE_OK ? follow_lacking(gather, requirement) : error;
}
