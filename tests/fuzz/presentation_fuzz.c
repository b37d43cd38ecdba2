#include "tests/fuzz/target.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/rules/presentation.h"
#include "protocol/wire/frame.h"

static struct network network;
static uint8_t record_memory[RECORD_ARENA_SIZE], check_memory[2 * BLOCK_ARENA_SIZE];
static uint8_t scratch[PRESENTATION_SIZE_MAX];

static struct arena check_arena(void)
{
    struct arena arena;
    arena_init(&arena, check_memory, sizeof check_memory);
    return arena;
}

/* What a proof establishes is within what it was made of. */
static void check_proof(const struct entry_proof *proof, const struct list *heads)
{
    struct proven_entry proven;
    struct arena arena = check_arena();
    struct hash leaf;
    if (proof_check(&proven, proof, heads, &network, &arena) != REASON_NONE) {
        return;
    }
    entry_leaf(&leaf, &network, proof->entry);
    if (proven.name.seq > proven.head_seq || proven.name.index >= proven.state.entry_count ||
        memcmp(proven.name.prefix, leaf.bytes, sizeof proven.name.prefix) != 0 ||
        !actor_id_equal(&proven.name.author, &proven.author) || proven.event_count > HISTORY_EVENTS_MAX) {
        abort();
    }
}

static void check_proofs(const struct list *proofs, const struct list *heads)
{
    const struct entry_proof *items = proofs->items;
    for (size_t i = 0; i < proofs->count; i++) {
        check_proof(&items[i], heads);
    }
}

/* On terms that fit it, a presentation is good, or its keys or its signature are not. */
static void check_presentation(const struct signed_presentation *presentation)
{
    const struct presentation *covered = &presentation->presentation;
    const struct presentation_terms terms = {
        .audience = &covered->audience,
        .nonce = covered->nonce,
        .now_s = covered->created_s,
        .skew_s = covered->created_s > covered->expires_s ? covered->created_s - covered->expires_s : 0,
    };
    struct arena arena = check_arena();
    enum reason reason = presentation_check(presentation, &network, &terms, scratch, &arena);
    if (reason != REASON_NONE && reason != REASON_HOLDER_KEY && reason != REASON_BAD_SIGNATURE &&
        reason != REASON_TOO_LARGE) {
        abort();
    }
    check_proofs(&covered->proofs, &covered->heads);
}

static void check_frame(const struct frame *frame)
{
    union {
        struct signed_challenge challenge;
        struct signed_presentation presentation;
        struct certificate_file certificates;
    } record;
    struct arena records;
    struct arena arena = check_arena();
    arena_init(&records, record_memory, sizeof record_memory);
    switch (frame->kind) {
    case FRAME_CHALLENGE:
        if (schema_decode(&signed_challenge_schema, &record, frame->payload, &records) == REASON_NONE) {
            challenge_check(&record.challenge, &network, NULL, &arena);
        }
        break;
    case FRAME_PRESENTATION:
        if (schema_decode(&signed_presentation_schema, &record, frame->payload, &records) == REASON_NONE) {
            check_presentation(&record.presentation);
        }
        break;
    case FRAME_CERTIFICATES:
        if (schema_decode(&certificate_file_schema, &record, frame->payload, &records) == REASON_NONE) {
            check_proofs(&record.certificates.proofs, &record.certificates.heads);
        }
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct frame frame;
    if (network.tag[0] == '\0' && !network_init(&network, "test")) {
        abort();
    }
    if (frame_decode(&frame, &network, bytes_of(data, size)) == REASON_NONE) {
        check_frame(&frame);
    }
    return 0;
}
