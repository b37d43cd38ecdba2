#include "store/gather_credentials.h"

#include <string.h>

/* ---- why something was said ---- */

/* Why the status record says so that an event came from. */
static enum store_error read_reason(enum status_reason *out, struct gather *gather, size_t log,
                                    const struct history_event *event)
{
    size_t scratch = arena_mark(gather->arena);
    struct dossier_place place;
    struct bytes element;
    struct entry entry;
    struct status status;
    enum reason reason;
    enum store_error error =
        gather_place(gather, log, event->setter_seq, event->setter_index, &place, &element);

    if (error != STORE_OK) {
        return error;
    }
    if (entry_decode(&entry, element) != REASON_NONE || entry.kind != ENTRY_STATUS) {
        return txn_fail(gather->txn, STORE_DAMAGED);
    }
    reason = entry_payload_decode(&status, &entry, gather->arena);
    if (reason != REASON_NONE) {
        return txn_fail_decode(gather->txn, reason, gather->arena);
    }
    *out = status.reason;
    arena_rewind(gather->arena, scratch);
    return STORE_OK;
}

enum store_error credential_fill_reasons(struct gather *gather, struct dossier_credential *credential)
{
    const struct dossier_place *place = &credential->place;
    const struct dossier_log *log = &gather->out->logs[place->log];
    enum store_error error = STORE_OK;

    if (place->event_count == 0 || credential->about != ABOUT_SUBJECT) {
        return STORE_OK;
    }
    enum status_reason *reasons = arena_take(gather->arena, place->event_count * sizeof reasons[0]);
    if (!reasons) {
        return STORE_NO_MEMORY;
    }
    for (size_t i = 0; i < place->event_count && error == STORE_OK; i++) {
        reasons[i] = STATUS_REASON_UNSPECIFIED;
        if (place->event_blocks[i].side) {
            reasons[i] = place->event_blocks[i].reason;
        } else if (dossier_log_reaches(log, place->events[i].setter_seq)) {
            error = read_reason(&reasons[i], gather, place->log, &place->events[i]);
        }
    }
    credential->reasons = reasons;
    return error;
}

/* ---- one entry ---- */

static bool is_reached(const struct gather *gather, size_t log, uint64_t seq)
{
    return gather->out->logs[log].known && dossier_log_reaches(&gather->out->logs[log], seq);
}

enum store_error chain_entry_read(struct gather *gather, size_t log, uint64_t seq, uint64_t index,
                                  struct dossier_place *place, struct entry *entry)
{
    struct bytes element;
    enum store_error error = STORE_NOT_FOUND;

    if (is_reached(gather, log, seq)) {
        error = gather_place(gather, log, seq, index, place, &element);
    }
    if (error != STORE_OK) {
        return error;
    }
    if (entry_decode(entry, element) != REASON_NONE) {
        return txn_fail(gather->txn, STORE_DAMAGED);
    }
    entry_leaf_of(&place->leaf, gather->network, entry);
    return STORE_OK;
}

enum store_error content_decode(const struct gather *gather, const struct entry *entry, void *record)
{
    enum reason reason = entry_payload_decode(record, entry, gather->arena);

    if (reason == REASON_TOO_LARGE && gather->arena->refused) {
        return STORE_NO_MEMORY;
    }
    return reason == REASON_NONE ? STORE_OK : STORE_NOT_FOUND;
}

enum store_error credential_fill(struct gather *gather, const struct entry *entry,
                                 struct dossier_credential *credential)
{
    enum store_error error = STORE_OK;

    if (!entry->erased) {
        error = entry->kind == ENTRY_ATTESTATION ? content_decode(gather, entry, &credential->attestation)
                                                 : STORE_NOT_FOUND;
    }
    if (error != STORE_OK) {
        return error;
    }
    dossier_credential_fill_targets(credential, &gather->out->logs[credential->place.log]);
    return STORE_OK;
}

enum store_error credential_reserve(struct gather *gather, size_t count)
{
    struct dossier *out = gather->out;

    if (out->credential_count > 0) {
        return STORE_OK; /* those grow */
    }
    out->credentials = arena_take(gather->arena, count * sizeof *out->credentials);
    gather->credential_capacity = out->credentials ? count : 0;
    return out->credentials ? STORE_OK : STORE_NO_MEMORY;
}

struct dossier_credential *credential_next(struct gather *gather)
{
    struct dossier *out = gather->out;

    out->credentials = gather_grow(gather->arena, out->credentials, out->credential_count,
                                   &gather->credential_capacity, sizeof *out->credentials);
    return out->credentials ? &out->credentials[out->credential_count] : NULL;
}

enum store_error credential_read_side(struct gather *gather, const struct side_at *at,
                                      enum dossier_about about, struct dossier_credential *credential)
{
    enum store_error error;

    *credential = (struct dossier_credential){.source = SOURCE_REPLAYED, .about = about};
    error = gather_side_place(gather, at, ENTRY_ATTESTATION, &credential->place, &credential->attestation);
    if (error == STORE_OK) {
        dossier_credential_fill_targets(credential, &gather->out->logs[credential->place.log]);
    }
    return error;
}

/* What is proven by paths alone has no block. */
static bool is_same_block(const struct dossier_place *a, const struct dossier_place *b)
{
    return hash_is_zero(&a->block_hash) || hash_is_zero(&b->block_hash) ||
           hash_equal(&a->block_hash, &b->block_hash);
}

/* An entry at a place that this node replayed is told from one that only claims to stand there by its leaf.
 */
bool credential_is_there(const struct dossier *out, const struct dossier_place *place)
{
    for (size_t i = 0; i < out->credential_count; i++) {
        const struct dossier_place *other = &out->credentials[i].place;
        if (other->log == place->log && other->seq == place->seq && other->index == place->index &&
            hash_equal(&other->leaf, &place->leaf) && is_same_block(other, place)) {
            return true;
        }
    }
    return false;
}

enum store_error credential_keep(struct gather *gather)
{
    const struct dossier_credential *kept = &gather->out->credentials[gather->out->credential_count++];

    return gather_ask(gather, kept->place.log,
                      kept->place.erased ? (struct bytes){0} : kept->attestation.code);
}

/* ---- credentials that are named, or brought ---- */

/* STORE_NOT_FOUND when the entry that is held there is another. */
static enum store_error read_named(struct gather *gather, const struct entry_name *name,
                                   struct dossier_credential *credential)
{
    struct entry entry;
    size_t log;
    enum store_error error = gather_log(gather, &name->author, &log);

    *credential = (struct dossier_credential){.source = SOURCE_REPLAYED, .about = ABOUT_SUBJECT};
    if (error == STORE_OK) {
        error = chain_entry_read(gather, log, name->seq, name->index, &credential->place, &entry);
    }
    if (error == STORE_OK) {
        error = credential_fill(gather, &entry, credential);
    }
    if (error == STORE_OK && memcmp(credential->place.leaf.bytes, name->prefix, sizeof name->prefix) != 0) {
        return STORE_NOT_FOUND;
    }
    return error == STORE_OK ? credential_fill_reasons(gather, credential) : error;
}

/* ---- on side branches ---- */

/* Blocks of one number beside the chain, of which one may have the entry. */
struct naming {
    struct gather *gather;
    const struct entry_name *name;
    size_t log;
    struct dossier_credential *credential;
    enum store_error error; /* STORE_NOT_FOUND: none so far */
};

static enum store_error read_named_side(struct naming *naming, const struct hash *block)
{
    struct gather *gather = naming->gather;
    const struct entry_name *name = naming->name;
    const struct side_at at = {
        .author = gather->rows[naming->log].number, .seq = name->seq, .index = name->index, .hash = *block};
    size_t mark = arena_mark(gather->arena);
    enum store_error error = credential_read_side(gather, &at, ABOUT_SUBJECT, naming->credential);

    if (error == STORE_OK &&
        (memcmp(naming->credential->place.leaf.bytes, name->prefix, sizeof name->prefix) != 0 ||
         credential_is_there(gather->out, &naming->credential->place))) {
        error = STORE_NOT_FOUND;
    }
    if (error != STORE_OK) {
        arena_rewind(gather->arena, mark);
        return error;
    }
    return credential_fill_reasons(gather, naming->credential);
}

/* The same, where the block may not be held. */
static enum store_error read_named_held(struct naming *naming, const struct hash *block)
{
    struct gather *gather = naming->gather;
    struct stored_block stored;
    enum store_error error =
        stored_block_read(gather->txn, gather->rows[naming->log].number, naming->name->seq, block, &stored);

    return error == STORE_OK ? read_named_side(naming, block) : error;
}

static bool visit_named(void *context, const struct side_block *block)
{
    struct naming *naming = context;

    if (block->seq == naming->name->seq && gather_is_open(naming->gather, naming->log, block->epoch)) {
        naming->error = read_named_side(naming, &block->hash);
    }
    return block->seq == naming->name->seq && naming->error == STORE_NOT_FOUND;
}

/* On a branch that is open. */
static enum store_error find_named_side(struct gather *gather, const struct entry_name *name,
                                        struct dossier_credential *credential)
{
    struct naming naming = {
        .gather = gather, .name = name, .credential = credential, .error = STORE_NOT_FOUND};
    bool kept = false;
    enum store_error error = gather_log(gather, &name->author, &naming.log);

    if (error != STORE_OK || !gather->rows[naming.log].sides) {
        return error == STORE_OK ? STORE_NOT_FOUND : error;
    }
    error = gather_may_be_kept(gather, naming.log, &kept);
    if (error == STORE_OK && kept) {
        error = gather_ask(gather, naming.log, (struct bytes){0});
    }
    if (error == STORE_OK) {
        error = store_each_side(gather->txn, &name->author, name->seq, visit_named, &naming);
    }
    return error == STORE_OK ? naming.error : error;
}

enum store_error gather_named(struct gather *gather, const struct entry_name *name)
{
    struct dossier_credential *credential = credential_next(gather);
    enum store_error error;

    if (!credential) {
        return STORE_NO_MEMORY;
    }
    error = read_named(gather, name, credential);
    if (error == STORE_OK && !credential_is_there(gather->out, &credential->place)) {
        error = credential_keep(gather);
        credential = error == STORE_OK ? credential_next(gather) : credential;
        error = error == STORE_OK && !credential ? STORE_NO_MEMORY : error;
    }
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    error = find_named_side(gather, name, credential);
    if (error == STORE_OK) {
        return credential_keep(gather);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* The block of that number which a cut keeps, where it is on a side branch. */
static const struct hash *kept_block(const struct dossier_cut *cut, uint64_t seq)
{
    if (seq == cut->seq && cut->found != CUT_ON_CHAIN) {
        return &cut->head;
    }
    return cut->found == CUT_ON_SIDE && seq > cut->chain_seq && seq < cut->seq
               ? &cut->side[seq - cut->chain_seq - 1]
               : NULL;
}

/* Read what is named where cut keeps it. STORE_NOT_FOUND: it keeps no such block. */
static enum store_error read_kept(struct naming *naming, const struct dossier_cut *cut)
{
    struct gather *gather = naming->gather;
    const struct hash *block = kept_block(cut, naming->name->seq);
    bool on_chain = false;
    enum store_error error;

    if (!block) {
        return STORE_NOT_FOUND;
    }
    naming->credential = credential_next(gather);
    if (!naming->credential) {
        return STORE_NO_MEMORY;
    }
    error =
        side_is_on_chain(gather->txn, gather->rows[naming->log].number, naming->name->seq, block, &on_chain);
    if (error != STORE_OK) {
        return error;
    }
    return on_chain ? STORE_NOT_FOUND : read_named_held(naming, block);
}

enum store_error gather_kept_named(struct gather *gather, size_t log, const struct entry_name *name)
{
    struct naming naming = {.gather = gather, .name = name, .log = log};
    const struct dossier *out = gather->out;
    enum store_error error = STORE_NOT_FOUND;

    for (size_t i = 0; i < out->withdrawal_count && error == STORE_NOT_FOUND; i++) {
        const struct dossier_withdrawal *row = &out->withdrawals[i];

        if (row->withdrawal.has_cut && actor_id_equal(&row->withdrawal.delegate, &name->author)) {
            error = read_kept(&naming, &row->cut);
        }
    }
    for (size_t i = 0; i < out->succession_count && error == STORE_NOT_FOUND; i++) {
        const struct dossier_succession *row = &out->successions[i];

        if (row->signature_valid && row->place.log == log) {
            error = read_kept(&naming, &row->cut);
        }
    }
    if (error == STORE_OK) {
        return credential_keep(gather);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- brought ---- */

enum store_error gather_brought(struct gather *gather, const struct dossier_credential *credential,
                                const struct actor_id *author)
{
    struct dossier_credential *brought = credential_next(gather);
    enum store_error error;

    if (!brought) {
        return STORE_NO_MEMORY;
    }
    *brought = *credential;
    brought->about = ABOUT_SUBJECT;
    error = gather_log(gather, author, &brought->place.log);
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    dossier_credential_fill_targets(brought, &gather->out->logs[brought->place.log]);
    gather->out->credential_count++;
    return gather_ask(gather, brought->place.log,
                      brought->place.erased ? (struct bytes){0} : brought->attestation.code);
}
