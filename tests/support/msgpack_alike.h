#ifndef TESTS_SUPPORT_MSGPACK_ALIKE_H
#define TESTS_SUPPORT_MSGPACK_ALIKE_H

/* msgpack-c as the second opinion on what our reader accepts. Never give it bytes that reader_skip refused:
 * it reserves whatever a header claims. */

#include "protocol/base/bytes.h"

enum { MSGPACK_DEPTH_MAX = 16 }; /* msgpack-c itself stops at 32 */

/* Whether msgpack-c reads document as one element of exactly its size, the typed reads give the same values,
 * and the writer makes the same bytes of them. Requires: reader_skip with MSGPACK_DEPTH_MAX took all of
 * document. */
bool msgpack_reads_alike(struct bytes document);

#endif
