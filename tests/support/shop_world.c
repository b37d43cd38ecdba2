#include "tests/support/shop_world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/log/checkpoint.h"
#include "store/consents.h"

struct affiliation world_joined(const struct store_world *world, const struct actor_id *technician,
                                const struct actor_id *shop, uint64_t n, const struct built_key *signer)
{
    struct affiliation joined = {
        .event = AFFILIATION_JOINED,
        .day = WORLD_JOINED_DAY,
        .has_consent = true,
        .consent = {.technician = *technician,
                    .shop = *shop,
                    .start_day = WORLD_JOINED_DAY,
                    .performs_repairs = true,
                    .expires_s = WORLD_CONSENT_EXPIRES_S},
        .signature = {.key = signer->key.key},
    };

    memcpy(joined.consent.nonce, &n, sizeof n);
    consent_id(&joined.id, &world->network, &joined.consent);
    sign_hash(&joined.signature.signature, &signer->secret, &joined.id);
    return joined;
}

struct affiliation world_left(const struct affiliation *joined, uint32_t day)
{
    return (struct affiliation){.id = joined->id, .event = AFFILIATION_LEFT, .day = day};
}

struct attestation world_membership(const struct actor_id *subject, const char *code)
{
    struct attestation attestation = build_attestation(subject, code, 40000, 42000);

    attestation.basis = BASIS_MEMBERSHIP;
    return attestation;
}

struct shop world_profile(const char *name)
{
    return (struct shop){.name = bytes_of_string(name),
                         .place = bytes_of_string("Austin"),
                         .state = bytes_of_string("TX"),
                         .technicians = 4,
                         .from = 40000};
}

struct statement world_statement(struct store_world *world, struct store_txn *txn,
                                 const struct actor_id *about, uint64_t seq, uint64_t index)
{
    struct statement statement = {.about = {.author = *about, .seq = seq, .index = index},
                                  .text = bytes_of_string("It was not so.")};
    size_t mark = arena_mark(&world->arena);
    struct bytes encoded;
    struct block block;
    enum store_error error = store_block_bytes(txn, about, seq, &encoded, &world->arena);
    enum reason reason;

    assert(error == STORE_OK);
    reason = block_decode(&block, &world->network, encoded, &world->arena);
    assert(reason == REASON_NONE && index < block.entry_count);
    memcpy(statement.about.prefix, block.leaves[index].bytes, sizeof statement.about.prefix);
    arena_rewind(&world->arena, mark);
    return statement;
}

void world_publish_one(struct store_world *world, struct store_txn *txn, struct world_author *author,
                       enum block_class block_class, enum entry_kind kind, const void *record,
                       uint64_t arrived_s)
{
    struct draft draft;

    world_draft(world, &draft, block_class);
    world_add(&draft, kind, record);
    world_publish(world, txn, author, &draft, arrived_s);
}

struct bytes world_sign_one(struct store_world *world, struct store_txn *txn,
                            const struct world_author *author, enum block_class block_class,
                            enum entry_kind kind, const void *record, uint64_t time_s)
{
    struct draft draft;

    world_draft(world, &draft, block_class);
    world_add(&draft, kind, record);
    return world_sign(world, txn, author, &draft, time_s);
}

void world_check_consents(struct store_world *world)
{
    bool left = true;

    while (left) {
        struct store_txn *txn = world_write(world);
        enum store_error error = store_check_consents(txn, CONSENTS_CHECKED_MAX);

        assert(error == STORE_OK);
        error = store_consents_left(txn, &left);
        assert(error == STORE_OK);
        world_commit(txn);
    }
}

void world_check_point(struct store_world *world, struct store_txn *txn, const struct world_author *author,
                       uint64_t time_s)
{
    enum { CHECKPOINT_KEY = ROLE_CHECKPOINT - ROLE_GOVERN };
    const struct built_key *key = &author->actor.built[CHECKPOINT_KEY];
    const struct checkpoint said = {
        .author = author->actor.id, .seq = author->state.seq, .head = author->state.head, .time_s = time_s};
    struct signed_checkpoint record;
    struct bytes encoded;
    uint8_t memory[512];
    bool fits;
    enum store_error error;

    assert(key->key.role == ROLE_CHECKPOINT);
    checkpoint_sign(&record, &said, &world->network, CHECKPOINT_KEY, &key->secret);
    fits = schema_encode(&signed_checkpoint_schema, &record, memory, sizeof memory, &encoded);
    assert(fits);
    error = store_put_checkpoint(txn, &author->actor.id, encoded);
    assert(error == STORE_OK);
}

struct keys_update world_new_present_key(const struct built_actor *actor, uint64_t seed,
                                         struct built_key *out, struct signing_key signing_keys[3])
{
    build_key(out, ROLE_PRESENT, seed, 0);
    signing_keys[0] = actor->signing_keys[1];
    signing_keys[1] = actor->signing_keys[2];
    signing_keys[2] = out->key;
    return (struct keys_update){
        .signing_keys = {signing_keys, 3},
        .thresholds = {.issue = 1, .checkpoint = 1, .present = 1},
        .seal_keys = actor->keys.seal_keys,
    };
}

void world_dossier(struct store_world *world, const struct trust *trust, const struct actor_id *actor,
                   uint64_t known_by_s, struct dossier *out)
{
    const struct subject subject = subject_of_actor(actor);
    struct store_txn *txn = world_read(world);
    enum store_error error =
        store_dossier(txn, &world->network, trust, &subject, (struct dossier_reach){.known_by_s = known_by_s},
                      out, &world->arena);

    assert(error == STORE_OK);
    store_end(txn);
}

struct credential_verdict world_decide(struct store_world *world, const struct trust *trust,
                                       const struct subject *subject, uint32_t day, uint64_t now_s)
{
    static uint8_t memory[32 << 20];
    const struct question question = {.network = &world->network,
                                      .at_day = day,
                                      .now_s = now_s,
                                      .known_by_s = UINT64_MAX,
                                      .budget = FRESHNESS_DEFAULT};
    struct store_txn *txn = world_read(world);
    struct credential_verdict found;
    struct dossier dossier;
    struct verdict verdict;
    struct arena arena;
    enum store_error error;
    bool fits;

    arena_init(&arena, memory, sizeof memory);
    error = store_dossier(txn, &world->network, trust, subject, DOSSIER_REACH_ALL, &dossier, &arena);
    assert(error == STORE_OK);
    fits = verdict_of(&verdict, &dossier, trust, &question, &arena);
    assert(fits && verdict.credential_count == 1);
    found = verdict.credentials[0];
    store_end(txn);
    return found;
}

static enum store_error decide(struct shop_roster *gathering, struct roster_verdict *out)
{
    bool complete;
    enum store_error error = shop_roster_add(gathering, SIZE_MAX, &complete);

    return error == STORE_OK ? shop_roster_conclude(out, gathering) : error;
}

enum store_error world_roster(const struct store_world *world, const struct actor_id *shop,
                              const struct trust *trust, const struct question *question,
                              struct roster_verdict *out, struct arena *arena)
{
    const struct subject subject = subject_of_actor(shop);
    struct dossier *dossier = arena_take(arena, sizeof *dossier);
    struct shop_roster gathering;
    enum store_error error;

    assert(dossier);
    error = dossier_of_store(dossier, world->store, &subject, trust, question, arena);
    if (error != STORE_OK) {
        return error;
    }
    error = shop_roster_begin(&gathering, world->store, dossier, trust, question, NULL, arena);
    if (error == STORE_OK) {
        error = decide(&gathering, out);
    }
    shop_roster_end(&gathering);
    return error;
}
