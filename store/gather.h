#ifndef STORE_GATHER_H
#define STORE_GATHER_H

/* A dossier in the making (protocol/rules/dossier.h). Everything in it is copied into the caller's arena. */

#include "store/grants.h"
#include "store/rows.h"

struct gather {
    struct store_txn *txn;
    const struct network *network;
    const struct trust *trust;
    uint64_t known_by_s;
    struct dossier *out;
    struct arena *arena;
    uint32_t *numbers; /* author number of each of out->logs; NUMBER_NONE when it has none */
    size_t log_capacity, number_capacity, credential_capacity, accreditation_capacity, withdrawal_capacity,
        succession_capacity, pack_capacity;
};

#define NUMBER_NONE UINT32_MAX

/* Room for one more behind count items. Returns: items, moved where they had to grow; NULL when the arena is
 * full. */
void *gather_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t item_size);

/* Index in out->logs of an author, added when it is not there yet. Until gather_finish the logs are in the
 * order in which they were met. STORE_NOT_FOUND: there are DOSSIER_LOGS_MAX already. */
enum store_error gather_log(struct gather *gather, const struct actor_id *author, size_t *log);
enum store_error gather_log_of_number(struct gather *gather, uint32_t number, size_t *log);

/* Where an entry of a gathered log stands, and a copy of its element. STORE_NOT_FOUND when it is not on the
 * chain. */
enum store_error gather_place(struct gather *gather, size_t log, uint64_t seq, uint64_t index,
                              struct dossier_place *place, struct bytes *element);

/* Decode the entry that a grant points to, when it is of kind and not erased. STORE_NOT_FOUND when it is
 * another. */
enum store_error gather_grant(struct gather *gather, const struct grant *grant, enum entry_kind kind,
                              struct dossier_place *place, void *record);

/* Find out who accredited the issuers of the credentials, and which rule packs and successions speak of them.
 */
enum store_error gather_issuers(struct gather *gather);
enum store_error gather_namespaces(struct gather *gather);

/* All that bears on the credentials gathered, then logs and lists put in order. */
enum store_error gather_finish(struct gather *gather);

#endif
