#include "tests/support/builders.h"

#include <assert.h>
#include <string.h>

#include "crypto/merkle.h"

/* ---- keys ---- */

static void write_number(uint8_t out[8], uint64_t number)
{
    for (size_t i = 0; i < 8; i++) {
        out[i] = (uint8_t)(number >> (56 - 8 * i));
    }
}

static void seed_of(uint8_t out[32], uint8_t purpose, uint64_t seed, uint64_t number)
{
    memset(out, 0, 32);
    out[0] = purpose;
    write_number(out + 8, seed);
    write_number(out + 16, number);
}

void build_key(struct built_key *out, enum role role, uint64_t seed, uint64_t number)
{
    struct sign_seed sign_seed;

    *out = (struct built_key){.key = {.algorithm = KEY_ED25519, .role = role}};
    seed_of(sign_seed.bytes, (uint8_t)role, seed, number);
    sign_key_pair(&out->key.key, &out->secret, &sign_seed);
}

/* Insert key into count sorted ones. */
static void insert_key(struct built_key *keys, size_t count, const struct built_key *key)
{
    size_t at = count;

    for (; at > 0 && memcmp(&keys[at - 1].key.key, &key->key.key, sizeof key->key.key) > 0; at--) {
        keys[at] = keys[at - 1];
    }
    keys[at] = *key;
}

static void build_sorted_keys(struct built_key *out, enum role role, uint64_t seed, uint64_t first,
                              size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct built_key key;

        build_key(&key, role, seed, first + i);
        insert_key(out, i, &key);
    }
}

static struct hash commitment(const struct network *network, const struct signing_key *key)
{
    uint8_t preimage[1 + sizeof key->key];
    struct hash hash;

    preimage[0] = (uint8_t)key->algorithm;
    memcpy(preimage + 1, &key->key, sizeof key->key);
    hash_bytes(&hash, label_domain(network, LABEL_NEXT_KEY), preimage, sizeof preimage);
    return hash;
}

/* Commitments are sorted by hash, whatever the order of the keys. */
static void build_next_keys(struct built_actor *actor, const struct network *network)
{
    for (size_t i = 0; i < actor->next_count; i++) {
        struct hash hash = commitment(network, &actor->next[i].key);
        size_t at = i;

        for (; at > 0 && hash_compare(&actor->next_keys[at - 1].hash, &hash) > 0; at--) {
            actor->next_keys[at] = actor->next_keys[at - 1];
        }
        actor->next_keys[at].hash = hash;
    }
}

static void build_seal_key(struct built_actor *actor, uint64_t seed)
{
    uint8_t seal_seed[32];

    seed_of(seal_seed, UINT8_MAX, seed, 0);
    actor->seal_keys[0] = (struct seal_key){.number = 1, .algorithm = SEAL_X25519};
    seal_key_pair(&actor->seal_keys[0].key, &actor->seal_secret, seal_seed);
}

void build_actor(struct built_actor *actor, const struct network *network, uint64_t seed, size_t per_role,
                 uint64_t threshold)
{
    bool fits = false;

    assert(per_role >= 1 && per_role <= BUILT_KEYS_PER_ROLE_MAX);
    memset(actor, 0, sizeof *actor);
    actor->key_count = per_role * ROLE_COUNT;
    actor->next_count = per_role;
    for (enum role role = ROLE_GOVERN; role <= ROLE_PRESENT; role++) {
        build_sorted_keys(actor->built + (role - 1) * per_role, role, seed, 0, per_role);
    }
    for (size_t i = 0; i < actor->key_count; i++) {
        actor->signing_keys[i] = actor->built[i].key;
    }
    build_sorted_keys(actor->next, ROLE_GOVERN, seed, per_role, per_role);
    build_next_keys(actor, network);
    build_seal_key(actor, seed);
    actor->keys = (struct keys){
        .signing_keys = {actor->signing_keys, actor->key_count},
        .thresholds = {threshold, threshold, threshold, threshold},
        .next_keys = {actor->next_keys, per_role},
        .next_threshold = threshold,
        .seal_keys = {actor->seal_keys, 1},
    };
    fits = schema_encode(&keys_schema, &actor->keys, actor->keys_memory, sizeof actor->keys_memory,
                         &actor->keys_record);
    assert(fits);
    actor_id_of_inception(&actor->id, network, actor->keys_record);
}

static uint64_t threshold_of(const struct built_actor *actor, enum role role)
{
    const struct thresholds *thresholds = &actor->keys.thresholds;
    const uint64_t by_role[] = {thresholds->govern, thresholds->issue, thresholds->checkpoint,
                                thresholds->present};

    return by_role[role - 1];
}

size_t build_signatures(struct indexed_signature out[SIGNATURES_MAX], const struct built_actor *actor,
                        enum role role, const struct hash *hash)
{
    uint64_t threshold = threshold_of(actor, role);
    size_t count = 0;

    for (size_t i = 0; i < actor->key_count && count < threshold; i++) {
        if (actor->built[i].key.role != role) {
            continue;
        }
        out[count].key_index = i;
        sign_hash(&out[count].signature, &actor->built[i].secret, hash);
        count++;
    }
    return count;
}

/* ---- records ---- */

struct bytes build_record(const struct schema *schema, const void *record, struct arena *arena)
{
    size_t mark = arena_mark(arena), capacity = arena->capacity - mark;
    struct bytes encoded;
    bool fits = schema_encode(schema, record, arena->memory + mark, capacity, &encoded);

    assert(fits);
    arena->used += encoded.size;
    return encoded;
}

struct attestation build_attestation(const struct actor_id *subject, const char *code, uint32_t earned_on,
                                     uint32_t last_day)
{
    return (struct attestation){
        .subject = subject_of_actor(subject),
        .code = bytes_of_string(code),
        .basis = BASIS_EXAM,
        .earned_on = earned_on,
        .valid_from = earned_on,
        .has_last_day = last_day != DAY_NONE,
        .last_day = last_day != DAY_NONE ? last_day : 0,
    };
}

/* ---- blocks ---- */

void block_builder_begin(struct block_builder *builder, const struct network *network,
                         const struct actor_id *author, enum block_class block_class)
{
    builder->network = network;
    builder->header = (struct header){.version = 1, .author = *author, .seq = 1, .block_class = block_class};
    writer_init(&builder->entries, builder->memory, sizeof builder->memory);
}

void block_builder_add_payload(struct block_builder *builder, uint64_t kind, bool critical,
                               struct bytes payload)
{
    uint64_t index = builder->header.entry_count;
    size_t start = builder->entries.size;
    uint8_t salt[ENTRY_SALT_SIZE] = {0};
    size_t salt_size = entry_class(kind) == CLASS_CONTENT ? sizeof salt : 0;

    assert(index < BLOCK_ENTRIES_MAX);
    write_number(salt, index);
    entry_write(&builder->entries, kind, critical, payload, bytes_of(salt, salt_size));
    assert(!builder->entries.overflow);
    entry_leaf(&builder->leaves[index], builder->network,
               bytes_of(builder->memory + start, builder->entries.size - start));
    builder->header.entry_count++;
}

void block_builder_add(struct block_builder *builder, enum entry_kind kind, const void *record)
{
    static uint8_t memory[RULE_PACK_SIZE_MAX];
    struct bytes payload;
    bool fits = schema_encode(entry_schema(kind), record, memory, sizeof memory, &payload);

    assert(fits);
    block_builder_add_payload(builder, kind, false, payload);
}

static enum role signing_role(enum block_class block_class)
{
    return block_class == CLASS_KEYS || block_class == CLASS_GOVERN ? ROLE_GOVERN : ROLE_ISSUE;
}

/* Put the array's head before its elements. */
static struct bytes finish_body(struct block_builder *builder)
{
    uint8_t head[3];
    struct writer writer;

    writer_init(&writer, head, sizeof head);
    writer_array(&writer, (uint32_t)builder->header.entry_count);
    assert(builder->entries.size + writer.size <= sizeof builder->memory);
    memmove(builder->memory + writer.size, builder->memory, builder->entries.size);
    memcpy(builder->memory, head, writer.size);
    return bytes_of(builder->memory, builder->entries.size + writer.size);
}

struct bytes block_builder_end(struct block_builder *builder, const struct built_actor *signer,
                               struct writer *out)
{
    struct header *header = &builder->header;
    struct indexed_signature signatures[SIGNATURES_MAX];
    struct bytes header_bytes, body = finish_body(builder);
    uint8_t header_memory[HEADER_SIZE_MAX];
    size_t signature_count = 0, start = out->size;
    struct hash hash;
    bool fits = false;

    merkle_root_in_place(&header->entries_root, label_domain(builder->network, LABEL_ENTRY_NODE),
                         builder->leaves, header->entry_count);
    fits = schema_encode(&header_schema, header, header_memory, sizeof header_memory, &header_bytes);
    assert(fits);
    header_hash(&hash, builder->network, header_bytes);
    if (signer) {
        signature_count = build_signatures(signatures, signer, signing_role(header->block_class), &hash);
    }
    fits = block_encode(out, header_bytes, signatures, signature_count, body);
    assert(fits);
    return bytes_of(out->data + start, out->size - start);
}
