#ifndef PROTOCOL_WIRE_BLOCK_H
#define PROTOCOL_WIRE_BLOCK_H

/* A block's bytes: [header, signatures, body]. header and body are bins, so that a header can be checked,
 * hashed and passed on without its body. signatures is an array of [key index, bin 64], ascending by index.
 * The body is an array with one element per entry: [kind, critical, bin payload, bin salt], or where the
 * entry was erased [kind, critical, bin 32 payload hash]. The payload hash covers payload and salt, and the
 * leaf hash the erased form, so that an erased entry still shows what it was. Content entries have a 16-byte
 * salt, the others an empty one. In the body's size an entry that is shorter than its erased form counts as
 * long as that, so that a block which was accepted stays within the limits whatever is erased. */

#include "protocol/wire/records.h"

struct entry {
    uint64_t kind;
    bool critical;
    bool erased;
    struct bytes payload; /* of an erased one: the payload hash */
    struct bytes salt;
    struct bytes tail;    /* payload and salt as encoded: what the payload hash covers; empty when erased */
    struct bytes encoded; /* the element's own bytes */
};

struct block {
    struct bytes encoded;      /* the whole block */
    struct bytes header_bytes; /* canonical, what the header hash covers */
    struct header header;
    size_t signature_count;
    struct indexed_signature signatures[SIGNATURES_MAX];
    struct bytes body;           /* the encoded array of entries, unread after block_decode_header */
    size_t entry_count;          /* equals header.entry_count */
    const struct entry *entries; /* in the arena */
    const struct hash *leaves;   /* in the arena: leaf hash of each entry */
    struct hash hash;            /* header hash */
};

/* Read a block. Checks shape, limits, the entries root, that each entry's kind belongs to the header's class
 * and has the salt its class asks for, that a class `keys` block holds exactly one entry, that only content
 * is erased; not signatures, nor payloads. Borrows: input, for as long as *block is used. Lists go to arena
 * (BLOCK_ARENA_SIZE). Returns: REASON_NONE, or why not, *block then unusable. */
enum reason block_decode(struct block *block, const struct network *network, struct bytes input,
                         struct arena *arena);

enum { BLOCK_ARENA_SIZE = 1024 * 1024 };

/* Read only header and signatures, and hash the header: what must be right before a body is looked at. The
 * body may be anything, also an empty bin, as where a header travels alone. Leaves entries empty. */
enum reason block_decode_header(struct block *block, const struct network *network, struct bytes input,
                                struct arena *arena);

/* Go on with what block_decode_header read: the two together are block_decode. */
enum reason block_decode_body(struct block *block, const struct network *network, struct arena *arena);

/* Whether block opens an epoch: class `keys`, a keys record, not the inception. Requires: decoded with its
 * body. */
bool block_is_rotation(const struct block *block);

/* Whether an entry's element is what an erased one leaves, by its first byte. Requires: one that decodes. */
bool entry_is_erased(struct bytes encoded);

/* Leaf hash of an entry, erased or not: LABEL_ENTRY over its erased form. */
void entry_leaf_of(struct hash *out, const struct network *network, const struct entry *entry);
/* The same of an element's bytes. Returns: false when they are none, *out then zero. */
bool entry_leaf(struct hash *out, const struct network *network, struct bytes encoded);

/* Append one entry element. Requires: salt of ENTRY_SALT_SIZE bytes for content, else empty. */
void entry_write(struct writer *writer, uint64_t kind, bool critical, struct bytes payload,
                 struct bytes salt);

/* Append entry's erased form. */
void entry_write_erased(struct writer *writer, const struct network *network, const struct entry *entry);
/* What that takes at most. */
enum { ENTRY_ERASED_SIZE_MAX = 64 };

/* Read one entry element into *entry (with views into input): its shape, size and salt. Returns: REASON_NONE
 * when all of input is that element, or why not. */
enum reason entry_decode(struct entry *entry, struct bytes input);

/* Read canonical header bytes. Returns: REASON_WRONG_VERSION for a header of another version, whatever
 * follows in it. */
enum reason header_decode(struct header *header, struct bytes input, struct arena *arena);

/* Header hash of canonical header bytes. */
void header_hash(struct hash *out, const struct network *network, struct bytes header_bytes);

/* Assemble a block from its parts. body is the encoded array. Returns: false when it does not fit. */
bool block_encode(struct writer *writer, struct bytes header_bytes,
                  const struct indexed_signature *signatures, size_t signature_count, struct bytes body);

/* Rewrite block with the entries of ranges (ascending) in their erased form: what remains after an erase.
 * Everything that was signed stays as it is. Returns: false when it does not fit. */
bool block_erase(struct writer *writer, const struct network *network, const struct block *block,
                 const struct index_range *ranges, size_t count);

/* Actor id of an inception: LABEL_ACTOR over the canonical keys record. */
void actor_id_of_inception(struct actor_id *out, const struct network *network, struct bytes keys_record);

/* Build block 0 of the actor whose inception is keys_record: time 0, that entry alone, no signature (DESIGN
 * section 4, actor). Writes the encoded block to writer. Returns: REASON_NONE, or why keys_record is none. */
enum reason block_of_inception(struct writer *writer, const struct network *network, struct bytes keys_record,
                               struct arena *arena);

/* The same for a record that was decoded before, or is no keys record at all, which is not looked at.
 * Returns: false when it does not fit. */
bool block_of_known_inception(struct writer *writer, const struct network *network, struct bytes keys_record);

/* The leaf of the state tree for one block. */
void block_state_leaf(struct hash *out, const struct network *network, const struct block_state *state);

/* next = H(previous, event). previous is all zero for the first event. */
void history_extend(struct hash *next, const struct network *network, const struct hash *previous,
                    const struct history_event *event);

/* Live leaf of an entry about which something was said. */
void live_leaf(struct hash *out, const struct network *network, const struct hash *leaf,
               const struct hash *history);

/* Decode the payload into *record, the struct of entry->kind. Lists go to arena. For content this decides
 * only whether the entry has effect. Returns: REASON_ERASED, REASON_WRONG_KIND for an unknown kind, or as
 * decoding. */
enum reason entry_payload_decode(void *record, const struct entry *entry, struct arena *arena);

#endif
