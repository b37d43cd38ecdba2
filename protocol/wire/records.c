#include "protocol/wire/records.h"

#include "protocol/wire/tables.h"

_Static_assert(sizeof(enum role) == sizeof(uint32_t), "the engine reads and writes enums as 32 bits");
_Static_assert(sizeof(bool) == 1, "the engine reads and writes bools as one byte");

const struct schema *const schemas[SCHEMA_COUNT] = {
#define SCHEMA_ADDRESS(name) &name##_schema,
    SCHEMA_LIST(SCHEMA_ADDRESS)
#undef SCHEMA_ADDRESS
};

/* What each kind of entry is, by its number. */
static const struct {
    const struct schema *schema;
    enum block_class block_class;
} entry_kinds[] = {
    [ENTRY_KEYS] = {&keys_schema, CLASS_KEYS},
    [ENTRY_KEYS_UPDATE] = {&keys_update_schema, CLASS_KEYS},
    [ENTRY_RULE_PACK] = {&rule_pack_schema, CLASS_GOVERN},
    [ENTRY_ACCREDITATION] = {&accreditation_schema, CLASS_GOVERN},
    [ENTRY_WITHDRAWAL] = {&withdrawal_schema, CLASS_GOVERN},
    [ENTRY_SUCCESSION] = {&succession_schema, CLASS_GOVERN},
    [ENTRY_VOID] = {&void_record_schema, CLASS_GOVERN},
    [ENTRY_STATUS] = {&status_schema, CLASS_STATUS},
    [ENTRY_ERASE] = {&erase_schema, CLASS_STATUS},
    [ENTRY_ATTESTATION] = {&attestation_schema, CLASS_CONTENT},
    [ENTRY_AFFILIATION] = {&affiliation_schema, CLASS_CONTENT},
    [ENTRY_SHOP] = {&shop_schema, CLASS_CONTENT},
    [ENTRY_STATEMENT] = {&statement_schema, CLASS_CONTENT},
    [ENTRY_REVIEW] = {&review_schema, CLASS_CONTENT},
    [ENTRY_RHYTHM] = {&rhythm_schema, CLASS_GOVERN},
};

static bool kind_is_known(uint64_t kind)
{
    return kind < sizeof entry_kinds / sizeof entry_kinds[0] && entry_kinds[kind].schema;
}

const struct schema *entry_schema(uint64_t kind)
{
    return kind_is_known(kind) ? entry_kinds[kind].schema : NULL;
}

enum block_class entry_class(uint64_t kind)
{
    return kind_is_known(kind) ? entry_kinds[kind].block_class : CLASS_CONTENT;
}

/* ---- parts that several records share ---- */

static const struct field subject_fields[] = {
    {REQUIRED(subject, kind), ENUM(SUBJECT_ACTOR, SUBJECT_BLINDED), MEANS("1 actor, 2 claim key, 3 blinded")},
    {REQUIRED(subject, id), FIXED(HASH_SIZE), MEANS("actor id, hash of the claim key, or blinded actor")},
};

const struct schema subject_schema = {
    SCHEMA(subject),
    .meaning = "Who an entry is about.",
};

static const struct field entry_name_fields[] = {
    {REQUIRED(entry_name, author), FIXED(HASH_SIZE), MEANS("whose log")},
    {REQUIRED(entry_name, seq), SEQ, MEANS("which block")},
    {REQUIRED(entry_name, index), ENTRY_INDEX, MEANS("which entry of it")},
    {REQUIRED(entry_name, prefix), FIXED(ENTRY_PREFIX_SIZE), MEANS("first bytes of the entry's leaf hash")},
};

const struct schema entry_name_schema = {
    SCHEMA(entry_name),
    .meaning = "The name of an entry.",
};

static const struct field indexed_signature_fields[] = {
    {REQUIRED(indexed_signature, key_index), UINT(0, KEYS_MAX - 1),
     MEANS("position in the signer's list of keys")},
    {REQUIRED(indexed_signature, signature), FIXED(sizeof(struct signature)), MEANS("Ed25519, detached")},
};

const struct schema indexed_signature_schema = {
    SCHEMA(indexed_signature),
    .meaning = "A signature and whose it is.",
};

static const struct field keyed_signature_fields[] = {
    {REQUIRED(keyed_signature, key), FIXED(sizeof(struct sign_public_key)), MEANS("the signer's, Ed25519")},
    {REQUIRED(keyed_signature, signature), FIXED(sizeof(struct signature)), MEANS("Ed25519, detached")},
};

const struct schema keyed_signature_schema = {
    SCHEMA(keyed_signature),
    .meaning = "A signature and the key that made it.",
};

static enum reason check_index_range(const void *record)
{
    const struct index_range *range = record;

    return range->first <= range->last ? REASON_NONE : REASON_INCONSISTENT;
}

static const struct field index_range_fields[] = {
    {REQUIRED(index_range, first), ENTRY_INDEX, MEANS("first entry")},
    {REQUIRED(index_range, last), ENTRY_INDEX, MEANS("last entry, inclusive; not below first")},
};

const struct schema index_range_schema = {
    SCHEMA(index_range),
    .meaning = "Entries of one block.",
    .check = check_index_range,
};

int order_numbers(uint64_t a, uint64_t b)
{
    if (a == b) {
        return 0;
    }
    return a < b ? -1 : 1;
}

int order_texts(const void *a, const void *b)
{
    const struct bytes *left = a, *right = b;

    return bytes_compare(*left, *right);
}

int order_signatures(const void *a, const void *b)
{
    const struct indexed_signature *left = a, *right = b;

    return order_numbers(left->key_index, right->key_index);
}

int order_index_ranges(const void *a, const void *b)
{
    const struct index_range *left = a, *right = b;

    if (left->last < right->first) {
        return -1;
    }
    return right->last < left->first ? 1 : 0;
}
