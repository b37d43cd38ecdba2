#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/content.h"
#include "store/erase_rows.h"
#include "store/erased.h"
#include "store/side.h"

/* Entries that a copy held lacks, taken from a fuller one. The entries root says that they are the same ones;
 * nothing says so of the signatures, which stand outside the header hash. */

struct filling {
    struct store_txn *txn;
    const struct network *network;
    const struct block *offered;
    struct disk_author author;
    struct stored_block stored; /* the copy held */
    uint64_t now_s;
    bool on_chain;                   /* else beside it */
    bool covered[BLOCK_ENTRIES_MAX]; /* by an `erase` that stands */
    bool taken[BLOCK_ENTRIES_MAX];   /* what is filled in */
};

static size_t count_covered(const struct filling *filling)
{
    size_t count = 0;

    for (size_t i = 0; i < BLOCK_ENTRIES_MAX; i++) {
        count += filling->covered[i];
    }
    return count;
}

/* What the chain says to erase of the copy held. */
static enum store_error find_covered(struct filling *filling, bool *lacks)
{
    uint64_t seq = filling->offered->header.seq, last_setter = 0;
    struct disk_record record;
    bool any = false;
    enum store_error error = record_find(filling->txn, filling->author.number, seq, &record);

    if (error == STORE_OK && hash_equal(&record.hash, &filling->offered->hash)) {
        filling->on_chain = true;
        error = erasers_read(filling->txn, filling->author.number, seq, ERASING_STANDS, filling->covered,
                             &last_setter);
    }
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    error = gaps_any(filling->txn, &filling->author, seq, filling->offered->header.epoch,
                     &filling->offered->hash, &any);
    *lacks = any || filling->stored.erased_count > count_covered(filling);
    return error;
}

/* Find the copy held, and whether entries may be missing from it that were not erased. */
static enum store_error find(struct filling *filling, bool *lacks)
{
    const struct header *header = &filling->offered->header;
    enum store_error error = author_read(filling->txn, &header->author, &filling->author);

    *lacks = false;
    if (error == STORE_OK) {
        error = stored_block_read(filling->txn, filling->author.number, header->seq, &filling->offered->hash,
                                  &filling->stored);
    }
    return error == STORE_OK && filling->stored.erased_count > 0 ? find_covered(filling, lacks) : error;
}

/* Choose the entries to take. Writes: *any, whether there are some. */
static enum store_error choose(struct filling *filling, const struct block *held, bool *any)
{
    const struct block *offered = filling->offered;
    enum store_error error = STORE_OK;

    *any = false;
    for (size_t i = 0; i < held->entry_count && error == STORE_OK; i++) {
        bool kept = false;

        if (!held->entries[i].erased || offered->entries[i].erased) {
            continue;
        }
        if (filling->covered[i]) {
            error = is_kept(filling->txn, &offered->entries[i], &kept);
        }
        filling->taken[i] = !filling->covered[i] || kept;
        *any |= filling->taken[i];
    }
    return error;
}

/* The block with the entries taken. Returns: false when they are too many for one: whoever signed it did not
 * keep to the limits, and each copy hid that by what it left out. */
static bool unite(const struct filling *filling, const struct block *held, struct block *out,
                  struct arena *arena)
{
    uint8_t *body_memory = arena_take(arena, BLOCK_BODY_SIZE_MAX);
    uint8_t *memory = arena_take(arena, BLOCK_SIZE_MAX);
    struct writer writer;
    struct bytes body, encoded;

    assert(body_memory);
    assert(memory);
    writer_init(&writer, body_memory, BLOCK_BODY_SIZE_MAX);
    writer_array(&writer, (uint32_t)held->entry_count);
    for (size_t i = 0; i < held->entry_count; i++) {
        const struct block *source = filling->taken[i] ? filling->offered : held;
        writer_raw(&writer, source->entries[i].encoded.data, source->entries[i].encoded.size);
    }
    if (!writer_end(&writer, &body)) {
        return false;
    }
    writer_init(&writer, memory, BLOCK_SIZE_MAX);
    return block_encode(&writer, held->header_bytes, held->signatures, held->signature_count, body) &&
           writer_end(&writer, &encoded) &&
           block_decode(out, filling->network, encoded, arena) == REASON_NONE;
}

/* ---- what follows from the entries taken ---- */

static enum store_error put_effects(struct filling *filling)
{
    const struct block *offered = filling->offered;
    const struct content content = {filling->txn, filling->network, filling->author.number, &offered->header};
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < offered->entry_count && error == STORE_OK; i++) {
        error = filling->taken[i] ? content_put(&content, &offered->entries[i], i) : STORE_OK;
    }
    return error;
}

/* Whatever says to erase these bytes, now or once it stands again, does so no sooner than of any others. */
static enum store_error note_bytes(struct filling *filling)
{
    uint64_t seq = filling->offered->header.seq;
    enum store_error error = gaps_update_block(filling->txn, &filling->author, seq, &filling->offered->hash);

    if (error == STORE_OK && filling->author.erases) {
        error = drops_delay(filling->txn, filling->now_s + ERASED_KEPT_S, filling->author.number, seq);
    }
    return error;
}

static enum store_error put(struct filling *filling, const struct block *united)
{
    enum store_error error =
        stored_block_write(filling->txn, filling->author.number, united, filling->stored.arrived_s);

    if (error == STORE_OK && filling->on_chain) {
        error = put_effects(filling);
    } else if (error == STORE_OK) {
        error = side_put(filling->txn, filling->network, filling->author.number, united);
    }
    if (error == STORE_OK) {
        error = note_bytes(filling);
    }
    if (error != STORE_OK) {
        return error;
    }
    return author_write(filling->txn, &filling->offered->header.author, &filling->author);
}

/* ---- all of it ---- */

static enum store_error fill(struct filling *filling, uint64_t growth_max, bool *filled, struct arena *arena)
{
    struct block held, united;
    struct bytes copy;
    bool lacks = false, any = false;
    enum store_error error = find(filling, &lacks);

    if (error != STORE_OK || !lacks) {
        return error;
    }
    if (!arena_copy(arena, filling->stored.encoded, &copy)) {
        return STORE_NO_MEMORY;
    }
    if (block_decode(&held, filling->network, copy, arena) != REASON_NONE) {
        return STORE_DAMAGED;
    }
    error = choose(filling, &held, &any);
    if (error != STORE_OK) {
        return error;
    }
    if (!any || !unite(filling, &held, &united, arena) ||
        (united.encoded.size > held.encoded.size && united.encoded.size - held.encoded.size > growth_max)) {
        return STORE_OK;
    }
    assert(hash_equal(&united.hash, &held.hash));
    filling->author.bytes += united.encoded.size - held.encoded.size;
    error = put(filling, &united);
    *filled = error == STORE_OK;
    return error;
}

enum store_error store_lacks_entries(struct store_txn *txn, const struct block *block, bool *lacks)
{
    struct filling filling = {.txn = txn, .offered = block};

    *lacks = false;
    return block->header.block_class == CLASS_CONTENT ? find(&filling, lacks) : STORE_OK;
}

enum store_error store_fill_block(struct store_txn *txn, const struct network *network,
                                  const struct block *block, uint64_t growth_max, uint64_t now_s,
                                  bool *filled)
{
    enum { FILL_ARENA_SIZE = 2 * BLOCK_ARENA_SIZE + 3 * BLOCK_SIZE_MAX + 64 };
    struct filling filling = {.txn = txn, .network = network, .offered = block, .now_s = now_s};
    struct arena arena;
    void *memory = malloc(FILL_ARENA_SIZE);
    enum store_error error;

    assert(txn->writes);
    *filled = false;
    if (!memory) {
        return txn_fail(txn, STORE_NO_MEMORY);
    }
    arena_init(&arena, memory, FILL_ARENA_SIZE);
    error = fill(&filling, growth_max, filled, &arena);
    free(memory);
    return txn_fail(txn, error);
}
