#ifndef TESTS_SUPPORT_VERDICT_CASE_H
#define TESTS_SUPPORT_VERDICT_CASE_H

/* The certificate that tests of the verdict begin with: ase/A5, issued by the owner of ase under a pack that
 * has A5, A6 and L1, good for some days, fresh, and asked about in the middle of them. Valid unless a test
 * says otherwise. */

#include "tests/support/dossier_builder.h"

enum { CASE_SUBJECT, CASE_ASE, CASE_SCHOOL, CASE_OTHER, CASE_ACTORS };
enum {
    CASE_FIRST = 1000, /* of the certificate's days */
    CASE_LAST = 2000,
    CASE_ISSUED_IN = 10, /* block of the issuer's log */
    CASE_REQUIRED_MAX = 4,
    CASE_ARENA_SIZE = 64 * 1024,
};

struct verdict_case {
    struct dossier_builder built;
    struct dossier_credential *certificate;
    struct question question;
    struct expression required[CASE_REQUIRED_MAX];
    struct expression requirement; /* all of those */
    struct expression typed;
    uint8_t typed_memory[CASE_ARENA_SIZE];
    uint8_t memory[CASE_ARENA_SIZE];
};

/* Large, so keep it static. */
void verdict_case_begin(struct verdict_case *begun);

/* The verdict lives until the next one. */
struct verdict verdict_case_decide(struct verdict_case *decided);

/* Whether a requirement, as it is typed, is met; it stays what is required. */
enum answer verdict_case_ask(struct verdict_case *asked, const char *required);

/* Ask for a code too: the requirement is all that were asked for. */
void verdict_case_require(struct verdict_case *asked, const char *code);

/* A fork proof disputes actor's log from block seq on. */
void verdict_case_fork(struct verdict_case *forked, size_t actor, uint64_t seq);

#endif
