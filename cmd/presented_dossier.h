#ifndef CMD_PRESENTED_DOSSIER_H
#define CMD_PRESENTED_DOSSIER_H

/* From a presentation to a dossier: each certificate as this node's own copy of the issuer's log has it, or,
 * where that does not hold it, as the proof says and marked for what that is worth. What is not the holder's,
 * or proves nothing, is set aside with its reason. What else this node knows of the holder stands beside it.
 */

#include "cmd/session.h"
#include "cmd/verdict_text.h"
#include "protocol/rules/presentation.h"

struct presented_dossier {
    struct dossier dossier;
    size_t refused_count;
    struct refused_item refused[2 * PRESENTATION_ITEMS_MAX];
};

/* Memory comes from the session's arena. Returns: STORE_OK, or what went wrong in the store. */
enum store_error presented_dossier_of(struct presented_dossier *out, struct session *session,
                                      const struct presentation *presentation, struct dossier_reach reach);

#endif
