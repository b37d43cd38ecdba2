#ifndef STORE_GATHER_CREDENTIALS_H
#define STORE_GATHER_CREDENTIALS_H

/* One credential of a dossier in the making: read where it stands, on the chain or on a side branch. Which
 * ones are looked for is gather_about.c's, and gather_kept.c's. */

#include "store/gather.h"

/* Make room for so many more at once, as they are mostly all there. STORE_NO_MEMORY: there is none. */
enum store_error credential_reserve(struct gather *gather, size_t count);
/* Room behind the last credential; NULL when the arena is full. */
struct dossier_credential *credential_next(struct gather *gather);

/* An entry of a gathered log's chain. STORE_NOT_FOUND when nothing stands at that place by then. */
enum store_error chain_entry_read(struct gather *gather, size_t log, uint64_t seq, uint64_t index,
                                  struct dossier_place *place, struct entry *entry);
/* Decode the payload. STORE_NOT_FOUND when it is malformed, which content may be. */
enum store_error content_decode(const struct gather *gather, const struct entry *entry, void *record);

/* Fill a credential whose place is read from its entry. STORE_NOT_FOUND when that is no attestation, nor an
 * erased one. */
enum store_error credential_fill(struct gather *gather, const struct entry *entry,
                                 struct dossier_credential *credential);
/* Read one that a side block states. STORE_NOT_FOUND: it is none, or had not arrived by then. */
enum store_error credential_read_side(struct gather *gather, const struct side_at *at,
                                      enum dossier_about about, struct dossier_credential *credential);
/* Why what was said about it was: of what is shown alone, nothing is decided by it. */
enum store_error credential_fill_reasons(struct gather *gather, struct dossier_credential *credential);

/* Whether it is in the dossier already. */
bool credential_is_there(const struct dossier *out, const struct dossier_place *place);

/* Count what credential_next returned into the dossier, and ask who accredited its author. */
enum store_error credential_keep(struct gather *gather);

/* Memberships that the store holds about a shop. What is found on the way goes to scratch, which has so much
 * room. */
enum store_error gather_memberships(struct gather *gather, const struct actor_id *shop,
                                    struct arena *scratch);
size_t gather_memberships_size(void);

#endif
