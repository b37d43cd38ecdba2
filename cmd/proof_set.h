#ifndef CMD_PROOF_SET_H
#define CMD_PROOF_SET_H

/* Certificates with their proofs, on the way into a presentation or a certificate file: each head once. */

#include "cmd/arguments.h"
#include "cmd/requirement.h"
#include "protocol/rules/presentation.h"

/* What a certificate says, for telling people what they are about to show. */
struct proof_item {
    struct bytes code;
    struct actor_id issuer;
};

struct proof_set {
    size_t head_count;
    struct proof_head heads[PRESENTATION_ITEMS_MAX];
    size_t proof_count;
    struct entry_proof proofs[PRESENTATION_ITEMS_MAX];
    struct proof_item items[PRESENTATION_ITEMS_MAX]; /* one a proof */
};

/* Which certificates to take. */
struct proof_choice {
    const struct codes *codes;             /* none: all */
    const struct requirement *requirement; /* only what bears on it, and the experience and training
                                              that its codes may rest on; NULL: all */
    bool standing_only;                    /* leave out what was revoked or suspended last, or has expired */
    uint32_t today;
    bool unchecked; /* take a file's proofs as they are */
};

/* Add what the store holds about subject. Returns: EXIT_YES, or the exit code after it said why not; more
 * than PRESENTATION_ITEMS_MAX is EXIT_BAD_INPUT. */
int proof_set_add_store(struct proof_set *set, struct session *session, const struct subject *subject,
                        const struct proof_choice *choice);

/* Add what a certificate file holds, once each proof in it was followed unless choice says otherwise. Returns
 * as proof_set_add_store. */
int proof_set_add_file(struct proof_set *set, struct session *session, const struct certificate_file *file,
                       const struct proof_choice *choice);

#endif
