#ifndef TESTS_SUPPORT_NETWORK_CASE_H
#define TESTS_SUPPORT_NETWORK_CASE_H

/* A manufacturer's certificate, good while its holder works in a shop of the network: what tests of
 * credentials begin with. Fresh and well issued; nobody has joined a shop yet. */

#include "protocol/rules/credential.h"
#include "tests/support/dossier_builder.h"

enum { NETWORK_SUBJECT, NETWORK_FORD, NETWORK_SHOP, NETWORK_OTHER_SHOP, NETWORK_SCHOOL, NETWORK_ACTORS };
enum {
    NETWORK_FIRST = 1000, /* of the certificate's days */
    NETWORK_LAST = 5000,
    NETWORK_JOINED = 1200,
    NETWORK_LEFT = 2000,
    NETWORK_RETURNED = 2500,
    NETWORK_ARENA_SIZE = 256 * 1024,
};

struct network_case {
    struct dossier_builder built;
    struct dossier_credential *certificate; /* ford/fact-brakes, in block 10 */
    struct question question;
    struct credentials found;
    uint8_t memory[NETWORK_ARENA_SIZE];
};

/* Large, so keep it static. */
void network_case_begin(struct network_case *begun);

/* One after the other: the shop becomes a member for good, the subject joins it, leaves it, returns. */
void network_case_member(struct network_case *said);
void network_case_joined(struct network_case *said);
void network_case_left(struct network_case *said);
void network_case_returned(struct network_case *said);

/* The certificate's verdict, asked about day; lives until the next one. */
const struct credential_verdict *network_case_decide(struct network_case *decided, uint32_t day);

#endif
