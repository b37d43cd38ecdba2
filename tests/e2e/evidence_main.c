/* Prints what a home's store holds of every log, for tests that compare two nodes, or one before and after it
 * was killed.
 *
 *   evidence HOME
 *
 * A line each, with a tab before what differs between honest nodes, which are times:
 *
 *   log ACTOR SEQ HEAD EPOCH       and whether it is frozen
 *   block ACTOR SEQ HASH BYTES     a digest of the block as it is handed out, its place: chain or side
 *                                  <tab> first arrival, followed from, followed until (- - when never)
 *   rotation ACTOR EPOCH HASH
 *   proof ACTOR EPOCH DIGEST       each fork proof kept
 *   gap ACTOR SEQ HASH             a block that lacks entries */

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/home.h"
#include "store/store.h"

enum { PATH_SIZE = 512, ARENA_SIZE = 64 * 1024 * 1024, TEXT_SIZE = 2 * HASH_SIZE + 1, LOGS_MAX = 64 };

struct printing {
    struct network network;
    struct store *store;
    struct store_txn *txn;
    struct arena arena;
    size_t count;
    struct log_state logs[LOGS_MAX];
};

static void give_up(const char *why)
{
    (void)fprintf(stderr, "evidence: %s\n", why);
    exit(1);
}

static const char *text_of(char text[TEXT_SIZE], const struct hash *hash)
{
    return sodium_bin2hex(text, TEXT_SIZE, hash->bytes, HASH_SIZE);
}

static const char *digest_of(char text[TEXT_SIZE], struct bytes bytes)
{
    struct hash digest;

    (void)crypto_generichash(digest.bytes, HASH_SIZE, bytes.data, bytes.size, NULL, 0);
    return text_of(text, &digest);
}

/* ---- blocks ---- */

static bool is_on_chain(const struct printing *printing, const struct log_state *log,
                        const struct branch_block *block)
{
    struct block_record record;
    uint64_t arrived_s;

    return block->seq <= log->seq &&
           store_block_record(printing->txn, &log->author, block->seq, &record, &arrived_s) == STORE_OK &&
           hash_equal(&record.hash, &block->hash);
}

static void print_block(struct printing *printing, const struct log_state *log,
                        const struct branch_block *block)
{
    char author[TEXT_SIZE], hash[TEXT_SIZE], digest[TEXT_SIZE];
    uint64_t first_s = 0, from_s = 0, until_s = 0;
    struct bytes encoded;
    size_t mark = arena_mark(&printing->arena);

    if (store_block_by_hash(printing->txn, &log->author, block->seq, &block->hash, &encoded,
                            &printing->arena) != STORE_OK ||
        store_first_arrival(printing->txn, &log->author, block->seq, &block->hash, &first_s) != STORE_OK) {
        give_up("a block has no bytes, or no arrival");
    }
    printf("block %s %" PRIu64 " %s %s %s\t%" PRIu64, text_of(author, &log->author.hash), block->seq,
           text_of(hash, &block->hash), digest_of(digest, encoded),
           is_on_chain(printing, log, block) ? "chain" : "side", first_s);
    if (store_followed(printing->txn, &log->author, block->seq, &block->hash, &from_s, &until_s) ==
        STORE_OK) {
        printf(" %" PRIu64 " %" PRIu64 "\n", from_s, until_s);
    } else {
        printf(" - -\n");
    }
    arena_rewind(&printing->arena, mark);
}

static void print_blocks(struct printing *printing, const struct log_state *log)
{
    struct branch_block *blocks;
    size_t count;

    if (store_branch_blocks(printing->txn, &printing->network, &log->author, 0, &blocks, &count,
                            &printing->arena) != STORE_OK) {
        give_up("blocks could not be read");
    }
    for (size_t i = 0; i < count; i++) {
        print_block(printing, log, &blocks[i]);
    }
}

/* ---- logs ---- */

static void print_rotations(struct printing *printing, const struct log_state *log)
{
    char author[TEXT_SIZE], hash[TEXT_SIZE];

    for (uint64_t epoch = 1; epoch <= log->epoch + 1; epoch++) {
        struct known_rotation rotation;
        enum store_error error = store_next_rotation(printing->txn, &log->author, epoch, NULL, &rotation);

        while (error == STORE_OK) {
            const struct hash last = rotation.hash;

            printf("rotation %s %" PRIu64 " %s\n", text_of(author, &log->author.hash), epoch,
                   text_of(hash, &rotation.hash));
            error = store_next_rotation(printing->txn, &log->author, epoch, &last, &rotation);
        }
    }
}

static void print_gaps(struct printing *printing, const struct log_state *log)
{
    char author[TEXT_SIZE], hash[TEXT_SIZE];
    struct locator_point gaps[WANT_GAPS_MAX];
    size_t count = 0;

    if (store_gaps(printing->txn, &log->author, 0, gaps, WANT_GAPS_MAX, &count) != STORE_OK) {
        give_up("the gaps could not be read");
    }
    for (size_t i = 0; i < count; i++) {
        printf("gap %s %" PRIu64 " %s\n", text_of(author, &log->author.hash), gaps[i].seq,
               text_of(hash, &gaps[i].hash));
    }
}

static void print_log(struct printing *printing, const struct log_state *log)
{
    char author[TEXT_SIZE], hash[TEXT_SIZE];
    bool frozen = false;

    if (store_is_frozen(printing->txn, &log->author, &frozen) != STORE_OK) {
        give_up("a log could not be read");
    }
    printf("log %s %" PRIu64 " %s %" PRIu64 "%s\n", text_of(author, &log->author.hash), log->seq,
           text_of(hash, &log->head), log->epoch, frozen ? " frozen" : "");
    print_blocks(printing, log);
    print_rotations(printing, log);
    print_gaps(printing, log);
}

static bool keep_log(void *context, const struct log_state *state)
{
    struct printing *printing = context;

    if (printing->count == LOGS_MAX) {
        give_up("there are too many logs");
    }
    printing->logs[printing->count++] = *state;
    return true;
}

static bool print_proof(void *context, const struct actor_id *author, uint64_t epoch, struct bytes encoded)
{
    char text[TEXT_SIZE], digest[TEXT_SIZE];

    (void)context;
    printf("proof %s %" PRIu64 " %s\n", text_of(text, &author->hash), epoch, digest_of(digest, encoded));
    return true;
}

static void print_all(struct printing *printing)
{
    if (store_each_log(printing->txn, NULL, keep_log, printing) != STORE_OK) {
        give_up("the logs could not be read");
    }
    for (size_t i = 0; i < printing->count; i++) {
        print_log(printing, &printing->logs[i]);
    }
    if (store_each_fork_proof(printing->txn, print_proof, NULL) != STORE_OK) {
        give_up("the fork proofs could not be read");
    }
}

int main(int argc, char **argv)
{
    static struct printing printing;
    struct home home;
    char folder[PATH_SIZE];
    void *memory = malloc(ARENA_SIZE);

    if (argc != 2 || memory == NULL || sodium_init() < 0 || home_open(&home, argv[1]) != HOME_OK) {
        give_up("usage: evidence HOME");
    }
    printing.network = home.network;
    arena_init(&printing.arena, memory, ARENA_SIZE);
    home_file(&home, "store", folder);
    if (store_open(&printing.store, &(struct store_options){.folder = folder,
                                                            .network_tag = home.network.tag,
                                                            .read_only = true}) != STORE_OK ||
        store_read_begin(&printing.txn, printing.store) != STORE_OK) {
        give_up("the store could not be opened");
    }
    print_all(&printing);
    store_end(printing.txn);
    store_close(printing.store);
    free(memory);
    return 0;
}
