#include "node/ingest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/node_bench.h"

/* Copies of one block that lack different entries, in whatever order they come and whether or not the author
 * erases some: what is held in the end is all that any copy had and the author did not erase. */

enum { ENTRIES = 5, BLOCK_SEQ = 1, COPY_MAX = 8 * 1024, ARENA_SIZE = 4 * 1024 * 1024 };

/* What an order is made of. */
enum offer { FULL, LEFT_HALF, RIGHT_HALF, ERASE, OFFER_COUNT };

static const struct index_range erased_by_author = {1, 2};
static const struct index_range stripped[OFFER_COUNT] = {[LEFT_HALF] = {3, 4}, [RIGHT_HALF] = {0, 2}};

static struct bytes offers[OFFER_COUNT];
static uint8_t offer_memory[OFFER_COUNT][COPY_MAX];
static uint8_t arena_memory[ARENA_SIZE];
static struct arena arena;

static bool contains(const struct index_range *range, size_t i)
{
    return range->first <= i && i <= range->last;
}

static struct bytes keep(enum offer offer, struct bytes encoded)
{
    assert_true(encoded.size <= COPY_MAX);
    memcpy(offer_memory[offer], encoded.data, encoded.size);
    return bytes_of(offer_memory[offer], encoded.size);
}

/* encoded without the entries of range, into memory of COPY_MAX bytes. */
static struct bytes strip(uint8_t *memory, struct bytes encoded, const struct index_range *range)
{
    struct block block;
    struct writer writer;
    struct bytes out;

    assert_int_equal(block_decode(&block, &node->network, encoded, &arena), REASON_NONE);
    writer_init(&writer, memory, COPY_MAX);
    assert_true(block_erase(&writer, &node->network, &block, range, 1));
    assert_true(writer_end(&writer, &out));
    return out;
}

static void say_erase(uint64_t first, uint64_t last)
{
    struct index_range range;
    const struct erase erase = build_erase(BLOCK_SEQ, &range, first, last);

    log_builder_begin(&node->builder, CLASS_STATUS);
    log_builder_add(&node->builder, ENTRY_ERASE, &erase);
}

static void begin_again(void)
{
    store_end(node->txn);
    assert_int_equal(store_write_begin(&node->txn, node->store), STORE_OK);
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
}

/* The owner's log is its inception and a block of ENTRIES attestations about the named actor; the erase
 * follows that block. */
static void make_offers(void)
{
    arena_init(&arena, arena_memory, sizeof arena_memory);
    say_content(NAMED, ENTRIES);
    log_builder_append(&node->builder, &node->logs[OWNER]);
    offers[FULL] = keep(FULL, memory_log_block(&node->logs[OWNER], BLOCK_SEQ));
    offers[LEFT_HALF] = strip(offer_memory[LEFT_HALF], offers[FULL], &stripped[LEFT_HALF]);
    offers[RIGHT_HALF] = strip(offer_memory[RIGHT_HALF], offers[FULL], &stripped[RIGHT_HALF]);
    say_erase(erased_by_author.first, erased_by_author.last);
    offers[ERASE] = keep(ERASE, log_builder_forge(&node->builder, &node->logs[OWNER], NULL));
}

/* ---- what is held ---- */

/* Assert that the block reads as the full one without the entries that missing names, and that lookup finds
 * the others. */
static void assert_held(const bool missing[ENTRIES])
{
    const struct subject subject = subject_of_actor(&node->actors[NAMED].id);
    uint8_t memory[COPY_MAX];
    struct bytes expected = offers[FULL], found;
    struct dossier dossier;
    size_t count = 0;

    for (size_t i = 0; i < ENTRIES; i++) {
        const struct index_range one = {i, i};
        uint8_t next[COPY_MAX];

        if (missing[i]) {
            expected = strip(next, expected, &one);
            memcpy(memory, next, expected.size);
            expected.data = memory;
        }
    }
    assert_int_equal(store_block_bytes(node->txn, &node->actors[OWNER].id, BLOCK_SEQ, &found, &arena),
                     STORE_OK);
    assert_true(bytes_equal(found, expected));
    assert_int_equal(
        store_dossier(node->txn, &node->network, &node->trust, &subject, DOSSIER_REACH_ALL, &dossier, &arena),
        STORE_OK);
    for (size_t i = 0; i < ENTRIES; i++) {
        if (!missing[i]) {
            assert_true(count < dossier.credential_count);
            assert_int_equal(dossier.credentials[count].place.seq, BLOCK_SEQ);
            assert_int_equal(dossier.credentials[count].place.index, i);
            count++;
        }
    }
    assert_int_equal(dossier.credential_count, count);
}

/* Once the bytes of what was erased have gone, what is counted is what reads. */
static void assert_counted(const bool missing[ENTRIES])
{
    struct store_figures figures;
    size_t count = 0;
    uint64_t blocks = 0, counted = 0, held = 0;
    struct bytes bytes;

    assert_int_equal(store_drop_erased(node->txn, NULL, NODE_NOW_S + 8 * 86400, 100), STORE_OK);
    assert_held(missing);
    for (size_t i = 0; i < ENTRIES; i++) {
        count += !missing[i];
    }
    assert_int_equal(store_figures(node->txn, &figures), STORE_OK);
    assert_int_equal(figures.attestations, count);
    assert_int_equal(store_log_size(node->txn, &node->actors[OWNER].id, &blocks, &counted), STORE_OK);
    for (uint64_t seq = 0; seq < blocks; seq++) {
        assert_int_equal(store_block_bytes(node->txn, &node->actors[OWNER].id, seq, &bytes, &arena),
                         STORE_OK);
        held += bytes.size;
    }
    assert_int_equal(counted, held);
}

/* ---- orders ---- */

struct order {
    size_t count;
    enum offer offers[OFFER_COUNT];
};

static void try_order(const struct order *order)
{
    size_t mark = arena_mark(&arena);
    bool missing[ENTRIES], erase_waits = false, erased = false;

    memset(missing, true, sizeof missing);
    begin_again();
    for (size_t i = 0; i < order->count; i++) {
        enum offer offer = order->offers[i];
        enum reason reason = node_offer(offers[offer]);

        if (offer == ERASE) {
            assert_int_equal(reason, i == 0 ? REASON_ORPHAN : REASON_NONE);
            erase_waits = i == 0;
            erased = true;
            continue;
        }
        assert_true(reason == REASON_KNOWN || reason == REASON_NONE);
        for (size_t entry = 0; entry < ENTRIES; entry++) {
            missing[entry] &= offer != FULL && contains(&stripped[offer], entry);
        }
        if (erase_waits) {
            assert_int_equal(node_offer(offers[ERASE]), REASON_NONE);
            erase_waits = false;
        }
    }
    for (size_t entry = 0; entry < ENTRIES; entry++) {
        missing[entry] |= erased && contains(&erased_by_author, entry);
    }
    assert_held(missing);
    assert_counted(missing);
    arena_rewind(&arena, mark);
}

/* Try every order that goes on from this one. */
static void try_orders_from(struct order *order, size_t *tried)
{
    for (enum offer next = FULL; next < OFFER_COUNT; next++) {
        bool used = false;

        for (size_t i = 0; i < order->count; i++) {
            used |= order->offers[i] == next;
        }
        if (used) {
            continue;
        }
        order->offers[order->count++] = next;
        if (order->count > 1 || next != ERASE) {
            try_order(order);
            (*tried)++;
        }
        try_orders_from(order, tried);
        order->count--;
    }
}

static void test_every_order_of_copies_gives_the_same_block(void **state)
{
    struct order order = {.count = 0};
    size_t tried = 0;

    (void)state;
    make_offers();
    try_orders_from(&order, &tried);
    assert_int_equal(tried, 63);
}

/* ---- single cases ---- */

static void test_what_fills_a_block_is_told_from_what_does_not(void **state)
{
    (void)state;
    make_offers();
    begin_again();
    assert_int_equal(node_offer(offers[LEFT_HALF]), REASON_NONE);
    assert_int_equal(node_offer(offers[LEFT_HALF]), REASON_KNOWN);
    assert_false(node->result.filled);
    assert_int_equal(node_offer(offers[FULL]), REASON_KNOWN);
    assert_true(node->result.filled);
    assert_int_equal(node_offer(offers[FULL]), REASON_KNOWN);
    assert_false(node->result.filled);
    assert_int_equal(node_offer(offers[ERASE]), REASON_NONE);
    assert_int_equal(node_offer(offers[FULL]), REASON_KNOWN);
    assert_false(node->result.filled);
}

/* They stand outside what the header hash covers, so a relay can change them. */
static void test_signatures_are_not_taken_from_the_copy(void **state)
{
    const bool missing[ENTRIES] = {false};
    uint8_t memory[COPY_MAX];
    struct writer writer;
    struct bytes forged;
    struct block block;

    (void)state;
    make_offers();
    begin_again();
    assert_int_equal(node_offer(offers[RIGHT_HALF]), REASON_NONE);
    assert_int_equal(block_decode(&block, &node->network, offers[FULL], &arena), REASON_NONE);
    block.signatures[0].signature.bytes[0] ^= 1;
    writer_init(&writer, memory, sizeof memory);
    assert_true(
        block_encode(&writer, block.header_bytes, block.signatures, block.signature_count, block.body));
    assert_true(writer_end(&writer, &forged));
    assert_int_equal(node_offer(forged), REASON_KNOWN);
    assert_true(node->result.filled);
    assert_held(missing);
}

/* An erase in a branch that is dropped erases no more; once its branch is chosen again, it does. */
static void test_an_erase_counts_while_its_branch_is_chosen(void **state)
{
    const bool two[ENTRIES] = {[1] = true, [2] = true}, none[ENTRIES] = {false};
    struct memory_log erased_log;
    struct block erase, rival;
    struct dice dice = {.state = 7};

    (void)state;
    make_offers();
    begin_again();
    assert_int_equal(node_offer(offers[FULL]), REASON_NONE);
    assert_int_equal(node_offer(offers[ERASE]), REASON_NONE);
    assert_held(two);
    assert_int_equal(block_decode(&erase, &node->network, offers[ERASE], &arena), REASON_NONE);
    do {
        say_content(STRANGER, 1);
        assert_int_equal(block_decode(&rival, &node->network,
                                      log_builder_forge(&node->builder, &node->logs[OWNER], NULL), &arena),
                         REASON_NONE);
    } while (hash_compare(&rival.hash, &erase.hash) > 0);
    assert_int_equal(node_offer(rival.encoded), REASON_NONE);
    assert_int_equal(node->result.outcome, INGEST_SWITCHED);
    assert_held(none);

    memory_log_copy(&erased_log, &node->logs[OWNER]);
    assert_int_equal(memory_log_accept(&erased_log, offers[ERASE]), REASON_NONE);
    log_random_rotation(&node->builder, &erased_log, &dice);
    assert_int_equal(node_offer(log_builder_forge(&node->builder, &erased_log, NULL)), REASON_NONE);
    assert_int_equal(node->result.outcome, INGEST_SWITCHED);
    assert_held(two);
    assert_int_equal(node_offer(offers[FULL]), REASON_KNOWN);
    assert_false(node->result.filled);
    memory_log_deinit(&erased_log);
}

static size_t gap_count(void)
{
    struct locator_point point;
    size_t count = 0;

    assert_int_equal(store_gaps(node->txn, &node->actors[OWNER].id, 0, &point, 1, &count), STORE_OK);
    return count;
}

/* While its epoch is open an `erase` on any branch accounts for what is missing; once a rotation drops that
 * branch it does no more, whether it was followed before or not. */
static void test_a_dropped_erase_explains_no_gap(void **state)
{
    uint8_t memory[COPY_MAX];
    struct bytes lacking;
    struct block erase, rival;

    (void)state;
    make_offers();
    lacking = strip(memory, offers[FULL], &erased_by_author);
    assert_int_equal(block_decode(&erase, &node->network, offers[ERASE], &arena), REASON_NONE);
    for (int follows = 0; follows < 2; follows++) {
        size_t mark = arena_mark(&arena);

        begin_again();
        assert_int_equal(node_offer(lacking), REASON_NONE);
        assert_int_equal(gap_count(), 1);
        do {
            say_content(STRANGER, 1);
            assert_int_equal(block_decode(&rival, &node->network,
                                          log_builder_forge(&node->builder, &node->logs[OWNER], NULL),
                                          &arena),
                             REASON_NONE);
        } while (hash_compare(&rival.hash, &erase.hash) > 0);
        assert_int_equal(node_offer(follows == 1 ? offers[ERASE] : rival.encoded), REASON_NONE);
        assert_int_equal(node_offer(follows == 1 ? rival.encoded : offers[ERASE]), REASON_NONE);
        assert_int_equal(node->result.outcome, follows == 1 ? INGEST_SWITCHED : INGEST_ASIDE);
        assert_int_equal(gap_count(), 0);
        say_rotation(OWNER, 7);
        assert_int_equal(node_offer(log_builder_forge(&node->builder, &node->logs[OWNER], NULL)),
                         REASON_NONE);
        assert_int_equal(gap_count(), 1);
        arena_rewind(&arena, mark);
    }
}

/* A block beside the chain is filled too, and found whole when its branch is chosen. */
static void test_a_block_beside_the_chain_is_filled(void **state)
{
    const bool missing[ENTRIES] = {false};
    struct memory_log log;
    struct block full, rival;

    (void)state;
    make_offers();
    begin_again();
    memory_log_init(&log, &node->network, &node->scratch);
    log_builder_inception(&node->builder, &log, &node->actors[OWNER]);
    assert_int_equal(block_decode(&full, &node->network, offers[FULL], &arena), REASON_NONE);
    do {
        say_statement(STRANGER, 1);
        assert_int_equal(
            block_decode(&rival, &node->network, log_builder_forge(&node->builder, &log, NULL), &arena),
            REASON_NONE);
    } while (hash_compare(&rival.hash, &full.hash) > 0);
    assert_int_equal(node_offer(rival.encoded), REASON_NONE);
    assert_int_equal(node_offer(offers[LEFT_HALF]), REASON_NONE);
    assert_int_equal(node->result.outcome, INGEST_ASIDE);
    assert_int_equal(node_offer(offers[FULL]), REASON_KNOWN);
    assert_true(node->result.filled);
    say_rotation(OWNER, 7);
    assert_int_equal(node_offer(log_builder_forge(&node->builder, &node->logs[OWNER], NULL)), REASON_NONE);
    assert_int_equal(node->result.outcome, INGEST_SWITCHED);
    assert_held(missing);
    memory_log_deinit(&log);
}

/* Kind and critical bit stay readable, so that hiding the rest hides no need to upgrade. */
static void test_a_hidden_critical_kind_asks_for_an_upgrade(void **state)
{
    const struct index_range first = {0, 0};
    uint8_t memory[COPY_MAX];
    struct log_state held;
    struct bytes full;

    (void)state;
    make_offers();
    begin_again();
    assert_int_equal(node_offer(offers[FULL]), REASON_NONE);
    log_builder_begin(&node->builder, CLASS_CONTENT);
    log_builder_add_payload(&node->builder, 4000, true, bytes_of_string("\x90"));
    full = keep(ERASE, log_builder_forge(&node->builder, &node->logs[OWNER], NULL));
    assert_int_equal(node_offer(strip(memory, full, &first)), REASON_NONE);
    assert_int_equal(store_log_state(node->txn, &node->actors[OWNER].id, &held), STORE_OK);
    assert_int_equal(held.upgrade_blocks, 1);
}

/* A copy that was stripped to pass a named actor's quota is not filled beyond it. */
static void test_a_fill_stays_within_the_quota(void **state)
{
    enum { STATEMENTS = 24, STATEMENT_SIZE = 400, BIG = 16 * 1024 };
    const struct index_range all = {0, STATEMENTS - 1};
    static uint8_t memory[BIG];
    static char letters[STATEMENT_SIZE];
    const struct statement statement = {.about = {.author = node->actors[OWNER].id},
                                        .text = bytes_of(letters, sizeof letters)};
    struct writer writer;
    struct block block;
    struct bytes copy;

    (void)state;
    memset(letters, 'x', sizeof letters);
    arena_init(&arena, arena_memory, sizeof arena_memory);
    node_take_in_owner();
    assert_int_equal(node_offer_seq(NAMED, 0), REASON_NONE);
    for (uint64_t seq = 1; seq <= 2; seq++) {
        log_builder_begin(&node->builder, CLASS_CONTENT);
        for (size_t i = 0; i < STATEMENTS; i++) {
            log_builder_add(&node->builder, ENTRY_STATEMENT, &statement);
        }
        log_builder_append(&node->builder, &node->logs[NAMED]);
        assert_int_equal(
            block_decode(&block, &node->network, memory_log_block(&node->logs[NAMED], seq), &arena),
            REASON_NONE);
        writer_init(&writer, memory, sizeof memory);
        assert_true(block_erase(&writer, &node->network, &block, &all, 1));
        assert_true(writer_end(&writer, &copy));
        assert_int_equal(node_offer(copy), REASON_NONE);
    }
    assert_int_equal(node_offer_seq(NAMED, 1), REASON_KNOWN);
    assert_true(node->result.filled);
    assert_int_equal(node_offer_seq(NAMED, 2), REASON_KNOWN);
    assert_false(node->result.filled);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_NODE(test_every_order_of_copies_gives_the_same_block),
        WITH_NODE(test_what_fills_a_block_is_told_from_what_does_not),
        WITH_NODE(test_signatures_are_not_taken_from_the_copy),
        WITH_NODE(test_an_erase_counts_while_its_branch_is_chosen),
        WITH_NODE(test_a_dropped_erase_explains_no_gap),
        WITH_NODE(test_a_block_beside_the_chain_is_filled),
        WITH_NODE(test_a_hidden_critical_kind_asks_for_an_upgrade),
        WITH_NODE(test_a_fill_stays_within_the_quota),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
