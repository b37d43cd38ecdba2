#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/presented_dossier.h"
#include "store/gather_credentials.h"
#include "tests/support/store_world.h"

/* What a presented certificate is worth on this node: there is the issuer's own store, from which the proofs
 * come; here is the verifier's, which holds all of the issuer's log, some, or none of it. */

static struct store_world there, here;
static struct world_author issuer_there, issuer_here; /* one author, made of one seed */
static struct trust trust;
static struct session session;
static struct presented_dossier presented;

enum { ISSUER_SEED = 1, HOLDER = 7, OTHER = 8, EARLY = 1000, LATE = 2000, HISTORY_DAY = 46000 };
enum { CONTENT_SEQ = 1, HOLDERS_INDEX = 0, OTHERS_INDEX = 1 };

/* ---- the two stores ---- */

static void setup(void)
{
    struct trust_owner owner = {.name_space = "ase"};
    world_init(&there);
    world_init(&here);
    struct store_txn *txn = world_write(&there);
    world_begin_log(&there, txn, &issuer_there, ISSUER_SEED, EARLY);
    world_commit(txn);
    memset(&trust, 0, sizeof(trust));
    owner.actor = issuer_there.actor.id;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    session = (struct session){.trust = &trust, .store = here.store, .arena = here.arena};
    session.home.network = here.network;
}

static void teardown(void)
{
    world_deinit(&there);
    world_deinit(&here);
}

/* Publish a draft there. Returns: the block. */
static struct bytes publish_there(const struct draft *draft)
{
    struct store_txn *txn = world_write(&there);
    struct bytes block = world_sign(&there, txn, &issuer_there, draft, EARLY);
    assert_int_equal(world_accept(&there, txn, &issuer_there, block, EARLY), REASON_NONE);
    world_commit(txn);
    return block;
}

static void begin_here(void)
{
    struct store_txn *txn = world_write(&here);
    world_begin_log(&here, txn, &issuer_here, ISSUER_SEED, EARLY);
    world_commit(txn);
}

static void accept_here(struct bytes block, uint64_t arrived_s)
{
    struct store_txn *txn = world_write(&here);
    assert_int_equal(world_accept(&here, txn, &issuer_here, block, arrived_s), REASON_NONE);
    world_commit(txn);
}

/* A block that attests code to the holder and to someone else. */
static struct bytes attest_there(const char *code)
{
    struct draft draft;
    world_draft(&there, &draft, CLASS_CONTENT);
    for (uint64_t n = HOLDER; n <= OTHER; n++) {
        struct subject subject = world_subject(n);
        struct actor_id actor = {.hash = subject.id};
        struct attestation attestation = build_attestation(&actor, code, HISTORY_DAY, DAY_NONE);
        world_add(&draft, ENTRY_ATTESTATION, &attestation);
    }
    return publish_there(&draft);
}

static struct bytes revoke_there(void)
{
    const struct index_range range = {.first = HOLDERS_INDEX, .last = HOLDERS_INDEX};
    const struct status status = {.seq = CONTENT_SEQ,
                                  .entries = {.items = &range, .count = 1},
                                  .action = STATUS_REVOKED,
                                  .effective_day = HISTORY_DAY};
    struct draft draft;
    world_draft(&there, &draft, CLASS_STATUS);
    world_add(&draft, ENTRY_STATUS, &status);
    return publish_there(&draft);
}

static void erase_here(void)
{
    const struct index_range range = {.first = HOLDERS_INDEX, .last = HOLDERS_INDEX};
    const struct erase erase = {.seq = CONTENT_SEQ, .entries = {.items = &range, .count = 1}};
    struct draft draft;
    struct store_txn *txn = world_write(&here);
    world_draft(&here, &draft, CLASS_STATUS);
    world_add(&draft, ENTRY_ERASE, &erase);
    world_publish(&here, txn, &issuer_here, &draft, EARLY);
    world_commit(txn);
}

/* ---- presenting ---- */

static struct entry_proof proofs[4];
static struct proof_head heads[4];
static struct entry_name names[4];
static struct presentation presentation;

static void name_of(struct entry_name *name, uint64_t index)
{
    struct store_txn *txn = world_read(&there);
    struct bytes encoded;
    struct block block;
    assert_int_equal(store_block_bytes(txn, &issuer_there.actor.id, CONTENT_SEQ, &encoded, &there.arena),
                     STORE_OK);
    assert_int_equal(block_decode(&block, &there.network, encoded, &there.arena), REASON_NONE);
    *name = (struct entry_name){.author = issuer_there.actor.id, .seq = CONTENT_SEQ, .index = index};
    memcpy(name->prefix, block.leaves[index].bytes, sizeof(name->prefix));
    store_end(txn);
}

static void prove(size_t at, uint64_t index)
{
    struct store_txn *txn = world_read(&there);
    name_of(&names[at], index);
    assert_int_equal(
        store_entry_proof(txn, &there.network, &names[at], &proofs[at], &heads[at], &there.arena), STORE_OK);
    proofs[at].head = at;
    store_end(txn);
}

static void present(size_t proof_count, size_t name_count)
{
    presentation = (struct presentation){
        .holder = {.hash = world_subject(HOLDER).id},
        .heads = {.items = heads, .count = proof_count},
        .proofs = {.items = proofs, .count = proof_count},
        .names = {.items = names, .count = name_count},
    };
}

static void assemble(uint64_t known_by_s)
{
    const struct dossier_reach reach = {.known_by_s = known_by_s};
    assert_int_equal(presented_dossier_of(&presented, &session, &presentation, reach), STORE_OK);
}

static size_t count_about(enum dossier_about about)
{
    size_t count = 0;
    for (size_t i = 0; i < presented.dossier.credential_count; i++) {
        count += presented.dossier.credentials[i].about == about ? 1 : 0;
    }
    return count;
}

static const struct dossier_credential *only_credential(void)
{
    size_t at = 0;
    assert_int_equal(presented.refused_count, 0);
    assert_int_equal(count_about(ABOUT_SUBJECT), 1);
    assert_memory_equal(presented.dossier.subject.id.bytes, world_subject(HOLDER).id.bytes, HASH_SIZE);
    while (presented.dossier.credentials[at].about != ABOUT_SUBJECT) {
        at++;
    }
    const struct dossier_credential *credential = &presented.dossier.credentials[at];
    assert_true(actor_id_equal(&dossier_log_at(&presented.dossier, &credential->place)->author,
                               &issuer_there.actor.id));
    assert_int_equal(credential->place.seq, CONTENT_SEQ);
    assert_int_equal(credential->place.index, HOLDERS_INDEX);
    return credential;
}

static enum reason only_refusal(void)
{
    assert_int_equal(count_about(ABOUT_SUBJECT), 0);
    assert_int_equal(presented.refused_count, 1);
    return presented.refused[0].reason;
}

/* ---- what the proof is worth ---- */

static void an_entry_that_is_held_is_the_stores_word(void **state)
{
    (void)state;
    setup();
    begin_here();
    accept_here(attest_there("ase/A5"), EARLY);
    prove(0, HOLDERS_INDEX);
    present(1, 0);
    assemble(UINT64_MAX);
    assert_int_equal(only_credential()->source, SOURCE_REPLAYED);
    teardown();
}

static void a_status_that_the_holder_left_out_counts(void **state)
{
    (void)state;
    setup();
    begin_here();
    accept_here(attest_there("ase/A5"), EARLY);
    prove(0, HOLDERS_INDEX);
    accept_here(revoke_there(), EARLY);
    present(1, 0);
    assemble(UINT64_MAX);
    assert_int_equal(only_credential()->source, SOURCE_REPLAYED);
    assert_int_equal(only_credential()->place.event_count, 1);
    teardown();
}

static void an_issuer_that_is_not_known_is_unknown(void **state)
{
    (void)state;
    setup();
    attest_there("ase/A5");
    prove(0, HOLDERS_INDEX);
    present(1, 0);
    assemble(UINT64_MAX);
    assert_int_equal(only_credential()->source, SOURCE_UNKNOWN_ISSUER);
    assert_true(bytes_equal_string(only_credential()->attestation.code, "ase/A5"));
    teardown();
}

static void a_head_that_is_not_here_yet_is_unwitnessed(void **state)
{
    (void)state;
    setup();
    begin_here();
    attest_there("ase/A5");
    prove(0, HOLDERS_INDEX);
    present(1, 0);
    assemble(UINT64_MAX);
    assert_int_equal(only_credential()->source, SOURCE_UNWITNESSED);
    teardown();
}

static void a_history_that_is_not_here_yet_is_unwitnessed(void **state)
{
    (void)state;
    setup();
    begin_here();
    accept_here(attest_there("ase/A5"), EARLY);
    revoke_there();
    prove(0, HOLDERS_INDEX);
    present(1, 0);
    assemble(UINT64_MAX);
    assert_int_equal(only_credential()->source, SOURCE_UNWITNESSED);
    teardown();
}

static void what_arrived_after_the_time_asked_about_is_unwitnessed(void **state)
{
    (void)state;
    setup();
    begin_here();
    accept_here(attest_there("ase/A5"), LATE);
    prove(0, HOLDERS_INDEX);
    present(1, 0);
    assemble(LATE - 1);
    assert_int_equal(only_credential()->source, SOURCE_UNWITNESSED);
    assemble(LATE);
    assert_int_equal(only_credential()->source, SOURCE_REPLAYED);
    teardown();
}

static void an_entry_that_the_log_does_not_hold_is_a_mismatch(void **state)
{
    (void)state;
    const struct subject subjects[] = {world_subject(HOLDER), world_subject(OTHER)};
    setup();
    begin_here();
    struct store_txn *txn = world_write(&here);
    world_attest(&here, txn, &issuer_here, subjects, 2, "ase/A6", EARLY);
    world_commit(txn);
    attest_there("ase/A5");
    prove(0, HOLDERS_INDEX);
    present(1, 0);
    assemble(UINT64_MAX);
    assert_int_equal(only_credential()->source, SOURCE_MISMATCH);
    teardown();
}

static void the_holder_may_still_show_what_was_erased(void **state)
{
    (void)state;
    setup();
    begin_here();
    accept_here(attest_there("ase/A5"), EARLY);
    prove(0, HOLDERS_INDEX);
    erase_here();
    present(1, 0);
    assemble(UINT64_MAX);
    assert_int_equal(only_credential()->source, SOURCE_PATH);
    assert_false(only_credential()->place.erased);
    assert_true(bytes_equal_string(only_credential()->attestation.code, "ase/A5"));
    assert_int_equal(presented.dossier.sealed_count, 1); /* that it was erased is shown beside it */
    teardown();
}

static void the_same_certificate_twice_counts_once(void **state)
{
    (void)state;
    setup();
    begin_here();
    accept_here(attest_there("ase/A5"), EARLY);
    prove(0, HOLDERS_INDEX);
    prove(1, HOLDERS_INDEX);
    present(2, 2);
    assemble(UINT64_MAX);
    assert_int_equal(only_credential()->source, SOURCE_REPLAYED);
    teardown();
}

/* ---- what the store knows beside it ---- */

static void what_was_not_presented_stands_beside(void **state)
{
    (void)state;
    setup();
    begin_here();
    accept_here(attest_there("ase/A5"), EARLY);
    present(0, 0);
    assemble(UINT64_MAX);
    assert_int_equal(count_about(ABOUT_SUBJECT), 0);
    assert_int_equal(count_about(ABOUT_BESIDE), 1);
    assert_int_equal(presented.dossier.credentials[0].source, SOURCE_REPLAYED);
    assert_int_equal(presented.dossier.credentials[0].place.index, HOLDERS_INDEX);
    prove(0, HOLDERS_INDEX);
    present(1, 0);
    assemble(UINT64_MAX);
    assert_int_equal(count_about(ABOUT_BESIDE), 0);
    teardown();
}

static void what_takes_its_place_in_the_log_stands_beside(void **state)
{
    (void)state;
    const struct subject subjects[] = {world_subject(HOLDER), world_subject(OTHER)};
    setup();
    begin_here();
    struct store_txn *txn = world_write(&here);
    world_attest(&here, txn, &issuer_here, subjects, 2, "ase/A6", EARLY);
    world_commit(txn);
    attest_there("ase/A5");
    prove(0, HOLDERS_INDEX);
    present(1, 0);
    assemble(UINT64_MAX);
    assert_true(bytes_equal_string(only_credential()->attestation.code, "ase/A5"));
    assert_int_equal(count_about(ABOUT_BESIDE), 1);
    teardown();
}

/* ---- what is set aside ---- */

static void an_altered_entry_is_refused(void **state)
{
    (void)state;
    uint8_t altered[ENTRY_SIZE_MAX];
    setup();
    begin_here();
    accept_here(attest_there("ase/A5"), EARLY);
    prove(0, HOLDERS_INDEX);
    memcpy(altered, proofs[0].entry.data, proofs[0].entry.size);
    uint8_t *code = memmem(altered, proofs[0].entry.size, "ase/A5", 6);
    assert_non_null(code);
    code[5] = '1';
    proofs[0].entry.data = altered;
    present(1, 0);
    assemble(UINT64_MAX);
    assert_int_equal(only_refusal(), REASON_PATH_MISMATCH);
    teardown();
}

static void someone_elses_certificate_is_refused(void **state)
{
    (void)state;
    setup();
    begin_here();
    accept_here(attest_there("ase/A5"), EARLY);
    prove(0, OTHERS_INDEX);
    present(1, 0);
    assemble(UINT64_MAX);
    assert_int_equal(only_refusal(), REASON_NOT_THE_HOLDER);
    present(0, 1);
    assemble(UINT64_MAX);
    assert_int_equal(only_refusal(), REASON_NOT_THE_HOLDER);
    teardown();
}

static void a_name_alone_needs_the_store(void **state)
{
    (void)state;
    setup();
    struct bytes block = attest_there("ase/A5");
    prove(0, HOLDERS_INDEX);
    present(0, 1);
    assemble(UINT64_MAX);
    assert_int_equal(only_refusal(), REASON_NOT_FOUND);
    begin_here();
    accept_here(block, EARLY);
    assemble(UINT64_MAX);
    assert_int_equal(only_credential()->source, SOURCE_REPLAYED);
    teardown();
}

/* ---- what is read ---- */

/* The linker lets what follows the subject's postings come here (tests/CMakeLists.txt). */
enum store_error __real_chain_entry_read(struct gather *gather, size_t log, uint64_t seq, uint64_t index,
                                         struct dossier_place *place, struct entry *entry);
enum store_error __wrap_chain_entry_read(struct gather *gather, size_t log, uint64_t seq, uint64_t index,
                                         struct dossier_place *place, struct entry *entry);

static size_t followed;

enum store_error __wrap_chain_entry_read(struct gather *gather, size_t log, uint64_t seq, uint64_t index,
                                         struct dossier_place *place, struct entry *entry)
{
    followed++;
    return __real_chain_entry_read(gather, log, seq, index, place, entry);
}

static void what_is_presented_and_held_is_read_once(void **state)
{
    (void)state;
    setup();
    begin_here();
    accept_here(attest_there("ase/A5"), EARLY);
    prove(0, HOLDERS_INDEX);
    accept_here(attest_there("ase/A6"), EARLY);
    followed = 0;
    present(1, 0);
    assemble(UINT64_MAX);
    assert_int_equal(count_about(ABOUT_SUBJECT), 1);
    assert_int_equal(count_about(ABOUT_BESIDE), 1);
    assert_int_equal(followed, 1);
    present(0, 0);
    assemble(UINT64_MAX);
    assert_int_equal(count_about(ABOUT_BESIDE), 2);
    assert_int_equal(followed, 3);
    teardown();
}

static void nothing_presented_is_an_empty_dossier(void **state)
{
    (void)state;
    setup();
    present(0, 0);
    assemble(UINT64_MAX);
    assert_int_equal(presented.dossier.credential_count, 0);
    assert_int_equal(presented.refused_count, 0);
    teardown();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_that_is_held_is_the_stores_word),
        cmocka_unit_test(a_status_that_the_holder_left_out_counts),
        cmocka_unit_test(an_issuer_that_is_not_known_is_unknown),
        cmocka_unit_test(a_head_that_is_not_here_yet_is_unwitnessed),
        cmocka_unit_test(a_history_that_is_not_here_yet_is_unwitnessed),
        cmocka_unit_test(what_arrived_after_the_time_asked_about_is_unwitnessed),
        cmocka_unit_test(an_entry_that_the_log_does_not_hold_is_a_mismatch),
        cmocka_unit_test(the_holder_may_still_show_what_was_erased),
        cmocka_unit_test(the_same_certificate_twice_counts_once),
        cmocka_unit_test(what_was_not_presented_stands_beside),
        cmocka_unit_test(what_takes_its_place_in_the_log_stands_beside),
        cmocka_unit_test(an_altered_entry_is_refused),
        cmocka_unit_test(someone_elses_certificate_is_refused),
        cmocka_unit_test(a_name_alone_needs_the_store),
        cmocka_unit_test(what_is_presented_and_held_is_read_once),
        cmocka_unit_test(nothing_presented_is_an_empty_dossier),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
