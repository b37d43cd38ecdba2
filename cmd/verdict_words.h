#ifndef CMD_VERDICT_WORDS_H
#define CMD_VERDICT_WORDS_H

/* What a verdict is made of, in words for people. "Could not be determined" is never shown as fine or as
 * revoked. */

#include <stdio.h>

#include "protocol/rules/lacking.h"

enum { VERDICT_WORDS_SIZE = 400, AGE_WORDS_SIZE = 48, SPAN_WORDS_SIZE = 64 };

/* "VALID", "INVALID", "UNDETERMINED". */
const char *overall_word(enum overall overall);
/* "held", "not held", "could not be determined". */
const char *held_words(enum answer answer);

/* How old what is known is, and of whom: "issuer seen 40 seconds ago", "what is known of ASE, who accredited
 * this issuer, is 41 days old". name: of evidence_log's author. */
enum { EVIDENCE_LINE_SIZE = NAME_SIZE_MAX + 160 };
void evidence_line(char *out, const struct credential_verdict *credential, const char *name);

/* Why rules may have changed since, of freshness that is not a yes: "what is known of EPA, whose rules these
 * are, is 300 days old". name: of its author. out has EVIDENCE_LINE_SIZE bytes. */
void rules_evidence_words(char *out, const struct freshness *freshness, const char *name);

/* Why nobody can say where somebody works, the same way: "what is known of Lone Star Garage, on whose roster
 * they were, is 19 days old". */
void workplace_words(char *out, const struct freshness *freshness, const char *name);

/* Why more may have been said of codes than is known: "what is known of A driving school, who may speak of
 * ase/A*, is 10 days old". name: of whoever may have said it. out has LACKING_LINE_SIZE bytes. */
enum { LACKING_LINE_SIZE = EVIDENCE_LINE_SIZE + CODE_SIZE_MAX };
void lacking_words(char *out, const struct lacking *lacking, const char *name);

/* Why the credential is what it is, in a few words: "valid until 2029-06-30", "revoked since …", "could not
 * be determined: …". out has VERDICT_WORDS_SIZE bytes. */
void credential_words(char *out, const struct credential_verdict *credential);

/* The same with what the entry itself adds: the network that a silent one asks for, the time that experience
 * documents, the lifetime that ends it where it names a later day itself. out has VERDICT_WORDS_SIZE bytes.
 */
void credential_line(char *out, const struct credential_verdict *credential,
                     const struct dossier_credential *entry);

/* "40 seconds ago"; "not seen yet" for UINT64_MAX. out has AGE_WORDS_SIZE bytes. */
void age_words(char *out, uint64_t age_s);

/* "documents 2022-01-10 to 2024-03-31" of an attestation of basis experience. out has SPAN_WORDS_SIZE bytes.
 */
void documented_words(char *out, const struct attestation *attestation);

/* The code that a credential is for; "(erased)" where nobody knows. */
struct bytes credential_code(const struct dossier_credential *credential);

/* A code as people read it who know which namespace is spoken of: without that one. */
struct bytes code_within(struct bytes code, struct bytes name_space);

/* The axis that decides what overall is: the first certain no, else the first that is not yes. Requires: not
 * valid. */
const struct axis_answer *deciding_axis(const struct credential_verdict *credential, enum axis *axis);

/* What is missing, and behind it, apart, what could not be determined: "A2, A3 missing; could not be
 * determined: A4". about: a code that is spoken of already, or empty. Behind the missing stands ending_one
 * when it is one, else ending_more: " missing", or " is missing" and " are missing". */
void missing_print(FILE *out, const struct missing_part *missing, size_t count, struct bytes name_space,
                   struct bytes about, const char *ending_one, const char *ending_more);

/* ": A4, A5": what alone is in the way of saying yes or no; nothing where there is nothing in particular. */
void missing_print_open(FILE *out, const struct missing_part *missing, size_t count, struct bytes name_space,
                        struct bytes about);

#endif
