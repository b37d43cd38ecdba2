#ifndef PROTOCOL_RULES_DOSSIER_H
#define PROTOCOL_RULES_DOSSIER_H

/* All records that bear on one question, gathered by the store in one read transaction or unpacked from a
 * presentation; the verdict function cannot tell which (DESIGN section 5). Arrays live in one arena of the
 * gatherer; nothing in here points into LMDB. */

#include <assert.h>

#include "protocol/log/accept.h"
#include "protocol/rules/status_days.h"
#include "protocol/rules/trust.h"

enum {
    DOSSIER_LOGS_MAX =
        16384, /* of a shop's: any of its technicians may have said in her own log that she left */
    DOSSIER_CREDENTIALS_MAX = 1024,
    DOSSIER_CREDENTIALS_EACH_MAX = DOSSIER_CREDENTIALS_MAX / 4, /* of one author */
    DOSSIER_GRANTS_MAX = 4096,
    DOSSIER_PACKS_MAX = 256,
    DOSSIER_PACKS_SIZE_MAX = 4 * 1024 * 1024, /* of the arena: the newest of each namespace first */
    DOSSIER_AFFILIATIONS_MAX = 12288,         /* of a shop: TECHNICIANS_MAX at a time, and some who left */
    DOSSIER_LEAVES_MAX = 2 * DOSSIER_AFFILIATIONS_MAX, /* each side's newest first */
    DOSSIER_SHOPS_MAX = 64,                            /* that a technician was ever affiliated with */
    DOSSIER_PROFILES_MAX = 256,
    DOSSIER_REVIEWS_MAX = 256,
    DOSSIER_STATEMENTS_MAX = 64,
    DOSSIER_ARENA_SIZE = 16 * 1024 * 1024,
};

struct expression;

/* How far a dossier reaches. */
struct dossier_reach {
    uint64_t known_by_s; /* what arrived later is not in it */
    /* What this clock shows; 0: nobody asks. An arrival of later was noted while it was ahead: all that is
     * known of it is that it had come by now. */
    uint64_t now_s;
    /* Whoever may speak of what is denied and was not heard since is in it, though it never said anything
     * about the subject; 0: nobody is (lacking.h). What rules deny, and whether they ask for a network, the
     * gatherer sees; the requirement has to be told. */
    uint64_t heard_since_s;
    uint64_t heard_by_s; /* a word of after that was not heard: nobody knows when it was said */
    const struct expression *requirement; /* NULL: none */
};
#define DOSSIER_REACH_ALL ((struct dossier_reach){.known_by_s = UINT64_MAX})

/* How one author's log stands on this node. Sorted by author in the dossier. Every author that a place names
 * is there, also when nothing of its log is held (known false, all else zero; where paths prove something,
 * head_seq and known_by_seq are those of the head that they lead to). */
struct dossier_log {
    struct actor_id author;
    bool known; /* block 0 at least is held */
    uint64_t epoch;
    uint64_t epoch_first_seq;
    uint64_t head_seq;
    struct hash head;
    uint64_t
        known_by_seq; /* last block that had arrived by the question's known_by_s; head_seq when all had */
    bool nothing_by_then; /* not even block 0 had */
    bool upgrade_needed;
    uint64_t upgrade_seq;
    bool frozen;       /* two rotations of one epoch */
    bool forked;       /* a fork proof stands in the open epoch */
    uint64_t fork_seq; /* when frozen or forked: the lowest disputed block, for a frozen log never above the
                          rotation that was chosen; this one and all later ones are disputed */
    bool incomplete;   /* entries that no `erase` accounts for are not here… */
    uint64_t incomplete_from; /* …none of them below this block */
    bool left_out;            /* it says more about the subject than there is room for… */
    uint64_t left_out_from;   /* …nothing of that below this block */
    bool withdrawals_cut;     /* more was taken back from it than there is room for, or it may have taken back
                                 more of what it let others say */
    bool has_unread;          /* erased affiliations were never read here: a `left` may be among them… */
    uint64_t unread_seq;      /* …erased by this block at the latest */
    bool switching;           /* on its way to another branch: what is here is not the chosen log yet */
    bool branches_cut; /* signed branches of the open epoch found no room: what they say is not known */
    bool body_missing; /* a fork proof of the open epoch shows a status or govern block that is not held */
    bool for_denials;  /* that others let it speak matters for what is denied alone */
    /* The newest checkpoint whose time is not after the question's known_by_s, of the newest one held and the
     * last one of each earlier day; none when the block that it names is not on the chain. */
    bool has_checkpoint;
    uint64_t checkpoint_seq;
    uint64_t checkpoint_time_s;
    uint32_t
        rhythm_days; /* how often it means to speak, as it stated last by then beyond doubt; 0: it did not */
};

/* What is known of the block that something was said in; all zero for one of the chain's of epoch 0. */
struct dossier_block {
    uint64_t epoch;
    bool side; /* signed and held, and not on the chain that this node follows: it stands on a side branch */
    struct hash hash; /* of a side block: its header hash */
    /* Of a side block with a void, or with what is said about an entry and a cut covers: the last block of
     * the chain that its branch has too. */
    uint64_t base_seq;
    uint64_t followed_s; /* for how long this node followed a side block before it left it; 0: never */
    /* When the rotation came that closed a side block's epoch: its branch was dropped. 0: its epoch is open,
     * as it was at the question's known_by_s. */
    uint64_t dropped_s;
    bool late; /* it came after its branch was dropped: only a cut that covers it lets it count */
    enum status_reason reason; /* of an event on a side block: why it was said */
    /* Where it is void, or its branch is named by a void. */
    enum status_reason void_reason;
    uint32_t void_day; /* on which it was declared void; DAY_NONE where nobody looked */
    uint64_t void_seq; /* of an event's block: of the block of the chain whose entry voided it */
};

/* What this node knows of the block up to which a log is read (a cut: of a withdrawal, of a succession).
 * protocol/rules/cut.h asks. */
enum cut_found {
    CUT_NOT_HELD, /* no block with that hash is held, or the way down from it is not */
    CUT_TOO_LONG, /* on a branch that leaves the followed chain further below than is looked at */
    CUT_ON_CHAIN, /* on the chain that this node follows */
    CUT_ON_SIDE,  /* on another branch */
};
enum { CUT_SIDE_MAX = 1024 }; /* blocks of a branch that are looked at */

struct dossier_cut {
    enum cut_found found;
    uint64_t seq; /* of the block that is named */
    struct hash head;
    uint64_t chain_seq;      /* last block on the followed chain that is an ancestor; with ON_CHAIN seq */
    size_t side_count;       /* with ON_SIDE: blocks above it, up to and with head */
    const struct hash *side; /* their header hashes, ascending by seq */
};

/* What shows when something was said about an entry: as of the entry itself. */
struct dossier_signing {
    uint64_t time_s, arrived_s, above_s, below_s;
};

/* Where an entry stands: its position and what was said about it. */
struct dossier_place {
    size_t log; /* index into logs */
    uint64_t seq;
    uint64_t index;
    uint64_t time_s;    /* the issuer's claim */
    uint64_t arrived_s; /* at this node, and not after the reach's now_s */
    uint64_t above_s; /* when the first of the author's own checkpoints came here that named its block, or one
                         above it, before that was here; 0: none is known that came before the entry */
    uint64_t below_s; /* of the newest of the author's own checkpoints held here that names a head which is
                         neither the block nor descends from it, one that is ahead of the reach's now_s
                         left aside; 0: there is none. Of a `joined`: of the first one after its consent
                         had expired, where that names such a head */
    struct hash leaf; /* of a credential, review or pack, and of an affiliation where there are statements;
                         of all else, zero where it was not at hand */
    struct hash block_hash; /* header hash of its block; zero where it is not known */
    bool erased;            /* its bytes are gone */
    bool erase_disputed; /* an `erase` that would have effect names it on a side branch of an open epoch, or
                            is void by a disputed block */
    bool voided;         /* of a side block: a void names its branch */
    uint64_t void_seq;   /* of the block of the chain whose entry voided it */
    struct dossier_block block;
    size_t event_count; /* at most STATUS_EVENTS_MAX */
    /* Oldest first: of one epoch those on the chain, ascending by setter, then those of side branches. */
    const struct history_event *events;
    /* One bool an event: whether the setter's block is void, as far as known by the question's known_by_s.
     * What was voided later than that is not void here. NULL only when there are no events. */
    const bool *event_voided;
    const struct dossier_block *event_blocks; /* of each event; NULL: all are on the chain */
    /* Of each event; zero where it is against somebody alone, or on a side branch. NULL: nobody looked, since
     * no accreditation ends. */
    const struct dossier_signing *event_signings;
    bool events_cut; /* side branches say more about it than was looked at */
};

/* An attestation and where its integrity rests. */
enum dossier_source {
    SOURCE_REPLAYED,    /* in a log that this node replayed */
    SOURCE_PATH,        /* proven by a path from a head that this node replayed, or that a quorum witnessed */
    SOURCE_UNWITNESSED, /* proven by a path from a head that nobody we know has replayed */
    SOURCE_MISMATCH,    /* claims to be in a log that this node replayed, but is not */
    SOURCE_UNKNOWN_ISSUER, /* from an author whose log this node does not hold */
};

/* Whom a credential is about, seen from the question. */
enum dossier_about {
    ABOUT_SUBJECT, /* the subject: listed, and the verdict is on it */
    ABOUT_BESIDE,  /* the subject too, but not presented or not asked for: it counts for titles, requirements
                      and prerequisites alone */
    ABOUT_SHOP,    /* a shop that the subject is or was affiliated with */
};

struct dossier_credential {
    struct dossier_place place;
    enum dossier_source source;
    enum dossier_about about;
    struct attestation attestation; /* decoded; without meaning when place.erased */
    const enum status_reason
        *reasons;         /* of each of place.events; NULL where they are not known: a path proves
                             what was said, not why, and of others than the subject none is read */
    bool has_replacement; /* of the last `replaced` event known by then, voided ones not counted */
    struct entry_name replacement;
    bool has_holder; /* of the last `held by` event known by then, voided and disputed ones not counted */
    struct subject holder;
};

/* What was erased while its bytes are here, of somebody whose credentials these are. Nobody may read it: it
 * tells only of what its author may give back, by a void of the `erase` (lacking.h), and what else of that
 * code hangs on it. */
struct dossier_sealed {
    struct dossier_place place;
    struct bytes code;
    enum basis basis;
    uint32_t earned_on;
};

struct dossier_accreditation {
    struct dossier_place place;
    struct accreditation accreditation;
};

struct dossier_withdrawal {
    struct dossier_place place;
    struct withdrawal withdrawal;
    struct dossier_cut cut; /* its, in the delegate's log; without meaning without a cut */
};

/* A void of a range of blocks by a side block: of those blocks that its branch has in common with the chain.
 * Those on the chain show in what they void. */
struct dossier_void {
    struct dossier_place place;
    struct seq_range range;
};

struct dossier_succession {
    struct dossier_place place;
    struct succession succession;
    struct dossier_cut cut; /* its, in the log that this stands in */
    bool signature_valid;   /* checked by the gatherer against the successor's inception; one to the owner
                               itself needs none */
    bool left_out;          /* there was no room for what the successor says */
};

struct dossier_pack {
    struct dossier_place place;
    struct rule_pack pack;
};

/* A technician joined a shop, as the shop's log says; the consent and its signature are in the record. */
struct dossier_affiliation {
    struct dossier_place place;
    struct affiliation affiliation; /* event joined */
    /* Of the consent's signature: REASON_NONE; REASON_BAD_SIGNATURE: not by the key that the consent names;
     * REASON_CONSENT_KEY: by that one, which no block of the technician's held here sets as a present key: it
     * is somebody else's, or one of a block that did not come yet; REASON_UNKNOWN_ISSUER: the technician's
     * keys are not held here, or had not arrived by the question's known_by_s, or nobody looked because
     * affiliation_check refuses. */
    enum reason signature;
};

/* Either side says that an affiliation has ended. */
struct dossier_leave {
    struct dossier_place place;
    struct hash id; /* of the affiliation */
    uint32_t day;   /* the first one no longer */
};

struct dossier_profile {
    struct dossier_place place;
    struct shop shop;
};

struct dossier_review {
    struct dossier_place place;
    struct review review;
};

/* The subject's own word. */
struct dossier_statement {
    struct dossier_place place;
    struct statement statement;
};

/* What a limit of the gatherer left out of what counts. What follows from its absence is unknown. Who let the
 * issuers of what is here say that is gathered first, and nothing else takes its room. */
struct dossier_cuts {
    bool listed;         /* credentials that are ABOUT_SUBJECT */
    bool credentials;    /* those, or others about the subject, by anybody */
    bool accreditations; /* or successions */
    bool withdrawals;    /* or successions */
    bool delegates;      /* withdrawals from those whose logs say so (withdrawals_cut) */
    bool affiliations;   /* or shops, or their memberships, or who left */
    bool unasked; /* of what is said by who may let nobody say what is here: it makes a no another no, and
                     whether anybody else might have said more is not known */
    bool packs;
    bool authors; /* credentials about the subject, by authors whose logs say so (left_out) */
    bool silent;  /* authors that are asked for what is denied alone */
};

struct dossier {
    struct subject subject;
    struct dossier_cuts cuts;
    size_t log_count;
    struct dossier_log *logs;
    size_t credential_count;
    struct dossier_credential *credentials; /* sorted by (author, seq, index) */
    size_t sealed_count;
    struct dossier_sealed *sealed;
    /* For every issuer above, its accreditors, theirs, and so on up to CHAIN_DEPTH_MAX. These, withdrawals
     * and successions are sorted by place. */
    size_t accreditation_count;
    struct dossier_accreditation *accreditations;
    size_t withdrawal_count;
    struct dossier_withdrawal *withdrawals;
    size_t void_count;
    struct dossier_void *voids;
    size_t succession_count;
    struct dossier_succession *successions;
    size_t pack_count; /* of every namespace in the trust file that has any, its owner's and successors' */
    struct dossier_pack *packs;
    size_t affiliation_count; /* of the subject, as technician or as shop; sorted by (author, seq, index) */
    struct dossier_affiliation *affiliations;
    size_t leave_count; /* about the affiliations above */
    struct dossier_leave *leaves;
    size_t profile_count; /* of the subject's own log, when it is a shop */
    struct dossier_profile *profiles;
    size_t review_count; /* of the subject, when it is a shop */
    struct dossier_review *reviews;
    size_t statement_count; /* of the subject's own log, about entries above */
    struct dossier_statement *statements;
};

/* The log of author, or NULL. */
const struct dossier_log *dossier_log_of(const struct dossier *dossier, const struct actor_id *author);

/* The log that place is in. Requires: place.log < log_count. */
static inline const struct dossier_log *dossier_log_at(const struct dossier *dossier,
                                                       const struct dossier_place *place)
{
    assert(place->log < dossier->log_count);
    return &dossier->logs[place->log];
}

/* Whether block seq of log had arrived by the question's known_by_s, as far as log is held. */
static inline bool dossier_log_reaches(const struct dossier_log *log, uint64_t seq)
{
    return !log->nothing_by_then && seq <= log->known_by_seq;
}

/* Whether block seq of log is disputed by a fork. */
static inline bool dossier_log_disputes(const struct dossier_log *log, uint64_t seq)
{
    return (log->forked || log->frozen) && seq >= log->fork_seq;
}

/* Whether what stands in place had arrived by then. Of side blocks nothing else is gathered. */
static inline bool dossier_place_arrived(const struct dossier *dossier, const struct dossier_place *place)
{
    return place->block.side || dossier_log_reaches(dossier_log_at(dossier, place), place->seq);
}

/* Set whom the credential is held by and what replaced it from its events, of which it has them all.
 * Requires: log is its place's. */
void dossier_credential_fill_targets(struct dossier_credential *credential, const struct dossier_log *log);

/* Whether name is that of what stands in place. */
bool dossier_place_is_named(const struct dossier *dossier, const struct dossier_place *place,
                            const struct entry_name *name);

/* Whether place's block is void, as far as known by then. */
bool dossier_place_is_void(const struct dossier *dossier, const struct dossier_place *place);

#endif
