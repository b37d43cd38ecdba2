#ifndef PROTOCOL_BASE_LABELS_H
#define PROTOCOL_BASE_LABELS_H

/* Every hash label there is, in one table; none is ever reused (DESIGN section 4, hashing). A label is at
 * most 16 bytes and goes into BLAKE2b's personal field; the network tag goes into its salt field. */

#include "crypto/hash.h"

#define LABEL_LIST(X)                                                                                        \
    X(LABEL_ACTOR, "tp.actor", "inception keys record -> actor id")                                          \
    X(LABEL_NODE, "tp.node", "node public key -> node id")                                                   \
    X(LABEL_NODE_TRANSPORT, "tp.node.curve", "transport key of a node, signed by the node key")              \
    X(LABEL_CLAIM_KEY, "tp.claim.key", "claim key -> subject id of someone without keys")                    \
    X(LABEL_BLINDED, "tp.blinded", "actor, issuer, salt -> blinded subject")                                 \
    X(LABEL_NEXT_KEY, "tp.next.key", "algorithm byte, governing key -> its pre-commitment")                  \
    X(LABEL_HEADER, "tp.header", "header bytes -> header hash, which is what is signed")                     \
    X(LABEL_PAYLOAD, "tp.payload", "payload and salt of an entry -> payload hash, which outlives them")      \
    X(LABEL_ENTRY, "tp.entry", "erased form of an entry -> leaf of the entries tree")                        \
    X(LABEL_ENTRY_NODE, "tp.entry.node", "inner node of the entries tree and of the live tree")              \
    X(LABEL_LIVE, "tp.live", "leaf hash, history -> live leaf of an entry that something was said about")    \
    X(LABEL_HISTORY, "tp.history", "previous history, event record -> history")                              \
    X(LABEL_STATE, "tp.state", "block state record -> leaf of the state tree")                               \
    X(LABEL_STATE_NODE, "tp.state.node", "inner node of the state tree")                                     \
    X(LABEL_CLAIM, "tp.claim", "label, value, salt -> leaf of a claims tree")                                \
    X(LABEL_CLAIM_NODE, "tp.claim.node", "inner node of a claims tree")                                      \
    X(LABEL_SEALED, "tp.sealed", "sealed claims -> their hash in an attestation")                            \
    X(LABEL_CONSENT, "tp.consent", "consent record -> affiliation id, which is what is signed")              \
    X(LABEL_SUCCESSION, "tp.succession", "succession record without signatures, signed by the successor")    \
    X(LABEL_CHECKPOINT, "tp.checkpoint", "checkpoint record, signed by its author")                          \
    X(LABEL_WITNESS_NODE, "tp.witness.node", "inner node of a witness tree")                                 \
    X(LABEL_WITNESS_LEAF, "tp.witness.leaf", "one replayed head -> leaf of a witness tree")                  \
    X(LABEL_WITNESS_ROOT, "tp.witness.root", "witness root record, signed by the witness")                   \
    X(LABEL_COSIGNATURE, "tp.cosign", "cosignature record, signed by the witness")                           \
    X(LABEL_CHALLENGE, "tp.challenge", "challenge record, signed by the audience")                           \
    X(LABEL_PRESENTATION, "tp.present", "presentation record, signed by the holder")                         \
    X(LABEL_CHANGE, "tp.change", "changes of one store -> their running digest, which only it can check")

#define LABEL_AS_ENUM(name, text, meaning) name,
enum label { LABEL_LIST(LABEL_AS_ENUM) LABEL_COUNT };
#undef LABEL_AS_ENUM

/* A network and the hash domains of all labels on it. Made once by network_init; read-only after. */
struct network {
    char tag[HASH_TAG_SIZE + 1];
    struct hash_domain domains[LABEL_COUNT];
};

/* Prepare *network for tag, for instance "main" or "test". Returns: false, *network untouched, unless tag
 * is 1..16 characters a-z, 0-9 and '-'. */
bool network_init(struct network *network, const char *tag);

static inline const struct hash_domain *label_domain(const struct network *network, enum label label)
{
    return &network->domains[label];
}

/* The label's text and what it is for, for the wire page and tests. */
const char *label_text(enum label label);
const char *label_meaning(enum label label);

#endif
