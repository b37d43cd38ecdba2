#ifndef NODE_CLOCK_H
#define NODE_CLOCK_H

/* The two clocks of a node: protocol timers are monotonic only; the wall clock is recorded and signed, never
 * asked for a decision. */

#include <stdint.h>

uint64_t clock_monotonic_ms(void);
/* UTC seconds since 1970. */
uint64_t clock_wall_s(void);
/* The day that it is then by this machine's local calendar: "today" of its owner. */
uint32_t clock_local_day(uint64_t now_s);

#endif
