#ifndef CMD_AREAS_H
#define CMD_AREAS_H

/* Service areas as people write them: "brakes, electrical". On the wire their list is sorted and names each
 * once; what an area is called is between shops and the rules of those who recognise them. */

#include "protocol/wire/records.h"

enum areas_fault {
    AREAS_FINE,
    AREAS_NONE, /* at least one is needed */
    AREAS_TOO_MANY,
    AREAS_BAD_NAME, /* empty, too long, or not to be shown */
    AREAS_TWICE,
};

/* Sort count areas in place. *at: the one at fault. */
enum areas_fault areas_settle(struct bytes *items, size_t count, struct bytes *at);

/* Read a list with commas in between. out: struct bytes in the arena, views of text, sorted. *at: the one at
 * fault. */
enum areas_fault areas_from_text(struct list *out, struct bytes *at, struct bytes text, struct arena *arena);

/* What is wrong, to stand behind the area's name: "is there twice". */
const char *areas_fault_words(enum areas_fault fault);

#endif
