#include "protocol/wire/tables.h"

enum {
    CLAIM_PATH_MAX = 5,  /* of CLAIMS_MAX leaves */
    LIVE_PATH_MAX = 12,  /* of BLOCK_ENTRIES_MAX leaves */
    STATE_PATH_MAX = 28, /* of BLOCK_SEQ_MAX + 1 leaves */
    PRESENTATION_CLAIMS_MAX = PRESENTATION_ITEMS_MAX * CLAIMS_MAX,
    KEY_BLOCK_SIZE_MAX = KEYS_SIZE_MAX + HEADER_SIZE_MAX + SIGNATURES_MAX * 72,
};
_Static_assert(1 << CLAIM_PATH_MAX == CLAIMS_MAX, "longest path of a claims tree");
_Static_assert(1 << LIVE_PATH_MAX == BLOCK_ENTRIES_MAX, "longest path of a live tree");
_Static_assert(1 << STATE_PATH_MAX == BLOCK_SEQ_MAX + 1, "longest path of a state tree");

/* ---- parts ---- */

static const struct field merkle_node_fields[] = {
    {REQUIRED(merkle_node, hash), FIXED(HASH_SIZE), MEANS("sibling on the way to the root")},
};

static const struct schema merkle_node_schema = {
    SCHEMA(merkle_node),
    .meaning = "One step of a path.",
};

static enum reason check_disclosed_claim(const void *record)
{
    const struct disclosed_claim *claim = record;

    return claim->index < claim->count ? REASON_NONE : REASON_INCONSISTENT;
}

static const struct field disclosed_claim_fields[] = {
    {REQUIRED(disclosed_claim, item), UINT(0, PRESENTATION_ITEMS_MAX - 1),
     MEANS("index of the proof whose entry it belongs to")},
    {REQUIRED(disclosed_claim, index), UINT(0, CLAIMS_MAX - 1), MEANS("of its leaf; below count")},
    {REQUIRED(disclosed_claim, count), UINT(1, CLAIMS_MAX), MEANS("leaves of that claims tree")},
    {REQUIRED(disclosed_claim, label), TEXT(1, CLAIM_LABEL_SIZE_MAX, NULL), MEANS("what is claimed")},
    {REQUIRED(disclosed_claim, value), TEXT(0, CLAIM_VALUE_SIZE_MAX, NULL), MEANS("its value")},
    {REQUIRED(disclosed_claim, salt), FIXED(32), MEANS("keeps the value from being guessed")},
    {REQUIRED(disclosed_claim, path), LIST(merkle_node, 0, CLAIM_PATH_MAX), MEANS("from the leaf upward")},
};

static const struct schema disclosed_claim_schema = {
    SCHEMA(disclosed_claim),
    .meaning = "One claim opened: a leaf of the claims tree.",
    .check = check_disclosed_claim,
};

static enum reason check_entry_proof(const void *record)
{
    const struct entry_proof *proof = record;

    return proof->index < proof->state.entry_count ? REASON_NONE : REASON_INCONSISTENT;
}

static void arrange_entry_proof(void *record)
{
    struct entry_proof *proof = record;

    proof->index %= proof->state.entry_count;
}

static const struct field entry_proof_fields[] = {
    {REQUIRED(entry_proof, entry), BIN(1, RULE_PACK_SIZE_MAX),
     MEANS("the entry's own bytes, as in the body")},
    {REQUIRED(entry_proof, index), ENTRY_INDEX, MEANS("of the entry; below the state's entry_count")},
    {REQUIRED(entry_proof, history), LIST(history_event, 0, HISTORY_EVENTS_MAX), MEANS("oldest first")},
    {REQUIRED(entry_proof, live_path), LIST(merkle_node, 0, LIVE_PATH_MAX),
     MEANS("from the live leaf upward")},
    {REQUIRED(entry_proof, state), RECORD(block_state), MEANS("of the entry's block")},
    {REQUIRED(entry_proof, state_path), LIST(merkle_node, 0, STATE_PATH_MAX),
     MEANS("from the state leaf upward")},
    {REQUIRED(entry_proof, head), UINT(0, PRESENTATION_ITEMS_MAX - 1),
     MEANS("index of the head that it leads to")},
    {OPTIONAL(entry_proof, blinding, has_blinding), FIXED(32), MEANS("opens a blinded subject")},
};

static const struct schema entry_proof_schema = {
    SCHEMA(entry_proof),
    .meaning = "Proof that an entry is in a log, how it stands and how it stood.",
    .check = check_entry_proof,
    .arrange = arrange_entry_proof,
};

static const struct field proof_head_fields[] = {
    {REQUIRED(proof_head, header), BIN(1, HEADER_SIZE_MAX), MEANS("header record, as signed")},
    {REQUIRED(proof_head, signatures), LIST(indexed_signature, 0, SIGNATURES_MAX), SORTED(order_signatures),
     MEANS("ascending by key index; none for block 0")},
};

static const struct schema proof_head_schema = {
    SCHEMA(proof_head),
    .meaning = "A header that paths lead to.",
};

static const struct field key_block_fields[] = {
    {REQUIRED(key_block, block), BIN(1, KEY_BLOCK_SIZE_MAX), MEANS("a whole block of class keys")},
};

static const struct schema key_block_schema = {
    SCHEMA(key_block),
    .meaning = "One step of a key history.",
};

/* ---- challenge ---- */

static const struct field challenge_fields[] = {
    {REQUIRED(challenge, audience), FIXED(HASH_SIZE), MEANS("actor who asks")},
    {REQUIRED(challenge, audience_keys), BIN(1, KEYS_SIZE_MAX), MEANS("its inception keys record")},
    {REQUIRED(challenge, nonce), FIXED(32), MEANS("random; an answer repeats it")},
    {REQUIRED(challenge, created_s), TIME, MEANS("when it was made")},
    {REQUIRED(challenge, expires_s), TIME, MEANS("until when it may be answered")},
    {REQUIRED(challenge, requirement), TEXT(0, REQUIREMENT_SIZE_MAX, NULL),
     MEANS("codes asked for; may be empty")},
};

const struct schema challenge_schema = {
    SCHEMA(challenge),
    EXTENSIBLE(challenge),
    .meaning = "An audience asks for a presentation.",
};

static const struct field signed_challenge_fields[] = {
    {REQUIRED(signed_challenge, challenge), RECORD(challenge), MEANS("what is signed, as tp.challenge")},
    {REQUIRED(signed_challenge, signature), RECORD(indexed_signature),
     MEANS("by a present key of the audience")},
};

const struct schema signed_challenge_schema = {
    SCHEMA(signed_challenge),
    .meaning = "A challenge and its signature.",
};

/* ---- presentation ---- */

static bool heads_exist(const struct list *proofs, const struct list *heads)
{
    const struct entry_proof *items = proofs->items;

    for (size_t i = 0; i < proofs->count; i++) {
        if (items[i].head >= heads->count) {
            return false;
        }
    }
    return true;
}

static void arrange_proofs(struct list *proofs, const struct list *heads)
{
    struct entry_proof *items = (struct entry_proof *)proofs->items;

    if (heads->count == 0) {
        proofs->count = 0;
    }
    for (size_t i = 0; i < proofs->count; i++) {
        items[i].head %= heads->count;
    }
}

static bool proofs_exist(const struct list *claims, const struct list *proofs)
{
    const struct disclosed_claim *items = claims->items;

    for (size_t i = 0; i < claims->count; i++) {
        if (items[i].item >= proofs->count) {
            return false;
        }
    }
    return true;
}

static void arrange_claims(struct list *claims, const struct list *proofs)
{
    struct disclosed_claim *items = (struct disclosed_claim *)claims->items;

    if (proofs->count == 0) {
        claims->count = 0;
    }
    for (size_t i = 0; i < claims->count; i++) {
        items[i].item %= proofs->count;
    }
}

static enum reason check_presentation(const void *record)
{
    const struct presentation *presentation = record;

    return heads_exist(&presentation->proofs, &presentation->heads) &&
                   proofs_exist(&presentation->claims, &presentation->proofs)
               ? REASON_NONE
               : REASON_INCONSISTENT;
}

static void arrange_presentation(void *record)
{
    struct presentation *presentation = record;

    arrange_proofs(&presentation->proofs, &presentation->heads);
    arrange_claims(&presentation->claims, &presentation->proofs);
}

static const struct field presentation_fields[] = {
    {REQUIRED(presentation, holder), FIXED(HASH_SIZE), MEANS("actor who signs")},
    {REQUIRED(presentation, holder_keys), BIN(1, KEYS_SIZE_MAX), MEANS("its inception keys record")},
    {REQUIRED(presentation, holder_blocks), LIST(key_block, 0, PRESENTATION_KEY_BLOCKS_MAX),
     MEANS("what followed, in order")},
    {REQUIRED(presentation, audience), FIXED(HASH_SIZE), MEANS("actor whom it is for; zero: for anyone")},
    {REQUIRED(presentation, nonce), FIXED(32), MEANS("of the challenge; zero: bearer not proven")},
    {REQUIRED(presentation, created_s), TIME, MEANS("when it was made")},
    {REQUIRED(presentation, expires_s), TIME, MEANS("until when it speaks")},
    {REQUIRED(presentation, names), LIST(entry_name, 0, PRESENTATION_ITEMS_MAX),
     MEANS("entries that the verifier is to look up")},
    {REQUIRED(presentation, heads), LIST(proof_head, 0, PRESENTATION_ITEMS_MAX),
     MEANS("that the proofs lead to")},
    {REQUIRED(presentation, proofs), LIST(entry_proof, 0, PRESENTATION_ITEMS_MAX),
     MEANS("entries and their paths; each head is in heads")},
    {REQUIRED(presentation, claims), LIST(disclosed_claim, 0, PRESENTATION_CLAIMS_MAX),
     MEANS("what is disclosed of entries in proofs")},
};

const struct schema presentation_schema = {
    SCHEMA(presentation),
    EXTENSIBLE(presentation),
    .meaning = "A holder shows entries. A reference has names only, a standard one proofs and their heads.",
    .encoded_size_max = PRESENTATION_SIZE_MAX,
    .check = check_presentation,
    .arrange = arrange_presentation,
};

static const struct field signed_presentation_fields[] = {
    {REQUIRED(signed_presentation, presentation), RECORD(presentation),
     MEANS("what is signed, as tp.present")},
    {REQUIRED(signed_presentation, signature), RECORD(indexed_signature),
     MEANS("by a present key of the holder")},
};

const struct schema signed_presentation_schema = {
    SCHEMA(signed_presentation),
    .meaning = "A presentation and its signature.",
};

/* ---- certificate_file ---- */

static enum reason check_certificate_file(const void *record)
{
    const struct certificate_file *file = record;

    return heads_exist(&file->proofs, &file->heads) ? REASON_NONE : REASON_INCONSISTENT;
}

static void arrange_certificate_file(void *record)
{
    struct certificate_file *file = record;

    arrange_proofs(&file->proofs, &file->heads);
}

static const struct field certificate_file_fields[] = {
    {REQUIRED(certificate_file, subject), RECORD(subject), MEANS("whose entries these are")},
    {REQUIRED(certificate_file, heads), LIST(proof_head, 0, PRESENTATION_ITEMS_MAX),
     MEANS("that the proofs lead to")},
    {REQUIRED(certificate_file, proofs), LIST(entry_proof, 0, PRESENTATION_ITEMS_MAX),
     MEANS("entries and their paths; each head is in heads")},
};

const struct schema certificate_file_schema = {
    SCHEMA(certificate_file),
    EXTENSIBLE(certificate_file),
    .meaning = "What a node hands a technician, signed by nobody but the issuers.",
    .encoded_size_max = PRESENTATION_SIZE_MAX,
    .check = check_certificate_file,
    .arrange = arrange_certificate_file,
};

/* ---- consent ---- */

static const struct field signed_consent_fields[] = {
    {REQUIRED(signed_consent, consent), RECORD(consent), MEANS("what is signed, as tp.consent")},
    {REQUIRED(signed_consent, signature), RECORD(keyed_signature),
     MEANS("by a present key of the technician")},
    {REQUIRED(signed_consent, technician_keys), BIN(1, KEYS_SIZE_MAX),
     MEANS("the technician's inception keys record")},
    {REQUIRED(signed_consent, technician_blocks), LIST(key_block, 0, PRESENTATION_KEY_BLOCKS_MAX),
     MEANS("what followed, in order")},
};

const struct schema signed_consent_schema = {
    SCHEMA(signed_consent),
    .meaning = "A consent, its signature and the keys that check it: what a technician hands a shop.",
};
