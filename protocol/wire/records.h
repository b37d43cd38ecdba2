#ifndef PROTOCOL_WIRE_RECORDS_H
#define PROTOCOL_WIRE_RECORDS_H

/* Every record of DESIGN section 4 as a C struct and its schema. Field order in the structs is the wire
 * order. All structs borrow the bytes that they were decoded from. */

#include "crypto/seal.h"
#include "crypto/sign.h"
#include "protocol/base/days.h"
#include "protocol/base/ids.h"
#include "protocol/base/limits.h"
#include "protocol/wire/schema.h"

/* ---- keys ---- */

enum key_algorithm { KEY_ED25519 = 1 };
enum seal_algorithm { SEAL_X25519 = 1 };

enum role {
    ROLE_GOVERN = 1,
    ROLE_ISSUE = 2,
    ROLE_CHECKPOINT = 3, /* a daemon may hold it unattended */
    ROLE_PRESENT = 4,    /* a holder's answers, an audience's challenges */
};
enum { ROLE_COUNT = 4 };

struct signing_key {
    enum key_algorithm algorithm;
    enum role role;
    struct sign_public_key key;
};

struct seal_key {
    uint64_t number;
    enum seal_algorithm algorithm;
    struct seal_public_key key;
};

struct next_key {
    struct hash hash; /* LABEL_NEXT_KEY over algorithm byte and key */
};

/* Signatures needed per role; 0 where the role has no key. */
struct thresholds {
    uint64_t govern, issue, checkpoint, present;
};

/* Inception (seq 0), or a rotation that opens the next epoch. Keys are distinct, sorted by (role, key bytes);
 * a signature names its key by index in this list. */
struct keys {
    struct list signing_keys; /* struct signing_key, 1..KEYS_MAX, at least one governs */
    struct thresholds thresholds;
    struct list next_keys; /* struct next_key, sorted, 1..KEYS_MAX: the next governing keys */
    uint64_t next_threshold;
    struct list seal_keys; /* struct seal_key, numbers ascending, 0..SEAL_KEYS_MAX */
    struct list extensions;
};

/* Changes the non-governing keys within the epoch: the whole new list of them. */
struct keys_update {
    struct list signing_keys;     /* struct signing_key, none governs, 0..KEYS_MAX - 1 */
    struct thresholds thresholds; /* govern 0: stays as it is */
    struct list seal_keys;
    struct list extensions;
};

/* ---- govern ---- */

struct pack_code {
    struct bytes code; /* the part behind the slash */
    struct bytes title;
    uint64_t lifetime_months;         /* 0: for life */
    bool has_first_day, has_last_day; /* on which it is offered */
    uint32_t first_day, last_day;
};

enum pack_rule_kind {
    PACK_RULE_TITLE = 1,
    PACK_RULE_PREREQUISITE = 2,
    PACK_RULE_EXPERIENCE = 3,
    PACK_RULE_RENEWAL = 4,
    PACK_RULE_RECOGNITION = 5, /* of shops */
    PACK_RULE_CONDITION = 6,   /* of codes: the days on which they count */
};

/* A named expression (protocol/rules/expression.h reads the bytes): an operator that a node does not know
 * makes that rule unknown, not the pack. */
struct pack_rule {
    enum pack_rule_kind kind;
    struct bytes name; /* a title's or recognition's name; else the code or pattern, without its namespace,
                          that it is for */
    struct bytes expression;
};

struct rule_pack {
    struct bytes name_space;
    uint64_t version; /* 1.. ; a later one for the same days wins */
    uint32_t in_force_from;
    struct list codes; /* struct pack_code, sorted by code, none twice */
    struct list rules; /* struct pack_rule, sorted by (kind, name), none twice */
    struct list extensions;
};

struct accreditation {
    struct actor_id delegate;
    struct list patterns; /* struct bytes: code patterns, sorted */
    struct list states;   /* struct bytes: sorted; empty means every state */
    uint32_t from;
    bool has_until;
    uint32_t until; /* last day, inclusive */
    uint64_t depth; /* how many further delegations may follow: 0..CHAIN_DEPTH_MAX */
    struct list extensions;
};

struct entry_position {
    uint64_t seq;
    uint64_t index;
};

/* With a cut, the block that it names and its ancestors stay authorised, less the exceptions; a later
 * withdrawal may only lower the cut or add exceptions. Else it names one accreditation, which ends whole.
 * Exactly one of the two is there. */
struct withdrawal {
    struct actor_id delegate;
    bool has_cut, has_accreditation;
    uint64_t cut_seq;
    struct hash cut_head;                /* header hash of that block */
    struct entry_position accreditation; /* in the log that this stands in */
    struct list exceptions;              /* struct entry_position, sorted; none without a cut */
    bool closed; /* nothing that the delegate says beyond the cut counts, not even against anybody */
    struct list extensions;
};

/* How often this author speaks: its freshness budget (DESIGN section 5). */
struct rhythm {
    uint64_t days;
    struct list extensions;
};

struct indexed_signature {
    uint64_t key_index;
    struct signature signature;
};

/* It says whose it is where a position would depend on when it is asked for: a key stays the same. */
struct keyed_signature {
    struct sign_public_key key;
    struct signature signature;
};

/* Hands a namespace over. The successor's governing keys sign LABEL_SUCCESSION over the record encoded with
 * an empty signature list. */
struct succession {
    struct bytes name_space;
    struct actor_id successor;
    uint64_t cut_seq; /* this log is read up to and with this block */
    struct hash cut_head;
    struct list signatures; /* struct indexed_signature by the successor's inception govern keys */
    struct list extensions;
};

struct seq_range {
    uint64_t first, last;
};

/* A branch that a rotation left, with all that descends from its first block. */
struct dropped_branch {
    uint64_t epoch;
    struct hash fork_parent;
    struct hash first;
};

/* Exactly one of the two is there. */
struct void_record {
    bool has_range, has_branch;
    struct seq_range range;
    struct dropped_branch branch;
    uint64_t reason; /* statement_reason */
    struct list extensions;
};

/* ---- status ---- */

enum status_action {
    STATUS_REVOKED = 1,
    STATUS_SUSPENDED = 2,
    STATUS_REINSTATED = 3,
    STATUS_REPLACED = 4, /* replacement names the entry that takes its place */
    STATUS_APPEALED = 5,
    STATUS_APPEAL_DECIDED = 6,
    STATUS_HELD_BY = 7, /* holder is the actor or claim that holds it now */
};

enum status_reason {
    STATUS_REASON_UNSPECIFIED = 0,
    STATUS_REASON_ISSUED_IN_ERROR = 1,
    STATUS_REASON_MISCONDUCT = 2,
    STATUS_REASON_SCORING = 3, /* a bad batch of results */
    STATUS_REASON_KEY_COMPROMISE = 4,
    STATUS_REASON_REQUESTED = 5, /* by the subject */
    STATUS_REASON_OTHER = 6,
};

struct index_range {
    uint64_t first, last;
};

/* About content entries of one earlier block of the same log. The block is fixed by seq alone, because the
 * header that carries this statement commits to every earlier one. */
struct status {
    uint64_t seq;
    struct list entries; /* struct index_range, ascending, disjoint */
    enum status_action action;
    enum status_reason reason;
    uint32_t effective_day;
    bool has_replacement, has_holder; /* each with its action and only then */
    struct entry_name replacement;
    struct subject holder;
    struct list extensions;
};

struct erase {
    uint64_t seq;
    struct list entries; /* struct index_range */
    struct list extensions;
};

/* ---- content ---- */

enum basis {
    BASIS_EXAM = 1,
    BASIS_RECERTIFICATION = 2,
    BASIS_RENEWAL = 3,
    BASIS_TRAINING = 4,
    BASIS_EXPERIENCE = 5,
    BASIS_IDENTITY = 6,
    BASIS_MEMBERSHIP = 7,
    BASIS_RECOGNITION = 8,
    BASIS_LICENCE = 9,
};

struct attestation {
    struct subject subject;
    struct bytes code;
    enum basis basis;
    uint32_t earned_on;
    uint32_t valid_from;
    bool has_last_day;
    uint32_t last_day; /* inclusive; none: for life */
    bool has_network;
    struct bytes network_code; /* valid while affiliated with a shop that holds this membership code */
    bool has_claims;
    struct hash claims_root;
    struct hash sealed_hash; /* LABEL_SEALED over the sealed claims, present with claims_root */
    struct list extensions;
};

/* A technician's word to a shop. Its LABEL_CONSENT hash is the affiliation's id and what the present key
 * signs. */
struct consent {
    struct actor_id technician;
    struct actor_id shop;
    uint32_t start_day;
    bool performs_repairs;
    uint64_t expires_s;
    uint8_t nonce[16];
};

/* What a technician hands a shop: the consent, signed, and the keys that check it. Between nodes it
 * introduces the shop. */
struct signed_consent {
    struct consent consent;
    struct keyed_signature signature; /* over its LABEL_CONSENT hash, by a present key of the technician */
    struct bytes technician_keys;     /* its inception keys record */
    struct list technician_blocks;    /* struct key_block: what followed, in order */
};

enum affiliation_event { AFFILIATION_JOINED = 1, AFFILIATION_LEFT = 2 };

/* joined carries the consent and its signature; left names the id alone. */
struct affiliation {
    struct hash id;
    enum affiliation_event event;
    uint32_t day;
    bool has_consent;
    struct consent consent;
    struct keyed_signature signature;
    struct list extensions;
};

struct shop {
    struct bytes name;
    struct bytes place;
    struct bytes state;
    struct list areas;    /* struct bytes: service areas performed, sorted */
    uint64_t technicians; /* who diagnose and repair, on the roster or not */
    uint32_t from;        /* the day from which this holds */
    struct list extensions;
};

/* What a certifying body recorded of a shop at its yearly review: floors for what the shop declares. */
struct review {
    struct actor_id shop;
    struct bytes code; /* of the recognition that it is for: "ase/blue-seal" */
    uint32_t day;
    uint64_t technicians;
    struct list areas; /* struct bytes: sorted */
    struct list extensions;
};

struct statement {
    struct entry_name about;
    struct bytes text;
    struct list extensions;
};

/* ---- block ---- */

enum entry_kind {
    ENTRY_KEYS = 1,
    ENTRY_KEYS_UPDATE = 2,
    ENTRY_RULE_PACK = 3,
    ENTRY_ACCREDITATION = 4,
    ENTRY_WITHDRAWAL = 5,
    ENTRY_SUCCESSION = 6,
    ENTRY_VOID = 7,
    ENTRY_STATUS = 8,
    ENTRY_ERASE = 9,
    ENTRY_ATTESTATION = 10,
    ENTRY_AFFILIATION = 11,
    ENTRY_SHOP = 12,
    ENTRY_STATEMENT = 13,
    ENTRY_REVIEW = 14,
    ENTRY_RHYTHM = 15,
};
#define ENTRY_KIND_MAX UINT64_C(65535)

enum block_class { CLASS_KEYS = 1, CLASS_GOVERN = 2, CLASS_STATUS = 3, CLASS_CONTENT = 4 };
/* Whether blocks of the class say how something stands that others said or hold: what is against somebody is
 * said there, save an affiliation that ends. */
static inline bool block_class_speaks(enum block_class block_class)
{
    return block_class == CLASS_GOVERN || block_class == CLASS_STATUS;
}

/* The header hash is LABEL_HEADER over these bytes; signatures are over the header hash. */
struct header {
    uint64_t version; /* 1 */
    struct actor_id author;
    uint64_t epoch;
    uint64_t seq;
    struct hash previous; /* header hash; zero in block 0 */
    uint64_t time_s;      /* the signer's claim: proves nothing */
    enum block_class block_class;
    uint64_t entry_count;
    struct hash entries_root;
    struct hash state_root;
    struct list extensions;
};

/* Preimage of one leaf of the state tree. */
enum standing { STANDING_GOOD = 0, STANDING_VOID = 1 };

struct block_state {
    uint64_t epoch;
    uint64_t seq;
    struct hash previous; /* header hash of the block before, so that a path proves ancestry */
    uint64_t entry_count;
    enum standing standing;
    struct hash live_root;
};

/* One thing said about an entry: history = LABEL_HISTORY over previous history (32 bytes) and this record. */
struct history_event {
    enum status_action action;
    uint32_t effective_day;
    uint32_t stated_day; /* UTC day of the setter's header time */
    uint64_t setter_seq;
    uint64_t setter_index;
    bool has_replacement, has_holder; /* each with its action and only then */
    struct entry_name replacement;
    struct subject holder;
};

/* ---- free-standing statements ---- */

struct checkpoint {
    struct actor_id author;
    uint64_t epoch;
    uint64_t seq;
    struct hash head;
    uint64_t time_s;
    struct list extensions;
};

struct signed_checkpoint {
    struct checkpoint checkpoint;
    struct indexed_signature signature; /* by a checkpoint key of the author */
};

struct witness_root {
    struct actor_id witness;
    uint64_t time_s;
    uint64_t count; /* heads in the tree, sorted by author */
    struct hash root;
    struct list extensions;
};

struct signed_witness_root {
    struct witness_root root;
    struct indexed_signature signature;
};

/* seq 0 says "nothing beyond inception". */
struct cosignature {
    struct actor_id witness;
    struct actor_id author;
    uint64_t epoch;
    uint64_t seq;
    struct hash head;
    uint64_t time_s;
    struct list extensions;
};

struct signed_cosignature {
    struct cosignature cosignature;
    struct indexed_signature signature;
};

/* Two signed headers that cannot both be the log, the one with the lower bytes first (memcmp): same previous
 * hash, or two rotations of one epoch. */
struct fork_proof {
    struct bytes header_a; /* canonical header bytes, as signed */
    struct list signatures_a;
    struct bytes header_b;
    struct list signatures_b;
    struct bytes entry_a; /* the keys entry of a rotation, which names its signers; empty otherwise */
    struct bytes entry_b;
    struct list extensions;
};

/* ---- presentations ---- */

struct merkle_node {
    struct hash hash;
};

/* One claim opened: leaf of the claims tree. */
struct disclosed_claim {
    uint64_t item;  /* index of the proof whose entry it belongs to */
    uint64_t index; /* of the leaf */
    uint64_t count; /* leaves in that claims tree */
    struct bytes label;
    struct bytes value;
    uint8_t salt[32];
    struct list path; /* struct merkle_node */
};

/* Proof that an entry is in a log, how it stands and how it stood, from one signed header. */
struct entry_proof {
    struct bytes entry; /* the entry's own bytes */
    uint64_t index;
    struct list history;   /* struct history_event, oldest first */
    struct list live_path; /* struct merkle_node, leaf upward */
    struct block_state state;
    struct list state_path; /* struct merkle_node */
    uint64_t head;          /* which of the presentation's heads the path leads to */
    bool has_blinding;
    uint8_t blinding[32]; /* opens a blinded subject */
};

struct proof_head {
    struct bytes header;    /* canonical header bytes */
    struct list signatures; /* struct indexed_signature */
};

struct key_block {
    struct bytes block; /* a whole block of class keys */
};

struct challenge {
    struct actor_id audience;
    struct bytes audience_keys; /* its inception keys record */
    uint8_t nonce[32];
    uint64_t created_s;
    uint64_t expires_s;
    struct bytes requirement; /* text: codes asked for, may be empty */
    struct list extensions;
};

struct signed_challenge {
    struct challenge challenge;
    struct indexed_signature signature; /* by a present key of the audience */
};

/* Sizes of the same thing: a reference has names only, a standard one proofs and their heads. */
struct presentation {
    struct actor_id holder;
    struct bytes holder_keys;  /* its inception keys record */
    struct list holder_blocks; /* struct key_block: what followed, in order */
    struct actor_id audience;
    uint8_t nonce[32];
    uint64_t created_s;
    uint64_t expires_s;
    struct list names;  /* struct entry_name */
    struct list heads;  /* struct proof_head */
    struct list proofs; /* struct entry_proof */
    struct list claims; /* struct disclosed_claim */
    struct list extensions;
};

struct signed_presentation {
    struct presentation presentation;
    struct indexed_signature signature; /* by a present key of the holder */
};

/* What a node hands a technician: her entries with proofs, signed by nobody but their issuers. */
struct certificate_file {
    struct subject subject;
    struct list heads;  /* struct proof_head */
    struct list proofs; /* struct entry_proof */
    struct list extensions;
};

/* ---- between nodes ---- */

/* First frame each way: binds the authenticated transport key to the node key. */
struct hello {
    struct sign_public_key node_key;
    struct transport_key transport_key;
    struct signature signature; /* LABEL_NODE_TRANSPORT over the transport key */
    uint64_t protocol_version;
    struct list extensions;
};

struct head {
    struct actor_id author;
    uint64_t epoch;
    uint64_t seq;
    struct hash hash;
    bool gaps;      /* blocks up to it lack entries at the sender that were not erased */
    uint64_t bytes; /* what its blocks take together, by its sender's word: how much is asked for at once */
};

/* A store's state, as its changes are counted (store/changes.h): the last of them, and the digest of all of
 * them. */
struct store_point {
    uint8_t store[STORE_ID_SIZE];
    uint64_t number;
    uint8_t digest[CHANGE_DIGEST_SIZE];
};

/* Of the receiver's store the sender has all up to there; a number of 0: nothing. */
struct heard {
    struct store_point upto;
    struct list extensions;
};

/* With the heads beside it, and with the checkpoints and fork proofs that came before, all is said that
 * changed in the sender's store since one number and up to another. */
struct heads_page {
    uint64_t since;
    struct store_point upto;
    bool more; /* that changed later follows, or is told when it is asked for */
};

struct heads {
    struct list heads; /* struct head, sorted by author */
    bool has_page;
    struct heads_page page;
    struct list extensions;
};

struct locator_point {
    uint64_t seq;
    struct hash hash;
};

/* Ask for blocks of one author's log that follow the highest point that the answerer has on its chain, or for
 * blocks whose entries the sender lacks. */
struct want {
    struct actor_id author;
    struct list locator;  /* struct locator_point, seq descending */
    struct list gaps;     /* struct locator_point, ascending */
    struct list branches; /* the same; where there are any of these two, nothing else is asked for */
    struct list extensions;
};

/* Ask who introduces a shop: the answer is signed consents of its technicians. */
struct introduction_want {
    struct actor_id shop;
    struct list extensions;
};

/* ---- schemas ---- */

#define SCHEMA_LIST(X)                                                                                       \
    X(keys)                                                                                                  \
    X(keys_update)                                                                                           \
    X(rule_pack)                                                                                             \
    X(accreditation)                                                                                         \
    X(withdrawal)                                                                                            \
    X(succession)                                                                                            \
    X(rhythm)                                                                                                \
    X(void_record)                                                                                           \
    X(status)                                                                                                \
    X(erase)                                                                                                 \
    X(attestation)                                                                                           \
    X(consent)                                                                                               \
    X(affiliation)                                                                                           \
    X(shop)                                                                                                  \
    X(review)                                                                                                \
    X(statement)                                                                                             \
    X(header)                                                                                                \
    X(block_state)                                                                                           \
    X(history_event)                                                                                         \
    X(checkpoint)                                                                                            \
    X(signed_checkpoint)                                                                                     \
    X(witness_root)                                                                                          \
    X(signed_witness_root)                                                                                   \
    X(cosignature)                                                                                           \
    X(signed_cosignature)                                                                                    \
    X(fork_proof)                                                                                            \
    X(challenge)                                                                                             \
    X(signed_challenge)                                                                                      \
    X(presentation)                                                                                          \
    X(signed_presentation)                                                                                   \
    X(certificate_file)                                                                                      \
    X(signed_consent)                                                                                        \
    X(hello)                                                                                                 \
    X(heads)                                                                                                 \
    X(heard)                                                                                                 \
    X(want)                                                                                                  \
    X(introduction_want)

#define SCHEMA_DECLARE(name) extern const struct schema name##_schema;
SCHEMA_LIST(SCHEMA_DECLARE)
#undef SCHEMA_DECLARE

enum { SCHEMA_COUNT = 37 };
/* All schemas above, for properties, the wire page and fuzzing. */
extern const struct schema *const schemas[SCHEMA_COUNT];

/* The schema of a kind of entry; NULL for a kind that this version does not know. */
const struct schema *entry_schema(uint64_t kind);

/* The class that a kind belongs to. Unknown kinds are content. */
enum block_class entry_class(uint64_t kind);

/* Large enough for the lists of any one record that decodes. */
enum { RECORD_ARENA_SIZE = 768 * 1024 };

#endif
