#include "store/content.h"

#include "protocol/rules/affiliation.h"
#include "protocol/wire/block.h"
#include "store/consents.h"
#include "store/grants.h"
#include "store/index.h"
#include "store/own.h"

/* Any one record of an entry of up to ENTRY_SIZE_MAX bytes. */
enum { CONTENT_ARENA_SIZE = 16 * 1024 };

static enum store_error post(struct store_txn *txn, const struct entry_at *at, const struct subject *subject)
{
    return index_add(txn, subject, place_of(at->author, at->seq, at->index));
}

/* ---- attestations ---- */

/* The subject stands first in an attestation. Malformed content has no effect, so a posting that leads to
 * some does no harm and the rest need not be read. */
static enum store_error put_attestation(struct store_txn *txn, const struct entry *entry,
                                        const struct entry_at *at)
{
    struct subject subject = {0};
    struct reader reader;

    txn->attestations++;
    reader_init(&reader, entry->payload);
    reader_array(&reader, 1, 16);
    reader_array(&reader, 2, 2);
    subject.kind = (enum subject_kind)reader_uint(&reader, SUBJECT_ACTOR, SUBJECT_BLINDED);
    reader_bin_exact(&reader, subject.id.bytes, HASH_SIZE);
    return reader.error == REASON_NONE ? post(txn, at, &subject) : STORE_OK;
}

/* ---- affiliations ---- */

/* What is found of a `joined`: in its shop's own roster, under the technician, and under its id. */
static enum store_error put_joined(const struct content *content, const struct affiliation *affiliation,
                                   const struct entry_at *at)
{
    const struct actor_id *author = &content->header->author;
    const struct key technician = grant_key_of_actor(GRANT_JOINED, &affiliation->consent.technician);
    const struct key id = grant_key_of_affiliation(GRANT_AFFILIATION, &affiliation->id);
    enum store_error error =
        consent_put(content->txn, content->network, author, content->header->time_s, affiliation, at);

    if (error == STORE_OK) {
        error = grant_put(content->txn, &technician, at);
    }
    return error == STORE_OK ? grant_put(content->txn, &id, at) : error;
}

/* What other logs copy of a `joined` is no statement about anybody, and is not found. */
static enum store_error put_affiliation(const struct content *content, const struct entry *entry,
                                        const struct entry_at *at, struct arena *arena)
{
    struct affiliation affiliation;

    if (entry_payload_decode(&affiliation, entry, arena) != REASON_NONE) {
        return STORE_OK;
    }
    if (affiliation.event == AFFILIATION_LEFT) {
        const struct key left = grant_key_of_affiliation(GRANT_LEFT, &affiliation.id);
        return grant_put(content->txn, &left, at);
    }
    return affiliation_is_stated(&affiliation, content->network, &content->header->author)
               ? put_joined(content, &affiliation, at)
               : STORE_OK;
}

static enum store_error forget_joined(struct store_txn *txn, const struct entry_at *at, const struct hash *id,
                                      const struct actor_id *technician)
{
    struct key key = grant_key_of_affiliation(GRANT_AFFILIATION, id);
    enum store_error error = grant_delete(txn, &key, at);

    key = grant_key_of_actor(GRANT_JOINED, technician);
    if (error == STORE_OK) {
        error = grant_delete(txn, &key, at);
    }
    return error == STORE_OK ? own_delete(txn, OWN_JOINED, at) : error;
}

static enum store_error forget_affiliation(struct store_txn *txn, const struct entry_at *at,
                                           const struct entry *entry, struct arena *arena)
{
    struct affiliation affiliation;
    enum store_error error;

    if (entry_payload_decode(&affiliation, entry, arena) != REASON_NONE) {
        return STORE_OK;
    }
    if (affiliation.event == AFFILIATION_LEFT) {
        const struct key key = grant_key_of_affiliation(GRANT_LEFT, &affiliation.id);

        return grant_delete(txn, &key, at);
    }
    error = consent_leave(txn, at, &affiliation.signature.key);
    return error == STORE_OK ? forget_joined(txn, at, &affiliation.id, &affiliation.consent.technician)
                             : error;
}

/* ---- affiliations whose bytes are gone ---- */

/* *joined: the entry was one. */
static enum store_error read_gone_joined(struct store_txn *txn, const struct entry_at *at,
                                         const struct entry *entry, struct disk_gone *gone, bool *joined)
{
    struct hash leaf;
    enum store_error error;

    *joined = false;
    if (entry->kind != ENTRY_AFFILIATION) {
        return STORE_OK;
    }
    entry_leaf_of(&leaf, &txn->store->network, entry);
    error = own_gone(txn, at->author, &leaf, gone);
    *joined = error == STORE_OK && gone->event == AFFILIATION_JOINED;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* A `joined` that is erased stays found. Its signature went with its bytes, and nobody asks for it. */
static enum store_error put_gone(const struct content *content, const struct entry *entry,
                                 const struct entry_at *at)
{
    const struct disk_consent consent = {.verdict = CONSENT_UNSETTLED};
    struct disk_gone gone;
    struct key key;
    bool joined;
    enum store_error error = read_gone_joined(content->txn, at, entry, &gone, &joined);

    if (error != STORE_OK || !joined) {
        return error;
    }
    error = own_put(content->txn, OWN_JOINED, at, &consent);
    key = grant_key_of_actor(GRANT_JOINED, &gone.technician);
    if (error == STORE_OK) {
        error = grant_put(content->txn, &key, at);
    }
    key = grant_key_of_affiliation(GRANT_AFFILIATION, &gone.id);
    return error == STORE_OK ? grant_put(content->txn, &key, at) : error;
}

static enum store_error forget_gone(struct store_txn *txn, const struct entry_at *at,
                                    const struct entry *entry)
{
    struct disk_gone gone;
    bool joined;
    enum store_error error = read_gone_joined(txn, at, entry, &gone, &joined);

    return error == STORE_OK && joined ? forget_joined(txn, at, &gone.id, &gone.technician) : error;
}

/* ---- shops and statements ---- */

static enum store_error put_review(struct store_txn *txn, const struct entry *entry,
                                   const struct entry_at *at, struct arena *arena)
{
    struct review review;
    struct subject shop;

    if (entry_payload_decode(&review, entry, arena) != REASON_NONE) {
        return STORE_OK;
    }
    shop = subject_of_actor(&review.shop);
    return post(txn, at, &shop);
}

static enum store_error put_own(struct store_txn *txn, const struct entry *entry, const struct entry_at *at,
                                enum own_kind kind, struct arena *arena)
{
    union {
        struct shop shop;
        struct statement statement;
    } record;

    if (entry_payload_decode(&record, entry, arena) != REASON_NONE) {
        return STORE_OK;
    }
    return own_put(txn, kind, at, NULL);
}

/* ---- all of them ---- */

static enum store_error put_other(const struct content *content, const struct entry *entry,
                                  const struct entry_at *at)
{
    uint8_t memory[CONTENT_ARENA_SIZE];
    struct arena arena;

    arena_init(&arena, memory, sizeof memory);
    switch (entry->kind) {
    case ENTRY_AFFILIATION:
        return put_affiliation(content, entry, at, &arena);
    case ENTRY_SHOP:
        return put_own(content->txn, entry, at, OWN_PROFILE, &arena);
    case ENTRY_STATEMENT:
        return put_own(content->txn, entry, at, OWN_STATEMENT, &arena);
    case ENTRY_REVIEW:
        return put_review(content->txn, entry, at, &arena);
    default: /* kinds of later versions */
        return STORE_OK;
    }
}

enum store_error content_put(const struct content *content, const struct entry *entry, uint64_t index)
{
    const struct entry_at at = {content->number, content->header->seq, index};

    if (entry->erased) {
        return put_gone(content, entry, &at);
    }
    return entry->kind == ENTRY_ATTESTATION ? put_attestation(content->txn, entry, &at)
                                            : put_other(content, entry, &at);
}

enum store_error content_forget(struct store_txn *txn, const struct entry_at *at, const struct entry *entry)
{
    uint8_t memory[CONTENT_ARENA_SIZE];
    struct arena arena;

    if (entry->erased) {
        return forget_gone(txn, at, entry);
    }
    arena_init(&arena, memory, sizeof memory);
    switch (entry->kind) {
    case ENTRY_ATTESTATION:
        txn->attestations--;
        return STORE_OK;
    case ENTRY_AFFILIATION:
        return forget_affiliation(txn, at, entry, &arena);
    case ENTRY_SHOP:
        return own_delete(txn, OWN_PROFILE, at);
    case ENTRY_STATEMENT:
        return own_delete(txn, OWN_STATEMENT, at);
    default: /* found by postings alone, or not at all */
        return STORE_OK;
    }
}

/* ---- bytes that go ---- */

/* What is known of it once its bytes are gone: nothing of a `joined` that is no statement about anybody. */
static enum store_error gone_of(struct store_txn *txn, uint32_t number, const struct affiliation *affiliation,
                                struct disk_gone *gone)
{
    struct actor_id author;
    enum store_error error = author_name(txn, number, &author);

    if (error != STORE_OK) {
        return error;
    }
    if (affiliation->event == AFFILIATION_LEFT) {
        *gone = (struct disk_gone){.id = affiliation->id, .event = AFFILIATION_LEFT};
    } else if (affiliation_is_stated(affiliation, &txn->store->network, &author)) {
        *gone = (struct disk_gone){.id = affiliation->id,
                                   .event = AFFILIATION_JOINED,
                                   .technician = affiliation->consent.technician,
                                   .shop = affiliation->consent.shop};
    }
    return STORE_OK;
}

/* A `joined` stays found, so that it is known that there was one; who signed it, nobody can look up any
 * more. */
static enum store_error drop_affiliation(struct store_txn *txn, const struct entry_at *at,
                                         const struct entry *entry, struct arena *arena)
{
    struct disk_gone gone = {0};
    struct affiliation affiliation;
    struct hash leaf;
    enum store_error error = STORE_OK;

    entry_leaf_of(&leaf, &txn->store->network, entry);
    if (entry_payload_decode(&affiliation, entry, arena) == REASON_NONE) {
        error = gone_of(txn, at->author, &affiliation, &gone);
        if (error == STORE_OK) {
            error = affiliation.event == AFFILIATION_LEFT
                        ? forget_affiliation(txn, at, entry, arena)
                        : consent_leave(txn, at, &affiliation.signature.key);
        }
    }
    return error == STORE_OK ? own_gone_put(txn, at->author, &leaf, &gone) : error;
}

enum store_error content_drop(struct store_txn *txn, const struct entry_at *at, const struct entry *entry)
{
    uint8_t memory[CONTENT_ARENA_SIZE];
    struct arena arena;

    if (entry->erased) {
        return STORE_OK; /* nothing is left to drop */
    }
    if (entry->kind != ENTRY_AFFILIATION) {
        return content_forget(txn, at, entry);
    }
    arena_init(&arena, memory, sizeof memory);
    return drop_affiliation(txn, at, entry, &arena);
}
