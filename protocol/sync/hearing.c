#include "protocol/sync/hearing.h"

#include <string.h>

void hearing_begin(struct hearing *hearing, const struct store_point *point)
{
    hearing->told = hearing->stored = *point;
    hearing->asked = point->number;
}

/* Whether the page is the first of another store, or of one that doesn't know what it was asked from. */
static bool begins_anew(const struct hearing *hearing, const struct heads_page *page)
{
    return page->since == 0 && (hearing->asked > 0 ||
                                memcmp(page->upto.store, hearing->told.store, sizeof page->upto.store) != 0);
}

void hearing_on_page(struct hearing *hearing, const struct heads_page *page, bool missing)
{
    hearing->forgot |= hearing->refused && missing;
    hearing->refused = false;
    if (begins_anew(hearing, page)) {
        *hearing = (struct hearing){.forgot = hearing->forgot};
        memcpy(hearing->told.store, page->upto.store, sizeof hearing->told.store);
    }
    if (memcmp(page->upto.store, hearing->told.store, sizeof page->upto.store) != 0 ||
        page->since > hearing->told.number || page->upto.number < hearing->told.number) {
        return;
    }
    hearing->told = page->upto;
    hearing->more = page->more;
}

void hearing_on_refused(struct hearing *hearing)
{
    hearing->refused = true;
}

void hearing_on_forgotten(struct hearing *hearing)
{
    hearing->forgot = true;
}

struct store_point hearing_ask(struct hearing *hearing, bool claims, bool undecided)
{
    if (!claims && hearing->forgot && !hearing->more) {
        hearing->told = hearing->stored;
        hearing->forgot = false;
    } else if (!claims && !undecided && !hearing->forgot) {
        hearing->stored = hearing->told;
    }
    hearing->asked = hearing->told.number;
    return hearing->told;
}
