#include <string.h>

#include "store/gather.h"
#include "store/index.h"

/* ---- who holds a credential now, and what replaced it ---- */

/* The status record that an event came from. */
static enum store_error read_setter(struct gather *gather, size_t log, const struct history_event *event,
                                    struct status *status)
{
    struct dossier_place place;
    struct bytes element;
    struct entry entry;
    enum store_error error =
        gather_place(gather, log, event->setter_seq, event->setter_index, &place, &element);

    if (error != STORE_OK) {
        return error;
    }
    if (entry_decode(&entry, element) != REASON_NONE || entry.kind != ENTRY_STATUS ||
        entry_payload_decode(status, &entry, gather->arena) != REASON_NONE) {
        return txn_fail(gather->txn, STORE_NOT_A_STORE);
    }
    return STORE_OK;
}

/* The last event of an action that counts by then. */
static const struct history_event *last_event(const struct gather *gather, const struct dossier_place *place,
                                              enum status_action action)
{
    const struct dossier_log *log = &gather->out->logs[place->log];

    for (size_t i = place->event_count; i > 0; i--) {
        const struct history_event *event = &place->events[i - 1];
        if (event->action == action && !place->event_voided[i - 1] &&
            dossier_log_reaches(log, event->setter_seq)) {
            return event;
        }
    }
    return NULL;
}

static enum store_error fill_setters(struct gather *gather, struct dossier_credential *credential)
{
    const struct history_event *replaced = last_event(gather, &credential->place, STATUS_REPLACED);
    const struct history_event *held = last_event(gather, &credential->place, STATUS_HELD_BY);
    struct status status;
    enum store_error error = STORE_OK;

    if (replaced) {
        error = read_setter(gather, credential->place.log, replaced, &status);
        credential->has_replacement = error == STORE_OK && status.has_replacement;
        if (credential->has_replacement) {
            credential->replacement = status.replacement;
        }
    }
    if (held && error == STORE_OK) {
        error = read_setter(gather, credential->place.log, held, &status);
        credential->has_holder = error == STORE_OK && status.has_holder;
        if (credential->has_holder) {
            credential->holder = status.holder;
        }
    }
    return error;
}

/* ---- credentials ---- */

/* STORE_NOT_FOUND when there is no attestation at that place by then. */
static enum store_error read_credential(struct gather *gather, size_t log, uint64_t seq, uint64_t index,
                                        struct dossier_credential *credential)
{
    struct bytes element;
    struct entry entry;
    enum store_error error;

    *credential = (struct dossier_credential){.source = SOURCE_REPLAYED};
    if (!gather->out->logs[log].known || !dossier_log_reaches(&gather->out->logs[log], seq)) {
        return STORE_NOT_FOUND;
    }
    error = gather_place(gather, log, seq, index, &credential->place, &element);
    if (error != STORE_OK) {
        return error;
    }
    if (entry_decode(&entry, element) != REASON_NONE) {
        return txn_fail(gather->txn, STORE_NOT_A_STORE);
    }
    if (!entry.erased &&
        (entry.kind != ENTRY_ATTESTATION ||
         entry_payload_decode(&credential->attestation, &entry, gather->arena) != REASON_NONE)) {
        return STORE_NOT_FOUND;
    }
    return fill_setters(gather, credential);
}

static struct dossier_credential *next_credential(struct gather *gather)
{
    struct dossier *out = gather->out;

    out->credentials = gather_grow(gather->arena, out->credentials, out->credential_count,
                                   &gather->credential_capacity, sizeof *out->credentials);
    return out->credentials ? &out->credentials[out->credential_count] : NULL;
}

static bool is_about(const struct dossier_credential *credential, const struct subject *subject)
{
    if (credential->place.erased) {
        return false;
    }
    return subject_equal(&credential->attestation.subject, subject) ||
           (credential->has_holder && subject_equal(&credential->holder, subject));
}

/* A posting is a hint: what it leads to may be another's, or gone. */
static enum store_error follow(struct gather *gather, uint64_t place, const struct subject *subject)
{
    struct dossier_credential *credential = next_credential(gather);
    size_t mark, log;
    enum store_error error;

    if (!credential) {
        return STORE_NO_MEMORY;
    }
    error = gather_log_of_number(gather, place_author(place), &log);
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    mark = arena_mark(gather->arena);
    error = read_credential(gather, log, place_seq(place), place_index(place), credential);
    if (error == STORE_OK && is_about(credential, subject)) {
        gather->out->credential_count++;
        return STORE_OK;
    }
    arena_rewind(gather->arena, mark);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Follow places, which are in order of their authors; of one author only so many, so that it can't crowd out
 * what others say. */
static enum store_error follow_all(struct gather *gather, const uint64_t *places, size_t count,
                                   const struct subject *subject)
{
    enum { EACH_MAX = DOSSIER_CREDENTIALS_MAX / 4 };
    const struct dossier *out = gather->out;
    size_t author_first = 0; /* credentials of earlier authors */
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < count && error == STORE_OK && out->credential_count < DOSSIER_CREDENTIALS_MAX;
         i++) {
        if (i == 0 || place_author(places[i]) != place_author(places[i - 1])) {
            author_first = out->credential_count;
        }
        if (out->credential_count - author_first < EACH_MAX) {
            error = follow(gather, places[i], subject);
        }
    }
    return error;
}

enum store_error store_dossier(struct store_txn *txn, const struct network *network,
                               const struct trust *trust, const struct subject *subject, uint64_t known_by_s,
                               struct dossier *out, struct arena *arena)
{
    struct gather gather = {
        .txn = txn, .network = network, .trust = trust, .known_by_s = known_by_s, .out = out, .arena = arena};
    uint64_t *places;
    size_t count;
    enum store_error error;

    *out = (struct dossier){.subject = *subject};
    error = index_find(txn, subject, &places, &count, arena);
    if (error == STORE_OK) {
        error = follow_all(&gather, places, count, subject);
    }
    return error == STORE_OK ? gather_finish(&gather) : error;
}

/* ---- entries by name ---- */

static bool is_there(const struct dossier *out, const struct dossier_place *place)
{
    for (size_t i = 0; i < out->credential_count; i++) {
        const struct dossier_place *other = &out->credentials[i].place;
        if (other->log == place->log && other->seq == place->seq && other->index == place->index) {
            return true;
        }
    }
    return false;
}

static enum store_error add_named(struct gather *gather, const struct entry_name *name)
{
    struct dossier_credential *credential = next_credential(gather);
    size_t log;
    enum store_error error;

    if (!credential) {
        return STORE_NO_MEMORY;
    }
    error = gather_log(gather, &name->author, &log);
    if (error == STORE_OK) {
        error = read_credential(gather, log, name->seq, name->index, credential);
    }
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    if (memcmp(credential->place.leaf.bytes, name->prefix, sizeof name->prefix) == 0 &&
        !is_there(gather->out, &credential->place)) {
        gather->out->credential_count++;
    }
    return STORE_OK;
}

enum store_error store_dossier_of_entries(struct store_txn *txn, const struct network *network,
                                          const struct trust *trust, const struct entry_name *names,
                                          size_t name_count, uint64_t known_by_s, struct dossier *out,
                                          struct arena *arena)
{
    struct gather gather = {
        .txn = txn, .network = network, .trust = trust, .known_by_s = known_by_s, .out = out, .arena = arena};
    enum store_error error = STORE_OK;

    *out = (struct dossier){0};
    for (size_t i = 0; error == STORE_OK && i < name_count && out->credential_count < DOSSIER_CREDENTIALS_MAX;
         i++) {
        error = add_named(&gather, &names[i]);
    }
    return error == STORE_OK ? gather_finish(&gather) : error;
}

/* ---- credentials from elsewhere ---- */

enum store_error store_dossier_around(struct store_txn *txn, const struct network *network,
                                      const struct trust *trust, const struct dossier_credential *credentials,
                                      const struct actor_id *authors, size_t count, uint64_t known_by_s,
                                      struct dossier *out, struct arena *arena)
{
    struct gather gather = {
        .txn = txn, .network = network, .trust = trust, .known_by_s = known_by_s, .out = out, .arena = arena};
    enum store_error error = STORE_OK;

    *out = (struct dossier){0};
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        struct dossier_credential *credential = next_credential(&gather);

        if (!credential) {
            return STORE_NO_MEMORY;
        }
        *credential = credentials[i];
        error = gather_log(&gather, &authors[i], &credential->place.log);
        out->credential_count += error == STORE_OK;
        if (error == STORE_NOT_FOUND) {
            error = STORE_OK;
        }
    }
    return error == STORE_OK ? gather_finish(&gather) : error;
}
