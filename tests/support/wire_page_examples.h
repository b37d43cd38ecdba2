#ifndef TESTS_SUPPORT_WIRE_PAGE_EXAMPLES_H
#define TESTS_SUPPORT_WIRE_PAGE_EXAMPLES_H

/* The worked examples of the wire page. */

#include <stdio.h>

#include "protocol/wire/schema.h"

/* An example of schema: a random record in hexadecimal, and its hash where it has one. */
void wire_page_example(FILE *out, const struct schema *schema);

/* An inception, and a block with an entry and an erased one. */
void wire_page_block_examples(FILE *out);

#endif
