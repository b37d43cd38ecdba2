#ifndef TESTS_SUPPORT_WIRE_PAGE_H
#define TESTS_SUPPORT_WIRE_PAGE_H

/* The page protocol/wire/WIRE.md, made from the tables. */

#include <stdio.h>

/* Write the whole page: the same bytes in every run. */
void wire_page_write(FILE *out);

#endif
