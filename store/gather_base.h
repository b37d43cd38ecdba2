#ifndef STORE_GATHER_BASE_H
#define STORE_GATHER_BASE_H

/* What does not depend on a question's subject. All dossiers begin with it, so that readers keep it as long
 * as its generation lasts and only copy it the next time: decoding the packs of a dozen namespaces costs more
 * than all else of a lookup. */

#include "store/gather.h"

/* Gather packs and successions of every namespace in the trust file. Requires: as gather_base. */
enum store_error gather_packs(struct gather *gather);

#endif
