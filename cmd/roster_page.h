#ifndef CMD_ROSTER_PAGE_H
#define CMD_ROSTER_PAGE_H

/* A shop's roster and awards, computed "as declared", and what is shown with them: in words for people and as
 * JSON for programs. Three things that are easily taken for one another are kept apart: the award, as
 * computed and as issued; that somebody certified works there; and a technician's own patch. */

#include <jansson.h>
#include <stdio.h>

#include "protocol/rules/roster.h"

/* Borrows all that it points to. */
struct roster_page {
    const struct network *network;
    const struct actor_id *shop;
    const struct roster_verdict *roster;
    const struct roster_change *change;
    uint32_t at_day;
    bool all; /* show every technician, however many */
    /* What to call an actor. */
    const char *(*name_of)(const void *names, const struct hash *id);
    const void *names;
};

/* The award that speaks for the whole: the first one that asks for a recognition of the shop's own, else the
 * first one; NULL: no rules that are known here have any. */
const struct award_verdict *roster_main_award(const struct roster_verdict *roster);

/* How many technicians on the roster who perform repairs are certified for sure, and how many may be,
 * SIZE_MAX where more may be there than are known: an adviser counts for nothing, whatever they hold. */
size_t roster_certified_count(const struct roster_verdict *roster);
size_t roster_possibly_certified_count(const struct roster_verdict *roster);

/* Whether name begins with the words of text: upper and lower case, and what stands between words, are all
 * one. */
bool award_is_called(struct bytes name, const char *text);

void roster_text_print(FILE *out, const struct roster_page *page);

/* Returns: a new object that the caller releases, or NULL when out of memory. */
json_t *roster_json(const struct roster_page *page);
/* Its member "profile" alone. */
json_t *roster_json_profile(const struct shop *profile);

#endif
