#include "protocol/wire/tables.h"

/* ---- header ---- */

static enum reason check_header(const void *record)
{
    const struct header *header = record;

    if (header->block_class == CLASS_KEYS && header->entry_count != 1) {
        return REASON_INCONSISTENT;
    }
    return REASON_NONE;
}

/* Any one extension fits into HEADER_SIZE_MAX, more may not. */
static void arrange_header(void *record)
{
    struct header *header = record;

    if (header->block_class == CLASS_KEYS) {
        header->entry_count = 1;
    }
    if (header->extensions.count > 1) {
        header->extensions.count = 1;
    }
}

static const struct field header_fields[] = {
    {REQUIRED(header, version), UINT(1, 1), MEANS("of the state rules")},
    {REQUIRED(header, author), FIXED(HASH_SIZE), MEANS("actor whose log this is")},
    {REQUIRED(header, epoch), EPOCH, MEANS("rotations before this block, itself included")},
    {REQUIRED(header, seq), SEQ, MEANS("blocks before this one")},
    {REQUIRED(header, previous), FIXED(HASH_SIZE), MEANS("header hash of the block before; zero in block 0")},
    {REQUIRED(header, time_s), TIME, MEANS("the signer's claim, UTC seconds since 1970: proves nothing")},
    {REQUIRED(header, block_class), ENUM(CLASS_KEYS, CLASS_CONTENT),
     MEANS("1 keys, 2 govern, 3 status, 4 content")},
    {REQUIRED(header, entry_count), UINT(1, BLOCK_ENTRIES_MAX),
     MEANS("entries in the body; 1 in class keys")},
    {REQUIRED(header, entries_root), FIXED(HASH_SIZE), MEANS("root of the entries tree")},
    {REQUIRED(header, state_root), FIXED(HASH_SIZE), MEANS("root of the state tree after this block")},
};

const struct schema header_schema = {
    SCHEMA(header),
    EXTENSIBLE(header),
    .meaning = "What is signed of a block.",
    .encoded_size_max = HEADER_SIZE_MAX,
    .check = check_header,
    .arrange = arrange_header,
};

/* ---- state ---- */

static const struct field block_state_fields[] = {
    {REQUIRED(block_state, epoch), EPOCH, MEANS("of the block")},
    {REQUIRED(block_state, seq), SEQ, MEANS("of the block")},
    {REQUIRED(block_state, previous), FIXED(HASH_SIZE),
     MEANS("header hash of the block before; zero in block 0")},
    {REQUIRED(block_state, entry_count), UINT(1, BLOCK_ENTRIES_MAX), MEANS("leaves of its live tree")},
    {REQUIRED(block_state, standing), ENUM(STANDING_GOOD, STANDING_VOID), MEANS("0 good, 1 void")},
    {REQUIRED(block_state, live_root), FIXED(HASH_SIZE), MEANS("root of its live tree")},
};

const struct schema block_state_schema = {
    SCHEMA(block_state),
    .meaning = "What the leaf of one block in the state tree is the hash of.",
};

static const struct field history_event_fields[] = {
    {REQUIRED(history_event, action), ENUM(STATUS_REVOKED, STATUS_HELD_BY), MEANS("as in the status")},
    {REQUIRED(history_event, effective_day), DAY, MEANS("as in the status")},
    {REQUIRED(history_event, stated_day), DAY, MEANS("UTC day of the time in the header of that status")},
    {REQUIRED(history_event, setter_seq), SEQ, MEANS("block that the status is in")},
    {REQUIRED(history_event, setter_index), ENTRY_INDEX, MEANS("entry of it")},
    {OPTIONAL(history_event, replacement, has_replacement), RECORD(entry_name), MEANS("as in the status")},
    {OPTIONAL(history_event, holder, has_holder), RECORD(subject), MEANS("as in the status")},
};

static enum reason check_history_event(const void *record)
{
    const struct history_event *event = record;

    return event->has_replacement == (event->action == STATUS_REPLACED) &&
                   event->has_holder == (event->action == STATUS_HELD_BY)
               ? REASON_NONE
               : REASON_INCONSISTENT;
}

const struct schema history_event_schema = {
    SCHEMA(history_event),
    .meaning = "One thing said about an entry.",
    .check = check_history_event,
};

/* ---- free-standing statements ---- */

static const struct field checkpoint_fields[] = {
    {REQUIRED(checkpoint, author), FIXED(HASH_SIZE), MEANS("actor who signs")},
    {REQUIRED(checkpoint, epoch), EPOCH, MEANS("of its head")},
    {REQUIRED(checkpoint, seq), SEQ, MEANS("of its head")},
    {REQUIRED(checkpoint, head), FIXED(HASH_SIZE), MEANS("header hash of its last block")},
    {REQUIRED(checkpoint, time_s), TIME, MEANS("when this was so")},
};

const struct schema checkpoint_schema = {
    SCHEMA(checkpoint),
    EXTENSIBLE(checkpoint),
    .meaning = "An author says how far its log goes. Speaks of freshness, never of forks.",
};

static const struct field signed_checkpoint_fields[] = {
    {REQUIRED(signed_checkpoint, checkpoint), RECORD(checkpoint), MEANS("what is signed, as tp.checkpoint")},
    {REQUIRED(signed_checkpoint, signature), RECORD(indexed_signature),
     MEANS("by a checkpoint key of the author")},
};

const struct schema signed_checkpoint_schema = {
    SCHEMA(signed_checkpoint),
    .meaning = "A checkpoint and its signature.",
};

static const struct field witness_root_fields[] = {
    {REQUIRED(witness_root, witness), FIXED(HASH_SIZE), MEANS("actor who signs")},
    {REQUIRED(witness_root, time_s), TIME, MEANS("when this was so")},
    {REQUIRED(witness_root, count), UINT(1, AUTHOR_NUMBER_MAX), MEANS("heads in the tree, sorted by author")},
    {REQUIRED(witness_root, root), FIXED(HASH_SIZE), MEANS("root of the witness tree")},
};

const struct schema witness_root_schema = {
    SCHEMA(witness_root),
    EXTENSIBLE(witness_root),
    .meaning = "A witness says which heads it has replayed.",
};

static const struct field signed_witness_root_fields[] = {
    {REQUIRED(signed_witness_root, root), RECORD(witness_root), MEANS("what is signed, as tp.witness.root")},
    {REQUIRED(signed_witness_root, signature), RECORD(indexed_signature),
     MEANS("by a checkpoint key of the witness")},
};

const struct schema signed_witness_root_schema = {
    SCHEMA(signed_witness_root),
    .meaning = "A witness root and its signature.",
};

static const struct field cosignature_fields[] = {
    {REQUIRED(cosignature, witness), FIXED(HASH_SIZE), MEANS("actor who signs")},
    {REQUIRED(cosignature, author), FIXED(HASH_SIZE), MEANS("actor whose head it is")},
    {REQUIRED(cosignature, epoch), EPOCH, MEANS("of the head")},
    {REQUIRED(cosignature, seq), SEQ, MEANS("of the head; 0: nothing beyond inception")},
    {REQUIRED(cosignature, head), FIXED(HASH_SIZE), MEANS("header hash")},
    {REQUIRED(cosignature, time_s), TIME, MEANS("when this was so")},
};

const struct schema cosignature_schema = {
    SCHEMA(cosignature),
    EXTENSIBLE(cosignature),
    .meaning = "A witness says which head of one author it has replayed.",
};

static const struct field signed_cosignature_fields[] = {
    {REQUIRED(signed_cosignature, cosignature), RECORD(cosignature), MEANS("what is signed, as tp.cosign")},
    {REQUIRED(signed_cosignature, signature), RECORD(indexed_signature),
     MEANS("by a checkpoint key of the witness")},
};

const struct schema signed_cosignature_schema = {
    SCHEMA(signed_cosignature),
    .meaning = "A cosignature and its signature.",
};

/* ---- fork_proof ---- */

static enum reason check_fork_proof(const void *record)
{
    const struct fork_proof *proof = record;

    return bytes_compare(proof->header_a, proof->header_b) < 0 ? REASON_NONE : REASON_NOT_SORTED;
}

static const struct field fork_proof_fields[] = {
    {REQUIRED(fork_proof, header_a), BIN(1, HEADER_SIZE_MAX), MEANS("header record, as signed")},
    {REQUIRED(fork_proof, signatures_a), LIST(indexed_signature, 1, SIGNATURES_MAX), SORTED(order_signatures),
     MEANS("ascending by key index")},
    {REQUIRED(fork_proof, header_b), BIN(1, HEADER_SIZE_MAX),
     MEANS("header record, as signed; above header_a")},
    {REQUIRED(fork_proof, signatures_b), LIST(indexed_signature, 1, SIGNATURES_MAX), SORTED(order_signatures),
     MEANS("ascending by key index")},
    {REQUIRED(fork_proof, entry_a), BIN(0, KEYS_SIZE_MAX),
     MEANS("entry of the rotation that header_a is of, which names its signers; else empty")},
    {REQUIRED(fork_proof, entry_b), BIN(0, KEYS_SIZE_MAX), MEANS("the same for header_b")},
};

const struct schema fork_proof_schema = {
    SCHEMA(fork_proof),
    EXTENSIBLE(fork_proof),
    .meaning =
        "Two signed headers that cannot both be the log: same previous hash, or two rotations of one epoch.",
    .check = check_fork_proof,
};
