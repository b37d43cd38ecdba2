#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/presentation_builder.h"

static struct presentation_world world;
static uint8_t check_memory[RECORD_ARENA_SIZE];

static enum reason check(struct proven_entry *out, const struct entry_proof *proof,
                         const struct proof_head *head)
{
    const struct list heads = {.items = head, .count = 1};
    struct arena arena;
    arena_init(&arena, check_memory, sizeof check_memory);
    return proof_check(out, proof, &heads, &world.network, &arena);
}

static void what_is_in_the_log_is_proven(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        uint64_t seq;
        uint64_t index;
        size_t event_count;
        bool content;
    } rows[] = {
        {"the first of a block", WORLD_CONTENT_SEQ, 0, 0, true},
        {"one in the middle", WORLD_CONTENT_SEQ, 1, 0, true},
        {"one about which something was said", WORLD_CONTENT_SEQ, WORLD_SPOKEN_OF, WORLD_EVENT_COUNT, true},
        {"the last of a block", WORLD_CONTENT_SEQ, WORLD_CONTENT_COUNT - 1, 0, true},
        {"a block of one", WORLD_LONE_SEQ, 0, 0, true},
        {"a statement is no attestation", WORLD_OTHER_SEQ, 0, 0, false},
        {"nor is what does not decode as one", WORLD_OTHER_SEQ, 1, 0, false},
        {"nor an unknown kind", WORLD_OTHER_SEQ, 2, 0, false},
    };
    const struct proof_head head = world_head(&world);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct entry_proof proof = world_proof(&world, rows[i].seq, rows[i].index);
        const struct memory_entry *entry = &world.issuer_log.blocks[rows[i].seq].entries[rows[i].index];
        struct proven_entry proven;
        enum reason reason = check(&proven, &proof, &head);
        if (reason != REASON_NONE || proven.content != rows[i].content ||
            proven.event_count != rows[i].event_count) {
            fail_msg("%s: %s, %zu events", rows[i].why, reason_word(reason), proven.event_count);
        }
        assert_true(actor_id_equal(&proven.author, &world.issuer.id));
        assert_true(hash_equal(&proven.head, &world.issuer_log.state.head));
        assert_int_equal(proven.head_seq, world.issuer_log.state.seq);
        assert_true(actor_id_equal(&proven.name.author, &world.issuer.id));
        assert_int_equal(proven.name.seq, rows[i].seq);
        assert_int_equal(proven.name.index, rows[i].index);
        assert_memory_equal(proven.name.prefix, entry->leaf.bytes, ENTRY_PREFIX_SIZE);
        assert_int_equal(proven.state.standing, STANDING_GOOD);
        if (rows[i].content) {
            assert_true(bytes_equal_string(proven.attestation.code, "ase/A5"));
        }
    }
}

static void other_classes_are_no_content(void **state)
{
    (void)state;
    static const uint64_t seqs[] = {0, WORLD_STATUS_SEQ};
    const struct proof_head head = world_head(&world);
    for (size_t i = 0; i < sizeof seqs / sizeof seqs[0]; i++) {
        const struct entry_proof proof = world_proof(&world, seqs[i], 0);
        struct proven_entry proven;
        assert_int_equal(check(&proven, &proof, &head), REASON_NOT_CONTENT);
    }
}

/* ---- a proof of WORLD_SPOKEN_OF, changed ---- */

static struct {
    struct entry_proof proof;
    struct proof_head head;
    uint8_t entry[ENTRY_SIZE_MAX];
    uint8_t header[HEADER_SIZE_MAX];
    struct history_event events[HISTORY_EVENTS_MAX];
    struct merkle_node live_path[64];
    struct merkle_node state_path[64];
} changed;

static void begin(void)
{
    changed.proof = world_proof(&world, WORLD_CONTENT_SEQ, WORLD_SPOKEN_OF);
    changed.head = world_head(&world);
    memset(changed.live_path, 0, sizeof changed.live_path);
    memset(changed.state_path, 0, sizeof changed.state_path);
    memcpy(changed.entry, changed.proof.entry.data, changed.proof.entry.size);
    memcpy(changed.header, changed.head.header.data, changed.head.header.size);
    memcpy(changed.events, changed.proof.history.items, WORLD_EVENT_COUNT * sizeof changed.events[0]);
    memcpy(changed.live_path, changed.proof.live_path.items,
           changed.proof.live_path.count * sizeof changed.live_path[0]);
    memcpy(changed.state_path, changed.proof.state_path.items,
           changed.proof.state_path.count * sizeof changed.state_path[0]);
    changed.proof.entry.data = changed.entry;
    changed.head.header.data = changed.header;
    changed.proof.history.items = changed.events;
    changed.proof.live_path.items = changed.live_path;
    changed.proof.state_path.items = changed.state_path;
}

static void nothing(void) {}

static void payload(void)
{
    changed.entry[changed.proof.entry.size / 2] ^= 1;
}

static void salt(void)
{
    changed.entry[changed.proof.entry.size - 1] ^= 1;
}

static void entry_cut_short(void)
{
    changed.proof.entry.size--;
}

static void entry_erased(void)
{
    static const struct hash payload_hash = {{7}};
    struct writer writer;
    writer_init(&writer, changed.entry, sizeof changed.entry);
    writer_array(&writer, 3);
    writer_uint(&writer, ENTRY_ATTESTATION);
    writer_bool(&writer, false);
    writer_bin(&writer, payload_hash.bytes, HASH_SIZE);
    assert_true(writer_end(&writer, &changed.proof.entry));
}

static void entry_of_a_neighbour(void)
{
    changed.proof.entry = world_proof(&world, WORLD_CONTENT_SEQ, 0).entry;
}

static void index_of_a_neighbour(void)
{
    changed.proof.index++;
}

static void index_beyond_the_block(void)
{
    changed.proof.index = WORLD_CONTENT_COUNT;
}

static void history_forgotten(void)
{
    changed.proof.history.count = 0;
}

static void last_word_forgotten(void)
{
    changed.proof.history.count--;
}

static void first_word_forgotten(void)
{
    changed.proof.history.items = changed.events + 1;
    changed.proof.history.count--;
}

static void word_added(void)
{
    changed.events[WORLD_EVENT_COUNT] = (struct history_event){.action = STATUS_REVOKED,
                                                               .effective_day = 45300,
                                                               .stated_day = 45300,
                                                               .setter_seq = WORLD_AGAIN_SEQ,
                                                               .setter_index = 1};
    changed.proof.history.count++;
}

static void words_swapped(void)
{
    struct history_event event = changed.events[0];
    changed.events[0] = changed.events[1];
    changed.events[1] = event;
}

static void other_action(void)
{
    changed.events[0].action = STATUS_APPEALED;
}

static void other_day(void)
{
    changed.events[0].effective_day++;
}

static void other_setter_seq(void)
{
    changed.events[0].setter_seq++;
}

static void other_setter_index(void)
{
    changed.events[0].setter_index++;
}

static void live_path_changed(void)
{
    changed.live_path[0].hash.bytes[0] ^= 1;
}

static void live_path_shorter(void)
{
    changed.proof.live_path.count--;
}

static void live_path_longer(void)
{
    changed.proof.live_path.count++;
}

static void live_path_far_too_long(void)
{
    changed.proof.live_path.count = MERKLE_DEPTH_MAX + 1;
}

static void epoch_changed(void)
{
    changed.proof.state.epoch++;
}

static void seq_changed(void)
{
    changed.proof.state.seq++;
}

static void seq_beyond_the_head(void)
{
    changed.proof.state.seq = world.issuer_log.state.seq + 1;
}

static void entry_count_changed(void)
{
    changed.proof.state.entry_count++;
}

static void standing_changed(void)
{
    changed.proof.state.standing = STANDING_VOID;
}

static void live_root_changed(void)
{
    changed.proof.state.live_root.bytes[0] ^= 1;
}

static void state_path_changed(void)
{
    changed.state_path[0].hash.bytes[0] ^= 1;
}

static void state_path_shorter(void)
{
    changed.proof.state_path.count--;
}

static void state_path_longer(void)
{
    changed.proof.state_path.count++;
}

static void state_path_far_too_long(void)
{
    changed.proof.state_path.count = MERKLE_DEPTH_MAX + 1;
}

static void no_such_head(void)
{
    changed.proof.head = 1;
}

/* The state root is the last field but the extension list. */
static void state_root_changed(void)
{
    changed.header[changed.head.header.size - 2] ^= 1;
}

static void header_cut_short(void)
{
    changed.head.header.size--;
}

static void header_of_an_earlier_block(void)
{
    struct block block;
    enum reason reason = block_decode(&block, &world.network,
                                      memory_log_block(&world.issuer_log, WORLD_STATUS_SEQ), &world.arena);
    assert_int_equal(reason, REASON_NONE);
    changed.head.header = block.header_bytes;
}

static const struct {
    const char *why;
    void (*change)(void);
    enum reason reason;
} rows[] = {
    {"nothing changed", nothing, REASON_NONE},
    {"another payload", payload, REASON_PATH_MISMATCH},
    {"another salt", salt, REASON_PATH_MISMATCH},
    {"less of the entry", entry_cut_short, REASON_TRUNCATED},
    {"an erased entry proves nothing", entry_erased, REASON_NOT_CONTENT},
    {"a neighbour's entry", entry_of_a_neighbour, REASON_PATH_MISMATCH},
    {"a neighbour's place", index_of_a_neighbour, REASON_PATH_MISMATCH},
    {"a place beyond the block", index_beyond_the_block, REASON_PATH_MISMATCH},
    {"nothing was said", history_forgotten, REASON_PATH_MISMATCH},
    {"the last word is left out", last_word_forgotten, REASON_PATH_MISMATCH},
    {"the first word is left out", first_word_forgotten, REASON_PATH_MISMATCH},
    {"a word is added", word_added, REASON_PATH_MISMATCH},
    {"another order", words_swapped, REASON_PATH_MISMATCH},
    {"another word", other_action, REASON_PATH_MISMATCH},
    {"from another day", other_day, REASON_PATH_MISMATCH},
    {"said in another block", other_setter_seq, REASON_PATH_MISMATCH},
    {"said in another entry", other_setter_index, REASON_PATH_MISMATCH},
    {"another live path", live_path_changed, REASON_PATH_MISMATCH},
    {"a shorter live path", live_path_shorter, REASON_PATH_MISMATCH},
    {"a longer live path", live_path_longer, REASON_PATH_MISMATCH},
    {"a live path longer than any tree", live_path_far_too_long, REASON_PATH_MISMATCH},
    {"another epoch", epoch_changed, REASON_PATH_MISMATCH},
    {"another block", seq_changed, REASON_PATH_MISMATCH},
    {"a block beyond the head", seq_beyond_the_head, REASON_PATH_MISMATCH},
    {"more entries", entry_count_changed, REASON_PATH_MISMATCH},
    {"another standing", standing_changed, REASON_PATH_MISMATCH},
    {"another live root", live_root_changed, REASON_PATH_MISMATCH},
    {"another state path", state_path_changed, REASON_PATH_MISMATCH},
    {"a shorter state path", state_path_shorter, REASON_PATH_MISMATCH},
    {"a longer state path", state_path_longer, REASON_PATH_MISMATCH},
    {"a state path longer than any tree", state_path_far_too_long, REASON_PATH_MISMATCH},
    {"a head that is not there", no_such_head, REASON_PATH_MISMATCH},
    {"another state root", state_root_changed, REASON_PATH_MISMATCH},
    {"less of the header", header_cut_short, REASON_TRUNCATED},
    {"a head that knows less", header_of_an_earlier_block, REASON_PATH_MISMATCH},
};

static void what_is_changed_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct proven_entry proven;
        begin();
        rows[i].change();
        enum reason reason = check(&proven, &changed.proof, &changed.head);
        if (reason != rows[i].reason) {
            fail_msg("%s: %s", rows[i].why, reason_word(reason));
        }
    }
}

/* What a certificate file proves, or not, after one bit of it was flipped: the same of the same head, or
 * something of another head, whose signature is then wrong. */
static void no_bit_proves_anything_else(void **state)
{
    (void)state;
    static uint8_t memory[PRESENTATION_SIZE_MAX];
    static uint8_t arena_memory[RECORD_ARENA_SIZE];
    const struct subject subject = subject_of_actor(&world.issuer.id);
    struct bytes encoded;
    size_t decoded = 0;
    begin();
    const struct certificate_file file = {
        .subject = subject, .heads = {&changed.head, 1}, .proofs = {&changed.proof, 1}};
    assert_true(schema_encode(&certificate_file_schema, &file, memory, sizeof memory, &encoded));
    for (size_t bit = 0; bit < encoded.size * 8; bit++) {
        struct certificate_file flipped;
        struct proven_entry proven;
        struct arena arena;
        memory[bit / 8] ^= (uint8_t)(1 << bit % 8);
        arena_init(&arena, arena_memory, sizeof arena_memory);
        if (schema_decode(&certificate_file_schema, &flipped, encoded, &arena) == REASON_NONE &&
            flipped.proofs.count == 1) {
            decoded++;
            const struct entry_proof *proof = flipped.proofs.items;
            if (proof_check(&proven, proof, &flipped.heads, &world.network, &arena) == REASON_NONE &&
                hash_equal(&proven.head, &world.issuer_log.state.head)) {
                assert_true(bytes_equal(proof->entry, changed.proof.entry));
                assert_int_equal(proven.name.seq, WORLD_CONTENT_SEQ);
                assert_int_equal(proven.name.index, WORLD_SPOKEN_OF);
                assert_int_equal(proven.event_count, WORLD_EVENT_COUNT);
                assert_memory_equal(proven.events, world.events, sizeof world.events);
            }
        }
        memory[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_true(decoded > encoded.size);
}

static int build(void **state)
{
    (void)state;
    presentation_world_build(&world);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_in_the_log_is_proven),
        cmocka_unit_test(other_classes_are_no_content),
        cmocka_unit_test(what_is_changed_is_refused),
        cmocka_unit_test(no_bit_proves_anything_else),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, build, NULL);
}
