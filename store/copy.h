#ifndef STORE_COPY_H
#define STORE_COPY_H

/* Data files that were copied. One that was copied while it was written to has pages of several states, which
 * LMDB follows out of the file, in circles, or to rows that never were. */

#include <lmdb.h>

#include "store/store.h"

/* Whether what env has open is the file that was written here: each says in its first page which file it is.
 * Of another one, a copy or a backup that was put back, every page that it uses is looked at, and where all
 * is well and the file may be written it says from then on that it is this one. Requires: the file is as long
 * as its meta pages say, and nothing was read from it. Returns: STORE_DAMAGED when pages don't belong
 * together; STORE_BUSY when another process wrote too fast for a reader to look. */
enum store_error copy_check(MDB_env *env, bool read_only);

#endif
