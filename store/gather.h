#ifndef STORE_GATHER_H
#define STORE_GATHER_H

/* A dossier in the making (protocol/rules/dossier.h). Everything in it is copied into the caller's arena.
 * Until gather_finish the logs are in the order in which they were met. */

#include "store/chains.h"
#include "store/grants.h"
#include "store/index.h"
#include "store/postings.h"
#include "store/rows.h"
#include "store/side.h"

/* In which order authors are heard where there is not room for all. Nothing that a stranger says can make an
 * answer other than no, whatever is overlooked: leaving it out cuts nothing that counts. */
enum rank {
    RANK_AUTHORISED,
    RANK_DOUBTFUL, /* only through void blocks, or there is too much to try */
    RANK_STRANGER,
};

/* What is asked about an author: who accredited it. */
struct asked {
    bool any;     /* for whatever, or: */
    size_t count; /* for one of these codes, of which some may be patterns */
    struct bytes *codes;
    size_t capacity;
    struct bytes first[2]; /* where those stand that most are asked for */
    bool itself;           /* for what it says itself, */
    bool above;            /* for whom it accredited */
    bool due;              /* it was not asked yet, or not of all of that */
    bool begun;            /* some who accredited it were heard */
    bool much;             /* some say much of it, and were not heard */
    bool put_off;          /* some who may not accredit for that were not heard: it is asked in the end */
    bool heirs;            /* what the heirs of others took back from it is there */
};

/* What is beside a log of the dossier. */
struct gathered_log {
    uint32_t number;              /* of its author; NUMBER_NONE when it has none */
    uint32_t frozen_from;         /* the first epoch that two known rotations open; 0: none */
    struct gathered_sides *sides; /* what its side blocks are read with; NULL: they say nothing */
    struct asked *asked;          /* NULL: nothing */
    bool has_rank;
    bool has_gaps;     /* entries of it, wherever they stand, are not here */
    enum rank rank;    /* where it speaks itself, of any code */
    unsigned left_out; /* bits of enum dossier_about: what its author said was left out for want of room, */
    uint64_t left_out_from; /* none of it below this block */
    unsigned idle_left_out; /* the same of what is void */
};

#define NUMBER_NONE UINT32_MAX

/* What came of checkpoints that named blocks of a chain before they were held. */
struct gathered_above {
    bool known; /* what follows was read */
    size_t log, count;
    struct {
        uint64_t seq, arrived_s;
    } heads[STORE_NAMED_HEADS_MAX];
};

struct gather {
    struct store_txn *txn;
    const struct network *network;
    const struct trust *trust;
    uint64_t known_by_s;
    uint64_t now_s; /* 0: nobody asks */
    struct dossier *out;
    struct arena *arena;
    struct gathered_log *rows; /* one for each of out->logs */
    size_t *issuers;           /* logs that are asked about, in the order in which they were met */
    size_t issuer_count;
    size_t due_count;         /* of them */
    bool put_off;             /* something waits for the rest, */
    bool rest;                /* which is gathered now: whatever was asked about, for any code */
    bool knows_number;        /* whether the next two are there */
    struct actor_id numbered; /* whose number was asked for last: mostly it is asked for again */
    uint32_t number;
    size_t consents_checked; /* signatures of them (store/consents.h) */
    size_t stranger_grants;  /* accreditations by strangers */
    bool denies;             /* the rules of any pack deny something */
    bool denying;            /* what is gathered now is for what is denied alone */
    bool any_much;           /* somebody says much of one who is asked about */
    bool has_lacking_shops;  /* gather_lacking_shops gathered them */
    struct subject *shops;   /* whose memberships were gathered */
    size_t shop_count;
    size_t left_room;          /* that whoever is heard now leaves */
    struct gathered_cut *cuts; /* that are not on the chain */
    size_t cut_count, cut_capacity;
    size_t descended;       /* blocks of branches that were looked at for cuts, */
    size_t descended_rest;  /* and for those that were put off */
    struct stood_at *stood; /* heads beside the chain that checkpoints named */
    size_t stood_count, stood_capacity;
    size_t stood_descended;      /* blocks of branches that were looked at for them */
    struct gathered_above above; /* of the log that was asked for last: mostly it is asked for again */
    size_t log_capacity, row_capacity, issuer_capacity, credential_capacity, sealed_capacity,
        accreditation_capacity, withdrawal_capacity, succession_capacity, pack_capacity, review_capacity,
        void_capacity, leave_capacity, shop_capacity;
};

/* Room for one more behind count items. Returns: items, moved where they had to grow; NULL when the arena is
 * full. */
void *gather_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t item_size);

/* ---- logs ---- */

/* Index in out->logs of an author, added when it is not there yet. STORE_NOT_FOUND: there are
 * DOSSIER_LOGS_MAX already. */
enum store_error gather_log(struct gather *gather, const struct actor_id *author, size_t *log);
enum store_error gather_log_of_number(struct gather *gather, uint32_t number, size_t *log);
/* The same for one that is there. */
bool gather_find_number(const struct gather *gather, uint32_t number, size_t *log);

/* Read anew how the logs stand that were gathered so far, from rows that are there already. */
enum store_error gather_refresh_logs(struct gather *gather);

/* Make room for count more, so that the lists need not grow again and again. */
enum store_error gather_reserve_logs(struct gather *gather, size_t count);
/* The number of an author whose log is held; NUMBER_NONE when none is, which finds nothing. */
enum store_error gather_number(struct gather *gather, const struct actor_id *actor, uint32_t *number);

/* Where a log's author stands. */
enum store_error gather_rank(struct gather *gather, size_t log, enum rank *rank);
enum rank rank_of_chain(enum chain chain);
/* Whether nothing lets an author speak, by its number: its log need not be gathered. */
enum store_error gather_is_stranger(struct gather *gather, uint32_t number, bool *out);

/* A log that is heard in its turn: by rank, then by actor id, which is the same order at every node. */
struct gather_turn {
    enum rank rank;
    struct actor_id author;
    size_t log;
    size_t first, end; /* what the caller has of it, */
    size_t counting;   /* from here on what may count */
};
/* Fill log's rank and author. */
enum store_error gather_take_turn(struct gather *gather, size_t log, struct gather_turn *turn);
void gather_sort_turns(struct gather_turn *turns, size_t count);

/* ---- what is asked ---- */

/* Note that it matters who accredited a log's author for a code; empty: for any. */
enum store_error gather_ask(struct gather *gather, size_t log, struct bytes code);
/* The same for whom the author of by accredited: the author of log, which is asked about. */
enum store_error gather_ask_above(struct gather *gather, size_t by, size_t log);
/* Note that it is asked once all is there that answers what was asked else, with the room that is left. */
enum store_error gather_ask_rest(struct gather *gather, size_t log);
/* Put off who accredited the author of a log and was not heard. */
void gather_put_off(struct gather *gather, size_t log);
/* Ask what was put off. Returns: whether anything was. */
bool gather_begin_rest(struct gather *gather);

/* Whether an accreditation is for anything that is asked. */
bool gather_meets(const struct asked *asked, const struct accreditation *accreditation);
/* Whether anything in a namespace is asked. */
bool gather_asks_in(const struct gather *gather, struct bytes name_space);

/* Where an author stands with so many links below it, of what is asked. */
enum store_error gather_rank_asked(struct gather *gather, const struct actor_id *author, unsigned links,
                                   const struct asked *asked, enum rank *rank);
/* The same of the author of a log, of what is asked about it. */
enum store_error gather_rank_of_asked(struct gather *gather, size_t log, enum rank *rank);

/* Say that a limit left something out: in cut, or that it is of what was put off. */
void gather_say_cut(struct gather *gather, bool *cut);
/* Say that it left out what was taken back from the author of a log, or by it. */
void gather_say_withdrawals_cut(struct gather *gather, size_t log);

/* ---- entries ---- */

/* Where an entry of a gathered log stands, and a view of its element. STORE_NOT_FOUND when it is not on the
 * chain. */
enum store_error gather_view(struct gather *gather, size_t log, uint64_t seq, uint64_t index,
                             struct dossier_place *place, struct bytes *view);
/* The same with a copy of the element. */
enum store_error gather_place(struct gather *gather, size_t log, uint64_t seq, uint64_t index,
                              struct dossier_place *place, struct bytes *element);

/* Fill the leaf hash of an entry that was gathered, where it is not at hand: only what is named by it needs
 * one. */
enum store_error gather_leaf(struct gather *gather, struct dossier_place *place);

/* Decode the entry that a grant points to, when it is of kind and not erased. STORE_NOT_FOUND when it is
 * another. */
enum store_error gather_grant(struct gather *gather, const struct entry_at *grant, enum entry_kind kind,
                              struct dossier_place *place, void *record);
/* The same for content; STORE_NOT_FOUND also when it had not arrived by known_by_s. */
enum store_error gather_content(struct gather *gather, const struct entry_at *at, enum entry_kind kind,
                                struct dossier_place *place, void *record);

/* The same for an affiliation. Of an erased one the record has event, id, and who joined which shop, all else
 * without meaning; STORE_NOT_FOUND where nobody knows that. Nothing of the record stays in the arena: of
 * pointers it holds its extensions alone, which mean nothing and are left out. */
enum store_error gather_affiliation(struct gather *gather, const struct entry_at *at,
                                    struct dossier_place *place, struct affiliation *affiliation);

/* A cut that is not on the chain of the log that it is of. */
struct gathered_cut {
    size_t by, log;  /* who names it, and in whose log */
    bool succession; /* it is a succession's, or a withdrawal's, */
    size_t index;    /* that one */
    size_t round;    /* how many its author had named before */
    bool found;      /* it was looked for */
};
/* Write where the cut of the last withdrawal, from the author of log, or that of a succession lies, if it is
 * on the chain. */
enum store_error gather_withdrawal_cut(struct gather *gather, size_t log);
enum store_error gather_succession_cut(struct gather *gather, size_t index);
/* Find the others, as far as somebody names them who may accredit whom they are of for what is asked. Each
 * author's first one comes first, and those on short branches before all. */
enum store_error gather_cuts(struct gather *gather);

/* Work out anew what was said about an entry of a gathered log: cuts that are gathered meanwhile may cover
 * some of it. */
enum store_error gather_events(struct gather *gather, struct dossier_place *place);

/* An arrival as far as it can be so: one that was noted ahead of the question's time has come by then. */
uint64_t gather_arrival(const struct gather *gather, uint64_t arrived_s);
/* Fill place.above_s and place.below_s, unless the entry arrived within so many days of the deadline: then it
 * is in time. */
enum store_error gather_below(struct gather *gather, struct dossier_place *place, uint32_t deadline_day,
                              uint32_t days);

/* ---- side blocks ---- */

/* Read how the side blocks of a log that was just gathered stand, and what they void. */
enum store_error gather_sides(struct gather *gather, size_t log);
/* Whether a side block of an open epoch, that was here by then, holds an entry of an unknown critical kind.
 * Requires: gather_sides found any. */
enum store_error gather_side_upgrade(struct gather *gather, size_t log, bool *needed);

/* What a side block may be. Rows of all others are passed over, at no cost where their epoch is closed. */
enum side_part {
    SIDE_OPEN = 1,     /* its epoch is open, as of the question's known_by_s */
    SIDE_SPEAKING = 2, /* it is closed, and this node followed the block for long, or a void names its branch:
                          what is against somebody there is not silent */
    SIDE_KEPT = 4,     /* it is closed, and a cut that is gathered covers the block */
    SIDE_SHOWN = 8,    /* none of these: it changes no answer */
};

/* Call visit for the side rows of a gathered log under a key that is not narrowed, of any of these parts: see
 * side_each. */
enum store_error gather_each_side(struct gather *gather, size_t log, const struct key *about, unsigned parts,
                                  enum store_error (*visit)(void *context, const struct side_at *row),
                                  void *context);
/* Those rows, at most max, the newest of those that this node had not followed first; array in arena. *cut:
 * there are more. */
enum store_error gather_side_rows(struct gather *gather, size_t log, const struct key *about, unsigned parts,
                                  size_t max, struct side_at **rows, size_t *count, bool *cut);
/* Whether an epoch of a log with side blocks was open by the question's known_by_s. */
bool gather_is_open(const struct gather *gather, size_t log, uint64_t epoch);
/* Whether side blocks of a log name entries to erase. */
bool gather_has_erases(const struct gather *gather, size_t log);
/* Whether a withdrawal may keep what side blocks of a log say, so that it matters who accredited its author.
 */
enum store_error gather_may_be_kept(struct gather *gather, size_t log, bool *out);
/* Whether a cut that is gathered may cover side blocks of the log. */
bool gather_has_kept(const struct gather *gather, size_t log);

/* Rule packs by side blocks of a former owner's log that the cut of a succession keeps. Requires: cuts are
 * gathered. */
enum store_error gather_kept_packs(struct gather *gather, size_t log);

/* The side blocks of a log that void ranges of blocks, those that are there already left out. Requires:
 * gather_sides. */
enum store_error gather_voids(struct gather *gather, size_t log, unsigned parts);

/* Where a side block's branch leaves the chain, and the void on the chain that names it. */
struct branch_line {
    bool known; /* false: deeper than SIDE_DEPTH_MAX, or an ancestor is missing */
    bool named; /* by a void that stood by then */
    uint64_t base_seq;
    uint64_t void_seq;
    enum status_reason void_reason;
};
/* Requires: the log has side blocks (gathered_log.sides). */
enum store_error gather_line(struct gather *gather, size_t log, uint64_t seq, const struct hash *hash,
                             struct branch_line *out);
/* The same, and nothing where no void names any branch. */
enum store_error gather_naming(struct gather *gather, size_t log, uint64_t seq, const struct hash *hash,
                               struct branch_line *out);

/* Dispute, of a frozen log, all that its rotations do not have in common. */
enum store_error gather_freeze(struct gather *gather, size_t log);

/* When the rotation came that closed an epoch of a gathered log; 0: it was open at the question's known_by_s.
 */
enum store_error gather_dropped(struct gather *gather, size_t log, uint64_t epoch, uint64_t *dropped_s);
/* Whether a block came after its branch was dropped. One that was followed by a clock that was ahead came
 * before, whatever that clock showed: that makes unknown what is against somebody, and nothing else. */
enum store_error gather_is_late(struct gather *gather, uint32_t number, const struct hash *hash,
                                uint64_t arrived_s, uint64_t dropped_s, bool *late);
/* Whether a void of a gathered log that stood by then names the branch that begins with that block, of
 * that epoch. */
enum store_error gather_names_branch(struct gather *gather, size_t log, const struct hash *first,
                                     uint64_t epoch, bool *named);

/* Decode the entry of a side block, when it is of kind and not erased. STORE_NOT_FOUND: it is another, or the
 * block had not arrived by then. Of one that came after its branch was dropped dossier_block.late is set. */
enum store_error gather_side_entry(struct gather *gather, const struct side_at *at, enum entry_kind kind,
                                   struct dossier_place *place, void *record);

/* That with what was said about the entry, on its branch and those that leave it. */
enum store_error gather_side_place(struct gather *gather, const struct side_at *at, enum entry_kind kind,
                                   struct dossier_place *place, void *record);

/* A grant on the chain, or of a side block. */
struct found_grant {
    const struct entry_at *grant;
    const struct side_at *side; /* NULL: on the chain */
};
/* gather_grant or gather_side_entry. */
enum store_error gather_found(struct gather *gather, const struct found_grant *found, enum entry_kind kind,
                              struct dossier_place *place, void *record);

/* What side blocks say about the entry in a place, of which block_hash is set, ascending by epoch and block.
 * *cut: they say more that may count. */
struct side_event {
    struct history_event event;
    bool voided;
    struct dossier_block block;
};
enum store_error gather_side_events(struct gather *gather, const struct dossier_place *about,
                                    struct side_event events[SIDE_EVENTS_MAX], size_t *count, bool *cut);

/* Whether an `erase` of an entry of the chain stands on a side branch of an open epoch. */
enum store_error gather_side_erase(struct gather *gather, const struct dossier_place *about, bool *any);

/* The day on which block void_seq of a gathered log, which voids something, says that it was signed. */
enum store_error gather_void_day(struct gather *gather, size_t log, uint64_t void_seq, uint32_t *day);

/* ---- parts of a dossier ---- */

/* The logs of all authors that may be authorised, be it only beside some author's chain, and whose content is
 * not all here; cuts.credentials where there are too many to look at. */
enum store_error gather_lacking(struct gather *gather);
/* The logs of all authors that may be authorised to speak of what is denied, and were not heard since a time,
 * or never (dossier_reach), with all that bears on whether they may. What limits leave out of that is
 * cuts.silent. Requires: all that is not denied is gathered. */
struct gather_question;
enum store_error gather_silent(struct gather *gather, const struct gather_question *question);
/* What void blocks lack counts where a cut lies below what voids them: beyond it that takes nothing for
 * certain. Requires: withdrawals and successions are gathered. */
enum store_error gather_void_gaps(struct gather *gather);

/* What does not depend on the question's subject: rule packs and successions of every namespace in the trust
 * file, and their logs. Requires: nothing gathered yet. */
enum store_error gather_base(struct gather *gather);

/* Credentials and reviews that the store holds about subject, each once. */
enum store_error gather_about(struct gather *gather, const struct subject *subject, enum dossier_about about);
/* What a posting leads to (struct posting_judge): nothing where its block is not on the chain or had not
 * arrived by then; what can't count where it is void for certain. */
struct gather_judging {
    struct gather *gather;
    bool known; /* whether the next three are */
    uint32_t author;
    size_t log;
    uint64_t seq;
    bool held; /* whether the record is there */
    struct disk_record record;
};
enum store_error gather_judge(void *context, uint64_t place, enum posting_worth *out);
/* Note what was left out of what an author said about somebody. */
void gather_leave_out(struct gather *gather, size_t log, enum dossier_about about, uint64_t from);
void gather_leave_out_idle(struct gather *gather, size_t log, enum dossier_about about);
/* Say the limit for what was left out, in its author's log where it is about the subject, unless it can't
 * count: beyond cuts that are closed. What is void may count where its author was cut: who voids it may be
 * beyond. Requires: gather_issuers. */
enum store_error gather_say_limits(struct gather *gather);
/* Say that something was left out that nobody knows the author of. */
void gather_note_cut(struct gather *gather, enum dossier_about about);

/* One that is named, or brought by the caller, who says in whose log it stands. */
enum store_error gather_named(struct gather *gather, const struct entry_name *name);
enum store_error gather_brought(struct gather *gather, const struct dossier_credential *credential,
                                const struct actor_id *author);

/* Affiliations of the actor, as technician and as shop. */
enum store_error gather_affiliations(struct gather *gather, const struct actor_id *actor);
/* Memberships in networks of the shops that she is or was affiliated with: of more than DOSSIER_SHOPS_MAX,
 * of those that others than strangers speak of, by how far her consent is proven, and by id; with
 * gather_lacking_shops. Requires: her affiliations, what is about her, and packs. */
enum store_error gather_shops(struct gather *gather, const struct actor_id *technician,
                              const struct expression *requirement);
/* Where she has any, and an answer may hang on her network, also those of all other shops that others than
 * strangers speak of and whose content is not all here, with their logs: cuts.affiliations where there are
 * more than DOSSIER_SHOPS_MAX. Once a question, however often what may ask for a network is gathered. */
enum store_error gather_lacking_shops(struct gather *gather, const struct actor_id *technician,
                                      const struct expression *requirement);
/* Who said that one of the affiliations has ended. */
enum store_error gather_leaves(struct gather *gather);

/* The actor's profiles, and its statements about what is gathered. */
enum store_error gather_own(struct gather *gather, const struct actor_id *actor);

/* Who accredited those that are asked about, who accredited them, and so on. */
enum store_error gather_issuers(struct gather *gather);

/* What a question is about. */
struct gather_question {
    const struct subject *subject;        /* NULL: none */
    uint64_t heard_since_s, heard_by_s;   /* as dossier_reach's, */
    const struct expression *requirement; /* and this */
    enum dossier_about about;             /* of what is found about it */
    const struct entry_name *names;
    size_t name_count;
};

/* What the cuts of withdrawals and successions keep on branches that were dropped: credentials, and all that
 * bears on what is gathered; shops that lack content where only that asks for a network. Requires:
 * gather_issuers. */
enum store_error gather_kept(struct gather *gather, const struct gather_question *question);
/* Leave out credentials on branches that were dropped, where they are for nobody, but those that the cut of a
 * withdrawal or a succession covers. Requires: gather_kept. */
void gather_leave_dropped(struct gather *gather);
/* Its parts, of the side blocks of one log: credentials about a subject, the one that is named, memberships
 * of shops whose others were gathered, and what it said of those who are asked about. */
enum store_error gather_kept_about(struct gather *gather, size_t log, const struct subject *subject,
                                   enum dossier_about about);
enum store_error gather_kept_named(struct gather *gather, size_t log, const struct entry_name *name);
enum store_error gather_kept_memberships(struct gather *gather, size_t log);
enum store_error gather_kept_grants(struct gather *gather, size_t log);

/* Whether credentials came after their issuers' accreditations had ended. Requires: gather_issuers. */
enum store_error gather_lateness(struct gather *gather);

/* Put logs and lists in order. Nothing can be gathered after. */
enum store_error gather_order(struct gather *gather);

#endif
