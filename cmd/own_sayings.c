#include "cmd/own_sayings.h"

#include <inttypes.h>
#include <string.h>

#include "protocol/rules/bearing.h"

static void copy_code(char out[CODE_SIZE_MAX + 1], struct bytes code)
{
    size_t size = code.size < CODE_SIZE_MAX ? code.size : CODE_SIZE_MAX;
    memcpy(out, code.data, size);
    out[size] = '\0';
}

/* ---- certificates ---- */

static void add_certificate(struct own_sayings *sayings, const struct attestation *attestation)
{
    struct own_sample *sample = sayings->samples;
    char code[CODE_SIZE_MAX + 1];
    copy_code(code, attestation->code);
    while (sample < sayings->samples + sayings->sample_count &&
           (strcmp(sample->code, code) != 0 || !hash_equal(&sample->subject, &attestation->subject.id))) {
        sample++;
    }
    if (sample == sayings->samples + OWN_SAMPLES_MAX) {
        return;
    }
    if (sample == sayings->samples + sayings->sample_count) {
        sayings->sample_count++;
        *sample = (struct own_sample){.subject = attestation->subject.id};
        memcpy(sample->code, code, sizeof code);
    }
    sample->count++;
    sayings->sampled_count++;
}

/* ---- all else ---- */

union any_record {
    struct keys keys;
    struct rule_pack pack;
    struct accreditation accreditation;
    struct withdrawal withdrawal;
    struct succession succession;
    struct void_record voids;
    struct rhythm rhythm;
    struct status status;
    struct erase erase;
    struct attestation attestation;
    struct affiliation affiliation;
    struct shop shop;
    struct review review;
    struct statement statement;
};

static uint64_t count_entries(const struct list *entries)
{
    const struct index_range *ranges = entries->items;
    uint64_t count = 0;
    for (size_t i = 0; i < entries->count; i++) {
        count += ranges[i].last - ranges[i].first + 1;
    }
    return count;
}

/* The certificate that entry index of block seq of the author's chain is. */
static bool find_certificate(struct attestation *out, struct session *session, struct store_txn *txn,
                             const struct actor_id *author, uint64_t seq, uint64_t index)
{
    struct bytes encoded;
    struct block block;
    return store_block_bytes(txn, author, seq, &encoded, &session->arena) == STORE_OK &&
           block_decode(&block, &session->home.network, encoded, &session->arena) == REASON_NONE &&
           index < block.entry_count && block.entries[index].kind == ENTRY_ATTESTATION &&
           entry_payload_decode(out, &block.entries[index], &session->arena) == REASON_NONE;
}

static const char *deed_of(enum status_action action)
{
    static const char *const deeds[] = {
        [STATUS_REVOKED] = "revokes",
        [STATUS_SUSPENDED] = "suspends",
        [STATUS_REINSTATED] = "reinstates",
        [STATUS_REPLACED] = "replaces",
        [STATUS_APPEALED] = "records an appeal about",
        [STATUS_APPEAL_DECIDED] = "records an appeal as decided about",
        [STATUS_HELD_BY] = "re-binds",
    };
    return deeds[action];
}

static void describe_entries(char *out, struct session *session, struct store_txn *txn,
                             const struct actor_id *author, const char *deed, uint64_t seq,
                             const struct list *entries)
{
    const struct index_range *ranges = entries->items;
    uint64_t count = count_entries(entries);
    struct attestation attestation;
    size_t size;
    if (count == 0 || !find_certificate(&attestation, session, txn, author, seq, ranges[0].first)) {
        snprintf(out, OWN_SAYING_SIZE, "%s %" PRIu64 " entr%s of block %" PRIu64, deed, count,
                 count == 1 ? "y" : "ies", seq);
        return;
    }
    size = (size_t)snprintf(out, OWN_SAYING_SIZE, "%s %.*s of %s", deed, (int)attestation.code.size,
                            (const char *)attestation.code.data,
                            session_name_of(session, &attestation.subject.id));
    if (count > 1 && size < OWN_SAYING_SIZE) {
        snprintf(out + size, OWN_SAYING_SIZE - size, " and %" PRIu64 " more", count - 1);
    }
}

static void describe_void(char *out, const struct void_record *record)
{
    char hex[2 * HASH_SIZE + 1];
    if (record->has_branch) {
        sodium_bin2hex(hex, sizeof hex, record->branch.first.bytes, HASH_SIZE);
        snprintf(out, OWN_SAYING_SIZE, "declares void the dropped branch that begins with %.16s...", hex);
    } else if (record->range.first == record->range.last) {
        snprintf(out, OWN_SAYING_SIZE, "declares void block %" PRIu64, record->range.first);
    } else {
        snprintf(out, OWN_SAYING_SIZE, "declares void blocks %" PRIu64 " to %" PRIu64, record->range.first,
                 record->range.last);
    }
}

static void describe_withdrawal(char *out, const struct session *session, const struct withdrawal *record)
{
    const char *whom = session_name_of(session, &record->delegate.hash);
    if (record->has_accreditation) {
        snprintf(out, OWN_SAYING_SIZE, "withdraws the accreditation %" PRIu64 "/%" PRIu64 " of %s",
                 record->accreditation.seq, record->accreditation.index, whom);
    } else {
        snprintf(out, OWN_SAYING_SIZE, "withdraws from %s what it issues after its block %" PRIu64, whom,
                 record->cut_seq);
    }
}

static void describe_accreditation(char *out, const struct session *session,
                                   const struct accreditation *record)
{
    const struct bytes *patterns = record->patterns.items;
    size_t size = (size_t)snprintf(out, OWN_SAYING_SIZE, "accredits %s for",
                                   session_name_of(session, &record->delegate.hash));
    for (size_t i = 0; i < record->patterns.count && size < OWN_SAYING_SIZE; i++) {
        size += (size_t)snprintf(out + size, OWN_SAYING_SIZE - size, "%s %.*s", i > 0 ? "," : "",
                                 (int)patterns[i].size, (const char *)patterns[i].data);
    }
}

static void describe(char *out, const struct entry *entry, const union any_record *record,
                     struct session *session, struct store_txn *txn, const struct header *header)
{
    switch ((int)entry->kind) {
    case ENTRY_KEYS:
        snprintf(out, OWN_SAYING_SIZE, "%s",
                 header->seq == 0 ? "makes the id, with its first keys" : "replaces all keys");
        return;
    case ENTRY_KEYS_UPDATE:
        snprintf(out, OWN_SAYING_SIZE, "changes keys, those that govern excepted");
        return;
    case ENTRY_RULE_PACK:
        snprintf(out, OWN_SAYING_SIZE, "publishes the rules of %.*s, version %" PRIu64,
                 (int)record->pack.name_space.size, (const char *)record->pack.name_space.data,
                 record->pack.version);
        return;
    case ENTRY_ACCREDITATION:
        describe_accreditation(out, session, &record->accreditation);
        return;
    case ENTRY_WITHDRAWAL:
        describe_withdrawal(out, session, &record->withdrawal);
        return;
    case ENTRY_SUCCESSION:
        snprintf(out, OWN_SAYING_SIZE, "hands %.*s on to %s", (int)record->succession.name_space.size,
                 (const char *)record->succession.name_space.data,
                 session_name_of(session, &record->succession.successor.hash));
        return;
    case ENTRY_VOID:
        describe_void(out, &record->voids);
        return;
    case ENTRY_RHYTHM:
        snprintf(out, OWN_SAYING_SIZE, "states a rhythm of %" PRIu64 " days", record->rhythm.days);
        return;
    case ENTRY_STATUS:
        describe_entries(out, session, txn, &header->author, deed_of(record->status.action),
                         record->status.seq, &record->status.entries);
        return;
    case ENTRY_ERASE:
        snprintf(out, OWN_SAYING_SIZE, "erases %" PRIu64 " entr%s of block %" PRIu64,
                 count_entries(&record->erase.entries),
                 count_entries(&record->erase.entries) == 1 ? "y" : "ies", record->erase.seq);
        return;
    case ENTRY_AFFILIATION:
        if (!record->affiliation.has_consent) {
            snprintf(out, OWN_SAYING_SIZE, "ends an affiliation");
            return;
        }
        snprintf(out, OWN_SAYING_SIZE, "puts %s on the roster of %s",
                 session_name_of(session, &record->affiliation.consent.technician.hash),
                 session_name_of(session, &record->affiliation.consent.shop.hash));
        return;
    case ENTRY_SHOP:
        snprintf(out, OWN_SAYING_SIZE, "publishes the profile of the shop %.*s", (int)record->shop.name.size,
                 (const char *)record->shop.name.data);
        return;
    case ENTRY_REVIEW:
        snprintf(out, OWN_SAYING_SIZE, "reviews %s for %.*s",
                 session_name_of(session, &record->review.shop.hash), (int)record->review.code.size,
                 (const char *)record->review.code.data);
        return;
    case ENTRY_STATEMENT:
        snprintf(out, OWN_SAYING_SIZE, "puts its own word beside an entry");
        return;
    default:
        snprintf(out, OWN_SAYING_SIZE, "says something that this version does not know (kind %" PRIu64 ")",
                 entry->kind);
        return;
    }
}

/* Those against somebody stand first. */
static struct own_saying *take_room(struct own_sayings *sayings, bool against)
{
    size_t at = sayings->kept_count;
    sayings->saying_count++;
    sayings->against_count += against;
    while (against && at > 0 && !sayings->sayings[at - 1].against) {
        at--;
    }
    if (at == OWN_SAYINGS_MAX) {
        return NULL;
    }
    sayings->kept_count += sayings->kept_count < OWN_SAYINGS_MAX;
    memmove(&sayings->sayings[at + 1], &sayings->sayings[at],
            (sayings->kept_count - 1 - at) * sizeof sayings->sayings[0]);
    return &sayings->sayings[at];
}

static void add_entry(struct own_sayings *sayings, const struct entry *entry, struct session *session,
                      struct store_txn *txn, const struct header *header)
{
    union any_record record;
    enum reason reason = entry_payload_decode(&record, entry, &session->arena);
    struct own_saying *saying;
    bool against;
    sayings->certificate_count += entry->kind == ENTRY_ATTESTATION && !entry->erased;
    sayings->erased_count += entry->erased;
    if (entry->erased || (reason != REASON_NONE && reason != REASON_WRONG_KIND)) {
        return;
    }
    if (entry->kind == ENTRY_ATTESTATION) {
        add_certificate(sayings, &record.attestation);
        return;
    }
    against = reason == REASON_NONE && bearing_is_against(bearing_of_entry(entry->kind, &record));
    saying = take_room(sayings, against);
    if (saying != NULL) {
        saying->against = against;
        describe(saying->words, entry, &record, session, txn, header);
    }
}

void own_sayings_add(struct own_sayings *sayings, const struct block *block, struct session *session,
                     struct store_txn *txn)
{
    sayings->block_count++;
    sayings->time_s = block->header.time_s;
    for (size_t i = 0; i < block->entry_count; i++) {
        size_t mark = arena_mark(&session->arena);
        add_entry(sayings, &block->entries[i], session, txn, &block->header);
        arena_rewind(&session->arena, mark);
    }
}

/* ---- writing it ---- */

void own_sayings_print_samples(FILE *out, const struct session *session, const struct own_sayings *sayings,
                               size_t max)
{
    uint64_t shown = 0;
    for (size_t i = 0; i < sayings->sample_count && i < max; i++) {
        const struct own_sample *sample = &sayings->samples[i];
        fprintf(out, "%s%s to %s", i == 0 ? "" : ", ", sample->code,
                session_name_of(session, &sample->subject));
        if (sample->count > 1) {
            fprintf(out, " (%" PRIu64 " times)", sample->count);
        }
        shown += sample->count;
    }
    fputs(shown < sayings->certificate_count ? ", ..." : "", out);
}

void own_sayings_print(FILE *out, const struct own_sayings *sayings)
{
    for (size_t i = 0; i < sayings->kept_count; i++) {
        fprintf(out, "  %s\n", sayings->sayings[i].words);
    }
    if (sayings->saying_count > sayings->kept_count) {
        fprintf(out, "  and %" PRIu64 " statements more\n", sayings->saying_count - sayings->kept_count);
    }
}

json_t *json_of_sayings(const struct session *session, const struct own_sayings *sayings)
{
    json_t *array = json_array();
    for (size_t i = 0; i < sayings->sample_count; i++) {
        const struct own_sample *sample = &sayings->samples[i];
        json_array_append_new(
            array, json_sprintf("issues %s to %s", sample->code, session_name_of(session, &sample->subject)));
    }
    for (size_t i = 0; i < sayings->kept_count; i++) {
        json_array_append_new(array, json_string(sayings->sayings[i].words));
    }
    return array;
}
