#include "protocol/wire/block.h"
#include "store/index.h"

/* Whom a content entry may be about. */

/* The subject stands first in an attestation. Malformed content has no effect, so a posting that leads to
 * some does no harm and the rest need not be read. */
static enum store_error add_attestation(struct store_txn *txn, const struct entry *entry, uint64_t place)
{
    struct subject subject = {0};
    struct reader reader;

    txn->attestations++;
    reader_init(&reader, entry->payload);
    reader_array(&reader, 1, 16);
    reader_array(&reader, 2, 2);
    subject.kind = (enum subject_kind)reader_uint(&reader, SUBJECT_ACTOR, SUBJECT_BLINDED);
    reader_bin_exact(&reader, subject.id.bytes, HASH_SIZE);
    return reader.error == REASON_NONE ? index_add(txn, &subject, place) : STORE_OK;
}

static enum store_error add_affiliation(struct store_txn *txn, const struct entry *entry, uint64_t place)
{
    enum { AFFILIATION_ARENA_SIZE = 4 * 1024 };
    uint8_t memory[AFFILIATION_ARENA_SIZE];
    struct affiliation affiliation;
    struct arena arena;
    struct subject technician, shop;
    enum store_error error;

    arena_init(&arena, memory, sizeof memory);
    if (entry_payload_decode(&affiliation, entry, &arena) != REASON_NONE || !affiliation.has_consent) {
        return STORE_OK;
    }
    technician = subject_of_actor(&affiliation.consent.technician);
    shop = subject_of_actor(&affiliation.consent.shop);
    error = index_add(txn, &technician, place);
    return error == STORE_OK ? index_add(txn, &shop, place) : error;
}

enum store_error index_add_content(struct store_txn *txn, const struct entry *entry, uint64_t place)
{
    if (entry->erased) {
        return STORE_OK;
    }
    if (entry->kind == ENTRY_ATTESTATION) {
        return add_attestation(txn, entry, place);
    }
    return entry->kind == ENTRY_AFFILIATION ? add_affiliation(txn, entry, place) : STORE_OK;
}
