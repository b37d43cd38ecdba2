#ifndef TESTS_SUPPORT_SET_NOW_H
#define TESTS_SUPPORT_SET_NOW_H

/* The time of a test of commands, in sessions that are open and that are opened after. */

#include <stdint.h>

/* From now on it is now_s (UTC seconds), and stays so. */
void set_now(uint64_t now_s);

#endif
