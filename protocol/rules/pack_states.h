#ifndef PROTOCOL_RULES_PACK_STATES_H
#define PROTOCOL_RULES_PACK_STATES_H

/* Which codes hang on a state: those whose condition asks in which one they are asked about. An accreditation
 * that names states binds such codes alone; of others it can't say anything, since a test taken in one state
 * holds in all. */

#include "protocol/rules/pack.h"

/* Whether pack's condition for a code, whole ("oh/hvac"), asks for the state. Unknown: the condition has
 * parts that this version does not understand. */
enum answer pack_binds_state(const struct rule_pack *pack, struct bytes code);

/* The same of every code of the pack that the pattern, whole, is for: yes or no where they agree, else
 * unknown. */
enum answer pack_binds_states_of(const struct rule_pack *pack, struct bytes pattern);

#endif
