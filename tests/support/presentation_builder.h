#ifndef TESTS_SUPPORT_PRESENTATION_BUILDER_H
#define TESTS_SUPPORT_PRESENTATION_BUILDER_H

/* A whole world to present from: an issuer's log with content, statuses and a void block, a holder whose keys
 * were updated and then rotated, an audience that asks. All of it signed and accepted as in life. */

#include "protocol/rules/presentation.h"
#include "tests/support/log_builder.h"

enum {
    /* The issuer's log: content of as many entries, what is said about its third, more content. */
    WORLD_CONTENT_SEQ = 1,
    WORLD_CONTENT_COUNT = 5,
    WORLD_STATUS_SEQ = 2, /* suspends it… */
    WORLD_AGAIN_SEQ = 3,  /* …reinstates it */
    WORLD_LONE_SEQ = 4,   /* a block of one entry */
    WORLD_OTHER_SEQ = 5,  /* a statement, then content that does not decode, then an unknown kind */
    WORLD_SPOKEN_OF = 2,  /* index in WORLD_CONTENT_SEQ */
    WORLD_EVENT_COUNT = 2,
    WORLD_SUSPENDED_ON = 45100,
    WORLD_REINSTATED_ON = 45200,

    WORLD_UPDATE_SEQ = 1, /* of the holder's log */
    WORLD_ROTATION_SEQ = 2,

    WORLD_ARENA_SIZE = 4 * 1024 * 1024,
};
#define WORLD_NOW_S UINT64_C(1750000000)

/* Large, so keep it static. */
struct presentation_world {
    struct network network;
    struct built_actor issuer, holder, audience;
    struct memory_log issuer_log, holder_log;
    struct log_builder builder;
    struct log_state holder_states[WORLD_ROTATION_SEQ + 1]; /* after each of its blocks */
    struct history_event events[WORLD_EVENT_COUNT];         /* about WORLD_SPOKEN_OF */
    struct key_block key_blocks[WORLD_ROTATION_SEQ];        /* of the holder */
    struct arena arena;                                     /* for records that a test makes */
    struct arena scratch;                                   /* of the logs */
    uint8_t nonce[32];
    uint8_t arena_memory[WORLD_ARENA_SIZE];
    uint8_t builder_memory[WORLD_ARENA_SIZE];
    uint8_t scratch_memory[MEMORY_LOG_SCRATCH_SIZE];
};

void presentation_world_build(struct presentation_world *world);

/* Proof of an entry of the issuer's log to its head, with lists in the world's arena; its head is heads[0].
 */
struct entry_proof world_proof(struct presentation_world *world, uint64_t seq, uint64_t index);
/* The head of the issuer's log, signed. */
struct proof_head world_head(struct presentation_world *world);

/* A presentation to the audience of the world, answering its nonce, of what was said about WORLD_SPOKEN_OF,
 * with as many of the holder's key blocks. */
struct presentation world_presentation(struct presentation_world *world, size_t key_block_count);
/* Signed by the present key that was in force after so many of the holder's blocks (0: by inception's). */
struct signed_presentation world_sign_presentation(struct presentation_world *world,
                                                   const struct presentation *presentation,
                                                   size_t key_block_count);

/* The audience's challenge, signed by one of its keys of a role. */
struct signed_challenge world_challenge(struct presentation_world *world, enum role role);

#endif
