#ifndef CMD_OWN_WITHDRAWAL_H
#define CMD_OWN_WITHDRAWAL_H

/* What a withdrawal of this actor ends, before it is signed: it can't be taken back, and whoever mistypes a
 * cut must see whose certificates it costs. */

#include "cmd/json_output.h"
#include "cmd/own_accreditations.h"

/* What the delegate issued, as far as its log is held and followed here, for the codes that this actor's log
 * lets it issue; for all codes where this log never accredited it (an heir withdraws what the owner before it
 * had accredited). What is void, erased, or ended by a withdrawal before is in neither count. */
struct own_withdrawal_reach {
    bool held;       /* anything of the delegate's log is */
    bool accredited; /* this log accredited it */
    uint64_t certificates_staying, certificates_ending;
    uint64_t accreditations_staying, accreditations_ending; /* of others, by the delegate */
};

/* Read what record ends; accredited is all that this actor's log says. Returns: EXIT_YES, or the exit code
 * after it said why not. */
int own_withdrawal_read(struct own_withdrawal_reach *out, struct session *session,
                        const struct own_accreditations *accredited, const struct withdrawal *record);

/* For people, to standard error. */
void own_withdrawal_print(const struct session *session, const struct withdrawal *record,
                          const struct own_withdrawal_reach *reach);

/* What is said before somebody is accredited again, to standard error; nothing where withdrawn has none. */
void own_withdrawal_print_again(const struct session *session, const struct accreditation *again,
                                const struct own_withdrawn *withdrawn);

/* Add it to what is told programs. */
void own_withdrawal_add_json(json_t *object, const struct own_withdrawal_reach *reach);

#endif
