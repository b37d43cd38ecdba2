#ifndef PROTOCOL_RULES_PRESENTATION_H
#define PROTOCOL_RULES_PRESENTATION_H

/* Challenges, presentations and the proofs in them (DESIGN section 4, presentation). Pure; the caller brings
 * times, nonces and keys, and remembers which nonces were used. */

#include "protocol/log/accept.h"

/* The hash that a signed record's signature covers. */
void challenge_hash(struct hash *out, const struct network *network, const struct challenge *challenge);
/* Requires: the presentation encodes into PRESENTATION_SIZE_MAX bytes, else returns false. scratch has that
 * many. */
bool presentation_hash(struct hash *out, const struct network *network,
                       const struct presentation *presentation, uint8_t *scratch);

/* The key set that an inception record and the key blocks after it lead to. Consecutive blocks of class keys
 * only. Returns: REASON_NONE and *state as of the last of them; else why they do not fit together, *state
 * unspecified. */
enum reason holder_keys_replay(struct log_state *state, const struct network *network,
                               const struct actor_id *actor, struct bytes inception,
                               const struct list *key_blocks, struct arena *arena);

/* Whose key signed something, as it travels with it. */
struct holder_signature {
    const struct actor_id *holder;
    struct bytes inception;
    const struct list *key_blocks; /* struct key_block */
    const struct hash *hash;
    const struct indexed_signature *signature; /* NULL: it says its key */
    const struct keyed_signature *keyed;
};

/* Whether a present key of the holder signed, of the latest keys of those carried and those known (NULL, or
 * of another actor: none are). A holder whose log has more than keys in it carries its inception alone, and
 * keys that stayed in force may sign under the number that they had in it.
 * Returns: REASON_NONE; REASON_HOLDER_KEY: the keys carried are not the holder's, or do not go with those
 * known, or the key is no longer in force; REASON_BAD_SIGNATURE: by none of them. */
enum reason holder_signature_check(const struct holder_signature *signature, const struct network *network,
                                   const struct log_state *known, struct arena *arena);

/* Whether audience signed the challenge with a present key of the inception that it carries (or of
 * known_keys, the keys this node holds for it, when not NULL). */
enum reason challenge_check(const struct signed_challenge *challenge, const struct network *network,
                            const struct key_set *known_keys, struct arena *arena);

struct presentation_terms {
    const struct actor_id *audience; /* us */
    const uint8_t *nonce;            /* 32 bytes; NULL: no challenge was given */
    uint64_t now_s;
    uint64_t skew_s; /* how far clocks may be apart: 120 */
    /* Key state that this node holds for the holder, NULL if none: a presentation by keys that a later
     * rotation replaced is refused. */
    const struct log_state *known_holder;
};

/* Check everything about a presentation that is not about its certificates: holder's key and signature, that
 * what it discloses is what its entries' claims roots stand for, audience, nonce, created and expires. One
 * without a challenge may be for anyone (a zero audience). Returns: REASON_NONE, or, the first that applies,
 *   REASON_TOO_LARGE
 *   REASON_HOLDER_KEY, REASON_BAD_SIGNATURE    as holder_signature_check
 *   REASON_CLAIM                 something is disclosed that its entry does not bear out
 *   REASON_WRONG_AUDIENCE
 *   REASON_WRONG_NONCE, REASON_NO_CHALLENGE    it answers another challenge, or none
 *   REASON_CLOCK                 made after now
 *   REASON_PRESENTATION_EXPIRED
 *   REASON_NO_CHALLENGE          all else is right, but no challenge was given: the bearer is not proven */
enum reason presentation_check(const struct signed_presentation *presentation, const struct network *network,
                               const struct presentation_terms *terms, uint8_t *scratch, struct arena *arena);

/* What a proof establishes. */
struct proven_entry {
    struct actor_id author;
    uint64_t head_seq;
    struct hash head; /* header hash of the head that the path leads to */
    struct entry_name name;
    struct hash leaf;   /* of the entry */
    struct entry entry; /* with views into the proof */
    bool content;       /* decodes as an attestation */
    struct attestation attestation;
    struct block_state state;
    size_t event_count;
    const struct history_event *events;
};

/* Follow proof to its head's state root. Checks structure and hashes, not the head's signatures.
 * Returns: REASON_NONE or REASON_PATH_MISMATCH, REASON_NOT_CONTENT (also for an erased entry), or a decoding
 * reason. */
enum reason proof_check(struct proven_entry *out, const struct entry_proof *proof, const struct list *heads,
                        const struct network *network, struct arena *arena);

/* Whether the claim is one of those that the attestation's claims root stands for (DESIGN section 4, claims).
 */
bool claim_is_of(const struct disclosed_claim *claim, const struct attestation *attestation,
                 const struct network *network);

/* Subject id of someone without keys: LABEL_CLAIM_KEY over the claim's public key. */
void claim_id_of(struct claim_id *out, const struct network *network, const struct sign_public_key *key);

/* Blinded subject: LABEL_BLINDED over actor, issuer, salt. */
void blinded_subject(struct hash *out, const struct network *network, const struct actor_id *actor,
                     const struct actor_id *issuer, const uint8_t salt[32]);

#endif
