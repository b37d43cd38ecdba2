#include <string.h>

#include "store/gather_credentials.h"

/* What one author's log holds about a subject, for who is about to say more: found by the subject index,
 * whatever else the log holds. */

/* STORE_NOT_FOUND: there is no attestation, or it was erased. */
static enum store_error read_attestation(struct store_txn *txn, uint64_t posting, struct attestation *out,
                                         struct arena *arena)
{
    const struct entry_at at = {place_author(posting), place_seq(posting), place_index(posting)};
    struct bytes element;
    struct entry entry;
    enum store_error error = element_read(txn, &at, &element);

    if (error != STORE_OK) {
        return error;
    }
    if (entry_decode(&entry, element) != REASON_NONE) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    if (entry.erased || entry.kind != ENTRY_ATTESTATION) {
        return STORE_NOT_FOUND;
    }
    return entry_payload_decode(out, &entry, arena) == REASON_NONE ? STORE_OK : STORE_NOT_FOUND;
}

/* A posting is a hint: what it leads to may be gone. */
enum store_error store_each_issued(struct store_txn *txn, const struct actor_id *author,
                                   const struct subject *subject,
                                   void (*visit)(void *context, uint64_t seq, uint64_t index,
                                                 const struct attestation *attestation),
                                   void *context, bool *cut, struct arena *arena)
{
    const size_t mark = arena_mark(arena);
    struct disk_author row;
    uint64_t *places;
    size_t count = 0;
    enum store_error error = author_read_log(txn, author, &row);

    static_assert((int)STORE_ISSUED_MAX == (int)POSTINGS_FOUND_MAX, "as many as a search returns");
    *cut = false;
    if (error == STORE_OK) {
        error = index_find_of(txn, subject, row.number, &places, &count, cut, arena);
    }
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        const size_t before = arena_mark(arena);
        struct attestation attestation;

        error = read_attestation(txn, places[i], &attestation, arena);
        if (error == STORE_OK) {
            visit(context, place_seq(places[i]), place_index(places[i]), &attestation);
        }
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
        arena_rewind(arena, before);
    }
    arena_rewind(arena, mark);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- one of them ---- */

/* Whether the entry is about the subject, or was given to it last. */
static bool is_about(struct dossier_credential *credential, const struct dossier *dossier,
                     const struct subject *subject)
{
    if (subject_equal(&credential->attestation.subject, subject)) {
        return true;
    }
    dossier_credential_fill_targets(credential, dossier_log_at(dossier, &credential->place));
    return credential->has_holder && subject_equal(&credential->holder, subject);
}

static enum store_error read_issued(struct gather *gather, const struct entry_name *at,
                                    const struct subject *subject, struct issued_entry *out)
{
    struct dossier_credential credential = {.source = SOURCE_REPLAYED, .about = ABOUT_SUBJECT};
    struct entry entry;
    size_t log;
    enum store_error error = gather_log(gather, &at->author, &log);

    if (error == STORE_OK) {
        error = chain_entry_read(gather, log, at->seq, at->index, &credential.place, &entry);
    }
    if (error == STORE_OK && (entry.erased || entry.kind != ENTRY_ATTESTATION)) {
        error = STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = content_decode(gather, &entry, &credential.attestation);
    }
    if (error != STORE_OK) {
        return error;
    }
    if (!is_about(&credential, gather->out, subject)) {
        return STORE_NOT_FOUND;
    }
    *out = (struct issued_entry){.name = *at, .attestation = credential.attestation};
    memcpy(out->name.prefix, credential.place.leaf.bytes, sizeof out->name.prefix);
    out->attestation.subject = *subject;
    issued_stand(out, gather->out, &credential.place, subject);
    return STORE_OK;
}

enum store_error store_issued_at(struct store_txn *txn, const struct network *network,
                                 const struct actor_id *author, uint64_t seq, uint64_t index,
                                 const struct subject *subject, struct issued_entry *out, struct arena *arena)
{
    const struct entry_name at = {.author = *author, .seq = seq, .index = index};
    struct dossier dossier = {0};
    struct gather gather = {
        .txn = txn, .network = network, .known_by_s = UINT64_MAX, .out = &dossier, .arena = arena};

    return read_issued(&gather, &at, subject, out);
}
