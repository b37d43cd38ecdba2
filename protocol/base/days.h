#ifndef PROTOCOL_BASE_DAYS_H
#define PROTOCOL_BASE_DAYS_H

/* Civil days of the proleptic Gregorian calendar as numbers: day 0 is 1900-01-01, the last one 9999-12-31. No
 * clock and no time zone here: "today" is the verifier's local day and comes from the caller (DESIGN section
 * 4, dates). Times of day are UTC seconds since 1970 and exist only for evidence. */

#include "protocol/base/bytes.h"

#define DAY_MAX UINT32_C(2958463) /* 9999-12-31 */
#define DAY_NONE UINT32_MAX       /* in results: no such day, for instance "never lapses" */

enum { DAY_TEXT_SIZE = 11, TIME_TEXT_SIZE = 21 }; /* with their NUL */

struct civil_date {
    uint32_t year;  /* 1900..9999 */
    uint32_t month; /* 1..12 */
    uint32_t day;   /* 1..31 */
};

/* Returns: false unless date exists in the calendar and in range. */
bool day_from_date(uint32_t *day, struct civil_date date);
/* Requires: day <= DAY_MAX. */
struct civil_date day_to_date(uint32_t day);

/* The anniversary months later: the same day of the month, or the month's last one where it has no such day
 * (29 February + 12 months is 28 February). At most DAY_MAX. Requires: day <= DAY_MAX. */
uint32_t day_add_months(uint32_t day, uint32_t months);

/* Read exactly "2029-06-30". Returns: false on anything else. */
bool day_from_text(uint32_t *day, struct bytes text);
/* Requires: day <= DAY_MAX. */
void day_to_text(char text[DAY_TEXT_SIZE], uint32_t day);

/* The UTC day of a time, clamped to the range. */
uint32_t day_of_time(uint64_t time_s);
/* The last day that has begun anywhere by a time: where clocks are furthest ahead, at UTC+14. */
uint32_t day_begun_by(uint64_t time_s);
/* Midnight UTC at which day begins, 0 for days before 1970; DAY_NONE and the like count as the last day. */
uint64_t time_of_day(uint32_t day);

/* Read "2029-06-30T14:05:09Z", or "2029-06-30" as the last second of that day UTC. */
bool time_from_text(uint64_t *time_s, struct bytes text);
/* Requires: time_s <= TIME_S_MAX. */
void time_to_text(char text[TIME_TEXT_SIZE], uint64_t time_s);

#endif
