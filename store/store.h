#ifndef STORE_STORE_H
#define STORE_STORE_H

/* One LMDB environment that holds everything a node knows (DESIGN section 7). Blocks are stored as they came;
 * all else is derived from them and from arrival times. Readers in other processes work while one process
 * writes. No pointer into the map leaves this folder: whatever is handed out is copied into the caller's
 * arena. Decides nothing: node/ingest.h asks protocol/log and applies the answer here. */

#include "protocol/log/accept.h"
#include "protocol/rules/dossier.h"
#include "protocol/rules/issued.h"

enum store_error {
    STORE_OK,
    STORE_NOT_FOUND,
    STORE_NO_ROOM,       /* disk full (or quota): nothing of the transaction was kept */
    STORE_MAP_FULL,      /* see store_write_begin */
    STORE_WRONG_VERSION, /* made by another version of this program */
    STORE_WRONG_NETWORK,
    STORE_NOT_A_STORE, /* the files are not ours */
    STORE_DAMAGED,     /* what is read is not what was written */
    STORE_PERMISSION,
    STORE_BUSY,          /* too many readers */
    STORE_NO_DESCRIPTOR, /* too many files are open */
    STORE_IO,
    STORE_NO_MEMORY, /* the arena is full, or the map cannot grow */
};

/* What it means that bytes which are held don't decode into arena, for a reason: it is too small for them, or
 * they are damaged. */
enum store_error store_error_of_decode(enum reason reason, const struct arena *arena);

enum { STORE_VERSION = 12, STORE_MAP_SIZE_DEFAULT_GIB = 64, CHECKPOINT_DAYS_MAX = 800 };

struct store;     /* an open environment */
struct store_txn; /* one transaction on it */

struct store_options {
    const char *folder; /* exists; files data.mdb and lock.mdb are made in it */
    const char *network_tag;
    bool read_only;  /* for other processes' readers: STORE_NOT_FOUND when there is no store yet */
    size_t map_size; /* 0: STORE_MAP_SIZE_DEFAULT_GIB */
};

/* Open or create. Clears stale readers. On success *out must be closed with store_close. */
enum store_error store_open(struct store **out, const struct store_options *options);
void store_close(struct store *store);
/* Clear reader slots of dead processes; each minute in a daemon. */
void store_clear_stale_readers(struct store *store);

/* One read transaction; keep it under a second. */
enum store_error store_read_begin(struct store_txn **out, struct store *store);
/* One write transaction: many blocks. A map that is nearly full is grown here, while no transaction is open
 * in this process. STORE_MAP_FULL from a later call: end it, begin again (which grows), and do it over. */
enum store_error store_write_begin(struct store_txn **out, struct store *store);
/* Durable when STORE_OK. Ends the transaction in any case. */
enum store_error store_commit(struct store_txn *txn);
/* Drop what a write transaction did, or end a read. */
void store_end(struct store_txn *txn);

/* ---- logs ---- */

/* Actors are interned to numbers below AUTHOR_NUMBER_MAX. STORE_NOT_FOUND when it never was. */
enum store_error store_author_number(struct store_txn *txn, const struct actor_id *author, uint32_t *number);

/* State of an author's log at its head. STORE_NOT_FOUND when nothing of it is held. */
enum store_error store_log_state(struct store_txn *txn, const struct actor_id *author,
                                 struct log_state *state);

/* Call visit for every log held from actor id *from on (NULL: the first), in order. visit returns false to
 * stop. */
enum store_error store_each_log(struct store_txn *txn, const struct actor_id *from,
                                bool (*visit)(void *context, const struct log_state *state), void *context);

/* Key set in force after block seq of the author's chain, and its epoch. */
enum store_error store_keys_at(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                               struct key_set *keys, uint64_t *epoch);

/* What the log remembers of block seq of its chain, and when it arrived. */
enum store_error store_block_record(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                                    struct block_record *record, uint64_t *arrived_s);

/* The bytes of block seq of the chain, copied to arena. */
enum store_error store_block_bytes(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                                   struct bytes *out, struct arena *arena);

/* The bytes of any block held, on the chain or beside it. */
enum store_error store_block_by_hash(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                                     const struct hash *hash, struct bytes *out, struct arena *arena);

/* Whether it is held. */
enum store_error store_is_block_held(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                                     const struct hash *hash, bool *held);

/* A block, on the chain or beside it. */
struct branch_block {
    struct hash hash;
    struct hash previous;
    uint64_t seq;
    uint64_t epoch;
};

/* All blocks of author with seq >= from, on the chain and beside it, sorted by (seq, hash); array in arena.
 */
enum store_error store_branch_blocks(struct store_txn *txn, const struct network *network,
                                     const struct actor_id *author, uint64_t from, struct branch_block **out,
                                     size_t *count, struct arena *arena);

/* Gather what block (about to follow state) reaches back to. state NULL: for block 0. Memory from arena. */
enum store_error store_gather_past(struct store_txn *txn, const struct network *network,
                                   const struct log_state *state, const struct log_reach *reach,
                                   struct log_past *out, struct arena *arena);

/* Apply an accepted block: bytes, record, state, standings, pages, key history, erasures, indexes, and
 * of the consents that it carries, as far as a transaction may, whether they are signed. arrived_s is this
 * node's clock. */
enum store_error store_apply(struct store_txn *txn, const struct network *network, const struct block *block,
                             const struct log_change *change, const struct log_past *past,
                             uint64_t arrived_s);

/* Whether store_apply left consents that nobody has checked: until then they are unknown. */
enum store_error store_consents_left(struct store_txn *txn, bool *left);
/* Check so many of them. Requires: max <= CONSENTS_CHECKED_MAX (store/consents.h). */
enum store_error store_check_consents(struct store_txn *txn, size_t max);

/* Erasing. What a block says to erase reads as erased from then on, wherever it stands on the chain and is
 * not void; the bytes stay for seven days, so that a void of that block gives them back. An author erases 65
 * 536 entries a day, by arrival here: beyond that its next `erase` takes effect on this node on a later day,
 * and what it names is readable until then. What is void, or was dropped, takes nothing of any day. */

/* Whether store_drop_erased has anything to do. */
enum store_error store_erased_is_due(struct store_txn *txn, uint64_t now_s, bool *due);
/* Take up what is due: what waited for its day is erased; bytes go seven days after that, where the `erase`
 * stands on the chain and no fork of its author is open. Those in the log of self (NULL: nobody) stay until
 * seven days after the first rotation that follows the `erase`. Looks at blocks_max blocks. */
enum store_error store_drop_erased(struct store_txn *txn, const struct actor_id *self, uint64_t now_s,
                                   size_t blocks_max);
/* How many entries more the author may erase today before the next one waits. */
enum store_error store_erase_room(struct store_txn *txn, const struct actor_id *author, uint64_t now_s,
                                  uint64_t *room);

/* Blocks of the author that lack entries which no `erase` accounts for, or affiliations that were erased
 * before they were read here; those that matter: not void, and beside the chain in the open epoch alone. At
 * most max from seq from on, or where there are none, from the first; where there are none at all, void ones
 * of an author that somebody withdrew from. */
enum store_error store_gaps(struct store_txn *txn, const struct actor_id *author, uint64_t from,
                            struct locator_point *out, size_t max, size_t *count);
/* Un-apply the chain's blocks above seq, the newest first, at the cost of what they changed: what is derived
 * is what it was when block seq was the head. Blocks and their arrivals stay, beside the chain; until when
 * they were followed is noted. Block 0 stays. */
enum store_error store_unwind_to(struct store_txn *txn, const struct network *network,
                                 const struct actor_id *author, uint64_t seq, uint64_t now_s);

/* Whether block, of class content, is held with entries missing that its log never said to erase: a relay can
 * strip a copy. Cheap when none is missing. */
enum store_error store_lacks_entries(struct store_txn *txn, const struct block *block, bool *lacks);
/* Take from block what the copy held lacks, unless its log said to erase it; signatures and arrival stay
 * those of the copy held; now_s is this node's clock. Nothing is taken when the bytes held would grow by more
 * than growth_max. Requires: block decoded with its body and held. */
enum store_error store_fill_block(struct store_txn *txn, const struct network *network,
                                  const struct block *block, uint64_t growth_max, uint64_t now_s,
                                  bool *filled);

/* Freeze marks: two rotations are known that open one epoch, placed or not. The lowest such epoch is kept,
 * and nothing takes it back. A second one that is put beside the chain, or noted, marks its author by itself.
 */
enum store_error store_freeze(struct store_txn *txn, const struct actor_id *author, uint64_t epoch);
enum store_error store_is_frozen(struct store_txn *txn, const struct actor_id *author, bool *frozen);

/* ---- branches ---- */

/* Keep a signature-valid block beside the chain. Requires: its parent is held. A block that is held already
 * stays as it is; one that was met before, at whatever time that was, arrived then. */
enum store_error store_put_side_block(struct store_txn *txn, const struct network *network,
                                      const struct block *block, uint64_t now_s);

/* A block beside the chain. */
struct side_block {
    uint64_t seq;
    struct hash previous;
    struct hash hash;
    uint64_t epoch;
    enum block_class block_class;
    bool rotation;
    bool refused; /* acceptance refused its body */
    uint64_t way; /* what store_mark_way said last; 0: nothing */
};

/* The next child beside the chain of the block (seq, hash), ascending by hash behind *after (NULL: the
 * lowest). STORE_NOT_FOUND: there is none. */
enum store_error store_next_child(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                                  const struct hash *hash, const struct hash *after, struct side_block *out);
/* Call visit for every block beside the chain at seq from or above, ascending by seq. visit returns false to
 * stop. */
enum store_error store_each_side(struct store_txn *txn, const struct actor_id *author, uint64_t from,
                                 bool (*visit)(void *context, const struct side_block *side), void *context);
/* The same from the highest one down to seq to. */
enum store_error store_each_side_down(struct store_txn *txn, const struct actor_id *author, uint64_t to,
                                      bool (*visit)(void *context, const struct side_block *side),
                                      void *context);
/* Whether anything of the author may be held beside its chain, at the cost of a look-up. */
enum store_error store_has_sides(struct store_txn *txn, const struct actor_id *author, bool *has);
/* A block beside the chain by its own name. */
enum store_error store_side_block(struct store_txn *txn, const struct network *network,
                                  const struct actor_id *author, uint64_t seq, const struct hash *hash,
                                  struct side_block *out);
/* Note that acceptance refused the block, or that it leads to a rotation. Requires: *side was just read. */
enum store_error store_refuse_side(struct store_txn *txn, const struct actor_id *author,
                                   const struct side_block *side);
enum store_error store_mark_way(struct store_txn *txn, const struct actor_id *author,
                                const struct side_block *side, uint64_t way);

/* Key set and epoch after block (seq, hash), which may stand anywhere. At the cost of the key changes between
 * it and the chain. STORE_NOT_FOUND: it is not held, or a block below it changes keys in a way that does not
 * fit. */
enum store_error store_keys_after(struct store_txn *txn, const struct network *network,
                                  const struct actor_id *author, uint64_t seq, const struct hash *hash,
                                  struct key_set *keys, uint64_t *epoch);

/* A rotation that opens an epoch, on whatever branch. */
struct known_rotation {
    uint64_t seq;
    struct hash hash;
    bool held;        /* else only its header and keys are known, because its parent is not held */
    bool unreachable; /* acceptance refused it or a block below it */
};
/* Of those that are held into one epoch the lowest stay known, and that of the chain. */
enum { STORE_ROTATIONS_MAX = 8 };
/* The next rotation into epoch, ascending by hash behind *after (NULL: the lowest). */
enum store_error store_next_rotation(struct store_txn *txn, const struct actor_id *author, uint64_t epoch,
                                     const struct hash *after, struct known_rotation *out);
/* Note it at now_s. Two into one epoch freeze the author. */
enum store_error store_put_rotation(struct store_txn *txn, const struct actor_id *author, uint64_t epoch,
                                    const struct known_rotation *rotation, uint64_t now_s);

/* Whether a cut head of author at seq or above is not held: its ancestors are read there whatever author
 * rotates later. Who names one is an accreditor of author whom trust reaches, or who came after it, in a
 * withdrawal; or author itself, who has a namespace of trust, in a succession of it; on the chain or where it
 * may yet count beside it; of each the newest are read. */
enum store_error store_misses_cut_head(struct store_txn *txn, const struct trust *trust,
                                       const struct actor_id *author, uint64_t seq, bool *missed);

/* Whether block is such a head, and not held. */
enum store_error store_is_missed_cut_head(struct store_txn *txn, const struct trust *trust,
                                          const struct actor_id *author, const struct locator_point *block,
                                          bool *missed);

/* What such cuts keep of author and is not here, for whoever asks others: heads that are not held, and blocks
 * below others that were dropped and lack entries (store_gaps has those that were not). Drawn by lot where
 * there are more, of each who names heads the newest before others; each sorted by seq and hash. None of an
 * author of whom nothing is held. */
struct cut_lacks {
    size_t head_count, gap_count;
    struct locator_point heads[WANT_BRANCHES_MAX];
    struct locator_point gaps[WANT_GAPS_MAX];
};
enum store_error store_cut_lacks(struct store_txn *txn, const struct trust *trust,
                                 const struct actor_id *author, uint64_t draw, struct cut_lacks *out);
/* Whether there are any: cheap where nobody withdrew from author and it has no namespace, and where any of
 * the questions above was asked since anybody said what matters (store/generation.h). */
enum store_error store_has_cut_lacks(struct store_txn *txn, const struct trust *trust,
                                     const struct actor_id *author, bool *has);

/* What block (seq, hash) stands on, itself last, the lowest first: at most max blocks above the highest one
 * that held, points of a log, shows to be held, or from block 0 on. At most *steps blocks beside the chain
 * are looked at, which it counts down. *count is 0 where the block is not held, or stands deeper than that.
 */
enum store_error store_ancestors(struct store_txn *txn, const struct actor_id *author,
                                 const struct locator_point *block, const struct locator_point *held,
                                 size_t held_count, size_t *steps, struct locator_point *out, size_t max,
                                 size_t *count, struct arena *arena);

/* What arrived beside the chain in an epoch, and what found no room. Plain: a row as it is. */
struct epoch_sides {
    uint64_t bytes;
    uint64_t reserve_bytes; /* of what is kept for status and govern blocks */
    uint32_t branches;      /* blocks whose parent had a child already */
    uint32_t reserve_branches;
    uint32_t cut;    /* a signed block found no room */
    uint32_t unheld; /* rows of first arrivals of blocks that are not held */
    uint32_t missed; /* of those, status and govern blocks of which a proof shows the header */
    uint32_t zero;
};
enum store_error store_epoch_sides(struct store_txn *txn, const struct actor_id *author, uint64_t epoch,
                                   struct epoch_sides *out);
enum store_error store_set_epoch_sides(struct store_txn *txn, const struct actor_id *author, uint64_t epoch,
                                       const struct epoch_sides *sides);

/* An author's way to another branch, and what following others has cost. Plain: a row as it is. */
struct branch_switch {
    struct hash rotation; /* that the chain goes towards; zero: none */
    struct hash mark;     /* the next block below it to be marked, at mark_seq; zero: none */
    uint64_t paid_ms;     /* until when what was done is paid for */
    uint32_t epoch;       /* of the chain where it goes towards the rotation */
    uint32_t mark_seq;
    uint32_t base_seq;  /* the choice begins anew here */
    uint32_t unwind_to; /* the chain is un-applied down to this block first; SWITCH_NONE: it is */
    uint32_t active;    /* the chain is not the chosen one yet */
    uint32_t begun;     /* what is under way was let begin by the budget */
};
enum { SWITCH_NONE = INT32_MAX };
/* All zero but unwind_to where the author never was on its way. */
enum store_error store_switch(struct store_txn *txn, const struct actor_id *author,
                              struct branch_switch *out);
enum store_error store_set_switch(struct store_txn *txn, const struct actor_id *author,
                                  const struct branch_switch *to);
/* The first author behind *after (NULL: of all) that is on its way. STORE_NOT_FOUND: none. */
enum store_error store_next_switching(struct store_txn *txn, const struct actor_id *after,
                                      struct actor_id *author);

/* When this node first met the block: the block itself, or its signed header. Kept also where the block is
 * not. STORE_NOT_FOUND: never. */
enum store_error store_first_arrival(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                                     const struct hash *hash, uint64_t *first_s);
/* Note the first arrival of a block that is not held. missed: its body is missed, and counted so in its
 * epoch until it is held. *added: it was not known. */
enum store_error store_note_arrival(struct store_txn *txn, const struct actor_id *author,
                                    const struct hash *hash, uint64_t epoch, uint64_t arrived_s, bool missed,
                                    bool *added);
/* Note that a checkpoint of author came that names the head of its log, which is not held: once the chain
 * leads through it, it and all below had been there since. The last STORE_NAMED_HEADS_MAX are kept; one that
 * is known keeps its first arrival. */
enum { STORE_NAMED_HEADS_MAX = 16 };
enum store_error store_note_named_head(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                                       const struct hash *head, uint64_t arrived_s);
/* Since when the chain leads through the block, *until_s then 0; else the longest time for which it once did:
 * from 0 until UINT64_MAX where this clock was ahead, so that it is not known. STORE_NOT_FOUND: it never did.
 */
enum store_error store_followed(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                                const struct hash *hash, uint64_t *from_s, uint64_t *until_s);

/* ---- evidence ---- */

/* An author's newest checkpoint. What up to four of each UTC day say, the first and the last among them, is
 * remembered beside it, of the last CHECKPOINT_DAYS_MAX days that have any: questions about the past ask for
 * it (dossier_log.checkpoint_time_s), and what is late is shown by it. What is remembered already, or finds
 * no room in its day, is not written. Requires: encoded is a signed_checkpoint. STORE_NOT_FOUND when nothing
 * of author is held. */
enum store_error store_put_checkpoint(struct store_txn *txn, const struct actor_id *author,
                                      struct bytes encoded);
/* Remember of one that goes back behind the newest what it says of its day, where a later one of that day is
 * remembered that names no lower block: it counts should the later ones not. It never shows a block to be
 * late. Requires: encoded is a signed_checkpoint. */
enum store_error store_put_earlier_checkpoint(struct store_txn *txn, const struct actor_id *author,
                                              struct bytes encoded);
/* Forget the first of the days remembered but that of the newest, when there are more than days: of whom less
 * is kept, with each new day. STORE_NOT_FOUND when there is none. */
enum store_error store_bound_checkpoints(struct store_txn *txn, const struct actor_id *author, size_t days);
/* Forget what is dated after time_s and names a block below seq: it was ahead of time. */
enum store_error store_drop_later_checkpoints(struct store_txn *txn, const struct actor_id *author,
                                              uint64_t time_s, uint64_t seq);
/* What the latest, not after by_s, says of those of its checkpoints that are remembered and that count: of a
 * key that the author lists no longer only what is dated up to the block that lists it no longer, and of that
 * block's day only the first. STORE_NOT_FOUND when there is none. */
enum store_error store_checkpoint_by(struct store_txn *txn, const struct actor_id *author, uint64_t by_s,
                                     struct checkpoint *out);
/* Whether the newest is not dated after the block that lists its key no longer. STORE_NOT_FOUND when there is
 * none. */
enum store_error store_checkpoint_stands(struct store_txn *txn, const struct actor_id *author, bool *stands);
/* Until when the key that signed a checkpoint of author's block seq was listed for that: UINT64_MAX as long
 * as it is, else the time of a block that lists it no longer, or when that came where it is dated later, as
 * the author's keys were stolen, say: what is dated later by it says nothing. */
enum store_error store_checkpoint_key_until(struct store_txn *txn, const struct actor_id *author,
                                            uint64_t seq, const struct sign_public_key *key,
                                            uint64_t *until_s);
enum store_error store_checkpoint(struct store_txn *txn, const struct actor_id *author, struct bytes *out,
                                  struct arena *arena);
/* Encoded fork_proof records, of each (author, epoch) the lowest and the newest, which may be one: newer than
 * others is one that shows a rotation. */
enum fork_proof_rank { FORK_PROOF_LOWEST, FORK_PROOF_NEWEST };
enum store_error store_put_fork_proof(struct store_txn *txn, const struct actor_id *author, uint64_t epoch,
                                      enum fork_proof_rank rank, struct bytes encoded);
enum store_error store_fork_proof(struct store_txn *txn, const struct actor_id *author, uint64_t epoch,
                                  enum fork_proof_rank rank, struct bytes *out, struct arena *arena);
/* Where both are one, it is visited once. */
enum store_error store_each_fork_proof(struct store_txn *txn,
                                       bool (*visit)(void *context, const struct actor_id *author,
                                                     uint64_t epoch, struct bytes encoded),
                                       void *context);

/* The same for one author. */
enum store_error store_each_fork_proof_of(struct store_txn *txn, const struct actor_id *author,
                                          bool (*visit)(void *context, const struct actor_id *author,
                                                        uint64_t epoch, struct bytes encoded),
                                          void *context);

/* ---- what peers are told, and told ---- */

enum {
    STORE_CHANGES_LEFT_MAX = 65536, /* numbers for which a digest stays behind when its author went on */
    STORE_NODES_MET_MAX = 1024,
};

/* One author of whom peers are told something, and what of it changed last with this number: its head (with
 * how much of its log is held, and whether that has gaps), newest checkpoint, fork proofs. */
struct stored_change {
    uint64_t number;
    bool head, checkpoint, proofs;
    struct actor_id author;
    uint8_t digest[CHANGE_DIGEST_SIZE];
};

/* The store's id, and the number and digest of its last change; 0 and zeros before the first. */
enum store_error store_changes_now(struct store_txn *txn, struct store_point *out);
/* The digest of change number and all before it. STORE_NOT_FOUND when there is no such number, or too many
 * came since its author went on. */
enum store_error store_change_digest(struct store_txn *txn, uint64_t number, uint8_t out[CHANGE_DIGEST_SIZE]);
/* Visit what changed after a number, in order, each part of an author where it changed last. visit returns
 * false to stop. */
enum store_error store_each_change(struct store_txn *txn, uint64_t after,
                                   bool (*visit)(void *context, const struct stored_change *change),
                                   void *context);

/* A node that was met. */
struct stored_node {
    struct store_point heard; /* up to where its store told everything, and all of it is here */
    bool dialled;             /* this node chose it, then or before */
    bool delivers;            /* it kept the last of its promises (sync_delivers) */
};

/* What was noted of a node last. trust: of what decides whom this node takes in; what was heard under another
 * one is zero. STORE_NOT_FOUND when nothing was. */
enum store_error store_node_met(struct store_txn *txn, const struct node_id *node, const struct hash *trust,
                                struct stored_node *out);
/* Note that. Of more than STORE_NODES_MET_MAX one is forgotten: of those that were not dialled, and of these
 * that don't deliver, as long as there are any, the one noted first; where all others stand higher, this one.
 */
enum store_error store_put_node_met(struct store_txn *txn, const struct node_id *node,
                                    const struct hash *trust, const struct stored_node *met, uint64_t now_s);

/* Nonces of challenges that were answered, kept until they expire. STORE_NOT_FOUND: not used yet. */
enum store_error store_use_nonce(struct store_txn *txn, const uint8_t nonce[32], uint64_t expires_s);
enum store_error store_nonce_used(struct store_txn *txn, const uint8_t nonce[32]);

/* ---- questions ---- */

/* Every record that bears on subject: see dossier.h. Rule packs of every namespace in the trust file are
 * there, since titles and requirements of any may be asked for; the next dossier copies them as long as their
 * generation lasts (store/generation.h). reach.known_by_s bounds logs by arrival
 * (dossier_log.known_by_seq); content beyond it is left out. An actor's own roster, profiles and statements
 * come from its own log, whole up to the dossier's limits; of what others say about it, only so many of each
 * author, so that nobody hides what somebody else says. */
enum store_error store_dossier(struct store_txn *txn, const struct network *network,
                               const struct trust *trust, const struct subject *subject,
                               struct dossier_reach reach, struct dossier *out, struct arena *arena);

/* The same around given entries: for presentations. They are ABOUT_SUBJECT; where a subject is given, all
 * that the store holds about it is there too, its other credentials ABOUT_BESIDE (NULL: none). Entries that
 * the store does not hold are left out of credentials; logs of all their authors are there. */
enum store_error store_dossier_of_entries(struct store_txn *txn, const struct network *network,
                                          const struct trust *trust, const struct entry_name *names,
                                          size_t name_count, const struct subject *subject,
                                          struct dossier_reach reach, struct dossier *out,
                                          struct arena *arena);

/* The same around credentials that the caller brings: for what only a presentation carries, and for what is
 * about to be issued. authors[i] says in whose log credentials[i] stands; its place.log and about are set
 * here, all else is the caller's. */
enum store_error store_dossier_around(struct store_txn *txn, const struct network *network,
                                      const struct trust *trust, const struct dossier_credential *credentials,
                                      const struct actor_id *authors, size_t count,
                                      const struct subject *subject, struct dossier_reach reach,
                                      struct dossier *out, struct arena *arena);

/* Call visit for every shop, in no order: whoever's log holds a profile in a block that is not void, with the
 * latest such (the last in its log). The profile is good for the call alone. visit returns false to stop. */
enum store_error store_each_shop(struct store_txn *txn,
                                 bool (*visit)(void *context, const struct actor_id *actor,
                                               const struct shop *profile),
                                 void *context);

/* The latest profile of one of them, in arena. STORE_NOT_FOUND: it is no shop. */
enum store_error store_shop_profile(struct store_txn *txn, const struct actor_id *actor, struct shop *profile,
                                    struct arena *arena);

/* Whether author may say, with another one, what time it is: it owns a namespace of the trust file, or such
 * an owner accredited it itself, in no block that is void, until now_s or longer, and never withdrew from it.
 */
enum store_error store_has_voice(struct store_txn *txn, const struct trust *trust,
                                 const struct actor_id *author, uint64_t now_s, bool *has);

/* Whether a chain of accreditations from the trust file reaches author: what admission asks. Its depths
 * suffice, and its periods and patterns have a day and a code in common; no clock is asked. A chain through
 * void blocks admits nobody new: it is enough for a log that is held. A namespace's owner is admitted itself.
 */
enum store_error store_is_accredited(struct store_txn *txn, const struct trust *trust,
                                     const struct actor_id *author, bool *accredited);

/* Whether an attestation of an accredited author, or of self (NULL: nobody), names the actor, or its own
 * roster names it as a technician; whoever is only named names nobody. */
enum store_error store_is_named(struct store_txn *txn, const struct trust *trust, const struct actor_id *self,
                                const struct actor_id *actor, bool *named);

/* Whether block 0 of it is held. */
enum store_error store_is_log_held(struct store_txn *txn, const struct actor_id *author, bool *held);

/* Blocks and bytes held of an author, side blocks included: what a quota counts. */
enum store_error store_log_size(struct store_txn *txn, const struct actor_id *author, uint64_t *blocks,
                                uint64_t *bytes);

/* What was said about an entry of the author's chain, in the order in which it counts, side branches included
 * (protocol/rules/weight.h), and why it is in doubt. What is on a dropped branch and changes nothing is left
 * out. Uses arena for the call. */
struct store_events {
    size_t count;
    struct history_event events[STATUS_EVENTS_MAX];
    enum reason doubts[STATUS_EVENTS_MAX];
    uint64_t void_seqs[STATUS_EVENTS_MAX]; /* as status_event's */
    struct status_left left;               /* what a void on a dropped branch leaves of it */
};
enum store_error store_entry_events(struct store_txn *txn, const struct network *network,
                                    const struct entry_name *name, struct store_events *out,
                                    struct arena *arena);

/* Call visit with every attestation on author's chain whose bytes are here and that is about subject, or was
 * given to it by a `held by`; and perhaps with some that are not, as store_issued_at says. In no order of
 * meaning, found by the subject alone. *cut: there is more than one author may say of one subject here. What
 * is given is good for the call alone. Uses arena for the call. */
enum { STORE_ISSUED_MAX = 16384 };
enum store_error store_each_issued(struct store_txn *txn, const struct actor_id *author,
                                   const struct subject *subject,
                                   void (*visit)(void *context, uint64_t seq, uint64_t index,
                                                 const struct attestation *attestation),
                                   void *context, bool *cut, struct arena *arena);

/* The attestation at that place of author's chain and how it stands, in arena. Of one that was given to
 * subject it is that subject's. STORE_NOT_FOUND: there is none that is about subject. */
enum store_error store_issued_at(struct store_txn *txn, const struct network *network,
                                 const struct actor_id *author, uint64_t seq, uint64_t index,
                                 const struct subject *subject, struct issued_entry *out,
                                 struct arena *arena);

/* What a void leaves without an answer. What is given is good for the call alone. */
struct left_visit {
    void (*status)(void *context, const struct status *status); /* about entries of the author's chain */
    void (*block)(void *context, uint64_t seq); /* of content, on the chain and not void there */
    void *context;
};

/* Call visit for all that a void in block void_seq of the author's chain leaves without an answer: statuses
 * in blocks that it voids, or on a branch that it names, and blocks that a void on such a branch is about,
 * which may come more than once. Uses arena for the call. STORE_NOT_FOUND: there is no such block. */
enum store_error store_each_left(struct store_txn *txn, const struct network *network,
                                 const struct actor_id *author, uint64_t void_seq,
                                 const struct left_visit *visit, struct arena *arena);

/* Whether a void that stands in the author's chain names the branch of epoch that begins with the block. Uses
 * arena for the call. */
enum store_error store_names_branch(struct store_txn *txn, const struct network *network,
                                    const struct actor_id *author, const struct hash *first, uint64_t epoch,
                                    bool *named, struct arena *arena);

/* The first max branches that the author's rotations dropped, that this node held before they did, and that
 * no void of its log names; those whose blocks say something about anybody. What came ahead of now_s came
 * before they did (dossier_reach). Uses arena for the call. */
enum store_error store_unnamed_branches(struct store_txn *txn, const struct network *network,
                                        const struct actor_id *author, uint64_t now_s,
                                        struct dropped_branch *out, size_t max, size_t *count,
                                        struct arena *arena);

/* Attestations about subject that their authors erased and whose bytes are still here (seven days; in one's
 * own log until seven days after the next rotation), by author; only of accredited authors and of self (NULL:
 * nobody). Says no more than how many, and when the last was erased by its author's own word. At most max
 * authors. Uses arena for the call. */
struct erased_about {
    struct actor_id author;
    uint64_t count;
    uint64_t time_s;
};
enum store_error store_erased_about(struct store_txn *txn, const struct trust *trust,
                                    const struct actor_id *self, const struct subject *subject,
                                    struct erased_about *out, size_t max, size_t *count, struct arena *arena);

/* Proof of an entry to the author's present head, for a presentation or a certificate file. Lists in arena;
 * *head is the header and signatures that the path leads to. */
enum store_error store_entry_proof(struct store_txn *txn, const struct network *network,
                                   const struct entry_name *name, struct entry_proof *out,
                                   struct proof_head *head, struct arena *arena);

/* Figures for `status`. */
struct store_figures {
    uint64_t logs, blocks, attestations, bytes_on_disk, runs;
};
enum store_error store_figures(struct store_txn *txn, struct store_figures *out);

#endif
