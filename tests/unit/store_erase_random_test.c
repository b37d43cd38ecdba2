#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "store/erased.h"
#include "tests/support/log_builder.h"
#include "tests/support/sanitized.h"
#include "tests/support/store_world.h"

/* Random histories of one author at a node: blocks come whole or blanked, some erase entries, some make that
 * void, copies are offered again, days pass, bytes are dropped, and now and then everything is undone and
 * replayed. A plain model says what must be readable, what is missing and what may be gone. */

enum {
    SEEDS = SANITIZED ? 100 : 200,
    OPERATIONS = 60,
    BLOCKS_MAX = 64,
    ENTRIES_MAX = 4,
    DAY_S = 86400,
    BEGIN_S = 20000 * DAY_S,
    KEPT_S = 7 * DAY_S
};

/* A block as its author made it, and what became of it at the node. */
struct made {
    enum block_class block_class;
    struct bytes encoded; /* whole */
    size_t entry_count;
    bool held[ENTRIES_MAX];
    uint64_t arrived_s;
    /* Of a status block: */
    uint64_t target, first, last;
    bool voided;
};

static struct store_world writer_world, node_world;
static struct world_author writer, reader;
static struct store_txn *writing, *node;
static struct made made[BLOCKS_MAX];
static size_t made_count, accepted;
static uint64_t now_s, dice;

static uint64_t draw(uint64_t below)
{
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return dice % below;
}

/* ---- the author ---- */

static void keep(struct draft *draft, enum block_class block_class)
{
    struct made *block = &made[made_count++];

    *block = (struct made){.block_class = block_class, .entry_count = draft->entry_count};
    block->encoded = world_sign(&writer_world, writing, &writer, draft, BEGIN_S);
    assert_int_equal(world_accept(&writer_world, writing, &writer, block->encoded, BEGIN_S), REASON_NONE);
}

static void make_content(void)
{
    size_t count = 1 + draw(ENTRIES_MAX);
    struct draft draft;

    world_draft(&writer_world, &draft, CLASS_CONTENT);
    for (size_t i = 0; i < count; i++) {
        struct attestation attestation = build_attestation(&writer.actor.id, "ase/A5", 40000, 42000);

        attestation.subject = world_subject(made_count * ENTRIES_MAX + i);
        world_add(&draft, ENTRY_ATTESTATION, &attestation);
    }
    keep(&draft, CLASS_CONTENT);
}

static void make_erase(void)
{
    uint64_t target = draw(made_count);
    struct made *content = &made[target];
    struct index_range range;
    struct erase erase;
    struct draft draft;

    if (content->block_class != CLASS_CONTENT) {
        make_content();
        return;
    }
    world_draft(&writer_world, &draft, CLASS_STATUS);
    erase = build_erase(target + 1, &range, draw(content->entry_count), 0);
    range.last = range.first + draw(content->entry_count - range.first);
    world_add(&draft, ENTRY_ERASE, &erase);
    keep(&draft, CLASS_STATUS);
    made[made_count - 1].target = target;
    made[made_count - 1].first = range.first;
    made[made_count - 1].last = range.last;
}

static void make_void(void)
{
    uint64_t target = draw(made_count);
    struct void_record voids = build_void(target + 1, target + 1, STATUS_REASON_KEY_COMPROMISE);
    struct draft draft;

    if (made[target].block_class != CLASS_STATUS) {
        make_content();
        return;
    }
    world_draft(&writer_world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_VOID, &voids);
    keep(&draft, CLASS_GOVERN);
    made[made_count - 1].target = target;
}

static void make_block(void)
{
    uint64_t kind = made_count < 2 ? 0 : draw(10);

    if (kind < 4) {
        make_content();
    } else if (kind < 8) {
        make_erase();
    } else {
        make_void();
    }
}

/* ---- the model ---- */

/* When the entry was first erased by what stands; UINT64_MAX: nothing does. */
static uint64_t erased_since(size_t block, size_t entry)
{
    uint64_t since = UINT64_MAX;

    for (size_t i = 0; i < accepted; i++) {
        const struct made *eraser = &made[i];

        if (eraser->block_class == CLASS_STATUS && !eraser->voided && eraser->target == block &&
            eraser->first <= entry && entry <= eraser->last && eraser->arrived_s < since) {
            since = eraser->arrived_s;
        }
    }
    return since;
}

static bool is_erased(size_t block, size_t entry)
{
    return erased_since(block, entry) != UINT64_MAX;
}

/* ---- the node ---- */

/* A copy that lacks entries by chance; which ones it has. */
static struct bytes copy_of(const struct made *block, bool has[ENTRIES_MAX])
{
    struct index_range ranges[ENTRIES_MAX];
    size_t count = 0, capacity = 2 * block->encoded.size + 1024;
    uint8_t *memory = arena_take(&node_world.arena, capacity);
    struct writer out;
    struct block decoded;
    struct bytes encoded;

    for (size_t i = 0; i < block->entry_count; i++) {
        has[i] = block->block_class != CLASS_CONTENT || draw(3) > 0;
        if (!has[i]) {
            ranges[count++] = (struct index_range){i, i};
        }
    }
    assert_int_equal(block_decode(&decoded, &node_world.network, block->encoded, &node_world.arena),
                     REASON_NONE);
    writer_init(&out, memory, capacity);
    assert_true(block_erase(&out, &node_world.network, &decoded, ranges, count));
    assert_true(writer_end(&out, &encoded));
    return encoded;
}

static void take_next(void)
{
    struct made *block = &made[accepted];
    struct bytes copy = copy_of(block, block->held);

    assert_int_equal(world_accept(&node_world, node, &reader, copy, now_s), REASON_NONE);
    block->arrived_s = now_s;
    accepted++;
    if (block->block_class == CLASS_GOVERN) {
        made[block->target].voided = true;
    }
}

static void take_copy(void)
{
    size_t at = draw(accepted);
    struct made *block = &made[at];
    bool has[ENTRIES_MAX], filled = false, any = false;
    struct bytes copy = copy_of(block, has);
    struct block decoded;

    if (block->block_class != CLASS_CONTENT) {
        return;
    }
    assert_int_equal(block_decode(&decoded, &node_world.network, copy, &node_world.arena), REASON_NONE);
    assert_int_equal(store_fill_block(node, &node_world.network, &decoded, UINT64_MAX, now_s, &filled),
                     STORE_OK);
    for (size_t i = 0; i < block->entry_count; i++) {
        bool taken = has[i] && !block->held[i] && !is_erased(at, i);

        block->held[i] |= taken;
        any |= taken;
    }
    assert_int_equal(filled, any);
}

static bool is_sealed_here(size_t block, size_t entry)
{
    struct disk_author author;
    struct bytes element;

    assert_int_equal(author_read(node, &writer.actor.id, &author), STORE_OK);
    assert_int_equal(element_read_sealed(node, &(struct entry_at){author.number, block + 1, entry}, &element),
                     STORE_OK);
    return !entry_is_erased(element);
}

static void drop(void)
{
    assert_int_equal(store_drop_erased(node, NULL, now_s, 1 + draw(8)), STORE_OK);
    for (size_t i = 0; i < accepted; i++) {
        for (size_t entry = 0; entry < made[i].entry_count; entry++) {
            bool held = is_sealed_here(i, entry);

            /* Nothing goes but what was erased, and not before its time. */
            if (made[i].held[entry] && !held) {
                assert_true(is_erased(i, entry));
                assert_true(erased_since(i, entry) + KEPT_S <= now_s);
            }
            assert_true(made[i].held[entry] || !held);
            made[i].held[entry] = held;
        }
    }
}

/* Undo some of the chain and replay it, from the bytes that are held. */
static void replay(void)
{
    size_t kept = draw(accepted + 1);

    assert_int_equal(store_unwind_to(node, &node_world.network, &writer.actor.id, kept, now_s), STORE_OK);
    assert_int_equal(store_log_state(node, &writer.actor.id, &reader.state), STORE_OK);
    for (size_t i = kept; i < accepted; i++) {
        struct bytes encoded;
        struct block whole;

        assert_int_equal(block_decode(&whole, &node_world.network, made[i].encoded, &node_world.arena),
                         REASON_NONE);
        assert_int_equal(
            store_block_by_hash(node, &writer.actor.id, i + 1, &whole.hash, &encoded, &node_world.arena),
            STORE_OK);
        assert_int_equal(world_accept(&node_world, node, &reader, encoded, now_s), REASON_NONE);
    }
}

/* ---- what must hold ---- */

static void check_entries(size_t at)
{
    struct bytes encoded;
    struct block block;
    size_t mark = arena_mark(&node_world.arena);

    assert_int_equal(store_block_bytes(node, &writer.actor.id, at + 1, &encoded, &node_world.arena),
                     STORE_OK);
    assert_int_equal(block_decode(&block, &node_world.network, encoded, &node_world.arena), REASON_NONE);
    for (size_t i = 0; i < block.entry_count; i++) {
        bool readable = made[at].held[i] && !is_erased(at, i);

        assert_int_equal(block.entries[i].erased, !readable);
        assert_int_equal(is_sealed_here(at, i), made[at].held[i]);
    }
    arena_rewind(&node_world.arena, mark);
}

static void check_counts(void)
{
    struct locator_point gaps[BLOCKS_MAX];
    struct disk_author author;
    struct store_figures figures;
    size_t count = 0, wanted = 0, attestations = 0;
    uint64_t blocks = 0, bytes = 0, counted = 0;

    for (size_t i = 0; i < accepted; i++) {
        bool lacks = false;

        for (size_t entry = 0; entry < made[i].entry_count; entry++) {
            lacks |= !made[i].held[entry] && !is_erased(i, entry);
            attestations += made[i].block_class == CLASS_CONTENT && made[i].held[entry];
        }
        wanted += lacks;
    }
    assert_int_equal(store_gaps(node, &writer.actor.id, 0, gaps, BLOCKS_MAX, &count), STORE_OK);
    assert_int_equal(count, wanted);
    assert_int_equal(author_read(node, &writer.actor.id, &author), STORE_OK);
    assert_int_equal(author.gap_blocks, wanted);
    assert_int_equal(store_log_size(node, &writer.actor.id, &blocks, &counted), STORE_OK);
    for (size_t i = 0; i < blocks; i++) {
        struct disk_record record;
        struct stored_block stored;

        assert_int_equal(record_read(node, author.number, i, &record), STORE_OK);
        assert_int_equal(stored_block_read(node, author.number, i, &record.hash, &stored), STORE_OK);
        bytes += stored.encoded.size;
    }
    assert_int_equal(bytes, counted);
    assert_int_equal(store_figures(node, &figures), STORE_OK);
    assert_int_equal(figures.attestations, attestations);
}

static void check(void)
{
    for (size_t i = 0; i < accepted; i++) {
        check_entries(i);
    }
    check_counts();
}

/* ---- one history ---- */

static void begin(uint64_t seed)
{
    dice = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    made_count = accepted = 0;
    now_s = BEGIN_S;
    writing = world_write(&writer_world);
    node = world_write(&node_world);
    world_begin_log(&writer_world, writing, &writer, 1, BEGIN_S);
    world_begin_log(&node_world, node, &reader, 1, BEGIN_S);
}

static void operate(void)
{
    switch (draw(8)) {
    case 0:
    case 1:
    case 2:
        if (made_count < BLOCKS_MAX && accepted == made_count) {
            make_block();
        }
        if (accepted < made_count) {
            take_next();
        }
        break;
    case 3:
    case 4:
        if (accepted > 0) {
            take_copy();
        }
        break;
    case 5:
        now_s += draw(5 * DAY_S);
        break;
    case 6:
        drop();
        break;
    default:
        if (draw(4) == 0) {
            replay();
        }
        break;
    }
}

/* In the end nothing is left of what is erased. */
static void let_time_pass(void)
{
    for (size_t i = 0; i < 60; i++) {
        now_s += DAY_S;
        drop();
    }
    for (size_t i = 0; i < accepted; i++) {
        for (size_t entry = 0; entry < made[i].entry_count; entry++) {
            assert_true(!made[i].held[entry] || !is_erased(i, entry));
        }
    }
    check();
}

static void every_history_keeps_what_was_promised(void **state)
{
    (void)state;
    world_init(&writer_world);
    world_init(&node_world);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        size_t writer_mark = arena_mark(&writer_world.arena), node_mark = arena_mark(&node_world.arena);

        print_message("seed %u\n", (unsigned)seed);
        begin(seed);
        for (size_t i = 0; i < OPERATIONS; i++) {
            operate();
            check();
        }
        let_time_pass();
        store_end(writing);
        store_end(node);
        arena_rewind(&writer_world.arena, writer_mark);
        arena_rewind(&node_world.arena, node_mark);
    }
    world_deinit(&writer_world);
    world_deinit(&node_world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_history_keeps_what_was_promised)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
