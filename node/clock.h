#ifndef NODE_CLOCK_H
#define NODE_CLOCK_H

/* The two clocks of a node: protocol timers are monotonic only; the wall clock is recorded and signed, never
 * asked for a decision. */

#include <stdint.h>

uint64_t clock_monotonic_ms(void);
/* UTC seconds since 1970. */
uint64_t clock_wall_s(void);

#endif
