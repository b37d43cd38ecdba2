#include "protocol/rules/bearing.h"

#include <assert.h>

static const struct bearing of_actions[] = {
    [STATUS_REVOKED] = {PARTY_NONE, PARTY_HOLDER},
    [STATUS_SUSPENDED] = {PARTY_NONE, PARTY_HOLDER},
    [STATUS_REINSTATED] = {PARTY_HOLDER, PARTY_NONE},
    [STATUS_REPLACED] = {PARTY_SUBJECT, PARTY_HOLDER}, /* for the new entry's subject */
    [STATUS_APPEALED] = {PARTY_NONE, PARTY_NONE},
    [STATUS_APPEAL_DECIDED] = {PARTY_NONE, PARTY_NONE},
    [STATUS_HELD_BY] = {PARTY_NEW_HOLDER, PARTY_HOLDER},
};

static const struct bearing of_affiliation_events[] = {
    [AFFILIATION_JOINED] = {PARTY_MEMBERS, PARTY_NONE},
    [AFFILIATION_LEFT] = {PARTY_NONE, PARTY_MEMBERS},
};

/* What a status or an affiliation does lies in its record. */
static const struct bearing of_kinds[] = {
    [ENTRY_KEYS] = {PARTY_NONE, PARTY_NONE},           [ENTRY_KEYS_UPDATE] = {PARTY_NONE, PARTY_NONE},
    [ENTRY_RULE_PACK] = {PARTY_NONE, PARTY_NONE},      [ENTRY_ACCREDITATION] = {PARTY_DELEGATE, PARTY_NONE},
    [ENTRY_WITHDRAWAL] = {PARTY_NONE, PARTY_DELEGATE}, [ENTRY_SUCCESSION] = {PARTY_SUCCESSOR, PARTY_OWNER},
    [ENTRY_VOID] = {PARTY_NONE, PARTY_SAID},           [ENTRY_ERASE] = {PARTY_NONE, PARTY_SAID},
    [ENTRY_ATTESTATION] = {PARTY_SUBJECT, PARTY_NONE}, [ENTRY_SHOP] = {PARTY_NONE, PARTY_NONE},
    [ENTRY_STATEMENT] = {PARTY_NONE, PARTY_NONE},      [ENTRY_REVIEW] = {PARTY_SHOP, PARTY_SHOP},
    [ENTRY_RHYTHM] = {PARTY_NONE, PARTY_NONE},
};
_Static_assert(sizeof of_kinds / sizeof of_kinds[0] == ENTRY_RHYTHM + 1, "each kind has its row");

struct bearing bearing_of_action(enum status_action action)
{
    assert(action >= STATUS_REVOKED);
    assert(action <= STATUS_HELD_BY);
    return of_actions[action];
}

static struct bearing bearing_of_affiliation(enum affiliation_event event)
{
    assert(event == AFFILIATION_JOINED || event == AFFILIATION_LEFT);
    return of_affiliation_events[event];
}

struct bearing bearing_of_entry(uint64_t kind, const void *record)
{
    if (kind == ENTRY_STATUS) {
        return bearing_of_action(((const struct status *)record)->action);
    }
    if (kind == ENTRY_AFFILIATION) {
        return bearing_of_affiliation(((const struct affiliation *)record)->event);
    }
    return kind <= ENTRY_RHYTHM ? of_kinds[kind] : (struct bearing){PARTY_NONE, PARTY_NONE};
}

static enum stance stance_toward(struct bearing bearing, enum party party)
{
    assert(party != PARTY_NONE);
    if (bearing.helps == party) {
        return STANCE_FOR;
    }
    return bearing.harms == party ? STANCE_AGAINST : STANCE_NEUTRAL;
}

enum stance stance_of_action(enum status_action action, enum party party)
{
    return stance_toward(bearing_of_action(action), party);
}

enum stance stance_of_entry(uint64_t kind, const void *record, enum party party)
{
    return stance_toward(bearing_of_entry(kind, record), party);
}

enum stance stance_of_affiliation(enum affiliation_event event)
{
    return stance_toward(bearing_of_affiliation(event), PARTY_MEMBERS);
}
