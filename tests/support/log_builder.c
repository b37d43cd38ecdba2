#include "tests/support/log_builder.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- keys ---- */

static const struct built_key *ring_find(const struct key_ring *ring, const struct sign_public_key *key)
{
    for (size_t i = 0; i < ring->count; i++) {
        if (memcmp(&ring->keys[i].key.key, key, sizeof *key) == 0) {
            return &ring->keys[i];
        }
    }
    return NULL;
}

static void ring_add(struct key_ring *ring, const struct built_key *key)
{
    if (ring_find(ring, &key->key.key) != NULL) {
        return;
    }
    assert(ring->count < KEY_RING_MAX);
    ring->keys[ring->count++] = *key;
}

struct signing_key key_ring_make(struct key_ring *ring, enum role role, uint64_t seed, uint64_t number)
{
    struct built_key key;

    build_key(&key, role, seed, number);
    ring_add(ring, &key);
    return key.key;
}

void key_ring_add_actor(struct key_ring *ring, const struct built_actor *actor)
{
    for (size_t i = 0; i < actor->key_count; i++) {
        ring_add(ring, &actor->built[i]);
    }
    for (size_t i = 0; i < actor->next_count; i++) {
        ring_add(ring, &actor->next[i]);
    }
}

size_t key_ring_signers(const struct key_ring *ring, const struct key_set *set, enum role role, size_t wanted,
                        struct block_signer out[SIGNATURES_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < set->key_count && count < wanted; i++) {
        const struct built_key *key = ring_find(ring, &set->keys[i].key);

        if (set->keys[i].role == role && key != NULL) {
            out[count++] = (struct block_signer){.key_index = i, .secret = &key->secret};
        }
    }
    return count;
}

static void insert_key(struct list *list, struct signing_key *keys, const struct signing_key *key)
{
    size_t at = list->count++;

    assert(at < KEYS_MAX);
    for (; at > 0 && keys[at - 1].role == key->role && memcmp(&keys[at - 1].key, &key->key, 32) > 0; at--) {
        keys[at] = keys[at - 1];
    }
    keys[at] = *key;
    list->items = keys;
}

static void insert_commitment(struct list *list, struct next_key *next, const struct hash *hash)
{
    size_t at = list->count++;

    assert(at < BUILT_KEYS_PER_ROLE_MAX);
    for (; at > 0 && hash_compare(&next[at - 1].hash, hash) > 0; at--) {
        next[at] = next[at - 1];
    }
    next[at].hash = *hash;
    list->items = next;
}

static bool is_committed(const struct key_set *set, const struct network *network,
                         const struct signing_key *key)
{
    struct hash hash;

    next_key_hash(&hash, network, key);
    for (size_t i = 0; i < set->next_count; i++) {
        if (hash_equal(&set->next[i], &hash)) {
            return true;
        }
    }
    return false;
}

static void add_one_a_role(struct built_keys *out, struct list *list, struct key_ring *ring, uint64_t seed)
{
    for (enum role role = ROLE_ISSUE; role <= ROLE_PRESENT; role++) {
        struct signing_key key = key_ring_make(ring, role, seed, 1000);

        insert_key(list, out->signing_keys, &key);
    }
}

void build_rotation(struct built_keys *out, struct key_ring *ring, const struct key_set *set,
                    const struct network *network, uint64_t seed, size_t per_role)
{
    struct keys *keys = &out->keys;

    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < ring->count; i++) {
        if (ring->keys[i].key.role == ROLE_GOVERN && is_committed(set, network, &ring->keys[i].key)) {
            insert_key(&keys->signing_keys, out->signing_keys, &ring->keys[i].key);
        }
    }
    keys->thresholds = (struct thresholds){keys->signing_keys.count, 1, 1, 1};
    add_one_a_role(out, &keys->signing_keys, ring, seed);
    for (size_t i = 0; i < per_role; i++) {
        struct signing_key key = key_ring_make(ring, ROLE_GOVERN, seed, 2000 + i);
        struct hash hash;

        next_key_hash(&hash, network, &key);
        insert_commitment(&keys->next_keys, out->next_keys, &hash);
    }
    keys->next_threshold = per_role;
}

void build_update(struct built_keys *out, struct key_ring *ring, uint64_t seed)
{
    memset(out, 0, sizeof *out);
    add_one_a_role(out, &out->update.signing_keys, ring, seed);
    out->update.thresholds = (struct thresholds){0, 1, 1, 1};
}

/* ---- blocks ---- */

void log_builder_init(struct log_builder *builder, void *memory, size_t capacity)
{
    memset(builder, 0, sizeof *builder);
    arena_init(&builder->arena, memory, capacity);
}

void log_builder_begin(struct log_builder *builder, enum block_class block_class)
{
    draft_init(&builder->draft, block_class, builder->body, sizeof builder->body);
}

static void next_salt(uint8_t salt[ENTRY_SALT_SIZE], struct log_builder *builder)
{
    memset(salt, 0, ENTRY_SALT_SIZE);
    memcpy(salt, &builder->salt, sizeof builder->salt);
    builder->salt++;
}

void log_builder_add(struct log_builder *builder, enum entry_kind kind, const void *record)
{
    uint8_t salt[ENTRY_SALT_SIZE];
    bool added = false;

    next_salt(salt, builder);
    added = draft_add(&builder->draft, kind, record, entry_class(kind) == CLASS_CONTENT ? salt : NULL);
    assert(added);
}

void log_builder_add_payload(struct log_builder *builder, uint64_t kind, bool critical, struct bytes payload)
{
    uint8_t salt[ENTRY_SALT_SIZE];

    next_salt(salt, builder);
    entry_write(&builder->draft.body, kind, critical, payload,
                bytes_of(salt, entry_class(kind) == CLASS_CONTENT ? sizeof salt : 0));
    assert(!builder->draft.body.overflow);
    builder->draft.entry_count++;
}

/* The record of a draft that rotates. Returns: false when it does not, or is none. */
static bool draft_rotation(struct key_set *next, const struct draft *draft, struct arena *arena)
{
    size_t mark = arena_mark(arena);
    struct entry entry = {0};
    struct keys keys;
    bool rotates = draft->block_class == CLASS_KEYS &&
                   entry_decode(&entry, bytes_of(draft->body.data, draft->body.size)) == REASON_NONE &&
                   entry.kind == ENTRY_KEYS && entry_payload_decode(&keys, &entry, arena) == REASON_NONE;

    if (rotates) {
        key_set_open(next, &keys);
    }
    arena_rewind(arena, mark);
    return rotates;
}

static size_t find_signers(struct block_signer out[SIGNATURES_MAX], const struct log_builder *builder,
                           const struct memory_log *log)
{
    const struct key_set *set = &log->state.keys;
    enum role role = class_role(builder->draft.block_class);
    struct key_set next;

    if (draft_rotation(&next, &builder->draft, log->scratch)) {
        uint64_t wanted =
            next.thresholds.govern > set->next_threshold ? next.thresholds.govern : set->next_threshold;

        return key_ring_signers(&builder->ring, &next, ROLE_GOVERN, wanted, out);
    }
    return key_ring_signers(&builder->ring, set, role,
                            role == ROLE_GOVERN ? set->thresholds.govern : set->thresholds.issue, out);
}

enum reason log_builder_sign(struct bytes *out, struct log_builder *builder, const struct memory_log *log)
{
    struct block_signer signers[SIGNATURES_MAX];
    size_t count = find_signers(signers, builder, log);

    return memory_log_sign(out, log, &builder->draft, signers, count, &builder->arena);
}

uint64_t log_builder_append(struct log_builder *builder, struct memory_log *log)
{
    size_t mark = arena_mark(&builder->arena);
    struct bytes encoded = {0};
    enum reason reason = log_builder_sign(&encoded, builder, log);

    assert(reason == REASON_NONE);
    reason = memory_log_accept(log, encoded);
    assert(reason == REASON_NONE);
    arena_rewind(&builder->arena, mark);
    return log->state.seq;
}

/* ---- forging ---- */

/* The state root that a signer would find, or zero. */
static struct hash honest_root(const struct memory_log *log, const struct block *preview)
{
    struct log_change change;
    struct log_reach reach;
    struct log_past past;
    struct hash none = {0};

    if (log_reach_of(&reach, preview, log->scratch) != REASON_NONE) {
        return none;
    }
    memory_log_gather(&past, log, &reach, log->scratch);
    return log_apply(&change, &log->state, log->network, preview, &past, log->scratch) == REASON_NONE
               ? change.state_root
               : none;
}

static void write_forgery(struct writer *writer, const struct forgery *forgery, const struct network *network,
                          struct bytes body)
{
    struct indexed_signature signatures[SIGNATURES_MAX];
    uint8_t header_memory[HEADER_SIZE_MAX];
    struct bytes header_bytes;
    struct hash hash;
    bool fits =
        schema_encode(&header_schema, &forgery->header, header_memory, sizeof header_memory, &header_bytes);

    assert(fits);
    header_hash(&hash, network, header_bytes);
    for (size_t i = 0; i < forgery->signer_count; i++) {
        signatures[i].key_index = forgery->signers[i].key_index;
        sign_hash(&signatures[i].signature, forgery->signers[i].secret, &hash);
    }
    if (forgery->break_signature && forgery->signer_count > 0) {
        signatures[forgery->signer_count - 1].signature.bytes[0] ^= 1;
    }
    fits = block_encode(writer, header_bytes, signatures, forgery->signer_count, body);
    assert(fits);
}

struct bytes log_builder_forge(struct log_builder *builder, const struct memory_log *log,
                               void (*tamper)(struct forgery *forgery))
{
    size_t mark = arena_mark(log->scratch);
    struct forgery forgery = {0};
    struct block preview;
    struct writer writer;
    struct bytes out = {0};
    enum reason reason = draft_preview(&preview, &builder->draft, &log->state, log->network,
                                       builder->draft.entry_count, log->scratch);
    void *memory = arena_take(log->scratch, BLOCK_SIZE_MAX);

    assert(reason == REASON_NONE && memory != NULL);
    forgery.header = preview.header;
    forgery.header.state_root = honest_root(log, &preview);
    forgery.signer_count = find_signers(forgery.signers, builder, log);
    if (tamper != NULL) {
        tamper(&forgery);
    }
    writer_init(&writer, memory, BLOCK_SIZE_MAX);
    write_forgery(&writer, &forgery, log->network, preview.body);
    if (!arena_copy(&builder->arena, bytes_of(writer.data, writer.size), &out)) {
        abort();
    }
    arena_rewind(log->scratch, mark);
    return out;
}

/* ---- chains ---- */

void log_builder_inception(struct log_builder *builder, struct memory_log *log,
                           const struct built_actor *actor)
{
    size_t mark = arena_mark(log->scratch);
    struct writer writer;
    enum reason reason = REASON_NONE;
    uint8_t memory[KEYS_SIZE_MAX + 2 * HEADER_SIZE_MAX];

    key_ring_add_actor(&builder->ring, actor);
    writer_init(&writer, memory, sizeof memory);
    reason = block_of_inception(&writer, log->network, actor->keys_record, log->scratch);
    assert(reason == REASON_NONE && !writer.overflow);
    arena_rewind(log->scratch, mark);
    reason = memory_log_accept(log, bytes_of(memory, writer.size));
    assert(reason == REASON_NONE);
}

uint64_t log_builder_content(struct log_builder *builder, struct memory_log *log, size_t count)
{
    const struct attestation attestation = build_attestation(&log->state.author, "ase/A5", 45000, 46000);

    log_builder_begin(builder, CLASS_CONTENT);
    for (size_t i = 0; i < count; i++) {
        log_builder_add(builder, ENTRY_ATTESTATION, &attestation);
    }
    return log_builder_append(builder, log);
}

struct status build_status(uint64_t seq, struct index_range *range, uint64_t first, uint64_t last,
                           enum status_action action, uint32_t day)
{
    *range = (struct index_range){first, last};
    return (struct status){.seq = seq, .entries = {range, 1}, .action = action, .effective_day = day};
}

struct erase build_erase(uint64_t seq, struct index_range *range, uint64_t first, uint64_t last)
{
    *range = (struct index_range){first, last};
    return (struct erase){.seq = seq, .entries = {range, 1}};
}

struct void_record build_void(uint64_t first, uint64_t last, uint64_t reason)
{
    return (struct void_record){.has_range = true, .range = {first, last}, .reason = reason};
}
