#include "cmd/presented_dossier.h"

#include <string.h>

enum { ITEMS_MAX = 2 * PRESENTATION_ITEMS_MAX };

struct assembly {
    struct session *session;
    const struct presentation *presentation;
    struct presented_dossier *out;
    struct dossier held; /* what the store has of the entries named and proven */
    size_t name_count;
    struct entry_name names[ITEMS_MAX];
    size_t proven_count;
    struct proven_entry *proven;       /* certificates whose proofs hold, each entry once */
    const struct entry_proof **proofs; /* one each */
    size_t credential_count;
    struct dossier_credential *credentials;
    struct actor_id *authors; /* one each */
};

static void refuse(struct assembly *assembly, size_t item, const struct entry_name *name, enum reason reason)
{
    struct refused_item *refused = &assembly->out->refused[assembly->out->refused_count++];
    *refused = (struct refused_item){.item = item, .has_name = name != NULL, .reason = reason};
    if (name != NULL) {
        refused->name = *name;
    }
}

static bool is_named(const struct assembly *assembly, const struct entry_name *name)
{
    for (size_t i = 0; i < assembly->name_count; i++) {
        if (entry_name_equal(&assembly->names[i], name)) {
            return true;
        }
    }
    return false;
}

/* ---- what is presented ---- */

static void take_proofs(struct assembly *assembly)
{
    const struct presentation *presentation = assembly->presentation;
    const struct entry_proof *proofs = presentation->proofs.items;
    for (size_t i = 0; i < presentation->proofs.count; i++) {
        struct proven_entry *proven = &assembly->proven[assembly->proven_count];
        enum reason reason = proof_check(proven, &proofs[i], &presentation->heads,
                                         &assembly->session->home.network, &assembly->session->arena);
        if (reason != REASON_NONE) {
            refuse(assembly, i, NULL, reason);
        } else if (!proven->content) {
            refuse(assembly, i, &proven->name, REASON_WRONG_KIND);
        } else if (!is_named(assembly, &proven->name)) {
            assembly->names[assembly->name_count++] = proven->name;
            assembly->proofs[assembly->proven_count++] = &proofs[i];
        }
    }
}

static void take_names(struct assembly *assembly)
{
    const struct entry_name *names = assembly->presentation->names.items;
    for (size_t i = 0; i < assembly->presentation->names.count; i++) {
        if (!is_named(assembly, &names[i])) {
            assembly->names[assembly->name_count++] = names[i];
        }
    }
}

/* ---- whose it is ---- */

static bool is_holders(const struct assembly *assembly, const struct dossier_credential *credential,
                       const struct actor_id *issuer, const struct entry_proof *proof)
{
    const struct actor_id *holder = &assembly->presentation->holder;
    const struct subject subject = subject_of_actor(holder);
    const struct subject *named = &credential->attestation.subject;
    struct hash blinded;
    if (credential->has_holder && subject_equal(&credential->holder, &subject)) {
        return true;
    }
    if (named->kind != SUBJECT_BLINDED) {
        return subject_equal(named, &subject);
    }
    if (proof == NULL || !proof->has_blinding) {
        return false;
    }
    blinded_subject(&blinded, &assembly->session->home.network, holder, issuer, proof->blinding);
    return hash_equal(&blinded, &named->id);
}

/* ---- comparing with the store ---- */

/* Where the same bytes stand twice, the one that a cut keeps on a branch that was dropped: they may have been
 * said again to hide it. */
static struct dossier_credential *held_of(const struct assembly *assembly, const struct entry_name *name)
{
    struct dossier_credential *held = NULL;
    for (size_t i = 0; i < assembly->held.credential_count; i++) {
        struct dossier_credential *found = &assembly->held.credentials[i];
        if (dossier_place_is_named(&assembly->held, &found->place, name) &&
            (held == NULL || found->place.block.dropped_s != 0)) {
            held = found;
        }
    }
    return held;
}

/* What was said on the chain that this node follows. */
static size_t chain_events(const struct dossier_place *place)
{
    size_t count = 0;
    for (size_t i = 0; i < place->event_count; i++) {
        count += place->event_blocks == NULL || !place->event_blocks[i].side;
    }
    return count;
}

/* The store's own word goes first. An erased entry's bytes may still come from its holder, and a history
 * longer than the one held here comes from a head that this node has not seen. */
static void reconcile(struct dossier_credential *held, const struct proven_entry *proven)
{
    if (held->place.erased && hash_equal(&proven->leaf, &held->place.leaf)) {
        held->place.erased = false;
        held->attestation = proven->attestation;
        held->source = SOURCE_PATH;
    }
    if (proven->event_count > chain_events(&held->place)) {
        held->source = SOURCE_UNWITNESSED;
    }
}

/* What a proof of an entry that the store does not hold is worth. */
static enum dossier_source source_of(const struct assembly *assembly, const struct entry_name *name)
{
    const struct dossier_log *log = dossier_log_of(&assembly->held, &name->author);
    if (log == NULL || !log->known) {
        return SOURCE_UNKNOWN_ISSUER;
    }
    if (name->seq > log->head_seq || !dossier_log_reaches(log, name->seq) ||
        dossier_log_disputes(log, name->seq)) {
        return SOURCE_UNWITNESSED;
    }
    return SOURCE_MISMATCH;
}

/* Returns: false when the arena is full. */
static bool carry(struct assembly *assembly, const struct proven_entry *proven)
{
    bool *voided = arena_take(&assembly->session->arena, proven->event_count * sizeof(*voided));
    struct dossier_credential *credential = &assembly->credentials[assembly->credential_count];
    if (voided == NULL) {
        return false;
    }
    *credential = (struct dossier_credential){
        .place = {.leaf = proven->leaf,
                  .seq = proven->name.seq,
                  .index = proven->name.index,
                  .voided = proven->state.standing == STANDING_VOID,
                  .event_count = proven->event_count,
                  .events = proven->events,
                  .event_voided = voided},
        .source = source_of(assembly, &proven->name),
        .attestation = proven->attestation,
    };
    assembly->authors[assembly->credential_count++] = proven->name.author;
    return true;
}

static bool add_proven(struct assembly *assembly, size_t index)
{
    const struct proven_entry *proven = &assembly->proven[index];
    const struct entry_proof *proof = assembly->proofs[index];
    size_t item = (size_t)(proof - (const struct entry_proof *)assembly->presentation->proofs.items);
    struct dossier_credential *held = held_of(assembly, &proven->name);
    if (held != NULL) {
        reconcile(held, proven);
        assembly->credentials[assembly->credential_count] = *held;
        assembly->authors[assembly->credential_count++] = proven->name.author;
    } else if (!carry(assembly, proven)) {
        return false;
    }
    const struct dossier_credential *last = &assembly->credentials[assembly->credential_count - 1];
    if (!is_holders(assembly, last, &proven->name.author, proof)) {
        assembly->credential_count--;
        refuse(assembly, item, &proven->name, REASON_NOT_THE_HOLDER);
    }
    return true;
}

/* A name without a proof: the store holds it, or nothing can be said. */
static void add_named(struct assembly *assembly, const struct entry_name *name, size_t item)
{
    const struct dossier_credential *held = held_of(assembly, name);
    if (held == NULL) {
        refuse(assembly, item, name, REASON_NOT_FOUND);
    } else if (!held->place.erased && !is_holders(assembly, held, &name->author, NULL)) {
        refuse(assembly, item, name, REASON_NOT_THE_HOLDER);
    } else {
        assembly->credentials[assembly->credential_count] = *held;
        assembly->authors[assembly->credential_count++] = name->author;
    }
}

/* ---- together ---- */

static enum store_error assemble(struct assembly *assembly, struct store_txn *txn, struct dossier_reach reach)
{
    struct session *session = assembly->session;
    struct dossier *out = &assembly->out->dossier;
    take_proofs(assembly);
    take_names(assembly);
    enum store_error error =
        store_dossier_of_entries(txn, &session->home.network, session->trust, assembly->names,
                                 assembly->name_count, NULL, reach, &assembly->held, &session->arena);
    if (error != STORE_OK) {
        return error;
    }
    for (size_t i = 0; i < assembly->proven_count; i++) {
        if (!add_proven(assembly, i)) {
            return STORE_NO_MEMORY;
        }
    }
    for (size_t i = assembly->proven_count; i < assembly->name_count; i++) {
        add_named(assembly, &assembly->names[i], i);
    }
    const struct subject holder = subject_of_actor(&assembly->presentation->holder);
    return store_dossier_around(txn, &session->home.network, session->trust, assembly->credentials,
                                assembly->authors, assembly->credential_count, &holder, reach, out,
                                &session->arena);
}

enum store_error presented_dossier_of(struct presented_dossier *out, struct session *session,
                                      const struct presentation *presentation, struct dossier_reach reach)
{
    struct store_txn *txn;
    struct assembly assembly = {.session = session, .presentation = presentation, .out = out};
    struct arena *arena = &session->arena;
    out->refused_count = 0;
    assembly.proven = arena_take(arena, PRESENTATION_ITEMS_MAX * sizeof(*assembly.proven));
    assembly.proofs = arena_take(arena, PRESENTATION_ITEMS_MAX * sizeof(*assembly.proofs));
    assembly.credentials = arena_take(arena, ITEMS_MAX * sizeof(*assembly.credentials));
    assembly.authors = arena_take(arena, ITEMS_MAX * sizeof(*assembly.authors));
    if (assembly.proven == NULL || assembly.proofs == NULL || assembly.credentials == NULL ||
        assembly.authors == NULL) {
        return STORE_NO_MEMORY;
    }
    enum store_error error = store_read_begin(&txn, session->store);
    if (error != STORE_OK) {
        return error;
    }
    error = assemble(&assembly, txn, reach);
    store_end(txn);
    return error;
}
