#ifndef PROTOCOL_RULES_ACCREDITATION_END_H
#define PROTOCOL_RULES_ACCREDITATION_END_H

/* Backdating: whose accreditation has ended can still sign, with an earned day from before the end. So what
 * is signed more than 90 days after it doesn't count, unless the accreditor recorded it with a cut. The end
 * is the last day after which the issuer is authorised for that code no more; what follows within 90 days
 * carries on. What was signed while the issuer was authorised is never late, whatever day it was earned on.
 * That it was late has to be shown (lateness.h), or to be what its own header says; where nothing is known
 * the entry's claim stands. A replacement is in time where the entry that it replaced was, if it says the
 * same and nothing else was said against that one (replaced.h).
 *
 * The same holds for accreditations, in whatever chain they stand: who could date one back would let somebody
 * else sign in time. And for records: a cut that was signed too long after its own author's accreditation had
 * ended, or that belongs to an accreditation which was, records nothing; an owner records always.
 *
 * Chains are looked for a limited number of times. What can't be of one, by depths, codes and days, or since
 * it was withdrawn, takes none of them, and what one author signed too late takes them once. */

#include "protocol/rules/authority.h"
#include "protocol/rules/lateness.h"

enum { ACCREDITATION_GRACE_DAYS = 90 };

struct accreditation_end {
    enum lateness lateness;
    uint32_t day; /* of the end; DAY_NONE: it has none that matters. Where no chain is left without what an
                     accreditor signed too late, the end of that one's accreditation */
    bool limited; /* it takes more to tell than is looked at: neither late nor in time; the rest is without
                     meaning */
};

/* Of an entry of the dossier. Requires: the issuer is authorised, question and *answer are how. Borrows: all
 * for the call. Writes: *answer, the chain that holds without accreditations that came too late, where there
 * is one. */
struct accreditation_end accreditation_end_of(const struct dossier *dossier, const struct trust *trust,
                                              const struct namespace_owners *owners,
                                              const struct dossier_credential *credential,
                                              const struct authority_question *question,
                                              struct authority_answer *answer);

/* The same of an entry that replaces none. */
struct accreditation_end accreditation_end_of_place(const struct dossier *dossier, const struct trust *trust,
                                                    const struct namespace_owners *owners,
                                                    const struct authority_question *question,
                                                    struct authority_answer *answer);

/* The last day of the run of days around question->day on which the issuer is authorised, gaps of up to 90
 * days included; DAY_NONE: it has no end, or it takes too many steps to tell. Requires: as above. */
uint32_t accreditation_last_day(const struct dossier *dossier, const struct trust *trust,
                                const struct namespace_owners *owners,
                                const struct authority_question *question,
                                const struct authority_answer *answer);

#endif
