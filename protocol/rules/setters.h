#ifndef PROTOCOL_RULES_SETTERS_H
#define PROTOCOL_RULES_SETTERS_H

/* Who said something about an entry needs to be authorised for it like its issuer (it is the same author, at
 * a later place of its log), or to be so for its code on the day on which it says that, once that has come:
 * who is accredited again speaks of what it issued before too. A school that was withdrawn, or an owner that
 * handed its namespace on, may not reinstate beyond the cut what it had revoked, nor revoke out of spite.
 * What is for somebody there is nothing; what is against somebody is a doubt, and nothing where the
 * withdrawal is closed (bearing.h says which is which). What is for an entry's holder comes in time by the
 * same rule as the entry (accreditation_end.h); what is against somebody is never late. */

#include "protocol/rules/authority.h"
#include "protocol/rules/weight.h"

enum setter {
    SETTER_WITHIN,   /* within the cut, or there is none */
    SETTER_KEPT,     /* on a dropped branch within the cut: it counts whatever its author rotates since */
    SETTER_IN_DOUBT, /* it can't be said: the cut's block is not held, or what makes the cut is in doubt
                        itself, or not everything was looked at that counts */
    SETTER_BEYOND,
    SETTER_CLOSED, /* beyond one that leaves nothing */
    SETTER_LATE,   /* too long after the end of its accreditation for what is for somebody, or that takes too
                      much to tell */
};

/* How the author of an entry stood where it said something about that entry. */
struct setting {
    enum setter setter;
    enum reason doubt; /* of SETTER_IN_DOUBT and SETTER_LATE; else REASON_NONE */
    bool again;        /* it counts by the day on which it was said, not by that of the entry */
    bool uncut;        /* on a side branch, no cut of those who let it speak covers it */
};

/* Why something that it says that action of is in doubt by that; REASON_NONE: it is not. What is against
 * somebody too, as a `held by`, is in doubt only as far as it is for whom it names: no less against the
 * other. */
enum reason setting_doubt(const struct setting *setting, enum status_action action);

/* How it counts by that. */
enum spoken setting_spoken(const struct setting *setting);

/* At (seq, index) of its log. Requires: entry is the question whether it might issue that, answer what it
 * got. Borrows: all for the call. */
struct setting setter_of(const struct dossier *dossier, const struct trust *trust,
                         const struct namespace_owners *owners, const struct authority_question *entry,
                         const struct authority_answer *answer, uint64_t seq, uint64_t index);

/* setter_of for each void of the dossier that is about the entry's block or that of something said about it;
 * of others SETTER_WITHIN. Writes: settings, as many as there are voids. */
void setters_of_voids(struct setting *settings, const struct dossier *dossier, const struct trust *trust,
                      const struct namespace_owners *owners, const struct authority_question *entry,
                      const struct authority_answer *answer);

/* Whether a void on a dropped branch voids place for certain, which is the entry's or that of what was said
 * about it: one that a cut keeps, on whose branch place stands too. Requires: settings are setters_of_voids
 * for that entry. */
bool setters_void(const struct setting *settings, const struct dossier *dossier,
                  const struct dossier_place *place);

/* setter_of for each event of the entry's place. now_s: the verifier's clock. Writes: settings, as many as
 * there are events. */
void setters_of(struct setting settings[STATUS_EVENTS_MAX], const struct dossier *dossier,
                const struct trust *trust, const struct namespace_owners *owners,
                const struct authority_question *entry, const struct authority_answer *answer,
                uint64_t now_s);

#endif
