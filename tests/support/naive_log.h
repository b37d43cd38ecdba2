#ifndef TESTS_SUPPORT_NAIVE_LOG_H
#define TESTS_SUPPORT_NAIVE_LOG_H

/* What a log's state root is by the words of DESIGN section 4 alone: every block read anew, every tree built
 * from all its leaves by the recursion of RFC 9162. No pages, nothing kept. */

#include "protocol/wire/block.h"

/* The state root after count blocks of one chain, inception first. Requires: blocks that were accepted. */
void naive_state_root(struct hash *out, const struct network *network, const struct bytes *blocks,
                      size_t count);

#endif
