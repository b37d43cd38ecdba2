/* Writes the committed seeds of record_fuzz and block_fuzz: wire_corpus tests/fuzz/corpus. The same files in
 * every run. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/days.h"
#include "tests/support/builders.h"

enum { RECORDS_PER_SCHEMA = 2 };

static struct network network;
static struct built_actor actor;
static struct block_builder builder;
static uint8_t encoded[BLOCK_SIZE_MAX], arena_memory[2 * BLOCK_ARENA_SIZE];

static bool write_file(const char *folder, const char *target, const char *name, struct bytes content)
{
    char path[4096];
    int size = snprintf(path, sizeof path, "%s/%s/%s", folder, target, name);
    FILE *file = size > 0 && (size_t)size < sizeof path ? fopen(path, "wb") : NULL;
    bool written = false;

    if (!file) {
        perror(path);
        return false;
    }
    written = fwrite(content.data, 1, content.size, file) == content.size;
    return fclose(file) == 0 && written;
}

/* ---- records ---- */

static bool write_record(const char *folder, size_t index, uint64_t seed)
{
    _Alignas(max_align_t) static uint8_t record[4096];
    struct arena arena;
    struct bytes content;
    char name[64];

    snprintf(name, sizeof name, "%s-%u", schemas[index]->name, (unsigned)seed);
    arena_init(&arena, arena_memory, sizeof arena_memory);
    schema_random(schemas[index], record, &seed, &arena);
    encoded[0] = (uint8_t)index;
    if (!schema_encode(schemas[index], record, encoded + 1, sizeof encoded - 1, &content)) {
        return false;
    }
    return write_file(folder, "record_fuzz", name, bytes_of(encoded, content.size + 1));
}

static bool write_records(const char *folder)
{
    for (size_t i = 0; i < SCHEMA_COUNT; i++) {
        for (uint64_t seed = 0; seed < RECORDS_PER_SCHEMA; seed++) {
            if (!write_record(folder, i, seed)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- blocks ---- */

/* A block with one random entry of each kind of its class. */
static bool write_class(const char *folder, const char *name, enum block_class block_class,
                        enum entry_kind first, enum entry_kind last)
{
    _Alignas(max_align_t) static uint8_t record[4096];
    struct writer writer;

    block_builder_begin(&builder, &network, &actor.id, block_class);
    for (enum entry_kind kind = first; kind <= last; kind++) {
        uint64_t seed = kind;
        struct arena arena;

        arena_init(&arena, arena_memory, sizeof arena_memory);
        schema_random(entry_schema(kind), record, &seed, &arena);
        block_builder_add(&builder, kind, record);
    }
    if (block_class == CLASS_CONTENT) {
        block_builder_add_payload(&builder, ENTRY_KIND_MAX, true, bytes_of_string("unknown"));
    }
    writer_init(&writer, encoded, sizeof encoded);
    return write_file(folder, "block_fuzz", name, block_builder_end(&builder, &actor, &writer));
}

/* The content block written last, with its second entry erased. */
static bool write_erased(const char *folder, struct bytes content)
{
    static const struct index_range range = {1, 1};
    static uint8_t written[BLOCK_SIZE_MAX];
    struct writer writer;
    struct arena arena;
    struct block block;

    arena_init(&arena, arena_memory, sizeof arena_memory);
    if (block_decode(&block, &network, content, &arena) != REASON_NONE) {
        return false;
    }
    writer_init(&writer, written, sizeof written);
    return block_erase(&writer, &network, &block, &range, 1) &&
           write_file(folder, "block_fuzz", "erased", bytes_of(written, writer.size));
}

static bool write_many(const char *folder)
{
    struct attestation attestation = build_attestation(&actor.id, "ase/A5", 45000, DAY_NONE);
    struct writer writer;

    block_builder_begin(&builder, &network, &actor.id, CLASS_CONTENT);
    for (size_t i = 0; i < 17; i++) {
        block_builder_add(&builder, ENTRY_ATTESTATION, &attestation);
    }
    writer_init(&writer, encoded, sizeof encoded);
    return write_file(folder, "block_fuzz", "many", block_builder_end(&builder, &actor, &writer)) &&
           write_erased(folder, bytes_of(encoded, writer.size));
}

static bool write_inception(const char *folder)
{
    struct writer writer;
    struct arena arena;

    arena_init(&arena, arena_memory, sizeof arena_memory);
    writer_init(&writer, encoded, sizeof encoded);
    return block_of_inception(&writer, &network, actor.keys_record, &arena) == REASON_NONE &&
           write_file(folder, "block_fuzz", "inception", bytes_of(encoded, writer.size));
}

static bool write_blocks(const char *folder)
{
    if (!network_init(&network, "test")) {
        return false;
    }
    build_actor(&actor, &network, 1, 1, 1);
    return write_inception(folder) && write_class(folder, "rotation", CLASS_KEYS, ENTRY_KEYS, ENTRY_KEYS) &&
           write_class(folder, "keys_update", CLASS_KEYS, ENTRY_KEYS_UPDATE, ENTRY_KEYS_UPDATE) &&
           write_class(folder, "govern", CLASS_GOVERN, ENTRY_RULE_PACK, ENTRY_VOID) &&
           write_class(folder, "status", CLASS_STATUS, ENTRY_STATUS, ENTRY_ERASE) &&
           write_class(folder, "content", CLASS_CONTENT, ENTRY_ATTESTATION, ENTRY_REVIEW) &&
           write_many(folder);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
        return 2;
    }
    return write_records(argv[1]) && write_blocks(argv[1]) ? 0 : 1;
}
