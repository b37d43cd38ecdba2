#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/builders.h"

/* The rules that span fields, a sentence a row, and the tables of kinds. */

struct rule_row {
    const char *sentence;
    void (*change)(void *record); /* what makes a good record a bad one, or leaves it good */
    enum reason expected;
};

/* Checks every row against a copy of good. */
static void check_rows(const struct schema *schema, const void *good, const struct rule_row *rows,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        void *record = malloc(schema->size);
        enum reason reason = REASON_NONE;

        assert_non_null(record);
        memcpy(record, good, schema->size);
        if (rows[i].change) {
            rows[i].change(record);
        }
        reason = schema->check(record);
        free(record);
        if (reason != rows[i].expected) {
            fail_msg("%s: %s: %s instead of %s", schema->name, rows[i].sentence, reason_word(reason),
                     reason_word(rows[i].expected));
        }
    }
}

#define CHECK_ROWS(name, good, rows) check_rows(&name##_schema, good, rows, sizeof(rows) / sizeof(rows[0]))

static struct network network;

static int make_network(void **state)
{
    (void)state;
    return network_init(&network, "test") ? 0 : -1;
}

/* ---- keys ---- */

static struct built_actor actor;

static void govern_threshold_zero(void *record)
{
    ((struct keys *)record)->thresholds.govern = 0;
}

static void issue_threshold_above_count(void *record)
{
    ((struct keys *)record)->thresholds.issue = 3;
}

static void issue_threshold_at_count(void *record)
{
    ((struct keys *)record)->thresholds.issue = 2;
}

static void present_threshold_zero(void *record)
{
    ((struct keys *)record)->thresholds.present = 0;
}

static void next_threshold_above_count(void *record)
{
    ((struct keys *)record)->next_threshold = 3;
}

static void only_governing_keys(void *record)
{
    struct keys *keys = record;

    keys->signing_keys.count = 2;
    keys->thresholds = (struct thresholds){.govern = 1};
}

static void threshold_without_a_key(void *record)
{
    only_governing_keys(record);
    ((struct keys *)record)->thresholds.present = 1;
}

static void no_governing_key(void *record)
{
    struct keys *keys = record;
    const struct signing_key *items = keys->signing_keys.items;

    keys->signing_keys = (struct list){items + 2, keys->signing_keys.count - 2};
}

static void one_key_in_two_roles(void *record)
{
    static struct signing_key keys[2];

    keys[0] = actor.signing_keys[0];
    keys[1] = actor.signing_keys[0];
    keys[1].role = ROLE_ISSUE;
    *(struct keys *)record = actor.keys;
    ((struct keys *)record)->signing_keys = (struct list){keys, 2};
    ((struct keys *)record)->thresholds = (struct thresholds){.govern = 1, .issue = 1};
}

static void test_keys(void **state)
{
    static const struct rule_row rows[] = {
        {"two keys a role, one needed", NULL, REASON_NONE},
        {"a threshold may be the count", issue_threshold_at_count, REASON_NONE},
        {"roles may be empty, govern apart", only_governing_keys, REASON_NONE},
        {"govern needs a signature", govern_threshold_zero, REASON_INCONSISTENT},
        {"a threshold can't be above the count", issue_threshold_above_count, REASON_INCONSISTENT},
        {"a role with keys needs a signature", present_threshold_zero, REASON_INCONSISTENT},
        {"a role without keys has no threshold", threshold_without_a_key, REASON_INCONSISTENT},
        {"someone governs", no_governing_key, REASON_INCONSISTENT},
        {"the next threshold can't be above its count", next_threshold_above_count, REASON_INCONSISTENT},
        {"a key has one role", one_key_in_two_roles, REASON_NOT_SORTED},
    };

    (void)state;
    build_actor(&actor, &network, 1, 2, 1);
    CHECK_ROWS(keys, &actor.keys, rows);
}

static void test_a_key_that_can_t_sign_may_be_listed(void **state)
{
    static const uint8_t identity[32] = {1};
    uint8_t bytes[KEYS_SIZE_MAX], memory[8192];
    struct arena arena;
    struct keys keys;
    uint8_t *found = NULL;

    (void)state;
    build_actor(&actor, &network, 1, 1, 1);
    memcpy(bytes, actor.keys_record.data, actor.keys_record.size);
    found = memmem(bytes, actor.keys_record.size, &actor.signing_keys[0].key, 32);
    assert_non_null(found);
    memcpy(found, identity, sizeof identity);
    arena_init(&arena, memory, sizeof memory);
    assert_int_equal(schema_decode(&keys_schema, &keys, bytes_of(bytes, actor.keys_record.size), &arena),
                     REASON_NONE);
}

static void with_governing_key(void *record)
{
    *(struct keys_update *)record = (struct keys_update){
        .signing_keys = {actor.signing_keys, 2},
        .thresholds = {.govern = 1, .issue = 1},
    };
}

static void with_govern_threshold(void *record)
{
    ((struct keys_update *)record)->thresholds.govern = 1;
}

static void without_keys(void *record)
{
    *(struct keys_update *)record = (struct keys_update){0};
}

static void test_keys_update(void **state)
{
    static const struct rule_row rows[] = {
        {"all keys but the governing one", NULL, REASON_NONE},
        {"no keys at all", without_keys, REASON_NONE},
        {"it can't change who governs", with_governing_key, REASON_INCONSISTENT},
        {"it can't change how many govern", with_govern_threshold, REASON_INCONSISTENT},
    };
    struct keys_update good = {
        .signing_keys = {actor.signing_keys + 1, 3},
        .thresholds = {.issue = 1, .checkpoint = 1, .present = 1},
    };

    (void)state;
    build_actor(&actor, &network, 1, 1, 1);
    CHECK_ROWS(keys_update, &good, rows);
}

/* ---- govern ---- */

static void until_before_from(void *record)
{
    ((struct accreditation *)record)->until = 99;
}

static void without_until(void *record)
{
    ((struct accreditation *)record)->has_until = false;
    ((struct accreditation *)record)->until = 0;
}

static void test_accreditation(void **state)
{
    static const struct rule_row rows[] = {
        {"one day", NULL, REASON_NONE},
        {"no end", without_until, REASON_NONE},
        {"can't end before it starts", until_before_from, REASON_INCONSISTENT},
    };
    const struct accreditation good = {.from = 100, .has_until = true, .until = 100};

    (void)state;
    CHECK_ROWS(accreditation, &good, rows);
}

static void add_accreditation(void *record)
{
    ((struct withdrawal *)record)->has_accreditation = true;
}

static void drop_cut(void *record)
{
    ((struct withdrawal *)record)->has_cut = false;
}

static void add_exception(void *record)
{
    static const struct entry_position one = {1, 0};

    ((struct withdrawal *)record)->exceptions = (struct list){&one, 1};
}

static void accreditation_alone(void *record)
{
    drop_cut(record);
    add_accreditation(record);
}

static void accreditation_with_exception(void *record)
{
    accreditation_alone(record);
    add_exception(record);
}

static void test_withdrawal(void **state)
{
    static const struct rule_row rows[] = {
        {"a cut", NULL, REASON_NONE},
        {"a cut and an exception", add_exception, REASON_NONE},
        {"one accreditation", accreditation_alone, REASON_NONE},
        {"not both", add_accreditation, REASON_INCONSISTENT},
        {"not neither", drop_cut, REASON_INCONSISTENT},
        {"exceptions are below a cut", accreditation_with_exception, REASON_INCONSISTENT},
    };
    const struct withdrawal good = {.has_cut = true, .cut_seq = 7};

    (void)state;
    CHECK_ROWS(withdrawal, &good, rows);
}

static void replaced_by_nothing(void *record)
{
    ((struct history_event *)record)->has_replacement = false;
}

static void revoked_by_another(void *record)
{
    ((struct history_event *)record)->action = STATUS_REVOKED;
}

static void held_by_a_replacement(void *record)
{
    ((struct history_event *)record)->action = STATUS_HELD_BY;
}

static void revoked(void *record)
{
    revoked_by_another(record);
    replaced_by_nothing(record);
}

static void test_history_event(void **state)
{
    static const struct rule_row rows[] = {
        {"replaced by an entry", NULL, REASON_NONE},
        {"revoked", revoked, REASON_NONE},
        {"replaced by nothing", replaced_by_nothing, REASON_INCONSISTENT},
        {"revoked, with a replacement", revoked_by_another, REASON_INCONSISTENT},
        {"held by nobody", held_by_a_replacement, REASON_INCONSISTENT},
    };
    const struct history_event good = {.action = STATUS_REPLACED, .has_replacement = true};

    (void)state;
    CHECK_ROWS(history_event, &good, rows);
}

static void add_branch(void *record)
{
    ((struct void_record *)record)->has_branch = true;
}

static void drop_range(void *record)
{
    ((struct void_record *)record)->has_range = false;
}

static void branch_alone(void *record)
{
    drop_range(record);
    add_branch(record);
}

static void test_void(void **state)
{
    static const struct rule_row rows[] = {
        {"a range", NULL, REASON_NONE},
        {"a branch", branch_alone, REASON_NONE},
        {"not both", add_branch, REASON_INCONSISTENT},
        {"not neither", drop_range, REASON_INCONSISTENT},
    };
    const struct void_record good = {.has_range = true, .range = {3, 3}};

    (void)state;
    CHECK_ROWS(void_record, &good, rows);
}

static void long_code(void *record)
{
    static const struct pack_code codes[] = {
        {.code = {(const uint8_t *)"A5"
                                   "0123456789012345678901234567890123456789",
                  42}},
    };

    ((struct rule_pack *)record)->codes = (struct list){codes, 1};
}

static void longest_code(void *record)
{
    long_code(record);
    ((struct rule_pack *)record)->name_space = bytes_of_string("oemoe");
}

static void too_long_code(void *record)
{
    long_code(record);
    ((struct rule_pack *)record)->name_space = bytes_of_string("oemoem");
}

static void test_rule_pack(void **state)
{
    static const struct rule_row rows[] = {
        {"no codes", NULL, REASON_NONE},
        {"48 bytes with namespace and slash", longest_code, REASON_NONE},
        {"49 bytes are no code", too_long_code, REASON_OUT_OF_RANGE},
    };
    const struct rule_pack good = {.name_space = bytes_of_string("ase"), .version = 1};

    (void)state;
    CHECK_ROWS(rule_pack, &good, rows);
}

/* ---- status and content ---- */

static void replaced(void *record)
{
    ((struct status *)record)->action = STATUS_REPLACED;
}

static void with_replacement(void *record)
{
    ((struct status *)record)->has_replacement = true;
}

static void replaced_by(void *record)
{
    replaced(record);
    with_replacement(record);
}

static void held_by_nobody(void *record)
{
    ((struct status *)record)->action = STATUS_HELD_BY;
}

static void with_holder(void *record)
{
    ((struct status *)record)->has_holder = true;
}

static void held_by(void *record)
{
    held_by_nobody(record);
    with_holder(record);
}

static void replaced_by_holder(void *record)
{
    replaced_by(record);
    with_holder(record);
}

static void test_status(void **state)
{
    static const struct rule_row rows[] = {
        {"revoked", NULL, REASON_NONE},
        {"replaced by an entry", replaced_by, REASON_NONE},
        {"held by someone", held_by, REASON_NONE},
        {"replaced by nothing", replaced, REASON_INCONSISTENT},
        {"revoked and replaced", with_replacement, REASON_INCONSISTENT},
        {"held by nobody", held_by_nobody, REASON_INCONSISTENT},
        {"revoked and held", with_holder, REASON_INCONSISTENT},
        {"replaced and held", replaced_by_holder, REASON_INCONSISTENT},
    };
    const struct status good = {.action = STATUS_REVOKED};

    (void)state;
    CHECK_ROWS(status, &good, rows);
}

static void last_day_before_first(void *record)
{
    ((struct attestation *)record)->last_day = 99;
}

static void for_life(void *record)
{
    ((struct attestation *)record)->has_last_day = false;
    ((struct attestation *)record)->last_day = 0;
}

static void test_attestation(void **state)
{
    static const struct rule_row rows[] = {
        {"valid for one day", NULL, REASON_NONE},
        {"valid for life", for_life, REASON_NONE},
        {"valid for no day", last_day_before_first, REASON_INCONSISTENT},
    };
    const struct attestation good = {.valid_from = 100, .has_last_day = true, .last_day = 100};

    (void)state;
    CHECK_ROWS(attestation, &good, rows);
}

/* Neighbours with one bool between them are there together, which only the wire can get wrong. */
static void test_claims_root_comes_with_sealed_hash(void **state)
{
    uint8_t bytes[512], memory[256];
    struct actor_id subject = {{{1}}};
    struct attestation attestation = build_attestation(&subject, "ase/A5", 100, 200), decoded;
    static const uint8_t root[] = {0xc4, 32};
    struct arena arena;
    struct bytes encoded;
    size_t at = 0;

    (void)state;
    arena_init(&arena, memory, sizeof memory);
    assert_true(schema_encode(&attestation_schema, &attestation, bytes, sizeof bytes, &encoded));
    at = encoded.size - 3; /* nil claims_root, nil sealed_hash, no extensions */
    memset(bytes + at + 2, 7, 34);
    memcpy(bytes + at, root, sizeof root);
    bytes[at + 34] = 0xc0;
    bytes[at + 35] = 0x90;
    assert_int_equal(schema_decode(&attestation_schema, &decoded, bytes_of(bytes, at + 36), &arena),
                     REASON_INCONSISTENT);
    memmove(bytes + at + 1, bytes + at, 34);
    bytes[at] = 0xc0;
    assert_int_equal(schema_decode(&attestation_schema, &decoded, bytes_of(bytes, at + 36), &arena),
                     REASON_INCONSISTENT);
}

static void without_consent(void *record)
{
    ((struct affiliation *)record)->has_consent = false;
}

static void left_with_consent(void *record)
{
    ((struct affiliation *)record)->event = AFFILIATION_LEFT;
}

static void left(void *record)
{
    without_consent(record);
    left_with_consent(record);
}

static void test_affiliation(void **state)
{
    static const struct rule_row rows[] = {
        {"joined with consent", NULL, REASON_NONE},
        {"left names the id alone", left, REASON_NONE},
        {"joined without consent", without_consent, REASON_INCONSISTENT},
        {"left with consent", left_with_consent, REASON_INCONSISTENT},
    };
    const struct affiliation good = {.event = AFFILIATION_JOINED, .has_consent = true};

    (void)state;
    CHECK_ROWS(affiliation, &good, rows);
}

/* ---- header, proofs ---- */

static void content_of_two(void *record)
{
    ((struct header *)record)->block_class = CLASS_CONTENT;
    ((struct header *)record)->entry_count = 2;
}

static void keys_of_two(void *record)
{
    ((struct header *)record)->entry_count = 2;
}

static void test_header(void **state)
{
    static const struct rule_row rows[] = {
        {"one entry of class keys", NULL, REASON_NONE},
        {"two entries of class content", content_of_two, REASON_NONE},
        {"two entries of class keys", keys_of_two, REASON_INCONSISTENT},
    };
    const struct header good = {.version = 1, .block_class = CLASS_KEYS, .entry_count = 1};

    (void)state;
    CHECK_ROWS(header, &good, rows);
}

static void same_headers(void *record)
{
    struct fork_proof *proof = record;

    proof->header_b = proof->header_a;
}

static void headers_swapped(void *record)
{
    struct fork_proof *proof = record;
    struct bytes header = proof->header_a;

    proof->header_a = proof->header_b;
    proof->header_b = header;
}

static void test_fork_proof(void **state)
{
    static const struct rule_row rows[] = {
        {"lower bytes first", NULL, REASON_NONE},
        {"higher bytes first", headers_swapped, REASON_NOT_SORTED},
        {"one header twice", same_headers, REASON_NOT_SORTED},
    };
    const struct fork_proof good = {.header_a = bytes_of_string("a"), .header_b = bytes_of_string("b")};

    (void)state;
    CHECK_ROWS(fork_proof, &good, rows);
}

static void head_beyond(void *record)
{
    ((struct presentation *)record)->heads.count = 1;
}

static void names_alone(void *record)
{
    ((struct presentation *)record)->heads.count = 0;
    ((struct presentation *)record)->proofs.count = 0;
}

static void test_presentation(void **state)
{
    static const struct rule_row rows[] = {
        {"a proof that leads to the second head", NULL, REASON_NONE},
        {"neither heads nor proofs", names_alone, REASON_NONE},
        {"a proof that leads to a head that is not there", head_beyond, REASON_INCONSISTENT},
    };
    const struct entry_proof proof = {.head = 1};
    const struct proof_head heads[2] = {{{NULL, 0}, {NULL, 0}}, {{NULL, 0}, {NULL, 0}}};
    const struct presentation good = {.heads = {heads, 2}, .proofs = {&proof, 1}};
    const struct certificate_file file = {.heads = {heads, 1}, .proofs = {&proof, 1}};

    (void)state;
    CHECK_ROWS(presentation, &good, rows);
    assert_int_equal(certificate_file_schema.check(&file), REASON_INCONSISTENT);
}

/* ---- kinds ---- */

static void test_kinds_have_their_class_and_schema(void **state)
{
    static const struct {
        uint64_t kind;
        enum block_class block_class;
        const struct schema *schema;
    } rows[] = {
        {0, CLASS_CONTENT, NULL},
        {ENTRY_KEYS, CLASS_KEYS, &keys_schema},
        {ENTRY_KEYS_UPDATE, CLASS_KEYS, &keys_update_schema},
        {ENTRY_RULE_PACK, CLASS_GOVERN, &rule_pack_schema},
        {ENTRY_ACCREDITATION, CLASS_GOVERN, &accreditation_schema},
        {ENTRY_WITHDRAWAL, CLASS_GOVERN, &withdrawal_schema},
        {ENTRY_SUCCESSION, CLASS_GOVERN, &succession_schema},
        {ENTRY_VOID, CLASS_GOVERN, &void_record_schema},
        {ENTRY_STATUS, CLASS_STATUS, &status_schema},
        {ENTRY_ERASE, CLASS_STATUS, &erase_schema},
        {ENTRY_ATTESTATION, CLASS_CONTENT, &attestation_schema},
        {ENTRY_AFFILIATION, CLASS_CONTENT, &affiliation_schema},
        {ENTRY_SHOP, CLASS_CONTENT, &shop_schema},
        {ENTRY_STATEMENT, CLASS_CONTENT, &statement_schema},
        {ENTRY_REVIEW, CLASS_CONTENT, &review_schema},
        {ENTRY_RHYTHM, CLASS_GOVERN, &rhythm_schema},
        {ENTRY_RHYTHM + 1, CLASS_CONTENT, NULL},
        {UINT64_MAX, CLASS_CONTENT, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(entry_class(rows[i].kind), rows[i].block_class);
        assert_ptr_equal(entry_schema(rows[i].kind), rows[i].schema);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_a_key_that_can_t_sign_may_be_listed),
        cmocka_unit_test(test_keys_update),
        cmocka_unit_test(test_accreditation),
        cmocka_unit_test(test_withdrawal),
        cmocka_unit_test(test_history_event),
        cmocka_unit_test(test_void),
        cmocka_unit_test(test_rule_pack),
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_attestation),
        cmocka_unit_test(test_claims_root_comes_with_sealed_hash),
        cmocka_unit_test(test_affiliation),
        cmocka_unit_test(test_header),
        cmocka_unit_test(test_fork_proof),
        cmocka_unit_test(test_presentation),
        cmocka_unit_test(test_kinds_have_their_class_and_schema),
    };

    return cmocka_run_group_tests(tests, make_network, NULL);
}
