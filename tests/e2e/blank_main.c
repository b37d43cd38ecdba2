/* Makes a home's store what a relay could hand out: in the newest block of an actor's log that holds
 * affiliations, every entry is replaced by its erased form, though the actor never erased any, and the store
 * does not know that something is missing.
 *
 *   blank HOME ACTOR
 *
 * No daemon may run on that home. Prints the block's number. */

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "node/home.h"
#include "store/rows.h"

enum { PATH_SIZE = 512, ARENA_SIZE = 8 * 1024 * 1024 };

struct blanking {
    struct network network;
    struct store *store;
    struct store_txn *txn;
    struct arena arena;
};

static void give_up(const char *why)
{
    (void)fprintf(stderr, "blank: %s\n", why);
    exit(1);
}

static bool read_block(struct blanking *blanking, const struct actor_id *author, uint64_t seq,
                       struct block *block)
{
    struct bytes encoded;

    if (store_block_bytes(blanking->txn, author, seq, &encoded, &blanking->arena) != STORE_OK ||
        block_decode(block, &blanking->network, encoded, &blanking->arena) != REASON_NONE) {
        give_up("a block could not be read");
    }
    return block->header.block_class == CLASS_CONTENT && block->entries[0].kind == ENTRY_AFFILIATION;
}

static void find_block(struct blanking *blanking, const struct actor_id *author, struct block *block)
{
    struct log_state state;
    size_t mark = arena_mark(&blanking->arena);

    if (store_log_state(blanking->txn, author, &state) != STORE_OK) {
        give_up("nothing of that actor is held");
    }
    for (uint64_t seq = state.seq; seq > 0; seq--) {
        arena_rewind(&blanking->arena, mark);
        if (read_block(blanking, author, seq, block)) {
            return;
        }
    }
    give_up("no block holds affiliations");
}

static void write_blank(struct blanking *blanking, const struct actor_id *author, const struct block *block)
{
    const struct index_range all = {0, block->entry_count - 1};
    size_t capacity = 2 * block->encoded.size + 1024;
    uint8_t *memory = arena_take(&blanking->arena, capacity);
    struct writer writer;
    struct block blank;
    struct bytes encoded;
    uint32_t number = 0;

    writer_init(&writer, memory, capacity);
    if (!block_erase(&writer, &blanking->network, block, &all, 1) || !writer_end(&writer, &encoded) ||
        block_decode(&blank, &blanking->network, encoded, &blanking->arena) != REASON_NONE ||
        store_author_number(blanking->txn, author, &number) != STORE_OK ||
        stored_block_write(blanking->txn, number, &blank, 0) != STORE_OK) {
        give_up("the block could not be written");
    }
}

int main(int argc, char **argv)
{
    struct blanking blanking = {.store = NULL};
    struct home home;
    struct actor_id author;
    enum id_kind found;
    struct block block;
    char folder[PATH_SIZE];
    void *memory = malloc(ARENA_SIZE);

    if (argc != 3 || memory == NULL || sodium_init() < 0 || home_open(&home, argv[1]) != HOME_OK) {
        give_up("usage: blank HOME ACTOR");
    }
    blanking.network = home.network;
    if (id_from_text(&author.hash, &found, ID_ACTOR, &home.network, bytes_of_string(argv[2])) != ID_OK) {
        give_up("that is no actor's id");
    }
    arena_init(&blanking.arena, memory, ARENA_SIZE);
    home_file(&home, "store", folder);
    if (store_open(&blanking.store,
                   &(struct store_options){.folder = folder, .network_tag = home.network.tag}) != STORE_OK ||
        store_write_begin(&blanking.txn, blanking.store) != STORE_OK) {
        give_up("the store could not be opened");
    }
    find_block(&blanking, &author, &block);
    write_blank(&blanking, &author, &block);
    if (store_commit(blanking.txn) != STORE_OK) {
        give_up("the store could not be written");
    }
    printf("%" PRIu64 "\n", block.header.seq);
    store_close(blanking.store);
    free(memory);
    return 0;
}
