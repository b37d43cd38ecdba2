#include "protocol/rules/presentation.h"

#include <assert.h>
#include <string.h>

enum {
    /* Block 0 around an inception record. */
    INCEPTION_BLOCK_SIZE_MAX = KEYS_SIZE_MAX + HEADER_SIZE_MAX + 64,
    /* A challenge with the largest inception, requirement and extensions. */
    CHALLENGE_SIZE_MAX =
        KEYS_SIZE_MAX + REQUIREMENT_SIZE_MAX + EXTENSIONS_MAX * (EXTENSION_SIZE_MAX + 16) + 256,
};

void challenge_hash(struct hash *out, const struct network *network, const struct challenge *challenge)
{
    uint8_t memory[CHALLENGE_SIZE_MAX];
    struct bytes encoded;
    bool fits = schema_encode(&challenge_schema, challenge, memory, sizeof memory, &encoded);
    assert(fits);
    hash_bytes(out, label_domain(network, LABEL_CHALLENGE), encoded.data, encoded.size);
}

bool presentation_hash(struct hash *out, const struct network *network,
                       const struct presentation *presentation, uint8_t *scratch)
{
    struct bytes encoded;
    if (!schema_encode(&presentation_schema, presentation, scratch, PRESENTATION_SIZE_MAX, &encoded)) {
        return false;
    }
    hash_bytes(out, label_domain(network, LABEL_PRESENTATION), encoded.data, encoded.size);
    return true;
}

void claim_id_of(struct claim_id *out, const struct network *network, const struct sign_public_key *key)
{
    hash_bytes(&out->hash, label_domain(network, LABEL_CLAIM_KEY), key->bytes, sizeof key->bytes);
}

void blinded_subject(struct hash *out, const struct network *network, const struct actor_id *actor,
                     const struct actor_id *issuer, const uint8_t salt[32])
{
    struct hash_stream stream;
    hash_stream_init(&stream, label_domain(network, LABEL_BLINDED));
    hash_stream_add(&stream, actor->hash.bytes, HASH_SIZE);
    hash_stream_add(&stream, issuer->hash.bytes, HASH_SIZE);
    hash_stream_add(&stream, salt, 32);
    hash_stream_end(&stream, out);
}

/* ---- key histories ---- */

static enum reason keys_advance(struct log_state *state, const struct block *block, struct arena *arena)
{
    uint64_t epoch = state->epoch;
    enum reason reason = log_advance_keys(&state->keys, &state->epoch, block, arena);
    if (reason != REASON_NONE) {
        return reason;
    }
    if (state->epoch != epoch) {
        state->epoch_first_seq = block->header.seq;
    }
    state->seq = block->header.seq;
    state->head = block->hash;
    return REASON_NONE;
}

static enum reason inception_replay(struct log_state *state, const struct network *network,
                                    const struct actor_id *actor, struct bytes inception, struct arena *arena)
{
    uint8_t memory[INCEPTION_BLOCK_SIZE_MAX];
    struct writer writer;
    struct bytes encoded;
    struct block block;
    writer_init(&writer, memory, sizeof memory);
    enum reason reason = block_of_inception(&writer, network, inception, arena);
    if (reason != REASON_NONE) {
        return reason;
    }
    if (!writer_end(&writer, &encoded)) {
        return REASON_TOO_LARGE;
    }
    reason = block_decode(&block, network, encoded, arena);
    if (reason != REASON_NONE) {
        return reason;
    }
    if (!actor_id_equal(&block.header.author, actor)) {
        return REASON_BAD_INCEPTION;
    }
    *state = (struct log_state){.author = *actor};
    return keys_advance(state, &block, arena);
}

static enum reason key_block_replay(struct log_state *state, const struct network *network,
                                    struct bytes encoded, struct arena *arena)
{
    struct block block;
    enum reason reason = block_decode(&block, network, encoded, arena);
    if (reason != REASON_NONE) {
        return reason;
    }
    if (block.header.block_class != CLASS_KEYS) {
        return REASON_ENTRY_CLASS;
    }
    reason = log_check(state, network, &block, arena);
    return reason == REASON_NONE ? keys_advance(state, &block, arena) : reason;
}

enum reason holder_keys_replay(struct log_state *state, const struct network *network,
                               const struct actor_id *actor, struct bytes inception,
                               const struct list *key_blocks, struct arena *arena)
{
    const struct key_block *blocks = key_blocks->items;
    size_t mark = arena_mark(arena);
    enum reason reason = inception_replay(state, network, actor, inception, arena);
    arena_rewind(arena, mark);
    for (size_t i = 0; i < key_blocks->count && reason == REASON_NONE; i++) {
        reason = key_block_replay(state, network, blocks[i].block, arena);
        arena_rewind(arena, mark);
    }
    return reason;
}

/* ---- signatures ---- */

static bool is_signed(const struct holder_signature *signature, const struct key_set *set)
{
    const struct keyed_signature *keyed = signature->keyed;
    if (signature->signature != NULL) {
        return key_set_check(set, ROLE_PRESENT, signature->hash, signature->signature, 1) == REASON_NONE;
    }
    return key_set_has(set, ROLE_PRESENT, &keyed->key) &&
           sign_verify(&keyed->signature, &keyed->key, signature->hash);
}

/* Requires: it is signed by set. */
static const struct sign_public_key *signing_key_of(const struct holder_signature *signature,
                                                    const struct key_set *set)
{
    return signature->signature != NULL ? &set->keys[signature->signature->key_index].key
                                        : &signature->keyed->key;
}

/* Whether the carried history, which reaches as far as known or further, goes through its head. */
static bool passes_through(const struct log_state *known, const struct holder_signature *signature,
                           const struct network *network, struct arena *arena)
{
    const struct list first = {.items = signature->key_blocks->items, .count = (size_t)known->seq};
    struct log_state state;
    return holder_keys_replay(&state, network, signature->holder, signature->inception, &first, arena) ==
               REASON_NONE &&
           hash_equal(&state.head, &known->head);
}

enum reason holder_signature_check(const struct holder_signature *signature, const struct network *network,
                                   const struct log_state *known, struct arena *arena)
{
    struct log_state carried;
    if (known != NULL && !actor_id_equal(&known->author, signature->holder)) {
        known = NULL;
    }
    if (holder_keys_replay(&carried, network, signature->holder, signature->inception, signature->key_blocks,
                           arena) != REASON_NONE) {
        return REASON_HOLDER_KEY;
    }
    bool known_is_later = known != NULL && known->seq > carried.seq;
    if (known_is_later && is_signed(signature, &known->keys)) {
        return REASON_NONE;
    }
    if (!is_signed(signature, &carried.keys)) {
        return REASON_BAD_SIGNATURE;
    }
    bool current = known_is_later
                       ? key_set_has(&known->keys, ROLE_PRESENT, signing_key_of(signature, &carried.keys))
                       : known == NULL || passes_through(known, signature, network, arena);
    return current ? REASON_NONE : REASON_HOLDER_KEY;
}

/* ---- challenges ---- */

enum reason challenge_check(const struct signed_challenge *challenge, const struct network *network,
                            const struct key_set *known_keys, struct arena *arena)
{
    const struct list no_blocks = {0};
    struct log_state state;
    struct hash hash;
    enum reason reason = holder_keys_replay(&state, network, &challenge->challenge.audience,
                                            challenge->challenge.audience_keys, &no_blocks, arena);
    if (reason != REASON_NONE) {
        return reason;
    }
    challenge_hash(&hash, network, &challenge->challenge);
    return key_set_check(known_keys != NULL ? known_keys : &state.keys, ROLE_PRESENT, &hash,
                         &challenge->signature, 1);
}

/* ---- presentations ---- */

static enum reason signature_check(const struct signed_presentation *presentation,
                                   const struct network *network, const struct log_state *known,
                                   uint8_t *scratch, struct arena *arena)
{
    const struct presentation *covered = &presentation->presentation;
    struct hash hash;
    const struct holder_signature signature = {.holder = &covered->holder,
                                               .inception = covered->holder_keys,
                                               .key_blocks = &covered->holder_blocks,
                                               .hash = &hash,
                                               .signature = &presentation->signature};
    if (!presentation_hash(&hash, network, covered, scratch)) {
        return REASON_TOO_LARGE;
    }
    return holder_signature_check(&signature, network, known, arena);
}

static enum reason terms_check(const struct presentation *presentation,
                               const struct presentation_terms *terms)
{
    bool for_anyone = terms->nonce == NULL && hash_is_zero(&presentation->audience.hash);
    if (!for_anyone && !actor_id_equal(&presentation->audience, terms->audience)) {
        return REASON_WRONG_AUDIENCE;
    }
    if (terms->nonce != NULL && memcmp(presentation->nonce, terms->nonce, sizeof presentation->nonce) != 0) {
        return sodium_is_zero(presentation->nonce, sizeof presentation->nonce) ? REASON_NO_CHALLENGE
                                                                               : REASON_WRONG_NONCE;
    }
    if (presentation->created_s > terms->now_s + terms->skew_s) {
        return REASON_CLOCK;
    }
    if (presentation->expires_s + terms->skew_s < terms->now_s) {
        return REASON_PRESENTATION_EXPIRED;
    }
    return terms->nonce != NULL ? REASON_NONE : REASON_NO_CHALLENGE;
}

/* Whether the entry that a claim belongs to bears it out. */
static bool is_borne_out(const struct disclosed_claim *claim, const struct entry_proof *proof,
                         const struct network *network, struct arena *arena)
{
    size_t mark = arena_mark(arena);
    struct attestation attestation;
    struct entry entry;
    bool is = entry_decode(&entry, proof->entry) == REASON_NONE && entry.kind == ENTRY_ATTESTATION &&
              entry_payload_decode(&attestation, &entry, arena) == REASON_NONE &&
              claim_is_of(claim, &attestation, network);
    arena_rewind(arena, mark);
    return is;
}

static enum reason claims_check(const struct presentation *presentation, const struct network *network,
                                struct arena *arena)
{
    const struct disclosed_claim *claims = presentation->claims.items;
    const struct entry_proof *proofs = presentation->proofs.items;
    for (size_t i = 0; i < presentation->claims.count; i++) {
        if (!is_borne_out(&claims[i], &proofs[claims[i].item], network, arena)) {
            return REASON_CLAIM;
        }
    }
    return REASON_NONE;
}

enum reason presentation_check(const struct signed_presentation *presentation, const struct network *network,
                               const struct presentation_terms *terms, uint8_t *scratch, struct arena *arena)
{
    enum reason reason = signature_check(presentation, network, terms->known_holder, scratch, arena);
    if (reason == REASON_NONE) {
        reason = claims_check(&presentation->presentation, network, arena);
    }
    return reason == REASON_NONE ? terms_check(&presentation->presentation, terms) : reason;
}
