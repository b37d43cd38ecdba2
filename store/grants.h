#ifndef STORE_GRANTS_H
#define STORE_GRANTS_H

/* Index of entries that are few and have to be found each: govern entries (who was accredited, withdrawn
 * from or named a successor, and whose packs there are), and affiliations. */

#include "store/rows.h"

enum grant_kind {
    GRANT_ACCREDITATION = 1,  /* by delegate */
    GRANT_WITHDRAWAL = 2,     /* by delegate */
    GRANT_SUCCESSION = 3,     /* by namespace */
    GRANT_SUCCESSOR = 4,      /* the same entry by successor */
    GRANT_PACK = 5,           /* by namespace */
    GRANT_JOINED = 6,         /* in the log of its shop, by technician */
    GRANT_LEFT = 7,           /* by affiliation */
    GRANT_AFFILIATION = 8,    /* each `joined` of it in the log of its shop, by affiliation */
    GRANT_RHYTHM = 9,         /* by namespace, the empty one: each author's own */
    GRANT_VOIDED_BRANCH = 13, /* a void that names a dropped branch, by its first block */
    GRANT_VOIDED_ANY = 16,    /* the same entry by author number */
    GRANT_ACCREDITOR = 17,    /* an accreditation by author number */
    GRANT_SIGNED = 18,        /* each `joined` whose consent a key signed, whosever it is, by that key */
    /* Of side blocks alone (store/side.h). */
    GRANT_ATTESTED = 10, /* by subject */
    GRANT_ROSTER = 11,   /* `joined` by shop */
    GRANT_VOID = 12,     /* of a range, by author number */
    GRANT_STATUS = 14,   /* by author number and the block that it is about */
    GRANT_ERASE = 19,    /* by author number and the block whose entries it names */
    GRANT_HELD_BY = 15,  /* the same entry by the new holder */
    GRANT_UPGRADE = 16,  /* of an unknown critical kind, the first of its block, by author number */
};

/* Size of what a grant is found by, its kind included. */
enum { GRANT_ABOUT_SIZE = 1 + 32, GRANT_KEYS_MAX = 2 };

/* What an entry of class govern is found by. Decodes into arena. Returns: how many keys; 0 for what is
 * malformed or is not looked up. */
size_t grant_keys_of(struct key keys[GRANT_KEYS_MAX], const struct entry *entry, struct arena *arena);

/* What is found by an author's number, and the number of a block of its log. */
struct key grant_key_of_number(enum grant_kind kind, uint32_t number, uint64_t seq);

/* Index, or take out of the index, the entries of block seq of class govern. */
enum store_error grants_put(struct store_txn *txn, uint32_t number, uint64_t seq, const struct entry *entries,
                            size_t count, struct arena *arena);
enum store_error grants_delete(struct store_txn *txn, uint32_t number, uint64_t seq,
                               const struct entry *entries, size_t count, struct arena *arena);

/* The same for one entry of any kind, under a key that names whom or what it is about. */
enum store_error grant_put(struct store_txn *txn, const struct key *about, const struct entry_at *grant);
enum store_error grant_delete(struct store_txn *txn, const struct key *about, const struct entry_at *grant);

/* What a grant is found by. */
struct key grant_key_of_actor(enum grant_kind kind, const struct actor_id *actor);
struct key grant_key_of_affiliation(enum grant_kind kind, const struct hash *id);
struct key grant_key_of_signer(const struct sign_public_key *key);
struct key grant_key_of_namespace(enum grant_kind kind, struct bytes name_space);
/* Narrow a key to one author's entries. */
void grant_key_add_author(struct key *key, uint32_t author);

/* Grants of one author under one key that are returned, the newest: an author that floods must not hide what
 * others said. */
enum { GRANTS_EACH_MAX = 64 };

/* The first grant under key behind another (NULL: of all). STORE_NOT_FOUND when there is none. */
enum store_error grant_next(struct store_txn *txn, const struct key *key, const struct entry_at *behind,
                            struct entry_at *out);

/* The same of the first ones, at most max. *count 0: there is none. */
enum store_error grants_after(struct store_txn *txn, const struct key *key, const struct entry_at *behind,
                              size_t max, struct entry_at *out, size_t *count);

/* What a limit left out. */
enum grants_cut {
    GRANTS_CUT_NONE,
    GRANTS_CUT_OLDER,   /* of some author what came before GRANTS_EACH_MAX others of its own */
    GRANTS_CUT_AUTHORS, /* all that some author said, and perhaps older ones too */
};

/* The same of one author alone. Requires: key is not narrowed. */
enum store_error grant_next_by(struct store_txn *txn, const struct key *key, uint32_t author,
                               const struct entry_at *behind, struct entry_at *out);

/* All grants under key, ascending by (author, seq, index), at most max; in arena. */
enum store_error grants_find(struct store_txn *txn, const struct key *key, size_t max, struct entry_at **out,
                             size_t *count, enum grants_cut *cut, struct arena *arena);

/* Of those who accredited one actor, or withdrew from it, so many are named, and of more none: which of them
 * have the lower numbers here says nothing. Of those so many are heard, who come first in an order that is
 * the same at every node.
 */
enum { ACCREDITORS_NAMED_MAX = 16384, ACCREDITORS_HEARD_MAX = 320 };

/* Whether any of so many authors accredited the actor, on its chain. */
enum store_error grants_is_accredited_by(struct store_txn *txn, const struct actor_id *actor,
                                         const uint32_t *authors, size_t count, bool *out);

/* The authors of grants under key, each once, ascending, at most max; in arena. *cut: whether there are more.
 * table: TABLE_GRANTS, or TABLE_SIDE_ENTRIES, whose keys begin alike. At the cost of a look-up an author,
 * however much it says. */
enum store_error grants_speakers(struct store_txn *txn, enum table table, const struct key *key, size_t max,
                                 uint32_t **out, size_t *count, bool *cut, struct arena *arena);

#endif
