#include "protocol/wire/tables.h"

/* ---- status ---- */

static enum reason check_status(const void *record)
{
    const struct status *status = record;

    if (status->has_replacement != (status->action == STATUS_REPLACED)) {
        return REASON_INCONSISTENT;
    }
    return status->has_holder == (status->action == STATUS_HELD_BY) ? REASON_NONE : REASON_INCONSISTENT;
}

static const struct field status_fields[] = {
    {REQUIRED(status, seq), SEQ, MEANS("earlier block of this log")},
    {REQUIRED(status, entries), LIST(index_range, 1, STATUS_SPANS_MAX), SORTED(order_index_ranges),
     MEANS("content entries of it; ascending, disjoint")},
    {REQUIRED(status, action), ENUM(STATUS_REVOKED, STATUS_HELD_BY),
     MEANS("1 revoked, 2 suspended, 3 reinstated, 4 replaced, 5 appealed, 6 appeal decided, 7 held by")},
    {REQUIRED(status, reason), ENUM(STATUS_REASON_UNSPECIFIED, STATUS_REASON_OTHER),
     MEANS("0 unspecified, 1 issued in error, 2 misconduct, 3 scoring, 4 key compromise, 5 requested by the "
           "subject, "
           "6 other")},
    {REQUIRED(status, effective_day), DAY, MEANS("counts from this day on")},
    {OPTIONAL(status, replacement, has_replacement), RECORD(entry_name),
     MEANS("what takes its place; exactly with action 4")},
    {OPTIONAL(status, holder, has_holder), RECORD(subject), MEANS("who holds it now; exactly with action 7")},
};

const struct schema status_schema = {
    SCHEMA(status),
    EXTENSIBLE(status),
    .meaning = "How entries of an earlier block stand from a day on.",
    .check = check_status,
};

static const struct field erase_fields[] = {
    {REQUIRED(erase, seq), SEQ, MEANS("earlier block of this log")},
    {REQUIRED(erase, entries), LIST(index_range, 1, STATUS_SPANS_MAX), SORTED(order_index_ranges),
     MEANS("content entries of it; ascending, disjoint")},
};

const struct schema erase_schema = {
    SCHEMA(erase),
    EXTENSIBLE(erase),
    .meaning = "The bytes of these entries are dropped; their hashes and standing stay.",
};

/* ---- attestation ---- */

static enum reason check_attestation(const void *record)
{
    const struct attestation *attestation = record;

    if (attestation->has_last_day && attestation->valid_from > attestation->last_day) {
        return REASON_INCONSISTENT;
    }
    return REASON_NONE;
}

static const struct field attestation_fields[] = {
    {REQUIRED(attestation, subject), RECORD(subject), MEANS("whose it is")},
    {REQUIRED(attestation, code), TEXT(1, CODE_SIZE_MAX, text_is_code),
     MEANS("what is certified: namespace/code")},
    {REQUIRED(attestation, basis), ENUM(BASIS_EXAM, BASIS_LICENCE),
     MEANS("1 exam, 2 recertification, 3 renewal, 4 training, 5 experience, 6 identity, 7 membership, 8 "
           "recognition, "
           "9 licence")},
    {REQUIRED(attestation, earned_on), DAY, MEANS("day of the exam, or of what else it rests on")},
    {REQUIRED(attestation, valid_from), DAY, MEANS("first valid day")},
    {OPTIONAL(attestation, last_day, has_last_day), DAY,
     MEANS("last valid day, inclusive; not before valid_from; nil: for life")},
    {OPTIONAL(attestation, network_code, has_network), TEXT(1, CODE_SIZE_MAX, text_is_code),
     MEANS("valid while affiliated with a shop that holds this membership code")},
    {OPTIONAL(attestation, claims_root, has_claims), FIXED(HASH_SIZE), MEANS("root of the claims tree")},
    {OPTIONAL(attestation, sealed_hash, has_claims), FIXED(HASH_SIZE),
     MEANS("tp.sealed over the sealed claims; exactly with claims_root")},
};

const struct schema attestation_schema = {
    SCHEMA(attestation),
    EXTENSIBLE(attestation),
    .meaning = "A subject has earned a code.",
    .check = check_attestation,
};

/* ---- affiliation ---- */

static const struct field consent_fields[] = {
    {REQUIRED(consent, technician), FIXED(HASH_SIZE), MEANS("actor who signs")},
    {REQUIRED(consent, shop), FIXED(HASH_SIZE), MEANS("actor whom it is for")},
    {REQUIRED(consent, start_day), DAY, MEANS("first day in the shop")},
    {REQUIRED(consent, performs_repairs), BOOL, MEANS("whether the technician counts for the shop's share")},
    {REQUIRED(consent, expires_s), TIME, MEANS("until when the shop may use it")},
    {REQUIRED(consent, nonce), FIXED(16), MEANS("random; makes each consent another affiliation")},
};

const struct schema consent_schema = {
    SCHEMA(consent),
    .meaning = "A technician's word to a shop. Its tp.consent hash is the affiliation's id.",
};

static enum reason check_affiliation(const void *record)
{
    const struct affiliation *affiliation = record;

    return affiliation->has_consent == (affiliation->event == AFFILIATION_JOINED) ? REASON_NONE
                                                                                  : REASON_INCONSISTENT;
}

static const struct field affiliation_fields[] = {
    {REQUIRED(affiliation, id), FIXED(HASH_SIZE), MEANS("tp.consent over the consent")},
    {REQUIRED(affiliation, event), ENUM(AFFILIATION_JOINED, AFFILIATION_LEFT), MEANS("1 joined, 2 left")},
    {REQUIRED(affiliation, day), DAY, MEANS("first day, or the first one no longer")},
    {OPTIONAL(affiliation, consent, has_consent), RECORD(consent), MEANS("exactly with joined")},
    {OPTIONAL(affiliation, signature, has_consent), RECORD(keyed_signature),
     MEANS("over the id, by a present key of the technician; exactly with consent")},
};

const struct schema affiliation_schema = {
    SCHEMA(affiliation),
    EXTENSIBLE(affiliation),
    .meaning = "A technician joined a shop, or left it. Either side may say so.",
    .check = check_affiliation,
};

/* ---- shop ---- */

static const struct field shop_fields[] = {
    {REQUIRED(shop, name), TEXT(1, NAME_SIZE_MAX, NULL), MEANS("over the door")},
    {REQUIRED(shop, place), TEXT(1, NAME_SIZE_MAX, NULL), MEANS("town, or address")},
    {REQUIRED(shop, state), TEXT(2, 2, text_is_state), MEANS("two capitals")},
    {REQUIRED(shop, areas), LIST_OF_TEXTS(0, AREAS_MAX, 1, AREA_SIZE_MAX, NULL), SORTED(order_texts),
     MEANS("service areas performed; sorted")},
    {REQUIRED(shop, technicians), UINT(0, TECHNICIANS_MAX),
     MEANS("who diagnose and repair, on the roster or not")},
    {REQUIRED(shop, from), DAY, MEANS("from which this holds")},
};

const struct schema shop_schema = {
    SCHEMA(shop),
    EXTENSIBLE(shop),
    .meaning = "A shop's profile; a later one takes its place.",
};

/* ---- review ---- */

static const struct field review_fields[] = {
    {REQUIRED(review, shop), FIXED(HASH_SIZE), MEANS("actor reviewed")},
    {REQUIRED(review, code), TEXT(1, CODE_SIZE_MAX, text_is_code), MEANS("recognition that it is for")},
    {REQUIRED(review, day), DAY, MEANS("of the review; its figures hold until the next one")},
    {REQUIRED(review, technicians), UINT(0, TECHNICIANS_MAX), MEANS("who diagnose and repair")},
    {REQUIRED(review, areas), LIST_OF_TEXTS(0, AREAS_MAX, 1, AREA_SIZE_MAX, NULL), SORTED(order_texts),
     MEANS("service areas performed; sorted")},
};

const struct schema review_schema = {
    SCHEMA(review),
    EXTENSIBLE(review),
    .meaning = "What a certifying body recorded at a shop's review: floors for what the shop declares.",
};

/* ---- statement ---- */

static const struct field statement_fields[] = {
    {REQUIRED(statement, about), RECORD(entry_name), MEANS("entry that it stands beside")},
    {REQUIRED(statement, text), TEXT(1, STATEMENT_SIZE_MAX, NULL), MEANS("the subject's own word")},
};

const struct schema statement_schema = {
    SCHEMA(statement),
    EXTENSIBLE(statement),
    .meaning = "A subject's own word beside an entry about it.",
};
