#ifndef PROTOCOL_LOG_AUTHOR_H
#define PROTOCOL_LOG_AUTHOR_H

/* Writing one's own log: entries in, a signed block out. The counterpart of accept.h; a block made here is
 * one that log_accept takes. */

#include "protocol/log/accept.h"

/* A block in the making. The caller's memory holds the body. */
struct draft {
    enum block_class block_class;
    struct writer body; /* encoded entries, without the array header */
    uint64_t entry_count;
};

void draft_init(struct draft *draft, enum block_class block_class, void *memory, size_t capacity);

/* Append one entry. salt: ENTRY_SALT_SIZE fresh random bytes for content, NULL otherwise. Requires: record
 * fits kind's schema. Returns: false, the draft unchanged, when the block is full (4096 entries or 512 KiB):
 * sign it and start another. */
bool draft_add(struct draft *draft, enum entry_kind kind, const void *record, const uint8_t *salt);

/* A signer: secret of the key at key_index in the key set that signs (for a rotation, the new one's). */
struct block_signer {
    uint64_t key_index;
    const struct sign_secret_key *secret;
};

/* What block a draft becomes on top of state, unsigned and with a zero state root, so that its reach can be
 * gathered. Lists go to arena. */
enum reason draft_preview(struct block *out, const struct draft *draft, const struct log_state *state,
                          const struct network *network, uint64_t time_s, struct arena *arena);

/* Sign: compute the state root with past (gathered for the preview's reach), fill the header, sign with
 * signers (ascending by key_index) and write the encoded block to writer. Returns: REASON_NONE, or what
 * log_apply or log_check would refuse it for. */
enum reason draft_sign(struct writer *writer, const struct block *preview, const struct log_state *state,
                       const struct network *network, struct log_past *past,
                       const struct block_signer *signers, size_t signer_count, struct arena *arena);

#endif
