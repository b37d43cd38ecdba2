#ifndef CMD_NUMBER_H
#define CMD_NUMBER_H

/* Whole numbers on the command line: digits only, no sign, nothing that wraps around. */

#include <stdbool.h>
#include <stdint.h>

/* Read the digits that text begins with, at most max. Writes: *number and *end, behind the digits, on
 * success. Returns: false when there is no digit, or the number is greater. */
bool number_read(uint64_t *number, const char *text, const char **end, uint64_t max);

#endif
