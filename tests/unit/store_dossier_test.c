#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/log/checkpoint.h"
#include "protocol/log/fork.h"
#include "protocol/rules/affiliation.h"
#include "protocol/rules/pack.h"
#include "protocol/rules/verdict.h"
#include "store/grants.h"
#include "tests/support/log_builder.h"
#include "tests/support/store_world.h"

/* Dossiers gathered from logs: ase owns a namespace, prog is accredited by it, stranger by nobody. */

static struct store_world world;
static struct world_author ase, prog, stranger, heir;
static struct trust trust;

enum { EARLY = 1000, LATE = 2000, LATER = 3000 };

static void add_text(struct list *list, struct bytes *memory, const char *text)
{
    *memory = bytes_of_string(text);
    *list = (struct list){.items = memory, .count = 1};
}

static void accredit(struct store_txn *txn, struct world_author *by, const struct actor_id *delegate,
                     uint64_t arrived_s)
{
    struct accreditation record = {.delegate = *delegate, .from = 30000, .depth = 2};
    struct bytes pattern;
    struct draft draft;

    add_text(&record.patterns, &pattern, "ase/*");
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_ACCREDITATION, &record);
    world_publish(&world, txn, by, &draft, arrived_s);
}

static void publish_pack(struct store_txn *txn, struct world_author *by, uint64_t version)
{
    const struct pack_code code = {.code = bytes_of_string("A5"), .title = bytes_of_string("Brakes")};
    const struct rule_pack pack = {.name_space = bytes_of_string("ase"),
                                   .version = version,
                                   .in_force_from = 30000,
                                   .codes = {.items = &code, .count = 1}};
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_RULE_PACK, &pack);
    world_publish(&world, txn, by, &draft, EARLY);
}

static int setup(void **state)
{
    struct trust_owner owner = {.name_space = "ase"};
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, EARLY);
    world_begin_log(&world, txn, &prog, 2, EARLY);
    world_begin_log(&world, txn, &stranger, 3, EARLY);
    world_begin_log(&world, txn, &heir, 4, EARLY);
    accredit(txn, &ase, &prog.actor.id, EARLY);
    publish_pack(txn, &ase, 1);
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    owner.actor = ase.actor.id;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

static void attest(struct world_author *by, uint64_t n, uint64_t arrived_s)
{
    const struct subject subjects[] = {world_subject(900), world_subject(n), world_subject(901)};
    struct store_txn *txn = world_write(&world);

    world_attest(&world, txn, by, subjects, 3, "ase/A5", arrived_s);
    world_commit(txn);
}

static void gather(struct dossier *dossier, uint64_t n, uint64_t known_by_s)
{
    const struct subject subject = world_subject(n);
    struct store_txn *txn = world_read(&world);

    assert_int_equal(store_dossier(txn, &world.network, &trust, &subject,
                                   (struct dossier_reach){.known_by_s = known_by_s}, dossier, &world.arena),
                     STORE_OK);
    store_end(txn);
    assert_true(subject_equal(&dossier->subject, &subject));
    for (size_t i = 1; i < dossier->log_count; i++) {
        assert_true(hash_compare(&dossier->logs[i - 1].author.hash, &dossier->logs[i].author.hash) < 0);
    }
}

static const struct dossier_log *log_of(const struct dossier *dossier, const struct world_author *author)
{
    const struct dossier_log *log = dossier_log_of(dossier, &author->actor.id);

    assert_non_null(log);
    return log;
}

static void what_is_known_of_branches_comes_with_the_log(void **context)
{
    const struct epoch_sides sides = {.missed = 1};
    const struct branch_switch way = {.active = 1, .unwind_to = SWITCH_NONE};
    struct dossier dossier;
    struct store_txn *txn;

    (void)context;
    attest(&prog, 7, LATE);
    gather(&dossier, 7, UINT64_MAX);
    assert_false(log_of(&dossier, &prog)->body_missing);
    assert_false(log_of(&dossier, &ase)->switching);
    txn = world_write(&world);
    assert_int_equal(store_set_epoch_sides(txn, &prog.actor.id, 0, &sides), STORE_OK);
    assert_int_equal(store_set_switch(txn, &ase.actor.id, &way), STORE_OK);
    world_commit(txn);
    gather(&dossier, 7, UINT64_MAX);
    assert_true(log_of(&dossier, &prog)->body_missing);
    assert_true(log_of(&dossier, &ase)->switching);
}

static void an_attestation_comes_with_its_chain_and_packs(void **context)
{
    struct dossier dossier;
    const struct dossier_credential *credential;

    (void)context;
    attest(&prog, 7, LATE);
    gather(&dossier, 7, UINT64_MAX);
    assert_int_equal(dossier.credential_count, 1);
    credential = &dossier.credentials[0];
    assert_ptr_equal(dossier_log_at(&dossier, &credential->place), log_of(&dossier, &prog));
    assert_int_equal(credential->place.seq, 1);
    assert_int_equal(credential->place.index, 1);
    assert_int_equal(credential->place.arrived_s, LATE);
    assert_int_equal(credential->place.time_s, LATE);
    assert_int_equal(credential->source, SOURCE_REPLAYED);
    assert_true(bytes_equal_string(credential->attestation.code, "ase/A5"));
    assert_true(hash_equal(&credential->place.block_hash, &prog.state.head));
    assert_int_equal(dossier.accreditation_count, 1);
    assert_ptr_equal(dossier_log_at(&dossier, &dossier.accreditations[0].place), log_of(&dossier, &ase));
    assert_true(actor_id_equal(&dossier.accreditations[0].accreditation.delegate, &prog.actor.id));
    assert_int_equal(dossier.pack_count, 1);
    assert_true(bytes_equal_string(dossier.packs[0].pack.name_space, "ase"));
    assert_false(hash_is_zero(&dossier.packs[0].place.leaf));
    assert_int_equal(log_of(&dossier, &ase)->head_seq, 2);
    assert_true(log_of(&dossier, &ase)->known);
}

/* Titles and requirements of any namespace may be asked for. */
static void someone_unknown_has_packs_alone(void **context)
{
    struct dossier dossier;

    (void)context;
    gather(&dossier, 12345, UINT64_MAX);
    assert_int_equal(dossier.credential_count, 0);
    assert_int_equal(dossier.affiliation_count, 0);
    assert_int_equal(dossier.log_count, 1);
    assert_true(log_of(&dossier, &ase)->known);
    assert_int_equal(dossier.pack_count, 1);
}

static void what_came_later_is_left_out(void **context)
{
    struct dossier dossier;

    (void)context;
    attest(&prog, 7, LATE);
    attest(&prog, 7, LATER);
    gather(&dossier, 7, LATER);
    assert_int_equal(dossier.credential_count, 2);
    assert_int_equal(log_of(&dossier, &prog)->known_by_seq, 2);
    gather(&dossier, 7, LATER - 1);
    assert_int_equal(dossier.credential_count, 1);
    assert_int_equal(log_of(&dossier, &prog)->known_by_seq, 1);
    gather(&dossier, 7, LATE - 1);
    assert_int_equal(dossier.credential_count, 0);
    assert_int_equal(log_of(&dossier, &prog)->known_by_seq, 0);
    assert_false(log_of(&dossier, &prog)->nothing_by_then);
    gather(&dossier, 7, EARLY - 1);
    assert_true(log_of(&dossier, &prog)->nothing_by_then);
}

static void say_what_nobody_understands(struct world_author *by, uint64_t arrived_s)
{
    const uint8_t salt[ENTRY_SALT_SIZE] = {0};
    struct store_txn *txn = world_write(&world);
    struct draft draft;

    world_draft(&world, &draft, CLASS_CONTENT);
    entry_write(&draft.body, 4000, true, bytes_of_string("\x90"), bytes_of(salt, sizeof salt));
    draft.entry_count++;
    world_publish(&world, txn, by, &draft, arrived_s);
    world_commit(txn);
}

static void say_void(struct world_author *by, uint64_t first, uint64_t last, uint64_t arrived_s)
{
    const struct void_record voids = build_void(first, last, STATUS_REASON_KEY_COMPROMISE);
    struct store_txn *txn = world_write(&world);
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_VOID, &voids);
    world_publish(&world, txn, by, &draft, arrived_s);
    world_commit(txn);
}

/* A thief of an issuing key leaves its author undetermined until what he wrote is void, and no longer; who
 * asks what was known by then is told as then. */
static void the_need_of_an_upgrade_ends_with_the_block(void **context)
{
    struct dossier dossier;

    (void)context;
    attest(&prog, 7, EARLY);
    say_what_nobody_understands(&prog, LATE);
    say_what_nobody_understands(&prog, LATE);
    gather(&dossier, 7, UINT64_MAX);
    assert_true(log_of(&dossier, &prog)->upgrade_needed);
    assert_int_equal(log_of(&dossier, &prog)->upgrade_seq, 2);
    say_void(&prog, 2, 2, LATER);
    gather(&dossier, 7, UINT64_MAX);
    assert_true(log_of(&dossier, &prog)->upgrade_needed);
    assert_int_equal(log_of(&dossier, &prog)->upgrade_seq, 3);
    say_void(&prog, 3, 3, LATER + 1);
    gather(&dossier, 7, UINT64_MAX);
    assert_false(log_of(&dossier, &prog)->upgrade_needed);
    gather(&dossier, 7, LATER);
    assert_true(log_of(&dossier, &prog)->upgrade_needed);
    assert_int_equal(log_of(&dossier, &prog)->upgrade_seq, 3);
    gather(&dossier, 7, LATE);
    assert_int_equal(log_of(&dossier, &prog)->upgrade_seq, 2);
}

/* Keep, on a branch beside the block that comes next, what nobody understands, or what everybody does. */
static void keep_side(struct world_author *by, bool critical, uint64_t arrived_s)
{
    const uint8_t salt[ENTRY_SALT_SIZE] = {7};
    struct store_txn *txn = world_write(&world);
    struct draft draft;
    struct block block;

    world_draft(&world, &draft, CLASS_CONTENT);
    entry_write(&draft.body, 4000, critical, bytes_of_string("\x90"), bytes_of(salt, sizeof salt));
    draft.entry_count++;
    assert_int_equal(
        block_decode(&block, &world.network, world_sign(&world, txn, by, &draft, arrived_s), &world.arena),
        REASON_NONE);
    assert_int_equal(store_put_side_block(txn, &world.network, &block, arrived_s), STORE_OK);
    world_commit(txn);
}

static bool asks_for_upgrade(uint64_t known_by_s)
{
    struct dossier dossier;

    gather(&dossier, 7, known_by_s);
    const struct dossier_log *log = log_of(&dossier, &prog);
    return log->upgrade_needed && dossier_log_reaches(log, log->upgrade_seq);
}

/* Whichever branch is followed: who followed the other one has the block on the chain. */
static void a_side_block_of_the_open_epoch_asks_for_an_upgrade(void **context)
{
    (void)context;
    attest(&prog, 7, EARLY);
    keep_side(&prog, false, LATE);
    assert_false(asks_for_upgrade(UINT64_MAX));
    keep_side(&prog, true, LATE);
    attest(&prog, 7, LATE);
    assert_true(asks_for_upgrade(UINT64_MAX));
    assert_true(asks_for_upgrade(LATE));
    assert_false(asks_for_upgrade(LATE - 1));
    struct store_txn *txn = world_write(&world);
    world_rotate(&world, txn, &prog, LATER);
    world_commit(txn);
    assert_false(asks_for_upgrade(UINT64_MAX));
    assert_true(asks_for_upgrade(LATER - 1));
}

/* Nothing of the chain leads to it any more: what is beside the chain asks as long as its epoch is open. */
static void the_need_of_an_upgrade_goes_with_a_block_that_is_unwound(void **context)
{
    struct store_txn *txn;

    (void)context;
    attest(&prog, 7, EARLY);
    say_what_nobody_understands(&prog, LATE);
    attest(&prog, 7, LATE);
    txn = world_write(&world);
    assert_int_equal(store_unwind_to(txn, &world.network, &prog.actor.id, 1, LATER), STORE_OK);
    world_commit(txn);
    assert_true(asks_for_upgrade(UINT64_MAX)); /* on an open branch */
    txn = world_write(&world);
    assert_int_equal(store_log_state(txn, &prog.actor.id, &prog.state), STORE_OK);
    world_rotate(&world, txn, &prog, LATER); /* which drops what was unwound */
    world_commit(txn);
    assert_false(asks_for_upgrade(UINT64_MAX));
    say_what_nobody_understands(&prog, LATER);
    assert_true(asks_for_upgrade(UINT64_MAX));
}

static void a_certificate_is_found_under_its_new_holder(void **context)
{
    const struct status held = {.seq = 1,
                                .action = STATUS_HELD_BY,
                                .reason = STATUS_REASON_REQUESTED,
                                .effective_day = 41000,
                                .has_holder = true,
                                .holder = world_subject(8)};
    struct dossier dossier;
    struct store_txn *txn;

    (void)context;
    attest(&prog, 7, LATE);
    txn = world_write(&world);
    world_say(&world, txn, &prog, &held, 1, 1, LATER);
    world_commit(txn);
    gather(&dossier, 8, UINT64_MAX);
    assert_int_equal(dossier.credential_count, 1);
    assert_true(dossier.credentials[0].has_holder);
    assert_true(subject_equal(&dossier.credentials[0].holder, &held.holder));
    assert_int_equal(dossier.credentials[0].place.event_count, 1);
    assert_false(dossier.credentials[0].place.event_voided[0]);
    assert_int_equal(dossier.credentials[0].reasons[0], STATUS_REASON_REQUESTED);
    gather(&dossier, 7, UINT64_MAX);
    assert_int_equal(dossier.credential_count, 1);
    assert_true(dossier.credentials[0].has_holder);
    gather(&dossier, 7, LATER - 1);
    assert_int_equal(dossier.credential_count, 1);
    assert_false(dossier.credentials[0].has_holder);
    gather(&dossier, 8, LATER - 1);
    assert_int_equal(dossier.credential_count, 0);
}

static void a_replacement_is_named(void **context)
{
    const struct status replaced = {.seq = 1,
                                    .action = STATUS_REPLACED,
                                    .effective_day = 41000,
                                    .has_replacement = true,
                                    .replacement = {.author = prog.actor.id, .seq = 9, .index = 3}};
    struct dossier dossier;
    struct store_txn *txn;

    (void)context;
    attest(&prog, 7, LATE);
    txn = world_write(&world);
    world_say(&world, txn, &prog, &replaced, 0, 2, LATER);
    world_commit(txn);
    gather(&dossier, 7, UINT64_MAX);
    assert_true(dossier.credentials[0].has_replacement);
    assert_true(entry_name_equal(&dossier.credentials[0].replacement, &replaced.replacement));
    assert_false(dossier.credentials[0].has_holder);
}

static void a_voided_status_is_marked_and_not_counted(void **context)
{
    const struct status held = {.seq = 1,
                                .action = STATUS_HELD_BY,
                                .effective_day = 41000,
                                .has_holder = true,
                                .holder = world_subject(8)};
    const struct void_record record = {.has_range = true, .range = {.first = 2, .last = 2}};
    struct dossier dossier;
    struct store_txn *txn;
    struct draft draft;

    (void)context;
    attest(&prog, 7, LATE);
    txn = world_write(&world);
    world_say(&world, txn, &prog, &held, 1, 1, LATE);
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_VOID, &record);
    world_publish(&world, txn, &prog, &draft, LATER);
    world_commit(txn);
    gather(&dossier, 7, UINT64_MAX);
    assert_true(dossier.credentials[0].place.event_voided[0]);
    assert_false(dossier.credentials[0].has_holder);
    assert_false(dossier.credentials[0].place.voided);
    const struct entry_name name = {.author = prog.actor.id, .seq = 1, .index = 1};
    struct store_events said;
    txn = world_read(&world);
    assert_int_equal(store_entry_events(txn, &world.network, &name, &said, &world.arena), STORE_OK);
    store_end(txn);
    assert_int_equal(said.count, 1);
    assert_int_equal(said.events[0].action, STATUS_HELD_BY);
    assert_int_equal(said.doubts[0], REASON_VOIDED);
    gather(&dossier, 7, LATE);
    assert_false(dossier.credentials[0].place.event_voided[0]);
    assert_true(dossier.credentials[0].has_holder);
}

static void a_withdrawal_by_an_accreditor_is_gathered_and_others_are_not(void **context)
{
    struct withdrawal record = {
        .delegate = prog.actor.id, .has_cut = true, .cut_seq = 0, .cut_head = prog.state.head};
    struct world_author *const authors[] = {&ase, &stranger};
    struct dossier dossier;
    struct store_txn *txn;
    struct draft draft;

    (void)context;
    attest(&prog, 7, LATE);
    txn = world_write(&world);
    for (size_t i = 0; i < 2; i++) {
        world_draft(&world, &draft, CLASS_GOVERN);
        world_add(&draft, ENTRY_WITHDRAWAL, &record);
        world_publish(&world, txn, authors[i], &draft, LATE);
    }
    world_commit(txn);
    gather(&dossier, 7, UINT64_MAX);
    assert_int_equal(dossier.withdrawal_count, 1);
    assert_ptr_equal(dossier_log_at(&dossier, &dossier.withdrawals[0].place), log_of(&dossier, &ase));
}

/* The stranger accredits prog thousands of times, and attests one subject as often. */
static void flood(void)
{
    static struct subject subjects[BLOCK_ENTRIES_MAX];
    const struct accreditation record = {.delegate = prog.actor.id, .from = 30000};
    struct bytes pattern = bytes_of_string("ase/*");
    struct accreditation with_pattern = record;
    struct store_txn *txn = world_write(&world);
    struct draft draft;

    with_pattern.patterns = (struct list){.items = &pattern, .count = 1};
    world_draft(&world, &draft, CLASS_GOVERN);
    for (size_t i = 0; i < BLOCK_ENTRIES_MAX; i++) {
        world_add(&draft, ENTRY_ACCREDITATION, &with_pattern);
    }
    world_publish(&world, txn, &stranger, &draft, LATE);
    for (size_t i = 0; i < BLOCK_ENTRIES_MAX; i++) {
        subjects[i] = world_subject(7);
    }
    world_attest(&world, txn, &stranger, subjects, BLOCK_ENTRIES_MAX, "ase/A5", LATE);
    world_commit(txn);
}

static void a_flood_by_one_author_hides_nobody_else(void **context)
{
    const size_t wanted_of_flood = DOSSIER_CREDENTIALS_MAX / 4;
    size_t by_heir = 0, by_stranger = 0, newest = 0;
    struct dossier dossier;
    struct store_txn *txn;

    (void)context;
    flood();
    attest(&heir, 7, LATE);
    attest(&prog, 7, LATE);
    txn = world_write(&world);
    accredit(txn, &heir, &prog.actor.id, LATE);
    world_commit(txn);
    gather(&dossier, 7, UINT64_MAX);
    assert_int_equal(dossier.credential_count, wanted_of_flood + 2);
    for (size_t i = 0; i < dossier.accreditation_count; i++) {
        const struct dossier_log *log = dossier_log_at(&dossier, &dossier.accreditations[i].place);
        by_heir += log == log_of(&dossier, &heir);
        by_stranger += log == log_of(&dossier, &stranger);
        newest += dossier.accreditations[i].place.index == BLOCK_ENTRIES_MAX - 1;
    }
    assert_int_equal(by_heir, 1);
    assert_int_equal(by_stranger, 4); /* nobody accredited it */
    assert_false(dossier.cuts.listed || dossier.cuts.credentials || dossier.cuts.accreditations);
    assert_int_equal(newest, 1);
}

static void hand_over(bool signed_well)
{
    struct indexed_signature signature = {.key_index = 0};
    struct succession record = {.name_space = bytes_of_string("ase"),
                                .successor = heir.actor.id,
                                .cut_seq = ase.state.seq,
                                .cut_head = ase.state.head};
    uint8_t memory[ENTRY_SIZE_MAX];
    struct store_txn *txn = world_write(&world);
    struct bytes terms;
    struct draft draft;
    struct hash hash;

    assert_true(schema_encode(&succession_schema, &record, memory, sizeof memory, &terms));
    hash_bytes(&hash, label_domain(&world.network, LABEL_SUCCESSION), terms.data, terms.size);
    if (!signed_well) {
        hash.bytes[0] ^= 1;
    }
    sign_hash(&signature.signature, &heir.actor.built[0].secret, &hash);
    record.signatures = (struct list){.items = &signature, .count = 1};
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_SUCCESSION, &record);
    world_publish(&world, txn, &ase, &draft, LATE);
    publish_pack(txn, &heir, 2);
    world_commit(txn);
}

static void a_successor_and_its_packs_are_gathered(void **context)
{
    struct dossier dossier;

    (void)context;
    attest(&prog, 7, LATE);
    hand_over(true);
    gather(&dossier, 7, UINT64_MAX);
    assert_int_equal(dossier.succession_count, 1);
    assert_true(dossier.successions[0].signature_valid);
    assert_int_equal(dossier.pack_count, 2);
    assert_true(log_of(&dossier, &heir)->known);
}

/* Which of them is what the one before it said nobody knows then. */
static void an_heir_that_took_back_more_than_is_read_may_have_taken_back_all(void **context)
{
    const struct withdrawal record = {
        .delegate = prog.actor.id, .has_accreditation = true, .accreditation = {.seq = 99}};
    struct store_txn *txn;
    struct draft draft;
    struct dossier dossier;

    (void)context;
    attest(&prog, 7, LATE);
    hand_over(true);
    txn = world_write(&world);
    accredit(txn, &heir, &prog.actor.id, LATE);
    world_draft(&world, &draft, CLASS_GOVERN);
    for (size_t i = 0; i <= GRANTS_EACH_MAX; i++) {
        world_add(&draft, ENTRY_WITHDRAWAL, &record);
    }
    world_publish(&world, txn, &heir, &draft, LATE);
    world_commit(txn);
    gather(&dossier, 7, UINT64_MAX);
    assert_int_equal(dossier.accreditation_count, 2);
    assert_true(dossier.cuts.delegates);
    assert_true(log_of(&dossier, &prog)->withdrawals_cut);
}

static void a_badly_signed_succession_is_marked(void **context)
{
    struct dossier dossier;

    (void)context;
    attest(&prog, 7, LATE);
    hand_over(false);
    gather(&dossier, 7, UINT64_MAX);
    assert_int_equal(dossier.succession_count, 1);
    assert_false(dossier.successions[0].signature_valid);
}

static void say_succession_at(struct store_txn *txn, struct world_author *by, struct world_author *to,
                              bool agrees, const struct log_state *cut)
{
    struct indexed_signature signature = {.key_index = 0};
    struct succession record = {.name_space = bytes_of_string("ase"),
                                .successor = to->actor.id,
                                .cut_seq = cut->seq,
                                .cut_head = cut->head};
    uint8_t memory[ENTRY_SIZE_MAX];
    struct bytes terms;
    struct draft draft;
    struct hash hash;

    assert_true(schema_encode(&succession_schema, &record, memory, sizeof memory, &terms));
    hash_bytes(&hash, label_domain(&world.network, LABEL_SUCCESSION), terms.data, terms.size);
    sign_hash(&signature.signature, &to->actor.built[0].secret, &hash);
    record.signatures = (struct list){.items = &signature, .count = agrees};
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_SUCCESSION, &record);
    world_publish(&world, txn, by, &draft, LATE);
}

static void say_succession(struct store_txn *txn, struct world_author *by, struct world_author *to,
                           bool agrees)
{
    const struct log_state here = by->state;

    say_succession_at(txn, by, to, agrees, &here);
}

static void an_owner_that_keeps_its_namespace_signs_once(void **context)
{
    struct store_txn *txn = world_write(&world);
    struct dossier dossier;

    (void)context;
    say_succession(txn, &ase, &ase, false);
    say_succession(txn, &ase, &heir, false);
    world_commit(txn);
    attest(&prog, 7, LATE);
    gather(&dossier, 7, UINT64_MAX);
    assert_int_equal(dossier.succession_count, 2);
    assert_true(dossier.successions[0].signature_valid);
    assert_false(dossier.successions[1].signature_valid);
}

static struct axis_answer authority_on(const struct dossier *dossier, uint32_t day)
{
    static struct verdict verdict;
    const struct question question = {.network = &world.network,
                                      .at_day = day,
                                      .now_s = LATER,
                                      .known_by_s = UINT64_MAX,
                                      .budget = {UINT64_MAX, UINT64_MAX, UINT64_MAX}};

    assert_int_equal(dossier->credential_count, 1);
    assert_true(verdict_of(&verdict, dossier, &trust, &question, &world.arena));
    return verdict.credentials[0].axes[AXIS_AUTHORITY];
}

/* The namespace goes from hand to hand, so often, and then the last owner, or prog, certifies. Those to whom
 * it is given and who did not agree take no place among the owners. */
static struct axis_answer authority_after(size_t hands, bool by_last, const char *code)
{
    static struct world_author owners[CHAIN_DEPTH_MAX + 2], idle[2];
    const struct subject subject = world_subject(7);
    struct store_txn *txn = world_write(&world);
    struct dossier dossier;

    for (size_t i = 0; i < sizeof idle / sizeof idle[0]; i++) {
        world_begin_log(&world, txn, &idle[i], (uint8_t)(100 + i), EARLY);
        say_succession(txn, &ase, &idle[i], false);
    }
    for (size_t i = 0; i < hands; i++) {
        world_begin_log(&world, txn, &owners[i], (uint8_t)(50 + i), EARLY);
        say_succession(txn, i == 0 ? &ase : &owners[i - 1], &owners[i], true);
    }
    world_attest(&world, txn, by_last ? &owners[hands - 1] : &prog, &subject, 1, code, LATE);
    world_commit(txn);
    gather(&dossier, 7, UINT64_MAX);
    return authority_on(&dossier, 42000);
}

static void nine_owners_are_heard(void **context)
{
    (void)context;
    assert_int_equal(authority_after(CHAIN_DEPTH_MAX, true, "ase/A5").answer, ANSWER_YES);
}

static void what_a_tenth_owner_may_say_is_unknown_by_the_limit(void **context)
{
    struct axis_answer answer = authority_after(CHAIN_DEPTH_MAX + 1, false, "ase/A5");

    (void)context;
    assert_int_equal(answer.answer, ANSWER_UNKNOWN);
    assert_int_equal(answer.reason, REASON_LIMIT);
}

static void so_is_a_code_that_it_may_have_added(void **context)
{
    struct axis_answer answer = authority_after(CHAIN_DEPTH_MAX + 1, false, "ase/B9");

    (void)context;
    assert_int_equal(answer.answer, ANSWER_UNKNOWN);
    assert_int_equal(answer.reason, REASON_LIMIT);
}

/* The owner drops its pack 2 by a rotation, and hands the namespace on at a block on top of that one. */
static void a_pack_under_the_cut_of_a_succession_stays_readable(void **context)
{
    const struct bytes name_space = bytes_of_string("ase");
    struct actor_id id = ase.actor.id;
    struct log_state dropped;
    struct store_txn *txn = world_write(&world);

    (void)context;
    publish_pack(txn, &ase, 2);
    dropped = ase.state;
    publish_pack(txn, &ase, 3); /* beyond the cut */
    assert_int_equal(store_unwind_to(txn, &world.network, &id, dropped.seq - 1, LATE), STORE_OK);
    assert_int_equal(store_log_state(txn, &id, &ase.state), STORE_OK);
    world_rotate(&world, txn, &ase, LATE);
    say_succession_at(txn, &ase, &heir, true, &dropped);
    world_commit(txn);
    for (size_t i = 0; i < 2; i++) { /* the second time from what was kept */
        struct namespace_owners owners;
        const struct dossier_pack *pack;
        struct dossier dossier;

        gather(&dossier, 7, UINT64_MAX);
        assert_int_equal(dossier.pack_count, 2);
        namespace_owners_of(&owners, &dossier, &trust, name_space);
        pack = pack_under(&dossier, &owners, name_space, 42000);
        assert_non_null(pack);
        assert_int_equal(pack->pack.version, 2);
        assert_false(pack_is_disputed(&dossier, &owners, pack));
    }
}

static void names_lead_to_entries_that_are_held(void **context)
{
    struct entry_name names[4];
    struct dossier dossier;
    struct store_txn *txn;
    struct block block;
    struct bytes encoded;

    (void)context;
    attest(&prog, 7, LATE);
    txn = world_read(&world);
    assert_int_equal(store_block_bytes(txn, &prog.actor.id, 1, &encoded, &world.arena), STORE_OK);
    assert_int_equal(block_decode(&block, &world.network, encoded, &world.arena), REASON_NONE);
    for (size_t i = 0; i < 4; i++) {
        names[i] = (struct entry_name){.author = prog.actor.id, .seq = 1, .index = i};
        memcpy(names[i].prefix, block.leaves[i < 3 ? i : 0].bytes, ENTRY_PREFIX_SIZE);
    }
    names[1].prefix[0] ^= 1;
    names[2].author = (struct actor_id){world_subject(5).id};
    assert_int_equal(store_dossier_of_entries(txn, &world.network, &trust, names, 4, NULL, DOSSIER_REACH_ALL,
                                              &dossier, &world.arena),
                     STORE_OK);
    store_end(txn);
    assert_int_equal(dossier.credential_count, 1);
    assert_int_equal(dossier.credentials[0].place.index, 0);
    assert_int_equal(dossier.accreditation_count, 1);
    assert_false(dossier_log_of(&dossier, &names[2].author)->known);
}

static void credentials_from_elsewhere_are_surrounded_alike(void **context)
{
    const struct actor_id authors[] = {heir.actor.id, prog.actor.id, {world_subject(77).id}};
    struct dossier_credential credentials[3] = {0};
    struct dossier dossier;
    struct store_txn *txn;

    (void)context;
    for (size_t i = 0; i < 3; i++) {
        credentials[i] = (struct dossier_credential){
            .source = SOURCE_UNWITNESSED,
            .attestation = build_attestation(&ase.actor.id, "ase/A5", 40000 + (uint32_t)i, 41000)};
    }
    txn = world_read(&world);
    assert_int_equal(store_dossier_around(txn, &world.network, &trust, credentials, authors, 3, NULL,
                                          DOSSIER_REACH_ALL, &dossier, &world.arena),
                     STORE_OK);
    store_end(txn);
    assert_int_equal(dossier.credential_count, 3);
    assert_int_equal(dossier.accreditation_count, 1);
    assert_int_equal(dossier.pack_count, 1);
    for (size_t i = 0; i < 3; i++) {
        size_t was = dossier.credentials[i].attestation.earned_on - 40000;

        assert_true(was < 3);
        assert_true(
            actor_id_equal(&dossier_log_at(&dossier, &dossier.credentials[i].place)->author, &authors[was]));
    }
    assert_false(dossier_log_of(&dossier, &authors[2])->known);
}

/* What it attested of the one in the middle. */
static void erase(struct store_txn *txn, struct world_author *by)
{
    const struct index_range range = {1, 1};
    const struct erase record = {.seq = 1, .entries = {.items = &range, .count = 1}};
    struct draft draft;

    world_draft(&world, &draft, CLASS_STATUS);
    world_add(&draft, ENTRY_ERASE, &record);
    world_publish(&world, txn, by, &draft, LATE);
}

static void an_erased_entry_is_found_by_name_alone(void **context)
{
    struct entry_name name = {.author = prog.actor.id, .seq = 1, .index = 1};
    struct dossier dossier;
    struct store_txn *txn;

    (void)context;
    attest(&prog, 7, LATE);
    gather(&dossier, 7, UINT64_MAX);
    memcpy(name.prefix, dossier.credentials[0].place.leaf.bytes, sizeof name.prefix);
    txn = world_write(&world);
    erase(txn, &prog);
    assert_int_equal(store_dossier_of_entries(txn, &world.network, &trust, &name, 1, NULL, DOSSIER_REACH_ALL,
                                              &dossier, &world.arena),
                     STORE_OK);
    world_commit(txn);
    assert_int_equal(dossier.credential_count, 1);
    assert_true(dossier.credentials[0].place.erased);
    gather(&dossier, 7, UINT64_MAX);
    assert_int_equal(dossier.credential_count, 0);
}

/* Who said nothing else about her may give that back: it matters who let it say so. */
static void what_was_erased_comes_with_its_chain(void **context)
{
    struct dossier dossier;
    struct store_txn *txn;

    (void)context;
    attest(&prog, 7, LATE);
    gather(&dossier, 7, UINT64_MAX);
    const struct attestation before = dossier.credentials[0].attestation;
    txn = world_write(&world);
    erase(txn, &prog);
    world_commit(txn);
    gather(&dossier, 7, UINT64_MAX);
    assert_int_equal(dossier.sealed_count, 1);
    assert_ptr_equal(dossier_log_at(&dossier, &dossier.sealed[0].place), log_of(&dossier, &prog));
    assert_true(bytes_equal(dossier.sealed[0].code, bytes_of_string("ase/A5")));
    assert_int_equal(dossier.sealed[0].basis, before.basis);
    assert_int_equal(dossier.sealed[0].earned_on, before.earned_on);
    assert_int_equal(dossier.accreditation_count, 1);
    gather(&dossier, 7, EARLY);
    assert_int_equal(dossier.sealed_count, 0);
    gather(&dossier, 8, UINT64_MAX);
    assert_int_equal(dossier.sealed_count, 0);
}

/* Over the author's head. */
static void sign_checkpoint(const struct world_author *author, uint64_t time_s)
{
    const struct checkpoint record = {
        .author = author->actor.id, .seq = author->state.seq, .head = author->state.head, .time_s = time_s};
    const size_t key = 2; /* one key a role, in order of the roles */
    struct signed_checkpoint signed_record;
    uint8_t memory[1024];
    struct store_txn *txn;
    struct bytes encoded;

    checkpoint_sign(&signed_record, &record, &world.network, key, &author->actor.built[key].secret);
    assert_true(schema_encode(&signed_checkpoint_schema, &signed_record, memory, sizeof memory, &encoded));
    txn = world_write(&world);
    assert_int_equal(store_put_checkpoint(txn, &author->actor.id, encoded), STORE_OK);
    world_commit(txn);
}

static void a_checkpoint_counts_once_its_block_is_held_and_its_time_has_come(void **context)
{
    struct dossier dossier;

    (void)context;
    attest(&prog, 7, LATE);
    sign_checkpoint(&prog, LATER);
    gather(&dossier, 7, UINT64_MAX);
    assert_true(log_of(&dossier, &prog)->has_checkpoint);
    assert_int_equal(log_of(&dossier, &prog)->checkpoint_seq, 1);
    assert_int_equal(log_of(&dossier, &prog)->checkpoint_time_s, LATER);
    gather(&dossier, 7, LATER - 1);
    assert_false(log_of(&dossier, &prog)->has_checkpoint);
}

static void a_checkpoint_of_a_block_that_the_chain_left_counts_no_more(void **context)
{
    const struct log_state before = prog.state;
    struct dossier dossier;
    struct store_txn *txn;

    (void)context;
    attest(&prog, 8, LATE);
    sign_checkpoint(&prog, LATER);
    txn = world_write(&world);
    assert_int_equal(store_unwind_to(txn, &world.network, &prog.actor.id, before.seq, LATER), STORE_OK);
    world_commit(txn);
    prog.state = before;
    attest(&prog, 7, LATER);
    gather(&dossier, 7, UINT64_MAX);
    assert_false(log_of(&dossier, &prog)->has_checkpoint);
}

static void a_fork_of_the_open_epoch_disputes_the_log(void **context)
{
    const struct log_state before = prog.state;
    struct attestation attestation = build_attestation(&ase.actor.id, "ase/A6", 40000, 41000);
    uint8_t *memory = arena_take(&world.arena, 8192);
    struct store_txn *txn = world_write(&world);
    struct bytes side, chain, encoded;
    struct fork_proof proof;
    struct dossier dossier;
    struct block a, b;
    struct draft draft;

    (void)context;
    world_draft(&world, &draft, CLASS_CONTENT);
    world_add(&draft, ENTRY_ATTESTATION, &attestation);
    side = world_sign(&world, txn, &prog, &draft, LATE);
    prog.state = before;
    store_end(txn);
    attest(&prog, 7, LATE);
    txn = world_write(&world);
    assert_int_equal(store_block_bytes(txn, &prog.actor.id, 1, &chain, &world.arena), STORE_OK);
    assert_int_equal(block_decode(&a, &world.network, side, &world.arena), REASON_NONE);
    assert_int_equal(block_decode(&b, &world.network, chain, &world.arena), REASON_NONE);
    assert_true(fork_proof_of(&proof, &a, &b, &world.arena));
    assert_true(schema_encode(&fork_proof_schema, &proof, memory, 8192, &encoded));
    assert_int_equal(store_put_fork_proof(txn, &prog.actor.id, 0, FORK_PROOF_LOWEST, encoded), STORE_OK);
    world_commit(txn);
    gather(&dossier, 7, UINT64_MAX);
    assert_true(log_of(&dossier, &prog)->forked);
    assert_int_equal(log_of(&dossier, &prog)->fork_seq, 1);
    assert_false(log_of(&dossier, &ase)->forked);
}

static void a_frozen_log_is_disputed_from_its_rotation_on(void **context)
{
    struct dossier dossier;
    struct store_txn *txn;

    (void)context;
    attest(&prog, 7, LATE);
    txn = world_write(&world);
    world_rotate(&world, txn, &prog, LATE);
    assert_int_equal(store_freeze(txn, &prog.actor.id, 1), STORE_OK);
    assert_int_equal(store_freeze(txn, &prog.actor.id, 2), STORE_OK); /* the lowest stays */
    world_commit(txn);
    gather(&dossier, 7, UINT64_MAX);
    assert_int_equal(dossier.credential_count, 1);
    assert_true(log_of(&dossier, &prog)->frozen);
    assert_false(log_of(&dossier, &prog)->forked);
    assert_int_equal(log_of(&dossier, &prog)->epoch, 1);
    assert_int_equal(log_of(&dossier, &prog)->fork_seq, 2);
}

static void admission_follows_accreditations_up_to_an_owner(void **context)
{
    struct actor_id nobody = {world_subject(1).id};
    struct store_txn *txn = world_write(&world);
    bool accredited;
    const struct {
        const struct actor_id *actor;
        bool wanted;
        const char *because;
    } rows[] = {
        {&ase.actor.id, true, "the owner itself"},
        {&prog.actor.id, true, "accredited by the owner"},
        {&heir.actor.id, true, "accredited by whom the owner accredited"},
        {&stranger.actor.id, false, "its only accreditation is its own"},
        {&nobody, false, "never heard of"},
    };

    (void)context;
    accredit(txn, &prog, &heir.actor.id, LATE);
    accredit(txn, &stranger, &stranger.actor.id, LATE);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(store_is_accredited(txn, &trust, rows[i].actor, &accredited), STORE_OK);
        if (accredited != rows[i].wanted) {
            fail_msg("%s", rows[i].because);
        }
    }
    store_end(txn);
}

static void an_attested_actor_is_named(void **context)
{
    struct actor_id seven = {world_subject(7).id};
    struct actor_id eight = {world_subject(8).id};
    struct store_txn *txn;
    bool named;

    (void)context;
    attest(&prog, 7, LATE);
    txn = world_read(&world);
    assert_int_equal(store_is_named(txn, &trust, NULL, &seven, &named), STORE_OK);
    assert_true(named);
    assert_int_equal(store_is_named(txn, &trust, NULL, &eight, &named), STORE_OK);
    assert_false(named);
    store_end(txn);
}

/* In any other log a consent names nobody. */
static void a_consent_in_its_shops_log_names_the_technician(void **context)
{
    static const struct {
        const char *because;
        bool by_prog, names_technician, names_shop;
    } rows[] = {
        {"prog is the shop", true, true, false},
        {"prog copies another's consent", false, false, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct consent consent = {.technician = {world_subject(20 + i).id},
                                        .shop = rows[i].by_prog ? prog.actor.id
                                                                : (struct actor_id){world_subject(30).id},
                                        .expires_s = LATER};
        struct affiliation record = {
            .event = AFFILIATION_JOINED, .day = 40000, .has_consent = true, .consent = consent};
        struct store_txn *txn = world_write(&world);
        bool technician = false, shop = false;
        struct draft draft;

        (void)context;
        consent_id(&record.id, &world.network, &consent);
        world_draft(&world, &draft, CLASS_CONTENT);
        world_add(&draft, ENTRY_AFFILIATION, &record);
        world_publish(&world, txn, &prog, &draft, LATE);
        assert_int_equal(store_is_named(txn, &trust, NULL, &consent.technician, &technician), STORE_OK);
        assert_int_equal(store_is_named(txn, &trust, NULL, &consent.shop, &shop), STORE_OK);
        if (technician != rows[i].names_technician || shop != rows[i].names_shop) {
            fail_msg("%s", rows[i].because);
        }
        world_commit(txn);
    }
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(an_attestation_comes_with_its_chain_and_packs),
        IN_WORLD(what_is_known_of_branches_comes_with_the_log),
        IN_WORLD(someone_unknown_has_packs_alone),
        IN_WORLD(what_came_later_is_left_out),
        IN_WORLD(the_need_of_an_upgrade_ends_with_the_block),
        IN_WORLD(the_need_of_an_upgrade_goes_with_a_block_that_is_unwound),
        IN_WORLD(a_side_block_of_the_open_epoch_asks_for_an_upgrade),
        IN_WORLD(a_certificate_is_found_under_its_new_holder),
        IN_WORLD(a_replacement_is_named),
        IN_WORLD(a_voided_status_is_marked_and_not_counted),
        IN_WORLD(a_withdrawal_by_an_accreditor_is_gathered_and_others_are_not),
        IN_WORLD(a_flood_by_one_author_hides_nobody_else),
        IN_WORLD(a_successor_and_its_packs_are_gathered),
        IN_WORLD(a_badly_signed_succession_is_marked),
        IN_WORLD(an_heir_that_took_back_more_than_is_read_may_have_taken_back_all),
        IN_WORLD(an_owner_that_keeps_its_namespace_signs_once),
        IN_WORLD(nine_owners_are_heard),
        IN_WORLD(what_a_tenth_owner_may_say_is_unknown_by_the_limit),
        IN_WORLD(so_is_a_code_that_it_may_have_added),
        IN_WORLD(a_pack_under_the_cut_of_a_succession_stays_readable),
        IN_WORLD(names_lead_to_entries_that_are_held),
        IN_WORLD(credentials_from_elsewhere_are_surrounded_alike),
        IN_WORLD(an_erased_entry_is_found_by_name_alone),
        IN_WORLD(what_was_erased_comes_with_its_chain),
        IN_WORLD(a_checkpoint_counts_once_its_block_is_held_and_its_time_has_come),
        IN_WORLD(a_checkpoint_of_a_block_that_the_chain_left_counts_no_more),
        IN_WORLD(a_fork_of_the_open_epoch_disputes_the_log),
        IN_WORLD(a_frozen_log_is_disputed_from_its_rotation_on),
        IN_WORLD(admission_follows_accreditations_up_to_an_owner),
        IN_WORLD(an_attested_actor_is_named),
        IN_WORLD(a_consent_in_its_shops_log_names_the_technician),
    };

    return cmocka_run_group_tests_name("store dossier", tests, NULL, NULL);
}
