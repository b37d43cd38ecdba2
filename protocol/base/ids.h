#ifndef PROTOCOL_BASE_IDS_H
#define PROTOCOL_BASE_IDS_H

/* 32-byte identifiers, a distinct struct per kind so that the compiler refuses a mix-up, and their text form
 * for people: bech32m whose prefix tells kind and network (DESIGN section 4, identifiers): "tp" + kind letter
 * on main, "t" + "tp" + kind letter on test, "x" + "tp" + kind letter on any other network. */

#include "crypto/bech32m.h"
#include "crypto/hash.h"
#include "protocol/base/bytes.h"
#include "protocol/base/labels.h"
#include "protocol/base/limits.h"

struct actor_id {
    struct hash hash;
};

struct node_id {
    struct hash hash;
};

/* X25519 key of a node's CURVE socket. Not a hash, but people copy it like an id. */
struct transport_key {
    struct hash key;
};

/* Subject id of someone who has no keys yet. */
struct claim_id {
    struct hash hash;
};

enum id_kind {
    ID_ACTOR,     /* tpa1… */
    ID_NODE,      /* tpn1… */
    ID_TRANSPORT, /* tpx1… */
    ID_CLAIM,     /* tpk1… */
};

/* Who an entry is about. */
enum subject_kind {
    SUBJECT_ACTOR = 1,
    SUBJECT_CLAIM = 2,  /* claim key's hash */
    SUBJECT_BLINDED = 3 /* H(actor, issuer, salt) */
};

struct subject {
    enum subject_kind kind;
    struct hash id;
};

/* The name of an entry: (author, seq, index, first 16 bytes of its leaf hash). */
struct entry_name {
    struct actor_id author;
    uint64_t seq;
    uint64_t index;
    uint8_t prefix[ENTRY_PREFIX_SIZE];
};

enum {
    ID_TEXT_MAX = BECH32M_TEXT_MAX,
    /* "actor/seq/index/prefix": prefix as 32 hexadecimal digits */
    ENTRY_NAME_TEXT_MAX = ID_TEXT_MAX + 1 + 10 + 1 + 5 + 1 + 2 * ENTRY_PREFIX_SIZE
};

enum id_result {
    ID_OK,
    ID_MISTYPED,      /* length, alphabet or checksum */
    ID_WRONG_KIND,    /* a valid id of another kind */
    ID_WRONG_NETWORK, /* a valid id of another network */
    ID_NOT_AN_ID      /* nothing that looks like one: no "tp?1" prefix */
};

/* Write the text of a 32-byte id. Requires: text has ID_TEXT_MAX + 1 bytes. */
void id_to_text(char *text, enum id_kind kind, const struct network *network, const struct hash *id);

/* Read an id of the kind wanted. Writes: *id only on ID_OK; *found (when not NULL) the kind that the prefix
 * names, on ID_WRONG_KIND. */
enum id_result id_from_text(struct hash *id, enum id_kind *found, enum id_kind wanted,
                            const struct network *network, struct bytes text);

/* The same for a subject that is an actor or a claim. Requires: not a blinded one. */
void subject_to_text(char *text, const struct network *network, const struct subject *subject);
/* Read the id of an actor or of a claim. Writes: *subject only on ID_OK. */
enum id_result subject_from_text(struct subject *subject, const struct network *network, struct bytes text);

/* Write "actor/seq/index/prefix". Requires: text has ENTRY_NAME_TEXT_MAX + 1 bytes; seq and index within
 * limits.h. */
void entry_name_to_text(char *text, const struct network *network, const struct entry_name *name);
/* Read exactly what entry_name_to_text writes. Returns: what is wrong with the actor, or ID_MISTYPED when the
 * rest is no name. Writes: *name only on ID_OK. */
enum id_result entry_name_from_text(struct entry_name *name, const struct network *network,
                                    struct bytes text);

static inline bool actor_id_equal(const struct actor_id *a, const struct actor_id *b)
{
    return hash_equal(&a->hash, &b->hash);
}
bool subject_equal(const struct subject *a, const struct subject *b);
struct subject subject_of_actor(const struct actor_id *actor);
bool entry_name_equal(const struct entry_name *a, const struct entry_name *b);

#endif
