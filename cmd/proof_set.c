#include "cmd/proof_set.h"

#include "protocol/base/text.h"

static int fail_too_many(const struct session *session)
{
    return session_fail(&session->options, EXIT_BAD_INPUT, "too-many-certificates",
                        "There are more than %d certificates: choose some with --code.",
                        (int)PRESENTATION_ITEMS_MAX);
}

static size_t place_head(struct proof_set *set, const struct proof_head *head)
{
    size_t at = 0;
    while (at < set->head_count && !bytes_equal(set->heads[at].header, head->header)) {
        at++;
    }
    if (at == set->head_count) {
        set->heads[set->head_count++] = *head;
    }
    return at;
}

/* Returns: false when the set is full. */
static bool add(struct proof_set *set, const struct entry_proof *proof, const struct proof_head *head,
                const struct proof_item *item)
{
    if (set->proof_count == PRESENTATION_ITEMS_MAX) {
        return false;
    }
    set->proofs[set->proof_count] = *proof;
    set->proofs[set->proof_count].head = place_head(set, head);
    set->items[set->proof_count] = *item;
    set->proof_count++;
    return true;
}

/* Whether nobody would take it for valid by what was said last and its last day. */
static bool is_over(const struct history_event *events, size_t count, const struct attestation *attestation,
                    uint32_t today)
{
    bool ends = attestation->has_last_day && attestation->basis != BASIS_EXPERIENCE;
    if (ends && attestation->last_day < today) {
        return true;
    }
    return count > 0 &&
           (events[count - 1].action == STATUS_REVOKED || events[count - 1].action == STATUS_SUSPENDED);
}

/* Experience and training are what codes of their namespace may rest on. */
static bool bears_on(const struct requirement *requirement, const struct attestation *attestation)
{
    bool supports = attestation->basis == BASIS_EXPERIENCE || attestation->basis == BASIS_TRAINING;
    return requirement_refers(requirement, attestation->code) ||
           (supports && requirement_refers_to_namespace(requirement, code_namespace(attestation->code)));
}

static bool is_chosen(const struct proof_choice *choice, const struct attestation *attestation,
                      const struct history_event *events, size_t count)
{
    return codes_want(choice->codes, attestation->code) &&
           (choice->requirement == NULL || bears_on(choice->requirement, attestation)) &&
           !(choice->standing_only && is_over(events, count, attestation, choice->today));
}

/* ---- from the store ---- */

static int add_credential(struct proof_set *set, struct session *session, struct store_txn *txn,
                          const struct dossier *dossier, const struct dossier_credential *credential)
{
    const struct dossier_place *place = &credential->place;
    struct entry_name name = {
        .author = dossier_log_at(dossier, place)->author, .seq = place->seq, .index = place->index};
    const struct proof_item item = {.code = credential->attestation.code, .issuer = name.author};
    struct entry_proof proof;
    struct proof_head head;
    for (size_t i = 0; i < sizeof(name.prefix); i++) {
        name.prefix[i] = place->leaf.bytes[i];
    }
    enum store_error error =
        store_entry_proof(txn, &session->home.network, &name, &proof, &head, &session->arena);
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    return add(set, &proof, &head, &item) ? EXIT_YES : fail_too_many(session);
}

static int add_dossier(struct proof_set *set, struct session *session, struct store_txn *txn,
                       const struct subject *subject, const struct proof_choice *choice)
{
    struct dossier dossier;
    int code = EXIT_YES;
    enum store_error error = store_dossier(txn, &session->home.network, session->trust, subject,
                                           DOSSIER_REACH_ALL, &dossier, &session->arena);
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    for (size_t i = 0; code == EXIT_YES && i < dossier.credential_count; i++) {
        const struct dossier_credential *credential = &dossier.credentials[i];
        const struct dossier_place *place = &credential->place;
        if (credential->about != ABOUT_SHOP && !place->erased && !place->voided &&
            is_chosen(choice, &credential->attestation, place->events, place->event_count)) {
            code = add_credential(set, session, txn, &dossier, credential);
        }
    }
    return code;
}

int proof_set_add_store(struct proof_set *set, struct session *session, const struct subject *subject,
                        const struct proof_choice *choice)
{
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    int code = add_dossier(set, session, txn, subject, choice);
    store_end(txn);
    return code;
}

/* ---- from a file ---- */

/* Follow a proof to see what it is worth showing. What doesn't hold is chosen by what it claims to be: taking
 * it unchecked lifts a refusal, and shows nothing beyond the choice. Writes: *chosen whether it is to be
 * taken, *item when it is. */
static enum reason look_at(const struct certificate_file *file, const struct entry_proof *proof,
                           struct session *session, const struct proof_choice *choice, bool *chosen,
                           struct proof_item *item)
{
    struct proven_entry proven;
    enum reason reason = proof_check(&proven, proof, &file->heads, &session->home.network, &session->arena);
    bool takes_all = choice->codes->count == 0 && choice->requirement == NULL;
    *item = (struct proof_item){.code = bytes_of_string("something unproven"), .issuer = proven.author};
    if (proven.content && reason == REASON_NONE) {
        item->code = proven.attestation.code;
    }
    *chosen = proven.content ? is_chosen(choice, &proven.attestation, proven.events, proven.event_count)
                             : choice->unchecked && takes_all;
    return choice->unchecked ? REASON_NONE : reason;
}

int proof_set_add_file(struct proof_set *set, struct session *session, const struct certificate_file *file,
                       const struct proof_choice *choice)
{
    const struct entry_proof *proofs = file->proofs.items;
    const struct proof_head *heads = file->heads.items;
    for (size_t i = 0; i < file->proofs.count; i++) {
        struct proof_item item;
        bool chosen;
        enum reason reason = look_at(file, &proofs[i], session, choice, &chosen, &item);
        if (reason != REASON_NONE) {
            return session_fail_reason(&session->options, reason);
        }
        if (chosen && !add(set, &proofs[i], &heads[proofs[i].head], &item)) {
            return fail_too_many(session);
        }
    }
    return EXIT_YES;
}
