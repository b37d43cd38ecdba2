#include "cmd/own_branches.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "protocol/rules/bearing.h"

static void count_block(struct own_branch_facts *facts, const struct block *block, struct arena *arena)
{
    for (size_t i = 0; i < block->entry_count; i++) {
        const struct entry *entry = &block->entries[i];
        struct own_branch_sample *sample = &facts->samples[facts->sample_count];
        struct attestation attestation;

        if (entry->kind != ENTRY_ATTESTATION || entry->erased) {
            continue;
        }
        facts->certificate_count++;
        if (facts->sample_count == OWN_BRANCH_SAMPLES_MAX ||
            entry_payload_decode(&attestation, entry, arena) != REASON_NONE) {
            continue;
        }
        memcpy(sample->code, attestation.code.data, attestation.code.size);
        sample->code[attestation.code.size] = '\0';
        sample->subject = attestation.subject.id;
        facts->sample_count++;
    }
}

/* ---- what it says besides ---- */

/* Those against somebody stand first. */
static void keep_saying(struct own_branch_facts *facts, const struct own_branch_saying *saying)
{
    size_t at = facts->kept_count;
    facts->saying_count++;
    facts->against_count += saying->against;
    while (saying->against && at > 0 && !facts->sayings[at - 1].against) {
        at--;
    }
    if (at == OWN_BRANCH_SAYINGS_MAX) {
        return;
    }
    facts->kept_count += facts->kept_count < OWN_BRANCH_SAYINGS_MAX;
    memmove(&facts->sayings[at + 1], &facts->sayings[at],
            (facts->kept_count - 1 - at) * sizeof facts->sayings[0]);
    facts->sayings[at] = *saying;
}

static void copy_code(struct own_branch_saying *saying, struct bytes code)
{
    size_t size = code.size < sizeof saying->code ? code.size : sizeof saying->code - 1;
    memcpy(saying->code, code.data, size);
    saying->code[size] = '\0';
}

static void tell_whom(struct own_branch_saying *saying, const struct hash *whom)
{
    saying->has_whom = true;
    saying->whom = *whom;
}

/* Of the first entry that a status is about, when it stands on the chain: below the fork branches agree. */
static void tell_target(struct own_branch_saying *saying, const struct status *status,
                        struct session *session, struct store_txn *txn)
{
    const struct index_range *ranges = status->entries.items;
    size_t mark = arena_mark(&session->arena);
    struct attestation attestation;
    struct bytes encoded;
    struct block block;
    saying->seq = status->seq;
    for (size_t i = 0; i < status->entries.count; i++) {
        saying->entry_count += ranges[i].last - ranges[i].first + 1;
    }
    if (saying->entry_count > 0 &&
        store_block_bytes(txn, &session->actor, status->seq, &encoded, &session->arena) == STORE_OK &&
        block_decode(&block, &session->home.network, encoded, &session->arena) == REASON_NONE &&
        ranges[0].first < block.entry_count && block.entries[ranges[0].first].kind == ENTRY_ATTESTATION &&
        entry_payload_decode(&attestation, &block.entries[ranges[0].first], &session->arena) == REASON_NONE) {
        copy_code(saying, attestation.code);
        tell_whom(saying, &attestation.subject.id);
    }
    arena_rewind(&session->arena, mark);
}

/* Returns: false for what issues, and for what says nothing of anybody. */
static bool saying_of(struct own_branch_saying *saying, const struct entry *entry, struct session *session,
                      struct store_txn *txn)
{
    union {
        struct status status;
        struct accreditation accreditation;
        struct withdrawal withdrawal;
        struct succession succession;
        struct void_record voids;
        struct affiliation affiliation;
    } record;
    *saying = (struct own_branch_saying){.kind = entry->kind};
    if (entry->erased || (entry->kind != ENTRY_STATUS && entry->kind != ENTRY_ACCREDITATION &&
                          entry->kind != ENTRY_WITHDRAWAL && entry->kind != ENTRY_SUCCESSION &&
                          entry->kind != ENTRY_VOID && entry->kind != ENTRY_AFFILIATION)) {
        return false;
    }
    if (entry_payload_decode(&record, entry, &session->arena) != REASON_NONE) {
        return false;
    }
    saying->against = bearing_is_against(bearing_of_entry(entry->kind, &record));
    if (entry->kind == ENTRY_STATUS) {
        saying->action = record.status.action;
        tell_target(saying, &record.status, session, txn);
    } else if (entry->kind == ENTRY_ACCREDITATION) {
        const struct bytes *patterns = record.accreditation.patterns.items;
        tell_whom(saying, &record.accreditation.delegate.hash);
        copy_code(saying, record.accreditation.patterns.count > 0 ? patterns[0] : (struct bytes){0});
    } else if (entry->kind == ENTRY_WITHDRAWAL) {
        tell_whom(saying, &record.withdrawal.delegate.hash);
    } else if (entry->kind == ENTRY_SUCCESSION) {
        tell_whom(saying, &record.succession.successor.hash);
        copy_code(saying, record.succession.name_space);
    } else if (entry->kind == ENTRY_AFFILIATION && record.affiliation.has_consent) {
        tell_whom(saying, &record.affiliation.consent.technician.hash);
    }
    return true;
}

static void keep_sayings(struct own_branch_facts *facts, const struct block *block, struct session *session,
                         struct store_txn *txn)
{
    for (size_t i = 0; i < block->entry_count; i++) {
        size_t mark = arena_mark(&session->arena);
        struct own_branch_saying saying;
        if (saying_of(&saying, &block->entries[i], session, txn)) {
            keep_saying(facts, &saying);
        }
        arena_rewind(&session->arena, mark);
    }
}

/* What the signer did, in the third person. */
static const char *deed_of(const struct own_branch_saying *saying)
{
    static const char *const actions[] = {
        [STATUS_REVOKED] = "revokes",       [STATUS_SUSPENDED] = "suspends",
        [STATUS_REINSTATED] = "reinstates", [STATUS_REPLACED] = "replaces",
        [STATUS_APPEALED] = "appeal about", [STATUS_APPEAL_DECIDED] = "appeal decided about",
        [STATUS_HELD_BY] = "re-binds",
    };
    switch ((int)saying->kind) {
    case ENTRY_STATUS:
        return actions[saying->action];
    case ENTRY_ACCREDITATION:
        return "accredits";
    case ENTRY_WITHDRAWAL:
        return "withdraws from";
    case ENTRY_SUCCESSION:
        return "hands on";
    case ENTRY_VOID:
        return "declares void";
    default:
        return saying->against ? "ends an affiliation" : "joins";
    }
}

static void print_saying(FILE *out, const struct session *session, const struct own_branch_saying *saying)
{
    const char *whom = saying->has_whom ? session_name_of(session, &saying->whom) : "";
    fprintf(out, "  %s", deed_of(saying));
    if (saying->kind == ENTRY_STATUS && saying->code[0] == '\0') {
        fprintf(out, " %" PRIu64 " entries of block %" PRIu64, saying->entry_count, saying->seq);
    } else if (saying->kind == ENTRY_STATUS) {
        fprintf(out, " %s of %s", saying->code, whom);
    } else if (saying->kind == ENTRY_ACCREDITATION) {
        fprintf(out, " %s for %s", whom, saying->code);
    } else if (saying->kind == ENTRY_SUCCESSION) {
        fprintf(out, " %s to %s", saying->code, whom);
    } else if (saying->kind == ENTRY_VOID) {
        fputs(" earlier blocks", out);
    } else if (whom[0] != '\0') {
        fprintf(out, " %s", whom);
    }
    if (saying->kind == ENTRY_STATUS && saying->code[0] != '\0' && saying->entry_count > 1) {
        fprintf(out, " and %" PRIu64 " more", saying->entry_count - 1);
    }
    fputc('\n', out);
}

void own_branch_print_sayings(FILE *out, const struct session *session, const struct own_branch_facts *facts)
{
    for (size_t i = 0; i < facts->kept_count; i++) {
        print_saying(out, session, &facts->sayings[i]);
    }
    if (facts->saying_count > facts->kept_count) {
        fprintf(out, "  and %" PRIu64 " statements more\n", facts->saying_count - facts->kept_count);
    }
}

/* ---- a branch ---- */

static enum store_error read_block(struct own_branch_facts *facts, struct session *session,
                                   struct store_txn *txn, const struct own_block *place)
{
    size_t mark = arena_mark(&session->arena);
    struct bytes encoded;
    struct block block;
    enum store_error error =
        store_block_by_hash(txn, &session->actor, place->seq, &place->hash, &encoded, &session->arena);

    if (error == STORE_OK) {
        enum reason reason = block_decode(&block, &session->home.network, encoded, &session->arena);

        error = reason == REASON_NONE ? STORE_OK : store_error_of_decode(reason, &session->arena);
    }
    if (error == STORE_OK) {
        facts->time_s = block.header.time_s;
        count_block(facts, &block, &session->arena);
        keep_sayings(facts, &block, session, txn);
    }
    arena_rewind(&session->arena, mark);
    return error;
}

enum store_error own_branches_facts(struct own_branch_facts *out, struct session *session,
                                    struct store_txn *txn, const struct own_branches *branches, size_t tip,
                                    uint64_t base_seq)
{
    uint64_t count = branches->blocks[tip].seq - base_seq;
    int64_t at = (int64_t)tip;
    int64_t *path = arena_take(&session->arena, count * sizeof *path);
    enum store_error error = path ? STORE_OK : STORE_NO_MEMORY;

    assert(branches->blocks[tip].child_count == 0);
    *out = (struct own_branch_facts){0};
    for (uint64_t i = count; error == STORE_OK && i > 0; i--) {
        path[i - 1] = at;
        at = branches->blocks[at].parent;
    }
    for (uint64_t i = 0; error == STORE_OK && i < count; i++) {
        const struct own_block *block = &branches->blocks[path[i]];

        if (block->held) {
            error = read_block(out, session, txn, block);
        } else {
            out->time_s = block->proven_time_s;
        }
    }
    return error;
}
