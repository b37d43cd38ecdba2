#ifndef TESTS_SUPPORT_DOSSIER_BUILDER_H
#define TESTS_SUPPORT_DOSSIER_BUILDER_H

/* Dossiers for tests of the rules, said in the order wanted. Actors are numbers, 0 and up, each with a log
 * that was replayed up to BUILT_HEAD_SEQ and has a checkpoint of BUILT_TIME_S; what a test wants otherwise it
 * sets in the dossier afterwards. What does not fit aborts. */

#include "protocol/rules/affiliation.h"
#include "protocol/rules/verdict.h"

enum {
    BUILT_ACTORS_MAX = 32,
    BUILT_CREDENTIALS_MAX = 32,
    BUILT_GRANTS_MAX = 1024,
    BUILT_WITHDRAWALS_MAX = 1024,
    BUILT_SUCCESSIONS_MAX = 20,
    BUILT_VOIDS_MAX = 4,
    BUILT_PACKS_MAX = 16,
    BUILT_PACK_CODES_MAX = 8,
    BUILT_AFFILIATIONS_MAX = 32,
    BUILT_SEALED_MAX = 8,
    BUILT_HEAD_SEQ = 100,
};
#define BUILT_TIME_S UINT64_C(1750000000)

/* Large, so keep it static. It points into itself: don't copy it. */
struct dossier_builder {
    struct dossier dossier;
    struct trust trust;
    struct network network;
    struct dossier_log logs[BUILT_ACTORS_MAX];
    struct dossier_credential credentials[BUILT_CREDENTIALS_MAX];
    struct history_event events[BUILT_CREDENTIALS_MAX][HISTORY_EVENTS_MAX];
    bool event_voided[BUILT_CREDENTIALS_MAX][HISTORY_EVENTS_MAX];
    struct dossier_block event_blocks[BUILT_CREDENTIALS_MAX][HISTORY_EVENTS_MAX];
    struct dossier_sealed sealed[BUILT_SEALED_MAX];
    struct dossier_accreditation accreditations[BUILT_GRANTS_MAX];
    struct bytes patterns[BUILT_GRANTS_MAX];
    struct dossier_withdrawal withdrawals[BUILT_WITHDRAWALS_MAX];
    struct entry_position exceptions[BUILT_WITHDRAWALS_MAX];
    struct dossier_void voids[BUILT_VOIDS_MAX];
    struct dossier_succession successions[BUILT_SUCCESSIONS_MAX];
    struct dossier_pack packs[BUILT_PACKS_MAX];
    struct pack_code pack_codes[BUILT_PACKS_MAX][BUILT_PACK_CODES_MAX];
    struct dossier_affiliation affiliations[BUILT_AFFILIATIONS_MAX];
    struct dossier_leave leaves[BUILT_AFFILIATIONS_MAX];
};

struct actor_id built_actor_of(size_t actor);

/* A dossier about actor 0 with nothing in it but the logs. */
void dossier_builder_init(struct dossier_builder *builder, size_t actor_count);

/* The trust file says that actor owns name_space. */
void build_owner(struct dossier_builder *builder, const char *name_space, size_t actor);

/* issuer attests code for actor 0 in (seq, 0), earned on the first of its valid days (last DAY_NONE: for
 * life). */
struct dossier_credential *build_credential(struct dossier_builder *builder, size_t issuer, uint64_t seq,
                                            const char *code, uint32_t first, uint32_t last);

/* issuer attested code for actor 0 in (seq, 0), and erased that. */
struct dossier_sealed *build_sealed(struct dossier_builder *builder, size_t issuer, uint64_t seq,
                                    const char *code);

/* issuer attests code for a shop in (seq, 0), as a membership: beside what is asked about. */
struct dossier_credential *build_membership(struct dossier_builder *builder, size_t issuer, uint64_t seq,
                                            size_t shop, const char *code, uint32_t first, uint32_t last);

/* shop says in (seq, 0) that technician joined it on day, with a consent from that day on that nobody else
 * has, signed by the technician. */
struct dossier_affiliation *build_joined(struct dossier_builder *builder, size_t shop, uint64_t seq,
                                         size_t technician, uint32_t day);
/* Make the id fit the consent again. */
void build_consent_id(struct dossier_builder *builder, struct dossier_affiliation *joined);
/* Its consent expired long before it arrived here, and before a checkpoint that stands without it. */
void build_used_late(struct dossier_builder *builder, struct dossier_affiliation *joined);
/* actor says in (seq, 0) that an affiliation has ended: day is the first one no longer. */
struct dossier_leave *build_left(struct dossier_builder *builder, size_t actor, uint64_t seq,
                                 const struct dossier_affiliation *joined, uint32_t day);

/* Block seq of the credential's log says something about it, from day on. */
void build_event(struct dossier_builder *builder, struct dossier_credential *credential,
                 enum status_action action, uint32_t day, uint64_t seq, bool voided);

/* Block seq of the credential's log says that holder, an actor, has it from day on. */
void build_held_by(struct dossier_builder *builder, struct dossier_credential *credential, size_t holder,
                   uint32_t day, uint64_t seq);

/* Block seq of the credential's log says that another takes its place from day on. */
void build_replaced(struct dossier_builder *builder, struct dossier_credential *credential,
                    const struct dossier_credential *by, uint32_t day, uint64_t seq, bool voided);

/* The last event about the credential stands in such a block. */
void build_event_block(struct dossier_builder *builder, struct dossier_credential *credential,
                       struct dossier_block block);

/* A side block says in (seq, 0), leaving the chain after base_seq, that blocks first..last are void. */
struct dossier_void *build_side_void(struct dossier_builder *builder, size_t actor, uint64_t seq,
                                     uint64_t base_seq, uint64_t first, uint64_t last);

/* Blocks that the chain does not have: of an open epoch, or dropped after they were followed for so long. */
#define BUILT_SIDE ((struct dossier_block){.side = true, .base_seq = 10})
#define BUILT_DROPPED(followed)                                                                              \
    ((struct dossier_block){                                                                                 \
        .side = true, .base_seq = 10, .followed_s = (followed), .dropped_s = BUILT_TIME_S - 1000})

/* accreditor says in (seq, 0): delegate may attest pattern from day 0 on, with depth further delegations. */
struct dossier_accreditation *build_accreditation(struct dossier_builder *builder, size_t accreditor,
                                                  uint64_t seq, size_t delegate, const char *pattern,
                                                  uint64_t depth);

/* accreditor says in (seq, 0): delegate's log is read up to cut_seq. */
struct dossier_withdrawal *build_withdrawal(struct dossier_builder *builder, size_t accreditor, uint64_t seq,
                                            size_t delegate, uint64_t cut_seq);
/* Less the entry at (seq, index); one for each withdrawal. */
void build_exception(struct dossier_builder *builder, struct dossier_withdrawal *withdrawal, uint64_t seq,
                     uint64_t index);

/* owner says in (seq, 0), signed by both: successor has name_space, my log is read up to cut_seq. */
struct dossier_succession *build_succession(struct dossier_builder *builder, size_t owner, uint64_t seq,
                                            const char *name_space, size_t successor, uint64_t cut_seq);

/* owner publishes in (seq, 0) a pack without codes. */
struct dossier_pack *build_pack(struct dossier_builder *builder, size_t owner, uint64_t seq,
                                const char *name_space, uint64_t version, uint32_t in_force_from);
/* Add a code without its namespace; ascending. lifetime_months 0: for life. */
struct pack_code *build_pack_code(struct dossier_builder *builder, struct dossier_pack *pack,
                                  const char *code, uint64_t lifetime_months);

#endif
