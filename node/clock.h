#ifndef NODE_CLOCK_H
#define NODE_CLOCK_H

/* The two clocks of a node: protocol timers are monotonic only; the wall clock is recorded and signed, never
 * asked for a decision.
 *
 * On networks other than `main` both can be made to serve tests, so that days pass in minutes:
 *
 *     TRADEPROOF_NOW=SECONDS   what the wall clock shows when the program starts (UTC, since 1970). It runs
 *                              on from there in a daemon; a command's stands still, so that it has one now
 *     TRADEPROOF_TEST_SPEED=N  the wall clock, of commands too, runs N times as fast, 1 to 100000
 *
 * At speed N every budget of time (freshness, what has been followed for 24 hours, bytes kept for seven days)
 * is used up N times as fast, as all of them are differences of the wall clock; every rhythm of the daemon
 * (checkpoints, anti-entropy, a new look at what waits) is asked of clock_rhythm_ms and is N times as short;
 * every wait for another process or machine (a greeting, an answer, a program that was run) is asked of
 * clock_wait_ms and is N times as short down to CLOCK_WAIT_MS_MIN: an answer takes its time at any speed.
 *
 * Two waits keep their length. One is how long another may be silent (NET_SILENCE_MS_MAX, and the library's
 * ZMQ_HEARTBEAT_TTL, which is said to the other end). It has to be longer than that other's keep-alive, and
 * the other need not run at the same speed. The other one is within what time the starter has to have started
 * a process (node/starter.c): a daemon that works never waits it out, and loses its starter if it does. */

#include "protocol/base/labels.h"

enum clock_result {
    CLOCK_OK,
    CLOCK_REFUSED_ON_MAIN, /* one of the variables is set */
    CLOCK_BAD_NOW,
    CLOCK_BAD_SPEED,
};

enum { CLOCK_SPEED_MAX = 100000, CLOCK_RHYTHM_MS_MIN = 50, CLOCK_WAIT_MS_MIN = 2000 };

/* Read the two variables for a program that works on network. runs_on: a daemon's clock. The clock stays the
 * machine's unless they are set and accepted. Call it before anything asks what time it is. */
enum clock_result clock_configure(const struct network *network, bool runs_on);
/* Take the speed that the daemon decided on: for its net processes, which don't know the network and so don't
 * read the variables. Returns: false when it is none. */
bool clock_take_speed(uint64_t speed);
/* The sentence about a result that is not CLOCK_OK. */
const char *clock_sentence(enum clock_result result);
/* Whether a variable is in force, and how many times as fast the wall clock runs (else 1). */
bool clock_is_of_tests(void);
uint64_t clock_speed(void);

uint64_t clock_monotonic_ms(void);
/* The same clock finer, to measure work with. */
uint64_t clock_monotonic_ns(void);
/* UTC seconds since 1970. */
uint64_t clock_wall_s(void);
/* How long a rhythm of interval_ms lasts at the clock's speed: at a test's at least CLOCK_RHYTHM_MS_MIN, so
 * that a daemon gets to its work. */
uint64_t clock_rhythm_ms(uint64_t interval_ms);
/* How long another process or machine is waited for, who would be for interval_ms: at a test's speed at least
 * CLOCK_WAIT_MS_MIN. What is shorter anyway stays so. */
uint64_t clock_wait_ms(uint64_t interval_ms);
/* The day that it is then by this machine's local calendar: "today" of its owner. */
uint32_t clock_local_day(uint64_t now_s);

#endif
