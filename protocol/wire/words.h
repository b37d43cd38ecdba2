#ifndef PROTOCOL_WIRE_WORDS_H
#define PROTOCOL_WIRE_WORDS_H

/* The words for what an attestation rests on: in rules and requirements, on command lines and in answers. */

#include "protocol/wire/records.h"

/* "exam", "training", … */
const char *basis_word(enum basis basis);
bool basis_of_word(enum basis *basis, struct bytes word);

/* All of them behind one another, for messages. */
#define BASIS_WORDS                                                                                          \
    "exam, recertification, renewal, training, experience, identity, membership, recognition, licence"

#endif
