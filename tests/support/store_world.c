#include "tests/support/store_world.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORLD_ARENA_SIZE = 128 * 1024 * 1024 };

/* ---- the store ---- */

void world_open(struct store_world *world)
{
    struct store_options options = {
        .folder = world->folder, .network_tag = "test", .map_size = world->map_size};
    enum store_error error = store_open(&world->store, &options);

    assert(error == STORE_OK);
}

void world_close(struct store_world *world)
{
    store_close(world->store);
    world->store = NULL;
}

void world_init(struct store_world *world)
{
    bool good = network_init(&world->network, "test");

    assert(good);
    strcpy(world->folder, "/tmp/store-test-XXXXXX");
    good = mkdtemp(world->folder) != NULL;
    assert(good);
    world->memory = malloc(WORLD_ARENA_SIZE);
    world->body = malloc(BLOCK_BODY_SIZE_MAX);
    assert(world->memory && world->body);
    arena_init(&world->arena, world->memory, WORLD_ARENA_SIZE);
    world->map_size = 0;
    world_open(world);
}

static void remove_file(const char *folder, const char *name)
{
    char path[96];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    (void)unlink(path);
}

void world_empty(struct store_world *world)
{
    world_close(world);
    remove_file(world->folder, "data.mdb");
    remove_file(world->folder, "lock.mdb");
    world_open(world);
}

void world_deinit(struct store_world *world)
{
    world_close(world);
    remove_file(world->folder, "data.mdb");
    remove_file(world->folder, "lock.mdb");
    (void)rmdir(world->folder);
    free(world->memory);
    free(world->body);
}

struct store_txn *world_read(struct store_world *world)
{
    struct store_txn *txn = NULL;
    enum store_error error = store_read_begin(&txn, world->store);

    assert(error == STORE_OK);
    return txn;
}

struct store_txn *world_write(struct store_world *world)
{
    struct store_txn *txn = NULL;
    enum store_error error = store_write_begin(&txn, world->store);

    assert(error == STORE_OK);
    return txn;
}

void world_commit(struct store_txn *txn)
{
    enum store_error error = store_commit(txn);

    assert(error == STORE_OK);
}

/* ---- logs ---- */

static enum reason decide(struct store_world *world, struct store_txn *txn, struct world_author *author,
                          const struct block *block, bool begins, uint64_t arrived_s)
{
    struct arena *arena = &world->arena;
    struct log_reach reach;
    struct log_past past;
    struct log_change change;
    enum store_error error;
    enum reason reason = log_reach_of(&reach, block, arena);

    if (reason != REASON_NONE) {
        return reason;
    }
    error = store_gather_past(txn, &world->network, begins ? NULL : &author->state, &reach, &past, arena);
    assert(error == STORE_OK);
    reason = begins ? log_begin(&change, &world->network, block, &past, arena)
                    : log_accept(&change, &author->state, &world->network, block, &past, arena);
    if (reason != REASON_NONE) {
        return reason;
    }
    error = store_apply(txn, &world->network, block, &change, &past, arrived_s);
    assert(error == STORE_OK);
    author->state = change.state;
    return REASON_NONE;
}

void world_begin_log(struct store_world *world, struct store_txn *txn, struct world_author *author,
                     uint64_t seed, uint64_t arrived_s)
{
    size_t mark = arena_mark(&world->arena);
    uint8_t *memory = arena_take(&world->arena, BLOCK_SIZE_MAX);
    struct writer writer;
    struct bytes encoded;
    struct block block;
    enum reason reason;
    bool written;

    build_actor(&author->actor, &world->network, seed, 1, 1);
    writer_init(&writer, memory, BLOCK_SIZE_MAX);
    reason = block_of_inception(&writer, &world->network, author->actor.keys_record, &world->arena);
    written = writer_end(&writer, &encoded);
    assert(reason == REASON_NONE && written);
    reason = block_decode(&block, &world->network, encoded, &world->arena);
    assert(reason == REASON_NONE);
    reason = decide(world, txn, author, &block, true, arrived_s);
    assert(reason == REASON_NONE);
    arena_rewind(&world->arena, mark);
}

void world_draft(struct store_world *world, struct draft *draft, enum block_class block_class)
{
    draft_init(draft, block_class, world->body, BLOCK_BODY_SIZE_MAX);
}

void world_add(struct draft *draft, enum entry_kind kind, const void *record)
{
    uint8_t salt[ENTRY_SALT_SIZE] = {(uint8_t)draft->entry_count, (uint8_t)(draft->entry_count >> 8)};
    bool added = draft_add(draft, kind, record, draft->block_class == CLASS_CONTENT ? salt : NULL);

    assert(added);
}

static size_t key_index_of(const struct built_actor *actor, enum role role)
{
    for (size_t i = 0; i < actor->key_count; i++) {
        if (actor->built[i].key.role == role) {
            return i;
        }
    }
    abort();
}

static struct bytes sign_as(struct store_world *world, struct store_txn *txn,
                            const struct world_author *author, const struct draft *draft,
                            const struct block_signer *signer, uint64_t time_s)
{
    struct arena *arena = &world->arena;
    uint8_t *memory = arena_take(arena, BLOCK_SIZE_MAX);
    struct writer writer;
    struct bytes encoded;
    struct block preview;
    struct log_reach reach;
    struct log_past past;
    enum reason reason = draft_preview(&preview, draft, &author->state, &world->network, time_s, arena);
    bool written;

    preview.header.extensions = world->extensions;
    if (reason == REASON_NONE) {
        reason = log_reach_of(&reach, &preview, arena);
    }
    assert(reason == REASON_NONE);
    if (store_gather_past(txn, &world->network, &author->state, &reach, &past, arena) != STORE_OK) {
        abort();
    }
    writer_init(&writer, memory, BLOCK_SIZE_MAX);
    reason = draft_sign(&writer, &preview, &author->state, &world->network, &past, signer, 1, arena);
    written = writer_end(&writer, &encoded);
    assert(reason == REASON_NONE && written);
    return encoded;
}

struct bytes world_sign(struct store_world *world, struct store_txn *txn, const struct world_author *author,
                        const struct draft *draft, uint64_t time_s)
{
    size_t key = key_index_of(&author->actor, class_role(draft->block_class));
    const struct block_signer signer = {.key_index = key, .secret = &author->actor.built[key].secret};

    return sign_as(world, txn, author, draft, &signer, time_s);
}

void world_rotate(struct store_world *world, struct store_txn *txn, struct world_author *author,
                  uint64_t arrived_s)
{
    const struct block_signer signer = {.key_index = 0, .secret = &author->actor.next[0].secret};
    struct keys keys = author->actor.keys;
    struct draft draft;
    struct bytes encoded;
    enum reason reason;

    author->actor.signing_keys[0] = author->actor.next[0].key;
    author->actor.built[0] = author->actor.next[0];
    keys.signing_keys.items = author->actor.signing_keys;
    world_draft(world, &draft, CLASS_KEYS);
    world_add(&draft, ENTRY_KEYS, &keys);
    encoded = sign_as(world, txn, author, &draft, &signer, arrived_s);
    reason = world_accept(world, txn, author, encoded, arrived_s);
    assert(reason == REASON_NONE);
}

enum reason world_accept(struct store_world *world, struct store_txn *txn, struct world_author *author,
                         struct bytes encoded, uint64_t arrived_s)
{
    size_t mark = arena_mark(&world->arena);
    struct block block;
    enum reason reason = block_decode(&block, &world->network, encoded, &world->arena);

    if (reason == REASON_NONE) {
        reason = decide(world, txn, author, &block, false, arrived_s);
    }
    arena_rewind(&world->arena, mark);
    return reason;
}

void world_publish(struct store_world *world, struct store_txn *txn, struct world_author *author,
                   const struct draft *draft, uint64_t arrived_s)
{
    size_t mark = arena_mark(&world->arena);
    struct bytes encoded = world_sign(world, txn, author, draft, arrived_s);
    enum reason reason = world_accept(world, txn, author, encoded, arrived_s);

    assert(reason == REASON_NONE);
    arena_rewind(&world->arena, mark);
}

void world_attest(struct store_world *world, struct store_txn *txn, struct world_author *author,
                  const struct subject *subjects, size_t count, const char *code, uint64_t arrived_s)
{
    const struct actor_id nobody = {0};
    struct draft draft;

    world_draft(world, &draft, CLASS_CONTENT);
    for (size_t i = 0; i < count; i++) {
        struct attestation attestation = build_attestation(&nobody, code, 40000, 42000);

        attestation.subject = subjects[i];
        world_add(&draft, ENTRY_ATTESTATION, &attestation);
    }
    world_publish(world, txn, author, &draft, arrived_s);
}

void world_say(struct store_world *world, struct store_txn *txn, struct world_author *author,
               const struct status *status, uint64_t first, uint64_t last, uint64_t arrived_s)
{
    const struct index_range range = {first, last};
    struct status record = *status;
    struct draft draft;

    record.entries = (struct list){.items = &range, .count = 1};
    world_draft(world, &draft, CLASS_STATUS);
    world_add(&draft, ENTRY_STATUS, &record);
    world_publish(world, txn, author, &draft, arrived_s);
}

struct subject world_subject(uint64_t n)
{
    static const struct hash_domain domain = {.label = "test.subject"};
    struct subject subject = {.kind = SUBJECT_ACTOR};

    hash_bytes(&subject.id, &domain, &n, sizeof n);
    return subject;
}
